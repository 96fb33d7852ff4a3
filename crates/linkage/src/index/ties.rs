//! Which records a record is tied to. Ties of records that change are copied out of the file.

use crate::sections::{Sections, Writer};
use crate::shelf::Lying;
use hashbrown::HashMap;
use std::io::Write;

/// The ties of all records, each with both of its records.
#[derive(Debug, Default)]
pub(super) struct Ties {
    /// Of the records that lie in a file: where the ties of each end.
    ends: Lying<u64>,
    lying: Lying<u32>,
    /// How many records lie in the file.
    first: usize,
    changed: HashMap<u32, Vec<u32>>,
    grown: Vec<Vec<u32>>,
}

impl From<Vec<Vec<u32>>> for Ties {
    fn from(grown: Vec<Vec<u32>>) -> Ties {
        Ties { grown, ..Ties::default() }
    }
}

impl Ties {
    pub(super) fn of(&self, record: u32) -> &[u32] {
        let at = record as usize;
        if at >= self.first {
            return self.grown.get(at - self.first).map_or(&[], Vec::as_slice);
        }
        self.changed.get(&record).map_or_else(|| self.lying(record), Vec::as_slice)
    }

    fn lying(&self, record: u32) -> &[u32] {
        let (at, ends) = (record as usize, self.ends.items());
        let from = if at > 0 { ends[at - 1] } else { 0 };
        self.lying.items().get(from as usize..ends[at] as usize).unwrap_or(&[])
    }

    /// The ties of a record, to be changed; nothing where there is no such record.
    pub(super) fn edit(&mut self, record: u32) -> Option<&mut Vec<u32>> {
        let at = record as usize;
        if at >= self.first {
            return self.grown.get_mut(at - self.first);
        }
        if !self.changed.contains_key(&record) {
            let lying = self.lying(record).to_vec();
            self.changed.insert(record, lying);
        }
        self.changed.get_mut(&record)
    }

    /// Makes room for one more record, which has no ties yet.
    pub(super) fn push(&mut self) {
        self.grown.push(Vec::new());
    }

    pub(super) fn save<W: Write>(&self, out: &mut Writer<'_, W>) -> std::io::Result<()> {
        let records = || (0..(self.first + self.grown.len()) as u32).map(|record| self.of(record));
        let mut end = 0u64;
        let ends = records().map(|ties| {
            end += ties.len() as u64;
            end
        });
        out.items("ties.ends", ends)?;
        out.items("ties", records().flatten().copied())
    }

    pub(super) fn open(file: &Sections) -> Result<Ties, String> {
        let ends: Lying<u64> = file.items("ties.ends")?;
        let first = ends.items().len();
        Ok(Ties { first, ends, lying: file.items("ties")?, ..Ties::default() })
    }

    /// Of how many records there are ties.
    pub(super) fn records(&self) -> usize {
        self.first + self.grown.len()
    }
}
