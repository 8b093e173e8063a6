//! What is said beside published figures, for whoever reads them: added and withdrawn, never
//! altered.

use super::{Author, limits};
use crate::{
    CommentaryId, PersonId, Store, StoreError,
    database::{millis, time},
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row};

/// A commentary on published figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commentary {
    /// Which.
    pub id: CommentaryId,
    /// On what: `indicateur:velos_locations`.
    pub object: String,
    /// On which period: `2025`.
    pub period: String,
    /// By whom, when they have an account.
    pub person: Option<PersonId>,
    /// How they were called then.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What is said.
    pub text: String,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// By whom.
    pub withdrawn_by: Option<String>,
}

/// What is to be said beside published figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewCommentary<'a> {
    /// On what.
    pub object: &'a str,
    /// On which period.
    pub period: &'a str,
    /// What is said.
    pub text: &'a str,
}

const COLUMNS: &str = "id, object, period, person, name, at, text, withdrawn, withdrawn_by";

impl Store {
    /// Says something beside published figures.
    pub fn add_commentary(
        &self,
        commentary: &NewCommentary,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<CommentaryId, StoreError> {
        limits::OBJECT.check(commentary.object)?;
        limits::PERIOD.check(commentary.period)?;
        limits::COMMENTARY.check(commentary.text)?;
        by.check()?;
        self.inner.database.write(|tx| {
            tx.execute(
                "INSERT INTO commentaries (object, period, person, name, at, text) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (
                    commentary.object,
                    commentary.period,
                    by.person,
                    by.name,
                    millis(now),
                    commentary.text,
                ),
            )?;
            Ok(CommentaryId(tx.last_insert_rowid()))
        })
    }

    /// What was said beside the figures of an object, newest first, with what was withdrawn.
    pub fn commentaries(&self, object: &str) -> Result<Vec<Commentary>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM commentaries WHERE object = ?1 ORDER BY id DESC"
                ))?
                .query_map([object], commentary_of)?
                .collect()
        })?)
    }

    /// A commentary by its id.
    pub fn commentary(&self, id: CommentaryId) -> Result<Option<Commentary>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!("SELECT {COLUMNS} FROM commentaries WHERE id = ?1"))?
                .query_row([id], commentary_of)
                .optional()
        })?)
    }

    /// Takes back what was said, which stays kept; whether it stood until now.
    pub fn withdraw_commentary(
        &self,
        id: CommentaryId,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        by.check()?;
        self.inner.database.write(|tx| {
            let changed = tx.execute(
                "UPDATE commentaries SET withdrawn = ?2, withdrawn_by = ?3 \
                 WHERE id = ?1 AND withdrawn IS NULL",
                (id, millis(now), by.name),
            )?;
            Ok(changed > 0)
        })
    }
}

/// Reads [`COLUMNS`].
fn commentary_of(row: &Row) -> rusqlite::Result<Commentary> {
    Ok(Commentary {
        id: row.get(0)?,
        object: row.get(1)?,
        period: row.get(2)?,
        person: row.get(3)?,
        name: row.get(4)?,
        at: time(row.get(5)?),
        text: row.get(6)?,
        withdrawn_at: row.get::<_, Option<i64>>(7)?.map(time),
        withdrawn_by: row.get(8)?,
    })
}
