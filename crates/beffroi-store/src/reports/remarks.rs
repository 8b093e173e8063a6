//! What is said of chapters among those who make them, and who was reminded of one.
//!
//! A remark is a [`Comment`] whose object is the chapter: it is resolved by
//! [`Store::resolve_comment`](crate::Store::resolve_comment), and taken back by
//! [`Store::withdraw_comment`](crate::Store::withdraw_comment).

use super::{Chapter, Reports, Signature, contributions::row_of, known, open, signature_of};
use crate::{
    CommentId, StoreError,
    database::millis,
    workshop::{Author, Comment, comments},
};
use chrono::{DateTime, Utc};

/// That whoever writes a chapter was reminded of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// Of which chapter.
    pub chapter: String,
    /// When, by whom.
    pub by: Signature,
}

impl Reports {
    /// Says something of a chapter, whether its edition is frozen or not.
    pub fn add_remark(
        &self,
        chapter: Chapter,
        text: &str,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<CommentId, StoreError> {
        comments::check(chapter.id, text, by)?;
        self.database().write(|tx| {
            let (edition, _) = known(tx, chapter.report, chapter.year)?;
            let on = comments::On::Contribution(row_of(tx, edition, chapter)?);
            Ok(comments::add(tx, on, chapter.id, text, by, now)?)
        })
    }

    /// What was said of the chapters of an edition, the first first; the object of each is its
    /// chapter.
    pub fn remarks(&self, report: &str, year: i32) -> Result<Vec<Comment>, StoreError> {
        Ok(self.database().read(|reader| {
            comments::list(
                reader,
                "contribution IN (SELECT contributions.id FROM report_contributions AS \
                 contributions JOIN report_editions AS editions ON editions.id = edition \
                 WHERE report = ?1 AND year = ?2)",
                (report, year),
            )
        })?)
    }

    /// Keeps that whoever writes a chapter was reminded of it.
    pub fn remind(
        &self,
        chapter: Chapter,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        by.check()?;
        self.database().write(|tx| {
            let edition = open(tx, chapter.report, chapter.year)?;
            tx.execute(
                "INSERT INTO report_reminders (contribution, at, person, name) \
                 VALUES (?1, ?2, ?3, ?4)",
                (
                    row_of(tx, edition, chapter)?,
                    millis(now),
                    by.person,
                    by.name,
                ),
            )?;
            Ok(())
        })
    }

    /// Who was reminded of the chapters of an edition, newest first.
    pub fn reminders(&self, report: &str, year: i32) -> Result<Vec<Reminder>, StoreError> {
        Ok(self.database().read(|reader| {
            reader
                .prepare_cached(
                    "SELECT chapter, reminders.at, reminders.person, reminders.name \
                     FROM report_reminders AS reminders \
                     JOIN report_contributions AS contributions \
                     ON contributions.id = contribution \
                     JOIN report_editions AS editions ON editions.id = edition \
                     WHERE report = ?1 AND year = ?2 ORDER BY reminders.id DESC",
                )?
                .query_map((report, year), |row| {
                    Ok(Reminder {
                        chapter: row.get(0)?,
                        by: signature_of(row, 1)?,
                    })
                })?
                .collect()
        })?)
    }
}
