//! One version of an algorithm: its assessment, the committee's advice, what the lab found, its steps; and forms for what
//! this person may do next.

use super::{
    HERE, Tag, ends,
    forms::{self, FormView, SectionView},
    href, tag,
};
use crate::{
    App,
    desk::{
        facts::sentence,
        frame, may,
        page::Tab,
        registers::{PointerView, pointer_views},
    },
    ethics_api::{
        Answers, Deed, Exemption, LabFinding, LabReport, NewMinutes, Opinion, Phase, Voice, Wording,
        complaints_of, counted, decisions_of, record_of, writers_of,
    },
    govuk::{
        page::{Event, Problem},
        theme::Link,
    },
    guard::{Answer, Staff, check_csrf, csrf},
    public::{
        algorithms::{MinutesView, OpinionView, PartView, minutes_view, opinion_view, parts},
        fields::Raw,
        journey::{first, posted},
    },
    reading,
};
use axum::{
    extract::{Path, Query, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_access::algorithm::{Entry, State as Standing};
use bluelamp_model::{Error, FieldError, Id, Result, Time, authority::action};
use bluelamp_steward::ethics::{self, Dossier, FIELDS, QUESTIONS};
use serde::{Deserialize, Serialize};

/// The page `staff/ethics-one.njk`.
#[derive(Serialize)]
struct OnePage {
    title: String,
    algorithm: String,
    purpose: String,
    version: String,
    digest: String,
    id: String,
    /// Where its forms post to, without the deed.
    href: String,
    public_href: String,
    definition_href: Option<String>,
    /// The decisions in which it led, for who may see them.
    decisions_href: Option<String>,
    /// How many complaints name it, or no version of it.
    complaint_count: u64,
    /// Those that this person may see.
    complaints: Vec<Link>,
    /// What the programme office has written down of it; none where this person may not see the strategy.
    pointers: Option<Vec<PointerView>>,
    state: Tag,
    ends: Option<Tag>,
    since: String,
    until: Option<String>,
    units: String,
    volume: Option<String>,
    running: bool,
    owner: String,
    accountable: String,
    officer: Option<String>,
    versions: Vec<Tab>,
    forms: Vec<FormView>,
    /// The assessment part by part: a form for who may write it, and to be read by everybody else.
    sections: Vec<SectionView>,
    can_write: bool,
    /// When the assessment was written that the form began with.
    seen: String,
    assessment_open: bool,
    voices: Vec<VoiceView>,
    minutes: Vec<MinutesView>,
    lab: Vec<LabView>,
    opinions: Vec<OpinionView>,
    exemptions: Vec<ExemptionView>,
    /// Whether something of the record below is not public yet.
    waits: bool,
    record: Vec<PartView>,
    written: Option<String>,
    events: Vec<Event>,
    csrf: String,
    error_summary: Vec<Problem>,
}

#[derive(Serialize)]
struct VoiceView {
    point: &'static str,
    advice: &'static str,
    by: String,
    at: String,
    reasons: String,
    conditions: String,
    interest: String,
}

#[derive(Serialize)]
struct LabView {
    at: String,
    by: String,
    findings: Vec<ethics::Finding>,
    notes: String,
}

#[derive(Serialize)]
struct ExemptionView {
    label: &'static str,
    reasons: String,
    by: String,
}

/// What the address can hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Which {
    /// The version, or its digest.
    #[serde(default)]
    version: String,
}

/// What was tried and is wrong.
#[derive(Default)]
pub(super) struct Tried {
    /// The form, such as `phase-pilot`.
    pub form: String,
    /// What was typed.
    pub values: Raw,
    /// What is wrong, by the field's name.
    pub wrong: Vec<FieldError>,
    status: StatusCode,
}

/// `GET /desk/ethics/{kind}/{name}`
pub(crate) async fn view(
    State(app): State<App>,
    staff: Staff,
    Path((kind, name)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Answer {
    show(&app, &staff, &kind, &name, &which.version, Tried::default()).await
}

async fn show(app: &App, staff: &Staff, kind: &str, name: &str, version: &str, tried: Tried) -> Answer {
    let (kind, name, version) = (kind.to_owned(), name.to_owned(), version.to_owned());
    let (all, d, counts, writers) = app
        .read(&staff.actor(), move |cx| {
            let all = ethics::versions(cx, &kind, &name)?;
            let fits = |e: &&Entry| e.what.digest == version || e.what.version == version;
            let chosen = match version.is_empty() {
                true => all.iter().find(|e| e.running).or_else(|| all.first()),
                false => all.iter().find(fits),
            };
            let id = chosen.ok_or_else(|| Error::NotFound("that version of the algorithm".into()))?.id;
            let d = ethics::view(cx, id)?;
            let writers = writers_of(cx, &d.entry)?;
            Ok((all, d, counted(cx)?, writers))
        })
        .await?;
    let record = parts(&record_of(app, &d, &counts));
    let mut page = page(app, staff, &all, &d, record, &writers, &tried);
    if may(app, staff, action::STRATEGY_VIEW) {
        let target = format!("algorithm:{}", d.entry.algorithm());
        let pointers =
            app.read(&staff.actor(), move |cx| bluelamp_steward::entry::pointers(cx, &target)).await?;
        page.pointers = Some(pointer_views(&pointers));
    }
    page.complaints = complaints_of(app, &staff.actor(), &d.entry)
        .await?
        .iter()
        .map(|(brief, base)| Link {
            text: format!("{}: {}", brief.reference, brief.state.label()),
            href: format!("/desk/{base}/{}", brief.reference),
        })
        .collect();
    let mut response = app.page("staff/ethics-one.njk", &frame(app, staff, HERE), &page)?;
    if !tried.wrong.is_empty() {
        *response.status_mut() = tried.status;
    }
    Ok(response)
}

fn page(
    app: &App,
    staff: &Staff,
    all: &[Entry],
    d: &Dossier,
    record: Vec<PartView>,
    writers: &[Id],
    tried: &Tried,
) -> OnePage {
    let (e, now) = (&d.entry, app.inner.db.now());
    let person = staff.session.account;
    let part = d.part_of(person, writers);
    let apart = d.wrote(person) || writers.contains(&person) || d.let_on(person);
    let living = e.state != Standing::Retired;
    let can_write = living && may(app, staff, action::ETHICS_WRITE);
    let mut forms = Vec::new();
    if can_write {
        forms.extend(forms::for_writer(d, tried));
    }
    if living && !apart && may(app, staff, action::ETHICS_ADVISE) {
        forms.extend(forms::for_member(d, tried));
    }
    if may(app, staff, action::ETHICS_APPROVE) {
        forms.extend(forms::for_officer(d, part, tried));
    }
    // What is wrong and has no field is said at the form.
    let known = |id: &str| forms.iter().any(|f| f.fields.iter().any(|field| field.id == id));
    let link = |w: &FieldError| {
        let id = forms::place(&tried.form, &w.field);
        if known(&id) || tried.form == "assessment" { format!("#{id}") } else { format!("#{}", tried.form) }
    };
    let error_summary =
        tried.wrong.iter().map(|w| Problem { text: w.message.clone(), href: link(w) }).collect();
    OnePage {
        title: e.what.title.clone(),
        algorithm: e.algorithm(),
        purpose: e.what.purpose.clone(),
        version: e.what.version.clone(),
        digest: e.what.digest.clone(),
        id: e.id.to_string(),
        href: format!("{HERE}/{}", e.algorithm()),
        public_href: format!("/algorithms/{}", e.algorithm()),
        pointers: None,
        complaint_count: d.complaints,
        complaints: Vec::new(),
        decisions_href: decisions_of(e)
            .filter(|_| may(app, staff, action::QUALITY_VIEW))
            .map(|path| format!("/desk/{path}")),
        definition_href: (e.what.kind == "definition" && may(app, staff, action::DEFINITION_VIEW))
            .then(|| format!("/desk/definitions/{}/{}", e.what.name, e.what.version)),
        state: tag(e.state),
        ends: ends(e, now),
        since: e.since.spoken(),
        until: e.until.map(Time::spoken),
        units: if e.units.is_empty() { "all".into() } else { e.units.join(", ") },
        volume: e.volume.filter(|_| e.state == Standing::Pilot).map(|v| format!("{} of {v}", e.used)),
        running: e.running,
        owner: reading::role(&e.what.owner).to_owned(),
        accountable: reading::role(&e.what.accountable).to_owned(),
        officer: d.answers().remove("chief-officer"),
        versions: all
            .iter()
            .map(|o| Tab {
                text: format!("{}, {}", o.what.version, o.state.label().to_lowercase()),
                value: o.what.version.clone(),
                href: href(o),
                current: o.id == e.id,
            })
            .collect(),
        sections: forms::assessment(d, tried),
        can_write,
        seen: match tried.form.as_str() {
            "assessment" => first(&tried.values, "seen").to_owned(),
            _ => d.assessments.first().map(|a| a.at.to_string()).unwrap_or_default(),
        },
        assessment_open: tried.form == "assessment",
        voices: d
            .voices
            .iter()
            .map(|v| VoiceView {
                point: v.point.label(),
                advice: v.advice.label(),
                by: v.by.clone(),
                at: v.at.short(),
                reasons: v.reasons.clone(),
                conditions: v.conditions.clone(),
                interest: v.interest.clone(),
            })
            .collect(),
        minutes: d.minutes.iter().map(minutes_view).collect(),
        lab: d
            .lab_reports
            .iter()
            .map(|r| LabView {
                at: r.at.short(),
                by: r.by.clone(),
                findings: r.findings.clone(),
                notes: r.notes.clone(),
            })
            .collect(),
        opinions: d.opinions.iter().map(opinion_view).collect(),
        waits: d.waits(),
        exemptions: d
            .exemptions
            .iter()
            .map(|x| ExemptionView {
                label: FIELDS.iter().find(|f| f.code == x.field).map_or("", |f| f.label),
                reasons: x.reasons.clone(),
                by: x.by.clone(),
            })
            .collect(),
        record,
        written: d.assessments.first().map(|a| format!("{}, {}", a.by, a.at.spoken())),
        events: d.phases.iter().map(event).collect(),
        csrf: csrf(app, &staff.cookie),
        error_summary,
        forms,
    }
}

fn event(p: &bluelamp_access::algorithm::Phase) -> Event {
    let mut lines: Vec<String> = p.reasons.lines().map(str::to_owned).collect();
    if let Some(until) = p.until {
        lines.push(format!("Until {}", until.spoken()));
    }
    if !p.units.is_empty() {
        lines.push(format!("In {}", p.units.join(", ")));
    }
    if let Some(volume) = p.volume {
        lines.push(format!("At most {volume} uses"));
    }
    if !p.published.is_empty() {
        lines.push(format!("Published: {}", p.published));
    }
    Event {
        title: p.state.label().into(),
        by: Some(p.by.clone()),
        datetime: p.at.to_string(),
        when: p.at.spoken(),
        lines,
    }
}

/// `POST /desk/ethics/{kind}/{name}/{deed}`
pub(crate) async fn act(
    State(app): State<App>,
    staff: Staff,
    Path((kind, name, deed)): Path<(String, String, String)>,
    RawForm(bytes): RawForm,
) -> Answer {
    // PostgreSQL takes no such character in a text, and nobody types it.
    let mut raw = posted(&bytes);
    raw.values_mut().flatten().for_each(|v| v.retain(|c| c != '\0'));
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let id: Id = first(&raw, "id").parse().map_err(|_| Error::NotFound("that version".into()))?;
    let read = read_deed(&deed, &raw);
    let digest = first(&raw, "digest").to_owned();
    let form = match deed.as_str() {
        "phase" => format!("phase-{}", first(&raw, "to")),
        other => other.to_owned(),
    };
    let outcome = match read {
        Ok(done) => app.write(&staff.actor(), move |cx| done.run(cx, id)).await,
        Err(wrong) => Err(wrong),
    };
    let (wrong, status) = match outcome {
        Ok(()) => {
            let to = format!("{HERE}/{kind}/{name}?version={digest}#done");
            return Ok(Redirect::to(&to).into_response());
        }
        Err(Error::Invalid(wrong)) => (wrong, StatusCode::UNPROCESSABLE_ENTITY),
        Err(Error::Conflict(what)) => {
            let field = if form == "minutes" { "said" } else { "reasons" };
            let wrong = FieldError { field: field.into(), code: "conflict".into(), message: sentence(&what) };
            (vec![wrong], StatusCode::CONFLICT)
        }
        Err(e) => return Err(e.into()),
    };
    show(&app, &staff, &kind, &name, &digest, Tried { form, values: raw, wrong, status }).await
}

fn read_deed(deed: &str, raw: &Raw) -> Result<Deed> {
    let text = |name: &str| first(raw, name).replace("\r\n", "\n");
    Ok(match deed {
        "assessment" => {
            let answers = QUESTIONS.iter().filter(|q| raw.contains_key(q.code));
            Deed::Assessment(Answers {
                seen: Some(first(raw, "seen").to_owned()),
                answers: answers.map(|q| (q.code.to_owned(), text(q.code))).collect(),
            })
        }
        "lab-report" => {
            let findings = (0..).map_while(|n| {
                let criterion = raw.get(&format!("criterion-{n}"))?.first()?.clone();
                Some(LabFinding {
                    criterion,
                    found: text(&format!("findings/{n}/found")),
                    met: first(raw, &format!("met-{n}")) == "yes",
                })
            });
            Deed::LabReport(LabReport { findings: findings.collect(), notes: text("notes") })
        }
        "opinion" => Deed::Opinion(Opinion {
            given_by: text("given_by"),
            given_on: text("given_on"),
            said: text("said"),
        }),
        "wording" => Deed::Wording(Wording {}),
        "exemption" => Deed::Exemption(Exemption { field: text("field"), reasons: text("reasons") }),
        "advice" => Deed::Advice(Voice {
            point: text("point"),
            advice: text("advice"),
            reasons: text("reasons"),
            conditions: text("conditions"),
            interest: text("interest"),
        }),
        "minutes" => {
            Deed::Minutes(NewMinutes { point: text("point"), held_on: text("held_on"), said: text("said") })
        }
        "phase" => {
            let volume = first(raw, "volume").trim();
            let volume = match volume {
                "" => None,
                text => Some(text.parse().map_err(|_| {
                    Error::field(
                        "volume",
                        "format",
                        "Enter the highest number of uses in digits, such as 500",
                    )
                })?),
            };
            let units = text("units");
            let units = units.lines().map(str::trim).filter(|u| !u.is_empty()).map(str::to_owned);
            Deed::Phase(Phase {
                to: text("to"),
                until: text("until"),
                units: units.collect(),
                volume,
                reasons: text("reasons"),
                conditions_met: text("conditions_met"),
                published: text("published"),
            })
        }
        _ => return Err(Error::NotFound("that page".into())),
    })
}
