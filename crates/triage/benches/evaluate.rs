//! How fast definitions are read and evaluated, on one thread, over the shipped definitions and the facts of their own
//! cases: from nothing asked to everything known.
#![allow(clippy::print_stdout, reason = "a benchmark reports on the terminal")]
#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

use bluelamp_triage::{Definition, FactState, FactType, Facts, IndicatorSet, Regrading, Snapshot, Words};
use serde_json::{Map, Value, json};
use std::{
    fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

/// As the shipped binary has it: a proposal is some hundred small pieces of memory.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

/// Numbers that come again for the same seed (SplitMix64).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }

    /// What is known about one incident, as the text that is stored: six facts of ten known, two of ten in one of
    /// the states, the others not there.
    fn snapshot(&mut self, dictionaries: &[&Definition]) -> String {
        let mut facts = Map::new();
        for entry in dictionaries.iter().flat_map(|d| &d.facts) {
            let value = match (self.below(10), &entry.kind) {
                (0..=1, _) => continue,
                (2..=3, _) => json!({"state": FactState::ALL[self.below(3)].code()}),
                (_, FactType::YesNo) => json!(self.below(4) == 0),
                (_, FactType::Number) => json!(self.below(20)),
                (_, FactType::Text) => json!("some words of a report"),
                (_, FactType::Choice(options)) => json!(options[self.below(options.len())]),
            };
            facts.insert(entry.name.clone(), value);
        }
        Value::Object(facts).to_string()
    }
}

/// Past snapshots under two versions, each read from its text, which holds the facts of two definitions.
fn regraded(texts: &[(String, String)], count: usize) {
    let text = |id: &str| texts.iter().find(|(file, _)| file.contains(id)).unwrap();
    let (file, old) = text("domestic-abuse");
    let new = old.replace("checklist_high: 14", "checklist_high: 12");
    let [old, new] = [old, &new].map(|text| Definition::parse(file, text).unwrap());
    let (file, other) = text("antisocial-behaviour");
    let other = Definition::parse(file, other).unwrap();
    let mut seeded = Seeded(20_261_127);
    let mut regrading = Regrading::new(Some(&old), &new, 3);
    let (mut spent, mut bytes) = (Duration::ZERO, 0);
    for part in 0..count / 10_000 {
        // Made outside the time that counts, a part at a time so that they need not all be in memory.
        let stored: Vec<(String, String)> = (0..10_000)
            .map(|n| (format!("{}", part * 10_000 + n), seeded.snapshot(&[&old, &other])))
            .collect();
        bytes += stored.iter().map(|(_, text)| text.len()).sum::<usize>();
        let start = Instant::now();
        for (key, text) in &stored {
            match serde_json::from_str::<Facts>(text) {
                Ok(facts) => regrading.add(key, &Snapshot::from(facts)),
                Err(_) => regrading.unreadable(key),
            }
        }
        spent += start.elapsed();
    }
    let found = regrading.finish();
    assert_eq!((found.given, found.compared), (count as u64, count as u64));
    assert!(found.floors.raised > 0 && found.floors.lowered == 0, "a lower threshold raises some");
    let seconds = spent.as_secs_f64();
    println!(
        "{count} snapshots of {} bytes regraded {seconds:>6.1} s, {:.0} /s ({} raised)",
        bytes / count,
        found.given as f64 / seconds,
        found.floors.raised
    );
}

/// Decisions in a second of processor time, so that other work on the machine counts as little as can be.
fn rate(all: &[(Definition, Vec<Facts>)], mut decide: impl FnMut(&Definition, &Facts)) -> f64 {
    let (start, used, mut done) = (Instant::now(), processor(), 0_u32);
    while start.elapsed() < LONG {
        for (definition, facts) in all {
            for facts in facts {
                decide(definition, facts);
                done += 1;
            }
        }
    }
    let spent = processor().zip(used).map_or(start.elapsed(), |(now, then)| now.saturating_sub(then));
    f64::from(done) / spent.as_secs_f64()
}

/// The processor time of this thread, where the system tells it; the clock counts elsewhere.
fn processor() -> Option<Duration> {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
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
    regraded(&texts, 1_000_000);
    indicators();
}
