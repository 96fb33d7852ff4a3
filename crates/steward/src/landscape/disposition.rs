//! What a few stated rules suggest for an application. A suggestion stands beside what people set, and sets nothing.

use super::{Application, DirectLink, Disposition, Group, add_months};
use bluelamp_model::Day;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What the rules suggest for an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Suggestion {
    /// The application, by code.
    pub application: String,
    /// What the rules suggest; none where too little is known for any of them.
    pub what: Option<Disposition>,
    /// By when, where a contract gives the day and it is still to come.
    pub by: Option<Day>,
    /// The rules that hold, as sentences. The first decided.
    pub reasons: Vec<String>,
    /// What is not known that a rule asks for.
    pub unknown: Vec<&'static str>,
}

/// Applies the rules, in this order; the first that holds gives the suggestion:
///
/// 1. the contract ends within 18 months, and the force has another application for the same capability with more
///    users: eliminate by the end of the contract, where that is still to come;
/// 2. it is no front end's business to go straight into a legacy system, and this one does: migrate;
/// 3. the contract ends within 18 months (or has ended), and it is not on public cloud: migrate by the end of the
///    contract, where that is still to come;
/// 4. it is a legacy system: migrate;
/// 5. it is on public cloud and several forces have it: invest;
/// 6. where it runs is known: tolerate.
#[must_use]
pub fn suggest(
    applications: &[Application],
    groups: &[Group],
    links: &[DirectLink],
    today: Day,
) -> Vec<Suggestion> {
    let horizon = add_months(today, 18);
    let mut by_capability = BTreeMap::<(&str, &str), Vec<&Application>>::new();
    for a in applications {
        for capability in &a.capabilities {
            by_capability.entry((&a.force, capability)).or_default().push(a);
        }
    }
    let shared: BTreeMap<&str, usize> = groups
        .iter()
        .filter(|g| g.forces > 1)
        .flat_map(|g| g.applications.iter().map(|a| (a.as_str(), g.forces)))
        .collect();
    let direct: BTreeSet<&str> = links.iter().filter(|l| l.certain()).map(|l| l.from.as_str()).collect();
    applications
        .iter()
        .map(|a| {
            let mut found: Vec<(Disposition, Option<Day>, String)> = Vec::new();
            let ends = a.contract_end.filter(|end| *end <= horizon);
            // Nothing can be done by a day that is past.
            let by = a.contract_end.filter(|end| *end >= today);
            let spoken = |end: Day| {
                if end < today {
                    format!("The contract ended on {end}")
                } else {
                    format!("The contract ends on {end}")
                }
            };
            if let Some(end) = ends {
                let more = a.capabilities.iter().find_map(|c| {
                    let all = by_capability.get(&(a.force.as_str(), c.as_str()))?;
                    let larger =
                        all.iter().find(|o| o.code != a.code && a.users.is_some() && o.users > a.users)?;
                    Some((larger.name.as_str(), c.as_str()))
                });
                if let Some((other, capability)) = more {
                    let reason =
                        format!("{}, and {other} serves {capability} too, with more users.", spoken(end));
                    found.push((Disposition::Eliminate, by, reason));
                }
            }
            if direct.contains(a.code.as_str()) {
                let reason = "It goes straight into a legacy system (E3.4).".to_owned();
                found.push((Disposition::Migrate, None, reason));
            }
            if let (Some(end), Some(false)) = (ends, a.hosting.public()) {
                let reason = format!(
                    "{}, and it is not on public cloud ({}).",
                    spoken(end),
                    a.hosting.label().to_lowercase()
                );
                found.push((Disposition::Migrate, by, reason));
            }
            if a.legacy == Some(true) {
                let ended = a.contract_end.filter(|end| *end < today);
                let reason = ended.map_or_else(
                    || "It is a legacy system.".to_owned(),
                    |end| format!("It is a legacy system, and the contract ended on {end}."),
                );
                found.push((Disposition::Migrate, by, reason));
            }
            if let (Some(true), Some(forces)) = (a.hosting.public(), shared.get(a.code.as_str())) {
                let reason = format!("It is on public cloud, and {forces} forces have it.");
                found.push((Disposition::Invest, None, reason));
            }
            if found.is_empty() && a.hosting.public().is_some() {
                found.push((Disposition::Tolerate, None, "No rule speaks for a change.".into()));
            }
            let asked = [
                (a.contract_end.is_none(), "when the contract ends"),
                (a.hosting.public().is_none(), "where it runs"),
                (a.capabilities.is_empty(), "which capability it serves"),
                (a.legacy.is_none(), "whether it is a legacy system"),
            ];
            let first = found.first();
            Suggestion {
                application: a.code.clone(),
                what: first.map(|(what, ..)| *what),
                by: first.and_then(|(_, by, _)| *by),
                unknown: asked.iter().filter(|(missing, _)| *missing).map(|(_, what)| *what).collect(),
                reasons: found.into_iter().map(|(.., reason)| reason).collect(),
            }
        })
        .collect()
}
