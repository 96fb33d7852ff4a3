//! Running a definition's own cases.

use crate::{Assessment, Case, Definition, Grade, Outcome};
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
                Ok(found) => differences(case, &found),
                Err(errors) => errors.into_iter().map(|e| e.message).collect(),
            },
        };
        self.cases.iter().map(run).collect()
    }
}

fn differences(case: &Case, found: &Assessment) -> Vec<String> {
    let mut differences = Vec::new();
    let mut grades = |what: &str, expected: &Option<Grade>, found: &Option<Grade>| {
        if expected != found {
            differences.push(format!("the {what} is {}, not {}", grade(found), grade(expected)));
        }
    };
    grades("floor", &case.floor, &found.floor);
    if let Some(ceiling) = &case.ceiling {
        grades("ceiling", ceiling, &found.ceiling);
    }
    let numbers = |wanted: fn(&Outcome) -> bool, above: Option<&Grade>| -> Vec<usize> {
        found
            .rules
            .iter()
            .filter(|t| Some(&t.grade) > above && wanted(&t.outcome))
            .map(|t| t.number)
            .collect()
    };
    let mut lists = |what: &str, expected: &Option<Vec<usize>>, found: &[usize]| {
        if let Some(expected) = expected.as_ref().filter(|e| e.as_slice() != found) {
            differences.push(format!("the {what} rules are {}, not {}", list(found), list(expected)));
        }
    };
    lists("open", &case.open, &numbers(|o| matches!(o, Outcome::Undetermined { .. }), found.floor.as_ref()));
    lists("fired", &case.fired, &numbers(|o| matches!(o, Outcome::Fired { .. }), None));
    differences
}

fn grade(grade: &Option<Grade>) -> &str {
    grade.as_ref().map_or("none", |g| g.name.as_str())
}

fn list(numbers: &[usize]) -> String {
    if numbers.is_empty() {
        return "none".into();
    }
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
