//! What is missing, late or below its target.

use super::{Finding, Item, Kind, Portfolio, evidence};
use bluelamp_model::Day;
use std::collections::BTreeMap;

/// An element is served from this median on: "supports it clearly".
const SERVED: f64 = 2.0;

pub(super) fn gaps(p: &Portfolio) -> Vec<Finding> {
    let mut all = elements(p);
    all.extend(roadmap(p));
    all.extend(maturity(p));
    all.extend(phases(p));
    all.extend(items(p));
    all
}

fn by_name<'a>(p: &'a Portfolio, of: impl Fn(&'a Item) -> &'a [String]) -> BTreeMap<&'a str, Vec<&'a Item>> {
    let mut all: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in &p.items {
        for name in of(item) {
            all.entry(name).or_default().push(item);
        }
    }
    all
}

fn codes(items: &[&Item]) -> Vec<String> {
    items.iter().map(|i| i.code.clone()).collect()
}

/// Elements that nothing was found to serve. What nobody assessed is told apart from what was found not to serve.
fn elements(p: &Portfolio) -> Vec<Finding> {
    let named = by_name(p, |i| &i.elements);
    let mut all = Vec::new();
    for e in &p.elements {
        let claim = named.get(e.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        // A best that belongs to an item that counts no more serves nothing.
        let best = p.assessed.get(&e.id).filter(|b| p.items.iter().any(|i| i.code == b.item));
        if best.is_some_and(|b| b.median >= SERVED) {
            continue;
        }
        let (rule, says, found) = match (best, claim) {
            (Some(b), _) => (
                "element-weakly-served",
                "no item was found to serve it clearly",
                format!("the best median is {} ({})", b.median, b.item),
            ),
            (None, []) => {
                ("element-unserved", "no item names it", "nobody has assessed an item against it".into())
            }
            (None, _) => (
                "element-not-assessed",
                "items name it, but nobody has assessed whether they serve it",
                "not assessed".into(),
            ),
        };
        let sentence = format!("{} ‘{}’: {says}", e.kind, e.name);
        let shown = vec![evidence("Assessments", [found]), evidence("Items that name it", codes(claim))];
        let finding = Finding::new(Kind::Gap, rule, &[&e.id], sentence, shown);
        let finding = finding.about("element", [(e.id.clone(), e.name.clone())]);
        all.push(finding.about_items(claim.iter().copied()));
    }
    all
}

/// Items of the roadmap that nobody delivers, or nobody answers for.
fn roadmap(p: &Portfolio) -> Vec<Finding> {
    let delivered = by_name(p, |i| &i.roadmap);
    let mut all = Vec::new();
    for e in &p.roadmap {
        let by = delivered.get(e.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let (rule, says) = match by {
            [] => ("roadmap-undelivered", "no item delivers it"),
            by if by.iter().all(|i| i.owner.is_empty()) => {
                ("roadmap-without-owner", "nobody answers for what delivers it")
            }
            _ => continue,
        };
        let sentence = format!("Roadmap item ‘{}’: {says}", e.name);
        let shown = vec![
            evidence("Phase", e.phase.iter().map(|ph| p.phases.get(ph).unwrap_or(ph).clone())),
            evidence("Items that deliver it", codes(by)),
        ];
        let finding = Finding::new(Kind::Gap, rule, &[&e.id], sentence, shown);
        let finding = finding.about("element", [(e.id.clone(), e.name.clone())]);
        all.push(finding.about_items(by.iter().copied()));
    }
    all
}

/// Capabilities below their target.
fn maturity(p: &Portfolio) -> Vec<Finding> {
    let mut all = Vec::new();
    for m in &p.maturity {
        let (Ok(now), Ok(target)) = (m.now.parse::<u8>(), m.target.parse::<u8>()) else { continue };
        if now >= target {
            continue;
        }
        let capability = m.capability.join(", ");
        let late = m.due.zip(p.today).is_some_and(|(due, today)| due < today);
        let when = match (m.due, late) {
            (Some(due), true) => format!(", which was due on {due}"),
            (Some(due), false) => format!(", due on {due}"),
            (None, _) => String::new(),
        };
        let sentence = format!(
            "{}: {capability} stands at {now} and is to reach {target}{when}",
            p.organisation(&m.organisation)
        );
        let due = if late { "over" } else { "not over" };
        let shown = vec![
            evidence("Now and target", [format!("{now} of {target}")]),
            evidence("Due", m.due.map(|d| format!("{d}, {due}"))),
        ];
        let finding = Finding::new(Kind::Gap, "capability-below-target", &[&m.code], sentence, shown);
        let about = [(m.code.clone(), m.title.clone())];
        all.push(finding.about("maturity", about).scored(f64::from(target - now) / 5.0));
    }
    all
}

/// Whether an item has brought what it was to bring.
fn is_done(item: &Item) -> bool {
    item.status == "done" || matches!(item.stage.as_str(), "live" | "closed")
}

/// Phases of which the last agreed day has passed and something is not done. The strategies give no days for their
/// phases: they come from the items that deliver them.
fn phases(p: &Portfolio) -> Vec<Finding> {
    let Some(today) = p.today else { return Vec::new() };
    let delivered = by_name(p, |i| &i.roadmap);
    let mut of_phase: BTreeMap<&str, (Option<Day>, Vec<&Item>)> = BTreeMap::new();
    for e in &p.roadmap {
        let Some(phase) = &e.phase else { continue };
        for item in delivered.get(e.id.as_str()).into_iter().flatten() {
            let (last, open) = of_phase.entry(phase).or_default();
            *last = (*last).max(item.baseline_ends.or(item.ends));
            if !is_done(item) && !open.iter().any(|o| o.code == item.code) {
                open.push(item);
            }
        }
    }
    let mut all = Vec::new();
    for (phase, (last, mut open)) in of_phase {
        let Some(last) = last.filter(|l| *l < today && !open.is_empty()) else { continue };
        open.sort_by(|a, b| a.code.cmp(&b.code));
        let name = p.phases.get(phase).map_or(phase, String::as_str);
        let n = open.len();
        let what = if n == 1 { "one item is".to_owned() } else { format!("{n} items are") };
        let sentence = format!("Phase ‘{name}’ was to end on {last}, and {what} not done");
        let shown = vec![evidence("Last agreed day", [last.to_string()]), evidence("Not done", codes(&open))];
        let finding = Finding::new(Kind::Gap, "phase-past-its-date", &[phase], sentence, shown);
        let finding = finding.about("element", [(phase.to_owned(), name.to_owned())]);
        all.push(finding.about_items(open));
    }
    all
}

/// Items past their day, and items of which nobody has said what they are for.
fn items(p: &Portfolio) -> Vec<Finding> {
    let mut all = Vec::new();
    for item in &p.items {
        let mut add = |rule, sentence: String, shown| {
            all.push(Finding::new(Kind::Gap, rule, &[&item.code], sentence, shown).about_items([item]));
        };
        if let (Some(ends), Some(today)) = (item.ends, p.today)
            && ends < today
            && !is_done(item)
        {
            let status = if item.status.is_empty() { "not stated" } else { &item.status };
            let shown = vec![evidence("Last day", [ends.to_string()]), evidence("Status", [status])];
            add(
                "item-past-its-date",
                format!("‘{}’ was to end on {ends} and is not done", item.title),
                shown,
            );
        }
        if item.elements.is_empty() && item.capabilities.is_empty() && item.roadmap.is_empty() {
            let shown = vec![evidence("Elements", Vec::<String>::new())];
            add("item-without-element", format!("‘{}’ names no element of a strategy", item.title), shown);
        }
        if item.aims.is_empty() {
            let shown = vec![evidence("Aims", Vec::<String>::new())];
            add("item-without-aim", format!("‘{}’ names no aim of the force plan", item.title), shown);
        }
    }
    all
}
