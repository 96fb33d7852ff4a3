//! Known-bad files, each caught by the rule that is meant to catch it, and by no other.

use crate::samples::{burglary, id};
use bluelamp_model::{
    Bundle, LinkKind,
    codes::shipped,
    conform,
    conform::{Report, Rule, conform_with},
};
use serde_json::{Value, json};

/// The ids of the rules that are broken.
fn broken(report: &Report) -> Vec<&'static str> {
    report.rules.iter().filter(|r| r.failed > 0).map(|r| r.rule).collect()
}

fn check(bundle: &Value) -> Report {
    conform("bundle.json", &serde_json::to_string_pretty(bundle).unwrap())
}

#[test]
fn a_sound_file_passes_and_every_rule_was_asked() {
    let report = check(&json!(burglary()));
    assert!(report.passed(), "{report}");
    assert_eq!((report.records, report.links), (6, 5));
    for rule in &report.rules {
        let asked_only_of_broken_files = ["time-order"].contains(&rule.rule);
        assert!(rule.checked > 0 || asked_only_of_broken_files, "{} was never checked", rule.rule);
    }
    let ids: std::collections::BTreeSet<_> = Rule::ALL.iter().map(|r| r.id()).collect();
    assert_eq!(ids.len(), Rule::ALL.len());
}

/// What is changed in a sound bundle, and the one rule that catches it.
#[test]
fn each_mistake_is_caught_by_its_own_rule() {
    let person = "/records/0";
    let cases: Vec<(&str, &str, String, Value)> = vec![
        ("structure", "a field too many", "/records/0/colour".into(), json!("red")),
        ("structure", "a text that is a number", format!("{person}/controller_org"), json!(7)),
        ("structure", "a blank text", format!("{person}/data_class"), json!("  ")),
        ("structure", "no marking at all", format!("{person}/marking"), json!(null)),
        ("structure", "a record that is a text", "/records/0".into(), json!("x")),
        ("structure", "a null value", format!("{person}/statements/0/value"), json!(null)),
        ("structure", "statements that are none", format!("{person}/statements"), json!({})),
        ("structure", "descriptors that are none", format!("{person}/marking/descriptors"), json!("X")),
        ("model-version", "another family", "/model_version".into(), json!("2.0")),
        ("model-version", "no minor version", format!("{person}/model_version"), json!("1.x")),
        (
            "uuid7",
            "a random UUID",
            format!("{person}/supersedes"),
            json!("6ba7b810-9dad-41d1-80b4-00c04fd430c8"),
        ),
        ("uuid7", "upper case", format!("{person}/supersedes"), json!(id(7).to_string().to_uppercase())),
        ("uuid7", "not a UUID", format!("{person}/supersedes"), json!("person-7")),
        ("unique-id", "an id twice", "/links/0/id".into(), json!(id(3))),
        ("kind", "a kind that is none", format!("{person}/kind"), json!("spaceship")),
        ("property", "a property that is none", format!("{person}/statements/0/prop"), json!("nickname")),
        (
            "property",
            "a property of another kind",
            format!("{person}/statements/0/prop"),
            json!("registration"),
        ),
        ("value", "a number for a name", format!("{person}/statements/0/value"), json!(5)),
        ("value", "a list of names", format!("{person}/statements/0/value"), json!(["Kate"])),
        ("value", "a latitude off the globe", "/records/3/statements/2/value".into(), json!(151.5)),
        ("code", "a code that is none", "/records/4/statements/0/value".into(), json!("piracy")),
        (
            "required",
            "a crime without category",
            "/records/4/statements/0/prop".into(),
            json!("modus_operandi"),
        ),
        ("required", "a record that says nothing", format!("{person}/statements"), json!([])),
        ("time-real", "a day the calendar lacks", format!("{person}/created"), json!("2026-02-30T00:00:00Z")),
        ("time-real", "a time without offset", format!("{person}/created"), json!("2026-11-22T12:00:00")),
        (
            "time-real",
            "a birth in February's end",
            format!("{person}/statements/2/value"),
            json!("1984-02-30"),
        ),
        (
            "time-real",
            "a review that never comes",
            format!("{person}/retention/review_due"),
            json!("2032-13-01"),
        ),
        (
            "time-order",
            "observed after recorded",
            format!("{person}/observed"),
            json!("2026-12-01T00:00:00Z"),
        ),
        ("basis", "neither fact nor assessment", format!("{person}/statements/0/basis"), json!("rumour")),
        ("basis", "a link on rumour", "/links/1/basis".into(), json!("rumour")),
        ("grading", "a source of grade 4", "/records/5/statements/0/grading/source".into(), json!(4)),
        ("grading", "an assessment F", "/records/5/statements/0/grading/assessment".into(), json!("F")),
        ("grading", "more than certain", "/records/1/statements/0/confidence".into(), json!(101)),
        ("intelligence-graded", "no grading", "/records/5/statements/0/grading".into(), json!(null)),
        ("handling", "C without conditions", "/records/5/statements/0/grading/handling".into(), json!("C")),
        ("handling", "a marking C without conditions", format!("{person}/marking/handling"), json!("C")),
        ("handling", "P with conditions", format!("{person}/marking/conditions"), json!(["ask first"])),
        (
            "handling",
            "a blank condition",
            format!("{person}/marking"),
            json!({"gsc": "official", "handling": "C", "conditions": [""]}),
        ),
        ("marking", "above the ceiling", format!("{person}/marking/gsc"), json!("secret")),
        ("marking", "an invented tier", format!("{person}/marking/gsc"), json!("restricted")),
        ("sensitive", "no ground", "/records/1/sensitive".into(), json!(null)),
        ("sensitive", "no such condition", "/records/1/sensitive/sch8_condition".into(), json!("curiosity")),
        ("sensitive", "no policy document", "/records/1/sensitive/apd_ref".into(), json!("")),
        ("retention", "a fifth group", format!("{person}/retention/group"), json!(5)),
        ("provenance", "from nowhere", format!("{person}/provenance"), json!([])),
        ("provenance", "a digest that is none", format!("{person}/provenance/0/digest"), json!("abc")),
        ("link-kind", "a kind of link that is none", "/links/0/kind".into(), json!("friend-of")),
        ("link-ends", "to a record elsewhere", "/links/0/to".into(), json!(id(99))),
        ("link-ends", "to a link", "/links/0/to".into(), json!(id(12))),
        ("link-ends", "to itself", "/links/4/to".into(), json!(id(6))),
        ("link-ties", "a car as a driver", "/links/2/from".into(), json!(id(4))),
        ("link-ties", "a victim of a car", "/links/0/to".into(), json!(id(3))),
        ("subject-category", "a victim as suspect", "/links/0/subject_category".into(), json!("suspect")),
        ("subject-category", "no category", "/links/1/subject_category".into(), json!(null)),
        ("subject-category", "a category on a drive", "/links/2/subject_category".into(), json!("suspect")),
        (
            "subject-category",
            "a category that is none",
            "/links/0/subject_category".into(),
            json!("innocent"),
        ),
    ];
    let mut caught = std::collections::BTreeSet::from(["json", "key-once"]);
    for (rule, what, pointer, value) in cases {
        let mut bundle = json!(burglary());
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        match bundle.pointer_mut(parent).unwrap() {
            Value::Object(map) => drop(map.insert(last.into(), value)),
            Value::Array(items) => items[last.parse::<usize>().unwrap()] = value,
            _ => panic!("{pointer}"),
        }
        let report = check(&bundle);
        let found = broken(&report);
        assert!(found.contains(&rule), "{what}: {found:?}\n{report}");
        // Nothing else is blamed, but where a record falls out and its links lose their end.
        let follows = |id: &&str| ["link-ends", "required", "subject-category"].contains(id);
        assert!(found.iter().all(|id| *id == rule || follows(id)), "{what}: {found:?}\n{report}");
        let failure = &report.rule(rule).unwrap().first[0];
        assert!(failure.line.is_some_and(|line| line > 0), "{what}: {failure:?}");
        assert!(
            bundle.pointer(&failure.pointer).is_some() || failure.pointer.ends_with("subject_category"),
            "{failure:?}"
        );
        caught.insert(rule);
    }
    assert_eq!(caught, Rule::ALL.iter().map(|r| r.id()).collect(), "a rule without a known-bad file");
}

#[test]
fn all_mistakes_of_one_file_are_told_at_once_with_their_lines() {
    let mut bundle = json!(burglary());
    bundle["records"][0]["kind"] = json!("spaceship");
    bundle["records"][1]["marking"]["gsc"] = json!("top-secret");
    bundle["records"][2]["statements"][0]["prop"] = json!("colour_of_paint");
    bundle["records"][2]["statements"][0]["basis"] = json!("rumour");
    bundle["links"][3]["to"] = json!(id(77));
    let text = serde_json::to_string_pretty(&bundle).unwrap();
    let report = conform("five.json", &text);
    assert_eq!(broken(&report), ["kind", "property", "basis", "marking", "link-ends"]);
    for rule in report.rules.iter().filter(|r| r.failed > 0) {
        let failure = &rule.first[0];
        let line = text.lines().nth(usize::try_from(failure.line.unwrap()).unwrap() - 1).unwrap();
        let key = failure.pointer.rsplit('/').next().unwrap();
        assert!(
            line.contains(&format!("\"{key}\"")) || key.parse::<u8>().is_ok(),
            "{line} is not {failure:?}"
        );
    }
    let faults = Bundle::read("five.json", &text, shipped()).unwrap_err();
    assert_eq!(faults.0.len(), 5, "{faults}");
    assert!(faults.to_string().contains("'friend") || faults.to_string().contains("[marking]"), "{faults}");
}

#[test]
fn counts_are_complete_where_the_list_is_cut_short() {
    let mut bundle = json!(burglary());
    let wrong = bundle["records"][2]["statements"][0].clone();
    let many: Vec<_> = (0..50)
        .map(|_| {
            let mut statement = wrong.clone();
            statement["prop"] = json!("wings");
            statement
        })
        .collect();
    bundle["records"][2]["statements"].as_array_mut().unwrap().extend(many);
    let report = conform_with("many.json", &bundle.to_string(), shipped(), 3);
    let rule = report.rule("property").unwrap();
    assert_eq!((rule.failed, rule.first.len()), (50, 3));
    assert!(report.to_string().contains("and 47 more"), "{report}");
}

#[test]
fn what_is_not_json_is_told_with_its_line() {
    for (text, line) in [("", 1), ("{\n\"records\": [,]\n}", 2), ("{\n\n", 3), ("not json", 1), ("[1, 2", 1)]
    {
        let report = conform("x.json", text);
        assert_eq!(broken(&report), ["json"], "{text}");
        assert_eq!(report.rule("json").unwrap().first[0].line, Some(line), "{text}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(broken(&conform("deep.json", &deep)), ["json"]);
    for text in ["[]", "3", "null", "\"bundle\"", "{}"] {
        assert_eq!(broken(&conform("x.json", text)), ["structure"], "{text}");
    }
}

#[test]
fn a_key_named_twice_is_caught() {
    let text = serde_json::to_string_pretty(&burglary()).unwrap();
    let twice = text.replacen("\"handling\": \"P\"", "\"handling\": \"C\",\n\"handling\": \"P\"", 1);
    let report = conform("twice.json", &twice);
    assert_eq!(broken(&report), ["key-once"]);
    assert_eq!(report.rule("key-once").unwrap().first[0].pointer, "/records/0/marking/handling");
}

#[test]
fn json_lines_are_checked_line_by_line() {
    let bundle = burglary();
    let sound = bundle.lines().unwrap();
    for file in ["a.jsonl", "a.ndjson", "a.txt"] {
        let report = conform(file, &sound);
        assert!(report.passed(), "{report}");
        assert_eq!((report.records, report.links), (6, 5));
    }
    let spoilt =
        sound.replacen("{\"id\"", "{id", 1).replacen("\"gsc\":\"official\"", "\"gsc\":\"secret\"", 1);
    let spoilt = spoilt.replace('\n', "\r\n\r\n");
    let report = conform("a.jsonl", &spoilt);
    let first = |rule: &str| report.rule(rule).unwrap().first[0].clone();
    assert_eq!(first("json").line, Some(1));
    // The lost first line is the victim; the second record has the wrong marking.
    assert_eq!(broken(&report), ["json", "link-ends"], "{report}");
    assert_eq!(report.records, 5);
    let spoilt = sound.replacen("\"kind\":\"vehicle\"", "\"kind\":\"spaceship\"", 1);
    let failure = &conform("a.jsonl", &spoilt).rule("kind").unwrap().first[0].clone();
    assert_eq!((failure.line, failure.pointer.as_str()), (Some(3), "/kind"));
}

#[test]
fn json_lines_without_a_line_hold_nothing() {
    let report = conform("empty.jsonl", "\n\n");
    assert!(report.passed());
    assert_eq!((report.records, report.links), (0, 0));
}

#[test]
fn a_single_record_can_be_checked() {
    let record = burglary().records.remove(0);
    let report = conform("one.json", &json!(record).to_string());
    assert!(report.passed(), "{report}");
    assert_eq!((report.records, report.links), (1, 0));
    let read = Bundle::read("one.json", &json!(record).to_string(), shipped()).unwrap();
    assert_eq!(read.records, [record]);
}

#[test]
fn a_copy_with_a_class_left_out_need_not_state_it() {
    let mut bundle = burglary();
    let crime = &mut bundle.records[4];
    crime.statements.retain(|s| s.prop != "category");
    assert_eq!(broken(&check(&json!(bundle))), ["required"]);
    bundle.records[4].redacted = vec![bluelamp_model::property::FieldClass::Narrative];
    assert!(check(&json!(bundle)).passed());
}

#[test]
fn identity_is_a_link_between_records_of_one_kind() {
    let mut bundle = burglary();
    let mut same = bundle.links[2].clone();
    same.id = id(40);
    same.kind = LinkKind::SameAs;
    (same.from, same.to) = (id(1), id(2));
    bundle.links.push(same.clone());
    assert!(check(&json!(bundle)).passed());
    bundle.links.last_mut().unwrap().to = id(3);
    assert_eq!(broken(&check(&json!(bundle))), ["link-ties"]);
}

#[test]
fn the_report_reads_as_a_table() {
    let text = check(&json!(burglary())).to_string();
    assert!(text.starts_with("bundle.json: 6 records, 5 links\n"), "{text}");
    assert!(text.trim_end().ends_with("No rule is broken."));
    assert_eq!(
        text.lines().filter(|line| line.contains(" checked ") || line.contains("  ")).count(),
        Rule::ALL.len() + 1
    );
}
