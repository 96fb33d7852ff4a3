//! What works against a principle of ethics bars an item's way until an accountable person has said why it may go on.

use super::act::{cells_of, check_text, fault, guarded_of};
use bluelamp_model::{
    Decider, Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// The elements on which a score of -1 bars the way: the principle of digital ethics, and the six commitments.
pub const GUARDED: [&str; 7] = ["P09", "X1", "X2", "X3", "X4", "X5", "X6"];

/// The longest reasons for lifting.
const REASONS: usize = 4000;

/// A score of -1 on a guarded element, which counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Block {
    /// The assessment in which it was first said.
    pub assessment: Id,
    /// The element.
    pub element: String,
    /// The strategy.
    pub strategy: String,
    /// The version it was held against.
    pub version: String,
    /// Who says it, by account.
    pub by_id: Id,
    /// Who, by name.
    pub by: String,
    /// When the assessment that counts was made.
    pub at: Time,
    /// Why, in one sentence.
    pub rationale: String,
    /// What an accountable person said to it; none while it bars the way.
    pub lifted: Option<Lift>,
}

/// A decision that an item may go on although something works against a guarded element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lift {
    /// Who decided, by account.
    pub by_id: Id,
    /// Who, by name.
    pub by: String,
    /// When.
    pub at: Time,
    /// Why.
    pub reasons: String,
}

/// What bars an item's way now; nothing where it may go on. To be called where the policy was asked already: a stage
/// gate asks this within its own transaction.
///
/// # Errors
/// Database errors.
pub fn blocks(cx: &mut Cx<'_>, item: &str) -> Result<Vec<Block>> {
    Ok(found(cx, item)?.into_iter().filter(|b| b.lifted.is_none()).collect())
}

/// The same with what was lifted, for people to read.
///
/// # Errors
/// Not allowed; database errors.
pub fn all_blocks(cx: &mut Cx<'_>, item: &str) -> Result<Vec<Block>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let all = found(cx, item)?;
    cx.record(Verb::Consult, "assessment-blocks", None, json!({ "item": item, "blocks": all.len() }))?;
    Ok(all)
}

fn found(cx: &mut Cx<'_>, item: &str) -> Result<Vec<Block>> {
    // The latest of each assessor against whichever version counts.
    let rows = cx.rows(
        "select a.strategy, a.version, a.by_id, p.name, a.at, a.guarded, a.body
         from item_assessment a join account p on p.id = a.by_id
         where a.item = $1 and a.guarded <> '' and not exists (
           select 1 from item_assessment l where l.item = a.item and l.strategy = a.strategy and l.by_id = a.by_id
             and (l.at > a.at or (l.at = a.at and l.id > a.id)))
         order by a.at, a.id",
        &[item.into()],
    )?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let lifts = lifts(cx, item)?;
    let mut all = Vec::new();
    for row in &rows {
        let (guarded, body): (String, String) = (row.get(5)?, row.get(6)?);
        let cells = cells_of(&body)?;
        for (element, assessment) in guarded_of(&guarded)? {
            all.push(Block {
                assessment,
                strategy: row.get(0)?,
                version: row.get(1)?,
                by_id: row.get(2)?,
                by: row.get(3)?,
                at: row.get(4)?,
                rationale: cells.get(&element).map(|c| c.rationale.clone()).unwrap_or_default(),
                lifted: lifts.get(&(assessment, element.clone())).cloned(),
                element,
            });
        }
    }
    Ok(all)
}

fn lifts(cx: &mut Cx<'_>, item: &str) -> Result<BTreeMap<(Id, String), Lift>> {
    let read = |row: &Row| {
        let lift = Lift { by_id: row.get(2)?, by: row.get(3)?, at: row.get(4)?, reasons: row.get(5)? };
        Ok(((row.get(0)?, row.get(1)?), lift))
    };
    cx.rows(
        "select l.assessment_id, l.element, l.by_id, p.name, l.at, l.reasons
         from item_assessment_lift l join account p on p.id = l.by_id where l.item = $1",
        &[item.into()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// An accountable person decides, with reasons, that the item may go on although `element` is scored -1 in
/// `assessment`. Whoever scores it so again in other words bars the way again.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`] without reasons;
/// [`Error::NotFound`] where no such score counts; [`Error::Conflict`] where it was lifted already.
pub fn lift_block(cx: &mut Cx<'_>, item: &str, assessment: Id, element: &str, reasons: &str) -> Result<()> {
    cx.allow(action::GATE_DECIDE, Some(assessment))?;
    let person = Decider::of(cx.actor())?;
    let reasons = reasons.trim();
    let mut wrong = Vec::new();
    if reasons.is_empty() {
        wrong.push(fault("reasons", "required", "Enter the reasons for your decision"));
    }
    check_text("reasons", &reasons.replace(['\n', '\r', '\t'], " "), REASONS, &mut wrong);
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let absent = || Error::NotFound(format!("a score of -1 on {element} that counts for {item}"));
    if [item, element].iter().any(|t| t.contains('\0')) {
        return Err(absent());
    }
    cx.take_turn(&format!("lift {assessment} {element}"))?;
    let all = found(cx, item)?;
    let block = all.iter().find(|b| b.assessment == assessment && b.element == element).ok_or_else(absent)?;
    if let Some(lift) = &block.lifted {
        return Err(Error::Conflict(format!("{} has decided about this already", lift.by)));
    }
    let now = cx.now();
    cx.exec(
        "insert into item_assessment_lift (assessment_id, element, item, by_id, at, reasons) values ($1, $2, $3, $4, $5, $6)",
        &[assessment.into(), element.into(), item.into(), person.id().into(), now.into(), reasons.into()],
    )?;
    cx.record(Verb::Decide, "assessment", Some(assessment), json!({ "lifted": element, "item": item }))
}
