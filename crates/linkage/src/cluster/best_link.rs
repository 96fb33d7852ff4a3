//! One-to-one linking: each record has at most one partner in every other source.

use super::{Edge, Pairs, UnionFind};

/// What [`single_best_link`] chose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BestLinks {
    /// For each record the smallest record of its group.
    pub labels: Vec<u32>,
    /// The chosen links, strongest first.
    pub links: Vec<Edge>,
}

/// Greedy one-to-one linking, strongest pair first: a link is taken only if the group that it makes has at most one
/// record of each source, as in Splink's `cluster_using_single_best_links` with duplicate-free sources. Ties go to
/// the smaller records, so the order of the pairs doesn't matter. A record without a source (beyond the slice) stays
/// alone.
///
/// ```
/// use bluelamp_linkage::cluster::{Pairs, single_best_link};
/// let pairs = Pairs { left: &[0, 0, 1], right: &[2, 3, 3], weight: &[9.0, 12.0, 10.0], pattern: &[0; 3] };
/// // 0 and 1 are of source 0, 2 and 3 of source 1: 3 goes to 0, then 1 finds it taken.
/// assert_eq!(single_best_link(4, &pairs, &[0, 0, 1, 1], 5.0).labels, [0, 1, 2, 0]);
/// ```
pub fn single_best_link(records: u32, pairs: &Pairs<'_>, source: &[u32], threshold: f64) -> BestLinks {
    let known = (records as usize).min(source.len());
    let mut edges: Vec<Edge> = (0..pairs.len())
        .filter(|&i| pairs.weight[i] >= threshold)
        .map(|i| (pairs.left[i].min(pairs.right[i]), pairs.left[i].max(pairs.right[i]), pairs.weight[i]))
        .filter(|&(left, right, _)| left != right && (right as usize) < known)
        .map(|(left, right, weight)| Edge { left, right, weight })
        .collect();
    edges.sort_unstable_by(|a, b| {
        b.weight.total_cmp(&a.weight).then((a.left, a.right).cmp(&(b.left, b.right)))
    });
    let mut sets = UnionFind::new(records);
    let mut next: Vec<u32> = (0..records).collect(); // each group as a ring
    let ring = |next: &[u32], from: u32| {
        let mut members = vec![from];
        let mut at = next[from as usize];
        while at != from {
            members.push(at);
            at = next[at as usize];
        }
        members
    };
    let mut links = Vec::new();
    for edge in edges {
        if sets.find(edge.left) == sets.find(edge.right) {
            continue;
        }
        let (a, b) = (ring(&next, edge.left), ring(&next, edge.right));
        if a.iter().any(|&x| b.iter().any(|&y| source[x as usize] == source[y as usize])) {
            continue;
        }
        sets.union(edge.left, edge.right);
        next.swap(edge.left as usize, edge.right as usize);
        links.push(edge);
    }
    BestLinks { labels: sets.into_labels(), links }
}
