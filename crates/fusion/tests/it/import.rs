//! Imports: real formats, bad rows by line and reason, nothing half loaded.

use bluelamp_fusion::{Codes, Imported, import_people, import_police_uk};
use bluelamp_model::{Faults, authority::Actor, codes::CodeList};
use bluelamp_store::Engine;
use bluelamp_testkit::{TestDb, allow_all, on_both};
use std::path::{Path, PathBuf};

const HEADER: &str = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,\
                      Last outcome category,Context\n";

fn list(name: &str) -> CodeList {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../data/codes/{name}.json"));
    CodeList::parse(name, &std::fs::read_to_string(file).unwrap()).unwrap()
}

fn police_uk(t: &TestDb, path: &Path) -> Result<Imported, Faults> {
    let (categories, outcomes) = (list("police-uk-crime-category"), list("police-uk-outcome"));
    let codes = Codes { categories: &categories, outcomes: &outcomes };
    import_police_uk(&t.db, &Actor::system(), "borsetshire-police", &codes, path, &mut |_| {})
}

fn people(t: &TestDb, path: &Path) -> Result<Imported, Faults> {
    import_people(&t.db, &Actor::system(), "borsetshire-police", "custody", path, &mut |_| {})
}

fn file(t: &TestDb, name: &str, text: &str) -> PathBuf {
    let path = t.folder().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn count(t: &TestDb, table: &str) -> i64 {
    t.db.credential_rows(&format!("select count(*) from {table}"), &[]).unwrap()[0].get(0).unwrap()
}

/// Everything that an import stored keeps the rules of the model.
fn all_sound(t: &TestDb) {
    for row in t.db.credential_rows("select body from record", &[]).unwrap() {
        let record: bluelamp_model::Record = serde_json::from_str(&row.get::<String>(0).unwrap()).unwrap();
        record.check().unwrap();
    }
    for row in t.db.credential_rows("select body from record_link", &[]).unwrap() {
        let link: bluelamp_model::Link = serde_json::from_str(&row.get::<String>(0).unwrap()).unwrap();
        link.check().unwrap();
    }
}

#[test]
fn rows_become_events_with_places_and_provenance() {
    on_both(|t| {
        let text = format!(
            "{HEADER}\
             abc1,2018-07,West Yorkshire Police,West Yorkshire Police,-1.409547,53.598298,On or near Ash Mount,E01007329,Barnsley 003A,Vehicle crime,Investigation complete; no suspect identified,\n\
             ,2018-07,West Yorkshire Police,West Yorkshire Police,-1.409547,53.598298,On or near Ash Mount,E01007329,Barnsley 003A,Anti-social behaviour,,\n\
             abc2,2018-07,West Yorkshire Police,West Yorkshire Police,,,No Location,,,Burglary,Local resolution,\n"
        );
        let done = police_uk(t, &file(t, "street.csv", &text)).unwrap();
        // Three events and the one place that two of them share.
        assert_eq!(done.records, 4);
        assert_eq!((count(t, "record"), count(t, "record_link"), count(t, "source")), (4, 2, 1));
        all_sound(t);
        let body: String =
            t.db.credential_rows("select body from record where kind = 'crime' order by body", &[])
                .unwrap()
                .iter()
                .map(|r| r.get::<String>(0).unwrap())
                .find(|b| b.contains("abc1"))
                .unwrap();
        let record: bluelamp_model::Record = serde_json::from_str(&body).unwrap();
        assert_eq!(record.text("category"), Some("vehicle-crime"));
        assert_eq!(record.provenance[0].source_record_id.as_deref(), Some("abc1"));
        assert_eq!(record.provenance[0].digest.as_deref(), Some(done.digest.as_str()));
        let again = police_uk(t, &t.folder().join("street.csv")).unwrap_err().to_string();
        assert!(again.contains("loaded already"), "{again}");
        assert_eq!(count(t, "record"), 4);
    });
}

#[test]
fn every_bad_row_is_named_and_nothing_is_loaded() {
    on_both(|t| {
        let good = "x,2018-07,F,F,-1.4,53.5,P,E1,N,Burglary,,\n";
        let bad = [
            ("x,2018-13,F,F,-1.4,53.5,P,E1,N,Burglary,,\n", "street.csv:3: Month: '2018-13' is not a month"),
            (
                "x,2018-07,F,F,-191,53.5,P,E1,N,Burglary,,\n",
                "street.csv:4: Longitude: '-191' is not a longitude",
            ),
            (
                "x,2018-07,F,F,-1.4,north,P,E1,N,Burglary,,\n",
                "street.csv:5: Latitude: 'north' is not a latitude",
            ),
            (
                "x,2018-07,F,F,-1.4,53.5,P,E1,N,Burglery,,\n",
                "street.csv:6: Crime type: 'Burglery' is not a category",
            ),
            (
                "x,2018-07,F,F,-1.4,53.5,P,E1,N,Burglary,Solved,\n",
                "street.csv:7: Last outcome category: 'Solved'",
            ),
            ("x,2018-07,F\n", "street.csv:8: has 3 columns, not 12"),
            ("x,2018-07,,F,-1.4,53.5,P,E1,N,Burglary,,\n", "street.csv:9: Reported by: is empty"),
        ];
        let text = format!("{HEADER}{good}{}", bad.map(|(row, _)| row).concat());
        let said = police_uk(t, &file(t, "street.csv", &text)).unwrap_err().to_string();
        for (_, words) in bad {
            assert!(said.contains(words), "no '{words}' in:\n{said}");
        }
        assert_eq!(said.lines().count(), bad.len(), "{said}");
        assert_eq!((count(t, "record"), count(t, "source")), (0, 0));
    });
}

#[test]
fn what_is_not_such_a_file_is_refused_in_words() {
    on_both(|t| {
        for (name, text, words) in [
            ("empty.csv", "", "the first line should be"),
            ("other.csv", "a,b\n1,2\n", "the first line should be"),
        ] {
            let said = police_uk(t, &file(t, name, text)).unwrap_err().to_string();
            assert!(said.contains(words), "{name}: {said}");
        }
        std::fs::write(t.folder().join("half.csv.gz"), [0x1f, 0x8b, 8, 0, 0]).unwrap();
        let said = police_uk(t, &t.folder().join("half.csv.gz")).unwrap_err().to_string();
        assert!(said.contains("not a whole gzip file"), "{said}");
        std::fs::write(t.folder().join("latin.csv"), b"caf\xe9").unwrap();
        assert!(
            police_uk(t, &t.folder().join("latin.csv"))
                .unwrap_err()
                .to_string()
                .contains("not UTF-8 text (byte 3)")
        );
        assert!(
            police_uk(t, Path::new("/no/such/file.csv")).unwrap_err().to_string().contains("cannot be read")
        );
    });
}

#[test]
fn people_are_loaded_by_the_names_of_their_columns() {
    on_both(|t| {
        let text = "unique_id,First Name,surname,DOB,postcode,gender,hair\n\
                    7,Joanna,Smith,14/03/1980,zz99 1aa,female,red\n\
                    8,Wayne,Example,1975,,M,\n";
        let done = people(t, &file(t, "people.csv", text)).unwrap();
        assert_eq!(done.records, 2);
        let body: String =
            t.db.credential_rows("select body from record order by id", &[]).unwrap()[0].get(0).unwrap();
        let record: bluelamp_model::Record = serde_json::from_str(&body).unwrap();
        let said = |p: &str| record.text(p).unwrap_or_default().to_owned();
        assert_eq!(
            (said("given_name"), said("date_of_birth"), said("sex")),
            ("Joanna".into(), "1980-03-14".into(), "SEX_0002".into())
        );
        assert!(count(t, "record_key") > 4, "they can be found");
        let odd = "first_name,dob,gender\nAnn,1980-02-31,female\nBen,1900-01-01,maybe\n";
        let done = people(t, &file(t, "odd.csv", odd)).unwrap();
        assert_eq!((done.records, done.unclear), (2, 2));
        all_sound(t);
        let kept = count(t, "record where body like '%Recorded as dob: 1980-02-31%'");
        assert_eq!(kept, 1, "kept in the words it had");
        let bad = "first_name,dob,gender\nAnn,1980-01-01\n,,\n";
        let said = people(t, &file(t, "bad.csv", bad)).unwrap_err().to_string();
        assert!(said.contains("bad.csv:2: has 2 columns, the first line has 3"), "{said}");
        let said = people(t, &file(t, "empty.csv", "first_name,dob,gender\n,,\n")).unwrap_err().to_string();
        assert!(said.contains("empty.csv:2: says nothing about a person"), "{said}");
        let nameless = people(t, &file(t, "n.csv", "colour\nred\n")).unwrap_err().to_string();
        assert!(nameless.contains("no column with a name"), "{nameless}");
        assert_eq!(count(t, "record"), 4);
    });
}

fn shared(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BLUELAMP_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let file = folder.join(path);
    if file.exists() {
        return Some(file);
    }
    println!("skipped: {} is not there", file.display());
    None
}

#[test]
fn a_whole_force_month_of_police_uk() {
    let Some(path) = shared("data/police/street/2018-07-west-yorkshire-street.csv.gz") else { return };
    // Its size is about speed, which a debug build does not have: one engine is enough here.
    let t = &TestDb::new(Engine::Sqlite, allow_all());
    let done = police_uk(t, &path).unwrap();
    let events = count(t, "record where kind in ('crime', 'incident')");
    assert_eq!(events, 31_635);
    // Figures of the same file, counted by another program.
    for (category, n) in [("burglary", 2_029), ("violent-crime", 10_358), ("anti-social-behaviour", 5_442)] {
        let found = count(t, &format!("record where body like '%\"value\":\"{category}\"%'"));
        assert_eq!(found, n, "{category}");
    }
    assert_eq!(done.records, u64::try_from(count(t, "record")).unwrap());
}

#[test]
fn fifty_thousand_people_in_parquet() {
    let Some(path) = shared("data/linkage/historical_figures_with_errors_50k.parquet") else { return };
    let t = &TestDb::new(Engine::Sqlite, allow_all());
    let done = people(t, &path).unwrap();
    assert_eq!(done.records, 50_578);
    assert!(done.unclear > 0, "the file's errors are part of it");
}

#[test]
fn the_edge_cases_of_a_real_file() {
    let Some(path) = shared("data/police/street/2023-01-essex-street-sample.csv") else { return };
    on_both(|t| {
        police_uk(t, &path).unwrap();
        assert_eq!(count(t, "record where kind = 'incident'"), 2, "antisocial behaviour, without an id");
        assert_eq!(count(t, "record where kind = 'crime'"), 8);
        all_sound(t);
    });
}
