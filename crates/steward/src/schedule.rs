//! The critical path: which items a plan's end hangs on, and how long each of the others can wait.
//!
//! Pure arithmetic on days. An item cannot begin before its planned start, nor before what it depends on lets it; it
//! takes as long as planned. Days count from 1 January 1970, and an item's end is the first day after it.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// An item as it is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its code.
    pub id: String,
    /// The day on which it is to begin.
    pub start: i32,
    /// The first day after it. A day before `start` counts as `start`: a milestone.
    pub end: i32,
    /// Start and end as they were agreed at first.
    pub baseline: Option<(i32, i32)>,
    /// The day on which it did begin.
    pub began: Option<i32>,
    /// The first day after it was done.
    pub ended: Option<i32>,
}

/// How an item hangs on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tie {
    /// It begins when the other has ended.
    FinishToStart,
    /// It begins when the other has begun.
    StartToStart,
    /// It ends when the other has ended.
    FinishToFinish,
}

impl Tie {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::FinishToStart, Self::StartToStart, Self::FinishToFinish];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::FinishToStart => "finish-to-start",
            Self::StartToStart => "start-to-start",
            Self::FinishToFinish => "finish-to-finish",
        }
    }

    /// The tie of that code, where there is one.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.code() == code)
    }
}

/// That an item hangs on another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    /// The item that has to be there first.
    pub before: String,
    /// The item that hangs on it.
    pub after: String,
    /// How.
    pub tie: Tie,
    /// So many days more; fewer where it is negative.
    pub lag: i32,
}

/// Why there is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Unsound {
    /// Items that hang on themselves by way of others: each circle once, in the order of its dependencies.
    Circles(Vec<Vec<String>>),
    /// Codes that a dependency names and no item has.
    Unknown(Vec<String>),
    /// Codes that more than one item has.
    Twice(Vec<String>),
}

impl std::fmt::Display for Unsound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Circles(circles) => {
                let told = circles.iter().map(|c| {
                    let first = c.first().map_or("", String::as_str);
                    format!("{} → {first}", c.join(" → "))
                });
                write!(f, "these items hang on themselves: {}", told.collect::<Vec<_>>().join("; "))
            }
            Self::Unknown(codes) => {
                write!(f, "dependencies name items that there are not: {}", codes.join(", "))
            }
            Self::Twice(codes) => write!(f, "more than one item has the code {}", codes.join(", ")),
        }
    }
}

/// When an item can take place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its code.
    pub id: String,
    /// The earliest day on which it can begin.
    pub early_start: i32,
    /// The first day after it, then.
    pub early_end: i32,
    /// The latest day on which it can begin without moving the end of the whole.
    pub late_start: i32,
    /// The first day after it, then.
    pub late_end: i32,
    /// By how many days it can be put off without moving the end of the whole.
    pub slack: i32,
    /// Whether it cannot.
    pub critical: bool,
    /// By how many days its planned start is too early for what it depends on.
    pub too_early: i32,
    /// By how many days it begins later than agreed at first, as it began or as it is planned; negative where earlier.
    pub start_slip: Option<i32>,
    /// The same for its end.
    pub end_slip: Option<i32>,
}

/// A plan worked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// Each item, in the given order.
    pub lines: Vec<Line>,
    /// The first day after the last item; none where there is none.
    pub end: Option<i32>,
    /// One chain of items that hang on one another up to the end, first to last. Other items can be critical too.
    pub critical_path: Vec<String>,
}

/// An edge between two starts: `after` begins at the earliest so many days after `before` does.
struct Edge {
    from: usize,
    to: usize,
    days: i64,
}

/// Works out a plan.
///
/// # Errors
/// [`Unsound`] with every circle, or every code that is not known or not unique.
pub fn schedule(tasks: &[Task], dependencies: &[Dependency]) -> Result<Schedule, Unsound> {
    let length: Vec<i64> = tasks.iter().map(|t| i64::from(t.end.max(t.start)) - i64::from(t.start)).collect();
    let edges = edges(tasks, dependencies, &length)?;
    let order = order(tasks, &edges)?;
    let (mut into, mut out) = (vec![Vec::new(); tasks.len()], vec![Vec::new(); tasks.len()]);
    for edge in &edges {
        into[edge.to].push((edge.from, edge.days));
        out[edge.from].push((edge.to, edge.days));
    }
    let mut early: Vec<i64> = tasks.iter().map(|t| i64::from(t.start)).collect();
    for n in &order {
        for (from, days) in &into[*n] {
            early[*n] = early[*n].max(early[*from] + days);
        }
    }
    let end = (0..tasks.len()).map(|n| early[n] + length[n]).max();
    let mut late: Vec<i64> = (0..tasks.len()).map(|n| end.unwrap_or(0) - length[n]).collect();
    for n in order.iter().rev() {
        for (to, days) in &out[*n] {
            late[*n] = late[*n].min(late[*to] - days);
        }
    }
    let lines = tasks.iter().enumerate().map(|(n, task)| {
        let slack = late[n] - early[n];
        Line {
            id: task.id.clone(),
            early_start: day(early[n]),
            early_end: day(early[n] + length[n]),
            late_start: day(late[n]),
            late_end: day(late[n] + length[n]),
            slack: day(slack),
            critical: slack == 0,
            too_early: day(early[n] - i64::from(task.start)),
            start_slip: slip(task.baseline.map(|b| b.0), task.began.unwrap_or(task.start)),
            end_slip: slip(task.baseline.map(|b| b.1), task.ended.unwrap_or(task.end)),
        }
    });
    let lines = lines.collect();
    let critical_path = end.map_or_else(Vec::new, |end| {
        let last = (0..tasks.len()).filter(|n| early[*n] + length[*n] == end).min_by_key(|n| &tasks[*n].id);
        chain(tasks, &into, &early, &late, last)
    });
    Ok(Schedule { lines, end: end.map(day), critical_path })
}

/// Days stay within what a plan can hold; lags are small beside it.
fn day(days: i64) -> i32 {
    i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX })
}

fn slip(agreed: Option<i32>, now: i32) -> Option<i32> {
    Some(now.saturating_sub(agreed?))
}

fn edges(tasks: &[Task], dependencies: &[Dependency], length: &[i64]) -> Result<Vec<Edge>, Unsound> {
    let (mut places, mut twice) = (BTreeMap::new(), BTreeSet::new());
    for (n, task) in tasks.iter().enumerate() {
        if places.insert(task.id.as_str(), n).is_some() {
            twice.insert(task.id.clone());
        }
    }
    if !twice.is_empty() {
        return Err(Unsound::Twice(twice.into_iter().collect()));
    }
    let (mut edges, mut unknown) = (Vec::new(), BTreeSet::new());
    for d in dependencies {
        let (before, after) = (places.get(d.before.as_str()), places.get(d.after.as_str()));
        for (place, code) in [(before, &d.before), (after, &d.after)] {
            if place.is_none() {
                unknown.insert(code.clone());
            }
        }
        if let (Some(from), Some(to)) = (before, after) {
            let days = match d.tie {
                Tie::FinishToStart => length[*from],
                Tie::StartToStart => 0,
                Tie::FinishToFinish => length[*from] - length[*to],
            };
            edges.push(Edge { from: *from, to: *to, days: days + i64::from(d.lag) });
        }
    }
    if unknown.is_empty() { Ok(edges) } else { Err(Unsound::Unknown(unknown.into_iter().collect())) }
}

/// The items so that each stands after all that it hangs on.
fn order(tasks: &[Task], edges: &[Edge]) -> Result<Vec<usize>, Unsound> {
    let (mut waits, mut out) = (vec![0_usize; tasks.len()], vec![Vec::new(); tasks.len()]);
    for edge in edges {
        waits[edge.to] += 1;
        out[edge.from].push(edge.to);
    }
    let mut order: Vec<usize> = (0..tasks.len()).filter(|n| waits[*n] == 0).collect();
    let mut next = 0;
    while let Some(n) = order.get(next).copied() {
        next += 1;
        for to in &out[n] {
            waits[*to] -= 1;
            if waits[*to] == 0 {
                order.push(*to);
            }
        }
    }
    if order.len() == tasks.len() { Ok(order) } else { Err(Unsound::Circles(circles(tasks, &out, &waits))) }
}

/// One circle for each tangle of items that hang on one another: the shortest through its first item, by code, that
/// lies on one.
fn circles(tasks: &[Task], out: &[Vec<usize>], waits: &[usize]) -> Vec<Vec<String>> {
    let mut left: Vec<usize> = (0..tasks.len()).filter(|n| waits[*n] > 0).collect();
    left.sort_unstable_by_key(|n| &tasks[*n].id);
    let (mut told, mut found) = (BTreeSet::new(), Vec::new());
    for n in left {
        if told.contains(&n) {
            continue;
        }
        let Some(circle) = round(tasks, out, n) else { continue };
        // Whatever lies on a circle with this one is of the same tangle.
        let (ahead, mut tangle) = (reached(out, n), BTreeSet::from([n]));
        tangle.extend(ahead.into_iter().filter(|m| reached(out, *m).contains(&n)));
        told.extend(tangle);
        found.push(circle.into_iter().map(|m| tasks[m].id.clone()).collect());
    }
    found
}

/// What can be reached from an item.
fn reached(out: &[Vec<usize>], from: usize) -> BTreeSet<usize> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(n) = open.pop() {
        open.extend(out[n].iter().filter(|to| seen.insert(**to)));
    }
    seen
}

/// The shortest way from an item back to it.
fn round(tasks: &[Task], out: &[Vec<usize>], from: usize) -> Option<Vec<usize>> {
    let (mut came_from, mut open) = (BTreeMap::new(), std::collections::VecDeque::from([from]));
    while let Some(n) = open.pop_front() {
        let mut next = out[n].clone();
        next.sort_unstable_by_key(|to| &tasks[*to].id);
        for to in next {
            if to == from {
                let mut way = vec![n];
                while let Some(before) = way.last().filter(|n| **n != from).and_then(|n| came_from.get(n)) {
                    way.push(*before);
                }
                way.reverse();
                return Some(way);
            }
            if let std::collections::btree_map::Entry::Vacant(free) = came_from.entry(to) {
                free.insert(n);
                open.push_back(to);
            }
        }
    }
    None
}

/// From the last item back along what holds each one up.
fn chain(
    tasks: &[Task],
    into: &[Vec<(usize, i64)>],
    early: &[i64],
    late: &[i64],
    last: Option<usize>,
) -> Vec<String> {
    let (mut way, mut at) = (Vec::new(), last);
    while let Some(n) = at {
        way.push(tasks[n].id.clone());
        let holds_up =
            |(from, days): &&(usize, i64)| early[*from] + days == early[n] && early[*from] == late[*from];
        at = into[n].iter().filter(holds_up).map(|(from, _)| *from).min_by_key(|from| &tasks[*from].id);
    }
    way.reverse();
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(id: &str, start: i32, end: i32) -> Task {
        Task { id: id.into(), start, end, baseline: None, began: None, ended: None }
    }

    fn tied(before: &str, after: &str, tie: Tie, lag: i32) -> Dependency {
        Dependency { before: before.into(), after: after.into(), tie, lag }
    }

    /// The example that textbooks use: A and B begin; C hangs on A, D on A and B, E on C and D.
    #[test]
    fn the_critical_path_of_a_known_network() {
        let tasks = [task("A", 0, 3), task("B", 0, 5), task("C", 0, 4), task("D", 0, 2), task("E", 0, 1)];
        let all = [("A", "C"), ("A", "D"), ("B", "D"), ("C", "E"), ("D", "E")];
        let s = schedule(&tasks, &all.map(|(b, a)| tied(b, a, Tie::FinishToStart, 0))).unwrap();
        let told: Vec<_> = s.lines.iter().map(|l| (l.early_start, l.late_start, l.slack)).collect();
        // By hand: A 0–3, B 0–5, C 3–7, D 5–7, E 7–8; both ways are 7 days long before E.
        assert_eq!(told, [(0, 0, 0), (0, 0, 0), (3, 3, 0), (5, 5, 0), (7, 7, 0)]);
        assert_eq!((s.end, s.critical_path), (Some(8), ["A", "C", "E"].map(str::to_owned).into()));
    }

    #[test]
    fn lags_and_the_three_ties_hold_items_up() {
        let tasks = [task("a", 10, 20), task("b", 0, 4), task("c", 0, 3), task("d", 0, 6)];
        let all = [
            tied("a", "b", Tie::FinishToStart, 2),
            tied("a", "c", Tie::StartToStart, 1),
            tied("a", "d", Tie::FinishToFinish, -1),
        ];
        let s = schedule(&tasks, &all).unwrap();
        let starts: Vec<_> = s.lines.iter().map(|l| l.early_start).collect();
        // b: 20 + 2. c: 10 + 1. d ends one day before a does: 19 - 6.
        assert_eq!(starts, [10, 22, 11, 13]);
        assert_eq!(s.lines.iter().map(|l| l.slack).collect::<Vec<_>>(), [0, 0, 12, 7]);
        assert_eq!(s.lines.iter().map(|l| l.too_early).collect::<Vec<_>>(), [0, 22, 11, 13]);
        assert_eq!(s.critical_path, ["a", "b"]);
    }

    #[test]
    fn what_was_agreed_stands_beside_what_is() {
        let mut late = task("late", 10, 20);
        late.baseline = Some((8, 15));
        late.began = Some(9);
        let mut done = task("done", 0, 5);
        (done.baseline, done.began, done.ended) = (Some((0, 6)), Some(0), Some(4));
        let s = schedule(&[late, done, task("new", 0, 1)], &[]).unwrap();
        let slips: Vec<_> = s.lines.iter().map(|l| (l.start_slip, l.end_slip)).collect();
        assert_eq!(slips, [(Some(1), Some(5)), (Some(0), Some(-2)), (None, None)]);
    }

    #[test]
    fn circles_are_named_each_once() {
        let tasks: Vec<_> = ["a", "b", "c", "d", "e", "self"].map(|id| task(id, 0, 1)).into();
        let fs = |b, a| tied(b, a, Tie::FinishToStart, 0);
        let all = [fs("b", "c"), fs("c", "a"), fs("a", "b"), fs("c", "d"), fs("d", "e"), fs("self", "self")];
        let unsound = schedule(&tasks, &all).unwrap_err();
        assert_eq!(
            unsound,
            Unsound::Circles(vec![vec!["a".into(), "b".into(), "c".into()], vec!["self".into()]])
        );
        assert_eq!(unsound.to_string(), "these items hang on themselves: a → b → c → a; self → self");
    }

    #[test]
    fn what_is_not_there_is_named() {
        let fs = tied("x", "a", Tie::FinishToStart, 0);
        assert_eq!(schedule(&[task("a", 0, 1)], &[fs]), Err(Unsound::Unknown(vec!["x".into()])));
        let two = [task("a", 0, 1), task("a", 0, 2)];
        assert_eq!(schedule(&two, &[]), Err(Unsound::Twice(vec!["a".into()])));
        assert_eq!(schedule(&[], &[]).unwrap().end, None);
    }
}
