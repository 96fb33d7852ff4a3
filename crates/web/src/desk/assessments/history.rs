//! The assessments of an item one after the other, and what two of them differ in.

use super::Query;
use crate::{
    App,
    desk::{page::OptionView, strategy::frame},
    guard::{Answer, Staff},
};
use axum::extract::{Path, Query as Address, State};
use bluelamp_model::{Error, Id, Result};
use bluelamp_steward::{
    assessment::{self, Cell, Comparison, Past},
    entry,
    registers::portfolio::ITEM,
};
use serde::Serialize;

/// The page `staff/assessments.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct HistoryPage {
    pub title: String,
    pub item: String,
    pub back_href: String,
    pub action: String,
    pub past: Vec<PastRow>,
    pub from: Vec<OptionView>,
    pub to: Vec<OptionView>,
    pub compared: Option<Compared>,
}

/// One assessment.
#[derive(Debug, Serialize)]
pub(crate) struct PastRow {
    pub at: String,
    pub by: String,
    pub against: String,
    pub cause: String,
    pub why: String,
    pub assessed: String,
    pub works_against: usize,
}

/// Two assessments side by side.
#[derive(Debug, Serialize)]
pub(crate) struct Compared {
    pub before: String,
    pub after: String,
    pub rows: Vec<Difference>,
    /// How many elements are the same in both.
    pub same: usize,
}

/// An element that differs.
#[derive(Debug, Serialize)]
pub(crate) struct Difference {
    pub element: String,
    pub change: &'static str,
    pub before: Side,
    pub after: Side,
}

/// What one of the two says of it.
#[derive(Debug, Serialize)]
pub(crate) struct Side {
    pub score: String,
    pub rationale: String,
    pub evidence: Vec<String>,
}

fn side(cell: Option<&Cell>) -> Side {
    match cell {
        None => Side { score: "Not assessed".into(), rationale: String::new(), evidence: Vec::new() },
        Some(c) => Side {
            score: format!("{}, {}", super::half(f64::from(c.score.value())), c.score.label()),
            rationale: c.rationale.clone(),
            evidence: c.evidence.clone(),
        },
    }
}

fn named(p: &Past) -> String {
    format!("{}, {}, {} {}", p.at.short(), p.by, p.strategy, p.version)
}

fn compared(c: &Comparison) -> Compared {
    let told = |a: &assessment::Assessed| format!("{}, {}, {} {}", a.at.short(), a.by, a.strategy, a.version);
    let differs = c.differences.iter().filter(|d| d.change != assessment::Change::Same);
    let rows: Vec<_> = differs
        .map(|d| Difference {
            element: d.element.clone(),
            change: d.change.label(),
            before: side(d.before.as_ref()),
            after: side(d.after.as_ref()),
        })
        .collect();
    Compared { before: told(&c.before), after: told(&c.after), same: c.differences.len() - rows.len(), rows }
}

/// `GET /desk/matrix/{item}/history`
pub(crate) async fn view(
    State(app): State<App>,
    staff: Staff,
    Path(code): Path<String>,
    Address(q): Address<Query>,
) -> Answer {
    let id = |text: &str| -> Result<Option<Id>> {
        match text {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Error::NotFound("that assessment".into())),
        }
    };
    let pair = (id(&q.from)?, id(&q.to)?);
    let which = code.clone();
    let (item, past, comparison) = app
        .read(&staff.actor(), move |cx| {
            let item = entry::entry(cx, &ITEM, &which)?;
            let past = assessment::history(cx, &which)?;
            let comparison = match pair {
                (Some(from), Some(to)) => Some(assessment::compare(cx, from, to)?),
                _ => None,
            };
            if comparison.as_ref().is_some_and(|c| c.after.item != which) {
                return Err(Error::NotFound("that assessment of this item".into()));
            }
            Ok((item, past, comparison))
        })
        .await?;
    let options = |chosen: &str, usual: usize| {
        let option = |(n, p): (usize, &Past)| OptionView {
            value: p.id.to_string(),
            text: named(p),
            hint: None,
            checked: if chosen.is_empty() { n == usual } else { p.id.to_string() == chosen },
        };
        past.iter().enumerate().map(option).collect::<Vec<_>>()
    };
    let page = HistoryPage {
        title: format!("Assessments of {}", item.title),
        item: item.title.clone(),
        back_href: format!("/desk/matrix/{code}"),
        action: format!("/desk/matrix/{code}/history"),
        from: options(&q.from, 1),
        to: options(&q.to, 0),
        compared: comparison.as_ref().map(compared),
        past: past
            .iter()
            .map(|p| PastRow {
                at: p.at.short(),
                by: p.by.clone(),
                against: format!("{} {}", p.strategy, p.version),
                cause: match p.driver {
                    Some(driver) => format!("{}: {}", p.cause.label(), driver.label()),
                    None => p.cause.label().to_owned(),
                },
                why: p.why.clone(),
                assessed: format!("{} of {}", p.assessed, p.elements),
                works_against: p.against,
            })
            .collect(),
    };
    app.page("staff/assessments.njk", &frame(&app, &staff, "/desk/matrix"), &page)
}
