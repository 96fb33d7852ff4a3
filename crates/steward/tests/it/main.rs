//! What the programme office, the boards and the public can rely on.

mod entries;
mod landscape;
mod portfolio;
