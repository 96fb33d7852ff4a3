//! A fuzz target for each parser: a plain function that takes any bytes, must never panic, and holds what it read
//! to the promises of the crate that read it (what is accepted is written back the same, nothing is accepted
//! silently, a refusal says why).
//!
//! The functions are run in two ways: by the tests here, over examples and their damaged copies, the same on every
//! machine and in seconds; and by libFuzzer for as long as one likes (`fuzz/README.md`). No other crate may depend on
//! this one, and no target may read a clock, a network or a database, or leave a file behind.

mod access;
mod contact;
mod evidence;
mod forms;
mod fusion;
mod landscape;
mod ledger;
mod linkage;
mod model;
pub mod mutate;
mod once;
pub mod seeds;
mod steward;
mod triage;
mod web;

use bluelamp_model::Faults;
use std::cell::Cell;

/// Takes any bytes. Panics where a parser does, or where a promise is broken.
pub type Target = fn(&[u8]);

/// Every target by its name: the crate, a hyphen, and what is read. `fuzz/corpus/<name>` holds examples for it.
pub const TARGETS: &[(&str, Target)] = &[
    ("access-policy", access::policy),
    ("contact-code", contact::code),
    ("contact-submission", contact::submission),
    ("evidence-name", evidence::name),
    ("evidence-package", evidence::touched),
    ("forms-answers", forms::answers),
    ("forms-common", forms::common),
    ("forms-definition", forms::definition),
    ("forms-page", forms::page),
    ("fusion-people", fusion::people),
    ("fusion-police-uk", fusion::police_uk),
    ("ledger-bundle", ledger::bundle),
    ("ledger-checkpoint", ledger::checkpoint),
    ("ledger-note", ledger::note),
    ("ledger-path", ledger::path),
    ("ledger-proof", ledger::proof),
    ("ledger-proof-file", ledger::proof_file),
    ("ledger-tile", ledger::tile),
    ("ledger-verifier-key", ledger::verifier_key),
    ("linkage-model", linkage::model),
    ("linkage-normal", linkage::normal),
    ("linkage-plain", linkage::plain),
    ("linkage-settings", linkage::settings),
    ("linkage-sql", linkage::sql),
    ("linkage-subjects", linkage::subjects),
    ("model-bundle", model::bundle),
    ("model-code-list", model::code_list),
    ("model-record", model::record),
    ("model-values", model::values),
    ("steward-archimate", landscape::model),
    ("steward-strategy", steward::strategy),
    ("steward-survey", landscape::survey),
    ("triage-cell", triage::cell),
    ("triage-compiled", triage::compiled),
    ("triage-definition", triage::definition),
    ("triage-facts", triage::facts),
    ("web-markdown", web::markdown),
];

/// The target of that name.
#[must_use]
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, target)| *target)
}

thread_local! {
    static ACCEPTED: Cell<u64> = const { Cell::new(0) };
}

/// How many inputs were accepted by what they were read with, in this thread so far. A target that never accepts
/// anything tries nothing but refusals.
#[must_use]
pub fn accepted() -> u64 {
    ACCEPTED.get()
}

/// Counts an input that was accepted.
fn accept() {
    ACCEPTED.set(ACCEPTED.get() + 1);
}

fn text(data: &[u8]) -> Option<&str> {
    str::from_utf8(data).ok()
}

/// Whether an object in a JSON text names a member twice: then readers disagree on what was said.
fn named_twice(text: &str) -> bool {
    serde_json::from_str::<once::Once>(text.trim_start_matches('\u{feff}')).is_err()
}

/// A refusal has reasons, and where the file has lines, each names one.
fn told(faults: &Faults, lines: bool) {
    assert!(!faults.0.is_empty(), "refused without a reason");
    for fault in &faults.0 {
        assert!(!fault.reason.trim().is_empty() && !fault.file.is_empty(), "{fault:?}");
        assert!(!lines || fault.line.is_some_and(|line| line > 0), "no line: {fault}");
    }
}
