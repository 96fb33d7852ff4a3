//! XML as a tree, from a stranger's file: no document type, no entities, limits for everything.
//!
//! Names carry their namespace, not their prefix, so that files of any tool come to the same tree.

use bluelamp_model::{Fault, Faults};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::collections::BTreeMap;

/// The namespace of the exchange format, of all of its 3.x editions.
pub(crate) const ARCHIMATE: &str = "http://www.opengroup.org/xsd/archimate/3.0/";
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The largest file, in bytes; the deepest nesting; the most elements; the most attributes of one.
const LARGEST: usize = 50 * 1024 * 1024;
const DEEPEST: usize = 100;
const MOST: usize = 1_000_000;
const ATTRIBUTES: usize = 100;

/// A name with its namespace; none is the empty text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// The namespace.
    pub space: String,
    /// The name in it.
    pub local: String,
}

impl Name {
    pub(crate) fn new(space: &str, local: &str) -> Self {
        Self { space: space.into(), local: local.into() }
    }
}

/// An element of the tree.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name.
    pub name: Name,
    /// Its attributes, in their order.
    pub attributes: Vec<(Name, String)>,
    /// What is in it.
    pub children: Vec<Child>,
    /// The line on which it began, to say what is wrong there.
    pub line: u64,
}

/// Two elements are the same wherever they stand in their files.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.attributes, &self.children) == (&other.name, &other.attributes, &other.children)
    }
}

/// What an element holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Child {
    /// Another element.
    Node(Node),
    /// Words.
    Text(String),
}

impl Node {
    pub(crate) fn new(local: &str) -> Self {
        Self { name: Name::new(ARCHIMATE, local), attributes: Vec::new(), children: Vec::new(), line: 0 }
    }

    pub(crate) fn with(mut self, attribute: &str, value: &str) -> Self {
        self.attributes.push((Name::new("", attribute), value.into()));
        self
    }

    pub(crate) fn typed(mut self, kind: &str) -> Self {
        self.attributes.push((Name::new(XSI, "type"), kind.into()));
        self
    }

    pub(crate) fn holding(mut self, nodes: impl IntoIterator<Item = Node>) -> Self {
        self.children.extend(nodes.into_iter().map(Child::Node));
        self
    }

    pub(crate) fn saying(mut self, text: &str) -> Self {
        if !text.is_empty() {
            self.children.push(Child::Text(text.into()));
        }
        self
    }

    pub(crate) fn is(&self, local: &str) -> bool {
        self.name.space == ARCHIMATE && self.name.local == local
    }

    /// The value of an attribute without namespace.
    pub(crate) fn attribute(&self, local: &str) -> Option<&str> {
        self.attribute_in("", local)
    }

    pub(crate) fn attribute_in(&self, space: &str, local: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| name.space == space && name.local == local);
        found.map(|(_, value)| value.as_str())
    }

    /// The elements in it.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.children.iter().filter_map(|c| match c {
            Child::Node(node) => Some(node),
            Child::Text(_) => None,
        })
    }

    /// All the words in it.
    pub(crate) fn text(&self) -> String {
        let words = self.children.iter().filter_map(|c| match c {
            Child::Text(text) => Some(text.as_str()),
            Child::Node(_) => None,
        });
        words.collect()
    }

    /// This element and everything below it, the outer before the inner.
    pub(crate) fn walk(&self, see: &mut impl FnMut(&Node)) {
        see(self);
        self.nodes().for_each(|node| node.walk(see));
    }
}

/// What is being read.
struct Tree<'a> {
    file: &'a str,
    text: &'a str,
    /// How far lines were counted: byte and line.
    counted: (usize, u64),
    /// Prefixes with their namespaces, and at which depth they were declared.
    prefixes: Vec<(usize, String, String)>,
    nodes: usize,
}

/// Reads a file as a tree.
///
/// # Errors
/// What is wrong, with its line: damaged XML, and everything that is refused on sight.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<Node, Faults> {
    let refuse = |reason: &str| Err(Fault::new(file, reason).into());
    if bytes.len() > LARGEST {
        return refuse("is larger than 50 MB: export a part of the model");
    }
    if bytes.starts_with(b"PK") {
        return refuse("is an archive: unpack it, and choose the .xml file of the exchange format");
    }
    let encoding = encoding(bytes).map_err(|said| {
        let reason = format!(
            "says that it is written in {said}, which it is not or which is not read: save it as UTF-8"
        );
        Fault::new(file, reason).at_line(1)
    })?;
    let (text, _, damaged) = encoding.decode(bytes);
    if damaged {
        let reason = format!(
            "is damaged, or is not the {} text that it says it is: save it as UTF-8",
            encoding.name()
        );
        return Err(Fault::new(file, reason).into());
    }
    let mut tree = Tree { file, text: &text, counted: (0, 1), prefixes: Vec::new(), nodes: 0 };
    tree.read()
}

/// Whether these are the first bytes of XML, in any of the encodings that are read.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    let start = bytes.get(..64.min(bytes.len())).unwrap_or_default();
    encoding_rs::Encoding::for_bom(start)
        .map_or_else(|| String::from_utf8_lossy(start), |(wide, _)| wide.decode(start).0)
        .trim_start()
        .starts_with('<')
}

/// The encoding of a file: what its first bytes show, or what its first line says, or UTF-8. On failure: what it says.
fn encoding(bytes: &[u8]) -> Result<&'static encoding_rs::Encoding, String> {
    if let Some((shown, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return Ok(shown);
    }
    let first = bytes.get(..200.min(bytes.len())).unwrap_or_default();
    let first: String = first.iter().map(|b| char::from(*b)).collect();
    let said = first
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
        .and_then(|(declaration, _)| declaration.split_once("encoding"))
        .map(|(_, rest)| rest.trim_start_matches([' ', '=']))
        .and_then(|rest| rest.split(['"', '\'']).nth(1));
    match said {
        None => Ok(encoding_rs::UTF_8),
        // A first line that could be read as one byte a letter is not in two.
        Some(said) => encoding_rs::Encoding::for_label(said.as_bytes())
            .filter(|e| e.is_ascii_compatible())
            .ok_or_else(|| said.to_owned()),
    }
}

impl Tree<'_> {
    fn line(&mut self, at: usize) -> u64 {
        let (from, line) = self.counted;
        if at > from {
            let more =
                self.text.as_bytes().get(from..at).map_or(0, |b| b.iter().filter(|b| **b == b'\n').count());
            self.counted = (at, line + more as u64);
        }
        self.counted.1
    }

    fn fault(&mut self, at: usize, reason: impl Into<String>) -> Faults {
        let line = self.line(at);
        Fault::new(self.file, reason).at_line(line).into()
    }

    fn read(&mut self) -> Result<Node, Faults> {
        let text = self.text;
        let mut reader = Reader::from_str(text);
        reader.config_mut().enable_all_checks(true);
        let mut open: Vec<Node> = Vec::new();
        let mut root = None;
        loop {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let event = reader.read_event().map_err(|e| self.fault(at, format!("is not sound XML: {e}")))?;
            match event {
                Event::Eof => break,
                Event::DocType(_) => {
                    return Err(
                        self.fault(at, "declares a document type, which is refused: remove <!DOCTYPE …>")
                    );
                }
                Event::Start(start) => {
                    let node = self.node(&start, at, open.len(), root.is_some())?;
                    open.push(node);
                }
                Event::Empty(start) => {
                    let node = self.node(&start, at, open.len(), root.is_some())?;
                    self.prefixes.retain(|(depth, ..)| *depth < open.len());
                    place(node, &mut open, &mut root);
                }
                Event::End(_) => {
                    if let Some(mut node) = open.pop() {
                        self.prefixes.retain(|(depth, ..)| *depth < open.len());
                        tidy(&mut node);
                        place(node, &mut open, &mut root);
                    }
                }
                Event::Text(words) => {
                    let words = self.plain(&words, at)?;
                    self.say(&mut open, &words, at)?;
                }
                Event::CData(words) => {
                    let words = self.plain(&words, at)?;
                    self.say(&mut open, &words, at)?;
                }
                Event::GeneralRef(name) => {
                    let c = self.reference(&name, at)?;
                    self.say(&mut open, c.encode_utf8(&mut [0; 4]), at)?;
                }
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            }
        }
        match (root, open.is_empty()) {
            (Some(root), true) => Ok(root),
            (_, false) => {
                Err(self.fault(text.len(), "ends before its last element does: was it sent whole?"))
            }
            (None, true) => {
                Err(Fault::new(self.file, "holds no XML: choose a file of the exchange format").into())
            }
        }
    }

    fn node(
        &mut self,
        start: &BytesStart<'_>,
        at: usize,
        depth: usize,
        second: bool,
    ) -> Result<Node, Faults> {
        self.nodes += 1;
        if second && depth == 0 {
            return Err(self.fault(at, "has a second element beside its first"));
        }
        if depth >= DEEPEST || self.nodes > MOST {
            let reason = format!(
                "is nested deeper than {DEEPEST} or has more than {MOST} elements: export a part of the model"
            );
            return Err(self.fault(at, reason));
        }
        let mut raw = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| self.fault(at, format!("is not sound XML: {e}")))?;
            let value = self.value(&attribute.value, at)?;
            raw.push((attribute.key.into_inner().to_owned(), value));
        }
        if raw.len() > ATTRIBUTES {
            return Err(self.fault(at, format!("has an element with more than {ATTRIBUTES} attributes")));
        }
        for (key, value) in &raw {
            let prefix = match key.as_str() {
                "xmlns" => "",
                key => match key.strip_prefix("xmlns:") {
                    Some(prefix) => prefix,
                    None => continue,
                },
            };
            self.prefixes.push((depth, prefix.to_owned(), value.clone()));
        }
        let name = self.name(start.name().into_inner(), true, at)?;
        let mut attributes = Vec::new();
        for (key, mut value) in
            raw.into_iter().filter(|(key, _)| key != "xmlns" && !key.starts_with("xmlns:"))
        {
            let name = self.name(&key, false, at)?;
            // A type is a name too: without the prefix that it has in this file.
            if name.space == XSI
                && name.local == "type"
                && let Some((prefix, local)) = value.trim().split_once(':')
                && self.space(prefix) == Some(ARCHIMATE)
            {
                value = local.to_owned();
            }
            if attributes.iter().any(|(other, _)| *other == name) {
                return Err(
                    self.fault(at, format!("names the attribute {} twice in one element", name.local))
                );
            }
            attributes.push((name, value));
        }
        Ok(Node { name, attributes, children: Vec::new(), line: self.line(at) })
    }

    fn space(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML);
        }
        self.prefixes.iter().rev().find(|(_, p, _)| p == prefix).map(|(.., space)| space.as_str())
    }

    fn name(&mut self, name: &str, element: bool, at: usize) -> Result<Name, Faults> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let well = |part: &str| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}'))
        };
        if !well(local) || (!prefix.is_empty() && !well(prefix)) {
            return Err(self
                .fault(at, format!("has an element or attribute called '{name}', which is no name in XML")));
        }
        if prefix.is_empty() {
            let space = if element { self.space("").unwrap_or_default().to_owned() } else { String::new() };
            return Ok(Name { space, local: local.into() });
        }
        match self.space(prefix).map(str::to_owned) {
            Some(space) => Ok(Name { space, local: local.into() }),
            None => {
                Err(self.fault(at, format!("uses the prefix '{prefix}' without saying what it stands for")))
            }
        }
    }

    /// Words as they stand, with line ends as XML has them.
    fn plain(&mut self, words: &str, at: usize) -> Result<String, Faults> {
        if let Some(bad) = words.chars().find(|c| !allowed(*c)) {
            return Err(self.fault(
                at,
                format!("holds the character {:#06x}, which XML does not allow", u32::from(bad)),
            ));
        }
        Ok(words.replace("\r\n", "\n").replace('\r', "\n"))
    }

    fn say(&mut self, open: &mut [Node], words: &str, at: usize) -> Result<(), Faults> {
        match open.last_mut() {
            None if words.trim().is_empty() => Ok(()),
            None => Err(self.fault(at, "has words outside of its first element")),
            Some(node) => {
                match node.children.last_mut() {
                    Some(Child::Text(text)) => text.push_str(words),
                    _ => node.children.push(Child::Text(words.to_owned())),
                }
                Ok(())
            }
        }
    }

    /// An attribute's value with its references resolved. A written blank of any kind is a space there.
    fn value(&mut self, raw: &str, at: usize) -> Result<String, Faults> {
        let mut out = String::new();
        let mut rest = raw;
        while let Some(amp) = rest.find('&') {
            let (before, behind) = rest.split_at(amp);
            out.push_str(&self.plain(before, at)?.replace(['\n', '\t'], " "));
            let Some((name, more)) = behind.get(1..).and_then(|b| b.split_once(';')) else {
                return Err(self.fault(at, "is not sound XML: an & that begins no reference; write &amp;"));
            };
            out.push(self.reference(name, at)?);
            rest = more;
        }
        out.push_str(&self.plain(rest, at)?.replace(['\n', '\t'], " "));
        Ok(out)
    }

    fn reference(&mut self, name: &str, at: usize) -> Result<char, Faults> {
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let found = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            _ => match name.strip_prefix("#x") {
                Some(digits) => number(digits, 16),
                None => name.strip_prefix('#').and_then(|digits| number(digits, 10)),
            },
        };
        match found.filter(|c| allowed(*c)) {
            Some(c) => Ok(c),
            None => {
                Err(self
                    .fault(at, format!("refers to '&{name};', which is refused: write the character itself")))
            }
        }
    }
}

/// The characters of XML 1.0.
fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn place(node: Node, open: &mut [Node], root: &mut Option<Node>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(Child::Node(node)),
        None => *root = Some(node),
    }
}

/// Blanks between elements are the writer's indentation.
fn tidy(node: &mut Node) {
    let blank = |c: &Child| matches!(c, Child::Text(text) if text.trim().is_empty());
    if node.children.iter().any(|c| matches!(c, Child::Node(_))) {
        node.children.retain(|c| !blank(c));
    }
}

/// Writes a tree as a file, indented, in the prefixes that are usual.
pub(crate) fn write(root: &Node) -> String {
    let mut spaces = Spaces::default();
    root.walk(&mut |node| {
        for space in
            std::iter::once(&node.name.space).chain(node.attributes.iter().map(|(name, _)| &name.space))
        {
            if !space.is_empty()
                && ![ARCHIMATE, XSI, XML].contains(&space.as_str())
                && !spaces.places.contains_key(space)
            {
                spaces.places.insert(space.clone(), spaces.all.len());
                spaces.all.push(space.clone());
            }
        }
    });
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    element(root, 0, false, &spaces, &mut out);
    out
}

/// The namespaces of other makers in a tree, in the order in which they first stand there.
#[derive(Default)]
struct Spaces {
    all: Vec<String>,
    /// Where each stands among them.
    places: BTreeMap<String, usize>,
}

/// The name as it is written; `own`: whether a name of the format needs no prefix there.
fn qualified(name: &Name, spaces: &Spaces, own: bool) -> String {
    let local = &name.local;
    match name.space.as_str() {
        ARCHIMATE if own => local.clone(),
        ARCHIMATE => format!("archimate:{local}"),
        XSI => format!("xsi:{local}"),
        XML => format!("xml:{local}"),
        "" => local.clone(),
        "http://purl.org/dc/elements/1.1/" => format!("dc:{local}"),
        other => format!("n{}:{local}", spaces.places.get(other).copied().unwrap_or_default()),
    }
}

/// `bare`: an element around it has taken back the file's own namespace.
fn element(node: &Node, depth: usize, bare: bool, spaces: &Spaces, out: &mut String) {
    let bare = bare || node.name.space.is_empty();
    let name = qualified(&node.name, spaces, !bare);
    out.push_str(&"  ".repeat(depth));
    out.push('<');
    out.push_str(&name);
    if depth == 0 {
        out.push_str(&format!(" xmlns=\"{ARCHIMATE}\" xmlns:archimate=\"{ARCHIMATE}\" xmlns:xsi=\"{XSI}\""));
        for (n, space) in spaces.all.iter().enumerate() {
            let prefix = qualified(&Name::new(space, ""), spaces, true);
            let prefix = prefix.strip_suffix(':').map_or_else(|| format!("n{n}"), str::to_owned);
            out.push_str(&format!(" xmlns:{prefix}=\"{}\"", escape(space, true)));
        }
    }
    // An element of no namespace would else fall into that of the file.
    if node.name.space.is_empty() {
        out.push_str(" xmlns=\"\"");
    }
    for (name, value) in &node.attributes {
        out.push_str(&format!(" {}=\"{}\"", qualified(name, spaces, false), escape(value, true)));
    }
    if node.children.is_empty() {
        out.push_str("/>\n");
        return;
    }
    out.push('>');
    // Words are written as they are; only between elements is there room for indentation.
    let mixed = node.children.iter().any(|c| matches!(c, Child::Text(_)));
    if !mixed {
        out.push('\n');
    }
    for child in &node.children {
        match child {
            Child::Text(text) => out.push_str(&escape(text, false)),
            Child::Node(child) => {
                let before = out.len();
                element(child, if mixed { 1 } else { depth + 1 }, bare, spaces, out);
                if mixed {
                    // Indentation would become part of the words.
                    let written = out.split_off(before);
                    out.push_str(inline(&written));
                }
            }
        }
    }
    if !mixed {
        out.push_str(&"  ".repeat(depth));
    }
    out.push_str(&format!("</{name}>\n"));
}

fn inline(written: &str) -> &str {
    written.strip_prefix("  ").unwrap_or(written).strip_suffix('\n').unwrap_or(written)
}

fn escape(text: &str, attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\t' if attribute => out.push_str("&#9;"),
            // One such character, and other tools refuse the whole file.
            c if !allowed(c) => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dangerous_or_damaged_is_refused_with_its_line() {
        let deep = format!("{}{}", "<a>".repeat(200), "</a>".repeat(200));
        let table = [
            ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "declares a document type"),
            ("<a>\n&x;</a>", "m.xml:2: refers to '&x;'"),
            ("<a b='&y;'/>", "refers to '&y;'"),
            ("<a>&#1;</a>", "refers to '&#1;'"),
            ("<a><b></a>", "is not sound XML"),
            ("<a>", "ends before"),
            ("", "holds no XML"),
            ("words", "outside of its first element"),
            ("<a/><b/>", "second element"),
            ("<p:a/>", "prefix 'p'"),
            ("<a b='1' b='2'/>", "is not sound XML"),
            ("<?xml version='1.0' encoding='utf-16'?><a/>", "save it as UTF-8"),
            (deep.as_str(), "nested deeper"),
        ];
        for (text, words) in table {
            let said = read("m.xml", text.as_bytes()).unwrap_err().to_string();
            assert!(said.starts_with("m.xml") && said.contains(words), "{text}: {said}");
        }
        assert!(read("m.xml", b"PK\x03\x04").is_err() && read("m.xml", b"<a>\xff</a>").is_err());
    }

    #[test]
    fn prefixes_do_not_matter_and_words_are_kept() {
        let default = format!("<model xmlns='{ARCHIMATE}'><name>a &amp; b</name></model>");
        let prefixed =
            format!("<z:model xmlns:z='{ARCHIMATE}'>\n  <z:name>a <![CDATA[&]]> b</z:name>\n</z:model>");
        let (a, b) = (read("m", default.as_bytes()).unwrap(), read("m", prefixed.as_bytes()).unwrap());
        assert_eq!(a, b);
        assert!(a.is("model"));
        let mixed = format!(
            "<model xmlns='{ARCHIMATE}' xmlns:q='urn:q'><documentation>one <q:b>two</q:b> <q:c/>\r\nthree</documentation><o xmlns=''/></model>"
        );
        let tree = read("m", mixed.as_bytes()).unwrap();
        let again = read("m", write(&tree).as_bytes()).unwrap();
        assert_eq!(tree.name, again.name);
        assert_eq!(tree, again, "{}", write(&tree));
    }
}
