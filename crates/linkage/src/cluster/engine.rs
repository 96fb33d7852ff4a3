//! The steps of [`contradiction_aware`], one after the other.

use super::agglomerate::Agglomeration;
use super::contradiction::{Contradictions, settle};
use super::counts::{Counts, Extras, Floor};
use super::graph::strongest_first;
use super::household::{Correction, Effort, Index, NO_PATTERN};
use super::{Alarm, Clustering, Edge, Input, Options, Pairs, Scored, UnionFind, Verdict};
use crate::parallel;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// What answers for pairs that blocking didn't produce, the smaller record first: in order, None where it can't.
pub type Scorer<'a> = Box<dyn FnMut(&[(u32, u32)]) -> Vec<Option<Scored>> + 'a>;
/// Makes one for each thread.
pub type Score<'a> = dyn Fn() -> Scorer<'a> + Sync + 'a;

/// Clusters `records` records. `score` is asked about pairs inside a component that blocking didn't produce; where it
/// has no answer [`Options::missing`] counts. See the module for how, [`Clustering`] for what comes out.
///
/// It must never put two records into one cluster that a trusted identifier or a judgement "not the same" tells
/// apart, unless judgements "the same" ask for it; then there is an [`Alarm::Conflict`].
pub fn contradiction_aware(
    records: u32,
    input: &Input<'_>,
    options: &Options,
    score: &Score<'_>,
) -> Clustering {
    let correction =
        options.correct.then(|| Correction::with_index(records, input, None, Effort::whole(options.threads)));
    let gathered = Gathered::new(records, input, options, correction);
    cluster_gathered(gathered, input, options, score)
}

/// How much a floor from some of the pairs is lowered, since all of them give a model that differs a little.
const MARGIN: f64 = 3.0;
/// Rounds of estimation for such a guess: its margin is far wider than what further rounds change.
const ROUNDS_OF_A_GUESS: usize = 12;
/// Of fewer pairs than this nothing is said beforehand: all like them are kept.
const ENOUGH: u64 = 20;

/// A floor from some of the pairs, an even choice: a guess that [`gather_above`] checks.
pub fn likely_floor(records: u32, some: &Input<'_>, options: &Options) -> Floor {
    if !options.correct {
        return Floor::nowhere(&Extras::new(records, some.comparisons, some.evidence));
    }
    let (correction, index) = Correction::with_index(
        records,
        some,
        None,
        Effort { rounds: ROUNDS_OF_A_GUESS, threads: options.threads },
    );
    correction.floor(&index, options.join_above - MARGIN, ENOUGH)
}

/// Everything that [`cluster_gathered`] needs of pairs, so that they themselves need not be kept: components, their pairs
/// weighed, and the correction for pairs that are weighed later.
pub struct Gathered {
    records: u32,
    correction: Option<(Correction, Index)>,
    /// By its smallest record: the records of a component.
    members: Buckets<u32>,
    edges: Buckets<Edge>,
    judged: BTreeMap<u32, Vec<Judged>>,
}

/// Two records, and what people said of them.
type Judged = (u32, u32, Verdict);

/// The first half of [`contradiction_aware`], where `input` has only the pairs that a [`Floor`] keeps and `weaker` counts the
/// others: those inside a component are asked of the scorer later, which must answer what they weighed. Takes far less
/// memory.
///
/// # Errors
/// Where one of the weaker pairs might join two records after all: the floor that is low enough.
pub fn gather_above(
    weaker: &Counts,
    records: u32,
    input: &Input<'_>,
    options: &Options,
) -> Result<Gathered, Floor> {
    let effort = Effort::whole(options.threads);
    let correction = options.correct.then(|| Correction::with_index(records, input, Some(weaker), effort));
    match &correction {
        Some((correction, index)) if !index.too_weak(weaker, options.join_above) => {
            Err(correction.floor(index, options.join_above, 1))
        }
        _ => Ok(Gathered::new(records, input, options, correction)),
    }
}

/// The second half of [`contradiction_aware`]. The pairs of `input` are not looked at any more and may be none.
pub fn cluster_gathered(
    gathered: Gathered,
    input: &Input<'_>,
    options: &Options,
    score: &Score<'_>,
) -> Clustering {
    let Gathered { records, correction, members, edges, judged } = gathered;
    let engine = &Engine { options, contradictions: Contradictions::new(input), correction };
    let components: Vec<u32> = (0..records).filter(|c| !members.of(*c).is_empty()).collect();
    let pieces: Vec<&[u32]> = components.chunks(COMPONENTS_AT_ONCE).collect();
    let work = || Work {
        engine,
        local: vec![u32::MAX; records as usize],
        scorer: score(),
        missing: Vec::new(),
        matrix: Agglomeration::default(),
        labels: Vec::new(),
        out: Clustering::default(),
    };
    let mut out = Clustering { labels: (0..records).collect(), ..Clustering::default() };
    let done: Result<(), Infallible> = parallel::ordered(
        options.threads,
        pieces.len(),
        work,
        |work, piece| {
            for &component in pieces[piece] {
                let mut strongest = unique(edges.of(component));
                strongest.sort_unstable_by(strongest_first);
                let said = judged.get(&component).map_or(&[][..], Vec::as_slice);
                work.component(component, members.of(component), strongest, said);
            }
            Ok((std::mem::take(&mut work.labels), std::mem::take(&mut work.out)))
        },
        |_, (labels, some)| {
            labels.into_iter().for_each(|(record, label)| out.labels[record as usize] = label);
            out.kept.extend(some.kept);
            out.cuts.extend(some.cuts);
            out.weakest.extend(some.weakest);
            out.alarms.extend(some.alarms);
            Ok(())
        },
    );
    let Ok(()) = done;
    out.cuts.sort_unstable_by_key(|edge| (edge.left, edge.right));
    let mut sizes = vec![0_u32; records as usize];
    out.labels.iter().for_each(|&label| sizes[label as usize] += 1);
    for (cluster, &size) in (0..).zip(&sizes) {
        if size as usize > options.alarm_above {
            out.alarms.push(Alarm::LargeCluster { cluster, records: size });
        }
    }
    out
}

impl Gathered {
    fn new(
        records: u32,
        input: &Input<'_>,
        options: &Options,
        correction: Option<(Correction, Index)>,
    ) -> Self {
        let mut engine = Engine { options, contradictions: Contradictions::new(input), correction };
        let weights = engine.weights(records, &input.pairs);
        if let Some((_, index)) = &mut engine.correction {
            index.number = Vec::new(); // each pair has its weight now
        }
        let judged = settle(input.judgements, records);
        let mut sets = UnionFind::new(records);
        for &(left, right, _) in judged.iter().filter(|j| j.2 == Verdict::Same) {
            sets.union(left, right);
        }
        engine.union(&input.pairs, &weights, &mut sets);
        let labels = sets.into_labels();
        let mut members =
            Buckets::new(records, |each| (0..records).for_each(|r| each(labels[r as usize], r)));
        members.keep_larger_than(1);
        let edges = Buckets::new(records, |each| {
            edges(&input.pairs, &weights, &labels).for_each(|edge| each(labels[edge.left as usize], edge));
        });
        let mut by_component: BTreeMap<u32, Vec<Judged>> = BTreeMap::new();
        for said in judged {
            if labels[said.0 as usize] == labels[said.1 as usize] {
                by_component.entry(labels[said.0 as usize]).or_default().push(said);
            }
        }
        Self { records, correction: engine.correction, members, edges, judged: by_component }
    }
}

/// All pairs inside components, weighed.
fn edges(pairs: &Pairs<'_>, weights: &[f64], labels: &[u32]) -> impl Iterator<Item = Edge> {
    weights.iter().enumerate().filter_map(|(i, &weight)| {
        let (left, right) = (pairs.left[i].min(pairs.right[i]), pairs.left[i].max(pairs.right[i]));
        // A record that is not there has no label, and its pairs no weight.
        let within = !weight.is_nan() && labels[left as usize] == labels[right as usize];
        within.then_some(Edge { left, right, weight })
    })
}

/// Edges once for each pair, its strongest, by (left, right).
fn unique(edges: &[Edge]) -> Vec<Edge> {
    let mut edges = edges.to_vec();
    edges.sort_unstable_by(|a, b| {
        (a.left, a.right).cmp(&(b.left, b.right)).then(b.weight.total_cmp(&a.weight))
    });
    edges.dedup_by_key(|edge| (edge.left, edge.right));
    edges
}

/// Items by component, in one allocation (counting sort).
struct Buckets<T> {
    start: Vec<u32>,
    items: Vec<T>,
    least: usize,
}

impl<T: Copy> Buckets<T> {
    fn new(components: u32, all: impl Fn(&mut dyn FnMut(u32, T))) -> Self {
        let mut start = vec![0_u32; components as usize + 2];
        let mut first = None;
        all(&mut |component, item| {
            start[component as usize + 2] += 1;
            first.get_or_insert(item);
        });
        for at in 1..start.len() {
            start[at] += start[at - 1];
        }
        let mut items =
            first.map_or_else(Vec::new, |item| vec![item; start[components as usize + 1] as usize]);
        all(&mut |component, item| {
            let at = &mut start[component as usize + 1];
            items[*at as usize] = item;
            *at += 1;
        });
        Self { start, items, least: 1 }
    }

    fn keep_larger_than(&mut self, least: usize) {
        self.least = least + 1;
    }

    fn of(&self, component: u32) -> &[T] {
        let at = component as usize;
        let items = &self.items[self.start[at] as usize..self.start[at + 1] as usize];
        if items.len() < self.least { &[] } else { items }
    }
}

/// Weighs pairs.
struct Engine<'a> {
    options: &'a Options,
    contradictions: Contradictions<'a>,
    correction: Option<(Correction, Index)>,
}

impl Engine<'_> {
    /// The bits of a pair after correction and incompatibility; one that can't be weighed is not a number (NaN).
    fn weight(&self, records: u32, pairs: &Pairs<'_>, i: usize) -> f64 {
        let (left, right, weight) = (pairs.left[i], pairs.right[i], pairs.weight[i]);
        let bits = match &self.correction {
            Some((_, index)) if index.number[i] == NO_PATTERN => f64::NAN,
            Some((_, index)) => index.terms[index.number[i] as usize].weigh(weight),
            None if left == right || left.max(right) >= records => f64::NAN,
            None => weight,
        };
        if bits.is_nan() { bits } else { self.lowered(left, right, pairs.pattern[i], bits) }
    }

    fn lowered(&self, left: u32, right: u32, pattern: u64, bits: f64) -> f64 {
        if self.contradictions.incompatible(left, right, pattern) {
            bits.min(self.options.incompatible)
        } else {
            bits
        }
    }

    /// Joins what better than even odds hold together, as a bound on the work.
    fn union(&self, pairs: &Pairs<'_>, weights: &[f64], sets: &mut UnionFind) {
        for (i, weight) in weights.iter().enumerate() {
            let (left, right) = (pairs.left[i], pairs.right[i]);
            if *weight > self.options.join_above && !self.contradictions.apart(left, right) {
                sets.union(left, right);
            }
        }
    }

    /// What each pair weighs.
    fn weights(&self, records: u32, pairs: &Pairs<'_>) -> Vec<f64> {
        let mut weights = Vec::with_capacity(pairs.len());
        let done: Result<(), Infallible> = parallel::ordered(
            self.options.threads,
            pairs.len().div_ceil(PAIRS_AT_ONCE),
            || (),
            |(), piece| {
                let from = piece * PAIRS_AT_ONCE;
                let some = from..(from + PAIRS_AT_ONCE).min(pairs.len());
                Ok(some.map(|i| self.weight(records, pairs, i)).collect::<Vec<f64>>())
            },
            |_, some| {
                weights.extend(some);
                Ok(())
            },
        );
        let Ok(()) = done;
        weights
    }

    /// The weight of a pair that blocking didn't produce.
    fn missing(&self, left: u32, right: u32, scored: Scored) -> Option<f64> {
        if scored.weight.is_nan() {
            return None;
        }
        let bits = match &self.correction {
            Some((correction, index)) => {
                correction.weigh_with(index, left, right, scored.pattern, scored.weight)
            }
            None => scored.weight,
        };
        Some(self.lowered(left, right, scored.pattern, bits))
    }

    /// Evidence between two records as the matrix takes it.
    fn evidence(&self, bits: f64) -> f64 {
        // What lies at or beyond `incompatible` is a contradiction, not noise: the clip doesn't soften it.
        if bits <= self.options.incompatible {
            self.options.incompatible.min(self.options.most_against)
        } else {
            bits.max(self.options.most_against).min(self.options.most_for)
        }
    }
}

/// Pairs weighed by a thread at a time.
const PAIRS_AT_ONCE: usize = 65_536;
/// Components handed to a thread together.
const COMPONENTS_AT_ONCE: usize = 4096;

/// Clusters one component after the other.
struct Work<'a, 's> {
    engine: &'a Engine<'a>,
    local: Vec<u32>,
    scorer: Scorer<'s>,
    missing: Vec<(u32, u32)>,
    matrix: Agglomeration,
    /// Records with the label of their cluster.
    labels: Vec<(u32, u32)>,
    /// All else that comes out.
    out: Clustering,
}

impl Work<'_, '_> {
    fn component(
        &mut self,
        component: u32,
        members: &[u32],
        edges: Vec<Edge>,
        judged: &[(u32, u32, Verdict)],
    ) {
        let limit = self.engine.options.largest_component.max(2);
        if members.len() <= limit {
            return self.agglomerate(members, edges, judged);
        }
        self.out.alarms.push(Alarm::ComponentCut { component, records: members.len() as u32 });
        // Strongest first, but no part beyond the limit: what stays apart was held by the weakest bridges.
        self.number(members);
        let mut sets = UnionFind::new(members.len() as u32);
        let mut size = vec![1_usize; members.len()];
        let mut join = |left: u32, right: u32, limit: usize| {
            let (a, b) = (sets.find(left), sets.find(right));
            let both = size[a as usize] + size[b as usize];
            if a != b && both <= limit {
                sets.union(a, b);
                size[a.min(b) as usize] = both;
            }
        };
        for &(left, right, _) in judged.iter().filter(|j| j.2 == Verdict::Same) {
            join(self.local[left as usize], self.local[right as usize], usize::MAX);
        }
        for edge in edges.iter().filter(|edge| edge.weight > self.engine.options.join_above) {
            if !self.engine.contradictions.apart(edge.left, edge.right) {
                join(self.local[edge.left as usize], self.local[edge.right as usize], limit);
            }
        }
        let labels = sets.into_labels();
        let part = |record: u32| labels[self.local[record as usize] as usize];
        let count = members.len() as u32;
        let above = self.engine.options.join_above;
        let parts = Buckets::new(count, |each| members.iter().for_each(|&record| each(part(record), record)));
        let inner = Buckets::new(count, |each| {
            edges.iter().filter(|e| part(e.left) == part(e.right)).for_each(|&e| each(part(e.left), e));
        });
        let verdicts = Buckets::new(count, |each| {
            judged.iter().filter(|j| part(j.0) == part(j.1)).for_each(|&j| each(part(j.0), j));
        });
        self.out.cuts.extend(edges.iter().filter(|e| e.weight > above && part(e.left) != part(e.right)));
        for label in 0..count {
            if parts.of(label).len() > 1 {
                self.agglomerate(parts.of(label), inner.of(label).to_vec(), verdicts.of(label));
            }
        }
    }

    fn number(&mut self, members: &[u32]) {
        for (number, &record) in (0..).zip(members) {
            self.local[record as usize] = number;
        }
    }

    /// `members` ascending, `edges` strongest first.
    fn agglomerate(&mut self, members: &[u32], mut edges: Vec<Edge>, judged: &[(u32, u32, Verdict)]) {
        let (engine, size) = (self.engine, members.len());
        self.number(members);
        let at = |local: &[u32], record: u32| local[record as usize] as usize;
        self.matrix.reset(size, f64::NAN);
        for edge in &edges {
            self.matrix.set(
                at(&self.local, edge.left),
                at(&self.local, edge.right),
                engine.evidence(edge.weight),
            );
        }
        let all = size * (size - 1) / 2;
        if edges.len() < all || !engine.contradictions.none() {
            let before = edges.len();
            self.missing.clear();
            for a in 0..size {
                for b in a + 1..size {
                    if self.matrix.get(a, b).is_nan() {
                        self.missing.push((members[a], members[b]));
                    }
                }
            }
            let ask = size <= engine.options.score_missing_up_to;
            let scored = if ask { (self.scorer)(&self.missing) } else { Vec::new() };
            for (at, &(left, right)) in self.missing.iter().enumerate() {
                let scored = scored.get(at).copied().flatten();
                let weight = scored.and_then(|scored| engine.missing(left, right, scored));
                let (a, b) = (self.local[left as usize] as usize, self.local[right as usize] as usize);
                self.matrix.set(a, b, engine.evidence(weight.unwrap_or(engine.options.missing)));
                edges.extend(weight.map(|weight| Edge { left, right, weight }));
            }
            if !engine.contradictions.none() {
                for a in 0..size {
                    for b in a + 1..size {
                        if engine.contradictions.apart(members[a], members[b]) {
                            self.matrix.set(a, b, f64::NEG_INFINITY);
                        }
                    }
                }
            }
            if edges.len() > before && engine.options.tell {
                edges.sort_unstable_by(strongest_first);
            }
        }
        for &(left, right, _) in judged.iter().filter(|j| j.2 == Verdict::NotSame) {
            self.matrix.set(at(&self.local, left), at(&self.local, right), f64::NEG_INFINITY);
        }
        let must: Vec<_> = judged.iter().filter(|j| j.2 == Verdict::Same).collect();
        if !must.is_empty() {
            self.conflicts(members, &must);
            for &&(left, right, _) in &must {
                self.matrix.force(at(&self.local, left), at(&self.local, right));
            }
        }
        self.matrix.run(engine.options.join_above);
        for (a, &record) in members.iter().enumerate() {
            self.labels.push((record, members[self.matrix.labels[a] as usize]));
        }
        if !engine.options.tell {
            return;
        }
        // A must-link holds like the strongest edge.
        let forced =
            must.iter().map(|&&(left, right, _)| Edge { left, right, weight: engine.options.most_for });
        edges.splice(0..0, forced);
        self.describe(members, &edges);
    }

    /// Records that must be together and can't be.
    fn conflicts(&mut self, members: &[u32], must: &[&(u32, u32, Verdict)]) {
        let mut groups = UnionFind::new(members.len() as u32);
        for &&(left, right, _) in must {
            groups.union(self.local[left as usize], self.local[right as usize]);
        }
        let labels = groups.into_labels();
        for a in 0..members.len() {
            for b in a + 1..members.len() {
                if labels[a] == labels[b] && self.matrix.get(a, b) == f64::NEG_INFINITY {
                    self.out.alarms.push(Alarm::Conflict { left: members[a], right: members[b] });
                }
            }
        }
    }

    /// What holds the component's clusters together, and what was cut.
    fn describe(&mut self, members: &[u32], edges: &[Edge]) {
        let mut sets = UnionFind::new(members.len() as u32);
        let mut kept: Vec<(u32, Edge)> = Vec::new();
        for &edge in edges {
            let (a, b) = (self.local[edge.left as usize], self.local[edge.right as usize]);
            let label = self.matrix.labels[a as usize];
            if label == self.matrix.labels[b as usize] {
                if sets.union(a, b) {
                    kept.push((label, edge));
                }
            } else if edge.weight > self.engine.options.join_above {
                self.out.cuts.push(edge);
            }
        }
        kept.sort_by_key(|&(label, _)| label); // stable: strongest first within a cluster
        for cluster in kept.chunk_by(|a, b| a.0 == b.0) {
            if let Some(&(label, edge)) = cluster.last() {
                self.out.weakest.push((members[label as usize], edge));
            }
            self.out.kept.extend(cluster.iter().map(|&(_, edge)| edge));
        }
    }
}
