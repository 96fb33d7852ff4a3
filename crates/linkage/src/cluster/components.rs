//! Union-find over dense record indices, and connected components over a threshold: the classic baseline.

use super::Pairs;

/// Disjoint sets of 0..n. The root of a set is always its smallest member, so that labels need no second pass.
#[derive(Clone, Debug)]
pub struct UnionFind {
    parent: Vec<u32>,
}

impl UnionFind {
    /// `records` sets of one.
    pub fn new(records: u32) -> Self {
        Self { parent: (0..records).collect() }
    }

    /// The smallest member of `record`'s set; halves the path on the way. `record` itself if it is out of range.
    pub fn find(&mut self, record: u32) -> u32 {
        let mut at = record;
        while let Some(&up) = self.parent.get(at as usize) {
            if up == at {
                return at;
            }
            let over = self.parent[up as usize];
            self.parent[at as usize] = over;
            at = over;
        }
        record
    }

    /// Joins two sets; false if they were one already or an index is out of range.
    pub fn union(&mut self, left: u32, right: u32) -> bool {
        if left.max(right) as usize >= self.parent.len() {
            return false;
        }
        let (a, b) = (self.find(left), self.find(right));
        if a == b {
            return false;
        }
        self.parent[a.max(b) as usize] = a.min(b);
        true
    }

    /// For each record the smallest member of its set.
    pub fn into_labels(mut self) -> Vec<u32> {
        // A parent is never larger than its child: one pass in order flattens everything.
        for at in 0..self.parent.len() {
            self.parent[at] = self.parent[self.parent[at] as usize];
        }
        self.parent
    }
}

/// Connected components of the pairs whose weight is at least `threshold` bits: for each record the smallest record
/// of its component.
///
/// ```
/// use bluelamp_linkage::cluster::{Pairs, components};
/// let pairs = Pairs { left: &[0, 1, 3], right: &[1, 2, 4], weight: &[9.0, 7.0, -2.0], pattern: &[0; 3] };
/// assert_eq!(components(5, &pairs, 5.0), [0, 0, 0, 3, 4]);
/// ```
pub fn components(records: u32, pairs: &Pairs<'_>, threshold: f64) -> Vec<u32> {
    let mut sets = UnionFind::new(records);
    for i in 0..pairs.len() {
        if pairs.weight[i] >= threshold {
            sets.union(pairs.left[i], pairs.right[i]);
        }
    }
    sets.into_labels()
}
