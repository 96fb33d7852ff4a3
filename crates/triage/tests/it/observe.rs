//! From what several sources said, and when, to the facts of one moment.

use bluelamp_triage::{Definition, Facts, Observations};
use serde_json::json;

fn small() -> Definition {
    let text = include_str!("small.md")
        .replace("| fact | type | ask | note |", "| fact | type | ask | stale after | note |")
        .replace("|---|---|---|---|\n| fire", "|---|---|---|---|---|\n| fire")
        .replace("? | -", "? | 30 d | -")
        .replace("hidden? | Asked", "hidden? | - | Asked");
    Definition::load("small.md", &text).unwrap()
}

fn at(told: &serde_json::Value, moment: Option<&str>) -> Result<Facts, String> {
    let told: Observations = serde_json::from_value(told.clone()).unwrap();
    small().facts_at(&told, moment.map(|m| m.parse().unwrap())).map_err(|e| {
        e.into_iter().map(|e| format!("{}: {}", e.code, e.message)).collect::<Vec<_>>().join("; ")
    })
}

fn becomes(told: &serde_json::Value, expected: &serde_json::Value) {
    let facts = at(told, Some("2026-11-27T12:00:00Z")).unwrap();
    assert_eq!(serde_json::to_value(facts).unwrap(), *expected, "{told}");
}

#[test]
fn plain_values_and_states_stay_what_they_are() {
    let told = json!({"fire": true, "count": 3, "word": {"state": "refused"}, "hidden": {"state": "conflicting", "values": [true, false]}});
    becomes(&told, &told);
}

#[test]
fn a_value_goes_stale_after_the_time_of_its_dictionary_and_not_before() {
    let said = |at: &str| json!({"fire": {"value": true, "source": "victim", "at": at}});
    becomes(&said("2026-10-28T12:00:00Z"), &json!({"fire": true}));
    becomes(&said("2026-10-28T11:59:59Z"), &json!({"fire": {"state": "stale", "values": [true]}}));
    // 'hidden' never goes stale.
    becomes(&json!({"hidden": {"value": true, "at": "2001-01-01T00:00:00Z"}}), &json!({"hidden": true}));
    let error = at(&said("2026-10-28T12:00:00Z"), None).unwrap_err();
    assert_eq!(error, "no-time: 'fire' is dated and goes stale: say at which moment it is to be seen");
}

#[test]
fn the_latest_word_of_a_source_counts_and_sources_that_differ_conflict() {
    let one = |value: bool, source: &str, at: &str| json!({"value": value, "source": source, "at": at});
    let (early, late) = ("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z");
    becomes(
        &json!({"fire": [one(true, "victim", early), one(false, "victim", late)]}),
        &json!({"fire": false}),
    );
    becomes(
        &json!({"fire": [one(false, "victim", late), one(true, "victim", early)]}),
        &json!({"fire": false}),
    );
    becomes(
        &json!({"fire": [one(true, "victim", early), one(true, "officer", late)]}),
        &json!({"fire": true}),
    );
    becomes(
        &json!({"fire": [one(true, "victim", early), one(false, "officer", late)]}),
        &json!({"fire": {"state": "conflicting", "values": [true, false]}}),
    );
    // Too old to speak against a fresh one.
    becomes(
        &json!({"fire": [one(true, "victim", "2026-01-01T00:00:00Z"), one(false, "officer", late)]}),
        &json!({"fire": false}),
    );
}

#[test]
fn who_does_not_know_does_not_speak_against_who_does() {
    let told =
        json!({"fire": [{"state": "unknown", "source": "victim"}, {"value": true, "source": "officer"}]});
    becomes(&told, &json!({"fire": true}));
    let told = json!({"fire": [{"state": "unknown", "source": "victim"}, {"state": "refused", "source": "witness"}]});
    becomes(&told, &json!({"fire": {"state": "refused"}}));
}

#[test]
fn what_does_not_fit_is_an_error_and_never_a_fact() {
    for (told, part) in [
        (json!({"fires": true}), "unknown-fact: 'fires'"),
        (json!({"fire": "yes"}), "wrong-type: 'fire' is \"yes\""),
        (json!({"fire": null}), "wrong-type"),
        (json!({"fire": {"value": "yes", "source": "victim"}}), "wrong-type: 'fire' is \"yes\""),
        (json!({"fire": {"value": true, "sauce": "victim"}}), "wrong-type"),
        (json!({"fire": {"value": true, "at": "yesterday"}}), "wrong-type"),
        (json!({"fire": {"value": true, "state": "unknown"}}), "wrong-type"),
        (json!({"fire": {"state": "unkown", "source": "victim"}}), "wrong-type"),
        (json!({"fire": [true, false]}), "wrong-type"),
        (json!({"fire": []}), "wrong-type"),
        (json!({"colour": [{"value": "blue", "source": "a"}]}), "not-a-choice"),
    ] {
        let error = at(&told, Some("2026-11-27T12:00:00Z")).unwrap_err();
        assert!(error.contains(part), "{told}: {error}");
    }
}
