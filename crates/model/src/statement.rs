//! One statement: one thing that one source said, with how far to believe it.
//!
//! Provenance sits on the statement rather than on the record: setting two records side by side never
//! loses who said what.

use crate::{Day, Time, grading::Grading};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing that was said about a record or a link.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The property, by the name that the table of the record's kind gives it.
    #[schemars(length(min = 1))]
    pub prop: String,
    /// The value.
    pub value: Scalar,
    /// Who or what said so: a reference into the record's provenance, another record's id, or a document.
    #[schemars(length(min = 1))]
    pub source_ref: String,
    /// Whether it is a fact or somebody's assessment.
    pub basis: Basis,
    /// Its 3x5x2 grading; intelligence always has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grading: Option<Grading>,
    /// How sure the source is, in hundredths: 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 100))]
    pub confidence: Option<u8>,
    /// When it was said or read.
    pub collected_at: Time,
    /// How it was collected, such as `online-form`, `officer`, `import`.
    #[schemars(length(min = 1))]
    pub method: String,
}

/// Facts and personal assessments are told apart (section 38(2), Data Protection Act 2018).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Based on fact.
    Fact,
    /// Somebody's assessment or opinion.
    Assessment,
}

/// Where statements come from: what several statements of one source have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Who or what said so.
    pub source_ref: String,
    /// Fact or assessment.
    pub basis: Basis,
    /// The 3x5x2 grading, where there is one.
    pub grading: Option<Grading>,
    /// How sure the source is, 0 to 100.
    pub confidence: Option<u8>,
    /// When it was said or read.
    pub collected_at: Time,
    /// How it was collected.
    pub method: String,
}

impl Source {
    /// A source of facts without grading.
    pub fn fact(source_ref: impl Into<String>, collected_at: Time, method: impl Into<String>) -> Self {
        Self {
            source_ref: source_ref.into(),
            basis: Basis::Fact,
            grading: None,
            confidence: None,
            collected_at,
            method: method.into(),
        }
    }

    /// The statement of this source that the property has this value.
    pub fn says(&self, prop: impl Into<String>, value: impl Into<Scalar>) -> Statement {
        Statement {
            prop: prop.into(),
            value: value.into(),
            source_ref: self.source_ref.clone(),
            basis: self.basis,
            grading: self.grading.clone(),
            confidence: self.confidence,
            collected_at: self.collected_at,
            method: self.method.clone(),
        }
    }
}

/// The value of a statement: words, a number, or true or false. Never null: what is not known is not said.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Truth(bool),
    /// A number, as JSON writes it.
    Number(serde_json::Number),
    /// Words, codes, dates and times.
    Text(String),
}

impl Scalar {
    /// A number with a fraction; none for what JSON cannot write (infinity, not-a-number).
    #[must_use]
    pub fn decimal(n: f64) -> Option<Self> {
        serde_json::Number::from_f64(n).map(Self::Number)
    }

    /// The words, where it is words.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, where it is one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(n) => n.as_f64(),
            _ => None,
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truth(b) => b.fmt(f),
            Self::Number(n) => n.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Scalar {
    fn from(b: bool) -> Self {
        Self::Truth(b)
    }
}

impl From<i64> for Scalar {
    fn from(n: i64) -> Self {
        Self::Number(n.into())
    }
}

impl From<Time> for Scalar {
    fn from(time: Time) -> Self {
        Self::Text(time.to_string())
    }
}

impl From<Day> for Scalar {
    fn from(day: Day) -> Self {
        Self::Text(day.to_string())
    }
}
