//! A step from one state to the next: what has to be there for it, and who takes it.

use super::{
    committee::{Advice, Minutes, Point},
    dossier::{Assessment, Dossier, living, read, wrong},
    questions::{Section, criteria, substance, unanswered},
    record,
};
use bluelamp_access::algorithm::{self, Change, Entry, State};
use bluelamp_model::{Decider, Error, FieldError, Id, Result, Time, authority::action};
use bluelamp_store::Cx;
use std::collections::BTreeMap;

/// A step that somebody wants to take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The code of the state that it is to have.
    pub to: String,
    /// The day on which a pilot ends or operational use has to be renewed, such as `2027-05-31`.
    pub until: String,
    /// The units that may use it; empty where all may.
    pub units: Vec<String>,
    /// How often a pilot may use it.
    pub volume: Option<u64>,
    /// Why.
    pub reasons: String,
    /// How the committee's conditions are met, where it set some.
    pub conditions_met: String,
    /// Why the officer departs from the committee's advice, for the public.
    pub published: String,
}

/// The sections without whose answers nothing is assessed.
const ASSESSED: [Section; 7] = [
    Section::Accountability,
    Section::Covenant,
    Section::AlgoCare,
    Section::DataProtection,
    Section::Equality,
    Section::Concerns,
    Section::Lab,
];

/// What is missing for a step, in sentences; nothing where it can be taken. A step that stops an algorithm lacks nothing.
#[must_use]
pub fn lacking(d: &Dossier, to: State) -> Vec<FieldError> {
    let answers = d.answers();
    let mut open = Vec::new();
    // An answer that was taken back is missing at every later step too.
    if !matches!(to, State::Proposed | State::Suspended | State::Retired) {
        open.extend(unanswered(&answers, &ASSESSED));
        if criteria(&answers).is_empty() {
            open.push(wrong("lab.criteria", "missing", "Nothing says what the lab has to show"));
        }
    }
    match to {
        State::Assessed => {}
        State::Lab => {
            open.extend(unanswered(&answers, &[Section::PublicView]));
            // Back from its report it goes to the same trial, on which the committee was heard.
            open.extend(heard(d, Point::Lab, d.entry.state != State::LabReported));
        }
        State::LabReported => open.extend(reported(d)),
        State::Pilot | State::Operational => {
            open.extend(unanswered(&answers, &[Section::PublicView]));
            open.extend(tried(d));
            if d.opinions.is_empty() {
                open.push(wrong("opinion", "missing", "No body outside the police has given an opinion"));
            }
            open.extend(record::incomplete(d));
            if to == State::Operational {
                open.extend(piloted(d));
            }
            // What the lab found is heard before the pilot, and what the pilot showed before it becomes the rule.
            open.extend(heard(d, Point::Operational, true));
        }
        State::Proposed | State::Suspended | State::Retired => {}
    }
    open
}

/// Whether a pilot has shown anything. Of a sort whose uses nobody counts, that cannot be told: the officer's reasons have
/// to say what was seen.
fn piloted(d: &Dossier) -> Option<FieldError> {
    let e = &d.entry;
    if !d.phases.iter().any(|p| p.state == State::Pilot) {
        return Some(wrong("pilot", "missing", "It was never in a pilot"));
    }
    // Whoever was in operation before does not begin again.
    let last = d.phases.iter().find(|p| p.state.operates());
    let renews = last.is_some_and(|p| p.state == State::Operational);
    (e.counts_uses() && e.used == 0 && !renews)
        .then(|| wrong("pilot", "unused", "Its pilot has not used it once: nothing was seen of it in work"))
}

/// The minutes that count for a point: the latest.
fn latest(d: &Dossier, point: Point) -> Option<&Minutes> {
    d.minutes.iter().find(|m| m.point == point)
}

/// Whether the committee was heard at a point, on what the assessment says now. Its advice can be departed from, but it
/// has to be there; what it defers is not there.
fn heard(d: &Dossier, point: Point, anew: bool) -> Vec<FieldError> {
    let of = |words: &str| vec![wrong("committee", "missing", format!("{}: {words}", point.label()))];
    let Some(minutes) = latest(d, point) else {
        return of("there are no minutes of the committee");
    };
    if anew && minutes.published_at <= d.entry.since {
        return of("the committee has not been heard since the last step");
    }
    if minutes.outcome == Advice::Defer {
        return of("the committee has deferred its advice");
    }
    let then = d.assessments.iter().find(|a| a.at <= minutes.published_at);
    fn said(a: Option<&Assessment>) -> BTreeMap<&str, &str> {
        a.map(|a| substance(&a.answers)).unwrap_or_default()
    }
    if said(then) != said(d.assessments.first()) {
        return of("the assessment has changed since the committee was heard");
    }
    Vec::new()
}

/// Whether the lab has reported on every criterion since it began.
fn reported(d: &Dossier) -> Vec<FieldError> {
    let report = d.lab_reports.first().filter(|r| r.at >= d.entry.since);
    let Some(report) = report else {
        return vec![wrong("lab-report", "missing", "The lab has not reported since it began")];
    };
    let open =
        criteria(&d.answers()).into_iter().filter(|c| !report.findings.iter().any(|f| f.criterion == *c));
    open.map(|c| wrong("lab-report", "missing", format!("The lab report says nothing of “{c}”"))).collect()
}

/// Whether the lab has shown what was asked for.
fn tried(d: &Dossier) -> Vec<FieldError> {
    let Some(report) = d.lab_reports.first() else {
        return vec![wrong("lab-report", "missing", "There is no report of the lab")];
    };
    if !d.lab_accepted() {
        return vec![wrong("lab-report", "missing", "The report of the lab was never accepted")];
    }
    let found = |c: &String| report.findings.iter().find(|f| f.criterion == *c);
    let mut open = Vec::new();
    for criterion in criteria(&d.answers()) {
        match found(&criterion) {
            Some(f) if f.met => {}
            Some(f) => open.push(wrong(
                "lab-report",
                "not-met",
                format!("The lab has not shown “{criterion}”: it found {}", f.found),
            )),
            None => open.push(wrong(
                "lab-report",
                "missing",
                format!("The lab report says nothing of “{criterion}”"),
            )),
        }
    }
    open
}

/// What the committee's advice asks of the officer: how conditions are met, and published reasons for departing from a
/// rejection.
fn answered(d: &Dossier, to: State, step: &Step) -> Vec<FieldError> {
    let point = match to {
        State::Lab => Point::Lab,
        State::Pilot | State::Operational => Point::Operational,
        _ => return Vec::new(),
    };
    match latest(d, point).map(|m| m.outcome) {
        Some(Advice::Reject) if step.published.trim().is_empty() => vec![wrong(
            "published",
            "required",
            "The committee has rejected it: enter the reasons for departing from that, which are published",
        )],
        Some(Advice::Conditions) if step.conditions_met.trim().is_empty() => {
            vec![wrong("conditions_met", "required", "Enter how the committee's conditions are met")]
        }
        _ => Vec::new(),
    }
}

/// The end of a use: the end of the day that was entered.
fn until(step: &Step, faults: &mut Vec<FieldError>) -> Option<Time> {
    let day = step.until.trim();
    if day.is_empty() {
        return None;
    }
    let noon = format!("{day}T12:00:00Z").parse::<Time>().ok().filter(|noon| noon.day() == day);
    match noon.map(Time::end_of_day) {
        Some(at) => Some(at),
        None => {
            faults.push(wrong("until", "format", "Enter a day such as 2027-05-31"));
            None
        }
    }
}

/// Takes a step: only the accountable officer does, and nobody lets it go on who had a part in it
/// ([`Dossier::part_of`]). Stopping is always possible, and at once. `writers` are those who wrote the text of this
/// version, as the room knows them that keeps it.
///
/// # Errors
/// Not allowed; [`Error::Forbidden`] for anybody but a named member of staff, and for who had a part in it;
/// [`Error::Invalid`] with everything that is missing; [`Error::Conflict`] for a state that cannot follow.
pub fn take(cx: &mut Cx<'_>, id: Id, step: &Step, writers: &[Id]) -> Result<Entry> {
    cx.allow(action::ETHICS_APPROVE, Some(id))?;
    let person = Decider::of(cx.actor())?;
    living(cx, id)?;
    let Some(to) = State::parse(step.to.trim()) else {
        return Err(Error::field("to", "required", "Select the state that it is to have"));
    };
    let d = read(cx, id)?;
    let stops = matches!(to, State::Suspended | State::Retired);
    if let Some(part) = d.part_of(person.id(), writers).filter(|_| !stops) {
        let reason = format!("you have {part}: somebody else has to let it go on");
        return Err(Error::Forbidden { reason });
    }
    let mut faults = Vec::new();
    if d.entry.state.next().contains(&to) {
        faults.extend(lacking(&d, to));
        faults.extend(answered(&d, to, step));
    }
    let until = until(step, &mut faults);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let mut reasons = step.reasons.trim().to_owned();
    if !reasons.is_empty() && !step.conditions_met.trim().is_empty() {
        reasons = format!("{reasons}\nConditions: {}", step.conditions_met.trim());
    }
    algorithm::change(
        cx,
        id,
        &Change {
            to,
            until,
            units: step.units.clone(),
            volume: step.volume,
            reasons,
            published: step.published.clone(),
        },
    )
}
