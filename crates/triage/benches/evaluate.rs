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

/// A report as people write them, of two thousand characters.
const REPORT: &str = "\
I am writing because of what happened on Saturday evening and because I do not know what else to do. I live on the second \
floor with my two children, who are eight and eleven. My ex-husband moved out in the spring and at first things were quiet. \
Since the beginning of October he has been coming to the building again. He rings the bell at all hours, and when I do not \
open he sits in his car on the other side of the road until it gets dark. I have asked him to stop, by text and through his \
sister, and he answers that the street belongs to everybody. On Saturday I came home from my mother's at about half past \
seven with the shopping and the children. He was standing by the bins. He said that he only wanted to talk about the summer \
holidays. I told him that it was not a good time and that we could speak on Monday. He got louder and my neighbour, Mr \
Farrow, looked out of his window. Then he took hold of my bag and the handle came off, and the eggs and the milk went all \
over the steps. My daughter was crying. He said I would be sorry for this and that he knows where I am every minute of the \
day. I think that may be true, because twice this month he has turned up where I was, once at the dentist and once at the \
swimming pool, and I had told nobody. My phone is the old one that he gave me and I have never changed the password. After he \
had gone I found that the mirror on my side of the car was hanging by its wire, but I cannot say whether that was him or \
somebody passing. There was no weapon and nobody was hurt, I want to be fair about that. Mr Farrow says the camera above the \
entrance works and that the caretaker keeps the pictures for two weeks. I have written down all the dates since October in a \
notebook and I can bring it. I would rather not have an officer come to the door in uniform, because of the children, and \
because he would hear about it from the people downstairs. The best time to ring me is between ten and two, when I am at \
work, on the number that I have given below. Please do not leave a message on the other one.";

/// All shipped indicators: over a report as people write them, and over the indicators' own cases, in which far more is
/// found than anybody writes.
fn indicators() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/indicators");
    let mut paths: Vec<_> = fs::read_dir(root).unwrap().map(|f| f.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    let load = |p: &std::path::PathBuf| {
        IndicatorSet::load(&p.display().to_string(), &fs::read_to_string(p).unwrap()).unwrap()
    };
    let sets: Vec<_> = paths.iter().map(load).collect();
    let all = || sets.iter().flat_map(|s| &s.indicators);
    let phrases: usize = all().map(|i| i.phrases.len()).sum();
    println!("{} sets of indicators, {phrases} phrases", sets.len());
    let search = |text: &str| {
        let words = Words::of(text);
        sets.iter().map(|s| black_box(s.find_in(&words)).len()).sum::<usize>()
    };
    let cases: Vec<&str> = all().flat_map(|i| &i.cases).map(|c| c.text.as_str()).collect();
    for (of, text) in [("a report", REPORT.to_owned()), ("the cases", cases.join("\n"))] {
        for length in [2_000, 100_000] {
            let text: String = text.chars().cycle().take(length).collect();
            let (start, mut took, mut found) = (Instant::now(), f64::INFINITY, 0);
            while start.elapsed() < LONG {
                let one = Instant::now();
                found = search(&text);
                took = took.min(one.elapsed().as_secs_f64());
            }
            let (rate, ms) = (1.0 / took, took * 1e3);
            println!(
                "{of:10} {length:>7} characters {rate:>10.0} /s {ms:>8.3} ms at best, {found} places found"
            );
        }
    }
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
