//! The little language in which an indicator's phrases are written.

use super::words::{Words, fold};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// The most words of a phrase.
const MOST_WORDS: usize = 12;
/// The most alternatives for one word.
const MOST_ALTERNATIVES: usize = 40;
/// The most words that a gap may skip, and how many `...` does.
const MOST_SKIPPED: u8 = 8;
const DOTS: u8 = 3;
/// The longest stretch of text that a phrase may reach over, in words: one for each bit of the search.
const MOST_REACH: usize = 64;
/// A word of any ending begins with at least so many letters, or it would stand for half the language.
const LEAST_BEGINNING: usize = 3;

/// Words that are looked for, as a person writes them: `(hands|arm) ... [2] my throat`, `strangl*`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phrase {
    text: String,
    steps: Vec<Step>,
    /// The step that is looked for first: the one that the fewest words of a text fit.
    anchor: usize,
}

/// One word of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    /// How many other words may stand before it.
    skips: u8,
    any_of: Vec<Alternative>,
}

/// A word, or the beginning of one, folded as the words of a text are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alternative {
    pub(super) word: String,
    pub(super) any_ending: bool,
}

impl Alternative {
    pub(super) fn fits(&self, word: &str) -> bool {
        if self.any_ending { word.starts_with(&self.word) } else { word == self.word }
    }
}

impl Phrase {
    /// Reads a phrase: words with spaces between them; `*` at the end of a word for any ending; `(one|other)` for
    /// either word; `...` for up to three other words in between, `[5]` for up to five.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut steps: Vec<Step> = Vec::new();
        let mut gap = None;
        for part in text.split_whitespace() {
            if let Some(skips) = skipped(part)? {
                if steps.is_empty() {
                    return Err(format!(
                        "'{part}' stands before the first word: a phrase begins with a word"
                    ));
                }
                if gap.replace(skips).is_some() {
                    return Err(format!(
                        "'{part}' follows another gap: say how many words in one, as in [5]"
                    ));
                }
                continue;
            }
            steps.push(Step { skips: gap.take().unwrap_or_default(), any_of: alternatives(part)? });
        }
        if gap.is_some() {
            return Err("ends with a gap: a phrase ends with a word".into());
        }
        if steps.is_empty() {
            return Err("is empty: write the words to look for".into());
        }
        let reach: usize = steps.iter().map(|s| usize::from(s.skips) + 1).sum();
        if steps.len() > MOST_WORDS || reach > MOST_REACH {
            return Err(format!(
                "is too long: {MOST_WORDS} words at most, and {MOST_REACH} with what its gaps may skip"
            ));
        }
        // Long words are rare, and so the shortest alternative says how often a step fits; then their number does.
        let rare = |step: &Step| {
            let shortest = step.any_of.iter().map(|a| a.word.len()).min();
            (shortest, Reverse(step.any_of.len()))
        };
        let anchor = (0..steps.len()).max_by_key(|n| (rare(&steps[*n]), Reverse(*n))).unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Self { text, steps, anchor })
    }

    /// The phrase as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the word can be that is looked for first.
    pub(super) fn anchors(&self) -> &[Alternative] {
        self.steps.get(self.anchor).map_or(&[], |s| s.any_of.as_slice())
    }

    /// The words of the text that the phrase fits around its anchor, which stands at this place: the first, and the
    /// place after the last. The nearest are taken of several. Whether the anchor fits was found out before.
    pub(super) fn around(&self, words: &Words<'_>, at: usize) -> Option<(usize, usize)> {
        let (before, after) = self.steps.split_at_checked(self.anchor + 1)?;
        // The words that a step may skip stand before it: on the way back they belong to the step that was left.
        let back = before.windows(2).rev().map(|pair| (pair[1].skips, pair[0].any_of.as_slice()));
        let first = reach(back, |n| at.checked_sub(n).and_then(|at| words.folded(at)))?;
        let forward = after.iter().map(|step| (step.skips, step.any_of.as_slice()));
        let last = reach(forward, |n| words.folded(at + n))?;
        Some((at - first, at + last + 1))
    }
}

/// How many words away the last of some steps fits, each a word that may follow the one before it after as many others.
/// `word` gives the word that stands so many places away from where the steps begin.
fn reach<'a, 'w>(
    steps: impl Iterator<Item = (u8, &'a [Alternative])>,
    word: impl Fn(usize) -> Option<&'w str>,
) -> Option<usize> {
    // Bit n: the steps so far can end n words away.
    let mut reached = 1_u64;
    for (skips, any_of) in steps {
        let mut places = (0..=skips).fold(0, |places, skipped| places | reached << (skipped + 1));
        reached = 0;
        while places != 0 {
            let n = places.trailing_zeros();
            places &= places - 1;
            let Some(word) = word(n as usize) else { break };
            if any_of.iter().any(|a| a.fits(word)) {
                reached |= 1 << n;
            }
        }
        if reached == 0 {
            return None;
        }
    }
    Some(reached.trailing_zeros() as usize)
}

impl TryFrom<String> for Phrase {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Phrase> for String {
    fn from(phrase: Phrase) -> Self {
        phrase.text
    }
}

/// How many words a part lets be skipped, if it is a gap at all.
fn skipped(part: &str) -> Result<Option<u8>, String> {
    if part == "..." || part == "…" {
        return Ok(Some(DOTS));
    }
    let Some(inside) = part.strip_prefix('[').and_then(|p| p.strip_suffix(']')) else { return Ok(None) };
    match inside.parse() {
        Ok(n @ 1..=MOST_SKIPPED) => Ok(Some(n)),
        _ => Err(format!("'{part}' is not a number of words from [1] to [{MOST_SKIPPED}]")),
    }
}

fn alternatives(part: &str) -> Result<Vec<Alternative>, String> {
    let inside = part.strip_prefix('(').and_then(|p| p.strip_suffix(')'));
    let all: Vec<&str> = inside.map_or_else(|| vec![part], |p| p.split('|').collect());
    if all.len() > MOST_ALTERNATIVES {
        return Err(format!("'{part}' has {} alternatives; {MOST_ALTERNATIVES} at most", all.len()));
    }
    let mut found: Vec<Alternative> = Vec::with_capacity(all.len());
    for word in all {
        let (beginning, any_ending) = word.strip_suffix('*').map_or((word, false), |b| (b, true));
        // Signs that are passed over in a text may stand in a word; whatever else parts words is a mistake here.
        let plain = beginning.chars().all(|c| c.is_alphanumeric() || "'’".contains(c));
        let Some(folded) = fold(beginning).filter(|_| plain) else {
            let near = if part.contains(['(', ')', '|']) { " (no spaces inside the brackets)" } else { "" };
            return Err(format!("'{word}' is not a word of letters, digits and apostrophes{near}"));
        };
        if any_ending && folded.chars().count() < LEAST_BEGINNING {
            return Err(format!(
                "'{word}' would stand for too many words: write {LEAST_BEGINNING} letters before the *"
            ));
        }
        let alternative = Alternative { word: folded, any_ending };
        if found.iter().any(|known| known.fits(&alternative.word) && (known.any_ending || !any_ending)) {
            return Err(format!(
                "'{word}' says nothing new in '{part}': an alternative before it finds the same"
            ));
        }
        found.push(alternative);
    }
    Ok(found)
}
