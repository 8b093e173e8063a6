//! What is said of a draft, or of an object in it, among those who make and review it.

use super::{Author, known, limits};
use crate::{
    CommentId, DraftId, PersonId, Store, StoreError,
    database::{millis, time},
};
use chrono::{DateTime, Utc};
use rusqlite::Row;

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Which.
    pub id: CommentId,
    /// On which draft; nothing when it is on what is published.
    pub draft: Option<DraftId>,
    /// On what: `boards/velo#tile`; empty for the draft as a whole.
    pub object: String,
    /// By whom, when they have an account.
    pub person: Option<PersonId>,
    /// How they were called then.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What is said.
    pub text: String,
    /// When it was resolved.
    pub resolved_at: Option<DateTime<Utc>>,
    /// By whom.
    pub resolved_by: Option<String>,
}

const COLUMNS: &str = "id, draft, object, person, name, at, text, resolved, resolved_by";

impl Store {
    /// Says something of a draft, or without one of what is published.
    pub fn add_comment(
        &self,
        draft: Option<DraftId>,
        object: &str,
        text: &str,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<CommentId, StoreError> {
        limits::OBJECT.check(object)?;
        limits::COMMENT.check(text)?;
        by.check()?;
        self.inner.database.write(|tx| {
            if let Some(draft) = draft {
                known(tx, draft)?;
            }
            tx.execute(
                "INSERT INTO comments (draft, object, person, name, at, text) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (draft, object, by.person, by.name, millis(now), text),
            )?;
            Ok(CommentId(tx.last_insert_rowid()))
        })
    }

    /// The comments on a draft, or without one on what is published, the first one first.
    pub fn comments(&self, draft: Option<DraftId>) -> Result<Vec<Comment>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM comments WHERE draft IS ?1 ORDER BY id"
                ))?
                .query_map([draft], comment_of)?
                .collect()
        })?)
    }

    /// Says that a comment needs nothing more; whether it did until now.
    pub fn resolve_comment(
        &self,
        id: CommentId,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        by.check()?;
        self.inner.database.write(|tx| {
            let changed = tx.execute(
                "UPDATE comments SET resolved = ?2, resolved_by = ?3 \
                 WHERE id = ?1 AND resolved IS NULL",
                (id, millis(now), by.name),
            )?;
            Ok(changed > 0)
        })
    }
}

/// Reads [`COLUMNS`].
fn comment_of(row: &Row) -> rusqlite::Result<Comment> {
    Ok(Comment {
        id: row.get(0)?,
        draft: row.get(1)?,
        object: row.get(2)?,
        person: row.get(3)?,
        name: row.get(4)?,
        at: time(row.get(5)?),
        text: row.get(6)?,
        resolved_at: row.get::<_, Option<i64>>(7)?.map(time),
        resolved_by: row.get(8)?,
    })
}
