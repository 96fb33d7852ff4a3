//! The form of an index file: named sections, each where a processor's cache line begins, then what is told of them.
//!
//! The file begins and ends with [`MAGIC`]. Before the last one stand the length of the head and its XXH64; the head is
//! JSON and stands before those. Numbers are little-endian. A section's own XXH64 is in the head: opening looks at the
//! head alone, [`Sections::check`] at everything.

use crate::shelf::{Lying, Plain, lasting_hash};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::Write;
use twox_hash::XxHash64;

/// What an index file begins and ends with; the number is the version of its form.
const MAGIC: &[u8; 16] = b"BLUELAMP-INDEX-2";

/// Sections begin at multiples of this.
const LINE: u64 = 64;

/// Length and XXH64 of the head, and [`MAGIC`].
const TAIL: usize = 8 + 8 + MAGIC.len();

#[derive(Serialize, Deserialize)]
struct Section {
    name: String,
    at: u64,
    length: u64,
    /// In hexadecimal: JSON's numbers end at 53 bits for many readers.
    xxh64: String,
}

#[derive(Serialize, Deserialize)]
struct Head<T> {
    sections: Vec<Section>,
    about: T,
}

/// Writes an index file, section by section.
pub(crate) struct Writer<'a, W: Write> {
    out: &'a mut W,
    at: u64,
    sections: Vec<Section>,
    hash: XxHash64,
}

impl<W: Write> Write for Writer<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        std::hash::Hasher::write(&mut self.hash, &bytes[..written]);
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

impl<'a, W: Write> Writer<'a, W> {
    pub(crate) fn new(out: &'a mut W) -> std::io::Result<Writer<'a, W>> {
        let mut writer = Writer { out, at: 0, sections: Vec::new(), hash: XxHash64::with_seed(0) };
        writer.write_all(MAGIC)?;
        Ok(writer)
    }

    /// Writes a section: all that `write` writes.
    pub(crate) fn section(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Self) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let padding = (self.at.next_multiple_of(LINE) - self.at) as usize;
        self.write_all(&[0; LINE as usize][..padding])?;
        let at = self.at;
        self.hash = XxHash64::with_seed(0);
        write(self)?;
        let xxh64 = format!("{:016x}", std::hash::Hasher::finish(&self.hash));
        self.sections.push(Section { name: name.to_owned(), at, length: self.at - at, xxh64 });
        Ok(())
    }

    /// Writes a section of items.
    pub(crate) fn items<T: Plain>(
        &mut self,
        name: &str,
        mut all: impl Iterator<Item = T>,
    ) -> std::io::Result<()> {
        self.section(name, |out| all.try_for_each(|item| out.write_all(item.as_bytes())))
    }

    /// Ends the file with its head.
    pub(crate) fn end(mut self, about: &impl Serialize) -> std::io::Result<()> {
        let sections = std::mem::take(&mut self.sections);
        let head = serde_json::to_vec(&Head { sections, about }).map_err(std::io::Error::other)?;
        self.write_all(&head)?;
        self.write_all(&(head.len() as u64).to_le_bytes())?;
        self.write_all(&lasting_hash(&head).to_le_bytes())?;
        self.write_all(MAGIC)
    }
}

/// An index file, its sections by name.
pub(crate) struct Sections {
    file: Bytes,
    sections: Vec<Section>,
}

pub(crate) fn damaged() -> String {
    "is damaged: it ends early or does not add up; build it again".to_owned()
}

/// Bytes that begin where any item may.
struct Aligned {
    words: Vec<u128>,
    length: usize,
}

impl AsRef<[u8]> for Aligned {
    fn as_ref(&self) -> &[u8] {
        &zerocopy::IntoBytes::as_bytes(self.words.as_slice())[..self.length]
    }
}

fn aligned(file: Bytes) -> Bytes {
    if file.as_ptr().cast::<u128>().is_aligned() {
        return file;
    }
    let word = |some: &[u8]| {
        let mut word = [0; 16];
        word[..some.len()].copy_from_slice(some);
        u128::from_ne_bytes(word)
    };
    Bytes::from_owner(Aligned { words: file.chunks(16).map(word).collect(), length: file.len() })
}

impl Sections {
    /// The sections of a file, and what its head tells of it.
    ///
    /// # Errors
    /// In words, where the file is none of ours, of another version, or its head is damaged.
    pub(crate) fn open<T: DeserializeOwned>(file: Bytes) -> Result<(Sections, T), String> {
        if cfg!(target_endian = "big") {
            return Err("can't be used on this processor, which reads numbers from the other end".to_owned());
        }
        if !file.starts_with(MAGIC) {
            return Err("is no index of this version; build it again".to_owned());
        }
        let file = aligned(file);
        let whole = file.strip_suffix(MAGIC).ok_or_else(damaged)?;
        let (rest, hash) = whole.split_last_chunk::<8>().ok_or_else(damaged)?;
        let (rest, length) = rest.split_last_chunk::<8>().ok_or_else(damaged)?;
        let from = usize::try_from(u64::from_le_bytes(*length)).ok().and_then(|l| rest.len().checked_sub(l));
        let head = rest.get(from.ok_or_else(damaged)?..).ok_or_else(damaged)?;
        if lasting_hash(head) != u64::from_le_bytes(*hash) {
            return Err(damaged());
        }
        let Head { sections, about } = serde_json::from_slice(head).map_err(|_| damaged())?;
        Ok((Sections { file, sections }, about))
    }

    /// A section by its name.
    pub(crate) fn bytes(&self, name: &str) -> Result<Bytes, String> {
        let section = self.sections.iter().find(|s| s.name == name).ok_or_else(damaged)?;
        let end = section.at.checked_add(section.length).ok_or_else(damaged)?;
        if end > (self.file.len() - TAIL) as u64 {
            return Err(damaged());
        }
        Ok(self.file.slice(section.at as usize..end as usize))
    }

    /// A section of items.
    pub(crate) fn items<T: Plain>(&self, name: &str) -> Result<Lying<T>, String> {
        Lying::new(self.bytes(name)?).ok_or_else(damaged)
    }

    /// Reads everything and compares it with what was written.
    ///
    /// # Errors
    /// Names the section that is not as it was.
    pub(crate) fn check(&self) -> Result<(), String> {
        for section in &self.sections {
            let hash = format!("{:016x}", lasting_hash(&self.bytes(&section.name)?));
            if hash != section.xxh64 {
                return Err(format!(
                    "is damaged: its section {} is not what was written; build it again",
                    section.name
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let mut file = Vec::new();
        let mut writer = Writer::new(&mut file).expect("a vector takes all");
        writer.section("text", |out| out.write_all(b"abc")).expect("a vector takes all");
        writer.items("numbers", [7u64, 8].into_iter()).expect("a vector takes all");
        writer.end(&"about").expect("a vector takes all");
        file
    }

    #[test]
    fn sections_are_found_by_name_wherever_the_file_begins() {
        let mut longer = vec![0];
        longer.extend(file());
        for file in [Bytes::from(file()), Bytes::from(longer).slice(1..)] {
            let (sections, about) = Sections::open::<String>(file).expect("our own file");
            assert_eq!(about, "about");
            assert_eq!(sections.bytes("text").expect("there").as_ref(), b"abc");
            assert_eq!(sections.items::<u64>("numbers").expect("there").items(), [7, 8]);
            assert!(sections.items::<u64>("text").is_err(), "three bytes are no number");
            assert!(sections.bytes("nothing").is_err());
            sections.check().expect("as it was written");
        }
    }

    #[test]
    fn a_file_that_was_touched_is_found_out() {
        let whole = file();
        for at in 0..whole.len() {
            let mut touched = whole.clone();
            touched[at] ^= 4;
            let told =
                Sections::open::<String>(Bytes::from(touched)).and_then(|(sections, _)| sections.check());
            let is_padding = (16..64).contains(&at) || (67..128).contains(&at);
            assert_eq!(told.is_err(), !is_padding, "byte {at}");
            assert!(Sections::open::<String>(Bytes::copy_from_slice(&whole[..at])).is_err(), "{at} bytes");
        }
    }
}
