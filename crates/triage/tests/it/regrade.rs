//! What another version makes of past snapshots: known answers, counted by hand.

use crate::{SHIPPED, facts, shipped, shipped_text};
use bluelamp_triage::{Definition, Facts, Move, NotCompared, Observations, Regrade, Snapshot, regrade};
use serde_json::json;
use std::collections::BTreeMap;

const SMALL: &str = include_str!("small.md");

/// Another version of the small definition; its cases are not run, since they are those of the first.
fn small(changes: &[(&str, &str)]) -> Definition {
    let mut text = SMALL.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    Definition::parse("small.md", &text).unwrap()
}

fn read(texts: &[&'static str]) -> Vec<(String, Result<Snapshot, serde_json::Error>)> {
    let snapshot = |text: &str| serde_json::from_str::<Facts>(text).map(Snapshot::from);
    texts.iter().enumerate().map(|(n, t)| (format!("r{n}"), snapshot(t))).collect()
}

/// The cells that hold something, as `old>new count: examples`.
fn held(cells: &[Move]) -> Vec<String> {
    let name = |grade: &Option<String>| grade.clone().unwrap_or_else(|| "-".into());
    let line = |c: &Move| format!("{}>{} {}: {}", name(&c.old), name(&c.new), c.count, c.examples.join(" "));
    cells.iter().filter(|c| c.count > 0).map(line).collect()
}

const PAST: [&str; 9] = [
    // TOP under both: 3 is at least 3 and at least 2.
    r#"{"fire": true, "count": 3, "colour": "green"}"#,
    // No rule, then TOP.
    r#"{"fire": true, "count": 2, "colour": "green"}"#,
    r#"{"fire": true, "count": 2, "colour": "green", "hidden": true}"#,
    // MID, then LOW, because red is no longer enough; settled both times.
    r#"{"fire": false, "colour": "red", "word": "x"}"#,
    // LOW up to MID, then LOW: it became settled.
    r#"{"fire": false, "colour": "red"}"#,
    // Nothing known: no grade, up to TOP, both times.
    "{}",
    // What another definition asks is looked past.
    r#"{"fire": false, "colour": "green", "suspect on scene": "not even a yes or no"}"#,
    // Of the wrong type for both.
    r#"{"fire": "yes", "count": "3"}"#,
    "{",
];

fn other() -> Definition {
    small(&[
        ("version: 1.0.0", "version: 2.0.0"),
        ("{limit: 3}", "{limit: 2}"),
        ("| - | - | \"red\" | not(\"yes\") |", "| true | - | \"red\" | not(\"yes\") |"),
    ])
}

#[test]
fn each_move_is_counted_with_its_first_examples() {
    let (old, new) = (small(&[]), other());
    let r = regrade(Some(&old), &new, read(&PAST), 1);
    assert_eq!((r.given, r.compared), (9, 7));
    assert_eq!(
        held(&r.floors.cells),
        ["->- 1: ", "->TOP 2: r1", "LOW>LOW 2: ", "MID>LOW 1: r3", "TOP>TOP 1: "]
    );
    assert_eq!(
        (r.floors.raised, r.floors.lowered, r.floors.unchanged, r.floors.not_comparable),
        (2, 1, 4, 0)
    );
    assert_eq!(held(&r.ceilings.cells), ["->TOP 2: r1", "LOW>LOW 1: ", "MID>LOW 2: r3", "TOP>TOP 2: "]);
    assert_eq!((r.ceilings.raised, r.ceilings.lowered, r.ceilings.unchanged), (2, 2, 3));
    // r0, r3 and r6 were settled; r1, r2 and r4 are now too; r5 stays open.
    assert_eq!((r.settled, r.open, r.became_settled, r.became_open), (6, 1, 3, 0));
    let wrong = BTreeMap::from([("wrong-type".to_owned(), 1)]);
    assert_eq!(
        r.not_compared,
        NotCompared {
            unreadable: 1,
            by_both: 1,
            old_codes: wrong.clone(),
            new_codes: wrong,
            examples: vec!["r7".into()],
            ..NotCompared::default()
        }
    );
    assert_eq!(r.floors.cells.len(), 16, "each pair of four grades, none among them");
    assert_eq!(r.definition, "small");
    let old_edition = r.old.as_ref().unwrap();
    assert_eq!((old_edition.version.as_str(), r.new.version.as_str()), ("1.0.0", "2.0.0"));
    assert_eq!((&old_edition.digest, &r.new.digest), (&old.digest, &new.digest));
    let stored = serde_json::to_string(&r).unwrap();
    assert_eq!(serde_json::from_str::<Regrade>(&stored).unwrap(), r);
}

#[test]
fn the_other_way_round_what_was_raised_is_lowered() {
    let (old, new) = (small(&[]), other());
    let there = regrade(Some(&old), &new, read(&PAST), 0);
    let back = regrade(Some(&new), &old, read(&PAST), 0);
    assert_eq!((back.floors.raised, back.floors.lowered), (there.floors.lowered, there.floors.raised));
    assert_eq!((back.became_open, back.became_settled), (there.became_settled, there.became_open));
    assert!(there.floors.cells.iter().all(|c| c.examples.is_empty()), "no examples are wanted");
}

#[test]
fn without_an_old_version_nothing_moves() {
    let r = regrade(None, &small(&[]), read(&PAST), 3);
    assert_eq!((r.given, r.compared, &r.old), (9, 7, &None));
    assert_eq!(held(&r.floors.cells), ["->- 3: ", "->LOW 2: ", "->MID 1: ", "->TOP 1: "]);
    assert_eq!((r.floors.raised, r.floors.unchanged, r.settled, r.open), (0, 0, 3, 4));
    assert_eq!((r.not_compared.by_new, r.not_compared.unreadable), (1, 1));
    assert_eq!(r.not_compared.examples, ["r7", "r8"]);
}

#[test]
fn what_only_one_version_can_evaluate_is_counted_by_version_and_code() {
    let old = small(&[]);
    let new = small(&[
        ("choice(red, green)", "choice(red, blue)"),
        ("colour: green", "colour: blue"),
        ("| word | text |", "| word | yes/no |"),
        ("not(\"yes\")", "not(true)"),
        (", word: \"a, b: c\"", ""),
    ]);
    let past = read(&[
        r#"{"colour": "green"}"#,
        r#"{"colour": "green", "word": "x"}"#,
        r#"{"colour": "blue"}"#,
        r#"{"colour": "brown"}"#,
        r#"{"colour": "red"}"#,
    ]);
    let failed = regrade(Some(&old), &new, past, 9).not_compared;
    assert_eq!((failed.by_old, failed.by_new, failed.by_both), (1, 2, 1));
    assert_eq!(failed.old_codes, BTreeMap::from([("not-a-choice".into(), 2)]));
    assert_eq!(failed.new_codes, BTreeMap::from([("not-a-choice".into(), 3), ("wrong-type".into(), 1)]));
    assert_eq!(failed.examples, ["r0", "r1", "r2", "r3"]);
}

#[test]
fn grades_and_facts_that_the_new_version_does_not_have_are_told() {
    let old = small(&[]);
    let new = small(&[
        ("grades: [LOW, MID, TOP]", "grades: [LOW, HIGH, TOP]"),
        ("\"MID\"", "\"HIGH\""),
        ("| hidden | yes/no | Is it hidden? | Asked for the record. |\n", ""),
    ]);
    let past = read(&[
        r#"{"fire": false, "colour": "red", "word": "x", "hidden": true}"#,
        r#"{"fire": false, "colour": "green", "hidden": {"state": "refused"}}"#,
        r#"{"fire": false, "colour": "green"}"#,
    ]);
    let r = regrade(Some(&old), &new, past, 9);
    assert_eq!(held(&r.floors.cells), ["LOW>LOW 2: ", "MID>HIGH 1: r0"]);
    assert_eq!((r.floors.not_comparable, r.floors.raised, r.floors.unchanged), (1, 0, 2));
    assert_eq!(r.no_longer_named, BTreeMap::from([("hidden".into(), 2)]));
}

#[test]
fn what_sources_said_goes_stale_by_each_versions_own_dictionary() {
    let stale = |days: &str| {
        small(&[
            (
                "| fact | type | ask | note |\n|---|---|---|---|",
                "| fact | type | ask | note | stale after |\n|---|---|---|---|---|",
            ),
            ("| Is there a fire? | - |", &format!("| Is there a fire? | - | {days} |")),
            ("many? | - |", "many? | - | - |"),
            ("colour? | - |", "colour? | - | - |"),
            ("said? | - |", "said? | - | - |"),
            ("the record. |", "the record. | - |"),
        ])
    };
    let told = |at: &str| -> Snapshot {
        let told: Observations = serde_json::from_value(json!({
            "fire": {"value": false, "source": "victim", "at": "2026-11-01T00:00:00Z"},
            "colour": "green",
            "elsewhere": {"value": 1, "source": "records", "at": "2026-11-01T00:00:00Z"},
        }))
        .unwrap();
        Snapshot::Told(told, Some(at.parse().unwrap()))
    };
    let past = [("early", told("2026-11-05T00:00:00Z")), ("late", told("2026-11-15T00:00:00Z"))];
    let past = past.map(|(key, told)| (key, Ok::<_, ()>(told)));
    let r = regrade(Some(&stale("30 d")), &stale("7 d"), past, 9);
    assert_eq!(held(&r.floors.cells), ["LOW>- 1: late", "LOW>LOW 1: "]);
    assert_eq!((r.became_open, r.floors.lowered, r.ceilings.raised), (1, 1, 1));
    let undated = Snapshot::Told(Observations::default(), None);
    assert_eq!(regrade(None, &stale("7 d"), [("none", Ok::<_, ()>(undated))], 9).compared, 1);
}

#[test]
fn the_known_part_is_what_the_dictionary_names() {
    let given = facts(r#"{"fire": true, "suspect on scene": true, "word": {"state": "refused"}}"#);
    let part = small(&[]).known_part(&given);
    assert_eq!(part, facts(r#"{"fire": true, "word": {"state": "refused"}}"#));
    let told: Observations =
        serde_json::from_str(r#"{"fire": [{"value": true, "source": "a"}], "x": 1}"#).unwrap();
    let known: Vec<String> = small(&[]).known_part_told(&told).0.into_keys().collect();
    assert_eq!(known, ["fire"]);
    assert_eq!(
        small(&[]).evaluate(&given).unwrap_err()[0].code,
        "unknown-fact",
        "what is noted now is refused"
    );
}

/// The cases of all definitions as snapshots of each: no version moves against itself, and the counts of a lower
/// threshold are those of two evaluations.
#[test]
fn the_matrix_is_that_of_two_evaluations() {
    let past: Vec<(String, Snapshot)> = SHIPPED
        .iter()
        .flat_map(|id| shipped(id).cases.into_iter().map(move |c| (format!("{id}: {}", c.name), c.facts)))
        .map(|(key, facts)| (key, facts.into()))
        .collect();
    let all = || past.iter().map(|(key, snapshot)| (key, Ok::<_, ()>(snapshot.clone())));
    for id in SHIPPED {
        let d = shipped(id);
        let same = regrade(Some(&d), &d, all(), 2);
        assert_eq!(
            (same.given, same.compared + same.not_compared.by_both),
            (past.len() as u64, past.len() as u64)
        );
        assert_eq!((same.floors.unchanged, same.ceilings.unchanged), (same.compared, same.compared));
        assert_eq!((same.became_open, same.became_settled), (0, 0));
    }
    let old = shipped("domestic-abuse");
    let text = shipped_text("domestic-abuse").replace("checklist_high: 14", "checklist_high: 12");
    let new = Definition::parse("new.md", &text).unwrap();
    let r = regrade(Some(&old), &new, all(), 2);
    let grade = |d: &Definition, facts: &Facts| d.evaluate(&d.known_part(facts)).unwrap().floor;
    let by_hand = past.iter().filter(|(_, snapshot)| match snapshot {
        Snapshot::Facts(facts) => grade(&old, facts) != grade(&new, facts),
        Snapshot::Told(..) => false,
    });
    assert_eq!(r.floors.raised, by_hand.count() as u64);
    assert_eq!(r.floors.raised, 1, "thirteen ticks");
}
