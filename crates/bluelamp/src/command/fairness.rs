//! `bluelamp fairness`: rates by group of a scored file. No data folder is opened, and nothing is stored.

use crate::{
    cli::{Fairness, FairnessFormat},
    fail::Fail,
    say,
};
use bluelamp_model::Error;
use bluelamp_steward::fairness::{Bootstrap, Bounds, Columns, Compare, Reference, csv, html, read, report};
use std::{collections::BTreeMap, fs, io::Read};

/// Answers the command.
///
/// # Errors
/// What is wrong in the file, with its lines and columns; what is wrong in the question.
pub(crate) fn run(asked: Fairness) -> Result<(), Fail> {
    let shown = asked.file.display().to_string();
    let mut bytes = Vec::new();
    if asked.file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = fs::read(&asked.file).map_err(|e| Fail::Usage(format!("{shown}: cannot be read: {e}")))?;
    }
    let bootstrap =
        (asked.resamples > 0).then_some(Bootstrap { resamples: asked.resamples, seed: asked.seed });
    let how = Compare {
        reference: reference(&asked.reference)?,
        pairs: asked.pairs,
        bootstrap,
        bounds: Bounds { low: asked.low, high: asked.high, set_on: asked.set_on },
    };
    let columns = Columns {
        groups: asked.group,
        outcome: asked.label,
        predicted: asked.predicted,
        score: asked.score,
        threshold: asked.threshold,
        weight: asked.weight,
    };
    let scored = read(&shown, &bytes, &columns)?;
    let mut made = report(&scored, &how)?;
    if asked.public {
        made = made.public();
    }
    match asked.format {
        FairnessFormat::Csv => say::out(csv(&made)),
        FairnessFormat::Html => say::out(html(&made)),
        FairnessFormat::Json => {
            say::out(serde_json::to_string_pretty(&made).map_err(|e| Error::Bug(e.to_string()))?)
        }
    }
}

/// What groups are set beside: the largest, the highest in each rate, or named values.
fn reference(said: &[String]) -> Result<Reference, Fail> {
    let mut named = BTreeMap::new();
    match said {
        [] => return Ok(Reference::Majority),
        [one] if one == "majority" => return Ok(Reference::Majority),
        [one] if one == "highest" => return Ok(Reference::Highest),
        _ => {}
    }
    for one in said {
        let (column, value) = one.split_once('=').ok_or_else(|| {
            Fail::Usage(format!(
                "--reference '{one}' should be majority, highest, or a value such as sex=Female"
            ))
        })?;
        if named.insert(column.to_owned(), value.to_owned()).is_some() {
            return Err(Fail::Usage(format!("--reference names a value of '{column}' twice")));
        }
    }
    Ok(Reference::Named(named))
}
