//! Adding up what leaves came to, exactly where the column is exact.

use crate::formula::Leaf;
use beffroi_catalog::{Aggregate, Missing, OverTime};
use beffroi_model::Cell;

/// What a leaf came to in each group.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    /// Whole numbers and decimals: value × 10^scale.
    Exact {
        scale: u32,
        values: Vec<Option<i128>>,
    },
    /// Everything else.
    Float(Vec<Option<f64>>),
}

/// One leaf by group, with how much of it was there.
#[derive(Debug, Clone)]
pub(crate) struct LeafColumn {
    pub out: Values,
    pub values: Vec<i64>,
    pub rows: Vec<i64>,
    pub not_applicable: Option<Vec<i64>>,
    pub secret: Option<Vec<i64>>,
}

/// The running total of one leaf in one cell of an answer.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Total {
    exact: i128,
    float: f64,
    started: bool,
    pub values: i64,
    pub rows: i64,
    not_applicable: i64,
    secret: i64,
    /// The reading with a value added last, and how many different ones were.
    reading: Option<u32>,
    readings: u32,
}

impl Total {
    /// Adds a group. Groups come in the order of their readings.
    pub fn add(&mut self, function: Aggregate, column: &LeafColumn, group: usize, reading: u32) {
        let at = |counts: &[i64]| counts.get(group).copied().unwrap_or(0);
        let counts = matches!(function, Aggregate::Count | Aggregate::CountDistinct);
        if (counts || at(&column.values) > 0) && self.reading != Some(reading) {
            self.reading = Some(reading);
            self.readings += 1;
        }
        self.values += at(&column.values);
        self.rows += at(&column.rows);
        self.not_applicable += column.not_applicable.as_deref().map_or(0, at);
        self.secret += column.secret.as_deref().map_or(0, at);
        match &column.out {
            Values::Exact { values, .. } => {
                if let Some(Some(value)) = values.get(group) {
                    self.exact = if self.started {
                        match function {
                            Aggregate::Min => self.exact.min(*value),
                            Aggregate::Max => self.exact.max(*value),
                            _ => self.exact.saturating_add(*value),
                        }
                    } else {
                        *value
                    };
                    self.started = true;
                }
            }
            Values::Float(values) => {
                if let Some(Some(value)) = values.get(group) {
                    self.float = if self.started {
                        match function {
                            Aggregate::Min => self.float.min(*value),
                            Aggregate::Max => self.float.max(*value),
                            _ => self.float + value,
                        }
                    } else {
                        *value
                    };
                    self.started = true;
                }
            }
        }
    }

    /// Input cells that should have held a value.
    pub fn expected(&self) -> i64 {
        self.rows - self.not_applicable
    }

    /// The cell. Over time, `mean` is that of the readings that hold a value.
    #[allow(
        clippy::cast_precision_loss,
        reason = "figures are shown with far fewer digits"
    )]
    pub fn cell(
        &self,
        leaf: &Leaf,
        column: &LeafColumn,
        missing: Missing,
        over_time: OverTime,
    ) -> Cell {
        let counts = leaf.counts();
        if self.values == 0 && !(counts && self.secret == 0) {
            return if self.secret > 0 {
                Cell::Secret
            } else if self.not_applicable > 0 && self.expected() == 0 {
                Cell::NotApplicable
            } else {
                Cell::Missing
            };
        }
        if missing == Missing::Refuse && self.values < self.expected() {
            return if self.secret > 0 {
                Cell::Secret
            } else {
                Cell::Missing
            };
        }
        let total = match &column.out {
            Values::Exact { scale, .. } => self.exact as f64 / 10f64.powi(scale.cast_signed()),
            Values::Float(_) => self.float,
        };
        let value = match leaf.function {
            Aggregate::Avg => total / self.values as f64,
            Aggregate::Min | Aggregate::Max => total,
            _ if over_time == OverTime::Mean => total / f64::from(self.readings.max(1)),
            _ => total,
        };
        if value.is_finite() {
            Cell::Value(value)
        } else {
            Cell::NotApplicable
        }
    }
}
