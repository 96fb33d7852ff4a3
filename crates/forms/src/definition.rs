//! Reads a form file and the common file, and puts them together.

use crate::component::{component, list, texts};
use crate::form::{Also, Condition, Controller, EntityShape, Form, List, Op, Page, Place, Safety, Test};
use crate::lint;
use crate::read::{Obj, Reader, is_id, is_name, is_path, is_slug};
use crate::source::{Json, Node, locate};
use crate::text::{Lang, Text};
use bluelamp_model::Faults;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Where the members of the two files' top level stand.
pub(crate) struct Tops {
    own: BTreeMap<String, Place>,
    messages: BTreeMap<String, Place>,
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
fn places(file: &str, node: &Node, path: &str) -> BTreeMap<String, Place> {
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

/// An entry of `pages`: a page, or a group of the common file.
enum Entry {
    Page(Box<Page>),
    Group { name: String, conditions: Vec<String>, at: Place },
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
            messages: messages.map(|m| places(common.0, &m.node, "messages")).unwrap_or_default(),
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
        sections: sections(r, &obj),
        lists: r.each(&obj, "lists", |r, o| list(r, o, true)),
        groups,
    })
}

fn read_group(r: &mut Reader<'_>, obj: &Obj<'_>) -> Group {
    r.keys(obj, &["title", "pages", "lists", "conditions"]);
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

fn sections(r: &mut Reader<'_>, obj: &Obj<'_>) -> BTreeMap<String, Text> {
    r.each(obj, "sections", |r, o| {
        r.keys(o, &["name", "title"]);
        Some((r.code(o, "name", is_id, "a name of letters and digits")?, r.need(o, "title", Reader::text)?))
    })
    .into_iter()
    .collect()
}

const FORM_KEYS: [&str; 22] = [
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
    r.opt(&obj, "description", Reader::string);
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
    let retention = r.need(&obj, "x-retention", Reader::string);
    let legal_basis = r.need(&obj, "x-legal-basis", Reader::string);
    let neutral_title = r.opt(&obj, "x-neutral-title", Reader::text);
    let definition = r.opt(&obj, "x-definition", Reader::string);
    let entities = r.opt(&obj, "x-entities", entities).unwrap_or_default();
    let own_sections = sections(r, &obj);
    r.need(&obj, "pages", |_, _, _| Some(()));
    let entries = r.each(&obj, "pages", entry);
    let mut lists: Vec<List> = r.each(&obj, "lists", |r, o| list(r, o, false));
    let mut conditions: Vec<Condition> = r.each(&obj, "conditions", condition);
    let Common { messages, mut sections, lists: shared_lists, mut groups } = common;
    sections.extend(own_sections);
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

const CHANNELS: [&str; 5] = ["web", "phone", "email", "api", "mobile"];

fn by_name<T>(r: &mut Reader<'_>, all: Vec<T>, of: fn(&T) -> (String, Place)) -> BTreeMap<String, T> {
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

fn entities(r: &mut Reader<'_>, node: &Node, path: &str) -> Option<BTreeMap<String, EntityShape>> {
    let obj = r.object(node, path)?;
    let mut all = BTreeMap::new();
    for member in obj.members {
        let at = obj.path_of(&member.key);
        if !is_name(&member.key) {
            r.fault(member.node.line, &at, "is not a role: small letters, digits and _");
        }
        let Some(o) = r.object(&member.node, &at) else { continue };
        r.keys(&o, &["kind", "link", "also"]);
        let kind = r.need(&o, "kind", |r, node, path| r.word(node, path, &["person", "location", "vehicle"]));
        let link = r.code(&o, "link", is_slug, "a code such as reported-by");
        let also = r.each(&o, "also", |r, a| {
            r.keys(a, &["link", "condition"]);
            let link = r.code(a, "link", is_slug, "a code such as victim-of")?;
            Some(Also { link, condition: r.need(a, "condition", Reader::string)? })
        });
        let (Some(kind), Some(link)) = (kind, link) else {
            r.lost = true;
            continue;
        };
        all.insert(member.key.clone(), EntityShape { kind, link, also, at: r.place(&o) });
    }
    Some(all)
}

fn entry(r: &mut Reader<'_>, obj: &Obj<'_>) -> Option<Entry> {
    if obj.get("$ref").is_none() {
        return page(r, obj).map(|page| Entry::Page(Box::new(page)));
    }
    r.keys(obj, &["$ref", "condition"]);
    let reference = r.need(obj, "$ref", Reader::string)?;
    let conditions = page_conditions(r, obj);
    let Some(name) = reference.strip_prefix("common#/") else {
        r.fault(obj.line, &obj.path_of("$ref"), format!("'{reference}' is not of the form common#/G1"));
        return None;
    };
    Some(Entry::Group { name: name.into(), conditions, at: r.place(obj) })
}

fn page_conditions(r: &mut Reader<'_>, obj: &Obj<'_>) -> Vec<String> {
    let read = r.opt(obj, "condition", |r, node, path| match &node.value {
        Json::Array(items) => Some(items.iter().filter_map(|item| r.string(item, path)).collect::<Vec<_>>()),
        _ => r.string(node, path).map(|one| vec![one]),
    });
    read.unwrap_or_default()
}

fn page(r: &mut Reader<'_>, obj: &Obj<'_>) -> Option<Page> {
    r.keys(
        obj,
        &["path", "title", "section", "condition", "controller", "components", "x-together", "x-outcome"],
    );
    let path = r.code(obj, "path", is_path, "a path such as /when-it-happened");
    let title = r.need(obj, "title", Reader::text);
    let conditions = page_conditions(r, obj);
    let terminal = r
        .opt(obj, "controller", |r, node, path| {
            r.word(node, path, &["QuestionPageController", "TerminalPageController"])
        })
        .is_some_and(|name| name == "TerminalPageController");
    let outcome = r.opt(obj, "x-outcome", |r, node, path| {
        let outcome = r.string(node, path)?;
        let fits = matches!(outcome.as_str(), "emergency" | "advice")
            || outcome.strip_prefix("redirect:").is_some_and(is_slug);
        if !fits {
            let reason = format!("'{outcome}' is none of emergency, advice, or redirect: and to whom");
            r.fault(node.line, path, reason);
        }
        Some(outcome)
    });
    let controller = match (terminal, outcome) {
        (true, Some(outcome)) => Controller::Terminal { outcome },
        (true, None) => {
            r.fault(obj.line, &obj.path, "ends the journey and needs an x-outcome, so that it is counted");
            Controller::Terminal { outcome: "advice".into() }
        }
        (false, outcome) => {
            if outcome.is_some() {
                r.fault(obj.line, &obj.path_of("x-outcome"), "has no effect on a page that does not end");
            }
            Controller::Question
        }
    };
    r.need(obj, "components", |_, _, _| Some(()));
    let components = r.each(obj, "components", component);
    Some(Page {
        path: path?,
        title: title?,
        section: r.opt(obj, "section", Reader::string),
        conditions,
        components,
        controller,
        together: r.opt(obj, "x-together", Reader::flag).unwrap_or(false),
        group: None,
        at: r.place(obj),
    })
}

fn condition(r: &mut Reader<'_>, obj: &Obj<'_>) -> Option<Condition> {
    r.keys(obj, &["id", "all", "any"]);
    let id = r.code(obj, "id", is_id, "an id of letters and digits")?;
    let all = obj.get("all").is_some();
    if all == obj.get("any").is_some() {
        r.fault(obj.line, &obj.path, "needs either 'all' or 'any'");
        return None;
    }
    let key = if all { "all" } else { "any" };
    let tests = r.each(obj, key, test);
    if tests.is_empty() {
        r.fault(obj.line, &obj.path_of(key), "has no test that can be read");
        return None;
    }
    Some(Condition { id, all, tests, at: r.place(obj) })
}

const OPS: [(&str, Op); 6] = [
    ("is", Op::Is),
    ("isNot", Op::IsNot),
    ("contains", Op::Contains),
    ("isAnswered", Op::IsAnswered),
    ("isMoreThan", Op::IsMoreThan),
    ("isLessThan", Op::IsLessThan),
];

fn test(r: &mut Reader<'_>, obj: &Obj<'_>) -> Option<Test> {
    r.keys(obj, &["field", "op", "value"]);
    let field = r.need(obj, "field", Reader::string);
    let op = r.need(obj, "op", |r, node, path| {
        let word = r.word(node, path, &OPS.map(|(name, _)| name))?;
        OPS.iter().find(|(name, _)| *name == word).map(|(_, op)| *op)
    })?;
    let value = obj.get("value").map_or(Value::Null, Node::plain);
    let wants = op != Op::IsAnswered;
    if wants != obj.get("value").is_some() {
        r.fault(obj.line, &obj.path, if wants { "has no 'value'" } else { "isAnswered takes no 'value'" });
    }
    Some(Test { field: field?, op, value, at: r.place(obj) })
}
