//! How long it takes to render the question page, from plain data to HTML: the median of many rounds.
//!
//!     cargo bench -p bluelamp-web --bench question_page
//!
//! The page has an error summary, a way out, five choices of which one reveals a field, and a date. Goal: at most 0.5 ms.

#![allow(clippy::print_stdout, reason = "a benchmark speaks on the terminal")]

use bluelamp_web::govuk::{Theme, render};
use std::time::Instant;

#[path = "../examples/samples/mod.rs"]
#[allow(dead_code, reason = "the other samples are for other uses")]
mod samples;

const ROUNDS: usize = 5_000;

fn main() {
    let (theme, frame, page) = (Theme::demo(), samples::frame(), samples::asking());
    let made = || render("public/question.njk", &theme, &frame, &page).expect("the sample renders");
    let before = Instant::now();
    let bytes = made().len();
    let first = before.elapsed();
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let before = Instant::now();
            std::hint::black_box(made());
            before.elapsed()
        })
        .collect();
    times.sort();
    println!(
        "question page, {bytes} bytes: median {:.0} µs, 99th of 100 {:.0} µs; first with building the environment {:.1} ms",
        times[ROUNDS / 2].as_secs_f64() * 1e6,
        times[ROUNDS * 99 / 100].as_secs_f64() * 1e6,
        first.as_secs_f64() * 1e3,
    );
}
