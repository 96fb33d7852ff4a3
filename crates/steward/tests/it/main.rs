//! What the programme office, the boards and the public can rely on.

mod benefits;
mod entries;
mod findings;
mod portfolio;
mod portfolio_view;
mod report;
