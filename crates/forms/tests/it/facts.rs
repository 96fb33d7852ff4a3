//! What answers mean to triage and to the record.

use crate::{answers, shipped};
use bluelamp_forms::Entity;
use serde_json::json;

#[test]
fn facts_tell_apart_no_not_sure_refused_and_not_asked() {
    let form = shipped("burglary");
    let given = answers(json!({
        "emergency": false,
        "suspect_on_scene": "no",
        "occupant_hurt": "not-sure",
        "where_address": {"line1": "1 Drovers Row", "town": "Felpersham", "postcode": "ZZ99 1AA"},
        "building": "joined",
        "occupant_present": "yes",
        "when_kind": "not-sure",
        "what_happened": "The shed was broken into.",
        "distraction": "no",
        "vulnerable_occupant": "prefer-not-to-say",
    }));
    assert_eq!(
        json!(form.reading(&given).facts()),
        json!({
            "suspect on scene": false,
            "occupant hurt": {"state": "unknown"},
            "dwelling": true,
            "occupant present": true,
            "distraction": false,
            "vulnerable occupant": {"state": "refused"},
        }),
        "keys and traces were not asked yet, and are absent"
    );
}

#[test]
fn a_question_skipped_by_the_way_is_not_asked() {
    let form = shipped("burglary");
    let mut given = answers(json!({
        "emergency": false,
        "suspect_on_scene": "no",
        "occupant_hurt": "no",
        "where_address": {"line1": "Unit 2", "town": "Borchester", "postcode": "ZZ99 2AA"},
        "building": "business",
        "occupant_present": "no",
        "when_kind": "not-sure",
        "what_happened": "The till was forced.",
        "distraction": "no",
        "vulnerable_occupant": "yes",
        "firearm_keys_taken": "no",
        "forensic_opportunity": "no",
    }));
    assert!(!form.reading(&given).facts().contains_key("vulnerable occupant"), "nobody lives in a business");
    given.insert("building".into(), "not-sure".into());
    assert_eq!(form.reading(&given).facts()["vulnerable occupant"], true);
    assert_eq!(form.reading(&given).facts()["dwelling"], json!({"state": "unknown"}));
}

#[test]
fn numbers_and_choices_are_facts_too() {
    let form = shipped("antisocial-behaviour");
    let mut given = answers(json!({
        "emergency": false, "kind": "threats", "what_happened": "He stood at the gate again.",
        "where_kind": "address",
        "where_address": {"line1": "2 Drovers Row", "town": "Felpersham", "postcode": "ZZ99 1AA"},
        "when_kind": "ongoing", "personal_targeting": "yes", "group": "no", "weapon_seen": "no",
        "threat_made": "yes", "hate_element": "not-sure", "vulnerable_victim": "no", "repeat_victim": "yes",
        "reports_six_months": 6, "effect_on_victim": "serious",
    }));
    let facts = form.reading(&given).facts();
    assert_eq!(facts["reports six months"], 6);
    assert_eq!(facts["effect on victim"], "serious");
    given.remove("reports_six_months");
    assert!(!form.reading(&given).facts().contains_key("reports six months"));
}

#[test]
fn people_places_and_vehicles_come_out_with_their_ties() {
    let form = shipped("antisocial-behaviour");
    let mut given = answers(json!({
        "emergency": false, "kind": "vehicles", "what_happened": "Racing round the square every Friday.",
        "where_kind": "outdoors", "where_place": "Market square", "where_postcode": "ZZ99 3AA",
        "when_kind": "ongoing", "personal_targeting": "no", "group": "yes", "weapon_seen": "no",
        "threat_made": "no", "hate_element": "no", "vulnerable_victim": "no", "repeat_victim": "no",
        "effect_on_victim": "some", "suspect_known": true, "suspect_name": "Baz",
        "vehicle_involved": "yes", "vehicle_registration": "AB12CDE", "vehicle_description": "blue hatchback",
        "evidence_any": false, "named": "named", "happened_to_me": true, "reporter_name": "Jordan Example",
        "reporter_born": "1987-03-27", "contact_by": ["phone", "email"], "reporter_phone": "+447700900123",
        "reporter_email": "jordan@example.com", "contact_safe": "yes", "needs": ["nothing"],
        "support_wanted": false, "declaration": true,
    }));
    let entity = |role: &str, kind: &str, link: &str, also: &[&str], properties: &[(&str, &str)]| Entity {
        role: role.into(),
        kind: kind.into(),
        link: link.into(),
        also: also.iter().map(|s| (*s).into()).collect(),
        properties: properties.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
    };
    let reporter = [
        ("date_of_birth", "1987-03-27"),
        ("email", "jordan@example.com"),
        ("name", "Jordan Example"),
        ("phone", "+447700900123"),
    ];
    let expected = [
        entity("reporter", "person", "reported-by", &["victim-of"], &reporter),
        entity(
            "scene",
            "location",
            "located-at",
            &[],
            &[("description", "Market square"), ("postcode", "ZZ99 3AA")],
        ),
        entity("suspect", "person", "suspect-of", &[], &[("name", "Baz")]),
        entity(
            "vehicle",
            "vehicle",
            "mentions",
            &[],
            &[("description", "blue hatchback"), ("registration", "AB12CDE")],
        ),
    ];
    assert_eq!(form.reading(&given).entities(), expected);

    given.insert("happened_to_me".into(), false.into());
    given.insert("victim_name".into(), "Sam Example".into());
    let found = form.reading(&given).entities();
    assert_eq!(found[0].also, Vec::<String>::new(), "somebody else is the victim");
    assert_eq!(
        found.last().unwrap(),
        &entity("victim", "person", "victim-of", &[], &[("name", "Sam Example")])
    );

    given.insert("named".into(), "anonymous".into());
    assert!(form.reading(&given).entities().iter().all(|e| e.role != "reporter" && e.role != "victim"));
}

#[test]
fn an_address_fills_a_whole_location() {
    let form = shipped("burglary");
    let given = answers(json!({
        "emergency": false, "suspect_on_scene": "no", "occupant_hurt": "no",
        "where_address": {"line1": "1 Drovers Row", "line2": "Lower End", "town": "Felpersham", "postcode": "ZZ99 1AA"},
    }));
    let scene = &form.reading(&given).entities()[0];
    let said: Vec<_> = scene.properties.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(said.join(" "), "line1=1 Drovers Row line2=Lower End postcode=ZZ99 1AA town=Felpersham");
}

#[test]
fn the_summary_speaks_as_people_do() {
    let form = shipped("burglary");
    let given = answers(json!({
        "emergency": false, "suspect_on_scene": "not-sure", "occupant_hurt": "no",
        "where_address": {"line1": "1 Drovers Row", "town": "Felpersham", "postcode": "ZZ99 1AA"},
        "building": "home", "occupant_present": "no", "when_kind": "exact", "when_date": "2026-03-07",
        "when_time": "14:05", "what_happened": "Two lines\nof text.", "distraction": "no",
        "vulnerable_occupant": "no", "firearm_keys_taken": "no", "forensic_opportunity": "no",
        "suspect_known": false, "vehicle_involved": "no", "happened_to_me": true,
        "reporter_name": "Jordan Example", "contact_by": ["phone", "email"], "reporter_phone": "+447700900123",
        "reporter_email": "jordan@example.com", "contact_safe": "sometimes", "contact_safe_how": "before 3pm",
        "needs": ["interpreter"], "needs_language": "Welsh", "support_wanted": true, "declaration": true,
    }));
    let rows = form.reading(&given).summary();
    let text: Vec<String> = rows
        .iter()
        .map(|row| {
            let section = row.section.as_deref().unwrap_or("-");
            format!("{section} | {} | {} | {}", row.page, row.question, row.answer.join(" / "))
        })
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}
