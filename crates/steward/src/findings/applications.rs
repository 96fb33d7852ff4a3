//! The same application in use in several places, as the landscape finds it.

use super::{Finding, Kind, evidence};
use crate::landscape::{Application, same_applications};
use std::collections::{BTreeMap, BTreeSet};

/// One finding for each group of applications that are probably one.
#[must_use]
pub fn same(applications: &[Application]) -> Vec<Finding> {
    let by_code: BTreeMap<&str, &Application> = applications.iter().map(|a| (a.code.as_str(), a)).collect();
    let each = same_applications(applications).into_iter().map(|group| {
        let mut codes: Vec<&str> = group.applications.iter().map(String::as_str).collect();
        codes.sort_unstable();
        let known: Vec<&Application> = codes.iter().filter_map(|c| by_code.get(c).copied()).collect();
        let named: Vec<_> = known.iter().map(|a| format!("‘{}’ ({})", a.name, a.force)).collect();
        let reasons: BTreeSet<&str> =
            group.pairs.iter().flat_map(|p| p.reasons.iter().map(String::as_str)).collect();
        let forces: BTreeSet<&str> = known.iter().map(|a| a.force.as_str()).collect();
        let shown = vec![evidence("Why", reasons), evidence("Forces", forces)];
        let sentence = format!("These seem to be one application: {}", named.join(", "));
        let about = known.iter().map(|a| (a.code.clone(), a.name.clone()));
        Finding::new(Kind::Duplicate, "same-application", &codes, sentence, shown)
            .about("application", about)
            .scored(group.score)
    });
    each.collect()
}
