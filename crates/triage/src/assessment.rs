//! What an evaluation gives: a proposal, as plain data that can be stored and shown.

use crate::{FactState, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A proposal for one incident. It changes nothing: a named person decides, and this is what she was told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The definition's id.
    pub definition: String,
    /// The definition's version.
    pub version: String,
    /// The definition's status; only a `live` one may be shown to people who act on it.
    pub status: Status,
    /// SHA-256 of the definition's text, in hex.
    pub definition_digest: String,
    /// The values that the force has set, with which the rules were read.
    pub parameters: BTreeMap<String, Value>,
    /// SHA-256 of the facts as canonical JSON, in hex; see [`crate::Facts::digest`].
    pub facts_digest: String,
    /// This crate and its version, because an engine can have a fault too.
    pub engine: String,
    /// The grades that there are, lowest first.
    pub grades: Vec<String>,
    /// The highest grade that has fired; none means "no grade yet", which is not the lowest grade.
    pub floor: Option<String>,
    /// The highest grade that has fired or still can.
    pub ceiling: Option<String>,
    /// Whether more facts could still raise the grade.
    pub state: Standing,
    /// One sentence for the top of the screen.
    pub summary: String,
    /// The ids of the rules that have fired.
    pub fired: Vec<String>,
    /// The ids of the rules that wait for a fact and could still raise the grade.
    pub open: Vec<String>,
    /// Every rule of the tables, in their order.
    pub rules: Vec<Trace>,
    /// What to ask next, most useful first; empty when settled.
    pub questions: Vec<Question>,
    /// What to do now, for the floor.
    pub actions: Vec<Proposed>,
}

impl Assessment {
    /// The place of a grade in the list, 0 for the lowest.
    #[must_use]
    pub fn rank(&self, grade: &str) -> Option<usize> {
        self.grades.iter().position(|g| g == grade)
    }

    /// The place of the floor.
    #[must_use]
    pub fn floor_rank(&self) -> Option<usize> {
        self.floor.as_deref().and_then(|g| self.rank(g))
    }

    /// The place of the ceiling.
    #[must_use]
    pub fn ceiling_rank(&self) -> Option<usize> {
        self.ceiling.as_deref().and_then(|g| self.rank(g))
    }
}

/// Whether floor and ceiling are the same grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// There is a grade and no missing fact can raise it.
    Settled,
    /// A missing fact could raise the grade, or there is no grade.
    Open,
}

/// What became of one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The table it stands in, by name.
    pub table: String,
    /// The rule's number in its table, from 1.
    pub number: usize,
    /// The rule's id.
    pub rule: String,
    /// The grade it proposes.
    pub grade: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The same in a plain sentence.
    pub sentence: String,
}

/// The three things that can become of a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// Every cell holds.
    Fired {
        /// The cells and the values that made them hold.
        because: Vec<Held>,
    },
    /// At least one cell does not hold.
    NotFired {
        /// The cells that failed and the values that made them fail.
        failed: Vec<Held>,
    },
    /// No cell has failed, and at least one waits for a fact.
    Undetermined {
        /// The facts it needs.
        needs: Vec<Need>,
    },
}

/// A cell and the value it was tested on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The fact's name.
    pub fact: String,
    /// The condition as written.
    pub test: String,
    /// The fact's value.
    pub value: Value,
}

/// A fact that a rule waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// The fact's name.
    pub fact: String,
    /// Why there is no value.
    pub state: FactState,
}

/// A question whose answer could settle rules above the floor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The fact's name.
    pub fact: String,
    /// The neutral wording in which to ask.
    pub ask: String,
    /// Why there is no value yet: a refused fact comes last and should come from another source.
    pub state: FactState,
    /// Where else to ask, where it was asked and nobody could or would say.
    pub elsewhere: Option<String>,
    /// The ids of the undetermined rules above the floor that wait for it.
    pub settles: Vec<String>,
    /// The highest grade among those rules.
    pub up_to: String,
    /// The same in a plain sentence.
    pub sentence: String,
}

/// Something to do, with the rules that speak for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// What to do.
    pub action: String,
    /// By when, as written.
    pub deadline: String,
    /// The deadline in minutes from the proposal, 0 for at once; none where it is not a length of time.
    pub deadline_minutes: Option<u32>,
    /// The role that does it.
    pub role: String,
    /// `remove`, `avoid`, `reduce` or `accept` the risk, when the file says.
    pub safeguarding: Option<String>,
    /// Whether law or policy leaves no choice: refusing it takes a reason and a supervisor.
    pub must: bool,
    /// The grade from which it is proposed.
    pub from: String,
    /// The ids of the fired rules that speak for it.
    pub because: Vec<String>,
    /// The same in a plain sentence.
    pub reason: String,
}
