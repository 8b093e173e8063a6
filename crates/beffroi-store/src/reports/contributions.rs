//! What departments write for the chapters of an edition.
//!
//! A contribution has a revision, which grows when its words or its state change; whoever saves or
//! confirms says which one they have seen.

use super::{
    Chapter, Reports, Signature, StepKind, check_id, editions::keep_step, open, signature_if_any,
    signature_of,
};
use crate::{
    StoreError,
    database::millis,
    people::joined,
    workshop::{Author, kept_by_word, limits, rows},
};
use beffroi_model::DepartmentId;
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

/// How far a contribution has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContributionState {
    /// Nothing was done yet.
    Waiting,
    /// Words were saved, and are not confirmed.
    Written,
    /// Words and figures are confirmed.
    Confirmed,
}

impl ContributionState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Written, Self::Confirmed];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Written => "written",
            Self::Confirmed => "confirmed",
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

kept_by_word!(ContributionState);

/// What a department gives to a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// To which chapter.
    pub chapter: String,
    /// Which department.
    pub department: Option<DepartmentId>,
    /// By which day.
    pub due: Option<NaiveDate>,
    /// How far it has come.
    pub state: ContributionState,
    /// Grows by one whenever words or state change; 0 while nothing was done.
    pub revision: u32,
    /// What was written, in Markdown.
    pub words: String,
    /// The digest of the figures that were confirmed; nothing unless they are.
    pub confirmed_reading: Option<String>,
    /// When words or state were changed last, by whom.
    pub changed: Option<Signature>,
}

/// A chapter that an edition gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewChapter<'a> {
    /// Which.
    pub id: &'a str,
    /// Which department writes it.
    pub department: Option<&'a DepartmentId>,
    /// By which day.
    pub due: Option<NaiveDate>,
}

/// What became of a change to a contribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It was made.
    Done {
        /// The revision from now on.
        revision: u32,
    },
    /// Somebody has changed it since the revision that was seen, and nothing was written: this is
    /// what it is by now.
    Stale(Box<Contribution>),
}

/// Words as they were saved once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedWords {
    /// The revision of the contribution that saved them.
    pub revision: u32,
    /// When, by whom.
    pub by: Signature,
    /// What was written, in Markdown.
    pub words: String,
}

const COLUMNS: &str = "chapter, department, due, state, revision, words, reading, \
     contributions.at, contributions.person, contributions.name";
const TABLES: &str = "report_contributions AS contributions \
     JOIN report_editions AS editions ON editions.id = edition";

impl Reports {
    /// The contributions to an edition, in the order of its chapters.
    pub fn contributions(&self, report: &str, year: i32) -> Result<Vec<Contribution>, StoreError> {
        Ok(self.database().read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM {TABLES} WHERE report = ?1 AND year = ?2 \
                     ORDER BY contributions.id"
                ))?
                .query_map((report, year), contribution_of)?
                .collect()
        })?)
    }

    /// What these departments have not confirmed yet, of editions that are not frozen, with the
    /// report and the year: by day, what has none last.
    pub fn waiting_for(
        &self,
        departments: &[DepartmentId],
    ) -> Result<Vec<(String, i32, Contribution)>, StoreError> {
        let words = joined(departments.iter().map(DepartmentId::as_str));
        Ok(self.database().read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS}, report, year FROM {TABLES} \
                     WHERE instr(' ' || ?1 || ' ', ' ' || department || ' ') \
                     AND state <> 'confirmed' AND frozen = 0 \
                     ORDER BY due IS NULL, due, report, year, contributions.id"
                ))?
                .query_map([words], |row| {
                    Ok((row.get(10)?, row.get(11)?, contribution_of(row)?))
                })?
                .collect()
        })?)
    }

    /// Saves the words of a chapter, unless somebody has changed it since the revision that was
    /// seen. What was confirmed is so no more.
    pub fn write_words(
        &self,
        chapter: Chapter,
        seen_revision: u32,
        words: &str,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<Written, StoreError> {
        limits::WORDS.check(words)?;
        by.check()?;
        self.database().write(|tx| {
            let found = changeable(tx, chapter)?;
            if found.is.revision != seen_revision {
                return Ok(Written::Stale(Box::new(found.is)));
            }
            let revision = change(tx, found.row, Some(words), None, by, now)?;
            tx.execute(
                "INSERT INTO report_words (contribution, revision, at, person, name, words) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (found.row, revision, millis(now), by.person, by.name, words),
            )?;
            Ok(Written::Done { revision })
        })
    }

    /// Confirms the words of a chapter, and its figures as this digest has them, unless somebody
    /// has changed it since the revision that was seen. A chapter may have figures alone: it needs
    /// no words.
    pub fn confirm(
        &self,
        chapter: Chapter,
        seen_revision: u32,
        reading: &str,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<Written, StoreError> {
        limits::READING.check(reading)?;
        by.check()?;
        self.database().write(|tx| {
            let found = changeable(tx, chapter)?;
            if found.is.revision != seen_revision {
                return Ok(Written::Stale(Box::new(found.is)));
            }
            let revision = change(tx, found.row, None, Some(reading), by, now)?;
            keep_step(tx, found.edition, StepKind::Confirmed, chapter.id, by, now)?;
            Ok(Written::Done { revision })
        })
    }

    /// Takes back that a chapter is confirmed, which leaves it written; whether it was confirmed
    /// until now.
    pub fn reopen(
        &self,
        chapter: Chapter,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        by.check()?;
        self.database().write(|tx| {
            let found = changeable(tx, chapter)?;
            if found.is.state != ContributionState::Confirmed {
                return Ok(false);
            }
            change(tx, found.row, None, None, by, now)?;
            keep_step(tx, found.edition, StepKind::Reopened, chapter.id, by, now)?;
            Ok(true)
        })
    }

    /// Says who writes a chapter, and by which day. Its revision stays: nobody who writes it
    /// meanwhile has missed a word.
    pub fn assign(
        &self,
        chapter: Chapter,
        department: Option<&DepartmentId>,
        due: Option<NaiveDate>,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        by.check()?;
        self.database().write(|tx| {
            let found = changeable(tx, chapter)?;
            tx.execute(
                "UPDATE report_contributions SET department = ?2, due = ?3 WHERE id = ?1",
                (found.row, department.map(DepartmentId::as_str), kept(due)),
            )?;
            let what = StepKind::Assigned;
            Ok(keep_step(tx, found.edition, what, chapter.id, by, now)?)
        })
    }

    /// What was saved as the words of a chapter, newest first.
    pub fn history(&self, chapter: Chapter, limit: usize) -> Result<Vec<SavedWords>, StoreError> {
        Ok(self.database().read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT saved.revision, saved.at, saved.person, saved.name, saved.words \
                     FROM {TABLES} JOIN report_words AS saved ON contribution = contributions.id \
                     WHERE report = ?1 AND year = ?2 AND chapter = ?3 \
                     ORDER BY saved.revision DESC LIMIT ?4"
                ))?
                .query_map(
                    (chapter.report, chapter.year, chapter.id, rows(limit)),
                    |row| {
                        Ok(SavedWords {
                            revision: row.get(0)?,
                            by: signature_of(row, 1)?,
                            words: row.get(4)?,
                        })
                    },
                )?
                .collect()
        })?)
    }
}

/// Refuses chapters that could not be kept.
pub(super) fn check(chapters: &[NewChapter]) -> Result<(), StoreError> {
    chapters.iter().try_for_each(|chapter| check_id(chapter.id))
}

/// Adds a chapter to an edition; whether it was not there.
pub(super) fn add(tx: &Transaction, edition: i64, chapter: &NewChapter) -> rusqlite::Result<bool> {
    let added = tx
        .prepare_cached(
            "INSERT INTO report_contributions (edition, chapter, department, due, state) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (edition, chapter) DO NOTHING",
        )?
        .execute((
            edition,
            chapter.id,
            chapter.department.map(DepartmentId::as_str),
            kept(chapter.due),
            ContributionState::Waiting,
        ))?;
    Ok(added > 0)
}

/// The row of a contribution.
pub(super) fn row_of(
    connection: &Connection,
    edition: i64,
    chapter: Chapter,
) -> Result<i64, StoreError> {
    connection
        .prepare_cached("SELECT id FROM report_contributions WHERE edition = ?1 AND chapter = ?2")?
        .query_row((edition, chapter.id), |row| row.get(0))
        .optional()?
        .ok_or_else(|| StoreError::NoChapter {
            report: chapter.report.to_owned(),
            year: chapter.year,
            chapter: chapter.id.to_owned(),
        })
}

/// A contribution as it is, and where.
struct Found {
    edition: i64,
    row: i64,
    is: Contribution,
}

/// The contribution to a chapter, unless its edition is frozen.
fn changeable(tx: &Transaction, chapter: Chapter) -> Result<Found, StoreError> {
    let edition = open(tx, chapter.report, chapter.year)?;
    let row = row_of(tx, edition, chapter)?;
    let is = tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM report_contributions AS contributions WHERE id = ?1"
        ))?
        .query_row([row], contribution_of)?;
    Ok(Found { edition, row, is })
}

/// Changes a contribution, which is confirmed if there is a reading; its revision from now on.
fn change(
    tx: &Transaction,
    row: i64,
    words: Option<&str>,
    reading: Option<&str>,
    by: Author,
    now: DateTime<Utc>,
) -> rusqlite::Result<u32> {
    let state = match reading {
        Some(_) => ContributionState::Confirmed,
        None => ContributionState::Written,
    };
    tx.prepare_cached(
        "UPDATE report_contributions SET words = coalesce(?2, words), state = ?3, reading = ?4, \
         revision = revision + 1, at = ?5, person = ?6, name = ?7 WHERE id = ?1 \
         RETURNING revision",
    )?
    .query_row(
        (row, words, state, reading, millis(now), by.person, by.name),
        |row| row.get(0),
    )
}

/// A day as it is kept.
fn kept(day: Option<NaiveDate>) -> Option<String> {
    day.map(|day| day.to_string())
}

/// Reads [`COLUMNS`].
fn contribution_of(row: &Row) -> rusqlite::Result<Contribution> {
    let department: Option<String> = row.get(1)?;
    let due: Option<String> = row.get(2)?;
    Ok(Contribution {
        chapter: row.get(0)?,
        department: department.and_then(|text| DepartmentId::new(&text).ok()),
        due: due.and_then(|text| text.parse().ok()),
        state: row.get(3)?,
        revision: row.get(4)?,
        words: row.get(5)?,
        confirmed_reading: row.get(6)?,
        changed: signature_if_any(row, 7)?,
    })
}
