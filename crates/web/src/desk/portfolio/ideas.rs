//! Ideas: anybody on the staff puts one down, and sees what became of it.

use super::IDEAS;
use crate::{
    App,
    desk::strategy::frame,
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Error, FieldError};
use bluelamp_steward::{
    portfolio::{FEEDBACK_DAYS, Idea, own_ideas, submit_idea},
    registers::portfolio::{KINDS, STAGES, STATUSES},
};
use serde::Serialize;

/// The page `staff/ideas.njk`.
#[derive(Debug, Serialize)]
struct IdeasPage {
    title: String,
    days: i64,
    rows: Vec<IdeaView>,
    csrf: String,
    idea_title: String,
    summary: String,
    title_error: Option<String>,
    summary_error: Option<String>,
    error_summary: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct IdeaView {
    title: String,
    href: String,
    /// "An idea, not started".
    state: String,
    put_down: String,
    said: String,
    said_at: Option<String>,
    /// Until when somebody has to answer.
    due: String,
    overdue: bool,
}

fn label<'a>(choices: &'a [(&'a str, &'a str)], code: &'a str) -> &'a str {
    choices.iter().find(|(known, _)| *known == code).map_or(code, |(_, label)| label)
}

fn idea_view(idea: Idea, app: &App) -> IdeaView {
    let due = idea.put_down.plus_seconds(FEEDBACK_DAYS * 86_400);
    let (kind, stage) = (label(KINDS, &idea.kind), label(STAGES, &idea.stage));
    let of = if kind == stage { kind.to_owned() } else { format!("{kind}, {}", stage.to_lowercase()) };
    IdeaView {
        href: format!("/desk/registers/item/{}", idea.code),
        state: format!("{of}: {}", label(STATUSES, &idea.status).to_lowercase()),
        put_down: idea.put_down.short(),
        overdue: idea.said_at.is_none() && due < app.inner.db.now(),
        due: due.short(),
        said_at: idea.said_at.map(bluelamp_model::Time::short),
        said: idea.said,
        title: idea.title,
    }
}

/// `GET /desk/ideas`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    show(&app, &staff, "", "", &[]).await
}

async fn show(app: &App, staff: &Staff, title: &str, summary: &str, wrong: &[FieldError]) -> Answer {
    let ideas = app.read(&staff.actor(), own_ideas).await?;
    let error = |field: &str| wrong.iter().find(|e| e.field == field).map(|e| e.message.clone());
    let page = IdeasPage {
        title: "Ideas".into(),
        days: FEEDBACK_DAYS,
        rows: ideas.into_iter().map(|i| idea_view(i, app)).collect(),
        csrf: csrf(app, &staff.cookie),
        idea_title: title.into(),
        summary: summary.into(),
        title_error: error("title"),
        summary_error: error("summary"),
        error_summary: wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}", e.field) })
            .collect(),
    };
    let mut response = app.page("staff/ideas.njk", &frame(app, staff, IDEAS), &page)?;
    if !wrong.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `POST /desk/ideas`: an idea is put down.
pub(crate) async fn submit(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (title, summary) = (first(&raw, "title").to_owned(), first(&raw, "summary").to_owned());
    let (t, s) = (title.clone(), summary.clone());
    match app.write(&staff.actor(), move |cx| submit_idea(cx, &t, &s)).await {
        Ok(_) => Ok(Redirect::to(IDEAS).into_response()),
        Err(Error::Invalid(wrong)) => show(&app, &staff, &title, &summary, &wrong).await,
        Err(e) => Err(e.into()),
    }
}
