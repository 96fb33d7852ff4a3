//! Triage on a device in somebody's hand, with or without a network: a compiled definition and what is known go in, the
//! proposal comes out, byte for byte what the server would say.
//!
//! [`assess`] is all of it. [`abi`] is the door for a host that is not Rust: the crate is also a WebAssembly module, which
//! exports `allocate`, `assess` and `release` and imports nothing at all, so that whatever runs WebAssembly can run it.
//!
//! ```sh
//! cargo build --profile dist --target wasm32-unknown-unknown --package bluelamp-handheld
//! ```
//!
//! What this crate must never do: decide, keep anything from one call to the next, read a clock, a file or a network, or
//! know better than `triage`: there is no rule of its own in it. Bad input is an answer with errors and never a panic.

pub mod abi;

use bluelamp_model::{FieldError, Time};
use bluelamp_triage::{Assessment, Definition, Observations};
use serde::Serialize;

/// What comes out: `{"assessment": …}` or `{"errors": […]}`.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Assessment(Box<Assessment>),
    Errors(Vec<FieldError>),
}

/// Assesses one incident. `definition` is the JSON of a compiled definition ([`Definition::compiled`]), `told` that of
/// [`Observations`], and `at` the moment at which they are seen, in RFC 3339; it is needed where a fact is dated and can go
/// stale.
///
/// Gives the JSON `{"assessment": …}`, or `{"errors": [{"field", "code", "message"}, …]}` with everything that is wrong:
/// `not-a-definition`, `not-observations` and `not-a-time` where an input cannot be read, else the codes of
/// [`Definition::facts_at`] and [`Definition::assess`].
#[must_use]
pub fn assess(definition: &str, told: &str, at: Option<&str>) -> String {
    written(answer(definition, told, at))
}

/// The same for bytes, which may not even be text (`not-text`); an empty `at` is none.
#[must_use]
pub fn assess_bytes(definition: &[u8], told: &[u8], at: &[u8]) -> String {
    let mut errors = Vec::new();
    let mut text = |field: &str, bytes| {
        std::str::from_utf8(bytes)
            .map_err(|error| errors.push(wrong(field, "not-text", format!("is not UTF-8: {error}"))))
            .unwrap_or_default()
    };
    let (definition, told, at) = (text("definition", definition), text("told", told), text("at", at));
    if errors.is_empty() {
        assess(definition, told, Some(at).filter(|at| !at.is_empty()))
    } else {
        written(Err(errors))
    }
}

fn answer(definition: &str, told: &str, at: Option<&str>) -> Result<Assessment, Vec<FieldError>> {
    let mut errors = Vec::new();
    let definition = Definition::compiled("definition", definition).map_err(|faults| {
        let each = faults.0.iter().map(|fault| wrong("definition", "not-a-definition", fault.to_string()));
        errors.extend(each);
    });
    let told = serde_json::from_str::<Observations>(told).map_err(|error| {
        errors.push(wrong("told", "not-observations", format!("is not JSON of facts: {error}")));
    });
    let at = at
        .map(str::parse::<Time>)
        .transpose()
        .map_err(|message| errors.push(wrong("at", "not-a-time", message)));
    let (Ok(definition), Ok(told), Ok(at)) = (definition, told, at) else { return Err(errors) };
    definition.assess(&definition.facts_at(&told, at)?)
}

fn wrong(field: &str, code: &str, message: String) -> FieldError {
    FieldError { field: field.into(), code: code.into(), message }
}

fn written(answer: Result<Assessment, Vec<FieldError>>) -> String {
    let answer = match answer {
        Ok(assessment) => Answer::Assessment(Box::new(assessment)),
        Err(errors) => Answer::Errors(errors),
    };
    serde_json::to_string(&answer).expect("texts, numbers and names as keys can always be written as JSON")
}
