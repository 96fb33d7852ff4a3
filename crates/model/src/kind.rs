//! What a record can be about: the kinds of person, object, location and event (POLE).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The kind of thing that a record is about. The set is closed: a new kind is a new model version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A human being, known by name or only by description.
    Person,
    /// A company, public body, charity, club or criminal group.
    Organisation,
    /// A motor vehicle, cycle, boat or aircraft.
    Vehicle,
    /// A telephone number, handset or SIM.
    Phone,
    /// A computer or other equipment that stores or sends data.
    Device,
    /// Something made or used to injure.
    Weapon,
    /// A controlled drug or a suspected one.
    Drug,
    /// Any other thing somebody owns, loses, finds or steals.
    Property,
    /// An account with an online service.
    OnlineAccount,
    /// An e-mail address.
    Email,
    /// An Internet Protocol address.
    IpAddress,
    /// A domain name.
    Domain,
    /// An address on the World Wide Web.
    Url,
    /// An account with a bank or building society.
    BankAccount,
    /// A payment card.
    Card,
    /// A cryptocurrency wallet.
    Wallet,
    /// A text document, identity document or statement.
    Document,
    /// An image, sound or video.
    Media,
    /// Something seized or produced as evidence, under an exhibit reference.
    Exhibit,
    /// An address, area or point.
    Location,
    /// What somebody told the police.
    Report,
    /// Something that happened and was attended or recorded, not necessarily a crime.
    Incident,
    /// A recorded crime.
    Crime,
    /// A period of detention.
    Custody,
    /// A stop and search of a person or vehicle.
    StopSearch,
    /// One piece of intelligence with its 3x5x2 grading.
    IntelligenceLog,
    /// A call, message or meeting between parties.
    Communication,
    /// A case or operation that other records are part of.
    Case,
    /// A warning about a person, place or vehicle, for those who may meet it.
    WarningMarker,
}

/// The four families of the POLE model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pole {
    /// People, and organisations as parties that act.
    Person,
    /// Things, accounts, addresses on networks, documents, exhibits.
    Object,
    /// Places.
    Location,
    /// Things that happen over time; cases and warning markers count here, as they are opened and closed.
    Event,
}

impl Kind {
    /// Every kind, in the order of the model.
    pub const ALL: [Self; 29] = [
        Self::Person,
        Self::Organisation,
        Self::Vehicle,
        Self::Phone,
        Self::Device,
        Self::Weapon,
        Self::Drug,
        Self::Property,
        Self::OnlineAccount,
        Self::Email,
        Self::IpAddress,
        Self::Domain,
        Self::Url,
        Self::BankAccount,
        Self::Card,
        Self::Wallet,
        Self::Document,
        Self::Media,
        Self::Exhibit,
        Self::Location,
        Self::Report,
        Self::Incident,
        Self::Crime,
        Self::Custody,
        Self::StopSearch,
        Self::IntelligenceLog,
        Self::Communication,
        Self::Case,
        Self::WarningMarker,
    ];

    /// The stable code, as files and databases hold it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
            Self::Vehicle => "vehicle",
            Self::Phone => "phone",
            Self::Device => "device",
            Self::Weapon => "weapon",
            Self::Drug => "drug",
            Self::Property => "property",
            Self::OnlineAccount => "online-account",
            Self::Email => "email",
            Self::IpAddress => "ip-address",
            Self::Domain => "domain",
            Self::Url => "url",
            Self::BankAccount => "bank-account",
            Self::Card => "card",
            Self::Wallet => "wallet",
            Self::Document => "document",
            Self::Media => "media",
            Self::Exhibit => "exhibit",
            Self::Location => "location",
            Self::Report => "report",
            Self::Incident => "incident",
            Self::Crime => "crime",
            Self::Custody => "custody",
            Self::StopSearch => "stop-search",
            Self::IntelligenceLog => "intelligence-log",
            Self::Communication => "communication",
            Self::Case => "case",
            Self::WarningMarker => "warning-marker",
        }
    }

    /// The family this kind belongs to.
    #[must_use]
    pub const fn pole(self) -> Pole {
        match self {
            Self::Person | Self::Organisation => Pole::Person,
            Self::Location => Pole::Location,
            Self::Report
            | Self::Incident
            | Self::Crime
            | Self::Custody
            | Self::StopSearch
            | Self::IntelligenceLog
            | Self::Communication
            | Self::Case
            | Self::WarningMarker => Pole::Event,
            _ => Pole::Object,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.code() == s)
            .ok_or_else(|| format!("'{s}' is not a kind of record"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_written_as_its_code() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
            assert_eq!(kind.code().parse::<Kind>().unwrap(), kind);
        }
        assert!("spaceship".parse::<Kind>().unwrap_err().contains("'spaceship'"));
    }
}
