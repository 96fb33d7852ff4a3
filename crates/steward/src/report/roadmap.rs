//! The roadmap as a table.

use super::{Cell, Document, Table, number, words};
use crate::{plan::Plan, roadmap::Span};
use bluelamp_model::Day;

/// The last day of a span, which counts up to the first day after it.
fn last(span: Span) -> Day {
    Day::from_number(span.end.number() - 1).unwrap_or(span.end)
}

fn days(n: i32) -> String {
    if n == 1 { "1 day".into() } else { format!("{n} days") }
}

/// The roadmap with its critical path, and what is in no picture.
#[must_use]
pub fn roadmap(p: &Plan) -> Document {
    let rows = p.roadmap.table();
    let title =
        |code: &str| rows.iter().find(|r| r.id == code).map_or_else(|| code.to_owned(), |r| r.title.clone());
    let path = p.schedule.as_ref().map(|s| s.critical_path.clone()).unwrap_or_default();
    let critical = rows.iter().filter(|r| r.critical).count();
    let line = |code: &str| p.schedule.as_ref().and_then(|s| s.lines.iter().find(|l| l.id == code));
    // Days count up to the first day after.
    let day = |n: i32| Day::from_number(n).map_or_else(|_| "–".to_owned(), |d| d.to_string());
    let mut about = format!(
        "{} items in {} lanes; {critical} of them cannot be put off without moving the end of the whole. Phases have the \
         days of the items that deliver them: the strategies give none.",
        rows.len(),
        p.roadmap.lanes.len()
    );
    if let Some(end) = p.schedule.as_ref().and_then(|s| s.lines.iter().map(|l| l.early_end).max()) {
        about
            .push_str(&format!(" By what items wait for, the whole cannot be done before {}.", day(end - 1)));
    }
    if let Some(why) = &p.unsound {
        about.push_str(" There is no critical path: ");
        about.push_str(why);
        about.push('.');
    }
    let row = |r: &crate::roadmap::Row| {
        let state = match (r.critical, r.past) {
            (true, true) => "Critical; its days are over",
            (true, false) => "Critical",
            (false, true) => "Its days are over",
            (false, false) if p.made_of_parts.contains(&r.id) => "Made of parts, which are drawn themselves",
            (false, false) => "",
        };
        let own = line(&r.id);
        let early = |n: Option<i32>| n.map_or_else(|| "–".to_owned(), day);
        vec![
            Cell::link(r.title.clone(), "item", &r.id),
            r.lane.clone().into(),
            r.phases.join(", ").into(),
            r.span.start.to_string().into(),
            last(r.span).to_string().into(),
            early(own.map(|l| l.early_start)).into(),
            early(own.map(|l| l.early_end - 1)).into(),
            own.map_or_else(|| "–".to_owned(), |l| days(l.too_early)).into(),
            r.baseline.map_or_else(|| "–".to_owned(), |b| last(b).to_string()).into(),
            own.map_or(r.slip, |l| l.end_slip).map_or_else(|| "–".to_owned(), days).into(),
            r.slack
                .map_or_else(
                    || if own.is_none() && p.schedule.is_some() { "–" } else { "not known" }.to_owned(),
                    days,
                )
                .into(),
            state.into(),
        ]
    };
    let items = Table {
        id: "items",
        title: "Items of the roadmap".into(),
        about: "It cannot begin before what it waits for lets it: that is the earliest day, and too early is by how many days the \
                planned one lies before it. Later is by how many days the last day is later than first agreed, as it was or as \
                it is planned; slack is by how many days the item can be put off."
            .into(),
        columns: vec![
            words("Item"),
            words("Ambition or enabler"),
            words("Phases of which it delivers something"),
            words("First day"),
            words("Last day"),
            words("Earliest first day"),
            words("Earliest last day"),
            number("Too early"),
            words("First agreed"),
            number("Later"),
            number("Slack"),
            words("State"),
        ],
        rows: rows.iter().map(row).collect(),
        none: "No item says when it begins and ends.",
    };
    let steps = path.iter().enumerate().map(|(n, code)| {
        let (from, to) =
            line(code).map_or_else(Default::default, |l| (day(l.early_start), day(l.early_end - 1)));
        vec![(n + 1).to_string().into(), Cell::link(title(code), "item", code), from.into(), to.into()]
    });
    let critical = Table {
        id: "critical-path",
        title: "Critical path".into(),
        about: "One chain of items that wait for one another up to the end of the whole.".into(),
        columns: vec![words("Step"), words("Item"), words("Earliest first day"), words("Earliest last day")],
        rows: steps.collect(),
        none: "There is no critical path.",
    };
    let undated = Table {
        id: "undated",
        title: "Items without days".into(),
        about: "They are in no picture.".into(),
        columns: vec![words("Item")],
        rows: p.undated.iter().map(|(code, title)| vec![Cell::link(title.clone(), "item", code)]).collect(),
        none: "Every item says when it begins and ends.",
    };
    let left = p.left_out.iter().map(|code| vec![Cell::link(code.clone(), "dependency", code)]);
    let left = Table {
        id: "left-out",
        title: "Dependencies that were left out".into(),
        about: "One of their two items has no days, or is closed.".into(),
        columns: vec![words("Dependency")],
        rows: left.collect(),
        none: "Every dependency was counted.",
    };
    Document { title: p.roadmap.title.clone(), about, tables: vec![items, critical, undated, left] }
}
