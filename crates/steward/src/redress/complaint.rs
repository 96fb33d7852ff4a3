//! A complaint as it comes in, and as whoever sent it may follow it.

use super::rules::{Route, Rules};
use bluelamp_access::algorithm;
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Reference, TrackingCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Names a code for each of a few cases, with what people read.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $case:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$each])* $case),+ }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$case),+];

            /// The stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$case => $code),+ }
            }

            /// What people read.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$case => $label),+ }
            }

            /// The one with this code.
            #[must_use]
            pub fn of_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.code() == code)
            }
        }
    };
}
pub(super) use coded;

coded! {
    /// What a complaint is about.
    About {
        /// What was decided.
        Decision = "decision", "A decision";
        /// An algorithm, or what it proposed.
        Algorithm = "algorithm", "An algorithm";
        /// How data was used.
        Data = "data", "How information about me was used";
        /// Something else.
        Other = "other", "Something else";
    }
}

coded! {
    /// How the complainant is reached.
    ContactBy {
        /// By email.
        Email = "email", "By email";
        /// By post.
        Post = "post", "By post";
        /// By telephone.
        Phone = "phone", "By phone";
        /// Not at all: they follow it with the code.
        Nothing = "nothing", "Do not contact me: I will follow it with the code";
    }
}

coded! {
    /// How far a complaint has come.
    State {
        /// It has come in.
        Received = "received", "Received";
        /// Its receipt was acknowledged by a person.
        Acknowledged = "acknowledged", "Acknowledged";
        /// An independent reviewer looks into it.
        UnderReview = "under-review", "Being looked into";
        /// The reviewer has found.
        Found = "found", "Looked into";
        /// The complainant was told, with reasons.
        Answered = "answered", "Answered";
    }
}

/// A complaint that comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewComplaint {
    /// Who complains; may be left out.
    pub complainant: String,
    /// How they are reached: a code of [`ContactBy`].
    pub contact_by: String,
    /// The address or number.
    pub contact: String,
    /// Whether they say that it is safe to write there.
    pub contact_safe: bool,
    /// What it is about: a code of [`About`].
    pub about: String,
    /// The reference of a report, as they know it. May be left out.
    pub report_reference: String,
    /// The algorithm by its name in the register. May be left out.
    pub algorithm: String,
    /// Its version. May be left out.
    pub algorithm_version: String,
    /// What they complain about, in their words.
    pub told: String,
    /// What they want to happen.
    pub wanted: String,
    /// The sender's own key for this request: the same key is received once.
    pub retry_key: Option<String>,
}

/// What the sender is told.
#[derive(Clone)]
pub struct ComplaintReceived {
    /// The complaint.
    pub id: Id,
    /// Its public name.
    pub reference: Reference,
    /// The code that lets its holder follow it.
    pub code: TrackingCode,
    /// When it came in.
    pub at: Time,
    /// By when a person acknowledges it.
    pub acknowledge_due: Time,
}

/// The checked parts of a [`NewComplaint`].
struct Checked {
    contact_by: ContactBy,
    about: About,
}

fn check(new: &NewComplaint) -> Result<Checked> {
    let mut wrong = Vec::new();
    let mut say = |field: &str, code: &str, message: &str| {
        wrong.push(FieldError { field: field.into(), code: code.into(), message: message.into() });
    };
    let contact_by = ContactBy::of_code(&new.contact_by);
    if contact_by.is_none() {
        say("contact_by", "required", "Select how we can reach you");
    }
    let contact = new.contact.trim();
    match contact_by {
        Some(ContactBy::Email) if !looks_like_email(contact) => {
            say("contact", "email", "Enter an email address in the right form, like name@example.com");
        }
        Some(ContactBy::Post | ContactBy::Phone) if contact.is_empty() => {
            say("contact", "required", "Enter the address or number at which we can reach you");
        }
        _ => {}
    }
    let about = About::of_code(&new.about);
    if about.is_none() {
        say("about", "required", "Select what you complain about");
    }
    if new.told.trim().is_empty() {
        say("told", "required", "Say what you complain about");
    }
    let lengths = [
        ("complainant", &new.complainant, 200),
        ("contact", &new.contact, 500),
        ("report_reference", &new.report_reference, 60),
        ("algorithm", &new.algorithm, 120),
        ("algorithm_version", &new.algorithm_version, 60),
        ("told", &new.told, 10_000),
        ("wanted", &new.wanted, 4_000),
    ];
    for (field, text, most) in lengths {
        if text.chars().count() > most {
            say(field, "length", &format!("Use {most} characters or fewer"));
        }
        if text.contains('\0') {
            say(field, "characters", "Leave out the character that cannot be shown");
        }
    }
    match (contact_by, about) {
        (Some(contact_by), Some(about)) if wrong.is_empty() => Ok(Checked { contact_by, about }),
        _ => Err(Error::Invalid(wrong)),
    }
}

/// The reference of a report as it is kept: as everything reads it that looks for one, and in the sender's own words where it
/// is none.
fn reference_of(typed: &str) -> String {
    Reference::parse(typed).map_or_else(|| typed.trim().to_owned(), |r| r.text().to_owned())
}

/// The algorithm that is meant, as the register has it: a complaint that names another is counted at none.
fn named(cx: &mut Cx<'_>, new: &NewComplaint) -> Result<String> {
    let (said, version) = (new.algorithm.trim(), new.algorithm_version.trim());
    if said.is_empty() {
        return match version {
            "" => Ok(String::new()),
            _ => Err(Error::field("algorithm", "required", "Choose the algorithm of this version")),
        };
    }
    let unknown = "Choose one that is in use here, or leave it out and say in your words which one you mean";
    let meant = algorithm::meant(cx, said)?.ok_or_else(|| Error::field("algorithm", "unknown", unknown))?;
    if !version.is_empty() && !algorithm::has_version(cx, &meant, version)? {
        let words = "There is no such version of it here; leave it out if you do not know";
        return Err(Error::field("algorithm_version", "unknown", words));
    }
    Ok(meant)
}

/// A rough look, enough to catch a slip: whether mail arrives only sending can tell.
fn looks_like_email(text: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>,;\"".contains(c);
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !host.contains('@')
    }) && text.chars().all(plain)
}

/// Receives a complaint that somebody made electronically. The same key with the same words gives the first answer again.
///
/// # Errors
/// [`Error::Invalid`] with every field that is wrong; [`Error::Conflict`] for a key that came with other words.
pub fn complain(
    cx: &mut Cx<'_>,
    rules: &Rules,
    channel: &str,
    new: &NewComplaint,
) -> Result<ComplaintReceived> {
    cx.allow(action::COMPLAINT_SUBMIT, None)?;
    let now = cx.now();
    receive(cx, rules, new, channel, now, None)
}

/// Enters a complaint that came by other means, such as a letter. The clock runs from the day on which it came.
///
/// # Errors
/// As [`complain`]; a day of receipt that is still to come, or lies before the year 2000; not allowed.
pub fn enter(
    cx: &mut Cx<'_>,
    rules: &Rules,
    channel: &str,
    received_at: Time,
    new: &NewComplaint,
) -> Result<ComplaintReceived> {
    cx.allow(action::COMPLAINT_HANDLE, None)?;
    let by = Decider::of(cx.actor())?;
    if !["post", "phone", "in-person", "email"].contains(&channel) {
        return Err(Error::field("channel", "required", "Select how it came"));
    }
    // As people here see days: the hour of a letter is not known, and in summer the day begins before midnight in UTC.
    let now = cx.now();
    if received_at.day() > now.day() {
        return Err(Error::field("received", "future", "The day on which it came is still to come"));
    }
    if received_at.day().as_str() < EARLIEST {
        let message = "The day on which it came lies before the year 2000: look at the year again";
        return Err(Error::field("received", "past", message));
    }
    receive(cx, rules, new, channel, received_at.min(now), Some(by.id()))
}

/// Nothing was received before this day that anybody could still answer.
const EARLIEST: &str = "2000-01-01";

fn receive(
    cx: &mut Cx<'_>,
    rules: &Rules,
    new: &NewComplaint,
    channel: &str,
    at: Time,
    entered_by: Option<Id>,
) -> Result<ComplaintReceived> {
    let checked = check(new)?;
    let algorithm = named(cx, new)?;
    let code = match &new.retry_key {
        Some(key) if !(16..=200).contains(&key.len()) => {
            return Err(Error::field(
                "Idempotency-Key",
                "length",
                "Use a random key of 16 to 200 characters",
            ));
        }
        Some(key) => TrackingCode::from_key(key),
        None => TrackingCode::random(cx)?,
    };
    let key = new.retry_key.as_deref().map(|key| {
        Sha256::new().chain_update("bluelamp complaint key\0").chain_update(key).finalize().to_vec()
    });
    let (id, reference, now) = (cx.new_id()?, Reference::new(cx, 'K')?, cx.now());
    let acknowledge_due = rules.ends(&rules.acknowledge, at);
    let text = |s: &str| bluelamp_store::Value::from(s.trim());
    let inserted = cx.exec(
        "insert into complaint (id, reference, tracking, retry_key, channel, entered_by, received_at, complainant,
           contact_by, contact, contact_safe, about, report_reference, algorithm, algorithm_version, told, wanted, state,
           state_at, acknowledge_due, progress_due, answer_due)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
         on conflict (retry_key) do nothing",
        &[
            id.into(),
            reference.text().into(),
            code.digest().into(),
            key.clone().into(),
            channel.into(),
            entered_by.into(),
            at.into(),
            text(&new.complainant),
            checked.contact_by.code().into(),
            text(&new.contact),
            i64::from(new.contact_safe).into(),
            checked.about.code().into(),
            reference_of(&new.report_reference).into(),
            algorithm.into(),
            text(&new.algorithm_version),
            text(&new.told),
            text(&new.wanted),
            State::Received.code().into(),
            now.into(),
            acknowledge_due.into(),
            rules.ends(&rules.progress, at).into(),
            rules.ends(&rules.answer, at).into(),
        ],
    )?;
    if inserted == 0 {
        return repeated(cx, new, key, code);
    }
    event(cx, id, entered_by, "received", "", "")?;
    let detail = json!({ "channel": channel, "about": checked.about.code() });
    cx.record(Verb::Collect, "complaint", Some(id), detail)?;
    Ok(ComplaintReceived { id, reference, code, at, acknowledge_due })
}

/// What was received under this key before.
fn repeated(
    cx: &mut Cx<'_>,
    new: &NewComplaint,
    key: Option<Vec<u8>>,
    code: TrackingCode,
) -> Result<ComplaintReceived> {
    let row = cx
        .row(
            "select id, reference, received_at, acknowledge_due, told, wanted from complaint where retry_key = $1",
            &[key.into()],
        )?
        .ok_or_else(|| Error::Bug("a complaint with a used key was not found under it".into()))?;
    if row.get::<String>(4)? != new.told.trim() || row.get::<String>(5)? != new.wanted.trim() {
        return Err(Error::Conflict("this key was used before for another complaint; use a new key".into()));
    }
    let reference: String = row.get(1)?;
    let id = row.get(0)?;
    cx.record(Verb::Consult, "complaint", Some(id), json!({ "repeated": true }))?;
    Ok(ComplaintReceived {
        id,
        reference: Reference::parse(&reference)
            .ok_or_else(|| Error::Bug("a stored reference is not one".into()))?,
        code,
        at: row.get(2)?,
        acknowledge_due: row.get(3)?,
    })
}

/// Notes what happened to a complaint. `note` is for the complainant, `words` for staff.
pub(super) fn event(
    cx: &mut Cx<'_>,
    complaint: Id,
    by: Option<Id>,
    what: &str,
    note: &str,
    words: &str,
) -> Result<()> {
    let (id, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into complaint_event (id, complaint_id, at, by_id, what, note, words) values ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.into(),
            complaint.into(),
            now.into(),
            by.into(),
            what.into(),
            note.trim().into(),
            words.trim().into(),
        ],
    )?;
    Ok(())
}

/// What was told to the complainant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When.
    pub at: Time,
    /// What happened, in a few words.
    pub what: String,
    /// What somebody wrote.
    pub note: String,
}

/// What somebody with the reference and the code may see. Nothing of what was complained about is in it: the code may be
/// in the wrong hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tracked {
    /// The reference.
    pub reference: String,
    /// When it came in.
    pub received_at: Time,
    /// How far it has come.
    pub state: State,
    /// By when it is acknowledged.
    pub acknowledge_due: Time,
    /// When it was.
    pub acknowledged_at: Option<Time>,
    /// By when it is to be answered.
    pub answer_due: Time,
    /// What was found, once it was answered.
    pub finding: Option<String>,
    /// What is done about it, once it was answered.
    pub outcomes: Vec<String>,
    /// What was told, the latest first.
    pub told: Vec<Told>,
    /// Where else to go.
    #[serde(skip)]
    pub routes: Vec<Route>,
}

/// What an event is called to the complainant; none for what is not theirs to know.
fn for_complainant(what: &str) -> Option<&'static str> {
    Some(match what {
        "received" => "Received",
        "acknowledged" => "Acknowledged",
        "assigned" => "Given to an independent reviewer",
        "informed" => "Told how far it has come",
        "answered" => "Answered",
        _ => return None,
    })
}

/// Finds a complaint by reference and code.
///
/// # Errors
/// [`Error::NotFound`], in the same words whether the reference or the code was wrong.
pub fn track(cx: &mut Cx<'_>, rules: &Rules, reference: &str, code: &str) -> Result<Tracked> {
    cx.allow(action::COMPLAINT_TRACK, None)?;
    let absent = || Error::NotFound("a complaint with that reference and code".into());
    let (Some(reference), Some(code)) = (Reference::parse(reference), TrackingCode::parse(code)) else {
        return Err(absent());
    };
    let row = cx.row(
        "select id, tracking, received_at, state, acknowledge_due, acknowledged_at, answer_due, finding
         from complaint where reference = $1",
        &[reference.text().into()],
    )?;
    let kept: Vec<u8> = row.as_ref().map_or_else(|| Ok(Vec::new()), |r| r.get(1))?;
    // Compared even where there is nothing to compare with, so that the time taken tells nothing.
    let right: bool = kept.ct_eq(&code.digest()).into();
    let Some(row) = row.filter(|_| right) else { return Err(absent()) };
    let id: Id = row.get(0)?;
    let state = state_of(&row.get::<String>(3)?)?;
    let answered = state == State::Answered;
    let events = cx.rows(
        "select at, what, note from complaint_event where complaint_id = $1 order by at desc, id desc",
        &[id.into()],
    )?;
    let mut told = Vec::new();
    for event in events {
        if let Some(what) = for_complainant(&event.get::<String>(1)?) {
            told.push(Told { at: event.get(0)?, what: what.into(), note: event.get(2)? });
        }
    }
    let outcomes = if answered { super::review::outcomes(cx, id)? } else { Vec::new() };
    let finding = row.get::<Option<String>>(7)?.filter(|_| answered);
    cx.record(Verb::Consult, "complaint", Some(id), json!({ "by": "sender" }))?;
    Ok(Tracked {
        reference: reference.text().to_owned(),
        received_at: row.get(2)?,
        state,
        acknowledge_due: row.get(4)?,
        acknowledged_at: row.get(5)?,
        answer_due: row.get(6)?,
        finding: finding.and_then(|f| super::review::Finding::of_code(&f)).map(|f| f.label().to_owned()),
        outcomes: outcomes.into_iter().map(|o| o.told().to_owned()).collect(),
        told,
        routes: if answered { rules.routes.clone() } else { Vec::new() },
    })
}

pub(super) fn state_of(code: &str) -> Result<State> {
    State::of_code(code).ok_or_else(|| Error::Bug(format!("'{code}' is not a state of a complaint")))
}

/// Writes to the complainant where that was said to be safe. A message says that something was done, and nothing of what
/// the complaint is about: `subject` and `words` are always fixed ones, and what somebody wrote stands behind the code.
pub(super) fn write_to(cx: &mut Cx<'_>, id: Id, subject: &str, words: &'static str) -> Result<bool> {
    let row = cx
        .row(
            "select reference, contact_by, contact, contact_safe from complaint where id = $1",
            &[id.into()],
        )?
        .ok_or_else(|| Error::NotFound("the complaint".into()))?;
    let email = row.get::<String>(1)? == ContactBy::Email.code() && row.get::<i64>(3)? == 1;
    if !email {
        return Ok(false);
    }
    let (reference, address): (String, String) = (row.get(0)?, row.get(2)?);
    let body = format!(
        "{words}\n\nYour reference is {reference}. To follow your complaint, use the tracking page with this reference and \
         the code on your receipt.\n\nDo not reply to this message. If somebody is in danger, call 999.\n"
    );
    cx.send("email", &address, &format!("Your complaint {reference}: {subject}"), &body)?;
    Ok(true)
}
