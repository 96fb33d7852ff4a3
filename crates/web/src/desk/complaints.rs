//! Complaints on the desk: the list with its clocks, what came by post or phone, and one complaint with what can be done.

use super::{frame, may, page::OptionView};
use crate::{
    App,
    govuk::{
        page::{Event, Field, Item, Kind, Problem, Question, errors},
        theme::Link,
    },
    guard::{Answer, Staff, check_csrf, csrf, new_token},
    public::{
        complain::{algorithms, complaint_fields, complaint_of, is_shown},
        fields::Raw,
        journey::{first, posted},
    },
    reading,
};
use axum::{
    extract::{Path, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{
    Day, Error, FieldError, Id, Result, Time,
    authority::{Actor, action},
};
use bluelamp_steward::redress::{
    self, Assignment, ComplaintView, ContactBy, Finding, Found, Listed, Outcome, Recipient, State as Standing,
};
use bluelamp_store::Cx;
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// How many recipients the form has room for.
const RECIPIENTS: usize = 5;

/// The page `staff/complaints.njk`.
#[derive(Debug, Serialize)]
struct ComplaintsPage {
    title: String,
    count: String,
    rows: Vec<ComplaintRow>,
    can_enter: bool,
}

#[derive(Debug, Serialize)]
struct ComplaintRow {
    href: String,
    reference: String,
    about: &'static str,
    channel: String,
    received: String,
    state: &'static str,
    colour: &'static str,
    /// What is due next and when; none once it is answered.
    due: Option<(&'static str, String)>,
    overdue: bool,
    handler: String,
    reviewer: String,
}

/// The page `staff/complaint.njk`.
#[derive(Debug, Serialize)]
struct ComplaintPage {
    title: String,
    reference: String,
    state: &'static str,
    colour: &'static str,
    /// Name and value, in the order of the page.
    facts: Vec<(String, String)>,
    /// What it is about, as far as this person may see it.
    links: Vec<Link>,
    told: Vec<String>,
    wanted: Vec<String>,
    clocks: Vec<ClockView>,
    /// What this service does not do by itself for this complainant.
    by_hand: Option<&'static str>,
    finding: Option<&'static str>,
    reasons: Vec<String>,
    outcomes: Vec<&'static str>,
    notices: Vec<NoticeView>,
    events: Vec<Event>,
    /// What this person can do now.
    can: BTreeMap<&'static str, bool>,
    reviewers: Vec<OptionView>,
    findings: Vec<OptionView>,
    choices: Vec<OptionView>,
    recipients: Vec<usize>,
    action: String,
    csrf: String,
    values: BTreeMap<String, String>,
    errors: BTreeMap<String, String>,
    error_summary: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct ClockView {
    what: &'static str,
    when: String,
    overdue: bool,
    done: bool,
    basis: String,
}

#[derive(Debug, Serialize)]
struct NoticeView {
    id: String,
    what: &'static str,
    recipient: String,
    received: String,
    on: String,
    due: String,
    overdue: bool,
    sent: Option<String>,
    acknowledged: Option<String>,
}

fn colour(state: Standing) -> &'static str {
    match state {
        Standing::Received => "blue",
        Standing::Acknowledged => "turquoise",
        Standing::UnderReview => "yellow",
        Standing::Found => "orange",
        Standing::Answered => "green",
    }
}

fn channel(code: &str) -> String {
    match code {
        "web" => "by the web form",
        "api" => "by a program",
        "post" => "by post",
        "phone" => "by phone",
        "email" => "by email",
        "in-person" => "in person",
        other => other,
    }
    .to_owned()
}

/// `GET /desk/complaints`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    let handles = may(&app, &staff, action::COMPLAINT_HANDLE);
    let all = if handles || !may(&app, &staff, action::COMPLAINT_REVIEW) {
        app.read(&staff.actor(), redress::complaints).await?
    } else {
        app.read(&staff.actor(), redress::assigned).await?
    };
    let now = app.inner.db.now();
    let row = |l: &Listed| {
        let due = l.next_due();
        ComplaintRow {
            href: format!("/desk/complaints/{}", l.reference),
            reference: l.reference.clone(),
            about: l.about.label(),
            channel: channel(&l.channel),
            received: l.received_at.short(),
            state: l.state.label(),
            colour: colour(l.state),
            overdue: due.is_some_and(|(_, at)| at < now),
            due: due.map(|(what, at)| (what, at.short())),
            handler: l.handler.clone().unwrap_or_else(|| "nobody yet".into()),
            reviewer: l.reviewer.clone().unwrap_or_else(|| "nobody yet".into()),
        }
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    let open = all.iter().filter(|l| l.state != Standing::Answered).count();
    let page = ComplaintsPage {
        title: "Complaints".into(),
        count: format!(
            "{} {}, {open} not answered",
            rows.len(),
            if rows.len() == 1 { "complaint" } else { "complaints" }
        ),
        rows,
        can_enter: handles,
    };
    app.page("staff/complaints.njk", &frame(&app, &staff, "/desk/complaints"), &page)
}

/// The page `staff/complaint_entered.njk`: the one time that the code is seen.
#[derive(Debug, Serialize)]
struct Entered {
    title: String,
    href: String,
    reference: String,
    code: String,
    due: String,
}

const CHANNELS: [(&str, &str); 4] =
    [("post", "By post"), ("phone", "By phone"), ("in-person", "In person"), ("email", "By email")];

/// `GET /desk/complaints/new`
pub(crate) async fn new(State(app): State<App>, staff: Staff) -> Answer {
    // The list is what the policy is asked about; nothing of it is shown.
    app.read(&staff.actor(), redress::complaints).await?;
    let mut raw = Raw::new();
    raw.insert("retry_key".into(), vec![new_token()?]);
    entry(&app, &staff, &raw, &[]).await
}

async fn entry(app: &App, staff: &Staff, raw: &Raw, wrong: &[FieldError]) -> Answer {
    let items = algorithms(app, &Actor::public()).await?;
    let error = |name: &str| wrong.iter().find(|e| e.field == name).map(|e| e.message.clone());
    let part = |name: &str| (name.to_owned(), first(raw, &format!("received-{name}")).to_owned());
    let mut components = vec![
        Field {
            kind: Kind::Radios,
            name: "channel".into(),
            label: Some("How did it come?".into()),
            value: Some(first(raw, "channel").to_owned()),
            error: error("channel"),
            items: CHANNELS
                .map(|(value, text)| Item { value: value.into(), text: text.into(), ..Item::default() })
                .into(),
            ..Field::default()
        },
        Field {
            kind: Kind::Date,
            name: "received".into(),
            label: Some("On which day?".into()),
            hint: Some("The clocks run from this day, for example 27 11 2026.".into()),
            parts: ["day", "month", "year"].map(part).into(),
            error: error("received"),
            ..Field::default()
        },
    ];
    components.extend(complaint_fields(raw, wrong, true, &items));
    let page = Question {
        title: "Enter a complaint".into(),
        action: "/desk/complaints/new".into(),
        csrf: csrf(app, &staff.cookie),
        hidden: vec![crate::govuk::page::Hidden {
            name: "retry_key".into(),
            value: first(raw, "retry_key").to_owned(),
        }],
        error_summary: errors(&components),
        components,
        button: Some("Enter complaint".into()),
        ..Question::default()
    };
    let mut response = app.page("staff/question.njk", &frame(app, staff, "/desk/complaints"), &page)?;
    if !wrong.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The beginning of a day in the fields of a date: the hour of a letter is not known, and the day is what counts.
fn day_of(raw: &Raw) -> Result<Time> {
    let wrong =
        || Error::field("received", "not-a-date", "Enter the day on which it came, for example 27 11 2026");
    let number =
        |part: &str| first(raw, &format!("received-{part}")).trim().parse::<i16>().map_err(|_| wrong());
    let small = |part: &str| number(part).and_then(|n| i8::try_from(n).map_err(|_| wrong()));
    let day = Day::new(number("year")?, small("month")?, small("day")?).map_err(|_| wrong())?;
    format!("{day}T00:00:00Z").parse().map_err(|_| wrong())
}

/// `POST /desk/complaints/new`
pub(crate) async fn enter(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let done = match day_of(&raw) {
        Ok(at) => {
            let (new, how) = (complaint_of(&raw), first(&raw, "channel").to_owned());
            let rules = app.inner.settings.redress.clone();
            app.write(&staff.actor(), move |cx| redress::enter(cx, &rules, &how, at, &new)).await
        }
        Err(e) => Err(e),
    };
    match done {
        Ok(received) => {
            let page = Entered {
                title: "Complaint entered".into(),
                href: format!("/desk/complaints/{}", received.reference.text()),
                reference: received.reference.text().to_owned(),
                code: received.code.text().to_owned(),
                due: received.acknowledge_due.spoken(),
            };
            app.page("staff/complaint_entered.njk", &frame(&app, &staff, "/desk/complaints"), &page)
        }
        Err(Error::Invalid(wrong))
            if wrong.iter().any(|e| ["received", "channel"].contains(&e.field.as_str()))
                || is_shown(&complaint_fields(&raw, &wrong, true, &[])) =>
        {
            entry(&app, &staff, &raw, &wrong).await
        }
        Err(e) => Err(e.into()),
    }
}

/// One complaint, as the person may see it: who handles complaints sees each, a reviewer what was given to them.
async fn load(app: &App, staff: &Staff, reference: &str) -> Result<ComplaintView> {
    let handles = may(app, staff, action::COMPLAINT_HANDLE);
    let reviews = may(app, staff, action::COMPLAINT_REVIEW);
    let reference = reference.to_owned();
    app.read(&staff.actor(), move |cx| {
        if handles || !reviews {
            redress::view(cx, &reference)
        } else {
            redress::view_assigned(cx, &reference)
        }
    })
    .await
}

/// `GET /desk/complaints/{reference}`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Path(reference): Path<String>) -> Answer {
    show(&app, &staff, &reference, &Raw::new(), Vec::new()).await
}

fn lines(text: &str) -> Vec<String> {
    text.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned).collect()
}

fn option(value: &str, text: &str, checked: bool) -> OptionView {
    OptionView { value: value.into(), text: text.into(), hint: None, checked }
}

/// Everybody of whom it is known now that they had a part in what a complaint is about: who decided about the report that
/// it names, and who wrote, assessed or advanced the algorithm. They are in the chain whether somebody thinks of them or not.
/// Asked at each deed, because somebody can decide while it is looked into.
///
/// # Errors
/// Not allowed to do `action`; no such complaint.
pub(crate) fn known_chain(cx: &mut Cx<'_>, reference: &str, action: &'static str) -> Result<Vec<Id>> {
    cx.allow(action, None)?;
    let about = redress::report_of(cx, reference)?;
    let mut all = bluelamp_casework::deciders(cx, &about)?;
    let algorithm = redress::algorithm_of(cx, reference)?;
    if !algorithm.is_empty() {
        all.extend(redress::parts_in(cx, &algorithm)?);
    }
    if let Some(definition) = algorithm.strip_prefix("definition/") {
        all.extend(bluelamp_casework::hands_in(cx, definition)?);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Puts down what the reviewer found. A report that is to be decided anew is put up for that in the same commit.
pub(crate) fn find(cx: &mut Cx<'_>, rules: &redress::Rules, reference: &str, found: &Found) -> Result<()> {
    let known = known_chain(cx, reference, action::COMPLAINT_REVIEW)?;
    redress::find(cx, rules, reference, found, &known)?;
    if found.outcomes.iter().any(|code| code == Outcome::Redecide.code()) {
        let report = redress::report_of(cx, reference)?;
        bluelamp_casework::decide_anew(cx, &report, reference)?;
    }
    Ok(())
}

/// What a complaint is about, as far as this person may see it: the reviewer to whom it was given sees the decision, who
/// answers for quality its place in the chain, and both the ethics of the algorithm.
fn links(app: &App, staff: &Staff, c: &ComplaintView, mine: bool) -> Vec<Link> {
    let may = |action| may(app, staff, action);
    let (report, complaint) = (&c.report_reference, &c.listed.reference);
    let mut all = Vec::new();
    if !report.is_empty() && mine && may(action::COMPLAINT_SEE_DECISION) {
        all.push(Link {
            text: format!("What was decided about {report}, beside what was proposed"),
            href: format!("/desk/complaints/{complaint}/decisions"),
        });
    }
    if may(action::QUALITY_VIEW) {
        all.push(Link {
            text: "Its place in the chain".into(),
            href: format!("/desk/graded/complaints/{complaint}"),
        });
    }
    if !c.algorithm.is_empty() && may(action::ETHICS_VIEW) {
        let version = match c.algorithm_version.as_str() {
            "" => String::new(),
            version => format!("?version={version}"),
        };
        all.push(Link {
            text: format!("Ethics of {}", c.algorithm),
            href: format!("/desk/ethics/{}{version}", c.algorithm),
        });
    }
    all
}

/// How they hear of it where no message goes out by itself.
fn by_hand(c: &ComplaintView) -> Option<&'static str> {
    match c.contact_by {
        ContactBy::Post => Some("Nothing is sent by itself: send the letter, and then acknowledge it here."),
        ContactBy::Phone => Some("Nobody is called by itself: call, and then acknowledge it here."),
        ContactBy::Email if !c.contact_safe => Some(
            "They have not said that it is safe to write to this address, so no message is sent: they read it with \
             their code. Acknowledge it here.",
        ),
        ContactBy::Email | ContactBy::Nothing => None,
    }
}

async fn show(app: &App, staff: &Staff, reference: &str, raw: &Raw, wrong: Vec<FieldError>) -> Answer {
    let c = load(app, staff, reference).await?;
    let handles = may(app, staff, action::COMPLAINT_HANDLE);
    let assignable = matches!(c.listed.state, Standing::Acknowledged | Standing::UnderReview);
    let reviewers = if handles && assignable {
        let policy = Arc::clone(&app.inner.policy);
        app.read(&staff.actor(), move |cx| redress::reviewers(cx, &policy)).await?
    } else {
        Vec::new()
    };
    let mine = c.reviewer_id == Some(staff.session.account) && may(app, staff, action::COMPLAINT_REVIEW);
    let (now, state) = (app.inner.db.now(), c.listed.state);
    let chosen = |name: &str, value: &str| raw.get(name).is_some_and(|all| all.iter().any(|v| v == value));
    let failed = !wrong.is_empty();
    let page = ComplaintPage {
        title: format!("Complaint {}", c.listed.reference),
        reference: c.listed.reference.clone(),
        state: state.label(),
        colour: colour(state),
        facts: facts(&c),
        links: links(app, staff, &c, mine),
        told: lines(&c.told),
        wanted: lines(&c.wanted),
        clocks: clocks(app, &c, now),
        by_hand: by_hand(&c),
        finding: c.finding.map(Finding::label),
        reasons: lines(&c.reasons),
        outcomes: c.outcomes.iter().map(|o| o.label()).collect(),
        notices: c.notices.iter().map(|n| notice(n, now)).collect(),
        events: c.events.iter().map(event).collect(),
        can: [
            ("acknowledge", handles && state == Standing::Received),
            ("assign", handles && assignable),
            ("assign_anew", state == Standing::UnderReview),
            ("inform", handles && !matches!(state, Standing::Received | Standing::Answered)),
            ("find", mine && state == Standing::UnderReview),
            ("answer", handles && state == Standing::Found),
            ("notices", handles),
        ]
        .into(),
        reviewers: reviewers
            .iter()
            .map(|r| {
                let value = r.id.to_string();
                option(&value, &r.name, chosen("reviewer", &value))
            })
            .collect(),
        findings: Finding::ALL
            .iter()
            .map(|f| option(f.code(), f.label(), chosen("finding", f.code())))
            .collect(),
        choices: Outcome::ALL
            .iter()
            .map(|o| option(o.code(), o.label(), chosen("outcomes", o.code())))
            .collect(),
        recipients: (1..=RECIPIENTS).collect(),
        action: format!("/desk/complaints/{}", c.listed.reference),
        csrf: csrf(app, &staff.cookie),
        values: raw
            .iter()
            .filter(|(name, _)| *name != "csrf")
            .map(|(name, all)| (name.clone(), all.first().cloned().unwrap_or_default()))
            .collect(),
        error_summary: wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}", place(&e.field)) })
            .collect(),
        errors: wrong.into_iter().rev().map(|e| (e.field, e.message)).collect(),
    };
    let mut response = app.page("staff/complaint.njk", &frame(app, staff, "/desk/complaints"), &page)?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The id of the first field that an error is about.
fn place(field: &str) -> &str {
    if field == "recipients" { "recipient-1-name" } else { field }
}

fn facts(c: &ComplaintView) -> Vec<(String, String)> {
    let or = |text: &str, none: &str| if text.is_empty() { none.to_owned() } else { text.to_owned() };
    let reached = match (c.contact.is_empty(), c.contact_safe) {
        (true, _) => c.contact_by.label().to_owned(),
        (false, true) => format!("{}: {}, which is safe", c.contact_by.label(), c.contact),
        (false, false) => format!("{}: {}", c.contact_by.label(), c.contact),
    };
    let algorithm = match (c.algorithm.is_empty(), c.algorithm_version.is_empty()) {
        (true, _) => "none named".to_owned(),
        (false, true) => c.algorithm.clone(),
        (false, false) => format!("{}, version {}", c.algorithm, c.algorithm_version),
    };
    [
        ("About", c.listed.about.label().to_owned()),
        ("Came", format!("{}, {}", c.listed.received_at.short(), channel(&c.listed.channel))),
        ("Who complains", or(&c.complainant, "not said")),
        ("How they are reached", reached),
        ("Report", or(&c.report_reference, "none named")),
        ("Algorithm", algorithm),
        ("Handled by", c.listed.handler.clone().unwrap_or_else(|| "nobody yet".into())),
        ("Looked into by", c.listed.reviewer.clone().unwrap_or_else(|| "nobody yet".into())),
        ("Had a part in it", if c.chain.is_empty() { "nobody named".into() } else { c.chain.join(", ") }),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn clocks(app: &App, c: &ComplaintView, now: Time) -> Vec<ClockView> {
    let (rules, l) = (&app.inner.settings.redress, &c.listed);
    let answered = l.answered_at.is_some();
    let law = |clock: &redress::Clock| {
        let sort = if clock.is_law(l.received_at) { "law" } else { "policy" };
        format!("{} ({sort})", clock.basis)
    };
    let unknown = |at: Time| match rules.knows_holidays_of(at) {
        true => String::new(),
        false => {
            format!(
                "; no bank holiday after {} is known here",
                reading::day(&rules.holidays.known_until.to_string())
            )
        }
    };
    let clock = |what, at: Time, done: Option<Time>, basis: String| ClockView {
        what,
        when: done.map_or_else(|| at.short(), |d| format!("{}, due {}", d.short(), at.short())),
        overdue: done.map_or(now > at, |d| d > at),
        done: done.is_some(),
        basis: format!("{basis}{}", unknown(at)),
    };
    let mut all = vec![clock("Acknowledge", l.acknowledge_due, l.acknowledged_at, law(&rules.acknowledge))];
    if !answered {
        all.push(clock("Tell how far it has come", l.progress_due, None, law(&rules.progress)));
    }
    all.push(clock("Answer", l.answer_due, l.answered_at, law(&rules.answer)));
    all
}

fn notice(n: &redress::Notice, now: Time) -> NoticeView {
    NoticeView {
        id: n.id.to_string(),
        what: n.outcome.label(),
        recipient: n.recipient.name.clone(),
        received: n.recipient.received.clone(),
        on: n.recipient.on.clone(),
        due: n.due_at.short(),
        overdue: n.acknowledged_at.is_none() && now > n.due_at,
        sent: n.sent_at.map(Time::short),
        acknowledged: n.acknowledged_at.map(Time::short),
    }
}

fn event(e: &redress::Event) -> Event {
    let title = match e.what.as_str() {
        "received" => "Received",
        "acknowledged" => "Acknowledged",
        "assigned" => "Given to a reviewer",
        "informed" => "Told how far it has come",
        "found" => "Looked into",
        "answered" => "Answered",
        other => other,
    };
    let mut text = lines(&e.note);
    text.extend(lines(&e.words).into_iter().map(|l| format!("For staff only: {l}")));
    Event {
        title: title.into(),
        by: e.by.clone(),
        datetime: e.at.to_string(),
        when: e.at.short(),
        lines: text,
    }
}

/// What a reviewer found, out of the form.
fn found_of(raw: &Raw) -> Found {
    let mut recipients = Vec::new();
    for n in 1..=RECIPIENTS {
        let get = |part: &str| first(raw, &format!("recipient-{n}-{part}")).trim().to_owned();
        let one = Recipient { name: get("name"), received: get("received"), on: get("on") };
        if one != Recipient::default() {
            recipients.push(one);
        }
    }
    Found {
        finding: first(raw, "finding").to_owned(),
        reasons: first(raw, "reasons").to_owned(),
        outcomes: raw.get("outcomes").cloned().unwrap_or_default(),
        recipients,
        no_recipients: first(raw, "no_recipients") == "yes",
    }
}

/// `POST /desk/complaints/{reference}/{deed}`
pub(crate) async fn act(
    State(app): State<App>,
    staff: Staff,
    Path((reference, deed)): Path<(String, String)>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let (which, note, actor) = (reference.clone(), first(&raw, "note").to_owned(), staff.actor());
    let rules = app.inner.settings.redress.clone();
    let done = match deed.as_str() {
        "acknowledge" => {
            app.write(&actor, move |cx| {
                let known = known_chain(cx, &which, action::COMPLAINT_HANDLE)?;
                redress::acknowledge(cx, &which, &note, &known)
            })
            .await
        }
        "inform" => {
            app.write(&actor, move |cx| {
                let known = known_chain(cx, &which, action::COMPLAINT_HANDLE)?;
                redress::inform(cx, &rules, &which, &note, &known)
            })
            .await
        }
        "answer" => {
            app.write(&actor, move |cx| {
                let known = known_chain(cx, &which, action::COMPLAINT_HANDLE)?;
                redress::answer(cx, &which, &note, &known)
            })
            .await
        }
        "assign" => {
            let policy = Arc::clone(&app.inner.policy);
            let chain: Vec<String> =
                first(&raw, "chain").split([',', '\n', ' ']).map(|n| n.trim().to_owned()).collect();
            let (nobody, reasons) = (first(&raw, "nobody").to_owned(), first(&raw, "reasons").to_owned());
            match first(&raw, "reviewer").parse::<Id>() {
                Ok(reviewer) => {
                    let mut new = Assignment { reviewer, chain, known: Vec::new(), nobody, reasons };
                    app.write(&actor, move |cx| {
                        new.known = known_chain(cx, &which, action::COMPLAINT_HANDLE)?;
                        redress::assign(cx, &policy, &which, &new)
                    })
                    .await
                }
                Err(_) => Err(Error::field("reviewer", "required", "Select who looks into it")),
            }
        }
        "find" => {
            let found = found_of(&raw);
            app.write(&actor, move |cx| find(cx, &rules, &which, &found)).await
        }
        "sent" | "confirmed" => {
            let notice: Id =
                first(&raw, "notice").parse().map_err(|_| Error::NotFound("that notice".into()))?;
            let sent = deed == "sent";
            app.write(&actor, move |cx| {
                let known = known_chain(cx, &which, action::COMPLAINT_HANDLE)?;
                if sent {
                    redress::notice_sent(cx, &which, notice, &known)
                } else {
                    redress::notice_acknowledged(cx, &which, notice, &known)
                }
            })
            .await
        }
        _ => return Err(Error::NotFound("that page".into()).into()),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/desk/complaints/{reference}")).into_response()),
        Err(Error::Invalid(wrong)) => show(&app, &staff, &reference, &raw, wrong).await,
        Err(e) => Err(e.into()),
    }
}
