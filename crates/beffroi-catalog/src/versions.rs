//! How an indicator is counted over the years (versions of its formula, series breaks), what of it
//! adds up, and from where on it is alarming.

use crate::words::Named as _;
use crate::{Aggregate, BinaryOp, Expr, Indicator, Measure, OverTime, Text};
use beffroi_model::Period;
use chrono::NaiveDate;

/// A version of the formula of an indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// The first day on which it holds.
    pub from: NaiveDate,
    /// How it is computed from then on; from the same dataset as the first version, if from one.
    pub measure: Measure,
    /// What changed.
    pub note: Text,
}

/// A series break: what is before and what is after do not compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The first day that is counted otherwise.
    pub at: NaiveDate,
    /// What changed.
    pub note: Text,
}

/// A value from which on a figure is alarming. Not voted: a rule or a usage.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// How alarming.
    pub level: ThresholdLevel,
    /// The value, in the unit of the indicator.
    pub value: f64,
    /// On which side of it.
    pub side: ThresholdSide,
    /// What it means; may be empty.
    pub words: Text,
    /// The rule or usage it comes from.
    pub origin: String,
}

impl Threshold {
    /// Whether a value is on the alarming side. The threshold itself is not.
    #[must_use]
    pub fn is_crossed(&self, value: f64) -> bool {
        match self.side {
            ThresholdSide::Below => value < self.value,
            ThresholdSide::Above => value > self.value,
        }
    }
}

/// How alarming a threshold is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ThresholdLevel {
    /// To be looked at.
    Alert,
    /// To be acted on.
    Critical,
}

/// On which side of a threshold a value is alarming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThresholdSide {
    /// Under it.
    Below,
    /// Over it.
    Above,
}

impl ThresholdLevel {
    /// The word used in declarations.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.name()
    }
}

impl ThresholdSide {
    /// The word used in declarations.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.name()
    }
}

impl Indicator {
    /// How it is computed over a period: by the last version that holds at its end, so that the
    /// year in which a formula changes is computed as a whole by the new one.
    #[must_use]
    pub fn measure_at(&self, period: Period) -> &Measure {
        let later = self.version_at(period).checked_sub(1);
        let later = later.and_then(|place| self.formulas.get(place));
        later.map_or(&self.measure, |formula| &formula.measure)
    }

    /// The place of that version among its [`measures`](Self::measures).
    #[must_use]
    pub fn version_at(&self, period: Period) -> usize {
        let last = period.last_day();
        let later = self.formulas.iter().rposition(|it| it.from <= last);
        later.map_or(0, |place| place + 1)
    }

    /// Every version of its formula, the first one first.
    pub fn measures(&self) -> impl Iterator<Item = &Measure> {
        std::iter::once(&self.measure).chain(self.formulas.iter().map(|it| &it.measure))
    }

    /// The days from which it is counted otherwise, with what changed, in order of time: series
    /// breaks, and new versions of the formula. Nothing is compared across them.
    #[must_use]
    pub fn changes(&self) -> Vec<(NaiveDate, &Text)> {
        let versions = self.formulas.iter().map(|it| (it.from, &it.note));
        let mut changes: Vec<_> = self
            .breaks
            .iter()
            .map(|it| (it.at, &it.note))
            .chain(versions)
            .collect();
        changes.sort_by_key(|(day, _)| *day);
        changes
    }

    /// Whether the figures of members add up to that of the whole: shares of it then mean
    /// something.
    #[must_use]
    pub fn is_additive(&self) -> bool {
        self.measures()
            .all(|measure| matches!(measure, Measure::Direct { expr, .. } if expr.adds_up()))
    }

    /// Whether months add up to a year.
    #[must_use]
    pub fn adds_over_time(&self) -> bool {
        self.is_additive() && self.over_time == OverTime::Sum
    }
}

impl Expr {
    /// Whether the value of a whole is the sum of its parts': sums and counts, multiplied by a
    /// constant or added to each other.
    fn adds_up(&self) -> bool {
        match self {
            Self::Aggregate { function, .. } => {
                matches!(function, Aggregate::Sum | Aggregate::Count)
            }
            Self::Negate(of) => of.adds_up(),
            Self::Binary { op, left, right } => match (op, left.as_ref(), right.as_ref()) {
                (BinaryOp::Add | BinaryOp::Subtract, left, right) => {
                    left.adds_up() && right.adds_up()
                }
                (BinaryOp::Multiply | BinaryOp::Divide, of, Self::Number(_))
                | (BinaryOp::Multiply, Self::Number(_), of) => of.adds_up(),
                _ => false,
            },
            _ => false,
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use crate::parse_expr;

    #[test]
    fn sums_and_counts_add_up_and_ratios_do_not() {
        for (measure, adds) in [
            ("sum(a) / 1000", true),
            ("count(*) - sum(a)", true),
            ("2 * sum(a)", true),
            ("sum(a) / sum(b)", false),
            ("1 / sum(a)", false),
            ("max(a)", false),
        ] {
            let expr = parse_expr(measure).expect("a measure");
            assert_eq!(expr.adds_up(), adds, "{measure}");
        }
    }
}
