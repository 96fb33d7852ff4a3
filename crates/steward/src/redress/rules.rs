//! By when things are done: dated law and policy as data, with somebody who answers for it.

use bluelamp_model::{Day, Fault, Faults, Time};
use serde::Deserialize;
use toml::Spanned;

const DAY: i64 = 86_400;

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
    /// When it runs out that began at `from`: at the end of its last day, the day of `from` being the first.
    #[must_use]
    pub fn ends(&self, from: Time) -> Time {
        let last = from.plus_seconds(DAY * (i64::from(self.days) - 1).max(0));
        last.end_of_day()
    }

    /// Whether it is a duty of law for what came in at `at`.
    #[must_use]
    pub fn is_law(&self, at: Time) -> bool {
        self.in_force.is_some_and(|day| day.to_string() <= at.day())
    }
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
            routes: read.route.into_iter().map(Spanned::into_inner).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_is_dated_and_counts_the_day_of_receipt() {
        let rules = Rules::shipped().unwrap();
        let at = |text: &str| -> Time { text.parse().unwrap() };
        assert_eq!(rules.acknowledge.ends(at("2026-11-01T09:00:00Z")), at("2026-11-30T23:59:59Z"));
        assert!(!rules.acknowledge.is_law(at("2026-06-18T12:00:00Z")));
        assert!(rules.acknowledge.is_law(at("2026-06-19T12:00:00Z")));
        assert!(!rules.answer.is_law(at("2026-11-01T09:00:00Z")), "a target of our own is not law");
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        let text = include_str!("../../../../data/policies/redress.toml")
            .replace("days = 14", "days = 0")
            .replace("https://ico.org.uk", "http://ico.org.uk")
            .replace("source = ", "# source = ");
        let faults = Rules::parse("redress.toml", &text).unwrap_err().to_string();
        let line = |part: &str| text.lines().position(|l| l.contains(part)).unwrap() + 1;
        for (at, field) in [(line("[notice]"), "notice.days"), (line("[acknowledge]"), "acknowledge.source")]
        {
            assert!(faults.contains(&format!("redress.toml:{at}: {field}: ")), "{at} {field}\n{faults}");
        }
        assert!(faults.contains("route.href: should begin with https://"), "{faults}");
        assert_eq!(faults.lines().count(), 3, "{faults}");
        assert!(Rules::parse("r", "version = 1").unwrap_err().to_string().starts_with("r:1: "));
    }
}
