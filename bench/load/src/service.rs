//! The real binary as a process: started on a folder, asked whether it is up, stopped, or killed.

use crate::{Engine, http, report};
use anyhow::{Context, Result, bail, ensure};
use bluelamp_testkit::postgres::{Cluster, durable_cluster};
use serde_json::Value;
use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A folder for the data of one measurement, removed in the end.
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    keep: bool,
}

impl Place {
    /// Makes a folder of that name in `dir`.
    pub(crate) fn new(dir: &Path, name: &str) -> Result<Self> {
        let path = dir.join(format!("{name}-{:08x}", report::chance() >> 32));
        fs::create_dir_all(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Self { path: path.canonicalize()?, keep: false })
    }

    /// Leaves the folder for somebody to look at.
    pub(crate) fn keep(&mut self) {
        self.keep = true;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.keep {
            let _ = fs::remove_dir_all(&self.path); // what is left is below target/, which is thrown away whole
        }
    }
}

/// The database that a service is to use.
pub(crate) struct Database {
    /// None for SQLite.
    pub(crate) cluster: Option<Cluster>,
    pub(crate) url: Option<String>,
}

impl Database {
    /// Starts what the engine needs; for PostgreSQL a cluster with full durability and an empty database in it.
    pub(crate) fn start(engine: Engine, place: &Place) -> Result<Self> {
        if engine == Engine::Sqlite {
            return Ok(Self { cluster: None, url: None });
        }
        let cluster = durable_cluster(&place.path.join("pg")).map_err(anyhow::Error::msg)?;
        let url = cluster.create_database("bench").map_err(anyhow::Error::msg)?;
        Ok(Self { cluster: Some(cluster), url: Some(url) })
    }
}

/// How to call the binary on one data folder.
pub(crate) struct Installation {
    bin: PathBuf,
    pub(crate) folder: PathBuf,
    config: PathBuf,
}

impl Installation {
    /// Makes a data folder with a configuration: everything as it is shipped, but without the limits on how much may
    /// come from one address.
    pub(crate) fn new(bin: &Path, place: &Place, database: &Database) -> Result<Self> {
        // The binary makes the folder itself, closed to others.
        let folder = place.path.join("data");
        let mut text = String::from("[limits]\nreports = 0\nsign_ins = 0\ntracking = 0\n");
        if let Some(url) = &database.url {
            text.push_str(&format!("[database]\nurl = \"{url}\"\n"));
        }
        let config = place.path.join("bench.toml");
        fs::write(&config, text)?;
        Ok(Self { bin: bin.to_owned(), folder, config })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.bin);
        command.args(arguments).arg("--data-dir").arg(&self.folder).arg("--config").arg(&self.config);
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command of the binary and gives what it says on standard output.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command(arguments).output().with_context(|| self.bin.display().to_string())?;
        ensure!(
            output.status.success(),
            "bluelamp {}: {}\n{}{}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// What `bluelamp doctor` finds wrong. Jobs may be late where a load never rests: that is no damage.
    pub(crate) fn damage(&self) -> Result<Vec<String>> {
        let output = self.command(&["doctor", "--json"]).output()?;
        let said: Value = serde_json::from_slice(&output.stdout).context("what the doctor says")?;
        let findings = said["findings"].as_array().context("the doctor has no findings")?;
        let wrong = findings.iter().filter(|f| f["ok"] != true && f["check"] != "late-jobs");
        Ok(wrong.map(ToString::to_string).collect())
    }

    /// Serves, and returns when it answers.
    pub(crate) fn serve(&self) -> Result<Service> {
        // A free port by the system's choice. Somebody may take it in between: then the service says so.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log_path = self.config.with_extension("log");
        let log = File::options().create(true).append(true).open(&log_path)?;
        let port = address.port().to_string();
        let began = Instant::now();
        let child = self
            .command(&["serve", "--port", &port])
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| self.bin.display().to_string())?;
        let mut service = Service { child, address, started_in: Duration::ZERO };
        service.started_in = service.wait_until_up(began, &log_path)?;
        Ok(service)
    }

    /// Makes an account with a role and gives a token for it.
    pub(crate) fn token(&self, role: &str, purpose: &str) -> Result<String> {
        let name = format!("bench-{role}");
        self.run(&["account", "add", &name, "--name", "Bench Example", "--role", role])?;
        self.run(&["token", "issue", &name, "--purpose", purpose, "--label", "bench"])
    }
}

/// A running service. Ended when dropped.
pub(crate) struct Service {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first answer on `/healthz`.
    pub(crate) started_in: Duration,
}

impl Service {
    fn wait_until_up(&mut self, began: Instant, log: &Path) -> Result<Duration> {
        let request = http::get("/healthz", &[]);
        loop {
            if http::once(self.address, &request).is_ok_and(|a| a.status == 200) {
                return Ok(began.elapsed());
            }
            let ended = self.child.try_wait()?;
            if ended.is_some() || began.elapsed() > Duration::from_secs(60) {
                let said = fs::read_to_string(log).unwrap_or_default();
                let last: Vec<&str> = said.lines().rev().take(10).collect();
                bail!(
                    "the service did not start ({ended:?}):\n{}",
                    last.into_iter().rev().collect::<Vec<_>>().join("\n")
                );
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Memory that the process has in use now and had at most, in MB of 1,000,000 bytes.
    pub(crate) fn memory(&self) -> Result<(f64, f64)> {
        memory(self.child.id())
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        ensure!(told.success(), "the service could not be told to stop");
        let began = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(began.elapsed() < Duration::from_secs(60), "the service did not stop within a minute");
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// `kill -9`: nothing in it gets to run any more.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.kill(); // it may have ended already
    }
}

/// Resident memory of a process, now and at most, as Linux tells it.
pub(crate) fn memory(process: u32) -> Result<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kib = |name: &str| -> Option<f64> {
        let line = status.lines().find_map(|l| l.strip_prefix(name))?;
        line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
    };
    let (now, most) = (kib("VmRSS").context("no VmRSS")?, kib("VmHWM").context("no VmHWM")?);
    Ok((now * 1.024 / 1000.0, most * 1.024 / 1000.0))
}
