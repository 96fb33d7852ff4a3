//! `bluelamp link cluster`: records brought together that are of one person.

use super::args::{Cluster, Method};
use super::files::{self, Progress, Shared, failed, wrong};
use super::predict::ordered;
use super::stage::Stages;
use super::threads;
use crate::fail::Fail;
use crate::say;
use bluelamp_linkage::cluster::{
    self, Alarm, Clustering, Comparison, Evidence, Extras, Floor, Input, Judgement, Options, Pairs, Role,
    Scored, Scorer, Verdict, Weaker,
};
use bluelamp_linkage::columns::{Column, Kind, Table};
use bluelamp_linkage::judgement;
use bluelamp_linkage::linker::{Limits, Linker, weight_of};
use bluelamp_linkage::parallel;
use bluelamp_linkage::predict::Ids;
use bluelamp_linkage::read::{Columns, Number, PairsFile};
use bluelamp_linkage::settings::{LinkType, Settings};
use bluelamp_linkage::write::{self, Of};
use serde::Serialize;
use serde_json::json;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Scored pairs by the numbers of their records.
#[derive(Default)]
pub(crate) struct Scores {
    pub(crate) left: Vec<u32>,
    pub(crate) right: Vec<u32>,
    pub(crate) weight: Vec<f64>,
    pattern: Vec<u64>,
}

impl Scores {
    fn pairs(&self) -> Pairs<'_> {
        Pairs { left: &self.left, right: &self.right, weight: &self.weight, pattern: &self.pattern }
    }
}

/// One pair in so many shows which are too weak to join anybody.
const SHOWN: usize = 16;

/// Records by their ids.
pub(crate) enum Places {
    /// By a number, from the least one, none left out.
    Consecutive(i64, u32),
    /// By a number, from the least one.
    Dense(i64, Vec<u32>),
    Numbers(HashMap<i64, u32>),
    Texts(HashMap<String, u32>),
}

const NOWHERE: u32 = u32::MAX;

impl Places {
    /// `by_file` where an id tells records apart only within its file: then keys are `file:id`.
    pub(crate) fn new(ids: &Column, table: &Table, by_file: bool) -> Places {
        let text = |record: usize| ids.values.text(ids.ids[record]).into_owned();
        if by_file {
            let file = |record: usize| &table.sources[table.source[record] as usize];
            return Places::Texts(
                (0..table.rows).map(|r| (format!("{}:{}", file(r), text(r)), r as u32)).collect(),
            );
        }
        if ids.kind != Kind::Integer {
            return Places::Texts((0..table.rows).map(|r| (text(r), r as u32)).collect());
        }
        let numbers = ids.integers();
        let (least, most) =
            (numbers.iter().min().copied().unwrap_or(0), numbers.iter().max().copied().unwrap_or(0));
        if numbers.windows(2).all(|two| two[0].checked_add(1) == Some(two[1])) {
            return Places::Consecutive(least, table.rows as u32);
        }
        if most.saturating_sub(least) < 8 * table.rows as i64 + 1000 {
            let mut dense = vec![NOWHERE; (most - least) as usize + 1];
            numbers.iter().enumerate().for_each(|(r, n)| dense[(n - least) as usize] = r as u32);
            return Places::Dense(least, dense);
        }
        Places::Numbers(numbers.into_iter().enumerate().map(|(r, n)| (n, r as u32)).collect())
    }

    fn number(&self, id: i64) -> Option<u32> {
        match self {
            Places::Consecutive(least, records) => {
                u32::try_from(id.checked_sub(*least)?).ok().filter(|record| record < records)
            }
            Places::Dense(least, dense) => {
                let at = usize::try_from(id.checked_sub(*least)?).ok()?;
                dense.get(at).copied().filter(|r| *r != NOWHERE)
            }
            Places::Numbers(all) => all.get(&id).copied(),
            Places::Texts(all) => all.get(&id.to_string()).copied(),
        }
    }

    pub(crate) fn text(&self, id: &str) -> Option<u32> {
        match self {
            Places::Texts(all) => all.get(id).copied(),
            _ => self.number(id.parse().ok()?),
        }
    }
}

/// The records of pairs whose ids are texts: one look for each that is different. None where ids are numbers.
pub(crate) fn text_sides(
    file: &PairsFile<Shared>,
    name: &str,
    places: &Places,
    id: &str,
    source: Option<&str>,
) -> Result<Option<[Vec<u32>; 2]>, Fail> {
    if !matches!(places, Places::Texts(_)) && source.is_none() {
        return Ok(None);
    }
    let side = |side: &str| -> Result<Vec<u32>, Fail> {
        let ids = file.column(&format!("{id}{side}")).map_err(wrong)?;
        if let Some(source) = source {
            let files = file.column(&format!("{source}{side}")).map_err(wrong)?;
            let key =
                |at: usize| format!("{}:{}", files.values.text(files.ids[at]), ids.values.text(ids.ids[at]));
            return (0..ids.ids.len())
                .map(|at| places.text(&key(at)).ok_or_else(|| missing(name, &key(at))))
                .collect();
        }
        let mut of = vec![NOWHERE];
        for (_, value) in ids.values.iter() {
            let text = String::from_utf8_lossy(value);
            of.push(places.text(&text).ok_or_else(|| missing(name, &text))?);
        }
        Ok(ids.ids.iter().map(|id| of[*id as usize]).collect())
    };
    Ok(Some([side("_l")?, side("_r")?]))
}

fn missing(name: &str, id: &str) -> Fail {
    wrong(format!("{name}: the id {id} is in a pair and not in the records given with --input"))
}

/// What is read of a file of pairs.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The records of pairs, where [`text_sides`] found them.
    pub(crate) texts: Option<&'a [Vec<u32>; 2]>,
    /// The column of ids, without `_l` and `_r`.
    pub(crate) id: &'a str,
    /// The columns of levels, and where each lies in a pattern; none where patterns are not needed.
    pub(crate) gammas: &'a [(String, u32)],
    /// Pairs of fewer bits are left out.
    pub(crate) least: f64,
    /// Pairs that a floor does not keep are only counted.
    pub(crate) floor: Option<(&'a Extras, &'a Floor)>,
    /// Of each part only the first of its rows, one in so many.
    pub(crate) one_in: usize,
    /// How many pairs to make room for.
    pub(crate) room: usize,
}

/// Reads pairs, part by part, on several threads.
pub(crate) fn scores(
    file: &PairsFile<Shared>,
    name: &str,
    places: &Places,
    wanted: &Wanted<'_>,
    threads: usize,
) -> Result<(Scores, Weaker), Fail> {
    let first: Vec<usize> = (0..file.parts())
        .scan(0, |rows, part| {
            let first = *rows;
            *rows += file.rows_of(part);
            Some(first)
        })
        .collect();
    let records = |side: usize, part: usize, most: usize| -> Result<Vec<u32>, Fail> {
        if let Some(texts) = wanted.texts {
            let of = &texts[side];
            return Ok(of[first[part].min(of.len())..(first[part] + most).min(of.len())].to_vec());
        }
        let column = format!("{}{}", wanted.id, ["_l", "_r"][side]);
        let record = |id: Number| id.whole().and_then(|id| places.number(id)).unwrap_or(NOWHERE);
        let records = file.numbers(&column, part, most, record).map_err(wrong)?;
        if let Some(at) = records.iter().position(|record| *record == NOWHERE) {
            let ids = file.numbers(&column, part, at + 1, Number::whole).map_err(wrong)?;
            let id = ids.get(at).copied().flatten();
            return Err(missing(name, &id.map_or_else(|| "NULL".to_owned(), |id| id.to_string())));
        }
        Ok(records)
    };
    let piece = |part: usize| -> Result<(Scores, Weaker), Fail> {
        let most = file.rows_of(part).div_ceil(wanted.one_in);
        let (left, right) = (records(0, part, most)?, records(1, part, most)?);
        let weight = file.numbers("match_weight", part, most, Number::real).map_err(wrong)?;
        let mut pattern = vec![0_u64; weight.len()];
        for (column, shift) in wanted.gammas {
            let level = |gamma: Number| (gamma.whole().unwrap_or(0) + 1).clamp(0, 255) as u8;
            let levels = file.numbers(column, part, most, level).map_err(wrong)?;
            for (pattern, level) in pattern.iter_mut().zip(levels) {
                *pattern |= u64::from(level) << shift;
            }
        }
        let rows = left.len().min(right.len()).min(weight.len());
        let mut weaker = Weaker::default();
        let mut kept = Scores::default();
        for at in 0..rows {
            if weight[at] < wanted.least {
                continue;
            }
            let pair = (left[at], right[at]);
            if wanted.floor.is_some_and(|(extras, floor)| {
                !floor.keeps(extras, pair, pattern[at], weight[at], &mut weaker)
            }) {
                continue;
            }
            kept.left.push(left[at]);
            kept.right.push(right[at]);
            kept.weight.push(weight[at]);
            kept.pattern.push(pattern[at]);
        }
        Ok((kept, weaker))
    };
    let mut all = Scores {
        left: Vec::with_capacity(wanted.room),
        right: Vec::with_capacity(wanted.room),
        weight: Vec::with_capacity(wanted.room),
        pattern: Vec::with_capacity(wanted.room),
    };
    let mut weaker = Weaker::default();
    parallel::ordered(
        threads,
        file.parts(),
        || (),
        |(), part| piece(part),
        |_, (some, counted)| {
            all.left.extend(some.left);
            all.right.extend(some.right);
            all.weight.extend(some.weight);
            all.pattern.extend(some.pattern);
            weaker.merge(&counted);
            Ok(())
        },
    )?;
    Ok((all, weaker))
}

fn judgements(what: &Cluster, places: &Places) -> Result<Vec<Judgement>, Fail> {
    let Some(path) = &what.judgements else { return Ok(Vec::new()) };
    let text =
        std::fs::read_to_string(path).map_err(|e| wrong(format!("{} can't be read: {e}", path.display())))?;
    let all = judgement::read(&text).map_err(|f| {
        wrong(f.iter().map(|f| format!("{}: {f}", path.display())).collect::<Vec<_>>().join("\n"))
    })?;
    let place = |id: &str| {
        places
            .text(id)
            .ok_or_else(|| wrong(format!("{}: there is no record with the id {id}", path.display())))
    };
    judgement::in_force(&all)
        .into_iter()
        .map(|(left, right, same)| {
            let verdict = if same { Verdict::Same } else { Verdict::NotSame };
            Ok(Judgement { left: place(left)?, right: place(right)?, verdict })
        })
        .collect()
}

pub(super) fn run(what: &Cluster) -> Result<(), Fail> {
    let mut stages = Stages::begin();
    let threads = threads(what.threads);
    let name = what.pairs.display().to_string();
    let file = PairsFile::open(files::shared(&what.pairs)?, &name).map_err(wrong)?;
    let model =
        file.note("bluelamp.model").map(|text| Settings::from_json(&text).map_err(wrong)).transpose()?;
    let Some(settings) = model else {
        return Err(wrong(format!(
            "{name}: has no model in it; pairs are written by `bluelamp link predict`"
        )));
    };
    let contradiction = what.method == Method::Contradiction;
    let role = |name: &str| {
        let trusted = what.trusted.iter().any(|t| t.eq_ignore_ascii_case(name));
        if trusted { Role::TrustedId } else { Role::of(name) }
    };
    let useful = |name: &str| role(name).is_evidence();
    let needed = super::predict::needed(&settings);
    let only_ids = std::slice::from_ref(&settings.unique_id);
    let columns =
        if contradiction { Columns::NeededAnd(&needed, &useful) } else { Columns::Needed(only_ids) };
    let mut table = files::records(&what.input.inputs, columns, threads)?;
    let ids = ordered(&mut table, &settings)?;
    let column =
        table.column(&settings.unique_id).ok_or_else(|| wrong("the column of ids was lost"))?.clone();
    let by_file = settings.link_type != LinkType::Dedupe;
    let places = Places::new(&column, &table, by_file);
    drop(column);
    let judged = judgements(what, &places)?;
    let records = table.rows as u32;
    let sources: Vec<u32> = table.source.iter().map(|s| u32::from(*s)).collect();
    stages.end("read");
    let mut gammas = Vec::new();
    let mut extra: Vec<(String, Role, Vec<u32>)> = Vec::new();
    let mut linker = None;
    if contradiction {
        for column in &table.columns {
            if useful(&column.name) && column.name != settings.unique_id {
                extra.push((column.name.clone(), role(&column.name), column.ids.clone()));
            }
        }
        if let Some(unknown) = what.trusted.iter().find(|t| table.column(t).is_none()) {
            return Err(wrong(format!(
                "--trusted {unknown}: there is no such column; there are {}",
                table.names()
            )));
        }
        table.columns.retain(|c| needed.iter().any(|n| n.eq_ignore_ascii_case(&c.name)));
        let made = Linker::new(&settings, &[], table, Limits::default()).map_err(wrong)?;
        gammas = settings
            .comparisons
            .iter()
            .zip(&made.fields)
            .map(|(c, f)| (format!("gamma_{}", c.name), f.shift))
            .collect();
        linker = Some(made);
    }
    let source = by_file.then_some(settings.source_dataset.as_str());
    let threshold = weight_of(what.threshold);
    let texts = text_sides(&file, &name, &places, &settings.unique_id, source)?;
    let mut wanted = Wanted {
        texts: texts.as_ref(),
        id: &settings.unique_id,
        gammas: &gammas,
        least: threshold,
        floor: None,
        one_in: 1,
        room: 0,
    };
    let Some(linker) = &linker else {
        let (scores, _) = scores(&file, &name, &places, &wanted, threads)?;
        stages.end("pairs");
        let labels = match what.method {
            Method::BestLink => {
                cluster::single_best_link(records, &scores.pairs(), &sources, threshold).labels
            }
            _ => components(records, &scores.pairs(), threshold, &judged),
        };
        let found = Clustering { labels, ..Clustering::default() };
        stages.end("cluster");
        write(what, &settings, &ids, &found)?;
        stages.end("write");
        return report(what, &ids, &found, &stages);
    };
    let comparisons = Comparison::all(&settings);
    let selected = cluster::selected(&settings, &comparisons);
    let layout = linker.layout().map_err(wrong)?;
    let evidence: Vec<Evidence<'_>> =
        extra.iter().map(|(name, role, ids)| Evidence { name, role: *role, ids }).collect();
    let score = || -> Scorer<'_> {
        let mut worker = linker.worker();
        Box::new(move |pairs| {
            let mut all = Vec::with_capacity(pairs.len());
            linker.compare(pairs.iter().copied(), &mut worker, &mut |left, right, pattern| {
                all.push(Some(Scored { weight: linker.weight(pattern, left, right), pattern }));
            });
            all
        })
    };
    let options = Options { alarm_above: what.alarm, threads, ..Options::default() };
    let extras = Extras::new(records, &comparisons, &evidence);
    let none = Pairs { left: &[], right: &[], weight: &[], pattern: &[] };
    let input = Input {
        pairs: none,
        comparisons: &comparisons,
        layout: &layout,
        lambda: settings.prior,
        selected: &selected,
        evidence: &evidence,
        judgements: &judged,
    };
    (wanted.least, wanted.one_in) = (f64::NEG_INFINITY, SHOWN);
    let (some, _) = scores(&file, &name, &places, &wanted, threads)?;
    let mut floor = cluster::likely_floor(records, &Input { pairs: some.pairs(), ..input }, &options);
    // Room for as many as the sample lets expect, and a little more.
    let (pairs, mut weaker) = (some.pairs(), Weaker::default());
    let strong = (0..pairs.left.len())
        .filter(|&at| {
            let pair = (pairs.left[at], pairs.right[at]);
            floor.keeps(&extras, pair, pairs.pattern[at], pairs.weight[at], &mut weaker)
        })
        .count();
    let room = (strong + strong / 16) * SHOWN;
    drop((some, weaker));
    let found = loop {
        let wanted = Wanted { floor: Some((&extras, &floor)), one_in: 1, room, ..wanted };
        let (scores, weaker) = scores(&file, &name, &places, &wanted, threads)?;
        stages.end("pairs");
        let progress = Progress::new("clustering", 0);
        let weaker = floor.counts(&weaker);
        let weighed = Input { pairs: scores.pairs(), ..input };
        let gathered = cluster::gather_above(&weaker, records, &weighed, &options);
        drop((scores, weaker));
        match gathered {
            Ok(gathered) => break cluster::cluster_gathered(gathered, &input, &options, &score),
            Err(lower) => floor = lower,
        }
        drop(progress);
        stages.end("cluster");
    };
    stages.end("cluster");
    write(what, &settings, &ids, &found)?;
    stages.end("write");
    report(what, &ids, &found, &stages)
}

/// Components, with what people said: a judged pair has the weight that its verdict asks for.
fn components(records: u32, pairs: &Pairs<'_>, threshold: f64, judged: &[Judgement]) -> Vec<u32> {
    let mut sets = cluster::UnionFind::new(records);
    let apart: std::collections::HashSet<(u32, u32)> = judged
        .iter()
        .filter(|j| j.verdict == Verdict::NotSame)
        .map(|j| (j.left.min(j.right), j.left.max(j.right)))
        .collect();
    for at in 0..pairs.left.len() {
        let (left, right) = (pairs.left[at].min(pairs.right[at]), pairs.left[at].max(pairs.right[at]));
        if pairs.weight[at] >= threshold && (apart.is_empty() || !apart.contains(&(left, right))) {
            sets.union(left, right);
        }
    }
    judged.iter().filter(|j| j.verdict == Verdict::Same).for_each(|j| {
        sets.union(j.left, j.right);
    });
    sets.into_labels()
}

fn write(what: &Cluster, settings: &Settings, ids: &Ids, found: &Clustering) -> Result<(), Fail> {
    let mut columns = Vec::new();
    if ids.has_sources() {
        columns.push((settings.source_dataset.clone(), Of::Text));
    }
    columns.push((settings.unique_id.clone(), ids.kind()));
    // A cluster has the id of its first record; with several files its file too.
    let named = if ids.has_sources() { Of::Text } else { ids.kind() };
    columns.push(("cluster_id".to_owned(), named));
    let inputs: Vec<String> = what
        .input
        .inputs
        .iter()
        .map(|p| std::fs::canonicalize(p).unwrap_or_else(|_| p.clone()).display().to_string())
        .collect();
    let notes =
        [("bluelamp.inputs", json!(inputs).to_string()), ("bluelamp.unique_id", settings.unique_id.clone())];
    let layout = write::Layout::new(&columns, &notes).map_err(|e| failed(&what.out, e))?;
    files::whole(&what.out, |file| {
        let fault = |e: parquet::errors::ParquetError| failed(&what.out, e);
        let mut out = layout.begin(BufWriter::with_capacity(1 << 20, file)).map_err(fault)?;
        let records: Vec<u32> = (0..ids.len() as u32).collect();
        for (at, some) in records.chunks(500_000).enumerate() {
            let labels = &found.labels[at * 500_000..at * 500_000 + some.len()];
            let mut piece = layout.piece(some.len());
            ids.write_files(some, &mut piece).map_err(fault)?;
            ids.write(some, &mut piece).map_err(fault)?;
            if ids.has_sources() {
                let named: Vec<String> = labels
                    .iter()
                    .map(|label| format!("{}-__-{}", ids.file(*label).unwrap_or_default(), ids.text(*label)))
                    .collect();
                piece.texts(named.iter().map(String::as_bytes)).map_err(fault)?;
            } else {
                ids.write(labels, &mut piece).map_err(fault)?;
            }
            out.add(piece.finish().map_err(fault)?).map_err(fault)?;
        }
        let file = out.finish().map_err(fault)?.into_inner().map_err(|e| failed(&what.out, e))?;
        Ok((file, ()))
    })
}

/// More than this is read by nobody on a terminal.
const MOST_ALARMS: usize = 10;

fn words(alarm: &Alarm, ids: &Ids) -> String {
    match *alarm {
        Alarm::ComponentCut { component, records } => format!(
            "{records} records hang together, {} among them, more than is credible: cut at the weakest bridges first",
            ids.text(component)
        ),
        Alarm::LargeCluster { cluster, records } => {
            format!(
                "the cluster of {} has {records} records: look at it before it is used",
                ids.text(cluster)
            )
        }
        Alarm::Conflict { left, right } => format!(
            "people said that {} and {} are one person, and a trusted id or another judgement says they are not",
            ids.text(left),
            ids.text(right)
        ),
    }
}

/// A line of the file of edges.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_id: Option<Cow<'a, str>>,
    edge: &'a str,
    left: Cow<'a, str>,
    right: Cow<'a, str>,
    weight: f64,
}

/// Writes what holds clusters together, what was cut, and the weakest edge of each cluster.
fn edges(path: &Path, ids: &Ids, found: &Clustering) -> Result<(), Fail> {
    let holds = found.kept.iter().map(|e| (None, "holds", e));
    let cut = found.cuts.iter().map(|e| (None, "cut", e));
    let weakest = found.weakest.iter().map(|(label, e)| (Some(*label), "weakest", e));
    files::whole(path, |file| {
        let mut out = BufWriter::with_capacity(1 << 18, file);
        for (cluster, edge, e) in holds.chain(cut).chain(weakest) {
            let line = Line {
                cluster_id: cluster.map(|label| ids.text(label)),
                edge,
                left: ids.text(e.left),
                right: ids.text(e.right),
                weight: e.weight,
            };
            serde_json::to_writer(&mut out, &line).map_err(|e| failed(path, e))?;
            out.write_all(b"\n").map_err(|e| failed(path, e))?;
        }
        Ok((out.into_inner().map_err(|e| failed(path, e))?, ()))
    })
}

fn report(what: &Cluster, ids: &Ids, found: &Clustering, stages: &Stages) -> Result<(), Fail> {
    let mut sizes = vec![0_u32; found.labels.len()];
    found.labels.iter().for_each(|label| sizes[*label as usize] += 1);
    let largest = sizes.iter().copied().max().unwrap_or(0);
    let clusters = sizes.iter().filter(|size| **size > 0).count();
    let told: Vec<String> = found.alarms.iter().map(|alarm| words(alarm, ids)).collect();
    told.iter().take(MOST_ALARMS).for_each(say::err);
    if told.len() > MOST_ALARMS {
        say::err(format!(
            "and {} more, all in the run's own file beside the clusters",
            told.len() - MOST_ALARMS
        ));
    }
    let run = json!({
        "command": "cluster",
        "version": env!("CARGO_PKG_VERSION"),
        "records": ids.len(),
        "clusters": clusters,
        "largest": largest,
        "alarms": told,
        "stages": stages.done,
        "total": stages.total(),
    });
    let beside = |ending: &str| what.out.with_extension(ending);
    files::whole_text(&beside("run.json"), &format!("{run:#}\n"))?;
    if what.method == Method::Contradiction {
        edges(&beside("edges.jsonl"), ids, found)?;
    }
    say::out(format!(
        "{} records in {} clusters, the largest of {largest}; written to {}\n{}",
        ids.len(),
        clusters,
        what.out.display(),
        files::table(stages)
    ))
}
