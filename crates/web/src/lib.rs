//! Pages for the public and for staff, and the JSON API.
//!
//! The only crate that knows HTTP. It reads a request, asks the rooms below, and shows what they say. It must
//! never hold a rule of policing or of permission, never write SQL, and never show staff data on a page that
//! anybody can open.

mod api;
mod app;
pub mod assets;
mod desk;
mod ethics_api;
mod fairness;
pub mod govuk;
mod guard;
mod openapi;
mod operations;
mod public;
mod reading;
mod server;
mod strategies;

pub use app::{App, Limits, Settings};
pub use openapi::document as openapi;
pub use server::{router, serve};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}
