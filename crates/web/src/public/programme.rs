//! What the programme publishes: innovation challenges, and how this platform stands to the Service Standard.

use crate::{
    App,
    desk::services::page_of,
    guard::{Answer, Ask},
};
use axum::extract::State;
use bluelamp_steward::{
    challenge::{self, Published, Stage},
    register::pounds,
    service_standard,
};
use serde::Serialize;

/// The page `public/challenges.njk`.
#[derive(Debug, Serialize)]
struct ChallengesPage {
    title: String,
    back_href: String,
    challenges: Vec<ChallengeRow>,
}

/// A challenge as everybody may see it.
#[derive(Debug, Serialize)]
struct ChallengeRow {
    code: String,
    title: String,
    stage: &'static str,
    colour: &'static str,
    brief: String,
    criteria: Vec<String>,
    opens: String,
    closes: String,
    fund: String,
    entries: usize,
    open: bool,
    winner: Option<String>,
    reasons: String,
    decided_at: String,
}

/// `GET /challenges`
pub(crate) async fn challenges(State(app): State<App>, ask: Ask) -> Answer {
    let all = app.read(&ask.public(), challenge::published).await?;
    let row = |p: &Published| ChallengeRow {
        code: p.summary.code.clone(),
        title: p.summary.title.clone(),
        stage: p.summary.stage.label(),
        colour: match p.summary.stage {
            Stage::Open => "green",
            Stage::Awarded => "purple",
            _ => "grey",
        },
        brief: p.brief.clone(),
        criteria: p.criteria.clone(),
        opens: p.summary.opens.to_string(),
        closes: p.summary.closes.to_string(),
        fund: p.summary.fund.map(pounds).unwrap_or_default(),
        entries: p.summary.entries,
        open: p.summary.stage == Stage::Open,
        winner: p.winner.clone(),
        reasons: p.reasons.clone(),
        decided_at: p.decided_at.map(bluelamp_model::Time::short).unwrap_or_default(),
    };
    let page = ChallengesPage {
        title: "Innovation challenges".into(),
        back_href: "/".into(),
        challenges: all.iter().map(row).collect(),
    };
    app.page("public/challenges.njk", &ask.frame(), &page)
}

/// `GET /service-standard`
pub(crate) async fn standard(State(app): State<App>, ask: Ask) -> Answer {
    let service = app.read(&ask.public(), service_standard::published).await?;
    let page = StandardPage { back_href: "/".into(), service: page_of(&service, false) };
    app.page("public/service-standard.njk", &ask.frame(), &page)
}

/// The page `public/service-standard.njk`.
#[derive(Debug, Serialize)]
struct StandardPage {
    back_href: String,
    #[serde(flatten)]
    service: crate::desk::services::ServicePage,
}
