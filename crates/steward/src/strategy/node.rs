//! YAML with the lines on which things stand.

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_saphyr::{MessageFormatter, Spanned, UserMessageFormatter};
use std::fmt;

/// A value with the line, counted from 1, on which it begins; in a mapping, that of its key.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) line: u64,
    pub(crate) value: Value,
}

/// What YAML can say.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Value {
    /// What it is, as a person is told.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// Reads YAML.
///
/// # Errors
/// The line and what is wrong there: the first mistake, because nothing can be said about what comes after.
pub(crate) fn parse(text: &str) -> Result<Node, (u64, String)> {
    // YAML 1.1 reads `no` as false; here only `false` is.
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().map_or(1, |l| l.line()).max(1);
        (line, UserMessageFormatter.format_message(&error).into_owned())
    })
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Self { line: read.referenced.line().max(1), value: read.value })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    #[expect(clippy::cast_precision_loss, reason = "no number of a strategy needs more than 53 bits")]
    fn visit_i64<E: Error>(self, v: i64) -> Result<Value, E> {
        Ok(Value::Number(v as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "no number of a strategy needs more than 53 bits")]
    fn visit_u64<E: Error>(self, v: u64) -> Result<Value, E> {
        Ok(Value::Number(v as f64))
    }

    fn visit_f64<E: Error>(self, v: f64) -> Result<Value, E> {
        Ok(Value::Number(v))
    }

    fn visit_str<E: Error>(self, v: &str) -> Result<Value, E> {
        Ok(Value::Text(v.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, node)) = map.next_entry::<Spanned<String>, Node>()? {
            // A person looks for the key, also where a long text begins below it.
            let line = key.referenced.line().max(1);
            entries.push((key.value, Node { line, ..node }));
        }
        Ok(Value::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_line_of_each_value() {
        let text = "a: 1\n\nb:\n  - x\n  - {c: true,\n     d: no}\ne: >-\n  one\n  two\nf:\n";
        let Value::Map(entries) = parse(text).unwrap().value else { panic!("a mapping") };
        let line = |key: &str| entries.iter().find(|(k, _)| k == key).map(|(_, n)| n.line);
        assert_eq!((line("a"), line("e")), (Some(1), Some(7)));
        let Some((_, Node { value: Value::List(items), .. })) = entries.iter().find(|(k, _)| k == "b") else {
            panic!("a list")
        };
        let Value::Map(inner) = &items[1].value else { panic!("a mapping") };
        assert_eq!((items[0].line, items[1].line, inner[1].1.line), (4, 5, 6));
        assert!(matches!(&inner[1].1.value, Value::Text(no) if no == "no"), "only false is false");
    }

    #[test]
    fn what_is_no_yaml_is_told_with_its_line() {
        assert_eq!(parse("a: 1\nb: [1,\n").unwrap_err().0, 2);
        assert_eq!(parse("a: 1\na: 2\n").unwrap_err().0, 2);
    }
}
