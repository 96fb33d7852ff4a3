//! A Fellegi–Sunter model as data: a prior, and for each field levels of agreement with their m and u.

use super::compare::{self, Dates};
use super::record::{Field, Kind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How pairs of one kind are weighed.
///
/// weight = log2(λ/(1−λ)) + Σ log2(m/u), probability = 1/(1+2^−weight), with λ the prior.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// What it is for; subjects of other kinds have nothing to compare.
    pub kind: Kind,
    /// λ: the share of all pairs of two records that are one thing. With N records and k other records of the
    /// same thing on average, k/N. Set it to the size of what is held.
    pub prior: f64,
    /// One entry per field, in the order in which they are shown.
    pub comparisons: Vec<FieldModel>,
    /// Share of records with each normalised value, for fields whose levels have a `tf_weight`. Optional.
    #[serde(default)]
    pub frequencies: BTreeMap<Field, BTreeMap<String, f64>>,
    /// Where a weight is called strong or possible.
    pub bands: Bands,
}

/// How one field is compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldModel {
    /// Name for people, "date of birth".
    pub name: String,
    /// The field.
    pub field: Field,
    /// Compared only where this other field has no value on one side: a postcode settles the town, and counting
    /// both would count one thing twice.
    #[serde(default)]
    pub only_without: Option<Field>,
    /// The first level that holds counts.
    pub levels: Vec<Level>,
}

/// One degree of agreement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Short name for tables and charts.
    pub label: String,
    /// When it holds.
    pub test: Test,
    /// Probability of this level in pairs that are one thing. Not used by [`Test::Missing`].
    #[serde(default)]
    pub m: f64,
    /// Probability of this level in pairs that are not.
    #[serde(default)]
    pub u: f64,
    /// How much of the term-frequency adjustment applies, 0 to 1.
    #[serde(default)]
    pub tf_weight: f64,
    /// No value counts as rarer than this in the adjustment: in a small table a value seen once says little.
    #[serde(default)]
    pub tf_minimum_u: f64,
    /// True if two such values can hardly both be right of one thing (two dates of birth, two VINs).
    #[serde(default)]
    pub contradicts: bool,
}

/// A condition on two normalised values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// At least one side has no value. Always weight 0.
    Missing,
    /// Equal, and as complete as the field gets (a year alone is not an exact date of birth).
    Exact,
    /// Given and family name of one are family and given name of the other.
    Swapped,
    /// Jaro–Winkler similarity of at least this.
    JaroWinkler(f64),
    /// At most this many edits apart (Damerau–Levenshtein).
    Edits(usize),
    /// Forms of one given name.
    Nickname,
    /// All words of one are in the other.
    Words,
    /// One is the other's first letter.
    Initial,
    /// Dates at least this close.
    Date(DateLevel),
    /// Same outward half of the postcode.
    District,
    /// Same part before the @.
    LocalPart,
    /// Equal but for characters that look alike.
    LookAlike,
    /// The same last so many characters.
    Last(usize),
    /// Same numbers in the address, and Jaro–Winkler similarity of at least this.
    SameNumbers(f64),
    /// Different numbers in the address, and Jaro–Winkler similarity of at least this: neighbours.
    OtherNumbers(f64),
    /// Any of these.
    AnyOf(Vec<Test>),
    /// Everything that is left.
    Else,
}

/// How close two dates must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateLevel {
    /// One digit other, day and month exchanged, or the same year and month as far as known.
    Near,
    /// The same year.
    Year,
}

/// Where weights are called strong or possible: bits of evidence over even odds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bands {
    /// At least this is strong, unless the parts contradict too often.
    pub strong: f64,
    /// At least this is possible; below is weak.
    pub possible: f64,
    /// The most contradicting parts a strong pair may have. More make it possible at best: twins and other
    /// members of a household agree in name, address and phone.
    pub contradictions: usize,
}

/// How far a comparison goes. None of them is a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Not worth an officer's time without another reason.
    Weak,
    /// Worth a look.
    Possible,
    /// Very likely the same; still a person's decision.
    Strong,
}

/// m and u are kept away from 0 and 1, so that no model gives an infinite weight.
const LEAST: f64 = 1e-12;

pub(crate) fn bits(odds_for: f64, odds_against: f64) -> f64 {
    let sound = |p: f64| if p.is_nan() { LEAST } else { p.clamp(LEAST, 1.0) };
    (sound(odds_for) / sound(odds_against)).log2()
}

impl Model {
    /// log2(λ/(1−λ)): the weight before anything is compared.
    pub fn prior_weight(&self) -> f64 {
        bits(self.prior, 1.0 - self.prior)
    }

    /// The band of a weight with so many contradicting parts.
    pub fn band(&self, weight: f64, contradictions: usize) -> Band {
        match weight {
            w if w >= self.bands.strong && contradictions <= self.bands.contradictions => Band::Strong,
            w if w >= self.bands.possible => Band::Possible,
            _ => Band::Weak,
        }
    }

    /// Everything wrong with a model that a person wrote, each as a sentence; empty if sound.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let open = |p: f64| p > 0.0 && p < 1.0;
        if !open(self.prior) {
            faults.push(format!("prior is {}: give a number between 0 and 1", self.prior));
        }
        if self.bands.strong.is_nan()
            || self.bands.possible.is_nan()
            || self.bands.strong < self.bands.possible
        {
            faults.push("bands: strong must not be less than possible".to_owned());
        }
        for (at, comparison) in self.comparisons.iter().enumerate() {
            let name = &comparison.name;
            if self.comparisons[..at].iter().any(|other| other.field == comparison.field) {
                faults.push(format!("{name}: its field is compared twice, so it would count twice"));
            }
            let counted = || comparison.levels.iter().filter(|level| level.test != Test::Missing);
            for level in counted().filter(|level| !open(level.m) || !open(level.u)) {
                faults.push(format!("{name}, {}: m and u must be between 0 and 1", level.label));
            }
            let sums = [
                ("m", counted().map(|level| level.m).sum::<f64>()),
                ("u", counted().map(|level| level.u).sum()),
            ];
            for (which, sum) in sums.into_iter().filter(|(_, sum)| *sum > 1.001) {
                faults.push(format!("{name}: {which} of all levels together is {sum:.3}, more than 1"));
            }
            if comparison.levels.last().is_none_or(|level| level.test != Test::Else) {
                faults.push(format!("{name}: the last level must be \"else\""));
            }
        }
        faults
    }
}

impl FieldModel {
    /// The first level that holds for two normalised values, and the single test in it that did. `swapped` says
    /// whether the names that they belong to are each other's the other way round.
    pub(crate) fn level(
        &self,
        left: Option<&str>,
        right: Option<&str>,
        swapped: bool,
    ) -> Option<(&Level, &Test)> {
        let (Some(left), Some(right)) = (left, right) else {
            return self
                .levels
                .iter()
                .find(|level| level.test == Test::Missing)
                .map(|level| (level, &level.test));
        };
        self.levels
            .iter()
            .find_map(|level| level.test.holds(self.field, left, right, swapped).map(|test| (level, test)))
    }
}

impl Test {
    fn holds(&self, field: Field, left: &str, right: &str, swapped: bool) -> Option<&Self> {
        let dates = || compare::dates(left, right);
        let partial = match field {
            Field::BirthDate => left.len() < 10,
            Field::Postcode => compare::district(left) == left,
            _ => false,
        };
        let holds = match self {
            Self::Missing => false,
            Self::Exact => left == right && !partial,
            Self::Swapped => swapped,
            Self::JaroWinkler(least) => compare::jaro_winkler(left, right) >= *least,
            Self::Edits(most) => compare::damerau_levenshtein(left, right) <= *most,
            Self::Nickname => compare::nickname(left, right),
            Self::Words => compare::words_within(left, right),
            Self::Initial => compare::initial(left, right),
            Self::Date(DateLevel::Near) => dates() <= Dates::YearMonth,
            Self::Date(DateLevel::Year) => dates() <= Dates::Year,
            Self::District => compare::district(left) == compare::district(right),
            Self::LocalPart => left.split('@').next() == right.split('@').next(),
            Self::LookAlike => compare::look(left) == compare::look(right),
            Self::Last(count) => {
                left.chars().count() >= *count
                    && left.chars().rev().take(*count).eq(right.chars().rev().take(*count))
            }
            Self::SameNumbers(least) => {
                compare::numbers(left) == compare::numbers(right)
                    && compare::jaro_winkler(left, right) >= *least
            }
            Self::OtherNumbers(least) => {
                let (a, b) = (compare::numbers(left), compare::numbers(right));
                !a.is_empty() && !b.is_empty() && a != b && compare::jaro_winkler(left, right) >= *least
            }
            Self::AnyOf(tests) => {
                return tests.iter().find_map(|test| test.holds(field, left, right, swapped));
            }
            Self::Else => true,
        };
        holds.then_some(self)
    }
}
