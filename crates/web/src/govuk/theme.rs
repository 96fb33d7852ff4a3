//! How a force looks and what it says of itself, as data.

use bluelamp_model::{Fault, Faults};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// What surrounds every page of a force. Words are in the language of the page: a force that publishes in two languages
/// has two themes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// The name of the service, shown in the header and at the end of every title.
    pub service_name: String,
    /// Whose service it is; beside the name on wide screens.
    pub organisation: Option<String>,
    /// Where the name in the header leads.
    pub home_href: String,
    /// Where "Exit this page" leads: somewhere harmless, or an address of ours that ends the session and sends on.
    pub exit_href: String,
    /// True wherever the police are not real. Pages then say so at the top, and search engines are kept out.
    pub demo: bool,
    /// The banner below the header.
    pub phase: Option<Phase>,
    /// Sentences in the footer.
    pub statements: Vec<String>,
    /// Links in the footer, such as accessibility statement and privacy notice.
    pub footer_links: Vec<Link>,
    /// Colours other than Bluelamp's own.
    pub brand: Option<Brand>,
    /// The address that serves [`Brand::css`]; needed where there is a brand.
    pub stylesheet: Option<String>,
}

/// The banner below the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// One word in the tag, such as "Demo" or "Beta".
    pub tag: String,
    /// The sentence beside it.
    pub text: String,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What is read.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

/// The colours of a force, each `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// Behind the white text of the header.
    pub deep: String,
    /// The line below the header.
    pub accent: String,
    /// Links and buttons.
    pub link: String,
}

impl Theme {
    /// The theme of the demonstration.
    #[must_use]
    pub fn demo() -> Theme {
        let link = |text: &str, href: &str| Link { text: text.into(), href: href.into() };
        Theme {
            service_name: "Bluelamp demo".into(),
            organisation: Some("Borsetshire Police".into()),
            home_href: "/".into(),
            exit_href: "https://www.bbc.co.uk/weather".into(),
            demo: true,
            phase: Some(Phase {
                tag: "Demo".into(),
                text: "Fictional force, synthetic people. Nothing you send reaches the police: in an emergency call 999.".into(),
            }),
            statements: vec!["Fictional force, synthetic people.".into(), "Bluelamp is open source.".into()],
            footer_links: vec![
                link("Accessibility statement", "/accessibility"),
                link("Privacy", "/privacy"),
                link("How algorithms are used", "/algorithms"),
            ],
            brand: None,
            stylesheet: None,
        }
    }
}

/// The least contrast of text against its background (WCAG 2.2, success criterion 1.4.3).
const TEXT: f64 = 4.5;
/// The least contrast of a shape against what is next to it (1.4.11).
const SHAPE: f64 = 3.0;

impl Brand {
    /// The style sheet that puts these colours in place. `file` is the theme's file, for faults.
    ///
    /// # Errors
    /// A colour that is not `#rrggbb`, or a pair that cannot be told apart well enough.
    pub fn css(&self, file: &str) -> Result<String, Faults> {
        let mut faults = Vec::new();
        let mut read = |field: &str, text: &str| {
            let colour = parse(text);
            if colour.is_none() {
                let reason = format!("`{text}` is not a colour of the form #rrggbb");
                faults.push(Fault::new(file, reason).in_field(format!("brand.{field}")));
            }
            colour
        };
        let colours = (read("deep", &self.deep), read("accent", &self.accent), read("link", &self.link));
        let (Some(deep), Some(accent), Some(link)) = colours else { return Err(Faults(faults)) };
        let white = [255; 3];
        for (field, a, b, least, what) in [
            ("deep", deep, white, TEXT, "white text in the header"),
            ("link", link, white, TEXT, "links on white and white text on buttons"),
            ("accent", accent, deep, SHAPE, "the line below the header"),
        ] {
            let found = contrast(a, b);
            if found < least {
                let reason = format!("gives {what} a contrast of {found:.1}:1; it needs {least}:1");
                faults.push(Fault::new(file, reason).in_field(format!("brand.{field}")));
            }
        }
        let dark = hex(link.map(|part| part / 2));
        let (deep, accent, link) = (hex(deep), hex(accent), hex(link));
        let mut css = String::new();
        // Writing to a String cannot fail.
        let _ = writeln!(
            css,
            ":root{{--govuk-brand-colour:{deep};--govuk-link-colour:{link};--govuk-link-hover-colour:{dark};\
             --bl-deep:{deep};--bl-lamp:{accent};--bl-button:{link};--bl-button-hover:{dark}}}"
        );
        Faults(faults).or(css)
    }
}

fn parse(text: &str) -> Option<[u8; 3]> {
    let digits =
        text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let part = |i: usize| u8::from_str_radix(&digits[i..i + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// Contrast ratio of two colours, from 1 to 21, by the formula of WCAG 2.2 ("relative luminance").
fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let luminance = |colour: [u8; 3]| {
        let [r, g, b] = colour.map(|part| {
            let s = f64::from(part) / 255.0;
            if s <= 0.04045 { s / 12.92 } else { ((s + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brand(deep: &str, accent: &str, link: &str) -> Brand {
        Brand { deep: deep.into(), accent: accent.into(), link: link.into() }
    }

    /// The examples of WCAG: black on white is 21:1, and #767676 is the lightest grey that passes on white.
    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
        assert!(contrast([0x76; 3], [255; 3]) >= TEXT);
        assert!(contrast([0x77; 3], [255; 3]) < TEXT);
    }

    #[test]
    fn colours_that_can_be_read_become_custom_properties() {
        let css = brand("#0f2a52", "#6fb7ff", "#1a4f9c").css("theme.json").unwrap();
        assert!(css.contains("--bl-deep:#0f2a52") && css.contains("--govuk-link-colour:#1a4f9c"), "{css}");
    }

    #[test]
    fn every_bad_colour_is_named_at_once() {
        let faults = brand("#aaaaaa", "#ffffff", "#bbbbbb").css("theme.json").unwrap_err();
        let fields: Vec<_> = faults.0.iter().filter_map(|f| f.field.as_deref()).collect();
        assert_eq!(fields, ["brand.deep", "brand.link", "brand.accent"]);
        let faults = brand("blue", "#12345", "#1a4f9c}body{display:none").css("theme.json").unwrap_err();
        assert_eq!(faults.0.len(), 3);
    }
}
