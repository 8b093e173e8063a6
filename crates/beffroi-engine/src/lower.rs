//! Row expressions of the measure language as Polars expressions.

use crate::formula::Leaf;
use beffroi_catalog::{Aggregate, BinaryOp, Expr, Function};
use beffroi_model::{CellState, ColumnType, Schema};
use beffroi_warehouse::state_column;
use polars::prelude as pl;

/// The Polars expression of a row expression.
pub(crate) fn lower(expr: &Expr) -> Result<pl::Expr, String> {
    Ok(match expr {
        Expr::Number(value) => number(*value),
        Expr::Text(text) => pl::lit(text.as_str()),
        Expr::Date(day) => pl::lit(*day),
        Expr::Column(id) => pl::col(id.as_str()),
        Expr::Binary { op, left, right } => {
            let (left, right) = (lower(left)?, lower(right)?);
            match op {
                BinaryOp::Add => left + right,
                BinaryOp::Subtract => left - right,
                // Decimals would keep the scale of one operand and lose digits in each row.
                BinaryOp::Multiply => {
                    left.cast(pl::DataType::Float64) * right.cast(pl::DataType::Float64)
                }
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
                BinaryOp::Concat => left + right,
            }
        }
        Expr::Not(of) => lower(of)?.not(),
        Expr::Negate(of) => pl::lit(0) - lower(of)?,
        Expr::In {
            of,
            values,
            negated,
        } => {
            // A few literals: equalities, which take each type as it is.
            let mut any = pl::lit(false);
            for value in values {
                any = any.or(lower(of)?.eq(lower(value)?));
            }
            if *negated { any.not() } else { any }
        }
        Expr::Between { of, low, high } => {
            let of = lower(of)?;
            of.clone().gt_eq(lower(low)?).and(of.lt_eq(lower(high)?))
        }
        Expr::IsNull { of, negated: false } => lower(of)?.is_null(),
        Expr::IsNull { of, negated: true } => lower(of)?.is_not_null(),
        Expr::Like { of, pattern } => {
            let text = lower(of)?.str();
            let inner = pattern.trim_start_matches('%').trim_end_matches('%');
            match (pattern.starts_with('%'), pattern.ends_with('%')) {
                (true, true) => text.contains_literal(pl::lit(inner)),
                (true, false) => text.ends_with(pl::lit(inner)),
                (false, true) => text.starts_with(pl::lit(inner)),
                (false, false) => lower(of)?.eq(pl::lit(pattern.as_str())),
            }
        }
        Expr::Case { when, otherwise } => {
            let mut out = match otherwise {
                Some(otherwise) => lower(otherwise)?,
                None => pl::lit(pl::NULL),
            };
            for (condition, result) in when.iter().rev() {
                out = pl::when(lower(condition)?)
                    .then(lower(result)?)
                    .otherwise(out);
            }
            out
        }
        Expr::Call { function, args } => {
            let args = args.iter().map(lower).collect::<Result<Vec<_>, _>>()?;
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
                _ => return Err(format!("`{}` is not worked out yet", function.as_str())),
            }
        }
        Expr::Indicator(_) | Expr::Aggregate { .. } => {
            return Err(format!("{expr:?} cannot stand inside an aggregate"));
        }
    })
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

/// The Polars aggregates of one leaf, named after its place: what it came to (`<n>/out`, for a
/// mean the sum of its values), and how many cells held a value, were secret, made no sense, were
/// there at all.
pub(crate) fn aggregates(
    place: usize,
    leaf: &Leaf,
    schema: &Schema,
    has_column: &dyn Fn(&str) -> bool,
) -> Result<Vec<pl::Expr>, String> {
    let condition = match &leaf.filter {
        Some(filter) => Some(lower(filter)?.fill_null(pl::lit(false))),
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
    let value = lower(of)?;
    let kept = match &condition {
        Some(condition) => pl::when(condition.clone())
            .then(value.clone())
            .otherwise(pl::lit(pl::NULL)),
        None => value.clone(),
    };
    let out = match leaf.function {
        Aggregate::Sum | Aggregate::Avg => match whole_numbers(of, schema) {
            // The sum of large whole numbers is larger still: it wants more room than they do.
            true => kept.clone().cast(pl::DataType::Decimal(38, 0)).sum(),
            false => kept.clone().sum(),
        },
        Aggregate::Count => kept.clone().count().cast(pl::DataType::Int64),
        Aggregate::CountDistinct => kept
            .clone()
            .drop_nulls()
            .n_unique()
            .cast(pl::DataType::Int64),
        Aggregate::Min => kept.clone().min(),
        Aggregate::Max => kept.clone().max(),
        Aggregate::Median => kept.clone().median(),
        Aggregate::Quantile(_) | Aggregate::First | Aggregate::Last => {
            return Err(format!(
                "`{}` is not worked out yet",
                leaf.function.as_str()
            ));
        }
    };
    let mut all = vec![
        out.alias(name(place, "out")),
        kept.count()
            .cast(pl::DataType::Int64)
            .alias(name(place, "values")),
        rows.alias(name(place, "rows")),
    ];
    let columns = of.columns();
    let in_state = |state: CellState| {
        columns
            .iter()
            .filter(|id| has_column(&state_column(id.as_str())))
            .map(|id| pl::col(state_column(id.as_str())).eq(pl::lit(i32::from(state.code()))))
            .reduce(pl::Expr::or)
    };
    let mut not_applicable = in_state(CellState::NotApplicable);
    if !matches!(of, Expr::Column(_)) {
        // Worked out to nothing although every input is there: a case that does not hold.
        let inputs = columns.iter().map(|id| pl::col(id.as_str()).is_not_null());
        let nothing = inputs.fold(value.is_null(), pl::Expr::and);
        not_applicable = Some(match not_applicable {
            Some(known) => known.or(nothing),
            None => nothing,
        });
    }
    for (what, hits) in [
        ("na", not_applicable),
        ("secret", in_state(CellState::Secret)),
    ] {
        if let Some(hits) = hits {
            let hits = match &condition {
                Some(condition) => hits.and(condition.clone()),
                None => hits,
            };
            all.push(count(hits).alias(name(place, what)));
        }
    }
    Ok(all)
}

fn whole_numbers(of: &Expr, schema: &Schema) -> bool {
    let Expr::Column(id) = of else { return false };
    let column = schema.column(id.as_str());
    column.is_some_and(|column| column.kind == ColumnType::Integer)
}

/// How many rows meet a condition.
fn count(hits: pl::Expr) -> pl::Expr {
    hits.cast(pl::DataType::Int64).sum()
}

/// The name of an aggregate column.
pub(crate) fn name(place: usize, what: &str) -> String {
    format!("{place}/{what}")
}
