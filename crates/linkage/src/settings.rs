//! Splink's settings and models (versions 4 and 5): a JSON file that people have, read, checked and written again.
//!
//! The file as it was read is kept, and what is changed is changed in it, so that keys which this product does not know
//! come back unharmed. Everything that is wrong is reported at once, each with its place.

use crate::metric::Unit;
use crate::sql::Expr;
use serde_json::{Map, Value, json};

/// Which records are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkType {
    /// All records with one another.
    Dedupe,
    /// Records of different files only.
    Link,
    /// Both.
    LinkAndDedupe,
}

/// A whole model: what is compared, how much each outcome weighs, which pairs are looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    raw: Map<String, Value>,
    /// Which records are compared.
    pub link_type: LinkType,
    /// The chance that two records taken at random are of one person.
    pub prior: f64,
    /// The column that tells records apart within a file.
    pub unique_id: String,
    /// The column that names the file of a record.
    pub source_dataset: String,
    /// Which pairs are looked at.
    pub rules: Vec<Rule>,
    /// What is compared.
    pub comparisons: Vec<Comparison>,
    /// Training stops when no parameter changes by more.
    pub convergence: f64,
    /// Or after so many rounds.
    pub iterations: u32,
    /// What texts are made of when they are compared: our own key `bluelamp_text_unit`.
    pub unit: Unit,
}

/// A blocking rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// As it is written.
    pub sql: String,
    /// Lists that are taken apart before the rule is applied.
    pub explode: Vec<String>,
}

/// What is compared, with its levels in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Its name, as in `gamma_<name>`.
    pub name: String,
    /// Its levels; the first that holds is taken.
    pub levels: Vec<Level>,
}

/// One outcome of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// The condition as it is written.
    pub sql: String,
    /// The condition; `None` for ELSE.
    pub condition: Option<Expr>,
    /// What a chart calls it.
    pub label: String,
    /// Its number: n-1 for the first down to 0, and -1 for NULL.
    pub gamma: i32,
    /// How often it is seen where both records are of one person, if trained.
    pub m: Option<f64>,
    /// How often where they are of two, if trained.
    pub u: Option<f64>,
    /// Training leaves `m` alone.
    pub fix_m: bool,
    /// Training leaves `u` alone.
    pub fix_u: bool,
    /// Nothing can be said: one of the values is missing.
    pub is_null: bool,
    /// The column whose rarer values weigh more.
    pub frequency: Option<Frequency>,
}

/// How the frequency of a value changes a weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Frequency {
    /// The column whose values are counted.
    pub column: String,
    /// How much of the change is applied, 0 to 1.
    pub weight: f64,
    /// No value counts as rarer than this.
    pub least: f64,
    /// The change is measured from this level's own u, not from that of the exact level.
    pub own_u: bool,
}

/// What is wrong with a file of settings, all of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct SettingsErrors(pub Vec<String>);

const UNIT: &str = "bluelamp_text_unit";

impl Settings {
    /// Reads settings or a model.
    ///
    /// # Errors
    /// Every fault with its place in the JSON.
    pub fn from_json(text: &str) -> Result<Settings, SettingsErrors> {
        let value: Value = serde_json::from_str(text)
            .map_err(|e| SettingsErrors(vec![format!("the settings are no JSON: {e}")]))?;
        let Value::Object(raw) = value else {
            return Err(SettingsErrors(vec!["the settings are no JSON object".to_owned()]));
        };
        Settings::from_map(raw)
    }

    /// As [`Settings::from_json`], from JSON that is parsed already.
    ///
    /// # Errors
    /// Every fault with its place.
    pub fn from_map(raw: Map<String, Value>) -> Result<Settings, SettingsErrors> {
        let mut faults = Faults::default();
        let link_type = match raw.get("link_type").and_then(Value::as_str) {
            Some("dedupe_only") => LinkType::Dedupe,
            Some("link_only") => LinkType::Link,
            Some("link_and_dedupe") => LinkType::LinkAndDedupe,
            other => {
                faults.add(
                    "link_type",
                    format!("is {other:?}, and must be dedupe_only, link_only or link_and_dedupe"),
                );
                LinkType::Dedupe
            }
        };
        let prior = faults.probability(
            raw.get("probability_two_random_records_match"),
            "probability_two_random_records_match",
        );
        let mut text = |key: &str, default: &str| match raw.get(key) {
            None | Some(Value::Null) => default.to_owned(),
            Some(Value::String(text)) if !text.is_empty() => text.clone(),
            Some(other) => {
                faults.add(key, format!("is {other}, and must be the name of a column"));
                default.to_owned()
            }
        };
        let unique_id = text("unique_id_column_name", "unique_id");
        let source_dataset = text("source_dataset_column_name", "source_dataset");
        let convergence = faults.number(raw.get("em_convergence"), "em_convergence").unwrap_or(1e-4);
        let iterations = faults.number(raw.get("max_iterations"), "max_iterations").unwrap_or(25.0);
        let rules = match raw.get("blocking_rules_to_generate_predictions") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(rules)) => {
                rules.iter().enumerate().filter_map(|(at, rule)| faults.rule(rule, at)).collect()
            }
            Some(_) => {
                faults.add("blocking_rules_to_generate_predictions", "is no list");
                Vec::new()
            }
        };
        let unit = match raw.get(UNIT).map(Value::as_str) {
            None | Some(Some("characters")) => Unit::Characters,
            Some(Some("bytes")) => Unit::Bytes,
            Some(_) => {
                faults.add(UNIT, "must be characters or bytes");
                Unit::Characters
            }
        };
        let mut comparisons: Vec<Comparison> = Vec::new();
        match raw.get("comparisons") {
            Some(Value::Array(all)) if !all.is_empty() => {
                for (at, comparison) in all.iter().enumerate() {
                    let Some(comparison) = faults.comparison(comparison, at) else { continue };
                    if comparisons.iter().any(|c| c.name.eq_ignore_ascii_case(&comparison.name)) {
                        faults.add(
                            &format!("comparisons[{at}]"),
                            format!("there are two comparisons of the name {}", comparison.name),
                        );
                    }
                    comparisons.push(comparison);
                }
            }
            _ => faults.add("comparisons", "is missing or empty: at least one comparison is needed"),
        }
        if raw.get("sql_dialect").and_then(Value::as_str) == Some("spark") {
            faults.counted_from_zero(&comparisons);
        }
        let settings = Settings {
            link_type,
            prior: prior.unwrap_or(1e-4),
            unique_id,
            source_dataset,
            rules,
            comparisons,
            convergence,
            iterations: iterations.min(100_000.0) as u32,
            unit,
            raw,
        };
        if faults.0.is_empty() { Ok(settings) } else { Err(SettingsErrors(faults.0)) }
    }

    /// The model as Splink writes it, with everything that came in and what training has changed.
    pub fn to_json(&self) -> String {
        // A map of JSON values is always JSON.
        serde_json::to_string_pretty(&Value::Object(self.raw.clone())).unwrap_or_default() + "\n"
    }

    /// Sets the prior.
    pub fn set_prior(&mut self, prior: f64) {
        self.prior = prior;
        self.raw.insert("probability_two_random_records_match".into(), json!(prior));
    }

    /// Sets what texts are made of when they are compared.
    pub fn set_unit(&mut self, unit: Unit) {
        self.unit = unit;
        self.raw.insert(UNIT.into(), json!(if unit == Unit::Bytes { "bytes" } else { "characters" }));
    }

    /// Sets one level's m, where it is not fixed.
    pub fn set_m(&mut self, comparison: usize, level: usize, m: f64) {
        if !self.comparisons[comparison].levels[level].fix_m {
            self.comparisons[comparison].levels[level].m = Some(m);
            self.set(comparison, level, "m_probability", m);
        }
    }

    /// Sets one level's u, where it is not fixed.
    pub fn set_u(&mut self, comparison: usize, level: usize, u: f64) {
        if !self.comparisons[comparison].levels[level].fix_u {
            self.comparisons[comparison].levels[level].u = Some(u);
            self.set(comparison, level, "u_probability", u);
        }
    }

    fn set(&mut self, comparison: usize, level: usize, key: &str, value: f64) {
        let place = self.raw.get_mut("comparisons").and_then(|c| c.get_mut(comparison));
        if let Some(Value::Object(level)) =
            place.and_then(|c| c.get_mut("comparison_levels")).and_then(|l| l.get_mut(level))
        {
            level.insert(key.to_owned(), json!(value));
        }
    }

    /// The columns that the model reads, each once: ids, comparisons, frequencies.
    pub fn columns(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        let mut add = |name: &str| {
            if !all.iter().any(|have| have.eq_ignore_ascii_case(name)) {
                all.push(name.to_owned());
            }
        };
        for level in self.comparisons.iter().flat_map(|c| &c.levels) {
            level.condition.iter().flat_map(Expr::columns).for_each(|(_, name)| add(&name));
            level.frequency.iter().for_each(|f| add(&f.column));
        }
        all
    }
}

impl Comparison {
    /// The place of the level with a number.
    pub fn level(&self, gamma: i32) -> Option<usize> {
        self.levels.iter().position(|l| l.gamma == gamma)
    }

    /// m of a level, or Splink's default where it is not trained: 0.95 for the first, the rest in equal parts.
    pub fn m(&self, level: usize) -> f64 {
        let levels = self.levels.iter().filter(|l| !l.is_null).count();
        self.levels[level].m.unwrap_or_else(|| default_m(levels, self.levels[level].gamma))
    }

    /// u of a level, or Splink's default, by which untrained weights run from -5 to 3 and the first has 10.
    pub fn u(&self, level: usize) -> f64 {
        let levels = self.levels.iter().filter(|l| !l.is_null).count();
        let gamma = self.levels[level].gamma;
        self.levels[level].u.unwrap_or_else(|| {
            let weight = if gamma + 1 == levels as i32 {
                10.0
            } else if levels <= 2 {
                -5.0
            } else {
                -5.0 + 8.0 * f64::from(gamma) / (levels as f64 - 2.0)
            };
            default_m(levels, gamma) / 2f64.powf(weight)
        })
    }

    /// log2(m / u) of a level; nothing for NULL.
    pub fn weight(&self, level: usize) -> f64 {
        if self.levels[level].is_null {
            return 0.0;
        }
        (self.m(level).max(1e-300) / self.u(level).max(1e-300)).log2()
    }

    /// The column of which a level is the exact agreement, where it is of one.
    pub fn exact_column(&self, level: usize) -> Option<String> {
        let columns = exact_columns(self.levels[level].condition.as_ref()?)?;
        match columns.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }
}

/// The columns of a condition that is nothing but `a_l = a_r AND b_l = b_r …`, in lower case.
pub fn exact_columns(condition: &Expr) -> Option<Vec<String>> {
    use crate::sql::{Op, Side};
    condition
        .conjuncts()
        .into_iter()
        .map(|part| match part {
            Expr::Compare(Op::Eq, left, right) => match (&**left, &**right) {
                (Expr::Column { side: Some(a), name }, Expr::Column { side: Some(b), name: other })
                    if a != b && name.eq_ignore_ascii_case(other) && [*a, *b].contains(&Side::Left) =>
                {
                    Some(name.to_ascii_lowercase())
                }
                _ => None,
            },
            _ => None,
        })
        .collect()
}

fn default_m(levels: usize, gamma: i32) -> f64 {
    if gamma + 1 == levels as i32 { 0.95 } else { 0.05 / (levels as f64 - 1.0).max(1.0) }
}

/// The name that Splink gives a comparison that has none: its column, or `custom_` and its columns (which Splink puts
/// into an order of its own).
fn default_name(levels: &[Level]) -> String {
    let mut names: Vec<String> = Vec::new();
    for (_, name) in levels.iter().filter_map(|l| l.condition.as_ref()).flat_map(Expr::columns) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.as_slice() {
        [one] => one.clone(),
        several => format!("custom_{}", several.join("_")),
    }
}

#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, place: &str, what: impl std::fmt::Display) {
        self.0.push(format!("{place}: {what}"));
    }

    fn probability(&mut self, value: Option<&Value>, place: &str) -> Option<f64> {
        match value {
            None | Some(Value::Null) => None,
            Some(value) => match value.as_f64() {
                Some(p) if (0.0..=1.0).contains(&p) => Some(p),
                // Splink writes this text for a level that it never saw.
                None if value.as_str().is_some_and(|t| t.contains("not observed")) => None,
                _ => {
                    self.add(place, format!("is {value}, and must be a number from 0 to 1"));
                    None
                }
            },
        }
    }

    /// A number that is not negative.
    fn number(&mut self, value: Option<&Value>, place: &str) -> Option<f64> {
        match value {
            None | Some(Value::Null) => None,
            Some(value) => {
                let number = value.as_f64().filter(|n| *n >= 0.0 && n.is_finite());
                if number.is_none() {
                    self.add(place, format!("is {value}, and must be a number, not below 0"));
                }
                number
            }
        }
    }

    fn truth(&mut self, value: Option<&Value>, place: &str) -> bool {
        match value {
            None | Some(Value::Null) => false,
            Some(Value::Bool(truth)) => *truth,
            Some(other) => {
                self.add(place, format!("is {other}, and must be true or false"));
                false
            }
        }
    }

    /// Spark counts a list from 0, where conditions here count from 1: `names_l[1]` would be another value.
    fn counted_from_zero(&mut self, comparisons: &[Comparison]) {
        for comparison in comparisons {
            for level in &comparison.levels {
                let mut indexed = false;
                level.condition.iter().for_each(|c| c.walk(&mut |e| indexed |= matches!(e, Expr::Index(..))));
                if indexed {
                    let what = "an element of a list by its number is counted from 0 in Spark and from 1 here; \
                                write the condition for DuckDB and set sql_dialect to duckdb";
                    self.add(&format!("{}: {}", comparison.name, level.sql), what);
                }
            }
        }
    }

    fn rule(&mut self, rule: &Value, at: usize) -> Option<Rule> {
        let place = format!("blocking_rules_to_generate_predictions[{at}]");
        let (sql, explode) = match rule {
            Value::String(sql) => (sql.clone(), Vec::new()),
            Value::Object(rule) => {
                let explode = match rule.get("arrays_to_explode") {
                    None | Some(Value::Null) => Vec::new(),
                    Some(Value::Array(names)) if names.iter().all(Value::is_string) => {
                        names.iter().filter_map(|n| n.as_str().map(str::to_owned)).collect()
                    }
                    Some(other) => {
                        self.add(
                            &format!("{place}.arrays_to_explode"),
                            format!("is {other}, and must be a list of columns"),
                        );
                        Vec::new()
                    }
                };
                (rule.get("blocking_rule").and_then(Value::as_str).unwrap_or_default().to_owned(), explode)
            }
            _ => (String::new(), Vec::new()),
        };
        if sql.trim().is_empty() {
            self.add(&place, "has no rule: a text, or an object with blocking_rule");
            return None;
        }
        if let Err(error) = Expr::rule(&sql) {
            self.add(&place, error);
            return None;
        }
        Some(Rule { sql, explode })
    }

    fn comparison(&mut self, value: &Value, at: usize) -> Option<Comparison> {
        let place = format!("comparisons[{at}]");
        let Some(Value::Array(raw)) = value.get("comparison_levels") else {
            self.add(&place, "has no list comparison_levels");
            return None;
        };
        let name = match value.get("output_column_name").and_then(Value::as_str) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => String::new(),
        };
        let valued = raw.iter().filter(|l| l.get("is_null_level") != Some(&Value::Bool(true))).count();
        if valued == 0 {
            self.add(&place, "has no level but NULL");
            return None;
        }
        let mut gamma = valued as i32;
        let mut levels = Vec::with_capacity(raw.len());
        for (at, level) in raw.iter().enumerate() {
            let place = format!("{place}.comparison_levels[{at}]");
            let is_null = level.get("is_null_level") == Some(&Value::Bool(true));
            let sql =
                level.get("sql_condition").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
            let condition = if sql.eq_ignore_ascii_case("else") {
                if at + 1 != raw.len() {
                    self.add(&place, "is ELSE and not the last level: those after it can never hold");
                }
                None
            } else {
                match Expr::condition(&sql) {
                    Ok(condition) => Some(condition),
                    Err(error) => {
                        self.add(&format!("{place}.sql_condition"), error);
                        continue;
                    }
                }
            };
            if !is_null {
                gamma -= 1;
            }
            let at = |key: &str| format!("{place}.{key}");
            self.truth(level.get("is_null_level"), &at("is_null_level"));
            let frequency = match level.get("tf_adjustment_column") {
                None | Some(Value::Null) => None,
                Some(Value::String(column)) => Some(Frequency {
                    column: column.trim_matches('"').to_owned(),
                    weight: self
                        .number(level.get("tf_adjustment_weight"), &at("tf_adjustment_weight"))
                        .unwrap_or(1.0),
                    least: self
                        .probability(level.get("tf_minimum_u_value"), &at("tf_minimum_u_value"))
                        .unwrap_or(0.0),
                    own_u: self.truth(
                        level.get("disable_tf_exact_match_detection"),
                        &at("disable_tf_exact_match_detection"),
                    ),
                }),
                Some(other) => {
                    self.add(
                        &at("tf_adjustment_column"),
                        format!("is {other}, and must be the name of a column"),
                    );
                    None
                }
            };
            levels.push(Level {
                label: level.get("label_for_charts").and_then(Value::as_str).unwrap_or(&sql).to_owned(),
                gamma: if is_null { -1 } else { gamma },
                m: self.probability(level.get("m_probability"), &format!("{place}.m_probability")),
                u: self.probability(level.get("u_probability"), &format!("{place}.u_probability")),
                fix_m: self.truth(level.get("fix_m_probability"), &at("fix_m_probability")),
                fix_u: self.truth(level.get("fix_u_probability"), &at("fix_u_probability")),
                is_null,
                frequency,
                sql,
                condition,
            });
        }
        let name = if name.is_empty() { default_name(&levels) } else { name };
        Some(Comparison { name, levels })
    }
}
