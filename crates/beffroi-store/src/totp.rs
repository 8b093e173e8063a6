//! Codes of an authenticator beside the password (RFC 6238: SHA-1, six digits, thirty seconds), and
//! codes on paper for when it is lost.

use crate::{
    PersonId, Store, StoreError, secret,
    throttle::{self, Key},
};
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{OptionalExtension, Transaction};
use sha1::Sha1;
use std::net::IpAddr;
use subtle::ConstantTimeEq;

const STEP: i64 = 30;
/// How far the clock of a telephone may be off, in steps.
const DRIFT: i64 = 1;
const RECOVERY_CODES: usize = 8;

/// What an authenticator needs to know.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpStart {
    /// The secret in base 32, to be typed.
    pub secret: String,
    /// The same as `otpauth:` address, to be scanned.
    pub uri: String,
}

/// What a code is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeCheck {
    /// It was right, and is used.
    Right,
    /// It is wrong, or was used.
    Wrong,
    /// Too many were wrong.
    Throttled {
        /// How long to wait.
        seconds: u32,
    },
}

impl Store {
    /// Begins to ask somebody for codes: gives a new secret, which counts once a code of it was
    /// given to [`Store::totp_confirm`]. The issuer names the town in the authenticator.
    pub fn totp_begin(&self, id: PersonId, issuer: &str) -> Result<Option<TotpStart>, StoreError> {
        let key: [u8; 20] = secret::random()?;
        let email: Option<String> = self.inner.database.write(|tx| {
            tx.query_row(
                "UPDATE people SET totp_begun = ?2 WHERE id = ?1 RETURNING email",
                (id, key),
                |row| row.get(0),
            )
            .optional()
        })?;
        Ok(email.map(|email| start(&key, issuer, &email)))
    }

    /// Asks somebody for codes from now on, when the code is one of the secret that was begun, and
    /// gives their codes on paper, which are not shown again. Nothing when it is not.
    pub fn totp_confirm(
        &self,
        id: PersonId,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<String>>, StoreError> {
        let codes = (0..RECOVERY_CODES)
            .map(|_| recovery_code())
            .collect::<Result<Vec<_>, _>>()?;
        self.inner.database.write(|tx| {
            let begun: Option<Vec<u8>> = tx
                .query_row("SELECT totp_begun FROM people WHERE id = ?1", [id], |row| {
                    row.get(0)
                })
                .optional()?
                .flatten();
            let Some(step) = begun.and_then(|key| step_of(&key, code, 0, now)) else {
                return Ok(None);
            };
            tx.execute(
                "UPDATE people SET totp = totp_begun, totp_begun = NULL, totp_step = ?2 \
                 WHERE id = ?1",
                (id, step),
            )?;
            tx.execute("DELETE FROM recovery_codes WHERE person = ?1", [id])?;
            for code in &codes {
                tx.execute(
                    "INSERT INTO recovery_codes (person, code) VALUES (?1, ?2)",
                    (id, secret::digest(&plain(code))),
                )?;
            }
            Ok(Some(codes))
        })
    }

    /// Asks somebody for codes no more.
    pub fn totp_remove(&self, id: PersonId) -> Result<(), StoreError> {
        self.inner.database.write(|tx| {
            tx.execute(
                "UPDATE people SET totp = NULL, totp_begun = NULL, totp_step = 0 WHERE id = ?1",
                [id],
            )?;
            tx.execute("DELETE FROM recovery_codes WHERE person = ?1", [id])?;
            Ok(())
        })
    }

    /// Looks at a code, of the authenticator or on paper, and uses it up when it is right.
    pub fn totp_check(
        &self,
        id: PersonId,
        code: &str,
        from: IpAddr,
        now: DateTime<Utc>,
    ) -> Result<CodeCheck, StoreError> {
        let keys: [Key; 2] = [throttle::codes(id), throttle::address(from)];
        if let Some(seconds) = self.reserve(&keys, now)? {
            return Ok(CodeCheck::Throttled { seconds });
        }
        self.inner.database.write(|tx| {
            if !use_code(tx, id, code, now)? && !use_recovery_code(tx, id, code)? {
                return Ok(CodeCheck::Wrong);
            }
            throttle::forget(tx, &keys[0])?;
            throttle::refund(tx, &keys[1], now)?;
            Ok(CodeCheck::Right)
        })
    }

    /// How many codes on paper somebody has left.
    pub fn recovery_codes_left(&self, id: PersonId) -> Result<u32, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader.query_row(
                "SELECT count(*) FROM recovery_codes WHERE person = ?1 \
                 AND (SELECT totp FROM people WHERE id = ?1) IS NOT NULL",
                [id],
                |row| row.get(0),
            )
        })?)
    }
}

impl std::fmt::Debug for TotpStart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TotpStart").finish_non_exhaustive()
    }
}

fn start(key: &[u8], issuer: &str, email: &str) -> TotpStart {
    let secret = BASE32_NOPAD.encode(key);
    // A colon sets the issuer apart from the account.
    let issuer = escaped(&issuer.replace(':', " "));
    let uri = format!(
        "otpauth://totp/{issuer}:{}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP}",
        escaped(email)
    );
    TotpStart { secret, uri }
}

/// A text as part of an address.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

fn use_code(
    tx: &Transaction,
    id: PersonId,
    code: &str,
    now: DateTime<Utc>,
) -> rusqlite::Result<bool> {
    let kept: Option<(Option<Vec<u8>>, i64)> = tx
        .query_row(
            "SELECT totp, totp_step FROM people WHERE id = ?1 AND is_active",
            [id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((Some(key), last)) = kept else {
        return Ok(false);
    };
    let Some(step) = step_of(&key, code, last, now) else {
        return Ok(false);
    };
    tx.execute("UPDATE people SET totp_step = ?2 WHERE id = ?1", (id, step))?;
    Ok(true)
}

fn use_recovery_code(tx: &Transaction, id: PersonId, code: &str) -> rusqlite::Result<bool> {
    let used = tx.execute(
        "DELETE FROM recovery_codes WHERE person = ?1 AND code = ?2 \
         AND (SELECT is_active AND totp IS NOT NULL FROM people WHERE id = ?1)",
        (id, secret::digest(&plain(code))),
    )?;
    Ok(used > 0)
}

/// The step whose code this is, after the last that was used.
fn step_of(key: &[u8], code: &str, last: i64, now: DateTime<Utc>) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let step = now.timestamp().div_euclid(STEP);
    let mut found = None;
    for candidate in step - DRIFT..=step + DRIFT {
        let is_same: bool = code_at(key, candidate)
            .as_bytes()
            .ct_eq(code.as_bytes())
            .into();
        if is_same && candidate > last {
            found = Some(candidate);
        }
    }
    found
}

/// RFC 4226, 5.3: the last four bits say which 31 bits are the number.
fn code_at(key: &[u8], step: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(&step.to_be_bytes());
    let hash: [u8; 20] = mac.finalize().into_bytes().into();
    let start = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes([
        hash[start] & 0x7f,
        hash[start + 1],
        hash[start + 2],
        hash[start + 3],
    ]);
    format!("{:06}", number % 1_000_000)
}

/// Eighty bits, in four groups that can be read aloud.
fn recovery_code() -> Result<String, StoreError> {
    let code = BASE32_NOPAD.encode(&secret::random::<10>()?);
    let groups: Vec<String> = code
        .as_bytes()
        .chunks(4)
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    Ok(groups.join("-"))
}

/// A code on paper however it is typed.
fn plain(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let key = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(key, seconds / STEP), code, "{seconds}");
        }
    }

    #[test]
    fn an_address_names_town_and_account() {
        let start = start(
            b"12345678901234567890",
            "Clairval : mairie",
            "a+b@mairie.fr",
        );
        assert_eq!(start.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(
            start.uri.starts_with(
                "otpauth://totp/Clairval%20%20%20mairie:a%2Bb%40mairie.fr?secret=GEZD"
            ),
            "{}",
            start.uri
        );
    }
}
