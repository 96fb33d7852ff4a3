//! From a file's text to a checked definition, with every fault found in one go.

use crate::feel::{self, UnaryTests};
use crate::markdown::{self, Document, Faulty, Section, Table};
use crate::tables::{self, Dictionary, grade_named};
use crate::{Cell, Definition, Grade, Header, Rule, Status};
use bluelamp_model::{Fault, Faults};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

const SECTIONS: [&str; 5] = ["Facts", "Decision", "Actions", "Digital exposure", "Cases"];

impl Definition {
    /// Reads and checks one definition. `file` is its name in faults; nothing is opened.
    ///
    /// The cases are checked for form but not run: see [`Definition::load`].
    ///
    /// # Errors
    /// Every fault in the file, each with its line, in the order of the lines.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let mut faulty = Faulty { file, faults: Vec::new() };
        let doc = markdown::document(text, &mut faulty);
        let (first, yaml) = doc.header.as_ref().map_or((1, ""), |(l, y)| (*l, y.as_str()));
        let header = crate::header::read(first, yaml, &mut faulty);
        let title = doc.title.map_or("", |(_, t)| t);
        if title.is_empty() {
            faulty.add(doc.last, "", "the title is missing: a line that begins with # and names the harm");
        }
        check_sections(&doc, &mut faulty);

        let dictionary = tables::facts(section(&doc, "Facts"), &mut faulty);
        let decision = section(&doc, "Decision");
        let (rules, used) = decide(decision, &header, &dictionary, &mut faulty);
        let names: Vec<(usize, &str)> = rules.iter().map(|r| (r.number, r.id.as_str())).collect();
        let actions = tables::actions(section(&doc, "Actions"), &header.grades, &mut faulty);
        let cases = tables::cases(section(&doc, "Cases"), &header.grades, &dictionary, &names, &mut faulty);
        let digital_exposure = section(&doc, "Digital exposure").map(Section::text).unwrap_or_default();
        if let Some(section) = section(&doc, "Digital exposure").filter(|_| digital_exposure.is_empty()) {
            faulty.add(
                section.line,
                section.name,
                "is empty: say which devices, accounts and platforms to think of",
            );
        }
        unused_parameters(&header, &used, first, yaml, decision, &mut faulty);
        let mut notices = unused_facts(file, &dictionary, &rules, decision);
        if header.status != Status::Draft {
            faulty.faults.append(&mut notices);
        }
        faulty.faults.sort_by_key(|f| f.line);
        Faults(faulty.faults).or(Self {
            header,
            title: title.to_owned(),
            facts: dictionary.entries,
            rules,
            actions,
            digital_exposure,
            cases,
            digest: hex::encode(Sha256::digest(text)),
            notices,
        })
    }

    /// Reads and checks one definition and runs its cases: one that fails its own cases is not loaded.
    ///
    /// # Errors
    /// Every fault in the file, or one fault per failed case.
    pub fn load(file: &str, text: &str) -> Result<Self, Faults> {
        let definition = Self::parse(file, text)?;
        let failed = definition.run_cases().into_iter().filter(|c| !c.differences.is_empty());
        let faults = failed
            .map(|c| {
                let reason = format!("fails: {}", c.differences.join("; "));
                Fault::new(file, reason).at_line(c.line).in_field(format!("case '{}'", c.name))
            })
            .collect();
        Faults(faults).or(definition)
    }
}

fn section<'d, 't>(doc: &'d Document<'t>, name: &str) -> Option<&'d Section<'t>> {
    doc.sections.iter().find(|s| s.name == name)
}

fn check_sections(doc: &Document<'_>, faulty: &mut Faulty<'_>) {
    for (n, section) in doc.sections.iter().enumerate() {
        if !SECTIONS.contains(&section.name) && section.name != "Notes" {
            let near = markdown::suggestion(section.name, SECTIONS.into_iter());
            faulty.add(section.line, section.name, format!("is not a section of a definition{near}"));
        } else if doc.sections[..n].iter().any(|s| s.name == section.name) {
            faulty.add(section.line, section.name, "the section comes twice");
        }
    }
    for name in SECTIONS {
        if section(doc, name).is_none() {
            faulty.add(doc.last, name, format!("the section '## {name}' is missing"));
        }
    }
}

/// Where the columns of the decision table are.
struct Columns {
    /// The fact of each input column; none where the name has a fault.
    inputs: Vec<(usize, Option<usize>)>,
    grade: usize,
    rule: usize,
    reason: usize,
}

/// Reads the decision table; gives its rules and the parameters its cells use.
fn decide(
    section: Option<&Section<'_>>,
    header: &Header,
    dictionary: &Dictionary,
    faulty: &mut Faulty<'_>,
) -> (Vec<Rule>, BTreeSet<String>) {
    let mut used = BTreeSet::new();
    let Some((section, table)) = section.and_then(|s| Some((s, s.table(faulty)?))) else {
        return (Vec::new(), used);
    };
    if !section.body.iter().any(|(_, l)| l.starts_with("> # ")) {
        faulty.add(
            section.line,
            section.name,
            "above the table a line '> # name of the decision' must stand",
        );
    }
    let Some(columns) = columns(&table, dictionary, faulty) else { return (Vec::new(), used) };
    let mut rules: Vec<Rule> = Vec::new();
    let mut number = 0;
    for row in table.rows.iter().skip(1) {
        number += 1;
        let written = row.cells[0].as_str();
        if written != number.to_string() {
            faulty.add(
                row.line,
                "rule number",
                format!("'{written}' is not {number}: rules are numbered from 1 without gaps"),
            );
            // Count on from what is written: one gap is one fault.
            number = written.parse().ok().filter(|n| *n < 1_000_000).unwrap_or(number);
        }
        let mut cells = Vec::new();
        let mut dashes = 0;
        for &(at, fact) in &columns.inputs {
            let Some((fact, entry)) = fact.and_then(|f| Some((f, dictionary.entries.get(f)?))) else {
                continue;
            };
            match feel::parse(&row.cells[at], &entry.kind, &header.parameters) {
                Ok(parsed) => {
                    match parsed.tests {
                        Some(test) => {
                            cells.push(cell(fact, &row.cells[at], test, &parsed.parameters, header));
                        }
                        None => dashes += 1,
                    }
                    used.extend(parsed.parameters);
                }
                Err(reason) => faulty.add(row.line, &entry.name, reason),
            }
        }
        if dashes == columns.inputs.len() {
            let reason = "sets no condition, so it would fire for everybody, whatever is known";
            faulty.add(row.line, "rule", reason);
        }
        let grade = output(&row.cells[columns.grade], row.line, "grade", faulty)
            .and_then(|name| grade_named(&name, &header.grades, row.line, "grade", faulty));
        let id = output(&row.cells[columns.rule], row.line, "rule", faulty).unwrap_or_default();
        if !id.is_empty() && rules.iter().any(|r| r.id == id) {
            faulty.add(row.line, "rule", format!("the rule '{id}' comes twice"));
        }
        let reason = row.cells[columns.reason].clone();
        if reason.is_empty() || reason == "-" {
            faulty.add(row.line, "Reason", "is empty: a person must be able to read why");
        }
        // A wrong grade has its fault already; the rule stays, so that cases that name it are not blamed.
        let grade = grade.unwrap_or(Grade { rank: 0, name: String::new() });
        rules.push(Rule { number, id, grade, reason, cells, line: row.line });
    }
    if rules.is_empty() {
        faulty.add(table.head.line, section.name, "the table has no rules");
    }
    (rules, used)
}

/// The first two rows: hit policy and names, then which columns are inputs, outputs and annotations.
fn columns(table: &Table, dictionary: &Dictionary, faulty: &mut Faulty<'_>) -> Option<Columns> {
    let head = &table.head;
    if head.cells.first().map(String::as_str) != Some("C") {
        faulty.add(head.line, "hit policy", "the first column must be named C: every rule that holds counts");
    }
    let Some(roles) = table.rows.first() else {
        faulty.add(head.line, "Decision", "below the names a row of `i`, `o` and `a` must stand");
        return None;
    };
    let mut inputs: Vec<(usize, Option<usize>)> = Vec::new();
    let (mut grade, mut rule, mut reason) = (None, None, None);
    for (at, name) in head.cells.iter().enumerate().skip(1) {
        let role = roles.cells[at].trim_matches('`');
        let place = match (role, name.as_str()) {
            ("i", name) => {
                let fact = dictionary.find(name);
                if let (None, Some(reason)) = (fact, dictionary.unknown(name)) {
                    faulty.add(head.line, "Decision", reason);
                }
                if head.cells[..at].iter().any(|c| c == name) {
                    faulty.add(head.line, "Decision", format!("the column '{name}' comes twice"));
                }
                inputs.push((at, fact));
                continue;
            }
            ("o", "grade") => &mut grade,
            ("o", "rule") => &mut rule,
            ("a", "Reason") => &mut reason,
            _ => {
                let reason = format!(
                    "the column '{name}' marked '{role}' is not understood: facts are `i`, grade and rule \
                     are `o`, Reason is `a`"
                );
                faulty.add(roles.line, "Decision", reason);
                continue;
            }
        };
        if place.replace(at).is_some() {
            faulty.add(head.line, "Decision", format!("the column '{name}' comes twice"));
        }
    }
    for (name, place) in [("grade", grade), ("rule", rule), ("Reason", reason)] {
        if place.is_none() {
            faulty.add(head.line, "Decision", format!("the column '{name}' is missing"));
        }
    }
    if inputs.is_empty() {
        faulty.add(head.line, "Decision", "the table looks at no fact");
    }
    Some(Columns { inputs, grade: grade?, rule: rule?, reason: reason? })
}

fn cell(fact: usize, text: &str, test: UnaryTests, parameters: &[String], header: &Header) -> Cell {
    let mut text = text.to_owned();
    for name in parameters {
        if let Some(value) = header.parameters.get(name) {
            text.push_str(&format!(" ({name} is {value})"));
        }
    }
    Cell { fact, text, test }
}

/// An output cell: a text in double quotes that is not empty.
fn output(cell: &str, line: u64, field: &str, faulty: &mut Faulty<'_>) -> Option<String> {
    let text = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"')).map(str::trim);
    let text = text.filter(|t| !t.is_empty() && !t.contains(['"', '\\', ',']));
    if text.is_none() {
        faulty.add(line, field, format!("'{cell}' must be a text in double quotes without commas"));
    }
    text.map(str::to_owned)
}

/// A parameter that no cell uses would be changed by a force to no effect.
fn unused_parameters(
    header: &Header,
    used: &BTreeSet<String>,
    first: u64,
    yaml: &str,
    decision: Option<&Section<'_>>,
    faulty: &mut Faulty<'_>,
) {
    if decision.is_none() {
        return;
    }
    for name in header.parameters.keys().filter(|n| !used.contains(*n)) {
        let line = crate::header::line_of(first, yaml, "parameters");
        faulty.add(
            line,
            "parameters",
            format!("'{name}' is used in no cell, so changing it would do nothing"),
        );
    }
}

/// A fact that is asked for nothing costs a person time and privacy, unless a note says why.
fn unused_facts(
    file: &str,
    dictionary: &Dictionary,
    rules: &[Rule],
    decision: Option<&Section<'_>>,
) -> Vec<Fault> {
    if decision.is_none() || rules.is_empty() {
        return Vec::new();
    }
    let is_used = |at: usize| rules.iter().any(|r| r.cells.iter().any(|c| c.fact == at));
    let unused = dictionary.entries.iter().enumerate().filter(|(at, e)| e.note.is_none() && !is_used(*at));
    unused
        .map(|(_, e)| {
            let reason = format!("'{}' is asked but no rule uses it; use it, note why, or drop it", e.name);
            Fault::new(file, reason).at_line(e.line).in_field("fact")
        })
        .collect()
}
