//! Runs targets by hand: for longer than the tests do, on one file that failed, or to lay out examples for libFuzzer.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks on the terminal")]

use bluelamp_fuzz::{TARGETS, accepted, mutate, seeds, target};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use std::{fs, io};

const USAGE: &str = "bluelamp-fuzz list                        the names of the targets
bluelamp-fuzz run TARGET ROUNDS [FROM]    that many damaged copies, from a round on; `all` for every target
bluelamp-fuzz file TARGET FILE            one file
bluelamp-fuzz seeds FOLDER                the examples that are not in fuzz/corpus, a folder for each target";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["list"] => {
            TARGETS.iter().for_each(|(name, _)| println!("{name}"));
            Ok(())
        }
        ["run", name, rounds] => run(name, rounds, "0"),
        ["run", name, rounds, from] => run(name, rounds, from),
        ["file", name, file] => fs::read(file).and_then(|data| one(name, &data)),
        ["seeds", folder] => write_seeds(Path::new(folder)),
        _ => Err(io::Error::other(USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn unknown(name: &str) -> io::Error {
    io::Error::other(format!("there is no target {name}: see `bluelamp-fuzz list`"))
}

fn one(name: &str, data: &[u8]) -> io::Result<()> {
    target(name).ok_or_else(|| unknown(name))?(data);
    println!("{name} holds");
    Ok(())
}

fn run(name: &str, rounds: &str, from: &str) -> io::Result<()> {
    let number = |n: &str| n.parse::<u64>().map_err(|_| io::Error::other(format!("'{n}' is not a number")));
    let (rounds, from) = (number(rounds)?, number(from)?);
    if name != "all" && target(name).is_none() {
        return Err(unknown(name));
    }
    println!("{:<22} {:>8} {:>9} {:>10}", "target", "rounds", "accepted", "µs each");
    for (known, target) in TARGETS.iter().filter(|(known, _)| name == "all" || *known == name) {
        let examples = seeds::all(known)?;
        let (before, begun) = (accepted(), Instant::now());
        for round in from..from.saturating_add(rounds) {
            let input = mutate::mutated(&examples, &mut mutate::Dice::new(round));
            let outcome = std::panic::catch_unwind(|| target(&input));
            if outcome.is_err() {
                let file = std::env::temp_dir().join(format!("bluelamp-fuzz-{known}-{round}"));
                fs::write(&file, &input)?;
                return Err(io::Error::other(format!("{known} fails in round {round}: {}", file.display())));
            }
        }
        let each = begun.elapsed().as_micros() / u128::from(rounds.max(1));
        println!("{known:<22} {rounds:>8} {:>9} {each:>10}", accepted() - before);
    }
    Ok(())
}

fn write_seeds(folder: &Path) -> io::Result<()> {
    for (name, _) in TARGETS {
        let folder = folder.join(name);
        fs::create_dir_all(&folder)?;
        for (n, example) in seeds::of(name).iter().enumerate() {
            fs::write(folder.join(format!("shipped-{n}")), example)?;
        }
    }
    Ok(())
}
