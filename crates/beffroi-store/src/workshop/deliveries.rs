//! Files brought into a draft: what is known of each. Their bytes are in the draft's folder.

use super::{dataset_of, known, limits, within};
use crate::{
    DeliveryId, DraftId, Store, StoreError,
    database::{millis, time},
};
use beffroi_model::DatasetId;
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction};

/// A file that was brought into a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Which.
    pub id: DeliveryId,
    /// Into which draft.
    pub draft: DraftId,
    /// For which dataset, once that is known.
    pub dataset: Option<DatasetId>,
    /// The name that it came with.
    pub name: String,
    /// Its name in the draft's folder, no other file's.
    pub stored: String,
    /// Its size.
    pub bytes: u64,
    /// How it came: `upload`, `paste`, `url:https://…`.
    pub how: String,
    /// When it came.
    pub at: DateTime<Utc>,
    /// What is to be read otherwise, as JSON; empty when nothing is.
    pub correction: String,
}

/// What is said of a file that comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewDelivery<'a> {
    /// Into which draft.
    pub draft: DraftId,
    /// For which dataset, if that is known.
    pub dataset: Option<&'a DatasetId>,
    /// The name that it came with.
    pub name: &'a str,
    /// Its name in the draft's folder, no other file's.
    pub stored: &'a str,
    /// Its size.
    pub bytes: u64,
    /// How it came.
    pub how: &'a str,
}

const COLUMNS: &str = "id, draft, dataset, name, stored, bytes, how, at, correction";

impl Store {
    /// Keeps that a file came.
    pub fn add_delivery(
        &self,
        delivery: &NewDelivery,
        now: DateTime<Utc>,
    ) -> Result<DeliveryId, StoreError> {
        limits::FILE_NAME.check(delivery.name)?;
        within(delivery.stored)?;
        if delivery.stored.contains('/') {
            return Err(StoreError::NotWithin(delivery.stored.to_owned()));
        }
        limits::HOW.check(delivery.how)?;
        self.inner.database.write(|tx| {
            known(tx, delivery.draft)?;
            if !touched(tx, delivery.draft)? {
                return Err(StoreError::DraftClosed(delivery.draft));
            }
            tx.execute(
                "INSERT INTO deliveries (draft, dataset, name, stored, bytes, how, at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (
                    delivery.draft,
                    delivery.dataset.map(DatasetId::as_str),
                    delivery.name,
                    delivery.stored,
                    i64::try_from(delivery.bytes).unwrap_or(i64::MAX),
                    delivery.how,
                    millis(now),
                ),
            )?;
            Ok(DeliveryId(tx.last_insert_rowid()))
        })
    }

    /// The files that came into a draft, the first one first.
    pub fn deliveries(&self, draft: DraftId) -> Result<Vec<Delivery>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM deliveries WHERE draft = ?1 ORDER BY id"
                ))?
                .query_map([draft], delivery_of)?
                .collect()
        })?)
    }

    /// A delivery by its id.
    pub fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries WHERE id = ?1"))?
                .query_row([id], delivery_of)
                .optional()
        })?)
    }

    /// Says what is to be read otherwise in a file, as JSON; whether there is such a delivery.
    pub fn set_correction(&self, id: DeliveryId, correction: &str) -> Result<bool, StoreError> {
        limits::CORRECTION.check(correction)?;
        self.inner.database.write(|tx| {
            if !touched_by(tx, id)? {
                return Ok(false);
            }
            tx.execute(
                "UPDATE deliveries SET correction = ?2 WHERE id = ?1",
                (id, correction),
            )?;
            Ok(true)
        })
    }

    /// Says for which dataset a file is; whether there is such a delivery.
    pub fn set_delivery_dataset(
        &self,
        id: DeliveryId,
        dataset: Option<&DatasetId>,
    ) -> Result<bool, StoreError> {
        self.inner.database.write(|tx| {
            if !touched_by(tx, id)? {
                return Ok(false);
            }
            tx.execute(
                "UPDATE deliveries SET dataset = ?2 WHERE id = ?1",
                (id, dataset.map(DatasetId::as_str)),
            )?;
            Ok(true)
        })
    }

    /// Forgets a delivery, and gives what it was: its file is the caller's to remove.
    pub fn remove_delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        self.inner.database.write(|tx| {
            if !touched_by(tx, id)? {
                return Ok(None);
            }
            Ok(tx
                .query_row(
                    &format!("DELETE FROM deliveries WHERE id = ?1 RETURNING {COLUMNS}"),
                    [id],
                    delivery_of,
                )
                .optional()?)
        })
    }
}

/// Counts a change of a draft that may be changed; whether it may.
fn touched(tx: &Transaction, draft: DraftId) -> rusqlite::Result<bool> {
    let changed = tx.execute(
        "UPDATE drafts SET revision = revision + 1 WHERE id = ?1 AND stage IN ('draft', 'returned')",
        [draft],
    )?;
    Ok(changed > 0)
}

/// The same, by a delivery; false when there is none.
fn touched_by(tx: &Transaction, delivery: DeliveryId) -> rusqlite::Result<bool> {
    let draft = tx
        .query_row(
            "SELECT draft FROM deliveries WHERE id = ?1",
            [delivery],
            |row| row.get(0),
        )
        .optional()?;
    match draft {
        Some(draft) => touched(tx, draft),
        None => Ok(false),
    }
}

/// Reads [`COLUMNS`].
fn delivery_of(row: &Row) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        id: row.get(0)?,
        draft: row.get(1)?,
        dataset: dataset_of(row, 2)?,
        name: row.get(3)?,
        stored: row.get(4)?,
        bytes: u64::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
        how: row.get(6)?,
        at: time(row.get(7)?),
        correction: row.get(8)?,
    })
}
