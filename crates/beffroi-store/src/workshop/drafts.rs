//! Drafts, and the stages they go through.

use super::{Author, kept_by_word, known, limits, one_line, rows};
use crate::{
    DraftId, PersonId, Store, StoreError,
    database::{millis, time},
};
use beffroi_model::DepartmentId;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, Transaction};

/// How far a draft has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DraftStage {
    /// Being made.
    Draft,
    /// Awaiting a review.
    Review,
    /// Sent back to its maker.
    Returned,
    /// Fit to be published, now or later.
    Approved,
    /// Its files are being written.
    Publishing,
    /// Its files were written.
    Published,
    /// Given up.
    Abandoned,
}

impl DraftStage {
    /// All stages.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Review,
        Self::Returned,
        Self::Approved,
        Self::Publishing,
        Self::Published,
        Self::Abandoned,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Review => "review",
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::Publishing => "publishing",
            Self::Published => "published",
            Self::Abandoned => "abandoned",
        }
    }

    /// The stage of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Whether something is still to come of it.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Published | Self::Abandoned)
    }

    /// Whether files may be changed: what was approved is published as it was approved.
    #[must_use]
    pub fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }
}

kept_by_word!(DraftStage);

/// A set of drafted files, and what is to become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Which.
    pub id: DraftId,
    /// What it is called.
    pub title: String,
    /// Who made it, even after they were removed.
    pub maker: PersonId,
    /// How they were called then.
    pub maker_name: String,
    /// For which department.
    pub department: Option<DepartmentId>,
    /// Whether those of its department see it, and may change it.
    pub is_shared: bool,
    /// How far it has come.
    pub stage: DraftStage,
    /// Grows by one at every change of files.
    pub revision: u32,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When its title, its files or its stage were last changed.
    pub changed_at: DateTime<Utc>,
    /// When it is to be published, once approved.
    pub publish_at: Option<DateTime<Utc>>,
    /// Who is asked to review it, or has.
    pub reviewer: Option<(PersonId, String)>,
}

/// Which drafts are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drafts {
    /// All.
    All,
    /// Those of which something is still to come.
    Open,
    /// Those that somebody made.
    By(PersonId),
    /// Those that have come that far.
    At(DraftStage),
    /// Those that were approved and whose time has come.
    Due(DateTime<Utc>),
}

/// From stage to stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move<'a> {
    /// Where the draft must be.
    pub from: &'a [DraftStage],
    /// Where it goes.
    pub to: DraftStage,
    /// The revision that was looked at, when it must be the present one.
    pub revision: Option<u32>,
    /// What is said with it.
    pub note: &'a str,
    /// When it is to be published from now on; nothing takes a former time away.
    pub publish_at: Option<DateTime<Utc>>,
    /// Who reviews it from now on; nothing leaves whom there was.
    pub reviewer: Option<(PersonId, &'a str)>,
}

/// A step that a draft has gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom; nobody when it was the program.
    pub person: Option<PersonId>,
    /// How they were called then.
    pub name: String,
    /// Where it was.
    pub from: DraftStage,
    /// Where it went.
    pub to: DraftStage,
    /// What was said with it.
    pub note: String,
}

const COLUMNS: &str = "id, title, maker, maker_name, department, stage, revision, created, \
     changed, publish, reviewer, reviewer_name, shared";

impl Store {
    /// Begins a draft, without files.
    pub fn new_draft(
        &self,
        title: &str,
        maker: PersonId,
        maker_name: &str,
        department: Option<&DepartmentId>,
        now: DateTime<Utc>,
    ) -> Result<DraftId, StoreError> {
        let title = titled(title)?;
        limits::NAME.check(maker_name)?;
        self.inner.database.write(|tx| {
            tx.execute(
                "INSERT INTO drafts (title, maker, maker_name, department, stage, created, \
                 changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
                (
                    title,
                    maker,
                    maker_name,
                    department.map(DepartmentId::as_str),
                    DraftStage::Draft,
                    millis(now),
                ),
            )?;
            Ok(DraftId(tx.last_insert_rowid()))
        })
    }

    /// A draft by its id.
    pub fn draft(&self, id: DraftId) -> Result<Option<Draft>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!("SELECT {COLUMNS} FROM drafts WHERE id = ?1"))?
                .query_row([id], draft_of)
                .optional()
        })?)
    }

    /// Drafts, the one changed last first.
    pub fn drafts(&self, which: Drafts, limit: usize) -> Result<Vec<Draft>, StoreError> {
        let (condition, value) = condition(which);
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM drafts WHERE {condition} \
                     ORDER BY changed DESC, id DESC LIMIT ?2"
                ))?
                .query_map((value, rows(limit)), draft_of)?
                .collect()
        })?)
    }

    /// Names a draft, says whose it is and whether those of its department work on it too.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn settle_draft(
        &self,
        id: DraftId,
        title: &str,
        department: Option<&DepartmentId>,
        is_shared: bool,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let title = titled(title)?;
        self.inner.database.write(|tx| {
            known(tx, id)?;
            let department = department.map(DepartmentId::as_str);
            tx.execute(
                "UPDATE drafts SET title = ?2, department = ?3, shared = ?4, changed = ?5 \
                 WHERE id = ?1",
                (id, title, department, is_shared, millis(now)),
            )?;
            Ok(())
        })
    }

    /// Takes a draft from a stage to another; whether it was where, and what, it had to be.
    pub fn set_stage(
        &self,
        id: DraftId,
        step: &Move,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        limits::NOTE.check(step.note)?;
        by.check()?;
        if let Some((_, name)) = step.reviewer {
            limits::NAME.check(name)?;
        }
        self.inner.database.write(|tx| {
            let (stage, revision) = standing(tx, id)?;
            if !step.from.contains(&stage) || step.revision.is_some_and(|seen| seen != revision) {
                return Ok(false);
            }
            tx.execute(
                "UPDATE drafts SET publish = ?2, reviewer = coalesce(?3, reviewer), \
                 reviewer_name = coalesce(?4, reviewer_name) WHERE id = ?1",
                (
                    id,
                    step.publish_at.map(millis),
                    step.reviewer.map(|(person, _)| person),
                    step.reviewer.map(|(_, name)| name),
                ),
            )?;
            go(tx, id, (stage, step.to), step.note, by, now)?;
            Ok(true)
        })
    }

    /// The steps of a draft, the first one first.
    pub fn steps(&self, draft: DraftId) -> Result<Vec<Step>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(
                    "SELECT at, person, name, \"from\", \"to\", note FROM draft_steps \
                     WHERE draft = ?1 ORDER BY id",
                )?
                .query_map([draft], |row| {
                    Ok(Step {
                        at: time(row.get(0)?),
                        person: row.get(1)?,
                        name: row.get(2)?,
                        from: row.get(3)?,
                        to: row.get(4)?,
                        note: row.get(5)?,
                    })
                })?
                .collect()
        })?)
    }
}

/// A title as it is kept.
fn titled(title: &str) -> Result<String, StoreError> {
    let title = one_line(title);
    limits::TITLE.check(&title)?;
    Ok(title)
}

/// What is asked of `drafts`, and the value of `?1` in it.
fn condition(which: Drafts) -> (&'static str, Option<Box<dyn ToSql>>) {
    match which {
        Drafts::All => ("?1 IS NULL", None),
        Drafts::Open => (
            "?1 IS NULL AND stage NOT IN ('published', 'abandoned')",
            None,
        ),
        Drafts::By(maker) => ("maker = ?1", Some(Box::new(maker))),
        Drafts::At(stage) => ("stage = ?1", Some(Box::new(stage))),
        Drafts::Due(now) => (
            "stage = 'approved' AND publish <= ?1",
            Some(Box::new(millis(now))),
        ),
    }
}

/// The stage and the revision of a draft.
pub(super) fn standing(
    connection: &Connection,
    id: DraftId,
) -> Result<(DraftStage, u32), StoreError> {
    connection
        .prepare_cached("SELECT stage, revision FROM drafts WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(StoreError::NoDraft(id))
}

/// Changes the stage of a draft, and keeps the step.
pub(super) fn go(
    tx: &Transaction,
    id: DraftId,
    (from, to): (DraftStage, DraftStage),
    note: &str,
    by: Author,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE drafts SET stage = ?2, changed = ?3 WHERE id = ?1",
        (id, to, millis(now)),
    )?;
    tx.execute(
        "INSERT INTO draft_steps (draft, at, person, name, \"from\", \"to\", note) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (id, millis(now), by.person, by.name, from, to, note),
    )?;
    Ok(())
}

/// Reads [`COLUMNS`].
fn draft_of(row: &Row) -> rusqlite::Result<Draft> {
    let department: Option<String> = row.get(4)?;
    let reviewer: Option<PersonId> = row.get(10)?;
    let reviewer_name: Option<String> = row.get(11)?;
    Ok(Draft {
        id: row.get(0)?,
        title: row.get(1)?,
        maker: row.get(2)?,
        maker_name: row.get(3)?,
        department: department.and_then(|text| DepartmentId::new(&text).ok()),
        is_shared: row.get(12)?,
        stage: row.get(5)?,
        revision: row.get(6)?,
        created_at: time(row.get(7)?),
        changed_at: time(row.get(8)?),
        publish_at: row.get::<_, Option<i64>>(9)?.map(time),
        reviewer: reviewer.zip(reviewer_name),
    })
}
