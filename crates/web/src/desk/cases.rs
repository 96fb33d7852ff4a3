//! Cases: the list, one case with its tasks, timeline, people, evidence, and handing it over.

use super::{
    facts::{facts, words},
    frame, may,
    page::{CaseList, CasePage, CaseRow, EvidenceView, InvolvedView, Made, NoteView, PackageView, TaskView},
    queue::age,
};
use crate::{
    App,
    govuk::page::{Event, Problem},
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    body::Body,
    extract::{Multipart, Path, Query, RawForm, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use bluelamp_casework::Case;
use bluelamp_evidence::{Item, NewItem};
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
    let which = id.to_owned();
    let (case, moments, items, packages) = app
        .read(&staff.actor(), move |cx| {
            let case = bluelamp_casework::view_case(cx, &which)?;
            let moments = bluelamp_casework::timeline(cx, &case)?;
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

/// Checks a package that was just made, as a stranger would with the log's key.
async fn verified(app: &App, reference: &str, package: Id) -> Result<Made, Error> {
    let folder = packages_folder(app).join(format!("{reference}_{package}"));
    app.blocking(move |app| {
        let found = bluelamp_evidence::verify(&folder, std::slice::from_ref(app.verifier()));
        Ok(Made {
            folder: folder.display().to_string(),
            key: app.verifier().to_string(),
            fingerprint: bluelamp_evidence::fingerprint(app.verifier()),
            ok: found.ok,
            proves: found.proves,
            problems: found.problems.into_iter().map(|p| format!("{}: {}", p.file, p.reason)).collect(),
        })
    })
    .await
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
        open_tasks: case.tasks.iter().filter(|t| t.done_at.is_none()).count(),
        reference: c.reference.clone(),
        opened: c.opened_at.spoken(),
        by: c.opened_by.clone(),
        report_href: format!("/desk/reports/{}", case.report_id),
        tasks: tasks
            .into_iter()
            .map(|t| TaskView {
                id: t.id.to_string(),
                action: format!("{href}/tasks/{}", t.id),
                title: t.title.clone(),
                role: t.role.clone(),
                due: t.due_at.map(bluelamp_model::Time::short),
                overdue: t.done_at.is_none() && t.due_at.is_some_and(|due| due < now),
                done: t.done_at.map(|at| match &t.done_by {
                    Some(by) => format!("{} by {by}", at.short()),
                    None => at.short(),
                }),
                result: t.result.clone(),
                tried: wrong_result(t.id).and(tried.values.get("result")).cloned().unwrap_or_default(),
                error: wrong_result(t.id).map(|e| e.message.clone()),
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

fn case_id(id: &str) -> Result<Id, Error> {
    id.parse().map_err(|_| Error::NotFound("that case".into()))
}

/// Back to the case, or the case again with what is wrong.
async fn back(
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

fn values(raw: &crate::public::fields::Raw) -> BTreeMap<String, String> {
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

/// `POST /desk/cases/{id}/evidence`: one file with what is said of it.
pub(crate) async fn add_evidence(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    mut form: Multipart,
) -> Answer {
    let unreadable = |e: axum::extract::multipart::MultipartError| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge("the file".into()),
        _ => Error::field("file", "unreadable", "The file could not be read; choose it again"),
    };
    let case = case_id(&id)?;
    let mut said = BTreeMap::new();
    let mut file = None;
    while let Some(mut part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            said.insert(name, part.text().await.map_err(unreadable)?);
            continue;
        }
        // The token comes before the file in the form, so nothing is written for a forged request.
        check_csrf(&app, &staff.cookie, said.get("csrf").map_or("", String::as_str))?;
        let (file_name, media_type) = (
            part.file_name().unwrap_or_default().to_owned(),
            part.content_type().unwrap_or("application/octet-stream").to_owned(),
        );
        let (sender, receiver) = tokio::sync::mpsc::channel(8);
        let limit = app.inner.settings.largest_file;
        let (actor, new) = (
            staff.actor(),
            NewItem {
                exhibit: said.get("exhibit").cloned().unwrap_or_default(),
                description: said.get("description").cloned().unwrap_or_default(),
                origin: said.get("origin").cloned().unwrap_or_default(),
                file_name,
                media_type,
            },
        );
        let keeping = app.blocking(move |app| {
            let stream = tokio_util::io::SyncIoBridge::new(tokio_util::io::StreamReader::new(
                tokio_stream::wrappers::ReceiverStream::new(receiver),
            ));
            bluelamp_evidence::add(&app.inner.db, &actor, case, &new, stream, limit)
        });
        let sending = async {
            loop {
                let chunk = match part.chunk().await {
                    Ok(Some(bytes)) => Ok(bytes),
                    Ok(None) => break,
                    Err(e) => Err(std::io::Error::other(e)),
                };
                let last = chunk.is_err();
                if sender.send(chunk).await.is_err() || last {
                    break;
                }
            }
            drop(sender);
        };
        file = Some(tokio::join!(keeping, sending).0);
    }
    check_csrf(&app, &staff.cookie, said.get("csrf").map_or("", String::as_str))?;
    said.remove("csrf");
    let done = match file {
        Some(done) => done.map(drop),
        None => Err(Error::field("file", "required", "Choose a file")),
    };
    back(&app, &staff, &id, said, done, "evidence").await
}

/// `GET /desk/evidence/{item}`: the file, as an attachment that no browser runs.
pub(crate) async fn open_evidence(State(app): State<App>, staff: Staff, Path(item): Path<String>) -> Answer {
    let item: Id = item.parse().map_err(|_| Error::NotFound("that exhibit".into()))?;
    let actor = staff.actor();
    let (item, file) = app.blocking(move |app| bluelamp_evidence::open(&app.inner.db, &actor, item)).await?;
    let stream = tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(file));
    let mut response = Response::new(Body::from_stream(stream));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    let mut encoded = String::new();
    for b in item.file_name.bytes() {
        if b.is_ascii_alphanumeric() || b"-_.".contains(&b) {
            encoded.push(char::from(b));
        } else {
            encoded.push_str(&format!("%{b:02X}"));
        }
    }
    let disposition = format!("attachment; filename*=UTF-8''{encoded}");
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition).unwrap_or_else(|_| HeaderValue::from_static("attachment")),
    );
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(item.size));
    Ok(response)
}

fn packages_folder(app: &App) -> std::path::PathBuf {
    app.inner.db.folder().join("packages")
}

/// `POST /desk/cases/{id}/package`: makes the package to hand over, in the data folder's `packages`.
pub(crate) async fn export(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    RawForm(b): RawForm,
) -> Answer {
    let raw = posted(&b);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    case_id(&id)?;
    let (actor, which, recipient) = (staff.actor(), id.clone(), first(&raw, "recipient").to_owned());
    let made = app
        .blocking(move |app| {
            let folder = packages_folder(app);
            bluelamp_evidence::export(&app.inner.db, &actor, &app.inner.key, &which, &recipient, &folder)
        })
        .await;
    match made {
        Ok(exported) => {
            Ok(Redirect::to(&format!("/desk/cases/{id}?package={}#package", exported.package))
                .into_response())
        }
        Err(e) => back(&app, &staff, &id, values(&raw), Err(e), "package").await,
    }
}
