//! What a person says to a suggested match, and what that means for the reports that the two records are from.

use crate::{Cause, Shelf, assess::look_again};
use bluelamp_fusion::Answer;
use bluelamp_model::{Id, Result};
use bluelamp_store::Cx;

/// Keeps the answer. Where somebody says that two people are the same, the other reports in which the person appears
/// belong together with this one: their definitions look again, and what was graded is put up for review where the
/// definition wants that.
///
/// # Errors
/// As [`bluelamp_fusion::answer`].
pub fn answer_match(
    cx: &mut Cx<'_>,
    shelf: &Shelf,
    suggestion: Id,
    answer: Answer,
    reason: &str,
) -> Result<()> {
    bluelamp_fusion::answer(cx, suggestion, answer, reason)?;
    if answer != Answer::Same {
        return Ok(());
    }
    // The reports of the record that was held already, with the part that the person has in each.
    let rows = cx.rows(
        "select b.report_id, a.role, b.role from suggestion s
         join report_record a on a.record_id = s.record_id and a.report_id = s.report_id
         join report_record b on b.record_id = s.candidate_id and b.report_id <> s.report_id
         where s.id = $1 order by b.report_id, a.role, b.role",
        &[suggestion.into()],
    )?;
    let mut told = Vec::new();
    for row in rows {
        let (report, here, there): (Id, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if told.contains(&report) {
            continue;
        }
        told.push(report);
        let calls = |role: &str| matches!(role, "reporter" | "victim");
        let cause = if calls(&here) && calls(&there) { Cause::RepeatCall } else { Cause::LinkedIncident };
        let submission = bluelamp_contact::load(cx, report)?;
        look_again(cx, shelf, &submission, cause)?;
    }
    Ok(())
}
