//! Scoring: who may, once for each entry, with a sentence for each criterion.

use super::{BEST, Stage, State, act::score_of, handed_in};
use crate::entry::Entry;
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde_json::json;

/// What somebody gives one criterion, as it was written.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// From 0 to 5.
    pub score: String,
    /// Why, in a sentence.
    pub reason: String,
}

fn entry_of(cx: &mut Cx<'_>, state: &State, code: &str) -> Result<Entry> {
    let found = handed_in(cx, state.entry.id)?.into_iter().find(|e| e.code == code);
    found.ok_or_else(|| Error::NotFound(format!("an entry ‘{code}’ to this challenge")))
}

/// Why somebody must not score an entry; nothing where they may.
pub(super) fn hindrance(cx: &mut Cx<'_>, entry: Id, who: Id) -> Result<Option<&'static str>> {
    for (sql, why) in [
        (
            "select 1 from challenge_conflict where entry_id = $1 and by_id = $2",
            "you declared a conflict of interest with this entry",
        ),
        (
            "select 1 from challenge_sender where entry_id = $1 and received_by = $2",
            "you took this entry in and know who sent it",
        ),
    ] {
        if cx.row(sql, &[entry.into(), who.into()])?.is_some() {
            return Ok(Some(why));
        }
    }
    Ok(None)
}

/// Scores an entry: each criterion in the order of the challenge. Until the award is decided a sheet can be corrected by
/// another one; both are kept, the latest counts.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] with a declared conflict of interest, and for whoever took the entry in;
/// [`Error::Conflict`] where the challenge is not being scored; [`Error::Invalid`] for a score that is none and for one
/// without its sentence.
pub fn score(cx: &mut Cx<'_>, code: &str, entry: &str, given: &[Given]) -> Result<()> {
    cx.allow(action::CHALLENGE_SCORE, None)?;
    let person = Decider::of(cx.actor())?;
    let state = State::load(cx, code)?;
    state.need(Stage::Scoring)?;
    let entry = entry_of(cx, &state, entry)?;
    if let Some(why) = hindrance(cx, entry.id, person.id())? {
        return Err(Error::Forbidden { reason: format!("{why}: somebody else scores it") });
    }
    let criteria = state.criteria();
    let (mut wrong, mut rows) = (Vec::new(), Vec::new());
    if given.len() > criteria.len() {
        let message = format!("{} scores are more than the {} criteria", given.len(), criteria.len());
        wrong.push(FieldError { field: "scores".into(), code: "too-many".into(), message });
    }
    for (n, criterion) in criteria.iter().enumerate() {
        let one = given.get(n).cloned().unwrap_or_default();
        let mut say = |field: String, code: &str, message: String| {
            wrong.push(FieldError { field, code: code.into(), message });
        };
        let score = score_of(&one.score);
        if score.is_none() {
            say(format!("score-{n}"), "score", format!("Give ‘{criterion}’ a score from 0 to {BEST}"));
        }
        let reason = one.reason.trim();
        if reason.is_empty() {
            say(format!("reason-{n}"), "required", format!("Say in a sentence why, for ‘{criterion}’"));
        } else if reason.chars().count() > 2000 {
            say(format!("reason-{n}"), "too-long", format!("‘{criterion}’: write at most 2000 characters"));
        }
        rows.push((i64::try_from(n).unwrap_or(i64::MAX), i64::from(score.unwrap_or(0)), reason.to_owned()));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let before = cx.row(
        "select max(sheet) from challenge_score where entry_id = $1 and by_id = $2",
        &[entry.id.into(), person.id().into()],
    )?;
    let sheet = before.map(|r| r.get::<Option<i64>>(0)).transpose()?.flatten().unwrap_or(0) + 1;
    let now = cx.now();
    let rows = rows
        .into_iter()
        .map(|(criterion, score, reason)| {
            vec![
                entry.id.into(),
                person.id().into(),
                sheet.into(),
                criterion.into(),
                state.entry.id.into(),
                score.into(),
                reason.as_str().into(),
                now.into(),
            ]
        })
        .collect();
    cx.insert_rows(
        "insert into challenge_score (entry_id, by_id, sheet, criterion, challenge_id, score, reason, at) values",
        rows,
        "",
    )?;
    cx.record(Verb::Decide, "challenge-entry", Some(entry.id), json!({ "challenge": code, "sheet": sheet }))
}

/// Declares that one is not free to score an entry. It cannot be taken back; a sheet that was written before is kept and
/// counts no more.
///
/// # Errors
/// Not allowed; [`Error::Conflict`] where the challenge has ended or is a draft; [`Error::Invalid`] without a sentence.
pub fn declare(cx: &mut Cx<'_>, code: &str, entry: &str, about: &str) -> Result<()> {
    cx.allow(action::CHALLENGE_SCORE, None)?;
    let person = Decider::of(cx.actor())?;
    let state = State::load(cx, code)?;
    if state.stage.ended() || state.stage == Stage::Draft {
        state.need(Stage::Scoring)?;
    }
    let entry = entry_of(cx, &state, entry)?;
    let about = about.trim();
    if about.is_empty() {
        return Err(Error::field("about", "required", "Say in a sentence what the conflict is"));
    }
    if about.chars().count() > 2000 {
        return Err(Error::field("about", "too-long", "Write at most 2000 characters"));
    }
    let now = cx.now();
    let done = cx.exec(
        "insert into challenge_conflict (entry_id, by_id, challenge_id, about, at) values ($1, $2, $3, $4, $5)
         on conflict (entry_id, by_id) do nothing",
        &[entry.id.into(), person.id().into(), state.entry.id.into(), about.into(), now.into()],
    )?;
    if done == 0 {
        return Err(Error::Conflict("you declared a conflict with this entry before".into()));
    }
    cx.record(Verb::Alter, "challenge-entry", Some(entry.id), json!({ "challenge": code, "conflict": true }))
}
