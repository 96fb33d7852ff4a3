//! Which capability of which force is served by what: gaps, overlaps, and the map with maturity.

use super::{Application, Maturity};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The capabilities of the strategy that a landscape is held against: the ten digital ones by code, and those of the
/// law enforcement capability model that the national strategy names. Code (or name) and name.
pub const KNOWN_CAPABILITIES: [(&str, &str); 18] = [
    ("C01", "Knowledge provision and disruption"),
    ("C02", "Reporting"),
    ("C03", "Data management and sharing"),
    ("C04", "Data acquisition"),
    ("C05", "Data preparation"),
    ("C06", "Process automation"),
    ("C07", "Analytics"),
    ("C08", "Infrastructure and technical governance"),
    ("C09", "Continuous improvement and innovation"),
    ("C10", "Service sustainment"),
    ("Performance", "Performance"),
    ("Analysis", "Analysis"),
    ("Intelligence", "Intelligence"),
    ("Data and Information Management", "Data and Information Management"),
    ("Neighbourhood", "Neighbourhood"),
    ("Response", "Response"),
    ("Investigation", "Investigation"),
    ("Safeguarding", "Safeguarding"),
];

/// Whether the strategy knows a capability, and its code; what it does not know keeps its words.
pub(super) fn known(said: &str) -> (bool, String) {
    let words = folded(said);
    // "C07 Analytics", "C07: Analytics", "Analytics (C07)" are all meant as the one.
    let found = KNOWN_CAPABILITIES.iter().find(|(code, name)| {
        let (code, name) = (folded(code), folded(name));
        words == code || words == name || words == format!("{code}{name}") || words == format!("{name}{code}")
    });
    let short =
        |t: &str| t.strip_prefix('c').and_then(|n| n.parse::<u8>().ok()).filter(|n| (1..=10).contains(n));
    match (found, short(&words)) {
        (Some((code, _)), _) => (true, (*code).to_owned()),
        (None, Some(n)) => (true, format!("C{n:02}")),
        (None, None) => (false, said.to_owned()),
    }
}

fn label(capability: &str) -> String {
    let found = KNOWN_CAPABILITIES.iter().find(|(code, _)| *code == capability);
    found.map_or_else(|| capability.to_owned(), |(_, name)| (*name).to_owned())
}

/// A capability that a force has nothing for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Gap {
    /// The force.
    pub force: String,
    /// The capability's code or name.
    pub capability: String,
    /// Its name.
    pub name: String,
    /// In how many other forces something serves it.
    pub elsewhere: usize,
    /// How many applications of the force name no capability at all: with many, this may be no gap.
    pub without_capability: usize,
}

fn forces(applications: &[Application], maturities: &[Maturity]) -> BTreeSet<String> {
    applications.iter().map(|a| a.force.clone()).chain(maturities.iter().map(|m| m.force.clone())).collect()
}

/// A capability without what forces write differently: "Mobile working" and "MOBILE-WORKING" are one.
fn folded(capability: &str) -> String {
    capability.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Every known capability, and those that a force named beside them, each in one of its spellings.
fn capabilities(applications: &[Application], maturities: &[Maturity]) -> Vec<String> {
    let mut all: Vec<String> = KNOWN_CAPABILITIES.iter().map(|(code, _)| (*code).to_owned()).collect();
    let known: BTreeSet<String> = all.iter().map(|c| folded(c)).collect();
    let named =
        applications.iter().flat_map(|a| &a.capabilities).chain(maturities.iter().map(|m| &m.capability));
    let mut more = BTreeMap::<String, &String>::new();
    for capability in named.filter(|c| !known.contains(&folded(c))) {
        let spelled = more.entry(folded(capability)).or_insert(capability);
        *spelled = capability.min(*spelled);
    }
    all.extend(more.into_values().cloned());
    all
}

/// The capabilities that forces have nothing for, by force: those of the strategy, and those that another force has
/// named.
#[must_use]
pub fn gaps(applications: &[Application]) -> Vec<Gap> {
    let served: BTreeSet<(&str, String)> = applications
        .iter()
        .flat_map(|a| a.capabilities.iter().map(|c| (a.force.as_str(), folded(c))))
        .collect();
    let forces = forces(applications, &[]);
    let all: Vec<(String, String)> =
        capabilities(applications, &[]).into_iter().map(|c| (folded(&c), c)).collect();
    let mut gaps = Vec::new();
    for force in &forces {
        let without = applications.iter().filter(|a| a.force == *force && a.capabilities.is_empty()).count();
        for (key, capability) in &all {
            let serves = |force: &str| served.contains(&(force, key.clone()));
            if !serves(force) {
                gaps.push(Gap {
                    force: force.clone(),
                    capability: capability.clone(),
                    name: label(capability),
                    elsewhere: forces.iter().filter(|f| serves(f)).count(),
                    without_capability: without,
                });
            }
        }
    }
    gaps
}

/// Several applications of one force for one capability. That can be right: a person says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Overlap {
    /// The force.
    pub force: String,
    /// The capability's code or name.
    pub capability: String,
    /// Its name.
    pub name: String,
    /// The applications, by code.
    pub applications: Vec<String>,
    /// What those of them cost in a year whose cost is known, in pence.
    pub known_cost: i64,
    /// Of how many of them the cost is not known.
    pub cost_unknown: usize,
}

/// Where a force has more than one application for a capability, the most first.
#[must_use]
pub fn overlaps(applications: &[Application]) -> Vec<Overlap> {
    let mut by = BTreeMap::<(&str, String), (&str, Vec<&Application>)>::new();
    for a in applications {
        for capability in &a.capabilities {
            by.entry((&a.force, folded(capability))).or_insert((capability, Vec::new())).1.push(a);
        }
    }
    let mut all: Vec<Overlap> = by
        .into_iter()
        .filter(|(_, (_, apps))| apps.len() > 1)
        .map(|((force, _), (capability, apps))| Overlap {
            force: force.into(),
            capability: capability.into(),
            name: label(capability),
            known_cost: apps.iter().filter_map(|a| a.run_cost).sum(),
            cost_unknown: apps.iter().filter(|a| a.run_cost.is_none()).count(),
            applications: apps.into_iter().map(|a| a.code.clone()).collect(),
        })
        .collect();
    all.sort_by_key(|o| std::cmp::Reverse(o.applications.len()));
    all
}

/// A capability over all forces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CapabilityRow {
    /// Its code or name.
    pub capability: String,
    /// Its name.
    pub name: String,
    /// Whether the strategy names it.
    pub known: bool,
    /// A cell for each force, in the order of the forces.
    pub cells: Vec<CapabilityCell>,
}

/// A capability in one force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CapabilityCell {
    /// The force.
    pub force: String,
    /// How mature it is now, from 0 to 5; none where nobody has said.
    pub now: Option<u8>,
    /// How mature it is to be.
    pub target: Option<u8>,
    /// The applications for it, by code.
    pub applications: Vec<String>,
}

/// The map of capabilities: a row for each, a cell for each force.
#[must_use]
pub fn capability_map(applications: &[Application], maturities: &[Maturity]) -> Vec<CapabilityRow> {
    let forces = forces(applications, maturities);
    let cell = |force: &String, capability: &String| {
        let key = folded(capability);
        let level = maturities.iter().rev().find(|m| m.force == *force && folded(&m.capability) == key);
        let serving = applications
            .iter()
            .filter(|a| a.force == *force && a.capabilities.iter().any(|c| folded(c) == key));
        CapabilityCell {
            force: force.clone(),
            now: level.and_then(|m| m.now),
            target: level.and_then(|m| m.target),
            applications: serving.map(|a| a.code.clone()).collect(),
        }
    };
    let rows = capabilities(applications, maturities).into_iter().map(|capability| CapabilityRow {
        name: label(&capability),
        known: KNOWN_CAPABILITIES.iter().any(|(code, _)| *code == capability),
        cells: forces.iter().map(|f| cell(f, &capability)).collect(),
        capability,
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_known_by_code_and_by_name() {
        let table = [
            ("C07", "C07"),
            ("c7", "C07"),
            ("Analytics", "C07"),
            ("C07 - Analytics", "C07"),
            ("analytics (C07)", "C07"),
            ("intelligence", "Intelligence"),
        ];
        for (said, code) in table {
            assert_eq!(known(said), (true, code.to_owned()), "{said}");
        }
        assert_eq!(known("Horse care"), (false, "Horse care".to_owned()));
        assert_eq!(known("C11"), (false, "C11".to_owned()));
    }
}
