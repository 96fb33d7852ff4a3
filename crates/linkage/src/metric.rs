//! Likeness of two texts as DuckDB computes it: Levenshtein, unrestricted Damerau-Levenshtein, Jaro, Jaro-Winkler and
//! Jaccard, and the short cuts that decide a threshold without the whole distance.
//!
//! DuckDB up to 2.0.0 compared bytes, so that `é` and `e` were two edits apart; from 2.0.1 on it compares characters
//! (code points), and they are one. [`Unit`] says which. Answers were compared with DuckDB's own on a million pairs of
//! values (`bench/linkage`).

use rapidfuzz::HashableChar;
use rapidfuzz::distance::{damerau_levenshtein as damerau_full, jaro, levenshtein as levenshtein_full};
use std::hash::Hash;

/// What texts are made of when they are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Code points, as DuckDB 2.0.1 and later.
    #[default]
    Characters,
    /// Bytes of UTF-8, as DuckDB up to 2.0.0.
    Bytes,
}

/// A letter of a text that is compared: a byte or a code point.
pub trait Letter: Copy + Eq + Hash + HashableChar {}
impl Letter for u8 {}
impl Letter for u32 {}

/// Does `bytes` for texts that are compared by bytes (all that are ASCII), else `characters`.
#[inline]
fn by_unit<T>(
    a: &[u8],
    b: &[u8],
    unit: Unit,
    bytes: impl FnOnce(&[u8], &[u8]) -> T,
    characters: impl FnOnce(&[u32], &[u32]) -> T,
) -> T {
    if unit == Unit::Bytes || (a.is_ascii() && b.is_ascii()) {
        return bytes(a, b);
    }
    let points = |text: &[u8]| String::from_utf8_lossy(text).chars().map(u32::from).collect::<Vec<u32>>();
    characters(&points(a), &points(b))
}

/// Edits (insert, delete, replace) between two texts.
pub fn levenshtein(a: &[u8], b: &[u8], unit: Unit) -> u32 {
    fn of<T: Letter>(a: &[T], b: &[T]) -> u32 {
        levenshtein_full::distance(a.iter().copied(), b.iter().copied()) as u32
    }
    by_unit(a, b, unit, of, of)
}

/// Edits between two texts where swapping two neighbours is one edit and edits may fall between the swapped ones
/// (Damerau's distance without restriction: `ca` to `abc` is 2).
pub fn damerau_levenshtein(a: &[u8], b: &[u8], unit: Unit) -> u32 {
    by_unit(a, b, unit, damerau_of, damerau_of)
}

fn damerau_of<T: Letter>(a: &[T], b: &[T]) -> u32 {
    damerau_full::distance(a.iter().copied(), b.iter().copied()) as u32
}

/// Whether at most `most` edits lie between two texts. Much faster than the distance where `most` is small.
pub fn levenshtein_within(a: &[u8], b: &[u8], most: u32, unit: Unit) -> bool {
    fn of<T: Letter>(a: &[T], b: &[T], most: u32) -> bool {
        let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        if long.len() - short.len() > most as usize {
            return false;
        }
        if most <= 2 {
            return edits_within(short, long, most);
        }
        let limit = levenshtein_full::Args::default().score_cutoff(most as usize);
        levenshtein_full::distance_with_args(a.iter().copied(), b.iter().copied(), &limit).is_some()
    }
    by_unit(a, b, unit, |a, b| of(a, b, most), |a, b| of(a, b, most))
}

/// Strips what is equal at both ends, then tries each kind of edit at the first difference.
fn edits_within<T: Letter>(a: &[T], b: &[T], most: u32) -> bool {
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    if short == 0 {
        return long as u32 <= most;
    }
    // Both ends differ now.
    if most == 0 || (long - short) as u32 > most {
        return false;
    }
    if most == 1 {
        return long == 1; // one letter replaced; anything longer needs more
    }
    edits_within(&a[1..], &b[1..], most - 1)
        || (b.len() >= a.len() && edits_within(a, &b[1..], most - 1))
        || (a.len() >= b.len() && edits_within(&a[1..], b, most - 1))
}

/// Whether at most `most` edits, swaps of neighbours counted as one, lie between two texts.
pub fn damerau_within(a: &[u8], b: &[u8], most: u32, unit: Unit) -> bool {
    fn of<T: Letter>(a: &[T], b: &[T], most: u32) -> bool {
        if a.len().abs_diff(b.len()) > most as usize {
            return false;
        }
        if most == 1 {
            if edits_within(a, b, 1) {
                return true;
            }
            if a.len() != b.len() {
                return false;
            }
            let Some(at) = a.iter().zip(b).position(|(x, y)| x != y) else { return true };
            return at + 1 < a.len()
                && a[at] == b[at + 1]
                && a[at + 1] == b[at]
                && a[at + 2..] == b[at + 2..];
        }
        damerau_of(a, b) <= most
    }
    by_unit(a, b, unit, |a, b| of(a, b, most), |a, b| of(a, b, most))
}

/// Jaro similarity, 0 to 1 (Jaro 1989, "Advances in Record-Linkage Methodology").
pub fn jaro_similarity(a: &[u8], b: &[u8], unit: Unit) -> f64 {
    by_unit(a, b, unit, jaro_of, jaro_of)
}

fn jaro_of<T: Letter>(a: &[T], b: &[T]) -> f64 {
    if a.is_empty() && b.is_empty() {
        return 0.0;
    }
    jaro::similarity(a.iter().copied(), b.iter().copied())
}

/// Jaro-Winkler similarity, 0 to 1: Jaro with a bonus of 0.1 for each of the first four letters that agree, where Jaro
/// is above 0.7 (Winkler 1990).
pub fn jaro_winkler_similarity(a: &[u8], b: &[u8], unit: Unit) -> f64 {
    fn of<T: Letter>(a: &[T], b: &[T]) -> f64 {
        let jaro = jaro_of(a, b);
        if jaro > 0.7 {
            let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
            jaro + prefix as f64 * 0.1 * (1.0 - jaro)
        } else {
            jaro
        }
    }
    by_unit(a, b, unit, of, of)
}

/// Jaccard similarity of the sets of letters: shared over all. `None` where DuckDB refuses (an empty text).
pub fn jaccard(a: &[u8], b: &[u8], unit: Unit) -> Option<f64> {
    fn of<T: Letter + Ord>(a: &[T], b: &[T]) -> f64 {
        let set = |text: &[T]| text.iter().copied().collect::<std::collections::BTreeSet<T>>();
        let (a, b) = (set(a), set(b));
        a.intersection(&b).count() as f64 / a.union(&b).count() as f64
    }
    if a.is_empty() || b.is_empty() {
        return None;
    }
    Some(by_unit(a, b, unit, of, of))
}

/// How often each kind of letter occurs: a bound on the letters that two texts can share, in thirty-two kinds.
///
/// The number of letters that Jaro can pair is at most the sum of the lesser counts; two texts that cannot reach a
/// threshold by that number need no comparison.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::Immutable,
)]
#[repr(C, align(16))] // never in two lines of the processor's cache
pub struct Bag([u64; 2]);

/// A count that fits no bag any more: each has four bits.
const MANY: u8 = 15;

/// Every other count of a half of a bag, each in a byte of its own.
const COUNTS: u64 = 0x0f0f_0f0f_0f0f_0f0f;
const EACH: u64 = 0x0101_0101_0101_0101;

impl Bag {
    /// What stands for a text that fits no bag.
    const TOO_MANY: Bag = Bag([u64::MAX; 2]);

    /// The bag of a text; one that has a kind of letter fifteen times or more fits none.
    pub fn of(text: &[u8], unit: Unit) -> Bag {
        let mut counts = [0u8; 32];
        let mut add = |kind: u8| {
            let count = &mut counts[usize::from(kind)];
            *count = (*count + 1).min(MANY);
        };
        if unit == Unit::Bytes || text.is_ascii() {
            text.iter().for_each(|byte| add(KIND[usize::from(*byte)]));
        } else {
            let kind =
                |c: char| u8::try_from(c).map_or(0, |b| if b < 128 { KIND[usize::from(b)] } else { 0 });
            String::from_utf8_lossy(text).chars().for_each(|c| add(kind(c)));
        }
        if counts.contains(&MANY) {
            return Bag::TOO_MANY;
        }
        let half = |some: &[u8]| some.iter().rev().fold(0, |half, count| half << 4 | u64::from(*count));
        Bag([half(&counts[..16]), half(&counts[16..])])
    }

    /// Whether it says anything of the text.
    #[inline]
    pub fn is_known(&self) -> bool {
        self.0[0] != u64::MAX
    }

    #[inline]
    fn quarters(&self) -> [u64; 4] {
        let [a, b] = self.0;
        [a & COUNTS, a >> 4 & COUNTS, b & COUNTS, b >> 4 & COUNTS]
    }

    /// How many letters the text has.
    #[inline]
    pub fn length(&self) -> usize {
        sum(self.quarters()) as usize
    }

    /// At most so many letters of one text have a partner in the other.
    #[inline]
    pub fn shared(&self, other: &Bag) -> u32 {
        let (a, b) = (self.quarters(), other.quarters());
        sum(std::array::from_fn(|at| {
            // The top bit of a byte stays set where its count in `a` is not the lesser one.
            let not_less = ((a[at] | EACH << 7) - b[at]) >> 7 & EACH;
            let take_b = (not_less << 8).wrapping_sub(not_less);
            b[at] & take_b | a[at] & !take_b
        }))
    }
}

/// The sum of all bytes, each below fifteen: two quarters at a time, so that no byte overflows.
#[inline]
fn sum([a, b, c, d]: [u64; 4]) -> u32 {
    let bytes = |some: u64| (some.wrapping_mul(EACH) >> 56) as u32;
    bytes(a + b) + bytes(c + d)
}

/// Letters that are frequent have a kind of their own, so that the bound is tight for names and addresses.
const KIND: [u8; 256] = kinds();

const fn kinds() -> [u8; 256] {
    let mut kind = [0u8; 256];
    let mut byte = 0;
    while byte < 256 {
        let lower = if byte >= 65 && byte <= 90 { byte + 32 } else { byte };
        kind[byte] = match lower as u8 {
            b'e' => 1,
            b'a' => 2,
            b'o' => 3,
            b'i' => 4,
            b'n' => 5,
            b'r' => 6,
            b'l' => 7,
            b's' => 8,
            b't' => 9,
            b'h' => 10,
            b'y' => 11,
            b'k' => 12,
            b'm' => 13,
            b'w' => 14,
            b'v' => 15,
            b'c' => 16,
            b'p' | b'f' => 17,
            b'd' => 18,
            b'b' => 19,
            b'g' => 20,
            b'u' => 21,
            digit @ b'0'..=b'9' => 22 + digit - b'0',
            _ => 0,
        };
        byte += 1;
    }
    kind
}

/// Fewer edits than this can't lie between two texts of these lengths that share `shared` letters at most: what has no
/// partner is at least one edit, and swaps of neighbours find none.
#[inline]
pub fn edits_bound(a: usize, b: usize, shared: u32) -> u32 {
    (a.max(b) as u32).saturating_sub(shared)
}

/// The greatest Jaro-Winkler similarity that two texts of these lengths can have when they share `shared` letters at most
/// and begin with `prefix` equal ones.
#[inline]
pub fn jaro_winkler_bound(a: usize, b: usize, shared: u32, prefix: usize) -> f64 {
    if shared == 0 || a == 0 || b == 0 {
        return 0.0;
    }
    let m = f64::from(shared);
    let jaro = (m / a as f64 + m / b as f64 + 1.0) / 3.0;
    // A breath of room for the rounding of the real computation.
    let jaro = jaro + 1e-9;
    // What is not above 0.7 has no bonus for its prefix.
    if jaro > 0.7 { jaro + prefix as f64 * 0.1 * (1.0 - jaro).max(0.0) } else { jaro }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn answers_that_duckdb_gives() {
        // Asked of DuckDB 2.0.1, and of 2.0.0 for bytes.
        use Unit::{Bytes, Characters};
        let (accent, plain) = ("théophile".as_bytes(), b"theophile");
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} is not {b}");
        close(jaro_winkler_similarity(accent, plain, Characters), 0.940_740_740_740_740_8);
        close(jaro_winkler_similarity(accent, plain, Bytes), 0.917_037_037_037_037_1);
        assert_eq!([Characters, Bytes].map(|u| levenshtein("é".as_bytes(), b"e", u)), [1, 2]);
        assert_eq!(
            [Characters, Bytes].map(|u| damerau_levenshtein("éa".as_bytes(), "aé".as_bytes(), u)),
            [1, 2]
        );
        assert_eq!(damerau_levenshtein(b"ca", b"abc", Characters), 2);
        close(jaro_winkler_similarity(b"MARTHA", b"MARHTA", Characters), 0.961_111_111_111_111);
        assert_eq!(jaro_winkler_similarity(b"", b"", Characters), 0.0);
        assert_eq!(jaccard("日本".as_bytes(), "日木".as_bytes(), Characters), Some(1.0 / 3.0));
        assert_eq!(jaccard("日本".as_bytes(), "日木".as_bytes(), Bytes), Some(2.0 / 3.0));
        assert_eq!(jaccard(b"", b"abd", Characters), None);
    }

    #[test]
    fn a_text_with_too_many_of_one_letter_fits_no_bag() {
        assert!(!Bag::of("a".repeat(15).as_bytes(), Unit::Characters).is_known());
        let most = Bag::of("a".repeat(14).as_bytes(), Unit::Characters);
        assert!(most.is_known() && most.length() == 14 && most.shared(&most) == 14);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn thresholds_agree_with_distances(a in "[abé]{0,7}", b in "[abé]{0,7}", most in 0u32..4, bytes in any::<bool>()) {
            let unit = if bytes { Unit::Bytes } else { Unit::Characters };
            let (a, b) = (a.as_bytes(), b.as_bytes());
            prop_assert_eq!(levenshtein_within(a, b, most, unit), levenshtein(a, b, unit) <= most);
            prop_assert_eq!(damerau_within(a, b, most, unit), damerau_levenshtein(a, b, unit) <= most);
        }

        #[test]
        fn the_bound_is_never_below_the_similarity(a in "[a-eé@.0-9]{0,7}", b in "[a-eé@.0-9]{0,7}", bytes in any::<bool>()) {
            let unit = if bytes { Unit::Bytes } else { Unit::Characters };
            let (a, b) = (a.as_bytes(), b.as_bytes());
            let (x, y) = (Bag::of(a, unit), Bag::of(b, unit));
            prop_assert!(x.is_known() && y.is_known());
            let bound = jaro_winkler_bound(x.length(), y.length(), x.shared(&y), 4);
            prop_assert!(jaro_winkler_similarity(a, b, unit) <= bound + 1e-12);
            let least = edits_bound(x.length(), y.length(), x.shared(&y));
            prop_assert!(least <= levenshtein(a, b, unit) && least <= damerau_levenshtein(a, b, unit));
        }
    }
}
