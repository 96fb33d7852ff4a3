//! Which kinds of record each kind of link may tie.

use super::LinkKind;
use crate::kind::Kind;

/// The two ends of a kind of link.
pub(super) struct Ties {
    /// Kinds on the left.
    pub(super) from: &'static [Kind],
    /// Kinds on the right.
    pub(super) to: &'static [Kind],
    /// Whether both ends must be of one kind.
    pub(super) alike: bool,
}

const ALL: &[Kind] = &Kind::ALL;
const PERSON: &[Kind] = &[Kind::Person];
const PARTY: &[Kind] = &[Kind::Person, Kind::Organisation];
const ORGANISATION: &[Kind] = &[Kind::Organisation];
const LOCATION: &[Kind] = &[Kind::Location];
const VEHICLE: &[Kind] = &[Kind::Vehicle];

/// What somebody can be a suspect, victim or witness of.
const HAPPENED: &[Kind] = &[Kind::Report, Kind::Incident, Kind::Crime, Kind::Case];

/// What somebody can own or use.
const THINGS: &[Kind] = &[
    Kind::Vehicle,
    Kind::Phone,
    Kind::Device,
    Kind::Weapon,
    Kind::Drug,
    Kind::Property,
    Kind::OnlineAccount,
    Kind::Email,
    Kind::IpAddress,
    Kind::Domain,
    Kind::Url,
    Kind::BankAccount,
    Kind::Card,
    Kind::Wallet,
    Kind::Document,
    Kind::Media,
    Kind::Exhibit,
    Kind::Location,
];

/// What can be at a place without living there.
const PLACED: &[Kind] = &[
    Kind::Organisation,
    Kind::Vehicle,
    Kind::Phone,
    Kind::Device,
    Kind::Weapon,
    Kind::Drug,
    Kind::Property,
    Kind::IpAddress,
    Kind::Document,
    Kind::Media,
    Kind::Exhibit,
    Kind::Report,
    Kind::Incident,
    Kind::Crime,
    Kind::Custody,
    Kind::StopSearch,
    Kind::Communication,
    Kind::WarningMarker,
];

/// What can be reached or reach out.
const REACHED: &[Kind] = &[
    Kind::Person,
    Kind::Organisation,
    Kind::Phone,
    Kind::Device,
    Kind::OnlineAccount,
    Kind::Email,
    Kind::IpAddress,
    Kind::Domain,
    Kind::Url,
    Kind::Wallet,
    Kind::BankAccount,
];

/// What can mention something.
const TELLS: &[Kind] = &[
    Kind::Report,
    Kind::Incident,
    Kind::Crime,
    Kind::Custody,
    Kind::StopSearch,
    Kind::IntelligenceLog,
    Kind::Communication,
    Kind::Case,
    Kind::WarningMarker,
    Kind::Document,
    Kind::Media,
    Kind::Exhibit,
    Kind::Url,
];

/// What can be made out of another thing.
const MADE: &[Kind] = &[Kind::Document, Kind::Media, Kind::Exhibit, Kind::IntelligenceLog, Kind::Report];

/// What another thing can be made out of.
const MADE_FROM: &[Kind] = &[
    Kind::Document,
    Kind::Media,
    Kind::Exhibit,
    Kind::Device,
    Kind::Phone,
    Kind::OnlineAccount,
    Kind::Url,
    Kind::Communication,
    Kind::IntelligenceLog,
    Kind::Report,
];

/// What can be made up of parts.
const WHOLES: &[Kind] = &[
    Kind::Organisation,
    Kind::Vehicle,
    Kind::Device,
    Kind::Phone,
    Kind::Property,
    Kind::Document,
    Kind::Media,
    Kind::Exhibit,
    Kind::Location,
    Kind::Communication,
    Kind::Incident,
    Kind::Crime,
    Kind::Domain,
    Kind::Case,
];

/// The ends of one kind of link.
pub(super) const fn of(kind: LinkKind) -> Ties {
    let (from, to) = match kind {
        LinkKind::SuspectOf | LinkKind::VictimOf => (PARTY, HAPPENED),
        LinkKind::WitnessOf | LinkKind::ArrestedFor => (PERSON, HAPPENED),
        LinkKind::ReportedBy => (HAPPENED, PARTY),
        LinkKind::AssociateOf => (PERSON, PARTY),
        LinkKind::FamilyOf => (PERSON, PERSON),
        LinkKind::MemberOf => (PARTY, ORGANISATION),
        LinkKind::EmployedBy => (PERSON, ORGANISATION),
        LinkKind::ResidesAt => (PERSON, LOCATION),
        LinkKind::SeenAt => (
            &[Kind::Person, Kind::Vehicle, Kind::Phone, Kind::Device, Kind::Weapon, Kind::Property]
                as &[Kind],
            LOCATION,
        ),
        LinkKind::Owns | LinkKind::Uses => (PARTY, THINGS),
        LinkKind::DriverOf => (PERSON, VEHICLE),
        LinkKind::Contacted => (REACHED, REACHED),
        LinkKind::LocatedAt => (PLACED, LOCATION),
        LinkKind::Mentions => (TELLS, ALL),
        LinkKind::DerivedFrom => (MADE, MADE_FROM),
        LinkKind::SameAs => (ALL, ALL),
        LinkKind::PartOf => (ALL, WHOLES),
    };
    Ties { from, to, alike: matches!(kind, LinkKind::SameAs) }
}
