//! Checks definitions and runs their cases: `cargo run -p bluelamp-triage --example check -- FILE…`.
//! With `--rate` as the first argument it also measures traced decisions per second on one core.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use bluelamp_triage::{Definition, Facts};
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let rate = files.first().is_some_and(|a| a == "--rate");
    if rate {
        files.remove(0);
    }
    let mut wrong = 0;
    for file in files {
        match Definition::load(&file, &std::fs::read_to_string(&file)?) {
            Ok(definition) => {
                let (id, version) = (&definition.header.id, &definition.header.version);
                let (rules, cases) = (definition.rules.len(), definition.cases.len());
                println!("{file}: {id} {version}: {rules} rules, {cases} cases pass");
                for notice in &definition.notices {
                    println!("notice: {notice}");
                }
                if rate {
                    println!("  {:.0} traced decisions/s", measure(&definition));
                }
            }
            Err(faults) => {
                println!("{faults}");
                wrong += faults.0.len();
            }
        }
    }
    if wrong > 0 { Err(format!("{wrong} faults").into()) } else { Ok(()) }
}

/// Evaluates the facts of the definition's own cases in turn for one second.
fn measure(definition: &Definition) -> f64 {
    let inputs: Vec<&Facts> = definition.cases.iter().map(|c| &c.facts).collect();
    let start = Instant::now();
    let mut done = 0_u32;
    while start.elapsed() < Duration::from_secs(1) {
        for facts in &inputs {
            std::hint::black_box(definition.evaluate(facts).is_ok());
            done += 1;
        }
    }
    f64::from(done) / start.elapsed().as_secs_f64()
}
