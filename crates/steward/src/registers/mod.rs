//! The registers that there are. Each is a description of its fields; what is worked out from them stands in the module
//! of that name.

pub mod benefits;
pub mod landscape;
pub mod market;
pub mod organisations;
pub mod portfolio;
pub mod skills;
pub mod standards;

use crate::register::{Choice, Register};

/// Every register, by chapter in the order in which they are listed.
pub const ALL: &[&Register] = &[
    &portfolio::ITEM,
    &portfolio::GATE,
    &portfolio::DEPENDENCY,
    &portfolio::RAID,
    &portfolio::LOCAL_DECISION,
    &portfolio::DRIVER,
    &portfolio::LESSON,
    &benefits::BENEFIT,
    &benefits::REALISED,
    &benefits::SAVING,
    &benefits::COST,
    &benefits::FUNDING,
    &benefits::CASE,
    &landscape::APPLICATION,
    &landscape::INTEGRATION,
    &landscape::MATURITY,
    &landscape::DECOMMISSION,
    &organisations::ORGANISATION,
    &organisations::DELEGATION,
    &organisations::RESPONSIBILITY,
    &organisations::ENGAGEMENT,
    &organisations::CONSULTATION,
    &organisations::CHARTER,
    &skills::ROLE,
    &skills::SKILL,
    &skills::NEED,
    &skills::HELD,
    &skills::COURSE,
    &skills::ACTION,
    &market::SUPPLIER,
    &market::PRODUCT,
    &market::FRAMEWORK,
    &market::SIGNAL,
    &market::CHALLENGE,
    &market::ENTRY,
    &market::PILOT,
    &standards::STANDARD,
    &standards::DESIGN,
    &standards::GUIDE,
    &standards::POINT,
    &standards::RESEARCH,
];

/// Who leads the delivery: the values of the national strategy.
pub const LEVELS: &[Choice] =
    &[("national", "National"), ("regional", "Regional"), ("hybrid", "Hybrid"), ("force", "Force")];

/// How far something has come along a scale of five.
pub const MATURITY: &[Choice] = &[
    ("0", "0: none"),
    ("1", "1: by some people"),
    ("2", "2: repeatable"),
    ("3", "3: everywhere"),
    ("4", "4: measured"),
    ("5", "5: improved as a habit"),
];
