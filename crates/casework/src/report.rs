//! A report: received, then looked at with everything that was proposed about it.

use crate::{
    Asked, FactLine, InUse, Look, Review, Shelf, Task, case,
    decide::{self, Answered, Made},
    facts,
    gate::{Gate, Ledger},
    queue::{self, QueueItem},
    review, run,
};
use bluelamp_contact::{NewSubmission, Received, Submission};
use bluelamp_fusion::Suggestion;
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use bluelamp_triage::{Assessment, Status};
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
    /// The latest look at it, with what the live definitions say; none while it waits, and none while what they say
    /// is hidden from this person.
    pub look: Option<Look>,
    /// The latest assessment in the format of before there were several definitions to a report.
    pub earlier: Option<Assessment>,
    /// The grades of a definition that wants the person's own first: exactly where [`QueueItem::hidden`].
    pub own_grades: Vec<String>,
    /// Facts that the form's definition could not read: there is no grade then.
    pub unreadable: Vec<String>,
    /// What is known, and what could be asked.
    pub facts: Vec<FactLine>,
    /// Whether facts have gone out of date since, so that something else would be proposed now.
    pub out_of_date: bool,
    /// Questions that words in the report ask. They change no grade.
    pub asked: Vec<Asked>,
    /// The definitions in force that are not shown, by id and title: somebody may want to ask them too.
    pub others: Vec<(String, String)>,
    /// What it may be connected with, strongest first.
    pub suggestions: Vec<Suggestion>,
    /// What was decided, latest first.
    pub decisions: Vec<Made>,
    /// What was said to proposed actions.
    pub answered: Vec<Answered>,
    /// What is to be done, and what was.
    pub tasks: Vec<Task>,
    /// What has to be looked at again, and what was.
    pub reviews: Vec<Review>,
    /// Whether the assessment is still to come.
    pub waiting: bool,
    /// What an officer would have been shown and was not asked, one line each.
    pub withheld: Vec<String>,
}

impl ReportView {
    /// What the definition that leads proposes: that of the form, or else the gravest.
    #[must_use]
    pub fn assessment(&self) -> Option<&Assessment> {
        match self.look.as_ref().and_then(|l| l.shown.first()) {
            Some(first) => Some(&first.assessment),
            None => self.earlier.as_ref(),
        }
    }

    /// The least grade that any shown definition with the same grades proposes: below it takes a reason.
    #[must_use]
    pub fn floor(&self) -> Option<String> {
        match self.look.as_ref().and_then(Look::terms) {
            Some(terms) => terms.grade(terms.floor).map(str::to_owned),
            None => self.earlier.as_ref().and_then(|a| a.floor.clone()),
        }
    }
}

/// Reads a report with everything that was proposed and decided about it. What a definition in shadow makes of it is
/// not among that; nor what is hidden until this person has put down their own grade.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn view_report(cx: &mut Cx<'_>, shelf: &Shelf, id: Id) -> Result<ReportView> {
    cx.allow(action::REPORT_VIEW, Some(id))?;
    let mut item = queue::item(cx, id)?;
    let gate = Gate::of(cx, shelf)?;
    gate.veil(&mut item);
    let submission = bluelamp_contact::load(cx, id)?;
    let primary = submission.body.definition.as_deref();
    let look = run::look(cx, shelf, id, primary)?;
    let earlier = if look.is_none() { earlier_assessment(cx, id)? } else { None };
    let mut suggestions = bluelamp_fusion::suggestions(cx, id)?;
    let mut withheld: Vec<String> = match &look {
        Some(l) => l.run.withheld.iter().filter(|w| w.in_force).map(crate::Withheld::sentence).collect(),
        None => Vec::new(),
    };
    // What somebody has answered is part of the record; what nobody has is a proposal.
    match gate.still_suggests() {
        Ok(()) => withheld.extend(not_compared(cx, id, look.as_ref())?),
        Err(w) => {
            suggestions.retain(|s| s.answered.is_some());
            if !withheld.iter().any(|line| *line == w.sentence()) {
                withheld.push(w.sentence());
            }
        }
    }
    let decisions = decide::made(cx, id)?;
    let waiting = item.priority == UNASSESSED;
    let now = cx.now();
    let in_use = gate.definitions(&shelf.in_use(cx)?, &mut Ledger::default()).in_use;
    let mut view = ReportView {
        facts: look.as_ref().map(|l| facts::lines(&l.shown, &l.run.facts, now)).unwrap_or_default(),
        out_of_date: look.as_ref().is_some_and(|l| out_of_date(l, now)),
        unreadable: look.as_ref().map(|l| unreadable(l, primary)).unwrap_or_default(),
        own_grades: Vec::new(),
        asked: look
            .as_ref()
            .map(|l| {
                let still = l.run.found.iter().filter(|f| gate.still_found(&f.set, &f.digest));
                run::asked(&in_use, &l.run.facts, &still.cloned().collect::<Vec<_>>(), now)
            })
            .unwrap_or_default(),
        others: others(&in_use, look.as_ref()),
        answered: decide::answered(cx, id)?,
        tasks: case::tasks(cx, id)?,
        reviews: review::of_report(cx, id)?,
        look,
        earlier,
        submission,
        suggestions,
        decisions,
        waiting,
        withheld,
        item,
    };
    // What nobody may be shown any more hides nothing.
    view.item.hidden &= view.look.as_ref().is_none_or(Look::wants_own_grade);
    if view.item.hidden {
        view.own_grades = view.assessment().map(|a| a.grades.clone()).unwrap_or_default();
        view.look = None;
        view.out_of_date = false;
        view.asked.clear();
        // What somebody else decided meanwhile, when more was asked for, tells what was proposed to them.
        for made in &mut view.decisions {
            made.decision.stance = None;
            made.decision.assessment = "Shown once your own grade is put down.".into();
        }
    }
    cx.record(
        Verb::Consult,
        "report",
        Some(id),
        json!({ "suggestions": view.suggestions.len(), "hidden": view.item.hidden }),
    )?;
    Ok(view)
}

/// The line for records that were not compared when the report came, while later looks say nothing of it.
fn not_compared(cx: &mut Cx<'_>, report: Id, look: Option<&Look>) -> Result<Option<String>> {
    if look.is_none_or(|l| l.run.cause == crate::Cause::Received) {
        return Ok(None);
    }
    let first = run::first(cx, report)?;
    let withheld = first.iter().flat_map(|run| &run.withheld);
    Ok(withheld.filter(|w| w.algorithm == crate::COMPARISON).map(crate::Withheld::sentence).next())
}

/// Whether the shown definitions would say something else at this moment, because facts have gone out of date.
fn out_of_date(look: &Look, now: Time) -> bool {
    look.shown.iter().any(|s| {
        let d = &s.definition;
        let graded = look.run.graded.iter().find(|g| g.digest == d.digest);
        let today = d.facts_at(&d.known_part_told(&look.run.facts), Some(now)).and_then(|f| d.evaluate(&f));
        matches!((graded, today), (Some(g), Ok(e)) if g.rules != e.letters())
    })
}

fn unreadable(look: &Look, primary: Option<&str>) -> Vec<String> {
    let own = look.run.graded.iter().filter(|g| g.status == Status::Live && primary == Some(&*g.definition));
    own.flat_map(|g| g.errors.clone()).collect()
}

fn others(in_use: &[InUse], look: Option<&Look>) -> Vec<(String, String)> {
    let shown = |id: &str| look.is_some_and(|l| l.shown.iter().any(|s| s.definition.header.id == id));
    let live = in_use.iter().filter(|u| u.status == Status::Live && !shown(&u.definition.header.id));
    live.map(|u| (u.definition.header.id.clone(), u.definition.title.clone())).collect()
}

/// Every look at a report with what the live definitions said, the earliest first: for a package that is handed over.
/// For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn assessments_of(cx: &mut Cx<'_>, shelf: &Shelf, report: Id) -> Result<Vec<Look>> {
    let submission = bluelamp_contact::load(cx, report)?;
    let considered = run::considered(cx, report)?;
    let mut looks = Vec::new();
    for run in run::all(cx, report)? {
        let shown = run::explained(cx, shelf, &run, submission.body.definition.as_deref(), &considered)?;
        // As it was at the time: a package tells what people had before them.
        looks.push(Look { run, shown, former: Vec::new() });
    }
    Ok(looks)
}

/// The latest assessment as it was stored before a report had several. For a room that has asked the policy.
pub(crate) fn earlier_assessment(cx: &mut Cx<'_>, report: Id) -> Result<Option<Assessment>> {
    let row = cx.row(
        "select body from assessment where report_id = $1 order by made_at desc, id desc limit 1",
        &[report.into()],
    )?;
    row.map(|r| stored_assessment(&r.get::<String>(0)?)).transpose()
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
