//! Two items that seem to do the same, and two that stand in one another's way.

use super::{
    Evidence, Finding, Item, Kind, Portfolio, evidence,
    words::{Texts, folded},
};
use bluelamp_model::Day;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Two items with the same capability and the same users are shown as duplicates from this overlap of their words on.
pub const ENOUGH: f64 = 0.3;
/// Where one of the two does not say its capability or its users, the words alone have to carry it.
pub const ENOUGH_ALONE: f64 = 0.5;
/// And so many words at least: two titles of one word each say too little.
const WORDS_ALONE: usize = 3;
/// What is rolled out is taught and asked of its users in the four weeks up to its last day.
pub const ROLL_OUT_DAYS: i32 = 28;

/// What two lists of names have in common, as the first writes it.
fn common(a: &[String], b: &[String]) -> Vec<String> {
    let other: BTreeSet<String> = b.iter().map(|n| folded(n)).collect();
    a.iter().filter(|n| other.contains(&folded(n))).cloned().collect()
}

/// Whether one is a part of the other, directly or by way of others.
fn is_part(parents: &HashMap<&str, &str>, a: &Item, b: &Item) -> bool {
    let climbs = |from: &Item, to: &Item| {
        let mut at = from.parent.as_str();
        // A circle of parents ends too.
        for _ in 0..32 {
            if at == to.code {
                return true;
            }
            match parents.get(at) {
                Some(next) if !next.is_empty() => at = next,
                _ => return false,
            }
        }
        false
    };
    climbs(a, b) || climbs(b, a)
}

fn parents(p: &Portfolio) -> HashMap<&str, &str> {
    p.items.iter().map(|i| (i.code.as_str(), i.parent.as_str())).collect()
}

/// Pairs that share a key, each once.
fn blocks<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = (K, u32)>) -> HashSet<(u32, u32)> {
    let mut blocks: HashMap<K, Vec<u32>> = HashMap::new();
    for (key, item) in keys {
        let block = blocks.entry(key).or_default();
        if block.last() != Some(&item) {
            block.push(item);
        }
    }
    let mut pairs = HashSet::new();
    for block in blocks.values() {
        for (n, a) in block.iter().enumerate() {
            pairs.extend(block[n + 1..].iter().map(|b| (*a.min(b), *a.max(b))));
        }
    }
    pairs
}

/// Items with the same capability, the same users and much the same words.
pub(super) fn duplicates(p: &Portfolio) -> Vec<Finding> {
    let items = &p.items;
    let texts = Texts::new(items.iter().map(|i| format!("{} {}", i.title, i.summary)));
    let keys = (0_u32..).zip(items).flat_map(|(n, i)| {
        let users: Vec<_> = i.users.iter().map(|u| folded(u)).collect();
        i.capabilities.iter().flat_map(move |c| users.clone().into_iter().map(move |u| ((c, u), n)))
    });
    let mut pairs = blocks(keys);
    // Those that do not say: by their rarer words.
    let common_from = (items.len() / 10).max(20);
    for (n, item) in (0_u32..).zip(items) {
        if !item.capabilities.is_empty() && !item.users.is_empty() {
            continue;
        }
        for term in texts.terms_of(n as usize) {
            let having = &texts.having[term as usize];
            if having.len() <= common_from {
                let others = having.iter().filter(|o| **o != n);
                pairs.extend(others.map(|o| (n.min(*o), n.max(*o))));
            }
        }
    }
    let parents = parents(p);
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_unstable();
    pairs.into_iter().filter_map(|pair| duplicate(p, &texts, &parents, pair)).collect()
}

fn duplicate(
    p: &Portfolio,
    texts: &Texts,
    parents: &HashMap<&str, &str>,
    (x, y): (u32, u32),
) -> Option<Finding> {
    let (x, y) = (x as usize, y as usize);
    let (a, b) = (&p.items[x], &p.items[y]);
    let score = texts.overlap(x, y).score();
    if score < ENOUGH || is_part(parents, a, b) {
        return None;
    }
    let mut shown: Vec<Evidence> = Vec::new();
    let mut unsaid = Vec::new();
    for (what, unknown, of_a, of_b) in [
        ("Same capability", "capability", &a.capabilities, &b.capabilities),
        ("Same users", "users", &a.users, &b.users),
    ] {
        if of_a.is_empty() || of_b.is_empty() {
            unsaid.push(unknown);
            continue;
        }
        let both = common(of_a, of_b);
        if both.is_empty() {
            return None;
        }
        shown.push(evidence(what, both));
    }
    let words = texts.common(x, y);
    if !unsaid.is_empty() {
        if score < ENOUGH_ALONE || words.len() < WORDS_ALONE {
            return None;
        }
        shown.push(evidence("Not stated by one of the two", unsaid));
    }
    shown.push(evidence("Words in common", words));
    let sentence =
        if a.organisation == b.organisation || a.organisation.is_empty() || b.organisation.is_empty() {
            format!("‘{}’ and ‘{}’ seem to do the same for the same people", a.title, b.title)
        } else {
            format!(
                "‘{}’ ({}) and ‘{}’ ({}) seem to do the same for the same people",
                a.title,
                p.organisation(&a.organisation),
                b.title,
                p.organisation(&b.organisation)
            )
        };
    let found = Finding::new(Kind::Duplicate, "same-function", &[&a.code, &b.code], sentence, shown);
    Some(found.about_items([a, b]).scored(score))
}

/// Pairs of spans that share a day, among those of one key.
fn overlapping(all: &mut [(i32, i32, u32)]) -> Vec<(u32, u32, i32, i32)> {
    all.sort_unstable();
    let mut found = Vec::new();
    for (n, (_, end, a)) in all.iter().enumerate() {
        for (start, other_end, b) in all[n + 1..].iter().take_while(|(start, ..)| start <= end) {
            found.push((*a.min(b), *a.max(b), *start, *end.min(other_end)));
        }
    }
    found
}

/// How two items can stand in one another's way.
struct Way {
    rule: &'static str,
    what: &'static str,
    says: fn(&str, &str, &str) -> String,
}

const WAYS: [Way; 3] = [
    Way {
        rule: "same-team",
        what: "Same team",
        says: |a, b, what| format!("‘{a}’ and ‘{b}’ want the same team in the same weeks: {what}"),
    },
    Way {
        rule: "same-source",
        what: "Same source of data",
        says: |a, b, what| format!("‘{a}’ and ‘{b}’ both touch the same source at the same time: {what}"),
    },
    Way {
        rule: "same-users",
        what: "Same users",
        says: |a, b, what| {
            format!("‘{a}’ and ‘{b}’ are rolled out to the same people in the same weeks: {what}")
        },
    },
];

/// Items that want the same team, source or users in the same weeks.
/// Whether no organisation takes part in both: their teams, sources and users are others, whatever their names.
fn strangers(a: &Item, b: &Item) -> bool {
    let who = |i: &Item| -> BTreeSet<String> {
        let all = std::iter::once(&i.organisation).chain(&i.participants);
        all.filter(|o| !o.is_empty()).cloned().collect()
    };
    let (a, b) = (who(a), who(b));
    !a.is_empty() && !b.is_empty() && a.is_disjoint(&b)
}

pub(super) fn conflicts(p: &Portfolio) -> Vec<Finding> {
    let parents = parents(p);
    let mut all = Vec::new();
    for way in &WAYS {
        let mut by_key: BTreeMap<String, Vec<(i32, i32, u32)>> = BTreeMap::new();
        for (n, item) in (0_u32..).zip(&p.items).filter(|(_, i)| i.is_work()) {
            let Some((start, end)) = item.span() else { continue };
            let (names, span) = match way.rule {
                "same-team" => (std::slice::from_ref(&item.team), (start, end)),
                "same-source" => (item.sources.as_slice(), (start, end)),
                _ => (item.users.as_slice(), (start.max(end - ROLL_OUT_DAYS + 1), end)),
            };
            let keys: BTreeSet<String> = names.iter().map(|n| folded(n)).filter(|k| !k.is_empty()).collect();
            for key in keys {
                by_key.entry(key).or_default().push((span.0, span.1, n));
            }
        }
        // Two items can meet at several sources: one finding names them all.
        let mut met: BTreeMap<(u32, u32), (i32, i32)> = BTreeMap::new();
        for spans in by_key.values_mut() {
            for (a, b, from, to) in overlapping(spans) {
                met.insert((a, b), (from, to));
            }
        }
        for ((x, y), (from, to)) in met {
            let (a, b) = (&p.items[x as usize], &p.items[y as usize]);
            if is_part(&parents, a, b) || strangers(a, b) {
                continue;
            }
            let both = match way.rule {
                "same-team" => vec![a.team.clone()],
                "same-source" => common(&a.sources, &b.sources),
                _ => common(&a.users, &b.users),
            };
            let spoken = both.join(", ");
            let day = |n| Day::from_number(n).map(|d| d.to_string()).unwrap_or_default();
            let when = format!("{} to {}", day(from), day(to));
            let shown = vec![evidence(way.what, both), evidence("Same days", [when])];
            let sentence = (way.says)(&a.title, &b.title, &spoken);
            let found = Finding::new(Kind::Conflict, way.rule, &[&a.code, &b.code], sentence, shown);
            let days = f64::from(to - from + 1);
            let shortest = [a, b].iter().filter_map(|i| i.span()).map(|(s, e)| e - s + 1).min().unwrap_or(1);
            let of = if way.rule == "same-users" { shortest.min(ROLL_OUT_DAYS) } else { shortest };
            all.push(found.about_items([a, b]).scored((days / f64::from(of)).min(1.0)));
        }
    }
    all
}
