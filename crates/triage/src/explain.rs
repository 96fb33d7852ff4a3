//! Plain sentences for what became of the rules.

use crate::{Grade, Held, Outcome, Rule};
use serde_json::Value;
use std::fmt::Write;

/// One sentence about one rule.
pub(crate) fn rule(rule: &Rule, outcome: &Outcome) -> String {
    let mut out = String::with_capacity(96);
    let opening = match outcome {
        Outcome::Fired { .. } => "Proposes",
        Outcome::NotFired { .. } => "Does not propose",
        Outcome::Undetermined { .. } => "Could propose",
    };
    put(&mut out, &[opening, " ", &rule.grade.name, ": ", &rule.reason]);
    match outcome {
        Outcome::Fired { because } => {
            joined(&mut out, " (", because, value);
            out.push_str(").");
        }
        Outcome::NotFired { failed } => {
            joined(&mut out, ", because ", failed, |out, held| {
                value(out, held);
                if !held.value.is_boolean() {
                    put(out, &[" and not ", &held.test]);
                }
            });
            out.push('.');
        }
        Outcome::Undetermined { needs } => {
            joined(&mut out, ". Needs: ", needs, |out, need| {
                put(out, &[&need.fact, " (", need.state.spoken(), ")"]);
            });
            out.push('.');
        }
    }
    out
}

/// One sentence about the whole.
pub(crate) fn summary(floor: Option<&Grade>, ceiling: Option<&Grade>, questions: usize) -> String {
    let ask = if questions == 1 { "1 question".to_owned() } else { format!("{questions} questions") };
    match (floor, ceiling) {
        (Some(floor), Some(ceiling)) if floor == ceiling => {
            format!("{}; no missing fact can raise it.", floor.name)
        }
        (Some(floor), Some(ceiling)) => {
            format!("At least {}, up to {}; {ask} open.", floor.name, ceiling.name)
        }
        (None, Some(ceiling)) => format!("No grade yet, up to {}; {ask} open.", ceiling.name),
        (_, None) => {
            "No grade: no rule speaks to these facts. A person must grade without a proposal.".into()
        }
    }
}

fn value(out: &mut String, held: &Held) {
    put(out, &[&held.fact, " is "]);
    match &held.value {
        Value::Bool(true) => out.push_str("yes"),
        Value::Bool(false) => out.push_str("no"),
        Value::String(text) => put(out, &["\"", text, "\""]),
        // Writing to a string cannot fail.
        other => drop(write!(out, "{other}")),
    }
}

fn put(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}

fn joined<T>(out: &mut String, opening: &str, items: &[T], each: impl Fn(&mut String, &T)) {
    for (n, item) in items.iter().enumerate() {
        out.push_str(if n == 0 { opening } else { ", " });
        each(out, item);
    }
}
