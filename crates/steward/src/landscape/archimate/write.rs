//! A model as a file of the exchange format, in the order that its schema asks for.

use super::{
    model::{Element, Model, More, Property, PropertyDefinition, Relationship, Text},
    xml::{self, Name, Node, XML, XSI},
};

/// Writes a model as a file that other tools open.
#[must_use]
pub fn write(model: &Model) -> String {
    let mut root = Node::new("model").with("identifier", &model.identifier);
    if let Some(version) = &model.version {
        root = root.with("version", version);
    }
    let place =
        format!("{} http://www.opengroup.org/xsd/archimate/3.1/archimate3_Diagram.xsd", xml::ARCHIMATE);
    root.attributes.push((Name::new(XSI, "schemaLocation"), place));
    root = begin(root, &model.names, &model.documentation, &model.more, &model.properties);
    root = root.holding(model.metadata.clone());
    if !model.elements.is_empty() {
        root = root.holding([Node::new("elements").holding(model.elements.iter().map(element))]);
    }
    if !model.relationships.is_empty() {
        root =
            root.holding([Node::new("relationships").holding(model.relationships.iter().map(relationship))]);
    }
    root = root.holding(model.organizations.iter().cloned());
    if !model.definitions.is_empty() {
        root = root
            .holding([Node::new("propertyDefinitions").holding(model.definitions.iter().map(definition))]);
    }
    xml::write(&root.holding(model.views.clone()))
}

fn begin(mut node: Node, names: &[Text], documentation: &[Text], more: &More, own: &[Property]) -> Node {
    node.attributes.extend(more.attributes.iter().cloned());
    node.holding(texts("name", names))
        .holding(texts("documentation", documentation))
        .holding(more.nodes.iter().cloned())
        .holding(properties(own))
}

fn element(e: &Element) -> Node {
    let node = Node::new("element").with("identifier", &e.identifier).typed(&e.kind);
    begin(node, &e.names, &e.documentation, &e.more, &e.properties)
}

fn relationship(r: &Relationship) -> Node {
    let mut node = Node::new("relationship").with("identifier", &r.identifier);
    node = node.with("source", &r.source).with("target", &r.target).typed(&r.kind);
    for (name, value) in [("accessType", &r.access), ("modifier", &r.modifier), ("isDirected", &r.directed)] {
        if let Some(value) = value {
            node = node.with(name, value);
        }
    }
    begin(node, &r.names, &r.documentation, &r.more, &r.properties)
}

fn definition(d: &PropertyDefinition) -> Node {
    let node = Node::new("propertyDefinition").with("identifier", &d.identifier).with("type", &d.kind);
    begin(node, &d.names, &[], &d.more, &[])
}

pub(super) fn texts(local: &str, texts: &[Text]) -> Vec<Node> {
    let one = |t: &Text| {
        let mut node = Node::new(local);
        if let Some(lang) = &t.lang {
            node.attributes.push((Name::new(XML, "lang"), lang.clone()));
        }
        node.saying(&t.text)
    };
    texts.iter().map(one).collect()
}

pub(super) fn properties(all: &[Property]) -> Option<Node> {
    let one = |p: &Property| {
        Node::new("property").with("propertyDefinitionRef", &p.definition).holding(texts("value", &p.values))
    };
    (!all.is_empty()).then(|| Node::new("properties").holding(all.iter().map(one)))
}
