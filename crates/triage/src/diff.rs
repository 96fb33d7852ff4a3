//! What is different between two versions of a definition, in plain words.

use crate::{Action, Definition, FactEntry, FactType, Rule};
use serde::Serialize;
use std::fmt::Display;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which part of the file: `header`, `facts`, `decision`, `actions`, `digital exposure` or `cases`.
    pub part: &'static str,
    /// What it is about: a key, a fact's name, a rule's id, an action, a case.
    pub name: String,
    /// What is different, as a sentence.
    pub sentence: String,
    /// Whether an unchanged incident could get another grade because of it.
    pub grade: bool,
}

/// Everything that is different from `old` to `new`, in the order of the file. What could give an unchanged incident
/// another grade is marked: the version's first number has to rise then.
#[must_use]
pub fn diff(old: &Definition, new: &Definition) -> Vec<Difference> {
    let mut found = Found(Vec::new());
    header(old, new, &mut found);
    facts(old, new, &mut found);
    rules(old, new, &mut found);
    actions(old, new, &mut found);
    if old.digital_exposure != new.digital_exposure {
        found.add("digital exposure", "text", "the text is another".into(), false);
    }
    cases(old, new, &mut found);
    found.0
}

struct Found(Vec<Difference>);

impl Found {
    fn add(&mut self, part: &'static str, name: &str, sentence: String, grade: bool) {
        self.0.push(Difference { part, name: name.to_owned(), sentence, grade });
    }

    fn changed(&mut self, part: &'static str, name: &str, was: impl Display, is: impl Display, grade: bool) {
        let (was, is) = (was.to_string(), is.to_string());
        if was != is {
            self.add(part, name, format!("was {was}, is {is}"), grade);
        }
    }
}

fn header(old: &Definition, new: &Definition, found: &mut Found) {
    let (a, b) = (&old.header, &new.header);
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "not given".into());
    found.changed("header", "id", &a.id, &b.id, false);
    found.changed("header", "status", a.status.code(), b.status.code(), false);
    found.changed("header", "owner", &a.owner, &b.owner, false);
    found.changed("header", "accountable", &a.accountable, &b.accountable, false);
    found.changed("header", "review_by", &a.review_by, &b.review_by, false);
    let names =
        |d: &Definition| d.header.grades.iter().map(|g| g.name.clone()).collect::<Vec<_>>().join(", ");
    found.changed("header", "grades", names(old), names(new), true);
    for (name, value) in &a.parameters {
        match b.parameters.get(name) {
            Some(other) => found.changed("header", name, value, other, true),
            None => found.add("header", name, format!("the parameter, which was {value}, is gone"), true),
        }
    }
    for (name, value) in b.parameters.iter().filter(|(name, _)| !a.parameters.contains_key(*name)) {
        found.add("header", name, format!("is a new parameter, {value}"), true);
    }
    for grade in &b.grades {
        let clock = |d: &Definition| {
            let place = d.header.grades.iter().position(|g| g.name == grade.name)?;
            d.header.review_minutes.get(place).copied().flatten()
        };
        let name = format!("review {}", grade.name);
        found.changed("header", &name, minutes(clock(old)), minutes(clock(new)), false);
    }
    let triggers = |d: &Definition| d.header.triggers.iter().map(|t| t.code()).collect::<Vec<_>>().join(", ");
    found.changed("header", "triggers", listed(&triggers(old)), listed(&triggers(new)), false);
    let within = |d: &Definition| minutes(d.header.supervisor_within_minutes);
    found.changed("header", "supervisor_within", within(old), within(new), false);
    found.changed("header", "result", a.result.code(), b.result.code(), false);
    found.changed("header", "basis", listed(&a.basis.join("; ")), listed(&b.basis.join("; ")), false);
    let index = |d: &Definition| {
        d.header.harm_index.as_ref().map_or_else(|| "none".into(), |h| format!("{} {}", h.name, h.edition))
    };
    found.changed("header", "harm_index", index(old), index(new), false);
    for (name, was, is) in [
        ("ethics_assessment", &a.ethics_assessment, &b.ethics_assessment),
        ("equality_review", &a.equality_review, &b.equality_review),
        ("note", &a.note, &b.note),
    ] {
        found.changed("header", name, or_none(was), or_none(is), false);
    }
}

fn listed(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn minutes(minutes: Option<u32>) -> String {
    match minutes {
        None => "not set".into(),
        Some(m) if m.is_multiple_of(24 * 60) => format!("{} d", m / (24 * 60)),
        Some(m) if m.is_multiple_of(60) => format!("{} h", m / 60),
        Some(m) => format!("{m} min"),
    }
}

fn kind(entry: &FactEntry) -> String {
    match &entry.kind {
        FactType::YesNo => "yes/no".into(),
        FactType::Number => "number".into(),
        FactType::Text => "text".into(),
        FactType::Choice(options) => format!("choice({})", options.join(", ")),
    }
}

fn facts(old: &Definition, new: &Definition, found: &mut Found) {
    for was in &old.facts {
        let name = &was.name;
        let Some(is) = new.fact(name).map(|at| &new.facts[at]) else {
            found.add("facts", name, "is no longer asked".into(), false);
            continue;
        };
        found.changed("facts", name, kind(was), kind(is), true);
        if was.ask != is.ask {
            found.add("facts", name, format!("was asked \"{}\", is asked \"{}\"", was.ask, is.ask), false);
        }
        let sources = |e: &FactEntry| listed(&e.sources.join(", ")).to_owned();
        found.changed("facts", &format!("{name}, sources"), sources(was), sources(is), false);
        let stale = |e: &FactEntry| minutes(e.stale_after_minutes);
        // A value that goes stale earlier or later makes another floor of the same answers.
        found.changed("facts", &format!("{name}, stale after"), stale(was), stale(is), true);
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "not given".into());
        found.changed(
            "facts",
            &format!("{name}, when unknown"),
            text(&was.when_unknown),
            text(&is.when_unknown),
            false,
        );
        found.changed("facts", &format!("{name}, note"), text(&was.note), text(&is.note), false);
        if was.worse != is.worse {
            found.add("facts", name, "says otherwise which answer is the worse".into(), false);
        }
    }
    for is in new.facts.iter().filter(|is| old.fact(&is.name).is_none()) {
        found.add("facts", &is.name, format!("is new ({}): {}", kind(is), is.ask), false);
    }
}

/// The conditions of a rule as one text.
fn when(d: &Definition, rule: &Rule) -> String {
    let cells = rule.cells.iter().map(|c| {
        let name = d.facts.get(c.fact).map_or("", |e| e.name.as_str());
        format!("{name} {}", c.text)
    });
    cells.collect::<Vec<_>>().join(" and ")
}

fn rules(old: &Definition, new: &Definition, found: &mut Found) {
    for was in &old.rules {
        let Some(is) = new.rules.iter().find(|r| r.id == was.id) else {
            let sentence =
                format!("is gone; it gave {} when {} ({})", old.grade(was.grade), when(old, was), was.reason);
            found.add("decision", &was.id, sentence, true);
            continue;
        };
        if old.grade(was.grade) != new.grade(is.grade) {
            let sentence = format!("gave {}, gives {}", old.grade(was.grade), new.grade(is.grade));
            found.add("decision", &was.id, sentence, true);
        }
        let (before, now) = (when(old, was), when(new, is));
        if before != now {
            found.add("decision", &was.id, format!("held when {before}; holds when {now}"), true);
        }
        if was.reason != is.reason {
            let sentence = format!("gave the reason \"{}\", gives \"{}\"", was.reason, is.reason);
            found.add("decision", &was.id, sentence, false);
        }
    }
    for is in new.rules.iter().filter(|is| !old.rules.iter().any(|r| r.id == is.id)) {
        let sentence = format!("is new: {} when {} ({})", new.grade(is.grade), when(new, is), is.reason);
        found.add("decision", &is.id, sentence, true);
    }
}

fn action(d: &Definition, a: &Action) -> String {
    let mut text = format!("from {}, {} by {}", d.grade(a.grade), a.deadline, a.role);
    let ids: Vec<&str> = a.rules.iter().filter_map(|r| d.rules.get(*r)).map(|r| r.id.as_str()).collect();
    if !ids.is_empty() {
        text.push_str(&format!(", where {} fired", ids.join(" or ")));
    }
    if a.must {
        text.push_str(", mandatory");
    }
    if let Some(safeguarding) = &a.safeguarding {
        text.push_str(&format!(", to {safeguarding} the risk"));
    }
    text
}

fn actions(old: &Definition, new: &Definition, found: &mut Found) {
    for was in &old.actions {
        match new.actions.iter().find(|a| a.action == was.action) {
            Some(is) => found.changed("actions", &was.action, action(old, was), action(new, is), false),
            None => found.add("actions", &was.action, "is no longer proposed".into(), false),
        }
    }
    for is in new.actions.iter().filter(|is| !old.actions.iter().any(|a| a.action == is.action)) {
        found.add("actions", &is.action, format!("is new: {}", action(new, is)), false);
    }
}

/// Cases that came or went; and what the new version makes of the old one's.
fn cases(old: &Definition, new: &Definition, found: &mut Found) {
    for was in &old.cases {
        if !new.cases.iter().any(|c| c.name == was.name) {
            found.add("cases", &was.name, "is gone".into(), false);
        }
        let name = |d: &Definition, rank: Option<usize>| rank.map_or("none", |r| d.grade(r)).to_owned();
        let grades = |d: &Definition| {
            let e = d.evaluate(&was.facts);
            e.map(|e| (name(d, e.floor), name(d, e.ceiling)))
        };
        match (grades(old), grades(new)) {
            (Ok((floor, ceiling)), Ok((floor_now, ceiling_now))) => {
                if (&floor, &ceiling) != (&floor_now, &ceiling_now) {
                    let sentence = format!(
                        "gave {floor} up to {ceiling}; the same facts give {floor_now} up to {ceiling_now}"
                    );
                    found.add("cases", &was.name, sentence, true);
                }
            }
            (Ok(_), Err(errors)) => {
                let why = errors.into_iter().map(|e| e.message).collect::<Vec<_>>().join("; ");
                found.add("cases", &was.name, format!("its facts no longer fit: {why}"), true);
            }
            (Err(_), _) => {}
        }
    }
    for is in new.cases.iter().filter(|is| !old.cases.iter().any(|c| c.name == is.name)) {
        found.add("cases", &is.name, "is new".into(), false);
    }
}
