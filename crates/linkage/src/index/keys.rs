//! Records under their keys: for each rule, a chain from the newest record of a key to the oldest.

use crate::dictionary::NULL;
use crate::linker::{KeyRule, Linker, Worker};
use crate::sections::{Sections, Writer, damaged};
use crate::shelf::{Finder, Grid};
use hashbrown::HashMap;
use std::io::Write;

/// Stands where no record does.
const NONE: u32 = u32::MAX;

/// Which record of a pair one is that is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    Either,
    Left,
    Right,
}

/// One way from a record to others by a rule. A rule that compares different columns has two: for the record as the left
/// one, and as the right one.
struct Way {
    rule: usize,
    /// The places of the values that records are filed under.
    filed: Vec<usize>,
    /// The places of the values of the record that asks.
    asked: Vec<usize>,
    own: Own,
    /// The newest record of a key, as the file has it.
    lying: Finder,
    /// The newest record of a key where the file does not have it right, or there is none any more.
    heads: HashMap<u64, u32>,
}

/// The chains of all rules.
pub(super) struct Keys {
    rules: Vec<KeyRule>,
    ways: Vec<Way>,
    /// By record and way: the record before it with the same key.
    before: Grid<u32>,
}

/// A record that another may be paired with.
#[derive(Clone, Copy)]
pub(super) struct Paired<'a> {
    pub(super) record: u32,
    pub(super) row: &'a [u32],
    /// The way that leads to it.
    way: usize,
}

/// The key of a row's values at some places; none where one is NULL.
fn key(row: &[u32], places: &[usize]) -> Option<u64> {
    let mut hash = 0x9e37_79b9_7f4a_7c15u64;
    for place in places {
        let id = row[*place];
        if id == NULL {
            return None;
        }
        hash = (hash ^ u64::from(id)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash ^= hash >> 32;
    }
    Some(hash)
}

impl Keys {
    /// No records yet.
    pub(super) fn new(rules: Vec<KeyRule>) -> Keys {
        let mut ways = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            let mut way = |filed: &[usize], asked: &[usize], own| {
                let (filed, asked) = (filed.to_vec(), asked.to_vec());
                let (lying, heads) = (Finder::default(), HashMap::new());
                ways.push(Way { rule: at, filed, asked, own, lying, heads });
            };
            if rule.left == rule.right {
                way(&rule.left, &rule.left, Own::Either);
            } else {
                way(&rule.right, &rule.left, Own::Left);
                way(&rule.left, &rule.right, Own::Right);
            }
        }
        Keys { before: Grid::of(ways.len(), Vec::new()), rules, ways }
    }

    /// How many records there is room for.
    pub(super) fn records(&self) -> usize {
        self.before.rows()
    }

    /// Whether a rule gives a pair.
    fn gives(&self, rule: usize, left: &[u32], right: &[u32], linker: &Linker, worker: &mut Worker) -> bool {
        let rule = &self.rules[rule];
        let equal = |(a, b): (&usize, &usize)| left[*a] == right[*b] && left[*a] != NULL;
        rule.left.iter().zip(&rule.right).all(equal)
            && rule.filter.as_ref().is_none_or(|filter| linker.holds(filter, left, right, worker))
    }

    /// All that share a key with a row, rule by rule: those too whose key only falls on the same number, which
    /// [`Keys::is_pair`] tells apart.
    pub(super) fn paired<'a>(
        &'a self,
        row: &'a [u32],
        rows: &'a Grid<u32>,
    ) -> impl Iterator<Item = Paired<'a>> {
        (0..self.ways.len()).flat_map(move |way| {
            let key = key(row, &self.ways[way].asked);
            self.chain(key, way, rows).map(move |(record, row)| Paired { record, row, way })
        })
    }

    /// Whether the rule that leads to a record pairs it with the one that asks, and no earlier rule does. `first`: the one
    /// that asks stands before it.
    pub(super) fn is_pair(
        &self,
        paired: Paired<'_>,
        first: bool,
        (left, right): (&[u32], &[u32]),
        linker: &Linker,
        worker: &mut Worker,
    ) -> bool {
        let Way { rule, own, .. } = &self.ways[paired.way];
        (*own == Own::Either || (*own == Own::Left) == first)
            && self.gives(*rule, left, right, linker, worker)
            && !(0..*rule).any(|earlier| self.gives(earlier, left, right, linker, worker))
    }

    /// The newest record of a key.
    fn head(&self, of: u64, way: usize, rows: &Grid<u32>) -> u32 {
        let Way { filed, lying, heads, .. } = &self.ways[way];
        if let Some(head) = heads.get(&of) {
            return *head;
        }
        // A record whose row has changed since has left its key, which is among the heads then.
        let has_key = |record: u32| rows.get(record).and_then(|row| key(row, filed)) == Some(of);
        lying.find(of, has_key).unwrap_or(NONE)
    }

    fn before(&self, record: u32, way: usize) -> u32 {
        self.before.get(record).map_or(NONE, |before| before[way])
    }

    /// The records that are filed under a key, newest first. In a damaged file a chain may lead back into itself; it ends
    /// all the same.
    fn chain<'a>(
        &'a self,
        key: Option<u64>,
        way: usize,
        rows: &'a Grid<u32>,
    ) -> impl Iterator<Item = (u32, &'a [u32])> {
        let mut at = key.map_or(NONE, |key| self.head(key, way, rows));
        std::iter::from_fn(move || {
            let (record, row) = (at, rows.get(at)?);
            at = self.before(at, way);
            Some((record, row))
        })
        .take(rows.rows())
    }

    /// Makes room for one more record.
    pub(super) fn push(&mut self) {
        self.before.push(&vec![NONE; self.ways.len()]);
    }

    /// Puts a record, which is in no chain, under the keys of its row.
    pub(super) fn file(&mut self, record: u32, rows: &Grid<u32>) {
        for way in 0..self.ways.len() {
            let Some(key) = rows.get(record).and_then(|row| key(row, &self.ways[way].filed)) else {
                continue;
            };
            let head = self.head(key, way, rows);
            self.ways[way].heads.insert(key, record);
            self.set_before(record, way, head);
        }
    }

    /// Takes a record out of the chains of its keys.
    pub(super) fn unfile(&mut self, record: u32, rows: &Grid<u32>) {
        for way in 0..self.ways.len() {
            let Some(key) = rows.get(record).and_then(|row| key(row, &self.ways[way].filed)) else {
                continue;
            };
            let behind = self.before(record, way);
            if self.head(key, way, rows) == record {
                self.ways[way].heads.insert(key, behind);
            } else {
                let newer = self.chain(Some(key), way, rows).find(|(at, _)| self.before(*at, way) == record);
                if let Some((newer, _)) = newer {
                    self.set_before(newer, way, behind);
                }
            }
            self.set_before(record, way, NONE);
        }
    }

    fn set_before(&mut self, record: u32, way: usize, before: u32) {
        if let Some(of) = self.before.edit(record) {
            of[way] = before;
        }
    }

    pub(super) fn save<W: Write>(&self, rows: &Grid<u32>, out: &mut Writer<'_, W>) -> std::io::Result<()> {
        let (records, ways) = (|| 0..rows.rows() as u32, self.ways.len());
        out.items("before", records().flat_map(|record| (0..ways).map(move |way| self.before(record, way))))?;
        for (at, way) in self.ways.iter().enumerate() {
            // The newest of a key stands before nobody.
            let mut is_older = vec![false; rows.rows()];
            for record in records() {
                if let Some(before) = is_older.get_mut(self.before(record, at) as usize) {
                    *before = true;
                }
            }
            let key = |record: u32| Some((key(rows.get(record)?, &way.filed)?, record));
            let heads: Vec<(u64, u32)> =
                records().filter(|record| !is_older[*record as usize]).filter_map(key).collect();
            out.items(&format!("heads {at}"), Finder::lay_out(heads.into_iter()).into_iter())?;
        }
        Ok(())
    }

    pub(super) fn open(rules: Vec<KeyRule>, file: &Sections) -> Result<Keys, String> {
        let mut keys = Keys::new(rules);
        keys.before = Grid::lying(keys.ways.len(), file.items("before")?);
        for (at, way) in keys.ways.iter_mut().enumerate() {
            way.lying = Finder::new(file.items(&format!("heads {at}"))?).ok_or_else(damaged)?;
        }
        Ok(keys)
    }
}
