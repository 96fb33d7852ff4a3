//! The load: many connections in one thread, either each asking again when it was answered (closed loop), or all
//! together keeping to a rate (open loop).
//!
//! In the open loop the time of an answer counts from the moment at which its request was due, also when it had to
//! wait for a connection to be free: a service that stalls is not asked less by the people who need it.

use crate::http::{Answer, Client};
use anyhow::Result;
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::task::LocalSet;

/// How hard, and for how long.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
    pub(crate) seconds: f64,
    /// The first seconds, which are not counted.
    pub(crate) warm_up: f64,
    /// Requests a second; none for the closed loop.
    pub(crate) rate: Option<f64>,
    /// Stop after so many requests.
    pub(crate) count: Option<u64>,
}

#[derive(Default)]
struct Tally {
    next: u64,
    /// Answers that were as they should be, after the warm-up.
    good: u64,
    /// Anything else, the warm-up included: wrong answers, broken connections.
    errors: u64,
    /// The times of the good answers in microseconds.
    times: Vec<u64>,
    statuses: BTreeMap<String, u64>,
    /// What the first wrong answer said.
    first_error: Option<String>,
}

impl Tally {
    fn take_number(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    fn fail(&mut self, why: String) {
        self.errors += 1;
        self.first_error.get_or_insert(why);
    }
}

/// What came of it.
pub(crate) struct Measured {
    tally: Tally,
    /// The time that was counted.
    seconds: f64,
    closed: bool,
}

impl Measured {
    /// Wrong answers and broken connections.
    pub(crate) fn errors(&self) -> u64 {
        self.tally.errors
    }

    /// Good answers in a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.tally.good as f64 / self.seconds
    }

    /// The time in milliseconds that so many of a hundred answers did not exceed.
    pub(crate) fn percentile(&self, of_hundred: usize) -> f64 {
        let times = &self.tally.times;
        let place = (times.len() * of_hundred).div_ceil(100).saturating_sub(1);
        times.get(place).map_or(f64::NAN, |micros| *micros as f64 / 1000.0)
    }

    /// Everything that was measured.
    pub(crate) fn json(&self) -> Value {
        let t = &self.tally;
        json!({
            "loop": if self.closed { "closed" } else { "open" },
            "requests_per_second": self.per_second().round(), "good": t.good, "errors": t.errors,
            "seconds": self.seconds, "p50_ms": self.percentile(50), "p95_ms": self.percentile(95),
            "p99_ms": self.percentile(99), "max_ms": self.percentile(100), "answers": t.statuses,
            "first_error": t.first_error,
        })
    }
}

/// What all connections share.
struct Run {
    plan: Plan,
    request: Box<dyn Fn(u64) -> Vec<u8>>,
    is_good: fn(&Answer) -> bool,
    tally: RefCell<Tally>,
    began: Instant,
    counted_from: Instant,
    end: Instant,
}

impl Run {
    fn note(&self, due: Instant, outcome: &Result<Answer>) {
        let now = Instant::now();
        let mut tally = self.tally.borrow_mut();
        let status = outcome.as_ref().map_or_else(|_| "broken".to_owned(), |a| a.status.to_string());
        *tally.statuses.entry(status).or_default() += 1;
        match outcome {
            Ok(answer) if (self.is_good)(answer) => {
                if due >= self.counted_from {
                    tally.times.push(u64::try_from((now - due).as_micros()).unwrap_or(u64::MAX));
                    // What was answered after the end is timed, but was not done in the time.
                    tally.good += u64::from(self.plan.count.is_some() || now <= self.end);
                }
            }
            Ok(answer) => tally.fail(format!("{}{}", answer.head, answer.text())),
            Err(e) => tally.fail(format!("{e:#}")),
        }
    }
}

/// Runs the plan. `request` gives the bytes of the n-th request, `is_good` judges an answer.
pub(crate) fn run(
    plan: &Plan,
    request: impl Fn(u64) -> Vec<u8> + 'static,
    is_good: fn(&Answer) -> bool,
) -> Result<Measured> {
    // One thread: the service under test needs the rest of the machine.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let began = Instant::now();
    let counted_from = began + Duration::from_secs_f64(plan.warm_up);
    let run = Rc::new(Run {
        plan: plan.clone(),
        request: Box::new(request),
        is_good,
        tally: RefCell::default(),
        began,
        counted_from,
        end: counted_from + Duration::from_secs_f64(plan.seconds),
    });
    runtime.block_on(LocalSet::new().run_until(async {
        let all: Vec<_> = (0..plan.connections)
            .map(|_| {
                let run = Rc::clone(&run);
                tokio::task::spawn_local(async move {
                    if let Err(e) = connection(&run).await {
                        run.tally.borrow_mut().fail(format!("{e:#}"));
                    }
                })
            })
            .collect();
        for one in all {
            if let Err(e) = one.await {
                run.tally.borrow_mut().fail(e.to_string());
            }
        }
    }));
    // With a number of requests in place of a time, it is over when the last was answered.
    let until = if plan.count.is_some() { Instant::now() } else { run.end };
    let mut tally = run.tally.take();
    tally.times.sort_unstable();
    Ok(Measured { seconds: (until - counted_from).as_secs_f64(), closed: plan.rate.is_none(), tally })
}

async fn connection(run: &Run) -> Result<()> {
    let plan = &run.plan;
    let mut client = Client::connect(plan.address).await?;
    loop {
        let n = run.tally.borrow_mut().take_number();
        if plan.count.is_some_and(|count| n >= count) {
            return Ok(());
        }
        let due =
            plan.rate.map_or_else(Instant::now, |rate| run.began + Duration::from_secs_f64(n as f64 / rate));
        if plan.count.is_none() && due >= run.end {
            return Ok(());
        }
        if plan.rate.is_some() {
            tokio::time::sleep_until(due.into()).await;
        }
        let outcome = client.ask(&(run.request)(n)).await;
        run.note(due, &outcome);
        if outcome.is_err() {
            client = Client::connect(plan.address).await?;
        }
    }
}
