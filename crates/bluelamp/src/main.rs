//! The binary: the command line, the configuration, and the work that nobody waits for.
//!
//! It puts the rooms of the house together and holds none of their rules. Only here is anything said on a terminal,
//! only here are files of configuration and the environment read.

mod cli;
mod command;
mod config;
mod content;
mod demo;
mod fail;
mod link;
mod mail;
mod open;
mod otlp;
mod say;
mod serve;
mod standard;
mod telemetry;
mod who;
mod worker;

use bluelamp_access::bootstrap_administrator;
use bluelamp_model::{Error, Faults};
use clap::Parser;
use cli::{Cli, Command, Strategy};
use config::{Arguments, Config, Level, Loaded};
use fail::Fail;
use open::Open;
use std::process::ExitCode;

/// Under load it takes less of the processor's time than the system's own (docs/decisions/0010).
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fail) => {
            let text = fail.to_string();
            if !text.is_empty() {
                say::err(text);
            }
            fail.code()
        }
    }
}

fn run(cli: Cli) -> Result<(), Fail> {
    let port = match &cli.command {
        Command::Serve { port } | Command::Demo { port, .. } => *port,
        _ => None,
    };
    let arguments = Arguments { file: cli.config, data_dir: cli.data_dir, port };
    // What does not concern a data folder needs no configuration either.
    let command = match cli.command {
        Command::Verify { package, key, key_file, json } => {
            return command::cases::verify(&package, &key, key_file.as_deref(), json);
        }
        Command::Schema { name } => return schema(name.as_deref()),
        Command::Link(what) => return link::run(*what),
        Command::Thr(what) => return command::thr::run(what),
        Command::Strategy(Strategy::Check { files, json }) => return command::strategy::check(&files, json),
        Command::Fairness(what) => return command::fairness::run(*what),
        Command::Config(what) => return command::settings::run(load(Config::default(), &arguments), what),
        other => other,
    };
    let loaded = load(Config::default(), &arguments)?;
    // A folder with a fictional force is shown as one, whatever command opens it.
    let demo = matches!(command, Command::Demo { .. }) || demo::is_one(&loaded.config.data_dir);
    let loaded = if demo { load(Config::demo(), &arguments)? } else { loaded };
    let serving = matches!(command, Command::Serve { .. } | Command::Demo { .. });
    let _flush = telemetry(&loaded, matches!(command, Command::Serve { .. }), serving)?;
    match command {
        Command::Serve { .. } => first_and_serve(loaded, demo),
        Command::Demo { json, .. } => demo::run(loaded, json),
        Command::Import(what) => command::import::run(loaded, what),
        Command::Strategy(Strategy::Report(what)) => command::report::run(loaded, &what),
        Command::Strategy(Strategy::Landscape(what)) => command::landscape::run(loaded, what),
        Command::Export { case, to, recipient, json, acting } => {
            command::cases::export(loaded, &case, &to, &recipient, json, &acting)
        }
        Command::Conform { file, json } => command::cases::conform(&loaded, &file, json),
        Command::Backup { to } => command::folder::backup(loaded, &to),
        Command::Restore { from } => command::folder::restore(&loaded, &from),
        Command::Doctor { json } => command::folder::doctor(loaded, json),
        Command::Account(what) => command::accounts::account(loaded, what),
        Command::Token(what) => command::accounts::token(loaded, what),
        Command::Log(what) => command::log::run(loaded, &what),
        Command::Openapi => openapi(&loaded.config),
        Command::Verify { .. }
        | Command::Schema { .. }
        | Command::Config(_)
        | Command::Link(_)
        | Command::Fairness(_)
        | Command::Thr(_)
        | Command::Strategy(Strategy::Check { .. }) => Ok(()), // answered above
    }
}

fn load(base: Config, arguments: &Arguments) -> Result<Loaded, Faults> {
    config::load(
        base,
        arguments,
        std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))),
    )
}

/// Starts what the program says of its own work. A command that somebody waits for says only what went wrong, unless
/// it was asked for more.
fn telemetry(loaded: &Loaded, talkative: bool, serving: bool) -> Result<Option<otlp::Flush>, Fail> {
    let config = &loaded.config;
    let level =
        if talkative || loaded.given.contains_key("log.level") { config.log.level } else { Level::Warn };
    let (exporter, flush) = match &config.otlp.endpoint {
        Some(endpoint) if serving => {
            let (exporter, flush) = otlp::start(endpoint, &config.organisation)?;
            (Some(exporter), Some(flush))
        }
        _ => (None, None),
    };
    telemetry::start(&config.log, level, exporter);
    Ok(flush)
}

fn first_and_serve(loaded: Loaded, demo: bool) -> Result<(), Fail> {
    let keyless = !loaded.config.data_dir.join("keys").join("ledger.key").exists();
    if keyless && !loaded.given.contains_key("log_origin") {
        tracing::warn!(
            log.origin = %loaded.config.log_origin,
            "log_origin is not set: the log's name is fixed with its key, which is made now"
        );
    }
    let open = Open::new(loaded)?;
    serve::serve(&open, demo, |open, up| {
        say::out(format!("Bluelamp serves {}", up.url))?;
        match bootstrap_administrator(
            &open.db,
            &open.content.policy,
            demo::ADMINISTRATOR,
            "First administrator",
        ) {
            Ok(secret) => say::out(format!(
                "\nNobody can sign in yet. With this link the first administrator sets a password for the username \
                 '{}'. It works once, for two days:\n  {}",
                demo::ADMINISTRATOR,
                command::accounts::link(&up.url, &secret)
            )),
            // Somebody can sign in: the ordinary case.
            Err(Error::Conflict(_)) => Ok(()),
            Err(other) => Err(other.into()),
        }
    })
}

fn openapi(config: &Config) -> Result<(), Fail> {
    let address = std::net::SocketAddr::new(config.listen.address, config.listen.port);
    let document = bluelamp_web::openapi(&config.public_url(address));
    say::out(serde_json::to_string_pretty(&document).map_err(|e| Error::Bug(e.to_string()))?)
}

fn schema(name: Option<&str>) -> Result<(), Fail> {
    let all = bluelamp_model::schema::schemas();
    let names = || all.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let Some(name) = name else { return say::out(names().join("\n")) };
    match all.iter().find(|(known, _)| *known == name) {
        Some((_, schema)) => {
            say::out(serde_json::to_string_pretty(schema).map_err(|e| Error::Bug(e.to_string()))?)
        }
        None => {
            Err(Fail::Usage(format!("there is no schema '{name}'; the schemas are {}", names().join(", "))))
        }
    }
}
