//! The portfolio as a plan: items on a line of days, beside the phases of the strategies that they deliver, with what the
//! end of the whole hangs on.

use crate::{
    entry::typed,
    findings::strategies_of,
    registers::portfolio::{DEPENDENCY, ITEM},
    roadmap::{Bar, Lane, Phase, Roadmap, Span},
    schedule::{self, Schedule, Task, Tie, Unsound},
    strategy::{ElementKind, Reference, Strategy},
};
use bluelamp_model::{
    Day, Error, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// An item, as far as a plan looks at it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Item {
    /// Its code.
    #[serde(skip)]
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Its stage's code.
    pub stage: String,
    /// Its status's code.
    pub status: String,
    /// The elements that it serves.
    pub elements: Vec<String>,
    /// The items of the roadmap that it delivers.
    pub roadmap: Vec<String>,
    /// Its first day.
    pub starts: Option<Day>,
    /// Its last day.
    pub ends: Option<Day>,
    /// The item that it is a part of.
    pub parent: String,
    /// The day on which it did begin.
    pub began: Option<Day>,
    /// The last day of its work, as it was.
    pub ended: Option<Day>,
    /// Its first day, as first agreed.
    pub baseline_starts: Option<Day>,
    /// Its last day, as first agreed.
    pub baseline_ends: Option<Day>,
}

/// That an item waits for another.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Wait {
    /// Its code.
    #[serde(skip)]
    pub code: String,
    /// The item that waits.
    pub item: String,
    /// What it waits for.
    pub needs: String,
    /// How.
    pub kind: String,
    /// Days in between.
    pub lag_days: Option<f64>,
}

/// What a plan is made from.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The items.
    pub items: Vec<Item>,
    /// What they wait for.
    pub waits: Vec<Wait>,
    /// The strategies whose phases and ambitions are shown.
    pub strategies: Vec<Arc<Strategy>>,
    /// Today.
    pub today: Option<Day>,
}

/// The plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// Items by ambition or enabler, with the phases.
    pub roadmap: Roadmap,
    /// What the end of the whole hangs on; none where the dependencies cannot be worked out.
    pub schedule: Option<Schedule>,
    /// Why they cannot.
    pub unsound: Option<String>,
    /// Items that do not say when they begin and end, by code and title. They are in no picture.
    pub undated: Vec<(String, String)>,
    /// Items that others are a part of, by code: they have the days that are written, and are no work of their own in the
    /// schedule.
    pub made_of_parts: Vec<String>,
    /// Dependencies, by code, of an item that is in no picture. They are not in the schedule.
    pub left_out: Vec<String>,
}

/// Reads what a plan is made from: for the named strategy, or all that are held.
///
/// # Errors
/// Not allowed; [`Error::NotFound`] for a strategy that is not held; database errors.
pub fn gather(cx: &mut Cx<'_>, named: Option<&str>) -> Result<Given> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let items = typed::<Item>(cx, &ITEM)?.into_iter().map(|(code, i)| Item { code, ..i }).collect();
    let waits = typed::<Wait>(cx, &DEPENDENCY)?.into_iter().map(|(code, w)| Wait { code, ..w }).collect();
    let strategies = strategies_of(cx, named)?;
    let given = Given { items, waits, strategies, today: cx.now().day().parse().ok() };
    cx.record(Verb::Consult, "roadmap", None, json!({ "items": given.items.len() }))?;
    Ok(given)
}

/// The day after one; the same where the calendar ends.
fn next(day: Day) -> Day {
    Day::from_number(day.number() + 1).unwrap_or(day)
}

fn span(from: Option<Day>, to: Option<Day>) -> Option<Span> {
    let (start, end) = (from?, next(to?));
    (start < end).then_some(Span { start, end })
}

/// Makes the plan. The order in which things are given changes nothing.
///
/// # Errors
/// [`Error::Bug`] where today is not known.
pub fn plan(given: &Given) -> Result<Plan> {
    let today = given.today.ok_or_else(|| Error::Bug("a plan without a day".into()))?;
    let counts = |i: &&Item| i.stage != "closed" && i.status != "stopped";
    let mut items: Vec<&Item> = given.items.iter().filter(counts).collect();
    items.sort_by(|a, b| a.code.cmp(&b.code));
    let (mut lanes, mut undated) = (BTreeMap::<String, (String, Vec<Bar>)>::new(), Vec::new());
    let (mut tasks, mut drawn) = (Vec::new(), BTreeSet::new());
    let parts = Parts::of(&items);
    let phases = phases(given);
    for i in items {
        let Some(days) = span(i.starts, i.ends) else {
            undated.push((i.code.clone(), i.title.clone()));
            continue;
        };
        let baseline = span(i.baseline_starts, i.baseline_ends);
        let (key, name) = lane(given, i);
        lanes.entry(key).or_insert_with(|| (name, Vec::new())).1.push(Bar {
            id: i.code.clone(),
            title: i.title.clone(),
            span: days,
            baseline,
            slack: None,
            phases: phases
                .iter()
                .filter(|p| p.items.contains(i.code.as_str()))
                .map(|p| p.name.clone())
                .collect(),
        });
        drawn.insert(i.code.as_str());
        let number = |s: Span| (s.start.number(), s.end.number());
        let (start, end) = number(days);
        if parts.has(&i.code) {
            continue;
        }
        tasks.push(Task {
            id: i.code.clone(),
            start,
            end,
            baseline: baseline.map(number),
            began: i.began.map(Day::number),
            ended: i.ended.map(|d| next(d).number()),
        });
    }
    let (mut dependencies, mut left_out) = (Vec::new(), Vec::new());
    let mut waits: Vec<&Wait> = given.waits.iter().collect();
    waits.sort_by(|a, b| a.code.cmp(&b.code));
    for w in waits {
        let tie =
            Tie::of(&w.kind).filter(|_| drawn.contains(w.item.as_str()) && drawn.contains(w.needs.as_str()));
        match tie {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the register takes at most ten years of days"
            )]
            Some(tie) => {
                // What is made of parts is done when they are done, and waits by letting them wait.
                let lag = w.lag_days.unwrap_or(0.0) as i32;
                let (before, after) = (parts.under(&w.needs), parts.under(&w.item));
                let ties = before.iter().flat_map(|b| after.iter().map(move |a| (b, a)));
                dependencies.extend(ties.filter(|(b, a)| b != a).map(|(before, after)| {
                    schedule::Dependency { before: before.clone(), after: after.clone(), tie, lag }
                }));
            }
            None => left_out.push(w.code.clone()),
        }
    }
    let mut roadmap = Roadmap {
        title: "Roadmap of the portfolio".into(),
        phases: phases.iter().filter_map(|p| p.drawn(given, &drawn)).collect(),
        lanes: lanes
            .into_values()
            .map(|(name, mut bars)| {
                bars.sort_by(|a, b| {
                    (a.span.start, a.span.end, &a.id).cmp(&(b.span.start, b.span.end, &b.id))
                });
                Lane { name, bars }
            })
            .collect(),
        today,
    };
    let (schedule, unsound) = match schedule::schedule(&tasks, &dependencies) {
        Ok(schedule) => {
            roadmap.mark(&schedule);
            (Some(schedule), None)
        }
        Err(e @ (Unsound::Circles(_) | Unsound::Unknown(_) | Unsound::Twice(_))) => {
            (None, Some(e.to_string()))
        }
    };
    let made_of_parts = drawn.iter().filter(|code| parts.has(code)).map(|c| (*c).to_owned()).collect();
    Ok(Plan { roadmap, schedule, unsound, undated, made_of_parts, left_out })
}

/// The ambition or enabler that an item belongs to: the first that its elements, or the items of the roadmap that it
/// delivers, lead to. A key by which lanes are put in order, and a name.
fn lane(given: &Given, item: &Item) -> (String, String) {
    let find = |text: &str| {
        let r = Reference::parse(text, "")?;
        let s = given.strategies.iter().find(|s| s.id == r.strategy)?;
        Some((s, s.element(&r.element)?))
    };
    let top = |text: &String| {
        let (s, e) = find(text)?;
        let up = match e.kind {
            ElementKind::Ambition | ElementKind::Enabler => Some(s.reference(&e.id)),
            ElementKind::Priority | ElementKind::Action => e.parent.clone(),
            ElementKind::RoadmapItem => e.serves.iter().chain(&e.parent).next().cloned(),
            _ => None,
        }?;
        let (_, e) = find(&up.to_string())?;
        let e = match e.kind {
            ElementKind::Priority | ElementKind::Action => find(&e.parent.as_ref()?.to_string())?.1,
            _ => e,
        };
        matches!(e.kind, ElementKind::Ambition | ElementKind::Enabler)
            .then(|| (format!("{up}"), format!("{} {}", e.id, e.name)))
    };
    let mut all = item.elements.iter().chain(&item.roadmap);
    // A tilde stands after every letter: the lane of all others is the last.
    all.find_map(top).unwrap_or_else(|| ("~".into(), "Without an ambition or enabler".into()))
}

/// What has days and is a part of what has days, by the code of the whole.
struct Parts<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl<'a> Parts<'a> {
    fn of(items: &[&'a Item]) -> Self {
        let dated = |i: &&&Item| span(i.starts, i.ends).is_some();
        let codes: BTreeSet<&str> = items.iter().filter(dated).map(|i| i.code.as_str()).collect();
        let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for i in items.iter().filter(dated) {
            if i.parent != i.code && codes.contains(i.parent.as_str()) {
                all.entry(&i.parent).or_default().push(&i.code);
            }
        }
        Self(all)
    }

    fn has(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }

    /// An item itself, or all work that is a part of it at any depth.
    fn under(&self, code: &str) -> Vec<String> {
        let (mut next, mut seen, mut work) = (vec![code], BTreeSet::new(), Vec::new());
        while let Some(at) = next.pop() {
            if !seen.insert(at) {
                continue;
            }
            match self.0.get(at) {
                Some(parts) => next.extend(parts),
                None => work.push(at.to_owned()),
            }
        }
        work.sort();
        work
    }
}

/// A phase with the items that deliver something of it.
struct Delivered {
    name: String,
    items: BTreeSet<String>,
}

impl Delivered {
    /// The phase with the days of the items that are drawn. The strategies themselves give none.
    fn drawn(&self, given: &Given, drawn: &BTreeSet<&str>) -> Option<Phase> {
        let of_phase =
            given.items.iter().filter(|i| drawn.contains(i.code.as_str()) && self.items.contains(&i.code));
        let spans: Vec<_> = of_phase.filter_map(|i| span(i.starts, i.ends)).collect();
        let (start, end) = (spans.iter().map(|s| s.start).min()?, spans.iter().map(|s| s.end).max()?);
        Some(Phase { name: self.name.clone(), span: Span { start, end } })
    }
}

fn phases(given: &Given) -> Vec<Delivered> {
    let mut all = Vec::new();
    for s in &given.strategies {
        for phase in s.of_kind(ElementKind::Phase).filter(|p| p.retired.is_none()) {
            let this = s.reference(&phase.id);
            let due: BTreeSet<String> = s
                .of_kind(ElementKind::RoadmapItem)
                .filter(|e| e.phase.as_ref() == Some(&this))
                .map(|e| s.reference(&e.id).to_string())
                .collect();
            let delivers = |i: &&Item| i.roadmap.iter().any(|r| due.contains(r));
            let items = given.items.iter().filter(delivers).map(|i| i.code.clone()).collect();
            all.push(Delivered { name: phase.name.clone(), items });
        }
    }
    all
}
