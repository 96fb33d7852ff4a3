//! The head of the log: how many entries, under which root (C2SP tlog-checkpoint).

use crate::{EMPTY_ROOT, Hash, LedgerError, SignedNote, SigningKey, VerifierKey};

/// What a log says about itself at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: a name without scheme, such as `police.example/borsetshire/log`. One line, never empty.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// Further lines, opaque and never empty. The standard advises against any, and an ML-DSA-44 signature
    /// would not cover them.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// The note text: origin, size, root and extensions, a line each.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64());
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads a note text to its last byte. Verifies nothing: see [`Checkpoint::open`].
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] for anything that [`Checkpoint::to_text`] would not write in just the same
    /// way, for empty lines, and for an empty tree with the root of another.
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let bad = |why: &str| LedgerError::malformed("checkpoint", why);
        let body = text.strip_suffix('\n').ok_or_else(|| bad("no newline at its end"))?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(bad("fewer than three lines"));
        };
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if origin.is_empty() || extensions.iter().any(String::is_empty) {
            return Err(bad("an empty line"));
        }
        let number = size.parse::<u64>().ok().filter(|number| number.to_string() == size);
        let size = number.ok_or_else(|| bad("the second line is not a size in plain decimal digits"))?;
        let root = Hash::from_base64(root)?;
        if size == 0 && root != EMPTY_ROOT {
            return Err(bad("size 0 with the root of a tree that has entries"));
        }
        Ok(Self { origin: origin.to_owned(), size, root, extensions })
    }

    /// Signs the checkpoint. The log's own key must have the origin as its name.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] where a field holds what cannot stand on one line of a checkpoint, where a key
    /// has another name than the origin, or where there is no key.
    pub fn sign(&self, keys: &[&SigningKey]) -> Result<SignedNote, LedgerError> {
        let text = self.to_text();
        if Self::parse(&text)? != *self {
            return Err(LedgerError::malformed("checkpoint", "a line break inside a line"));
        }
        if let Some(key) = keys.iter().find(|key| key.verifier().name() != self.origin) {
            let why = format!("the key is named {}, the log {}", key.verifier().name(), self.origin);
            return Err(LedgerError::malformed("checkpoint", why));
        }
        SignedNote::sign(&text, keys)
    }

    /// Opens a signed checkpoint that **every** one of the log's keys given here must have signed: pass both
    /// keys of a log that signs with two algorithms. Signatures of other keys, such as those of witnesses, are
    /// kept in the note and not looked at.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] where it cannot be read or speaks for another log than the one the keys are
    /// named after, [`LedgerError::BadSignature`] where a signature is absent or does not verify.
    pub fn open(note: &[u8], log_keys: &[VerifierKey]) -> Result<(Self, SignedNote), LedgerError> {
        let note = SignedNote::parse(note)?;
        let signers = note.verify(log_keys)?;
        if let Some(absent) = log_keys.iter().find(|key| !signers.contains(key)) {
            let why = "the checkpoint does not carry it".to_owned();
            return Err(LedgerError::BadSignature { key: absent.label(), why });
        }
        let checkpoint = Self::parse(&note.text)?;
        if let Some(key) = log_keys.iter().find(|key| key.name() != checkpoint.origin) {
            let why = format!("it speaks for '{}', the key for '{}'", checkpoint.origin, key.name());
            return Err(LedgerError::malformed("checkpoint", why));
        }
        Ok((checkpoint, note))
    }
}
