//! The configuration: one TOML file, environment variables, the command line. Typed, every mistake in one go, and
//! of every value it is known where it came from.

mod keys;
mod load;

pub(crate) use keys::{KEYS, Key};
pub(crate) use load::{Arguments, Given, Loaded, load};

use bluelamp_web::govuk::{
    Theme,
    theme::{Link, Phase},
};
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

/// Everything that can be set, with its value.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: Listen,
    /// None: made up from the address and the port that it serves on.
    pub(crate) public_url: Option<String>,
    pub(crate) organisation: String,
    pub(crate) log_origin: String,
    pub(crate) content_dir: Option<PathBuf>,
    pub(crate) largest_file: u64,
    pub(crate) forwarded_header: Option<String>,
    pub(crate) database: Database,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
    pub(crate) otlp: Otlp,
    pub(crate) mail: Mail,
    pub(crate) theme: Words,
}

#[derive(Clone, Debug)]
pub(crate) struct Listen {
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Database {
    pub(crate) url: Option<String>,
    pub(crate) url_file: Option<PathBuf>,
}

#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) reports: u32,
    pub(crate) sign_ins: u32,
    pub(crate) tracking: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) format: Format,
    pub(crate) level: Level,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Otlp {
    pub(crate) endpoint: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) from: String,
}

/// What a force says of itself around every page.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub(crate) service_name: String,
    pub(crate) organisation: Option<String>,
    pub(crate) exit_href: String,
    pub(crate) phase_tag: Option<String>,
    pub(crate) phase_text: Option<String>,
    pub(crate) statements: Vec<String>,
    pub(crate) footer_links: Vec<Link>,
}

impl Default for Config {
    fn default() -> Self {
        let link = |text: &str, href: &str| Link { text: text.into(), href: href.into() };
        Self {
            data_dir: "data-dir".into(),
            listen: Listen { address: Ipv4Addr::LOCALHOST.into(), port: 8080 },
            public_url: None,
            organisation: "unnamed-force".into(),
            log_origin: "bluelamp.invalid/log".into(),
            content_dir: None,
            largest_file: 256 * 1024 * 1024,
            forwarded_header: None,
            database: Database::default(),
            limits: Limits { reports: 30, sign_ins: 20, tracking: 30 },
            log: Log { format: Format::Text, level: Level::Info },
            otlp: Otlp::default(),
            mail: Mail { from: "no-reply@bluelamp.invalid".into() },
            theme: Words {
                service_name: "Bluelamp".into(),
                organisation: None,
                exit_href: "/leave".into(),
                phase_tag: None,
                phase_text: None,
                statements: Vec::new(),
                footer_links: vec![
                    link("Accessibility statement", "/accessibility"),
                    link("Privacy", "/privacy"),
                    link("How algorithms are used", "/algorithms"),
                ],
            },
        }
    }
}

impl Config {
    /// What the made-up force of `bluelamp demo` has in place of the ordinary defaults. Everybody who tries it may
    /// sit behind one address, and a script may send reports as fast as it can.
    pub(crate) fn demo() -> Self {
        let mut config = Self { organisation: "borsetshire-police".into(), ..Self::default() };
        config.log_origin = crate::demo::ORIGIN.into();
        config.limits = Limits { reports: 0, sign_ins: 60, tracking: 120 };
        let theme = Theme::demo();
        config.theme = Words {
            service_name: theme.service_name,
            organisation: theme.organisation,
            phase_tag: theme.phase.as_ref().map(|p| p.tag.clone()),
            phase_text: theme.phase.map(|p| p.text),
            statements: theme.statements,
            footer_links: theme.footer_links,
            exit_href: theme.exit_href,
        };
        config
    }

    /// The force whose service this is, as people call it; its code where no name is set.
    pub(crate) fn force_name(&self) -> String {
        self.theme.organisation.clone().unwrap_or_else(|| self.organisation.clone())
    }

    /// How the pages look. `demo` wherever the police are not real.
    pub(crate) fn theme(&self, demo: bool) -> Theme {
        let words = self.theme.clone();
        Theme {
            service_name: words.service_name,
            organisation: words.organisation,
            home_href: "/".into(),
            exit_href: words.exit_href,
            demo,
            phase: words.phase_tag.zip(words.phase_text).map(|(tag, text)| Phase { tag, text }),
            statements: words.statements,
            footer_links: words.footer_links,
            brand: None,
            stylesheet: None,
        }
    }

    /// Where people reach it: what is configured, or the address that it serves on.
    pub(crate) fn public_url(&self, serving: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| {
            // What listens everywhere is reached, from the machine itself, at home.
            let host = match serving.ip() {
                ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
                IpAddr::V6(ip) => format!("[{ip}]"),
                ip => ip.to_string(),
            };
            format!("http://{host}:{}", serving.port())
        })
    }
}
