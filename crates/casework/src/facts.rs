//! What somebody learned after a report had come in: who said it, when, and who noted it. Nothing is overwritten.

use crate::{
    Cause, Shelf, Shown,
    assess::look_again,
    gate::{Gate, Ledger},
    queue, review, run,
};
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use bluelamp_triage::{
    Definition, Fact, FactEntry, FactState, FactType, Observation, Observations, Said, Status,
};
use serde::Serialize;
use serde_json::{Value, json};

/// Something more that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct NewFact {
    /// The fact's name, as a dictionary has it.
    pub fact: String,
    /// What was said.
    pub said: Said,
    /// Which sort of source said it.
    pub source: String,
    /// When it was obtained; now, where that is not said.
    pub at: Option<Time>,
}

/// A fact in the panel: how it is asked, what is known, and who said what.
#[derive(Clone, Debug, Serialize)]
pub struct FactLine {
    /// Its name.
    pub name: String,
    /// The neutral wording.
    pub ask: String,
    /// What values it takes.
    pub kind: FactType,
    /// Which sorts of source it may come from.
    pub sources: Vec<String>,
    /// What is known at this moment.
    pub state: Fact,
    /// What was said of it, the latest last.
    pub said: Vec<Observation>,
    /// The title of the definition whose dictionary it is from.
    pub definition: String,
}

/// Reads what somebody chose or typed as the answer to the question of a fact: `unknown` and `refused` are states.
/// A fact that no live definition knows is left to [`note_fact`] to refuse.
///
/// # Errors
/// [`Error::Invalid`] for an empty answer and for what the fact cannot take; database errors.
pub fn answer_to(cx: &mut Cx<'_>, shelf: &Shelf, fact: &str, text: &str) -> Result<Said> {
    let in_use = shelf.in_use(cx)?;
    let live = in_use.iter().filter(|u| u.status == Status::Live);
    let entry = live.flat_map(|u| &u.definition.facts).find(|f| f.name == fact);
    match entry {
        Some(entry) => read_answer(entry, text),
        None => Ok(Said::Value(text.into())),
    }
}

fn read_answer(entry: &FactEntry, text: &str) -> Result<Said> {
    let text = text.trim();
    let wrong = |message: String| Err(Error::field("answer", "wrong-type", message));
    let value = match (text, &entry.kind) {
        ("", _) => return Err(Error::field("answer", "required", "Say what the answer was")),
        ("unknown", _) => return Ok(Said::State(FactState::Unknown, Vec::new())),
        ("refused", _) => return Ok(Said::State(FactState::Refused, Vec::new())),
        ("yes", FactType::YesNo) => Value::Bool(true),
        ("no", FactType::YesNo) => Value::Bool(false),
        (_, FactType::YesNo) => return wrong("Answer yes, no, not known or not answered".into()),
        (text, FactType::Number) => match serde_json::from_str::<serde_json::Number>(text) {
            Ok(number) => Value::Number(number),
            Err(_) => return wrong(format!("'{text}' is not a number; write it in digits, such as 3")),
        },
        (text, FactType::Choice(options)) if !options.iter().any(|o| o == text) => {
            return wrong(format!("'{text}' is none of the answers: {}", options.join(", ")));
        }
        (text, FactType::Choice(_) | FactType::Text) => Value::String(text.to_owned()),
    };
    Ok(Said::Value(value))
}

/// Notes what somebody learned, and lets every definition look again. A proposal may change by it; what was decided
/// stays, and is put up for review where the definition wants that.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`] for a fact that no
/// live definition knows, a value that it cannot take, a time to come, or no source.
pub fn note_fact(cx: &mut Cx<'_>, shelf: &Shelf, report: Id, new: &NewFact) -> Result<()> {
    cx.allow(action::REPORT_UPDATE, Some(report))?;
    let person = Decider::of(cx.actor())?;
    let submission = bluelamp_contact::load(cx, report)?;
    let now = cx.now();
    let mut wrong = Vec::new();
    if new.source.trim().is_empty() {
        wrong.push(field("source", "required", "Say who or what this comes from"));
    }
    if new.at.is_some_and(|at| at > now) {
        wrong.push(field("at", "future", "This time is still to come"));
    }
    let observation = Observation {
        said: new.said.clone(),
        source: new.source.trim().to_owned(),
        at: Some(new.at.unwrap_or(now)),
    };
    wrong.extend(refused(cx, shelf, &new.fact, &observation)?);
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let id = cx.new_id()?;
    let body = serde_json::to_string(&observation).map_err(|e| Error::Bug(e.to_string()))?;
    cx.exec(
        "insert into fact_said (id, report_id, fact, body, noted_at, noted_by) values ($1, $2, $3, $4, $5, $6)",
        &[
            id.into(),
            report.into(),
            new.fact.as_str().into(),
            body.into(),
            now.into(),
            person.id().into(),
        ],
    )?;
    cx.record(Verb::Collect, "report", Some(report), json!({ "said": id, "fact": new.fact }))?;
    look_again(cx, shelf, &submission, Cause::NewFact)
}

fn field(name: &str, code: &str, message: &str) -> FieldError {
    FieldError { field: name.into(), code: code.into(), message: message.into() }
}

/// Why no live definition can take it.
fn refused(cx: &mut Cx<'_>, shelf: &Shelf, fact: &str, said: &Observation) -> Result<Vec<FieldError>> {
    let in_use = shelf.in_use(cx)?;
    let live: Vec<&Definition> =
        in_use.iter().filter(|u| u.status == Status::Live).map(|u| &*u.definition).collect();
    let told = Observations([(fact.to_owned(), vec![said.clone()])].into());
    let moment = Some(cx.now());
    let mut known = live.iter().filter(|d| d.fact(fact).is_some()).peekable();
    if known.peek().is_none() {
        let ask = |d: &&Definition| d.facts_at(&told, moment).err().unwrap_or_default();
        // Every definition says that it does not know it; the one with the nearest name says so best.
        let mut said: Vec<_> = live.iter().flat_map(ask).collect();
        said.sort_by_key(|e| !e.message.contains("did you mean"));
        said.truncate(1);
        if said.is_empty() {
            said.push(field("fact", "unknown-fact", "No live definition knows this fact"));
        }
        return Ok(said.into_iter().map(|e| FieldError { field: "fact".into(), ..e }).collect());
    }
    let wrong = known.find_map(|d| d.facts_at(&told, moment).err()).unwrap_or_default();
    Ok(wrong.into_iter().map(|e| FieldError { field: "answer".into(), ..e }).collect())
}

/// Has a definition asked about a report as well, whatever its form.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`] for one that is not
/// live, or not approved for operation.
pub fn consider(cx: &mut Cx<'_>, shelf: &Shelf, report: Id, definition: &str) -> Result<()> {
    cx.allow(action::REPORT_UPDATE, Some(report))?;
    let person = Decider::of(cx.actor())?;
    let submission = bluelamp_contact::load(cx, report)?;
    let in_use = Gate::of(cx, shelf)?.definitions(&shelf.in_use(cx)?, &mut Ledger::default()).in_use;
    if !in_use.iter().any(|u| u.status == Status::Live && u.definition.header.id == definition) {
        return Err(Error::field(
            "definition",
            "unknown",
            "Select a definition that is in force and approved for operation",
        ));
    }
    let now = cx.now();
    cx.exec(
        "insert into considered (report_id, definition, added_at, added_by) values ($1, $2, $3, $4)
         on conflict (report_id, definition) do nothing",
        &[report.into(), definition.into(), now.into(), person.id().into()],
    )?;
    cx.record(Verb::Alter, "report", Some(report), json!({ "considered": definition }))?;
    look_again(cx, shelf, &submission, Cause::Asked)
}

/// Evaluates again on request: facts go stale with time.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::NotFound`].
pub fn ask_again(cx: &mut Cx<'_>, shelf: &Shelf, report: Id) -> Result<()> {
    cx.allow(action::REPORT_UPDATE, Some(report))?;
    Decider::of(cx.actor())?;
    let submission = bluelamp_contact::load(cx, report)?;
    look_again(cx, shelf, &submission, Cause::Asked)
}

/// Says that something happened to which a definition may want another look: the same people reported again, another
/// incident belongs to it, an order was broken.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`] without words or for
/// something else.
pub fn happened(cx: &mut Cx<'_>, shelf: &Shelf, report: Id, what: &str, words: &str) -> Result<()> {
    cx.allow(action::REPORT_UPDATE, Some(report))?;
    let person = Decider::of(cx.actor())?;
    let mut wrong = Vec::new();
    let events = [Cause::RepeatCall, Cause::LinkedIncident, Cause::Breach];
    let cause = events.into_iter().find(|c| c.code() == what);
    if cause.is_none() {
        wrong.push(field("what", "required", "Select what happened"));
    }
    if words.trim().is_empty() {
        wrong.push(field("words", "required", "Say what happened, and where it is recorded"));
    }
    let (Some(cause), true) = (cause, wrong.is_empty()) else { return Err(Error::Invalid(wrong)) };
    let submission = bluelamp_contact::load(cx, report)?;
    look_again(cx, shelf, &submission, cause)?;
    // It is put up for review whatever the definition says: a person said that it matters.
    review::open(cx, report, cause.code(), words.trim(), Some(person.id()), review::SOON)?;
    cx.record(Verb::Collect, "report", Some(report), json!({ "happened": cause }))
}

/// Puts down the grade that an officer gives before seeing what is proposed. It is given once.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`] without a grade;
/// [`Error::Conflict`] when it was given before, and where nothing is hidden from this person.
pub fn own_grade(cx: &mut Cx<'_>, shelf: &Shelf, report: Id, grade: &str) -> Result<()> {
    cx.allow(action::REPORT_UPDATE, Some(report))?;
    let person = Decider::of(cx.actor())?;
    let item = queue::item(cx, report)?;
    let submission = bluelamp_contact::load(cx, report)?;
    let look = run::look(cx, shelf, report, submission.body.definition.as_deref())?;
    let terms = look.as_ref().and_then(run::Look::terms);
    if !terms.is_some_and(|t| t.grades.iter().any(|g| g == grade)) {
        return Err(Error::field("own_grade", "required", "Select the grade that you would give"));
    }
    if item.own_grade.is_some() {
        return Err(Error::Conflict("you have put down your own grade already; it stays as it is".into()));
    }
    if !item.hidden {
        return Err(Error::Conflict(
            "what is proposed is not hidden here: a grade of your own is given with the decision".into(),
        ));
    }
    let now = cx.now();
    cx.exec(
        "insert into own_grade (report_id, by_id, grade, at) values ($1, $2, $3, $4)",
        &[report.into(), person.id().into(), grade.into(), now.into()],
    )?;
    cx.record(Verb::Decide, "report", Some(report), json!({ "own_grade": grade }))
}

/// The facts of the definitions that are shown, with what is known of each at this moment: those of the first
/// definition first, each fact once.
pub(crate) fn lines(shown: &[Shown], facts: &Observations, moment: Time) -> Vec<FactLine> {
    let mut lines: Vec<FactLine> = Vec::new();
    for s in shown {
        let d = &s.definition;
        let states = d.facts_at(&d.known_part_told(facts), Some(moment)).map(|f| f.0).unwrap_or_default();
        for entry in &d.facts {
            if lines.iter().any(|l| l.name == entry.name) {
                continue;
            }
            lines.push(FactLine {
                name: entry.name.clone(),
                ask: entry.ask.clone(),
                kind: entry.kind.clone(),
                sources: entry.sources.clone(),
                state: states.get(&entry.name).cloned().unwrap_or_else(|| Fact::open(FactState::NotAsked)),
                said: facts.0.get(&entry.name).cloned().unwrap_or_default(),
                definition: d.title.clone(),
            });
        }
    }
    lines
}
