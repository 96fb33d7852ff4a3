//! The counting: places, tallies, and the reading of single fields.

use super::{
    report::{Failure, Report, RuleReport},
    rule::Rule,
};
use crate::{Id, Time, codes::CodeList, kind::Kind, link::LinkKind, located, property::is_time};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// A place in the document, written out only when something is wrong there.
pub(super) enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    pub(super) fn key<'a>(&'a self, key: &'a str) -> At<'a> {
        At::Key(self, key)
    }

    pub(super) fn index(&self, n: usize) -> At<'_> {
        At::Index(self, n)
    }

    pub(super) fn pointer(&self) -> String {
        match self {
            At::Root => String::new(),
            At::Key(up, key) => {
                let mut pointer = up.pointer();
                located::push(&mut pointer, key);
                pointer
            }
            At::Index(up, n) => format!("{}/{n}", up.pointer()),
        }
    }
}

#[derive(Clone, Default)]
struct Tally {
    checked: u64,
    failed: u64,
    first: Vec<Failure>,
}

/// The two ends of a link, kept until every record is known.
pub(super) struct Ends {
    pub(super) pointer: String,
    pub(super) line: Option<u64>,
    pub(super) kind: LinkKind,
    pub(super) from: Id,
    pub(super) to: Id,
}

/// One check of one file.
pub(super) struct Walk<'a> {
    pub(super) lists: HashMap<&'a str, &'a CodeList>,
    /// The line of the document, in JSON Lines.
    pub(super) line: Option<u64>,
    pub(super) records: u64,
    pub(super) links: u64,
    pub(super) ids: HashSet<Id>,
    /// The records of the file, with their kinds where those are known ones.
    pub(super) kinds: HashMap<Id, Option<Kind>>,
    pub(super) ties: Vec<Ends>,
    tallies: Vec<Tally>,
    shown: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(lists: &'a [CodeList], shown: usize) -> Self {
        Self {
            lists: lists.iter().map(|list| (list.list.as_str(), list)).collect(),
            line: None,
            records: 0,
            links: 0,
            ids: HashSet::new(),
            kinds: HashMap::new(),
            ties: Vec::new(),
            tallies: vec![Tally::default(); Rule::ALL.len()],
            shown,
        }
    }

    pub(super) fn pass(&mut self, rule: Rule) {
        self.tallies[rule as usize].checked += 1;
    }

    pub(super) fn fail(&mut self, rule: Rule, at: &At<'_>, reason: impl Into<String>) {
        self.fail_at(rule, at.pointer(), self.line, reason.into());
    }

    pub(super) fn fail_at(&mut self, rule: Rule, pointer: String, line: Option<u64>, reason: String) {
        let tally = &mut self.tallies[rule as usize];
        tally.checked += 1;
        tally.failed += 1;
        if tally.first.len() < self.shown {
            tally.first.push(Failure { pointer, line, reason });
        }
    }

    /// Counts one check.
    pub(super) fn test(&mut self, rule: Rule, at: &At<'_>, verdict: Result<(), String>) -> bool {
        match verdict {
            Ok(()) => {
                self.pass(rule);
                true
            }
            Err(reason) => {
                self.fail(rule, at, reason);
                false
            }
        }
    }

    /// How many checks have failed so far.
    pub(super) fn failed(&self) -> u64 {
        self.tallies.iter().map(|tally| tally.failed).sum()
    }

    pub(super) fn shown(&self) -> impl Iterator<Item = &Failure> {
        self.tallies.iter().flat_map(|tally| &tally.first)
    }

    pub(super) fn shown_mut(&mut self) -> impl Iterator<Item = &mut Failure> {
        self.tallies.iter_mut().flat_map(|tally| &mut tally.first)
    }

    pub(super) fn report(self, file: &str) -> Report {
        let rule = |(rule, tally): (Rule, Tally)| RuleReport {
            rule: rule.id(),
            says: rule.says(),
            checked: tally.checked,
            failed: tally.failed,
            first: tally.first,
        };
        Report {
            file: file.into(),
            records: self.records,
            links: self.links,
            rules: Rule::ALL.into_iter().zip(self.tallies).map(rule).collect(),
        }
    }

    /// The members of an object that may have these fields and no others.
    pub(super) fn object<'v>(
        &mut self,
        value: &'v Value,
        at: &At<'_>,
        what: &str,
        fields: &[&str],
    ) -> Option<&'v Map<String, Value>> {
        let Value::Object(map) = value else {
            self.fail(Rule::Structure, at, format!("this should be {what}, written as a JSON object"));
            return None;
        };
        self.pass(Rule::Structure);
        for key in map.keys().filter(|key| !fields.contains(&key.as_str())) {
            self.fail(Rule::Structure, &at.key(key), format!("{what} has no field '{key}'"));
        }
        Some(map)
    }

    /// The members of an array; nothing where it is absent, which is a failure where it is needed.
    pub(super) fn array<'v>(
        &mut self,
        map: &'v Map<String, Value>,
        at: &At<'_>,
        name: &str,
        needed: bool,
    ) -> &'v [Value] {
        match map.get(name) {
            Some(Value::Array(items)) => {
                self.pass(Rule::Structure);
                return items;
            }
            Some(_) => self.fail(Rule::Structure, &at.key(name), "this should be a JSON array"),
            None if needed => self.missing(at, name),
            None => {}
        }
        &[]
    }

    fn missing(&mut self, at: &At<'_>, name: &str) {
        self.fail(Rule::Structure, at, format!("the field '{name}' is missing"));
    }

    /// A field, or nothing where it is absent or null; a failure where it is needed.
    pub(super) fn present<'v>(
        &mut self,
        map: &'v Map<String, Value>,
        at: &At<'_>,
        name: &str,
        needed: bool,
    ) -> Option<&'v Value> {
        let found = map.get(name).filter(|value| !value.is_null());
        if found.is_none() && needed {
            self.missing(at, name);
        }
        found
    }

    /// A field read as its type; what does not fit breaks the rule.
    pub(super) fn read<T: DeserializeOwned>(
        &mut self,
        map: &Map<String, Value>,
        at: &At<'_>,
        name: &str,
        needed: bool,
        rule: Rule,
    ) -> Option<T> {
        let value = self.present(map, at, name, needed)?;
        match T::deserialize(value) {
            Ok(read) => {
                self.pass(rule);
                Some(read)
            }
            Err(e) => {
                self.fail(rule, &at.key(name), e.to_string());
                None
            }
        }
    }

    /// A field of words that is not blank.
    pub(super) fn words<'v>(
        &mut self,
        map: &'v Map<String, Value>,
        at: &At<'_>,
        name: &str,
        needed: bool,
    ) -> Option<&'v str> {
        let value = self.present(map, at, name, needed)?;
        let text = value.as_str().filter(|text| !text.trim().is_empty());
        let verdict = text.map(|_| ()).ok_or_else(|| format!("'{name}' should be text, and not blank"));
        self.test(Rule::Structure, &at.key(name), verdict);
        text
    }

    /// A field with a time.
    pub(super) fn time(
        &mut self,
        map: &Map<String, Value>,
        at: &At<'_>,
        name: &str,
        needed: bool,
    ) -> Option<Time> {
        let value = self.present(map, at, name, needed)?;
        let time = value.as_str().filter(|text| is_time(text)).and_then(|text| text.parse().ok());
        let wrong = || format!("{value} is not a time with its offset, such as 2026-11-22T04:15:00Z");
        self.test(Rule::TimeReal, &at.key(name), time.map(|_| ()).ok_or_else(wrong));
        time
    }

    /// A field with an identifier.
    pub(super) fn id(
        &mut self,
        map: &Map<String, Value>,
        at: &At<'_>,
        name: &str,
        needed: bool,
    ) -> Option<Id> {
        let value = self.present(map, at, name, needed)?;
        let id = value.as_str().and_then(|text| {
            let id = text.parse::<Id>().ok()?;
            (id.is_version_7() && id.to_string() == text).then_some(id)
        });
        let wrong = || format!("{value} is not a UUID of version 7 in lower case with hyphens");
        self.test(Rule::Uuid7, &at.key(name), id.map(|_| ()).ok_or_else(wrong));
        id
    }
}
