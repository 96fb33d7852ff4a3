//! What is known about one incident, in the words of a definition's dictionary.

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// Facts by name. A fact that is not in the map was not asked.
///
/// As JSON: `{ "suspect on scene": true, "occupant hurt": {"state": "unknown"} }`. Reading refuses a name
/// that comes twice, because one of the two answers would be lost without a word.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Facts(pub BTreeMap<String, Fact>);

/// One fact: a value, or why there is none to rely on.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A value. Whether it fits the dictionary is checked when a definition is evaluated.
    Known(Value),
    /// No value to rely on; the rules that need one are undetermined.
    Open {
        /// Why.
        state: FactState,
        /// The values that clash, or the one that is too old; empty for the other states.
        values: Vec<Value>,
    },
}

/// Why a fact has no value to rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactState {
    /// It was asked and the person did not know.
    Unknown,
    /// It was asked and the person did not want to say.
    Refused,
    /// Nobody asked yet.
    NotAsked,
    /// There is a value, but it is older than the dictionary allows.
    Stale,
    /// Sources disagree; all the values are kept.
    Conflicting,
}

impl FactState {
    /// All the states, in the order of their declaration.
    pub const ALL: [Self; 5] = [Self::Unknown, Self::Refused, Self::NotAsked, Self::Stale, Self::Conflicting];

    /// The stable code, as it stands in JSON and in a definition's cases.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::NotAsked => "not-asked",
            Self::Stale => "stale",
            Self::Conflicting => "conflicting",
        }
    }

    /// The words for a sentence.
    #[must_use]
    pub fn spoken(self) -> &'static str {
        match self {
            Self::Unknown => "not known",
            Self::Refused => "not answered",
            Self::NotAsked => "not asked yet",
            Self::Stale => "out of date",
            Self::Conflicting => "sources disagree",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

impl Fact {
    /// A fact without a value.
    #[must_use]
    pub fn open(state: FactState) -> Self {
        Self::Open { state, values: Vec::new() }
    }

    /// An object with a known `state` and perhaps `values` is an open fact; everything else is a value.
    pub(crate) fn from_value(value: Value) -> Self {
        if let Value::Object(map) = &value
            && map.keys().all(|k| k == "state" || k == "values")
            && let Some(state) = map.get("state").and_then(Value::as_str).and_then(FactState::from_code)
        {
            match map.get("values") {
                None => return Self::open(state),
                Some(Value::Array(values)) => return Self::Open { state, values: values.clone() },
                Some(_) => {}
            }
        }
        Self::Known(value)
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Known(value) => value.clone(),
            Self::Open { state, values } if values.is_empty() => json!({ "state": state.code() }),
            Self::Open { state, values } => json!({ "state": state.code(), "values": values }),
        }
    }
}

impl From<bool> for Fact {
    fn from(value: bool) -> Self {
        Self::Known(value.into())
    }
}

impl From<i64> for Fact {
    fn from(value: i64) -> Self {
        Self::Known(value.into())
    }
}

impl From<&str> for Fact {
    fn from(value: &str) -> Self {
        Self::Known(value.into())
    }
}

impl<N: Into<String>> FromIterator<(N, Fact)> for Facts {
    fn from_iter<T: IntoIterator<Item = (N, Fact)>>(iter: T) -> Self {
        Self(iter.into_iter().map(|(name, fact)| (name.into(), fact)).collect())
    }
}

impl Facts {
    /// SHA-256, in hex, of the facts as canonical JSON: names in the order of their bytes, no white space,
    /// whole numbers without a decimal point. The same facts give the same digest whoever wrote them down.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut text = Vec::with_capacity(32 * self.0.len() + 2);
        text.push(b'{');
        for (n, (name, fact)) in self.0.iter().enumerate() {
            if n > 0 {
                text.push(b',');
            }
            write_string(&mut text, name);
            text.push(b':');
            match fact {
                Fact::Known(value) => write_canonical(&mut text, value),
                Fact::Open { .. } => write_canonical(&mut text, &fact.to_value()),
            }
        }
        text.push(b'}');
        hex::encode(Sha256::digest(&text))
    }
}

fn write_string(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("a string can always be written to memory as JSON");
}

fn write_canonical(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Number(n) => match n.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53 fits")]
            Some(x) if x.fract() == 0.0 && x.abs() < 9_007_199_254_740_992.0 => {
                out.extend_from_slice((x as i64).to_string().as_bytes());
            }
            _ => out.extend_from_slice(n.to_string().as_bytes()),
        },
        Value::String(s) => write_string(out, s),
        Value::Array(items) => {
            out.push(b'[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write_canonical(out, item);
            }
            out.push(b']');
        }
        Value::Object(map) => {
            let sorted: BTreeMap<_, _> = map.iter().collect();
            out.push(b'{');
            for (n, (key, item)) in sorted.into_iter().enumerate() {
                if n > 0 {
                    out.push(b',');
                }
                write_string(out, key);
                out.push(b':');
                write_canonical(out, item);
            }
            out.push(b'}');
        }
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(b) => out.extend_from_slice(if *b { b"true" } else { b"false" }),
    }
}

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(s),
            Self::Open { .. } => self.to_value().serialize(s),
        }
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Value::deserialize(d).map(Self::from_value)
    }
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(s)
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        distinct(d, "fact").map(Self)
    }
}

/// Reads an object, refusing a name that comes twice; `what` is what it names.
pub(crate) fn distinct<'de, D, T>(d: D, what: &'static str) -> Result<BTreeMap<String, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct ByName<T>(&'static str, PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for ByName<T> {
        type Value = BTreeMap<String, T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object of {}s by name", self.0)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut found = BTreeMap::new();
            while let Some((name, item)) = map.next_entry::<String, T>()? {
                if found.contains_key(&name) {
                    return Err(A::Error::custom(format!("the {} '{name}' is given twice", self.0)));
                }
                found.insert(name, item);
            }
            Ok(found)
        }
    }
    d.deserialize_map(ByName(what, PhantomData))
}

impl From<Map<String, Value>> for Facts {
    fn from(map: Map<String, Value>) -> Self {
        map.into_iter().map(|(name, value)| (name, Fact::from_value(value))).collect()
    }
}
