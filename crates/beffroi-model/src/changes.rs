//! What a version changes of the one before it, told before anybody relies on it.

use crate::ColumnId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The difference between two versions of a dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The number of the version before.
    pub since: u32,
    /// Its rows.
    pub rows_before: u64,
    /// The rows of the version after.
    pub rows_after: u64,
    /// Periods of which rows were added, replaced or removed, in order.
    pub periods: Vec<PeriodChange>,
    /// How many more such periods there are than are listed.
    #[serde(default)]
    pub more_periods: u64,
    /// Totals of number columns that are not what they were.
    pub totals: Vec<TotalChange>,
}

impl Changes {
    /// Whether nothing that was counted differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows_before == self.rows_after && self.periods.is_empty() && self.totals.is_empty()
    }
}

/// Rows of one period, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodChange {
    /// The first day of the period; `None` for rows without any.
    pub start: Option<NaiveDate>,
    /// Rows before.
    pub before: u64,
    /// Rows after.
    pub after: u64,
}

/// The total of a number column, before and after; `None` where there is no such column or no
/// value in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalChange {
    /// The column.
    pub column: ColumnId,
    /// Before, in the notation of exports.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}
