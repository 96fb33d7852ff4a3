//! The table itself. One line is one property; read across: name, type, field class, flags.

use super::{
    FieldClass::{Contact, Health, Identity, Location, Narrative, Protected, Source, ThirdParty},
    Property,
    ValueType::{Code, Count, Date, Month, Number, Text, Time, Truth},
};
use crate::kind::Kind;

mod objects;
use objects::{
    BANK_ACCOUNT, CARD, DEVICE, DOCUMENT, DOMAIN, DRUG, EMAIL, EXHIBIT, IP_ADDRESS, MEDIA, ONLINE_ACCOUNT,
    PHONE, PROPERTY, URL, VEHICLE, WALLET, WEAPON,
};

const MAX: f64 = 9_007_199_254_740_991.0; // 2^53 - 1: the largest whole number every JSON reader keeps exactly.

const fn p(name: &'static str, value: super::ValueType, class: super::FieldClass) -> Property {
    Property::new(name, value, class)
}

const PERSON: &[Property] = &[
    p("name", Text, Identity).identifying(),
    p("title", Text, Identity),
    p("given_name", Text, Identity).identifying(),
    p("middle_name", Text, Identity),
    p("family_name", Text, Identity).identifying(),
    p("alias", Text, Identity).identifying(),
    p("date_of_birth", Date, Identity).identifying(),
    p("date_of_death", Date, Identity),
    p("place_of_birth", Text, Identity),
    p("age_range", Text, Identity),
    p("occupation", Text, Identity),
    p("appearance", Text, Identity),
    p("height_cm", Count, Identity),
    p("national_insurance_number", Text, Identity).identifying(),
    p("passport_number", Text, Identity).identifying(),
    p("driving_licence_number", Text, Identity).identifying(),
    p("pnc_id", Text, Identity).identifying(),
    p("cro_number", Text, Identity).identifying(),
    p("phone", Text, Contact).identifying(),
    p("email", Text, Contact).identifying(),
    p("handle", Text, Contact).identifying(),
    p("contact_preference", Text, Contact),
    p("safe_contact", Text, Contact),
    p("language", Text, Contact),
    p("interpreter_needed", Truth, Contact),
    p("address", Text, Location),
    p("town", Text, Location),
    p("postcode", Text, Location),
    p("sex", Code("sex"), Protected),
    p("gender_identity", Text, Protected),
    p("nationality", Text, Protected),
    p("ethnicity_self_defined", Text, Protected).sensitive(),
    p("ethnicity_officer_defined", Text, Protected).sensitive(),
    p("religion", Text, Protected).sensitive(),
    p("political_opinion", Text, Protected).sensitive(),
    p("trade_union", Text, Protected).sensitive(),
    p("sexual_orientation", Text, Protected).sensitive(),
    p("biometric_reference", Text, Protected).sensitive(),
    p("nhs_number", Text, Health).identifying().sensitive(),
    p("disability", Text, Health).sensitive(),
    p("health", Text, Health).sensitive(),
    p("vulnerability", Text, Health).sensitive(),
    p("access_needs", Text, Health).sensitive(),
    p("next_of_kin", Text, ThirdParty),
    p("emergency_contact", Text, ThirdParty),
    p("description", Text, Narrative),
];

const ORGANISATION: &[Property] = &[
    p("name", Text, Identity).identifying(),
    p("trading_name", Text, Identity).identifying(),
    p("organisation_type", Text, Identity),
    p("company_number", Text, Identity).identifying(),
    p("charity_number", Text, Identity).identifying(),
    p("vat_number", Text, Identity).identifying(),
    p("sector", Text, Narrative),
    p("phone", Text, Contact),
    p("email", Text, Contact),
    p("website", Text, Contact),
    p("contact_name", Text, ThirdParty),
    p("description", Text, Narrative),
];

const LOCATION: &[Property] = &[
    p("name", Text, Location).identifying(),
    p("line1", Text, Location).identifying(),
    p("line2", Text, Location),
    p("town", Text, Location),
    p("county", Text, Location),
    p("postcode", Text, Location).identifying(),
    p("country", Text, Location),
    p("uprn", Text, Location).identifying(),
    p("latitude", Number(-90.0, 90.0), Location),
    p("longitude", Number(-180.0, 180.0), Location),
    p("easting", Number(0.0, 700_000.0), Location),
    p("northing", Number(0.0, 1_300_000.0), Location),
    p("accuracy_metres", Number(0.0, 1_000_000.0), Location),
    p("what3words", Text, Location).identifying(),
    p("lsoa", Text, Location),
    p("ward", Text, Location),
    p("beat", Text, Location),
    p("location_type", Text, Location),
    p("description", Text, Location),
];

const REPORT: &[Property] = &[
    p("reference", Text, Identity).identifying(),
    p("force", Text, Identity),
    p("channel", Text, Source),
    p("form", Text, Source),
    p("received_at", Time, Narrative),
    p("occurred_from", Time, Narrative),
    p("occurred_to", Time, Narrative),
    p("category", Text, Narrative),
    p("grade", Text, Narrative),
    p("vulnerability", Text, Health).sensitive(),
    p("description", Text, Narrative),
];

const INCIDENT: &[Property] = &[
    p("reference", Text, Identity).identifying(),
    p("force", Text, Identity),
    p("category", Text, Narrative),
    p("grade", Text, Narrative),
    p("received_at", Time, Narrative),
    p("attended_at", Time, Narrative),
    p("closed_at", Time, Narrative),
    p("occurred_from", Time, Narrative),
    p("occurred_to", Time, Narrative),
    p("outcome", Text, Narrative),
    p("description", Text, Narrative),
];

const CRIME: &[Property] = &[
    p("crime_id", Text, Identity).identifying(),
    p("reference", Text, Identity).identifying(),
    p("force", Text, Identity),
    p("category", Code("police-uk-crime-category"), Narrative).required(),
    p("crime_kind", Code("crime-kind"), Narrative),
    p("offence_code", Text, Narrative),
    p("month", Month, Narrative),
    p("recorded_at", Time, Narrative),
    p("occurred_from", Time, Narrative),
    p("occurred_to", Time, Narrative),
    p("outcome", Code("police-uk-outcome"), Narrative),
    p("outcome_on", Date, Narrative),
    p("modus_operandi", Text, Narrative),
    p("description", Text, Narrative),
];

const CUSTODY: &[Property] = &[
    p("custody_number", Text, Identity).identifying(),
    p("station", Text, Location),
    p("arrived_at", Time, Narrative),
    p("authorised_at", Time, Narrative),
    p("released_at", Time, Narrative),
    p("grounds", Text, Narrative),
    p("disposal", Text, Narrative),
    p("risk_assessment", Text, Health).sensitive(),
    p("appropriate_adult", Text, ThirdParty),
    p("description", Text, Narrative),
];

const STOP_SEARCH: &[Property] = &[
    p("reference", Text, Identity).identifying(),
    p("force", Text, Identity),
    p("search_type", Text, Narrative),
    p("occurred_at", Time, Narrative),
    p("legislation", Text, Narrative),
    p("object_of_search", Text, Narrative),
    p("grounds", Text, Narrative),
    p("operation", Text, Narrative),
    p("outcome", Text, Narrative),
    p("outcome_linked_to_object", Truth, Narrative),
    p("removal_of_more_than_outer_clothing", Truth, Narrative),
    p("age_range", Text, Protected),
    p("sex", Code("sex"), Protected),
    p("ethnicity_self_defined", Text, Protected).sensitive(),
    p("ethnicity_officer_defined", Text, Protected).sensitive(),
    p("description", Text, Narrative),
];

const INTELLIGENCE_LOG: &[Property] = &[
    p("reference", Text, Identity).identifying(),
    p("title", Text, Narrative),
    p("text", Text, Narrative).required(),
    p("received_at", Time, Narrative),
    p("source_reference", Text, Source),
    p("source_risk", Text, Source),
];

const COMMUNICATION: &[Property] = &[
    p("channel", Text, Narrative).required(),
    p("message_id", Text, Identity).identifying(),
    p("direction", Text, Narrative),
    p("sender", Text, Contact).identifying(),
    p("recipient", Text, Contact).identifying(),
    p("sent_at", Time, Narrative),
    p("duration_seconds", Number(0.0, MAX), Narrative),
    p("subject", Text, Narrative),
    p("text", Text, Narrative),
    p("description", Text, Narrative),
];

const CASE: &[Property] = &[
    p("reference", Text, Identity).identifying().required(),
    p("title", Text, Narrative),
    p("operation_name", Text, Narrative),
    p("status", Text, Narrative),
    p("opened_at", Time, Narrative),
    p("closed_at", Time, Narrative),
    p("officer_in_case", Text, ThirdParty),
    p("description", Text, Narrative),
];

const WARNING_MARKER: &[Property] = &[
    p("marker", Text, Narrative).required(),
    p("reason", Text, Narrative),
    p("health_warning", Text, Health).sensitive(),
    p("set_on", Date, Narrative),
    p("expires_on", Date, Narrative),
    p("set_by", Text, Source),
];

/// What can be said about a link, whatever it ties.
pub(super) const LINK: &[Property] =
    &[p("role", Text, Identity), p("relationship", Text, Identity), p("description", Text, Narrative)];

/// The rows of one kind.
pub(super) const fn of(kind: Kind) -> &'static [Property] {
    match kind {
        Kind::Person => PERSON,
        Kind::Organisation => ORGANISATION,
        Kind::Vehicle => VEHICLE,
        Kind::Phone => PHONE,
        Kind::Device => DEVICE,
        Kind::Weapon => WEAPON,
        Kind::Drug => DRUG,
        Kind::Property => PROPERTY,
        Kind::OnlineAccount => ONLINE_ACCOUNT,
        Kind::Email => EMAIL,
        Kind::IpAddress => IP_ADDRESS,
        Kind::Domain => DOMAIN,
        Kind::Url => URL,
        Kind::BankAccount => BANK_ACCOUNT,
        Kind::Card => CARD,
        Kind::Wallet => WALLET,
        Kind::Document => DOCUMENT,
        Kind::Media => MEDIA,
        Kind::Exhibit => EXHIBIT,
        Kind::Location => LOCATION,
        Kind::Report => REPORT,
        Kind::Incident => INCIDENT,
        Kind::Crime => CRIME,
        Kind::Custody => CUSTODY,
        Kind::StopSearch => STOP_SEARCH,
        Kind::IntelligenceLog => INTELLIGENCE_LOG,
        Kind::Communication => COMMUNICATION,
        Kind::Case => CASE,
        Kind::WarningMarker => WARNING_MARKER,
    }
}
