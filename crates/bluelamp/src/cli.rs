//! The command line: what can be typed, and what each part of it means.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Open digital policing: from a report by the public to a decision and a package that proves itself.
#[derive(Parser)]
#[command(name = "bluelamp", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// The data folder: database, files of evidence, keys, and bluelamp.toml if it is there [default: ./data-dir]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The configuration file [default: bluelamp.toml in the data folder, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the pages and the API, until told to stop. The first time it prints a one-time link for the first
    /// administrator
    Serve {
        /// The port; 0 takes a free one
        #[arg(long)]
        port: Option<u16>,
    },
    /// Make a fictional force with synthetic people in a new data folder, and serve it
    Demo {
        /// The port; 0 takes a free one
        #[arg(long)]
        port: Option<u16>,
        /// Say everything in one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Load records of another source, all of a file or nothing
    #[command(subcommand)]
    Import(Import),
    /// Write a case as a package for prosecutors, which proves itself
    Export {
        /// The case, by its reference such as C-1234-5678
        case: String,
        /// The folder that the package is put into
        #[arg(long, value_name = "DIR", default_value = ".")]
        to: PathBuf,
        /// For whom it is
        #[arg(long, value_name = "TEXT", default_value = "Crown Prosecution Service")]
        recipient: String,
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        acting: Acting,
    },
    /// Check a package, offline and without a data folder, and say what it proves
    Verify {
        /// The folder of the package
        package: PathBuf,
        /// The log's public key, got by another way than the package; can be given several times
        #[arg(long, value_name = "VKEY")]
        key: Vec<String>,
        /// A file with such keys, one a line
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Check a file of records against the common data model, rule by rule
    Conform {
        /// A bundle, a record or a link as JSON, or JSON Lines
        file: PathBuf,
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy everything of the data folder into a new folder, also while the server runs
    Backup {
        /// The folder of the copy, which must not be there yet
        to: PathBuf,
    },
    /// Put a copy back into an empty data folder
    Restore {
        /// The folder of the copy
        from: PathBuf,
    },
    /// Look whether everything in the data folder is in order
    Doctor {
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// The configuration, and the files that the service works with
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The accounts of staff
    #[command(subcommand)]
    Account(AccountCommand),
    /// Tokens for programs that use the API
    #[command(subcommand)]
    Token(TokenCommand),
    /// The log that everything leaves an entry in
    #[command(subcommand)]
    Log(LogCommand),
    /// Record linkage: train a model, compare records, bring together those of one person, explain, look up
    #[command(subcommand)]
    Link(Box<crate::link::args::Link>),
    /// Threat, harm and risk definitions: check them, run their cases, compare two versions, evaluate facts; and find the
    /// words of indicators in a text
    #[command(subcommand)]
    Thr(Thr),
    /// Strategies as data, and what is steered by them
    #[command(subcommand)]
    Strategy(Strategy),
    /// Rates by group of a scored file, with intervals and what a committee's thresholds make of them. Nothing is stored
    Fairness(Box<Fairness>),
    /// Print the description of the API (OpenAPI 3.1)
    Openapi,
    /// Print a JSON Schema of the common data model, or the names of all
    Schema {
        /// Which one
        name: Option<String>,
    },
}

#[derive(Args)]
pub(crate) struct Fairness {
    /// The scored file: CSV with a row of names, one row for each person; - reads standard input
    pub(crate) file: PathBuf,
    /// A column with groups; can be given several times
    #[arg(long, required = true, value_name = "COLUMN")]
    pub(crate) group: Vec<String>,
    /// The column with what came about, 0 or 1
    #[arg(long, value_name = "COLUMN")]
    pub(crate) label: String,
    /// The column with what was proposed, 0 or 1
    #[arg(long, value_name = "COLUMN")]
    pub(crate) predicted: Option<String>,
    /// The column with the score
    #[arg(long, value_name = "COLUMN")]
    pub(crate) score: Option<String>,
    /// From which score on it counts as proposed
    #[arg(long, value_name = "NUMBER", conflicts_with = "predicted")]
    pub(crate) threshold: Option<f64>,
    /// The column with how much a row counts
    #[arg(long, value_name = "COLUMN")]
    pub(crate) weight: Option<String>,
    /// What groups are set beside: majority, highest (in each rate), or a value such as sex=Female, once for each column
    /// [default: majority]
    #[arg(long, value_name = "WHICH")]
    pub(crate) reference: Vec<String>,
    /// Also look at every two columns together
    #[arg(long)]
    pub(crate) pairs: bool,
    /// How often rows are drawn anew for intervals of differences and ratios; 0 leaves them out
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) resamples: u32,
    /// The number that the draws begin with: the same gives the same intervals
    #[arg(long, value_name = "N", default_value_t = 20_261_129)]
    pub(crate) seed: u64,
    /// The least ratio that the committee takes as small enough a difference
    #[arg(long, value_name = "RATIO", default_value_t = 0.8)]
    pub(crate) low: f64,
    /// The greatest
    #[arg(long, value_name = "RATIO", default_value_t = 1.25)]
    pub(crate) high: f64,
    /// The day on which the committee set these thresholds, before it saw figures
    #[arg(long, value_name = "DAY")]
    pub(crate) set_on: Option<bluelamp_model::Day>,
    /// What to print
    #[arg(long, value_enum, default_value_t = FairnessFormat::Json)]
    pub(crate) format: FairnessFormat,
    /// Only the form for the public, in which no small group can be made out
    #[arg(long)]
    pub(crate) public: bool,
}

/// How a fairness report is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FairnessFormat {
    /// Everything, for programs
    Json,
    /// A row for each rate of each group
    Csv,
    /// A page that stands alone
    Html,
}

#[derive(Subcommand)]
pub(crate) enum Strategy {
    /// Check strategies, alone and against one another, and name every mistake with its file and line. The strategies
    /// that the binary carries can be referred to
    Check {
        /// Files, such as borsetshire-2027.yaml
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a report of the programme office: the same tables as on its page
    Report(Report),
    #[command(flatten)]
    Landscape(Landscape),
}

#[derive(Args)]
pub(crate) struct Report {
    /// Which report
    #[arg(value_enum)]
    pub(crate) what: ReportKind,
    /// As what it is written; html is a whole page that needs nothing else
    #[arg(long, value_enum, default_value_t = ReportFormat::Json)]
    pub(crate) format: ReportFormat,
    /// Held against this strategy alone [default: all that are held; for alignment the first of them]
    #[arg(long, value_name = "ID")]
    pub(crate) strategy: Option<String>,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportKind {
    /// How items serve a strategy, axis by axis, never as a number alone
    Alignment,
    /// What no item serves, what is late, what is below its target
    Gaps,
    /// Items that seem to do the same, and what stands in one another's way
    Duplicates,
    /// Items beside the phases, with the critical path
    Roadmap,
    /// Benefits against targets, present value, savings, spending
    Benefits,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    Json,
    Csv,
    Html,
}

#[derive(Subcommand)]
pub(crate) enum Landscape {
    /// Take up a survey of applications: a CSV file or an Excel workbook, all of it or nothing. Whatever is wrong is told
    /// with sheet, row and column, and what is in doubt is noted
    #[command(name = "import-landscape")]
    ImportSurvey {
        file: PathBuf,
        #[command(flatten)]
        more: LandscapeOptions,
    },
    /// Take up a model in the ArchiMate exchange format, version 3: kept whole, and its applications with their
    /// capabilities and ties put into the landscape
    ImportArchimate {
        file: PathBuf,
        #[command(flatten)]
        more: LandscapeOptions,
    },
    /// Write the landscape as a model in the ArchiMate exchange format, or a model that was taken up as it came
    ExportArchimate {
        /// The file to write, which is replaced as a whole [default: standard output]
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
        /// A model that was taken up, by its id
        #[arg(long, value_name = "ID")]
        model: Option<bluelamp_model::Id>,
        #[command(flatten)]
        acting: Acting,
    },
}

#[derive(Args)]
pub(crate) struct LandscapeOptions {
    /// The force of everything that names none
    #[arg(long, value_name = "NAME")]
    pub(crate) force: Option<String>,
    /// Only look, and store nothing: no data folder is opened
    #[arg(long)]
    pub(crate) check: bool,
    /// Say it in one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

#[derive(Subcommand)]
pub(crate) enum Thr {
    /// Check definitions, and name every mistake with its file and line. Their cases are run too
    Lint {
        /// Files, or folders with files that end in .md
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Run the cases of definitions, and say what came of each
    Test {
        /// Files, or folders with files that end in .md
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Say in plain words what is different from one version to another
    Diff {
        /// The earlier version: a file, or the id of a definition that the binary carries
        old: String,
        /// The later version
        new: String,
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Evaluate facts: floor, ceiling, every rule with its reason, questions, actions. Prints JSON
    Eval {
        /// A file, or the id of a definition that the binary carries
        definition: String,
        /// A file of JSON with the facts by name; - reads standard input
        facts: PathBuf,
        /// The moment at which the facts are seen, such as 2026-11-27T03:10:00Z: dated facts go stale
        #[arg(long, value_name = "TIME")]
        at: Option<bluelamp_model::Time>,
        /// Say it in one line of JSON
        #[arg(long, conflicts_with = "text")]
        json: bool,
        /// Say it in sentences
        #[arg(long)]
        text: bool,
    },
    /// Find the words of indicators in a text: the words as written, what is around them, and what they ask. There is no
    /// score
    Find {
        /// A file with the text; - reads standard input
        text: PathBuf,
        /// Only this set: a file, or the id of a set that the binary carries [default: all that the binary carries]
        #[arg(long, value_name = "ID")]
        set: Option<String>,
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
    },
}

/// As whom a command acts.
///
/// Whoever can open the data folder is trusted to be who they say: the account is not asked for its password. What
/// they do is judged by the policy and logged under that account all the same.
#[derive(Args)]
pub(crate) struct Acting {
    /// The account under which it is logged [default: one for the command line, which nobody can sign in with]
    #[arg(id = "as", long = "as", value_name = "USERNAME")]
    pub(crate) username: Option<String>,
    /// The purpose it is done for [default: the only one for which the account may do it]
    #[arg(long, value_name = "CODE")]
    pub(crate) purpose: Option<String>,
}

/// As whom an administrator's command acts. The purpose is the one for which the account may do it.
#[derive(Args)]
pub(crate) struct Administering {
    /// The account under which it is logged [default: one for the command line, which nobody can sign in with]
    #[arg(id = "as", long = "as", value_name = "USERNAME")]
    pub(crate) username: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum Import {
    /// Street-level crime of data.police.uk: a .csv or .csv.gz file
    PoliceUk {
        file: PathBuf,
        #[command(flatten)]
        more: ImportOptions,
    },
    /// Records of people: a .csv or .parquet file with named columns
    People {
        file: PathBuf,
        /// The system that the records come from [default: the name of the file]
        #[arg(long, value_name = "NAME")]
        system: Option<String>,
        #[command(flatten)]
        more: ImportOptions,
    },
}

#[derive(Args)]
pub(crate) struct ImportOptions {
    /// Say it in one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check the configuration, policy, forms, definitions, indicators, strategies, code lists and pages; every mistake is named
    Check,
    /// Print every value with where it came from
    Print {
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Write the product's own policy, forms, definitions, indicators, strategies, code lists and pages into a
    /// folder, to be changed and named as content_dir
    Unpack {
        /// The folder, which must not be there yet
        to: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum AccountCommand {
    /// Make an account, and print the one-time link with which its owner sets a password
    Add {
        /// What they type to sign in: letters, digits, dots and hyphens
        username: String,
        /// Their name as colleagues read it
        #[arg(long)]
        name: String,
        /// A role by its code; can be given several times
        #[arg(long, required = true)]
        role: Vec<String>,
        #[command(flatten)]
        acting: Administering,
    },
    /// Print a new one-time link for an account whose owner has lost the password
    Invite {
        username: String,
        #[command(flatten)]
        acting: Administering,
    },
    /// End an account's access at once. The account stays, for the log
    Disable {
        username: String,
        #[command(flatten)]
        acting: Administering,
    },
    /// List all accounts
    List {
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        acting: Administering,
    },
}

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Issue a token that carries a person and a purpose. It is printed this once
    Issue {
        /// Whose it is
        username: String,
        /// The purpose that it carries, by its code
        #[arg(long, value_name = "CODE")]
        purpose: String,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        label: String,
        /// For how many days it works
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
        days: u32,
        #[command(flatten)]
        acting: Administering,
    },
}

#[derive(Subcommand)]
pub(crate) enum LogCommand {
    /// Print the log's public key, which others need to check what it signed
    Key,
    /// Print the latest signed head of the log
    Checkpoint,
    /// Work the whole log out anew from its entries, and compare
    Check {
        /// Say it in one line of JSON
        #[arg(long)]
        json: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
