//! What a question is: its type, its choices, its words, and what its answer means.

use crate::form::Place;
use crate::text::Text;
use serde_json::Value;
use std::collections::BTreeMap;

/// One question, or a block of words.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// The name of its answer; empty for [`Kind::Markdown`].
    pub name: String,
    /// What is asked for.
    pub kind: Kind,
    /// The question. None where the page's title is the question.
    pub title: Option<Text>,
    /// Help below the question.
    pub hint: Option<Text>,
    /// The thing in the middle of a sentence, such as "your date of birth": for error messages.
    pub short: Option<Text>,
    /// Whether it must be answered.
    pub required: bool,
    /// Least and greatest: characters of a text, value of a number, pounds of money.
    pub limits: Limits,
    /// How many days before today a date may lie; none means back to 1 January 1900.
    pub days_past: Option<u32>,
    /// How many days after today a date may lie.
    pub days_future: u32,
    /// The name of another date on the same page that this one must not be before.
    pub not_before: Option<String>,
    /// The HTML autocomplete token (WCAG 2.2, success criterion 1.3.5).
    pub autocomplete: Option<String>,
    /// Height of a text area in lines.
    pub rows: Option<u32>,
    /// Shown before the box.
    pub prefix: Option<Text>,
    /// Shown after the box.
    pub suffix: Option<Text>,
    /// The message when a required answer is missing.
    pub error: Option<Text>,
    /// Messages of its own for other codes.
    pub errors: BTreeMap<String, Text>,
    /// The triage fact that its answer is.
    pub fact: Option<FactShape>,
    /// Where its answer goes in the record.
    pub map: Option<MapTo>,
    /// Where it is defined.
    pub at: Place,
}

/// What is asked for, and the JSON type of the answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `TextField`: one line. A string.
    Text,
    /// `MultilineTextField`: several lines. A string; lines end in `\n`.
    Multiline,
    /// `YesNoField`: true or false.
    YesNo,
    /// `RadiosField`: the value of one item of the named list. A string.
    Radios(String),
    /// `CheckboxesField`: the values of one or more items, in the order of the list. A list of strings.
    Checkboxes(String),
    /// `SelectField`: the value of one item. A string.
    Select(String),
    /// `DatePartsField`: a day. A string YYYY-MM-DD.
    Date,
    /// `TimeField`: a time of day. A string HH:MM, 24 hours.
    Time,
    /// `EmailAddressField`: a string.
    Email,
    /// `TelephoneNumberField`: a string in E.164 form, such as `+447700900123`.
    Phone,
    /// `UkAddressField`: an object of `line1`, optional `line2`, `town` and `postcode`.
    Address,
    /// `PostcodeField`: a string such as `ZZ99 1AA`.
    Postcode,
    /// `VehicleRegistrationField`: a string of 2 to 8 capitals and digits.
    Vehicle,
    /// `NumberField`: a number.
    Number,
    /// `MoneyField`: pence, a whole number.
    Money,
    /// `DeclarationField`: true; there is no other answer.
    Declaration,
    /// `Markdown`: nothing is asked. The words to show.
    Markdown(Text),
}

/// Least and greatest, and the decimals of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Limits {
    /// Least.
    pub min: Option<i64>,
    /// Greatest.
    pub max: Option<i64>,
    /// Decimals of a number, 0 to 6.
    pub precision: u32,
}

/// A list of choices.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// Its name.
    pub name: String,
    /// The choices, in order.
    pub items: Vec<Item>,
    /// Whether it stands for all forms in the common file, and so need not be used by each.
    pub shared: bool,
    /// Where it is defined.
    pub at: Place,
}

/// One choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What the answer holds.
    pub value: String,
    /// What the person reads.
    pub text: Text,
    /// Help below it.
    pub hint: Option<Text>,
    /// Questions that appear below it once it is chosen.
    pub reveals: Vec<Component>,
    /// Among checkboxes: cannot be chosen together with another.
    pub exclusive: bool,
    /// A word such as "or" that stands above it.
    pub divider: Option<Text>,
    /// Where it is defined.
    pub at: Place,
}

/// The triage fact that an answer is.
#[derive(Clone, Debug, PartialEq)]
pub struct FactShape {
    /// The fact's name in the triage definition.
    pub name: String,
    /// What each choice means, for lists whose values are not the usual `yes`, `no`, `not-sure` and
    /// `prefer-not-to-say`.
    pub values: BTreeMap<String, Value>,
}

/// Where an answer goes in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapTo {
    /// The role of the entity.
    pub entity: String,
    /// The property; none for an address, which fills several.
    pub property: Option<String>,
}

impl Kind {
    /// The type's name in form files.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Text => "TextField",
            Self::Multiline => "MultilineTextField",
            Self::YesNo => "YesNoField",
            Self::Radios(_) => "RadiosField",
            Self::Checkboxes(_) => "CheckboxesField",
            Self::Select(_) => "SelectField",
            Self::Date => "DatePartsField",
            Self::Time => "TimeField",
            Self::Email => "EmailAddressField",
            Self::Phone => "TelephoneNumberField",
            Self::Address => "UkAddressField",
            Self::Postcode => "PostcodeField",
            Self::Vehicle => "VehicleRegistrationField",
            Self::Number => "NumberField",
            Self::Money => "MoneyField",
            Self::Declaration => "DeclarationField",
            Self::Markdown(_) => "Markdown",
        }
    }

    /// The name of the list it chooses from.
    #[must_use]
    pub fn list(&self) -> Option<&str> {
        match self {
            Self::Radios(list) | Self::Checkboxes(list) | Self::Select(list) => Some(list),
            _ => None,
        }
    }
}

impl Component {
    /// Whether it asks something.
    #[must_use]
    pub fn asks(&self) -> bool {
        !matches!(self.kind, Kind::Markdown(_))
    }
}
