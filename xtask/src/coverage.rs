//! `docs/coverage.md` says which test shows which requirement. A test that is not there shows nothing.
//!
//! The last column of each table names the tests in backticks: a test function, the title of a browser test, or
//! a file. A row without a test says so with `none:` and the reason.

use std::path::Path;

use anyhow::Result;

use crate::workspace::Workspace;

const COVERAGE: &str = "docs/coverage.md";

pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    if !workspace.files.iter().any(|file| file == Path::new(COVERAGE)) {
        return Ok(Vec::new());
    }
    let mut code = String::new();
    for file in &workspace.files {
        if file.extension().is_some_and(|e| e == "rs" || e == "mjs") {
            code.push_str(&workspace.text(file)?);
        }
    }
    let there = |name: &str| {
        workspace.root.join(name).is_file()
            || ["(", "<"].iter().any(|after| code.contains(&format!("fn {name}{after}")))
            || ["'", "\"", "`"].iter().any(|quote| code.contains(&format!("{quote}{name}{quote}")))
    };
    Ok(read(&workspace.text(Path::new(COVERAGE))?, there))
}

/// The faults of the table rows in `text`, where `there` tells whether a test or a file exists.
fn read(text: &str, there: impl Fn(&str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    let mut in_body = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if !line.starts_with('|') {
            in_body = false;
            continue;
        }
        // The line of dashes parts a table's head from its rows.
        if line.chars().all(|c| "|-: ".contains(c)) {
            in_body = true;
            continue;
        }
        if !in_body {
            continue;
        }
        let at = format!("{COVERAGE}:{}", index + 1);
        let cell = line.trim_end_matches('|').rsplit('|').next().unwrap_or_default().trim();
        let mut names = cell.split('`').skip(1).step_by(2).peekable();
        if names.peek().is_none() && cell.strip_prefix("none:").is_none_or(|why| why.trim().is_empty()) {
            faults.push(format!("{at}: name a test in backticks in the last column, or say `none:` and why"));
        }
        faults.extend(
            names.filter(|name| !there(name)).map(|name| format!("{at}: there is no test or file {name}")),
        );
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_names_tests_that_exist_or_says_why_not() {
        let text = "| Id | What | Test |\n|---|---|---|\n\
            | 1 | reports | `a_report_is_kept` |\n\
            | 2 | decides | `a_report_is_kept` and `gone` |\n\
            | 3 | shares | none: not built |\n\
            | 4 | archives | |\n\
            | 5 | erases | none: |\n\
            Some text.\n";
        let slip = "name a test in backticks in the last column, or say `none:` and why";
        assert_eq!(
            read(text, |name| name == "a_report_is_kept"),
            [
                "docs/coverage.md:4: there is no test or file gone".to_string(),
                format!("docs/coverage.md:6: {slip}"),
                format!("docs/coverage.md:7: {slip}"),
            ]
        );
    }
}
