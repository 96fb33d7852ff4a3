//! The seven illustrative definitions of the shared test data, where that folder is present.

use crate::root;
use bluelamp_triage::Definition;

/// Each of them with its text; none, and that is said, where the folder is not there.
#[expect(clippy::print_stdout, reason = "what was not tried is said")]
pub(crate) fn all() -> Vec<(Definition, String)> {
    let shared = std::env::var_os("BLUELAMP_SHARED").map_or_else(|| root().join("../shared"), Into::into);
    let folder = shared.join("data/thr");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: no sample definitions at {}", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let definition = Definition::load(&path.display().to_string(), &text);
        (definition.unwrap_or_else(|f| panic!("{f}")), text)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn the_seven_samples_load_and_their_cases_pass() {
    let samples = all();
    assert!(samples.iter().all(|(d, _)| d.run_cases().iter().all(|c| c.differences.is_empty())));
    assert!(samples.is_empty() || samples.len() == 7);
}
