//! Reading the file, the environment and the command line, in this order: the later one wins.

use super::{Config, KEYS, Key};
use bluelamp_model::{Fault, Faults};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};
use toml::{
    Spanned, Value,
    de::{DeTable, DeValue, ValueDeserializer},
};

/// The name of the file in a data folder.
const FILE: &str = "bluelamp.toml";
/// What the names of environment variables begin with.
const PREFIX: &str = "BLUELAMP_";
/// Variables of this kind that are not configuration: which file to read, and what the tests and measurements of
/// this repository use.
const OTHER: [&str; 5] = ["CONFIG", "PG_", "SHARED", "REGENERATE", "BENCH"];

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// Nobody set it.
    Default,
    /// A file, at a line counted from 1.
    File(PathBuf, u64),
    /// An environment variable.
    Environment(String),
    /// An argument of the command.
    Argument(&'static str),
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(file, line) => write!(f, "{}:{line}", file.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Argument(name) => f.write_str(name),
        }
    }
}

/// The configuration with the origin of every value.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// By the key's name; what is not in it is a default.
    pub(crate) given: BTreeMap<&'static str, Given>,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
}

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) file: Option<PathBuf>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) port: Option<u16>,
}

/// Puts the configuration together. `environment` are all variables of the process, `base` the defaults.
///
/// # Errors
/// Every mistake in the file and in the variables.
pub(crate) fn load(
    base: Config,
    arguments: &Arguments,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Loaded, Faults> {
    let mut loader =
        Loader { loaded: Loaded { config: base, given: BTreeMap::new(), file: None }, faults: Vec::new() };
    let variables: Vec<_> = environment.filter(|(name, _)| name.starts_with(PREFIX)).collect();
    let found =
        variables.iter().find(|(name, _)| name == "BLUELAMP_CONFIG").map(|(_, path)| PathBuf::from(path));
    let folder = || {
        let set = variables
            .iter()
            .find(|(name, _)| name == "BLUELAMP_DATA_DIR")
            .map(|(_, path)| PathBuf::from(path));
        arguments.data_dir.clone().or(set).unwrap_or_else(|| loader.loaded.config.data_dir.clone())
    };
    let named = arguments.file.clone().or(found);
    let inside = named.is_none();
    if let Some(file) = named.or_else(|| Some(folder().join(FILE)).filter(|file| file.exists())) {
        loader.file(&file, inside);
    }
    for (name, text) in &variables {
        loader.variable(name, text);
    }
    if let Some(folder) = &arguments.data_dir {
        loader.loaded.config.data_dir.clone_from(folder);
        loader.loaded.given.insert("data_dir", Given::Argument("--data-dir"));
    }
    if let Some(port) = arguments.port {
        loader.loaded.config.listen.port = port;
        loader.loaded.given.insert("listen.port", Given::Argument("--port"));
    }
    loader.together();
    let Loader { loaded, faults } = loader;
    Faults(faults).or(loaded)
}

struct Loader {
    loaded: Loaded,
    faults: Vec<Fault>,
}

impl Loader {
    fn file(&mut self, path: &Path, inside: bool) {
        let name = path.display().to_string();
        self.loaded.file = Some(path.to_path_buf());
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) => return self.faults.push(Fault::new(name, format!("cannot be read: {e}"))),
        };
        let line = |at: usize| text.get(..at).map_or(1, |t| t.matches('\n').count() as u64 + 1);
        let (table, errors) = DeTable::parse_recoverable(&text);
        for error in &errors {
            let fault = Fault::new(&name, error.message());
            self.faults.push(match error.span() {
                Some(span) => fault.at_line(line(span.start)),
                None => fault,
            });
        }
        self.faults.sort_by_key(|fault| fault.line);
        if errors.is_empty() {
            self.table(path, "", table.into_inner(), &line);
        }
        if inside && let Some(given @ Given::File(..)) = self.loaded.given.get("data_dir") {
            let reason =
                "the file lies in the data folder that it would name: give --data-dir or --config instead";
            self.faults.push(at(given, "data_dir", reason));
        }
    }

    fn table(&mut self, path: &Path, above: &str, table: DeTable<'_>, line: &dyn Fn(usize) -> u64) {
        for (key, value) in table {
            let name = if above.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{above}.{}", key.get_ref())
            };
            let given = Given::File(path.to_path_buf(), line(key.span().start));
            if let Some(key) = KEYS.iter().find(|k| k.name == name) {
                match read(value) {
                    Some(value) => self.set(key, value, given),
                    None => self.faults.push(at(&given, key.name, format!("should be {}", key.wants))),
                }
            } else if KEYS.iter().any(|k| k.name.starts_with(&format!("{name}."))) {
                match value.into_inner() {
                    DeValue::Table(inner) => self.table(path, &name, inner, line),
                    _ => self.faults.push(at(&given, &name, format!("should be a table: [{name}]"))),
                }
            } else {
                self.faults.push(at(&given, &name, unknown(&name)));
            }
        }
    }

    fn variable(&mut self, variable: &str, text: &str) {
        let rest = variable.strip_prefix(PREFIX).unwrap_or(variable);
        if OTHER.iter().any(|other| rest.starts_with(other)) {
            return;
        }
        let name = rest.to_lowercase().replace("__", ".");
        let given = Given::Environment(variable.to_owned());
        let Some(key) = KEYS.iter().find(|k| k.name == name) else {
            return self.faults.push(at(&given, &name, unknown(&name)));
        };
        let value = if key.text {
            Some(Value::String(text.to_owned()))
        } else {
            ValueDeserializer::parse(text).ok().and_then(|v| Value::deserialize(v).ok())
        };
        match value {
            Some(value) => self.set(key, value, given),
            None => self.faults.push(at(&given, key.name, format!("should be {}", key.wants))),
        }
    }

    fn set(&mut self, key: &Key, value: Value, given: Given) {
        let value = match (&value, &given) {
            (Value::String(text), Given::File(file, _)) if key.path && !text.is_empty() => {
                let beside = file.parent().unwrap_or(Path::new("")).join(text);
                Value::String(beside.to_string_lossy().into_owned())
            }
            _ => value,
        };
        let shown = if key.secret { "this".to_owned() } else { value.to_string() };
        if (key.set)(&mut self.loaded.config, value) {
            self.loaded.given.insert(key.name, given);
        } else {
            self.faults.push(at(&given, key.name, format!("{shown} should be {}", key.wants)));
        }
    }

    /// What can only be seen when all is read.
    fn together(&mut self) {
        let both = |a: &str, b: &str| Some((self.loaded.given.get(a)?, self.loaded.given.get(b)?));
        let mut found = Vec::new();
        if let Some((_, later)) = both("database.url", "database.url_file")
            && self.loaded.config.database.url.is_some()
            && self.loaded.config.database.url_file.is_some()
        {
            found.push(at(later, "database.url_file", "database.url is set as well: set one of them"));
        }
        let theme = &self.loaded.config.theme;
        if theme.phase_tag.is_some() != theme.phase_text.is_some() {
            let given = ["theme.phase_tag", "theme.phase_text"].iter().find_map(|k| self.loaded.given.get(k));
            let given = given.unwrap_or(&Given::Default);
            found.push(at(
                given,
                "theme.phase_tag",
                "the banner needs both theme.phase_tag and theme.phase_text",
            ));
        }
        self.faults.append(&mut found);
        let database = &mut self.loaded.config.database;
        if let (None, Some(file)) = (&database.url, &database.url_file) {
            match fs::read_to_string(file) {
                Ok(text) if !text.trim().is_empty() => database.url = Some(text.trim().to_owned()),
                Ok(_) => self
                    .faults
                    .push(Fault::new(file.display().to_string(), "is empty: it should hold database.url")),
                Err(e) => {
                    self.faults.push(Fault::new(file.display().to_string(), format!("cannot be read: {e}")));
                }
            }
        }
    }
}

fn read(value: Spanned<DeValue<'_>>) -> Option<Value> {
    Value::deserialize(ValueDeserializer::from(value)).ok()
}

fn at(given: &Given, field: &str, reason: impl Into<String>) -> Fault {
    match given {
        Given::File(file, line) => Fault::new(file.display().to_string(), reason).at_line(*line),
        other => Fault::new(other.to_string(), reason),
    }
    .in_field(field)
}

/// Says what there is instead.
fn unknown(name: &str) -> String {
    let table = name.rsplit_once('.').map(|(table, _)| format!("{table}."));
    let mut near: Vec<_> = KEYS
        .iter()
        .filter(|k| table.as_ref().is_some_and(|t| k.name.starts_with(t.as_str())))
        .map(|k| k.name)
        .collect();
    if near.is_empty() {
        near = KEYS.iter().map(|k| k.name).collect();
    }
    format!("is not a key; the keys are {}", near.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, variables: &[(&str, &str)]) -> Result<Loaded, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bluelamp.toml");
        fs::write(&file, text).unwrap();
        let arguments = Arguments { file: Some(file), ..Arguments::default() };
        let variables: Vec<_> = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let folder = format!("{}/", folder.path().display());
        load(Config::default(), &arguments, variables.into_iter())
            .map_err(|f| f.to_string().replace(&folder, ""))
    }

    #[test]
    fn the_file_then_the_environment_and_each_value_knows_where_it_came_from() {
        let text = "organisation = \"a\"\n\n[limits]\nreports = 5\nsign_ins = 6\n";
        let loaded = with(text, &[("BLUELAMP_LIMITS__REPORTS", "7"), ("HOME", "/root")]).unwrap();
        assert_eq!(loaded.config.limits.reports, 7);
        assert_eq!(loaded.config.limits.sign_ins, 6);
        assert_eq!(loaded.given["limits.reports"], Given::Environment("BLUELAMP_LIMITS__REPORTS".into()));
        let Given::File(_, line) = loaded.given["limits.sign_ins"] else { panic!("from the file") };
        assert_eq!(line, 5);
        assert!(!loaded.given.contains_key("limits.tracking"));
    }

    #[test]
    fn every_mistake_is_named_with_its_line_or_variable() {
        let text = "orgnisation = \"a\"\npublic_url = \"report.example/\"\n[listen]\nport = 70000\n[limits]\nreports = \"many\"\nlog = 1\n";
        let faults =
            with(text, &[("BLUELAMP_LOG__FORMAT", "xml"), ("BLUELAMP_LOG__COLOUR", "red")]).unwrap_err();
        let expected = [
            "bluelamp.toml:1: orgnisation: is not a key; the keys are data_dir, ",
            "bluelamp.toml:2: public_url: \"report.example/\" should be an address such as",
            "bluelamp.toml:4: listen.port: 70000 should be a port",
            "bluelamp.toml:6: limits.reports: \"many\" should be a whole number",
            "bluelamp.toml:7: limits.log: is not a key; the keys are limits.reports, limits.sign_ins, limits.tracking",
            "BLUELAMP_LOG__FORMAT: log.format: \"xml\" should be \"text\" or \"json\"",
            "BLUELAMP_LOG__COLOUR: log.colour: is not a key; the keys are log.format, log.level",
        ];
        for part in expected {
            assert!(faults.contains(part), "{part}\n in\n{faults}");
        }
        assert_eq!(faults.lines().count(), expected.len(), "{faults}");
    }

    #[test]
    fn toml_that_cannot_be_read_says_where() {
        let faults = with("organisation = \n[limits\n", &[]).unwrap_err();
        assert!(faults.starts_with("bluelamp.toml:1: "), "{faults}");
        assert!(faults.contains("bluelamp.toml:2: "), "{faults}");
    }

    #[test]
    fn a_secret_is_not_repeated_in_a_fault() {
        let faults = with("[database]\nurl = \"hunter2\"\n", &[]).unwrap_err();
        assert!(
            faults.contains("bluelamp.toml:2: database.url: this should be a PostgreSQL address"),
            "{faults}"
        );
        assert!(!faults.contains("hunter2"), "{faults}");
    }

    #[test]
    fn lists_in_the_environment_are_toml_and_texts_are_as_they_are() {
        let variables = [("BLUELAMP_THEME__STATEMENTS", "[\"One.\"]"), ("BLUELAMP_ORGANISATION", "123")];
        let loaded = with("", &variables).unwrap();
        assert_eq!(loaded.config.theme.statements, ["One."]);
        assert_eq!(loaded.config.organisation, "123");
    }

    #[test]
    fn a_path_in_the_file_counts_from_its_folder() {
        let loaded = with("content_dir = \"ours\"\n", &[]).unwrap();
        assert_eq!(loaded.config.content_dir, Some(loaded.file.unwrap().parent().unwrap().join("ours")));
    }

    #[test]
    fn every_default_is_what_its_key_takes() {
        for base in [Config::default(), Config::demo()] {
            for key in KEYS {
                let shown = (key.show)(&base);
                if !shown.is_null() {
                    let value: Value = serde_json::from_value(shown).unwrap();
                    assert!((key.set)(&mut base.clone(), value), "{}", key.name);
                }
            }
        }
    }
}
