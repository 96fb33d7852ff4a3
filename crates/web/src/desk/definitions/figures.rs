//! What was known of a version when it was asked to go live, as people read it.

use bluelamp_casework::{FEWEST, Figures, Group, wilson};
use bluelamp_triage::{Edition, Move, Moves, Regrade};
use serde::Serialize;
use std::collections::BTreeMap;

/// The figures, ready for the template.
#[derive(Debug, Serialize)]
pub(super) struct FiguresView {
    /// When they were counted.
    at: String,
    cases: u64,
    /// The version that it was compared with.
    old: Option<String>,
    new: String,
    given: u64,
    compared: u64,
    not_concerned: u64,
    /// How many became settled or open, and how many are.
    counts: Vec<Count>,
    /// Raised, lowered and unchanged, for floors and for ceilings; none where there is nothing to compare with.
    totals: Vec<Total>,
    /// From which floor to which, and from which ceiling to which.
    matrices: Vec<Matrix>,
    not_compared: u64,
    /// Why, in sentences.
    why_not: Vec<String>,
    why_not_examples: Vec<Example>,
    /// Facts that only the old version names.
    no_longer_named: Vec<String>,
    agreement: Vec<Count>,
    decided: u64,
    groups: Vec<GroupTable>,
    /// A group of fewer is not counted out.
    fewest: u64,
}

#[derive(Debug, Serialize)]
struct Count {
    what: &'static str,
    value: String,
}

#[derive(Debug, Serialize)]
struct Total {
    of: &'static str,
    raised: u64,
    lowered: u64,
    unchanged: u64,
    not_comparable: u64,
}

#[derive(Debug, Serialize)]
struct Matrix {
    /// "Floor" or "Ceiling".
    of: &'static str,
    id: &'static str,
    columns: Vec<String>,
    rows: Vec<MatrixRow>,
}

#[derive(Debug, Serialize)]
struct MatrixRow {
    /// The grade under the old version.
    from: String,
    cells: Vec<MatrixCell>,
}

#[derive(Debug, Serialize)]
struct MatrixCell {
    to: String,
    count: u64,
    /// `raised`, `lowered`, `other`, or empty where nothing is different.
    way: &'static str,
    examples: Vec<Example>,
}

/// A report by its reference; a link for those who may look for reports.
#[derive(Debug, Serialize)]
struct Example {
    reference: String,
    href: Option<String>,
}

#[derive(Debug, Serialize)]
struct GroupTable {
    characteristic: String,
    rows: Vec<GroupRow>,
}

#[derive(Debug, Serialize)]
struct GroupRow {
    group: String,
    /// "40", or "fewer than 5".
    reports: String,
    /// Whether its members are too few to be counted out.
    small: bool,
    top: String,
    open: String,
    raised: String,
    lowered: String,
}

/// `linked` says whether the person may look for reports by their reference.
pub(super) fn figures_view(f: &Figures, linked: bool) -> FiguresView {
    let r = &f.regrade;
    let old = r.old.as_ref();
    let count = |what, value: u64| Count { what, value: value.to_string() };
    let mut counts =
        vec![count("Settled under this version", r.settled), count("Open under this version", r.open)];
    if old.is_some() {
        counts.push(count("Became settled", r.became_settled));
        counts.push(count("Became open", r.became_open));
    }
    let a = &f.agreement;
    let of_decided = |what, n| Count { what, value: share(n, a.decided) };
    FiguresView {
        at: f.at.spoken(),
        cases: f.cases,
        old: old.map(|e| e.version.clone()),
        new: r.new.version.clone(),
        given: r.given,
        compared: r.compared,
        not_concerned: f.not_concerned,
        counts,
        totals: if old.is_some() {
            vec![total("Floor", &r.floors), total("Ceiling", &r.ceilings)]
        } else {
            Vec::new()
        },
        matrices: vec![
            matrix("Floor", "floors", &r.floors, old, &r.new, linked),
            matrix("Ceiling", "ceilings", &r.ceilings, old, &r.new, linked),
        ],
        not_compared: r.given.saturating_sub(r.compared),
        why_not: why_not(r),
        why_not_examples: examples(&r.not_compared.examples, linked),
        no_longer_named: r.no_longer_named.iter().map(|(fact, n)| format!("{fact}: held by {n}")).collect(),
        agreement: vec![
            of_decided("As this version proposes", a.agreed),
            of_decided("Higher than its floor", a.raised),
            of_decided("Of these, higher than its ceiling too", a.missed),
            of_decided("Lower than its floor", a.lowered),
        ],
        decided: a.decided,
        groups: group_tables(&f.groups),
        fewest: FEWEST,
    }
}

fn total(of: &'static str, moves: &Moves) -> Total {
    Total {
        of,
        raised: moves.raised,
        lowered: moves.lowered,
        unchanged: moves.unchanged,
        not_comparable: moves.not_comparable,
    }
}

fn examples(references: &[String], linked: bool) -> Vec<Example> {
    let example = |reference: &String| {
        let query =
            || form_urlencoded::Serializer::new(String::new()).append_pair("reference", reference).finish();
        Example { reference: reference.clone(), href: linked.then(|| format!("/desk/reports?{}", query())) }
    };
    references.iter().map(example).collect()
}

fn named(grade: Option<&String>) -> String {
    grade.cloned().unwrap_or_else(|| "No grade".into())
}

fn matrix(
    of: &'static str,
    id: &'static str,
    moves: &Moves,
    old: Option<&Edition>,
    new: &Edition,
    linked: bool,
) -> Matrix {
    // The place of a grade in the new version's order, "no grade" below the lowest.
    let place = |grade: Option<&String>| match grade {
        None => Some(0),
        Some(name) => new.grades.iter().position(|g| g == name).map(|at| at + 1),
    };
    let way = |m: &Move| match (old, place(m.old.as_ref()), place(m.new.as_ref())) {
        (None, ..) => "",
        (_, Some(from), Some(to)) if from < to => "raised",
        (_, Some(from), Some(to)) if from > to => "lowered",
        (_, Some(_), Some(_)) => "",
        _ => "other",
    };
    let width = new.grades.len() + 1;
    Matrix {
        of,
        id,
        columns: std::iter::once(named(None)).chain(new.grades.iter().cloned()).collect(),
        rows: moves
            .cells
            .chunks(width)
            .map(|row| MatrixRow {
                from: match (old, row.first()) {
                    (None, _) => "Reports".into(),
                    (_, first) => named(first.and_then(|m| m.old.as_ref())),
                },
                cells: row
                    .iter()
                    .map(|m| MatrixCell {
                        to: named(m.new.as_ref()),
                        count: m.count,
                        way: if m.count == 0 { "" } else { way(m) },
                        examples: examples(&m.examples, linked),
                    })
                    .collect(),
            })
            .collect(),
    }
}

fn why_not(r: &Regrade) -> Vec<String> {
    let n = &r.not_compared;
    let old = r.old.as_ref().map_or("the version in force", |e| e.version.as_str());
    let new = r.new.version.as_str();
    let codes = |all: &BTreeMap<String, u64>| {
        let all = all.iter().map(|(code, n)| format!("{code} {n}")).collect::<Vec<_>>();
        if all.is_empty() { String::new() } else { format!(" ({})", all.join(", ")) }
    };
    [
        (n.unreadable, "could not be read at all".to_owned()),
        (n.by_old, format!("refused by {old} only{}", codes(&n.old_codes))),
        (n.by_new, format!("refused by {new} only{}", codes(&n.new_codes))),
        (n.by_both, "refused by both".into()),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, why)| format!("{count}: {why}"))
    .collect()
}

fn group_tables(groups: &[Group]) -> Vec<GroupTable> {
    groups
        .chunk_by(|a, b| a.characteristic == b.characteristic)
        .map(|of_one| GroupTable {
            characteristic: of_one.first().map(|g| g.characteristic.clone()).unwrap_or_default(),
            rows: of_one.iter().map(group_row).collect(),
        })
        .collect()
}

fn group_row(g: &Group) -> GroupRow {
    let of = |n| g.reports.map_or_else(|| "not shown".into(), |reports| share(n, reports));
    GroupRow {
        group: g.group.clone(),
        reports: g.reports.map_or_else(|| format!("fewer than {FEWEST}"), |n| n.to_string()),
        small: g.reports.is_none(),
        top: of(g.top),
        open: of(g.open),
        raised: of(g.raised),
        lowered: of(g.lowered),
    }
}

/// "12, 30% (18% to 45%)": how many, their share, and the interval that so few can speak for.
fn share(hits: u64, of: u64) -> String {
    let percent = |part: f64| format!("{:.0}%", part * 100.0);
    match wilson(hits, of) {
        Some((low, high)) => {
            format!("{hits}, {} ({} to {})", percent(hits as f64 / of as f64), percent(low), percent(high))
        }
        None => hits.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_says_how_much_it_can_be_trusted() {
        assert_eq!(share(81, 263), "81, 31% (26% to 37%)");
        assert_eq!(share(0, 20), "0, 0% (0% to 16%)");
        assert_eq!(share(0, 0), "0");
    }

    #[test]
    fn the_smallest_groups_are_named_without_their_counts() {
        let group = |reports| Group {
            characteristic: "Age".into(),
            group: "Under 18".into(),
            reports,
            top: 0,
            open: 0,
            raised: 0,
            lowered: 0,
        };
        let small = group_row(&group(None));
        assert_eq!((small.reports.as_str(), small.top.as_str()), ("fewer than 5", "not shown"));
        assert_eq!(group_row(&group(Some(20))).open, "0, 0% (0% to 16%)");
    }

    #[test]
    fn a_cell_of_the_matrix_says_which_way_it_went() {
        let edition = |grades: &[&str]| Edition {
            version: "1.0.0".into(),
            digest: String::new(),
            grades: grades.iter().map(|g| (*g).to_owned()).collect(),
        };
        let step = |old: Option<&str>, new: Option<&str>| Move {
            old: old.map(Into::into),
            new: new.map(Into::into),
            count: 1,
            examples: vec!["R-12AB-34CD".into()],
        };
        let (old, new) = (edition(&["LOW", "GONE"]), edition(&["LOW"]));
        let cells = vec![
            step(None, None),
            step(None, Some("LOW")),
            step(Some("LOW"), None),
            step(Some("LOW"), Some("LOW")),
            step(Some("GONE"), None),
            step(Some("GONE"), Some("LOW")),
        ];
        let m = matrix("Floor", "floors", &Moves { cells, ..Moves::default() }, Some(&old), &new, true);
        let ways: Vec<_> = m.rows.iter().flat_map(|r| &r.cells).map(|c| c.way).collect();
        assert_eq!(ways, ["", "raised", "lowered", "", "other", "other"]);
        assert_eq!(m.rows[2].from, "GONE");
        let found = m.rows[0].cells[0].examples[0].href.as_deref();
        assert_eq!(found, Some("/desk/reports?reference=R-12AB-34CD"));
    }
}
