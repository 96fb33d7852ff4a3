//! The registers of the programme office for programs: the same entries, the same rules.

use super::body;
use crate::{
    App,
    guard::{Answer, Bearer},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use bluelamp_model::Error;
use bluelamp_steward::{
    entry::{self, known},
    registers::ALL,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// `GET /api/v1/registers`: every register with the JSON Schema of its entries.
pub(crate) async fn registers(State(app): State<App>, who: Bearer) -> Answer {
    let item = known("item")?;
    app.read(&who.actor, move |cx| entry::entries(cx, item)).await?;
    let all: Vec<_> = ALL
        .iter()
        .map(|r| {
            json!({
                "code": r.code, "title": r.title, "about": r.about, "chapter": r.chapter.label(),
                "by_hand": r.by_hand, "schema": r.schema(),
            })
        })
        .collect();
    Ok(Json(json!({ "registers": all })).into_response())
}

/// `GET /api/v1/registers/{register}`
pub(crate) async fn entries(State(app): State<App>, who: Bearer, Path(which): Path<String>) -> Answer {
    let register = known(&which)?;
    let all = app.read(&who.actor, move |cx| entry::entries(cx, register)).await?;
    Ok(Json(json!({ "register": register.code, "entries": all })).into_response())
}

/// A new entry.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEntry {
    /// Its code; made from the title where there is none.
    #[serde(default)]
    code: String,
    /// What is written, as the register's schema has it.
    body: Value,
    /// Why it is written.
    #[serde(default)]
    reason: String,
}

/// `POST /api/v1/registers/{register}`
pub(crate) async fn create(
    State(app): State<App>,
    who: Bearer,
    Path(which): Path<String>,
    bytes: Bytes,
) -> Answer {
    let register = known(&which)?;
    let NewEntry { code, body: sent, reason } = body(&bytes)?;
    let sent = register.read_json(&sent).map_err(Error::Invalid)?;
    let made = app.write(&who.actor, move |cx| entry::create(cx, register, &code, &sent, &reason)).await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// `GET /api/v1/registers/{register}/{code}`: an entry with its versions and what points at it.
pub(crate) async fn entry(
    State(app): State<App>,
    who: Bearer,
    Path((which, code)): Path<(String, String)>,
) -> Answer {
    let register = known(&which)?;
    let (found, versions, pointers) = app
        .read(&who.actor, move |cx| {
            let found = entry::entry(cx, register, &code)?;
            let versions = entry::history(cx, register, &found)?;
            let pointers = entry::pointing_at(cx, &format!("{}:{}", register.code, found.code))?;
            Ok((found, versions, pointers))
        })
        .await?;
    Ok(Json(json!({ "entry": found, "versions": versions, "pointed_at_by": pointers })).into_response())
}

/// An entry written anew, or withdrawn.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedEntry {
    /// The version that was seen.
    version: i64,
    /// What is written now; absent where it is withdrawn.
    body: Option<Value>,
    /// Withdraws it.
    #[serde(default)]
    withdraw: bool,
    /// Why; needed where it is withdrawn.
    #[serde(default)]
    reason: String,
}

/// `POST /api/v1/registers/{register}/{code}`
pub(crate) async fn change(
    State(app): State<App>,
    who: Bearer,
    Path((which, code)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let register = known(&which)?;
    let ChangedEntry { version, body: sent, withdraw, reason } = body(&bytes)?;
    let sent = match (sent, withdraw) {
        (Some(sent), false) => Some(register.read_json(&sent).map_err(Error::Invalid)?),
        (None, true) => None,
        _ => {
            let message = "Send either what is written now, or \"withdraw\": true";
            return Err(Error::field("body", "either-or", message).into());
        }
    };
    let done = app
        .write(&who.actor, move |cx| match &sent {
            Some(sent) => entry::change(cx, register, &code, version, sent, &reason),
            None => entry::withdraw(cx, register, &code, version, &reason),
        })
        .await?;
    Ok(Json(done).into_response())
}
