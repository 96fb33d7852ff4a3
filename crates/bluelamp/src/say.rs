//! What is said on the terminal. Only here, and only by the binary.

use crate::fail::Fail;
use serde::Serialize;
use std::{
    fmt::Display,
    io::{self, ErrorKind, Write},
};

/// A line, or several, on standard output, at once and not when a buffer is full.
///
/// # Errors
/// When it cannot be written; not when the reader has gone.
pub(crate) fn out(text: impl Display) -> Result<(), Fail> {
    let mut stdout = io::stdout().lock();
    let text = text.to_string();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    unless_gone(write!(stdout, "{text}{end}").and_then(|()| stdout.flush()))
}

/// One line of JSON on standard output.
///
/// # Errors
/// As [`out`].
pub(crate) fn json(value: &impl Serialize) -> Result<(), Fail> {
    out(serde_json::to_string(value).map_err(|e| bluelamp_model::Error::Bug(e.to_string()))?)
}

/// Lines on standard output that are sent together.
pub(crate) struct Lines(io::BufWriter<io::StdoutLock<'static>>);

impl Lines {
    pub(crate) fn new() -> Lines {
        Lines(io::BufWriter::with_capacity(1 << 16, io::stdout().lock()))
    }

    /// Adds a line of JSON.
    ///
    /// # Errors
    /// As [`out`].
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Fail> {
        let line = serde_json::to_string(value).map_err(|e| bluelamp_model::Error::Bug(e.to_string()))?;
        unless_gone(writeln!(self.0, "{line}"))
    }

    /// Sends what there is.
    ///
    /// # Errors
    /// As [`out`].
    pub(crate) fn send(&mut self) -> Result<(), Fail> {
        unless_gone(self.0.flush())
    }
}

/// A reader that has gone, as in `| head`, is no fault.
fn unless_gone(written: io::Result<()>) -> Result<(), Fail> {
    match written {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(e.into()),
        _ => Ok(()),
    }
}

/// A line on standard error, for the person at the terminal.
pub(crate) fn err(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}"); // nowhere is left to say that it could not be said
}
