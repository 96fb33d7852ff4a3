//! Strategies: what is in the files of the product, what is refused, what a service keeps.

mod faults;
mod held;
mod shipped;

use bluelamp_steward::strategy::Strategy;
use std::path::Path;

pub(crate) const NATIONAL: &str = "national-2020";
pub(crate) const ESSEX: &str = "essex-2021";

/// The text of a strategy that comes with the product.
pub(crate) fn text(id: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../data/strategy/{id}.yaml"));
    std::fs::read_to_string(file).unwrap()
}

pub(crate) fn strategy(id: &str) -> Strategy {
    Strategy::parse(&format!("{id}.yaml"), &text(id)).unwrap_or_else(|faults| panic!("{faults}"))
}

/// A force's own strategy, small and sound.
pub(crate) const OWN: &str = include_str!("strategy/borsetshire.yaml");

/// Both strategies of the product, each with its text.
pub(crate) fn both() -> Vec<(Strategy, String)> {
    [NATIONAL, ESSEX].map(|id| (strategy(id), text(id))).into()
}
