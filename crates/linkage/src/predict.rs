//! Pairs out: every pair that the rules give, with its levels and its weight, under the names that Splink has for them.

use crate::block::Task;
use crate::columns::{Column, Kind, Table};
use crate::linker::{Linker, Worker, probability};
use crate::parallel;
use crate::report::Histogram;
use crate::settings::Settings;
use crate::write::{Layout, Of, Piece, Values};
use parquet::data_type::ByteArray;
use std::io::Write;

/// The ids of records, as they are written out.
#[derive(Clone, Debug)]
pub struct Ids {
    numbers: Option<Vec<i64>>,
    texts: Vec<ByteArray>,
    sources: Option<(Vec<ByteArray>, Vec<u16>)>,
}

impl Ids {
    /// Takes the ids from records; the names of files too where `sources`.
    ///
    /// # Errors
    /// Where the column is missing.
    pub fn of(table: &Table, unique_id: &str, sources: bool) -> Result<Ids, String> {
        let column =
            table.column(unique_id).ok_or_else(|| format!("the column {unique_id} is not in the input"))?;
        let integer = column.kind == Kind::Integer;
        let text = |column: &Column, id: u32| ByteArray::from(column.values.get(id).to_vec());
        let numbers =
            integer.then(|| {
                let of_value: Vec<i64> =
                    std::iter::once(0)
                        .chain(column.values.iter().map(|(_, v)| {
                            std::str::from_utf8(v).ok().and_then(|t| t.parse().ok()).unwrap_or(0)
                        }))
                        .collect();
                column.ids.iter().map(|id| of_value[*id as usize]).collect()
            });
        let texts =
            if integer { Vec::new() } else { column.ids.iter().map(|id| text(column, *id)).collect() };
        let sources = sources.then(|| {
            (
                table.sources.iter().map(|s| ByteArray::from(s.as_bytes().to_vec())).collect(),
                table.source.clone(),
            )
        });
        Ok(Ids { numbers, texts, sources })
    }

    /// What the ids are written as.
    pub fn kind(&self) -> Of {
        if self.numbers.is_some() { Of::Integer } else { Of::Text }
    }

    /// Whether files are told apart.
    pub fn has_sources(&self) -> bool {
        self.sources.is_some()
    }

    /// The ids of some records.
    pub fn values(&self, records: &[u32]) -> Values {
        match &self.numbers {
            Some(numbers) => Values::Integer(records.iter().map(|r| numbers[*r as usize]).collect()),
            None => Values::Text(records.iter().map(|r| self.texts[*r as usize].clone()).collect()),
        }
    }

    /// The files of some records.
    pub fn files(&self, records: &[u32]) -> Option<Values> {
        let (names, of) = self.sources.as_ref()?;
        Some(Values::Text(records.iter().map(|r| names[of[*r as usize] as usize].clone()).collect()))
    }

    /// The id of a record as text.
    pub fn text(&self, record: u32) -> String {
        match &self.numbers {
            Some(numbers) => numbers[record as usize].to_string(),
            None => String::from_utf8_lossy(self.texts[record as usize].data()).into_owned(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.as_ref().map_or(self.texts.len(), Vec::len)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Predicted {
    /// Pairs that were compared.
    pub compared: u64,
    /// Pairs that weigh enough.
    pub written: u64,
    /// Compared pairs by weight.
    pub weights: Histogram,
    /// Pairs that each rule adds to those before.
    pub by_rule: Vec<u64>,
}

/// The layout of a file of pairs for a model.
///
/// # Errors
/// Where two comparisons have one name.
pub fn layout(settings: &Settings, ids: &Ids) -> Result<Layout, String> {
    let (id, file) = (&settings.unique_id, &settings.source_dataset);
    let mut columns = vec![("match_weight".to_owned(), Of::Real), ("match_probability".to_owned(), Of::Real)];
    if ids.has_sources() {
        columns.push((format!("{file}_l"), Of::Text));
        columns.push((format!("{file}_r"), Of::Text));
    }
    columns.push((format!("{id}_l"), ids.kind()));
    columns.push((format!("{id}_r"), ids.kind()));
    columns.extend(settings.comparisons.iter().map(|c| (format!("gamma_{}", c.name), Of::Small)));
    columns.push(("match_key".to_owned(), Of::Text));
    Layout::new(&columns, &[("bluelamp.model", settings.to_json())]).map_err(|e| e.to_string())
}

/// Compares every pair and writes those that weigh at least `threshold`. `progress` hears how many pairs are done.
///
/// # Errors
/// In words: what could not be compared or written.
pub fn predict<W: Write + Send>(
    linker: &Linker,
    settings: &Settings,
    ids: &Ids,
    threshold: f64,
    threads: usize,
    out: W,
    progress: &mut dyn FnMut(u64),
) -> Result<(Predicted, W), String> {
    let layout = layout(settings, ids)?;
    let mut file = layout.begin(out).map_err(|e| e.to_string())?;
    let tasks = linker.tasks();
    let mut all = Predicted { by_rule: vec![0; linker.blocks.rules.len()], ..Predicted::default() };
    parallel::ordered(
        threads,
        tasks.len(),
        || linker.worker(),
        |worker, at| piece(linker, settings, ids, threshold, &layout, &tasks[at], worker),
        |at, (compared, weights, piece)| {
            all.compared += compared;
            all.by_rule[tasks[at].rule] += compared;
            all.weights.merge(&weights);
            all.written += piece.rows as u64;
            progress(compared);
            file.add(piece).map_err(|e| e.to_string())
        },
    )?;
    let out = file.finish().map_err(|e| e.to_string())?;
    Ok((all, out))
}

fn piece(
    linker: &Linker,
    settings: &Settings,
    ids: &Ids,
    threshold: f64,
    layout: &Layout,
    task: &Task,
    worker: &mut Worker,
) -> Result<(u64, Histogram, Piece), String> {
    let room = usize::try_from(task.pairs).unwrap_or(0);
    let (mut lefts, mut rights) = (Vec::with_capacity(room), Vec::with_capacity(room));
    let (mut weights, mut patterns) = (Vec::with_capacity(room), Vec::with_capacity(room));
    let mut compared = 0;
    // Steps of one bit around nothing; what is beyond counts at the ends.
    let mut steps = [0u64; 256];
    linker.each(task, worker, &mut |left, right, pattern| {
        compared += 1;
        let weight = linker.weight(pattern, left, right);
        steps[(weight + 128.0).clamp(0.0, 255.0) as usize] += 1;
        if weight >= threshold {
            lefts.push(left);
            rights.push(right);
            weights.push(weight);
            patterns.push(pattern);
        }
    });
    if let Some(fault) = worker.fault() {
        return Err(fault);
    }
    let mut columns = Vec::with_capacity(settings.comparisons.len() + 7);
    let probabilities = weights.iter().map(|w| probability(*w)).collect();
    let rows = weights.len();
    columns.push(Values::Real(weights));
    columns.push(Values::Real(probabilities));
    if let (Some(l), Some(r)) = (ids.files(&lefts), ids.files(&rights)) {
        columns.push(l);
        columns.push(r);
    }
    columns.push(ids.values(&lefts));
    columns.push(ids.values(&rights));
    for field in &linker.fields {
        columns.push(Values::Small(patterns.iter().map(|p| field.gamma(*p)).collect()));
    }
    columns.push(Values::Same(ByteArray::from(task.rule.to_string().into_bytes()), rows));
    let mut weights = Histogram::default();
    steps
        .iter()
        .enumerate()
        .filter(|(_, n)| **n > 0)
        .for_each(|(at, n)| *weights.0.entry(at as i64 - 128).or_default() += n);
    layout.encode(&columns).map(|piece| (compared, weights, piece)).map_err(|e| e.to_string())
}

/// For steps of weight the share of records that weigh less even against themselves: what they hold is not enough.
pub fn unlinkable(linker: &Linker) -> Vec<(f64, f64)> {
    let mut worker = linker.worker();
    let mut steps = Histogram::default();
    let records = linker.records() as u32;
    // Every record, or an even choice of a hundred thousand.
    let every = (records / 100_000).max(1);
    let chosen = (0..records).step_by(every as usize);
    let all = chosen.len().max(1) as f64;
    for record in chosen {
        steps.add(linker.weight(linker.pattern(record, record, &mut worker), record, record));
    }
    (-20..=60)
        .map(|step| (step as f64, steps.0.range(..step).map(|(_, n)| *n).sum::<u64>() as f64 / all))
        .collect()
}
