//! Decision reports: the register, one report with what is next and who may do it, and the forms for exactly that.

pub(crate) mod edit;
mod files;

pub(crate) use files::{add, attachment, open, redact, size, stored};

use super::{may, page::OptionView, registers::href_of, strategy::frame};
use crate::{
    App,
    govuk::page::{Event, Problem},
    guard::{Answer, Staff, check_csrf, csrf},
    public::decisions::{Part, part},
    public::{
        fields::Raw,
        journey::{first, posted},
    },
    reading,
};
use axum::{
    extract::{Path, Query, RawForm, State as Given},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{
    Day, Error, FieldError, Result,
    authority::{Actor, action},
};
use bluelamp_steward::decision::{
    Approval, Asked, Content, Notice, Passage, Place, Publication, Said, Section, Signing, State, View, What,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub(crate) const HERE: &str = "/desk/decisions";

/// The page `staff/decisions.njk`.
#[derive(Serialize)]
struct ListPage {
    title: String,
    states: Vec<OptionView>,
    rows: Vec<ListRow>,
    can_write: bool,
}

#[derive(Serialize)]
struct ListRow {
    href: String,
    reference: String,
    title: String,
    classification: String,
    stage: Stage,
    since: String,
}

/// Where a report stands, in a word with a colour.
#[derive(Serialize)]
pub(crate) struct Stage {
    text: &'static str,
    colour: &'static str,
}

fn stage(state: State) -> Stage {
    let colour = match state {
        State::Draft | State::Withdrawn | State::Superseded => "grey",
        State::Agreed | State::Published => "green",
        State::NotAgreed | State::NotPublished => "orange",
        State::RedactionRequired => "red",
        _ => "blue",
    };
    Stage { text: state.label(), colour }
}

/// What the address of the register can hold.
#[derive(Default, Deserialize)]
pub(crate) struct ListQuery {
    #[serde(default)]
    pub(crate) state: String,
}

/// A state by its code; nothing for an empty one.
pub(crate) fn state_of(code: &str) -> Result<Option<State>> {
    if code.is_empty() {
        return Ok(None);
    }
    let found = State::ALL.into_iter().find(|s| s.code() == code);
    found.map(Some).ok_or_else(|| Error::field("state", "unknown", "Choose one of the states of the list"))
}

/// `GET /desk/decisions`
pub(crate) async fn list(Given(app): Given<App>, staff: Staff, Query(q): Query<ListQuery>) -> Answer {
    let state = state_of(q.state.trim())?;
    let all = app.read(&staff.actor(), move |cx| bluelamp_steward::decision::list(cx, state)).await?;
    let every =
        OptionView { value: String::new(), text: "Every state".into(), hint: None, checked: state.is_none() };
    let states = State::ALL.into_iter().map(|s| OptionView {
        value: s.code().into(),
        text: s.label().into(),
        hint: None,
        checked: state == Some(s),
    });
    let page = ListPage {
        title: "Decision reports".into(),
        states: std::iter::once(every).chain(states).collect(),
        rows: all
            .into_iter()
            .map(|e| ListRow {
                href: format!("{HERE}/{}", e.reference),
                title: e
                    .title
                    .unwrap_or_else(|| "Marked OFFICIAL-SENSITIVE: open it to read the title".into()),
                reference: e.reference,
                classification: e.classification.to_string(),
                stage: stage(e.state),
                since: e.since.map_or_else(|| "–".into(), |d| reading::day(&d.to_string())),
            })
            .collect(),
        can_write: may(&app, &staff, action::DECISION_WRITE),
    };
    app.page("staff/decisions.njk", &frame(&app, &staff, HERE), &page)
}

/// The page `staff/decision.njk`.
#[derive(Serialize)]
struct ViewPage {
    title: String,
    reference: String,
    here: String,
    classification: String,
    stage: Stage,
    version: i64,
    /// Which older version of the content is shown, if one is.
    older: Option<i64>,
    header: Vec<(String, String)>,
    summary: Vec<Part>,
    sections: Vec<SectionView>,
    links: Vec<(&'static str, Vec<String>)>,
    /// Items of the portfolio: what they are called, and where they are if they are there.
    items: Vec<(String, Option<String>)>,
    consulted: Vec<[String; 3]>,
    route: Vec<[String; 3]>,
    approvals: Vec<Approval>,
    steps: Vec<StepView>,
    /// What comes next and is for somebody else.
    others: Vec<String>,
    publication: PublicationView,
    files: Vec<FileRow>,
    history: Vec<Event>,
    versions: Vec<(i64, String)>,
    replaced_by: Vec<String>,
    notice: Option<Notice>,
    can_edit: bool,
    can_settle: bool,
    can_add: bool,
    can_redact: bool,
    /// Whether a redacted copy can take a file's place.
    can_copy: bool,
    /// Whether a file can be taken out of what is published.
    can_take_out: bool,
    can_notice: bool,
    public_href: Option<String>,
    csrf: String,
    error_summary: Vec<Problem>,
    errors: BTreeMap<String, String>,
    /// What was sent with the form that was wrong.
    values: BTreeMap<String, String>,
    /// Which form that was.
    tried: String,
}

#[derive(Serialize)]
struct SectionView {
    number: u8,
    title: &'static str,
    /// Nothing where it is not filled in.
    said: Option<Vec<Part>>,
    none: bool,
}

#[derive(Serialize)]
struct StepView {
    code: &'static str,
    label: &'static str,
    office: &'static str,
    signs: bool,
    deputy: Option<&'static str>,
    reasons: bool,
    successor: bool,
    warns: bool,
}

#[derive(Serialize)]
struct PublicationView {
    for_publication: &'static str,
    reasons: String,
    redact_sheet: &'static str,
    redact_appendix: &'static str,
    details: String,
    sheet: String,
    appendix: String,
    count: usize,
}

#[derive(Serialize)]
struct FileRow {
    id: String,
    title: String,
    name: String,
    size: String,
    publish: bool,
    redacted: bool,
}

fn yes(said: Option<bool>) -> &'static str {
    match said {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    }
}

fn no_or_yes(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// What was tried and is wrong.
#[derive(Default)]
pub(super) struct Tried {
    pub form: String,
    pub values: BTreeMap<String, String>,
    pub wrong: Vec<FieldError>,
}

/// What the address of a report can hold.
#[derive(Default, Deserialize)]
pub(crate) struct ViewQuery {
    pub(crate) version: Option<i64>,
}

/// `GET /desk/decisions/{reference}`
pub(crate) async fn view(
    Given(app): Given<App>,
    staff: Staff,
    Path(reference): Path<String>,
    Query(q): Query<ViewQuery>,
) -> Answer {
    show(&app, &staff, &reference, q.version, Tried::default()).await
}

async fn show(app: &App, staff: &Staff, reference: &str, version: Option<i64>, tried: Tried) -> Answer {
    let asked = reference.to_owned();
    let (view, older) = app
        .read(&staff.actor(), move |cx| {
            let view = bluelamp_steward::decision::view(cx, &asked)?;
            let older =
                version.map(|n| bluelamp_steward::decision::view_version(cx, &asked, n)).transpose()?;
            Ok((view, older))
        })
        .await?;
    let content = older.as_ref().unwrap_or(&view.content);
    let mine = view.open_to(staff.session.account);
    let steps: Vec<_> = mine.into_iter().filter(|w| may(app, staff, w.post().action())).collect();
    let others = view.next.iter().filter(|w| !steps.contains(w));
    let others = others.map(|w| format!("{}: {}", w.label(), w.post().label())).collect();
    let writes = may(app, staff, action::DECISION_WRITE);
    let form = tried.form.clone();
    let errors: BTreeMap<_, _> = tried.wrong.iter().map(|e| (e.field.clone(), e.message.clone())).collect();
    let summary =
        tried.wrong.iter().map(|e| Problem { text: e.message.clone(), href: format!("#{form}-{}", e.field) });
    let page = ViewPage {
        title: content.title.clone(),
        here: format!("{HERE}/{reference}"),
        classification: content.classification.to_string(),
        stage: stage(view.state),
        version: view.version,
        older: version,
        header: header(content, &view),
        summary: part(&content.summary),
        sections: sections(content),
        links: links(content),
        items: content
            .items
            .iter()
            .map(|item| match view.items.get(item) {
                Some(title) => (title.clone(), href_of(item)),
                None => (item.clone(), None),
            })
            .collect(),
        consulted: content
            .consulted
            .iter()
            .map(|c| [reading::day(&c.on), c.who.clone(), c.said.clone()])
            .collect(),
        route: view.route.iter().map(|[b, d, o]| [b.clone(), reading::day(d), o.replace('-', " ")]).collect(),
        approvals: view.approvals(),
        steps: steps.into_iter().map(|what| step_view(what, &view.publication)).collect(),
        others,
        publication: publication_view(&view.publication),
        files: view.files.iter().map(files::row).collect(),
        history: history(&view),
        versions: view
            .versions
            .iter()
            .map(|v| (v.number, format!("{} by {}", v.at.spoken(), v.by)))
            .collect(),
        replaced_by: view.replaced_by.clone(),
        notice: view.notice.clone(),
        can_edit: writes && view.state == State::Draft,
        can_settle: writes && view.can_settle(),
        can_add: writes && view.state == State::Draft,
        can_redact: writes && view.can_settle(),
        can_copy: writes && view.state == State::RedactionRequired,
        can_take_out: writes && view.can_take_out(),
        can_notice: view.state == State::NotPublished && may(app, staff, action::DECISION_SIGN_EXECUTIVE),
        public_href: matches!(view.state, State::Published | State::Superseded)
            .then(|| format!("/decisions/{reference}")),
        csrf: csrf(app, &staff.cookie),
        error_summary: summary.collect(),
        errors,
        values: tried.values,
        tried: tried.form,
        reference: view.reference,
    };
    let wrong = !page.error_summary.is_empty();
    let mut response = app.page("staff/decision.njk", &frame(app, staff, HERE), &page)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn step_view(what: What, publication: &Publication) -> StepView {
    // What was settled as not for publication has its reasons already.
    let against = what == What::NotPublish && publication.for_publication == Some(true);
    StepView {
        code: what.code(),
        label: what.label(),
        office: what.post().label(),
        signs: what.post().signs(),
        deputy: what.post().deputy(),
        reasons: what.reasons() || against,
        successor: what == What::Supersede,
        warns: matches!(what, What::NotAgree | What::Reopen | What::Withdraw) || against,
    }
}

fn header(content: &Content, view: &View) -> Vec<(String, String)> {
    let mut rows = vec![
        ("Reference".to_owned(), view.reference.clone()),
        ("Classification".to_owned(), content.classification.to_string()),
        ("Area or stakeholders affected".to_owned(), content.area.clone()),
        ("Report by".to_owned(), content.report_by.clone()),
        (
            "Date of report".to_owned(),
            content.date_of_report.map_or_else(String::new, |d| reading::day(&d.to_string())),
        ),
        ("Enquiries to".to_owned(), content.enquiries_to.clone()),
        ("Author".to_owned(), view.author.clone()),
    ];
    if let Some(old) = &content.supersedes {
        rows.push(("Replaces".to_owned(), old.clone()));
    }
    for (_, value) in &mut rows {
        if value.trim().is_empty() {
            *value = "Not filled in".into();
        }
    }
    rows
}

fn sections(content: &Content) -> Vec<SectionView> {
    let section = |s: Section| {
        let said = content.sections.get(&s);
        SectionView {
            number: s.number(),
            title: s.title(),
            none: said == Some(&Said::None),
            said: said.map(|said| match said {
                Said::None => Vec::new(),
                Said::Text(text) => part(text),
            }),
        }
    };
    Section::ALL.into_iter().map(section).collect()
}

fn links(content: &Content) -> Vec<(&'static str, Vec<String>)> {
    let mut all = vec![
        ("Priorities of the Police and Crime Plan", content.priorities.clone()),
        ("Risk register", content.risks.clone()),
        ("Equality impact assessment", vec![content.equality_assessment.clone()]),
        ("Carried over", content.carry_over.clone()),
    ];
    all.retain(|(_, lines)| lines.iter().any(|l| !l.trim().is_empty()));
    all
}

fn publication_view(p: &Publication) -> PublicationView {
    let quotes = |place| {
        let all = p.passages.iter().filter(|one| one.place == place);
        all.map(|one| one.quote.replace(['\r', '\n'], " ")).collect::<Vec<_>>().join("\n")
    };
    PublicationView {
        for_publication: yes(p.for_publication),
        reasons: p.reasons.clone(),
        redact_sheet: yes(p.redact_sheet),
        redact_appendix: yes(p.redact_appendix),
        details: p.details.clone(),
        sheet: quotes(Place::Sheet),
        appendix: quotes(Place::Appendix),
        count: p.passages.len(),
    }
}

fn history(view: &View) -> Vec<Event> {
    let event = |e: &bluelamp_steward::decision::Event| Event {
        title: format!("{}: {}", e.what.label(), e.to.label()),
        by: Some(format!("{}, {}", e.name, e.capacity)),
        datetime: e.on.to_string(),
        when: reading::day(&e.on.to_string()),
        lines: [format!("Entered {}.", e.entered_at.spoken()), e.reasons.clone()]
            .into_iter()
            .filter(|l| !l.is_empty())
            .collect(),
    };
    // Changes of what is published stand among the steps, by the time of entry.
    let settled = |s: &bluelamp_steward::decision::Settled| Event {
        title: "What is published was changed".into(),
        by: Some(s.name.clone()),
        datetime: s.at.day(),
        when: s.at.spoken(),
        lines: s.what.lines().map(str::to_owned).collect(),
    };
    let mut all: Vec<_> = view.events.iter().rev().map(|e| (e.entered_at, event(e))).collect();
    all.extend(view.settled.iter().rev().map(|s| (s.at, settled(s))));
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all.into_iter().map(|(_, event)| event).collect()
}

/// `GET /desk/decisions/{reference}.pdf`, which the router cannot tell from a reference.
pub(crate) async fn view_or_pdf(
    given: Given<App>,
    staff: Staff,
    Path(name): Path<String>,
    query: Query<ViewQuery>,
) -> Answer {
    let Some(reference) = name.strip_suffix(".pdf").map(str::to_owned) else {
        return view(given, staff, Path(name), query).await;
    };
    printed(&given.0, staff.actor(), reference).await
}

/// The report as a PDF for somebody of the staff, by page and by API.
pub(crate) async fn printed(app: &App, actor: Actor, reference: String) -> Answer {
    let wanted = reference.clone();
    let bytes =
        app.blocking(move |app| bluelamp_steward::decision::pdf(&app.inner.db, &actor, &wanted)).await?;
    Ok((pdf_headers(&reference), bytes).into_response())
}

/// The headers of a PDF that is shown under its own name.
pub(crate) fn pdf_headers(reference: &str) -> [(header::HeaderName, String); 2] {
    let name: String = reference.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
    [
        (header::CONTENT_TYPE, "application/pdf".into()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"decision-{name}.pdf\"")),
    ]
}

/// What was posted, one value a name.
pub(super) fn values(raw: &Raw) -> BTreeMap<String, String> {
    raw.iter().filter(|(n, _)| *n != "csrf").map(|(n, v)| (n.clone(), v.join("\n"))).collect()
}

/// A day that may be left empty.
pub(super) fn day(raw: &Raw, field: &str) -> Result<Option<Day>> {
    match first(raw, field).trim() {
        "" => Ok(None),
        text => {
            let read = text.parse().map(Some);
            read.map_err(|_| Error::field(field, "not-a-day", "Enter a day as year, month, day: 2021-03-10"))
        }
    }
}

/// The version that the person saw; one that is none is out of date.
pub(super) fn seen(raw: &Raw) -> i64 {
    first(raw, "version").parse().unwrap_or(0)
}

/// Goes back to the report, or shows what is wrong with the form.
pub(super) async fn back(
    app: &App,
    staff: &Staff,
    reference: &str,
    form: &str,
    values: BTreeMap<String, String>,
    done: Result<()>,
) -> Answer {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("{HERE}/{reference}")).into_response()),
        Err(Error::Invalid(wrong)) => {
            show(app, staff, reference, None, Tried { form: form.into(), values, wrong }).await
        }
        Err(e) => Err(e.into()),
    }
}

/// `POST /desk/decisions/{reference}/step/{step}`: a step is taken.
pub(crate) async fn step(
    Given(app): Given<App>,
    staff: Staff,
    Path((reference, step)): Path<(String, String)>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let what = What::ALL.into_iter().find(|w| w.code() == step);
    let what = what.ok_or_else(|| Error::NotFound("that step".into()))?;
    let done = match day(&raw, "on") {
        Ok(on) => {
            let asked = Asked {
                step: what,
                version: seen(&raw),
                signing: Signing {
                    on,
                    name: first(&raw, "name").to_owned(),
                    deputy: first(&raw, "deputy") == "yes",
                    signed: first(&raw, "signed") == "yes",
                },
                reasons: first(&raw, "reasons").to_owned(),
                by_reference: first(&raw, "by_reference").trim().to_owned(),
            };
            let (actor, wanted) = (staff.actor(), reference.clone());
            app.blocking(move |app| {
                bluelamp_steward::decision::take(&app.inner.db, &actor, &wanted, &asked).map(drop)
            })
            .await
        }
        Err(e) => Err(e),
    };
    back(&app, &staff, &reference, what.code(), values(&raw), done).await
}

/// `POST /desk/decisions/{reference}/publication`
pub(crate) async fn settle(
    Given(app): Given<App>,
    staff: Staff,
    Path(reference): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let passages = |field: &str, place: Place| {
        let lines = first(&raw, field).lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned);
        lines.map(|quote| Passage { place, quote }).collect::<Vec<_>>()
    };
    let given = Publication {
        for_publication: no_or_yes(first(&raw, "for_publication")),
        reasons: first(&raw, "reasons").replace("\r\n", "\n"),
        redact_sheet: no_or_yes(first(&raw, "redact_sheet")),
        redact_appendix: no_or_yes(first(&raw, "redact_appendix")),
        details: first(&raw, "details").replace("\r\n", "\n"),
        passages: [passages("passages", Place::Sheet), passages("appendix_passages", Place::Appendix)]
            .concat(),
    };
    let (actor, wanted, version) = (staff.actor(), reference.clone(), seen(&raw));
    let done = app
        .blocking(move |app| {
            bluelamp_steward::decision::publication(&app.inner.db, &actor, &wanted, version, &given)
        })
        .await;
    back(&app, &staff, &reference, "publication", values(&raw), done).await
}

/// `POST /desk/decisions/{reference}/notice`
pub(crate) async fn tell(
    Given(app): Given<App>,
    staff: Staff,
    Path(reference): Path<String>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let given = Notice {
        informed: first(&raw, "informed") == "yes",
        heading: first(&raw, "heading").to_owned(),
        text: first(&raw, "text").replace("\r\n", "\n"),
        reasons: first(&raw, "reasons").replace("\r\n", "\n"),
    };
    let (wanted, version) = (reference.clone(), seen(&raw));
    let done = app
        .write(&staff.actor(), move |cx| bluelamp_steward::decision::notice(cx, &wanted, version, &given))
        .await;
    back(&app, &staff, &reference, "notice", values(&raw), done).await
}
