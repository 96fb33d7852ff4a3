//! Walking the tables: three-valued, rule by rule, with a trace of every step.

use crate::{Definition, Fact, FactEntry, FactState, FactType, Facts, Rule, feel, suggestion};
use bluelamp_model::FieldError;
use serde_json::Value;

/// A fact as the rules see it.
#[derive(Clone, Copy)]
pub(crate) enum Slot<'f> {
    Known(&'f Value),
    Open(FactState),
}

/// What became of one rule, and which of its cells made it so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What became of the rule.
    pub came: Came,
    /// One bit for each cell of the rule, the first cell lowest: all of them where it fired, those that failed
    /// where it did not, those that wait for a fact where it is undetermined.
    pub cells: u64,
}

/// The three things that can become of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// Every cell holds.
    Fired,
    /// At least one cell does not hold.
    NotFired,
    /// No cell has failed, and at least one waits for a fact.
    Undetermined,
}

impl Came {
    /// One letter for the record: F, N or U.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Fired => 'F',
            Self::NotFired => 'N',
            Self::Undetermined => 'U',
        }
    }
}

/// The most conditions that one rule may have; [`Step::cells`] has a bit for each.
#[cfg(feature = "read")]
pub(crate) const MOST_CELLS: usize = 64;

/// A definition over the facts of one incident: floor, ceiling and the trace of every rule, before any words are
/// made of it. [`Definition::explain`] makes the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The rank of the highest grade that has fired.
    pub floor: Option<usize>,
    /// The rank of the highest grade that has fired or still can.
    pub ceiling: Option<usize>,
    /// What became of each rule, in the order of [`Definition::rules`].
    pub steps: Vec<Step>,
}

impl Evaluation {
    /// Whether there is a grade and no missing fact can raise it.
    #[must_use]
    pub fn settled(&self) -> bool {
        self.floor.is_some() && self.floor == self.ceiling
    }

    /// What became of the rules, a letter for each: `FNU` for fired, not fired, undetermined.
    #[must_use]
    pub fn letters(&self) -> String {
        self.steps.iter().map(|s| s.came.letter()).collect()
    }
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
    pub fn evaluate(&self, facts: &Facts) -> Result<Evaluation, Vec<FieldError>> {
        Ok(self.walk(&self.slots(facts)?))
    }

    /// The facts that the dictionary names. A snapshot of an incident holds the facts of many definitions, and of other
    /// versions of this one; a name that no definition knows was refused when it was noted, and so is none of
    /// them. For facts that are noted now use [`Definition::evaluate`] on all of them: it refuses a name that is misspelt.
    #[must_use]
    pub fn known_part(&self, facts: &Facts) -> Facts {
        let known = facts.0.iter().filter(|(name, _)| self.fact(name).is_some());
        known.map(|(name, fact)| (name.clone(), fact.clone())).collect()
    }

    pub(crate) fn walk(&self, slots: &[Slot<'_>]) -> Evaluation {
        let (mut floor, mut ceiling) = (None, None);
        let steps = self
            .rules
            .iter()
            .map(|rule| {
                let step = step(rule, slots);
                if step.came == Came::Fired {
                    floor = floor.max(Some(rule.grade));
                }
                if step.came != Came::NotFired {
                    ceiling = ceiling.max(Some(rule.grade));
                }
                step
            })
            .collect();
        Evaluation { floor, ceiling, steps }
    }

    /// The state of each fact of the dictionary, or everything that is wrong with the facts.
    pub(crate) fn slots<'f>(&self, facts: &'f Facts) -> Result<Vec<Slot<'f>>, Vec<FieldError>> {
        self.slots_of(facts, true)
    }

    /// The same for the part of the facts that the dictionary names.
    pub(crate) fn known_slots<'f>(&self, facts: &'f Facts) -> Result<Vec<Slot<'f>>, Vec<FieldError>> {
        self.slots_of(facts, false)
    }

    fn slots_of<'f>(&self, facts: &'f Facts, refuse_unknown: bool) -> Result<Vec<Slot<'f>>, Vec<FieldError>> {
        let mut slots = vec![Slot::Open(FactState::NotAsked); self.facts.len()];
        let mut errors = Vec::new();
        for (name, fact) in &facts.0 {
            let Some(at) = self.fact(name) else {
                if refuse_unknown {
                    errors.push(self.unknown_fact(name));
                }
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

    pub(crate) fn unknown_fact(&self, name: &str) -> FieldError {
        let near = suggestion(name, self.facts.iter().map(|e| e.name.as_str()));
        FieldError {
            field: name.to_owned(),
            code: "unknown-fact".into(),
            message: format!("'{name}' is not a fact of '{}'{near}", self.header.id),
        }
    }
}

/// A failed cell settles a rule whatever else is missing; only then do missing facts count.
fn step(rule: &Rule, slots: &[Slot<'_>]) -> Step {
    let (mut failed, mut waiting, mut all) = (0_u64, 0_u64, 0_u64);
    for (n, cell) in rule.cells.iter().enumerate() {
        let bit = 1 << n;
        all |= bit;
        // A cell that points nowhere cannot come from `parse`; if it did, it would keep its rule open.
        match slots.get(cell.fact) {
            Some(Slot::Known(value)) if cell.test.holds(value) => {}
            Some(Slot::Known(_)) => failed |= bit,
            Some(Slot::Open(_)) | None => waiting |= bit,
        }
    }
    match (failed, waiting) {
        (0, 0) => Step { came: Came::Fired, cells: all },
        (0, waiting) => Step { came: Came::Undetermined, cells: waiting },
        (failed, _) => Step { came: Came::NotFired, cells: failed },
    }
}

/// Why a value does not fit its fact, or nothing when it does.
pub(crate) fn misfit(entry: &FactEntry, value: &Value) -> Option<FieldError> {
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
