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
use serde_json::{Value, json};

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
        let content = stored_assessment(&body)?;
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

/// An assessment as it was stored.
fn stored_assessment(body: &str) -> Result<Assessment> {
    let unreadable = |e| Error::Bug(format!("a stored assessment cannot be read: {e}"));
    let mut body: Value = serde_json::from_str(body).map_err(unreadable)?;
    if let Some(earlier) = body.get_mut("assessment").map(Value::take) {
        body = from_first_format(&body["grades"], earlier);
    }
    serde_json::from_value(body).map_err(unreadable)
}

/// In the first format a grade was stored with its rank, the list of grades beside the assessment, and neither the
/// parameters nor the rules that speak for an action were kept.
fn from_first_format(grades: &Value, mut assessment: Value) -> Value {
    let name = |grade: &Value| grade["name"].clone();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    assessment["grades"] = list(grades).iter().map(name).collect();
    let floor = assessment["floor"]["rank"].as_u64();
    let rules = list(&assessment["rules"]);
    let ids = |wanted: &dyn Fn(&Value) -> bool| -> Value {
        rules.iter().filter(|r| wanted(r)).map(|r| r["rule"].clone()).collect()
    };
    assessment["fired"] = ids(&|r| r["outcome"] == "fired");
    assessment["open"] = ids(&|r| r["outcome"] == "undetermined" && r["grade"]["rank"].as_u64() > floor);
    assessment["parameters"] = json!({});
    for key in ["floor", "ceiling"] {
        assessment[key] = name(&assessment[key]);
    }
    let each = |assessment: &mut Value, key: &str, change: &dyn Fn(&mut Value)| {
        assessment[key].as_array_mut().into_iter().flatten().for_each(change);
    };
    each(&mut assessment, "rules", &|r| {
        r["grade"] = name(&r["grade"]);
        r["table"] = json!("");
    });
    each(&mut assessment, "questions", &|q| q["up_to"] = name(&q["up_to"]));
    each(&mut assessment, "actions", &|a| {
        a["from"] = name(&a["grade"]);
        a["must"] = json!(false);
        a["because"] = json!([]);
        a["reason"] = json!("");
    });
    assessment
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the first format had it, shortened.
    const FIRST: &str = r#"{"grades":[{"rank":0,"name":"LOW"},{"rank":1,"name":"TOP"}],"assessment":{
        "definition":"small","version":"1.0.0","status":"live","definition_digest":"d","facts_digest":"f",
        "engine":"bluelamp-triage 0.1.0","floor":{"rank":0,"name":"LOW"},"ceiling":{"rank":1,"name":"TOP"},
        "state":"open","summary":"At least LOW, up to TOP; 1 question open.","rules":[
        {"number":1,"rule":"a","grade":{"rank":1,"name":"TOP"},"outcome":"undetermined","needs":[{"fact":"x","state":"unknown"}],"sentence":"s"},
        {"number":2,"rule":"b","grade":{"rank":0,"name":"LOW"},"outcome":"fired","because":[],"sentence":"t"}],
        "questions":[{"fact":"x","ask":"X?","state":"unknown","settles":["a"],"up_to":{"rank":1,"name":"TOP"},"sentence":"u"}],
        "actions":[{"grade":{"rank":0,"name":"LOW"},"action":"Write","deadline":"2 d","deadline_minutes":2880,"role":"clerk","safeguarding":null}]}}"#;

    #[test]
    fn what_was_stored_in_the_first_format_is_still_read() {
        let a = stored_assessment(FIRST).unwrap();
        assert_eq!((a.floor.as_deref(), a.ceiling.as_deref()), (Some("LOW"), Some("TOP")));
        assert_eq!((a.fired, a.open), (vec!["b".to_owned()], vec!["a".to_owned()]));
        assert_eq!((a.questions[0].up_to.as_str(), a.actions[0].from.as_str()), ("TOP", "LOW"));
    }
}
