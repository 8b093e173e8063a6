//! A measure worked out over a few rows, or over a few figures, by the plainest possible walk of
//! its tree: what worked examples are held against when a catalog is loaded.
//!
//! It says what the engine says: a missing cell counts for nothing, absences go through
//! arithmetic, and what has no meaningful result (a division by zero, a `case` that does not hold)
//! is not applicable.

use crate::{Aggregate, BinaryOp, Expr, Function, Given, Missing, Value};
use beffroi_model::{Cell, ColumnId};
use chrono::Datelike;
use indexmap::IndexMap;

type Row = IndexMap<ColumnId, Value>;

/// The measure of what is given, before its unit multiplies it. Figures of indicators must be
/// measures too: divided by what their units multiply.
pub(crate) fn worked_out(measure: &Expr, given: &Given, missing: Missing) -> Cell {
    Whole { given, missing }.cell(measure)
}

/// All that is given: what stands above aggregates.
struct Whole<'a> {
    given: &'a Given,
    missing: Missing,
}

impl Whole<'_> {
    fn cell(&self, expr: &Expr) -> Cell {
        match expr {
            Expr::Number(number) => Cell::Value(*number),
            Expr::Indicator(id) => match self.given {
                Given::Indicators(figures) => figures
                    .get(id)
                    .map_or(Cell::Missing, |figure| Cell::Value(*figure)),
                Given::Rows(_) => Cell::Missing,
            },
            Expr::Aggregate {
                function,
                of,
                filter,
            } => self.aggregate(*function, of.as_deref(), filter.as_deref()),
            Expr::Binary { op, left, right } => self
                .cell(left)
                .combine(self.cell(right), |a, b| number_of(*op, a, b)),
            Expr::Negate(of) => self.cell(of).combine(Cell::Value(0.0), |a, _| -a),
            Expr::Not(of) => self
                .cell(of)
                .combine(Cell::Value(0.0), |a, _| truth(a == 0.0)),
            Expr::In {
                of,
                values,
                negated,
            } => {
                let of = self.cell(of);
                let among = values.iter().any(|value| self.cell(value) == of);
                of.combine(Cell::Value(0.0), |_, _| truth(among != *negated))
            }
            Expr::Between { of, low, high } => {
                let of = self.cell(of);
                let above = of.combine(self.cell(low), |of, low| truth(of >= low));
                let below = of.combine(self.cell(high), |of, high| truth(of <= high));
                above.combine(below, |a, b| number_of(BinaryOp::And, a, b))
            }
            Expr::IsNull { of, negated } => match self.cell(of) {
                Cell::Secret => Cell::Secret,
                cell => Cell::Value(truth(cell.value().is_none() != *negated)),
            },
            Expr::Case { when, otherwise } => {
                for (condition, result) in when {
                    match self.cell(condition) {
                        Cell::Value(0.0) => {}
                        Cell::Value(_) => return self.cell(result),
                        absent => return absent,
                    }
                }
                otherwise
                    .as_ref()
                    .map_or(Cell::NotApplicable, |otherwise| self.cell(otherwise))
            }
            Expr::Call { function, args } => self.call(*function, args),
            // The catalog has told that these cannot stand above aggregates.
            Expr::Text(_) | Expr::Column(_) | Expr::Like { .. } => Cell::Missing,
        }
    }

    fn call(&self, function: Function, args: &[Expr]) -> Cell {
        let mut args = args.iter().map(|arg| self.cell(arg));
        let first = args.next().unwrap_or(Cell::Missing);
        match function {
            Function::Abs => first.combine(Cell::Value(0.0), |a, _| a.abs()),
            Function::Coalesce => std::iter::once(first)
                .chain(args)
                .find(|cell| matches!(cell, Cell::Value(_) | Cell::Secret))
                .unwrap_or(first),
            Function::NullIf => match (first, args.next()) {
                (Cell::Value(a), Some(Cell::Value(b))) if a == b => Cell::NotApplicable,
                _ => first,
            },
            Function::Year | Function::Month => Cell::Missing,
        }
    }

    fn aggregate(&self, function: Aggregate, of: Option<&Expr>, filter: Option<&Expr>) -> Cell {
        let Given::Rows(rows) = self.given else {
            return Cell::Missing;
        };
        let kept: Vec<&Row> = rows
            .iter()
            .filter(|row| filter.is_none_or(|filter| holds(filter, row) == Some(true)))
            .collect();
        let Some(of) = of else {
            return Cell::Value(count(kept.len()));
        };
        let values: Vec<Value> = kept.iter().filter_map(|row| value(of, row)).collect();
        let counts = matches!(function, Aggregate::Count | Aggregate::CountDistinct);
        // Without a value although every input is there: a case that does not hold.
        let meant_none = |row: &&&Row| {
            let is_there = |column: &&ColumnId| row.contains_key(*column);
            value(of, row).is_none() && of.columns().iter().all(is_there)
        };
        let expected = kept.len() - kept.iter().filter(meant_none).count();
        if values.is_empty() && !counts {
            return if !kept.is_empty() && expected == 0 {
                Cell::NotApplicable
            } else {
                Cell::Missing
            };
        }
        if self.missing == Missing::Refuse && values.len() < expected {
            return Cell::Missing;
        }
        aggregated(function, &values)
    }
}

/// An aggregate of the values there are, at least one but for counts.
fn aggregated(function: Aggregate, values: &[Value]) -> Cell {
    let mut numbers: Vec<f64> = values.iter().filter_map(number).collect();
    let sum: f64 = numbers.iter().sum();
    let result = match function {
        Aggregate::Sum => sum,
        Aggregate::Count => count(values.len()),
        Aggregate::CountDistinct => {
            let first = |(place, value): &(usize, &Value)| !values[..*place].contains(value);
            count(values.iter().enumerate().filter(first).count())
        }
        Aggregate::Min => numbers.iter().copied().fold(f64::INFINITY, f64::min),
        Aggregate::Max => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Aggregate::Avg => sum / count(numbers.len()),
        Aggregate::Median => {
            numbers.sort_by(f64::total_cmp);
            let middle = numbers.len() / 2;
            match (numbers.len() % 2, numbers.get(middle)) {
                (1, Some(value)) => *value,
                (_, Some(above)) => f64::midpoint(numbers[middle - 1], *above),
                (_, None) => f64::NAN,
            }
        }
    };
    Cell::Value(result).combine(Cell::Value(0.0), |a, _| a)
}

/// An expression on one row; `None` where it has no value.
fn value(expr: &Expr, row: &Row) -> Option<Value> {
    match expr {
        Expr::Number(number) => Some(Value::Number(*number)),
        Expr::Text(text) => Some(Value::Text(text.clone())),
        Expr::Column(id) => row.get(id).cloned(),
        Expr::Negate(of) => number(&value(of, row)?).map(|of| Value::Number(-of)),
        Expr::Binary { op, left, right } if op.is_arithmetic() => {
            let (left, right) = (value(left, row)?, value(right, row)?);
            let result = number_of(*op, number(&left)?, number(&right)?);
            result.is_finite().then_some(Value::Number(result))
        }
        Expr::Case { when, otherwise } => {
            let held = when
                .iter()
                .find(|(condition, _)| holds(condition, row) == Some(true));
            match held {
                Some((_, result)) => value(result, row),
                None => value(otherwise.as_deref()?, row),
            }
        }
        Expr::Call { function, args } => {
            let first = args.first().and_then(|arg| value(arg, row));
            match function {
                Function::Coalesce => args.iter().find_map(|arg| value(arg, row)),
                Function::NullIf => {
                    let second = args.get(1).and_then(|arg| value(arg, row));
                    first.filter(|first| second.as_ref() != Some(first))
                }
                Function::Abs => number(&first?).map(|of| Value::Number(of.abs())),
                Function::Year => day(&first?).map(|day| Value::Number(day.year().into())),
                Function::Month => day(&first?).map(|day| Value::Number(day.month().into())),
            }
        }
        Expr::Binary { .. }
        | Expr::Not(_)
        | Expr::In { .. }
        | Expr::Between { .. }
        | Expr::IsNull { .. }
        | Expr::Like { .. } => holds(expr, row).map(Value::Boolean),
        // The catalog has told that these cannot stand inside an aggregate.
        Expr::Indicator(_) | Expr::Aggregate { .. } => None,
    }
}

/// Whether a condition holds on one row; `None` when that is not known.
fn holds(expr: &Expr, row: &Row) -> Option<bool> {
    match expr {
        Expr::Binary { op, left, right } => match op {
            BinaryOp::And => match (holds(left, row), holds(right, row)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (left, right) => Some(left? && right?),
            },
            BinaryOp::Or => match (holds(left, row), holds(right, row)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (left, right) => Some(left? || right?),
            },
            _ => compare(*op, &value(left, row)?, &value(right, row)?),
        },
        Expr::Not(of) => holds(of, row).map(|holds| !holds),
        Expr::In {
            of,
            values,
            negated,
        } => {
            let of = value(of, row)?;
            let among = values
                .iter()
                .any(|one| value(one, row).as_ref() == Some(&of));
            Some(among != *negated)
        }
        Expr::Between { of, low, high } => {
            let of = value(of, row)?;
            let above = compare(BinaryOp::GreaterOrEqual, &of, &value(low, row)?)?;
            let below = compare(BinaryOp::LessOrEqual, &of, &value(high, row)?)?;
            Some(above && below)
        }
        Expr::IsNull { of, negated } => Some(value(of, row).is_none() != *negated),
        Expr::Like { of, pattern } => match value(of, row)? {
            Value::Text(text) => Some(is_like(&text, pattern)),
            _ => None,
        },
        _ => match value(expr, row)? {
            Value::Boolean(truth) => Some(truth),
            _ => None,
        },
    }
}

fn compare(op: BinaryOp, left: &Value, right: &Value) -> Option<bool> {
    let order = match (left, right) {
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b)?,
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::Day(a), Value::Day(b)) => a.cmp(b),
        _ => return None,
    };
    match op {
        BinaryOp::Equal => Some(order.is_eq()),
        BinaryOp::NotEqual => Some(order.is_ne()),
        BinaryOp::Less => Some(order.is_lt()),
        BinaryOp::LessOrEqual => Some(order.is_le()),
        BinaryOp::Greater => Some(order.is_gt()),
        BinaryOp::GreaterOrEqual => Some(order.is_ge()),
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::And
        | BinaryOp::Or => None,
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

/// Conditions above aggregates are numbers: 1 holds, 0 does not.
fn number_of(op: BinaryOp, a: f64, b: f64) -> f64 {
    match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        BinaryOp::Equal => truth(a == b),
        BinaryOp::NotEqual => truth(a != b),
        BinaryOp::Less => truth(a < b),
        BinaryOp::LessOrEqual => truth(a <= b),
        BinaryOp::Greater => truth(a > b),
        BinaryOp::GreaterOrEqual => truth(a >= b),
        BinaryOp::And => truth(a != 0.0 && b != 0.0),
        BinaryOp::Or => truth(a != 0.0 || b != 0.0),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

fn day(value: &Value) -> Option<chrono::NaiveDate> {
    match value {
        Value::Day(day) => Some(*day),
        _ => None,
    }
}

fn truth(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "an example has a few rows")]
fn count(rows: usize) -> f64 {
    rows as f64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::parse_expr;
    use beffroi_model::IndicatorId;

    /// Two homes in a district, one in another whose number of the vacant is not known.
    fn homes(measure: &str, missing: Missing) -> Cell {
        let row = |district: &str, homes: f64, vacant: Option<f64>| {
            let mut row = Row::new();
            row.insert(
                ColumnId::new("d").unwrap(),
                Value::Text(district.to_owned()),
            );
            row.insert(ColumnId::new("homes").unwrap(), Value::Number(homes));
            row.extend(vacant.map(|n| (ColumnId::new("vacant").unwrap(), Value::Number(n))));
            row
        };
        let rows = [
            row("gare", 10.0, Some(1.0)),
            row("gare", 30.0, Some(2.0)),
            row("port", 20.0, None),
        ];
        worked_out(
            &parse_expr(measure).unwrap(),
            &Given::Rows(rows.into()),
            missing,
        )
    }

    #[test]
    fn aggregates_are_those_of_the_language() {
        for (measure, expected) in [
            ("count(*)", 3.0),
            ("count(vacant)", 2.0),
            ("count(distinct d)", 2.0),
            ("count(vacant) filter (where d = 'port')", 0.0),
            ("sum(vacant) / sum(homes)", 0.05),
            ("sum(homes) filter (where vacant is null)", 20.0),
            (
                "sum(homes) filter (where d like 'g%' and not homes > 10)",
                10.0,
            ),
            (
                "sum(homes) filter (where d in ('port') or vacant between 2 and 5)",
                50.0,
            ),
            ("sum(homes * coalesce(vacant, 0))", 70.0),
            ("sum(case when d = 'gare' then homes else 0 end)", 40.0),
            ("min(homes)", 10.0),
            ("max(homes)", 30.0),
            ("avg(vacant)", 1.5),
            ("median(homes)", 20.0),
            ("median(vacant)", 1.5),
            ("abs(-sum(vacant))", 3.0),
        ] {
            assert_eq!(
                homes(measure, Missing::Partial),
                Cell::Value(expected),
                "{measure}"
            );
        }
    }

    #[test]
    fn absences_say_why() {
        for (measure, expected) in [
            ("sum(vacant) filter (where d = 'port')", Cell::Missing),
            ("sum(vacant) filter (where d = 'pont')", Cell::Missing),
            (
                "sum(case when homes > 99 then homes end)",
                Cell::NotApplicable,
            ),
            (
                "sum(homes) / count(*) filter (where d = 'pont')",
                Cell::NotApplicable,
            ),
            ("nullif(sum(vacant), 3)", Cell::NotApplicable),
        ] {
            assert_eq!(homes(measure, Missing::Partial), expected, "{measure}");
        }
        assert_eq!(homes("sum(vacant)", Missing::Refuse), Cell::Missing);
        assert_eq!(homes("sum(homes)", Missing::Refuse), Cell::Value(60.0));
    }

    #[test]
    fn figures_of_indicators_are_combined() {
        let measure = "case when indicator('s') > 0 then indicator('d') / indicator('s') end";
        let of = |figures: &[(&str, f64)]| {
            let figures = figures
                .iter()
                .map(|(id, figure)| (IndicatorId::new(id).unwrap(), *figure));
            let given = Given::Indicators(figures.collect());
            worked_out(&parse_expr(measure).unwrap(), &given, Missing::Partial)
        };
        assert_eq!(of(&[("d", 6.0), ("s", 2.0)]), Cell::Value(3.0));
        assert_eq!(of(&[("d", 6.0), ("s", -2.0)]), Cell::NotApplicable);
        assert_eq!(of(&[("d", 6.0)]), Cell::Missing);
    }
}
