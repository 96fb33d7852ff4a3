//! The definitions and their life: the list, the history of one, its differences from version to version.

pub(crate) mod edit;
mod figures;
pub(crate) mod version;

use super::{
    frame, may,
    page::{OptionView, Tab},
};
use crate::{
    App,
    govuk::{page::Event, theme::Link},
    guard::{Answer, Staff},
    reading,
};
use axum::extract::{Path, Query, State};
use bluelamp_casework::{Version, VersionView, Waiting};
use bluelamp_model::{Error, Time, authority::action};
use bluelamp_triage::Status;
use serde::{Deserialize, Serialize};

const HERE: &str = "/desk/definitions";

/// The page `staff/definitions.njk`.
#[derive(Serialize)]
struct ListPage {
    title: String,
    /// "11 definitions".
    count: String,
    /// What has been asked to go live and waits for somebody else.
    waiting: Vec<WaitingView>,
    rows: Vec<ListRow>,
    can_write: bool,
}

#[derive(Serialize)]
struct WaitingView {
    text: String,
    href: String,
    /// "Asked by … on …".
    asked: String,
}

#[derive(Serialize)]
struct ListRow {
    href: String,
    title: String,
    id: String,
    in_force: Option<Link>,
    shadow: Vec<Link>,
    drafts: Vec<Link>,
    review_by: String,
    overdue: bool,
}

/// How far a version has come, as a tag.
#[derive(Clone, Copy, Debug, Serialize)]
struct Stage {
    text: &'static str,
    colour: &'static str,
}

fn stage(status: Status) -> Stage {
    let (text, colour) = match status {
        Status::Draft => ("Draft", "grey"),
        Status::Shadow => ("In shadow", "yellow"),
        Status::Live => ("In force", "green"),
        Status::Retired => ("Retired", "grey"),
    };
    Stage { text, colour }
}

fn href(v: &Version) -> String {
    format!("{HERE}/{}/{}", v.definition, v.version)
}

fn asked(w: &Waiting) -> String {
    format!("Asked by {} on {}", w.by, w.at.short())
}

/// `GET /desk/definitions`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    let shelf = app.shelf();
    let (leading, versions, waiting) = app
        .read(&staff.actor(), move |cx| {
            let versions = bluelamp_casework::versions(cx)?;
            let waiting = bluelamp_casework::waiting(cx)?;
            let mut leading = Vec::new();
            for of_one in versions.chunk_by(|a, b| a.definition == b.definition) {
                // Where none is in force, the latest speaks for all of them.
                let live = of_one.iter().find(|v| v.status == Status::Live);
                leading.extend(live.or(of_one.first()).map(|v| shelf.by_digest(cx, &v.digest)).transpose()?);
            }
            Ok((leading, versions, waiting))
        })
        .await?;
    let today = app.inner.db.now().day();
    let rows: Vec<ListRow> = versions
        .chunk_by(|a, b| a.definition == b.definition)
        .zip(&leading)
        .map(|(all, d)| {
            let of = |status| {
                let found = all.iter().filter(move |v| v.status == status);
                found.map(|v| Link { text: v.version.clone(), href: href(v) })
            };
            ListRow {
                href: format!("{HERE}/{}", d.header.id),
                title: d.title.clone(),
                id: d.header.id.clone(),
                in_force: of(Status::Live).next(),
                shadow: of(Status::Shadow).collect(),
                drafts: of(Status::Draft).collect(),
                review_by: reading::day(&d.header.review_by),
                overdue: d.header.review_by < today,
            }
        })
        .collect();
    let title = |id: &str| rows.iter().find(|r| r.id == id).map_or(id, |r| r.title.as_str()).to_owned();
    let page = ListPage {
        title: "Definitions".into(),
        count: if rows.len() == 1 { "1 definition".into() } else { format!("{} definitions", rows.len()) },
        waiting: waiting
            .iter()
            .map(|w| WaitingView {
                text: format!("{} {}", title(&w.definition), w.version),
                href: format!("{HERE}/{}/{}", w.definition, w.version),
                asked: asked(w),
            })
            .collect(),
        can_write: may(&app, &staff, action::DEFINITION_WRITE),
        rows,
    };
    app.page("staff/definitions.njk", &frame(&app, &staff, HERE), &page)
}

/// The page `staff/history.njk`.
#[derive(Serialize)]
struct HistoryPage {
    title: String,
    id: String,
    href: String,
    /// Where anybody reads the version in force.
    public_href: Option<String>,
    versions: Vec<VersionRow>,
    events: Vec<Event>,
    from: Vec<OptionView>,
    to: Vec<OptionView>,
    /// The differences that are shown; none where there is only one version.
    compared: Option<Compared>,
    can_write: bool,
}

#[derive(Serialize)]
struct VersionRow {
    version: String,
    href: String,
    stage: Stage,
    /// Who has asked that it go live, while nobody has answered.
    waiting: Option<String>,
    taken_up: String,
    digest: String,
}

#[derive(Serialize)]
struct Compared {
    from: String,
    to: String,
    /// How many of them can give an unchanged incident another grade.
    grading: usize,
    rows: Vec<DifferenceRow>,
}

#[derive(Serialize)]
struct DifferenceRow {
    part: String,
    name: String,
    sentence: String,
    grade: bool,
}

/// Which versions are held against each other.
#[derive(Deserialize)]
pub(crate) struct Between {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// `GET /desk/definitions/{id}`
pub(crate) async fn history(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    Query(between): Query<Between>,
) -> Answer {
    let (which, shelf) = (id.clone(), app.shelf());
    let (all, waiting) = app
        .read(&staff.actor(), move |cx| {
            let versions = bluelamp_casework::versions(cx)?;
            let of_it = versions.iter().filter(|v| v.definition == which);
            let all = of_it
                .map(|v| bluelamp_casework::view_version(cx, &shelf, &v.definition, &v.version))
                .collect::<Result<Vec<_>, _>>()?;
            Ok((all, bluelamp_casework::waiting(cx)?))
        })
        .await?;
    let absent = || Error::NotFound(format!("the definition {id}"));
    let newest = all.first().ok_or_else(absent)?;
    let live = all.iter().find(|v| v.version.status == Status::Live);
    let chosen = |wanted: &str, usual: &VersionView| {
        let found = all.iter().find(|v| v.version.version == wanted).map(|v| v.version.version.clone());
        match wanted {
            "" => Ok(usual.version.version.clone()),
            _ => found.ok_or_else(|| Error::NotFound(format!("the definition {id} {wanted}"))),
        }
    };
    // By default the one in force is held against the newest; where that is the same, against the one before.
    let earlier = live.filter(|l| l.version.id != newest.version.id).or(all.get(1)).unwrap_or(newest);
    let (from, to) = (chosen(&between.from, earlier)?, chosen(&between.to, newest)?);
    let view = |version: &str| all.iter().find(|v| v.version.version == version);
    let compared = match (view(&from), view(&to)) {
        (Some(old), Some(new)) if all.len() > 1 => Some(compared(old, new)),
        _ => None,
    };
    let options = |chosen: &str| {
        let option = |v: &VersionView| OptionView {
            value: v.version.version.clone(),
            text: format!("{} ({})", v.version.version, stage(v.version.status).text.to_lowercase()),
            hint: None,
            checked: v.version.version == chosen,
        };
        all.iter().map(option).collect()
    };
    let mut events: Vec<(Time, Event)> = all.iter().flat_map(moments).collect();
    events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let page = HistoryPage {
        title: live.unwrap_or(newest).definition.title.clone(),
        href: format!("{HERE}/{id}"),
        public_href: live.map(|_| format!("/definitions/{id}")),
        versions: all
            .iter()
            .map(|v| VersionRow {
                version: v.version.version.clone(),
                href: href(&v.version),
                stage: stage(v.version.status),
                waiting: waiting
                    .iter()
                    .find(|w| w.definition == id && w.version == v.version.version)
                    .map(asked),
                taken_up: v.version.taken_up_at.short(),
                digest: v.version.digest.clone(),
            })
            .collect(),
        events: events.into_iter().map(|(_, e)| e).collect(),
        from: options(&from),
        to: options(&to),
        compared,
        can_write: may(&app, &staff, action::DEFINITION_WRITE),
        id,
    };
    app.page("staff/history.njk", &frame(&app, &staff, HERE), &page)
}

fn compared(old: &VersionView, new: &VersionView) -> Compared {
    let rows: Vec<_> = bluelamp_triage::diff(&old.definition, &new.definition)
        .into_iter()
        .map(|d| DifferenceRow {
            part: super::facts::sentence(d.part),
            name: d.name,
            sentence: d.sentence,
            grade: d.grade,
        })
        .collect();
    Compared {
        from: old.version.version.clone(),
        to: new.version.version.clone(),
        grading: rows.iter().filter(|r| r.grade).count(),
        rows,
    }
}

/// What people did with a version, each with the version's number.
fn moments(v: &VersionView) -> Vec<(Time, Event)> {
    let event = |e: &bluelamp_casework::Event| {
        let event = Event {
            title: format!("{}: {}", v.version.version, e.what.label()),
            by: Some(e.by.clone()),
            datetime: e.at.to_string(),
            when: e.at.short(),
            lines: e.reasons.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned).collect(),
        };
        (e.at, event)
    };
    let mut all: Vec<_> = v.events.iter().map(event).collect();
    // What came with the product was written by nobody here.
    let written = v.events.iter().any(|e| e.what == bluelamp_casework::Deed::Write);
    if !written {
        let at = v.version.taken_up_at;
        all.push((
            at,
            Event {
                title: format!("{}: Taken up from the files of the product", v.version.version),
                by: None,
                datetime: at.to_string(),
                when: at.short(),
                lines: Vec::new(),
            },
        ));
    }
    all
}

/// The versions of one definition as links, for a page about one of them.
fn siblings(all: &[Version], id: &str, current: &str) -> Vec<Tab> {
    all.iter()
        .filter(|v| v.definition == id)
        .map(|v| Tab {
            text: format!("{} ({})", v.version, stage(v.status).text.to_lowercase()),
            value: v.version.clone(),
            href: href(v),
            current: v.version == current,
        })
        .collect()
}
