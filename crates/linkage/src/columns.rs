//! The records that are linked: named columns of numbered values, with their rows.
//!
//! A [`Column`] holds one number a row; its [`Dictionary`] holds each distinct value once. Numbers, dates and truth
//! values keep their kind beside their text, since `1.50` and `1.5` are one number and two texts.

use crate::dictionary::{Dictionary, NULL};

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, compared byte by byte.
    Text,
    /// Whole numbers, written without leading zeros.
    Integer,
    /// Numbers with a fraction.
    Real,
    /// `true` or `false`.
    Boolean,
    /// Days, written YYYY-MM-DD.
    Date,
    /// Lists of texts; the value of a distinct list is its JSON.
    List,
}

/// One column: a number a row, and the values behind the numbers.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, as the file has it.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
    /// One a row; [`NULL`] where there is no value.
    pub ids: Vec<u32>,
    /// The values.
    pub values: Dictionary,
}

impl Column {
    /// An empty column.
    pub fn new(name: &str, kind: Kind) -> Column {
        Column { name: name.to_owned(), kind, ids: Vec::new(), values: Dictionary::default() }
    }

    /// Adds a row.
    pub fn push(&mut self, value: Option<&[u8]>) {
        let id = value.map_or(NULL, |v| self.values.intern(v));
        self.ids.push(id);
    }

    /// The values of all rows as whole numbers; 0 where there is none.
    pub fn integers(&self) -> Vec<i64> {
        let number = |text: &[u8]| std::str::from_utf8(text).ok().and_then(|t| t.parse().ok()).unwrap_or(0);
        let of_value: Vec<i64> =
            std::iter::once(0).chain(self.values.iter().map(|(_, text)| number(text))).collect();
        self.ids.iter().map(|id| of_value[*id as usize]).collect()
    }

    /// How many rows have a value.
    pub fn filled(&self) -> usize {
        self.ids.iter().filter(|id| **id != NULL).count()
    }

    /// How often each value occurs, by its number; the first entry counts the rows without one.
    pub fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0u32; self.values.len() + 1];
        for &id in &self.ids {
            counts[id as usize] += 1;
        }
        counts
    }
}

/// Records of one or several files: columns of equal length.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The columns in the order of the first file.
    pub columns: Vec<Column>,
    /// How many records there are.
    pub rows: usize,
    /// The names of the files that the records are from, in the order given.
    pub sources: Vec<String>,
    /// For each record the place of its file in `sources`.
    pub source: Vec<u16>,
}

impl Table {
    /// A column by its name; upper and lower case are the same, as in DuckDB.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|c| c.name == name)
            .or_else(|| self.columns.iter().find(|c| c.name.eq_ignore_ascii_case(name)))
    }

    /// The names of all columns, for a message about one that is missing.
    pub fn names(&self) -> String {
        self.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The same records in another order: `order[i]` is the row that comes to place `i`.
    pub fn reorder(&mut self, order: &[u32]) {
        for column in &mut self.columns {
            column.ids = order.iter().map(|&row| column.ids[row as usize]).collect();
        }
        self.source = order.iter().map(|&row| self.source[row as usize]).collect();
    }
}

/// Whether a text is a whole number as a number is written: no plus, no leading zeros, within 64 bits.
pub fn is_canonical_integer(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    !digits.is_empty()
        && digits.iter().all(u8::is_ascii_digit)
        && (digits.len() == 1 || digits[0] != b'0')
        && text != b"-0"
        && std::str::from_utf8(text).is_ok_and(|t| t.parse::<i64>().is_ok())
}
