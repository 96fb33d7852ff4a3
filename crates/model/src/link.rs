//! How two records are tied: who was a suspect of what, who lives where, which number called which.

use crate::{
    Id, Result, Time, conform,
    grading::Grading,
    kind::Kind,
    marking::Marking,
    property::FieldClass,
    protection::{Provenance, Retention, Sensitive},
    record::{MODEL_VERSION, invalid},
    statement::{Basis, Statement},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod ties;

/// One tie between two records, read from left to right: *from* is suspect-of *to*.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = crate::schema::rules_of_links)]
pub struct Link {
    /// The identifier, a UUIDv7.
    pub id: Id,
    /// How the two are tied.
    pub kind: LinkKind,
    /// The version of the model it was written in.
    #[schemars(regex(pattern = r"^1\.[0-9]+$"))]
    pub model_version: String,
    /// The competent authority that is the controller, by code.
    #[schemars(length(min = 1))]
    pub controller_org: String,
    /// When this link was written: the time of the system.
    pub created: Time,
    /// The record on the left.
    pub from: Id,
    /// The record on the right.
    pub to: Id,
    /// From when it holds in the world, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Time>,
    /// Until when it held in the world (exclusive), where it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Time>,
    /// Whether the tie is a fact or somebody's assessment.
    pub basis: Basis,
    /// Its 3x5x2 grading, where it rests on intelligence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grading: Option<Grading>,
    /// How sure, in hundredths: 0 to 100. On `same-as`, the score of the comparison.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 100))]
    pub confidence: Option<u8>,
    /// Which category of data subject the person is in this event; only where the kind asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_category: Option<SubjectCategory>,
    /// What is said about the tie: role, relationship, description.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// The protective marking.
    pub marking: Marking,
    /// The condition under which sensitive processing is lawful.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<Sensitive>,
    /// How long it is kept; as its two records are where it has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// Where it came from, step by step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provenance: Vec<Provenance>,
    /// The decision by which a person confirmed it. A `same-as` without one is only a suggestion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Id>,
    /// The link this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Id>,
    /// The field classes that were left out of this copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redacted: Vec<FieldClass>,
}

impl Link {
    /// A tie that holds now as far as is known, with the category of data subject that its kind implies.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is required, and no two can be confused but from and to"
    )]
    pub fn new(
        id: Id,
        kind: LinkKind,
        from: Id,
        to: Id,
        controller_org: impl Into<String>,
        created: Time,
        basis: Basis,
        marking: Marking,
    ) -> Self {
        Self {
            id,
            kind,
            model_version: MODEL_VERSION.into(),
            controller_org: controller_org.into(),
            created,
            from,
            to,
            valid_from: None,
            valid_to: None,
            basis,
            grading: None,
            confidence: None,
            subject_category: kind.subject_categories().first().copied(),
            statements: Vec::new(),
            marking,
            sensitive: None,
            retention: None,
            provenance: Vec::new(),
            decision: None,
            supersedes: None,
            redacted: Vec::new(),
        }
    }

    /// Whether the link keeps every rule of the model that one link can keep by itself. What it ties is
    /// checked where both records are at hand: see [`LinkKind::allows`].
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] with each rule that is broken.
    pub fn check(&self) -> Result<()> {
        invalid(conform::link(self))
    }
}

/// The categories of data subject (section 38(3), Data Protection Act 2018). A category belongs to a
/// person's part in one event, never to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectCategory {
    /// Suspected of having committed an offence, or of being about to.
    Suspect,
    /// Convicted of a criminal offence.
    Convicted,
    /// A victim of a criminal offence, or possibly one.
    Victim,
    /// A witness, or somebody else with information about an offence.
    Witness,
    /// None of these.
    Other,
}

impl SubjectCategory {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Suspect => "suspect",
            Self::Convicted => "convicted",
            Self::Victim => "victim",
            Self::Witness => "witness",
            Self::Other => "other",
        }
    }
}

/// How two records are tied. The set is closed: a new kind is a new model version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// A party is suspected of an event.
    SuspectOf,
    /// A party is the victim of an event.
    VictimOf,
    /// A person witnessed an event.
    WitnessOf,
    /// An event was reported by a party. Never on intelligence: its source stays protected.
    ReportedBy,
    /// A person was arrested for an event.
    ArrestedFor,
    /// A person keeps company with a party.
    AssociateOf,
    /// Two persons are of one family.
    FamilyOf,
    /// A party is a member of an organisation.
    MemberOf,
    /// A person works for an organisation.
    EmployedBy,
    /// A person lives at a location.
    ResidesAt,
    /// A person or thing was seen at a location.
    SeenAt,
    /// A party owns a thing.
    Owns,
    /// A party uses a thing.
    Uses,
    /// A person drives or drove a vehicle.
    DriverOf,
    /// One party, number or account contacted another.
    Contacted,
    /// A thing, organisation or event is at a location.
    LocatedAt,
    /// An event, document or recording mentions something.
    Mentions,
    /// A document, recording or exhibit was made from another thing.
    DerivedFrom,
    /// Two records of one kind are about the same person or thing.
    SameAs,
    /// Something is a part of something larger.
    PartOf,
}

impl LinkKind {
    /// Every kind of link, in the order of the model.
    pub const ALL: [Self; 20] = [
        Self::SuspectOf,
        Self::VictimOf,
        Self::WitnessOf,
        Self::ReportedBy,
        Self::ArrestedFor,
        Self::AssociateOf,
        Self::FamilyOf,
        Self::MemberOf,
        Self::EmployedBy,
        Self::ResidesAt,
        Self::SeenAt,
        Self::Owns,
        Self::Uses,
        Self::DriverOf,
        Self::Contacted,
        Self::LocatedAt,
        Self::Mentions,
        Self::DerivedFrom,
        Self::SameAs,
        Self::PartOf,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SuspectOf => "suspect-of",
            Self::VictimOf => "victim-of",
            Self::WitnessOf => "witness-of",
            Self::ReportedBy => "reported-by",
            Self::ArrestedFor => "arrested-for",
            Self::AssociateOf => "associate-of",
            Self::FamilyOf => "family-of",
            Self::MemberOf => "member-of",
            Self::EmployedBy => "employed-by",
            Self::ResidesAt => "resides-at",
            Self::SeenAt => "seen-at",
            Self::Owns => "owns",
            Self::Uses => "uses",
            Self::DriverOf => "driver-of",
            Self::Contacted => "contacted",
            Self::LocatedAt => "located-at",
            Self::Mentions => "mentions",
            Self::DerivedFrom => "derived-from",
            Self::SameAs => "same-as",
            Self::PartOf => "part-of",
        }
    }

    /// The categories of data subject that this kind asks for, the usual one first; empty where it asks for
    /// none and must not have one.
    #[must_use]
    pub const fn subject_categories(self) -> &'static [SubjectCategory] {
        use SubjectCategory::{Convicted, Other, Suspect, Victim, Witness};
        match self {
            Self::SuspectOf | Self::ArrestedFor => &[Suspect, Convicted, Other],
            Self::VictimOf => &[Victim],
            Self::WitnessOf => &[Witness],
            Self::ReportedBy => &[Other, Victim, Witness],
            _ => &[],
        }
    }

    /// Whether this kind may tie a record of the first kind to a record of the second.
    #[must_use]
    pub fn allows(self, from: Kind, to: Kind) -> bool {
        let ties = ties::of(self);
        ties.from.contains(&from) && ties.to.contains(&to) && (from == to || !ties.alike)
    }

    /// The kinds of record this link may begin at.
    #[must_use]
    pub const fn from_kinds(self) -> &'static [Kind] {
        ties::of(self).from
    }

    /// The kinds of record this link may end at.
    #[must_use]
    pub const fn to_kinds(self) -> &'static [Kind] {
        ties::of(self).to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_written_as_its_code() {
        for kind in LinkKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }

    #[test]
    fn ties_what_makes_sense_and_nothing_else() {
        assert!(LinkKind::SuspectOf.allows(Kind::Person, Kind::Crime));
        assert!(!LinkKind::SuspectOf.allows(Kind::Crime, Kind::Person));
        assert!(!LinkKind::SuspectOf.allows(Kind::Vehicle, Kind::Crime));
        assert!(LinkKind::DriverOf.allows(Kind::Person, Kind::Vehicle));
        assert!(!LinkKind::ReportedBy.allows(Kind::IntelligenceLog, Kind::Person), "sources stay protected");
        for kind in Kind::ALL {
            assert!(LinkKind::SameAs.allows(kind, kind));
        }
        assert!(!LinkKind::SameAs.allows(Kind::Person, Kind::Organisation));
    }

    #[test]
    fn a_category_of_data_subject_is_asked_for_on_person_event_links_only() {
        for kind in LinkKind::ALL {
            let person_event = matches!(
                kind,
                LinkKind::SuspectOf
                    | LinkKind::VictimOf
                    | LinkKind::WitnessOf
                    | LinkKind::ReportedBy
                    | LinkKind::ArrestedFor
            );
            assert_eq!(!kind.subject_categories().is_empty(), person_event, "{}", kind.code());
        }
    }

    #[test]
    fn every_kind_of_record_can_be_tied_to_something() {
        for kind in Kind::ALL {
            let tied = LinkKind::ALL
                .into_iter()
                .filter(|link| *link != LinkKind::SameAs)
                .any(|link| link.from_kinds().contains(&kind) || link.to_kinds().contains(&kind));
            assert!(tied, "{kind}");
        }
    }
}
