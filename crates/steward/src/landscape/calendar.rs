//! Reckoning with days, without a clock.

use bluelamp_model::Day;

/// Year, month and day.
pub(super) fn parts(day: Day) -> (i64, i64, i64) {
    let text = day.to_string();
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse().ok()).unwrap_or(1);
    (number(0..4), number(5..7), number(8..10))
}

/// Days since 1 January 1970, by the rule of the Gregorian calendar.
pub(super) fn number(day: Day) -> i64 {
    let (y, m, d) = parts(day);
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The day with that number; none outside the years 1 to 9999.
pub(super) fn day(number: i64) -> Option<Day> {
    let z = number.checked_add(719_468)?;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let mp = (5 * of_year + 2) / 153;
    let (d, m) = (of_year - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let y = year + era * 400 + i64::from(m <= 2);
    Day::new(i16::try_from(y).ok()?, i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok()
}

/// The last day of a month; none where there is no such month.
pub(super) fn last_of_month(year: i16, month: i8) -> Option<Day> {
    (28..=31).rev().find_map(|d| Day::new(year, month, d).ok())
}

/// How many days later the second is; negative where it is earlier.
#[must_use]
pub fn days_between(from: Day, to: Day) -> i64 {
    number(to) - number(from)
}

/// The day that many months later; the last of the month where it has no such day.
#[must_use]
pub fn add_months(from: Day, months: u32) -> Day {
    let (y, m, d) = parts(from);
    let count = y * 12 + m - 1 + i64::from(months);
    let (Ok(year), Ok(month)) = (i16::try_from(count.div_euclid(12)), i8::try_from(count.rem_euclid(12) + 1))
    else {
        return from;
    };
    let wanted = i8::try_from(d).ok().and_then(|d| Day::new(year, month, d).ok());
    wanted.or_else(|| last_of_month(year, month)).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_numbered_and_found_again() {
        assert_eq!(number("1970-01-01".parse().unwrap()), 0);
        assert_eq!(number("2000-03-01".parse().unwrap()), 11_017);
        for n in (-700_000..2_900_000).step_by(37) {
            if let Some(day) = day(n) {
                assert_eq!(number(day), n, "{day}");
            }
        }
    }

    #[test]
    fn months_end_where_they_end() {
        let day = |t: &str| t.parse::<Day>().unwrap();
        assert_eq!(add_months(day("2026-08-31"), 18), day("2028-02-29"));
        assert_eq!(add_months(day("2026-11-29"), 12), day("2027-11-29"));
        assert_eq!(days_between(day("2026-11-29"), day("2026-12-02")), 3);
    }
}
