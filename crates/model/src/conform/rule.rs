//! The rules, each with the id by which reports, tests and contracts refer to it.

/// One rule of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The text is JSON.
    Json,
    /// No object names a key twice.
    OnceInObject,
    /// Fields are there, of the right shape, and no others.
    Structure,
    /// The model version is one that this program knows.
    ModelVersion,
    /// Identifiers are UUIDv7.
    Uuid7,
    /// Identifiers are used once.
    UniqueId,
    /// The kind of record exists.
    Kind,
    /// The kind has the property.
    Property,
    /// The value is of the property's type.
    Value,
    /// The code is on its list.
    Code,
    /// What the kind requires is stated.
    Required,
    /// Times and dates exist.
    TimeReal,
    /// Times are in order.
    TimeOrder,
    /// Facts and assessments are told apart.
    Basis,
    /// Gradings are 3x5x2.
    Grading,
    /// Intelligence is graded.
    IntelligenceGraded,
    /// Handling code C comes with conditions.
    Handling,
    /// Markings are there and not above the ceiling.
    Marking,
    /// Sensitive processing names its ground.
    Sensitive,
    /// Retention is set.
    Retention,
    /// Provenance is there.
    Provenance,
    /// The kind of link exists.
    LinkKind,
    /// Both ends of a link are in the file.
    LinkEnds,
    /// The link ties kinds that it may tie.
    LinkTies,
    /// The category of data subject is on the link, and fits.
    SubjectCategory,
}

impl Rule {
    /// Every rule, in the order of reports.
    pub const ALL: [Self; 25] = [
        Self::Json,
        Self::OnceInObject,
        Self::Structure,
        Self::ModelVersion,
        Self::Uuid7,
        Self::UniqueId,
        Self::Kind,
        Self::Property,
        Self::Value,
        Self::Code,
        Self::Required,
        Self::TimeReal,
        Self::TimeOrder,
        Self::Basis,
        Self::Grading,
        Self::IntelligenceGraded,
        Self::Handling,
        Self::Marking,
        Self::Sensitive,
        Self::Retention,
        Self::Provenance,
        Self::LinkKind,
        Self::LinkEnds,
        Self::LinkTies,
        Self::SubjectCategory,
    ];

    /// The stable id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::OnceInObject => "key-once",
            Self::Structure => "structure",
            Self::ModelVersion => "model-version",
            Self::Uuid7 => "uuid7",
            Self::UniqueId => "unique-id",
            Self::Kind => "kind",
            Self::Property => "property",
            Self::Value => "value",
            Self::Code => "code",
            Self::Required => "required",
            Self::TimeReal => "time-real",
            Self::TimeOrder => "time-order",
            Self::Basis => "basis",
            Self::Grading => "grading",
            Self::IntelligenceGraded => "intelligence-graded",
            Self::Handling => "handling",
            Self::Marking => "marking",
            Self::Sensitive => "sensitive",
            Self::Retention => "retention",
            Self::Provenance => "provenance",
            Self::LinkKind => "link-kind",
            Self::LinkEnds => "link-ends",
            Self::LinkTies => "link-ties",
            Self::SubjectCategory => "subject-category",
        }
    }

    /// What the rule says, for the person who reads the report.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::Json => "The file is JSON, or JSON Lines",
            Self::OnceInObject => "No object names a field twice",
            Self::Structure => "Every object has the fields that the model asks for, and no others",
            Self::ModelVersion => "The model version is one of the 1.x family",
            Self::Uuid7 => "Identifiers are UUID version 7 in lower case (RFC 9562)",
            Self::UniqueId => "No identifier is used twice",
            Self::Kind => "Every record is of a kind that the model knows",
            Self::Property => "Every statement is about a property that the kind has",
            Self::Value => "Every value is of its property's type",
            Self::Code => "Every code is on its list",
            Self::Required => "Every record states something, and what its kind requires",
            Self::TimeReal => "Times and dates exist in the calendar and carry their offset (RFC 3339)",
            Self::TimeOrder => "Nothing ends before it begins or is observed after it was recorded",
            Self::Basis => "Facts and assessments are told apart (DPA 2018 s.38(2))",
            Self::Grading => "Gradings are of 3x5x2, and confidence is 0 to 100",
            Self::IntelligenceGraded => "Every statement of an intelligence log is graded",
            Self::Handling => "Handling code C states its conditions, and P has none",
            Self::Marking => "Everything is marked, at most OFFICIAL-SENSITIVE",
            Self::Sensitive => {
                "Sensitive processing names its Schedule 8 condition and policy document (DPA 2018 s.35)"
            }
            Self::Retention => "Every record has its review group and review date",
            Self::Provenance => "Every record says where it came from",
            Self::LinkKind => "Every link is of a kind that the model knows",
            Self::LinkEnds => "Every link ties two different records of the file",
            Self::LinkTies => "Every link ties kinds that it may tie",
            Self::SubjectCategory => {
                "The category of data subject is on the link that asks for it (DPA 2018 s.38(3))"
            }
        }
    }
}
