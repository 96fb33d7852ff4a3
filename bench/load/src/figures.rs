//! Every figure with its goal, one after the other, each beside its peer.

use crate::{
    Engine, append, http,
    load::{self, Measured, Plan},
    machine::{self, load_average},
    peers::{self, PgBench},
    report::{Reports, run_name},
    seed,
    service::{Database, Installation, Place, memory},
    table::{self, Figure, Goal, Peer},
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::{
    fs,
    io::Write,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command},
    time::{Duration, Instant},
};

/// What is measured, and how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    #[arg(long, default_value = "target/release/bluelamp")]
    bin: PathBuf,
    /// Where the data goes. Its file system is what durable commits are measured on
    #[arg(long, default_value = "target/bench/data")]
    dir: PathBuf,
    /// Where results.json and results.md go
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
    /// How long each load lasts
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How long the queue is
    #[arg(long, default_value_t = 100_000)]
    queue: u64,
    /// A police.uk file to import; left out, one of the same shape is made
    #[arg(long)]
    police: Option<PathBuf>,
    /// A figure that was measured elsewhere: its id and its value, such as clean-build=412
    #[arg(long, value_name = "ID=VALUE")]
    given: Vec<String>,
    /// Only the groups with these names: submit, page, queue, append, import
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// What is measured by `run.sh` and given here.
const GIVEN: [(&str, &str, &str, f64); 3] = [
    ("question-page-render", "question page, render (median)", "ms", 0.5),
    ("clean-build", "clean release build", "s", 720.0),
    ("edit-and-test", "edit and test one crate (casework)", "s", 15.0),
];

/// Rows of the file of police.uk that the goal names.
const POLICE_ROWS: u64 = 31_635;
const WARM_UP: f64 = 2.0;
/// Bytes of the rows that a report becomes: submission, place in the queue, job, log entry, message.
const REPORT_ROWS: [usize; 6] = [3000, 200, 150, 500, 300, 150];
const AUDIT_ROW: usize = 500;

struct Run<'a> {
    options: &'a Options,
    bin: PathBuf,
    figures: Vec<Figure>,
}

/// Measures, prints and writes. Gives how many goals were reached, and how many there are.
pub(crate) fn run(options: &Options) -> Result<(usize, usize)> {
    let bin = options.bin.canonicalize().with_context(|| options.bin.display().to_string())?;
    let mut run = Run { options, bin, figures: Vec::new() };
    let place = Place::new(&options.dir, "machine")?;
    let machine = machine::describe(&place.path, peers::disk(&place)?);
    let file_system = machine["file_system"].as_str().unwrap_or_default().to_owned();
    ensure!(
        file_system != "tmpfs",
        "{} lies in memory: name a folder on a disk with --dir",
        place.path.display()
    );
    eprintln!("{machine:#}");
    let wanted = |name: &str| options.only.is_empty() || options.only.iter().any(|n| n == name);
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if wanted("submit") {
            run.submit(engine)?;
        }
        if wanted("append") {
            run.append(engine)?;
        }
    }
    run.given()?;
    if wanted("page") {
        run.question_page()?;
    }
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if wanted("queue") {
            run.queue(engine)?;
        }
        if wanted("import") {
            run.import(engine)?;
        }
    }
    let table = table::markdown(&run.figures);
    println!("{table}");
    fs::create_dir_all(&options.out)?;
    fs::write(options.out.join("results.md"), table)?;
    let results = table::json(&machine, &run.figures);
    fs::write(options.out.join("results.json"), format!("{results:#}\n"))?;
    let judged: Vec<bool> = run.figures.iter().filter_map(Figure::reached).collect();
    Ok((judged.iter().filter(|r| **r).count(), judged.len()))
}

impl Run<'_> {
    fn put(&mut self, id: &str, what: String, value: f64, unit: &'static str, goal: Goal) -> &mut Figure {
        eprintln!("{what}: {value:.3} {unit}");
        let figure =
            Figure { id: id.into(), what, value, unit, goal, peer: None, load: None, more: Value::Null };
        self.figures.push(figure);
        self.figures.last_mut().expect("one was put in just now")
    }

    fn plan(&self, service: SocketAddr, connections: usize, rate: Option<f64>) -> Plan {
        let seconds = self.options.seconds;
        Plan { address: service, connections, seconds, warm_up: WARM_UP, rate, count: None }
    }

    fn submit(&mut self, engine: Engine) -> Result<()> {
        const WANTED: f64 = 3000.0;
        let place = Place::new(&self.options.dir, "submit")?;
        let database = Database::start(engine, &place)?;
        let service = Installation::new(&self.bin, &place, &database)?.serve()?;
        let connections = self.options.connections;
        let send = |rate: Option<f64>| -> Result<(Measured, (f64, f64))> {
            let reports = Reports::new(run_name());
            let before = load_average();
            let plan = self.plan(service.address, connections, rate);
            let measured = load::run(&plan, move |n| reports.request(n), |a| a.status == 201)?;
            ensure!(measured.errors() == 0, "reports were refused: {}", measured.json());
            Ok((measured, (before, load_average())))
        };
        let (most, most_load) = send(None)?;
        // The backlog of assessments is worked off first: the second figure begins on a service at rest.
        while seed::waiting_jobs(service.address)? > 0 {
            std::thread::sleep(Duration::from_millis(200));
        }
        let (steady, steady_load) = send(Some(WANTED))?;
        let peak = service.memory()?.1;
        service.stop()?;
        let (what, peer) = match engine {
            Engine::Sqlite => {
                let value = peers::sqlite(&place, &REPORT_ROWS, connections, self.options.seconds / 2.0)?;
                ("bare SQLite, the same rows in groups of 64", value)
            }
            Engine::Postgres => {
                let (what, seconds) = (PgBench::SimpleUpdate, self.options.seconds / 2.0);
                let value = peers::pgbench(&place, &database, &what, connections, seconds)?;
                ("pgbench -N, 64 clients", value)
            }
        };
        let id = engine.name().to_lowercase();
        let name = engine.name();
        let figure = self.put(
            &format!("submit-{id}"),
            format!("durable submissions over HTTP, {name}"),
            most.per_second(),
            "/s",
            Goal::AtLeast(WANTED),
        );
        figure.peer = Some(Peer { what, value: peer });
        figure.load = Some(most_load);
        figure.more = json!({ "measured": most.json(), "most_memory_mb": peak.round() });
        let figure = self.put(
            &format!("submit-p99-{id}"),
            format!("… p99 at 3,000/s offered, {name}"),
            steady.percentile(99),
            "ms",
            Goal::AtMost(50.0),
        );
        figure.load = Some(steady_load);
        figure.more = steady.json();
        Ok(())
    }

    fn append(&mut self, engine: Engine) -> Result<()> {
        let place = Place::new(&self.options.dir, "append")?;
        let seconds = self.options.seconds / 2.0;
        let before = load_average();
        let appended = append::run(engine, seconds, 1024, &place)?;
        let load = (before, load_average());
        let (wanted, what, peer) = match engine {
            Engine::Sqlite => {
                let value = peers::sqlite(&place, &[AUDIT_ROW], 256, seconds)?;
                (20_000.0, "bare SQLite, one such row in groups of 256", value)
            }
            Engine::Postgres => {
                let place = Place::new(&self.options.dir, "peer")?;
                let database = Database::start(engine, &place)?;
                let value = peers::pgbench(&place, &database, &PgBench::OneRow(AUDIT_ROW), 64, seconds)?;
                (5_000.0, "pgbench, one such row, 64 clients", value)
            }
        };
        let figure = self.put(
            &format!("append-{}", engine.name().to_lowercase()),
            format!("audit entries in groups, {}", engine.name()),
            appended.per_second(),
            "/s",
            Goal::AtLeast(wanted),
        );
        figure.peer = Some(Peer { what, value: peer });
        figure.load = Some(load);
        figure.more = appended.json();
        Ok(())
    }

    fn question_page(&mut self) -> Result<()> {
        let place = Place::new(&self.options.dir, "page")?;
        let database = Database::start(Engine::Sqlite, &place)?;
        let service = Installation::new(&self.bin, &place, &database)?.serve()?;
        let visit = http::enter_journey(service.address)?;
        let request = http::get(&visit.path, &[("Cookie", visit.cookie)]);
        let body = place.path.join("page.html");
        fs::write(&body, http::once(service.address, &request)?.body)?;
        let peer = Bare::start(&body)?;
        let ask = |address: SocketAddr| {
            let (request, plan) = (request.clone(), self.plan(address, 16, Some(500.0)));
            load::run(&plan, move |_| request.clone(), |a| a.status == 200)
        };
        let before = load_average();
        let measured = ask(service.address)?;
        let load = (before, load_average());
        ensure!(measured.errors() == 0, "pages were refused: {}", measured.json());
        let bare = ask(peer.address)?;
        service.stop()?;
        let what = "question page with a session, p99 at 500/s".into();
        let figure = self.put("question-page-get", what, measured.percentile(99), "ms", Goal::AtMost(50.0));
        figure.peer = Some(Peer { what: "bare axum, the same bytes", value: bare.percentile(99) });
        figure.load = Some(load);
        figure.more = json!({ "measured": measured.json(), "peer": bare.json() });
        Ok(())
    }

    fn queue(&mut self, engine: Engine) -> Result<()> {
        let place = Place::new(&self.options.dir, "queue")?;
        let database = Database::start(engine, &place)?;
        let installation = Installation::new(&self.bin, &place, &database)?;
        let service = installation.serve()?;
        let seeded = seed::run(service.address, self.options.queue)?;
        let (id, name) = (engine.name().to_lowercase(), engine.name());
        let what = format!("reports received, assessed and matched, {name}");
        self.put(&format!("assess-{id}"), what, seeded.per_second(), "/s", Goal::None).more = seeded.json();

        let token = installation.token("contact-officer", "contact")?;
        let request = http::get("/api/v1/reports", &[("Authorization", format!("Bearer {token}"))]);
        let before = load_average();
        let plan = self.plan(service.address, 8, Some(50.0));
        let measured = load::run(&plan, move |_| request.clone(), |a| a.status == 200)?;
        let load = (before, load_average());
        ensure!(measured.errors() == 0, "the queue was refused: {}", measured.json());
        service.stop()?;
        let peer = match engine {
            Engine::Sqlite => Some(peers::queue(&installation.folder.join("bluelamp.sqlite"))?),
            Engine::Postgres => None,
        };
        let what = format!("queue of {} reports, p99 at 50/s, {name}", self.options.queue);
        let figure =
            self.put(&format!("queue-{id}"), what, measured.percentile(99), "ms", Goal::AtMost(100.0));
        figure.load = Some(load);
        figure.more = json!({ "measured": measured.json(), "bare_sql_median_ms": peer });
        if engine == Engine::Sqlite {
            self.rest(&installation, &place)?;
        }
        Ok(())
    }

    /// Cold start and memory, on the folder with the long queue.
    fn rest(&mut self, installation: &Installation, place: &Place) -> Result<()> {
        let mut starts = Vec::new();
        let mut memory_at_rest = f64::NAN;
        for _ in 0..5 {
            let service = installation.serve()?;
            starts.push(service.started_in.as_secs_f64());
            std::thread::sleep(Duration::from_secs(3));
            memory_at_rest = service.memory()?.0;
            service.stop()?;
        }
        starts.sort_by(f64::total_cmp);
        let empty = place.path.join("empty.html");
        fs::write(&empty, "")?;
        let mut bare = Bare::start(&empty)?;
        let what = "cold start until /healthz answers (median of 5)".into();
        let figure = self.put("cold-start", what, starts[2], "s", Goal::AtMost(1.0));
        figure.peer = Some(Peer { what: "bare axum", value: bare.started_in });
        figure.more = json!({ "seconds": starts });
        let value = memory(bare.child.id())?.0;
        bare.end();
        let what = "memory at rest, 3 s after the start".into();
        let figure = self.put("memory", what, memory_at_rest, "MB", Goal::AtMost(60.0));
        figure.peer = Some(Peer { what: "bare axum", value });
        Ok(())
    }

    fn import(&mut self, engine: Engine) -> Result<()> {
        let place = Place::new(&self.options.dir, "import")?;
        let file = match &self.options.police {
            Some(file) => file.canonicalize().with_context(|| file.display().to_string())?,
            None => made_up_police_file(&place)?,
        };
        let file_name = file.display().to_string();
        let database = Database::start(engine, &place)?;
        let installation = Installation::new(&self.bin, &place, &database)?;
        // The folder is made and its schema brought up to date before the time is taken.
        installation.serve()?.stop()?;
        let before = load_average();
        let began = Instant::now();
        let said = installation.run(&["import", "police-uk", &file_name, "--json"])?;
        let seconds = began.elapsed().as_secs_f64();
        let load = (before, load_average());
        let said: Value = serde_json::from_str(&said).context("what the import says")?;
        let made_up = self.options.police.is_none();
        let (peer, rows) = peers::import(&place, &file)?;
        ensure!(said["rows"].as_u64() == Some(rows), "the import says {said}, the file has {rows} rows");
        let what = format!("import of {rows} police.uk rows, {}", engine.name());
        let id = format!("import-{}", engine.name().to_lowercase());
        let figure = self.put(&id, what, seconds, "s", Goal::AtMost(1.0));
        figure.peer = Some(Peer { what: "the same fields into a bare SQLite table", value: peer });
        figure.load = Some(load);
        figure.more = json!({ "said": said, "made_up": made_up });
        Ok(())
    }

    fn given(&mut self) -> Result<()> {
        for given in &self.options.given {
            let (id, value) = given.split_once('=').context("--given takes ID=VALUE")?;
            let (_, what, unit, most) =
                GIVEN.into_iter().find(|g| g.0 == id).with_context(|| format!("there is no figure {id}"))?;
            let value = value.parse().with_context(|| format!("{given} has no number"))?;
            self.put(id, what.into(), value, unit, Goal::AtMost(most));
        }
        Ok(())
    }
}

/// This program again, serving a file with bare axum. Ended when dropped.
struct Bare {
    child: Child,
    address: SocketAddr,
    /// Seconds until it answered.
    started_in: f64,
}

impl Bare {
    fn start(file: &Path) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let began = Instant::now();
        let child = Command::new(std::env::current_exe()?)
            .arg("static")
            .arg(file)
            .arg(address.port().to_string())
            .spawn()?;
        let mut bare = Self { child, address, started_in: f64::NAN };
        while http::once(address, &http::get("/", &[])).is_err() {
            ensure!(began.elapsed() < Duration::from_secs(10), "the peer does not answer");
            std::thread::sleep(Duration::from_millis(2));
        }
        bare.started_in = began.elapsed().as_secs_f64();
        Ok(bare)
    }

    fn end(&mut self) {
        let _ = self.child.kill(); // it may have ended already
        let _ = self.child.wait();
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.end();
    }
}

/// A file in the form of data.police.uk, with places that are nowhere.
fn made_up_police_file(place: &Place) -> Result<PathBuf> {
    const CATEGORIES: [&str; 5] =
        ["Anti-social behaviour", "Burglary", "Violence and sexual offences", "Vehicle crime", "Other theft"];
    const OUTCOMES: [&str; 3] = [
        "Investigation complete; no suspect identified",
        "Under investigation",
        "Unable to prosecute suspect",
    ];
    let path = place.path.join("made-up-street.csv");
    let mut out = std::io::BufWriter::new(fs::File::create(&path)?);
    writeln!(
        out,
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,\
         Last outcome category,Context"
    )?;
    let mut draw = crate::report::Draw(1);
    for n in 0..POLICE_ROWS {
        let kind = usize::try_from(draw.below(5))?;
        // Antisocial behaviour has neither an id nor an outcome in these files.
        let (id, outcome) = if kind == 0 {
            (String::new(), "")
        } else {
            let id: String = (0..4).map(|_| format!("{:016x}", draw.next())).collect();
            (id, OUTCOMES[usize::try_from(draw.below(3))?])
        };
        let (east, north) = (draw.below(500_000), draw.below(500_000));
        writeln!(
            out,
            "{id},2026-07,Borsetshire Police,Borsetshire Police,-1.{east:06},53.{north:06},On or near Lamp Street \
             {},E0100{:04},Borsetshire {:03}A,{},{outcome},",
            n % 900,
            n % 1400,
            n % 300,
            CATEGORIES[kind]
        )?;
    }
    out.flush()?;
    Ok(path)
}
