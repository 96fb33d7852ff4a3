//! The strategy as a working instrument: its elements are data, and portfolio, assessments, decisions, benefits, ethics,
//! skills and market are measured against them and by one another.
//!
//! A finding, a score or an alignment is a proposal: a person confirms, assesses, signs. This crate must never know
//! another room's tables (what runs is told to it by those who run it), never give a single number for how well an item
//! serves a strategy, and never take what was not assessed for nothing.

pub mod appetite;
pub mod entry;
pub mod ethics;
pub mod portfolio;
pub mod register;
pub mod registers;
