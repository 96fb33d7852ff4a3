//! What the source texts may not do: change where a report or case stands, but in the two files where a named person is
//! asked for.

use std::path::{Path, PathBuf};

/// Every source file that is shipped, with its text.
pub(crate) fn sources() -> Vec<(PathBuf, String)> {
    fn below(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    for krate in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap() {
        let src = krate.unwrap().path().join("src");
        if src.is_dir() {
            below(&src, &mut found);
        }
    }
    assert!(found.len() > 100, "{}", found.len());
    found
}

/// What in a source text would change where a report or case stands, or make a decision. `decides` is set for the two
/// files that may.
fn offences(text: &str, decides: bool, receives: bool) -> Vec<String> {
    let code: Vec<&str> = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
    let code = code.join(" ").to_lowercase().replace(['"', '(', ')'], " ");
    let words: Vec<String> = code.split_whitespace().map(str::to_owned).collect();
    let bare =
        |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '{').to_owned();
    let tables = ["report", "case_file", "decision"];
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let rest = &words[at + 1..];
        let table = |n: usize| rest.get(n).map(|w| bare(w)).unwrap_or_default();
        let quote = || words[at..words.len().min(at + 14)].join(" ");
        match bare(word).as_str() {
            "update" if rest.iter().take(5).any(|w| bare(w) == "set") => {
                let named = if table(0) == "only" { table(1) } else { table(0) };
                if named.starts_with('{') {
                    found.push(format!("updates a table that is named at run time: {}", quote()));
                }
                if !tables.contains(&named.as_str()) || decides {
                    continue;
                }
                // Whatever stands left of an equals sign, up to the condition.
                let set =
                    rest.iter().skip_while(|w| bare(w) != "set").skip(1).take_while(|w| bare(w) != "where");
                let set = set.cloned().collect::<Vec<_>>().join(" ");
                let columns: Vec<String> =
                    set.split(',').filter_map(|p| Some(bare(p.split('=').next()?))).collect();
                let guarded = ["state", "grade", "graded_at", "case_id"];
                let wrong = columns.iter().any(|c| guarded.contains(&c.as_str()) || c.contains('{'));
                if named != "report" || wrong {
                    found.push(format!("changes where a {named} stands: {}", quote()));
                }
            }
            "into"
                if tables.contains(&table(0).as_str()) && !decides && !(receives && table(0) == "report") =>
            {
                found.push(format!("makes a {}: {}", table(0), quote()));
            }
            "from" if at > 0 && bare(&words[at - 1]) == "delete" && tables.contains(&table(0).as_str()) => {
                found.push(format!("takes away a {}: {}", table(0), quote()));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn only_two_files_change_a_grade_or_state() {
    let mut wrong = Vec::new();
    let mut deciding = 0;
    for (file, text) in sources() {
        // Of this crate nothing is shipped; it makes tables of its own.
        if file.components().any(|c| c.as_os_str() == "testkit") {
            continue;
        }
        let decides = ["casework/src/decide.rs", "casework/src/review.rs"].iter().any(|f| file.ends_with(f));
        deciding += usize::from(decides);
        let receives = file.ends_with("casework/src/report.rs");
        wrong.extend(
            offences(&text, decides, receives).into_iter().map(|o| format!("{}: {o}", file.display())),
        );
    }
    assert_eq!(deciding, 2, "the two files have other names now");
    assert!(
        wrong.is_empty(),
        "Where a report or case stands changes in casework's decide.rs and review.rs alone, where a named person is \
         asked for. These do it too:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_scan_of_the_sources_sees_what_it_looks_for() {
    let bad = [
        r#"cx.exec("update report set state = $1 where id = $2", &[])"#,
        r#"cx.exec("update report set floor = $1,
                  grade = $2 where id = $3", &[])"#,
        r#"cx.exec("UPDATE report AS r SET version = r.version + 1, case_id = $1", &[])"#,
        r#"cx.exec("update case_file set state = 'closed'", &[])"#,
        r#"cx.exec("update decision set decided_by = $1", &[])"#,
        r#"cx.exec(&format!("update {table} set {column} = $1"), &[])"#,
        r#"cx.exec(&format!("update report set {column} = $1 where id = $2"), &[])"#,
        r#"cx.insert_late("insert into report (id, state) values", vec![])"#,
        r#"cx.exec("insert into decision (id) values ($1)", &[])"#,
        r#"cx.exec("delete from decision where id = $1", &[])"#,
    ];
    for text in bad {
        assert_eq!(offences(text, false, false).len(), 1, "{text}");
    }
    let good = [
        r#"cx.exec("update report set matches = $1 where id = $2 and state = 'new' and grade is null", &[])"#,
        r#"cx.exec("update report set floor = $1, hidden = $2, version = version + 1 where id = $3", &[])"#,
        r#"cx.rows("select state, grade from report where id = $1", &[])"#,
        r#"cx.exec("update task set done_at = $1 where id = $2", &[])"#,
        "// An update of a report set by a person.",
        r#"cx.exec("insert into report_record (report_id) values ($1)", &[])"#,
    ];
    for text in good {
        assert_eq!(offences(text, false, false), [""; 0], "{text}");
    }
}
