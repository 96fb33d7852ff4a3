//! `bluelamp link predict`: the pairs that a model's rules give, with their weights.

use super::args::Predict;
use super::files::{self, Progress, failed, wrong};
use super::stage::Stages;
use super::threads;
use crate::fail::Fail;
use crate::say;
use bluelamp_linkage::columns::Table;
use bluelamp_linkage::linker::{Limits, Linker, order, weight_of};
use bluelamp_linkage::predict::{Ids, Predicted, predict, unlinkable};
use bluelamp_linkage::read::Columns;
use bluelamp_linkage::report;
use bluelamp_linkage::settings::{LinkType, Settings};
use serde_json::json;
use std::io::BufWriter;

/// The columns of the input that a model needs.
pub(crate) fn needed(settings: &Settings) -> Vec<String> {
    let mut columns = settings.columns();
    let rules = settings.rules.iter().filter_map(|r| bluelamp_linkage::sql::Expr::rule(&r.sql).ok());
    for (_, name) in rules.flat_map(|r| r.columns()) {
        if !columns.iter().any(|c| c.eq_ignore_ascii_case(&name)) {
            columns.push(name);
        }
    }
    if !columns.iter().any(|c| c.eq_ignore_ascii_case(&settings.unique_id)) {
        columns.push(settings.unique_id.clone());
    }
    columns
}

/// Brings records into the order in which pairs are formed, and takes their ids.
pub(crate) fn ordered(table: &mut Table, settings: &Settings) -> Result<Ids, Fail> {
    let order = order(table, &settings.unique_id, settings.link_type).map_err(wrong)?;
    if !order.is_sorted() {
        table.reorder(&order);
    }
    let apart = settings.link_type != LinkType::Dedupe;
    if settings.link_type == LinkType::Link && table.sources.len() < 2 {
        return Err(wrong("the model links files with one another: give at least two with --input"));
    }
    Ids::of(table, &settings.unique_id, apart).map_err(wrong)
}

/// For each column the share of records that have a value.
pub(crate) fn completeness(table: &Table) -> Vec<(String, f64)> {
    table.columns.iter().map(|c| (c.name.clone(), c.filled() as f64 / table.rows.max(1) as f64)).collect()
}

pub(super) fn run(what: &Predict) -> Result<(), Fail> {
    let mut stages = Stages::begin();
    let threads = threads(what.threads);
    let settings = files::model(&what.model)?;
    if settings.rules.is_empty() {
        return Err(wrong(format!(
            "{}: there are no blocking_rules_to_generate_predictions, so that no pair would be looked at",
            what.model.display()
        )));
    }
    let threshold = match (what.threshold_weight, what.threshold) {
        (Some(weight), _) => weight,
        (None, Some(p)) if (0.0..=1.0).contains(&p) => weight_of(p),
        (None, Some(p)) => return Err(wrong(format!("--threshold {p}: a probability is from 0 to 1"))),
        (None, None) => f64::NEG_INFINITY,
    };
    let mut table = files::records(&what.input.inputs, Columns::Needed(&needed(&settings)), threads)?;
    let ids = ordered(&mut table, &settings)?;
    let generic = if what.set_generic_aside {
        bluelamp_linkage::generic::set_aside(&mut table, &settings.unique_id)
    } else {
        Vec::new()
    };
    for value in &generic {
        say::err(format!(
            "{}: '{}' in {} records is set aside: {}",
            value.column, value.value, value.records, value.why
        ));
    }
    stages.end("read");
    let completeness = completeness(&table);
    let limits = Limits { block: what.max_block, divide: true };
    let linker = Linker::new(&settings, &settings.rules, table, limits).map_err(wrong)?;
    stages.end("block");
    let tasks = linker.tasks();
    let progress = Progress::new("comparing", tasks.iter().map(|t| t.pairs).sum());
    let path = what.out.join("pairs.parquet");
    let predicted: Predicted = files::whole(&path, |file| {
        let (predicted, out) = predict(
            &linker,
            &settings,
            &ids,
            threshold,
            threads,
            BufWriter::with_capacity(1 << 20, file),
            &mut |n| {
                progress.add(n);
            },
        )
        .map_err(wrong)?;
        let file = out.into_inner().map_err(|e| failed(&path, e))?;
        Ok((file, predicted))
    })?;
    drop(progress);
    stages.end("score");
    for hot in &linker.blocks.hot {
        let done = if hot.divided_by.is_empty() {
            "set aside".to_owned()
        } else {
            let agree = if hot.divided_by.len() == 1 { "agrees" } else { "agree" };
            format!("compared where {} {agree} too, {} pairs", hot.divided_by.join(" and "), hot.pairs)
        };
        say::err(format!(
            "{} records share a key of rule {} ({}), more than --max-block {}: {done}; among them {}",
            hot.records,
            hot.rule + 1,
            settings.rules[hot.rule].sql,
            what.max_block,
            ids.text(hot.example)
        ));
    }
    let run = json!({
        "command": "predict",
        "version": env!("CARGO_PKG_VERSION"),
        "records": ids.len(),
        "threads": threads,
        "pairs_compared": predicted.compared,
        "pairs_written": predicted.written,
        "pairs_by_rule": predicted.by_rule,
        "threshold_match_weight": threshold.is_finite().then_some(threshold),
        "values_set_aside": generic,
        "blocks_too_large": linker.blocks.hot.iter().map(|h| json!({
            "rule": h.rule, "records": h.records, "example": ids.text(h.example),
            "divided_by": h.divided_by, "pairs_compared": h.pairs,
        })).collect::<Vec<_>>(),
        "stages": stages.done,
        "total": stages.total(),
    });
    files::whole_text(&what.out.join("run.json"), &format!("{run:#}\n"))?;
    if let Some(path) = &what.report {
        let rules: Vec<(String, u64)> =
            settings.rules.iter().map(|r| r.sql.clone()).zip(predicted.by_rule.iter().copied()).collect();
        let page = report::pairs(&settings, &predicted.weights, &rules, &unlinkable(&linker), &completeness);
        files::whole_text(path, &page)?;
    }
    say::out(format!(
        "{} records, {} pairs compared, {} written to {}\n{}",
        ids.len(),
        predicted.compared,
        predicted.written,
        path.display(),
        files::table(&stages)
    ))
}
