//! The drafted files of a draft.
//!
//! A file has the revision that its draft had when it was saved last: no number comes twice, even
//! for a file that was taken out and in again. Whoever saves says which one they started from.

use super::{
    Author, DraftStage,
    drafts::{self, standing},
    limits,
    revisions::{self, NewRevision, RevisionKind},
    within,
};
use crate::{
    DraftId, Store, StoreError,
    database::{millis, time},
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

/// A file as a draft has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFile {
    /// Where it is in the folder of declarations: `boards/velo.toml`.
    pub path: String,
    /// What was on the disk when it was taken into the draft; nothing when there was no such file.
    pub base: Option<String>,
    /// What is to be there; nothing when the file is to be removed.
    pub text: Option<String>,
    /// The revision of the draft that saved it last.
    pub revision: u32,
    /// When it was saved last.
    pub changed_at: DateTime<Utc>,
    /// By whom.
    pub changed_by: String,
}

/// What a save does to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileChange<'a> {
    /// Where the file is in the folder of declarations.
    pub path: &'a str,
    /// What is on the disk; kept only when the file is new in the draft.
    pub base: Option<&'a str>,
    /// What is to be there; nothing when the file is to be removed.
    pub text: Option<&'a str>,
    /// The revision of the file that was started from; nothing when it was not in the draft.
    pub expected: Option<u32>,
    /// What was done, in a few words.
    pub why: &'a str,
}

/// What became of a change to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It was made.
    Done {
        /// The revision of the draft, and of the file, from now on.
        revision: u32,
    },
    /// Somebody has saved the file since, and nothing was written.
    Stale {
        /// What the file is by now; nothing when it is to be removed.
        text: Option<String>,
        /// Who has saved it.
        by: String,
        /// When.
        at: DateTime<Utc>,
        /// Its revision by now.
        revision: u32,
    },
    /// The file was taken out of the draft since, and nothing was written.
    Dropped,
    /// Files of the draft are not changed at its stage, and nothing was written.
    Closed(DraftStage),
}

const COLUMNS: &str = "path, base, text, revision, changed, changed_by";

impl Store {
    /// The drafted files of a draft, by path.
    pub fn draft_files(&self, draft: DraftId) -> Result<Vec<DraftFile>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM draft_files WHERE draft = ?1 ORDER BY path"
                ))?
                .query_map([draft], file_of)?
                .collect()
        })?)
    }

    /// A drafted file.
    pub fn draft_file(&self, draft: DraftId, path: &str) -> Result<Option<DraftFile>, StoreError> {
        Ok(self
            .inner
            .database
            .read(|reader| look(reader, draft, path))?)
    }

    /// Saves a file of a draft, unless somebody has since the revision that was started from.
    pub fn save_file(
        &self,
        draft: DraftId,
        change: &FileChange,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<Saved, StoreError> {
        within(change.path)?;
        limits::NOTE.check(change.why)?;
        for text in [change.base, change.text].into_iter().flatten() {
            limits::FILE.check(text)?;
        }
        by.check()?;
        self.inner.database.write(|tx| {
            if let Some(refused) = objection(tx, draft, change.path, change.expected)? {
                return Ok(refused);
            }
            let revision = next_revision(tx, draft, now)?;
            put(tx, draft, change, revision, by, now)?;
            let kept = NewRevision {
                path: change.path,
                draft: Some(draft),
                kind: RevisionKind::Saved,
                text: change.text,
                why: change.why,
            };
            revisions::add(tx, &kept, Some(revision), by, now)?;
            Ok(Saved::Done { revision })
        })
    }

    /// Takes a file out of a draft, unless somebody has saved it since: what is on the disk stays
    /// there. What was saved of it stays among the revisions.
    pub fn drop_file(
        &self,
        draft: DraftId,
        path: &str,
        expected: u32,
        now: DateTime<Utc>,
    ) -> Result<Saved, StoreError> {
        self.inner.database.write(|tx| {
            if let Some(refused) = objection(tx, draft, path, Some(expected))? {
                return Ok(refused);
            }
            tx.execute(
                "DELETE FROM draft_files WHERE draft = ?1 AND path = ?2",
                (draft, path),
            )?;
            let revision = next_revision(tx, draft, now)?;
            Ok(Saved::Done { revision })
        })
    }

    /// Says what is on the disk by now, once it was merged into a drafted file; whether the draft
    /// has that file and is still open. Neither text nor revision change.
    pub fn set_base(
        &self,
        draft: DraftId,
        path: &str,
        base: Option<&str>,
    ) -> Result<bool, StoreError> {
        if let Some(base) = base {
            limits::FILE.check(base)?;
        }
        self.inner.database.write(|tx| {
            let (stage, _) = standing(tx, draft)?;
            let changed = match stage.is_open() {
                true => tx.execute(
                    "UPDATE draft_files SET base = ?3 WHERE draft = ?1 AND path = ?2",
                    (draft, path, base),
                )?,
                false => 0,
            };
            Ok(changed > 0)
        })
    }

    /// Says that the files of a draft are written: the draft is published, and each file has a
    /// published revision of that text. Nothing is done, and `false` given, unless the draft is
    /// being published.
    pub fn finish_publication(
        &self,
        draft: DraftId,
        texts: &[(&str, Option<&str>)],
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        by.check()?;
        for (path, text) in texts {
            within(path)?;
            limits::FILE.check(text.unwrap_or_default())?;
        }
        self.inner.database.write(|tx| {
            if standing(tx, draft)?.0 != DraftStage::Publishing {
                return Ok(false);
            }
            let title: String =
                tx.query_row("SELECT title FROM drafts WHERE id = ?1", [draft], |row| {
                    row.get(0)
                })?;
            for (path, text) in texts {
                let published = NewRevision {
                    path,
                    draft: Some(draft),
                    kind: RevisionKind::Published,
                    text: *text,
                    why: &title,
                };
                revisions::add(tx, &published, None, by, now)?;
            }
            let step = (DraftStage::Publishing, DraftStage::Published);
            drafts::go(tx, draft, step, "", by, now)?;
            Ok(true)
        })
    }
}

/// Why a file that was at a revision may not be changed.
fn objection(
    tx: &Transaction,
    draft: DraftId,
    path: &str,
    expected: Option<u32>,
) -> Result<Option<Saved>, StoreError> {
    let (stage, _) = standing(tx, draft)?;
    if !stage.is_editable() {
        return Ok(Some(Saved::Closed(stage)));
    }
    Ok(match look(tx, draft, path)? {
        None => expected.map(|_| Saved::Dropped),
        Some(file) if expected == Some(file.revision) => None,
        Some(file) => Some(Saved::Stale {
            text: file.text,
            by: file.changed_by,
            at: file.changed_at,
            revision: file.revision,
        }),
    })
}

/// Counts a change of files.
fn next_revision(tx: &Transaction, draft: DraftId, now: DateTime<Utc>) -> rusqlite::Result<u32> {
    tx.prepare_cached(
        "UPDATE drafts SET revision = revision + 1, changed = ?2 WHERE id = ?1 \
         RETURNING revision",
    )?
    .query_row((draft, millis(now)), |row| row.get(0))
}

fn put(
    tx: &Transaction,
    draft: DraftId,
    change: &FileChange,
    revision: u32,
    by: Author,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO draft_files (draft, path, base, text, revision, changed, changed_by) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
         ON CONFLICT (draft, path) DO UPDATE SET text = excluded.text, \
         revision = excluded.revision, changed = excluded.changed, \
         changed_by = excluded.changed_by",
    )?
    .execute((
        draft,
        change.path,
        change.base,
        change.text,
        revision,
        millis(now),
        by.name,
    ))?;
    Ok(())
}

fn look(
    connection: &Connection,
    draft: DraftId,
    path: &str,
) -> rusqlite::Result<Option<DraftFile>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM draft_files WHERE draft = ?1 AND path = ?2"
        ))?
        .query_row((draft, path), file_of)
        .optional()
}

/// Reads [`COLUMNS`].
fn file_of(row: &Row) -> rusqlite::Result<DraftFile> {
    Ok(DraftFile {
        path: row.get(0)?,
        base: row.get(1)?,
        text: row.get(2)?,
        revision: row.get(3)?,
        changed_at: time(row.get(4)?),
        changed_by: row.get(5)?,
    })
}
