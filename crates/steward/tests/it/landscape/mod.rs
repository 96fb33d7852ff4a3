//! The landscape of applications, from the files that forces send to what is found in them.

mod analysis;
mod archimate;
mod kept;
mod survey;
mod workbook;
mod world;
