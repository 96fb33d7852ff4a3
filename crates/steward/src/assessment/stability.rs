//! How far the rank of an item depends on the weights: the same items ranked under many random weightings.
//!
//! Each weighting multiplies every element's own weight with a draw from an exponential distribution. Where all weigh
//! the same, that is a draw from the flat Dirichlet distribution, every way to share out the weight being as likely as
//! any other: an alignment divides by the sum of the weights, so they need not be made to sum to one. The draws come
//! from a fixed seed and depend on nothing but the number of the weighting and the place of the element, so the same
//! assessments give the same ranks, on however many processors they are worked out.
//!
//! Drawn weights are whole numbers and scores are halves, so that every sum is exact: items of which the same was found are
//! equals under every weighting, and rounding never puts one before the other.

use serde::Serialize;
use std::num::NonZero;

/// So many weightings are tried.
pub const WEIGHTINGS: usize = 1000;
/// Weightings are worked out so many at once, side by side in the processor's registers.
const LANES: usize = 8;
/// The seed of the draws.
const SEED: u64 = 0x626c_7565_6c61_6d70;
/// A weight of this stands for the greatest weight times a draw of 1. Draws stay below 37, so the sums of even a hundred
/// thousand elements stay below 2⁵³, up to which a double is exact.
const UNIT: f64 = (1_u32 << 24) as f64;
/// Fewer products than this are not worth a second thread.
const WORTH_A_THREAD: usize = 2_000_000;

/// Where an item ranks among those that were assessed on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rank {
    /// The rank that it has or beats in one of twenty weightings; 1 is the highest alignment.
    pub low: u32,
    /// The rank that it has or beats in nineteen of twenty.
    pub high: u32,
    /// Among how many items.
    pub of: u32,
    /// How many ranks from the top are asked for.
    pub top: u32,
    /// The share of the weightings in which it is within them.
    pub in_top: f64,
    /// How many weightings were tried.
    pub weightings: usize,
}

/// What was found of one item on one axis: the places of the assessed elements, each with its median, none below 0.
pub(super) type Assessed = Vec<(u32, f32)>;

/// A number for each weighting and element that looks random and never changes.
fn draw(weighting: usize, place: usize) -> f32 {
    // SplitMix64 (Steele, Lea and Flood 2014), at the position that the two numbers name.
    let mut z = SEED.wrapping_add(
        ((weighting as u64) << 32 | place as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
    );
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    // Above 0, so that its logarithm is a number.
    let unit = ((z >> 11) + 1) as f64 / (1_u64 << 53) as f64;
    #[expect(clippy::cast_possible_truncation, reason = "a draw needs no more than single precision")]
    let exponential = (-unit.ln() as f32).max(f32::MIN_POSITIVE);
    exponential
}

/// Ranks items under every weighting. `weights` has the weight of each element by place, `items` what was found of
/// each. An item of which nothing that weighs was assessed is not ranked.
pub(super) fn ranks(weights: &[f32], items: &[Assessed], top: u32) -> Vec<Option<Rank>> {
    // An element that weighs nothing under the board's decision weighs nothing in every weighting.
    let ranked: Vec<usize> = (0..items.len())
        .filter(|n| items[*n].iter().any(|(place, _)| weights[*place as usize] > 0.0))
        .collect();
    let mut answer = vec![None; items.len()];
    if ranked.is_empty() {
        return answer;
    }
    let places: Vec<u32> = {
        let mut used: Vec<u32> = ranked.iter().flat_map(|n| items[*n].iter().map(|(p, _)| *p)).collect();
        used.sort_unstable();
        used.dedup();
        used
    };
    let compact = Compact::of(&places, &ranked, items);
    let found = all_weightings(weights, &places, &compact);
    let of = u32::try_from(ranked.len()).unwrap_or(u32::MAX);
    for (row, n) in ranked.iter().enumerate() {
        let mut mine: Vec<u32> = found.iter().flat_map(|part| part.of_item(row)).collect();
        let in_top = mine.iter().filter(|rank| **rank <= top).count();
        answer[*n] = Some(Rank {
            low: quantile(&mut mine, 5),
            high: quantile(&mut mine, 95),
            of,
            top,
            in_top: in_top as f64 / WEIGHTINGS as f64,
            weightings: WEIGHTINGS,
        });
    }
    answer
}

/// The rank at or below which so many of a hundred lie.
fn quantile(ranks: &mut [u32], percent: usize) -> u32 {
    let at = (ranks.len() * percent).div_ceil(100).saturating_sub(1);
    *ranks.select_nth_unstable(at).1
}

/// The assessed cells of the ranked items, one after the other.
struct Compact {
    /// Place in the list of used elements, and the median.
    cells: Vec<(u32, f64)>,
    /// Where the cells of each item end.
    ends: Vec<usize>,
}

impl Compact {
    fn of(places: &[u32], ranked: &[usize], items: &[Assessed]) -> Self {
        let mut compact = Self { cells: Vec::new(), ends: Vec::with_capacity(ranked.len()) };
        for n in ranked {
            let cells = items[*n].iter().map(|(place, score)| {
                let at = places.partition_point(|p| p < place);
                (u32::try_from(at).unwrap_or(u32::MAX), f64::from(*score))
            });
            compact.cells.extend(cells);
            compact.ends.push(compact.cells.len());
        }
        compact
    }
}

/// The ranks of all items under some of the weightings.
struct Part {
    /// By item, then by weighting.
    ranks: Vec<u32>,
    weightings: usize,
}

impl Part {
    fn of_item(&self, row: usize) -> impl Iterator<Item = u32> {
        self.ranks[row * self.weightings..][..self.weightings].iter().copied()
    }
}

fn all_weightings(weights: &[f32], places: &[u32], compact: &Compact) -> Vec<Part> {
    let groups = WEIGHTINGS / LANES;
    let work = compact.cells.len() * WEIGHTINGS;
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(8);
    let threads = threads.min(work / WORTH_A_THREAD + 1);
    let share = groups.div_ceil(threads);
    let parts = (0..groups).step_by(share).map(|from| from..(from + share).min(groups));
    if threads == 1 {
        return parts.map(|part| some_weightings(weights, places, compact, part)).collect();
    }
    std::thread::scope(|scope| {
        let running: Vec<_> =
            parts.map(|part| scope.spawn(|| some_weightings(weights, places, compact, part))).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

fn some_weightings(
    weights: &[f32],
    places: &[u32],
    compact: &Compact,
    groups: std::ops::Range<usize>,
) -> Part {
    let (items, weightings) = (compact.ends.len(), groups.len() * LANES);
    let mut ranks = vec![0; items * weightings];
    let mut weighed = vec![[0_f64; LANES]; places.len()];
    let mut values = vec![[0_f64; LANES]; items];
    let greatest = places.iter().map(|p| f64::from(weights[*p as usize])).fold(f64::MIN_POSITIVE, f64::max);
    let mut order = Vec::with_capacity(items);
    for (n, group) in groups.enumerate() {
        for (lanes, place) in weighed.iter_mut().zip(places) {
            let place = *place as usize;
            for (lane, weight) in lanes.iter_mut().enumerate() {
                let drawn = f64::from(draw(group * LANES + lane, place));
                // What weighs something never weighs nothing.
                *weight = match f64::from(weights[place]) / greatest {
                    share if share > 0.0 => (share * drawn * UNIT).round().max(1.0),
                    _ => 0.0,
                };
            }
        }
        let mut from = 0;
        for (value, end) in values.iter_mut().zip(&compact.ends) {
            *value = weigh(&weighed, &compact.cells[from..*end]);
            from = *end;
        }
        for lane in 0..LANES {
            rank(&values, lane, &mut order, |item, rank| ranks[item * weightings + n * LANES + lane] = rank);
        }
    }
    Part { ranks, weightings }
}

/// The alignment of one item under several weightings at once, but for the division by 3, which ranks nothing.
fn weigh(weighed: &[[f64; LANES]], cells: &[(u32, f64)]) -> [f64; LANES] {
    let (mut gained, mut possible) = ([0_f64; LANES], [0_f64; LANES]);
    for (place, score) in cells {
        let weights = &weighed[*place as usize];
        for lane in 0..LANES {
            gained[lane] += weights[lane] * score;
            possible[lane] += weights[lane];
        }
    }
    std::array::from_fn(|lane| gained[lane] / possible[lane])
}

/// So many bits of a key say which item it is of, and the others how high it stands.
const ITEM_BITS: u32 = 21;
/// An alignment times this, which is at most 3, fits into the other bits. Equals are equal in all of them; what differs by
/// less than a millionth of a millionth counts as equal too.
const FINE: f64 = (1_u64 << 40) as f64;

/// Says the rank of each item under one weighting: one more than the number of items that are strictly better.
fn rank(values: &[[f64; LANES]], lane: usize, order: &mut Vec<u64>, mut say: impl FnMut(usize, u32)) {
    order.clear();
    // One number of 64 bits is sorted twice as fast as a pair. Turned over, the highest comes first.
    order.extend((0_u64..).zip(values).map(|(n, v)| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 3 · 2⁴⁰")]
        let height = (v[lane] * FINE) as u64;
        (!height << ITEM_BITS) | n
    }));
    order.sort_unstable();
    let (mut before, mut standing) = (u64::MAX, 0);
    for (n, key) in (1_u32..).zip(order.iter()) {
        if key >> ITEM_BITS != before {
            (before, standing) = (key >> ITEM_BITS, n);
        }
        let item = (key & ((1 << ITEM_BITS) - 1)) as usize;
        say(item, standing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_draws_are_exponential_and_never_change() {
        let all: Vec<f64> =
            (0..WEIGHTINGS).flat_map(|w| (0..50).map(move |p| f64::from(draw(w, p)))).collect();
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        // Both are 1; of 50,000 draws the mean's standard error is 0.0045, the variance's about 0.013.
        assert!((mean - 1.0).abs() < 0.018, "{mean}");
        assert!((variance - 1.0).abs() < 0.052, "{variance}");
        let below = all.iter().filter(|x| **x < std::f64::consts::LN_2).count() as f64 / n;
        assert!((below - 0.5).abs() < 0.01, "half of them lie below ln 2: {below}");
        assert_eq!([draw(0, 0), draw(999, 281)], [draw(0, 0), draw(999, 281)]);
        assert!(all.iter().all(|x| x.is_finite() && *x >= 0.0));
    }

    #[test]
    fn an_item_that_is_better_everywhere_is_always_first() {
        let items = vec![vec![(0, 1.0), (1, 1.0)], vec![(0, 3.0), (1, 2.0)], vec![]];
        let found = ranks(&[1.0, 1.0], &items, 1);
        let told = |n: usize| found[n].map(|r| (r.low, r.high, r.of, r.in_top));
        assert_eq!(told(0), Some((2, 2, 2, 0.0)));
        assert_eq!(told(1), Some((1, 1, 2, 1.0)));
        assert_eq!(told(2), None, "what was not assessed has no rank");
    }

    #[test]
    fn two_items_that_are_each_central_to_one_of_two_elements_change_places() {
        // Which is first depends on which of two equal draws is larger: as often the one as the other.
        let items = vec![vec![(0, 3.0), (1, 0.0)], vec![(0, 0.0), (1, 3.0)]];
        let found = ranks(&[1.0, 1.0], &items, 1);
        let (a, b) = (found[0].unwrap(), found[1].unwrap());
        assert_eq!((a.low, a.high, b.low, b.high), (1, 2, 1, 2));
        assert!((a.in_top - 0.5).abs() < 0.06, "{a:?}");
        assert!((a.in_top + b.in_top - 1.0).abs() < 1e-9, "one of them is first");
        // Where the first element weighs nine times as much: 9X > Y for two exponential draws with chance 9/10.
        let a = ranks(&[9.0, 1.0], &items, 1)[0].unwrap();
        assert!((a.in_top - 0.9).abs() < 0.04, "{a:?}");
        // And where the second weighs nothing, always.
        assert!((ranks(&[1.0, 0.0], &items, 1)[0].unwrap().in_top - 1.0).abs() < 1e-9);
    }

    #[test]
    fn equals_share_a_rank() {
        let found = ranks(&[1.0], &[vec![(0, 2.0)], vec![(0, 2.0)], vec![(0, 1.0)]], 2);
        let told: Vec<_> = found.into_iter().flatten().map(|r| (r.low, r.high, r.in_top)).collect();
        assert_eq!(told, [(1, 1, 1.0), (1, 1, 1.0), (3, 3, 0.0)]);
    }

    #[test]
    fn items_with_the_same_score_on_other_elements_are_equals_under_every_weighting() {
        let three = |places: &[u32]| places.iter().map(|p| (*p, 3.0)).collect::<Vec<_>>();
        let ten: Vec<u32> = (0..10).collect();
        let items = [three(&ten), three(&[1]), three(&[2, 4, 6]), three(&ten[..8]), vec![(0, 2.5), (3, 2.5)]];
        for weights in [[1.0; 10], [0.3; 10], [1.0, 2.0, 0.7, 1.0, 1.0, 1e-3, 1.0, 9.0, 1.0, 1.0]] {
            let found = ranks(&weights, &items, 1);
            let told: Vec<_> = found.into_iter().flatten().map(|r| (r.low, r.high, r.in_top)).collect();
            assert_eq!(told, [(1, 1, 1.0), (1, 1, 1.0), (1, 1, 1.0), (1, 1, 1.0), (5, 5, 0.0)]);
        }
    }

    #[test]
    fn what_weighs_nothing_ranks_nothing() {
        assert_eq!(ranks(&[0.0], &[vec![(0, 3.0)]], 1), [None]);
    }
}
