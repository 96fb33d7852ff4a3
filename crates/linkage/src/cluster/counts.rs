//! How often each pattern occurs, together with columns that the model does not compare.

use super::pattern::Numbering;
use super::{Comparison, Evidence};

/// Columns outside the model that join as evidence, at most: each triples the patterns.
const MOST_EXTRAS: usize = 4;

/// The columns outside the model that join as evidence: sex, middle name, trusted identifiers.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    columns: usize,
    /// Record by record, so that a pair touches two lines of memory.
    rows: Vec<u32>,
}

impl Extras {
    /// Those of `evidence` that no comparison reads and that have a value for each record.
    pub fn new(records: u32, comparisons: &[Comparison], evidence: &[Evidence<'_>]) -> Self {
        let chosen = Self::chosen(records, comparisons, evidence);
        let mut rows = Vec::with_capacity(records as usize * chosen.len());
        for record in 0..records as usize {
            rows.extend(chosen.iter().map(|column| column.ids[record]));
        }
        Self { columns: chosen.len(), rows }
    }

    /// So many columns, whose values are elsewhere.
    pub(crate) fn without_records(columns: usize) -> Self {
        Self { columns: columns.min(MOST_EXTRAS), rows: Vec::new() }
    }

    pub(crate) fn chosen<'e>(
        records: u32,
        comparisons: &[Comparison],
        evidence: &'e [Evidence<'e>],
    ) -> Vec<&'e Evidence<'e>> {
        evidence
            .iter()
            .filter(|column| column.role.is_evidence())
            .filter(|column| !comparisons.iter().any(|c| c.columns.iter().any(|name| name == column.name)))
            .filter(|column| column.ids.len() >= records as usize)
            .take(MOST_EXTRAS)
            .collect()
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// How many outcomes there are.
    pub(super) fn outcomes(&self) -> usize {
        3_usize.pow(self.columns as u32)
    }

    /// The [`outcome`] for two records.
    pub(crate) fn outcome(&self, left: u32, right: u32) -> usize {
        let row = |record: u32| {
            self.rows.get(record as usize * self.columns..(record as usize + 1) * self.columns).unwrap_or(&[])
        };
        outcome(row(left).iter().copied().zip(row(right).iter().copied()))
    }
}

/// The outcome of two records' values, in base 3: for each column 0 where one is missing, 1 differs, 2 equal.
pub(crate) fn outcome(values: impl Iterator<Item = (u32, u32)>) -> usize {
    values.fold(0, |code, (a, b)| code * 3 + if a == 0 || b == 0 { 0 } else { 1 + usize::from(a == b) })
}

/// Pairs by their pattern and the outcome of [`Extras`].
#[derive(Clone, Debug)]
pub struct Counts {
    numbering: Numbering,
    outcomes: usize,
    /// By the number of a pattern, then by outcome: how many pairs, and the most bits that one of them has.
    places: Vec<(u64, f64)>,
}

const NONE: (u64, f64) = (0, f64::NEG_INFINITY);

impl Counts {
    /// No pairs yet.
    pub fn new(extras: &Extras) -> Self {
        Self { numbering: Numbering::new(), outcomes: extras.outcomes(), places: Vec::new() }
    }

    /// Counts pairs of at most `heaviest` bits, and says in which place.
    pub(crate) fn count(&mut self, pattern: u64, outcome: usize, pairs: u64, heaviest: f64) -> usize {
        let at = self.numbering.number(pattern) as usize * self.outcomes + outcome;
        if at >= self.places.len() {
            self.places.resize(self.numbering.patterns.len() * self.outcomes, NONE);
        }
        let place = &mut self.places[at];
        *place = (place.0 + pairs, place.1.max(heaviest));
        at
    }

    /// Counts what others counted too.
    pub(crate) fn add(&mut self, other: &Counts) {
        for (at, pattern, outcome, pairs) in other.iter() {
            self.count(pattern, outcome, pairs, other.heaviest(at));
        }
    }

    /// How many places there are.
    pub(super) fn places(&self) -> usize {
        self.places.len()
    }

    /// The most bits of a pair in a place.
    pub(super) fn heaviest(&self, place: usize) -> f64 {
        self.places[place].1
    }

    /// Where a pattern with an outcome is counted, if it ever was.
    pub(super) fn place(&self, pattern: u64, outcome: usize) -> Option<usize> {
        let at = self.numbering.find(pattern)? as usize * self.outcomes + outcome;
        (self.places.get(at)?.0 > 0).then_some(at)
    }

    /// Place, pattern, outcome and pairs of what occurs.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, u64, usize, u64)> {
        (0..self.places.len()).filter(|at| self.places[*at].0 > 0).map(|at| {
            (at, self.numbering.patterns[at / self.outcomes], at % self.outcomes, self.places[at].0)
        })
    }
}

/// Pairs that one [`Floor`] does not keep, counted where the floor has their pattern and outcome.
#[derive(Clone, Debug, Default)]
pub struct Weaker {
    places: Vec<(u64, f64)>,
}

impl Weaker {
    /// Adds what another part counted under the same floor.
    pub fn merge(&mut self, other: &Self) {
        self.places.resize(self.places.len().max(other.places.len()), NONE);
        for (place, (pairs, heaviest)) in self.places.iter_mut().zip(&other.places) {
            *place = (place.0 + pairs, place.1.max(*heaviest));
        }
    }
}

/// Which pairs are too weak to join anybody: by pattern and outcome the bits that a pair must exceed. A pair whose pattern
/// is not known is kept.
#[derive(Clone, Debug)]
pub struct Floor {
    numbering: Numbering,
    outcomes: usize,
    least: Vec<f64>,
}

impl Floor {
    /// A floor that keeps every pair.
    pub fn nowhere(extras: &Extras) -> Self {
        Self { numbering: Numbering::new(), outcomes: extras.outcomes(), least: Vec::new() }
    }

    /// Whether a pair may join two records; one that may not is counted.
    pub fn keeps(
        &self,
        extras: &Extras,
        (left, right): (u32, u32),
        pattern: u64,
        weight: f64,
        weaker: &mut Weaker,
    ) -> bool {
        let Some(number) = self.numbering.find(pattern) else { return true };
        let at = number as usize * self.outcomes + extras.outcome(left, right);
        // A weight that is not a number stays with those that are looked at one by one.
        match self.least.get(at) {
            Some(least) if weight <= *least => {
                if at >= weaker.places.len() {
                    weaker.places.resize(self.least.len(), NONE);
                }
                let place = &mut weaker.places[at];
                *place = (place.0 + 1, place.1.max(weight));
                false
            }
            _ => true,
        }
    }

    /// What was counted, by pattern and outcome.
    pub fn counts(&self, weaker: &Weaker) -> Counts {
        Counts { numbering: self.numbering.clone(), outcomes: self.outcomes, places: weaker.places.clone() }
    }

    /// Sets the floor of a pattern with an outcome.
    pub(super) fn set(&mut self, pattern: u64, outcome: usize, least: f64) {
        let at = self.numbering.number(pattern) as usize * self.outcomes;
        self.least.resize(self.least.len().max(at + self.outcomes), f64::NEG_INFINITY);
        self.least[at + outcome] = least;
    }
}
