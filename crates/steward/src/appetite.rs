//! How much risk a board is willing to carry: dated data with an owner, and the one scale that risks are measured on.

use bluelamp_model::{Day, Fault, Faults};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An appetite as a board set it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Appetite {
    /// Version of the file.
    pub version: String,
    /// Who answers for it.
    pub owner: String,
    /// Its name on the scale that the strategy refers to: averse, minimalist, cautious, open, hungry.
    pub level: String,
    /// The element of the strategy that sets it.
    pub element: String,
    /// From when it holds.
    pub from: Day,
    /// Where the bounds come from.
    pub basis: String,
    /// The greatest exposure that is tolerated without a board, by area; 1 to 25.
    pub bounds: BTreeMap<String, u8>,
}

impl Appetite {
    /// Reads the file of a force.
    ///
    /// # Errors
    /// Its faults, with file and line where the reader knows it.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let read: Self = toml::from_str(text).map_err(|e| {
            let fault = Fault::new(file, e.message());
            Faults::from(match e.span() {
                Some(span) => {
                    let before = text.get(..span.start).unwrap_or_default();
                    fault.at_line(before.matches('\n').count() as u64 + 1)
                }
                None => fault,
            })
        })?;
        let mut faults = Faults::default();
        for (area, bound) in &read.bounds {
            let known = crate::registers::portfolio::RAID.field("area").is_some_and(|f| match f.kind {
                crate::register::FieldKind::Choice(all) => all.iter().any(|(code, _)| code == area),
                _ => false,
            });
            if !known {
                faults
                    .0
                    .push(Fault::new(file, format!("‘{area}’ is not an area of risk")).in_field("bounds"));
            }
            if !(1..=25).contains(bound) {
                let reason = format!("{bound} is no exposure: likelihood times impact is 1 to 25");
                faults.0.push(Fault::new(file, reason).in_field(format!("bounds.{area}")));
            }
        }
        faults.or(read)
    }

    /// Whether an exposure in an area is above what is tolerated. An area without a bound tolerates nothing unseen: every
    /// risk in it is above.
    #[must_use]
    pub fn exceeded(&self, area: &str, exposure: u8) -> bool {
        self.bounds.get(area).is_none_or(|bound| exposure > *bound)
    }
}

/// Likelihood times impact, each from 1 to 5; nothing where one of them is not judged.
#[must_use]
pub fn exposure(likelihood: &str, impact: &str) -> Option<u8> {
    let one = |text: &str| text.parse::<u8>().ok().filter(|n| (1..=5).contains(n));
    Some(one(likelihood)? * one(impact)?)
}
