//! What the office and the one who decides do: open, receive, close, award.

use super::{BEST, SCORERS, Stage, State, handed_in, sheets, today};
use crate::{
    entry::{self, Entry},
    registers::{
        market::{CHALLENGE, ENTRY},
        portfolio::ITEM,
    },
};
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde_json::json;

/// The most criteria that a challenge takes: a sheet is to be filled in with care.
const MOST_CRITERIA: usize = 12;

fn required(field: &str, message: &str) -> FieldError {
    FieldError { field: field.into(), code: "required".into(), message: message.into() }
}

fn stale(state: &State, version: i64) -> Result<()> {
    if state.entry.version == version {
        return Ok(());
    }
    Err(Error::Stale(format!("the challenge ‘{}’", state.entry.code)))
}

/// Writes the stage into the register, for those who read it there.
fn told(cx: &mut Cx<'_>, state: &State, stage: Stage, reason: &str, item: Option<&str>) -> Result<()> {
    let mut body = state.entry.body.clone();
    body.set("stage", json!(stage.code()));
    if let Some(item) = item {
        body.set("item", json!(item));
    }
    entry::update(cx, &CHALLENGE, &state.entry, &body, state.entry.withdrawn, reason).map(drop)
}

/// Opens a challenge: from now on brief, criteria and days stand as they were then.
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Stale`]; [`Error::Conflict`] where it is no draft;
/// [`Error::Invalid`] without an ethics assessment, or where its last day has passed.
pub fn open(cx: &mut Cx<'_>, code: &str, version: i64) -> Result<()> {
    cx.allow(CHALLENGE.writes, None)?;
    let person = Decider::of(cx.actor())?;
    let state = State::load(cx, code)?;
    stale(&state, version)?;
    state.need(Stage::Draft)?;
    if state.entry.withdrawn {
        return Err(Error::Conflict("the challenge was withdrawn".into()));
    }
    let mut wrong = Vec::new();
    if state.terms.text("ethics").is_empty() {
        wrong.push(required(
            "ethics",
            "Write down in the register what was looked at ethically before it is opened",
        ));
    }
    if state.criteria().len() > MOST_CRITERIA {
        let message = format!("{} criteria are more than {MOST_CRITERIA}", state.criteria().len());
        wrong.push(FieldError { field: "criteria".into(), code: "too-many".into(), message });
    }
    if state.day("closes")? < today(cx) {
        let message = "Its last day has passed: change it in the register first".into();
        wrong.push(FieldError { field: "closes".into(), code: "passed".into(), message });
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let now = cx.now();
    cx.exec(
        "insert into challenge_opening (challenge_id, version, opened_at, opened_by) values ($1, $2, $3, $4)",
        &[state.entry.id.into(), version.into(), now.into(), person.id().into()],
    )?;
    told(cx, &state, Stage::Open, "Opened", None)?;
    cx.record(Verb::Alter, "challenge", Some(state.entry.id), json!({ "stage": "open" }))
}

/// What somebody hands in, as the office received it.
#[derive(Clone, Debug, Default)]
pub struct NewEntry {
    /// Who sent it.
    pub sender: String,
    /// How to reach them.
    pub contact: String,
    /// The proposal, without naming them.
    pub proposal: String,
    /// The price in whole pounds, as it was written; may be empty.
    pub price: String,
}

/// Takes in what was handed in. It gets a name under which it is scored; who sent it is put away.
///
/// # Errors
/// Not allowed; [`Error::Conflict`] before the challenge opens and after it has closed; [`Error::Invalid`] without a sender
/// or a proposal, and where the proposal names the sender.
pub fn receive(cx: &mut Cx<'_>, code: &str, new: &NewEntry) -> Result<Entry> {
    // Whoever may keep the registers may put an entry in; the register itself takes none by hand.
    cx.allow(ENTRY.writes, None)?;
    let person = Decider::of(cx.actor())?;
    let state = State::load(cx, code)?;
    state.need(Stage::Open)?;
    let (day, opens, closes) = (today(cx), state.day("opens")?, state.day("closes")?);
    if day < opens {
        return Err(Error::Conflict(format!("entries are taken from {opens} on")));
    }
    if day > closes {
        return Err(Error::Conflict(format!("entries were taken until {closes}")));
    }
    cx.take_turn("challenge-entry")?;
    let (sender, contact) = (new.sender.trim(), new.contact.trim());
    let mut wrong = Vec::new();
    for (field, text, message) in [
        ("sender", sender, "Enter who sent it"),
        ("contact", contact, "Enter how to reach them"),
        ("proposal", new.proposal.trim(), "Enter the proposal"),
    ] {
        if text.is_empty() {
            wrong.push(required(field, message));
        } else if field != "proposal" && (text.chars().count() > 200 || text.chars().any(char::is_control)) {
            let message = "Write one line of at most 200 characters".into();
            wrong.push(FieldError { field: field.into(), code: "too-long".into(), message });
        }
    }
    if names(&new.proposal, sender) || names(&new.proposal, contact) || names_site(&new.proposal, contact) {
        let message =
            "The proposal names who sent it: take the name out, so that it can be scored without".into();
        wrong.push(FieldError { field: "proposal".into(), code: "names-sender".into(), message });
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let number = handed_in(cx, state.entry.id)?.len() + 1;
    let body = ENTRY
        .read_json(&json!({
            "title": format!("Entry {number:02} to {}", state.terms.text("title")), "challenge": code,
            "proposal": new.proposal, "price": new.price, "state": "received",
        }))
        .map_err(Error::Invalid)?;
    let own = format!("{}-{number:02}", code.get(..70).unwrap_or(code).trim_end_matches('-'));
    let entry = entry::insert(cx, &ENTRY, &own, &body, "Received")?;
    let now = cx.now();
    cx.exec(
        "insert into challenge_sender (entry_id, challenge_id, sender, contact, received_at, received_by)
         values ($1, $2, $3, $4, $5, $6)",
        &[
            entry.id.into(),
            state.entry.id.into(),
            sender.into(),
            contact.into(),
            now.into(),
            person.id().into(),
        ],
    )?;
    cx.record(Verb::Collect, "challenge-entry", Some(entry.id), json!({ "challenge": code }))?;
    Ok(entry)
}

/// What stands behind the name of a company, and may be left out when somebody names it.
const COMPANY: [&str; 10] =
    ["ltd", "limited", "plc", "llp", "inc", "uk", "group", "company", "gmbh", "holdings"];

/// Whether a text names somebody, in whatever case: the whole of the name, or what is left of it without "Ltd" and the
/// like, in one word or several. Names of fewer than three letters prove nothing.
fn names(text: &str, name: &str) -> bool {
    let words = |t: &str| -> Vec<String> {
        let low = t.to_lowercase();
        low.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let (text, mut name) = (format!(" {} ", words(text).join(" ")), words(name));
    while name.len() > 1 && name.last().is_some_and(|w| COMPANY.contains(&w.as_str())) {
        name.pop();
    }
    let (apart, together) = (name.join(" "), name.concat());
    together.chars().count() >= 3
        && (text.contains(&format!(" {apart} ")) || text.contains(&format!(" {together} ")))
}

/// Whether a text names the site or the address of somebody's mail.
fn names_site(text: &str, contact: &str) -> bool {
    let site = contact.rsplit('@').next().unwrap_or_default().trim().to_lowercase();
    let own = site.strip_prefix("www.").unwrap_or(&site);
    // Of a host that many share, nothing can be told.
    let shared = ["gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "btinternet.com"];
    own.contains('.') && own.len() >= 4 && !shared.contains(&own) && text.to_lowercase().contains(own)
}

/// Closes a challenge to entries, after its last day: now it is scored.
///
/// # Errors
/// Not allowed; [`Error::Stale`]; [`Error::Conflict`] where it is not open, or its last day has not passed.
pub fn close(cx: &mut Cx<'_>, code: &str, version: i64) -> Result<()> {
    cx.allow(CHALLENGE.writes, None)?;
    let person = Decider::of(cx.actor())?;
    let state = State::load(cx, code)?;
    stale(&state, version)?;
    state.need(Stage::Open)?;
    let closes = state.day("closes")?;
    if today(cx) <= closes {
        return Err(Error::Conflict(format!("entries are taken until the end of {closes}")));
    }
    let now = cx.now();
    cx.exec(
        "update challenge_opening set closed_at = $1, closed_by = $2 where challenge_id = $3",
        &[now.into(), person.id().into(), state.entry.id.into()],
    )?;
    told(cx, &state, Stage::Scoring, "Closed to entries", None)?;
    cx.record(Verb::Alter, "challenge", Some(state.entry.id), json!({ "stage": "scoring" }))
}

/// How a challenge is to end.
#[derive(Clone, Debug, Default)]
pub struct Award {
    /// The version of the challenge that the person saw.
    pub version: i64,
    /// The code of the entry that wins; empty where none does.
    pub entry: String,
    /// Why.
    pub reasons: String,
}

/// Whether an account has written a sheet for any entry of the challenge.
fn has_scored(cx: &mut Cx<'_>, challenge: Id, who: Id) -> Result<bool> {
    let sql = "select 1 from challenge_score where challenge_id = $1 and by_id = $2";
    Ok(cx.row(sql, &[challenge.into(), who.into()])?.is_some())
}

/// Refuses somebody who is not free to decide: who has scored, took entries in, or declared a conflict.
pub(super) fn free_to_decide(cx: &mut Cx<'_>, challenge: Id, who: Id) -> Result<()> {
    let refuse = |reason: &str| Err(Error::Forbidden { reason: reason.into() });
    if has_scored(cx, challenge, who)? {
        return refuse("you scored an entry: somebody who scored none decides");
    }
    for (sql, reason) in [
        (
            "select 1 from challenge_conflict where challenge_id = $1 and by_id = $2",
            "you declared a conflict of interest: somebody else decides",
        ),
        (
            "select 1 from challenge_sender where challenge_id = $1 and received_by = $2",
            "you took in an entry and know who sent it: somebody else decides",
        ),
    ] {
        if cx.row(sql, &[challenge.into(), who.into()])?.is_some() {
            return refuse(reason);
        }
    }
    Ok(())
}

/// Ends a challenge, with an award or without. An award opens an item of the portfolio, and gives its code.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for whoever scored, took entries in or declared a conflict; [`Error::Stale`];
/// [`Error::Conflict`] where it is not being scored, or an entry has fewer than [`SCORERS`] scorers; [`Error::Invalid`]
/// without reasons, or for an entry of another challenge.
pub fn award(cx: &mut Cx<'_>, code: &str, award: &Award) -> Result<Option<String>> {
    cx.allow(action::GATE_DECIDE, None)?;
    let person = Decider::of(cx.actor())?;
    let state = State::load(cx, code)?;
    let challenge = state.entry.id;
    free_to_decide(cx, challenge, person.id())?;
    stale(&state, award.version)?;
    state.need(Stage::Scoring)?;
    let (entries, sheets) = (handed_in(cx, challenge)?, sheets(cx, challenge)?);
    let scorers = |e: &Entry| sheets.get(&e.id).map_or(0, std::collections::BTreeMap::len);
    let few: Vec<&str> = entries.iter().filter(|e| scorers(e) < SCORERS).map(|e| e.title.as_str()).collect();
    if !few.is_empty() {
        let message = format!("{SCORERS} people have to score each entry; missing: {}", few.join(", "));
        return Err(Error::Conflict(message));
    }
    let mut wrong = Vec::new();
    if award.reasons.trim().is_empty() {
        wrong.push(required("reasons", "Enter your reasons"));
    }
    let winner = match award.entry.trim() {
        "" => None,
        chosen => {
            let found = entries.iter().find(|e| e.code == chosen);
            if found.is_none() {
                let message = format!("‘{chosen}’ is no entry to this challenge");
                wrong.push(FieldError { field: "entry".into(), code: "unknown".into(), message });
            }
            found
        }
    };
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let item = winner.map(|w| item_of(cx, &state, w)).transpose()?;
    let (now, winner) = (cx.now(), winner.map(|w| w.id));
    cx.exec(
        "insert into challenge_award (challenge_id, entry_id, item, reasons, at, by_id)
         values ($1, $2, $3, $4, $5, $6)",
        &[
            challenge.into(),
            winner.into(),
            item.as_deref().unwrap_or_default().into(),
            award.reasons.trim().into(),
            now.into(),
            person.id().into(),
        ],
    )?;
    for entry in &entries {
        let mut body = entry.body.clone();
        body.set("state", json!(if winner == Some(entry.id) { "awarded" } else { "not-awarded" }));
        entry::update(cx, &ENTRY, entry, &body, entry.withdrawn, "The award was decided")?;
    }
    let stage = if winner.is_some() { Stage::Awarded } else { Stage::NoAward };
    told(cx, &state, stage, award.reasons.trim(), item.as_deref())?;
    cx.record(
        Verb::Decide,
        "challenge",
        Some(challenge),
        json!({ "stage": stage.code(), "entries": entries.len(), "item": item }),
    )?;
    Ok(item)
}

/// The item of the portfolio that an award opens.
fn item_of(cx: &mut Cx<'_>, state: &State, winner: &Entry) -> Result<String> {
    let summary: String = winner.body.text("proposal").chars().take(4000).collect();
    let body = ITEM
        .read_json(&json!({
            "title": state.terms.text("title"), "kind": "proposal", "stage": "idea", "status": "not-started",
            "summary": format!("Won the innovation challenge ‘{}’.\n\n{summary}", state.terms.text("title")),
            "elements": state.terms.all("elements"), "cost_once": winner.body.money("price"), "sourcing": "buy",
        }))
        .map_err(Error::Invalid)?;
    let reason = format!("Opened by the award of the challenge {}", state.entry.code);
    Ok(entry::insert(cx, &ITEM, "", &body, &reason)?.code)
}

/// Reads one score.
pub(super) fn score_of(text: &str) -> Option<u8> {
    text.trim().parse().ok().filter(|score| *score <= BEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_that_names_its_sender_is_known() {
        for (text, name) in [
            ("We at Larkfield Analytics build this.", "Larkfield Analytics"),
            ("LARKFIELD-ANALYTICS (UK)", "Larkfield Analytics"),
            ("Write to bids@larkfield.example.", "bids@larkfield.example"),
        ] {
            assert!(names(text, name), "{text}");
        }
        for (text, name) in [
            ("A field of larks.", "Larkfield Analytics"),
            ("Unlarkfield analytics", "Larkfield Analytics"),
            ("It is of use", "It"),
            ("Anything", " "),
        ] {
            assert!(!names(text, name), "{text}");
        }
    }

    #[test]
    fn a_score_is_a_whole_number_from_0_to_5() {
        assert_eq!(
            ["0", " 5 ", "6", "-1", "2.5", ""].map(score_of),
            [Some(0), Some(5), None, None, None, None]
        );
    }
}
