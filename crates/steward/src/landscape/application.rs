//! What is known of one application in one force.

use bluelamp_model::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// An amount of money in pence.
pub type Pence = i64;

/// Where an application runs.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Hosting {
    /// Nobody has said. Never counted as "not in the cloud".
    #[default]
    Unknown,
    /// In a data centre of the force or of a partner.
    OnPremise,
    /// On hardware of its own that a supplier keeps for the force.
    PrivateCloud,
    /// Partly on public cloud, partly not.
    Hybrid,
    /// On public cloud; as what, was not said.
    PublicCloud,
    /// On machines rented in a public cloud.
    Iaas,
    /// On a platform of a public cloud.
    Paas,
    /// As a service of its supplier on public cloud.
    Saas,
}

impl Hosting {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Unknown,
        Self::OnPremise,
        Self::PrivateCloud,
        Self::Hybrid,
        Self::PublicCloud,
        Self::Iaas,
        Self::Paas,
        Self::Saas,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::OnPremise => "on-premise",
            Self::PrivateCloud => "private-cloud",
            Self::Hybrid => "hybrid",
            Self::PublicCloud => "public-cloud",
            Self::Iaas => "iaas",
            Self::Paas => "paas",
            Self::Saas => "saas",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Unknown => "Not known",
            Self::OnPremise => "On premise",
            Self::PrivateCloud => "Private cloud",
            Self::Hybrid => "Hybrid",
            Self::PublicCloud => "Public cloud",
            Self::Iaas => "IaaS",
            Self::Paas => "PaaS",
            Self::Saas => "SaaS",
        }
    }

    /// Whether it counts as on public cloud; none where nobody has said. Hybrid does not count: part of it is elsewhere.
    #[must_use]
    pub fn public(self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::OnPremise | Self::PrivateCloud | Self::Hybrid => Some(false),
            Self::PublicCloud | Self::Iaas | Self::Paas | Self::Saas => Some(true),
        }
    }
}

/// Whether it was bought or built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sourcing {
    /// Commercial off the shelf.
    Cots,
    /// Open source.
    OpenSource,
    /// Built for the force, or by it.
    Bespoke,
}

impl Sourcing {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Cots => "cots",
            Self::OpenSource => "open-source",
            Self::Bespoke => "bespoke",
        }
    }
}

/// What becomes of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// It stays as it is for now.
    Tolerate,
    /// It is kept and made better.
    Invest,
    /// It moves, to another host or into another application.
    Migrate,
    /// It is switched off.
    Eliminate,
}

impl Disposition {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tolerate, Self::Invest, Self::Migrate, Self::Eliminate];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Tolerate => "tolerate",
            Self::Invest => "invest",
            Self::Migrate => "migrate",
            Self::Eliminate => "eliminate",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Tolerate => "Tolerate",
            Self::Invest => "Invest",
            Self::Migrate => "Migrate",
            Self::Eliminate => "Eliminate",
        }
    }

    /// The one with that code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.code() == code)
    }
}

/// How two applications are tied together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// Straight into the other, point to point or on its database.
    Direct,
    /// Through a published interface or a façade.
    Api,
    /// Through messages or an integration layer.
    Message,
    /// Through files that are carried over.
    File,
}

impl Pattern {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Direct, Self::Api, Self::Message, Self::File];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Api => "api",
            Self::Message => "message",
            Self::File => "file",
        }
    }
}

/// A tie to another application of the same force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Integration {
    /// The other application, by the name that the force gave.
    pub to: String,
    /// How; none where it was not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
}

/// What a person has set for an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetDisposition {
    /// What becomes of it.
    pub what: Disposition,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Day>,
    /// Why.
    pub reason: String,
}

/// An application in a force, as the force told it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Application {
    /// Stable within the landscape: the force and the name, as a slug.
    pub code: String,
    /// The force.
    pub force: String,
    /// Its name as the force has it.
    pub name: String,
    /// Who supplies it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// The product behind it, where the name is the force's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The capabilities it serves: codes of the ten (`C01`), names of the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
    /// How many people use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<u64>,
    /// Where it runs.
    pub hosting: Hosting,
    /// What it costs in a year to run, in pence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_cost: Option<Pence>,
    /// What is spent in a year to change it, in pence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_cost: Option<Pence>,
    /// The last day of the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_end: Option<Day>,
    /// What it is tied to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub integrations: Vec<Integration>,
    /// Whether people or the public work in it directly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub front_end: Option<bool>,
    /// Whether it is a legacy system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legacy: Option<bool>,
    /// Whether it goes straight into a legacy system, as the force said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct_legacy: Option<bool>,
    /// Bought or built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sourcing: Option<Sourcing>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What the force has set for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<SetDisposition>,
    /// Columns that the product does not know, as they came.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
}

impl Application {
    /// The code of an application of that name in that force, as a code of an entry.
    #[must_use]
    pub fn code_of(force: &str, name: &str) -> String {
        let (force_slug, force_whole) = slug(force, 24);
        let (name_slug, name_whole) = slug(name, 40);
        let code = format!("{force_slug}--{name_slug}");
        if force_whole && name_whole {
            return code;
        }
        // What the slug forgets is told by a digest, so that two names stay two.
        let digest = Sha256::digest(format!("{}\n{}", same(force), same(name)).as_bytes());
        format!("{code}-{}", hex::encode(digest.get(..4).unwrap_or_default()))
    }
}

/// How far a force has come with a capability: 0 is nothing, 5 is the best.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Maturity {
    /// The force.
    pub force: String,
    /// The capability, by code or name.
    pub capability: String,
    /// Now.
    #[serde(default)]
    pub now: Option<u8>,
    /// Where it wants to be.
    #[serde(default)]
    pub target: Option<u8>,
}

/// Small letters, with one blank where there are blanks.
fn same(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Small letters and digits with hyphens between, and whether that says everything: blanks and common punctuation can be
/// forgotten, other signs and what is beyond the length cannot.
fn slug(text: &str, most: usize) -> (String, bool) {
    let (mut out, mut whole) = (String::new(), true);
    for c in same(text).chars() {
        if out.len() >= most {
            whole = false;
            break;
        }
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            ' ' | '-' | '_' | '.' | ',' | '/' | '(' | ')' | '&' | ':' | '\'' | '’' => {
                if !out.ends_with('-') && !out.is_empty() {
                    out.push('-');
                }
            }
            _ => whole = false,
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() { ("x".into(), false) } else { (out.to_owned(), whole) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_stable_and_keeps_different_names_apart() {
        assert_eq!(Application::code_of("Borset Police", "  Case  Works "), "borset-police--case-works");
        assert_eq!(
            Application::code_of("Borset police", "case-works (v6.2)"),
            "borset-police--case-works-v6-2"
        );
        assert_ne!(Application::code_of("Borset", "C+"), Application::code_of("Borset", "C#"));
        let long =
            |end: &str| Application::code_of(&"Force ".repeat(20), &format!("{}{end}", "word ".repeat(30)));
        assert_ne!(long("a"), long("b"));
        for code in [long("a"), Application::code_of("é", "!"), Application::code_of("", "")] {
            assert!(crate::register::is_code(&code), "{code}");
        }
    }

    #[test]
    fn what_nobody_said_is_not_no() {
        assert_eq!(Hosting::Unknown.public(), None);
        assert_eq!(Hosting::Hybrid.public(), Some(false));
        assert_eq!(Hosting::Saas.public(), Some(true));
    }
}
