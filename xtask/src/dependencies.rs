//! A dependency that no source file names costs build time and trust for nothing.

use anyhow::Result;

use crate::workspace::Workspace;

pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for member in &workspace.crates {
        let (mut product, mut tests) = (String::new(), String::new());
        for file in workspace.files.iter().filter(|f| f.extension().is_some_and(|e| e == "rs")) {
            if let Ok(inside) = file.strip_prefix(&member.dir) {
                let text = workspace.text(file)?;
                let product_file = inside.starts_with("src") || inside.starts_with("build.rs");
                if product_file { &mut product } else { &mut tests }.push_str(&text);
            }
        }
        for dependency in &member.dependencies {
            let name = &dependency.code_name;
            // What stands in `src` may be inside `#[cfg(test)]`.
            let used = names(&product, name) || (dependency.dev && names(&tests, name));
            if !used {
                faults.push(format!(
                    "{}: nothing uses {}: remove it{}",
                    member.dir.join("Cargo.toml").display(),
                    dependency.name,
                    if names(&tests, name) { ", or move it to [dev-dependencies]" } else { "" }
                ));
            }
        }
    }
    Ok(faults)
}

/// Whether `name` stands in the code as a whole word. Comments do not count.
fn names(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code)).any(|code| {
        code.match_indices(name)
            .any(|(at, _)| !code[..at].ends_with(part) && !code[at + name.len()..].starts_with(part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_used_where_code_names_it_as_a_whole_word() {
        assert!(names("use hex::encode;", "hex"));
        assert!(names("let x = serde_json::json!({});", "serde_json"));
        assert!(!names("// hex is not used\nlet hexagon = hex_of(1);", "hex"));
        assert!(!names("use bluelamp_store_next::X;", "bluelamp_store"));
    }
}
