//! What several people found of one cell, and the rows of a matrix.

use super::{Scheme, Score, standing::Letters};
use bluelamp_model::{Result, authority::Verb, authority::action};
use bluelamp_store::Cx;
use serde::{Serialize, Serializer};
use serde_json::json;

/// What those who assessed a cell found, taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The median; between two scores where an even number of people do not agree.
    pub median: Median,
    /// The lowest score that somebody gave.
    pub low: Score,
    /// The highest.
    pub high: Score,
    /// How many people gave one.
    pub assessors: u32,
    /// How many of them say that the item works against the element.
    pub against: u32,
}

/// A median of scores, in half steps from -1 to 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Median(i8);

impl Median {
    /// Twice the median, so that it is whole.
    #[must_use]
    pub fn doubled(self) -> i8 {
        self.0
    }

    /// The median.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.0) / 2.0
    }
}

impl Serialize for Median {
    fn serialize<S: Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        s.serialize_f64(self.value())
    }
}

/// Takes together what people found of one cell. None where nobody assessed it.
#[must_use]
pub fn over(scores: &[Score]) -> Option<Figure> {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable();
    let (low, high) = (*sorted.first()?, *sorted.last()?);
    let n = sorted.len();
    let median = Median(sorted[(n - 1) / 2].value() + sorted[n / 2].value());
    let against = sorted.iter().filter(|s| **s == Score::Against).count();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Some(Figure { median, low, high, assessors: count(n), against: count(against) })
}

/// An item's row in a matrix.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemRow {
    /// The item's code.
    pub item: String,
    /// How many people assessed it against this version.
    pub assessors: u32,
    /// What they found, by the version's order of elements; none where nobody assessed the element.
    pub cells: Vec<Option<Figure>>,
}

impl ItemRow {
    /// The row of an item from the letters of those who assessed it.
    pub(super) fn of(item: &str, elements: usize, letters: &[&Letters]) -> Self {
        let mut found = Vec::with_capacity(letters.len());
        let cells = (0..elements).map(|e| {
            found.clear();
            found.extend(letters.iter().filter_map(|l| l.scores[e]));
            over(&found)
        });
        let cells = cells.collect();
        Self { item: item.to_owned(), assessors: u32::try_from(letters.len()).unwrap_or(u32::MAX), cells }
    }

    /// How many of these elements somebody assessed.
    #[must_use]
    pub fn assessed(&self, places: &[usize]) -> usize {
        places.iter().filter(|p| self.cells.get(**p).is_some_and(Option::is_some)).count()
    }
}

/// The rows of these items against a version of a strategy, in the given order. Reads letters only. An item that nobody
/// assessed has a row of nothing.
///
/// # Errors
/// Not allowed; database errors.
pub fn matrix(cx: &mut Cx<'_>, scheme: &Scheme, items: &[String]) -> Result<Vec<ItemRow>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    let all = super::standing(cx, scheme, Some(items))?;
    let rows: Vec<_> = items
        .iter()
        .map(|item| {
            let mine = all.partition_point(|l| l.item < *item);
            let letters: Vec<_> = all[mine..].iter().take_while(|l| l.item == *item).collect();
            ItemRow::of(item, scheme.elements.len(), &letters)
        })
        .collect();
    cx.record(
        Verb::Consult,
        "assessments",
        None,
        json!({ "strategy": scheme.strategy, "version": scheme.version, "items": items.len() }),
    )?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Score::{Against, Central, Contributes, Minor, Nothing};

    #[test]
    fn the_median_of_what_people_found_stands_with_its_range() {
        let figure = |scores: &[Score]| {
            over(scores).map(|f| (f.median.value(), f.low.value(), f.high.value(), f.assessors, f.against))
        };
        assert_eq!(figure(&[]), None, "not assessed is no score");
        assert_eq!(figure(&[Contributes]), Some((2.0, 2, 2, 1, 0)));
        assert_eq!(figure(&[Central, Minor]), Some((2.0, 1, 3, 2, 0)));
        assert_eq!(figure(&[Central, Contributes]), Some((2.5, 2, 3, 2, 0)));
        assert_eq!(figure(&[Central, Against, Nothing]), Some((0.0, -1, 3, 3, 1)));
        assert_eq!(figure(&[Against, Nothing]), Some((-0.5, -1, 0, 2, 1)));
    }
}
