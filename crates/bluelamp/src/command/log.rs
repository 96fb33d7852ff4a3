//! The log, as its keeper and strangers look at it.

use crate::{cli::LogCommand, config::Loaded, fail::Fail, open::Open, say};
use bluelamp_evidence::fingerprint;
use bluelamp_model::Error;
use serde_json::json;

pub(crate) fn run(loaded: Loaded, what: &LogCommand) -> Result<(), Fail> {
    let open = Open::existing(loaded)?;
    let key = open.key()?;
    match what {
        LogCommand::Key => {
            say::err(format!("Its fingerprint: {}", fingerprint(key.verifier())));
            // Alone on standard output, to be kept in a file for `bluelamp verify --key-file`.
            say::out(key.verifier())
        }
        LogCommand::Checkpoint => {
            let note = open.db.checkpoint()?;
            say::out(note.ok_or_else(|| Error::NotFound("a checkpoint: nothing is sealed yet".into()))?)
        }
        LogCommand::Check { json: in_json } => {
            let (entries, wrong) = open.db.check_log(key.verifier())?;
            let (_, waiting) = open.db.seal_counts()?;
            if *in_json {
                say::json(&json!({
                    "ok": wrong.is_empty(), "entries": entries, "unsealed": waiting, "wrong": wrong,
                }))?;
            } else if wrong.is_empty() {
                say::out(format!(
                    "{entries} sealed entries, worked out anew: the log is whole. {waiting} wait to be sealed."
                ))?;
            } else {
                say::out(format!("{entries} sealed entries. The log does NOT hold together:"))?;
                for what in &wrong {
                    say::out(format!("- {what}"))?;
                }
            }
            if wrong.is_empty() { Ok(()) } else { Err(Fail::Rejected) }
        }
    }
}
