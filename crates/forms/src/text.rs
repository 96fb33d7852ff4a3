//! Words that a person reads, in the languages of the form.

/// The languages a form may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Lang {
    /// English, which every form has.
    #[default]
    En,
    /// Welsh.
    Cy,
}

impl Lang {
    /// The ISO 639-1 code, as it stands in `lang` and in the HTML attribute of the same name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Cy => "cy",
        }
    }

    /// The language with this ISO 639-1 code, if a form may speak it.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        match code {
            "en" => Some(Self::En),
            "cy" => Some(Self::Cy),
            _ => None,
        }
    }
}

/// A sentence in English and, where the form has it, in Welsh.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Text {
    /// English.
    pub en: String,
    /// Welsh. A form that lists `cy` in `lang` has it everywhere: the lint sees to that.
    pub cy: Option<String>,
}

impl Text {
    /// The words in a language, falling back to English.
    #[must_use]
    pub fn say(&self, lang: Lang) -> &str {
        match (lang, &self.cy) {
            (Lang::Cy, Some(cy)) => cy,
            _ => &self.en,
        }
    }

    /// Whether it has words of its own in this language.
    #[must_use]
    pub fn speaks(&self, lang: Lang) -> bool {
        lang == Lang::En || self.cy.is_some()
    }
}

/// The first letter made a capital, for messages that begin with a noun.
pub(crate) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
