//! The registers of the programme office: lists, entries with their history, and the forms that write them. One
//! description of a register makes its table, its form and its file for a spreadsheet.

use super::{may, strategy::frame};
use crate::{
    App,
    govuk::page::Problem,
    guard::{Answer, Refused, Staff, check_csrf, csrf},
    public::{
        fields::Raw,
        journey::{first, posted},
    },
};
use axum::{
    extract::{Path, Query, RawForm, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Error, FieldError, authority::action};
use bluelamp_steward::{
    entry::{self, Entry, Pointer, Version, known},
    register::{Body, Chapter, Field, FieldKind, Register},
    registers::ALL,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the registers are.
pub(crate) const HERE: &str = "/desk/registers";

/// So many entries are shown at once.
const PAGE: usize = 100;

/// Where something that an entry points at is shown: `register:code`, `element:strategy:id`, `algorithm:name`.
pub(crate) fn href_of(target: &str) -> Option<String> {
    let (what, name) = target.split_once(':')?;
    Some(match what {
        "element" => {
            let (strategy, element) = name.split_once(':')?;
            format!("/desk/strategy/{strategy}/{element}")
        }
        "algorithm" => format!("/desk/ethics/{name}"),
        "decision" => format!("/desk/decisions/{name}"),
        "complaint" => format!("/desk/graded/complaints/{name}"),
        "definition" => format!("/desk/definitions/{name}"),
        register if ALL.iter().any(|r| r.code == register) => format!("/desk/registers/{register}/{name}"),
        _ => return None,
    })
}

/// The right without which the page behind [`href_of`] is shut.
fn needed(target: &str) -> &'static str {
    match target.split_once(':').map(|(what, _)| what) {
        Some("algorithm") => action::ETHICS_VIEW,
        Some("complaint") => action::QUALITY_VIEW,
        Some("definition") => action::DEFINITION_VIEW,
        Some(register) => known(register).map_or(action::STRATEGY_VIEW, |r| r.reads),
        None => action::STRATEGY_VIEW,
    }
}

/// An entry that points here: the way back along a chain.
#[derive(Debug, Serialize)]
pub(crate) struct PointerView {
    /// "Benefit".
    pub what: &'static str,
    pub title: String,
    pub href: String,
    /// The field that points, as people read it.
    pub field: &'static str,
}

/// What points at something, as a page shows it.
pub(crate) fn pointer_views(all: &[Pointer]) -> Vec<PointerView> {
    all.iter()
        .filter_map(|p| {
            let register = known(&p.register).ok()?;
            Some(PointerView {
                what: register.one,
                title: p.title.clone(),
                href: format!("/desk/registers/{}/{}", p.register, p.code),
                field: register.field(&p.field).map_or("", |f| f.label),
            })
        })
        .collect()
}

/// The page `staff/registers.njk`.
#[derive(Debug, Serialize)]
struct RegistersPage {
    title: String,
    chapters: Vec<ChapterView>,
}

#[derive(Debug, Serialize)]
struct ChapterView {
    title: &'static str,
    registers: Vec<RegisterView>,
}

#[derive(Debug, Serialize)]
struct RegisterView {
    title: &'static str,
    about: &'static str,
    href: String,
}

/// `GET /desk/registers`
pub(crate) async fn chapters(State(app): State<App>, staff: Staff) -> Answer {
    // Read as everything here, so that who may not see the strategy does not see what is kept of it either.
    let item = known("item")?;
    app.read(&staff.actor(), move |cx| entry::entries(cx, item)).await?;
    let readable = |r: &&&Register| may(&app, &staff, r.reads);
    let page = RegistersPage {
        title: "Registers".into(),
        chapters: Chapter::ALL
            .into_iter()
            .map(|chapter| ChapterView {
                title: chapter.label(),
                registers: ALL
                    .iter()
                    .filter(|r| r.chapter == chapter)
                    .filter(readable)
                    .map(|r| RegisterView {
                        title: r.title,
                        about: r.about,
                        href: format!("/desk/registers/{}", r.code),
                    })
                    .collect(),
            })
            .collect(),
    };
    app.page("staff/registers.njk", &frame(&app, &staff, HERE), &page)
}

/// What the address of a list can hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ListQuery {
    /// Words of the title, or an organisation's code.
    #[serde(default)]
    q: String,
    /// The page, from 1.
    #[serde(default)]
    page: Option<usize>,
}

/// The page `staff/register.njk`.
#[derive(Debug, Serialize)]
struct RegisterPage {
    title: &'static str,
    about: &'static str,
    count: String,
    q: String,
    href: String,
    csv_href: String,
    new_href: Option<String>,
    one: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<RowView>,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Debug, Serialize)]
struct RowView {
    href: String,
    title: String,
    code: String,
    withdrawn: bool,
    cells: Vec<CellView>,
}

#[derive(Debug, Serialize)]
struct CellView {
    label: &'static str,
    text: String,
}

/// The columns of the table: what is short, without the title.
fn columns(register: &Register) -> Vec<&'static Field> {
    let short = |f: &&Field| {
        use FieldKind as K;
        f.name != "title"
            && matches!(f.kind, K::Choice(_) | K::Day | K::Money | K::Number { .. } | K::Link(_) | K::YesNo)
    };
    register.fields.iter().filter(short).take(6).collect()
}

fn suits(entry: &Entry, q: &str) -> bool {
    let q = q.trim().to_lowercase();
    q.is_empty()
        || entry.title.to_lowercase().contains(&q)
        || entry.code.contains(&q)
        || entry.organisation == q
}

/// `GET /desk/registers/{register}`
pub(crate) async fn list(
    State(app): State<App>,
    staff: Staff,
    Path(which): Path<String>,
    Query(query): Query<ListQuery>,
) -> Answer {
    let register = known(&which)?;
    let mut all = app.read(&staff.actor(), move |cx| entry::entries(cx, register)).await?;
    let held = all.len();
    all.retain(|e| suits(e, &query.q));
    let at = query.page.unwrap_or(1).max(1);
    let pages = all.len().div_ceil(PAGE).max(1);
    let at = at.min(pages);
    let to = |n: usize| {
        let q = form_urlencoded::byte_serialize(query.q.as_bytes()).collect::<String>();
        format!("/desk/registers/{}?q={q}&page={n}", register.code)
    };
    let columns = columns(register);
    let page = RegisterPage {
        title: register.title,
        about: register.about,
        count: match (all.len(), held) {
            (n, all) if n == all => format!("{n} held"),
            (n, all) => format!("{n} of {all}"),
        },
        q: query.q.clone(),
        href: format!("/desk/registers/{}", register.code),
        csv_href: format!("/desk/registers/{}/download.csv", register.code),
        new_href: (register.by_hand && may(&app, &staff, register.writes))
            .then(|| format!("/desk/registers/{}/new", register.code)),
        one: register.one,
        columns: columns.iter().map(|f| f.label).collect(),
        rows: all
            .iter()
            .skip((at - 1) * PAGE)
            .take(PAGE)
            .map(|e| RowView {
                href: format!("/desk/registers/{}/{}", e.register, e.code),
                title: e.title.clone(),
                code: e.code.clone(),
                withdrawn: e.withdrawn,
                cells: columns
                    .iter()
                    .map(|f| CellView { label: f.label, text: said(register, f, &e.body).join(", ") })
                    .collect(),
            })
            .collect(),
        before: (at > 1).then(|| to(at - 1)),
        after: (at < pages).then(|| to(at + 1)),
    };
    app.page("staff/register.njk", &frame(&app, &staff, HERE), &page)
}

/// A value as people read it here: days in words.
fn said(register: &Register, field: &Field, body: &Body) -> Vec<String> {
    match field.kind {
        FieldKind::Day => {
            body.day(field.name).map(|d| crate::reading::day(&d.to_string())).into_iter().collect()
        }
        _ => register.spoken(field, body),
    }
}

/// `GET /desk/registers/{register}/download.csv`
pub(crate) async fn download(State(app): State<App>, staff: Staff, Path(which): Path<String>) -> Answer {
    let register = known(&which)?;
    let all = app.read(&staff.actor(), move |cx| entry::entries(cx, register)).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.csv\"", register.code)),
    ];
    Ok((headers, table(register, &all)).into_response())
}

/// The register as a table, a field a column, several values of a field on lines of their own within it.
fn table(register: &Register, all: &[Entry]) -> String {
    let names = ["code"].into_iter().chain(register.fields.iter().map(|f| f.name)).chain(["withdrawn"]);
    let mut out = names.collect::<Vec<_>>().join(",") + "\r\n";
    for e in all.iter() {
        let values = register.fields.iter().map(|f| match e.body.get(f.name) {
            None => String::new(),
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(serde_json::Value::Array(_)) => e.body.all(f.name).join("\n"),
            Some(other) => other.to_string(),
        });
        let withdrawn = if e.withdrawn { "yes" } else { "" };
        let line: Vec<_> = std::iter::once(e.code.clone())
            .chain(values)
            .chain([withdrawn.to_owned()])
            .map(|v| csv_cell(&v))
            .collect();
        out.push_str(&line.join(","));
        out.push_str("\r\n");
    }
    out
}

/// A cell of a table. What a spreadsheet would take for a formula is told apart by an apostrophe.
pub(crate) fn csv_cell(text: &str) -> String {
    let number = text.parse::<f64>().is_ok();
    let guarded = match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') if !number => format!("'{text}"),
        _ => text.to_owned(),
    };
    if guarded.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

/// The page `staff/entry.njk`.
#[derive(Debug, Serialize)]
struct EntryPage {
    title: String,
    caption: String,
    back_text: &'static str,
    back_href: String,
    withdrawn: bool,
    rows: Vec<ValueView>,
    pointers: Vec<PointerView>,
    links: Vec<LinkView>,
    history: Vec<VersionView>,
    edit_href: Option<String>,
    withdraw: Option<WithdrawForm>,
    error_summary: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct ValueView {
    label: &'static str,
    lines: Vec<LineView>,
}

#[derive(Debug, Serialize)]
struct LineView {
    text: String,
    href: Option<String>,
}

/// Another page about the same thing.
#[derive(Debug, Serialize)]
struct LinkView {
    text: &'static str,
    href: String,
}

#[derive(Debug, Serialize)]
struct VersionView {
    version: i64,
    at: String,
    by: String,
    reason: String,
    /// Fields that this version wrote otherwise than the one before.
    changed: Vec<ChangeView>,
    withdrawn: bool,
}

#[derive(Debug, Serialize)]
struct ChangeView {
    label: &'static str,
    was: String,
    is: String,
}

#[derive(Debug, Serialize)]
struct WithdrawForm {
    csrf: String,
    action: String,
    version: i64,
    reason: String,
    error: Option<String>,
}

/// The values of an entry, each with the way to what it points at where `may` says that this person can take it.
fn value_views(
    register: &'static Register,
    body: &Body,
    may: impl Fn(&'static str) -> bool,
) -> Vec<ValueView> {
    let targets = register.targets(body);
    register
        .fields
        .iter()
        .filter(|f| f.name != "title")
        .filter_map(|f| {
            let said = said(register, f, body);
            if said.is_empty() {
                return None;
            }
            let of_field = targets.iter().filter(|(field, _)| *field == f.name);
            let hrefs: Vec<_> = of_field.map(|(_, t)| href_of(t).filter(|_| may(needed(t)))).collect();
            let lines = said
                .into_iter()
                .enumerate()
                .map(|(n, text)| LineView { text, href: hrefs.get(n).cloned().flatten() })
                .collect();
            Some(ValueView { label: f.label, lines })
        })
        .collect()
}

fn version_views(register: &'static Register, all: &[Version]) -> Vec<VersionView> {
    let view = |(n, v): (usize, &Version)| {
        let before = all.get(n + 1);
        let changed = register.fields.iter().filter_map(|f| {
            let before = before?;
            let (was, is) =
                (said(register, f, &before.body).join(", "), said(register, f, &v.body).join(", "));
            (was != is).then_some(ChangeView { label: f.label, was, is })
        });
        VersionView {
            version: v.version,
            at: v.at.spoken(),
            by: v.by.clone().unwrap_or_else(|| "the system".into()),
            reason: v.reason.clone(),
            changed: changed.collect(),
            withdrawn: v.withdrawn,
        }
    };
    all.iter().enumerate().map(view).collect()
}

/// `GET /desk/registers/{register}/{code}`
pub(crate) async fn view(
    State(app): State<App>,
    staff: Staff,
    Path((which, code)): Path<(String, String)>,
) -> Answer {
    show(&app, &staff, known(&which)?, code, "", None).await
}

async fn show(
    app: &App,
    staff: &Staff,
    register: &'static Register,
    code: String,
    reason: &str,
    error: Option<String>,
) -> Answer {
    let (found, past, pointers) = app
        .read(&staff.actor(), move |cx| {
            let found = entry::entry(cx, register, &code)?;
            let past = entry::history(cx, register, &found)?;
            let pointers = entry::pointing_at(cx, &format!("{}:{}", register.code, found.code))?;
            Ok((found, past, pointers))
        })
        .await?;
    let here = format!("/desk/registers/{}/{}", register.code, found.code);
    let writes = register.by_hand && may(app, staff, register.writes) && !found.withdrawn;
    let links = match register.code {
        "item" => vec![
            LinkView { text: "How it serves the strategy", href: format!("/desk/matrix/{}", found.code) },
            LinkView { text: "Its gates", href: format!("/desk/gates/{}", found.code) },
        ],
        "challenge" => {
            vec![LinkView { text: "Entries and scores", href: format!("/desk/challenges/{}", found.code) }]
        }
        _ => Vec::new(),
    };
    let failed = error.is_some();
    let page = EntryPage {
        title: found.title.clone(),
        caption: format!("{} {}", register.title, found.code),
        back_text: register.title,
        back_href: format!("/desk/registers/{}", register.code),
        withdrawn: found.withdrawn,
        rows: value_views(register, &found.body, |right| may(app, staff, right)),
        pointers: pointer_views(&pointers),
        links,
        history: version_views(register, &past),
        edit_href: writes.then(|| format!("{here}/edit")),
        withdraw: writes.then(|| WithdrawForm {
            csrf: csrf(app, &staff.cookie),
            action: format!("{here}/withdraw"),
            version: found.version,
            reason: reason.to_owned(),
            error: error.clone(),
        }),
        error_summary: error.into_iter().map(|text| Problem { text, href: "#reason".into() }).collect(),
    };
    let mut response = app.page("staff/entry.njk", &frame(app, staff, HERE), &page)?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `POST /desk/registers/{register}/{code}/withdraw`
pub(crate) async fn withdraw(
    State(app): State<App>,
    staff: Staff,
    Path((which, code)): Path<(String, String)>,
    RawForm(bytes): RawForm,
) -> Answer {
    let register = known(&which)?;
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (version, reason) = (version_of(&raw), first(&raw, "reason").to_owned());
    let (which_one, why) = (code.clone(), reason.clone());
    let done =
        app.write(&staff.actor(), move |cx| entry::withdraw(cx, register, &which_one, version, &why)).await;
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/desk/registers/{which}/{code}")).into_response()),
        Err(Error::Invalid(wrong)) => {
            let message = wrong.into_iter().map(|e| e.message).next();
            show(&app, &staff, register, code, &reason, message).await
        }
        Err(e) => Err(e.into()),
    }
}

fn version_of(raw: &Raw) -> i64 {
    first(raw, "entry_version").parse().unwrap_or_default()
}

/// The page `staff/entry_form.njk`.
#[derive(Debug, Serialize)]
struct EntryForm {
    title: String,
    caption: &'static str,
    about: &'static str,
    back_text: String,
    back_href: String,
    action: String,
    csrf: String,
    version: i64,
    /// Whether it is a new entry, whose code can be chosen.
    new: bool,
    code: String,
    code_error: Option<String>,
    reason: String,
    fields: Vec<FieldView>,
    error_summary: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct FieldView {
    name: &'static str,
    label: String,
    hint: String,
    /// `text`, `long`, `lines`, `choice`, `many`, `yes-no`.
    kind: &'static str,
    value: String,
    items: Vec<ItemView>,
    error: Option<String>,
    /// How wide the input is, as a GOV.UK class.
    width: &'static str,
}

#[derive(Debug, Serialize)]
struct ItemView {
    value: String,
    text: String,
    checked: bool,
    selected: bool,
}

/// What stands in the form: what was posted, or what is held.
fn given_of(register: &Register, body: &Body) -> BTreeMap<String, Vec<String>> {
    let text = |f: &Field| match body.get(f.name) {
        None => Vec::new(),
        Some(serde_json::Value::String(text)) => vec![text.clone()],
        Some(serde_json::Value::Bool(yes)) => vec![if *yes { "yes" } else { "no" }.into()],
        Some(serde_json::Value::Array(_)) => body.all(f.name).iter().map(|t| (*t).to_owned()).collect(),
        Some(other) => vec![other.to_string().trim_end_matches(".0").to_owned()],
    };
    register.fields.iter().map(|f| (f.name.to_owned(), text(f))).collect()
}

fn field_views(
    register: &'static Register,
    given: &BTreeMap<String, Vec<String>>,
    wrong: &[FieldError],
    new: bool,
) -> Vec<FieldView> {
    use FieldKind as K;
    let of = |f: &'static Field| {
        let values = given.get(f.name).map_or(&[][..], Vec::as_slice);
        let chosen = |code: &str| values.iter().any(|v| v == code);
        let items = |all: &[(&str, &str)]| {
            all.iter()
                .map(|(code, label)| ItemView {
                    value: (*code).into(),
                    text: (*label).into(),
                    checked: chosen(code),
                    selected: chosen(code),
                })
                .collect::<Vec<_>>()
        };
        let (kind, items, width) = match f.kind {
            K::Text | K::Link(_) => ("text", Vec::new(), ""),
            K::Day => ("text", Vec::new(), "govuk-input--width-10"),
            K::Money | K::Number { .. } => ("text", Vec::new(), "govuk-input--width-10"),
            K::Long => ("long", Vec::new(), ""),
            K::Lines | K::Links(_) | K::Elements | K::Named(_) => ("lines", Vec::new(), ""),
            K::YesNo => ("yes-no", items(&[("yes", "Yes"), ("no", "No")]), ""),
            K::Choice(all) => ("choice", items(all), ""),
            K::Many(all) => ("many", items(all), ""),
        };
        let standing = match f.kind {
            K::Day if f.hint.is_empty() => "Such as 2027-04-01",
            K::Link(_) if f.hint.is_empty() => "The code of an entry",
            _ => f.hint,
        };
        FieldView {
            name: f.name,
            label: if f.required { f.label.to_owned() } else { format!("{} (optional)", f.label) },
            hint: standing.to_owned(),
            kind,
            value: values.join("\n"),
            items,
            error: wrong.iter().find(|e| e.field == f.name).map(|e| e.message.clone()),
            width,
        }
    };
    // What only a function with rules of its own changes is not asked for once it is there.
    register.fields.iter().filter(|f| new || !f.locked).map(of).collect()
}

/// What was posted and is wrong.
#[derive(Default)]
struct Tried {
    given: BTreeMap<String, Vec<String>>,
    code: String,
    reason: String,
    version: i64,
    wrong: Vec<FieldError>,
}

fn form(app: &App, staff: &Staff, register: &'static Register, held: Option<&Entry>, tried: Tried) -> Answer {
    let here = format!("/desk/registers/{}", register.code);
    let failed = !tried.wrong.is_empty();
    let page = EntryForm {
        title: match held {
            Some(e) => e.title.clone(),
            None => format!("New {}", register.one),
        },
        caption: register.title,
        about: register.about,
        back_text: held.map_or_else(|| register.title.to_owned(), |e| e.title.clone()),
        back_href: held.map_or_else(|| here.clone(), |e| format!("{here}/{}", e.code)),
        action: held.map_or_else(|| format!("{here}/new"), |e| format!("{here}/{}/edit", e.code)),
        csrf: csrf(app, &staff.cookie),
        version: tried.version,
        new: held.is_none(),
        code: tried.code,
        code_error: tried.wrong.iter().find(|e| e.field == "code").map(|e| e.message.clone()),
        reason: tried.reason,
        fields: field_views(register, &tried.given, &tried.wrong, held.is_none()),
        error_summary: tried
            .wrong
            .iter()
            .map(|e| {
                let place = if e.field == "code" { "entry_code" } else { &e.field };
                Problem { text: e.message.clone(), href: format!("#{place}") }
            })
            .collect(),
    };
    let mut response = app.page("staff/entry_form.njk", &frame(app, staff, HERE), &page)?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Refuses a form that this person could not send.
fn writable(app: &App, staff: &Staff, register: &Register) -> Result<(), Refused> {
    if !register.by_hand {
        return Err(Error::NotFound(format!("a form for a {}", register.one)).into());
    }
    if may(app, staff, register.writes) {
        return Ok(());
    }
    let reason = format!("writing a {} takes the action '{}'", register.one, register.writes);
    Err(Error::Forbidden { reason }.into())
}

/// `GET /desk/registers/{register}/new`
pub(crate) async fn new(State(app): State<App>, staff: Staff, Path(which): Path<String>) -> Answer {
    let register = known(&which)?;
    writable(&app, &staff, register)?;
    form(&app, &staff, register, None, Tried::default())
}

/// `POST /desk/registers/{register}/new`
pub(crate) async fn create(
    State(app): State<App>,
    staff: Staff,
    Path(which): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let register = known(&which)?;
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let tried = Tried {
        given: raw.clone().into_iter().collect(),
        code: first(&raw, "entry_code").to_owned(),
        reason: first(&raw, "entry_reason").to_owned(),
        ..Tried::default()
    };
    let body = match register.read(&tried.given) {
        Ok(body) => body,
        Err(wrong) => return form(&app, &staff, register, None, Tried { wrong, ..tried }),
    };
    let (code, reason) = (tried.code.clone(), tried.reason.clone());
    let made = app.write(&staff.actor(), move |cx| entry::create(cx, register, &code, &body, &reason)).await;
    match made {
        Ok(made) => {
            Ok(Redirect::to(&format!("/desk/registers/{}/{}", register.code, made.code)).into_response())
        }
        Err(Error::Invalid(wrong)) => form(&app, &staff, register, None, Tried { wrong, ..tried }),
        Err(e) => Err(e.into()),
    }
}

/// `GET /desk/registers/{register}/{code}/edit`
pub(crate) async fn edit(
    State(app): State<App>,
    staff: Staff,
    Path((which, code)): Path<(String, String)>,
) -> Answer {
    let register = known(&which)?;
    writable(&app, &staff, register)?;
    let held = app.read(&staff.actor(), move |cx| entry::entry(cx, register, &code)).await?;
    let tried = Tried { given: given_of(register, &held.body), version: held.version, ..Tried::default() };
    form(&app, &staff, register, Some(&held), tried)
}

/// `POST /desk/registers/{register}/{code}/edit`
pub(crate) async fn change(
    State(app): State<App>,
    staff: Staff,
    Path((which, code)): Path<(String, String)>,
    RawForm(bytes): RawForm,
) -> Answer {
    let register = known(&which)?;
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let tried = Tried {
        given: raw.clone().into_iter().collect(),
        reason: first(&raw, "entry_reason").to_owned(),
        version: version_of(&raw),
        ..Tried::default()
    };
    let sought = code.clone();
    let held = app.read(&staff.actor(), move |cx| entry::entry(cx, register, &sought)).await?;
    let body = match register.read(&tried.given) {
        Ok(body) => body,
        Err(wrong) => return form(&app, &staff, register, Some(&held), Tried { wrong, ..tried }),
    };
    let (which_one, version, reason) = (code.clone(), tried.version, tried.reason.clone());
    let done = app
        .write(&staff.actor(), move |cx| entry::change(cx, register, &which_one, version, &body, &reason))
        .await;
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/desk/registers/{which}/{code}")).into_response()),
        Err(Error::Invalid(wrong)) => form(&app, &staff, register, Some(&held), Tried { wrong, ..tried }),
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_taken_for_a_formula() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("-5"), "-5");
        assert_eq!(csv_cell("-a, \"b\""), "\"'-a, \"\"b\"\"\"");
        assert_eq!(csv_cell("two\nlines"), "\"two\nlines\"");
        assert_eq!(csv_cell("plain"), "plain");
    }

    #[test]
    fn whatever_can_be_pointed_at_has_a_place() {
        for (target, href) in [
            ("item:lamps", Some("/desk/registers/item/lamps")),
            ("element:national-2020:A1.1", Some("/desk/strategy/national-2020/A1.1")),
            ("algorithm:definition/burglary", Some("/desk/ethics/definition/burglary")),
            ("decision:097-21", Some("/desk/decisions/097-21")),
            ("complaint:C-1", Some("/desk/graded/complaints/C-1")),
            ("nowhere:x", None),
            ("x", None),
        ] {
            assert_eq!(href_of(target).as_deref(), href, "{target}");
        }
    }
}
