//! Sign-ins under way at an identity provider: what is needed to believe its answer.

use crate::{Store, StoreError, database::millis, secret};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::OptionalExtension;
use subtle::ConstantTimeEq;

/// How long an answer is waited for.
pub(crate) const LASTS: TimeDelta = TimeDelta::minutes(10);
/// How many are kept; the oldest go first.
const MOST: i64 = 5_000;

/// A sign-in that was sent to the identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// What its answer must carry.
    pub nonce: String,
    /// What proves that the answer is ours to redeem.
    pub verifier: String,
    /// The page that was wanted.
    pub return_to: String,
    /// The secret that the browser holds, so that nobody else finishes the sign-in. Its SHA-256 is
    /// kept: empty when the flow is given back.
    pub browser: String,
}

impl Store {
    /// Keeps a sign-in under its state.
    pub fn keep_flow(
        &self,
        state: &str,
        flow: &Flow,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.inner.database.write(|tx| {
            tx.execute("DELETE FROM flows WHERE created <= ?1", [millis(now - LASTS)])?;
            tx.execute(
                "INSERT OR REPLACE INTO flows (state, nonce, verifier, return_to, browser, created) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (
                    secret::digest(state),
                    &flow.nonce,
                    &flow.verifier,
                    &flow.return_to,
                    secret::digest(&flow.browser),
                    millis(now),
                ),
            )?;
            tx.execute(
                "DELETE FROM flows WHERE state IN \
                 (SELECT state FROM flows ORDER BY created DESC LIMIT -1 OFFSET ?1)",
                [MOST],
            )?;
            Ok(())
        })
    }

    /// Takes a sign-in by its state, once, for the browser that began it. A wrong browser uses it
    /// up too.
    pub fn take_flow(
        &self,
        state: &str,
        browser: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Flow>, StoreError> {
        let taken = self.inner.database.write(|tx| {
            tx.query_row(
                "DELETE FROM flows WHERE state = ?1 \
                 RETURNING nonce, verifier, return_to, browser, created",
                [secret::digest(state)],
                |row| {
                    let flow = Flow {
                        nonce: row.get(0)?,
                        verifier: row.get(1)?,
                        return_to: row.get(2)?,
                        browser: String::new(),
                    };
                    Ok((flow, row.get::<_, [u8; 32]>(3)?, row.get::<_, i64>(4)?))
                },
            )
            .optional()
        })?;
        Ok(taken.and_then(|(flow, kept, created)| {
            let is_same: bool = kept.ct_eq(&secret::digest(browser)).into();
            (is_same && created > millis(now - LASTS)).then_some(flow)
        }))
    }
}
