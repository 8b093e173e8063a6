//! Row expressions, worked out on one row.

use super::operand::{Operand, power};
use super::steps;
use crate::{BinaryOp, Dataset, Expr, Function};
use beffroi_model::{CellState, ColumnId, Period};
use chrono::Datelike;
use indexmap::IndexMap;
use std::cmp::Ordering;

/// One row of a dataset: its cells by column of the schema, each with its value or why it has
/// none; a cell that is not there is missing.
pub type Row = IndexMap<ColumnId, Result<Operand, CellState>>;

/// A row expression on a row of a dataset; `None` where it has no value.
#[must_use]
pub fn worked_row(expr: &Expr, dataset: &Dataset, row: &Row) -> Option<Operand> {
    OnRow { dataset, row }.value(expr)
}

#[derive(Clone, Copy)]
struct OnRow<'a> {
    dataset: &'a Dataset,
    row: &'a Row,
}

impl OnRow<'_> {
    fn value(self, expr: &Expr) -> Option<Operand> {
        match expr {
            Expr::Number(number) => Some(Operand::written(*number)),
            Expr::Text(text) => Some(Operand::Text(text.clone())),
            Expr::Date(day) => Some(Operand::Day(*day)),
            Expr::Column(id) => self.column(id),
            Expr::Negate(of) => match self.value(of)? {
                Operand::Exact { digits, scale } => Operand::exact(-digits, scale),
                other => Operand::float(-other.number()?),
            },
            Expr::Binary { op, left, right } => match op {
                BinaryOp::And => and(self.truth(left), self.truth(right)).map(Operand::Boolean),
                BinaryOp::Or => or(self.truth(left), self.truth(right)).map(Operand::Boolean),
                _ => {
                    let (left, right) = (self.value(left)?, self.value(right)?);
                    if op.is_comparison() {
                        let order = left.compare(&right)?;
                        Some(Operand::Boolean(meets(*op, order)))
                    } else {
                        worked_pair(*op, &left, &right)
                    }
                }
            },
            Expr::Not(of) => self.truth(of).map(|holds| Operand::Boolean(!holds)),
            Expr::In {
                of,
                values,
                negated,
            } => {
                let mut any = Some(false);
                for value in values {
                    any = or(any, self.compare(of, value, BinaryOp::Equal));
                }
                any.map(|any| Operand::Boolean(any != *negated))
            }
            Expr::Between { of, low, high } => {
                let above = self.compare(of, low, BinaryOp::GreaterOrEqual);
                let below = self.compare(of, high, BinaryOp::LessOrEqual);
                and(above, below).map(Operand::Boolean)
            }
            Expr::IsNull { of, negated } => {
                Some(Operand::Boolean(self.value(of).is_none() != *negated))
            }
            Expr::Like { of, pattern } => match self.value(of)? {
                Operand::Text(text) => Some(Operand::Boolean(is_like(&text, pattern))),
                _ => None,
            },
            Expr::Case { when, otherwise } => {
                let mut taken = otherwise.as_deref();
                for (condition, result) in when {
                    if self.truth(condition) == Some(true) {
                        taken = Some(result);
                        break;
                    }
                }
                self.as_type_of(expr, self.value(taken?)?)
            }
            Expr::Call { function, args } => match function {
                Function::Coalesce => {
                    let first = args.iter().find_map(|arg| self.value(arg))?;
                    self.as_type_of(expr, first)
                }
                Function::NullIf => {
                    let [a, b] = args.as_slice() else { return None };
                    match self.compare(a, b, BinaryOp::Equal) {
                        Some(true) => None,
                        _ => self.value(a),
                    }
                }
                Function::Greatest => self.extreme(expr, args, Ordering::Greater),
                Function::Least => self.extreme(expr, args, Ordering::Less),
                _ => called(*function, &self.value(args.first()?)?),
            },
            // The catalog has told that these cannot stand on a row.
            Expr::Indicator(_) | Expr::Aggregate { .. } => None,
        }
    }

    /// The cell of a column, or what a computed one is worked out to.
    fn column(self, id: &ColumnId) -> Option<Operand> {
        if let Some(computed) = self.dataset.computed.get(id) {
            return self.value(&computed.expr)?.as_type(computed.kind);
        }
        let cell = self.row.get(id)?.as_ref().ok()?.clone();
        cell.as_type(self.dataset.value_type(id.as_str())?)
    }

    fn truth(self, expr: &Expr) -> Option<bool> {
        match self.value(expr)? {
            Operand::Boolean(truth) => Some(truth),
            _ => None,
        }
    }

    fn compare(self, left: &Expr, right: &Expr, op: BinaryOp) -> Option<bool> {
        let order = self.value(left)?.compare(&self.value(right)?)?;
        Some(meets(op, order))
    }

    /// The one of several arguments that all others are not beyond.
    fn extreme(self, expr: &Expr, args: &[Expr], beyond: Ordering) -> Option<Operand> {
        let mut best: Option<Operand> = None;
        for arg in args {
            let value = self.value(arg)?;
            let better = match &best {
                None => true,
                Some(best) => value.compare(best)? == beyond,
            };
            if better {
                best = Some(value);
            }
        }
        self.as_type_of(expr, best?)
    }

    /// What was chosen among several has the one type of all.
    fn as_type_of(self, expr: &Expr, value: Operand) -> Option<Operand> {
        let kind = expr.value_type(&|column| self.dataset.value_type(column.as_str()))?;
        value.as_type(kind)
    }
}

/// `and` of three truths: decided by a false.
fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// `or` of three truths: decided by a true.
fn or(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

fn meets(op: BinaryOp, order: Ordering) -> bool {
    match op {
        BinaryOp::Equal => order.is_eq(),
        BinaryOp::NotEqual => order.is_ne(),
        BinaryOp::Less => order.is_lt(),
        BinaryOp::LessOrEqual => order.is_le(),
        BinaryOp::Greater => order.is_gt(),
        BinaryOp::GreaterOrEqual => order.is_ge(),
        _ => false,
    }
}

/// `%` stands for any text, at the start or at the end.
fn is_like(text: &str, pattern: &str) -> bool {
    let inner = pattern.trim_start_matches('%').trim_end_matches('%');
    match (pattern.starts_with('%'), pattern.ends_with('%')) {
        (true, true) => text.contains(inner),
        (true, false) => text.ends_with(inner),
        (false, true) => text.starts_with(inner),
        (false, false) => text == pattern,
    }
}

/// Arithmetic, differences of dates, and texts one after the other.
fn worked_pair(op: BinaryOp, left: &Operand, right: &Operand) -> Option<Operand> {
    match (op, left, right) {
        (BinaryOp::Concat, Operand::Text(a), Operand::Text(b)) => {
            Some(Operand::Text(format!("{a}{b}")))
        }
        (BinaryOp::Subtract, Operand::Instant(a), Operand::Instant(b)) => {
            let microseconds = (*a - *b).num_microseconds()?;
            #[expect(
                clippy::cast_precision_loss,
                reason = "a few centuries are held exactly"
            )]
            Operand::float(microseconds as f64 / 86_400e6)
        }
        (BinaryOp::Subtract, a, b) if a.day().is_some() => {
            Some(Operand::whole((a.day()? - b.day()?).num_days()))
        }
        (_, Operand::Exact { scale: a, .. }, Operand::Exact { scale: b, .. }) => {
            let most = *a.max(b);
            match op {
                BinaryOp::Add => {
                    Operand::exact(left.digits_at(most)? + right.digits_at(most)?, most)
                }
                BinaryOp::Subtract => {
                    Operand::exact(left.digits_at(most)? - right.digits_at(most)?, most)
                }
                BinaryOp::Multiply if a + b <= crate::ValueType::MOST_DIGITS => Operand::exact(
                    left.digits_at(*a)?.checked_mul(right.digits_at(*b)?)?,
                    a + b,
                ),
                _ => worked_floats(op, left.number()?, right.number()?),
            }
        }
        _ => worked_floats(op, left.number()?, right.number()?),
    }
}

fn worked_floats(op: BinaryOp, a: f64, b: f64) -> Option<Operand> {
    Operand::float(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        _ => return None,
    })
}

/// A function of one argument.
fn called(function: Function, of: &Operand) -> Option<Operand> {
    match of {
        Operand::Exact { digits, scale } => of_exact(function, *digits, *scale),
        Operand::Float(number) => of_float(function, *number),
        Operand::Text(text) => of_text(function, text),
        Operand::Day(_) | Operand::Instant(_) => of_day(function, of.day()?),
        Operand::Boolean(_) => None,
    }
}

fn of_exact(function: Function, digits: i128, scale: u8) -> Option<Operand> {
    let one = power(scale);
    match function {
        Function::Abs => Operand::exact(digits.abs(), scale),
        Function::Floor => Operand::exact(digits.div_euclid(one), 0),
        Function::Ceil => Operand::exact(-(-digits).div_euclid(one), 0),
        Function::Round(places) => {
            let kept = u8::try_from(places).unwrap_or(0);
            if kept >= scale && places >= 0 {
                return Operand::exact(digits, scale);
            }
            // What is rounded to, in units of the last digit.
            let step = match places {
                0.. => power(scale - kept),
                _ => one * power(places.unsigned_abs()),
            };
            let steps = (digits.abs() + step / 2) / step * digits.signum();
            Operand::exact(steps * step / power(scale - kept), kept)
        }
        _ => None,
    }
}

fn of_float(function: Function, number: f64) -> Option<Operand> {
    match function {
        Function::Abs => Operand::float(number.abs()),
        Function::Floor => Operand::exact(whole(number.floor()), 0),
        Function::Ceil => Operand::exact(whole(number.ceil()), 0),
        Function::Round(places) => {
            let steps = whole(steps(number, places));
            match u8::try_from(places) {
                Ok(scale) => Operand::exact(steps, scale),
                Err(_) => Operand::exact(steps.checked_mul(power(places.unsigned_abs()))?, 0),
            }
        }
        _ => None,
    }
}

/// A float that is whole; one that is far too long stays so.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the longest are held by none"
)]
fn whole(number: f64) -> i128 {
    number as i128
}

fn of_text(function: Function, text: &str) -> Option<Operand> {
    let characters: Vec<char> = text.chars().collect();
    let count = characters.len();
    Some(Operand::Text(match function {
        Function::Lower => text.to_lowercase(),
        Function::Upper => text.to_uppercase(),
        Function::Trim => text.trim().to_owned(),
        Function::Left(first) => characters.iter().take(first as usize).collect(),
        Function::Right(last) => {
            let skipped = count.saturating_sub(last as usize);
            characters.iter().skip(skipped).collect()
        }
        Function::Length => return Some(Operand::whole(i64::try_from(count).ok()?)),
        _ => return None,
    }))
}

fn of_day(function: Function, day: chrono::NaiveDate) -> Option<Operand> {
    Some(match function {
        Function::Year => Operand::whole(day.year()),
        Function::Quarter => Operand::whole(day.month0() / 3 + 1),
        Function::Month => Operand::whole(day.month()),
        Function::Day => Operand::whole(day.day()),
        Function::Weekday => Operand::whole(day.weekday().number_from_monday()),
        Function::DateTrunc(grain) => Operand::Day(Period::containing(grain, day).start()),
        _ => return None,
    })
}
