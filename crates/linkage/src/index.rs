//! Records that are asked one at a time while they change: look up, add, change, delete.
//!
//! A record's keys lead to its candidates; they are weighed by the very code that weighs a batch, so that a pair has the
//! same weight bit for bit. The frequencies of values are those of the records that the index was made from, until it
//! is made anew.
//!
//! Clusters follow each change: records tied by pairs of at least [`Index::threshold`] form a component, and only the
//! component that a change touches is clustered again, by the same function that a full run would use on it. A cluster
//! keeps its id while most of its records stay together; what happens to it is told as [`Event`]s. Nothing is merged.

use crate::cluster::{self, Input, Judgement, Layout, Options, Pairs};
use crate::columns::{Column, Kind, Table};
use crate::dictionary::NULL;
use crate::linker::{Limits, Linker, Worker, probability};
use crate::parallel;
use crate::settings::Settings;
use hashbrown::HashMap;
use serde::Serialize;
use std::io::Write;

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
    judged: HashMap<(u32, u32), bool>,
    events: Vec<Event>,
    worker: Worker,
    threshold: f64,
}

const NONE: u32 = u32::MAX;

/// What an index file begins with; the number is the version of its form.
const MAGIC: &[u8] = b"BLUELAMP-INDEX-1\n";

fn section(out: &mut impl Write, bytes: &[u8]) -> std::io::Result<()> {
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)).collect()
}

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
            judged: HashMap::new(),
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

    /// Writes the index: records, ties, clusters with their ids, judgements, and the frequencies that its weights are made
    /// with.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn save(&mut self, out: &mut impl Write) -> std::io::Result<()> {
        let table = self.linker.as_table();
        let kinds = ["text", "integer", "real", "boolean", "date", "list"];
        let columns: Vec<_> = table
            .columns
            .iter()
            .map(|c| serde_json::json!({ "name": c.name, "kind": kinds[c.kind as usize] }))
            .collect();
        let mut judged: Vec<(u32, u32, bool)> =
            self.judged.iter().map(|((a, b), same)| (*a, *b, *same)).collect();
        judged.sort_unstable();
        let head = serde_json::json!({
            "settings": self.settings.to_json(), "threshold": self.threshold, "next_label": self.next_label,
            "columns": columns, "records": self.names.len(), "judged": judged,
            "frequencies": self.linker.frequencies().len(),
        });
        out.write_all(MAGIC)?;
        section(out, head.to_string().as_bytes())?;
        for column in &table.columns {
            let mut bytes = Vec::new();
            let mut lengths = Vec::new();
            for (_, value) in column.values.iter() {
                lengths.extend((value.len() as u32).to_le_bytes());
                bytes.extend_from_slice(value);
            }
            section(out, &lengths)?;
            section(out, &bytes)?;
            section(out, &column.ids.iter().flat_map(|id| id.to_le_bytes()).collect::<Vec<u8>>())?;
        }
        for shares in self.linker.frequencies() {
            section(out, &shares.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<u8>>())?;
        }
        section(out, &self.names.iter().flat_map(|n| (n.len() as u32).to_le_bytes()).collect::<Vec<u8>>())?;
        section(out, self.names.concat().as_bytes())?;
        let mut edges = Vec::new();
        for (left, of) in self.edges.iter().enumerate() {
            for (right, weight) in of.iter().filter(|(r, _)| *r as usize > left) {
                edges.extend((left as u32).to_le_bytes());
                edges.extend(right.to_le_bytes());
                edges.extend(weight.to_le_bytes());
            }
        }
        section(out, &edges)?;
        section(out, &self.labels.iter().flat_map(|l| l.to_le_bytes()).collect::<Vec<u8>>())
    }

    /// Opens an index that [`Index::save`] wrote. The source is not read again, nothing is compared again.
    ///
    /// # Errors
    /// In words, where the file is none of ours, damaged, or of another version.
    pub fn open(bytes: &[u8]) -> Result<Index, String> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or("is no index of this version; build it again")?;
        let damaged = || "is damaged: it ends early or does not add up; build it again".to_owned();
        let mut next = || -> Result<&[u8], String> {
            let (length, tail) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
            let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| damaged())?;
            let (section, tail) = tail.split_at_checked(length).ok_or_else(damaged)?;
            rest = tail;
            Ok(section)
        };
        let head: serde_json::Value = serde_json::from_slice(next()?).map_err(|_| damaged())?;
        let settings =
            Settings::from_json(head["settings"].as_str().unwrap_or_default()).map_err(|e| e.to_string())?;
        let records = head["records"].as_u64().and_then(|n| usize::try_from(n).ok()).ok_or_else(damaged)?;
        let mut table =
            Table { rows: records, sources: vec![String::new()], source: Vec::new(), columns: Vec::new() };
        for column in head["columns"].as_array().ok_or_else(damaged)? {
            let kind = match column["kind"].as_str() {
                Some("text") => Kind::Text,
                Some("integer") => Kind::Integer,
                Some("real") => Kind::Real,
                Some("boolean") => Kind::Boolean,
                Some("date") => Kind::Date,
                Some("list") => Kind::List,
                _ => return Err(damaged()),
            };
            let mut made = Column::new(column["name"].as_str().ok_or_else(damaged)?, kind);
            let lengths = words(next()?);
            let mut values = next()?;
            for length in lengths {
                let (value, tail) = values.split_at_checked(length as usize).ok_or_else(damaged)?;
                made.values.intern(value);
                values = tail;
            }
            made.ids = words(next()?);
            if made.ids.len() != records || made.ids.iter().any(|id| *id as usize > made.values.len()) {
                return Err(damaged());
            }
            table.columns.push(made);
        }
        let mut frequencies = Vec::new();
        for _ in 0..head["frequencies"].as_u64().unwrap_or(0) {
            frequencies.push(
                next()?.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect::<Vec<f64>>(),
            );
        }
        let lengths = words(next()?);
        let mut all = std::str::from_utf8(next()?).map_err(|_| damaged())?;
        let mut names = Vec::with_capacity(records);
        for length in lengths {
            let (name, tail) = all.split_at_checked(length as usize).ok_or_else(damaged)?;
            names.push(name.to_owned());
            all = tail;
        }
        let mut edges: Vec<Vec<(u32, f64)>> = vec![Vec::new(); records];
        for edge in next()?.as_chunks::<16>().0 {
            let word = |at: usize| u32::from_le_bytes([edge[at], edge[at + 1], edge[at + 2], edge[at + 3]]);
            let mut weight = [0; 8];
            weight.copy_from_slice(&edge[8..]);
            let (left, right, weight) = (word(0), word(4), f64::from_le_bytes(weight));
            if left.max(right) as usize >= records {
                return Err(damaged());
            }
            edges[left as usize].push((right, weight));
            edges[right as usize].push((left, weight));
        }
        let labels: Vec<u64> = next()?.as_chunks::<8>().0.iter().map(|b| u64::from_le_bytes(*b)).collect();
        if names.len() != records || labels.len() != records {
            return Err(damaged());
        }
        table.source = vec![0; records];
        let mut linker = Linker::reusable(&settings, &[], table, Limits::default())?;
        if linker.frequencies().len() != frequencies.len() {
            return Err(damaged());
        }
        *linker.frequencies() = frequencies;
        let threshold = head["threshold"].as_f64().unwrap_or(TIE);
        let mut index = Index::filed(settings, linker, names, edges, threshold)?;
        for (record, label) in labels.iter().enumerate().filter(|(_, l)| **l != 0) {
            index.members.entry(*label).or_default().push(record as u32);
        }
        index.labels = labels;
        index.next_label = head["next_label"].as_u64().ok_or_else(damaged)?;
        let judged: Vec<(u32, u32, bool)> =
            serde_json::from_value(head["judged"].clone()).map_err(|_| damaged())?;
        index.judged = judged.into_iter().map(|(a, b, same)| ((a, b), same)).collect();
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
        self.judged.retain(|(a, b), _| *a != record && *b != record);
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
        let key = (a.min(b), a.max(b));
        match same {
            Some(same) => self.judged.insert(key, same),
            None => self.judged.remove(&key),
        };
        let mut all = self.component(&[a, b]);
        all.extend(touched);
        self.settle_all(&all);
        Ok(())
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

    /// Every cluster's records by id, sorted: for a comparison with a full run.
    pub fn partition(&self) -> Vec<Vec<String>> {
        let mut all: Vec<Vec<String>> = self
            .members
            .values()
            .map(|records| {
                let mut ids: Vec<String> = records.iter().map(|r| self.names[*r as usize].clone()).collect();
                ids.sort();
                ids
            })
            .collect();
        all.sort();
        all
    }

    /// Clusters all records anew, from ties and judgements alone, as if there had been no changes one by one.
    pub fn cluster_all_anew(&mut self) {
        let all: Vec<u32> = (0..self.names.len() as u32).collect();
        self.settle_all(&all);
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

    fn tie(&mut self, record: u32, ties: Vec<(u32, f64)>) {
        for (other, weight) in ties {
            self.edges[record as usize].push((other, weight));
            self.edges[other as usize].push((record, weight));
        }
    }

    fn untie(&mut self, record: u32) {
        for (other, _) in std::mem::take(&mut self.edges[record as usize]) {
            self.edges[other as usize].retain(|(r, _)| *r != record);
        }
    }

    /// All records that hang together with these, by ties or by judgements "the same".
    fn component(&self, from: &[u32]) -> Vec<u32> {
        let mut all: Vec<u32> = from.to_vec();
        let mut seen: hashbrown::HashSet<u32> = from.iter().copied().collect();
        let mut at = 0;
        while at < all.len() {
            let record = all[at];
            // Judgements are few beside ties.
            let judged =
                self.judged.iter().filter(|(_, same)| **same).filter_map(|((a, b), _)| match record {
                    r if r == *a => Some(*b),
                    r if r == *b => Some(*a),
                    _ => None,
                });
            for other in self.edges[record as usize].iter().map(|(r, _)| *r).chain(judged) {
                if seen.insert(other) {
                    all.push(other);
                }
            }
            at += 1;
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Clusters each component anew that a record of these is in.
    fn settle_all(&mut self, records: &[u32]) {
        let mut done = hashbrown::HashSet::new();
        let mut pieces = Vec::new();
        for &record in records {
            if self.alive[record as usize] && !done.contains(&record) {
                let component = self.component(&[record]);
                done.extend(component.iter().copied());
                pieces.push(component);
            }
        }
        let mut all: Vec<u32> = records.to_vec();
        pieces.iter().for_each(|p| all.extend(p));
        all.sort_unstable();
        all.dedup();
        let groups = pieces.iter().flat_map(|piece| self.groups(piece)).collect();
        self.relabel(&all, groups);
    }

    fn settle(&mut self, component: &[u32]) {
        let groups = self.groups(component);
        self.relabel(component, groups);
    }

    /// The clusters within a component: the same function for one component and for a full run.
    fn groups(&self, component: &[u32]) -> Vec<Vec<u32>> {
        let alive: Vec<u32> = component.iter().copied().filter(|r| self.alive[*r as usize]).collect();
        if alive.len() < 2 {
            return alive.into_iter().map(|r| vec![r]).collect();
        }
        let local = |record: u32| alive.binary_search(&record).ok().map(|at| at as u32);
        let (mut left, mut right, mut weight) = (Vec::new(), Vec::new(), Vec::new());
        let mut judgements = Vec::new();
        for (at, &record) in alive.iter().enumerate() {
            for (other, w) in &self.edges[record as usize] {
                if *other > record
                    && let Some(other) = local(*other)
                {
                    left.push(at as u32);
                    right.push(other);
                    weight.push(*w);
                }
            }
        }
        if !self.judged.is_empty() {
            for (a, &record) in alive.iter().enumerate() {
                for (b, &other) in alive.iter().enumerate().skip(a + 1) {
                    if let Some(same) = self.judged.get(&(record, other)) {
                        let verdict = if *same { cluster::Verdict::Same } else { cluster::Verdict::NotSame };
                        judgements.push(Judgement { left: a as u32, right: b as u32, verdict });
                    }
                }
            }
        }
        let pattern = vec![0; left.len()];
        let Some(layout) = Layout::new(&[]) else { return vec![alive] };
        let input = Input {
            pairs: Pairs { left: &left, right: &right, weight: &weight, pattern: &pattern },
            comparisons: &[],
            layout: &layout,
            lambda: self.settings.prior,
            evidence: &[],
            judgements: &judgements,
        };
        let options = Options { correct: false, ..Options::default() };
        let found =
            cluster::contradiction_aware(alive.len() as u32, &input, &options, &|| Box::new(|_| Vec::new()));
        let mut groups: std::collections::BTreeMap<u32, Vec<u32>> = std::collections::BTreeMap::new();
        for (at, label) in found.labels.iter().enumerate() {
            groups.entry(*label).or_default().push(alive[at]);
        }
        groups.into_values().collect()
    }

    /// Gives groups the ids of the clusters that most of their records were in, and tells what happened.
    fn relabel(&mut self, records: &[u32], groups: Vec<Vec<u32>>) {
        let old: std::collections::BTreeSet<u64> =
            records.iter().map(|r| self.labels[*r as usize]).filter(|l| *l != 0).collect();
        // The most records first, then the older cluster: who keeps an id does not depend on the order of work.
        let mut claims: Vec<(usize, u64, usize)> = Vec::new();
        for (at, group) in groups.iter().enumerate() {
            let mut from: std::collections::BTreeMap<u64, usize> = std::collections::BTreeMap::new();
            group
                .iter()
                .map(|r| self.labels[*r as usize])
                .filter(|l| *l != 0)
                .for_each(|l| *from.entry(l).or_default() += 1);
            claims.extend(from.into_iter().map(|(label, n)| (n, label, at)));
        }
        claims.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut given: Vec<Option<u64>> = vec![None; groups.len()];
        let mut taken = hashbrown::HashSet::new();
        for (_, label, at) in &claims {
            if given[*at].is_none() && taken.insert(*label) {
                given[*at] = Some(*label);
            }
        }
        old.iter().for_each(|label| {
            self.members.remove(label);
        });
        for (at, own) in given.iter_mut().enumerate() {
            let was = claims.iter().find(|(_, _, of)| *of == at).map(|(_, label, _)| *label);
            let label = match (*own, was) {
                (Some(label), _) => label,
                (None, was) => {
                    let label = self.next_label;
                    self.next_label += 1;
                    self.events.push(match was {
                        Some(was) => Event::Split { cluster: was, into: label },
                        None => Event::Created { cluster: label },
                    });
                    label
                }
            };
            *own = Some(label);
        }
        for label in &old {
            if !taken.contains(label) {
                let into = claims.iter().find(|(_, l, _)| l == label).and_then(|(_, _, at)| given[*at]);
                self.events.push(match into {
                    Some(into) => Event::Joined { cluster: *label, into },
                    None => Event::Retired { cluster: *label },
                });
            }
        }
        records.iter().for_each(|r| self.labels[*r as usize] = 0);
        for (group, label) in groups.into_iter().zip(given) {
            let Some(label) = label else { continue };
            group.iter().for_each(|r| self.labels[*r as usize] = label);
            self.members.insert(label, group);
        }
    }
}

/// Whether an id stands before another: as numbers where both are, else byte by byte.
fn before(a: &str, b: &str) -> bool {
    match (a.parse::<i64>(), b.parse::<i64>()) {
        (Ok(a), Ok(b)) => a < b,
        _ => a.as_bytes() < b.as_bytes(),
    }
}
