//! Reads the parts of a definition: pages, conditions and entities.

use crate::component::component;
use crate::form::{Also, Condition, Controller, EntityShape, Op, Page, Place, Test};
use crate::read::{Obj, Reader, is_id, is_name, is_path, is_slug};
use crate::source::{Json, Node};
use serde_json::Value;
use std::collections::BTreeMap;

pub(crate) const PAGE_KEYS: [&str; 8] =
    ["path", "title", "section", "condition", "controller", "components", "x-together", "x-outcome"];
pub(crate) const REFERENCE_KEYS: [&str; 2] = ["$ref", "condition"];
pub(crate) const CONDITION_KEYS: [&str; 3] = ["id", "all", "any"];
pub(crate) const TEST_KEYS: [&str; 3] = ["field", "op", "value"];

/// An entry of `pages`: a page, or a group of the common file.
pub(crate) enum Entry {
    Page(Box<Page>),
    Group { name: String, conditions: Vec<String>, at: Place },
}

pub(crate) fn entities(r: &mut Reader<'_>, node: &Node, path: &str) -> Option<BTreeMap<String, EntityShape>> {
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

pub(crate) fn entry(r: &mut Reader<'_>, obj: &Obj<'_>) -> Option<Entry> {
    if obj.get("$ref").is_none() {
        return page(r, obj).map(|page| Entry::Page(Box::new(page)));
    }
    r.keys(obj, &REFERENCE_KEYS);
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

pub(crate) fn page(r: &mut Reader<'_>, obj: &Obj<'_>) -> Option<Page> {
    r.keys(obj, &PAGE_KEYS);
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

pub(crate) fn condition(r: &mut Reader<'_>, obj: &Obj<'_>) -> Option<Condition> {
    r.keys(obj, &CONDITION_KEYS);
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
    r.keys(obj, &TEST_KEYS);
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
