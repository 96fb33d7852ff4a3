//! The parts of a definition, as its file gives them.

use crate::facts::distinct;
use crate::{Facts, UnaryTests};
use bluelamp_model::Fault;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One threat, harm and risk definition: everything its file says, checked and ready to be evaluated.
///
/// It is only made by [`Definition::parse`] and [`Definition::load`] from a file's text and by
/// [`Definition::compiled`] from its own JSON, the form in which a device without the parser carries it. All of them
/// check that its parts agree.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "crate::compiled::Unchecked")]
#[non_exhaustive]
pub struct Definition {
    /// Who answers for it, which version it is and what its grades are.
    pub header: Header,
    /// Its name for people, from the file's first heading.
    pub title: String,
    /// The fact dictionary, in the order of the file.
    pub facts: Vec<FactEntry>,
    /// The names of the decision tables, in the order of the file.
    pub tables: Vec<String>,
    /// The rules of all decision tables, in the order of the file.
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    #[serde(with = "grade_names")]
    pub grades: Vec<Grade>,
    /// After how many minutes a decision is looked at again, by grade; none where the file sets no clock.
    pub review_minutes: Vec<Option<u32>>,
    /// What calls for another look before the clock does.
    pub triggers: Vec<Trigger>,
    /// Within how many minutes a supervisor looks at a grade below the floor; none where the file does not say.
    pub supervisor_within_minutes: Option<u32>,
    /// When an officer sees what the definition proposes.
    pub result: ResultShown,
    /// Values a force sets itself; a cell of the table uses them by name.
    #[serde(deserialize_with = "parameters")]
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

/// What calls for another assessment before the review clock does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// Something more is known.
    NewFact,
    /// A person said that another incident belongs to this one.
    LinkedIncident,
    /// The same people reported again.
    RepeatCall,
    /// An order, bail condition or agreement was broken.
    Breach,
}

impl Trigger {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 4] = [Self::NewFact, Self::LinkedIncident, Self::RepeatCall, Self::Breach];

    /// The stable code, as it stands in the header.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NewFact => "new-fact",
            Self::LinkedIncident => "linked-incident",
            Self::RepeatCall => "repeat-call",
            Self::Breach => "breach",
        }
    }
}

/// When an officer sees what a definition proposes. Whoever reads a grade first is drawn towards it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResultShown {
    /// At once.
    #[default]
    AtOnce,
    /// After they have put down the grade that they would give themselves.
    AfterOwnGrade,
}

impl ResultShown {
    /// The stable code, as it stands in the header.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::AtOnce => "at-once",
            Self::AfterOwnGrade => "after-own-grade",
        }
    }
}

/// A harm index and its edition; figures from different editions must not be mixed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// All of them, in the order in which a version goes through them.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Shadow, Self::Live, Self::Retired];

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

/// A grade of a definition. Grades compare by rank, so `None < Some(lowest) < Some(highest)`. In what people and
/// programs read it is its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grade {
    /// Place in the header's list, 0 for the lowest.
    pub rank: usize,
    /// The name, such as `HIGH`.
    pub name: String,
}

/// Grades as the list of their names.
mod grade_names {
    use super::Grade;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(grades: &[Grade], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(grades.iter().map(|g| &g.name))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Grade>, D::Error> {
        let names = Vec::<String>::deserialize(d)?;
        Ok(names.into_iter().enumerate().map(|(rank, name)| Grade { rank, name }).collect())
    }
}

/// Refuses a name that comes twice.
fn parameters<'de, D: Deserializer<'de>>(d: D) -> Result<BTreeMap<String, Value>, D::Error> {
    distinct(d, "parameter")
}

/// Places in lists, read as 32 bits wherever this runs: a device and a server must refuse the same.
mod place {
    use serde::{Deserialize, Deserializer};

    fn wide(place: u32) -> usize {
        place as usize
    }

    pub(super) fn one<'de, D: Deserializer<'de>>(d: D) -> Result<usize, D::Error> {
        u32::deserialize(d).map(wide)
    }

    pub(super) fn list<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<usize>, D::Error> {
        Ok(Vec::deserialize(d)?.into_iter().map(wide).collect())
    }

    pub(super) fn perhaps<'de, D: Deserializer<'de>>(d: D) -> Result<Option<usize>, D::Error> {
        Ok(Option::deserialize(d)?.map(wide))
    }

    pub(super) fn perhaps_list<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Vec<usize>>, D::Error> {
        let places: Option<Vec<u32>> = Option::deserialize(d)?;
        Ok(places.map(|places| places.into_iter().map(wide).collect()))
    }

    /// What is there was asked for, be it null.
    pub(super) fn asked<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<usize>>, D::Error> {
        perhaps(d).map(Some)
    }
}

/// One row of the fact dictionary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// After how many minutes a value is too old, when it can be.
    pub stale_after_minutes: Option<u32>,
    /// Where else to ask when nobody knows; an unknown fact is open whatever stands here.
    pub when_unknown: Option<String>,
    /// Which values are the more harmful, where the file says: an answer that is worse may never lower the floor.
    pub worse: Option<Worse>,
    /// Why it is asked though no rule uses it, or anything else worth saying.
    pub note: Option<String>,
    /// Its line in the file, from 1.
    pub line: u64,
}

/// Which values of a fact are the more harmful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Worse {
    /// `true` is worse than `false`.
    True,
    /// `false` is worse than `true`.
    False,
    /// More is worse; of a choice, the later value is.
    Higher,
    /// Less is worse; of a choice, the earlier value is.
    Lower,
}

/// The values a fact can take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// One row of a decision table: when every cell holds, the incident is at least of this grade.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Which table it stands in: a place in [`Definition::tables`].
    #[serde(deserialize_with = "place::one")]
    pub table: usize,
    /// Its number in its table, from 1.
    #[serde(deserialize_with = "place::one")]
    pub number: usize,
    /// Its stable name, unique in the definition.
    pub id: String,
    /// The grade it proposes: a place in the header's list.
    #[serde(deserialize_with = "place::one")]
    pub grade: usize,
    /// The reason a person reads.
    pub reason: String,
    /// Its conditions; a cell with `-` sets none and is left out.
    pub cells: Vec<Cell>,
    /// Its line in the file, from 1.
    pub line: u64,
}

/// One condition of a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Which fact it looks at: a place in [`Definition::facts`].
    #[serde(deserialize_with = "place::one")]
    pub fact: usize,
    /// The condition as written, with the value of each parameter beside it.
    pub text: String,
    /// The condition, ready to be tested.
    pub test: UnaryTests,
}

/// Something to do from a grade upwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// The lowest grade at which it is proposed: a place in the header's list.
    #[serde(deserialize_with = "place::one")]
    pub grade: usize,
    /// Only where one of these rules has fired: places in [`Definition::rules`]; empty for "whichever did".
    #[serde(deserialize_with = "place::list")]
    pub rules: Vec<usize>,
    /// Whether law or policy leaves no choice: refusing it takes a reason and a supervisor.
    pub must: bool,
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

/// Facts and what the definition must make of them. Rules are places in [`Definition::rules`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it is about.
    pub name: String,
    /// The facts; what is not listed was not asked.
    pub facts: Facts,
    /// The rank of the floor it must give; none for "no grade yet".
    #[serde(deserialize_with = "place::perhaps")]
    pub floor: Option<usize>,
    /// The rank of the ceiling it must give, where the case says so; `Some(None)` for "no grade". In JSON it is left out
    /// where the case does not say, and null for "no grade".
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "place::asked")]
    pub ceiling: Option<Option<usize>>,
    /// The rules that could still raise the grade, where the case says so.
    #[serde(deserialize_with = "place::perhaps_list")]
    pub open: Option<Vec<usize>>,
    /// The rules that must have fired, where the case says so.
    #[serde(deserialize_with = "place::perhaps_list")]
    pub fired: Option<Vec<usize>>,
    /// Its line in the file, from 1.
    pub line: u64,
}

impl Definition {
    /// The place of a fact in the dictionary, by its name.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<usize> {
        self.facts.iter().position(|f| f.name == name)
    }

    /// The name of the grade of this rank.
    #[must_use]
    pub fn grade(&self, rank: usize) -> &str {
        self.header.grades.get(rank).map_or("", |g| g.name.as_str())
    }
}
