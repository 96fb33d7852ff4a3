//! `bluelamp strategy import-landscape`, `import-archimate` and `export-archimate`: the landscape of applications.

use crate::{
    cli::{Landscape, LandscapeOptions},
    config::Loaded,
    content::Content,
    fail::Fail,
    open::{Open, write_whole},
    say, who,
};
use bluelamp_model::{Faults, Id, authority::action};
use bluelamp_steward::landscape::{self, Inspection, Options, archimate};
use serde_json::json;
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

/// The largest file that is read.
const LARGEST: u64 = 50 * 1024 * 1024;

/// Answers the command.
///
/// # Errors
/// What is wrong in the file, with its places; when it cannot be read or stored.
pub(crate) fn run(loaded: Loaded, what: Landscape) -> Result<(), Fail> {
    match what {
        Landscape::ImportSurvey { file, more } => import(loaded, &file, &more, "survey"),
        Landscape::ImportArchimate { file, more } => import(loaded, &file, &more, "archimate"),
        Landscape::ExportArchimate { to, model, acting } => {
            let open = Open::existing(loaded)?;
            let (name, purpose) = (acting.username.as_deref(), acting.purpose.as_deref());
            let actor = who::actor(&open, name, purpose, action::STRATEGY_VIEW)?;
            let text = match model {
                Some(id) => open.db.read(&actor, move |cx| landscape::model_text(cx, id))?,
                None => {
                    let held = open.db.read(&actor, landscape::landscape)?;
                    let model = archimate::export(
                        &open.content.columns,
                        "Landscape of applications",
                        &held.applications,
                        &held.maturities,
                    );
                    archimate::write(&model)
                }
            };
            write(to, &text)
        }
    }
}

fn write(to: Option<PathBuf>, text: &str) -> Result<(), Fail> {
    match to {
        None => say::out(text),
        Some(path) => {
            write_whole(&path, text.as_bytes())
                .map_err(|e| Fail::Usage(format!("{}: cannot be written: {e}", path.display())))?;
            say::out(format!("{} written.", path.display()))
        }
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>, Fail> {
    let failed = |e: std::io::Error| Fail::Usage(format!("{}: cannot be read: {e}", file.display()));
    let mut all = Vec::new();
    fs::File::open(file).map_err(failed)?.take(LARGEST + 1).read_to_end(&mut all).map_err(failed)?;
    if all.len() as u64 > LARGEST {
        return Err(Fail::Usage(format!("{}: is larger than 50 MB", file.display())));
    }
    Ok(all)
}

fn import(loaded: Loaded, file: &Path, more: &LandscapeOptions, kind: &str) -> Result<(), Fail> {
    let shown = file.display().to_string();
    let own = Some(loaded.config.force_name());
    // A check opens no database, so a sheet is only known by what forces are called.
    let options = Options { file: shown.clone(), force: more.force.clone(), own, ..Options::default() };
    let columns = Content::load(loaded.config.content_dir.as_deref())?.columns;
    let looked = match landscape::inspect(&columns, &options, &bytes(file)?) {
        Ok(looked) => looked,
        Err(Faults(faults)) if more.json => {
            say::json(&json!({ "file": shown, "taken": false, "faults": faults }))?;
            return Err(Fail::Said);
        }
        Err(faults) => return Err(faults.into()),
    };
    if looked.kind() != kind {
        let command = if kind == "survey" { "import-archimate" } else { "import-landscape" };
        let what = if kind == "survey" { "an ArchiMate model" } else { "a survey" };
        return Err(Fail::Usage(format!("{shown}: is {what}: use `bluelamp strategy {command}`")));
    }
    if more.check {
        return told(&looked, more.json, None);
    }
    // A new folder is made: taking up a survey can be the first thing that somebody does.
    let open = Open::new(loaded)?;
    let acting = &more.acting;
    let actor =
        who::actor(&open, acting.username.as_deref(), acting.purpose.as_deref(), action::STRATEGY_IMPORT)?;
    let again = looked.clone();
    let taken = open.db.write(&actor, move |cx| landscape::take(cx, &again))?;
    told(&looked, more.json, Some((taken.survey, &taken.plan)))
}

/// Says what the file holds, and what became of it.
fn told(looked: &Inspection, json: bool, taken: Option<(Id, &landscape::Plan)>) -> Result<(), Fail> {
    let survey = &looked.survey;
    let model = looked.model.as_ref().map(|(_, mapped)| mapped);
    if json {
        return say::json(&json!({
            "file": looked.file, "sha256": looked.sha256, "kind": looked.kind(), "taken": taken.is_some(),
            "survey": taken.map(|(id, _)| id), "rows": survey.rows, "applications": survey.applications.len(),
            "maturities": survey.maturities.len(), "notes": survey.notes, "plan": taken.map(|(_, plan)| plan),
            "mapped": model.map(|m| &m.mapped), "kept": model.map(|m| &m.kept), "canvas": model.map(|m| m.canvas),
        }));
    }
    for note in &survey.notes {
        say::out(format!("note: {note}"))?;
    }
    let (apps, levels) = (survey.applications.len(), survey.maturities.len());
    say::out(format!("{}: {apps} applications, {levels} maturities.", looked.file))?;
    if let Some(mapped) = model {
        let list = |all: &std::collections::BTreeMap<String, usize>| {
            let all: Vec<_> = all.iter().map(|(kind, n)| format!("{n} {kind}")).collect();
            if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
        };
        say::out(format!("Put into the landscape: {}.", list(&mapped.mapped)))?;
        let (views, nodes, connections) = mapped.canvas;
        say::out(format!(
            "Kept with the model: {}; views: {views}, nodes: {nodes}, connections: {connections}.",
            list(&mapped.kept)
        ))?;
    }
    match taken {
        None => say::out("In order; nothing was stored."),
        Some((id, plan)) => {
            for (what, names) in [
                ("Not named any more, and left as they are", &plan.unnamed),
                ("Disposition set by people, and left as it is", &plan.disposition_kept),
            ] {
                if !names.is_empty() {
                    say::out(format!("{what}: {}.", names.join(", ")))?;
                }
            }
            say::out(format!(
                "Taken as {id}: {} new, {} changed, {} as they were.",
                plan.new.len(),
                plan.changed.len(),
                plan.same
            ))
        }
    }
}
