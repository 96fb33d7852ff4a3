//! The protective marking of a record: Government Security Classifications, and how it may be handled.
//!
//! A marking cannot be dropped: it has no default, and every record and link has exactly one. What is made
//! out of two records takes the stricter of both (`Marking::stricter`).

use crate::grading::Handling;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use std::{borrow::Cow, collections::BTreeSet, fmt};

/// The classification. OFFICIAL-SENSITIVE is the ceiling: a system at this tier must not hold more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gsc {
    /// OFFICIAL.
    Official,
    /// OFFICIAL with the -SENSITIVE marking: need to know.
    OfficialSensitive,
}

impl Gsc {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::OfficialSensitive => "official-sensitive",
        }
    }
}

impl fmt::Display for Gsc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Official => "OFFICIAL",
            Self::OfficialSensitive => "OFFICIAL-SENSITIVE",
        })
    }
}

impl<'de> Deserialize<'de> for Gsc {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        match Cow::<'de, str>::deserialize(d)?.as_ref() {
            "official" => Ok(Self::Official),
            "official-sensitive" => Ok(Self::OfficialSensitive),
            "secret" | "top-secret" => Err(D::Error::custom(
                "this is above OFFICIAL-SENSITIVE, the ceiling of this system: do not send it here, and report that it was sent",
            )),
            other => Err(D::Error::custom(format!(
                "'{other}' is not a classification: use official or official-sensitive"
            ))),
        }
    }
}

/// How a record is marked. Deliberately without `Default`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = crate::schema::conditions_with_c)]
pub struct Marking {
    /// The classification.
    pub gsc: Gsc,
    /// Whether it may be shared lawfully (P) or only under conditions (C).
    pub handling: Handling,
    /// The conditions; at least one where the handling code is C.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// Further restrictions in words, such as "LEGAL PRIVILEGE" or "PERSONAL DATA". A descriptor only ever restricts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub descriptors: Vec<String>,
}

impl Marking {
    /// OFFICIAL, lawful sharing permitted.
    #[must_use]
    pub const fn official() -> Self {
        Self { gsc: Gsc::Official, handling: Handling::P, conditions: Vec::new(), descriptors: Vec::new() }
    }

    /// OFFICIAL-SENSITIVE, lawful sharing permitted.
    #[must_use]
    pub const fn official_sensitive() -> Self {
        Self {
            gsc: Gsc::OfficialSensitive,
            handling: Handling::P,
            conditions: Vec::new(),
            descriptors: Vec::new(),
        }
    }

    /// The marking of something made from both: the higher classification, the stricter handling, every
    /// condition and every descriptor of either. The order of the two does not matter.
    #[must_use]
    pub fn stricter(&self, other: &Self) -> Self {
        let both = |a: &[String], b: &[String]| {
            a.iter().chain(b).cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        };
        Self {
            gsc: self.gsc.max(other.gsc),
            handling: self.handling.max(other.handling),
            conditions: both(&self.conditions, &other.conditions),
            descriptors: both(&self.descriptors, &other.descriptors),
        }
    }

    /// Whether this marking restricts at least as much as the other in every respect.
    #[must_use]
    pub fn at_least(&self, other: &Self) -> bool {
        self.gsc >= other.gsc
            && self.handling >= other.handling
            && other.conditions.iter().all(|c| self.conditions.contains(c))
            && other.descriptors.iter().all(|d| self.descriptors.contains(d))
    }

    /// Whether the handling code and the conditions fit together.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn check(&self) -> Result<(), String> {
        self.handling.check(&self.conditions)
    }
}

impl<'de> Deserialize<'de> for Marking {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            gsc: Gsc,
            handling: Handling,
            #[serde(default)]
            conditions: Vec<String>,
            #[serde(default)]
            descriptors: Vec<String>,
        }
        let Wire { gsc, handling, conditions, descriptors } = Wire::deserialize(d)?;
        let marking = Self { gsc, handling, conditions, descriptors };
        marking.check().map_err(D::Error::custom)?;
        Ok(marking)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn anything_above_official_sensitive_is_refused() {
        for above in ["secret", "top-secret"] {
            let e = serde_json::from_value::<Marking>(json!({"gsc": above, "handling": "P"})).unwrap_err();
            assert!(e.to_string().contains("ceiling"), "{e}");
        }
        assert!(serde_json::from_value::<Gsc>(json!("OFFICIAL")).is_err(), "codes are lower case");
    }

    #[test]
    fn a_marking_needs_both_its_halves() {
        assert!(serde_json::from_value::<Marking>(json!({"gsc": "official"})).is_err());
        assert!(serde_json::from_value::<Marking>(json!({"handling": "P"})).is_err());
        assert!(serde_json::from_value::<Marking>(json!({"gsc": "official", "handling": "C"})).is_err());
    }
}
