//! What people have said of pairs of records: the same person, not the same, or unsure; by whom, when and why.
//!
//! A judgement overrides every score, survives every new model and can be taken back. The list only ever grows: taking
//! back is another line. Nothing is merged by it; clusters are worked out anew.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Both records are of one person.
    Same,
    /// They are of two.
    NotSame,
    /// It was looked at and cannot be said: the score stands.
    Unsure,
    /// What was said before of this pair no longer holds.
    Withdrawn,
}

/// One judgement, a line of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// The id of one record; with several files `file:id`.
    pub left: String,
    /// The id of the other.
    pub right: String,
    /// What was said.
    pub verdict: Verdict,
    /// Who said it.
    pub by: String,
    /// When, as RFC 3339.
    pub at: String,
    /// Why.
    pub why: String,
}

/// Reads judgements, one a line; empty lines are passed over.
///
/// # Errors
/// Every faulty line with its number.
pub fn read(text: &str) -> Result<Vec<Judgement>, Vec<String>> {
    let (mut all, mut faults) = (Vec::new(), Vec::new());
    for (at, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        match serde_json::from_str::<Judgement>(line) {
            Ok(judgement) => {
                if let Some(fault) = fault(&judgement) {
                    faults.push(format!("line {}: {fault}", at + 1));
                }
                all.push(judgement);
            }
            Err(e) => faults.push(format!(
                "line {}: {e}; a judgement is {{\"left\", \"right\", \"verdict\": \"same\"|\"not_same\"|\"unsure\"|\
                 \"withdrawn\", \"by\", \"at\", \"why\"}}",
                at + 1
            )),
        }
    }
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

fn fault(judgement: &Judgement) -> Option<String> {
    if judgement.by.trim().is_empty() {
        return Some("by is empty: a judgement is a named person's".to_owned());
    }
    if judgement.left == judgement.right {
        return Some(format!("left and right are both {}", judgement.left));
    }
    if judgement.at.parse::<jiff::Timestamp>().is_err() {
        return Some(format!("at is '{}', and must be a time such as 2026-11-27T03:00:00Z", judgement.at));
    }
    None
}

/// What holds now: for each pair the last word, unless it was taken back or unsure. The order of ids does not matter.
pub fn in_force(judgements: &[Judgement]) -> Vec<(&str, &str, bool)> {
    let mut place: HashMap<(&str, &str), usize> = HashMap::new();
    let mut all: Vec<(&str, &str, Option<bool>)> = Vec::new();
    for judgement in judgements {
        let (a, b) = (judgement.left.as_str(), judgement.right.as_str());
        let key = if a < b { (a, b) } else { (b, a) };
        let says = match judgement.verdict {
            Verdict::Same => Some(true),
            Verdict::NotSame => Some(false),
            Verdict::Unsure | Verdict::Withdrawn => None,
        };
        match place.get(&key) {
            Some(at) => all[*at].2 = says,
            None => {
                place.insert(key, all.len());
                all.push((key.0, key.1, says));
            }
        }
    }
    all.into_iter().filter_map(|(a, b, says)| Some((a, b, says?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(left: &str, right: &str, verdict: &str) -> String {
        format!(
            r#"{{"left":"{left}","right":"{right}","verdict":"{verdict}","by":"PC 4711","at":"2026-11-27T03:00:00Z","why":"met both"}}"#
        )
    }

    #[test]
    fn the_last_word_holds_and_can_be_taken_back() {
        let text =
            [line("a", "b", "same"), line("c", "d", "not_same"), line("b", "a", "withdrawn"), String::new()]
                .join("\n");
        let all = read(&text).expect("four lines are right");
        assert_eq!(in_force(&all), [("c", "d", false)]);
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        let text = format!("{}\n{{}}\n{}", line("a", "a", "same"), line("a", "b", "maybe"));
        let faults = read(&text).expect_err("three faults");
        assert_eq!(faults.len(), 3);
        assert!(faults[0].starts_with("line 1: left and right"));
        assert!(faults[2].contains("not_same"));
    }
}
