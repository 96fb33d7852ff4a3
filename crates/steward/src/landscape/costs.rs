//! What the landscape costs a force in a year: to run it and to change it.

use super::{Application, Pence};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a force pays in a year, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ForceCost {
    /// The force.
    pub force: String,
    /// How many applications it has.
    pub applications: usize,
    /// To run them, in pence.
    pub run: Pence,
    /// Of how many that is not known.
    pub run_unknown: usize,
    /// To change them, in pence.
    pub change: Pence,
    /// Of how many that is not known.
    pub change_unknown: usize,
    /// What of the running goes to systems that are said to be legacy, in pence.
    pub legacy_run: Pence,
}

/// The costs by force, by name.
#[must_use]
pub fn costs(applications: &[Application]) -> Vec<ForceCost> {
    let mut all = BTreeMap::<&str, ForceCost>::new();
    for a in applications {
        let c = all
            .entry(&a.force)
            .or_insert_with(|| ForceCost { force: a.force.clone(), ..ForceCost::default() });
        c.applications += 1;
        match a.run_cost {
            Some(pence) => c.run = c.run.saturating_add(pence),
            None => c.run_unknown += 1,
        }
        match a.change_cost {
            Some(pence) => c.change = c.change.saturating_add(pence),
            None => c.change_unknown += 1,
        }
        if a.legacy == Some(true) {
            c.legacy_run = c.legacy_run.saturating_add(a.run_cost.unwrap_or(0));
        }
    }
    all.into_values().collect()
}
