//! Keys that sign notes, and their text form (C2SP signed-note).

use crate::{LedgerError, hash::from_base64, note::NoteSignature};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::Signer;
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// The signature type byte of Ed25519 in C2SP signed-note.
const ED25519: u8 = 0x01;

/// A public key with its algorithm.
///
/// Signature type 0x06, ML-DSA-44 (C2SP tlog-cosignature), will stand here beside Ed25519; until then its lines
/// are kept in a note and ignored as those of an unknown key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// Ed25519 over the note text, signature type 0x01 (RFC 8032).
    Ed25519([u8; 32]),
}

impl PublicKey {
    /// Signature type byte and key, as they go into the key id and into the text form.
    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => [&[ED25519], key.as_slice()].concat(),
        }
    }

    fn parse(bytes: &[u8]) -> Result<Self, LedgerError> {
        let bad = |why: String| LedgerError::malformed("verifier key", why);
        match bytes.split_first() {
            Some((&ED25519, key)) => {
                let key = key.try_into().map_err(|_| bad(format!("{} bytes instead of 32", key.len())))?;
                ed25519(&key).map(|_| Self::Ed25519(key)).map_err(bad)
            }
            Some((other, _)) => Err(bad(format!("signature type {other:#04x} is not supported"))),
            None => Err(bad("no key".to_owned())),
        }
    }
}

/// Refuses the few keys for which a signature would prove nothing.
fn ed25519(key: &[u8; 32]) -> Result<ed25519_dalek::VerifyingKey, String> {
    ed25519_dalek::VerifyingKey::from_bytes(key)
        .ok()
        .filter(|key| !key.is_weak())
        .ok_or_else(|| "not a usable Ed25519 public key".to_owned())
}

/// The public half of a key, with the name it signs under. A log's key has the log's origin as its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: PublicKey,
}

impl VerifierKey {
    /// Puts a name to a public key.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] for a name that cannot stand in a signature line or an unusable key.
    pub fn new(name: &str, key: &PublicKey) -> Result<Self, LedgerError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), key: PublicKey::parse(&key.to_bytes())? })
    }

    /// The name it signs under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key itself.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// The first 32 bits of SHA-256(name || 0x0A || type || key): together with the name, whose signature it is.
    #[must_use]
    pub fn id(&self) -> u32 {
        let digest =
            Sha256::new().chain_update(&self.name).chain_update("\n").chain_update(self.key.to_bytes());
        let digest: [u8; 32] = digest.finalize().into();
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
    }

    /// Whether a signature line claims to be by this key.
    #[must_use]
    pub fn made(&self, signature: &NoteSignature) -> bool {
        signature.name == self.name && signature.key_id == self.id()
    }

    /// Checks one signature over a note text.
    ///
    /// # Errors
    /// [`LedgerError::BadSignature`] where it is by another key or does not verify.
    pub fn verify(&self, text: &str, signature: &NoteSignature) -> Result<(), LedgerError> {
        let bad = |why: &str| LedgerError::BadSignature { key: self.label(), why: why.to_owned() };
        if !self.made(signature) {
            return Err(bad("made by another key"));
        }
        match &self.key {
            PublicKey::Ed25519(key) => {
                let key = ed25519(key).map_err(|why| bad(&why))?;
                let signature = ed25519_dalek::Signature::from_slice(&signature.signature)
                    .map_err(|_| bad("not 64 bytes long"))?;
                key.verify_strict(text.as_bytes(), &signature).map_err(|_| bad("does not verify"))
            }
        }
    }

    /// `name+0123abcd`, to tell keys apart in messages.
    pub(crate) fn label(&self) -> String {
        format!("{}+{:08x}", self.name, self.id())
    }
}

/// The text form: `name+id+base64(type || key)`, the id as eight hexadecimal digits.
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.label(), STANDARD.encode(self.key.to_bytes()))
    }
}

/// Reads exactly what `Display` writes; the id must be the right one for name and key.
impl FromStr for VerifierKey {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(LedgerError::malformed("verifier key", "not of the form name+id+key"));
        };
        check_name(name)?;
        let key = Self { name: name.to_owned(), key: PublicKey::parse(&from_base64("verifier key", key)?)? };
        if key.to_string() != text {
            return Err(LedgerError::malformed("verifier key", "the id does not belong to name and key"));
        }
        Ok(key)
    }
}

/// The secret half of an Ed25519 key. It never shows its secret in debug output and wipes it when dropped.
#[derive(Clone, Debug)]
pub struct SigningKey {
    public: VerifierKey,
    secret: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// Makes the key from 32 secret random bytes, the seed of RFC 8032, and the name it signs under: for a
    /// log's own key the log's origin.
    ///
    /// # Errors
    /// [`LedgerError::Malformed`] for a name that cannot stand in a signature line.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, LedgerError> {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = VerifierKey::new(name, &PublicKey::Ed25519(secret.verifying_key().to_bytes()))?;
        Ok(Self { public, secret })
    }

    /// The public half, to give away.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    /// Signs a note text. The same text always gives the same signature.
    #[must_use]
    pub fn sign(&self, text: &str) -> NoteSignature {
        NoteSignature {
            name: self.public.name.clone(),
            key_id: self.public.id(),
            signature: self.secret.sign(text.as_bytes()).to_bytes().to_vec(),
        }
    }
}

/// A key name must be non-empty and hold neither space, plus nor control characters.
pub(crate) fn check_name(name: &str) -> Result<(), LedgerError> {
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+') {
        let why = format!("'{}' must be non-empty, without spaces and plus signs", name.escape_debug());
        return Err(LedgerError::malformed("key name", why));
    }
    Ok(())
}
