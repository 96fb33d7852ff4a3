//! Records that share a key, brought together: the base of blocking and of keys with several parts.

use crate::dictionary::NULL;

/// Records in the order of a key, and where each group of equal keys begins. Groups of one are left out, since nothing
/// can be paired in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// Record numbers; ascending within a group.
    pub members: Vec<u32>,
    /// `starts[g]..starts[g + 1]` are the members of group `g`.
    pub starts: Vec<u32>,
}

impl Groups {
    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The records of a group.
    #[inline]
    pub fn get(&self, group: usize) -> &[u32] {
        &self.members[self.starts[group] as usize..self.starts[group + 1] as usize]
    }
}

/// Sorts pairs of key and record by key, stably, by counting: eleven bits at a time, and only the bits that differ.
pub(crate) fn sort_by_key(items: &mut Vec<(u64, u32)>) {
    if items.len() < 2_000 {
        items.sort_by_key(|(key, _)| *key); // stable
        return;
    }
    let all = items.iter().fold(0u64, |all, (key, _)| all | key);
    let mut other: Vec<(u64, u32)> = vec![(0, 0); items.len()];
    let mut shift = 0;
    while shift < 64 && (all >> shift) != 0 {
        let digit = |key: u64| ((key >> shift) & 0x7ff) as usize;
        let mut counts = [0u32; 2048];
        for (key, _) in items.iter() {
            counts[digit(*key)] += 1;
        }
        if counts.iter().filter(|c| **c > 0).count() > 1 {
            let mut at = 0;
            for count in &mut counts {
                (*count, at) = (at, at + *count);
            }
            for item in items.iter() {
                let place = &mut counts[digit(item.0)];
                other[*place as usize] = *item;
                *place += 1;
            }
            std::mem::swap(items, &mut other);
        }
        shift += 11;
    }
}

/// Groups records by a key of one number each; [`NULL`] belongs to no group.
///
/// Gives back the keys too, made dense: 0 where a record has no partner, else one more than its group's number.
pub(crate) fn by_number(keys: &[u32]) -> (Vec<u32>, Groups) {
    let mut items: Vec<(u64, u32)> = keys
        .iter()
        .enumerate()
        .filter(|(_, k)| **k != NULL)
        .map(|(r, k)| (u64::from(*k), r as u32))
        .collect();
    grouped(&mut items, keys.len())
}

/// Groups records by two numbers each, both of which must be there.
pub(crate) fn by_two(first: &[u32], second: &[u32]) -> (Vec<u32>, Groups) {
    // Keys close to one another sort in fewer steps.
    let bits = 32 - second.iter().copied().max().unwrap_or(0).leading_zeros();
    let mut items: Vec<(u64, u32)> = first
        .iter()
        .zip(second)
        .enumerate()
        .filter(|(_, (a, b))| **a != NULL && **b != NULL)
        .map(|(r, (a, b))| (u64::from(*a) << bits | u64::from(*b), r as u32))
        .collect();
    grouped(&mut items, first.len())
}

fn grouped(items: &mut Vec<(u64, u32)>, records: usize) -> (Vec<u32>, Groups) {
    sort_by_key(items);
    let mut dense = vec![NULL; records];
    let mut groups = Groups { members: Vec::new(), starts: vec![0] };
    for run in items.chunk_by(|a, b| a.0 == b.0) {
        if run.len() < 2 {
            continue;
        }
        let number = groups.starts.len() as u32;
        for (_, record) in run {
            dense[*record as usize] = number;
            groups.members.push(*record);
        }
        groups.starts.push(groups.members.len() as u32);
    }
    (dense, groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn records_of_one_key_come_together_and_lonely_ones_are_left_out() {
        let (dense, groups) = by_number(&[7, 0, 9, 7, 3, 9, 7]);
        assert_eq!(dense, [1, 0, 2, 1, 0, 2, 1]);
        assert_eq!(groups.get(0), [0, 3, 6]);
        assert_eq!(groups.get(1), [2, 5]);
        assert_eq!(groups.len(), 2);
    }

    proptest! {
        #[test]
        fn two_numbers_group_as_their_pair_does(pairs in prop::collection::vec((0u32..5, 0u32..4), 0..60)) {
            let (first, second): (Vec<u32>, Vec<u32>) = pairs.iter().copied().unzip();
            let (dense, _) = by_two(&first, &second);
            for (i, a) in pairs.iter().enumerate() {
                for (j, b) in pairs.iter().enumerate() {
                    let same = i != j && a == b && a.0 != 0 && a.1 != 0;
                    prop_assert_eq!(same, i != j && dense[i] != 0 && dense[i] == dense[j]);
                }
            }
        }

        #[test]
        fn sorting_by_counting_is_sorting(mut keys in prop::collection::vec(any::<u64>(), 2000..2300), few in any::<bool>()) {
            if few { keys.iter_mut().for_each(|k| *k %= 50); }
            let mut items: Vec<(u64, u32)> = keys.iter().enumerate().map(|(i, k)| (*k, i as u32)).collect();
            let mut expected = items.clone();
            expected.sort();
            sort_by_key(&mut items);
            prop_assert_eq!(items, expected);
        }
    }
}
