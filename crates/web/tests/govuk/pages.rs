//! What holds for every page, shown on a page of every kind.

use crate::samples;
use bluelamp_web::govuk::page::{Field, Item, Kind, Question, errors};
use bluelamp_web::govuk::{Frame, Theme, render};
use std::collections::BTreeSet;

/// The values of an attribute, in order.
fn all<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(start.as_str())
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(value, _)| value))
        .collect()
}

fn ask(page: &Question) -> String {
    render("public/question.njk", &Theme::demo(), &samples::frame(), page).unwrap()
}

fn input(name: &str, label: Option<&str>) -> Field {
    Field { name: name.into(), label: label.map(Into::into), ..Field::default() }
}

#[test]
fn every_link_label_and_description_leads_to_something_on_the_page() {
    for (name, html) in samples::all() {
        let ids: Vec<_> = all(&html, "id");
        let set: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), set.len(), "{name}: an id is there twice");
        for href in all(&html, "href").into_iter().filter_map(|h| h.strip_prefix('#')) {
            assert!(set.contains(href), "{name}: nothing has the id {href}");
        }
        for attribute in ["for", "aria-describedby", "aria-labelledby", "aria-controls"] {
            for id in all(&html, attribute).into_iter().flat_map(str::split_whitespace) {
                assert!(set.contains(id), "{name}: {attribute} leads to {id}, which is not there");
            }
        }
    }
}

#[test]
fn every_page_has_one_first_heading_one_main_part_and_a_title_that_ends_with_the_service() {
    for (name, html) in samples::all() {
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        assert_eq!(
            html.matches("role=\"alert\"").count(),
            html.matches("<title>Error: ").count() + html.matches("<title>Gwall: ").count(),
            "{name}"
        );
        assert!(html.contains(" – Bluelamp demo</title>"), "{name}");
    }
}

#[test]
fn every_page_keeps_to_the_content_security_policy() {
    for (name, html) in samples::all() {
        assert!(!html.contains(" style=\"") && !html.contains("<style"), "{name}: styles are files");
        assert!(!html.contains(" onclick=") && !html.contains("javascript:"), "{name}");
        for script in html.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(
                tag.contains("src=\"/assets/") || tag.contains("nonce=\"c2FtcGxl\""),
                "{name}: <script{tag}>"
            );
        }
        for address in all(&html, "src").into_iter().chain(all(&html, "action")) {
            assert!(address.starts_with('/'), "{name}: {address} is elsewhere");
        }
    }
}

#[test]
fn a_demonstration_says_so_and_stays_out_of_search_engines() {
    for (name, html) in samples::all() {
        for words in ["Fictional force, synthetic people", "noindex"] {
            assert!(html.contains(words), "{name} does not say {words}");
        }
        assert!(!html.contains("tel:999"), "{name}: nobody calls 999 by trying out a demonstration");
    }
}

/// With styles and scripts a first view stays below 40 kB.
#[test]
fn pages_are_small() {
    for (name, html) in samples::all() {
        assert!(html.len() < 12_500, "{name}: {} bytes before compression", html.len());
    }
}

#[test]
fn the_only_question_is_the_heading() {
    let asks = |kind| {
        let items = vec![Item { value: "a".into(), text: "A".into(), ..Item::default() }];
        let html = ask(&Question {
            title: "What is it?".into(),
            components: vec![Field { kind, items, ..input("q", None) }],
            ..Question::default()
        });
        let heading = html.split("<h1").nth(1).unwrap().split("</h1>").next().unwrap().to_owned();
        (heading, html.contains("<legend"))
    };
    for kind in [Kind::Input, Kind::Textarea, Kind::Select, Kind::Time, Kind::File] {
        let (heading, legend) = asks(kind);
        assert!(
            heading.contains("<label") && heading.contains("What is it?") && !legend,
            "{kind:?}: {heading}"
        );
    }
    for kind in [Kind::Radios, Kind::Checkboxes, Kind::Date, Kind::Address, Kind::Declaration] {
        let (heading, legend) = asks(kind);
        assert!(
            heading.contains("govuk-fieldset__heading") && heading.contains("What is it?") && legend,
            "{kind:?}: {heading}"
        );
    }
}

#[test]
fn several_questions_stand_below_a_heading_of_their_own() {
    let html = ask(&Question {
        title: "About you".into(),
        components: vec![input("name", Some("Your name")), input("email", Some("Email"))],
        ..Question::default()
    });
    assert!(html.contains("<h1 class=\"govuk-heading-l\">About you</h1>"), "{html}");
    let words = Field { kind: Kind::Markdown, ..Field::default() };
    let html = ask(&Question {
        title: "Your name?".into(),
        components: vec![words, input("name", None)],
        ..Question::default()
    });
    assert!(html.contains("<h1 class=\"govuk-heading-l\">Your name?</h1>"), "{html}");
    assert!(html.contains("<label class=\"govuk-label govuk-visually-hidden\" for=\"name\">"), "{html}");
}

#[test]
fn what_a_person_typed_comes_back_as_text() {
    let said = "</textarea><script>alert(1)</script>\"'`&";
    let field = |kind, name: &str| Field {
        kind,
        value: Some(said.into()),
        error: Some(said.into()),
        hint: Some(said.into()),
        parts: [("day".to_owned(), said.to_owned()), ("line1".to_owned(), said.to_owned())].into(),
        items: vec![Item { value: said.into(), text: said.into(), ..Item::default() }],
        ..input(name, Some(said))
    };
    let kinds = [
        Kind::Radios,
        Kind::Checkboxes,
        Kind::Select,
        Kind::Input,
        Kind::Textarea,
        Kind::Date,
        Kind::Time,
        Kind::Address,
        Kind::Declaration,
        Kind::File,
    ];
    let components: Vec<_> =
        kinds.into_iter().enumerate().map(|(i, kind)| field(kind, &format!("f{i}"))).collect();
    let problems = errors(&components);
    let html = ask(&Question {
        title: said.into(),
        caption: Some(said.into()),
        csrf: said.into(),
        error_summary: problems,
        components,
        ..Question::default()
    });
    assert!(!html.contains("<script>alert"), "{html}");
    assert!(!html.contains("=\"</textarea"), "{html}");
    assert!(
        html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&#96;&amp;"),
        "{html}"
    );
}

#[test]
fn a_textarea_gives_back_its_text_unchanged() {
    let said = "one\n  two\n\n    three";
    let area = Field { kind: Kind::Textarea, value: Some(said.into()), ..input("what", Some("What?")) };
    let inside = Item { value: "a".into(), text: "A".into(), reveals: vec![area], ..Item::default() };
    let radios = Field { kind: Kind::Radios, items: vec![inside], ..input("pick", None) };
    let html = ask(&Question { title: "Pick".into(), components: vec![radios], ..Question::default() });
    assert!(html.contains(&format!(">{said}</textarea>")), "{html}");
}

#[test]
fn the_words_of_the_page_are_in_its_language() {
    let frame = Frame { lang: "cy".into(), ..samples::frame() };
    let page = Question {
        title: "Enw?".into(),
        back_href: Some("/".into()),
        components: vec![input("a", None)],
        ..Question::default()
    };
    let html = render("public/question.njk", &Theme::demo(), &frame, &page).unwrap();
    assert!(html.contains("<html class=\"govuk-template\" lang=\"cy\">"), "{html}");
    assert!(html.contains(">Yn ôl</a>") && html.contains("Parhau"), "{html}");
}

#[test]
fn where_lives_may_be_at_risk_the_title_of_the_window_gives_nothing_away() {
    let page = Question {
        title: "Are you being stalked?".into(),
        window_title: Some("Online service".into()),
        exit: true,
        components: vec![input("a", None)],
        ..Question::default()
    };
    let html = ask(&page);
    assert!(html.contains("<title>Online service</title>"), "{html}");
    assert!(html.contains("govuk-exit-this-page") && html.contains("Shift"), "{html}");
}

#[test]
fn who_is_signed_in_and_why_stands_on_every_staff_page() {
    let (_, html) = samples::all().into_iter().find(|(name, _)| *name == "staff").unwrap();
    for words in [
        "Ruth Archway",
        "Contact centre operator",
        "Triage of public reports",
        "Sign out",
        "Skip to sections",
    ] {
        assert!(html.contains(words), "{words}");
    }
}
