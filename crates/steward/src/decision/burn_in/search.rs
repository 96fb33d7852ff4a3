//! Whether a passage stands in what was read.

use super::{
    font::{AGAIN, UNKNOWN},
    redact::fold,
};

/// From so many letters on, a passage is no chance.
const NO_CHANCE: usize = 8;
/// So many lines at the head and at the foot of a page may be running ones.
const RUNNING: usize = 16;
/// The same for a short passage, parts of which stand at the ends of many lines.
const FEW: usize = 4;
/// Words in another order are looked for in passages of so many.
const WORDS: std::ops::RangeInclusive<usize> = 3..=60;
/// Of a longer passage so many letters are looked for where some of the letters cannot be told.
const LETTERS: usize = 200;
/// So many letters may one that cannot be told stand for, as a ligature does.
const LIGATURE: usize = 3;

/// A folded text, and what of it remains in doubt.
#[derive(Debug)]
struct Text {
    /// Where it stands, as it is said to the person; pages have numbers instead.
    at: &'static str,
    /// Which of the ways to read the pages it comes from.
    pages: Option<usize>,
    letters: String,
    /// The same without doubled letters.
    single: String,
    /// The same with its letters that cannot be told, where there are any.
    doubtful: Option<Doubt>,
}

/// A text in which letters cannot be told.
#[derive(Debug)]
struct Doubt {
    all: Vec<char>,
    /// The same without letters that stand by themselves, as bullets do.
    words: Vec<char>,
}

fn is_mark(c: char) -> bool {
    c == UNKNOWN || c == AGAIN
}

/// The folded letters of a text, and between them those that cannot be told.
fn marked(text: &str) -> Vec<char> {
    let mut out = Vec::new();
    for part in text.split_inclusive(is_mark) {
        out.extend(fold(part).chars());
        out.extend(part.chars().next_back().filter(|c| is_mark(*c)));
    }
    out
}

/// Whether a word is a single sign, as a bullet, or a row of the same sign that is longer than a short passage.
fn stands_alone(word: &str) -> bool {
    let letters = word.chars().filter(|c| is_mark(*c) || c.is_alphanumeric());
    let told = word.chars().any(char::is_alphanumeric);
    let rows = word.chars().filter(|c| *c == UNKNOWN).count();
    let all = letters.count();
    !told && rows == 1 && (all == 1 || all > NO_CHANCE)
}

impl Text {
    fn of(at: &'static str, pages: Option<usize>, text: &str) -> Self {
        let doubtful = text.contains(is_mark).then(|| Doubt {
            all: marked(text).into_iter().filter(|c| *c != AGAIN).collect(),
            words: text.split_whitespace().filter(|word| !stands_alone(word)).flat_map(marked).collect(),
        });
        let letters = fold(text);
        Self { at, pages, single: single(&letters), letters, doubtful }
    }

    fn holds(&self, passage: &Passage) -> bool {
        self.letters.contains(&passage.letters)
            || passage.no_chance
                && passage.single.chars().count() >= NO_CHANCE
                && self.single.contains(&passage.single)
            || self.doubtful.as_ref().is_some_and(|text| text.may_hold(passage))
    }
}

impl Doubt {
    fn may_hold(&self, passage: &Passage) -> bool {
        let wanted: Vec<char> = passage.letters.chars().take(LETTERS).collect();
        let (half, most) = (wanted.len() / 2, 3 * wanted.len() / 4);
        if passage.no_chance {
            in_doubt(&self.all, &wanted, half) || in_doubt(&self.words, &wanted, most)
        } else {
            wanted.len() > 1 && (in_doubt(&self.words, &wanted, half) || fits(&self.words, &wanted))
        }
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

/// Pages, each as lines, read in one way.
#[derive(Debug)]
struct Way {
    /// Where they stand where they are none of the document's own.
    at: Option<&'static str>,
    lines: Vec<Vec<String>>,
}

/// The texts of a file.
#[derive(Debug, Default)]
pub(super) struct Layers {
    /// What a reader can see, hear or copy.
    read: Vec<Text>,
    /// Pages in each of the ways in which they can be read.
    pages: Vec<Way>,
    /// Bytes taken for text, and where they stand. A short passage is found there by chance.
    raw: Vec<(&'static str, String)>,
    /// Whether anything is shown in letters.
    shows: bool,
}

impl Layers {
    /// Adds what a reader can see, hear or copy, and where.
    pub(super) fn read(&mut self, at: &'static str, text: &str) {
        self.read.push(Text::of(at, None, text));
    }

    /// Adds bytes taken for text, and where they stand.
    pub(super) fn raw(&mut self, at: &'static str, text: &str) {
        let letters = fold(text);
        if letters.len() >= NO_CHANCE {
            self.raw.push((at, letters));
        }
    }

    /// Adds pages in one of the ways in which they can be read; `at` says where, if they are none of the document's own.
    pub(super) fn pages(&mut self, at: Option<&'static str>, pages: &[Vec<String>]) {
        self.one_way(at, pages);
        // Letters that are read from the right may be drawn from the left.
        if pages.iter().flatten().flat_map(|line| line.chars()).any(is_from_right) {
            let turned = |line: &String| line.chars().rev().collect::<String>();
            let turned: Vec<Vec<String>> =
                pages.iter().map(|lines| lines.iter().map(turned).collect()).collect();
            self.one_way(at, &turned);
        }
    }

    fn one_way(&mut self, at: Option<&'static str>, pages: &[Vec<String>]) {
        let joined = |keep: &dyn Fn(&&String) -> bool| {
            let lines: Vec<&str> = pages.iter().flatten().filter(keep).map(String::as_str).collect();
            lines.join("\n")
        };
        let (whole, way) = (joined(&|_| true), Some(self.pages.len()));
        self.shows |= !fold(&whole).is_empty();
        let named = at.unwrap_or("on its pages");
        if pages.iter().flatten().any(|line| is_number(line)) {
            self.read.push(Text::of(named, way, &joined(&|line| !is_number(line))));
        }
        self.read.push(Text::of(named, way, &whole));
        let lines = pages.iter().map(|lines| lines.iter().map(|line| fold(line)).collect()).collect();
        self.pages.push(Way { at, lines });
    }

    /// Whether there is any letter on a page.
    pub(super) fn shows(&self) -> bool {
        self.shows
    }

    /// Where a passage stands in any of them, as it is said to the person; none where it does not.
    pub(super) fn place(&self, quote: &str) -> Option<String> {
        let passage = Passage::of(quote);
        if passage.letters.is_empty() {
            return None;
        }
        if let Some(text) = self.read.iter().find(|text| text.holds(&passage)) {
            let way = text.pages.map(|way| &self.pages[way]).filter(|way| way.at.is_none());
            let page =
                way.and_then(|way| way.lines.iter().position(|p| p.concat().contains(&passage.letters)));
            return Some(page.map_or_else(|| text.at.to_owned(), |n| format!("on page {}", n + 1)));
        }
        let on_pages = self.pages.iter().find_map(|way| {
            let page = across(&way.lines, &passage).or_else(|| mixed(&way.lines, &passage.words))?;
            Some(way.at.map_or_else(|| format!("on page {}", page + 1), str::to_owned))
        });
        on_pages.or_else(|| {
            let in_raw = self.raw.iter().find(|(_, text)| text.contains(&passage.letters));
            in_raw.filter(|_| passage.no_chance).map(|(at, _)| (*at).to_owned())
        })
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

/// The last lines of a page, as many as have so many bytes.
fn tail(lines: &[String], room: usize) -> String {
    let mut length = 0;
    let fits = |line: &&String| {
        let more = length < room;
        length += line.len();
        more
    };
    let mut last: Vec<&str> = lines.iter().rev().take_while(fits).map(String::as_str).collect();
    last.reverse();
    last.concat()
}

/// The first lines of a page, as many as have so many bytes.
fn head(lines: &[String], room: usize) -> String {
    let mut out = String::new();
    for line in lines {
        out.push_str(line);
        if out.len() >= room {
            break;
        }
    }
    out
}

/// The page from which a passage goes over to the next, whatever runs at the foot and the head of them.
fn across(pages: &[Vec<String>], passage: &Passage) -> Option<usize> {
    let wanted = passage.letters.as_str();
    let running = if passage.no_chance { RUNNING } else { FEW };
    let cuts: Vec<usize> = (1..wanted.len()).filter(|at| wanted.is_char_boundary(*at)).collect();
    pages.windows(2).position(|pair| {
        // Where the passage may be cut: what is before ends a line of the first page.
        let mut open: Vec<usize> = Vec::new();
        for foot in 0..=running.min(pair[0].len()) {
            let before = tail(&pair[0][..pair[0].len() - foot], wanted.len());
            open.extend(cuts.iter().filter(|at| before.ends_with(&wanted[..**at])));
        }
        !open.is_empty()
            && (0..=running.min(pair[1].len())).any(|skip| {
                let after = head(&pair[1][skip..], wanted.len());
                open.iter().any(|at| after.starts_with(&wanted[*at..]))
            })
    })
}

/// The page on which all words of a passage stand together, or from which they go over to the next, in whatever order.
fn mixed(pages: &[Vec<String>], words: &[String]) -> Option<usize> {
    if !WORDS.contains(&words.len()) {
        return None;
    }
    let total: usize = words.iter().map(String::len).sum();
    if total < NO_CHANCE {
        return None;
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
    let room = 2 * total;
    let on_one = pages.iter().position(|lines| together(&lines.concat(), &wanted, words.len(), total));
    on_one.or_else(|| {
        pages.windows(2).position(|pair| {
            let both = tail(&pair[0], room) + &head(&pair[1], room);
            together(&both, &wanted, words.len(), total)
        })
    })
}

/// Whether all of these words stand close together in a text.
fn together(page: &str, wanted: &[(&str, usize)], words: usize, total: usize) -> bool {
    let mut places: Vec<(usize, usize)> = Vec::new();
    for (n, (word, _)) in wanted.iter().enumerate() {
        let before = places.len();
        places.extend(page.match_indices(word).map(|(at, _)| (at, n)));
        if places.len() == before {
            return false;
        }
    }
    places.sort_unstable();
    let (mut from, mut have, mut missing) = (0, vec![0_usize; wanted.len()], words);
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
        if missing == 0 && apart(page.get(places[from].0..end).unwrap_or_default(), wanted) {
            return true;
        }
    }
    false
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

/// Whether a passage may stand in a text in which each letter that cannot be told stands for none or up to as many as a
/// ligature has; `most` is how many of its letters may be guessed.
fn in_doubt(text: &[char], wanted: &[char], most: usize) -> bool {
    // For each number of letters found so far: how few of them were guessed. Beyond `high` there is none.
    let mut guessed: Vec<Option<usize>> = vec![None; wanted.len() + 1];
    let mut high = 0;
    for c in text {
        guessed[0] = Some(0);
        if is_mark(*c) {
            high = (high + LIGATURE).min(wanted.len());
            for found in (0..=high).rev() {
                let by = |n: usize| Some(guessed[found.checked_sub(n)?]? + n).filter(|g| *g <= most);
                guessed[found] = (0..=LIGATURE).filter_map(by).min();
            }
        } else {
            high = (high + 1).min(wanted.len());
            for found in (1..=high).rev() {
                guessed[found] = guessed[found - 1].filter(|_| wanted[found - 1] == *c);
            }
        }
        if guessed[wanted.len()].is_some() {
            return true;
        }
        while high > 0 && guessed[high].is_none() {
            high -= 1;
        }
    }
    false
}

/// Whether a text has as many letters as a passage where some of its letters cannot be told and the others are those of
/// the passage.
fn fits(text: &[char], wanted: &[char]) -> bool {
    text.windows(wanted.len()).any(|part| {
        part.contains(&UNKNOWN)
            && part.iter().enumerate().all(|(n, c)| match *c {
                UNKNOWN => true,
                AGAIN => n == 0 || wanted[n] == wanted[n - 1],
                c => c == wanted[n],
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(all: &[&[&str]]) -> Layers {
        let mut layers = Layers::default();
        let all: Vec<Vec<String>> =
            all.iter().map(|lines| lines.iter().map(|l| (*l).to_owned()).collect()).collect();
        layers.pages(None, &all);
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
            assert!(found.place(passage).is_some(), "{found:?}");
        }
        for clean in [
            pages(&[&["Example Consulting has offered."], &["Of each bid the price is above 41250."]]),
            pages(&[&["Example Ltd is no consulting firm; its bid was 412."]]),
            pages(&[&["\u{fffe}\u{fffe} Examples\u{fffe} of \u{fffe} consultations \u{fffe}"]]),
        ] {
            assert!(clean.place(passage).is_none(), "{clean:?}");
        }
        assert!(
            pages(&[&[
                "\u{628}\u{644}\u{627}\u{637}\u{639}\u{644}\u{627}\u{628} \u{627}\u{628}\u{62d}\u{631}\u{645}"
            ]])
            .place(
                "\u{645}\u{631}\u{62d}\u{628}\u{627} \u{628}\u{627}\u{644}\u{639}\u{637}\u{627}\u{644}\u{628}"
            )
            .is_some()
        );
        let apart = pages(&[&["The price is that of the car."]]);
        assert!(apart.place("is the cheapest price of all cars").is_none());
    }

    #[test]
    fn a_passage_over_the_end_of_a_page_is_found_behind_many_running_lines_or_with_its_words_mixed() {
        let passage = "Example Consulting bid 41250";
        let foot = ["a", "b", "c", "d", "e", "f", "g"];
        let first: Vec<&str> = ["so Example Consulting"].into_iter().chain(foot).collect();
        let second: Vec<&str> = foot.into_iter().chain(["bid 41250 and"]).collect();
        assert_eq!(pages(&[&["x"], &first, &second]).place(passage).as_deref(), Some("on page 2"));
        assert!(pages(&[&["so Consulting Example"], &["41250 bid and"]]).place(passage).is_some());
    }

    #[test]
    fn a_short_passage_is_held_where_letters_that_cannot_be_told_fit_it_and_bullets_are_none() {
        for (text, passage) in [
            ("\u{a3}\u{fffe}\u{fffe}\u{fffe} in all", "412"),
            ("\u{fffe}\u{fffe}\u{ffff} in all", "100"),
            ("4\u{fffe} in all", "42"),
            ("the o\u{fffe}ce", "office"),
        ] {
            assert!(pages(&[&[text]]).place(passage).is_some(), "{text}");
        }
        for (text, passage) in [
            ("\u{fffe} 2 items", "42"),
            ("\u{fffe} and \u{fffe} 4 more", "42"),
            ("\u{fffe}\u{ffff}\u{ffff} in all", "412"),
            ("Head\u{fffe}\u{ffff}\u{ffff}\u{ffff}\u{ffff}\u{ffff}\u{ffff}\u{ffff}\u{ffff} 5", "1234"),
        ] {
            assert!(pages(&[&[text]]).place(passage).is_none(), "{text}");
        }
    }
}
