//! `bluelamp thr`: definitions of threat, harm and risk, and indicators in free text, as files. No data folder is opened, and nothing is stored.

use crate::{cli::Thr, content, fail::Fail, say};
use bluelamp_model::{Error, Fault, Faults, FieldError, Time};
use bluelamp_triage::{
    Assessment, CaseResult, Definition, Difference, Found, IndicatorSet, Observations, Standing, Words,
};
use serde_json::json;
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

/// Answers the command.
///
/// # Errors
/// What is wrong in a file, with its lines.
pub(crate) fn run(what: Thr) -> Result<(), Fail> {
    match what {
        Thr::Lint { paths, json } => lint(&paths, json),
        Thr::Test { paths, json } => test(&paths, json),
        Thr::Diff { old, new, json } => diff(&old, &new, json),
        Thr::Find { text, set, json } => find(&text, set.as_deref(), json),
        Thr::Eval { definition, facts, at, json, text } => {
            let assessment = evaluate(&definition, &facts, at)?;
            if text {
                return say::out(sentences(&assessment));
            }
            if json {
                return say::json(&assessment);
            }
            say::out(serde_json::to_string_pretty(&assessment).map_err(|e| Error::Bug(e.to_string()))?)
        }
    }
}

/// The files of definitions that are meant: a file as it is, of a folder those that end in `.md`, also below it.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Fail> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        collect(path, true, &mut found)?;
        if found.len() == before {
            return Err(Fail::Usage(format!("{}: no file here ends in .md", path.display())));
        }
    }
    Ok(found)
}

fn collect(path: &Path, named: bool, found: &mut Vec<PathBuf>) -> Result<(), Fail> {
    if !path.is_dir() {
        let wanted = path.extension().is_some_and(|e| e == "md")
            && path.file_name().is_none_or(|name| name != "README.md");
        if named || wanted {
            found.push(path.to_owned());
        }
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(|e| unreadable(path, &e))?;
    let mut entries: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    entries.sort();
    entries.iter().try_for_each(|entry| collect(entry, false, found))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fail {
    Fail::Usage(format!("{}: cannot be read: {error}", path.display()))
}

fn text(path: &Path) -> Result<String, Fail> {
    fs::read_to_string(path).map_err(|e| unreadable(path, &e))
}

/// What a file says, or standard input where it is called `-`.
fn given(path: &Path) -> Result<String, Fail> {
    if path.as_os_str() != "-" {
        return text(path);
    }
    let mut read = String::new();
    std::io::stdin().read_to_string(&mut read)?;
    Ok(read)
}

fn lint(paths: &[PathBuf], json: bool) -> Result<(), Fail> {
    let (mut faults, mut notices, mut sound) = (Vec::new(), Vec::new(), Vec::new());
    for path in files(paths)? {
        match Definition::load(&path.display().to_string(), &text(&path)?) {
            Ok(mut definition) => {
                notices.append(&mut definition.notices);
                sound.push((path, definition));
            }
            Err(found) => faults.extend(found.0),
        }
    }
    if json {
        say::json(&json!({ "definitions": sound.len(), "faults": faults, "notices": notices }))?;
        return if faults.is_empty() { Ok(()) } else { Err(Fail::Said) };
    }
    for (path, d) in &sound {
        let (id, version, status) = (&d.header.id, &d.header.version, d.header.status.code());
        let (facts, rules, cases) = (d.facts.len(), d.rules.len(), d.cases.len());
        say::out(format!(
            "{}: {id} {version} ({status}): {facts} facts, {rules} rules, {cases} cases pass",
            path.display()
        ))?;
    }
    for notice in &notices {
        say::out(format!("notice: {notice}"))?;
    }
    Ok(Faults(faults).or(())?)
}

fn test(paths: &[PathBuf], json: bool) -> Result<(), Fail> {
    let mut faults = Vec::new();
    let mut results: Vec<(String, String, Vec<CaseResult>)> = Vec::new();
    for path in files(paths)? {
        let shown = path.display().to_string();
        match Definition::parse(&shown, &text(&path)?) {
            Ok(d) => {
                let cases = d.run_cases();
                faults.extend(cases.iter().filter(|c| !c.differences.is_empty()).map(|c| {
                    Fault::new(&shown, format!("fails: {}", c.differences.join("; ")))
                        .at_line(c.line)
                        .in_field(format!("case '{}'", c.name))
                }));
                results.push((shown, format!("{} {}", d.header.id, d.header.version), cases));
            }
            Err(found) => faults.extend(found.0),
        }
    }
    if json {
        let all: Vec<_> = results
            .iter()
            .map(|(file, definition, cases)| json!({"file": file, "definition": definition, "cases": cases}))
            .collect();
        say::json(&json!({ "definitions": all, "faults": faults }))?;
        return if faults.is_empty() { Ok(()) } else { Err(Fail::Said) };
    }
    for (file, definition, cases) in &results {
        let passed = cases.iter().filter(|c| c.differences.is_empty()).count();
        say::out(format!("{file}: {definition}: {passed} of {} cases pass", cases.len()))?;
    }
    Ok(Faults(faults).or(())?)
}

/// A definition by its file, or by its id among those that the binary carries: of several versions the latest, unless
/// one is named, as in `burglary@1.0.0`.
fn definition(which: &str) -> Result<Definition, Fail> {
    let path = Path::new(which);
    if path.is_file() {
        return Ok(Definition::load(which, &text(path)?)?);
    }
    let (id, version) = which.split_once('@').map_or((which, None), |(id, v)| (id, Some(v)));
    let versions = content::changeable().filter_map(|(path, text)| {
        let (of, file) = path.strip_prefix("definitions/")?.strip_suffix(".md")?.split_once('/')?;
        Some((of, file, path, text))
    });
    let all: Vec<_> = versions.collect();
    let numbers =
        |v: &str| v.split(['.', '-', '+']).map(|n| n.parse::<u64>().unwrap_or(0)).collect::<Vec<_>>();
    let fits = all.iter().filter(|(of, v, ..)| *of == id && version.is_none_or(|wanted| wanted == *v));
    if let Some((_, _, path, text)) = fits.max_by_key(|(_, v, ..)| numbers(v)) {
        return Ok(Definition::load(&format!("data/{path}"), text)?);
    }
    let mut carried: Vec<String> = all.iter().map(|(id, version, ..)| format!("{id}@{version}")).collect();
    carried.sort();
    let carried = carried.join(", ");
    Err(Fail::Usage(format!("there is no file '{which}', and the binary carries only {carried}")))
}

fn diff(old: &str, new: &str, json: bool) -> Result<(), Fail> {
    let (a, b) = (definition(old)?, definition(new)?);
    let found = bluelamp_triage::diff(&a, &b);
    let grade = found.iter().any(|d| d.grade);
    if json {
        return say::json(&json!({
            "from": { "id": a.header.id, "version": a.header.version, "digest": a.digest },
            "to": { "id": b.header.id, "version": b.header.version, "digest": b.digest },
            "grades_can_change": grade,
            "differences": found,
        }));
    }
    let named = |d: &Definition| format!("{} {}", d.header.id, d.header.version);
    say::out(format!("From {} to {}", named(&a), named(&b)))?;
    let mut part = "";
    for Difference { part: of, name, sentence, grade } in &found {
        if *of != part {
            part = of;
            say::out(format!("\n{}", part.to_uppercase()))?;
        }
        let mark = if *grade { " [grades can change]" } else { "" };
        say::out(format!("  {name}: {sentence}{mark}"))?;
    }
    let major = |d: &Definition| d.header.version.split('.').next().and_then(|n| n.parse::<u64>().ok());
    say::out(match (found.is_empty(), grade) {
        (true, _) => "Nothing is different.",
        (false, false) => "\nNo unchanged incident gets another grade.",
        (false, true) if a.header.id == b.header.id && major(&b) <= major(&a) => {
            "\nAn unchanged incident can get another grade: the version's first number has to rise."
        }
        (false, true) => "\nAn unchanged incident can get another grade.",
    })
}

fn evaluate(which: &str, facts: &Path, at: Option<Time>) -> Result<Assessment, Fail> {
    let definition = definition(which)?;
    let shown = facts.display().to_string();
    let text = given(facts)?;
    let told: Observations = serde_json::from_str(&text).map_err(|e| {
        let line = u64::try_from(e.line()).unwrap_or(1).max(1);
        Fail::Data(Fault::new(&shown, format!("is not an object of facts by name: {e}")).at_line(line).into())
    })?;
    let wrong = |errors: Vec<FieldError>| {
        let fault = |e: FieldError| {
            let line = text.lines().position(|l| l.contains(&format!("\"{}\"", e.field)));
            let fault = Fault::new(&shown, e.message).in_field(e.field);
            line.map_or(fault.clone(), |n| fault.at_line(n as u64 + 1))
        };
        Fail::Data(Faults(errors.into_iter().map(fault).collect()))
    };
    let facts = definition.facts_at(&told, at).map_err(wrong)?;
    definition.assess(&facts).map_err(wrong)
}

/// The sets that are meant: a file, one by its id among those that the binary carries, or all of these.
fn sets(which: Option<&str>) -> Result<Vec<IndicatorSet>, Fail> {
    if let Some(file) = which.filter(|w| Path::new(w).is_file()) {
        return Ok(vec![IndicatorSet::load(file, &text(Path::new(file))?)?]);
    }
    let carried = content::changeable().filter_map(|(path, text)| {
        let id = path.strip_prefix("indicators/")?.strip_suffix(".toml")?;
        Some((id, path, text))
    });
    let all: Vec<_> = carried.collect();
    let mut found = Vec::new();
    for (_, path, text) in all.iter().filter(|(id, ..)| which.is_none_or(|w| w == *id)) {
        found.push(IndicatorSet::load(&format!("data/{path}"), text)?);
    }
    match which {
        Some(which) if found.is_empty() => {
            let ids = all.iter().map(|(id, ..)| *id).collect::<Vec<_>>().join(", ");
            Err(Fail::Usage(format!("there is no file '{which}', and the binary carries only {ids}")))
        }
        _ => Ok(found),
    }
}

fn find(file: &Path, which: Option<&str>, json: bool) -> Result<(), Fail> {
    let sets = sets(which)?;
    let text = given(file)?;
    let words = Words::of(&text);
    let found: Vec<Found> = sets.iter().flat_map(|set| set.find_in(&words)).collect();
    if json {
        let searched: Vec<_> = sets
            .iter()
            .map(|s| json!({ "set": s.id, "version": s.version, "digest": s.digest, "definition": s.definition }))
            .collect();
        return say::json(&json!({ "searched": searched, "found": found }));
    }
    for set in &sets {
        let own: Vec<&Found> = found.iter().filter(|f| f.set == set.id).collect();
        if own.is_empty() {
            continue;
        }
        say::out(format!("{} {} (definition {})", set.id, set.version, set.definition))?;
        for f in own {
            // A line for each place, whatever lines the text has.
            let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let number = text.get(..f.start).map_or(1, |t| t.matches('\n').count() + 1);
            let sooner = if f.raises_priority { "; to be looked at sooner" } else { "" };
            say::out(format!(
                "  line {number}: … {} >{}< {} …\n    {} asks: {}{sooner}",
                line(&f.before),
                line(&f.words),
                line(&f.after),
                f.indicator,
                f.asks
            ))?;
        }
    }
    let searched = sets.iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join(", ");
    say::out(match found.len() {
        0 => format!("No words of {searched} were found, which says nothing about what happened."),
        _ => "Words that were found are no facts: read them, and ask.".to_owned(),
    })
}

/// An assessment as a person reads it.
fn sentences(a: &Assessment) -> String {
    let or_none = |grade: &Option<String>| grade.clone().unwrap_or_else(|| "none".into());
    let state = if a.state == Standing::Open { "open" } else { "settled" };
    let mut lines = vec![
        format!("{} {} ({})", a.definition, a.version, a.status.code()),
        a.summary.clone(),
        format!("floor {}, ceiling {}, {state}", or_none(&a.floor), or_none(&a.ceiling)),
    ];
    let mut section = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            lines.push(format!("\n{title}"));
            lines.extend(items.into_iter().map(|item| format!("  {item}")));
        }
    };
    section("Rules", a.rules.iter().map(|r| format!("{}: {}", r.rule, r.sentence)).collect());
    section("Questions", a.questions.iter().map(|q| format!("{} {}", q.ask, q.sentence)).collect());
    let action = |p: &bluelamp_triage::Proposed| {
        let must = if p.must { ", mandatory" } else { "" };
        format!("{} ({}, {}{must}). {}", p.action, p.deadline, p.role, p.reason)
    };
    section("Actions", a.actions.iter().map(action).collect());
    lines.push(format!(
        "\ndefinition {}\nfacts      {}\nengine     {}",
        a.definition_digest, a.facts_digest, a.engine
    ));
    lines.join("\n")
}
