//! What keeps the house in order: `cargo xtask check` and `make test` look at the arrows between the crates,
//! dependencies that nobody uses, files that grew too long, and claims of tests that are not there.
//!
//! It reads the checkout and changes nothing. It must never depend on a crate of ours.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks on the terminal")]

mod arrows;
mod coverage;
mod dependencies;
mod files;
mod workspace;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use workspace::Workspace;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = match arguments[..] {
        ["check"] => ".",
        ["check", root] => root,
        _ => {
            eprintln!("say `cargo xtask check [FOLDER]`: the folder of the checkout, or else this one");
            return ExitCode::from(2);
        }
    };
    match check(Path::new(root)) {
        Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(faults) => {
            for fault in &faults {
                eprintln!("{fault}");
            }
            eprintln!("xtask check: {} to mend", faults.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("xtask check: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that is out of order, each as one line that says where and what to do.
fn check(root: &Path) -> Result<Vec<String>> {
    let workspace = Workspace::read(root)?;
    let mut faults = arrows::check(&workspace)?;
    faults.extend(dependencies::check(&workspace)?);
    faults.extend(files::check(&workspace)?);
    faults.extend(coverage::check(&workspace)?);
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_in_order() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let faults = check(&root).unwrap();
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }
}
