//! The same model, the same records: what Splink 5.0.0 on DuckDB 2.0.1 answered, recorded by `bench/linkage/known.py`.

use bluelamp_linkage::columns::Table;
use bluelamp_linkage::linker::{Limits, Linker, order};
use bluelamp_linkage::predict::Ids;
use bluelamp_linkage::read;
use bluelamp_linkage::settings::Settings;
use std::collections::BTreeMap;

fn file(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/splink/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

pub(crate) fn records(settings: &Settings) -> (Table, Ids) {
    let bytes = bytes::Bytes::from(file("records.parquet"));
    let mut table =
        read::read_parquet(bytes, "records.parquet", read::Columns::All, 1, &|_| ()).expect("the records");
    let order = order(&table, &settings.unique_id, settings.link_type).expect("ids are there, each once");
    table.reorder(&order);
    let ids = Ids::of(&table, &settings.unique_id, false).expect("ids");
    (table, ids)
}

pub(crate) fn model() -> Settings {
    Settings::from_json(&String::from_utf8(file("model.json")).expect("UTF-8"))
        .expect("a model that Splink wrote")
}

/// Pair of ids → rule, levels, weight.
type Answers = BTreeMap<(i64, i64), (usize, Vec<i32>, f64)>;

fn splinks() -> Answers {
    let bytes = file("pairs.csv");
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let mut all = Answers::new();
    for row in reader.records() {
        let row = row.expect("a row");
        let number = |at: usize| row[at].parse::<f64>().expect("a number");
        let gammas = (4..row.len()).map(|at| number(at) as i32).collect();
        all.insert((number(0) as i64, number(1) as i64), (number(2) as usize, gammas, number(3)));
    }
    all
}

fn ours(settings: &Settings) -> Answers {
    let (table, ids) = records(settings);
    let linker = Linker::new(settings, &settings.rules, table, Limits::default()).expect("a linker");
    let mut worker = linker.worker();
    let mut all = Answers::new();
    for task in linker.tasks() {
        linker.each(&task, &mut worker, &mut |left, right, pattern| {
            let id = |record: u32| ids.text(record).parse().expect("a number");
            let gammas = linker.fields.iter().map(|f| f.gamma(pattern)).collect();
            let weight = linker.weight(pattern, left, right);
            let before = all.insert((id(left), id(right)), (task.rule, gammas, weight));
            assert!(before.is_none(), "a pair is given once");
        });
    }
    assert_eq!(worker.fault(), None);
    all
}

#[test]
fn pairs_rules_levels_and_weights_are_splinks() {
    let (ours, splinks) = (ours(&model()), splinks());
    assert_eq!(ours.len(), 4008);
    assert!(ours.keys().eq(splinks.keys()), "the same pairs");
    for (pair, (rule, gammas, weight)) in &ours {
        let (their_rule, their_gammas, their_weight) = &splinks[pair];
        assert_eq!((rule, gammas), (their_rule, their_gammas), "{pair:?}");
        assert!((weight - their_weight).abs() < 1e-6, "{pair:?}: {weight} is not {their_weight}");
    }
}

#[test]
fn a_model_comes_back_as_it_was_unknown_keys_and_all() {
    let text = String::from_utf8(file("model.json")).expect("UTF-8");
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    value["a_key_of_tomorrow"] = serde_json::json!({ "deep": [1, 2.5, null] });
    value["comparisons"][0]["comparison_levels"][1]["note"] = "of ours".into();
    let settings = Settings::from_json(&value.to_string()).expect("a model");
    let written: serde_json::Value = serde_json::from_str(&settings.to_json()).expect("JSON");
    assert_eq!(written, value);
}

#[test]
fn faults_of_a_model_are_told_together_with_their_places() {
    let mut value: serde_json::Value =
        serde_json::from_str(&String::from_utf8(file("model.json")).expect("UTF-8")).expect("JSON");
    value["link_type"] = "merge".into();
    value["comparisons"][1]["comparison_levels"][2]["sql_condition"] =
        "soundex(dob_l) = soundex(dob_r)".into();
    value["comparisons"][1]["comparison_levels"][3]["m_probability"] = 1.5.into();
    value["blocking_rules_to_generate_predictions"][0] = "l.a = ".into();
    let faults = Settings::from_json(&value.to_string()).expect_err("four faults").0;
    assert_eq!(faults.len(), 4, "{faults:#?}");
    assert!(faults[0].starts_with("link_type:"));
    assert!(faults[1].starts_with("blocking_rules_to_generate_predictions[0]:"));
    assert!(
        faults[2].starts_with("comparisons[1].comparison_levels[2].sql_condition: the function soundex()")
    );
    assert!(faults[3].starts_with("comparisons[1].comparison_levels[3].m_probability: is 1.5"));
}

#[test]
fn a_column_that_is_missing_is_named_with_those_that_are_there() {
    let settings = model();
    let (mut table, _) = records(&settings);
    table.columns.retain(|c| c.name != "email");
    let fault =
        Linker::new(&settings, &settings.rules, table, Limits::default()).err().expect("email is missing");
    assert!(fault.contains("the column email is not in the input, which has"), "{fault}");
}

#[test]
fn training_is_the_same_for_any_number_of_threads() {
    use bluelamp_linkage::train::{self, Trained};
    let trained: Vec<(String, Trained)> = [1, 4]
        .into_iter()
        .map(|threads| {
            let mut settings = model();
            let (table, _) = records(&settings);
            let mut linker = Linker::reusable(&settings, &[], table, Limits::default()).expect("a linker");
            let mut trained = Trained::default();
            let rules = ["l.email = r.email AND l.surname = r.surname".to_owned()];
            train::prior(&mut linker, &mut settings, &rules, 0.6, threads, &mut trained).expect("a prior");
            train::u(&linker, &mut settings, 7, 5_000, threads, &mut trained).expect("u");
            let sessions = ["l.town = r.town".to_owned(), "l.dob = r.dob".to_owned()];
            train::m(&mut linker, &mut settings, &sessions, threads, &mut trained).expect("m");
            (settings.to_json(), trained)
        })
        .collect();
    assert!(trained[0] == trained[1]);
    assert_eq!(trained[0].1.sessions.len(), 2);
    assert!(trained[0].1.sessions[1].left_out.contains(&"dob".to_owned()));
}

#[test]
fn m_from_labels_is_counted() {
    use bluelamp_linkage::train::{self, Origin, Trained};
    let mut settings = model();
    let (table, _) = records(&settings);
    let mut linker = Linker::reusable(&settings, &[], table, Limits::default()).expect("a linker");
    let mut trained = Trained::default();
    train::m_from_labels(&mut linker, &mut settings, "town", 1, &mut trained).expect("m");
    let counted: u64 = trained.m[1]
        .iter()
        .flatten()
        .map(|origin| match origin {
            Origin::Labels(n) => *n,
            _ => 0,
        })
        .sum();
    assert!(counted > 0);
    let m: f64 = settings.comparisons[1].levels.iter().filter_map(|l| l.m).sum();
    assert!((m - 1.0).abs() < 0.01, "the levels of a comparison share out all pairs: {m}");
}
