//! What the programme office, the boards and the public can rely on.

#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]

mod assessment;
mod benefits;
mod challenge;
mod entries;
mod findings;
mod landscape;
mod market;
mod portfolio;
mod portfolio_view;
mod report;
mod schedule;
mod service_standard;
mod skills;
mod strategy;
