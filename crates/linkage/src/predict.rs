//! Pairs out: every pair that the rules give, with its levels and its weight, under the names that Splink has for them.

use crate::block::Task;
use crate::columns::{Kind, Table};
use crate::dictionary::Dictionary;
use crate::linker::{Linker, Pattern, Worker, probability};
use crate::parallel;
use crate::report::Histogram;
use crate::settings::Settings;
use crate::write::{Encoded, Layout, Of, Piece};
use parquet::errors::ParquetError;
use std::borrow::Cow;
use std::io::Write;

#[derive(Clone, Debug)]
enum Held {
    Numbers(Vec<i64>),
    Texts(Dictionary, Vec<u32>),
}

/// The ids of records, as they are written out.
#[derive(Clone, Debug)]
pub struct Ids {
    of: Held,
    sources: Option<(Vec<String>, Vec<u16>)>,
}

impl Ids {
    /// Takes the ids from records; the names of files too where `sources`.
    ///
    /// # Errors
    /// Where the column is missing.
    pub fn of(table: &Table, unique_id: &str, sources: bool) -> Result<Ids, String> {
        let column =
            table.column(unique_id).ok_or_else(|| format!("the column {unique_id} is not in the input"))?;
        let of = match column.kind {
            Kind::Integer => Held::Numbers(column.integers()),
            _ => Held::Texts(column.values.clone(), column.ids.clone()),
        };
        let sources = sources.then(|| (table.sources.clone(), table.source.clone()));
        Ok(Ids { of, sources })
    }

    /// What the ids are written as.
    pub fn kind(&self) -> Of {
        match self.of {
            Held::Numbers(_) => Of::Integer,
            Held::Texts(..) => Of::Text,
        }
    }

    /// Whether files are told apart.
    pub fn has_sources(&self) -> bool {
        self.sources.is_some()
    }

    /// Writes the ids of some records as the next column.
    ///
    /// # Errors
    /// Where the layout has something else there.
    pub fn write(&self, records: &[u32], piece: &mut Piece<'_>) -> Result<(), ParquetError> {
        match &self.of {
            Held::Numbers(numbers) => piece.integers(records.iter().map(|r| numbers[*r as usize])),
            Held::Texts(values, ids) => piece.texts(records.iter().map(|r| values.get(ids[*r as usize]))),
        }
    }

    /// Writes the files of some records as the next column, where files are told apart.
    ///
    /// # Errors
    /// As [`Ids::write`].
    pub fn write_files(&self, records: &[u32], piece: &mut Piece<'_>) -> Result<(), ParquetError> {
        let Some((names, of)) = &self.sources else { return Ok(()) };
        piece.texts(records.iter().map(|r| names[of[*r as usize] as usize].as_bytes()))
    }

    /// The file of a record, where files are told apart.
    pub fn file(&self, record: u32) -> Option<&str> {
        self.sources.as_ref().map(|(names, of)| names[of[record as usize] as usize].as_str())
    }

    /// The id of a record as text.
    pub fn text(&self, record: u32) -> Cow<'_, str> {
        match &self.of {
            Held::Numbers(numbers) => Cow::Owned(numbers[record as usize].to_string()),
            Held::Texts(values, ids) => values.text(ids[record as usize]),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.of {
            Held::Numbers(numbers) => numbers.len(),
            Held::Texts(_, ids) => ids.len(),
        }
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
        || (linker.worker(), Kept::default()),
        |(worker, kept), at| piece(linker, ids, threshold, &layout, &tasks[at], worker, kept),
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

/// Pairs that weigh enough: room that is used again for the next piece.
#[derive(Default)]
struct Kept {
    lefts: Vec<u32>,
    rights: Vec<u32>,
    weights: Vec<f64>,
    probabilities: Vec<f64>,
    patterns: Vec<Pattern>,
}

fn piece(
    linker: &Linker,
    ids: &Ids,
    threshold: f64,
    layout: &Layout,
    task: &Task,
    worker: &mut Worker,
    kept: &mut Kept,
) -> Result<(u64, Histogram, Encoded), String> {
    let Kept { lefts, rights, weights, probabilities, patterns } = kept;
    lefts.clear();
    rights.clear();
    weights.clear();
    patterns.clear();
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
    probabilities.clear();
    probabilities.extend(weights.iter().map(|w| probability(*w)));
    let encode = || -> Result<Encoded, ParquetError> {
        let mut piece = layout.piece(weights.len());
        piece.reals(weights)?;
        piece.reals(probabilities)?;
        ids.write_files(lefts, &mut piece)?;
        ids.write_files(rights, &mut piece)?;
        ids.write(lefts, &mut piece)?;
        ids.write(rights, &mut piece)?;
        for field in &linker.fields {
            let beyond = |pattern: &Pattern| ((pattern >> field.shift) & field.mask) as u8;
            piece.small(-1, field.mask as u8, patterns.iter().map(beyond))?;
        }
        piece.same(task.rule.to_string().as_bytes())?;
        piece.finish()
    };
    let piece = encode().map_err(|e| e.to_string())?;
    let mut weights = Histogram::default();
    steps
        .iter()
        .enumerate()
        .filter(|(_, n)| **n > 0)
        .for_each(|(at, n)| *weights.0.entry(at as i64 - 128).or_default() += n);
    Ok((compared, weights, piece))
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
