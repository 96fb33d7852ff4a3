//! Alignment: items by axis, each number with its coverage, its range, what works against it, and how far its rank
//! depends on the weights. The axes stand side by side and are never added up, and no order of items is by a number.

use super::{Choices, Paging, Query, matrix::file};
use crate::{
    App,
    desk::{quality::line, strategy::frame},
    guard::{Answer, Staff},
};
use axum::extract::{Query as Address, State};
use bluelamp_model::Result;
use bluelamp_steward::{
    algorithms,
    assessment::{self, Aligned, Alignment, Scheme, WEIGHTINGS, Weights},
};
use bluelamp_store::Cx;
use serde::Serialize;

/// How many ranks from the top the share is counted for.
pub(crate) const TOP: u32 = 10;

/// The page `staff/alignment.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct AlignmentPage {
    pub title: String,
    pub choices: Choices,
    pub axes: Vec<String>,
    pub rows: Vec<Row>,
    pub paging: Paging,
    pub weights: String,
    pub weights_href: String,
    pub csv_href: String,
    pub matrix_href: String,
    pub weightings: usize,
    pub top: u32,
    /// That it was not approved.
    pub notice: Option<String>,
}

/// An item.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub code: String,
    pub title: String,
    pub href: String,
    pub axes: Vec<Alignment>,
}

struct Found {
    strategies: super::Strategies,
    items: Vec<super::Item>,
    weights: Weights,
    all: Vec<Aligned>,
    notice: algorithms::Notice,
}

fn found(cx: &mut Cx<'_>, q: &Query) -> Result<Found> {
    let strategies = q.strategies(cx)?;
    // Every item is ranked among all of them, whatever part of them is looked at.
    let everything = Query::default().items(cx)?;
    let codes: Vec<_> = everything.iter().map(|i| i.code.clone()).collect();
    let (weights, mut all) = assessment::alignment(cx, &strategies.scheme, &codes, None, TOP)?;
    let items = q.items(cx)?;
    let wanted: std::collections::BTreeSet<_> = items.iter().map(|i| i.code.as_str()).collect();
    all.retain(|a| wanted.contains(a.item.as_str()));
    let notice = algorithms::ask(cx, algorithms::ALIGNMENT)?;
    Ok(Found { strategies, items, weights, all, notice })
}

/// `GET /desk/alignment`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Address(q): Address<Query>) -> Answer {
    let asked = q.clone();
    let Found { strategies: s, items, weights, all, notice } =
        app.read(&staff.actor(), move |cx| found(cx, &asked)).await?;
    let window = q.window(items.len());
    let row = |(item, aligned): (super::Item, Aligned)| Row {
        href: Query::default().href(&format!("/desk/matrix/{}", item.code), &s.scheme, ""),
        code: item.code,
        title: item.title,
        axes: aligned.axes,
    };
    let here = q.href("/desk/alignment", &s.scheme, "");
    let page = AlignmentPage {
        title: "Alignment with the strategy".into(),
        choices: q.choices(&s),
        axes: s.scheme.axes().into_iter().map(|(axis, _)| Scheme::label(axis)).collect(),
        paging: window.paging(&here),
        weights: weights.source(),
        weights_href: Query::default().href("/desk/alignment/weights", &s.scheme, ""),
        csv_href: q.href("/desk/alignment.csv", &s.scheme, ""),
        matrix_href: q.href("/desk/matrix", &s.scheme, ""),
        rows: items.into_iter().zip(all).skip(window.from).take(window.to - window.from).map(row).collect(),
        weightings: WEIGHTINGS,
        top: TOP,
        notice: notice.sentence(),
    };
    app.page("staff/alignment.njk", &frame(&app, &staff, "/desk/alignment"), &page)
}

/// `GET /desk/alignment.csv`: a line for each item and axis, with everything that belongs to the number.
pub(crate) async fn download(State(app): State<App>, staff: Staff, Address(q): Address<Query>) -> Answer {
    let Found { strategies, items, weights, all, .. } =
        app.read(&staff.actor(), move |cx| found(cx, &q)).await?;
    let mut names = ["item", "title", "strategy", "version", "weights"].map(str::to_owned).to_vec();
    names.extend(Alignment::COLUMNS.map(str::to_owned));
    let mut text = line(&names);
    for (item, aligned) in items.iter().zip(&all) {
        for axis in &aligned.axes {
            let mut cells = vec![
                item.code.clone(),
                item.title.clone(),
                strategies.scheme.strategy.clone(),
                strategies.scheme.version.clone(),
                weights.source(),
            ];
            cells.extend(axis.cells());
            text.push_str(&line(&cells));
        }
    }
    Ok(file(&format!("alignment-{}.csv", strategies.scheme.strategy), text))
}
