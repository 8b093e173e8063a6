//! What a part of an expression gives: a number, exact or not, a text, a date, true or false.

use super::{Aggregate, BinaryOp, Expr, Function};
use beffroi_model::{ColumnId, ColumnType, Grain};

/// What a row expression gives for each row that has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A number that is exact: whole, or of that many digits after the point.
    Exact {
        /// Digits after the point, 0 to 9.
        scale: u8,
    },
    /// A number in floating point.
    Float,
    /// A text.
    Text,
    /// True or false.
    Boolean,
    /// A day, or the first day of a longer period.
    Date {
        /// How long each is.
        grain: Grain,
    },
    /// An instant in local time.
    Instant,
}

impl ValueType {
    /// The most digits after the point of exact numbers.
    pub const MOST_DIGITS: u8 = 9;

    /// What exact numbers, without their point, stay below: 28 digits in all. At the most digits
    /// after the point, 128 bits hold them and sums of ten billion of them.
    const BEYOND: u128 = 10_u128.pow(28);

    const WHOLE: Self = Self::Exact { scale: 0 };

    /// Whether it can be added up.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Exact { .. } | Self::Float)
    }

    /// Whether it says when.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::Date { .. } | Self::Instant)
    }

    /// Whether an exact number is one that is held, whatever its scale: by its digits without the
    /// point.
    #[must_use]
    pub fn holds(digits: i128) -> bool {
        digits.unsigned_abs() < Self::BEYOND
    }

    /// Whether values of both can be compared: numbers with numbers, dates with instants.
    #[must_use]
    pub fn compares_with(self, other: Self) -> bool {
        self == other
            || (self.is_number() && other.is_number())
            || (self.is_time() && other.is_time())
    }

    /// The type of what is one or the other; `None` when there is none. A date and an instant have
    /// none: what comes out would be a day or an instant by turns.
    #[must_use]
    pub fn or(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Exact { scale: a }, Self::Exact { scale: b }) => {
                Some(Self::Exact { scale: a.max(b) })
            }
            (a, b) if a.is_number() && b.is_number() => Some(Self::Float),
            (Self::Date { grain: a }, Self::Date { grain: b }) => Some(Self::Date {
                grain: if a == b { a } else { Grain::Day },
            }),
            (a, b) => (a == b).then_some(a),
        }
    }

    /// The type of a number as written: exact up to 9 digits after the point and 15 in all.
    pub(crate) fn of_number(number: f64) -> Self {
        let text = number.abs().to_string();
        let (whole, digits) = text.split_once('.').unwrap_or((&text, ""));
        match u8::try_from(digits.len()) {
            Ok(scale) if scale <= Self::MOST_DIGITS && whole.len() + digits.len() <= 15 => {
                Self::Exact { scale }
            }
            _ => Self::Float,
        }
    }
}

impl From<ColumnType> for ValueType {
    fn from(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Text | ColumnType::Code => Self::Text,
            ColumnType::Integer => Self::WHOLE,
            ColumnType::Decimal { scale } => Self::Exact { scale },
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Date { grain } => Self::Date { grain },
            ColumnType::DateTime => Self::Instant,
        }
    }
}

impl Expr {
    /// What it gives, from what each column gives; `None` when a column is not known or parts do
    /// not go together.
    #[must_use]
    pub fn value_type(&self, column: &dyn Fn(&ColumnId) -> Option<ValueType>) -> Option<ValueType> {
        let parts: Vec<Option<ValueType>> = self
            .children()
            .into_iter()
            .map(|child| child.value_type(column))
            .collect();
        match self {
            Self::Column(id) => column(id),
            _ => self.type_over(&parts),
        }
    }

    /// What it gives, from what its [`children`](Self::children) give; `None` for a column.
    pub(crate) fn type_over(&self, parts: &[Option<ValueType>]) -> Option<ValueType> {
        let first = parts.first().copied().flatten();
        Some(match self {
            Self::Number(number) => ValueType::of_number(*number),
            Self::Text(_) => ValueType::Text,
            Self::Date(_) => ValueType::Date { grain: Grain::Day },
            Self::Column(_) => return None,
            Self::Indicator(_) => ValueType::Float,
            Self::Aggregate { function, .. } => match function {
                Aggregate::Count | Aggregate::CountDistinct => ValueType::WHOLE,
                Aggregate::Avg | Aggregate::Median | Aggregate::Quantile(_) => ValueType::Float,
                Aggregate::Sum
                | Aggregate::Min
                | Aggregate::Max
                | Aggregate::First
                | Aggregate::Last => first?,
            },
            Self::Binary { op, .. } => {
                let [left, right] = parts else { return None };
                op.type_of(*left, *right)?
            }
            Self::Negate(_) => first?,
            Self::Not(_)
            | Self::In { .. }
            | Self::Between { .. }
            | Self::IsNull { .. }
            | Self::Like { .. } => ValueType::Boolean,
            Self::Case { when, .. } => {
                one_of(parts.iter().enumerate().filter_map(|(index, part)| {
                    (index % 2 == 1 || index == 2 * when.len()).then_some(*part)
                }))?
            }
            Self::Call { function, .. } => match function {
                Function::NullIf | Function::Abs => first?,
                Function::Coalesce | Function::Greatest | Function::Least => {
                    one_of(parts.iter().copied())?
                }
                Function::Year
                | Function::Quarter
                | Function::Month
                | Function::Day
                | Function::Weekday
                | Function::Length
                | Function::Floor
                | Function::Ceil => ValueType::WHOLE,
                Function::DateTrunc(grain) => ValueType::Date { grain: *grain },
                Function::Lower
                | Function::Upper
                | Function::Trim
                | Function::Left(_)
                | Function::Right(_) => ValueType::Text,
                Function::Round(places) => {
                    let asked = u8::try_from(*places).unwrap_or(0);
                    match first {
                        Some(ValueType::Exact { scale }) => ValueType::Exact {
                            scale: scale.min(asked),
                        },
                        _ => ValueType::Exact { scale: asked },
                    }
                }
            },
        })
    }
}

impl BinaryOp {
    fn type_of(self, left: Option<ValueType>, right: Option<ValueType>) -> Option<ValueType> {
        Some(match self {
            Self::Subtract if left?.is_time() => match (left?, right?) {
                (ValueType::Instant, ValueType::Instant) => ValueType::Float,
                _ => ValueType::WHOLE,
            },
            Self::Add | Self::Subtract => left?.or(right?).filter(|kind| kind.is_number())?,
            Self::Multiply => match (left?, right?) {
                (ValueType::Exact { scale: a }, ValueType::Exact { scale: b })
                    if a + b <= ValueType::MOST_DIGITS =>
                {
                    ValueType::Exact { scale: a + b }
                }
                _ => ValueType::Float,
            },
            Self::Divide => ValueType::Float,
            Self::Concat => ValueType::Text,
            _ => ValueType::Boolean,
        })
    }
}

fn one_of(mut parts: impl Iterator<Item = Option<ValueType>>) -> Option<ValueType> {
    let first = parts.next()??;
    parts.try_fold(first, |known, part| known.or(part?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::parse_expr;

    fn given(text: &str) -> Option<ValueType> {
        let expr = parse_expr(text).unwrap();
        expr.value_type(&|column| {
            Some(match column.as_str() {
                "n" => ValueType::WHOLE,
                "montant" => ValueType::Exact { scale: 2 },
                "nom" => ValueType::Text,
                "clos" => ValueType::Boolean,
                "jour" => ValueType::Date { grain: Grain::Day },
                "mois" => ValueType::Date {
                    grain: Grain::Month,
                },
                "instant" => ValueType::Instant,
                _ => return None,
            })
        })
    }

    #[test]
    fn exact_numbers_stay_exact_but_in_divisions() {
        let exact = |scale| Some(ValueType::Exact { scale });
        for (text, expected) in [
            ("n + montant", exact(2)),
            ("-montant - 0.125", exact(3)),
            ("n * montant", exact(2)),
            ("montant * montant", exact(4)),
            ("montant * 0.00000001", Some(ValueType::Float)),
            ("n / 2", Some(ValueType::Float)),
            ("round(n / 3, 2)", exact(2)),
            ("round(montant, 5)", exact(2)),
            ("round(montant, -3)", exact(0)),
            ("floor(montant / 10) * 10", exact(0)),
            ("coalesce(montant, 0)", exact(2)),
            ("case when clos then n else montant end", exact(2)),
            ("greatest(n, n / 2)", Some(ValueType::Float)),
            ("1000000000000.0001", Some(ValueType::Float)),
            ("jour - date '2025-01-01'", exact(0)),
            ("instant - jour", exact(0)),
            ("instant - instant", Some(ValueType::Float)),
            ("weekday(jour) + length(nom)", exact(0)),
        ] {
            assert_eq!(given(text), expected, "{text}");
        }
    }

    #[test]
    fn other_types_follow_from_their_parts() {
        let date = |grain| Some(ValueType::Date { grain });
        for (text, expected) in [
            ("upper(left(nom, 2)) || '-'", Some(ValueType::Text)),
            ("date_trunc('quarter', jour)", date(Grain::Quarter)),
            ("coalesce(mois, date '2025-01-01')", date(Grain::Day)),
            ("least(mois, mois)", date(Grain::Month)),
            ("jour between mois and instant", Some(ValueType::Boolean)),
            ("nom in ('a', 'b') or clos", Some(ValueType::Boolean)),
            ("coalesce(instant, jour)", None),
            ("coalesce(nom, n)", None),
            ("jour + jour", None),
            ("inconnue + 1", None),
        ] {
            assert_eq!(given(text), expected, "{text}");
        }
    }
}
