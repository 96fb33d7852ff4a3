//! The form for the public: no figure tells of fewer than ten people, and none can be worked out from the others.
//!
//! Three layers are hidden one after the other, each with its own condition on a group's four cells: how many people
//! there are; base rate and selection rate; everything else, which is the cells themselves. A group that does not meet
//! the condition is hidden. What is known of everybody would then give away a single hidden group, so that others are
//! hidden with it: at least two, which together meet the condition as if they were one group.
//!
//! Of two columns together, the groups are the cells of a table whose margins are the groups of each column. A hidden
//! cell can be worked out from the sums exactly where it is a bridge in the graph that has lines as its points and hidden
//! cells as its edges, so that cells are hidden until none is. Empty cells count as hidden too: that nobody is in a
//! group can tell something of somebody. The margins are taken as known even where they are hidden, which hides more than
//! it must, and makes each table safe beside every other.
//!
//! Intervals of draws are left out altogether. The draws run over all rows, those of hidden groups among them, and repeat
//! to the last digit: with them anybody could try which hidden cells bring about the intervals that are shown. The
//! interval of a ratio, and what the thresholds make of it, are worked out anew from the figures that are shown.

use super::{
    counts::{Counts, Measure},
    report::{
        Against, Attribute, Between, Bounds, Coverage, Figure, Group, Interval, Parity, Report, Verdict,
    },
    work::DRAWN,
};
use std::collections::{BTreeMap, BTreeSet};

/// A column with more values than the census has ethnic groups may hold names: what is hidden of it is not named.
const NAMED: usize = 20;
/// Fewer people than this are a small cell.
pub(super) const SMALL: f64 = 10.0;

/// What is hidden together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    /// How many people.
    People,
    /// Base rate and selection rate.
    Margins,
    /// All four cells, and with them every rate.
    Cells,
}

const LAYERS: [Layer; 3] = [Layer::People, Layer::Margins, Layer::Cells];

impl Layer {
    /// Whether a group may be seen as far as this layer goes.
    fn fits(self, c: &Counts) -> bool {
        let all = |parts: &[f64]| parts.iter().all(|n| *n >= SMALL);
        match self {
            Self::People => all(&[c.all()]),
            Self::Margins => {
                all(&[c.positives(), c.all() - c.positives(), c.predicted(), c.all() - c.predicted()])
            }
            Self::Cells => all(&[c.tp, c.fp, c.missed, c.tn]),
        }
    }

    fn of(measure: Measure) -> Self {
        match measure {
            Measure::BaseRate | Measure::SelectionRate | Measure::ShareOfProposed => Self::Margins,
            _ => Self::Cells,
        }
    }
}

/// Values of one column, hidden at each layer.
type Hidden = BTreeSet<String>;

impl Report {
    /// The form for the public. Figures by group that are hidden, and every comparison in which they stood, are left
    /// out; so is calibration.
    #[must_use]
    pub fn public(&self) -> Self {
        if self.public {
            // It may have been stored when drawn intervals were still a part of it.
            return undrawn(self.clone());
        }
        let total = self.overall.rows.unwrap_or_default();
        // Nothing is told of a layer that does not hold for everybody. Where rows weigh differently, a single person can
        // carry a rate however many rows there are: nothing is told at all.
        let weighted = self.overall.weighted.is_some();
        let layers: Vec<Layer> =
            LAYERS.into_iter().take_while(|layer| !weighted && layer.fits(&total)).collect();
        let singles: Vec<&Attribute> = self.attributes.iter().filter(|a| a.columns.len() == 1).collect();
        let mut hidden: BTreeMap<(&str, Layer), Hidden> = BTreeMap::new();
        for attribute in &singles {
            let mut before = Hidden::new();
            for layer in &layers {
                before = hide_values(attribute, *layer, before);
                hidden.insert((attribute.columns[0].as_str(), *layer), before.clone());
            }
        }
        let attributes = self.attributes.iter().map(|attribute| match attribute.columns.as_slice() {
            [column] => {
                let shows = |group: &Group, layer: Layer| {
                    hidden.get(&(column.as_str(), layer)).is_some_and(|h| !h.contains(&group.values[0]))
                };
                shown(attribute, &shows, attribute.groups.len() <= NAMED)
            }
            [a, b] => {
                let find = |column: &str| singles.iter().find(|s| s.columns[0] == column);
                let tables = find(a).zip(find(b)).map(|(rows, columns)| {
                    let mut table = Table::new(attribute, rows, columns);
                    let mut all = BTreeMap::new();
                    for layer in &layers {
                        let of = |column: &str| hidden.get(&(column, *layer)).cloned().unwrap_or_default();
                        table.hide_at(*layer, (&of(a), &of(b)));
                        all.insert(*layer, table.shown());
                    }
                    all
                });
                let tables = tables.unwrap_or_default();
                let shows = |group: &Group, layer: Layer| {
                    tables.get(&layer).is_some_and(|shown| shown.contains(&group.values))
                };
                // Of all cells that there could be, so that none of them is given away as empty.
                let grid = find(a).zip(find(b)).map_or(0, |(a, b)| a.groups.len() * b.groups.len());
                let whole = attribute.groups.iter().filter(|g| shows(g, Layer::Cells)).count();
                Attribute { hidden: (grid - whole) as u64, ..shown(attribute, &shows, false) }
            }
            _ => shown(attribute, &|_, _| false, false),
        });
        let mut notes = self.notes.clone();
        notes.push(
            "Figures of fewer than 10 people are not shown, nor any from which they could be worked out. Calibration is not shown."
                .into(),
        );
        if weighted {
            notes.push("Rows of this file count differently, so that no figure is shown.".into());
        }
        let told = layers.contains(&Layer::People);
        let public = Self {
            public: true,
            rows: self.rows.filter(|_| told),
            overall: as_shown(&self.overall, &|_, layer| layers.contains(&layer)),
            attributes: attributes.collect(),
            notes,
            ..self.clone()
        };
        undrawn(public)
    }
}

const RATIOS: &str = "Intervals of ratios, and what the thresholds make of them, are worked out from the figures that are shown \
                      alone; near a threshold they can say otherwise than the whole report.";

/// Without anything that hidden rows have a part in: the draws are of all rows. Where it was done before it changes
/// nothing.
fn undrawn(mut report: Report) -> Report {
    report.notes.retain(|note| !note.starts_with(DRAWN) && note != RATIOS);
    report.bootstrap = None;
    undrawn_rates(&mut report.overall);
    let mut judged = false;
    for attribute in &mut report.attributes {
        let reference =
            attribute.groups.iter().find(|g| g.reference).map(|g| g.rates.clone()).unwrap_or_default();
        for group in &mut attribute.groups {
            undrawn_rates(group);
            for against in &mut group.against {
                judge_anew(against, &group.rates, &reference, &report.bounds);
                judged |= against.ratio_interval.is_some();
            }
        }
        for between in &mut attribute.between {
            (between.difference_interval, between.ratio_interval) = (None, None);
            // One group that is left lies apart from none: nought would read as if all were alike.
            if attribute.hidden > 0 && values(between.measure, &attribute.groups).count() < 2 {
                (between.difference, between.ratio) = (None, None);
            }
        }
        attribute.parity = Parity::of(&attribute.between);
        if report.weight.is_some() {
            attribute.coverage = Coverage { held: None, of: None, share: None };
        }
    }
    if judged {
        report.notes.push(RATIOS.into());
    }
    report
}

fn undrawn_rates(group: &mut Group) {
    for figure in &mut group.rates {
        figure.bootstrap = None;
    }
}

/// Judges a ratio by what is shown of the group and of the reference. Beside the highest of each rate there is no
/// interval: that it was the highest is itself by chance.
fn judge_anew(against: &mut Against, mine: &[Figure], reference: &[Figure], bounds: &Bounds) {
    against.difference_interval = None;
    against.ratio_interval = None;
    if matches!(against.verdict, Verdict::NotDefined | Verdict::NotJudged) {
        return;
    }
    let hits_of = |figures: &[Figure]| {
        let figure = figures.iter().find(|f| f.measure == against.measure && f.shown)?;
        Some((figure.value? * figure.of?, figure.of?))
    };
    let of_one_whole = against.measure == Measure::ShareOfProposed;
    let interval = hits_of(mine)
        .zip(hits_of(reference))
        .and_then(|(mine, theirs)| ratio_interval(mine, theirs, of_one_whole));
    against.ratio_interval = interval;
    against.verdict = match interval {
        Some(interval) => bounds.judge(interval),
        None if reference.is_empty() => Verdict::NotJudged,
        None => Verdict::CannotSay,
    };
}

/// Katz' interval of 95 % for the ratio of two shares; `of_one_whole` where both are shares of the same.
fn ratio_interval((a, of_a): (f64, f64), (b, of_b): (f64, f64), of_one_whole: bool) -> Option<Interval> {
    if a <= 0.0 || b <= 0.0 {
        return None;
    }
    let variance = if of_one_whole { 1.0 / a + 1.0 / b } else { 1.0 / a - 1.0 / of_a + 1.0 / b - 1.0 / of_b };
    let (ratio, factor) = ((a / of_a) / (b / of_b), (1.959_963_984_540_054 * variance.max(0.0).sqrt()).exp());
    Some(Interval { low: ratio / factor, high: ratio * factor })
}

fn counts(group: &Group) -> Counts {
    group.rows.unwrap_or_default()
}

/// The values of one column that are hidden at a layer.
fn hide_values(attribute: &Attribute, layer: Layer, before: Hidden) -> Hidden {
    let mut hidden = before;
    hidden.extend(attribute.groups.iter().filter(|g| !layer.fits(&counts(g))).map(|g| g.values[0].clone()));
    loop {
        let together = attribute.groups.iter().filter(|g| hidden.contains(&g.values[0]));
        let together = together.fold(Counts::default(), |sum, g| sum.plus(&counts(g)));
        if hidden.is_empty() || (hidden.len() > 1 && layer.fits(&together)) {
            return hidden;
        }
        let next = attribute.groups.iter().filter(|g| !hidden.contains(&g.values[0]));
        let Some(next) = smallest(next) else { return hidden };
        hidden.insert(next.values[0].clone());
    }
}

/// The group with the fewest people; of equals the first.
fn smallest<'a>(groups: impl Iterator<Item = &'a Group>) -> Option<&'a Group> {
    groups.reduce(|best, g| if counts(g).all() < counts(best).all() { g } else { best })
}

/// A line of a table.
#[derive(Clone, Copy)]
enum Line {
    Row(usize),
    Column(usize),
}

/// Two columns together: which cells are hidden, and for each line how many of them and how many people they hold.
struct Table {
    names: [Vec<String>; 2],
    /// Row by row.
    cells: Vec<Counts>,
    hidden: Vec<bool>,
    in_rows: Vec<(usize, Counts)>,
    in_columns: Vec<(usize, Counts)>,
}

impl Table {
    fn new(attribute: &Attribute, rows: &Attribute, columns: &Attribute) -> Self {
        let names = |a: &Attribute| a.groups.iter().map(|g| g.values[0].clone()).collect::<Vec<_>>();
        let names = [names(rows), names(columns)];
        let known: BTreeMap<&[String], Counts> =
            attribute.groups.iter().map(|g| (g.values.as_slice(), counts(g))).collect();
        let mut cells = Vec::with_capacity(names[0].len() * names[1].len());
        for row in &names[0] {
            for column in &names[1] {
                let key = [row.clone(), column.clone()];
                cells.push(known.get(key.as_slice()).copied().unwrap_or_default());
            }
        }
        Self {
            hidden: vec![false; cells.len()],
            in_rows: vec![(0, Counts::default()); names[0].len()],
            in_columns: vec![(0, Counts::default()); names[1].len()],
            cells,
            names,
        }
    }

    fn down(&self) -> usize {
        self.in_rows.len()
    }

    fn across(&self) -> usize {
        self.in_columns.len()
    }

    fn place(&self, (r, c): (usize, usize)) -> usize {
        r * self.across() + c
    }

    fn is_hidden(&self, cell: (usize, usize)) -> bool {
        self.hidden[self.place(cell)]
    }

    fn hide(&mut self, (r, c): (usize, usize)) {
        let place = self.place((r, c));
        if !std::mem::replace(&mut self.hidden[place], true) {
            for (n, together) in [&mut self.in_rows[r], &mut self.in_columns[c]] {
                *n += 1;
                *together = together.plus(&self.cells[place]);
            }
        }
    }

    /// Hides what may not be seen at a layer, beside what was hidden before. `hidden` are the values of the two columns
    /// that are hidden there.
    fn hide_at(&mut self, layer: Layer, hidden: (&Hidden, &Hidden)) {
        let of =
            |names: &[String], hidden: &Hidden| names.iter().map(|n| hidden.contains(n)).collect::<Vec<_>>();
        let margins = (of(&self.names[0], hidden.0), of(&self.names[1], hidden.1));
        for r in 0..self.down() {
            for c in 0..self.across() {
                if margins.0[r] || margins.1[c] || !layer.fits(&self.cells[self.place((r, c))]) {
                    self.hide((r, c));
                }
            }
        }
        while let Some(line) = self.weakness(layer, (&margins.0, &margins.1)) {
            let Some(next) = self.beside(line) else { break };
            self.hide(next);
        }
    }

    /// The groups that are shown, by their values.
    fn shown(&self) -> BTreeSet<Vec<String>> {
        let cells = (0..self.down()).flat_map(|r| (0..self.across()).map(move |c| (r, c)));
        cells
            .filter(|cell| !self.is_hidden(*cell))
            .map(|(r, c)| vec![self.names[0][r].clone(), self.names[1][c].clone()])
            .collect()
    }

    /// A line of which another cell has to be hidden: one with a cell that can be worked out, or one whose hidden cells
    /// together are too few. None where there is none.
    fn weakness(&self, layer: Layer, (rows, columns): (&[bool], &[bool])) -> Option<Line> {
        let weak = |(n, together): &(usize, Counts), margin_hidden: bool| {
            *n == 1 || (*n > 1 && !margin_hidden && !layer.fits(together))
        };
        let row = self.in_rows.iter().zip(rows).position(|(line, hidden)| weak(line, *hidden));
        let column = || self.in_columns.iter().zip(columns).position(|(line, hidden)| weak(line, *hidden));
        row.map(Line::Row).or_else(|| column().map(Line::Column)).or_else(|| {
            let (r, c) = self.bridge()?;
            Some(if self.in_rows[r].0 < self.across() { Line::Row(r) } else { Line::Column(c) })
        })
    }

    /// The cell with the fewest people that is still shown: of this line, else of the lines across it where they hold
    /// hidden cells of it, else of all.
    fn beside(&self, line: Line) -> Option<(usize, usize)> {
        let least = |cells: &mut dyn Iterator<Item = (usize, usize)>| {
            cells.filter(|cell| !self.is_hidden(*cell)).reduce(|best, cell| {
                let people = |cell| self.cells[self.place(cell)].all();
                if people(cell) < people(best) { cell } else { best }
            })
        };
        let row = |r: usize| (0..self.across()).map(move |c| (r, c));
        let column = |c: usize| (0..self.down()).map(move |r| (r, c));
        let of_line = match line {
            Line::Row(r) => least(&mut row(r)),
            Line::Column(c) => least(&mut column(c)),
        };
        of_line
            .or_else(|| match line {
                Line::Row(r) => {
                    row(r).find(|cell| self.is_hidden(*cell)).and_then(|(_, c)| least(&mut column(c)))
                }
                Line::Column(c) => {
                    column(c).find(|cell| self.is_hidden(*cell)).and_then(|(r, _)| least(&mut row(r)))
                }
            })
            .or_else(|| least(&mut (0..self.down()).flat_map(row)))
    }

    /// A hidden cell without which its row and its column are not joined by other hidden cells.
    fn bridge(&self) -> Option<(usize, usize)> {
        let points = self.down() + self.across();
        let mut beside = vec![Vec::new(); points];
        let mut cells = Vec::new();
        for r in 0..self.down() {
            for c in (0..self.across()).filter(|c| self.is_hidden((r, *c))) {
                beside[r].push((self.down() + c, cells.len()));
                beside[self.down() + c].push((r, cells.len()));
                cells.push((r, c));
            }
        }
        // Tarjan: an edge is a bridge where nothing below it reaches above it. Walked without recursion.
        let (mut met, mut low, mut clock) = (vec![0_usize; points], vec![0_usize; points], 0);
        for start in 0..points {
            if met[start] != 0 {
                continue;
            }
            clock += 1;
            (met[start], low[start]) = (clock, clock);
            let mut path = vec![(start, usize::MAX, 0_usize)];
            while let Some((point, by, next)) = path.last_mut() {
                if let Some((to, edge)) = beside[*point].get(*next).copied() {
                    *next += 1;
                    if edge == *by {
                        continue;
                    }
                    if met[to] != 0 {
                        low[*point] = low[*point].min(met[to]);
                    } else {
                        clock += 1;
                        (met[to], low[to]) = (clock, clock);
                        path.push((to, edge, 0));
                    }
                } else {
                    let (done, by) = (*point, *by);
                    path.pop();
                    if let Some((above, ..)) = path.last() {
                        low[*above] = low[*above].min(low[done]);
                        if low[done] > met[*above] {
                            return cells.get(by).copied();
                        }
                    }
                }
            }
        }
        None
    }
}

/// A group with what may be seen of it.
fn as_shown(group: &Group, shows: &dyn Fn(&Group, Layer) -> bool) -> Group {
    let figure = |f: &Figure| {
        if shows(group, Layer::of(f.measure)) {
            return f.clone();
        }
        Figure { measure: f.measure, shown: false, value: None, of: None, wilson: None, bootstrap: None }
    };
    let cells = shows(group, Layer::Cells);
    Group {
        values: group.values.clone(),
        held: group.held,
        reference: group.reference,
        n: group.n.filter(|_| shows(group, Layer::People)),
        rows: group.rows.filter(|_| cells),
        // Sums of weights are not needed to read a rate, and a heavy weight can be one person's.
        weighted: None,
        rates: group.rates.iter().map(figure).collect(),
        against: group.against.iter().filter(|a| shows(group, Layer::of(a.measure))).cloned().collect(),
        calibration: Vec::new(),
    }
}

/// An attribute with what may be seen of it. `listed` says whether a group of which nothing may be seen is named at all.
fn shown(attribute: &Attribute, shows: &dyn Fn(&Group, Layer) -> bool, listed: bool) -> Attribute {
    // A comparison tells of both sides.
    let reference = attribute.groups.iter().find(|g| g.reference);
    let comparable = |m: Measure| match (reference, &attribute.reference) {
        (Some(r), _) => shows(r, Layer::of(m)),
        // The highest could be a hidden group: only where none is hidden.
        (None, None) => attribute.groups.iter().all(|g| shows(g, Layer::of(m))),
        (None, Some(_)) => false,
    };
    let visible = |g: &&Group| listed || shows(g, Layer::People);
    let groups: Vec<Group> = attribute
        .groups
        .iter()
        .filter(visible)
        .map(|g| {
            let mut group = as_shown(g, shows);
            group.against.retain(|a| comparable(a.measure));
            group
        })
        .collect();
    let hidden = attribute.groups.iter().filter(|g| !shows(g, Layer::Cells)).count();
    let everybody = |m: Measure| attribute.groups.iter().filter(|g| g.held).all(|g| shows(g, Layer::of(m)));
    let between: Vec<Between> = attribute
        .between
        .iter()
        .map(|b| if everybody(b.measure) { b.clone() } else { again(b, &groups) })
        .collect();
    let held_shown = attribute.groups.iter().filter(|g| !g.held).all(|g| shows(g, Layer::People));
    let mut coverage = attribute.coverage.clone();
    let few = attribute.coverage.of.is_none_or(|n| (n as f64) < SMALL);
    coverage.of = coverage.of.filter(|_| !few);
    if few || !held_shown {
        (coverage.held, coverage.share) = (None, None);
    }
    Attribute {
        columns: attribute.columns.clone(),
        coverage,
        reference: attribute.reference.clone(),
        groups,
        hidden: hidden as u64,
        parity: Parity::of(&between),
        between,
    }
}

/// A rate of every group of which it is shown.
fn values(measure: Measure, groups: &[Group]) -> impl Iterator<Item = f64> {
    groups.iter().filter(|g| g.held).filter_map(move |g| {
        let figure = g.rates.iter().find(|f| f.measure == measure)?;
        figure.value.filter(|_| figure.shown)
    })
}

/// How far the groups that are shown lie apart. There is no interval: the draws were of all groups.
fn again(b: &Between, groups: &[Group]) -> Between {
    let ends = values(b.measure, groups).fold(None, |ends: Option<Interval>, v| {
        let Interval { low, high } = ends.unwrap_or(Interval { low: v, high: v });
        Some(Interval { low: low.min(v), high: high.max(v) })
    });
    Between {
        measure: b.measure,
        difference: ends.map(|e| e.high - e.low),
        difference_interval: None,
        ratio: ends.filter(|e| e.high > 0.0).map(|e| e.low / e.high),
        ratio_interval: None,
        left_out: Vec::new(),
    }
}
