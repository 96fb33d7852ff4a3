//! Findings with what a person says to each. The machine proposes; here somebody confirms or rejects, with reasons.

use super::{Choice, FINDINGS, no_such, place_of, strategy_choices};
use crate::{
    App,
    desk::{may, strategy::frame},
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{Query, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Error, FieldError, Result, authority::action};
use bluelamp_steward::{
    algorithms,
    findings::{self, Given, Kind, NewSaving, Shown, Standing},
    report,
};
use serde::{Deserialize, Serialize};

/// So many findings stand on a page.
const PAGE: usize = 20;

/// What the address of the list can hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FindingsQuery {
    /// A kind's code; the first that has something to answer where it is empty.
    kind: String,
    /// `confirmed` or `rejected`; those that wait for an answer where it is empty.
    standing: String,
    /// A strategy's id; all that are held where it is empty.
    strategy: String,
    /// The page, from 1.
    page: Option<usize>,
}

impl FindingsQuery {
    fn named(&self) -> Option<String> {
        Some(self.strategy.trim()).filter(|s| !s.is_empty()).map(str::to_owned)
    }

    /// Whether a finding is among those that were asked for.
    fn wants(&self, s: &Shown) -> bool {
        match self.standing.as_str() {
            "confirmed" => s.standing == Standing::Confirmed,
            "rejected" => s.standing == Standing::Rejected,
            _ => matches!(s.standing, Standing::Open | Standing::Changed),
        }
    }

    fn kind(&self) -> Result<Kind> {
        match self.kind.as_str() {
            "" => Ok(Kind::Duplicate),
            code => Kind::of(code).ok_or_else(|| no_such("kind of finding")),
        }
    }

    fn href(&self, kind: Kind, standing: &str, page: usize) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        out.append_pair("kind", kind.code());
        for (name, value) in [("standing", standing), ("strategy", self.strategy.as_str())] {
            if !value.is_empty() {
                out.append_pair(name, value);
            }
        }
        if page > 1 {
            out.append_pair("page", &page.to_string());
        }
        format!("{FINDINGS}?{}", out.finish())
    }
}

/// The page `staff/findings.njk`.
#[derive(Debug, Serialize)]
struct FindingsPage {
    title: String,
    /// That what noticed them was not approved.
    notice: Option<String>,
    count: String,
    kinds: Vec<Filter>,
    standings: Vec<Filter>,
    strategies: Vec<Choice>,
    kind: &'static str,
    standing: String,
    strategy: String,
    rows: Vec<FindingView>,
    before: Option<String>,
    after: Option<String>,
    csv_href: String,
    may_answer: bool,
    /// Whether a saving can be written down with the answer.
    may_save: bool,
    csrf: String,
    error_summary: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct Filter {
    text: String,
    href: String,
    current: bool,
}

#[derive(Debug, Serialize)]
struct AboutView {
    title: String,
    href: Option<String>,
}

/// A finding, as the page shows it.
#[derive(Debug, Serialize)]
struct FindingView {
    /// Its place in the page.
    place: String,
    id: String,
    basis: String,
    sentence: String,
    about: Vec<AboutView>,
    evidence: Vec<(String, String)>,
    score: Option<String>,
    /// "Confirmed by …".
    said: Option<String>,
    reasons: String,
    /// Whether the answer holds no more.
    changed: bool,
    /// Whether a saving can come of it.
    saves: bool,
    tried: Tried,
}

/// What was posted and is wrong.
#[derive(Clone, Debug, Default, Serialize)]
struct Tried {
    answer: String,
    reasons: String,
    saving_yearly: String,
    saving_once: String,
    saving_owner: String,
    answer_error: Option<String>,
    reasons_error: Option<String>,
    saving_yearly_error: Option<String>,
    saving_once_error: Option<String>,
    saving_owner_error: Option<String>,
}

fn spoken(s: &Shown) -> Option<String> {
    let a = s.answered.as_ref()?;
    let what = match a.answer {
        findings::Answer::Confirmed => "Confirmed",
        findings::Answer::Rejected => "Rejected",
    };
    Some(format!("{what} by {}, {}", a.by, a.at.short()))
}

fn finding_view(place: String, s: &Shown, tried: Tried) -> FindingView {
    let f = &s.finding;
    let about =
        f.about.iter().map(|a| AboutView { title: a.title.clone(), href: place_of(&a.register, &a.code) });
    let shown = f.evidence.iter().filter(|e| !e.values.is_empty());
    FindingView {
        place,
        id: f.id.clone(),
        basis: f.basis.clone(),
        sentence: f.sentence.clone(),
        about: about.collect(),
        evidence: shown
            .map(|e| {
                let values: Vec<_> = e.values.iter().map(|v| v.trim_end_matches('.')).collect();
                (e.what.clone(), values.join(", "))
            })
            .collect(),
        score: f.score.map(|s| format!("{s:.2}")),
        said: spoken(s),
        reasons: s.answered.as_ref().map(|a| a.reasons.clone()).unwrap_or_default(),
        changed: s.standing == Standing::Changed,
        saves: matches!(f.kind, Kind::Duplicate | Kind::Synergy),
        tried,
    }
}

/// `GET /desk/findings`
pub(crate) async fn list(State(app): State<App>, staff: Staff, Query(q): Query<FindingsQuery>) -> Answer {
    show(&app, &staff, q, None).await
}

/// What was posted about a finding and is wrong.
struct Wrong {
    id: String,
    given: Given,
    errors: Vec<FieldError>,
}

async fn show(app: &App, staff: &Staff, q: FindingsQuery, wrong: Option<Wrong>) -> Answer {
    let kind = q.kind()?;
    let named = q.named();
    let (all, strategies, notice) = app
        .read(&staff.actor(), move |cx| {
            let all = findings::current(cx, named.as_deref())?;
            let notice = algorithms::ask(cx, algorithms::FINDINGS)?;
            Ok((all, strategy_choices(cx, named.as_deref())?, notice))
        })
        .await?;
    let count =
        |kind: Kind, q: &FindingsQuery| all.iter().filter(|s| s.finding.kind == kind && q.wants(s)).count();
    let kinds = Kind::ALL.map(|k| Filter {
        text: format!("{} ({})", k.label(), count(k, &q)),
        href: q.href(k, &q.standing, 1),
        current: k == kind,
    });
    let standings =
        [("", "To answer"), ("confirmed", "Confirmed"), ("rejected", "Rejected")].map(|(code, label)| {
            let of = FindingsQuery { standing: code.into(), ..q.clone() };
            Filter {
                text: format!("{label} ({})", count(kind, &of)),
                href: q.href(kind, code, 1),
                current: code == q.standing,
            }
        });
    let mut chosen: Vec<&Shown> = all.iter().filter(|s| s.finding.kind == kind && q.wants(s)).collect();
    let found = chosen.len();
    let pages = found.div_ceil(PAGE).max(1);
    let page = q.page.unwrap_or(1).clamp(1, pages);
    if let Some(w) = &wrong {
        // The one with the mistake alone, wherever it stands in the list.
        chosen.retain(|s| s.finding.id == w.id);
    } else {
        chosen = chosen.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    }
    let tried = wrong.as_ref().map(tried).unwrap_or_default();
    let rows: Vec<_> = chosen
        .iter()
        .enumerate()
        .map(|(n, s)| finding_view(format!("finding-{}", n + 1), s, tried.clone()))
        .collect();
    let errors = wrong.as_ref().map(|w| w.errors.as_slice()).unwrap_or_default();
    let page = FindingsPage {
        title: "Findings".into(),
        notice: notice.sentence(),
        count: match found {
            0 => "Nothing".into(),
            1 => format!("1 {}", kind.one()),
            n => format!("{n} {}", kind.label().to_lowercase()),
        },
        kinds: kinds.into(),
        standings: standings.into(),
        strategies,
        kind: kind.code(),
        standing: q.standing.clone(),
        strategy: q.strategy.clone(),
        before: (wrong.is_none() && page > 1).then(|| q.href(kind, &q.standing, page - 1)),
        after: (wrong.is_none() && page < pages).then(|| q.href(kind, &q.standing, page + 1)),
        rows,
        csv_href: match q.strategy.as_str() {
            "" => format!("{FINDINGS}.csv"),
            id => format!("{FINDINGS}.csv?strategy={id}"),
        },
        may_answer: may(app, staff, action::FINDING_CONFIRM),
        may_save: may(app, staff, action::REGISTER_WRITE),
        csrf: csrf(app, &staff.cookie),
        error_summary: errors
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#finding-1-{}", e.field) })
            .collect(),
    };
    let mut response = app.page("staff/findings.njk", &frame(app, staff, FINDINGS), &page)?;
    if !errors.is_empty() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn tried(w: &Wrong) -> Tried {
    let error = |field: &str| w.errors.iter().find(|e| e.field == field).map(|e| e.message.clone());
    let saving = w.given.saving.clone().unwrap_or_default();
    Tried {
        answer: w.given.answer.clone(),
        reasons: w.given.reasons.clone(),
        saving_yearly: saving.yearly,
        saving_once: saving.once,
        saving_owner: saving.owner,
        answer_error: error("answer"),
        reasons_error: error("reasons"),
        saving_yearly_error: error("saving_yearly"),
        saving_once_error: error("saving_once"),
        saving_owner_error: error("saving_owner"),
    }
}

/// `POST /desk/findings`: a person says whether it is so.
pub(crate) async fn answer(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let of = |name: &str| first(&raw, name).to_owned();
    let saving =
        NewSaving { yearly: of("saving_yearly"), once: of("saving_once"), owner: of("saving_owner") };
    let given = Given {
        seen: of("seen"),
        answer: of("answer"),
        reasons: of("reasons"),
        saving: (saving != NewSaving::default()).then_some(saving),
    };
    let q =
        FindingsQuery { kind: of("kind"), standing: of("standing"), strategy: of("strategy"), page: None };
    match answered(&app, &staff.actor(), q.named(), &of("finding"), given.clone()).await {
        Ok(_) => Ok(Redirect::to(&q.href(q.kind()?, &q.standing, 1)).into_response()),
        Err(Error::Invalid(errors)) => {
            show(&app, &staff, q, Some(Wrong { id: of("finding"), given, errors })).await
        }
        Err(e) => Err(e.into()),
    }
}

/// Finds the finding as it stands now and keeps the answer. The saving's code, where one was made.
pub(crate) async fn answered(
    app: &App,
    actor: &bluelamp_model::authority::Actor,
    strategy: Option<String>,
    id: &str,
    given: Given,
) -> Result<Option<String>> {
    let all = app.read(actor, move |cx| findings::current(cx, strategy.as_deref())).await?;
    let found = all.into_iter().find(|s| s.finding.id == id).ok_or_else(|| no_such("finding"))?;
    let made = app.write(actor, move |cx| findings::answer(cx, &found.finding, &given)).await?;
    Ok(made.map(|e| e.code))
}

/// `GET /desk/findings.csv`
pub(crate) async fn download(
    State(app): State<App>,
    staff: Staff,
    Query(q): Query<super::StrategyQuery>,
) -> Answer {
    let all = app.read(&staff.actor(), move |cx| findings::current(cx, q.named().as_deref())).await?;
    Ok(super::csv("findings", &report::findings("Findings", &Kind::ALL, &all)))
}
