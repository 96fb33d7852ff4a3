//! The matrix: items by the elements of one axis, as many as a page holds.

use super::{AxisLink, Choices, Paging, Query, Shown, axis_links, place};
use crate::{
    App,
    desk::{quality::line, strategy::frame},
    guard::{Answer, Staff},
};
use axum::{
    extract::{Query as Address, State},
    http::header,
    response::IntoResponse,
};
use bluelamp_steward::assessment::{self, ItemRow, Scheme};
use serde::Serialize;

/// The page `staff/matrix.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct MatrixPage {
    pub title: String,
    pub choices: Choices,
    pub axes: Vec<AxisLink>,
    pub axis: String,
    /// The same for the form: its code.
    pub axis_code: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub paging: Paging,
    pub csv_href: String,
    pub alignment_href: String,
}

/// An element.
#[derive(Debug, Serialize)]
pub(crate) struct Column {
    pub id: String,
    pub name: String,
    /// Where it stands in the page of an item.
    pub place: String,
}

/// An item.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub code: String,
    pub title: String,
    pub href: String,
    /// "3 of 10 assessed by 2 people".
    pub coverage: String,
    pub cells: Vec<Shown>,
}

/// How much of an axis was assessed, in words.
pub(super) fn coverage(row: &ItemRow, places: &[usize]) -> String {
    let assessed = row.assessed(places);
    match (assessed, row.assessors) {
        (0, _) => format!("0 of {} assessed", places.len()),
        (n, 1) => format!("{n} of {} assessed by 1 person", places.len()),
        (n, people) => format!("{n} of {} assessed by {people} people", places.len()),
    }
}

/// `GET /desk/matrix`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Address(q): Address<Query>) -> Answer {
    let asked = q.clone();
    let (s, axis, places, items, rows, window) = app
        .read(&staff.actor(), move |cx| {
            let s = asked.strategies(cx)?;
            let (axis, places) = asked.axis(&s.scheme)?;
            let items = asked.items(cx)?;
            let window = asked.window(items.len());
            let items = items[window.from..window.to].to_vec();
            let codes: Vec<_> = items.iter().map(|i| i.code.clone()).collect();
            let rows = assessment::matrix(cx, &s.scheme, &codes)?;
            Ok((s, axis, places, items, rows, window))
        })
        .await?;
    let here = q.href("/desk/matrix", &s.scheme, &axis);
    let row = |(item, row): (super::Item, ItemRow)| Row {
        href: Query::default().href(&format!("/desk/matrix/{}", item.code), &s.scheme, &axis),
        coverage: coverage(&row, &places),
        cells: places.iter().map(|p| Shown::of(row.cells[*p].as_ref())).collect(),
        code: item.code,
        title: item.title,
    };
    let column = |p: &usize| {
        let e = &s.scheme.elements[*p];
        Column { id: e.id.clone(), name: e.name.clone(), place: place(e) }
    };
    let page = MatrixPage {
        title: "Assessment matrix".into(),
        choices: q.choices(&s),
        axes: axis_links(&s.scheme, &axis, |a| q.href("/desk/matrix", &s.scheme, a)),
        axis: Scheme::label(&axis),
        columns: places.iter().map(column).collect(),
        rows: items.into_iter().zip(rows).map(row).collect(),
        paging: window.paging(&here),
        csv_href: q.href("/desk/matrix.csv", &s.scheme, &axis),
        alignment_href: q.href("/desk/alignment", &s.scheme, ""),
        axis_code: axis,
    };
    app.page("staff/matrix.njk", &frame(&app, &staff, "/desk/matrix"), &page)
}

/// A file with a name, for somebody's spreadsheet.
pub(super) fn file(name: &str, text: String) -> axum::response::Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, text).into_response()
}

/// `GET /desk/matrix.csv`: a line for each item and element of the axis, also for what nobody assessed.
pub(crate) async fn download(State(app): State<App>, staff: Staff, Address(q): Address<Query>) -> Answer {
    let (scheme, axis, places, items, rows) = app
        .read(&staff.actor(), move |cx| {
            let scheme = q.strategies(cx)?.scheme;
            let (axis, places) = q.axis(&scheme)?;
            let items = q.items(cx)?;
            let codes: Vec<_> = items.iter().map(|i| i.code.clone()).collect();
            let rows = assessment::matrix(cx, &scheme, &codes)?;
            Ok((scheme, axis, places, items, rows))
        })
        .await?;
    let names = [
        "item",
        "title",
        "strategy",
        "version",
        "axis",
        "element",
        "assessors",
        "median",
        "low",
        "high",
        "works_against",
    ];
    let mut text = line(&names.map(str::to_owned));
    for (item, row) in items.iter().zip(&rows) {
        for p in &places {
            let figure = row.cells[*p];
            let number = |n: Option<String>| n.unwrap_or_default();
            text.push_str(&line(&[
                item.code.clone(),
                item.title.clone(),
                scheme.strategy.clone(),
                scheme.version.clone(),
                axis.clone(),
                scheme.elements[*p].id.clone(),
                figure.map_or(0, |f| f.assessors).to_string(),
                number(figure.map(|f| f.median.value().to_string())),
                number(figure.map(|f| f.low.value().to_string())),
                number(figure.map(|f| f.high.value().to_string())),
                number(figure.map(|f| f.against.to_string())),
            ]));
        }
    }
    Ok(file(&format!("matrix-{}-{axis}.csv", scheme.strategy), text))
}
