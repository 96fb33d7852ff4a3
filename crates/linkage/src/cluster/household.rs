//! Correlated evidence: which agreement comes of being one person, and which of a shared home or of the blocking.
//!
//! Fellegi and Sunter's weights add up as if comparisons were independent among different people. They aren't: people
//! of one household share surname, postcode, town and landline at once, and a blocking rule *selects* pairs that agree.
//! Here the pairs are a mixture of latent classes over gamma patterns:
//!
//! - one class of same-person pairs, starting from the model's m;
//! - classes of different people, each with a set of comparisons that may agree for a reason (nothing, any one, any
//!   two, those that a blocking rule selects by, and the shared comparisons of a household alone or with one personal
//!   comparison: namesakes, twins). Inside the set the levels are free; outside it they keep the model's u, which came
//!   from random pairs.
//!
//! What blocking selected says nothing of pairs that it did not: strangers of one name are there as often as chance has them
//! in the whole file, and so a pattern that no blocked pair had is weighed against that at least.
//!
//! How often strangers agree is bounded: in the whole file, blocked or not, no pattern has more than [`SLACK`] times the
//! pairs that independence predicts, so a class without a household can't claim more. Two rare agreements at once
//! (date of birth and e-mail) then stay evidence however many pairs have them.
//!
//! Pinning u outside the set is what makes the classes identifiable without labels. For m, plain EM drifts: at a
//! million records namesakes outnumber people ten to one and drag m along. So each comparison's m is re-estimated only
//! from pairs that the *other* comparisons make near certain (leave-one-out posterior), which under conditional
//! independence is unbiased and which namesakes can't enter.
//!
//! Term frequency adjustments discount chance agreement, so they apply to the chance classes only: a rare surname is
//! no evidence among people who live together.

use super::counts::{Counts, Extras, Floor};
use super::pattern::Layout;
use super::{Comparison, Input, Role};
use crate::parallel;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Patterns that one thread sums at a time.
const PATTERNS_AT_ONCE: usize = 1024;
/// Iterations in all, and those before m may move: the shares of the classes settle first.
const ITERATIONS: usize = 30;
const SETTLE: usize = 8;
/// A pair counts for m if the other comparisons make it this probable.
const CERTAIN: f64 = 0.99;
/// Names go together with age, place and origin: strangers agree up to this many times as often as independence says.
const SLACK: f64 = 10.0;
/// The model's own m counts as much as this many pairs, a class's own start as this many.
const PRIOR_SAME: f64 = 200.0;
const PRIOR_CLASS: f64 = 50.0;

/// One comparison, or one column outside the model, by code: gamma + 1, or 1 differs and 2 equal; 0 is null.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Field {
    m: Vec<f64>,
    u: Vec<f64>,
    /// m/u; 1 for null.
    ratio: Vec<f64>,
    start: Vec<f64>,
    /// The model's own bits.
    bits: Vec<f64>,
}

/// Different people who agree in `set` for a reason.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Class {
    set: Vec<Member>,
    household: bool,
    share: f64,
    /// The most that `odds` may be: see [`Correction::bound`].
    #[serde(skip)]
    most: f64,
}

/// A field of a class's set, and where its ratios begin among all.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Member {
    field: usize,
    at: usize,
}

/// Level share over u by code, for each field of each class's set.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Ratios {
    all: Vec<f64>,
    /// One over each.
    inverse: Vec<f64>,
}

impl Ratios {
    fn set(&mut self, at: usize, ratio: f64) {
        (self.all[at], self.inverse[at]) = (ratio, 1.0 / ratio);
    }
}

/// What a pattern is worth: all the mixture needs to weigh a pair.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Terms {
    base: f64,
    same: f64,
    chance: f64,
    household: f64,
}

impl Terms {
    /// Corrected bits of a pair that the model gave `weight`.
    pub(super) fn weigh(&self, weight: f64) -> f64 {
        let frequency = weight - self.base;
        let frequency = if frequency.is_finite() { frequency.clamp(-60.0, 60.0) } else { 0.0 };
        self.same - (self.chance * (-frequency).exp2() + self.household).log2()
    }
}

impl Terms {
    /// The most bits of the model that [`Terms::weigh`] does not bring above `join_above`, a hair less for rounding.
    fn most_below(&self, join_above: f64) -> f64 {
        // same - log2(chance * 2^-frequency + household) = join_above, solved for the frequency.
        let rest = (self.same - join_above).exp2() - self.household;
        if rest <= 0.0 {
            return f64::INFINITY;
        }
        let frequency = (self.chance / rest).log2() - 1e-6;
        // Beyond these `weigh` goes no further.
        if frequency < -60.0 {
            f64::NEG_INFINITY
        } else if frequency > 60.0 {
            f64::INFINITY
        } else {
            self.base + frequency
        }
    }
}

/// How much is done to estimate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    pub(super) rounds: usize,
    pub(super) threads: usize,
}

impl Effort {
    pub(super) fn whole(threads: usize) -> Self {
        Self { rounds: ITERATIONS, threads }
    }
}

/// The re-estimated model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Correction {
    #[serde(skip)]
    layout: Layout,
    fields: Vec<Field>,
    classes: Vec<Class>,
    ratios: Ratios,
    share: f64,
    /// How many pairs the file has for each that it was estimated on: the odds of a pair taken at random.
    random: f64,
    prior: f64,
    compared: usize,
    #[serde(skip)]
    extras: Extras,
}

/// Which pattern each pair has, and the terms of each pattern.
#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) number: Vec<u32>,
    pub(super) terms: Vec<Terms>,
    counts: Counts,
}

impl Index {
    /// Whether none of `weaker` is above `join_above` once it is corrected.
    pub(super) fn too_weak(&self, weaker: &Counts, join_above: f64) -> bool {
        weaker.iter().all(|(at, pattern, outcome, _)| {
            let below = |place: usize| self.terms[place].most_below(join_above);
            let most = self.counts.place(pattern, outcome).map_or(f64::NEG_INFINITY, below);
            weaker.heaviest(at) <= most
        })
    }
}

/// A pair that can't be weighed has this number.
pub(super) const NO_PATTERN: u32 = u32::MAX;

impl Correction {
    /// Re-estimates the model on `input`'s pairs among `records`. It always ends, at worst with the model as it was.
    pub fn estimate(records: u32, input: &Input<'_>) -> Self {
        Self::with_index(records, input, None, Effort::whole(1)).0
    }

    /// `others` are pairs beside `input`'s, which count and are not numbered.
    pub(super) fn with_index(
        records: u32,
        input: &Input<'_>,
        others: Option<&Counts>,
        effort: Effort,
    ) -> (Self, Index) {
        let compared = input.comparisons.len().min(input.layout.len());
        let comparisons = &input.comparisons[..compared];
        let extras = Extras::new(records, comparisons, input.evidence);
        let mut fields: Vec<Field> =
            comparisons.iter().enumerate().map(|(i, c)| of_comparison(c, i, input.layout)).collect();
        let columns = Extras::chosen(records, comparisons, input.evidence);
        fields.extend(columns.iter().map(|column| of_column(&column.ids[..records as usize])));
        let lambda = if input.lambda.is_finite() { input.lambda.clamp(1e-12, 0.999) } else { 1e-4 };
        let (classes, ratios) = classes(comparisons, &fields, input.selected);
        let mut it = Self {
            layout: input.layout.clone(),
            classes,
            ratios,
            fields,
            share: 0.0,
            random: 1.0,
            prior: (lambda / (1.0 - lambda)).log2(),
            compared,
            extras,
        };
        let index = it.fit(records, input, others, effort);
        (it, index)
    }

    /// Share of same-person pairs among the pairs that it was estimated on: λ given the blocking.
    pub fn share_of_same(&self) -> f64 {
        self.share
    }

    /// Share of pairs who agree because they share a household.
    pub fn share_of_household(&self) -> f64 {
        self.classes.iter().filter(|class| class.household).map(|class| class.share).fold(0.0, |a, b| a + b)
    }

    /// The re-estimated m of comparison `i` (columns outside the model follow), by gamma from 0 up.
    pub fn m(&self, i: usize) -> &[f64] {
        self.fields.get(i).and_then(|field| field.m.get(1..)).unwrap_or(&[])
    }

    /// Corrected bits of a pair to which the model gave `weight`.
    pub fn weigh(&self, left: u32, right: u32, pattern: u64, weight: f64) -> f64 {
        let codes = self.codes(pattern, self.extras.outcome(left, right));
        self.terms(&codes).weigh(weight)
    }

    /// The most bits that are not above `join_above` once they are corrected, wherever at least `least` pairs were seen.
    pub(super) fn floor(&self, index: &Index, join_above: f64, least: u64) -> Floor {
        let mut floor = Floor::nowhere(&self.extras);
        for (at, pattern, outcome, pairs) in index.counts.iter() {
            if pairs >= least {
                floor.set(pattern, outcome, index.terms[at].most_below(join_above));
            }
        }
        floor
    }

    /// As [`Correction::weigh`], from terms that are worked out already where the pattern occurred.
    pub(super) fn weigh_with(&self, index: &Index, left: u32, right: u32, pattern: u64, weight: f64) -> f64 {
        let outcome = self.extras.outcome(left, right);
        match index.counts.place(pattern, outcome) {
            Some(at) => index.terms[at].weigh(weight),
            None => self.unseen(pattern, outcome).weigh(weight),
        }
    }

    /// The terms of a pattern that no blocked pair had: the classes, learnt from what was selected, don't know its
    /// strangers.
    fn unseen(&self, pattern: u64, outcome: usize) -> Terms {
        let mut terms = self.terms(&self.codes(pattern, outcome));
        terms.chance = terms.chance.max(self.random);
        terms
    }

    fn codes(&self, pattern: u64, outcome: usize) -> Vec<u8> {
        let mut codes: Vec<u8> = (0..self.compared).map(|i| self.layout.code(pattern, i)).collect();
        let mut rest = outcome;
        codes.resize(self.compared + self.extras.columns(), 0);
        for i in (0..self.extras.columns()).rev() {
            codes[self.compared + i] = (rest % 3) as u8;
            rest /= 3;
        }
        for (code, field) in codes.iter_mut().zip(&self.fields) {
            if usize::from(*code) >= field.ratio.len() {
                *code = 0; // a level that the model doesn't have says nothing
            }
        }
        codes
    }

    fn terms(&self, codes: &[u8]) -> Terms {
        let mut terms = Terms { base: self.prior, ..Terms::default() };
        let mut same = self.share.max(f64::MIN_POSITIVE);
        for (field, &code) in self.fields.iter().zip(codes) {
            same *= field.ratio[usize::from(code)];
            terms.base += field.bits[usize::from(code)];
        }
        for class in &self.classes {
            let odds = class.raw(&self.ratios, codes).min(class.most);
            if class.household {
                terms.household += odds;
            } else {
                terms.chance += odds;
            }
        }
        terms.chance = terms.chance.max(1e-300);
        terms.same = same.max(1e-300).log2();
        terms
    }

    fn fit(&mut self, records: u32, input: &Input<'_>, others: Option<&Counts>, effort: Effort) -> Index {
        let pairs = &input.pairs;
        let mut counts = others.cloned().unwrap_or_else(|| Counts::new(&self.extras));
        let mut number = Vec::with_capacity(pairs.len());
        for i in 0..pairs.len() {
            let (left, right) = (pairs.left[i], pairs.right[i]);
            if left == right || left.max(right) >= records || pairs.weight[i].is_nan() {
                number.push(NO_PATTERN);
                continue;
            }
            number
                .push(counts.count(pairs.pattern[i], self.extras.outcome(left, right), 1, pairs.weight[i])
                    as u32);
        }
        // By pattern rather than arrival, so that sums come out the same whatever the order of the pairs.
        let mut seen: Vec<(u64, usize, usize, u64)> =
            counts.iter().map(|(at, pattern, outcome, pairs)| (pattern, outcome, at, pairs)).collect();
        seen.sort_unstable();
        let codes: Vec<Vec<u8>> =
            seen.iter().map(|&(pattern, outcome, ..)| self.codes(pattern, outcome)).collect();
        let weighted: Vec<(f64, &[u8])> =
            seen.iter().zip(&codes).map(|(&(.., pairs), codes)| (pairs as f64, codes.as_slice())).collect();
        let blocked: f64 = weighted.iter().map(|(count, _)| count).sum();
        let file = f64::from(records) * (f64::from(records) - 1.0) / 2.0;
        self.random = (file / blocked.max(1.0)).max(1.0);
        self.bound();
        self.expect_and_maximise(&weighted, effort);
        let mut terms = vec![Terms::default(); counts.places()];
        for (&(_, _, at, _), codes) in seen.iter().zip(&codes) {
            terms[at] = self.terms(codes);
        }
        Index { number, terms, counts }
    }

    /// Whether all that is known of each field and class fits together: what a file says may not.
    fn is_whole(&self) -> bool {
        let fields = |field: &Field| {
            let levels = field.ratio.len();
            levels > 0
                && [&field.m, &field.u, &field.start, &field.bits].iter().all(|known| known.len() == levels)
        };
        let ratios = self.ratios.all.len();
        let member = |member: &Member| {
            self.fields.get(member.field).is_some_and(|field| member.at + field.ratio.len() <= ratios)
        };
        self.fields.len() == self.compared + self.extras.columns()
            && self.compared <= self.layout.len()
            && self.ratios.inverse.len() == ratios
            && self.fields.iter().all(fields)
            && self.classes.iter().flat_map(|class| &class.set).all(member)
    }

    /// Bounds what the classes may claim that are not of a household.
    fn bound(&mut self) {
        for class in &mut self.classes {
            class.most = if class.household { f64::INFINITY } else { SLACK * self.random };
        }
    }

    /// EM over (count, codes).
    fn expect_and_maximise(&mut self, patterns: &[(f64, &[u8])], effort: Effort) {
        let total: f64 = patterns.iter().map(|(count, _)| count).sum();
        if total == 0.0 {
            self.share = self.prior.exp2() / (1.0 + self.prior.exp2());
        } else {
            let posterior = |codes: &[u8]| {
                let odds = codes
                    .iter()
                    .zip(&self.fields)
                    .fold(self.prior.exp2(), |o, (&c, f)| o * f.ratio[usize::from(c)]);
                odds.min(1e300) / (1.0 + odds.min(1e300))
            };
            let mean = patterns.iter().map(|&(count, codes)| count * posterior(codes)).sum::<f64>() / total;
            self.share = mean.clamp(1e-3, 0.5);
        }
        let rest = (1.0 - self.share) / self.classes.len() as f64;
        self.classes.iter_mut().for_each(|class| class.share = rest);
        if total == 0.0 {
            return;
        }
        let pieces: Vec<&[(f64, &[u8])]> = patterns.chunks(PATTERNS_AT_ONCE).collect();
        for round in 0..effort.rounds {
            let mut sums = Sums::new(self);
            // Sums of the same pieces in the same order, whoever made them.
            let done: Result<(), Infallible> = parallel::ordered(
                effort.threads,
                pieces.len(),
                || vec![0.0; self.classes.len()],
                |odds, piece| {
                    let mut sums = Sums::new(self);
                    for &(count, codes) in pieces[piece] {
                        self.expect(count, codes, round >= SETTLE, odds, &mut sums);
                    }
                    Ok(sums)
                },
                |_, some| {
                    sums.add(&some);
                    Ok(())
                },
            );
            let Ok(()) = done;
            self.maximise(&sums, total, round >= SETTLE);
        }
    }

    fn expect(&self, count: f64, codes: &[u8], learn: bool, odds: &mut [f64], sums: &mut Sums) {
        let same =
            self.fields.iter().zip(codes).fold(self.share, |odds, (f, &c)| odds * f.ratio[usize::from(c)]);
        let mut different = 0.0;
        for (odds, class) in odds.iter_mut().zip(&self.classes) {
            *odds = class.raw(&self.ratios, codes);
            different += odds.min(class.most);
        }
        let each = count / (same + different);
        if !each.is_finite() {
            return;
        }
        sums.same += same * each;
        // What is left of the classes of different people if one comparison is left out.
        sums.without.fill(different);
        for ((&raw, class), sum) in odds.iter().zip(&self.classes).zip(&mut sums.classes) {
            let odds = raw.min(class.most);
            *sum += odds * each;
            for member in &class.set {
                let at = member.at + usize::from(codes[member.field]);
                sums.ratios[at] += odds * each;
                if learn {
                    sums.without[member.field] += (raw * self.ratios.inverse[at]).min(class.most) - odds;
                }
            }
        }
        if learn {
            for (i, field) in self.fields.iter().enumerate() {
                let code = usize::from(codes[i]);
                let rest = same / field.ratio[code];
                let posterior = rest / (rest + sums.without[i].max(0.0));
                if code > 0 && posterior > CERTAIN {
                    sums.levels[i][code] += count * posterior;
                }
            }
        }
    }

    fn maximise(&mut self, sums: &Sums, total: f64, learn: bool) {
        self.share = (sums.same / total).clamp(1e-9, 1.0);
        for (class, sum) in self.classes.iter_mut().zip(&sums.classes) {
            class.share = (sum / total).max(1e-12);
            for &Member { field, at } in &class.set {
                let u = &self.fields[field].u;
                let levels = &sums.ratios[at..at + u.len()];
                let seen: f64 = levels[1..].iter().sum::<f64>() + PRIOR_CLASS;
                for (code, (level, u)) in levels.iter().zip(u).enumerate().skip(1) {
                    self.ratios.set(at + code, (level + PRIOR_CLASS * u) / seen / u);
                }
            }
        }
        if learn {
            for (field, levels) in self.fields.iter_mut().zip(&sums.levels) {
                let seen: f64 = levels[1..].iter().sum::<f64>() + PRIOR_SAME;
                for (code, &level) in levels.iter().enumerate().skip(1) {
                    field.m[code] = (level + PRIOR_SAME * field.start[code]) / seen;
                    field.ratio[code] = field.m[code] / field.u[code];
                }
            }
        }
    }
}

/// A correction that stays as it was estimated, for pairs that come one at a time.
#[derive(Debug)]
pub(crate) struct Frozen {
    correction: Correction,
    index: Index,
}

/// What a [`Frozen`] correction is made of again.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Estimated {
    correction: Correction,
    /// How many columns outside the model there are.
    columns: usize,
    /// Which patterns occurred, with their outcomes.
    seen: Vec<(u64, usize)>,
}

impl Frozen {
    /// Estimates the correction for pairs that were counted. `input` has no pairs.
    pub(crate) fn estimate(records: u32, input: &Input<'_>, counts: &Counts, threads: usize) -> Frozen {
        let (mut correction, index) =
            Correction::with_index(records, input, Some(counts), Effort::whole(threads));
        correction.extras = Extras::without_records(correction.extras.columns());
        Frozen { correction, index }
    }

    /// Corrected bits of a pair to which the model gave `weight`; `outcome` is that of the columns outside the model.
    pub(crate) fn weigh(&self, pattern: u64, outcome: usize, weight: f64) -> f64 {
        match self.index.counts.place(pattern, outcome) {
            Some(at) => self.index.terms[at].weigh(weight),
            None => self.correction.unseen(pattern, outcome).weigh(weight),
        }
    }

    pub(crate) fn estimated(&self) -> Estimated {
        Estimated {
            correction: self.correction.clone(),
            columns: self.correction.extras.columns(),
            seen: self.index.counts.iter().map(|(_, pattern, outcome, _)| (pattern, outcome)).collect(),
        }
    }

    /// The same again. Nothing where it does not fit a model of this layout.
    pub(crate) fn again(from: Estimated, layout: &Layout) -> Option<Frozen> {
        let Estimated { mut correction, columns, seen } = from;
        correction.layout = layout.clone();
        correction.extras = Extras::without_records(columns);
        correction.bound();
        if !correction.is_whole() || seen.iter().any(|(_, outcome)| *outcome >= correction.extras.outcomes())
        {
            return None;
        }
        let (mut counts, mut terms) = (Counts::new(&correction.extras), Vec::new());
        for (pattern, outcome) in seen {
            let at = counts.count(pattern, outcome, 1, 0.0);
            terms.resize(counts.places(), Terms::default());
            terms[at] = correction.terms(&correction.codes(pattern, outcome));
        }
        Some(Frozen { correction, index: Index { number: Vec::new(), terms, counts } })
    }
}

/// One iteration's sums.
struct Sums {
    same: f64,
    levels: Vec<Vec<f64>>,
    classes: Vec<f64>,
    /// As [`Ratios`] are laid out.
    ratios: Vec<f64>,
    without: Vec<f64>,
}

impl Sums {
    fn new(of: &Correction) -> Self {
        let empty = |ratios: &Vec<f64>| vec![0.0; ratios.len()];
        Self {
            same: 0.0,
            levels: of.fields.iter().map(|field| empty(&field.ratio)).collect(),
            classes: vec![0.0; of.classes.len()],
            ratios: vec![0.0; of.ratios.all.len()],
            without: vec![0.0; of.fields.len()],
        }
    }
}

impl Sums {
    fn add(&mut self, other: &Self) {
        let add = |sums: &mut [f64], others: &[f64]| {
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
        };
        self.same += other.same;
        self.levels.iter_mut().zip(&other.levels).for_each(|(a, b)| add(a, b));
        add(&mut self.classes, &other.classes);
        add(&mut self.ratios, &other.ratios);
    }
}

impl Class {
    /// Share times likelihood, over the likelihood of random pairs; before it is bounded.
    fn raw(&self, ratios: &Ratios, codes: &[u8]) -> f64 {
        self.set
            .iter()
            .fold(self.share, |odds, member| odds * ratios.all[member.at + usize::from(codes[member.field])])
    }
}

impl Field {
    /// From level shares by gamma from 0 up; what is missing or senseless is filled.
    fn new(m: &[f64], u: &[f64], bits: Vec<f64>) -> Self {
        let sound = |p: f64| (p.is_finite() && p > 0.0).then_some(p);
        let fill = |shares: &[f64], or: f64| {
            let values: Vec<f64> = shares.iter().map(|&p| sound(p).unwrap_or(or)).collect();
            let sum: f64 = values.iter().sum();
            std::iter::once(1.0).chain(values.into_iter().map(|p| p / sum)).collect::<Vec<f64>>()
        };
        // A level never seen among random pairs is as rare as the rarest that was.
        let rarest = u.iter().copied().filter_map(sound).fold(1.0, f64::min);
        let (m, u) = (fill(m, 1e-3), fill(u, rarest));
        let ratio = m.iter().zip(&u).map(|(m, u)| m / u).collect();
        Self { start: m.clone(), m, u, ratio, bits }
    }
}

fn of_comparison(comparison: &Comparison, i: usize, layout: &Layout) -> Field {
    let top =
        comparison.levels.iter().filter(|level| !level.is_null).map(|level| level.gamma).max().unwrap_or(0);
    let levels = usize::try_from(top).unwrap_or(0).min(layout.most(i)) + 1;
    let (mut m, mut u, mut bits) = (vec![0.0; levels], vec![0.0; levels], vec![0.0; levels + 1]);
    for level in comparison.levels.iter().filter(|level| !level.is_null) {
        if let Some(at) = usize::try_from(level.gamma).ok().filter(|&at| at < levels) {
            (m[at], u[at]) = (level.m, level.u);
            bits[at + 1] = if level.weight.is_finite() { level.weight } else { 0.0 };
        }
    }
    Field::new(&m, &u, bits)
}

/// u of equality is exact: the chance that two random records with a value have the same one.
fn of_column(ids: &[u32]) -> Field {
    let mut sorted: Vec<u32> = ids.iter().copied().filter(|&id| id != 0).collect();
    sorted.sort_unstable();
    let known = sorted.len() as f64;
    let equal: f64 = sorted.chunk_by(|a, b| a == b).map(|run| (run.len() as f64 / known).powi(2)).sum();
    let equal = equal.clamp(1e-7, 0.999);
    Field::new(&[0.1, 0.9], &[1.0 - equal, equal], vec![0.0; 3])
}

fn classes(comparisons: &[Comparison], fields: &[Field], selected: &[Vec<usize>]) -> (Vec<Class>, Ratios) {
    let all: Vec<usize> = (0..comparisons.len()).collect();
    let shared: Vec<usize> = all.iter().copied().filter(|&i| comparisons[i].role == Role::Shared).collect();
    let mut sets = vec![(Vec::new(), false)];
    sets.extend(all.iter().map(|&i| (vec![i], false)));
    if shared.len() > 1 {
        sets.push((shared.clone(), true));
        for &i in all.iter().filter(|i| !shared.contains(i)) {
            let mut set = shared.clone();
            set.push(i);
            set.sort_unstable();
            sets.push((set, true));
        }
    }
    for &i in &all {
        sets.extend(all[i + 1..].iter().map(|&j| (vec![i, j], shared == [i, j])));
    }
    for set in selected {
        let mut set: Vec<usize> = set.iter().copied().filter(|i| *i < comparisons.len()).collect();
        set.sort_unstable();
        set.dedup();
        sets.push((set, false));
    }
    // If a household's set is a pair too, once is enough; so for a rule's.
    let mut seen = std::collections::BTreeSet::new();
    sets.retain(|(set, _)| seen.insert(set.clone()));
    let mut ratios = Ratios::default();
    let classes = sets
        .into_iter()
        .map(|(set, household)| {
            let set = set
                .into_iter()
                .map(|field| {
                    let (u, at) = (&fields[field].u, ratios.all.len());
                    let agree = |code: usize| if code + 1 == u.len() { 0.8 } else { 0.0 };
                    ratios.all.resize(at + u.len(), 1.0);
                    ratios.inverse.resize(at + u.len(), 1.0);
                    for (code, u) in u.iter().enumerate().skip(1) {
                        ratios.set(at + code, (0.2 * u + agree(code)) / u);
                    }
                    Member { field, at }
                })
                .collect();
            Class { set, household, share: 0.0, most: f64::INFINITY }
        })
        .collect();
    (classes, ratios)
}
