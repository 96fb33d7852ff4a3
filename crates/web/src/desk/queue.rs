//! The queue: what waits for a decision, the gravest first.

use super::{
    facts::sentence,
    frame,
    page::{Grade, QueuePage, QueueRow, Tab},
    proposal::colour,
};
use crate::{
    App,
    guard::{Answer, Staff},
};
use axum::extract::{Query, State};
use bluelamp_casework::{Filter, QueueItem};
use bluelamp_model::Time;
use serde::Deserialize;

/// What the address of the queue can hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct QueueQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    form: String,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    after: String,
}

pub(crate) fn grade(item: &QueueItem) -> Grade {
    let of = |text: &str, colour, could_be: Option<&String>| Grade {
        text: text.into(),
        colour,
        could_be: could_be.cloned(),
    };
    if item.hidden {
        return of("Grade it first", "grey", None);
    }
    match (&item.floor, &item.ceiling) {
        (Some(f), c) => of(f, colour(f), c.as_ref().filter(|c| *c != f)),
        (None, Some(c)) => of("No grade yet", "grey", Some(c)),
        _ if item.priority >= 100 => of("Being assessed", "grey", None),
        _ => of("No grade", "grey", None),
    }
}

/// How long ago, in the words that one would use.
pub(crate) fn age(from: Time, now: Time) -> String {
    let minutes = (now.micros() - from.micros()).max(0) / 60_000_000;
    match minutes {
        0 => "just now".into(),
        m @ 1..60 => format!("{m} min ago"),
        m @ 60..2880 => format!("{} h ago", m / 60),
        m => format!("{} days ago", m / 1440),
    }
}

/// What a form is called where everything in sight is a report.
pub(crate) fn kind(app: &App, form: &str) -> String {
    let called = |f: &bluelamp_forms::Form| {
        let title = f.title.say(f.speaks);
        let bare = title.strip_prefix("Report ").unwrap_or(title);
        sentence(["a ", "an ", "the "].iter().find_map(|article| bare.strip_prefix(article)).unwrap_or(bare))
    };
    app.inner.forms.get(form).map_or_else(|| form.to_owned(), called)
}

/// Where a report can stand, in the order of the tabs.
const STATES: [&str; 3] = ["new", "more-needed", "decided"];

/// `GET /desk/reports`
pub(crate) async fn list(State(app): State<App>, staff: Staff, Query(q): Query<QueueQuery>) -> Answer {
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    let mut state = given(&q.state).unwrap_or_else(|| "new".into());
    let reference = given(&q.reference)
        .map(|r| bluelamp_contact::Reference::parse(&r).map_or(r, |r| r.text().to_owned()));
    let filter = Filter {
        state: Some(state.clone()),
        form: given(&q.form),
        reference: reference.clone(),
        after: given(&q.after),
    };
    let looked = filter.clone();
    let shelf = app.shelf();
    let mut page = app.read(&staff.actor(), move |cx| bluelamp_casework::queue(cx, &shelf, &looked)).await?;
    if reference.is_some() {
        // A reference is looked for wherever the report stands, and whatever it is about.
        for other in STATES {
            if !page.items.is_empty() {
                break;
            }
            let anywhere = Filter { state: Some(other.into()), form: None, after: None, ..filter.clone() };
            let shelf = app.shelf();
            page =
                app.read(&staff.actor(), move |cx| bluelamp_casework::queue(cx, &shelf, &anywhere)).await?;
            if !page.items.is_empty() {
                state = other.into();
            }
        }
    }
    let now = app.inner.db.now();
    // A search is left behind by every link: it has found its report, or there is none.
    let href = |state: &str, form: &str, after: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", state);
        for (name, value) in [("form", form), ("after", after)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("/desk/reports?{}", query.finish())
    };
    let tab = |text: &str, value: &str| Tab {
        text: text.into(),
        value: value.into(),
        href: href(value, &q.form, ""),
        current: state == value,
    };
    let mut forms = vec![Tab {
        text: "All kinds".into(),
        value: String::new(),
        href: href(&state, "", ""),
        current: q.form.is_empty(),
    }];
    forms.extend(app.inner.forms.keys().map(|id| Tab {
        text: kind(&app, id),
        value: id.clone(),
        href: href(&state, id, ""),
        current: q.form == *id,
    }));
    let count = match page.total {
        1 => "1 report".into(),
        n if n >= 1000 => "More than 1,000 reports".into(),
        n => format!("{n} reports"),
    };
    let view = QueuePage {
        title: "Reports".into(),
        states: vec![tab("Waiting", "new"), tab("More asked for", "more-needed"), tab("Decided", "decided")],
        forms,
        reference: q.reference.trim().to_owned(),
        state: state.clone(),
        form: q.form.clone(),
        clear_href: href(&state, &q.form, ""),
        rows: page
            .items
            .iter()
            .map(|item| QueueRow {
                href: format!("/desk/reports/{}", item.id),
                reference: item.reference.clone(),
                title: item.title.clone(),
                kind: kind(&app, &item.form),
                received: item.received_at.short(),
                age: age(item.received_at, now),
                grade: grade(item),
                matches: item.matches,
                withheld: item.withheld.is_some(),
            })
            .collect(),
        by_receipt: page.by_receipt.map(|why| sentence(&format!("{why}."))),
        count,
        next_href: page.next.map(|after| href(&state, &q.form, &after)),
        first_href: (!q.after.is_empty()).then(|| href(&state, &q.form, "")),
    };
    app.page("staff/queue.njk", &frame(&app, &staff, "/desk/reports"), &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_as_people_tell_them() {
        let told = |minutes: i64| age(Time::from_micros(0), Time::from_micros(minutes * 60_000_000));
        let expected = [
            (-5, "just now"),
            (0, "just now"),
            (1, "1 min ago"),
            (59, "59 min ago"),
            (60, "1 h ago"),
            (2879, "47 h ago"),
            (2880, "2 days ago"),
        ];
        for (minutes, words) in expected {
            assert_eq!(told(minutes), words, "{minutes} minutes");
        }
    }
}
