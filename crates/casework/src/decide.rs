//! The decision: the one place where a report changes its state, and it takes a named person.

use crate::{Shelf, Shown, case::new_task, queue, review, run};
use bluelamp_contact::{Reference, State};
use bluelamp_model::{
    Decider, Decision, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
    decision::Stance,
};
use bluelamp_store::Cx;
use bluelamp_triage::Proposed;
use serde::Serialize;
use serde_json::json;

/// What a person can decide about a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Open a case and investigate.
    OpenCase,
    /// Ask the sender for more, and keep the report in the queue.
    AskMore,
    /// Pass it to an organisation that can help.
    Refer,
    /// Do nothing further.
    Close,
}

impl Outcome {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::OpenCase, Self::AskMore, Self::Refer, Self::Close];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OpenCase => "open-case",
            Self::AskMore => "ask-more",
            Self::Refer => "refer",
            Self::Close => "close",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::OpenCase => "Open a case",
            Self::AskMore => "Ask the sender for more information",
            Self::Refer => "Refer to another organisation",
            Self::Close => "Close with no further action",
        }
    }

    fn sender_sees(self) -> State {
        match self {
            Self::OpenCase => State::CaseOpened,
            Self::AskMore => State::MoreNeeded,
            Self::Refer => State::Referred,
            Self::Close => State::Closed,
        }
    }

    fn report_state(self) -> &'static str {
        match self {
            Self::AskMore => "more-needed",
            _ => "decided",
        }
    }
}

/// Why somebody grades below the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LowerReason {
    /// Something the rules rest on is wrong.
    FactWrong,
    /// What the rules rest on belongs to another time or incident.
    OtherIncident,
    /// The harm is being dealt with already.
    Managed,
    /// More is known than the dictionary asks for.
    MoreKnown,
}

impl LowerReason {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::FactWrong, Self::OtherIncident, Self::Managed, Self::MoreKnown];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::FactWrong => "fact-wrong",
            Self::OtherIncident => "other-incident",
            Self::Managed => "managed",
            Self::MoreKnown => "more-known",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::FactWrong => "A fact behind it is wrong or was misunderstood",
            Self::OtherIncident => "It speaks of another time or another incident",
            Self::Managed => "The risk is being managed already",
            Self::MoreKnown => "Something is known that the rules do not ask for",
        }
    }
}

/// What somebody filled in to decide.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// The version of the report that they saw.
    pub version: i64,
    /// Code of an [`Outcome`].
    pub outcome: String,
    /// The grade they give, by name.
    pub grade: String,
    /// Why, and what they weighed (information and assessment).
    pub reasons: String,
    /// Powers and policy.
    pub powers_and_policy: String,
    /// What else was possible.
    pub options: String,
    /// What is to be done, and when it is looked at again.
    pub action_and_review: String,
    /// Code of a [`LowerReason`], where the grade is below the proposed floor; needed exactly then.
    pub lower_code: String,
    /// The same in words.
    pub lower_reason: String,
    /// What the sender is told; the usual words when empty.
    pub message: String,
    /// What they say to the proposed actions.
    pub actions: Vec<ActionAnswer>,
}

/// What somebody says to one proposed action.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActionAnswer {
    /// The definition that proposes it.
    pub definition: String,
    /// Its place among the actions of that definition's assessment.
    pub place: usize,
    /// Code of an [`Answer`](ActionSaid).
    pub answer: String,
    /// What is to be done instead, where it is changed.
    pub title: String,
    /// By when instead, as a length of time such as `4 h`; as proposed when empty.
    pub due: String,
    /// Why it is changed or refused.
    pub reason: String,
}

/// The three things that can be said to a proposed action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionSaid {
    /// It becomes a task as it stands.
    Accept,
    /// It becomes a task in other words or with another deadline.
    Change,
    /// It becomes none.
    Refuse,
}

impl ActionSaid {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Accept, Self::Change, Self::Refuse];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Change => "change",
            Self::Refuse => "refuse",
        }
    }
}

/// An action that was proposed and what a person said to it, as it was stored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answered {
    /// What was proposed.
    pub action: String,
    /// The definition that proposed it.
    pub definition: String,
    /// `accept`, `change` or `refuse`.
    pub answer: String,
    /// Why.
    pub reason: String,
    /// The decision that it belongs to.
    pub decision: Id,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The decision.
    pub decision: Id,
    /// The case, when one was opened.
    pub case: Option<Id>,
}

/// A decision that was made, as it was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The decision itself.
    pub decision: Decision<Id>,
    /// `report`, `review` or `supervision`.
    pub kind: String,
    /// The grade that was given.
    pub grade: Option<String>,
    /// Who decided, by name.
    pub by: String,
}

/// Decides about a report. The only way in which its state ever changes.
///
/// # Errors
/// [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`] with every field that is
/// missing; [`Error::Stale`] when the report changed since they read it.
pub fn decide(cx: &mut Cx<'_>, shelf: &Shelf, id: Id, choice: &Choice) -> Result<Decided> {
    cx.allow(action::REPORT_DECIDE, Some(id))?;
    let person = Decider::of(cx.actor())?;
    let item = queue::item(cx, id)?;
    if item.version != choice.version {
        return Err(Error::Stale(
            "the report was assessed again or decided on; read it and decide anew".into(),
        ));
    }
    if item.state == "decided" {
        return Err(Error::Conflict("this report was decided on already".into()));
    }
    let submission = bluelamp_contact::load(cx, id)?;
    let look = run::look(cx, shelf, id, submission.body.definition.as_deref())?;
    own_grade_first(&item, look.as_ref())?;
    let terms = run::terms(cx, look.as_ref(), id)?;
    let shown = look.as_ref().map(|l| l.shown.as_slice()).unwrap_or_default();
    let checked = check(choice, terms.as_ref(), shown)?;
    let now = cx.now();
    let run = look.as_ref().map(|l| l.run.id);
    let why = checked.lowered.map_or_else(String::new, |l| {
        format!(", below the proposed floor: {}. {}", l.label(), choice.lower_reason.trim())
    });
    let decision = Decision {
        id: cx.new_id()?,
        about: id,
        decider: person,
        decided_at: now,
        proposal: run.filter(|_| checked.stance.is_some()),
        stance: checked.stance,
        information: format!("Report {} with its answers, assessment and suggested matches.", item.reference),
        assessment: match choice.grade.as_str() {
            "" => "No grade was given.".into(),
            grade if why.is_empty() => format!("Graded {grade}."),
            grade => format!("Graded {grade}{why}"),
        },
        powers_and_policy: said(&choice.powers_and_policy),
        options: said(&choice.options),
        action_and_review: said(&choice.action_and_review),
        outcome: checked.outcome.code().into(),
        reasons: choice.reasons.trim().into(),
    };
    decision.check()?;
    let grade = (!choice.grade.is_empty()).then_some(choice.grade.as_str());
    keep(cx, &decision, "report", grade, terms.as_ref(), checked.lowered, run)?;
    let case = match checked.outcome {
        Outcome::OpenCase => Some(open_case(cx, &item, decision.id, person)?),
        _ => None,
    };
    keep_answers(cx, &checked.actions, decision.id, id, case)?;
    let changed = cx.exec(
        "update report set state = $1, case_id = $2, grade = $3, graded_at = $4, version = version + 1
         where id = $5 and version = $6",
        &[
            checked.outcome.report_state().into(),
            case.into(),
            grade.into(),
            grade.map(|_| now).into(),
            id.into(),
            choice.version.into(),
        ],
    )?;
    if changed != 1 {
        return Err(Error::Stale("somebody else decided at the same moment; read the report again".into()));
    }
    review::answered_by(cx, id, decision.id, person)?;
    if let (Some(terms), Some(grade)) = (&terms, grade) {
        // What was closed without more has no clock; what happens later can still bring it back.
        if checked.outcome != Outcome::Close {
            review::start_clock(cx, id, terms, grade)?;
        }
        let within = terms.supervisor_within;
        if let Some(lowered) = checked.lowered {
            let floor = terms.grade(terms.floor).unwrap_or("the floor");
            let detail = format!("Graded {grade}, below {floor}: {}.", lowered.label());
            review::open(cx, id, review::BELOW_FLOOR, &detail, Some(person.id()), within)?;
        }
        for refused in checked.actions.iter().filter(|a| a.said == ActionSaid::Refuse && a.proposed.must) {
            let detail = format!("Refused: {}. {}", refused.proposed.action, refused.reason);
            review::open(cx, id, review::REFUSED_DUTY, &detail, Some(person.id()), within)?;
        }
    }
    bluelamp_contact::progress(cx, id, checked.outcome.sender_sees(), &choice.message)?;
    cx.record(
        Verb::Decide,
        "report",
        Some(id),
        json!({ "decision": decision.id, "outcome": checked.outcome.code(), "grade": grade,
                "stance": checked.stance, "proposal": decision.proposal, "case": case }),
    )?;
    Ok(Decided { decision: decision.id, case })
}

/// Nobody decides on what is still hidden from them.
pub(crate) fn own_grade_first(item: &queue::QueueItem, look: Option<&run::Look>) -> Result<()> {
    if item.hidden && look.is_some_and(run::Look::wants_own_grade) {
        let message = "First put down the grade that you would give yourself; then the proposal is shown";
        return Err(Error::field("own_grade", "required", message));
    }
    Ok(())
}

/// Keeps a decision with what the figures about decisions need.
pub(crate) fn keep(
    cx: &mut Cx<'_>,
    decision: &Decision,
    kind: &str,
    grade: Option<&str>,
    terms: Option<&run::Terms>,
    lowered: Option<LowerReason>,
    run: Option<Id>,
) -> Result<()> {
    let body = serde_json::to_string(decision).map_err(|e| Error::Bug(e.to_string()))?;
    cx.exec(
        "insert into decision (id, report_id, decided_at, decided_by, outcome, grade, body, kind, stance, floor,
                               ceiling, definition, version, lower_code, run_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        &[
            decision.id.into(),
            decision.about.into(),
            decision.decided_at.into(),
            decision.decider.id().into(),
            decision.outcome.as_str().into(),
            grade.into(),
            body.into(),
            kind.into(),
            decision.stance.map(stance_code).into(),
            terms.and_then(|t| t.grade(t.floor)).into(),
            terms.and_then(|t| t.grade(t.ceiling)).into(),
            terms.map(|t| t.definition.as_str()).into(),
            terms.map(|t| t.version.as_str()).into(),
            lowered.map(LowerReason::code).into(),
            run.into(),
        ],
    )?;
    Ok(())
}

/// The stable code of a stance.
pub(crate) fn stance_code(stance: Stance) -> &'static str {
    match stance {
        Stance::Agreed => "agreed",
        Stance::Raised => "raised",
        Stance::Lowered => "lowered",
    }
}

fn said(text: &str) -> String {
    if text.trim().is_empty() { "Nothing was written.".into() } else { text.trim().into() }
}

/// How a grade stands to the floor. Where nothing was proposed, whatever a person gives is more than that.
pub(crate) fn stance(given: usize, floor: Option<usize>) -> Stance {
    match Some(given).cmp(&floor) {
        std::cmp::Ordering::Less => Stance::Lowered,
        std::cmp::Ordering::Equal => Stance::Agreed,
        std::cmp::Ordering::Greater => Stance::Raised,
    }
}

/// Why a grade is below the floor: a code and words, both needed.
pub(crate) fn lower_reason(
    code: &str,
    words: &str,
    need: &mut impl FnMut(&str, &str),
) -> Option<LowerReason> {
    let reason = LowerReason::ALL.into_iter().find(|r| r.code() == code);
    if reason.is_none() {
        need("lower_code", "Select why the grade is below the proposed floor");
    }
    if words.trim().is_empty() {
        need("lower_reason", "Say why the grade is below the proposed floor");
    }
    reason
}

/// A choice that says all it has to.
struct Checked {
    outcome: Outcome,
    stance: Option<Stance>,
    lowered: Option<LowerReason>,
    actions: Vec<CheckedAction>,
}

struct CheckedAction {
    definition: String,
    version: String,
    proposed: Proposed,
    said: ActionSaid,
    title: String,
    minutes: Option<u32>,
    reason: String,
}

/// Everything that is missing or does not fit, in one go.
fn check(choice: &Choice, terms: Option<&run::Terms>, shown: &[Shown]) -> Result<Checked> {
    let mut wrong = Vec::new();
    let mut need = |field: &str, message: &str| {
        wrong.push(FieldError { field: field.into(), code: "required".into(), message: message.into() });
    };
    let outcome = Outcome::ALL.into_iter().find(|o| o.code() == choice.outcome);
    if outcome.is_none() {
        need("outcome", "Select what happens next");
    }
    if choice.reasons.trim().is_empty() {
        need("reasons", "Enter your reasons");
    }
    let (mut against, mut lowered) = (None, None);
    if let Some(terms) = terms {
        match terms.grades.iter().position(|g| *g == choice.grade) {
            None => need("grade", "Select the grade you give"),
            Some(given) => {
                let found = stance(given, terms.floor);
                against = Some(found);
                if found == Stance::Lowered {
                    lowered = lower_reason(&choice.lower_code, &choice.lower_reason, &mut need);
                }
            }
        }
    } else if !choice.grade.is_empty() {
        need("grade", "No definition speaks to this report, so there are no grades to choose from");
    }
    let mut actions = Vec::new();
    for answer in &choice.actions {
        actions.extend(check_action(answer, shown, &mut need));
    }
    // Whoever asks for more has not decided yet; with every other outcome, what is required has to be answered.
    if outcome.is_some_and(|o| o != Outcome::AskMore) {
        for s in shown {
            for (place, proposed) in s.assessment.actions.iter().enumerate().filter(|(_, p)| p.must) {
                let definition = &s.assessment.definition;
                if !choice.actions.iter().any(|a| a.definition == *definition && a.place == place) {
                    need(
                        &action_field(definition, place),
                        &format!("Say what happens with the required action “{}”", proposed.action),
                    );
                }
            }
        }
    }
    match outcome {
        Some(outcome) if wrong.is_empty() => Ok(Checked { outcome, stance: against, lowered, actions }),
        _ => Err(Error::Invalid(wrong)),
    }
}

/// The name of the field in which an action is answered.
#[must_use]
pub fn action_field(definition: &str, place: usize) -> String {
    format!("action-{definition}-{place}")
}

fn check_action(
    answer: &ActionAnswer,
    shown: &[Shown],
    need: &mut impl FnMut(&str, &str),
) -> Option<CheckedAction> {
    let field = action_field(&answer.definition, answer.place);
    let a = shown.iter().map(|s| &s.assessment).find(|a| a.definition == answer.definition);
    let Some((a, proposed)) = a.and_then(|a| Some((a, a.actions.get(answer.place)?))) else {
        need(&field, "This action is not proposed any more; read the report again");
        return None;
    };
    let Some(said) = ActionSaid::ALL.into_iter().find(|s| s.code() == answer.answer) else {
        need(&field, "Say whether the action is accepted, changed or refused");
        return None;
    };
    let changed = said == ActionSaid::Change;
    let title = answer.title.trim();
    let (mut minutes, mut whole) = (proposed.deadline_minutes, true);
    if changed {
        if title.is_empty() && answer.due.trim().is_empty() {
            need(&field, "Say what is to be done instead, or by when");
            whole = false;
        }
        match bluelamp_triage::duration(answer.due.trim()) {
            Some(m) => minutes = Some(m),
            None if answer.due.trim().is_empty() => {}
            None => {
                need(&field, "Write by when as a length of time, such as 30 min, 4 h or 2 d");
                whole = false;
            }
        }
    }
    if said != ActionSaid::Accept && answer.reason.trim().is_empty() {
        need(&field, "Say why the action is changed or refused");
        whole = false;
    }
    whole.then(|| CheckedAction {
        definition: a.definition.clone(),
        version: a.version.clone(),
        title: if changed && !title.is_empty() { title.to_owned() } else { proposed.action.clone() },
        proposed: proposed.clone(),
        said,
        minutes,
        reason: answer.reason.trim().to_owned(),
    })
}

/// Keeps what was said to each action; what was accepted or changed becomes a task.
fn keep_answers(
    cx: &mut Cx<'_>,
    actions: &[CheckedAction],
    decision: Id,
    report: Id,
    case: Option<Id>,
) -> Result<()> {
    let now = cx.now();
    let mut rows = Vec::with_capacity(actions.len());
    for a in actions {
        let task = match a.said {
            ActionSaid::Refuse => None,
            ActionSaid::Accept | ActionSaid::Change => {
                let due = a.minutes.map(|minutes| now.plus_seconds(i64::from(minutes) * 60));
                Some(new_task(cx, report, case, &a.title, &a.proposed.role, due)?)
            }
        };
        rows.push(vec![
            cx.new_id()?.into(),
            decision.into(),
            report.into(),
            a.definition.as_str().into(),
            a.version.as_str().into(),
            a.proposed.action.as_str().into(),
            i64::from(a.proposed.must).into(),
            a.said.code().into(),
            a.reason.as_str().into(),
            task.into(),
        ]);
    }
    cx.insert_rows(
        "insert into action_answer (id, decision_id, report_id, definition, version, action, must, answer, reason,
                                    task_id) values",
        rows,
        "",
    )
}

fn open_case(cx: &mut Cx<'_>, item: &queue::QueueItem, decision: Id, person: Decider) -> Result<Id> {
    let id = cx.new_id()?;
    let reference = Reference::new(cx, 'C')?;
    let now = cx.now();
    cx.exec(
        "insert into case_file (id, reference, title, opened_at, opened_by, decision_id, report_id, state)
         values ($1, $2, $3, $4, $5, $6, $7, 'open')",
        &[
            id.into(),
            reference.text().into(),
            item.title.as_str().into(),
            now.into(),
            person.id().into(),
            decision.into(),
            item.id.into(),
        ],
    )?;
    cx.record(Verb::Collect, "case", Some(id), json!({ "report": item.id, "decision": decision }))?;
    Ok(id)
}

/// What was said to proposed actions of a report. For a room that has asked the policy.
pub(crate) fn answered(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Answered>> {
    cx.rows(
        "select action, definition, answer, reason, decision_id from action_answer where report_id = $1 order by id",
        &[report.into()],
    )?
    .iter()
    .map(|r| {
        Ok(Answered {
            action: r.get(0)?,
            definition: r.get(1)?,
            answer: r.get(2)?,
            reason: r.get(3)?,
            decision: r.get(4)?,
        })
    })
    .collect()
}

/// Whether a person has decided, since a review was opened, what a supervisor has to look at: the report itself, or a
/// grade below the floor. The decision that opened the review is of the same moment.
pub(crate) fn is_their_own(cx: &mut Cx<'_>, report: Id, person: Id, since: Time) -> Result<bool> {
    let sql = "select 1 from decision where report_id = $1 and decided_by = $2 and decided_at >= $3
               and (kind = 'report' or (kind = 'review' and stance = 'lowered'))";
    Ok(cx.row(sql, &[report.into(), person.into(), since.into()])?.is_some())
}

/// What was decided about a report, latest first. For a room that has asked the policy.
pub(crate) fn made(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Made>> {
    cx.rows(
        "select d.body, d.grade, a.name, d.kind from decision d join account a on a.id = d.decided_by
         where d.report_id = $1 order by d.decided_at desc, d.id desc",
        &[report.into()],
    )?
    .iter()
    .map(|row| {
        let body: String = row.get(0)?;
        Ok(Made {
            decision: serde_json::from_str(&body)
                .map_err(|e| Error::Bug(format!("a stored decision cannot be read: {e}")))?,
            grade: row.get(1)?,
            by: row.get(2)?,
            kind: row.get(3)?,
        })
    })
    .collect()
}
