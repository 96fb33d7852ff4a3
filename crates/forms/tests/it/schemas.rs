//! The two kinds of schema: that of the definition files, and that of a form's answers.

use crate::{COMMON, SHIPPED, answers, shipped};
use serde_json::{Value, json};

const DEFINITION_SCHEMA: &str = include_str!("../../../../data/forms/form.schema.json");

fn complaints(schema: &Value, instance: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    validator.iter_errors(instance).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

#[test]
fn shipped_files_fit_the_schema_that_editors_use() {
    let schema: Value = serde_json::from_str(DEFINITION_SCHEMA).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    for (name, text) in SHIPPED.iter().copied().chain([("common", COMMON)]) {
        let file: Value = serde_json::from_str(text).unwrap();
        assert_eq!(complaints(&schema, &file), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn the_schema_that_editors_use_refuses_what_the_reader_refuses() {
    let schema: Value = serde_json::from_str(DEFINITION_SCHEMA).unwrap();
    let (_, text) = SHIPPED[0];
    for (from, to) in [
        ("\"version\": 1", "\"version\": 0"),
        ("\"x-owner\"", "\"x-ownr\""),
        ("\"YesNoField\"", "\"YesNo\""),
        ("\"RadiosField\"", "\"TextField\""),
        ("\"path\": \"/where\"", "\"path\": \"where\""),
        ("\"op\": \"is\"", "\"op\": \"equals\""),
        ("common#/G2", "G2"),
    ] {
        for (name, text) in [("form", text), ("common", COMMON)] {
            let broken = text.replacen(from, to, 1);
            if broken != text {
                let file: Value = serde_json::from_str(&broken).unwrap();
                assert!(!complaints(&schema, &file).is_empty(), "{name}: {to}");
            }
        }
    }
}

#[test]
fn the_answer_schema_is_a_schema_and_knows_every_question() {
    for (id, _) in SHIPPED {
        let form = shipped(id);
        let schema = form.answer_schema();
        assert!(jsonschema::meta::is_valid(&schema), "{id}");
        let asked: usize = form.pages.iter().map(|page| form.questions(page).count()).sum();
        assert_eq!(schema["properties"].as_object().unwrap().len(), asked);
        assert_eq!(schema["$id"], format!("urn:bluelamp:form:{id}:1"));
    }
}

#[test]
fn the_answer_schema_tells_what_is_missing_on_the_way_taken() {
    let schema = shipped("burglary").answer_schema();
    let good = json!({
        "emergency": false, "suspect_on_scene": "no", "occupant_hurt": "no",
        "where_address": {"line1": "1 Drovers Row", "town": "Felpersham", "postcode": "ZZ99 1AA"},
        "building": "home", "occupant_present": "no", "when_kind": "exact", "when_date": "2026-03-07",
        "what_happened": "The door was forced.", "distraction": "no", "vulnerable_occupant": "no",
        "firearm_keys_taken": "no", "forensic_opportunity": "no", "suspect_known": false,
        "vehicle_involved": "no", "happened_to_me": true, "reporter_name": "Jordan Example",
        "contact_by": ["email"], "reporter_email": "jordan@example.com", "contact_safe": "yes",
        "needs": ["nothing"], "support_wanted": false, "declaration": true,
    });
    assert_eq!(complaints(&schema, &good), Vec::<String>::new());
    let changed = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut given = answers(good.clone());
        change(&mut given);
        complaints(&schema, &Value::Object(given)).len()
    };
    assert_eq!(changed(&|g| drop(g.remove("emergency"))), 1, "always required");
    assert_eq!(changed(&|g| drop(g.remove("when_date"))), 1, "required because the day is known");
    assert_eq!(
        changed(&|g| drop(g.remove("reporter_email"))),
        1,
        "required because of the box that reveals it"
    );
    assert_eq!(changed(&|g| drop(g.remove("vulnerable_occupant"))), 1, "required of a home");
    assert_eq!(changed(&|g| drop(g.insert("emergency".into(), true.into()))), 1, "ends without a report");
    assert_eq!(changed(&|g| drop(g.insert("what".into(), "?".into()))), 1, "is not a question");
    assert_eq!(
        changed(&|g| drop(g.insert("reporter_phone".into(), "07700 900123".into()))),
        1,
        "is kept as E.164"
    );
    let business = changed(&|g| {
        g.insert("building".into(), "business".into());
        g.remove("vulnerable_occupant");
    });
    assert_eq!(business, 0, "not asked of a business");
}
