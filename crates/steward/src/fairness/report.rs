//! The report: every group with its rates, how they stand to a reference, and what a committee's thresholds make of that.

use super::{
    bootstrap::Bootstrap,
    counts::{Counts, Measure},
};
use bluelamp_model::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What groups are set beside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reference {
    /// The largest group of which the characteristic is held; of several the first by name.
    #[default]
    Majority,
    /// A value of each column named here; the largest group where a column is not named.
    Named(BTreeMap<String, String>),
    /// For each rate the group in which it is highest: the least ratio is then `fairlearn`'s between groups.
    Highest,
}

/// Between which ratios to the reference a difference is taken as small enough. A committee sets it before there are
/// figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// The least ratio.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// When the committee set them; none where these are only the ones that a form begins with.
    pub set_on: Option<Day>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { low: 0.8, high: 1.25, set_on: None }
    }
}

impl Bounds {
    /// Whether they are bounds at all: below 1 and above 1.
    #[must_use]
    pub fn sound(&self) -> bool {
        self.low > 0.0 && self.low < 1.0 && self.high > 1.0 && self.high.is_finite()
    }

    /// What they make of a ratio of which this is the interval.
    pub(super) fn judge(&self, Interval { low, high }: Interval) -> Verdict {
        if low >= self.low && high <= self.high {
            Verdict::Within
        } else if high < self.low || low > self.high {
            Verdict::Beyond
        } else {
            Verdict::CannotSay
        }
    }
}

/// How groups are compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compare {
    /// With what.
    pub reference: Reference,
    /// Whether every two columns are looked at together as well.
    pub pairs: bool,
    /// How intervals of differences and ratios are worked out; none where none are wanted.
    pub bootstrap: Option<Bootstrap>,
    /// The thresholds.
    pub bounds: Bounds,
}

/// From where to where.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl From<[f64; 2]> for Interval {
    fn from([low, high]: [f64; 2]) -> Self {
        Self { low, high }
    }
}

/// A rate of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Which.
    pub measure: Measure,
    /// Whether it may be seen; the public form hides what could tell of single people.
    pub shown: bool,
    /// The rate; none where it is not defined, a share of nothing, or not shown.
    pub value: Option<f64>,
    /// What it is a share of.
    pub of: Option<f64>,
    /// Wilson's interval, of rows without weights.
    pub wilson: Option<Interval>,
    /// The interval of the bootstrap.
    pub bootstrap: Option<Interval>,
}

/// What thresholds make of a ratio with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The whole interval lies between the thresholds.
    Within,
    /// The whole interval lies beyond one of them.
    Beyond,
    /// The interval spans a threshold, or there are too few people for one.
    CannotSay,
    /// One of the two rates, or their ratio, is not defined.
    NotDefined,
    /// No intervals were worked out.
    NotJudged,
}

impl Verdict {
    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Within => "Within the thresholds",
            Self::Beyond => "Beyond a threshold",
            Self::CannotSay => "Cannot say",
            Self::NotDefined => "Not defined",
            Self::NotJudged => "Not judged: no interval",
        }
    }
}

/// How a rate of a group stands to that of the reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Against {
    /// Which rate.
    pub measure: Measure,
    /// The group's less the reference's.
    pub difference: Option<f64>,
    /// Its interval.
    pub difference_interval: Option<Interval>,
    /// The group's by the reference's.
    pub ratio: Option<f64>,
    /// Its interval: of the draws; in the public form Katz', of what is shown.
    pub ratio_interval: Option<Interval>,
    /// What the thresholds make of the ratio.
    pub verdict: Verdict,
}

/// One tenth of the scores: what was said and what came about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// From this score on.
    pub from: f64,
    /// Up to this one, which belongs to the next tenth; the last holds 1.
    pub to: f64,
    /// Rows.
    pub n: u64,
    /// The mean score.
    pub score: Option<f64>,
    /// The share for whom it came about.
    pub came_about: Option<f64>,
    /// Wilson's interval of that, of rows without weights.
    pub wilson: Option<Interval>,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The value of each column of the attribute.
    pub values: Vec<String>,
    /// Whether all of them are held.
    pub held: bool,
    /// Whether it is the reference.
    pub reference: bool,
    /// Rows; none where they are not shown.
    pub n: Option<u64>,
    /// The four cells in rows; none where they are not shown.
    pub rows: Option<Counts>,
    /// The four cells with weights, where there are weights.
    pub weighted: Option<Counts>,
    /// The rates.
    pub rates: Vec<Figure>,
    /// How they stand to the reference. Nothing for the reference itself, and nothing where the group is not held.
    pub against: Vec<Against>,
    /// Calibration, where the file has scores from 0 to 1.
    pub calibration: Vec<Bin>,
}

impl Group {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        self.values.join(", ")
    }
}

/// Of how many the characteristic is held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Rows with a value; none where it is not shown.
    pub held: Option<u64>,
    /// All rows; none where they are not shown.
    pub of: Option<u64>,
    /// The share.
    pub share: Option<f64>,
}

/// How far groups lie apart in a rate, of those in which it is defined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Between {
    /// Which rate.
    pub measure: Measure,
    /// Highest less lowest.
    pub difference: Option<f64>,
    /// Its interval.
    pub difference_interval: Option<Interval>,
    /// Lowest by highest.
    pub ratio: Option<f64>,
    /// Its interval.
    pub ratio_interval: Option<Interval>,
    /// Groups that are not in it, because the rate is not defined for them.
    pub left_out: Vec<String>,
}

/// `fairlearn`'s four numbers, over the groups in which their rates are defined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parity {
    /// Highest selection rate less the lowest.
    pub demographic_parity_difference: Option<f64>,
    /// Lowest by highest.
    pub demographic_parity_ratio: Option<f64>,
    /// The greater of the differences in true and in false positive rate.
    pub equalized_odds_difference: Option<f64>,
    /// The lesser of the ratios in true and in false positive rate.
    pub equalized_odds_ratio: Option<f64>,
}

impl Parity {
    /// Works the four numbers out of how far groups lie apart.
    #[must_use]
    pub fn of(between: &[Between]) -> Self {
        let find = |m: Measure| between.iter().find(|b| b.measure == m);
        let both = |take: fn(&Between) -> Option<f64>, choose: fn(f64, f64) -> f64| {
            Some(choose(take(find(Measure::TruePositive)?)?, take(find(Measure::FalsePositive)?)?))
        };
        let selection = find(Measure::SelectionRate);
        Self {
            demographic_parity_difference: selection.and_then(|b| b.difference),
            demographic_parity_ratio: selection.and_then(|b| b.ratio),
            equalized_odds_difference: both(|b| b.difference, f64::max),
            equalized_odds_ratio: both(|b| b.ratio, f64::min),
        }
    }
}

/// Groups by one column, or by two together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// The columns.
    pub columns: Vec<String>,
    /// Of how many it is held.
    pub coverage: Coverage,
    /// The group that the others are set beside; none where that is the highest in each rate.
    pub reference: Option<String>,
    /// The groups, by name.
    pub groups: Vec<Group>,
    /// Groups that the public form leaves out, or shows without all of their figures.
    pub hidden: u64,
    /// How far the groups lie apart.
    pub between: Vec<Between>,
    /// `fairlearn`'s numbers.
    pub parity: Parity,
}

impl Attribute {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        self.columns.join(" and ")
    }
}

impl Report {
    /// How many people it is about, as people read it: of fewer than ten the number is not told, and nothing is where
    /// rows count differently.
    #[must_use]
    pub fn people(&self) -> String {
        match (self.rows, &self.weight) {
            (Some(n), _) => format!("{n} people"),
            (None, Some(_)) => "Number of people not shown".into(),
            (None, None) => "Fewer than 10 people".into(),
        }
    }
}

/// What a scored file says about groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The file.
    pub file: String,
    /// Its rows; none where they are too few to be shown, or count differently.
    pub rows: Option<u64>,
    /// The column with what came about.
    pub outcome: String,
    /// The column with what was proposed; none where a threshold says it.
    pub predicted: Option<String>,
    /// The column with the score.
    pub score: Option<String>,
    /// The threshold.
    pub threshold: Option<f64>,
    /// The column with weights.
    pub weight: Option<String>,
    /// How intervals were worked out; none in the public form, which has no drawn intervals.
    pub bootstrap: Option<Bootstrap>,
    /// The thresholds of the committee.
    pub bounds: Bounds,
    /// Whether it is the form for the public.
    pub public: bool,
    /// Everybody together.
    pub overall: Group,
    /// The groups.
    pub attributes: Vec<Attribute>,
    /// What has to be known to read it.
    pub notes: Vec<String>,
}
