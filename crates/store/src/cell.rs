//! Rows as lines of JSON, the same from either engine: what SQLite can hold, since PostgreSQL takes its richer
//! types back from that.

use crate::value::{Row, Value};
use serde_json::{Value as Json, json};

/// One row as one line, without its line break: an array of `null`, whole numbers (truth values as 0 and 1,
/// times as microseconds since 1970), strings, `{"hex": …}` for bytes and identifiers, and `{"real": …}` for
/// other numbers, as text, so that none loses its last digit.
pub(crate) fn line(row: &Row) -> String {
    let cells: Vec<Json> = row.0.iter().map(cell).collect();
    Json::Array(cells).to_string()
}

fn cell(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => json!(i64::from(*b)),
        Value::Int(i) => json!(i),
        Value::Time(t) => json!(t.micros()),
        Value::Real(r) => json!({ "real": format!("{r:?}") }),
        Value::Text(s) | Value::Json(s) => json!(s),
        Value::Bytes(b) => json!({ "hex": hex::encode(b) }),
        Value::Id(id) => json!({ "hex": hex::encode(id.bytes()) }),
    }
}

/// Reads what [`line`] wrote: so many cells, or the reason why not.
pub(crate) fn row(line: &[u8], columns: usize) -> Result<Vec<Value>, String> {
    let cells: Vec<Json> = serde_json::from_slice(line).map_err(|e| e.to_string())?;
    if cells.len() != columns {
        return Err(format!("{} cells where {columns} belong", cells.len()));
    }
    cells
        .into_iter()
        .enumerate()
        .map(|(n, cell)| value(cell).ok_or(format!("cell {} is of no known form", n + 1)))
        .collect()
}

fn value(cell: Json) -> Option<Value> {
    match cell {
        Json::Null => Some(Value::Null),
        Json::Number(n) => n.as_i64().map(Value::Int),
        Json::String(s) => Some(Value::Text(s)),
        Json::Object(fields) if fields.len() == 1 => {
            let (form, text) = fields.into_iter().next()?;
            match (form.as_str(), text) {
                ("hex", Json::String(s)) => hex::decode(s).ok().map(Value::Bytes),
                ("real", Json::String(s)) => s.parse().ok().map(Value::Real),
                _ => None,
            }
        }
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bluelamp_model::{Id, Time};

    #[test]
    fn rows_of_both_engines_are_the_same_line_and_come_back_exactly() {
        let id = Id::from_bytes([0xab; 16]);
        let (time, real) = (Time::from_micros(-1), 0.1 + 0.2);
        let pg = Row(vec![
            Value::Id(id),
            Value::Time(time),
            Value::Bool(true),
            Value::Real(real),
            Value::Text("a \"b\"\n\u{2028}é".into()),
            Value::Null,
            Value::Int(i64::MIN),
        ]);
        let lite = vec![
            Value::Bytes(id.bytes().to_vec()),
            Value::Int(-1),
            Value::Int(1),
            Value::Real(real),
            Value::Text("a \"b\"\n\u{2028}é".into()),
            Value::Null,
            Value::Int(i64::MIN),
        ];
        let text = line(&pg);
        assert_eq!(text, line(&Row(lite.clone())));
        assert!(!text.contains('\n'));
        assert_eq!(row(text.as_bytes(), 7).unwrap(), lite);
    }

    #[test]
    fn reals_keep_their_last_digit() {
        for r in [0.1, 1.0, -0.0, 1e300, 5e-324, f64::MAX, 1.0 / 3.0, f64::INFINITY] {
            let text = line(&Row(vec![Value::Real(r)]));
            let Value::Real(back) = row(text.as_bytes(), 1).unwrap().remove(0) else { panic!("{text}") };
            assert_eq!(back.to_bits(), r.to_bits(), "{text}");
        }
    }

    #[test]
    fn what_is_no_row_is_refused_with_the_reason() {
        for (text, why) in [
            ("[1", "EOF"),
            ("[1,2]", "2 cells where 1 belong"),
            ("[1.5]", "cell 1"),
            ("[true]", "cell 1"),
            ("[[1]]", "cell 1"),
            (r#"[{"hex":"0"}]"#, "cell 1"),
            (r#"[{"hex":"00","real":"1"}]"#, "cell 1"),
            ("{}", "sequence"),
        ] {
            let reason = row(text.as_bytes(), 1).unwrap_err();
            assert!(reason.contains(why), "{text}: {reason}");
        }
    }
}
