//! Development only: a database per test on both engines, builders, a fixed clock.

pub mod postgres;
