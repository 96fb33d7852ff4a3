//! Functions and casts, answered as DuckDB 2.0.1 answers them (recorded by `bench/linkage/functions.py --sample`).

use bluelamp_linkage::metric::Unit;
use bluelamp_linkage::sql::{Expr, Side};
use bluelamp_linkage::value::{Evaluator, Row, Value, text};
use serde_json::Value as Json;

struct Texts([Option<String>; 2]);

impl Row for Texts {
    fn value(&self, _: Option<Side>, name: &str) -> Result<Value, String> {
        let [a, b] = &self.0;
        let held = match name {
            "a" => a,
            "b" => b,
            other => return Err(format!("there is no {other}")),
        };
        Ok(held.as_deref().map_or(Value::Null, Value::text))
    }
}

/// Numbers are the same where no more than the last digits of their computation differ.
fn same(ours: &Value, theirs: &Json) -> bool {
    match (ours, theirs) {
        (Value::Null, Json::Null) => true,
        (Value::Number(n), Json::String(text)) => text.parse::<f64>().is_ok_and(|other| {
            *n == other || (n.is_nan() && other.is_nan()) || (n - other).abs() <= 1e-12 * n.abs().min(1e12)
        }),
        (Value::List(items), Json::Array(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(a, b)| same(a, b))
        }
        (ours, Json::String(theirs)) => text(ours).as_ref() == Some(theirs),
        _ => false,
    }
}

#[test]
fn every_function_is_answered_as_duckdb_answers_it() {
    let path = format!("{}/tests/data/duckdb_functions.jsonl", env!("CARGO_MANIFEST_DIR"));
    let lines = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut evaluator = Evaluator::new(Unit::Characters);
    let (mut compared, mut refused, mut wrong) = (0, 0, Vec::new());
    for line in lines.lines() {
        let (sql, a, b, theirs): (String, Option<String>, Option<String>, Json) =
            serde_json::from_str(line).expect("a line");
        let ours = Expr::of_one_record(&sql)
            .map_err(|e| e.what)
            .and_then(|expr| evaluator.eval(&expr, &Texts([a, b])));
        match ours {
            Ok(ours) if same(&ours, &theirs) => compared += 1,
            // What DuckDB refuses has no answer that could differ in a model that works there.
            _ if theirs.is_object() => {}
            Err(why) if why.contains("not supported") => refused += 1,
            ours => wrong.push(format!("{line}: {ours:?}")),
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 2000 && refused < 30, "{compared} compared, {refused} refused");
}
