//! Clusters that follow each change: only the component that a change touches is clustered again, and what happens to a
//! cluster is told.

use super::ties::Tie;
use super::{Event, Index};
use crate::cluster::{self, Input, Judgement, Layout, Options, Pairs, Verdict};
use std::collections::{BTreeMap, BTreeSet};

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

    pub(super) fn tie(&mut self, record: u32, ties: &[Tie]) {
        for &Tie { other, weight, .. } in ties {
            for (from, to) in [(record, other), (other, record)] {
                if let Some(ties) = self.ties.edit(from) {
                    ties.push(Tie::to(to, weight));
                }
            }
        }
    }

    pub(super) fn untie(&mut self, record: u32) {
        for tie in self.ties.edit(record).map(std::mem::take).unwrap_or_default() {
            if let Some(ties) = self.ties.edit(tie.other) {
                ties.retain(|t| t.other != record);
            }
        }
    }

    /// All records that hang together with these, by ties or by judgements "the same".
    pub(super) fn component(&self, from: &[u32]) -> Vec<u32> {
        let mut all: Vec<u32> = from.to_vec();
        let mut seen: hashbrown::HashSet<u32> = from.iter().copied().collect();
        let mut at = 0;
        while at < all.len() {
            let record = all[at];
            let ties = self.ties.of(record).iter().map(|tie| tie.other);
            let said = self.said.get(&record).into_iter().flatten();
            for other in ties.chain(said.filter(|(_, same)| **same).map(|(other, _)| *other)) {
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
        let (mut left, mut right, mut weight) = (Vec::new(), Vec::new(), Vec::new());
        let mut judgements = Vec::new();
        for (at, record) in (0..).zip(&alive) {
            for tie in self.ties.of(*record) {
                if let Some(other) = after(at, tie.other) {
                    left.push(at);
                    right.push(other);
                    weight.push(tie.weight);
                }
            }
            for (other, same) in self.said.get(record).into_iter().flatten() {
                if let Some(right) = after(at, *other) {
                    let verdict = if *same { Verdict::Same } else { Verdict::NotSame };
                    judgements.push(Judgement { left: at, right, verdict });
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
            selected: &[],
            evidence: &[],
            judgements: &judgements,
        };
        let options = Options { correct: false, ..Options::default() };
        let found =
            cluster::contradiction_aware(alive.len() as u32, &input, &options, &|| Box::new(|_| Vec::new()));
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
