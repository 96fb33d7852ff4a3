//! Does a file keep to the common data model? Counted rule by rule, for the one who sent it.
//!
//! A supplier runs this on an export before handing it over; an import runs it before taking anything in.
//! It reads JSON values rather than Rust types, so that one mistake never hides another, and it must never
//! panic, whatever the file holds.

use crate::{
    Link, Record,
    codes::{self, CodeList},
    located,
};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

mod items;
mod parts;
mod report;
mod rule;
mod walk;

pub use report::{Failure, Report, RuleReport};
pub use rule::Rule;
use walk::{At, Walk};

/// How many failures of one rule a report shows in full, unless it is asked for more.
pub const SHOWN: usize = 20;

/// Checks a bundle, a single record or link, or JSON Lines (one record or link a line) against every rule,
/// with the code lists as shipped. `file` is named in the report; the ending `.jsonl` or `.ndjson` tells
/// JSON Lines, and text that can only be JSON Lines is recognised without it.
#[must_use]
pub fn conform(file: &str, text: &str) -> Report {
    conform_with(file, text, codes::shipped(), SHOWN)
}

/// As [`conform`], with a force's own code lists and as many failures of each rule as wanted.
#[must_use]
pub fn conform_with(file: &str, text: &str, lists: &[CodeList], shown: usize) -> Report {
    let mut walk = Walk::new(lists, shown);
    match documents(file, text) {
        Documents::Whole(Err((line, reason))) => {
            walk.line = Some(line);
            walk.fail(Rule::Json, &At::Root, reason);
        }
        Documents::Whole(Ok(value)) => {
            walk.pass(Rule::Json);
            let top = At::Root;
            match value.as_object() {
                Some(map) if map.contains_key("id") && !map.contains_key("records") => {
                    walk.item(&value, &top);
                }
                _ => walk.bundle(&value, &top),
            }
            walk.ends();
            point_out(&mut walk, text);
        }
        Documents::Lines(lines) => {
            for (number, line, result) in lines {
                walk.line = Some(number);
                match result {
                    Err(reason) => walk.fail(Rule::Json, &At::Root, reason),
                    Ok(value) => {
                        walk.pass(Rule::Json);
                        for (pointer, _) in located::lines(line, Some(&BTreeSet::new())).twice {
                            walk.fail_at(Rule::OnceInObject, pointer, Some(number), named_twice());
                        }
                        walk.pass(Rule::OnceInObject);
                        walk.item(&value, &At::Root);
                    }
                }
            }
            walk.ends();
        }
    }
    walk.report(file)
}

/// The rules that one record breaks by itself.
pub(crate) fn record(record: &Record) -> Vec<(&'static str, Failure)> {
    alone(serde_json::to_value(record), |walk, value| walk.record(value, &At::Root))
}

/// The rules that one link breaks by itself.
pub(crate) fn link(link: &Link) -> Vec<(&'static str, Failure)> {
    alone(serde_json::to_value(link), |walk, value| walk.link(value, &At::Root))
}

fn alone(
    value: serde_json::Result<Value>,
    check: impl FnOnce(&mut Walk, &Value),
) -> Vec<(&'static str, Failure)> {
    let mut walk = Walk::new(codes::shipped(), usize::MAX);
    match value {
        Ok(value) => check(&mut walk, &value),
        Err(e) => walk.fail(Rule::Json, &At::Root, e.to_string()),
    }
    if walk.failed() == 0 {
        return Vec::new();
    }
    let broken = |rule: RuleReport| rule.first.into_iter().map(move |failure| (rule.rule, failure));
    walk.report("").rules.into_iter().flat_map(broken).collect()
}

/// What a file holds, before anything about it is checked.
pub(crate) enum Documents<'a> {
    /// One JSON value, or the line and the reason why it is none.
    Whole(Result<Value, (u64, String)>),
    /// One JSON value a line: its number, its text, and the value or why it is none.
    Lines(Vec<(u64, &'a str, Result<Value, String>)>),
}

/// Tells a JSON file from a JSON Lines file and reads it.
pub(crate) fn documents<'a>(file: &str, text: &'a str) -> Documents<'a> {
    let full = |(_, line): &(u64, &str)| !line.trim_matches(['\u{feff}', ' ', '\t', '\r']).is_empty();
    let lines = || (1_u64..).zip(text.split('\n')).filter(full);
    let named = [".jsonl", ".ndjson"].iter().any(|ending| file.to_ascii_lowercase().ends_with(ending));
    if !named {
        let whole = located::read(text);
        let first =
            || lines().next().is_some_and(|(_, line)| located::read(line).is_ok_and(|v| v.is_object()));
        if whole.is_ok() || lines().nth(1).is_none() || !first() {
            return Documents::Whole(whole);
        }
    }
    Documents::Lines(
        lines().map(|(n, line)| (n, line, located::read(line).map_err(|(_, reason)| reason))).collect(),
    )
}

/// Looks up the lines of the failures that will be shown, and the keys named twice, in one pass.
fn point_out(walk: &mut Walk, text: &str) {
    let wanted: BTreeSet<String> = walk.shown().map(|failure| failure.pointer.clone()).collect();
    let found = located::lines(text, Some(&wanted));
    let at: HashMap<String, u64> = found.at;
    for failure in walk.shown_mut() {
        failure.line = at.get(&failure.pointer).copied();
    }
    walk.pass(Rule::OnceInObject);
    for (pointer, line) in found.twice {
        walk.fail_at(Rule::OnceInObject, pointer, Some(line), named_twice());
    }
}

fn named_twice() -> String {
    "this is named twice in one object: readers disagree on which one counts".into()
}
