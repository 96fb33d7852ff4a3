//! Lists that begin in a file and go on in memory.
//!
//! An index lies in a file that is mapped into memory. What was there when it was written is used where it lies; what comes
//! later is kept beside it, and what changes hides what lies in the file, which is never written to. A file may be
//! damaged: a place that is not there gives nothing, and no walk is longer than the list.

use bytes::Bytes;
use hashbrown::HashMap;
use std::marker::PhantomData;
use twox_hash::XxHash64;
use zerocopy::{FromBytes, Immutable, IntoBytes};

/// What lies in a file as it does in memory.
pub(crate) trait Plain: FromBytes + IntoBytes + Immutable + Copy {}

impl<T: FromBytes + IntoBytes + Immutable + Copy> Plain for T {}

/// Items that lie one after the other in a file.
#[derive(Clone, Debug)]
pub(crate) struct Lying<T> {
    bytes: Bytes,
    items: PhantomData<T>,
}

impl<T> Default for Lying<T> {
    fn default() -> Lying<T> {
        Lying { bytes: Bytes::new(), items: PhantomData }
    }
}

impl<T: Plain> Lying<T> {
    /// Nothing where the bytes are no whole number of items, or do not begin where an item may.
    pub(crate) fn new(bytes: Bytes) -> Option<Lying<T>> {
        <[T]>::ref_from_bytes(&bytes).ok()?;
        Some(Lying { bytes, items: PhantomData })
    }

    #[inline]
    pub(crate) fn items(&self) -> &[T] {
        <[T]>::ref_from_bytes(&self.bytes).unwrap_or(&[])
    }
}

/// A list that only grows at its end, and shrinks to no less than what lies in the file.
#[derive(Clone, Debug)]
pub(crate) struct Shelf<T> {
    lying: Lying<T>,
    /// How many lie in the file.
    first: usize,
    grown: Vec<T>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { lying: Lying::default(), first: 0, grown: Vec::new() }
    }
}

impl<T> From<Vec<T>> for Shelf<T> {
    fn from(grown: Vec<T>) -> Shelf<T> {
        Shelf { grown, ..Shelf::default() }
    }
}

impl<T: Plain> From<Lying<T>> for Shelf<T> {
    fn from(lying: Lying<T>) -> Shelf<T> {
        Shelf { first: lying.items().len(), lying, grown: Vec::new() }
    }
}

impl<T: Plain> Shelf<T> {
    pub(crate) fn len(&self) -> usize {
        self.first + self.grown.len()
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        if at < self.first { self.lying.items().get(at) } else { self.grown.get(at - self.first) }
    }

    pub(crate) fn push(&mut self, item: T) {
        self.grown.push(item);
    }

    pub(crate) fn extend(&mut self, items: impl Iterator<Item = T>) {
        self.grown.extend(items);
    }

    pub(crate) fn truncate(&mut self, most: usize) {
        self.grown.truncate(most.saturating_sub(self.first));
    }
}

/// Rows of one width. A row that changes is copied out of the file first.
#[derive(Debug)]
pub(crate) struct Grid<T> {
    width: usize,
    lying: Lying<T>,
    /// How many rows lie in the file.
    first: usize,
    changed: HashMap<u32, Box<[T]>>,
    grown: Vec<T>,
}

impl<T: Plain> Grid<T> {
    /// Rows in memory; what is left over at their end is no row.
    pub(crate) fn of(width: usize, grown: Vec<T>) -> Grid<T> {
        Grid { width: width.max(1), lying: Lying::default(), first: 0, changed: HashMap::new(), grown }
    }

    /// Rows that lie in a file.
    pub(crate) fn lying(width: usize, lying: Lying<T>) -> Grid<T> {
        Grid { first: lying.items().len() / width.max(1), lying, ..Grid::of(width, Vec::new()) }
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.first + self.grown.len() / self.width
    }

    #[inline]
    pub(crate) fn get(&self, row: u32) -> Option<&[T]> {
        let at = row as usize;
        if at < self.first {
            if !self.changed.is_empty()
                && let Some(changed) = self.changed.get(&row)
            {
                return Some(changed);
            }
            return self.lying.items().get(at * self.width..(at + 1) * self.width);
        }
        let from = (at - self.first) * self.width;
        self.grown.get(from..from + self.width)
    }

    /// A row, to be changed.
    pub(crate) fn edit(&mut self, row: u32) -> Option<&mut [T]> {
        let at = row as usize;
        if at < self.first {
            let lying = self.lying.items().get(at * self.width..(at + 1) * self.width)?;
            return Some(self.changed.entry(row).or_insert_with(|| lying.into()));
        }
        let from = (at - self.first) * self.width;
        self.grown.get_mut(from..from + self.width)
    }

    /// Adds a row, which must be of the width of all.
    pub(crate) fn push(&mut self, row: &[T]) {
        debug_assert_eq!(row.len(), self.width);
        self.grown.extend_from_slice(row);
    }
}

/// Numbers found by a hash that is the same on every machine and day: a table that lies in a file.
///
/// Open addressing: a slot holds the upper half of the hash and the number plus one, 0 is free.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finder {
    slots: Lying<u64>,
}

impl Finder {
    /// Nothing where the number of slots is no power of two.
    pub(crate) fn new(slots: Lying<u64>) -> Option<Finder> {
        slots.items().len().is_power_of_two().then_some(Finder { slots })
    }

    /// The slots of a table of numbers under their hashes.
    pub(crate) fn lay_out(all: impl ExactSizeIterator<Item = (u64, u32)>) -> Vec<u64> {
        // Three of four slots filled at most.
        let mut slots = vec![0u64; (all.len() * 4 / 3 + 1).next_power_of_two()];
        let mask = slots.len() - 1;
        for (hash, number) in all {
            let mut at = hash as usize & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = hash & !0xffff_ffff | (u64::from(number) + 1);
        }
        slots
    }

    /// The number that lies under a hash and is the one that is looked for.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let slots = self.slots.items();
        let mask = slots.len().wrapping_sub(1);
        for step in 0..slots.len() {
            let slot = slots[(hash as usize).wrapping_add(step) & mask];
            if slot == 0 {
                return None;
            }
            let number = (slot as u32).wrapping_sub(1);
            if slot >> 32 == hash >> 32 && is(number) {
                return Some(number);
            }
        }
        None
    }
}

/// A hash of a value that is the same on every machine and day: XXH64.
pub(crate) fn lasting_hash(value: &[u8]) -> u64 {
    XxHash64::oneshot(0, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Words in bytes that begin where words may.
    fn lying(words: &[u32]) -> Lying<u32> {
        struct Words(Vec<u32>);
        impl AsRef<[u8]> for Words {
            fn as_ref(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }
        Lying::new(Bytes::from_owner(Words(words.to_vec()))).expect("words that lie as words do")
    }

    #[test]
    fn bytes_that_are_no_items_are_none() {
        assert!(Lying::<u32>::new(Bytes::from_static(&[1, 2, 3])).is_none());
        assert!(Finder::new(Lying::default()).is_none(), "a table has at least one slot");
    }

    proptest! {
        #[test]
        fn a_list_is_one_list_wherever_it_lies(
            begin in prop::collection::vec(any::<u32>(), 0..9),
            more in prop::collection::vec(any::<u32>(), 0..9),
            most in 0usize..20,
        ) {
            let mut shelf = Shelf::from(lying(&begin));
            let mut plain = begin.clone();
            shelf.extend(more.iter().copied());
            plain.extend(&more);
            shelf.truncate(most);
            plain.truncate(most.max(begin.len()));
            prop_assert_eq!(shelf.len(), plain.len());
            for at in 0..plain.len() + 2 {
                prop_assert_eq!(shelf.get(at), plain.get(at));
            }
        }

        #[test]
        fn rows_that_change_hide_those_in_the_file(
            begin in prop::collection::vec(any::<u32>(), 0..12),
            acts in prop::collection::vec((0u32..9, any::<u32>(), any::<bool>()), 0..20),
        ) {
            let mut grid = Grid::lying(3, lying(&begin));
            let mut plain: Vec<[u32; 3]> = begin.as_chunks::<3>().0.to_vec();
            for (row, value, is_new) in acts {
                if is_new {
                    grid.push(&[value; 3]);
                    plain.push([value; 3]);
                } else {
                    let edited = grid.edit(row).map(|r| r[1] = value);
                    prop_assert_eq!(edited.is_some(), (row as usize) < plain.len());
                    if let Some(row) = plain.get_mut(row as usize) {
                        row[1] = value;
                    }
                }
            }
            prop_assert_eq!(grid.rows(), plain.len());
            for row in 0..plain.len() + 2 {
                prop_assert_eq!(grid.get(row as u32), plain.get(row).map(<[u32; 3]>::as_slice));
            }
        }

        #[test]
        fn what_is_in_a_table_is_found_and_nothing_else(values in prop::collection::btree_set(0u64..500, 0..90)) {
            // Few hashes for many values: most meet.
            let hash = |value: u64| (value % 7) << 32 | (value % 5);
            let all: Vec<u64> = values.iter().copied().collect();
            let slots = Finder::lay_out(all.iter().enumerate().map(|(at, v)| (hash(*v), at as u32)));
            let words: Vec<u32> = slots.iter().flat_map(|s| [*s as u32, (*s >> 32) as u32]).collect();
            let finder = Finder::new(Lying::new(lying(&words).bytes).expect("whole words")).expect("a table");
            for value in 0..500 {
                let found = finder.find(hash(value), |at| all[at as usize] == value);
                prop_assert_eq!(found, all.iter().position(|v| *v == value).map(|at| at as u32));
            }
        }
    }
}
