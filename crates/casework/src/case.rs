//! A case: opened by a decision, worked on in tasks and notes, with the people and things in it.

use bluelamp_model::{
    Decider, Error, Id, Link, Record, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::Serialize;
use serde_json::json;

/// A case in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseSummary {
    /// The case.
    pub id: Id,
    /// Its public name.
    pub reference: String,
    /// What it is called.
    pub title: String,
    /// When it was opened.
    pub opened_at: Time,
    /// Who opened it, by name.
    pub opened_by: String,
    /// `open`.
    pub state: String,
    /// The grade that a person gave last.
    pub grade: Option<String>,
    /// Tasks that are not done.
    pub open_tasks: u64,
}

/// A case with what belongs to it.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// The case itself.
    pub summary: CaseSummary,
    /// The report that it was opened from.
    pub report_id: Id,
    /// The decision that opened it.
    pub decision_id: Id,
    /// Its tasks, in the order in which they were set.
    pub tasks: Vec<Task>,
    /// Its notes, latest first.
    pub notes: Vec<Note>,
    /// People and things in it.
    pub involved: Vec<Involved>,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Task {
    /// The task.
    pub id: Id,
    /// What is to be done.
    pub title: String,
    /// By somebody in which role.
    pub role: String,
    /// By when.
    pub due_at: Option<Time>,
    /// When it was set.
    pub created_at: Time,
    /// When it was done.
    pub done_at: Option<Time>,
    /// Who did it, by name.
    pub done_by: Option<String>,
    /// What came of it.
    pub result: Option<String>,
}

/// What somebody wrote down.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// The note.
    pub id: Id,
    /// When.
    pub at: Time,
    /// Who, by name.
    pub by: String,
    /// What.
    pub text: String,
}

/// A record with its role in the report.
#[derive(Clone, Debug, Serialize)]
pub struct Involved {
    /// The role that the form gave it, such as `victim`.
    pub role: String,
    /// The record.
    pub record: Record,
}

const SUMMARY: &str = "select c.id, c.reference, c.title, c.opened_at, a.name, c.state,
    (select count(*) from task t where t.case_id = c.id and t.done_at is null), c.report_id, c.decision_id,
    (select r.grade from report r where r.id = c.report_id)
    from case_file c join account a on a.id = c.opened_by";

fn summary(row: &Row) -> Result<CaseSummary> {
    Ok(CaseSummary {
        id: row.get(0)?,
        reference: row.get(1)?,
        title: row.get(2)?,
        opened_at: row.get(3)?,
        opened_by: row.get(4)?,
        state: row.get(5)?,
        open_tasks: row.get(6)?,
        grade: row.get(9)?,
    })
}

/// The latest cases, at most a hundred.
///
/// # Errors
/// Not allowed; database errors.
pub fn cases(cx: &mut Cx<'_>) -> Result<Vec<CaseSummary>> {
    cx.allow(action::CASE_LIST, None)?;
    let rows = cx.rows(&format!("{SUMMARY} order by c.opened_at desc, c.id desc limit 100"), &[])?;
    let found = rows.iter().map(summary).collect::<Result<Vec<_>>>()?;
    let shown: Vec<Id> = found.iter().map(|c| c.id).collect();
    cx.record(Verb::Consult, "case-list", None, json!({ "shown": shown }))?;
    Ok(found)
}

/// Reads a case by its id or public reference.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn view_case(cx: &mut Cx<'_>, which: &str) -> Result<Case> {
    let absent = || Error::NotFound(format!("the case '{which}'"));
    let row = match which.parse::<Id>() {
        Ok(id) => cx.row(&format!("{SUMMARY} where c.id = $1"), &[id.into()])?,
        Err(_) => {
            let reference = bluelamp_contact::Reference::parse(which).ok_or_else(absent)?;
            cx.row(&format!("{SUMMARY} where c.reference = $1"), &[reference.text().into()])?
        }
    };
    let found = row.as_ref().map(summary).transpose()?;
    cx.allow(action::CASE_VIEW, found.as_ref().map(|c| c.id))?;
    let (Some(row), Some(summary)) = (row, found) else { return Err(absent()) };
    let (report_id, decision_id) = (row.get(7)?, row.get(8)?);
    let id = summary.id;
    let case = Case {
        summary,
        report_id,
        decision_id,
        tasks: tasks(cx, report_id)?,
        notes: notes(cx, id)?,
        involved: people_and_things(cx, report_id)?.0,
    };
    cx.record(Verb::Consult, "case", Some(id), json!({ "records": case.involved.len() }))?;
    Ok(case)
}

/// The tasks of a report, which are those of its case. For a room that has asked the policy.
pub(crate) fn tasks(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Task>> {
    cx.rows(
        "select t.id, t.title, t.role, t.due_at, t.created_at, t.done_at, a.name, t.result
         from task t left join account a on a.id = t.done_by where t.report_id = $1 order by t.created_at, t.id",
        &[report.into()],
    )?
    .iter()
    .map(|r| {
        Ok(Task {
            id: r.get(0)?,
            title: r.get(1)?,
            role: r.get(2)?,
            due_at: r.get(3)?,
            created_at: r.get(4)?,
            done_at: r.get(5)?,
            done_by: r.get(6)?,
            result: r.get(7)?,
        })
    })
    .collect()
}

fn notes(cx: &mut Cx<'_>, case: Id) -> Result<Vec<Note>> {
    cx.rows(
        "select n.id, n.written_at, a.name, n.text from case_note n join account a on a.id = n.written_by
         where n.case_id = $1 order by n.written_at desc, n.id desc",
        &[case.into()],
    )?
    .iter()
    .map(|r| Ok(Note { id: r.get(0)?, at: r.get(1)?, by: r.get(2)?, text: r.get(3)? }))
    .collect()
}

/// The people and things of a report, and the links among them. For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn people_and_things(cx: &mut Cx<'_>, report: Id) -> Result<(Vec<Involved>, Vec<Link>)> {
    let rows = cx.rows(
        "select record_id, role from report_record where report_id = $1 order by role, record_id",
        &[report.into()],
    )?;
    let mut involved = Vec::new();
    for row in rows {
        if let Some(record) = cx.get_record(row.get(0)?)? {
            involved.push(Involved { role: row.get(1)?, record });
        }
    }
    Ok((involved, cx.links_of(report)?))
}

/// Sets a task for a report, and for its case where there is one.
pub(crate) fn new_task(
    cx: &mut Cx<'_>,
    report: Id,
    case: Option<Id>,
    title: &str,
    role: &str,
    due_at: Option<Time>,
) -> Result<Id> {
    let person = Decider::of(cx.actor())?;
    let (id, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into task (id, case_id, report_id, title, role, due_at, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            case.into(),
            report.into(),
            title.into(),
            role.into(),
            due_at.into(),
            now.into(),
            person.id().into(),
        ],
    )?;
    let (kind, object) = case.map_or(("report", report), |case| ("case", case));
    cx.record(Verb::Alter, kind, Some(object), json!({ "task": id }))?;
    Ok(id)
}

fn required(field: &str, text: &str, message: &str) -> Result<String> {
    match text.trim() {
        "" => Err(Error::field(field, "required", message)),
        text => Ok(text.to_owned()),
    }
}

/// The report of a case.
fn report_of(cx: &mut Cx<'_>, case: Id) -> Result<Id> {
    let row = cx.row("select report_id from case_file where id = $1", &[case.into()])?;
    Ok(row.ok_or_else(|| Error::NotFound("that case".into()))?.get(0)?)
}

/// Sets a task.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] without a title; [`Error::NotFound`].
pub fn add_task(cx: &mut Cx<'_>, case: Id, title: &str, due_at: Option<Time>) -> Result<Id> {
    cx.allow(action::CASE_UPDATE, Some(case))?;
    let title = required("title", title, "Enter what is to be done")?;
    let report = report_of(cx, case)?;
    new_task(cx, report, Some(case), &title, "", due_at)
}

/// Says that a task is done, and what came of it.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] without a result; [`Error::NotFound`] for a task that is not of this case;
/// [`Error::Conflict`] when it was done already.
pub fn finish_task(cx: &mut Cx<'_>, case: Id, task: Id, result: &str) -> Result<()> {
    cx.allow(action::CASE_UPDATE, Some(case))?;
    finish(cx, "case", case, task, result)
}

/// As [`finish_task`], for a task of a report of which no case was opened.
///
/// # Errors
/// As [`finish_task`].
pub fn finish_task_of_report(cx: &mut Cx<'_>, report: Id, task: Id, result: &str) -> Result<()> {
    cx.allow(action::REPORT_UPDATE, Some(report))?;
    finish(cx, "report", report, task, result)
}

fn finish(cx: &mut Cx<'_>, kind: &'static str, of: Id, task: Id, result: &str) -> Result<()> {
    let person = Decider::of(cx.actor())?;
    let result = required("result", result, "Enter what came of it")?;
    let row = cx
        .row(
            &format!("select done_at from task where id = $1 and {kind}_id = $2"),
            &[task.into(), of.into()],
        )?
        .ok_or_else(|| Error::NotFound("that task".into()))?;
    if row.get::<Option<Time>>(0)?.is_some() {
        return Err(Error::Conflict("this task is done already".into()));
    }
    let now = cx.now();
    cx.exec(
        "update task set done_at = $1, done_by = $2, result = $3 where id = $4",
        &[now.into(), person.id().into(), result.into(), task.into()],
    )?;
    cx.record(Verb::Alter, kind, Some(of), json!({ "task": task, "done": true }))
}

/// Writes a note. Notes are never changed; a second one corrects the first.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] without text; [`Error::NotFound`].
pub fn add_note(cx: &mut Cx<'_>, case: Id, text: &str) -> Result<Id> {
    cx.allow(action::CASE_UPDATE, Some(case))?;
    let person = Decider::of(cx.actor())?;
    let text = required("text", text, "Enter the note")?;
    report_of(cx, case)?;
    let (id, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into case_note (id, case_id, written_at, written_by, text) values ($1, $2, $3, $4, $5)",
        &[id.into(), case.into(), now.into(), person.id().into(), text.into()],
    )?;
    cx.record(Verb::Collect, "case", Some(case), json!({ "note": id }))?;
    Ok(id)
}
