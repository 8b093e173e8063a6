//! What nobody can guess.

use crate::OidcError;
use data_encoding::BASE64URL_NOPAD;
use ring::rand::{SecureRandom, SystemRandom};

/// 32 random bytes, as 43 characters that need no encoding anywhere.
pub(crate) fn text() -> Result<String, OidcError> {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| OidcError::settings("the system gives no random numbers"))?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}
