//! The interchange file: records and the links between them.

use crate::{
    Fault, Faults, Link, Record,
    codes::CodeList,
    conform::{self, Documents},
    record::MODEL_VERSION,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Records and links that travel together. Every link ties records of the same bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The version of the model it is written in.
    #[schemars(regex(pattern = r"^1\.[0-9]+$"))]
    pub model_version: String,
    /// The records, in any order.
    pub records: Vec<Record>,
    /// The links, in any order.
    pub links: Vec<Link>,
}

impl Bundle {
    /// A bundle in this version of the model.
    #[must_use]
    pub fn new(records: Vec<Record>, links: Vec<Link>) -> Self {
        Self { model_version: MODEL_VERSION.into(), records, links }
    }

    /// Reads a bundle file, or JSON Lines, that keeps every rule; `file` is only named in faults.
    ///
    /// # Errors
    /// Every place where a rule is broken, in the order of the lines.
    pub fn read(file: &str, text: &str, lists: &[CodeList]) -> Result<Self, Faults> {
        let report = conform::conform_with(file, text, lists, usize::MAX);
        if !report.passed() {
            return Err(report.faults());
        }
        // What passed can be read; should it not, that is said rather than hidden.
        let unread = |e: serde_json::Error| Faults::from(Fault::new(file, e.to_string()));
        let mut bundle = Self::new(Vec::new(), Vec::new());
        let values = match conform::documents(file, text) {
            Documents::Whole(Err((line, reason))) => {
                return Err(Fault::new(file, reason).at_line(line).into());
            }
            Documents::Whole(Ok(value)) if value.get("records").is_some() => {
                return Self::deserialize(value).map_err(unread);
            }
            Documents::Whole(Ok(value)) => vec![value],
            Documents::Lines(lines) => lines.into_iter().filter_map(|(_, _, value)| value.ok()).collect(),
        };
        for value in values {
            if value.get("from").is_some() {
                bundle.links.push(Link::deserialize(value).map_err(unread)?);
            } else {
                bundle.records.push(Record::deserialize(value).map_err(unread)?);
            }
        }
        Ok(bundle)
    }

    /// Writes it as JSON Lines: one record or link a line, records first.
    ///
    /// # Errors
    /// Only where memory runs out: everything in a bundle can be written as JSON.
    pub fn lines(&self) -> serde_json::Result<String> {
        let mut text = String::new();
        for record in &self.records {
            text.push_str(&serde_json::to_string(record)?);
            text.push('\n');
        }
        for link in &self.links {
            text.push_str(&serde_json::to_string(link)?);
            text.push('\n');
        }
        Ok(text)
    }
}
