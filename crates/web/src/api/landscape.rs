//! The landscape of applications in the JSON API: the same functions as its pages.

use crate::{
    App,
    desk::landscape::{exchange as written, held, today},
    guard::{Answer, Bearer, Refused},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use bluelamp_model::{Error, Faults, FieldError, Id};
use bluelamp_steward::landscape::{self, Disposing, Options};
use serde::Deserialize;
use serde_json::json;

/// `GET /api/v1/landscape`: every application, and the surveys with the measure of hosting after each.
pub(crate) async fn landscape(State(app): State<App>, who: Bearer) -> Answer {
    let held = held(&app, &who.actor).await?;
    let measure = landscape::measure(&held.applications);
    Ok(Json(json!({
        "applications": held.applications, "versions": held.versions, "maturities": held.maturities,
        "hosting": { "goal": landscape::GOAL, "measure": measure }, "surveys": held.surveys,
    }))
    .into_response())
}

/// `GET /api/v1/landscape/findings`: what the machine finds, each with its reasons; a person confirms.
pub(crate) async fn findings(State(app): State<App>, who: Bearer) -> Answer {
    let held = held(&app, &who.actor).await?;
    let today = today(&app)?;
    // Names are compared with one another, which takes its time: away from the threads that answer.
    let found = app.blocking(move |_| {
        let all = &held.applications;
        let same = landscape::same_applications(all);
        let links = landscape::direct_links(all);
        Ok(json!({
            "same": same,
            "gaps": landscape::gaps(all),
            "overlaps": landscape::overlaps(all),
            "suggestions": landscape::suggest(all, &same, &links, today),
            "direct_links": links,
            "contract_ends": landscape::contract_ends(all, today),
            "buying_together": landscape::buying_together(all, &same, today),
            "costs": landscape::costs(all),
            "capabilities": landscape::capability_map(all, &held.maturities),
        }))
    });
    Ok(Json(found.await?).into_response())
}

fn xml(text: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/xml")], text)
}

/// `GET /api/v1/landscape/archimate`
pub(crate) async fn exchange(State(app): State<App>, who: Bearer) -> Answer {
    Ok(xml(written(&app, &held(&app, &who.actor).await?)).into_response())
}

/// `GET /api/v1/landscape/models`
pub(crate) async fn models(State(app): State<App>, who: Bearer) -> Answer {
    let all = app.read(&who.actor, landscape::models).await?;
    Ok(Json(json!({ "models": all })).into_response())
}

/// `GET /api/v1/landscape/models/{id}`
pub(crate) async fn model(State(app): State<App>, who: Bearer, Path(which): Path<String>) -> Answer {
    let id: Id = which.parse().map_err(|_| Refused(Error::NotFound("that model".into())))?;
    Ok(xml(app.read(&who.actor, move |cx| landscape::model_text(cx, id)).await?).into_response())
}

/// How a file is taken.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeQuery {
    /// What the file is called.
    #[serde(default)]
    file: String,
    /// The force of everything that names none.
    #[serde(default)]
    force: String,
    /// `yes`: only look.
    #[serde(default)]
    check: String,
}

/// `POST /api/v1/landscape/surveys`: the bytes of a CSV file, a workbook or an ArchiMate model.
pub(crate) async fn take(
    State(app): State<App>,
    who: Bearer,
    Query(q): Query<TakeQuery>,
    bytes: Bytes,
) -> Answer {
    // Who may not take it up is not told what is wrong with it.
    let organisations = app.read(&who.actor, landscape::organisations).await?;
    let file = if q.file.trim().is_empty() { "survey".to_owned() } else { q.file.trim().to_owned() };
    let force = Some(q.force.trim().to_owned()).filter(|f| !f.is_empty());
    let options = Options { file, force, own: Some(app.inner.settings.force_name()), organisations };
    let looked = app
        .blocking(move |app| Ok(landscape::inspect(&app.inner.settings.columns, &options, &bytes)))
        .await?
        .map_err(|Faults(faults)| {
            let field = |f: &bluelamp_model::Fault| {
                let line = f.line.map_or_else(String::new, |l| format!(":{l}"));
                let column = f.field.as_ref().map_or_else(String::new, |c| format!(": {c}"));
                format!("{}{line}{column}", f.file)
            };
            Error::Invalid(
                faults
                    .iter()
                    .map(|f| FieldError { field: field(f), code: "file".into(), message: f.reason.clone() })
                    .collect(),
            )
        })?;
    let (count, notes) = (looked.survey.applications.len(), looked.survey.notes.clone());
    if q.check == "yes" {
        let survey = looked.survey;
        let plan = app.read(&who.actor, move |cx| landscape::plan(cx, &survey)).await?;
        return Ok(Json(json!({ "taken": false, "applications": count, "plan": plan, "notes": notes }))
            .into_response());
    }
    let taken = app.write(&who.actor, move |cx| landscape::take(cx, &looked)).await?;
    let body = json!({
        "taken": true, "survey": taken.survey, "applications": count, "plan": taken.plan, "notes": notes,
    });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// `POST /api/v1/landscape/applications/{code}/disposition`
pub(crate) async fn dispose(
    State(app): State<App>,
    who: Bearer,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Answer {
    let set: Disposing = serde_json::from_slice(&bytes).map_err(|e| {
        Error::field("body", "json", format!("line {}, column {}: {e}", e.line(), e.column()))
    })?;
    app.write(&who.actor, move |cx| landscape::set_disposition(cx, &code, &set)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
