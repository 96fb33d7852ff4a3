//! What the programme office, the boards and the public can rely on.
mod landscape;
