//! Running a definition's own cases.

use crate::{Came, Case, Definition, Evaluation};
use bluelamp_model::{Fault, Faults};
use serde::Serialize;

/// What came of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseResult {
    /// The case's name.
    pub name: String,
    /// The case's line in the file, from 1.
    pub line: u64,
    /// What differs from what the case expects, in sentences; empty when it passed.
    pub differences: Vec<String>,
}

impl Definition {
    /// Evaluates every case of the file and compares what comes out with what it expects.
    #[must_use]
    pub fn run_cases(&self) -> Vec<CaseResult> {
        let run = |case: &Case| CaseResult {
            name: case.name.clone(),
            line: case.line,
            differences: match self.evaluate(&case.facts) {
                Ok(found) => self.differences(case, &found),
                Err(errors) => errors.into_iter().map(|e| e.message).collect(),
            },
        };
        self.cases.iter().map(run).collect()
    }

    /// Itself, or one fault for each case that it gets wrong.
    pub(crate) fn right_in_its_cases(self, file: &str) -> Result<Self, Faults> {
        let failed = self.run_cases().into_iter().filter(|c| !c.differences.is_empty());
        let faults = failed
            .map(|c| {
                let reason = format!("fails: {}", c.differences.join("; "));
                Fault::new(file, reason).at_line(c.line).in_field(format!("case '{}'", c.name))
            })
            .collect();
        Faults(faults).or(self)
    }

    fn differences(&self, case: &Case, found: &Evaluation) -> Vec<String> {
        let mut differences = Vec::new();
        let grade = |rank: Option<usize>| rank.map_or("none", |rank| self.grade(rank));
        let mut grades = |what: &str, expected: Option<usize>, found: Option<usize>| {
            if expected != found {
                differences.push(format!("the {what} is {}, not {}", grade(found), grade(expected)));
            }
        };
        grades("floor", case.floor, found.floor);
        if let Some(ceiling) = case.ceiling {
            grades("ceiling", ceiling, found.ceiling);
        }
        let places = |wanted: Came, above: Option<usize>| -> Vec<usize> {
            let steps = self.rules.iter().zip(&found.steps).enumerate();
            steps.filter(|(_, (r, s))| Some(r.grade) > above && s.came == wanted).map(|(at, _)| at).collect()
        };
        let mut lists = |what: &str, expected: Option<&Vec<usize>>, found: &[usize]| {
            if let Some(expected) = expected.filter(|e| e.as_slice() != found) {
                let (is, not) = (self.named(found), self.named(expected));
                differences.push(format!("the {what} rules are {is}, not {not}"));
            }
        };
        lists("open", case.open.as_ref(), &places(Came::Undetermined, found.floor));
        lists("fired", case.fired.as_ref(), &places(Came::Fired, None));
        differences
    }

    /// Rules as people name them: by number where there is one table, by id where there are several.
    fn named(&self, places: &[usize]) -> String {
        if places.is_empty() {
            return "none".into();
        }
        let name = |place: &usize| match self.rules.get(*place) {
            Some(rule) if self.tables.len() == 1 => rule.number.to_string(),
            Some(rule) => rule.id.clone(),
            None => String::new(),
        };
        places.iter().map(name).collect::<Vec<_>>().join(", ")
    }
}
