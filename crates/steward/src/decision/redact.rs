//! Taking passages out of texts, and finding them again however they are set.

/// What stands where something was taken out.
pub const REDACTED: &str = "[redacted]";

/// The letters and digits of a text in lower case: what is left of it however lines are broken, words hyphenated or
/// spaces lost.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().flat_map(folded).collect()
}

fn folded(c: char) -> impl Iterator<Item = char> {
    // Ligatures that typesetting puts into the text layer of a PDF.
    let plain: &[char] = match c {
        'ﬀ' => &['f', 'f'],
        'ﬁ' => &['f', 'i'],
        'ﬂ' => &['f', 'l'],
        'ﬃ' => &['f', 'f', 'i'],
        'ﬄ' => &['f', 'f', 'l'],
        _ => &[],
    };
    let one = plain.is_empty().then_some(c);
    plain.iter().copied().chain(one).flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric())
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
                gone.push((here[0].1, here[here.len() - 1].2));
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
