//! Files in and out of the link commands: records, models, and outputs that are whole or not there.

use super::stage::Stages;
use crate::fail::Fail;
use bluelamp_linkage::columns::Table;
use bluelamp_linkage::read::{self, Columns, Format, ReadError};
use bluelamp_linkage::settings::Settings;
use bluelamp_model::Error;
use bytes::Bytes;
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{BufReader, IsTerminal, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// A fault of what was given: exit code 2.
pub(crate) fn wrong(what: impl std::fmt::Display) -> Fail {
    Fail::Usage(what.to_string())
}

/// A fault of the machine: exit code 1.
pub(crate) fn failed(path: &Path, what: impl std::fmt::Display) -> Fail {
    Fail::Refused(Error::Unavailable(format!("{}: {what}", path.display())))
}

/// A file that several threads read at once, each at its own place.
pub(crate) struct Shared(Arc<File>);

/// One reader's place in a [`Shared`] file.
pub(crate) struct Cursor(Arc<File>, u64);

impl Read for Cursor {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read_at(into, self.1)?;
        self.1 += read as u64;
        Ok(read)
    }
}

impl Length for Shared {
    fn len(&self) -> u64 {
        self.0.metadata().map_or(0, |m| m.len())
    }
}

impl ChunkReader for Shared {
    type T = BufReader<Cursor>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        // Heads of pages are read this way: a few dozen bytes each.
        Ok(BufReader::with_capacity(1 << 10, Cursor(self.0.clone(), start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        // A damaged file may ask for more than there is.
        if start.saturating_add(length as u64) > self.len() {
            return Err(parquet::errors::ParquetError::General("it ends early".to_owned()));
        }
        let mut bytes = Vec::with_capacity(length);
        let read = Cursor(self.0.clone(), start).take(length as u64).read_to_end(&mut bytes)?;
        if read < length {
            return Err(parquet::errors::ParquetError::General("it ends early".to_owned()));
        }
        Ok(bytes.into())
    }
}

pub(crate) fn shared(path: &Path) -> Result<Shared, Fail> {
    open(path).map(|file| Shared(Arc::new(file)))
}

pub(crate) fn open(path: &Path) -> Result<File, Fail> {
    File::open(path).map_err(|e| wrong(format!("{} can't be opened: {e}", path.display())))
}

/// A line on the terminal that shows how far a stage is; nothing where nobody looks.
pub(crate) struct Progress {
    shown: bool,
    what: String,
    all: u64,
    done: Mutex<(u64, u64)>,
}

impl Progress {
    pub(crate) fn new(what: &str, all: u64) -> Progress {
        Progress {
            shown: std::io::stderr().is_terminal(),
            what: what.to_owned(),
            all,
            done: Mutex::new((0, u64::MAX)),
        }
    }

    pub(crate) fn add(&self, some: u64) {
        if !self.shown {
            return;
        }
        let mut done = self.done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        done.0 += some;
        let percent = (done.0 * 100).checked_div(self.all).unwrap_or(100).min(100);
        if percent != done.1 {
            done.1 = percent;
            let full = (percent / 4) as usize;
            let _ = write!(
                std::io::stderr(),
                "\r{} [{}{}] {percent:3} %",
                self.what,
                "#".repeat(full),
                ".".repeat(25 - full)
            );
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

/// Reads the records of all files. `columns` says which are kept.
pub(crate) fn records(inputs: &[PathBuf], columns: Columns<'_>, threads: usize) -> Result<Table, Fail> {
    let mut tables = Vec::new();
    for path in inputs {
        let name = path.display().to_string();
        let Some(format) = Format::of(&name) else {
            return Err(wrong(format!(
                "{name}: the ending is not known; records are .csv, .parquet or .jsonl"
            )));
        };
        let file = open(path)?;
        let bytes = file.metadata().map(|m| m.len()).unwrap_or(0);
        let progress = Progress::new(&format!("reading {name}"), 0);
        let table = match format {
            Format::Csv => read::read_csv(file, &name, columns, &mut |n| progress.add(n as u64)),
            Format::JsonLines => read::read_json_lines(file, &name, columns, &mut |n| progress.add(n as u64)),
            Format::Parquet => read::read_parquet(Shared(Arc::new(file)), &name, columns, threads, &|n| {
                progress.add(n as u64);
            }),
        };
        let mut table = table.map_err(wrong)?;
        if table.rows == 0 {
            return Err(wrong(format!("{name}: there are no records in it ({bytes} bytes)")));
        }
        // Splink calls a file by its name without folder and ending.
        let stem = path.file_stem().map_or(name, |s| s.to_string_lossy().into_owned());
        table.sources = vec![stem];
        tables.push(table);
    }
    for (at, table) in tables.iter().enumerate() {
        if tables[..at].iter().any(|t| t.sources == table.sources) {
            return Err(wrong(ReadError::of_file(
                &inputs[at].display().to_string(),
                "two files have this name; records are told apart by it, so give one another name",
            )));
        }
    }
    read::concatenate(tables, true).map_err(wrong)
}

/// Reads a model: Splink's JSON, or a short one in TOML.
pub(crate) fn model(path: &Path) -> Result<Settings, Fail> {
    let text =
        std::fs::read_to_string(path).map_err(|e| wrong(format!("{} can't be read: {e}", path.display())))?;
    let settings = if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) {
        bluelamp_linkage::plain::settings(&text)
    } else {
        Settings::from_json(&text)
    };
    settings.map_err(|faults| {
        wrong(faults.0.iter().map(|f| format!("{}: {f}", path.display())).collect::<Vec<_>>().join("\n"))
    })
}

/// Writes a file whole or not at all: under another name beside it, then renamed.
pub(crate) fn whole<T>(path: &Path, write: impl FnOnce(File) -> Result<(File, T), Fail>) -> Result<T, Fail> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
    }
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let done = (|| {
        let file = File::create(&beside).map_err(|e| failed(&beside, e))?;
        let (file, value) = write(file)?;
        file.sync_all().map_err(|e| failed(&beside, e))?;
        std::fs::rename(&beside, path).map_err(|e| failed(path, e))?;
        Ok(value)
    })();
    if done.is_err() {
        let _ = std::fs::remove_file(&beside); // what is left is nothing that anybody reads
    }
    done
}

/// Writes a text whole or not at all.
pub(crate) fn whole_text(path: &Path, text: &str) -> Result<(), Fail> {
    whole(path, |mut file| {
        file.write_all(text.as_bytes()).map_err(|e| failed(path, e))?;
        Ok((file, ()))
    })
}

/// The stages of a run as lines for a person.
pub(crate) fn table(stages: &Stages) -> String {
    let mut text = String::new();
    for stage in stages.done.iter().chain(std::iter::once(&stages.total())) {
        let memory = stage.peak_memory_mib.map_or(String::new(), |m| format!("  {m:6} MiB"));
        text.push_str(&format!(
            "  {:<10} {:8.2} s  {:8.2} s of processor{memory}\n",
            stage.stage, stage.wall_seconds, stage.cpu_seconds
        ));
    }
    text
}
