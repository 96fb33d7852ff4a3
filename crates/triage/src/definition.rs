//! The parts of a definition, as its file gives them.

use crate::{Facts, UnaryTests};
use bluelamp_model::Fault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One threat, harm and risk definition: everything its file says, checked and ready to be evaluated.
///
/// It is only made by [`Definition::parse`] and [`Definition::load`], which check that its parts agree.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Definition {
    /// Who answers for it, which version it is and what its grades are.
    pub header: Header,
    /// Its name for people, from the file's first heading.
    pub title: String,
    /// The fact dictionary, in the order of the file.
    pub facts: Vec<FactEntry>,
    /// The decision table, in the order of the file.
    pub rules: Vec<Rule>,
    /// What to do from which grade upwards, in the order of the file.
    pub actions: Vec<Action>,
    /// Which devices, accounts and platforms to think of (Markdown).
    pub digital_exposure: String,
    /// What the definition must get right to be loaded.
    pub cases: Vec<Case>,
    /// SHA-256 of the file's bytes, in hex: names this exact text for ever.
    pub digest: String,
    /// What should be put right but does not stop a draft from being loaded.
    #[serde(skip)]
    pub notices: Vec<Fault>,
}

/// The YAML header. `data/definitions/definition.schema.json` is its JSON Schema.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Header {
    /// The stable name, such as `burglary`.
    pub id: String,
    /// Semantic version: the first number rises when an unchanged incident could get another grade.
    pub version: String,
    /// How far it has come.
    pub status: Status,
    /// The role that keeps it up to date.
    pub owner: String,
    /// The chief officer's role that answers for its use.
    pub accountable: String,
    /// The day by which it must have been looked at again, `YYYY-MM-DD`.
    pub review_by: String,
    /// The grades, lowest first.
    pub grades: Vec<Grade>,
    /// Values a force sets itself; a cell of the table uses them by name.
    pub parameters: BTreeMap<String, Value>,
    /// Law, guidance, policy and research it rests on.
    pub basis: Vec<String>,
    /// The harm index its figures would be given in, when there is one.
    pub harm_index: Option<HarmIndex>,
    /// Reference of the ethics assessment.
    pub ethics_assessment: Option<String>,
    /// Reference of the equality impact review.
    pub equality_review: Option<String>,
    /// Anything a reader must know before using it.
    pub note: Option<String>,
}

/// A harm index and its edition; figures from different editions must not be mixed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HarmIndex {
    /// Such as `ONS-CSS`.
    pub name: String,
    /// Such as `2016`.
    pub edition: String,
}

/// How far a definition has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Being written; not evaluated on real incidents.
    Draft,
    /// Evaluated and stored, shown to nobody operational.
    Shadow,
    /// Its proposals are shown.
    Live,
    /// Kept for the record of past proposals.
    Retired,
}

impl Status {
    /// The stable code, as it stands in the header.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Shadow => "shadow",
            Self::Live => "live",
            Self::Retired => "retired",
        }
    }
}

/// A grade of a definition. Grades compare by rank, so `None < Some(lowest) < Some(highest)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grade {
    /// Place in the header's list, 0 for the lowest.
    pub rank: usize,
    /// The name, such as `HIGH`.
    pub name: String,
}

/// One row of the fact dictionary.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactEntry {
    /// The name by which facts, table and cases call it.
    pub name: String,
    /// What values it takes.
    #[serde(rename = "type")]
    pub kind: FactType,
    /// The neutral wording in which to ask for it.
    pub ask: String,
    /// Which sorts of source it may come from; empty when the file does not say.
    pub sources: Vec<String>,
    /// After how many hours a value is too old, when it can be.
    pub stale_after_hours: Option<u32>,
    /// Why it is asked though no rule uses it, or anything else worth saying.
    pub note: Option<String>,
    /// Its line in the file, from 1.
    pub line: u64,
}

/// The values a fact can take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactType {
    /// `true` or `false`.
    YesNo,
    /// A number of at most fifteen digits.
    Number,
    /// Any text.
    Text,
    /// One of these texts, by convention from the least to the most serious.
    Choice(Vec<String>),
}

/// One row of the decision table: when every cell holds, the incident is at least of this grade.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    /// Its number in the table, from 1.
    pub number: usize,
    /// Its stable name, unique in the definition.
    pub id: String,
    /// The grade it proposes.
    pub grade: Grade,
    /// The reason a person reads.
    pub reason: String,
    /// Its conditions; a cell with `-` sets none and is left out.
    pub cells: Vec<Cell>,
    /// Its line in the file, from 1.
    pub line: u64,
}

/// One condition of a rule.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// Which fact it looks at: a place in [`Definition::facts`].
    pub fact: usize,
    /// The condition as written, with the value of each parameter beside it.
    pub text: String,
    /// The condition, ready to be tested.
    #[serde(skip)]
    pub test: UnaryTests,
}

/// Something to do from a grade upwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The lowest grade at which it is proposed.
    pub grade: Grade,
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
}

/// Facts and what the definition must make of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    /// What it is about.
    pub name: String,
    /// The facts; what is not listed was not asked.
    pub facts: Facts,
    /// The floor it must give; none for "no grade yet".
    pub floor: Option<Grade>,
    /// The ceiling it must give, where the case says so; `Some(None)` for "no grade".
    pub ceiling: Option<Option<Grade>>,
    /// The numbers of the rules that could still raise the grade, where the case says so.
    pub open: Option<Vec<usize>>,
    /// The numbers of the rules that must have fired, where the case says so.
    pub fired: Option<Vec<usize>>,
    /// Its line in the file, from 1.
    pub line: u64,
}
