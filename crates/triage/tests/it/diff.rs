//! Differences in plain words.

use bluelamp_triage::{Definition, diff};

const SMALL: &str = include_str!("small.md");

/// The differences after these replacements, one per line; `!` before those that can change a grade.
fn changed(replacements: &[(&str, &str)]) -> Vec<String> {
    let text = replacements.iter().fold(SMALL.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from:?}");
        text.replacen(from, to, 1)
    });
    let new = Definition::parse("new.md", &text).unwrap_or_else(|f| panic!("{f}"));
    let found = diff(&Definition::parse("old.md", SMALL).unwrap(), &new);
    let line = |d: &bluelamp_triage::Difference| {
        format!("{}{}: {}: {}", if d.grade { "!" } else { "" }, d.part, d.name, d.sentence)
    };
    found.iter().map(line).collect()
}

#[test]
fn the_same_text_has_none() {
    assert_eq!(changed(&[]), Vec::<String>::new());
}

#[test]
fn a_threshold_and_a_condition_can_change_grades_and_say_what_they_were() {
    assert_eq!(
        changed(&[("limit: 3", "limit: 4")]),
        [
            "!header: limit: was 3, is 4",
            "!decision: small-fires: held when fire true and count >= limit (limit is 3); holds when fire true and count >= limit (limit is 4)",
            "!cases: three fires: gave TOP up to TOP; the same facts give none up to MID",
        ]
    );
    assert_eq!(
        changed(&[(
            "| 2 | - | - | \"red\" | not(\"yes\") | \"MID\"",
            "| 2 | - | - | \"red\" | not(\"no\") | \"TOP\""
        )]),
        [
            "!decision: small-red: gave MID, gives TOP",
            "!decision: small-red: held when colour \"red\" and word not(\"yes\"); holds when colour \"red\" and word not(\"no\")",
        ]
    );
}

#[test]
fn wording_actions_and_owners_cannot() {
    assert_eq!(
        changed(&[
            ("role: Owner", "role: New owner"),
            ("Is there a fire?", "Does anything burn?"),
            ("Many fires", "A great fire"),
            ("Write it down | 2 d", "Write it down | 1 d"),
            ("Cameras.", "Cameras and drones."),
        ]),
        [
            "header: owner: was role: Owner, is role: New owner",
            "facts: fire: was asked \"Is there a fire?\", is asked \"Does anything burn?\"",
            "decision: small-fires: gave the reason \"Many fires\", gives \"A great fire\"",
            "actions: Write it down: was from LOW, 2 d by clerk, is from LOW, 1 d by clerk",
            "digital exposure: text: the text is another",
        ]
    );
}

#[test]
fn what_came_and_what_went() {
    let found = changed(&[
        (
            "| 3 | false | - | - | - | \"LOW\" | \"small-none\" |",
            "| 3 | false | - | - | - | \"LOW\" | \"small-calm\" |",
        ),
        ("| hidden |", "| concealed |"),
        ("| two fires |", "| a pair |"),
    ]);
    assert_eq!(
        found,
        [
            "facts: hidden: is no longer asked",
            "facts: concealed: is new (yes/no): Is it hidden?",
            "!decision: small-none: is gone; it gave LOW when fire false (No fire)",
            "!decision: small-calm: is new: LOW when fire false (No fire)",
            "cases: two fires: is gone",
            "cases: a pair: is new",
        ]
    );
}
