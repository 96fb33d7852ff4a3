//! The strategy as a working instrument: its elements are data, and portfolio, assessments, decisions, benefits, ethics,
//! skills and market are measured against them and by one another.
//!
//! A finding, a score or an alignment is a proposal: a person confirms, assesses, signs. This crate must never know
//! another room's tables (what runs is told to it by those who run it), never give a single number for how well an item
//! serves a strategy, and never take what was not assessed for nothing.

mod calendar;
mod sheet;

pub mod algorithms;
pub mod appetite;
pub mod assessment;
pub mod benefits;
pub mod boards;
pub mod challenge;
pub mod decision;
pub mod entry;
pub mod ethics;
pub mod fairness;
pub mod findings;
mod gate;
pub mod landscape;
pub mod market;
pub mod pdf;
pub mod plan;
pub mod portfolio;
pub mod portfolio_view;
pub mod redress;
pub mod register;
pub mod registers;
pub mod report;
pub mod roadmap;
pub mod schedule;
pub mod service_standard;
pub mod skills;
pub mod strategy;
