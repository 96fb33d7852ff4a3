//! How fast definitions are read and evaluated, on one thread, over the shipped definitions and the facts of their own
//! cases: from nothing asked to everything known.
#![allow(clippy::print_stdout, reason = "a benchmark reports on the terminal")]
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use bluelamp_triage::{Definition, Facts, IndicatorSet, Words};
use std::{
    fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

/// How long each thing is measured.
const LONG: Duration = Duration::from_secs(2);

fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/definitions");
    let paths = fs::read_dir(root).unwrap().map(|f| f.unwrap().path());
    let mut folders: Vec<_> = paths.filter(|p| p.is_dir()).collect();
    folders.sort();
    let read = |folder: &std::path::PathBuf| {
        let file = folder.join("1.0.0.md");
        (file.display().to_string(), fs::read_to_string(&file).unwrap())
    };
    folders.iter().map(read).collect()
}

/// Decisions in a second.
fn rate(all: &[(Definition, Vec<Facts>)], mut decide: impl FnMut(&Definition, &Facts)) -> f64 {
    let (start, mut done) = (Instant::now(), 0_u32);
    while start.elapsed() < LONG {
        for (definition, facts) in all {
            for facts in facts {
                decide(definition, facts);
                done += 1;
            }
        }
    }
    f64::from(done) / start.elapsed().as_secs_f64()
}

/// All shipped indicators over reports made of their own cases, where far more is found than in what people write.
fn indicators() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/indicators");
    let mut paths: Vec<_> = fs::read_dir(root).unwrap().map(|f| f.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    let load = |p: &std::path::PathBuf| {
        IndicatorSet::load(&p.display().to_string(), &fs::read_to_string(p).unwrap()).unwrap()
    };
    let sets: Vec<_> = paths.iter().map(load).collect();
    let phrases: usize = sets.iter().flat_map(|s| &s.indicators).map(|i| i.phrases.len()).sum();
    let texts = sets.iter().flat_map(|s| &s.indicators).flat_map(|i| &i.cases).map(|c| c.text.as_str());
    let told: String = texts.collect::<Vec<_>>().join("\n");
    let search = |text: &str| {
        let words = Words::of(text);
        sets.iter().map(|s| black_box(s.find_in(&words)).len()).sum::<usize>()
    };
    let report: String = told.chars().take(2_000).collect();
    let long: String = told.chars().cycle().take(100_000).collect();
    println!("{} sets of indicators, {phrases} phrases", sets.len());
    let (start, mut done) = (Instant::now(), 0_u32);
    while start.elapsed() < LONG {
        search(&report);
        done += 1;
    }
    let rate = f64::from(done) / start.elapsed().as_secs_f64();
    println!("reports of 2,000 characters    {rate:>10.0} /s ({} places found in each)", search(&report));
    let start = Instant::now();
    let found = search(&long);
    let took = start.elapsed().as_secs_f64() * 1e3;
    println!("one report of 100,000          {took:>10.1} ms ({found} places found)");
}

fn main() {
    let texts = texts();
    let load = |(file, text): &(String, String)| Definition::load(file, text).unwrap();
    let all: Vec<_> = texts
        .iter()
        .map(load)
        .map(|d| {
            let facts = d.cases.iter().map(|c| c.facts.clone()).collect::<Vec<_>>();
            (d, facts)
        })
        .collect();
    let rules: usize = all.iter().map(|(d, _)| d.rules.len()).sum();
    let cases: usize = all.iter().map(|(_, f)| f.len()).sum();
    println!("{} definitions, {rules} rules, {cases} sets of facts", all.len());
    let traced = rate(&all, |d, f| drop(black_box(d.evaluate(f).unwrap())));
    println!("floor, ceiling and trace       {traced:>10.0} /s");
    let explained = rate(&all, |d, f| drop(black_box(d.assess(f).unwrap())));
    println!("with every sentence            {explained:>10.0} /s");
    let json = rate(&all, |d, f| drop(black_box(serde_json::to_vec(&d.assess(f).unwrap()).unwrap())));
    println!("with every sentence, as JSON   {json:>10.0} /s");
    let start = Instant::now();
    texts.iter().cycle().take(50).for_each(|t| drop(black_box(load(t))));
    println!("50 definitions loaded, linted  {:>10.1} ms", start.elapsed().as_secs_f64() * 1e3);
    indicators();
}
