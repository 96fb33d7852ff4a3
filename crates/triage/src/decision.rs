//! The decision tables: their columns, their rules, and what they leave unused.
//!
//! `dsntk` recognises each table, so that another engine of the standard reads the same; this module holds what it
//! recognised against the lines of the file, so that every fault has its place.

use crate::evaluate::MOST_CELLS;
use crate::feel;
use crate::markdown::{Faulty, Row, Section, Table};
use crate::shape::is_output;
use crate::tables::{Dictionary, grade_named};
use crate::{Cell, FactEntry, Grade, Rule};
use dsntk_recognizer::{DecisionTable, HitPolicy};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Parameters = BTreeMap<String, Value>;

/// What the decision section gives.
pub(crate) struct Decided {
    /// The names of the tables.
    pub(crate) tables: Vec<String>,
    pub(crate) rules: Vec<Rule>,
    /// Places in the dictionary of the facts that conditions look at.
    facts: BTreeSet<usize>,
    /// Names of the parameters that conditions use.
    parameters: BTreeSet<String>,
    /// Whether every column and row could be read, so that "not used" can be said with certainty.
    whole: bool,
}

/// Reads the decision tables. Without a readable header, neither grades nor parameters can be checked.
pub(crate) fn decide(
    section: Option<&Section<'_>>,
    grades: &[Grade],
    parameters: Option<&Parameters>,
    dictionary: &Dictionary,
    faulty: &mut Faulty<'_>,
) -> Decided {
    let mut decided = Decided {
        tables: Vec::new(),
        rules: Vec::new(),
        facts: BTreeSet::new(),
        parameters: BTreeSet::new(),
        whole: false,
    };
    let before = faulty.faults.len();
    let Some(section) = section else { return decided };
    let tables = section.named_tables(faulty);
    decided.whole = !tables.is_empty() && faulty.faults.len() == before;
    for (name, table) in &tables {
        if name.is_none_or(str::is_empty) {
            let line = if tables.len() == 1 { section.line } else { table.head.line };
            faulty.add(line, section.name, "above the table a line '> # name of the decision' must stand");
        }
        let name = name.unwrap_or_default();
        if decided.tables.iter().any(|t| t == name) {
            faulty.add(table.head.line, section.name, format!("there are two tables '{name}'"));
        }
        decided.tables.push(name.to_owned());
        one_table(name, table, grades, parameters, dictionary, &mut decided, faulty);
    }
    decided
}

/// Reads one table.
fn one_table(
    name: &str,
    table: &Table,
    grades: &[Grade],
    parameters: Option<&Parameters>,
    dictionary: &Dictionary,
    decided: &mut Decided,
    faulty: &mut Faulty<'_>,
) {
    let before = faulty.faults.len();
    let Some(columns) = columns(table, dictionary, faulty) else {
        decided.whole = false;
        return;
    };
    decided.whole &= columns.inputs.iter().all(|(_, fact)| fact.is_some());
    let mut number = 0;
    let first = decided.rules.len();
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
        let cells = conditions(row, &columns, parameters, dictionary, decided, faulty);
        let grade = output(&row.cells[columns.grade], row.line, "grade", faulty)
            .and_then(|name| grade_named(&name, grades, row.line, "grade", faulty));
        let id = output(&row.cells[columns.rule], row.line, "rule", faulty).unwrap_or_default();
        if !id.is_empty() && decided.rules.iter().any(|r| r.id == id) {
            faulty.add(row.line, "rule", format!("the rule '{id}' comes twice"));
        }
        let reason = row.cells[columns.reason].clone();
        if reason.is_empty() || reason == "-" {
            faulty.add(row.line, "Reason", "is empty: a person must be able to read why");
        }
        if let Some(cell) = row.cells.iter().find(|c| c.contains('|')) {
            faulty.add(row.line, "Decision", format!("'{cell}': a bar cannot stand in a cell of this table"));
        }
        if cells.len() > MOST_CELLS {
            faulty.add(row.line, "rule", format!("has more than {MOST_CELLS} conditions"));
        }
        // A wrong grade has its fault already; the rule stays, so that cases that name it are not blamed.
        let (table, grade) = (decided.tables.len() - 1, grade.unwrap_or(0));
        decided.rules.push(Rule { table, number, id, grade, reason, cells, line: row.line });
    }
    if decided.rules.len() == first {
        faulty.add(table.head.line, "Decision", "the table has no rules");
    } else if faulty.faults.len() == before
        && let Err(reason) = as_the_standard_reads_it(name, table)
    {
        faulty.add(table.head.line, "Decision", reason);
    }
}

/// Whether an engine of the standard recognises the same table: the same rules, cell by cell.
fn as_the_standard_reads_it(name: &str, table: &Table) -> Result<(), String> {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = format!("> # {name}\n\n{}{}", line(&table.head.cells), "|---");
    text.push_str(&"|---".repeat(table.head.cells.len() - 1));
    text.push_str("|\n");
    table.rows.iter().for_each(|row| text.push_str(&line(&row.cells)));
    let read: DecisionTable = dsntk_recognizer::from_markdown(&text, false)
        .map_err(|e| format!("is not a decision table of the standard: {e}"))?;
    let ours = table.rows.iter().skip(1).map(|row| row.cells[1..].iter().map(String::as_str).collect());
    let theirs = read.rules.iter().map(|rule| {
        let inputs = rule.input_entries.iter().map(|e| e.text.as_str());
        let outputs = rule.output_entries.iter().map(|e| e.text.as_str());
        inputs.chain(outputs).chain(rule.annotation_entries.iter().map(|e| e.text.as_str())).collect()
    });
    let same = read.hit_policy == HitPolicy::Collect(dsntk_recognizer::BuiltinAggregator::List)
        && ours.collect::<Vec<Vec<&str>>>() == theirs.collect::<Vec<Vec<&str>>>();
    if same { Ok(()) } else { Err("another engine of the standard would read this table otherwise".into()) }
}

/// The conditions of one row.
fn conditions(
    row: &Row,
    columns: &Columns,
    parameters: Option<&Parameters>,
    dictionary: &Dictionary,
    decided: &mut Decided,
    faulty: &mut Faulty<'_>,
) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut dashes = 0;
    for &(at, fact) in &columns.inputs {
        let text = row.cells[at].as_str();
        let entry = fact.and_then(|f| Some((f, dictionary.entries.get(f)?)));
        let Some((fact, entry)) = entry else { continue };
        let parsed = match feel::parse(text, &entry.kind, parameters) {
            Ok(parsed) => parsed,
            Err(reason) => {
                faulty.add(row.line, &entry.name, reason);
                // What it was meant to look at is not called unused on top.
                decided.facts.insert(fact);
                let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                decided.parameters.extend(words.map(str::to_owned));
                continue;
            }
        };
        if let Some(test) = parsed.tests {
            decided.facts.insert(fact);
            cells.push(Cell { fact, text: with_values(text, &parsed.parameters, parameters), test });
        } else {
            dashes += 1;
        }
        decided.parameters.extend(parsed.parameters);
    }
    if dashes == columns.inputs.len() {
        let reason = "sets no condition, so it would fire for everybody, whatever is known";
        faulty.add(row.line, "rule", reason);
    }
    cells
}

/// The cell as written, with the value of each parameter beside it.
fn with_values(text: &str, used: &[String], parameters: Option<&Parameters>) -> String {
    let mut text = text.to_owned();
    for name in used {
        if let Some(value) = parameters.and_then(|p| p.get(name)) {
            text.push_str(&format!(" ({name} is {value})"));
        }
    }
    text
}

/// Where the columns of the decision table are.
struct Columns {
    /// The fact of each input column; none where the name has a fault.
    inputs: Vec<(usize, Option<usize>)>,
    grade: usize,
    rule: usize,
    reason: usize,
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

/// An output cell: a text in double quotes that is not empty.
fn output(cell: &str, line: u64, field: &str, faulty: &mut Faulty<'_>) -> Option<String> {
    let text = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"')).map(str::trim);
    let text = text.filter(|t| is_output(t));
    if text.is_none() {
        faulty.add(line, field, format!("'{cell}' must be a text in double quotes without commas"));
    }
    text.map(str::to_owned)
}

impl Decided {
    /// A parameter that no cell uses would be changed by a force to no effect.
    pub(crate) fn unused_parameters<'p>(&self, parameters: &'p Parameters) -> impl Iterator<Item = &'p str> {
        let names = parameters.keys().filter(|_| self.whole);
        names.filter(|n| !self.parameters.contains(*n)).map(String::as_str)
    }

    /// A fact that is asked for nothing costs a person time and privacy, unless a note says why.
    pub(crate) fn unused_facts<'d>(&self, dictionary: &'d Dictionary) -> impl Iterator<Item = &'d FactEntry> {
        let entries = dictionary.entries.iter().enumerate().filter(|_| self.whole);
        entries.filter(|(at, e)| e.note.is_none() && !self.facts.contains(at)).map(|(_, e)| e)
    }
}
