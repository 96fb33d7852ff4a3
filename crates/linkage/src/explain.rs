//! Why two records are held to be one person: what each comparison adds, as a waterfall, and which field would break it.

use crate::linker::{Linker, probability};
use crate::settings::Settings;
use crate::sql::Expr;
use serde::Serialize;

/// One step of the waterfall.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The comparison.
    pub comparison: String,
    /// The columns that it reads, with the value of each record.
    pub values: Vec<(String, Option<String>, Option<String>)>,
    /// The level that holds, as a chart calls it.
    pub level: String,
    /// Its number; -1 for NULL.
    pub gamma: i32,
    /// How often it is seen where both records are of one person.
    pub m: Option<f64>,
    /// How often where they are of two.
    pub u: Option<f64>,
    /// What it weighs, in bits.
    pub weight: f64,
    /// What the frequency of the value adds or takes away, in bits.
    pub frequency: f64,
    /// Without it the pair would fall below even odds.
    pub decisive: bool,
}

/// A pair explained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// What any two records weigh before they are compared.
    pub prior: f64,
    /// What each comparison adds.
    pub steps: Vec<Step>,
    /// The sum.
    pub weight: f64,
    /// As a probability.
    pub probability: f64,
    /// Comparisons without which, each by itself, the pair would fall below even odds; most telling first.
    pub would_break: Vec<String>,
}

/// Explains a pair; `left` stands before `right` in the order of the records.
pub fn explain(linker: &Linker, settings: &Settings, left: u32, right: u32) -> Explanation {
    let mut worker = linker.worker();
    let pattern = linker.pattern(left, right, &mut worker);
    let parts = linker.weights.parts(pattern, linker.row(left), linker.row(right));
    let weight = linker.weight(pattern, left, right);
    let mut steps = Vec::new();
    for ((comparison, field), (adds, frequency)) in settings.comparisons.iter().zip(&linker.fields).zip(parts)
    {
        let gamma = field.gamma(pattern);
        let level = comparison.level(gamma);
        let mut columns: Vec<String> = Vec::new();
        for name in comparison.levels.iter().filter_map(|l| l.condition.as_ref()).flat_map(Expr::columns) {
            if !columns.iter().any(|c| c.eq_ignore_ascii_case(&name.1)) {
                columns.push(name.1);
            }
        }
        let values =
            columns.into_iter().map(|c| (c.clone(), linker.text(left, &c), linker.text(right, &c))).collect();
        let told = level.filter(|l| !comparison.levels[*l].is_null);
        steps.push(Step {
            comparison: comparison.name.clone(),
            values,
            level: level.map_or(String::new(), |l| comparison.levels[l].label.clone()),
            gamma,
            m: told.map(|l| comparison.m(l)),
            u: told.map(|l| comparison.u(l)),
            weight: adds,
            frequency,
            decisive: weight >= 0.0 && weight - (adds + frequency) < 0.0,
        });
    }
    let mut telling: Vec<&Step> = steps.iter().filter(|s| s.decisive).collect();
    telling.sort_by(|a, b| (b.weight + b.frequency).total_cmp(&(a.weight + a.frequency)));
    let would_break = telling.into_iter().map(|s| s.comparison.clone()).collect();
    Explanation {
        prior: linker.weights.prior_weight(),
        steps,
        weight,
        probability: probability(weight),
        would_break,
    }
}
