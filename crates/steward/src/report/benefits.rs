//! Benefits and money as tables.

use super::{Cell, Document, Table, label, number, percent, plain, pounds, words};
use crate::{
    benefits::{Line, Report, Sum},
    registers::benefits::SORTS,
};

/// The report on benefits.
#[must_use]
pub fn benefits(r: &Report) -> Document {
    let tables = vec![
        lines(r),
        sums("by-item", "By item", "item", "", &r.items),
        sums("by-organisation", "By organisation", "organisation", "", &r.organisations),
        sums(
            "by-element",
            "By principle and other elements",
            "element",
            "A benefit counts at each element that it serves, so the rows do not add up to the whole.",
            &r.elements,
        ),
        sums("by-group", "By who benefits", "", "", &r.groups),
        present(r),
        savings(r),
        years(r),
        areas(r),
        spenders(r),
        pilots(r),
    ];
    let t = &r.total;
    let mut about = format!(
        "Benefits: {}. Measured: {}. At their target: {}. Overdue: {}. Worth after what is taken off for optimism: {} a \
         year, known of {}. Realised so far: {} a year, known of {}. What nobody has measured is not counted as nothing.",
        t.benefits,
        t.measured,
        t.reached,
        t.overdue,
        pounds(Some(t.worth_after)),
        t.valued,
        pounds(Some(t.realised_yearly)),
        t.realised
    );
    let stopped: Vec<_> = r.stopped.iter().filter(|s| s.benefits > 0).map(|s| s.title.as_str()).collect();
    if !stopped.is_empty() {
        about.push_str(&format!(" Left out, because they were stopped: {}.", stopped.join(", ")));
    }
    Document { title: "Benefits".into(), about, tables }
}

fn unit(n: Option<f64>, unit: &str) -> String {
    n.map_or_else(|| "–".into(), |n| format!("{} {unit}", plain(n)).trim_end().to_owned())
}

fn stand(l: &Line) -> String {
    let late = if l.overdue { "Overdue: " } else { "" };
    match l.share {
        Some(s) if s >= 1.0 => "Reached".into(),
        Some(s) => format!("{late}{} of the way", percent(s)),
        None if l.value.is_some() => format!("{late}measured, without a target"),
        None => format!("{late}not measured"),
    }
}

fn lines(r: &Report) -> Table {
    let row = |l: &Line| {
        let taken = l.measured_on.map(|d| format!(" ({d})")).unwrap_or_default();
        vec![
            Cell::link(l.title.clone(), "benefit", &l.code),
            Cell::link(l.item.clone(), "item", &l.item),
            label(SORTS, &l.sort).to_owned().into(),
            l.due.map_or_else(|| "–".to_owned(), |d| d.to_string()).into(),
            format!("{} to {}", unit(l.baseline, ""), unit(l.target, &l.unit)).into(),
            match l.value {
                Some(_) => format!("{}{taken}", unit(l.value, &l.unit)),
                None => "not measured".into(),
            }
            .into(),
            stand(l).into(),
            pounds(l.worth_after).into(),
            pounds(l.realised_yearly).into(),
            pounds(l.variance).into(),
        ]
    };
    Table {
        id: "benefits",
        title: "Benefit by benefit".into(),
        about: "Worth is each year, after what is taken off for optimism. The difference is what was realised less that."
            .into(),
        columns: vec![
            words("Benefit"),
            words("Item"),
            words("Sort"),
            words("Due"),
            words("From, to"),
            words("Latest value"),
            words("How it stands"),
            number("Worth"),
            number("Realised"),
            number("Difference"),
        ],
        rows: r.lines.iter().map(row).collect(),
        none: "No benefit is written down.",
    }
}

fn sums(id: &'static str, title: &str, register: &str, about: &str, all: &[Sum]) -> Table {
    let row = |s: &Sum| {
        let name = if register.is_empty() {
            Cell::text(s.name.clone())
        } else {
            Cell::link(s.name.clone(), register, &s.code)
        };
        vec![
            name,
            s.benefits.to_string().into(),
            format!("{} of {}", s.measured, s.benefits).into(),
            s.reached.to_string().into(),
            s.overdue.to_string().into(),
            pounds((s.valued > 0).then_some(s.worth_after)).into(),
            pounds((s.realised > 0).then_some(s.realised_yearly)).into(),
            pounds(s.variance).into(),
        ]
    };
    Table {
        id,
        title: title.into(),
        about: about.into(),
        columns: vec![
            words("What"),
            number("Benefits"),
            number("Measured"),
            number("Reached"),
            number("Overdue"),
            number("Worth"),
            number("Realised"),
            number("Difference"),
        ],
        rows: all.iter().map(row).collect(),
        none: "No benefit is written down.",
    }
}

fn present(r: &Report) -> Table {
    let rows = r.present.iter().map(|p| {
        let year =
            p.first_year.map_or_else(|| "not known".to_owned(), |y| format!("{y}/{:02}", (y + 1) % 100));
        let from = match (p.costs, p.costs_from) {
            (None, _) => "–",
            (_, "lines") => "Lines of spending",
            (_, "both") => "Lines, and what the item says beyond them",
            _ => "What the item says",
        };
        vec![
            Cell::link(p.title.clone(), "item", &p.item),
            year.into(),
            from.into(),
            pounds(p.costs).into(),
            pounds(p.benefits).into(),
            pounds(p.net).into(),
            pounds(p.stated).into(),
            p.left_out.to_string().into(),
        ]
    });
    Table {
        id: "present-value",
        title: "Present value".into(),
        about: format!(
            "Over {} financial years from the first with spending, discounted at {}% a year (HM Treasury, Green Book). It \
             is given where the years of spending and benefits are known; benefits that cannot be valued or have no day \
             are left out and counted. A benefit and the cost of running count from the day after they are due, and for \
             their part of that first year. What an item is to cost beyond its lines of spending falls in the year in which its \
             work ends.",
            r.horizon, r.discount_rate
        ),
        columns: vec![
            words("Item"),
            words("First year"),
            words("Spending from"),
            number("Spending"),
            number("Benefits"),
            number("Net"),
            number("Net, by its business case"),
            number("Benefits left out"),
        ],
        rows: rows.collect(),
        none: "No item has spending or benefits.",
    }
}

fn savings(r: &Report) -> Table {
    let rows = r.savings.iter().map(|s| {
        vec![
            Cell::link(s.name.clone(), "organisation", &s.organisation),
            pounds(Some(s.possible)).into(),
            pounds(Some(s.agreed)).into(),
            pounds(Some(s.realised)).into(),
            pounds(Some(s.once)).into(),
            pounds((s.said > 0).then_some(s.by_sharing)).into(),
            format!("{} of {}", s.said, s.taken_up).into(),
        ]
    });
    Table {
        id: "savings",
        title: "Savings by participant".into(),
        about: "Each year. By sharing: what an organisation says it saves by shared items that it takes up."
            .into(),
        columns: vec![
            words("Organisation"),
            number("Possible"),
            number("Agreed"),
            number("Realised"),
            number("Cost to get it, once"),
            number("By sharing"),
            number("Said of items taken up"),
        ],
        rows: rows.collect(),
        none: "No saving is written down.",
    }
}

fn years(r: &Report) -> Table {
    let s = &r.spending;
    let rows = s.years.iter().map(|y| {
        let days = if y.said == 0 { "not known".to_owned() } else { plain(y.outside_days) };
        vec![
            format!("{}/{:02}", y.year, (y.year + 1) % 100).into(),
            pounds(Some(y.run)).into(),
            pounds(Some(y.change)).into(),
            days.into(),
            format!("{} of {}", y.said, y.lines).into(),
        ]
    });
    Table {
        id: "spending-by-year",
        title: "Spending by year".into(),
        about: format!(
            "{} in the five financial years from the first. Funding: {} asked, {} granted.",
            pounds(Some(s.five_years)),
            pounds(Some(s.asked)),
            pounds(Some(s.granted))
        ),
        columns: vec![
            words("Financial year"),
            number("Run"),
            number("Change"),
            number("Days of outside people"),
            number("Lines that say their days"),
        ],
        rows: rows.collect(),
        none: "No spending is written down.",
    }
}

fn areas(r: &Report) -> Table {
    let of = crate::registers::benefits::COST.field("area");
    let choices = of.and_then(|f| match f.kind {
        crate::register::FieldKind::Choice(all) => Some(all),
        _ => None,
    });
    let rows = r.spending.areas.iter().map(|(area, run, change)| {
        vec![
            label(choices.unwrap_or_default(), area).to_owned().into(),
            pounds(Some(*run)).into(),
            pounds(Some(*change)).into(),
        ]
    });
    Table {
        id: "spending-by-area",
        title: "Spending by area".into(),
        about: String::new(),
        columns: vec![words("Area"), number("Run"), number("Change")],
        rows: rows.collect(),
        none: "No spending is written down.",
    }
}

fn spenders(r: &Report) -> Table {
    let rows = r.spending.organisations.iter().map(|(name, run, change, days)| {
        vec![
            name.clone().into(),
            pounds(Some(*run)).into(),
            pounds(Some(*change)).into(),
            plain(*days).into(),
        ]
    });
    Table {
        id: "spending-by-organisation",
        title: "Spending by organisation".into(),
        about: "With the days of outside people, as far as they were said.".into(),
        columns: vec![
            words("Organisation"),
            number("Run"),
            number("Change"),
            number("Days of outside people"),
        ],
        rows: rows.collect(),
        none: "No spending is written down.",
    }
}

fn pilots(r: &Report) -> Table {
    let rows = r.pilots.iter().map(|p| {
        let state = match (p.over, p.evaluated) {
            (_, true) => "Evaluated",
            (true, false) => "Over, and not evaluated",
            (false, false) => "Under way",
        };
        let verdict = match p.verdict.as_str() {
            "scale" => "Scale up",
            "again" => "Try again with changes",
            "stop" => "Stop",
            _ => "–",
        };
        vec![
            Cell::link(p.title.clone(), "pilot", &p.code),
            state.into(),
            verdict.into(),
            format!("{} of {}", p.measured, p.benefits).into(),
        ]
    });
    Table {
        id: "pilots",
        title: "Evaluation of pilots".into(),
        about: String::new(),
        columns: vec![words("Pilot"), words("State"), words("Verdict"), number("Benefits measured")],
        rows: rows.collect(),
        none: "No pilot is written down.",
    }
}
