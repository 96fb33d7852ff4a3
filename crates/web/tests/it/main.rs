//! The service over HTTP, in one process, on both engines.

#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]

mod api;
mod assessments;
mod complaints;
mod decisions;
mod definitions;
mod desk;
mod ethics;
mod fairness;
mod journey;
mod landscape;
mod market;
mod portfolio;
mod programme;
mod quality;
mod registers;
mod site;
mod sources;
mod strategy;
mod walk;
