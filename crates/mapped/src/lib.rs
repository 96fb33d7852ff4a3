//! A file as bytes in memory: nothing is read until it is looked at, and what is looked at is shared with every other
//! program that has the file open.
//!
//! For files that are only ever replaced as a whole (written under another name, then renamed), as Bluelamp writes all of
//! its own. It must never be used for a file that a stranger may write to while it is mapped, and never write to one.

use bytes::Bytes;
use memmap2::Mmap;
use std::fs::File;
use std::path::Path;

/// The bytes of a file, mapped into memory for reading.
///
/// The file may be replaced or deleted while they are in use: they stay those that were there. A file that is shortened
/// or written over in place ends the program, or changes the bytes under it.
///
/// # Errors
/// Where there is no such file, it can't be read, or is none (a folder, a pipe).
pub fn bytes(path: &Path) -> std::io::Result<Bytes> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    if about.len() == 0 {
        return Ok(Bytes::new()); // nothing can't be mapped
    }
    #[allow(unsafe_code, reason = "the one place: see this crate's opening words")]
    // SAFETY: the mapping is read only and private to this program; that nobody writes to the file itself is what the
    // caller answers for, as said above. Nothing is read into a type here, so any bytes at all are sound.
    let map = unsafe { Mmap::map(&file) }?;
    Ok(Bytes::from_owner(map))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_bytes_and_stays_so_when_it_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, other) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&path, "what was there").expect("written");
        let held = bytes(&path).expect("mapped");
        std::fs::write(&other, "what is new").expect("written");
        std::fs::rename(&other, &path).expect("replaced");
        assert_eq!(held, "what was there");
        assert_eq!(bytes(&path).expect("mapped"), "what is new");
        std::fs::remove_file(&path).expect("gone");
        assert_eq!(held.slice(5..), "was there");
    }

    #[test]
    fn nothing_and_no_file_are_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("empty");
        std::fs::write(&path, "").expect("written");
        assert_eq!(bytes(&path).expect("nothing"), "");
        assert!(bytes(&folder.path().join("none")).is_err());
        assert!(bytes(folder.path()).is_err(), "a folder is no file");
    }
}
