//! `bluelamp strategy`: strategies as files. No data folder is opened, and nothing is stored.

use crate::{content, fail::Fail, say};
use bluelamp_model::Faults;
use bluelamp_steward::strategy::{self, Loaded};
use serde_json::json;
use std::{fs, path::PathBuf};

/// Checks strategies, alone and against one another.
///
/// # Errors
/// What is wrong in a file, with its lines.
pub(crate) fn check(paths: &[PathBuf], json: bool) -> Result<(), Fail> {
    let mut files = Vec::new();
    for path in paths {
        let shown = path.display().to_string();
        let text =
            fs::read_to_string(path).map_err(|e| Fail::Usage(format!("{shown}: cannot be read: {e}")))?;
        files.push((shown, text));
    }
    let known: Vec<_> = content::carried_strategies().into_iter().map(|(s, _)| s).collect();
    let (Loaded { strategies, notices }, faults) = match strategy::load(&files, &known) {
        Ok(loaded) => (loaded, Vec::new()),
        Err(Faults(faults)) => (Loaded::default(), faults),
    };
    if json {
        let sound: Vec<_> = strategies
            .iter()
            .map(|(s, _)| json!({ "id": s.id, "version": s.version, "digest": s.digest, "elements": s.elements.len() }))
            .collect();
        say::json(&json!({ "strategies": sound, "faults": faults, "notices": notices }))?;
        return if faults.is_empty() { Ok(()) } else { Err(Fail::Said) };
    }
    for ((shown, _), (s, _)) in files.iter().zip(&strategies) {
        let (elements, ties) = (s.elements.len(), s.adopts.len() + s.crosswalk.len());
        say::out(format!(
            "{shown}: {} {}: {elements} elements, {ties} ties to others: in order",
            s.id, s.version
        ))?;
    }
    for notice in &notices {
        say::out(format!("notice: {notice}"))?;
    }
    Ok(Faults(faults).or(())?)
}
