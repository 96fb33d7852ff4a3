//! What can be said about each kind of thing: the one table of properties.
//!
//! The schema, the conformance check, redaction and the screens all read this table. A property has a name,
//! a type, one of eight field classes (a reader's permission is decided per class), and three flags.

use crate::kind::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod table;
mod value;

pub(crate) use value::is_time;

/// The eight classes of field that a sharing decision tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldClass {
    /// Who or which: names, numbers, references.
    Identity,
    /// How to reach somebody.
    Contact,
    /// Where.
    Location,
    /// What is told about it in words, and facts that identify nobody.
    Narrative,
    /// Where the information came from.
    Source,
    /// Protected characteristics (Equality Act 2010, section 4).
    Protected,
    /// Health, disability, vulnerability.
    Health,
    /// People other than the one the record is about.
    ThirdParty,
}

impl FieldClass {
    /// Every class.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Contact,
        Self::Location,
        Self::Narrative,
        Self::Source,
        Self::Protected,
        Self::Health,
        Self::ThirdParty,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Contact => "contact",
            Self::Location => "location",
            Self::Narrative => "narrative",
            Self::Source => "source",
            Self::Protected => "protected",
            Self::Health => "health",
            Self::ThirdParty => "third-party",
        }
    }
}

/// The type of a property's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueType {
    /// Words: a string that is not blank.
    Text,
    /// A code of the named list in `data/codes`.
    Code(&'static str),
    /// A date as far as it is known: `1984`, `1984-05` or `1984-05-17`.
    Date,
    /// A month: `2026-07`.
    Month,
    /// A point in time: RFC 3339 with its offset.
    Time,
    /// A whole number, not below zero.
    Count,
    /// A number between the two, inclusive.
    Number(f64, f64),
    /// True or false.
    Truth,
}

/// One thing that can be said about a kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Property {
    /// The name, in snake case, unique within the kind.
    pub name: &'static str,
    /// The type of its value.
    pub value: ValueType,
    /// The field class that decides who may read it.
    pub class: FieldClass,
    /// Whether the value alone, or nearly alone, points to one person or thing.
    pub identifying: bool,
    /// Whether stating it is sensitive processing (section 35(8), Data Protection Act 2018), so that the
    /// record must name its Schedule 8 condition.
    pub sensitive: bool,
    /// Whether a record of this kind without it says nothing.
    pub required: bool,
}

impl Property {
    const fn new(name: &'static str, value: ValueType, class: FieldClass) -> Self {
        Self { name, value, class, identifying: false, sensitive: false, required: false }
    }

    const fn identifying(mut self) -> Self {
        self.identifying = true;
        self
    }

    const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// Everything that can be said about a kind, in the order in which a person would read it.
#[must_use]
pub const fn properties(kind: Kind) -> &'static [Property] {
    table::of(kind)
}

/// One property of a kind by name; none where the kind has no such property.
#[must_use]
pub fn property(kind: Kind, name: &str) -> Option<&'static Property> {
    properties(kind).iter().find(|p| p.name == name)
}

/// What can be said about a link.
pub const LINK_PROPERTIES: &[Property] = table::LINK;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_snake_case_and_unique_within_a_kind() {
        let tables = Kind::ALL.into_iter().map(properties).chain([LINK_PROPERTIES]);
        for table in tables {
            let names: BTreeSet<_> = table.iter().map(|p| p.name).collect();
            assert_eq!(names.len(), table.len(), "{names:?}");
            for name in names {
                let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
                assert!(name.bytes().all(plain), "{name}");
            }
        }
    }

    #[test]
    fn every_kind_can_be_told_apart_from_its_own() {
        for kind in Kind::ALL {
            let found = properties(kind).iter().any(|p| p.identifying || p.required);
            assert!(found, "nothing identifies a {kind}");
        }
    }

    #[test]
    fn sensitive_properties_are_protected_or_about_health() {
        for kind in Kind::ALL {
            for p in properties(kind).iter().filter(|p| p.sensitive) {
                assert!(matches!(p.class, FieldClass::Protected | FieldClass::Health), "{kind}.{}", p.name);
            }
        }
    }

    #[test]
    fn an_unknown_property_is_not_there() {
        assert!(property(Kind::Person, "family_name").is_some());
        assert!(property(Kind::Person, "registration").is_none());
        assert!(property(Kind::Person, "").is_none());
    }
}
