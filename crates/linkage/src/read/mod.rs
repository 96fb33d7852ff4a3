//! Records from CSV, Parquet and JSON Lines into [`Table`]s.
//!
//! The caller opens the files; nothing here knows a path but as a name for messages. What is wrong is said with file,
//! row and column, and nothing is read half.

mod csv;
mod json;
mod pages;
mod parquet;

use crate::columns::{Column, Kind, Table, is_canonical_integer};
use crate::dictionary::NULL;
use std::io::Read;

pub use self::parquet::{Number, PairsFile};

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, with a line of names; an empty field is NULL.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// A JSON object a line.
    JsonLines,
}

impl Format {
    /// The form by the ending of a file's name; `None` for an ending that is not known.
    pub fn of(name: &str) -> Option<Format> {
        let name = name.to_ascii_lowercase();
        if name.ends_with(".csv") {
            Some(Format::Csv)
        } else if name.ends_with(".parquet") {
            Some(Format::Parquet)
        } else if name.ends_with(".jsonl") || name.ends_with(".ndjson") {
            Some(Format::JsonLines)
        } else {
            None
        }
    }
}

/// Which columns of a file are read.
#[derive(Clone, Copy)]
pub enum Columns<'a> {
    /// Every one.
    All,
    /// These, which must be there.
    Needed(&'a [String]),
    /// These, which must be there, and others by their names.
    NeededAnd(&'a [String], &'a dyn Fn(&str) -> bool),
}

impl Columns<'_> {
    fn needed(&self) -> &[String] {
        match self {
            Columns::All => &[],
            Columns::Needed(needed) | Columns::NeededAnd(needed, _) => needed,
        }
    }

    fn wants(&self, name: &str) -> bool {
        let needed = || self.needed().iter().any(|n| n.eq_ignore_ascii_case(name));
        match self {
            Columns::All => true,
            Columns::Needed(_) => needed(),
            Columns::NeededAnd(_, also) => needed() || also(name),
        }
    }
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ReadError {
    /// The file's name as it was given.
    pub file: String,
    /// The record, counted from 1; a line of CSV or JSON Lines is named by its line.
    pub row: Option<u64>,
    /// The column.
    pub column: Option<String>,
    /// What is wrong, and what to do.
    pub what: String,
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl ReadError {
    /// A fault of a whole file.
    pub fn of_file(file: &str, what: impl std::fmt::Display) -> ReadError {
        ReadError { file: file.to_owned(), row: None, column: None, what: what.to_string() }
    }
}

/// Records with more rows than this do not fit: rows are numbered with 32 bits.
pub const MOST_ROWS: usize = u32::MAX as usize - 1;

/// Reads one CSV file.
///
/// `columns` says which to keep. `progress` hears of each part that is read, as a number of
/// rows.
pub fn read_csv(
    input: impl Read,
    file: &str,
    columns: Columns<'_>,
    progress: &mut dyn FnMut(usize),
) -> Result<Table, ReadError> {
    csv::read(input, file, columns, progress).map(without_tables)
}

/// Reads one JSON Lines file; see [`read_csv`] for the arguments.
pub fn read_json_lines(
    input: impl Read,
    file: &str,
    columns: Columns<'_>,
    progress: &mut dyn FnMut(usize),
) -> Result<Table, ReadError> {
    json::read(input, file, columns, progress).map(without_tables)
}

/// Reads one Parquet file; see [`read_csv`] for the arguments. `threads` read columns beside one another.
pub fn read_parquet(
    input: impl ::parquet::file::reader::ChunkReader + 'static,
    file: &str,
    columns: Columns<'_>,
    threads: usize,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Table, ReadError> {
    parquet::read(input, file, columns, threads, progress)
}

/// Records that are read: their values are hardly looked up any more.
fn without_tables(mut table: Table) -> Table {
    table.columns.iter_mut().for_each(|column| column.values.drop_table());
    table
}

/// Puts the records of several files under one another.
///
/// A column that a file lacks is an error, except where `lenient`. Kinds that differ become text.
pub fn concatenate(tables: Vec<Table>, lenient: bool) -> Result<Table, ReadError> {
    let mut tables = tables.into_iter();
    let Some(mut whole) = tables.next() else {
        return Err(ReadError::of_file("(no file)", "name at least one file with --input"));
    };
    for next in tables {
        for column in &next.columns {
            if whole.column(&column.name).is_none() {
                if !lenient {
                    return Err(ReadError {
                        file: whole.sources.first().cloned().unwrap_or_default(),
                        row: None,
                        column: Some(column.name.clone()),
                        what: format!("is missing here and is there in {}", next.sources.join(", ")),
                    });
                }
                let mut missing = Column::new(&column.name, column.kind);
                missing.ids = vec![NULL; whole.rows];
                whole.columns.push(missing);
            }
        }
        for column in &mut whole.columns {
            match next.columns.iter().find(|c| c.name.eq_ignore_ascii_case(&column.name)) {
                Some(other) => {
                    if other.kind != column.kind {
                        column.kind = match (column.kind, other.kind) {
                            (Kind::Integer, Kind::Real) | (Kind::Real, Kind::Integer) => Kind::Real,
                            _ => Kind::Text,
                        };
                    }
                    let numbers: Vec<u32> = std::iter::once(NULL)
                        .chain(other.values.iter().map(|(_, value)| column.values.intern(value)))
                        .collect();
                    column.ids.extend(other.ids.iter().map(|&id| numbers[id as usize]));
                }
                None if lenient => column.ids.resize(whole.rows + next.rows, NULL),
                None => {
                    return Err(ReadError {
                        file: next.sources.first().cloned().unwrap_or_default(),
                        row: None,
                        column: Some(column.name.clone()),
                        what: format!("is missing; the file has {}", next.names()),
                    });
                }
            }
        }
        let base = whole.sources.len() as u16;
        whole.sources.extend(next.sources);
        whole.source.extend(next.source.iter().map(|s| base + s));
        whole.rows += next.rows;
    }
    if whole.rows > MOST_ROWS {
        return Err(ReadError::of_file(
            &whole.sources.join(", "),
            format!("{} records are more than fit, {MOST_ROWS}", whole.rows),
        ));
    }
    Ok(whole)
}

/// A column of text in which every value is a whole number becomes one of numbers.
fn settle_kind(column: &mut Column) {
    if column.kind == Kind::Text
        && !column.values.is_empty()
        && column.values.iter().all(|(_, v)| is_canonical_integer(v))
    {
        column.kind = Kind::Integer;
    }
}

/// Which of a file's columns are kept, or the one that was asked for and is missing.
fn chosen(file: &str, have: &[String], columns: Columns<'_>) -> Result<Vec<bool>, ReadError> {
    for (i, name) in have.iter().enumerate() {
        if have[..i].iter().any(|other| other.eq_ignore_ascii_case(name)) {
            return Err(ReadError {
                file: file.to_owned(),
                row: None,
                column: Some(name.clone()),
                what: "there are two columns of this name".to_owned(),
            });
        }
    }
    if let Some(missing) = columns.needed().iter().find(|w| !have.iter().any(|h| h.eq_ignore_ascii_case(w))) {
        return Err(ReadError {
            file: file.to_owned(),
            row: None,
            column: Some(missing.clone()),
            what: format!("is needed and is not there; the file has {}", have.join(", ")),
        });
    }
    Ok(have.iter().map(|name| columns.wants(name)).collect())
}
