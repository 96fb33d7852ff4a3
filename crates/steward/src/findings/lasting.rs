//! Which earlier answer a finding belongs to. A group of applications gains and loses members with every survey; what
//! people said to it stays with it.

use super::{Answered, Finding, Standing, answer::Answer, applications::SAME, evidence};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

/// Two groups that share so many applications are one group that has changed.
pub(super) const SHARED: usize = 2;

/// Whether a finding's id is of a group of applications that seem to be one.
pub(super) fn is_group(id: &str) -> bool {
    id.split(':').nth(1) == Some(SAME)
}

/// How many of these applications are among those.
pub(super) fn shared(some: &[String], others: &[String]) -> usize {
    let others: BTreeSet<&String> = others.iter().collect();
    some.iter().collect::<BTreeSet<_>>().intersection(&others).count()
}

/// Gives each finding the answer that it had. A group whose members are others than those that were answered keeps the
/// id of the answered group that it shares most with, so that a saving made from it still points at it; what it rests on
/// stays that of its members now, so that it is asked again. Where two answered groups have become one, the other
/// answer stands in its evidence; where one has become two, both show its answer.
pub(super) fn settled<S: std::hash::BuildHasher>(
    mut found: Vec<Finding>,
    answers: &HashMap<String, Answered, S>,
) -> Vec<(Finding, Option<Answered>)> {
    // What is written in several ways keeps the id under which it was answered last.
    for finding in &mut found {
        let ids = std::iter::once(&finding.id).chain(&finding.also);
        let mut all: Vec<&Answered> = ids.filter_map(|id| answers.get(id)).collect();
        all.sort_by(|a, b| (b.at, &a.finding).cmp(&(a.at, &b.finding)));
        if let [latest, others @ ..] = all.as_slice() {
            finding.called(&latest.finding);
            finding.evidence.extend(others.iter().map(|a| evidence("Answered before", [spoken(a)])));
        }
    }
    let mut answer_of: BTreeMap<usize, &Answered> = BTreeMap::new();
    for (n, finding) in found.iter().enumerate() {
        if let Some(answered) = answers.get(&finding.id) {
            answer_of.insert(n, answered);
        }
    }
    // Nearest first; of several as near the latest answer, then by id, so that every run gives the same.
    let mut near: Vec<(Reverse<usize>, Reverse<bluelamp_model::Time>, &Answered, usize)> = Vec::new();
    for (n, finding) in found.iter().enumerate().filter(|(_, f)| is_group(&f.id)) {
        let members = finding.applications();
        for answered in answers.values().filter(|a| is_group(&a.finding)) {
            let shared = shared(&members, &answered.applications);
            if shared >= SHARED {
                near.push((Reverse(shared), Reverse(answered.at), answered, n));
            }
        }
    }
    near.sort_by(|a, b| (a.0, a.1, &a.2.finding, a.3).cmp(&(b.0, b.1, &b.2.finding, b.3)));
    let mut taken: BTreeSet<&str> = answer_of.values().map(|a| a.finding.as_str()).collect();
    for (_, _, answered, n) in &near {
        if !answer_of.contains_key(n) && taken.insert(&answered.finding) {
            answer_of.insert(*n, answered);
            found[*n].id.clone_from(&answered.finding);
        }
    }
    for (_, _, answered, n) in near {
        match answer_of.get(&n) {
            None => drop(answer_of.insert(n, answered)),
            Some(held) if covers(held, answered) || is_elsewhere(&answer_of, n, answered) => {}
            Some(_) => found[n].evidence.push(evidence("Answered before", [spoken(answered)])),
        }
    }
    found.into_iter().enumerate().map(|(n, f)| (f, answer_of.get(&n).map(|a| (*a).clone()))).collect()
}

/// Whether an answer is that one, or was given later to a group that had grown out of it.
fn covers(held: &Answered, answered: &Answered) -> bool {
    held.finding == answered.finding
        || (held.at >= answered.at && shared(&held.applications, &answered.applications) >= SHARED)
}

/// Whether another finding has that answer.
fn is_elsewhere(answer_of: &BTreeMap<usize, &Answered>, n: usize, answered: &Answered) -> bool {
    answer_of.iter().any(|(other, held)| *other != n && held.finding == answered.finding)
}

fn spoken(answered: &Answered) -> String {
    let what = match answered.answer {
        Answer::Confirmed => "confirmed",
        Answer::Rejected => "rejected",
    };
    format!("{}: {what} by {}, {}: {}", answered.said, answered.by, answered.at.short(), answered.reasons)
}

/// How a finding stands with the answer that it had.
pub(super) fn standing(finding: &Finding, answered: Option<&Answered>) -> Standing {
    match answered {
        None => Standing::Open,
        Some(a) if a.basis != finding.basis => Standing::Changed,
        Some(a) if a.answer == Answer::Confirmed => Standing::Confirmed,
        Some(_) => Standing::Rejected,
    }
}
