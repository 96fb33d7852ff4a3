//! What another version makes of past snapshots, counted before it is used.
//!
//! One pass, in the order in which the snapshots come; what is kept does not grow with them. Nothing is regraded by
//! it: it tells the people who answer for a definition what would be different, and which reports to look at.

use crate::{Definition, Evaluation, Facts, Observations};
use bluelamp_model::{FieldError, Time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What was known about one incident when it was assessed. It may hold the facts of many definitions: each looks at
/// those that its dictionary names, as [`Definition::known_part`] says.
#[derive(Clone, Debug, PartialEq)]
pub enum Snapshot {
    /// The facts of that moment.
    Facts(Facts),
    /// What the sources had said, and the moment at which it is to be seen.
    Told(Observations, Option<Time>),
}

impl From<Facts> for Snapshot {
    fn from(facts: Facts) -> Self {
        Self::Facts(facts)
    }
}

/// Past snapshots under two versions of a definition, or under one where there is nothing to compare it with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regrade {
    /// The id of the definition.
    pub definition: String,
    /// The version that is compared with; none where there is none.
    pub old: Option<Edition>,
    /// The version that is tried.
    pub new: Edition,
    /// How many snapshots there were: those compared and those not.
    pub given: u64,
    /// How many both versions could evaluate; where there is no old one, how many the new one could.
    pub compared: u64,
    /// From which floor to which.
    pub floors: Moves,
    /// From which ceiling to which.
    pub ceilings: Moves,
    /// How many of those compared are settled under the new version.
    pub settled: u64,
    /// How many of those compared are open under the new version.
    pub open: u64,
    /// How many were open under the old version and are settled under the new one.
    pub became_settled: u64,
    /// How many were settled under the old version and are open under the new one.
    pub became_open: u64,
    /// Those that could not be compared, and why.
    pub not_compared: NotCompared,
    /// Facts that the old version names and the new one does not, with the number of readable snapshots that hold
    /// something under that name: the new version looks past it.
    pub no_longer_named: BTreeMap<String, u64>,
}

/// Which version it was, to the byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// The definition's version.
    pub version: String,
    /// SHA-256 of its text, in hex.
    pub digest: String,
    /// Its grades, lowest first.
    pub grades: Vec<String>,
}

/// How many snapshots went from which grade to which.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moves {
    /// Each pair of grades, also those that no snapshot went through: by the old grade, then by the new one, "no grade"
    /// first. Where there is no old version, one row whose old grade is none.
    pub cells: Vec<Move>,
    /// How many went up; from "no grade" to any grade is up.
    pub raised: u64,
    /// How many went down.
    pub lowered: u64,
    /// How many stayed.
    pub unchanged: u64,
    /// How many had a grade that the new version does not have, so that neither is the higher.
    pub not_comparable: u64,
}

/// The snapshots that went from one grade to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The grade under the old version; none for "no grade", and where there is no old version.
    pub old: Option<String>,
    /// The grade under the new version; none for "no grade".
    pub new: Option<String>,
    /// How many.
    pub count: u64,
    /// Keys of the first of them, where the grade is another.
    pub examples: Vec<String>,
}

/// Snapshots without a place in the matrix. None is left out without being counted here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCompared {
    /// Not to be read at all.
    pub unreadable: u64,
    /// Refused by the old version only.
    pub by_old: u64,
    /// Refused by the new version only: it would have nothing to say where the old one had.
    pub by_new: u64,
    /// Refused by both.
    pub by_both: u64,
    /// How many snapshots the old version refused with each code of [`Definition::evaluate`] or
    /// [`Definition::facts_at`]; one that has several codes counts under each.
    pub old_codes: BTreeMap<String, u64>,
    /// The same for the new version.
    pub new_codes: BTreeMap<String, u64>,
    /// Keys of the first of them.
    pub examples: Vec<String>,
}

/// Evaluates every snapshot under both versions and counts what is different. A snapshot comes with its key, and with
/// an error of the caller's where it could not be read. At most `examples` keys are kept for each cell.
///
/// A snapshot of [`Snapshot::Told`] goes stale by each version's own dictionary.
pub fn regrade<K: AsRef<str>, E>(
    old: Option<&Definition>,
    new: &Definition,
    snapshots: impl IntoIterator<Item = (K, Result<Snapshot, E>)>,
    examples: usize,
) -> Regrade {
    let mut regrading = Regrading::new(old, new, examples);
    for (key, snapshot) in snapshots {
        match snapshot {
            Ok(snapshot) => regrading.add(key.as_ref(), &snapshot),
            Err(_) => regrading.unreadable(key.as_ref()),
        }
    }
    regrading.finish()
}

/// [`regrade`] for a caller that hands over one snapshot after another.
#[derive(Debug)]
pub struct Regrading<'d> {
    old: Option<&'d Definition>,
    new: &'d Definition,
    examples: usize,
    floors: Grid,
    ceilings: Grid,
    /// The place of each old grade in the new version's list, 0 for "no grade" in both.
    scale: Vec<Option<usize>>,
    no_longer_named: Vec<(&'d str, u64)>,
    counted: Counted,
    not_compared: NotCompared,
}

#[derive(Debug, Default)]
struct Counted {
    given: u64,
    compared: u64,
    settled: u64,
    open: u64,
    became_settled: u64,
    became_open: u64,
}

impl<'d> Regrading<'d> {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(old: Option<&'d Definition>, new: &'d Definition, examples: usize) -> Self {
        let place = |name: &str| new.header.grades.iter().position(|g| g.name == name).map(|rank| rank + 1);
        let names = old.into_iter().flat_map(|d| &d.header.grades).map(|g| place(&g.name));
        let scale: Vec<Option<usize>> = std::iter::once(Some(0)).chain(names).collect();
        let columns = new.header.grades.len() + 1;
        let grid = || Grid { columns, cells: vec![(0, Vec::new()); columns * scale.len()] };
        let gone = old.into_iter().flat_map(|d| &d.facts).filter(|f| new.fact(&f.name).is_none());
        Self {
            old,
            new,
            examples,
            floors: grid(),
            ceilings: grid(),
            no_longer_named: gone.map(|f| (f.name.as_str(), 0)).collect(),
            scale,
            counted: Counted::default(),
            not_compared: NotCompared::default(),
        }
    }

    /// Counts one snapshot.
    pub fn add(&mut self, key: &str, snapshot: &Snapshot) {
        self.counted.given += 1;
        for (name, count) in &mut self.no_longer_named {
            let held = match snapshot {
                Snapshot::Facts(facts) => facts.0.contains_key(*name),
                Snapshot::Told(told, _) => told.0.contains_key(*name),
            };
            *count += u64::from(held);
        }
        let was = self.old.map(|d| evaluate(d, snapshot)).transpose();
        let is = evaluate(self.new, snapshot);
        match (was, is) {
            (Ok(was), Ok(is)) => self.compare(key, was.as_ref(), &is),
            (was, is) => {
                let failed = &mut self.not_compared;
                let by = match (&was, &is) {
                    (Err(_), Err(_)) => &mut failed.by_both,
                    (Err(_), Ok(_)) => &mut failed.by_old,
                    (Ok(_), _) => &mut failed.by_new,
                };
                *by += 1;
                count_codes(&mut failed.old_codes, was.err());
                count_codes(&mut failed.new_codes, is.err());
                self.example_not_compared(key);
            }
        }
    }

    /// Counts one snapshot that could not be read.
    pub fn unreadable(&mut self, key: &str) {
        self.counted.given += 1;
        self.not_compared.unreadable += 1;
        self.example_not_compared(key);
    }

    fn example_not_compared(&mut self, key: &str) {
        let examples = &mut self.not_compared.examples;
        if examples.len() < self.examples {
            examples.push(key.to_owned());
        }
    }

    fn compare(&mut self, key: &str, was: Option<&Evaluation>, is: &Evaluation) {
        self.counted.compared += 1;
        if is.settled() {
            self.counted.settled += 1;
        } else {
            self.counted.open += 1;
        }
        if let Some(was) = was {
            self.counted.became_settled += u64::from(is.settled() && !was.settled());
            self.counted.became_open += u64::from(was.settled() && !is.settled());
        }
        for (grid, was, is) in [
            (&mut self.floors, was.map(|w| w.floor), is.floor),
            (&mut self.ceilings, was.map(|w| w.ceiling), is.ceiling),
        ] {
            let (row, column) = (place(was.flatten()), place(is));
            let other = was.is_some() && self.scale.get(row) != Some(&Some(column));
            let Some((count, examples)) = grid.cells.get_mut(row * grid.columns + column) else { continue };
            *count += 1;
            if other && examples.len() < self.examples {
                examples.push(key.to_owned());
            }
        }
    }

    /// What was counted.
    #[must_use]
    pub fn finish(self) -> Regrade {
        let edition = |d: &Definition| Edition {
            version: d.header.version.clone(),
            digest: d.digest.clone(),
            grades: d.header.grades.iter().map(|g| g.name.clone()).collect(),
        };
        let (old, new) = (self.old.map(edition), edition(self.new));
        let named = |(name, count): (&str, u64)| (name.to_owned(), count);
        let Counted { given, compared, settled, open, became_settled, became_open } = self.counted;
        Regrade {
            definition: self.new.header.id.clone(),
            floors: self.floors.moves(old.as_ref(), &new, &self.scale),
            ceilings: self.ceilings.moves(old.as_ref(), &new, &self.scale),
            old,
            new,
            given,
            compared,
            settled,
            open,
            became_settled,
            became_open,
            not_compared: self.not_compared,
            no_longer_named: self.no_longer_named.into_iter().map(named).collect(),
        }
    }
}

/// A version over the part of a snapshot that its dictionary names.
fn evaluate(definition: &Definition, snapshot: &Snapshot) -> Result<Evaluation, Vec<FieldError>> {
    match snapshot {
        Snapshot::Facts(facts) => Ok(definition.walk(&definition.known_slots(facts)?)),
        Snapshot::Told(told, at) => {
            definition.evaluate(&definition.facts_at(&definition.known_part_told(told), *at)?)
        }
    }
}

/// Each code once for a snapshot, however many of its facts have it.
fn count_codes(codes: &mut BTreeMap<String, u64>, errors: Option<Vec<FieldError>>) {
    let of_this: BTreeSet<String> = errors.into_iter().flatten().map(|e| e.code).collect();
    for code in of_this {
        *codes.entry(code).or_default() += 1;
    }
}

/// The row or column of a grade, 0 for "no grade".
fn place(rank: Option<usize>) -> usize {
    rank.map_or(0, |rank| rank + 1)
}

/// Counts and first keys, a row for each old grade and a column for each new one.
#[derive(Debug)]
struct Grid {
    columns: usize,
    cells: Vec<(u64, Vec<String>)>,
}

impl Grid {
    fn moves(self, old: Option<&Edition>, new: &Edition, scale: &[Option<usize>]) -> Moves {
        let name = |grades: &[String], place: usize| grades.get(place.checked_sub(1)?).cloned();
        let mut moves = Moves::default();
        for (at, (count, examples)) in self.cells.into_iter().enumerate() {
            let (row, column) = (at / self.columns, at % self.columns);
            if old.is_some() {
                let total = match scale.get(row).copied().flatten() {
                    None => &mut moves.not_comparable,
                    Some(was) if was < column => &mut moves.raised,
                    Some(was) if was > column => &mut moves.lowered,
                    Some(_) => &mut moves.unchanged,
                };
                *total += count;
            }
            let old = old.and_then(|old| name(&old.grades, row));
            moves.cells.push(Move { old, new: name(&new.grades, column), count, examples });
        }
        moves
    }
}
