//! The landscape of applications: what forces run, what it costs, where it is hosted, what is twice there and what is
//! missing.
//!
//! A survey is read whole or refused whole. What the machine finds in it (the same application in two forces, a gap, a
//! disposition that a rule suggests) is a proposal with its reasons: a person confirms or sets something else, and a
//! later survey never overwrites what a person has set. What a force did not say is kept apart from "no" everywhere.

mod application;
pub mod archimate;
mod calendar;
mod columns;
mod contracts;
mod costs;
mod coverage;
mod disposition;
mod hosting;
mod kept;
mod legacy;
mod nicknames;
mod same;
mod sheet;
mod survey;
mod table;
mod take;
mod unit;
mod value;
mod workbook;

pub use application::{
    Application, Disposition, Hosting, Integration, Maturity, Pattern, Pence, SetDisposition, Sourcing,
};
pub use calendar::{add_months, days_between};
pub use columns::{Column, Columns};
pub use contracts::{Buying, ContractEnd, Timing, buying_together, contract_ends};
pub use costs::{ForceCost, costs};
pub use coverage::{
    CapabilityCell, CapabilityRow, Gap, KNOWN_CAPABILITIES, Overlap, capability_map, gaps, overlaps,
};
pub use disposition::{Suggestion, suggest};
pub use hosting::{GOAL, HostingMeasure, Share, measure};
pub use kept::{
    Disposing, KeptModel, Landscape, TakenSurvey, landscape, model_text, models, set_disposition,
};
pub use legacy::{DirectLink, direct_links};
pub use same::{Descriptions, Group, Pair, same_applications};
pub use sheet::to_csv;
pub use survey::{Options, Survey, read};
pub use take::{Inspection, Plan, Taken, inspect, organisations, plan, take};
