//! The service over HTTP, in one process, on both engines.

#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic, in its helpers too")]

mod api;
mod definitions;
mod desk;
mod journey;
mod market;
mod quality;
mod site;
mod sources;
mod walk;
