//! One SQL text on SQLite and PostgreSQL, with audit, jobs and blobs.
