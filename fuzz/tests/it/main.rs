//! Every target over its examples and over damaged copies of them. The same on every machine: a failure names the
//! target and the round, and shows the bytes.

#![expect(clippy::unwrap_used, reason = "a failed test is allowed to panic")]

use bluelamp_fuzz::{TARGETS, Target, accepted, mutate, seeds, target};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Damaged copies for each target in a test; more with `BLUELAMP_FUZZ_ROUNDS`.
const ROUNDS: u64 = 200;

/// Targets that take long over one input: a part of the rounds is enough here.
const SLOW: &[(&str, u64)] = &[
    ("evidence-package", 8),
    ("forms-common", 8),
    ("forms-definition", 8),
    ("ledger-tile", 8),
    ("linkage-subjects", 2),
    ("model-bundle", 8),
    ("triage-cell", 8),
    ("triage-definition", 8),
];

fn run(name: &str, target: Target, input: &[u8], which: &str) {
    // The promise that was broken is told by the panic itself; this adds for which bytes.
    let outcome = catch_unwind(AssertUnwindSafe(|| target(input)));
    assert!(outcome.is_ok(), "{name} fails for {which}: b\"{}\"", input.escape_ascii());
}

/// All targets of one crate.
fn targets_of(part: &str) {
    let rounds = std::env::var("BLUELAMP_FUZZ_ROUNDS").map_or(ROUNDS, |n| n.parse().unwrap());
    for (name, target) in TARGETS.iter().filter(|(name, _)| name.split('-').next() == Some(part)) {
        let examples = seeds::all(name).unwrap();
        let before = accepted();
        for (n, example) in examples.iter().enumerate() {
            run(name, *target, example, &format!("example {n}"));
        }
        assert!(
            accepted() > before,
            "{name}: not one of its examples is accepted, so that it tries only refusals"
        );
        let slower = SLOW.iter().find(|(slow, _)| slow == name).map_or(1, |(_, by)| *by);
        for round in 0..rounds / slower {
            let input = mutate::mutated(&examples, &mut mutate::Dice::new(round));
            run(name, *target, &input, &format!("round {round}"));
        }
    }
}

#[test]
fn access_holds_its_promises_for_any_bytes() {
    targets_of("access");
}

#[test]
fn contact_holds_its_promises_for_any_bytes() {
    targets_of("contact");
}

#[test]
fn evidence_holds_its_promises_for_any_bytes() {
    targets_of("evidence");
}

#[test]
fn fusion_holds_its_promises_for_any_bytes() {
    targets_of("fusion");
}

#[test]
fn forms_hold_their_promises_for_any_bytes() {
    targets_of("forms");
}

#[test]
fn the_ledger_holds_its_promises_for_any_bytes() {
    targets_of("ledger");
}

#[test]
fn linkage_holds_its_promises_for_any_bytes() {
    targets_of("linkage");
}

#[test]
fn the_model_holds_its_promises_for_any_bytes() {
    targets_of("model");
}

#[test]
fn the_steward_holds_its_promises_for_any_bytes() {
    targets_of("steward");
}

#[test]
fn triage_holds_its_promises_for_any_bytes() {
    targets_of("triage");
}

#[test]
fn the_web_holds_its_promises_for_any_bytes() {
    targets_of("web");
}

#[test]
fn every_target_is_run_by_a_test_and_has_examples() {
    let source = include_str!("main.rs");
    for (name, _) in TARGETS {
        let part = name.split('-').next().unwrap();
        assert!(source.contains(&format!("targets_of(\"{part}\")")), "no test runs {name}");
        assert!(!seeds::all(name).unwrap().is_empty(), "{name} has no example");
    }
    let binaries = include_str!("../../libfuzzer/Cargo.toml").lines();
    let binaries: Vec<_> =
        binaries.filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).skip(1).collect();
    assert_eq!(binaries, TARGETS.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "libfuzzer/Cargo.toml");
    for (slow, _) in SLOW {
        assert!(target(slow).is_some(), "{slow}");
    }
    assert!(TARGETS.is_sorted_by(|a, b| a.0 < b.0));
    for folder in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus")).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        assert!(target(&name).is_some(), "corpus/{name} belongs to no target");
    }
}
