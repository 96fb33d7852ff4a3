//! Rates by group are those of fairlearn and aequitas, say when they can say nothing, and give nobody away.

use bluelamp_model::{Error, Id, authority::Actor};
use bluelamp_steward::fairness::{
    Attribute, Bootstrap, Bounds, Columns, Compare, Counts, Group, Made, Measure, NOT_HELD, Reference,
    Report, Scored, Verdict, alike, all_bounds, bounds_for, bounds_of, confirm_bounds, csv, html, look,
    propose_bounds, public_reports, publish, read, report, save, saved, view_saved, withdraw,
};
use bluelamp_testkit::{TestDb, on_both};
use proptest::prelude::*;
use serde_json::Value;
use std::{fmt::Write as _, path::Path};

fn data(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fairness").join(file))
        .unwrap()
}

fn columns(groups: &[&str]) -> Columns {
    Columns {
        groups: groups.iter().map(|g| (*g).to_owned()).collect(),
        outcome: "outcome".into(),
        predicted: Some("flagged".into()),
        ..Columns::default()
    }
}

pub(crate) fn scored(text: &str, groups: &[&str]) -> Scored {
    read("scored.csv", text.as_bytes(), &columns(groups)).unwrap()
}

fn faults(text: &[u8], named: &Columns) -> String {
    read("scored.csv", text, named).unwrap_err().to_string()
}

pub(crate) fn attribute<'a>(r: &'a Report, columns: &[&str]) -> &'a Attribute {
    r.attributes.iter().find(|a| a.columns == columns).unwrap()
}

pub(crate) fn group<'a>(a: &'a Attribute, values: &[&str]) -> &'a Group {
    a.groups.iter().find(|g| g.values == values).unwrap()
}

pub(crate) fn rate(g: &Group, m: Measure) -> Option<f64> {
    g.rates.iter().find(|f| f.measure == m).unwrap().value
}

fn measure(code: &str) -> Measure {
    Measure::ALL.into_iter().find(|m| m.code() == code).unwrap()
}

fn close(what: &str, ours: Option<f64>, theirs: &Value) {
    match (ours, theirs.as_f64()) {
        (Some(a), Some(b)) => assert!((a - b).abs() <= 1e-9, "{what}: {a} and {b}"),
        (None, None) => {}
        other => panic!("{what}: {other:?}"),
    }
}

// --- Equal to fairlearn and aequitas: bench/fairness/run.py wrote what they say about the same file. ---

#[test]
fn rates_and_parities_are_fairlearns() {
    let peer: Value = serde_json::from_str(&data("fairlearn.json")).unwrap();
    assert_eq!(peer["version"], "0.15.0");
    let mut compared = 0;
    for (part, weight) in [("plain", None), ("weighted", Some("weight".to_owned()))] {
        let named = Columns { weight, ..columns(&["sex", "ethnicity", "age"]) };
        let file = read("scored.csv", data("scored.csv").as_bytes(), &named).unwrap();
        let ours = report(&file, &Compare { pairs: true, ..Compare::default() }).unwrap();
        for look in peer[part].as_array().unwrap() {
            let names: Vec<&str> =
                look["columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
            let ours = attribute(&ours, &names);
            let groups: Vec<&Group> = ours.groups.iter().filter(|g| g.held).collect();
            assert_eq!(groups.len(), look["by_group"].as_object().unwrap().len());
            for g in groups {
                let theirs = &look["by_group"][g.name()];
                assert_eq!(g.n.map(|n| n as f64), theirs["n"].as_f64());
                for code in ["pprev", "tpr", "fpr", "fnr", "tnr"] {
                    let mine = rate(g, measure(code));
                    // It gives 0 for a share of nothing.
                    let mine = mine.or((theirs[code] == 0.0).then_some(0.0));
                    close(&format!("{part} {} {code}", g.name()), mine, &theirs[code]);
                    compared += 1;
                }
            }
            let (p, theirs) = (&ours.parity, &look["aggregates"]["defined"]);
            for (what, mine) in [
                ("demographic_parity_difference", p.demographic_parity_difference),
                ("demographic_parity_ratio", p.demographic_parity_ratio),
                ("equalized_odds_difference", p.equalized_odds_difference),
                ("equalized_odds_ratio", p.equalized_odds_ratio),
            ] {
                close(&format!("{part} {names:?} {what}"), mine, &theirs[what]);
                compared += 1;
            }
        }
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn rates_and_disparities_are_aequitas() {
    let peer: Value = serde_json::from_str(&data("aequitas.json")).unwrap();
    assert_eq!(peer["version"], "1.1.0");
    let references = peer["references"].as_object().unwrap();
    let reference = Reference::Named(
        references.iter().map(|(c, v)| (c.clone(), v.as_str().unwrap().to_owned())).collect(),
    );
    let file = scored(&data("scored.csv"), &["sex", "ethnicity", "age"]);
    let ours = report(&file, &Compare { reference, ..Compare::default() }).unwrap();
    let (mut compared, mut undefined) = (0, 0);
    for row in peer["groups"].as_array().unwrap() {
        let (column, name) = (row["column"].as_str().unwrap(), row["group"].as_str().unwrap());
        let g = group(attribute(&ours, &[column]), &[name]);
        let cells = g.rows.unwrap();
        for (mine, cell) in [(cells.tp, "tp"), (cells.fp, "fp"), (cells.missed, "fn"), (cells.tn, "tn")] {
            close(&format!("{name} {cell}"), Some(mine), &row["cells"][cell]);
        }
        for (code, value) in row["rates"].as_object().unwrap() {
            let mine = rate(g, measure(code));
            undefined += usize::from(mine.is_none());
            close(&format!("{name} {code}"), mine, value);
            compared += 1;
        }
        for against in &g.against {
            if let Some(value) = row["disparities"].get(against.measure.code()) {
                close(&format!("{name} {} disparity", against.measure.code()), against.ratio, value);
                compared += 1;
            }
        }
    }
    assert!(compared > 200 && undefined > 2, "{compared} {undefined}: a share of nothing is in the file");
}

// --- What can be worked out by hand. ---

pub(crate) const SMALL: &str = "sex,flagged,outcome,score\nF,1,1,0.95\nF,1,0,0.85\nF,0,1,0.15\nF,0,0,0.05\nF,0,0,0.05\nM,1,1,1\nM,1,1,0.9\n\
                     M,0,0,0\n,1,0,0.5\nunknown,0,0,0.5\n";

#[test]
fn a_table_worked_by_hand() {
    let named = Columns { score: Some("score".into()), ..columns(&["sex"]) };
    let file = read("scored.csv", SMALL.as_bytes(), &named).unwrap();
    let r = report(&file, &Compare::default()).unwrap();
    let sex = attribute(&r, &["sex"]);
    assert_eq!(sex.groups.iter().map(Group::name).collect::<Vec<_>>(), ["F", "M", NOT_HELD]);
    assert_eq!((sex.coverage.held, sex.coverage.of, sex.coverage.share), (Some(8), Some(10), Some(0.8)));
    assert_eq!(sex.reference.as_deref(), Some("F"), "the largest of which it is held");
    let (f, m, none) = (group(sex, &["F"]), group(sex, &["M"]), group(sex, &[NOT_HELD]));
    let cells = |tp, fp, missed, tn| Some(Counts { tp, fp, missed, tn });
    assert_eq!(f.rows, cells(1.0, 1.0, 1.0, 2.0));
    assert_eq!(m.rows, cells(2.0, 0.0, 0.0, 1.0));
    for (who, what, wanted) in [
        (f, Measure::BaseRate, Some(0.4)),
        (f, Measure::SelectionRate, Some(0.4)),
        (f, Measure::TruePositive, Some(0.5)),
        (f, Measure::FalsePositive, Some(1.0 / 3.0)),
        (f, Measure::Precision, Some(0.5)),
        (f, Measure::FalseOmission, Some(1.0 / 3.0)),
        (f, Measure::ShareOfProposed, Some(2.0 / 5.0)),
        (m, Measure::TruePositive, Some(1.0)),
        (m, Measure::FalseDiscovery, Some(0.0)),
        (none, Measure::TruePositive, None),
        (none, Measure::SelectionRate, Some(0.5)),
    ] {
        assert_eq!(rate(who, what), wanted, "{} {}", who.name(), what.label());
    }
    assert!(none.against.is_empty() && f.against.is_empty() && f.reference);
    let beside = m.against.iter().find(|a| a.measure == Measure::SelectionRate).unwrap();
    assert!((beside.difference.unwrap() - (2.0 / 3.0 - 0.4)).abs() < 1e-12);
    assert!((beside.ratio.unwrap() - (2.0 / 3.0) / 0.4).abs() < 1e-12);
    assert_eq!(beside.verdict, Verdict::NotJudged, "without draws nothing is judged");
    // Of those with a score from 0.8 to 0.9 one, for whom it did not come about; 1 belongs to the last tenth.
    assert_eq!((f.calibration[8].n, f.calibration[8].came_about), (1, Some(0.0)));
    assert_eq!((m.calibration[9].n, m.calibration[9].score), (2, Some(0.95)));
    assert_eq!((m.calibration[5].n, m.calibration[5].came_about), (0, None));
}

#[test]
fn a_threshold_says_what_was_proposed() {
    let named =
        Columns { predicted: None, score: Some("score".into()), threshold: Some(0.85), ..columns(&["sex"]) };
    let by_threshold = read("scored.csv", SMALL.as_bytes(), &named).unwrap();
    let r = report(&by_threshold, &Compare::default()).unwrap();
    // From 0.85 on, 0.85 included.
    assert_eq!(group(attribute(&r, &["sex"]), &["F"]).rows.unwrap().predicted(), 2.0);
    assert_eq!(group(attribute(&r, &["sex"]), &[NOT_HELD]).rows.unwrap().predicted(), 0.0);
}

#[test]
fn the_least_ratio_to_the_highest_is_fairlearns_between_groups() {
    let file = scored(&data("scored.csv"), &["age"]);
    let r = report(&file, &Compare { reference: Reference::Highest, ..Compare::default() }).unwrap();
    let age = attribute(&r, &["age"]);
    assert_eq!(age.reference, None);
    let against = age.groups.iter().flat_map(|g| &g.against).filter(|a| a.measure == Measure::SelectionRate);
    let least = against.clone().filter_map(|a| a.ratio).reduce(f64::min);
    let widest = against.filter_map(|a| a.difference).reduce(f64::min);
    assert_eq!(least, age.parity.demographic_parity_ratio);
    assert_eq!(widest.map(|d| -d), age.parity.demographic_parity_difference);
}

/// `n` rows of a group, of which `hits` were flagged; for every other row it came about.
pub(crate) fn rows(name: &str, n: usize, hits: usize) -> String {
    let mut text = String::new();
    for k in 0..n {
        let _ = writeln!(text, "{name},{},{}", u8::from(k < hits), k % 2);
    }
    text
}

#[test]
fn an_interval_that_spans_a_threshold_cannot_say() {
    let text = format!(
        "sex,flagged,outcome\n{}{}{}{}",
        rows("Most", 4000, 2000),
        rows("Alike", 4000, 2000),
        rows("Lower", 4000, 800),
        rows("Few", 30, 11)
    );
    let set = Bounds { low: 0.8, high: 1.25, set_on: Some("2026-10-01".parse().unwrap()) };
    let how = Compare { bootstrap: Some(Bootstrap::default()), bounds: set, ..Compare::default() };
    let r = report(&scored(&text, &["sex"]), &how).unwrap();
    let sex = attribute(&r, &["sex"]);
    assert_eq!(sex.reference.as_deref(), Some("Alike"), "of equals the first by name");
    let verdict = |name: &str| {
        let g = group(sex, &[name]);
        g.against.iter().find(|a| a.measure == Measure::SelectionRate).unwrap().verdict
    };
    assert_eq!(verdict("Most"), Verdict::Within);
    assert_eq!(verdict("Lower"), Verdict::Beyond);
    assert_eq!(verdict("Few"), Verdict::CannotSay, "11 of 30 is a ratio of 0.73, and says nothing");
    assert!(r.notes.iter().any(|n| n.contains("2026-10-01")), "{:?}", r.notes);
    // The draws come to what the textbook says for a share of 800 of 4000: 0.2 ± 1.96 × 0.00632.
    let low = group(sex, &["Lower"]);
    let drawn = low.rates.iter().find(|f| f.measure == Measure::SelectionRate).unwrap().bootstrap.unwrap();
    assert!((drawn.low - 0.1876).abs() < 0.0015 && (drawn.high - 0.2124).abs() < 0.0015, "{drawn:?}");
    // The same seed gives the same, another seed another.
    assert_eq!(report(&scored(&text, &["sex"]), &how).unwrap(), r);
    let other = Compare { bootstrap: Some(Bootstrap { seed: 2, ..Bootstrap::default() }), ..how };
    assert_ne!(report(&scored(&text, &["sex"]), &other).unwrap().attributes, r.attributes);
}

#[test]
fn default_thresholds_are_told_to_be_nobodys() {
    let r = report(&scored(SMALL, &["sex"]), &Compare::default()).unwrap();
    assert!(r.notes.iter().any(|n| n.contains("No committee has set the thresholds")), "{:?}", r.notes);
    for (low, high) in [(1.2, 1.25), (0.8, 0.9), (0.0, 1.25), (0.8, f64::INFINITY), (f64::NAN, 1.25)] {
        let how = Compare { bounds: Bounds { low, high, set_on: None }, ..Compare::default() };
        assert!(report(&scored(SMALL, &["sex"]), &how).is_err(), "{low} {high}");
    }
}

// --- Files that are wrong, and files that mean harm. ---

#[test]
fn every_fault_has_its_line_and_column() {
    let text = "sex,flagged,outcome,weight\nF,1,0,1\nM,2,0,1\nM,1,,x\nF,0\nF,0,1,-3\nF,0,maybe,1e99\n";
    let named = Columns { weight: Some("weight".into()), ..columns(&["sex"]) };
    let told = faults(text.as_bytes(), &named);
    for wanted in [
        "scored.csv:3: flagged (column 2): should be 0 or 1, not '2'",
        "scored.csv:4: outcome (column 3): is empty; 0 or 1 is needed",
        "scored.csv:4: weight (column 4): should be a number, not 'x'",
        "scored.csv:5: row: has 2 columns; the first row has 4",
        "scored.csv:6: weight (column 4): should be a weight from 0 to 1,000,000,000",
        "scored.csv:7: outcome (column 3): should be 0 or 1, not 'maybe'",
    ] {
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
}

#[test]
fn hostile_files_are_refused_in_words() {
    let named = columns(&["sex"]);
    let many = |n: usize| {
        let rows: String = (0..n).map(|k| format!("person {k},1,0\n")).collect();
        format!("sex,flagged,outcome\n{rows}").into_bytes()
    };
    let wrong: String = (0..300).map(|_| "F,x,y\n").collect();
    let cases: [(&[u8], &str); 12] = [
        (b"", "column 'sex': is not there"),
        (b"sex,flagged,outcome\n", "has no rows below the names"),
        (b"sex|flagged|outcome\nF|1|0\n", "is not there; the columns are sex|flagged|outcome"),
        (b"sex,sex,flagged,outcome\nF,F,1,0\n", "stands twice among the columns"),
        (b"sex,flagged,outcome\n\xff\xfe,1,0\n", "is not UTF-8 text"),
        (b"sex,flagged,outcome\n\"a\nb\",1,0\n", "holds a control character"),
        (b"sex,flagged,outcome\nF,nan,0\n", "should be 0 or 1, not 'nan'"),
        (
            b"sex,flagged,outcome,note\nF,1,0,\nM,0,1,\"one\nM,0,1,\n",
            "scored.csv:3: a quotation mark is opened and never closed",
        ),
        (b"\x00\x01\x02,\x00\n\x00,\x00\n", "column 'sex': is not there"),
        (&many(201), "more than 200 different values"),
        (format!("sex,flagged,outcome\n{},1,0\n", "a".repeat(121)).leak().as_bytes(), "longer than 120"),
        (format!("sex,flagged,outcome\n{wrong}").leak().as_bytes(), "has 550 more faults like these"),
    ];
    for (text, wanted) in cases {
        let told = faults(text, &named);
        assert!(told.contains(wanted), "{wanted}\n{}", told.chars().take(600).collect::<String>());
        assert!(told.lines().count() <= 52);
    }
    // Two stray marks would make one cell of all that lies between them, and rows of the file would be gone.
    let stray: [(&[u8], &str); 6] = [
        (
            b"sex,flagged,outcome,note\nF,1,0,\"\nM,0,1,\"\n",
            "scored.csv:2: a quoted cell goes on over the end of its line",
        ),
        (
            b"sex,flagged,outcome,note\nF,1,0,x\nF,1,0,\"one\nM,0,1,\nM,0,1,two\"\nF,1,0,x\n",
            "scored.csv:3: a quoted cell goes on over the end of its line",
        ),
        (
            b"sex,note,flagged,outcome\nF,\"x,1,0\nM,y\",0,1\n",
            "scored.csv:2: a quoted cell goes on over the end of its line",
        ),
        (
            b"sex,flagged,outcome,note\nF,1,0,5\" pipe\n",
            "scored.csv:2: a quotation mark stands inside a cell",
        ),
        (
            b"sex,flagged,outcome,note\nF,1,0,\"a\"b\nM,0,1,\"\n",
            "scored.csv:2: something stands behind the quotation mark",
        ),
        (b"sex,flagged,outcome\nF,1,\"0", "scored.csv:2: a quotation mark is opened and never closed"),
    ];
    for (text, wanted) in stray {
        let told = faults(text, &named);
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
    // A text over two lines, and marks written twice, are no faults.
    let fine = b"sex,flagged,outcome,note\nF,1,0,\"one, and\nanother\"\nM,0,1,\"a \"\"mark\"\"\"\n";
    assert_eq!(read("scored.csv", fine, &named).unwrap().rows, 2);
    // A mark at the beginning, line ends of Windows and values in quotes are no faults.
    let fine = b"\xef\xbb\xbfsex,flagged,outcome\r\n\"F\",1.0,TRUE\r\n\"M, other\",0,false\r\n";
    assert_eq!(read("scored.csv", fine, &named).unwrap().rows, 2);
    for fine in [
        "sex;flagged;outcome\nF;yes;No\nM, other;0;1\n",
        "sex\tflagged\toutcome\nF\tYES\tno\nM, other\t0\t1\n",
    ] {
        assert_eq!(read("scored.csv", fine.as_bytes(), &named).unwrap().rows, 2, "{fine}");
    }
}

#[test]
fn a_question_that_makes_no_sense_is_refused() {
    let text = SMALL.as_bytes();
    for (named, wanted) in [
        (columns(&[]), "name at least one column"),
        (columns(&["sex", "sex"]), "named twice"),
        (columns(&["gender"]), "column 'gender': is not there; the columns are sex, flagged, outcome, score"),
        (Columns { threshold: Some(0.5), ..columns(&["sex"]) }, "both together could differ"),
        (Columns { predicted: None, ..columns(&["sex"]) }, "name the column that says what was proposed"),
        (
            Columns { predicted: None, score: Some("score".into()), ..columns(&["sex"]) },
            "from which score on",
        ),
    ] {
        let told = faults(text, &named);
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
    let file = scored(SMALL, &["sex"]);
    for (column, value, wanted) in [
        ("sex", "X", "'X' is no value of 'sex'; the values are F, M, not held"),
        ("age", "F", "'age' is not one of the columns"),
        ("sex", NOT_HELD, "cannot be the reference"),
    ] {
        let reference = Reference::Named([(column.to_owned(), value.to_owned())].into());
        let told = report(&file, &Compare { reference, ..Compare::default() }).unwrap_err().to_string();
        assert!(told.contains(wanted), "{told}");
    }
}

#[test]
fn what_is_written_out_runs_nowhere() {
    let text = "sex,flagged,outcome\n=HYPERLINK(1),1,0\n\"<script>alert(1)</script>, x\",0,1\n";
    let r = report(&scored(text, &["sex"]), &Compare::default()).unwrap();
    let rows = csv(&r);
    assert!(rows.contains(",'=HYPERLINK(1),"), "{rows}");
    assert!(rows.contains("\"<script>alert(1)</script>, x\""), "{rows}");
    assert!(!html(&r).contains("<script>"));
    assert_eq!(
        csv(&r.public()).lines().count(),
        1 + 12 * 3,
        "everybody, and two groups that are named without figures"
    );
}

// --- Properties. ---

fn table() -> impl Strategy<Value = Vec<(usize, usize, usize, bool, bool, u8)>> {
    proptest::collection::vec(
        (0..3_usize, 0..3_usize, 0..2_usize, any::<bool>(), any::<bool>(), 0..5_u8),
        1..120,
    )
}

fn text(rows: &[(usize, usize, usize, bool, bool, u8)], names: [&str; 3]) -> String {
    let mut text = String::from("a,b,c,flagged,outcome,score,weight\n");
    for (a, b, c, flagged, outcome, w) in rows {
        let (flagged, outcome) = (u8::from(*flagged), u8::from(*outcome));
        let _ = writeln!(
            text,
            "{},{},c{c},{flagged},{outcome},0.{w}3,{}",
            names[*a],
            names[*b],
            f64::from(*w) / 3.0
        );
    }
    text
}

fn whole_report(text: &str) -> Report {
    let named =
        Columns { score: Some("score".into()), weight: Some("weight".into()), ..columns(&["a", "b", "c"]) };
    let bootstrap = Some(Bootstrap { resamples: 100, seed: 3 });
    let how = Compare { pairs: true, bootstrap, ..Compare::default() };
    report(&read("scored.csv", text.as_bytes(), &named).unwrap(), &how).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_rows_changes_nothing(rows in table(), seed in any::<u64>()) {
        let mut mixed = rows.clone();
        // A shuffle by a plain generator, so that a failing case can be made again.
        let mut state = seed | 1;
        for n in (1..mixed.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            mixed.swap(n, usize::try_from(state % (n as u64 + 1)).unwrap());
        }
        let names = ["x", "y", "not held"];
        prop_assert_eq!(whole_report(&text(&rows, names)), whole_report(&text(&mixed, names)));
    }

    #[test]
    fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..400), header in any::<bool>()) {
        let mut file = if header { b"sex,flagged,outcome,score,weight\nF,1,0,0.5,1\n".to_vec() } else { Vec::new() };
        file.extend(&bytes);
        let named = Columns {
            score: Some("score".into()),
            weight: Some("weight".into()),
            ..columns(&["sex"])
        };
        if let Ok(file) = read("scored.csv", &file, &named) {
            let how = Compare { bootstrap: Some(Bootstrap { resamples: 100, seed: 1 }), ..Compare::default() };
            let made = report(&file, &how).unwrap();
            prop_assert!(made.public().public && !csv(&made).is_empty());
        }
    }

    #[test]
    fn other_names_for_the_groups_change_no_figure(rows in table()) {
        // In the same order by name, so that the draws are the same.
        let (a, b) = (whole_report(&text(&rows, ["k", "l", "m"])), whole_report(&text(&rows, ["p", "q", "r"])));
        for (a, b) in a.attributes.iter().zip(&b.attributes) {
            for (a, b) in a.groups.iter().zip(&b.groups) {
                prop_assert_eq!((&a.rates, &a.against, &a.calibration), (&b.rates, &b.against, &b.calibration));
            }
            prop_assert_eq!(&a.parity, &b.parity);
        }
    }

    #[test]
    fn rates_that_complete_one_another_come_to_one(rows in table()) {
        for g in whole_report(&text(&rows, ["x", "y", "z"])).attributes.iter().flat_map(|a| &a.groups) {
            for (one, other) in [
                (Measure::TruePositive, Measure::FalseNegative),
                (Measure::FalsePositive, Measure::TrueNegative),
                (Measure::Precision, Measure::FalseDiscovery),
                (Measure::NegativeValue, Measure::FalseOmission),
            ] {
                match (rate(g, one), rate(g, other)) {
                    (Some(a), Some(b)) => prop_assert!((a + b - 1.0).abs() < 1e-12),
                    (a, b) => prop_assert!(a.is_none() && b.is_none()),
                }
            }
        }
    }
}

// --- Thresholds that come first, and reports that are kept. ---

#[test]
fn thresholds_are_set_before_a_report_is_kept() {
    on_both(|t| {
        let (committee, lead) = (person(t, 1, &["ethics-committee"]), person(t, 2, &["risk-lead"]));
        let text = data("scored.csv");
        let make = move |bounds: Bounds| {
            let made = report(&scored(&text, &["sex"]), &Compare { bounds, ..Compare::default() }).unwrap();
            Made::of(made, text.as_bytes())
        };
        let keep =
            |made: Made| t.db.write(&lead, move |cx| save(cx, "burglary", "1.0.0", "First look", &made));
        let first = keep(make(Bounds::default())).unwrap();
        assert_eq!(t.db.read(&lead, |cx| bounds_for(cx, "burglary")).unwrap(), None);
        let why = "Four fifths, and its inverse.";
        for (low, high, reasons) in [(0.8, 0.9, why), (0.8, 1.25, " "), (f64::NAN, 1.25, why)] {
            assert!(
                t.db.write(&committee, move |cx| propose_bounds(cx, "burglary", low, high, reasons)).is_err()
            );
        }
        let proposed =
            t.db.write(&committee, move |cx| propose_bounds(cx, "burglary", 0.9, 1.1, why)).unwrap();
        // One member alone moves nothing.
        assert_eq!(t.db.read(&lead, |cx| bounds_for(cx, "burglary")).unwrap(), None);
        let own = t.db.write(&committee, move |cx| confirm_bounds(cx, proposed));
        assert!(matches!(own, Err(Error::Forbidden { .. })), "{own:?}");
        let other = person(t, 3, &["ethics-committee"]);
        t.db.write(&other, move |cx| confirm_bounds(cx, proposed)).unwrap();
        let again = t.db.write(&other, move |cx| confirm_bounds(cx, proposed));
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        let set = t.db.read(&lead, |cx| bounds_for(cx, "burglary")).unwrap().unwrap();
        assert_eq!((set.bounds.low, set.bounds.high, set.reasons.as_str()), (0.9, 1.1, why));
        assert_eq!(set.bounds.set_on, Some("2026-11-22".parse().unwrap()));
        assert_ne!(Some(&set.by), set.confirmed_by.as_ref(), "who proposed and who confirmed are both told");
        // What was proposed since holds not before it is confirmed, and replaces what waits.
        let propose =
            |low| t.db.write(&committee, move |cx| propose_bounds(cx, "burglary", low, 1.1, why)).unwrap();
        let (waits, later) = (propose(0.5), propose(0.6));
        let stale = t.db.write(&other, move |cx| confirm_bounds(cx, waits));
        assert!(matches!(stale, Err(Error::Conflict(_))), "{stale:?}");
        let all = t.db.read(&lead, all_bounds).unwrap();
        let told: Vec<_> = all.iter().map(|b| (b.id, b.holds, b.waits)).collect();
        assert_eq!(told, [(later, false, true), (waits, false, false), (proposed, true, false)]);
        // What was made with other thresholds is not kept as if it had been judged by these.
        assert!(matches!(keep(make(Bounds::default())), Err(Error::Conflict(_))));
        let second = keep(make(set.bounds.clone())).unwrap();
        let all = t.db.read(&lead, saved).unwrap();
        assert_eq!(all.iter().map(|s| s.id).collect::<Vec<_>>(), [second, first]);
        let judged = |id| {
            let find = move |cx: &mut bluelamp_store::Cx<'_>| {
                view_saved(cx, id)?;
                bounds_of(cx, id)
            };
            t.db.read(&lead, find).unwrap().map(|b| b.id)
        };
        assert_eq!((judged(first), judged(second)), (None, Some(proposed)));
        let (_, whole) = t.db.read(&lead, move |cx| view_saved(cx, second)).unwrap();
        assert!(!whole.public && (whole.bounds.low - 0.9).abs() < 1e-12);
        // Kept is not public: somebody else than who made it lets it out.
        let public = || t.db.read(&Actor::public(), |cx| public_reports(cx, None)).unwrap();
        assert_eq!(public(), []);
        let one = |id| t.db.read(&Actor::public(), move |cx| public_reports(cx, Some(id)));
        assert!(matches!(one(first), Err(Error::NotFound(_))));
        assert_eq!(field_of(t.db.write(&lead, move |cx| publish(cx, first, None))), "publish");
        t.db.write(&committee, move |cx| publish(cx, first, None)).unwrap();
        assert!(matches!(
            t.db.write(&committee, move |cx| publish(cx, first, None)),
            Err(Error::Conflict(_))
        ));
        assert!(public().iter().all(|p| p.about.id == first && p.report.as_ref().is_some_and(|r| r.public)));

        // The same file again: only with a reason.
        let alike_to = |id| t.db.read(&committee, move |cx| alike(cx, id)).unwrap();
        assert_eq!(alike_to(second).reports.iter().map(|a| a.id).collect::<Vec<_>>(), [first]);
        let out = |id, why| t.db.write(&committee, move |cx| publish(cx, id, why));
        assert_eq!(field_of(out(second, Some(" "))), "other_people");
        out(second, Some("The thresholds were set since.")).unwrap();
        assert_eq!(public().len(), 2);

        // What was published can be taken back, with a reason that everybody reads, and stays in mind.
        let back = |id, why| t.db.write(&committee, move |cx| withdraw(cx, id, why));
        assert_eq!(field_of(back(first, "")), "because");
        back(first, "The file was of another force.").unwrap();
        assert!(matches!(back(first, "Again."), Err(Error::Conflict(_))));
        assert!(matches!(out(first, None), Err(Error::Conflict(_))));
        let taken = one(first).unwrap().remove(0);
        assert_eq!(taken.report, None);
        assert_eq!(taken.withdrawn.unwrap().1, "The file was of another force.");
        let third = t.db.write(&lead, {
            let again = make(set.bounds);
            move |cx| save(cx, "burglary", "1.0.0", "Third look", &again)
        });
        assert_eq!(alike_to(third.unwrap()).reports.len(), 2);
        assert!(matches!(one(Id::from_bytes([9; 16])), Err(Error::NotFound(_))));
    });
}

#[test]
fn however_much_one_member_proposes_what_was_confirmed_holds() {
    on_both(|t| {
        let (one, other) = (person(t, 1, &["ethics-committee"]), person(t, 2, &["ethics-committee"]));
        let propose = |low: f64| {
            t.db.write(&one, move |cx| propose_bounds(cx, "burglary", low, 1.1, "Why these.")).unwrap()
        };
        let held = propose(0.9);
        t.db.write(&other, move |cx| confirm_bounds(cx, held)).unwrap();
        let mut last = held;
        for _ in 0..501 {
            last = propose(0.5);
        }
        let holds = t.db.read(&one, |cx| bounds_for(cx, "burglary")).unwrap().unwrap();
        assert_eq!((holds.id, holds.holds), (held, true));
        let all = t.db.read(&one, all_bounds).unwrap();
        let marked: Vec<_> = all.iter().filter(|b| b.holds || b.waits).map(|b| (b.id, b.holds)).collect();
        assert_eq!(marked, [(last, false), (held, true)], "both are listed, however many lie between");
        t.db.write(&other, move |cx| confirm_bounds(cx, last)).unwrap();
        assert_eq!(t.db.read(&one, |cx| bounds_for(cx, "burglary")).unwrap().unwrap().id, last);
    });
}

#[test]
fn who_made_a_report_does_not_publish_it_whatever_their_roles() {
    on_both(|t| {
        let both = person(t, 1, &["ethics-committee", "risk-lead"]);
        let id = keep_rows(t, &both, &[("F", 40), ("M", 40)]);
        assert_eq!(field_of(t.db.write(&both, move |cx| publish(cx, id, None))), "publish");
        let other = person(t, 2, &["ethics-committee"]);
        t.db.write(&other, move |cx| publish(cx, id, None)).unwrap();
    });
}

#[test]
fn a_report_that_is_a_row_apart_from_a_public_one_is_seen() {
    on_both(|t| {
        let (lead, committee) = (person(t, 1, &["risk-lead"]), person(t, 2, &["ethics-committee"]));
        let out = |id| t.db.write(&committee, move |cx| publish(cx, id, None));
        let alike_to = |id| t.db.read(&lead, move |cx| alike(cx, id)).unwrap().reports.len();
        out(keep_rows(t, &lead, &[("F", 40), ("M", 44)])).unwrap();
        for (rows, alike) in [
            // One woman fewer in each cell; ten more; the same numbers; the same numbers of everybody under other groups; other
            // people; others of whom one number happens to be near.
            ([("F", 39), ("M", 44)], 1),
            ([("F", 50), ("M", 44)], 0),
            ([("F", 40), ("M", 44)], 1),
            ([("X", 64), ("Y", 20)], 1),
            ([("A", 60), ("B", 70)], 0),
            ([("F", 400), ("M", 144)], 0),
        ] {
            let id = keep_rows(t, &lead, &rows);
            assert_eq!(alike_to(id), alike, "{rows:?}");
            assert_eq!(out(id).is_ok(), alike == 0, "{rows:?}");
        }
        // Another name for the column hides nothing.
        let text: String =
            ["1,1", "1,0", "0,1", "0,0"].iter().map(|c| format!("F,{c}\n").repeat(39)).collect();
        let other =
            ["1,1", "1,0", "0,1", "0,0"].iter().map(|c| format!("M,{c}\n").repeat(144)).collect::<String>();
        let text = format!("gender,flagged,outcome\n{text}{other}");
        let made = report(&scored(&text, &["gender"]), &Compare::default()).unwrap();
        let made = Made::of(made, text.as_bytes());
        let id = t.db.write(&lead, move |cx| save(cx, "burglary", "1.0.0", "Renamed", &made)).unwrap();
        assert_eq!(alike_to(id), 1, "forty women in one of the public reports");
    });
}

#[test]
fn the_same_people_under_other_groups_are_seen() {
    on_both(|t| {
        let (lead, committee) = (person(t, 1, &["risk-lead"]), person(t, 2, &["ethics-committee"]));
        let cells = |start: &str, n: usize| {
            ["1,1", "1,0", "0,1", "0,0"].map(|c| format!("{start},{c}\n").repeat(n)).concat()
        };
        let people = |of: [&str; 3]| [cells(of[0], 3), cells(of[1], 40), cells(of[2], 50)].concat();
        let first = format!("age10,flagged,outcome\n{}", people(["20-29", "20-29", "30-39"]));
        let first = keep_text(t, &lead, &first, &["age10"]);
        t.db.write(&committee, move |cx| publish(cx, first, None)).unwrap();
        // Another file with other names of groups, and everybody in it is the same: 20 to 29 less 25 to 29 would be few.
        let again = format!("age15,flagged,outcome\n{}", people(["15-24", "25-34", "25-34"]));
        let again = keep_text(t, &lead, &again, &["age15"]);
        assert_eq!(field_of(t.db.write(&committee, move |cx| publish(cx, again, None))), "other_people");
        // Nothing of everybody is shown where rows weigh differently: that they are the same rows is seen all the same, in
        // whatever order and under whatever separator they stand.
        let weighted = |text: &str| {
            let named = Columns { weight: Some("weight".into()), ..columns(&["sex"]) };
            let made = report(&read("w.csv", text.as_bytes(), &named).unwrap(), &Compare::default()).unwrap();
            let made = Made::of(made, text.as_bytes());
            t.db.write(&lead, move |cx| save(cx, "burglary", "1.0.0", "Weighted", &made)).unwrap()
        };
        let one = weighted("sex,flagged,outcome,weight\nF,1,0,2\nM,0,1,1\n");
        t.db.write(&committee, move |cx| publish(cx, one, None)).unwrap();
        let same = weighted("weight;sex;flagged;outcome\r\n1;\"M\";0;1\r\n2; F;1;0\r\n");
        assert_eq!(field_of(t.db.write(&committee, move |cx| publish(cx, same, None))), "other_people");
        let other = weighted("sex,flagged,outcome,weight\nF,1,0,2\nM,0,1,3\n");
        t.db.write(&committee, move |cx| publish(cx, other, None)).unwrap();
    });
}

#[test]
fn a_whole_and_its_parts_are_seen() {
    on_both(|t| {
        let (lead, committee) = (person(t, 1, &["risk-lead"]), person(t, 2, &["ethics-committee"]));
        let alike_to = |id| t.db.read(&lead, move |cx| alike(cx, id)).unwrap();
        let out = |id| t.db.write(&committee, move |cx| publish(cx, id, None));
        let north = keep_rows(t, &lead, &[("F", 40), ("M", 44)]);
        let south = keep_rows(t, &lead, &[("A", 60), ("B", 70)]);
        out(north).unwrap();
        out(south).unwrap();
        // 84 and 130 in each cell; the whole has one more.
        let whole = keep_rows(t, &lead, &[("P", 100), ("Q", 115)]);
        let ids = |b: &bluelamp_steward::fairness::Beside| b.reports.iter().map(|r| r.id).collect::<Vec<_>>();
        let found = ids(&alike_to(whole));
        assert_eq!((found.len(), found.contains(&north), found.contains(&south)), (2, true, true));
        assert_eq!(field_of(out(whole)), "other_people");
        // The whole first and then its last part tell the same.
        let larger = keep_rows(t, &lead, &[("P", 200), ("Q", 120)]);
        out(larger).unwrap();
        let last = keep_rows(t, &lead, &[("V", 50), ("W", 57)]);
        let found = ids(&alike_to(last));
        assert_eq!(found.len(), 3, "320 less 84 less 130 is 106, and this is 107");
        let apart = keep_rows(t, &lead, &[("V", 20), ("W", 31)]);
        assert!(alike_to(apart).is_free());
        // Of more than twelve it cannot be told, and is asked for.
        let mut n = 3;
        for size in (1..).map(|k| 1000 * (1_usize << k)) {
            if n == 13 {
                break;
            }
            n += 1;
            let file = format!("sex,flagged,outcome\n{}", rows_in(size, n));
            let id = keep_text(t, &lead, &file, &["sex"]);
            t.db.write(&committee, move |cx| publish(cx, id, Some("Of another year."))).unwrap();
        }
        assert!(alike_to(apart).too_many);
        match out(apart) {
            Err(Error::Invalid(wrong)) => assert_eq!(wrong[0].code, "many"),
            other => panic!("{other:?}"),
        }
    });
}

/// A few people more with each `n`; `size` only keeps files apart.
fn rows_in(size: usize, n: usize) -> String {
    ["1,1", "1,0", "0,1", "0,0"].map(|c| format!("S{size},{c}\n").repeat(20 * n)).concat()
}

#[test]
fn a_look_before_the_thresholds_is_told() {
    on_both(|t| {
        let (lead, one, other) = (
            person(t, 1, &["risk-lead"]),
            person(t, 2, &["ethics-committee"]),
            person(t, 3, &["ethics-committee"]),
        );
        let text = data("scored.csv");
        let set = Bounds { low: 0.9, high: 1.1, set_on: Some("2026-11-22".parse().unwrap()) };
        let make = |text: &str, bounds: Bounds| {
            let how = Compare { bounds, ..Compare::default() };
            Made::of(report(&scored(text, &["sex"]), &how).unwrap(), text.as_bytes())
        };
        let looks = |made: Made| t.db.write(&lead, move |cx| look(cx, &made)).unwrap();
        looks(make(&text, Bounds::default()));
        let first = t.db.now();
        t.pass_seconds(60);
        let why = "Bounds that these figures keep.";
        let id = t.db.write(&one, move |cx| propose_bounds(cx, "burglary", 0.9, 1.1, why)).unwrap();
        t.db.write(&other, move |cx| confirm_bounds(cx, id)).unwrap();
        t.pass_seconds(60);
        let looked = |text: &str| {
            let made = make(text, set.clone());
            looks(made.clone());
            let id = t.db.write(&lead, move |cx| save(cx, "burglary", "1.0.0", "Kept", &made)).unwrap();
            let find = move |cx: &mut bluelamp_store::Cx<'_>| {
                view_saved(cx, id)?;
                bounds_of(cx, id)
            };
            t.db.read(&lead, find).unwrap().unwrap().looked_at
        };
        // The same file; the same rows with a line end more; with a column more, so that only the totals are the same.
        let more: String = text.lines().map(|l| format!("{l},x\n")).collect();
        let more = more.replacen(",x\n", ",another\n", 1);
        for file in [text.clone(), format!("{text}\n"), more] {
            assert!(looked(&file).is_some_and(|at| at <= first), "{}", &file[..60]);
        }
        // Other rows were seen by nobody before.
        let other: String = text.lines().take(200).map(|l| format!("{l}\n")).collect();
        assert_eq!(looked(&other), None);
    });
}

fn person(t: &TestDb, n: u8, roles: &[&str]) -> Actor {
    let id = Id::from_bytes([n; 16]);
    let (name, roles) = (format!("Person {n}"), roles.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>());
    let held = roles.join(" ");
    t.db.write(&Actor::system(), move |cx| {
        cx.allow("account.manage", None)?;
        cx.record(bluelamp_model::authority::Verb::Administer, "account", Some(id), Value::Null)?;
        let now = cx.now();
        cx.exec(
            "insert into account (id, username, name, roles, created_at) values ($1, $2, $2, $3, $4)",
            &[id.into(), name.as_str().into(), held.as_str().into(), now.into()],
        )
    })
    .unwrap();
    Actor::staff(id, roles, "governance")
}

/// Keeps a report of a file in which each group has so many rows in each of its four cells.
fn keep_rows(t: &TestDb, by: &Actor, groups: &[(&str, usize)]) -> Id {
    let mut text = "sex,flagged,outcome\n".to_owned();
    for (group, each) in groups {
        for cell in ["1,1", "1,0", "0,1", "0,0"] {
            text.push_str(&format!("{group},{cell}\n").repeat(*each));
        }
    }
    keep_text(t, by, &text, &["sex"])
}

/// Keeps a report of a file.
fn keep_text(t: &TestDb, by: &Actor, text: &str, groups: &[&str]) -> Id {
    let made = report(&scored(text, groups), &Compare::default()).unwrap();
    let made = Made::of(made, text.as_bytes());
    t.db.write(by, move |cx| save(cx, "burglary", "1.0.0", "A look", &made)).unwrap()
}

fn field_of<T: std::fmt::Debug>(done: bluelamp_model::Result<T>) -> String {
    match done {
        Err(Error::Invalid(fields)) => fields[0].field.clone(),
        other => panic!("{other:?}"),
    }
}
