//! How far a report has come, as its sender may see it.

use crate::{Reference, TrackingCode};
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::Serialize;
use serde_json::json;
use subtle::ConstantTimeEq;

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It has arrived.
    Received,
    /// An officer has read it and asks for more.
    MoreNeeded,
    /// A case was opened.
    CaseOpened,
    /// It was passed to another organisation.
    Referred,
    /// Nothing further will be done.
    Closed,
}

impl State {
    const ALL: [Self; 5] = [Self::Received, Self::MoreNeeded, Self::CaseOpened, Self::Referred, Self::Closed];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::MoreNeeded => "more-needed",
            Self::CaseOpened => "case-opened",
            Self::Referred => "referred",
            Self::Closed => "closed",
        }
    }

    pub(crate) fn of_code(code: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|s| s.code() == code)
            .ok_or_else(|| Error::Bug(format!("'{code}' is not a state of a submission")))
    }

    /// What the sender reads.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Received => "Received",
            Self::MoreNeeded => "We need more information",
            Self::CaseOpened => "Case opened",
            Self::Referred => "Passed to another organisation",
            Self::Closed => "Closed",
        }
    }

    /// What the sender reads when nobody wrote anything more particular.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Received => "We have your report. An officer will read it and decide what happens next.",
            Self::MoreNeeded => "An officer has read your report and needs to know more before deciding.",
            Self::CaseOpened => {
                "An officer has read your report and opened a case. Somebody is working on it."
            }
            Self::Referred => {
                "An officer has read your report and passed it to an organisation that can help."
            }
            Self::Closed => "An officer has read your report and decided that nothing further will be done.",
        }
    }
}

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Where it stands.
    pub state: State,
    /// Since when.
    pub at: Time,
    /// What the officer wrote to the sender.
    pub note: String,
}

/// What somebody with the reference and the code may see. Nothing of what was reported is in it: the code
/// may be in the wrong hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tracked {
    /// The reference.
    pub reference: String,
    /// When the report was received.
    pub received_at: Time,
    /// How far it has come.
    pub progress: Progress,
}

/// Finds a report by reference and code.
///
/// # Errors
/// [`Error::NotFound`], in the same words whether the reference or the code was wrong.
pub fn track(cx: &mut Cx<'_>, reference: &str, code: &str) -> Result<Tracked> {
    cx.allow(action::REPORT_TRACK, None)?;
    let absent = || Error::NotFound("a report with that reference and code".into());
    let (Some(reference), Some(code)) = (Reference::parse(reference), TrackingCode::parse(code)) else {
        return Err(absent());
    };
    let row = cx.row(
        "select id, tracking, received_at, state, state_at, state_note from submission where reference = $1",
        &[reference.text().into()],
    )?;
    let kept: Vec<u8> = row.as_ref().map_or_else(|| Ok(Vec::new()), |r| r.get(1))?;
    // Compared even where there is nothing to compare with, so that the time taken tells nothing.
    let right: bool = kept.ct_eq(&code.digest()).into();
    let Some(row) = row.filter(|_| right) else { return Err(absent()) };
    cx.record(Verb::Consult, "submission", Some(row.get(0)?), json!({ "by": "sender" }))?;
    Ok(Tracked {
        reference: reference.text().to_owned(),
        received_at: row.get(2)?,
        progress: Progress {
            state: State::of_code(&row.get::<String>(3)?)?,
            at: row.get(4)?,
            note: row.get(5)?,
        },
    })
}

/// Moves a report on, as the sender sees it. For the room that decided; the decision is logged there.
///
/// # Errors
/// [`Error::NotFound`] when there is no such submission.
pub fn progress(cx: &mut Cx<'_>, id: Id, state: State, note: &str) -> Result<()> {
    let now = cx.now();
    let note = if note.trim().is_empty() { state.words() } else { note.trim() };
    let row = cx
        .row(
            "update submission set state = $1, state_at = $2, state_note = $3 where id = $4
             returning reference, contact_email",
            &[state.code().into(), now.into(), note.into(), id.into()],
        )?
        .ok_or_else(|| Error::NotFound("the report".into()))?;
    let reference: String = row.get(0)?;
    if let (Some(email), Some(reference)) = (row.get::<Option<String>>(1)?, Reference::parse(&reference)) {
        write_to(cx, &email, &reference, state, note)?;
    }
    Ok(())
}

/// Puts a message to the sender into the outbox. It says where the report stands and nothing of what is in it.
pub(crate) fn write_to(
    cx: &mut Cx<'_>,
    email: &str,
    reference: &Reference,
    state: State,
    note: &str,
) -> Result<()> {
    let reference = reference.text();
    let body = format!(
        "{note}\n\nYour reference is {reference}. To follow your report, use the tracking page with this reference and \
         the code on your receipt.\n\nDo not reply to this message. If somebody is in danger, call 999.\n"
    );
    cx.send("email", email, &format!("Your report {reference}: {}", state.title().to_lowercase()), &body)
}
