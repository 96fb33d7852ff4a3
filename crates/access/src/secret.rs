//! Random secrets that are shown once and kept only as a digest.

use bluelamp_model::Result;
use bluelamp_store::Cx;
use sha2::{Digest, Sha256};

/// A new secret of 256 bits in hexadecimal.
pub(crate) fn new(cx: &mut Cx<'_>) -> Result<String> {
    Ok(hex::encode(cx.random::<32>()?))
}

/// What is kept of it. The secret has full entropy, so a plain digest cannot be guessed back.
pub(crate) fn digest(secret: &str) -> Vec<u8> {
    Sha256::new().chain_update("bluelamp secret\0").chain_update(secret).finalize().to_vec()
}
