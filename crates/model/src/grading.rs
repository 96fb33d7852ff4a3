//! 3x5x2: how far a piece of information can be relied on, and how it may be handled.
//!
//! Three grades of source, five of the information itself, two handling codes (College of Policing, APP
//! on intelligence management: the intelligence report).

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use std::{borrow::Cow, fmt};

/// The 3x5x2 grading of one statement or link.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = crate::schema::conditions_with_c)]
pub struct Grading {
    /// How reliable the source is: 1 to 3.
    pub source: SourceGrade,
    /// How the source knows it: A to E.
    pub assessment: Assessment,
    /// Whether it may be shared lawfully (P) or only under conditions (C).
    pub handling: Handling,
    /// The conditions; at least one where the handling code is C.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
}

impl Grading {
    /// A grading without handling conditions.
    #[must_use]
    pub const fn new(source: SourceGrade, assessment: Assessment) -> Self {
        Self { source, assessment, handling: Handling::P, conditions: Vec::new() }
    }

    /// Whether the handling code and the conditions fit together.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn check(&self) -> Result<(), String> {
        self.handling.check(&self.conditions)
    }
}

impl<'de> Deserialize<'de> for Grading {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            source: SourceGrade,
            assessment: Assessment,
            handling: Handling,
            #[serde(default)]
            conditions: Vec<String>,
        }
        let Wire { source, assessment, handling, conditions } = Wire::deserialize(d)?;
        let grading = Self { source, assessment, handling, conditions };
        grading.check().map_err(D::Error::custom)?;
        Ok(grading)
    }
}

/// As officers say it: `1AP`, `3EC`.
impl fmt::Display for Grading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}{:?}", u8::from(self.source), self.assessment, self.handling)
    }
}

/// The source evaluation, written as 1, 2 or 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum SourceGrade {
    /// 1: reliable.
    Reliable,
    /// 2: untested.
    Untested,
    /// 3: not reliable.
    NotReliable,
}

impl From<SourceGrade> for u8 {
    fn from(grade: SourceGrade) -> Self {
        match grade {
            SourceGrade::Reliable => 1,
            SourceGrade::Untested => 2,
            SourceGrade::NotReliable => 3,
        }
    }
}

impl TryFrom<u8> for SourceGrade {
    type Error = String;

    fn try_from(n: u8) -> Result<Self, String> {
        match n {
            1 => Ok(Self::Reliable),
            2 => Ok(Self::Untested),
            3 => Ok(Self::NotReliable),
            _ => Err(format!("{n} is not a source grade: 1 (reliable), 2 (untested) or 3 (not reliable)")),
        }
    }
}

impl JsonSchema for SourceGrade {
    fn schema_name() -> Cow<'static, str> {
        "SourceGrade".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"enum": [1, 2, 3], "description": "Source: 1 reliable, 2 untested, 3 not reliable"})
    }
}

/// The information assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Assessment {
    /// Known directly to the source.
    A,
    /// Known indirectly to the source, but corroborated.
    B,
    /// Known indirectly to the source.
    C,
    /// Not known.
    D,
    /// Suspected to be false.
    E,
}

/// The handling code of 3x5x2. C is the stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Handling {
    /// Lawful sharing is permitted.
    P,
    /// Lawful sharing is permitted under the conditions that are stated with it.
    C,
}

impl Handling {
    /// Whether the conditions fit the code: C needs at least one, and none may be blank.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn check(self, conditions: &[String]) -> Result<(), String> {
        if conditions.iter().any(|c| c.trim().is_empty()) {
            return Err("a handling condition is blank".into());
        }
        match self {
            Self::C if conditions.is_empty() => {
                Err("handling code C needs its conditions: state at least one".into())
            }
            Self::P if !conditions.is_empty() => {
                Err("handling code P has no conditions: use C, or remove them".into())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn handling_c_without_conditions_is_refused() {
        let wrong = json!({"source": 1, "assessment": "A", "handling": "C"});
        assert!(
            serde_json::from_value::<Grading>(wrong)
                .unwrap_err()
                .to_string()
                .contains("needs its conditions")
        );
        let blank = json!({"source": 1, "assessment": "A", "handling": "C", "conditions": [" "]});
        assert!(serde_json::from_value::<Grading>(blank).is_err());
        let right =
            json!({"source": 3, "assessment": "E", "handling": "C", "conditions": ["no onward sharing"]});
        assert_eq!(serde_json::from_value::<Grading>(right).unwrap().to_string(), "3EC");
    }

    #[test]
    fn only_the_grades_of_3x5x2_exist() {
        for wrong in [json!(0), json!(4), json!("1"), json!(1.5)] {
            assert!(serde_json::from_value::<SourceGrade>(wrong).is_err());
        }
        assert!(serde_json::from_value::<Assessment>(json!("F")).is_err());
        assert!(serde_json::from_value::<Handling>(json!("p")).is_err());
    }
}
