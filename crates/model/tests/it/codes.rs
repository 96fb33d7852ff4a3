//! The code lists as shipped, and what the reader of lists refuses.

use crate::schemas::validators;
use bluelamp_model::{
    Day, Kind, LinkKind,
    codes::{CodeList, dangling, shipped},
    property::{ValueType, properties},
};
use std::{collections::BTreeSet, fs, path::PathBuf};

fn list(name: &str) -> &'static CodeList {
    shipped().iter().find(|list| list.list == name).unwrap()
}

#[test]
fn every_file_is_shipped_under_its_name_and_fits_the_schema() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/codes");
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            assert!(validators()["code-list"].is_valid(&value), "{name}");
            files.insert(name);
        }
    }
    assert_eq!(files, shipped().iter().map(|list| list.list.clone()).collect());
}

#[test]
fn every_mapping_leads_somewhere_and_every_property_has_its_list() {
    assert_eq!(dangling(shipped()).to_string(), "");
    for kind in Kind::ALL {
        for property in properties(kind) {
            if let ValueType::Code(name) = property.value {
                assert!(shipped().iter().any(|list| list.list == name), "{kind}.{}: {name}", property.name);
            }
        }
    }
}

#[test]
fn a_mapping_that_leads_nowhere_is_found() {
    let mut lists = shipped().to_vec();
    lists.retain(|list| list.list == "crime-kind" || list.list == "police-uk-crime-category");
    lists[0].codes.retain(|code| code.code != "CRIM_0018");
    assert_eq!(
        dangling(&lists).to_string(),
        "police-uk-crime-category: shoplifting: the list 'crime-kind' has no code 'CRIM_0018'"
    );
}

#[test]
fn the_links_of_the_list_are_those_of_the_model() {
    let codes: Vec<_> = list("link-kind").codes.iter().map(|c| c.code.as_str()).collect();
    assert_eq!(codes, LinkKind::ALL.map(LinkKind::code));
}

#[test]
fn labels_of_the_published_files_find_their_codes() {
    // The fourteen categories of data.police.uk since May 2013, as its CSV files spell them.
    let published = [
        ("Anti-social behaviour", "anti-social-behaviour"),
        ("Bicycle theft", "bicycle-theft"),
        ("Burglary", "burglary"),
        ("Criminal damage and arson", "criminal-damage-arson"),
        ("Drugs", "drugs"),
        ("Other crime", "other-crime"),
        ("Other theft", "other-theft"),
        ("Possession of weapons", "possession-of-weapons"),
        ("Public order", "public-order"),
        ("Robbery", "robbery"),
        ("Shoplifting", "shoplifting"),
        ("Theft from the person", "theft-from-the-person"),
        ("Vehicle crime", "vehicle-crime"),
        ("Violence and sexual offences", "violent-crime"),
    ];
    let categories = list("police-uk-crime-category");
    for (label, code) in published {
        let found: Vec<_> = categories.mapped("police-uk-csv", label).map(|c| c.code.as_str()).collect();
        assert_eq!(found, [code]);
    }
    let day = Day::new(2026, 11, 22).unwrap();
    assert_eq!(categories.current(day).count(), published.len());
    let outcomes = list("police-uk-outcome");
    let nobody = "Investigation complete; no suspect identified";
    assert_eq!(outcomes.mapped("police-uk-csv", nobody).next().unwrap().code, "no-further-action");
}

#[test]
fn an_ended_code_stays_readable_and_a_renamed_one_has_both_names() {
    let categories = list("police-uk-crime-category");
    let ended = categories.find("public-disorder-weapons").unwrap();
    assert!(
        ended.is_current(Day::new(2013, 4, 30).unwrap()) && !ended.is_current(Day::new(2013, 5, 1).unwrap())
    );
    let renamed = categories.find("violent-crime").unwrap();
    assert_eq!(renamed.label("en"), "Violence and sexual offences");
    assert_eq!(renamed.label("cy"), "Trais a throseddau rhywiol");
    let early: Vec<_> = categories.current(Day::new(2012, 1, 1).unwrap()).map(|c| c.label("cy")).collect();
    assert!(early.contains(&"Violent crime") && !early.contains(&"Public order"), "{early:?}");
}

#[test]
fn every_fault_of_a_list_is_told_with_its_line() {
    let text = r#"{
  "list": "Sex Codes",
  "version": 0,
  "title": "Sex", "title": "Sex",
  "source": "own",
  "codes": [
    {"code": "A B", "label_en": " ", "valid_from": "2026-01-01"},
    {"code": "X", "label_en": "X", "valid_from": "2026-02-30"},
    {"code": "Y", "label_en": "Y", "valid_from": "2026-01-01", "valid_to": "2025-01-01"},
    {"code": "Z", "label_en": "Z", "valid_from": "2026-01-01"},
    {"code": "Z", "label_en": "Z again", "valid_from": "2027-01-01"},
    {"code": "W", "label_en": "W", "valid_from": "2026-01-01", "colour": "red"},
    {"code": "V", "label_en": "V", "valid_from": "2026-01-01",
     "maps_to": [{"scheme": "", "code": "1"}]}
  ]
}"#;
    let faults = CodeList::parse("sex.json", text).unwrap_err().to_string();
    let told: Vec<_> = faults.lines().collect();
    let expected = [
        "sex.json:2: /list: 'Sex Codes' is not the name",
        "sex.json:3: /version: versions are counted from 1",
        "sex.json:4: /title: this is named twice",
        "sex.json:7: /codes/0/code: 'A B' is not a code",
        "sex.json:7: /codes/0/label_en: a code needs its English label",
        "sex.json:8: /codes/1: 2026-02-30 is not a day of the calendar",
        "sex.json:9: /codes/2/valid_to: it ends before it begins",
        "sex.json:11: /codes/4: 'Z' is in use at the same time as codes[3]",
        "sex.json:12: /codes/5: unknown field `colour`",
        "sex.json:14: /codes/6/maps_to/0: a mapping needs its scheme",
    ];
    for expected in expected {
        assert!(told.iter().any(|fault| fault.starts_with(expected)), "{expected}\n{faults}");
    }
    assert_eq!(told.len(), expected.len(), "{faults}");
}

#[test]
fn what_is_no_list_at_all_is_refused_without_panic() {
    for text in ["", "{", "[]", "null", "{\"codes\": 3}", "{\"codes\": [1, null, {}]}", "\"x\""] {
        assert!(CodeList::parse("x.json", text).is_err(), "{text}");
    }
    let broken = CodeList::parse("x.json", "{\n\n\"list\": }").unwrap_err();
    assert_eq!(broken.0[0].line, Some(3));
}
