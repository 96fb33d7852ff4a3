//! Evidence: the item, its custody, and the package that proves itself.
//!
//! A file is stored and flushed before anything is said about it, and never changed; what was said about it
//! stands beside it. A case leaves as a folder (BagIt 1.0, RFC 8493) whose manifest is committed to the log
//! before the log's head is signed, so that a stranger can check all of it with [`verify`]: without us, without
//! a network, without a database.
//!
//! This crate must never open, convert or believe a stranger's file: it hashes and copies bytes, and looks at
//! the first few to say what they claim to be. It must never write a package that its own check refuses, and
//! [`verify`] must never say more than what was checked.

mod bag;
mod contents;
mod document;
mod export;
mod item;
mod media;
mod name;
mod package;
mod read;
mod verification;
mod verify;

pub use document::FORMAT;
pub use export::export;
pub use item::{Checked, Found, Item, NewItem, add, check_items, custody, items, moments, open};
pub use media::detect;
pub use name::{exhibit, safe_file_name};
pub use package::{Exported, Package, packages};
pub use verification::{KeyCheck, Problem, Verification, fingerprint};
pub use verify::verify;
