//! Which question to ask next.

use crate::{Definition, FactState, Grade, Outcome, Question, Trace};
use std::cmp::Reverse;

/// A fact that undetermined rules above the floor wait for.
struct Candidate {
    /// Its place in the dictionary.
    fact: usize,
    state: FactState,
    /// The places, among the open rules, of those that wait for it.
    rules: Vec<usize>,
}

/// The open facts, ranked greedily: next comes the one that the most rules above the floor wait for that no
/// earlier question has covered; once all are covered, the count begins anew for what is left. Ties go to
/// the fact with the higher grade within reach, then to the one that more rules wait for alone, then to the
/// order of the dictionary. A refused fact comes last: pressing for it can do harm.
pub(crate) fn rank(definition: &Definition, traces: &[Trace], floor: Option<&Grade>) -> Vec<Question> {
    let open: Vec<(&Trace, &[crate::Need])> = traces
        .iter()
        .filter(|t| Some(&t.grade) > floor)
        .filter_map(|t| match &t.outcome {
            Outcome::Undetermined { needs } => Some((t, needs.as_slice())),
            Outcome::Fired { .. } | Outcome::NotFired { .. } => None,
        })
        .collect();
    if open.is_empty() {
        return Vec::new();
    }
    let mut left: Vec<Candidate> = Vec::new();
    for (fact, entry) in definition.facts.iter().enumerate() {
        let mut candidate = Candidate { fact, state: FactState::NotAsked, rules: Vec::new() };
        for (at, (_, needs)) in open.iter().enumerate() {
            if let Some(need) = needs.iter().find(|n| n.fact == entry.name) {
                candidate.state = need.state;
                candidate.rules.push(at);
            }
        }
        if !candidate.rules.is_empty() {
            left.push(candidate);
        }
    }
    let mut covered = vec![false; open.len()];
    let mut questions = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let score = |c: &Candidate| {
            let news = c.rules.iter().filter(|r| !covered[**r]);
            let alone = c.rules.iter().filter(|r| open[**r].1.len() == 1).count();
            let reach = news.clone().map(|r| open[*r].0.grade.rank).max();
            (c.state != FactState::Refused, news.count(), reach, alone)
        };
        let Some(best) = (0..left.len()).max_by_key(|at| (score(&left[*at]), Reverse(*at))) else { break };
        if score(&left[best]).1 == 0 {
            covered.fill(false);
            continue;
        }
        let candidate = left.remove(best);
        for rule in &candidate.rules {
            covered[*rule] = true;
        }
        questions.extend(question(definition, &candidate, &open));
    }
    questions
}

fn question(
    definition: &Definition,
    candidate: &Candidate,
    open: &[(&Trace, &[crate::Need])],
) -> Option<Question> {
    let entry = definition.facts.get(candidate.fact)?;
    let rules = || candidate.rules.iter().map(|r| open[*r].0);
    let up_to = rules().map(|t| &t.grade).max()?.clone();
    let count = candidate.rules.len();
    let plural = if count == 1 { "rule waits" } else { "rules wait" };
    let sentence = format!(
        "{count} of {} open {plural} for this, up to {} ({}).",
        open.len(),
        up_to.name,
        candidate.state.spoken()
    );
    Some(Question {
        fact: entry.name.clone(),
        ask: entry.ask.clone(),
        state: candidate.state,
        settles: rules().map(|t| t.rule.clone()).collect(),
        up_to,
        sentence,
    })
}
