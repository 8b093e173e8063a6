//! What declarations were: every save of a draft, and every text that was published.

use super::{Author, kept_by_word, known, limits, rows, within};
use crate::{
    DraftId, PersonId, RevisionId, Store, StoreError,
    database::{millis, time},
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction};

/// How a revision came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RevisionKind {
    /// Saved in a draft.
    Saved,
    /// Published with a draft.
    Published,
    /// An earlier text, published again.
    Restored,
    /// Written into the folder by hand.
    ByHand,
}

impl RevisionKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Saved, Self::Published, Self::Restored, Self::ByHand];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Published => "published",
            Self::Restored => "restored",
            Self::ByHand => "by_hand",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

kept_by_word!(RevisionKind);

/// A revision in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionInfo {
    /// Which.
    pub id: RevisionId,
    /// Of which file: `boards/velo.toml`.
    pub path: String,
    /// Out of which draft.
    pub draft: Option<DraftId>,
    /// The revision of the draft, for what was saved in one.
    pub number: Option<u32>,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom, when they have an account.
    pub person: Option<PersonId>,
    /// How they were called then.
    pub name: String,
    /// How it came to be.
    pub kind: RevisionKind,
    /// Whether it removes the file: there is no text.
    pub is_removal: bool,
    /// What was done, in a few words.
    pub why: String,
}

/// A revision, with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// What is known of it.
    pub info: RevisionInfo,
    /// The text of the file; nothing when it is removed.
    pub text: Option<String>,
}

/// What is kept as a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRevision<'a> {
    /// Of which file.
    pub path: &'a str,
    /// Out of which draft.
    pub draft: Option<DraftId>,
    /// How it came to be.
    pub kind: RevisionKind,
    /// The text of the file; nothing when it is removed.
    pub text: Option<&'a str>,
    /// What was done, in a few words.
    pub why: &'a str,
}

const COLUMNS: &str = "id, path, draft, number, at, person, name, kind, text IS NULL, why";

impl Store {
    /// Keeps what a file of the folder has become. What is saved in a draft is kept by
    /// [`Store::save_file`] alone.
    pub fn add_revision(
        &self,
        revision: &NewRevision,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<RevisionId, StoreError> {
        within(revision.path)?;
        limits::NOTE.check(revision.why)?;
        limits::FILE.check(revision.text.unwrap_or_default())?;
        by.check()?;
        self.inner.database.write(|tx| {
            if let Some(draft) = revision.draft {
                known(tx, draft)?;
            }
            Ok(add(tx, revision, None, by, now)?)
        })
    }

    /// What a file of the folder was, newest first, without what was only saved in drafts.
    pub fn revisions(&self, path: &str, limit: usize) -> Result<Vec<RevisionInfo>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM revisions WHERE path = ?1 AND kind <> 'saved' \
                     ORDER BY id DESC LIMIT ?2"
                ))?
                .query_map((path, rows(limit)), info_of)?
                .collect()
        })?)
    }

    /// What was saved of a file in a draft, newest first.
    pub fn draft_revisions(
        &self,
        draft: DraftId,
        path: &str,
    ) -> Result<Vec<RevisionInfo>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM revisions WHERE draft = ?1 AND path = ?2 \
                     AND kind = 'saved' ORDER BY number DESC"
                ))?
                .query_map((draft, path), info_of)?
                .collect()
        })?)
    }

    /// A revision by its id.
    pub fn revision(&self, id: RevisionId) -> Result<Option<Revision>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS}, text FROM revisions WHERE id = ?1"
                ))?
                .query_row([id], revision_of)
                .optional()
        })?)
    }

    /// What was saved of a file as that revision of a draft: where somebody started who is told
    /// that it is stale.
    pub fn draft_revision(
        &self,
        draft: DraftId,
        path: &str,
        number: u32,
    ) -> Result<Option<Revision>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS}, text FROM revisions WHERE draft = ?1 AND path = ?2 \
                     AND number = ?3 AND kind = 'saved'"
                ))?
                .query_row((draft, path, number), revision_of)
                .optional()
        })?)
    }
}

/// Keeps a revision.
pub(super) fn add(
    tx: &Transaction,
    revision: &NewRevision,
    number: Option<u32>,
    by: Author,
    now: DateTime<Utc>,
) -> rusqlite::Result<RevisionId> {
    tx.prepare_cached(
        "INSERT INTO revisions (path, draft, number, at, person, name, kind, text, why) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        revision.path,
        revision.draft,
        number,
        millis(now),
        by.person,
        by.name,
        revision.kind,
        revision.text,
        revision.why,
    ))?;
    Ok(RevisionId(tx.last_insert_rowid()))
}

/// Reads [`COLUMNS`].
fn info_of(row: &Row) -> rusqlite::Result<RevisionInfo> {
    Ok(RevisionInfo {
        id: row.get(0)?,
        path: row.get(1)?,
        draft: row.get(2)?,
        number: row.get(3)?,
        at: time(row.get(4)?),
        person: row.get(5)?,
        name: row.get(6)?,
        kind: row.get(7)?,
        is_removal: row.get(8)?,
        why: row.get(9)?,
    })
}

/// Reads [`COLUMNS`] and the text after them.
fn revision_of(row: &Row) -> rusqlite::Result<Revision> {
    Ok(Revision {
        info: info_of(row)?,
        text: row.get(10)?,
    })
}
