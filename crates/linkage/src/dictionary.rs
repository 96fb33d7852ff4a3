//! Distinct values, each stored once in one arena and known by a number.
//!
//! A column of a million surnames has sixty thousand distinct ones. Everything that is expensive (a parse, a pattern, a
//! similarity) is done once per distinct value, and records carry 32-bit numbers. Number 0 is NULL, which equals nothing.

use hashbrown::hash_table::{Entry, HashTable};
use std::hash::BuildHasher;

/// The number of a NULL: it equals nothing, itself included.
pub const NULL: u32 = 0;

/// Distinct byte strings in the order in which they were first seen, numbered from 1.
#[derive(Clone)]
pub struct Dictionary {
    bytes: Vec<u8>,
    /// `ends[i]` is where value `i` ends in `bytes`; value 0 is empty and stands for NULL.
    ends: Vec<usize>,
    /// Part of a value's hash with its number: most other values are told apart without a look at them.
    table: HashTable<(u32, u32)>,
    /// How many values are in the table: the first ones. The others come into it when one is looked for.
    tabled: usize,
    hasher: hashbrown::DefaultHashBuilder,
}

/// The table's hash from the part that it holds: it grows without a look at the values, which are all over memory.
fn spread(part: u32) -> u64 {
    u64::from(part).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl Default for Dictionary {
    fn default() -> Dictionary {
        Dictionary {
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
        write!(f, "Dictionary of {} values, {} bytes", self.len(), self.bytes.len())
    }
}

impl Dictionary {
    /// How many distinct values there are, NULL not counted.
    pub fn len(&self) -> usize {
        self.ends.len() - 1
    }

    /// Whether there is no value but NULL.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a number: an empty string for [`NULL`] and for a number that was never given out.
    #[inline]
    pub fn get(&self, id: u32) -> &[u8] {
        let id = id as usize;
        if id == 0 || id >= self.ends.len() {
            return &[];
        }
        &self.bytes[self.ends[id - 1]..self.ends[id]]
    }

    /// The value of a number as text. Values that come in as text are UTF-8; other bytes are shown with replacements.
    pub fn text(&self, id: u32) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.get(id))
    }

    /// The number of a value, given out now if it is new. An empty string is a value like any other.
    #[inline]
    pub fn intern(&mut self, value: &[u8]) -> u32 {
        if self.tabled < self.len() {
            self.make_ready();
        }
        let part = self.part(value);
        let Dictionary { bytes, ends, table, tabled, .. } = self;
        let of = |id: u32| &bytes[ends[id as usize - 1]..ends[id as usize]];
        let same = |&(held, id): &(u32, u32)| held == part && of(id) == value;
        match table.entry(spread(part), same, |&(held, _)| spread(held)) {
            Entry::Occupied(entry) => entry.get().1,
            Entry::Vacant(entry) => {
                let id = u32::try_from(ends.len()).unwrap_or(u32::MAX);
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
        u32::try_from(self.ends.len() - 1).unwrap_or(u32::MAX)
    }

    /// Gives the memory back that values are looked up by. It is made again when one is looked for.
    pub fn drop_table(&mut self) {
        (self.table, self.tabled) = (HashTable::new(), 0);
    }

    /// Makes what values are looked up by, so that the first who asks need not wait for it.
    pub fn make_ready(&mut self) {
        self.table.reserve(self.len() - self.tabled, |&(held, _)| spread(held));
        for id in self.tabled + 1..=self.len() {
            let part = self.part(self.get(id as u32));
            self.table.insert_unique(spread(part), (part, id as u32), |&(held, _)| spread(held));
        }
        self.tabled = self.len();
    }

    /// The number of a value that is already there.
    pub fn find(&mut self, value: &[u8]) -> Option<u32> {
        self.make_ready();
        let part = self.part(value);
        let same = |&(held, id): &(u32, u32)| held == part && self.get(id) == value;
        self.table.find(spread(part), same).map(|(_, id)| *id)
    }

    fn part(&self, value: &[u8]) -> u32 {
        (self.hasher.hash_one(value) >> 32) as u32
    }

    /// Forgets every value after the first `most`.
    pub fn truncate(&mut self, most: usize) {
        while self.len() > most {
            let id = self.len() as u32;
            let hash = spread(self.part(self.get(id)));
            if let Ok(entry) = self.table.find_entry(hash, |&(_, held)| held == id) {
                entry.remove();
            }
            self.ends.pop();
            self.bytes.truncate(self.ends[self.ends.len() - 1]);
        }
        self.tabled = self.tabled.min(self.len());
    }

    /// All values with their numbers, in the order of the numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[u8])> {
        (1..self.ends.len() as u32).map(|id| (id, self.get(id)))
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
