//! `bluelamp strategy`: a force's own strategy at the terminal.

use crate::Place;
use serde_json::Value;
use std::fs;

const OWN: &str = include_str!("../../../steward/tests/it/strategy/borsetshire.yaml");
const NATIONAL: &str = include_str!("../../../../data/strategy/national-2020.yaml");

#[test]
fn check_says_what_a_sound_file_holds() {
    let place = Place::new();
    let file = place.path("borsetshire-2027.yaml").display().to_string();
    fs::write(&file, OWN).unwrap();
    let out = place.run(&["strategy", "check", &file]).ok().out;
    assert_eq!(out, format!("{file}: borsetshire-2027 1.0.0: 5 elements, 1 ties to others: in order\n"));
    let found: Value =
        serde_json::from_str(&place.run(&["strategy", "check", &file, "--json"]).ok().out).unwrap();
    assert_eq!(found["strategies"][0]["id"], "borsetshire-2027");
    assert_eq!(
        (found["faults"].as_array().unwrap().len(), found["notices"].as_array().unwrap().len()),
        (0, 0)
    );
    let theirs = place.path("national-2020.yaml").display().to_string();
    fs::write(&theirs, NATIONAL).unwrap();
    assert!(
        place
            .run(&["strategy", "check", &theirs, &file])
            .ok()
            .out
            .contains("national-2020 1.0.0: 237 elements")
    );
}

#[test]
fn check_names_every_mistake_with_file_and_line() {
    let place = Place::new();
    let file = place.path("own.yaml").display().to_string();
    let wrong =
        OWN.replace("kind: phase", "kind: time").replace("\"national-2020:A1.1\"", "\"national-2020:A7\"");
    fs::write(&file, wrong.replace("parent: B1\n", "parent: B9\n")).unwrap();
    let ended = place.run(&["strategy", "check", &file]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains(&format!("{file}:35: elements[B2].kind: 'time' is unknown")), "{}", ended.err);

    // What the form hides comes out with the next run; both are said as JSON too.
    fs::write(&file, wrong.replace("kind: time", "kind: phase").replace("parent: B1\n", "parent: B9\n"))
        .unwrap();
    let ended = place.run(&["strategy", "check", &file, "--json"]);
    assert_eq!(ended.code, Some(2));
    let found: Value = serde_json::from_str(&ended.out).unwrap();
    let faults = found["faults"].as_array().unwrap();
    let told = |line: u64, field: &str| faults.iter().any(|f| f["line"] == line && f["field"] == field);
    assert!(told(20, "elements[B1.1].parent"), "{faults:?}");

    let ended = place.run(&["strategy", "check", &place.path("none.yaml").display().to_string()]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("none.yaml: cannot be read"), "{}", ended.err);
    // A changed text needs a new version, also of the product's own.
    fs::write(&file, NATIONAL.replace("title: National Policing", "title: Our Policing")).unwrap();
    let ended = place.run(&["strategy", "check", &file]);
    assert!(ended.err.contains("national-2020 1.0.0 is there with another text"), "{}", ended.err);
}
