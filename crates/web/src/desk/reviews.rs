//! What has to be looked at again, the most urgent first. It is answered on the page of the report.

use super::{
    cases::given,
    frame,
    page::{Grade, Tab},
    queue::kind,
};
use crate::{
    App,
    guard::{Answer, Staff},
};
use axum::extract::{Query, State};
use bluelamp_casework::{BELOW_FLOOR, CLOCK, COMPLAINT, Cause, REFUSED_DUTY, cause_label};
use bluelamp_model::{Error, Time};
use serde::{Deserialize, Serialize};

/// The page `staff/reviews.njk`.
#[derive(Debug, Serialize)]
pub(crate) struct ReviewsPage {
    pub title: String,
    /// The causes that can be looked at, each with how many wait.
    pub causes: Vec<Tab>,
    /// "3 reports wait for another look, 1 of them overdue".
    pub count: String,
    /// What the chosen cause is about.
    pub about: &'static str,
    pub rows: Vec<ReviewRow>,
    /// Whether a cause is chosen.
    pub chosen: bool,
}

/// One report that has to be looked at again.
#[derive(Debug, Serialize)]
pub(crate) struct ReviewRow {
    pub href: String,
    pub reference: String,
    pub title: String,
    pub kind: String,
    /// The grade that a person gave.
    pub grade: Option<Grade>,
    pub cause: &'static str,
    pub lines: Vec<String>,
    /// "in 3 h", "2 days late".
    pub left: String,
    pub due: String,
    pub overdue: bool,
    pub supervisor: bool,
}

/// A choice among the causes: its code in the address, what it is called, what it is about, and the causes in it.
struct Choice {
    code: &'static str,
    text: &'static str,
    about: &'static str,
    causes: fn() -> Vec<&'static str>,
}

/// The choices, in the order of the tabs.
const CHOICES: [Choice; 7] = [
    Choice { code: "", text: "All", about: "", causes: Vec::new },
    Choice {
        code: "clock",
        text: "Time for another look",
        about: "Each grade has a time after which it is looked at again.",
        causes: || vec![CLOCK],
    },
    Choice {
        code: "below-floor",
        text: "Graded below the floor",
        about: "A supervisor looks at each, and never at a decision of their own. A grade below the floor is no \
                mistake in itself.",
        causes: || vec![BELOW_FLOOR],
    },
    Choice {
        code: "refused-duty",
        text: "Required action refused",
        about: "Law or policy demands the action. A supervisor looks, and never at a decision of their own.",
        causes: || vec![REFUSED_DUTY],
    },
    Choice {
        code: "complaint",
        text: "Complaint upheld",
        about: "An independent reviewer found that it is to be decided anew: by somebody who has not decided about it.",
        causes: || vec![COMPLAINT],
    },
    Choice {
        code: "happened",
        text: "Something happened",
        about: "More is known than when the grade was given: a fact, another report, a condition that was broken.",
        causes: || {
            // Every cause that is an event of the case itself, so that one that is added later is not forgotten.
            let events = Cause::ALL.into_iter().filter(|c| *c != Cause::NewVersion);
            events.map(Cause::code).collect()
        },
    },
    Choice {
        code: "new-version",
        text: "New version of a definition",
        about: "The list to triage again: the version in force proposes something else than the one before it. No \
                grade has changed by that; each stays until somebody looks.",
        causes: || vec![Cause::NewVersion.code()],
    },
];

/// What the address of the list can hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ReviewsQuery {
    #[serde(default)]
    cause: String,
}

/// `GET /desk/reviews`
pub(crate) async fn list(State(app): State<App>, staff: Staff, Query(q): Query<ReviewsQuery>) -> Answer {
    let wanted = q.cause.trim();
    let choice = CHOICES.iter().find(|c| c.code == wanted).ok_or_else(|| {
        Error::field(
            "cause",
            "unknown",
            "There is no such list of reviews; choose one from the page “Reviews”",
        )
    })?;
    let causes = (choice.causes)();
    let waiting = app.read(&staff.actor(), move |cx| bluelamp_casework::reviews_for(cx, &causes)).await?;
    let wait = |c: &Choice| -> u64 {
        let causes = (c.causes)();
        let of_it =
            waiting.counts.iter().filter(|(cause, _)| causes.is_empty() || causes.contains(&cause.as_str()));
        of_it.map(|(_, n)| n).sum()
    };
    let now = app.inner.db.now();
    let rows: Vec<_> = waiting
        .reviews
        .iter()
        .map(|r| ReviewRow {
            href: format!("/desk/reports/{}#reviews", r.report),
            reference: r.reference.clone(),
            title: r.title.clone(),
            kind: kind(&app, &r.form),
            grade: given(r.grade.as_ref()),
            cause: cause_label(&r.cause),
            lines: r.detail.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned).collect(),
            left: left(r.due_at, now),
            due: r.due_at.short(),
            overdue: r.due_at < now,
            supervisor: r.supervisor,
        })
        .collect();
    let page = ReviewsPage {
        title: "Reviews".into(),
        causes: CHOICES
            .iter()
            .map(|c| Tab {
                text: format!("{} ({})", c.text, wait(c)),
                value: c.code.into(),
                href: match c.code {
                    "" => "/desk/reviews".into(),
                    code => format!("/desk/reviews?cause={code}"),
                },
                current: c.code == choice.code,
            })
            .collect(),
        count: count(wait(choice), rows.len(), rows.iter().filter(|r| r.overdue).count()),
        about: choice.about,
        chosen: !choice.code.is_empty(),
        rows,
    };
    app.page("staff/reviews.njk", &frame(&app, &staff, "/desk/reviews"), &page)
}

/// How many wait, how many of them are shown, and how many of those are late.
fn count(all: u64, shown: usize, overdue: usize) -> String {
    let late = if overdue == 0 { String::new() } else { format!(", {overdue} overdue") };
    match all {
        n if n > shown as u64 => format!("The {shown} most urgent of {n}{late}"),
        1 => format!("1 review{late}"),
        n => format!("{n} reviews{late}"),
    }
}

/// How long until a time, or since, in the words that one would use.
fn left(due: Time, now: Time) -> String {
    // What is left is rounded up and what is over down: a clock of seven days begins with seven.
    let apart = due.micros() - now.micros();
    let minutes = if apart > 0 { (apart + 59_999_999) / 60_000_000 } else { -apart / 60_000_000 };
    let long = match minutes {
        m @ 0..60 => format!("{m} min"),
        m @ 60..2880 => format!("{} h", m / 60),
        m => format!("{} days", m / 1440),
    };
    match (minutes, apart < 0) {
        (0, true) => "under a minute late".into(),
        (0, false) => "due now".into(),
        (_, true) => format!("{long} late"),
        (_, false) => format!("in {long}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_is_left_is_told_as_people_tell_it() {
        let told = |minutes: i64| left(Time::from_micros(minutes * 60_000_000), Time::from_micros(0));
        let expected = [
            (-4320, "3 days late"),
            (-61, "1 h late"),
            (-1, "1 min late"),
            (0, "due now"),
            (59, "in 59 min"),
            (2879, "in 47 h"),
            (2880, "in 2 days"),
        ];
        for (minutes, words) in expected {
            assert_eq!(told(minutes), words, "{minutes} minutes");
        }
        assert_eq!(left(Time::from_micros(0), Time::from_micros(9)), "under a minute late");
        assert_eq!(left(Time::from_micros(9), Time::from_micros(0)), "in 1 min");
    }

    #[test]
    fn every_cause_is_in_one_list() {
        let mut listed: Vec<_> = CHOICES.iter().flat_map(|c| (c.causes)()).collect();
        listed.sort_unstable();
        let mut all: Vec<_> = Cause::ALL.into_iter().map(Cause::code).collect();
        all.extend([CLOCK, BELOW_FLOOR, REFUSED_DUTY, COMPLAINT]);
        all.sort_unstable();
        assert_eq!(listed, all);
    }

    #[test]
    fn a_long_list_says_that_it_is_cut() {
        assert_eq!(count(1, 1, 1), "1 review, 1 overdue");
        assert_eq!(count(0, 0, 0), "0 reviews");
        assert_eq!(count(731, 200, 0), "The 200 most urgent of 731");
    }
}
