//! How much each element weighs, and by which decision of a board.

use super::Query;
use crate::{
    App,
    desk::{may, strategy::frame},
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{Query as Address, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Day, Error, FieldError, Result, authority::action};
use bluelamp_steward::assessment::{self, NewWeights, WeightSet};
use serde::Serialize;
use std::collections::BTreeMap;

/// The page `staff/weights.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct WeightsPage {
    pub title: String,
    pub strategy: String,
    pub version: String,
    pub sets: Vec<SetView>,
    pub may_enter: bool,
    pub decision: String,
    pub decided_on: String,
    pub weights: String,
    pub decision_error: Option<String>,
    pub decided_on_error: Option<String>,
    pub weights_error: Option<String>,
    pub action: String,
    pub alignment_href: String,
    pub csrf: String,
    pub error_summary: Vec<Problem>,
}

/// A set of weights.
#[derive(Debug, Serialize)]
pub(crate) struct SetView {
    pub decision: String,
    pub decided_on: String,
    pub weights: String,
    pub entered: String,
    pub in_force: bool,
}

#[derive(Default)]
struct Tried {
    decision: String,
    decided_on: String,
    weights: String,
    wrong: Vec<FieldError>,
}

/// `GET /desk/alignment/weights`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Address(q): Address<Query>) -> Answer {
    show(&app, &staff, &q, Tried::default()).await
}

async fn show(app: &App, staff: &Staff, q: &Query, tried: Tried) -> Answer {
    let asked = q.clone();
    let (s, sets) = app
        .read(&staff.actor(), move |cx| {
            let s = asked.strategies(cx)?;
            let sets = assessment::weight_sets(cx, &s.scheme)?;
            Ok((s, sets))
        })
        .await?;
    let set = |(n, set): (usize, &WeightSet)| SetView {
        decision: set.decision.clone(),
        decided_on: set.decided_on.to_string(),
        weights: set.weights.iter().map(|(id, w)| format!("{id} {w}")).collect::<Vec<_>>().join(", "),
        entered: format!("{}, {}", set.at.short(), set.by),
        in_force: n == 0,
    };
    let place =
        |field: &str| if field.starts_with("/weights") { "weights".to_owned() } else { field.to_owned() };
    let error = |field: &str| {
        let found = tried.wrong.iter().find(|e| place(&e.field) == field);
        found.map(|e| e.message.clone())
    };
    let page = WeightsPage {
        title: "Weights of the elements".into(),
        strategy: s.title.clone(),
        version: s.scheme.version.clone(),
        sets: sets.iter().enumerate().map(set).collect(),
        may_enter: may(app, staff, action::REGISTER_WRITE),
        decision_error: error("decision"),
        decided_on_error: error("decided_on"),
        weights_error: error("weights"),
        error_summary: tried
            .wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}", place(&e.field)) })
            .collect(),
        decision: tried.decision,
        decided_on: tried.decided_on,
        weights: tried.weights,
        action: Query::default().href("/desk/alignment/weights", &s.scheme, ""),
        alignment_href: Query::default().href("/desk/alignment", &s.scheme, ""),
        csrf: csrf(app, &staff.cookie),
    };
    let wrong = !page.error_summary.is_empty();
    let mut response = app.page("staff/weights.njk", &frame(app, staff, "/desk/alignment"), &page)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Lines such as `P09 2`.
fn read_weights(text: &str, wrong: &mut Vec<FieldError>) -> BTreeMap<String, f64> {
    let mut weights = BTreeMap::new();
    for (n, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let read = match (words.next(), words.next().map(str::parse), words.next()) {
            (Some(id), Some(Ok(weight)), None) => weights.insert(id.to_owned(), weight).is_none(),
            _ => false,
        };
        if !read {
            wrong.push(FieldError {
                field: "weights".into(),
                code: "format".into(),
                message: format!(
                    "Line {}: write an element that is not named yet and its weight, such as ‘P09 2’",
                    n + 1
                ),
            });
        }
    }
    weights
}

fn read(decision: &str, decided_on: &str, weights: &str) -> Result<NewWeights> {
    let mut wrong = Vec::new();
    let weights = read_weights(weights, &mut wrong);
    let day: std::result::Result<Day, String> = decided_on.trim().parse();
    match day {
        Ok(decided_on) if wrong.is_empty() => {
            Ok(NewWeights { decision: decision.to_owned(), decided_on, weights })
        }
        day => {
            if day.is_err() {
                wrong.push(FieldError {
                    field: "decided_on".into(),
                    code: "format".into(),
                    message: "Enter the day of the decision, such as 2021-07-02".into(),
                });
            }
            Err(Error::Invalid(wrong))
        }
    }
}

/// `POST /desk/alignment/weights`: what a board has decided is entered.
pub(crate) async fn enter(
    State(app): State<App>,
    staff: Staff,
    Address(q): Address<Query>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let given = |name| first(&raw, name).to_owned();
    let (decision, decided_on, weights) = (given("decision"), given("decided_on"), given("weights"));
    let asked = q.clone();
    let new = read(&decision, &decided_on, &weights);
    let done = app
        .write(&staff.actor(), move |cx| {
            let scheme = asked.strategies(cx)?.scheme;
            match &new {
                Ok(new) => {
                    assessment::set_weights(cx, &scheme, new)?;
                    Ok(Query::default().href("/desk/alignment/weights", &scheme, ""))
                }
                Err(Error::Invalid(wrong)) => Err(Error::Invalid(wrong.clone())),
                Err(e) => Err(Error::Bug(e.to_string())),
            }
        })
        .await;
    match done {
        Ok(href) => Ok(Redirect::to(&href).into_response()),
        Err(Error::Invalid(wrong)) => {
            show(&app, &staff, &q, Tried { decision, decided_on, weights, wrong }).await
        }
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_line_by_line() {
        let new = read("097-21", " 2021-07-02", "P09 2\n\n  P01   0.5 \r\n").unwrap();
        assert_eq!(new.weights, [("P01".to_owned(), 0.5), ("P09".to_owned(), 2.0)].into());
        let Err(Error::Invalid(wrong)) = read("x", "2 July", "P09\nP09 x\nP01 1\nP01 2") else { panic!() };
        let lines: Vec<_> = wrong.iter().map(|e| e.message.split(':').next().unwrap_or_default()).collect();
        assert_eq!(lines[..3], ["Line 1", "Line 2", "Line 4"]);
        assert_eq!(wrong[3].field, "decided_on");
    }
}
