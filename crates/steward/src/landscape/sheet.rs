//! Applications written as the survey that would give them.

use super::{Application, Column, Columns, Hosting, Pattern};

/// A CSV file with a row for each application, which [`super::read`] reads back.
#[must_use]
pub fn to_csv(columns: &Columns, applications: &[Application]) -> String {
    let written: Vec<Column> = Column::ALL
        .into_iter()
        .filter(|c| !matches!(c, Column::MaturityNow | Column::MaturityTarget))
        .collect();
    let others: std::collections::BTreeSet<&String> =
        applications.iter().flat_map(|a| a.other.keys()).collect();
    let mut text =
        line(written.iter().map(|c| columns.title(*c).to_owned()).chain(others.iter().map(|o| (*o).clone())));
    for a in applications {
        let cells = written.iter().map(|c| cell(a, *c));
        let more = others.iter().map(|o| a.other.get(*o).cloned().unwrap_or_default());
        text.push_str(&line(cells.chain(more)));
    }
    text
}

/// What stands in a column of an application, as a person would type it.
pub(super) fn cell(a: &Application, column: Column) -> String {
    let pounds =
        |pence: Option<i64>| pence.map_or_else(String::new, |p| format!("{}.{:02}", p / 100, p % 100));
    let said = |yes: Option<bool>| yes.map_or_else(String::new, |yes| if yes { "yes" } else { "no" }.into());
    let words = |text: &Option<String>| text.clone().unwrap_or_default();
    let d = a.disposition.as_ref();
    match column {
        Column::Name => a.name.clone(),
        Column::Force => a.force.clone(),
        Column::Supplier => words(&a.supplier),
        Column::Product => words(&a.product),
        Column::Version => words(&a.version),
        Column::Function => words(&a.function),
        Column::Capabilities => list(a.capabilities.iter().cloned()),
        Column::Users => a.users.map_or_else(String::new, |n| n.to_string()),
        Column::Hosting if a.hosting == Hosting::Unknown => String::new(),
        Column::Hosting => a.hosting.code().into(),
        Column::RunCost => pounds(a.run_cost),
        Column::ChangeCost => pounds(a.change_cost),
        Column::ContractEnd => a.contract_end.map_or_else(String::new, |d| d.to_string()),
        Column::Integrations => list(a.integrations.iter().map(|i| match i.pattern {
            Some(pattern) => format!("{} ({})", i.to, Pattern::code(pattern)),
            None => i.to.clone(),
        })),
        Column::FrontEnd => said(a.front_end),
        Column::Legacy => said(a.legacy),
        Column::DirectLegacy => said(a.direct_legacy),
        Column::Sourcing => a.sourcing.map_or_else(String::new, |s| s.code().into()),
        Column::Owner => words(&a.owner),
        Column::Disposition => d.map_or_else(String::new, |d| d.what.code().into()),
        Column::DispositionBy => d.and_then(|d| d.by).map_or_else(String::new, |d| d.to_string()),
        Column::DispositionReason => d.map_or_else(String::new, |d| d.reason.clone()),
        Column::MaturityNow | Column::MaturityTarget => String::new(),
    }
}

/// Between semicolons, with one at the end where a single entry holds a comma, which would else part it.
fn list(all: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = all.collect();
    let end = if all.len() == 1 && all.iter().any(|t| t.contains(',')) { ";" } else { "" };
    format!("{}{end}", all.join("; "))
}

/// A line as RFC 4180 has it. What a spreadsheet would take for a formula is led by a space, which readers ignore.
fn line(cells: impl Iterator<Item = String>) -> String {
    let quoted = cells.map(|cell| {
        let cell = if cell.starts_with(['=', '+', '-', '@']) { format!(" {cell}") } else { cell };
        match cell.contains(['"', ',', ';', '\r', '\n', '\t', '|']) || cell.starts_with(' ') {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell,
        }
    });
    format!("{}\r\n", quoted.collect::<Vec<_>>().join(","))
}
