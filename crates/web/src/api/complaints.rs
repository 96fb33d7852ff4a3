//! Complaints over the API: as the pages, for programs.

use super::{Follow, body};
use crate::{
    App,
    desk::{
        complaints::{find, known_chain},
        graded::reviewed_of,
    },
    guard::{Answer, Ask, Bearer, Sender},
    public::complain::figures_of,
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use bluelamp_model::{Day, Error, Id, Result, Time, authority::action};
use bluelamp_steward::redress::{self, Assignment, ComplaintReceived, Found, NewComplaint, Recipient};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// A complaint.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Complain {
    /// Who complains; may be left out.
    complainant: String,
    /// `email`, `post`, `phone` or `nothing`.
    contact_by: String,
    /// The address or number.
    contact: String,
    /// Whether it is safe to write there.
    contact_safe: bool,
    /// `decision`, `algorithm`, `data` or `other`.
    about: String,
    /// The reference of a report.
    report_reference: String,
    /// The algorithm, by its name in the register.
    algorithm: String,
    /// Its version.
    algorithm_version: String,
    /// What happened.
    told: String,
    /// What is to happen.
    wanted: String,
}

impl Complain {
    fn with_key(self, retry_key: Option<String>) -> NewComplaint {
        NewComplaint {
            complainant: self.complainant,
            contact_by: self.contact_by,
            contact: self.contact,
            contact_safe: self.contact_safe,
            about: self.about,
            report_reference: self.report_reference,
            algorithm: self.algorithm,
            algorithm_version: self.algorithm_version,
            told: self.told,
            wanted: self.wanted,
            retry_key,
        }
    }
}

/// What the sender is told.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ComplaintReceipt {
    /// The reference to quote.
    reference: String,
    /// With the reference, lets its holder follow the complaint.
    tracking_code: String,
    /// When it was received.
    received_at: Time,
    /// By when a person acknowledges it.
    acknowledge_due: Time,
}

/// `POST /api/v1/complaints`: received once for each `Idempotency-Key`.
pub(crate) async fn complain(
    State(app): State<App>,
    ask: Ask,
    from: Sender,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer {
    app.inner.reports.check(from)?;
    let new = body::<Complain>(&bytes)?.with_key(retry_key(&headers)?);
    let rules = app.inner.settings.redress.clone();
    let received = app.write(&ask.public(), move |cx| redress::complain(cx, &rules, "api", &new)).await?;
    Ok(receipt(&received))
}

/// What the sender is told, or who entered a letter for them: the code is told this once.
fn receipt(received: &ComplaintReceived) -> Response {
    let receipt = ComplaintReceipt {
        reference: received.reference.text().to_owned(),
        tracking_code: received.code.text().to_owned(),
        received_at: received.at,
        acknowledge_due: received.acknowledge_due,
    };
    (StatusCode::CREATED, Json(receipt)).into_response()
}

/// A complaint that came by other means, such as a letter.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EnterComplaint {
    /// How it came: `post`, `phone`, `in-person` or `email`.
    channel: String,
    /// On which day, such as `2026-11-22`: the clocks run from it.
    received_on: String,
    /// What it says.
    complaint: Complain,
}

/// The key of a request that is to be received once.
fn retry_key(headers: &HeaderMap) -> Result<Option<String>> {
    headers
        .get("idempotency-key")
        .map(|v| v.to_str().map(str::to_owned))
        .transpose()
        .map_err(|_| Error::field("Idempotency-Key", "format", "Use letters, numbers and hyphens"))
}

/// `POST /api/v1/complaints/entered`: received once for each `Idempotency-Key`.
pub(crate) async fn enter(State(app): State<App>, who: Bearer, headers: HeaderMap, bytes: Bytes) -> Answer {
    let EnterComplaint { channel, received_on, complaint } = body(&bytes)?;
    let new = complaint.with_key(retry_key(&headers)?);
    let rules = app.inner.settings.redress.clone();
    let received = app
        .write(&who.actor, move |cx| {
            // Who may not enter one is told that, and not what is wrong with it.
            cx.allow(action::COMPLAINT_HANDLE, None)?;
            let day: Day =
                received_on.trim().parse().map_err(|e: String| Error::field("received_on", "format", e))?;
            let at: Time = format!("{day}T00:00:00Z")
                .parse()
                .map_err(|e: String| Error::field("received_on", "format", e))?;
            redress::enter(cx, &rules, &channel, at, &new)
        })
        .await?;
    Ok(receipt(&received))
}

/// `GET /api/v1/complaints/reviewers`: who can look into complaints.
pub(crate) async fn reviewers(State(app): State<App>, who: Bearer) -> Answer {
    let policy = Arc::clone(&app.inner.policy);
    let all = app.read(&who.actor, move |cx| redress::reviewers(cx, &policy)).await?;
    Ok(Json(json!({ "reviewers": all })).into_response())
}

/// `GET /api/v1/complaints/{reference}/decisions`: what it is about, for the reviewer to whom it was given.
pub(crate) async fn decisions(State(app): State<App>, who: Bearer, Path(reference): Path<String>) -> Answer {
    let (complaint, report, all) = app.read(&who.actor, move |cx| reviewed_of(cx, &reference)).await?;
    Ok(Json(json!({ "complaint": complaint, "report": report, "decisions": all })).into_response())
}

/// `POST /api/v1/complaints/track`
pub(crate) async fn track(State(app): State<App>, ask: Ask, from: Sender, bytes: Bytes) -> Answer {
    app.inner.tracking.check(from)?;
    let Follow { reference, tracking_code } = body(&bytes)?;
    let rules = app.inner.settings.redress.clone();
    let tracked =
        app.read(&ask.public(), move |cx| redress::track(cx, &rules, &reference, &tracking_code)).await?;
    Ok(Json(tracked).into_response())
}

/// `GET /api/v1/complaints/figures`
pub(crate) async fn figures(State(app): State<App>, ask: Ask) -> Answer {
    Ok(Json(figures_of(&app, &ask).await?).into_response())
}

/// Whether the person reviews complaints and does not handle them: they see what was given to them.
fn only_reviews(app: &App, who: &Bearer) -> bool {
    let may = |action| {
        app.inner.policy.decide(&who.actor, &bluelamp_model::authority::Ask { action, object: None }).allowed
    };
    !may(action::COMPLAINT_HANDLE) && may(action::COMPLAINT_REVIEW)
}

/// `GET /api/v1/complaints`
pub(crate) async fn list(State(app): State<App>, who: Bearer) -> Answer {
    let all = if only_reviews(&app, &who) {
        app.read(&who.actor, redress::assigned).await?
    } else {
        app.read(&who.actor, redress::complaints).await?
    };
    Ok(Json(json!({ "complaints": all })).into_response())
}

/// `GET /api/v1/complaints/{reference}`
pub(crate) async fn view(State(app): State<App>, who: Bearer, Path(reference): Path<String>) -> Answer {
    let reviews = only_reviews(&app, &who);
    let view = app
        .read(&who.actor, move |cx| {
            if reviews { redress::view_assigned(cx, &reference) } else { redress::view(cx, &reference) }
        })
        .await?;
    Ok(Json(view).into_response())
}

/// What is done with a complaint. Which fields count depends on the deed.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ComplaintDeed {
    /// What the complainant reads: `acknowledge`, `inform`, `answer`.
    note: String,
    /// The account of the reviewer: `assign`.
    reviewer: String,
    /// Usernames of everybody who had a part in it: `assign`.
    chain: Vec<String>,
    /// Why there is nobody: `assign`.
    nobody: String,
    /// `upheld`, `partly` or `not-upheld`: `find`.
    finding: String,
    /// Why: `find`; and `assign` where somebody looks into it already.
    reasons: String,
    /// `correct`, `erase`, `re-decide`, `apologise`, `compensate`, `refer-iopc`, `refer-ico`: `find`.
    outcomes: Vec<String>,
    /// Who received what has to be corrected or erased: `find`.
    recipients: Vec<ComplaintRecipient>,
    /// Whether nobody received it: `find`.
    no_recipients: bool,
    /// The notice: `sent`, `confirmed`.
    notice: String,
}

/// Somebody who received data.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComplaintRecipient {
    /// The organisation.
    name: String,
    /// What it received.
    received: String,
    /// On which day, such as 2026-11-22.
    on: String,
}

fn id(text: &str, what: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound(what.into()))
}

/// `POST /api/v1/complaints/{reference}/{deed}`
pub(crate) async fn act(
    State(app): State<App>,
    who: Bearer,
    Path((reference, deed)): Path<(String, String)>,
    bytes: Bytes,
) -> Answer {
    let d: ComplaintDeed = if bytes.is_empty() { ComplaintDeed::default() } else { body(&bytes)? };
    let rules = app.inner.settings.redress.clone();
    match deed.as_str() {
        "acknowledge" => {
            app.write(&who.actor, move |cx| {
                let known = known_chain(cx, &reference, action::COMPLAINT_HANDLE)?;
                redress::acknowledge(cx, &reference, &d.note, &known)
            })
            .await?;
        }
        "inform" => {
            app.write(&who.actor, move |cx| {
                let known = known_chain(cx, &reference, action::COMPLAINT_HANDLE)?;
                redress::inform(cx, &rules, &reference, &d.note, &known)
            })
            .await?;
        }
        "answer" => {
            app.write(&who.actor, move |cx| {
                let known = known_chain(cx, &reference, action::COMPLAINT_HANDLE)?;
                redress::answer(cx, &reference, &d.note, &known)
            })
            .await?;
        }
        "assign" => {
            let policy = Arc::clone(&app.inner.policy);
            let reviewer = d
                .reviewer
                .parse()
                .map_err(|_| Error::field("/reviewer", "id", "Name the account of the reviewer"))?;
            let mut new = Assignment {
                reviewer,
                chain: d.chain,
                known: Vec::new(),
                nobody: d.nobody,
                reasons: d.reasons,
            };
            app.write(&who.actor, move |cx| {
                new.known = known_chain(cx, &reference, action::COMPLAINT_HANDLE)?;
                redress::assign(cx, &policy, &reference, &new)
            })
            .await?;
        }
        "find" => {
            let recipients = d.recipients.into_iter();
            let found = Found {
                finding: d.finding,
                reasons: d.reasons,
                outcomes: d.outcomes,
                recipients: recipients
                    .map(|ComplaintRecipient { name, received, on }| Recipient { name, received, on })
                    .collect(),
                no_recipients: d.no_recipients,
            };
            app.write(&who.actor, move |cx| find(cx, &rules, &reference, &found)).await?;
        }
        "sent" | "confirmed" => {
            let (notice, sent) = (id(&d.notice, "that notice")?, deed == "sent");
            app.write(&who.actor, move |cx| {
                let known = known_chain(cx, &reference, action::COMPLAINT_HANDLE)?;
                if sent {
                    redress::notice_sent(cx, &reference, notice, &known)
                } else {
                    redress::notice_acknowledged(cx, &reference, notice, &known)
                }
            })
            .await?;
        }
        _ => return Err(Error::NotFound("that deed".into()).into()),
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
