//! The rows of the kinds that are objects: things, accounts, addresses on networks, documents, exhibits.

use super::{
    super::{
        FieldClass::{Contact, Identity, Location, Narrative, Source, ThirdParty},
        Property,
        ValueType::{Count, Date, Month, Number, Text, Time},
    },
    MAX, p,
};

pub(super) const VEHICLE: &[Property] = &[
    p("registration", Text, Identity).identifying(),
    p("country", Text, Identity),
    p("make", Text, Identity),
    p("model", Text, Identity),
    p("colour", Text, Identity),
    p("vin", Text, Identity).identifying(),
    p("engine_number", Text, Identity).identifying(),
    p("body_type", Text, Identity),
    p("fuel", Text, Identity),
    p("year", Count, Identity),
    p("keeper_name", Text, ThirdParty),
    p("description", Text, Narrative),
];

pub(super) const PHONE: &[Property] = &[
    p("number", Text, Contact).identifying(),
    p("imei", Text, Identity).identifying(),
    p("imsi", Text, Identity).identifying(),
    p("iccid", Text, Identity).identifying(),
    p("network", Text, Identity),
    p("make", Text, Identity),
    p("model", Text, Identity),
    p("subscriber_name", Text, ThirdParty),
    p("description", Text, Narrative),
];

pub(super) const DEVICE: &[Property] = &[
    p("device_type", Text, Identity),
    p("make", Text, Identity),
    p("model", Text, Identity),
    p("serial_number", Text, Identity).identifying(),
    p("mac_address", Text, Identity).identifying(),
    p("hostname", Text, Identity),
    p("operating_system", Text, Identity),
    p("description", Text, Narrative),
];

pub(super) const WEAPON: &[Property] = &[
    p("weapon_type", Text, Identity),
    p("make", Text, Identity),
    p("model", Text, Identity),
    p("calibre", Text, Identity),
    p("serial_number", Text, Identity).identifying(),
    p("description", Text, Narrative),
];

pub(super) const DRUG: &[Property] = &[
    p("drug_type", Text, Identity).required(),
    p("form", Text, Identity),
    p("quantity", Number(0.0, MAX), Narrative),
    p("unit", Text, Narrative),
    p("packaging", Text, Narrative),
    p("description", Text, Narrative),
];

pub(super) const PROPERTY: &[Property] = &[
    p("property_type", Text, Identity),
    p("make", Text, Identity),
    p("model", Text, Identity),
    p("colour", Text, Identity),
    p("serial_number", Text, Identity).identifying(),
    p("property_mark", Text, Identity).identifying(),
    p("value_pence", Count, Narrative),
    p("description", Text, Narrative),
];

pub(super) const ONLINE_ACCOUNT: &[Property] = &[
    p("platform", Text, Identity).identifying(),
    p("handle", Text, Contact).identifying(),
    p("account_id", Text, Identity).identifying(),
    p("display_name", Text, Identity),
    p("profile_url", Text, Contact).identifying(),
    p("created_on", Date, Narrative),
    p("description", Text, Narrative),
];

pub(super) const EMAIL: &[Property] = &[
    p("address", Text, Contact).identifying().required(),
    p("display_name", Text, Identity),
    p("description", Text, Narrative),
];

pub(super) const IP_ADDRESS: &[Property] = &[
    p("address", Text, Contact).identifying().required(),
    p("port", Number(0.0, 65_535.0), Contact),
    p("seen_at", Time, Narrative),
    p("network", Text, Narrative),
    p("description", Text, Narrative),
];

pub(super) const DOMAIN: &[Property] = &[
    p("name", Text, Contact).identifying().required(),
    p("registrar", Text, Narrative),
    p("registrant_name", Text, ThirdParty),
    p("registered_on", Date, Narrative),
    p("description", Text, Narrative),
];

pub(super) const URL: &[Property] = &[
    p("url", Text, Contact).identifying().required(),
    p("title", Text, Narrative),
    p("captured_at", Time, Narrative),
    p("digest", Text, Identity).identifying(),
    p("description", Text, Narrative),
];

pub(super) const BANK_ACCOUNT: &[Property] = &[
    p("account_number", Text, Identity).identifying(),
    p("sort_code", Text, Identity).identifying(),
    p("iban", Text, Identity).identifying(),
    p("bic", Text, Identity),
    p("bank", Text, Identity),
    p("holder_name", Text, Identity),
    p("description", Text, Narrative),
];

// The full card number is left out on purpose: holding it brings the payment-card rules with it.
pub(super) const CARD: &[Property] = &[
    p("last_four", Text, Identity).identifying(),
    p("issuer", Text, Identity),
    p("scheme", Text, Identity),
    p("expires", Month, Identity),
    p("holder_name", Text, Identity),
    p("description", Text, Narrative),
];

pub(super) const WALLET: &[Property] = &[
    p("address", Text, Identity).identifying().required(),
    p("asset", Text, Identity),
    p("service", Text, Identity),
    p("description", Text, Narrative),
];

pub(super) const DOCUMENT: &[Property] = &[
    p("title", Text, Identity),
    p("document_type", Text, Identity),
    p("document_number", Text, Identity).identifying(),
    p("issuer", Text, Identity),
    p("issued_on", Date, Identity),
    p("expires_on", Date, Identity),
    p("author", Text, ThirdParty),
    p("file_name", Text, Identity),
    p("media_type", Text, Narrative),
    p("size_bytes", Count, Narrative),
    p("digest", Text, Identity).identifying(),
    p("text", Text, Narrative),
    p("description", Text, Narrative),
];

pub(super) const MEDIA: &[Property] = &[
    p("title", Text, Identity),
    p("file_name", Text, Identity),
    p("media_type", Text, Narrative),
    p("size_bytes", Count, Narrative),
    p("digest", Text, Identity).identifying(),
    p("recorded_at", Time, Narrative),
    p("duration_seconds", Number(0.0, MAX), Narrative),
    p("recording_device", Text, Source),
    p("latitude", Number(-90.0, 90.0), Location),
    p("longitude", Number(-180.0, 180.0), Location),
    p("transcript", Text, Narrative),
    p("description", Text, Narrative),
];

pub(super) const EXHIBIT: &[Property] = &[
    p("exhibit_reference", Text, Identity).identifying().required(),
    p("seal_number", Text, Identity).identifying(),
    p("digest", Text, Identity).identifying(),
    p("seized_at", Time, Narrative),
    p("seized_by", Text, Source),
    p("power", Text, Narrative),
    p("stored_at", Text, Source),
    p("description", Text, Narrative),
];
