//! What a comparison with another engine needs (`bench/triage`): the definitions as data, and decisions on given facts.
//!
//! - `decisions definitions FILE…` prints the definitions as one JSON array.
//! - `decisions decide SECONDS FACTS FILE…` reads lines `["id", {facts}]`, prints for each a line with the fired rules
//!   and their grades, and at the end one with the decisions in a second of processor time, on one thread.
#![expect(clippy::print_stdout, reason = "it reports on the terminal")]

use bluelamp_triage::{Assessment, Came, Definition, Facts};
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// As the shipped binary has it: a proposal is some hundred small pieces of memory.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The place of a definition, and what is known: as text and read.
type Given = (usize, String, Facts);

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["definitions", files @ ..] => println!("{}", serde_json::to_string(&load(files)?)?),
        ["decide", seconds, facts, files @ ..] => {
            decide(Duration::from_secs_f64(seconds.parse()?), facts, &load(files)?)?;
        }
        _ => return Err("say definitions FILE…, or decide SECONDS FACTS FILE…".into()),
    }
    Ok(())
}

fn load(files: &[&str]) -> Outcome<Vec<Definition>> {
    files.iter().map(|file| Ok(Definition::load(file, &fs::read_to_string(file)?)?)).collect()
}

fn decide(long: Duration, facts: &str, definitions: &[Definition]) -> Outcome<()> {
    let mut given: Vec<Given> = Vec::new();
    for line in fs::read_to_string(facts)?.lines() {
        let (id, facts): (String, Value) = serde_json::from_str(line)?;
        let of = definitions.iter().position(|d| d.header.id == id).ok_or("no such definition")?;
        given.push((of, facts.to_string(), serde_json::from_value(facts)?));
    }
    for (of, _, facts) in &given {
        let definition = &definitions[*of];
        let found = definition.evaluate(facts).map_err(|e| format!("{e:?}"))?;
        let fired = definition.rules.iter().zip(&found.steps).filter(|(_, step)| step.came == Came::Fired);
        let fired: Vec<_> = fired.map(|(r, _)| json!([r.id, definition.grade(r.grade)])).collect();
        println!("{}", Value::from(fired));
    }
    let trace = rate(long, &given, |(of, _, facts)| definitions[*of].evaluate(facts).is_ok());
    let words = rate(long, &given, |(of, _, facts)| definitions[*of].assess(facts).is_ok());
    let json = rate(long, &given, |(of, text, _)| through_text(&definitions[*of], text).is_ok());
    println!("{}", json!({"trace": trace, "words": words, "json": json}));
    Ok(())
}

/// From the text of the facts to the text of the proposal.
fn through_text(definition: &Definition, text: &str) -> Outcome<String> {
    let facts: Facts = serde_json::from_str(text)?;
    let proposal: Assessment = definition.assess(&facts).map_err(|e| format!("{e:?}"))?;
    Ok(serde_json::to_string(&proposal)?)
}

/// Decisions in a second of processor time, so that other work on the machine counts as little as can be.
fn rate(long: Duration, given: &[Given], mut decide: impl FnMut(&Given) -> bool) -> f64 {
    let (start, used, mut done) = (Instant::now(), processor(), 0_u32);
    while start.elapsed() < long {
        for one in given {
            done += u32::from(black_box(decide(one)));
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
