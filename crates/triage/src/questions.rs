//! Which question to ask next.

use crate::evaluate::Slot;
use crate::explain::state;
use crate::{Came, Definition, Evaluation, FactState, Question, Rule};
use std::cmp::Reverse;

/// A fact that undetermined rules above the floor wait for.
struct Candidate {
    /// Its place in the dictionary.
    fact: usize,
    state: FactState,
    /// The places, among the open rules, of those that wait for it.
    rules: Vec<usize>,
    /// How many of them wait for nothing else.
    alone: usize,
}

/// An undetermined rule above the floor, and how many facts it waits for.
struct Waiting<'d> {
    rule: &'d Rule,
    cells: u64,
}

/// The open facts, ranked greedily: next comes the one that the most rules above the floor wait for that no
/// earlier question has covered; once all are covered, the count begins anew for what is left. Ties go to
/// the fact with the higher grade within reach, then to the one that more rules wait for alone, then to the
/// order of the dictionary. A refused fact comes last: pressing for it can do harm.
pub(crate) fn rank(definition: &Definition, slots: &[Slot<'_>], evaluation: &Evaluation) -> Vec<Question> {
    let open: Vec<Waiting<'_>> = definition
        .rules
        .iter()
        .zip(&evaluation.steps)
        .filter(|(rule, step)| step.came == Came::Undetermined && Some(rule.grade) > evaluation.floor)
        .map(|(rule, step)| Waiting { rule, cells: step.cells })
        .collect();
    if open.is_empty() {
        return Vec::new();
    }
    let mut waits: Vec<Vec<usize>> = vec![Vec::new(); definition.facts.len()];
    for (at, waiting) in open.iter().enumerate() {
        for (n, cell) in waiting.rule.cells.iter().enumerate() {
            if waiting.cells & (1 << n) != 0
                && let Some(rules) = waits.get_mut(cell.fact)
            {
                rules.push(at);
            }
        }
    }
    let mut left: Vec<Candidate> = waits
        .into_iter()
        .enumerate()
        .filter(|(_, rules)| !rules.is_empty())
        .map(|(fact, rules)| {
            let alone = rules.iter().filter(|r| open[**r].cells.count_ones() == 1).count();
            Candidate { fact, state: state(slots, fact), rules, alone }
        })
        .collect();
    let mut covered = vec![false; open.len()];
    let mut questions = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let score = |c: &Candidate| {
            let (mut news, mut reach) = (0_usize, None);
            for rule in c.rules.iter().filter(|r| !covered[**r]) {
                news += 1;
                reach = reach.max(Some(open[*rule].rule.grade));
            }
            (c.state != FactState::Refused, news, reach, c.alone)
        };
        let scores = left.iter().enumerate().map(|(at, c)| (score(c), Reverse(at)));
        let Some(((_, news, ..), Reverse(best))) = scores.max() else { break };
        if news == 0 {
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

fn question(definition: &Definition, candidate: &Candidate, open: &[Waiting<'_>]) -> Option<Question> {
    let entry = definition.facts.get(candidate.fact)?;
    let rules = || candidate.rules.iter().map(|r| open[*r].rule);
    let up_to = definition.grade(rules().map(|r| r.grade).max()?);
    let count = candidate.rules.len();
    let plural = if count == 1 { "rule waits" } else { "rules wait" };
    let sentence = format!(
        "{count} of {} open {plural} for this, up to {up_to} ({}).",
        open.len(),
        candidate.state.spoken()
    );
    let asked = !matches!(candidate.state, FactState::NotAsked);
    Some(Question {
        fact: entry.name.clone(),
        ask: entry.ask.clone(),
        state: candidate.state,
        elsewhere: entry.when_unknown.clone().filter(|_| asked),
        settles: rules().map(|r| r.id.clone()).collect(),
        up_to: up_to.to_owned(),
        sentence,
    })
}
