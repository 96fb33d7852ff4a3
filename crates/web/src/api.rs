//! The JSON API: the same functions as the pages, for programs that carry a person and a purpose.

pub(crate) mod assessments;
pub(crate) mod complaints;
pub(crate) mod decisions;
pub(crate) mod fairness;
pub(crate) mod graded;
pub(crate) mod landscape;
pub(crate) mod market;
pub(crate) mod portfolio;
pub(crate) mod registers;
pub(crate) mod strategies;

use crate::{
    App,
    guard::{Answer, Ask, Bearer, Refused, Sender},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use bluelamp_casework::{ActionAnswer, Choice, Filter, NewFact, ReviewAnswer};
use bluelamp_contact::NewSubmission;
use bluelamp_forms::Answers;
use bluelamp_model::{Error, Id, Time};
use bluelamp_triage::Observation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;

pub(crate) fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Error> {
    serde_json::from_slice(bytes)
        .map_err(|e| Error::field("body", "json", format!("line {}, column {}: {e}", e.line(), e.column())))
}

/// `GET /api/v1/forms`
pub(crate) async fn forms(State(app): State<App>) -> impl IntoResponse {
    let all: Vec<_> = app
        .inner
        .forms
        .values()
        .map(|f| json!({ "id": f.id, "version": f.version, "digest": f.digest, "title": f.title.say(f.speaks) }))
        .collect();
    Json(json!({ "forms": all }))
}

/// `GET /api/v1/forms/{id}`: the JSON Schema of the answers.
pub(crate) async fn form(State(app): State<App>, Path(id): Path<String>) -> Answer {
    Ok(Json(app.form(&id)?.answer_schema()).into_response())
}

/// A definition in force.
#[derive(Serialize, JsonSchema)]
pub(crate) struct InForce {
    /// Its id.
    id: String,
    /// Its version.
    version: String,
    /// Its title.
    title: String,
    /// SHA-256 of its text, in hex.
    digest: String,
    /// The role that keeps it up to date.
    owner: String,
    /// The chief officer's role that answers for its use.
    accountable: String,
    /// The day by which it must have been looked at again.
    review_by: String,
    /// Its grades, lowest first.
    grades: Vec<String>,
}

/// The definitions in force.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AllInForce {
    /// Each of them, by id.
    definitions: Vec<InForce>,
}

/// `GET /api/v1/definitions`: by what reports are graded now.
pub(crate) async fn definitions(State(app): State<App>, ask: Ask) -> Answer {
    let shelf = app.shelf();
    let all = app.read(&ask.public(), move |cx| bluelamp_casework::in_force(cx, &shelf)).await?;
    let definitions = all
        .iter()
        .map(|d| InForce {
            id: d.header.id.clone(),
            version: d.header.version.clone(),
            title: d.title.clone(),
            digest: d.digest.clone(),
            owner: d.header.owner.clone(),
            accountable: d.header.accountable.clone(),
            review_by: d.header.review_by.clone(),
            grades: d.header.grades.iter().map(|g| g.name.clone()).collect(),
        })
        .collect();
    Ok(Json(AllInForce { definitions }).into_response())
}

/// `GET /api/v1/definitions/{id}`: the text in force, to the byte.
pub(crate) async fn definition(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Answer {
    let (_, text) = app.read(&ask.public(), move |cx| bluelamp_casework::text_in_force(cx, &id)).await?;
    Ok(([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response())
}

/// A report that is sent in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Submit {
    /// The form's id.
    form: String,
    /// Its version; the current one when absent.
    version: Option<u32>,
    /// The answers by name, as the form's JSON Schema has them.
    answers: Answers,
}

/// What the sender is told.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Receipt {
    /// The submission.
    id: Id,
    /// The reference to quote.
    reference: String,
    /// With the reference, lets its holder follow the report.
    tracking_code: String,
    /// When it was received.
    received_at: Time,
}

/// `POST /api/v1/submissions`: received once for each `Idempotency-Key`.
pub(crate) async fn submit(
    State(app): State<App>,
    ask: Ask,
    from: Sender,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer {
    app.inner.reports.check(from)?;
    let sent: Submit = body(&bytes)?;
    let form = app.form(&sent.form).map_err(|_| {
        let known: Vec<_> = app.inner.forms.keys().map(String::as_str).collect();
        Error::field(
            "/form",
            "unknown",
            format!("'{}' is not a form; the forms are {}", sent.form, known.join(", ")),
        )
    })?;
    if sent.version.is_some_and(|v| v != form.version) {
        return Err(Error::field(
            "/version",
            "changed",
            format!("the form is at version {} now", form.version),
        )
        .into());
    }
    let clean = form.validate(&sent.answers, app.inner.db.now()).map_err(Error::Invalid)?;
    let key = headers
        .get("idempotency-key")
        .map(|v| v.to_str().map(str::to_owned))
        .transpose()
        .map_err(|_| Error::field("Idempotency-Key", "format", "Use letters, numbers and hyphens"))?;
    let new = NewSubmission::new(form, clean, "api", key);
    let received = app.write(&ask.public(), move |cx| bluelamp_casework::receive(cx, &new)).await?;
    let status = if received.repeated { StatusCode::OK } else { StatusCode::CREATED };
    let receipt = Receipt {
        id: received.id,
        reference: received.reference.text().to_owned(),
        tracking_code: received.code.text().to_owned(),
        received_at: received.at,
    };
    Ok((status, Json(receipt)).into_response())
}

/// A reference with its code.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Follow {
    /// The reference.
    reference: String,
    /// The tracking code.
    tracking_code: String,
}

/// `POST /api/v1/submissions/track`
pub(crate) async fn track(State(app): State<App>, ask: Ask, from: Sender, bytes: Bytes) -> Answer {
    app.inner.tracking.check(from)?;
    let Follow { reference, tracking_code } = body(&bytes)?;
    let tracked =
        app.read(&ask.public(), move |cx| bluelamp_contact::track(cx, &reference, &tracking_code)).await?;
    Ok(Json(tracked).into_response())
}

/// What the address of the queue can hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueueQuery {
    state: Option<String>,
    form: Option<String>,
    reference: Option<String>,
    after: Option<String>,
}

/// `GET /api/v1/reports`: a page of the queue.
pub(crate) async fn reports(State(app): State<App>, who: Bearer, Query(q): Query<QueueQuery>) -> Answer {
    let filter = Filter { state: q.state, form: q.form, reference: q.reference, after: q.after };
    let shelf = app.shelf();
    let page = app.read(&who.actor, move |cx| bluelamp_casework::queue(cx, &shelf, &filter)).await?;
    Ok(Json(page).into_response())
}

pub(crate) fn id(text: &str) -> Result<Id, Refused> {
    text.parse().map_err(|_| Refused(Error::NotFound("that id".into())))
}

/// `GET /api/v1/reports/{id}`
pub(crate) async fn report(State(app): State<App>, who: Bearer, Path(which): Path<String>) -> Answer {
    let (which, shelf) = (id(&which)?, app.shelf());
    let r = app.read(&who.actor, move |cx| bluelamp_casework::view_report(cx, &shelf, which)).await?;
    let decisions: Vec<_> =
        r.decisions.iter().map(|m| json!({ "decision": m.decision, "grade": m.grade, "by": m.by })).collect();
    let look = r.look.as_ref();
    let assessments: Vec<_> =
        look.map(|l| l.shown.iter().map(|s| &s.assessment).collect()).unwrap_or_default();
    Ok(Json(json!({
        "report": r.item,
        "channel": r.submission.channel,
        "submission": r.submission.body,
        // What the definition that leads says; all of them stand in `assessments`.
        "assessment": r.assessment(),
        "assessments": assessments,
        "assessed": look.map(|l| json!({
            "id": l.run.id, "made_at": l.run.made_at, "cause": l.run.cause, "engine": l.run.engine,
        })),
        // What would have been asked and was not, and what was proposed before and may not be any more.
        "withheld": r.withheld,
        "formerly_proposed": look.map(|l| l.former.iter().map(|(s, why)| json!({
            "definition": s.assessment.definition, "version": s.assessment.version, "why": why,
        })).collect::<Vec<_>>()).unwrap_or_default(),
        "facts": r.facts,
        "words_ask": r.asked,
        "own_grade_wanted": r.own_grades,
        "suggestions": r.suggestions,
        "decisions": decisions,
        "tasks": r.tasks,
        "actions_answered": r.answered,
        "reviews": r.reviews,
    }))
    .into_response())
}

/// A decision about a report.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(crate) struct Decide {
    /// The version of the report that the person saw.
    version: i64,
    /// `open-case`, `ask-more`, `refer` or `close`.
    outcome: String,
    /// The grade the person gives.
    grade: String,
    /// Why.
    reasons: String,
    /// Powers and policy.
    powers_and_policy: String,
    /// What else was possible.
    options: String,
    /// What is to be done, and when it is looked at again.
    action_and_review: String,
    /// `fact-wrong`, `other-incident`, `managed` or `more-known`, where the grade is below the proposed floor; needed
    /// exactly then.
    lower_code: String,
    /// The same in words.
    lower_reason: String,
    /// What the sender is told.
    message: String,
    /// What the person says to the proposed actions.
    actions: Vec<DecideAction>,
}

/// What a person says to one proposed action.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideAction {
    /// The definition that proposes it.
    definition: String,
    /// Its place among the actions of that definition's assessment, from 0.
    place: usize,
    /// `accept`, `change` or `refuse`.
    answer: String,
    /// What is to be done instead, where it is changed.
    #[serde(default)]
    title: String,
    /// By when instead, such as `4 h`.
    #[serde(default)]
    due: String,
    /// Why it is changed or refused.
    #[serde(default)]
    reason: String,
}

impl From<DecideAction> for ActionAnswer {
    fn from(a: DecideAction) -> Self {
        let DecideAction { definition, place, answer, title, due, reason } = a;
        Self { definition, place, answer, title, due, reason }
    }
}

/// `POST /api/v1/reports/{id}/decision`
pub(crate) async fn decide(
    State(app): State<App>,
    who: Bearer,
    Path(which): Path<String>,
    bytes: Bytes,
) -> Answer {
    let which = id(&which)?;
    let d: Decide = body(&bytes)?;
    let choice = Choice {
        version: d.version,
        outcome: d.outcome,
        grade: d.grade,
        reasons: d.reasons,
        powers_and_policy: d.powers_and_policy,
        options: d.options,
        action_and_review: d.action_and_review,
        lower_code: d.lower_code,
        lower_reason: d.lower_reason,
        message: d.message,
        actions: d.actions.into_iter().map(ActionAnswer::from).collect(),
    };
    let shelf = app.shelf();
    let decided =
        app.write(&who.actor, move |cx| bluelamp_casework::decide(cx, &shelf, which, &choice)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "decision": decided.decision, "case": decided.case })))
        .into_response())
}

/// Something more that is known.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Noted {
    /// The fact's name.
    fact: String,
    /// A value, or a state such as `{"state": "refused"}`.
    said: serde_json::Value,
    /// Which sort of source said it.
    source: String,
    /// When it was obtained; now, where it is not given.
    at: Option<Time>,
}

/// `POST /api/v1/reports/{id}/facts`
pub(crate) async fn note_fact(
    State(app): State<App>,
    who: Bearer,
    Path(which): Path<String>,
    bytes: Bytes,
) -> Answer {
    let (which, shelf) = (id(&which)?, app.shelf());
    let Noted { fact, said, source, at } = body(&bytes)?;
    let said = Observation::from_value(said).said;
    let new = NewFact { fact, said, source, at };
    app.write(&who.actor, move |cx| bluelamp_casework::note_fact(cx, &shelf, which, &new)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A grade that is given before seeing what is proposed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnGrade {
    /// The grade, by name.
    grade: String,
}

/// `POST /api/v1/reports/{id}/own-grade`
pub(crate) async fn own_grade(
    State(app): State<App>,
    who: Bearer,
    Path(which): Path<String>,
    bytes: Bytes,
) -> Answer {
    let (which, shelf) = (id(&which)?, app.shelf());
    let OwnGrade { grade } = body(&bytes)?;
    app.write(&who.actor, move |cx| bluelamp_casework::own_grade(cx, &shelf, which, &grade)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /api/v1/reviews`: what has to be looked at again.
pub(crate) async fn reviews(State(app): State<App>, who: Bearer) -> Answer {
    let all = app.read(&who.actor, bluelamp_casework::reviews).await?;
    Ok(Json(json!({ "reviews": all })).into_response())
}

/// The answer to a review.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Reviewed {
    /// The version of the report that the person saw.
    version: i64,
    /// The grade that stands from now on.
    grade: String,
    /// Why.
    reasons: String,
    /// As in a decision, where the grade is below the proposed floor.
    lower_code: String,
    /// The same in words.
    lower_reason: String,
}

/// `POST /api/v1/reviews/{id}`
pub(crate) async fn answer_review(
    State(app): State<App>,
    who: Bearer,
    Path(which): Path<String>,
    bytes: Bytes,
) -> Answer {
    let (which, shelf) = (id(&which)?, app.shelf());
    let Reviewed { version, grade, reasons, lower_code, lower_reason } = body(&bytes)?;
    let given = ReviewAnswer { version, grade, reasons, lower_code, lower_reason };
    let decision =
        app.write(&who.actor, move |cx| bluelamp_casework::answer_review(cx, &shelf, which, &given)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "decision": decision }))).into_response())
}

/// `GET /api/v1/cases`
pub(crate) async fn cases(State(app): State<App>, who: Bearer) -> Answer {
    let all = app.read(&who.actor, bluelamp_casework::cases).await?;
    Ok(Json(json!({ "cases": all })).into_response())
}

/// `GET /api/v1/cases/{id}`
pub(crate) async fn case(State(app): State<App>, who: Bearer, Path(which): Path<String>) -> Answer {
    let (case, items) = app
        .read(&who.actor, move |cx| {
            let case = bluelamp_casework::view_case(cx, &which)?;
            let items = bluelamp_evidence::items(cx, case.summary.id)?;
            Ok((case, items))
        })
        .await?;
    Ok(Json(json!({ "case": case, "evidence": items })).into_response())
}
