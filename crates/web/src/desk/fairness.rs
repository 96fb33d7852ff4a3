//! Fairness reports: a scored file is read, told of and forgotten, unless somebody keeps what it says.

use super::{frame, may, page::OptionView, thresholds::said_of};
use crate::{
    App,
    fairness::{FairnessView, view},
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{Multipart, Path, Query, RawForm, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use bluelamp_model::{Error, Faults, FieldError, Id, Result, authority::action};
use bluelamp_steward::fairness::{
    self, Bootstrap, Bounds, Columns, Compare, Made, Reference, Report, SavedReport, SetBounds,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// The largest file that a page takes.
pub(crate) const FILE: usize = 5 * 1024 * 1024;

/// The page `staff/fairness.njk`.
#[derive(Debug, Serialize)]
struct FairnessPage {
    title: String,
    makes: Vec<OptionView>,
    rows: Vec<KeptRow>,
    can_set: bool,
    csrf: String,
    values: BTreeMap<String, String>,
    errors: BTreeMap<String, String>,
    error_summary: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct KeptRow {
    href: String,
    title: String,
    about: String,
}

/// The page `staff/fairness_report.njk`.
#[derive(Debug, Default, Serialize)]
struct ReportPage {
    title: String,
    caption: String,
    /// Of a report that was kept: where it stands.
    kept: Option<KeptView>,
    report: FairnessView,
    errors: BTreeMap<String, String>,
    error_summary: Vec<Problem>,
}

/// Where a report that was kept stands.
#[derive(Debug, Serialize)]
struct KeptView {
    /// What is to be said of it.
    stands: Vec<String>,
    /// The whole report and what of it the public sees, or would see.
    whole: String,
    summary: String,
    /// Whether this is what the public sees.
    shows_summary: bool,
    /// The public page, once there is one.
    public: Option<String>,
    /// Where to publish it, for who may.
    publish: Option<String>,
    /// The titles of reports that it is alike to.
    alike: Vec<String>,
    /// Whether too many are public to tell whether some of them and this one make up another.
    too_many: bool,
    /// Where to take it back, for who may.
    withdraw: Option<String>,
    csrf: String,
    values: BTreeMap<String, String>,
}

const MAKES: [(&str, &str); 6] = [
    ("show", "Show the report"),
    ("public", "Show the summary that the public would see"),
    ("json", "Download the report (JSON)"),
    ("csv", "Download the report (CSV)"),
    ("html", "Download the report (a page that stands alone)"),
    ("keep", "Keep the report, for somebody else to publish its summary"),
];

/// `GET /desk/fairness`
pub(crate) async fn ask(State(app): State<App>, staff: Staff) -> Answer {
    show(&app, &staff, BTreeMap::new(), Vec::new()).await
}

async fn show(app: &App, staff: &Staff, values: BTreeMap<String, String>, wrong: Vec<FieldError>) -> Answer {
    let kept = app.read(&staff.actor(), fairness::saved).await?;
    let chosen = values.get("make").map_or("show", String::as_str);
    let can_keep = may(app, staff, action::ETHICS_WRITE);
    let failed = !wrong.is_empty();
    let page = FairnessPage {
        title: "Fairness".into(),
        makes: MAKES
            .into_iter()
            .filter(|(value, _)| *value != "keep" || can_keep)
            .map(|(value, text)| OptionView {
                value: value.into(),
                text: text.into(),
                hint: None,
                checked: value == chosen,
            })
            .collect(),
        rows: kept
            .into_iter()
            .map(|k| KeptRow {
                href: format!("/desk/fairness/{}", k.id),
                title: k.title,
                about: format!(
                    "{} {}, {}, by {}; {}",
                    k.algorithm,
                    k.version,
                    k.made_at.short(),
                    k.made_by,
                    match &k.published {
                        None => "not published",
                        Some(p) if p.withdrawn.is_some() => "withdrawn",
                        Some(_) => "published",
                    }
                ),
            })
            .collect(),
        can_set: may(app, staff, action::ETHICS_ADVISE),
        csrf: csrf(app, &staff.cookie),
        values,
        error_summary: wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}", e.field) })
            .collect(),
        errors: wrong.into_iter().rev().map(|e| (e.field, e.message)).collect(),
    };
    let mut response = app.page("staff/fairness.njk", &frame(app, staff, "/desk/fairness"), &page)?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Faults of a file as faults of a field, so many as a person can use.
pub(crate) fn told(faults: Faults, field: &str) -> Error {
    let more = faults.0.len().saturating_sub(20);
    let mut wrong: Vec<_> = faults
        .0
        .into_iter()
        .take(20)
        .map(|f| FieldError { field: field.into(), code: "file".into(), message: f.to_string() })
        .collect();
    if more > 0 {
        let message = format!("There are {more} more faults like these");
        wrong.push(FieldError { field: field.into(), code: "file".into(), message });
    }
    Error::Invalid(wrong)
}

/// What was asked of a file, in the words of the form.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub group: Vec<String>,
    pub label: String,
    pub predicted: Option<String>,
    pub score: Option<String>,
    pub threshold: Option<f64>,
    pub weight: Option<String>,
    pub reference: Vec<String>,
    pub pairs: bool,
}

impl Asked {
    /// From the fields of the form.
    fn of(said: &BTreeMap<String, String>) -> Result<Self> {
        let get = |name: &str| said.get(name).map(|v| v.trim()).unwrap_or_default();
        let some = |name: &str| Some(get(name)).filter(|v| !v.is_empty()).map(str::to_owned);
        let list = |name: &str| -> Vec<String> {
            get(name).split(',').map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned).collect()
        };
        let threshold = some("threshold").map(|t| {
            t.parse().map_err(|_| Error::field("threshold", "number", "Enter a number, such as 0.5"))
        });
        Ok(Self {
            group: list("group"),
            label: get("label").into(),
            predicted: some("predicted"),
            score: some("score"),
            threshold: threshold.transpose()?,
            weight: some("weight"),
            reference: list("reference"),
            pairs: get("pairs") == "yes",
        })
    }

    fn reference(&self) -> Result<Reference> {
        match self.reference.as_slice() {
            [] => Ok(Reference::Majority),
            [one] if one == "highest" => Ok(Reference::Highest),
            [one] if one == "majority" => Ok(Reference::Majority),
            named => named
                .iter()
                .map(|pair| pair.split_once('=').map(|(c, v)| (c.trim().to_owned(), v.trim().to_owned())))
                .collect::<Option<_>>()
                .map(Reference::Named)
                .ok_or_else(|| {
                    Error::field("reference", "format", "Enter highest, or values such as sex=Female")
                }),
        }
    }

    /// Works out the report and its form for the public; both can take long.
    pub(crate) fn made(self, bytes: &[u8], bounds: Bounds) -> Result<Made> {
        let reference = self.reference()?;
        let columns = Columns {
            groups: self.group,
            outcome: self.label,
            predicted: self.predicted,
            score: self.score,
            threshold: self.threshold,
            weight: self.weight,
        };
        let scored = fairness::read("file", bytes, &columns).map_err(|f| told(f, "file"))?;
        let how = Compare { reference, pairs: self.pairs, bootstrap: Some(Bootstrap::default()), bounds };
        let report = fairness::report(&scored, &how).map_err(|f| told(f, "file"))?;
        Ok(Made::of(report, bytes))
    }
}

/// `POST /desk/fairness`: a file comes in, and what it says goes out.
pub(crate) async fn make(State(app): State<App>, staff: Staff, mut form: Multipart) -> Answer {
    let unreadable = |e: axum::extract::multipart::MultipartError| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge("the file, which may be 5 MB at most".into()),
        _ => Error::field("file", "unreadable", "The file could not be read; choose it again"),
    };
    let (mut said, mut file) = (BTreeMap::new(), Vec::new());
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            file = part.bytes().await.map_err(unreadable)?.to_vec();
        } else {
            said.insert(name, part.text().await.map_err(unreadable)?);
        }
    }
    check_csrf(&app, &staff.cookie, said.get("csrf").map_or("", String::as_str))?;
    said.remove("csrf");
    match made(&app, &staff, &said, file).await {
        Ok(response) => Ok(response),
        Err(Error::Invalid(wrong)) => show(&app, &staff, said, wrong).await,
        Err(e) => Err(e.into()),
    }
}

/// The thresholds that hold for an algorithm; the usual ones where none were set.
pub(crate) async fn bounds(
    app: &App,
    actor: &bluelamp_model::authority::Actor,
    algorithm: &str,
) -> Result<Bounds> {
    let algorithm = algorithm.trim().to_owned();
    let set = app.read(actor, move |cx| fairness::bounds_for(cx, &algorithm)).await?;
    Ok(set.map(|s| s.bounds).unwrap_or_default())
}

async fn made(app: &App, staff: &Staff, said: &BTreeMap<String, String>, file: Vec<u8>) -> Result<Response> {
    let get = |name: &str| said.get(name).cloned().unwrap_or_default();
    let asked = Asked::of(said)?;
    let bytes = if file.is_empty() { get("pasted").into_bytes() } else { file };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::field("file", "required", "Choose a file, or paste it"));
    }
    // Asking for the thresholds is what the policy is asked about: who may not see them may make no report.
    let bounds = bounds(app, &staff.actor(), &get("algorithm")).await?;
    let made = Arc::new(app.blocking(move |_| asked.made(&bytes, bounds)).await?);
    let look = Arc::clone(&made);
    app.write(&staff.actor(), move |cx| fairness::look(cx, &look)).await?;
    let report = made.report();
    let json = |r: &Report| serde_json::to_vec_pretty(r).map_err(|e| Error::Bug(e.to_string()));
    let page = |r: &Report, title: &str| {
        let page = ReportPage {
            title: title.into(),
            caption: "Fairness".into(),
            report: view(r),
            ..ReportPage::default()
        };
        app.page("staff/fairness_report.njk", &frame(app, staff, "/desk/fairness"), &page).map_err(|r| r.0)
    };
    match get("make").as_str() {
        "public" => page(made.summary(), "What the public would see"),
        "json" => Ok(attached(json(report)?, "application/json", "fairness.json")),
        "csv" => Ok(attached(fairness::csv(report).into_bytes(), "text/csv; charset=utf-8", "fairness.csv")),
        "html" => {
            Ok(attached(fairness::html(report).into_bytes(), "text/html; charset=utf-8", "fairness.html"))
        }
        "keep" => {
            let (algorithm, version, title) = (get("algorithm"), get("version"), get("title"));
            let id = app
                .write(&staff.actor(), move |cx| fairness::save(cx, &algorithm, &version, &title, &made))
                .await?;
            Ok(Redirect::to(&format!("/desk/fairness/{id}")).into_response())
        }
        _ => page(report, "Fairness report"),
    }
}

/// A file to be kept by the browser and run by none.
fn attached(bytes: Vec<u8>, kind: &'static str, name: &'static str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// `POST /desk/fairness/bounds`: a member of the committee proposes thresholds.
pub(crate) async fn set_bounds(State(app): State<App>, staff: Staff, RawForm(bytes): RawForm) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let values: BTreeMap<String, String> = ["bounds_algorithm", "low", "high", "reasons"]
        .map(|n| (n.to_owned(), first(&raw, n).to_owned()))
        .into();
    let number = |name: &str| {
        first(&raw, name)
            .trim()
            .parse::<f64>()
            .map_err(|_| Error::field(name, "number", "Enter a ratio, such as 0.8"))
    };
    let numbers = number("low").and_then(|low| Ok((low, number("high")?)));
    let done = match numbers {
        Ok((low, high)) => {
            let (algorithm, reasons) = (values["bounds_algorithm"].clone(), values["reasons"].clone());
            let set = move |cx: &mut bluelamp_store::Cx<'_>| {
                fairness::propose_bounds(cx, &algorithm, low, high, &reasons).map(drop)
            };
            app.write(&staff.actor(), set).await
        }
        Err(e) => Err(e),
    };
    match done {
        Ok(()) => Ok(Redirect::to("/desk/fairness/bounds").into_response()),
        Err(Error::Invalid(mut wrong)) => {
            for e in wrong.iter_mut().filter(|e| e.field == "algorithm") {
                e.field = "bounds_algorithm".into();
            }
            show(&app, &staff, values, wrong).await
        }
        Err(e) => Err(e.into()),
    }
}

/// What of a report that was kept is wanted.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct View {
    /// `summary` for what the public sees, or would see.
    #[serde(default)]
    show: String,
}

/// `GET /desk/fairness/{id}`: a report that was kept.
pub(crate) async fn kept(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    Query(view): Query<View>,
) -> Answer {
    show_kept(&app, &staff, &id, view.show == "summary", BTreeMap::new(), Vec::new()).await
}

async fn show_kept(
    app: &App,
    staff: &Staff,
    id: &str,
    summary: bool,
    values: BTreeMap<String, String>,
    wrong: Vec<FieldError>,
) -> Answer {
    let id = of_path(id)?;
    let find = move |cx: &mut bluelamp_store::Cx<'_>| {
        let shown = if summary { fairness::view_summary(cx, id)? } else { fairness::view_saved(cx, id)? };
        Ok((shown, fairness::alike(cx, id)?, fairness::bounds_of(cx, id)?))
    };
    let ((kept, report), alike, set) = app.read(&staff.actor(), find).await?;
    let can = may(app, staff, action::ETHICS_ADVISE);
    let at = format!("/desk/fairness/{id}");
    let public = kept.published.as_ref().is_some_and(|p| p.withdrawn.is_none());
    let failed = !wrong.is_empty();
    let page = ReportPage {
        title: kept.title.clone(),
        caption: format!(
            "{} {}, {}, by {}",
            kept.algorithm,
            kept.version,
            kept.made_at.short(),
            kept.made_by
        ),
        kept: Some(KeptView {
            stands: stands(&kept, set.as_ref()),
            whole: at.clone(),
            summary: format!("{at}?show=summary"),
            shows_summary: summary,
            public: kept.published.is_some().then(|| format!("/fairness/{id}")),
            publish: (can && kept.published.is_none()).then(|| format!("{at}/publish")),
            alike: alike.reports.into_iter().map(|a| a.title).collect(),
            too_many: alike.too_many,
            withdraw: (can && public).then(|| format!("{at}/withdraw")),
            csrf: csrf(app, &staff.cookie),
            values,
        }),
        report: view(&report),
        error_summary: wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}", e.field) })
            .collect(),
        errors: wrong.into_iter().rev().map(|e| (e.field, e.message)).collect(),
    };
    let mut response = app.page("staff/fairness_report.njk", &frame(app, staff, "/desk/fairness"), &page)?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// An id as it stands in an address.
pub(crate) fn of_path(id: &str) -> Result<Id> {
    id.parse().map_err(|_| Error::NotFound("that fairness report".into()))
}

fn stands(kept: &SavedReport, set: Option<&SetBounds>) -> Vec<String> {
    let judged = set.map(|set| format!("Its thresholds: {} {}", set.reasons, said_of(set)));
    let mut said: Vec<String> = judged.into_iter().collect();
    said.extend(set.and_then(|set| set.looked_at).map(|at| {
        format!(
            "Figures of these rows, or of rows with the same totals, were looked at here before these thresholds held: first {}.",
            at.short()
        )
    }));
    let Some(p) = &kept.published else {
        said.push("Not published: nobody outside sees it. Somebody of the committee who did not make it may publish its summary.".into());
        return said;
    };
    said.push(format!("Published {} by {}.", p.at.short(), p.by));
    said.extend(
        p.other_people
            .as_ref()
            .map(|why| format!("Of other people than a report that it is alike to: {why}")),
    );
    said.extend(
        p.withdrawn.as_ref().map(|w| format!("Withdrawn {} by {}: {}", w.at.short(), w.by, w.because)),
    );
    said
}

/// `POST /desk/fairness/{id}/{deed}`: a report is published, or taken back.
pub(crate) async fn act(
    State(app): State<App>,
    staff: Staff,
    Path((id, deed)): Path<(String, String)>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let values: BTreeMap<String, String> =
        ["other_people", "because"].map(|n| (n.to_owned(), first(&raw, n).to_owned())).into();
    let deed = Deed::of(&deed, &values)?;
    let report = of_path(&id)?;
    match app.write(&staff.actor(), move |cx| deed.done(cx, report)).await {
        Ok(()) => Ok(Redirect::to(&format!("/desk/fairness/{report}")).into_response()),
        Err(Error::Invalid(wrong)) => show_kept(&app, &staff, &id, true, values, wrong).await,
        Err(e) => Err(e.into()),
    }
}

/// What may be done with a report that was kept.
pub(crate) enum Deed {
    /// Publish it; with why its rows are of other people than those of a report that is alike.
    Publish(String),
    /// Take it back; with why.
    Withdraw(String),
}

impl Deed {
    /// From its name and the fields that were sent.
    pub(crate) fn of(deed: &str, values: &BTreeMap<String, String>) -> Result<Self> {
        let get = |name: &str| values.get(name).cloned().unwrap_or_default();
        match deed {
            "publish" => Ok(Self::Publish(get("other_people"))),
            "withdraw" => Ok(Self::Withdraw(get("because"))),
            _ => Err(Error::NotFound("that page".into())),
        }
    }

    /// Does it.
    pub(crate) fn done(&self, cx: &mut bluelamp_store::Cx<'_>, id: Id) -> Result<()> {
        match self {
            Self::Publish(other_people) => fairness::publish(cx, id, Some(other_people)),
            Self::Withdraw(because) => fairness::withdraw(cx, id, because),
        }
    }
}
