//! What can be typed after `bluelamp link`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The records.
#[derive(Args, Clone)]
pub(crate) struct Inputs {
    /// Records: a .csv, .parquet or .jsonl file; can be given several times
    #[arg(long = "input", value_name = "FILE", required = true)]
    pub(crate) inputs: Vec<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Link {
    /// Learn a model's weights from records, without labels or with them
    Train(Train),
    /// Compare the pairs that a model's rules give, and write those that weigh enough
    Predict(Predict),
    /// Bring records together that are of one person, from scored pairs
    Cluster(Cluster),
    /// Measure clusters (and pairs) against the truth, where it is known
    Evaluate(Evaluate),
    /// Say why two records are held to be the same person, or not
    Explain(Explain),
    /// A model with its records, ready to be asked one record at a time
    #[command(subcommand)]
    Index(Index),
    /// A model, printed as Splink's JSON: from Splink's JSON or from a short model written by hand (.toml)
    Model {
        /// The model: .json or .toml
        file: PathBuf,
    },
    /// What each blocking rule gives: pairs, largest blocks, values that say nothing
    Blocking(Blocking),
    /// Text functions over the columns a and b of a Parquet file, to be compared with DuckDB's
    #[command(hide = true)]
    Functions {
        /// A Parquet file with the text columns a and b
        #[arg(long)]
        input: PathBuf,
        /// The answers, as CSV
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct Train {
    /// What is compared, and how: Splink's settings or model (.json), or a short model written by hand (.toml)
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: PathBuf,
    #[command(flatten)]
    pub(crate) input: Inputs,
    /// A rule that almost only true pairs satisfy, such as 'l.email = r.email'; can be given several times
    #[arg(long, value_name = "RULE")]
    pub(crate) deterministic: Vec<String>,
    /// The share of true pairs that the deterministic rules find, above 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.7)]
    pub(crate) recall: f64,
    /// A rule by which pairs are gathered to learn from; several sessions are averaged by their median
    #[arg(long, value_name = "RULE")]
    pub(crate) em: Vec<String>,
    /// A column that names the person, where it is known: m is counted instead of learnt
    #[arg(long, value_name = "COLUMN")]
    pub(crate) labels: Option<String>,
    /// The seed of the sample for u; the same seed gives the same model
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Pairs sampled for the u of levels that can't be counted
    #[arg(long, value_name = "PAIRS", default_value_t = 1_000_000)]
    pub(crate) sample: u64,
    /// Threads [default: one for each processor]
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// Where the model is written, as Splink's JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// A page that shows what was learnt
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Predict {
    /// The model: Splink's JSON, or a short model written by hand (.toml)
    #[arg(long, value_name = "FILE")]
    pub(crate) model: PathBuf,
    #[command(flatten)]
    pub(crate) input: Inputs,
    /// Only pairs of at least this weight in bits [default: all]
    #[arg(long, value_name = "WEIGHT", allow_negative_numbers = true, conflicts_with = "threshold")]
    pub(crate) threshold_weight: Option<f64>,
    /// Only pairs of at least this probability [default: all]
    #[arg(long, value_name = "PROBABILITY")]
    pub(crate) threshold: Option<f64>,
    /// Threads [default: one for each processor]
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// Blocks of more records than this are divided by one more column, or set aside, and told
    #[arg(long, value_name = "RECORDS", default_value_t = 20_000)]
    pub(crate) max_block: usize,
    /// Set values aside that say nothing, such as UNKNOWN or 1900-01-01, before blocking
    #[arg(long)]
    pub(crate) set_generic_aside: bool,
    /// The folder for pairs.parquet and run.json
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// A page with the weights, the thresholds and what blocking did
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

/// How records are brought together.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// Every pair over the threshold ties its records, and theirs, as Splink has it
    Components,
    /// Evidence against a tie counts too: contradictions, households, weak bridges
    Contradiction,
    /// At most one record of each other file, the best
    BestLink,
}

#[derive(Args)]
pub(crate) struct Cluster {
    /// The pairs that `predict` wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) pairs: PathBuf,
    #[command(flatten)]
    pub(crate) input: Inputs,
    /// How records are brought together
    #[arg(long, value_enum, default_value_t = Method::Contradiction)]
    pub(crate) method: Method,
    /// Pairs of at least this probability tie records: for components and best-link
    #[arg(long, value_name = "PROBABILITY", default_value_t = 0.95)]
    pub(crate) threshold: f64,
    /// What people have said of pairs, one a line as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) judgements: Option<PathBuf>,
    /// A column of ids that never differ for one person, such as a PNC id; can be given several times
    #[arg(long, value_name = "COLUMN")]
    pub(crate) trusted: Vec<String>,
    /// Clusters of more records than this are named in the summary
    #[arg(long, value_name = "RECORDS", default_value_t = 40)]
    pub(crate) alarm: usize,
    /// Threads [default: one for each processor]
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// Where the clusters are written
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
pub(crate) struct Evaluate {
    /// The clusters that `cluster` wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) clusters: PathBuf,
    /// The column that names the person; in the clusters, or in the records given with --input
    #[arg(long, value_name = "COLUMN")]
    pub(crate) truth_column: String,
    /// The records, where the clusters don't have the truth
    #[arg(long = "input", value_name = "FILE")]
    pub(crate) inputs: Vec<PathBuf>,
    /// A column of groups for which errors are counted apart
    #[arg(long, value_name = "COLUMN")]
    pub(crate) group_column: Option<String>,
    /// The pairs that `predict` wrote: thresholds are measured too
    #[arg(long, value_name = "FILE")]
    pub(crate) pairs: Option<PathBuf>,
    /// Say it in JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// A page with what was measured
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Explain {
    /// The model: Splink's JSON, or a short model written by hand (.toml)
    #[arg(long, value_name = "FILE")]
    pub(crate) model: PathBuf,
    #[command(flatten)]
    pub(crate) input: Inputs,
    /// The id of one record; with several files FILE:ID
    pub(crate) left: String,
    /// The id of the other
    pub(crate) right: String,
    /// Say it in JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// A page with the waterfall
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Blocking {
    /// The model: Splink's JSON, or a short model written by hand (.toml)
    #[arg(long, value_name = "FILE")]
    pub(crate) model: PathBuf,
    #[command(flatten)]
    pub(crate) input: Inputs,
    /// Say it in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Subcommand)]
pub(crate) enum Index {
    /// Make an index file of a model and its records
    Build {
        /// The model: Splink's JSON, or a short model written by hand (.toml)
        #[arg(long, value_name = "FILE")]
        model: PathBuf,
        #[command(flatten)]
        input: Inputs,
        /// Where the index is written
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Look one record up: candidates with their weights, best first
    Lookup {
        /// The index file
        #[arg(long, value_name = "FILE")]
        index: PathBuf,
        /// The record as JSON: {"first_name": "Jo", …}; - reads one a line from standard input
        record: String,
        /// Only those of at least this weight in bits
        #[arg(long, value_name = "WEIGHT", allow_negative_numbers = true, default_value_t = 0.0)]
        threshold_weight: f64,
        /// Not more than this
        #[arg(long, default_value_t = 20)]
        most: usize,
    },
    /// Answer commands, one JSON a line on standard input: lookup, add, change, delete, cluster, judge, events, save
    Serve {
        /// The index file
        #[arg(long, value_name = "FILE")]
        index: PathBuf,
    },
    /// Read an index file whole and say whether it is as it was written
    Check {
        /// The index file
        #[arg(long, value_name = "FILE")]
        index: PathBuf,
    },
}
