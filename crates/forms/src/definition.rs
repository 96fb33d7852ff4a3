//! Reads a form file and the common file, and puts them together.

use crate::component::{list, texts};
use crate::form::{Condition, Form, Page, Safety};
use crate::lint;
use crate::parts::{Entry, condition, entities, entry, page};
use crate::question::List;
use crate::read::{Obj, Reader, is_id, is_slug};
use crate::source::{Json, Node, locate};
use crate::text::{Lang, Text};
use crate::tops::{Tops, places};
use bluelamp_model::Faults;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What forms share: messages, sections, lists, and groups of pages.
struct Common {
    messages: BTreeMap<String, Text>,
    sections: BTreeMap<String, Text>,
    lists: Vec<List>,
    groups: BTreeMap<String, Group>,
}

/// Pages with what they need, to be taken into a form as one.
struct Group {
    pages: Vec<Page>,
    lists: Vec<List>,
    conditions: Vec<Condition>,
}

impl Form {
    /// Reads and checks a form.
    ///
    /// `file` and `text` are the name and the content of the form's file, `common` those of the common file.
    ///
    /// # Errors
    /// Every mistake found in either file, with its line. When an element could not be read at all, checks
    /// that compare elements with one another wait until it can.
    pub fn parse(file: &str, text: &str, common: (&str, &str)) -> Result<Self, Faults> {
        let (own, shared) = match (locate(file, text), locate(common.0, common.1)) {
            (Ok(own), Ok(shared)) => (own, shared),
            (own, shared) => {
                let faults = [own.err(), shared.err()].into_iter().flatten().flat_map(|f| f.0).collect();
                return Err(Faults(faults));
            }
        };
        let messages = match &shared.value {
            Json::Object(members) => members.iter().find(|m| m.key == "messages"),
            _ => None,
        };
        let tops = Tops {
            own: places(file, &own, ""),
            messages: places(common.0, messages.map_or(&shared, |m| &m.node), "messages"),
        };
        let mut c = Reader::new(common.0);
        let shared = read_common(&mut c, &shared);
        let mut r = Reader::new(file);
        let form = shared.and_then(|shared| read_form(&mut r, &own, shared));
        let lost = c.lost || r.lost;
        let mut faults = c.faults;
        faults.append(&mut r.faults);
        let Some(mut form) = form else { return Err(Faults(faults)) };
        form.digest = hex::encode(Sha256::new().chain_update(text).chain_update(common.1).finalize());
        lint::check(&form, &tops, lost, &mut faults);
        // In the order a person meets them, the form's own file first.
        faults.sort_by_key(|f| (f.file != file, f.line));
        Faults(faults).or(form)
    }
}

fn read_common(r: &mut Reader<'_>, node: &Node) -> Option<Common> {
    let obj = r.object(node, "")?;
    let is_group = |key: &str| key.starts_with('G') && is_slug(&key.to_lowercase());
    r.need(&obj, "$schema", |r, node, path| r.word(node, path, &["bluelamp-forms-common-1"]));
    let mut groups = BTreeMap::new();
    for member in obj.members {
        match member.key.as_str() {
            "$schema" | "messages" | "sections" | "lists" => {}
            key if is_group(key) => {
                if let Some(o) = r.object(&member.node, key) {
                    groups.insert(key.to_string(), read_group(r, &o));
                }
            }
            key => r.fault(
                member.node.line,
                key,
                "is not known here; known are $schema, messages, sections, lists, and groups such as G1",
            ),
        }
    }
    Some(Common {
        messages: r.need(&obj, "messages", texts).unwrap_or_default(),
        sections: sections(r, &obj, BTreeMap::new()),
        lists: r.each(&obj, "lists", |r, o| list(r, o, true)),
        groups,
    })
}

fn read_group(r: &mut Reader<'_>, obj: &Obj<'_>) -> Group {
    r.keys(obj, &GROUP_KEYS);
    r.need(obj, "title", Reader::string);
    r.need(obj, "pages", |_, _, _| Some(()));
    let mut pages = r.each(obj, "pages", page);
    for page in &mut pages {
        page.group = Some(obj.path.clone());
    }
    Group {
        pages,
        lists: r.each(obj, "lists", |r, o| list(r, o, false)),
        conditions: r.each(obj, "conditions", condition),
    }
}

/// The sections of a file, added to those that are known before it.
fn sections(r: &mut Reader<'_>, obj: &Obj<'_>, mut known: BTreeMap<String, Text>) -> BTreeMap<String, Text> {
    let read = r.each(obj, "sections", |r, o| {
        r.keys(o, &["name", "title"]);
        let name = r.code(o, "name", is_id, "a name of letters and digits")?;
        Some((r.place(o), name, r.need(o, "title", Reader::text)?))
    });
    for (at, name, title) in read {
        if known.insert(name.clone(), title).is_some() {
            r.faults.push(at.fault(format!("'{name}' is defined twice")));
        }
    }
    known
}

pub(crate) const GROUP_KEYS: [&str; 4] = ["title", "pages", "lists", "conditions"];

pub(crate) const FORM_KEYS: [&str; 22] = [
    "$schema",
    "id",
    "version",
    "title",
    "lang",
    "channels",
    "x-safety",
    "x-neutral-title",
    "x-anonymous",
    "x-queue",
    "x-definition",
    "x-retention",
    "x-legal-basis",
    "x-owner",
    "x-review-by",
    "x-title",
    "x-entities",
    "sections",
    "pages",
    "lists",
    "conditions",
    "description",
];

fn read_form(r: &mut Reader<'_>, node: &Node, common: Common) -> Option<Form> {
    let obj = r.object(node, "")?;
    r.keys(&obj, &FORM_KEYS);
    r.need(&obj, "$schema", |r, node, path| r.word(node, path, &["bluelamp-form-1"]));
    let description = r.opt(&obj, "description", Reader::text);
    let id = r.code(&obj, "id", is_slug, "an id: small letters, digits and hyphens");
    let version = r.need(&obj, "version", |r, node, path| match r.count(node, path)? {
        0 => {
            r.fault(node.line, path, "begins at 1");
            None
        }
        n => Some(n),
    });
    let title = r.need(&obj, "title", Reader::text);
    let languages = r.need(&obj, "lang", languages);
    let channels = r.need(&obj, "channels", |r, node, path| words(r, node, path, &CHANNELS));
    let safety = r.need(&obj, "x-safety", |r, node, path| r.word(node, path, &["standard", "high"]));
    let anonymous = r.need(&obj, "x-anonymous", |r, node, path| r.word(node, path, &["allowed", "refused"]));
    let report_title = r.need(&obj, "x-title", Reader::text);
    let owner = r.need(&obj, "x-owner", Reader::string);
    let review_by = r.need(&obj, "x-review-by", |r, node, path| {
        let day = r.string(node, path)?;
        if crate::normal::date(&day).is_none() {
            r.fault(node.line, path, format!("'{day}' is not a day such as 2027-05-31"));
        }
        Some(day)
    });
    let queue = r.need(&obj, "x-queue", Reader::string);
    let retention = r.need(&obj, "x-retention", |r, node, path| {
        let span = r.string(node, path)?;
        if span.parse::<jiff::Span>().is_err() || !span.starts_with('P') {
            r.fault(node.line, path, format!("'{span}' is not an ISO 8601 duration such as P7Y"));
        }
        Some(span)
    });
    let legal_basis = r.need(&obj, "x-legal-basis", Reader::string);
    let neutral_title = r.opt(&obj, "x-neutral-title", Reader::text);
    let definition = r.opt(&obj, "x-definition", Reader::string);
    let entities = r.opt(&obj, "x-entities", entities).unwrap_or_default();
    let Common { messages, sections: shared_sections, lists: shared_lists, mut groups } = common;
    let sections = sections(r, &obj, shared_sections);
    r.need(&obj, "pages", |_, _, _| Some(()));
    let entries = r.each(&obj, "pages", entry);
    let mut lists: Vec<List> = r.each(&obj, "lists", |r, o| list(r, o, false));
    let mut conditions: Vec<Condition> = r.each(&obj, "conditions", condition);
    lists.extend(shared_lists);
    let mut pages = Vec::new();
    for entry in entries {
        match entry {
            Entry::Page(page) => pages.push(*page),
            Entry::Group { name, conditions: also, at } => match groups.remove(&name) {
                Some(mut group) => {
                    for page in &mut group.pages {
                        page.conditions.extend(also.iter().cloned());
                    }
                    pages.append(&mut group.pages);
                    lists.append(&mut group.lists);
                    conditions.append(&mut group.conditions);
                }
                None => {
                    r.lost = true;
                    let reason = format!("'{name}' is not a group of the common file, or was taken before");
                    r.faults.push(at.fault(reason));
                }
            },
        }
    }
    Some(Form {
        id: id?,
        version: version?,
        digest: String::new(),
        title: title?,
        description,
        languages: languages?,
        speaks: Lang::En,
        channels: channels?,
        safety: if safety? == "high" { Safety::High } else { Safety::Standard },
        neutral_title,
        anonymous: anonymous? == "allowed",
        queue: queue?,
        definition,
        retention: retention?,
        legal_basis: legal_basis?,
        owner: owner?,
        review_by: review_by?,
        pages,
        lists: by_name(r, lists, |l| (l.name.clone(), l.at.clone())),
        conditions: by_name(r, conditions, |c| (c.id.clone(), c.at.clone())),
        sections,
        entities,
        report_title: report_title?,
        messages,
    })
}

pub(crate) const CHANNELS: [&str; 5] = ["web", "phone", "email", "api", "mobile"];

fn by_name<T>(
    r: &mut Reader<'_>,
    all: Vec<T>,
    of: fn(&T) -> (String, crate::form::Place),
) -> BTreeMap<String, T> {
    let mut named = BTreeMap::new();
    for one in all {
        let (name, at) = of(&one);
        if named.insert(name.clone(), one).is_some() {
            r.faults.push(at.fault(format!("'{name}' is defined twice")));
        }
    }
    named
}

fn languages(r: &mut Reader<'_>, node: &Node, path: &str) -> Option<Vec<Lang>> {
    let codes = words(r, node, path, &["en", "cy"])?;
    if !codes.iter().any(|c| c == "en") {
        r.fault(node.line, path, "must contain \"en\"");
    }
    Some(codes.iter().filter_map(|code| Lang::of_code(code)).collect())
}

fn words(r: &mut Reader<'_>, node: &Node, path: &str, known: &[&str]) -> Option<Vec<String>> {
    let items = r.array(node, path);
    if items.is_empty() {
        r.fault(node.line, path, "is empty");
    }
    Some(items.iter().enumerate().filter_map(|(n, w)| r.word(w, &format!("{path}[{n}]"), known)).collect())
}
