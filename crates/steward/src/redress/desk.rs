//! What staff do with a complaint: acknowledge it, have it looked into by somebody independent, tell, answer.

use super::{
    complaint::{About, ContactBy, State, event, state_of, write_to},
    notices::{Notice, notices},
    review::{Finding, Outcome, outcomes},
    rules::Rules,
};
use bluelamp_access::Policy;
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Reference, Row};
use serde::Serialize;
use serde_json::json;

/// A complaint in a list, with its clocks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listed {
    /// Its id.
    pub id: Id,
    /// Its public name.
    pub reference: String,
    /// How it came.
    pub channel: String,
    /// When.
    pub received_at: Time,
    /// What it is about.
    pub about: About,
    /// How far it has come.
    pub state: State,
    /// By when it is acknowledged.
    pub acknowledge_due: Time,
    /// When it was.
    pub acknowledged_at: Option<Time>,
    /// By when the complainant is told how far it has come.
    pub progress_due: Time,
    /// By when it is to be answered.
    pub answer_due: Time,
    /// When it was.
    pub answered_at: Option<Time>,
    /// Who handles it, by name.
    pub handler: Option<String>,
    /// Who looks into it, by name.
    pub reviewer: Option<String>,
}

impl Listed {
    /// What is due next and when; none once it is answered.
    #[must_use]
    pub fn next_due(&self) -> Option<(&'static str, Time)> {
        match (self.state, self.acknowledged_at) {
            (State::Answered, _) => None,
            (_, None) => Some(("Acknowledge", self.acknowledge_due)),
            _ if self.progress_due < self.answer_due => Some(("Tell how far it has come", self.progress_due)),
            _ => Some(("Answer", self.answer_due)),
        }
    }
}

/// What happened to a complaint.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// When.
    pub at: Time,
    /// Who, by name; none for the complainant.
    pub by: Option<String>,
    /// What, by code.
    pub what: String,
    /// What the complainant was told.
    pub note: String,
    /// What only staff read.
    pub words: String,
}

/// A complaint with all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComplaintView {
    /// As in the list.
    pub listed: Listed,
    /// Who complains.
    pub complainant: String,
    /// How they are reached.
    pub contact_by: ContactBy,
    /// Where.
    pub contact: String,
    /// Whether that is safe.
    pub contact_safe: bool,
    /// The report, as they know it.
    pub report_reference: String,
    /// The algorithm.
    pub algorithm: String,
    /// Its version.
    pub algorithm_version: String,
    /// What they complain about.
    pub told: String,
    /// What they want.
    pub wanted: String,
    /// Who handles it.
    pub handler_id: Option<Id>,
    /// Who looks into it.
    pub reviewer_id: Option<Id>,
    /// Who had a part in what is complained about, by name.
    pub chain: Vec<String>,
    /// What was found.
    pub finding: Option<Finding>,
    /// Why.
    pub reasons: String,
    /// What is done about it.
    pub outcomes: Vec<Outcome>,
    /// Corrections on their way to recipients.
    pub notices: Vec<Notice>,
    /// What happened, the latest first.
    pub events: Vec<Event>,
}

/// Somebody who may look into complaints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reviewer {
    /// The account.
    pub id: Id,
    /// The name.
    pub name: String,
}

const LISTED: &str =
    "select c.id, c.reference, c.channel, c.received_at, c.about, c.state, c.acknowledge_due,
    c.acknowledged_at, c.progress_due, c.answer_due, c.answered_at, h.name, r.name from complaint c
    left join account h on h.id = c.handler_id left join account r on r.id = c.reviewer_id";

fn listed(row: &Row) -> Result<Listed> {
    let about: String = row.get(4)?;
    Ok(Listed {
        id: row.get(0)?,
        reference: row.get(1)?,
        channel: row.get(2)?,
        received_at: row.get(3)?,
        about: About::of_code(&about)
            .ok_or_else(|| Error::Bug(format!("'{about}' is nothing to complain about")))?,
        state: state_of(&row.get::<String>(5)?)?,
        acknowledge_due: row.get(6)?,
        acknowledged_at: row.get(7)?,
        progress_due: row.get(8)?,
        answer_due: row.get(9)?,
        answered_at: row.get(10)?,
        handler: row.get(11)?,
        reviewer: row.get(12)?,
    })
}

/// All complaints: those that are not answered first, the oldest before the others.
///
/// # Errors
/// Not allowed; database errors.
pub fn complaints(cx: &mut Cx<'_>) -> Result<Vec<Listed>> {
    cx.allow(action::COMPLAINT_HANDLE, None)?;
    let sql = format!(
        "{LISTED} order by case when c.state = 'answered' then 1 else 0 end, c.received_at, c.id limit 2000"
    );
    let rows = cx.rows(&sql, &[])?;
    cx.record(Verb::Consult, "complaint", None, json!({ "results": rows.len() }))?;
    rows.iter().map(listed).collect()
}

/// The complaints that the acting reviewer looks into.
///
/// # Errors
/// Not allowed; database errors.
pub fn assigned(cx: &mut Cx<'_>) -> Result<Vec<Listed>> {
    cx.allow(action::COMPLAINT_REVIEW, None)?;
    let by = Decider::of(cx.actor())?;
    let sql = format!("{LISTED} where c.reviewer_id = $1 order by c.received_at, c.id");
    let rows = cx.rows(&sql, &[by.id().into()])?;
    cx.record(Verb::Consult, "complaint", None, json!({ "results": rows.len(), "assigned": true }))?;
    rows.iter().map(listed).collect()
}

/// The id of a complaint by what people call it.
pub(super) fn id_of(cx: &mut Cx<'_>, reference: &str) -> Result<Id> {
    let absent = || Error::NotFound("a complaint with that reference".into());
    let reference = Reference::parse(reference).ok_or_else(absent)?;
    let row = cx.row("select id from complaint where reference = $1", &[reference.text().into()])?;
    Ok(row.ok_or_else(absent)?.get(0)?)
}

/// One complaint, for whoever handles complaints.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn view(cx: &mut Cx<'_>, reference: &str) -> Result<ComplaintView> {
    cx.allow(action::COMPLAINT_HANDLE, None)?;
    let id = id_of(cx, reference)?;
    cx.record(Verb::Consult, "complaint", Some(id), json!({}))?;
    whole(cx, id)
}

/// One complaint, for the reviewer to whom it was given.
///
/// # Errors
/// Not allowed; [`Error::NotFound`], also for one that was given to somebody else.
pub fn view_assigned(cx: &mut Cx<'_>, reference: &str) -> Result<ComplaintView> {
    cx.allow(action::COMPLAINT_REVIEW, None)?;
    let by = Decider::of(cx.actor())?;
    let id = id_of(cx, reference)?;
    let view = whole(cx, id)?;
    if view.reviewer_id != Some(by.id()) {
        return Err(Error::NotFound("a complaint with that reference".into()));
    }
    cx.record(Verb::Consult, "complaint", Some(id), json!({ "reviewer": true }))?;
    Ok(view)
}

fn whole(cx: &mut Cx<'_>, id: Id) -> Result<ComplaintView> {
    let absent = || Error::NotFound("the complaint".into());
    let summary = cx.row(&format!("{LISTED} where c.id = $1"), &[id.into()])?.ok_or_else(absent)?;
    let row = cx
        .row(
            "select complainant, contact_by, contact, contact_safe, report_reference, algorithm, algorithm_version, told,
               wanted, handler_id, reviewer_id, finding, reasons from complaint where id = $1",
            &[id.into()],
        )?
        .ok_or_else(absent)?;
    let chain = cx.rows(
        "select a.name from complaint_chain c join account a on a.id = c.account_id where c.complaint_id = $1 order by a.name",
        &[id.into()],
    )?;
    let events = cx.rows(
        "select e.at, a.name, e.what, e.note, e.words from complaint_event e left join account a on a.id = e.by_id
         where e.complaint_id = $1 order by e.at desc, e.id desc",
        &[id.into()],
    )?;
    let events = events.iter().map(|r| {
        Ok(Event { at: r.get(0)?, by: r.get(1)?, what: r.get(2)?, note: r.get(3)?, words: r.get(4)? })
    });
    let finding: Option<String> = row.get(11)?;
    Ok(ComplaintView {
        listed: listed(&summary)?,
        complainant: row.get(0)?,
        contact_by: ContactBy::of_code(&row.get::<String>(1)?)
            .ok_or_else(|| Error::Bug("a stored way to reach somebody is none".into()))?,
        contact: row.get(2)?,
        contact_safe: row.get::<i64>(3)? == 1,
        report_reference: row.get(4)?,
        algorithm: row.get(5)?,
        algorithm_version: row.get(6)?,
        told: row.get(7)?,
        wanted: row.get(8)?,
        handler_id: row.get(9)?,
        reviewer_id: row.get(10)?,
        chain: chain.iter().map(|r| Ok(r.get(0)?)).collect::<Result<_>>()?,
        finding: finding.as_deref().and_then(Finding::of_code),
        reasons: row.get(12)?,
        outcomes: outcomes(cx, id)?,
        notices: notices(cx, id)?,
        events: events.collect::<Result<_>>()?,
    })
}

/// Moves a complaint from one of some states to another, or says that somebody was faster.
pub(super) fn step(cx: &mut Cx<'_>, id: Id, from: &[State], to: State) -> Result<()> {
    let row = cx
        .row("select state from complaint where id = $1", &[id.into()])?
        .ok_or_else(|| Error::NotFound("the complaint".into()))?;
    let is = state_of(&row.get::<String>(0)?)?;
    if !from.contains(&is) {
        return Err(Error::Conflict(format!("the complaint stands at '{}' already", is.label())));
    }
    let now = cx.now();
    let changed = cx.exec(
        "update complaint set state = $1, state_at = $2 where id = $3 and state = $4",
        &[to.code().into(), now.into(), id.into(), is.code().into()],
    )?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale("the complaint".into())) }
}

/// Text that must say something.
pub(super) fn words<'a>(field: &str, text: &'a str, message: &str) -> Result<&'a str> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::field(field, "required", message));
    }
    if text.chars().count() > 10_000 || text.contains('\0') {
        return Err(Error::field(
            field,
            "length",
            "Use 10,000 characters or fewer, and only such as can be shown",
        ));
    }
    Ok(text)
}

/// What a message says where staff can write words of their own: those stand behind the code alone.
const HAVE_IT: &str = "We have your complaint, and somebody is dealing with it.";
const THERE_IS_NEWS: &str =
    "There is something new about your complaint. How far it has come stands on the tracking page.";

/// Acknowledges receipt: a named person has it in hand from now on. `known` are those of whom other rooms know that they
/// had a part in what is complained about.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for who had a part in it; [`Error::Conflict`] where that was done before.
pub fn acknowledge(cx: &mut Cx<'_>, reference: &str, note: &str, known: &[Id]) -> Result<()> {
    cx.allow(action::COMPLAINT_HANDLE, None)?;
    let by = Decider::of(cx.actor())?;
    let id = id_of(cx, reference)?;
    apart(cx, id, by.id(), known)?;
    step(cx, id, &[State::Received], State::Acknowledged)?;
    let now = cx.now();
    cx.exec(
        "update complaint set acknowledged_at = $1, handler_id = $2 where id = $3",
        &[now.into(), by.id().into(), id.into()],
    )?;
    let note = if note.trim().is_empty() { HAVE_IT } else { words("note", note, HAVE_IT)? };
    event(cx, id, Some(by.id()), "acknowledged", note, "")?;
    let written = write_to(cx, id, "acknowledged", HAVE_IT)?;
    cx.record(Verb::Decide, "complaint", Some(id), json!({ "what": "acknowledge", "written": written }))
}

/// Who may look into complaints, by the policy: accounts that are not disabled.
///
/// # Errors
/// Not allowed; database errors.
pub fn reviewers(cx: &mut Cx<'_>, policy: &Policy) -> Result<Vec<Reviewer>> {
    cx.allow(action::COMPLAINT_HANDLE, None)?;
    let rows =
        cx.rows("select id, name, roles from account where disabled_at is null order by name, id", &[])?;
    let mut found = Vec::new();
    for row in rows {
        let roles: String = row.get(2)?;
        if roles.split(' ').any(|role| policy.role_may(role, action::COMPLAINT_REVIEW)) {
            found.push(Reviewer { id: row.get(0)?, name: row.get(1)? });
        }
    }
    cx.record(Verb::Consult, "account", None, json!({ "reviewers": found.len() }))?;
    Ok(found)
}

/// The reference of the report that a complaint names, as it is kept; empty where it names none. For a room that has asked
/// the policy.
///
/// # Errors
/// [`Error::NotFound`].
pub fn report_of(cx: &mut Cx<'_>, reference: &str) -> Result<String> {
    let id = id_of(cx, reference)?;
    let row = cx.row("select report_reference from complaint where id = $1", &[id.into()])?;
    Ok(row.map(|r| r.get(0)).transpose()?.unwrap_or_default())
}

/// The algorithm that a complaint names, as the register has it; empty where it names none. For a room that has asked the
/// policy.
///
/// # Errors
/// [`Error::NotFound`].
pub fn algorithm_of(cx: &mut Cx<'_>, reference: &str) -> Result<String> {
    let id = id_of(cx, reference)?;
    let row = cx.row("select algorithm from complaint where id = $1", &[id.into()])?;
    Ok(row.map(|r| r.get(0)).transpose()?.unwrap_or_default())
}

/// Everybody who had a part in an algorithm as far as its register and its ethics go: who moved it from phase to phase,
/// assessed it, tested it, advised on it, wrote the committee's minutes, or kept something of its record back. Of every
/// version: a later one comes from those before. For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn parts_in(cx: &mut Cx<'_>, algorithm: &str) -> Result<Vec<Id>> {
    let (kind, name) = algorithm.split_once('/').unwrap_or((algorithm, ""));
    let rows = cx.rows(
        "select p.by_id from algorithm_phase p join algorithm a on a.id = p.algorithm_id where a.kind = $1 and a.name = $2
         union select e.written_by from ethics_assessment e join algorithm a on a.id = e.algorithm_id
           where a.kind = $1 and a.name = $2
         union select e.written_by from ethics_lab_report e join algorithm a on a.id = e.algorithm_id
           where a.kind = $1 and a.name = $2
         union select e.given_by from ethics_advice e join algorithm a on a.id = e.algorithm_id
           where a.kind = $1 and a.name = $2
         union select e.published_by from ethics_minutes e join algorithm a on a.id = e.algorithm_id
           where a.kind = $1 and a.name = $2
         union select e.by_id from ethics_exemption e join algorithm a on a.id = e.algorithm_id
           where a.kind = $1 and a.name = $2",
        &[kind.into(), name.into()],
    )?;
    cx.record(Verb::Consult, "algorithm", None, json!({ "parts": rows.len(), "algorithm": algorithm }))?;
    rows.iter().map(|r| Ok(r.get(0)?)).collect()
}

/// Everybody who has had a complaint in hand: entered or acknowledged it, gave it to somebody, told how far it has come.
pub(super) fn handlers(cx: &mut Cx<'_>, id: Id) -> Result<Vec<Id>> {
    let rows = cx.rows(
        "select entered_by from complaint where id = $1 and entered_by is not null
         union select handler_id from complaint where id = $1 and handler_id is not null
         union select by_id from complaint_event where complaint_id = $1 and by_id is not null and what <> 'found'",
        &[id.into()],
    )?;
    rows.iter().map(|r| Ok(r.get(0)?)).collect()
}

/// Whether somebody had a part in what is complained about: as it is kept, or as other rooms know now.
pub(super) fn had_part(cx: &mut Cx<'_>, id: Id, who: Id, known: &[Id]) -> Result<bool> {
    let kept = cx.row(
        "select account_id from complaint_chain where complaint_id = $1 and account_id = $2",
        &[id.into(), who.into()],
    )?;
    Ok(kept.is_some() || known.contains(&who))
}

/// Keeps who had a part in what is complained about. The chain only grows.
pub(super) fn keep_parts(cx: &mut Cx<'_>, id: Id, parts: &[Id]) -> Result<()> {
    for part in parts {
        cx.exec(
            "insert into complaint_chain (complaint_id, account_id) values ($1, $2) on conflict do nothing",
            &[id.into(), (*part).into()],
        )?;
    }
    Ok(())
}

/// Nobody handles a complaint about what they had a part in.
pub(super) fn apart(cx: &mut Cx<'_>, id: Id, who: Id, known: &[Id]) -> Result<()> {
    if had_part(cx, id, who, known)? {
        let reason = "you had a part in what is complained about: somebody else has to deal with it".into();
        return Err(Error::Forbidden { reason });
    }
    Ok(())
}

/// To whom a complaint is given, and who had a part in what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The account of the reviewer.
    pub reviewer: Id,
    /// Who decided, wrote or approved what is complained about, by username.
    pub chain: Vec<String>,
    /// Those of whom other rooms know that they decided about it.
    pub known: Vec<Id>,
    /// Why there is nobody, where nobody is named or known.
    pub nobody: String,
    /// Why it is given to somebody else, where somebody looks into it already.
    pub reasons: String,
}

/// Gives a complaint to a reviewer. Who had a part in what is complained about, whoever entered the complaint and whoever
/// handles it cannot review it; and who had a part in it does not give it to anybody either.
///
/// # Errors
/// [`Error::Forbidden`] for who had a part in it; [`Error::Invalid`] for a reviewer who is not independent or may not
/// review, for an unknown username, where neither a chain nor a reason is given, and where it is taken from somebody without a
/// reason; [`Error::Conflict`] where it was looked into already; not allowed.
pub fn assign(cx: &mut Cx<'_>, policy: &Policy, reference: &str, new: &Assignment) -> Result<()> {
    let eligible = reviewers(cx, policy)?;
    let by = Decider::of(cx.actor())?;
    let id = id_of(cx, reference)?;
    apart(cx, id, by.id(), &new.known)?;
    let Assignment { reviewer, nobody, .. } = new;
    let mut wrong = Vec::new();
    let mut say = |field: &str, code: &str, message: String| {
        wrong.push(FieldError { field: field.into(), code: code.into(), message });
    };
    let mut parts: Vec<Id> = new.known.clone();
    for name in new.chain.iter().map(|n| n.trim()).filter(|n| !n.is_empty()) {
        let row = if name.contains('\0') {
            None
        } else {
            cx.row("select id from account where username = $1", &[name.to_lowercase().into()])?
        };
        match row {
            Some(row) => parts.push(row.get(0)?),
            None => say("chain", "unknown", format!("'{name}' is not the username of an account")),
        }
    }
    for row in cx.rows("select account_id from complaint_chain where complaint_id = $1", &[id.into()])? {
        parts.push(row.get(0)?);
    }
    if parts.is_empty() && nobody.trim().is_empty() {
        let message = "Name everybody who decided, wrote or approved what is complained about, or say why there is nobody";
        say("chain", "required", message.into());
    }
    if parts.contains(&by.id()) {
        say(
            "chain",
            "yourself",
            "Somebody who had no part in it has to give it to a reviewer: ask a colleague".into(),
        );
    }
    let given =
        cx.row("select state from complaint where id = $1 and reviewer_id is not null", &[id.into()])?;
    let given = given.map(|r| state_of(&r.get::<String>(0)?)).transpose()? == Some(State::UnderReview);
    if given && new.reasons.trim().is_empty() {
        say(
            "reasons",
            "required",
            "Somebody looks into it already: say why it is given to somebody else".into(),
        );
    }
    let mut handled = handlers(cx, id)?;
    handled.push(by.id());
    if !eligible.iter().any(|r| r.id == *reviewer) {
        say("reviewer", "unknown", "Select somebody who may look into complaints".into());
    } else if parts.contains(reviewer) {
        say(
            "reviewer",
            "not-independent",
            "The reviewer had a part in what is complained about: select somebody else".into(),
        );
    } else if handled.contains(reviewer) {
        say(
            "reviewer",
            "not-independent",
            "The reviewer handles this complaint: select somebody else".into(),
        );
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    step(cx, id, &[State::Acknowledged, State::UnderReview], State::UnderReview)?;
    keep_parts(cx, id, &parts)?;
    cx.exec("update complaint set reviewer_id = $1 where id = $2", &[(*reviewer).into(), id.into()])?;
    // Whoever acknowledged it and turns out to have had a part has it in hand no longer.
    cx.exec(
        "update complaint set handler_id = $1 where id = $2
           and handler_id in (select account_id from complaint_chain where complaint_id = $2)",
        &[by.id().into(), id.into()],
    )?;
    let said = [
        ("reasons", &new.reasons, "Given to somebody else: "),
        ("nobody", nobody, "Nobody had a part in it: "),
    ];
    let mut why = Vec::new();
    for (field, text, before) in said {
        if !text.trim().is_empty() {
            why.push(format!("{before}{}", words(field, text, "")?));
        }
    }
    event(cx, id, Some(by.id()), "assigned", "", &why.join("\n"))?;
    cx.record(
        Verb::Decide,
        "complaint",
        Some(id),
        json!({ "what": "assign", "reviewer": reviewer, "chain": parts.len(), "anew": given }),
    )
}

/// Tells the complainant how far it has come; the clock for that begins anew. `known` are those of whom other rooms know
/// that they decided about what is complained about.
///
/// # Errors
/// Nothing to tell; [`Error::Forbidden`] for who had a part in it; [`Error::Conflict`] before it was acknowledged or after
/// it was answered; not allowed.
pub fn inform(cx: &mut Cx<'_>, rules: &Rules, reference: &str, note: &str, known: &[Id]) -> Result<()> {
    cx.allow(action::COMPLAINT_HANDLE, None)?;
    let by = Decider::of(cx.actor())?;
    let id = id_of(cx, reference)?;
    apart(cx, id, by.id(), known)?;
    let note = words("note", note, "Say how far it has come")?;
    let due = rules.ends(&rules.progress, cx.now());
    let changed = cx.exec(
        "update complaint set progress_due = $1 where id = $2 and state in ('acknowledged', 'under-review', 'found')",
        &[due.into(), id.into()],
    )?;
    if changed == 0 {
        return Err(Error::Conflict("the complaint was not acknowledged yet, or is answered".into()));
    }
    event(cx, id, Some(by.id()), "informed", note, "")?;
    let written = write_to(cx, id, "how far it has come", THERE_IS_NEWS)?;
    cx.record(Verb::Disclose, "complaint", Some(id), json!({ "what": "inform", "written": written }))
}

/// Answers: the complainant is told what was found, why, and where else they can go. `known` as in [`inform`].
///
/// # Errors
/// Nothing to tell; [`Error::Forbidden`] for who had a part in it; [`Error::Conflict`] before the reviewer has found, or
/// where it was answered; not allowed.
pub fn answer(cx: &mut Cx<'_>, reference: &str, note: &str, known: &[Id]) -> Result<()> {
    cx.allow(action::COMPLAINT_HANDLE, None)?;
    let by = Decider::of(cx.actor())?;
    let id = id_of(cx, reference)?;
    apart(cx, id, by.id(), known)?;
    let note = words("note", note, "Tell the complainant what was found, and why")?;
    step(cx, id, &[State::Found], State::Answered)?;
    let now = cx.now();
    cx.exec("update complaint set answered_at = $1 where id = $2", &[now.into(), id.into()])?;
    event(cx, id, Some(by.id()), "answered", note, "")?;
    let told = "Your complaint was looked into. What was found, why, and where else you can go stands on the tracking page.";
    let written = write_to(cx, id, "answered", told)?;
    cx.record(Verb::Disclose, "complaint", Some(id), json!({ "what": "answer", "written": written }))
}
