//! The audit log, for those who watch over lawfulness. Reading it is logged too.

use super::{
    frame,
    page::{LogPage, LogRow},
};
use crate::{
    App,
    govuk::page::Problem,
    guard::{Answer, Staff},
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
};
use bluelamp_model::{Error, Id};
use serde::Deserialize;

/// What the address of the log can hold.
#[derive(Deserialize)]
pub(crate) struct LogQuery {
    /// Only entries about this thing.
    #[serde(default)]
    object: String,
}

/// Entries on the page.
const SHOWN: u32 = 100;

/// `GET /desk/log`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Query(q): Query<LogQuery>) -> Answer {
    let wanted = q.object.trim().to_owned();
    let object: Option<Id> = wanted.parse().ok();
    let error = (!wanted.is_empty() && object.is_none())
        .then(|| "Enter the id of a thing, such as a case's".to_owned());
    let events = app.read(&staff.actor(), move |cx| cx.log_entries(object, SHOWN)).await?;
    let (sealed, waiting, checkpoint) = app
        .blocking(|app| {
            let (sealed, waiting) = app.inner.db.seal_counts()?;
            Ok::<_, Error>((sealed, waiting, app.inner.db.checkpoint()?.unwrap_or_default()))
        })
        .await?;
    let page = LogPage {
        title: "Audit log".into(),
        object: wanted,
        error_summary: error.iter().map(|e| Problem { text: e.clone(), href: "#object".into() }).collect(),
        error,
        sealed,
        waiting,
        checkpoint,
        key: app.verifier().to_string(),
        rows: events
            .into_iter()
            .map(|e| LogRow {
                at: e.at.short(),
                verb: e.verb.code(),
                actor: e.actor.map_or_else(|| e.actor_kind.clone(), |id| id.to_string()),
                action: e.action,
                purpose: e.purpose,
                kind: e.object_kind,
                object: e.object.map(|id| id.to_string()),
                href: e.object.map(|id| format!("/desk/log?object={id}")),
                rule: e.rule,
            })
            .collect(),
    };
    let mut response = app.page("staff/log.njk", &frame(&app, &staff, "/desk/log"), &page)?;
    if page.error.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}
