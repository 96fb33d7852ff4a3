//! Indicators in free text: words in a report that ask a question.
//!
//! A set (`data/indicators/<id>.toml`) belongs to one definition. Each of its indicators is a list of phrases and names
//! the fact that they ask about. [`IndicatorSet::find`] gives back the very words that were found and where they stand;
//! [`prompts`] makes of them the questions that are still open. There is no score and no grade, and neither can be made of
//! them: what was found is no fact, no rule reads it, and a named person reads the words.
//!
//! What is meant is not guessed. "No weapon" is found by a phrase for weapons, because the word is there; whoever reads it
//! sees the words around it.

mod phrase;
#[cfg(feature = "read")]
mod read;
mod words;

use crate::{CaseResult, Definition, Fact, FactState, Facts, suggestion};
use bluelamp_model::Fault;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

use phrase::Alternative;
pub use phrase::Phrase;
pub use words::Words;
use words::{KEYS, Key, key};

/// The most places that are told of one indicator in one text: a word that comes more often says nothing more.
pub const MOST_PLACES: usize = 100;
/// How many words before and after are shown, and how many characters of them at most.
const AROUND: usize = 6;
const AROUND_CHARS: usize = 80;

/// A set of indicators for one definition: everything its file says, checked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IndicatorSet {
    /// The stable name, such as `burglary-words`.
    pub id: String,
    /// Semantic version: rises with every change of a phrase.
    pub version: String,
    /// Its name for people.
    pub title: String,
    /// The role that keeps it up to date.
    pub owner: String,
    /// The chief officer's role that answers for its use.
    pub accountable: String,
    /// The day by which it must have been looked at again, `YYYY-MM-DD`.
    pub review_by: String,
    /// The definition whose facts it asks about.
    pub definition: String,
    /// What it is for, in one sentence.
    pub purpose: String,
    /// What it misses and what it finds wrongly.
    pub limits: Vec<String>,
    /// Law, guidance and research it rests on.
    pub basis: Vec<String>,
    /// The indicators, in the order of the file.
    pub indicators: Vec<Indicator>,
    /// SHA-256 of the file's bytes, in hex: names this exact text for ever.
    pub digest: String,
    #[serde(skip)]
    anchors: OnceLock<Anchors>,
}

/// Words that ask about one fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// The stable name, unique in the set.
    pub id: String,
    /// The fact of the definition that becomes an open question.
    pub asks: String,
    /// Whether somebody should look at the report sooner.
    pub raises_priority: bool,
    /// What is looked for.
    pub phrases: Vec<Phrase>,
    /// What it must find and what it must not.
    pub cases: Vec<IndicatorCase>,
    /// Its line in the file, from 1.
    pub line: u64,
}

/// A text and the words that an indicator must find in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndicatorCase {
    /// What somebody wrote.
    pub text: String,
    /// The words as written, in their order; none for a near miss.
    pub found: Vec<String>,
    /// Its line in the file, from 1.
    pub line: u64,
}

/// Words that were found, and by what. A text for a person to read, and no judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The set's id.
    pub set: String,
    /// The set's version.
    pub version: String,
    /// The set's digest.
    pub digest: String,
    /// The definition whose fact is asked about.
    pub definition: String,
    /// The indicator's id.
    pub indicator: String,
    /// The phrase that found the words; of several that found overlapping words, the one that begins first.
    pub phrase: String,
    /// The very words, as written.
    pub words: String,
    /// Where they begin in the text, in bytes.
    pub start: usize,
    /// Where they end, in bytes.
    pub end: usize,
    /// Some of what stands before them, as written.
    pub before: String,
    /// Some of what stands after them, as written.
    pub after: String,
    /// The fact that they ask about.
    pub asks: String,
    /// Whether somebody should look at the report sooner.
    pub raises_priority: bool,
}

/// A question that words in a report ask, beside those that the rules ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Prompt<'a> {
    /// The fact.
    pub fact: &'a str,
    /// The neutral wording in which to ask for it.
    pub ask: &'a str,
    /// Why there is no value to rely on.
    pub state: FactState,
    /// Whether one of the indicators says that somebody should look at the report sooner.
    pub raises_priority: bool,
    /// The words that ask, in the order in which they were found.
    pub found: Vec<&'a Found>,
}

/// Which phrases are looked for where a word stands.
#[derive(Clone, Debug)]
struct Anchors {
    /// A bit for each key, set where a word has it that is looked for.
    keys: Vec<u64>,
    /// The words, sorted into drawers by their key.
    drawers: Vec<Vec<(Alternative, Vec<At>)>>,
}

/// A phrase of the set: which indicator, and which of its phrases.
type At = (usize, usize);

/// Words of the text that a phrase fits: the first, the one after the last, the place of the phrase.
type Hit = (usize, usize, usize);

/// Adds a hit, to the last one where they overlap.
fn add(hits: &mut Vec<Hit>, (first, end, phrase): Hit) {
    match hits.last_mut() {
        Some(last) if first < last.1 && last.0 < end => {
            if first < last.0 {
                (last.0, last.2) = (first, phrase);
            }
            last.1 = end.max(last.1);
        }
        _ => hits.push((first, end, phrase)),
    }
}

impl IndicatorSet {
    /// Finds the indicators' words in a text, in the order in which they stand there.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Found> {
        self.find_in(&Words::of(text))
    }

    /// Finds the indicators' words in a text that was cut into words before: once for any number of sets.
    ///
    /// It takes time in proportion to the text's length. Words of one indicator that overlap are told as one.
    #[must_use]
    pub fn find_in(&self, words: &Words<'_>) -> Vec<Found> {
        let anchors = self.anchors.get_or_init(|| Anchors::of(&self.indicators));
        let mut hits: Vec<Vec<Hit>> = vec![Vec::new(); self.indicators.len()];
        for (at, _) in words.keys().enumerate().filter(|(_, key)| anchors.may_have(*key)) {
            for (indicator, n) in words.folded(at).into_iter().flat_map(|word| anchors.of_word(word)) {
                let phrase = self.indicators.get(indicator).and_then(|i| i.phrases.get(n));
                let Some((first, end)) = phrase.and_then(|p| p.around(words, at)) else { continue };
                if let Some(known) = hits.get_mut(indicator) {
                    add(known, (first, end, n));
                }
            }
        }
        let mut all: Vec<(Hit, &Indicator)> = Vec::new();
        for (mut found, indicator) in hits.into_iter().zip(&self.indicators) {
            // A phrase is found where its anchor stands, which can be behind words that were found before.
            found.sort_unstable();
            let mut apart = Vec::with_capacity(found.len());
            found.into_iter().for_each(|hit| add(&mut apart, hit));
            all.extend(apart.into_iter().take(MOST_PLACES).map(|hit| (hit, indicator)));
        }
        all.sort_by_key(|((first, end, _), _)| (*first, *end));
        all.into_iter().filter_map(|(hit, indicator)| self.found(words, hit, indicator)).collect()
    }

    fn found(&self, words: &Words<'_>, (first, after, phrase): Hit, indicator: &Indicator) -> Option<Found> {
        let (start, end) = words.place(first, after)?;
        let from = words.place(first.saturating_sub(AROUND), after)?.0;
        let to = words.place(first, (after + AROUND).min(words.len()))?.1;
        Some(Found {
            set: self.id.clone(),
            version: self.version.clone(),
            digest: self.digest.clone(),
            definition: self.definition.clone(),
            indicator: indicator.id.clone(),
            phrase: indicator.phrases.get(phrase)?.text().to_owned(),
            words: words.text.get(start..end)?.to_owned(),
            start,
            end,
            before: ending(words.text.get(from..start)?).to_owned(),
            after: beginning(words.text.get(end..to)?).to_owned(),
            asks: indicator.asks.clone(),
            raises_priority: indicator.raises_priority,
        })
    }

    /// Runs the cases of every indicator. A case's name is the beginning of its text.
    #[must_use]
    pub fn run_cases(&self) -> Vec<CaseResult> {
        let all = self.indicators.iter().flat_map(|i| i.cases.iter().map(move |case| (i, case)));
        all.map(|(indicator, case)| {
            let found = self.find(&case.text).into_iter().filter(|f| f.indicator == indicator.id);
            let found: Vec<String> = found.map(|f| f.words).collect();
            let differences = if found == case.found {
                Vec::new()
            } else {
                vec![format!("{} found {}, not {}", indicator.id, listed(&found), listed(&case.found))]
            };
            CaseResult { name: beginning(&case.text).to_owned(), line: case.line, differences }
        })
        .collect()
    }

    /// What does not fit the definition that the set names: each indicator that asks about a fact which is not there.
    /// `file` is the set's name in faults.
    #[must_use]
    pub fn misfits(&self, file: &str, definition: &Definition) -> Vec<Fault> {
        let strangers = self.indicators.iter().filter(|i| definition.fact(&i.asks).is_none());
        strangers
            .map(|i| {
                let near = suggestion(&i.asks, definition.facts.iter().map(|f| f.name.as_str()));
                let reason =
                    format!("'{}' is not a fact of the definition '{}'{near}", i.asks, definition.header.id);
                Fault::new(file, reason).at_line(i.line).in_field(format!("{}.asks", i.id))
            })
            .collect()
    }
}

impl Anchors {
    const DRAWERS: usize = 256;

    fn of(indicators: &[Indicator]) -> Self {
        let mut made = Self { keys: vec![0; KEYS / 64], drawers: vec![Vec::new(); Self::DRAWERS] };
        for (n, indicator) in indicators.iter().enumerate() {
            for (m, phrase) in indicator.phrases.iter().enumerate() {
                for anchor in phrase.anchors() {
                    let key = key(&anchor.word) as usize;
                    made.keys[key / 64] |= 1 << (key % 64);
                    let drawer = &mut made.drawers[key % Self::DRAWERS];
                    match drawer.iter_mut().find(|(a, _)| a == anchor) {
                        Some((_, phrases)) => phrases.push((n, m)),
                        None => drawer.push((anchor.clone(), vec![(n, m)])),
                    }
                }
            }
        }
        made
    }

    fn may_have(&self, key: Key) -> bool {
        self.keys.get(key as usize / 64).is_some_and(|bits| bits & (1 << (key % 64)) != 0)
    }

    fn of_word(&self, word: &str) -> impl Iterator<Item = At> {
        let drawer = self.drawers.get(key(word) as usize % Self::DRAWERS).into_iter().flatten();
        drawer.filter(move |(a, _)| a.fits(word)).flat_map(|(_, phrases)| phrases.iter().copied())
    }
}

/// The questions that words ask and that nobody has answered: one for each fact of the definition that something
/// found asks about and that is not known, in the order of the dictionary.
///
/// What is known is left alone, whatever the words say. What was found by a set for another definition, or asks about a
/// fact that this version does not have, is passed over. Nothing here reaches the evaluation: it takes facts, and what was
/// found is none.
#[must_use]
pub fn prompts<'a>(definition: &'a Definition, facts: &Facts, found: &'a [Found]) -> Vec<Prompt<'a>> {
    let asked = definition.facts.iter().filter_map(|entry| {
        let state = match facts.0.get(&entry.name) {
            Some(Fact::Known(_)) => return None,
            Some(Fact::Open { state, .. }) => *state,
            None => FactState::NotAsked,
        };
        let asks = |f: &&Found| f.definition == definition.header.id && f.asks == entry.name;
        let found: Vec<&Found> = found.iter().filter(asks).collect();
        let raises_priority = found.iter().any(|f| f.raises_priority);
        (!found.is_empty()).then_some(Prompt {
            fact: &entry.name,
            ask: &entry.ask,
            state,
            raises_priority,
            found,
        })
    });
    asked.collect()
}

/// The beginning of a text, no longer than what is shown around words.
fn beginning(text: &str) -> &str {
    text.char_indices().nth(AROUND_CHARS).map_or(text, |(at, _)| &text[..at])
}

/// The end of a text, no longer than what is shown around words.
fn ending(text: &str) -> &str {
    text.char_indices().rev().nth(AROUND_CHARS - 1).map_or(text, |(at, _)| &text[at..])
}

fn listed(words: &[String]) -> String {
    if words.is_empty() {
        return "nothing".into();
    }
    words.iter().map(|w| format!("'{w}'")).collect::<Vec<_>>().join(", ")
}
