//! Loading records of another source.

use crate::{
    cli::{Import, ImportOptions},
    config::Loaded,
    fail::Fail,
    open::Open,
    say, who,
};
use bluelamp_fusion::{Codes, Imported, import_people, import_police_uk};
use bluelamp_model::authority::{Actor, action};
use serde_json::json;
use std::{
    io::{self, IsTerminal, Write},
    path::Path,
    time::Instant,
};

pub(crate) fn run(loaded: Loaded, what: Import) -> Result<(), Fail> {
    // A new folder is made: loading records can be the first thing that somebody does.
    let open = Open::new(loaded)?;
    match what {
        Import::PoliceUk { file, more } => {
            let codes = Codes {
                categories: open.content.list("police-uk-crime-category")?,
                outcomes: open.content.list("police-uk-outcome")?,
            };
            let organisation = &open.loaded.config.organisation;
            load(&open, &file, &more, |actor, progress| {
                import_police_uk(&open.db, actor, organisation, &codes, &file, progress)
            })
        }
        Import::People { file, system, more } => {
            let name = || file.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
            let system = system.clone().unwrap_or_else(name);
            let organisation = &open.loaded.config.organisation;
            load(&open, &file, &more, |actor, progress| {
                import_people(&open.db, actor, organisation, &system, &file, progress)
            })
        }
    }
}

fn load(
    open: &Open,
    file: &Path,
    more: &ImportOptions,
    import: impl FnOnce(&Actor, &mut dyn FnMut(u64)) -> Result<Imported, bluelamp_model::Faults>,
) -> Result<(), Fail> {
    let acting = &more.acting;
    let actor =
        who::actor(open, acting.username.as_deref(), acting.purpose.as_deref(), action::SOURCE_IMPORT)?;
    let began = Instant::now();
    let mut rows = 0;
    let shown = !more.json && io::stderr().is_terminal();
    let imported = import(&actor, &mut |n| {
        rows = n;
        if shown {
            let _ = write!(io::stderr(), "\r{n} rows read"); // only for the eye
        }
    });
    if shown {
        let _ = write!(io::stderr(), "\r"); // the next line begins where this one began
    }
    let imported = imported?;
    let seconds = began.elapsed().as_secs_f64();
    if more.json {
        return say::json(&json!({
            "file": file, "source": imported.source, "sha256": imported.digest, "rows": rows,
            "records": imported.records, "seconds": (seconds * 1000.0).round() / 1000.0,
        }));
    }
    say::out(format!(
        "{}: {rows} rows loaded as {} records in {seconds:.1} s.\nSource {}, SHA-256 {}.",
        file.display(),
        imported.records,
        imported.source,
        imported.digest
    ))
}
