//! Words of titles and summaries, and how much two texts have in common.

use std::collections::{BTreeMap, BTreeSet};

/// Words that say nothing about what an item does.
const EMPTY: &[&str] = &[
    "about",
    "all",
    "also",
    "and",
    "any",
    "are",
    "been",
    "being",
    "between",
    "both",
    "but",
    "can",
    "digital",
    "each",
    "every",
    "existing",
    "for",
    "force",
    "from",
    "has",
    "have",
    "help",
    "into",
    "its",
    "make",
    "more",
    "new",
    "not",
    "one",
    "other",
    "our",
    "police",
    "policing",
    "programme",
    "project",
    "provide",
    "service",
    "should",
    "such",
    "support",
    "system",
    "than",
    "that",
    "the",
    "their",
    "them",
    "there",
    "they",
    "this",
    "through",
    "tool",
    "use",
    "used",
    "using",
    "was",
    "where",
    "which",
    "who",
    "will",
    "with",
    "within",
    "work",
];

/// The stem of a word: Harman's S stemmer, which takes off no more than a plural.
fn stem(word: &str) -> String {
    let before = |end: &str, but: &[char]| {
        word.strip_suffix(end).filter(|rest| !rest.is_empty() && !rest.ends_with(but)).map(str::to_owned)
    };
    if word.ends_with("ies") {
        return before("ies", &['e', 'a']).map_or_else(|| word.to_owned(), |w| w + "y");
    }
    if word.ends_with("es") {
        return before("es", &['a', 'e', 'o']).map_or_else(|| word.to_owned(), |w| w + "e");
    }
    before("s", &['u', 's']).unwrap_or_else(|| word.to_owned())
}

/// The stems of a text's words in their order, without those that say nothing.
pub(super) fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace(['’', '\''], "");
    let all = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 2).map(stem);
    all.filter(|w| EMPTY.binary_search(&w.as_str()).is_err()).collect()
}

/// A name as it is compared: "Response officers" and "response officer" are the same, "Acme Ltd." and "ACME" too.
pub(super) fn folded(name: &str) -> String {
    let lower = name.to_lowercase().replace(['’', '\''], "");
    let all = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let all = all.filter(|w| !matches!(*w, "the" | "ltd" | "limited" | "plc" | "inc" | "llp"));
    all.map(stem).collect::<Vec<_>>().join(" ")
}

/// Texts, ready to be compared.
pub(super) struct Texts {
    /// Each word by number, in alphabetical order.
    terms: Vec<String>,
    /// Of each text, its words by number, each with its weight (TF-IDF, of length 1 together).
    of: Vec<Vec<(u32, f64)>>,
    /// Of each word, the texts that have it.
    pub(super) having: Vec<Vec<u32>>,
}

/// How much two texts have in common.
pub(super) struct Overlap {
    /// Words in common, of all words of both.
    jaccard: f64,
    /// The cosine of their weights: rare words count for more.
    cosine: f64,
}

impl Overlap {
    /// Both together, from 0 to 1.
    pub(super) fn score(&self) -> f64 {
        f64::midpoint(self.jaccard, self.cosine)
    }
}

impl Texts {
    /// Reads texts.
    pub(super) fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut counted: Vec<BTreeMap<String, f64>> = Vec::new();
        for text in texts {
            let mut counts = BTreeMap::new();
            for word in words(&text) {
                *counts.entry(word).or_insert(0.0) += 1.0;
            }
            counted.push(counts);
        }
        let terms: BTreeSet<&String> = counted.iter().flat_map(BTreeMap::keys).collect();
        let terms: Vec<String> = terms.into_iter().cloned().collect();
        let number: BTreeMap<&str, u32> = (0_u32..).zip(&terms).map(|(n, t)| (t.as_str(), n)).collect();
        let mut having = vec![Vec::new(); terms.len()];
        for (text, counts) in (0_u32..).zip(&counted) {
            for term in counts.keys() {
                having[number[term.as_str()] as usize].push(text);
            }
        }
        // As scikit-learn counts: ln((1 + texts) / (1 + texts with the word)) + 1.
        let all = counted.len() as f64;
        let rarity = |n: u32| ((1.0 + all) / (1.0 + having[n as usize].len() as f64)).ln() + 1.0;
        let of = counted
            .iter()
            .map(|counts| {
                let weighed = counts.iter().map(|(t, count)| {
                    let n = number[t.as_str()];
                    (n, count * rarity(n))
                });
                let weighed: Vec<_> = weighed.collect();
                let length = weighed.iter().map(|(_, w)| w * w).sum::<f64>().sqrt();
                weighed.into_iter().map(|(n, w)| (n, w / length)).collect()
            })
            .collect();
        Self { terms, of, having }
    }

    /// The words of a text, by number.
    pub(super) fn terms_of(&self, text: usize) -> impl Iterator<Item = u32> + '_ {
        self.of[text].iter().map(|(n, _)| *n)
    }

    /// How much two have in common.
    pub(super) fn overlap(&self, a: usize, b: usize) -> Overlap {
        let (a, b) = (&self.of[a], &self.of[b]);
        let (mut i, mut j, mut both, mut cosine) = (0, 0, 0_usize, 0.0);
        while let (Some((x, wx)), Some((y, wy))) = (a.get(i), b.get(j)) {
            match x.cmp(y) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    both += 1;
                    cosine += wx * wy;
                    (i, j) = (i + 1, j + 1);
                }
            }
        }
        let any = a.len() + b.len() - both;
        let jaccard = if any == 0 { 0.0 } else { both as f64 / any as f64 };
        Overlap { jaccard, cosine: cosine.min(1.0) }
    }

    /// The words that two have in common, in alphabetical order.
    pub(super) fn common(&self, a: usize, b: usize) -> Vec<String> {
        let other: BTreeSet<u32> = self.terms_of(b).collect();
        self.terms_of(a).filter(|n| other.contains(n)).map(|n| self.terms[n as usize].clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_are_taken_off_as_harman_says() {
        for (word, expected) in [
            ("queries", "query"),
            ("buses", "buse"),
            ("officers", "officer"),
            ("process", "process"),
            ("status", "status"),
            ("movies", "movy"),
            ("aes", "aes"),
            ("images", "image"),
            ("s", "s"),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
        assert!(EMPTY.is_sorted(), "it is searched by halves");
        assert_eq!(
            words("The victims’ portal: reports, and the report's status"),
            ["victim", "portal", "report", "report", "statu"].map(|w| if w == "statu" {
                "status"
            } else {
                w
            })
        );
        assert_eq!(folded("ACME Ltd."), folded("Acme"));
        assert_eq!(folded("Response Officers"), folded("the response officer"));
    }

    /// The same three texts in scikit-learn's `TfidfVectorizer` with its defaults, by hand: N = 3; "lamp" stands in two
    /// texts, every other word in one; ln(4/3) + 1 = 1.287682, ln(4/2) + 1 = 1.693147.
    #[test]
    fn weights_are_those_of_scikit_learn() {
        let texts = Texts::new(["lamp post".to_owned(), "lamp glass".to_owned(), "river".to_owned()]);
        let (lamp, other) = (1.287_682_072_451_780_9_f64, 1.693_147_180_559_945_3_f64);
        let expected = lamp * lamp / (lamp * lamp + other * other);
        let overlap = texts.overlap(0, 1);
        assert!((overlap.cosine - expected).abs() < 1e-12, "{} {expected}", overlap.cosine);
        assert!((overlap.jaccard - 1.0 / 3.0).abs() < 1e-12);
        assert!(texts.overlap(0, 2).score() < 1e-12);
        assert!((texts.overlap(0, 0).score() - 1.0).abs() < 1e-12);
        assert_eq!(texts.common(0, 1), ["lamp"]);
        let empty = Texts::new([String::new(), String::new()]);
        assert!(empty.overlap(0, 1).score() < 1e-12, "two empty texts have nothing in common");
    }
}
