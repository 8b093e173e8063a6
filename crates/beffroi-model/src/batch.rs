//! Typed rows on their way from intake to the warehouse.

use crate::{CellState, ColumnId};
use chrono::{DateTime, NaiveDate};

/// Some rows of a table, column by column. All columns have the same length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// The columns, in the order of the schema.
    pub columns: Vec<Column>,
}

impl Batch {
    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |column| column.data.len())
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The column of that id.
    #[must_use]
    pub fn column(&self, id: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.id.as_str() == id)
    }
}

/// One column of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The column.
    pub id: ColumnId,
    /// Its cells.
    pub data: ColumnData,
    /// Why cells have no value, one per row; `None` when every cell without value is plainly
    /// missing. A row whose state is [`CellState::Value`] has a value.
    pub states: Option<Vec<CellState>>,
}

/// The cells of one column; `None` has no value.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// Text and codes.
    Text(TextColumn),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Exact decimals: value × 10^scale.
    Decimal {
        /// Digits after the point.
        scale: u8,
        /// Scaled values.
        values: Vec<Option<i128>>,
    },
    /// Yes or no.
    Boolean(Vec<Option<bool>>),
    /// Days since 1970-01-01: first day of the period.
    Date(Vec<Option<i32>>),
    /// Microseconds since 1970-01-01T00:00 local time.
    DateTime(Vec<Option<i64>>),
}

impl ColumnData {
    /// How many cells.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Integer(values) => values.len(),
            Self::Decimal { values, .. } => values.len(),
            Self::Boolean(values) => values.len(),
            Self::Date(values) => values.len(),
            Self::DateTime(values) => values.len(),
        }
    }

    /// Makes room for so many more cells.
    pub fn reserve(&mut self, cells: usize) {
        match self {
            Self::Text(text) => text.reserve(cells),
            Self::Integer(values) => values.reserve(cells),
            Self::Decimal { values, .. } => values.reserve(cells),
            Self::Boolean(values) => values.reserve(cells),
            Self::Date(values) => values.reserve(cells),
            Self::DateTime(values) => values.reserve(cells),
        }
    }

    /// Whether the cell of a row has a value.
    #[must_use]
    pub fn has_value(&self, row: usize) -> bool {
        match self {
            Self::Text(text) => text.get(row).is_some(),
            Self::Integer(values) => values.get(row).is_some_and(Option::is_some),
            Self::Decimal { values, .. } => values.get(row).is_some_and(Option::is_some),
            Self::Boolean(values) => values.get(row).is_some_and(Option::is_some),
            Self::Date(values) => values.get(row).is_some_and(Option::is_some),
            Self::DateTime(values) => values.get(row).is_some_and(Option::is_some),
        }
    }

    /// The cell of a row in the notation of exports (`1234.50`, `2025-03-01`); `None` without
    /// value.
    #[must_use]
    pub fn exported(&self, row: usize) -> Option<String> {
        match self {
            Self::Text(text) => text.get(row).map(str::to_owned),
            Self::Integer(values) => (*values.get(row)?).map(|value| value.to_string()),
            Self::Decimal { scale, values } => {
                (*values.get(row)?).map(|value| decimal(value, *scale))
            }
            Self::Boolean(values) => (*values.get(row)?).map(|value| value.to_string()),
            Self::Date(values) => {
                NaiveDate::from_epoch_days((*values.get(row)?)?).map(|day| day.to_string())
            }
            Self::DateTime(values) => DateTime::from_timestamp_micros((*values.get(row)?)?)
                .map(|at| at.naive_utc().format("%Y-%m-%dT%H:%M:%S").to_string()),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An exact number in the notation of exports (`1234.50`): value × 10^scale, all its digits kept.
#[must_use]
pub fn decimal(value: i128, scale: u8) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!(
        "{:0>width$}",
        value.unsigned_abs(),
        width = usize::from(scale) + 1
    );
    let (whole, part) = digits.split_at(digits.len() - usize::from(scale));
    match scale {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{part}"),
    }
}

/// Texts end to end in one buffer: no allocation per cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TextColumn {
    text: String,
    /// End of each cell in `text`; the top bit marks a cell without value.
    ends: Vec<u64>,
}

const ABSENT: u64 = 1 << 63;

impl TextColumn {
    /// Adds a cell.
    pub fn push(&mut self, cell: Option<&str>) {
        match cell {
            Some(cell) => {
                self.text.push_str(cell);
                self.ends.push(self.text.len() as u64);
            }
            None => self.ends.push(self.text.len() as u64 | ABSENT),
        }
    }

    /// Makes room for so many more cells, whatever they hold.
    pub fn reserve(&mut self, cells: usize) {
        self.ends.reserve(cells);
    }

    /// How many cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell of a row; `None` where it has no value or there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)?;
        if end & ABSENT != 0 {
            return None;
        }
        let start = if row == 0 {
            0
        } else {
            self.ends.get(row - 1)? & !ABSENT
        };
        self.text
            .get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    }

    /// How many bytes all cells take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The cells in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> + Clone {
        let mut rest = self.text.as_str();
        let mut start = 0;
        self.ends.iter().map(move |end| {
            // The cells lie end to end: each is cut off the front of what is left.
            let length = usize::try_from((end & !ABSENT) - start).unwrap_or_default();
            let (cell, after) = rest.split_at_checked(length)?;
            (rest, start) = (after, end & !ABSENT);
            (end & ABSENT == 0).then_some(cell)
        })
    }
}

impl<'a> FromIterator<Option<&'a str>> for TextColumn {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(cells: I) -> Self {
        let mut column = Self::default();
        for cell in cells {
            column.push(cell);
        }
        column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_digits() {
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(123_456, 2), "1234.56");
        assert_eq!(decimal(7, 0), "7");
    }

    #[test]
    fn a_text_column_tells_empty_from_absent() {
        let column: TextColumn = [Some("a"), None, Some(""), Some("é")].into_iter().collect();
        assert_eq!(
            column.iter().collect::<Vec<_>>(),
            [Some("a"), None, Some(""), Some("é")]
        );
        assert_eq!(column.get(9), None);
    }
}
