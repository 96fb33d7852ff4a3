//! A complaint in brief, for those who answer for what it is about: how far it has come and what came of it, without the
//! person and their words.

use super::{
    complaint::{About, State, state_of},
    review::{Finding, Outcome, outcomes},
};
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Reference, Row};
use serde::Serialize;
use serde_json::json;

/// A complaint without the person and their words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Brief {
    /// Its public name.
    pub reference: String,
    /// When it came in.
    pub received_at: Time,
    /// What it is about.
    pub about: About,
    /// The report that it is about, where the complainant named one.
    pub report_reference: String,
    /// The algorithm that it is about, where one was named.
    pub algorithm: String,
    /// Its version.
    pub algorithm_version: String,
    /// How far it has come.
    pub state: State,
    /// What was found.
    pub finding: Option<Finding>,
    /// What is done about it.
    pub outcomes: Vec<Outcome>,
}

const COLUMNS: &str =
    "select id, reference, received_at, about, report_reference, algorithm, algorithm_version, state,
            finding from complaint";

fn read(cx: &mut Cx<'_>, row: &Row) -> Result<Brief> {
    let id: Id = row.get(0)?;
    let (about, state): (String, String) = (row.get(3)?, row.get(7)?);
    let finding: Option<String> = row.get(8)?;
    Ok(Brief {
        reference: row.get(1)?,
        received_at: row.get(2)?,
        about: About::of_code(&about)
            .ok_or_else(|| Error::Bug("a complaint is about nothing known".into()))?,
        report_reference: row.get(4)?,
        algorithm: row.get(5)?,
        algorithm_version: row.get(6)?,
        state: state_of(&state)?,
        finding: finding.as_deref().and_then(Finding::of_code),
        outcomes: outcomes(cx, id)?,
    })
}

/// The reference of a report in a complaint as [`Reference`] reads it, without the hyphens: what was kept before it was read
/// when it came in stands as somebody typed it.
const READ: &str = "replace(replace(replace(replace(replace(upper(report_reference), '-', ''), ' ', ''), 'O', '0'), 'I', '1'), 'L', '1')";

/// The complaints about a report, by its reference as people write it, the latest first.
///
/// # Errors
/// Not allowed; database errors.
pub fn about_report(cx: &mut Cx<'_>, report: &str) -> Result<Vec<Brief>> {
    cx.allow(action::QUALITY_VIEW, None)?;
    let rows = match Reference::parse(report) {
        None => Vec::new(),
        Some(report) => cx.rows(
            &format!("{COLUMNS} where {READ} = $1 order by received_at desc, id desc"),
            &[report.text().replace('-', "").into()],
        )?,
    };
    cx.record(Verb::Consult, "complaints", None, json!({ "complaints": rows.len() }))?;
    rows.iter().map(|row| read(cx, row)).collect()
}

/// One complaint in brief.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn brief(cx: &mut Cx<'_>, reference: &str) -> Result<Brief> {
    cx.allow(action::QUALITY_VIEW, None)?;
    let absent = || Error::NotFound("that complaint".into());
    let reference = Reference::parse(reference).ok_or_else(absent)?;
    let row =
        cx.row(&format!("{COLUMNS} where reference = $1"), &[reference.text().into()])?.ok_or_else(absent)?;
    cx.record(Verb::Consult, "complaint", Some(row.get(0)?), json!({ "brief": true }))?;
    read(cx, &row)
}

/// The complaints that name an algorithm, and this version of it or none, the latest first, at most two hundred. For a room
/// that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn about_algorithm(cx: &mut Cx<'_>, algorithm: &str, version: &str) -> Result<Vec<Brief>> {
    let rows = cx.rows(
        &format!(
            "{COLUMNS} where algorithm = $1 and (algorithm_version = '' or algorithm_version = $2)
             order by received_at desc, id desc limit 200"
        ),
        &[algorithm.into(), version.into()],
    )?;
    cx.record(Verb::Consult, "complaints", None, json!({ "complaints": rows.len() }))?;
    rows.iter().map(|row| read(cx, row)).collect()
}
