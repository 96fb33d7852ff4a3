//! What of this room ranks and compares, as the register of algorithms has it. It is about work, and says nothing of a
//! person: so it may be worked out before it is approved, and says then that it is not. What a named person suspended or
//! retired is not worked out (`docs/decisions/0022-algorithms-about-work.md`).

use bluelamp_access::algorithm::{self, Running};
use bluelamp_model::{Error, Result};
use bluelamp_store::Cx;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// The name of the alignment of items with a strategy in the register.
pub const ALIGNMENT: &str = "alignment/portfolio";
/// The name of what finds gaps, duplicates, conflicts, synergies and quick wins in the register.
pub const FINDINGS: &str = "finding/portfolio";

/// The version of each; a change of what they find makes a new one.
const VERSION: &str = "1.0.0";

/// One digest of the sources that make something what it is: whoever changes them changes it.
fn digest_of(sources: &[&str]) -> String {
    let mut all = Sha256::new();
    for source in sources {
        all.update(Sha256::digest(source.as_bytes()));
    }
    hex::encode(all.finalize())
}

static ALIGNMENT_DIGEST: LazyLock<String> = LazyLock::new(|| {
    digest_of(&[include_str!("assessment/alignment.rs"), include_str!("assessment/stability.rs")])
});
static FINDINGS_DIGEST: LazyLock<String> = LazyLock::new(|| {
    digest_of(&[
        include_str!("findings/gaps.rs"),
        include_str!("findings/pairs.rs"),
        include_str!("findings/shared.rs"),
        include_str!("findings/wins.rs"),
        include_str!("findings/words.rs"),
        include_str!("findings/applications.rs"),
        include_str!("landscape/same.rs"),
        include_str!("landscape/nicknames.rs"),
        include_str!("landscape/coverage.rs"),
    ])
});

fn digest(which: &str) -> &'static str {
    if which == ALIGNMENT { &ALIGNMENT_DIGEST } else { &FINDINGS_DIGEST }
}

/// Everything of this room that ranks or compares, as it runs now.
#[must_use]
pub fn running() -> Vec<Running> {
    let of = |which: &str, title: &str, purpose: &str| {
        let (kind, name) = which.split_once('/').unwrap_or((which, ""));
        Running {
            kind: kind.into(),
            name: name.into(),
            version: VERSION.into(),
            digest: digest(which).into(),
            title: title.into(),
            purpose: purpose.into(),
            owner: "role: Head of the programme office".into(),
            accountable: "role: Accountable chief officer".into(),
        }
    };
    vec![
        of(
            ALIGNMENT,
            "Alignment with the strategy",
            "Weighs the scores that people gave to projects against the elements of a strategy, and ranks the projects under \
             1,000 random weightings.",
        ),
        of(
            FINDINGS,
            "Findings in the portfolio",
            "Names projects and applications that seem to double, to stand in one another’s way or to fit together, and \
             capabilities that nothing serves, for a person to confirm or reject.",
        ),
    ]
}

/// What has to be known beside what an algorithm about work gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Notice {
    /// Its name in the register.
    pub algorithm: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its digest.
    pub digest: &'static str,
    /// Why it counts as not approved for operation; none where it is approved.
    pub not_approved: Option<String>,
}

impl Notice {
    /// The one line that people read; none where it is approved.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        let why = self.not_approved.as_ref()?;
        Some(format!("Nobody has approved this algorithm for use: {why}. Decide nothing on it alone."))
    }
}

/// Whether something of this room may be worked out, and what has to be said beside it. For a function that has asked the
/// policy.
///
/// # Errors
/// [`Error::Conflict`] where a named person stopped it; database errors.
pub fn ask(cx: &mut Cx<'_>, which: &'static str) -> Result<Notice> {
    let (digest, now) = (digest(which), cx.now());
    match algorithm::permits(cx)?.of_work(which, digest, now) {
        Ok(refused) => Ok(Notice {
            algorithm: which,
            version: VERSION,
            digest,
            not_approved: refused.map(|r| r.to_string()),
        }),
        Err(stopped) => Err(Error::Conflict(format!("{which} is not worked out: {stopped}"))),
    }
}
