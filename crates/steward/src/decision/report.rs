//! What a decision report says: its header, its fourteen sections, what goes with it, and what is to be published of it.

use bluelamp_model::{Day, Error, FieldError, Gsc, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most characters of one section, and of any other field of many lines.
pub(crate) const LONG: usize = 20_000;
/// The most characters of a field of one line.
pub(crate) const SHORT: usize = 300;
/// The most lines of a list.
pub(crate) const LINES: usize = 200;

macro_rules! sections {
    ($($name:ident = $number:literal, $code:literal, $title:literal, $none:literal;)+) => {
        /// The fourteen sections, in their order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Section {
            $(#[doc = $title] $name,)+
        }

        impl Section {
            /// All of them, in order.
            pub const ALL: [Self; 14] = [$(Self::$name),+];

            /// Its number in the report.
            #[must_use]
            pub fn number(self) -> u8 {
                match self { $(Self::$name => $number),+ }
            }

            /// The stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// Its heading.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// Whether "None" is an answer.
            #[must_use]
            pub fn none_allowed(self) -> bool {
                match self { $(Self::$name => $none),+ }
            }
        }
    };
}

sections! {
    Purpose = 1, "purpose", "Purpose of the report", false;
    Recommendations = 2, "recommendations", "Recommendations", false;
    Benefits = 3, "benefits", "Benefits of the proposal", false;
    Background = 4, "background", "Background and proposal", false;
    Alternatives = 5, "alternatives", "Alternative options considered and rejected", true;
    PoliceAndCrimePlan = 6, "police_and_crime_plan", "Police and Crime Plan", false;
    Operational = 7, "operational", "Police operational implications", false;
    Financial = 8, "financial", "Financial implications", true;
    Legal = 9, "legal", "Legal implications", true;
    Staffing = 10, "staffing", "Staffing", true;
    Equality = 11, "equality", "Equality and Diversity implications", true;
    Risks = 12, "risks", "Risks", true;
    Boards = 13, "boards", "Governance Boards", false;
    BackgroundPapers = 14, "background_papers", "Background papers", true;
}

/// What a section says. A section that is not filled in is not in the report at all: that is no "None".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Somebody has looked, and there is none.
    None,
    /// Text: paragraphs with an empty line between them, lists as lines that begin with "- ".
    Text(String),
}

/// Somebody who was consulted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consulted {
    /// The day, as it was written down.
    pub on: String,
    /// Who: a role or a body.
    pub who: String,
    /// What they said, or which version they saw.
    pub said: String,
}

/// A report as its author writes it. A draft may have gaps; the check of the figures may not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The classification. OFFICIAL-SENSITIVE is the ceiling of this system.
    pub classification: Gsc,
    /// The title.
    #[serde(default)]
    pub title: String,
    /// The area or the stakeholders that it concerns.
    #[serde(default)]
    pub area: String,
    /// Who reports.
    #[serde(default)]
    pub report_by: String,
    /// The date of the report.
    #[serde(default)]
    pub date_of_report: Option<Day>,
    /// Whom to ask.
    #[serde(default)]
    pub enquiries_to: String,
    /// The sections that are filled in.
    #[serde(default)]
    pub sections: BTreeMap<Section, Said>,
    /// Priorities of the Police and Crime Plan that it serves.
    #[serde(default)]
    pub priorities: Vec<String>,
    /// Entries of the risk register.
    #[serde(default)]
    pub risks: Vec<String>,
    /// Items of the portfolio, such as `item:CODE`.
    #[serde(default)]
    pub items: Vec<String>,
    /// Where the equality impact assessment is, or when it is due.
    #[serde(default)]
    pub equality_assessment: String,
    /// Who was consulted, and what they said.
    #[serde(default)]
    pub consulted: Vec<Consulted>,
    /// The shorter version for the public.
    #[serde(default)]
    pub summary: String,
    /// The report that this one replaces, by reference.
    #[serde(default)]
    pub supersedes: Option<String>,
    /// What is carried over from the one that it replaces.
    #[serde(default)]
    pub carry_over: Vec<String>,
}

fn fault(field: impl Into<String>, code: &str, message: impl Into<String>) -> FieldError {
    FieldError { field: field.into(), code: code.into(), message: message.into() }
}

/// What is wrong with a text, if anything is: too long, or with characters that are no text.
pub(crate) fn unfit(field: &str, text: &str, most: usize) -> Option<FieldError> {
    let many = text.chars().count();
    if many > most {
        return Some(fault(field, "too-long", format!("Shorten this to {most} characters; it has {many}")));
    }
    let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(strange) {
        return Some(fault(field, "not-text", "Remove the control characters from this text"));
    }
    // They make a page show the letters in another order than they have: what is read is not what was decided.
    let turns = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().any(turns).then(|| {
        fault(field, "not-text", "Remove the invisible characters that turn the direction of this text")
    })
}

impl Content {
    /// An empty report.
    #[must_use]
    pub fn new(classification: Gsc) -> Self {
        Self {
            classification,
            title: String::new(),
            area: String::new(),
            report_by: String::new(),
            date_of_report: None,
            enquiries_to: String::new(),
            sections: BTreeMap::new(),
            priorities: Vec::new(),
            risks: Vec::new(),
            items: Vec::new(),
            equality_assessment: String::new(),
            consulted: Vec::new(),
            summary: String::new(),
            supersedes: None,
            carry_over: Vec::new(),
        }
    }

    fn header(&self) -> [(&'static str, &'static str, &str); 4] {
        [
            ("title", "title", &self.title),
            ("area", "area or stakeholders", &self.area),
            ("report_by", "person who reports", &self.report_by),
            ("enquiries_to", "contact for enquiries", &self.enquiries_to),
        ]
    }

    /// Whether it can be kept as a draft: it may have gaps, but what is there has to be sound.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that is wrong.
    pub fn sound(&self) -> Result<()> {
        let mut wrong = Vec::new();
        if self.title.trim().is_empty() {
            wrong.push(fault("title", "required", "Enter a title"));
        }
        wrong.extend(self.header().iter().filter_map(|(field, _, text)| unfit(field, text, SHORT)));
        wrong.extend(unfit("equality_assessment", &self.equality_assessment, SHORT));
        wrong.extend(unfit("summary", &self.summary, LONG));
        for (section, said) in &self.sections {
            match said {
                Said::None if !section.none_allowed() => wrong.push(fault(
                    section.code(),
                    "none-not-allowed",
                    format!("'{}' cannot be None: write what it is", section.title()),
                )),
                Said::Text(text) if text.trim().is_empty() => wrong.push(fault(
                    section.code(),
                    "empty",
                    format!("Write something under '{}', or leave it out", section.title()),
                )),
                Said::Text(text) => wrong.extend(unfit(section.code(), text, LONG)),
                Said::None => {}
            }
        }
        let lists = [
            ("priorities", &self.priorities),
            ("risks", &self.risks),
            ("items", &self.items),
            ("carry_over", &self.carry_over),
        ];
        for (field, lines) in lists {
            if lines.len() > LINES {
                wrong.push(fault(field, "too-many", format!("Give at most {LINES} lines")));
            }
            wrong.extend(lines.iter().find_map(|line| unfit(field, line, SHORT)));
        }
        if let Some(item) = self.items.iter().find(|i| !is_item(i)) {
            let message = format!("Write an item of the portfolio as item:CODE; '{item}' is not one");
            wrong.push(fault("items", "format", message));
        }
        if self.consulted.len() > LINES {
            wrong.push(fault("consulted", "too-many", format!("Give at most {LINES} lines")));
        }
        for c in &self.consulted {
            wrong.extend(
                [&c.on, &c.who, &c.said].into_iter().find_map(|text| unfit("consulted", text, SHORT)),
            );
        }
        if let Some(reference) = &self.supersedes
            && !is_reference(reference)
        {
            wrong.push(fault("supersedes", "format", "Write the reference of a report, such as 097-21"));
        }
        if self.supersedes.is_none() && !self.carry_over.is_empty() {
            let message = "Say which report this one replaces, or carry nothing over";
            wrong.push(fault("carry_over", "without-supersedes", message));
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
    }

    /// Whether everything is filled in that the form asks for.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that is missing.
    pub fn complete(&self) -> Result<()> {
        self.sound()?;
        let mut missing = Vec::new();
        for (field, words, text) in self.header() {
            if text.trim().is_empty() {
                missing.push(fault(field, "required", format!("Enter the {words}")));
            }
        }
        if self.date_of_report.is_none() {
            missing.push(fault("date_of_report", "required", "Enter the date of the report"));
        }
        for section in Section::ALL.into_iter().filter(|s| !self.sections.contains_key(s)) {
            let or_none = if section.none_allowed() { ", or say that there is none" } else { "" };
            let message = format!("Fill in section {}, '{}'{or_none}", section.number(), section.title());
            missing.push(fault(section.code(), "required", message));
        }
        if missing.is_empty() { Ok(()) } else { Err(Error::Invalid(missing)) }
    }
}

/// Whether a text is a reference such as `097-21`.
pub(crate) fn is_reference(text: &str) -> bool {
    let digits = |part: &str, n: std::ops::RangeInclusive<usize>| {
        n.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    text.split_once('-').is_some_and(|(number, year)| digits(number, 3..=5) && digits(year, 2..=2))
}

fn is_item(text: &str) -> bool {
    text.strip_prefix("item:").is_some_and(|code| {
        (1..=60).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    })
}

/// Where a passage stands that is to be redacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the decision sheet: header, sections, what goes with them.
    Sheet,
    /// In a background paper or an attachment.
    Appendix,
}

/// A passage that is not to be published. It is taken out wherever it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Passage {
    /// Where it was marked.
    pub place: Place,
    /// The words, as they stand there.
    pub quote: String,
}

/// Whether and how a report is published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Publication {
    /// Whether it is for publication; nobody has said while it is absent.
    pub for_publication: Option<bool>,
    /// Why it is not, citing the classification.
    pub reasons: String,
    /// Whether the decision sheet needs redaction.
    pub redact_sheet: Option<bool>,
    /// Whether an appendix needs redaction.
    pub redact_appendix: Option<bool>,
    /// What is redacted, in words that give nothing away.
    pub details: String,
    /// The passages.
    pub passages: Vec<Passage>,
}

impl Publication {
    /// Whether anything has to be redacted before it is published.
    #[must_use]
    pub fn redacts(&self) -> bool {
        let said = self.redact_sheet == Some(true) || self.redact_appendix == Some(true);
        self.for_publication == Some(true) && (said || !self.passages.is_empty())
    }

    fn marked(&self, place: Place) -> bool {
        self.passages.iter().any(|p| p.place == place)
    }

    /// Whether it can be kept: it may have gaps.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every field that is wrong.
    pub fn sound(&self) -> Result<()> {
        let mut wrong: Vec<_> = [("reasons", &self.reasons), ("details", &self.details)]
            .iter()
            .filter_map(|(field, text)| unfit(field, text, LONG))
            .collect();
        if self.passages.len() > LINES {
            wrong.push(fault("passages", "too-many", format!("Mark at most {LINES} passages")));
        }
        for passage in &self.passages {
            wrong.extend(unfit("passages", &passage.quote, LONG));
            if super::fold(&passage.quote).chars().count() < 2 {
                let message = "A passage needs two letters or digits at least, to be searched for";
                wrong.push(fault("passages", "too-short", message));
            }
        }
        // A passage is taken out wherever it is marked, and nothing is taken out without the signature that a
        // redaction needs. So no answer says "no" beside a passage.
        let answers = [
            ("redact_sheet", "the decision sheet", self.redact_sheet, Place::Sheet),
            ("redact_appendix", "an appendix", self.redact_appendix, Place::Appendix),
        ];
        for (field, what, answer, place) in answers {
            if self.for_publication == Some(true) && answer == Some(false) && self.marked(place) {
                let message = format!(
                    "You say that {what} needs no redaction, and passages of it are marked: \
                     say that it does, or take the passages out"
                );
                wrong.push(fault(field, "passages-marked", message));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
    }

    /// Whether everything is said that has to be known before the report goes on to the decision.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that is missing.
    pub fn complete(&self, classification: Gsc) -> Result<()> {
        self.sound()?;
        let mut missing = Vec::new();
        match self.for_publication {
            None => missing.push(fault("for_publication", "required", "Say whether it is for publication")),
            Some(false) => {
                if let Err(Error::Invalid(wrong)) = self.cites(classification) {
                    missing.extend(wrong);
                }
            }
            Some(true) => {
                let answers = [
                    ("redact_sheet", "the decision sheet", self.redact_sheet),
                    ("redact_appendix", "an appendix", self.redact_appendix),
                ];
                for (field, what, answer) in answers {
                    if answer.is_none() {
                        missing.push(fault(field, "required", format!("Say whether {what} needs redaction")));
                    }
                }
                // A redaction of an appendix leaves the sheet as it is marked.
                if classification > Gsc::Official && self.redact_sheet != Some(true) {
                    let message = format!(
                        "The report is marked {classification}, and what is published is OFFICIAL: \
                         redact the decision sheet, or do not publish it"
                    );
                    missing.push(fault("redact_sheet", "marked-higher", message));
                }
                if self.redacts() && self.details.trim().is_empty() {
                    let message = "Say what is redacted, without giving it away";
                    missing.push(fault("details", "required", message));
                }
                if self.redact_sheet == Some(true) && !self.marked(Place::Sheet) {
                    missing.push(fault(
                        "passages",
                        "required",
                        "Mark what is to be redacted in the decision sheet",
                    ));
                }
                if self.redact_appendix == Some(true) && !self.marked(Place::Appendix) {
                    missing.push(fault(
                        "passages",
                        "required",
                        "Mark what is to be redacted in the appendix",
                    ));
                }
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(Error::Invalid(missing)) }
    }

    /// Whether there are reasons not to publish that cite the classification.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there are none, or they do not.
    pub fn cites(&self, classification: Gsc) -> Result<()> {
        cites(&self.reasons, classification)
    }
}

/// Whether reasons not to publish cite the classification.
pub(crate) fn cites(reasons: &str, classification: Gsc) -> Result<()> {
    let reasons = reasons.trim().to_uppercase();
    if reasons.is_empty() {
        return Err(Error::field("reasons", "required", "Say why it is not published"));
    }
    // OFFICIAL is the beginning of OFFICIAL-SENSITIVE, so the words after it count too.
    let named = classification.to_string();
    let cited = reasons.match_indices(&named).any(|(at, _)| {
        classification > Gsc::Official || !reasons[at + named.len()..].starts_with("-SENSITIVE")
    });
    if cited {
        return Ok(());
    }
    let message = format!("Cite the classification of the report, {named}, in the reasons");
    Err(Error::field("reasons", "classification", message))
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// A paragraph.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
}

/// A text as its parts.
pub type Text = Vec<Words>;

/// Reads a text: paragraphs with an empty line between them, lists as lines that begin with "- ".
#[must_use]
pub fn text_of(text: &str) -> Text {
    let mut parts = Text::new();
    let mut open = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            open = false;
        } else if let Some(item) = line.strip_prefix("- ") {
            match parts.last_mut() {
                Some(Words::List(items)) if open => items.push(item.trim().to_owned()),
                _ => parts.push(Words::List(vec![item.trim().to_owned()])),
            }
            open = true;
        } else {
            match parts.last_mut() {
                Some(Words::Paragraph(so_far)) if open => {
                    so_far.push(' ');
                    so_far.push_str(line);
                }
                _ => parts.push(Words::Paragraph(line.to_owned())),
            }
            open = true;
        }
    }
    parts
}
