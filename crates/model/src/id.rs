//! Identifiers: UUID version 7 (RFC 9562), so that ids sort by the time they were made.

use crate::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The identifier of one record, event, entry or account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("pattern" = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"))]
pub struct Id(uuid::Uuid);

impl Id {
    /// Makes a UUIDv7 from a time (millisecond precision) and ten random bytes.
    #[must_use]
    pub fn new(time: Time, random: [u8; 10]) -> Self {
        let millis = u64::try_from(time.micros().div_euclid(1000)).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Takes the sixteen bytes as they are stored.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Uuid::from_bytes(bytes))
    }

    /// Whether it is of version 7 and of the RFC 9562 variant, as every identifier made here is.
    #[must_use]
    pub fn is_version_7(self) -> bool {
        self.0.get_version_num() == 7 && self.0.get_variant() == uuid::Variant::RFC4122
    }

    /// The sixteen bytes, big-endian.
    #[must_use]
    pub fn bytes(self) -> [u8; 16] {
        *self.0.as_bytes()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        uuid::Uuid::try_parse(s).map(Self).map_err(|_| format!("'{s}' is not an identifier (UUID)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_version_7_and_sorts_by_time() {
        let early = Id::new(Time::from_micros(1_700_000_000_000_000), [0xff; 10]);
        let late = Id::new(Time::from_micros(1_700_000_000_001_000), [0; 10]);
        assert!(early < late);
        assert_eq!(early.bytes()[6] >> 4, 7);
        assert_eq!(early.to_string().parse::<Id>().unwrap(), early);
    }
}
