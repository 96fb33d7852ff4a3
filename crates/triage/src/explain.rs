//! Words for an evaluation: what became of each rule, what to ask, what to do, and why.

use crate::evaluate::Slot;
use crate::{
    Assessment, Came, Cell, Definition, Evaluation, FactState, Facts, Held, Need, Outcome, Proposed, Rule,
    Standing, Step, Trace, questions,
};
use bluelamp_model::FieldError;
use serde_json::Value;
use std::fmt::Write;

impl Definition {
    /// Evaluates and explains in one go: the proposal that is shown to a person.
    ///
    /// # Errors
    /// As [`Definition::evaluate`].
    pub fn assess(&self, facts: &Facts) -> Result<Assessment, Vec<FieldError>> {
        let slots = self.slots(facts)?;
        Ok(self.words(facts, &slots, &self.walk(&slots)))
    }

    /// The words for an evaluation that was made from these facts.
    ///
    /// # Errors
    /// As [`Definition::evaluate`].
    pub fn explain(&self, facts: &Facts, evaluation: &Evaluation) -> Result<Assessment, Vec<FieldError>> {
        Ok(self.words(facts, &self.slots(facts)?, evaluation))
    }

    fn words(&self, facts: &Facts, slots: &[Slot<'_>], evaluation: &Evaluation) -> Assessment {
        let (floor, ceiling) = (evaluation.floor, evaluation.ceiling);
        let name = |rank: usize| self.grade(rank).to_owned();
        let ids = |wanted: &dyn Fn(&Rule, Came) -> bool| {
            let rules = self.rules.iter().zip(&evaluation.steps);
            rules.filter(|(r, s)| wanted(r, s.came)).map(|(r, _)| r.id.clone()).collect::<Vec<_>>()
        };
        let questions = questions::rank(self, slots, evaluation);
        Assessment {
            definition: self.header.id.clone(),
            version: self.header.version.clone(),
            status: self.header.status,
            definition_digest: self.digest.clone(),
            parameters: self.header.parameters.clone(),
            facts_digest: facts.digest(),
            engine: crate::ENGINE.to_owned(),
            grades: self.header.grades.iter().map(|g| g.name.clone()).collect(),
            floor: floor.map(name),
            ceiling: ceiling.map(name),
            state: if evaluation.settled() { Standing::Settled } else { Standing::Open },
            summary: summary(floor.map(|g| self.grade(g)), ceiling.map(|g| self.grade(g)), questions.len()),
            fired: ids(&|_, came| came == Came::Fired),
            open: ids(&|rule, came| came == Came::Undetermined && Some(rule.grade) > floor),
            rules: self.rules.iter().zip(&evaluation.steps).map(|(r, s)| self.trace(r, *s, slots)).collect(),
            questions,
            actions: self.proposed(evaluation),
        }
    }

    fn trace(&self, rule: &Rule, step: Step, slots: &[Slot<'_>]) -> Trace {
        let marked =
            || rule.cells.iter().enumerate().filter(move |(n, _)| step.cells & (1 << n) != 0).map(|(_, c)| c);
        let fact = |cell: &Cell| self.facts.get(cell.fact).map(|e| e.name.clone()).unwrap_or_default();
        let held = |cell: &Cell| Held {
            fact: fact(cell),
            test: cell.text.clone(),
            value: match slots.get(cell.fact) {
                Some(Slot::Known(value)) => (*value).clone(),
                _ => Value::Null,
            },
        };
        let outcome = match step.came {
            Came::Fired => Outcome::Fired { because: marked().map(held).collect() },
            Came::NotFired => Outcome::NotFired { failed: marked().map(held).collect() },
            Came::Undetermined => {
                let need = |cell: &Cell| Need { fact: fact(cell), state: state(slots, cell.fact) };
                Outcome::Undetermined { needs: marked().map(need).collect() }
            }
        };
        let grade = self.grade(rule.grade);
        Trace {
            table: self.tables.get(rule.table).cloned().unwrap_or_default(),
            number: rule.number,
            rule: rule.id.clone(),
            grade: grade.to_owned(),
            sentence: sentence(rule, grade, &outcome),
            outcome,
        }
    }

    /// What to do for the floor, each with the rules that speak for it.
    fn proposed(&self, evaluation: &Evaluation) -> Vec<Proposed> {
        let steps = self.rules.iter().zip(&evaluation.steps).enumerate();
        let fired: Vec<(usize, &Rule)> = steps
            .filter(|(_, (_, step))| step.came == Came::Fired)
            .map(|(place, (rule, _))| (place, rule))
            .collect();
        let actions = self.actions.iter().filter(|a| Some(a.grade) <= evaluation.floor);
        actions
            .filter_map(|a| {
                // Without rules of its own, those of its grade and above speak for an action.
                let speaks = |place: usize, rule: &Rule| {
                    if a.rules.is_empty() { rule.grade >= a.grade } else { a.rules.contains(&place) }
                };
                let because =
                    || fired.iter().filter(|(place, rule)| speaks(*place, rule)).map(|(_, rule)| rule);
                let mut reason = String::new();
                for (n, rule) in because().enumerate() {
                    put(&mut reason, &[if n == 0 { "Because: " } else { "; " }, &rule.reason]);
                }
                if reason.is_empty() {
                    return None;
                }
                reason.push('.');
                Some(Proposed {
                    action: a.action.clone(),
                    deadline: a.deadline.clone(),
                    deadline_minutes: a.deadline_minutes,
                    role: a.role.clone(),
                    safeguarding: a.safeguarding.clone(),
                    must: a.must,
                    from: self.grade(a.grade).to_owned(),
                    because: because().map(|r| r.id.clone()).collect(),
                    reason,
                })
            })
            .collect()
    }
}

/// Why a fact has no value. One that is known is never asked for.
pub(crate) fn state(slots: &[Slot<'_>], fact: usize) -> FactState {
    match slots.get(fact) {
        Some(Slot::Open(state)) => *state,
        Some(Slot::Known(_)) | None => FactState::NotAsked,
    }
}

/// One sentence about one rule.
fn sentence(rule: &Rule, grade: &str, outcome: &Outcome) -> String {
    let mut out = String::with_capacity(96);
    let opening = match outcome {
        Outcome::Fired { .. } => "Proposes",
        Outcome::NotFired { .. } => "Does not propose",
        Outcome::Undetermined { .. } => "Could propose",
    };
    put(&mut out, &[opening, " ", grade, ": ", &rule.reason]);
    match outcome {
        Outcome::Fired { because } => {
            joined(&mut out, " (", because, value);
            out.push_str(").");
        }
        Outcome::NotFired { failed } => {
            joined(&mut out, ", because ", failed, |out, held| {
                value(out, held);
                if !held.value.is_boolean() {
                    put(out, &[" and not ", &held.test]);
                }
            });
            out.push('.');
        }
        Outcome::Undetermined { needs } => {
            joined(&mut out, ". Needs: ", needs, |out, need| {
                put(out, &[&need.fact, " (", need.state.spoken(), ")"]);
            });
            out.push('.');
        }
    }
    out
}

/// One sentence about the whole.
fn summary(floor: Option<&str>, ceiling: Option<&str>, questions: usize) -> String {
    let ask = if questions == 1 { "1 question".to_owned() } else { format!("{questions} questions") };
    match (floor, ceiling) {
        (Some(floor), Some(ceiling)) if floor == ceiling => {
            format!("{floor}; no missing fact can raise it.")
        }
        (Some(floor), Some(ceiling)) => format!("At least {floor}, up to {ceiling}; {ask} open."),
        (None, Some(ceiling)) => format!("No grade yet, up to {ceiling}; {ask} open."),
        (_, None) => {
            "No grade: no rule speaks to these facts. A person must grade without a proposal.".into()
        }
    }
}

fn value(out: &mut String, held: &Held) {
    put(out, &[&held.fact, " is "]);
    match &held.value {
        Value::Bool(true) => out.push_str("yes"),
        Value::Bool(false) => out.push_str("no"),
        Value::String(text) => put(out, &["\"", text, "\""]),
        // Writing to a string cannot fail.
        other => drop(write!(out, "{other}")),
    }
}

fn put(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}

fn joined<T>(out: &mut String, opening: &str, items: &[T], each: impl Fn(&mut String, &T)) {
    for (n, item) in items.iter().enumerate() {
        out.push_str(if n == 0 { opening } else { ", " });
        each(out, item);
    }
}
