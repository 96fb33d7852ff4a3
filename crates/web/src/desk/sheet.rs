//! Tables of the programme's pages: head, rows, cells with lines, links and marks, for `staff/_sheet.njk`.

use serde::Serialize;

/// A table.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Table {
    /// What it shows, for those who do not see it.
    pub caption: String,
    /// What stands above the columns.
    pub head: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
    /// What is said instead where there are no rows.
    pub empty: &'static str,
}

/// A cell. Whatever is in it stands on lines of their own.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Cell {
    pub text: String,
    pub href: Option<String>,
    /// A mark after the text: what it says, and its colour by the name of the Design System.
    pub mark: Option<(String, &'static str)>,
    /// Further lines, less loud.
    pub more: Vec<String>,
}

impl Cell {
    /// Plain words; a dash where there are none.
    pub(crate) fn of(text: impl Into<String>) -> Self {
        let text = text.into();
        let text = if text.is_empty() { "–".into() } else { text };
        Self { text, ..Self::default() }
    }

    /// Words that lead somewhere.
    pub(crate) fn link(text: impl Into<String>, href: String) -> Self {
        Self { text: text.into(), href: Some(href), ..Self::default() }
    }

    /// The same with a mark.
    pub(crate) fn marked(mut self, words: impl Into<String>, colour: &'static str) -> Self {
        self.mark = Some((words.into(), colour));
        self
    }

    /// The same with further lines; empty ones are left out.
    pub(crate) fn with(mut self, more: impl IntoIterator<Item = String>) -> Self {
        self.more.extend(more.into_iter().filter(|line| !line.is_empty()));
        self
    }
}

impl Table {
    pub(crate) fn new(caption: &str, head: &[&str], empty: &'static str) -> Self {
        let head = head.iter().map(|h| (*h).to_owned()).collect();
        Self { caption: caption.into(), head, rows: Vec::new(), empty }
    }

    pub(crate) fn rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        self
    }
}

/// Where an entry of a register is shown.
pub(crate) fn entry_href(register: &str, code: &str) -> String {
    format!("/desk/registers/{register}/{code}")
}

/// Where an element of a strategy is shown, such as `national-2020:C02`.
pub(crate) fn element_href(element: &str) -> String {
    let (strategy, id) = element.split_once(':').unwrap_or((element, ""));
    format!("/desk/strategy/{strategy}/{id}")
}

/// A number as people read it: whole where it is.
pub(crate) fn count(n: f64) -> String {
    n.to_string()
}

/// What a code of a register's field is called.
pub(crate) fn label(register: &bluelamp_steward::register::Register, field: &str, code: &str) -> String {
    use bluelamp_steward::register::FieldKind;
    let known = match register.field(field).map(|f| f.kind) {
        Some(FieldKind::Choice(all)) => all.iter().find(|(known, _)| *known == code).map(|(_, label)| *label),
        _ => None,
    };
    known.unwrap_or(code).to_owned()
}
