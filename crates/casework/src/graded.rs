//! Decisions as those see them who answer for what was proposed: how the grade stands to the proposal, and what was said
//! for going below it as a code. No person, no words of a report.

use bluelamp_model::{
    Decision, Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Reference, Row};
use serde::Serialize;
use serde_json::json;

/// A decision beside what was proposed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GradedDecision {
    /// Its row.
    pub id: Id,
    /// When it was taken.
    pub at: Time,
    /// The report that it is about.
    pub report: Id,
    /// That report's reference.
    pub reference: String,
    /// `report`, or `review` where somebody looked again.
    pub kind: String,
    /// The outcome's code; empty for a review.
    pub outcome: String,
    /// The grade that was given.
    pub grade: Option<String>,
    /// `agreed`, `raised` or `lowered`; nothing where nothing was proposed.
    pub stance: Option<String>,
    /// The floor that was proposed.
    pub floor: Option<String>,
    /// The ceiling that was proposed.
    pub ceiling: Option<String>,
    /// The definition that led.
    pub definition: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Why the grade is below the floor, as a code.
    pub lower_code: Option<String>,
}

impl GradedDecision {
    /// Whether a person departed from the proposal.
    #[must_use]
    pub fn overrides(&self) -> bool {
        matches!(self.stance.as_deref(), Some("raised" | "lowered"))
    }
}

/// A decision as an independent reviewer sees it who looks into a complaint about it: with what the officer wrote, and
/// without who that was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReviewedDecision {
    /// The decision beside what was proposed.
    #[serde(flatten)]
    pub decision: GradedDecision,
    /// How it was graded, with the words for going below the proposal.
    pub assessment: String,
    /// Why it was decided so.
    pub reasons: String,
}

/// Which decisions are looked for.
#[derive(Clone, Copy, Debug)]
pub enum Sought<'a> {
    /// Those that a version of a definition led.
    Version {
        /// The definition's id.
        definition: &'a str,
        /// The version.
        version: &'a str,
    },
    /// Those about a report, by its reference.
    Report(&'a str),
}

const COLUMNS: &str =
    "select d.id, d.decided_at, d.report_id, r.reference, d.kind, d.outcome, d.grade, d.stance, d.floor,
            d.ceiling, d.definition, d.version, d.lower_code
     from decision d join report r on r.id = d.report_id";

/// At most so many, the latest.
const MOST: u32 = 200;

fn read(row: &Row) -> Result<GradedDecision> {
    Ok(GradedDecision {
        id: row.get(0)?,
        at: row.get(1)?,
        report: row.get(2)?,
        reference: row.get(3)?,
        kind: row.get(4)?,
        outcome: row.get(5)?,
        grade: row.get(6)?,
        stance: row.get(7)?,
        floor: row.get(8)?,
        ceiling: row.get(9)?,
        definition: row.get(10)?,
        version: row.get(11)?,
        lower_code: row.get(12)?,
    })
}

/// Decisions, the latest first, at most two hundred.
///
/// # Errors
/// Not allowed; database errors.
pub fn graded_decisions(cx: &mut Cx<'_>, sought: Sought<'_>) -> Result<Vec<GradedDecision>> {
    cx.allow(action::QUALITY_VIEW, None)?;
    let hidden = |text: &str| text.contains('\0');
    let rows = match sought {
        Sought::Version { definition, version } if !hidden(definition) && !hidden(version) => cx.rows(
            &format!(
                "{COLUMNS} where d.definition = $1 and d.version = $2 order by d.decided_at desc, d.id desc limit $3"
            ),
            &[definition.into(), version.into(), MOST.into()],
        )?,
        Sought::Report(reference) => about(cx, reference, COLUMNS)?,
        // PostgreSQL takes no such character in a text, and nothing that is kept has it.
        _ => Vec::new(),
    };
    cx.record(Verb::Consult, "decisions", None, json!({ "decisions": rows.len() }))?;
    rows.iter().map(read).collect()
}

/// The rows of the decisions about a report, by its reference as people write it, the latest first.
fn about(cx: &mut Cx<'_>, reference: &str, columns: &str) -> Result<Vec<Row>> {
    let Some(reference) = Reference::parse(reference) else { return Ok(Vec::new()) };
    cx.rows(
        &format!("{columns} where r.reference = $1 order by d.decided_at desc, d.id desc limit $2"),
        &[reference.text().into(), MOST.into()],
    )
}

/// The decisions about a report, for whoever looks into a complaint that names it. Whether the complaint was given to them
/// is asked before, by the room of complaints.
///
/// # Errors
/// Not allowed; database errors.
pub fn reviewed_decisions(cx: &mut Cx<'_>, reference: &str) -> Result<Vec<ReviewedDecision>> {
    cx.allow(action::COMPLAINT_SEE_DECISION, None)?;
    let with_body = COLUMNS.replacen("d.lower_code", "d.lower_code, d.body", 1);
    let rows = about(cx, reference, &with_body)?;
    cx.record(Verb::Consult, "decisions", None, json!({ "decisions": rows.len(), "for": "a complaint" }))?;
    rows.iter()
        .map(|row| {
            let unreadable = |e| Error::Bug(format!("a stored decision cannot be read: {e}"));
            let body: Decision<Id> = serde_json::from_str(&row.get::<String>(13)?).map_err(unreadable)?;
            Ok(ReviewedDecision { decision: read(row)?, assessment: body.assessment, reasons: body.reasons })
        })
        .collect()
}

/// Everybody who decided about a report, by its reference as people write it: none of them looks into a complaint about it,
/// or handles it. For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn deciders(cx: &mut Cx<'_>, reference: &str) -> Result<Vec<Id>> {
    let Some(reference) = Reference::parse(reference) else { return Ok(Vec::new()) };
    let rows = cx.rows(
        "select distinct d.decided_by from decision d join report r on r.id = d.report_id where r.reference = $1",
        &[reference.text().into()],
    )?;
    cx.record(Verb::Consult, "decisions", None, json!({ "deciders": rows.len() }))?;
    rows.iter().map(|r| Ok(r.get(0)?)).collect()
}

/// One decision.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn graded_decision(cx: &mut Cx<'_>, id: Id) -> Result<GradedDecision> {
    cx.allow(action::QUALITY_VIEW, None)?;
    let row = cx.row(&format!("{COLUMNS} where d.id = $1"), &[id.into()])?;
    let found = row.as_ref().map(read).transpose()?.ok_or_else(|| Error::NotFound("that decision".into()))?;
    cx.record(Verb::Consult, "decision", Some(id), json!({}))?;
    Ok(found)
}
