//! Every condition that Splink 5's libraries write, read and answered as DuckDB 2.0.1 answers it (recorded by
//! `bench/linkage/conditions.py`), and conditions that nobody writes but to do harm.

use bluelamp_linkage::metric::Unit;
use bluelamp_linkage::settings::Settings;
use bluelamp_linkage::sql::{Expr, Side};
use bluelamp_linkage::value::{Evaluator, Row, Value};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

struct Recorded {
    kind: String,
    dialect: String,
    what: String,
    sql: String,
    pairs: usize,
    answers: Option<String>,
}

impl Recorded {
    fn read(&self) -> Result<Expr, String> {
        let read = if self.kind == "rule" { Expr::rule } else { Expr::condition };
        read(&self.sql).map_err(|error| error.what)
    }
}

struct Pair(Map<String, Json>);

impl Row for Pair {
    fn value(&self, side: Option<Side>, name: &str) -> Result<Value, String> {
        let suffix = match side {
            Some(Side::Left) => "_l",
            Some(Side::Right) => "_r",
            None => return Err(format!("{name} has no side")),
        };
        let name = format!("{name}{suffix}").to_ascii_lowercase();
        self.0.get(&name).map(value).ok_or_else(|| format!("there is no {name}"))
    }
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(n) => Value::Number(n.as_f64().expect("a number")),
        Json::String(text) => Value::text(text),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(time) => Value::Time(time["t"].as_f64().expect("a time")),
    }
}

fn recorded() -> (Vec<Vec<Pair>>, Vec<Recorded>) {
    let path = format!("{}/tests/data/splink/conditions.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut lines = text.lines();
    let sets: Vec<Vec<Map<String, Json>>> =
        serde_json::from_str(lines.next().expect("a first line")).expect("sets of pairs");
    let sets = sets.into_iter().map(|set| set.into_iter().map(Pair).collect()).collect();
    let conditions = lines
        .map(|line| {
            let (kind, dialect, what, sql, pairs, answers) = serde_json::from_str(line).expect("a condition");
            Recorded { kind, dialect, what, sql, pairs, answers }
        })
        .collect();
    (sets, conditions)
}

#[test]
fn every_condition_is_answered_as_duckdb_answers_it() {
    // A text made of a number of unknown kind: 30 where DuckDB, which knows the column as DOUBLE, has 30.0.
    let known = ["cast age text"];
    let (sets, conditions) = recorded();
    let mut evaluator = Evaluator::new(Unit::Characters);
    let (mut compared, mut wrong) = (0, Vec::new());
    for condition in &conditions {
        let (Ok(expr), Some(answers)) = (condition.read(), &condition.answers) else { continue };
        if known.contains(&condition.what.as_str()) {
            continue;
        }
        compared += 1;
        assert_eq!(answers.len(), sets[condition.pairs].len());
        for (pair, theirs) in sets[condition.pairs].iter().zip(answers.chars()) {
            let ours = match evaluator.eval(&expr, pair) {
                Ok(value) => value.truth().map_or('-', |truth| if truth { 't' } else { 'f' }),
                Err(why) => {
                    wrong.push(why);
                    '!'
                }
            };
            if ours != theirs {
                let values: Vec<_> =
                    expr.columns().iter().map(|(side, name)| pair.value(*side, name)).collect();
                wrong.push(format!("{}: {ours}, not {theirs}, for {values:?}", condition.sql));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 150, "only {compared} conditions were compared");
}

#[test]
fn what_is_not_supported_is_refused_by_its_name() {
    let (_, conditions) = recorded();
    for dialect in ["duckdb", "sqlite"] {
        let of: Vec<&Recorded> = conditions.iter().filter(|c| c.dialect == dialect).collect();
        assert!(of.len() > 50);
        let refused: BTreeSet<&str> =
            of.iter().filter(|c| c.read().is_err()).map(|c| c.what.as_str()).collect();
        // Fields of structures; functions that no comparison of Splink's libraries calls.
        let mut known = BTreeSet::from(["year", "split"]);
        known.insert(if dialect == "duckdb" { "struct" } else { "literal date" });
        assert_eq!(refused, known, "{dialect}");
    }
    // Spark's own dates and aggregates are refused, never read as something else.
    for condition in conditions.iter().filter(|c| c.dialect == "spark") {
        if let Err(what) = condition.read() {
            let named = ["datediff()", "aggregate()", "date()", "element_at()", "YEAR()", "SPLIT_PART()"]
                .into_iter()
                .chain([
                    "a field of a structure",
                    "is no form of a time",
                    "is always NULL",
                    "sql parser error",
                    "is no SQL condition",
                ])
                .any(|name| what.contains(name));
            assert!(named, "{}: {what}", condition.sql);
        }
    }
    let refused = |text: &str| Expr::condition(text).expect_err(text).what;
    assert!(refused("try_strptime(a_l, 'yyyy-MM-dd') IS NULL").contains("'yyyy-MM-dd' is no form of a time"));
    assert!(refused("a_l[0] = a_r[0]").contains("counted from 1"));
    assert!(refused("editdist3(a_l, a_r) <= 1").contains("editdist3()"));
}

#[test]
fn spark_counts_lists_from_0_and_is_refused_where_it_does() {
    let settings = |dialect: &str, condition: &str| {
        let text = json!({
            "link_type": "dedupe_only",
            "sql_dialect": dialect,
            "comparisons": [{ "output_column_name": "names", "comparison_levels": [
                { "sql_condition": condition }, { "sql_condition": "ELSE" },
            ]}],
        });
        Settings::from_json(&text.to_string())
    };
    assert!(settings("duckdb", "names_l[1] = names_r[1]").is_ok());
    let faults = settings("spark", "names_l[1] = names_r[1]").expect_err("another value").0;
    assert!(faults[0].contains("counted from 0 in Spark"), "{faults:?}");
    assert!(settings("spark", "`names_l` = `names_r`").is_ok());
}

#[test]
fn a_value_of_the_wrong_kind_is_a_fault_and_no_default() {
    let text = json!({
        "link_type": "dedupe_only",
        "unique_id_column_name": 5,
        "em_convergence": "little",
        "max_iterations": -1,
        "blocking_rules_to_generate_predictions": [{ "blocking_rule": "l.a = r.a", "arrays_to_explode": "a" }],
        "comparisons": [{ "comparison_levels": [
            { "sql_condition": "a_l IS NULL", "is_null_level": "true" },
            { "sql_condition": "a_l = a_r", "tf_adjustment_column": "a", "tf_adjustment_weight": "1",
              "tf_minimum_u_value": 2, "fix_m_probability": 1 },
            { "sql_condition": "ELSE" },
        ]}],
    });
    let faults = Settings::from_json(&text.to_string()).expect_err("eight faults").0;
    let places: Vec<&str> =
        faults.iter().filter_map(|f| f.split_once(": ").map(|(place, _)| place)).collect();
    let level = "comparisons[0].comparison_levels";
    assert_eq!(
        places,
        [
            "unique_id_column_name",
            "em_convergence",
            "max_iterations",
            "blocking_rules_to_generate_predictions[0].arrays_to_explode",
            &format!("{level}[0].is_null_level"),
            &format!("{level}[1].tf_adjustment_weight"),
            &format!("{level}[1].tf_minimum_u_value"),
            &format!("{level}[1].fix_m_probability"),
        ]
    );
}

#[test]
fn a_comparison_without_a_name_has_that_of_its_column() {
    let text = json!({ "link_type": "dedupe_only", "comparisons": [
        { "comparison_levels": [{ "sql_condition": "town_l = town_r" }, { "sql_condition": "ELSE" }] },
        { "comparison_levels": [{ "sql_condition": "b_l = c_r" }, { "sql_condition": "ELSE" }] },
    ]});
    let settings = Settings::from_json(&text.to_string()).expect("settings");
    let names: Vec<&str> = settings.comparisons.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["town", "custom_b_c"]);
}

#[test]
fn long_chains_of_and_or_and_concatenation_are_one_level() {
    let parts = vec!["a_l = a_r"; 2000];
    for word in [" AND ", " OR "] {
        let expr = Expr::condition(&parts.join(word)).expect("a chain");
        assert!(matches!(&expr, Expr::And(all) | Expr::Or(all) if all.len() == 2000));
    }
    let joined = vec!["a_l"; 500].join(" || ");
    let mut size = 0;
    Expr::condition(&format!("({joined}) = 'x'")).expect("a chain").walk(&mut |_| size += 1);
    assert!(size < 3000, "{size} expressions for 500 columns");
}

/// A chain of these is as deep as it is long, or twice as large at each level, and none of it is recursion of the
/// parser: it once took the whole stack, which ends the process, or all memory.
#[test]
fn no_text_takes_the_stack_or_the_memory() {
    let links = [
        "+1",
        "::int",
        " is null",
        " = 1",
        "[1]",
        "[]",
        " like 'x'",
        " between 1 and 2",
        " in (1)",
        " at time zone 'x'",
        ".a",
        " - 1",
        " collate x",
    ];
    for link in links {
        for count in [90, 150, 1000, 4900, 12_000] {
            let _ = Expr::condition(&format!("a_l{}", link.repeat(count)));
            let _ = Expr::condition(&format!("a_l::int{}", link.repeat(count)));
        }
    }
    let opening = [
        "not ",
        "(",
        "- ",
        "lower(",
        "x -> ",
        "[",
        "{'a':",
        "case when ",
        "a_l::struct(a ",
        "a_l::array<",
        "exists(select ",
        "(select 1 from ",
        "cast(",
        "array<",
        "struct<",
        "map(int,",
    ];
    for open in opening {
        for count in [90, 150, 1000, 4900, 30_000] {
            let _ = Expr::condition(&open.repeat(count));
            let _ = Expr::condition(&format!("a_l::{}", open.repeat(count)));
            let _ = Expr::condition(&format!("{}a_l", open.repeat(count)));
        }
    }
    for (deep, more) in [(" between 1 and 2)", 40), (" in (1, 2, 3, 4, 5))", 20)] {
        let text = format!("{}a_l{}", "(".repeat(more), deep.repeat(more));
        assert!(Expr::condition(&text).expect_err("too large").what.contains("too large"));
    }
    let nested = (0..40).fold("a_l".to_owned(), |inner, _| {
        format!("lower({inner} || {inner})").chars().take(50_000).collect()
    });
    assert!(Expr::condition(&nested).is_err());
    assert!(Expr::condition(&"a_l + ".repeat(3000)).is_err());
}
