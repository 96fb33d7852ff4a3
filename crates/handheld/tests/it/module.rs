//! Builds the WebAssembly module and runs it in Node.

use crate::Request;
use std::env;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// A folder of this test's own below that of the build. Cargo locks a target folder, and whoever runs this test may hold
/// the lock of theirs.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("handheld")
}

fn program(variable: &str, name: &str) -> Command {
    Command::new(env::var_os(variable).unwrap_or_else(|| OsString::from(name)))
}

/// Runs a program and gives what it says.
fn run(command: &mut Command, install: &str) -> String {
    let output = match command.output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => panic!("{install}"),
        Err(error) => panic!("{command:?}: {error}"),
    };
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} failed:\n{out}{err}\n{install}");
    out.into_owned()
}

/// Builds the module.
fn built() -> PathBuf {
    let install =
        format!("this test needs the target {TARGET}: `rustup target add {TARGET}`, or `make setup`");
    let library =
        run(program("RUSTC", "rustc").args(["--print", "target-libdir", "--target", TARGET]), &install);
    assert!(Path::new(library.trim()).is_dir(), "{install}");
    let mut cargo = program("CARGO", "cargo");
    cargo.args([
        "build",
        "--quiet",
        "--release",
        "--offline",
        "--package",
        "bluelamp-handheld",
        "--target",
        TARGET,
    ]);
    cargo.arg("--target-dir").arg(folder()).current_dir(env!("CARGO_MANIFEST_DIR"));
    // Flags are for this machine's linker and processor.
    for flags in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS"] {
        cargo.env_remove(flags);
    }
    run(&mut cargo, &format!("where a crate is missing: `cargo fetch --target {TARGET}`, or `make setup`"));
    folder().join(TARGET).join("release/bluelamp_handheld.wasm")
}

/// The module's answers to these requests, in their order, and what there is to say of it.
pub(crate) fn answers(requests: &[&Request]) -> (Vec<Vec<u8>>, String) {
    let module = built();
    let (asked, answered) = (folder().join("requests"), folder().join("answers"));
    let mut bytes = Vec::new();
    for part in requests.iter().flat_map(|request| request.iter()) {
        bytes.extend(u32::try_from(part.len()).unwrap().to_le_bytes());
        bytes.extend(part);
    }
    std::fs::write(&asked, bytes).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/run.mjs");
    let mut node = Command::new("node");
    node.arg(script).arg(&module).args([&asked, &answered]);
    let said = run(&mut node, "this test needs Node.js 20 or newer: https://nodejs.org, or `make setup`");
    let said = format!("{} bytes of WebAssembly; {}", std::fs::metadata(&module).unwrap().len(), said.trim());
    let bytes = std::fs::read(&answered).unwrap();
    let mut rest = bytes.as_slice();
    let mut answers = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk() {
        let (answer, after) = after.split_at(u32::from_le_bytes(*length) as usize);
        answers.push(answer.to_vec());
        rest = after;
    }
    (answers, said)
}
