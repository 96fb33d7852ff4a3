//! A version of a strategy as assessments see it: its elements, in an order that never changes.

use crate::strategy::{ElementKind, Strategy};
use serde::Serialize;
use std::collections::BTreeMap;

/// The kinds of elements that items are measured against: the axes.
const AXES: [ElementKind; 7] = [
    ElementKind::Principle,
    ElementKind::Trend,
    ElementKind::Priority,
    ElementKind::Action,
    ElementKind::Capability,
    ElementKind::Ethics,
    ElementKind::Technology,
];

/// An element that items are measured against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Element {
    /// Its id in the strategy, such as `P09`.
    pub id: String,
    /// The axis it belongs to, by code: the kind of the element, such as `principle`.
    pub axis: String,
    /// What it is called.
    pub name: String,
}

/// A version of a strategy with the elements that items are measured against.
///
/// Their order is that of the version and is part of it: what is kept of an assessment refers to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scheme {
    /// The strategy's id.
    pub strategy: String,
    /// Its version.
    pub version: String,
    /// Its elements.
    pub elements: Vec<Element>,
}

impl Scheme {
    /// A version of a strategy with its elements that are on an axis, axis by axis. Neither what is retired nor the
    /// order changes within a version.
    #[must_use]
    pub fn of(strategy: &Strategy) -> Self {
        let of_kind = |kind: ElementKind| {
            strategy.of_kind(kind).filter(|e| e.retired.is_none()).map(move |e| Element {
                id: e.id.clone(),
                axis: kind.code().to_owned(),
                name: e.name.clone(),
            })
        };
        Self {
            strategy: strategy.id.clone(),
            version: strategy.version.clone(),
            elements: AXES.into_iter().flat_map(of_kind).collect(),
        }
    }

    /// What people read of an axis.
    #[must_use]
    pub fn label(axis: &str) -> String {
        ElementKind::from_code(axis).map_or_else(|| axis.to_owned(), ElementKind::plural)
    }

    /// The axes in the order in which they begin, each with the places of its elements.
    #[must_use]
    pub fn axes(&self) -> Vec<(&str, Vec<usize>)> {
        let (mut axes, mut known) = (Vec::<(&str, Vec<usize>)>::new(), BTreeMap::new());
        for (place, element) in self.elements.iter().enumerate() {
            let at = *known.entry(element.axis.as_str()).or_insert_with(|| {
                axes.push((element.axis.as_str(), Vec::new()));
                axes.len() - 1
            });
            axes[at].1.push(place);
        }
        axes
    }

    /// Where each element stands, by id.
    pub(super) fn places(&self) -> BTreeMap<&str, usize> {
        self.elements.iter().enumerate().map(|(n, e)| (e.id.as_str(), n)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_stand_in_the_order_in_which_they_begin() {
        let element = |id: &str, axis: &str| Element { id: id.into(), axis: axis.into(), name: id.into() };
        let scheme = Scheme {
            strategy: "s".into(),
            version: "1".into(),
            elements: vec![element("T1", "trend"), element("P1", "principle"), element("T2", "trend")],
        };
        assert_eq!(scheme.axes(), [("trend", vec![0, 2]), ("principle", vec![1])]);
        assert_eq!(scheme.places()["T2"], 2);
    }
}
