//! JSON Lines: an object a line, whose keys are the columns.

use super::{Columns, ReadError, chosen};
use crate::columns::{Column, Kind, Table};
use crate::dictionary::NULL;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};

/// A line longer than this is no record.
const LONGEST_LINE: u64 = 16 << 20;

pub(super) fn read(
    input: impl Read,
    file: &str,
    columns: Columns<'_>,
    progress: &mut dyn FnMut(usize),
) -> Result<Table, ReadError> {
    let mut reader = BufReader::with_capacity(1 << 20, input);
    let mut table = Table { sources: vec![file.to_owned()], ..Table::default() };
    let mut kinds: Vec<Option<Kind>> = Vec::new();
    let mut line = Vec::new();
    let mut number = 0u64;
    let at = |row: u64, column: Option<&str>, what: String| ReadError {
        file: file.to_owned(),
        row: Some(row),
        column: column.map(str::to_owned),
        what,
    };
    loop {
        line.clear();
        let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
        number += 1;
        let length = read.map_err(|e| at(number, None, e.to_string()))?;
        if length == 0 {
            break;
        }
        if length as u64 == LONGEST_LINE {
            return Err(at(number, None, format!("is longer than {LONGEST_LINE} bytes")));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let value: Value =
            serde_json::from_slice(&line).map_err(|e| at(number, None, format!("is no JSON: {e}")))?;
        let Value::Object(object) = value else {
            return Err(at(
                number,
                None,
                "is no JSON object: each line is one record {\"column\": value}".into(),
            ));
        };
        for (name, value) in object {
            if !columns.wants(&name) {
                continue;
            }
            let place = match table.columns.iter().position(|c| c.name == name) {
                Some(place) => place,
                None => {
                    let mut column = Column::new(&name, Kind::Text);
                    column.ids = vec![NULL; table.rows];
                    table.columns.push(column);
                    kinds.push(None);
                    table.columns.len() - 1
                }
            };
            let (text, kind) = match value {
                Value::Null => continue,
                Value::String(text) => (text, Kind::Text),
                Value::Bool(truth) => (truth.to_string(), Kind::Boolean),
                Value::Number(n) if n.is_f64() => (n.to_string(), Kind::Real),
                Value::Number(n) => (n.to_string(), Kind::Integer),
                Value::Array(items) => (list(items).map_err(|e| at(number, Some(&name), e))?, Kind::List),
                Value::Object(_) => {
                    return Err(at(
                        number,
                        Some(&name),
                        "is an object; columns are texts, numbers, truth values or lists".into(),
                    ));
                }
            };
            kinds[place] = Some(match kinds[place] {
                None => kind,
                Some(was) if was == kind => kind,
                Some(Kind::Integer | Kind::Real) if matches!(kind, Kind::Integer | Kind::Real) => Kind::Real,
                Some(Kind::List) => {
                    return Err(at(number, Some(&name), "is no list as in the lines before".into()));
                }
                Some(_) if kind == Kind::List => {
                    return Err(at(
                        number,
                        Some(&name),
                        "is a list, and was none in the lines before".into(),
                    ));
                }
                Some(_) => Kind::Text,
            });
            table.columns[place].push(Some(text.as_bytes()));
        }
        table.rows += 1;
        for column in &mut table.columns {
            // A key that the line lacks, or that is null.
            if column.ids.len() < table.rows {
                column.ids.push(NULL);
            }
        }
        if table.rows.is_multiple_of(65_536) {
            progress(65_536);
        }
    }
    let names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
    if table.rows > 0 {
        chosen(file, &names, columns)?;
    }
    for (column, kind) in table.columns.iter_mut().zip(kinds) {
        column.kind = kind.unwrap_or(Kind::Text);
    }
    table.source = vec![0; table.rows];
    progress(table.rows % 65_536);
    Ok(table)
}

/// A list as the JSON that stands for it in a dictionary: texts and nulls.
fn list(items: Vec<Value>) -> Result<String, String> {
    let texts: Vec<Value> = items
        .into_iter()
        .map(|item| match item {
            Value::Null | Value::String(_) => Ok(item),
            Value::Number(n) => Ok(Value::String(n.to_string())),
            Value::Bool(truth) => Ok(Value::String(truth.to_string())),
            Value::Array(inner) => {
                list(inner).and_then(|t| serde_json::from_str(&t).map_err(|e| e.to_string()))
            }
            Value::Object(_) => Err("has an object in its list".to_owned()),
        })
        .collect::<Result<_, _>>()?;
    serde_json::to_string(&texts).map_err(|e| e.to_string())
}
