//! Records under their keys: for each rule, a chain from the newest record of a key to the oldest.

use super::sections::{Sections, Writer, damaged};
use crate::dictionary::NULL;
use crate::shelf::{Finder, Grid};
use hashbrown::HashMap;
use std::io::Write;

/// Stands where no record does.
const NONE: u32 = u32::MAX;

/// The chains of all rules.
pub(super) struct Keys {
    /// By rule: the places in a row whose values make the key.
    places: Vec<Vec<usize>>,
    /// By rule: the newest record of a key, as the file has it.
    lying: Vec<Finder>,
    /// By rule: the newest record of a key where the file does not have it right, or there is none any more.
    heads: Vec<HashMap<u64, u32>>,
    /// By record and rule: the record before it with the same key.
    before: Grid<u32>,
}

impl Keys {
    /// No records yet, whose keys are made of the values at these places.
    pub(super) fn new(places: Vec<Vec<usize>>) -> Keys {
        Keys {
            lying: vec![Finder::default(); places.len()],
            heads: vec![HashMap::new(); places.len()],
            before: Grid::of(places.len(), Vec::new()),
            places,
        }
    }

    /// How many records there is room for.
    pub(super) fn records(&self) -> usize {
        self.before.rows()
    }

    pub(super) fn rules(&self) -> usize {
        self.places.len()
    }

    /// Whether two rows have a rule's key in common.
    pub(super) fn shares(&self, a: &[u32], b: &[u32], rule: usize) -> bool {
        self.places[rule].iter().all(|place| a[*place] == b[*place] && a[*place] != NULL)
    }

    /// The key of a row by a rule; none where a part of it is NULL.
    fn key(&self, row: &[u32], rule: usize) -> Option<u64> {
        let mut hash = 0x9e37_79b9_7f4a_7c15u64;
        for place in &self.places[rule] {
            let id = row[*place];
            if id == NULL {
                return None;
            }
            hash = (hash ^ u64::from(id)).wrapping_mul(0xff51_afd7_ed55_8ccd);
            hash ^= hash >> 32;
        }
        Some(hash)
    }

    /// The newest record of a key.
    fn head(&self, key: u64, rule: usize, rows: &Grid<u32>) -> u32 {
        if let Some(head) = self.heads[rule].get(&key) {
            return *head;
        }
        // A record whose row has changed since has left its key, which is among the heads then.
        let has_key = |record: u32| rows.get(record).and_then(|row| self.key(row, rule)) == Some(key);
        self.lying[rule].find(key, has_key).unwrap_or(NONE)
    }

    fn before(&self, record: u32, rule: usize) -> u32 {
        self.before.get(record).map_or(NONE, |before| before[rule])
    }

    /// The records that have the key of a row, newest first: those of another key that falls on the same number too. In a
    /// damaged file a chain may lead back into itself; it ends all the same.
    pub(super) fn chain<'a>(
        &'a self,
        row: &[u32],
        rule: usize,
        rows: &'a Grid<u32>,
    ) -> impl Iterator<Item = (u32, &'a [u32])> {
        let mut at = self.key(row, rule).map_or(NONE, |key| self.head(key, rule, rows));
        std::iter::from_fn(move || {
            let (record, row) = (at, rows.get(at)?);
            at = self.before(at, rule);
            Some((record, row))
        })
        .take(rows.rows())
    }

    /// Makes room for one more record.
    pub(super) fn push(&mut self) {
        self.before.push(&vec![NONE; self.rules()]);
    }

    /// Puts a record, which is in no chain, under the keys of its row.
    pub(super) fn file(&mut self, record: u32, rows: &Grid<u32>) {
        for rule in 0..self.rules() {
            let Some(key) = rows.get(record).and_then(|row| self.key(row, rule)) else { continue };
            let head = self.head(key, rule, rows);
            self.heads[rule].insert(key, record);
            self.set_before(record, rule, head);
        }
    }

    /// Takes a record out of the chains of its keys.
    pub(super) fn unfile(&mut self, record: u32, rows: &Grid<u32>) {
        for rule in 0..self.rules() {
            let Some(row) = rows.get(record) else { return };
            let Some(key) = self.key(row, rule) else { continue };
            let behind = self.before(record, rule);
            if self.head(key, rule, rows) == record {
                self.heads[rule].insert(key, behind);
            } else {
                let newer =
                    self.chain(row, rule, rows).map(|(at, _)| at).find(|at| self.before(*at, rule) == record);
                if let Some(newer) = newer {
                    self.set_before(newer, rule, behind);
                }
            }
            self.set_before(record, rule, NONE);
        }
    }

    fn set_before(&mut self, record: u32, rule: usize, before: u32) {
        if let Some(of) = self.before.edit(record) {
            of[rule] = before;
        }
    }

    pub(super) fn save<W: Write>(&self, rows: &Grid<u32>, out: &mut Writer<'_, W>) -> std::io::Result<()> {
        let records = || 0..rows.rows() as u32;
        out.items(
            "before",
            records().flat_map(|record| (0..self.rules()).map(move |rule| self.before(record, rule))),
        )?;
        for rule in 0..self.rules() {
            // The newest of a key stands before nobody.
            let mut is_older = vec![false; rows.rows()];
            for record in records() {
                if let Some(before) = is_older.get_mut(self.before(record, rule) as usize) {
                    *before = true;
                }
            }
            let key =
                |record: u32| rows.get(record).and_then(|row| self.key(row, rule)).map(|key| (key, record));
            let heads: Vec<(u64, u32)> =
                records().filter(|record| !is_older[*record as usize]).filter_map(key).collect();
            out.items(&format!("heads {rule}"), Finder::lay_out(heads.into_iter()).into_iter())?;
        }
        Ok(())
    }

    pub(super) fn open(places: Vec<Vec<usize>>, file: &Sections) -> Result<Keys, String> {
        let mut keys = Keys::new(places);
        keys.before = Grid::lying(keys.rules(), file.items("before")?);
        for (rule, lying) in keys.lying.iter_mut().enumerate() {
            *lying = Finder::new(file.items(&format!("heads {rule}"))?).ok_or_else(damaged)?;
        }
        Ok(keys)
    }
}
