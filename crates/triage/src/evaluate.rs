//! Walking the table: three-valued, rule by rule, with a trace of every step.

use crate::{
    Assessment, Cell, Definition, Fact, FactEntry, FactState, FactType, Facts, Grade, Held, Need, Outcome,
    Rule, Standing, Trace, explain, feel, markdown, questions,
};
use bluelamp_model::FieldError;
use serde_json::Value;

/// A fact as the rules see it.
#[derive(Clone, Copy)]
enum Slot<'f> {
    Known(&'f Value),
    Open(FactState),
}

impl Definition {
    /// Evaluates the definition over what is known about one incident. A fact that is not in the map counts
    /// as not asked.
    ///
    /// # Errors
    /// One [`FieldError`] for every fact that the dictionary does not name (`unknown-fact`), whose value has
    /// another type (`wrong-type`), is none of the choices (`not-a-choice`) or cannot be compared exactly
    /// (`out-of-range`), and for values beside a state that has none (`unexpected-values`). There is no grade
    /// then, not even a low one.
    pub fn evaluate(&self, facts: &Facts) -> Result<Assessment, Vec<FieldError>> {
        let slots = self.slots(facts)?;
        let mut floor: Option<&Grade> = None;
        let mut ceiling: Option<&Grade> = None;
        let mut traces = Vec::with_capacity(self.rules.len());
        for rule in &self.rules {
            let outcome = self.outcome(rule, &slots);
            if matches!(outcome, Outcome::Fired { .. }) {
                floor = floor.max(Some(&rule.grade));
            }
            if !matches!(outcome, Outcome::NotFired { .. }) {
                ceiling = ceiling.max(Some(&rule.grade));
            }
            let sentence = explain::rule(rule, &outcome);
            traces.push(Trace {
                number: rule.number,
                rule: rule.id.clone(),
                grade: rule.grade.clone(),
                outcome,
                sentence,
            });
        }
        let state = if floor.is_some() && floor == ceiling { Standing::Settled } else { Standing::Open };
        let questions = questions::rank(self, &traces, floor);
        let summary = explain::summary(floor, ceiling, questions.len());
        let actions = self.actions.iter().filter(|a| Some(&a.grade) <= floor).cloned().collect();
        Ok(Assessment {
            definition: self.header.id.clone(),
            version: self.header.version.clone(),
            status: self.header.status,
            definition_digest: self.digest.clone(),
            facts_digest: facts.digest(),
            engine: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned(),
            floor: floor.cloned(),
            ceiling: ceiling.cloned(),
            state,
            summary,
            rules: traces,
            questions,
            actions,
        })
    }

    /// The state of each fact of the dictionary, or everything that is wrong with the facts.
    fn slots<'f>(&self, facts: &'f Facts) -> Result<Vec<Slot<'f>>, Vec<FieldError>> {
        let mut slots = vec![Slot::Open(FactState::NotAsked); self.facts.len()];
        let mut errors = Vec::new();
        for (name, fact) in &facts.0 {
            let Some(at) = self.facts.iter().position(|e| e.name == *name) else {
                let near = markdown::suggestion(name, self.facts.iter().map(|e| e.name.as_str()));
                errors.push(FieldError {
                    field: name.clone(),
                    code: "unknown-fact".into(),
                    message: format!("'{name}' is not a fact of '{}'{near}", self.header.id),
                });
                continue;
            };
            let values = match fact {
                Fact::Known(value) => std::slice::from_ref(value),
                Fact::Open { values, .. } => values.as_slice(),
            };
            errors.extend(values.iter().filter_map(|v| misfit(&self.facts[at], v)));
            slots[at] = match fact {
                Fact::Known(value) => Slot::Known(value),
                Fact::Open { state, values } => {
                    if !values.is_empty() && !matches!(state, FactState::Stale | FactState::Conflicting) {
                        errors.push(FieldError {
                            field: name.clone(),
                            code: "unexpected-values".into(),
                            message: format!("'{name}' is {} and so cannot have values", state.code()),
                        });
                    }
                    Slot::Open(*state)
                }
            };
        }
        if errors.is_empty() { Ok(slots) } else { Err(errors) }
    }

    /// A failed cell settles a rule whatever else is missing; only then do missing facts count. Looks first
    /// and writes down afterwards, so that nothing is copied that the outcome does not hold.
    fn outcome(&self, rule: &Rule, slots: &[Slot<'_>]) -> Outcome {
        // A cell that points nowhere cannot come from `parse`; if it did, it would keep its rule open.
        let slot = |cell: &Cell| slots.get(cell.fact).copied().unwrap_or(Slot::Open(FactState::NotAsked));
        let name = |cell: &Cell| self.facts.get(cell.fact).map(|e| e.name.clone()).unwrap_or_default();
        let known = || {
            rule.cells.iter().filter_map(|cell| match slot(cell) {
                Slot::Known(value) => Some((cell, value)),
                Slot::Open(_) => None,
            })
        };
        let held = |(cell, value): (&Cell, &Value)| Held {
            fact: name(cell),
            test: cell.text.clone(),
            value: value.clone(),
        };
        if !known().all(|(cell, value)| cell.test.holds(value)) {
            let failed = known().filter(|(cell, value)| !cell.test.holds(value)).map(held).collect();
            return Outcome::NotFired { failed };
        }
        let needs: Vec<Need> = rule
            .cells
            .iter()
            .filter_map(|cell| match slot(cell) {
                Slot::Known(_) => None,
                Slot::Open(state) => Some(Need { fact: name(cell), state }),
            })
            .collect();
        if needs.is_empty() {
            Outcome::Fired { because: known().map(held).collect() }
        } else {
            Outcome::Undetermined { needs }
        }
    }
}

/// Why a value does not fit its fact, or nothing when it does.
fn misfit(entry: &FactEntry, value: &Value) -> Option<FieldError> {
    let (code, wanted) = match (&entry.kind, value) {
        (FactType::YesNo, Value::Bool(_)) | (FactType::Text, Value::String(_)) => return None,
        (FactType::Number, Value::Number(n)) if feel::is_exact(n) => return None,
        (FactType::Number, Value::Number(_)) => {
            ("out-of-range", "a number that can be compared exactly".into())
        }
        (FactType::Choice(options), Value::String(text)) if options.contains(text) => return None,
        (FactType::Choice(options), Value::String(_)) => {
            ("not-a-choice", format!("one of {}", options.join(", ")))
        }
        (FactType::YesNo, _) => ("wrong-type", "true or false".into()),
        (FactType::Number, _) => ("wrong-type", "a number".into()),
        (FactType::Text, _) => ("wrong-type", "a text".into()),
        (FactType::Choice(options), _) => ("wrong-type", format!("one of {}", options.join(", "))),
    };
    Some(FieldError {
        field: entry.name.clone(),
        code: code.into(),
        message: format!(
            "'{}' is {value}; it must be {wanted}, or a state such as {{\"state\":\"unknown\"}}",
            entry.name
        ),
    })
}
