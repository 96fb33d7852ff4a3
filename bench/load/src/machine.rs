//! What it was measured on, and how busy that was.

use serde_json::{Value, json};
use std::{fs, path::Path, process::Command};

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(|_| "unknown".into(), |o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
}

fn line(file: &str, start: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let found = text.lines().find_map(|l| l.strip_prefix(start)).unwrap_or("unknown");
    found.trim_matches(|c: char| c == ':' || c.is_whitespace()).to_owned()
}

/// The machine, with the file system that `dir` lies on and the median time of a durable write to it.
pub(crate) fn describe(dir: &Path, write: std::time::Duration) -> Value {
    let kib: f64 = line("/proc/meminfo", "MemTotal").split(' ').next().unwrap_or("0").parse().unwrap_or(0.0);
    json!({
        "cpu": line("/proc/cpuinfo", "model name"),
        "cpus": std::thread::available_parallelism().map_or(0, usize::from),
        "memory_gb": (kib * 1.024 / 1e6).round(),
        "kernel": said("uname", &["-sr"]),
        "file_system": said("stat", &["-f", "-c", "%T", &dir.display().to_string()]),
        "durable_write_ms": (write.as_secs_f64() * 1e6).round() / 1000.0,
        "rustc": said("rustc", &["--version"]),
        "commit": said("git", &["describe", "--always", "--dirty", "--abbrev=12"]),
        "date": said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
    })
}

/// The load average over the last minute.
pub(crate) fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(f64::NAN)
}
