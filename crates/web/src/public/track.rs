//! Following a report with its reference and code.

use crate::{
    App,
    govuk::page::{Answer as Fact, Event, Field, Kind, Question, Track, errors},
    guard::{Answer, Ask, Sender, check_csrf, csrf},
    public::{
        draft::Visitor,
        journey::{first, posted},
    },
};
use axum::{
    extract::{RawForm, State},
    http::{HeaderMap, StatusCode, header},
};
use bluelamp_contact::{State as Standing, Tracked};
use bluelamp_model::Error;

/// `GET /track`
pub(crate) async fn ask(State(app): State<App>, ask: Ask, headers: HeaderMap) -> Answer {
    let visitor = Visitor::of(&app, &headers).await?;
    let mut response = form(&app, &ask, &visitor, "", None)?;
    if let Some(cookie) = visitor.set_cookie(&app) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn form(app: &App, ask: &Ask, visitor: &Visitor, reference: &str, error: Option<&str>) -> Answer {
    let components = vec![
        Field {
            name: "reference".into(),
            label: Some("Your reference".into()),
            hint: Some("It begins with R and is on your receipt, for example R-4K7Q-2M9B.".into()),
            value: Some(reference.to_owned()),
            error: error.map(str::to_owned),
            spellcheck: Some(false),
            width: Some(20),
            ..Field::default()
        },
        Field {
            kind: Kind::Input,
            name: "code".into(),
            label: Some("Your tracking code".into()),
            hint: Some("Four groups of four letters and numbers. Capitals and hyphens do not matter.".into()),
            spellcheck: Some(false),
            width: Some(30),
            ..Field::default()
        },
    ];
    let page = Question {
        title: "Follow your report".into(),
        back_href: Some("/".into()),
        exit: true,
        action: "/track".into(),
        csrf: csrf(app, &visitor.cookie),
        error_summary: errors(&components),
        components,
        ..Question::default()
    };
    app.page("public/question.njk", &ask.frame(), &page)
}

/// `POST /track`
pub(crate) async fn show(
    State(app): State<App>,
    ask: Ask,
    from: Sender,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Answer {
    let visitor = Visitor::of(&app, &headers).await?;
    let raw = posted(&bytes);
    check_csrf(&app, &visitor.cookie, first(&raw, "csrf"))?;
    app.inner.tracking.check(from)?;
    let (reference, code) = (first(&raw, "reference").to_owned(), first(&raw, "code").to_owned());
    let again = reference.clone();
    let tracked = app.read(&ask.public(), move |cx| bluelamp_contact::track(cx, &reference, &code)).await;
    match tracked {
        Ok(tracked) => app.page("public/track.njk", &ask.frame(), &page(tracked)),
        Err(Error::NotFound(_)) => {
            let words = "No report has this reference and code. Check both and try again";
            let mut response = form(&app, &ask, &visitor, &again, Some(words))?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(e) => Err(e.into()),
    }
}

fn page(tracked: Tracked) -> Track {
    let state = tracked.progress.state;
    let colour = match state {
        Standing::Received => "blue",
        Standing::MoreNeeded => "orange",
        Standing::CaseOpened => "green",
        Standing::Referred => "purple",
        Standing::Closed => "grey",
    };
    let received = Event {
        title: Standing::Received.title().into(),
        datetime: tracked.received_at.to_string(),
        when: tracked.received_at.spoken(),
        lines: vec![Standing::Received.words().into()],
        by: None,
    };
    let mut events = vec![received];
    if state != Standing::Received {
        events.insert(
            0,
            Event {
                title: state.title().into(),
                datetime: tracked.progress.at.to_string(),
                when: tracked.progress.at.spoken(),
                lines: tracked.progress.note.lines().map(str::to_owned).collect(),
                by: None,
            },
        );
    }
    Track {
        title: "Your report".into(),
        back_href: Some("/track".into()),
        exit: true,
        reference: tracked.reference,
        status: state.title().into(),
        status_colour: colour.into(),
        facts: vec![Fact {
            question: "Received".into(),
            lines: vec![tracked.received_at.spoken()],
            change_href: None,
        }],
        events,
        ..Track::default()
    }
}
