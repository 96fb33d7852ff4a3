//! Decisions beside what was proposed, and complaints in brief, for programs.

use super::id;
use crate::{
    App,
    guard::{Answer, Bearer},
};
use axum::{
    Json,
    extract::{Path, Query, State},
    response::IntoResponse,
};
use bluelamp_casework::Sought;
use bluelamp_model::Error;
use bluelamp_steward::redress;
use serde::Deserialize;
use serde_json::json;

/// What the address can hold: a definition with its version, or the reference of a report.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GradedQuery {
    definition: String,
    version: String,
    report: String,
}

/// `GET /api/v1/graded`
pub(crate) async fn list(State(app): State<App>, who: Bearer, Query(q): Query<GradedQuery>) -> Answer {
    if q.report.is_empty() && (q.definition.is_empty() || q.version.is_empty()) {
        let message = "Name a definition and its version, or the reference of a report";
        return Err(Error::field("definition", "required", message).into());
    }
    let all = app
        .read(&who.actor, move |cx| {
            let sought = match q.report.as_str() {
                "" => Sought::Version { definition: &q.definition, version: &q.version },
                report => Sought::Report(report),
            };
            bluelamp_casework::graded_decisions(cx, sought)
        })
        .await?;
    Ok(Json(json!({ "decisions": all })).into_response())
}

/// `GET /api/v1/graded/{id}`: a decision with the complaints about its report.
pub(crate) async fn view(State(app): State<App>, who: Bearer, Path(which): Path<String>) -> Answer {
    let which = id(&which)?;
    let (found, complaints) = app
        .read(&who.actor, move |cx| {
            let found = bluelamp_casework::graded_decision(cx, which)?;
            let complaints = redress::about_report(cx, &found.reference)?;
            Ok((found, complaints))
        })
        .await?;
    Ok(Json(json!({ "decision": found, "complaints": complaints })).into_response())
}

/// `GET /api/v1/graded/complaints/{reference}`: a complaint in brief, without the person and their words.
pub(crate) async fn complaint(State(app): State<App>, who: Bearer, Path(reference): Path<String>) -> Answer {
    let found = app.read(&who.actor, move |cx| redress::brief(cx, &reference)).await?;
    Ok(Json(found).into_response())
}
