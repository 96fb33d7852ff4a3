//! The first page, the choice of what to report, and what the service says of itself.

use crate::{
    App,
    govuk::{
        page::{Choice, Content},
        prose::prose,
    },
    guard::{Answer, Ask},
    public::draft::{Visitor, no_cookie},
    reading,
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect},
};
use bluelamp_model::Error;
use std::fmt::Write;

fn choice(text: &str, href: &str, about: &str) -> Choice {
    Choice { text: text.into(), href: href.into(), about: Some(about.into()) }
}

/// `GET /`
pub(crate) async fn home(State(app): State<App>, ask: Ask) -> Answer {
    let page = Content {
        title: "Tell the police what happened".into(),
        html: prose("**In an emergency call 999.** This service is for what is not happening right now."),
        choices: vec![
            choice("Report something", "/report", "A burglary, harassment online, or antisocial behaviour."),
            choice(
                "Follow your report",
                "/track",
                "With the reference and the tracking code from your receipt.",
            ),
            choice(
                "Make a complaint",
                "/complain",
                "About a decision, an algorithm, or how information about you was used. You need no account.",
            ),
            choice(
                "How algorithms are used",
                "/algorithms",
                "What a machine may propose here, and who decides.",
            ),
        ],
        ..Content::default()
    };
    app.page("public/content.njk", &ask.frame(), &page)
}

/// `GET /report`
pub(crate) async fn choose(State(app): State<App>, ask: Ask) -> Answer {
    let choices = app
        .inner
        .forms
        .values()
        .map(|form| Choice {
            text: form.title.say(form.speaks).to_owned(),
            href: format!("/report/{}", form.id),
            about: form.description.as_ref().map(|d| d.say(form.speaks).to_owned()),
        })
        .collect();
    let page = Content {
        title: "What do you want to report?".into(),
        back_href: Some("/".into()),
        html: prose("If you want to report something else, call **101**. In an emergency call **999**."),
        choices,
        ..Content::default()
    };
    app.page("public/content.njk", &ask.frame(), &page)
}

/// Where "Exit this page" leads once the session is gone.
const HARMLESS: &str = "https://www.bbc.co.uk/weather";

/// `GET /leave`: forgets what was typed and goes somewhere harmless.
pub(crate) async fn leave(State(app): State<App>, headers: HeaderMap) -> Answer {
    Visitor::of(&app, &headers).await?.forget(&app).await?;
    let mut response = Redirect::to(HARMLESS).into_response();
    response.headers_mut().append(header::SET_COOKIE, no_cookie(&app));
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// `GET /algorithms`: everything that proposes something to an officer, as it runs now.
pub(crate) async fn algorithms(State(app): State<App>, ask: Ask) -> Answer {
    let shelf = app.shelf();
    let (in_force, off) = app
        .read(&ask.public(), move |cx| {
            Ok((bluelamp_casework::in_force(cx, &shelf)?, bluelamp_casework::switched_off(cx)?))
        })
        .await?;
    let mut text = String::from(
        "Three kinds of algorithm run in this service. Both only propose: nothing happens to a report before a named \
         officer has decided, and the officer can depart from every proposal. No algorithm here predicts what a person \
         will do.\n\n## Assessing a report\n\nA definition is a table of rules that people wrote. It looks at the \
         answers in a report and says which grade is the least that they give, which is the highest still possible, and \
         what has not been asked. [The definitions in force, as people read them](/definitions)\n\n",
    );
    for d in &in_force {
        let h = &d.header;
        let _ = writeln!(
            text,
            "### {}\n\n- Version {}, in force\n- Owner: {}\n- Accountable: {}\n- To be reviewed by {}\n- {} rules on {} facts\n- \
             Fingerprint (SHA-256): `{}`\n- [Read all its rules](/definitions/{})\n",
            d.title,
            h.version,
            reading::role(&h.owner),
            reading::role(&h.accountable),
            reading::day(&h.review_by),
            d.rules.len(),
            d.facts.len(),
            d.digest,
            h.id
        );
    }
    text.push_str(
        "## Finding words in a report\n\nLists of phrases that people wrote are looked for in what a report tells in free \
         text. Words that are found are shown to the officer as they stand there. They can ask a question that no answer \
         has settled, and bring a report forward in the queue. They give no grade and no score, and what is found is no \
         fact.\n\n",
    );
    for set in app.inner.shelf.indicators.values() {
        let phrases: usize = set.indicators.iter().map(|i| i.phrases.len()).sum();
        let standing =
            if off.contains(&bluelamp_casework::algorithm_of(set)) { "switched off" } else { "in use" };
        let _ = writeln!(
            text,
            "### {}\n\n{}\n\n- Version {}, {standing}\n- Asks questions of the definition {}\n- Owner: {}\n- Accountable: {}\n\
             - To be reviewed by {}\n- {} indicators with {phrases} phrases\n- Fingerprint (SHA-256): `{}`\n",
            set.title,
            set.purpose,
            set.version,
            set.definition,
            set.owner,
            set.accountable,
            set.review_by,
            set.indicators.len(),
            set.digest
        );
        for limit in &set.limits {
            let _ = writeln!(text, "- Its limits: {limit}");
        }
        text.push('\n');
    }
    text.push_str(
        "## Comparing with what is held\n\nPeople, vehicles, phones and places in a report are compared with records that \
         are held already (the Fellegi–Sunter method). A suggestion shows what speaks for it and what speaks against it, \
         with weights. Records are never merged; an officer says whether two are the same, and the answer can be taken \
         back.\n\n## How it falls on people, and what you can do\n\n[Fairness reports](/fairness) say how proposals fell on groups \
         of people. [Make a complaint](/complain) where something was wrong: a person who had no part in it looks into it. \
         [Figures about complaints](/complaints)\n",
    );
    let page = Content {
        title: "How algorithms are used".into(),
        back_href: Some("/".into()),
        html: prose(&text),
        ..Content::default()
    };
    app.page("public/content.njk", &ask.frame(), &page)
}

fn content(app: &App, ask: &Ask, name: &str) -> Answer {
    let text = app.inner.settings.content.get(name).ok_or_else(|| Error::NotFound("that page".into()))?;
    let (title, body) = text.trim_start().split_once('\n').unwrap_or((text, ""));
    let page = Content {
        title: title.trim_start_matches('#').trim().to_owned(),
        back_href: Some("/".into()),
        html: prose(body),
        ..Content::default()
    };
    app.page("public/content.njk", &ask.frame(), &page)
}

/// `GET /accessibility`
pub(crate) async fn accessibility(State(app): State<App>, ask: Ask) -> Answer {
    content(&app, &ask, "accessibility")
}

/// `GET /privacy`
pub(crate) async fn privacy(State(app): State<App>, ask: Ask) -> Answer {
    content(&app, &ask, "privacy")
}
