//! References that people read out, and codes that prove who sent something in.

use crate::Cx;
use bluelamp_model::Result;
use sha2::{Digest, Sha256};

/// Crockford's base 32: no I, L, O or U, so that nothing is misheard or misread.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn letters(bytes: &[u8], n: usize) -> String {
    bytes.iter().take(n).map(|b| char::from(ALPHABET[usize::from(b & 31)])).collect()
}

fn grouped(text: &str) -> String {
    text.as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>().join("-")
}

/// What a person may have typed: case, spaces and hyphens do not matter, and look-alikes are read as meant.
fn tidy(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect()
}

/// The public name of a report, case or complaint: 40 random bits, with no meaning that could give anything away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference(String);

impl Reference {
    /// A new one with a prefix such as `R` for reports.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn new(cx: &mut Cx<'_>, prefix: char) -> Result<Self> {
        let bytes = cx.random::<8>()?;
        Ok(Self(format!("{prefix}-{}", grouped(&letters(&bytes, 8)))))
    }

    /// Reads what a person typed.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let tidy = tidy(typed);
        let (prefix, rest) = tidy.split_at_checked(1)?;
        let right = rest.len() == 8 && rest.bytes().all(|b| ALPHABET.contains(&b));
        (right && prefix.bytes().all(|b| b.is_ascii_uppercase()))
            .then(|| Self(format!("{prefix}-{}", grouped(rest))))
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// What the sender holds: 80 random bits. Only its digest is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct TrackingCode(String);

impl TrackingCode {
    /// A new random code.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn random(cx: &mut Cx<'_>) -> Result<Self> {
        Ok(Self(grouped(&letters(&cx.random::<16>()?, 16))))
    }

    /// The code for a retry key: who repeats the request with the same key is given the same code, and who
    /// has only the database, which keeps but a digest of the key, cannot work it out.
    #[must_use]
    pub fn from_key(key: &str) -> Self {
        let bytes = Sha256::new().chain_update("bluelamp tracking\0").chain_update(key).finalize();
        Self(grouped(&letters(&bytes, 16)))
    }

    /// Reads what a person typed.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let tidy = tidy(typed);
        (tidy.len() == 16 && tidy.bytes().all(|b| ALPHABET.contains(&b))).then(|| Self(grouped(&tidy)))
    }

    /// The text, for the receipt.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        Sha256::new().chain_update("bluelamp tracking digest\0").chain_update(&self.0).finalize().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type() {
        let reference = Reference::parse("r 4k7q o2lm").unwrap();
        assert_eq!(reference.text(), "R-4K7Q-021M");
        for typed in ["", "R", "R-4K7Q-021", "R-4K7Q-021MM", "R-4K7Q-02UM", "é-4K7Q-021M"] {
            assert!(Reference::parse(typed).is_none(), "{typed}");
        }
        assert_eq!(TrackingCode::parse("abcd efgh jkmn pqrs").unwrap().text(), "ABCD-EFGH-JKMN-PQRS");
        assert!(TrackingCode::parse("abcd efgh jkmn pqr").is_none());
    }

    #[test]
    fn the_same_key_gives_the_same_code_and_another_key_another() {
        let code = TrackingCode::from_key("key-one-of-a-browser");
        assert!(code == TrackingCode::from_key("key-one-of-a-browser"));
        assert!(code != TrackingCode::from_key("key-two-of-a-browser"));
        assert_eq!(code.text().len(), 19);
    }
}
