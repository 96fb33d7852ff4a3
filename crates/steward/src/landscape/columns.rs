//! The columns of a survey and the many ways in which forces spell them, from `data/landscape/columns.toml`.

use super::unit;
use bluelamp_model::{Fault, Faults};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Column {
    /// The application's name.
    Name,
    /// The force.
    Force,
    /// The supplier.
    Supplier,
    /// The product behind it.
    Product,
    /// The version.
    Version,
    /// What it does.
    Function,
    /// Capabilities, several in a cell.
    Capabilities,
    /// How many people use it.
    Users,
    /// Where it runs.
    Hosting,
    /// What it costs in a year to run.
    RunCost,
    /// What is spent in a year to change it.
    ChangeCost,
    /// The last day of the contract.
    ContractEnd,
    /// What it is tied to, several in a cell.
    Integrations,
    /// Whether people or the public work in it directly.
    FrontEnd,
    /// Whether it is a legacy system.
    Legacy,
    /// Whether it goes straight into a legacy system.
    DirectLegacy,
    /// Bought or built.
    Sourcing,
    /// Who answers for it.
    Owner,
    /// What becomes of it.
    Disposition,
    /// By when.
    DispositionBy,
    /// Why.
    DispositionReason,
    /// How mature a capability is now.
    MaturityNow,
    /// How mature it is to be.
    MaturityTarget,
}

impl Column {
    /// All of them, in the order in which a survey is written.
    pub const ALL: [Self; 23] = [
        Self::Force,
        Self::Name,
        Self::Supplier,
        Self::Product,
        Self::Version,
        Self::Function,
        Self::Capabilities,
        Self::Users,
        Self::Hosting,
        Self::RunCost,
        Self::ChangeCost,
        Self::ContractEnd,
        Self::Integrations,
        Self::FrontEnd,
        Self::Legacy,
        Self::DirectLegacy,
        Self::Sourcing,
        Self::Owner,
        Self::Disposition,
        Self::DispositionBy,
        Self::DispositionReason,
        Self::MaturityNow,
        Self::MaturityTarget,
    ];
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "column")]
    columns: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    key: Column,
    title: String,
    #[serde(default)]
    also: Vec<String>,
}

/// The columns with their titles and other spellings.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    titles: BTreeMap<Column, String>,
    spelled: BTreeMap<String, Column>,
}

/// The file that comes with the product.
const SHIPPED: &str = include_str!("../../../../data/landscape/columns.toml");

impl Columns {
    /// Reads a file of columns.
    ///
    /// # Errors
    /// Every mistake: a column that is missing or unknown, a spelling that two columns claim.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let read: File = toml::from_str(text).map_err(|e| {
            let before = e.span().and_then(|s| text.get(..s.start)).unwrap_or_default();
            Faults::from(Fault::new(file, e.message()).at_line(before.matches('\n').count() as u64 + 1))
        })?;
        let (mut titles, mut spelled, mut faults) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for entry in read.columns {
            if titles.insert(entry.key, entry.title.clone()).is_some() {
                faults
                    .push(Fault::new(file, format!("the column '{}' is there twice: keep one", entry.title)));
            }
            for spelling in std::iter::once(&entry.title).chain(&entry.also) {
                let plain = plain(spelling);
                if plain.is_empty() {
                    faults.push(Fault::new(file, format!("'{spelling}' has no letter or digit: remove it")));
                } else if let Some(other) = spelled.insert(plain, entry.key)
                    && other != entry.key
                {
                    faults.push(Fault::new(
                        file,
                        format!("two columns are spelled '{spelling}': keep it in one"),
                    ));
                }
            }
        }
        for column in Column::ALL.iter().filter(|c| !titles.contains_key(c)) {
            faults.push(Fault::new(file, format!("there is no column with the key of {column:?}: add it")));
        }
        Faults(faults).or(Self { titles, spelled })
    }

    /// What comes with the product.
    ///
    /// # Errors
    /// Never, as a test has read it.
    pub fn shipped() -> Result<Self, Faults> {
        Self::parse("data/landscape/columns.toml", SHIPPED)
    }

    /// What a column is called.
    #[must_use]
    pub fn title(&self, column: Column) -> &str {
        self.titles.get(&column).map_or("", String::as_str)
    }

    /// The column that somebody means by a heading.
    #[must_use]
    pub fn find(&self, heading: &str) -> Option<Column> {
        let spelled = |text: &str| self.spelled.get(&plain(text)).copied();
        // What stands in brackets is a unit or an instruction: "Annual cost (£)", "Annual cost (£k) Run". What a unit
        // means for the figures is read where they are.
        if let Some(column) = spelled(heading) {
            return Some(column);
        }
        let found = spelled(&without_brackets(heading))
            .or_else(|| spelled(heading.split(['(', '[']).next()?))
            .or_else(|| unit::before_bare(heading, spelled))?;
        // Which of the two costs it is can stand there too: "Annual cost (£k, capex)".
        Some(if found == Column::RunCost && unit::of_change(heading) { Column::ChangeCost } else { found })
    }
}

/// A heading without what stands in brackets in it.
fn without_brackets(heading: &str) -> String {
    let mut depth = 0_usize;
    let kept = heading.chars().filter(|c| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    });
    kept.collect()
}

/// Letters and digits in lower case: what is left of a heading when everything else is forgotten.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_columns_are_sound_and_spellings_are_found() {
        let columns = Columns::shipped().unwrap();
        let found = [
            ("Application", Some(Column::Name)),
            ("SYSTEM_NAME", Some(Column::Name)),
            ("System  name:", Some(Column::Name)),
            ("Annual cost (£)", Some(Column::RunCost)),
            ("Annual cost (£k) Run", Some(Column::RunCost)),
            ("Cost (£) change", Some(Column::ChangeCost)),
            ("Cost (£) per month", Some(Column::RunCost)),
            ("Annual cost (£k, capex)", Some(Column::ChangeCost)),
            ("Annual cost (£k, change)", Some(Column::ChangeCost)),
            ("Annual cost (£, project)", Some(Column::ChangeCost)),
            ("Annual cost £k capital", Some(Column::ChangeCost)),
            ("Annual cost (£k, run)", Some(Column::RunCost)),
            ("Annual cost (£k, run and change)", Some(Column::RunCost)),
            ("Annual cost (£k, excl. capital)", Some(Column::RunCost)),
            ("Annual cost £k", Some(Column::RunCost)),
            ("Annual cost in £ thousands", Some(Column::RunCost)),
            ("Users 000s", Some(Column::Users)),
            ("Cost per user", None),
            ("Cost centre", None),
            ("Contract end", Some(Column::ContractEnd)),
            ("Contract-End Date", Some(Column::ContractEnd)),
            ("Direct legacy link?", Some(Column::DirectLegacy)),
            ("No. of users (approx.)", Some(Column::Users)),
            ("Shoe size", None),
            ("", None),
        ];
        for (heading, column) in found {
            assert_eq!(columns.find(heading), column, "{heading}");
        }
        assert!(Column::ALL.iter().all(|c| columns.find(columns.title(*c)) == Some(*c)));
    }

    #[test]
    fn mistakes_in_the_file_are_named() {
        let twice = format!("{SHIPPED}\n[[column]]\nkey = \"name\"\ntitle = \"Users\"\n");
        let said = Columns::parse("c.toml", &twice).unwrap_err().to_string();
        assert!(said.contains("there twice") && said.contains("two columns are spelled 'Users'"), "{said}");
        let said =
            Columns::parse("c.toml", "[[column]]\nkey = \"shoe\"\ntitle = \"x\"").unwrap_err().to_string();
        assert!(said.starts_with("c.toml:2: ") && said.contains("shoe"), "{said}");
        let said = Columns::parse("c.toml", "column = []").unwrap_err().to_string();
        assert_eq!(said.lines().count(), Column::ALL.len());
    }
}
