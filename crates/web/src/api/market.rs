//! Skills, market, challenges and the Service Standard for programs: what their pages show, and what they do.

use super::body;
use crate::{
    App,
    guard::{Answer, Ask, Bearer},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use bluelamp_steward::{
    challenge::{self, Award, Given, NewEntry},
    market, service_standard, skills,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

/// `GET /api/v1/skills`
pub(crate) async fn skills(State(app): State<App>, who: Bearer) -> Answer {
    Ok(Json(app.read(&who.actor, skills::read).await?).into_response())
}

/// `GET /api/v1/market`
pub(crate) async fn market(State(app): State<App>, who: Bearer) -> Answer {
    Ok(Json(app.read(&who.actor, market::read).await?).into_response())
}

/// The version that the person saw.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seen {
    /// As it came with the entry.
    version: i64,
}

/// `POST /api/v1/market/signals/{code}/proposal`
pub(crate) async fn propose(
    State(app): State<App>,
    who: Bearer,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Answer {
    let Seen { version } = body(&bytes)?;
    let item = app.write(&who.actor, move |cx| market::propose(cx, &code, version)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "item": item.code }))).into_response())
}

/// `GET /api/v1/challenges`
pub(crate) async fn challenges(State(app): State<App>, who: Bearer) -> Answer {
    let all = app.read(&who.actor, challenge::challenges).await?;
    Ok(Json(json!({ "challenges": all })).into_response())
}

/// `GET /api/v1/challenges/{code}`
pub(crate) async fn challenge(State(app): State<App>, who: Bearer, Path(code): Path<String>) -> Answer {
    let view = app.read(&who.actor, move |cx| challenge::challenge(cx, &code)).await?;
    Ok(Json(view).into_response())
}

/// `GET /api/v1/challenges/{code}/results`
pub(crate) async fn results(State(app): State<App>, who: Bearer, Path(code): Path<String>) -> Answer {
    let all = app.read(&who.actor, move |cx| challenge::results(cx, &code)).await?;
    let all: Vec<_> = all.iter().map(|(entry, c)| json!({ "entry": entry, "criteria": c })).collect();
    Ok(Json(json!({ "results": all })).into_response())
}

/// `POST /api/v1/challenges/{code}/open`
pub(crate) async fn open(
    State(app): State<App>,
    who: Bearer,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Answer {
    let Seen { version } = body(&bytes)?;
    app.write(&who.actor, move |cx| challenge::open(cx, &code, version)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /api/v1/challenges/{code}/close`
pub(crate) async fn close(
    State(app): State<App>,
    who: Bearer,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Answer {
    let Seen { version } = body(&bytes)?;
    app.write(&who.actor, move |cx| challenge::close(cx, &code, version)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What was handed in to a challenge.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandedIn {
    /// Who sent it; told to nobody before the award.
    sender: String,
    /// How to reach them.
    contact: String,
    /// The proposal, without naming them.
    proposal: String,
    /// The price in whole pounds.
    #[serde(default)]
    price: String,
}

/// `POST /api/v1/challenges/{code}/entries`
pub(crate) async fn receive(
    State(app): State<App>,
    who: Bearer,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Answer {
    let HandedIn { sender, contact, proposal, price } = body(&bytes)?;
    let new = NewEntry { sender, contact, proposal, price };
    let entry = app.write(&who.actor, move |cx| challenge::receive(cx, &code, &new)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "entry": entry.code }))).into_response())
}

/// A sheet of scores.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sheet {
    /// One for each criterion, in the order of the challenge.
    scores: Vec<SheetLine>,
}

/// What one criterion is given.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SheetLine {
    /// From 0 to 5.
    score: i64,
    /// Why, in a sentence.
    reason: String,
}

/// `POST /api/v1/challenges/{code}/entries/{entry}/scores`
pub(crate) async fn score(
    State(app): State<App>,
    who: Bearer,
    Path((code, entry)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let Sheet { scores } = body(&bytes)?;
    let given: Vec<Given> =
        scores.into_iter().map(|s| Given { score: s.score.to_string(), reason: s.reason }).collect();
    app.write(&who.actor, move |cx| challenge::score(cx, &code, &entry, &given)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A conflict of interest.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conflict {
    /// What it is, in a sentence.
    about: String,
}

/// `POST /api/v1/challenges/{code}/entries/{entry}/conflict`
pub(crate) async fn declare(
    State(app): State<App>,
    who: Bearer,
    Path((code, entry)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let Conflict { about } = body(&bytes)?;
    app.write(&who.actor, move |cx| challenge::declare(cx, &code, &entry, &about)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// How a challenge is to end.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ends {
    /// The version of the challenge that the person saw.
    version: i64,
    /// The entry that wins; null where none does.
    entry: Option<String>,
    /// Why.
    reasons: String,
}

/// `POST /api/v1/challenges/{code}/award`
pub(crate) async fn award(
    State(app): State<App>,
    who: Bearer,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Answer {
    let Ends { version, entry, reasons } = body(&bytes)?;
    let award = Award { version, entry: entry.unwrap_or_default(), reasons };
    let item = app.write(&who.actor, move |cx| challenge::award(cx, &code, &award)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "item": item }))).into_response())
}

/// `GET /api/v1/services`
pub(crate) async fn services(State(app): State<App>, who: Bearer) -> Answer {
    let all = app.read(&who.actor, service_standard::services).await?;
    Ok(Json(json!({ "services": all })).into_response())
}

/// `GET /api/v1/services/{item}`
pub(crate) async fn service(State(app): State<App>, who: Bearer, Path(item): Path<String>) -> Answer {
    let view = app.read(&who.actor, move |cx| service_standard::service(cx, &item)).await?;
    Ok(Json(view).into_response())
}

/// `GET /api/v1/published/challenges`
pub(crate) async fn published_challenges(State(app): State<App>, ask: Ask) -> Answer {
    let all = app.read(&ask.public(), challenge::published).await?;
    Ok(Json(json!({ "challenges": all })).into_response())
}

/// `GET /api/v1/published/service-standard`
pub(crate) async fn published_standard(State(app): State<App>, ask: Ask) -> Answer {
    let view = app.read(&ask.public(), service_standard::published).await?;
    Ok(Json(view).into_response())
}
