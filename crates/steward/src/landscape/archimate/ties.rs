//! How the elements of a model hang together, as far as a landscape is concerned.

use super::{
    super::{Pattern, value},
    model::{Element, Model, Relationship, say},
};
use bluelamp_model::{Fault, Faults};
use std::collections::{BTreeMap, BTreeSet};

/// The types between an application and a capability, those of the application first, then those of the business.
pub(super) const BETWEEN: [&str; 8] = [
    "ApplicationService",
    "ApplicationFunction",
    "ApplicationProcess",
    "ApplicationInterface",
    "BusinessService",
    "BusinessFunction",
    "BusinessProcess",
    "ValueStream",
];
/// The relationships that say that something is for something.
const FOR: [&str; 4] = ["Realization", "Serving", "Association", "Assignment"];
/// Those that tie two applications together.
const TIES: [&str; 4] = ["Flow", "Serving", "Triggering", "Association"];
/// So many elements can stand between an application and a capability.
const DEEP: usize = 6;
/// So many capabilities one element can reach: as many as the register takes of an application.
const REACHED: usize = 300;
/// So many all elements of a model together. Each round takes them again.
const ALL_REACHED: usize = 2_000_000;

/// Whether an actor is a force, by its name: models hold citizens, officers and suppliers as actors too.
pub(super) fn is_force(actor: &Element) -> bool {
    let name = say(&actor.names).to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).any(|w| matches!(w, "police" | "constabulary" | "policing"))
}

/// What ties one component to another.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) pattern: Option<Pattern>,
    pub(super) relationship: &'a str,
    /// The line on which the relationship stands.
    pub(super) line: u64,
}

/// How elements hang together.
pub(super) struct Ties<'a> {
    /// The names of the capabilities of each element.
    serves: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// From component to component.
    pub(super) links: BTreeSet<Link<'a>>,
    /// The forces, by name and id, that each component belongs to.
    forces: BTreeMap<&'a str, BTreeSet<(&'a str, &'a str)>>,
    /// The elements over which a capability was reached.
    pub(super) between: BTreeSet<&'a str>,
    /// The relationships that say any of it, but for those of links.
    pub(super) used: BTreeSet<&'a str>,
}

/// A step from one element towards what it is for, with its relationship.
type Step<'a> = (&'a str, &'a str);

impl<'a> Ties<'a> {
    /// Follows the relationships of a model.
    ///
    /// # Errors
    /// Where elements reach more capabilities than are followed.
    pub(super) fn of(
        file: &str,
        model: &'a Model,
        elements: &BTreeMap<&'a str, &'a Element>,
        names: &BTreeMap<&str, &str>,
    ) -> Result<Self, Faults> {
        let kind = |id: &str| elements.get(id).map_or("", |e| e.kind.as_str());
        let mut ties = Self {
            serves: BTreeMap::new(),
            links: BTreeSet::new(),
            forces: BTreeMap::new(),
            between: BTreeSet::new(),
            used: BTreeSet::new(),
        };
        ties.follow(file, &steps(model, &kind), elements)?;
        for r in model.relationships.iter().filter(|r| FOR.contains(&r.kind.as_str())) {
            for (from, to) in [(&r.source, &r.target), (&r.target, &r.source)] {
                let actor = elements.get(to.as_str()).filter(|e| e.kind == "BusinessActor");
                if let Some(actor) = actor.filter(|a| kind(from) == "ApplicationComponent" && is_force(a)) {
                    let force = (say(&actor.names), actor.identifier.as_str());
                    ties.forces.entry(from).or_default().insert(force);
                    ties.used.insert(&r.identifier);
                }
            }
        }
        for r in model.relationships.iter().filter(|r| TIES.contains(&r.kind.as_str())) {
            if kind(&r.source) != "ApplicationComponent"
                || kind(&r.target) != "ApplicationComponent"
                || r.source == r.target
            {
                continue;
            }
            let said = r.properties.iter().find(|p| {
                names.get(p.definition.as_str()).is_some_and(|n| n.eq_ignore_ascii_case("pattern"))
            });
            let words = said.map_or_else(|| say(&r.names), |p| say(&p.values));
            // Who is served is tied to who serves.
            let (from, to) = match r.kind.as_str() {
                "Serving" => (r.target.as_str(), r.source.as_str()),
                _ => (r.source.as_str(), r.target.as_str()),
            };
            let (pattern, line) = (value::pattern(words), r.line.0);
            ties.links.insert(Link { from, to, pattern, relationship: &r.identifier, line });
        }
        Ok(ties)
    }

    /// Gives each component the capabilities that it reaches, and marks what it reached them over. What runs in a circle
    /// or goes on for too long ends at the number of steps.
    ///
    /// # Errors
    /// Where one of them, or all together, reach more than are followed.
    fn follow(
        &mut self,
        file: &str,
        steps: &BTreeMap<&'a str, BTreeSet<Step<'a>>>,
        elements: &BTreeMap<&'a str, &'a Element>,
    ) -> Result<(), Faults> {
        let kind = |id: &str| elements.get(id).map_or("", |e| e.kind.as_str());
        let mut reached = BTreeMap::<&str, BTreeSet<&str>>::new();
        let mut all_reached = 0;
        let mut more = |id: &str, held: &mut BTreeSet<&'a str>, over: &mut dyn Iterator<Item = &'a str>| {
            for capability in over {
                all_reached += usize::from(held.insert(capability));
                if held.len() <= REACHED && all_reached <= ALL_REACHED {
                    continue;
                }
                let element = elements.get(id);
                let name = element.map_or(id, |e| say(&e.names));
                let reason = if held.len() > REACHED {
                    format!(
                        "'{name}' reaches more than {REACHED} capabilities over what it is tied to: tie it to those that \
                         it is for, or export a part of the model"
                    )
                } else {
                    format!(
                        "its elements reach more than {ALL_REACHED} capabilities together: export a part of the model"
                    )
                };
                return Err(Fault::new(file, reason).at_line(element.map_or(1, |e| e.line.0.max(1))));
            }
            Ok(())
        };
        for _ in 0..=DEEP {
            let before = reached.clone();
            for (from, all) in steps.iter().filter(|(from, _)| kind(from) != "ApplicationComponent") {
                for (to, _) in all {
                    let mut own = elements
                        .get(to)
                        .filter(|e| e.kind == "Capability")
                        .map(|e| say(&e.names))
                        .into_iter();
                    match before.get(to) {
                        Some(over) => {
                            more(from, reached.entry(from).or_default(), &mut over.iter().copied())?;
                        }
                        None if own.len() > 0 => more(from, reached.entry(from).or_default(), &mut own)?,
                        None => {}
                    }
                }
            }
            if reached == before {
                break;
            }
        }
        for (component, all) in steps.iter().filter(|(from, _)| kind(from) == "ApplicationComponent") {
            let mut ahead: Vec<&Step<'a>> = all.iter().collect();
            while let Some((to, relationship)) = ahead.pop() {
                let capability = elements.get(to).filter(|e| e.kind == "Capability");
                if capability.is_none() && !reached.contains_key(to) {
                    continue;
                }
                self.used.insert(relationship);
                if capability.is_none() && self.between.insert(to) {
                    ahead.extend(steps.get(to).into_iter().flatten());
                }
            }
            for (to, _) in all {
                let served = self.serves.entry(component).or_default();
                match elements.get(to).filter(|e| e.kind == "Capability") {
                    Some(capability) => {
                        more(component, served, &mut std::iter::once(say(&capability.names)))?;
                    }
                    None => {
                        more(component, served, &mut reached.get(to).into_iter().flatten().copied())?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The one force that a component belongs to, by name and id; none where there are several.
    pub(super) fn force(&self, id: &str) -> Option<(&'a str, &'a str)> {
        let all = self.forces.get(id)?;
        all.first().filter(|_| all.len() == 1).copied()
    }

    /// Whether an actor is a force that a component belongs to.
    pub(super) fn is_force(&self, actor: &str) -> bool {
        self.forces.values().flatten().any(|(_, id)| *id == actor)
    }

    /// The capabilities that a component serves, by name.
    pub(super) fn capabilities(&self, id: &str) -> impl Iterator<Item = &'a str> {
        self.serves.get(id).into_iter().flatten().copied()
    }
}

/// From each component, service, function and process to what it is for.
fn steps<'a>(model: &'a Model, kind: &impl Fn(&str) -> &'a str) -> BTreeMap<&'a str, BTreeSet<Step<'a>>> {
    let mut all = BTreeMap::<&str, BTreeSet<Step<'_>>>::new();
    for r in &model.relationships {
        let (source, target) = (r.source.as_str(), r.target.as_str());
        let mut put = |from: &'a str, to: &'a str| {
            if leads(r, kind(from), kind(to), from == source) {
                all.entry(from).or_default().insert((to, r.identifier.as_str()));
            }
        };
        put(source, target);
        put(target, source);
    }
    all
}

/// Whether a relationship leads from an element of one kind to one of another, towards a capability.
fn leads(r: &Relationship, from: &str, to: &str, forward: bool) -> bool {
    // How near to the capability: the application, what it does, the business, what it is for.
    let rank = |kind: &str| match kind {
        "ApplicationComponent" => Some(0),
        "Capability" => Some(4),
        "ValueStream" => Some(3),
        kind if !BETWEEN.contains(&kind) => None,
        kind => Some(if kind.starts_with("Application") { 1 } else { 2 }),
    };
    let (Some(from), Some(to)) = (rank(from), rank(to)) else { return false };
    if from == 4 || to == 0 {
        return false;
    }
    match r.kind.as_str() {
        // Two processes that are associated need not be for the same, so only a step up counts where no direction is said.
        "Association" => from < to || (forward && r.directed.as_deref() == Some("true")),
        "Composition" => forward && from == 0 && to < 4,
        kind => forward && FOR.contains(&kind),
    }
}
