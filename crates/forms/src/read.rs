//! From located JSON to typed values: each reader notes what is wrong and carries on.

use crate::form::Place;
use crate::source::{Json, Member, Node};
use crate::text::Text;
use bluelamp_model::Fault;

/// One file being read, and what was found wrong with it.
pub(crate) struct Reader<'a> {
    pub(crate) file: &'a str,
    pub(crate) faults: Vec<Fault>,
    /// An element could not be read and is missing from what was: checks that compare elements with one
    /// another would only mislead.
    pub(crate) lost: bool,
}

/// An object and its path in the file.
pub(crate) struct Obj<'n> {
    pub(crate) members: &'n [Member],
    pub(crate) line: u64,
    pub(crate) path: String,
}

impl<'n> Obj<'n> {
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.members.iter().find(|m| m.key == key).map(|m| &m.node)
    }

    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.into() } else { format!("{}.{key}", self.path) }
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a str) -> Self {
        Self { file, faults: Vec::new(), lost: false }
    }

    pub(crate) fn fault(&mut self, line: u64, path: &str, reason: impl Into<String>) {
        let fault = Fault::new(self.file, reason).at_line(line);
        self.faults.push(if path.is_empty() { fault } else { fault.in_field(path) });
    }

    pub(crate) fn place(&self, obj: &Obj<'_>) -> Place {
        Place { file: self.file.into(), line: obj.line, field: obj.path.clone() }
    }

    fn expected<T>(&mut self, node: &Node, path: &str, wanted: &str) -> Option<T> {
        self.fault(node.line, path, format!("expected {wanted}, found {}", node.what()));
        None
    }

    pub(crate) fn object<'n>(&mut self, node: &'n Node, path: &str) -> Option<Obj<'n>> {
        match &node.value {
            Json::Object(members) => Some(Obj { members, line: node.line, path: path.into() }),
            _ => self.expected(node, path, "an object in braces"),
        }
    }

    /// Notes every member whose key is not one of those listed.
    pub(crate) fn keys(&mut self, obj: &Obj<'_>, known: &[&str]) {
        for member in obj.members.iter().filter(|m| !known.contains(&m.key.as_str())) {
            let reason = format!("is not known here; known are {}", known.join(", "));
            self.fault(member.node.line, &obj.path_of(&member.key), reason);
        }
    }

    pub(crate) fn array<'n>(&mut self, node: &'n Node, path: &str) -> &'n [Node] {
        match &node.value {
            Json::Array(items) => items,
            _ => self.expected(node, path, "a list in square brackets").unwrap_or(&[]),
        }
    }

    pub(crate) fn string(&mut self, node: &Node, path: &str) -> Option<String> {
        match &node.value {
            Json::String(s) if s.trim().is_empty() => {
                self.fault(node.line, path, "is empty");
                None
            }
            Json::String(s) => Some(s.clone()),
            _ => self.expected(node, path, "a string in quotes"),
        }
    }

    pub(crate) fn flag(&mut self, node: &Node, path: &str) -> Option<bool> {
        match node.value {
            Json::Bool(b) => Some(b),
            _ => self.expected(node, path, "true or false"),
        }
    }

    pub(crate) fn whole(&mut self, node: &Node, path: &str) -> Option<i64> {
        match node.value {
            Json::Number(ref n) if n.as_i64().is_some() => n.as_i64(),
            _ => self.expected(node, path, "a whole number"),
        }
    }

    pub(crate) fn count(&mut self, node: &Node, path: &str) -> Option<u32> {
        let number = self.whole(node, path)?;
        let count = u32::try_from(number).ok();
        if count.is_none() {
            self.fault(node.line, path, format!("{number} is not a count from 0 to {}", u32::MAX));
        }
        count
    }

    pub(crate) fn text(&mut self, node: &Node, path: &str) -> Option<Text> {
        match &node.value {
            Json::String(_) => Some(Text { en: self.string(node, path)?, cy: None }),
            Json::Object(_) => {
                let obj = self.object(node, path)?;
                self.keys(&obj, &["en", "cy"]);
                let en = self.need(&obj, "en", Self::string);
                let cy = self.opt(&obj, "cy", Self::string);
                Some(Text { en: en?, cy })
            }
            _ => self.expected(node, path, "a string, or {\"en\": …, \"cy\": …}"),
        }
    }

    /// Reads a member if it is there.
    pub(crate) fn opt<T>(
        &mut self,
        obj: &Obj<'_>,
        key: &str,
        read: impl FnOnce(&mut Self, &Node, &str) -> Option<T>,
    ) -> Option<T> {
        obj.get(key).and_then(|node| read(self, node, &obj.path_of(key)))
    }

    /// Reads a member that must be there.
    pub(crate) fn need<T>(
        &mut self,
        obj: &Obj<'_>,
        key: &str,
        read: impl FnOnce(&mut Self, &Node, &str) -> Option<T>,
    ) -> Option<T> {
        if obj.get(key).is_none() {
            self.fault(obj.line, &obj.path, format!("has no '{key}'"));
        }
        self.opt(obj, key, read)
    }

    /// Reads a list of objects, leaving out those that cannot be read.
    pub(crate) fn each<T>(
        &mut self,
        obj: &Obj<'_>,
        key: &str,
        read: impl Fn(&mut Self, &Obj<'_>) -> Option<T>,
    ) -> Vec<T> {
        let path = obj.path_of(key);
        let nodes = obj.get(key).map_or(&[][..], |node| self.array(node, &path));
        let mut all = Vec::new();
        for (n, node) in nodes.iter().enumerate() {
            let item = self.object(node, &format!("{path}[{n}]")).and_then(|o| read(self, &o));
            self.lost |= item.is_none();
            all.extend(item);
        }
        all
    }

    /// A string of a restricted alphabet.
    pub(crate) fn code(
        &mut self,
        obj: &Obj<'_>,
        key: &str,
        fits: fn(&str) -> bool,
        wanted: &str,
    ) -> Option<String> {
        let code = self.need(obj, key, Self::string)?;
        if !fits(&code) {
            let line = obj.get(key).map_or(obj.line, |node| node.line);
            self.fault(line, &obj.path_of(key), format!("'{code}' is not {wanted}"));
        }
        Some(code)
    }

    /// One of a few words.
    pub(crate) fn word(&mut self, node: &Node, path: &str, known: &[&str]) -> Option<String> {
        let word = self.string(node, path)?;
        if known.contains(&word.as_str()) {
            return Some(word);
        }
        self.fault(node.line, path, format!("'{word}' is none of {}", known.join(", ")));
        None
    }
}

/// `lower_snake_case`, at most 40 characters: the alphabet of names, so that `name-day` is never a name.
pub(crate) fn is_name(s: &str) -> bool {
    s.len() <= 40
        && s.starts_with(|c: char| c.is_ascii_lowercase())
        && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// `lower-case-with-hyphens`, at most 60 characters.
pub(crate) fn is_slug(s: &str) -> bool {
    s.len() <= 60
        && s.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

/// A letter, then letters and digits: ids of lists, conditions and sections.
pub(crate) fn is_id(s: &str) -> bool {
    s.len() <= 60
        && s.starts_with(|c: char| c.is_ascii_alphabetic())
        && s.chars().all(|c| c.is_ascii_alphanumeric())
}

/// A slash and a slug.
pub(crate) fn is_path(s: &str) -> bool {
    s.strip_prefix('/').is_some_and(is_slug)
}
