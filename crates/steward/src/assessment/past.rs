//! What was found before, and what two assessments differ in.

use super::{
    Assessed, Cause, Cell, Driver,
    standing::{WHOLE, cause_of, whole},
};
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;

/// An assessment in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Past {
    /// The assessment.
    pub id: Id,
    /// The strategy.
    pub strategy: String,
    /// The version.
    pub version: String,
    /// Who, by name.
    pub by: String,
    /// When.
    pub at: Time,
    /// Why.
    pub cause: Cause,
    /// What outside had changed, where that was why.
    pub driver: Option<Driver>,
    /// Why, in words.
    pub why: String,
    /// How many elements were assessed.
    pub assessed: usize,
    /// Of how many.
    pub elements: usize,
    /// How many of them the item works against.
    pub against: usize,
}

/// Every assessment of an item, the latest first.
///
/// # Errors
/// Not allowed; database errors.
pub fn history(cx: &mut Cx<'_>, item: &str) -> Result<Vec<Past>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let rows = cx.rows(
        "select a.id, a.strategy, a.version, p.name, a.at, a.cause, a.driver, a.why, a.letters
         from item_assessment a join account p on p.id = a.by_id where a.item = $1 order by a.at desc, a.id desc",
        &[item.into()],
    )?;
    let read = |row: &Row| {
        let (cause, driver, letters): (String, String, String) = (row.get(5)?, row.get(6)?, row.get(8)?);
        Ok(Past {
            id: row.get(0)?,
            strategy: row.get(1)?,
            version: row.get(2)?,
            by: row.get(3)?,
            at: row.get(4)?,
            cause: cause_of(&cause)?,
            driver: Driver::ALL.into_iter().find(|d| d.code() == driver),
            why: row.get(7)?,
            assessed: letters.chars().filter(|c| *c != '.').count(),
            elements: letters.len(),
            against: letters.matches('-').count(),
        })
    };
    let all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    cx.record(Verb::Consult, "assessments", None, json!({ "item": item, "assessments": all.len() }))?;
    Ok(all)
}

/// How two assessments stand to one another on one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It was not assessed, and is now.
    Added,
    /// It was assessed, and is not any more.
    Withdrawn,
    /// The score is higher.
    Raised,
    /// The score is lower.
    Lowered,
    /// The score is the same, its words or evidence are others.
    Reworded,
    /// Nothing.
    Same,
}

impl Change {
    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Added => "Newly assessed",
            Self::Withdrawn => "No longer assessed",
            Self::Raised => "Higher",
            Self::Lowered => "Lower",
            Self::Reworded => "Same score, other words or evidence",
            Self::Same => "The same",
        }
    }

    fn between(before: Option<&Cell>, after: Option<&Cell>) -> Self {
        match (before, after) {
            (None, Some(_)) => Self::Added,
            (Some(_), None) => Self::Withdrawn,
            (Some(b), Some(a)) if a.score > b.score => Self::Raised,
            (Some(b), Some(a)) if a.score < b.score => Self::Lowered,
            (Some(b), Some(a)) if a != b => Self::Reworded,
            _ => Self::Same,
        }
    }
}

/// One element in two assessments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The element.
    pub element: String,
    /// How it has changed.
    pub change: Change,
    /// What was found in the first; none where it was not assessed.
    pub before: Option<Cell>,
    /// What was found in the second.
    pub after: Option<Cell>,
}

/// Two assessments of an item side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The first.
    pub before: Assessed,
    /// The second.
    pub after: Assessed,
    /// Every element that either of them assessed, by id.
    pub differences: Vec<Difference>,
}

/// Sets two assessments of the same item side by side: of one person or of two, of one version or of two.
///
/// # Errors
/// Not allowed; [`Error::NotFound`]; [`Error::Invalid`] for assessments of two items or of two strategies.
pub fn compare(cx: &mut Cx<'_>, before: Id, after: Id) -> Result<Comparison> {
    cx.allow(action::STRATEGY_VIEW, Some(after))?;
    let (before, after) = (one(cx, before)?, one(cx, after)?);
    if (&before.item, &before.strategy) != (&after.item, &after.strategy) {
        let words = "Compare two assessments of the same item against the same strategy";
        return Err(Error::field("to", "other-item", words));
    }
    let ids: BTreeSet<_> = before.cells.keys().chain(after.cells.keys()).cloned().collect();
    let difference = |element: String| {
        let (b, a) = (before.cells.get(&element).cloned(), after.cells.get(&element).cloned());
        Difference { change: Change::between(b.as_ref(), a.as_ref()), element, before: b, after: a }
    };
    let differences = ids.into_iter().map(difference).collect();
    cx.record(Verb::Consult, "assessment", Some(after.id), json!({ "compared": before.id }))?;
    Ok(Comparison { before, after, differences })
}

fn one(cx: &mut Cx<'_>, id: Id) -> Result<Assessed> {
    let row = cx.row(&format!("{WHOLE} where a.id = $1"), &[id.into()])?;
    whole(&row.ok_or_else(|| Error::NotFound("that assessment".into()))?)
}

/// One assessment with its sentences, whether it counts or was followed by another.
///
/// # Errors
/// Not allowed; [`Error::NotFound`].
pub fn assessed(cx: &mut Cx<'_>, id: Id) -> Result<Assessed> {
    cx.allow(action::STRATEGY_VIEW, Some(id))?;
    let found = one(cx, id)?;
    cx.record(Verb::Consult, "assessment", Some(id), json!({ "item": found.item }))?;
    Ok(found)
}
