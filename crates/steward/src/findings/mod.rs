//! What the portfolio shows when it is read as a whole: gaps, duplicates, conflicts, synergies, quick wins.
//!
//! A finding is a proposal. It says in one sentence what was noticed and shows which fields agree; the score stands beside
//! it and decides nothing. A person confirms or rejects it with reasons ([`answer`]); what was rejected comes back only
//! when something that it rests on has changed. Nothing here knows a clock or a
//! database but [`gather`], [`hold_against`] and the answers.

mod against;
mod answer;
mod applications;
mod gaps;
mod gather;
mod input;
mod lasting;
mod pairs;
mod shared;
mod wins;
mod words;

pub use against::{add, current, hold_against, strategies_of};
pub use answer::{Answer, Answered, Given, NewSaving, Shown, Standing, Tally, answer, answers, shown, tally};
pub use applications::of_landscape;
pub use gather::gather;
pub use input::{Best, Element, Item, Maturity, Portfolio};
pub use pairs::{ENOUGH, ENOUGH_ALONE, ROLL_OUT_DAYS};
pub use wins::Report;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What sort of thing was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something is missing, late or below its target.
    Gap,
    /// Two items seem to do the same.
    Duplicate,
    /// Two items stand in one another's way.
    Conflict,
    /// Organisations could do something together.
    Synergy,
    /// Something that can be in use within a year.
    QuickWin,
}

impl Kind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Gap, Self::Duplicate, Self::Conflict, Self::Synergy, Self::QuickWin];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
            Self::Synergy => "synergy",
            Self::QuickWin => "quick-win",
        }
    }

    /// What people read above a list of them.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Gap => "Gaps",
            Self::Duplicate => "Duplicates",
            Self::Conflict => "Conflicts",
            Self::Synergy => "Synergies",
            Self::QuickWin => "Quick wins",
        }
    }

    /// What people read of one of them.
    #[must_use]
    pub fn one(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
            Self::Synergy => "synergy",
            Self::QuickWin => "quick win",
        }
    }

    /// The kind with that code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// Something that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct About {
    /// The register it stands in, or `element`.
    pub register: String,
    /// Its code there; of an element its reference, such as `national-2020:A3.1`.
    pub code: String,
    /// What it is called.
    pub title: String,
}

/// A field that agrees, or what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Evidence {
    /// What people read: "Same users".
    pub what: String,
    /// The values.
    pub values: Vec<String>,
}

/// Something that was noticed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Finding {
    /// Stable: made from what it is about, so that it is the same finding tomorrow. A group of applications that was
    /// answered keeps its id when it gains or loses members.
    pub id: String,
    /// Its kind.
    pub kind: Kind,
    /// Which of the rules of its kind noticed it, such as `same-team`.
    pub rule: &'static str,
    /// What was noticed, in one plain sentence.
    pub sentence: String,
    /// What it is about, by code.
    pub about: Vec<About>,
    /// Which fields agree, with their values.
    pub evidence: Vec<Evidence>,
    /// How much agrees, from 0 to 1, where that can be said. It stands beside the sentence and decides nothing.
    pub score: Option<f64>,
    /// SHA-256, in hex, of what it rests on. While it is the same, an answer that was given holds.
    pub basis: String,
    /// Other ids by which people may know it, as what it is about is written in several ways.
    #[serde(skip)]
    also: Vec<String>,
}

/// What is about so many things that their codes are longer is told by a digest of them.
const LONGEST: usize = 200;

fn id_of(kind: Kind, rule: &str, on: &[&str]) -> String {
    let mut on = on.join("+");
    if on.len() > LONGEST {
        on = hex::encode(Sha256::digest(on.as_bytes()));
    }
    format!("{}:{rule}:{on}", kind.code())
}

fn basis_of(id: &str, evidence: &[Evidence]) -> String {
    let mut digest = Sha256::new();
    let mut eat = |text: &str| {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    };
    eat(id);
    for e in evidence {
        eat(&e.what);
        eat(&e.values.len().to_string());
        e.values.iter().for_each(|v| eat(v));
    }
    hex::encode(digest.finalize())
}

impl Finding {
    /// Puts a finding together. What it rests on is its id and its evidence, and nothing of other items.
    fn new(kind: Kind, rule: &'static str, on: &[&str], sentence: String, evidence: Vec<Evidence>) -> Self {
        let id = id_of(kind, rule, on);
        let basis = basis_of(&id, &evidence);
        Self { id, kind, rule, sentence, about: Vec::new(), evidence, score: None, basis, also: Vec::new() }
    }

    /// The same finding, which people may know by what it is on in other words too.
    fn known_as(mut self, all: impl IntoIterator<Item = Vec<String>>) -> Self {
        let ids = all.into_iter().map(|on| {
            let on: Vec<&str> = on.iter().map(String::as_str).collect();
            id_of(self.kind, self.rule, &on)
        });
        self.also = ids.filter(|id| *id != self.id).collect();
        self
    }

    /// The same finding under another of its ids, resting on the same.
    fn called(&mut self, id: &str) {
        id.clone_into(&mut self.id);
        self.basis = basis_of(id, &self.evidence);
    }

    fn about(mut self, register: &str, all: impl IntoIterator<Item = (String, String)>) -> Self {
        self.about.extend(all.into_iter().map(|(code, title)| About {
            register: register.into(),
            code,
            title,
        }));
        self
    }

    /// The codes of the applications that it is about.
    fn applications(&self) -> Vec<String> {
        self.about.iter().filter(|a| a.register == "application").map(|a| a.code.clone()).collect()
    }

    fn about_items<'a>(self, items: impl IntoIterator<Item = &'a Item>) -> Self {
        self.about("item", items.into_iter().map(|i| (i.code.clone(), i.title.clone())))
    }

    fn scored(mut self, score: f64) -> Self {
        self.score = Some((score * 100.0).round() / 100.0);
        self
    }
}

fn evidence(what: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Evidence {
    Evidence { what: what.into(), values: values.into_iter().map(Into::into).collect() }
}

/// Everything that the portfolio shows, by kind, the greatest score first, then by id. The order in which things are
/// given changes nothing.
#[must_use]
pub fn find(portfolio: &Portfolio) -> Vec<Finding> {
    let mut p = portfolio.clone();
    p.tidy();
    let mut all = gaps::gaps(&p);
    all.extend(pairs::duplicates(&p));
    all.extend(pairs::conflicts(&p));
    let doubles = all.iter().filter(|f| f.kind == Kind::Duplicate).map(|f| f.id.clone()).collect();
    all.extend(shared::synergies(&p, &doubles));
    all.extend(wins::quick_wins(&p));
    in_order(&mut all);
    all
}

/// By kind, the greatest score first, then by id.
fn in_order(all: &mut [Finding]) {
    #[expect(clippy::cast_possible_truncation, reason = "a score lies between 0 and 1")]
    let hundredths = |s: f64| (s * 100.0).round() as i64;
    all.sort_by_cached_key(|f| (f.kind, std::cmp::Reverse(f.score.map(hundredths)), f.id.clone()));
}
