//! A model made ready for records: conditions compiled, values numbered, weights laid out.
//!
//! A pair is compared into a *pattern*, one small number for each comparison's level packed into 64 bits. Weights,
//! charts, thresholds and training all work from patterns; nothing is compared twice.

use crate::block::{Blocks, Filters, Task};
use crate::cluster::Layout;
use crate::columns::Table;
use crate::comparisons::{Batch, Comparisons, Rows};
use crate::dictionary::NULL;
use crate::kernel::{Compiler, Node, RowPlan};
use crate::settings::{LinkType, Rule, Settings};
use crate::shelf::{Grid, Shelf};
use crate::slot::Slots;
use crate::sql::Expr;

pub use crate::block::Limits;
pub use crate::comparisons::{Field, Pattern, Worker};

/// How the frequency of values changes a level's weight.
#[derive(Clone, Debug)]
struct Adjusted {
    at: usize,
    table: usize,
    weight: f64,
    least: f64,
    from: f64,
}

/// The weights of a model, laid out for summing.
#[derive(Clone, Debug)]
pub struct Weights {
    /// What the prior weighs.
    prior: f64,
    /// By comparison, then by level plus one.
    levels: Vec<Vec<f64>>,
    adjusted: Vec<Vec<Option<Adjusted>>>,
    /// log2 of the share of each value of a column; not a number (NaN) for NULL.
    tables: Vec<Shelf<f64>>,
    fields: Vec<Field>,
}

/// A blocking rule over rows.
pub(crate) struct KeyRule {
    /// The places in a left record's row whose values make its key.
    pub(crate) left: Vec<usize>,
    /// Those in a right record's row.
    pub(crate) right: Vec<usize>,
    /// What must hold beside.
    pub(crate) filter: Option<Node>,
}

/// A model with its records.
pub struct Linker {
    /// What is derived from the records.
    pub(crate) slots: Slots,
    rows_of: RowPlan,
    pub(crate) comparisons: Comparisons,
    /// Where each comparison's level is in a pattern.
    pub fields: Vec<Field>,
    /// How much each level weighs.
    pub weights: Weights,
    /// Which pairs are looked at.
    pub blocks: Blocks,
    pub(crate) rows: Vec<u32>,
    /// How long a row is: a little more than its slots, so that it lies in one line of the processor's cache.
    stride: usize,
    /// How many slots the rows hold.
    laid: usize,
    /// For each record the file that it is from.
    pub source: Vec<u16>,
    /// Which records are compared.
    pub link_type: LinkType,
    /// The columns' numbers, kept where other rules are to be applied later.
    table: Option<Table>,
}

impl Linker {
    /// Makes a model ready for records, which must be in the order of [`order`].
    ///
    /// `rules` are the blocking rules to apply, which need not be the model's own.
    ///
    /// # Errors
    /// In words: a column that is missing, a rule without an equality, too many levels.
    pub fn new(settings: &Settings, rules: &[Rule], table: Table, limits: Limits) -> Result<Linker, String> {
        let mut linker = Linker::reusable(settings, rules, table, limits)?;
        linker.table = None;
        Ok(linker)
    }

    /// As [`Linker::new`], for a linker that other rules are applied to later with [`Linker::block`]: it keeps more.
    ///
    /// # Errors
    /// As [`Linker::new`].
    pub fn reusable(
        settings: &Settings,
        rules: &[Rule],
        mut table: Table,
        limits: Limits,
    ) -> Result<Linker, String> {
        let mut slots = Slots::new(&table, settings.unit);
        // Lists to take apart are read before their values move.
        let kept = rules.iter().any(|r| !r.explode.is_empty()).then(|| table.clone());
        slots.take_values(&mut table);
        let mut rows_of = RowPlan::default();
        let mut compiler = Compiler { slots: &mut slots, rows: &mut rows_of, likenesses: Vec::new() };
        let mut comparisons = Comparisons::new(settings, &mut compiler)?;
        let fields = comparisons.fields.clone();
        let blocks = Blocks::new(rules, kept.as_ref().unwrap_or(&table), &mut compiler, limits)?;
        let adjusted = adjustments(settings, &mut compiler)?;
        comparisons.likenesses = compiler.likenesses;
        let (rows, stride) = lay_out(&mut slots, &rows_of, &table)?;
        slots.learn_facts();
        let weights = weights(settings, &fields, adjusted, &slots, &table);
        Ok(Linker {
            slots,
            comparisons,
            fields,
            weights,
            blocks,
            rows,
            stride,
            laid: rows_of.slots.len(),
            rows_of,
            source: table.source.clone(),
            link_type: settings.link_type,
            table: Some(table),
        })
    }

    /// Applies other rules to the same records.
    ///
    /// # Errors
    /// As [`Linker::new`]; for a rule that takes lists apart.
    pub fn block(&mut self, rules: &[Rule], limits: Limits) -> Result<(), String> {
        let Some(table) = &self.table else {
            return Err("the records were not kept for other rules".to_owned());
        };
        if rules.iter().any(|r| !r.explode.is_empty()) {
            return Err("rules that take lists apart can't be used for training".to_owned());
        }
        let likenesses = std::mem::take(&mut self.comparisons.likenesses);
        let mut compiler = Compiler { slots: &mut self.slots, rows: &mut self.rows_of, likenesses };
        let blocks = Blocks::new(rules, table, &mut compiler, limits);
        self.comparisons.likenesses = compiler.likenesses;
        self.blocks = blocks?;
        if self.rows_of.slots.len() > self.laid {
            self.laid = self.rows_of.slots.len();
            (self.rows, self.stride) = lay_out(&mut self.slots, &self.rows_of, table)?;
        }
        self.slots.learn_facts();
        Ok(())
    }

    /// How patterns are packed.
    ///
    /// # Errors
    /// Where a comparison has more levels than clustering can read.
    pub fn layout(&self) -> Result<Layout, String> {
        Layout::from_fields(self.fields.iter().map(|f| (f.shift, f.mask.count_ones())).collect())
            .ok_or_else(|| "the model has more levels than clustering can read".to_owned())
    }

    /// How many records there are.
    pub fn records(&self) -> usize {
        self.source.len()
    }

    #[inline]
    pub(crate) fn row(&self, record: u32) -> &[u32] {
        self.all_rows().row(record)
    }

    fn all_rows(&self) -> Rows<'_> {
        Rows { values: &self.rows, stride: self.stride }
    }

    /// A worker for one thread.
    pub fn worker(&self) -> Worker {
        self.comparisons.worker(self.slots.unit)
    }

    /// A worker for records that come and go: the number of a value may be another value's a moment later, and so nothing
    /// of values is remembered.
    pub(crate) fn worker_for_one(&self) -> Worker {
        self.comparisons.worker_without_memory(self.slots.unit)
    }

    /// Compares two records.
    pub fn pattern(&self, left: u32, right: u32, worker: &mut Worker) -> Pattern {
        self.pattern_of(self.row(left), self.row(right), worker)
    }

    pub(crate) fn pattern_of(&self, left: &[u32], right: &[u32], worker: &mut Worker) -> Pattern {
        self.comparisons.pattern(&self.slots, left, right, worker)
    }

    /// Compares pairs of records, and calls `f` with each in order. The same as [`Linker::pattern`] of each, faster.
    pub fn compare(
        &self,
        pairs: impl Iterator<Item = (u32, u32)>,
        worker: &mut Worker,
        f: &mut impl FnMut(u32, u32, Pattern),
    ) {
        let mut batch = Batch::default();
        for (left, right) in pairs {
            batch.push(left, right);
            if batch.is_full() {
                self.compare_batch(&mut batch, worker, f);
            }
        }
        self.compare_batch(&mut batch, worker, f);
    }

    /// As [`Linker::compare`], for records whose rows are elsewhere.
    pub(crate) fn compare_rows(
        &self,
        rows: Rows<'_>,
        pairs: &[(u32, u32)],
        worker: &mut Worker,
        f: &mut impl FnMut(u32, u32, Pattern),
    ) {
        let mut batch = Batch::default();
        for &(left, right) in pairs {
            batch.push(left, right);
            if batch.is_full() {
                batch.compare(&self.comparisons, &self.slots, rows, worker, f);
            }
        }
        batch.compare(&self.comparisons, &self.slots, rows, worker, f);
    }

    fn compare_batch(&self, batch: &mut Batch, worker: &mut Worker, f: &mut impl FnMut(u32, u32, Pattern)) {
        batch.compare(&self.comparisons, &self.slots, self.all_rows(), worker, f);
    }

    /// The weight of a pair in bits: the prior, what each level weighs, and what the frequency of values changes.
    #[inline]
    pub fn weight(&self, pattern: Pattern, left: u32, right: u32) -> f64 {
        self.weights.of(pattern, self.row(left), self.row(right))
    }

    /// Calls `f` with every pair of a piece of work and its pattern.
    pub fn each(&self, task: &Task, worker: &mut Worker, f: &mut impl FnMut(u32, u32, Pattern)) {
        // Filters of rules have a scratch of their own: they ask between the pairs of a batch.
        let mut scratch = std::mem::take(&mut worker.filters);
        let mut batch = Batch::default();
        self.blocks.each(
            task,
            self.link_type,
            &self.source,
            &self.filters(),
            &mut scratch,
            &mut |l, r, _| {
                batch.push(l, r);
                if batch.is_full() {
                    self.compare_batch(&mut batch, worker, f);
                }
            },
        );
        self.compare_batch(&mut batch, worker, f);
        worker.filters = scratch;
    }

    fn filters(&self) -> Filters<'_> {
        Filters { slots: &self.slots, likenesses: &self.comparisons.likenesses, rows: self.all_rows() }
    }

    /// Calls `f` with every pair of a piece of work, uncompared.
    pub fn each_pair(&self, task: &Task, worker: &mut Worker, f: &mut impl FnMut(u32, u32)) {
        let filters = self.filters();
        self.blocks.each(
            task,
            self.link_type,
            &self.source,
            &filters,
            &mut worker.filters,
            &mut |l, r, _| f(l, r),
        );
    }

    /// Puts the keys of rules into the rows of records, for an index: for each rule where the parts of its key are.
    ///
    /// # Errors
    /// For a rule that takes lists apart, by name.
    pub(crate) fn key_rules(&mut self, rules: &[Rule]) -> Result<Vec<KeyRule>, String> {
        let mut all = Vec::new();
        for rule in rules {
            let at = |what: String| format!("the rule {}: {what}", rule.sql);
            let expr = Expr::rule(&rule.sql).map_err(|e| at(e.to_string()))?;
            let (keys, rest) = crate::block::parts(&expr);
            if !rule.explode.is_empty() {
                return Err(at("takes lists apart, which an index can't do".to_owned()));
            }
            let (mut left, mut right) = (Vec::new(), Vec::new());
            for (a, b) in keys {
                // Values of different columns are numbered together.
                let shared = (a.without_side() != b.without_side()).then(|| self.slots.shared_dictionary());
                for (key, places) in [(a, &mut left), (b, &mut right)] {
                    let slot = self.slots.slot(key, shared).map_err(at)?;
                    places.push(self.rows_of.place(&self.slots, slot).at);
                }
            }
            let filter = rest.into_iter().cloned().reduce(|a, b| Expr::And(vec![a, b]));
            let likenesses = std::mem::take(&mut self.comparisons.likenesses);
            let mut compiler = Compiler { slots: &mut self.slots, rows: &mut self.rows_of, likenesses };
            let filter = filter.map(|filter| compiler.node(&filter)).transpose();
            self.comparisons.likenesses = compiler.likenesses;
            all.push(KeyRule { left, right, filter: filter.map_err(at)? });
        }
        // Every column has its place too, so that an index can be written out again.
        for name in self.columns() {
            let slot = self.slots.slot(&Expr::Column { side: None, name }, None)?;
            self.rows_of.place(&self.slots, slot);
        }
        let Some(table) = &self.table else {
            return Err("the records were not kept for an index".to_owned());
        };
        (self.rows, self.stride) = lay_out(&mut self.slots, &self.rows_of, table)?;
        self.laid = self.rows_of.slots.len();
        self.slots.learn_facts();
        self.slots.make_ready();
        self.table = None;
        Ok(all)
    }

    /// Whether a condition holds for two rows.
    pub(crate) fn holds(&self, condition: &Node, left: &[u32], right: &[u32], worker: &mut Worker) -> bool {
        worker.filters.holds(condition, &self.comparisons.likenesses, &self.slots, left, right)
    }

    /// The row of a record that is not there yet, and what was known before it.
    pub(crate) fn encode(&mut self, values: &[Option<&[u8]>]) -> Result<(Vec<u32>, Vec<usize>), String> {
        let mark = self.slots.mark();
        match self.slots.encode(values) {
            Ok(all) => {
                let mut row: Vec<u32> = self.rows_of.slots.iter().map(|slot| all[*slot]).collect();
                row.resize(self.stride, NULL);
                Ok((row, mark))
            }
            Err(why) => {
                self.slots.forget(&mark);
                Err(why)
            }
        }
    }

    pub(crate) fn forget(&mut self, mark: &[usize]) {
        self.slots.forget(mark);
    }

    /// How wide a row is.
    pub(crate) fn width(&self) -> usize {
        self.stride
    }

    /// Hands the rows of all records over.
    pub(crate) fn take_rows(&mut self) -> Grid<u32> {
        Grid::of(self.stride, std::mem::take(&mut self.rows))
    }

    /// Where the value at each place of a row is.
    pub(crate) fn dictionaries_of_row(&self) -> Vec<usize> {
        self.rows_of.slots.iter().map(|slot| self.slots.dictionary(*slot)).collect()
    }

    /// What the numbers of a row mean: two that have it alike can take one another's rows.
    pub(crate) fn plan(&self) -> String {
        format!("{} {:?}", self.slots.plan(), self.rows_of.slots)
    }

    /// The columns that records have, in order.
    pub fn columns(&self) -> Vec<String> {
        self.slots.sources.iter().map(|s| s.name.clone()).collect()
    }

    /// The shares of values that weights are adjusted by: frozen with an index.
    pub(crate) fn frequencies(&self) -> &[Shelf<f64>] {
        &self.weights.tables
    }

    pub(crate) fn frequencies_mut(&mut self) -> &mut [Shelf<f64>] {
        &mut self.weights.tables
    }

    /// How many rules give a pair.
    pub fn rules_of(&self, left: u32, right: u32, worker: &mut Worker) -> usize {
        let filters = self.filters();
        (0..self.blocks.rules.len())
            .filter(|rule| self.blocks.gives(*rule, left, right, &filters, &mut worker.filters))
            .count()
    }

    /// Every piece of work of all rules, in order.
    pub fn tasks(&self) -> Vec<Task> {
        (0..self.blocks.rules.len()).flat_map(|rule| self.blocks.tasks(rule, self.records())).collect()
    }

    /// Lays the weights out anew after training has changed them.
    pub fn reweigh(&mut self, settings: &Settings) {
        self.weights.prior = weight_of(settings.prior);
        for (at, comparison) in settings.comparisons.iter().enumerate() {
            for (level, of) in comparison.levels.iter().enumerate() {
                self.weights.levels[at][(of.gamma + 1) as usize] = comparison.weight(level);
            }
        }
    }

    /// Where the value of a column is in a row.
    pub(crate) fn place(&self, column: &str) -> Option<usize> {
        let source = self.slots.source(column)?;
        let dictionary = self.slots.sources[source].dictionary;
        self.rows_of.slots.iter().position(|s| {
            self.slots.dictionary(*s) == dictionary && self.slots.one_source(*s) == Some(source)
        })
    }

    /// The text of a column of a record, for people to read.
    pub fn text(&self, record: u32, column: &str) -> Option<String> {
        let source = self.slots.source(column)?;
        let dictionary = self.slots.sources[source].dictionary;
        let id = self.row(record)[self.place(column)?];
        (id != NULL).then(|| self.slots.dictionaries[dictionary].text(id).into_owned())
    }

    /// Bytes of memory held by records and values.
    pub fn bytes(&self) -> usize {
        self.rows.capacity() * 4
            + self.slots.dictionaries.iter().map(crate::dictionary::Dictionary::bytes).sum::<usize>()
    }
}

impl Weights {
    /// The weight of a pattern for two rows.
    #[inline]
    pub(crate) fn of(&self, pattern: Pattern, left: &[u32], right: &[u32]) -> f64 {
        let mut sum = self.prior;
        for ((levels, adjusted), field) in self.levels.iter().zip(&self.adjusted).zip(&self.fields) {
            let level = ((pattern >> field.shift) & field.mask) as usize;
            sum += levels[level];
            if let Some(adjusted) = &adjusted[level] {
                sum += self.adjustment(adjusted, left, right);
            }
        }
        sum
    }

    fn adjustment(&self, adjusted: &Adjusted, left: &[u32], right: &[u32]) -> f64 {
        let table = &self.tables[adjusted.table];
        let unknown = f64::NAN;
        let a = table.get(left[adjusted.at] as usize).copied().unwrap_or(unknown);
        let b = table.get(right[adjusted.at] as usize).copied().unwrap_or(unknown);
        // f64::max takes the one that is a number.
        let most = a.max(b);
        if most.is_nan() { 0.0 } else { adjusted.weight * (adjusted.from - most.max(adjusted.least)) }
    }

    /// What each part of a pattern weighs: the level, and what the frequency of values changes.
    pub(crate) fn parts(&self, pattern: Pattern, left: &[u32], right: &[u32]) -> Vec<(f64, f64)> {
        self.levels
            .iter()
            .zip(&self.adjusted)
            .zip(&self.fields)
            .map(|((levels, adjusted), field)| {
                let level = ((pattern >> field.shift) & field.mask) as usize;
                (levels[level], adjusted[level].as_ref().map_or(0.0, |a| self.adjustment(a, left, right)))
            })
            .collect()
    }

    /// What the prior weighs.
    pub fn prior_weight(&self) -> f64 {
        self.prior
    }
}

/// The chance that a weight stands for.
pub fn probability(weight: f64) -> f64 {
    if weight >= 0.0 {
        1.0 / (1.0 + (-weight).exp2())
    } else {
        let odds = weight.exp2();
        odds / (1.0 + odds)
    }
}

/// The weight of a chance; infinite for 0 and 1.
pub fn weight_of(probability: f64) -> f64 {
    (probability / (1.0 - probability)).log2()
}

type Adjustments = (Vec<Vec<Option<Adjusted>>>, Vec<usize>);

fn adjustments(settings: &Settings, compiler: &mut Compiler<'_>) -> Result<Adjustments, String> {
    let mut sources: Vec<usize> = Vec::new();
    let mut all = Vec::new();
    for comparison in &settings.comparisons {
        let most = comparison.levels.iter().map(|l| l.gamma + 1).max().unwrap_or(0) as usize;
        let mut of = vec![None; most + 1];
        for (at, level) in comparison.levels.iter().enumerate() {
            let Some(frequency) = &level.frequency else { continue };
            if level.is_null || level.condition.is_none() || frequency.weight == 0.0 {
                continue;
            }
            let missing = |what: String| format!("comparison {}: {what}", comparison.name);
            let Some(source) = compiler.slots.source(&frequency.column) else {
                return Err(missing(format!(
                    "the column {} is not in the input, which has {}",
                    frequency.column,
                    compiler.slots.names()
                )));
            };
            let from = if frequency.own_u {
                at
            } else {
                let wanted = frequency.column.to_ascii_lowercase();
                (0..comparison.levels.len())
                    .find(|l| comparison.exact_column(*l).is_some_and(|c| c == wanted))
                    .ok_or_else(|| missing(format!("has no level of exact agreement on {}, from which the frequency of values is measured", frequency.column)))?
            };
            let name = compiler.slots.sources[source].name.clone();
            let slot = compiler.slots.slot(&Expr::Column { side: None, name }, None)?;
            let place = compiler.rows.place(compiler.slots, slot);
            let table = sources.iter().position(|s| *s == source).unwrap_or_else(|| {
                sources.push(source);
                sources.len() - 1
            });
            of[(level.gamma + 1) as usize] = Some(Adjusted {
                at: place.at,
                table,
                weight: frequency.weight,
                least: if frequency.least > 0.0 { frequency.least.log2() } else { f64::NEG_INFINITY },
                from: comparison.u(from).log2(),
            });
        }
        all.push(of);
    }
    Ok((all, sources))
}

fn lay_out(slots: &mut Slots, plan: &RowPlan, table: &Table) -> Result<(Vec<u32>, usize), String> {
    let slots_there = plan.slots.len().max(1);
    let stride =
        if slots_there <= 16 { slots_there.next_power_of_two() } else { slots_there.next_multiple_of(16) };
    let mut rows = vec![NULL; stride * table.rows];
    for (at, slot) in plan.slots.iter().enumerate() {
        let ids = slots.fill(*slot, table)?;
        for (record, id) in ids.into_iter().enumerate() {
            rows[record * stride + at] = id;
        }
    }
    Ok((rows, stride))
}

fn weights(
    settings: &Settings,
    fields: &[Field],
    adjusted: Adjustments,
    slots: &Slots,
    table: &Table,
) -> Weights {
    let levels = settings
        .comparisons
        .iter()
        .map(|comparison| {
            let most = comparison.levels.iter().map(|l| l.gamma + 1).max().unwrap_or(0) as usize;
            let mut of = vec![0.0; most + 1];
            for (at, level) in comparison.levels.iter().enumerate() {
                of[(level.gamma + 1) as usize] = comparison.weight(at);
            }
            of
        })
        .collect();
    let (adjusted, sources) = adjusted;
    let tables = sources
        .into_iter()
        .map(|source| {
            let values = slots.dictionaries[slots.sources[source].dictionary].len() + 1;
            let mut counts = vec![0u32; values];
            for &id in &table.columns[source].ids {
                counts[id as usize] += 1;
            }
            let all: u64 = counts[1..].iter().map(|c| u64::from(*c)).sum();
            let mut shares: Vec<f64> = counts.iter().map(|c| (f64::from(*c) / all as f64).log2()).collect();
            shares[0] = f64::NAN;
            shares.into()
        })
        .collect();
    Weights { prior: weight_of(settings.prior), levels, adjusted, tables, fields: fields.to_vec() }
}

/// The order in which Splink puts the records of a pair: by file where files are told apart, then by id, whole numbers as
/// numbers and everything else byte by byte.
///
/// # Errors
/// Where the column of ids is missing, an id is missing or stands twice: with the rows.
pub fn order(table: &Table, unique_id: &str, link_type: LinkType) -> Result<Vec<u32>, String> {
    use crate::columns::Kind;
    let Some(ids) = table.column(unique_id) else {
        return Err(format!(
            "the column {unique_id}, which tells records apart, is not in the input, which has {}",
            table.names()
        ));
    };
    let by_file = link_type != LinkType::Dedupe && table.sources.len() > 1;
    let file_of = |row: u32| &table.sources[table.source[row as usize] as usize];
    let place = |row: u32| {
        let source = table.source[row as usize];
        let first = table.source.iter().position(|s| *s == source).unwrap_or(0);
        format!("{}, row {}", table.sources[source as usize], row as usize - first + 1)
    };
    if let Some(row) = ids.ids.iter().position(|id| *id == NULL) {
        return Err(format!("{}, column {unique_id}: the id is missing", place(row as u32)));
    }
    let mut all: Vec<u32> = (0..table.rows as u32).collect();
    if ids.kind == Kind::Integer {
        let numbers = ids.integers();
        let number = |row: u32| numbers[row as usize];
        if by_file {
            // Files are compared as text before the ids are, as texts too.
            all.sort_by_cached_key(|&row| format!("{}-__-{}", file_of(row), number(row)));
        } else if !all.is_sorted_by_key(|&row| number(row)) {
            all.sort_by_key(|&row| number(row));
        }
    } else if by_file {
        all.sort_by_cached_key(|&row| {
            [file_of(row).as_bytes(), b"-__-", ids.values.get(ids.ids[row as usize])].concat()
        });
    } else {
        all.sort_by(|&a, &b| ids.values.get(ids.ids[a as usize]).cmp(ids.values.get(ids.ids[b as usize])));
    }
    let same = |a: u32, b: u32| {
        ids.ids[a as usize] == ids.ids[b as usize]
            && (!by_file || table.source[a as usize] == table.source[b as usize])
    };
    if let Some(pair) = all.windows(2).find(|pair| same(pair[0], pair[1])) {
        let (first, second) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
        return Err(format!(
            "{}, column {unique_id}: the id {} stands twice, first in {}; each record needs an id of its own",
            place(second),
            ids.values.text(ids.ids[first as usize]),
            place(first)
        ));
    }
    Ok(all)
}
