//! What the landscape shows: one application in use in several places, several applications for one thing, and
//! capabilities that a force has nothing for.

use super::{Finding, Kind, evidence};
use crate::landscape::{self, Application, Gap};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the landscape shows. `organisations` gives the codes of forces by their names.
#[must_use]
pub fn of_landscape(applications: &[Application], organisations: &BTreeMap<String, String>) -> Vec<Finding> {
    let by_code: BTreeMap<&str, &Application> = applications.iter().map(|a| (a.code.as_str(), a)).collect();
    let mut all = same(applications, &by_code);
    all.extend(several(applications, &by_code));
    all.extend(unserved(applications, organisations));
    all
}

/// The rule that shows a group of applications that are probably one.
pub(super) const SAME: &str = "same-application";

fn called(a: &Application) -> (String, String) {
    (a.code.clone(), a.name.clone())
}

/// One finding for each group of applications that are probably one.
fn same(applications: &[Application], by_code: &BTreeMap<&str, &Application>) -> Vec<Finding> {
    let each = landscape::same_applications(applications).into_iter().map(|group| {
        let mut codes: Vec<&str> = group.applications.iter().map(String::as_str).collect();
        codes.sort_unstable();
        let known: Vec<&Application> = codes.iter().filter_map(|c| by_code.get(c).copied()).collect();
        let named: Vec<_> = known.iter().map(|a| format!("‘{}’ ({})", a.name, a.force)).collect();
        let reasons: BTreeSet<&str> =
            group.pairs.iter().flat_map(|p| p.reasons.iter().map(String::as_str)).collect();
        let forces: BTreeSet<&str> = known.iter().map(|a| a.force.as_str()).collect();
        let shown = vec![evidence("Why", reasons), evidence("Forces", forces)];
        let sentence = format!("These seem to be one application: {}", named.join(", "));
        Finding::new(Kind::Duplicate, SAME, &codes, sentence, shown)
            .about("application", known.iter().map(|a| called(a)))
            .scored(group.score)
    });
    each.collect()
}

/// One finding for each capability for which a force has several applications that are described alike.
fn several(applications: &[Application], by_code: &BTreeMap<&str, &Application>) -> Vec<Finding> {
    let alike = landscape::Descriptions::of(applications);
    let each = landscape::overlaps(applications).into_iter().filter_map(|overlap| {
        let mut codes: Vec<&str> = overlap.applications.iter().map(String::as_str).collect();
        codes.sort_unstable();
        let (score, words) = alike.nearest(&codes)?;
        let known: Vec<&Application> = codes.iter().filter_map(|c| by_code.get(c).copied()).collect();
        let named: Vec<_> = known.iter().map(|a| format!("‘{}’", a.name)).collect();
        let sentence = format!(
            "{} has {} applications for {}: {}",
            overlap.force,
            known.len(),
            overlap.name,
            named.join(", ")
        );
        let words = if score.is_some() { words } else { vec!["not all say what they do".into()] };
        let shown =
            vec![evidence("Same capability", [overlap.name.as_str()]), evidence("Described alike", words)];
        let on = [overlap.force.as_str(), overlap.capability.as_str()];
        let also = overlap.spellings.iter().map(|c| vec![overlap.force.clone(), c.clone()]);
        let found = Finding::new(Kind::Duplicate, "same-capability", &on, sentence, shown).known_as(also);
        let found = found.about("application", known.iter().map(|a| called(a)));
        Some(match score {
            Some(score) => found.scored(score),
            None => found,
        })
    });
    each.collect()
}

/// One finding for each capability that a force has nothing for and others have; one for each that nobody has.
fn unserved(applications: &[Application], organisations: &BTreeMap<String, String>) -> Vec<Finding> {
    let (mut all, mut nowhere) = (Vec::new(), BTreeMap::<String, Gap>::new());
    for gap in landscape::gaps(applications) {
        if gap.elsewhere == 0 {
            nowhere.entry(gap.capability.clone()).or_insert(gap);
            continue;
        }
        let sentence = format!("{} has no application for {}", gap.force, gap.name);
        let mut shown = vec![evidence("Forces that have one", [gap.elsewhere.to_string()])];
        if gap.without_capability > 0 {
            let said = format!("{}: there may be no gap", gap.without_capability);
            shown.push(evidence("Applications of the force that name no capability", [said]));
        }
        let on = [gap.force.as_str(), gap.capability.as_str()];
        let also = gap.spellings.iter().map(|c| vec![gap.force.clone(), c.clone()]);
        let found = Finding::new(Kind::Gap, "capability-missing", &on, sentence, shown).known_as(also);
        let code = organisations.get(&gap.force).cloned();
        all.push(found.about("organisation", code.map(|code| (code, gap.force))));
    }
    all.extend(nowhere.into_values().map(|gap| {
        let sentence = format!("No force of the landscape has an application for {}", gap.name);
        let shown = vec![evidence("Capability", [gap.name.as_str()])];
        let also = gap.spellings.iter().map(|c| vec![c.clone()]);
        Finding::new(Kind::Gap, "capability-unserved", &[&gap.capability], sentence, shown).known_as(also)
    }));
    all
}
