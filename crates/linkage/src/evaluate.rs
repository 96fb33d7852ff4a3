//! Clusters and pairs measured against the truth: precision, recall, F1, and who bears the errors.
//!
//! All figures are over pairs of records: a pair is right where both records are of one person. Pairs that blocking never
//! looked at count as missed.

use std::collections::HashMap;
use std::hash::Hash;

/// Pairs counted against the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tied, and of one person.
    pub right: u64,
    /// Tied, and of two.
    pub wrong: u64,
    /// Of one person, and not tied.
    pub missed: u64,
}

/// A share with the interval in which it lies with 95 % confidence (Wilson 1927).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The share; not a number (NaN) where nothing was counted.
    pub value: f64,
    /// From.
    pub low: f64,
    /// To.
    pub high: f64,
    /// Of how many.
    pub of: u64,
}

impl Share {
    /// So many of so many.
    pub fn new(some: u64, all: u64) -> Share {
        if all == 0 {
            return Share { value: f64::NAN, low: 0.0, high: 1.0, of: 0 };
        }
        let (z, n) = (1.959_963_984_540_054_f64, all as f64);
        let p = some as f64 / n;
        let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        Share { value: p, low: (centre - half).max(0.0), high: (centre + half).min(1.0), of: all }
    }
}

impl Counts {
    /// The share of ties that are right.
    pub fn precision(&self) -> Share {
        Share::new(self.right, self.right + self.wrong)
    }

    /// The share of true pairs that are tied.
    pub fn recall(&self) -> Share {
        Share::new(self.right, self.right + self.missed)
    }

    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        let all = 2 * self.right + self.wrong + self.missed;
        if all == 0 { f64::NAN } else { 2.0 * self.right as f64 / all as f64 }
    }
}

/// What clusters are worth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Over all pairs.
    pub pairs: Counts,
    /// How many clusters there are.
    pub clusters: usize,
    /// How many people there are.
    pub people: usize,
    /// How many records the largest cluster has.
    pub largest: usize,
    /// B-cubed precision: for a record, the share of its cluster that is the same person, averaged (Bagga and Baldwin
    /// 1998).
    pub b3_precision: f64,
    /// B-cubed recall: for a record, the share of its person that is in its cluster, averaged.
    pub b3_recall: f64,
}

fn pairs(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

fn sizes<K: Hash + Eq>(keys: impl Iterator<Item = K>) -> HashMap<K, u64> {
    let mut sizes = HashMap::new();
    keys.for_each(|key| *sizes.entry(key).or_insert(0) += 1);
    sizes
}

/// Measures clusters: for each record its cluster and its person.
pub fn clusters(cluster: &[u32], person: &[u32]) -> Measured {
    let by_cluster = sizes(cluster.iter());
    let by_person = sizes(person.iter());
    let both = sizes(cluster.iter().zip(person));
    let right: u64 = both.values().map(|n| pairs(*n)).sum();
    let tied: u64 = by_cluster.values().map(|n| pairs(*n)).sum();
    let true_pairs: u64 = by_person.values().map(|n| pairs(*n)).sum();
    let records = cluster.len().max(1) as f64;
    let (mut precision, mut recall) = (0.0, 0.0);
    // In the order of the records, so that the sum is always the same.
    for (c, p) in cluster.iter().zip(person) {
        let shared = both[&(c, p)] as f64;
        precision += shared / by_cluster[c] as f64;
        recall += shared / by_person[p] as f64;
    }
    Measured {
        pairs: Counts { right, wrong: tied - right, missed: true_pairs - right },
        clusters: by_cluster.len(),
        people: by_person.len(),
        largest: by_cluster.values().copied().max().unwrap_or(0) as usize,
        b3_precision: precision / records,
        b3_recall: recall / records,
    }
}

/// Errors of one group. A pair belongs to a group where either record does; a record without a group is in none.
#[derive(Clone, Debug, PartialEq)]
pub struct OfGroup {
    /// The number of the group.
    pub group: u32,
    /// Records in it.
    pub records: u64,
    /// Pairs.
    pub pairs: Counts,
}

/// Counts errors by group: for each record its cluster, its person and its group (0 for none).
///
/// A group's wrong ties are those that a record of it is in; so for one who is looked at wrongly.
pub fn by_group(cluster: &[u32], person: &[u32], group: &[u32]) -> Vec<OfGroup> {
    let records = sizes(group.iter().copied());
    let mut groups: Vec<u32> = records.keys().copied().filter(|g| *g != 0).collect();
    groups.sort_unstable();
    let count = |of: u32, keys: &dyn Fn(usize) -> (u32, u32)| -> u64 {
        // Pairs with a record of the group: all pairs less those without one.
        let all = sizes((0..group.len()).map(keys));
        let without = sizes((0..group.len()).filter(|r| group[*r] != of).map(keys));
        all.values().map(|n| pairs(*n)).sum::<u64>() - without.values().map(|n| pairs(*n)).sum::<u64>()
    };
    groups
        .into_iter()
        .map(|of| {
            let tied = count(of, &|r| (cluster[r], 0));
            let true_pairs = count(of, &|r| (person[r], 0));
            let right = count(of, &|r| (cluster[r], person[r]));
            OfGroup {
                group: of,
                records: records[&of],
                pairs: Counts { right, wrong: tied - right, missed: true_pairs - right },
            }
        })
        .collect()
}

/// One threshold of a sweep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtThreshold {
    /// Pairs of at least this weight are taken.
    pub weight: f64,
    /// Pairs, against the truth.
    pub pairs: Counts,
}

/// Measures scored pairs at every quarter of a bit: weights, whether right, and how many true pairs there are in all.
pub fn sweep(scored: impl Iterator<Item = (f64, bool)>, true_pairs: u64) -> Vec<AtThreshold> {
    let mut steps: std::collections::BTreeMap<i64, (u64, u64)> = std::collections::BTreeMap::new();
    for (weight, right) in scored {
        let step = steps.entry((weight.clamp(-1000.0, 1000.0) * 4.0).floor() as i64).or_default();
        step.0 += u64::from(right);
        step.1 += u64::from(!right);
    }
    let (mut right, mut wrong) = (0, 0);
    let mut all: Vec<AtThreshold> = steps
        .into_iter()
        .rev()
        .map(|(step, (more_right, more_wrong))| {
            right += more_right;
            wrong += more_wrong;
            let missed = true_pairs.saturating_sub(right);
            AtThreshold { weight: step as f64 / 4.0, pairs: Counts { right, wrong, missed } }
        })
        .collect();
    all.reverse();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_counted_within_clusters_and_people() {
        // Records a b c | d e ; people a b | c d e.
        let measured = clusters(&[1, 1, 1, 2, 2], &[1, 1, 2, 2, 2]);
        assert_eq!(measured.pairs, Counts { right: 2, wrong: 2, missed: 2 });
        assert_eq!(measured.largest, 3);
        assert!((measured.pairs.f1() - 0.5).abs() < 1e-12);
        // a, b: 2 of 3; c: 1 of 3; d, e: all.
        assert!((measured.b3_precision - (2.0 / 3.0 + 2.0 / 3.0 + 1.0 / 3.0 + 2.0) / 5.0).abs() < 1e-12);
    }

    #[test]
    fn a_group_bears_the_errors_that_its_records_are_in() {
        let groups = by_group(&[1, 1, 1, 2, 2], &[1, 1, 2, 2, 2], &[7, 7, 8, 8, 0]);
        assert_eq!(groups.len(), 2);
        // Group 8: ties c-a, c-b (wrong) and d-e (right); c-d and c-e are missed.
        assert_eq!(groups[1].pairs, Counts { right: 1, wrong: 2, missed: 2 });
    }

    /// Newcombe 1998, "Two-sided confidence intervals for the single proportion": 81 of 263 gives 0.2553 to 0.3662.
    #[test]
    fn the_interval_is_wilsons() {
        let share = Share::new(81, 263);
        assert!((share.low - 0.2553).abs() < 5e-5 && (share.high - 0.3662).abs() < 5e-5, "{share:?}");
    }

    #[test]
    fn a_sweep_counts_from_the_top() {
        let swept = sweep([(5.0, true), (4.9, false), (-3.0, true)].into_iter(), 4);
        assert_eq!(swept.first().map(|s| s.pairs), Some(Counts { right: 2, wrong: 1, missed: 2 }));
        assert_eq!(swept.last().map(|s| (s.weight, s.pairs.right)), Some((5.0, 1)));
    }
}
