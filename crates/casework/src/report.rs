//! A report: received, then looked at with everything that was proposed about it.

use crate::{
    decide::{self, Made},
    queue::{self, QueueItem},
};
use bluelamp_contact::{NewSubmission, Received, Submission};
use bluelamp_fusion::Suggestion;
use bluelamp_model::{
    Error, Id, Proposal, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use bluelamp_triage::Assessment;
use serde_json::json;

/// A report's place in the queue before anything has assessed it: before every graded one.
pub(crate) const UNASSESSED: i64 = 100;

/// Receives a submission and puts it into the officers' queue, in one commit.
///
/// # Errors
/// As [`bluelamp_contact::submit`].
pub fn receive(cx: &mut Cx<'_>, new: &NewSubmission) -> Result<Received> {
    let received = bluelamp_contact::submit(cx, new)?;
    if received.repeated {
        return Ok(received);
    }
    cx.insert_late(
        "insert into report (id, state, priority, received_at, form, reference, title, matches, version) values",
        vec![
            received.id.into(),
            "new".into(),
            UNASSESSED.into(),
            received.at.into(),
            new.body.form.as_str().into(),
            received.reference.text().into(),
            new.title.as_str().into(),
            0_i64.into(),
            1_i64.into(),
        ],
    );
    cx.enqueue("assess", &received.id.to_string(), &received.id)?;
    Ok(received)
}

/// Everything that an officer sees about a report.
#[derive(Clone, Debug)]
pub struct ReportView {
    /// Its place in the queue.
    pub item: QueueItem,
    /// What was sent.
    pub submission: Submission,
    /// The latest assessment with its id; none while it waits, or where the form has no definition.
    pub assessment: Option<(Id, Proposal<Assessment>)>,
    /// What it may be connected with, strongest first.
    pub suggestions: Vec<Suggestion>,
    /// What was decided, latest first.
    pub decisions: Vec<Made>,
    /// Whether the assessment is still to come.
    pub waiting: bool,
}

/// Reads a report with everything that was proposed and decided about it.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn view_report(cx: &mut Cx<'_>, id: Id) -> Result<ReportView> {
    cx.allow(action::REPORT_VIEW, Some(id))?;
    let item = queue::item(cx, id)?;
    let submission = bluelamp_contact::load(cx, id)?;
    let assessment = latest_assessment(cx, id)?;
    let suggestions = bluelamp_fusion::suggestions(cx, id)?;
    let decisions = decide::made(cx, id)?;
    let waiting = item.priority == UNASSESSED;
    cx.record(Verb::Consult, "report", Some(id), json!({ "suggestions": suggestions.len() }))?;
    Ok(ReportView { item, submission, assessment, suggestions, decisions, waiting })
}

/// The latest assessment of a report. For a room that has asked the policy.
pub(crate) fn latest_assessment(cx: &mut Cx<'_>, report: Id) -> Result<Option<(Id, Proposal<Assessment>)>> {
    let row = cx.row(
        "select id, body, made_at from assessment where report_id = $1 order by made_at desc, id desc limit 1",
        &[report.into()],
    )?;
    row.map(|r| {
        let body: String = r.get(1)?;
        let content: Assessment = serde_json::from_str(&body)
            .map_err(|e| Error::Bug(format!("a stored assessment cannot be read: {e}")))?;
        let made_at: Time = r.get(2)?;
        let proposal = Proposal {
            algorithm: format!("thr/{}", content.definition),
            version: content.version.clone(),
            digest: content.definition_digest.clone(),
            made_at,
            content,
        };
        Ok((r.get(0)?, proposal))
    })
    .transpose()
}
