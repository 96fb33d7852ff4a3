//! What happens to an item: an idea is put down by anybody, and a gate is passed by somebody who answers for it.

use crate::{
    assessment,
    entry::{self, Entry},
    gate::lacking,
    register::Body,
    registers::portfolio::{GATE, ITEM, STAGES},
};
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::Serialize;
use serde_json::json;

/// Whoever puts down an idea hears what came of it within so many days.
pub const FEEDBACK_DAYS: i64 = 28;

/// What came of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// On to the next stage.
    Pass,
    /// On to the next stage, under conditions.
    Conditions,
    /// It stays where it is for now.
    Hold,
    /// It goes no further.
    Stop,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pass, Self::Conditions, Self::Hold, Self::Stop];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Conditions => "conditions",
            Self::Hold => "hold",
            Self::Stop => "stop",
        }
    }
}

/// What somebody decides at a gate.
#[derive(Clone, Debug, Default)]
pub struct GateDecision {
    /// The version of the item that they saw.
    pub version: i64,
    /// The outcome's code.
    pub outcome: String,
    /// Under which conditions.
    pub conditions: String,
    /// Why.
    pub reasons: String,
    /// Standards that were checked.
    pub assurance: Vec<String>,
}

/// An idea with what became of it, for whoever put it down.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Idea {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What it is now: an idea still, a proposal, a project.
    pub kind: String,
    /// Its stage.
    pub stage: String,
    /// How it stands.
    pub status: String,
    /// When it was put down.
    pub put_down: Time,
    /// What was said about it last.
    pub said: String,
    /// When it was said; nothing where nobody has said anything.
    pub said_at: Option<Time>,
}

/// Puts an idea down. It is an item from the first moment, at the first stage.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`].
pub fn submit_idea(cx: &mut Cx<'_>, title: &str, summary: &str) -> Result<Entry> {
    cx.allow(action::IDEA_SUBMIT, None)?;
    Decider::of(cx.actor())?;
    let body = ITEM
        .read_json(&json!({
            "title": title, "summary": summary, "kind": "idea", "stage": "idea", "status": "not-started",
        }))
        .map_err(Error::Invalid)?;
    entry::insert(cx, &ITEM, "", &body, "Put down as an idea")
}

/// The ideas that the acting person put down, the latest first.
///
/// # Errors
/// Not allowed; database errors.
pub fn own_ideas(cx: &mut Cx<'_>) -> Result<Vec<Idea>> {
    cx.allow(action::IDEA_SUBMIT, None)?;
    let who = Decider::of(cx.actor())?.id();
    let rows = cx.rows(
        "select e.code, e.title, e.body, v.at, l.reason, l.at, l.version from entry e
         join entry_version v on v.entry_id = e.id and v.version = 1
         join entry_version l on l.entry_id = e.id and l.version = e.version
         where e.register = 'item' and v.by_id = $1 and v.reason = 'Put down as an idea' order by v.at desc",
        &[who.into()],
    )?;
    cx.record(Verb::Consult, "ideas", None, json!({ "ideas": rows.len() }))?;
    rows.iter()
        .map(|r| {
            let body = Body::of_stored(&r.get::<String>(2)?)
                .map_err(|e| Error::Bug(format!("a stored entry cannot be read: {e}")))?;
            let answered = r.get::<i64>(6)? > 1;
            Ok(Idea {
                code: r.get(0)?,
                title: r.get(1)?,
                kind: body.text("kind").into(),
                stage: body.text("stage").into(),
                status: body.text("status").into(),
                put_down: r.get(3)?,
                said: if answered { r.get(4)? } else { String::new() },
                said_at: if answered { Some(r.get(5)?) } else { None },
            })
        })
        .collect()
}

/// The stage after this one, where there is one.
#[must_use]
pub fn next_stage(stage: &str) -> Option<&'static str> {
    let at = STAGES.iter().position(|(code, _)| *code == stage).unwrap_or(0);
    STAGES.get(at + 1).map(|(code, _)| *code)
}

/// Refuses while somebody's assessment says that the item works against ethics and nobody accountable has answered.
fn bars_no_more(cx: &mut Cx<'_>, code: &str) -> Result<()> {
    let open = assessment::blocks(cx, code)?;
    let said = open.iter().map(|b| format!("{} is scored -1 by {}", b.element, b.by));
    match said.collect::<Vec<_>>().join(", ").as_str() {
        "" => Ok(()),
        said => Err(Error::Conflict(format!(
            "{said}: an accountable person has to say first, with reasons, why the item may go on"
        ))),
    }
}

/// Decides at the gate before the next stage, and keeps the decision in the register of gates.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff and for whoever wrote the item last;
/// [`Error::Invalid`] without reasons, and where it lacks something and is to pass without conditions;
/// [`Error::Conflict`] where no stage is left, and where an assessment bars the
/// item's way; [`Error::Stale`].
pub fn decide_gate(cx: &mut Cx<'_>, code: &str, decision: &GateDecision) -> Result<Entry> {
    cx.allow(action::GATE_DECIDE, None)?;
    let person = Decider::of(cx.actor())?;
    let item = entry::find(cx, &ITEM, code)?;
    if item.version != decision.version {
        return Err(Error::Stale(format!("the item ‘{code}’")));
    }
    if item.withdrawn {
        return Err(Error::Conflict(format!("the item ‘{code}’ was withdrawn: it passes no gate")));
    }
    if writer(cx, item.id)? == Some(person.id()) {
        let reason = "you wrote this item yourself: somebody else decides at its gate".to_owned();
        return Err(Error::Forbidden { reason });
    }
    let mut wrong = Vec::new();
    let mut need = |field: &str, message: &str| {
        wrong.push(FieldError { field: field.into(), code: "required".into(), message: message.into() });
    };
    let outcome = Outcome::ALL.into_iter().find(|o| o.code() == decision.outcome);
    if outcome.is_none() {
        need("outcome", "Choose what comes of it");
    }
    if decision.reasons.trim().is_empty() {
        need("reasons", "Enter your reasons");
    }
    if outcome == Some(Outcome::Conditions) && decision.conditions.trim().is_empty() {
        need("conditions", "Enter the conditions");
    }
    let Some(outcome) = outcome.filter(|_| wrong.is_empty()) else { return Err(Error::Invalid(wrong)) };
    let lacks = lacking(cx, &item)?;
    if matches!(outcome, Outcome::Pass | Outcome::Conditions) {
        bars_no_more(cx, code)?;
    }
    if outcome == Outcome::Pass && !lacks.is_empty() {
        let message = format!(
            "{}. Let it through with conditions that say by when this is there, or hold it",
            lacks.join(". ")
        );
        return Err(Error::field("outcome", "lacking", message));
    }
    let from = match item.body.text("stage") {
        "" => "idea",
        stage => stage,
    };
    let to = match outcome {
        Outcome::Pass | Outcome::Conditions => next_stage(from)
            .ok_or_else(|| Error::Conflict("the item is closed: there is no gate left".into()))?,
        Outcome::Hold | Outcome::Stop if from == "closed" => {
            return Err(Error::Conflict("the item is closed: there is no gate left".into()));
        }
        Outcome::Hold => from,
        Outcome::Stop => "closed",
    };
    let name = cx.row("select name from account where id = $1", &[person.id().into()])?;
    let name: String = name.map(|r| r.get(0)).transpose()?.unwrap_or_default();
    let gate = GATE
        .read_json(&json!({
            "title": format!("{}: {from} to {to}", item.title), "item": code, "from": from, "to": to,
            "outcome": outcome.code(), "conditions": decision.conditions, "reasons": decision.reasons,
            "by": name, "assurance": decision.assurance, "lacking": lacks,
        }))
        .map_err(Error::Invalid)?;
    entry::insert(cx, &GATE, "", &gate, &decision.reasons)?;
    let mut body = item.body.clone();
    body.set("stage", json!(to));
    if outcome == Outcome::Stop {
        body.set("status", json!("stopped"));
    }
    cx.record(
        Verb::Decide,
        "entry",
        Some(item.id),
        json!({ "gate": outcome.code(), "from": from, "to": to }),
    )?;
    entry::update(cx, &ITEM, &item, &body, item.withdrawn, &decision.reasons)
}

/// Who wrote last what an item says. A gate writes its stage and its status, and is nobody's wording.
fn writer(cx: &mut Cx<'_>, item: Id) -> Result<Option<Id>> {
    let rows = cx.rows(
        "select body, by_id from entry_version where entry_id = $1 order by version desc",
        &[item.into()],
    )?;
    let mut said = Vec::new();
    for row in &rows {
        let mut body = Body::of_stored(&row.get::<String>(0)?)
            .map_err(|e| Error::Bug(format!("a stored item cannot be read: {e}")))?;
        body.remove("stage");
        body.remove("status");
        said.push((body, row.get::<Option<Id>>(1)?));
    }
    let last = said.iter().zip(said.iter().skip(1)).find(|((body, _), (before, _))| body != before);
    Ok(last.map(|(version, _)| version).or(said.last()).and_then(|(_, by)| *by))
}

/// An item at its gate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AtGate {
    /// The item.
    pub item: Entry,
    /// The stage after the one at which it is; none where it is closed.
    pub next: Option<&'static str>,
    /// What was decided at its gates, the latest first.
    pub gates: Vec<Entry>,
    /// What bars its way until somebody lifts it.
    pub blocks: Vec<assessment::Block>,
    /// What it should have before the next gate and has not, in sentences: it passes with conditions only.
    pub lacking: Vec<String>,
}

/// An item with what is to be known at its gate.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn at_gate(cx: &mut Cx<'_>, code: &str) -> Result<AtGate> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let item = entry::find(cx, &ITEM, code)?;
    let mut gates = entry::held(cx, GATE.code)?;
    gates.retain(|g| g.body.text("item") == code && !g.withdrawn);
    gates.sort_by(|a, b| (b.changed_at, &b.code).cmp(&(a.changed_at, &a.code)));
    let blocks = assessment::blocks(cx, code)?;
    cx.record(
        Verb::Consult,
        "entry",
        Some(item.id),
        json!({ "register": "item", "code": code, "gate": true }),
    )?;
    let stage = match item.body.text("stage") {
        "" => "idea",
        stage => stage,
    };
    let next = next_stage(stage);
    let lacking = lacking(cx, &item)?;
    Ok(AtGate { next, gates, blocks, lacking, item })
}
