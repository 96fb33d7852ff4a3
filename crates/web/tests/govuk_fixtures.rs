//! Every example that GOV.UK publishes with its components, rendered by us and compared with the published HTML.
//!
//! The comparison collapses white space and unifies the spelling of entities; the order of attributes counts.

#![allow(clippy::unwrap_used, reason = "a failed test is allowed to panic")]

#[path = "govuk/pages.rs"]
mod pages;
#[path = "../examples/samples/mod.rs"]
mod samples;

use bluelamp_web::govuk::components::{Components, load};
use minijinja::Value;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Examples that do not match, with the reason. Nothing else may differ.
const ALLOWED: &[(&str, &str, &str)] = &[(
    "footer",
    "with empty meta",
    "an empty object is true in JavaScript and false here; pages never pass one",
)];

#[derive(Deserialize)]
struct Published {
    component: String,
    fixtures: Vec<Example>,
}

#[derive(Deserialize)]
struct Example {
    name: String,
    /// Read straight into the engine's own value, which keeps the order of attributes.
    options: Value,
    html: String,
}

fn published(path: &Path) -> Published {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn package() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/node_modules/govuk-frontend/dist");
    assert!(package.is_dir(), "web/node_modules is missing: run `make assets` first");
    package
}

fn macros(folder: &Path, root: &Path, into: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            macros(&path, root, into);
        } else if path.extension().is_some_and(|e| e == "njk") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            into.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// The whole package, also what the binary leaves out.
fn everything() -> Components {
    let mut files = BTreeMap::new();
    let root = package();
    macros(&root.join("govuk/components"), &root, &mut files);
    macros(&root.join("govuk/macros"), &root, &mut files);
    load(files.iter().map(|(k, v)| (k.as_str(), v.as_str()))).unwrap()
}

/// `govukSkipLink` for `skip-link`.
fn macro_name(component: &str) -> String {
    let mut name = String::from("govuk");
    for part in component.split('-') {
        name.push_str(&part[..1].to_uppercase());
        name.push_str(&part[1..]);
    }
    name
}

/// White space between tags gone, elsewhere one blank; entities in one spelling.
fn plain(html: &str) -> String {
    let words = html.split_whitespace().collect::<Vec<_>>().join(" ");
    words
        .replace("> <", "><")
        .replace(" >", ">")
        .replace("> ", ">")
        .replace(" <", "<")
        .replace("&#x27;", "&#39;")
        .replace("&#34;", "&quot;")
}

#[test]
fn every_official_example_comes_out_as_published() {
    let components = everything();
    let mut total = 0;
    let mut wrong = Vec::new();
    let mut folders: Vec<_> =
        fs::read_dir(package().join("govuk/components")).unwrap().map(|e| e.unwrap().path()).collect();
    folders.sort();
    for folder in folders.iter().filter(|f| f.join("fixtures.json").is_file()) {
        let Published { component, fixtures } = published(&folder.join("fixtures.json"));
        for Example { name, options, html } in fixtures {
            total += 1;
            let wanted = plain(&html);
            let got = match components.render(&macro_name(&component), options) {
                Ok(html) => plain(&html),
                Err(why) => format!("{why:#}"),
            };
            if got != wanted
                && !ALLOWED.iter().any(|(c, n, _)| (*c, *n) == (component.as_str(), name.as_str()))
            {
                let same = wanted.chars().zip(got.chars()).take_while(|(a, b)| a == b).count();
                let near =
                    |html: &str| html.chars().skip(same.saturating_sub(60)).take(160).collect::<String>();
                let (wanted, got) = (near(&wanted), near(&got));
                wrong.push(format!("{component} / {name}\n  published …{wanted}\n  rendered  …{got}"));
            }
        }
    }
    println!(
        "{} of {total} official examples match, {} allowed to differ",
        total - wrong.len() - ALLOWED.len(),
        ALLOWED.len()
    );
    assert!(total > 600, "only {total} examples found: has the package changed its layout?");
    assert!(wrong.is_empty(), "{} of {total} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_allowed_to_differ_still_exists() {
    for (component, name, reason) in ALLOWED {
        let file = published(&package().join("govuk/components").join(component).join("fixtures.json"));
        assert!(file.fixtures.iter().any(|f| f.name == *name), "{component} / {name}: {reason}");
    }
}
