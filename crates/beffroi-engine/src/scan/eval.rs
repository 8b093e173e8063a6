//! Row expressions of the measure language, worked out for many rows at once.

use super::vector::{Numbers, TextValues, Values, Vector, both, choose};
use crate::formula::steps;
use beffroi_catalog::{BinaryOp, Expr, Function, Operand};
use beffroi_model::{ColumnId, Grain, Period};
use chrono::{Datelike, NaiveDate};
use std::cmp::Ordering;

/// Microseconds in a day.
pub(crate) const DAY: i64 = 86_400_000_000;

/// Where the cells of a column come from.
pub(crate) trait Columns {
    /// The cells of a column.
    fn column(&self, id: &ColumnId) -> Result<Vector, String>;
    /// How many rows.
    fn len(&self) -> usize;
}

/// Works out an expression for all rows.
pub(crate) fn eval(expr: &Expr, rows: &dyn Columns) -> Result<Vector, String> {
    let len = rows.len();
    Ok(match expr {
        Expr::Number(value) => match Operand::written(*value) {
            Operand::Exact { digits, scale } => match i64::try_from(digits) {
                Ok(digits) => Vector::full(Values::Number(Numbers::Whole {
                    scale,
                    values: vec![digits; len],
                })),
                Err(_) => Vector::exact(scale, vec![digits; len]),
            },
            _ => Vector::float(vec![*value; len]),
        },
        Expr::Text(text) => Vector::full(Values::Text(TextValues::constant(text, len))),
        Expr::Date(day) => Vector::full(Values::Date(vec![day.to_epoch_days(); len])),
        Expr::Column(id) => rows.column(id)?,
        Expr::Binary { op, left, right } => {
            let (left, right) = (eval(left, rows)?, eval(right, rows)?);
            match op {
                BinaryOp::And => connective(left, right, false)?,
                BinaryOp::Or => connective(left, right, true)?,
                BinaryOp::Concat => concat(left, right)?,
                BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide => {
                    arithmetic(*op, left, right)?
                }
                _ => comparison(&left, &right, |order| meets(*op, order))?,
            }
        }
        Expr::Not(of) => {
            let of = eval(of, rows)?;
            match of.values {
                Values::Boolean(values) => Vector {
                    values: Values::Boolean(values.into_iter().map(|value| !value).collect()),
                    present: of.present,
                },
                Values::Nothing(_) => of,
                _ => return Err("`not` of what is neither true nor false".to_owned()),
            }
        }
        Expr::Negate(of) => {
            let of = eval(of, rows)?;
            map_numbers(of, |x| -x, |x| -x)?
        }
        Expr::In {
            of,
            values,
            negated,
        } => {
            let of = eval(of, rows)?;
            let mut any = Vector::full(Values::Boolean(vec![false; len]));
            for value in values {
                let value = eval(value, rows)?;
                any = connective(any, comparison(&of, &value, Ordering::is_eq)?, true)?;
            }
            match (negated, any.values) {
                (true, Values::Boolean(values)) => Vector {
                    values: Values::Boolean(values.into_iter().map(|value| !value).collect()),
                    present: any.present,
                },
                (_, values) => Vector {
                    values,
                    present: any.present,
                },
            }
        }
        Expr::Between { of, low, high } => {
            let of = eval(of, rows)?;
            let above = comparison(&of, &eval(low, rows)?, Ordering::is_ge)?;
            let below = comparison(&of, &eval(high, rows)?, Ordering::is_le)?;
            connective(above, below, false)?
        }
        Expr::IsNull { of, negated } => {
            let of = eval(of, rows)?;
            let empty = (0..len).map(|row| of.has(row) == *negated);
            Vector::full(Values::Boolean(empty.collect()))
        }
        Expr::Like { of, pattern } => {
            let of = eval(of, rows)?;
            let inner = pattern.trim_start_matches('%').trim_end_matches('%');
            let (start, end) = (pattern.starts_with('%'), pattern.ends_with('%'));
            let found = |text: &str| match (start, end) {
                (true, true) => text.contains(inner),
                (true, false) => text.ends_with(inner),
                (false, true) => text.starts_with(inner),
                (false, false) => text == pattern,
            };
            match &of.values {
                Values::Text(texts) => Vector {
                    values: Values::Boolean(texts.ask(found)),
                    present: of.present,
                },
                _ => nothing_or(of, "`like` of what is no text")?,
            }
        }
        Expr::Case { when, otherwise } => {
            let mut chosen: Vec<Option<usize>> = vec![None; len];
            let mut branches = Vec::with_capacity(when.len() + 1);
            for (place, (condition, result)) in when.iter().enumerate() {
                let holds = eval(condition, rows)?.holds()?;
                for (chosen, holds) in chosen.iter_mut().zip(holds) {
                    if holds && chosen.is_none() {
                        *chosen = Some(place);
                    }
                }
                branches.push(eval(result, rows)?);
            }
            if let Some(otherwise) = otherwise {
                chosen
                    .iter_mut()
                    .for_each(|chosen| *chosen = chosen.or(Some(when.len())));
                branches.push(eval(otherwise, rows)?);
            }
            choose(&branches, &chosen)?
        }
        Expr::Call { function, args } => {
            let args = args.iter().map(|arg| eval(arg, rows));
            call(*function, args.collect::<Result<_, _>>()?, len)?
        }
        Expr::Indicator(_) | Expr::Aggregate { .. } => {
            return Err(format!("{expr} cannot stand inside an aggregate"));
        }
    })
}

fn nothing_or(vector: Vector, wrong: &str) -> Result<Vector, String> {
    match vector.values {
        Values::Nothing(_) => Ok(vector),
        _ => Err(wrong.to_owned()),
    }
}

/// `and` (decided by a false) and `or` (decided by a true), with three truths.
fn connective(a: Vector, b: Vector, decided: bool) -> Result<Vector, String> {
    let len = a.len();
    let truth = |vector: &Vector, row: usize| match &vector.values {
        Values::Boolean(values) if vector.has(row) => values.get(row).copied(),
        _ => None,
    };
    for side in [&a, &b] {
        if !matches!(side.values, Values::Boolean(_) | Values::Nothing(_)) {
            return Err("`and`, `or` of what is neither true nor false".to_owned());
        }
    }
    if let (Values::Boolean(x), Values::Boolean(y), None, None) =
        (&a.values, &b.values, &a.present, &b.present)
    {
        let pairs = x.iter().zip(y);
        let values = match decided {
            true => pairs.map(|(x, y)| *x || *y).collect(),
            false => pairs.map(|(x, y)| *x && *y).collect(),
        };
        return Ok(Vector::full(Values::Boolean(values)));
    }
    let (mut values, mut present) = (Vec::with_capacity(len), Vec::with_capacity(len));
    for row in 0..len {
        let known = match (truth(&a, row), truth(&b, row)) {
            (Some(it), _) | (_, Some(it)) if it == decided => Some(decided),
            (Some(_), Some(_)) => Some(!decided),
            _ => None,
        };
        values.push(known.unwrap_or_default());
        present.push(known.is_some());
    }
    Ok(Vector {
        values: Values::Boolean(values),
        present: Some(present),
    })
}

fn concat(a: Vector, b: Vector) -> Result<Vector, String> {
    match (&a.values, &b.values) {
        (Values::Text(x), Values::Text(y)) => {
            let rows = 0..x.places.len();
            let joined = rows.map(|row| [x.get(row), y.get(row)].concat());
            Ok(Vector {
                values: Values::Text(TextValues::each(joined)),
                present: both(&a.present, &b.present),
            })
        }
        (Values::Nothing(len), _) | (_, Values::Nothing(len)) => Ok(Vector::nothing(*len)),
        _ => Err("`||` of what is no text".to_owned()),
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

fn comparison(a: &Vector, b: &Vector, holds: impl Fn(Ordering) -> bool) -> Result<Vector, String> {
    let Some(orders) = orders(a, b)? else {
        return Ok(Vector::nothing(a.len()));
    };
    let present = both(&a.present, &b.present);
    // What cannot be ordered (a number that is none) is not known.
    let present = match orders.iter().all(Option::is_some) {
        true => present,
        false => both(
            &present,
            &Some(orders.iter().map(Option::is_some).collect()),
        ),
    };
    let values = orders.into_iter().map(|order| order.is_some_and(&holds));
    Ok(Vector {
        values: Values::Boolean(values.collect()),
        present,
    })
}

/// How the cells of two vectors compare; `None` when one has none at all.
fn orders(a: &Vector, b: &Vector) -> Result<Option<Vec<Option<Ordering>>>, String> {
    fn each<T: Ord>(a: &[T], b: &[T]) -> Vec<Option<Ordering>> {
        a.iter().zip(b).map(|(a, b)| Some(a.cmp(b))).collect()
    }
    Ok(Some(match (&a.values, &b.values) {
        (Values::Nothing(_), _) | (_, Values::Nothing(_)) => return Ok(None),
        (Values::Number(a), Values::Number(b)) => a.compare(b),
        (Values::Text(a), Values::Text(b)) => a.compare(b),
        (Values::Boolean(a), Values::Boolean(b)) => each(a, b),
        (Values::Date(a), Values::Date(b)) => each(a, b),
        (Values::DateTime(a), Values::DateTime(b)) => each(a, b),
        // Beside a date, an instant is its day.
        (Values::DateTime(a), Values::Date(b)) => each(&days(a), b),
        (Values::Date(a), Values::DateTime(b)) => each(a, &days(b)),
        _ => return Err("a comparison of two types".to_owned()),
    }))
}

fn days(instants: &[i64]) -> Vec<i32> {
    let day = |instant: &i64| i32::try_from(instant.div_euclid(DAY)).unwrap_or_default();
    instants.iter().map(day).collect()
}

fn arithmetic(op: BinaryOp, a: Vector, b: Vector) -> Result<Vector, String> {
    let numbers = match (&a.values, &b.values) {
        (Values::Nothing(len), _) | (_, Values::Nothing(len)) => return Ok(Vector::nothing(*len)),
        (Values::Number(a), Values::Number(b)) => match op {
            BinaryOp::Add => a.pairs(b, i128::saturating_add, |a, b| a + b),
            BinaryOp::Subtract => a.pairs(b, i128::saturating_sub, |a, b| a - b),
            BinaryOp::Multiply => a.times(b),
            _ => {
                let pairs = a.floats().into_iter().zip(b.floats());
                Vector::float(pairs.map(|(a, b)| a / b).collect())
            }
        },
        (Values::DateTime(a), Values::DateTime(b)) if op == BinaryOp::Subtract => {
            #[allow(clippy::cast_precision_loss, reason = "seconds between two instants")]
            let days = |(a, b): (&i64, &i64)| a.saturating_sub(*b) as f64 / DAY as f64;
            Vector::float(a.iter().zip(b).map(days).collect())
        }
        (Values::Date(_) | Values::DateTime(_), Values::Date(_) | Values::DateTime(_))
            if op == BinaryOp::Subtract =>
        {
            let day = |values: &Values| match values {
                Values::Date(values) => values.clone(),
                Values::DateTime(values) => days(values),
                _ => Vec::new(),
            };
            let pairs = day(&a.values).into_iter().zip(day(&b.values));
            Vector::full(Values::Number(Numbers::Whole {
                scale: 0,
                values: pairs.map(|(a, b)| i64::from(a) - i64::from(b)).collect(),
            }))
        }
        _ => return Err("arithmetic on what is no number".to_owned()),
    };
    Ok(numbers.among(&a.present).among(&b.present))
}

fn map_numbers(
    of: Vector,
    exact: impl Fn(i128) -> i128,
    float: impl Fn(f64) -> f64,
) -> Result<Vector, String> {
    match of.values {
        Values::Number(numbers) => Ok(numbers.map(exact, float).among(&of.present)),
        Values::Nothing(len) => Ok(Vector::nothing(len)),
        _ => Err("a function of numbers on what is no number".to_owned()),
    }
}

fn call(function: Function, args: Vec<Vector>, len: usize) -> Result<Vector, String> {
    if matches!(
        function,
        Function::Coalesce | Function::Greatest | Function::Least
    ) {
        return several(function, &args, len);
    }
    let mut args = args.into_iter();
    let first = args.next().ok_or("a function without arguments")?;
    match function {
        Function::NullIf => {
            let second = args.next().ok_or("`nullif` without a second argument")?;
            let equal = comparison(&first, &second, Ordering::is_eq)?.holds()?;
            let differ = equal.into_iter().map(|equal| !equal).collect();
            let present = both(&first.present, &Some(differ));
            Ok(Vector {
                values: first.values,
                present,
            })
        }
        Function::Abs => map_numbers(first, i128::saturating_abs, f64::abs),
        Function::Floor => whole(first, i128::div_euclid, f64::floor),
        Function::Ceil => whole(first, |value, by| -(-value).div_euclid(by), f64::ceil),
        Function::Round(places) => round(first, places),
        Function::Year
        | Function::Quarter
        | Function::Month
        | Function::Day
        | Function::Weekday
        | Function::DateTrunc(_) => of_dates(function, first),
        _ => of_texts(function, first),
    }
}

/// Functions of several arguments of one type.
fn several(function: Function, args: &[Vector], len: usize) -> Result<Vector, String> {
    let mut chosen: Vec<Option<usize>> = vec![None; len];
    if function == Function::Coalesce {
        for (row, chosen) in chosen.iter_mut().enumerate() {
            *chosen = args.iter().position(|arg| arg.has(row));
        }
        return choose(args, &chosen);
    }
    // Without a value in one argument there is none.
    for (place, arg) in args.iter().enumerate() {
        let Some(before) = args.get(..place).filter(|before| !before.is_empty()) else {
            chosen.fill(Some(place));
            continue;
        };
        for (known, best) in before.iter().enumerate() {
            let Some(orders) = orders(best, arg)? else {
                return Ok(Vector::nothing(len));
            };
            for (chosen, order) in chosen.iter_mut().zip(orders) {
                let better = match function {
                    Function::Greatest => order.is_some_and(Ordering::is_lt),
                    _ => order.is_some_and(Ordering::is_gt),
                };
                if *chosen == Some(known) && better {
                    *chosen = Some(place);
                }
            }
        }
    }
    let best = choose(args, &chosen)?;
    Ok(args.iter().fold(best, |best, arg| best.among(&arg.present)))
}

/// Whole numbers above or below.
fn whole(
    of: Vector,
    exact: impl Fn(i128, i128) -> i128,
    float: impl Fn(f64) -> f64,
) -> Result<Vector, String> {
    let Values::Number(numbers) = &of.values else {
        return nothing_or(of, "a function of numbers on what is no number");
    };
    let exact = numbers.scale().and_then(|scale| {
        let by = 10_i128.saturating_pow(scale.into());
        let values = numbers.at_scale(scale)?.into_iter();
        Some(values.map(|value| exact(value, by)).collect())
    });
    let floats = || numbers.floats().into_iter().map(|value| long(float(value)));
    let values = exact.unwrap_or_else(|| floats().collect());
    Ok(Vector::exact(0, values).among(&of.present))
}

/// A float that is whole; one that is far too long stays so.
#[expect(clippy::cast_possible_truncation, reason = "the longest are no values")]
fn long(value: f64) -> i128 {
    value as i128
}

/// Rounds to digits after the point, halves away from zero.
fn round(of: Vector, places: i8) -> Result<Vector, String> {
    let Values::Number(numbers) = &of.values else {
        return nothing_or(of, "`round` of what is no number");
    };
    let digits = u8::try_from(places).unwrap_or(0);
    // Below the point the digits come back as zeros.
    let back = 10_i128.saturating_pow(u32::from(places.min(0).unsigned_abs()));
    let (scale, steps): (u8, Vec<i128>) = match numbers.scale() {
        Some(scale) if i16::from(scale) <= i16::from(places) => return Ok(of),
        Some(scale) => {
            // How many digits go.
            let gone = u32::try_from(i16::from(scale) - i16::from(places)).unwrap_or(0);
            let by = 10_i128.saturating_pow(gone);
            let half_away = |value: i128| (value + value.signum() * (by / 2)) / by;
            let values = numbers.at_scale(scale).unwrap_or_default();
            (
                digits.min(scale),
                values.into_iter().map(half_away).collect(),
            )
        }
        None => {
            let values = numbers.floats().into_iter();
            (
                digits,
                values.map(|value| long(steps(value, places))).collect(),
            )
        }
    };
    let steps = steps.into_iter().map(|steps| steps.saturating_mul(back));
    Ok(Vector::exact(scale, steps.collect()).among(&of.present))
}

fn of_dates(function: Function, of: Vector) -> Result<Vector, String> {
    let dates = match &of.values {
        Values::Date(values) => values.clone(),
        Values::DateTime(values) => days(values),
        _ => return nothing_or(of, "a function of dates on what is no date"),
    };
    let date = |days: i32| NaiveDate::from_epoch_days(days).unwrap_or_default();
    let values = match function {
        Function::DateTrunc(grain) => Values::Date(truncated(&dates, grain)),
        _ => {
            let part = |days: i32| {
                let date = date(days);
                match function {
                    Function::Year => i64::from(date.year()),
                    Function::Quarter => i64::from(date.month0() / 3 + 1),
                    Function::Month => i64::from(date.month()),
                    Function::Weekday => i64::from(date.weekday().number_from_monday()),
                    _ => i64::from(date.day()),
                }
            };
            Values::Number(Numbers::Whole {
                scale: 0,
                values: dates.into_iter().map(part).collect(),
            })
        }
    };
    Ok(Vector {
        values,
        present: of.present,
    })
}

fn truncated(days: &[i32], grain: Grain) -> Vec<i32> {
    let first = |day: &i32| {
        let date = NaiveDate::from_epoch_days(*day).unwrap_or_default();
        Period::containing(grain, date).start().to_epoch_days()
    };
    days.iter().map(first).collect()
}

fn of_texts(function: Function, of: Vector) -> Result<Vector, String> {
    let Values::Text(texts) = &of.values else {
        return nothing_or(of, "a function of texts on what is no text");
    };
    let first = |text: &str, count: u32| text.chars().take(count as usize).collect::<String>();
    let values = match function {
        Function::Lower => Values::Text(texts.map(str::to_lowercase)),
        Function::Upper => Values::Text(texts.map(str::to_uppercase)),
        Function::Trim => Values::Text(texts.map(|text| text.trim().to_owned())),
        Function::Left(count) => Values::Text(texts.map(|text| first(text, count))),
        Function::Right(count) => Values::Text(texts.map(|text| {
            let skipped = text.chars().count().saturating_sub(count as usize);
            text.chars().skip(skipped).collect()
        })),
        Function::Length => {
            let length = |text: &str| i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            Values::Number(Numbers::Whole {
                scale: 0,
                values: texts.ask(length),
            })
        }
        _ => return Err(format!("`{}` of a text", function.as_str())),
    };
    Ok(Vector {
        values,
        present: of.present,
    })
}
