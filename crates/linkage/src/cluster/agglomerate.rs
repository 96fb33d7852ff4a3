//! Average-linkage agglomeration of one component over a dense matrix of evidence.
//!
//! Average linkage approximates correlation clustering well in practice and needs no number of clusters. A cannot-link
//! is a cell of minus infinity: a mean with it in stays minus infinity, so it holds through every merge.

/// A square matrix of evidence in bits, and who belongs to whom.
#[derive(Default)]
pub(super) struct Agglomeration {
    size: usize,
    cells: Vec<f64>,
    weight: Vec<f64>,
    best: Vec<(f64, usize)>,
    /// For each record of the component the smallest of its cluster.
    pub(super) labels: Vec<u32>,
}

const NOTHING: f64 = f64::NEG_INFINITY;

impl Agglomeration {
    /// Starts anew with `size` records and `missing` bits between each two.
    pub(super) fn reset(&mut self, size: usize, missing: f64) {
        self.size = size;
        self.cells.clear();
        self.cells.resize(size * size, missing);
        self.weight.clear();
        self.weight.resize(size, 1.0);
        self.labels.clear();
        self.labels.extend(0..size as u32);
    }

    pub(super) fn set(&mut self, a: usize, b: usize, bits: f64) {
        self.cells[a * self.size + b] = bits;
        self.cells[b * self.size + a] = bits;
    }

    pub(super) fn get(&self, a: usize, b: usize) -> f64 {
        self.cells[a * self.size + b]
    }

    fn alive(&self, a: usize) -> bool {
        self.weight[a] > 0.0
    }

    /// Joins the clusters of two records whatever speaks against it.
    pub(super) fn force(&mut self, a: usize, b: usize) {
        let (a, b) = (self.labels[a] as usize, self.labels[b] as usize);
        if a != b {
            self.merge(a.min(b), a.max(b));
        }
    }

    fn merge(&mut self, a: usize, b: usize) {
        let (x, y) = (self.weight[a], self.weight[b]);
        self.weight[a] = x + y;
        self.weight[b] = 0.0;
        for label in &mut self.labels {
            if *label as usize == b {
                *label = a as u32;
            }
        }
        for other in 0..self.size {
            if other != a && self.alive(other) {
                self.set(a, other, (self.get(a, other) * x + self.get(b, other) * y) / (x + y));
            }
        }
    }

    fn nearest(&self, a: usize) -> (f64, usize) {
        let mut best = (NOTHING, a);
        for other in 0..self.size {
            if other != a && self.alive(other) && self.get(a, other) > best.0 {
                best = (self.get(a, other), other);
            }
        }
        best
    }

    /// Joins the two nearest clusters while their mean evidence exceeds `above`; ties go to the smaller records.
    pub(super) fn run(&mut self, above: f64) {
        self.best =
            (0..self.size).map(|a| if self.alive(a) { self.nearest(a) } else { (NOTHING, a) }).collect();
        loop {
            let mut top = (above, usize::MAX);
            for a in 0..self.size {
                if self.alive(a) && self.best[a].0 > top.0 {
                    top = (self.best[a].0, a);
                }
            }
            if top.1 == usize::MAX {
                return;
            }
            let other = self.best[top.1].1;
            let (a, b) = (top.1.min(other), top.1.max(other));
            self.merge(a, b);
            for at in (0..self.size).filter(|&at| self.weight[at] > 0.0).collect::<Vec<_>>() {
                let now = self.get(a, at);
                if at == a || self.best[at].1 == a || self.best[at].1 == b {
                    self.best[at] = self.nearest(at);
                } else if now > self.best[at].0 {
                    self.best[at] = (now, a);
                }
            }
        }
    }
}
