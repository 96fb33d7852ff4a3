//! The crates of the workspace as `cargo metadata` tells them, and the files of the checkout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Folders that hold nothing of ours, or nothing that a person wrote.
const NOT_OURS: &[&str] = &["target", "node_modules", "dist", "shots", "data-dir", "corpus", "artifacts"];

/// What there is to be looked at.
pub(crate) struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// In the order of their names.
    pub(crate) crates: Vec<Crate>,
    /// Every file that a person wrote, hidden ones left out, in the order of their paths, relative to `root`.
    pub(crate) files: Vec<PathBuf>,
}

/// One member of the workspace.
pub(crate) struct Crate {
    /// Without the `bluelamp-` in front.
    pub(crate) name: String,
    /// Relative to the workspace's folder.
    pub(crate) dir: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a `[dependencies]` table.
pub(crate) struct Dependency {
    /// The package's name, `bluelamp-` left out where it is a member of the workspace.
    pub(crate) name: String,
    /// What the code calls it.
    pub(crate) code_name: String,
    /// A crate of ours.
    pub(crate) ours: bool,
    /// Only for tests, examples and benchmarks.
    pub(crate) dev: bool,
}

impl Workspace {
    /// Asks cargo about the workspace in `root`, and lists its files.
    pub(crate) fn read(root: &Path) -> Result<Workspace> {
        let root = root.canonicalize().with_context(|| root.display().to_string())?;
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["metadata", "--no-deps", "--format-version=1", "--offline", "--manifest-path"])
            .arg(root.join("Cargo.toml"))
            .output()
            .context("cargo could not be started")?;
        if !output.status.success() {
            bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        }
        let metadata = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
        let mut files = Vec::new();
        list(&root, &root, &mut files)?;
        files.sort();
        Ok(Workspace { crates: crates(&metadata, &root)?, root, files })
    }

    /// The text of a file of the checkout.
    pub(crate) fn text(&self, file: &Path) -> Result<String> {
        fs::read_to_string(self.root.join(file)).with_context(|| file.display().to_string())
    }
}

fn crates(metadata: &Value, root: &Path) -> Result<Vec<Crate>> {
    let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
    let mut crates = Vec::new();
    for package in packages {
        let manifest = text(package, "manifest_path")?;
        let dir = Path::new(manifest).parent().context("a manifest has a folder")?;
        let dependencies = package["dependencies"].as_array().context("a package has dependencies")?;
        crates.push(Crate {
            name: short(text(package, "name")?),
            dir: dir.strip_prefix(root).unwrap_or(dir).to_path_buf(),
            dependencies: dependencies.iter().map(dependency).collect::<Result<_>>()?,
        });
    }
    crates.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(crates)
}

fn dependency(value: &Value) -> Result<Dependency> {
    let name = text(value, "name")?;
    // A dependency with a path and no registry lies in this checkout.
    let ours = value["path"].is_string();
    Ok(Dependency {
        name: if ours { short(name) } else { name.to_string() },
        code_name: value["rename"].as_str().unwrap_or(name).replace('-', "_"),
        ours,
        dev: value["kind"] == "dev",
    })
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key].as_str().with_context(|| format!("cargo metadata: {key} is missing"))
}

fn short(name: &str) -> String {
    name.strip_prefix("bluelamp-").unwrap_or(name).to_string()
}

fn list(root: &Path, dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry.file_type()?;
        if kind.is_dir() && !name.starts_with('.') && !NOT_OURS.contains(&name.as_ref()) {
            list(root, &entry.path(), files)?;
        } else if kind.is_file() && !name.starts_with('.') {
            files.push(entry.path().strip_prefix(root)?.to_path_buf());
        }
    }
    Ok(())
}
