//! The weight of one pair, and the parts that it is made of.

use super::explain;
use super::model::{Band, FieldModel, Level, Model, Test, bits};
use super::record::{Field, Name, Subject, Value};
use serde::{Deserialize, Serialize};

/// What a model makes of two subjects: a proposal, never a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Match weight in bits: the sum of the parts' weights, in their order, exactly.
    pub weight: f64,
    /// 1/(1+2^−weight).
    pub probability: f64,
    /// Where the model's bands put it.
    pub band: Band,
    /// The waterfall: first the prior, then one part for each field of the model, those with nothing to compare too.
    pub parts: Vec<Part>,
}

/// What one field says for or against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// "prior", or the model's name for the field.
    pub field: String,
    /// The left subject's value that was compared, for showing.
    pub left: Option<String>,
    /// The right subject's.
    pub right: Option<String>,
    /// Label of the level that held.
    pub level: String,
    /// Bits for (positive) or against (negative).
    pub weight: f64,
    /// True if both values can hardly be right of one thing.
    pub contradiction: bool,
    /// The same for an officer, with the weight: "Same mobile number 07700 900123 (+9.1)".
    pub sentence: String,
}

impl Comparison {
    /// The parts that speak against, heaviest first; the prior isn't one.
    pub fn against(&self) -> Vec<&Part> {
        let mut parts: Vec<&Part> = self.parts.iter().skip(1).filter(|part| part.weight < 0.0).collect();
        parts.sort_by(|a, b| a.weight.total_cmp(&b.weight));
        parts
    }
}

/// Weighs two subjects. Where a field has several values, the pair of values that weighs most counts, and the
/// sentence names the others if the thing can have only one. `score(m, a, b)` and `score(m, b, a)` have the same
/// weights bit for bit.
pub fn score(model: &Model, left: &Subject, right: &Subject) -> Comparison {
    let prior = model.prior_weight();
    let mut parts = vec![Part {
        field: "prior".to_owned(),
        left: None,
        right: None,
        level: "before comparing".to_owned(),
        weight: prior,
        contradiction: false,
        sentence: explain::prior(model, prior),
    }];
    parts.extend(compared(model, left, right).map(|(field, found)| found.part(field, left, right)));
    let weight = parts.iter().fold(0.0, |sum, part| sum + part.weight);
    let contradictions = parts.iter().filter(|part| part.contradiction).count();
    Comparison {
        weight,
        probability: 1.0 / (1.0 + (-weight).exp2()),
        band: model.band(weight, contradictions),
        parts,
    }
}

/// The weight alone, bit for bit that of [`score`], in about a third of the time: to rank many candidates before the best
/// are explained.
pub fn weight(model: &Model, left: &Subject, right: &Subject) -> f64 {
    compared(model, left, right).fold(model.prior_weight(), |sum, (_, found)| sum + found.weight)
}

fn compared<'a>(
    model: &'a Model,
    left: &'a Subject,
    right: &'a Subject,
) -> impl Iterator<Item = (&'a FieldModel, Found<'a>)> {
    let fit = left.kind == model.kind && right.kind == model.kind;
    let names = if fit { best_names(model, left, right) } else { (None, None) };
    model.comparisons.iter().map(move |field| {
        let settled = field
            .only_without
            .is_some_and(|other| [left, right].iter().all(|subject| !subject.values(other).is_empty()));
        let found = match (fit && !settled, field.field) {
            (false, _) => weigh(model, field, None, None, false),
            (true, Field::GivenName | Field::FamilyName) => weigh_name(model, field, names.0, names.1),
            (true, other) => best_values(model, field, left.values(other), right.values(other)),
        };
        (field, found)
    })
}

/// One pair of values with what it weighs.
struct Found<'a> {
    left: Option<&'a Value>,
    right: Option<&'a Value>,
    level: Option<(&'a Level, &'a Test)>,
    weight: f64,
    /// Bits of the weight that come from how common the value is.
    rarity: f64,
}

fn weigh<'a>(
    model: &'a Model,
    field: &'a FieldModel,
    left: Option<&'a Value>,
    right: Option<&'a Value>,
    swapped: bool,
) -> Found<'a> {
    let norm = |value: Option<&'a Value>| value.map(|value| value.norm.as_str());
    let level = field.level(norm(left), norm(right), swapped);
    let (weight, rarity) = match level {
        Some((level, _)) if level.test != Test::Missing => {
            let rarity = rarity(model, field, level, left, right);
            (bits(level.m, level.u) + rarity, rarity)
        }
        _ => (0.0, 0.0),
    };
    Found { left, right, level, weight, rarity }
}

/// Term-frequency adjustment: w·(log2 u of the exact level − log2 of the larger share of the two values).
/// A value that the table doesn't have leaves it to the other side; if neither is in it, nothing is adjusted.
fn rarity(
    model: &Model,
    field: &FieldModel,
    level: &Level,
    left: Option<&Value>,
    right: Option<&Value>,
) -> f64 {
    let exact = field.levels.iter().find(|level| level.test == Test::Exact);
    let table = model.frequencies.get(&field.field);
    let (Some(exact), Some(table), true) = (exact, table, level.tf_weight > 0.0) else { return 0.0 };
    let share = |value: Option<&Value>| value.and_then(|value| table.get(&value.norm)).copied();
    match (share(left), share(right)) {
        (None, None) => 0.0,
        (a, b) => {
            let share = a.unwrap_or(0.0).max(b.unwrap_or(0.0)).max(level.tf_minimum_u);
            level.tf_weight * bits(exact.u, share)
        }
    }
}

fn weigh_name<'a>(
    model: &'a Model,
    field: &'a FieldModel,
    left: Option<&'a Name>,
    right: Option<&'a Name>,
) -> Found<'a> {
    let half = |name: Option<&'a Name>| {
        name.and_then(|name| {
            if field.field == Field::GivenName { name.given.as_ref() } else { name.family.as_ref() }
        })
    };
    let norm = |value: &'a Option<Value>| value.as_ref().map(|value| value.norm.as_str());
    let swapped = left.zip(right).is_some_and(|(a, b)| {
        let (given, family) = (norm(&a.given), norm(&a.family));
        given.is_some() && family.is_some() && given == norm(&b.family) && family == norm(&b.given)
    });
    weigh(model, field, half(left), half(right), swapped)
}

/// The two names whose halves together weigh most. Ties go to the names that come first in order.
fn best_names<'a>(
    model: &'a Model,
    left: &'a Subject,
    right: &'a Subject,
) -> (Option<&'a Name>, Option<&'a Name>) {
    if let ([a], [b]) = (left.names.as_slice(), right.names.as_slice()) {
        return (Some(a), Some(b));
    }
    let halves = || {
        model.comparisons.iter().filter(|field| matches!(field.field, Field::GivenName | Field::FamilyName))
    };
    let weight = |a: &'a Name, b: &'a Name| -> f64 {
        halves().fold(0.0, |sum, field| sum + weigh_name(model, field, Some(a), Some(b)).weight)
    };
    let pairs = left.names.iter().flat_map(|a| right.names.iter().map(move |b| (a, b)));
    let best = pairs.map(|(a, b)| (weight(a, b), (a, b))).reduce(|best, next| {
        if better((best.0, in_order(best.1)), (next.0, in_order(next.1))) { next } else { best }
    });
    best.map_or((left.names.first(), right.names.first()), |(_, (a, b))| (Some(a), Some(b)))
}

fn best_values<'a>(
    model: &'a Model,
    field: &'a FieldModel,
    left: &'a [Value],
    right: &'a [Value],
) -> Found<'a> {
    let pairs = left.iter().flat_map(|a| right.iter().map(move |b| (a, b)));
    let best = pairs.map(|(a, b)| (weigh(model, field, Some(a), Some(b), false), in_order((a, b)))).reduce(
        |best, next| {
            if better((best.0.weight, best.1), (next.0.weight, next.1)) { next } else { best }
        },
    );
    best.map_or_else(|| weigh(model, field, left.first(), right.first(), false), |(found, _)| found)
}

/// Whether the second beats the first: the heavier, then the one first in order, whichever side is left.
fn better<T: Ord + Copy>(one: (f64, (T, T)), other: (f64, (T, T))) -> bool {
    other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)).is_gt()
}

fn in_order<T: Ord + Copy>((a, b): (T, T)) -> (T, T) {
    if a <= b { (a, b) } else { (b, a) }
}

impl Found<'_> {
    fn part(&self, field: &FieldModel, left: &Subject, right: &Subject) -> Part {
        let shown = |value: Option<&Value>| value.map(|value| value.shown.clone());
        let used = [self.left, self.right];
        let others = if field.field.is_single() && self.left.is_some() && self.right.is_some() {
            others(field.field, &used, left, right)
        } else {
            Vec::new()
        };
        Part {
            field: field.name.clone(),
            left: shown(self.left),
            right: shown(self.right),
            level: self.level.map_or_else(|| "no level".to_owned(), |(level, _)| level.label.clone()),
            weight: self.weight,
            contradiction: self.level.is_some_and(|(level, _)| level.contradicts),
            sentence: explain::sentence(
                field,
                self.level.map(|(_, test)| test),
                used,
                self.weight,
                self.rarity,
                &others,
            ),
        }
    }
}

/// Values held of the field beside those compared: what might speak against must not be hidden by a better pair.
fn others<'a>(field: Field, used: &[Option<&Value>], left: &'a Subject, right: &'a Subject) -> Vec<&'a str> {
    let all = |subject: &'a Subject| -> Vec<&'a Value> {
        match field {
            Field::GivenName => subject.names.iter().filter_map(|name| name.given.as_ref()).collect(),
            Field::FamilyName => subject.names.iter().filter_map(|name| name.family.as_ref()).collect(),
            _ => subject.values(field).iter().collect(),
        }
    };
    let mut rest: Vec<&Value> = all(left).into_iter().chain(all(right)).collect();
    rest.retain(|value| !used.iter().flatten().any(|other| other.norm == value.norm));
    rest.sort();
    rest.dedup_by(|a, b| a.norm == b.norm);
    rest.into_iter().map(|value| value.shown.as_str()).collect()
}

impl Field {
    /// True if one thing has only one such value at a time, so that a second one needs an explanation.
    fn is_single(self) -> bool {
        matches!(
            self,
            Self::GivenName
                | Self::FamilyName
                | Self::BirthDate
                | Self::Sex
                | Self::Uprn
                | Self::Registration
                | Self::Vin
                | Self::Imei
        )
    }
}
