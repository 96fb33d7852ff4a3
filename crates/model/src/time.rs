//! Time: microseconds since 1970-01-01T00:00:00Z, written as RFC 3339 in UTC.

use jiff::{Timestamp, tz::TimeZone};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{borrow::Cow, fmt, str::FromStr};

/// A point in time, to the microsecond, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(i64);

impl Time {
    /// From microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This time moved by a number of seconds, which may be negative.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1_000_000)
    }

    /// The time as the edge of the system reads it from the operating system.
    ///
    /// Only the binary's own edge and the store's writer may call this; everything else takes the time as
    /// an argument.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    pub fn now() -> Self {
        Self(Timestamp::now().as_microsecond())
    }

    fn timestamp(self) -> Timestamp {
        // Out of jiff's range (year 9999) is shown as its edge rather than as a panic.
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::MAX)
    }

    /// As people in the United Kingdom read it: "22 November 2026 at 4:15am", in London's local time.
    #[must_use]
    pub fn spoken(self) -> String {
        let z = self.timestamp().to_zoned(london());
        let (hour, half) = match z.hour() {
            0 => (12, "am"),
            h @ 1..=11 => (h, "am"),
            12 => (12, "pm"),
            h => (h - 12, "pm"),
        };
        format!("{} at {hour}:{:02}{half}", z.strftime("%-d %B %Y"), z.minute())
    }

    /// Short form for tables: "22 Nov 2026, 04:15", in London's local time.
    #[must_use]
    pub fn short(self) -> String {
        self.timestamp().to_zoned(london()).strftime("%-d %b %Y, %H:%M").to_string()
    }

    /// The calendar day in London: "2026-11-22".
    #[must_use]
    pub fn day(self) -> String {
        self.timestamp().to_zoned(london()).strftime("%Y-%m-%d").to_string()
    }

    /// The last second of its calendar day in London.
    #[must_use]
    pub fn end_of_day(self) -> Self {
        let last = self.timestamp().to_zoned(london()).end_of_day();
        // Down to the second, before 1970 too.
        let second = |end: jiff::Zoned| end.timestamp().as_nanosecond().div_euclid(1_000_000_000);
        last.ok().and_then(|end| i64::try_from(second(end)).ok()).map_or(self, |s| Self(s * 1_000_000))
    }
}

fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.timestamp())
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Time {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        s.parse::<Timestamp>()
            .map(|t| Self(t.as_microsecond()))
            .map_err(|_| format!("'{s}' is not a time like 2026-11-22T04:15:00Z"))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time", "description": "RFC 3339, UTC"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let t: Time = "2026-06-22T04:15:00.000001Z".parse().unwrap();
        assert_eq!(t.to_string(), "2026-06-22T04:15:00.000001Z");
        assert_eq!(t.to_string().parse::<Time>().unwrap(), t);
    }

    #[test]
    fn the_last_second_of_a_day_is_on_that_day_before_1970_too() {
        for day in ["1969-12-30", "1900-01-01", "1970-01-01", "2026-11-22"] {
            let noon: Time = format!("{day}T12:00:00Z").parse().unwrap();
            assert_eq!(noon.end_of_day().day(), day);
        }
    }

    #[test]
    fn people_read_london_time() {
        let summer: Time = "2026-06-22T23:15:00Z".parse().unwrap();
        assert_eq!(summer.spoken(), "23 June 2026 at 12:15am");
        assert_eq!(summer.short(), "23 Jun 2026, 00:15");
        assert_eq!(summer.day(), "2026-06-23");
        assert_eq!(summer.end_of_day().to_string(), "2026-06-23T22:59:59.000000Z");
    }

    #[test]
    fn refuses_what_is_not_a_time() {
        assert!("yesterday".parse::<Time>().unwrap_err().contains("'yesterday' is not a time"));
    }
}
