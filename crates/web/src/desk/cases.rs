//! Cases: the list, and one case with its tasks, notes, people, evidence and timeline.

use super::{
    evidence::verified,
    facts::{facts, words},
    frame, may,
    page::{CaseList, CasePage, CaseRow, EvidenceView, Grade, InvolvedView, NoteView, PackageView, TaskView},
    proposal::colour,
    queue::age,
};
use crate::{
    App,
    govuk::page::{Event, Problem},
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{Path, Query, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_casework::{Case, Task};
use bluelamp_evidence::Item;
use bluelamp_model::{Error, FieldError, Id, authority::action};
use serde::Deserialize;
use std::collections::BTreeMap;

/// `GET /desk/cases`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    let cases = app.read(&staff.actor(), bluelamp_casework::cases).await?;
    let now = app.inner.db.now();
    let page = CaseList {
        title: "Cases".into(),
        count: match cases.len() {
            0 => "No cases".into(),
            1 => "1 case".into(),
            100 => "The latest 100 cases".into(),
            n => format!("{n} cases"),
        },
        rows: cases
            .into_iter()
            .map(|c| CaseRow {
                grade: given(c.grade.as_ref()),
                href: format!("/desk/cases/{}", c.id),
                age: age(c.opened_at, now),
                reference: c.reference,
                title: c.title,
                opened: c.opened_at.short(),
                by: c.opened_by,
                open_tasks: c.open_tasks,
            })
            .collect(),
    };
    app.page("staff/cases.njk", &frame(&app, &staff, "/desk/cases"), &page)
}

fn size(bytes: u64) -> String {
    match bytes {
        b @ 0..1024 => format!("{b} bytes"),
        b @ 1024..1_048_576 => format!("{} kB", b / 1024),
        b => format!("{} MB", b / 1_048_576),
    }
}

/// What was tried and is wrong, or what was just made.
#[derive(Default)]
struct Tried {
    values: BTreeMap<String, String>,
    wrong: Vec<FieldError>,
    package: Option<Id>,
}

/// Set when the page was reached from making a package.
#[derive(Deserialize)]
pub(crate) struct ViewQuery {
    #[serde(default)]
    package: String,
}

/// `GET /desk/cases/{id}`
pub(crate) async fn view(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    Query(q): Query<ViewQuery>,
) -> Answer {
    show(&app, &staff, &id, Tried { package: q.package.parse().ok(), ..Tried::default() }).await
}

async fn show(app: &App, staff: &Staff, id: &str, tried: Tried) -> Answer {
    let (which, shelf) = (id.to_owned(), app.shelf());
    let (case, moments, items, packages) = app
        .read(&staff.actor(), move |cx| {
            let case = bluelamp_casework::view_case(cx, &which)?;
            let moments = bluelamp_casework::timeline(cx, &shelf, &case)?;
            let items = bluelamp_evidence::items(cx, case.summary.id)?;
            let packages = bluelamp_evidence::packages(cx, case.summary.id)?;
            Ok((case, moments, items, packages))
        })
        .await?;
    let made = match tried.package.filter(|wanted| packages.iter().any(|p| p.id == *wanted)) {
        Some(package) => Some(verified(app, &case.summary.reference, package).await?),
        None => None,
    };
    let handed_over = packages
        .iter()
        .map(|p| PackageView {
            href: format!("/desk/cases/{}?package={}#package", case.summary.id, p.id),
            recipient: p.recipient.clone(),
            made: format!("{} by {}", p.made_at.short(), p.made_by),
            manifest: p.manifest_sha256.clone(),
        })
        .collect();
    let mut events: Vec<(bluelamp_model::Time, Event)> = moments
        .into_iter()
        .chain(bluelamp_evidence::moments(&items))
        .map(|m| (m.at, event(m.at, m.title, m.by, &m.detail)))
        .chain(packages.iter().map(|p| {
            let detail = format!("For {}. Fingerprint of its manifest: {}", p.recipient, p.manifest_sha256);
            (p.made_at, event(p.made_at, "Handed over as a package".into(), Some(p.made_by.clone()), &detail))
        }))
        .collect();
    events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let wrong = !tried.wrong.is_empty();
    let page = CasePage {
        packages: handed_over,
        events: events.into_iter().map(|(_, e)| e).collect(),
        made,
        ..case_page(app, staff, &case, &items, tried)
    };
    let mut response = app.page("staff/case.njk", &frame(app, staff, "/desk/cases"), &page)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn event(at: bluelamp_model::Time, title: String, by: Option<String>, detail: &str) -> Event {
    Event {
        title,
        by,
        datetime: at.to_string(),
        when: at.short(),
        lines: detail.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned).collect(),
    }
}

/// Everything but what was handed over and the timeline.
fn case_page(app: &App, staff: &Staff, case: &Case, items: &[Item], tried: Tried) -> CasePage {
    let now = app.inner.db.now();
    let c = &case.summary;
    let href = format!("/desk/cases/{}", c.id);
    // What is still to do stands first, what is due soonest at the top.
    let mut tasks: Vec<_> = case.tasks.iter().collect();
    tasks.sort_by_key(|t| (t.done_at.is_some(), t.due_at.is_none(), t.due_at));
    let wrong_result = |task: Id| tried.wrong.iter().find(|e| e.field == format!("result-{task}"));
    CasePage {
        title: c.title.clone(),
        grade: given(c.grade.as_ref()),
        open_tasks: case.tasks.iter().filter(|t| t.done_at.is_none()).count(),
        reference: c.reference.clone(),
        opened: c.opened_at.spoken(),
        by: c.opened_by.clone(),
        report_href: format!("/desk/reports/{}", case.report_id),
        tasks: tasks
            .into_iter()
            .map(|t| {
                let error = wrong_result(t.id).map(|e| e.message.clone());
                let tried = wrong_result(t.id).and(tried.values.get("result")).cloned();
                task_view(t, &href, now, (error, tried.unwrap_or_default()))
            })
            .collect(),
        involved: case
            .involved
            .iter()
            .map(|i| InvolvedView {
                role: words(&i.role),
                kind: words(i.record.kind.code()),
                stated: facts(&i.record).into_iter().map(|f| (words(f.name), f.values.join(", "))).collect(),
            })
            .collect(),
        evidence: items
            .iter()
            .map(|i| EvidenceView {
                href: format!("/desk/evidence/{}", i.id),
                exhibit: i.exhibit.clone(),
                description: i.description.clone(),
                origin: i.origin.clone(),
                file_name: i.file_name.clone(),
                media_type: i.media_type.clone(),
                size: size(i.size),
                sha256: i.sha256.clone(),
                added: format!("{} by {}", i.added_at.short(), i.added_by),
            })
            .collect(),
        notes: case
            .notes
            .iter()
            .map(|n| NoteView {
                when: n.at.short(),
                by: n.by.clone(),
                lines: n.text.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned).collect(),
            })
            .collect(),
        packages: Vec::new(),
        events: Vec::new(),
        can_update: may(app, staff, action::CASE_UPDATE),
        can_add_evidence: may(app, staff, action::EVIDENCE_ADD),
        can_export: may(app, staff, action::CASE_EXPORT),
        can_open: may(app, staff, action::EVIDENCE_OPEN),
        largest_file: size(app.inner.settings.largest_file),
        csrf: csrf(app, &staff.cookie),
        values: tried.values,
        error_summary: tried
            .wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}", e.field) })
            .collect(),
        errors: tried.wrong.into_iter().map(|e| (e.field, e.message)).collect(),
        made: None,
        href,
    }
}

/// A task below the page of its case or report; with what was tried as its result, and what is wrong with that.
pub(crate) fn task_view(
    t: &Task,
    href: &str,
    now: bluelamp_model::Time,
    (error, tried): (Option<String>, String),
) -> TaskView {
    TaskView {
        id: t.id.to_string(),
        action: format!("{href}/tasks/{}", t.id),
        title: t.title.clone(),
        role: t.role.clone(),
        due: t.due_at.map(bluelamp_model::Time::short),
        at_once: t.done_at.is_none() && t.due_at.is_some_and(|due| due <= t.created_at),
        overdue: t.done_at.is_none() && t.due_at.is_some_and(|due| due < now),
        done: t.done_at.map(|at| match &t.done_by {
            Some(by) => format!("{} by {by}", at.short()),
            None => at.short(),
        }),
        result: t.result.clone(),
        tried,
        error,
    }
}

/// A grade that a person gave.
pub(crate) fn given(grade: Option<&String>) -> Option<Grade> {
    grade.map(|g| Grade { text: g.clone(), colour: colour(g), could_be: None })
}

pub(crate) fn case_id(id: &str) -> Result<Id, Error> {
    id.parse().map_err(|_| Error::NotFound("that case".into()))
}

/// Back to the case, or the case again with what is wrong.
pub(crate) async fn back(
    app: &App,
    staff: &Staff,
    id: &str,
    raw: BTreeMap<String, String>,
    done: Result<(), Error>,
    at: &str,
) -> Answer {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/desk/cases/{id}#{at}")).into_response()),
        Err(Error::Invalid(wrong)) => show(app, staff, id, Tried { values: raw, wrong, package: None }).await,
        Err(e) => Err(e.into()),
    }
}

pub(crate) fn values(raw: &crate::public::fields::Raw) -> BTreeMap<String, String> {
    raw.iter()
        .filter(|(n, _)| *n != "csrf")
        .map(|(n, v)| (n.clone(), v.first().cloned().unwrap_or_default()))
        .collect()
}

/// `POST /desk/cases/{id}/tasks`
pub(crate) async fn add_task(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    RawForm(b): RawForm,
) -> Answer {
    let raw = posted(&b);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (case, title) = (case_id(&id)?, first(&raw, "title").to_owned());
    let done = app
        .write(&staff.actor(), move |cx| bluelamp_casework::add_task(cx, case, &title, None).map(drop))
        .await;
    back(&app, &staff, &id, values(&raw), done, "tasks").await
}

/// `POST /desk/cases/{id}/tasks/{task}`
pub(crate) async fn finish_task(
    State(app): State<App>,
    staff: Staff,
    Path((id, task)): Path<(String, String)>,
    RawForm(b): RawForm,
) -> Answer {
    let raw = posted(&b);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (case, result) = (case_id(&id)?, first(&raw, "result").to_owned());
    let which: Id = task.parse().map_err(|_| Error::NotFound("that task".into()))?;
    let done = app
        .write(&staff.actor(), move |cx| bluelamp_casework::finish_task(cx, case, which, &result))
        .await
        .map_err(|e| match e {
            // Each task has its own box for the result.
            Error::Invalid(wrong) => Error::Invalid(
                wrong.into_iter().map(|e| FieldError { field: format!("{}-{task}", e.field), ..e }).collect(),
            ),
            other => other,
        });
    back(&app, &staff, &id, values(&raw), done, "tasks").await
}

/// `POST /desk/cases/{id}/notes`
pub(crate) async fn add_note(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    RawForm(b): RawForm,
) -> Answer {
    let raw = posted(&b);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (case, text) = (case_id(&id)?, first(&raw, "text").to_owned());
    let done =
        app.write(&staff.actor(), move |cx| bluelamp_casework::add_note(cx, case, &text).map(drop)).await;
    back(&app, &staff, &id, values(&raw), done, "notes").await
}
