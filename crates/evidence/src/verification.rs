//! What a check found, for a person and for a machine.

use bluelamp_ledger::VerifierKey;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt;

/// What a check of a package found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Whether nothing at all is wrong with it. Whether the key itself was checked, `key` says.
    pub ok: bool,
    /// The case that the package says it holds, by public name.
    pub case: Option<String>,
    /// The package's own id.
    pub package: Option<String>,
    /// The key that the log's head was checked with.
    pub key: Option<KeyCheck>,
    /// What the package proves, in sentences. Empty where anything is wrong: then it proves nothing.
    pub proves: Vec<String>,
    /// What it does not prove, in sentences.
    pub does_not_prove: Vec<String>,
    /// Everything that is wrong, by file.
    pub problems: Vec<Problem>,
}

/// Which key the log's head was checked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyCheck {
    /// The key in text form.
    pub key: String,
    /// Its fingerprint, see [`fingerprint`].
    pub fingerprint: String,
    /// Whether it is one that the caller gave. If not, it is the one that lay in the package, and whoever forged
    /// the package could have put it there.
    pub trusted: bool,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file, by its path in the package; `.` for the package as a whole.
    pub file: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What people compare by eye or by telephone: SHA-256 of the key's text form, in hexadecimal, in groups of eight.
#[must_use]
pub fn fingerprint(key: &VerifierKey) -> String {
    let digest = hex::encode(Sha256::digest(key.to_string()));
    let mut text = String::with_capacity(71);
    for (n, c) in digest.chars().enumerate() {
        if n > 0 && n % 8 == 0 {
            text.push(' ');
        }
        text.push(c);
    }
    text
}

/// More problems than this are not listed one by one.
const MOST_PROBLEMS: usize = 200;

/// Of one file no more than this: the others have to be seen as well.
const MOST_OF_ONE: usize = 10;

impl Verification {
    /// Notes a problem. The first ones are kept, and only so much of each: a hostile package can neither fill the
    /// memory with them nor send its own bytes to a terminal.
    pub(crate) fn wrong(&mut self, file: &str, reason: impl Into<String>) {
        let harmless = |text: &str, most: usize| -> String {
            text.chars().take(most).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
        };
        let file = harmless(file, 400);
        if self.problems.iter().filter(|p| p.file == file).count() >= MOST_OF_ONE {
            return;
        }
        match self.problems.len() {
            n if n < MOST_PROBLEMS => {
                self.problems.push(Problem { file, reason: harmless(&reason.into(), 600) });
            }
            MOST_PROBLEMS => {
                let reason = "there are more problems than are listed here".into();
                self.problems.push(Problem { file: ".".into(), reason });
            }
            _ => {}
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.reason)
    }
}

/// The text for the terminal.
impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.case {
            Some(case) => format!("The package of case {case}"),
            None => "The package".into(),
        };
        match (self.ok, &self.key) {
            (true, Some(KeyCheck { trusted: true, .. })) => writeln!(f, "{name} is genuine and complete.")?,
            (true, _) => {
                writeln!(f, "{name} is whole in itself. The origin of its key was NOT checked.")?;
            }
            (false, _) => writeln!(f, "{name} is NOT to be trusted.")?,
        }
        if !self.problems.is_empty() {
            writeln!(f, "\nWhat is wrong:")?;
            for problem in &self.problems {
                writeln!(f, "- {problem}")?;
            }
        }
        for (title, sentences) in
            [("What it proves", &self.proves), ("What it does not prove", &self.does_not_prove)]
        {
            if !sentences.is_empty() {
                writeln!(f, "\n{title}:")?;
                for sentence in sentences {
                    writeln!(f, "- {sentence}")?;
                }
            }
        }
        if let Some(key) = &self.key {
            let from = if key.trusted { "a key that you gave" } else { "found inside the package" };
            writeln!(f, "\nThe key ({from}):\n  {}\n  fingerprint {}", key.key, key.fingerprint)?;
        }
        Ok(())
    }
}
