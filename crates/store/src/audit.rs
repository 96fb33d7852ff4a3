//! Audit entries: what section 62 of the Data Protection Act 2018 asks a competent authority to log.
//!
//! An entry is written in the transaction that it describes. Its event is JSON text, kept as it was first
//! written; only a salted commitment of it enters the Merkle log, so that erasing event and salt leaves the
//! log provable and says nothing about the person.

use crate::{
    engine::{Conn, Failure},
    late::insert_rows,
    value::Value,
};
use bluelamp_model::{
    Error, Id, Result, Time,
    authority::{Actor, Verb, action},
};
use serde::{Deserialize, Serialize};

/// What happened, in the form that is committed to the log. Keys are in alphabetical order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The action that the policy was asked for.
    pub action: String,
    /// The account or token that acted, a pseudonym to everybody without the accounts table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Id>,
    /// public, staff or system.
    pub actor_kind: String,
    /// When.
    pub at: Time,
    /// Counts, digests, codes. Never a name, an answer or any other personal data.
    #[serde(skip_serializing_if = "serde_json::Value::is_null", default)]
    pub detail: serde_json::Value,
    /// The entry's own id.
    pub id: Id,
    /// The thing it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Id>,
    /// What sort of thing it is.
    pub object_kind: String,
    /// The purpose that the actor had chosen.
    pub purpose: String,
    /// The request it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The rule of the policy that allowed it, or refused it.
    pub rule: String,
    /// Format version of this event.
    pub v: u32,
    /// The operation.
    pub verb: Verb,
}

/// An event with the salt that hides it in the log.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    event: Event,
    salt: [u8; 16],
}

/// What a room says when it records something.
pub(crate) struct Note<'a> {
    pub verb: Verb,
    pub action: &'a str,
    pub rule: &'a str,
    pub object_kind: &'a str,
    pub object: Option<Id>,
    pub detail: serde_json::Value,
}

impl Entry {
    pub(crate) fn new(id: Id, salt: [u8; 16], at: Time, actor: &Actor, note: Note<'_>) -> Self {
        let event = Event {
            action: note.action.to_owned(),
            actor: actor.id,
            actor_kind: actor.kind.code().to_owned(),
            at,
            detail: note.detail,
            id,
            object: note.object,
            object_kind: note.object_kind.to_owned(),
            purpose: actor.purpose.clone(),
            request: actor.request.clone(),
            rule: note.rule.to_owned(),
            v: 1,
            verb: note.verb,
        };
        Self { event, salt }
    }
}

impl crate::Cx<'_> {
    /// The latest entries of the log, all of them or those about one thing. Reading the log is logged as well.
    ///
    /// # Errors
    /// Not allowed; database errors.
    pub fn log_entries(&mut self, object: Option<Id>, limit: u32) -> Result<Vec<Event>> {
        self.allow(action::LOG_VIEW, object)?;
        let rows = match object {
            Some(id) => self.rows(
                "select event from audit where object_id = $1 and event is not null order by id desc limit $2",
                &[id.into(), limit.into()],
            )?,
            None => self.rows(
                "select event from audit where event is not null order by id desc limit $1",
                &[limit.into()],
            )?,
        };
        self.record(Verb::Consult, "log", object, serde_json::json!({ "results": rows.len() }))?;
        rows.iter()
            .map(|row| {
                let text: String = row.get(0)?;
                serde_json::from_str(&text)
                    .map_err(|e| Error::Bug(format!("a log entry cannot be read: {e}")))
            })
            .collect()
    }
}

/// Appends entries inside the open transaction.
pub(crate) fn append(conn: &mut Conn, entries: &[Entry]) -> Result<(), Failure> {
    let mut rows = Vec::with_capacity(entries.len());
    for Entry { event, salt } in entries {
        let text = serde_json::to_string(event).map_err(|e| Failure::Other(e.to_string()))?;
        let commitment = bluelamp_ledger::commitment(salt, text.as_bytes());
        rows.push(vec![
            Value::Id(event.id),
            Value::Time(event.at),
            Value::Text(event.verb.code().to_owned()),
            Value::Text(event.action.clone()),
            Value::Text(event.actor_kind.clone()),
            event.actor.into(),
            Value::Text(event.object_kind.clone()),
            event.object.into(),
            Value::Text(text),
            Value::Bytes(salt.to_vec()),
            Value::Bytes(commitment.0.0.to_vec()),
        ]);
    }
    insert_rows(
        conn,
        "insert into audit (id, at, verb, action, actor_kind, actor_id, object_kind, object_id, event, salt, commitment) values",
        rows,
        "",
    )
}
