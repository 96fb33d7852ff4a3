//! From a file's text to a checked set of indicators, with every fault found in one go.

use super::{Indicator, IndicatorCase, IndicatorSet, Phrase};
use crate::shape::{is_day, is_id, is_semver};
use bluelamp_model::{Fault, Faults};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{ops::Range, sync::OnceLock};
use toml::Spanned;

/// The most indicators of a set, phrases of an indicator and cases of an indicator.
const MOST_INDICATORS: usize = 64;
const MOST_PHRASES: usize = 64;
const MOST_CASES: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: Spanned<String>,
    version: Spanned<String>,
    title: Spanned<String>,
    owner: Spanned<String>,
    accountable: Spanned<String>,
    review_by: Spanned<String>,
    definition: Spanned<String>,
    purpose: Spanned<String>,
    limits: Spanned<Vec<String>>,
    basis: Spanned<Vec<String>>,
    #[serde(default)]
    indicator: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Spanned<String>,
    asks: Spanned<String>,
    raises_priority: bool,
    phrases: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    case: Vec<Spanned<Case>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    found: Vec<String>,
}

/// Collects faults for one file.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    /// The line of a place in the file, from 1.
    fn line(&self, at: usize) -> u64 {
        self.text.get(..at).map_or(1, |t| t.matches('\n').count() as u64 + 1)
    }

    fn fault(&mut self, at: Range<usize>, field: impl Into<String>, reason: impl Into<String>) {
        let line = self.line(at.start);
        self.faults.push(Fault::new(self.file, reason).at_line(line).in_field(field));
    }

    fn checked(&mut self, field: &str, value: &Spanned<String>, fits: fn(&str) -> bool, like: &str) {
        if !fits(value.get_ref()) {
            self.fault(value.span(), field, format!("'{}' is not {like}", value.get_ref()));
        }
    }

    fn texts(&mut self, field: &str, values: &Spanned<Vec<String>>, wanted: &str) {
        if values.get_ref().is_empty() || values.get_ref().iter().any(|v| v.trim().is_empty()) {
            self.fault(values.span(), field, format!("must say {wanted}, and no text may be empty"));
        }
    }

    fn header(&mut self, file: &File) {
        const NAME: &str = "a name of lower-case letters, digits and hyphens";
        self.checked("id", &file.id, is_id, NAME);
        self.checked("version", &file.version, is_semver, "a version like 1.3.0");
        self.checked("review_by", &file.review_by, is_day, "a day like 2027-05-31");
        self.checked("definition", &file.definition, is_id, NAME);
        for (field, value) in [
            ("title", &file.title),
            ("owner", &file.owner),
            ("accountable", &file.accountable),
            ("purpose", &file.purpose),
        ] {
            self.checked(field, value, |v| !v.trim().is_empty(), "a text: it is empty");
        }
        self.texts("limits", &file.limits, "what the words miss and what they find wrongly");
        self.texts("basis", &file.basis, "on what law, guidance or research the set rests");
        match file.indicator.len() {
            0 => self.fault(0..0, "indicator", "is missing: a set has at least one [[indicator]]"),
            n if n > MOST_INDICATORS => {
                self.fault(0..0, "indicator", format!("there are {n}; {MOST_INDICATORS} at most"));
            }
            _ => {}
        }
    }

    fn indicator(&mut self, entry: Spanned<Entry>, known: &[Indicator]) -> Indicator {
        let line = self.line(entry.span().start);
        let entry = entry.into_inner();
        let id = entry.id.get_ref().as_str();
        if !is_id(id) {
            self.fault(
                entry.id.span(),
                "indicator.id",
                format!("'{id}' is not a name of lower-case letters, digits and hyphens"),
            );
        } else if known.iter().any(|i| i.id == id) {
            self.fault(entry.id.span(), "indicator.id", format!("'{id}' comes twice"));
        }
        if entry.asks.get_ref().trim().is_empty() {
            self.fault(
                entry.asks.span(),
                format!("{id}.asks"),
                "is empty: name the fact that is asked about",
            );
        }
        let phrases = self.phrases(id, &entry.phrases);
        let cases = self.cases(id, line, entry.case);
        Indicator {
            id: entry.id.into_inner(),
            asks: entry.asks.into_inner(),
            raises_priority: entry.raises_priority,
            phrases,
            cases,
            line,
        }
    }

    fn phrases(&mut self, id: &str, texts: &Spanned<Vec<Spanned<String>>>) -> Vec<Phrase> {
        let field = format!("{id}.phrases");
        match texts.get_ref().len() {
            0 => self.fault(texts.span(), &field, "is empty: write at least one phrase"),
            n if n > MOST_PHRASES => {
                self.fault(texts.span(), &field, format!("there are {n}; {MOST_PHRASES} at most"));
            }
            _ => {}
        }
        let mut phrases: Vec<Phrase> = Vec::new();
        for text in texts.get_ref() {
            match Phrase::parse(text.get_ref()) {
                Ok(phrase) if phrases.contains(&phrase) => {
                    self.fault(text.span(), &field, format!("'{}' comes twice", phrase.text()));
                }
                Ok(phrase) => phrases.push(phrase),
                Err(why) => self.fault(text.span(), &field, format!("'{}': {why}", text.get_ref())),
            }
        }
        phrases
    }

    fn cases(&mut self, id: &str, line: u64, entries: Vec<Spanned<Case>>) -> Vec<IndicatorCase> {
        let cases: Vec<IndicatorCase> = entries
            .into_iter()
            .map(|case| {
                let line = self.line(case.span().start);
                let Case { text, found } = case.into_inner();
                IndicatorCase { text, found, line }
            })
            .collect();
        let near_misses = cases.iter().filter(|c| c.found.is_empty()).count();
        if cases.len() > MOST_CASES {
            self.faults.push(
                Fault::new(self.file, format!("there are {}; {MOST_CASES} at most", cases.len()))
                    .at_line(line)
                    .in_field(format!("{id}.case")),
            );
        }
        if near_misses == 0 || near_misses == cases.len() {
            let reason =
                "needs a [[indicator.case]] in which words are found, and one near miss with found = []";
            self.faults.push(Fault::new(self.file, reason).at_line(line).in_field(format!("{id}.case")));
        }
        cases
    }
}

impl IndicatorSet {
    /// Reads and checks one set. `file` is its name in faults; nothing is opened.
    ///
    /// The cases are checked for form but not run: see [`IndicatorSet::load`]. Whether the facts are there is for
    /// [`IndicatorSet::misfits`] to say.
    ///
    /// # Errors
    /// Every fault in the file, each with its line where there is one. What is no TOML at all, or lacks a field,
    /// ends the reading at once.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let mut reader = Reader { file, text, faults: Vec::new() };
        let parsed: File = match toml::from_str(text) {
            Ok(parsed) => parsed,
            Err(e) => {
                let line = reader.line(e.span().map_or(0, |span| span.start));
                return Err(Fault::new(file, e.message()).at_line(line).into());
            }
        };
        reader.header(&parsed);
        let mut indicators = Vec::with_capacity(parsed.indicator.len());
        for entry in parsed.indicator {
            let indicator = reader.indicator(entry, &indicators);
            indicators.push(indicator);
        }
        reader.faults.sort_by_key(|f| f.line);
        Faults(reader.faults).or(Self {
            id: parsed.id.into_inner(),
            version: parsed.version.into_inner(),
            title: parsed.title.into_inner(),
            owner: parsed.owner.into_inner(),
            accountable: parsed.accountable.into_inner(),
            review_by: parsed.review_by.into_inner(),
            definition: parsed.definition.into_inner(),
            purpose: parsed.purpose.into_inner(),
            limits: parsed.limits.into_inner(),
            basis: parsed.basis.into_inner(),
            indicators,
            digest: hex::encode(Sha256::digest(text)),
            anchors: OnceLock::new(),
        })
    }

    /// Reads and checks one set and runs its cases: one that fails its own cases is not loaded.
    ///
    /// # Errors
    /// Every fault in the file, or one fault for each failed case.
    pub fn load(file: &str, text: &str) -> Result<Self, Faults> {
        let set = Self::parse(file, text)?;
        let failed = set.run_cases().into_iter().filter(|c| !c.differences.is_empty());
        let faults = failed
            .map(|c| {
                let reason = format!("fails: {}", c.differences.join("; "));
                Fault::new(file, reason).at_line(c.line).in_field(format!("case '{}'", c.name))
            })
            .collect();
        Faults(faults).or(set)
    }
}
