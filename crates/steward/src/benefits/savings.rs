//! What each organisation saves, or could.

use super::Books;
use serde::Serialize;
use std::collections::BTreeMap;

/// The savings of one organisation, each year, in whole pounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByOrganisation {
    /// Its code; empty for what nobody has assigned yet.
    pub organisation: String,
    /// What people read.
    pub name: String,
    /// Possible.
    pub possible: i64,
    /// Agreed.
    pub agreed: i64,
    /// Realised.
    pub realised: i64,
    /// What it costs to get what is possible or agreed, once.
    pub once: i64,
    /// Shared items that it takes up.
    pub taken_up: usize,
    /// Of how many of those it has said what it saves.
    pub said: usize,
    /// What it says it saves by those.
    pub by_sharing: i64,
}

/// Savings by organisation. What was given up does not count; a shared item counts where the organisation takes it up.
#[must_use]
pub fn savings(books: &Books) -> Vec<ByOrganisation> {
    let mut all: BTreeMap<&str, ByOrganisation> = BTreeMap::new();
    for s in &books.savings {
        let one = all.entry(&s.organisation).or_default();
        match s.state.as_str() {
            "possible" => one.possible += s.yearly,
            "agreed" => one.agreed += s.yearly,
            "realised" => one.realised += s.yearly,
            _ => continue,
        }
        if s.state != "realised" {
            one.once += s.once.unwrap_or(0);
        }
    }
    // The latest word of an organisation about an item counts, as on the page of the portfolio.
    let mut latest: BTreeMap<(&str, &str), &super::Local> = BTreeMap::new();
    for l in &books.locals {
        let held = latest.entry((&l.organisation, &l.item)).or_insert(l);
        if (l.decided, &l.code) > (held.decided, &held.code) {
            *held = l;
        }
    }
    for l in latest.into_values().filter(|l| matches!(l.decision.as_str(), "adopt" | "adapt")) {
        let one = all.entry(&l.organisation).or_default();
        one.taken_up += 1;
        one.said += usize::from(l.saving_yearly.is_some());
        one.by_sharing += l.saving_yearly.unwrap_or(0);
    }
    let unsaid = all.remove("");
    let mut list: Vec<_> = all
        .into_iter()
        .map(|(code, one)| ByOrganisation {
            organisation: code.into(),
            name: books.organisations.get(code).cloned().unwrap_or_else(|| code.into()),
            ..one
        })
        .collect();
    list.extend(unsaid.map(|one| ByOrganisation { name: "Not assigned".into(), ..one }));
    list
}
