//! The service over HTTP, in one process, on both engines.

mod api;
mod journey;
mod site;
