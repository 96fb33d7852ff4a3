//! The published strategies, for everybody who is policed by them.

use crate::{
    App,
    govuk::page::{Choice, Content},
    govuk::prose::prose,
    guard::{Answer, Ask},
    strategies::{StrategyReading, reading},
};
use axum::extract::{Path, State};
use bluelamp_steward::strategy::{Held, published, view_published};
use serde::Serialize;

/// The page `public/strategy.njk`.
#[derive(Serialize)]
struct StrategyPage {
    title: String,
    back_href: String,
    reading: StrategyReading,
    /// Where a program gets it.
    json_href: String,
}

/// `GET /strategy`
pub(crate) async fn list(State(app): State<App>, ask: Ask) -> Answer {
    let all = app.read(&ask.public(), published).await?;
    let about = if all.is_empty() {
        "No strategy is published here."
    } else {
        "What a strategy commits to is kept here as data: element by element, with its source. Short names are those of the \
         published documents; the sentences are ours, so read the documents before you quote."
    };
    let choice = |h: &Held| Choice {
        text: h.title.clone(),
        href: format!("/strategy/{}", h.id),
        about: Some(format!("{}. {} elements, version {}.", h.publisher, h.elements, h.version)),
    };
    let page = Content {
        title: "Strategies".into(),
        back_href: Some("/".into()),
        html: prose(about),
        choices: all.iter().map(choice).collect(),
        ..Content::default()
    };
    app.page("public/content.njk", &ask.frame(), &page)
}

/// `GET /strategy/{id}`
pub(crate) async fn view(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Answer {
    let seen = app.read(&ask.public(), move |cx| view_published(cx, &id, None)).await?;
    let page = StrategyPage {
        title: seen.strategy.title.clone(),
        back_href: "/strategy".into(),
        json_href: format!("/api/v1/strategies/{}", seen.strategy.id),
        reading: reading(&seen, None),
    };
    app.page("public/strategy.njk", &ask.frame(), &page)
}
