//! Values that say nothing of a person: UNKNOWN, 1900-01-01, the number of a switchboard.
//!
//! They stand in many records that have nothing else in common, make blocks that never end and agreement that means
//! nothing. They are found by what they are, and by standing far more often than any other value of their column.

use crate::columns::{Column, Table};
use crate::dictionary::NULL;
use serde::Serialize;

/// A value that says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Generic {
    /// The column.
    pub column: String,
    /// The value.
    pub value: String,
    /// How many records have it.
    pub records: u32,
    /// Why it is held to say nothing.
    pub why: &'static str,
}

/// Words that forms are filled with where nothing is known.
const WORDS: &[&str] = &[
    "unknown",
    "unk",
    "n/a",
    "na",
    "none",
    "null",
    "nil",
    "not known",
    "not stated",
    "not given",
    "not applicable",
    "no fixed abode",
    "nfa",
    "refused",
    "withheld",
    "tbc",
    "tba",
    "test",
    "xxx",
    "xx",
    "x",
    "?",
    "-",
    ".",
    "anon",
    "anonymous",
    "john doe",
    "jane doe",
    "no trace",
    "missing",
];

/// Days that systems fill in.
const DAYS: &[&str] =
    &["1900-01-01", "1901-01-01", "1970-01-01", "1899-12-30", "9999-12-31", "0001-01-01", "2000-01-01"];

/// Finds values that say nothing, in every column but that of the ids.
pub fn find(table: &Table, unique_id: &str) -> Vec<Generic> {
    let mut all = Vec::new();
    for column in table.columns.iter().filter(|c| c.name != unique_id) {
        for (id, why) in of(column) {
            let records = column.ids.iter().filter(|i| **i == id).count() as u32;
            all.push(Generic {
                column: column.name.clone(),
                value: column.values.text(id).into_owned(),
                records,
                why,
            });
        }
    }
    all
}

/// Takes values that say nothing out of records, as if nothing had been filled in.
pub fn set_aside(table: &mut Table, unique_id: &str) -> Vec<Generic> {
    let found = find(table, unique_id);
    for column in table.columns.iter_mut().filter(|c| c.name != unique_id) {
        let ids: Vec<u32> = of(column).into_iter().map(|(id, _)| id).collect();
        if !ids.is_empty() {
            column.ids.iter_mut().filter(|id| ids.contains(id)).for_each(|id| *id = NULL);
        }
    }
    found
}

fn of(column: &Column) -> Vec<(u32, &'static str)> {
    let counts = column.counts();
    let mut by_count: Vec<u32> = counts[1..].to_vec();
    by_count.sort_unstable_by(|a, b| b.cmp(a));
    // The tenth most frequent value is an ordinary one; a value that is far beyond it, in a column that tells people
    // apart (most values stand in few records), is none.
    let ordinary = by_count.get(9).or(by_count.last()).copied().unwrap_or(0);
    let filled: u64 = by_count.iter().map(|c| u64::from(*c)).sum();
    let telling = by_count.len() as u64 * 5 > filled;
    let mut all = Vec::new();
    for (id, value) in column.values.iter() {
        let records = counts[id as usize];
        if records == 0 {
            continue;
        }
        let text = String::from_utf8_lossy(value).trim().to_lowercase();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let one_digit = digits >= 6
            && digits == text.bytes().filter(|b| !b.is_ascii_whitespace()).count()
            && text.bytes().filter(u8::is_ascii_digit).all(|b| b == text.as_bytes()[0]);
        if WORDS.contains(&text.as_str()) || text.is_empty() {
            all.push((id, "a word for something that is not known"));
        } else if DAYS.contains(&text.as_str()) && records > 10 * ordinary.max(1) {
            all.push((id, "a day that systems fill in"));
        } else if one_digit {
            all.push((id, "one digit again and again"));
        } else if telling && records >= 50 && records > 10 * ordinary.max(1) {
            all.push((id, "stands far more often than any ordinary value of its column"));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::Kind;

    fn table(name: &str, values: impl Iterator<Item = String>) -> Table {
        let mut column = Column::new(name, Kind::Text);
        values.for_each(|v| column.push(Some(v.as_bytes())));
        let rows = column.ids.len();
        Table { columns: vec![column], rows, sources: vec!["a".into()], source: vec![0; rows] }
    }

    #[test]
    fn a_switchboard_and_a_word_for_nothing_are_found_and_an_ordinary_number_is_not() {
        let numbers =
            (0..1000).map(|n| format!("0770090{n:04}")).chain((0..80).map(|_| "01632960000".to_owned()));
        let mut table = table("phone", numbers.chain(["UNKNOWN".to_owned(), "00000000000".to_owned()]));
        let found = set_aside(&mut table, "unique_id");
        let values: Vec<&str> = found.iter().map(|g| g.value.as_str()).collect();
        assert_eq!(values, ["01632960000", "UNKNOWN", "00000000000"]);
        assert_eq!(table.columns[0].filled(), 1000);
    }

    #[test]
    fn a_common_surname_is_a_name() {
        let names =
            (0..5000).map(|n| if n % 10 == 0 { "Smith".to_owned() } else { format!("Name{}", n % 700) });
        assert!(find(&table("surname", names), "unique_id").is_empty());
    }
}
