//! Fairness reports over the API.

use super::{body, id};
use crate::{
    App,
    desk::fairness::{Asked, Deed, bounds, of_path},
    guard::{Answer, Ask, Bearer},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use bluelamp_model::Result;
use bluelamp_steward::fairness::{self, Published};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// A scored file, and what is asked of it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AskFairness {
    /// The file, as CSV.
    csv: String,
    /// The columns with groups.
    group: Vec<String>,
    /// The column with what came about.
    label: String,
    /// The column with what was proposed.
    predicted: Option<String>,
    /// The column with the score.
    score: Option<String>,
    /// From which score on it counts as proposed.
    threshold: Option<f64>,
    /// The column with weights.
    weight: Option<String>,
    /// `highest`, or values such as `sex=Female`; the largest group where nothing is named.
    reference: Vec<String>,
    /// Whether every two columns are looked at together as well.
    pairs: bool,
    /// Whether only the form for the public is wanted.
    public: bool,
    /// The algorithm, by its name in the register: its thresholds are used.
    algorithm: String,
    /// Its version, to keep the report.
    version: String,
    /// The title, to keep the report.
    title: String,
    /// Whether the report is kept, for somebody else to publish its summary.
    keep: bool,
}

/// `POST /api/v1/fairness`: a scored file comes in, and what it says goes out.
pub(crate) async fn make(State(app): State<App>, who: Bearer, bytes: Bytes) -> Answer {
    let AskFairness {
        csv,
        group,
        label,
        predicted,
        score,
        threshold,
        weight,
        reference,
        pairs,
        public,
        algorithm,
        version,
        title,
        keep,
    } = body(&bytes)?;
    let asked = Asked { group, label, predicted, score, threshold, weight, reference, pairs };
    let bounds = bounds(&app, &who.actor, &algorithm).await?;
    let made = Arc::new(app.blocking(move |_| asked.made(csv.as_bytes(), bounds)).await?);
    let look = Arc::clone(&made);
    app.write(&who.actor, move |cx| fairness::look(cx, &look)).await?;
    let shown = if public { made.summary() } else { made.report() };
    if !keep {
        return Ok(Json(json!({ "report": shown })).into_response());
    }
    let kept = Arc::clone(&made);
    let id = app.write(&who.actor, move |cx| fairness::save(cx, &algorithm, &version, &title, &kept)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id, "report": shown }))).into_response())
}

/// `GET /api/v1/fairness`: the reports that were kept.
pub(crate) async fn list(State(app): State<App>, who: Bearer) -> Answer {
    let all = app.read(&who.actor, fairness::saved).await?;
    Ok(Json(json!({ "reports": all })).into_response())
}

/// `GET /api/v1/fairness/{id}`
pub(crate) async fn view(State(app): State<App>, who: Bearer, Path(id): Path<String>) -> Answer {
    let id = of_path(&id)?;
    let find = move |cx: &mut bluelamp_store::Cx<'_>| {
        Ok((fairness::view_saved(cx, id)?, fairness::alike(cx, id)?, fairness::bounds_of(cx, id)?))
    };
    let ((kept, report), alike, set) = app.read(&who.actor, find).await?;
    Ok(Json(json!({
        "kept": kept, "alike": alike.reports, "too_many_to_tell": alike.too_many, "report": report,
        "thresholds": set,
    }))
    .into_response())
}

/// Thresholds that a member of the committee proposes.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NewBounds {
    /// The algorithm, by its name in the register.
    algorithm: String,
    /// The least ratio, below 1.
    low: f64,
    /// The greatest, above 1.
    high: f64,
    /// Why these: public beside every report that they judge.
    reasons: String,
}

/// `GET /api/v1/fairness/bounds`: the thresholds that hold, those that wait, and those that went before.
pub(crate) async fn all_bounds(State(app): State<App>, who: Bearer) -> Answer {
    let all = app.read(&who.actor, fairness::all_bounds).await?;
    Ok(Json(json!({ "thresholds": all })).into_response())
}

/// `POST /api/v1/fairness/bounds`: thresholds are proposed.
pub(crate) async fn propose_bounds(State(app): State<App>, who: Bearer, bytes: Bytes) -> Answer {
    let NewBounds { algorithm, low, high, reasons } = body(&bytes)?;
    let id = app
        .write(&who.actor, move |cx| fairness::propose_bounds(cx, &algorithm, low, high, &reasons))
        .await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))).into_response())
}

/// `POST /api/v1/fairness/bounds/{id}/confirm`: another member confirms them.
pub(crate) async fn confirm_bounds(State(app): State<App>, who: Bearer, Path(which): Path<String>) -> Answer {
    let which = id(&which)?;
    app.write(&who.actor, move |cx| fairness::confirm_bounds(cx, which)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Why a report may be published beside one that is alike, or is taken back.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FairnessDeed {
    /// To publish: why its rows are of other people than those of a report that is alike.
    other_people: String,
    /// To withdraw: why, for everybody to read.
    because: String,
}

/// `POST /api/v1/fairness/{id}/{deed}`: a report is published, or taken back.
pub(crate) async fn act(
    State(app): State<App>,
    who: Bearer,
    Path((id, deed)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let FairnessDeed { other_people, because } = body(&bytes)?;
    let values = [("other_people".to_owned(), other_people), ("because".to_owned(), because)].into();
    let (id, deed) = (of_path(&id)?, Deed::of(&deed, &values)?);
    app.write(&who.actor, move |cx| deed.done(cx, id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /api/v1/fairness/summaries`: for everybody.
pub(crate) async fn summaries(State(app): State<App>, ask: Ask) -> Answer {
    let all = app
        .read(&ask.public(), |cx| {
            let all = fairness::public_reports(cx, None)?;
            all.into_iter().map(|p| Ok((fairness::bounds_of(cx, p.about.id)?, p))).collect::<Result<Vec<_>>>()
        })
        .await?;
    let all: Vec<_> = all
        .into_iter()
        .map(|(set, Published { about, at, withdrawn, report })| {
            // Who made it is for staff.
            json!({
                "id": about.id, "algorithm": about.algorithm, "version": about.version, "title": about.title,
                "made_at": about.made_at, "published_at": at, "report": report,
                "thresholds": set.map(|s| json!({ "low": s.bounds.low, "high": s.bounds.high, "reasons": s.reasons, "looked_at": s.looked_at })),
                "withdrawn": withdrawn.map(|(at, because)| json!({ "at": at, "because": because })),
            })
        })
        .collect();
    Ok(Json(json!({ "summaries": all })).into_response())
}
