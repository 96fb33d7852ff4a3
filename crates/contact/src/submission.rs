//! Receiving a submission: once, whatever is repeated.

use crate::{Reference, State, TrackingCode, tracking};
use bluelamp_forms::{Answers, Clean, Form, Safety};
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What arrives, already validated by the form it answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct NewSubmission {
    /// `web`, `api`, `phone`.
    pub channel: String,
    /// What to call it in lists.
    pub title: String,
    /// Where to write to, only if the sender said that it is safe.
    pub contact_email: Option<String>,
    /// The sender's own key for this request: the same key is received once.
    pub retry_key: Option<String>,
    /// Everything else, kept word for word.
    pub body: Written,
}

/// A [`Body`] as it is kept: written out before the transaction begins, in which everybody waits for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Body")]
pub struct Written {
    /// The form's id.
    pub form: String,
    /// Its version.
    pub version: u32,
    /// Digest of the form's text.
    pub digest: String,
    /// All of the body, as JSON.
    pub json: String,
}

impl From<Body> for Written {
    fn from(body: Body) -> Self {
        // Nothing in a body can fail to be JSON: text, numbers and maps with text for keys.
        let json = serde_json::to_string(&body).expect("a body is JSON");
        Self { form: body.form, version: body.version, digest: body.digest, json }
    }
}

/// The answers, and what they were read to mean at the time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// The form's id.
    pub form: String,
    /// Its version.
    pub version: u32,
    /// Digest of the form's text: the exact wording that was answered.
    pub digest: String,
    /// The answers by name.
    pub answers: Map<String, Value>,
    /// Questions and answers as the sender saw them.
    pub summary: Vec<Line>,
    /// Facts for triage, by name.
    pub facts: BTreeMap<String, Value>,
    /// People, places and things.
    pub entities: Vec<Entity>,
    /// What was told in the sender's own words.
    pub told: String,
    /// The definition that assesses it, if the form names one.
    pub definition: Option<String>,
}

/// One question with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The part of the form it stands in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub section: Option<String>,
    /// The question.
    pub question: String,
    /// The answer, line by line.
    pub answer: Vec<String>,
}

/// A person, place or thing of which the submission speaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Its role in the form.
    pub role: String,
    /// Kind of record.
    pub kind: String,
    /// Kinds of link to the report.
    pub links: Vec<String>,
    /// What was said of it.
    pub properties: BTreeMap<String, String>,
}

impl NewSubmission {
    /// Takes validated answers to a form and works out what they mean.
    #[must_use]
    pub fn new(form: &Form, clean: Clean, channel: &str, retry_key: Option<String>) -> Self {
        let answers = &clean.answers;
        let reading = form.reading(answers);
        let entities: Vec<_> = reading
            .entities()
            .into_iter()
            .map(|e| Entity {
                role: e.role,
                kind: e.kind,
                links: std::iter::once(e.link).chain(e.also).collect(),
                properties: e.properties,
            })
            .collect();
        let summary = reading
            .summary()
            .into_iter()
            .map(|r| Line { section: r.section, question: r.question, answer: r.answer })
            .collect();
        Self {
            channel: channel.into(),
            title: reading.title(),
            contact_email: safe_email(form, answers),
            retry_key,
            body: Body {
                form: clean.form,
                version: clean.version,
                digest: clean.digest,
                summary,
                facts: reading.facts(),
                entities,
                told: reading.free_text(),
                definition: form.definition.clone(),
                answers: clean.answers,
            }
            .into(),
        }
    }
}

/// Where to write to: only an address that was given for that, by somebody who said that it is safe, and never
/// for a form whose safety is high: an unexpected message can be seen by the wrong person.
///
/// The names are those of the page group G8 in `data/forms/common.json`.
fn safe_email(form: &Form, answers: &Answers) -> Option<String> {
    let by_email = answers.get("contact_by")?.as_array()?.iter().any(|way| way == "email");
    let safe = answers.get("contact_safe")? == "yes";
    (form.safety == Safety::Standard && by_email && safe)
        .then(|| answers.get("reporter_email")?.as_str().map(str::to_owned))
        .flatten()
}

/// What the sender is told.
#[derive(Clone)]
pub struct Received {
    /// The submission.
    pub id: Id,
    /// Its public name.
    pub reference: Reference,
    /// The code that lets its holder follow it.
    pub code: TrackingCode,
    /// When it was received.
    pub at: Time,
    /// Whether it had been received before, under the same key.
    pub repeated: bool,
}

/// A submission as it was received.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// Its id.
    pub id: Id,
    /// Its public name.
    pub reference: String,
    /// `web`, `api`, `phone`.
    pub channel: String,
    /// When it was received.
    pub received_at: Time,
    /// What it is called in lists.
    pub title: String,
    /// Everything that was sent.
    pub body: Body,
    /// Where it stands, as the sender sees it.
    pub progress: tracking::Progress,
}

/// Shorter keys could be guessed or used twice by accident.
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 16..=200;

/// Receives a submission. The same retry key with the same content gives the first answer again.
///
/// # Errors
/// [`Error::Invalid`] for a key that is too short; [`Error::Conflict`] for a key that came with other content.
pub fn submit(cx: &mut Cx<'_>, new: &NewSubmission) -> Result<Received> {
    cx.allow(action::REPORT_SUBMIT, None)?;
    let digest = new.retry_key.as_deref().map(key_digest).transpose()?;
    let code = match &new.retry_key {
        Some(key) => TrackingCode::from_key(key),
        None => TrackingCode::random(cx)?,
    };
    let id = cx.new_id()?;
    let reference = Reference::new(cx, 'R')?;
    let now = cx.now();
    let state = State::Received;
    let inserted = cx.exec(
        "insert into submission (id, reference, tracking, form, form_version, form_digest, channel, received_at,
           title, body, contact_email, retry_key, state, state_at, state_note)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         on conflict (retry_key) do nothing",
        &[
            id.into(),
            reference.text().into(),
            code.digest().into(),
            new.body.form.as_str().into(),
            new.body.version.into(),
            new.body.digest.as_str().into(),
            new.channel.as_str().into(),
            now.into(),
            new.title.as_str().into(),
            new.body.json.as_str().into(),
            new.contact_email.as_deref().into(),
            digest.clone().into(),
            state.code().into(),
            now.into(),
            state.words().into(),
        ],
    )?;
    if inserted == 0 {
        return repeated(cx, new, digest, code);
    }
    if let Some(email) = &new.contact_email {
        tracking::write_to(cx, email, &reference, state, state.words())?;
    }
    cx.record(
        Verb::Collect,
        "submission",
        Some(id),
        json!({ "channel": new.channel, "form": new.body.form, "form_digest": new.body.digest }),
    )?;
    Ok(Received { id, reference, code, at: now, repeated: false })
}

/// What was received under this key before.
fn repeated(
    cx: &mut Cx<'_>,
    new: &NewSubmission,
    key_digest: Option<Vec<u8>>,
    code: TrackingCode,
) -> Result<Received> {
    let row = cx
        .row(
            "select id, reference, received_at, body from submission where retry_key = $1",
            &[key_digest.into()],
        )?
        .ok_or_else(|| Error::Bug("a report with a used key was not found under it".into()))?;
    if row.get::<String>(3)? != new.body.json {
        return Err(Error::Conflict("this key was used before for another report; use a new key".into()));
    }
    let reference: String = row.get(1)?;
    let received = Received {
        id: row.get(0)?,
        reference: Reference::parse(&reference)
            .ok_or_else(|| Error::Bug("a stored reference is not one".into()))?,
        code,
        at: row.get(2)?,
        repeated: true,
    };
    cx.record(Verb::Consult, "submission", Some(received.id), json!({ "repeated": true }))?;
    Ok(received)
}

fn key_digest(key: &str) -> Result<Vec<u8>> {
    if !KEY_LENGTH.contains(&key.len()) {
        return Err(Error::field("Idempotency-Key", "length", "Use a random key of 16 to 200 characters"));
    }
    Ok(Sha256::new().chain_update("bluelamp retry key\0").chain_update(key).finalize().to_vec())
}

/// Reads a submission for a room that has asked the policy.
///
/// # Errors
/// [`Error::NotFound`] when there is none with that id.
pub fn load(cx: &mut Cx<'_>, id: Id) -> Result<Submission> {
    let row = cx
        .row(
            "select reference, channel, received_at, title, body, state, state_at, state_note
             from submission where id = $1",
            &[id.into()],
        )?
        .ok_or_else(|| Error::NotFound("the report".into()))?;
    let body: String = row.get(4)?;
    Ok(Submission {
        id,
        reference: row.get(0)?,
        channel: row.get(1)?,
        received_at: row.get(2)?,
        title: row.get(3)?,
        body: serde_json::from_str(&body)
            .map_err(|e| Error::Bug(format!("a stored submission cannot be read: {e}")))?,
        progress: tracking::Progress {
            state: State::of_code(&row.get::<String>(5)?)?,
            at: row.get(6)?,
            note: row.get(7)?,
        },
    })
}
