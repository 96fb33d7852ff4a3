//! A short model that a person writes by hand, in TOML, and that becomes Splink's JSON.
//!
//! ```
//! let model = r#"
//! link = "dedupe"
//! blocking = ["surname, dob", "substr(first_name,1,3), postcode", "l.phone = r.phone"]
//!
//! [[compare]]
//! column = "first_name"
//! as = "name"
//!
//! [[compare]]
//! column = "dob"
//! as = "date_of_birth"
//! "#;
//! let settings = bluelamp_linkage::plain::settings(model).expect("a model");
//! assert_eq!(settings.comparisons.len(), 2);
//! assert!(settings.to_json().contains("jaro_winkler_similarity"));
//! ```

use crate::settings::{Settings, SettingsErrors};
use crate::sql::Expr;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    /// dedupe, link, or "link and dedupe"
    #[serde(default)]
    link: Option<String>,
    /// The column of ids.
    #[serde(default)]
    id: Option<String>,
    /// The chance that two records taken at random are of one person.
    #[serde(default)]
    prior: Option<f64>,
    blocking: Vec<String>,
    compare: Vec<Compare>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Compare {
    #[serde(default)]
    column: Option<String>,
    #[serde(default)]
    columns: Option<Vec<String>>,
    #[serde(rename = "as")]
    kind: String,
    /// Rarer values weigh more.
    #[serde(default)]
    frequency: Option<bool>,
    #[serde(default)]
    thresholds: Option<Vec<f64>>,
    /// m for each level that is not NULL, first level first.
    #[serde(default)]
    m: Option<Vec<f64>>,
    #[serde(default)]
    u: Option<Vec<f64>>,
}

/// The kinds of comparison, for messages.
const KINDS: &[&str] = &[
    "name",
    "forename_surname",
    "date_of_birth",
    "postcode",
    "email",
    "phone",
    "vehicle_registration",
    "national_id",
    "address",
    "alias",
    "exact",
    "levenshtein",
    "damerau_levenshtein",
    "jaro",
    "jaro_winkler",
    "jaccard",
    "number",
    "percentage",
    "distance_km",
    "array_intersect",
];

/// One level to be: its condition, its name on charts, whether rarer values weigh more.
struct Draft {
    sql: String,
    label: String,
    frequency: Option<String>,
}

/// Reads a short model.
///
/// # Errors
/// Every fault, with the number of the comparison or the line of the file.
pub fn settings(text: &str) -> Result<Settings, SettingsErrors> {
    let model: Model =
        toml::from_str(text).map_err(|e| SettingsErrors(vec![e.to_string().trim().to_owned()]))?;
    let mut faults = Vec::new();
    let link_type = match model.link.as_deref() {
        None | Some("dedupe") => "dedupe_only",
        Some("link") => "link_only",
        Some("link and dedupe") => "link_and_dedupe",
        Some(other) => {
            faults.push(format!("link is '{other}', and must be dedupe, link, or \"link and dedupe\""));
            "dedupe_only"
        }
    };
    let mut rules = Vec::new();
    for (at, rule) in model.blocking.iter().enumerate() {
        match blocking(rule) {
            Ok(sql) => rules.push(json!({ "blocking_rule": sql, "sql_dialect": "duckdb" })),
            Err(what) => faults.push(format!("blocking rule {}: {what}", at + 1)),
        }
    }
    let mut comparisons = Vec::new();
    for (at, compare) in model.compare.iter().enumerate() {
        match comparison(compare) {
            Ok(value) => comparisons.push(value),
            Err(what) => faults.push(format!("comparison {}: {what}", at + 1)),
        }
    }
    if !faults.is_empty() {
        return Err(SettingsErrors(faults));
    }
    let mut raw = Map::new();
    raw.insert("link_type".into(), json!(link_type));
    raw.insert("probability_two_random_records_match".into(), json!(model.prior.unwrap_or(1e-4)));
    raw.insert("unique_id_column_name".into(), json!(model.id.as_deref().unwrap_or("unique_id")));
    raw.insert("sql_dialect".into(), json!("duckdb"));
    raw.insert("retain_matching_columns".into(), json!(false));
    raw.insert("retain_intermediate_calculation_columns".into(), json!(false));
    raw.insert("blocking_rules_to_generate_predictions".into(), Value::Array(rules));
    raw.insert("comparisons".into(), Value::Array(comparisons));
    Settings::from_map(raw)
}

/// A rule written as `surname, substr(dob,1,4)`, or as SQL.
fn blocking(rule: &str) -> Result<String, String> {
    if Expr::rule(rule).is_ok_and(|expr| expr.sides() == (true, true)) {
        return Ok(rule.to_owned());
    }
    let parts = split(rule)?;
    let sides = parts
        .into_iter()
        .map(|part| {
            let text = part.iter().map(ToString::to_string).collect::<String>();
            let expr = Expr::of_one_record(&text).map_err(|e| e.to_string())?;
            let columns: Vec<String> = expr.columns().into_iter().map(|(_, name)| name).collect();
            if columns.is_empty() {
                return Err(format!("'{}' names no column", text.trim()));
            }
            Ok(format!("{} = {}", sided(&part, &columns, "l"), sided(&part, &columns, "r")))
        })
        .collect::<Result<Vec<String>, String>>()?;
    let sql = sides.join(" AND ");
    Expr::rule(&sql).map_err(|e| e.to_string())?;
    Ok(sql)
}

/// The tokens between the commas that stand in no bracket.
fn split(rule: &str) -> Result<Vec<Vec<Token>>, String> {
    let tokens = Tokenizer::new(&DuckDbDialect {}, rule)
        .tokenize()
        .map_err(|e| format!("'{rule}' is no list of columns: {e}"))?;
    let (mut parts, mut depth) = (vec![Vec::new()], 0i32);
    for token in tokens {
        match token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket => depth -= 1,
            _ => {}
        }
        match parts.last_mut() {
            Some(part) if token != Token::Comma || depth != 0 => part.push(token),
            _ => parts.push(Vec::new()),
        }
    }
    Ok(parts)
}

/// An expression over one record as one over the record of a side: `substr(dob, 1, 4)` as `substr(l."dob", 1, 4)`.
/// Texts in quotes and names of functions stay as they are.
fn sided(part: &[Token], columns: &[String], side: &str) -> String {
    let mut out = String::new();
    for (at, token) in part.iter().enumerate() {
        let called =
            part[at + 1..].iter().find(|t| !matches!(t, Token::Whitespace(_))) == Some(&Token::LParen);
        match token {
            Token::Word(word) if columns.contains(&word.value) && (word.quote_style.is_some() || !called) => {
                out.push_str(&format!("{side}.\"{}\"", word.value));
            }
            other => out.push_str(&other.to_string()),
        }
    }
    out.trim().to_owned()
}

fn comparison(compare: &Compare) -> Result<Value, String> {
    let columns: Vec<String> = match (&compare.column, &compare.columns) {
        (Some(one), None) => vec![one.clone()],
        (None, Some(several)) => several.clone(),
        _ => return Err("give either column = \"…\" or columns = [\"…\", \"…\"]".to_owned()),
    };
    let two = matches!(compare.kind.as_str(), "forename_surname" | "distance_km");
    if !KINDS.contains(&compare.kind.as_str()) {
        let near = KINDS
            .iter()
            .min_by_key(|k| {
                crate::metric::levenshtein(k.as_bytes(), compare.kind.as_bytes(), crate::metric::Unit::Bytes)
            })
            .unwrap_or(&"name");
        return Err(format!(
            "there is no kind '{}'; did you mean {near}? The kinds are {}",
            compare.kind,
            KINDS.join(", ")
        ));
    }
    if columns.len() != if two { 2 } else { 1 } {
        let takes = if two { "two columns" } else { "one column" };
        return Err(format!("{} takes {takes}", compare.kind));
    }
    if let Some(bad) = columns.iter().find(|c| c.is_empty() || c.contains(['"', '\'', '\\'])) {
        return Err(format!("'{bad}' can't be the name of a column"));
    }
    thresholds_fit(compare)?;
    let column = &columns[0];
    let (missing, levels) = if two { levels_of_two(compare, &columns)? } else { levels(compare, column)? };
    let wants = levels.len() + 1;
    for (name, given) in [("m", &compare.m), ("u", &compare.u)] {
        if let Some(given) = given
            && given.len() != wants
        {
            return Err(format!(
                "{name} has {} values, and there are {wants} levels beside NULL",
                given.len()
            ));
        }
    }
    let mut all = vec![json!({
        "sql_condition": missing, "label_for_charts": format!("{} is NULL", columns.join(" and ")), "is_null_level": true,
    })];
    let rest = Draft { sql: "ELSE".into(), label: "All other comparisons".into(), frequency: None };
    for (at, draft) in levels.into_iter().chain(std::iter::once(rest)).enumerate() {
        let mut level = Map::new();
        level.insert("sql_condition".into(), json!(draft.sql));
        level.insert("label_for_charts".into(), json!(draft.label));
        if let Some(column) = draft.frequency {
            level.insert("tf_adjustment_column".into(), json!(column));
            level.insert("tf_adjustment_weight".into(), json!(1.0));
        }
        for (key, fix, given) in [
            ("m_probability", "fix_m_probability", &compare.m),
            ("u_probability", "fix_u_probability", &compare.u),
        ] {
            if let Some(value) = given.as_ref().and_then(|g| g.get(at)) {
                level.insert(key.into(), json!(value));
                level.insert(fix.into(), json!(true));
            }
        }
        all.push(Value::Object(level));
    }
    Ok(json!({
        "output_column_name": columns.join("_"),
        "comparison_description": format!("{} of {}", compare.kind, columns.join(" and ")),
        "comparison_levels": all,
    }))
}

/// Thresholds are for the kinds that have them, and go from the likest to the least like: a level after a wider one
/// could never hold.
fn thresholds_fit(compare: &Compare) -> Result<(), String> {
    let kind = compare.kind.as_str();
    if compare.frequency == Some(true) && matches!(kind, "distance_km" | "array_intersect" | "alias") {
        return Err(format!("{kind} has no level of one value, so that frequency = true can't be applied"));
    }
    let Some(thresholds) = &compare.thresholds else { return Ok(()) };
    let (falling, most) = match kind {
        "name" | "address" | "jaro" | "jaro_winkler" | "jaccard" | "email" => (true, 1.0),
        "array_intersect" | "alias" => (true, f64::MAX),
        "levenshtein"
        | "damerau_levenshtein"
        | "phone"
        | "vehicle_registration"
        | "national_id"
        | "number"
        | "percentage"
        | "distance_km" => (false, f64::MAX),
        _ => return Err(format!("{kind} takes no thresholds")),
    };
    if let Some(bad) = thresholds.iter().find(|t| !(0.0..=most).contains(*t)) {
        return Err(format!("the threshold {bad} is not possible for {kind}"));
    }
    let (order, sorted) = if falling {
        ("falling", thresholds.is_sorted_by(|a, b| a > b))
    } else {
        ("rising", thresholds.is_sorted_by(|a, b| a < b))
    };
    if sorted { Ok(()) } else { Err(format!("the thresholds of {kind} must be {order}, the likest first")) }
}

fn levels(compare: &Compare, column: &str) -> Result<(String, Vec<Draft>), String> {
    let (l, r) = (format!("\"{column}_l\""), format!("\"{column}_r\""));
    let mut null = format!("{l} IS NULL OR {r} IS NULL");
    let draft = |sql: String, label: String| Draft { sql, label, frequency: None };
    // Names and towns differ in how common they are; other kinds only where they are asked to.
    let by_default = matches!(compare.kind.as_str(), "name" | "email" | "address");
    let frequency = compare.frequency.unwrap_or(by_default).then(|| column.to_owned());
    let exact = Draft { sql: format!("{l} = {r}"), label: format!("Same {column}"), frequency };
    let thresholds = |default: &[f64]| compare.thresholds.clone().unwrap_or_else(|| default.to_vec());
    let at_least = |function: &str, default: &[f64]| -> Vec<Draft> {
        thresholds(default)
            .iter()
            .map(|t| {
                draft(format!("{function}({l}, {r}) >= {t}"), format!("{function} of {column} at least {t}"))
            })
            .collect()
    };
    let at_most = |function: &str, default: &[f64]| -> Vec<Draft> {
        thresholds(default)
            .iter()
            .map(|t| {
                draft(format!("{function}({l}, {r}) <= {t}"), format!("{function} of {column} at most {t}"))
            })
            .collect()
    };
    let part = |pattern: &str, side: &str| format!("NULLIF(regexp_extract({side}, '{pattern}', 0), '')");
    let same_part = |pattern: &str, what: &str| {
        draft(format!("{} = {}", part(pattern, &l), part(pattern, &r)), format!("Same {what} of {column}"))
    };
    let mut all = Vec::new();
    match compare.kind.as_str() {
        "exact" => all.push(exact),
        "name" => {
            all.push(exact);
            all.extend(at_least("jaro_winkler_similarity", &[0.92, 0.88, 0.7]));
        }
        "address" => {
            all.push(exact);
            all.extend(at_least("jaro_winkler_similarity", &[0.95, 0.88]));
        }
        "jaro_winkler" => {
            all.push(exact);
            all.extend(at_least("jaro_winkler_similarity", &[0.9, 0.7]));
        }
        "jaro" => {
            all.push(exact);
            all.extend(at_least("jaro_similarity", &[0.9, 0.7]));
        }
        "jaccard" => {
            all.push(exact);
            all.extend(at_least("jaccard", &[0.9, 0.7]));
        }
        "levenshtein" => {
            all.push(exact);
            all.extend(at_most("levenshtein", &[1.0, 2.0]));
        }
        "damerau_levenshtein" => {
            all.push(exact);
            all.extend(at_most("damerau_levenshtein", &[1.0, 2.0]));
        }
        "phone" => {
            all.push(exact);
            all.extend(at_most("damerau_levenshtein", &[1.0, 2.0]));
        }
        "vehicle_registration" | "national_id" => {
            all.push(exact);
            all.extend(at_most("damerau_levenshtein", &[1.0]));
        }
        "date_of_birth" => {
            let day = |side: &str| format!("try_strptime({side}, '%Y-%m-%d')");
            null = format!("{} IS NULL OR {} IS NULL", day(&l), day(&r));
            all.push(exact);
            all.extend(at_most("damerau_levenshtein", &[1.0]));
            for (seconds, label) in
                [(2_629_800.0, "a month"), (31_557_600.0, "a year"), (315_576_000.0, "ten years")]
            {
                all.push(draft(
                    format!("abs(epoch({}) - epoch({})) <= {seconds}", day(&l), day(&r)),
                    format!("{column} within {label}"),
                ));
            }
        }
        "postcode" => {
            all.push(exact);
            // The written form of a UK postcode: area, district, sector (Royal Mail).
            all.push(same_part("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9]", "sector"));
            all.push(same_part("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?", "district"));
            all.push(same_part("^[A-Za-z]{1,2}", "area"));
        }
        "email" => {
            let user = "^[^@]+";
            all.push(exact);
            all.push(same_part(user, "name before the @"));
            all.extend(at_least("jaro_winkler_similarity", &[0.88]));
            all.push(draft(
                format!("jaro_winkler_similarity({}, {}) >= 0.88", part(user, &l), part(user, &r)),
                format!("The name before the @ of {column} is alike"),
            ));
        }
        "number" => {
            all.push(exact);
            all.extend(
                thresholds(&[1.0])
                    .iter()
                    .map(|t| draft(format!("abs({l} - {r}) <= {t}"), format!("{column} within {t}"))),
            );
        }
        "percentage" => {
            all.push(exact);
            all.extend(thresholds(&[0.1]).iter().map(|t| {
                draft(
                    format!("abs({l} - {r}) / greatest({l}, {r}) <= {t}"),
                    format!("{column} within {} %", t * 100.0),
                )
            }));
        }
        "array_intersect" | "alias" => {
            let default: &[f64] = if compare.kind == "alias" { &[1.0] } else { &[2.0, 1.0] };
            null = format!("{null} OR array_length({l}) = 0 OR array_length({r}) = 0");
            all.extend(thresholds(default).iter().map(|t| {
                draft(
                    format!("array_length(list_intersect({l}, {r})) >= {t}"),
                    format!("{column} shares at least {t}"),
                )
            }));
        }
        other => return Err(format!("the kind {other} takes two columns")),
    }
    Ok((null, all))
}

fn levels_of_two(compare: &Compare, columns: &[String]) -> Result<(String, Vec<Draft>), String> {
    let (a, b) = (&columns[0], &columns[1]);
    let draft = |sql: String, label: String| Draft { sql, label, frequency: None };
    let null = format!("\"{a}_l\" IS NULL OR \"{a}_r\" IS NULL OR \"{b}_l\" IS NULL OR \"{b}_r\" IS NULL");
    if compare.kind == "forename_surname" {
        let like = |c: &str, t: f64| format!("jaro_winkler_similarity(\"{c}_l\", \"{c}_r\") >= {t}");
        let both =
            |t: f64| draft(format!("{} AND {}", like(a, t), like(b, t)), format!("{a} and {b} alike, {t}"));
        let one = |c: &String| Draft {
            sql: format!("\"{c}_l\" = \"{c}_r\""),
            label: format!("Same {c}"),
            frequency: compare.frequency.unwrap_or(true).then(|| c.clone()),
        };
        return Ok((
            null,
            vec![
                draft(
                    format!("\"{a}_l\" = \"{a}_r\" AND \"{b}_l\" = \"{b}_r\""),
                    format!("Same {a} and {b}"),
                ),
                draft(
                    format!("\"{a}_l\" = \"{b}_r\" AND \"{b}_l\" = \"{a}_r\""),
                    format!("{a} and {b} swapped"),
                ),
                both(0.92),
                both(0.88),
                one(b),
                one(a),
            ],
        ));
    }
    // Great-circle distance on a sphere of 6,371 km.
    let thresholds = compare.thresholds.clone().unwrap_or_else(|| vec![1.0, 10.0]);
    let distance = format!(
        "2 * 6371 * asin(least(1, sqrt(power(sin(radians((\"{a}_r\" - \"{a}_l\") / 2)), 2) + cos(radians(\"{a}_l\")) * \
         cos(radians(\"{a}_r\")) * power(sin(radians((\"{b}_r\" - \"{b}_l\") / 2)), 2))))"
    );
    Ok((
        null,
        thresholds.iter().map(|t| draft(format!("{distance} <= {t}"), format!("within {t} km"))).collect(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_becomes_conditions_that_are_understood() {
        for kind in KINDS {
            let columns = if ["forename_surname", "distance_km"].contains(kind) {
                "columns = [\"a\", \"b\"]"
            } else {
                "column = \"a\""
            };
            let text =
                format!("blocking = [\"a, substr(b,1,2)\"]\n[[compare]]\n{columns}\nas = \"{kind}\"\n");
            let settings = settings(&text).unwrap_or_else(|e| panic!("{kind}: {e}"));
            assert!(settings.comparisons[0].levels[0].is_null);
            assert_eq!(
                settings.rules[0].sql,
                "l.\"a\" = r.\"a\" AND substr(l.\"b\",1,2) = substr(r.\"b\",1,2)"
            );
            assert_eq!(
                Settings::from_json(&settings.to_json()).as_ref(),
                Ok(&settings),
                "{kind} survives as JSON"
            );
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let text =
            "link = \"merge\"\nblocking = [\"soundex(a)\"]\n[[compare]]\ncolumn = \"a\"\nas = \"nmae\"\n";
        let faults = settings(text).expect_err("three mistakes").0;
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[1].contains("soundex"));
        assert!(faults[2].contains("did you mean name?"));
    }

    #[test]
    fn a_rule_is_turned_by_its_words_not_by_its_letters() {
        for (short, sql) in [
            ("nullif(name, 'name')", "nullif(l.\"name\", 'name') = nullif(r.\"name\", 'name')"),
            ("\"first name\", dob", "l.\"first name\" = r.\"first name\" AND l.\"dob\" = r.\"dob\""),
            ("lower(lower)", "lower(l.\"lower\") = lower(r.\"lower\")"),
            ("dob, dob_year", "l.\"dob\" = r.\"dob\" AND l.\"dob_year\" = r.\"dob_year\""),
            (
                "regexp_extract(x, '^[^,]*')",
                "regexp_extract(l.\"x\", '^[^,]*') = regexp_extract(r.\"x\", '^[^,]*')",
            ),
        ] {
            assert_eq!(blocking(short).as_deref(), Ok(sql));
        }
        assert!(
            blocking("surname,").is_err() && blocking("'dob'").is_err() && blocking("substr(dob").is_err()
        );
    }

    #[test]
    fn thresholds_that_could_not_hold_are_refused() {
        let of = |rest: &str| settings(&format!("blocking = [\"a\"]\n[[compare]]\n{rest}\n"));
        for (text, told) in [
            ("column = \"a\"\nas = \"name\"\nthresholds = [0.7, 0.9]", "falling"),
            ("column = \"a\"\nas = \"phone\"\nthresholds = [2, 1]", "rising"),
            ("column = \"a\"\nas = \"name\"\nthresholds = [92]", "92 is not possible"),
            ("column = \"a\"\nas = \"levenshtein\"\nthresholds = [nan]", "not possible"),
            ("column = \"a\"\nas = \"exact\"\nthresholds = [1]", "takes no thresholds"),
            ("column = \"a\"\nas = \"postcode\"\nthresholds = [1]", "takes no thresholds"),
            ("columns = [\"a\", \"b\"]\nas = \"distance_km\"\nfrequency = true", "frequency"),
        ] {
            let errors = of(text).expect_err(text).0.join("\n");
            assert!(errors.contains(told), "{text}: {errors}");
        }
    }

    #[test]
    fn values_given_by_hand_are_fixed() {
        let text = "blocking = [\"a\"]\n[[compare]]\ncolumn = \"a\"\nas = \"exact\"\nm = [0.9, 0.1]\nu = [0.01, 0.99]\n";
        let settings = settings(text).expect("a model");
        let level = &settings.comparisons[0].levels[1];
        assert_eq!((level.m, level.u, level.fix_m, level.fix_u), (Some(0.9), Some(0.01), true, true));
    }
}
