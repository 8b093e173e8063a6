//! Row expressions of the measure language as Polars expressions.

use crate::formula::Leaf;
use beffroi_catalog::{Aggregate, BinaryOp, Expr, Function};
use beffroi_model::{CellState, ColumnId, ColumnType, Schema};
use beffroi_warehouse::state_column;
use polars::prelude as pl;
use polars::prelude::{IntoSeries, NewChunkedArray};

/// The Polars expression of a row expression.
pub(crate) fn lower(expr: &Expr, schema: &Schema) -> Result<pl::Expr, String> {
    let go = |expr: &Expr| lower(expr, schema);
    Ok(match expr {
        Expr::Number(value) => number(*value),
        Expr::Text(text) => pl::lit(text.as_str()),
        Expr::Column(id) => pl::col(id.as_str()),
        Expr::Binary { op, left, right } => {
            let (left, right) = dated(left, right, schema)?;
            match op {
                BinaryOp::Add => left + right,
                BinaryOp::Subtract => left - right,
                BinaryOp::Multiply => left * right,
                // Integers divide as numbers do, not as integers.
                BinaryOp::Divide => left.cast(pl::DataType::Float64) / right,
                BinaryOp::Equal => left.eq(right),
                BinaryOp::NotEqual => left.neq(right),
                BinaryOp::Less => left.lt(right),
                BinaryOp::LessOrEqual => left.lt_eq(right),
                BinaryOp::Greater => left.gt(right),
                BinaryOp::GreaterOrEqual => left.gt_eq(right),
                BinaryOp::And => left.and(right),
                BinaryOp::Or => left.or(right),
            }
        }
        Expr::Not(of) => go(of)?.not(),
        Expr::Negate(of) => pl::lit(0) - go(of)?,
        Expr::In {
            of,
            values,
            negated,
        } => {
            // A few literals: equalities, which take each type as it is.
            let mut any = pl::lit(false);
            for value in values {
                let (left, right) = dated(of, value, schema)?;
                any = any.or(left.eq(right));
            }
            if *negated { any.not() } else { any }
        }
        Expr::Between { of, low, high } => {
            let (above, low) = dated(of, low, schema)?;
            let (below, high) = dated(of, high, schema)?;
            above.gt_eq(low).and(below.lt_eq(high))
        }
        Expr::IsNull { of, negated: false } => go(of)?.is_null(),
        Expr::IsNull { of, negated: true } => go(of)?.is_not_null(),
        Expr::Like { of, pattern } => {
            let of = go(of)?.str();
            let inner = pattern.trim_start_matches('%').trim_end_matches('%');
            match (pattern.starts_with('%'), pattern.ends_with('%')) {
                (true, true) => of.contains_literal(pl::lit(inner)),
                (true, false) => of.ends_with(pl::lit(inner)),
                (false, true) => of.starts_with(pl::lit(inner)),
                (false, false) => go_eq(expr, schema)?,
            }
        }
        Expr::Case { when, otherwise } => {
            let mut out = match otherwise {
                Some(otherwise) => go(otherwise)?,
                None => pl::lit(pl::NULL),
            };
            for (condition, result) in when.iter().rev() {
                out = pl::when(go(condition)?).then(go(result)?).otherwise(out);
            }
            out
        }
        Expr::Call { function, args } => {
            let args = args.iter().map(go).collect::<Result<Vec<_>, _>>()?;
            let mut args = args.into_iter();
            let first = args.next().ok_or("a function without arguments")?;
            match function {
                Function::Year => first.dt().year(),
                Function::Month => first.dt().month().cast(pl::DataType::Int32),
                Function::Abs => pl::when(first.clone().lt(pl::lit(0)))
                    .then(pl::lit(0) - first.clone())
                    .otherwise(first),
                Function::NullIf => {
                    let second = args.next().ok_or("nullif without a second argument")?;
                    pl::when(first.clone().eq(second))
                        .then(pl::lit(pl::NULL))
                        .otherwise(first)
                }
                Function::Coalesce => args.fold(first, |out, next| {
                    pl::when(out.clone().is_not_null())
                        .then(out)
                        .otherwise(next)
                }),
            }
        }
        Expr::Indicator(_) | Expr::Aggregate { .. } => {
            return Err(format!("{expr:?} cannot stand inside an aggregate"));
        }
    })
}

fn go_eq(expr: &Expr, schema: &Schema) -> Result<pl::Expr, String> {
    match expr {
        Expr::Like { of, pattern } => Ok(lower(of, schema)?.eq(pl::lit(pattern.as_str()))),
        _ => lower(expr, schema),
    }
}

/// A whole number stays one: money compared with `0` stays exact.
fn number(value: f64) -> pl::Expr {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "checked to be whole and in range"
    )]
    if value.fract() == 0.0 && value.abs() < 9e15 {
        pl::lit(value as i64)
    } else {
        pl::lit(value)
    }
}

/// Two operands; a text beside a date column is read as a date.
fn dated(left: &Expr, right: &Expr, schema: &Schema) -> Result<(pl::Expr, pl::Expr), String> {
    let is_date = |expr: &Expr| match expr {
        Expr::Column(id) => schema
            .column(id.as_str())
            .is_some_and(|column| matches!(column.kind, ColumnType::Date { .. })),
        _ => false,
    };
    let literal = |expr: &Expr| match expr {
        Expr::Text(text) => {
            let period: beffroi_model::Period = text.parse().map_err(|e| format!("{e}"))?;
            let days = pl::Int32Chunked::from_slice("".into(), &[period.start().to_epoch_days()]);
            Ok(pl::lit(pl::Scalar::new(
                pl::DataType::Date,
                days.into_date()
                    .into_series()
                    .get(0)
                    .map_err(|e| e.to_string())?
                    .into_static(),
            )))
        }
        other => lower(other, schema),
    };
    match (is_date(left), is_date(right)) {
        (true, false) => Ok((lower(left, schema)?, literal(right)?)),
        (false, true) => Ok((literal(left)?, lower(right, schema)?)),
        _ => Ok((lower(left, schema)?, lower(right, schema)?)),
    }
}

/// The Polars aggregates of one leaf, named after its place: what it came to (`<n>/sum`, for a
/// mean the sum of its values), and how many cells held a value, were secret, made no sense, were
/// there at all.
pub(crate) fn aggregates(
    place: usize,
    leaf: &Leaf,
    schema: &Schema,
    has_column: &dyn Fn(&str) -> bool,
) -> Result<Vec<pl::Expr>, String> {
    let condition = match &leaf.filter {
        Some(filter) => Some(lower(filter, schema)?.fill_null(pl::lit(false))),
        None => None,
    };
    let rows = match &condition {
        Some(condition) => count(condition.clone()),
        None => pl::len().cast(pl::DataType::Int64),
    };
    let Some(of) = &leaf.of else {
        return Ok(["out", "values", "rows"]
            .map(|what| rows.clone().alias(name(place, what)))
            .into());
    };
    let value = lower(of, schema)?;
    let kept = match &condition {
        Some(condition) => pl::when(condition.clone())
            .then(value)
            .otherwise(pl::lit(pl::NULL)),
        None => value,
    };
    let out = match leaf.function {
        Aggregate::Sum | Aggregate::Avg => kept.clone().sum(),
        Aggregate::Count => kept.clone().count().cast(pl::DataType::Int64),
        Aggregate::CountDistinct => kept
            .clone()
            .drop_nulls()
            .n_unique()
            .cast(pl::DataType::Int64),
        Aggregate::Min => kept.clone().min(),
        Aggregate::Max => kept.clone().max(),
        Aggregate::Median => kept.clone().median(),
    };
    let mut all = vec![
        out.alias(name(place, "out")),
        kept.count()
            .cast(pl::DataType::Int64)
            .alias(name(place, "values")),
        rows.alias(name(place, "rows")),
    ];
    let columns: Vec<&ColumnId> = of
        .columns()
        .into_iter()
        .filter(|id| has_column(&state_column(id.as_str())))
        .collect();
    for (what, state) in [
        ("na", CellState::NotApplicable),
        ("secret", CellState::Secret),
    ] {
        let mut any: Option<pl::Expr> = None;
        for column in &columns {
            let hit = pl::col(state_column(column.as_str())).eq(pl::lit(i32::from(state.code())));
            any = Some(match any {
                Some(any) => any.or(hit),
                None => hit,
            });
        }
        if let Some(any) = any {
            let any = match &condition {
                Some(condition) => any.and(condition.clone()),
                None => any,
            };
            all.push(count(any).alias(name(place, what)));
        }
    }
    Ok(all)
}

/// How many rows meet a condition.
fn count(hits: pl::Expr) -> pl::Expr {
    hits.cast(pl::DataType::Int64).sum()
}

/// The name of an aggregate column.
pub(crate) fn name(place: usize, what: &str) -> String {
    format!("{place}/{what}")
}
