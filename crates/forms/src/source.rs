//! JSON that remembers where it stood, so that a mistake found much later can still name its line.
//!
//! `serde_json` judges the syntax and turns escapes into characters; this module adds the lines, keeps the
//! order of members and refuses a member given twice, which `serde_json` would silently let win.

use bluelamp_model::{Fault, Faults};
use serde_json::{Number, Value};

/// A value and the line it begins on, counted from 1.
pub(crate) struct Node {
    pub(crate) line: u64,
    pub(crate) value: Json,
}

/// The shapes of JSON, with members in the order of the file.
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// One member of an object.
pub(crate) struct Member {
    pub(crate) key: String,
    pub(crate) node: Node,
}

impl Node {
    /// The same value without its lines.
    pub(crate) fn plain(&self) -> Value {
        match &self.value {
            Json::Null => Value::Null,
            Json::Bool(b) => Value::Bool(*b),
            Json::Number(n) => Value::Number(n.clone()),
            Json::String(s) => Value::String(s.clone()),
            Json::Array(items) => items.iter().map(Self::plain).collect(),
            Json::Object(members) => {
                Value::Object(members.iter().map(|m| (m.key.clone(), m.node.plain())).collect())
            }
        }
    }

    /// What it is, for a sentence such as "expected a list, found a number".
    pub(crate) fn what(&self) -> &'static str {
        match self.value {
            Json::Null => "null",
            Json::Bool(_) => "true or false",
            Json::Number(_) => "a number",
            Json::String(_) => "a string",
            Json::Array(_) => "a list",
            Json::Object(_) => "an object",
        }
    }
}

/// Reads a whole JSON text.
pub(crate) fn locate(file: &str, text: &str) -> Result<Node, Faults> {
    // serde_json also bounds the depth (128), which keeps the recursion below within the stack.
    if let Err(e) = serde_json::from_str::<Value>(text) {
        let line = u64::try_from(e.line()).unwrap_or(1);
        let said = e.to_string();
        let reason = said.split(" at line ").next().unwrap_or(&said);
        return Err(Fault::new(file, format!("is not JSON: {reason}")).at_line(line.max(1)).into());
    }
    let mut scan = Scan { file, text, at: 0, line: 1, faults: Faults::default() };
    match scan.value() {
        Some(node) => scan.faults.or(node),
        None => Err(Fault::new(file, "is not JSON that can be read").at_line(scan.line).into()),
    }
}

/// A walk over text that is known to be JSON; `None` means that it was not, after all.
struct Scan<'a> {
    file: &'a str,
    text: &'a str,
    at: usize,
    line: u64,
    faults: Faults,
}

impl Scan<'_> {
    fn peek(&mut self) -> Option<u8> {
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                _ => return Some(byte),
            }
            self.at += 1;
        }
        None
    }

    fn value(&mut self) -> Option<Node> {
        let first = self.peek()?;
        let line = self.line;
        let value = match first {
            b'{' => self.object()?,
            b'[' => self.array()?,
            b'"' => Json::String(self.string()?),
            _ => self.word()?,
        };
        Some(Node { line, value })
    }

    fn object(&mut self) -> Option<Json> {
        self.at += 1;
        let mut members: Vec<Member> = Vec::new();
        loop {
            match self.peek()? {
                b'}' => {
                    self.at += 1;
                    return Some(Json::Object(members));
                }
                b',' => self.at += 1,
                _ => {
                    let line = self.line;
                    let key = self.string()?;
                    if members.iter().any(|m| m.key == key) {
                        let fault = Fault::new(self.file, "is given twice in the same object; keep one");
                        self.faults.0.push(fault.at_line(line).in_field(&key));
                    }
                    (self.peek()? == b':').then_some(())?;
                    self.at += 1;
                    let node = self.value()?;
                    members.push(Member { key, node });
                }
            }
        }
    }

    fn array(&mut self) -> Option<Json> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            match self.peek()? {
                b']' => {
                    self.at += 1;
                    return Some(Json::Array(items));
                }
                b',' => self.at += 1,
                _ => items.push(self.value()?),
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        let mut end = start + 1;
        loop {
            match self.text.as_bytes().get(end)? {
                b'\\' => end += 2,
                b'"' => break,
                _ => end += 1,
            }
        }
        self.at = end + 1;
        serde_json::from_str(self.text.get(start..self.at)?).ok()
    }

    fn word(&mut self) -> Option<Json> {
        let rest = self.text.get(self.at..)?;
        let length = rest.find([',', ']', '}', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
        let word = rest.get(..length)?;
        self.at += length;
        Some(match word {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            number => Json::Number(serde_json::from_str(number).ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(node: &Node) -> Vec<u64> {
        let mut all = vec![node.line];
        match &node.value {
            Json::Array(items) => all.extend(items.iter().flat_map(lines)),
            Json::Object(members) => all.extend(members.iter().flat_map(|m| lines(&m.node))),
            _ => {}
        }
        all
    }

    #[test]
    fn every_value_knows_its_line() {
        let node = locate("a.json", "{\n \"a\": [1,\n  \"x\\n\\\"y\"],\n\"b\":\n null }").unwrap();
        assert_eq!(lines(&node), [1, 2, 2, 3, 5]);
        assert_eq!(node.plain(), serde_json::json!({"a": [1, "x\n\"y"], "b": null}));
    }

    #[test]
    fn broken_syntax_names_the_line() {
        let Err(faults) = locate("a.json", "{\n\"a\": 1\n\"b\": 2}") else { panic!("is not JSON") };
        assert_eq!(faults.to_string(), "a.json:3: is not JSON: expected `,` or `}`");
    }

    #[test]
    fn a_member_given_twice_is_refused() {
        let Err(faults) = locate("a.json", "{\"a\": 1,\n\"a\": 2}") else { panic!("given twice") };
        assert_eq!(faults.to_string(), "a.json:2: a: is given twice in the same object; keep one");
    }

    #[test]
    fn depth_is_bounded() {
        assert!(locate("deep.json", &"[".repeat(100_000)).is_err());
    }
}
