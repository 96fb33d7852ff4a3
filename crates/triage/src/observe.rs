//! From what several sources said, and when, to the facts of one moment.

use crate::evaluate::misfit;
use crate::{Definition, Fact, FactState, Facts};
use bluelamp_model::{FieldError, Time};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What one source said about one fact.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Observation {
    /// What was said.
    pub said: Said,
    /// Which sort of source, such as `victim` or `records`; empty where that is not known.
    pub source: String,
    /// When it was obtained; none where that is not known, and then it never goes stale.
    pub at: Option<Time>,
}

/// What a source said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Said {
    /// A value.
    Value(Value),
    /// That it did not know or would not say, or that nobody asked; or a state that was worked out elsewhere, with
    /// its values.
    State(FactState, Vec<Value>),
}

/// What is known about one incident with its sources: for each fact what each source said, in the order of time.
///
/// As JSON, a fact's name with a value (`true`), a state (`{"state": "refused"}`), a value with its source and time
/// (`{"value": true, "source": "victim", "at": "2026-11-27T03:10:00Z"}`), or a list of these.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
pub struct Observations(pub BTreeMap<String, Vec<Observation>>);

impl Observation {
    /// Reads one element.
    fn from_value(value: Value) -> Self {
        let plain = |said| Self { said, source: String::new(), at: None };
        let Value::Object(map) = &value else { return plain(Said::Value(value)) };
        let known = ["value", "state", "values", "source", "at"];
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        let at = text("at").map(str::parse::<Time>);
        let well_formed = map.keys().all(|k| known.contains(&k.as_str()))
            && map.contains_key("value") != map.contains_key("state")
            && map.contains_key("source") == text("source").is_some()
            && map.contains_key("at") == matches!(at, Some(Ok(_)));
        if !well_formed {
            return plain(Said::Value(value));
        }
        let said = match (map.get("value"), Fact::from_value(without_source(map))) {
            (Some(said), _) => Said::Value(said.clone()),
            (None, Fact::Open { state, values }) => Said::State(state, values),
            // A state that is none: kept as it is, to be refused as a value of the wrong type.
            (None, Fact::Known(_)) => return plain(Said::Value(value)),
        };
        Self { said, source: text("source").unwrap_or_default().to_owned(), at: at.and_then(Result::ok) }
    }
}

/// The part of an element that is a state.
fn without_source(map: &serde_json::Map<String, Value>) -> Value {
    let parts = map.iter().filter(|(k, _)| *k == "state" || *k == "values");
    Value::Object(parts.map(|(k, v)| (k.clone(), v.clone())).collect())
}

impl<'de> Deserialize<'de> for Observations {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        // Facts refuse a name that comes twice, and keep whatever is none of their states as a value.
        let facts = Facts::deserialize(d)?;
        let read = |fact: Fact| match fact {
            Fact::Known(Value::Array(items)) if items.iter().all(Value::is_object) && !items.is_empty() => {
                items.into_iter().map(Observation::from_value).collect()
            }
            Fact::Known(value) => vec![Observation::from_value(value)],
            Fact::Open { state, values } => {
                vec![Observation { said: Said::State(state, values), source: String::new(), at: None }]
            }
        };
        Ok(Self(facts.0.into_iter().map(|(name, fact)| (name, read(fact))).collect()))
    }
}

impl Definition {
    /// What was said about the facts that the dictionary names; see [`Definition::known_part`].
    #[must_use]
    pub fn known_part_told(&self, told: &Observations) -> Observations {
        let known = told.0.iter().filter(|(name, _)| self.fact(name).is_some());
        Observations(known.map(|(name, said)| (name.clone(), said.clone())).collect())
    }

    /// The facts at one moment. Of each source its latest word counts. A value that is older than the dictionary
    /// allows is stale, unless another source gave a fresh one; sources whose values differ conflict, and all the
    /// values are kept; who does not know or would not say does not speak against who does.
    ///
    /// # Errors
    /// As [`Definition::evaluate`]; and `no-time` where a fact can go stale, is dated, and no moment is given.
    pub fn facts_at(&self, told: &Observations, moment: Option<Time>) -> Result<Facts, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut facts = BTreeMap::new();
        for (name, observations) in &told.0 {
            let Some(entry) = self.fact(name).and_then(|at| self.facts.get(at)) else {
                errors.push(self.unknown_fact(name));
                continue;
            };
            let values = observations.iter().flat_map(|o| match &o.said {
                Said::Value(value) => std::slice::from_ref(value),
                Said::State(_, values) => values.as_slice(),
            });
            let before = errors.len();
            errors.extend(values.filter_map(|v| misfit(entry, v)));
            if errors.len() > before {
                continue;
            }
            let stale = match (entry.stale_after_minutes, moment) {
                (Some(_), None) if observations.iter().any(|o| o.at.is_some()) => {
                    let message =
                        format!("'{name}' is dated and goes stale: say at which moment it is to be seen");
                    errors.push(FieldError { field: name.clone(), code: "no-time".into(), message });
                    continue;
                }
                (Some(minutes), Some(moment)) => Some(moment.plus_seconds(-60 * i64::from(minutes))),
                _ => None,
            };
            facts.insert(name.clone(), fact(observations, stale));
        }
        if errors.is_empty() { Ok(Facts(facts)) } else { Err(errors) }
    }
}

/// One fact from what its sources said; what was obtained before `stale` is too old.
fn fact(observations: &[Observation], stale: Option<Time>) -> Fact {
    let mut latest: Vec<&Observation> = Vec::new();
    for observation in observations {
        match latest.iter_mut().find(|o| !o.source.is_empty() && o.source == observation.source) {
            Some(earlier) if observation.at >= earlier.at => *earlier = observation,
            Some(_) => {}
            None => latest.push(observation),
        }
    }
    let (mut fresh, mut old, mut states) = (Vec::new(), Vec::new(), Vec::new());
    for observation in latest {
        match &observation.said {
            Said::Value(value) if stale.is_some_and(|limit| observation.at.is_some_and(|at| at < limit)) => {
                old.push(value);
            }
            Said::Value(value) => fresh.push(value),
            Said::State(state, values) => states.push((*state, values)),
        }
    }
    let all = |values: Vec<&Value>| values.into_iter().cloned().collect();
    // A conflict that was found elsewhere is not undone by one more voice.
    if let Some((state, values)) = states.iter().find(|(s, _)| *s == FactState::Conflicting) {
        let mut values = (*values).clone();
        values.extend(fresh.into_iter().cloned());
        return Fact::Open { state: *state, values };
    }
    match fresh.as_slice() {
        [first, rest @ ..] if rest.iter().all(|v| v == first) => return Fact::Known((*first).clone()),
        [_, ..] => return Fact::Open { state: FactState::Conflicting, values: all(fresh) },
        [] => {}
    }
    if let Some((state, values)) = states.iter().find(|(s, _)| *s == FactState::Stale) {
        return Fact::Open { state: *state, values: (*values).clone() };
    }
    if !old.is_empty() {
        return Fact::Open { state: FactState::Stale, values: all(old) };
    }
    let said = |wanted| states.iter().any(|(s, _)| *s == wanted);
    let state = [FactState::Refused, FactState::Unknown].into_iter().find(|s| said(*s));
    let values = states.iter().find(|(s, _)| Some(*s) == state).map_or_else(Vec::new, |(_, v)| (*v).clone());
    Fact::Open { state: state.unwrap_or(FactState::NotAsked), values }
}
