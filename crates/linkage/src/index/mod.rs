//! Records that are asked one at a time while they change: look up, add, change, delete.
//!
//! A record's keys lead to its candidates; they are weighed by the very code that weighs a batch, so that a pair has the
//! same weight bit for bit. The frequencies of values are those of the records that the index was made from, until it
//! is made anew.
//!
//! Clusters follow each change: records tied by pairs of at least [`Index::threshold`] form a component, and only the
//! component that a change touches is clustered again, by the same function that a full run would use on it. A cluster
//! keeps its id while most of its records stay together; what happens to it is told as [`Event`]s. Nothing is merged.

mod clusters;
mod file;

use crate::columns::Table;
use crate::dictionary::NULL;
use crate::linker::{Limits, Linker, Worker, probability};
use crate::parallel;
use crate::settings::Settings;
use hashbrown::HashMap;
use serde::Serialize;
use std::collections::BTreeMap;

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
    keys: Vec<Vec<usize>>,
    /// By rule: the newest record of a key.
    heads: Vec<HashMap<u64, u32>>,
    /// By record and rule: the record before it with the same key.
    before: Vec<u32>,
    alive: Vec<bool>,
    names: Vec<String>,
    places: HashMap<String, u32>,
    edges: Vec<Vec<(u32, f64)>>,
    labels: Vec<u64>,
    members: HashMap<u64, Vec<u32>>,
    next_label: u64,
    /// For each record what people said of it and another: whether they are the same.
    said: HashMap<u32, BTreeMap<u32, bool>>,
    events: Vec<Event>,
    worker: Worker,
    threshold: f64,
}

const NONE: u32 = u32::MAX;

/// Ties of at least this weight form components; with the model of a million people no component is larger than a few
/// dozen records there, where at a probability of 0.95 one is of fifty thousand.
pub const TIE: f64 = 10.0;

impl Index {
    /// Makes an index of a model and records in the order of [`crate::linker::order`]; `names` are their ids.
    ///
    /// # Errors
    /// A column that is missing, a rule that cannot serve an index.
    pub fn new(
        settings: Settings,
        table: Table,
        names: Vec<String>,
        threshold: f64,
        threads: usize,
    ) -> Result<Index, String> {
        if names.len() != table.rows {
            return Err(format!("there are {} ids for {} records", names.len(), table.rows));
        }
        let mut linker = Linker::reusable(&settings, &settings.rules, table, Limits::default())?;
        // Pairs first, while the blocks are there.
        let tasks = linker.tasks();
        let mut edges: Vec<Vec<(u32, f64)>> = vec![Vec::new(); names.len()];
        parallel::ordered(
            threads,
            tasks.len(),
            || linker.worker(),
            |worker, at| {
                let mut ties = Vec::new();
                linker.each(&tasks[at], worker, &mut |left, right, pattern| {
                    let weight = linker.weight(pattern, left, right);
                    if weight >= threshold {
                        ties.push((left, right, weight));
                    }
                });
                worker.fault().map_or(Ok(ties), Err)
            },
            |_, ties| {
                for (left, right, weight) in ties {
                    edges[left as usize].push((right, weight));
                    edges[right as usize].push((left, weight));
                }
                Ok(())
            },
        )?;
        linker.blocks = crate::block::Blocks::default();
        let mut index = Index::filed(settings, linker, names, edges, threshold)?;
        index.labels = vec![0; index.names.len()];
        let mut seen = vec![false; index.names.len()];
        for record in 0..index.names.len() as u32 {
            if !seen[record as usize] {
                let component = index.component(&[record]);
                component.iter().for_each(|r| seen[*r as usize] = true);
                index.settle(&component);
            }
        }
        index.events.clear(); // what was there from the start did not happen
        Ok(index)
    }

    /// Records under their keys, not clustered yet.
    fn filed(
        settings: Settings,
        mut linker: Linker,
        names: Vec<String>,
        edges: Vec<Vec<(u32, f64)>>,
        threshold: f64,
    ) -> Result<Index, String> {
        let keys = linker.key_places(&settings.rules)?;
        let worker = linker.worker();
        let mut index = Index {
            heads: vec![HashMap::new(); keys.len()],
            before: Vec::with_capacity(names.len() * keys.len()),
            alive: names.iter().map(|n| !n.is_empty()).collect(),
            places: names
                .iter()
                .enumerate()
                .filter(|(_, n)| !n.is_empty())
                .map(|(at, n)| (n.clone(), at as u32))
                .collect(),
            names,
            edges,
            labels: Vec::new(),
            members: HashMap::new(),
            next_label: 1,
            said: HashMap::new(),
            events: Vec::new(),
            linker,
            settings,
            keys,
            worker,
            threshold,
        };
        for record in 0..index.names.len() as u32 {
            index.file(record);
        }
        Ok(index)
    }

    /// Ties of at least this weight form components.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The columns that a record is looked up by, in order.
    pub fn columns(&self) -> Vec<String> {
        self.linker.columns()
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
        let own = self.places.get(id).copied();
        let found = self.candidates(&row, id, own, threshold);
        self.linker.forget(&mark);
        let mut all = found?;
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        all.truncate(most);
        Ok(all
            .into_iter()
            .map(|(record, weight)| Candidate {
                id: self.names[record as usize].clone(),
                weight,
                probability: probability(weight),
                cluster: self.labels[record as usize],
            })
            .collect())
    }

    /// Adds a record. Gives its cluster.
    ///
    /// # Errors
    /// Where the id is there already, or a value cannot be worked with.
    pub fn add(&mut self, id: &str, values: &[Option<&[u8]>]) -> Result<u64, String> {
        if self.places.contains_key(id) {
            return Err(format!("a record with the id {id} is there already; change it instead"));
        }
        let (row, mark) = self.linker.encode(values)?;
        let ties = match self.candidates(&row, id, None, self.threshold) {
            Ok(ties) => ties,
            Err(why) => {
                self.linker.forget(&mark);
                return Err(why);
            }
        };
        let record = self.linker.push(&row, 0);
        self.names.push(id.to_owned());
        self.places.insert(id.to_owned(), record);
        self.alive.push(true);
        self.edges.push(Vec::new());
        self.labels.push(0);
        self.file(record);
        self.tie(record, ties);
        let component = self.component(&[record]);
        self.settle(&component);
        Ok(self.labels[record as usize])
    }

    /// Changes a record. Gives its cluster.
    ///
    /// # Errors
    /// Where there is no such record, or a value cannot be worked with.
    pub fn change(&mut self, id: &str, values: &[Option<&[u8]>]) -> Result<u64, String> {
        let record = self.place(id)?;
        let (row, mark) = self.linker.encode(values)?;
        let ties = match self.candidates(&row, id, Some(record), self.threshold) {
            Ok(ties) => ties,
            Err(why) => {
                self.linker.forget(&mark);
                return Err(why);
            }
        };
        let mut touched = self.component(&[record]);
        self.untie(record);
        self.unfile(record);
        self.linker.replace(record, &row);
        self.refile(record);
        self.tie(record, ties);
        touched.push(record);
        self.settle_all(&touched);
        Ok(self.labels[record as usize])
    }

    /// Deletes a record.
    ///
    /// # Errors
    /// Where there is no such record.
    pub fn delete(&mut self, id: &str) -> Result<(), String> {
        let record = self.place(id)?;
        let touched = self.component(&[record]);
        self.untie(record);
        self.unfile(record);
        self.alive[record as usize] = false;
        self.places.remove(id);
        for other in self.said.remove(&record).unwrap_or_default().into_keys() {
            self.forget_said(other, record);
        }
        let empty: Vec<Option<&[u8]>> = vec![None; self.linker.columns().len()];
        let (row, _) = self.linker.encode(&empty)?;
        self.linker.replace(record, &row);
        self.names[record as usize].clear();
        self.settle_all(&touched);
        Ok(())
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
        let label = self.labels[record as usize];
        let mut ids: Vec<String> =
            self.members.get(&label).into_iter().flatten().map(|r| self.names[*r as usize].clone()).collect();
        ids.sort();
        Ok((label, ids))
    }

    /// What happened to clusters since this was last asked.
    pub fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    fn place(&self, id: &str) -> Result<u32, String> {
        self.places.get(id).copied().ok_or_else(|| format!("there is no record with the id {id}"))
    }

    /// The key of a row by a rule; none where a part of it is NULL.
    fn key(&self, row: &[u32], rule: usize) -> Option<u64> {
        let mut hash = 0x9e37_79b9_7f4a_7c15u64;
        for place in &self.keys[rule] {
            let id = row[*place];
            if id == NULL {
                return None;
            }
            hash = (hash ^ u64::from(id)).wrapping_mul(0xff51_afd7_ed55_8ccd);
            hash ^= hash >> 32;
        }
        Some(hash)
    }

    fn shares(&self, a: &[u32], b: &[u32], rule: usize) -> bool {
        self.keys[rule].iter().all(|place| a[*place] == b[*place] && a[*place] != NULL)
    }

    fn file(&mut self, record: u32) {
        let rules = self.keys.len();
        self.before.resize((record as usize + 1) * rules, NONE);
        self.refile(record);
    }

    fn refile(&mut self, record: u32) {
        for rule in 0..self.keys.len() {
            let Some(key) = self.key(self.linker.row(record), rule) else { continue };
            let before = self.heads[rule].insert(key, record);
            self.before[record as usize * self.keys.len() + rule] = before.unwrap_or(NONE);
        }
    }

    /// Takes a record out of the chains of its keys.
    fn unfile(&mut self, record: u32) {
        let rules = self.keys.len();
        for rule in 0..rules {
            let Some(key) = self.key(self.linker.row(record), rule) else { continue };
            let behind = self.before[record as usize * rules + rule];
            let Some(head) = self.heads[rule].get(&key).copied() else { continue };
            if head == record {
                if behind == NONE {
                    self.heads[rule].remove(&key);
                } else {
                    self.heads[rule].insert(key, behind);
                }
            } else {
                let mut at = head;
                while at != NONE {
                    let next = self.before[at as usize * rules + rule];
                    if next == record {
                        self.before[at as usize * rules + rule] = behind;
                        break;
                    }
                    at = next;
                }
            }
            self.before[record as usize * rules + rule] = NONE;
        }
    }

    /// Records that share a key, each once, with their weights.
    fn candidates(
        &mut self,
        row: &[u32],
        id: &str,
        own: Option<u32>,
        threshold: f64,
    ) -> Result<Vec<(u32, f64)>, String> {
        let rules = self.keys.len();
        let mut found = Vec::new();
        let mut worker = std::mem::take(&mut self.worker);
        for rule in 0..rules {
            let Some(key) = self.key(row, rule) else { continue };
            let mut at = self.heads[rule].get(&key).copied().unwrap_or(NONE);
            while at != NONE {
                let candidate = self.linker.row(at);
                let next = self.before[at as usize * rules + rule];
                // A key of another value may fall on the same number; a pair of an earlier rule was weighed there.
                if Some(at) != own
                    && self.shares(row, candidate, rule)
                    && !(0..rule).any(|earlier| self.shares(row, candidate, earlier))
                {
                    let (left, right) = if before(id, &self.names[at as usize]) {
                        (row, candidate)
                    } else {
                        (candidate, row)
                    };
                    let pattern = self.linker.pattern_of(left, right, &mut worker);
                    let weight = self.linker.weights.of(pattern, left, right);
                    if weight >= threshold {
                        found.push((at, weight));
                    }
                }
                at = next;
            }
        }
        self.worker = worker;
        self.worker.fault().map_or(Ok(found), Err)
    }
}

/// Whether an id stands before another: as numbers where both are, else byte by byte.
fn before(a: &str, b: &str) -> bool {
    match (a.parse::<i64>(), b.parse::<i64>()) {
        (Ok(a), Ok(b)) => a < b,
        _ => a.as_bytes() < b.as_bytes(),
    }
}
