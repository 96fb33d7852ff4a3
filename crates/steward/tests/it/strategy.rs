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

#[test]
fn every_mistake_is_named_at_once_those_of_form_and_those_of_meaning() {
    let text = "schema: bluelamp/strategy/1
id: wessex-2027
version: 1.0.0
title: Wessex
publisher: Wessex
level: force
owner: \"role: CDO\"
as_of: 2027-01-04
about: Ours.
periods:
  - {from: 2027, to: 2030, source: W1}
sources:
  - {id: W1, title: Wessex}
elements:
  - {id: PR1, kind: principle, name: Data, words: Words, source: W1}
  - {id: PR1, kind: principle, name: Again, words: Words, source: W1}
  - {id: OB1, kind: objective, name: Objective, words: Words, source: W1}
  - {id: AM1, kind: ambition, name: Ambition, words: Words, source: W9, serves: [OB1]}
  - {id: PRI1, kind: priority, name: No parent, words: Words, source: W1}
  - {id: RT, kind: principle, name: Retired, words: Words, source: W1, retired: 2099-13-01}
crosswalk:
  - {from: PR9, to: \"kent-2020:T1\", relation: equals, basis: ours, reason: Why}
";
    let told = bluelamp_steward::strategy::load(&[("wessex.yaml".into(), text.into())], &[])
        .unwrap_err()
        .to_string();
    for said in [
        "16: elements[PR1].id: the id stands on line 15 already",
        "17: elements[OB1].kind: 'objective' is unknown",
        "18: elements[AM1].source: 'W9' is not a document",
        "19: elements[PRI1].parent: is missing",
        "20: elements[RT].retired: 2099-13-01 is not a day",
        "crosswalk[0].relation: 'equals' is unknown",
    ] {
        assert!(told.contains(said), "{said} is not in\n{told}");
    }
    // What could not be read is not said to be missing as well.
    assert!(!told.contains("no element 'OB1'"), "{told}");
}
