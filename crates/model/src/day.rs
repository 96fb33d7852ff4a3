//! A calendar day, as in a review date or the day a code came into use.

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{borrow::Cow, fmt, str::FromStr};

/// A day of the Gregorian calendar without a time of day: "2026-11-22".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day of that year, month (1–12) and day (1–31).
    ///
    /// # Errors
    /// A sentence, where the calendar has no such day between the years 1 and 9999.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, String> {
        match Date::new(year, month, day) {
            Ok(date) if year > 0 => Ok(Self(date)),
            _ => Err(format!("{year:04}-{month:02}-{day:02} is not a day of the calendar")),
        }
    }

    /// How many days after 1 January 1970 it is; negative before.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0.duration_since(EPOCH).as_hours().div_euclid(24).try_into().unwrap_or(i32::MAX)
    }

    /// The day so many days after 1 January 1970.
    ///
    /// # Errors
    /// A sentence, where that is not between the years 1 and 9999.
    pub fn from_number(number: i32) -> Result<Self, String> {
        match EPOCH.checked_add(jiff::Span::new().days(number.clamp(-4_000_000, 4_000_000))) {
            Ok(date) if date.year() > 0 => Ok(Self(date)),
            _ => Err(format!("{number} days from 1970-01-01 is not a day between the years 1 and 9999")),
        }
    }
}

/// From where days are counted.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl FromStr for Day {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let wrong = || format!("'{s}' is not a day like 2026-11-22");
        // Only the one form: jiff reads more (20261122, week dates), other readers of the same file may not.
        let shape = |(n, b): (usize, u8)| if n == 4 || n == 7 { b == b'-' } else { b.is_ascii_digit() };
        if s.len() != 10 || !s.bytes().enumerate().all(shape) {
            return Err(wrong());
        }
        let number = |range: std::ops::Range<usize>| s[range].parse::<i16>().map_err(|_| wrong());
        let small = |range| number(range).and_then(|n| i8::try_from(n).map_err(|_| wrong()));
        Self::new(number(0..4)?, small(5..7)?, small(8..10)?)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date", "description": "A day: YYYY-MM-DD"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let day: Day = "2024-02-29".parse().unwrap();
        assert_eq!(day.to_string(), "2024-02-29");
        assert_eq!(day, Day::new(2024, 2, 29).unwrap());
    }

    #[test]
    fn is_counted_from_1970() {
        for (day, number) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-03-01", 11_017),
            ("2026-11-22", 20_779),
            ("0001-01-01", -719_162),
        ] {
            let read: Day = day.parse().unwrap();
            assert_eq!(
                (read.number(), Day::from_number(number).unwrap().to_string().as_str()),
                (number, day)
            );
        }
        for outside in [-719_163, 2_932_897, i32::MIN, i32::MAX] {
            assert!(Day::from_number(outside).is_err(), "{outside}");
        }
    }

    #[test]
    fn refuses_what_the_calendar_does_not_have() {
        for wrong in
            ["2023-02-29", "2026-13-01", "2026-1-1", "20260101", "", "2026-11-22T00:00Z", "0000-01-01"]
        {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
    }
}
