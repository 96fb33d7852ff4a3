//! When contracts end, and what forces could buy together because theirs end close together.

use super::{Application, Group, add_months, days_between, same::company};
use bluelamp_model::Day;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How soon a contract ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// It has ended.
    Past,
    /// Within six months.
    Soon,
    /// Within 18 months.
    Next,
    /// Later.
    Later,
}

impl Timing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Past, Self::Soon, Self::Next, Self::Later];

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Past => "Has ended",
            Self::Soon => "Within 6 months",
            Self::Next => "Within 18 months",
            Self::Later => "Later",
        }
    }
}

/// The end of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContractEnd {
    /// The application, by code.
    pub application: String,
    /// The last day.
    pub end: Day,
    /// How many days from today; negative where it is past.
    pub days: i64,
    /// How soon.
    pub timing: Timing,
}

/// The ends of contracts that are known, the earliest first.
#[must_use]
pub fn contract_ends(applications: &[Application], today: Day) -> Vec<ContractEnd> {
    let timing = |end| match end {
        end if end < today => Timing::Past,
        end if end <= add_months(today, 6) => Timing::Soon,
        end if end <= add_months(today, 18) => Timing::Next,
        _ => Timing::Later,
    };
    let mut all: Vec<_> = applications
        .iter()
        .filter_map(|a| {
            let end = a.contract_end?;
            let days = days_between(today, end);
            Some(ContractEnd { application: a.code.clone(), end, days, timing: timing(end) })
        })
        .collect();
    all.sort_by(|a, b| (a.end, &a.application).cmp(&(b.end, &b.application)));
    all
}

/// What several forces could buy together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Buying {
    /// What they share: the supplier's name, or the application's.
    pub what: String,
    /// `supplier` or `application`.
    pub basis: &'static str,
    /// The forces.
    pub forces: Vec<String>,
    /// The applications, by code.
    pub applications: Vec<String>,
    /// The first of the contracts to end.
    pub first: Day,
    /// The last.
    pub last: Day,
    /// What those cost in a year whose cost is known, in pence.
    pub known_cost: i64,
    /// Of how many the cost is not known.
    pub cost_unknown: usize,
}

/// Contracts that end within so many days of the first of them can be bought anew together.
const CLOSE: i64 = 184;

/// Finds what several forces could buy together: contracts that are still to end, with one supplier or for one
/// application (by the groups found), within half a year of one another. The dearest first.
#[must_use]
pub fn buying_together(applications: &[Application], groups: &[Group], today: Day) -> Vec<Buying> {
    let mut by = BTreeMap::<(&'static str, String), Vec<&Application>>::new();
    let open = |a: &&Application| a.contract_end.is_some_and(|end| end >= today);
    for a in applications.iter().filter(open) {
        if let Some(supplier) = &a.supplier {
            by.entry(("supplier", company(supplier))).or_default().push(a);
        }
    }
    let codes: BTreeMap<&str, &Application> = applications.iter().map(|a| (a.code.as_str(), a)).collect();
    for (n, group) in groups.iter().enumerate() {
        let apps: Vec<_> = group.applications.iter().filter_map(|c| codes.get(c.as_str()).copied()).collect();
        let one = apps.iter().all(|a| {
            a.supplier.as_deref().map(company)
                == apps.first().and_then(|f| f.supplier.as_deref().map(company))
        });
        // With one known supplier, the row of the supplier says the same.
        if !one || apps.iter().all(|a| a.supplier.is_none()) {
            by.insert(("application", n.to_string()), apps.into_iter().filter(open).collect());
        }
    }
    let mut all = Vec::new();
    for ((basis, _), mut apps) in by {
        apps.sort_by(|a, b| (a.contract_end, &a.code).cmp(&(b.contract_end, &b.code)));
        let mut rest = apps.as_slice();
        while let Some(first) = rest.first().and_then(|a| a.contract_end) {
            let near =
                |a: &&&Application| a.contract_end.is_some_and(|end| days_between(first, end) <= CLOSE);
            let count = rest.iter().take_while(near).count().max(1);
            let (window, more) = rest.split_at(count);
            rest = more;
            let forces: BTreeSet<&String> = window.iter().map(|a| &a.force).collect();
            if forces.len() < 2 {
                continue;
            }
            let head = window.first();
            let what = head
                .and_then(|a| if basis == "supplier" { a.supplier.clone() } else { Some(a.name.clone()) });
            all.push(Buying {
                what: what.unwrap_or_default(),
                basis,
                forces: forces.into_iter().cloned().collect(),
                applications: window.iter().map(|a| a.code.clone()).collect(),
                first,
                last: window.last().and_then(|a| a.contract_end).unwrap_or(first),
                known_cost: window.iter().filter_map(|a| a.run_cost).sum(),
                cost_unknown: window.iter().filter(|a| a.run_cost.is_none()).count(),
            });
        }
    }
    all.sort_by(|a, b| {
        b.known_cost.cmp(&a.known_cost).then_with(|| (a.first, &a.what).cmp(&(b.first, &b.what)))
    });
    all
}
