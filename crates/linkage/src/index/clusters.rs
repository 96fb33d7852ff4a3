//! Clusters that follow each change: only the component that a change touches is clustered again, and what happens to a
//! cluster is told.

use super::{Event, Index, Wanted};
use crate::cluster::{self, Evidence, Input, Judgement, Pairs, Role, Scored, Scorer, Verdict};
use crate::comparisons::Rows;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;

/// In components of fewer records than this, pairs are weighed again sooner than found.
const WORTH_REMEMBERING: usize = 16;
/// Pairs whose weights are remembered at most: 48 bytes each.
const MOST_REMEMBERED: usize = 2_000_000;

/// Which records a walk has come to.
#[derive(Default)]
pub(super) struct Seen {
    walk: u32,
    /// The last walk that came to a record.
    last: Vec<u32>,
}

impl Seen {
    fn begin(&mut self, records: usize) {
        self.last.resize(records, 0);
        self.walk = self.walk.wrapping_add(1);
        if self.walk == 0 {
            (self.walk, self.last) = (1, vec![0; records]);
        }
    }

    /// Whether this is the first time on this walk; never for a record that is not there.
    fn is_new(&mut self, record: u32) -> bool {
        self.last.get_mut(record as usize).is_some_and(|last| std::mem::replace(last, self.walk) != self.walk)
    }
}

impl Index {
    /// Every cluster's records by id, sorted: for a comparison with a full run.
    pub fn partition(&self) -> Vec<Vec<String>> {
        let mut clusters: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for record in (0..self.rows.rows() as u32).filter(|record| self.is_alive(*record)) {
            clusters.entry(self.label(record)).or_default().push(self.name(record));
        }
        let mut all: Vec<Vec<String>> = clusters.into_values().collect();
        all.iter_mut().for_each(|ids| ids.sort());
        all.sort();
        all
    }

    /// Every cluster's records as a full run has them: each pair weighed again, all records clustered at once.
    ///
    /// # Errors
    /// A value that a condition cannot be worked out for.
    pub fn full_run(&mut self) -> Result<Vec<Vec<String>>, String> {
        let records = self.rows.rows() as u32;
        self.weighed.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        let mut all: Vec<Vec<u32>> = Vec::new();
        for record in 0..records {
            let row = self.rows.get(record).unwrap_or(&[]).to_vec();
            let ties = self.candidates(&row, &self.name(record), Some(record), Wanted::Ties)?;
            all.push(ties.into_iter().map(|(other, _)| other).collect());
        }
        let held = std::mem::replace(&mut self.ties, all.into());
        let mut seen = vec![false; records as usize];
        let mut clusters: Vec<Vec<String>> = Vec::new();
        for record in (0..records).filter(|record| self.is_alive(*record)) {
            if !seen[record as usize] {
                let component = self.component(&[record]);
                component.iter().for_each(|r| seen[*r as usize] = true);
                for group in self.groups(&component) {
                    let mut ids: Vec<String> = group.into_iter().map(|r| self.name(r)).collect();
                    ids.sort();
                    clusters.push(ids);
                }
            }
        }
        self.ties = held;
        clusters.sort();
        Ok(clusters)
    }

    pub(super) fn tie(&mut self, record: u32, ties: &[u32]) {
        for &other in ties {
            for (from, to) in [(record, other), (other, record)] {
                if let Some(ties) = self.ties.edit(from) {
                    ties.push(to);
                }
            }
        }
    }

    pub(super) fn untie(&mut self, record: u32) {
        for other in self.ties.edit(record).map(std::mem::take).unwrap_or_default() {
            if let Some(ties) = self.ties.edit(other) {
                ties.retain(|tie| *tie != record);
            }
        }
    }

    /// All records that hang together with these, by ties or by judgements "the same".
    pub(super) fn component(&self, from: &[u32]) -> Vec<u32> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.begin(self.rows.rows());
        let mut all: Vec<u32> = Vec::new();
        from.iter().filter(|record| seen.is_new(**record)).for_each(|record| all.push(*record));
        let mut at = 0;
        while at < all.len() {
            let record = all[at];
            self.ties
                .of(record)
                .iter()
                .filter(|other| seen.is_new(**other))
                .for_each(|other| all.push(*other));
            let same = self.said.get(&record).into_iter().flatten().filter(|(_, same)| **same);
            same.map(|(other, _)| *other)
                .filter(|other| seen.is_new(*other))
                .for_each(|other| all.push(other));
            at += 1;
        }
        all.sort_unstable();
        all
    }

    /// Clusters each component anew that a record of these is in.
    pub(super) fn settle_all(&mut self, records: &[u32]) {
        let mut done = hashbrown::HashSet::new();
        let mut pieces = Vec::new();
        for record in self.in_order(records.iter().copied()) {
            if self.is_alive(record) && !done.contains(&record) {
                let component = self.component(&[record]);
                done.extend(component.iter().copied());
                pieces.push(component);
            }
        }
        let mut all: Vec<u32> = records.to_vec();
        pieces.iter().for_each(|p| all.extend(p));
        all.sort_unstable();
        all.dedup();
        let groups: Vec<_> = pieces.iter().flat_map(|piece| self.groups(piece)).collect();
        self.relabel(&all, &groups);
    }

    pub(super) fn settle(&mut self, component: &[u32]) {
        let groups = self.groups(component);
        self.relabel(component, &groups);
    }

    /// Records in the order of their ids: what becomes of them does not depend on when they came.
    fn in_order(&self, records: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut all: Vec<u32> = records.collect();
        all.sort_by_cached_key(|record| self.order.place(self.names.get(record + 1)));
        all
    }

    /// The clusters within a component: the same function for one component and for a full run.
    fn groups(&self, component: &[u32]) -> Vec<Vec<u32>> {
        let alive = self.in_order(component.iter().copied().filter(|r| self.is_alive(*r)));
        if alive.len() < 2 {
            return alive.into_iter().map(|r| vec![r]).collect();
        }
        let mut numbered: Vec<(u32, u32)> = alive.iter().copied().zip(0..).collect();
        numbered.sort_unstable();
        // Each tie and each judgement stands with both of its records: it is taken at the one that comes first.
        let after = |at: u32, other: u32| {
            let found = numbered.binary_search_by_key(&other, |(record, _)| *record).ok()?;
            Some(numbered[found].1).filter(|other| *other > at)
        };
        let (mut ties, mut judgements) = (Vec::new(), Vec::new());
        for (at, record) in (0..).zip(&alive) {
            ties.extend(self.ties.of(*record).iter().filter_map(|other| Some((at, after(at, *other)?))));
            for (other, same) in self.said.get(record).into_iter().flatten() {
                if let Some(right) = after(at, *other) {
                    let verdict = if *same { Verdict::Same } else { Verdict::NotSame };
                    judgements.push(Judgement { left: at, right, verdict });
                }
            }
        }
        let stride = self.linker.width();
        let mut values: Vec<u32> = Vec::with_capacity(alive.len() * stride);
        alive
            .iter()
            .filter_map(|record| self.rows.get(*record))
            .for_each(|row| values.extend_from_slice(row));
        let rows = Rows { values: &values, stride };
        let weigh = |pairs: &[(u32, u32)]| {
            let mut all = Vec::with_capacity(pairs.len());
            let mut worker = self.linker.worker_for_one();
            self.linker.compare_rows(rows, pairs, &mut worker, &mut |left, right, pattern| {
                let (left, right) = (rows.row(left), rows.row(right));
                let weight = self.linker.weights.of(pattern, left, right);
                all.push(Scored { weight: self.people.bits(left, right, pattern, weight), pattern });
            });
            all
        };
        let scored = |pairs: &[(u32, u32)]| {
            if alive.len() < WORTH_REMEMBERING {
                return weigh(pairs);
            }
            let mut known = self.weighed.lock().unwrap_or_else(PoisonError::into_inner);
            let records = |&(left, right): &(u32, u32)| (alive[left as usize], alive[right as usize]);
            let mut all: Vec<Option<Scored>> =
                pairs.iter().map(|pair| known.get(&records(pair)).copied()).collect();
            let is_new = all.iter().map(Option::is_none);
            let new: Vec<(u32, u32)> =
                pairs.iter().zip(is_new).filter_map(|(pair, is_new)| is_new.then_some(*pair)).collect();
            if known.len() + new.len() > MOST_REMEMBERED {
                known.clear();
            }
            let weighed = weigh(&new);
            known.extend(new.iter().map(records).zip(weighed.iter().copied()));
            all.iter_mut()
                .filter(|known| known.is_none())
                .zip(weighed)
                .for_each(|(known, new)| *known = Some(new));
            all.into_iter().flatten().collect()
        };
        let tied = scored(&ties);
        let (left, right): (Vec<u32>, Vec<u32>) = ties.into_iter().unzip();
        let weight: Vec<f64> = tied.iter().map(|tie| tie.weight).collect();
        let pattern: Vec<u64> = tied.iter().map(|tie| tie.pattern).collect();
        let columns = self.people.evidence.iter();
        let columns: Vec<(&str, Role, Vec<u32>)> = columns
            .map(|(name, role, place)| {
                (name.as_str(), *role, values.iter().skip(*place).step_by(stride).copied().collect())
            })
            .collect();
        let evidence: Vec<Evidence<'_>> =
            columns.iter().map(|(name, role, ids)| Evidence { name, role: *role, ids }).collect();
        let input = Input {
            pairs: Pairs { left: &left, right: &right, weight: &weight, pattern: &pattern },
            comparisons: &self.people.comparisons,
            layout: &self.people.layout,
            lambda: self.settings.prior,
            selected: &[],
            evidence: &evidence,
            judgements: &judgements,
        };
        let score = || -> Scorer<'_> { Box::new(|pairs| scored(pairs).into_iter().map(Some).collect()) };
        let found = cluster::contradiction_aware(alive.len() as u32, &input, &self.people.options, &score);
        let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (at, label) in found.labels.iter().enumerate() {
            groups.entry(*label).or_default().push(alive[at]);
        }
        groups.into_values().collect()
    }

    /// Gives groups the ids of the clusters that most of their records were in, and tells what happened.
    fn relabel(&mut self, records: &[u32], groups: &[Vec<u32>]) {
        let old: BTreeSet<u64> = records.iter().map(|r| self.label(*r)).filter(|l| *l != 0).collect();
        // The most records first, then the older cluster: who keeps an id does not depend on the order of work.
        let mut claims: Vec<(usize, u64, usize)> = Vec::new();
        for (at, group) in groups.iter().enumerate() {
            let mut from: BTreeMap<u64, usize> = BTreeMap::new();
            group
                .iter()
                .map(|r| self.label(*r))
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
        records.iter().for_each(|r| self.set_label(*r, 0));
        for (group, label) in groups.iter().zip(given) {
            let Some(label) = label else { continue };
            group.iter().for_each(|r| self.set_label(*r, label));
        }
    }
}
