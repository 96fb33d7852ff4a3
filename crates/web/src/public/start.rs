//! The first page, the choice of what to report, and what the service says of itself.

use crate::{
    App,
    govuk::{
        page::{Choice, Content},
        prose::prose,
    },
    guard::{Answer, Ask},
    public::draft::{Visitor, no_cookie},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect},
};
use bluelamp_model::Error;

fn choice(text: &str, href: &str, about: &str) -> Choice {
    Choice { text: text.into(), href: href.into(), about: Some(about.into()) }
}

/// `GET /`
pub(crate) async fn home(State(app): State<App>, ask: Ask) -> Answer {
    let page = Content {
        title: "Tell the police what happened".into(),
        html: prose("**In an emergency call 999.** This service is for what is not happening right now."),
        choices: vec![
            choice("Report something", "/report", "A burglary, harassment online, or antisocial behaviour."),
            choice(
                "Follow your report",
                "/track",
                "With the reference and the tracking code from your receipt.",
            ),
            choice(
                "Make a complaint",
                "/complain",
                "About a decision, an algorithm, or how information about you was used. You need no account.",
            ),
            choice(
                "How algorithms are used",
                "/algorithms",
                "What a machine may propose here, and who decides.",
            ),
        ],
        ..Content::default()
    };
    app.page("public/content.njk", &ask.frame(), &page)
}

/// `GET /report`
pub(crate) async fn choose(State(app): State<App>, ask: Ask) -> Answer {
    let choices = app
        .inner
        .forms
        .values()
        .map(|form| Choice {
            text: form.title.say(form.speaks).to_owned(),
            href: format!("/report/{}", form.id),
            about: form.description.as_ref().map(|d| d.say(form.speaks).to_owned()),
        })
        .collect();
    let page = Content {
        title: "What do you want to report?".into(),
        back_href: Some("/".into()),
        html: prose("If you want to report something else, call **101**. In an emergency call **999**."),
        choices,
        ..Content::default()
    };
    app.page("public/content.njk", &ask.frame(), &page)
}

/// Where "Exit this page" leads once the session is gone.
const HARMLESS: &str = "https://www.bbc.co.uk/weather";

/// `GET /leave`: forgets what was typed and goes somewhere harmless.
pub(crate) async fn leave(State(app): State<App>, headers: HeaderMap) -> Answer {
    Visitor::of(&app, &headers).await?.forget(&app).await?;
    let mut response = Redirect::to(HARMLESS).into_response();
    response.headers_mut().append(header::SET_COOKIE, no_cookie(&app));
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

fn content(app: &App, ask: &Ask, name: &str) -> Answer {
    let text = app.inner.settings.content.get(name).ok_or_else(|| Error::NotFound("that page".into()))?;
    let (title, body) = text.trim_start().split_once('\n').unwrap_or((text, ""));
    let page = Content {
        title: title.trim_start_matches('#').trim().to_owned(),
        back_href: Some("/".into()),
        html: prose(body),
        ..Content::default()
    };
    app.page("public/content.njk", &ask.frame(), &page)
}

/// `GET /accessibility`
pub(crate) async fn accessibility(State(app): State<App>, ask: Ask) -> Answer {
    content(&app, &ask, "accessibility")
}

/// `GET /privacy`
pub(crate) async fn privacy(State(app): State<App>, ask: Ask) -> Answer {
    content(&app, &ask, "privacy")
}
