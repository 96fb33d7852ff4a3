//! The assessments that count: of each assessor, the latest against a version.

use super::{Cause, Cell, Driver, Scheme, Score, act::cells_of, score};
use bluelamp_model::{Error, Id, Result, Time, authority::Verb, authority::action};
use bluelamp_store::{Cx, Row, Value};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// What one person found of one item: scores only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letters {
    /// The item's code.
    pub item: String,
    /// Who assessed it.
    pub by: Id,
    /// By the version's order of elements; none where this person did not assess one.
    pub scores: Vec<Option<Score>>,
}

/// So many items are asked for in one statement; beyond, all of the version are read.
const AT_ONCE: usize = 500;

/// The letters that count against a version, by item and assessor: of some items, or of all. To be called where the
/// policy was asked already.
///
/// # Errors
/// Database errors; [`Error::Bug`] where what is kept does not fit the version.
pub fn standing(cx: &mut Cx<'_>, scheme: &Scheme, items: Option<&[String]>) -> Result<Vec<Letters>> {
    let mut args: Vec<Value> = vec![scheme.strategy.as_str().into(), scheme.version.as_str().into()];
    let mut narrower = String::new();
    if let Some(items) = items {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        if items.len() <= AT_ONCE {
            let places: Vec<_> = (0..items.len()).map(|n| format!("${}", n + 3)).collect();
            narrower = format!(" and item in ({})", places.join(", "));
            args.extend(items.iter().map(|i| Value::from(i.as_str())));
        }
    }
    let sql = format!(
        "select item, by_id, letters from item_assessment_standing where strategy = $1 and version = $2{narrower}"
    );
    let read = |row: &Row| {
        let letters: String = row.get(2)?;
        Ok(Letters {
            item: row.get(0)?,
            by: row.get(1)?,
            scores: score::read(&letters, scheme.elements.len())?,
        })
    };
    let mut all: Vec<_> = cx.rows(&sql, &args)?.iter().map(read).collect::<Result<_>>()?;
    // Here and not in the statement: an engine may sort texts as a language does.
    all.sort_unstable_by(|a, b| (&a.item, a.by).cmp(&(&b.item, b.by)));
    Ok(all)
}

/// One person's assessment with its sentences.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assessed {
    /// The assessment.
    pub id: Id,
    /// The item's code.
    pub item: String,
    /// The strategy.
    pub strategy: String,
    /// The version it was held against.
    pub version: String,
    /// Who, by account.
    pub by_id: Id,
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
    /// The assessment by the same person before it.
    pub previous: Option<Id>,
    /// What was found, by element. An element that is not here was not assessed.
    pub cells: BTreeMap<String, Cell>,
}

/// What people found of one item against one version.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfItem {
    /// The row of the matrix.
    pub row: super::ItemRow,
    /// The assessments that count, by name of the assessor.
    pub assessments: Vec<Assessed>,
}

pub(super) const WHOLE: &str = "select a.id, a.item, a.strategy, a.version, a.by_id, p.name, a.at, a.cause, a.driver, \
                                a.why, a.previous_id, a.body from item_assessment a join account p on p.id = a.by_id";

pub(super) fn whole(row: &Row) -> Result<Assessed> {
    let (cause, driver, body): (String, String, String) = (row.get(7)?, row.get(8)?, row.get(11)?);
    Ok(Assessed {
        id: row.get(0)?,
        item: row.get(1)?,
        strategy: row.get(2)?,
        version: row.get(3)?,
        by_id: row.get(4)?,
        by: row.get(5)?,
        at: row.get(6)?,
        cause: cause_of(&cause)?,
        driver: Driver::ALL.into_iter().find(|d| d.code() == driver),
        why: row.get(9)?,
        previous: row.get(10)?,
        cells: cells_of(&body)?,
    })
}

pub(super) fn cause_of(code: &str) -> Result<Cause> {
    let known = Cause::ALL.into_iter().find(|c| c.code() == code);
    known.ok_or_else(|| Error::Bug(format!("an assessment is kept with the cause '{code}', which is none")))
}

/// One item against one version: what each assessor found, with sentences and evidence, and what it comes to.
///
/// # Errors
/// Not allowed; database errors.
pub fn of_item(cx: &mut Cx<'_>, scheme: &Scheme, item: &str) -> Result<OfItem> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let item = item.to_owned();
    let letters = standing(cx, scheme, Some(std::slice::from_ref(&item)))?;
    let row = super::ItemRow::of(&item, scheme.elements.len(), &letters.iter().collect::<Vec<_>>());
    let rows = cx.rows(
        &format!(
            "{WHOLE} join item_assessment_standing s on s.assessment_id = a.id
             where s.strategy = $1 and s.version = $2 and s.item = $3"
        ),
        &[scheme.strategy.as_str().into(), scheme.version.as_str().into(), item.as_str().into()],
    )?;
    let mut assessments: Vec<_> = rows.iter().map(whole).collect::<Result<_>>()?;
    assessments.sort_unstable_by(|a, b| (&a.by, a.by_id).cmp(&(&b.by, b.by_id)));
    cx.record(
        Verb::Consult,
        "assessments",
        None,
        json!({ "item": item, "strategy": scheme.strategy, "version": scheme.version, "assessors": rows.len() }),
    )?;
    Ok(OfItem { row, assessments })
}
