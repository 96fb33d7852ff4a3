//! What the check found, for a person and for a machine.

use crate::{Fault, Faults};
use serde::Serialize;
use std::fmt;

/// What was found in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The file as it was named.
    pub file: String,
    /// How many records it holds, sound or not.
    pub records: u64,
    /// How many links it holds, sound or not.
    pub links: u64,
    /// Every rule, in the fixed order, also those that nothing was checked against.
    pub rules: Vec<RuleReport>,
}

/// How one rule fared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleReport {
    /// The rule's stable id.
    pub rule: &'static str,
    /// What it says.
    pub says: &'static str,
    /// How many times it was checked.
    pub checked: u64,
    /// How many times it was broken. Complete, also where not all failures are listed.
    pub failed: u64,
    /// The first failures.
    pub first: Vec<Failure>,
}

/// One place where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// JSON pointer (RFC 6901) into the file; in JSON Lines, into the line.
    pub pointer: String,
    /// The line, counted from 1.
    pub line: Option<u64>,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl Report {
    /// Whether no rule is broken anywhere.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.rules.iter().all(|rule| rule.failed == 0)
    }

    /// How one rule fared, by id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&RuleReport> {
        self.rules.iter().find(|rule| rule.rule == id)
    }

    /// The listed failures as faults of the file, in the order of its lines.
    #[must_use]
    pub fn faults(&self) -> Faults {
        let fault = |(rule, failure): (&RuleReport, &Failure)| Fault {
            file: self.file.clone(),
            line: failure.line,
            field: Some(failure.pointer.clone()).filter(|pointer| !pointer.is_empty()),
            reason: format!("{} [{}]", failure.reason, rule.rule),
        };
        let failures =
            self.rules.iter().flat_map(|rule| rule.first.iter().map(move |failure| (rule, failure)));
        let mut faults: Vec<_> = failures.map(fault).collect();
        faults.sort();
        Faults(faults)
    }
}

/// A table of the rules, then the failures with their places.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} records, {} links", self.file, self.records, self.links)?;
        writeln!(f, "{:<20} {:>9} {:>9}  rule", "", "checked", "failed")?;
        for rule in &self.rules {
            writeln!(f, "{:<20} {:>9} {:>9}  {}", rule.rule, rule.checked, rule.failed, rule.says)?;
        }
        for rule in self.rules.iter().filter(|rule| rule.failed > 0) {
            writeln!(f, "\n{}: {}", rule.rule, rule.says)?;
            for failure in &rule.first {
                let line = failure.line.map(|line| format!("line {line}, ")).unwrap_or_default();
                let place = if failure.pointer.is_empty() { "the whole" } else { &failure.pointer };
                writeln!(f, "  {line}{place}: {}", failure.reason)?;
            }
            let shown = u64::try_from(rule.first.len()).unwrap_or(u64::MAX);
            if rule.failed > shown {
                writeln!(f, "  and {} more", rule.failed - shown)?;
            }
        }
        writeln!(f, "\n{}", if self.passed() { "No rule is broken." } else { "The file does not conform." })
    }
}
