//! `bluelamp link explain`: why two records are held to be one person.

use super::args::{Blocking, Explain};
use super::cluster::Places;
use super::files::{self, wrong};
use super::predict::{needed, ordered};
use super::threads;
use crate::fail::Fail;
use crate::say;
use bluelamp_linkage::explain::{Explanation, explain};
use bluelamp_linkage::linker::{Limits, Linker};
use bluelamp_linkage::read::Columns;
use bluelamp_linkage::settings::LinkType;
use bluelamp_linkage::{generic, report};
use serde_json::json;
use std::fmt::Write;

pub(super) fn run(what: &Explain) -> Result<(), Fail> {
    let settings = files::model(&what.model)?;
    let mut table = files::records(&what.input.inputs, Columns::Needed(&needed(&settings)), threads(None))?;
    ordered(&mut table, &settings)?;
    let ids = table.column(&settings.unique_id).ok_or_else(|| wrong("the column of ids was lost"))?.clone();
    let by_file = settings.link_type != LinkType::Dedupe && table.sources.len() > 1;
    let places = Places::new(&ids, &table, by_file);
    let place = |id: &str| {
        places.text(id).ok_or_else(|| {
            let hint = if by_file { "; with several files an id is written FILE:ID" } else { "" };
            wrong(format!("there is no record with the id {id} in {}{hint}", table.sources.join(", ")))
        })
    };
    let (a, b) = (place(&what.left)?, place(&what.right)?);
    if a == b {
        return Err(wrong(format!("{} and {} are one record", what.left, what.right)));
    }
    let names = if a < b { (&what.left, &what.right) } else { (&what.right, &what.left) };
    let linker = Linker::new(&settings, &[], table, Limits::default()).map_err(wrong)?;
    let explanation = explain(&linker, &settings, a.min(b), a.max(b));
    if let Some(path) = &what.report {
        files::whole_text(path, &report::pair(&explanation, names.0, names.1))?;
    }
    if what.json {
        return say::json(&json!({ "left": names.0, "right": names.1, "explanation": explanation }));
    }
    say::out(words(&explanation, names.0, names.1))
}

fn words(explanation: &Explanation, left: &str, right: &str) -> String {
    let mut text = format!(
        "{left} and {right}\n\n{:>9.2}  any two records, before they are compared\n",
        explanation.prior
    );
    for step in &explanation.steps {
        let _ = writeln!(text, "{:>+9.2}  {}: {}", step.weight + step.frequency, step.comparison, step.level);
        for (column, a, b) in &step.values {
            let value = |v: &Option<String>| v.as_ref().map_or("(nothing)".to_owned(), |v| format!("'{v}'"));
            let _ = writeln!(text, "             {column}: {} and {}", value(a), value(b));
        }
        if step.frequency != 0.0 {
            let _ = writeln!(
                text,
                "             {:+.2} for the level, {:+.2} for how common the value is",
                step.weight, step.frequency
            );
        }
    }
    let _ = writeln!(
        text,
        "---------\n{:>9.2}  in all: a probability of {:.6} that both are one person",
        explanation.weight, explanation.probability
    );
    if explanation.weight >= 0.0 {
        let _ = if explanation.would_break.is_empty() {
            writeln!(
                text,
                "\nNo single field decides it: without any one of them it would still be more likely than not."
            )
        } else {
            writeln!(
                text,
                "\nWithout {} it would no longer be more likely than not.",
                explanation.would_break.join(", or without ")
            )
        };
    }
    text
}

/// `bluelamp link blocking`: what each rule gives.
pub(super) fn blocking(what: &Blocking) -> Result<(), Fail> {
    let settings = files::model(&what.model)?;
    let threads = threads(None);
    let mut table = files::records(&what.input.inputs, Columns::Needed(&needed(&settings)), threads)?;
    let ids = ordered(&mut table, &settings)?;
    let generic = generic::find(&table, &settings.unique_id);
    let linker = Linker::new(&settings, &settings.rules, table, Limits { block: usize::MAX, divide: false })
        .map_err(wrong)?;
    let counted = bluelamp_linkage::train::rule_counts(&linker, threads).map_err(wrong)?;
    let recall = counted.recall_estimate();
    let mut text = String::new();
    let mut rules = Vec::new();
    let mut sum = 0;
    for (at, rule) in linker.blocks.rules.iter().enumerate() {
        sum += counted.marginal[at];
        let largest = linker.blocks.largest(at, 5);
        let _ = writeln!(
            text,
            "rule {}: {}\n  {} pairs by itself, {} that no rule before gives, {sum} in all",
            at + 1,
            rule.sql,
            linker.blocks.raw_pairs(at, linker.records()),
            counted.marginal[at]
        );
        for (records, example) in &largest {
            let _ = writeln!(text, "  {records} records share a key, {} among them", ids.text(*example));
        }
        rules.push(json!({
            "rule": rule.sql,
            "pairs": linker.blocks.raw_pairs(at, linker.records()),
            "new_pairs": counted.marginal[at],
            "pairs_so_far": sum,
            "largest": largest.iter().map(|(n, e)| json!({ "records": n, "example": ids.text(*e) })).collect::<Vec<_>>(),
        }));
    }
    for value in &generic {
        let _ = writeln!(
            text,
            "{}: '{}' stands in {} records: {}",
            value.column, value.value, value.records, value.why
        );
    }
    if let Some(recall) = recall {
        let _ = writeln!(
            text,
            "the rules find an estimated {:.1} % of all true pairs (those that several rules find, against those that one does)",
            recall * 100.0
        );
    }
    if what.json {
        return say::json(&json!({
            "records": linker.records(), "rules": rules, "recall_estimate": recall, "generic_values": generic,
        }));
    }
    say::out(text)
}
