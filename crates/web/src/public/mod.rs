//! What anybody can open: reporting, following a report, and what the service says of itself.

pub(crate) mod algorithms;
pub(crate) mod complain;
pub(crate) mod decisions;
pub(crate) mod definitions;
pub(crate) mod draft;
pub(crate) mod fairness;
pub(crate) mod fields;
pub(crate) mod journey;
pub(crate) mod programme;
pub(crate) mod start;
pub(crate) mod strategies;
pub(crate) mod track;
