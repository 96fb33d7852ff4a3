//! The model as JSON Schema (draft 2020-12), for those who do not write Rust.
//!
//! The types give the shape; the transforms below add what the tables and rules know: which properties a
//! kind has, what type their values are, which link asks for a category of data subject. What only a whole
//! file can show (that links tie what they may, that times are real) is left to [the conformance check](mod@crate::conform).

use crate::{
    Bundle, Decision, Id, Link, Record,
    codes::{CodeList, shipped},
    kind::Kind,
    link::LinkKind,
    property::{LINK_PROPERTIES, Property, ValueType, properties},
    record::MODEL_VERSION,
};
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The schemas by name, in the order of their names. Each stands by itself.
#[must_use]
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("bundle", schema::<Bundle>("bundle")),
        ("code-list", schema::<CodeList>("code-list")),
        ("decision", schema::<Decision<Id>>("decision")),
        ("link", schema::<Link>("link")),
        ("record", schema::<Record>("record")),
    ]
}

fn schema<T: JsonSchema>(name: &str) -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("$id".into(), json!(format!("urn:bluelamp:model:{MODEL_VERSION}:{name}")));
    let mut schema = schema.to_value();
    enumerate(&mut schema);
    schema
}

/// Turns each "one of these constants" into an enumeration: every generator of code understands those. The
/// meaning of each code moves into the description.
fn enumerate(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(enumerate);
            let Some(Value::Array(options)) = map.get("oneOf") else { return };
            let codes: Vec<Value> =
                options.iter().filter_map(|option| option.get("const").cloned()).collect();
            if codes.len() != options.len() {
                return;
            }
            let mut words = map.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
            for option in options {
                if let (Some(code), Some(meaning)) =
                    (option["const"].as_str(), option["description"].as_str())
                {
                    words.push_str(&format!("\n- {code}: {meaning}"));
                }
            }
            map.remove("oneOf");
            map.insert("type".into(), json!("string"));
            map.insert("enum".into(), Value::Array(codes));
            map.insert("description".into(), json!(words));
        }
        Value::Array(items) => items.iter_mut().for_each(enumerate),
        _ => {}
    }
}

/// Handling code C needs conditions; P has none.
pub(crate) fn conditions_with_c(schema: &mut Schema) {
    schema.insert("if".into(), json!({"properties": {"handling": {"const": "C"}}, "required": ["handling"]}));
    schema.insert(
        "then".into(),
        json!({"properties": {"conditions": {"minItems": 1, "items": {"pattern": r"\S"}}}, "required": ["conditions"]}),
    );
    schema.insert("else".into(), json!({"properties": {"conditions": {"maxItems": 0}}}));
}

/// A decision says how it stands to a proposal exactly where there was one.
pub(crate) fn stance_with_proposal(schema: &mut Schema) {
    schema.insert("dependentRequired".into(), json!({"proposal": ["stance"], "stance": ["proposal"]}));
}

/// For each kind: its properties, their types, what is required, what is sensitive.
pub(crate) fn rules_of_kinds(schema: &mut Schema) {
    let rules: Vec<Value> = Kind::ALL.into_iter().map(rules_of_kind).collect();
    schema.insert("allOf".into(), Value::Array(rules));
}

fn rules_of_kind(kind: Kind) -> Value {
    let table = properties(kind);
    let mut items = statement_of(table);
    if kind == Kind::IntelligenceLog {
        items["required"] = json!(["grading"]);
        items["properties"]["grading"] = json!({"type": "object"});
    }
    let mut then = vec![json!({"properties": {"statements": {"items": items}}})];
    // A copy from which something was left out need not state what it would have to state.
    for property in table.iter().filter(|p| p.required) {
        let stated =
            json!({"contains": {"properties": {"prop": {"const": property.name}}, "required": ["prop"]}});
        then.push(json!({"anyOf": [
            {"properties": {"statements": stated}},
            {"properties": {"redacted": {"contains": {"const": property.class.code()}}}, "required": ["redacted"]}
        ]}));
    }
    let sensitive: Vec<_> = table.iter().filter(|p| p.sensitive).map(|p| p.name).collect();
    if !sensitive.is_empty() {
        let stated = json!({"contains": {"properties": {"prop": {"enum": sensitive}}, "required": ["prop"]}});
        then.push(json!({
            "if": {"properties": {"statements": stated}, "required": ["statements"]},
            "then": {"properties": {"sensitive": {"type": "object"}}, "required": ["sensitive"]}
        }));
    }
    json!({
        "if": {"properties": {"kind": {"const": kind.code()}}, "required": ["kind"]},
        "then": {"allOf": then}
    })
}

/// What a link may state, and the category of data subject each kind of link asks for.
pub(crate) fn rules_of_links(schema: &mut Schema) {
    let mut rules = vec![json!({"properties": {"statements": {"items": statement_of(LINK_PROPERTIES)}}})];
    for kind in LinkKind::ALL {
        let codes: Vec<_> = kind.subject_categories().iter().map(|c| c.code()).collect();
        let then = if codes.is_empty() {
            json!({"properties": {"subject_category": {"type": "null"}}})
        } else {
            json!({"properties": {"subject_category": {"enum": codes}}, "required": ["subject_category"]})
        };
        rules.push(json!({
            "if": {"properties": {"kind": {"const": kind.code()}}, "required": ["kind"]},
            "then": then
        }));
    }
    schema.insert("allOf".into(), Value::Array(rules));
}

/// A statement about one of these properties: its name is one of theirs, its value of that one's type.
fn statement_of(table: &[Property]) -> Value {
    let names: Vec<_> = table.iter().map(|p| p.name).collect();
    let mut by_type: BTreeMap<String, (Value, Vec<&str>)> = BTreeMap::new();
    for property in table {
        let group = by_type
            .entry(format!("{:?}", property.value))
            .or_insert_with(|| (schema_of(property), Vec::new()));
        group.1.push(property.name);
    }
    let rules: Vec<Value> = by_type
        .into_values()
        .map(|(schema, names)| {
            json!({
                "if": {"properties": {"prop": {"enum": names}}, "required": ["prop"]},
                "then": {"properties": {"value": schema}}
            })
        })
        .collect();
    json!({"properties": {"prop": {"enum": names}}, "allOf": rules})
}

/// The schema of a property's value; a code is one of its list, used or ended.
fn schema_of(property: &Property) -> Value {
    if let ValueType::Code(name) = property.value
        && let Some(list) = shipped().iter().find(|list| list.list == name)
    {
        let mut codes: Vec<_> = list.codes.iter().map(|c| c.code.as_str()).collect();
        codes.dedup();
        return json!({"enum": codes});
    }
    property.value.schema()
}
