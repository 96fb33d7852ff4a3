//! `bluelamp link index`: records that are asked one at a time.

use super::args::Index as What;
use super::files::{self, failed, wrong};
use super::predict::{needed, ordered};
use super::stage::Stages;
use super::threads;
use crate::fail::Fail;
use crate::say;
use bluelamp_linkage::cluster::Role;
use bluelamp_linkage::index::Index;
use bluelamp_linkage::read::Columns;
use bluelamp_linkage::settings::LinkType;
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::io::{BufRead, BufReader, BufWriter};
use std::path::Path;
use std::time::Instant;

pub(super) fn run(what: What) -> Result<(), Fail> {
    match what {
        What::Build { model, input, out } => build(&model, &input.inputs, &out),
        What::Lookup { index, record, threshold_weight, most } => {
            let mut index = open(&index)?;
            if record != "-" {
                return say::json(&lookup(&mut index, &object(&record)?, threshold_weight, most)?);
            }
            for line in std::io::stdin().lock().lines() {
                let answer = lookup(&mut index, &object(&line?)?, threshold_weight, most)?;
                say::json(&answer)?;
            }
            Ok(())
        }
        What::Serve { index } => serve(&mut open(&index)?),
        What::Check { index } => {
            let file = mapped(&index)?;
            Index::check(file).map_err(|e| wrong(format!("{}: {e}", index.display())))?;
            say::out(format!("{}: as it was written", index.display()))
        }
    }
}

fn build(model: &Path, inputs: &[std::path::PathBuf], out: &Path) -> Result<(), Fail> {
    let mut stages = Stages::begin();
    let settings = files::model(model)?;
    if settings.link_type == LinkType::Link {
        return Err(wrong(
            "the model links files with one another; an index holds the records of one system",
        ));
    }
    let (needed, evidence) = (needed(&settings), |name: &str| Role::of(name).is_evidence());
    let mut table = files::records(inputs, Columns::NeededAnd(&needed, &evidence), threads(None))?;
    let ids = ordered(&mut table, &settings)?;
    stages.end("read");
    let index = Index::new(settings, table, &ids, threads(None)).map_err(wrong)?;
    stages.end("index");
    files::whole(out, |file| {
        let mut to = BufWriter::with_capacity(1 << 20, file);
        index.save(&mut to).map_err(|e| failed(out, e))?;
        Ok((to.into_inner().map_err(|e| failed(out, e))?, ()))
    })?;
    stages.end("write");
    say::out(format!("{} records in {}\n{}", index.len(), out.display(), files::table(&stages)))
}

/// An index file is only ever replaced as a whole, by [`files::whole`]: it may be mapped.
fn mapped(path: &Path) -> Result<Bytes, Fail> {
    bluelamp_mapped::bytes(path).map_err(|e| wrong(format!("{} can't be read: {e}", path.display())))
}

fn open(path: &Path) -> Result<Index, Fail> {
    Index::open(mapped(path)?).map_err(|e| wrong(format!("{}: {e}", path.display())))
}

fn object(text: &str) -> Result<Map<String, Value>, Fail> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(wrong("the record is no JSON object: write {\"first_name\": \"Jo\", …}")),
        Err(e) => Err(wrong(format!("the record is no JSON: {e}"))),
    }
}

/// The values of a record in the order of the index's columns. A key that is no column is a mistake, not nothing.
fn values(index: &Index, record: &Map<String, Value>) -> Result<Vec<Option<String>>, String> {
    if let Some(unknown) = record.keys().find(|key| !index.columns().any(|column| column == *key)) {
        let columns: Vec<&str> = index.columns().collect();
        return Err(format!("there is no column {unknown}; there are {}", columns.join(", ")));
    }
    index
        .columns()
        .map(|column| match record.get(column) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Object(_)) => Err(format!("{column} is an object; give a text, a number or a list")),
            Some(other) => Ok(Some(other.to_string())),
        })
        .collect()
}

fn borrowed(values: &[Option<String>]) -> Vec<Option<&[u8]>> {
    values.iter().map(|v| v.as_deref().map(str::as_bytes)).collect()
}

fn lookup(
    index: &mut Index,
    record: &Map<String, Value>,
    threshold: f64,
    most: usize,
) -> Result<Value, Fail> {
    let id = id_of(record);
    let values = values(index, record).map_err(wrong)?;
    let began = Instant::now();
    let found = index.lookup(&id, &borrowed(&values), threshold, most).map_err(wrong)?;
    Ok(json!({ "candidates": found, "microseconds": began.elapsed().as_micros() as u64 }))
}

/// A record that is looked up needs no id; then it stands behind all others.
fn id_of(record: &Map<String, Value>) -> String {
    match record.get("unique_id") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "\u{10ffff}".to_owned(),
        Some(other) => other.to_string(),
    }
}

/// Answers one command a line. A command that fails says why and changes nothing; the next is answered all the same.
fn serve(index: &mut Index) -> Result<(), Fail> {
    let mut input = BufReader::with_capacity(1 << 16, std::io::stdin().lock());
    let mut answers = say::Lines::new();
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let command = std::mem::take(&mut line);
        if command.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str::<Value>(&command) {
            Ok(Value::Object(command)) => {
                answer(index, &command).unwrap_or_else(|why| json!({ "error": why }))
            }
            Ok(_) => json!({ "error": "a command is a JSON object such as {\"lookup\": {…}}" }),
            Err(e) => json!({ "error": format!("the line is no JSON: {e}") }),
        };
        answers.json(&answer)?;
        // Whoever waits for an answer has it; whoever sends on gets many together.
        if input.buffer().is_empty() {
            answers.send()?;
        }
    }
    answers.send()
}

fn answer(index: &mut Index, command: &Map<String, Value>) -> Result<Value, String> {
    let text = |key: &str| command.get(key).and_then(Value::as_str).map(str::to_owned);
    let id = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let record = |key: &str| match command.get(key) {
        Some(Value::Object(record)) => Ok(record.clone()),
        _ => Err(format!("{key} takes a record, {{\"unique_id\": …, …}}")),
    };
    if command.contains_key("lookup") {
        let record = record("lookup")?;
        let threshold = command.get("threshold_weight").and_then(Value::as_f64).unwrap_or(0.0);
        let most = command.get("most").and_then(Value::as_u64).map_or(20, |n| n.min(10_000) as usize);
        return lookup(index, &record, threshold, most).map_err(|fail| fail.to_string());
    }
    for (key, change) in [("add", false), ("change", true)] {
        if command.contains_key(key) {
            let record = record(key)?;
            let own = record.get("unique_id").filter(|v| !v.is_null()).map(&id);
            let own = own.ok_or("a record that is kept needs a unique_id")?;
            let values = values(index, &record)?;
            let values = borrowed(&values);
            let cluster = if change { index.change(&own, &values) } else { index.add(&own, &values) }?;
            return Ok(json!({ "cluster": cluster }));
        }
    }
    if let Some(value) = command.get("delete") {
        index.delete(&id(value))?;
        return Ok(json!({ "deleted": id(value) }));
    }
    if let Some(value) = command.get("cluster") {
        let (label, ids) = index.cluster(&id(value))?;
        return Ok(json!({ "cluster": label, "records": ids }));
    }
    if let Some(verdict) = text("judge") {
        let same = match verdict.as_str() {
            "same" => Some(true),
            "not_same" => Some(false),
            "unsure" | "withdrawn" => None,
            other => {
                return Err(format!("judge is '{other}', and must be same, not_same, unsure or withdrawn"));
            }
        };
        let side = |key: &str| command.get(key).map(&id).ok_or(format!("{key} is missing"));
        index.judge(&side("left")?, &side("right")?, same)?;
        return Ok(json!({ "judged": verdict }));
    }
    if command.contains_key("events") {
        return Ok(json!({ "events": index.events() }));
    }
    if let Some(path) = text("save") {
        let path = Path::new(&path);
        files::whole(path, |file| {
            let mut to = BufWriter::with_capacity(1 << 20, file);
            index.save(&mut to).map_err(|e| failed(path, e))?;
            Ok((to.into_inner().map_err(|e| failed(path, e))?, ()))
        })
        .map_err(|fail| fail.to_string())?;
        return Ok(json!({ "saved": path }));
    }
    Err("a command is lookup, add, change, delete, cluster, judge, events or save".to_owned())
}
