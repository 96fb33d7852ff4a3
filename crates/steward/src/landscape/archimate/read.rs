//! A tree of XML as a model, checked: ids that are there once, relationships that lead somewhere.

use super::{
    model::{
        ELEMENTS, Element, Line, Model, More, Property, PropertyDefinition, RELATIONSHIPS, Relationship, Text,
    },
    xml::{self, ARCHIMATE, Child, Node, XML, XSI},
};
use bluelamp_model::{Fault, Faults};
use std::collections::BTreeSet;

/// Reads a file of the exchange format. Gives the model and what somebody should know: what was kept without being
/// understood.
///
/// # Errors
/// Every fault, each with its line.
pub fn read(file: &str, bytes: &[u8]) -> Result<(Model, Vec<Fault>), Faults> {
    let root = xml::read(file, bytes)?;
    other_formats(file, &root)?;
    let mut reader = Reader { file, faults: Vec::new(), notes: Vec::new() };
    let model = reader.model(root);
    reader.check(&model);
    reader.notes.truncate(500);
    Faults(reader.faults).or((model, reader.notes))
}

/// What people choose by mistake is told by its name.
fn other_formats(file: &str, root: &Node) -> Result<(), Faults> {
    let reason = match (root.name.space.as_str(), root.name.local.as_str()) {
        (ARCHIMATE, "model") => return Ok(()),
        ("http://www.archimatetool.com/archimate", _) => {
            "is Archi's own file: in Archi, choose File, Export, Model to Open Exchange File".to_owned()
        }
        ("http://www.opengroup.org/xsd/archimate", _) => {
            "is of the exchange format 2.1: export it again as version 3".to_owned()
        }
        (space, local) => format!(
            "begins with '{local}' of '{space}': an ArchiMate exchange file begins with 'model' of '{ARCHIMATE}'"
        ),
    };
    Err(Fault::new(file, reason).at_line(root.line).into())
}

struct Reader<'a> {
    file: &'a str,
    faults: Vec<Fault>,
    notes: Vec<Fault>,
}

/// What everything in a model can have.
#[derive(Default)]
struct Common {
    names: Vec<Text>,
    documentation: Vec<Text>,
    properties: Vec<Property>,
    more: More,
}

impl Reader<'_> {
    fn wrong(&mut self, line: u64, reason: impl Into<String>) {
        if self.faults.len() < 500 {
            self.faults.push(Fault::new(self.file, reason).at_line(line));
        }
    }

    fn note(&mut self, line: u64, reason: impl Into<String>) {
        self.notes.push(Fault::new(self.file, reason).at_line(line));
    }

    fn model(&mut self, root: Node) -> Model {
        let identifier = self.identifier(&root);
        let version = root.attribute("version").map(str::to_owned);
        let mut attributes = root.attributes;
        // Where the schema lies is written anew.
        attributes.retain(|(n, _)| match n.space.as_str() {
            XSI => n.local != "schemaLocation",
            "" => !matches!(n.local.as_str(), "identifier" | "version"),
            _ => true,
        });
        let (mut metadata, mut views) = (None, None);
        let (mut elements, mut relationships, mut organizations, mut definitions) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut rest = Vec::new();
        for child in root.children {
            let Child::Node(node) = child else {
                self.note(root.line, "words that stand directly in the model were left out");
                continue;
            };
            if node.name.space != ARCHIMATE {
                rest.push(Child::Node(node));
                continue;
            }
            match node.name.local.as_str() {
                "elements" => {
                    for node in self.inside(node, "element") {
                        elements.push(self.element(node));
                    }
                }
                "relationships" => {
                    for node in self.inside(node, "relationship") {
                        relationships.push(self.relationship(node));
                    }
                }
                "propertyDefinitions" => {
                    for node in self.inside(node, "propertyDefinition") {
                        definitions.push(self.definition(node));
                    }
                }
                "organizations" => organizations.push(node),
                "metadata" if metadata.is_none() => metadata = Some(node),
                "views" if views.is_none() => views = Some(node),
                _ => rest.push(Child::Node(node)),
            }
        }
        let common = self.common(rest, root.line, attributes);
        Model {
            identifier,
            version,
            names: common.names,
            documentation: common.documentation,
            properties: common.properties,
            metadata,
            elements,
            relationships,
            organizations,
            definitions,
            views,
            more: common.more,
        }
    }

    /// The nodes of one sort in a container. Anything else there is a fault: nowhere could it be kept.
    fn inside(&mut self, container: Node, local: &str) -> Vec<Node> {
        let mut all = Vec::new();
        for child in container.children {
            match child {
                Child::Node(node) if node.is(local) => all.push(node),
                Child::Node(node) => {
                    let reason =
                        format!("'{}' cannot stand where '{local}' does: remove it", node.name.local);
                    self.wrong(node.line, reason);
                }
                Child::Text(_) => {
                    self.wrong(container.line, format!("words stand between '{local}': remove them"));
                }
            }
        }
        all
    }

    fn identifier(&mut self, node: &Node) -> String {
        match node.attribute("identifier") {
            Some(id) if !id.trim().is_empty() => id.to_owned(),
            _ => {
                self.wrong(node.line, format!("'{}' has no identifier: give it one", node.name.local));
                String::new()
            }
        }
    }

    fn kind(&mut self, node: &Node, known: &[&str]) -> String {
        let local = &node.name.local;
        match node.attribute_in(XSI, "type") {
            None => {
                self.wrong(node.line, format!("'{local}' has no xsi:type: say what it is"));
                String::new()
            }
            Some(kind) => {
                if !known.contains(&kind) {
                    self.note(node.line, format!("'{kind}' is not a type of ArchiMate 3.2; kept as it is"));
                }
                kind.to_owned()
            }
        }
    }

    fn required(&mut self, node: &Node, attribute: &str) -> String {
        match node.attribute(attribute) {
            Some(value) => value.to_owned(),
            None => {
                self.wrong(node.line, format!("'{}' has no '{attribute}': say it", node.name.local));
                String::new()
            }
        }
    }

    fn element(&mut self, node: Node) -> Element {
        let (identifier, kind) = (self.identifier(&node), self.kind(&node, &ELEMENTS));
        let line = node.line;
        let common = self.rest(node, &["identifier"]);
        let Common { names, documentation, properties, more } = common;
        Element { identifier, kind, names, documentation, properties, more, line: Line(line) }
    }

    fn relationship(&mut self, node: Node) -> Relationship {
        let (identifier, kind) = (self.identifier(&node), self.kind(&node, &RELATIONSHIPS));
        let (source, target) = (self.required(&node, "source"), self.required(&node, "target"));
        let said = |name| node.attribute(name).map(str::to_owned);
        let (access, modifier, directed) = (said("accessType"), said("modifier"), said("isDirected"));
        let line = node.line;
        let taken = ["identifier", "source", "target", "accessType", "modifier", "isDirected"];
        let Common { names, documentation, properties, more } = self.rest(node, &taken);
        let line = Line(line);
        Relationship {
            identifier,
            kind,
            source,
            target,
            access,
            modifier,
            directed,
            names,
            documentation,
            properties,
            more,
            line,
        }
    }

    fn definition(&mut self, node: Node) -> PropertyDefinition {
        let identifier = self.identifier(&node);
        let kind = node.attribute("type").unwrap_or("string").to_owned();
        let Common { names, documentation, properties, mut more } = self.rest(node, &["identifier", "type"]);
        more.nodes.extend(super::write::texts("documentation", &documentation));
        more.nodes.extend(super::write::properties(&properties));
        PropertyDefinition { identifier, kind, names, more }
    }

    fn rest(&mut self, node: Node, taken: &[&str]) -> Common {
        let Node { mut attributes, children, line, .. } = node;
        attributes.retain(|(n, _)| match n.space.as_str() {
            XSI => n.local != "type",
            "" => !taken.contains(&n.local.as_str()),
            _ => true,
        });
        self.common(children, line, attributes)
    }

    fn common(&mut self, children: Vec<Child>, line: u64, attributes: Vec<(xml::Name, String)>) -> Common {
        let mut common = Common { more: More { attributes, nodes: Vec::new() }, ..Common::default() };
        for child in children {
            match child {
                Child::Text(_) => self.wrong(line, "words stand where only elements may: remove them"),
                Child::Node(node) if node.is("name") => common.names.push(text(&node)),
                Child::Node(node) if node.is("documentation") && node.nodes().next().is_none() => {
                    common.documentation.push(text(&node));
                }
                Child::Node(node) if node.is("properties") => {
                    for node in self.inside(node, "property") {
                        let definition = self.required(&node, "propertyDefinitionRef");
                        let values = self.inside(node, "value").iter().map(text).collect();
                        common.properties.push(Property { definition, values });
                    }
                }
                Child::Node(node) => common.more.nodes.push(node),
            }
        }
        if !common.more.is_empty() {
            let names = common.more.nodes.iter().map(|n| n.name.local.as_str());
            let all: Vec<&str> =
                names.chain(common.more.attributes.iter().map(|(n, _)| n.local.as_str())).collect();
            self.note(
                line,
                format!("is not of the exchange format and was kept as it is: {}", all.join(", ")),
            );
        }
        common
    }

    /// Ids are there once and lead somewhere.
    fn check(&mut self, model: &Model) {
        let mut ids = BTreeSet::new();
        let mut double = Vec::new();
        let own = model.elements.iter().map(|e| (&e.identifier, e.line.0));
        let ties = model.relationships.iter().map(|r| (&r.identifier, r.line.0));
        let defined = model.definitions.iter().map(|d| (&d.identifier, 0));
        for (id, line) in own.chain(ties).chain(defined) {
            if !ids.insert(id.as_str()) && !id.is_empty() {
                double.push((line, format!("the identifier '{id}' is there twice: give each its own")));
            }
        }
        double.into_iter().for_each(|(line, reason)| self.wrong(line, reason));
        for r in &model.relationships {
            for (end, id) in [("source", &r.source), ("target", &r.target)] {
                if !id.is_empty() && !ids.contains(id.as_str()) {
                    let reason =
                        format!("the {end} of '{}' is '{id}', which is not in the model", r.identifier);
                    self.wrong(r.line.0, reason);
                }
            }
        }
        let definitions: BTreeSet<&str> = model.definitions.iter().map(|d| d.identifier.as_str()).collect();
        let used = model.elements.iter().map(|e| (&e.properties, e.line.0));
        let used = used.chain(model.relationships.iter().map(|r| (&r.properties, r.line.0)));
        let mut undefined = Vec::new();
        for (properties, line) in used.chain([(&model.properties, 1)]) {
            for p in properties.iter().filter(|p| !definitions.contains(p.definition.as_str())) {
                undefined
                    .push((line, format!("the property '{}' is defined nowhere in the model", p.definition)));
            }
        }
        undefined.into_iter().for_each(|(line, reason)| self.wrong(line, reason));
        let mut lost = Vec::new();
        for tree in model.organizations.iter().chain(&model.views) {
            tree.walk(&mut |node| {
                for attribute in ["elementRef", "relationshipRef"] {
                    if let Some(id) = node.attribute(attribute)
                        && !ids.contains(id)
                    {
                        lost.push((
                            node.line,
                            format!("shows '{id}', which is not in the model; kept as it is"),
                        ));
                    }
                }
            });
        }
        lost.into_iter().for_each(|(line, reason)| self.note(line, reason));
    }
}

fn text(node: &Node) -> Text {
    Text { lang: node.attribute_in(XML, "lang").map(str::to_owned), text: node.text() }
}
