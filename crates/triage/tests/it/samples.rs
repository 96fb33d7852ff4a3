//! The seven illustrative definitions of the shared test data, where that folder is present.

use crate::root;
use bluelamp_triage::Definition;

#[test]
fn the_seven_samples_load_and_their_cases_pass() {
    let shared = std::env::var_os("BLUELAMP_SHARED").map_or_else(|| root().join("../shared"), Into::into);
    let folder = shared.join("data/thr");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("skipped: no sample definitions at {}", folder.display());
        return;
    };
    let mut loaded = 0;
    for file in files {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let definition =
            Definition::load(&path.display().to_string(), &text).unwrap_or_else(|f| panic!("{f}"));
        assert!(definition.run_cases().iter().all(|c| c.differences.is_empty()));
        loaded += 1;
    }
    assert_eq!(loaded, 7);
}
