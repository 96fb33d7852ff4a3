//! An ArchiMate model as the exchange format has it.

use super::xml::{Name, Node};

/// Words in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The language, such as `en`.
    pub lang: Option<String>,
    /// The words.
    pub text: String,
}

/// A property of something in the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The definition it belongs to.
    pub definition: String,
    /// Its value, in one language or several.
    pub values: Vec<Text>,
}

/// What a property is.
#[derive(Clone, Debug, PartialEq)]
pub struct PropertyDefinition {
    /// Its id.
    pub identifier: String,
    /// `string`, `boolean`, `currency`, `date`, `time` or `number`.
    pub kind: String,
    /// Its names.
    pub names: Vec<Text>,
    /// Anything else that the file said of it.
    pub more: More,
}

/// What a tool added that the format does not name, kept as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct More {
    /// Attributes.
    pub attributes: Vec<(Name, String)>,
    /// Elements.
    pub nodes: Vec<Node>,
}

impl More {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.nodes.is_empty()
    }
}

/// An element of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Its id.
    pub identifier: String,
    /// Its type, such as `ApplicationComponent`.
    pub kind: String,
    /// Its names.
    pub names: Vec<Text>,
    /// What is written about it.
    pub documentation: Vec<Text>,
    /// Its properties.
    pub properties: Vec<Property>,
    /// Anything else.
    pub more: More,
    /// The line on which it stood; 0 where it was made here.
    pub(super) line: Line,
}

/// A relationship of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Relationship {
    /// Its id.
    pub identifier: String,
    /// Its type, such as `Serving`.
    pub kind: String,
    /// From where, by id: an element or another relationship.
    pub source: String,
    /// To where.
    pub target: String,
    /// Of an access: `Access`, `Read`, `Write` or `ReadWrite`.
    pub access: Option<String>,
    /// Of an influence: its strength.
    pub modifier: Option<String>,
    /// Of an association: whether it has a direction.
    pub directed: Option<String>,
    /// Its names.
    pub names: Vec<Text>,
    /// What is written about it.
    pub documentation: Vec<Text>,
    /// Its properties.
    pub properties: Vec<Property>,
    /// Anything else.
    pub more: More,
    pub(super) line: Line,
}

/// A line of a file. Where something stood does not make it something else.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Line(pub(super) u64);

impl PartialEq for Line {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A whole model. Organisations and views are kept to the node and the connection, as they came.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Its id.
    pub identifier: String,
    /// Its version.
    pub version: Option<String>,
    /// Its names.
    pub names: Vec<Text>,
    /// What is written about it.
    pub documentation: Vec<Text>,
    /// Its properties.
    pub properties: Vec<Property>,
    /// Who made it, and other metadata, as it came.
    pub metadata: Option<Node>,
    /// Its elements.
    pub elements: Vec<Element>,
    /// Its relationships.
    pub relationships: Vec<Relationship>,
    /// Its folders, as they came.
    pub organizations: Vec<Node>,
    /// What its properties are.
    pub definitions: Vec<PropertyDefinition>,
    /// Its views and viewpoints, as they came.
    pub views: Option<Node>,
    /// Anything else.
    pub more: More,
}

impl Model {
    /// How many views it has, how many nodes and how many connections are in them.
    #[must_use]
    pub fn canvas(&self) -> (usize, usize, usize) {
        let (mut views, mut nodes, mut connections) = (0, 0, 0);
        if let Some(tree) = &self.views {
            tree.walk(&mut |n| match n.name.local.as_str() {
                "view" => views += 1,
                "node" => nodes += 1,
                "connection" => connections += 1,
                _ => {}
            });
        }
        (views, nodes, connections)
    }
}

/// The words in English, or else without a language, or else the first.
pub(super) fn say(texts: &[Text]) -> &str {
    let english = |t: &&Text| t.lang.as_deref().is_some_and(|l| l.to_lowercase().starts_with("en"));
    let found = texts.iter().find(english).or_else(|| texts.iter().find(|t| t.lang.is_none()));
    found.or_else(|| texts.first()).map_or("", |t| t.text.as_str())
}

/// The types of elements in ArchiMate 3.2.
pub(super) const ELEMENTS: [&str; 63] = [
    "ApplicationCollaboration",
    "ApplicationComponent",
    "ApplicationEvent",
    "ApplicationFunction",
    "ApplicationInteraction",
    "ApplicationInterface",
    "ApplicationProcess",
    "ApplicationService",
    "Artifact",
    "Assessment",
    "BusinessActor",
    "BusinessCollaboration",
    "BusinessEvent",
    "BusinessFunction",
    "BusinessInteraction",
    "BusinessInterface",
    "BusinessObject",
    "BusinessProcess",
    "BusinessRole",
    "BusinessService",
    "Capability",
    "CommunicationNetwork",
    "Constraint",
    "Contract",
    "CourseOfAction",
    "DataObject",
    "Deliverable",
    "Device",
    "DistributionNetwork",
    "Driver",
    "Equipment",
    "Facility",
    "Gap",
    "Goal",
    "Grouping",
    "ImplementationEvent",
    "Location",
    "Material",
    "Meaning",
    "Node",
    "Outcome",
    "Path",
    "Plateau",
    "Principle",
    "Product",
    "Representation",
    "Requirement",
    "Resource",
    "Stakeholder",
    "SystemSoftware",
    "TechnologyCollaboration",
    "TechnologyEvent",
    "TechnologyFunction",
    "TechnologyInteraction",
    "TechnologyInterface",
    "TechnologyProcess",
    "TechnologyService",
    "Value",
    "ValueStream",
    "WorkPackage",
    "AndJunction",
    "OrJunction",
    "Junction",
];

/// The types of relationships.
pub(super) const RELATIONSHIPS: [&str; 11] = [
    "Access",
    "Aggregation",
    "Assignment",
    "Association",
    "Composition",
    "Flow",
    "Influence",
    "Realization",
    "Serving",
    "Specialization",
    "Triggering",
];
