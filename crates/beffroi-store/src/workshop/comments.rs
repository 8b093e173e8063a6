//! What is said of a draft, or of an object in it, among those who make and review it; and of a
//! chapter of a report.

use super::{Author, known, limits};
use crate::{
    CommentId, DraftId, PersonId, Store, StoreError,
    database::{millis, time},
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Params, Row, Transaction};

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Which.
    pub id: CommentId,
    /// On which draft; nothing when it is on what is published, or on a report.
    pub draft: Option<DraftId>,
    /// On what: `boards/velo#tile`, or the chapter of a report; empty for the draft as a whole.
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

/// What a comment is on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum On {
    Published,
    Draft(DraftId),
    /// The contribution to a chapter of a report, by its row.
    Contribution(i64),
}

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
        check(object, text, by)?;
        self.inner.database.write(|tx| {
            if let Some(draft) = draft {
                known(tx, draft)?;
            }
            let on = draft.map_or(On::Published, On::Draft);
            Ok(add(tx, on, object, text, by, now)?)
        })
    }

    /// The comments on a draft, or without one on what is published, the first one first.
    pub fn comments(&self, draft: Option<DraftId>) -> Result<Vec<Comment>, StoreError> {
        Ok(self
            .inner
            .database
            .read(|reader| list(reader, "draft IS ?1 AND contribution IS NULL", [draft]))?)
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

    /// Takes away what somebody said themselves; whether it was theirs, and not resolved.
    pub fn withdraw_comment(&self, id: CommentId, person: PersonId) -> Result<bool, StoreError> {
        self.inner.database.write(|tx| {
            let removed = tx.execute(
                "DELETE FROM comments WHERE id = ?1 AND person = ?2 AND resolved IS NULL",
                (id, person),
            )?;
            Ok(removed > 0)
        })
    }
}

/// Refuses what is too long to be kept.
pub(crate) fn check(object: &str, text: &str, by: Author) -> Result<(), StoreError> {
    limits::OBJECT.check(object)?;
    limits::COMMENT.check(text)?;
    by.check()
}

/// Keeps a comment.
pub(crate) fn add(
    tx: &Transaction,
    on: On,
    object: &str,
    text: &str,
    by: Author,
    now: DateTime<Utc>,
) -> rusqlite::Result<CommentId> {
    let (draft, contribution) = match on {
        On::Published => (None, None),
        On::Draft(draft) => (Some(draft), None),
        On::Contribution(row) => (None, Some(row)),
    };
    tx.execute(
        "INSERT INTO comments (draft, contribution, object, person, name, at, text) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            draft,
            contribution,
            object,
            by.person,
            by.name,
            millis(now),
            text,
        ),
    )?;
    Ok(CommentId(tx.last_insert_rowid()))
}

/// The comments for which a condition holds, the first one first.
pub(crate) fn list(
    reader: &Connection,
    condition: &str,
    values: impl Params,
) -> rusqlite::Result<Vec<Comment>> {
    reader
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM comments WHERE {condition} ORDER BY id"
        ))?
        .query_map(values, comment_of)?
        .collect()
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
