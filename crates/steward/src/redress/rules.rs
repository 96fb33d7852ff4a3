//! By when things are done: dated law and policy as data, with somebody who answers for it.

use bluelamp_model::{Day, Fault, Faults, Time};
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

/// A number of days with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// How many days.
    pub days: u16,
    /// The law or policy.
    pub basis: String,
    /// Where that can be read.
    #[serde(default)]
    pub source: Option<String>,
    /// Since when it is law; none where it is policy.
    #[serde(default)]
    pub in_force: Option<Day>,
    /// The day by which somebody must have looked whether it still holds.
    pub review_by: Day,
}

impl Clock {
    /// Whether it is a duty of law for what came in at `at`.
    #[must_use]
    pub fn is_law(&self, at: Time) -> bool {
        self.in_force.is_some_and(|day| day.to_string() <= at.day())
    }
}

/// Which day is the first of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirstDay {
    /// The day on which it came.
    Receipt,
    /// The day after.
    AfterReceipt,
}

/// How days are counted. A clock does not run out on a Saturday, a Sunday or a bank holiday, but at the end of the next
/// working day.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    /// Which day is the first.
    pub first_day: FirstDay,
    /// By whose word.
    pub basis: String,
    /// Where that can be read.
    pub source: String,
    /// The day by which somebody must have looked whether it still holds.
    pub review_by: Day,
}

/// The bank holidays that are known.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankHolidays {
    /// Where they are kept.
    pub region: String,
    /// Where they can be read.
    pub source: String,
    /// The day on which they were read there.
    pub read_on: Day,
    /// After this day none is known: only weekends are left out then.
    pub known_until: Day,
    /// Each of them.
    pub days: BTreeSet<Day>,
}

/// Where somebody can go who is not content.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Who.
    pub name: String,
    /// For what.
    pub when: String,
    /// The address of their page.
    pub href: String,
}

/// The file `data/policies/redress.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Version of the file.
    pub version: String,
    /// Who answers for it.
    pub owner: String,
    /// Until a complaint is acknowledged.
    pub acknowledge: Clock,
    /// Until the complainant is told how far it has come.
    pub progress: Clock,
    /// Until it is answered.
    pub answer: Clock,
    /// Until a recipient has said that a correction was made.
    pub notice: Clock,
    /// How days are counted.
    pub counting: Counting,
    /// The bank holidays.
    pub holidays: BankHolidays,
    /// Where else to go.
    pub routes: Vec<Route>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    owner: String,
    acknowledge: Spanned<Clock>,
    progress: Spanned<Clock>,
    answer: Spanned<Clock>,
    notice: Spanned<Clock>,
    counting: Spanned<Counting>,
    bank_holidays: Spanned<BankHolidays>,
    #[serde(default)]
    route: Vec<Spanned<Route>>,
}

impl Rules {
    /// The rules that come with the product.
    ///
    /// # Errors
    /// Never, but for a product that was built from a wrong file: a test reads it.
    pub fn shipped() -> Result<Self, Faults> {
        Self::parse("data/policies/redress.toml", include_str!("../../../../data/policies/redress.toml"))
    }

    /// When a clock runs out that began at `from`: at the end of its last day in London, or of the next working day where that
    /// is none.
    #[must_use]
    pub fn ends(&self, clock: &Clock, from: Time) -> Time {
        let Ok(began) = from.day().parse::<Day>() else { return from.end_of_day() };
        let first = began.number() + i32::from(self.counting.first_day == FirstDay::AfterReceipt);
        let mut last = first + i32::from(clock.days) - 1;
        while !self.is_working_day(last) {
            last += 1;
        }
        let Ok(day) = Day::from_number(last) else { return from.end_of_day() };
        format!("{day}T12:00:00Z").parse::<Time>().map_or(from, Time::end_of_day)
    }

    /// Whether a day, by its number, is neither of a weekend nor a bank holiday that is known.
    fn is_working_day(&self, number: i32) -> bool {
        // The first day of all was a Thursday.
        let weekend = matches!(number.rem_euclid(7), 2 | 3);
        !weekend && !Day::from_number(number).is_ok_and(|day| self.holidays.days.contains(&day))
    }

    /// Whether the bank holidays at the end of a clock are known.
    #[must_use]
    pub fn knows_holidays_of(&self, end: Time) -> bool {
        end.day() <= self.holidays.known_until.to_string()
    }

    /// Reads a file of rules.
    ///
    /// # Errors
    /// Every fault in it, with file and line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Faults> {
        let line = |at: usize| text.get(..at).map_or(1, |t| t.matches('\n').count() as u64 + 1);
        let read: File = toml::from_str(text).map_err(|e| {
            let fault = Fault::new(file, e.message());
            Faults::from(match e.span() {
                Some(span) => fault.at_line(line(span.start)),
                None => fault,
            })
        })?;
        let mut faults = Vec::new();
        let mut wrong = |at: usize, field: &str, reason: &str| {
            faults.push(Fault::new(file, reason).at_line(line(at)).in_field(field));
        };
        let clocks = [
            ("acknowledge", &read.acknowledge),
            ("progress", &read.progress),
            ("answer", &read.answer),
            ("notice", &read.notice),
        ];
        for (name, clock) in clocks {
            let (at, clock) = (clock.span().start, clock.get_ref());
            if !(1..=366).contains(&clock.days) {
                wrong(at, &format!("{name}.days"), "should be from 1 to 366");
            }
            if clock.basis.trim().is_empty() {
                wrong(at, &format!("{name}.basis"), "should name the law or policy");
            }
            if clock.in_force.is_some() && clock.source.is_none() {
                wrong(at, &format!("{name}.source"), "a law needs the address where it can be read");
            }
        }
        let (at, counting) = (read.counting.span().start, read.counting.get_ref());
        if counting.basis.trim().is_empty() || !counting.source.starts_with("https://") {
            wrong(at, "counting.source", "should say by whose word days are counted, with its https address");
        }
        let (at, holidays) = (read.bank_holidays.span().start, read.bank_holidays.get_ref());
        if !holidays.source.starts_with("https://") {
            wrong(at, "bank_holidays.source", "should begin with https://");
        }
        if holidays.days.last().is_none_or(|last| *last > holidays.known_until) {
            wrong(
                at,
                "bank_holidays.known_until",
                "should be the last day of the last year of which the list is whole",
            );
        }
        if read.owner.trim().is_empty() {
            wrong(0, "owner", "somebody has to answer for this");
        }
        if read.route.is_empty() {
            wrong(0, "route", "name at least one place where somebody can go who is not content");
        }
        for route in &read.route {
            if !route.get_ref().href.starts_with("https://") {
                wrong(route.span().start, "route.href", "should begin with https://");
            }
        }
        Faults(faults).or(Self {
            version: read.version,
            owner: read.owner,
            acknowledge: read.acknowledge.into_inner(),
            progress: read.progress.into_inner(),
            answer: read.answer.into_inner(),
            notice: read.notice.into_inner(),
            counting: read.counting.into_inner(),
            holidays: read.bank_holidays.into_inner(),
            routes: read.route.into_iter().map(Spanned::into_inner).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_is_dated_and_counts_from_the_day_after_receipt_to_a_working_day() {
        let rules = Rules::shipped().unwrap();
        let at = |text: &str| -> Time { text.parse().unwrap() };
        let due = |from: &str| rules.ends(&rules.acknowledge, at(from)).day();
        // The thirtieth day after 2 November is a Wednesday, after 30 October a Sunday; that after 27 November is a Sunday
        // before the substitute for Boxing Day.
        assert_eq!(due("2026-11-02T09:00:00Z"), "2026-12-02");
        assert_eq!(due("2026-10-30T09:00:00Z"), "2026-11-30");
        assert_eq!(due("2026-11-27T09:00:00Z"), "2026-12-29");
        // The day is that of London, and the last counts to its end: 23:30 of 31 May in UTC is 1 June there.
        assert_eq!(rules.ends(&rules.acknowledge, at("2026-05-31T23:30:00Z")), at("2026-07-01T22:59:59Z"));
        // After the last year that is known, weekends alone are left out, and that is told.
        let later = rules.ends(&rules.acknowledge, at("2029-11-26T09:00:00Z"));
        assert_eq!((later.day().as_str(), rules.knows_holidays_of(later)), ("2029-12-26", false));
        assert!(rules.knows_holidays_of(at("2028-12-31T09:00:00Z")));
        assert!(!rules.acknowledge.is_law(at("2026-06-18T12:00:00Z")));
        assert!(rules.acknowledge.is_law(at("2026-06-19T12:00:00Z")));
        assert!(!rules.answer.is_law(at("2026-11-01T09:00:00Z")), "a target of our own is not law");
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        let text = include_str!("../../../../data/policies/redress.toml")
            .replace("days = 14", "days = 0")
            .replace("https://ico.org.uk/make", "http://ico.org.uk/make")
            .replace("source = \"https://www.leg", "# source = \"https://www.leg")
            .replace("known_until = \"2028-12-31\"", "known_until = \"2027-12-31\"");
        let faults = Rules::parse("redress.toml", &text).unwrap_err().to_string();
        let line = |part: &str| text.lines().position(|l| l.contains(part)).unwrap() + 1;
        for (at, field) in [
            (line("[notice]"), "notice.days"),
            (line("[acknowledge]"), "acknowledge.source"),
            (line("[bank_holidays]"), "bank_holidays.known_until"),
        ] {
            assert!(faults.contains(&format!("redress.toml:{at}: {field}: ")), "{at} {field}\n{faults}");
        }
        assert!(faults.contains("route.href: should begin with https://"), "{faults}");
        assert_eq!(faults.lines().count(), 4, "{faults}");
        assert!(Rules::parse("r", "version = 1").unwrap_err().to_string().starts_with("r:1: "));
    }
}
