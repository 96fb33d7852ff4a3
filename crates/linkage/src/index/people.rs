//! What makes two records one person here: the model, corrected once and for all when the index is made.

use super::People;
use crate::block::Task;
use crate::cluster::{
    Comparison, Counts, Estimated, Evidence, Extras, Frozen, Input, Layout, Options, Pairs, Role, outcome,
    selected,
};
use crate::linker::{Linker, Pattern};
use crate::parallel;
use crate::settings::Settings;

impl People {
    /// Estimates the correction over all blocked pairs, as a batch does.
    pub(super) fn estimate(
        settings: &Settings,
        linker: &Linker,
        tasks: &[Task],
        threads: usize,
    ) -> Result<People, String> {
        let (comparisons, layout, evidence) = (Comparison::all(settings), linker.layout()?, columns(linker));
        let records = linker.records() as u32;
        let ids: Vec<Vec<u32>> = evidence
            .iter()
            .map(|(_, _, place)| (0..records).map(|record| linker.row(record)[*place]).collect())
            .collect();
        let extra: Vec<Evidence<'_>> = evidence
            .iter()
            .zip(&ids)
            .map(|((name, role, _), ids)| Evidence { name, role: *role, ids })
            .collect();
        let extras = Extras::new(records, &comparisons, &extra);
        let mut counts = Counts::new(&extras);
        parallel::ordered(
            threads,
            tasks.len(),
            || linker.worker(),
            |worker, at| {
                let mut counts = Counts::new(&extras);
                linker.each(&tasks[at], worker, &mut |left, right, pattern| {
                    counts.count(pattern, extras.outcome(left, right), 1, f64::NEG_INFINITY);
                });
                worker.fault().map_or(Ok(counts), Err)
            },
            |_, some| {
                counts.add(&some);
                Ok(())
            },
        )?;
        let selected = selected(settings, &comparisons);
        let input = Input {
            pairs: Pairs { left: &[], right: &[], weight: &[], pattern: &[] },
            comparisons: &comparisons,
            layout: &layout,
            lambda: settings.prior,
            selected: &selected,
            evidence: &extra,
            judgements: &[],
        };
        let correction = Frozen::estimate(records, &input, &counts, threads);
        Ok(People::of(comparisons, layout, evidence, correction))
    }

    /// The same again from what was estimated. Nothing where it does not fit the model.
    pub(super) fn again(settings: &Settings, linker: &Linker, from: Estimated) -> Option<People> {
        let (layout, evidence) = (linker.layout().ok()?, columns(linker));
        let correction = Frozen::again(from, &layout)?;
        Some(People::of(Comparison::all(settings), layout, evidence, correction))
    }

    fn of(
        comparisons: Vec<Comparison>,
        layout: Layout,
        evidence: Vec<(String, Role, usize)>,
        correction: Frozen,
    ) -> People {
        let named: Vec<Evidence<'_>> =
            evidence.iter().map(|(name, role, _)| Evidence { name, role: *role, ids: &[] }).collect();
        let chosen = Extras::chosen(0, &comparisons, &named);
        let place = |(name, _, place): &(String, Role, usize)| {
            chosen.iter().any(|column| column.name == name).then_some(*place)
        };
        let beside = evidence.iter().filter_map(place).collect();
        // The weights of pairs are corrected before they are clustered; nobody asks what holds a cluster together.
        let options = Options { correct: false, tell: false, ..Options::default() };
        People { comparisons, layout, evidence, beside, correction, options }
    }

    /// Corrected bits of a pair to which the model gave `weight`.
    pub(super) fn bits(&self, left: &[u32], right: &[u32], pattern: Pattern, weight: f64) -> f64 {
        let outcome = outcome(self.beside.iter().map(|place| (left[*place], right[*place])));
        self.correction.weigh(pattern, outcome, weight)
    }

    /// Whether better than even odds hold a pair together.
    pub(super) fn is_tie(&self, left: &[u32], right: &[u32], pattern: Pattern, weight: f64) -> bool {
        self.bits(left, right, pattern, weight) > self.options.join_above
    }
}

/// The columns that are evidence beside the model, and where their values are in a row.
fn columns(linker: &Linker) -> Vec<(String, Role, usize)> {
    let columns = linker.columns().into_iter().map(|name| (Role::of(&name), name));
    columns
        .filter(|(role, _)| role.is_evidence())
        .filter_map(|(role, name)| linker.place(&name).map(|place| (name, role, place)))
        .collect()
}
