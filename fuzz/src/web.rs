//! Markdown that an editor writes, as it goes into a page: whatever is in it, only known markup comes out.

use crate::{accept, text};
use bluelamp_web::govuk::prose::prose;

/// The tags that come out, with the attributes that they may have.
const TAGS: [(&str, &[&str]); 21] = [
    ("a", &["class", "href"]),
    ("br", &[]),
    ("code", &[]),
    ("div", &["class"]),
    ("em", &[]),
    ("h2", &["class"]),
    ("h3", &["class"]),
    ("h4", &["class"]),
    ("hr", &["class"]),
    ("li", &[]),
    ("ol", &["class"]),
    ("p", &["class"]),
    ("pre", &[]),
    ("strong", &[]),
    ("table", &["class"]),
    ("tbody", &["class"]),
    ("td", &["class"]),
    ("th", &["class", "scope"]),
    ("thead", &["class"]),
    ("tr", &["class"]),
    ("ul", &["class"]),
];

/// Markdown to HTML.
pub(crate) fn markdown(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let html = prose(text).0;
    for piece in html.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap_or_else(|| panic!("a tag without its end: {html}"));
        let tag = tag.strip_prefix('/').unwrap_or(tag).trim_end_matches('/').trim_end();
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let known = TAGS.iter().find(|(known, _)| *known == name);
        let (_, allowed) = known.unwrap_or_else(|| panic!("<{name}> comes out: {html}"));
        // Quotes in values come out as entities, so that every other piece is a value.
        let mut pieces = attributes.split('"');
        while let (Some(key), Some(value)) = (pieces.next(), pieces.next()) {
            let key = key.trim().strip_suffix('=').unwrap_or_else(|| panic!("{tag}"));
            assert!(allowed.contains(&key), "{name} with {key}: {html}");
            if key == "href" {
                accept();
                let within = value.starts_with('#') || (value.starts_with('/') && !value.starts_with("//"));
                // Browsers read a backslash as a stroke, and pass over tabs and line ends.
                let read = value.replace(['\t', '\n', '\r'], "").replace('\\', "/");
                assert!(!read.starts_with("//"), "leads to another site: {value}");
                let scheme = value.split(':').next().unwrap_or_default().to_ascii_lowercase();
                assert!(
                    within || ["https", "mailto", "tel", "sms"].contains(&scheme.as_str()),
                    "leads to {value}"
                );
            }
        }
    }
    if !html.is_empty() {
        accept();
    }
}
