//! Comma-separated values with a line of names.

use super::{Columns, ReadError, chosen, settle_kind};
use crate::columns::{Column, Kind, Table};
use std::io::Read;

pub(super) fn read(
    input: impl Read,
    file: &str,
    columns: Columns<'_>,
    progress: &mut dyn FnMut(usize),
) -> Result<Table, ReadError> {
    let fault = |error: csv::Error| {
        let line = error.position().map(csv::Position::line);
        let what = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("has {len} fields where the first line names {expected_len}")
            }
            csv::ErrorKind::Utf8 { .. } => "is not UTF-8".to_owned(),
            _ => error.to_string(),
        };
        ReadError { file: file.to_owned(), row: line, column: None, what }
    };
    let mut reader = csv::ReaderBuilder::new().from_reader(input);
    let mut names: Vec<String> =
        reader.headers().map_err(fault)?.iter().map(|name| name.trim().to_owned()).collect();
    if let Some(first) = names.first_mut() {
        *first = first.trim_start_matches('\u{feff}').to_owned();
    }
    if names.iter().all(String::is_empty) {
        return Err(ReadError::of_file(file, "is empty: a CSV file begins with a line of column names"));
    }
    let keep = chosen(file, &names, columns)?;
    let mut table = Table { sources: vec![file.to_owned()], ..Table::default() };
    let places: Vec<usize> = (0..names.len()).filter(|&i| keep[i]).collect();
    table.columns = places.iter().map(|&i| Column::new(&names[i], Kind::Text)).collect();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(fault)? {
        for (column, &place) in table.columns.iter_mut().zip(&places) {
            let value = record.get(place).filter(|value| !value.is_empty());
            if let Some(value) = value
                && std::str::from_utf8(value).is_err()
            {
                return Err(ReadError {
                    file: file.to_owned(),
                    row: record.position().map(csv::Position::line),
                    column: Some(column.name.clone()),
                    what: "is not UTF-8; save the file as UTF-8".to_owned(),
                });
            }
            column.push(value);
        }
        table.rows += 1;
        if table.rows.is_multiple_of(65_536) {
            progress(65_536);
        }
    }
    table.source = vec![0; table.rows];
    table.columns.iter_mut().for_each(settle_kind);
    progress(table.rows % 65_536);
    Ok(table)
}
