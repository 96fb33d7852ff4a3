//! Working a report out of the counts of a file and of its draws.

use super::{
    bootstrap::{draws, interval},
    counts::{Counts, Measure, wilson},
    read::{NOT_HELD, Scored, TenthSums, of_units},
    report::{
        Against, Attribute, Between, Bin, Compare, Coverage, Figure, Group, Interval, Parity, Reference,
        Report, Verdict,
    },
};
use bluelamp_model::{Fault, Faults};
use std::collections::BTreeMap;

/// A draw holds 32 bytes for each group: so many draws of groups are kept at once.
const KEPT: usize = 8_000_000;
/// How the note begins that says how intervals were drawn.
pub(super) const DRAWN: &str = "Intervals of 95 % by percentile";
/// More draws than this tell nothing new.
const DRAWS: u32 = 100_000;

/// The groups of one or two columns.
struct View {
    columns: Vec<usize>,
    keys: Vec<Vec<usize>>,
    /// The group of each stratum.
    of: Vec<Option<usize>>,
}

impl View {
    fn new(scored: &Scored, columns: Vec<usize>) -> Self {
        let key = |codes: &[usize]| -> Vec<usize> { columns.iter().map(|c| codes[*c]).collect() };
        let mut places: BTreeMap<Vec<usize>, usize> =
            scored.strata.iter().map(|s| (key(&s.codes), 0)).collect();
        for (n, place) in places.values_mut().enumerate() {
            *place = n;
        }
        let of = scored.strata.iter().map(|s| places.get(&key(&s.codes)).copied()).collect();
        Self { keys: places.into_keys().collect(), of, columns }
    }
}

/// Works out the report.
///
/// # Errors
/// A reference that is not there, bounds that are none, and more groups than can be drawn anew.
pub fn report(scored: &Scored, how: &Compare) -> Result<Report, Faults> {
    check(scored, how)?;
    let columns = scored.columns.len();
    let mut views: Vec<_> = (0..columns).map(|c| View::new(scored, vec![c])).collect();
    if how.pairs {
        let pairs = (0..columns).flat_map(|a| (a + 1..columns).map(move |b| vec![a, b]));
        views.extend(pairs.map(|pair| View::new(scored, pair)));
    }
    let everybody =
        View { columns: Vec::new(), keys: vec![Vec::new()], of: vec![Some(0); scored.strata.len()] };
    views.push(everybody);
    let resamples = how.bootstrap.map_or(0, |b| b.resamples as usize);
    let groups: usize = views.iter().map(|v| v.keys.len()).sum();
    if groups.saturating_mul(resamples) > KEPT {
        let reason = format!(
            "has {groups} groups, which is too many to draw {resamples} times: name fewer columns, leave out pairs, or draw less often"
        );
        return Err(Fault::new(&scored.file, reason).into());
    }
    let (drawn, selected) = match how.bootstrap {
        Some(b) => {
            let of: Vec<_> = views.iter().map(|v| v.of.clone()).collect();
            let sizes: Vec<_> = views.iter().map(|v| v.keys.len()).collect();
            draws(&scored.strata, &of, &sizes, b)
        }
        None => (views.iter().map(|v| vec![Vec::new(); v.keys.len()]).collect(), Vec::new()),
    };
    let mut worked: Vec<_> = views
        .iter()
        .zip(&drawn)
        .map(|(view, drawn)| Work::new(scored, view, drawn, &selected).attribute(how))
        .collect();
    let overall = worked.pop().and_then(|mut a| a.groups.pop());
    let overall = overall.ok_or_else(|| Fault::new(&scored.file, "has no rows"))?;
    let named = &scored.named;
    Ok(Report {
        file: scored.file.clone(),
        rows: Some(scored.rows),
        outcome: named.outcome.clone(),
        predicted: named.predicted.clone(),
        score: named.score.clone(),
        threshold: named.threshold,
        weight: named.weight.clone(),
        bootstrap: how.bootstrap,
        bounds: how.bounds.clone(),
        public: false,
        overall,
        attributes: worked,
        notes: notes(scored, how),
    })
}

fn check(scored: &Scored, how: &Compare) -> Result<(), Faults> {
    let mut faults = Vec::new();
    let mut wrong =
        |field: &str, reason: String| faults.push(Fault::new(&scored.file, reason).in_field(field));
    if !how.bounds.sound() {
        wrong("bounds", "should be a ratio below 1 and one above 1, such as 0.8 and 1.25".into());
    }
    if how.bootstrap.is_some_and(|b| b.resamples < 100 || b.resamples > DRAWS) {
        wrong("bootstrap", format!("should draw from 100 to {DRAWS} times"));
    }
    if let Reference::Named(named) = &how.reference {
        for (column, value) in named {
            match scored.columns.iter().find(|c| c.name == *column) {
                None => wrong("reference", format!("'{column}' is not one of the columns with groups")),
                Some(_) if value == NOT_HELD => {
                    wrong("reference", format!("what is not held of '{column}' cannot be the reference"));
                }
                Some(c) if !c.values.contains(value) => wrong(
                    "reference",
                    format!("'{value}' is no value of '{column}'; the values are {}", c.values.join(", ")),
                ),
                Some(_) => {}
            }
        }
    }
    Faults(faults).or(())
}

fn notes(scored: &Scored, how: &Compare) -> Vec<String> {
    let mut notes = vec![
        "A rate that would be a share of nothing is not defined, and stands in no comparison.".to_owned(),
        "Groups of which the characteristic is not held are counted, and set beside nobody.".to_owned(),
    ];
    match how.bounds.set_on {
        Some(day) => notes.push(format!("The thresholds were set by the committee on {day}, before this report.")),
        None => notes.push(
            "No committee has set the thresholds: these are the ones that a form begins with, and settle nothing.".to_owned(),
        ),
    }
    match how.bootstrap {
        Some(b) => notes.push(format!(
            "{DRAWN} from {} draws of the rows with replacement, seed {}.",
            b.resamples, b.seed
        )),
        None => notes.push(
            "No draws were made: differences and ratios have no intervals, and nothing is judged.".into(),
        ),
    }
    if scored.weighted() {
        notes.push("Rates are weighted; the number of people is not. Wilson's interval does not fit weights and is left out.".into());
    }
    if scored.named.score.is_some() && scored.tenths.is_none() {
        notes.push("Not every score lies between 0 and 1: there is no calibration.".into());
    }
    notes
}

/// What one view is worked out from.
struct Work<'a> {
    scored: &'a Scored,
    view: &'a View,
    rows: Vec<Counts>,
    counts: Vec<Counts>,
    drawn: &'a [Vec<Counts>],
    /// Selected in all groups, and the same in each draw.
    all: f64,
    selected: &'a [f64],
}

impl<'a> Work<'a> {
    fn new(scored: &'a Scored, view: &'a View, drawn: &'a [Vec<Counts>], selected: &'a [f64]) -> Self {
        let mut rows = vec![Counts::default(); view.keys.len()];
        let mut counts = rows.clone();
        let mut all = 0.0;
        for (stratum, group) in scored.strata.iter().zip(&view.of) {
            let (n, weight) = (stratum.rows as f64, stratum.weight);
            if stratum.predicted {
                all += n * weight;
            }
            if let Some(group) = *group {
                rows[group].add(stratum.outcome, stratum.predicted, n);
                counts[group].add(stratum.outcome, stratum.predicted, n * weight);
            }
        }
        Self { scored, view, rows, counts, drawn, all, selected }
    }

    fn values(&self, group: usize) -> Vec<String> {
        let columns = self.view.columns.iter().zip(&self.view.keys[group]);
        columns.map(|(column, code)| self.scored.columns[*column].values[*code].clone()).collect()
    }

    fn held(&self, group: usize) -> bool {
        self.values(group).iter().all(|v| v != NOT_HELD)
    }

    fn value(&self, m: Measure, group: usize) -> Option<f64> {
        m.of(&self.counts[group], self.all)
    }

    fn in_draw(&self, m: Measure, group: usize, draw: usize) -> Option<f64> {
        m.of(&self.drawn[group][draw], self.selected[draw])
    }

    /// The interval of something that each draw has a value of.
    fn drawn_interval(&self, of: impl Fn(usize) -> Option<f64>) -> Option<Interval> {
        let draws = self.selected.len();
        interval((0..draws).filter_map(of).collect(), draws).map(Interval::from)
    }

    /// The group that the others are set beside.
    fn reference(&self, how: &Compare) -> Option<usize> {
        let held = || (0..self.view.keys.len()).filter(|g| self.held(*g));
        // Of equals the first: `max_by_key` would take the last.
        let majority =
            || held().reduce(|best, g| if self.rows[g].all() > self.rows[best].all() { g } else { best });
        match &how.reference {
            Reference::Highest => None,
            Reference::Majority => majority(),
            Reference::Named(named) => {
                let columns = self.view.columns.iter().map(|c| named.get(&self.scored.columns[*c].name));
                match columns.collect::<Option<Vec<_>>>() {
                    Some(wanted) => held().find(|g| self.values(*g).iter().eq(wanted.iter().copied())),
                    None => majority(),
                }
            }
        }
    }

    fn attribute(&self, how: &Compare) -> Attribute {
        let groups = 0..self.view.keys.len();
        let held: Vec<usize> = groups.clone().filter(|g| self.held(*g)).collect();
        let reference = self.reference(how);
        let highest = how.reference == Reference::Highest;
        // The highest of each rate, as it is and in each draw.
        let top: BTreeMap<Measure, (Option<f64>, Vec<Option<f64>>)> = Measure::ALL
            .into_iter()
            .filter(|_| highest)
            .map(|m| {
                let most = |values: &mut dyn Iterator<Item = f64>| values.reduce(f64::max);
                let now = most(&mut held.iter().filter_map(|g| self.value(m, *g)));
                let each = (0..self.selected.len())
                    .map(|d| most(&mut held.iter().filter_map(|g| self.in_draw(m, *g, d))))
                    .collect();
                (m, (now, each))
            })
            .collect();
        let beside = |m: Measure, draw: Option<usize>| -> Option<f64> {
            match (reference, draw) {
                (Some(r), None) => self.value(m, r),
                (Some(r), Some(d)) => self.in_draw(m, r, d),
                (None, None) => top.get(&m)?.0,
                (None, Some(d)) => *top.get(&m)?.1.get(d)?,
            }
        };
        let against = |g: usize| -> Vec<Against> {
            if !self.held(g) || reference == Some(g) || (reference.is_none() && !highest) {
                return Vec::new();
            }
            Measure::ALL.into_iter().map(|m| self.against(m, g, how, &beside)).collect()
        };
        let people: f64 = held.iter().map(|g| self.rows[*g].all()).sum();
        let between: Vec<_> = Measure::ALL.into_iter().map(|m| self.between(m, &held)).collect();
        let columns: Vec<_> =
            self.view.columns.iter().map(|c| self.scored.columns[*c].name.clone()).collect();
        Attribute {
            columns,
            coverage: Coverage {
                held: Some(whole(people)),
                of: Some(self.scored.rows),
                share: (self.scored.rows > 0).then(|| people / self.scored.rows as f64),
            },
            reference: reference.map(|g| self.values(g).join(", ")),
            groups: groups.map(|g| self.group(g, reference == Some(g), against(g))).collect(),
            hidden: 0,
            parity: Parity::of(&between),
            between,
        }
    }

    fn against(
        &self,
        m: Measure,
        g: usize,
        how: &Compare,
        beside: &dyn Fn(Measure, Option<usize>) -> Option<f64>,
    ) -> Against {
        let less = |a: Option<f64>, b: Option<f64>| Some(a? - b?);
        let by = |a: Option<f64>, b: Option<f64>| b.filter(|b| *b > 0.0).and_then(|b| Some(a? / b));
        let (mine, theirs) = (self.value(m, g), beside(m, None));
        let ratio = by(mine, theirs);
        let ratio_interval = self.drawn_interval(|d| by(self.in_draw(m, g, d), beside(m, Some(d))));
        let verdict = match (ratio, ratio_interval) {
            (None, _) => Verdict::NotDefined,
            _ if how.bootstrap.is_none() => Verdict::NotJudged,
            (Some(_), None) => Verdict::CannotSay,
            (Some(_), Some(interval)) => how.bounds.judge(interval),
        };
        Against {
            measure: m,
            difference: less(mine, theirs),
            difference_interval: self.drawn_interval(|d| less(self.in_draw(m, g, d), beside(m, Some(d)))),
            ratio,
            ratio_interval,
            verdict,
        }
    }

    fn between(&self, m: Measure, held: &[usize]) -> Between {
        let apart = |values: &mut dyn Iterator<Item = f64>| -> Option<(f64, f64)> {
            values.fold(None, |ends, v| match ends {
                None => Some((v, v)),
                Some((low, high)) => Some((f64::min(low, v), f64::max(high, v))),
            })
        };
        let now = apart(&mut held.iter().filter_map(|g| self.value(m, *g)));
        let in_draw = |d: usize| apart(&mut held.iter().filter_map(|g| self.in_draw(m, *g, d)));
        let ratio = |(low, high): (f64, f64)| (high > 0.0).then(|| low / high);
        Between {
            measure: m,
            difference: now.map(|(low, high)| high - low),
            difference_interval: self.drawn_interval(|d| in_draw(d).map(|(low, high)| high - low)),
            ratio: now.and_then(ratio),
            ratio_interval: self.drawn_interval(|d| in_draw(d).and_then(ratio)),
            left_out: held
                .iter()
                .filter(|g| self.value(m, **g).is_none())
                .map(|g| self.values(*g).join(", "))
                .collect(),
        }
    }

    fn group(&self, g: usize, reference: bool, against: Vec<Against>) -> Group {
        let weighted = self.scored.weighted();
        let rates = Measure::ALL.into_iter().map(|m| {
            let (hits, of) = m.fraction(&self.counts[g], self.all);
            Figure {
                measure: m,
                shown: true,
                value: m.of(&self.counts[g], self.all),
                of: Some(of),
                wilson: if weighted { None } else { wilson(hits, of).map(Interval::from) },
                bootstrap: self.drawn_interval(|d| self.in_draw(m, g, d)),
            }
        });
        Group {
            values: self.values(g),
            held: self.held(g),
            reference,
            n: Some(whole(self.rows[g].all())),
            rows: Some(self.rows[g]),
            weighted: weighted.then(|| self.counts[g]),
            rates: rates.collect(),
            against,
            calibration: self.calibration(g),
        }
    }

    fn calibration(&self, g: usize) -> Vec<Bin> {
        let Some(tenths) = &self.scored.tenths else { return Vec::new() };
        let key = &self.view.keys[g];
        let mut sums = [TenthSums::default(); 10];
        for tenth in tenths {
            if self.view.columns.iter().zip(key).all(|(column, code)| tenth.codes[*column] == *code) {
                sums[tenth.tenth].plus(&tenth.sums);
            }
        }
        let bin = |(n, s): (usize, &TenthSums)| {
            let weight = of_units(s.weight);
            let share = |part: i128| (weight > 0.0).then(|| of_units(part) / weight);
            let came_about = of_units(s.came_about);
            Bin {
                from: n as f64 / 10.0,
                to: (n + 1) as f64 / 10.0,
                n: s.rows,
                score: share(s.score),
                came_about: share(s.came_about),
                wilson: if self.scored.weighted() {
                    None
                } else {
                    wilson(came_about, weight).map(Interval::from)
                },
            }
        };
        sums.iter().enumerate().map(bin).collect()
    }
}

/// A number of rows that was kept as a fraction.
fn whole(n: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a sum of rows: whole, and never below 0"
    )]
    let n = n.round() as u64;
    n
}
