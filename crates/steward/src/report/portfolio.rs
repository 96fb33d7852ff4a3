//! The portfolio office's view as tables.

use super::{Cell, Document, Table, label, number, plain, pounds, words};
use crate::{
    portfolio_view::View,
    registers::{LEVELS, portfolio::RAID, portfolio::STATUSES},
};

fn choices(field: &str) -> &'static [crate::register::Choice] {
    match RAID.field(field).map(|f| f.kind) {
        Some(crate::register::FieldKind::Choice(all)) => all,
        _ => &[],
    }
}

/// The view of the portfolio.
#[must_use]
pub fn portfolio(v: &View) -> Document {
    let c = &v.carbon;
    #[expect(clippy::cast_possible_truncation, reason = "whole pounds")]
    let cost = v.cost.sum as i64;
    let mut about = format!(
        "{} items, {} without an owner. Carbon: {} tonnes in all, known of {} of {}. Cost, once: {}, known of {} of {}; {} \
         granted.",
        v.items,
        v.without_owner,
        plain(c.sum),
        c.said,
        c.of,
        pounds(Some(cost)),
        v.cost.said,
        v.cost.of,
        pounds(Some(v.granted))
    );
    if v.stopped > 0 {
        about.push_str(&format!(" Costs and carbon leave out what was stopped: {}.", v.stopped));
    }
    let tables = vec![stages(v), risks(v), programmes(v), across(v), shared(v), funded(v), levels(v)];
    Document { title: "Portfolio".into(), about, tables }
}

fn stages(v: &View) -> Table {
    let mut columns = vec![words("Stage"), number("Items")];
    columns.extend(STATUSES.iter().map(|(_, label)| number(label)));
    columns.push(number("Not stated"));
    let rows = v.stages.iter().map(|s| {
        let count = |code: &str| Cell::text(s.statuses.get(code).copied().unwrap_or(0).to_string());
        let mut row = vec![Cell::text(s.label.clone()), s.items.to_string().into()];
        row.extend(STATUSES.iter().map(|(code, _)| count(code)));
        row.push(count(""));
        row
    });
    Table {
        id: "stages",
        title: "Items by stage and status".into(),
        about: String::new(),
        columns,
        rows: rows.collect(),
        none: "",
    }
}

fn risks(v: &View) -> Table {
    let rows = v.risks.above.iter().map(|a| {
        let bound = a.bound.map_or_else(|| "no bound set".to_owned(), |b| b.to_string());
        vec![
            Cell::link(a.title.clone(), "raid", &a.code),
            label(choices("kind"), &a.kind).to_owned().into(),
            Cell::link(a.item.clone(), "item", &a.item),
            label(choices("area"), &a.area).to_owned().into(),
            a.exposure.to_string().into(),
            bound.into(),
            a.owner.clone().into(),
            if a.late { "Overdue" } else { "" }.into(),
        ]
    });
    Table {
        id: "above-appetite",
        title: "Risks and issues above the appetite".into(),
        about: format!(
            "{} of {} open ones. Not judged, and so neither above nor below: {}.",
            v.risks.above.len(),
            v.risks.open,
            v.risks.not_judged
        ),
        columns: vec![
            words("What"),
            words("Kind"),
            words("Item"),
            words("Area"),
            number("Exposure"),
            number("Tolerated"),
            words("Owner"),
            words("Look again"),
        ],
        rows: rows.collect(),
        none: "Nothing that was judged stands above the appetite.",
    }
}

fn programmes(v: &View) -> Table {
    let rows = v.programmes.iter().map(|p| {
        vec![
            Cell::link(p.title.clone(), "item", &p.code),
            p.items.to_string().into(),
            p.in_trouble.to_string().into(),
            p.above.to_string().into(),
            p.across.len().to_string().into(),
        ]
    });
    Table {
        id: "programmes",
        title: "Across programmes".into(),
        about: String::new(),
        columns: vec![
            words("Programme"),
            number("Items"),
            number("At risk or off track"),
            number("Risks above the appetite"),
            number("Dependencies that cross its border"),
        ],
        rows: rows.collect(),
        none: "There is no programme.",
    }
}

fn across(v: &View) -> Table {
    let rows = v.programmes.iter().flat_map(|p| {
        p.across.iter().map(|a| {
            let other = if a.programme.is_empty() { "none".to_owned() } else { a.programme.clone() };
            vec![
                Cell::link(a.title.clone(), "dependency", &a.code),
                Cell::link(p.title.clone(), "item", &p.code),
                Cell::link(a.item.clone(), "item", &a.item),
                Cell::link(a.needs.clone(), "item", &a.needs),
                Cell::link(other, "item", &a.programme),
                a.owner.clone().into(),
            ]
        })
    });
    Table {
        id: "across",
        title: "Dependencies that cross the border of a programme".into(),
        about: "Each stands once for each programme that it touches.".into(),
        columns: vec![
            words("What is needed"),
            words("Seen from"),
            words("Waits"),
            words("Waits for"),
            words("Other programme"),
            words("Owner"),
        ],
        rows: rows.collect(),
        none: "No dependency crosses the border of a programme.",
    }
}

fn shared(v: &View) -> Table {
    let spoken = |code: &str| match code {
        "adopt" => "takes it up",
        "adapt" => "takes it up with changes",
        "defer" => "later",
        "decline" => "does not take it up",
        _ => "has not decided",
    };
    let rows = v.shared.iter().map(|s| {
        let decisions: Vec<_> = s.decisions.iter().map(|(o, d)| format!("{o}: {}", spoken(d))).collect();
        let open = s.decisions.iter().filter(|(_, d)| d.is_empty()).count();
        vec![
            Cell::link(s.title.clone(), "item", &s.code),
            decisions.join("; ").into(),
            open.to_string().into(),
        ]
    });
    Table {
        id: "shared",
        title: "Shared items".into(),
        about: "Each organisation decides for itself.".into(),
        columns: vec![words("Item"), words("Decisions"), number("Not decided")],
        rows: rows.collect(),
        none: "No item is shared.",
    }
}

fn funded(v: &View) -> Table {
    let rows = v.funded.iter().map(|f| {
        vec![
            Cell::link(f.title.clone(), "item", &f.item),
            pounds(Some(f.cost)).into(),
            pounds(Some(f.granted)).into(),
            pounds(Some(f.spent)).into(),
            pounds(Some(f.missing)).into(),
            pounds((f.over > 0).then_some(f.over)).replace("not known", "–").into(),
        ]
    });
    Table {
        id: "funding",
        title: "Funding against cost".into(),
        about: "Granted is what was granted for the item alone: a bid for several is not cut up by guess."
            .into(),
        columns: vec![
            words("Item"),
            number("Cost, once"),
            number("Granted"),
            number("Spent on change"),
            number("Not granted yet"),
            number("Spent beyond its cost"),
        ],
        rows: rows.collect(),
        none: "No item says what it costs.",
    }
}

fn levels(v: &View) -> Table {
    let rows = v.levels.iter().map(|(code, n)| {
        let name = if code.is_empty() { "Not stated" } else { label(LEVELS, code) };
        vec![name.to_owned().into(), n.to_string().into()]
    });
    Table {
        id: "levels",
        title: "Who leads the delivery".into(),
        about: format!("Of those with a level, somebody was asked about {}.", v.level_consulted),
        columns: vec![words("Level"), number("Items")],
        rows: rows.collect(),
        none: "There is no item.",
    }
}
