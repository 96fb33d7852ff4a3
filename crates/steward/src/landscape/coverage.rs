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
    /// Every way in which forces write it, for those who know it by another.
    #[serde(skip)]
    pub spellings: Vec<String>,
}

fn forces(applications: &[Application], maturities: &[Maturity]) -> BTreeSet<String> {
    applications.iter().map(|a| a.force.clone()).chain(maturities.iter().map(|m| m.force.clone())).collect()
}

/// A capability without what forces write differently: "Mobile working" and "MOBILE-WORKING" are one.
fn folded(capability: &str) -> String {
    capability.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Words that say nothing of what a capability is: "Contact management" is "Contact".
const GENERIC: [&str; 10] = [
    "management",
    "mgmt",
    "platform",
    "platforms",
    "service",
    "services",
    "solution",
    "solutions",
    "system",
    "systems",
];

fn words(capability: &str) -> Vec<String> {
    let parts = capability.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    parts.map(str::to_lowercase).collect()
}

/// A capability without spelling and words that say nothing of it.
fn plain(capability: &str) -> String {
    let all = words(capability);
    let kept: Vec<&String> = all.iter().filter(|w| !GENERIC.contains(&w.as_str())).collect();
    if kept.is_empty() { all.concat() } else { kept.into_iter().map(String::as_str).collect() }
}

/// The first letters of a capability of several words, with and without words that say nothing of it.
fn initials(capability: &str) -> BTreeSet<String> {
    let all: Vec<String> = words(capability)
        .into_iter()
        .filter(|w| !matches!(w.as_str(), "and" | "of" | "the" | "for"))
        .collect();
    let short = |kept: &dyn Fn(&String) -> bool| {
        let letters: String = all.iter().filter(|w| kept(w)).filter_map(|w| w.chars().next()).collect();
        Some(letters).filter(|l| l.chars().count() >= 2)
    };
    [short(&|_| true), short(&|w| !GENERIC.contains(&w.as_str()))].into_iter().flatten().collect()
}

/// The capabilities that are one, however forces write them.
struct Spellings {
    /// The key of each capability by its plain form.
    keys: BTreeMap<String, String>,
    /// What is shown for a key: the code of one that the strategy knows, or the spelling that most use.
    shown: BTreeMap<String, String>,
    /// Every spelling of a key.
    all: BTreeMap<String, BTreeSet<String>>,
}

impl Spellings {
    fn of(applications: &[Application], maturities: &[Maturity]) -> Self {
        let named =
            applications.iter().flat_map(|a| &a.capabilities).chain(maturities.iter().map(|m| &m.capability));
        let mut counts = BTreeMap::<&str, usize>::new();
        named.for_each(|c| *counts.entry(c).or_default() += 1);
        for (code, _) in &KNOWN_CAPABILITIES {
            counts.entry(code).or_default();
        }
        let mut long = BTreeMap::<String, BTreeSet<String>>::new();
        for capability in counts.keys() {
            for letters in initials(capability) {
                long.entry(letters).or_default().insert(plain(capability));
            }
        }
        let mut keys = BTreeMap::new();
        for capability in counts.keys() {
            let plain = plain(capability);
            // Letters that could stand for two things stand for themselves.
            let meant = long.get(&plain).filter(|all| all.len() == 1).and_then(BTreeSet::first);
            keys.insert(plain.clone(), meant.unwrap_or(&plain).clone());
        }
        let mut spelled = BTreeMap::<String, Vec<(usize, &str)>>::new();
        for (capability, count) in &counts {
            let plain = plain(capability);
            let key = keys.get(&plain).cloned().unwrap_or(plain);
            spelled.entry(key).or_default().push((*count, capability));
        }
        let mut shown = BTreeMap::new();
        for (key, all) in &spelled {
            let known = all.iter().find(|(_, c)| KNOWN_CAPABILITIES.iter().any(|(code, _)| code == c));
            let most = all.iter().min_by_key(|(count, capability)| (std::cmp::Reverse(*count), *capability));
            if let Some((_, capability)) = known.or(most) {
                shown.insert(key.clone(), (*capability).to_owned());
            }
        }
        let all = spelled
            .into_iter()
            .map(|(key, all)| (key, all.into_iter().map(|(_, c)| c.to_owned()).collect()))
            .collect();
        Self { keys, shown, all }
    }

    fn key(&self, capability: &str) -> String {
        let plain = plain(capability);
        self.keys.get(&plain).cloned().unwrap_or(plain)
    }

    fn shown(&self, key: &str) -> String {
        self.shown.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    fn all(&self, key: &str) -> Vec<String> {
        self.all.get(key).into_iter().flatten().cloned().collect()
    }

    /// Every known capability by its key, and those that a force named beside them.
    fn keys(&self) -> Vec<String> {
        let known: Vec<String> = KNOWN_CAPABILITIES.iter().map(|(code, _)| self.key(code)).collect();
        let more = self.shown.keys().filter(|key| !known.contains(key)).cloned().collect::<Vec<_>>();
        known.into_iter().chain(more).collect()
    }
}

/// The capabilities that two applications both serve, as they are written in the first of them.
pub(super) fn in_common<'a>(a: &'a Application, b: &Application) -> Vec<&'a str> {
    let theirs: BTreeSet<String> = b.capabilities.iter().map(|c| plain(c)).collect();
    a.capabilities.iter().filter(|c| theirs.contains(&plain(c))).map(String::as_str).collect()
}

/// The capabilities that forces have nothing for, by force: those of the strategy, and those that another force has
/// named. What forces only write differently is one capability: "HR" and "Human Resources", "Contact" and "Contact
/// management".
#[must_use]
pub fn gaps(applications: &[Application]) -> Vec<Gap> {
    let spellings = Spellings::of(applications, &[]);
    let served: BTreeSet<(&str, String)> = applications
        .iter()
        .flat_map(|a| a.capabilities.iter().map(|c| (a.force.as_str(), spellings.key(c))))
        .collect();
    let forces = forces(applications, &[]);
    let all = spellings.keys();
    let mut gaps = Vec::new();
    for force in &forces {
        let without = applications.iter().filter(|a| a.force == *force && a.capabilities.is_empty()).count();
        for key in &all {
            let serves = |force: &str| served.contains(&(force, key.clone()));
            if !serves(force) {
                let capability = spellings.shown(key);
                gaps.push(Gap {
                    force: force.clone(),
                    name: label(&capability),
                    capability,
                    elsewhere: forces.iter().filter(|f| serves(f)).count(),
                    without_capability: without,
                    spellings: spellings.all(key),
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
    /// Every way in which forces write it, for those who know it by another.
    #[serde(skip)]
    pub spellings: Vec<String>,
}

/// Where a force has more than one application for a capability, the most first.
#[must_use]
pub fn overlaps(applications: &[Application]) -> Vec<Overlap> {
    let spellings = Spellings::of(applications, &[]);
    let mut by = BTreeMap::<(&str, String), Vec<&Application>>::new();
    for a in applications {
        let keys: BTreeSet<String> = a.capabilities.iter().map(|c| spellings.key(c)).collect();
        keys.into_iter().for_each(|key| by.entry((&a.force, key)).or_default().push(a));
    }
    let mut all: Vec<Overlap> = by
        .into_iter()
        .filter(|(_, apps)| apps.len() > 1)
        .map(|((force, key), apps)| Overlap {
            force: force.into(),
            name: label(&spellings.shown(&key)),
            capability: spellings.shown(&key),
            known_cost: apps.iter().filter_map(|a| a.run_cost).sum(),
            cost_unknown: apps.iter().filter(|a| a.run_cost.is_none()).count(),
            applications: apps.into_iter().map(|a| a.code.clone()).collect(),
            spellings: spellings.all(&key),
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
    let spellings = Spellings::of(applications, maturities);
    let cell = |force: &String, key: &String| {
        let is_it = |capability: &String| spellings.key(capability) == *key;
        let level = maturities.iter().rev().find(|m| m.force == *force && is_it(&m.capability));
        let serving = applications.iter().filter(|a| a.force == *force && a.capabilities.iter().any(is_it));
        CapabilityCell {
            force: force.clone(),
            now: level.and_then(|m| m.now),
            target: level.and_then(|m| m.target),
            applications: serving.map(|a| a.code.clone()).collect(),
        }
    };
    let rows = spellings.keys().into_iter().map(|key| {
        let capability = spellings.shown(&key);
        CapabilityRow {
            name: label(&capability),
            known: KNOWN_CAPABILITIES.iter().any(|(code, _)| *code == capability),
            cells: forces.iter().map(|f| cell(f, &key)).collect(),
            capability,
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spellings(named: &[&str]) -> Spellings {
        let apps =
            named.iter().map(|c| Application { capabilities: vec![(*c).into()], ..Application::default() });
        Spellings::of(&apps.collect::<Vec<_>>(), &[])
    }

    #[test]
    fn what_forces_only_write_differently_is_one_capability() {
        let one = [
            ["HR", "Human Resources"],
            ["Contact", "Contact Management"],
            ["Digital evidence", "Digital evidence management system"],
            ["Mobile working", "MOBILE-WORKING service"],
            ["CM", "Case Management"],
            ["Investigation management", "Investigation"],
        ];
        for [x, y] in one {
            let s = spellings(&[x, y, y]);
            assert_eq!(s.key(x), s.key(y), "{x} and {y}");
            assert_eq!(
                s.shown(&s.key(x)),
                y,
                "the spelling that most use, or the one that the strategy knows"
            );
        }
        let two = [
            ["HR", "Horse care"],
            ["Custody", "Custody images"],
            ["Service", "Management"],
            ["C01", "C1 systems"],
        ];
        for [x, y] in two {
            let s = spellings(&[x, y]);
            assert_ne!(s.key(x), s.key(y), "{x} and {y}");
        }
        let s = spellings(&["CM", "Case management", "Contract management"]);
        assert_ne!(
            s.key("CM"),
            s.key("Case management"),
            "letters that could stand for two stand for themselves"
        );
    }

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
