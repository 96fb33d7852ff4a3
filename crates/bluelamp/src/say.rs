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
/// When it cannot be written. A reader that has gone, as in `| head`, is none.
pub(crate) fn out(text: impl Display) -> Result<(), Fail> {
    let mut stdout = io::stdout().lock();
    let text = text.to_string();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    match write!(stdout, "{text}{end}").and_then(|()| stdout.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(e.into()),
        _ => Ok(()),
    }
}

/// One line of JSON on standard output.
///
/// # Errors
/// As [`out`].
pub(crate) fn json(value: &impl Serialize) -> Result<(), Fail> {
    out(serde_json::to_string(value).map_err(|e| bluelamp_model::Error::Bug(e.to_string()))?)
}

/// A line on standard error, for the person at the terminal.
pub(crate) fn err(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}"); // nowhere is left to say that it could not be said
}
