//! What organisations could do together.

use super::{Finding, Item, Kind, Portfolio, evidence, words::folded};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Of each item, so many of the nearest partners are shown.
const NEAREST: usize = 5;
/// Items whose work begins within half a year of one another can still be brought together.
const NEAR_DAYS: i32 = 183;

/// Items of different organisations for the same capability and element at compatible times; sources and suppliers that
/// several organisations have.
pub(super) fn synergies(p: &Portfolio, doubles: &HashSet<String>) -> Vec<Finding> {
    let mut all = together(p, doubles);
    all.extend(groups(
        p,
        "shared-source",
        "Source of data",
        |i| &i.sources,
        |names, n| format!("{n} organisations work with the same source of data: {names}"),
    ));
    all.extend(groups(
        p,
        "same-supplier",
        "Supplier",
        |i| &i.suppliers,
        |names, n| format!("{n} organisations buy from the same supplier: {names}"),
    ));
    all
}

/// Whether two organisations stand behind the items, and they do not share one already.
fn apart(a: &Item, b: &Item) -> bool {
    let stands = |i: &Item, code: &String| i.organisation == *code || i.participants.contains(code);
    !a.organisation.is_empty()
        && !b.organisation.is_empty()
        && !stands(a, &b.organisation)
        && !stands(b, &a.organisation)
}

/// Whether their work overlaps, or begins within half a year. What has no days cannot be said to fit.
fn fit(a: &Item, b: &Item) -> bool {
    let (Some((a0, a1)), Some((b0, b1))) = (a.span(), b.span()) else { return false };
    (a0 <= b1 && b0 <= a1) || (a0 - b0).abs() <= NEAR_DAYS
}

fn shared<'a>(a: &'a [String], b: &[String]) -> Vec<&'a String> {
    a.iter().filter(|x| b.binary_search(x).is_ok()).collect()
}

fn together(p: &Portfolio, doubles: &HashSet<String>) -> Vec<Finding> {
    let mut by_capability: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (n, item) in p.items.iter().enumerate() {
        let able = item.is_work() && !item.elements.is_empty() && item.span().is_some();
        if able && !item.organisation.is_empty() {
            for c in &item.capabilities {
                by_capability.entry(c).or_default().push(n);
            }
        }
    }
    let mut scores: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for block in by_capability.values() {
        for (n, x) in block.iter().enumerate() {
            for y in &block[n + 1..] {
                let (a, b) = (&p.items[*x], &p.items[*y]);
                if scores.contains_key(&(*x, *y)) || !apart(a, b) || !fit(a, b) {
                    continue;
                }
                let (capabilities, elements) =
                    (shared(&a.capabilities, &b.capabilities).len(), shared(&a.elements, &b.elements).len());
                if elements > 0 {
                    let both = capabilities + elements;
                    let any =
                        a.capabilities.len() + b.capabilities.len() + a.elements.len() + b.elements.len();
                    scores.insert((*x, *y), both as f64 / (any - both) as f64);
                }
            }
        }
    }
    let mut partners: BTreeMap<usize, Vec<(i64, usize, usize)>> = BTreeMap::new();
    for ((x, y), score) in &scores {
        #[expect(clippy::cast_possible_truncation, reason = "a score lies between 0 and 1")]
        let rank = -(score * 1e6) as i64;
        partners.entry(*x).or_default().push((rank, *x, *y));
        partners.entry(*y).or_default().push((rank, *x, *y));
    }
    let mut kept = BTreeSet::new();
    for all in partners.values_mut() {
        all.sort_unstable();
        kept.extend(all.iter().take(NEAREST).map(|(_, x, y)| (*x, *y)));
    }
    let found = kept.into_iter().map(|(x, y)| {
        let (a, b) = (&p.items[x], &p.items[y]);
        let sentence = format!(
            "‘{}’ ({}) and ‘{}’ ({}) serve the same part of the strategy at about the same time",
            a.title,
            p.organisation(&a.organisation),
            b.title,
            p.organisation(&b.organisation)
        );
        let shown = vec![
            evidence("Same capability", shared(&a.capabilities, &b.capabilities)),
            evidence("Same elements", shared(&a.elements, &b.elements)),
        ];
        let found = Finding::new(Kind::Synergy, "same-elements", &[&a.code, &b.code], sentence, shown);
        found.about_items([a, b]).scored(scores[&(x, y)])
    });
    let double = |f: &Finding| f.id.replacen("synergy:same-elements", "duplicate:same-function", 1);
    found.filter(|f| !doubles.contains(&double(f))).collect()
}

/// One finding for each name that items of more than one organisation have.
fn groups(
    p: &Portfolio,
    rule: &'static str,
    what: &str,
    names: impl Fn(&Item) -> &Vec<String>,
    says: impl Fn(&str, usize) -> String,
) -> Vec<Finding> {
    let mut by_name: BTreeMap<String, Vec<(&str, &Item)>> = BTreeMap::new();
    for item in p.items.iter().filter(|i| !i.organisation.is_empty()) {
        let mut seen = BTreeSet::new();
        for name in names(item) {
            let key = folded(name).replace(' ', "-");
            if !key.is_empty() && seen.insert(key.clone()) {
                by_name.entry(key).or_default().push((name, item));
            }
        }
    }
    let mut all = Vec::new();
    for (key, items) in by_name {
        let organisations: BTreeSet<&str> = items.iter().map(|(_, i)| i.organisation.as_str()).collect();
        if organisations.len() < 2 {
            continue;
        }
        let name = items.iter().map(|(name, _)| *name).min().unwrap_or_default();
        let shown = vec![
            evidence(what, [name]),
            evidence("Organisations", organisations.iter().copied()),
            evidence("Items", items.iter().map(|(_, i)| i.code.as_str())),
        ];
        let found = Finding::new(Kind::Synergy, rule, &[&key], says(name, organisations.len()), shown);
        all.push(found.about_items(items.iter().map(|(_, i)| *i)));
    }
    all
}
