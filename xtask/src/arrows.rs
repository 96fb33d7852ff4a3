//! Arrows point down only: a crate uses no other than the drawing in `docs/architecture.md` shows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;

use crate::workspace::Workspace;

const DRAWING: &str = "docs/architecture.md";

/// Crate by crate, what it may use.
type Permitted = BTreeMap<String, BTreeSet<String>>;

pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let text = workspace.text(Path::new(DRAWING))?;
    let (permitted, mut faults) = read(&text);
    for member in &workspace.crates {
        let Some(allowed) = permitted.get(&member.name) else {
            faults.push(format!("{DRAWING}: the crate {} is not in the block of arrows", member.name));
            continue;
        };
        for dependency in member.dependencies.iter().filter(|d| d.ours) {
            let from = member.dir.join("Cargo.toml");
            faults.extend(
                judge(&member.name, &dependency.name, dependency.dev, allowed).map(|fault| {
                    format!("{}: {} -> {}: {fault}", from.display(), member.name, dependency.name)
                }),
            );
        }
    }
    for name in permitted.keys().filter(|name| !workspace.crates.iter().any(|c| c.name == **name)) {
        faults.push(format!("{DRAWING}: there is no crate {name}"));
    }
    Ok(faults)
}

/// Why this arrow is wrong, if it is.
fn judge(from: &str, to: &str, dev: bool, allowed: &BTreeSet<String>) -> Option<String> {
    if to == "xtask" || from == "xtask" {
        Some("xtask stands beside the house and neither uses it nor is used".into())
    } else if to == "testkit" && !dev && from != "bench" {
        Some("testkit is for tests: put it under [dev-dependencies]".into())
    } else if to == "testkit" || allowed.contains(to) {
        None
    } else {
        Some(format!("this arrow is not in {DRAWING}: arrows point down only"))
    }
}

/// Reads the block between ` ```arrows ` and ` ``` `: a line for each crate, `name -> used used …`.
fn read(text: &str) -> (Permitted, Vec<String>) {
    let mut permitted = Permitted::new();
    let mut faults = Vec::new();
    let lines = text.lines().enumerate();
    for (index, line) in lines.skip_while(|(_, l)| l.trim() != "```arrows").skip(1) {
        if line.trim() == "```" {
            return (permitted, faults);
        }
        let at = format!("{DRAWING}:{}", index + 1);
        let Some((from, to)) = line.split_once("->") else {
            if !line.trim().is_empty() {
                faults.push(format!("{at}: write `crate -> crates that it may use`"));
            }
            continue;
        };
        let to = to.split_whitespace().map(str::to_string).collect();
        if permitted.insert(from.trim().to_string(), to).is_some() {
            faults.push(format!("{at}: {} has a line already", from.trim()));
        }
    }
    faults.push(format!("{DRAWING}: no block that opens with ```arrows and ends with ```"));
    (permitted, faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_arrow_that_is_not_drawn_is_refused() {
        assert_eq!(judge("store", "model", false, &allowed(&["model"])), None);
        let up = judge("model", "store", false, &allowed(&[])).unwrap();
        assert!(up.contains("not in docs/architecture.md"), "{up}");
        assert!(judge("model", "store", true, &allowed(&[])).is_some(), "not even for tests");
    }

    #[test]
    fn testkit_is_for_tests_and_xtask_for_nobody() {
        assert_eq!(judge("web", "testkit", true, &allowed(&[])), None);
        assert!(judge("web", "testkit", false, &allowed(&["testkit"])).is_some());
        assert!(judge("web", "xtask", true, &allowed(&["xtask"])).is_some());
        assert!(judge("xtask", "model", false, &allowed(&["model"])).is_some());
        // Benchmarks are no more shipped than tests are.
        assert_eq!(judge("bench", "testkit", false, &allowed(&[])), None);
    }

    #[test]
    fn the_block_is_read_and_its_slips_are_told_with_their_line() {
        let (permitted, faults) =
            read("# Title\n```arrows\nmodel ->\nstore -> model ledger\n```\nother -> text\n");
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(permitted["store"], allowed(&["ledger", "model"]));
        assert_eq!(permitted.len(), 2);

        let (_, faults) = read("```arrows\nmodel ->\nmodel -> store\nstore\n");
        assert_eq!(
            faults,
            [
                "docs/architecture.md:3: model has a line already",
                "docs/architecture.md:4: write `crate -> crates that it may use`",
                "docs/architecture.md: no block that opens with ```arrows and ends with ```",
            ]
        );
    }
}
