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

use super::{
    counts::{Counts, Measure},
    report::{Attribute, Between, Figure, Group, Interval, Parity, Report},
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
            return self.clone();
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
                    let mut before = BTreeSet::new();
                    let mut all = BTreeMap::new();
                    for layer in &layers {
                        let of = |column: &str| hidden.get(&(column, *layer)).cloned().unwrap_or_default();
                        before = hide_cells(attribute, rows, columns, (&of(a), &of(b)), *layer, &before);
                        all.insert(*layer, before.clone());
                    }
                    all
                });
                let tables = tables.unwrap_or_default();
                let shows = |group: &Group, layer: Layer| {
                    tables.get(&layer).is_some_and(|h| !h.contains(&group.values))
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
        Self {
            public: true,
            rows: self.rows.filter(|_| told),
            overall: as_shown(&self.overall, &|_, layer| layers.contains(&layer)),
            attributes: attributes.collect(),
            notes,
            ..self.clone()
        }
    }
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

/// The cells of two columns together that are hidden at a layer.
fn hide_cells(
    attribute: &Attribute,
    rows: &Attribute,
    columns: &Attribute,
    (hidden_rows, hidden_columns): (&Hidden, &Hidden),
    layer: Layer,
    before: &BTreeSet<Vec<String>>,
) -> BTreeSet<Vec<String>> {
    let names = |a: &Attribute| a.groups.iter().map(|g| g.values[0].clone()).collect::<Vec<_>>();
    let (down, across) = (names(rows), names(columns));
    let known: BTreeMap<&[String], Counts> =
        attribute.groups.iter().map(|g| (g.values.as_slice(), counts(g))).collect();
    let at = |r: usize, c: usize| -> Counts {
        let key = [down[r].clone(), across[c].clone()];
        known.get(key.as_slice()).copied().unwrap_or_default()
    };
    let key = |r: usize, c: usize| vec![down[r].clone(), across[c].clone()];
    let mut table = Table { down: down.len(), across: across.len(), hidden: BTreeSet::new() };
    for (r, row) in down.iter().enumerate() {
        for (c, column) in across.iter().enumerate() {
            let margin = hidden_rows.contains(row) || hidden_columns.contains(column);
            if margin || before.contains(&key(r, c)) || !layer.fits(&at(r, c)) {
                table.hidden.insert((r, c));
            }
        }
    }
    while let Some((r, c)) = table.weakness(layer, &at, |line| match line {
        Line::Row(r) => hidden_rows.contains(&down[r]),
        Line::Column(c) => hidden_columns.contains(&across[c]),
    }) {
        let shown = |cells: &mut dyn Iterator<Item = (usize, usize)>| {
            cells.filter(|cell| !table.hidden.contains(cell)).reduce(|best, cell| {
                if at(cell.0, cell.1).all() < at(best.0, best.1).all() { cell } else { best }
            })
        };
        let next = shown(&mut (0..across.len()).map(|c| (r, c)))
            .or_else(|| shown(&mut (0..down.len()).map(|r| (r, c))))
            .or_else(|| shown(&mut (0..down.len()).flat_map(|r| (0..across.len()).map(move |c| (r, c)))));
        let Some(next) = next else { break };
        table.hidden.insert(next);
    }
    table.hidden.iter().map(|(r, c)| key(*r, *c)).collect()
}

/// A line of a table.
#[derive(Clone, Copy)]
enum Line {
    Row(usize),
    Column(usize),
}

/// Which cells of a table are hidden.
struct Table {
    down: usize,
    across: usize,
    hidden: BTreeSet<(usize, usize)>,
}

impl Table {
    /// A cell beside which another has to be hidden: one that can be worked out, or one of a line whose hidden cells
    /// together are too few. None where there is none.
    fn weakness(
        &self,
        layer: Layer,
        at: &dyn Fn(usize, usize) -> Counts,
        margin_hidden: impl Fn(Line) -> bool,
    ) -> Option<(usize, usize)> {
        let weak = |line: Line| {
            let mut of_line = self.hidden.iter().filter(|(r, c)| match line {
                Line::Row(n) => *r == n,
                Line::Column(n) => *c == n,
            });
            let first = *of_line.clone().next()?;
            let together = of_line.clone().fold(Counts::default(), |sum, (r, c)| sum.plus(&at(*r, *c)));
            let enough = of_line.nth(1).is_some() && (margin_hidden(line) || layer.fits(&together));
            (!enough).then_some(first)
        };
        let lines = (0..self.down).map(Line::Row).chain((0..self.across).map(Line::Column));
        lines.into_iter().find_map(weak).or_else(|| self.bridge())
    }

    /// A hidden cell without which its row and its column are not joined by other hidden cells.
    fn bridge(&self) -> Option<(usize, usize)> {
        let points = self.down + self.across;
        let mut beside = vec![Vec::new(); points];
        for (edge, (r, c)) in self.hidden.iter().enumerate() {
            beside[*r].push((self.down + c, edge));
            beside[self.down + c].push((*r, edge));
        }
        // Tarjan: an edge is a bridge where nothing below it reaches above it. Walked without recursion.
        let (mut met, mut low, mut clock) = (vec![0_usize; points], vec![0_usize; points], 0);
        let cells: Vec<_> = self.hidden.iter().copied().collect();
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

/// How far the groups that are shown lie apart. There is no interval: the draws were of all groups.
fn again(b: &Between, groups: &[Group]) -> Between {
    let values = groups.iter().filter(|g| g.held).filter_map(|g| {
        let figure = g.rates.iter().find(|f| f.measure == b.measure)?;
        figure.value.filter(|_| figure.shown)
    });
    let ends = values.fold(None, |ends: Option<Interval>, v| {
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
