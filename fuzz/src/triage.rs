//! Threat, harm and risk definitions, one cell of a decision table, and the facts of an incident.

use crate::{accept, text};
use bluelamp_triage::{Assessment, Definition, Evaluation, Fact, FactState, FactType, Facts, Standing};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

pub(crate) const SHIPPED: [(&str, &str); 11] = [
    ("antisocial-behaviour", include_str!("../../data/definitions/antisocial-behaviour/1.0.0.md")),
    ("burglary", include_str!("../../data/definitions/burglary/1.0.0.md")),
    ("business-crime", include_str!("../../data/definitions/business-crime/1.0.0.md")),
    ("child-sexual-exploitation", include_str!("../../data/definitions/child-sexual-exploitation/1.0.0.md")),
    ("cyber-harassment", include_str!("../../data/definitions/cyber-harassment/1.0.0.md")),
    ("domestic-abuse", include_str!("../../data/definitions/domestic-abuse/1.0.0.md")),
    ("fraud-vulnerable-victim", include_str!("../../data/definitions/fraud-vulnerable-victim/1.0.0.md")),
    ("hate-crime", include_str!("../../data/definitions/hate-crime/1.0.0.md")),
    ("mass-harm", include_str!("../../data/definitions/mass-harm/1.0.0.md")),
    ("missing-person", include_str!("../../data/definitions/missing-person/1.0.0.md")),
    ("stalking", include_str!("../../data/definitions/stalking/1.0.0.md")),
];

/// A definition with a fact of each type; `CELL` stands where a cell goes.
pub(crate) const SMALL: &str = include_str!("small.md");

static DEFINITIONS: LazyLock<Vec<Definition>> = LazyLock::new(|| {
    let load =
        |(id, text): &(&str, &str)| Definition::load(id, text).unwrap_or_else(|faults| panic!("{faults}"));
    SHIPPED.iter().map(load).collect()
});

/// A definition: what is loaded gets its own cases right and never takes "not known" for "no".
pub(crate) fn definition(data: &[u8]) {
    let Some(text) = text(data) else { return };
    match Definition::load("definition.md", text) {
        Ok(definition) => {
            accept();
            assert_eq!(
                definition.digest,
                hex::encode(Sha256::digest(text)),
                "the digest names this exact text"
            );
            assert!(definition.run_cases().iter().all(|case| case.differences.is_empty()));
            sensible(&definition);
        }
        Err(faults) => crate::told(&faults, true),
    }
    if let Err(faults) = Definition::parse("definition.md", text) {
        crate::told(&faults, true);
        assert!(faults.0.is_sorted_by_key(|fault| fault.line), "faults stand in the order of the lines");
    }
}

/// A definition as JSON: what is accepted is written back the same, gets its own cases right and is as sound as one
/// that was read from its text.
pub(crate) fn compiled(data: &[u8]) {
    let Some(json) = text(data) else { return };
    match Definition::compiled("definition.json", json) {
        Ok(definition) => {
            accept();
            let written = serde_json::to_string(&definition).expect("a definition is JSON");
            let again =
                Definition::compiled("definition.json", &written).expect("what was written can be read");
            assert_eq!(written, serde_json::to_string(&again).expect("a definition is JSON"));
            assert!(definition.run_cases().iter().all(|case| case.differences.is_empty()));
            sensible(&definition);
        }
        Err(faults) => crate::told(&faults, false),
    }
}

/// The shipped definitions as JSON.
pub(crate) fn compiled_seeds() -> Vec<Vec<u8>> {
    DEFINITIONS.iter().filter_map(|definition| serde_json::to_vec(definition).ok()).collect()
}

/// One cell of the table, under a fact of each type.
pub(crate) fn cell(data: &[u8]) {
    let Some(cell) = text(data) else { return };
    for place in ["CELL1", "CELL2", "CELL3", "CELL4"] {
        let mut written = SMALL.replacen(place, cell, 1);
        for other in ["CELL1", "CELL2", "CELL3", "CELL4"] {
            written = written.replacen(other, "-", 1);
        }
        match Definition::parse("cell.md", &written) {
            Ok(definition) => {
                accept();
                sensible(&definition);
            }
            Err(faults) => crate::told(&faults, true),
        }
    }
}

/// Facts as JSON, by every shipped definition: they are read as they were written, and a fact that no dictionary
/// has, or of the wrong type, never gives a grade.
pub(crate) fn facts(data: &[u8]) {
    let Ok(facts) = serde_json::from_slice::<Facts>(data) else { return };
    let written = serde_json::to_vec(&facts).expect("facts are JSON");
    let again: Facts = serde_json::from_slice(&written).expect("facts that were written can be read");
    assert_eq!(again, facts);
    assert_eq!(again.digest(), facts.digest(), "the same facts have the same digest");
    for definition in &*DEFINITIONS {
        let named = |name: &str| definition.facts.iter().find(|entry| entry.name == name);
        match definition.evaluate(&facts) {
            Ok(found) => {
                accept();
                for (name, fact) in &facts.0 {
                    let entry = named(name).unwrap_or_else(|| panic!("'{name}' is in no dictionary"));
                    let fits = |value: &Value| match &entry.kind {
                        FactType::YesNo => value.is_boolean(),
                        FactType::Number => value.is_number(),
                        FactType::Text => value.is_string(),
                        FactType::Choice(options) => options.iter().any(|o| value == o),
                    };
                    match fact {
                        Fact::Known(value) => assert!(fits(value), "'{name}' is {value}"),
                        Fact::Open { values, .. } => {
                            assert!(values.iter().all(fits), "'{name}' is {values:?}");
                        }
                    }
                }
                sound(definition, &facts, &found);
                assert_eq!(definition.evaluate(&again).as_ref(), Ok(&found));
            }
            Err(errors) => {
                assert!(!errors.is_empty(), "refused without a reason");
                assert!(
                    errors.iter().all(|e| facts.0.contains_key(&e.field) && !e.code.is_empty()),
                    "{errors:?}"
                );
            }
        }
    }
}

/// What must hold for any definition that is accepted, whatever it says: every answer that is taken away leaves
/// the floor where it was or lower, and the ceiling where it was or higher.
fn sensible(definition: &Definition) {
    assert!(!definition.header.grades.is_empty() && !definition.rules.is_empty());
    for rule in &definition.rules {
        assert!(rule.grade < definition.header.grades.len());
        assert!(
            rule.cells.iter().all(|cell| cell.fact < definition.facts.len() && !cell.test.any_of.is_empty())
        );
    }
    let evaluate = |facts: &Facts| {
        let found = definition.evaluate(facts).unwrap_or_else(|errors| panic!("{errors:?}"));
        sound(definition, facts, &found);
        found
    };
    let nothing = evaluate(&Facts::default());
    assert_eq!(nothing.settled(), nothing.floor.is_some() && nothing.floor == nothing.ceiling);
    for worst in [false, true] {
        let known = |entry: &bluelamp_triage::FactEntry| {
            let value = match &entry.kind {
                FactType::YesNo => json!(worst),
                FactType::Number => json!(if worst { 9 } else { 0 }),
                FactType::Text => json!("text"),
                FactType::Choice(options) => json!(if worst { options.last() } else { options.first() }),
            };
            (entry.name.clone(), Fact::Known(value))
        };
        let full: Facts = definition.facts.iter().map(known).collect();
        let end = evaluate(&full);
        assert_eq!(end.floor, end.ceiling, "nothing is left open");
        assert!(nothing.floor <= end.floor && end.floor <= nothing.ceiling);
        for entry in definition.facts.iter().take(6) {
            let mut less = full.clone();
            less.0.insert(entry.name.clone(), Fact::open(FactState::Unknown));
            let open = evaluate(&less);
            assert!(
                open.floor <= end.floor && end.ceiling <= open.ceiling,
                "not knowing '{}' lowers the grade",
                entry.name
            );
        }
    }
}

/// What must hold for any evaluation and the words for it.
fn sound(definition: &Definition, facts: &Facts, found: &Evaluation) {
    assert!(found.floor <= found.ceiling);
    assert_eq!(found.steps.len(), definition.rules.len());
    let said = definition.explain(facts, found).unwrap_or_else(|errors| panic!("{errors:?}"));
    assert_eq!((said.floor_rank(), said.ceiling_rank()), (found.floor, found.ceiling));
    assert_eq!(said.state == Standing::Settled, found.settled());
    assert!(said.state != Standing::Settled || said.questions.is_empty());
    assert!(said.actions.iter().all(|action| said.rank(&action.from) <= found.floor));
    let written = serde_json::to_vec(&said).expect("an assessment is JSON");
    assert_eq!(
        serde_json::from_slice::<Assessment>(&written).expect("an assessment can be read again"),
        said
    );
}
