//! A text cut into words that compare alike whoever typed them.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A text and its words, folded once for any number of sets: lower case, without accents, apostrophes and other
/// signs. What is shown to people is always the text itself.
#[derive(Clone, Debug)]
pub struct Words<'t> {
    pub(super) text: &'t str,
    /// The folded words, one after another.
    folded: String,
    places: Vec<Place>,
}

/// Where a word stands in the text and among the folded words, in bytes.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: usize,
    end: usize,
    folded_end: usize,
    key: Key,
}

/// A number below [`KEYS`] that all words share which begin with the same three bytes: most words are told apart from those
/// that are looked for without being looked at.
pub(super) type Key = u32;
pub(super) const KEYS: usize = 4096;

pub(super) fn key(word: &str) -> Key {
    let mut bytes = word.bytes().map(Key::from);
    let mut next = || bytes.next().unwrap_or_default();
    (next() * 1021 + next() * 37 + next() * 5) % 4096
}

impl<'t> Words<'t> {
    /// Cuts a text at everything that is neither letter nor digit. An apostrophe inside a word is passed over, so
    /// that `don't`, `don’t` and `dont` are one word; a hyphen parts two.
    #[must_use]
    pub fn of(text: &'t str) -> Self {
        let mut words = Self { text, folded: String::with_capacity(text.len()), places: Vec::new() };
        let mut open: Option<(usize, usize)> = None;
        for (at, c) in text.char_indices() {
            let end = at + c.len_utf8();
            if c.is_ascii_alphanumeric() {
                words.folded.push(c.to_ascii_lowercase());
                open = Some((open.map_or(at, |(start, _)| start), end));
                continue;
            }
            if !c.is_ascii() && words.fold(c) {
                open = Some((open.map_or(at, |(start, _)| start), end));
                continue;
            }
            match &mut open {
                // An accent that is typed on its own is part of its letter, and never parts a letter from it.
                Some((_, so_far)) if is_combining_mark(c) => *so_far = end,
                Some(_) if joins(c) => {}
                _ => words.close(open.take()),
            }
        }
        words.close(open);
        words
    }

    /// Adds what is left of a letter without its accents, and says whether anything was.
    fn fold(&mut self, c: char) -> bool {
        if joins(c) {
            return false;
        }
        let before = self.folded.len();
        decompose_compatible(c, |part| {
            if part.is_alphanumeric() && !is_combining_mark(part) {
                self.folded.extend(part.to_lowercase().filter(|l| !is_combining_mark(*l)));
            }
        });
        self.folded.len() > before
    }

    fn close(&mut self, open: Option<(usize, usize)>) {
        if let Some((start, end)) = open {
            let from = self.places.last().map_or(0, |p| p.folded_end);
            let key = key(self.folded.get(from..).unwrap_or_default());
            self.places.push(Place { start, end, folded_end: self.folded.len(), key });
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// A word as it compares.
    pub(super) fn folded(&self, at: usize) -> Option<&str> {
        let place = self.places.get(at)?;
        let start = at.checked_sub(1).and_then(|n| self.places.get(n)).map_or(0, |p| p.folded_end);
        self.folded.get(start..place.folded_end)
    }

    /// The key of each.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        self.places.iter().map(|p| p.key)
    }

    /// Where the first of these words begins in the text and the last one ends, in bytes.
    pub(super) fn place(&self, first: usize, end: usize) -> Option<(usize, usize)> {
        Some((self.places.get(first)?.start, self.places.get(end.checked_sub(1)?)?.end))
    }
}

/// Signs that stand inside a word without parting it: apostrophes as people and telephones type them, and what is
/// not seen at all.
fn joins(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2019}'
            | '\u{2018}'
            | '\u{201b}'
            | '\u{2032}'
            | '\u{2bc}'
            | '\u{ff07}'
            | '`'
            | '\u{b4}'
            | '\u{ad}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}

/// One word folded as the words of a text are; nothing where it is none or several.
pub(super) fn fold(word: &str) -> Option<String> {
    let words = Words::of(word);
    (words.len() == 1).then_some(words.folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        let words = Words::of(text);
        (0..words.len()).filter_map(|n| words.folded(n)).map(str::to_owned).collect()
    }

    #[test]
    fn case_accents_apostrophes_and_spaces_do_not_matter() {
        assert_eq!(folded("Don't DON’T dont"), ["dont", "dont", "dont"]);
        assert_eq!(folded("my  fiancé\tmy fiance\u{301}\nMY FIANCÉ"), ["my", "fiance"].repeat(3));
        assert_eq!(folded("ex-partner, (knife)...now"), ["ex", "partner", "knife", "now"]);
        assert_eq!(folded("ｋｎｉｆｅ kn\u{ad}ife"), ["knife", "knife"]);
        assert_eq!(folded("'he said' 24/7 🙂"), ["he", "said", "24", "7"]);
        assert_eq!(folded(" \u{301} ’ "), Vec::<String>::new());
    }

    #[test]
    fn a_word_is_found_again_in_the_text_with_its_accents() {
        let text = "He’s her fiance\u{301}'s.";
        let words = Words::of(text);
        let written: Vec<_> = (0..words.len())
            .map(|n| words.place(n, n + 1).map(|(start, end)| &text[start..end]).unwrap())
            .collect();
        assert_eq!(written, ["He’s", "her", "fiance\u{301}'s"]);
        assert_eq!((words.folded(2), words.folded(3)), (Some("fiances"), None));
    }
}
