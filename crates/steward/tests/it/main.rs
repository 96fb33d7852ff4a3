//! What the programme office, the boards and the public can rely on.

mod challenge;
mod entries;
mod market;
mod portfolio;
mod service_standard;
mod skills;
#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]

mod assessment;
mod benefits;
mod entries;
mod findings;
mod landscape;
mod portfolio;
mod portfolio_view;
mod report;
mod schedule;
mod strategy;
