//! What each may see of a challenge, and when.

use super::{
    Criterion, SCORERS, Stage, State, act::free_to_decide, handed_in, score::hindrance, sheets, together,
};
use crate::{
    entry::{self, Entry},
    registers::market::CHALLENGE,
};
use bluelamp_model::{
    Day, Decider, Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::Serialize;
use serde_json::json;

/// A challenge in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// How far it has come.
    pub stage: Stage,
    /// The first day.
    pub opens: Day,
    /// The last day.
    pub closes: Day,
    /// The fund, in whole pounds.
    pub fund: Option<i64>,
    /// How many entries there are.
    pub entries: usize,
}

/// An entry as whoever looks may see it.
#[derive(Clone, Debug, Serialize)]
pub struct EntryView {
    /// Its code.
    pub code: String,
    /// The name under which it is scored.
    pub title: String,
    /// What is proposed.
    pub proposal: String,
    /// The price in whole pounds.
    pub price: Option<i64>,
    /// How many people have scored it.
    pub scorers: usize,
    /// The viewer's own scores, by criterion; empty where they have not scored.
    pub own: Vec<(u8, String)>,
    /// Why the viewer must not score it; nothing where they may.
    pub hindered: Option<&'static str>,
    /// Who sent it: only once the award is decided.
    pub sender: Option<String>,
    /// Medians by criterion: only once the award is decided.
    pub result: Option<Vec<Criterion>>,
    /// Whether it has won.
    pub won: bool,
}

/// How a challenge ended.
#[derive(Clone, Debug, Serialize)]
pub struct Ended {
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Time,
    /// Why.
    pub reasons: String,
    /// The item of the portfolio that came of it, by code; empty without an award.
    pub item: String,
}

/// A challenge as whoever looks may see it.
#[derive(Clone, Debug, Serialize)]
pub struct ChallengeView {
    /// The list's line.
    #[serde(flatten)]
    pub summary: Summary,
    /// The version that the viewer sees.
    pub version: i64,
    /// The problem.
    pub brief: String,
    /// What is scored.
    pub criteria: Vec<String>,
    /// Elements of the strategy.
    pub elements: Vec<String>,
    /// What was looked at ethically before it was opened.
    pub ethics: String,
    /// When it was opened.
    pub opened_at: Option<Time>,
    /// What was handed in, in the order in which it came.
    pub handed_in: Vec<EntryView>,
    /// How many people have to score each entry.
    pub scorers_needed: usize,
    /// How it ended.
    pub ended: Option<Ended>,
}

fn summary(state: &State, entries: usize) -> Result<Summary> {
    Ok(Summary {
        code: state.entry.code.clone(),
        title: state.terms.text("title").into(),
        stage: state.stage,
        opens: state.day("opens")?,
        closes: state.day("closes")?,
        fund: state.terms.money("fund"),
        entries,
    })
}

/// The challenges that stand, those that close last first.
///
/// # Errors
/// Not allowed; database errors.
pub fn challenges(cx: &mut Cx<'_>) -> Result<Vec<Summary>> {
    cx.allow(CHALLENGE.reads, None)?;
    let mut all = Vec::new();
    for entry in entry::held(cx, CHALLENGE.code)?.into_iter().filter(|e| !e.withdrawn) {
        let state = State::of(cx, entry)?;
        let entries = handed_in(cx, state.entry.id)?.len();
        all.push(summary(&state, entries)?);
    }
    all.sort_by_key(|s| std::cmp::Reverse(s.closes));
    cx.record(Verb::Consult, "challenges", None, json!({ "challenges": all.len() }))?;
    Ok(all)
}

fn ended(cx: &mut Cx<'_>, challenge: Id) -> Result<(Option<Ended>, Option<Id>)> {
    let row = cx.row(
        "select a.name, w.at, w.reasons, w.item, w.entry_id from challenge_award w join account a on a.id = w.by_id
         where w.challenge_id = $1",
        &[challenge.into()],
    )?;
    let Some(row) = row else { return Ok((None, None)) };
    let ended = Ended { by: row.get(0)?, at: row.get(1)?, reasons: row.get(2)?, item: row.get(3)? };
    Ok((Some(ended), row.get(4)?))
}

fn sender(cx: &mut Cx<'_>, entry: Id) -> Result<String> {
    let row = cx.row("select sender from challenge_sender where entry_id = $1", &[entry.into()])?;
    row.map(|r| r.get(0)).transpose()?.ok_or_else(|| Error::Bug("an entry has no sender".into()))
}

/// A challenge with what was handed in. Until the award is decided nobody is told who sent what or how others scored.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn challenge(cx: &mut Cx<'_>, code: &str) -> Result<ChallengeView> {
    cx.allow(CHALLENGE.reads, None)?;
    let state = State::load(cx, code)?;
    let me = cx.actor().id;
    let (entries, sheets) = (handed_in(cx, state.entry.id)?, sheets(cx, state.entry.id)?);
    let (ended, winner) = ended(cx, state.entry.id)?;
    let mut views = Vec::new();
    for e in &entries {
        let of_entry = sheets.get(&e.id);
        let mine = me.and_then(|me| of_entry?.get(&me));
        let hindered = match me {
            Some(me) => hindrance(cx, e.id, me)?,
            None => None,
        };
        views.push(EntryView {
            code: e.code.clone(),
            title: e.title.clone(),
            proposal: e.body.text("proposal").into(),
            price: e.body.money("price"),
            scorers: of_entry.map_or(0, std::collections::BTreeMap::len),
            own: mine.map(|s| s.values().cloned().collect()).unwrap_or_default(),
            hindered,
            sender: if ended.is_some() { Some(sender(cx, e.id)?) } else { None },
            result: ended.is_some().then(|| together(&state.criteria(), of_entry)),
            won: winner == Some(e.id),
        });
    }
    let verb = if ended.is_some() { Verb::Disclose } else { Verb::Consult };
    cx.record(
        verb,
        "challenge",
        Some(state.entry.id),
        json!({ "entries": entries.len(), "stage": state.stage.code() }),
    )?;
    Ok(ChallengeView {
        summary: summary(&state, entries.len())?,
        version: state.entry.version,
        brief: state.terms.text("brief").into(),
        criteria: state.criteria().into_iter().map(str::to_owned).collect(),
        elements: state.terms.all("elements").into_iter().map(str::to_owned).collect(),
        ethics: state.terms.text("ethics").into(),
        opened_at: state.opened_at,
        handed_in: views,
        scorers_needed: SCORERS,
        ended,
    })
}

/// The medians before the award, for whoever is to decide: each entry by the name under which it was scored, in the order in
/// which it came. There is no sum, and no order by score.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for whoever scored, took entries in or declared a conflict; [`Error::Conflict`] until
/// every entry has its scorers.
pub fn results(cx: &mut Cx<'_>, code: &str) -> Result<Vec<(String, Vec<Criterion>)>> {
    cx.allow(action::GATE_DECIDE, None)?;
    let person = Decider::of(cx.actor())?;
    let state = State::load(cx, code)?;
    if !state.stage.ended() {
        state.need(Stage::Scoring)?;
        free_to_decide(cx, state.entry.id, person.id())?;
    }
    let (entries, sheets) = (handed_in(cx, state.entry.id)?, sheets(cx, state.entry.id)?);
    if entries.iter().any(|e| sheets.get(&e.id).is_none_or(|s| s.len() < SCORERS)) {
        let message = format!("not every entry has been scored by {SCORERS} people yet");
        return Err(Error::Conflict(message));
    }
    let criteria = state.criteria();
    cx.record(Verb::Consult, "challenge", Some(state.entry.id), json!({ "results": entries.len() }))?;
    Ok(entries.iter().map(|e: &Entry| (e.code.clone(), together(&criteria, sheets.get(&e.id)))).collect())
}

/// A challenge as everybody may see it.
#[derive(Clone, Debug, Serialize)]
pub struct Published {
    /// The list's line; how many entries there are is told once it has closed.
    #[serde(flatten)]
    pub summary: Summary,
    /// The problem.
    pub brief: String,
    /// What is scored.
    pub criteria: Vec<String>,
    /// Who won; nothing before the award and without one.
    pub winner: Option<String>,
    /// Why it was decided so.
    pub reasons: String,
    /// When it was decided.
    pub decided_at: Option<Time>,
}

/// The challenges that are open, being scored or have ended, for everybody. Who did not win is not told.
///
/// # Errors
/// Not allowed; database errors.
pub fn published(cx: &mut Cx<'_>) -> Result<Vec<Published>> {
    cx.allow(action::PROGRAMME_READ, None)?;
    let mut all = Vec::new();
    for entry in entry::held(cx, CHALLENGE.code)?.into_iter().filter(|e| !e.withdrawn) {
        let state = State::of(cx, entry)?;
        if state.stage == Stage::Draft {
            continue;
        }
        let (ended, winner) = ended(cx, state.entry.id)?;
        let entries = match state.stage {
            Stage::Open => 0,
            _ => handed_in(cx, state.entry.id)?.len(),
        };
        all.push(Published {
            summary: summary(&state, entries)?,
            brief: state.terms.text("brief").into(),
            criteria: state.criteria().into_iter().map(str::to_owned).collect(),
            winner: match winner {
                Some(id) => Some(sender(cx, id)?),
                None => None,
            },
            reasons: ended.as_ref().map(|e| e.reasons.clone()).unwrap_or_default(),
            decided_at: ended.map(|e| e.at),
        });
    }
    all.sort_by_key(|p| std::cmp::Reverse(p.summary.closes));
    cx.record(Verb::Consult, "challenges", None, json!({ "published": all.len() }))?;
    Ok(all)
}
