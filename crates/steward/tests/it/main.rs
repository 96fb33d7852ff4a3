//! What the programme office, the boards and the public can rely on.
#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]

mod algorithms;
mod assessment;
mod benefits;
mod boards;
mod burn_in;
mod burn_in_hostile;
mod challenge;
mod decision;
mod decision_hands;
mod decision_settled;
mod entries;
mod ethics;
mod fairness;
mod findings;
mod landscape;
mod market;
mod people;
mod plan;
mod portfolio;
mod portfolio_view;
mod public;
mod redress;
mod report;
mod schedule;
mod service_standard;
mod skills;
mod strategy;
