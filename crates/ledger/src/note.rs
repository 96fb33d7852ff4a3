//! Text signed by one or more keys (C2SP signed-note).

use crate::{
    LedgerError, VerifierKey,
    hash::from_base64,
    key::{SigningKey, check_name},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt;

/// A longer note is refused unread.
pub const MAX_NOTE_BYTES: usize = 1_000_000;

/// A note with more signatures is refused.
pub const MAX_SIGNATURES: usize = 100;

/// How a signature line begins: an em dash and a space.
const DASH: &str = "\u{2014} ";

/// One signature line. What algorithm it is, only the key with this name and id can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: String,
    /// The id of the key, see [`VerifierKey::id`].
    pub key_id: u32,
    /// What the key's algorithm made; 64 bytes for Ed25519.
    pub signature: Vec<u8>,
}

/// A text and the signatures under it. Until a signature by a trusted key has been verified, the text means
/// nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    /// The signed text, with its last newline.
    pub text: String,
    /// All signatures in their order, those of unknown keys too.
    pub signatures: Vec<NoteSignature>,
}

impl SignedNote {
    /// Signs a text with one or more keys.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] where the text does not end in a newline or holds control characters, or
    /// where there is no key.
    pub fn sign(text: &str, keys: &[&SigningKey]) -> Result<Self, LedgerError> {
        let signatures = keys.iter().map(|key| key.sign(text)).collect();
        let note = Self { text: text.to_owned(), signatures };
        // What we sign must be what everybody can read.
        Self::parse(note.to_string().as_bytes())?;
        Ok(note)
    }

    /// Reads a note to its last byte. Verifies nothing: see [`SignedNote::verify`].
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] for anything that `Display` would not write in just the same way.
    pub fn parse(bytes: &[u8]) -> Result<Self, LedgerError> {
        let bad = |why: String| LedgerError::malformed("note", why);
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(bad(format!("longer than {MAX_NOTE_BYTES} bytes")));
        }
        let note = str::from_utf8(bytes).map_err(|e| bad(format!("not UTF-8: {e}")))?;
        if let Some(at) = note.find(|c: char| c < ' ' && c != '\n') {
            return Err(bad(format!("control character at byte {at}")));
        }
        let split =
            note.rfind("\n\n").ok_or_else(|| bad("no empty line before the signatures".to_owned()))?;
        let (text, lines) = (&note[..=split], &note[split + 2..]);
        let lines = lines.strip_suffix('\n').ok_or_else(|| bad("no newline at its end".to_owned()))?;
        if lines.split('\n').count() > MAX_SIGNATURES {
            return Err(bad(format!("more than {MAX_SIGNATURES} signatures")));
        }
        let signatures = lines.split('\n').map(parse_line).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// Checks the signatures of the keys that the caller trusts, and gives back those of them that signed, in the
    /// order of `trusted`. Lines of other keys are ignored.
    ///
    /// # Errors
    /// [`LedgerError::BadSignature`] where a line by a trusted key does not verify, or where no trusted key has
    /// signed at all.
    pub fn verify<'k>(&self, trusted: &'k [VerifierKey]) -> Result<Vec<&'k VerifierKey>, LedgerError> {
        let mut signers = Vec::new();
        for key in trusted {
            let mut signed = false;
            for signature in self.signatures.iter().filter(|signature| key.made(signature)) {
                key.verify(&self.text, signature)?;
                signed = true;
            }
            if signed && !signers.contains(&key) {
                signers.push(key);
            }
        }
        if signers.is_empty() {
            let keys: Vec<_> = trusted.iter().map(VerifierKey::label).collect();
            let key = if keys.is_empty() { "any trusted key".to_owned() } else { keys.join(", ") };
            return Err(LedgerError::BadSignature { key, why: "the note does not carry it".to_owned() });
        }
        Ok(signers)
    }
}

/// The note as it is served and stored.
impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for NoteSignature { name, key_id, signature } in &self.signatures {
            let blob = [key_id.to_be_bytes().as_slice(), signature].concat();
            writeln!(f, "{DASH}{name} {}", STANDARD.encode(blob))?;
        }
        Ok(())
    }
}

fn parse_line(line: &str) -> Result<NoteSignature, LedgerError> {
    let bad = || LedgerError::malformed("note", format!("'{}' is not a signature line", line.escape_debug()));
    let (name, blob) = line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or_else(bad)?;
    check_name(name)?;
    let blob = from_base64("note signature", blob)?;
    let (id, signature) = blob.split_first_chunk::<4>().ok_or_else(bad)?;
    if signature.is_empty() {
        return Err(bad());
    }
    Ok(NoteSignature {
        name: name.to_owned(),
        key_id: u32::from_be_bytes(*id),
        signature: signature.to_vec(),
    })
}
