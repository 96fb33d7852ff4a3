//! The critical path against every path there is, on small plans made at random.

use bluelamp_steward::schedule::{Dependency, Task, Tie, schedule};
use proptest::prelude::*;

/// Up to seven items; each can hang on earlier ones.
fn plans() -> impl Strategy<Value = (Vec<Task>, Vec<Dependency>)> {
    (1_usize..8).prop_flat_map(|n| {
        let tasks = prop::collection::vec((0_i32..20, 0_i32..8), n);
        let ties = prop::collection::vec((0..n, 0..n, 0_usize..3, -3_i32..5), 0..12);
        (tasks, ties).prop_map(|(tasks, ties)| {
            let task = |(n, (start, length)): (usize, (i32, i32))| Task {
                id: format!("t{n}"),
                start,
                end: start + length,
                baseline: None,
                began: None,
                ended: None,
            };
            let tasks: Vec<_> = tasks.into_iter().enumerate().map(task).collect();
            let tie = |(a, b, tie, lag): (usize, usize, usize, i32)| {
                let (before, after) = (a.min(b), a.max(b));
                (before != after).then(|| Dependency {
                    before: format!("t{before}"),
                    after: format!("t{after}"),
                    tie: Tie::ALL[tie],
                    lag,
                })
            };
            (tasks, ties.into_iter().filter_map(tie).collect())
        })
    })
}

fn number(id: &str) -> usize {
    id[1..].parse().unwrap()
}

/// The earliest start of an item, by walking every path that leads to it.
fn by_every_path(tasks: &[Task], all: &[Dependency], n: usize) -> i32 {
    let length = |n: usize| tasks[n].end - tasks[n].start;
    let mut earliest = tasks[n].start;
    for d in all.iter().filter(|d| number(&d.after) == n) {
        let from = number(&d.before);
        let start = by_every_path(tasks, all, from);
        let bound = match d.tie {
            Tie::FinishToStart => start + length(from) + d.lag,
            Tie::StartToStart => start + d.lag,
            Tie::FinishToFinish => start + length(from) + d.lag - length(n),
        };
        earliest = earliest.max(bound);
    }
    earliest
}

fn end_of(tasks: &[Task], all: &[Dependency]) -> i32 {
    (0..tasks.len()).map(|n| by_every_path(tasks, all, n) + tasks[n].end - tasks[n].start).max().unwrap()
}

proptest! {
    #[test]
    fn the_earliest_days_are_those_of_the_longest_path((tasks, all) in plans()) {
        let s = schedule(&tasks, &all).unwrap();
        for (n, line) in s.lines.iter().enumerate() {
            prop_assert_eq!(line.early_start, by_every_path(&tasks, &all, n));
        }
        prop_assert_eq!(s.end, Some(end_of(&tasks, &all)));
    }

    #[test]
    fn whoever_puts_an_item_off_moves_the_end_by_what_goes_beyond_its_slack((tasks, all) in plans(), by in 0_i32..15) {
        let s = schedule(&tasks, &all).unwrap();
        for (n, line) in s.lines.iter().enumerate() {
            let mut later = tasks.clone();
            let length = tasks[n].end - tasks[n].start;
            later[n].start = line.early_start + by;
            later[n].end = later[n].start + length;
            prop_assert_eq!(end_of(&later, &all) - s.end.unwrap(), (by - line.slack).max(0), "{}", line.id);
        }
    }

    #[test]
    fn the_chain_is_critical_and_leads_to_the_end((tasks, all) in plans()) {
        let s = schedule(&tasks, &all).unwrap();
        let line = |id: &String| s.lines.iter().find(|l| l.id == *id).unwrap();
        prop_assert!(s.critical_path.iter().all(|id| line(id).critical));
        prop_assert_eq!(Some(line(s.critical_path.last().unwrap()).early_end), s.end);
        let first = line(&s.critical_path[0]);
        prop_assert_eq!(first.early_start, tasks[number(&first.id)].start, "nothing holds the first one up");
    }

    #[test]
    fn a_circle_is_found_wherever_it_is_closed((tasks, mut all) in plans(), back in any::<prop::sample::Index>()) {
        prop_assume!(!all.is_empty());
        let closes = all[back.index(all.len())].clone();
        all.push(Dependency { before: closes.after, after: closes.before, ..closes });
        let unsound = schedule(&tasks, &all).unwrap_err();
        let bluelamp_steward::schedule::Unsound::Circles(circles) = unsound else { panic!("{unsound}") };
        for circle in circles {
            for (a, b) in circle.iter().zip(circle.iter().cycle().skip(1)) {
                prop_assert!(all.iter().any(|d| d.before == *a && d.after == *b), "{a} to {b}");
            }
        }
    }
}
