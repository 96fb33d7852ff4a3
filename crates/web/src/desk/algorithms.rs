//! The register of algorithms with their switches: what finds words in a report can be switched off at once.

use super::frame;
use crate::{
    App,
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_casework::{Switched, algorithm_of};
use bluelamp_model::{Error, FieldError};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The page `staff/algorithms.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct AlgorithmsPage {
    pub title: String,
    pub rows: Vec<AlgorithmRow>,
    pub turns: Vec<Turn>,
    pub csrf: String,
    pub error_summary: Vec<Problem>,
}

/// One set of indicators.
#[derive(Debug, Serialize)]
pub(crate) struct AlgorithmRow {
    /// Its name in the register, and the place of its form in the page.
    pub algorithm: String,
    pub id: String,
    pub title: String,
    pub purpose: String,
    pub limits: Vec<String>,
    pub definition: String,
    pub version: String,
    pub digest: String,
    pub owner: String,
    pub accountable: String,
    pub review_by: String,
    /// How many indicators and phrases it has.
    pub size: String,
    pub on: bool,
    pub reasons: String,
    pub error: Option<String>,
}

/// A switch that was turned.
#[derive(Debug, Serialize)]
pub(crate) struct Turn {
    pub at: String,
    pub algorithm: String,
    pub what: &'static str,
    pub by: String,
    pub reasons: String,
}

/// What was posted and is wrong.
#[derive(Default)]
struct Tried {
    algorithm: String,
    reasons: String,
    wrong: Vec<FieldError>,
}

/// `GET /desk/algorithms`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    show(&app, &staff, Tried::default()).await
}

/// Which are off, by the turns of their switches, the latest first.
fn off(turns: &[Switched]) -> BTreeSet<&str> {
    let mut latest = BTreeMap::new();
    for turn in turns.iter().rev() {
        latest.insert(turn.algorithm.as_str(), turn.on);
    }
    latest.into_iter().filter(|(_, on)| !on).map(|(name, _)| name).collect()
}

async fn show(app: &App, staff: &Staff, tried: Tried) -> Answer {
    let turns = app.read(&staff.actor(), bluelamp_casework::switches).await?;
    let (shelf, off) = (app.shelf(), off(&turns));
    let place = |algorithm: &str| format!("switch-{}", algorithm.replace('/', "-"));
    let rows = shelf.indicators.values().map(|set| {
        let algorithm = algorithm_of(set);
        let mine = tried.algorithm == algorithm;
        let phrases: usize = set.indicators.iter().map(|i| i.phrases.len()).sum();
        AlgorithmRow {
            id: place(&algorithm),
            title: set.title.clone(),
            purpose: set.purpose.clone(),
            limits: set.limits.clone(),
            definition: set.definition.clone(),
            version: set.version.clone(),
            digest: set.digest.chars().take(12).collect(),
            owner: set.owner.clone(),
            accountable: set.accountable.clone(),
            review_by: set.review_by.clone(),
            size: format!("{} indicators, {phrases} phrases", set.indicators.len()),
            on: !off.contains(algorithm.as_str()),
            reasons: if mine { tried.reasons.clone() } else { String::new() },
            error: tried.wrong.first().filter(|_| mine).map(|e| e.message.clone()),
            algorithm,
        }
    });
    let page = AlgorithmsPage {
        title: "Algorithms".into(),
        rows: rows.collect(),
        turns: turns
            .iter()
            .map(|t| Turn {
                at: t.at.short(),
                algorithm: t.algorithm.clone(),
                what: if t.on { "Switched on" } else { "Switched off" },
                by: t.by.clone(),
                reasons: t.reasons.clone(),
            })
            .collect(),
        csrf: csrf(app, &staff.cookie),
        error_summary: tried
            .wrong
            .iter()
            .map(|e| Problem {
                text: e.message.clone(),
                href: format!("#{}-reasons", place(&tried.algorithm)),
            })
            .collect(),
    };
    let wrong = !page.error_summary.is_empty();
    let mut response = app.page("staff/algorithms.njk", &frame(app, staff, "/desk/algorithms"), &page)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `POST /desk/algorithms`: a switch is turned.
pub(crate) async fn switch(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (algorithm, reasons) = (first(&raw, "algorithm").to_owned(), first(&raw, "reasons").to_owned());
    let (on, shelf) = (first(&raw, "on") == "yes", app.shelf());
    let (which, why) = (algorithm.clone(), reasons.clone());
    let done =
        app.write(&staff.actor(), move |cx| bluelamp_casework::switch(cx, &shelf, &which, on, &why)).await;
    match done {
        Ok(()) => Ok(Redirect::to("/desk/algorithms").into_response()),
        Err(Error::Invalid(wrong)) => show(&app, &staff, Tried { algorithm, reasons, wrong }).await,
        Err(e) => Err(e.into()),
    }
}
