//! Hands libFuzzer's bytes to the target that has the name of this binary.
#![no_main]

use std::sync::LazyLock;

static TARGET: LazyLock<bluelamp_fuzz::Target> = LazyLock::new(|| {
    let name = env!("CARGO_BIN_NAME");
    bluelamp_fuzz::target(name).unwrap_or_else(|| panic!("{name} is no target"))
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| TARGET(data));
