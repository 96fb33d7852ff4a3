//! The JSON Schema (draft 2020-12) of a form's answers: what a partner may build against.
//!
//! It describes answers as they are kept. Everything that [`Form::validate`] lets through conforms; the
//! schema alone does not know what day it is and how long a name of a host may be, so the form has the last
//! word.

use crate::form::{Condition, Form, Op, Page, Test};
use crate::question::{Component, Kind};
use serde_json::{Map, Value, json};

impl Form {
    /// The schema of the object of answers.
    #[must_use]
    pub fn answer_schema(&self) -> Value {
        let mut properties = Map::new();
        let mut rules = Vec::new();
        for page in &self.pages {
            for component in self.questions(page) {
                let mut schema = self.answer(component);
                schema["title"] = json!(page.question(component).say(self.speaks));
                properties.insert(component.name.clone(), schema);
            }
            self.rules_of(page, &mut rules);
        }
        let mut schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": format!("urn:bluelamp:form:{}:{}", self.id, self.version),
            "title": self.title.say(self.speaks),
            "description": "The answers of this form as they are kept.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        });
        // An empty list of rules is not a schema.
        if !rules.is_empty() {
            schema["allOf"] = Value::Array(rules);
        }
        schema
    }

    /// When the page is reached, its required answers are there; when it ends the journey, there is no
    /// report.
    fn rules_of(&self, page: &Page, rules: &mut Vec<Value>) {
        let when: Vec<Value> =
            page.conditions.iter().filter_map(|id| self.conditions.get(id)).map(holds).collect();
        let guarded = |extra: Option<Value>, then: Value| {
            let mut when = when.clone();
            when.extend(extra);
            if when.is_empty() { then } else { json!({"if": {"allOf": when}, "then": then}) }
        };
        if page.ends() {
            rules.push(guarded(None, json!(false)));
            return;
        }
        let required = |components: &[Component]| -> Vec<String> {
            components.iter().filter(|c| c.required && c.asks()).map(|c| c.name.clone()).collect()
        };
        let names = required(&page.components);
        if !names.is_empty() {
            rules.push(guarded(None, json!({"required": names})));
        }
        for component in &page.components {
            for item in self.items(component) {
                let names = required(&item.reveals);
                if !names.is_empty() {
                    let chosen = match component.kind {
                        Kind::Checkboxes(_) => json!({"contains": {"const": item.value}}),
                        _ => json!({"const": item.value}),
                    };
                    rules.push(guarded(Some(of(&component.name, &chosen)), json!({"required": names})));
                }
            }
        }
    }

    fn answer(&self, component: &Component) -> Value {
        let limits = component.limits;
        let values: Vec<&str> = self.items(component).iter().map(|item| item.value.as_str()).collect();
        let mut schema = match component.kind {
            Kind::Text | Kind::Multiline => {
                let least = limits.min.unwrap_or(1).max(1);
                json!({"type": "string", "minLength": least, "maxLength": limits.max})
            }
            Kind::YesNo => json!({"type": "boolean"}),
            Kind::Declaration => json!({"const": true}),
            Kind::Radios(_) | Kind::Select(_) => json!({"type": "string", "enum": values}),
            Kind::Checkboxes(_) => json!({
                "type": "array", "items": {"enum": values}, "minItems": 1, "uniqueItems": true,
            }),
            Kind::Date => json!({
                "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            }),
            Kind::Time => json!({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
            Kind::Email => json!({
                "type": "string", "format": "email", "pattern": "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", "maxLength": 254,
            }),
            Kind::Phone => json!({"type": "string", "pattern": "^\\+[1-9][0-9]{6,14}$"}),
            Kind::Postcode => json!({"type": "string", "pattern": POSTCODE}),
            Kind::Vehicle => json!({"type": "string", "pattern": "^[A-Z0-9]{2,8}$"}),
            Kind::Address => json!({
                "type": "object",
                "properties": {
                    "line1": {"type": "string", "minLength": 1, "maxLength": 100},
                    "line2": {"type": "string", "minLength": 1, "maxLength": 100},
                    "town": {"type": "string", "minLength": 1, "maxLength": 100},
                    "postcode": {"type": "string", "pattern": POSTCODE},
                },
                "required": ["line1", "town", "postcode"],
                "additionalProperties": false,
            }),
            Kind::Number if limits.precision == 0 => {
                json!({"type": "integer", "minimum": limits.min, "maximum": limits.max})
            }
            Kind::Number => json!({"type": "number", "minimum": limits.min, "maximum": limits.max}),
            Kind::Money => json!({
                "type": "integer",
                "description": "In pence.",
                "minimum": limits.min.map(|pounds| pounds.saturating_mul(100)),
                "maximum": limits.max.map(|pounds| pounds.saturating_mul(100)),
            }),
            Kind::Markdown(_) => json!(false),
        };
        if let Some(members) = schema.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        schema
    }
}

const POSTCODE: &str = "^(GIR|[A-Z]{1,2}[0-9][A-Z0-9]?) [0-9][A-Z]{2}$";

/// A schema that an object fits when the condition holds for it.
fn holds(condition: &Condition) -> Value {
    let tests: Vec<Value> = condition.tests.iter().map(test).collect();
    if condition.all { json!({"allOf": tests}) } else { json!({"anyOf": tests}) }
}

fn of(field: &str, schema: &Value) -> Value {
    json!({"properties": {field: schema}, "required": [field]})
}

fn test(test: &Test) -> Value {
    let value = &test.value;
    match test.op {
        Op::Is => of(&test.field, &json!({"const": value})),
        Op::IsNot => json!({"not": of(&test.field, &json!({"const": value}))}),
        Op::Contains => of(&test.field, &json!({"contains": {"const": value}})),
        Op::IsAnswered => json!({"required": [test.field]}),
        Op::IsMoreThan => of(&test.field, &json!({"exclusiveMinimum": value})),
        Op::IsLessThan => of(&test.field, &json!({"exclusiveMaximum": value})),
    }
}
