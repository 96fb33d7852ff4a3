//! The JSON API of decision reports and boards.

use super::{body, id};
use crate::{
    App,
    desk::decisions::{ListQuery, ViewQuery, printed, state_of, stored},
    guard::{Answer, Ask, Bearer},
    public::decisions::published,
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use bluelamp_model::Day;
use bluelamp_steward::{
    boards::{self, Body, BodyChange, MeetingState, NewAction, NewDelegation, NewItem, NewMeeting, Outcome},
    decision::{self, Asked, Content, NewFile, Notice, Publication, Redaction},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::io::Cursor;

/// A new decision report.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReport {
    /// Its reference, such as 097-21; the next one of the year where it is empty.
    #[serde(default)]
    reference: String,
    /// What it says.
    content: Content,
}

/// A change to what a person saw.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changed<T> {
    /// The version that the person saw.
    version: i64,
    /// What it is to be.
    to: T,
}

/// `GET /api/v1/decisions/published`: the public register.
pub(crate) async fn register(State(app): State<App>, ask: Ask) -> Answer {
    let all = app.read(&ask.public(), decision::public_register).await?;
    Ok(Json(json!({ "decisions": all })).into_response())
}

/// `GET /api/v1/decisions/published/{reference}`
pub(crate) async fn public(State(app): State<App>, ask: Ask, Path(reference): Path<String>) -> Answer {
    Ok(Json(published(&app, &ask, reference).await?).into_response())
}

/// `GET /api/v1/decisions`
pub(crate) async fn list(State(app): State<App>, who: Bearer, Query(q): Query<ListQuery>) -> Answer {
    let state = state_of(&q.state)?;
    let all = app.read(&who.actor, move |cx| decision::list(cx, state)).await?;
    Ok(Json(json!({ "decisions": all })).into_response())
}

/// `POST /api/v1/decisions`
pub(crate) async fn create(State(app): State<App>, who: Bearer, bytes: Bytes) -> Answer {
    let NewReport { reference, content } = body(&bytes)?;
    let made = app.write(&who.actor, move |cx| decision::create(cx, &reference, &content)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "reference": made }))).into_response())
}

/// `GET /api/v1/decisions/{reference}`; with `?version=`, an earlier version of its content.
pub(crate) async fn view(
    State(app): State<App>,
    who: Bearer,
    Path(reference): Path<String>,
    Query(q): Query<ViewQuery>,
) -> Answer {
    let Some(number) = q.version else {
        let view = app.read(&who.actor, move |cx| decision::view(cx, &reference)).await?;
        return Ok(Json(view).into_response());
    };
    let content = app.read(&who.actor, move |cx| decision::view_version(cx, &reference, number)).await?;
    Ok(Json(content).into_response())
}

/// `PUT /api/v1/decisions/{reference}`: another version of a draft.
pub(crate) async fn edit(
    State(app): State<App>,
    who: Bearer,
    Path(reference): Path<String>,
    bytes: Bytes,
) -> Answer {
    let Changed::<Content> { version, to } = body(&bytes)?;
    app.write(&who.actor, move |cx| decision::edit(cx, &reference, version, &to)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `PUT /api/v1/decisions/{reference}/publication`
pub(crate) async fn settle(
    State(app): State<App>,
    who: Bearer,
    Path(reference): Path<String>,
    bytes: Bytes,
) -> Answer {
    let Changed::<Publication> { version, to } = body(&bytes)?;
    app.blocking(move |app| decision::publication(&app.inner.db, &who.actor, &reference, version, &to))
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `PUT /api/v1/decisions/{reference}/notice`
pub(crate) async fn tell(
    State(app): State<App>,
    who: Bearer,
    Path(reference): Path<String>,
    bytes: Bytes,
) -> Answer {
    let Changed::<Notice> { version, to } = body(&bytes)?;
    app.write(&who.actor, move |cx| decision::notice(cx, &reference, version, &to)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What is said of a file beside its bytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileQuery {
    /// The version of the report that the person saw.
    version: i64,
    /// What the paper is called.
    #[serde(default)]
    title: String,
    /// What the file is called.
    #[serde(default)]
    name: String,
    /// `yes`: it is published with the report.
    #[serde(default)]
    publish: String,
    /// Why a file is taken out of what the officers have signed.
    #[serde(default)]
    reasons: String,
}

/// `POST /api/v1/decisions/{reference}/files`: the bytes of a background paper or an attachment of a draft.
pub(crate) async fn add_file(
    State(app): State<App>,
    who: Bearer,
    Path(reference): Path<String>,
    Query(q): Query<FileQuery>,
    bytes: Bytes,
) -> Answer {
    let new = NewFile { seen: q.version, title: q.title, name: q.name, publish: q.publish == "yes" };
    app.blocking(move |app| {
        let limit = app.inner.settings.largest_file;
        decision::add_file(&app.inner.db, &who.actor, &reference, &new, Cursor::new(bytes), limit)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /api/v1/decisions/{reference}/files/{file}`: whether it is published, and with bytes the redacted copy.
pub(crate) async fn redact_file(
    State(app): State<App>,
    who: Bearer,
    Path((reference, file)): Path<(String, String)>,
    Query(q): Query<FileQuery>,
    bytes: Bytes,
) -> Answer {
    let which = id(&file)?;
    let said = Redaction { seen: q.version, publish: q.publish == "yes", reasons: q.reasons };
    app.blocking(move |app| {
        let copy = (!bytes.is_empty()).then(|| (Cursor::new(bytes), app.inner.settings.largest_file));
        decision::redact_file(&app.inner.db, &who.actor, &reference, which, &said, copy)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /api/v1/decisions/{reference}/files/{file}`: the original; with `.redacted` behind it, the redacted copy.
pub(crate) async fn file(
    State(app): State<App>,
    who: Bearer,
    Path((reference, file)): Path<(String, String)>,
) -> Answer {
    stored(&app, who.actor, reference, &file).await
}

/// `GET /api/v1/decisions/{reference}/pdf`: the report as a PDF.
pub(crate) async fn as_pdf(State(app): State<App>, who: Bearer, Path(reference): Path<String>) -> Answer {
    printed(&app, who.actor, reference).await
}

/// `POST /api/v1/decisions/{reference}/steps`: a step, as the person behind the token.
pub(crate) async fn step(
    State(app): State<App>,
    who: Bearer,
    Path(reference): Path<String>,
    bytes: Bytes,
) -> Answer {
    let asked: Asked = body(&bytes)?;
    let state =
        app.blocking(move |app| decision::take(&app.inner.db, &who.actor, &reference, &asked)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "state": state }))).into_response())
}

/// `GET /api/v1/boards`: bodies, calendar, open actions, delegations.
pub(crate) async fn all(State(app): State<App>, who: Bearer) -> Answer {
    let (bodies, meetings, actions, delegations) = app
        .read(&who.actor, |cx| {
            Ok((
                boards::bodies(cx)?,
                boards::meetings(cx, None)?,
                boards::actions(cx)?,
                boards::delegations(cx)?,
            ))
        })
        .await?;
    let all =
        json!({ "bodies": bodies, "meetings": meetings, "actions": actions, "delegations": delegations });
    Ok(Json(all).into_response())
}

/// `POST /api/v1/boards`: a body.
pub(crate) async fn add_body(State(app): State<App>, who: Bearer, bytes: Bytes) -> Answer {
    let new: Body = body(&bytes)?;
    app.write(&who.actor, move |cx| boards::add_body(cx, &new)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `PUT /api/v1/boards/{body}`: a body that is otherwise than it was seen.
pub(crate) async fn change_body(
    State(app): State<App>,
    who: Bearer,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Answer {
    let change: BodyChange = body(&bytes)?;
    app.write(&who.actor, move |cx| boards::change_body(cx, &code, &change)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /api/v1/boards/delegations`
pub(crate) async fn delegate(State(app): State<App>, who: Bearer, bytes: Bytes) -> Answer {
    let new: NewDelegation = body(&bytes)?;
    let made = app.write(&who.actor, move |cx| boards::add_delegation(cx, &new)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": made }))).into_response())
}

/// `POST /api/v1/boards/{body}/meetings`
pub(crate) async fn plan(
    State(app): State<App>,
    who: Bearer,
    Path(code): Path<String>,
    bytes: Bytes,
) -> Answer {
    let new: NewMeeting = body(&bytes)?;
    let made = app.write(&who.actor, move |cx| boards::add_meeting(cx, &code, &new)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": made }))).into_response())
}

/// `GET /api/v1/boards/meetings/{id}`
pub(crate) async fn meeting(State(app): State<App>, who: Bearer, Path(which): Path<String>) -> Answer {
    let which = id(&which)?;
    let view = app.read(&who.actor, move |cx| boards::view_meeting(cx, which)).await?;
    Ok(Json(view).into_response())
}

/// `GET /api/v1/boards/papers/{id}`
pub(crate) async fn paper(State(app): State<App>, who: Bearer, Path(which): Path<String>) -> Answer {
    let which = id(&which)?;
    let view = app.read(&who.actor, move |cx| boards::view_paper(cx, which)).await?;
    Ok(Json(view).into_response())
}

/// What can be done with a meeting.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Deed {
    /// Say that it was held, or is cancelled.
    Set(Changed<MeetingState>),
    /// Put an item on the agenda.
    AddItem(Changed<NewItem>),
    /// Put down what came of an item.
    DecideItem(Changed<Decided>),
    /// Put down what a member said.
    Comment(Commented),
    /// Write the minutes.
    Minutes(Changed<String>),
    /// Confirm them, on a day.
    Confirm(Changed<Day>),
    /// Put an action down.
    AddAction(NewAction),
    /// Say that an action is done.
    FinishAction(Finished),
    /// Waive that a paper goes to the Chief Officer Group.
    WaivePaper(Waived),
}

/// What came of an item.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decided {
    /// The item.
    item: bluelamp_model::Id,
    /// What came of it.
    outcome: Outcome,
    /// In words.
    #[serde(default)]
    words: String,
}

/// What a member said.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Commented {
    /// The item.
    item: bluelamp_model::Id,
    /// Who.
    member: String,
    /// What.
    said: String,
}

/// An action that is done.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finished {
    /// The action.
    action: bluelamp_model::Id,
    /// What came of it.
    result: String,
}

/// A waiver.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waived {
    /// The paper.
    paper: bluelamp_model::Id,
    /// Why.
    reason: String,
}

/// `POST /api/v1/boards/meetings/{id}`: one deed.
pub(crate) async fn act(
    State(app): State<App>,
    who: Bearer,
    Path(which): Path<String>,
    bytes: Bytes,
) -> Answer {
    let which = id(&which)?;
    let deed: Deed = body(&bytes)?;
    let made = app
        .write(&who.actor, move |cx| match &deed {
            Deed::Set(c) => boards::set_meeting(cx, which, c.version, c.to).map(|()| None),
            Deed::AddItem(c) => boards::add_item(cx, which, c.version, &c.to).map(Some),
            Deed::DecideItem(c) => {
                boards::decide_item(cx, which, c.to.item, c.version, c.to.outcome, &c.to.words).map(|()| None)
            }
            Deed::Comment(c) => boards::comment(cx, which, c.item, &c.member, &c.said).map(|()| None),
            Deed::Minutes(c) => boards::write_minutes(cx, which, c.version, &c.to).map(|()| None),
            Deed::Confirm(c) => boards::confirm_minutes(cx, which, c.version, c.to).map(|()| None),
            Deed::AddAction(new) => boards::add_action(cx, which, new).map(Some),
            Deed::FinishAction(f) => boards::finish_action(cx, which, f.action, &f.result).map(|()| None),
            Deed::WaivePaper(w) => boards::waive_paper(cx, w.paper, &w.reason).map(|()| None),
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": made }))).into_response())
}
