//! Values that can be compared, exactly.

use crate::cell::column::Value;
use beffroi_model::ColumnType;
use std::cmp::Ordering;

/// Decimals kept: more than any declared column has.
pub(super) const SCALE: u32 = 12;
/// Microseconds in a day.
pub(super) const DAY: i64 = 86_400_000_000;

/// A value of a cell, for comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Amount<'c> {
    /// × 10^12.
    Number(i128),
    /// Microseconds since 1970, or since midnight.
    Time(i64),
    Text(&'c str),
}

impl<'c> Amount<'c> {
    /// What intake read, `cell` being the text that it read it from.
    pub(super) fn of(value: Value, kind: ColumnType, cell: &'c str) -> Option<Self> {
        match (value, kind) {
            (Value::Integer(value), _) => scaled(value.into(), 0),
            (Value::Decimal(value), ColumnType::Decimal { scale }) => scaled(value, scale.into()),
            (Value::Date(days), _) => Some(Self::Time(i64::from(days) * DAY)),
            (Value::DateTime(micros), _) => Some(Self::Time(micros)),
            (Value::Text | Value::Member(_), _) => Some(Self::Text(cell)),
            _ => None,
        }
    }

    /// A number written with a point, with or without exponent; `None` for anything else, and for
    /// what is too large.
    pub(super) fn number(text: &str) -> Option<Self> {
        let (body, exponent) = match text.split_once(['e', 'E']) {
            Some((body, exponent)) => (body, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, body) = match body.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, body.strip_prefix('+').unwrap_or(body)),
        };
        let (whole, decimals) = body.split_once('.').unwrap_or((body, ""));
        let all = whole.chars().chain(decimals.chars());
        if whole.len() + decimals.len() == 0 || !all.clone().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let mut shift =
            i64::from(SCALE) + i64::from(exponent) - i64::try_from(decimals.len()).ok()?;
        let mut mantissa: i128 = 0;
        for digit in all.filter_map(|c| c.to_digit(10)) {
            match mantissa
                .checked_mul(10)
                .and_then(|it| it.checked_add(digit.into()))
            {
                Some(more) => mantissa = more,
                // Digits beyond what a number keeps only shift it.
                None => shift += 1,
            }
        }
        while shift < 0 && mantissa != 0 {
            mantissa /= 10;
            shift += 1;
        }
        let power = 10_i128.checked_pow(u32::try_from(shift.max(0)).ok()?);
        let value = match (mantissa, power) {
            (0, _) => 0,
            (mantissa, power) => mantissa.checked_mul(power?)?,
        };
        Some(Self::Number(if negative { -value } else { value }))
    }

    /// How it stands to another; `None` when they cannot be compared.
    pub(super) fn order(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Some(a.cmp(&b)),
            (Self::Time(a), Self::Time(b)) => Some(a.cmp(&b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

fn scaled(value: i128, scale: u32) -> Option<Amount<'static>> {
    let power = 10_i128.checked_pow(SCALE.checked_sub(scale)?)?;
    Some(Amount::Number(value.checked_mul(power)?))
}

/// A number × 10^12, written as in exports.
pub(super) fn written(value: i128) -> String {
    let power = 10_u128.pow(SCALE);
    let (whole, rest) = (value.unsigned_abs() / power, value.unsigned_abs() % power);
    let sign = if value < 0 { "-" } else { "" };
    let decimals = format!("{rest:0width$}", width = SCALE as usize);
    let decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{decimals}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_exact() {
        let number = |text| match Amount::number(text) {
            Some(Amount::Number(value)) => written(value),
            _ => "none".to_owned(),
        };
        for (text, expected) in [
            ("12", "12"),
            ("-0.50", "-0.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1.2e3", "1200"),
            ("12E-2", "0.12"),
            ("0.1234567890123456", "0.123456789012"),
            ("", "none"),
            (".", "none"),
            ("1,5", "none"),
            ("1e999999999", "none"),
            ("0e999999999", "0"),
            ("NaN", "none"),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in -(10_i128.pow(30))..10_i128.pow(30)) {
            prop_assert_eq!(Amount::number(&written(value)), Some(Amount::Number(value)));
        }
    }
}
