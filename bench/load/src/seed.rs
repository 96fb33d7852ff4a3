//! A long queue, made by the service itself: reports are sent in and assessed as any other.

use crate::{
    http,
    load::{self, Measured},
    report::{Reports, run_name},
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// How a queue was filled.
pub(crate) struct Seeded {
    reports: u64,
    sent: Measured,
    /// From the first report sent to the last one assessed.
    seconds: f64,
}

impl Seeded {
    /// Reports received, assessed and matched in a second, over the whole time.
    pub(crate) fn per_second(&self) -> f64 {
        self.reports as f64 / self.seconds
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "reports": self.reports, "seconds": self.seconds, "assessed_per_second": self.per_second().round(),
            "sending": self.sent.json(),
        })
    }
}

/// Sends the reports and waits until no job is left.
pub(crate) fn run(address: SocketAddr, count: u64) -> Result<Seeded> {
    let began = Instant::now();
    let reports = Reports::new(run_name());
    let plan =
        load::Plan { address, connections: 64, seconds: 0.0, warm_up: 0.0, rate: None, count: Some(count) };
    let sent = load::run(&plan, move |n| reports.request(n), |a| a.status == 201)?;
    ensure!(sent.errors() == 0, "not all reports were taken: {}", sent.json());
    let mut least = u64::MAX;
    let mut since = Instant::now();
    loop {
        let waiting = waiting_jobs(address)?;
        if waiting == 0 {
            break;
        }
        if waiting < least {
            (least, since) = (waiting, Instant::now());
        }
        ensure!(
            since.elapsed() < Duration::from_secs(120),
            "{waiting} jobs wait and none is done for two minutes"
        );
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(Seeded { reports: count, sent, seconds: began.elapsed().as_secs_f64() })
}

/// How many jobs wait, as `/metrics` tells.
pub(crate) fn waiting_jobs(address: SocketAddr) -> Result<u64> {
    let text = http::once(address, &http::get("/metrics", &[]))?.text();
    let line = text.lines().find_map(|l| l.strip_prefix("bluelamp_jobs_waiting "));
    Ok(line.context("/metrics tells no bluelamp_jobs_waiting")?.trim().parse()?)
}
