//! What has to be true of a strategy beyond the form of its file, alone and among others.

use super::{Element, ElementKind, Reference, Strategy, follows::follows};
use bluelamp_model::{Fault, Faults};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Ids that addresses of pages need for themselves.
const RESERVED: [&str; 1] = ["print"];

/// Strategies that fit together, with what should be looked at and stops nothing.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Each with its text, in the order in which they were given.
    pub strategies: Vec<(Strategy, String)>,
    /// What should be put right and stops nothing.
    pub notices: Vec<Fault>,
}

/// Reads files, each with the name by which a person knows it, and checks them alone, against one another and against
/// `known` strategies, whose elements they may name. Where two are versions of one strategy, the later has to follow the
/// earlier.
///
/// # Errors
/// Every mistake in every file, with its line.
pub fn load(files: &[(String, String)], known: &[Strategy]) -> Result<Loaded, Faults> {
    let (mut faults, mut read, mut half_read) = (Vec::new(), Vec::new(), Vec::new());
    for (file, text) in files {
        match Strategy::examine(file, text) {
            Ok((strategy, found)) if found.is_empty() => read.push((file, strategy, text)),
            Ok((strategy, found)) => {
                faults.extend(found);
                half_read.push((file, strategy));
            }
            Err(found) => faults.extend(found.0),
        }
    }
    // A strategy that could not be read is not told to be missing as well.
    let unread = faults.len();
    let others: Vec<&Strategy> = read.iter().map(|(_, s, _)| s).chain(known).collect();
    let mut loaded = Loaded::default();
    for (file, strategy) in &half_read {
        among(file, strategy, &others, half_read.len() > 1, &mut faults, &mut Vec::new());
    }
    for (file, strategy, _) in &read {
        among(file, strategy, &others, unread > 0, &mut faults, &mut loaded.notices);
        let same = others.iter().filter(|o| o.id == strategy.id);
        if let Some(earlier) = same.filter(|o| o.order() < strategy.order()).max_by_key(|o| o.order()) {
            faults.extend(follows(file, strategy, earlier));
        }
        let twin = |o: &&&Strategy| o.order() == strategy.order() && o.digest != strategy.digest;
        if others.iter().filter(|o| o.id == strategy.id).any(|o| twin(&o)) {
            let reason = format!(
                "{} {} is there with another text: give the changed text a new version",
                strategy.id, strategy.version
            );
            faults.push(Fault::new(file.as_str(), reason).at_line(1).in_field("version"));
        }
    }
    loaded.strategies = read.into_iter().map(|(_, s, text)| (s, text.clone())).collect();
    faults.sort();
    Faults(faults).or(loaded)
}

/// What can be judged without any other file.
/// References to elements that are written and `unread` are not said to lead nowhere.
pub(crate) fn alone(file: &str, s: &Strategy, unread: &[String]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |line: u64, field: String, reason: String| {
        faults.push(Fault::new(file, reason).at_line(line).in_field(field));
    };
    let mut documents = HashSet::new();
    for document in &s.sources {
        if !documents.insert(document.id.as_str()) {
            fault(1, "sources".into(), format!("the document '{}' is listed twice: keep one", document.id));
        }
    }
    let mut first: HashMap<&str, &Element> = HashMap::new();
    for e in &s.elements {
        let at = |key: &str| format!("elements[{}].{key}", e.id);
        if let Some(earlier) = first.get(e.id.as_str()) {
            let reason = format!(
                "the id stands on line {} already, for '{}': an id has one meaning, give this one another",
                earlier.line, earlier.name
            );
            fault(e.line, at("id"), reason);
        } else {
            first.insert(&e.id, e);
        }
        if RESERVED.contains(&e.id.as_str()) {
            fault(e.line, at("id"), format!("'{}' is taken by the address of a page: use another id", e.id));
        }
        if documents.contains(e.id.as_str()) {
            fault(e.line, at("id"), format!("'{}' is the id of a document: use another", e.id));
        }
        if e.source.is_empty() {
            fault(e.line, at("source"), "names no document: say where it stands".into());
        }
        for cited in e.source.iter().filter(|c| !documents.contains(c.document.as_str())) {
            fault(
                e.line,
                at("source"),
                format!("'{}' is not a document of this file: list it under sources", cited.document),
            );
        }
        if e.parent.is_none()
            && let Some(kind) = e.kind.parent()
        {
            let (is, of) = (e.kind.one(), kind.one());
            fault(e.line, at("parent"), format!("is missing: {is} is a part of {of}, name it"));
        }
        if e.phase.is_none() && e.kind == ElementKind::RoadmapItem {
            fault(e.line, at("phase"), "is missing: name the phase in which it is due".into());
        }
    }
    let cites = s.periods.iter().map(|p| ("periods", &p.source));
    for (field, source) in cites.chain(s.lists.iter().map(|l| ("lists", &l.source))) {
        for cited in source.iter().filter(|c| !documents.contains(c.document.as_str())) {
            let reason =
                format!("'{}' is not a document of this file: list it under sources", cited.document);
            fault(1, format!("{field}.source"), reason);
        }
    }
    for (field, remarks) in [("conflicts", &s.conflicts), ("gaps", &s.gaps)] {
        for document in remarks.iter().flat_map(|r| &r.documents) {
            if !documents.contains(document.as_str()) {
                let reason = format!("'{document}' is not a document of this file: list it under sources");
                fault(1, format!("{field}.sources"), reason);
            }
        }
    }
    for list in &s.lists {
        let there = |about: &str| first.contains_key(about) || unread.iter().any(|id| id == about);
        if let Some(about) = list.about.as_deref().filter(|about| !there(about)) {
            fault(
                1,
                "lists.about".into(),
                format!("there is no element '{about}': name one, or leave it out"),
            );
        }
    }
    for e in &s.elements {
        for (key, to) in e.refers_to().filter(|(_, to)| to.strategy == s.id && !unread.contains(&to.element))
        {
            let found = first.get(to.element.as_str());
            if let Err(reason) = fits(e, key, to, found.copied(), true) {
                fault(e.line, format!("elements[{}].{key}", e.id), reason);
            }
        }
    }
    for id in circles(s, &first) {
        let line = first.get(id).map_or(1, |e| e.line);
        fault(
            line,
            format!("elements[{id}].parent"),
            "leads back to itself: a part cannot hold what it is a part of".into(),
        );
    }
    for link in &s.crosswalk {
        if link.from.strategy != s.id {
            let reason =
                format!("'{}' is not of this strategy: a link begins here and ends elsewhere", link.from);
            fault(link.line, "crosswalk.from".into(), reason);
        } else {
            match first.get(link.from.element.as_str()) {
                None if unread.contains(&link.from.element) => {}
                None => fault(
                    link.line,
                    "crosswalk.from".into(),
                    format!(
                        "there is no element '{}' in this file: name one that is here",
                        link.from.element
                    ),
                ),
                Some(e) => {
                    if let Some(day) = e.retired {
                        let reason = format!("'{}' was retired on {day}: take the link out", e.id);
                        fault(link.line, "crosswalk.from".into(), reason);
                    }
                }
            }
        }
        if link.to.strategy == s.id {
            let reason = format!(
                "'{}' is of this strategy: name one of another, as in national-2020:A1.1, or use serves",
                link.to.element
            );
            fault(link.line, "crosswalk.to".into(), reason);
        }
    }
    let mut seen = BTreeMap::new();
    for link in &s.crosswalk {
        if let Some(line) = seen.insert((&link.from, &link.to, link.relation), link.line) {
            fault(link.line, "crosswalk".into(), format!("says the same as line {line}: keep one of them"));
        }
    }
    for adopted in s.adopts.iter().filter(|a| a.element.strategy == s.id) {
        let reason =
            format!("'{}' is of this strategy already: name one of another", adopted.element.element);
        fault(adopted.line, "adopts.element".into(), reason);
    }
    faults
}

/// Whether a tie of an element may lead where it leads.
fn fits(from: &Element, key: &str, to: &Reference, found: Option<&Element>, own: bool) -> Result<(), String> {
    let Some(found) = found else {
        return Err(if own {
            format!(
                "there is no element '{}' in this file: name one that is here, or strategy:id",
                to.element
            )
        } else {
            format!("there is no element '{}' in {}: name one that it has", to.element, to.strategy)
        });
    };
    let wanted = match key {
        "parent" => from.kind.parent(),
        "phase" => Some(ElementKind::Phase),
        _ => None,
    };
    if let Some(wanted) = wanted.filter(|w| *w != found.kind) {
        let (is, wanted) = (found.kind.one(), wanted.one());
        return Err(format!("'{}' is {is}: the {key} has to be {wanted}", to.element));
    }
    match found.retired {
        // A part that is retired itself may stay where it was.
        Some(day) if own && from.retired.is_none() => Err(format!(
            "'{}' was retired on {day}: name what took its place, or retire this as well",
            to.element
        )),
        _ => Ok(()),
    }
}

/// The elements whose parents lead in a circle.
fn circles<'a>(s: &'a Strategy, by_id: &HashMap<&str, &'a Element>) -> Vec<&'a str> {
    let up = |e: &Element| {
        let parent = e.parent.as_ref().filter(|p| p.strategy == s.id)?;
        by_id.get(parent.element.as_str()).copied()
    };
    let leads_back = |start: &&Element| {
        let mut at = up(start);
        for _ in 0..s.elements.len() {
            match at {
                Some(e) if e.id == start.id => return true,
                Some(e) => at = up(e),
                None => return false,
            }
        }
        false
    };
    s.elements.iter().filter(leads_back).map(|e| e.id.as_str()).collect()
}

/// What a strategy says about others: that they are there, and what they hold.
fn among(
    file: &str,
    s: &Strategy,
    others: &[&Strategy],
    some_unread: bool,
    faults: &mut Vec<Fault>,
    notices: &mut Vec<Fault>,
) {
    let mut see = |line: u64, field: String, from: Option<(&Element, &str)>, to: &Reference| {
        if to.strategy == s.id {
            return;
        }
        let at = |reason: String| Fault::new(file, reason).at_line(line).in_field(field.as_str());
        let latest = others.iter().filter(|o| o.id == to.strategy).max_by_key(|o| o.order());
        let Some(other) = latest else {
            if !some_unread {
                let mut there: Vec<_> =
                    others.iter().map(|o| o.id.as_str()).filter(|id| *id != s.id).collect();
                there.sort_unstable();
                there.dedup();
                let there = if there.is_empty() { "there is no other".into() } else { there.join(", ") };
                faults.push(at(format!(
                    "there is no strategy '{}': the others here are: {there}",
                    to.strategy
                )));
            }
            return;
        };
        let found = other.element(&to.element);
        let judged = match from {
            Some((e, key)) => fits(e, key, to, found, false),
            None if found.is_none() => {
                Err(format!("there is no element '{}' in {}: name one that it has", to.element, to.strategy))
            }
            None => Ok(()),
        };
        if let Err(reason) = judged {
            faults.push(at(reason));
        } else if let Some(day) = found.and_then(|e| e.retired) {
            notices.push(at(format!("{to} was retired on {day}: name what took its place")));
        }
    };
    for e in &s.elements {
        for (key, to) in e.refers_to() {
            see(e.line, format!("elements[{}].{key}", e.id), Some((e, key)), to);
        }
    }
    for link in &s.crosswalk {
        see(link.line, "crosswalk.to".into(), None, &link.to);
    }
    for adopted in &s.adopts {
        see(adopted.line, "adopts.element".into(), None, &adopted.element);
    }
}
