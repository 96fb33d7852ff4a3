//! The forms for what a person may do with an algorithm next: each field with what was typed and what is wrong with it.

use super::one::Tried;
use crate::public::journey::first;
use bluelamp_access::algorithm::{LONGEST_PILOT, LONGEST_USE, State};
use bluelamp_steward::ethics::{self, Advice, Dossier, FIELDS, Point, QUESTIONS, Section};
use serde::Serialize;

/// Something that can be done.
#[derive(Serialize)]
pub(super) struct FormView {
    /// Its place in the page; its fields' ids begin with it.
    pub id: String,
    /// The end of the address that it posts to.
    pub deed: &'static str,
    /// The state that it leads to.
    pub to: Option<&'static str>,
    pub title: String,
    pub about: String,
    /// What has to be there first; while something is, there are no fields.
    pub lacking: Vec<String>,
    pub fields: Vec<FieldView>,
    pub button: String,
    pub classes: &'static str,
    /// Whether it was posted and something is wrong.
    pub open: bool,
}

/// A field of a form.
#[derive(Serialize)]
pub(super) struct FieldView {
    /// `area`, `line`, `select`, `yes-no` or `hidden`.
    pub kind: &'static str,
    pub id: String,
    pub name: String,
    pub label: String,
    pub hint: Option<String>,
    pub value: String,
    pub error: Option<String>,
    pub items: Vec<ItemView>,
}

/// A choice in a field.
#[derive(Serialize)]
pub(super) struct ItemView {
    pub value: String,
    pub text: String,
    pub selected: bool,
}

/// A part of the assessment.
#[derive(Serialize)]
pub(super) struct SectionView {
    pub label: &'static str,
    /// How many of its questions have no answer.
    pub unanswered: usize,
    pub fields: Vec<FieldView>,
}

/// The id of a field in the page.
pub(super) fn place(form: &str, field: &str) -> String {
    format!("{form}-{}", field.replace(['/', '.'], "-"))
}

/// Makes the fields of one form.
struct Maker<'a> {
    form: &'a str,
    tried: &'a Tried,
}

impl Maker<'_> {
    fn mine(&self) -> bool {
        self.tried.form == self.form
    }

    fn field(&self, kind: &'static str, name: &str, label: &str, hint: &str) -> FieldView {
        let wrong = self.tried.wrong.iter().find(|w| self.mine() && w.field == name);
        FieldView {
            kind,
            id: place(self.form, name),
            name: name.into(),
            label: label.into(),
            hint: (!hint.is_empty()).then(|| hint.to_owned()),
            value: if self.mine() { first(&self.tried.values, name).to_owned() } else { String::new() },
            error: wrong.map(|w| w.message.clone()),
            items: Vec::new(),
        }
    }

    fn area(&self, name: &str, label: &str, hint: &str) -> FieldView {
        self.field("area", name, label, hint)
    }

    fn line(&self, name: &str, label: &str, hint: &str) -> FieldView {
        self.field("line", name, label, hint)
    }

    fn select(&self, name: &str, label: &str, items: &[(&str, &str)]) -> FieldView {
        let field = self.field("select", name, label, "");
        let none = [("", "Select")];
        let all = none.iter().chain(items);
        let items = all
            .map(|(value, text)| ItemView {
                value: (*value).into(),
                text: (*text).into(),
                selected: field.value == *value,
            })
            .collect();
        FieldView { items, ..field }
    }
}

fn form(
    id: &str,
    deed: &'static str,
    tried: &Tried,
    title: &str,
    about: &str,
    button: &str,
    fields: impl FnOnce(&Maker<'_>) -> Vec<FieldView>,
) -> FormView {
    let maker = Maker { form: id, tried };
    FormView {
        id: id.into(),
        deed,
        to: None,
        title: title.into(),
        about: about.into(),
        lacking: Vec::new(),
        fields: fields(&maker),
        button: button.into(),
        classes: "",
        open: maker.mine(),
    }
}

/// What the writer of an assessment may do besides writing it.
pub(super) fn for_writer(d: &Dossier, tried: &Tried) -> Vec<FormView> {
    let mut all = Vec::new();
    if d.entry.state == State::Lab {
        let criteria = ethics::criteria(&d.answers());
        all.push(form(
            "lab-report",
            "lab-report",
            tried,
            "Write down what the lab found",
            "Criterion by criterion, with what was measured.",
            "Keep the lab report",
            |m| {
                let mut fields = Vec::new();
                for (n, criterion) in criteria.iter().enumerate() {
                    let mut hidden = m.field("hidden", &format!("criterion-{n}"), "", "");
                    hidden.value.clone_from(criterion);
                    fields.push(hidden);
                    fields.push(m.line(
                        &format!("findings/{n}/found"),
                        &format!("Found for “{criterion}”"),
                        "",
                    ));
                    fields.push(m.select(
                        &format!("met-{n}"),
                        "Is that what was asked for?",
                        &[("yes", "Yes"), ("no", "No")],
                    ));
                }
                fields.push(m.area("notes", "What else there is to say", ""));
                fields
            },
        ));
    }
    all.push(form(
        "opinion",
        "opinion",
        tried,
        "Note an opinion from outside",
        "From a body that is not of the police. It is published beside what the committee said.",
        "Keep the opinion",
        |m| {
            vec![
                m.line("given_by", "Who gave it", ""),
                m.line("given_on", "On which day", "Such as 2026-11-22."),
                m.area("said", "What it said", ""),
            ]
        },
    ));
    let fields: Vec<_> = FIELDS.iter().map(|f| (f.code, f.label)).collect();
    all.push(form(
        "exemption",
        "exemption",
        tried,
        "Do not publish a field of the record",
        "The reasons are published in its place. Without reasons, the field is published again.",
        "Keep it back",
        |m| vec![m.select("field", "Field", &fields), m.area("reasons", "Your reasons", "")],
    ));
    all
}

/// What a member of the committee may do: at the points at which it can be heard now.
pub(super) fn for_member(d: &Dossier, tried: &Tried) -> Vec<FormView> {
    let (open, shut): (Vec<Point>, Vec<Point>) = Point::ALL.into_iter().partition(|p| p.before(d).is_none());
    let points: Vec<_> = open.iter().map(|p| (p.code(), p.label())).collect();
    let advices = Advice::ALL.map(|a| (a.code(), a.label()));
    let lacking: Vec<String> = match open.as_slice() {
        [] => shut.iter().filter_map(|p| p.before(d)).map(|text| format!("{text}.")).collect(),
        _ => Vec::new(),
    };
    let mut all = vec![
        form(
            "advice",
            "advice",
            tried,
            "Give your advice",
            "What you say again before the minutes are written replaces what you said.",
            "Give advice",
            |m| {
                vec![
                    m.select("point", "Point of decision", &points),
                    m.select("advice", "You advise", &advices),
                    m.area("reasons", "Your reasons", ""),
                    m.area("conditions", "What is to be done first", "Only where you set conditions."),
                    m.line(
                        "interest",
                        "Your own interest in it",
                        "Leave it empty if you have none. With one, your advice is kept and not counted.",
                    ),
                ]
            },
        ),
        form(
            "minutes",
            "minutes",
            tried,
            "Write the minutes",
            "They are published at once, with what comes of the members' advice.",
            "Publish the minutes",
            |m| {
                vec![
                    m.select("point", "Point of decision", &points),
                    m.line("held_on", "Held on", "Such as 2026-11-22."),
                    m.area("said", "What was said", ""),
                ]
            },
        ),
    ];
    for form in &mut all {
        form.lacking.clone_from(&lacking);
    }
    all
}

/// The steps that the accountable officer can take next, each with what is missing for it. `part` is what this person has
/// done that keeps them from letting it go on.
pub(super) fn for_officer(d: &Dossier, part: Option<&str>, tried: &Tried) -> Vec<FormView> {
    let mut all = Vec::new();
    if d.waits() && d.entry.state != State::Retired {
        let mut one = form(
            "wording",
            "wording",
            tried,
            "Publish the record as it is worded now",
            "Something was written since everybody's record was let out. A step lets it out too.",
            "Publish the record",
            |_| Vec::new(),
        );
        one.lacking = part
            .map(|part| format!("You have {part}: somebody else has to publish what it says."))
            .into_iter()
            .collect();
        all.push(one);
    }
    for to in d.entry.state.next() {
        let stops = matches!(to, State::Suspended | State::Retired);
        let mut lacking: Vec<String> = ethics::lacking(d, *to).into_iter().map(|w| w.message).collect();
        if let Some(part) = part.filter(|_| !stops) {
            lacking.push(format!("You have {part}: somebody else has to let it go on."));
        }
        let (title, about) = said_of(*to, *to == d.entry.state);
        let point = match to {
            State::Lab => Some(Point::Lab),
            State::Pilot | State::Operational => Some(Point::Operational),
            _ => None,
        };
        let minutes = point.and_then(|p| d.minutes.iter().find(|m| m.point == p));
        let fits = lacking.is_empty();
        let mut one = form(&format!("phase-{}", to.code()), "phase", tried, title, about, title, |m| {
            let mut fields = Vec::new();
            if !fits {
                return fields;
            }
            if to.operates() {
                let longest = if *to == State::Pilot { LONGEST_PILOT } else { LONGEST_USE };
                let hint = format!("Such as 2027-05-31; within {longest} days.");
                fields.push(m.line("until", "Last day", &hint));
                fields.push(m.area("units", "Units that may use it", "One on a line. Empty: all."));
            }
            if *to == State::Pilot {
                fields.push(m.line("volume", "Highest number of uses", "In digits, such as 500."));
            }
            match minutes.map(|m| (m.outcome, &m.conditions)) {
                Some((Advice::Conditions, conditions)) => {
                    fields.push(m.area("conditions_met", "How the conditions are met", conditions));
                }
                Some((Advice::Reject, _)) => fields.push(m.area(
                    "published",
                    "Why you depart from the committee's advice",
                    "The committee has rejected it. What you write here is published.",
                )),
                _ => {}
            }
            fields.push(m.area("reasons", "Your reasons", ""));
            fields
        });
        one.to = Some(to.code());
        one.lacking = lacking;
        one.classes = if stops { "govuk-button--warning" } else { "" };
        all.push(one);
    }
    all
}

fn said_of(to: State, renews: bool) -> (&'static str, &'static str) {
    match to {
        State::Assessed => {
            ("Accept the assessment", "Its ethics assessment is whole. It still does nothing.")
        }
        State::Lab => {
            ("Let it into the lab", "It may be tried on what is stored, and look at reports in shadow.")
        }
        State::LabReported => {
            ("Accept the lab report", "What the lab found is in the record. It still shows officers nothing.")
        }
        State::Pilot => (
            if renews { "Renew its pilot" } else { "Let it into a pilot" },
            "Officers see it, in the units and as often as you say, until the day that you say.",
        ),
        State::Operational => (
            if renews { "Renew its operational use" } else { "Let it into operational use" },
            "Officers see it, until the day by which it has to be renewed.",
        ),
        State::Suspended => (
            "Suspend it at once",
            "From this moment it shows officers nothing, and does not look in shadow either.",
        ),
        State::Proposed | State::Retired => ("Retire it", "It does nothing any more, and cannot come back."),
    }
}

/// The assessment, part by part, with what stands in it or was typed.
pub(super) fn assessment(d: &Dossier, tried: &Tried) -> Vec<SectionView> {
    let answers = d.answers();
    let maker = Maker { form: "assessment", tried };
    Section::ALL
        .map(|section| {
            let of = QUESTIONS.iter().filter(|q| q.section == section);
            let fields: Vec<FieldView> = of
                .map(|q| {
                    let mut field = maker.area(q.code, q.label, q.hint);
                    if !maker.mine() {
                        field.value = answers.get(q.code).cloned().unwrap_or_default();
                    }
                    field
                })
                .collect();
            let asked = |f: &&FieldView| ethics::question(&f.name).is_some_and(|q| q.always);
            let unanswered = fields.iter().filter(asked).filter(|f| f.value.trim().is_empty()).count();
            SectionView { label: section.label(), unanswered, fields }
        })
        .into()
}
