//! How many guesses are allowed: by account, by address, by code. Kept in the database, so that a
//! restart forgets nothing, and counted before the guess is looked at, so that many at once gain
//! nothing.

use crate::{PersonId, Store, StoreError, database::millis, secret};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction};
use std::net::{IpAddr, Ipv6Addr};

/// How long failures are remembered once nothing is waited for.
const WINDOW: i64 = 15 * 60_000;
/// The first wait.
const FIRST_WAIT: i64 = 30_000;
/// The longest wait.
const LONGEST_WAIT: i64 = 15 * 60_000;
/// Keys that are remembered; the ones soonest stale go first.
const MOST: i64 = 200_000;

/// Whose guesses are counted together, and how many are free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    key: [u8; 32],
    free: u32,
}

/// Guesses at the password of an account, whether or not there is one.
pub(crate) fn account(email: &str) -> Key {
    Key {
        key: secret::keyed("account", email),
        free: 5,
    }
}

/// Guesses at the codes of somebody.
pub(crate) fn codes(person: PersonId) -> Key {
    Key {
        key: secret::keyed("codes", &person.to_string()),
        free: 5,
    }
}

/// Whose address this is: whoever has one of version 6 has all 2^64 of their network.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// Guesses from an address.
pub(crate) fn address(from: IpAddr) -> Key {
    Key {
        key: secret::keyed("address", &network(from).to_string()),
        free: 20,
    }
}

impl Store {
    /// Counts a guess as failed under all keys. When one of them has to wait, nothing is counted,
    /// and the seconds are given.
    pub(crate) fn reserve(
        &self,
        keys: &[Key],
        now: DateTime<Utc>,
    ) -> Result<Option<u32>, StoreError> {
        let now = millis(now);
        self.inner.database.write(|tx| {
            tx.prepare_cached("DELETE FROM throttle WHERE stale <= ?1")?
                .execute([now])?;
            let mut counts = Vec::with_capacity(keys.len());
            let mut wait = None;
            for key in keys {
                let (failures, until) = count_of(tx, key)?;
                wait = wait.max((until > now).then_some(until - now));
                counts.push(failures);
            }
            if let Some(wait) = wait {
                return Ok(Some(seconds(wait)));
            }
            for (key, failures) in keys.iter().zip(counts) {
                keep(tx, key, failures + 1, now)?;
            }
            keep_few(tx)?;
            Ok(None)
        })
    }
}

/// Forgets all guesses of a key.
pub(crate) fn forget(tx: &Transaction, key: &Key) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM throttle WHERE key = ?1")?
        .execute([key.key])?;
    Ok(())
}

/// Takes one guess back, which was right.
pub(crate) fn refund(tx: &Transaction, key: &Key, now: DateTime<Utc>) -> rusqlite::Result<()> {
    let (failures, _) = count_of(tx, key)?;
    match failures {
        0 => Ok(()),
        1 => forget(tx, key),
        // Whoever had to wait does not any more: the next failure brings it back.
        more => write(tx, key, more - 1, 0, millis(now)),
    }
}

fn count_of(tx: &Transaction, key: &Key) -> rusqlite::Result<(u32, i64)> {
    Ok(tx
        .prepare_cached("SELECT failures, until FROM throttle WHERE key = ?1")?
        .query_row([key.key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or((0, 0)))
}

fn keep(tx: &Transaction, key: &Key, failures: u32, now: i64) -> rusqlite::Result<()> {
    let until = match failures.checked_sub(key.free) {
        None => 0,
        Some(over) => now + (FIRST_WAIT << over.min(10)).min(LONGEST_WAIT),
    };
    write(tx, key, failures, until, now)
}

fn write(tx: &Transaction, key: &Key, failures: u32, until: i64, now: i64) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO throttle (key, failures, until, stale) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((key.key, failures, until, until.max(now) + WINDOW))?;
    Ok(())
}

fn keep_few(tx: &Transaction) -> rusqlite::Result<()> {
    let rows: i64 = tx
        .prepare_cached("SELECT count(*) FROM throttle")?
        .query_row((), |row| row.get(0))?;
    if rows > MOST {
        tx.execute(
            "DELETE FROM throttle WHERE key IN (SELECT key FROM throttle ORDER BY stale LIMIT ?1)",
            [rows - MOST],
        )?;
    }
    Ok(())
}

fn seconds(millis: i64) -> u32 {
    u32::try_from((millis + 999) / 1000).unwrap_or(u32::MAX)
}
