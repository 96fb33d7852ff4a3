//! Every key there is: its name, what it takes, where it goes. The file, the environment, the check and the
//! printed list all read this one table.

use super::Config;
use serde::{Serialize, de::DeserializeOwned};
use toml::Value;

/// One thing that can be set.
pub(crate) struct Key {
    /// As it stands in the file, with dots: `limits.reports`.
    pub(crate) name: &'static str,
    /// What it takes, to be read behind "should be".
    pub(crate) wants: &'static str,
    /// Whether its value is shown to nobody.
    pub(crate) secret: bool,
    /// Whether it is a path, which in a file counts from the folder of that file.
    pub(crate) path: bool,
    /// Whether it is a text: an environment variable then holds it as it is, and else as TOML.
    pub(crate) text: bool,
    /// Puts a value in its place. False: it is of another type, or not what is wanted.
    pub(crate) set: fn(&mut Config, Value) -> bool,
    /// The value as JSON.
    pub(crate) show: fn(&Config) -> serde_json::Value,
}

fn put<T: DeserializeOwned>(slot: &mut T, value: Value, fits: impl Fn(&T) -> bool) -> bool {
    match value.try_into() {
        Ok(value) if fits(&value) => {
            *slot = value;
            true
        }
        _ => false,
    }
}

/// As `put`, for what may be left out: an empty text leaves it out.
fn put_optional<T: DeserializeOwned>(slot: &mut Option<T>, value: Value, fits: impl Fn(&T) -> bool) -> bool {
    if value.as_str() == Some("") {
        *slot = None;
        return true;
    }
    match value.try_into() {
        Ok(value) if fits(&value) => {
            *slot = Some(value);
            true
        }
        _ => false,
    }
}

fn shown(value: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}

macro_rules! key {
    ($put:ident, $name:literal, $($field:ident).+, $wants:literal, $fits:expr) => {
        Key {
            name: $name,
            wants: $wants,
            secret: false,
            path: false,
            text: true,
            set: |config, value| $put(&mut config.$($field).+, value, $fits),
            show: |config| shown(&config.$($field).+),
        }
    };
}

const fn number(mut key: Key) -> Key {
    key.text = false;
    key
}

const fn path(mut key: Key) -> Key {
    key.path = true;
    key
}

const fn secret(mut key: Key) -> Key {
    key.secret = true;
    key
}

/// A line of words.
fn line(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(char::is_control)
}

fn address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|r| {
        !r.is_empty() && !r.ends_with('/') && !r.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}

fn href(text: &str) -> bool {
    (text.starts_with('/') || text.starts_with("https://") || text.starts_with("http://"))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// A name that can stand in a signature line (C2SP signed-note).
fn origin(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

fn code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

fn header(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn mailbox(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';');
    text.split_once('@').is_some_and(|(who, at)| !who.is_empty() && !at.is_empty() && !at.contains('@'))
        && text.is_ascii()
        && !text.contains(odd)
}

/// Both forms that PostgreSQL's own programs take.
fn database(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://") || text.contains('=')
}

/// Only a collector on the way to others is spoken to, and that without encryption.
fn collector(text: &str) -> bool {
    address(text) && text.starts_with("http://")
}

/// All of them, in the order in which they are shown.
pub(crate) const KEYS: &[Key] = &[
    path(key!(put, "data_dir", data_dir, "the path of a folder", |p| !p.as_os_str().is_empty())),
    key!(put, "listen.address", listen.address, "an IP address such as \"127.0.0.1\"", |_| true),
    number(key!(
        put,
        "listen.port",
        listen.port,
        "a port: a whole number from 0 (any free one) to 65535",
        |_| true
    )),
    key!(
        put_optional,
        "public_url",
        public_url,
        "an address such as \"https://report.example\", without a slash at its end",
        |t: &String| address(t)
    ),
    key!(
        put,
        "organisation",
        organisation,
        "a code of letters, digits, dots and hyphens",
        |t: &String| code(t)
    ),
    key!(
        put,
        "log_origin",
        log_origin,
        "a name such as \"force.example/log\", without spaces and plus signs",
        |t: &String| origin(t)
    ),
    path(key!(put_optional, "content_dir", content_dir, "the path of a folder", |_| true)),
    number(key!(put, "largest_file", largest_file, "a number of bytes, 1 or more", |n| *n > 0)),
    key!(
        put_optional,
        "forwarded_header",
        forwarded_header,
        "the name of a header such as \"x-forwarded-for\"",
        |t: &String| header(t)
    ),
    secret(key!(
        put_optional,
        "database.url",
        database.url,
        "a PostgreSQL address such as \"postgresql://user@host/name\"",
        |t: &String| database(t)
    )),
    path(key!(put_optional, "database.url_file", database.url_file, "the path of a file", |_| true)),
    number(key!(put, "limits.reports", limits.reports, "a whole number; 0 means no limit", |_| true)),
    number(key!(put, "limits.sign_ins", limits.sign_ins, "a whole number; 0 means no limit", |_| true)),
    number(key!(put, "limits.tracking", limits.tracking, "a whole number; 0 means no limit", |_| true)),
    key!(put, "log.format", log.format, "\"text\" or \"json\"", |_| true),
    key!(put, "log.level", log.level, "\"error\", \"warn\", \"info\", \"debug\" or \"trace\"", |_| true),
    key!(
        put_optional,
        "otlp.endpoint",
        otlp.endpoint,
        "the address of a collector such as \"http://127.0.0.1:4318\", without TLS",
        |t: &String| collector(t)
    ),
    key!(put, "mail.from", mail.from, "an address such as \"no-reply@force.example\"", |t: &String| mailbox(
        t
    )),
    key!(put, "theme.service_name", theme.service_name, "a line of words", |t: &String| line(t)),
    key!(put_optional, "theme.organisation", theme.organisation, "a line of words", |t: &String| line(t)),
    key!(
        put,
        "theme.exit_href",
        theme.exit_href,
        "an address, or a path that begins with a slash",
        |t: &String| href(t)
    ),
    key!(put_optional, "theme.phase_tag", theme.phase_tag, "a word such as \"Beta\"", |t: &String| line(t)),
    key!(put_optional, "theme.phase_text", theme.phase_text, "a line of words", |t: &String| line(t)),
    number(key!(
        put,
        "theme.statements",
        theme.statements,
        "a list of lines such as [\"One.\", \"Two.\"]",
        |all: &Vec<String>| all.iter().all(|t| line(t))
    )),
    number(key!(
        put,
        "theme.footer_links",
        theme.footer_links,
        "a list of links such as [{text = \"Privacy\", href = \"/privacy\"}]",
        |all: &Vec<bluelamp_web::govuk::theme::Link>| all.iter().all(|l| line(&l.text) && href(&l.href))
    )),
];
