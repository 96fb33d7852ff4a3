//! A strategy's file, key by key: every mistake of form is named, and what is wrong is left out.

use super::{
    Adopted, Basis, Cited, Document, Element, ElementKind, Figure, Level, Link, Named, Period, Reference,
    Relation, Remark, SCHEMA, Strategy, Target,
    node::{self, Node, Value},
    numbers,
};
use bluelamp_model::{Day, Fault, Faults};
use sha2::{Digest, Sha256};

/// The most bytes that a file can have: many times what the longest strategy needs.
const MOST_BYTES: usize = 2 << 20;
/// The longest short name, in characters.
const LONGEST_NAME: usize = 200;
/// The longest of all other texts, in characters.
const LONGEST_TEXT: usize = 2000;

/// What a file says, as far as it can be read.
pub(crate) struct Read {
    /// What was read. With mistakes it is only good for finding more of them.
    pub strategy: Strategy,
    /// Every mistake of form, with its line.
    pub faults: Vec<Fault>,
    /// Ids of elements that are written and could not be read.
    pub unread: Vec<String>,
}

/// Reads what the file says, and nothing yet about what its parts mean to one another.
///
/// # Errors
/// Where it is no list of keys and values at all.
pub(crate) fn read(file: &str, text: &str) -> Result<Read, Faults> {
    if text.len() > MOST_BYTES {
        let reason = format!("is larger than {MOST_BYTES} bytes: is this a strategy?");
        return Err(Fault::new(file, reason).at_line(1).into());
    }
    let root = node::parse(text).map_err(|(line, why)| {
        Fault::new(file, format!("cannot be read as YAML: {why}. Put it right, and check again"))
            .at_line(line)
    })?;
    let mut r = Reader { file, faults: Vec::new(), unread: Vec::new() };
    let Some(mut top) = r.mapping(root, "the file") else { return Err(Faults(r.faults)) };
    if let Some(schema) = r.text(&mut top, "schema", Need::Must)
        && schema != SCHEMA
    {
        r.fault(top.line, "schema", format!("is '{schema}': this program reads {SCHEMA}"));
    }
    let id =
        r.id(&mut top, is_name, "a name of lower-case letters, digits and hyphens, such as borsetshire-2027");
    let own = id.as_str();
    let version = r.checked(&mut top, "version", |v| numbers(v).is_some(), "three numbers, such as 1.0.0");
    let title = r.must(&mut top, "title");
    let publisher = r.must(&mut top, "publisher");
    let level = r.coded(&mut top, "level", Level::from_code, Level::ALL.iter().map(|l| l.code()));
    let owner = r.must(&mut top, "owner");
    let as_of = r.day(&mut top, "as_of", Need::Must);
    let public = r.yes(&mut top, "public");
    let about = r.must(&mut top, "about");
    let periods = r.each(&mut top, "periods", Need::Must, |r, m| Some(period(r, m)));
    let sources = r.each(&mut top, "sources", Need::Must, |r, m| Some(document(r, m)));
    let conflicts = r.each(&mut top, "conflicts", Need::May, |r, m| Some(remark(r, m)));
    let gaps = r.each(&mut top, "gaps", Need::May, |r, m| Some(remark(r, m)));
    let lists = r.each(&mut top, "lists", Need::May, |r, m| Some(named(r, m)));
    let elements = r.each(&mut top, "elements", Need::Must, |r, m| element(r, m, own));
    let adopts = r.each(&mut top, "adopts", Need::May, |r, m| adopted(r, m, own));
    let crosswalk = r.each(&mut top, "crosswalk", Need::May, |r, m| link(r, m, own));
    r.done(&top);
    r.faults.sort();
    let digest = hex::encode(Sha256::digest(text));
    // Where one of them is missing there is a fault, and nobody is given the strategy.
    let level = level.unwrap_or(Level::Force);
    let Some(as_of) = as_of.or_else(|| Day::from_number(0).ok()).filter(|_| !id.is_empty()) else {
        return Err(Faults(r.faults));
    };
    let strategy = Strategy {
        id,
        version,
        title,
        publisher,
        level,
        owner,
        as_of,
        public,
        about,
        periods,
        sources,
        conflicts,
        gaps,
        lists,
        elements,
        adopts,
        crosswalk,
        digest,
    };
    Ok(Read { strategy, faults: r.faults, unread: r.unread })
}

fn period(r: &mut Reader<'_>, m: &mut Mapping) -> Period {
    let (from, to) = (r.year(m, "from"), r.year(m, "to"));
    if from > to {
        r.fault(m.line, m.at("to"), "lies before the first year: give the years in their order");
    }
    Period { from, to, source: r.cited(m) }
}

fn document(r: &mut Reader<'_>, m: &mut Mapping) -> Document {
    let id = r.id(m, is_id, "an id of letters, digits, dots, hyphens and underscores, such as S001");
    Document { id, title: r.must(m, "title") }
}

fn remark(r: &mut Reader<'_>, m: &mut Mapping) -> Remark {
    let documents = r.texts(m, "sources");
    Remark { about: r.must(m, "about"), documents, words: r.must(m, "words") }
}

fn named(r: &mut Reader<'_>, m: &mut Mapping) -> Named {
    let name = r.must(m, "name");
    let items = r.texts(m, "items");
    if items.is_empty() {
        r.fault(m.line, m.at("items"), "is empty: list what the source lists, or leave the list out");
    }
    Named { name, source: r.cited(m), about: r.text(m, "about", Need::May), items }
}

fn element(r: &mut Reader<'_>, m: &mut Mapping, own: &str) -> Option<Element> {
    let id = r.id(m, is_id, "an id of letters, digits, dots, hyphens and underscores, such as A1.1");
    if !id.is_empty() {
        m.path = format!("elements[{id}]");
    }
    let kind = r.coded(m, "kind", ElementKind::from_code, ElementKind::ALL.iter().map(|k| k.code()));
    let name = r.must(m, "name");
    if name.chars().count() > LONGEST_NAME {
        r.fault(
            m.line,
            m.at("name"),
            format!("is longer than {LONGEST_NAME} characters: put the rest into words"),
        );
    }
    let element = Element {
        kind: kind.unwrap_or(ElementKind::Vision),
        name,
        words: r.must(m, "words"),
        source: r.cited(m),
        parent: r.reference(m, "parent", own),
        phase: r.reference(m, "phase", own),
        serves: r.references(m, "serves", own),
        drives: r.references(m, "drives", own),
        target: r.one(m, "target", target),
        figures: r.each(m, "figures", Need::May, |r, m| Some(figure(r, m))),
        reconstructed: r.yes(m, "reconstructed"),
        inferred: r.yes(m, "inferred"),
        local: r.yes(m, "local"),
        note: r.text(m, "note", Need::May),
        formerly: r.text(m, "formerly", Need::May),
        retired: r.day(m, "retired", Need::May),
        line: m.line,
        id,
    };
    if kind.is_none() {
        r.unread.push(element.id.clone());
    }
    kind.map(|_| element)
}

fn target(r: &mut Reader<'_>, m: &mut Mapping) -> Target {
    let is_measure =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let measure = r.checked(m, "measure", is_measure, "lower-case letters and _, such as share_public_cloud");
    Target { measure, value: r.number(m, "value"), about: r.yes(m, "about") }
}

fn figure(r: &mut Reader<'_>, m: &mut Mapping) -> Figure {
    Figure { what: r.must(m, "what"), value: r.number(m, "value"), unit: r.must(m, "unit") }
}

fn basis(r: &mut Reader<'_>, m: &mut Mapping) -> Basis {
    let read = r.coded(m, "basis", Basis::from_code, Basis::ALL.iter().map(|b| b.code()));
    read.unwrap_or(Basis::Ours)
}

fn adopted(r: &mut Reader<'_>, m: &mut Mapping, own: &str) -> Option<Adopted> {
    let element = r.must_refer(m, "element", own);
    let adopted = (r.must(m, "label"), basis(r, m), r.must(m, "reason"));
    let (label, basis, reason) = adopted;
    Some(Adopted { element: element?, label, basis, reason, line: m.line })
}

fn link(r: &mut Reader<'_>, m: &mut Mapping, own: &str) -> Option<Link> {
    let (from, to) = (r.must_refer(m, "from", own), r.must_refer(m, "to", own));
    // What a whole strategy takes over has a place of its own.
    let relations = || Relation::ALL.iter().copied().filter(|relation| *relation != Relation::Adopts);
    let read = |code: &str| relations().find(|relation| relation.code() == code);
    let relation = r.coded(m, "relation", read, relations().map(Relation::code));
    let (basis, reason) = (basis(r, m), r.must(m, "reason"));
    Some(Link { from: from?, to: to?, relation: relation?, basis, reason, line: m.line })
}

/// A strategy's id, which is also the name of its file.
fn is_name(text: &str) -> bool {
    text.len() <= 60
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// An id inside a strategy.
fn is_id(text: &str) -> bool {
    text.len() <= 60
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
}

/// Whether a key has to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}

/// A mapping whose keys are taken out one by one; what is left over is unknown.
struct Mapping {
    line: u64,
    path: String,
    entries: Vec<(String, Node)>,
    asked: Vec<&'static str>,
}

/// Whether a key is what people call a list of elements of this kind: "principles", "roadmap", "ethics_commitments".
fn names_kind(key: &str, kind: ElementKind) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], " ");
    let (key, plural) = (plain(key), plain(&kind.plural()));
    key == plural
        || [format!("{key} items"), format!("{key}s")].contains(&plural)
        || key == plain(kind.code())
}

impl Mapping {
    /// A key as a person finds it, such as `elements[A1].name`.
    fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

struct Reader<'a> {
    file: &'a str,
    faults: Vec<Fault>,
    /// Ids of elements that are written and could not be read.
    unread: Vec<String>,
}

impl Reader<'_> {
    fn fault(&mut self, line: u64, field: impl Into<String>, reason: impl Into<String>) {
        self.faults.push(Fault::new(self.file, reason).at_line(line).in_field(field));
    }

    fn mapping(&mut self, node: Node, path: &str) -> Option<Mapping> {
        let line = node.line;
        match node.value {
            Value::Map(entries) => {
                let path = if path == "the file" { String::new() } else { path.to_owned() };
                Some(Mapping { line, path, entries, asked: Vec::new() })
            }
            other => {
                self.fault(
                    line,
                    path,
                    format!("is {}: it has to be a mapping of keys to values", other.what()),
                );
                None
            }
        }
    }

    /// Names the keys that nobody asked for.
    fn done(&mut self, m: &Mapping) {
        for (key, node) in &m.entries {
            let near = m.asked.iter().map(|known| (strsim::osa_distance(key, known), known));
            let near = near.filter(|(distance, known)| *distance <= (known.len() / 3).max(1)).min();
            let kind = ElementKind::ALL.iter().find(|kind| m.path.is_empty() && names_kind(key, **kind));
            let reason = match (near, kind) {
                (_, Some(kind)) => format!(
                    "is not a key here: elements of every kind stand in one list under 'elements', these with 'kind: {}'",
                    kind.code()
                ),
                (Some((_, known)), None) => format!("is not a key here; did you mean '{known}'?"),
                (None, None) => format!("is not a key here: the keys are {}", m.asked.join(", ")),
            };
            self.fault(node.line, m.at(key), reason);
        }
    }

    /// Takes a key that has a value. `key:` with nothing after it counts as not there.
    fn take(&mut self, m: &mut Mapping, key: &'static str, need: Need) -> Option<Node> {
        m.asked.push(key);
        let found = m.entries.iter().position(|(k, _)| k == key).map(|n| m.entries.remove(n).1);
        let found = found.filter(|node| !matches!(node.value, Value::Null));
        if found.is_none() && need == Need::Must {
            self.fault(m.line, m.at(key), "is missing: add it");
        }
        found
    }

    fn text(&mut self, m: &mut Mapping, key: &'static str, need: Need) -> Option<String> {
        let node = self.take(m, key, need)?;
        self.as_text(node, m.at(key))
    }

    fn as_text(&mut self, node: Node, field: String) -> Option<String> {
        let text = match node.value {
            Value::Text(text) => text.trim().to_owned(),
            Value::Number(_) | Value::Bool(_) => {
                self.fault(node.line, field, "has to be a text: put it between double quotes");
                return None;
            }
            other => {
                self.fault(node.line, field, format!("is {}: it has to be a text", other.what()));
                return None;
            }
        };
        if text.is_empty() {
            self.fault(
                node.line,
                field,
                "is empty: write something, or leave the key out where it may be left out",
            );
        } else if text.chars().count() > LONGEST_TEXT {
            self.fault(node.line, field, format!("is longer than {LONGEST_TEXT} characters: shorten it"));
        } else if text.chars().any(|c| c.is_control() && c != '\n') {
            self.fault(node.line, field, "has a control character in it: remove it");
        } else {
            return Some(text);
        }
        None
    }

    fn must(&mut self, m: &mut Mapping, key: &'static str) -> String {
        self.text(m, key, Need::Must).unwrap_or_default()
    }

    fn checked(
        &mut self,
        m: &mut Mapping,
        key: &'static str,
        fits: impl Fn(&str) -> bool,
        like: &str,
    ) -> String {
        let Some(node) = self.take(m, key, Need::Must) else { return String::new() };
        let line = node.line;
        let text = self.as_text(node, m.at(key)).unwrap_or_default();
        if !text.is_empty() && !fits(&text) {
            self.fault(line, m.at(key), format!("is '{text}': it has to be {like}"));
            return String::new();
        }
        text
    }

    fn id(&mut self, m: &mut Mapping, fits: impl Fn(&str) -> bool, like: &str) -> String {
        self.checked(m, "id", fits, like)
    }

    fn coded<T>(
        &mut self,
        m: &mut Mapping,
        key: &'static str,
        read: impl Fn(&str) -> Option<T>,
        codes: impl Iterator<Item = &'static str>,
    ) -> Option<T> {
        let node = self.take(m, key, Need::Must)?;
        let line = node.line;
        let code = self.as_text(node, m.at(key))?;
        let found = read(&code);
        if found.is_none() {
            let known: Vec<_> = codes.collect();
            self.fault(line, m.at(key), format!("'{code}' is unknown: use one of {}", known.join(", ")));
        }
        found
    }

    fn day(&mut self, m: &mut Mapping, key: &'static str, need: Need) -> Option<Day> {
        let node = self.take(m, key, need)?;
        let line = node.line;
        let text = self.as_text(node, m.at(key))?;
        text.parse().map_err(|why: String| self.fault(line, m.at(key), why)).ok()
    }

    fn yes(&mut self, m: &mut Mapping, key: &'static str) -> bool {
        match self.take(m, key, Need::May) {
            None => false,
            Some(Node { value: Value::Bool(yes), .. }) => yes,
            Some(node) => {
                self.fault(node.line, m.at(key), "has to be true or false");
                false
            }
        }
    }

    fn number(&mut self, m: &mut Mapping, key: &'static str) -> f64 {
        match self.take(m, key, Need::Must) {
            Some(Node { value: Value::Number(n), .. }) if n.is_finite() => n,
            Some(node) => {
                self.fault(node.line, m.at(key), "has to be a number, such as 0.8");
                0.0
            }
            None => 0.0,
        }
    }

    fn year(&mut self, m: &mut Mapping, key: &'static str) -> i16 {
        match self.take(m, key, Need::Must) {
            #[expect(clippy::cast_possible_truncation, reason = "it lies between 1800 and 3000")]
            Some(Node { value: Value::Number(n), .. })
                if n.fract() == 0.0 && (1800.0..3000.0).contains(&n) =>
            {
                n as i16
            }
            Some(node) => {
                self.fault(node.line, m.at(key), "has to be a year, such as 2027");
                0
            }
            None => 0,
        }
    }

    fn list(&mut self, m: &mut Mapping, key: &'static str, need: Need) -> Vec<Node> {
        let Some(node) = self.take(m, key, need) else { return Vec::new() };
        match node.value {
            Value::List(items) if need == Need::Must && items.is_empty() => {
                self.fault(node.line, m.at(key), "is empty: it needs at least one entry");
                items
            }
            Value::List(items) => items,
            other => {
                let reason = format!("is {}: it has to be a list, as in [one, two]", other.what());
                self.fault(node.line, m.at(key), reason);
                Vec::new()
            }
        }
    }

    fn texts(&mut self, m: &mut Mapping, key: &'static str) -> Vec<String> {
        let items = self.list(m, key, Need::May).into_iter().enumerate();
        items.filter_map(|(n, item)| self.as_text(item, format!("{}[{n}]", m.at(key)))).collect()
    }

    fn one<T>(
        &mut self,
        m: &mut Mapping,
        key: &'static str,
        read: impl Fn(&mut Self, &mut Mapping) -> T,
    ) -> Option<T> {
        let node = self.take(m, key, Need::May)?;
        let mut inner = self.mapping(node, &m.at(key))?;
        let value = read(self, &mut inner);
        self.done(&inner);
        Some(value)
    }

    fn each<T>(
        &mut self,
        m: &mut Mapping,
        key: &'static str,
        need: Need,
        read: impl Fn(&mut Self, &mut Mapping) -> Option<T>,
    ) -> Vec<T> {
        let mut all = Vec::new();
        for (n, node) in self.list(m, key, need).into_iter().enumerate() {
            let Some(mut inner) = self.mapping(node, &format!("{}[{n}]", m.at(key))) else { continue };
            all.extend(read(self, &mut inner));
            self.done(&inner);
        }
        all
    }

    /// Where it is said: `S001 s4`, or several with semicolons between them.
    fn cited(&mut self, m: &mut Mapping) -> Vec<Cited> {
        let text = self.must(m, "source");
        let places = text.split(';').map(str::trim).filter(|place| !place.is_empty());
        let cited = places.map(|place| {
            let (document, section) = place.split_once(' ').unwrap_or((place, ""));
            Cited { document: document.to_owned(), section: section.trim().to_owned() }
        });
        cited.collect()
    }

    fn reference(&mut self, m: &mut Mapping, key: &'static str, own: &str) -> Option<Reference> {
        let node = self.take(m, key, Need::May)?;
        self.as_reference(node, m.at(key), own)
    }

    fn must_refer(&mut self, m: &mut Mapping, key: &'static str, own: &str) -> Option<Reference> {
        let node = self.take(m, key, Need::Must)?;
        self.as_reference(node, m.at(key), own)
    }

    fn references(&mut self, m: &mut Mapping, key: &'static str, own: &str) -> Vec<Reference> {
        let items = self.list(m, key, Need::May).into_iter().enumerate();
        items.filter_map(|(n, item)| self.as_reference(item, format!("{}[{n}]", m.at(key)), own)).collect()
    }

    fn as_reference(&mut self, node: Node, field: String, own: &str) -> Option<Reference> {
        let line = node.line;
        let text = self.as_text(node, field.clone())?;
        // Without an id of its own a file cannot say what is its own; that the id is missing is told already.
        let own = if own.is_empty() { "?" } else { own };
        let read = Reference::parse(&text, own);
        if read.is_none() {
            let reason =
                format!("'{text}' names no element: write its id, or strategy:id as in national-2020:A1.1");
            self.fault(line, field, reason);
        }
        read
    }
}
