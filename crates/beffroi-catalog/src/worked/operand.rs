//! What an expression gives on one row, when it gives something.

use crate::ValueType;
use chrono::{NaiveDate, NaiveDateTime};
use std::cmp::Ordering;

/// A value of one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// An exact number: `digits` ÷ 10^`scale`.
    Exact {
        /// Its digits, without the point.
        digits: i128,
        /// How many of them stand after the point.
        scale: u8,
    },
    /// A finite number in floating point.
    Float(f64),
    /// A text.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// A day, or the first one of a longer period.
    Day(NaiveDate),
    /// An instant in local time.
    Instant(NaiveDateTime),
}

impl Operand {
    /// A number as a measure writes it: exact as far as [`ValueType`] says.
    #[must_use]
    pub fn written(number: f64) -> Self {
        let ValueType::Exact { scale } = ValueType::of_number(number) else {
            return Self::Float(number);
        };
        let digits = format!("{number:.*}", usize::from(scale)).replace('.', "");
        digits
            .parse()
            .map_or(Self::Float(number), |digits| Self::Exact { digits, scale })
    }

    /// A whole number.
    pub(super) fn whole(number: impl Into<i64>) -> Self {
        let digits = i128::from(number.into());
        Self::Exact { digits, scale: 0 }
    }

    /// An exact number; `None` for one that is too long.
    pub(super) fn exact(digits: i128, scale: u8) -> Option<Self> {
        ValueType::holds(digits).then_some(Self::Exact { digits, scale })
    }

    /// A number in floating point; `None` when it is infinite, or none at all.
    pub(super) fn float(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self::Float(number))
    }

    /// Its number in floating point; `None` for what is no number.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Exact { digits, scale } => Some(as_float(*digits, *scale)),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// Its digits at another scale, nothing lost; `None` for what has none.
    pub(super) fn digits_at(&self, wanted: u8) -> Option<i128> {
        let Self::Exact { digits, scale } = self else {
            return None;
        };
        if wanted >= *scale {
            return digits.checked_mul(power(wanted - scale));
        }
        let by = power(scale - wanted);
        (*digits % by == 0).then_some(*digits / by)
    }

    /// Its day; that of an instant.
    pub(super) fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::Day(day) => Some(*day),
            Self::Instant(instant) => Some(instant.date()),
            _ => None,
        }
    }

    /// The same value as what columns and expressions of a type hold; `None` when they cannot hold
    /// it.
    #[must_use]
    pub fn as_type(self, kind: ValueType) -> Option<Self> {
        match (kind, self) {
            (ValueType::Exact { scale }, number) => Self::exact(number.digits_at(scale)?, scale),
            (ValueType::Float, number) => Self::float(number.number()?),
            (ValueType::Text, text @ Self::Text(_)) => Some(text),
            (ValueType::Boolean, truth @ Self::Boolean(_)) => Some(truth),
            (ValueType::Date { .. }, day @ Self::Day(_)) => Some(day),
            (ValueType::Instant, instant @ Self::Instant(_)) => Some(instant),
            (ValueType::Instant, Self::Day(day)) => {
                Some(Self::Instant(day.and_time(chrono::NaiveTime::MIN)))
            }
            _ => None,
        }
    }

    /// How it compares; `None` for what does not compare.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Exact { scale: a, .. }, Self::Exact { scale: b, .. }) => {
                let scale = *a.max(b);
                Some(self.digits_at(scale)?.cmp(&other.digits_at(scale)?))
            }
            // Code points come in the order of the bytes of UTF-8.
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Boolean(a), Self::Boolean(b)) => Some(a.cmp(b)),
            (Self::Instant(a), Self::Instant(b)) => Some(a.cmp(b)),
            _ => match (self.number(), other.number(), self.day(), other.day()) {
                (Some(a), Some(b), ..) => a.partial_cmp(&b),
                (_, _, Some(a), Some(b)) => Some(a.cmp(&b)),
                _ => None,
            },
        }
    }
}

/// 10^`digits`.
pub(super) fn power(digits: u8) -> i128 {
    10_i128.saturating_pow(digits.into())
}

/// An exact number in floating point.
#[expect(
    clippy::cast_precision_loss,
    reason = "floating point is what is asked"
)]
pub(super) fn as_float(digits: i128, scale: u8) -> f64 {
    digits as f64 / power(scale) as f64
}
