//! Questions about the edges of one cluster: what holds it together, and how two records hang together.

use super::{Edge, UnionFind};
use std::collections::BTreeMap;

/// Strongest first; ties by records.
pub(super) fn strongest_first(a: &Edge, b: &Edge) -> std::cmp::Ordering {
    b.weight.total_cmp(&a.weight).then((a.left, a.right).cmp(&(b.left, b.right)))
}

/// For each local number its neighbours, with the number of the edge.
type Near = Vec<Vec<(usize, usize)>>;

/// Records by a local number, and their neighbours.
fn adjacency(edges: &[Edge]) -> (BTreeMap<u32, usize>, Near) {
    let mut number = BTreeMap::new();
    for edge in edges {
        for record in [edge.left, edge.right] {
            let next = number.len();
            number.entry(record).or_insert(next);
        }
    }
    let mut near = vec![Vec::new(); number.len()];
    for (i, edge) in edges.iter().enumerate() {
        let (a, b) = (number[&edge.left], number[&edge.right]);
        near[a].push((b, i));
        near[b].push((a, i));
    }
    (number, near)
}

/// The weakest edge of the strongest spanning tree: cut it, and the cluster falls in two where it hangs together least.
pub fn weakest(edges: &[Edge]) -> Option<Edge> {
    spanning(edges).last().copied()
}

/// The strongest spanning forest, strongest first.
pub(super) fn spanning(edges: &[Edge]) -> Vec<Edge> {
    let mut sorted = edges.to_vec();
    sorted.sort_unstable_by(strongest_first);
    let mut number = BTreeMap::new();
    for edge in &sorted {
        for record in [edge.left, edge.right] {
            let next = number.len() as u32;
            number.entry(record).or_insert(next);
        }
    }
    let mut sets = UnionFind::new(number.len() as u32);
    sorted.retain(|edge| sets.union(number[&edge.left], number[&edge.right]));
    sorted
}

/// The edges whose removal would split a component (Tarjan 1974), by (left, right). Without recursion, so that a long
/// chain can't exhaust the stack.
pub fn bridges(edges: &[Edge]) -> Vec<Edge> {
    let (_, near) = adjacency(edges);
    let mut order = vec![0_usize; near.len()]; // 0: not seen
    let mut low = vec![0_usize; near.len()];
    let mut clock = 0;
    let mut found = Vec::new();
    for root in 0..near.len() {
        if order[root] != 0 {
            continue;
        }
        clock += 1;
        (order[root], low[root]) = (clock, clock);
        let mut stack = vec![(root, usize::MAX, 0_usize)];
        while let Some(top) = stack.last_mut() {
            let (at, by, next) = *top;
            if let Some(&(to, edge)) = near[at].get(next) {
                top.2 += 1;
                if edge == by {
                    continue;
                }
                if order[to] == 0 {
                    clock += 1;
                    (order[to], low[to]) = (clock, clock);
                    stack.push((to, edge, 0));
                } else {
                    low[at] = low[at].min(order[to]);
                }
            } else {
                stack.pop();
                if let Some(&(up, _, _)) = stack.last() {
                    low[up] = low[up].min(low[at]);
                    if low[at] > order[up] {
                        found.push(edges[by]);
                    }
                }
            }
        }
    }
    found.sort_unstable_by_key(|edge| (edge.left, edge.right));
    found
}

/// The strongest path between two records: the one whose weakest edge is strongest. Empty if there is none, or if
/// both are one record.
///
/// ```
/// use bluelamp_linkage::cluster::{Edge, path};
/// let edge = |left, right, weight| Edge { left, right, weight };
/// let edges = [edge(0, 1, 9.0), edge(1, 2, 8.0), edge(0, 2, 1.0)];
/// assert_eq!(path(&edges, 0, 2), [edge(0, 1, 9.0), edge(1, 2, 8.0)]);
/// ```
pub fn path(edges: &[Edge], from: u32, to: u32) -> Vec<Edge> {
    let tree = spanning(edges); // a path in the strongest spanning tree is a widest path
    let (number, near) = adjacency(&tree);
    let (Some(&from), Some(&to)) = (number.get(&from), number.get(&to)) else { return Vec::new() };
    let mut came: Vec<Option<(usize, usize)>> = vec![None; near.len()];
    let mut stack = vec![from];
    while let Some(at) = stack.pop() {
        for &(next, edge) in &near[at] {
            if next != from && came[next].is_none() {
                came[next] = Some((at, edge));
                stack.push(next);
            }
        }
    }
    let mut steps = Vec::new();
    let mut at = to;
    while at != from {
        let Some((before, edge)) = came[at] else { return Vec::new() };
        steps.push(tree[edge]);
        at = before;
    }
    steps.reverse();
    steps
}
