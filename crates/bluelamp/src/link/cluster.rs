//! `bluelamp link cluster`: records brought together that are of one person.

use super::args::{Cluster, Method};
use super::files::{self, Progress, Shared, failed, wrong};
use super::predict::ordered;
use super::stage::Stages;
use super::threads;
use crate::fail::Fail;
use crate::say;
use bluelamp_linkage::cluster::{
    self, Alarm, Clustering, Comparison, Evidence, Input, Judgement, Layout, Level, Options, Pairs, Role,
    Scored, Verdict,
};
use bluelamp_linkage::columns::{Column, Kind, Table};
use bluelamp_linkage::judgement;
use bluelamp_linkage::linker::{Limits, Linker, weight_of};
use bluelamp_linkage::predict::Ids;
use bluelamp_linkage::read::PairsFile;
use bluelamp_linkage::settings::{LinkType, Settings};
use bluelamp_linkage::write::{self, Of, Values};
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::BufWriter;

/// Scored pairs by the numbers of their records.
#[derive(Default)]
pub(crate) struct Scores {
    pub(crate) left: Vec<u32>,
    pub(crate) right: Vec<u32>,
    pub(crate) weight: Vec<f64>,
    pattern: Vec<u64>,
}

/// Records by their ids.
pub(crate) enum Places {
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
        let numbers: Vec<i64> = (0..table.rows).map(|r| text(r).parse().unwrap_or_default()).collect();
        let (least, most) =
            (numbers.iter().min().copied().unwrap_or(0), numbers.iter().max().copied().unwrap_or(0));
        if most.saturating_sub(least) < 8 * table.rows as i64 + 1000 {
            let mut dense = vec![NOWHERE; (most - least) as usize + 1];
            numbers.iter().enumerate().for_each(|(r, n)| dense[(n - least) as usize] = r as u32);
            return Places::Dense(least, dense);
        }
        Places::Numbers(numbers.into_iter().enumerate().map(|(r, n)| (n, r as u32)).collect())
    }

    fn number(&self, id: i64) -> Option<u32> {
        match self {
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

/// Reads pairs, and the levels where a model says how they are laid out.
pub(crate) fn scores(
    file: &PairsFile<Shared>,
    name: &str,
    places: &Places,
    id: &str,
    source: Option<&str>,
    gammas: &[(String, u32)],
) -> Result<Scores, Fail> {
    let mut all = Scores::default();
    let (l, r) = (format!("{id}_l"), format!("{id}_r"));
    let missing = |id: &str| {
        wrong(format!("{name}: the id {id} is in a pair and not in the records given with --input"))
    };
    let whole = |column: &str| -> Result<Vec<u32>, Fail> {
        // Ids that are texts: one look for each that is different.
        let ids = file.column(column).map_err(wrong)?;
        let side = &column[column.len() - 2..];
        if let Some(source) = source {
            let files = file.column(&format!("{source}{side}")).map_err(wrong)?;
            let key =
                |at: usize| format!("{}:{}", files.values.text(files.ids[at]), ids.values.text(ids.ids[at]));
            return (0..ids.ids.len())
                .map(|at| places.text(&key(at)).ok_or_else(|| missing(&key(at))))
                .collect();
        }
        let mut of = vec![NOWHERE];
        for (_, value) in ids.values.iter() {
            let text = String::from_utf8_lossy(value);
            of.push(places.text(&text).ok_or_else(|| missing(&text))?);
        }
        Ok(ids.ids.iter().map(|id| of[*id as usize]).collect())
    };
    let numbers = matches!(places, Places::Dense(..) | Places::Numbers(_)) && source.is_none();
    if !numbers {
        (all.left, all.right) = (whole(&l)?, whole(&r)?);
    } else {
        all.left.reserve(file.rows());
        all.right.reserve(file.rows());
    }
    all.weight.reserve(file.rows());
    if !gammas.is_empty() {
        all.pattern.reserve(file.rows());
    }
    for part in 0..file.parts() {
        if numbers {
            for (column, into) in [(&l, &mut all.left), (&r, &mut all.right)] {
                for id in file.numbers(column, part).map_err(wrong)? {
                    into.push(places.number(id as i64).ok_or_else(|| missing(&id.to_string()))?);
                }
            }
        }
        all.weight.extend(file.numbers("match_weight", part).map_err(wrong)?);
        let from = all.pattern.len();
        for (at, (column, shift)) in gammas.iter().enumerate() {
            let levels = file.numbers(column, part).map_err(wrong)?;
            if at == 0 {
                all.pattern.resize(from + levels.len(), 0);
            }
            for (pattern, level) in all.pattern[from..].iter_mut().zip(levels) {
                *pattern |= ((level as i64 + 1).clamp(0, 255) as u64) << shift;
            }
        }
    }
    if gammas.is_empty() {
        all.pattern = vec![0; all.weight.len()];
    }
    Ok(all)
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

/// The model as clustering sees it.
fn comparisons(settings: &Settings) -> Vec<Comparison> {
    settings
        .comparisons
        .iter()
        .map(|c| {
            let mut columns: Vec<String> = Vec::new();
            for (_, name) in c
                .levels
                .iter()
                .filter_map(|l| l.condition.as_ref())
                .flat_map(bluelamp_linkage::sql::Expr::columns)
            {
                if !columns.contains(&name) {
                    columns.push(name);
                }
            }
            Comparison {
                name: c.name.clone(),
                role: columns.first().map_or(Role::Other, |name| Role::of(name)),
                columns,
                levels: (0..c.levels.len())
                    .map(|l| Level {
                        gamma: c.levels[l].gamma,
                        m: c.m(l),
                        u: c.u(l),
                        weight: c.weight(l),
                        is_null: c.levels[l].is_null,
                    })
                    .collect(),
            }
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
    let keep = (!contradiction).then(|| vec![settings.unique_id.clone()]);
    let mut table = files::records(&what.input.inputs, keep.as_deref(), threads)?;
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
            let trusted = what.trusted.iter().any(|t| t.eq_ignore_ascii_case(&column.name));
            let role = if trusted { Role::TrustedId } else { Role::of(&column.name) };
            let useful = matches!(role, Role::Sex | Role::MiddleName | Role::TrustedId);
            if useful && column.name != settings.unique_id {
                extra.push((column.name.clone(), role, column.ids.clone()));
            }
        }
        if let Some(unknown) = what.trusted.iter().find(|t| table.column(t).is_none()) {
            return Err(wrong(format!(
                "--trusted {unknown}: there is no such column; there are {}",
                table.names()
            )));
        }
        let needed = super::predict::needed(&settings);
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
    let scores = scores(&file, &name, &places, &settings.unique_id, source, &gammas)?;
    drop(places);
    stages.end("pairs");
    let pairs =
        Pairs { left: &scores.left, right: &scores.right, weight: &scores.weight, pattern: &scores.pattern };
    let progress = Progress::new("clustering", 0);
    let threshold = weight_of(what.threshold);
    let found = match (what.method, &linker) {
        (Method::Contradiction, Some(linker)) => {
            let comparisons = comparisons(&settings);
            let layout =
                Layout::from_fields(linker.fields.iter().map(|f| (f.shift, f.mask.count_ones())).collect())
                    .ok_or_else(|| wrong("the model has more levels than clustering can read"))?;
            let evidence: Vec<Evidence<'_>> =
                extra.iter().map(|(name, role, ids)| Evidence { name, role: *role, ids }).collect();
            let input = Input {
                pairs,
                comparisons: &comparisons,
                layout: &layout,
                lambda: settings.prior,
                evidence: &evidence,
                judgements: &judged,
            };
            let worker = RefCell::new(linker.worker());
            let score = |left: u32, right: u32| {
                let (left, right) = (left.min(right), left.max(right));
                let pattern = linker.pattern(left, right, &mut worker.borrow_mut());
                Some(Scored { weight: linker.weight(pattern, left, right), pattern })
            };
            let options = Options { alarm_above: what.alarm, ..Options::default() };
            cluster::contradiction_aware(records, &input, &options, &score)
        }
        (Method::BestLink, _) => Clustering {
            labels: cluster::single_best_link(records, &pairs, &sources, threshold).labels,
            ..Clustering::default()
        },
        _ => Clustering { labels: components(records, &pairs, threshold, &judged), ..Clustering::default() },
    };
    drop(progress);
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
            let mut values = Vec::new();
            values.extend(ids.files(some));
            values.push(ids.values(some));
            values.push(match ids.files(labels) {
                None => ids.values(labels),
                Some(Values::Text(files)) => Values::Text(
                    files
                        .iter()
                        .zip(labels)
                        .map(|(f, l)| {
                            let file = String::from_utf8_lossy(f.data());
                            format!("{file}-__-{}", ids.text(*l)).into_bytes().into()
                        })
                        .collect(),
                ),
                Some(other) => other,
            });
            out.add(layout.encode(&values).map_err(fault)?).map_err(fault)?;
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

fn report(what: &Cluster, ids: &Ids, found: &Clustering, stages: &Stages) -> Result<(), Fail> {
    let mut sizes: HashMap<u32, u32> = HashMap::new();
    found.labels.iter().for_each(|l| *sizes.entry(*l).or_default() += 1);
    let largest = sizes.values().copied().max().unwrap_or(0);
    let told: Vec<String> = found.alarms.iter().map(|alarm| words(alarm, ids)).collect();
    told.iter().take(MOST_ALARMS).for_each(say::err);
    if told.len() > MOST_ALARMS {
        say::err(format!(
            "and {} more, all in the run's own file beside the clusters",
            told.len() - MOST_ALARMS
        ));
    }
    let edge = |e: &cluster::Edge| json!({ "left": ids.text(e.left), "right": ids.text(e.right), "weight": e.weight });
    let run = json!({
        "command": "cluster",
        "version": env!("CARGO_PKG_VERSION"),
        "records": ids.len(),
        "clusters": sizes.len(),
        "largest": largest,
        "alarms": told,
        "stages": stages.done,
        "total": stages.total(),
    });
    let beside = |ending: &str| what.out.with_extension(ending);
    files::whole_text(&beside("run.json"), &format!("{run:#}\n"))?;
    if what.method == Method::Contradiction {
        let mut lines = String::new();
        for (kind, edges) in [("holds", &found.kept), ("cut", &found.cuts)] {
            for e in edges {
                let mut line = edge(e);
                line["edge"] = json!(kind);
                lines.push_str(&format!("{line}\n"));
            }
        }
        for (label, e) in &found.weakest {
            let mut line = edge(e);
            line["edge"] = json!("weakest");
            line["cluster_id"] = json!(ids.text(*label));
            lines.push_str(&format!("{line}\n"));
        }
        files::whole_text(&beside("edges.jsonl"), &lines)?;
    }
    say::out(format!(
        "{} records in {} clusters, the largest of {largest}; written to {}\n{}",
        ids.len(),
        sizes.len(),
        what.out.display(),
        files::table(stages)
    ))
}
