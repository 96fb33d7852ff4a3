//! How well an item serves an axis of a strategy, with everything that has to be known beside it.

use super::{
    ItemRow, Scheme, Score, Weights,
    stability::{Rank, ranks},
    standing::Letters,
    weights_in_force,
};
use crate::algorithms;
use bluelamp_model::{
    Error, Result,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::Serialize;
use serde_json::json;

/// How well an item serves an axis.
///
/// It can be shown, written as JSON and written as cells of a table, each time as a whole. There is no way to ask it for
/// the number alone: cells multiply, so that nearly everything aligns with nearly everything, and without coverage, range
/// and rank the number says nothing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alignment {
    /// The axis, by code.
    axis: String,
    /// `sum(w * max(s, 0)) / (3 * sum(w))` over the assessed cells, `s` being the median over assessors; none where
    /// nothing that weighs was assessed.
    value: Option<f64>,
    /// How many elements of the axis somebody assessed.
    assessed: usize,
    /// How many elements the axis has.
    elements: usize,
    /// The share of them that was assessed.
    coverage: f64,
    /// How many people assessed something on the axis.
    assessors: usize,
    /// The alignment by each of those people alone: the median,
    median: Option<f64>,
    /// the lowest,
    low: Option<f64>,
    /// and the highest.
    high: Option<f64>,
    /// On how many elements somebody says that the item works against it.
    against: usize,
    /// How far its rank depends on the weights.
    rank: Option<Rank>,
}

impl Alignment {
    /// The axis, by code.
    #[must_use]
    pub fn axis(&self) -> &str {
        &self.axis
    }

    /// Whether anybody assessed anything on the axis.
    #[must_use]
    pub fn is_assessed(&self) -> bool {
        self.assessed > 0
    }

    /// The names of what [`Self::cells`] gives.
    pub const COLUMNS: [&str; 15] = [
        "axis",
        "alignment",
        "assessed",
        "elements",
        "coverage",
        "assessors",
        "assessors_median",
        "assessors_low",
        "assessors_high",
        "works_against",
        "rank_low",
        "rank_high",
        "ranked_items",
        "top",
        "share_in_top",
    ];

    /// All of it as the cells of a table; what there is not is empty.
    #[must_use]
    pub fn cells(&self) -> [String; 15] {
        let share = |value: Option<f64>| value.map_or_else(String::new, |v| format!("{v:.4}"));
        let whole = |value: Option<u32>| value.map_or_else(String::new, |v| v.to_string());
        [
            self.axis.clone(),
            share(self.value),
            self.assessed.to_string(),
            self.elements.to_string(),
            share(Some(self.coverage)),
            self.assessors.to_string(),
            share(self.median),
            share(self.low),
            share(self.high),
            self.against.to_string(),
            whole(self.rank.map(|r| r.low)),
            whole(self.rank.map(|r| r.high)),
            whole(self.rank.map(|r| r.of)),
            whole(self.rank.map(|r| r.top)),
            share(self.rank.map(|r| r.in_top)),
        ]
    }
}

/// An item with its alignment on each axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Aligned {
    /// The item's code.
    pub item: String,
    /// One for each axis that was asked for, in the version's order.
    pub axes: Vec<Alignment>,
}

/// `sum(w * max(s, 0)) / (3 * sum(w))`; none where nothing weighs. Scores are doubled.
fn aligned(weights: &[f32], cells: impl Iterator<Item = (usize, i8)>) -> Option<f64> {
    let (mut gained, mut possible) = (0.0, 0.0);
    for (place, doubled) in cells {
        let weight = f64::from(weights[place]);
        gained += weight * f64::from(doubled.max(0)) / 2.0;
        possible += weight;
    }
    (possible > 0.0).then(|| gained / (3.0 * possible))
}

/// Works out the alignment of items from the letters of those who assessed them, which are sorted by item. `axis` asks
/// for one axis alone; `top` for how many ranks from the top the share is counted.
#[must_use]
pub fn align(
    scheme: &Scheme,
    weights: &Weights,
    items: &[String],
    letters: &[Letters],
    axis: Option<&str>,
    top: u32,
) -> Vec<Aligned> {
    let of = |item: &String| {
        let from = letters.partition_point(|l| l.item < *item);
        letters[from..].iter().take_while(|l| l.item == *item).collect::<Vec<_>>()
    };
    let mine: Vec<_> = items.iter().map(of).collect();
    let rows: Vec<_> =
        items.iter().zip(&mine).map(|(i, l)| ItemRow::of(i, scheme.elements.len(), l)).collect();
    let mut answer: Vec<_> =
        items.iter().map(|item| Aligned { item: item.clone(), axes: Vec::new() }).collect();
    for (code, places) in scheme.axes().into_iter().filter(|(code, _)| axis.is_none_or(|a| a == *code)) {
        let assessed = |row: &ItemRow| {
            let cell = |p: &usize| {
                let median = row.cells[*p]?.median.doubled().max(0);
                Some((u32::try_from(*p).unwrap_or(u32::MAX), f32::from(median) / 2.0))
            };
            places.iter().filter_map(cell).collect::<Vec<_>>()
        };
        let ranked = ranks(&weights.by_place, &rows.iter().map(assessed).collect::<Vec<_>>(), top);
        for (((row, letters), rank), item) in rows.iter().zip(&mine).zip(ranked).zip(&mut answer) {
            item.axes.push(one(code, &places, weights, row, letters, rank));
        }
    }
    answer
}

fn one(
    axis: &str,
    places: &[usize],
    weights: &Weights,
    row: &ItemRow,
    letters: &[&Letters],
    rank: Option<Rank>,
) -> Alignment {
    let medians = places.iter().filter_map(|p| Some((*p, row.cells[*p]?.median.doubled())));
    let mut alone: Vec<f64> = Vec::new();
    let mut assessors = 0;
    for person in letters {
        let scores = places.iter().filter_map(|p| Some((*p, person.scores[*p]?.value() * 2)));
        assessors += usize::from(scores.clone().next().is_some());
        alone.extend(aligned(&weights.by_place, scores));
    }
    alone.sort_unstable_by(f64::total_cmp);
    let n = alone.len();
    let assessed = row.assessed(places);
    let is_against = |p: &&usize| row.cells[**p].is_some_and(|f| f.low == Score::Against);
    Alignment {
        axis: axis.to_owned(),
        value: aligned(&weights.by_place, medians),
        assessed,
        elements: places.len(),
        coverage: assessed as f64 / places.len().max(1) as f64,
        assessors,
        median: (n > 0).then(|| (alone[(n - 1) / 2] + alone[n / 2]) / 2.0),
        low: alone.first().copied(),
        high: alone.last().copied(),
        against: places.iter().filter(is_against).count(),
        rank,
    }
}

/// The alignment of these items with a version of a strategy, ranked among one another, with the weights in force.
/// `items` are all that are to be ranked, those that nobody assessed among them.
///
/// # Errors
/// Not allowed; [`Error::Invalid`] for an axis that the version does not have; [`Error::Conflict`] where a named person
/// stopped it; database errors.
pub fn alignment(
    cx: &mut Cx<'_>,
    scheme: &Scheme,
    items: &[String],
    axis: Option<&str>,
    top: u32,
) -> Result<(Weights, Vec<Aligned>)> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    algorithms::ask(cx, algorithms::ALIGNMENT)?;
    let axes = scheme.axes();
    if let Some(axis) = axis.filter(|a| !axes.iter().any(|(known, _)| known == a)) {
        let known: Vec<_> = axes.iter().map(|(a, _)| *a).collect();
        let words = format!("'{axis}' is not an axis; the axes are {}", known.join(", "));
        return Err(Error::field("axis", "unknown", words));
    }
    let weights = weights_in_force(cx, scheme)?;
    let letters = super::standing(cx, scheme, Some(items))?;
    let all = align(scheme, &weights, items, &letters, axis, top);
    cx.record(
        Verb::Consult,
        "alignment",
        None,
        json!({ "strategy": scheme.strategy, "version": scheme.version, "axis": axis, "items": items.len() }),
    )?;
    Ok((weights, all))
}
