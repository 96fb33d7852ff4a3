//! The decision: the one place where a report changes its state, and it takes a named person.

use crate::{queue, report};
use bluelamp_contact::{Reference, State};
use bluelamp_model::{
    Decider, Decision, Error, FieldError, Id, Result,
    authority::{Verb, action},
    decision::Stance,
};
use bluelamp_store::Cx;
use bluelamp_triage::Assessment;
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
    /// Why the grade is below the proposed floor; needed exactly then.
    pub lower_reason: String,
    /// What the sender is told; the usual words when empty.
    pub message: String,
    /// Proposed actions that become tasks, by their place in the assessment.
    pub tasks: Vec<usize>,
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
pub fn decide(cx: &mut Cx<'_>, id: Id, choice: &Choice) -> Result<Decided> {
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
    let assessment = report::latest_assessment(cx, id)?;
    let (outcome, stance) = check(choice, assessment.as_ref().map(|(_, p)| &p.content))?;
    let now = cx.now();
    let decision = Decision {
        id: cx.new_id()?,
        about: id,
        decider: person,
        decided_at: now,
        proposal: assessment.as_ref().map(|(id, _)| *id),
        stance,
        information: format!("Report {} with its answers, assessment and suggested matches.", item.reference),
        assessment: match (&choice.grade, choice.lower_reason.trim()) {
            (grade, "") if grade.is_empty() => "No grade was given.".into(),
            (grade, "") => format!("Graded {grade}."),
            (grade, why) => format!("Graded {grade}, below the proposed floor: {why}"),
        },
        powers_and_policy: said(&choice.powers_and_policy),
        options: said(&choice.options),
        action_and_review: said(&choice.action_and_review),
        outcome: outcome.code().into(),
        reasons: choice.reasons.trim().into(),
    };
    decision.check()?;
    let body = serde_json::to_string(&decision).map_err(|e| Error::Bug(e.to_string()))?;
    let grade = (!choice.grade.is_empty()).then_some(choice.grade.as_str());
    cx.exec(
        "insert into decision (id, report_id, decided_at, decided_by, outcome, grade, body)
         values ($1, $2, $3, $4, $5, $6, $7)",
        &[
            decision.id.into(),
            id.into(),
            now.into(),
            person.id().into(),
            outcome.code().into(),
            grade.into(),
            body.into(),
        ],
    )?;
    let case = match outcome {
        Outcome::OpenCase => {
            let actions = assessment.as_ref().map(|(_, p)| p.content.actions.as_slice()).unwrap_or_default();
            let case = open_case(cx, &item, decision.id, person)?;
            for action in choice.tasks.iter().filter_map(|n| actions.get(*n)) {
                let due = action.deadline_minutes.map(|minutes| now.plus_seconds(i64::from(minutes) * 60));
                crate::case::new_task(cx, case, &action.action, &action.role, due)?;
            }
            Some(case)
        }
        _ => None,
    };
    let changed = cx.exec(
        "update report set state = $1, case_id = $2, version = version + 1 where id = $3 and version = $4",
        &[outcome.report_state().into(), case.into(), id.into(), choice.version.into()],
    )?;
    if changed != 1 {
        return Err(Error::Stale("somebody else decided at the same moment; read the report again".into()));
    }
    bluelamp_contact::progress(cx, id, outcome.sender_sees(), &choice.message)?;
    cx.record(
        Verb::Decide,
        "report",
        Some(id),
        json!({ "decision": decision.id, "outcome": outcome.code(), "grade": grade, "stance": stance,
                "proposal": decision.proposal, "case": case }),
    )?;
    Ok(Decided { decision: decision.id, case })
}

fn said(text: &str) -> String {
    if text.trim().is_empty() { "Nothing was written.".into() } else { text.trim().into() }
}

/// Everything that is missing or does not fit, in one go.
fn check(choice: &Choice, assessed: Option<&Assessment>) -> Result<(Outcome, Option<Stance>)> {
    let mut wrong = Vec::new();
    let mut need = |field: &str, code: &str, message: &str| {
        wrong.push(FieldError { field: field.into(), code: code.into(), message: message.into() });
    };
    let outcome = Outcome::ALL.into_iter().find(|o| o.code() == choice.outcome);
    if outcome.is_none() {
        need("outcome", "required", "Select what happens next");
    }
    if choice.reasons.trim().is_empty() {
        need("reasons", "required", "Enter your reasons");
    }
    let mut stance = None;
    if let Some(assessment) = assessed {
        match (assessment.rank(&choice.grade), assessment.floor_rank()) {
            (None, _) => need("grade", "required", "Select the grade you give"),
            (Some(given), Some(floor)) => {
                stance = Some(match given.cmp(&floor) {
                    std::cmp::Ordering::Less => Stance::Lowered,
                    std::cmp::Ordering::Equal => Stance::Agreed,
                    std::cmp::Ordering::Greater => Stance::Raised,
                });
                if given < floor && choice.lower_reason.trim().is_empty() {
                    need("lower_reason", "required", "Say why the grade is below the proposed floor");
                }
            }
            // Nothing was proposed: whatever the person gives is more than that.
            (Some(_), None) => stance = Some(Stance::Raised),
        }
    }
    match outcome {
        Some(outcome) if wrong.is_empty() => Ok((outcome, stance)),
        _ => Err(Error::Invalid(wrong)),
    }
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

/// What was decided about a report, latest first. For a room that has asked the policy.
pub(crate) fn made(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Made>> {
    cx.rows(
        "select d.body, d.grade, a.name from decision d join account a on a.id = d.decided_by
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
        })
    })
    .collect()
}
