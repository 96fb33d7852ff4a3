//! Where the members of the two files' top level stand, for faults in what has no place of its own.

use crate::form::Place;
use crate::source::{Json, Node};
use std::collections::BTreeMap;

/// Where the members of the two files' top level stand.
pub(crate) struct Tops {
    pub(crate) own: BTreeMap<String, Place>,
    pub(crate) messages: BTreeMap<String, Place>,
}

impl Tops {
    /// The place of a member of the form; the whole form where it is absent.
    pub(crate) fn own(&self, key: &str) -> Place {
        self.own.get(key).or_else(|| self.own.get("")).cloned().unwrap_or_else(|| nowhere(key))
    }

    /// The place of a message; that of all messages where it is absent.
    pub(crate) fn message(&self, code: &str) -> Place {
        self.messages.get(code).or_else(|| self.messages.get("")).cloned().unwrap_or_else(|| nowhere(code))
    }
}

fn nowhere(key: &str) -> Place {
    Place { file: String::new(), line: 1, field: key.into() }
}

/// The places of an object's members by key, and of the object itself by the empty key.
pub(crate) fn places(file: &str, node: &Node, path: &str) -> BTreeMap<String, Place> {
    let place = |line, field: String| Place { file: file.into(), line, field };
    let mut all = BTreeMap::from([(String::new(), place(node.line, path.into()))]);
    if let Json::Object(members) = &node.value {
        for member in members {
            let field = if path.is_empty() { member.key.clone() } else { format!("{path}.{}", member.key) };
            all.insert(member.key.clone(), place(member.node.line, field));
        }
    }
    all
}
