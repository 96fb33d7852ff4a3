//! Pages in the GOV.UK style.
pub mod components;
mod js;
pub mod rewrite;
