//! Suggestions: which held record a new one may be about the same thing as, why, and what people said to it.

use crate::subject::{keys_of, subject_of};
use bluelamp_linkage::{Band, Comparison, Model, score};
use bluelamp_model::{
    Decider, Error, Id, Kind, Record, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// A proposal that two records are about the same thing.
#[derive(Clone, Debug, Serialize)]
pub struct Suggestion {
    /// Its id.
    pub id: Id,
    /// The new record.
    pub record: Record,
    /// The record that was held already.
    pub candidate: Record,
    /// The source that the candidate came from.
    pub source: Option<String>,
    /// Weight, band and every part of it.
    pub comparison: Comparison,
    /// When it was proposed.
    pub proposed_at: Time,
    /// What somebody said to it.
    pub answered: Option<Answered>,
}

/// A person's answer to a suggestion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// Who.
    pub by: Id,
    /// When.
    pub at: Time,
    /// Why.
    pub reason: String,
}

/// What a person can say to a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// They are the same.
    Same,
    /// They are not.
    NotSame,
    /// It cannot be said yet.
    Unsure,
}

impl Answer {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::NotSame => "not-same",
            Self::Unsure => "unsure",
        }
    }

    /// Reads a code.
    ///
    /// # Errors
    /// [`Error::Invalid`] for anything else.
    pub fn parse(code: &str) -> Result<Self> {
        [Self::Same, Self::NotSame, Self::Unsure]
            .into_iter()
            .find(|a| a.code() == code)
            .ok_or_else(|| Error::field("answer", "unknown", "Select same, not the same, or not sure"))
    }
}

/// Records that share keys are compared, at most so many of them; those that share most come first.
const CANDIDATES: u32 = 200;
/// So many suggestions are kept for one new record: nobody reads a longer list.
const KEPT: usize = 5;

/// The model for a kind of record.
fn model(kind: Kind) -> Option<Model> {
    match kind {
        Kind::Person => Some(Model::people()),
        Kind::Vehicle => Some(Model::vehicles()),
        Kind::Phone => Some(Model::phones()),
        Kind::Location => Some(Model::locations()),
        _ => None,
    }
}

/// What compares, by version and digest: for the register of algorithms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compares {
    /// The version of the way of comparing.
    pub version: String,
    /// SHA-256 over the models with all their weights, and over the limits of what is compared and kept.
    pub digest: String,
}

/// Changes when anything changes that the models do not say themselves.
const METHOD: &str = "1.0.0";

static COMPARES: LazyLock<Compares> = LazyLock::new(|| {
    let models = [Kind::Person, Kind::Vehicle, Kind::Phone, Kind::Location].map(model);
    let text =
        json!({ "method": METHOD, "candidates": CANDIDATES, "kept": KEPT, "models": models }).to_string();
    Compares { version: METHOD.into(), digest: digest_of(&text) }
});

impl Compares {
    /// What compares in this version of Bluelamp.
    #[must_use]
    pub fn now() -> &'static Self {
        &COMPARES
    }
}

/// SHA-256 of a text, in hex.
#[must_use]
pub fn digest_of(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// Compares new records of a report with those held and stores what may be the same. Gives how many.
///
/// # Errors
/// Not allowed, or database errors.
pub fn suggest(cx: &mut Cx<'_>, report: Id, new: &[Record]) -> Result<usize> {
    cx.allow(action::REPORT_ASSESS, Some(report))?;
    let ours: Vec<Id> = new.iter().map(|r| r.id).collect();
    let mut rows = Vec::new();
    let mut compared = 0_usize;
    for record in new {
        let (Some(model), Some(subject)) = (model(record.kind), subject_of(record)) else { continue };
        let candidates = cx.records_sharing(record.kind.code(), &keys_of(record), CANDIDATES)?;
        let mut found: Vec<(Comparison, Id)> = candidates
            .iter()
            .filter(|c| !ours.contains(&c.id))
            .filter_map(|c| Some((score(&model, &subject, &subject_of(c)?), c.id)))
            .collect();
        compared += found.len();
        found.retain(|(c, _)| c.band != Band::Weak);
        found.sort_by(|a, b| b.0.weight.total_cmp(&a.0.weight).then(a.1.cmp(&b.1)));
        for (comparison, candidate) in found.into_iter().take(KEPT) {
            let body = serde_json::to_string(&comparison).map_err(|e| Error::Bug(e.to_string()))?;
            rows.push(vec![
                cx.new_id()?.into(),
                report.into(),
                record.id.into(),
                candidate.into(),
                comparison.weight.into(),
                band_code(comparison.band).into(),
                body.into(),
                cx.now().into(),
            ]);
        }
    }
    let proposed = rows.len();
    cx.insert_rows(
        "insert into suggestion (id, report_id, record_id, candidate_id, weight, band, body, proposed_at) values",
        rows,
        " on conflict (record_id, candidate_id) do nothing",
    )?;
    cx.record(Verb::Combine, "report", Some(report), json!({ "compared": compared, "proposed": proposed }))?;
    Ok(proposed)
}

fn band_code(band: Band) -> &'static str {
    match band {
        Band::Strong => "strong",
        Band::Possible => "possible",
        Band::Weak => "weak",
    }
}

const COLUMNS: &str =
    "select id, record_id, candidate_id, body, proposed_at, answer, answered_by, answered_at, reason
                       from suggestion";

fn suggestion(cx: &mut Cx<'_>, row: &Row) -> Result<Suggestion> {
    let body: String = row.get(3)?;
    let held = |cx: &mut Cx<'_>, id: Id| {
        cx.get_record(id)?.ok_or_else(|| Error::Bug(format!("record {id} of a suggestion is gone")))
    };
    let candidate: Id = row.get(2)?;
    let answer: Option<String> = row.get(5)?;
    Ok(Suggestion {
        id: row.get(0)?,
        record: held(cx, row.get(1)?)?,
        candidate: held(cx, candidate)?,
        source: cx.source_of(candidate)?,
        comparison: serde_json::from_str(&body).map_err(|e| Error::Bug(e.to_string()))?,
        proposed_at: row.get(4)?,
        answered: answer
            .map(|a| {
                Ok::<_, Error>(Answered {
                    answer: Answer::parse(&a)?,
                    by: row.get(6)?,
                    at: row.get(7)?,
                    reason: row.get(8)?,
                })
            })
            .transpose()?,
    })
}

/// The suggestions of a report, strongest first. For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn suggestions(cx: &mut Cx<'_>, report: Id) -> Result<Vec<Suggestion>> {
    let rows =
        cx.rows(&format!("{COLUMNS} where report_id = $1 order by weight desc, id"), &[report.into()])?;
    rows.iter().map(|r| suggestion(cx, r)).collect()
}

/// Keeps what a named person says to a suggestion. It can be said anew; the log keeps every answer.
///
/// # Errors
/// [`Error::Forbidden`] for anybody but a named member of staff, [`Error::Invalid`] without a reason where one
/// is needed, [`Error::NotFound`].
pub fn answer(cx: &mut Cx<'_>, suggestion: Id, answer: Answer, reason: &str) -> Result<()> {
    cx.allow(action::MATCH_ANSWER, Some(suggestion))?;
    let person = Decider::of(cx.actor())?;
    let reason = reason.trim();
    if answer != Answer::Unsure && reason.is_empty() {
        return Err(Error::field("reason", "required", "Say what makes you sure"));
    }
    let now = cx.now();
    let changed = cx.exec(
        "update suggestion set answer = $1, answered_by = $2, answered_at = $3, reason = $4 where id = $5",
        &[answer.code().into(), person.id().into(), now.into(), reason.into(), suggestion.into()],
    )?;
    if changed == 0 {
        return Err(Error::NotFound("that suggestion".into()));
    }
    cx.record(Verb::Decide, "suggestion", Some(suggestion), json!({ "answer": answer.code() }))
}
