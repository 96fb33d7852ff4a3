//! A fairness report as a page shows it, for staff and for the public: every figure stands in a table.

use bluelamp_steward::fairness::{Against, Attribute, Figure, Group, Interval, Measure, Report};
use serde::Serialize;

/// What `_fairness.njk` is given.
#[derive(Debug, Default, Serialize)]
pub(crate) struct FairnessView {
    pub about: String,
    pub bounds: String,
    pub public: bool,
    pub notes: Vec<String>,
    pub overall: TableView,
    pub attributes: Vec<AttributeView>,
}

/// Groups by one column, or by two together.
#[derive(Debug, Serialize)]
pub(crate) struct AttributeView {
    pub id: String,
    pub title: String,
    pub coverage: String,
    pub hidden: Option<String>,
    pub parity: Vec<(String, String)>,
    /// The rates that are looked at first.
    pub rates: TableView,
    /// The others.
    pub more: TableView,
    pub against: Option<TableView>,
    pub calibration: Option<TableView>,
}

/// A table.
#[derive(Debug, Default, Serialize)]
pub(crate) struct TableView {
    pub caption: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<CellView>>,
}

/// A cell: what it says, and what stands below that in small.
#[derive(Debug, Serialize)]
pub(crate) struct CellView {
    pub text: String,
    pub small: String,
}

fn cell(text: impl Into<String>) -> CellView {
    CellView { text: text.into(), small: String::new() }
}

const FIRST: [Measure; 5] = [
    Measure::BaseRate,
    Measure::SelectionRate,
    Measure::TruePositive,
    Measure::FalsePositive,
    Measure::Precision,
];
const MORE: [Measure; 7] = [
    Measure::FalseNegative,
    Measure::TrueNegative,
    Measure::NegativeValue,
    Measure::FalseDiscovery,
    Measure::FalseOmission,
    Measure::Accuracy,
    Measure::ShareOfProposed,
];

fn percent(value: f64) -> String {
    format!("{:.1}%", value * 100.0)
}

fn figure(f: &Figure) -> CellView {
    let text = match f.value {
        Some(value) => percent(value),
        None if f.shown => "not defined".into(),
        None => "not shown".into(),
    };
    let small = f.wilson.or(f.bootstrap);
    let small = small.map(|i| format!("{} to {}", percent(i.low), percent(i.high))).unwrap_or_default();
    CellView { text, small }
}

fn name(group: &Group) -> CellView {
    let text = if group.values.is_empty() { "Everybody".to_owned() } else { group.name() };
    let small = if group.reference { "the reference" } else { "" };
    CellView { text, small: small.into() }
}

fn rates(caption: String, groups: &[Group], measures: &[Measure]) -> TableView {
    let mut head = vec!["Group".to_owned(), "People".into()];
    head.extend(measures.iter().map(|m| m.label().to_owned()));
    let row = |g: &Group| {
        let mut row = vec![name(g), cell(g.n.map_or_else(|| "not shown".into(), |n| n.to_string()))];
        row.extend(measures.iter().filter_map(|m| g.rates.iter().find(|f| f.measure == *m)).map(figure));
        row
    };
    TableView { caption, head, rows: groups.iter().map(row).collect() }
}

fn number(value: Option<f64>, interval: Option<Interval>) -> CellView {
    CellView {
        text: value.map_or_else(|| "not defined".into(), |v| format!("{v:.2}")),
        small: interval.map(|i| format!("{:.2} to {:.2}", i.low, i.high)).unwrap_or_default(),
    }
}

fn against(attribute: &Attribute, title: &str) -> Option<TableView> {
    let beside = attribute.reference.as_deref().unwrap_or("the highest group in each rate");
    let rows: Vec<Vec<CellView>> = attribute
        .groups
        .iter()
        .flat_map(|g| g.against.iter().map(move |a| (g, a)))
        .map(|(g, a): (&Group, &Against)| {
            vec![
                cell(g.name()),
                cell(a.measure.label()),
                number(a.difference, a.difference_interval),
                number(a.ratio, a.ratio_interval),
                cell(a.verdict.label()),
            ]
        })
        .collect();
    let head = ["Group", "Rate", "Difference", "Ratio", "By the thresholds"].map(str::to_owned).into();
    (!rows.is_empty()).then(|| TableView { caption: format!("{title}: beside {beside}"), head, rows })
}

fn calibration(attribute: &Attribute, title: &str) -> Option<TableView> {
    let rows: Vec<Vec<CellView>> = attribute
        .groups
        .iter()
        .flat_map(|g| g.calibration.iter().map(move |b| (g, b)))
        .filter(|(_, b)| b.n > 0)
        .map(|(g, b)| {
            let share = |v: Option<f64>| v.map_or_else(|| "not defined".into(), percent);
            vec![
                cell(g.name()),
                cell(format!("{:.1} to {:.1}", b.from, b.to)),
                cell(b.n.to_string()),
                cell(share(b.score)),
                CellView {
                    text: share(b.came_about),
                    small: b
                        .wilson
                        .map(|i| format!("{} to {}", percent(i.low), percent(i.high)))
                        .unwrap_or_default(),
                },
            ]
        })
        .collect();
    let head = ["Group", "Score", "People", "Mean score", "Came about"].map(str::to_owned).into();
    (!rows.is_empty()).then(|| TableView { caption: format!("{title}: calibration"), head, rows })
}

fn attribute(n: usize, a: &Attribute) -> AttributeView {
    let title = a.name();
    let coverage = match (a.coverage.held, a.coverage.of, a.coverage.share) {
        (Some(held), Some(of), Some(share)) => {
            format!("Held of {held} of {of} people ({}).", percent(share))
        }
        _ => "Of how many people it is held is not shown.".to_owned(),
    };
    let p = &a.parity;
    let parity = [
        ("Demographic parity, difference", p.demographic_parity_difference),
        ("Demographic parity, ratio", p.demographic_parity_ratio),
        ("Equalised odds, difference", p.equalized_odds_difference),
        ("Equalised odds, ratio", p.equalized_odds_ratio),
    ];
    // What is hidden has no part in it.
    let of_shown = if a.hidden > 0 { ", of the groups shown" } else { "" };
    let shown = |v: Option<f64>| v.map_or_else(|| "not defined or not shown".into(), |v| format!("{v:.3}"));
    AttributeView {
        id: format!("groups-{}", n + 1),
        coverage,
        hidden: (a.hidden > 0).then(|| {
            format!("Of {} groups some or all figures are not shown: too few people, or they would give such a group away.", a.hidden)
        }),
        parity: parity.into_iter().map(|(what, v)| (format!("{what}{of_shown}"), shown(v))).collect(),
        rates: rates(format!("{title}: rates"), &a.groups, &FIRST),
        more: rates(format!("{title}: further rates"), &a.groups, &MORE),
        against: against(a, &title),
        calibration: calibration(a, &title),
        title,
    }
}

/// The report for a page.
pub(crate) fn view(report: &Report) -> FairnessView {
    let selected = match (&report.predicted, &report.score, report.threshold) {
        (Some(column), ..) => format!("selected by the column “{column}”"),
        (None, Some(score), Some(threshold)) => format!("selected from {threshold} on in “{score}”"),
        _ => "selected".into(),
    };
    let set = report.bounds.set_on.map_or_else(
        || "which no committee has set".to_owned(),
        |day| format!("set by the committee on {day}"),
    );
    FairnessView {
        about: format!("{}, {selected}; what came about stands in “{}”.", report.people(), report.outcome),
        bounds: format!("Thresholds for ratios: {} to {}, {set}.", report.bounds.low, report.bounds.high),
        public: report.public,
        notes: report.notes.clone(),
        overall: rates("Everybody".into(), std::slice::from_ref(&report.overall), &FIRST),
        attributes: report.attributes.iter().enumerate().map(|(n, a)| attribute(n, a)).collect(),
    }
}
