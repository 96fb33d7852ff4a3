//! What answers mean to the rest of the house: triage facts, people and things, free text, a title.

use crate::journey::Reading;
use crate::question::{FactShape, Kind, MapTo};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A person, place or thing that a report speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// The role in the form, such as `reporter`.
    pub role: String,
    /// `person`, `location` or `vehicle`.
    pub kind: String,
    /// How it is tied to the report.
    pub link: String,
    /// Further ties to the report.
    pub also: Vec<String>,
    /// What was said of it: `name`, `given_name`, `family_name`, `date_of_birth`, `phone`, `email`, `handle`,
    /// `description`, `line1`, `line2`, `town`, `postcode`, `registration`.
    pub properties: BTreeMap<String, String>,
}

/// A piece of a report's title.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Words as they are.
    Words(String),
    /// The first of several that has something to say.
    First(Vec<Alternative>),
}

/// One of the alternatives between braces.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Alternative {
    /// An answer, or a part of an address.
    Answer { name: String, part: Option<String> },
    /// Words between quotes.
    Words(String),
}

/// Reads `Burglary at {scene.postcode|area|'an address not given'}`.
pub(crate) fn template(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        pieces.push(Piece::Words(before.into()));
        let (inside, behind) = after.split_once('}').ok_or("has a { without its }")?;
        let alternatives = inside.split('|').map(|one| {
            let one = one.trim();
            if let Some(words) = one.strip_prefix('\'').and_then(|w| w.strip_suffix('\'')) {
                return Alternative::Words(words.into());
            }
            match one.split_once('.') {
                Some((name, part)) => Alternative::Answer { name: name.into(), part: Some(part.into()) },
                None => Alternative::Answer { name: one.into(), part: None },
            }
        });
        pieces.push(Piece::First(alternatives.collect()));
        rest = behind;
    }
    pieces.push(Piece::Words(rest.into()));
    Ok(pieces)
}

impl Reading<'_, '_> {
    /// The triage facts that the answers are, by name. A question that was not asked, or not answered, gives
    /// none; "not sure" gives `{"state": "unknown"}`, "prefer not to say" `{"state": "refused"}`.
    #[must_use]
    pub fn facts(&self) -> BTreeMap<String, Value> {
        let mut facts = BTreeMap::new();
        for (component, given) in self.answered() {
            let Some(shape) = &component.fact else { continue };
            if let Some(value) = fact(shape, given) {
                facts.insert(shape.name.clone(), value);
            }
        }
        facts
    }

    /// The people, places and things that the answers describe, by role; none of which nothing was said.
    ///
    /// Where two answers give the same property, the one asked first counts.
    #[must_use]
    pub fn entities(&self) -> Vec<Entity> {
        let mut found: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
        for (component, given) in self.answered() {
            let Some(MapTo { entity, property }) = &component.map else { continue };
            let properties = found.entry(entity).or_default();
            match (property, given) {
                (Some(property), Value::String(words)) => {
                    properties.entry(property.clone()).or_insert_with(|| words.clone());
                }
                (None, Value::Object(parts)) => {
                    for (part, words) in parts.iter().filter_map(|(k, v)| Some((k, v.as_str()?))) {
                        properties.entry(part.clone()).or_insert_with(|| words.into());
                    }
                }
                _ => {}
            }
        }
        let mut all = Vec::new();
        for (role, properties) in found.into_iter().filter(|(_, properties)| !properties.is_empty()) {
            let Some(shape) = self.form.entities.get(role) else { continue };
            let holds = |condition: &str| self.form.holds(condition, &|name| self.known(name));
            let also = shape.also.iter().filter(|also| holds(&also.condition));
            all.push(Entity {
                role: role.into(),
                kind: shape.kind.clone(),
                link: shape.link.clone(),
                also: also.map(|also| also.link.clone()).collect(),
                properties,
            });
        }
        all
    }

    /// What the person told in their own words: the answers of several lines, in order, an empty line
    /// between them.
    #[must_use]
    pub fn free_text(&self) -> String {
        let told: Vec<&str> = self
            .answered()
            .filter(|(component, _)| component.kind == Kind::Multiline)
            .filter_map(|(_, given)| given.as_str())
            .collect();
        told.join("\n\n")
    }

    /// What to call a report with these answers, such as "Burglary at ZZ99 1AA".
    #[must_use]
    pub fn title(&self) -> String {
        let answer = |name: &str, part: Option<&str>| -> Option<String> {
            let (component, given) = self.answered().find(|(component, _)| component.name == name)?;
            match part {
                Some(part) => given.get(part)?.as_str().map(ToString::to_string),
                None => Some(self.form.shown(component, given).join(", ")),
            }
        };
        let said = self.form.report_title.say(self.form.speaks);
        let Ok(pieces) = template(said) else { return said.into() };
        let mut title = String::new();
        for piece in pieces {
            match piece {
                Piece::Words(words) => title.push_str(&words),
                Piece::First(alternatives) => {
                    let first = alternatives.into_iter().find_map(|one| match one {
                        Alternative::Words(words) => Some(words),
                        Alternative::Answer { name, part } => answer(&name, part.as_deref()),
                    });
                    title.push_str(&first.unwrap_or_default());
                }
            }
        }
        title
    }
}

fn fact(shape: &FactShape, given: &Value) -> Option<Value> {
    match given {
        Value::Bool(_) | Value::Number(_) => Some(given.clone()),
        Value::String(value) => shape.values.get(value).cloned().or_else(|| usual(value)),
        _ => None,
    }
}

/// What the usual choices mean.
pub(crate) fn usual(value: &str) -> Option<Value> {
    Some(match value {
        "yes" => json!(true),
        "no" => json!(false),
        "not-sure" => json!({"state": "unknown"}),
        "prefer-not-to-say" => json!({"state": "refused"}),
        _ => return None,
    })
}
