//! The four cells of a group, and every rate that is worked out from them.

use serde::{Deserialize, Serialize};

/// What was proposed beside what came about, in a group: weights summed, or rows where there is no weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Proposed, and it came about.
    pub tp: f64,
    /// Proposed, and it did not come about.
    pub fp: f64,
    /// Not proposed, and it came about.
    #[serde(rename = "fn")]
    pub missed: f64,
    /// Not proposed, and it did not come about.
    pub tn: f64,
}

impl Counts {
    /// Adds `n` to the cell of a row with this outcome and this prediction.
    pub fn add(&mut self, outcome: bool, predicted: bool, n: f64) {
        *match (outcome, predicted) {
            (true, true) => &mut self.tp,
            (false, true) => &mut self.fp,
            (true, false) => &mut self.missed,
            (false, false) => &mut self.tn,
        } += n;
    }

    /// Everybody in the group.
    #[must_use]
    pub fn all(&self) -> f64 {
        self.tp + self.fp + self.missed + self.tn
    }

    /// For whom it came about.
    #[must_use]
    pub fn positives(&self) -> f64 {
        self.tp + self.missed
    }

    /// For whom it was proposed.
    #[must_use]
    pub fn predicted(&self) -> f64 {
        self.tp + self.fp
    }

    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            tp: self.tp + other.tp,
            fp: self.fp + other.fp,
            missed: self.missed + other.missed,
            tn: self.tn + other.tn,
        }
    }
}

/// A rate of a group. The codes are the names that `aequitas` gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Measure {
    /// Share for whom it came about: `prev`.
    #[serde(rename = "prev")]
    BaseRate,
    /// Share for whom it was proposed: `pprev`, and `selection_rate` in `fairlearn`.
    #[serde(rename = "pprev")]
    SelectionRate,
    /// Share of all proposals that fell on this group: `ppr`.
    #[serde(rename = "ppr")]
    ShareOfProposed,
    /// Of those for whom it came about, the share for whom it was proposed: `tpr`.
    #[serde(rename = "tpr")]
    TruePositive,
    /// Of those for whom it did not come about, the share for whom it was proposed: `fpr`.
    #[serde(rename = "fpr")]
    FalsePositive,
    /// Of those for whom it came about, the share that was missed: `fnr`.
    #[serde(rename = "fnr")]
    FalseNegative,
    /// Of those for whom it did not come about, the share left in peace: `tnr`.
    #[serde(rename = "tnr")]
    TrueNegative,
    /// Of those for whom it was proposed, the share for whom it came about: `precision`, also called PPV.
    #[serde(rename = "precision")]
    Precision,
    /// Of those for whom it was not proposed, the share for whom it did not come about: `npv`.
    #[serde(rename = "npv")]
    NegativeValue,
    /// Of those for whom it was proposed, the share for whom it did not come about: `fdr`.
    #[serde(rename = "fdr")]
    FalseDiscovery,
    /// Of those for whom it was not proposed, the share for whom it came about: `for`.
    #[serde(rename = "for")]
    FalseOmission,
    /// Share for whom proposal and outcome agree: `accuracy`.
    #[serde(rename = "accuracy")]
    Accuracy,
}

impl Measure {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 12] = [
        Self::BaseRate,
        Self::SelectionRate,
        Self::ShareOfProposed,
        Self::TruePositive,
        Self::FalsePositive,
        Self::FalseNegative,
        Self::TrueNegative,
        Self::Precision,
        Self::NegativeValue,
        Self::FalseDiscovery,
        Self::FalseOmission,
        Self::Accuracy,
    ];

    /// The name in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::BaseRate => "prev",
            Self::SelectionRate => "pprev",
            Self::ShareOfProposed => "ppr",
            Self::TruePositive => "tpr",
            Self::FalsePositive => "fpr",
            Self::FalseNegative => "fnr",
            Self::TrueNegative => "tnr",
            Self::Precision => "precision",
            Self::NegativeValue => "npv",
            Self::FalseDiscovery => "fdr",
            Self::FalseOmission => "for",
            Self::Accuracy => "accuracy",
        }
    }

    /// What people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::BaseRate => "Base rate",
            Self::SelectionRate => "Selection rate",
            Self::ShareOfProposed => "Share of all selected",
            Self::TruePositive => "True positive rate",
            Self::FalsePositive => "False positive rate",
            Self::FalseNegative => "False negative rate",
            Self::TrueNegative => "True negative rate",
            Self::Precision => "Precision (PPV)",
            Self::NegativeValue => "Negative predictive value",
            Self::FalseDiscovery => "False discovery rate",
            Self::FalseOmission => "False omission rate",
            Self::Accuracy => "Accuracy",
        }
    }

    /// What it is a share of and what counts, given how many were selected in all groups.
    #[must_use]
    pub fn fraction(self, c: &Counts, selected_in_all: f64) -> (f64, f64) {
        let negatives = c.fp + c.tn;
        let left = c.missed + c.tn;
        match self {
            Self::BaseRate => (c.positives(), c.all()),
            Self::SelectionRate => (c.predicted(), c.all()),
            Self::ShareOfProposed => (c.predicted(), selected_in_all),
            Self::TruePositive => (c.tp, c.positives()),
            Self::FalsePositive => (c.fp, negatives),
            Self::FalseNegative => (c.missed, c.positives()),
            Self::TrueNegative => (c.tn, negatives),
            Self::Precision => (c.tp, c.predicted()),
            Self::NegativeValue => (c.tn, left),
            Self::FalseDiscovery => (c.fp, c.predicted()),
            Self::FalseOmission => (c.missed, left),
            Self::Accuracy => (c.tp + c.tn, c.all()),
        }
    }

    /// The rate; none where it would be a share of nothing.
    #[must_use]
    pub fn of(self, c: &Counts, selected_in_all: f64) -> Option<f64> {
        let (hits, of) = self.fraction(c, selected_in_all);
        (of > 0.0).then(|| hits / of)
    }
}

/// Wilson's 95 % interval for a share of rows: what a count of so many can say. None of nothing.
#[must_use]
pub fn wilson(hits: f64, of: f64) -> Option<[f64; 2]> {
    if of <= 0.0 {
        return None;
    }
    let z = 1.959_963_984_540_054_f64;
    let p = hits / of;
    let middle = p + z * z / (2.0 * of);
    let half = z * (p * (1.0 - p) / of + z * z / (4.0 * of * of)).sqrt();
    let scale = 1.0 + z * z / of;
    Some([((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilsons_interval_is_that_of_the_textbook() {
        // Newcombe 1998, table I: 81 of 263, and 0 of 20.
        let [low, high] = wilson(81.0, 263.0).unwrap();
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5, "{low} {high}");
        let [low, high] = wilson(0.0, 20.0).unwrap();
        assert!(low.abs() < 1e-9 && (high - 0.1611).abs() < 5e-5, "{low} {high}");
        assert_eq!(wilson(0.0, 0.0), None);
    }

    #[test]
    fn a_share_of_nothing_is_no_share() {
        let nobody_it_came_about_for = Counts { tp: 0.0, fp: 3.0, missed: 0.0, tn: 7.0 };
        assert_eq!(Measure::TruePositive.of(&nobody_it_came_about_for, 3.0), None);
        assert_eq!(Measure::FalsePositive.of(&nobody_it_came_about_for, 3.0), Some(0.3));
        assert_eq!(Measure::ShareOfProposed.of(&nobody_it_came_about_for, 0.0), None);
    }
}
