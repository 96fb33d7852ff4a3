//! Strategies as data: what a strategy commits to, element by element, with where it is said, and how the elements of
//! one strategy answer those of another.
//!
//! A strategy is a file under `data/strategy`, written by people and checked as a whole when it is read. Ids are never
//! given another meaning; a version that was taken up is never changed. This module never says how well anything serves
//! an element: that is assessed elsewhere, by people.

mod check;
mod crosswalk;
mod follows;
mod held;
mod kind;
mod node;
mod read;

pub use check::{Loaded, load};
pub use crosswalk::{Coverage, Covered, Reach, Tie, coverage, ties};
pub(crate) use held::current;
pub use held::{Below, Held, View, published, strategies, take_up, view, view_published};
pub use kind::{Basis, ElementKind, Level, Relation};

use bluelamp_model::{Day, Fault, Faults};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use std::{borrow::Cow, collections::HashSet, fmt};

/// What a file of ours says of its own form.
pub const SCHEMA: &str = "bluelamp/strategy/1";

/// An element of some strategy: `national-2020:A1.1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The strategy's id.
    pub strategy: String,
    /// The element's id in it.
    pub element: String,
}

impl Reference {
    /// Reads a reference as it stands in a file, where an element of the same strategy is named by its id alone. None
    /// where a part is empty or there are more than two.
    #[must_use]
    pub fn parse(text: &str, own: &str) -> Option<Self> {
        let (strategy, element) = text.split_once(':').unwrap_or((own, text));
        let whole = !strategy.is_empty() && !element.is_empty() && !element.contains(':');
        whole.then(|| Self { strategy: strategy.to_owned(), element: element.to_owned() })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.strategy, self.element)
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Reference {
    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}

/// A place in one of the documents that a strategy was taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cited {
    /// The document's id, such as `S001`.
    pub document: String,
    /// Where in it, such as `s4`; empty for the whole document.
    pub section: String,
}

impl fmt::Display for Cited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.section.as_str() {
            "" => f.write_str(&self.document),
            section => write!(f, "{} {section}", self.document),
        }
    }
}

/// A document that a strategy was taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Document {
    /// Its id, which citations begin with.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// A period for which a source says that the strategy holds. Sources can differ; all are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Period {
    /// The first year.
    pub from: i16,
    /// The last year.
    pub to: i16,
    /// Where it is said.
    pub source: Vec<Cited>,
}

/// A gap in the sources, or a conflict between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Remark {
    /// What it is about: the code of a kind, an element's id, or other words.
    pub about: String,
    /// The documents that do not agree, where they are named.
    pub documents: Vec<String>,
    /// What is missing, or what each says.
    pub words: String,
}

/// A list that a source gives without ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Named {
    /// What it lists.
    pub name: String,
    /// Where it is said.
    pub source: Vec<Cited>,
    /// The element that it belongs to.
    pub about: Option<String>,
    /// What it holds.
    pub items: Vec<String>,
}

/// A number that an element sets as a goal.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Target {
    /// What is measured, such as `share_public_cloud`.
    pub measure: String,
    /// The goal.
    pub value: f64,
    /// Whether the source says "about".
    pub about: bool,
}

/// A number that a source states.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Figure {
    /// Which of the element's numbers it is.
    pub what: String,
    /// The number; a share lies between 0 and 1.
    pub value: f64,
    /// Its unit, such as `GBP`, `people` or `share`.
    pub unit: String,
}

/// One thing that a strategy says.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Element {
    /// Its id, which is never given another meaning.
    pub id: String,
    /// What kind of thing it is.
    pub kind: ElementKind,
    /// Its short name, as in the source or near it.
    pub name: String,
    /// What it means, in our own words.
    pub words: String,
    /// Where it is said.
    pub source: Vec<Cited>,
    /// What it is a part of.
    pub parent: Option<Reference>,
    /// The phase of the roadmap in which it is due.
    pub phase: Option<Reference>,
    /// What it brings nearer.
    pub serves: Vec<Reference>,
    /// What it gives rise to.
    pub drives: Vec<Reference>,
    /// The goal that it sets in numbers.
    pub target: Option<Target>,
    /// The numbers that it states.
    pub figures: Vec<Figure>,
    /// Whether the source's text had to be put together again: read the published document before quoting.
    pub reconstructed: bool,
    /// Whether its place, not its content, is concluded and not said.
    pub inferred: bool,
    /// Whether a force has added it to what it takes over from another strategy.
    pub local: bool,
    /// What else should be known.
    pub note: Option<String>,
    /// Its name in the version before, where the name was changed and the meaning was not.
    pub formerly: Option<String>,
    /// Since when it no longer counts. It stays in the file, so that what points at it is understood.
    pub retired: Option<Day>,
    /// The line of the file on which it begins.
    #[serde(skip)]
    pub line: u64,
}

/// An element of another strategy that this one takes over as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Adopted {
    /// The element.
    pub element: Reference,
    /// What this strategy calls it, such as `priority area`.
    pub label: String,
    /// Whether a source says so.
    pub basis: Basis,
    /// How, or with what answer.
    pub reason: String,
    /// Its line in the file.
    #[serde(skip)]
    pub line: u64,
}

/// How an element of this strategy stands to one of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Link {
    /// The element of this strategy.
    pub from: Reference,
    /// The other.
    pub to: Reference,
    /// How the first stands to the second.
    pub relation: Relation,
    /// Whether a source says so.
    pub basis: Basis,
    /// Why.
    pub reason: String,
    /// Its line in the file.
    #[serde(skip)]
    pub line: u64,
}

/// A version of a strategy, read and sound in itself.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Strategy {
    /// Its id, the same in every version.
    pub id: String,
    /// Its version: three numbers. A text that was taken up under a version is never changed.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Whose strategy it is.
    pub level: Level,
    /// The role that keeps the file up to date.
    pub owner: String,
    /// The latest day of the documents that it was taken from.
    pub as_of: Day,
    /// Whether everybody may read it here.
    pub public: bool,
    /// What it is, and what it is here for.
    pub about: String,
    /// For which years it holds, by each source.
    pub periods: Vec<Period>,
    /// The documents that it was taken from.
    pub sources: Vec<Document>,
    /// Where sources do not agree. All that they say is kept.
    pub conflicts: Vec<Remark>,
    /// What the sources lack.
    pub gaps: Vec<Remark>,
    /// Lists that the sources give without ids.
    pub lists: Vec<Named>,
    /// What it says, in the order of the file.
    pub elements: Vec<Element>,
    /// What it takes over from another strategy.
    pub adopts: Vec<Adopted>,
    /// How its elements stand to those of other strategies.
    pub crosswalk: Vec<Link>,
    /// SHA-256 of its text, in hex.
    pub digest: String,
}

impl Strategy {
    /// Reads a strategy, and checks all of it that can be judged without another file. `file` is how the person names it.
    ///
    /// # Errors
    /// Every mistake, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let (strategy, faults) = Self::examine(file, text)?;
        Faults(faults).or(strategy)
    }

    /// The same, with what could be read where there are mistakes: good for finding more of them and for nothing else.
    fn examine(file: &str, text: &str) -> Result<(Self, Vec<Fault>), Faults> {
        let read::Read { strategy, mut faults, unread } = read::read(file, text)?;
        // What was not read right is not said to be wrong a second time.
        let told: HashSet<_> = faults.iter().map(|f| (f.line, f.field.clone())).collect();
        let meant = check::alone(file, &strategy, &unread);
        faults.extend(meant.into_iter().filter(|f| !told.contains(&(f.line, f.field.clone()))));
        faults.sort();
        Ok((strategy, faults))
    }

    /// The element with that id, retired or not.
    #[must_use]
    pub fn element(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|e| e.id == id)
    }

    /// The reference by which other files name an element of this strategy.
    #[must_use]
    pub fn reference(&self, element: &str) -> Reference {
        Reference { strategy: self.id.clone(), element: element.to_owned() }
    }

    /// The elements of one kind, in the order of the file.
    pub fn of_kind(&self, kind: ElementKind) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(move |e| e.kind == kind)
    }

    /// What is a part of an element, or due in it where it is a phase.
    pub fn children<'a>(&'a self, element: &'a str) -> impl Iterator<Item = &'a Element> {
        let this = self.reference(element);
        self.elements.iter().filter(move |e| e.above().any(|up| *up == this))
    }

    /// What of this strategy brings an element nearer.
    pub fn serving<'a>(&'a self, element: &'a Reference) -> impl Iterator<Item = &'a Element> {
        self.elements.iter().filter(move |e| e.serves.contains(element))
    }

    /// The version's three numbers, by which versions are put in order.
    #[must_use]
    pub fn order(&self) -> (u64, u64, u64) {
        numbers(&self.version).unwrap_or_default()
    }
}

impl Element {
    /// What it is a part of: its parent, and the phase in which it is due.
    pub fn above(&self) -> impl Iterator<Item = &Reference> {
        self.parent.iter().chain(&self.phase)
    }

    /// Everything of which it says that it is tied to it.
    pub fn refers_to(&self) -> impl Iterator<Item = (&'static str, &Reference)> {
        let parent = self.parent.iter().map(|r| ("parent", r));
        let phase = self.phase.iter().map(|r| ("phase", r));
        let serves = self.serves.iter().map(|r| ("serves", r));
        parent.chain(phase).chain(serves).chain(self.drives.iter().map(|r| ("drives", r)))
    }
}

/// The three numbers of a version, or none where it has another form.
fn numbers(version: &str) -> Option<(u64, u64, u64)> {
    let mut parts = version.split('.').map(|part| {
        let plain = part.bytes().all(|b| b.is_ascii_digit()) && (part == "0" || !part.starts_with('0'));
        if plain { part.parse::<u64>().ok() } else { None }
    });
    let three = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(three)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_three_numbers() {
        assert_eq!(numbers("1.10.0"), Some((1, 10, 0)));
        for wrong in ["", "1", "1.0", "1.0.0.0", "1.0.x", "01.0.0", "1.0.0-rc", "-1.0.0", "1..0"] {
            assert_eq!(numbers(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_reference_names_its_own_strategy_where_it_names_none() {
        let read = |text| Reference::parse(text, "own").map(|r| r.to_string());
        assert_eq!(read("A1"), Some("own:A1".into()));
        assert_eq!(read("national-2020:A1.1"), Some("national-2020:A1.1".into()));
        for wrong in ["", ":A1", "own:", "a:b:c"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
