//! One application: what is known of it, what the rules suggest, and what people set.

use super::{
    figures::Findings,
    page::{self, ApplicationPage},
};
use crate::{
    App,
    desk::{may, strategy::frame},
    govuk::page::Problem,
    guard::{Answer, Refused, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{Path, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Error, FieldError, authority::action};
use bluelamp_steward::{
    entry,
    landscape::{self, Application, Disposing, Disposition, Pattern},
    registers::landscape::APPLICATION,
};

/// What was posted and is wrong.
#[derive(Default)]
struct Tried {
    set: Disposing,
    wrong: Vec<FieldError>,
}

/// `GET /desk/landscape/applications/{code}`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Path(code): Path<String>) -> Answer {
    show(&app, &staff, &code, Tried::default()).await
}

async fn show(app: &App, staff: &Staff, code: &str, tried: Tried) -> Answer {
    let which = code.to_owned();
    let (held, versions) = app
        .read(&staff.actor(), move |cx| {
            let found = entry::entry(cx, &APPLICATION, &which)?;
            Ok((landscape::landscape(cx)?, entry::history(cx, &APPLICATION, &found)?))
        })
        .await?;
    let absent = || Refused(Error::NotFound(format!("an application with the code ‘{code}’")));
    let today = super::today(app)?;
    // Names are compared with one another, which takes its time: away from the threads that answer.
    let (held, mut suggestions) = app
        .blocking(move |_| {
            let suggestions = Findings::of(&held, today).suggestions;
            Ok((held, suggestions))
        })
        .await?;
    suggestions.retain(|s| s.application == code);
    let suggestion = suggestions.first();
    let a = held.applications.iter().find(|a| a.code == code).ok_or_else(absent)?;
    let version = held.versions.get(code).copied().unwrap_or_default();
    let spoken = |what: Disposition, by: Option<bluelamp_model::Day>| match by {
        Some(day) => format!("{}, by {}", what.label(), page::day(day)),
        None => what.label().to_owned(),
    };
    let chosen = if tried.wrong.is_empty() {
        a.disposition.as_ref().map_or("", |d| d.what.code())
    } else {
        tried.set.what.as_str()
    };
    let place = |field: &str| format!("#{field}");
    let page = ApplicationPage {
        title: format!("{}, {}", a.name, a.force),
        href: page::href(code),
        facts: facts(a),
        ties: a
            .integrations
            .iter()
            .map(|i| (i.to.clone(), i.pattern.map_or(page::UNKNOWN, how).to_owned()))
            .collect(),
        set: a.disposition.as_ref().map(|d| spoken(d.what, d.by)),
        set_reason: a.disposition.as_ref().map_or_else(String::new, |d| d.reason.clone()),
        suggested: suggestion.and_then(|s| s.what.map(|what| spoken(what, s.by))),
        reasons: suggestion.map(|s| s.reasons.clone()).unwrap_or_default(),
        unknown: suggestion.map(|s| s.unknown.clone()).unwrap_or_default(),
        history: versions
            .iter()
            .map(|v| (v.at.short(), v.by.clone().unwrap_or_else(|| "The system".into()), v.reason.clone()))
            .collect(),
        can_set: may(app, staff, action::REGISTER_WRITE),
        version,
        choices: Disposition::ALL.map(|d| page::choice(d.code(), d.label(), d.code() == chosen)).into(),
        by: tried.set.by.clone(),
        reason: tried.set.reason.clone(),
        csrf: csrf(app, &staff.cookie),
        errors: tried.wrong.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
        error_summary: tried
            .wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: place(&e.field) })
            .collect(),
    };
    let wrong = !page.error_summary.is_empty();
    let mut response = app.page("staff/landscape-application.njk", &frame(app, staff, super::HERE), &page)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn how(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Direct => "Directly",
        Pattern::Api => "Through an interface",
        Pattern::Message => "Through messages",
        Pattern::File => "Through files or by hand",
    }
}

/// Everything that is known, each with its name; what is not known is said so.
fn facts(a: &Application) -> Vec<(String, String)> {
    let said = |yes: Option<bool>| match yes {
        Some(true) => "Yes".to_owned(),
        Some(false) => "No".to_owned(),
        None => page::UNKNOWN.to_owned(),
    };
    let words = |text: &Option<String>| text.clone().unwrap_or_else(|| page::UNKNOWN.into());
    let mut all: Vec<(String, String)> = [
        ("Force", a.force.clone()),
        ("Supplier", words(&a.supplier)),
        ("Product", words(&a.product)),
        ("Version", words(&a.version)),
        ("What it does", words(&a.function)),
        (
            "Capabilities",
            if a.capabilities.is_empty() { page::UNKNOWN.into() } else { a.capabilities.join(", ") },
        ),
        ("Users", a.users.map_or_else(|| page::UNKNOWN.into(), page::thousands)),
        ("Hosting", a.hosting.label().to_owned()),
        ("To run, each year", page::cost(a.run_cost)),
        ("To change, each year", page::cost(a.change_cost)),
        ("Contract ends", a.contract_end.map_or_else(|| page::UNKNOWN.into(), page::day)),
        ("Front end", said(a.front_end)),
        ("Legacy", said(a.legacy)),
        ("Straight into a legacy system", said(a.direct_legacy)),
        ("Owner", words(&a.owner)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    all.extend(a.other.iter().map(|(name, value)| (name.clone(), value.clone())));
    all
}

/// `POST /desk/landscape/applications/{code}`: what becomes of it is set.
pub(crate) async fn dispose(
    State(app): State<App>,
    staff: Staff,
    Path(code): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let set = Disposing {
        version: first(&raw, "version").parse().unwrap_or(0),
        what: first(&raw, "what").to_owned(),
        by: first(&raw, "by").to_owned(),
        reason: first(&raw, "reason").to_owned(),
    };
    let (which, given) = (code.clone(), set.clone());
    match app.write(&staff.actor(), move |cx| landscape::set_disposition(cx, &which, &given)).await {
        Ok(()) => Ok(Redirect::to(&page::href(&code)).into_response()),
        Err(Error::Invalid(wrong)) => show(&app, &staff, &code, Tried { set, wrong }).await,
        Err(e) => Err(e.into()),
    }
}
