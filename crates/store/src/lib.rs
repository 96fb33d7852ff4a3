//! The one door to the database: SQLite in a folder or a PostgreSQL server, one SQL text for both.
//!
//! Everything that changes goes through [`Db::write`], whose context carries actor, purpose and time and
//! commits the rows and their audit entries together or not at all; everything personal that is read goes
//! through [`Db::read`] and leaves an entry before it leaves. Commits are grouped; a caller is answered only
//! when its commit is durable.
//!
//! It must never hold a domain rule, decide who may do what, or let a room see which engine runs.

mod audit;
mod backup;
mod blobs;
mod cell;
mod checkpoint;
mod code;
mod cx;
mod db;
mod doctor;
mod engine;
mod jobs;
mod late;
mod migrate;
mod records;
mod restore;
mod seal;
mod session;
mod trail;
mod value;
mod writer;

pub use audit::Event;
pub use backup::{BackupReport, Manifest, Table, backup, check_backup};
pub use blobs::Blob;
pub use code::{Reference, TrackingCode};
pub use cx::{Cx, Entropy, Policy};
pub use db::{Config, Db};
pub use doctor::{Finding, doctor};
pub use engine::{Engine, Failure};
pub use jobs::{Job, Outgoing};
pub use migrate::schema_digest;
pub use records::Keyed;
pub use restore::{RestoreReport, restore};
pub use seal::LogKey;
pub use session::Token;
pub use value::{FromValue, Row, Value};
