//! Whether a passage stands in what was read.

use super::{font::UNKNOWN, redact::fold};

/// From so many letters on, a passage is no chance.
const NO_CHANCE: usize = 8;
/// So many lines at the head and at the foot of a page may be running ones.
const RUNNING: usize = 4;
/// Words in another order are looked for in passages of so many.
const WORDS: std::ops::RangeInclusive<usize> = 3..=60;
/// Of a longer passage so many letters are looked for where some of the letters cannot be told.
const LETTERS: usize = 200;

/// A folded text, and what of it remains in doubt.
#[derive(Debug)]
struct Text {
    letters: String,
    /// The same without doubled letters.
    single: String,
    /// The same with its letters that cannot be told, where there are any.
    doubtful: Option<Vec<char>>,
}

impl Text {
    fn of(text: &str) -> Self {
        let doubtful = text.contains(UNKNOWN).then(|| {
            let parts: Vec<String> = text.split(UNKNOWN).map(fold).collect();
            parts.join(&UNKNOWN.to_string()).chars().collect()
        });
        let letters = fold(text);
        Self { single: single(&letters), letters, doubtful }
    }

    fn holds(&self, passage: &Passage) -> bool {
        self.letters.contains(&passage.letters)
            || passage.no_chance
                && (passage.single.chars().count() >= NO_CHANCE && self.single.contains(&passage.single)
                    || self.doubtful.as_ref().is_some_and(|text| in_doubt(text, &passage.letters)))
    }
}

fn single(letters: &str) -> String {
    let mut last = None;
    letters.chars().filter(|c| last.replace(*c) != Some(*c)).collect()
}

/// A passage as it is looked for.
struct Passage {
    letters: String,
    single: String,
    words: Vec<String>,
    no_chance: bool,
}

impl Passage {
    fn of(quote: &str) -> Self {
        let letters = fold(quote);
        let words = quote.split_whitespace().map(fold).filter(|w| !w.is_empty()).collect();
        let no_chance = letters.chars().count() >= NO_CHANCE;
        Self { single: single(&letters), letters, words, no_chance }
    }
}

/// The texts of a file.
#[derive(Debug, Default)]
pub(super) struct Layers {
    /// What a reader can see, hear or copy.
    read: Vec<Text>,
    /// Pages, each as lines: in each of the ways in which they can be read.
    pages: Vec<Vec<Vec<String>>>,
    /// Bytes taken for text. A short passage is found there by chance.
    raw: Vec<String>,
    /// Whether anything is shown in letters.
    shows: bool,
}

impl Layers {
    /// Adds what a reader can see, hear or copy.
    pub(super) fn read(&mut self, text: &str) {
        self.read.push(Text::of(text));
    }

    /// Adds bytes taken for text.
    pub(super) fn raw(&mut self, text: &str) {
        self.raw.push(fold(text));
    }

    /// Adds pages in one of the ways in which they can be read.
    pub(super) fn pages(&mut self, pages: &[Vec<String>]) {
        self.one_way(pages);
        // Letters that are read from the right may be drawn from the left.
        if pages.iter().flatten().flat_map(|line| line.chars()).any(is_from_right) {
            let turned = |line: &String| line.chars().rev().collect::<String>();
            let turned: Vec<Vec<String>> =
                pages.iter().map(|lines| lines.iter().map(turned).collect()).collect();
            self.one_way(&turned);
        }
    }

    fn one_way(&mut self, pages: &[Vec<String>]) {
        let whole: String = pages.iter().flatten().map(String::as_str).collect();
        self.shows |= !fold(&whole).is_empty();
        let numbered = pages.iter().flatten().any(|line| is_number(line));
        if numbered {
            let without: String =
                pages.iter().flatten().filter(|l| !is_number(l)).map(String::as_str).collect();
            self.read(&without);
        }
        self.read(&whole);
        self.pages.push(pages.iter().map(|lines| lines.iter().map(|line| fold(line)).collect()).collect());
    }

    /// Whether there is any letter on a page.
    pub(super) fn shows(&self) -> bool {
        self.shows
    }

    /// Whether a passage stands in any of them.
    pub(super) fn hold(&self, quote: &str) -> bool {
        let passage = Passage::of(quote);
        if passage.letters.is_empty() {
            return false;
        }
        self.read.iter().any(|text| text.holds(&passage))
            || passage.no_chance && self.raw.iter().any(|text| text.contains(&passage.letters))
            || self.pages.iter().any(|pages| across(pages, &passage.letters) || mixed(pages, &passage.words))
    }
}

/// Letters of Hebrew, Arabic and their neighbours, also as they are joined.
fn is_from_right(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Whether a line is the number of a page, as `3`, `Page 3 of 9` or `- 3 -`.
fn is_number(line: &str) -> bool {
    let letters: String = fold(line).chars().filter(|c| !c.is_numeric()).collect();
    line.chars().any(char::is_numeric) && ["", "page", "p", "of", "pageof"].contains(&letters.as_str())
}

/// Whether a passage goes over from a page to the next, whatever runs at the foot and the head of them.
fn across(pages: &[Vec<String>], passage: &str) -> bool {
    // Enough of each side that the passage fits, and one letter of it on the other.
    let room = passage.len();
    pages.windows(2).any(|pair| {
        (0..=RUNNING.min(pair[0].len())).any(|foot| {
            let mut before: Vec<&str> = Vec::new();
            let mut length = 0;
            for line in pair[0][..pair[0].len() - foot].iter().rev() {
                before.push(line);
                length += line.len();
                if length >= room {
                    break;
                }
            }
            let before: String = before.into_iter().rev().collect();
            (0..=RUNNING.min(pair[1].len())).any(|head| {
                let mut both = before.clone();
                for line in &pair[1][head..] {
                    both.push_str(line);
                    if both.len() >= before.len() + room {
                        break;
                    }
                }
                both.contains(passage)
            })
        })
    })
}

/// Whether all words of a passage stand together on a page, in whatever order.
fn mixed(pages: &[Vec<String>], words: &[String]) -> bool {
    if !WORDS.contains(&words.len()) {
        return false;
    }
    let total: usize = words.iter().map(String::len).sum();
    if total < NO_CHANCE {
        return false;
    }
    let mut wanted: Vec<(&str, usize)> = Vec::new();
    for word in words {
        match wanted.iter_mut().find(|(w, _)| w == word) {
            Some((_, times)) => *times += 1,
            None => wanted.push((word, 1)),
        }
    }
    // The longest first: a short one may stand in it.
    wanted.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    pages.iter().any(|lines| {
        let page: String = lines.concat();
        let mut places: Vec<(usize, usize)> = Vec::new();
        for (n, (word, _)) in wanted.iter().enumerate() {
            let before = places.len();
            places.extend(page.match_indices(word).map(|(at, _)| (at, n)));
            if places.len() == before {
                return false;
            }
        }
        places.sort_unstable();
        let (mut from, mut have, mut missing) = (0, vec![0_usize; wanted.len()], words.len());
        for &(at, n) in &places {
            missing -= usize::from(have[n] < wanted[n].1);
            have[n] += 1;
            // Little more than the words themselves.
            while places[from].0 + total + total / 4 < at + wanted[n].0.len() {
                let gone = places[from].1;
                have[gone] -= 1;
                missing += usize::from(have[gone] < wanted[gone].1);
                from += 1;
            }
            let end = at + wanted[n].0.len();
            if missing == 0 && apart(page.get(places[from].0..end).unwrap_or_default(), &wanted) {
                return true;
            }
        }
        false
    })
}

/// Whether the words stand in a text without sharing letters.
fn apart(text: &str, wanted: &[(&str, usize)]) -> bool {
    let mut left = text.to_owned();
    wanted.iter().all(|(word, times)| {
        (0..*times).all(|_| {
            let at = left.find(word);
            // Letters that are gone must not join others.
            at.is_some_and(|at| {
                left.replace_range(at..at + word.len(), " ");
                true
            })
        })
    })
}

/// Whether a passage may stand in a text in which each letter that cannot be told stands for none, one or two; at least
/// half of the passage must be there in letters that can.
fn in_doubt(text: &[char], passage: &str) -> bool {
    let wanted: Vec<char> = passage.chars().take(LETTERS).collect();
    let most = wanted.len() / 2;
    // For each number of letters found so far: how few of them were guessed.
    let mut guessed: Vec<Option<usize>> = vec![None; wanted.len() + 1];
    for c in text {
        guessed[0] = Some(0);
        if *c == UNKNOWN {
            for found in (0..=wanted.len()).rev() {
                let by = |n: usize| Some(guessed[found.checked_sub(n)?]? + n).filter(|g| *g <= most);
                guessed[found] = [by(0), by(1), by(2)].into_iter().flatten().min();
            }
        } else {
            for found in (1..=wanted.len()).rev() {
                guessed[found] = guessed[found - 1].filter(|_| wanted[found - 1] == *c);
            }
        }
        if guessed[wanted.len()].is_some() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(all: &[&[&str]]) -> Layers {
        let mut layers = Layers::default();
        let all: Vec<Vec<String>> =
            all.iter().map(|lines| lines.iter().map(|l| (*l).to_owned()).collect()).collect();
        layers.pages(&all);
        layers
    }

    #[test]
    fn a_passage_is_found_over_the_end_of_a_page_in_another_order_or_with_letters_in_doubt() {
        let passage = "Example Consulting bid 41250";
        for found in [
            pages(&[&["so Example Consulting"], &["bid 41250 and"]]),
            pages(&[&["so Example Consulting", "Page 1 of 2"], &["The report", "bid 41250 and"]]),
            pages(&[&["Example", "1"], &["Consulting", "2"], &["bid 41250", "3"]]),
            pages(&[&["41250 bid Consulting Example"]]),
            pages(&[&["EExxaammppllee CCoonnssuullttiinngg bbiidd 4411225500"]]),
            pages(&[&["Example Consul\u{fffe}ng bid 41\u{fffe}50"]]),
        ] {
            assert!(found.hold(passage), "{found:?}");
        }
        for clean in [
            pages(&[&["Example Consulting has offered."], &["Of each bid the price is above 41250."]]),
            pages(&[&["Example Ltd is no consulting firm; its bid was 412."]]),
            pages(&[&["\u{fffe}\u{fffe} Examples\u{fffe} of \u{fffe} consultations \u{fffe}"]]),
        ] {
            assert!(!clean.hold(passage), "{clean:?}");
        }
        assert!(
            pages(&[&[
                "\u{628}\u{644}\u{627}\u{637}\u{639}\u{644}\u{627}\u{628} \u{627}\u{628}\u{62d}\u{631}\u{645}"
            ]])
            .hold(
                "\u{645}\u{631}\u{62d}\u{628}\u{627} \u{628}\u{627}\u{644}\u{639}\u{637}\u{627}\u{644}\u{628}"
            )
        );
        assert!(!pages(&[&["\u{fffe} 4\u{fffe}"]]).hold("42"), "a short one is not guessed");
        assert!(!pages(&[&["The price is that of the car."]]).hold("is the cheapest price of all cars"));
    }
}
