//! A file that has grown too long is two things under one name.

use anyhow::Result;

use crate::workspace::Workspace;

/// More than this is refused; most files should be less than half as long.
const LINES: usize = 900;
/// What people write and read as code.
const CODE: &[&str] = &["rs", "mjs", "js", "scss", "html", "sql", "sh", "py"];

pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for file in &workspace.files {
        // The whole schema in one place, written by the migrations.
        if file.starts_with("docs/database") {
            continue;
        }
        let code = file.extension().is_none_or(|e| CODE.iter().any(|code| e == *code));
        // Files without an ending are scripts, licences and the like; those that are not text are none of ours.
        let Some(text) = code.then(|| workspace.text(file).ok()).flatten() else { continue };
        let lines = text.lines().count();
        if lines > LINES {
            faults.push(format!(
                "{}: {lines} lines, {LINES} at most: divide it by what its parts are about",
                file.display()
            ));
        }
    }
    Ok(faults)
}
