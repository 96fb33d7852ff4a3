//! Taking passages out of texts, and finding them again however they are set.

use std::iter::{once, repeat_n};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What stands where something was taken out.
pub const REDACTED: &str = "[redacted]";

/// The letters and digits of a text in lower case and without accents: what is left of it however lines are broken,
/// words hyphenated, spaces lost, accents composed, or letters set as ligatures, wide, small or raised.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            // Most of a text, and of the bytes of a file.
            out.extend(c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase()));
        } else if c != char::REPLACEMENT_CHARACTER {
            out.extend(folded(c));
        }
    }
    out
}

fn folded(c: char) -> impl Iterator<Item = char> {
    // Decomposed twice: what has no lower case of its own may have one in parts, and the other way round.
    once(c)
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))
        // The capital of it is written as two.
        .flat_map(|c| if c == 'ß' { repeat_n('s', 2) } else { repeat_n(c, 1) })
}

/// Whether a passage stands in a text, whatever is between its letters.
#[must_use]
pub fn find(text: &str, passage: &str) -> bool {
    let passage = fold(passage);
    !passage.is_empty() && fold(text).contains(&passage)
}

/// The text with every occurrence of every passage replaced by [`REDACTED`].
///
/// Every passage is looked for in the text as it was, so that one that overlaps another is taken out whole.
#[must_use]
pub fn redact(text: &str, passages: &[&str]) -> String {
    // Each folded character with the bytes of the text that it comes from.
    let mut letters: Vec<(char, usize, usize)> = Vec::new();
    for (at, c) in text.char_indices() {
        letters.extend(folded(c).map(|f| (f, at, at + c.len_utf8())));
    }
    let mut gone: Vec<(usize, usize)> = Vec::new();
    for passage in passages {
        let wanted: Vec<char> = fold(passage).chars().collect();
        if wanted.is_empty() || wanted.len() > letters.len() {
            continue;
        }
        for from in 0..=letters.len() - wanted.len() {
            let here = &letters[from..from + wanted.len()];
            if here.iter().map(|l| l.0).eq(wanted.iter().copied()) {
                let end = here[here.len() - 1].2;
                // An accent that follows its letter goes with it.
                let accents: usize =
                    text[end..].chars().take_while(|c| is_combining_mark(*c)).map(char::len_utf8).sum();
                gone.push((here[0].1, end + accents));
            }
        }
    }
    if gone.is_empty() {
        return text.to_owned();
    }
    gone.sort_unstable();
    let (mut out, mut kept, mut open) = (String::with_capacity(text.len()), 0, None::<(usize, usize)>);
    let mut close = |(from, to): (usize, usize), out: &mut String| {
        out.push_str(&text[kept..from]);
        out.push_str(REDACTED);
        kept = to;
    };
    for (from, to) in gone {
        match &mut open {
            // What overlaps or touches is one gap.
            Some((_, end)) if from <= *end => *end = to.max(*end),
            Some(done) => {
                close(*done, &mut out);
                open = Some((from, to));
            }
            None => open = Some((from, to)),
        }
    }
    if let Some(done) = open {
        close(done, &mut out);
    }
    out.push_str(&text[kept..]);
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_passage_is_found_however_it_is_set() {
        for set in [
            "The price is £40,000.",
            "the price\nis £40, 000",
            "THE PRI-\nCE IS 40 000",
            "the price is 40000",
        ] {
            assert!(find(set, "price is £40,000"), "{set}");
        }
        assert!(find("of\u{fb01}ce in Chelmsford", "office"));
        assert!(!find("The price is £40,001.", "price is £40,000"));
        assert!(!find("anything", "…"), "a passage without letters is nowhere");
    }

    #[test]
    fn what_is_taken_out_leaves_a_mark_and_nothing_else_is_touched() {
        let text = "Supplier Alpha asks £40,000 a year; Alpha is new.";
        assert_eq!(redact(text, &["alpha"]), "Supplier [redacted] asks £40,000 a year; [redacted] is new.");
        assert_eq!(
            redact(text, &["Alpha asks", "asks £40,000"]),
            "Supplier [redacted] a year; Alpha is new."
        );
        assert_eq!(redact(text, &[]), text);
    }

    #[test]
    fn accents_widths_and_ligatures_do_not_hide_a_passage() {
        let passage = "Zo\u{eb} S\u{f8}rensen-M\u{fc}ller, office 41250";
        for set in [
            "Zoe\u{308} S\u{f8}rensen-Mu\u{308}ller, office 41250",
            "ZOE\u{308} S\u{d8}RENSEN-MU\u{308}LLER, O\u{fb03}CE 41250",
            "Zo\u{eb} S\u{f8}rensen-M\u{fc}ller, office \u{ff14}\u{ff11}\u{ff12}\u{ff15}\u{ff10}",
            "\u{1d419}oe S\u{f8}rensen Muller, of\u{ad}fice 4\u{b9}250",
        ] {
            assert!(find(set, passage), "{set}");
            assert!(!find(&redact(set, &[passage]), "ller"), "{set}");
        }
        assert!(find("STRASSE", "Stra\u{df}e"));
        assert_eq!(redact("by Zoe\u{308}.", &["Zo\u{eb}"]), "by [redacted].");
        assert!(!find("Zora S\u{f8}rensen", passage));
    }

    proptest! {
        #[test]
        fn a_passage_that_was_taken_out_is_not_found_again(
            before in "[a-zA-Z0-9 ,.é-]{0,30}", passage in "[b-qs-z0-9 ]{0,6}[0-9q]{2}[b-z ]{0,6}", after in "[a-zA-Z0-9 £]{0,30}",
        ) {
            let text = format!("{before}{passage}{after}");
            let out = redact(&text, &[&passage]);
            // What stands on both sides of a gap is apart by the mark, whose letters are in no such passage.
            prop_assert!(!find(&out, &passage), "{out}");
        }
    }
}
