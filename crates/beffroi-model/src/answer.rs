//! What the engine answers, and the trait by which everyone else knows it.

use crate::{Cell, DatasetId, DimensionId, IndicatorId, Period, Protection, Query, Unit};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// The answer to one [`Query`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The indicator.
    pub indicator: IndicatorId,
    /// The unit of every value. A `%` is already multiplied by 100.
    pub unit: Unit,
    /// The dimensions of [`Row::keys`], in order.
    pub by: Vec<DimensionId>,
    /// Ordered by keys (declared order of members, else alphabetical), then by period. Every
    /// period asked for is there for every key found; what is not known is a missing cell.
    pub rows: Vec<Row>,
    /// The dataset versions that were read, each once.
    pub provenance: Vec<Provenance>,
}

impl Answer {
    /// The cell of the whole town (no keys) at a period.
    #[must_use]
    pub fn total_at(&self, period: Period) -> Option<&Row> {
        self.rows
            .iter()
            .find(|row| row.keys.is_empty() && row.period == period)
    }

    /// The distinct keys in order.
    #[must_use]
    pub fn keys(&self) -> Vec<&[String]> {
        let mut keys: Vec<&[String]> = Vec::new();
        for row in &self.rows {
            if keys.last() != Some(&row.keys.as_slice()) {
                keys.push(&row.keys);
            }
        }
        keys
    }
}

/// One figure of an answer with where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The period; for [`Span::Latest`](crate::Span::Latest) the day of the reading.
    pub period: Period,
    /// The instant of a live reading, in local time.
    pub at: Option<NaiveDateTime>,
    /// Member keys, one for each dimension of [`Answer::by`].
    pub keys: Vec<String>,
    /// The figure.
    pub cell: Cell,
    /// How much of what it should rest on was there.
    pub coverage: Coverage,
}

/// How complete the inputs of a figure are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Input cells that held a value.
    pub cells: u64,
    /// Input cells expected to (missing and secret ones included, not applicable ones not).
    pub cells_expected: u64,
    /// Sub-periods (months of a year) for which the source has rows.
    pub periods: u32,
    /// Sub-periods expected; equal to `periods` when the period is complete.
    pub periods_expected: u32,
}

impl Coverage {
    /// Whether all sub-periods are there: only complete periods are compared with each other.
    #[must_use]
    pub fn is_complete(self) -> bool {
        self.periods >= self.periods_expected
    }

    /// Whether every input cell held a value.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.cells >= self.cells_expected
    }
}

/// Where a figure comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The dataset.
    pub dataset: DatasetId,
    /// Its version.
    pub version: u32,
    /// The newest file of that version, as it was named.
    pub source: String,
    /// When the department extracted the data.
    pub extracted_on: NaiveDate,
    /// When Beffroi imported them.
    pub imported_at: DateTime<Utc>,
    /// Rows read from all files of the version; not told under statistical secrecy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_read: Option<u64>,
    /// Rows set aside because they did not fit, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_rejected: Option<u64>,
}

/// Why a query has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// No indicator of that id in the catalog.
    #[error("unknown indicator `{0}`")]
    UnknownIndicator(IndicatorId),
    /// The indicator does not have that dimension.
    #[error("indicator `{indicator}` has no dimension `{dimension}`")]
    UnknownDimension {
        /// The indicator.
        indicator: IndicatorId,
        /// The dimension asked for.
        dimension: DimensionId,
    },
    /// The source is coarser than the grain asked for.
    #[error("indicator `{indicator}` is not known by {grain}")]
    TooFine {
        /// The indicator.
        indicator: IndicatorId,
        /// The grain asked for.
        grain: &'static str,
    },
    /// Nothing has been imported for a dataset yet.
    #[error("dataset `{0}` has no version yet")]
    NoVersion(DatasetId),
    /// The query took longer than allowed.
    #[error("the query took too long")]
    TimedOut,
    /// A fault of the engine; the text is for the log, not for users.
    #[error("engine failure: {0}")]
    Internal(String),
}

/// What answers queries over one fixed state of the town (one catalog, one version of each
/// dataset). Blocking: never call it on a web worker.
pub trait Engine: Send + Sync {
    /// Answers a batch, in its order. What must be read from rows is given up, with
    /// [`QueryError::TimedOut`], when nobody waits for it any more.
    fn answer(&self, queries: &[Query], until: Option<Instant>) -> Vec<Result<Answer, QueryError>>;

    /// Answers from memory only: for each query its answer if it is ready, without scanning
    /// anything. May be called anywhere.
    fn ready(&self, queries: &[Query]) -> Vec<Option<Result<Answer, QueryError>>>;

    /// How much of a dataset statistical secrecy hides; `None` while it is not decided, and for
    /// what is under none. May be called anywhere.
    fn protection(&self, dataset: &DatasetId) -> Option<Protection> {
        let _ = dataset;
        None
    }
}
