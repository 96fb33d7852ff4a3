//! How a command ends that did not succeed: what is said, and the exit code.

use bluelamp_model::{Error, Faults};
use std::{fmt, process::ExitCode};

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Fail {
    /// The command or its arguments are wrong: exit code 2.
    Usage(String),
    /// A file that a person wrote is wrong, with every mistake in it: exit code 2.
    Data(Faults),
    /// It could not be done: exit code 1, or 2 where what was given is wrong.
    Refused(Error),
    /// What was checked does not hold, and that has been said already: exit code 1.
    Rejected,
    /// As [`Fail::Data`], and that has been said already: exit code 2.
    Said,
}

impl Fail {
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Self::Usage(_) | Self::Data(_) | Self::Said | Self::Refused(Error::Invalid(_)) => {
                ExitCode::from(2)
            }
            Self::Refused(_) | Self::Rejected => ExitCode::from(1),
        }
    }
}

impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Faults> for Fail {
    fn from(faults: Faults) -> Self {
        Self::Data(faults)
    }
}

impl From<std::io::Error> for Fail {
    fn from(error: std::io::Error) -> Self {
        Self::Refused(Error::Unavailable(error.to_string()))
    }
}

impl fmt::Display for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(what) => f.write_str(what),
            Self::Data(faults) => faults.fmt(f),
            Self::Refused(error) => error.fmt(f),
            Self::Rejected | Self::Said => Ok(()),
        }
    }
}
