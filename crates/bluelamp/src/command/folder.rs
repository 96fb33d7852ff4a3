//! The data folder as a whole: copied, put back, looked over.

use crate::{
    config::Loaded,
    content::Content,
    fail::Fail,
    open::{self, Open},
    say,
};
use bluelamp_model::Time;
use serde_json::json;
use std::{path::Path, sync::Arc};

pub(crate) fn backup(loaded: Loaded, to: &Path) -> Result<(), Fail> {
    let open = Open::existing(loaded)?;
    say::out(bluelamp_store::backup(&open.db, to)?)
}

pub(crate) fn restore(loaded: &Loaded, from: &Path) -> Result<(), Fail> {
    let content = Content::load(loaded.config.content_dir.as_deref())?;
    let config = open::store(loaded, &content, Arc::new(Time::now));
    say::out(bluelamp_store::restore(from, &config)?)
}

pub(crate) fn doctor(loaded: Loaded, in_json: bool) -> Result<(), Fail> {
    let open = Open::existing(loaded)?;
    let key = open.key()?;
    let findings = bluelamp_store::doctor(&open.db, &key);
    let ok = findings.iter().all(|finding| finding.ok);
    if in_json {
        say::json(&json!({ "ok": ok, "findings": findings }))?;
    } else {
        for finding in &findings {
            say::out(finding.line())?;
        }
    }
    if ok { Ok(()) } else { Err(Fail::Rejected) }
}
