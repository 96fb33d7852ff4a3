//! What a definition promises, over the shipped files, over a small one, and over anything at all.
#![expect(clippy::unwrap_used, reason = "a failed test may panic, also in its helpers")]

mod compiled;
mod diff;
mod evaluate;
mod indicators;
mod lints;
mod observe;
mod oracle;
mod properties;
mod regrade;
mod samples;
mod shipped;

use bluelamp_triage::{Definition, Facts};
use std::path::{Path, PathBuf};

/// The ids of the definitions that are shipped.
const SHIPPED: [&str; 11] = [
    "antisocial-behaviour",
    "burglary",
    "business-crime",
    "child-sexual-exploitation",
    "cyber-harassment",
    "domestic-abuse",
    "fraud-vulnerable-victim",
    "hate-crime",
    "mass-harm",
    "missing-person",
    "stalking",
];

/// Those of them that a public form leads to.
const LIVE: [&str; 3] = ["antisocial-behaviour", "burglary", "cyber-harassment"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shipped_text(id: &str) -> String {
    std::fs::read_to_string(root().join(format!("data/definitions/{id}/1.0.0.md"))).unwrap()
}

/// The text of every definition in the folder of those that are shipped, in every version.
fn all_shipped() -> Vec<(String, String)> {
    let folders = std::fs::read_dir(root().join("data/definitions")).unwrap().map(Result::unwrap);
    let files = folders.filter(|f| f.path().is_dir()).flat_map(|f| std::fs::read_dir(f.path()).unwrap());
    let paths = files.map(|f| f.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "md"));
    let mut texts: Vec<_> =
        paths.map(|p| (p.display().to_string(), std::fs::read_to_string(&p).unwrap())).collect();
    texts.sort();
    assert!(texts.len() >= SHIPPED.len());
    texts
}

fn shipped(id: &str) -> Definition {
    Definition::load(&format!("data/definitions/{id}/1.0.0.md"), &shipped_text(id))
        .unwrap_or_else(|f| panic!("{f}"))
}

fn facts(json: &str) -> Facts {
    serde_json::from_str(json).unwrap()
}

fn grade(grade: Option<&String>) -> &str {
    grade.map_or("none", String::as_str)
}
