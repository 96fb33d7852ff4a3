//! Writes the list of files that the binary embeds: what `make assets` built, and our own templates and words.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

fn main() {
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../web");
    let dist = web.join("dist");
    for watched in ["dist/manifest.json", "templates", "strings"] {
        println!("cargo::rerun-if-changed={}", web.join(watched).display());
    }
    if !dist.join("manifest.json").is_file() {
        println!(
            "cargo::error=web/dist is missing, so there are no styles, scripts and component templates to embed. \
             Run `make assets` (that is `npm ci --ignore-scripts && node build.mjs` in web/) and build again."
        );
        process::exit(1);
    }
    let mut out = String::new();
    assets(&mut out, &dist.join("assets"));
    texts(&mut out, "COMPONENTS", &dist.join("templates"), "njk");
    texts(&mut out, "TEMPLATES", &web.join("templates"), "njk");
    texts(&mut out, "STRINGS", &web.join("strings"), "json");
    let target = PathBuf::from(env::var("OUT_DIR").unwrap_or_default()).join("embedded.rs");
    if let Err(why) = fs::write(&target, out) {
        println!("cargo::error={}: {why}", target.display());
    }
}

/// One `Asset` for each file, with its compressed twins where the asset build made them.
fn assets(out: &mut String, folder: &Path) {
    let _ = writeln!(out, "pub(crate) static ASSETS: &[crate::assets::Asset] = &[");
    for path in files(folder) {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if file.ends_with(".br") || file.ends_with(".gz") {
            continue;
        }
        let (stem, kind) = file.rsplit_once('.').unwrap_or((&file, ""));
        let (name, hash) = stem.rsplit_once('-').unwrap_or((stem, ""));
        let media = match kind {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            _ => "application/octet-stream",
        };
        let twin = |coding: &str| {
            let twin = folder.join(format!("{file}.{coding}"));
            if twin.is_file() { format!("Some(include_bytes!({twin:?}))") } else { "None".into() }
        };
        let _ = writeln!(
            out,
            "crate::assets::Asset {{ name: {:?}, file: {file:?}, media_type: {media:?}, etag: {:?}, \
             plain: include_bytes!({path:?}), brotli: {}, gzip: {} }},",
            format!("{name}.{kind}"),
            format!("\"{hash}\""),
            twin("br"),
            twin("gz"),
        );
    }
    let _ = writeln!(out, "];");
}

/// Pairs of path below `folder` and text.
fn texts(out: &mut String, list: &str, folder: &Path, ending: &str) {
    let _ = writeln!(out, "pub(crate) static {list}: &[(&str, &str)] = &[");
    for path in files(folder) {
        if path.extension().is_some_and(|e| e == ending) {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let _ = writeln!(out, "({name:?}, include_str!({path:?})),");
        }
    }
    let _ = writeln!(out, "];");
}

/// Every file below `folder`, in the order of their paths.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return all };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all.sort();
    all
}
