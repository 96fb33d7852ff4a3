//! Starts and stops the PostgreSQL that the tests share: `testkit-pg start | stop | url [NAME]`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks on the terminal")]

use std::process::ExitCode;

use bluelamp_testkit::postgres;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["start"] => postgres::start().map(|url| println!("PostgreSQL for tests: {url}")),
        ["stop"] => postgres::stop(),
        ["url"] => postgres::fresh_database("by_hand").map(|url| println!("{url}")),
        ["url", name] => postgres::fresh_database(name).map(|url| println!("{url}")),
        _ => Err(
            "say `testkit-pg start`, `testkit-pg stop`, or `testkit-pg url [NAME]` for a new empty database"
                .to_string(),
        ),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("testkit-pg: {error}");
            ExitCode::FAILURE
        }
    }
}
