//! Distinct values, each stored once in one arena and known by a number.
//!
//! A column of a million surnames has sixty thousand distinct ones. Everything that is expensive (a parse, a pattern, a
//! similarity) is done once per distinct value, and records carry 32-bit numbers. Number 0 is NULL, which equals nothing.

use crate::shelf::{Finder, Lying, lasting_hash};
use bytes::Bytes;
use hashbrown::hash_table::{Entry, HashTable};
use std::hash::BuildHasher;

/// The number of a NULL: it equals nothing, itself included.
pub const NULL: u32 = 0;

/// Distinct byte strings in the order in which they were first seen, numbered from 1. The first may lie in a file.
#[derive(Clone)]
pub struct Dictionary {
    lying: Values,
    /// How many values lie in the file.
    first: usize,
    bytes: Vec<u8>,
    /// `ends[i]` is where the `i`-th value that is in memory ends in `bytes`; the first entry is 0.
    ends: Vec<usize>,
    /// Part of a value's hash with its number: most other values are told apart without a look at them.
    table: HashTable<(u32, u32)>,
    /// How many values are in the table: the first ones in memory. The others come into it when one is looked for.
    tabled: usize,
    hasher: hashbrown::DefaultHashBuilder,
}

/// Values that lie in a file.
#[derive(Clone, Default)]
struct Values {
    bytes: Bytes,
    /// Where each ends.
    ends: Lying<u64>,
    finder: Finder,
}

impl Values {
    fn get(&self, id: usize) -> &[u8] {
        let ends = self.ends.items();
        let Some(to) = id.checked_sub(1).and_then(|at| ends.get(at)) else { return &[] };
        let from = if id > 1 { ends[id - 2] } else { 0 };
        self.bytes.get(from as usize..*to as usize).unwrap_or(&[])
    }

    fn find(&self, value: &[u8]) -> Option<u32> {
        self.finder.find(lasting_hash(value), |id| id != NULL && self.get(id as usize) == value)
    }
}

/// The table's hash from the part that it holds: it grows without a look at the values, which are all over memory.
fn spread(part: u32) -> u64 {
    u64::from(part).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Default for Dictionary {
    fn default() -> Dictionary {
        Dictionary {
            lying: Values::default(),
            first: 0,
            bytes: Vec::new(),
            ends: vec![0],
            table: HashTable::new(),
            tabled: 0,
            hasher: Default::default(),
        }
    }
}

impl std::fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dictionary of {} values", self.len())
    }
}

impl Dictionary {
    /// A dictionary whose values lie in a file: one after the other, where each ends, and what they are found by.
    pub(crate) fn lying(bytes: Bytes, ends: Lying<u64>, finder: Finder) -> Dictionary {
        let first = ends.items().len();
        Dictionary { lying: Values { bytes, ends, finder }, first, ..Dictionary::default() }
    }

    /// How many distinct values there are, NULL not counted.
    pub fn len(&self) -> usize {
        self.first + self.ends.len() - 1
    }

    /// Whether there is no value but NULL.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a number: an empty string for [`NULL`] and for a number that was never given out.
    #[inline]
    pub fn get(&self, id: u32) -> &[u8] {
        let id = id as usize;
        if id <= self.first {
            return self.lying.get(id);
        }
        let at = id - self.first;
        if at >= self.ends.len() {
            return &[];
        }
        &self.bytes[self.ends[at - 1]..self.ends[at]]
    }

    /// The value of a number as text. Values that come in as text are UTF-8; other bytes are shown with replacements.
    pub fn text(&self, id: u32) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.get(id))
    }

    /// The number of a value, given out now if it is new. An empty string is a value like any other.
    #[inline]
    pub fn intern(&mut self, value: &[u8]) -> u32 {
        if self.first > 0
            && let Some(id) = self.lying.find(value)
        {
            return id;
        }
        if self.tabled < self.ends.len() - 1 {
            self.make_ready();
        }
        let part = self.part(value);
        let Dictionary { first, bytes, ends, table, tabled, .. } = self;
        let of = |id: u32| &bytes[ends[id as usize - *first - 1]..ends[id as usize - *first]];
        let same = |&(held, id): &(u32, u32)| held == part && of(id) == value;
        match table.entry(spread(part), same, |&(held, _)| spread(held)) {
            Entry::Occupied(entry) => entry.get().1,
            Entry::Vacant(entry) => {
                let id = u32::try_from(*first + ends.len()).unwrap_or(u32::MAX);
                entry.insert((part, id));
                bytes.extend_from_slice(value);
                ends.push(bytes.len());
                *tabled += 1;
                id
            }
        }
    }

    /// Gives a number to a value of which the caller knows that it is not there yet: without a look.
    #[inline]
    pub fn append(&mut self, value: &[u8]) -> u32 {
        self.bytes.extend_from_slice(value);
        self.ends.push(self.bytes.len());
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    /// Gives the memory back that values are looked up by. It is made again when one is looked for.
    pub fn drop_table(&mut self) {
        (self.table, self.tabled) = (HashTable::new(), 0);
    }

    /// Makes what values are looked up by, so that the first who asks need not wait for it.
    pub fn make_ready(&mut self) {
        let in_memory = self.ends.len() - 1;
        self.table.reserve(in_memory - self.tabled, |&(held, _)| spread(held));
        for at in self.tabled + 1..=in_memory {
            let id = (self.first + at) as u32;
            let part = self.part(self.get(id));
            self.table.insert_unique(spread(part), (part, id), |&(held, _)| spread(held));
        }
        self.tabled = in_memory;
    }

    /// The number of a value that is already there. Fast after [`Dictionary::make_ready`] alone.
    pub fn find(&self, value: &[u8]) -> Option<u32> {
        if let Some(id) = self.lying.find(value) {
            return Some(id);
        }
        let part = self.part(value);
        let same = |&(held, id): &(u32, u32)| held == part && self.get(id) == value;
        if let Some((_, id)) = self.table.find(spread(part), same) {
            return Some(*id);
        }
        let not_tabled = (self.first + self.tabled + 1) as u32..=self.len() as u32;
        not_tabled.into_iter().find(|id| self.get(*id) == value)
    }

    fn part(&self, value: &[u8]) -> u32 {
        (self.hasher.hash_one(value) >> 32) as u32
    }

    /// Forgets every value after the first `most`; those that lie in a file stay.
    pub fn truncate(&mut self, most: usize) {
        let most = most.max(self.first);
        while self.len() > most {
            let id = self.len() as u32;
            let hash = spread(self.part(self.get(id)));
            if let Ok(entry) = self.table.find_entry(hash, |&(_, held)| held == id) {
                entry.remove();
            }
            self.ends.pop();
            self.bytes.truncate(self.ends[self.ends.len() - 1]);
        }
        self.tabled = self.tabled.min(self.ends.len() - 1);
    }

    /// All values with their numbers, in the order of the numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[u8])> {
        (1..=self.len() as u32).map(|id| (id, self.get(id)))
    }

    /// Bytes of memory held.
    pub fn bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 8 + self.table.capacity() * 5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_has_the_same_number_and_null_is_none_of_them() {
        let mut dictionary = Dictionary::default();
        let smith = dictionary.intern(b"Smith");
        let empty = dictionary.intern(b"");
        assert_eq!(dictionary.intern(b"Smith"), smith);
        assert_ne!(smith, empty);
        assert!(smith != NULL && empty != NULL, "an empty string is not NULL");
        assert_eq!(dictionary.get(smith), b"Smith");
        assert_eq!(dictionary.find(b"Jones"), None);
        assert_eq!(dictionary.len(), 2);
        assert_eq!(dictionary.get(77), b"", "a number never given out is empty");
    }

    #[test]
    fn a_dictionary_without_its_table_knows_its_values_again() {
        let mut dictionary = Dictionary::default();
        let numbers = [b"1", b"2", b"3"].map(|value| dictionary.append(value));
        dictionary.drop_table();
        assert_eq!([b"1", b"2", b"3"].map(|value| dictionary.intern(value)), numbers);
        assert_eq!(dictionary.intern(b"4"), 4);
        dictionary.drop_table();
        dictionary.truncate(2);
        assert_eq!((dictionary.find(b"3"), dictionary.find(b"2")), (None, Some(2)));
    }

    #[test]
    fn a_hundred_thousand_values_keep_their_numbers() {
        let mut dictionary = Dictionary::default();
        for k in 0..100_000u32 {
            assert_eq!(dictionary.intern(format!("value {k}").as_bytes()), k + 1);
        }
        assert_eq!(dictionary.find(b"value 777"), Some(778));
        dictionary.truncate(500);
        assert_eq!(dictionary.find(b"value 777"), None, "what is forgotten is not found");
        assert_eq!(dictionary.intern(b"new"), 501, "and its number is given out again");
        assert_eq!(dictionary.find(b"value 499"), Some(500));
    }
}
