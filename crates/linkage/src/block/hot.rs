//! Blocks that are too large to compare: divided by what their records differ in, or set aside, and told.
//!
//! A switchboard's number in thirty thousand records makes a block of 450 million pairs, of which hardly one is a person's.
//! Such a block is divided by one more column, so that only records that agree there as well are compared; again where a
//! part is still too large. What no column divides is set aside. A pair that is not compared for that reason is left to
//! the rules that come later.

use super::{Exploded, HotBlock};
use crate::columns::{Column, Kind, Table};
use crate::dictionary::NULL;
use crate::group::Groups;
use std::collections::{BTreeMap, BTreeSet};

/// What a rule makes of the records, before blocks that are too large are dealt with.
pub(super) enum Keys<'a> {
    /// A record's key; none, or one that is as good as any where it stands alone.
    Own(&'a mut [u32]),
    /// The keys of all records as left ones, then as right ones.
    LeftAndRight(&'a mut [u32]),
    /// A record's keys where lists were taken apart: a group's number is its key.
    Several(&'a mut Exploded),
}

/// Blocks of at most `most` records: what is larger is divided where `divide`, else set aside, and told in `hot`.
pub(super) fn cap(
    groups: Groups,
    mut keys: Keys<'_>,
    rule: usize,
    (most, divide): (usize, bool),
    table: &Table,
    hot: &mut Vec<HotBlock>,
) -> Groups {
    if (0..groups.len()).all(|g| groups.get(g).len() <= most) {
        return groups;
    }
    let mut kept = Groups { members: Vec::new(), starts: vec![0] };
    let mut parts: Vec<Vec<u32>> = Vec::new();
    // The parts that the records of a divided block are in now, by its key.
    let mut moved: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for g in 0..groups.len() {
        let members = groups.get(g);
        if members.len() <= most {
            push(&mut kept, members);
            continue;
        }
        let from = parts.len();
        let mut columns = BTreeSet::new();
        if divide && !matches!(keys, Keys::LeftAndRight(_)) {
            division(members, most, table, &mut BTreeSet::new(), &mut columns, &mut parts);
        }
        let pairs = |part: &Vec<u32>| part.len() as u64 * (part.len() as u64 - 1) / 2;
        hot.push(HotBlock {
            rule,
            records: members.len(),
            example: (members[0] as usize % table.rows.max(1)) as u32,
            divided_by: columns.into_iter().map(|at| table.columns[at].name.clone()).collect(),
            pairs: parts[from..].iter().map(pairs).sum(),
        });
        match &mut keys {
            Keys::Own(keys) | Keys::LeftAndRight(keys) => {
                members.iter().for_each(|member| keys[*member as usize] = NULL);
            }
            // Numbers of groups are keys: an empty group keeps those that follow in their place.
            Keys::Several(_) => push(&mut kept, &[]),
        }
        moved.insert(g as u32, (from..parts.len()).collect());
    }
    match keys {
        Keys::Own(keys) | Keys::LeftAndRight(keys) => {
            let first = keys.iter().copied().max().unwrap_or(0) + 1;
            for (number, part) in (first..).zip(&parts) {
                part.iter().for_each(|member| keys[*member as usize] = number);
            }
        }
        Keys::Several(exploded) => {
            let first = kept.len() as u32;
            let mut added: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for (number, part) in (first..).zip(&parts) {
                part.iter().for_each(|member| added.entry(*member).or_default().push(number));
            }
            let records = exploded.starts.len() as u32 - 1;
            let mut anew = Exploded { starts: vec![0], keys: Vec::with_capacity(exploded.keys.len()) };
            for record in 0..records {
                anew.keys.extend(exploded.of(record).iter().filter(|key| !moved.contains_key(key)));
                anew.keys.extend(added.get(&record).into_iter().flatten());
                anew.starts.push(anew.keys.len() as u32);
            }
            *exploded = anew;
        }
    }
    parts.iter().for_each(|part| push(&mut kept, part));
    kept
}

fn push(groups: &mut Groups, members: &[u32]) {
    groups.members.extend_from_slice(members);
    groups.starts.push(groups.members.len() as u32);
}

/// Divides records by the column that leaves the most pairs in parts of at most `most`; parts that are too large by
/// another one, and what none divides is left out.
fn division(
    members: &[u32],
    most: usize,
    table: &Table,
    used: &mut BTreeSet<usize>,
    columns: &mut BTreeSet<usize>,
    parts: &mut Vec<Vec<u32>>,
) {
    let by = |column: &Column| -> BTreeMap<u32, usize> {
        let mut sizes = BTreeMap::new();
        for id in members.iter().map(|m| column.ids[*m as usize]).filter(|id| *id != NULL) {
            *sizes.entry(id).or_default() += 1;
        }
        sizes
    };
    // A part that is too large counts as what it may be divided into at the least.
    let pairs = |sizes: &BTreeMap<u32, usize>| -> u64 {
        sizes.values().map(|n| (*n).min(most) as u64).map(|n| n * n.saturating_sub(1) / 2).sum()
    };
    let best = (0..table.columns.len())
        .filter(|at| !used.contains(at) && table.columns[*at].kind != Kind::List)
        .map(|at| (at, by(&table.columns[at])))
        .filter(|(_, sizes)| sizes.values().all(|n| *n < members.len()))
        .map(|(at, sizes)| (pairs(&sizes), std::cmp::Reverse(at)))
        .max();
    let Some((1.., std::cmp::Reverse(at))) = best else { return };
    columns.insert(at);
    used.insert(at);
    let mut of: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &member in members {
        let id = table.columns[at].ids[member as usize];
        if id != NULL {
            of.entry(id).or_default().push(member);
        }
    }
    for part in of.into_values() {
        if part.len() > most {
            division(&part, most, table, used, columns, parts);
        } else if part.len() > 1 {
            parts.push(part);
        }
    }
    used.remove(&at);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two columns: a surname in eight, a sex in two.
    fn people(records: u32) -> Table {
        let mut table = Table { rows: records as usize, ..Table::default() };
        for (name, different) in [("surname", 8), ("sex", 2)] {
            let mut column = Column::new(name, Kind::Text);
            (0..records).for_each(|r| column.push(Some(format!("{}", r % different).as_bytes())));
            table.columns.push(column);
        }
        table
    }

    fn one_block(records: u32) -> Groups {
        Groups { members: (0..records).collect(), starts: vec![0, records] }
    }

    #[test]
    fn a_block_is_divided_by_the_column_that_leaves_the_most_pairs() {
        let (mut keys, mut hot) = (vec![1; 80], Vec::new());
        let kept = cap(one_block(80), Keys::Own(&mut keys), 0, (50, true), &people(80), &mut hot);
        assert_eq!(kept.len(), 2, "two sexes of forty");
        assert_eq!((hot[0].records, hot[0].pairs), (80, 2 * 40 * 39 / 2));
        assert_eq!(hot[0].divided_by, ["sex"]);
        assert_eq!(keys[0], keys[2]);
        assert_ne!(keys[0], keys[1], "the others are left to later rules");
    }

    #[test]
    fn a_part_that_is_too_large_is_divided_again() {
        let (mut keys, mut hot) = (vec![1; 80], Vec::new());
        let kept = cap(one_block(80), Keys::Own(&mut keys), 0, (15, true), &people(80), &mut hot);
        assert_eq!(kept.len(), 8);
        assert!((0..8).all(|g| kept.get(g).len() == 10), "eight surnames, whose sex is the same");
    }

    #[test]
    fn what_no_column_divides_is_set_aside() {
        let mut table = people(80);
        table.columns.iter_mut().for_each(|c| c.ids.fill(1));
        let (mut keys, mut hot) = (vec![1; 80], Vec::new());
        let kept = cap(one_block(80), Keys::Own(&mut keys), 3, (50, true), &table, &mut hot);
        assert!(kept.is_empty() && hot[0].divided_by.is_empty());
        assert_eq!((hot[0].rule, hot[0].pairs), (3, 0));
        assert!(keys.iter().all(|k| *k == NULL), "later rules may give its pairs");
    }

    #[test]
    fn lists_that_were_taken_apart_lose_a_key_that_is_too_frequent() {
        // All have the key 0, records 0 and 1 the key 1 as well.
        let mut members: Vec<u32> = (0..80).collect();
        members.extend([0, 1]);
        let groups = Groups { members, starts: vec![0, 80, 82] };
        let mut exploded = Exploded { starts: vec![0], keys: Vec::new() };
        for record in 0..80 {
            exploded.keys.extend(if record < 2 { vec![0, 1] } else { vec![0] });
            exploded.starts.push(exploded.keys.len() as u32);
        }
        let mut hot = Vec::new();
        let kept = cap(groups, Keys::Several(&mut exploded), 0, (50, true), &people(80), &mut hot);
        assert_eq!((kept.get(0).len(), kept.get(1)), (0, [0, 1].as_slice()));
        assert_eq!(exploded.least_shared(0, 1), Some(1), "they still share the other key");
        assert_eq!(exploded.least_shared(0, 2), Some(2), "a part of the first");
        assert_eq!(exploded.least_shared(0, 3), None);
    }
}
