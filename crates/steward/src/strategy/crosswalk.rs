//! How strategies stand to one another: the ties between their elements, and what has none.

use super::{Basis, Element, ElementKind, Reference, Relation, Strategy};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashSet;

/// One tie between a strategy and an element of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tie {
    /// The strategy that says so.
    pub strategy: String,
    /// Its element; none where the strategy as a whole takes the other over.
    pub from: Option<Reference>,
    /// The element of the other strategy.
    pub to: Reference,
    /// How the first stands to the second.
    pub relation: Relation,
    /// What the strategy calls what it takes over.
    pub label: Option<String>,
    /// What it rests on.
    pub basis: Basis,
    /// Why, in a sentence.
    pub reason: String,
}

/// Every tie that a strategy has to others, in the order of its file.
#[must_use]
pub fn ties(strategy: &Strategy) -> Vec<Tie> {
    let adopted = strategy.adopts.iter().map(|a| Tie {
        strategy: strategy.id.clone(),
        from: None,
        to: a.element.clone(),
        relation: Relation::Adopts,
        label: Some(a.label.clone()),
        basis: a.basis,
        reason: a.reason.clone(),
    });
    let linked = strategy.crosswalk.iter().map(|l| Tie {
        strategy: strategy.id.clone(),
        from: Some(l.from.clone()),
        to: l.to.clone(),
        relation: l.relation,
        label: None,
        basis: l.basis,
        reason: l.reason.clone(),
    });
    adopted.chain(linked).collect()
}

/// Whether an element has a counterpart in the other strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// It is tied itself.
    Direct,
    /// Not itself, but what it is a part of or serves, or a part of it.
    Through,
    /// Nothing ties it.
    None,
}

impl Reach {
    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Direct => "Tied",
            Self::Through => "Tied through its whole or its parts",
            Self::None => "No counterpart",
        }
    }
}

/// An element with whether it has a counterpart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Covered {
    /// The element.
    pub element: Reference,
    /// Its kind.
    pub kind: ElementKind,
    /// Its short name.
    pub name: String,
    /// Whether it has a counterpart.
    pub reach: Reach,
}

/// Which elements of two strategies have a counterpart in the other. Retired elements are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Coverage {
    /// The strategy whose ties are looked at.
    pub local: String,
    /// The strategy that they lead to.
    pub other: String,
    /// The elements of the first, in the order of its file.
    pub of_local: Vec<Covered>,
    /// The elements of the second.
    pub of_other: Vec<Covered>,
}

/// Works out which elements of a strategy and of another have a counterpart, by the ties of the first.
#[must_use]
pub fn coverage(local: &Strategy, other: &Strategy) -> Coverage {
    let (mut here, mut there) = (HashSet::new(), HashSet::new());
    for tie in ties(local).into_iter().filter(|tie| tie.to.strategy == other.id) {
        here.extend(tie.from.map(|from| from.element));
        there.insert(tie.to.element);
    }
    for e in &local.elements {
        for (_, to) in e.refers_to().filter(|(_, to)| to.strategy == other.id) {
            here.insert(e.id.clone());
            there.insert(to.element.clone());
        }
    }
    Coverage {
        local: local.id.clone(),
        other: other.id.clone(),
        of_local: covered(local, &here),
        of_other: covered(other, &there),
    }
}

fn covered(strategy: &Strategy, tied: &HashSet<String>) -> Vec<Covered> {
    let in_force = || strategy.elements.iter().filter(|e| e.retired.is_none());
    let above = |e: &Element| -> Vec<String> {
        let own = e.above().chain(&e.serves).filter(|up| up.strategy == strategy.id);
        own.map(|up| up.element.clone()).collect()
    };
    // What is a part of an element or serves it speaks for it as well.
    let spoken_for: HashSet<String> = in_force().filter(|e| tied.contains(&e.id)).flat_map(above).collect();
    let reach = |e: &Element| {
        if tied.contains(&e.id) {
            Reach::Direct
        } else if spoken_for.contains(&e.id) || above(e).iter().any(|up| tied.contains(up)) {
            Reach::Through
        } else {
            Reach::None
        }
    };
    let row = |e: &Element| Covered {
        element: strategy.reference(&e.id),
        kind: e.kind,
        name: e.name.clone(),
        reach: reach(e),
    };
    in_force().map(row).collect()
}
