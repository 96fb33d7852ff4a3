//! The service over HTTP, in one process, on both engines.

mod api;
mod desk;
mod journey;
mod site;
