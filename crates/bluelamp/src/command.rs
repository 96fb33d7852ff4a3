//! What the commands do, by what they are about.

pub(crate) mod accounts;
pub(crate) mod cases;
pub(crate) mod fairness;
pub(crate) mod folder;
pub(crate) mod import;
pub(crate) mod landscape;
pub(crate) mod log;
pub(crate) mod report;
pub(crate) mod settings;
pub(crate) mod strategy;
pub(crate) mod thr;
