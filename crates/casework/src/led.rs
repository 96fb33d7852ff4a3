//! How often a version of a definition led a decision, and how people decided: for the register of algorithms.

use bluelamp_model::Result;
use bluelamp_store::Cx;
use serde::Serialize;
use std::collections::BTreeMap;

/// Decisions in which a version led.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Led {
    /// All with a grade.
    pub decided: u64,
    /// As it proposed.
    pub agreed: u64,
    /// Above the least grade that it proposed.
    pub above: u64,
    /// Below it.
    pub below: u64,
}

/// The counts of each version that ever led a decision, by definition and version. Counts only: for everybody who may
/// read the register. For a room that has asked the policy.
///
/// # Errors
/// Database errors.
pub fn led(cx: &mut Cx<'_>) -> Result<BTreeMap<(String, String), Led>> {
    let rows = cx.rows(
        "select definition, version, stance, count(*) from decision
         where definition is not null and version is not null and stance is not null
         group by definition, version, stance",
        &[],
    )?;
    let mut all: BTreeMap<(String, String), Led> = BTreeMap::new();
    for row in rows {
        let (stance, n): (String, u64) = (row.get(2)?, row.get(3)?);
        let led = all.entry((row.get(0)?, row.get(1)?)).or_default();
        led.decided += n;
        match stance.as_str() {
            "agreed" => led.agreed += n,
            "raised" => led.above += n,
            _ => led.below += n,
        }
    }
    Ok(all)
}
