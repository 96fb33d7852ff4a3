//! Corrections that follow the data: one notice for each recipient, sent and acknowledged.

use super::{
    desk::{apart, id_of},
    review::Outcome,
    rules::Rules,
};
use bluelamp_model::{
    Day, Decider, Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Somebody who received data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The organisation.
    pub name: String,
    /// What it received, in words that name no person.
    pub received: String,
    /// On which day, such as 2026-11-22.
    pub on: String,
}

impl Recipient {
    /// What is missing or wrong, on a day.
    pub(super) fn problems(&self, today: &str) -> Vec<&'static str> {
        let mut found = Vec::new();
        if self.name.trim().is_empty() {
            found.push("say who received it");
        }
        if self.received.trim().is_empty() {
            found.push("say what was received");
        }
        match self.on.trim().parse::<Day>() {
            Err(_) => found.push("say on which day, like 2026-11-22"),
            Ok(day) if day.to_string().as_str() > today => {
                found.push("say on which day it was received: this one is still to come");
            }
            Ok(_) => {}
        }
        let long = |text: &str, most| text.chars().count() > most || text.contains('\0');
        if long(&self.name, 200) || long(&self.received, 1_000) {
            found.push("use fewer characters, and only such as can be shown");
        }
        found
    }
}

/// A notice to a recipient.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notice {
    /// Its id.
    pub id: Id,
    /// Whether to correct or to erase.
    pub outcome: Outcome,
    /// Who received what, and when.
    pub recipient: Recipient,
    /// By when the recipient has said that it was done.
    pub due_at: Time,
    /// When it was sent.
    pub sent_at: Option<Time>,
    /// When the recipient said that it was done.
    pub acknowledged_at: Option<Time>,
}

/// Makes a notice: it waits to be sent.
pub(super) fn make(
    cx: &mut Cx<'_>,
    rules: &Rules,
    complaint: Id,
    outcome: Outcome,
    recipient: &Recipient,
) -> Result<()> {
    let (id, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into correction_notice (id, complaint_id, outcome, recipient, received, received_on, made_at, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            complaint.into(),
            outcome.code().into(),
            recipient.name.trim().into(),
            recipient.received.trim().into(),
            recipient.on.trim().into(),
            now.into(),
            rules.ends(&rules.notice, now).into(),
        ],
    )?;
    Ok(())
}

pub(super) fn notices(cx: &mut Cx<'_>, complaint: Id) -> Result<Vec<Notice>> {
    let rows = cx.rows(
        "select id, outcome, recipient, received, received_on, due_at, sent_at, acknowledged_at from correction_notice
         where complaint_id = $1 order by made_at, id",
        &[complaint.into()],
    )?;
    let notice = |r: &bluelamp_store::Row| {
        Ok(Notice {
            id: r.get(0)?,
            outcome: Outcome::of_code(&r.get::<String>(1)?)
                .ok_or_else(|| Error::Bug("a stored notice has no outcome".into()))?,
            recipient: Recipient { name: r.get(2)?, received: r.get(3)?, on: r.get(4)? },
            due_at: r.get(5)?,
            sent_at: r.get(6)?,
            acknowledged_at: r.get(7)?,
        })
    };
    rows.iter().map(notice).collect()
}

/// Notes that a notice was sent to its recipient. `known` are those of whom other rooms know that they had a part in what
/// is complained about.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for who had a part in it; [`Error::Conflict`] where that was noted before; [`Error::NotFound`].
pub fn notice_sent(cx: &mut Cx<'_>, reference: &str, notice: Id, known: &[Id]) -> Result<()> {
    mark(
        cx,
        (reference, notice),
        known,
        "sent",
        "update correction_notice set sent_at = $1, sent_by = $2
         where id = $3 and complaint_id = $4 and sent_at is null",
    )
}

/// Notes that the recipient said that it was done. `known` as in [`notice_sent`].
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for who had a part in it; [`Error::Conflict`] before it was sent, or where that was noted before; [`Error::NotFound`].
pub fn notice_acknowledged(cx: &mut Cx<'_>, reference: &str, notice: Id, known: &[Id]) -> Result<()> {
    mark(
        cx,
        (reference, notice),
        known,
        "acknowledged",
        "update correction_notice set acknowledged_at = $1, acknowledged_by = $2
         where id = $3 and complaint_id = $4 and sent_at is not null and acknowledged_at is null",
    )
}

fn mark(cx: &mut Cx<'_>, (reference, notice): (&str, Id), known: &[Id], what: &str, sql: &str) -> Result<()> {
    cx.allow(action::COMPLAINT_HANDLE, None)?;
    let by = Decider::of(cx.actor())?;
    let id = id_of(cx, reference)?;
    apart(cx, id, by.id(), known)?;
    let now = cx.now();
    let changed = cx.exec(sql, &[now.into(), by.id().into(), notice.into(), id.into()])?;
    if changed == 0 {
        if !notices(cx, id)?.iter().any(|n| n.id == notice) {
            return Err(Error::NotFound("that notice".into()));
        }
        return Err(Error::Conflict("the notice stands elsewhere already: load the page again".into()));
    }
    cx.record(Verb::Disclose, "correction-notice", Some(notice), json!({ "what": what, "complaint": id }))
}
