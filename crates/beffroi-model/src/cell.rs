//! What one cell says: a value, or why there is none. A zero is a value.

use serde::{Deserialize, Serialize};

/// Why a cell has or has not a value. Stored beside the value column (`<column>__state`) whenever
/// a column holds anything but values and plain missing cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum CellState {
    /// There is a value.
    Value = 0,
    /// Not known (`n. d.`): not delivered, lost, empty.
    Missing = 1,
    /// Makes no sense here (`///`): no station that year, debt divided by negative savings.
    NotApplicable = 2,
    /// Known but not to be shown (`s`): statistical secrecy.
    Secret = 3,
}

impl CellState {
    /// The state written as `code` in a state column; an unknown code reads as missing.
    #[must_use]
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Value,
            2 => Self::NotApplicable,
            3 => Self::Secret,
            _ => Self::Missing,
        }
    }

    /// The code written in a state column.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// One figure of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", content = "value", rename_all = "snake_case")]
pub enum Cell {
    /// A value, in the unit of the indicator.
    Value(f64),
    /// Not known.
    Missing,
    /// Makes no sense here.
    NotApplicable,
    /// Not to be shown.
    Secret,
}

impl Cell {
    /// The value, if there is one.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The state of this cell.
    #[must_use]
    pub fn state(self) -> CellState {
        match self {
            Self::Value(_) => CellState::Value,
            Self::Missing => CellState::Missing,
            Self::NotApplicable => CellState::NotApplicable,
            Self::Secret => CellState::Secret,
        }
    }

    /// A cell without value, from its state; [`CellState::Value`] has none to give and reads as
    /// missing.
    #[must_use]
    pub fn without_value(state: CellState) -> Self {
        match state {
            CellState::Value | CellState::Missing => Self::Missing,
            CellState::NotApplicable => Self::NotApplicable,
            CellState::Secret => Self::Secret,
        }
    }

    /// Applies a binary operation. The stronger absence wins: secret, then missing, then not
    /// applicable; an operation without a meaningful result (a division by zero) is not
    /// applicable.
    #[must_use]
    pub fn combine(self, other: Self, op: impl FnOnce(f64, f64) -> f64) -> Self {
        match (self, other) {
            (Self::Value(a), Self::Value(b)) => {
                let result = op(a, b);
                if result.is_finite() {
                    Self::Value(result)
                } else {
                    Self::NotApplicable
                }
            }
            (Self::Secret, _) | (_, Self::Secret) => Self::Secret,
            (Self::Missing, _) | (_, Self::Missing) => Self::Missing,
            _ => Self::NotApplicable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absence_is_never_a_zero() {
        let ratio = |a: Cell, b: Cell| a.combine(b, |x, y| x / y);
        assert_eq!(
            ratio(Cell::Value(1.0), Cell::Value(0.0)),
            Cell::NotApplicable
        );
        assert_eq!(ratio(Cell::Missing, Cell::Value(2.0)), Cell::Missing);
        assert_eq!(ratio(Cell::Missing, Cell::Secret), Cell::Secret);
        assert_eq!(ratio(Cell::NotApplicable, Cell::Missing), Cell::Missing);
        assert_eq!(ratio(Cell::Value(0.0), Cell::Value(4.0)), Cell::Value(0.0));
    }

    #[test]
    fn codes_round_trip() {
        for state in [
            CellState::Value,
            CellState::Missing,
            CellState::NotApplicable,
            CellState::Secret,
        ] {
            assert_eq!(CellState::from_code(state.code()), state);
        }
    }
}
