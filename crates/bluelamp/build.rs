//! Writes the list of files of `data/` that the binary carries.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// The folders, and the endings of what is read in them.
const FOLDERS: &[(&str, &[&str])] = &[
    ("codes", &["json"]),
    ("content", &["md"]),
    ("definitions", &["md"]),
    ("demo", &["json", "csv", "txt"]),
    ("forms", &["json"]),
    ("indicators", &["toml"]),
    ("landscape", &["toml"]),
    ("policies", &["toml"]),
    ("strategy", &["toml", "yaml"]),
];

fn main() {
    let data = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../data");
    let mut out = String::from("pub(crate) static FILES: &[(&str, &str)] = &[\n");
    for (folder, endings) in FOLDERS {
        println!("cargo::rerun-if-changed={}", data.join(folder).display());
        for path in files(&data.join(folder)) {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let wanted = path.extension().is_some_and(|e| endings.iter().any(|known| e == *known));
            if wanted && file != "README.md" && !file.ends_with(".schema.json") {
                let name = path.strip_prefix(&data).unwrap_or(&path).display().to_string();
                let _ = writeln!(out, "({name:?}, include_str!({path:?})),");
            }
        }
    }
    out.push_str("];\n");
    let target = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("data.rs");
    if let Err(why) = fs::write(&target, out) {
        println!("cargo::error={}: {why}", target.display());
        process::exit(1);
    }
}

/// The files of a folder and of the folders in it, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.flatten().map(|e| e.path());
    let mut all: Vec<_> = paths.flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).collect();
    all.sort();
    all
}
