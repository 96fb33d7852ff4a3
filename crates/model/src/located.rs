//! JSON with the lines on which things stand, so that a mistake can be pointed at.

use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// What the text of a JSON document says beyond its value.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// The line of each place asked for, counted from 1, by JSON pointer (RFC 6901).
    pub(crate) at: HashMap<String, u64>,
    /// Keys that one object names twice: the pointer and the line of the second one.
    pub(crate) twice: Vec<(String, u64)>,
}

/// Reads JSON. A byte order mark before it is skipped, as RFC 8259 lets a reader do.
///
/// # Errors
/// The line, counted from 1, and what is wrong there.
pub(crate) fn read(text: &str) -> Result<Value, (u64, String)> {
    serde_json::from_str(body(text)).map_err(|e| {
        let full = e.to_string();
        let reason = full.rsplit_once(" at line ").map_or(full.as_str(), |(reason, _)| reason);
        (u64::try_from(e.line().max(1)).unwrap_or(u64::MAX), format!("this is not JSON: {reason}"))
    })
}

/// Finds the lines of the places asked for (of every place, where `wanted` is none) and the keys named
/// twice. Only for text that [`read`] accepted: it relies on that for form and for depth.
pub(crate) fn lines(text: &str, wanted: Option<&BTreeSet<String>>) -> Lines {
    let mut scan =
        Scan { text: body(text), at: 0, line: 1, pointer: String::new(), wanted, found: Lines::default() };
    scan.value();
    scan.found
}

fn body(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    pointer: String,
    wanted: Option<&'a BTreeSet<String>>,
    found: Lines,
}

impl Scan<'_> {
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(b' ')
    }

    /// Skips white space and the commas and colons between values.
    fn skip(&mut self) {
        while let Some(b @ (b' ' | b'\t' | b'\r' | b'\n' | b',' | b':')) = self.text.as_bytes().get(self.at) {
            self.line += u64::from(*b == b'\n');
            self.at += 1;
        }
    }

    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while !matches!(self.text.as_bytes().get(self.at), None | Some(b'"')) {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at = (self.at + 1).min(self.text.len());
        self.text.get(start..self.at).and_then(|raw| serde_json::from_str(raw).ok()).unwrap_or_default()
    }

    fn see(&mut self) {
        if self.wanted.is_none_or(|wanted| wanted.contains(&self.pointer)) {
            self.found.at.insert(self.pointer.clone(), self.line);
        }
    }

    /// Runs with one more step on the pointer.
    fn below(&mut self, step: &str) {
        let length = self.pointer.len();
        push(&mut self.pointer, step);
        self.value();
        self.pointer.truncate(length);
    }

    fn value(&mut self) {
        self.skip();
        self.see();
        match self.peek() {
            b'{' => {
                self.at += 1;
                let mut keys = BTreeSet::new();
                loop {
                    self.skip();
                    if self.peek() != b'"' {
                        break;
                    }
                    let key = self.string();
                    if keys.contains(&key) {
                        let mut pointer = self.pointer.clone();
                        push(&mut pointer, &key);
                        self.found.twice.push((pointer, self.line));
                    }
                    self.below(&key);
                    keys.insert(key);
                }
                self.at += 1;
            }
            b'[' => {
                self.at += 1;
                for n in 0_usize.. {
                    self.skip();
                    if self.peek() == b']' || self.at >= self.text.len() {
                        break;
                    }
                    self.below(&n.to_string());
                }
                self.at += 1;
            }
            b'"' => {
                self.string();
            }
            _ => {
                let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
                let stop = |b: &u8| b",:]} \t\r\n".contains(b);
                self.at += rest.iter().position(stop).unwrap_or(rest.len()).max(1);
            }
        }
    }
}

/// Adds one step to a JSON pointer.
pub(crate) fn push(pointer: &mut String, step: &str) {
    pointer.push('/');
    for c in step.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_line_of_every_place() {
        let text = "\u{feff}{\n  \"a\": [1,\n    {\"b/c\": \"x\\\"y\\n\"}, []\n  ],\n\n  \"d~\": {},\n  \"e\": -1.5e3}\n";
        read(text).unwrap();
        let lines = lines(text, None).at;
        let expected = [
            ("", 1),
            ("/a", 2),
            ("/a/0", 2),
            ("/a/1", 3),
            ("/a/1/b~1c", 3),
            ("/a/2", 3),
            ("/d~0", 6),
            ("/e", 7),
        ];
        assert_eq!(lines.len(), expected.len(), "{lines:?}");
        for (pointer, line) in expected {
            assert_eq!(lines.get(pointer), Some(&line), "{pointer}");
        }
    }

    #[test]
    fn finds_a_key_named_twice() {
        let text = "{\"a\": 1,\n \"b\": {\"a\": 2, \"a\": 3},\n \"\\u0061\": 4}";
        assert_eq!(lines(text, Some(&BTreeSet::new())).twice, [("/b/a".into(), 2), ("/a".into(), 3)]);
    }

    #[test]
    fn says_on_which_line_json_ends_to_be_json() {
        let (line, reason) = read("{\n\"a\": 1,\n}").unwrap_err();
        assert_eq!(line, 3);
        assert!(reason.starts_with("this is not JSON: ") && !reason.contains("line"), "{reason}");
    }
}
