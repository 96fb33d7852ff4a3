//! `bluelamp link` from records to clusters as a person would use it, and what it says to wrong input.

use crate::Place;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Made-up people: two or three records each, some worn, numbers from Ofcom's range for drama.
fn people() -> String {
    let mut csv = String::from("unique_id,cluster,first_name,surname,dob,phone,sex\n");
    let first = ["Ada", "Bryn", "Cleo", "Dilys", "Emlyn", "Fern", "Gethin", "Hebe", "Idris", "June"];
    let last = ["Ashcombe", "Birtle", "Corfe", "Dunsby", "Ennor", "Frith", "Garth", "Hythe"];
    let mut id = 0;
    for person in 0..120 {
        let (a, b) = (first[person % 10], last[(person / 3) % 8]);
        let dob = format!("{}-{:02}-{:02}", 1950 + person % 50, 1 + person % 12, 1 + person % 28);
        for copy in 0..2 + person % 2 {
            let first = if copy == 1 && person % 5 == 0 { a[..a.len() - 1].to_owned() } else { a.to_owned() };
            let dob = if copy == 1 && person % 7 == 0 { String::new() } else { dob.clone() };
            let sex = if person % 2 == 0 { "F" } else { "M" };
            id += 1;
            csv.push_str(&format!("{id},{person},{first},{b},{dob},07700900{person:03},{sex}\n"));
        }
    }
    csv
}

const MODEL: &str = r#"
blocking = ["phone", "surname, dob", "first_name, dob"]
[[compare]]
column = "first_name"
as = "name"
[[compare]]
column = "surname"
as = "name"
[[compare]]
column = "dob"
as = "date_of_birth"
[[compare]]
column = "phone"
as = "phone"
"#;

struct Files {
    folder: PathBuf,
}

impl Files {
    fn new(place: &Place) -> Files {
        let folder = place.folder.path().to_owned();
        fs::write(folder.join("people.csv"), people()).unwrap();
        fs::write(folder.join("model.toml"), MODEL).unwrap();
        Files { folder }
    }

    fn at(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.folder.join(name)).unwrap()).unwrap()
    }
}

fn no_parts(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.contains(".part"), "{name} was left behind");
    }
}

#[test]
fn from_records_to_clusters_and_their_reasons() {
    let place = Place::new();
    let files = Files::new(&place);
    let input = files.at("people.csv");
    let model = files.at("model.json");
    place
        .run(&[
            "link",
            "train",
            "--settings",
            &files.at("model.toml"),
            "--input",
            &input,
            "--deterministic",
            "l.phone = r.phone AND l.first_name = r.first_name",
            "--recall",
            "0.8",
            "--em",
            "l.surname = r.surname",
            "--em",
            "l.first_name = r.first_name",
            "--seed",
            "1",
            "--out",
            &model,
            "--report",
            &files.at("train.html"),
        ])
        .ok();
    let out = files.at("run");
    place
        .run(&[
            "link",
            "predict",
            "--model",
            &model,
            "--input",
            &input,
            "--out",
            &out,
            "--report",
            &files.at("pairs.html"),
        ])
        .ok();
    let run = files.json("run/run.json");
    assert!(run["pairs_written"].as_u64().unwrap() > 150, "{run}");
    for stage in run["stages"].as_array().unwrap() {
        assert!(stage["cpu_seconds"].is_number() && stage["wall_seconds"].is_number(), "{stage}");
    }
    let pairs = format!("{out}/pairs.parquet");
    let clusters = format!("{out}/clusters.parquet");
    place.run(&["link", "cluster", "--pairs", &pairs, "--input", &input, "--out", &clusters]).ok();
    let measured = place
        .run(&[
            "link",
            "evaluate",
            "--clusters",
            &clusters,
            "--truth-column",
            "cluster",
            "--group-column",
            "sex",
            "--pairs",
            &pairs,
            "--json",
            "--report",
            &files.at("measured.html"),
        ])
        .ok()
        .out;
    let measured: Value = serde_json::from_str(&measured).unwrap();
    assert!(measured["pairs"]["f1"].as_f64().unwrap() > 0.95, "{measured}");
    assert_eq!(measured["groups"].as_array().unwrap().len(), 2);
    for page in ["train.html", "pairs.html", "measured.html"] {
        let text = fs::read_to_string(files.folder.join(page)).unwrap();
        assert!(text.starts_with("<!DOCTYPE html>") && text.contains("<table>"), "{page}");
        assert!(!text.contains("<script") && !text.contains("src=\"http"), "{page} needs nothing else");
    }
    let why = place.run(&["link", "explain", "--model", &model, "--input", &input, "1", "2"]).ok().out;
    assert!(why.contains("first_name: 'Ada' and 'Ad'") && why.contains("in all: a probability of"), "{why}");
    no_parts(&files.folder);
    no_parts(Path::new(&out));
}

#[test]
fn what_people_said_overrides_the_score() {
    let place = Place::new();
    let files = Files::new(&place);
    let (input, model, out) = (files.at("people.csv"), files.at("model.toml"), files.at("run"));
    place.run(&["link", "predict", "--model", &model, "--input", &input, "--out", &out]).ok();
    let pairs = format!("{out}/pairs.parquet");
    let line = |l: &str, r: &str, v: &str| {
        format!(
            r#"{{"left":"{l}","right":"{r}","verdict":"{v}","by":"DC 1234","at":"2026-11-27T03:00:00Z","why":"seen both"}}"#
        )
    };
    for method in ["contradiction", "components"] {
        fs::write(
            files.at("j.jsonl"),
            format!("{}\n{}", line("1", "2", "not_same"), line("1", "200", "same")),
        )
        .unwrap();
        let clusters = format!("{out}/{method}.parquet");
        let run = |judged: bool| {
            let judgements = files.at("j.jsonl");
            let mut arguments = vec![
                "link", "cluster", "--pairs", &pairs, "--input", &input, "--method", method, "--out",
                &clusters,
            ];
            if judged {
                arguments.extend(["--judgements", &judgements]);
            }
            place.run(&arguments).ok().out
        };
        assert_ne!(run(true), run(false), "{method}");
    }
    fs::write(files.at("j.jsonl"), line("1", "99999", "same")).unwrap();
    let ended = place.run(&[
        "link",
        "cluster",
        "--pairs",
        &pairs,
        "--input",
        &input,
        "--judgements",
        &files.at("j.jsonl"),
        "--out",
        &files.at("c"),
    ]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("there is no record with the id 99999"), "{}", ended.err);
}

#[test]
fn an_index_answers_one_record_at_a_time() {
    let place = Place::new();
    let files = Files::new(&place);
    let index = files.at("people.idx");
    place
        .run(&[
            "link",
            "index",
            "build",
            "--model",
            &files.at("model.toml"),
            "--input",
            &files.at("people.csv"),
            "--out",
            &index,
        ])
        .ok();
    let record = r#"{"first_name":"Ada","surname":"Ashcombe","dob":"1950-01-01","phone":"07700900000"}"#;
    let found = place.run(&["link", "index", "lookup", "--index", &index, record]).ok().out;
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!(found["candidates"][0]["id"], "1", "{found}");
    let ended = place.run(&["link", "index", "lookup", "--index", &index, r#"{"forename":"Ada"}"#]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("there is no column forename; there are"), "{}", ended.err);
    place.run(&["link", "index", "check", "--index", &index]).ok();
    let mut touched = fs::read(&index).unwrap();
    touched[64] ^= 1;
    fs::write(&index, touched).unwrap();
    let ended = place.run(&["link", "index", "check", "--index", &index]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("its section rows is not what was written"), "{}", ended.err);
    fs::write(&index, "nothing").unwrap();
    let ended = place.run(&["link", "index", "lookup", "--index", &index, record]);
    assert!(ended.err.contains("build it again"), "{}", ended.err);
}

#[test]
fn what_is_wrong_is_said_with_file_row_and_column_and_nothing_is_written() {
    let place = Place::new();
    let files = Files::new(&place);
    let write = |name: &str, text: &str| {
        fs::write(files.folder.join(name), text).unwrap();
        files.at(name)
    };
    let head = "unique_id,first_name,surname,dob,phone\n";
    let input = files.at("people.csv");
    let model = files.at("model.toml");
    let mut bytes = b"PAR1 and then nothing that Parquet has".to_vec();
    bytes.extend(b"PAR1");
    fs::write(files.folder.join("bad.parquet"), bytes).unwrap();
    let unknown = MODEL.replace("\"phone\", \"surname, dob\"", "\"soundex(surname)\"");
    let cases: Vec<(String, String, Vec<&str>)> = vec![
        (
            model.clone(),
            write("twice.csv", &format!("{head}7,A,B,,\n8,C,D,,\n7,E,F,,\n")),
            vec!["twice, row 3", "unique_id", "the id 7 stands twice"],
        ),
        (
            model.clone(),
            write("noid.csv", &format!("{head}7,A,B,,\n,C,D,,\n")),
            vec!["noid, row 2", "the id is missing"],
        ),
        (
            model.clone(),
            write("short.csv", &format!("{head}7,A\n")),
            vec!["short.csv, row 2", "has 2 fields where the first line names 5"],
        ),
        (
            model.clone(),
            write("column.csv", "unique_id,surname\n1,A\n"),
            vec!["column.csv", "column first_name", "is needed and is not there"],
        ),
        (model.clone(), write("empty.csv", ""), vec!["empty.csv", "begins with a line of column names"]),
        (
            model.clone(),
            write("line.jsonl", "{\"unique_id\":1}\n{\"unique_id\":\n"),
            vec!["line.jsonl, row 2", "is no JSON"],
        ),
        (
            model.clone(),
            files.at("bad.parquet"),
            vec!["bad.parquet", "is not a Parquet file that can be read"],
        ),
        (model.clone(), files.at("nowhere.csv"), vec!["nowhere.csv can't be opened"]),
        (model.clone(), write("people.txt", "x"), vec!["people.txt", "records are .csv, .parquet or .jsonl"]),
        (write("unknown.toml", &unknown), input.clone(), vec!["unknown.toml", "blocking rule 1", "soundex"]),
        (write("model.json", "{\"comparisons\": ["), input.clone(), vec!["model.json", "no JSON", "line 1"]),
        (
            write("wide.toml", &MODEL.replace("\"phone\", ", "\"l.surname <> r.surname\", ")),
            input.clone(),
            vec!["blocking rule 1", "has no equality"],
        ),
    ];
    for (model, input, says) in cases {
        let out = files.at("out");
        let ended = place.run(&["link", "predict", "--model", &model, "--input", &input, "--out", &out]);
        assert_eq!(ended.code, Some(2), "{}\n{}", ended.out, ended.err);
        for part in says {
            assert!(ended.err.contains(part), "'{part}' is not in: {}", ended.err);
        }
        assert!(!files.folder.join("out/pairs.parquet").exists());
        assert!(!files.folder.join("out/run.json").exists());
    }
}

#[test]
fn a_column_of_nulls_and_a_block_that_never_ends_are_said_and_survived() {
    let place = Place::new();
    let files = Files::new(&place);
    // A million records of one surname: half a billion pairs of each would never end.
    let mut csv = String::from("unique_id,first_name,surname,dob,phone\n");
    for id in 0..1_000_000 {
        csv.push_str(&format!("{id},,Smith,,\n"));
    }
    fs::write(files.folder.join("smiths.csv"), csv).unwrap();
    let model = MODEL.replace("\"surname, dob\"", "\"surname\"");
    fs::write(files.folder.join("hot.toml"), model).unwrap();
    let ended = place
        .run(&[
            "link",
            "predict",
            "--model",
            &files.at("hot.toml"),
            "--input",
            &files.at("smiths.csv"),
            "--out",
            &files.at("out"),
        ])
        .ok();
    assert!(ended.err.contains("1000000 records share a key of rule 2"), "{}", ended.err);
    let told = &files.json("out/run.json")["blocks_too_large"][0];
    assert_eq!(
        (&told["records"], &told["pairs_compared"]),
        (&json!(1_000_000), &json!(0)),
        "nothing divides them"
    );
}

#[test]
fn a_block_that_is_too_large_is_divided_by_another_column() {
    let place = Place::new();
    let files = Files::new(&place);
    let mut csv = String::from("unique_id,first_name,surname,dob,phone\n");
    for id in 0..1_000 {
        csv.push_str(&format!("{id},name {},Smith,,\n", id % 25));
    }
    fs::write(files.folder.join("smiths.csv"), csv).unwrap();
    let model = MODEL.replace("\"surname, dob\"", "\"surname\"");
    fs::write(files.folder.join("hot.toml"), model).unwrap();
    let (model, input, out) = (files.at("hot.toml"), files.at("smiths.csv"), files.at("out"));
    let ended = place
        .run(&["link", "predict", "--model", &model, "--input", &input, "--out", &out, "--max-block", "50"])
        .ok();
    assert!(ended.err.contains("compared where first_name agrees too, 19500 pairs"), "{}", ended.err);
    let run = files.json("out/run.json");
    assert_eq!(run["pairs_compared"], 25 * 40 * 39 / 2);
    assert_eq!(run["blocks_too_large"][0]["divided_by"], json!(["first_name"]));
}
