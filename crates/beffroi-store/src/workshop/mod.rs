//! What the workshop keeps: drafts of declarations, and what is said of them.
//!
//! A draft is a set of drafted files, with the texts that were on the disk when they were taken;
//! every save is kept as a revision. A draft goes from stage to stage, each step kept; a file of
//! it is saved, and its stage changed, only by whoever has seen what is there: of two who do it at
//! once, one is told. Nothing here is forgotten by itself, and whoever is removed stays named.

mod commentaries;
pub(crate) mod comments;
mod deliveries;
mod drafts;
mod files;
pub mod limits;
mod requests;
mod revisions;

pub use commentaries::{Commentary, NewCommentary};
pub use comments::Comment;
pub use deliveries::{Delivery, NewDelivery};
pub use drafts::{Draft, DraftStage, Drafts, Move, Step};
pub use files::{DraftFile, FileChange, Saved};
pub use requests::{DataRequest, NewRequest};
pub use revisions::{NewRevision, Revision, RevisionInfo, RevisionKind};

use crate::{DraftId, Person, PersonId, StoreError};
use beffroi_model::DatasetId;
use rusqlite::{Connection, OptionalExtension, Row};

/// Who does something, and how they are called then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author<'a> {
    /// Who, when they have an account.
    pub person: Option<PersonId>,
    /// How they are called.
    pub name: &'a str,
}

impl Author<'_> {
    /// The program, by itself or for whoever runs it.
    pub const PROGRAM: Self = Self {
        person: None,
        name: "",
    };

    pub(crate) fn check(self) -> Result<(), StoreError> {
        limits::NAME.check(self.name)
    }
}

impl<'a> From<&'a Person> for Author<'a> {
    fn from(person: &'a Person) -> Self {
        Self {
            person: Some(person.id),
            name: &person.name,
        }
    }
}

/// Reads and writes an enum by its word.
macro_rules! kept_by_word {
    ($name:ident) => {
        impl rusqlite::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(
                value: rusqlite::types::ValueRef<'_>,
            ) -> rusqlite::types::FromSqlResult<Self> {
                Self::from_word(value.as_str()?).ok_or(rusqlite::types::FromSqlError::InvalidType)
            }
        }
    };
}
pub(crate) use kept_by_word;

/// Makes sure that there is such a draft.
fn known(connection: &Connection, draft: DraftId) -> Result<(), StoreError> {
    let found = connection
        .prepare_cached("SELECT 1 FROM drafts WHERE id = ?1")?
        .query_row([draft], |_| Ok(()))
        .optional()?;
    found.ok_or(StoreError::NoDraft(draft))
}

/// Refuses a path that could lead out of its folder or hide in it, or is none elsewhere.
fn within(path: &str) -> Result<(), StoreError> {
    limits::PATH.check(path)?;
    let is_odd = |c: char| c.is_control() || "\\:*?\"<>|".contains(c);
    let is_name = |name: &str| !name.is_empty() && !name.starts_with('.');
    match !path.contains(is_odd) && path.split('/').all(is_name) {
        true => Ok(()),
        false => Err(StoreError::NotWithin(path.to_owned())),
    }
}

/// A limit of rows as SQLite takes it.
pub(crate) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A kept dataset.
fn dataset_of(row: &Row, index: usize) -> rusqlite::Result<Option<DatasetId>> {
    let kept: Option<String> = row.get(index)?;
    Ok(kept.and_then(|text| DatasetId::new(&text).ok()))
}

/// A text on one line, without blanks around it.
pub(crate) fn one_line(text: &str) -> String {
    text.trim().replace(char::is_control, " ")
}
