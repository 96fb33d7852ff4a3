//! What is wrong with a data file that a person wrote: which file, which line, which field, why.

use serde::Serialize;
use std::fmt;

/// One mistake in a form, definition, policy, configuration or import file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// The file as the person named it.
    pub file: String,
    /// Line, counted from 1, where it is known.
    pub line: Option<u64>,
    /// Field, column or path inside the file, where there is one.
    pub field: Option<String>,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl Fault {
    /// A fault in a whole file.
    pub fn new(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, field: None, reason: reason.into() }
    }

    /// The same fault, at a line counted from 1.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same fault, in a named field.
    #[must_use]
    pub fn in_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ": {field}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for Fault {}

/// Every mistake found in one go: a person should not have to fix them one run at a time.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// `Ok(value)` when nothing was found, all the faults otherwise.
    ///
    /// # Errors
    /// The faults themselves, when there are any.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_file_line_field_and_reason() {
        let fault =
            Fault::new("data/forms/asb.json", "is not a known list").at_line(12).in_field("pages[3].list");
        assert_eq!(fault.to_string(), "data/forms/asb.json:12: pages[3].list: is not a known list");
    }
}
