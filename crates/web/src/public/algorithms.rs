//! The register of algorithms, their transparency records and the ethics committee's minutes, for everybody: filled from
//! what runs.

use crate::{
    App,
    desk::ethics::{Tag, tag},
    ethics_api::{counted, record_of},
    govuk::{
        page::{Content, Event},
        prose::prose,
    },
    guard::{Answer, Ask},
    reading,
};
use axum::extract::{Path, State};
use bluelamp_access::algorithm::{self, Entry, State as Standing};
use bluelamp_model::Time;
use bluelamp_steward::ethics::{self, Advice, Dossier, Minutes, Opinion, Part, Record};
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write};

/// The page `public/algorithm.njk`.
#[derive(Serialize)]
struct RecordPage {
    title: String,
    caption: String,
    back_href: String,
    algorithm: String,
    json_href: String,
    state: Tag,
    stands: String,
    parts: Vec<PartView>,
    facets: Vec<(String, String)>,
    minutes: Vec<MinutesView>,
    opinions: Vec<OpinionView>,
    events: Vec<Event>,
    others: Vec<OtherView>,
}

/// A part of a transparency record.
#[derive(Debug, Serialize)]
pub(crate) struct PartView {
    /// Its place in the page.
    pub id: &'static str,
    pub label: &'static str,
    pub fields: Vec<FieldView>,
}

/// A field of a transparency record.
#[derive(Debug, Serialize)]
pub(crate) struct FieldView {
    /// Its number in the standard.
    pub number: &'static str,
    pub label: &'static str,
    pub lines: Vec<String>,
    /// Why it is not published.
    pub exempt: Option<String>,
    /// Whether something is said of it in every record.
    pub always: bool,
}

/// Minutes as everybody reads them.
#[derive(Debug, Serialize)]
pub(crate) struct MinutesView {
    pub about: String,
    pub about_href: String,
    pub point: &'static str,
    pub outcome: &'static str,
    pub held_on: String,
    pub votes: Vec<String>,
    pub lines: Vec<String>,
    pub conditions: Vec<String>,
    pub published: String,
}

/// What a body outside the police said.
#[derive(Debug, Serialize)]
pub(crate) struct OpinionView {
    pub given_by: String,
    pub given_on: String,
    pub lines: Vec<String>,
}

/// An opinion as everybody reads it: without who noted it.
pub(crate) fn opinion_view(o: &Opinion) -> OpinionView {
    OpinionView {
        given_by: o.given_by.clone(),
        given_on: reading::day(&o.given_on),
        lines: o.said.lines().map(str::to_owned).collect(),
    }
}

/// Another version of the same algorithm.
#[derive(Serialize)]
struct OtherView {
    version: String,
    digest: String,
    state: Tag,
}

/// The record by its parts, for a page.
pub(crate) fn parts(record: &Record) -> Vec<PartView> {
    Part::ALL
        .map(|part| PartView {
            id: part.code(),
            label: part.label(),
            fields: record
                .fields
                .iter()
                .filter(|f| f.part == part)
                .map(|f| FieldView {
                    number: f.number,
                    label: f.label,
                    lines: f.text.iter().flat_map(|t| t.lines()).map(str::to_owned).collect(),
                    exempt: f.exemption.clone(),
                    always: f.always,
                })
                .collect(),
        })
        .into()
}

/// Minutes as everybody reads them. What they are about is filled in where several stand together.
pub(crate) fn minutes_view(m: &Minutes) -> MinutesView {
    let count = |(kind, n): (&String, &u64)| {
        let what = Advice::parse(kind).map_or("Interest declared, not counted", Advice::label);
        format!("{what}: {n}")
    };
    MinutesView {
        about: String::new(),
        about_href: String::new(),
        point: m.point.label(),
        outcome: m.outcome.label(),
        held_on: reading::day(&m.held_on),
        votes: m.votes.iter().map(count).collect(),
        lines: m.said.lines().map(str::to_owned).collect(),
        conditions: m.conditions.lines().map(str::to_owned).collect(),
        published: m.published_at.spoken(),
    }
}

/// How an entry stands, in a sentence.
fn stands(e: &Entry, now: Time) -> String {
    let since = e.since.spoken();
    let until = e.until.map(Time::spoken).unwrap_or_default();
    if e.is_of_work() && e.is_asked(now) && (!e.state.operates() || e.has_ended(now)) {
        return format!("{} since {since}, not approved: it is asked, and says so.", e.state.label());
    }
    match e.state {
        Standing::Proposed => "Proposed: it does nothing.".into(),
        Standing::Assessed => format!("Assessed on {since}: it does nothing yet."),
        Standing::Lab => format!("In the lab since {since}: no officer is shown what it says."),
        Standing::LabReported => format!("The lab reported on {since}: no officer is shown what it says."),
        Standing::Pilot if e.has_ended(now) => {
            format!("Its pilot ended on {until}: it is not asked any more.")
        }
        Standing::Pilot => format!("In a pilot since {since}, which ends on {until}."),
        Standing::Operational if e.has_ended(now) => {
            format!("Its approval ended on {until}: it is not asked any more.")
        }
        Standing::Operational => format!("In use since {since}; its approval has to be renewed by {until}."),
        Standing::Suspended => format!("Suspended on {since}: it is not asked."),
        Standing::Retired => format!("Retired on {since}."),
    }
}

/// What each sort of algorithm is, in words: its heading and what it does.
const SORTS: [(&str, &str, &str); 6] = [
    (
        "definition",
        "Assessing a report",
        "A definition is a table of rules that people wrote. It looks at the answers in a report and says which grade is the \
         least that they give, which is the highest still possible, and what has not been asked. [The definitions in force, \
         as people read them](/definitions)",
    ),
    (
        "indicator",
        "Finding words in a report",
        "Lists of phrases that people wrote are looked for in what a report tells in free text. Words that are found are \
         shown to the officer as they stand there. They can ask a question that no answer has settled, and bring a report \
         forward in the queue. They give no grade and no score, and what is found is no fact.",
    ),
    (
        "comparison",
        "Comparing with what is held",
        "People, vehicles, phones and places in a report are compared with records that are held already (the Fellegi–Sunter \
         method). A suggestion shows what speaks for it and what speaks against it, with weights. Records are never merged; \
         an officer says whether two are the same, and the answer can be taken back.",
    ),
    (
        "ranking",
        "Putting reports in order",
        "Reports that wait are put in order by what is proposed for them. Every report is read by a person, wherever it \
         stands; where the order is not approved, they stand in order of receipt.",
    ),
    (
        "alignment",
        "Ranking projects by the strategy",
        "The scores that people gave to projects are weighed. Every figure shows how much was assessed, how far the assessors \
         are apart and how far its rank depends on the weights. It is about work and says nothing of a person, so it is \
         asked before it is approved, and says then that it is not.",
    ),
    (
        "finding",
        "Finding what doubles and what is missing in the portfolio",
        "Projects and applications that seem to double or to stand in one another’s way, and capabilities that nothing \
         serves, are named with the fields that agree. A person confirms or rejects each. It is about work and says nothing \
         of a person, so it is asked before it is approved, and says then that it is not.",
    ),
];

/// What reckons here and is no entry of the register.
const BESIDE: &str = "## What else reckons\n\n\
    The critical path is worked out from the days that people entered, and the scores of an innovation challenge are those \
    that people gave. Linking sets of records in bulk (`bluelamp link`) is done by an analyst on files of their own, with a \
    model that they choose and can read, and nothing of it comes into this service by itself; its method is that of the \
    comparison above.\n\n";

/// `GET /algorithms`: everything that proposes something to an officer, as it runs now, and how far it may.
pub(crate) async fn register(State(app): State<App>, ask: Ask) -> Answer {
    let shelf = app.shelf();
    let (all, in_force, off) = app
        .read(&ask.public(), move |cx| {
            Ok((
                algorithm::published(cx)?,
                bluelamp_casework::in_force(cx, &shelf)?,
                bluelamp_casework::switched_off(cx)?,
            ))
        })
        .await?;
    let now = app.inner.db.now();
    let mut text = String::from(
        "Several kinds of algorithm run in this service. All of them only propose: nothing happens to a report before a \
         named officer has decided, and the officer can depart from every proposal. No algorithm here predicts what a person \
         will do.\n\nEach is assessed for its ethics, tried where nobody acts on it, and approved by a chief officer until a \
         day. What is about people and not approved is not asked; that is not left to a page, but to the part of the service that decides \
         who may do what. [What the ethics committee said](/ethics-committee)\n\nWhether groups of people are treated alike is \
         looked into by [fairness reports](/fairness). You can [complain about an algorithm or a decision](/complain), and \
         read [what became of complaints](/complaints).\n\n",
    );
    for (kind, heading, about) in SORTS {
        let _ = writeln!(text, "## {heading}\n\n{about}\n");
        for e in all.iter().filter(|e| e.what.kind == kind && e.running) {
            let set = app.inner.shelf.indicators.get(&e.what.name).filter(|_| kind == "indicator");
            let switched = set.is_some_and(|s| off.contains(&bluelamp_casework::algorithm_of(s)));
            let _ = writeln!(
                text,
                "### {}\n\n- {}{}\n- Version {}\n- Owner: {}\n- Accountable: {}\n- Fingerprint (SHA-256): `{}`\n\
                 - [Its transparency record](/algorithms/{})",
                e.what.title,
                stands(e, now),
                if switched { " It is switched off." } else { "" },
                e.what.version,
                reading::role(&e.what.owner),
                reading::role(&e.what.accountable),
                e.what.digest,
                e.algorithm(),
            );
            if let Some(d) = in_force.iter().find(|d| kind == "definition" && d.digest == e.what.digest) {
                let _ = writeln!(
                    text,
                    "- To be reviewed by {}\n- {} rules on {} facts\n- [Read all its rules](/definitions/{})",
                    reading::day(&d.header.review_by),
                    d.rules.len(),
                    d.facts.len(),
                    d.header.id
                );
            }
            if let Some(set) = set {
                let phrases: usize = set.indicators.iter().map(|i| i.phrases.len()).sum();
                let _ = writeln!(
                    text,
                    "- Asks questions of the definition {}\n- To be reviewed by {}\n- {} indicators with {phrases} phrases",
                    set.definition,
                    set.review_by,
                    set.indicators.len()
                );
                for limit in &set.limits {
                    let _ = writeln!(text, "- Its limits: {limit}");
                }
            }
            text.push('\n');
        }
    }
    text.push_str(BESIDE);
    let former: Vec<_> = all.iter().filter(|e| !e.running).collect();
    if !former.is_empty() {
        text.push_str("## What ran here before\n\n");
        for e in former {
            let _ = writeln!(
                text,
                "- {} version {}: {} [Its transparency record](/algorithms/{})",
                e.what.title,
                e.what.version,
                stands(e, now),
                e.algorithm()
            );
        }
    }
    let page = Content {
        title: "How algorithms are used".into(),
        back_href: Some("/".into()),
        html: prose(&text),
        ..Content::default()
    };
    app.page("public/content.njk", &ask.frame(), &page)
}

/// `GET /algorithms/{kind}/{name}`: the transparency record.
pub(crate) async fn record(
    State(app): State<App>,
    ask: Ask,
    Path((kind, name)): Path<(String, String)>,
) -> Answer {
    let (all, counts) =
        app.read(&ask.public(), move |cx| Ok((ethics::published(cx, &kind, &name)?, counted(cx)?))).await?;
    let mut all = all.into_iter();
    let Some(d) = all.next() else {
        return Err(bluelamp_model::Error::NotFound("that algorithm".into()).into());
    };
    let record = record_of(&app, &d, &counts);
    let e = &d.entry;
    let page = RecordPage {
        title: e.what.title.clone(),
        caption: "Algorithmic transparency record".into(),
        back_href: "/algorithms".into(),
        algorithm: e.algorithm(),
        json_href: format!("/api/v1/algorithms/{}", e.algorithm()),
        state: tag(e.state),
        stands: stands(e, app.inner.db.now()),
        parts: parts(&record),
        facets: facets(&record),
        minutes: d.minutes.iter().map(minutes_view).collect(),
        opinions: d.opinions.iter().map(opinion_view).collect(),
        events: events(&d),
        others: all
            .map(|o| OtherView {
                version: o.entry.what.version.clone(),
                digest: o.entry.what.digest.clone(),
                state: tag(o.entry.state),
            })
            .collect(),
    };
    app.page("public/algorithm.njk", &ask.frame(), &page)
}

/// The values by which GOV.UK sorts the record, by the end of their keys.
fn facets(record: &Record) -> Vec<(String, String)> {
    let Some(all) = record.facets.as_object() else { return Vec::new() };
    let told = |v: &serde_json::Value| match v {
        serde_json::Value::Array(all) => all.iter().filter_map(|v| v.as_str()).collect::<Vec<_>>().join(", "),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let short = |key: &str| {
        let words = key.trim_start_matches("algorithmic_transparency_record_").replace('_', " ");
        let words = words.replace("atrs", "ATRS");
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    all.iter().map(|(key, value)| (short(key), told(value))).collect()
}

/// The steps that were taken, with what of their reasons is public.
fn events(d: &Dossier) -> Vec<Event> {
    d.phases
        .iter()
        .map(|p| Event {
            title: p.state.label().into(),
            by: None,
            datetime: p.at.to_string(),
            when: p.at.spoken(),
            lines: (!p.published.is_empty())
                .then(|| format!("The committee had advised otherwise. {}", p.published))
                .into_iter()
                .collect(),
        })
        .collect()
}

/// The page `public/minutes.njk`.
#[derive(Serialize)]
struct MinutesPage {
    title: String,
    back_href: String,
    minutes: Vec<MinutesView>,
}

/// `GET /ethics-committee`: what the committee said, the latest first.
pub(crate) async fn minutes(State(app): State<App>, ask: Ask) -> Answer {
    let (all, entries) =
        app.read(&ask.public(), |cx| Ok((ethics::minutes(cx)?, algorithm::published(cx)?))).await?;
    let names: BTreeMap<_, _> = entries.iter().map(|e| (e.id, e)).collect();
    let view = |m: &Minutes| {
        let e = names.get(&m.algorithm);
        MinutesView {
            about: e.map(|e| format!("{}, version {}", e.what.title, e.what.version)).unwrap_or_default(),
            about_href: e.map(|e| format!("/algorithms/{}", e.algorithm())).unwrap_or_default(),
            ..minutes_view(m)
        }
    };
    let page = MinutesPage {
        title: "The ethics committee".into(),
        back_href: "/algorithms".into(),
        minutes: all.iter().map(view).collect(),
    };
    app.page("public/minutes.njk", &ask.frame(), &page)
}
