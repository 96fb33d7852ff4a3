//! Innovation challenges on the desk: opened, entries taken in, scored without names, decided.

use super::{
    may,
    sheet::{Cell, Table, count},
    strategy::frame,
};
use crate::{
    App,
    govuk::page::Problem,
    guard::{Answer, Staff, check_csrf, csrf},
    public::journey::{first, posted},
};
use axum::{
    extract::{Path, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use bluelamp_model::{Error, FieldError, Result, authority::action};
use bluelamp_steward::{
    challenge::{self, Award, BEST, ChallengeView, Criterion, Given, NewEntry, Stage},
    register::pounds,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Where it is.
pub(crate) const HERE: &str = "/desk/challenges";

/// The page `staff/challenges.njk`.
#[derive(Debug, Serialize)]
struct ChallengesPage {
    title: String,
    table: Table,
    may_write: bool,
}

/// `GET /desk/challenges`
pub(crate) async fn list(State(app): State<App>, staff: Staff) -> Answer {
    let all = app.read(&staff.actor(), challenge::challenges).await?;
    let colour = |stage: Stage| match stage {
        Stage::Draft => "grey",
        Stage::Open => "green",
        Stage::Scoring => "blue",
        Stage::Awarded => "purple",
        Stage::NoAward => "yellow",
    };
    let page = ChallengesPage {
        title: "Innovation challenges".into(),
        table: Table::new(
            "Challenges, those that close last at the top",
            &["Challenge", "Stage", "Opens", "Closes", "Fund", "Entries"],
            "There is no challenge yet.",
        )
        .rows(all.iter().map(|c| {
            vec![
                Cell::link(&c.title, format!("/desk/challenges/{}", c.code)),
                Cell::default().marked(c.stage.label(), colour(c.stage)),
                Cell::of(c.opens.to_string()),
                Cell::of(c.closes.to_string()),
                Cell::of(c.fund.map(pounds).unwrap_or_default()),
                Cell::of(c.entries.to_string()),
            ]
        })),
        may_write: may(&app, &staff, action::REGISTER_WRITE),
    };
    app.page("staff/challenges.njk", &frame(&app, &staff, HERE), &page)
}

/// The page `staff/challenge.njk`.
#[derive(Debug, Serialize)]
struct ChallengePage {
    title: String,
    challenge: ChallengeView,
    stage: &'static str,
    fund: String,
    decided_at: String,
    entries: Vec<EntryRow>,
    /// Medians for whoever is to decide, with why they are not shown where they are not.
    results: Vec<(String, Table)>,
    withheld: Option<String>,
    can_write: bool,
    can_score: bool,
    can_award: bool,
    best: u8,
    csrf: String,
    values: BTreeMap<String, String>,
    errors: BTreeMap<String, String>,
    error_summary: Vec<Problem>,
}

/// What was handed in.
#[derive(Debug, Serialize)]
struct EntryRow {
    code: String,
    title: String,
    proposal: String,
    price: String,
    scorers: usize,
    hindered: Option<&'static str>,
    sender: Option<String>,
    result: Option<Table>,
    won: bool,
    scored: bool,
    criteria: Vec<CriterionRow>,
}

/// A criterion as it is asked of somebody who scores.
#[derive(Debug, Serialize)]
struct CriterionRow {
    /// The name of its fields: `score-0`.
    score: String,
    reason: String,
    criterion: String,
    /// What they gave so far.
    given: String,
    said: String,
}

/// What was posted and is wrong.
#[derive(Default)]
struct Tried {
    values: BTreeMap<String, String>,
    wrong: Vec<FieldError>,
    /// The entry that the form was about.
    entry: String,
}

fn medians(title: &str, all: &[Criterion]) -> Table {
    Table::new(
        &format!("{title}: median and range by criterion"),
        &["Criterion", "Median", "Range", "Scored by", "What they said"],
        "There are no criteria.",
    )
    .rows(all.iter().map(|c| {
        let range = c.low.zip(c.high).map(|(low, high)| format!("{low} to {high}"));
        vec![
            Cell::of(&c.criterion),
            Cell::of(c.median.map(count).unwrap_or_default()),
            Cell::of(range.unwrap_or_default()),
            Cell::of(c.scorers.to_string()),
            Cell::default().with(c.reasons.iter().map(|(score, reason)| format!("{score}: {reason}"))),
        ]
    }))
}

/// `GET /desk/challenges/{code}`
pub(crate) async fn view(State(app): State<App>, staff: Staff, Path(code): Path<String>) -> Answer {
    show(&app, &staff, &code, Tried::default()).await
}

async fn show(app: &App, staff: &Staff, code: &str, tried: Tried) -> Answer {
    let which = code.to_owned();
    let c = app.read(&staff.actor(), move |cx| challenge::challenge(cx, &which)).await?;
    let (mut results, mut withheld) = (Vec::new(), None);
    let can_award = may(app, staff, action::GATE_DECIDE) && c.summary.stage == Stage::Scoring;
    if can_award {
        let which = code.to_owned();
        match app.read(&staff.actor(), move |cx| challenge::results(cx, &which)).await {
            Ok(all) => {
                let title = |code: &String| {
                    c.handed_in.iter().find(|e| e.code == *code).map_or(code.clone(), |e| e.title.clone())
                };
                results = all.iter().map(|(e, r)| (title(e), medians(&title(e), r))).collect();
            }
            Err(Error::Forbidden { reason } | Error::Conflict(reason)) => withheld = Some(reason),
            Err(e) => return Err(e.into()),
        }
    }
    // Forms of several entries stand on one page: what was posted belongs to one of them.
    let field =
        |entry: &str, name: &str| if entry.is_empty() { name.to_owned() } else { format!("{entry}-{name}") };
    let errors: BTreeMap<String, String> =
        tried.wrong.iter().map(|e| (field(&tried.entry, &e.field), e.message.clone())).collect();
    let values: BTreeMap<String, String> =
        tried.values.iter().map(|(name, value)| (field(&tried.entry, name), value.clone())).collect();
    let entries = c.handed_in.iter().map(|e| EntryRow {
        code: e.code.clone(),
        title: e.title.clone(),
        proposal: e.proposal.clone(),
        price: e.price.map(pounds).unwrap_or_default(),
        scorers: e.scorers,
        hindered: e.hindered,
        sender: e.sender.clone(),
        result: e.result.as_ref().map(|r| medians(&e.title, r)),
        won: e.won,
        scored: !e.own.is_empty(),
        criteria: (0..)
            .zip(&c.criteria)
            .map(|(n, criterion)| criterion_row(n, criterion, e, &values))
            .collect(),
    });
    let wrong = !tried.wrong.is_empty();
    let page = ChallengePage {
        title: c.summary.title.clone(),
        stage: c.summary.stage.label(),
        fund: c.summary.fund.map(pounds).unwrap_or_default(),
        decided_at: c.ended.as_ref().map(|e| e.at.short()).unwrap_or_default(),
        entries: entries.collect(),
        results,
        withheld,
        can_write: may(app, staff, action::REGISTER_WRITE),
        can_score: may(app, staff, action::CHALLENGE_SCORE) && c.summary.stage == Stage::Scoring,
        can_award,
        best: BEST,
        csrf: csrf(app, &staff.cookie),
        error_summary: tried
            .wrong
            .iter()
            .map(|e| Problem { text: e.message.clone(), href: format!("#{}", field(&tried.entry, &e.field)) })
            .collect(),
        values,
        errors,
        challenge: c,
    };
    let mut response = app.page("staff/challenge.njk", &frame(app, staff, HERE), &page)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn criterion_row(
    n: usize,
    criterion: &str,
    entry: &challenge::EntryView,
    values: &BTreeMap<String, String>,
) -> CriterionRow {
    let (score, reason) = (format!("{}-score-{n}", entry.code), format!("{}-reason-{n}", entry.code));
    let own = entry.own.get(n);
    let tried = |name: &String| values.get(name).cloned();
    CriterionRow {
        given: tried(&score).or(own.map(|(score, _)| score.to_string())).unwrap_or_default(),
        said: tried(&reason).or(own.map(|(_, said)| said.clone())).unwrap_or_default(),
        criterion: criterion.to_owned(),
        score,
        reason,
    }
}

/// `POST /desk/challenges/{code}/{deed}`: `open`, `entry`, `close`, `score`, `conflict`, `award`.
pub(crate) async fn act(
    State(app): State<App>,
    staff: Staff,
    Path((code, deed)): Path<(String, String)>,
    RawForm(bytes): RawForm,
) -> Answer {
    let raw = posted(&bytes);
    check_csrf(&app, &staff.cookie, first(&raw, "csrf"))?;
    let version = first(&raw, "version").parse().unwrap_or(0);
    let entry = first(&raw, "entry").to_owned();
    let text = |name: &str| first(&raw, name).to_owned();
    let actor = staff.actor();
    let which = code.clone();
    let done: Result<()> = match deed.as_str() {
        "open" => app.write(&actor, move |cx| challenge::open(cx, &which, version)).await,
        "close" => app.write(&actor, move |cx| challenge::close(cx, &which, version)).await,
        "entry" => {
            let new = NewEntry {
                sender: text("sender"),
                contact: text("contact"),
                proposal: text("proposal"),
                price: text("price"),
            };
            app.write(&actor, move |cx| challenge::receive(cx, &which, &new).map(drop)).await
        }
        "score" => {
            let given: Vec<Given> = (0..100)
                .take_while(|n| raw.contains_key(&format!("{entry}-reason-{n}")))
                .map(|n| Given {
                    score: text(&format!("{entry}-score-{n}")),
                    reason: text(&format!("{entry}-reason-{n}")),
                })
                .collect();
            let of = entry.clone();
            app.write(&actor, move |cx| challenge::score(cx, &which, &of, &given)).await
        }
        "conflict" => {
            let (of, about) = (entry.clone(), text(&format!("{entry}-about")));
            app.write(&actor, move |cx| challenge::declare(cx, &which, &of, &about)).await
        }
        "award" => {
            // No answer is not the same as no award.
            if entry.is_empty() {
                Err(Error::field("entry", "required", "Choose an entry, or that none wins"))
            } else {
                let winner = if entry == "none" { String::new() } else { entry.clone() };
                let award = Award { version, entry: winner, reasons: text("reasons") };
                app.write(&actor, move |cx| challenge::award(cx, &which, &award).map(drop)).await
            }
        }
        _ => Err(Error::NotFound("that can be done with a challenge".into())),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/desk/challenges/{code}")).into_response()),
        Err(Error::Invalid(wrong)) => {
            let of_entry = matches!(deed.as_str(), "score" | "conflict");
            let prefix = format!("{entry}-");
            let values = raw
                .keys()
                .filter(|name| *name != "csrf")
                .map(|name| {
                    let own = if of_entry { name.strip_prefix(&prefix).unwrap_or(name) } else { name };
                    (own.to_owned(), first(&raw, name).to_owned())
                })
                .collect();
            let entry = if of_entry { entry } else { String::new() };
            show(&app, &staff, &code, Tried { values, wrong, entry }).await
        }
        Err(e) => Err(e.into()),
    }
}
