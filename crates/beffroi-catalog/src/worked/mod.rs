//! The measure language by the plainest possible walk of its trees, row after row: what worked
//! examples are held against, and what whoever answers faster is compared with.
//!
//! What expressions mean is told by [`Expr`] and its module, the [`Aggregate`]s and the
//! [`Function`](crate::Function)s. All rows given are of one cell of an answer: one period, one
//! member. Of the rows of an aggregate that its filter keeps, one without a value
//! - is not expected to have one when it makes no sense: when an input is not applicable, or when
//!   every input is there (a `case` that does not hold, a division by zero);
//! - hides one when an input is secret.
//!
//! Inputs are the columns named, for a computed one those it is worked out from.

mod operand;
mod row;

pub use operand::Operand;
pub use row::{Row, worked_row};

use self::operand::as_float;
use crate::{Aggregate, BinaryOp, Dataset, Expr, Function, Missing, OverTime};
use beffroi_model::{Cell, CellState, ColumnId, IndicatorId};
use chrono::{NaiveDateTime, NaiveTime, TimeZone as _};
use std::{cmp::Ordering, collections::BTreeMap};

/// A measure of rows of a dataset, before its unit multiplies it. Of a stock, the rows of the last
/// reading among them count.
#[must_use]
pub fn worked_rows(
    measure: &Expr,
    dataset: &Dataset,
    rows: &[Row],
    missing: Missing,
    over_time: OverTime,
) -> Cell {
    let mut rows = Rows {
        dataset,
        rows: rows.iter().collect(),
        missing,
        over_time,
    };
    if over_time == OverTime::Last {
        let last = rows.rows.iter().map(|row| time(dataset, row)).max();
        let of_last = |row: &&Row| Some(time(dataset, row)) == last;
        rows.rows.retain(of_last);
    }
    let leaf = |leaf: &Expr| match leaf {
        Expr::Aggregate {
            function,
            of,
            filter,
        } => rows.aggregate(*function, of.as_deref(), filter.as_deref()),
        _ => Cell::Missing,
    };
    Above { leaf: &leaf }.cell(measure)
}

/// A measure made of other indicators, before its unit multiplies it; theirs are to be given as
/// measures too: divided by what their units multiply.
#[must_use]
pub fn worked_figures(measure: &Expr, figure: &dyn Fn(&IndicatorId) -> Cell) -> Cell {
    let leaf = |leaf: &Expr| match leaf {
        Expr::Indicator(id) => figure(id),
        _ => Cell::Missing,
    };
    Above { leaf: &leaf }.cell(measure)
}

/// What stands above aggregates and indicators. Conditions are numbers there: 1 holds, 0 does not.
struct Above<'a> {
    leaf: &'a dyn Fn(&Expr) -> Cell,
}

impl Above<'_> {
    fn cell(&self, expr: &Expr) -> Cell {
        match expr {
            Expr::Number(number) => Cell::Value(*number),
            Expr::Indicator(_) | Expr::Aggregate { .. } => (self.leaf)(expr),
            Expr::Binary { op, left, right } => self.pair(*op, self.cell(left), right),
            Expr::Negate(of) => map(self.cell(of), |a| -a),
            Expr::Not(of) => map(self.cell(of), |a| truth(a == 0.0)),
            Expr::In {
                of,
                values,
                negated,
            } => {
                let of = self.cell(of);
                let among = values.iter().any(|value| self.cell(value) == of);
                map(of, |_| truth(among != *negated))
            }
            Expr::Between { of, low, high } => {
                let of = self.cell(of);
                let above = self.pair(BinaryOp::GreaterOrEqual, of, low);
                let below = self.pair(BinaryOp::LessOrEqual, of, high);
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
                match otherwise {
                    Some(otherwise) => self.cell(otherwise),
                    None => Cell::NotApplicable,
                }
            }
            Expr::Call { function, args } => {
                let args: Vec<Cell> = args.iter().map(|arg| self.cell(arg)).collect();
                called(*function, &args)
            }
            // The catalog has told that these cannot stand above aggregates.
            Expr::Text(_) | Expr::Date(_) | Expr::Column(_) | Expr::Like { .. } => Cell::Missing,
        }
    }

    fn pair(&self, op: BinaryOp, left: Cell, right: &Expr) -> Cell {
        left.combine(self.cell(right), |a, b| number_of(op, a, b))
    }
}

/// A function of cells.
fn called(function: Function, args: &[Cell]) -> Cell {
    let Some((&first, others)) = args.split_first() else {
        return Cell::Missing;
    };
    match function {
        Function::Coalesce => {
            let there = |cell: &&Cell| matches!(cell, Cell::Value(_) | Cell::Secret);
            args.iter().find(there).copied().unwrap_or(first)
        }
        Function::NullIf => match (first, others) {
            (Cell::Value(a), [Cell::Value(b)]) if a == *b => Cell::NotApplicable,
            _ => first,
        },
        Function::Abs => map(first, f64::abs),
        Function::Round(places) => map(first, |a| round(a, places)),
        Function::Floor => map(first, f64::floor),
        Function::Ceil => map(first, f64::ceil),
        Function::Greatest => others.iter().fold(first, |a, b| a.combine(*b, f64::max)),
        Function::Least => others.iter().fold(first, |a, b| a.combine(*b, f64::min)),
        // The catalog has told that functions of dates and texts cannot stand there.
        _ => Cell::Missing,
    }
}

/// All rows that are given.
struct Rows<'a> {
    dataset: &'a Dataset,
    rows: Vec<&'a Row>,
    missing: Missing,
    over_time: OverTime,
}

impl Rows<'_> {
    fn aggregate(&self, function: Aggregate, of: Option<&Expr>, filter: Option<&Expr>) -> Cell {
        let mut kept: Vec<&Row> = Vec::new();
        for row in &self.rows {
            let keeps = match filter {
                None => true,
                Some(filter) => {
                    worked_row(filter, self.dataset, row) == Some(Operand::Boolean(true))
                }
            };
            if keeps {
                kept.push(row);
            }
        }
        let Some(of) = of else {
            let there = |row| (time(self.dataset, row), Operand::Boolean(true));
            return self.over_time(function, kept.into_iter().map(there).collect());
        };
        let inputs = self.inputs(of);
        let mut values: Vec<Timed> = Vec::new();
        let (mut senseless, mut secret) = (0, 0);
        for row in &kept {
            if let Some(value) = worked_row(of, self.dataset, row) {
                values.push((time(self.dataset, row), value));
                continue;
            }
            let states: Vec<CellState> = inputs.iter().map(|id| self.state(row, id)).collect();
            if states.contains(&CellState::Secret) {
                secret += 1;
            }
            if states.contains(&CellState::NotApplicable)
                || states.iter().all(|state| *state == CellState::Value)
            {
                senseless += 1;
            }
        }
        let expected = kept.len() - senseless;
        let absent = match secret {
            0 => Cell::Missing,
            _ => Cell::Secret,
        };
        if values.is_empty() {
            let counts = matches!(function, Aggregate::Count | Aggregate::CountDistinct);
            if !counts && secret == 0 && senseless > 0 && expected == 0 {
                return Cell::NotApplicable;
            }
            if !counts || secret > 0 {
                return absent;
            }
        }
        if self.missing == Missing::Refuse && values.len() < expected {
            return absent;
        }
        self.over_time(function, values)
    }

    /// What values come to; of a level, as [`OverTime::Mean`] says.
    fn over_time(&self, function: Aggregate, values: Vec<Timed>) -> Cell {
        let value = match (self.over_time, function) {
            (OverTime::Sum | OverTime::Last, _)
            | (
                _,
                Aggregate::Min
                | Aggregate::Max
                | Aggregate::Avg
                | Aggregate::First
                | Aggregate::Last,
            ) => aggregated(function, values),
            _ => self.mean(function, values),
        };
        match value {
            Some(value) if value.is_finite() => Cell::Value(value),
            _ => Cell::NotApplicable,
        }
    }

    /// The mean of the readings that have a value or, to count, a row.
    fn mean(&self, function: Aggregate, values: Vec<Timed>) -> Option<f64> {
        let mut readings: BTreeMap<Option<NaiveDateTime>, Vec<Timed>> = BTreeMap::new();
        if matches!(function, Aggregate::Count | Aggregate::CountDistinct) {
            let times = self.rows.iter().map(|row| time(self.dataset, row));
            readings.extend(times.map(|time| (time, Vec::new())));
        }
        for value in &values {
            readings.entry(value.0).or_default().push(value.clone());
        }
        let is_live = self.rows.iter().any(|row| {
            let time = self.dataset.time.as_ref().and_then(|time| row.get(time));
            matches!(time, Some(Ok(Operand::Instant(_))))
        });
        if is_live && matches!(function, Aggregate::Sum | Aggregate::Count) {
            return self.held(function, readings);
        }
        let among = count(readings.len().max(1));
        if matches!(function, Aggregate::Sum | Aggregate::Count) {
            return Some(aggregated(function, values)? / among);
        }
        let each = readings.into_values();
        let each: Option<Vec<f64>> = each.map(|values| aggregated(function, values)).collect();
        Some(each?.iter().sum::<f64>() / among)
    }

    /// The mean of readings of a live source, each for as long as it holds.
    fn held(
        &self,
        function: Aggregate,
        readings: BTreeMap<Option<NaiveDateTime>, Vec<Timed>>,
    ) -> Option<f64> {
        let instant = |local: &Option<NaiveDateTime>| {
            let local = (*local)?;
            let paris = chrono_tz::Europe::Paris
                .from_local_datetime(&local)
                .earliest();
            Some(paris.map_or(local.and_utc(), |paris| paris.to_utc()))
        };
        let at: Vec<_> = readings.keys().map(instant).collect();
        let (mut sum, mut known) = (0.0, 0.0);
        for (place, values) in readings.into_values().enumerate() {
            let stale = self.dataset.stale_after();
            let next = at.get(place + 1).copied().flatten();
            let until = next.zip(at.get(place).copied().flatten());
            let holds = until.map_or(stale, |(next, own)| (next - own).min(stale));
            let seconds = count(usize::try_from(holds.num_seconds()).unwrap_or(0));
            sum += aggregated(function, values)? * seconds;
            known += seconds;
        }
        Some(sum / known)
    }

    /// The input of a row; a cell that no column holds is missing.
    fn state(&self, row: &Row, column: &ColumnId) -> CellState {
        match row.get(column) {
            Some(Err(state)) if *state != CellState::Value => *state,
            _ => match worked_row(&Expr::Column(column.clone()), self.dataset, row) {
                Some(_) => CellState::Value,
                None => CellState::Missing,
            },
        }
    }

    /// The columns of the schema that an expression is worked out from.
    fn inputs<'e>(&'e self, expr: &'e Expr) -> Vec<&'e ColumnId> {
        let mut inputs = Vec::new();
        for column in expr.columns() {
            match self.dataset.computed.get(column) {
                Some(computed) => inputs.extend(computed.expr.columns()),
                None => inputs.push(column),
            }
        }
        inputs
    }
}

/// A value with the time of its row.
type Timed = (Option<NaiveDateTime>, Operand);

/// When a row is; one without a time comes before all others.
fn time(dataset: &Dataset, row: &Row) -> Option<NaiveDateTime> {
    match row.get(dataset.time.as_ref()?)?.as_ref().ok()? {
        Operand::Day(day) => Some(day.and_time(NaiveTime::MIN)),
        Operand::Instant(instant) => Some(*instant),
        _ => None,
    }
}

/// An aggregate of the values there are, each with its time, in the order of their rows; `None`
/// for what is no number.
fn aggregated(function: Aggregate, mut values: Vec<Timed>) -> Option<f64> {
    if matches!(function, Aggregate::First | Aggregate::Last) {
        // Rows of the same time stay in their order.
        values.sort_by_key(|(time, _)| *time);
    }
    let values: Vec<Operand> = values.into_iter().map(|(_, value)| value).collect();
    match function {
        Aggregate::Sum => sum(&values),
        Aggregate::Count => Some(count(values.len())),
        Aggregate::CountDistinct => {
            let mut different: Vec<&Operand> = Vec::new();
            for value in &values {
                let is_it = |known: &&Operand| known.compare(value) == Some(Ordering::Equal);
                if !different.iter().any(is_it) {
                    different.push(value);
                }
            }
            Some(count(different.len()))
        }
        Aggregate::Min => numbers(&values)?.into_iter().reduce(f64::min),
        Aggregate::Max => numbers(&values)?.into_iter().reduce(f64::max),
        Aggregate::Avg => Some(sum(&values)? / count(values.len())),
        Aggregate::Median => quantile(numbers(&values)?, 0.5),
        Aggregate::Quantile(level) => quantile(numbers(&values)?, level.share()),
        Aggregate::First => values.first()?.number(),
        Aggregate::Last => values.last()?.number(),
    }
}

/// All of one scale are added up exactly.
fn sum(values: &[Operand]) -> Option<f64> {
    if let Some(Operand::Exact { scale, .. }) = values.first() {
        let mut sum = 0_i128;
        for value in values {
            sum += value.digits_at(*scale)?;
        }
        return Some(as_float(sum, *scale));
    }
    Some(numbers(values)?.iter().sum())
}

fn numbers(values: &[Operand]) -> Option<Vec<f64>> {
    values.iter().map(Operand::number).collect()
}

/// The value at a place between the first, 0, and the last, 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place among values in memory"
)]
fn quantile(mut numbers: Vec<f64>, share: f64) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let place = share * count(numbers.len().checked_sub(1)?);
    let low = *numbers.get(place.floor() as usize)?;
    let high = *numbers.get(place.ceil() as usize)?;
    Some(low + (high - low) * place.fract())
}

/// A float rounded as [`Function::Round`] says.
fn round(value: f64, places: i8) -> f64 {
    let power = 10f64.powi(i32::from(places.unsigned_abs()));
    match places {
        0.. => steps(value, places) / power,
        _ => steps(value, places) * power,
    }
}

/// How many units of the last digit kept a float is rounded to.
fn steps(value: f64, places: i8) -> f64 {
    let power = 10f64.powi(i32::from(places.unsigned_abs()));
    let shifted = match places {
        0.. => value * power,
        _ => value / power,
    };
    (shifted * (1.0 + f64::EPSILON)).round()
}

fn map(cell: Cell, of: impl Fn(f64) -> f64) -> Cell {
    cell.combine(Cell::Value(0.0), |value, _| of(value))
}

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
        // The catalog has told that there are no texts there.
        BinaryOp::Concat => f64::NAN,
    }
}

fn truth(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "rows in memory")]
fn count(rows: usize) -> f64 {
    rows as f64
}
