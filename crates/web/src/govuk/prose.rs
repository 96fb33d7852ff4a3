//! Markdown that an editor wrote, as HTML in the GOV.UK style.

use super::Html;
use super::js::escape_into;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Renders `markdown` with the classes that GOV.UK styles need.
///
/// Markup in it comes out as text and pictures as their description. A link leads to `https:`, `mailto:`, `tel:` or
/// `sms:`, or stays within the site; any other is shown as plain text. Headings begin at the second level, because a page
/// has its own first one.
#[must_use]
pub fn prose(markdown: &str) -> Html {
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    let mut linked = false;
    let mut in_head = false;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                linked = harmless(&dest_url);
                if linked {
                    out.push_str("<a class=\"govuk-link\" href=\"");
                    escape_into(&mut out, &dest_url);
                    out.push_str("\">");
                }
            }
            Event::End(TagEnd::Link) => out.push_str(if std::mem::take(&mut linked) { "</a>" } else { "" }),
            Event::Start(Tag::TableCell) => out.push_str(if in_head {
                "<th scope=\"col\" class=\"govuk-table__header\">"
            } else {
                "<td class=\"govuk-table__cell\">"
            }),
            Event::End(TagEnd::TableCell) => out.push_str(if in_head { "</th>" } else { "</td>" }),
            Event::Start(tag) => {
                in_head = matches!(tag, Tag::TableHead);
                out.push_str(start(&tag));
            }
            Event::End(tag) => out.push_str(end(tag)),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => escape_into(&mut out, &text),
            Event::Code(text) => {
                out.push_str("<code>");
                escape_into(&mut out, &text);
                out.push_str("</code>");
            }
            Event::SoftBreak => out.push('\n'),
            Event::HardBreak => out.push_str("<br>"),
            Event::Rule => out.push_str("<hr class=\"govuk-section-break govuk-section-break--visible\">\n"),
            // Extensions that are not switched on.
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }
    Html(out)
}

fn harmless(href: &str) -> bool {
    // Browsers pass over tabs and line ends, and read a backslash as a stroke: two of either lead to another site.
    if href.contains(|c: char| c.is_ascii_control()) {
        return false;
    }
    let within =
        href.starts_with('#') || href.strip_prefix('/').is_some_and(|rest| !rest.starts_with(['/', '\\']));
    let scheme = href.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    within || scheme.is_some_and(|s| ["https", "mailto", "tel", "sms"].contains(&s.as_str()))
}

fn start(tag: &Tag<'_>) -> &'static str {
    match tag {
        Tag::Paragraph => "<p class=\"govuk-body\">",
        Tag::Heading { level: HeadingLevel::H1 | HeadingLevel::H2, .. } => "<h2 class=\"govuk-heading-m\">",
        Tag::Heading { level: HeadingLevel::H3, .. } => "<h3 class=\"govuk-heading-s\">",
        Tag::Heading { .. } => "<h4 class=\"govuk-heading-s\">",
        Tag::List(None) => "<ul class=\"govuk-list govuk-list--bullet\">\n",
        Tag::List(Some(_)) => "<ol class=\"govuk-list govuk-list--number\">\n",
        Tag::Item => "<li>",
        Tag::BlockQuote(_) => "<div class=\"govuk-inset-text\">\n",
        Tag::Emphasis => "<em>",
        Tag::Strong => "<strong>",
        Tag::CodeBlock(_) => "<pre><code>",
        Tag::Table(_) => "<table class=\"govuk-table\">\n",
        Tag::TableHead => "<thead class=\"govuk-table__head\"><tr class=\"govuk-table__row\">",
        Tag::TableRow => "<tr class=\"govuk-table__row\">",
        _ => "",
    }
}

fn end(tag: TagEnd) -> &'static str {
    match tag {
        TagEnd::Paragraph => "</p>\n",
        TagEnd::Heading(HeadingLevel::H1 | HeadingLevel::H2) => "</h2>\n",
        TagEnd::Heading(HeadingLevel::H3) => "</h3>\n",
        TagEnd::Heading(_) => "</h4>\n",
        TagEnd::List(false) => "</ul>\n",
        TagEnd::List(true) => "</ol>\n",
        TagEnd::Item => "</li>\n",
        TagEnd::BlockQuote(_) => "</div>\n",
        TagEnd::Emphasis => "</em>",
        TagEnd::Strong => "</strong>",
        TagEnd::CodeBlock => "</code></pre>\n",
        TagEnd::Table => "</tbody></table>\n",
        TagEnd::TableHead => "</tr></thead>\n<tbody class=\"govuk-table__body\">",
        TagEnd::TableRow => "</tr>\n",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_and_headings_carry_their_classes() {
        assert_eq!(
            prose("# Call 999\n\nIf *now*:\n\n- one\n- two").0,
            "<h2 class=\"govuk-heading-m\">Call 999</h2>\n<p class=\"govuk-body\">If <em>now</em>:</p>\n\
             <ul class=\"govuk-list govuk-list--bullet\">\n<li>one</li>\n<li>two</li>\n</ul>\n"
        );
    }

    #[test]
    fn tables_have_heads_and_no_styles() {
        let html = prose("| a | b |\n|--:|---|\n| 1 | 2 |").0;
        assert!(html.contains("<th scope=\"col\" class=\"govuk-table__header\">a</th>"), "{html}");
        assert!(html.contains("<td class=\"govuk-table__cell\">2</td>"), "{html}");
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn markup_and_strange_links_come_out_as_text() {
        let html = prose("<script>x</script>\n\na <b>b</b> [c](javascript:alert(1)) [d](//evil.example) ![e](https://e.example/p.png)").0;
        assert!(
            !html.contains("<script")
                && !html.contains("<b>")
                && !html.contains("<a")
                && !html.contains("<img"),
            "{html}"
        );
        assert!(html.contains("&lt;b&gt;") && html.contains(" c d e"), "{html}");
    }

    #[test]
    fn a_link_that_a_browser_would_take_to_another_site_comes_out_as_text() {
        for href in [
            "//evil.example",
            "/\\evil.example",
            "</\t/evil.example>",
            "</&#9;/evil.example>",
            "\\\\evil.example",
        ] {
            let html = prose(&format!("[x]({href})")).0;
            assert!(!html.contains("href"), "{href}: {html}");
        }
    }

    #[test]
    fn links_within_the_site_and_to_known_schemes_stay() {
        for href in
            ["/privacy", "#top", "https://example.com/?a=1&amp;b=2", "tel:999", "mailto:a@example.com"]
        {
            assert!(prose(&format!("[x]({href})")).0.contains("<a class=\"govuk-link\" href=\""), "{href}");
        }
    }
}
