//! The strategies that a portfolio is held against, and what people found of its items.

use super::{Best, Element, Portfolio};
use crate::{
    algorithms,
    assessment::{self, Letters, Scheme},
    landscape,
    strategy::{self, ElementKind, Strategy},
};
use bluelamp_model::{Error, Result, authority::action};
use bluelamp_store::Cx;
use std::{collections::BTreeMap, sync::Arc};

/// What some item should serve. Trends, technologies and bodies are not served.
const SERVED: [ElementKind; 11] = [
    ElementKind::Principle,
    ElementKind::Ambition,
    ElementKind::Priority,
    ElementKind::Enabler,
    ElementKind::Action,
    ElementKind::Capability,
    ElementKind::Ethics,
    ElementKind::Culture,
    ElementKind::Skill,
    ElementKind::Structure,
    ElementKind::TransformationCapability,
];

/// The strategies that are held, each in its latest version: the named one, or all.
///
/// # Errors
/// Not allowed; [`Error::NotFound`] for one that is not held; database errors.
pub fn strategies_of(cx: &mut Cx<'_>, named: Option<&str>) -> Result<Vec<Arc<Strategy>>> {
    let held = strategy::strategies(cx)?;
    if let Some(id) = named
        && !held.iter().any(|h| h.id == id)
    {
        let known: Vec<_> = held.iter().map(|h| h.id.as_str()).collect();
        let known = if known.is_empty() { "none".into() } else { known.join(", ") };
        return Err(Error::NotFound(format!("a strategy called ‘{id}’; held are: {known}")));
    }
    let wanted = held.iter().filter(|h| named.is_none_or(|id| h.id == id));
    wanted.map(|h| Ok(strategy::view(cx, &h.id, None)?.strategy)).collect()
}

/// Holds a portfolio against strategies: their elements, their roadmaps, and what was assessed against these versions.
///
/// # Errors
/// Database errors.
pub fn hold_against(cx: &mut Cx<'_>, portfolio: &mut Portfolio, strategies: &[Arc<Strategy>]) -> Result<()> {
    for s in strategies {
        let scheme = Scheme::of(s);
        let letters = assessment::standing(cx, &scheme, None)?;
        portfolio.assessed.extend(best(&scheme, &letters));
        add(portfolio, s);
    }
    Ok(())
}

/// Adds the elements of a strategy. One that has parts is served by its parts.
pub fn add(portfolio: &mut Portfolio, s: &Strategy) {
    let reference = |id: &str| s.reference(id).to_string();
    for e in s.elements.iter().filter(|e| e.retired.is_none()) {
        let element = Element {
            id: reference(&e.id),
            kind: e.kind.label().into(),
            name: e.name.clone(),
            phase: e.phase.as_ref().map(ToString::to_string),
        };
        match e.kind {
            ElementKind::RoadmapItem => portfolio.roadmap.push(element),
            ElementKind::Phase => drop(portfolio.phases.insert(element.id, element.name)),
            kind if SERVED.contains(&kind) => {
                let this = s.reference(&e.id);
                let is_part =
                    |part: &&strategy::Element| part.retired.is_none() && part.parent.as_ref() == Some(&this);
                if !s.elements.iter().any(|part| is_part(&part)) {
                    portfolio.elements.push(element);
                }
            }
            _ => {}
        }
    }
}

/// The best median of each element that anybody assessed: of two items with the same, the first by code.
fn best(scheme: &Scheme, letters: &[Letters]) -> BTreeMap<String, Best> {
    let mut by_item: BTreeMap<&str, Vec<&Letters>> = BTreeMap::new();
    for l in letters {
        by_item.entry(&l.item).or_default().push(l);
    }
    let mut all: BTreeMap<String, Best> = BTreeMap::new();
    for (item, letters) in by_item {
        for (place, element) in scheme.elements.iter().enumerate() {
            let scores: Vec<_> =
                letters.iter().filter_map(|l| l.scores.get(place).copied().flatten()).collect();
            let Some(figure) = assessment::over(&scores) else { continue };
            let median = figure.median.value();
            let id = format!("{}:{}", scheme.strategy, element.id);
            if all.get(&id).is_none_or(|held| held.median < median) {
                all.insert(id, Best { median, item: item.to_owned() });
            }
        }
    }
    all
}

/// Everything that the portfolio shows, held against the named strategy or all, with what people said to it.
///
/// # Errors
/// Not allowed; [`Error::NotFound`] for a strategy that is not held; [`Error::Conflict`] where a named person stopped it;
/// database errors.
pub fn current(cx: &mut Cx<'_>, named: Option<&str>) -> Result<Vec<super::Shown>> {
    cx.allow(action::STRATEGY_VIEW, None)?;
    algorithms::ask(cx, algorithms::FINDINGS)?;
    let mut portfolio = super::gather(cx)?;
    let strategies = strategies_of(cx, named)?;
    hold_against(cx, &mut portfolio, &strategies)?;
    let mut found = super::find(&portfolio);
    let codes = portfolio.organisations.iter().map(|(code, name)| (name.clone(), code.clone())).collect();
    found.extend(super::of_landscape(&landscape::landscape(cx)?.applications, &codes));
    super::in_order(&mut found);
    Ok(super::shown(found, &super::answers(cx)?))
}
