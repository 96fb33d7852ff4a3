//! Whether a value is of its property's type, and how JSON Schema says so.

use super::ValueType;
use crate::{Day, Time, statement::Scalar};
use serde_json::{Value, json};

impl ValueType {
    /// Whether the value is of this type. Whether a code is on its list is a separate question.
    ///
    /// # Errors
    /// A sentence that says what the value is and what it should be.
    pub fn check(&self, value: &Scalar) -> Result<(), String> {
        let text = || value.as_text().ok_or_else(|| format!("{value} is not {}", self.wanted()));
        let fits = match *self {
            Self::Text | Self::Code(_) => !text()?.trim().is_empty(),
            Self::Date => is_date(text()?),
            Self::Month => text()?.len() == 7 && is_date(text()?),
            Self::Time => is_time(text()?),
            Self::Count => matches!(value, Scalar::Number(n) if n.as_u64().is_some_and(|n| n < 1 << 53)),
            Self::Number(least, most) => value.as_f64().is_some_and(|n| (least..=most).contains(&n)),
            Self::Truth => matches!(value, Scalar::Truth(_)),
        };
        if fits { Ok(()) } else { Err(format!("'{value}' is not {}", self.wanted())) }
    }

    /// The type in words, after "is not".
    #[must_use]
    pub fn wanted(&self) -> String {
        match *self {
            Self::Text => "text".into(),
            Self::Code(list) => format!("a code of the list '{list}'"),
            Self::Date => "a date that the calendar has, such as 1984, 1984-05 or 1984-05-17".into(),
            Self::Month => "a month such as 2026-07".into(),
            Self::Time => "a time with its offset, such as 2026-11-22T04:15:00Z".into(),
            Self::Count => "a whole number, zero or more".into(),
            Self::Number(least, most) => format!("a number from {least} to {most}"),
            Self::Truth => "true or false".into(),
        }
    }

    /// The JSON Schema of a value of this type. A code is a string here: its list is added by the caller.
    pub(crate) fn schema(&self) -> Value {
        match *self {
            Self::Text | Self::Code(_) => json!({"type": "string", "pattern": r"\S"}),
            Self::Date => json!({
                "type": "string",
                "pattern": "^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
            }),
            Self::Month => json!({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}),
            Self::Time => json!({"type": "string", "format": "date-time"}),
            Self::Count => json!({"type": "integer", "minimum": 0, "exclusiveMaximum": 1_u64 << 53}),
            Self::Number(least, most) => json!({"type": "number", "minimum": least, "maximum": most}),
            Self::Truth => json!({"type": "boolean"}),
        }
    }
}

/// A date as far as it is known, and real as far as it goes.
fn is_date(text: &str) -> bool {
    let day = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.into(),
    };
    day.parse::<Day>().is_ok()
}

/// A real time in the one form of RFC 3339 that every reader understands.
pub(crate) fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let offset = || {
        let at = bytes.len().saturating_sub(6);
        matches!(bytes.get(at), Some(b'+' | b'-')) && bytes.get(at + 3) == Some(&b':')
    };
    bytes.len() >= 20
        && bytes[10] == b'T'
        && bytes[16] == b':'
        && (bytes.ends_with(b"Z") || offset())
        && text.parse::<Time>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_real_as_far_as_they_go() {
        for right in ["1984", "1984-05", "1984-05-17", "2024-02-29"] {
            assert_eq!(ValueType::Date.check(&right.into()), Ok(()), "{right}");
        }
        for wrong in ["", "84", "1984-13", "2023-02-29", "17/05/1984", "1984-5-17", "1984-05-17T00:00:00Z"] {
            assert!(ValueType::Date.check(&wrong.into()).is_err(), "{wrong}");
        }
        assert!(ValueType::Date.check(&1984.into()).is_err(), "a year is written as text");
        assert!(ValueType::Month.check(&"2026".into()).is_err());
    }

    #[test]
    fn times_carry_their_offset() {
        for right in ["2026-11-22T04:15:00Z", "2026-11-22T04:15:00.123456Z", "2026-06-22T05:15:00+01:00"] {
            assert!(is_time(right), "{right}");
        }
        let wrong = [
            "2026-11-22T04:15:00",
            "2026-11-22 04:15:00Z",
            "2026-02-30T04:15:00Z",
            "2026-11-22T25:15:00Z",
            "2026-11-22",
            "20261122T041500Z",
            "2026-11-22T04:15:00Z[Europe/London]",
            "",
        ];
        for wrong in wrong {
            assert!(!is_time(wrong), "{wrong}");
        }
    }

    #[test]
    fn numbers_keep_to_their_range() {
        let latitude = ValueType::Number(-90.0, 90.0);
        assert_eq!(latitude.check(&Scalar::decimal(51.5).unwrap()), Ok(()));
        assert!(latitude.check(&Scalar::decimal(151.5).unwrap()).unwrap_err().contains("from -90 to 90"));
        assert!(latitude.check(&"51.5".into()).is_err(), "a number is not written as text");
        assert!(ValueType::Count.check(&(-1).into()).is_err());
        assert!(ValueType::Truth.check(&"true".into()).is_err());
    }
}
