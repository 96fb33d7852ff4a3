//! Records that are asked one at a time while they change: look up, add, change, delete.
//!
//! A record's keys lead to its candidates; they are weighed by the very code that weighs a batch, so that a pair has the
//! same weight bit for bit. The frequencies of values are those of the records that the index was made from, until it
//! is made anew.
//!
//! Clusters follow each change: records tied by pairs that better than even odds hold together form a component, and only
//! the component that a change touches is clustered again, by the function that clusters a batch. How the model is corrected
//! for households, namesakes and blocking ([`crate::cluster`]) is estimated when the index is made and stays so, as
//! frequencies do. A cluster keeps its id while most of its records stay together; what happens to it is told as
//! [`Event`]s. Nothing is merged.
//!
//! An index is opened from its file without being read: what lies there is used where it lies, and what comes or changes
//! is kept beside it until the index is written again.

mod clusters;
mod file;
mod keys;
mod people;
mod ties;

use crate::cluster::{Comparison, Frozen, Layout, Options, Role, Scored};
use crate::columns::Table;
use crate::comparisons::Rows;
use crate::dictionary::{Dictionary, NULL};
use crate::linker::{Limits, Linker, Worker, probability};
use crate::parallel;
use crate::predict::Ids;
use crate::settings::Settings;
use crate::shelf::Grid;
use crate::write::Of;
use clusters::Seen;
use hashbrown::{HashMap, HashSet};
use keys::Keys;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use ties::Ties;

/// A record that may be the same person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// Its id.
    pub id: String,
    /// The weight of the pair in bits.
    pub weight: f64,
    /// As a probability.
    pub probability: f64,
    /// Its cluster.
    pub cluster: u64,
}

/// What happened to a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A cluster that was not there before.
    Created {
        /// Its id.
        cluster: u64,
    },
    /// All of a cluster went into another.
    Joined {
        /// The one that is no more.
        cluster: u64,
        /// Where its records are now.
        into: u64,
    },
    /// Part of a cluster became another.
    Split {
        /// The one that keeps the id.
        cluster: u64,
        /// The new one.
        into: u64,
    },
    /// A cluster without records.
    Retired {
        /// Its id.
        cluster: u64,
    },
}

/// A model with its records, ready to be asked.
pub struct Index {
    linker: Linker,
    settings: Settings,
    rows: Grid<u32>,
    keys: Keys,
    /// The ids of records: the number of one is its record's, plus one.
    names: Dictionary,
    order: Order,
    /// How many records there were at the build: they stand in the order of their ids.
    built: u32,
    /// Records that were deleted.
    gone: HashSet<u32>,
    /// How many records there are that were not.
    alive: usize,
    ties: Ties,
    /// The cluster of each record; 0 where it is in none.
    labels: Grid<u64>,
    next_label: u64,
    /// For each record what people said of it and another: whether they are the same.
    said: HashMap<u32, BTreeMap<u32, bool>>,
    events: Vec<Event>,
    worker: Worker,
    people: People,
    seen: Mutex<Seen>,
    /// What pairs weigh within large components, which are clustered again and again.
    weighed: Mutex<HashMap<(u32, u32), Scored>>,
}

/// How the model is seen where records are brought together.
struct People {
    comparisons: Vec<Comparison>,
    layout: Layout,
    /// Columns beside the model that are evidence, and where their values are in a row.
    evidence: Vec<(String, Role, usize)>,
    /// Where the values of those of them are that the correction knows: the model compares the others already.
    beside: Vec<usize>,
    correction: Frozen,
    options: Options,
}

/// An empty name in the file stands for a record that is gone.
const NO_ID: &str = "the id of a record is empty; an index knows its records by their ids";

/// Which candidates are wanted.
#[derive(Clone, Copy)]
enum Wanted {
    /// Those of at least so many bits, as a batch weighs them.
    Heavy(f64),
    /// Those that better than even odds hold together.
    Ties,
}

impl Index {
    /// Makes an index of a model and records in the order of [`crate::linker::order`].
    ///
    /// # Errors
    /// A column that is missing, a rule that cannot serve an index, an id that is empty or stands twice.
    pub fn new(settings: Settings, table: Table, ids: &Ids, threads: usize) -> Result<Index, String> {
        let records = table.rows;
        if ids.len() != records {
            return Err(format!("there are {} ids for {records} records", ids.len()));
        }
        let mut linker = Linker::reusable(&settings, &settings.rules, table, Limits::default())?;
        let keys = Keys::new(linker.key_rules(&settings.rules)?);
        let tasks = linker.tasks();
        // Twice over all pairs: what they are tells what a tie is.
        let people = People::estimate(&settings, &linker, &tasks, threads)?;
        let mut all: Vec<Vec<u32>> = vec![Vec::new(); records];
        parallel::ordered(
            threads,
            tasks.len(),
            || linker.worker(),
            |worker, at| {
                let mut ties = Vec::new();
                linker.each(&tasks[at], worker, &mut |left, right, pattern| {
                    let weight = linker.weight(pattern, left, right);
                    if people.is_tie(linker.row(left), linker.row(right), pattern, weight) {
                        ties.push((left, right));
                    }
                });
                worker.fault().map_or(Ok(ties), Err)
            },
            |_, ties| {
                for (left, right) in ties {
                    all[left as usize].push(right);
                    all[right as usize].push(left);
                }
                Ok(())
            },
        )?;
        linker.blocks = crate::block::Blocks::default();
        let mut index = Index {
            rows: linker.take_rows(),
            keys,
            names: Dictionary::default(),
            order: if ids.kind() == Of::Integer { Order::Numbers } else { Order::Texts },
            built: records as u32,
            gone: HashSet::new(),
            alive: records,
            ties: all.into(),
            labels: Grid::of(1, vec![0; records]),
            next_label: 1,
            said: HashMap::new(),
            events: Vec::new(),
            worker: linker.worker_for_one(),
            people,
            seen: Mutex::default(),
            weighed: Mutex::default(),
            linker,
            settings,
        };
        for record in 0..records as u32 {
            let id = ids.text(record);
            if id.is_empty() {
                return Err(NO_ID.to_owned());
            }
            if index.names.intern(id.as_bytes()) != record + 1 {
                return Err(format!("the id {id} stands twice; an index knows its records by their ids"));
            }
            index.keys.push();
            index.keys.file(record, &index.rows);
        }
        let mut seen = vec![false; records];
        for record in 0..records as u32 {
            if !seen[record as usize] {
                let component = index.component(&[record]);
                component.iter().for_each(|r| seen[*r as usize] = true);
                index.settle(&component);
            }
        }
        index.events.clear(); // what was there from the start did not happen
        Ok(index)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.alive
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.alive == 0
    }

    /// The columns that a record is looked up by, in order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.linker.slots.sources.iter().map(|source| source.name.as_str())
    }

    /// Records that share a key with this one, heaviest first. `values` are in the order of [`Index::columns`]; `id` is
    /// what its pairs are ordered by, as in a batch. Leaves nothing behind.
    ///
    /// # Errors
    /// A value that a condition cannot be worked out for.
    pub fn lookup(
        &mut self,
        id: &str,
        values: &[Option<&[u8]>],
        threshold: f64,
        most: usize,
    ) -> Result<Vec<Candidate>, String> {
        let (row, mark) = self.linker.encode(values)?;
        let own = self.place(id).ok();
        let found = self.candidates(&row, id, own, Wanted::Heavy(threshold));
        self.linker.forget(&mark);
        let mut all = found?;
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        all.truncate(most);
        Ok(all
            .into_iter()
            .map(|(record, weight)| Candidate {
                id: self.name(record),
                weight,
                probability: probability(weight),
                cluster: self.label(record),
            })
            .collect())
    }

    /// Adds a record. Gives its cluster.
    ///
    /// # Errors
    /// Where the id is there already or empty, or a value cannot be worked with.
    pub fn add(&mut self, id: &str, values: &[Option<&[u8]>]) -> Result<u64, String> {
        if id.is_empty() {
            return Err(NO_ID.to_owned());
        }
        if self.place(id).is_ok() {
            return Err(format!("a record with the id {id} is there already; change it instead"));
        }
        let (row, ties) = self.encode(id, None, values)?;
        let record = self.names.intern(id.as_bytes()) - 1;
        if self.gone.remove(&record) {
            self.set_row(record, &row);
        } else {
            self.rows.push(&row);
            self.keys.push();
            self.ties.push();
            self.labels.push(&[0]);
        }
        self.alive += 1;
        self.keys.file(record, &self.rows);
        self.tie(record, &ties);
        let component = self.component(&[record]);
        self.settle(&component);
        Ok(self.label(record))
    }

    /// Changes a record. Gives its cluster.
    ///
    /// # Errors
    /// Where there is no such record, or a value cannot be worked with.
    pub fn change(&mut self, id: &str, values: &[Option<&[u8]>]) -> Result<u64, String> {
        let record = self.place(id)?;
        let (row, ties) = self.encode(id, Some(record), values)?;
        let mut touched = self.component(&[record]);
        self.untie(record);
        self.keys.unfile(record, &self.rows);
        self.set_row(record, &row);
        self.keys.file(record, &self.rows);
        self.tie(record, &ties);
        touched.push(record);
        self.settle_all(&touched);
        Ok(self.label(record))
    }

    /// Deletes a record.
    ///
    /// # Errors
    /// Where there is no such record.
    pub fn delete(&mut self, id: &str) -> Result<(), String> {
        let record = self.place(id)?;
        let touched = self.component(&[record]);
        self.untie(record);
        self.keys.unfile(record, &self.rows);
        self.set_row(record, &vec![NULL; self.linker.width()]);
        self.gone.insert(record);
        self.alive -= 1;
        for other in self.said.remove(&record).unwrap_or_default().into_keys() {
            self.forget_said(other, record);
        }
        self.settle_all(&touched);
        Ok(())
    }

    /// The row of values that need not be there yet, and what it is tied to. Leaves nothing behind where that fails.
    fn encode(
        &mut self,
        id: &str,
        own: Option<u32>,
        values: &[Option<&[u8]>],
    ) -> Result<(Vec<u32>, Vec<u32>), String> {
        let (row, mark) = self.linker.encode(values)?;
        match self.candidates(&row, id, own, Wanted::Ties) {
            Ok(ties) => Ok((row, ties.into_iter().map(|(record, _)| record).collect())),
            Err(why) => {
                self.linker.forget(&mark);
                Err(why)
            }
        }
    }

    fn set_row(&mut self, record: u32, row: &[u32]) {
        if let Some(held) = self.rows.edit(record) {
            held.copy_from_slice(row);
        }
        self.weighed.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Takes a judgement into account: `Some(true)` the same person, `Some(false)` not, `None` taken back.
    ///
    /// # Errors
    /// Where there is no such record.
    pub fn judge(&mut self, left: &str, right: &str, same: Option<bool>) -> Result<(), String> {
        let (a, b) = (self.place(left)?, self.place(right)?);
        if a == b {
            return Err(format!("{left} and {right} are one record"));
        }
        let touched = self.component(&[a, b]);
        for (a, b) in [(a, b), (b, a)] {
            match same {
                Some(same) => {
                    self.said.entry(a).or_default().insert(b, same);
                }
                None => self.forget_said(a, b),
            }
        }
        let mut all = self.component(&[a, b]);
        all.extend(touched);
        self.settle_all(&all);
        Ok(())
    }

    fn forget_said(&mut self, record: u32, other: u32) {
        if let Some(said) = self.said.get_mut(&record) {
            said.remove(&other);
            if said.is_empty() {
                self.said.remove(&record);
            }
        }
    }

    /// The records of a record's cluster, by id.
    ///
    /// # Errors
    /// Where there is no such record.
    pub fn cluster(&self, id: &str) -> Result<(u64, Vec<String>), String> {
        let record = self.place(id)?;
        let label = self.label(record);
        // A cluster lies within a component.
        let component = self.component(&[record]);
        let mut ids: Vec<String> =
            component.into_iter().filter(|r| self.label(*r) == label).map(|r| self.name(r)).collect();
        ids.sort();
        Ok((label, ids))
    }

    /// What happened to clusters since this was last asked.
    pub fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    fn place(&self, id: &str) -> Result<u32, String> {
        let record = self.names.find(id.as_bytes()).map(|number| number - 1);
        record
            .filter(|record| self.is_alive(*record))
            .ok_or_else(|| format!("there is no record with the id {id}"))
    }

    fn is_alive(&self, record: u32) -> bool {
        !self.gone.contains(&record) && !self.names.get(record + 1).is_empty()
    }

    fn name(&self, record: u32) -> String {
        self.names.text(record + 1).into_owned()
    }

    fn label(&self, record: u32) -> u64 {
        self.labels.get(record).map_or(0, |label| label[0])
    }

    fn set_label(&mut self, record: u32, label: u64) {
        if let Some(held) = self.labels.edit(record) {
            held[0] = label;
        }
    }

    /// Records that share a key, each once, with their weights.
    fn candidates(
        &mut self,
        row: &[u32],
        id: &str,
        own: Option<u32>,
        wanted: Wanted,
    ) -> Result<Vec<(u32, f64)>, String> {
        let Index { linker, keys, rows, names, order, built, worker, people, .. } = self;
        let place = order.place(id.as_bytes());
        // New ids mostly stand behind all that there were: then those need not be looked at.
        let last = names.get(*built);
        let behind_built = !last.is_empty() && order.place(last) < place;
        let (mut records, mut pairs, mut values) = (Vec::new(), Vec::new(), row.to_vec());
        for paired in keys.paired(row, rows) {
            if Some(paired.record) == own {
                continue;
            }
            let before = || place < order.place(names.get(paired.record + 1));
            let first = !(behind_built && paired.record < *built) && before();
            let sides = if first { (row, paired.row) } else { (paired.row, row) };
            if keys.is_pair(paired, first, sides, linker, worker) {
                records.push(paired.record);
                values.extend_from_slice(paired.row);
                let at = records.len() as u32;
                pairs.push(if first { (0, at) } else { (at, 0) });
            }
        }
        let mut found = Vec::new();
        let rows = Rows { values: &values, stride: linker.width() };
        linker.compare_rows(rows, &pairs, worker, &mut |left, right, pattern| {
            let sides = (rows.row(left), rows.row(right));
            let weight = linker.weights.of(pattern, sides.0, sides.1);
            let keep = match wanted {
                Wanted::Heavy(least) => weight >= least,
                Wanted::Ties => people.is_tie(sides.0, sides.1, pattern, weight),
            };
            if keep {
                found.push((records[left.max(right) as usize - 1], weight));
            }
        });
        worker.fault().map_or(Ok(found), Err)
    }
}

/// The order of ids: that of [`crate::linker::order`], by which a pair has its left and its right record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    /// Whole numbers as numbers; an id that came later and is none stands behind them.
    Numbers,
    /// Byte by byte.
    Texts,
}

impl Order {
    /// Where an id stands among ids.
    fn place(self, id: &[u8]) -> (bool, i64, &[u8]) {
        match (self == Order::Numbers).then(|| number(id)).flatten() {
            Some(number) => (false, number, id),
            None => (true, 0, id),
        }
    }
}

/// A whole number. Nearly all are a few digits, for which nothing has to be looked at twice.
fn number(id: &[u8]) -> Option<i64> {
    if (1..=18).contains(&id.len()) && id.iter().all(u8::is_ascii_digit) {
        return Some(id.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')));
    }
    std::str::from_utf8(id).ok()?.parse().ok()
}
