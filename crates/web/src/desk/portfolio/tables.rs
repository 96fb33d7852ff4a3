//! The tables of a report, as a page shows them.

use super::place_of;
use bluelamp_steward::report::{Column, Document};
use serde::Serialize;

/// So many rows of a table stand on a page. All are in the file.
const ROWS: usize = 200;

/// A table.
#[derive(Debug, Serialize)]
pub(super) struct TableView {
    id: &'static str,
    title: String,
    about: String,
    columns: Vec<Column>,
    rows: Vec<Vec<CellView>>,
    /// "The first 200 of 1,300"; nothing where all are shown.
    more: Option<String>,
    none: &'static str,
}

/// A cell.
#[derive(Debug, Serialize)]
struct CellView {
    text: String,
    href: Option<String>,
    /// The heading of its column, for a screen on which each row is a card.
    label: &'static str,
    numeric: bool,
}

pub(super) fn table_views(document: &Document) -> Vec<TableView> {
    let each = document.tables.iter().map(|t| {
        let rows = t.rows.iter().take(ROWS).map(|row| {
            let cells = row.iter().zip(&t.columns).map(|(cell, column)| CellView {
                text: cell.text.clone(),
                href: cell.to.as_ref().and_then(|to| place_of(&to.register, &to.code)),
                label: column.text,
                numeric: column.numeric,
            });
            cells.collect()
        });
        TableView {
            id: t.id,
            title: t.title.clone(),
            about: t.about.clone(),
            columns: t.columns.clone(),
            rows: rows.collect(),
            more: (t.rows.len() > ROWS)
                .then(|| format!("The first {ROWS} of {}. All of them are in the file.", t.rows.len())),
            none: t.none,
        }
    });
    each.collect()
}
