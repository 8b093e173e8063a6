//! The editions of reports, and what was done to each.

use super::{
    NewChapter, Reports, Signature, check_id, contributions, known, open, signature_if_any,
    signature_of,
};
use crate::{
    StoreError,
    database::millis,
    workshop::{Author, kept_by_word, limits, one_line},
};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

/// A report of one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Of which report.
    pub report: String,
    /// Of which year.
    pub year: i32,
    /// Since when, by whom.
    pub opened: Signature,
    /// The year whose structure it continues.
    pub copied_from: Option<i32>,
    /// When and by which deliberation it is presented, as the cover says it; may be empty.
    pub presented: String,
    /// How often it was frozen, which is the newest frozen number: 0 while it is a draft.
    pub frozen_number: u32,
    /// When it was frozen last, by whom.
    pub frozen: Option<Signature>,
}

/// What can be done to an edition, but for writing words: those have their own history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// It was opened.
    Opened,
    /// It gained a chapter, which is told.
    Added,
    /// The line of the cover was written, which is told.
    Presented,
    /// It was frozen, under the number that is told.
    Frozen,
    /// A chapter, which is told, was given to a department or its day was set.
    Assigned,
    /// A chapter, which is told, was confirmed.
    Confirmed,
    /// A chapter, which is told, was confirmed no more.
    Reopened,
    /// A computed sentence was written anew: its key is told.
    Edited,
    /// A sentence is computed again: its key is told.
    Dropped,
}

impl StepKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Opened,
        Self::Added,
        Self::Presented,
        Self::Frozen,
        Self::Assigned,
        Self::Confirmed,
        Self::Reopened,
        Self::Edited,
        Self::Dropped,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Added => "added",
            Self::Presented => "presented",
            Self::Frozen => "frozen",
            Self::Assigned => "assigned",
            Self::Confirmed => "confirmed",
            Self::Reopened => "reopened",
            Self::Edited => "edited",
            Self::Dropped => "dropped",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

kept_by_word!(StepKind);

/// Something that was done to an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportStep {
    /// When, by whom.
    pub by: Signature,
    /// What.
    pub what: StepKind,
    /// To what of it; empty for the edition as a whole.
    pub detail: String,
}

const COLUMNS: &str = "report, year, at, person, name, copied_from, presented, frozen, frozen_at, \
     frozen_person, frozen_name";

/// What was done to an edition when it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    revisions: i64,
    steps: i64,
}

impl Reports {
    /// Opens the edition of a year, with its chapters in order. The edition that it continues must
    /// be there, and that of its own year must not.
    pub fn open(
        &self,
        report: &str,
        year: i32,
        copied_from: Option<i32>,
        chapters: &[NewChapter],
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        check_id(report)?;
        contributions::check(chapters)?;
        by.check()?;
        self.database().write(|tx| {
            if let Some(former) = copied_from {
                known(tx, report, former)?;
            }
            let edition = tx
                .query_row(
                    "INSERT INTO report_editions (report, year, copied_from, at, person, name) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (report, year) DO NOTHING \
                     RETURNING id",
                    (report, year, copied_from, millis(now), by.person, by.name),
                    |row| row.get(0),
                )
                .optional()?
                .ok_or_else(|| StoreError::EditionExists {
                    report: report.to_owned(),
                    year,
                })?;
            keep_step(tx, edition, StepKind::Opened, "", by, now)?;
            for chapter in chapters {
                contributions::add(tx, edition, chapter)?;
            }
            Ok(())
        })
    }

    /// The editions of a report, the newest year first.
    pub fn editions(&self, report: &str) -> Result<Vec<Edition>, StoreError> {
        self.list(Some(report))
    }

    /// The editions of all reports, by report, the newest year first.
    pub fn all_editions(&self) -> Result<Vec<Edition>, StoreError> {
        self.list(None)
    }

    fn list(&self, report: Option<&str>) -> Result<Vec<Edition>, StoreError> {
        Ok(self.database().read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM report_editions WHERE ?1 IS NULL OR report = ?1 \
                     ORDER BY report, year DESC"
                ))?
                .query_map([report], edition_of)?
                .collect()
        })?)
    }

    /// The edition of a year.
    pub fn edition(&self, report: &str, year: i32) -> Result<Option<Edition>, StoreError> {
        Ok(self.database().read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM report_editions WHERE report = ?1 AND year = ?2"
                ))?
                .query_row((report, year), edition_of)
                .optional()
        })?)
    }

    /// Says when and by which deliberation an edition is presented. It may be frozen: a
    /// deliberation has its number only once it was held.
    pub fn set_presented(
        &self,
        report: &str,
        year: i32,
        line: &str,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let line = one_line(line);
        limits::PRESENTED.check(&line)?;
        by.check()?;
        self.database().write(|tx| {
            let (edition, _) = known(tx, report, year)?;
            tx.execute(
                "UPDATE report_editions SET presented = ?2 WHERE id = ?1",
                (edition, &line),
            )?;
            Ok(keep_step(tx, edition, StepKind::Presented, &line, by, now)?)
        })
    }

    /// What was done to an edition so far: any word, sentence, confirmation or line of the council
    /// makes another; `None` where there is no edition.
    pub fn seen(&self, report: &str, year: i32) -> Result<Option<Seen>, StoreError> {
        Ok(self.database().read(|connection| {
            let edition = connection
                .prepare_cached("SELECT id FROM report_editions WHERE report = ?1 AND year = ?2")?
                .query_row((report, year), |row| row.get(0))
                .optional()?;
            edition
                .map(|edition| done_to(connection, edition))
                .transpose()
        })?)
    }

    /// Keeps that an edition was frozen under a number; whether that was the next one, of what was
    /// [seen](Reports::seen). When it was not, somebody else has frozen it or worked on it since, and
    /// nothing was written.
    pub fn froze(
        &self,
        report: &str,
        year: i32,
        number: u32,
        seen: Option<Seen>,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        by.check()?;
        self.database().write(|tx| {
            let (edition, former) = known(tx, report, year)?;
            let is_next = former.checked_add(1) == Some(number);
            let is_as_seen = match seen {
                Some(seen) => done_to(tx, edition)? == seen,
                None => true,
            };
            if !is_next || !is_as_seen {
                return Ok(false);
            }
            tx.execute(
                "UPDATE report_editions SET frozen = ?2, frozen_at = ?3, frozen_person = ?4, \
                 frozen_name = ?5 WHERE id = ?1",
                (edition, number, millis(now), by.person, by.name),
            )?;
            let number = number.to_string();
            keep_step(tx, edition, StepKind::Frozen, &number, by, now)?;
            Ok(true)
        })
    }

    /// Adds the chapters that an edition does not have yet, after those it has; how many there
    /// were.
    pub fn add_missing(
        &self,
        report: &str,
        year: i32,
        chapters: &[NewChapter],
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        contributions::check(chapters)?;
        by.check()?;
        self.database().write(|tx| {
            let edition = open(tx, report, year)?;
            let mut added = 0;
            for chapter in chapters {
                if contributions::add(tx, edition, chapter)? {
                    keep_step(tx, edition, StepKind::Added, chapter.id, by, now)?;
                    added += 1;
                }
            }
            Ok(added)
        })
    }

    /// What was done to an edition, the first first.
    pub fn steps(&self, report: &str, year: i32) -> Result<Vec<ReportStep>, StoreError> {
        Ok(self.database().read(|reader| {
            reader
                .prepare_cached(
                    "SELECT steps.at, steps.person, steps.name, what, detail \
                     FROM report_steps AS steps JOIN report_editions ON edition = \
                     report_editions.id WHERE report = ?1 AND year = ?2 ORDER BY steps.id",
                )?
                .query_map((report, year), |row| {
                    Ok(ReportStep {
                        by: signature_of(row, 0)?,
                        what: row.get(3)?,
                        detail: row.get(4)?,
                    })
                })?
                .collect()
        })?)
    }
}

/// Keeps what was done to an edition.
pub(super) fn keep_step(
    tx: &Transaction,
    edition: i64,
    what: StepKind,
    detail: &str,
    by: Author,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO report_steps (edition, at, person, name, what, detail) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((edition, millis(now), by.person, by.name, what, detail))?;
    Ok(())
}

/// Reads [`COLUMNS`].
fn edition_of(row: &Row) -> rusqlite::Result<Edition> {
    Ok(Edition {
        report: row.get(0)?,
        year: row.get(1)?,
        opened: signature_of(row, 2)?,
        copied_from: row.get(5)?,
        presented: row.get(6)?,
        frozen_number: row.get(7)?,
        frozen: signature_if_any(row, 8)?,
    })
}

/// What was done to an edition: how often words and confirmations changed, and its steps.
fn done_to(connection: &Connection, edition: i64) -> rusqlite::Result<Seen> {
    let revisions = connection
        .prepare_cached(
            "SELECT coalesce(sum(revision), 0) FROM report_contributions WHERE edition = ?1",
        )?
        .query_row([edition], |row| row.get(0))?;
    let steps = connection
        .prepare_cached("SELECT count(*) FROM report_steps WHERE edition = ?1")?
        .query_row([edition], |row| row.get(0))?;
    Ok(Seen { revisions, steps })
}
