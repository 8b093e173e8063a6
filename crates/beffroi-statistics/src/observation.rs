//! One figure of a series.

use beffroi_model::{Cell, Coverage, Period, Row};
use chrono::NaiveDate;

/// One figure of a series with its period and what it rests on. Series are slices of these, in
/// order of time, at most one for each period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// When.
    pub period: Period,
    /// The figure.
    pub cell: Cell,
    /// How much of what it should rest on was there.
    pub coverage: Coverage,
}

impl Observation {
    /// A figure of a whole period.
    #[must_use]
    pub fn new(period: Period, cell: Cell) -> Self {
        Self {
            period,
            cell,
            coverage: Coverage::default(),
        }
    }

    /// The cell as it may be compared: the value of a part of a period is not that of the period,
    /// which is not known yet.
    #[must_use]
    pub fn whole(&self) -> Cell {
        match self.cell {
            Cell::Value(_) if !self.coverage.is_complete() => Cell::Missing,
            Cell::Value(value) if !value.is_finite() => Cell::Missing,
            cell => cell,
        }
    }

    /// The same period and coverage, with another cell.
    #[must_use]
    pub(crate) fn with(self, cell: Cell) -> Self {
        Self { cell, ..self }
    }
}

impl From<&Row> for Observation {
    fn from(row: &Row) -> Self {
        Self {
            period: row.period,
            cell: row.cell,
            coverage: row.coverage,
        }
    }
}

/// The figure of a period.
pub(crate) fn at(series: &[Observation], period: Period) -> Option<&Observation> {
    let place = series.binary_search_by_key(&period, |it| it.period).ok()?;
    series.get(place)
}

/// What two figures rest on together.
pub(crate) fn together(a: Coverage, b: Coverage) -> Coverage {
    Coverage {
        cells: a.cells.saturating_add(b.cells),
        cells_expected: a.cells_expected.saturating_add(b.cells_expected),
        periods: a.periods.saturating_add(b.periods),
        periods_expected: a.periods_expected.saturating_add(b.periods_expected),
    }
}

/// Whether the definition changed between two periods, or within one of them: they are then not
/// compared. Each break is the first day that is counted anew.
#[must_use]
pub fn crosses(breaks: &[NaiveDate], earlier: Period, later: Period) -> bool {
    breaks
        .iter()
        .any(|day| earlier.start() < *day && *day < later.end())
}
