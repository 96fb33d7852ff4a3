//! `bluelamp link evaluate`: clusters and pairs against the truth.

use super::args::Evaluate;
use super::cluster::{Places, Wanted, scores, text_sides};
use super::files::{self, wrong};
use super::threads;
use crate::fail::Fail;
use crate::say;
use bluelamp_linkage::columns::{Column, Table};
use bluelamp_linkage::evaluate::{self, AtThreshold, Counts, Share};
use bluelamp_linkage::read::{Columns, PairsFile};
use bluelamp_linkage::report;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The records with their clusters, in the order of the clusters' file.
struct Found {
    table: Table,
    cluster: Vec<u32>,
    by_file: bool,
}

fn found(what: &Evaluate, id: &str) -> Result<Found, Fail> {
    let name = what.clusters.display().to_string();
    let file = PairsFile::open(files::shared(&what.clusters)?, &name).map_err(wrong)?;
    let clusters = file.column("cluster_id").map_err(wrong)?;
    let ids = file.column(id).map_err(wrong)?;
    let names = file.names();
    let by_file = names.iter().any(|n| n == "source_dataset");
    let files = by_file.then(|| file.column("source_dataset")).transpose().map_err(wrong)?;
    let mut inputs = what.inputs.clone();
    if inputs.is_empty()
        && let Some(note) = file.note("bluelamp.inputs")
    {
        inputs = serde_json::from_str::<Vec<PathBuf>>(&note).unwrap_or_default();
    }
    if names.contains(&what.truth_column) {
        // Somebody put the truth into the clusters' own file.
        let table = files::records(std::slice::from_ref(&what.clusters), Columns::All, threads(None))?;
        return Ok(Found { cluster: clusters.ids, table, by_file: false });
    }
    if inputs.is_empty() {
        return Err(wrong(format!(
            "{name} has no column {} and does not say from which records it was made: give them with --input",
            what.truth_column
        )));
    }
    let mut columns = vec![id.to_owned(), what.truth_column.clone()];
    columns.extend(what.group_column.clone());
    let table = files::records(&inputs, Columns::Needed(&columns), threads(None))?;
    let column = table.column(id).ok_or_else(|| wrong("the column of ids was lost"))?;
    let places = Places::new(column, &table, by_file);
    let mut cluster = vec![0; table.rows];
    for at in 0..ids.ids.len() {
        let own = ids.values.text(ids.ids[at]);
        let key = match &files {
            Some(files) => format!("{}:{own}", files.values.text(files.ids[at])),
            None => own.into_owned(),
        };
        let record = places
            .text(&key)
            .ok_or_else(|| wrong(format!("{name}: the id {key} is not in {}", table.sources.join(", "))))?;
        cluster[record as usize] = clusters.ids[at];
    }
    if let Some(row) = cluster.iter().position(|c| *c == 0) {
        return Err(wrong(format!(
            "{name}: record {} of {} is in no cluster",
            column.values.text(column.ids[row]),
            table.sources.join(", ")
        )));
    }
    Ok(Found { table, cluster, by_file })
}

fn needed<'a>(table: &'a Table, name: &str) -> Result<&'a Column, Fail> {
    table.column(name).ok_or_else(|| wrong(format!("there is no column {name}; there are {}", table.names())))
}

/// A share with its interval, as it is read.
fn interval(of: Share) -> String {
    match of.of {
        0 => "– (none)".to_owned(),
        _ => format!("{} ({:.4} to {:.4})", report::share(of.value), of.low, of.high),
    }
}

fn share(share: Share) -> Value {
    json!({ "value": share.value, "low": share.low, "high": share.high, "of": share.of })
}

fn counts(counts: &Counts) -> Value {
    json!({
        "right": counts.right, "wrong": counts.wrong, "missed": counts.missed,
        "precision": share(counts.precision()), "recall": share(counts.recall()), "f1": counts.f1(),
    })
}

pub(super) fn run(what: &Evaluate) -> Result<(), Fail> {
    let name = what.clusters.display().to_string();
    let file = PairsFile::open(files::shared(&what.clusters)?, &name).map_err(wrong)?;
    let id = file.note("bluelamp.unique_id").unwrap_or_else(|| "unique_id".to_owned());
    drop(file);
    let found = found(what, &id)?;
    let truth = needed(&found.table, &what.truth_column)?;
    // A record whose person is not known stands alone.
    let mut alone = truth.values.len() as u32;
    let person: Vec<u32> = truth
        .ids
        .iter()
        .map(|&t| {
            if t != 0 {
                return t;
            }
            alone += 1;
            alone
        })
        .collect();
    let measured = evaluate::clusters(&found.cluster, &person);
    let mut json = json!({
        "records": found.table.rows,
        "clusters": measured.clusters,
        "people": measured.people,
        "largest": measured.largest,
        "pairs": counts(&measured.pairs),
        "b3_precision": measured.b3_precision,
        "b3_recall": measured.b3_recall,
    });
    let mut text = format!(
        "{} records of {} people in {} clusters, the largest of {}\npairs: precision {}, recall {}, F1 {} \
         ({} right, {} wrong, {} missed)\nB3: precision {:.4}, recall {:.4}\n",
        found.table.rows,
        measured.people,
        measured.clusters,
        measured.largest,
        report::share(measured.pairs.precision().value),
        report::share(measured.pairs.recall().value),
        report::share(measured.pairs.f1()),
        measured.pairs.right,
        measured.pairs.wrong,
        measured.pairs.missed,
        measured.b3_precision,
        measured.b3_recall,
    );
    let mut group_rows = Vec::new();
    let mut thresholds = Vec::new();
    if let Some(column) = &what.group_column {
        let group = needed(&found.table, column)?;
        if group.values.len() > 1000 {
            return Err(wrong(format!("{column} has {} values: too many to be groups", group.values.len())));
        }
        let groups = evaluate::by_group(&found.cluster, &person, &group.ids);
        let _ = writeln!(text, "\nby {column}, with 95 % intervals:");
        let mut all = Vec::new();
        for of in &groups {
            let value = group.values.text(of.group);
            let (wrong_ties, missed) = (
                Share::new(of.pairs.wrong, of.pairs.right + of.pairs.wrong),
                Share::new(of.pairs.missed, of.pairs.right + of.pairs.missed),
            );
            let _ = writeln!(
                text,
                "  {value:<20} {:9} records, wrong ties {}, missed {}",
                of.records,
                interval(wrong_ties),
                interval(missed)
            );
            group_rows.push((value.to_string(), of.records, interval(wrong_ties), interval(missed)));
            all.push(json!({
                "group": value, "records": of.records, "pairs": counts(&of.pairs),
                "wrong_ties": share(wrong_ties), "missed": share(missed),
            }));
        }
        json["groups"] = json!(all);
    }
    if let Some(path) = &what.pairs {
        let swept = sweep(path, &found, &person, &id)?;
        if let Some(best) = swept.iter().max_by(|a, b| a.pairs.f1().total_cmp(&b.pairs.f1())) {
            let _ = writeln!(
                text,
                "\nscored pairs, best at weight {:.2}: precision {}, recall {}, F1 {}",
                best.weight,
                report::share(best.pairs.precision().value),
                report::share(best.pairs.recall().value),
                report::share(best.pairs.f1())
            );
        }
        json["thresholds"] =
            swept.iter().map(|s| json!({ "weight": s.weight, "pairs": counts(&s.pairs) })).collect();
        thresholds = swept;
    }
    if let Some(path) = &what.report {
        let figure = |what: &str, value: String| (what.to_owned(), value);
        let figures = [
            figure("Records", found.table.rows.to_string()),
            figure("People", measured.people.to_string()),
            figure("Clusters", measured.clusters.to_string()),
            figure("Records in the largest cluster", measured.largest.to_string()),
            figure("Precision over pairs", report::share(measured.pairs.precision().value)),
            figure("Recall over pairs", report::share(measured.pairs.recall().value)),
            figure("F1 over pairs", report::share(measured.pairs.f1())),
            figure("B3 precision", format!("{:.4}", measured.b3_precision)),
            figure("B3 recall", format!("{:.4}", measured.b3_recall)),
        ];
        files::whole_text(path, &report::measured(&figures, &group_rows, &thresholds))?;
    }
    if what.json { say::json(&json) } else { say::out(text) }
}

fn sweep(path: &Path, found: &Found, person: &[u32], id: &str) -> Result<Vec<AtThreshold>, Fail> {
    let name = path.display().to_string();
    let file = PairsFile::open(files::shared(path)?, &name).map_err(wrong)?;
    let places = Places::new(needed(&found.table, id)?, &found.table, found.by_file);
    let source = found.by_file.then_some("source_dataset");
    let texts = text_sides(&file, &name, &places, id, source)?;
    let wanted = Wanted {
        texts: texts.as_ref(),
        id,
        gammas: &[],
        least: f64::NEG_INFINITY,
        floor: None,
        one_in: 1,
        room: file.rows(),
    };
    let (scores, _) = scores(&file, &name, &places, &wanted, threads(None))?;
    let measured = evaluate::clusters(&found.cluster, person);
    let true_pairs = measured.pairs.right + measured.pairs.missed;
    Ok(evaluate::sweep(
        (0..scores.weight.len()).map(|at| {
            (scores.weight[at], person[scores.left[at] as usize] == person[scores.right[at] as usize])
        }),
        true_pairs,
    ))
}
