//! Reads components and lists of choices from a definition.

use crate::question::{Component, FactShape, Item, Kind, Limits, List, MapTo};
use crate::read::{Obj, Reader, is_id, is_name};
use crate::source::{Json, Node};
use crate::text::Text;
use serde_json::Value;
use std::collections::BTreeMap;

/// The types a component may have.
const TYPES: [&str; 17] = [
    "TextField",
    "MultilineTextField",
    "YesNoField",
    "RadiosField",
    "CheckboxesField",
    "SelectField",
    "DatePartsField",
    "TimeField",
    "EmailAddressField",
    "TelephoneNumberField",
    "UkAddressField",
    "PostcodeField",
    "VehicleRegistrationField",
    "NumberField",
    "MoneyField",
    "DeclarationField",
    "Markdown",
];

/// The autocomplete tokens of HTML that a report has a use for.
const AUTOCOMPLETE: [&str; 9] =
    ["off", "name", "given-name", "family-name", "email", "tel", "postal-code", "street-address", "bday"];

/// The keys that every question may have.
const QUESTION_KEYS: [&str; 12] = [
    "type",
    "name",
    "title",
    "hint",
    "shortDescription",
    "options",
    "schema",
    "x-error",
    "x-errors",
    "x-fact",
    "x-fact-values",
    "x-map",
];

/// The keys of a choice.
const ITEM_KEYS: [&str; 6] = ["value", "text", "hint", "x-reveals", "x-exclusive", "x-divider"];

/// A little more than a lifetime, in days.
const MOST_DAYS: u32 = 50_000;

/// The keys of `options` and `schema` that have an effect on a type.
fn own_keys(kind: &Kind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        Kind::Text => (&["required", "autocomplete", "prefix", "suffix"], &["min", "max"]),
        Kind::Multiline => (&["required", "rows"], &["min", "max"]),
        Kind::Date => (&["required", "autocomplete", "maxDaysInPast", "maxDaysInFuture"], &[]),
        Kind::Email | Kind::Phone | Kind::Address | Kind::Postcode => (&["required", "autocomplete"], &[]),
        Kind::Number => (&["required", "prefix", "suffix"], &["min", "max", "precision"]),
        Kind::Money => (&["required"], &["min", "max"]),
        Kind::Markdown(_) => (&[], &[]),
        _ => (&["required"], &[]),
    }
}

/// The length of a text that sets no limit itself, in characters.
fn usual_limits(kind: &Kind) -> Limits {
    match kind {
        Kind::Text => Limits { max: Some(200), ..Limits::default() },
        Kind::Multiline => Limits { max: Some(5000), ..Limits::default() },
        _ => Limits::default(),
    }
}

/// A page's or an item's component.
pub(crate) fn component(r: &mut Reader<'_>, obj: &Obj<'_>) -> Option<Component> {
    let kind = kind(r, obj)?;
    if matches!(kind, Kind::Markdown(_)) {
        r.keys(obj, &["type", "content"]);
        return Some(blank(String::new(), kind, r, obj));
    }
    let mut known = QUESTION_KEYS.to_vec();
    if kind.list().is_some() {
        known.push("list");
    }
    if kind == Kind::Date {
        known.push("x-not-before");
    }
    r.keys(obj, &known);
    let name = r.code(obj, "name", is_name, "a name: small letters, digits and _, at most 40")?;
    let mut made = blank(name, kind, r, obj);
    made.title = r.opt(obj, "title", Reader::text);
    made.hint = r.opt(obj, "hint", Reader::text);
    made.short = r.opt(obj, "shortDescription", Reader::text);
    made.error = r.opt(obj, "x-error", Reader::text);
    made.errors = r.opt(obj, "x-errors", texts).unwrap_or_default();
    made.not_before = r.opt(obj, "x-not-before", Reader::string);
    made.map = r.opt(obj, "x-map", Reader::string).map(|to| match to.split_once('.') {
        Some((entity, property)) => MapTo { entity: entity.into(), property: Some(property.into()) },
        None => MapTo { entity: to, property: None },
    });
    let values = r.opt(obj, "x-fact-values", plain_members);
    made.fact = r
        .opt(obj, "x-fact", Reader::string)
        .map(|name| FactShape { name, values: values.clone().unwrap_or_default() });
    if values.is_some() && made.fact.is_none() {
        r.fault(obj.line, &obj.path_of("x-fact-values"), "has no effect without x-fact");
    }
    options(r, obj, &mut made);
    Some(made)
}

fn blank(name: String, kind: Kind, r: &Reader<'_>, obj: &Obj<'_>) -> Component {
    let asks = !matches!(kind, Kind::Markdown(_));
    let limits = usual_limits(&kind);
    Component {
        name,
        kind,
        title: None,
        hint: None,
        short: None,
        required: asks,
        limits,
        days_past: None,
        days_future: 0,
        not_before: None,
        autocomplete: None,
        rows: None,
        prefix: None,
        suffix: None,
        error: None,
        errors: BTreeMap::new(),
        fact: None,
        map: None,
        at: r.place(obj),
    }
}

fn kind(r: &mut Reader<'_>, obj: &Obj<'_>) -> Option<Kind> {
    let name = r.need(obj, "type", |r, node, path| r.word(node, path, &TYPES))?;
    Some(match name.as_str() {
        "TextField" => Kind::Text,
        "MultilineTextField" => Kind::Multiline,
        "YesNoField" => Kind::YesNo,
        "RadiosField" => Kind::Radios(r.need(obj, "list", Reader::string)?),
        "CheckboxesField" => Kind::Checkboxes(r.need(obj, "list", Reader::string)?),
        "SelectField" => Kind::Select(r.need(obj, "list", Reader::string)?),
        "DatePartsField" => Kind::Date,
        "TimeField" => Kind::Time,
        "EmailAddressField" => Kind::Email,
        "TelephoneNumberField" => Kind::Phone,
        "UkAddressField" => Kind::Address,
        "PostcodeField" => Kind::Postcode,
        "VehicleRegistrationField" => Kind::Vehicle,
        "NumberField" => Kind::Number,
        "MoneyField" => Kind::Money,
        "DeclarationField" => Kind::Declaration,
        _ => Kind::Markdown(r.need(obj, "content", Reader::text)?),
    })
}

fn options(r: &mut Reader<'_>, obj: &Obj<'_>, made: &mut Component) {
    let (options, schema) = own_keys(&made.kind);
    if let Some(o) = obj.get("options").and_then(|node| r.object(node, &obj.path_of("options"))) {
        r.keys(&o, options);
        made.required = r.opt(&o, "required", Reader::flag).unwrap_or(true);
        made.autocomplete = r.opt(&o, "autocomplete", |r, node, path| r.word(node, path, &AUTOCOMPLETE));
        made.rows = r.opt(&o, "rows", Reader::count);
        made.prefix = r.opt(&o, "prefix", Reader::text);
        made.suffix = r.opt(&o, "suffix", Reader::text);
        made.days_past = r.opt(&o, "maxDaysInPast", Reader::count);
        made.days_future = r.opt(&o, "maxDaysInFuture", Reader::count).unwrap_or(0);
        if made.days_past.unwrap_or(0).max(made.days_future) > MOST_DAYS {
            r.fault(o.line, &o.path, format!("a date lies at most {MOST_DAYS} days from today"));
        }
    }
    let Some(s) = obj.get("schema").and_then(|node| r.object(node, &obj.path_of("schema"))) else { return };
    r.keys(&s, schema);
    made.limits.min = r.opt(&s, "min", Reader::whole).or(made.limits.min);
    made.limits.max = r.opt(&s, "max", Reader::whole).or(made.limits.max);
    made.limits.precision = r.opt(&s, "precision", Reader::count).unwrap_or(0);
    if made.limits.precision > 6 {
        r.fault(s.line, &s.path_of("precision"), "is more than 6 decimals");
    }
    let characters = matches!(made.kind, Kind::Text | Kind::Multiline);
    match (made.limits.min, made.limits.max) {
        (Some(min), Some(max)) if min > max => {
            r.fault(s.line, &s.path, format!("min {min} is greater than max {max}"));
        }
        (min, Some(max)) if characters && (max < 1 || min.is_some_and(|m| m < 0)) => {
            r.fault(s.line, &s.path, "a text is at least 1 character long at most, and 0 at least");
        }
        _ => {}
    }
}

/// Texts by key, such as error messages by code.
pub(crate) fn texts(r: &mut Reader<'_>, node: &Node, path: &str) -> Option<BTreeMap<String, Text>> {
    let obj = r.object(node, path)?;
    let mut all = BTreeMap::new();
    for member in obj.members {
        if let Some(text) = r.text(&member.node, &obj.path_of(&member.key)) {
            all.insert(member.key.clone(), text);
        }
    }
    Some(all)
}

fn plain_members(r: &mut Reader<'_>, node: &Node, path: &str) -> Option<BTreeMap<String, Value>> {
    let obj = r.object(node, path)?;
    Some(obj.members.iter().map(|m| (m.key.clone(), m.node.plain())).collect())
}

/// A list of choices.
pub(crate) fn list(r: &mut Reader<'_>, obj: &Obj<'_>, shared: bool) -> Option<List> {
    r.keys(obj, &["name", "items"]);
    let name = r.code(obj, "name", is_id, "a name of letters and digits")?;
    r.need(obj, "items", |r, node, path| {
        if r.array(node, path).is_empty() {
            r.fault(node.line, path, "is empty");
        }
        Some(())
    });
    let items = r.each(obj, "items", item);
    Some(List { name, items, shared, at: r.place(obj) })
}

fn item(r: &mut Reader<'_>, obj: &Obj<'_>) -> Option<Item> {
    r.keys(obj, &ITEM_KEYS);
    let value = r.need(obj, "value", |r, node, path| match node.value {
        // The commonest slip in a list: a value written as a number or as true.
        Json::Number(_) | Json::Bool(_) => {
            r.fault(node.line, path, "is a string: put it in quotes");
            None
        }
        _ => r.string(node, path),
    })?;
    Some(Item {
        value,
        text: r.need(obj, "text", Reader::text)?,
        hint: r.opt(obj, "hint", Reader::text),
        reveals: r.each(obj, "x-reveals", component),
        exclusive: r.opt(obj, "x-exclusive", Reader::flag).unwrap_or(false),
        divider: r.opt(obj, "x-divider", Reader::text),
        at: r.place(obj),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{CHANNELS, FORM_KEYS, GROUP_KEYS};
    use crate::parts::{CONDITION_KEYS, PAGE_KEYS, REFERENCE_KEYS, TEST_KEYS};
    use std::collections::BTreeSet;

    fn strings(value: &Value) -> BTreeSet<&str> {
        match value {
            Value::Object(members) => members.keys().map(String::as_str).collect(),
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// The schema that editors use and the reader know the same keys and words.
    #[test]
    fn the_schema_of_definitions_keeps_step_with_the_reader() {
        let text = include_str!("../../../data/forms/form.schema.json");
        let schema: Value = serde_json::from_str(text).unwrap();
        let of = |pointer: &str| strings(schema.pointer(pointer).unwrap_or(&Value::Null));
        let set = |keys: &[&'static str]| keys.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(of("/$defs/form/properties"), set(&FORM_KEYS));
        let group = "/$defs/common/patternProperties/^G[A-Za-z0-9]*(-[A-Za-z0-9]+)*$/properties";
        assert_eq!(of(group), set(&GROUP_KEYS));
        assert_eq!(of("/$defs/page/properties"), set(&PAGE_KEYS));
        assert_eq!(of("/$defs/reference/properties"), set(&REFERENCE_KEYS));
        assert_eq!(of("/$defs/condition/properties"), set(&CONDITION_KEYS));
        assert_eq!(of("/$defs/test/properties"), set(&TEST_KEYS));
        assert_eq!(of("/$defs/list/properties/items/items/properties"), set(&ITEM_KEYS));
        assert_eq!(of("/$defs/component/properties/type/enum"), set(&TYPES));
        assert_eq!(of("/$defs/form/properties/channels/items/enum"), set(&CHANNELS));
        assert_eq!(of("/$defs/question/properties/options/properties/autocomplete/enum"), set(&AUTOCOMPLETE));
        let mut question = set(&QUESTION_KEYS);
        question.extend(["list", "x-not-before"]);
        assert_eq!(of("/$defs/question/properties"), question);
        let kinds =
            [Kind::Text, Kind::Multiline, Kind::Date, Kind::Email, Kind::Number, Kind::Money, Kind::YesNo];
        let own = |part: fn(&Kind) -> &'static [&'static str]| kinds.iter().flat_map(part).copied().collect();
        let (options, limits): (BTreeSet<_>, BTreeSet<_>) = (own(|k| own_keys(k).0), own(|k| own_keys(k).1));
        assert_eq!(of("/$defs/question/properties/options/properties"), options);
        assert_eq!(of("/$defs/question/properties/schema/properties"), limits);
    }
}
