//! Passwords: Argon2id (RFC 9106) with 19 MiB and two passes, as OWASP's minimum has it.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use bluelamp_model::{Error, Result};

/// Shorter passwords are refused; no other composition rule is set (NCSC password guidance).
pub const MIN_LENGTH: usize = 12;

/// A few that everybody tries first.
const COMMON: &[&str] = &["password1234", "123456789012", "qwertyuiop12", "letmein12345", "bluelamp1234"];

fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("19 MiB, two passes and one lane are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Whether a password may be set at all.
///
/// # Errors
/// [`Error::Invalid`] that says what would be accepted.
pub fn check(password: &str, username: &str) -> Result<()> {
    if password.chars().count() < MIN_LENGTH {
        return Err(Error::field(
            "password",
            "too-short",
            format!("Password must be {MIN_LENGTH} characters or more"),
        ));
    }
    let lower = password.to_lowercase();
    // A short name is part of many good passwords; one that is most of the password is not.
    let own = username.chars().count() >= 4 && lower.contains(&username.to_lowercase());
    if COMMON.contains(&lower.as_str()) || own {
        return Err(Error::field("password", "too-common", "Choose a password that is harder to guess"));
    }
    Ok(())
}

/// The string that is kept. Takes about 30 milliseconds and 19 MiB: call it outside a transaction.
pub(crate) fn hash(password: &str, salt: &[u8]) -> Result<String> {
    hasher()
        .hash_password_with_salt(password.as_bytes(), salt)
        .map(|h| h.to_string())
        .map_err(|e| Error::Bug(format!("the password could not be hashed: {e}")))
}

/// Whether the password is the one behind the kept string.
pub(crate) fn verify(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|h| hasher().verify_password(password.as_bytes(), &h).is_ok())
}

/// Spends the time that a real check would, so that an unknown name answers as slowly as a wrong password.
pub(crate) fn pretend(password: &str) {
    let _ = hash(password, b"sixteen bytes ok"); // only the time it takes is wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_argon2id_with_its_parameters_and_knows_the_password_again() {
        let kept = hash("correct horse battery", b"0123456789abcdef").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("correct horse battery", &kept));
        assert!(!verify("correct horse batterz", &kept));
        assert!(!verify("anything", "not a hash"));
    }

    #[test]
    fn refuses_short_common_and_name_based() {
        for (password, code) in
            [("short", "too-short"), ("Password1234", "too-common"), ("jane-doe-is-jane-doe", "too-common")]
        {
            let Err(Error::Invalid(fields)) = check(password, "jane-doe") else {
                panic!("{password} was accepted")
            };
            assert_eq!(fields[0].code, code);
        }
        check("three sleepy lamps", "jane-doe").unwrap();
        check("three sleepy lamps", "ee").unwrap();
    }
}
