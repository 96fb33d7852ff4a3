//! Complaining without an account or a script, following a complaint, and what is published about all of them.

use crate::{
    App,
    govuk::{
        Html,
        page::{Answer as Fact, Event, Field, Hint, Item, Kind, Question, Track, errors},
        prose::prose,
    },
    guard::{Answer, Ask, Sender, check_csrf, csrf, new_token},
    public::{
        draft::{Receipt, Visitor},
        fields::Raw,
        journey::{first, posted},
    },
    reading,
};
use axum::{
    extract::{Query, RawForm, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use bluelamp_access::algorithm;
use bluelamp_model::{Error, FieldError, Result, authority::Actor};
use bluelamp_steward::redress::{
    self, About, ContactBy, Counted, NewComplaint, PublicFigures, State as Standing, Tracked,
};
use serde::{Deserialize, Serialize};

/// The name of the receipt among a visitor's drafts: no form has it.
const RECEIPT: &str = "complaint";

/// The page `public/complaint_sent.njk`.
#[derive(Serialize)]
struct Sent {
    title: String,
    reference: String,
    code: String,
    received: String,
    next: Html,
}

/// The page `public/complaints.njk`.
#[derive(Serialize)]
struct Figures {
    title: String,
    back_href: String,
    period: String,
    received: String,
    tables: Vec<FigureTable>,
    overdue: u64,
}

#[derive(Serialize)]
struct FigureTable {
    caption: String,
    rows: Vec<(String, String)>,
}

fn with_cookie(app: &App, visitor: &Visitor, mut response: Response) -> Response {
    if let Some(cookie) = visitor.set_cookie(app) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A complaint out of posted fields, for the public's form and that of staff.
pub(crate) fn complaint_of(raw: &Raw) -> NewComplaint {
    let get = |name: &str| first(raw, name).to_owned();
    let contact_by = get("contact_by");
    // Each way has a field of its own, so that a browser can fill it in.
    let contact = match ContactBy::of_code(&contact_by) {
        Some(ContactBy::Email) => get("contact_email"),
        Some(ContactBy::Post) => get("contact_post"),
        Some(ContactBy::Phone) => get("contact_phone"),
        _ => String::new(),
    };
    NewComplaint {
        complainant: get("complainant"),
        contact,
        contact_by,
        contact_safe: first(raw, "contact_safe") == "yes",
        about: get("about"),
        report_reference: get("report_reference"),
        algorithm: get("algorithm"),
        algorithm_version: get("algorithm_version"),
        told: get("told"),
        wanted: get("wanted"),
        retry_key: Some(get("retry_key")).filter(|k| !k.is_empty()),
    }
}

/// The algorithms that a complaint can be about, each once.
///
/// # Errors
/// Database errors.
pub(crate) async fn algorithms(app: &App, public: &Actor) -> Result<Vec<Item>> {
    let all = app.read(public, algorithm::published).await?;
    let mut items: Vec<Item> = Vec::new();
    for e in &all {
        if !items.iter().any(|i| i.value == e.algorithm()) {
            let text = format!("{} ({})", e.what.title, e.what.kind);
            items.push(Item { value: e.algorithm(), text, ..Item::default() });
        }
    }
    items.sort_by(|a, b| a.text.cmp(&b.text));
    Ok(items)
}

/// The fields of a complaint, for the public's form and that of staff. `staff` leaves out what only the complainant says.
pub(crate) fn complaint_fields(
    raw: &Raw,
    wrong: &[FieldError],
    staff: bool,
    algorithms: &[Item],
) -> Vec<Field> {
    let value = |name: &str| Some(first(raw, name).to_owned());
    let error = |name: &str| wrong.iter().find(|e| e.field == name).map(|e| e.message.clone());
    let way = ContactBy::of_code(first(raw, "contact_by"));
    let contact = |name: &str, by: ContactBy, label: &str| Field {
        name: name.into(),
        label: Some(label.into()),
        value: value(name),
        // The room knows one field for all ways.
        error: error("contact").filter(|_| way == Some(by)),
        ..Field::default()
    };
    let mut safe = Field {
        kind: Kind::Declaration,
        name: "contact_safe".into(),
        label: Some("Is it safe to write to this address?".into()),
        hint: Some("A message says that you have complained. It says nothing of what about.".into()),
        value: value("contact_safe"),
        text: Some("Yes, it is safe to send me messages".into()),
        ..Field::default()
    };
    if staff {
        safe.text = Some("They say that it is safe to send messages".into());
    }
    let item = |by: ContactBy, reveals: Vec<Field>| Item {
        value: by.code().into(),
        text: by.label().into(),
        reveals,
        ..Item::default()
    };
    let email = Field {
        input_type: Some("email".into()),
        autocomplete: (!staff).then(|| "email".into()),
        spellcheck: Some(false),
        ..contact("contact_email", ContactBy::Email, "Email address")
    };
    let phone = Field {
        input_type: Some("tel".into()),
        autocomplete: (!staff).then(|| "tel".into()),
        width: Some(20),
        ..contact("contact_phone", ContactBy::Phone, "Phone number")
    };
    let post =
        Field { kind: Kind::Textarea, rows: Some(3), ..contact("contact_post", ContactBy::Post, "Address") };
    let abouts = About::ALL.iter().map(|about| Item {
        value: about.code().into(),
        text: about.label().into(),
        hint: match about {
            About::Decision => Some(Hint {
                text: "For example that a report was closed, or how urgent it was said to be".into(),
            }),
            About::Algorithm => {
                Some(Hint { text: "For example that it should not be used, or that it was wrong".into() })
            }
            About::Data => {
                Some(Hint { text: "For example that it is wrong, or that somebody was given it".into() })
            }
            About::Other => None,
        },
        ..Item::default()
    });
    vec![
        Field {
            kind: Kind::Radios,
            name: "about".into(),
            label: Some("What is the complaint about?".into()),
            value: value("about"),
            error: error("about"),
            items: abouts.collect(),
            ..Field::default()
        },
        Field {
            kind: Kind::Textarea,
            name: "told".into(),
            label: Some("What happened?".into()),
            hint: Some("In your own words. Leave out what you do not want to say.".into()),
            value: value("told"),
            error: error("told"),
            rows: Some(8),
            maximum: Some(10_000),
            ..Field::default()
        },
        Field {
            kind: Kind::Textarea,
            name: "wanted".into(),
            label: Some("What do you want to happen? (optional)".into()),
            value: value("wanted"),
            error: error("wanted"),
            rows: Some(3),
            maximum: Some(4_000),
            ..Field::default()
        },
        Field {
            name: "report_reference".into(),
            label: Some("Reference of a report (optional)".into()),
            hint: Some("If it is about a report, for example R-4K7Q-2M9B.".into()),
            value: value("report_reference"),
            error: error("report_reference"),
            spellcheck: Some(false),
            width: Some(20),
            ..Field::default()
        },
        Field {
            kind: Kind::Select,
            name: "algorithm".into(),
            label: Some("Algorithm (optional)".into()),
            hint: Some("If it is about one. The page “How algorithms are used” says what each does.".into()),
            value: value("algorithm"),
            error: error("algorithm").or_else(|| error("algorithm_version")),
            items: algorithms.to_vec(),
            ..Field::default()
        },
        Field {
            name: "complainant".into(),
            label: Some(if staff { "Who complains" } else { "Your name (optional)" }.into()),
            value: value("complainant"),
            error: error("complainant"),
            autocomplete: (!staff).then(|| "name".into()),
            ..Field::default()
        },
        Field {
            kind: Kind::Radios,
            name: "contact_by".into(),
            label: Some(if staff { "How are they reached?" } else { "How can we reach you?" }.into()),
            value: value("contact_by"),
            error: error("contact_by"),
            items: vec![
                item(ContactBy::Email, vec![email, safe]),
                item(ContactBy::Post, vec![post]),
                item(ContactBy::Phone, vec![phone]),
                item(ContactBy::Nothing, Vec::new()),
            ],
            ..Field::default()
        },
    ]
}

/// Errors at the field of the way that was chosen, where the room knows but one for all.
pub(crate) fn is_shown(components: &[Field]) -> bool {
    !errors(components).is_empty()
}

/// What a link to the form can name.
#[derive(Deserialize)]
pub(crate) struct Named {
    /// An algorithm by `kind/name`.
    #[serde(default)]
    algorithm: String,
}

/// `GET /complain`
pub(crate) async fn ask(
    State(app): State<App>,
    ask: Ask,
    Query(named): Query<Named>,
    headers: HeaderMap,
) -> Answer {
    let visitor = Visitor::of(&app, &headers).await?;
    let items = algorithms(&app, &ask.public()).await?;
    let mut raw = Raw::new();
    raw.insert("retry_key".into(), vec![new_token()?]);
    if items.iter().any(|i| i.value == named.algorithm) {
        raw.insert("about".into(), vec![About::Algorithm.code().into()]);
        raw.insert("algorithm".into(), vec![named.algorithm]);
    }
    let response = form(&app, &ask, &visitor, &raw, &[], &items)?;
    Ok(with_cookie(&app, &visitor, response))
}

fn form(
    app: &App,
    ask: &Ask,
    visitor: &Visitor,
    raw: &Raw,
    wrong: &[FieldError],
    algorithms: &[Item],
) -> Answer {
    let days = app.inner.settings.redress.acknowledge.days;
    let mut components = vec![Field {
        kind: Kind::Markdown,
        name: "about-complaints".into(),
        html: Some(prose(&format!(
            "Use this form for a decision, an algorithm, or how information about you was used. You need no account. You can \
             also call **101**, write to any police station, or ask somebody to complain for you.\n\n\
             A person tells you within {days} days that your complaint has come. Somebody who had no part in it looks into it, \
             and you are told what was found and why. [What became of other complaints](/complaints)\n\n\
             **If somebody is in danger, call 999.**"
        ))),
        ..Field::default()
    }];
    components.extend(complaint_fields(raw, wrong, false, algorithms));
    let page = Question {
        title: "Make a complaint".into(),
        back_href: Some("/".into()),
        action: "/complain".into(),
        csrf: csrf(app, &visitor.cookie),
        hidden: vec![crate::govuk::page::Hidden {
            name: "retry_key".into(),
            value: first(raw, "retry_key").to_owned(),
        }],
        error_summary: errors(&components),
        components,
        button: Some("Send complaint".into()),
        ..Question::default()
    };
    app.page("public/question.njk", &ask.frame(), &page)
}

/// `POST /complain`
pub(crate) async fn send(
    State(app): State<App>,
    ask: Ask,
    from: Sender,
    headers: HeaderMap,
    RawForm(bytes): RawForm,
) -> Answer {
    let mut visitor = Visitor::of(&app, &headers).await?;
    let raw = posted(&bytes);
    check_csrf(&app, &visitor.cookie, first(&raw, "csrf"))?;
    app.inner.reports.check(from)?;
    let new = complaint_of(&raw);
    let rules = app.inner.settings.redress.clone();
    let received = app.write(&ask.public(), move |cx| redress::complain(cx, &rules, "web", &new)).await;
    match received {
        Ok(received) => {
            visitor.drafts.receipt = Some(Receipt {
                form: RECEIPT.into(),
                reference: received.reference.text().to_owned(),
                code: received.code.text().to_owned(),
                received: received.at.spoken(),
            });
            visitor.keep(&app).await?;
            Ok(with_cookie(&app, &visitor, Redirect::to("/complain/sent").into_response()))
        }
        Err(Error::Invalid(wrong)) if is_shown(&complaint_fields(&raw, &wrong, false, &[])) => {
            let items = algorithms(&app, &ask.public()).await?;
            let mut response = form(&app, &ask, &visitor, &raw, &wrong, &items)?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(e) => Err(e.into()),
    }
}

/// `GET /complain/sent`
pub(crate) async fn sent(State(app): State<App>, ask: Ask, headers: HeaderMap) -> Answer {
    let visitor = Visitor::of(&app, &headers).await?;
    let Some(receipt) = visitor.drafts.receipt.filter(|r| r.form == RECEIPT) else {
        return Ok(Redirect::to("/complain").into_response());
    };
    let page = Sent {
        title: "Complaint sent".into(),
        reference: receipt.reference,
        code: receipt.code,
        received: receipt.received,
        next: prose(&format!(
            "A person tells you within {} days that your complaint has come, if you said how. Somebody who had no part in what \
             you complain about looks into it. You are told what was found, why, and where else you can go.",
            app.inner.settings.redress.acknowledge.days
        )),
    };
    app.page("public/complaint_sent.njk", &ask.frame(), &page)
}

/// `GET /complain/track`
pub(crate) async fn ask_code(State(app): State<App>, ask: Ask, headers: HeaderMap) -> Answer {
    let visitor = Visitor::of(&app, &headers).await?;
    let response = code_form(&app, &ask, &visitor, "", None)?;
    Ok(with_cookie(&app, &visitor, response))
}

fn code_form(app: &App, ask: &Ask, visitor: &Visitor, reference: &str, error: Option<&str>) -> Answer {
    let components = vec![
        Field {
            name: "reference".into(),
            label: Some("Your reference".into()),
            hint: Some("It begins with K and is on your receipt, for example K-4K7Q-2M9B.".into()),
            value: Some(reference.to_owned()),
            error: error.map(str::to_owned),
            spellcheck: Some(false),
            width: Some(20),
            ..Field::default()
        },
        Field {
            name: "code".into(),
            label: Some("Your tracking code".into()),
            hint: Some("Four groups of four letters and numbers. Capitals and hyphens do not matter.".into()),
            spellcheck: Some(false),
            width: Some(30),
            ..Field::default()
        },
    ];
    let page = Question {
        title: "Follow your complaint".into(),
        back_href: Some("/".into()),
        action: "/complain/track".into(),
        csrf: csrf(app, &visitor.cookie),
        error_summary: errors(&components),
        components,
        ..Question::default()
    };
    app.page("public/question.njk", &ask.frame(), &page)
}

/// `POST /complain/track`
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
    let (again, rules) = (reference.clone(), app.inner.settings.redress.clone());
    let tracked = app.read(&ask.public(), move |cx| redress::track(cx, &rules, &reference, &code)).await;
    match tracked {
        Ok(tracked) => app.page("public/track.njk", &ask.frame(), &track_page(tracked)),
        Err(Error::NotFound(_)) => {
            let words = "No complaint has this reference and code. Check both and try again";
            let mut response = code_form(&app, &ask, &visitor, &again, Some(words))?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(e) => Err(e.into()),
    }
}

fn track_page(t: Tracked) -> Track {
    let colour = match t.state {
        Standing::Received => "blue",
        Standing::Acknowledged => "turquoise",
        Standing::UnderReview | Standing::Found => "yellow",
        Standing::Answered => "green",
    };
    let fact =
        |question: &str, lines: Vec<String>| Fact { question: question.into(), lines, change_href: None };
    let mut facts = vec![fact("Received", vec![t.received_at.spoken()])];
    facts.push(match t.acknowledged_at {
        Some(at) => fact("Acknowledged", vec![at.spoken()]),
        None => fact("To be acknowledged by", vec![t.acknowledge_due.spoken()]),
    });
    let found = t.finding.clone();
    if let Some(finding) = t.finding {
        facts.push(fact("What was found", vec![finding]));
        if !t.outcomes.is_empty() {
            facts.push(fact("What is done about it", t.outcomes));
        }
    } else {
        facts.push(fact("To be answered by", vec![t.answer_due.spoken()]));
    }
    // Whatever somebody wrote, what was found stands beside it in words that nobody wrote.
    let events = t.told.into_iter().map(|told| Event {
        lines: found
            .iter()
            .filter(|_| told.what == Standing::Answered.label())
            .map(|finding| format!("What was found: {finding}."))
            .chain(told.note.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned))
            .collect(),
        title: told.what,
        by: None,
        datetime: told.at.to_string(),
        when: told.at.spoken(),
    });
    Track {
        title: "Your complaint".into(),
        back_href: Some("/complain/track".into()),
        reference: t.reference,
        // What was found is told with its reasons: until then the sender reads that it is looked into.
        status: if t.state == Standing::Found { Standing::UnderReview.label() } else { t.state.label() }
            .into(),
        status_colour: colour.into(),
        facts,
        events: events.collect(),
        links: t
            .routes
            .into_iter()
            .map(|r| crate::govuk::theme::Link { text: format!("{}: {}", r.name, r.when), href: r.href })
            .collect(),
        ..Track::default()
    }
}

/// The figures of the last financial year that is over.
pub(crate) async fn figures_of(app: &App, ask: &Ask) -> Result<PublicFigures> {
    app.read(&ask.public(), redress::public_figures).await
}

/// `GET /complaints`
pub(crate) async fn figures(State(app): State<App>, ask: Ask) -> Answer {
    let f = figures_of(&app, &ask).await?;
    let number = |n: Option<u64>| n.map_or_else(|| "not shown".to_owned(), |n| n.to_string());
    let table = |caption: &str, all: &[Counted]| FigureTable {
        caption: caption.into(),
        rows: all.iter().map(|c| (c.what.clone(), number(c.n))).collect(),
    };
    let page = Figures {
        title: "Complaints: figures".into(),
        back_href: "/".into(),
        period: format!("From {} to {}", reading::day(&f.from.day()), reading::day(&f.to.day())),
        received: f.received.map_or_else(|| "Fewer than 10".into(), |n| n.to_string()),
        tables: vec![
            table("How they were acknowledged", &f.acknowledged),
            table("What was found, of those answered in these twelve months", &f.findings),
            table("What is done about those", &f.outcomes),
        ],
        overdue: f.overdue_notices,
    };
    app.page("public/complaints.njk", &ask.frame(), &page)
}
