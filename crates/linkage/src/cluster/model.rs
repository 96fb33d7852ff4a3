//! A model as clustering sees it.

use super::{Comparison, Level, Role};
use crate::settings::{Rule, Settings};
use crate::sql::Expr;

impl Comparison {
    /// All comparisons of a model, in order.
    pub fn all(settings: &Settings) -> Vec<Comparison> {
        settings.comparisons.iter().map(of).collect()
    }
}

fn of(comparison: &crate::settings::Comparison) -> Comparison {
    let mut columns: Vec<String> = Vec::new();
    for condition in comparison.levels.iter().filter_map(|level| level.condition.as_ref()) {
        for (_, name) in condition.columns() {
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
    }
    let level = |at: usize| Level {
        gamma: comparison.levels[at].gamma,
        m: comparison.m(at),
        u: comparison.u(at),
        weight: comparison.weight(at),
        is_null: comparison.levels[at].is_null,
    };
    Comparison {
        name: comparison.name.clone(),
        role: columns.first().map_or(Role::Other, |name| Role::of(name)),
        columns,
        levels: (0..comparison.levels.len()).map(level).collect(),
    }
}

/// For each blocking rule the comparisons that read one of its columns.
pub fn selected(settings: &Settings, comparisons: &[Comparison]) -> Vec<Vec<usize>> {
    let by_rule = |rule: &Rule| {
        let columns = Expr::rule(&rule.sql).map(|rule| rule.columns()).unwrap_or_default();
        let reads =
            |c: &Comparison| c.columns.iter().any(|a| columns.iter().any(|(_, b)| a.eq_ignore_ascii_case(b)));
        (0..comparisons.len()).filter(|at| reads(&comparisons[*at])).collect()
    };
    settings.rules.iter().map(by_rule).collect()
}
