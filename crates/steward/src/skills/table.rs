//! The matrix as a table for a spreadsheet.

use super::Report;
use crate::sheet::{line, number};

/// A line for each role, skill and phase in which it is needed. Gaps that are not known are empty.
#[must_use]
pub fn csv(report: &Report) -> String {
    let mut text = line(&[
        "role",
        "skill",
        "phase",
        "level",
        "posts",
        "shown",
        "supervisor",
        "self",
        "gap",
        "gap_shown",
        "courses",
    ]);
    for cell in &report.cells {
        for p in &cell.phases {
            let Some(level) = p.level else { continue };
            let count = |n: Option<f64>| n.map(number).unwrap_or_default();
            text.push_str(&line(&[
                &cell.role_title,
                &cell.skill_title,
                p.phase,
                &level.to_string(),
                &count(cell.posts),
                &number(p.people.shown),
                &number(p.people.supervisor),
                &number(p.people.own),
                &count(p.gap),
                &count(p.gap_shown),
                &cell.courses.join(" "),
            ]));
        }
    }
    text
}
