//! Boards: bodies with their meetings, agendas and papers, what was decided, endorsed or noted and what members said,
//! minutes and actions; and who has delegated what to whom.
//!
//! Every paper goes to the Chief Officer Group before any other board, unless the Deputy Chief Constable has waived that
//! with a reason.

mod agenda;
mod bodies;
mod calendar;
mod meetings;

pub use agenda::{
    Comment, Cover, Item, NewItem, Outcome, PaperView, Route, Wanted, add_item, comment, decide_item,
    view_paper, waive_paper,
};
pub use bodies::{
    Body, BodyChange, BodyKind, Delegation, NewDelegation, add_body, add_delegation, bodies, change_body,
    delegations,
};
pub use calendar::icalendar;
pub use meetings::{
    Action, Meeting, MeetingState, MeetingView, MinutesState, NewAction, NewMeeting, actions, add_action,
    add_meeting, confirm_minutes, finish_action, meetings, set_meeting, view_meeting, write_minutes,
};

use bluelamp_model::{Error, FieldError, Result};

/// What is wrong with a field, if anything is.
fn required(field: &str, text: &str, message: &str) -> Option<FieldError> {
    if text.trim().is_empty() {
        return Some(FieldError { field: field.into(), code: "required".into(), message: message.into() });
    }
    crate::decision::unfit(field, text, crate::decision::SHORT)
}

/// As [`required`], for a field that may be long.
fn long(field: &str, text: &str) -> Option<FieldError> {
    crate::decision::unfit(field, text, crate::decision::LONG)
}

/// As [`required`], for a field of one line that may be empty.
fn short(field: &str, text: &str) -> Option<FieldError> {
    crate::decision::unfit(field, text, crate::decision::SHORT)
}

fn fit(wrong: impl IntoIterator<Item = Option<FieldError>>) -> Result<()> {
    let wrong: Vec<_> = wrong.into_iter().flatten().collect();
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}
