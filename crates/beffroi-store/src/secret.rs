//! Secrets that somebody else holds: random, and kept here as their SHA-256 only.

use crate::StoreError;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// As many random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Random(error.to_string()))?;
    Ok(bytes)
}

/// A new secret of 256 bits, as text fit for a cookie or an address.
pub fn token() -> Result<String, StoreError> {
    Ok(BASE64URL_NOPAD.encode(&random::<32>()?))
}

/// What is kept of a secret.
pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// A key of two parts that no other two give.
pub(crate) fn keyed(what: &str, of: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(what.as_bytes());
    hash.update([0]);
    hash.update(of.as_bytes());
    hash.finalize().into()
}
