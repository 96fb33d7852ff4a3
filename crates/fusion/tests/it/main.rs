//! Sources are loaded whole or not at all; suggestions say why; only a person answers them.

mod import;
mod matching;
