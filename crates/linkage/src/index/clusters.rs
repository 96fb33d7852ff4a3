//! Clusters that follow each change: only the component that a change touches is clustered again, and what happens to a
//! cluster is told.

use super::{Event, Index};
use crate::cluster::{self, Input, Judgement, Layout, Options, Pairs, Verdict};

impl Index {
    /// Every cluster's records by id, sorted: for a comparison with a full run.
    pub fn partition(&self) -> Vec<Vec<String>> {
        let mut all: Vec<Vec<String>> = self
            .members
            .values()
            .map(|records| {
                let mut ids: Vec<String> = records.iter().map(|r| self.names[*r as usize].clone()).collect();
                ids.sort();
                ids
            })
            .collect();
        all.sort();
        all
    }

    /// Clusters all records anew, from ties and judgements alone, as if there had been no changes one by one.
    pub fn cluster_all_anew(&mut self) {
        let all: Vec<u32> = (0..self.names.len() as u32).collect();
        self.settle_all(&all);
    }

    pub(super) fn tie(&mut self, record: u32, ties: Vec<(u32, f64)>) {
        for (other, weight) in ties {
            self.edges[record as usize].push((other, weight));
            self.edges[other as usize].push((record, weight));
        }
    }

    pub(super) fn untie(&mut self, record: u32) {
        for (other, _) in std::mem::take(&mut self.edges[record as usize]) {
            self.edges[other as usize].retain(|(r, _)| *r != record);
        }
    }

    /// All records that hang together with these, by ties or by judgements "the same".
    pub(super) fn component(&self, from: &[u32]) -> Vec<u32> {
        let mut all: Vec<u32> = from.to_vec();
        let mut seen: hashbrown::HashSet<u32> = from.iter().copied().collect();
        let mut at = 0;
        while at < all.len() {
            let record = all[at];
            let ties = self.edges[record as usize].iter().map(|(other, _)| *other);
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
        for &record in records {
            if self.alive[record as usize] && !done.contains(&record) {
                let component = self.component(&[record]);
                done.extend(component.iter().copied());
                pieces.push(component);
            }
        }
        let mut all: Vec<u32> = records.to_vec();
        pieces.iter().for_each(|p| all.extend(p));
        all.sort_unstable();
        all.dedup();
        let groups = pieces.iter().flat_map(|piece| self.groups(piece)).collect();
        self.relabel(&all, groups);
    }

    pub(super) fn settle(&mut self, component: &[u32]) {
        let groups = self.groups(component);
        self.relabel(component, groups);
    }

    /// The clusters within a component: the same function for one component and for a full run.
    fn groups(&self, component: &[u32]) -> Vec<Vec<u32>> {
        let alive: Vec<u32> = component.iter().copied().filter(|r| self.alive[*r as usize]).collect();
        if alive.len() < 2 {
            return alive.into_iter().map(|r| vec![r]).collect();
        }
        let local = |record: u32| alive.binary_search(&record).ok().map(|at| at as u32);
        let (mut left, mut right, mut weight) = (Vec::new(), Vec::new(), Vec::new());
        let mut judgements = Vec::new();
        for (at, &record) in alive.iter().enumerate() {
            for (other, w) in &self.edges[record as usize] {
                if *other > record
                    && let Some(other) = local(*other)
                {
                    left.push(at as u32);
                    right.push(other);
                    weight.push(*w);
                }
            }
        }
        for (at, record) in alive.iter().enumerate() {
            for (other, same) in self.said.get(record).into_iter().flatten().filter(|(o, _)| *o > record) {
                if let Some(other) = local(*other) {
                    let verdict = if *same { Verdict::Same } else { Verdict::NotSame };
                    judgements.push(Judgement { left: at as u32, right: other, verdict });
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
            evidence: &[],
            judgements: &judgements,
        };
        let options = Options { correct: false, ..Options::default() };
        let found =
            cluster::contradiction_aware(alive.len() as u32, &input, &options, &|| Box::new(|_| Vec::new()));
        let mut groups: std::collections::BTreeMap<u32, Vec<u32>> = std::collections::BTreeMap::new();
        for (at, label) in found.labels.iter().enumerate() {
            groups.entry(*label).or_default().push(alive[at]);
        }
        groups.into_values().collect()
    }

    /// Gives groups the ids of the clusters that most of their records were in, and tells what happened.
    fn relabel(&mut self, records: &[u32], groups: Vec<Vec<u32>>) {
        let old: std::collections::BTreeSet<u64> =
            records.iter().map(|r| self.labels[*r as usize]).filter(|l| *l != 0).collect();
        // The most records first, then the older cluster: who keeps an id does not depend on the order of work.
        let mut claims: Vec<(usize, u64, usize)> = Vec::new();
        for (at, group) in groups.iter().enumerate() {
            let mut from: std::collections::BTreeMap<u64, usize> = std::collections::BTreeMap::new();
            group
                .iter()
                .map(|r| self.labels[*r as usize])
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
        old.iter().for_each(|label| {
            self.members.remove(label);
        });
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
        records.iter().for_each(|r| self.labels[*r as usize] = 0);
        for (group, label) in groups.into_iter().zip(given) {
            let Some(label) = label else { continue };
            group.iter().for_each(|r| self.labels[*r as usize] = label);
            self.members.insert(label, group);
        }
    }
}
