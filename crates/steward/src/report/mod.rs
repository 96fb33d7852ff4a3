//! Reports as tables: the same ones on the pages, in a file of commas and on a page of their own, so that nobody reads
//! two different numbers.

mod alignment;
mod benefits;
mod findings;
mod portfolio;
mod roadmap;
mod write;

pub use alignment::alignment;
pub use benefits::benefits;
pub use findings::findings;
pub use portfolio::portfolio;
pub use roadmap::roadmap;
pub use write::{csv, html};

use serde::Serialize;

/// What a cell leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The register, or `element`.
    pub register: String,
    /// The code there.
    pub code: String,
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// What is read.
    pub text: String,
    /// What it leads to.
    pub to: Option<Target>,
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), to: None }
    }

    /// A text that leads to an entry of a register; plain where there is no code.
    pub fn link(text: impl Into<String>, register: &str, code: &str) -> Self {
        let to = (!code.is_empty()).then(|| Target { register: register.into(), code: code.into() });
        Self { text: text.into(), to }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::text(text)
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its heading.
    pub text: &'static str,
    /// Whether it holds numbers.
    pub numeric: bool,
}

/// A column of texts.
#[must_use]
pub const fn words(text: &'static str) -> Column {
    Column { text, numeric: false }
}

/// A column of numbers.
#[must_use]
pub const fn number(text: &'static str) -> Column {
    Column { text, numeric: true }
}

/// A table. Its first column says what a row is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Its name in an address and in a file.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// What is to be known of it; empty where the heading is enough.
    pub about: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// What is read in its place where it has no row.
    pub none: &'static str,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// What it rests on, in a sentence or two.
    pub about: String,
    /// Its tables.
    pub tables: Vec<Table>,
}

/// Pounds, or a dash where nothing is known.
fn pounds(amount: Option<i64>) -> String {
    amount.map_or_else(|| "not known".into(), crate::register::pounds)
}

/// A number without a tail of noughts, its thousands set apart.
fn plain(n: f64) -> String {
    let text = format!("{n:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut said = sign.to_owned();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said.extend(part.map(|part| format!(".{part}")));
    said
}

/// A share as people read it.
fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

/// What people read for a code among choices; the code itself where it is not among them.
fn label<'a>(choices: &[crate::register::Choice], code: &'a str) -> &'a str
where
    'static: 'a,
{
    choices.iter().find(|(known, _)| *known == code).map_or(code, |(_, label)| label)
}
