//! The Bluelamp binary.
fn main() {}
