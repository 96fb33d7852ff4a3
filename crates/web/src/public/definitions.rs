//! The definitions in force, for everybody who may be graded by them.

use crate::{
    App,
    govuk::page::{Choice, Content},
    govuk::prose::prose,
    guard::{Answer, Ask},
    reading::{self, Reading, reading},
};
use axum::extract::{Path, State};
use bluelamp_access::algorithm;
use bluelamp_model::Error;
use serde::Serialize;

/// The page `public/definition.njk`.
#[derive(Serialize)]
struct DefinitionPage {
    title: String,
    caption: String,
    back_href: String,
    /// What it is and what it is not, in a sentence.
    version: String,
    reading: Reading,
    /// Where a program gets its text.
    text_href: String,
}

/// `GET /definitions`
pub(crate) async fn list(State(app): State<App>, ask: Ask) -> Answer {
    let shelf = app.shelf();
    let (in_force, registered) = app
        .read(&ask.public(), move |cx| {
            Ok((bluelamp_casework::in_force(cx, &shelf)?, algorithm::published(cx)?))
        })
        .await?;
    let now = app.inner.db.now();
    // What is in force by its own header is asked only while its approval holds.
    let asked = |d: &bluelamp_triage::Definition| {
        let entry = registered.iter().find(|e| e.what.kind == "definition" && e.what.digest == d.digest);
        entry.is_some_and(|e| e.state.operates() && !e.has_ended(now))
    };
    let about = if in_force.is_empty() {
        "No definition is in force now: every report is graded by a person without a proposal."
    } else {
        "A definition is a table of rules that people wrote. It proposes how urgent a report is; a named officer decides, \
         and can depart from every proposal. These are in force now. [How algorithms are used](/algorithms)"
    };
    let choice = |d: &std::sync::Arc<bluelamp_triage::Definition>| Choice {
        text: d.title.clone(),
        href: format!("/definitions/{}", d.header.id),
        about: Some(format!(
            "Version {}. Owner: {}. To be reviewed by {}.{}",
            d.header.version,
            reading::role(&d.header.owner),
            reading::day(&d.header.review_by),
            if asked(d) { "" } else { " It is not approved now: no officer is shown what it says." }
        )),
    };
    let page = Content {
        title: "Definitions in force".into(),
        back_href: Some("/algorithms".into()),
        html: prose(about),
        choices: in_force.iter().map(choice).collect(),
        ..Content::default()
    };
    app.page("public/content.njk", &ask.frame(), &page)
}

/// `GET /definitions/{id}`
pub(crate) async fn view(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Answer {
    let shelf = app.shelf();
    let in_force = app.read(&ask.public(), move |cx| bluelamp_casework::in_force(cx, &shelf)).await?;
    let found = in_force.into_iter().find(|d| d.header.id == id);
    let d = found.ok_or_else(|| Error::NotFound("a definition of that name in force".into()))?;
    let page = DefinitionPage {
        title: d.title.clone(),
        caption: "Definition in force".into(),
        back_href: "/definitions".into(),
        version: d.header.version.clone(),
        reading: reading(&d),
        text_href: format!("/api/v1/definitions/{}", d.header.id),
    };
    app.page("public/definition.njk", &ask.frame(), &page)
}
