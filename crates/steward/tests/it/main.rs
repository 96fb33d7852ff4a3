//! What the programme office, the boards and the public can rely on.

mod challenge;
mod entries;
mod market;
mod portfolio;
mod service_standard;
mod skills;
