//! The cells of a decision table: a stated subset of FEEL unary tests (OMG DMN 1.5, chapter 10.3.1).
//!
//! They are parsed by the standard's grammar, in `dsntk`; what is tested on a value is this module's. Understood are
//! `-`; `true` and `false`; numbers such as `3`, `-1` and `0.5`; texts in double quotes;
//! `< n`, `<= n`, `> n` and `>= n`; intervals `[a..b]`, `(a..b)`, `[a..b)` and `(a..b]`; several of these with
//! commas between them, of which one must hold; and `not(…)` around such a list. Where a number stands, the
//! name of a number from the header's parameters may stand too. Anything else is refused: a cell that is only
//! half understood would grade people wrongly without a word.

#[cfg(feature = "read")]
mod cell;

use crate::FactType;
#[cfg(feature = "read")]
pub(crate) use cell::parse;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A cell: a list of tests of which one must hold, or none when `negated`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnaryTests {
    /// Whether the list stands inside `not(…)`.
    pub negated: bool,
    /// The tests; never empty.
    pub any_of: Vec<Test>,
}

/// One test on one known value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Test {
    /// The value is this one.
    Is(Literal),
    /// The value lies between two bounds, either of which may be missing.
    Within {
        /// The lower bound.
        low: Option<Endpoint>,
        /// The upper bound.
        high: Option<Endpoint>,
    },
}

/// A value as a cell spells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Literal {
    /// `true` or `false`.
    YesNo(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// One end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// The number.
    pub at: f64,
    /// Whether the number itself belongs to the interval.
    pub bound: Bound,
}

/// Whether an end belongs to its interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// It does: `[`, `]`, `<=`, `>=`.
    Closed,
    /// It does not: `(`, `)`, `<`, `>`.
    Open,
}

/// The largest whole number up to which every whole number has its own double.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl UnaryTests {
    /// Whether the cell holds for a value that fits its fact's type. A value of another type never holds,
    /// also under `not(…)`: evaluation has refused it before.
    #[must_use]
    pub fn holds(&self, value: &Value) -> bool {
        match value {
            Value::Bool(b) => self.any(|t| matches!(t, Test::Is(Literal::YesNo(x)) if x == b)),
            Value::String(s) => self.any(|t| matches!(t, Test::Is(Literal::Text(x)) if x == s)),
            Value::Number(n) => n.as_f64().is_some_and(|n| self.any(|t| t.holds_for_number(n))),
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        }
    }

    fn any(&self, holds: impl Fn(&Test) -> bool) -> bool {
        self.any_of.iter().any(holds) != self.negated
    }
}

impl Test {
    /// Whether it can be asked of a fact of this type, with the sentence for when it can not.
    pub(crate) fn fits(&self, kind: &FactType) -> Result<(), String> {
        match (self, kind) {
            (Self::Is(Literal::YesNo(_)), FactType::YesNo)
            | (Self::Is(Literal::Number(_)) | Self::Within { .. }, FactType::Number)
            | (Self::Is(Literal::Text(_)), FactType::Text) => Ok(()),
            (Self::Is(Literal::Text(text)), FactType::Choice(options)) => {
                if options.contains(text) {
                    Ok(())
                } else {
                    Err(format!("\"{text}\" is not one of its choices ({})", options.join(", ")))
                }
            }
            (_, kind) => Err(format!("does not fit a fact of the type {}", kind.spoken())),
        }
    }

    #[expect(clippy::float_cmp, reason = "both sides are decimals as written, rounded the same way")]
    fn holds_for_number(&self, n: f64) -> bool {
        match self {
            Self::Is(Literal::Number(x)) => *x == n,
            Self::Is(_) => false,
            Self::Within { low, high } => {
                low.is_none_or(|e| if e.bound == Bound::Closed { n >= e.at } else { n > e.at })
                    && high.is_none_or(|e| if e.bound == Bound::Closed { n <= e.at } else { n < e.at })
            }
        }
    }
}

impl FactType {
    /// The type as the dictionary spells it, with what a cell of that type looks like.
    pub(crate) fn spoken(&self) -> String {
        match self {
            Self::YesNo => "yes/no (true or false)".into(),
            Self::Number => "number (such as 3, >= 3 or [1..3])".into(),
            Self::Text => "text (in double quotes)".into(),
            Self::Choice(options) => format!("choice (in double quotes, one of {})", options.join(", ")),
        }
    }
}

/// Whether no number lies between two ends.
pub(crate) fn nothing_between(low: Endpoint, high: Endpoint) -> bool {
    let point = low.bound == Bound::Closed && high.bound == Bound::Closed;
    low.at > high.at || (low.at >= high.at && !point)
}

/// Whether a JSON number can be compared without rounding away a difference.
pub(crate) fn is_exact(n: &serde_json::Number) -> bool {
    n.as_f64().is_some_and(exact)
}

/// The same of a number as a cell holds it.
pub(crate) fn exact(x: f64) -> bool {
    x.abs() < EXACT
}

/// Words of FEEL that would break a fact's name when a standard engine reads it (DMN 1.5, 10.3.1.2).
pub(crate) const KEYWORDS: [&str; 18] = [
    "and",
    "between",
    "else",
    "every",
    "external",
    "false",
    "for",
    "function",
    "if",
    "in",
    "instance",
    "not",
    "null",
    "or",
    "return",
    "satisfies",
    "some",
    "then",
];
