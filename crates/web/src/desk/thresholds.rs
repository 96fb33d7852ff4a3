//! The thresholds of fairness reports: what holds, what one member of the committee has proposed and another has to confirm.

use super::{frame, may};
use crate::{
    App,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{RawForm, State},
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Error, Id, Time, authority::action};
use bluelamp_steward::fairness::{self, SetBounds};
use serde::Serialize;

const HERE: &str = "/desk/fairness/bounds";

/// The page `staff/thresholds.njk`.
#[derive(Debug, Serialize)]
struct ThresholdsPage {
    title: String,
    rows: Vec<ThresholdView>,
    /// Whether this person may confirm what somebody else has proposed.
    can: bool,
    action: String,
    csrf: String,
}

#[derive(Debug, Serialize)]
struct ThresholdView {
    id: String,
    algorithm: String,
    range: String,
    /// "These hold", "Waits to be confirmed" or nothing.
    stands: Option<(&'static str, &'static str)>,
    waits: bool,
    said: String,
    reasons: String,
}

/// Who proposed thresholds and who confirmed them, in a sentence.
pub(super) fn said_of(b: &SetBounds) -> String {
    let proposed = format!("Proposed by {}, {}", b.by, b.at.short());
    match (&b.confirmed_by, b.confirmed_at) {
        (Some(by), Some(at)) => format!("{proposed}; confirmed by {by}, {}.", Time::short(at)),
        _ => format!("{proposed}; nobody has confirmed them."),
    }
}

fn row(b: &SetBounds) -> ThresholdView {
    ThresholdView {
        id: b.id.to_string(),
        algorithm: b.algorithm.clone(),
        range: format!("{} to {}", b.bounds.low, b.bounds.high),
        stands: match (b.holds, b.waits) {
            (true, _) => Some(("These hold", "green")),
            (false, true) => Some(("Waits to be confirmed", "yellow")),
            (false, false) => None,
        },
        waits: b.waits,
        said: said_of(b),
        reasons: b.reasons.clone(),
    }
}

/// `GET /desk/fairness/bounds`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    let all = app.read(&staff.actor(), fairness::all_bounds).await?;
    let page = ThresholdsPage {
        title: "Thresholds of fairness reports".into(),
        rows: all.iter().map(row).collect(),
        can: may(&app, &staff, action::ETHICS_ADVISE),
        action: format!("{HERE}/confirm"),
        csrf: csrf(&app, &staff.cookie),
    };
    app.page("staff/thresholds.njk", &frame(&app, &staff, "/desk/fairness"), &page)
}

/// `POST /desk/fairness/bounds/confirm`: another member confirms what was proposed.
pub(crate) async fn confirm(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let id: Id = first(&raw, "id").parse().map_err(|_| Error::NotFound("those thresholds".into()))?;
    app.write(&staff.actor(), move |cx| fairness::confirm_bounds(cx, id)).await?;
    Ok(Redirect::to(HERE).into_response())
}
