//! What a department asks of another: figures, by a day.

use super::{Author, dataset_of, limits};
use crate::{
    PersonId, RequestId, Store, StoreError,
    database::{millis, time},
    people::joined,
};
use beffroi_model::{DatasetId, DepartmentId};
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{
    OptionalExtension, Row,
    types::{FromSqlError, Type},
};
use std::collections::BTreeSet;

/// A request of a department to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataRequest {
    /// Which.
    pub id: RequestId,
    /// Who asks.
    pub from_department: DepartmentId,
    /// Who is asked.
    pub to_department: DepartmentId,
    /// For which dataset.
    pub dataset: Option<DatasetId>,
    /// What is asked for.
    pub words: String,
    /// By which day.
    pub due: NaiveDate,
    /// By whom, when they have an account.
    pub person: Option<PersonId>,
    /// How they were called then.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// By whom.
    pub answered_by: Option<String>,
    /// What was answered; empty until then.
    pub answer: String,
}

/// What is to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRequest<'a> {
    /// Who asks.
    pub from_department: &'a DepartmentId,
    /// Who is asked.
    pub to_department: &'a DepartmentId,
    /// For which dataset.
    pub dataset: Option<&'a DatasetId>,
    /// What is asked for.
    pub words: &'a str,
    /// By which day.
    pub due: NaiveDate,
}

const COLUMNS: &str = "id, from_department, to_department, dataset, words, due, person, name, at, \
     answered, answered_by, answer";

impl Store {
    /// Asks something of a department.
    pub fn add_request(
        &self,
        request: &NewRequest,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<RequestId, StoreError> {
        limits::REQUEST.check(request.words)?;
        by.check()?;
        self.inner.database.write(|tx| {
            tx.execute(
                "INSERT INTO data_requests (from_department, to_department, dataset, words, due, \
                 person, name, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                (
                    request.from_department.as_str(),
                    request.to_department.as_str(),
                    request.dataset.map(DatasetId::as_str),
                    request.words,
                    request.due.to_string(),
                    by.person,
                    by.name,
                    millis(now),
                ),
            )?;
            Ok(RequestId(tx.last_insert_rowid()))
        })
    }

    /// What these departments ask or are asked: first what awaits an answer, by day, then what was
    /// answered, newest first.
    pub fn requests(
        &self,
        departments: &BTreeSet<DepartmentId>,
    ) -> Result<Vec<DataRequest>, StoreError> {
        let words = joined(departments.iter().map(DepartmentId::as_str));
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM data_requests \
                     WHERE instr(' ' || ?1 || ' ', ' ' || from_department || ' ') \
                     OR instr(' ' || ?1 || ' ', ' ' || to_department || ' ') \
                     ORDER BY answered IS NOT NULL, \
                     CASE WHEN answered IS NULL THEN due END, answered DESC, id"
                ))?
                .query_map([words], request_of)?
                .collect()
        })?)
    }

    /// A request by its id.
    pub fn request(&self, id: RequestId) -> Result<Option<DataRequest>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM data_requests WHERE id = ?1"
                ))?
                .query_row([id], request_of)
                .optional()
        })?)
    }

    /// Answers a request; whether it awaited an answer until now.
    pub fn answer_request(
        &self,
        id: RequestId,
        answer: &str,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        limits::REQUEST.check(answer)?;
        by.check()?;
        self.inner.database.write(|tx| {
            let changed = tx.execute(
                "UPDATE data_requests SET answered = ?2, answered_by = ?3, answer = ?4 \
                 WHERE id = ?1 AND answered IS NULL",
                (id, millis(now), by.name, answer),
            )?;
            Ok(changed > 0)
        })
    }
}

/// Reads [`COLUMNS`].
fn request_of(row: &Row) -> rusqlite::Result<DataRequest> {
    Ok(DataRequest {
        id: row.get(0)?,
        from_department: department_of(row, 1)?,
        to_department: department_of(row, 2)?,
        dataset: dataset_of(row, 3)?,
        words: row.get(4)?,
        due: parsed(row, 5, |text| text.parse().ok())?,
        person: row.get(6)?,
        name: row.get(7)?,
        at: time(row.get(8)?),
        answered_at: row.get::<_, Option<i64>>(9)?.map(time),
        answered_by: row.get(10)?,
        answer: row.get(11)?,
    })
}

fn department_of(row: &Row, index: usize) -> rusqlite::Result<DepartmentId> {
    parsed(row, index, |text| DepartmentId::new(text).ok())
}

/// What a text of a row says.
fn parsed<T>(row: &Row, index: usize, read: impl FnOnce(&str) -> Option<T>) -> rusqlite::Result<T> {
    read(row.get_ref(index)?.as_str()?).ok_or_else(|| {
        let error = Box::new(FromSqlError::InvalidType);
        rusqlite::Error::FromSqlConversionFailure(index, Type::Text, error)
    })
}
