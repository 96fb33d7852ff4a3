//! What of a transparency record everybody reads: as it stood when somebody other than its writers let it out, by a step
//! or by publishing its wording. What is written since waits. What is kept back is kept back at once.

use super::dossier::{Dossier, living, read};
use bluelamp_access::algorithm::State;
use bluelamp_model::{
    Decider, Error, Id, Result, Time,
    authority::{Verb, action},
};
use bluelamp_store::Cx;
use serde::Serialize;
use serde_json::json;

/// That the wording of a record was published as it stood.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Release {
    /// When.
    pub at: Time,
    /// By whom, by name.
    pub by: String,
}

impl Dossier {
    /// Until when what was written is public; none where nobody has let anything out.
    #[must_use]
    pub fn released(&self) -> Option<Time> {
        let lets_out = |s: State| !matches!(s, State::Proposed | State::Suspended | State::Retired);
        let steps = self.phases.iter().filter(|p| lets_out(p.state)).map(|p| p.at);
        steps.chain(self.releases.iter().map(|r| r.at)).max()
    }

    /// Whether something was written, or is to be published again, that nobody has let out.
    #[must_use]
    pub fn waits(&self) -> bool {
        let released = self.released();
        let later = |at: Time| released.is_none_or(|until| at > until);
        self.assessments.iter().any(|a| later(a.at))
            || self.lab_reports.iter().any(|r| later(r.at))
            || self.exempted.iter().any(|e| e.reasons.is_empty() && later(e.at))
    }

    /// As everybody reads it.
    #[must_use]
    pub fn as_released(mut self) -> Self {
        let released = self.released();
        let out = |at: Time| released.is_some_and(|until| at <= until);
        self.assessments.retain(|a| out(a.at));
        self.lab_reports.retain(|r| out(r.at));
        // A field that is published again stays kept back until that is let out.
        let mut seen: Vec<&str> = Vec::new();
        let mut still = Vec::new();
        for was in self.exempted.iter().filter(|e| out(e.at)) {
            if seen.contains(&was.field.as_str()) {
                continue;
            }
            seen.push(&was.field);
            if !was.reasons.is_empty() && !self.exemptions.iter().any(|e| e.field == was.field) {
                still.push(was.clone());
            }
        }
        self.exemptions.extend(still);
        self
    }
}

/// Publishes the record as it is worded now: the accountable officer does, where they had no part in it
/// ([`Dossier::part_of`]). `writers` are those who wrote the text of this version, as the room knows them that keeps it.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff, and for who had a part in it;
/// [`Error::Conflict`] where nothing waits, and for what is retired.
pub fn release(cx: &mut Cx<'_>, id: Id, writers: &[Id]) -> Result<()> {
    cx.allow(action::ETHICS_APPROVE, Some(id))?;
    let person = Decider::of(cx.actor())?;
    living(cx, id)?;
    let d = read(cx, id)?;
    if let Some(part) = d.part_of(person.id(), writers) {
        let reason = format!("you have {part}: somebody else has to publish what it says");
        return Err(Error::Forbidden { reason });
    }
    if !d.waits() {
        return Err(Error::Conflict("the record is public as it is worded now".into()));
    }
    let (row, now) = (cx.new_id()?, cx.now());
    cx.exec(
        "insert into ethics_wording (id, algorithm_id, at, by_id) values ($1, $2, $3, $4)",
        &[row.into(), id.into(), now.into(), person.id().into()],
    )?;
    cx.record(Verb::Disclose, "algorithm", Some(id), json!({ "wording": row }))
}
