//! The public form of a fairness report gives nobody away: held against linear algebra, for each table at once.

use crate::fairness::{SMALL, attribute, group, rate, rows, scored};
use bluelamp_steward::fairness::{
    Bootstrap, Columns, Compare, Counts, Group, Interval, Measure, Report, Verdict, csv, html, read, report,
};
use proptest::prelude::*;
use std::{collections::BTreeMap, fmt::Write as _, time::Instant};

const PRIME: i128 = (1 << 61) - 1;

fn power(mut base: i128, mut exponent: i128) -> i128 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}

/// Sums of cells that are known, brought into the shape in which it can be seen what else follows from them.
#[derive(Default)]
struct Known(Vec<(usize, Vec<i128>)>);

impl Known {
    fn reduce(&self, mut row: Vec<i128>) -> Vec<i128> {
        for (pivot, known) in &self.0 {
            let times = row[*pivot];
            if times != 0 {
                for (cell, k) in row.iter_mut().zip(known) {
                    *cell = (*cell - times * k).rem_euclid(PRIME);
                }
            }
        }
        row
    }

    fn learn(&mut self, row: Vec<i128>) {
        let row = self.reduce(row);
        if let Some(pivot) = row.iter().position(|c| *c != 0) {
            let inverse = power(row[pivot], PRIME - 2);
            self.0.push((pivot, row.iter().map(|c| c * inverse % PRIME).collect()));
        }
    }

    fn follows(&self, row: Vec<i128>) -> bool {
        self.reduce(row).iter().all(|c| *c == 0)
    }
}

/// The three things that can be told of a group: how many people; base and selection rate; all cells.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    People,
    Margins,
    Cells,
}

fn is_small(told: Told, c: &Counts) -> bool {
    let few = |parts: &[f64]| parts.iter().any(|n| *n < 10.0);
    match told {
        Told::People => few(&[c.all()]),
        Told::Margins => {
            few(&[c.positives(), c.all() - c.positives(), c.predicted(), c.all() - c.predicted()])
        }
        Told::Cells => few(&[c.tp, c.fp, c.missed, c.tn]),
    }
}

fn is_told(told: Told, g: &Group) -> bool {
    match told {
        Told::People => g.n.is_some(),
        Told::Margins => rate(g, Measure::BaseRate).is_some() || rate(g, Measure::SelectionRate).is_some(),
        Told::Cells => {
            g.rows.is_some()
                || rate(g, Measure::TruePositive).is_some()
                || rate(g, Measure::Accuracy).is_some()
        }
    }
}

/// Holds every sum that the public form gives against every group of which nothing may be known.
fn nothing_follows(cells: &BTreeMap<[usize; 3], Counts>, sizes: [usize; 3]) {
    let names = |c: usize, n: usize| format!("{}{n}", ["a", "b", "c"][c]);
    let mut file = String::from("a,b,c,flagged,outcome\n");
    for (at, c) in cells {
        for (n, flagged, outcome) in [(c.tp, 1, 1), (c.fp, 1, 0), (c.missed, 0, 1), (c.tn, 0, 0)] {
            for _ in std::iter::successors(Some(1.0), |k| Some(k + 1.0)).take_while(|k| *k <= n) {
                let _ = writeln!(
                    file,
                    "{},{},{},{flagged},{outcome}",
                    names(0, at[0]),
                    names(1, at[1]),
                    names(2, at[2])
                );
            }
        }
    }
    let r = report(&scored(&file, &["a", "b", "c"]), &Compare { pairs: true, ..Compare::default() }).unwrap();
    let public = r.public();
    let place = |at: [usize; 3]| (at[0] * sizes[1] + at[1]) * sizes[2] + at[2];
    let all: Vec<[usize; 3]> = (0..sizes[0])
        .flat_map(|a| (0..sizes[1]).flat_map(move |b| (0..sizes[2]).map(move |c| [a, b, c])))
        .collect();
    // The cells of the whole table that make up a group, and its counts.
    let of = |columns: &[String], values: &[String]| -> (Vec<i128>, Counts) {
        let mut row = vec![0; all.len()];
        let mut counts = Counts::default();
        for at in &all {
            let inside = columns.iter().zip(values).all(|(column, value)| {
                let c = ["a", "b", "c"].iter().position(|n| n == column).unwrap();
                names(c, at[c]) == *value
            });
            if inside {
                row[place(*at)] = 1;
                counts = counts.plus(&cells.get(at).copied().unwrap_or_default());
            }
        }
        (row, counts)
    };
    for told in [Told::People, Told::Margins, Told::Cells] {
        let mut known = Known::default();
        let everybody = is_told(told, &public.overall);
        if everybody {
            known.learn(of(&[], &[]).0);
        }
        for attribute in &public.attributes {
            for g in attribute.groups.iter().filter(|g| is_told(told, g)) {
                let (row, counts) = of(&attribute.columns, &g.values);
                assert!(!is_small(told, &counts), "{told:?} of {} is told: {counts:?}", g.name());
                known.learn(row);
            }
        }
        for attribute in &r.attributes {
            // Also the groups that are empty.
            let mut groups: Vec<Vec<String>> = vec![Vec::new()];
            for column in &attribute.columns {
                let c = ["a", "b", "c"].iter().position(|n| n == column).unwrap();
                groups = groups
                    .into_iter()
                    .flat_map(|g| (0..sizes[c]).map(move |n| [g.clone(), vec![names(c, n)]].concat()))
                    .collect();
            }
            for values in groups {
                let (row, counts) = of(&attribute.columns, &values);
                assert!(
                    !is_small(told, &counts) || !known.follows(row),
                    "{told:?} of {values:?} follows from what is told: {counts:?}\n{public:#?}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn what_is_hidden_cannot_be_worked_out(
        sizes in (2..4_usize, 2..4_usize, 1..3_usize),
        counts in proptest::collection::vec((0..30_u8, 0..30_u8, 0..30_u8, 0..30_u8, 0..5_u8), 18),
    ) {
        let sizes = [sizes.0, sizes.1, sizes.2];
        let mut cells = BTreeMap::new();
        let mut given = counts.into_iter();
        for a in 0..sizes[0] {
            for b in 0..sizes[1] {
                for c in 0..sizes[2] {
                    let (tp, fp, missed, tn, thin) = given.next().unwrap();
                    // Some cells are thin or empty, others full.
                    let n = |k: u8| f64::from(if thin == 0 { 0 } else if thin == 1 { k / 8 } else { k });
                    // Each value occurs, so that the table is as large as it says.
                    let one = f64::from(u8::from(a == b || a == c));
                    let cell = Counts { tp: n(tp), fp: n(fp), missed: n(missed), tn: n(tn) + one };
                    cells.insert([a, b, c], cell);
                }
            }
        }
        let occurs = |axis: usize, n: usize| cells.iter().any(|(at, c)| at[axis] == n && c.all() > 0.0);
        prop_assume!((0..3).all(|axis| (0..sizes[axis]).all(|n| occurs(axis, n))));
        nothing_follows(&cells, sizes);
    }
}

#[test]
fn a_small_group_takes_another_with_it() {
    let text = format!(
        "sex,flagged,outcome\n{}{}{}",
        rows("Female", 400, 200),
        rows("Male", 300, 150),
        rows("Another", 4, 2)
    );
    let r = report(&scored(&text, &["sex"]), &Compare::default()).unwrap();
    let public = r.public();
    let sex = attribute(&public, &["sex"]);
    let n = |name: &str| group(sex, &[name]).n;
    // 704 less 400 less 300 would leave the four.
    assert_eq!((n("Female"), n("Male"), n("Another"), public.overall.n), (Some(400), None, None, Some(704)));
    assert!(public.public && sex.hidden == 2);
    let parity = (sex.parity.demographic_parity_difference, sex.parity.demographic_parity_ratio);
    assert_eq!(parity, (None, None), "one group that is left lies apart from none");
    let out = csv(&public);
    assert!(!out.contains(",300,") && !out.contains(",4,"), "{out}");
    assert_eq!(public.public(), public, "hidden stays hidden");
}

/// A report with draws, of two groups that are shown and two that are not.
fn drawn(hidden: [(usize, usize); 2]) -> Report {
    let text = format!(
        "sex,flagged,outcome\n{}{}{}{}",
        rows("Most", 4000, 2000),
        rows("Lower", 400, 160),
        rows("Some", hidden[0].0, hidden[0].1),
        rows("Few", hidden[1].0, hidden[1].1)
    );
    let how = Compare { bootstrap: Some(Bootstrap::default()), ..Compare::default() };
    report(&scored(&text, &["sex"]), &how).unwrap()
}

#[test]
fn other_hidden_cells_give_the_same_public_form() {
    // Thirty and four people, or twenty-eight and six: in all the same, so that only their split is hidden.
    let (one, other) = (drawn([(30, 10), (4, 2)]), drawn([(28, 8), (6, 4)]));
    assert_eq!(one.overall.rows, other.overall.rows);
    assert_ne!(one.overall.rates, other.overall.rates, "the draws are of all rows, and tell the two apart");
    assert_eq!(one.public(), other.public());
    let told = serde_json::to_string(&one.public()).unwrap();
    assert!(!told.contains("\"seed\"") && !told.contains("from 1000 draws"), "{told}");
    // Also of one that was stored with its drawn intervals.
    let mut stored = one.public();
    stored.bootstrap = one.bootstrap;
    stored.overall.rates.clone_from(&one.overall.rates);
    assert_eq!(stored.public().bootstrap, None);
    assert!(stored.public().overall.rates.iter().all(|f| f.bootstrap.is_none()));
}

#[test]
fn a_verdict_for_the_public_comes_from_what_is_shown() {
    let public = drawn([(30, 10), (4, 2)]).public();
    let lower = group(attribute(&public, &["sex"]), &["Lower"]);
    let a = lower.against.iter().find(|a| a.measure == Measure::SelectionRate).unwrap();
    // 160 of 400 by 2,000 of 4,000: the error of the logarithm is √(1/160 - 1/400 + 1/2000 - 1/4000) = √0.004.
    let Interval { low, high } = a.ratio_interval.unwrap();
    assert!((low - 0.8 / 1.131_962).abs() < 1e-5 && (high - 0.8 * 1.131_962).abs() < 1e-5, "{low} {high}");
    assert_eq!((a.verdict, a.difference_interval), (Verdict::CannotSay, None));
    assert!(public.notes.iter().any(|n| n.contains("worked out from the figures that are shown alone")));
    // Without draws nothing is judged, in public neither.
    let text = format!("sex,flagged,outcome\n{}{}", rows("Most", 400, 200), rows("Lower", 400, 20));
    let plain = report(&scored(&text, &["sex"]), &Compare::default()).unwrap().public();
    let against = attribute(&plain, &["sex"]).groups.iter().flat_map(|g| &g.against);
    assert!(against.clone().count() > 0);
    assert!(against.clone().all(|a| a.verdict == Verdict::NotJudged && a.ratio_interval.is_none()));
}

#[test]
fn the_largest_table_is_made_safe_in_a_moment() {
    // Two columns with 200 values each, and five thousand combinations of twelve people: the empty ones of each line are
    // hidden, and another has to be hidden with them.
    let mut text = String::from("a,b,flagged,outcome\n");
    for n in 0..5000_usize {
        let (a, b) = (n % 200, (n / 200 * 8 + n % 200) % 200);
        for k in 0..12 {
            let _ = writeln!(text, "a{a},b{b},{},{}", k % 2, k / 2 % 2);
        }
    }
    let r = report(&scored(&text, &["a", "b"]), &Compare { pairs: true, ..Compare::default() }).unwrap();
    assert_eq!(attribute(&r, &["a", "b"]).groups.len(), 5000);
    let began = Instant::now();
    let public = r.public();
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
    let shown = attribute(&public, &["a", "b"]).groups.len();
    assert!((4500..=4900).contains(&shown), "no more than is needed is hidden: {shown} are shown");
}

#[test]
fn where_everybody_is_few_nothing_is_told() {
    let r =
        report(&scored(SMALL, &["sex"]), &Compare { pairs: true, ..Compare::default() }).unwrap().public();
    assert_eq!(r.overall.n, Some(10));
    assert!(r.overall.rates.iter().all(|f| f.value.is_none() && !f.shown));
    assert!(r.attributes.iter().flat_map(|a| &a.groups).all(|g| g.n.is_none() && g.rows.is_none()));
    // Of nine not even how many there are.
    let nine = SMALL.rsplit_once("unknown").unwrap().0;
    let r = report(&scored(nine, &["sex"]), &Compare::default()).unwrap().public();
    assert_eq!((r.rows, r.overall.n, r.attributes[0].coverage.of), (None, None, None));
}

#[test]
fn of_rows_that_weigh_differently_nothing_is_told() {
    // Sixty rows of no weight would leave every rate of group A to its one person.
    let mut text = String::from("sex,flagged,outcome,weight\nA,1,1,1\n");
    for n in 0..60 {
        let _ = writeln!(text, "A,{},{},0", n % 2, n / 2 % 2);
        let _ = writeln!(text, "B,{},{},1", n % 2, n / 2 % 2);
    }
    let named = Columns {
        groups: vec!["sex".into()],
        outcome: "outcome".into(),
        predicted: Some("flagged".into()),
        weight: Some("weight".into()),
        ..Columns::default()
    };
    let whole = report(&read("w.csv", text.as_bytes(), &named).unwrap(), &Compare::default()).unwrap();
    assert_eq!(rate(group(attribute(&whole, &["sex"]), &["A"]), Measure::SelectionRate), Some(1.0));
    let told = whole.public();
    assert_eq!(told.rows, None);
    assert!(told.overall.rates.iter().all(|f| f.value.is_none()));
    assert!(attribute(&told, &["sex"]).groups.iter().all(|g| g.rates.iter().all(|f| f.value.is_none())));
    assert!(told.notes.iter().any(|n| n.contains("count differently")), "{:?}", told.notes);
    // A hundred and twenty-one people are not fewer than ten, and how many of them are held is not told beside.
    assert_eq!(told.people(), "Number of people not shown");
    let coverage = &attribute(&told, &["sex"]).coverage;
    assert_eq!((coverage.held, coverage.of, coverage.share), (None, None, None));
    assert!(!html(&told).contains("Fewer than 10") && !html(&told).contains("Held of"));
}

#[test]
fn a_column_that_may_hold_names_is_not_read_out() {
    let groups = |n: usize| {
        let rows: String = (0..n).map(|k| format!("Person {k},1,0\n")).collect();
        let everybody = rows_of("Most", 60);
        let told = report(
            &scored(&format!("who,flagged,outcome\n{rows}{everybody}"), &["who"]),
            &Compare::default(),
        );
        attribute(&told.unwrap().public(), &["who"]).groups.len()
    };
    assert_eq!(groups(12), 13, "groups as few as these are named, and nothing of them told");
    assert!(groups(40) <= 1, "forty people are not");
}

fn rows_of(name: &str, n: usize) -> String {
    (0..n).map(|k| format!("{name},{},{}\n", k % 2, k / 2 % 2)).collect()
}
