//! Alignment as a table: never a number alone.

use super::{Cell, Document, Table, number, words};
use crate::assessment::{Aligned, Scheme, Weights};
use std::collections::BTreeMap;

/// Alignment of items with a version of a strategy, a row for each item and axis on which something was assessed, and one
/// for each item that nobody assessed.
/// `titles` are the items' titles by code.
#[must_use]
pub fn alignment(
    scheme: &Scheme,
    weights: &Weights,
    all: &[Aligned],
    titles: &BTreeMap<String, String>,
) -> Document {
    let mut rows = Vec::new();
    for item in all {
        let title = titles.get(&item.item).map_or(item.item.as_str(), String::as_str);
        if !item.axes.iter().any(crate::assessment::Alignment::is_assessed) {
            let mut row = vec![Cell::link(title, "item", &item.item), "Not assessed".to_owned().into()];
            row.extend(
                crate::assessment::Alignment::COLUMNS.iter().skip(1).map(|_| Cell::text(String::new())),
            );
            rows.push(row);
        }
        for axis in item.axes.iter().filter(|a| a.is_assessed()) {
            let mut row = vec![Cell::link(title, "item", &item.item)];
            let cells = axis.cells();
            row.push(Scheme::label(&cells[0]).into());
            row.extend(cells[1..].iter().map(|c| Cell::text(c.clone())));
            rows.push(row);
        }
    }
    let assessed =
        all.iter().filter(|a| a.axes.iter().any(crate::assessment::Alignment::is_assessed)).count();
    Document {
        title: "Alignment with the strategy".into(),
        about: format!(
            "{} {}, weights: {}. {assessed} of {} items were assessed. Each alignment stands with its coverage, its range \
             over the assessors, what works against it and how far its rank depends on the weights.",
            scheme.strategy,
            scheme.version,
            weights.source(),
            all.len()
        ),
        tables: vec![Table {
            id: "alignment",
            title: "Items by axis".into(),
            about: String::new(),
            columns: vec![
                words("Item"),
                words("Axis"),
                number("Alignment"),
                number("Assessed"),
                number("Elements"),
                number("Coverage"),
                number("Assessors"),
                number("Median of assessors"),
                number("Lowest"),
                number("Highest"),
                number("Works against"),
                number("Rank, from"),
                number("Rank, to"),
                number("Of items"),
                number("Top"),
                number("Share in the top"),
            ],
            rows,
            none: "No item was assessed.",
        }],
    }
}
