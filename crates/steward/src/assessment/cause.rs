//! Why somebody assesses: for the first time, or again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why an assessment is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Nothing that this person assessed before is changed by it: a first look, or one that goes on.
    First,
    /// It was time to look again.
    Scheduled,
    /// The item is another than it was.
    ItemChanged,
    /// The strategy has a new version.
    NewVersion,
    /// Something outside has changed; see [`Driver`].
    ChangeDriver,
    /// What was written was a slip.
    Correction,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::First,
        Self::Scheduled,
        Self::ItemChanged,
        Self::NewVersion,
        Self::ChangeDriver,
        Self::Correction,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Scheduled => "scheduled",
            Self::ItemChanged => "item-changed",
            Self::NewVersion => "new-version",
            Self::ChangeDriver => "change-driver",
            Self::Correction => "correction",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::First => "A first look, or one that goes on",
            Self::Scheduled => "It was time to look again",
            Self::ItemChanged => "The item has changed",
            Self::NewVersion => "The strategy has a new version",
            Self::ChangeDriver => "Something outside has changed",
            Self::Correction => "What was written was a slip",
        }
    }
}

/// What outside the plan makes it change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Driver {
    /// Money or people.
    Resourcing,
    /// New technology.
    Technology,
    /// Other sorts of crime.
    CrimeTypes,
    /// The law.
    Law,
    /// Society.
    Society,
    /// What is done nationally.
    NationalDevelopment,
}

impl Driver {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Resourcing,
        Self::Technology,
        Self::CrimeTypes,
        Self::Law,
        Self::Society,
        Self::NationalDevelopment,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Resourcing => "resourcing",
            Self::Technology => "technology",
            Self::CrimeTypes => "crime-types",
            Self::Law => "law",
            Self::Society => "society",
            Self::NationalDevelopment => "national-development",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Resourcing => "Money or people",
            Self::Technology => "New technology",
            Self::CrimeTypes => "Other sorts of crime",
            Self::Law => "The law",
            Self::Society => "Society",
            Self::NationalDevelopment => "What is done nationally",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_json() {
        for cause in Cause::ALL {
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.code());
        }
        for driver in Driver::ALL {
            assert_eq!(serde_json::to_value(driver).unwrap(), driver.code());
        }
    }
}
