//! A private PostgreSQL for tests, shared by every test process of one checkout.
//!
//! The runner starts each test in a process of its own, so the server lives outside them: the first process
//! that needs it makes and starts it under a file lock, the others only connect. `make test` stops it at the
//! end (`testkit-pg stop`); after a single `cargo nextest run -p …` it stays for the next run.
//!
//! Nothing is kept between starts: a new cluster takes about a second, and a stale one can only mislead.
//! A missing PostgreSQL is an error that says what to install. It is never a reason to skip a test.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use postgres::{Client, NoTls};

/// The only role of these clusters. Nobody else can reach the socket, so it has no password.
const ROLE: &str = "bluelamp";

/// Fast and forgetful: a test that needs a crash to be survived uses [`durable_cluster`].
const FAST: &[&str] = &["fsync=off", "synchronous_commit=on", "full_page_writes=off", "autovacuum=off"];
/// What a careful force would run: an answer is given only when the commit is on the disk.
const DURABLE: &[&str] = &["fsync=on", "synchronous_commit=on", "full_page_writes=on"];
const BOTH: &[&str] = &[
    "max_connections=300",
    "listen_addresses=",
    "shared_buffers=128MB",
    "log_min_messages=warning",
    "timezone=UTC",
];

/// A running cluster that belongs to one test or benchmark, with full durability. Stopped when dropped.
#[derive(Debug)]
pub struct Cluster {
    /// Where the data, the log and the lock are.
    pub dir: PathBuf,
    /// Where the socket is: a short path, since a socket's path may have 107 bytes at most.
    pub socket_dir: PathBuf,
    settings: &'static [&'static str],
}

/// Makes an empty database on the shared cluster, starting the cluster where it is not running.
///
/// `name_hint` (such as the test's name) goes into the database's name, so that a left-over says whose it is.
/// Returns the connection string. Takes about 50 ms.
///
/// # Errors
/// Says what to install or what the server answered.
pub fn fresh_database(name_hint: &str) -> Result<String, String> {
    fresh_database_from("template0", name_hint)
}

/// Like [`fresh_database`], as a copy of `template`, a name that [`template_database`] gave.
///
/// # Errors
/// Says what to install or what the server answered.
pub fn fresh_database_from(template: &str, name_hint: &str) -> Result<String, String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let cluster = shared()?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("t_{}_{}_{number}", plain(name_hint), std::process::id());
    cluster.admin()?.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).map_err(|e| {
        format!("PostgreSQL could not make the test database {name} from {template}: {}", explain(&e))
    })?;
    Ok(cluster.url(&name))
}

/// Makes a template once per cluster: `fill` is given the connection string of an empty database and puts in
/// what every copy should have, such as the tables. Later calls with the same `key`, from any process, return
/// the name at once; put whatever the content depends on (a hash of the migrations) into the key.
///
/// # Errors
/// Says what to install, what the server answered, or what `fill` returned.
pub fn template_database(key: &str, fill: impl FnOnce(&str) -> Result<(), String>) -> Result<String, String> {
    let cluster = shared()?;
    let (name, draft) = (format!("tpl_{}", plain(key)), format!("draft_{}", plain(key)));
    let exists = |client: &mut Client| {
        let found = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]);
        found.map(|row| row.is_some()).map_err(|e| explain(&e))
    };
    let mut admin = cluster.admin()?;
    if exists(&mut admin)? {
        return Ok(name);
    }
    let _lock = lock(&cluster.dir, "template.lock")?;
    if exists(&mut admin)? {
        return Ok(name);
    }
    // Filled under another name: a template that failed half-way must never be taken for a whole one.
    let run = |admin: &mut Client, sql: String| admin.batch_execute(&sql).map_err(|e| explain(&e));
    run(&mut admin, format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)"))?;
    run(&mut admin, format!("CREATE DATABASE {draft} TEMPLATE template0"))?;
    fill(&cluster.url(&draft))?;
    // A pooled connection of `fill` may still be closing; renaming needs the database to be free.
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
    for _ in 0..100 {
        admin.execute(end, &[&draft]).map_err(|e| explain(&e))?;
        if run(&mut admin, format!("ALTER DATABASE {draft} RENAME TO {name}")).is_ok() {
            return Ok(name);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(format!("the template {draft} is still in use after two seconds: `fill` must close its connections"))
}

/// Removes a database that [`fresh_database`] made, ending whatever is still connected to it.
///
/// # Errors
/// Says what the server answered, or that `url` is not one of ours.
pub fn drop_database(url: &str) -> Result<(), String> {
    let cluster = shared()?;
    let name = url
        .strip_prefix(&cluster.url(""))
        .filter(|name| name.starts_with("t_") && **name == plain(name))
        .ok_or_else(|| format!("{url} is not a test database of this checkout"))?;
    let mut admin = cluster.admin()?;
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).map_err(|e| explain(&e))
}

/// Starts the shared cluster where it is not running, and returns the connection string of its own database.
///
/// # Errors
/// Says what to install or why the server did not start.
pub fn start() -> Result<String, String> {
    shared().map(|cluster| cluster.url("postgres"))
}

/// Stops the shared cluster and removes all it held. Nothing happens where there is none.
///
/// # Errors
/// Says why the server could not be stopped.
pub fn stop() -> Result<(), String> {
    let cluster = shared_cluster()?;
    let _lock = lock(&cluster.dir, "cluster.lock")?;
    cluster.end("--mode=immediate")?;
    remove(&cluster.dir.join("data"))?;
    remove(&cluster.socket_dir)
}

/// Starts a cluster of its own under `dir` that survives a crash (`fsync=on`), for durability tests and
/// benchmarks. A `dir` that already holds such a cluster is started again with what it holds.
///
/// # Errors
/// Says what to install, or why the server did not start.
pub fn durable_cluster(dir: &Path) -> Result<Cluster, String> {
    fs::create_dir_all(dir).map_err(|e| format!("{} could not be made: {e}", dir.display()))?;
    let dir = dir.canonicalize().map_err(|e| format!("{}: {e}", dir.display()))?;
    let socket_dir = short_dir(&dir, "bluelamp-pgd")?;
    let cluster = Cluster { dir, socket_dir, settings: DURABLE };
    cluster.start()?;
    Ok(cluster)
}

impl Cluster {
    /// The connection string of the database `name` on this cluster.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        let host = self.socket_dir.display().to_string().replace('%', "%25").replace('/', "%2F");
        format!("postgres://{ROLE}@{host}/{name}")
    }

    /// Makes an empty database and returns its connection string.
    ///
    /// # Errors
    /// Says what the server answered, for example that the name is taken.
    pub fn create_database(&self, name: &str) -> Result<String, String> {
        let name = plain(name);
        self.admin()?
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0"))
            .map_err(|e| format!("the database {name} could not be made: {}", explain(&e)))?;
        Ok(self.url(&name))
    }

    /// Starts the server: after [`Cluster::crash`], with its recovery.
    ///
    /// # Errors
    /// Says what to install, or why the server did not start.
    pub fn start(&self) -> Result<(), String> {
        let _lock = lock(&self.dir, "cluster.lock")?;
        if self.runs() {
            return Ok(());
        }
        self.make_and_start()
    }

    /// Ends the server as a power cut would: without a checkpoint, so that the next start has to recover.
    ///
    /// # Errors
    /// Says why the server could not be ended.
    pub fn crash(&self) -> Result<(), String> {
        self.end("--mode=immediate")
    }

    fn admin(&self) -> Result<Client, String> {
        Client::connect(&self.url("postgres"), NoTls).map_err(|e| {
            format!("PostgreSQL at {} does not answer: {}", self.socket_dir.display(), explain(&e))
        })
    }

    /// A server that answers with an error (too many connections, say) runs.
    fn runs(&self) -> bool {
        match Client::connect(&self.url("postgres"), NoTls) {
            Ok(_) => true,
            Err(error) => error.as_db_error().is_some(),
        }
    }

    fn make_and_start(&self) -> Result<(), String> {
        let data = self.dir.join("data");
        let server = Server::find()?;
        server.own(&self.socket_dir)?;
        // A server that died without cleaning up, or one that no longer answers.
        self.end("--mode=immediate")?;
        if self.settings == FAST {
            remove(&data)?;
        }
        if !data.join("PG_VERSION").exists() {
            server.own(&data)?;
            let mut initdb = server.command("initdb");
            initdb.arg("--pgdata").arg(&data).args(["--username", ROLE, "--auth=trust", "--encoding=UTF8"]);
            initdb.args(["--locale=C", "--no-instructions"]);
            if self.settings == FAST {
                initdb.arg("--no-sync");
            }
            run(initdb)?;
        }
        let mut options = format!("-k {}", self.socket_dir.display());
        for setting in BOTH.iter().chain(self.settings) {
            options.push_str(&format!(" -c {setting}"));
        }
        let log = data.join("server.log");
        let log = log.display().to_string();
        self.pg_ctl(&["start", "--wait", "--timeout=60", "--log", &log, "--options", &options])
            .map_err(|e| format!("{e}\n{}", fs::read_to_string(&log).unwrap_or_default()))
    }

    /// Ends the server, where there is one.
    fn end(&self, mode: &str) -> Result<(), String> {
        if !self.dir.join("data/postmaster.pid").exists() {
            return Ok(());
        }
        // It may have ended between our look and our order, or been killed and left its file.
        self.pg_ctl(&["stop", "--wait", mode]).or_else(|error| if self.runs() { Err(error) } else { Ok(()) })
    }

    fn pg_ctl(&self, arguments: &[&str]) -> Result<(), String> {
        let mut command = Server::find()?.command("pg_ctl");
        command.arg("--pgdata").arg(self.dir.join("data")).args(arguments);
        run(command)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.settings == DURABLE {
            // The test has its result already; a server that cannot be stopped is reported by the next start.
            let _ = self.end("--mode=fast");
            let _ = remove(&self.socket_dir);
        }
    }
}

/// The programs, and the user that they run as.
#[derive(Clone)]
struct Server {
    bin: PathBuf,
    /// User and group to drop to: PostgreSQL refuses to run as root.
    drop_to: Option<(u32, u32)>,
}

impl Server {
    fn find() -> Result<Server, String> {
        static FOUND: OnceLock<Result<Server, String>> = OnceLock::new();
        FOUND.get_or_init(|| Ok(Server { bin: find_programs()?, drop_to: unprivileged()? })).clone()
    }

    /// Makes a folder that only the server's user (and root) can enter.
    fn own(&self, dir: &Path) -> Result<(), String> {
        let failed = |e: std::io::Error| format!("{} could not be prepared: {e}", dir.display());
        fs::create_dir_all(dir).map_err(failed)?;
        if let Some((user, group)) = self.drop_to {
            chown(dir, Some(user), Some(group)).map_err(failed)?;
        }
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(failed)
    }

    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = match self.drop_to {
            None => Command::new(program),
            Some((user, group)) => {
                let mut command = Command::new("setpriv");
                command.args([
                    format!("--reuid={user}"),
                    format!("--regid={group}"),
                    "--clear-groups".into(),
                ]);
                command.arg("--").arg(program);
                command
            }
        };
        // The caller's folder may be closed to the server's user. Its own messages stay in English, so that
        // they can be read by the code above.
        command.current_dir("/").env("LC_ALL", "C").env_remove("PGDATA").env_remove("PGOPTIONS");
        command
    }
}

fn find_programs() -> Result<PathBuf, String> {
    let has = |dir: &PathBuf| ["initdb", "pg_ctl", "postgres"].iter().all(|name| dir.join(name).is_file());
    if let Some(dir) = std::env::var_os("BLUELAMP_PG_BIN").map(PathBuf::from) {
        let found = has(&dir);
        let missing = format!("BLUELAMP_PG_BIN is {}, which lacks initdb, pg_ctl or postgres", dir.display());
        return if found { Ok(dir) } else { Err(missing) };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Some systems put each version's programs outside the search path: take the newest.
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    std::env::split_paths(&path).chain(versions.into_iter().rev().map(|(_, dir)| dir)).find(has).ok_or_else(|| {
        "the tests need PostgreSQL's server programs (initdb, pg_ctl, postgres) and found none: run \
         `scripts/setup`, or install them (Debian and Ubuntu: apt-get install postgresql; Fedora: dnf install \
         postgresql-server; macOS: brew install postgresql), or name their folder in BLUELAMP_PG_BIN"
            .into()
    })
}

/// Whom to run the server as, where we are root.
fn unprivileged() -> Result<Option<(u32, u32)>, String> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    if id(&["-u"]).ok_or("the program `id` did not tell who is running the tests")? != 0 {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .iter()
        .find_map(|user| Some((id(&["-u", user])?, id(&["-g", user])?)))
        .map(Some)
        .ok_or_else(|| "PostgreSQL does not run as root and there is no user `postgres` or `nobody`".into())
}

/// The shared cluster, running. One look per process; after that a connection that fails says so itself.
fn shared() -> Result<&'static Cluster, String> {
    static SHARED: OnceLock<Result<Cluster, String>> = OnceLock::new();
    let start = || {
        let cluster = shared_cluster()?;
        if !cluster.runs() {
            cluster.start()?;
        }
        Ok(cluster)
    };
    SHARED.get_or_init(start).as_ref().map_err(Clone::clone)
}

fn shared_cluster() -> Result<Cluster, String> {
    // Not in the build folder: that may lie in a home which the server's user cannot enter.
    // `make test` names a cluster of its own: it stops it at the end, and somebody may be testing by hand.
    let key = std::env::var_os("BLUELAMP_PG_KEY").unwrap_or_default();
    let dir = short_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join(key), "bluelamp-pg")?;
    let socket_dir = dir.join("s");
    Ok(Cluster { dir, socket_dir, settings: FAST })
}

/// A folder of ours in the system's folder for temporary files, the same for the same user and `owner`.
fn short_dir(owner: &Path, prefix: &str) -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    owner.hash(&mut hasher);
    let me = File::open("/proc/self").and_then(|f| f.metadata()).map_or(0, |m| m.uid());
    let dir = std::env::temp_dir().join(format!("{prefix}-{me}-{:08x}", hasher.finish() >> 32));
    let failed = |e: std::io::Error| format!("{} could not be made: {e}", dir.display());
    fs::create_dir_all(&dir).map_err(failed)?;
    // Fails where somebody else made it first, which is the point.
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o711)).map_err(failed)?;
    if dir.as_os_str().len() > 80 {
        return Err(format!("{} is too long for a socket: set TMPDIR to a shorter folder", dir.display()));
    }
    Ok(dir)
}

fn lock(dir: &Path, name: &str) -> Result<File, String> {
    let path = dir.join(name);
    let failed = |e: std::io::Error| format!("{}: {e}", path.display());
    let file = File::create(&path).map_err(failed)?;
    file.lock().map_err(failed)?;
    Ok(file)
}

fn remove(dir: &Path) -> Result<(), String> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", dir.display()))
        }
        _ => Ok(()),
    }
}

/// Runs a short command. Its output goes to a file, not to a pipe, which a server that it starts would keep open.
fn run(mut command: Command) -> Result<(), String> {
    let shown = format!("{command:?}");
    let mut output = tempfile::tempfile().map_err(|e| format!("{shown}: {e}"))?;
    let copy = |file: &File| file.try_clone().map(Stdio::from).map_err(|e| format!("{shown}: {e}"));
    command.stdin(Stdio::null()).stdout(copy(&output)?).stderr(copy(&output)?);
    let status = command.status().map_err(|e| format!("{shown} could not be started: {e}"))?;
    if status.success() {
        return Ok(());
    }
    let mut said = String::new();
    let read = std::io::Seek::rewind(&mut output)
        .and_then(|()| std::io::Read::read_to_string(&mut output, &mut said));
    read.map_err(|e| format!("{shown}: {e}"))?;
    Err(format!("{shown} failed ({status}):\n{said}"))
}

/// Lower-case letters, digits and underscores, 40 at most, with a mark of the whole where it was cut: names of
/// databases have 63 bytes and need no quoting.
fn plain(name: &str) -> String {
    let name = name.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    if name.len() <= 40 {
        return name;
    }
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    format!("{}_{:08x}", &name[..31], hasher.finish() >> 32)
}

/// The server's own words; the crate's `Display` leaves them out.
fn explain(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(said) => format!("{} ({})", said.message(), said.code().code()),
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_database_is_empty_ours_alone_and_gone_after_drop() {
        let (one, two) = (fresh_database("kit one").unwrap(), fresh_database("kit one").unwrap());
        assert_ne!(one, two);
        Client::connect(&one, NoTls).unwrap().batch_execute("CREATE TABLE report (id integer)").unwrap();
        let seen = Client::connect(&two, NoTls).unwrap().query("SELECT * FROM report", &[]);
        assert_eq!(explain(&seen.unwrap_err()), "relation \"report\" does not exist (42P01)");
        drop_database(&one).unwrap();
        drop_database(&two).unwrap();
        assert!(Client::connect(&one, NoTls).is_err());
        assert!(drop_database("postgres://somebody@example.com/live").is_err());
    }

    #[test]
    fn a_template_is_filled_once_and_copied() {
        let key = format!("kit {}", std::process::id());
        let fill = |url: &str| {
            let mut client = Client::connect(url, NoTls).map_err(|e| explain(&e))?;
            client.batch_execute("CREATE TABLE report (id integer)").map_err(|e| explain(&e))
        };
        assert_eq!(template_database(&key, |_| Err("no tables".into())), Err("no tables".into()));
        let name = template_database(&key, fill).unwrap();
        assert_eq!(template_database(&key, |_| Err("filled twice".into())), Ok(name.clone()));
        let copy = fresh_database_from(&name, "copy").unwrap();
        Client::connect(&copy, NoTls).unwrap().batch_execute("INSERT INTO report VALUES (1)").unwrap();
        drop_database(&copy).unwrap();
        shared().unwrap().admin().unwrap().batch_execute(&format!("DROP DATABASE {name}")).unwrap();
    }

    #[test]
    fn a_durable_cluster_keeps_what_it_acknowledged_over_a_crash() {
        // Not in the usual place for temporary files of this test: the server's user must be able to enter it.
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let cluster = durable_cluster(dir.path()).unwrap();
        let url = cluster.create_database("crash").unwrap();
        let mut client = Client::connect(&url, NoTls).unwrap();
        client.batch_execute("CREATE TABLE report (id integer); INSERT INTO report VALUES (1)").unwrap();
        let fsync: String = client.query_one("SHOW fsync", &[]).unwrap().get(0);
        assert_eq!(fsync, "on");
        cluster.crash().unwrap();
        assert!(Client::connect(&url, NoTls).is_err());
        cluster.start().unwrap();
        let rows: i64 = Client::connect(&url, NoTls)
            .unwrap()
            .query_one("SELECT count(*) FROM report", &[])
            .unwrap()
            .get(0);
        assert_eq!(rows, 1);
    }

    #[test]
    fn names_need_no_quoting_and_stay_apart() {
        assert_eq!(plain("Decides: with reasons!"), "decides__with_reasons_");
        let (a, b) = (plain(&"a".repeat(80)), plain(&"a".repeat(81)));
        assert!(a.len() == 40 && b.len() == 40 && a != b, "{a} {b}");
    }
}
