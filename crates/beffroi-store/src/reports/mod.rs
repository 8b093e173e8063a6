//! What those who make annual reports keep of their work.
//!
//! A report has an edition for each year, and an edition a contribution for each chapter: words
//! that a department writes, then confirms with the figures beside them. They are changed only by
//! whoever has seen what is there: of two who do it at once, one is told. Once an edition is
//! frozen, what it says does not change here any more; it may still be remarked upon. Nothing is
//! forgotten by itself, and whoever is removed stays named.

mod contributions;
mod editions;
mod remarks;
mod sentences;

pub use contributions::{Contribution, ContributionState, NewChapter, SavedWords, Written};
pub use editions::{Edition, ReportStep, Seen, StepKind};
pub use remarks::Reminder;
pub use sentences::{NewSentence, Sentence};

use crate::{
    PersonId, Store, StoreError,
    database::{Database, time},
};
use beffroi_model::is_id;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};

/// The annual reports of a [`Store`].
#[derive(Debug, Clone)]
pub struct Reports {
    store: Store,
}

impl Store {
    /// The annual reports.
    #[must_use]
    pub fn reports(&self) -> Reports {
        Reports {
            store: self.clone(),
        }
    }
}

impl Reports {
    fn database(&self) -> &Database {
        &self.store.inner.database
    }
}

/// Which chapter of which edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chapter<'a> {
    /// Of which report.
    pub report: &'a str,
    /// Of which year.
    pub year: i32,
    /// The chapter.
    pub id: &'a str,
}

/// Who did something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom, when they have an account.
    pub person: Option<PersonId>,
    /// How they were called then.
    pub name: String,
}

/// Reads the time, the person and the name that start at that place of a row.
fn signature_of(row: &Row, start: usize) -> rusqlite::Result<Signature> {
    Ok(Signature {
        at: time(row.get(start)?),
        person: row.get(start + 1)?,
        name: row.get(start + 2)?,
    })
}

/// The same, where nobody may have done it yet.
fn signature_if_any(row: &Row, start: usize) -> rusqlite::Result<Option<Signature>> {
    match row.get::<_, Option<i64>>(start)? {
        Some(_) => signature_of(row, start).map(Some),
        None => Ok(None),
    }
}

fn check_id(text: &str) -> Result<(), StoreError> {
    match is_id(text) {
        true => Ok(()),
        false => Err(StoreError::NotAnId(text.to_owned())),
    }
}

/// The row of an edition, and how often it was frozen.
fn known(connection: &Connection, report: &str, year: i32) -> Result<(i64, u32), StoreError> {
    connection
        .prepare_cached("SELECT id, frozen FROM report_editions WHERE report = ?1 AND year = ?2")?
        .query_row((report, year), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or_else(|| StoreError::NoEdition {
            report: report.to_owned(),
            year,
        })
}

/// The row of an edition whose words may change.
fn open(connection: &Connection, report: &str, year: i32) -> Result<i64, StoreError> {
    match known(connection, report, year)? {
        (edition, 0) => Ok(edition),
        _ => Err(StoreError::Frozen {
            report: report.to_owned(),
            year,
        }),
    }
}
