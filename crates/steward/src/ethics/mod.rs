//! Ethics of what scores, matches, ranks or forecasts: the assessment of each version in the register of algorithms, the
//! committee's advice, what the lab found, and the steps that an accountable chief officer takes.
//!
//! What a step allows is enforced by `access::algorithm`; whether the grounds for it are there is said here. The committee
//! advises and an accountable officer decides; who has written the text or on its assessment can do neither, and nobody is
//! both at once.

mod committee;
mod dossier;
mod phase;
mod questions;
mod record;
mod wording;

pub use committee::{
    Advice, FEWEST, Minutes, NewVoice, Point, Voice, advise, minute, minutes, outcome, since_minutes,
};
pub use dossier::{
    Assessment, Dossier, Exemption, Finding, LabReport, Opinion, assess, exempt, note_opinion, report_lab,
};
pub use phase::{Step, lacking, take};
pub use questions::{QUESTIONS, Question, Section, criteria, question, unanswered};
pub use record::{FIELDS, Field, Filled, Part, Ran, Record, record};
pub use wording::{Release, release};

use bluelamp_access::algorithm::{self, Entry};
use bluelamp_model::{
    Id, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde_json::json;

/// The register with every version, for staff.
///
/// # Errors
/// Not allowed; database errors.
pub fn register(cx: &mut Cx<'_>) -> Result<Vec<Entry>> {
    cx.allow(action::ETHICS_VIEW, None)?;
    let all = algorithm::all(cx)?;
    cx.record(Verb::Consult, "algorithms", None, json!({ "entries": all.len() }))?;
    Ok(all)
}

/// Everything about one version, for staff.
///
/// # Errors
/// Not allowed; [`bluelamp_model::Error::NotFound`].
pub fn view(cx: &mut Cx<'_>, id: Id) -> Result<Dossier> {
    cx.allow(action::ETHICS_VIEW, Some(id))?;
    cx.record(Verb::Consult, "algorithm", Some(id), json!({}))?;
    dossier::read(cx, id)
}

/// The versions of one algorithm, the latest first, for staff.
///
/// # Errors
/// As [`view`].
pub fn versions(cx: &mut Cx<'_>, kind: &str, name: &str) -> Result<Vec<Entry>> {
    cx.allow(action::ETHICS_VIEW, None)?;
    let all = algorithm::versions(cx, kind, name)?;
    cx.record(Verb::Consult, "algorithm", all.first().map(|e| e.id), json!({ "versions": all.len() }))?;
    Ok(all)
}

/// The dossiers of one algorithm for everybody: of the versions that run or have been more than proposed. What of them is
/// shown is the record as it was let out, the minutes, the opinions from outside and the steps; the rest is for staff, and a
/// page must not take it.
///
/// # Errors
/// Not allowed; [`bluelamp_model::Error::NotFound`].
pub fn published(cx: &mut Cx<'_>, kind: &str, name: &str) -> Result<Vec<Dossier>> {
    cx.allow(action::ALGORITHM_READ, None)?;
    let mut all = algorithm::versions(cx, kind, name)?;
    all.retain(|e| e.running || e.state != algorithm::State::Proposed);
    // The one that works stands first.
    all.sort_by_key(|e| (!e.state.operates(), !e.running));
    cx.record(Verb::Consult, "algorithm", all.first().map(|e| e.id), json!({ "published": all.len() }))?;
    if all.is_empty() {
        return Err(bluelamp_model::Error::NotFound(format!("the algorithm {kind}/{name}")));
    }
    all.iter().map(|e| Ok(dossier::read(cx, e.id)?.as_released())).collect()
}
