//! What is known of one person, phone, vehicle or place, normalised once on the way in.

use super::{explain, normalise};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A human being.
    Person,
    /// A vehicle with a registration mark or a VIN.
    Vehicle,
    /// A telephone: a number or a handset.
    Phone,
    /// A place with an address.
    Location,
}

/// What a value says. Not every kind of subject uses every field; a model looks only at its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// First or given names.
    GivenName,
    /// Family name.
    FamilyName,
    /// Date of birth, also in part.
    BirthDate,
    /// Sex as recorded.
    Sex,
    /// British postcode, or its outward half.
    Postcode,
    /// House and street.
    AddressLine,
    /// Town, village or district.
    Town,
    /// Unique property reference number.
    Uprn,
    /// Telephone number.
    Phone,
    /// Email address.
    Email,
    /// Name on a social or messaging service.
    Handle,
    /// Vehicle registration mark.
    Registration,
    /// Vehicle identification number.
    Vin,
    /// Vehicle maker.
    Make,
    /// Maker's model.
    VehicleModel,
    /// Main colour.
    Colour,
    /// Handset identity.
    Imei,
}

/// One value: as a person should see it, and as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Value {
    /// Normalised, by [`normalise`].
    pub norm: String,
    /// For showing: names and addresses as written, numbers and dates in their usual form.
    pub shown: String,
}

impl Value {
    /// Normalises what was written; `None` if it says nothing (see [`normalise`]).
    pub fn new(field: Field, written: &str) -> Option<Self> {
        let norm = match field {
            Field::GivenName | Field::FamilyName => normalise::name(written),
            Field::BirthDate => normalise::date(written),
            Field::Sex => normalise::sex(written),
            Field::Postcode => normalise::postcode(written),
            Field::AddressLine => normalise::address_line(written),
            Field::Town | Field::Make | Field::VehicleModel | Field::Colour => normalise::town(written),
            Field::Uprn => normalise::digits(written, 1..=12),
            Field::Phone => normalise::phone(written),
            Field::Email => normalise::email(written),
            Field::Handle => normalise::handle(written),
            Field::Registration => normalise::vehicle_registration(written),
            Field::Vin => normalise::vin(written),
            Field::Imei => normalise::digits(written, 14..=16),
        }?;
        let shown = explain::shown(field, &norm, written);
        Some(Self { norm, shown })
    }
}

/// The share of each normalised value among those given: a table for [`super::Model::frequencies`].
pub fn frequencies<'a>(values: impl IntoIterator<Item = &'a Value>) -> BTreeMap<String, f64> {
    let mut table = BTreeMap::new();
    let mut all = 0.0;
    for value in values {
        *table.entry(value.norm.clone()).or_insert(0.0) += 1.0;
        all += 1.0;
    }
    table.values_mut().for_each(|share| *share /= all);
    table
}

/// One name that a person goes by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name {
    /// Given names, where known.
    pub given: Option<Value>,
    /// Family name, where known.
    pub family: Option<Value>,
}

/// What is known of one thing. Every field may have several values: aliases, phones, old addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What it is.
    pub kind: Kind,
    /// Names, people only. Given and family name of one name belong together.
    pub names: Vec<Name>,
    /// All other values by field, none of them generic.
    pub values: BTreeMap<Field, Vec<Value>>,
}

impl Subject {
    /// A subject of which nothing is known yet.
    pub fn new(kind: Kind) -> Self {
        Self { kind, names: Vec::new(), values: BTreeMap::new() }
    }

    /// Adds what was written in a field. `false` if it says nothing and was left out. A given or family name
    /// alone becomes a name of its own; use [`Subject::add_name`] where both are known.
    pub fn add(&mut self, field: Field, written: &str) -> bool {
        match field {
            Field::GivenName => self.add_name(written, ""),
            Field::FamilyName => self.add_name("", written),
            _ => match Value::new(field, written) {
                Some(value) => {
                    let held = self.values.entry(field).or_default();
                    if !held.iter().any(|other| other.norm == value.norm) {
                        held.push(value);
                    }
                    true
                }
                None => false,
            },
        }
    }

    /// Adds a name or alias; either half may be empty. `false` if both say nothing.
    pub fn add_name(&mut self, given: &str, family: &str) -> bool {
        let name = Name {
            given: Value::new(Field::GivenName, given),
            family: Value::new(Field::FamilyName, family),
        };
        let useful = name.given.is_some() || name.family.is_some();
        if useful && !self.names.contains(&name) {
            self.names.push(name);
        }
        useful
    }

    /// Adds a name written in one piece, split by [`normalise::given_and_family`].
    pub fn add_full_name(&mut self, full: &str) -> bool {
        normalise::given_and_family(full).is_some_and(|(given, family)| {
            self.add_name(&given.unwrap_or_default(), &family.unwrap_or_default())
        })
    }

    /// The values of a field other than a name; empty if nothing is known.
    pub fn values(&self, field: Field) -> &[Value] {
        self.values.get(&field).map_or(&[], Vec::as_slice)
    }
}
