//! Fairness reports that somebody kept.

use super::{
    look::Made,
    publication::{self, Publication},
    report::{Bounds, Report},
    thresholds::in_force,
};
use bluelamp_access::algorithm;
use bluelamp_model::{
    Decider, Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::Serialize;
use serde_json::json;

/// A report that was kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SavedReport {
    /// Its id.
    pub id: Id,
    /// The algorithm, by its name in the register.
    pub algorithm: String,
    /// Its version.
    pub version: String,
    /// What it is called.
    pub title: String,
    /// When it was made.
    pub made_at: Time,
    /// By whom, by name.
    pub made_by: String,
    /// SHA-256 of the file.
    pub file_digest: String,
    /// Whether it is, or was, public.
    pub published: Option<Publication>,
}

pub(super) fn text(field: &str, text: &str, most: usize, message: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(Error::field(field, "required", message));
    }
    Ok(text.to_owned())
}

/// The algorithm that is meant, as the register has it: under another spelling no committee has set anything.
pub(super) fn meant(cx: &mut Cx<'_>, said: &str) -> Result<String> {
    let said = text("algorithm", said, 120, "Name the algorithm as the register does")?;
    let words = "The register has no such algorithm: write kind/name, such as definition/burglary";
    algorithm::meant(cx, &said)?.ok_or_else(|| Error::field("algorithm", "unknown", words))
}

/// Keeps a report, with its form for the public, which nobody sees before it is published. Its thresholds must be those that
/// hold: set before it was made.
///
/// # Errors
/// [`Error::Conflict`] where the thresholds were set anew in the meantime; [`Error::Invalid`] without algorithm or title;
/// not allowed.
pub fn save(cx: &mut Cx<'_>, algorithm: &str, version: &str, title: &str, made: &Made) -> Result<Id> {
    cx.allow(action::ETHICS_WRITE, None)?;
    let by = Decider::of(cx.actor())?;
    let algorithm = meant(cx, algorithm)?;
    let version = text("version", version, 60, "Say which version of the algorithm was scored")?;
    if !algorithm::has_version(cx, &algorithm, &version)? {
        let words = format!("The register has no version {version} of {algorithm}");
        return Err(Error::field("version", "unknown", words));
    }
    let title = text("title", title, 200, "Say what the report is about")?;
    let report = made.report();
    if report.public {
        return Err(Error::Bug("the whole report is kept, and its public form made from it".into()));
    }
    let held = in_force(cx, &algorithm)?;
    let standing = held.as_ref().map_or_else(Bounds::default, |b| b.bounds.clone());
    if standing != report.bounds {
        return Err(Error::Conflict(
            "the report was made with other thresholds than those that hold now: make it anew".into(),
        ));
    }
    let json =
        |r: &Report| serde_json::to_string(r).map_err(|e| Error::Bug(format!("a report is no JSON: {e}")));
    let (id, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into fairness_report (id, algorithm, version, title, made_at, made_by, bounds_id, file_digest, rows_digest,
           totals, body, public_body)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &[
            id.into(),
            algorithm.into(),
            version.into(),
            title.into(),
            now.into(),
            by.id().into(),
            held.map(|b| b.id).into(),
            made.file_digest.as_str().into(),
            made.rows_digest.as_str().into(),
            made.totals().into(),
            json(report)?.into(),
            json(made.summary())?.into(),
        ],
    )?;
    cx.record(Verb::Administer, "fairness-report", Some(id), json!({ "file": made.file_digest }))?;
    Ok(id)
}

/// What [`listed`] reads.
pub(super) const LIST: &str =
    "select f.id, f.algorithm, f.version, f.title, f.made_at, a.name, f.file_digest,
    p.published_at, b.name, p.other_people, p.withdrawn_at, w.name, p.withdrawn_because from fairness_report f
    join account a on a.id = f.made_by left join fairness_publication p on p.report_id = f.id
    left join account b on b.id = p.published_by left join account w on w.id = p.withdrawn_by";

pub(super) fn listed(row: &Row) -> Result<SavedReport> {
    Ok(SavedReport {
        id: row.get(0)?,
        algorithm: row.get(1)?,
        version: row.get(2)?,
        title: row.get(3)?,
        made_at: row.get(4)?,
        made_by: row.get(5)?,
        file_digest: row.get(6)?,
        published: publication::of_row(row)?,
    })
}

/// The reports that were kept, the latest first.
///
/// # Errors
/// Not allowed; database errors.
pub fn saved(cx: &mut Cx<'_>) -> Result<Vec<SavedReport>> {
    cx.allow(action::ETHICS_VIEW, None)?;
    let rows = cx.rows(&format!("{LIST} order by f.made_at desc, f.id desc limit 500"), &[])?;
    cx.record(Verb::Consult, "fairness-report", None, json!({ "results": rows.len() }))?;
    rows.iter().map(listed).collect()
}

pub(super) fn body(cx: &mut Cx<'_>, id: Id, column: &'static str) -> Result<(SavedReport, Report)> {
    let absent = || Error::NotFound("that fairness report".into());
    let row = cx.row(&format!("{LIST} where f.id = $1"), &[id.into()])?.ok_or_else(absent)?;
    let text = cx.row(&format!("select {column} from fairness_report where id = $1"), &[id.into()])?;
    let text: String = text.ok_or_else(absent)?.get(0)?;
    let report = serde_json::from_str(&text)
        .map_err(|e| Error::Bug(format!("a stored fairness report cannot be read: {e}")))?;
    Ok((listed(&row)?, report))
}

/// One report that was kept, whole.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn view_saved(cx: &mut Cx<'_>, id: Id) -> Result<(SavedReport, Report)> {
    cx.allow(action::ETHICS_VIEW, None)?;
    cx.record(Verb::Consult, "fairness-report", Some(id), json!({}))?;
    body(cx, id, "body")
}

/// What of a report that was kept the public sees, or would see.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn view_summary(cx: &mut Cx<'_>, id: Id) -> Result<(SavedReport, Report)> {
    cx.allow(action::ETHICS_VIEW, None)?;
    cx.record(Verb::Consult, "fairness-report", Some(id), json!({ "summary": true }))?;
    body(cx, id, "public_body").map(|(kept, report)| (kept, report.public()))
}
