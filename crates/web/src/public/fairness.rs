//! Summaries of fairness reports, for everybody.

use crate::{
    App,
    fairness::{FairnessView, view},
    govuk::{
        page::{Choice, Content},
        prose::prose,
    },
    guard::{Answer, Ask},
    reading,
};
use axum::extract::{Path, State};
use bluelamp_model::{Error, Id};
use bluelamp_steward::fairness::{Published, bounds_of, public_reports};
use serde::Serialize;

/// The page `public/fairness.njk`.
#[derive(Serialize)]
struct Summary {
    title: String,
    caption: String,
    back_href: String,
    withdrawn: Option<String>,
    /// Why it was judged by these thresholds; none for the usual ones.
    thresholds: Option<String>,
    /// That its figures had been looked at before the thresholds held.
    looked: Option<String>,
    /// None where it was withdrawn.
    report: Option<FairnessView>,
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
            .map(|p| Choice {
                about: Some(format!(
                    "{} {}, {}, {}.",
                    p.about.algorithm,
                    p.about.version,
                    p.about.made_at.day(),
                    p.report.as_ref().map_or_else(|| "withdrawn".into(), |r| r.people().to_lowercase())
                )),
                href: format!("/fairness/{}", p.about.id),
                text: p.about.title,
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
    let find = move |cx: &mut bluelamp_store::Cx<'_>| Ok((public_reports(cx, Some(id))?, bounds_of(cx, id)?));
    let (found, set) = app.read(&ask.public(), find).await?;
    let Published { about, withdrawn, report, .. } = found.into_iter().next().ok_or_else(absent)?;
    let page = Summary {
        title: about.title,
        caption: format!("{} {}, {}", about.algorithm, about.version, about.made_at.day()),
        back_href: "/fairness".into(),
        withdrawn: withdrawn
            .map(|(at, because)| format!("This report was withdrawn on {}: {because}", at.day())),
        looked: set.as_ref().and_then(|set| set.looked_at).map(|at| {
            format!(
                "Figures of the same rows, or of rows with the same totals, had been looked at before that: first on {}.",
                reading::day(&at.day())
            )
        }),
        thresholds: set.map(|set| {
            format!(
                "Its thresholds, {} to {}, were proposed by one member of the ethics committee and confirmed by another \
                 before it was made: {}",
                set.bounds.low, set.bounds.high, set.reasons
            )
        }),
        report: report.as_ref().map(view),
    };
    app.page("public/fairness.njk", &ask.frame(), &page)
}
