//! Portfolio, findings, benefits, roadmap, ideas and gates for programs: the same functions as the pages.

use super::body;
use crate::{
    App,
    desk::portfolio::findings::answered,
    guard::{Answer, Bearer},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use bluelamp_model::Error;
use bluelamp_steward::{
    algorithms, benefits,
    findings::{self, Given, Kind, NewSaving, Standing},
    plan,
    portfolio::{FEEDBACK_DAYS, GateDecision, at_gate, decide_gate, own_ideas, submit_idea},
    portfolio_view,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

/// What the address of findings can hold.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FindingsQuery {
    kind: Option<String>,
    standing: Option<String>,
    strategy: Option<String>,
}

/// `GET /api/v1/findings`
pub(crate) async fn findings(State(app): State<App>, who: Bearer, Query(q): Query<FindingsQuery>) -> Answer {
    let unknown = |field: &str, said: &str, known: Vec<&str>| {
        Error::field(field, "unknown", format!("'{said}' is not one of {}", known.join(", ")))
    };
    let kind = q.kind.as_deref().map(|code| {
        Kind::of(code).ok_or_else(|| unknown("kind", code, Kind::ALL.iter().map(|k| k.code()).collect()))
    });
    let kind = kind.transpose()?;
    let standing = q.standing.as_deref().map(|code| {
        let known = Standing::ALL.into_iter().find(|s| s.code() == code);
        known.ok_or_else(|| unknown("standing", code, Standing::ALL.iter().map(|s| s.code()).collect()))
    });
    let standing = standing.transpose()?;
    let strategy = q.strategy;
    let (mut all, notice) = app
        .read(&who.actor, move |cx| {
            Ok((findings::current(cx, strategy.as_deref())?, algorithms::ask(cx, algorithms::FINDINGS)?))
        })
        .await?;
    all.retain(|s| kind.is_none_or(|k| s.finding.kind == k) && standing.is_none_or(|w| s.standing == w));
    Ok(Json(json!({ "algorithm": notice, "findings": all })).into_response())
}

/// What a person says to a finding.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerFinding {
    /// The finding's id.
    finding: String,
    /// The `basis` of the finding that was seen.
    basis: String,
    /// `confirmed` or `rejected`.
    answer: String,
    /// Why.
    reasons: String,
    /// The strategy that it was asked for with, where it was.
    strategy: Option<String>,
    /// The saving that a confirmed duplicate or synergy leads to.
    saving: Option<AnswerSaving>,
}

/// A saving.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerSaving {
    /// Whole pounds, each year.
    yearly: i64,
    /// Whole pounds that it costs to get it, once.
    once: Option<i64>,
    /// Who answers for it.
    owner: String,
}

/// `POST /api/v1/findings`
pub(crate) async fn answer(State(app): State<App>, who: Bearer, bytes: Bytes) -> Answer {
    let sent: AnswerFinding = body(&bytes)?;
    let saving = sent.saving.map(|s| NewSaving {
        yearly: s.yearly.to_string(),
        once: s.once.map(|n| n.to_string()).unwrap_or_default(),
        owner: s.owner,
    });
    let given = Given { seen: sent.basis, answer: sent.answer, reasons: sent.reasons, saving };
    let saving = answered(&app, &who.actor, sent.strategy, &sent.finding, given).await?;
    Ok((StatusCode::CREATED, Json(json!({ "finding": sent.finding, "saving": saving }))).into_response())
}

/// `GET /api/v1/benefits`
pub(crate) async fn benefits(State(app): State<App>, who: Bearer) -> Answer {
    let books = app.read(&who.actor, benefits::gather).await?;
    Ok(Json(benefits::report(&books)).into_response())
}

/// `GET /api/v1/portfolio`
pub(crate) async fn portfolio(State(app): State<App>, who: Bearer) -> Answer {
    let given = app.read(&who.actor, portfolio_view::gather).await?;
    Ok(Json(portfolio_view::view(&given, &app.inner.settings.appetite)).into_response())
}

/// What the address of the roadmap can hold.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RoadmapQuery {
    strategy: Option<String>,
}

/// `GET /api/v1/roadmap`
pub(crate) async fn roadmap(State(app): State<App>, who: Bearer, Query(q): Query<RoadmapQuery>) -> Answer {
    let given = app.read(&who.actor, move |cx| plan::gather(cx, q.strategy.as_deref())).await?;
    Ok(Json(plan::plan(&given)?).into_response())
}

/// `GET /api/v1/ideas`: those of the person behind the token.
pub(crate) async fn ideas(State(app): State<App>, who: Bearer) -> Answer {
    let all = app.read(&who.actor, own_ideas).await?;
    Ok(Json(json!({ "ideas": all, "answered_within_days": FEEDBACK_DAYS })).into_response())
}

/// An idea.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIdea {
    /// What it is called.
    title: String,
    /// What it is and for whom.
    summary: String,
}

/// `POST /api/v1/ideas`
pub(crate) async fn submit(State(app): State<App>, who: Bearer, bytes: Bytes) -> Answer {
    let NewIdea { title, summary } = body(&bytes)?;
    let made = app.write(&who.actor, move |cx| submit_idea(cx, &title, &summary)).await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// `GET /api/v1/items/{code}/gate`
pub(crate) async fn gate(State(app): State<App>, who: Bearer, Path(code): Path<String>) -> Answer {
    let found = app.read(&who.actor, move |cx| at_gate(cx, &code)).await?;
    Ok(Json(found).into_response())
}

/// A decision at a gate.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DecideGate {
    /// The version of the item that was seen.
    version: i64,
    /// `pass`, `conditions`, `hold` or `stop`.
    outcome: String,
    /// Under which conditions; needed for `conditions`.
    conditions: String,
    /// Why.
    reasons: String,
    /// Standards that were checked.
    assurance: Vec<String>,
}

/// `POST /api/v1/items/{code}/gate`
pub(crate) async fn decide(
    State(app): State<App>,
    who: Bearer,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Answer {
    let DecideGate { version, outcome, conditions, reasons, assurance } = body(&bytes)?;
    let decision = GateDecision { version, outcome, conditions, reasons, assurance };
    let item = app.write(&who.actor, move |cx| decide_gate(cx, &code, &decision)).await?;
    Ok((StatusCode::CREATED, Json(item)).into_response())
}
