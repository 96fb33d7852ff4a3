//! What each stage of a run took: wall clock, processor, memory.

use serde::Serialize;
use std::time::Instant;

#[derive(Serialize)]
pub(crate) struct Stage {
    pub(crate) stage: &'static str,
    pub(crate) wall_seconds: f64,
    pub(crate) cpu_seconds: f64,
    /// Of the whole process up to the end of the stage; none where the system does not say.
    pub(crate) peak_memory_mib: Option<u64>,
}

/// A clock over the stages of a run.
pub(crate) struct Stages {
    pub(crate) done: Vec<Stage>,
    wall: Instant,
    cpu: f64,
}

fn cpu() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Linux tells it in a file.
fn peak_memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

impl Stages {
    pub(crate) fn begin() -> Stages {
        Stages { done: Vec::new(), wall: Instant::now(), cpu: cpu() }
    }

    /// Ends the stage that is under way and begins the next.
    pub(crate) fn end(&mut self, stage: &'static str) {
        let (wall, cpu) = (self.wall.elapsed().as_secs_f64(), cpu() - self.cpu);
        self.done.push(Stage {
            stage,
            wall_seconds: wall,
            cpu_seconds: cpu,
            peak_memory_mib: peak_memory_mib(),
        });
        self.wall = Instant::now();
        self.cpu += cpu;
    }

    /// The sum of all stages.
    pub(crate) fn total(&self) -> Stage {
        Stage {
            stage: "total",
            wall_seconds: self.done.iter().map(|s| s.wall_seconds).sum(),
            cpu_seconds: self.done.iter().map(|s| s.cpu_seconds).sum(),
            peak_memory_mib: peak_memory_mib(),
        }
    }
}
