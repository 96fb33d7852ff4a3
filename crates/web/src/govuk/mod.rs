//! Pages in the GOV.UK style, from plain data to HTML.
//!
//! The components are the official Nunjucks macros of GOV.UK Frontend and of the Ministry of Justice, rendered by
//! minijinja after a mechanical rewriting ([`rewrite`]). Every example that GOV.UK publishes with them is a test here.
//! Around them stand our own page templates in `web/templates`, which may be written as the Design System's examples are:
//!
//! ```text
//! {{ govukButton({ text: t.continue, preventDoubleClick: true }) }}
//! ```
//!
//! # Who gives what
//!
//! [`render`] takes the name of a template, a [`Frame`] (what surrounds every page) and the page's own data, one struct of
//! [`page`] per template. A template sees:
//!
//! | name | what |
//! |---|---|
//! | `page` | the struct below, as plain data |
//! | `frame` | the [`Frame`]: language, nonce, language switch, signed-in person |
//! | `theme` | the [`Theme`] of the force |
//! | `t` | the words of `web/strings/<language>.json` |
//! | `asset("public.css")` | the address of an embedded file |
//! | `govukButton`, `mojBadge`, … | every embedded component |
//!
//! | template | struct |
//! |---|---|
//! | `public/question.njk` | [`page::Question`]: a page of a form |
//! | `public/check.njk` | [`page::Check`]: answers before sending |
//! | `public/receipt.njk` | [`page::Receipt`]: after sending |
//! | `public/terminal.njk` | [`page::Terminal`]: the journey ends without a report |
//! | `public/track.njk` | [`page::Track`]: what has become of a report |
//! | `public/error.njk` | [`page::Failure`]: not found, not allowed, broken |
//! | `public/start.njk` | [`page::Start`]: the first page of a journey |
//! | `public/content.njk` | [`page::Content`]: something to read |
//! | `public/definition.njk` | a definition in force, as `crate::reading` says it |
//! | `public/algorithm.njk` | a transparency record, as `crate::public::algorithms` fills it |
//! | `public/minutes.njk` | the ethics committee's minutes |
//!
//! # Rules that the code holds pages to
//!
//! * Undefined names are errors, also when they are only handed on to a component. Absent is `none`.
//! * Text is escaped. A component's `html` takes only what is marked safe: a `{% set x %}…{% endset %}` block of the
//!   template, another component, or an [`Html`]. So no answer of a person can become markup. A test keeps the `safe`
//!   filter out of our templates.
//! * No `style` attribute, no inline script but the one of `base.njk` with the request's nonce.
//! * The page's heading is the label of its only question; one error summary, each entry leading to its field; the title
//!   begins with "Error:" when there is one.

pub mod components;
mod js;
pub mod page;
pub mod prose;
pub mod rewrite;
pub mod theme;

pub use page::{Frame, Html};
pub use theme::Theme;

use crate::{assets, embedded};
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, context};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The languages that templates can speak, by their code.
pub const LANGUAGES: [&str; 2] = ["en", "cy"];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    build(embedded::TEMPLATES.iter().copied())
        .expect("the embedded templates compile; a test renders each of them")
});

static STRINGS: LazyLock<BTreeMap<&str, Value>> = LazyLock::new(|| {
    let parse = |(file, text): &(&'static str, &str)| {
        let words: Value =
            serde_json::from_str(text).expect("the embedded words are JSON; a test reads them");
        (file.trim_end_matches(".json"), words)
    };
    embedded::STRINGS.iter().map(parse).collect()
});

/// The environment with every embedded template and component, built on first use.
#[must_use]
pub fn environment() -> &'static Environment<'static> {
    &ENVIRONMENT
}

/// An environment over the given page templates (pairs of name and text) and the embedded components.
///
/// # Errors
/// Names the template that cannot be rewritten or compiled.
pub fn build<'a>(
    templates: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    components::syntax(&mut env)?;
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    components::load(embedded::COMPONENTS.iter().copied())?.offer(&mut env);
    let hrefs: BTreeMap<&str, Value> = assets::all()
        .iter()
        .map(|a| (a.name, Value::from_safe_string(format!("/assets/{}", a.file))))
        .collect();
    env.add_function("asset", move |name: &str| {
        let missing = || Error::new(ErrorKind::InvalidOperation, format!("there is no asset `{name}`"));
        hrefs.get(name).cloned().ok_or_else(missing)
    });
    for (name, text) in templates {
        let source = rewrite::page(text)
            .map_err(|why| Error::new(ErrorKind::SyntaxError, format!("{name}: {why}")))?;
        env.add_template_owned(name.to_owned(), source)?;
    }
    Ok(env)
}

/// Renders a page. `page` is the struct that belongs to the template (see the table above).
///
/// # Errors
/// When there is no such template, or it uses what the data doesn't have.
pub fn render(template: &str, theme: &Theme, frame: &Frame, page: &impl Serialize) -> Result<String, Error> {
    let words = STRINGS.get(frame.lang.as_str()).or_else(|| STRINGS.get("en")).cloned().unwrap_or_default();
    let context = context! {
        t => words,
        theme => Value::from(Serde(theme)),
        frame => Value::from(Serde(frame)),
        page => Value::from(Serde(page)),
    };
    ENVIRONMENT.get_template(template)?.render(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(template: &str, ctx: Value) -> Result<String, Error> {
        build([("x.njk", template)])?.get_template("x.njk")?.render(ctx)
    }

    #[test]
    fn components_are_called_as_in_the_official_examples() {
        let html = one(
            "{% from \"govuk/components/tag/macro.njk\" import govukTag %}\n{{ govukTag({ text: \"A & B\" }) }}",
            context! {},
        );
        assert_eq!(html.unwrap().trim(), "<strong class=\"govuk-tag\">\n  A &amp; B\n</strong>");
    }

    #[test]
    fn a_call_block_goes_into_the_component() {
        let html = one(
            "{% call govukFieldset({ legend: { text: 'Q' } }) %}<b>{{ x }}</b>{% endcall %}",
            context! { x => "<" },
        );
        let html = html.unwrap();
        assert!(html.contains("<legend") && html.contains("<b>&lt;</b>"), "{html}");
    }

    #[test]
    fn a_slip_in_a_name_is_an_error_even_inside_a_components_parameters() {
        let why =
            one("{{ govukButton({ text: page.titel }) }}", context! { page => context! { title => "A" } });
        let why = why.unwrap_err();
        assert!(why.to_string().contains("govukButton.text"), "{why}");
        assert!(one("{{ page.titel }}", context! { page => context! {} }).is_err());
        assert!(one("{{ asset('none.css') }}", context! {}).is_err());
        assert!(one("{{ govukButton({ text: 'A', classes: none }) }}", context! {}).is_ok());
        assert!(
            one("{{ govukButton({ text: 'A', classes: ('b' if x) }) }}", context! { x => false }).is_ok()
        );
    }

    #[test]
    fn what_a_person_wrote_cannot_become_markup() {
        let ctx = context! { said => "<script>" };
        let why = one("{{ govukInsetText({ html: said }) }}", ctx.clone()).unwrap_err();
        assert!(why.to_string().contains("govukInsetText.html"), "{why}");
        assert!(one("{{ govukPhaseBanner({ tag: { html: said }, text: 'x' }) }}", ctx.clone()).is_err());
        assert!(one("{{ govukGenericHeader({ logoHtml: said }) }}", ctx.clone()).is_err());
        let html =
            one("{% set x %}<p>{{ said }}</p>{% endset %}{{ govukInsetText({ html: x }) }}", ctx).unwrap();
        assert!(html.contains("<p>&lt;script&gt;</p>"), "{html}");
    }

    #[test]
    fn no_template_of_ours_marks_text_safe_or_carries_styles() {
        for (name, text) in embedded::TEMPLATES {
            for word in ["|safe", "| safe", "style=", "autoescape", "onclick", "href=\"javascript"] {
                assert!(!text.contains(word), "{name} contains {word}");
            }
            let scripts = text.matches("<script").count();
            let allowed =
                text.matches("<script type=\"module\" src=").count() + text.matches("<script nonce=").count();
            assert_eq!(scripts, allowed, "{name}: scripts are files, or carry the nonce");
        }
    }

    #[test]
    fn every_language_has_the_same_words() {
        let keys = |lang: &str| {
            let words = STRINGS.get(lang).unwrap();
            words.try_iter().unwrap().map(|k| k.to_string()).collect::<Vec<_>>()
        };
        for lang in LANGUAGES {
            assert_eq!(keys(lang), keys("en"), "{lang}");
        }
        assert_eq!(STRINGS.len(), LANGUAGES.len());
    }

    #[test]
    fn every_word_is_said_somewhere() {
        let templates: String = embedded::TEMPLATES.iter().map(|(_, text)| *text).collect();
        // Parts of dates and addresses are looked up by name.
        let parts = ["day", "month", "year", "line1", "line2", "town", "postcode"];
        for word in STRINGS.get("en").unwrap().try_iter().unwrap() {
            let word = word.to_string();
            assert!(
                parts.contains(&word.as_str()) || templates.contains(&format!("t.{word}")),
                "nobody says {word}"
            );
        }
    }

    /// There are no published examples for these, so this holds only that each is embedded, compiles and renders.
    #[test]
    fn every_ministry_of_justice_component_renders() {
        let all = components::load(embedded::COMPONENTS.iter().copied()).unwrap();
        let params = context! {
            text => "7", html => Value::from_safe_string("<b>Words</b>".into()), id => "a", name => "a", label => "Label",
            items => vec![context! { text => "One", href => "/one", active => true }],
            heading => context! { text => "Heading" },
            variant => "information",
        };
        let mut count = 0;
        for name in all.names.iter().filter(|n| n.starts_with("moj")) {
            let html = all.render(name, params.clone()).unwrap_or_else(|why| panic!("{name}: {why:#}"));
            assert!(html.contains('<'), "{name}: {html}");
            count += 1;
        }
        assert!(count >= 15, "{count}");
    }
}
