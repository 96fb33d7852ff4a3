//! The bootstrap: what the figures might have been with other people of the same kind. It repeats to the last digit.

use super::{counts::Counts, read::Stratum};
use serde::{Deserialize, Serialize};

/// How often the rows are drawn anew, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// How often.
    pub resamples: u32,
    /// The number that the generator starts with: the same seed gives the same intervals.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { resamples: 1000, seed: 20_261_129 }
    }
}

/// xoshiro256++ (Blackman and Vigna), begun with SplitMix64: small, fast, and the same everywhere.
pub(crate) struct Random([u64; 4]);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }))
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let out = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        out
    }

    /// From 0 up to 1, 1 not included.
    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// How many of `n` come about, each with chance `p`: exact, by walking outwards from the most likely number.
    fn binomial(&mut self, n: u64, p: f64) -> u64 {
        if n == 0 || p <= 0.0 {
            return 0;
        }
        if p >= 1.0 {
            return n;
        }
        let (size, q) = (n as f64, 1.0 - p);
        if size * p < 8.0 {
            // Few are likely: from 0 upwards it is the shorter way.
            let (mut k, mut chance, mut left) = (0, (size * (-p).ln_1p()).exp(), self.uniform());
            loop {
                left -= chance;
                if left < 0.0 || k == n || chance <= 0.0 {
                    return k;
                }
                k += 1;
                chance *= (n - k + 1) as f64 / k as f64 * (p / q);
            }
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to n")]
        let mode = (((size + 1.0) * p) as u64).min(n);
        let ln = ln_factorial(n) - ln_factorial(mode) - ln_factorial(n - mode)
            + mode as f64 * p.ln()
            + (n - mode) as f64 * q.ln();
        let at_mode = ln.exp();
        let mut left = self.uniform() - at_mode;
        if left < 0.0 {
            return mode;
        }
        let (mut up, mut down, mut chance_up, mut chance_down) = (mode, mode, at_mode, at_mode);
        loop {
            let mut moved = false;
            if up < n {
                chance_up *= (n - up) as f64 / (up + 1) as f64 * (p / q);
                up += 1;
                left -= chance_up;
                if left < 0.0 {
                    return up;
                }
                moved = chance_up > 0.0;
            }
            if down > 0 {
                chance_down *= down as f64 / (n - down + 1) as f64 * (q / p);
                down -= 1;
                left -= chance_down;
                if left < 0.0 {
                    return down;
                }
                moved |= chance_down > 0.0;
            }
            if !moved {
                return mode; // what rounding has left over
            }
        }
    }
}

/// The logarithm of n!, by Stirling's series where n is large.
fn ln_factorial(n: u64) -> f64 {
    if n < 20 {
        return (2..=n).map(|k| (k as f64).ln()).sum();
    }
    let x = n as f64 + 1.0;
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    (x - 0.5) * x.ln() - x
        + 0.918_938_533_204_672_7
        + inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)))
}

/// Draws as many rows as there are, with replacement, so often as asked; gives the counts of each group in each draw,
/// and how many were selected in all. `groups` says to which group of each view a stratum belongs.
pub(crate) fn draws(
    strata: &[Stratum],
    views: &[Vec<Option<usize>>],
    sizes: &[usize],
    how: Bootstrap,
) -> (Vec<Vec<Vec<Counts>>>, Vec<f64>) {
    let resamples = how.resamples as usize;
    let mut random = Random::new(how.seed);
    let mut drawn: Vec<Vec<Vec<Counts>>> =
        sizes.iter().map(|size| vec![vec![Counts::default(); resamples]; *size]).collect();
    let mut selected = vec![0.0; resamples];
    let all: u64 = strata.iter().map(|s| s.rows).sum();
    for (draw, selected) in selected.iter_mut().enumerate() {
        let (mut rows, mut mass) = (all, all);
        for (n, stratum) in strata.iter().enumerate() {
            if rows == 0 {
                break;
            }
            let got = random.binomial(rows, stratum.rows as f64 / mass as f64);
            rows -= got;
            mass -= stratum.rows;
            if got == 0 {
                continue;
            }
            let amount = got as f64 * stratum.weight;
            if stratum.predicted {
                *selected += amount;
            }
            for (view, drawn) in views.iter().zip(&mut drawn) {
                if let Some(group) = view[n] {
                    drawn[group][draw].add(stratum.outcome, stratum.predicted, amount);
                }
            }
        }
    }
    (drawn, selected)
}

/// The 2.5th and 97.5th percentile, between neighbours in a straight line. None where fewer than 19 of 20 draws have a
/// value: of those that are left, the interval would say too little.
pub(crate) fn interval(mut values: Vec<f64>, resamples: usize) -> Option<[f64; 2]> {
    if resamples == 0 || values.len() * 20 < resamples * 19 {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let last = (values.len() - 1) as f64;
    let at = |share: f64| {
        let place = share * last;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to the last place"
        )]
        let below = place.floor() as usize;
        let above = (below + 1).min(values.len() - 1);
        values[below] + (values[above] - values[below]) * (place - below as f64)
    };
    Some([at(0.025), at(0.975)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_the_published_one() {
        // SplitMix64 begun with 1234567 gives these (Rosetta Code); xoshiro256++ from the state 1, 2, 3, 4 those
        // (the vectors of the crate rand_xoshiro).
        assert_eq!(Random::new(1_234_567).0[..2], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
        let mut random = Random([1, 2, 3, 4]);
        let first: Vec<u64> = (0..4).map(|_| random.next()).collect();
        assert_eq!(first, [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386]);
    }

    #[test]
    fn logarithms_of_factorials_are_right_on_both_sides_of_the_seam() {
        let mut sum = 0.0;
        for n in 2..200_u64 {
            sum += (n as f64).ln();
            assert!((ln_factorial(n) - sum).abs() < 1e-10 * sum.max(1.0), "{n}");
        }
    }

    #[test]
    fn as_many_come_about_as_should() {
        let mut random = Random::new(1);
        for (n, p) in [(1, 0.3), (10, 0.5), (400, 0.02), (5000, 0.9), (1_000_000, 0.25)] {
            let draws = 4000;
            let all: Vec<f64> = (0..draws).map(|_| random.binomial(n, p) as f64).collect();
            let mean = all.iter().sum::<f64>() / f64::from(draws);
            let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(draws);
            let (wanted, spread) = (n as f64 * p, n as f64 * p * (1.0 - p));
            assert!((mean - wanted).abs() < 5.0 * (spread / f64::from(draws)).sqrt(), "{n} {p}: {mean}");
            assert!((variance / spread - 1.0).abs() < 0.15, "{n} {p}: {variance} for {spread}");
        }
        assert_eq!((random.binomial(7, 0.0), random.binomial(7, 1.0), random.binomial(0, 0.5)), (0, 7, 0));
    }

    #[test]
    fn percentiles_are_numpys() {
        // numpy.percentile(range(101), [2.5, 97.5]) and of [1, 2, 4]
        assert_eq!(interval((0..=100).map(f64::from).collect(), 101), Some([2.5, 97.5]));
        let [low, high] = interval(vec![4.0, 1.0, 2.0], 3).unwrap();
        assert!((low - 1.05).abs() < 1e-12 && (high - 3.9).abs() < 1e-12);
        assert_eq!(interval(vec![1.0; 94], 100), None, "too many draws without a value");
    }
}
