//! How much each element weighs. Weights belong to a decision of a board; without one, all weigh the same.

use super::{Scheme, act::check_text, act::fault};
use bluelamp_model::{
    Day, Decider, Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::{Cx, Row};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// The most that an element can weigh.
const HEAVIEST: f64 = 1000.0;

/// Weights as a board has decided them.
#[derive(Clone, Debug, PartialEq)]
pub struct NewWeights {
    /// The decision's id or reference.
    pub decision: String,
    /// The day of the decision.
    pub decided_on: Day,
    /// The weights by element; what is not named weighs 1.
    pub weights: BTreeMap<String, f64>,
}

/// Weights that are held for a version.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeightSet {
    /// Its row.
    pub id: Id,
    /// The decision's id or reference.
    pub decision: String,
    /// The day of the decision.
    pub decided_on: Day,
    /// The weights by element; what is not named weighs 1.
    pub weights: BTreeMap<String, f64>,
    /// When it was entered.
    pub at: Time,
    /// By whom.
    pub by: String,
}

/// The weights in force, by the order of a version's elements.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Weights {
    /// The decision that they follow; none where all elements weigh the same.
    pub set: Option<WeightSet>,
    /// One for each element.
    pub by_place: Vec<f32>,
}

impl Weights {
    /// All elements weigh the same.
    #[must_use]
    pub fn equal(scheme: &Scheme) -> Self {
        Self { set: None, by_place: vec![1.0; scheme.elements.len()] }
    }

    /// Whose decision they follow, as people read it.
    #[must_use]
    pub fn source(&self) -> String {
        match &self.set {
            Some(set) => format!("Weights of decision {} of {}", set.decision, set.decided_on),
            None => "All elements weigh the same: no board has decided on weights".into(),
        }
    }
}

/// Enters the weights that a board has decided. The set with the latest day of decision is in force.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff; [`Error::Invalid`].
pub fn set_weights(cx: &mut Cx<'_>, scheme: &Scheme, new: &NewWeights) -> Result<Id> {
    cx.allow(action::REGISTER_WRITE, None)?;
    let person = Decider::of(cx.actor())?;
    let (decision, mut wrong) = (new.decision.trim(), Vec::new());
    if decision.is_empty() {
        wrong.push(fault("decision", "required", "Enter the reference of the board's decision"));
    }
    check_text("decision", decision, 200, &mut wrong);
    let today =
        Day::from_number(i32::try_from(cx.now().micros().div_euclid(86_400_000_000)).unwrap_or(i32::MAX));
    if today.is_ok_and(|today| new.decided_on > today) {
        wrong.push(fault("decided_on", "future", "Enter the day on which the board has decided"));
    }
    if new.weights.is_empty() {
        wrong.push(fault("weights", "required", "Name at least one element with its weight"));
    }
    let places = scheme.places();
    let weighs = |id: &str| new.weights.get(id).is_none_or(|w| *w > 0.0);
    if !new.weights.is_empty() && !scheme.elements.iter().any(|e| weighs(&e.id)) {
        let words = "Nothing would weigh anything: give at least one element a weight above 0";
        wrong.push(fault("weights", "nothing", words));
    }
    for (id, weight) in &new.weights {
        let at = format!("/weights/{}", id.replace('~', "~0").replace('/', "~1"));
        if !places.contains_key(id.as_str()) {
            let words = format!("There is no element {id} in {} {}", scheme.strategy, scheme.version);
            wrong.push(fault(at, "unknown", words));
        } else if !(0.0..=HEAVIEST).contains(weight) {
            wrong.push(fault(
                at,
                "range",
                format!("A weight is a number from 0 to {HEAVIEST}: {id} has {weight}"),
            ));
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let (id, now) = (cx.new_id()?, cx.now());
    let weights = serde_json::to_string(&new.weights).map_err(|e| Error::Bug(e.to_string()))?;
    cx.exec(
        "insert into weight_set (id, strategy, version, decision, decided_on, weights, at, by_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            scheme.strategy.as_str().into(),
            scheme.version.as_str().into(),
            decision.into(),
            new.decided_on.to_string().into(),
            weights.into(),
            now.into(),
            person.id().into(),
        ],
    )?;
    cx.record(
        Verb::Administer,
        "weights",
        Some(id),
        json!({ "strategy": scheme.strategy, "version": scheme.version, "decision": decision,
                "elements": new.weights.len() }),
    )?;
    Ok(id)
}

fn sets(cx: &mut Cx<'_>, scheme: &Scheme) -> Result<Vec<WeightSet>> {
    let bug = |what: &str| Error::Bug(format!("the {what} of a set of weights cannot be read"));
    let read = |row: &Row| {
        let (decided_on, weights): (String, String) = (row.get(2)?, row.get(3)?);
        Ok(WeightSet {
            id: row.get(0)?,
            decision: row.get(1)?,
            decided_on: decided_on.parse().map_err(|_| bug("day"))?,
            weights: serde_json::from_str(&weights).map_err(|_| bug("weights"))?,
            at: row.get(4)?,
            by: row.get(5)?,
        })
    };
    cx.rows(
        "select w.id, w.decision, w.decided_on, w.weights, w.at, p.name from weight_set w
         join account p on p.id = w.by_id where w.strategy = $1 and w.version = $2
         order by w.decided_on desc, w.at desc, w.id desc",
        &[scheme.strategy.as_str().into(), scheme.version.as_str().into()],
    )?
    .iter()
    .map(read)
    .collect()
}

/// Every set of weights that was entered for a version, the one in force first.
///
/// # Errors
/// Not allowed; database errors.
pub fn weight_sets(cx: &mut Cx<'_>, scheme: &Scheme) -> Result<Vec<WeightSet>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let all = sets(cx, scheme)?;
    cx.record(Verb::Consult, "weights", None, json!({ "sets": all.len() }))?;
    Ok(all)
}

/// The weights in force for a version. To be called where the policy was asked already.
///
/// # Errors
/// Database errors.
pub fn weights_in_force(cx: &mut Cx<'_>, scheme: &Scheme) -> Result<Weights> {
    let Some(set) = sets(cx, scheme)?.into_iter().next() else { return Ok(Weights::equal(scheme)) };
    let weight = |id: &String| set.weights.get(id).copied().unwrap_or(1.0);
    // A weight has few digits: single precision holds what a board can mean.
    #[expect(clippy::cast_possible_truncation, reason = "see above")]
    let by_place = scheme.elements.iter().map(|e| weight(&e.id) as f32).collect();
    Ok(Weights { set: Some(set), by_place })
}
