//! Files, kept by their SHA-256 digest in the data folder: written once, flushed to the disk before anybody
//! is told, never changed.

use crate::Db;
use bluelamp_model::{Error, Result};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{Read, Write},
    path::PathBuf,
};

/// What a stored file is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Length in bytes.
    pub size: u64,
}

fn unavailable(what: &str) -> impl Fn(std::io::Error) -> Error {
    move |e| Error::Unavailable(format!("{what}: {e}"))
}

impl Db {
    fn blob_path(&self, sha256: &str) -> PathBuf {
        self.folder().join("blobs").join(&sha256[..2]).join(sha256)
    }

    /// Stores everything that the reader gives, up to `limit` bytes, and returns when it is on the disk.
    ///
    /// # Errors
    /// [`Error::TooLarge`] past the limit, [`Error::Unavailable`] when reading or writing fails. Nothing is
    /// kept then.
    pub fn put_blob(&self, mut from: impl Read, limit: u64) -> Result<Blob> {
        let folder = self.folder().join("blobs");
        let incoming = folder.join("incoming");
        fs::create_dir_all(&incoming).map_err(unavailable("the blob folder cannot be made"))?;
        let mut name = [0; 16];
        self.fork_entropy().fill(&mut name)?;
        let partial = Partial(incoming.join(hex::encode(name)));
        let mut file = File::create_new(&partial.0).map_err(unavailable("no new file for the upload"))?;
        let mut hash = Sha256::new();
        let mut size = 0_u64;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            let n = from.read(&mut buffer).map_err(unavailable("the upload stopped"))?;
            if n == 0 {
                break;
            }
            size += n as u64;
            if size > limit {
                return Err(Error::TooLarge(format!("the file is larger than {limit} bytes")));
            }
            hash.update(&buffer[..n]);
            file.write_all(&buffer[..n]).map_err(unavailable("the upload cannot be written"))?;
        }
        file.sync_all().map_err(unavailable("the upload cannot be flushed to the disk"))?;
        let sha256 = hex::encode(hash.finalize());
        let path = self.blob_path(&sha256);
        let shelf = folder.join(&sha256[..2]);
        fs::create_dir_all(&shelf).map_err(unavailable("the blob folder cannot be made"))?;
        fs::rename(&partial.0, &path).map_err(unavailable("the upload cannot be put in its place"))?;
        for dir in [&shelf, &folder] {
            File::open(dir)
                .and_then(|d| d.sync_all())
                .map_err(unavailable("the folder cannot be flushed"))?;
        }
        Ok(Blob { sha256, size })
    }

    /// Opens a stored file for reading.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none with that digest.
    pub fn open_blob(&self, sha256: &str) -> Result<File> {
        if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::NotFound("no file has that digest".into()));
        }
        File::open(self.blob_path(sha256)).map_err(|_| Error::NotFound(format!("the file {sha256}")))
    }

    /// Reads a stored file again and says whether it still has its digest.
    ///
    /// # Errors
    /// [`Error::NotFound`] or [`Error::Unavailable`].
    pub fn check_blob(&self, sha256: &str) -> Result<bool> {
        let mut hash = Sha256::new();
        let mut file = self.open_blob(sha256)?;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            match file.read(&mut buffer).map_err(unavailable("a stored file cannot be read"))? {
                0 => return Ok(hex::encode(hash.finalize()) == sha256),
                n => hash.update(&buffer[..n]),
            }
        }
    }

    /// The digests of all stored files, in order.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the folder cannot be read.
    pub fn blob_digests(&self) -> Result<Vec<String>> {
        let folder = self.folder().join("blobs");
        let mut found = Vec::new();
        if !folder.exists() {
            return Ok(found);
        }
        let list = |dir: &PathBuf| -> Result<Vec<PathBuf>> {
            fs::read_dir(dir)
                .and_then(|entries| entries.map(|e| e.map(|e| e.path())).collect())
                .map_err(unavailable("the blob folder cannot be read"))
        };
        for shelf in list(&folder)? {
            if shelf.is_dir() && !shelf.ends_with("incoming") {
                let names = list(&shelf)?;
                found.extend(names.iter().filter_map(|p| p.file_name()?.to_str().map(str::to_owned)));
            }
        }
        found.sort();
        Ok(found)
    }
}

/// A half-written file, removed unless it was put in its place.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0); // gone already when it was renamed
    }
}
