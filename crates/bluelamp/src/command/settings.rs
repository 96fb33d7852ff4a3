//! The configuration and the files that the service works with, looked at without serving.

use crate::{
    cli::ConfigCommand,
    config::{Given, KEYS, Loaded},
    content::{self, Content},
    fail::Fail,
    say,
};
use bluelamp_model::{Error, Faults};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// `loaded` is the configuration, or everything that is wrong with it.
pub(crate) fn run(loaded: Result<Loaded, Faults>, what: ConfigCommand) -> Result<(), Fail> {
    match what {
        ConfigCommand::Check => check(loaded),
        ConfigCommand::Print { json } => print(&loaded?, json),
        ConfigCommand::Unpack { to } => unpack(&to),
    }
}

fn check(loaded: Result<Loaded, Faults>) -> Result<(), Fail> {
    // A mistake in the configuration must not hide those in the content.
    let folder = match &loaded {
        Ok(loaded) => loaded.config.content_dir.clone(),
        Err(_) => None,
    };
    let content = Content::load(folder.as_deref());
    let (loaded, content) = match (loaded, content) {
        (Ok(loaded), Ok(content)) => (loaded, content),
        (loaded, content) => {
            let faults = [loaded.err(), content.err()].into_iter().flatten().flat_map(|f| f.0).collect();
            return Err(Fail::Data(Faults(faults)));
        }
    };
    for notice in &content.notices {
        say::err(format!("notice: {notice}"));
    }
    let file = loaded.file.map_or_else(|| "No configuration file".into(), |f| f.display().to_string());
    let from = folder.map_or_else(|| "the files that the binary carries".into(), |f| f.display().to_string());
    say::out(format!(
        "{file}: in order.\n{from}: {} forms, {} definitions, {} sets of indicators, {} strategies, {} code lists, {} roles, {} rules, {} pages: in order.",
        content.forms.len(),
        content.definitions.len(),
        content.indicators.len(),
        content.strategies.len(),
        content.codes.len(),
        content.policy.roles.len(),
        content.policy.rules.len(),
        content.pages.len()
    ))
}

fn print(loaded: &Loaded, in_json: bool) -> Result<(), Fail> {
    let values: Vec<(&str, Value, &Given)> = KEYS
        .iter()
        .map(|key| {
            let value = (key.show)(&loaded.config);
            let hidden = key.secret && !value.is_null();
            let given = loaded.given.get(key.name).unwrap_or(&Given::Default);
            (key.name, if hidden { json!("(not shown)") } else { value }, given)
        })
        .collect();
    if in_json {
        let all: Vec<_> = values
            .iter()
            .map(|(key, value, given)| json!({ "key": key, "value": value, "source": given.to_string() }))
            .collect();
        return say::json(&all);
    }
    let wide = KEYS.iter().map(|key| key.name.len()).max().unwrap_or(0);
    for (key, value, given) in values {
        let value = if value.is_null() { "(not set)".to_owned() } else { value.to_string() };
        say::out(format!("{key:wide$} = {value}  ({given})"))?;
    }
    Ok(())
}

fn unpack(to: &Path) -> Result<(), Fail> {
    if to.exists() {
        return Err(Fail::Usage(format!("{} is there already: name a new folder", to.display())));
    }
    let failed = |e: std::io::Error| Error::Unavailable(format!("{} cannot be written: {e}", to.display()));
    for (path, text) in content::changeable() {
        let file = to.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&file, text).map_err(failed)?;
    }
    say::out(format!(
        "{}: change what you like, set content_dir to it, and run `bluelamp config check`.",
        to.display()
    ))
}
