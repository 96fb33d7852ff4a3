//! From scored pairs to people: clustering that listens to what speaks against a link.
//!
//! Connected components of all pairs above a threshold (Splink's way, here [`components`]) chain strangers together:
//! a household shares surname, postcode, town and landline, each counted as independent evidence, and one wrong pair
//! joins two whole groups. [`contradiction_aware`] does it in four steps, without labels:
//!
//! 1. [`Correction`] re-estimates the model as a latent class mixture over the counts of gamma patterns, in which
//!    pairs of *different* people may agree for a reason (a household, a blocking rule), so that such agreement no
//!    longer counts several times, and pairs that blocking did not give are weighed against chance. Columns outside the model (sex, middle name) join as further evidence.
//! 2. Components of the pairs whose corrected odds are better than even bound the work; none exceeds a size limit.
//! 3. Inside a component, average-linkage agglomeration over *all* cross pairs: pairs that blocking didn't produce
//!    are scored through a callback. Two groups join only while the mean evidence between them speaks for it.
//! 4. Two different trusted identifiers, or a judgement "not the same", hold through whole clusters (cannot-link);
//!    a judgement "the same" is a must-link, as in Wagstaff et al. 2001, "Constrained K-means Clustering".
//!
//! Sources: Fellegi and Sunter 1969; Winkler 1993, "Improved Decision Rules in the Fellegi-Sunter Model" (conditional
//! dependence, further latent classes); Larsen and Rubin 2001, "Iterative Automated Record Linkage Using Mixture
//! Models"; Bansal, Blum and Chawla 2004, "Correlation Clustering".
//!
//! It must never read a clock, a file or randomness. The same input gives the same labels, in whatever order the pairs
//! come; it uses one thread. A cluster is a proposal: its alarms, cuts and weakest edge are for a person to read.
#![allow(clippy::cast_possible_truncation, reason = "record and pattern counts are u32 by construction")]

mod agglomerate;
mod best_link;
mod components;
mod contradiction;
mod counts;
mod engine;
mod graph;
mod household;
mod model;
mod pattern;
#[cfg(test)]
mod tests;

pub use best_link::{BestLinks, single_best_link};
pub use components::{UnionFind, components};
pub(crate) use counts::outcome;
pub use counts::{Counts, Extras, Floor, Weaker};
pub use engine::{
    Gathered, Score, Scorer, cluster_gathered, contradiction_aware, gather_above, likely_floor,
};
pub use graph::{bridges, path, weakest};
pub use household::Correction;
pub(crate) use household::{Estimated, Frozen};
pub use model::selected;
pub use pattern::Layout;

/// Scored pairs, column by column. All slices have one length; a pair with an index beyond the records is ignored.
#[derive(Clone, Copy, Debug)]
pub struct Pairs<'a> {
    /// One record of each pair.
    pub left: &'a [u32],
    /// The other.
    pub right: &'a [u32],
    /// Match weight in bits, with prior and term frequency adjustments.
    pub weight: &'a [f64],
    /// The comparisons' levels, packed as [`Layout`] says.
    pub pattern: &'a [u64],
}

impl Pairs<'_> {
    /// Pairs that are whole: the shortest column counts.
    pub fn len(&self) -> usize {
        self.left.len().min(self.right.len()).min(self.weight.len()).min(self.pattern.len())
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One level of a comparison of the model.
#[derive(Clone, Debug)]
pub struct Level {
    /// Splink's gamma: the top level has the highest, "else" 0; −1 is the null level.
    pub gamma: i32,
    /// Share of the level among pairs of one person; not finite or 0 if untrained.
    pub m: f64,
    /// The same among random pairs.
    pub u: f64,
    /// Bits that the scorer added for the level, without term frequency adjustment.
    pub weight: f64,
    /// True for the null level.
    pub is_null: bool,
}

/// One comparison of the model.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Its output column.
    pub name: String,
    /// The input columns that it reads.
    pub columns: Vec<String>,
    /// Its levels in any order.
    pub levels: Vec<Level>,
    /// What kind of thing it compares.
    pub role: Role,
}

/// What a column or a comparison says, as far as clustering treats it differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Shared in a household: surname, address, postcode, town, phone.
    Shared,
    /// A forename.
    Forename,
    /// A date of birth.
    BirthDate,
    /// Sex or gender.
    Sex,
    /// A middle name.
    MiddleName,
    /// An identifier that one person has once: two different ones are two people.
    TrustedId,
    /// Anything else.
    Other,
}

impl Role {
    /// Whether a column of this role is evidence beside the model.
    pub fn is_evidence(self) -> bool {
        matches!(self, Role::Sex | Role::MiddleName | Role::TrustedId)
    }

    /// The usual role of a column of this name. Only exact well-known names are trusted identifiers, since those bind.
    ///
    /// ```
    /// use bluelamp_linkage::cluster::Role;
    /// assert_eq!(Role::of("PNC_ID"), Role::TrustedId);
    /// assert_eq!(Role::of("middle_name"), Role::MiddleName);
    /// assert_eq!(Role::of("postcode_fake"), Role::Shared);
    /// assert_eq!(Role::of("force"), Role::Other);
    /// ```
    pub fn of(name: &str) -> Self {
        const TRUSTED: [&str; 18] = [
            "pncid",
            "pnc",
            "pncnumber",
            "cro",
            "cronumber",
            "croid",
            "nino",
            "nationalinsurancenumber",
            "nationalid",
            "nhsnumber",
            "nhsno",
            "nhs",
            "passport",
            "passportnumber",
            "drivinglicence",
            "drivinglicencenumber",
            "custodynumber",
            "custodyno",
        ];
        const FORENAME: [&str; 4] = ["first", "given", "forename", "firstname"];
        const SHARED: [&str; 15] = [
            "surname",
            "lastname",
            "familyname",
            "postcode",
            "postalcode",
            "zip",
            "town",
            "city",
            "address",
            "street",
            "suburb",
            "county",
            "phone",
            "landline",
            "household",
        ];
        let plain: String =
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if TRUSTED.contains(&plain.as_str()) {
            Self::TrustedId
        } else if plain == "sex" || plain == "gender" {
            Self::Sex
        } else if plain.contains("middlename") || plain == "middle" {
            Self::MiddleName
        } else if FORENAME.iter().any(|word| plain.contains(word)) {
            Self::Forename
        } else if plain == "dob" || plain.contains("birthdate") || plain.contains("dateofbirth") {
            Self::BirthDate
        } else if SHARED.iter().any(|word| plain.contains(word)) {
            Self::Shared
        } else {
            Self::Other
        }
    }
}

/// A column of the input as interned ids, one for each record; 0 is null.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The column.
    pub name: &'a str,
    /// What it is; [`Role::of`] the name unless somebody says otherwise.
    pub role: Role,
    /// One id for each record.
    pub ids: &'a [u32],
}

/// What a person decided about two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One person: a must-link.
    Same,
    /// Two people: a cannot-link that holds through whole clusters.
    NotSame,
}

/// A verdict on two records. It overrides every score; of several on one pair the last counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// One record.
    pub left: u32,
    /// The other.
    pub right: u32,
    /// What was decided.
    pub verdict: Verdict,
}

/// What the scorer says about a pair that blocking didn't produce.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// Match weight in bits.
    pub weight: f64,
    /// Packed levels.
    pub pattern: u64,
}

/// Everything that [`contradiction_aware`] reads.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The scored pairs.
    pub pairs: Pairs<'a>,
    /// The model that scored them, in the order of `layout`.
    pub comparisons: &'a [Comparison],
    /// How patterns are packed.
    pub layout: &'a Layout,
    /// The model's λ.
    pub lambda: f64,
    /// For each blocking rule the comparisons of the columns that it reads: its pairs agree there because they were
    /// selected.
    pub selected: &'a [Vec<usize>],
    /// Further columns; those that the model compares already are left out of the evidence, but trusted identifiers bind.
    pub evidence: &'a [Evidence<'a>],
    /// Decisions by people.
    pub judgements: &'a [Judgement],
}

/// Knobs. The defaults are one setting for every data set; none was chosen per set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Say what holds clusters together and what was cut. Without it only labels and alarms come out.
    pub tell: bool,
    /// Re-estimate the model (step 1). Without it the given weights count as they are.
    pub correct: bool,
    /// Two groups join while their mean evidence exceeds this many bits: 0 is even odds.
    pub join_above: f64,
    /// No pair speaks for a link with more bits than this ...
    pub most_for: f64,
    /// ... nor against it with less: one dirty record mustn't outvote the rest (a contradiction may).
    pub most_against: f64,
    /// Bits for a pair that blocking didn't produce and that nobody can score.
    pub missing: f64,
    /// Pairs that blocking didn't produce are scored in components up to this many records.
    pub score_missing_up_to: usize,
    /// No component is larger: its weakest bridges are cut first, with an alarm.
    pub largest_component: usize,
    /// A cluster with more records raises an alarm.
    pub alarm_above: usize,
    /// Bits for a pair of different sex with a different forename or date of birth.
    pub incompatible: f64,
    /// Threads to work on. The answer is the same for any number.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tell: true,
            correct: true,
            join_above: 0.0,
            most_for: 15.0,
            most_against: -10.0,
            missing: -4.0,
            score_missing_up_to: 512,
            largest_component: 512,
            alarm_above: 50,
            incompatible: -20.0,
            threads: 1,
        }
    }
}

/// A pair with its (corrected) weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// The smaller record.
    pub left: u32,
    /// The larger.
    pub right: u32,
    /// Bits.
    pub weight: f64,
}

/// Something that a person should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// A component was too large and was cut at its weakest bridges before clustering.
    ComponentCut {
        /// Its smallest record.
        component: u32,
        /// How many records it had.
        records: u32,
    },
    /// A cluster is unusually large.
    LargeCluster {
        /// Its label.
        cluster: u32,
        /// How many records it has.
        records: u32,
    },
    /// Judgements "the same" hold two records together that a trusted identifier or "not the same" tells apart.
    Conflict {
        /// One record.
        left: u32,
        /// The other.
        right: u32,
    },
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clustering {
    /// For each record the smallest record of its cluster.
    pub labels: Vec<u32>,
    /// The edges that hold each cluster together: its strongest spanning tree, by cluster, strongest first.
    pub kept: Vec<Edge>,
    /// Edges with better than even odds that were cut all the same, by (left, right).
    pub cuts: Vec<Edge>,
    /// The weakest kept edge of each cluster of at least two, with the cluster's label.
    pub weakest: Vec<(u32, Edge)>,
    /// What to look at.
    pub alarms: Vec<Alarm>,
}
