//! What happened in a case, in order, from the report to now.

use crate::{Case, Shelf, decide, report, review};
use bluelamp_model::{Result, Time};
use bluelamp_store::Cx;
use serde::Serialize;

/// One moment in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// When.
    pub at: Time,
    /// What happened, in a few words.
    pub title: String,
    /// By whom, where a person did it.
    pub by: Option<String>,
    /// More about it.
    pub detail: String,
}

/// The moments of a case, latest first. What other rooms know, such as evidence, is added by who calls.
///
/// # Errors
/// Database errors; the policy was asked when the case was read.
pub fn timeline(cx: &mut Cx<'_>, shelf: &Shelf, case: &Case) -> Result<Vec<Moment>> {
    let submission = bluelamp_contact::load(cx, case.report_id)?;
    let mut moments = vec![Moment {
        at: submission.received_at,
        title: format!("Report {} received", submission.reference),
        by: None,
        detail: submission.title,
    }];
    for look in report::assessments_of(cx, shelf, case.report_id)? {
        let said = look.shown.iter().map(|s| {
            format!("{} version {}: {}", s.definition.title, s.assessment.version, s.assessment.summary)
        });
        moments.push(Moment {
            at: look.run.made_at,
            title: format!("Assessed: {}", look.run.cause.label().to_lowercase()),
            by: None,
            detail: said.collect::<Vec<_>>().join("\n"),
        });
    }
    for waiting in review::of_report(cx, case.report_id)? {
        moments.push(Moment {
            at: waiting.made_at,
            title: format!("Put up for review: {}", review::cause_label(&waiting.cause).to_lowercase()),
            by: None,
            detail: waiting.detail,
        });
    }
    for made in decide::made(cx, case.report_id)? {
        let grade = made.grade.map(|g| format!("Graded {g}. ")).unwrap_or_default();
        moments.push(Moment {
            at: made.decision.decided_at,
            title: format!("Decided: {}", outcome_label(&made.decision.outcome)),
            by: Some(made.by),
            detail: format!("{grade}{}", made.decision.reasons),
        });
    }
    for task in &case.tasks {
        if let (Some(at), Some(result)) = (task.done_at, &task.result) {
            let title = format!("Task done: {}", task.title);
            moments.push(Moment { at, title, by: task.done_by.clone(), detail: result.clone() });
        }
    }
    for note in &case.notes {
        moments.push(Moment {
            at: note.at,
            title: "Note".into(),
            by: Some(note.by.clone()),
            detail: note.text.clone(),
        });
    }
    moments.sort_by_key(|m| std::cmp::Reverse(m.at));
    Ok(moments)
}

fn outcome_label(code: &str) -> &str {
    if code == "reviewed" {
        return "Reviewed";
    }
    match decide::Outcome::ALL.into_iter().find(|o| o.code() == code) {
        Some(outcome) => outcome.label(),
        None => code,
    }
}
