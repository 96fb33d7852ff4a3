//! Backups: everything that a data folder and its database hold, as one folder of plain files that either
//! engine can be restored from.
//!
//! ```text
//! backup.json          what this is: format, migrations, tables with rows and digests
//! tables/NAME.jsonl    one row a line
//! blobs/AB/ABCDEF…     stored files, by digest
//! keys/ledger.key      the log's signing key
//! files.sha256         digests of blobs and keys, as `sha256sum --check` reads them
//! ```
//!
//! The rows are those of one moment, whatever is being written meanwhile. A backup that was not finished is a
//! hidden folder ending in `.partial` and can be removed.

use crate::{Db, cell, engine::Conn, migrate};
use bluelamp_model::{Error, Result, Time};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fmt,
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

/// The format written here. A reader takes this one and every earlier one.
pub(crate) const FORMAT: u32 = 1;

/// What stands in `backup.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the format.
    pub format: u32,
    /// The moment whose state it holds, by the database's clock.
    pub made_at: Time,
    /// The engine it was taken from, with its version; it can be restored to either.
    pub engine: String,
    /// The migrations that the database had, by name.
    pub migrations: Vec<String>,
    /// The tables, in the order in which they can be filled.
    pub tables: Vec<Table>,
    /// How many stored files there are.
    pub blobs: u64,
    /// Their bytes.
    pub blob_bytes: u64,
    /// Stored files that did not have their digest any more when the backup was taken.
    pub damaged: Vec<String>,
    /// Names of the key files.
    pub keys: Vec<String>,
    /// SHA-256 of `files.sha256`, in hexadecimal.
    pub files_sha256: String,
}

/// One table of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of the cells.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 of its file, in hexadecimal.
    pub sha256: String,
}

/// What a backup holds, for the person who took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// Where it is.
    pub folder: PathBuf,
    /// What it holds.
    pub manifest: Manifest,
}

impl Manifest {
    /// All rows together.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|t| t.rows).sum()
    }
}

impl fmt::Display for BackupReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let m = &self.manifest;
        write!(
            f,
            "{} holds {} rows in {} tables and {} files ({} bytes) as of {}.",
            self.folder.display(),
            m.rows(),
            m.tables.len(),
            m.blobs,
            m.blob_bytes,
            m.made_at
        )?;
        if m.keys.is_empty() {
            f.write_str(" It holds no signing key: nothing was sealed yet.")?;
        } else {
            f.write_str(
                " It holds the log's signing key and personal data: keep it as safe as the database itself.",
            )?;
        }
        for name in &m.damaged {
            write!(f, "\nThe stored file {name} no longer has its digest: look for it in an older backup.")?;
        }
        Ok(())
    }
}

/// Takes a backup of an open database, in use or not, into a new folder.
///
/// # Errors
/// [`Error::Conflict`] when there is something at that place already, [`Error::Unavailable`] when reading or
/// writing fails. Nothing is left then.
pub fn backup(db: &Db, to: &Path) -> Result<BackupReport> {
    let name = to.file_name().and_then(|n| n.to_str()).ok_or_else(|| {
        Error::field("to", "format", format!("{} is not the name of a new folder", to.display()))
    })?;
    if to.exists() {
        return Err(Error::Conflict(format!("{}: a backup is written into a new folder", to.display())));
    }
    let parent = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut mark = [0; 4];
    db.fork_entropy().fill(&mut mark)?;
    let draft = Draft(parent.join(format!(".{name}.{}.partial", hex::encode(mark))));
    new_folder(&draft.0)?;
    // First the rows, then the files: a file is stored before the row that names it.
    let mut manifest = db.look(|conn| rows(conn, &draft.0, db.now()))?;
    files(db, &draft.0, &mut manifest)?;
    let text = serde_json::to_string_pretty(&manifest).map_err(|e| Error::Bug(e.to_string()))? + "\n";
    write_whole(&draft.0.join("backup.json"), text.as_bytes())?;
    sync(&draft.0)?;
    fs::rename(&draft.0, to).map_err(at("the backup cannot be put in its place", to))?;
    sync(parent)?;
    Ok(BackupReport { folder: to.to_owned(), manifest })
}

fn rows(conn: &mut Conn, draft: &Path, made_at: Time) -> Result<Manifest> {
    let folder = draft.join("tables");
    new_folder(&folder)?;
    let migrations = migrate::applied(conn)?;
    let mut tables = Vec::new();
    for name in migrate::tables(|m| migrations.iter().any(|known| known == m)) {
        tables.push(table(conn, &folder, name)?);
    }
    sync(&folder)?;
    Ok(Manifest {
        format: FORMAT,
        made_at,
        engine: conn.version()?,
        migrations,
        tables,
        blobs: 0,
        blob_bytes: 0,
        damaged: Vec::new(),
        keys: Vec::new(),
        files_sha256: String::new(),
    })
}

fn table(conn: &mut Conn, folder: &Path, name: &str) -> Result<Table> {
    let path = folder.join(format!("{name}.jsonl"));
    let failed = || at("the backup cannot be written to", &path);
    let columns = conn.columns(name)?;
    let mut out = BufWriter::with_capacity(256 * 1024, new_file(&path)?);
    let mut hash = Sha256::new();
    let mut count = 0;
    conn.each_row(&format!("select {} from {name}", quoted(&columns)), |row| {
        let mut line = cell::line(&row);
        line.push('\n');
        hash.update(&line);
        count += 1;
        out.write_all(line.as_bytes()).map_err(failed())
    })?;
    out.into_inner().map_err(io::IntoInnerError::into_error).and_then(|f| f.sync_all()).map_err(failed())?;
    Ok(Table { name: name.to_owned(), columns, rows: count, sha256: hex::encode(hash.finalize()) })
}

/// Column names as both engines take them, whatever words they reserve.
pub(crate) fn quoted(columns: &[String]) -> String {
    columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ")
}

fn files(db: &Db, draft: &Path, manifest: &mut Manifest) -> Result<()> {
    let mut list = Vec::new();
    let blobs = draft.join("blobs");
    new_folder(&blobs)?;
    for digest in db.blob_digests()? {
        let Some(shelf) = digest.get(..2).filter(|_| digest.len() == 64) else { continue };
        let place = format!("blobs/{shelf}/{digest}");
        let (from, to) = (db.folder().join(&place), draft.join(&place));
        if !blobs.join(shelf).exists() {
            new_folder(&blobs.join(shelf))?;
        }
        // The same file under a second name costs nothing; stored files are never changed in place.
        let copied = fs::hard_link(&from, &to).or_else(|_| copy(&from, &to));
        match copied {
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue, // erased since it was listed
            copied => copied.map_err(at("a stored file cannot be copied:", &from))?,
        }
        let (found, size) = digest_of(&to)?;
        if found != digest {
            manifest.damaged.push(digest);
        }
        manifest.blobs += 1;
        manifest.blob_bytes += size;
        list.push(format!("{found}  {place}\n"));
    }
    for shelf in entries(&blobs)? {
        sync(&shelf)?;
    }
    sync(&blobs)?;
    let keys = draft.join("keys");
    new_folder(&keys)?;
    for from in entries(&db.folder().join("keys"))? {
        // A key that is just being made has another ending.
        let Some(name) = from.file_name().and_then(|n| n.to_str()).filter(|n| n.ends_with(".key")) else {
            continue;
        };
        let bytes = fs::read(&from).map_err(at("the key cannot be read:", &from))?;
        write_whole(&keys.join(name), &bytes)?;
        list.push(format!("{}  keys/{name}\n", hex::encode(Sha256::digest(&bytes))));
        manifest.keys.push(name.to_owned());
    }
    sync(&keys)?;
    let list = list.concat();
    manifest.files_sha256 = hex::encode(Sha256::digest(&list));
    write_whole(&draft.join("files.sha256"), list.as_bytes())
}

/// Copies bytes and flushes them, for where a second name cannot be had.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut target = File::create_new(to)?;
    io::copy(&mut source, &mut target)?;
    target.sync_all()
}

/// Reads a backup through without restoring it: is all of it there, as it was written?
///
/// # Errors
/// [`Error::Invalid`] that names each damaged file, or says that the format is newer than this binary;
/// [`Error::NotFound`] when the folder is no backup.
pub fn check_backup(folder: &Path) -> Result<Manifest> {
    let manifest = manifest(folder)?;
    let mut wrong = Vec::new();
    for table in &manifest.tables {
        let file = format!("tables/{}.jsonl", table.name);
        match lines_and_digest(&folder.join(&file)) {
            Err(e) => wrong.push(format!("{file} {e}")),
            Ok((_, digest)) if digest != table.sha256 => wrong.push(format!("{file} was changed")),
            Ok((rows, _)) if rows != table.rows => {
                wrong.push(format!("{file} has {rows} rows where {} belong", table.rows));
            }
            Ok(_) => {}
        }
    }
    match lines_and_digest(&folder.join("files.sha256")) {
        Err(e) => wrong.push(format!("files.sha256 {e}")),
        Ok((_, digest)) if digest != manifest.files_sha256 => wrong.push("files.sha256 was changed".into()),
        Ok((count, _)) => {
            if count != manifest.blobs + manifest.keys.len() as u64 {
                wrong.push(format!("files.sha256 names {count} files; backup.json counts others"));
            }
            each_file(folder, |digest, file| {
                match digest_of(&folder.join(file)) {
                    Err(e) => wrong.push(e.to_string()),
                    Ok((found, _)) if found != digest => wrong.push(format!("{file} was changed")),
                    Ok(_) => {}
                }
                Ok(())
            })?;
        }
    }
    if wrong.is_empty() {
        return Ok(manifest);
    }
    Err(Error::field(
        "from",
        "damaged",
        format!("the backup {} is damaged: {}; use another one", folder.display(), wrong.join("; ")),
    ))
}

/// Reads `backup.json` and refuses what this binary does not understand.
pub(crate) fn manifest(folder: &Path) -> Result<Manifest> {
    let path = folder.join("backup.json");
    let text = fs::read_to_string(&path)
        .map_err(|e| Error::NotFound(format!("{} is not a backup: backup.json: {e}", folder.display())))?;
    let damaged = |why: String| {
        Error::field("from", "damaged", format!("the backup {} is damaged: {why}", folder.display()))
    };
    let newer = |what: String| {
        Error::field(
            "from",
            "newer",
            format!("the backup was made by a newer Bluelamp ({what}): use that version"),
        )
    };
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    // The format first: a newer one may look different in every other respect.
    let Format { format } = serde_json::from_str(&text).map_err(|e| damaged(format!("backup.json: {e}")))?;
    if format > FORMAT {
        return Err(newer(format!("format {format}, this one knows {FORMAT}")));
    }
    let manifest: Manifest = serde_json::from_str(&text).map_err(|e| damaged(format!("backup.json: {e}")))?;
    if let Some(name) = manifest.migrations.iter().find(|name| !migrate::knows(name)) {
        return Err(newer(format!("migration '{name}'")));
    }
    let expected = migrate::tables(|m| manifest.migrations.iter().any(|known| known == m));
    if !manifest.tables.iter().map(|t| t.name.as_str()).eq(expected.iter().copied()) {
        return Err(damaged("backup.json does not name the tables of its migrations".into()));
    }
    if let Some(key) = manifest.keys.iter().find(|k| !plain(k)) {
        return Err(damaged(format!("backup.json names the key file '{key}'")));
    }
    Ok(manifest)
}

fn plain(name: &str) -> bool {
    !name.starts_with('.') && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// Calls `take` with digest and path of each line of `files.sha256`; a path that leads out of the backup is
/// refused.
pub(crate) fn each_file(folder: &Path, mut take: impl FnMut(&str, &str) -> Result<()>) -> Result<()> {
    let path = folder.join("files.sha256");
    let file = File::open(&path).map_err(at("the backup cannot be read:", &path))?;
    for (n, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(at("the backup cannot be read:", &path))?;
        let (digest, place) = line
            .split_once("  ")
            .filter(|(digest, place)| {
                digest.len() == 64 && place.split('/').all(|part| !part.is_empty() && plain(part))
            })
            .ok_or_else(|| {
                Error::field("from", "damaged", format!("files.sha256:{}: not a digest and a path", n + 1))
            })?;
        take(digest, place)?;
    }
    Ok(())
}

fn lines_and_digest(path: &Path) -> Result<(u64, String), String> {
    let mut file = File::open(path).map_err(|e| format!("cannot be read: {e}"))?;
    let mut hash = Sha256::new();
    let mut lines = 0;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer).map_err(|e| format!("cannot be read: {e}"))? {
            0 => return Ok((lines, hex::encode(hash.finalize()))),
            n => {
                lines += buffer[..n].iter().filter(|b| **b == b'\n').count() as u64;
                hash.update(&buffer[..n]);
            }
        }
    }
}

/// SHA-256 of a file, in hexadecimal, and its length.
pub(crate) fn digest_of(path: &Path) -> Result<(String, u64)> {
    let failed = || at("cannot be read:", path);
    let mut file = File::open(path).map_err(failed())?;
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer).map_err(failed())? {
            0 => return Ok((hex::encode(hash.finalize()), size)),
            n => {
                size += n as u64;
                hash.update(&buffer[..n]);
            }
        }
    }
}

/// What a folder holds, by name; nothing where there is no such folder.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let list = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        list => list.and_then(|entries| entries.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()),
    };
    let mut list = list.map_err(at("the folder cannot be read:", folder))?;
    list.sort();
    Ok(list)
}

/// An error with the file that it is about.
pub(crate) fn at<'a>(what: &'a str, path: &'a Path) -> impl Fn(io::Error) -> Error + 'a {
    move |e| Error::Unavailable(format!("{what} {}: {e}", path.display()))
}

/// Makes one folder, closed to everybody else.
pub(crate) fn new_folder(path: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(at("the folder cannot be made:", path))
}

/// Makes one file that only its owner can read.
fn new_file(path: &Path) -> Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(at("the file cannot be made:", path))
}

/// Writes a small file that only its owner can read, and flushes it.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = new_file(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(at("the file cannot be written:", path))
}

/// Flushes a folder's names to the disk.
pub(crate) fn sync(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|d| d.sync_all()).map_err(at("the folder cannot be flushed:", folder))
}

/// A backup in the making, removed unless it was put in its place.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // gone already when it was renamed
    }
}
