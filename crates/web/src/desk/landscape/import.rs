//! Taking up a survey or a model: chosen, looked at, and taken only when somebody says so.

use super::page::{self, AppRow, FaultRow, ImportPage, Preview};
use crate::{
    App,
    desk::strategy::frame,
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{Multipart, Query, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use bluelamp_model::{Error, Fault, Faults, Result};
use bluelamp_steward::landscape::{self, Application, Inspection, Options, Plan};
use bluelamp_store::Token;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The largest file that is taken here.
pub(crate) const LARGEST: usize = 20 * 1024 * 1024;
/// A file that was looked at waits so long for an answer.
const WAITS: i64 = 3600;
const KIND: &str = "landscape-import";
/// So many faults, notes and applications are shown.
const SHOWN: usize = 200;

/// A file that waits for an answer.
#[derive(Serialize, Deserialize)]
struct Waiting {
    file: String,
    force: Option<String>,
}

/// What the address can hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ImportQuery {
    #[serde(default)]
    taken: String,
}

/// `GET /desk/landscape/import`
pub(crate) async fn ask(State(app): State<App>, staff: Staff, Query(q): Query<ImportQuery>) -> Answer {
    allowed(&app, &staff).await?;
    let mut page = blank(&app, &staff);
    page.taken = q.taken.parse::<usize>().ok().map(|n| page::many(n, "application"));
    app.page("staff/landscape-import.njk", &frame(&app, &staff, super::HERE), &page)
}

/// Whether the person may take anything up; the refusal is logged.
async fn allowed(app: &App, staff: &Staff) -> Result<()> {
    app.read(&staff.actor(), |cx| landscape::plan(cx, &landscape::Survey::default()).map(drop)).await
}

fn blank(app: &App, staff: &Staff) -> ImportPage {
    ImportPage {
        title: "Take up a survey or a model".into(),
        force: String::new(),
        csrf: csrf(app, &staff.cookie),
        errors: BTreeMap::new(),
        error_summary: Vec::new(),
        faults: Vec::new(),
        faults_of: String::new(),
        preview: None,
        taken: None,
    }
}

fn wrong(app: &App, staff: &Staff, mut page: ImportPage, message: &str) -> Answer {
    page.errors.insert("file".into(), message.into());
    page.error_summary.push(Problem { text: message.into(), href: "#file".into() });
    unprocessable(app, staff, &page)
}

fn unprocessable(app: &App, staff: &Staff, page: &ImportPage) -> Answer {
    let mut response: Response =
        app.page("staff/landscape-import.njk", &frame(app, staff, super::HERE), page)?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// `POST /desk/landscape/import`: a file is looked at; nothing is taken.
pub(crate) async fn look(State(app): State<App>, staff: Staff, mut form: Multipart) -> Answer {
    let unreadable = |e: axum::extract::multipart::MultipartError| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge("the file: at most 20 MB".into()),
        _ => Error::field("file", "unreadable", "The file could not be read; choose it again"),
    };
    let (mut said, mut file) = (BTreeMap::new(), None);
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            let called = part.file_name().unwrap_or_default().to_owned();
            file = Some((called, part.bytes().await.map_err(unreadable)?));
        } else {
            said.insert(name, part.text().await.map_err(unreadable)?);
        }
    }
    check_csrf(&app, &staff.cookie, said.get("csrf").map_or("", String::as_str))?;
    allowed(&app, &staff).await?;
    let mut page = blank(&app, &staff);
    page.force = said.get("force").map(|f| f.trim().to_owned()).unwrap_or_default();
    let Some((called, bytes)) = file.filter(|(_, bytes)| !bytes.is_empty()) else {
        return wrong(&app, &staff, page, "Choose a file");
    };
    let force = Some(page.force.clone()).filter(|f| !f.is_empty());
    let called = if called.trim().is_empty() {
        "survey".to_owned()
    } else {
        called.trim().chars().take(200).collect()
    };
    let waiting = Waiting { file: called, force };
    let (looked, bytes) = inspected(&app, &staff, &waiting, bytes.to_vec()).await?;
    match looked {
        Err(Faults(faults)) => {
            let message = match faults.len() {
                1 => "The file has a fault: put it right and choose it again".to_owned(),
                n => format!("The file has {n} faults: put them right and choose it again"),
            };
            page.faults = faults.iter().take(SHOWN).map(fault).collect();
            page.faults_of = waiting.file;
            wrong(&app, &staff, page, &message)
        }
        Ok(looked) => {
            let survey = looked.survey.clone();
            let plan = app.read(&staff.actor(), move |cx| landscape::plan(cx, &survey)).await?;
            let held = hold(&app, &staff, &waiting, &bytes).await?;
            page.preview = Some(preview(&looked, plan, held));
            app.page("staff/landscape-import.njk", &frame(&app, &staff, super::HERE), &page)
        }
    }
}

/// Looks at a file away from the threads that answer.
async fn inspected(
    app: &App,
    staff: &Staff,
    waiting: &Waiting,
    bytes: Vec<u8>,
) -> Result<(Result<Inspection, Faults>, Vec<u8>)> {
    let own = Some(app.inner.settings.force_name());
    let organisations = app.read(&staff.actor(), landscape::organisations).await?;
    let options = Options { file: waiting.file.clone(), force: waiting.force.clone(), own, organisations };
    app.blocking(move |app| {
        let looked = landscape::inspect(&app.inner.settings.columns, &options, &bytes);
        Ok((looked, bytes))
    })
    .await
}

/// Keeps the file, sealed, until the person answers; gives the key to it, which only the page has.
async fn hold(app: &App, staff: &Staff, waiting: &Waiting, bytes: &[u8]) -> Result<String> {
    let mut value = serde_json::to_vec(waiting).map_err(|e| Error::Bug(e.to_string()))?;
    value.push(b'\n');
    value.extend(bytes);
    let owner = staff.actor().id;
    let token = app
        .blocking(move |app| {
            let db = &app.inner.db;
            db.new_session(KIND, owner, &value, db.now().plus_seconds(WAITS))
        })
        .await?;
    Ok(token.text().to_owned())
}

/// `POST /desk/landscape/import/confirm`: what was looked at is taken.
pub(crate) async fn confirm(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    allowed(&app, &staff).await?;
    let page = blank(&app, &staff);
    let gone = "The file is no longer here; choose it again";
    let Some(token) = Token::parse(first(&raw, "held")) else { return wrong(&app, &staff, page, gone) };
    let key = token.text().to_owned();
    let value = app.blocking(move |app| app.inner.db.session(&token, KIND)).await?;
    let split = value.as_ref().and_then(|v| {
        let at = v.iter().position(|b| *b == b'\n')?;
        let waiting: Waiting = serde_json::from_slice(v.get(..at)?).ok()?;
        Some((waiting, v.get(at + 1..)?.to_vec()))
    });
    let Some((waiting, bytes)) = split else { return wrong(&app, &staff, page, gone) };
    let (looked, _) = inspected(&app, &staff, &waiting, bytes).await?;
    let Ok(looked) = looked else { return wrong(&app, &staff, page, gone) };
    let count = looked.survey.applications.len();
    match app.write(&staff.actor(), move |cx| landscape::take(cx, &looked)).await {
        Ok(_) => {
            if let Some(token) = Token::parse(&key) {
                app.blocking(move |app| app.inner.db.end_session(&token)).await?;
            }
            Ok(Redirect::to(&format!("/desk/landscape/import?taken={count}")).into_response())
        }
        Err(Error::Conflict(message)) => wrong(&app, &staff, page, &message),
        Err(e) => Err(e.into()),
    }
}

fn fault(f: &Fault) -> FaultRow {
    FaultRow {
        file: f.file.clone(),
        line: f.line.map_or_else(String::new, |l| l.to_string()),
        field: f.field.clone().unwrap_or_default(),
        reason: f.reason.clone(),
    }
}

fn preview(looked: &Inspection, plan: Plan, held: String) -> Preview {
    let survey = &looked.survey;
    let mut summary = vec![
        ("Applications".to_owned(), survey.applications.len().to_string()),
        ("New".into(), plan.new.len().to_string()),
        ("Changed".into(), plan.changed.len().to_string()),
        ("As they were".into(), plan.same.to_string()),
        ("Maturities of capabilities".into(), survey.maturities.len().to_string()),
    ];
    let mut lists = vec![
        ("Forces that are not among the organisations yet".to_owned(), plan.organisations),
        ("Changed".into(), plan.changed),
        ("Not named any more: they stay as they are".into(), plan.unnamed),
        ("A disposition that people have set stays".into(), plan.disposition_kept),
    ];
    if let Some((_, mapped)) = &looked.model {
        let said =
            |all: &BTreeMap<String, usize>| all.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
        lists.push(("Put into the landscape".into(), said(&mapped.mapped)));
        lists.push(("Only kept with the model".into(), said(&mapped.kept)));
        let (views, nodes, connections) = mapped.canvas;
        summary.push(("Views, nodes, connections (kept)".into(), format!("{views}, {nodes}, {connections}")));
    }
    lists.retain(|(_, all)| !all.is_empty());
    Preview {
        file: looked.file.clone(),
        held,
        summary,
        lists,
        notes: survey.notes.iter().take(SHOWN).map(fault).collect(),
        rows: survey.applications.iter().take(SHOWN).map(row).collect(),
        more: survey.applications.len().saturating_sub(SHOWN),
    }
}

fn row(a: &Application) -> AppRow {
    AppRow {
        href: String::new(),
        name: a.name.clone(),
        force: a.force.clone(),
        supplier: a.supplier.clone().unwrap_or_default(),
        capabilities: a.capabilities.join(", "),
        users: a.users.map_or_else(|| page::UNKNOWN.into(), page::thousands),
        hosting: a.hosting.label(),
        cost: page::cost(a.run_cost),
        contract_end: a.contract_end.map_or_else(|| page::UNKNOWN.into(), page::day),
        set: a.disposition.as_ref().map_or("", |d| d.what.label()),
        set_by: a.disposition.as_ref().and_then(|d| d.by).map(page::day),
        suggested: "",
    }
}
