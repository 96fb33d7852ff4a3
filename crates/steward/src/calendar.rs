//! Days counted forwards: when something expires, what is overdue.

use bluelamp_model::{Day, Time};

/// The day in London of a moment.
#[must_use]
pub(crate) fn day_of(now: Time) -> Day {
    now.day().parse().unwrap_or_else(|_| first())
}

/// So many days later, or earlier where the number is negative.
#[must_use]
pub(crate) fn plus_days(day: Day, days: i64) -> Day {
    // At noon, so that no clock change moves it to another day.
    let noon = format!("{day}T12:00:00Z").parse::<Time>();
    noon.map_or(day, |noon| day_of(noon.plus_seconds(days * 86_400)))
}

/// So many months later; a day that the month does not have becomes its last.
#[must_use]
pub(crate) fn plus_months(day: Day, months: u32) -> Day {
    let text = day.to_string();
    let number = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<i64>().ok()).unwrap_or(1);
    let count = number(0, 4) * 12 + number(5, 7) - 1 + i64::from(months);
    let (year, month) = (i16::try_from(count / 12), i8::try_from(count % 12 + 1));
    let (Ok(year), Ok(month)) = (year, month) else { return day };
    let last = i8::try_from(number(8, 10)).unwrap_or(1);
    (1..=last).rev().find_map(|d| Day::new(year, month, d).ok()).unwrap_or(day)
}

/// The first day that the calendar of this house has.
fn first() -> Day {
    Day::new(1, 1, 1).expect("the first of January of the year 1 is a day")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn days_and_months_are_counted_as_the_calendar_has_them() {
        assert_eq!(plus_days(day("2026-12-30"), 3), day("2027-01-02"));
        assert_eq!(plus_days(day("2028-03-01"), -1), day("2028-02-29"));
        // Over the end of summer time.
        assert_eq!(plus_days(day("2026-10-24"), 2), day("2026-10-26"));
        assert_eq!(plus_months(day("2026-01-31"), 1), day("2026-02-28"));
        assert_eq!(plus_months(day("2026-11-15"), 14), day("2028-01-15"));
        assert_eq!(plus_months(day("2027-02-28"), 12), day("2028-02-28"));
    }
}
