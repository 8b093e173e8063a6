//! Aggregates and functions: each with its meaning, which whoever works out a measure follows.

use beffroi_model::Grain;
use std::fmt;

/// Aggregates. Each is of the rows of its group where its filter holds, and of those among them
/// where what it is of has a value. Of none, counts are zero and the others have no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// `sum(x)`: all of them added up, exactly where `x` is exact.
    Sum,
    /// `count(*)`: how many rows; `count(x)`: how many values, the empty text being one.
    Count,
    /// `count(distinct x)`: how many different values. Texts differ by case and accents, numbers
    /// by what they are worth (1.0 is 1).
    CountDistinct,
    /// `min(x)`: the smallest.
    Min,
    /// `max(x)`: the largest.
    Max,
    /// `avg(x)`: their exact sum, divided by how many they are.
    Avg,
    /// `median(x)`: `quantile(x, 0.5)`, hence the mean of the two middle ones when they are even.
    Median,
    /// `quantile(x, 0.9)`: of the n values in order, the first being number 0, that of number
    /// 0.9 × (n − 1); between two numbers, the value is as far between their values (what
    /// spreadsheets call inclusive, `PERCENTILE.INC`).
    Quantile(Level),
    /// `first(x)`: the value of the earliest row by the time column of the dataset; among rows of
    /// the same time, of the one read first.
    First,
    /// `last(x)`: that of the latest row; among rows of the same time, of the one read last.
    Last,
}

/// Which quantile: a share of the rows from 0 to 1, in millionths, so that equal measures are
/// equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u32);

/// Functions of one row; those of numbers that give a number also stand above aggregates.
///
/// Without a value in one argument there is none in the result, but for `coalesce` and the second
/// argument of `nullif`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// `nullif(a, b)`: `a`, and no value when they are equal. Without a value of `b`, it is `a`.
    NullIf,
    /// `coalesce(a, b, …)`: the first that has a value. Above aggregates, a secret stays one.
    Coalesce,
    /// `year(d)`: the year of a date, of its first day for a longer period (2024 for the school
    /// year 2024/2025).
    Year,
    /// `quarter(d)`: 1 to 4.
    Quarter,
    /// `month(d)`: 1 to 12.
    Month,
    /// `day(d)`: of the month, 1 to 31.
    Day,
    /// `weekday(d)`: 1 for Monday to 7 for Sunday.
    Weekday,
    /// `date_trunc('month', d)`: the first day of the period that holds a date: a date again.
    DateTrunc(Grain),
    /// `lower(t)`: in lower case, by Unicode's rules for no language in particular.
    Lower,
    /// `upper(t)`: in upper case, likewise: `ß` becomes `SS`.
    Upper,
    /// `trim(t)`: without the white space at both ends (Unicode's, no-break spaces among it).
    Trim,
    /// `left(t, 2)`: the first characters (code points), all of a shorter text.
    Left(u32),
    /// `right(t, 2)`: the last ones.
    Right(u32),
    /// `length(t)`: how many characters (code points).
    Length,
    /// `abs(x)`: without its sign.
    Abs,
    /// `round(x)`, `round(x, 2)`, `round(x, -3)`: to that many digits after the point, halves away
    /// from zero: 2.5 is 3 and −2.5 is −3. Exact where `x` is. A float is multiplied by the power
    /// of ten (divided by that of its opposite when negative) and by 1 + 2⁻⁵², brought to the
    /// nearest whole number, halves away from zero, and divided back: 1.005 is 1.01, as it reads.
    Round(i8),
    /// `floor(x)`: the largest whole number that is not above.
    Floor,
    /// `ceil(x)`: the smallest whole number that is not below.
    Ceil,
    /// `greatest(a, b, …)`: the largest of numbers, dates or texts.
    Greatest,
    /// `least(a, b, …)`: the smallest.
    Least,
}

impl Aggregate {
    /// Their names. `count(distinct x)` is named `count` as well.
    pub const NAMES: [&'static str; 9] = [
        "sum", "count", "min", "max", "avg", "median", "quantile", "first", "last",
    ];

    /// Its name in measures.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Count | Self::CountDistinct => "count",
            Self::Min => "min",
            Self::Max => "max",
            Self::Avg => "avg",
            Self::Median => "median",
            Self::Quantile(_) => "quantile",
            Self::First => "first",
            Self::Last => "last",
        }
    }

    /// Whether it gives the value of a single row, whatever the others are.
    #[must_use]
    pub fn is_one_value(self) -> bool {
        match self {
            Self::Min | Self::Max | Self::First | Self::Last => true,
            Self::Quantile(level) => level.share() <= 0.0 || level.share() >= 1.0,
            _ => false,
        }
    }

    /// The one of that name: a plain `count`, and the median for `quantile`.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sum" => Self::Sum,
            "count" => Self::Count,
            "min" => Self::Min,
            "max" => Self::Max,
            "avg" => Self::Avg,
            "median" => Self::Median,
            "quantile" => Self::Quantile(Level(Level::ONE / 2)),
            "first" => Self::First,
            "last" => Self::Last,
            _ => return None,
        })
    }
}

impl Level {
    const ONE: u32 = 1_000_000;

    /// A share from 0 to 1, to six digits after the point.
    #[must_use]
    pub fn new(share: f64) -> Option<Self> {
        let millionths = (share * f64::from(Self::ONE)).round();
        if !(0.0..=f64::from(Self::ONE)).contains(&millionths) {
            return None;
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 0 to a million"
        )]
        Some(Self(millionths as u32))
    }

    /// The share, 0 to 1.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / f64::from(Self::ONE)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.share())
    }
}

impl Function {
    /// Their names.
    pub const NAMES: [&'static str; 20] = [
        "nullif",
        "coalesce",
        "abs",
        "round",
        "floor",
        "ceil",
        "greatest",
        "least",
        "year",
        "quarter",
        "month",
        "day",
        "weekday",
        "date_trunc",
        "lower",
        "upper",
        "trim",
        "left",
        "right",
        "length",
    ];

    /// Its name in measures.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NullIf => "nullif",
            Self::Coalesce => "coalesce",
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Day => "day",
            Self::Weekday => "weekday",
            Self::DateTrunc(_) => "date_trunc",
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Trim => "trim",
            Self::Left(_) => "left",
            Self::Right(_) => "right",
            Self::Length => "length",
            Self::Abs => "abs",
            Self::Round(_) => "round",
            Self::Floor => "floor",
            Self::Ceil => "ceil",
            Self::Greatest => "greatest",
            Self::Least => "least",
        }
    }

    /// The one of that name, with the parameters that it has when none are written.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "nullif" => Self::NullIf,
            "coalesce" => Self::Coalesce,
            "year" => Self::Year,
            "quarter" => Self::Quarter,
            "month" => Self::Month,
            "day" => Self::Day,
            "weekday" => Self::Weekday,
            "date_trunc" => Self::DateTrunc(Grain::Day),
            "lower" => Self::Lower,
            "upper" => Self::Upper,
            "trim" => Self::Trim,
            "left" => Self::Left(1),
            "right" => Self::Right(1),
            "length" => Self::Length,
            "abs" => Self::Abs,
            "round" => Self::Round(0),
            "floor" => Self::Floor,
            "ceil" => Self::Ceil,
            "greatest" => Self::Greatest,
            "least" => Self::Least,
            _ => return None,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_that_of_one() {
        for name in Aggregate::NAMES {
            assert_eq!(Aggregate::named(name).unwrap().as_str(), name);
        }
        for name in Function::NAMES {
            assert_eq!(Function::named(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn a_level_is_written_as_it_was_read() {
        for text in ["0", "0.1", "0.25", "0.9", "0.999999", "1"] {
            let level = Level::new(text.parse().unwrap()).unwrap();
            assert_eq!(level.to_string(), text);
        }
        assert_eq!(Level::new(1.1), None);
        assert_eq!(Level::new(-0.1), None);
        assert_eq!(Level::new(f64::NAN), None);
    }
}
