//! The off-switch of an algorithm: who turned it, when, and why.

use crate::Shelf;
use bluelamp_model::{
    Decider, Error, FieldError, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use bluelamp_triage::IndicatorSet;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;

/// The name of a set of indicators in the register of algorithms.
#[must_use]
pub fn algorithm_of(set: &IndicatorSet) -> String {
    format!("indicator/{}", set.id)
}

/// A switch that was turned.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Switched {
    /// The algorithm, by its name in the register.
    pub algorithm: String,
    /// Whether it was switched on.
    pub on: bool,
    /// When.
    pub at: Time,
    /// By whom, by name.
    pub by: String,
    /// Why.
    pub reasons: String,
}

/// The algorithms that are switched off. For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn switched_off(cx: &mut Cx<'_>) -> Result<BTreeSet<String>> {
    let rows = cx.rows("select algorithm, is_on from algorithm_switch order by at, id", &[])?;
    let mut off = BTreeSet::new();
    for row in rows {
        let (algorithm, on): (String, i64) = (row.get(0)?, row.get(1)?);
        if on == 0 {
            off.insert(algorithm)
        } else {
            off.remove(&algorithm)
        };
    }
    Ok(off)
}

/// Every turn of a switch, the latest first.
///
/// # Errors
/// Not allowed; database errors.
pub fn switches(cx: &mut Cx<'_>) -> Result<Vec<Switched>> {
    cx.allow(action::ALGORITHM_SWITCH, None)?;
    let rows = cx.rows(
        "select s.algorithm, s.is_on, s.at, a.name, s.reasons from algorithm_switch s
         join account a on a.id = s.by_id order by s.at desc, s.id desc",
        &[],
    )?;
    cx.record(Verb::Consult, "algorithms", None, json!({ "switches": rows.len() }))?;
    rows.iter()
        .map(|r| {
            Ok(Switched {
                algorithm: r.get(0)?,
                on: r.get::<i64>(1)? != 0,
                at: r.get(2)?,
                by: r.get(3)?,
                reasons: r.get(4)?,
            })
        })
        .collect()
}

/// Switches an algorithm off or on. From the next report on; what it found before stays in the record.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`] for one that is not in
/// the register or has no switch, and without reasons.
pub fn switch(cx: &mut Cx<'_>, shelf: &Shelf, algorithm: &str, on: bool, reasons: &str) -> Result<()> {
    cx.allow(action::ALGORITHM_SWITCH, None)?;
    let person = Decider::of(cx.actor())?;
    let mut wrong = Vec::new();
    let mut need = |field: &str, code: &str, message: &str| {
        wrong.push(FieldError { field: field.into(), code: code.into(), message: message.into() });
    };
    if !shelf.indicators.values().any(|set| algorithm_of(set) == algorithm) {
        need("algorithm", "unknown", "There is no algorithm of this name with a switch");
    }
    if reasons.trim().is_empty() {
        need("reasons", "required", "Enter your reasons");
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let (id, now): (Id, Time) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into algorithm_switch (id, algorithm, is_on, at, by_id, reasons) values ($1, $2, $3, $4, $5, $6)",
        &[
            id.into(),
            algorithm.into(),
            i64::from(on).into(),
            now.into(),
            person.id().into(),
            reasons.trim().into(),
        ],
    )?;
    cx.record(Verb::Administer, "algorithm", Some(id), json!({ "algorithm": algorithm, "on": on }))
}
