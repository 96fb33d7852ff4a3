//! Who had which hand in a report. The page asks here what to offer, and the machine what to refuse.

use super::{office::Post, standing::What};
use bluelamp_model::Id;

/// Everybody's hands in a report, at any time: also before it was taken back from the officers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hands {
    /// Who wrote it.
    pub(crate) author: Id,
    /// Everybody who wrote a version of it.
    pub(crate) writers: Vec<Id>,
    /// Everybody who settled what of it is published, marked what is redacted or sent a redacted copy.
    pub(crate) redactors: Vec<Id>,
    /// Every step that was taken.
    pub(crate) steps: Vec<(What, Id)>,
}

/// The steps of the force.
const OF_THE_FORCE: &[What] = &[What::CheckFinance, What::Approve, What::Waive];
/// The officers' steps.
const OF_OFFICERS: &[What] =
    &[What::SignExecutive, What::SignTreasurer, What::SignRedactionExecutive, What::SignRedactionTreasurer];

impl Hands {
    /// Why a step is shut to a person by what they did with the report before; nothing where it is open to them. Who
    /// writes, checks, approves, signs for either office and decides are six people, and who signs that the redaction was
    /// carried out did not carry it out.
    #[must_use]
    pub(crate) fn shut(&self, what: What, person: Id) -> Option<String> {
        let deed = match (what, what.post()) {
            (What::Submit, _) => {
                return (person != self.author)
                    .then(|| "a report is put before the Chief Officer Group by its author".into());
            }
            (_, Post::Author) => return None,
            (_, Post::Finance) => "check its figures",
            (_, Post::ChiefOfficers) => "approve it",
            (_, Post::DeputyChief) => "waive its turn",
            (What::SignExecutive | What::SignTreasurer, _) => "sign it",
            (_, Post::Executive | Post::Treasurer) => "sign its redaction",
            (_, Post::Commissioner) => "decide on it",
        };
        if person == self.author {
            return Some(format!("the author of a report cannot {deed}: somebody else has to"));
        }
        if self.writers.contains(&person) {
            return Some(format!(
                "you wrote a version of this report, and like the author you cannot {deed}: somebody else has to"
            ));
        }
        let redaction = matches!(what, What::SignRedactionExecutive | What::SignRedactionTreasurer);
        if redaction && self.redactors.contains(&person) {
            return Some(format!(
                "you had a hand in what of this report is published, and cannot {deed}: somebody else has to"
            ));
        }
        // An office signs again after a report was taken back from it; nobody signs for the other one as well.
        let bars = |step: What| {
            OF_THE_FORCE.contains(&step) || OF_OFFICERS.contains(&step) && step.post() != what.post()
        };
        let barred = self.steps.iter().find(|(step, by)| *by == person && bars(*step));
        barred.map(|(step, _)| {
            format!(
                "you took the step “{}” of this report and cannot {deed} as well: somebody else has to",
                step.label()
            )
        })
    }
}
