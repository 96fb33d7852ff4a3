//! Loading records of other sources: all of a file, or nothing and every bad row named.

use crate::{Place, on_both, shared};
use std::fs;

const HEADER: &str = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,\
                      Crime type,Last outcome category,Context";

fn row(n: u32, month: &str) -> String {
    format!(
        "{n:064x},{month},Borsetshire Police,Borsetshire Police,-1.5{n:02},53.8,On or near Quill Lane,E01000001,Harrowmere 1A,\
         Burglary,Under investigation,"
    )
}

/// How many rows a table has, asked of the database itself.
fn sources(place: &Place) -> u64 {
    let findings = place.run(&["backup", "copy"]).ok();
    let manifest = fs::read_to_string(place.path("copy/backup.json")).unwrap();
    fs::remove_dir_all(place.path("copy")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let tables = manifest["tables"].as_array().unwrap();
    let rows = |name: &str| tables.iter().find(|t| t["name"] == name).unwrap()["rows"].as_u64().unwrap();
    assert!(!findings.out.is_empty());
    assert_eq!(rows("source") == 0, rows("record") == 0, "records come with their source");
    rows("source")
}

#[test]
fn a_file_is_loaded_once_and_whole() {
    on_both(|place| {
        let text: String = [HEADER.to_owned()]
            .into_iter()
            .chain((1..=50).map(|n| row(n, "2026-03")))
            .map(|l| l + "\n")
            .collect();
        place.write("street.csv", &text);
        let done = place.run(&["import", "police-uk", "street.csv", "--json"]).ok().json();
        assert_eq!(
            (&done["rows"], &done["records"]),
            (&50.into(), &100.into()),
            "an event and its place each"
        );
        place
            .run(&["import", "police-uk", "street.csv"])
            .refused(2, &["street.csv: ", "this file was loaded already, as 'street.csv' on "]);
        assert_eq!(sources(place), 1);
        let log = place.run(&["log", "check", "--json"]).ok().json();
        assert_eq!((&log["ok"], log["unsealed"].as_u64() > Some(0)), (&true.into(), true), "{log}");
    });
}

#[test]
fn a_bad_row_is_named_with_line_and_reason_and_nothing_is_stored() {
    on_both(|place| {
        let rows = [
            row(1, "2026-03"),
            row(2, "March"),
            row(3, "2026-03").replace("53.8", "153.8"),
            "x,y".to_owned(),
        ];
        place.write("street.csv", &format!("{HEADER}\n{}\n", rows.join("\n")));
        let ended = place.run(&["import", "police-uk", "street.csv"]);
        ended.refused(
            2,
            &["street.csv:3: Month: ", "street.csv:4: Latitude: ", "street.csv:5: has 2 columns, not 12"],
        );
        assert_eq!(sources(place), 0);
        place.write("other.csv", "a,b\n1,2\n");
        place
            .run(&["import", "police-uk", "other.csv"])
            .refused(2, &["other.csv:1: is not a police.uk street file"]);
        place.run(&["import", "people", "other.csv"]).refused(2, &["other.csv:1: has no column with a name"]);
        place.run(&["import", "people", "nowhere.csv"]).refused(2, &["nowhere.csv: cannot be read: "]);
        place.write("broken.parquet", "PAR1 and nothing else");
        place
            .run(&["import", "people", "broken.parquet"])
            .refused(2, &["broken.parquet: is not a Parquet file that can be read"]);
        assert_eq!(sources(place), 0);
    });
}

#[test]
fn it_is_somebody_who_loads_and_the_policy_is_asked() {
    let place = Place::new();
    place.write("people.csv", "id,first_name,surname,dob\n1,Amara,Barraclow,1984-05-17\n");
    place.run(&["account", "add", "a.auditor", "--name", "An Auditor", "--role", "auditor"]).ok();
    let people = ["import", "people", "people.csv"];
    let with = |more: &[&str]| place.run(&[&people[..], more].concat());
    with(&["--as", "a.auditor"])
        .refused(2, &["not allowed: auditor may not do 'source.import' for the purpose 'oversight'"]);
    with(&["--as", "a.auditor", "--purpose", "administration"])
        .refused(2, &["--purpose administration: not a purpose of this account; it has oversight"]);
    with(&["--as", "nobody"]).refused(2, &["--as nobody: there is no such account"]);
    assert_eq!(sources(&place), 0);
    with(&["--system", "Custody"]).ok();
    assert_eq!(sources(&place), 1);
}

#[test]
fn the_files_that_the_goal_names() {
    let place = Place::new();
    if let Some(file) = shared("data/police/street/2018-07-west-yorkshire-street.csv.gz") {
        let done = place.run(&["import", "police-uk", file.to_str().unwrap(), "--json"]).ok().json();
        assert_eq!(done["rows"], 31_635, "{done}");
        place
            .run(&["import", "police-uk", file.to_str().unwrap()])
            .refused(2, &["this file was loaded already"]);
    }
    if let Some(file) = shared("data/linkage/fake_1000.csv") {
        let done = place.run(&["import", "people", file.to_str().unwrap(), "--json"]).ok().json();
        assert_eq!(done["records"], 1000, "{done}");
    }
}
