//! The tables of a definition other than the decision: facts, actions and cases.

use crate::feel::is_exact;
use crate::markdown::{Faulty, Row, Section};
use crate::shape::{SAFEGUARDING, choices, due, duration, fact_name, set, worse_fits};
use crate::suggestion;
use crate::{Action, Case, Fact, FactEntry, FactState, FactType, Facts, Grade, Rule, Worse};
use serde_json::Value;
use std::collections::BTreeMap;

/// The dictionary as far as it could be read.
pub(crate) struct Dictionary {
    pub(crate) entries: Vec<FactEntry>,
    /// Names whose row has a fault: known, but nothing can be checked against them.
    pub(crate) broken: Vec<String>,
    /// False where there is no dictionary at all, so that an unknown name proves nothing.
    pub(crate) readable: bool,
}

impl Dictionary {
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|e| e.name == name)
    }

    /// Why a name is not in the dictionary, or nothing when that is no further news.
    pub(crate) fn unknown(&self, name: &str) -> Option<String> {
        let silent = !self.readable || self.broken.iter().any(|b| b == name);
        (!silent).then(|| {
            let near = suggestion(name, self.entries.iter().map(|e| e.name.as_str()));
            format!("'{name}' is not in the table of facts{near}")
        })
    }
}

pub(crate) fn facts(section: Option<&Section<'_>>, faulty: &mut Faulty<'_>) -> Dictionary {
    let mut dictionary = Dictionary { entries: Vec::new(), broken: Vec::new(), readable: false };
    let Some((section, table)) = section.and_then(|s| Some((s, s.table(faulty)?))) else { return dictionary };
    let required = ["fact", "type", "ask"];
    let optional = ["source kinds", "stale after", "when unknown", "worse", "note"];
    let Some(([name, kind, ask], [sources, stale, when, worse, note])) =
        table.columns(section.name, required, optional, faulty)
    else {
        return dictionary;
    };
    dictionary.readable = true;
    if table.rows.is_empty() {
        faulty.add(table.head.line, section.name, "the table has no facts");
    }
    for row in &table.rows {
        let before = faulty.faults.len();
        let name = row.cells[name].as_str();
        if let Err(reason) = fact_name(name) {
            faulty.add(row.line, "fact", reason);
        }
        if dictionary.find(name).is_some() || dictionary.broken.iter().any(|b| b == name) {
            faulty.add(row.line, "fact", format!("'{name}' comes twice"));
        }
        let kind = fact_type(&row.cells[kind]).map_err(|reason| faulty.add(row.line, "type", reason));
        let ask = &row.cells[ask];
        if set(ask).is_none() {
            faulty.add(row.line, "ask", format!("'{name}' has no neutral wording in which to ask for it"));
        }
        let cell = |at: Option<usize>| at.and_then(|at| set(&row.cells[at]));
        let stale_after_minutes = cell(stale).and_then(|text| {
            let minutes = duration(text).filter(|m| *m > 0);
            if minutes.is_none() {
                let reason = format!("'{text}' is not a time like 30 d, 12 h or 20 min, or -");
                faulty.add(row.line, "stale after", reason);
            }
            minutes
        });
        let when_unknown = cell(when).and_then(|text| {
            let rest = if text == "treat-as-open" { Some("") } else { text.strip_prefix("treat-as-open:") };
            if rest.is_none() {
                let reason = format!("'{text}' is not treat-as-open, treat-as-open: where else to ask, or -");
                faulty.add(row.line, "when unknown", reason);
            }
            rest.map(str::trim).filter(|rest| !rest.is_empty()).map(str::to_owned)
        });
        let worse = match (cell(worse), &kind) {
            (Some(text), Ok(kind)) => {
                which_is_worse(text, kind).map_err(|reason| faulty.add(row.line, "worse", reason)).ok()
            }
            _ => None,
        };
        if let (Ok(kind), true) = (kind, faulty.faults.len() == before) {
            dictionary.entries.push(FactEntry {
                name: name.to_owned(),
                kind,
                ask: ask.clone(),
                sources: cell(sources).map_or_else(Vec::new, list),
                stale_after_minutes,
                when_unknown,
                worse,
                note: cell(note).map(str::to_owned),
                line: row.line,
            });
        } else {
            dictionary.broken.push(name.to_owned());
        }
    }
    dictionary
}

fn which_is_worse(text: &str, kind: &FactType) -> Result<Worse, String> {
    let worse = match text {
        "true" => Some(Worse::True),
        "false" => Some(Worse::False),
        "higher" => Some(Worse::Higher),
        "lower" => Some(Worse::Lower),
        _ => None,
    };
    worse.filter(|worse| worse_fits(*worse, kind)).ok_or_else(|| {
        format!(
            "'{text}' is not - (neither is), true or false of a yes/no, higher or lower of a number or choice"
        )
    })
}

fn fact_type(text: &str) -> Result<FactType, String> {
    match text {
        "yes/no" => return Ok(FactType::YesNo),
        "number" => return Ok(FactType::Number),
        "text" => return Ok(FactType::Text),
        _ => {}
    }
    let Some(inside) = text.strip_prefix("choice(").and_then(|t| t.strip_suffix(')')) else {
        return Err(format!("'{text}' is not yes/no, number, text or choice(a, b)"));
    };
    let options = list(inside);
    choices(&options)?;
    Ok(FactType::Choice(options))
}

pub(crate) fn actions(
    section: Option<&Section<'_>>,
    grades: &[Grade],
    rules: &[Rule],
    faulty: &mut Faulty<'_>,
) -> Vec<Action> {
    let Some((section, table)) = section.and_then(|s| Some((s, s.table(faulty)?))) else { return Vec::new() };
    let required = ["grade at least", "action", "deadline", "role"];
    let optional = ["when rule", "must", "safeguarding"];
    let Some(([grade, action, deadline, role], [when_rule, must, safeguarding])) =
        table.columns(section.name, required, optional, faulty)
    else {
        return Vec::new();
    };
    if table.rows.is_empty() {
        faulty.add(table.head.line, section.name, "the table has no actions");
    }
    let mut actions = Vec::new();
    for row in &table.rows {
        for (at, name) in [(action, "action"), (deadline, "deadline"), (role, "role")] {
            if set(&row.cells[at]).is_none() {
                faulty.add(
                    row.line,
                    name,
                    "is empty: an action says what is to be done, by when and by whom",
                );
            }
        }
        let safeguarding = safeguarding.and_then(|at| set(&row.cells[at]));
        if let Some(other) = safeguarding.filter(|s| !SAFEGUARDING.contains(s)) {
            faulty.add(
                row.line,
                "safeguarding",
                format!("'{other}' is not remove, avoid, reduce, accept or -"),
            );
        }
        let cell = |at: Option<usize>| at.and_then(|at| set(&row.cells[at]));
        let when = cell(when_rule)
            .map_or_else(Vec::new, |list| rule_list(list, rules, row.line, "when rule", faulty));
        if let Some(other) = cell(must).filter(|m| *m != "yes") {
            faulty.add(row.line, "must", format!("'{other}' is not yes or -"));
        }
        if let Some(grade) = grade_named(&row.cells[grade], grades, row.line, "grade at least", faulty) {
            actions.push(Action {
                grade,
                rules: when,
                must: cell(must).is_some(),
                action: row.cells[action].clone(),
                deadline: row.cells[deadline].clone(),
                deadline_minutes: due(&row.cells[deadline]),
                role: row.cells[role].clone(),
                safeguarding: safeguarding.map(str::to_owned),
            });
        }
    }
    actions
}

pub(crate) fn cases(
    section: Option<&Section<'_>>,
    grades: &[Grade],
    dictionary: &Dictionary,
    rules: &[Rule],
    faulty: &mut Faulty<'_>,
) -> Vec<Case> {
    let Some((section, table)) = section.and_then(|s| Some((s, s.table(faulty)?))) else { return Vec::new() };
    let Some(([name, facts, floor], [open, ceiling, fired])) =
        table.columns(section.name, ["case", "facts", "floor"], ["open", "ceiling", "fired"], faulty)
    else {
        return Vec::new();
    };
    if table.rows.is_empty() {
        faulty.add(
            table.head.line,
            section.name,
            "a definition needs at least one case that it must get right",
        );
    }
    let mut cases = Vec::new();
    for row in &table.rows {
        let case_name = &row.cells[name];
        if set(case_name).is_none() {
            faulty.add(row.line, "case", "the case has no name");
        } else if cases.iter().any(|c: &Case| c.name == *case_name) {
            faulty.add(row.line, "case", format!("'{case_name}' comes twice"));
        }
        let checked = |at: Option<usize>| at.and_then(|at| set(&row.cells[at]));
        let floor = grade_or_none(&row.cells[floor], grades, row.line, "floor", faulty);
        let ceiling = checked(ceiling).map(|c| grade_or_none(c, grades, row.line, "ceiling", faulty));
        cases.push(Case {
            name: case_name.clone(),
            facts: case_facts(&row.cells[facts], dictionary, row, faulty),
            floor,
            ceiling,
            open: checked(open).map(|list| rule_list(list, rules, row.line, "open", faulty)),
            fired: checked(fired).map(|list| rule_list(list, rules, row.line, "fired", faulty)),
            line: row.line,
        });
    }
    cases
}

/// `name: value, name: value`, or `-` for nothing asked.
fn case_facts(text: &str, dictionary: &Dictionary, row: &Row, faulty: &mut Faulty<'_>) -> Facts {
    let mut facts = BTreeMap::new();
    if text == "-" {
        return Facts(facts);
    }
    for part in split_unquoted(text) {
        let Some((name, value)) = part.split_once(':').map(|(n, v)| (n.trim(), v.trim())) else {
            faulty.add(row.line, "facts", format!("'{part}' is not name: value"));
            continue;
        };
        let Some(entry) = dictionary.find(name).map(|at| &dictionary.entries[at]) else {
            if let Some(reason) = dictionary.unknown(name) {
                faulty.add(row.line, "facts", reason);
            }
            continue;
        };
        match case_value(value, &entry.kind) {
            Ok(fact) => {
                if facts.insert(name.to_owned(), fact).is_some() {
                    faulty.add(row.line, "facts", format!("'{name}' comes twice"));
                }
            }
            Err(reason) => faulty.add(row.line, "facts", format!("{name}: {reason}")),
        }
    }
    Facts(facts)
}

fn case_value(text: &str, kind: &FactType) -> Result<Fact, String> {
    if let Some(state) = FactState::from_code(text) {
        return Ok(Fact::open(state));
    }
    let quoted = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    let value = match kind {
        FactType::YesNo => text.parse::<bool>().ok().map(Value::Bool),
        FactType::Number => {
            serde_json::from_str::<serde_json::Number>(text).ok().filter(is_exact).map(Value::Number)
        }
        FactType::Text => quoted.map(Value::from),
        FactType::Choice(options) => {
            let word = quoted.unwrap_or(text);
            options.iter().any(|o| o == word).then(|| Value::from(word))
        }
    };
    value.map(Fact::Known).ok_or_else(|| {
        let states = FactState::ALL.map(FactState::code).join(", ");
        format!("'{text}' is not a value of the type {}, nor one of {states}", kind.spoken())
    })
}

/// Splits at commas outside double quotes.
fn split_unquoted(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
    .map(str::trim)
    .collect()
}

/// `none`, or rules by id with commas between them, or by number where there is one table; gives their places in
/// ascending order.
fn rule_list(text: &str, rules: &[Rule], line: u64, field: &str, faulty: &mut Faulty<'_>) -> Vec<usize> {
    if text == "none" {
        return Vec::new();
    }
    let one_table = rules.iter().all(|r| r.table == 0);
    let mut places = Vec::new();
    for item in list(text) {
        match rules.iter().position(|r| r.id == item || (one_table && r.number.to_string() == item)) {
            Some(place) => places.push(place),
            None if rules.is_empty() => {}
            None if !one_table && item.bytes().all(|b| b.is_ascii_digit()) => {
                let reason = format!("'{item}' could be a rule of several tables; write its id");
                faulty.add(line, field, reason);
            }
            None => {
                faulty.add(line, field, format!("there is no rule '{item}'; write numbers, ids, none or -"));
            }
        }
    }
    places.sort_unstable();
    places.dedup();
    places
}

fn grade_or_none(
    text: &str,
    grades: &[Grade],
    line: u64,
    field: &str,
    faulty: &mut Faulty<'_>,
) -> Option<usize> {
    if text == "none" { None } else { grade_named(text, grades, line, field, faulty) }
}

pub(crate) fn grade_named(
    text: &str,
    grades: &[Grade],
    line: u64,
    field: &str,
    faulty: &mut Faulty<'_>,
) -> Option<usize> {
    let found = grades.iter().position(|g| g.name == text);
    // Without grades the header has a fault of its own.
    if found.is_none() && !grades.is_empty() {
        let names: Vec<&str> = grades.iter().map(|g| g.name.as_str()).collect();
        faulty.add(line, field, format!("'{text}' is not one of the grades {}", names.join(", ")));
    }
    found
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|t| t.trim().to_owned()).collect()
}
