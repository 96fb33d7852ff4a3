//! Our landscape as a model that other tools open: a component for each application with its columns as properties,
//! an actor for each force, the capabilities, what realises them, the ties between applications, a folder and a view
//! for each force.

use super::{
    super::{Application, Column, Columns, KNOWN_CAPABILITIES, Maturity, Pattern, sheet},
    model::{Element, Line, Model, More, Property, PropertyDefinition, Relationship, Text},
    xml::Node,
};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// An id that is the same for the same thing in every export.
fn id(sort: &str, of: &str) -> String {
    let digest = Sha256::digest(of.as_bytes());
    format!("{sort}-{}", hex::encode(digest.get(..12).unwrap_or_default()))
}

fn english(text: &str) -> Vec<Text> {
    vec![Text { lang: Some("en".into()), text: text.into() }]
}

fn element(identifier: String, kind: &str, name: &str) -> Element {
    Element {
        identifier,
        kind: kind.into(),
        names: english(name),
        documentation: Vec::new(),
        properties: Vec::new(),
        more: More::default(),
        line: Line::default(),
    }
}

fn relationship(kind: &str, source: &str, target: &str) -> Relationship {
    Relationship {
        identifier: id("rel", &format!("{kind} {source} {target}")),
        kind: kind.into(),
        source: source.into(),
        target: target.into(),
        access: None,
        modifier: None,
        directed: None,
        names: Vec::new(),
        documentation: Vec::new(),
        properties: Vec::new(),
        more: More::default(),
        line: Line::default(),
    }
}

/// Capability and what it does are said by relationship and documentation.
const PROPERTIES: [Column; 20] = [
    Column::Force,
    Column::Supplier,
    Column::Product,
    Column::Version,
    Column::Users,
    Column::Hosting,
    Column::RunCost,
    Column::ChangeCost,
    Column::ContractEnd,
    Column::Integrations,
    Column::FrontEnd,
    Column::Legacy,
    Column::DirectLegacy,
    Column::Sourcing,
    Column::Owner,
    Column::Disposition,
    Column::DispositionBy,
    Column::DispositionReason,
    Column::MaturityNow,
    Column::MaturityTarget,
];

fn definition_id(title: &str) -> String {
    id("prop", title)
}

fn property(title: &str, value: String) -> Option<Property> {
    (!value.is_empty()).then(|| Property {
        definition: definition_id(title),
        values: vec![Text { lang: None, text: value }],
    })
}

/// Makes the model. The same landscape gives the same model, byte for byte.
#[must_use]
pub fn model(columns: &Columns, name: &str, applications: &[Application], maturities: &[Maturity]) -> Model {
    let mut elements = Vec::new();
    let mut relationships = BTreeMap::<String, Relationship>::new();
    let mut tie = |r: Relationship| {
        relationships.entry(r.identifier.clone()).or_insert(r);
    };
    let forces: BTreeSet<&str> = applications.iter().map(|a| a.force.as_str()).collect();
    elements.extend(forces.iter().map(|f| element(id("force", f), "BusinessActor", f)));
    let named: BTreeSet<&str> =
        applications.iter().flat_map(|a| &a.capabilities).map(String::as_str).collect();
    for capability in &named {
        let known = KNOWN_CAPABILITIES.iter().find(|(code, _)| code == capability);
        let words = known.map_or((*capability).to_owned(), |(code, name)| {
            if code == name { (*name).to_owned() } else { format!("{code} {name}") }
        });
        elements.push(element(id("cap", capability), "Capability", &words));
    }
    // The maturity belongs to a force, so it has a capability of its own.
    for m in maturities {
        let mut e =
            element(id("level", &format!("{} {}", m.force, m.capability)), "Capability", &m.capability);
        let level = |n: Option<u8>| n.map_or_else(String::new, |n| n.to_string());
        let said = [
            (Column::Force, m.force.clone()),
            (Column::MaturityNow, level(m.now)),
            (Column::MaturityTarget, level(m.target)),
        ];
        e.properties.extend(said.into_iter().filter_map(|(c, v)| property(columns.title(c), v)));
        elements.push(e);
    }
    let mut others = BTreeSet::<&str>::new();
    // By what they are called now: a code keeps the name that the force had when it was given.
    let codes: BTreeMap<String, &str> =
        applications.iter().map(|a| (Application::code_of(&a.force, &a.name), a.code.as_str())).collect();
    for a in applications {
        let me = id("app", &a.code);
        let mut e = element(me.clone(), "ApplicationComponent", &a.name);
        e.documentation = a.function.as_deref().map(english).unwrap_or_default();
        let said = PROPERTIES.iter().filter_map(|c| property(columns.title(*c), sheet::cell(a, *c)));
        e.properties = said.collect();
        for (title, value) in &a.other {
            others.insert(title);
            e.properties.extend(property(title, value.clone()));
        }
        elements.push(e);
        tie(relationship("Serving", &me, &id("force", &a.force)));
        for capability in &a.capabilities {
            tie(relationship("Realization", &me, &id("cap", capability)));
        }
        for i in &a.integrations {
            let other = codes.get(&Application::code_of(&a.force, &i.to)).copied();
            if let Some(other) = other.filter(|other| *other != a.code) {
                let mut r = relationship("Flow", &me, &id("app", other));
                r.names = i.pattern.map(|p| english(Pattern::code(p))).unwrap_or_default();
                tie(r);
            }
        }
    }
    let titles = PROPERTIES.iter().map(|c| columns.title(*c)).chain(others.iter().copied());
    let titles: BTreeSet<&str> = titles.collect();
    let definitions = titles.into_iter().map(|title| PropertyDefinition {
        identifier: definition_id(title),
        kind: "string".into(),
        names: vec![Text { lang: None, text: title.into() }],
        more: More::default(),
    });
    let of = |force: &str| applications.iter().filter(|a| a.force == force).collect::<Vec<_>>();
    let folders = forces.iter().map(|force| {
        let items =
            of(force).into_iter().map(|a| Node::new("item").with("identifierRef", &id("app", &a.code)));
        Node::new("item").holding([label(force)]).holding(items)
    });
    let views = forces.iter().map(|force| view(force, &of(force)));
    Model {
        identifier: id("model", name),
        version: None,
        names: english(name),
        documentation: Vec::new(),
        properties: Vec::new(),
        metadata: None,
        organizations: (!forces.is_empty())
            .then(|| Node::new("organizations").holding(folders))
            .into_iter()
            .collect(),
        views: (!forces.is_empty())
            .then(|| Node::new("views").holding([Node::new("diagrams").holding(views)])),
        elements,
        relationships: relationships.into_values().collect(),
        definitions: definitions.collect(),
        more: More::default(),
    }
}

fn label(text: &str) -> Node {
    let mut node = Node::new("label").saying(text);
    node.attributes.push((super::xml::Name::new(super::xml::XML, "lang"), "en".into()));
    node
}

/// A view with the applications of a force side by side, five in a row.
fn view(force: &str, applications: &[&Application]) -> Node {
    let mut name = Node::new("name").saying(&format!("Applications of {force}"));
    name.attributes.push((super::xml::Name::new(super::xml::XML, "lang"), "en".into()));
    let nodes = applications.iter().enumerate().map(|(n, a)| {
        let (x, y) = (20 + n % 5 * 160, 20 + n / 5 * 90);
        Node::new("node")
            .with("identifier", &id("node", &format!("{force} {}", a.code)))
            .typed("Element")
            .with("elementRef", &id("app", &a.code))
            .with("x", &x.to_string())
            .with("y", &y.to_string())
            .with("w", "140")
            .with("h", "70")
    });
    Node::new("view").with("identifier", &id("view", force)).typed("Diagram").holding([name]).holding(nodes)
}
