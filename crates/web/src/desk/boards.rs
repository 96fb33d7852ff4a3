//! Boards: bodies and their calendar, a body with its meetings, a meeting with agenda, papers, minutes and actions.

use super::{
    decisions::{day, seen, values},
    may,
    page::OptionView,
    strategy::frame,
};
use crate::{
    App,
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::decisions::{Part, part},
    public::{
        fields::Raw,
        journey::{first, posted},
    },
    reading,
};
use axum::{
    extract::{Path, Query, RawForm, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Day, Error, FieldError, Gsc, Id, Result, authority::action};
use bluelamp_steward::boards::{
    Action, Body, BodyChange, BodyKind, Cover, Item, Meeting, MeetingState, MinutesState, NewAction,
    NewDelegation, NewItem, NewMeeting, Outcome, PaperView, Wanted,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const HERE: &str = "/desk/boards";

/// What every page of the boards has that holds forms.
#[derive(Serialize)]
struct Forms {
    csrf: String,
    can_write: bool,
    error_summary: Vec<Problem>,
    errors: BTreeMap<String, String>,
    values: BTreeMap<String, String>,
    /// Which form was wrong.
    tried: String,
}

#[derive(Default)]
struct Tried {
    form: String,
    values: BTreeMap<String, String>,
    wrong: Vec<FieldError>,
}

fn forms(app: &App, staff: &Staff, tried: Tried) -> Forms {
    Forms {
        csrf: csrf(app, &staff.cookie),
        can_write: may(app, staff, action::REGISTER_WRITE),
        error_summary: tried
            .wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}-{}", tried.form, e.field) })
            .collect(),
        errors: tried.wrong.iter().map(|e| (e.field.clone(), e.message.clone())).collect(),
        values: tried.values,
        tried: tried.form,
    }
}

fn shown(app: &App, staff: &Staff, template: &str, page: &impl Serialize, wrong: bool) -> Answer {
    let mut response = app.page(template, &frame(app, staff, HERE), page)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The page `staff/boards.njk`.
#[derive(Serialize)]
struct BoardsPage {
    title: String,
    bodies: Vec<BodyRow>,
    kinds: Vec<OptionView>,
    meetings: Vec<MeetingRow>,
    actions: Vec<ActionRow>,
    delegations: Vec<DelegationRow>,
    #[serde(flatten)]
    forms: Forms,
}

#[derive(Serialize)]
struct BodyRow {
    code: String,
    name: String,
    kind: &'static str,
    role: String,
    href: String,
}

#[derive(Serialize)]
struct MeetingRow {
    href: String,
    body: String,
    when: String,
    place: String,
    state: &'static str,
    minutes: &'static str,
}

#[derive(Serialize)]
struct ActionRow {
    id: String,
    what: String,
    owner: String,
    due: String,
    done: Option<String>,
    result: String,
    late: bool,
    href: String,
}

#[derive(Serialize)]
struct DelegationRow {
    from: String,
    to: String,
    scope: String,
    source: String,
    valid: String,
    in_force: bool,
}

fn meeting_row(m: &Meeting, bodies: &[Body]) -> MeetingRow {
    MeetingRow {
        href: format!("{HERE}/{}/{}", m.body, m.id),
        body: bodies.iter().find(|b| b.code == m.body).map_or_else(|| m.body.clone(), |b| b.name.clone()),
        when: format!("{} at {}", reading::day(&m.on.to_string()), m.at),
        place: m.place.clone(),
        state: m.state.label(),
        minutes: m.minutes_state.label(),
    }
}

fn action_row(a: &Action) -> ActionRow {
    ActionRow {
        id: a.id.to_string(),
        what: a.what.clone(),
        owner: a.owner.clone(),
        due: reading::day(&a.due.to_string()),
        done: a.done_on.map(|d| reading::day(&d.to_string())),
        result: a.result.clone(),
        late: a.late,
        href: format!("{HERE}/{}/{}", a.body, a.meeting),
    }
}

/// `GET /desk/boards`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    boards(&app, &staff, Tried::default()).await
}

async fn boards(app: &App, staff: &Staff, tried: Tried) -> Answer {
    use bluelamp_steward::boards as b;
    let (bodies, meetings, actions, delegations) = app
        .read(&staff.actor(), |cx| {
            Ok((b::bodies(cx)?, b::meetings(cx, None)?, b::actions(cx)?, b::delegations(cx)?))
        })
        .await?;
    let forms = forms(app, staff, tried);
    let wrong = !forms.error_summary.is_empty();
    let page = BoardsPage {
        title: "Boards".into(),
        kinds: BodyKind::ALL
            .map(|k| OptionView {
                value: k.code().into(),
                text: k.label().into(),
                hint: None,
                checked: false,
            })
            .into(),
        meetings: meetings.iter().map(|m| meeting_row(m, &bodies)).collect(),
        bodies: bodies
            .into_iter()
            .map(|b| BodyRow {
                href: format!("{HERE}/{}", b.code),
                code: b.code,
                name: b.name,
                kind: b.kind.label(),
                role: b.role,
            })
            .collect(),
        actions: actions.iter().map(action_row).collect(),
        delegations: delegations
            .into_iter()
            .map(|d| DelegationRow {
                from: d.what.from_office,
                to: d.what.to_office,
                scope: d.what.scope,
                source: d.what.source,
                valid: match d.what.valid_to {
                    Some(to) => format!(
                        "{} to {}",
                        reading::day(&d.what.valid_from.to_string()),
                        reading::day(&to.to_string())
                    ),
                    None => format!("from {}", reading::day(&d.what.valid_from.to_string())),
                },
                in_force: d.in_force,
            })
            .collect(),
        forms,
    };
    shown(app, staff, "staff/boards.njk", &page, wrong)
}

/// `GET /desk/boards.ics`
pub(crate) async fn calendar(State(app): State<App>, staff: Staff) -> Answer {
    let (bodies, meetings) = app
        .read(&staff.actor(), |cx| {
            Ok((bluelamp_steward::boards::bodies(cx)?, bluelamp_steward::boards::meetings(cx, None)?))
        })
        .await?;
    let host = app.inner.settings.public_url.split("//").last().unwrap_or_default().to_owned();
    let text = bluelamp_steward::boards::icalendar(&bodies, &meetings, app.inner.db.now(), &host);
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"boards.ics\""),
    ];
    Ok((headers, text).into_response())
}

fn needed(raw: &Raw, field: &str) -> Result<Day> {
    day(raw, field)?.ok_or_else(|| Error::field(field, "required", "Enter the day"))
}

/// `POST /desk/boards`: a body, or a delegation.
pub(crate) async fn add(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let form = if first(&raw, "form") == "delegation" { "delegation" } else { "body" };
    let done = if form == "delegation" {
        match delegation(&raw) {
            Ok(new) => {
                app.write(&staff.actor(), move |cx| {
                    bluelamp_steward::boards::add_delegation(cx, &new).map(drop)
                })
                .await
            }
            Err(e) => Err(e),
        }
    } else {
        match body_of(&raw) {
            Ok(body) => {
                app.write(&staff.actor(), move |cx| bluelamp_steward::boards::add_body(cx, &body)).await
            }
            Err(e) => Err(e),
        }
    };
    match done {
        Ok(()) => Ok(Redirect::to(HERE).into_response()),
        Err(Error::Invalid(wrong)) => {
            boards(&app, &staff, Tried { form: form.into(), values: values(&raw), wrong }).await
        }
        Err(e) => Err(e.into()),
    }
}

fn delegation(raw: &Raw) -> Result<NewDelegation> {
    Ok(NewDelegation {
        from_office: first(raw, "from_office").to_owned(),
        to_office: first(raw, "to_office").to_owned(),
        scope: first(raw, "scope").to_owned(),
        source: first(raw, "source").to_owned(),
        valid_from: needed(raw, "valid_from")?,
        valid_to: day(raw, "valid_to")?,
    })
}

fn body_of(raw: &Raw) -> Result<Body> {
    let kind = BodyKind::ALL.into_iter().find(|k| k.code() == first(raw, "kind"));
    Ok(Body {
        code: first(raw, "code").trim().to_owned(),
        name: first(raw, "name").to_owned(),
        kind: kind.ok_or_else(|| Error::field("kind", "required", "Choose what sort of body it is"))?,
        role: first(raw, "role").to_owned(),
        source: first(raw, "source").to_owned(),
        valid_from: day(raw, "valid_from")?,
        valid_to: day(raw, "valid_to")?,
    })
}

/// The page `staff/board.njk`.
#[derive(Serialize)]
struct BoardPage {
    title: String,
    code: String,
    kind: &'static str,
    role: String,
    source: String,
    valid: String,
    meetings: Vec<MeetingRow>,
    /// The body as it is sent back with a change of it.
    seen: Vec<(&'static str, String)>,
    #[serde(flatten)]
    forms: Forms,
}

/// `GET /desk/boards/{body}`
pub(crate) async fn body(State(app): State<App>, staff: Staff, Path(code): Path<String>) -> Answer {
    board(&app, &staff, &code, Tried::default()).await
}

async fn board(app: &App, staff: &Staff, code: &str, tried: Tried) -> Answer {
    let wanted = code.to_owned();
    let (bodies, meetings) = app
        .read(&staff.actor(), move |cx| {
            Ok((
                bluelamp_steward::boards::bodies(cx)?,
                bluelamp_steward::boards::meetings(cx, Some(&wanted))?,
            ))
        })
        .await?;
    let found = bodies.iter().find(|b| b.code == code).ok_or_else(|| Error::NotFound("that body".into()))?;
    let forms = forms(app, staff, tried);
    let wrong = !forms.error_summary.is_empty();
    let spoken = |d: Option<Day>| d.map(|d| reading::day(&d.to_string()));
    let page = BoardPage {
        title: found.name.clone(),
        code: code.to_owned(),
        kind: found.kind.label(),
        role: found.role.clone(),
        source: found.source.clone(),
        valid: match (spoken(found.valid_from), spoken(found.valid_to)) {
            (None, None) => "Without limit".into(),
            (Some(from), None) => format!("From {from}"),
            (None, Some(to)) => format!("Until {to}"),
            (Some(from), Some(to)) => format!("{from} to {to}"),
        },
        meetings: meetings.iter().map(|m| meeting_row(m, &bodies)).collect(),
        seen: seen_fields(found),
        forms,
    };
    shown(app, staff, "staff/board.njk", &page, wrong)
}

const SEEN: [&str; 6] =
    ["seen_name", "seen_kind", "seen_role", "seen_source", "seen_valid_from", "seen_valid_to"];

fn seen_fields(body: &Body) -> Vec<(&'static str, String)> {
    let text = |d: Option<Day>| d.map_or_else(String::new, |d| d.to_string());
    let values = [
        body.name.clone(),
        body.kind.code().to_owned(),
        body.role.clone(),
        body.source.clone(),
        text(body.valid_from),
        text(body.valid_to),
    ];
    SEEN.into_iter().zip(values).collect()
}

/// A change of a body, from what the page showed.
fn body_change(code: &str, raw: &Raw) -> Result<BodyChange> {
    let [name, kind, role, source, from, to] = SEEN;
    let known = BodyKind::ALL.into_iter().find(|k| k.code() == first(raw, kind));
    let kind = known.ok_or_else(|| Error::Stale(format!("the body {code}")))?;
    let one = |name: &str, role: &str, source: &str, from: &str, to: &str| {
        Ok::<_, Error>(Body {
            code: code.to_owned(),
            name: first(raw, name).to_owned(),
            kind,
            role: first(raw, role).to_owned(),
            source: first(raw, source).to_owned(),
            valid_from: day(raw, from)?,
            valid_to: day(raw, to)?,
        })
    };
    Ok(BodyChange {
        seen: one(name, role, source, from, to)?,
        to: one("name", "role", "source", "valid_from", "valid_to")?,
    })
}

/// `POST /desk/boards/{body}`: a meeting for its calendar, or a change of it.
pub(crate) async fn plan(
    State(app): State<App>,
    staff: Staff,
    Path(code): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let wanted = code.clone();
    if first(&raw, "form") == "change" {
        let done = match body_change(&code, &raw) {
            Ok(change) => {
                app.write(&staff.actor(), move |cx| {
                    bluelamp_steward::boards::change_body(cx, &wanted, &change)
                })
                .await
            }
            Err(e) => Err(e),
        };
        return match done {
            Ok(()) => Ok(Redirect::to(&format!("{HERE}/{code}")).into_response()),
            Err(Error::Invalid(wrong)) => {
                board(&app, &staff, &code, Tried { form: "change".into(), values: values(&raw), wrong }).await
            }
            Err(e) => Err(e.into()),
        };
    }
    let done = match needed(&raw, "on") {
        Ok(on) => {
            let new = NewMeeting {
                on,
                at: first(&raw, "at").trim().to_owned(),
                place: first(&raw, "place").to_owned(),
            };
            app.write(&staff.actor(), move |cx| bluelamp_steward::boards::add_meeting(cx, &wanted, &new))
                .await
        }
        Err(e) => Err(e),
    };
    match done {
        Ok(id) => Ok(Redirect::to(&format!("{HERE}/{code}/{id}")).into_response()),
        Err(Error::Invalid(wrong)) => {
            board(&app, &staff, &code, Tried { form: "meeting".into(), values: values(&raw), wrong }).await
        }
        Err(e) => Err(e.into()),
    }
}

/// The page `staff/meeting.njk`.
#[derive(Serialize)]
struct MeetingPage {
    title: String,
    code: String,
    body: String,
    here: String,
    when: String,
    place: String,
    state: &'static str,
    version: i64,
    planned: bool,
    held: bool,
    items: Vec<ItemView>,
    next_number: u32,
    /// Whether minutes and actions are not for who looks.
    withheld: bool,
    minutes: Vec<Part>,
    minutes_text: String,
    minutes_state: &'static str,
    confirmed: Option<String>,
    can_minute: bool,
    can_confirm: bool,
    /// Whether nothing is put down on its items any more: the minutes are confirmed, or it is cancelled.
    settled: bool,
    cancelled: bool,
    actions: Vec<ActionRow>,
    wanted: Vec<OptionView>,
    outcomes: Vec<OptionView>,
    paper: Option<PaperPart>,
    can_waive: bool,
    #[serde(flatten)]
    forms: Forms,
}

#[derive(Serialize)]
struct ItemView {
    id: String,
    number: u32,
    title: String,
    wanted: &'static str,
    paper_href: Option<String>,
    outcome: Option<&'static str>,
    outcome_text: String,
    comments: Vec<(String, String)>,
}

#[derive(Serialize)]
struct PaperPart {
    id: String,
    title: String,
    rows: Vec<(&'static str, String)>,
    decision: Option<String>,
    waiver: String,
    route: Vec<[String; 3]>,
    comments: Vec<(String, String)>,
}

fn item_view(item: &Item, here: &str) -> ItemView {
    ItemView {
        id: item.id.to_string(),
        number: item.number,
        title: item.title.clone().unwrap_or_else(|| "A paper marked OFFICIAL-SENSITIVE".into()),
        wanted: item.wanted.label(),
        paper_href: item.paper.map(|p| format!("{here}?paper={p}#paper")),
        outcome: item.outcome.map(Outcome::label),
        outcome_text: item.outcome_text.clone(),
        comments: item.comments.iter().map(|c| (c.member.clone(), c.said.clone())).collect(),
    }
}

fn paper_part(paper: PaperView) -> PaperPart {
    let c = paper.cover;
    let said = |text: String| if text.trim().is_empty() { "Not given".to_owned() } else { text };
    let finance = match c.finance_approved_on {
        Some(on) => format!("{} on {}", c.finance_approvers, reading::day(&on.to_string())),
        None => "Not approved".into(),
    };
    PaperPart {
        id: paper.id.to_string(),
        title: c.title,
        rows: vec![
            ("Classification", c.classification.to_string()),
            ("Report to", c.report_to),
            ("Chief officer", c.chief_officer),
            ("Author on behalf of the chief officer", c.author),
            ("Written", reading::day(&c.date_written.to_string())),
            ("Version", c.version),
            ("Approved by finance", finance),
            ("Financial implications", said(c.financial_implications)),
        ],
        decision: c.decision_reference,
        waiver: paper.waiver,
        comments: paper
            .route
            .iter()
            .flat_map(|r| r.item.comments.iter().map(|c| (c.member.clone(), c.said.clone())))
            .collect(),
        route: paper
            .route
            .into_iter()
            .map(|r| {
                let outcome = r.item.outcome.map_or("Not decided yet", Outcome::label);
                let words = r.item.outcome_text;
                let outcome =
                    if words.is_empty() { outcome.to_owned() } else { format!("{outcome}: {words}") };
                [r.body, reading::day(&r.on.to_string()), outcome]
            })
            .collect(),
    }
}

/// What the address of a meeting can hold.
#[derive(Default, Deserialize)]
pub(crate) struct MeetingQuery {
    #[serde(default)]
    paper: String,
}

fn id(text: &str, what: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound(what.into()))
}

/// `GET /desk/boards/{body}/{meeting}`; with `?paper=`, the cover of a paper as well.
pub(crate) async fn meeting(
    State(app): State<App>,
    staff: Staff,
    Path((code, which)): Path<(String, String)>,
    Query(q): Query<MeetingQuery>,
) -> Answer {
    let paper = if q.paper.is_empty() { None } else { Some(id(&q.paper, "that paper")?) };
    show(&app, &staff, &code, &which, paper, Tried::default()).await
}

async fn show(app: &App, staff: &Staff, code: &str, which: &str, paper: Option<Id>, tried: Tried) -> Answer {
    let which = id(which, "that meeting")?;
    let (view, paper) = app
        .read(&staff.actor(), move |cx| {
            let view = bluelamp_steward::boards::view_meeting(cx, which)?;
            let paper = paper.map(|p| bluelamp_steward::boards::view_paper(cx, p)).transpose()?;
            Ok((view, paper))
        })
        .await?;
    let m = &view.meeting;
    if m.body != code {
        return Err(Error::NotFound("that meeting of this body".into()).into());
    }
    let here = format!("{HERE}/{code}/{}", m.id);
    let forms = forms(app, staff, tried);
    let wrong = !forms.error_summary.is_empty();
    let option = |value: &str, text: &str| OptionView {
        value: value.into(),
        text: text.into(),
        hint: None,
        checked: false,
    };
    let held = m.state == MeetingState::Held;
    let page = MeetingPage {
        title: format!("{}, {}", view.body.name, reading::day(&m.on.to_string())),
        code: code.to_owned(),
        body: view.body.name.clone(),
        when: format!("{} at {}", reading::day(&m.on.to_string()), m.at),
        place: m.place.clone(),
        state: m.state.label(),
        version: m.version,
        planned: m.state == MeetingState::Planned,
        held,
        items: view.items.iter().map(|i| item_view(i, &here)).collect(),
        next_number: view.items.iter().map(|i| i.number).max().unwrap_or(0) + 1,
        withheld: view.withheld,
        minutes: part(&view.minutes),
        minutes_text: view.minutes,
        minutes_state: m.minutes_state.label(),
        confirmed: m.confirmed_on.map(|d| reading::day(&d.to_string())),
        can_minute: held && !view.withheld && m.minutes_state != MinutesState::Confirmed,
        can_confirm: m.minutes_state == MinutesState::Draft,
        settled: m.minutes_state == MinutesState::Confirmed || m.state == MeetingState::Cancelled,
        cancelled: m.state == MeetingState::Cancelled,
        actions: view.actions.iter().map(action_row).collect(),
        wanted: Wanted::ALL.iter().map(|w| option(w.code(), w.label())).collect(),
        outcomes: Outcome::ALL.iter().map(|o| option(o.code(), o.label())).collect(),
        can_waive: paper.as_ref().is_some_and(|p| p.waiver.is_empty())
            && may(app, staff, action::DECISION_WAIVE),
        paper: paper.map(paper_part),
        here,
        forms,
    };
    shown(app, staff, "staff/meeting.njk", &page, wrong)
}

fn item_of(raw: &Raw) -> Result<NewItem> {
    let wanted = Wanted::ALL.iter().copied().find(|w| w.code() == first(raw, "wanted"));
    let number = first(raw, "number")
        .trim()
        .parse()
        .map_err(|_| Error::field("number", "format", "Enter a number"))?;
    let known = first(raw, "paper").trim();
    let paper = if known.is_empty() {
        None
    } else {
        Some(known.parse().map_err(|_| {
            Error::field("paper", "format", "Give the id of a paper as it stands in its address")
        })?)
    };
    let cover = if first(raw, "with_paper") == "yes" { Some(cover(raw)?) } else { None };
    Ok(NewItem {
        number,
        title: first(raw, "title").to_owned(),
        wanted: wanted
            .ok_or_else(|| Error::field("wanted", "required", "Choose what the body is asked to do"))?,
        paper,
        cover,
    })
}

fn cover(raw: &Raw) -> Result<Cover> {
    let one = |field: &str| first(raw, field).trim().to_owned();
    let classification = match first(raw, "classification") {
        "official" => Gsc::Official,
        "official-sensitive" => Gsc::OfficialSensitive,
        _ => return Err(Error::field("classification", "required", "Choose the classification")),
    };
    Ok(Cover {
        classification,
        report_to: one("report_to"),
        title: one("title"),
        chief_officer: one("chief_officer"),
        author: one("author"),
        date_written: needed(raw, "date_written")?,
        version: one("paper_version"),
        finance_approved_on: day(raw, "finance_approved_on")?,
        finance_approvers: one("finance_approvers"),
        financial_implications: one("financial_implications"),
        decision_reference: Some(one("decision_reference")).filter(|r| !r.is_empty()),
    })
}

/// `POST /desk/boards/{body}/{meeting}/{deed}`: what is done with a meeting, its items, minutes and actions.
pub(crate) async fn act(
    State(app): State<App>,
    staff: Staff,
    Path((code, which, deed)): Path<(String, String, String)>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let meeting = id(&which, "that meeting")?;
    let found =
        app.read(&staff.actor(), move |cx| bluelamp_steward::boards::view_meeting(cx, meeting)).await?;
    if found.meeting.body != code {
        return Err(Error::NotFound("that meeting of this body".into()).into());
    }
    let done = do_it(&app, &staff, meeting, &deed, &raw).await;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("{HERE}/{code}/{meeting}")).into_response()),
        Err(Error::Invalid(wrong)) => {
            let form = match first(&raw, "item") {
                "" => deed,
                item => format!("{deed}-{item}"),
            };
            let paper = first(&raw, "paper").parse().ok().filter(|_| form == "waive");
            show(&app, &staff, &code, &which, paper, Tried { form, values: values(&raw), wrong }).await
        }
        Err(e) => Err(e.into()),
    }
}

async fn do_it(app: &App, staff: &Staff, meeting: Id, deed: &str, raw: &Raw) -> Result<()> {
    use bluelamp_steward::boards as b;
    let (actor, version) = (staff.actor(), seen(raw));
    let words = |field: &str| first(raw, field).replace("\r\n", "\n");
    match deed {
        "items" => {
            let new = item_of(raw)?;
            app.write(&actor, move |cx| b::add_item(cx, meeting, version, &new).map(drop)).await
        }
        "held" => app.write(&actor, move |cx| b::set_meeting(cx, meeting, version, MeetingState::Held)).await,
        "cancelled" => {
            app.write(&actor, move |cx| b::set_meeting(cx, meeting, version, MeetingState::Cancelled)).await
        }
        "decide" => {
            let item = id(first(raw, "item"), "that item")?;
            let outcome = Outcome::ALL.iter().copied().find(|o| o.code() == first(raw, "outcome"));
            let outcome =
                outcome.ok_or_else(|| Error::field("outcome", "required", "Choose what came of it"))?;
            let said = words("words");
            app.write(&actor, move |cx| b::decide_item(cx, meeting, item, version, outcome, &said)).await
        }
        "comment" => {
            let item = id(first(raw, "item"), "that item")?;
            let (member, said) = (words("member"), words("said"));
            app.write(&actor, move |cx| b::comment(cx, meeting, item, &member, &said)).await
        }
        "minutes" => {
            let text = words("minutes");
            app.write(&actor, move |cx| b::write_minutes(cx, meeting, version, &text)).await
        }
        "confirm" => {
            let on = needed(raw, "on")?;
            app.write(&actor, move |cx| b::confirm_minutes(cx, meeting, version, on)).await
        }
        "actions" => {
            let new = NewAction { what: words("what"), owner: words("owner"), due: needed(raw, "due")? };
            app.write(&actor, move |cx| b::add_action(cx, meeting, &new).map(drop)).await
        }
        "finish" => {
            let (action, result) = (id(first(raw, "item"), "that action")?, words("result"));
            app.write(&actor, move |cx| b::finish_action(cx, meeting, action, &result)).await
        }
        "waive" => {
            let (paper, reason) = (id(first(raw, "paper"), "that paper")?, words("reason"));
            app.write(&actor, move |cx| b::waive_paper(cx, paper, &reason)).await
        }
        _ => Err(Error::NotFound("that".into())),
    }
}
