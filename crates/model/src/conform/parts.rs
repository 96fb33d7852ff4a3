//! The rules applied to the parts of records and links: markings, gradings, statements, grounds, retention.

use super::{
    items::Fields,
    rule::Rule,
    walk::{At, Walk},
};
use crate::{
    Day,
    grading::{Assessment, Handling, SourceGrade},
    link::{LinkKind, SubjectCategory},
    marking::Gsc,
    property::{FieldClass, Property, ValueType},
    protection::{MopiGroup, Sch8, is_digest},
    statement::{Basis, Scalar},
};
use serde::Deserialize;
use serde_json::Value;

pub(super) const STATEMENT_FIELDS: &[&str] =
    &["prop", "value", "source_ref", "basis", "grading", "confidence", "collected_at", "method"];

impl Walk<'_> {
    pub(super) fn model_version(&mut self, map: &Fields, at: &At<'_>) {
        if let Some(version) = self.words(map, at, "model_version", true) {
            let minor = version.strip_prefix("1.").unwrap_or_default();
            let known = !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit());
            let other = || format!("'{version}' is not a version of the 1.x family");
            self.test(Rule::ModelVersion, &at.key("model_version"), known.then_some(()).ok_or_else(other));
        }
    }

    pub(super) fn marking(&mut self, value: &Value, at: &At<'_>) {
        let fields = &["gsc", "handling", "conditions", "descriptors"];
        let Some(map) = self.object(value, at, "a marking", fields) else { return };
        self.read::<Gsc>(map, at, "gsc", true, Rule::Marking);
        self.handling(map, at);
        self.read::<Vec<String>>(map, at, "descriptors", false, Rule::Structure);
    }

    pub(super) fn handling(&mut self, map: &Fields, at: &At<'_>) {
        let handling: Option<Handling> = self.read(map, at, "handling", true, Rule::Handling);
        let conditions: Option<Vec<String>> = self.read(map, at, "conditions", false, Rule::Structure);
        if let Some(handling) = handling {
            self.test(Rule::Handling, at, handling.check(&conditions.unwrap_or_default()));
        }
    }

    pub(super) fn grading(&mut self, map: &Fields, at: &At<'_>) -> bool {
        let Some(value) = self.present(map, at, "grading", false) else { return false };
        let at = &at.key("grading");
        let fields = &["source", "assessment", "handling", "conditions"];
        if let Some(map) = self.object(value, at, "a grading", fields) {
            self.read::<SourceGrade>(map, at, "source", true, Rule::Grading);
            self.read::<Assessment>(map, at, "assessment", true, Rule::Grading);
            self.handling(map, at);
        }
        true
    }

    pub(super) fn confidence(&mut self, map: &Fields, at: &At<'_>) {
        if let Some(n) = self.read::<u8>(map, at, "confidence", false, Rule::Grading) {
            let over = || format!("{n} is not from 0 to 100");
            self.test(Rule::Grading, &at.key("confidence"), (n <= 100).then_some(()).ok_or_else(over));
        }
    }

    pub(super) fn subject_category(&mut self, map: &Fields, at: &At<'_>, kind: LinkKind) {
        let allowed = kind.subject_categories();
        let place = at.key("subject_category");
        let category: Option<SubjectCategory> =
            self.read(map, at, "subject_category", false, Rule::SubjectCategory);
        let codes = || allowed.iter().map(|c| c.code()).collect::<Vec<_>>().join(", ");
        let verdict = match category {
            None if allowed.is_empty() => Ok(()),
            None => Err(format!("a link {} needs the category of data subject: {}", kind.code(), codes())),
            Some(_) if allowed.is_empty() => {
                Err(format!("a link {} has no category of data subject", kind.code()))
            }
            Some(category) if allowed.contains(&category) => Ok(()),
            Some(category) => {
                Err(format!("'{}' does not fit a link {}: use {}", category.code(), kind.code(), codes()))
            }
        };
        self.test(Rule::SubjectCategory, &place, verdict);
    }

    /// Checks every statement; gives the properties that were stated, in the order of the statements.
    pub(super) fn statements(
        &mut self,
        map: &Fields,
        at: &At<'_>,
        needed: bool,
        table: Option<&'static [Property]>,
        graded: bool,
    ) -> Vec<&'static Property> {
        let mut stated = Vec::new();
        let place = at.key("statements");
        for (n, value) in self.array(map, at, "statements", needed).iter().enumerate() {
            let at = &place.index(n);
            let Some(map) = self.object(value, at, "a statement", STATEMENT_FIELDS) else { continue };
            if let Some(property) = self.value(map, at, table) {
                stated.push(property);
            }
            self.words(map, at, "source_ref", true);
            self.words(map, at, "method", true);
            self.read::<Basis>(map, at, "basis", true, Rule::Basis);
            self.time(map, at, "collected_at", true);
            self.confidence(map, at);
            let has_grading = self.grading(map, at);
            if graded {
                let bare = || "a statement of intelligence needs its 3x5x2 grading".to_owned();
                self.test(Rule::IntelligenceGraded, at, has_grading.then_some(()).ok_or_else(bare));
            }
        }
        stated
    }

    /// The property and the value of one statement.
    pub(super) fn value(
        &mut self,
        map: &Fields,
        at: &At<'_>,
        table: Option<&'static [Property]>,
    ) -> Option<&'static Property> {
        let value = self.read::<Value>(map, at, "value", true, Rule::Structure);
        let prop = self.words(map, at, "prop", true)?;
        let property = table?.iter().find(|p| p.name == prop);
        let unknown = || format!("this kind has no property '{prop}'");
        self.test(Rule::Property, &at.key("prop"), property.map(|_| ()).ok_or_else(unknown));
        let property = property?;
        let (value, at) = (value?, &at.key("value"));
        let rule = if matches!(property.value, ValueType::Date | ValueType::Month | ValueType::Time) {
            Rule::TimeReal
        } else {
            Rule::Value
        };
        let verdict = match Scalar::deserialize(&value) {
            Ok(scalar) => property.value.check(&scalar),
            Err(_) => {
                Err(format!("a value is one word, number or truth: this is not {}", property.value.wanted()))
            }
        };
        if self.test(rule, at, verdict)
            && let ValueType::Code(name) = property.value
            && let Some(list) = self.lists.get(name)
        {
            let code = value.as_str().unwrap_or_default();
            let off = || format!("'{code}' is not on the list '{name}'");
            let verdict = list.find(code).map(|_| ()).ok_or_else(off);
            self.test(Rule::Code, at, verdict);
        }
        Some(property)
    }

    pub(super) fn redacted(&mut self, map: &Fields, at: &At<'_>) -> Vec<FieldClass> {
        self.read(map, at, "redacted", false, Rule::Structure).unwrap_or_default()
    }

    pub(super) fn sensitive(&mut self, map: &Fields, at: &At<'_>, stated: &[&'static Property]) {
        if let Some(value) = self.present(map, at, "sensitive", false) {
            let at = &at.key("sensitive");
            if let Some(map) =
                self.object(value, at, "a ground for sensitive processing", &["sch8_condition", "apd_ref"])
            {
                self.read::<Sch8>(map, at, "sch8_condition", true, Rule::Sensitive);
                let named =
                    map.get("apd_ref").and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty());
                let unnamed = || "it names no appropriate policy document".to_owned();
                self.test(Rule::Sensitive, at, named.then_some(()).ok_or_else(unnamed));
            }
        } else if let Some(property) = stated.iter().find(|p| p.sensitive) {
            let name = property.name;
            self.fail(
                Rule::Sensitive,
                at,
                format!("'{name}' is sensitive: name the Schedule 8 condition and the policy document under 'sensitive'"),
            );
        } else {
            self.pass(Rule::Sensitive);
        }
    }

    pub(super) fn retention(&mut self, value: &Value, at: &At<'_>) {
        let Some(map) = self.object(value, at, "a retention", &["group", "review_due", "holds"]) else {
            return;
        };
        self.read::<MopiGroup>(map, at, "group", true, Rule::Retention);
        self.day(map, at, "review_due");
        let place = at.key("holds");
        for (n, hold) in self.array(map, at, "holds", false).iter().enumerate() {
            let at = &place.index(n);
            if let Some(map) = self.object(hold, at, "a hold", &["reason", "ordered_by", "since"]) {
                self.words(map, at, "reason", true);
                self.words(map, at, "ordered_by", true);
                self.day(map, at, "since");
            }
        }
    }

    pub(super) fn day(&mut self, map: &Fields, at: &At<'_>, name: &str) {
        self.read::<Day>(map, at, name, true, Rule::TimeReal);
    }

    pub(super) fn provenance(&mut self, map: &Fields, at: &At<'_>, needed: bool) -> usize {
        let place = at.key("provenance");
        let fields = &["agent", "activity", "source_system", "source_record_id", "digest"];
        let steps = self.array(map, at, "provenance", needed);
        for (n, step) in steps.iter().enumerate() {
            let at = &place.index(n);
            if let Some(map) = self.object(step, at, "a step of provenance", fields) {
                self.words(map, at, "agent", true);
                self.words(map, at, "activity", true);
                self.words(map, at, "source_system", true);
                self.words(map, at, "source_record_id", false);
                if let Some(digest) = self.words(map, at, "digest", false) {
                    let wrong = || "a digest is a SHA-256: 64 digits of lower-case hexadecimal".to_owned();
                    self.test(
                        Rule::Provenance,
                        &at.key("digest"),
                        is_digest(digest).then_some(()).ok_or_else(wrong),
                    );
                }
            }
        }
        steps.len()
    }
}
