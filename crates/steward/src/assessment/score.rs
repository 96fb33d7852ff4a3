//! What an item does for an element, on five steps; and a row of such scores as letters.

use bluelamp_model::{Error, Result};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::borrow::Cow;

/// What an item does for an element. In JSON it is a number from -1 to 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Score {
    /// It works against it.
    Against,
    /// It contributes nothing.
    Nothing,
    /// It contributes a little.
    Minor,
    /// It contributes.
    Contributes,
    /// It is central to it.
    Central,
}

impl Score {
    /// All of them, lowest first.
    pub const ALL: [Self; 5] = [Self::Against, Self::Nothing, Self::Minor, Self::Contributes, Self::Central];

    /// The number, from -1 to 3.
    #[must_use]
    pub fn value(self) -> i8 {
        match self {
            Self::Against => -1,
            Self::Nothing => 0,
            Self::Minor => 1,
            Self::Contributes => 2,
            Self::Central => 3,
        }
    }

    /// The score with that number, where there is one.
    #[must_use]
    pub fn of(value: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|s| i64::from(s.value()) == value)
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Against => "works against",
            Self::Nothing => "no contribution",
            Self::Minor => "minor",
            Self::Contributes => "contributes",
            Self::Central => "central",
        }
    }

    /// The letter by which it is kept.
    pub(super) fn letter(self) -> char {
        match self {
            Self::Against => '-',
            Self::Nothing => '0',
            Self::Minor => '1',
            Self::Contributes => '2',
            Self::Central => '3',
        }
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        s.serialize_i8(self.value())
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        Self::of(i64::deserialize(d)?).ok_or_else(|| D::Error::custom("a score is -1, 0, 1, 2 or 3"))
    }
}

impl JsonSchema for Score {
    fn schema_name() -> Cow<'static, str> {
        "Score".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer", "minimum": -1, "maximum": 3,
            "description": "-1 works against, 0 no contribution, 1 minor, 2 contributes, 3 central"
        })
    }
}

/// The letter of an element that was not assessed.
const NOT: char = '.';

/// Writes scores as letters, one for each element.
pub(super) fn write(scores: impl IntoIterator<Item = Option<Score>>) -> String {
    scores.into_iter().map(|s| s.map_or(NOT, Score::letter)).collect()
}

/// Reads letters that were kept against a version with so many elements.
pub(super) fn read(letters: &str, elements: usize) -> Result<Vec<Option<Score>>> {
    let one = |c| match c {
        NOT => Some(None),
        c => Score::ALL.into_iter().find(|s| s.letter() == c).map(Some),
    };
    let scores: Option<Vec<_>> = letters.chars().map(one).collect();
    scores.filter(|s| s.len() == elements).ok_or_else(|| {
        Error::Bug(format!(
            "an assessment is kept with {} letters, and its version of the strategy has {elements} elements",
            letters.chars().count()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_kept_as_letters_and_read_again() {
        let all: Vec<_> = Score::ALL.into_iter().map(Some).chain([None]).collect();
        assert_eq!(write(all.iter().copied()), "-0123.");
        assert_eq!(read("-0123.", 6).unwrap(), all);
        for (letters, elements) in [("-0123.", 5), ("4", 1), ("", 1), ("\u{2212}", 1)] {
            assert!(matches!(read(letters, elements), Err(Error::Bug(_))), "{letters}");
        }
    }

    #[test]
    fn only_five_numbers_are_scores() {
        for (text, expected) in
            [("-1", Some(Score::Against)), ("3", Some(Score::Central)), ("4", None), ("1.5", None)]
        {
            assert_eq!(serde_json::from_str::<Score>(text).ok(), expected, "{text}");
        }
    }
}
