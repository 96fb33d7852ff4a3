//! Summaries of fairness reports, for everybody.

use crate::{
    App,
    fairness::{FairnessView, people, view},
    govuk::{
        page::{Choice, Content},
        prose::prose,
    },
    guard::{Answer, Ask},
};
use axum::extract::{Path, State};
use bluelamp_model::{Error, Id};
use bluelamp_steward::fairness::public_reports;
use serde::Serialize;

/// The page `public/fairness.njk`.
#[derive(Serialize)]
struct Summary {
    title: String,
    caption: String,
    back_href: String,
    report: FairnessView,
}

/// `GET /fairness`
pub(crate) async fn list(State(app): State<App>, ask: Ask) -> Answer {
    let all = app.read(&ask.public(), |cx| public_reports(cx, None)).await?;
    let about = if all.is_empty() {
        "No fairness report has been published."
    } else {
        "Each report says how what an algorithm proposed fell on groups of people, and what so few or so many people can tell. \
         No figure tells of fewer than ten. [How algorithms are used](/algorithms)"
    };
    let page = Content {
        title: "Fairness reports".into(),
        back_href: Some("/algorithms".into()),
        html: prose(about),
        choices: all
            .into_iter()
            .map(|(kept, report)| Choice {
                text: kept.title,
                href: format!("/fairness/{}", kept.id),
                about: Some(format!(
                    "{} {}, {}, {}.",
                    kept.algorithm,
                    kept.version,
                    kept.made_at.day(),
                    people(&report).to_lowercase()
                )),
            })
            .collect(),
        ..Content::default()
    };
    app.page("public/content.njk", &ask.frame(), &page)
}

/// `GET /fairness/{id}`
pub(crate) async fn summary(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Answer {
    let absent = || Error::NotFound("that fairness report".into());
    let id: Id = id.parse().map_err(|_| absent())?;
    let found = app.read(&ask.public(), move |cx| public_reports(cx, Some(id))).await?;
    let (kept, report) = found.into_iter().next().ok_or_else(absent)?;
    let page = Summary {
        title: kept.title,
        caption: format!("{} {}, {}", kept.algorithm, kept.version, kept.made_at.day()),
        back_href: "/fairness".into(),
        report: view(&report),
    };
    app.page("public/fairness.njk", &ask.frame(), &page)
}
