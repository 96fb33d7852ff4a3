//! The rules applied to a bundle, a record, a link, and to what the links tie.

use super::{
    rule::Rule,
    walk::{At, Ends, Walk},
};
use crate::{
    Id, Link, Record,
    kind::Kind,
    link::LinkKind,
    property::{FieldClass, LINK_PROPERTIES, properties},
    statement::Basis,
};
use serde::Deserialize;
use serde_json::{Map, Value};

const BUNDLE_FIELDS: &[&str] = &["model_version", "records", "links"];
const RECORD_FIELDS: &[&str] = &[
    "id",
    "kind",
    "model_version",
    "controller_org",
    "created",
    "observed",
    "valid_from",
    "valid_to",
    "statements",
    "marking",
    "sensitive",
    "retention",
    "data_class",
    "provenance",
    "supersedes",
    "redacted",
];
const LINK_FIELDS: &[&str] = &[
    "id",
    "kind",
    "model_version",
    "controller_org",
    "created",
    "from",
    "to",
    "valid_from",
    "valid_to",
    "basis",
    "grading",
    "confidence",
    "subject_category",
    "statements",
    "marking",
    "sensitive",
    "retention",
    "provenance",
    "decision",
    "supersedes",
    "redacted",
];
/// The members of one object.
pub(super) type Fields = Map<String, Value>;

impl Walk<'_> {
    pub(super) fn bundle(&mut self, value: &Value, at: &At<'_>) {
        let Some(map) = self.object(value, at, "a bundle", BUNDLE_FIELDS) else { return };
        self.model_version(map, at);
        let place = at.key("records");
        for (n, record) in self.array(map, at, "records", true).iter().enumerate() {
            self.record(record, &place.index(n));
        }
        let place = at.key("links");
        for (n, link) in self.array(map, at, "links", true).iter().enumerate() {
            self.link(link, &place.index(n));
        }
    }

    /// A record or a link; only a link has ends.
    pub(super) fn item(&mut self, value: &Value, at: &At<'_>) {
        if value.get("from").is_some() || value.get("to").is_some() {
            self.link(value, at);
        } else {
            self.record(value, at);
        }
    }

    pub(super) fn record(&mut self, value: &Value, at: &At<'_>) {
        self.records += 1;
        let before = self.failed();
        let Some(map) = self.object(value, at, "a record", RECORD_FIELDS) else { return };
        let kind: Option<Kind> = self.read(map, at, "kind", true, Rule::Kind);
        if let Some(id) = self.envelope(map, at) {
            self.kinds.insert(id, kind);
        }
        let created = self.time(map, at, "created", true);
        let observed = self.time(map, at, "observed", false);
        if let (Some(created), Some(observed)) = (created, observed) {
            let late = || format!("observed at {observed}, after it was recorded at {created}");
            self.test(
                Rule::TimeOrder,
                &at.key("observed"),
                (observed <= created).then_some(()).ok_or_else(late),
            );
        }
        let redacted = self.redacted(map, at);
        let table = kind.map(properties);
        let stated = self.statements(map, at, true, table, kind == Some(Kind::IntelligenceLog));
        if let Some(table) = table {
            for property in table.iter().filter(|p| p.required && !redacted.contains(&p.class)) {
                let there = stated.iter().any(|p| p.name == property.name);
                let lacking =
                    || format!("nothing is stated about '{}', which this kind requires", property.name);
                self.test(Rule::Required, at, there.then_some(()).ok_or_else(lacking));
            }
            let empty = map.get("statements").and_then(Value::as_array).is_some_and(Vec::is_empty);
            let silent = || "the record states nothing".to_owned();
            self.test(Rule::Required, at, (!empty || !redacted.is_empty()).then_some(()).ok_or_else(silent));
        }
        self.sensitive(map, at, &stated);
        if let Some(retention) = self.present(map, at, "retention", true) {
            self.retention(retention, &at.key("retention"));
        }
        self.words(map, at, "data_class", true);
        let steps = self.provenance(map, at, true);
        let untold = || "it does not say where it came from: name at least one step".to_owned();
        let known = steps > 0 || redacted.contains(&FieldClass::Source) || !map.contains_key("provenance");
        self.test(Rule::Provenance, &at.key("provenance"), known.then_some(()).ok_or_else(untold));
        self.backstop::<Record>(value, at, before);
    }

    pub(super) fn link(&mut self, value: &Value, at: &At<'_>) {
        self.links += 1;
        let before = self.failed();
        let Some(map) = self.object(value, at, "a link", LINK_FIELDS) else { return };
        let kind: Option<LinkKind> = self.read(map, at, "kind", true, Rule::LinkKind);
        self.envelope(map, at);
        self.time(map, at, "created", true);
        let from = self.id(map, at, "from", true);
        let to = self.id(map, at, "to", true);
        self.read::<Basis>(map, at, "basis", true, Rule::Basis);
        self.grading(map, at);
        self.confidence(map, at);
        if let Some(kind) = kind {
            self.subject_category(map, at, kind);
        }
        let stated = self.statements(map, at, false, Some(LINK_PROPERTIES), false);
        self.redacted(map, at);
        self.sensitive(map, at, &stated);
        if let Some(retention) = self.present(map, at, "retention", false) {
            self.retention(retention, &at.key("retention"));
        }
        self.provenance(map, at, false);
        self.id(map, at, "decision", false);
        if let (Some(kind), Some(from), Some(to)) = (kind, from, to) {
            let (pointer, line) = (at.pointer(), self.line);
            self.ties.push(Ends { pointer, line, kind, from, to });
        }
        self.backstop::<Link>(value, at, before);
    }

    /// What the rules above let through must also be readable as the type itself.
    fn backstop<T: for<'de> Deserialize<'de>>(&mut self, value: &Value, at: &At<'_>, before: u64) {
        if self.failed() == before
            && let Err(e) = T::deserialize(value)
        {
            self.fail(Rule::Structure, at, e.to_string());
        }
    }

    /// What records and links have in common. Gives the identifier.
    fn envelope(&mut self, map: &Fields, at: &At<'_>) -> Option<Id> {
        let id = self.id(map, at, "id", true);
        if let Some(id) = id {
            let again = || format!("{id} is the identifier of another record or link of this file");
            let verdict = self.ids.insert(id).then_some(()).ok_or_else(again);
            self.test(Rule::UniqueId, &at.key("id"), verdict);
        }
        self.model_version(map, at);
        self.words(map, at, "controller_org", true);
        let from = self.time(map, at, "valid_from", false);
        let to = self.time(map, at, "valid_to", false);
        if let (Some(from), Some(to)) = (from, to) {
            let reversed = || format!("it ends at {to} but begins at {from}");
            self.test(Rule::TimeOrder, &at.key("valid_to"), (from < to).then_some(()).ok_or_else(reversed));
        }
        if let Some(marking) = self.present(map, at, "marking", true) {
            self.marking(marking, &at.key("marking"));
        }
        self.id(map, at, "supersedes", false);
        id
    }

    /// Once every record is known: what do the links tie?
    pub(super) fn ends(&mut self) {
        for Ends { pointer, line, kind, from, to } in std::mem::take(&mut self.ties) {
            let mut whole = true;
            let mut ends = |walk: &mut Self, wrong: Option<String>| match wrong {
                None => walk.pass(Rule::LinkEnds),
                Some(reason) => {
                    whole = false;
                    walk.fail_at(Rule::LinkEnds, pointer.clone(), line, reason);
                }
            };
            for (end, id) in [("from", from), ("to", to)] {
                let lost = !self.kinds.contains_key(&id);
                ends(self, lost.then(|| format!("'{end}' is {id}, which is not a record of this file")));
            }
            ends(self, (from == to).then(|| format!("it ties {from} to itself")));
            let kinds = (self.kinds.get(&from).copied().flatten(), self.kinds.get(&to).copied().flatten());
            if let (true, (Some(left), Some(right))) = (whole, kinds) {
                if kind.allows(left, right) {
                    self.pass(Rule::LinkTies);
                } else {
                    let reason = format!("'{}' cannot tie a {left} to a {right}", kind.code());
                    self.fail_at(Rule::LinkTies, pointer, line, reason);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parts::STATEMENT_FIELDS, *};
    use std::collections::BTreeSet;

    #[test]
    fn the_check_knows_the_fields_of_the_types() {
        for (name, schema) in crate::schema::schemas() {
            let mut shapes = vec![];
            match name {
                "bundle" => shapes.push((&schema["properties"], BUNDLE_FIELDS)),
                "record" => {
                    shapes.push((&schema["properties"], RECORD_FIELDS));
                    shapes.push((&schema["$defs"]["Statement"]["properties"], STATEMENT_FIELDS));
                }
                "link" => shapes.push((&schema["properties"], LINK_FIELDS)),
                _ => {}
            }
            for (properties, fields) in shapes {
                let known: BTreeSet<_> = properties.as_object().unwrap().keys().map(String::as_str).collect();
                assert_eq!(known, fields.iter().copied().collect(), "{name}");
            }
        }
    }
}
