//! The register of algorithms for staff: how far each version has come, and until when.

mod forms;
pub(crate) mod one;

use super::frame;
use crate::{
    App,
    guard::{Answer, Staff},
};
use axum::extract::State;
use bluelamp_access::algorithm::{Entry, State as Standing};
use bluelamp_model::Time;
use bluelamp_steward::ethics;
use serde::Serialize;

pub(super) const HERE: &str = "/desk/ethics";
/// What ends within so many days is marked.
const SOON: i64 = 60;

/// The page `staff/ethics.njk`.
#[derive(Serialize)]
struct RegisterPage {
    title: String,
    rows: Vec<Row>,
}

/// One version.
#[derive(Serialize)]
struct Row {
    href: String,
    title: String,
    algorithm: String,
    version: String,
    digest: String,
    running: bool,
    state: Tag,
    until: Option<String>,
    /// "Ended", "Ends soon" or nothing.
    ends: Option<Tag>,
    accountable: String,
}

/// A word in a colour; the word says it all.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Tag {
    pub text: &'static str,
    pub colour: &'static str,
}

/// How a state is shown.
pub(crate) fn tag(state: Standing) -> Tag {
    let colour = match state {
        Standing::Proposed | Standing::Retired => "grey",
        Standing::Assessed | Standing::LabReported => "blue",
        Standing::Lab => "purple",
        Standing::Pilot => "turquoise",
        Standing::Operational => "green",
        Standing::Suspended => "red",
    };
    Tag { text: state.label(), colour }
}

/// Whether a use has ended, or soon will.
pub(crate) fn ends(e: &Entry, now: Time) -> Option<Tag> {
    let until = e.until.filter(|_| e.state.operates())?;
    if e.has_ended(now) {
        return Some(Tag { text: "Ended", colour: "red" });
    }
    (until < now.plus_seconds(SOON * 86_400)).then_some(Tag { text: "Ends soon", colour: "yellow" })
}

/// Where the page of a version is.
pub(crate) fn href(e: &Entry) -> String {
    format!("{HERE}/{}?version={}", e.algorithm(), e.what.digest)
}

/// `GET /desk/ethics`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    let mut all = app.read(&staff.actor(), ethics::register).await?;
    let now = app.inner.db.now();
    // What runs stands first, and of it what needs somebody.
    all.sort_by_key(|e| (!e.running, ends(e, now).is_none()));
    let rows = all.iter().map(|e| Row {
        href: href(e),
        title: e.what.title.clone(),
        algorithm: e.algorithm(),
        version: e.what.version.clone(),
        digest: e.what.digest.chars().take(12).collect(),
        running: e.running,
        state: tag(e.state),
        until: e.until.map(Time::spoken),
        ends: ends(e, now),
        accountable: crate::reading::role(&e.what.accountable).to_owned(),
    });
    let page = RegisterPage { title: "Ethics of algorithms".into(), rows: rows.collect() };
    app.page("staff/ethics.njk", &frame(&app, &staff, HERE), &page)
}
