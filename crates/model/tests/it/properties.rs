//! What holds for every record, link and marking.

use crate::{
    samples::{burglary, links, markings, noon, records},
    schemas::validators,
};
use bluelamp_model::{
    Bundle, Error, Kind, Link, Record, Scalar, Source,
    codes::shipped,
    conform,
    property::{FieldClass, property},
    redact::WITHHELD,
};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_record_reads_as_it_was_written(record in records()) {
        let text = serde_json::to_string(&record).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Record>(&text).unwrap(), &record);
        prop_assert!(record.check().is_ok(), "{:?}", record.check());
    }

    #[test]
    fn a_link_reads_as_it_was_written(link in links()) {
        let text = serde_json::to_string(&link).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Link>(&text).unwrap(), &link);
        prop_assert!(link.check().is_ok(), "{:?}", link.check());
    }

    #[test]
    fn a_bundle_reads_as_it_was_written(records in proptest::collection::vec(records(), 0..4)) {
        let bundle = Bundle::new(records, Vec::new());
        let text = serde_json::to_string_pretty(&bundle).unwrap();
        prop_assert_eq!(&Bundle::read("a.json", &text, shipped()).unwrap(), &bundle);
        prop_assert_eq!(&Bundle::read("a.jsonl", &bundle.lines().unwrap(), shipped()).unwrap(), &bundle);
    }

    #[test]
    fn what_is_written_is_valid_by_the_schema(record in records(), link in links()) {
        let validators = validators();
        for (name, value) in [("record", json!(record)), ("link", json!(link))] {
            let errors: Vec<_> = validators[name].iter_errors(&value).map(|e| e.to_string()).collect();
            prop_assert!(errors.is_empty(), "{errors:?}\n{value:#}");
        }
    }

    #[test]
    fn combining_markings_never_weakens_and_has_no_order(a in markings(), b in markings(), c in markings()) {
        let both = a.stricter(&b);
        prop_assert!(both.at_least(&a) && both.at_least(&b));
        prop_assert_eq!(&both, &b.stricter(&a));
        prop_assert_eq!(both.stricter(&c), a.stricter(&b.stricter(&c)));
        prop_assert_eq!(&both.stricter(&both), &both);
        prop_assert!(both.check().is_ok());
    }

    #[test]
    fn what_is_left_out_is_gone_and_the_copy_is_sound(
        record in records(),
        classes in proptest::sample::subsequence(FieldClass::ALL.to_vec(), 0..=8),
    ) {
        let copy = record.without(&classes);
        let seen = |prop: &str| property(record.kind, prop).unwrap().class;
        prop_assert!(copy.statements.iter().all(|s| !classes.contains(&seen(&s.prop))));
        let kept = record.statements.iter().filter(|s| !classes.contains(&seen(&s.prop))).count();
        prop_assert_eq!(copy.statements.len(), kept);
        prop_assert_eq!(&copy.marking, &record.marking);
        prop_assert_eq!(&copy.redacted, &classes);
        prop_assert_eq!(&copy.without(&classes), &copy);
        prop_assert!(copy.check().is_ok(), "{:?}", copy.check());
        if classes.contains(&FieldClass::Source) {
            prop_assert!(copy.provenance.is_empty() && copy.statements.iter().all(|s| s.source_ref == WITHHELD));
        }
    }

    /// Whatever somebody changes in a sound bundle: what the schema or the types refuse, the check refuses.
    #[test]
    fn the_check_misses_nothing_that_the_schema_finds(spot in any::<Index>(), with in 0_usize..14) {
        let mut bundle = json!(burglary());
        let places = places(&bundle);
        let place = &places[spot.index(places.len())];
        change(&mut bundle, place, with);
        let text = bundle.to_string();
        let report = conform("changed.json", &text);
        if report.passed() {
            let errors: Vec<_> = validators()["bundle"].iter_errors(&bundle).map(|e| e.to_string()).collect();
            prop_assert!(errors.is_empty(), "{place}: {errors:?}");
            prop_assert!(serde_json::from_str::<Bundle>(&text).is_ok(), "{place}");
        }
    }

    #[test]
    fn no_text_whatever_makes_the_check_panic(text in any::<String>(), cut in any::<Index>(), put in any::<char>()) {
        let sound = json!(burglary()).to_string();
        let at = cut.index(sound.len());
        let broken = format!("{}{put}{}", &sound[..at], &sound[at..]);
        for (file, text) in [("a.json", &text), ("a.jsonl", &text), ("b.json", &broken), ("b.jsonl", &broken)] {
            let report = conform(file, text);
            prop_assert_eq!(report.passed(), report.faults().0.is_empty());
        }
        prop_assert!(!conform("cut.json", &sound[..at]).passed());
    }
}

/// The pointer of every value in a document.
fn places(value: &Value) -> Vec<String> {
    fn walk(value: &Value, pointer: &str, found: &mut Vec<String>) {
        found.push(pointer.into());
        match value {
            Value::Object(map) => {
                for (key, v) in map {
                    walk(v, &format!("{pointer}/{key}"), found);
                }
            }
            Value::Array(items) => {
                for (n, v) in items.iter().enumerate() {
                    walk(v, &format!("{pointer}/{n}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

fn change(document: &mut Value, pointer: &str, with: usize) {
    let replacements = [
        json!(null),
        json!(""),
        json!(" "),
        json!("suspect"),
        json!("2026-02-30T00:00:00Z"),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(101),
        json!(true),
        json!([]),
        json!({}),
    ];
    if let Some(new) = replacements.get(with) {
        *document.pointer_mut(pointer).unwrap() = new.clone();
    } else if with == replacements.len() {
        if let Some(map) = document.pointer_mut(pointer).unwrap().as_object_mut() {
            map.insert("unasked".into(), json!("x"));
        }
    } else if let Some((parent, last)) = pointer.rsplit_once('/') {
        match document.pointer_mut(parent).unwrap() {
            Value::Object(map) => drop(map.remove(last)),
            Value::Array(items) => drop(items.remove(last.parse().unwrap())),
            _ => unreachable!("only objects and arrays have members"),
        }
    }
}

#[test]
fn a_record_refuses_what_its_kind_cannot_say() {
    let mut record = burglary().records.remove(0);
    let before = record.clone();
    let source = Source::fact("report/1", noon(), "online-form");
    for (prop, value, code) in [
        ("registration", Scalar::from("ZZ99 ABC"), "unknown-property"),
        ("nickname", Scalar::from("x"), "unknown-property"),
        ("date_of_birth", Scalar::from("1984-02-30"), "wrong-type"),
        ("height_cm", Scalar::from("tall"), "wrong-type"),
        ("family_name", Scalar::from(" "), "wrong-type"),
    ] {
        match record.state(prop, value, &source) {
            Err(Error::Invalid(fields)) => {
                assert_eq!((fields[0].field.as_str(), fields[0].code.as_str()), (prop, code));
            }
            other => panic!("{prop}: {other:?}"),
        }
    }
    assert_eq!(record, before);
    assert_eq!(record.kind, Kind::Person);
    assert_eq!(record.text("family_name"), Some("Aldridge"));
    assert_eq!(record.said("phone").count(), 1);
}

#[test]
fn a_record_by_itself_says_which_rules_it_breaks() {
    let mut record = burglary().records.remove(1);
    record.sensitive = None;
    record.provenance.clear();
    let Err(Error::Invalid(fields)) = record.check() else { panic!("it should be refused") };
    let rules: Vec<_> = fields.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(rules, ["sensitive", "provenance"]);
}

#[test]
fn what_has_no_class_does_not_survive_redaction() {
    let mut record = burglary().records.remove(0);
    record.statements[0].prop = "nickname".into();
    assert!(record.without(&[]).statements.iter().all(|s| s.prop != "nickname"));
}

#[test]
fn a_copy_without_what_was_sensitive_does_not_tell_that_it_was() {
    let suspect = &burglary().records[1];
    assert!(suspect.without(&[FieldClass::Protected]).sensitive.is_none());
    assert!(suspect.without(&[FieldClass::Narrative]).sensitive.is_some());
}
