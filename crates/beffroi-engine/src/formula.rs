//! A measure split into leaves (aggregates of rows) and a formula over them.

use beffroi_catalog::{Aggregate, BinaryOp, Expr, Function};
use beffroi_model::{Cell, IndicatorId};

/// An aggregate of rows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leaf {
    pub function: Aggregate,
    /// `None` for `count(*)`.
    pub of: Option<Expr>,
    pub filter: Option<Expr>,
}

impl Leaf {
    /// Whether the value of a whole follows from the values of its parts.
    pub fn adds_up(&self) -> bool {
        !matches!(
            self.function,
            Aggregate::CountDistinct | Aggregate::Median | Aggregate::Quantile(_)
        )
    }

    /// Whether rollups hold it: all but what needs every value.
    pub fn is_prepared(&self) -> bool {
        !matches!(self.function, Aggregate::Median | Aggregate::Quantile(_))
    }

    /// Whether nothing there comes to zero rather than to nothing.
    pub fn counts(&self) -> bool {
        matches!(self.function, Aggregate::Count | Aggregate::CountDistinct)
    }
}

/// What is worked out once the leaves are known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Formula {
    Number(f64),
    Leaf(usize),
    Indicator(usize),
    Binary(BinaryOp, Box<Formula>, Box<Formula>),
    Negate(Box<Formula>),
    Not(Box<Formula>),
    IsNull(Box<Formula>, bool),
    Case(Vec<(Formula, Formula)>, Option<Box<Formula>>),
    Call(Function, Vec<Formula>),
}

/// A formula with what it refers to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Split {
    pub formula: Formula,
    pub leaves: Vec<Leaf>,
    pub indicators: Vec<IndicatorId>,
}

/// Splits a measure. The catalog has checked it: what cannot stand above aggregates is an error
/// of ours, told as text.
pub(crate) fn split(expr: &Expr) -> Result<Split, String> {
    let mut split = Split {
        formula: Formula::Number(0.0),
        leaves: Vec::new(),
        indicators: Vec::new(),
    };
    split.formula = split.walk(expr)?;
    Ok(split)
}

impl Split {
    fn walk(&mut self, expr: &Expr) -> Result<Formula, String> {
        Ok(match expr {
            Expr::Number(value) => Formula::Number(*value),
            Expr::Indicator(id) => {
                let place = self.indicators.iter().position(|known| known == id);
                Formula::Indicator(place.unwrap_or_else(|| {
                    self.indicators.push(id.clone());
                    self.indicators.len() - 1
                }))
            }
            Expr::Aggregate {
                function,
                of,
                filter,
            } => {
                let leaf = Leaf {
                    function: *function,
                    of: of.as_deref().cloned(),
                    filter: filter.as_deref().cloned(),
                };
                let place = self.leaves.iter().position(|known| *known == leaf);
                Formula::Leaf(place.unwrap_or_else(|| {
                    self.leaves.push(leaf);
                    self.leaves.len() - 1
                }))
            }
            Expr::Binary { op, left, right } => {
                Formula::Binary(*op, Box::new(self.walk(left)?), Box::new(self.walk(right)?))
            }
            Expr::Negate(of) => Formula::Negate(Box::new(self.walk(of)?)),
            Expr::Not(of) => Formula::Not(Box::new(self.walk(of)?)),
            Expr::IsNull { of, negated } => Formula::IsNull(Box::new(self.walk(of)?), *negated),
            Expr::Between { of, low, high } => {
                let (of, low, high) = (self.walk(of)?, self.walk(low)?, self.walk(high)?);
                let above = Formula::Binary(
                    BinaryOp::GreaterOrEqual,
                    Box::new(of.clone()),
                    Box::new(low),
                );
                let below = Formula::Binary(BinaryOp::LessOrEqual, Box::new(of), Box::new(high));
                Formula::Binary(BinaryOp::And, Box::new(above), Box::new(below))
            }
            Expr::Case { when, otherwise } => {
                let mut branches = Vec::with_capacity(when.len());
                for (condition, result) in when {
                    branches.push((self.walk(condition)?, self.walk(result)?));
                }
                let otherwise = match otherwise {
                    Some(otherwise) => Some(Box::new(self.walk(otherwise)?)),
                    None => None,
                };
                Formula::Case(branches, otherwise)
            }
            Expr::In {
                of,
                values,
                negated,
            } => {
                let of = self.walk(of)?;
                let mut any = Formula::Number(0.0);
                for value in values {
                    let is = Formula::Binary(
                        BinaryOp::Equal,
                        Box::new(of.clone()),
                        Box::new(self.walk(value)?),
                    );
                    any = Formula::Binary(BinaryOp::Or, Box::new(any), Box::new(is));
                }
                if *negated {
                    Formula::Not(Box::new(any))
                } else {
                    any
                }
            }
            Expr::Call {
                function:
                    function @ (Function::NullIf
                    | Function::Coalesce
                    | Function::Abs
                    | Function::Round(_)
                    | Function::Floor
                    | Function::Ceil
                    | Function::Greatest
                    | Function::Least),
                args,
            } => {
                let args = args
                    .iter()
                    .map(|arg| self.walk(arg))
                    .collect::<Result<_, _>>()?;
                Formula::Call(*function, args)
            }
            Expr::Text(_)
            | Expr::Date(_)
            | Expr::Column(_)
            | Expr::Like { .. }
            | Expr::Call { .. } => {
                return Err(format!("{expr:?} cannot stand outside an aggregate"));
            }
        })
    }
}

impl Formula {
    /// Tells what it divides by.
    pub fn divisors(&self, tell: &mut dyn FnMut(&Self)) {
        self.each(&mut |formula| {
            if let Self::Binary(BinaryOp::Divide, _, divisor) = formula {
                tell(divisor);
            }
        });
    }

    /// Tells it and all that it is made of.
    fn each(&self, tell: &mut dyn FnMut(&Self)) {
        tell(self);
        match self {
            Self::Number(_) | Self::Leaf(_) | Self::Indicator(_) => {}
            Self::Binary(_, left, right) => {
                left.each(tell);
                right.each(tell);
            }
            Self::Negate(of) | Self::Not(of) | Self::IsNull(of, _) => of.each(tell),
            Self::Case(branches, otherwise) => {
                for (condition, result) in branches {
                    condition.each(tell);
                    result.each(tell);
                }
                if let Some(otherwise) = otherwise {
                    otherwise.each(tell);
                }
            }
            Self::Call(_, args) => args.iter().for_each(|arg| arg.each(tell)),
        }
    }

    /// Whether it divides by less than the smallest denominators that indicators may be shown under;
    /// `None`: any.
    pub fn divides_by_less(&self, indicators: &[Cell], smallest: &[Option<f64>]) -> bool {
        let mut less = false;
        self.divisors(&mut |divisor| {
            let mut least: Option<f64> = None;
            divisor.each(&mut |part| {
                if let Self::Indicator(place) = part {
                    let own = smallest.get(*place).copied().flatten();
                    least = least.into_iter().chain(own).max_by(f64::total_cmp);
                }
            });
            if let (Some(least), Cell::Value(value)) = (least, divisor.value(&[], indicators)) {
                less |= value.abs() < least;
            }
        });
        less
    }

    /// Works the formula out. Conditions are values too: 1 holds, 0 does not.
    pub fn value(&self, leaves: &[Cell], indicators: &[Cell]) -> Cell {
        let at = |cells: &[Cell], place: usize| cells.get(place).copied().unwrap_or(Cell::Missing);
        match self {
            Self::Number(value) => Cell::Value(*value),
            Self::Leaf(place) => at(leaves, *place),
            Self::Indicator(place) => at(indicators, *place),
            Self::Binary(op, left, right) => {
                let (left, right) = (
                    left.value(leaves, indicators),
                    right.value(leaves, indicators),
                );
                left.combine(right, |a, b| binary(*op, a, b))
            }
            Self::Negate(of) => of
                .value(leaves, indicators)
                .combine(Cell::Value(0.0), |a, _| -a),
            Self::Not(of) => of
                .value(leaves, indicators)
                .combine(Cell::Value(0.0), |a, _| truth(a == 0.0)),
            Self::IsNull(of, negated) => match of.value(leaves, indicators) {
                Cell::Secret => Cell::Secret,
                cell => Cell::Value(truth(cell.value().is_none() != *negated)),
            },
            Self::Case(branches, otherwise) => {
                for (condition, result) in branches {
                    match condition.value(leaves, indicators) {
                        Cell::Value(0.0) => {}
                        Cell::Value(_) => return result.value(leaves, indicators),
                        // Whether it holds is not known: neither is what follows from it.
                        absent => return absent,
                    }
                }
                otherwise.as_ref().map_or(Cell::NotApplicable, |otherwise| {
                    otherwise.value(leaves, indicators)
                })
            }
            Self::Call(function, args) => {
                let mut args = args.iter().map(|arg| arg.value(leaves, indicators));
                let first = args.next().unwrap_or(Cell::Missing);
                match function {
                    // A secret is not replaced: the replacement would tell that there is one.
                    Function::Coalesce => std::iter::once(first)
                        .chain(args)
                        .find(|cell| matches!(cell, Cell::Value(_) | Cell::Secret))
                        .unwrap_or(first),
                    Function::NullIf => match (first, args.next()) {
                        (Cell::Value(a), Some(Cell::Value(b))) if a == b => Cell::NotApplicable,
                        _ => first,
                    },
                    Function::Abs => first.combine(Cell::Value(0.0), |a, _| a.abs()),
                    Function::Round(places) => {
                        first.combine(Cell::Value(0.0), |a, _| round(a, *places))
                    }
                    Function::Floor => first.combine(Cell::Value(0.0), |a, _| a.floor()),
                    Function::Ceil => first.combine(Cell::Value(0.0), |a, _| a.ceil()),
                    Function::Greatest => args.fold(first, |out, arg| out.combine(arg, f64::max)),
                    Function::Least => args.fold(first, |out, arg| out.combine(arg, f64::min)),
                    // `split` lets no other through.
                    _ => Cell::Missing,
                }
            }
        }
    }
}

fn binary(op: BinaryOp, a: f64, b: f64) -> f64 {
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
        // `split` meets no text.
        BinaryOp::Concat => f64::NAN,
    }
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
pub(crate) fn steps(value: f64, places: i8) -> f64 {
    let power = 10f64.powi(i32::from(places.unsigned_abs()));
    let shifted = match places {
        0.. => value * power,
        _ => value / power,
    };
    (shifted * (1.0 + f64::EPSILON)).round()
}

fn truth(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use beffroi_catalog::parse_expr;

    fn value(text: &str, leaves: &[Cell]) -> Cell {
        split(&parse_expr(text).unwrap())
            .unwrap()
            .formula
            .value(leaves, &[])
    }

    #[test]
    fn equal_aggregates_are_one_leaf() {
        let split = split(&parse_expr("sum(a) / (sum(a) + sum(b))").unwrap()).unwrap();
        assert_eq!(split.leaves.len(), 2);
    }

    #[test]
    fn absences_go_through_the_formula() {
        let text = "sum(a) / sum(b)";
        assert_eq!(
            value(text, &[Cell::Value(3.0), Cell::Value(4.0)]),
            Cell::Value(0.75)
        );
        assert_eq!(
            value(text, &[Cell::Value(3.0), Cell::Value(0.0)]),
            Cell::NotApplicable
        );
        assert_eq!(value(text, &[Cell::Secret, Cell::Value(4.0)]), Cell::Secret);
        assert_eq!(
            value("coalesce(sum(a), 0)", &[Cell::Missing]),
            Cell::Value(0.0)
        );
        assert_eq!(value("coalesce(sum(a), 0)", &[Cell::Secret]), Cell::Secret);
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (number, places, expected) in [
            (2.5, 0, 3.0),
            (-2.5, 0, -3.0),
            (2.4999, 0, 2.0),
            (1.005, 2, 1.01),
            (-1.005, 2, -1.01),
            (0.285, 2, 0.29),
            (1_500.0, -3, 2_000.0),
            (1_499.9, -3, 1_000.0),
            (0.0, 2, 0.0),
            (1e300, 9, f64::INFINITY),
        ] {
            assert_eq!(round(number, places), expected, "{number}");
        }
        let text = "round(sum(a) / sum(b), 1)";
        assert_eq!(
            value(text, &[Cell::Value(1.0), Cell::Value(3.0)]),
            Cell::Value(0.3)
        );
    }

    #[test]
    fn the_largest_is_known_when_all_are() {
        let text = "greatest(sum(a), sum(b), 0)";
        assert_eq!(
            value(text, &[Cell::Value(-1.0), Cell::Value(-2.0)]),
            Cell::Value(0.0)
        );
        assert_eq!(
            value(text, &[Cell::Value(1.0), Cell::Missing]),
            Cell::Missing
        );
        let text = "ceil(least(sum(a), sum(b))) + floor(sum(a))";
        assert_eq!(
            value(text, &[Cell::Value(1.5), Cell::Value(2.5)]),
            Cell::Value(3.0)
        );
    }

    #[test]
    fn a_list_of_numbers_is_looked_through() {
        let text = "case when count(*) not in (1, 2) then 1 else 0 end";
        assert_eq!(value(text, &[Cell::Value(2.0)]), Cell::Value(0.0));
        assert_eq!(value(text, &[Cell::Value(3.0)]), Cell::Value(1.0));
        assert_eq!(value(text, &[Cell::Secret]), Cell::Secret);
    }

    #[test]
    fn a_case_without_else_is_not_applicable() {
        let text = "case when sum(a) > 0 then sum(b) / sum(a) end";
        assert_eq!(
            value(text, &[Cell::Value(2.0), Cell::Value(8.0)]),
            Cell::Value(4.0)
        );
        assert_eq!(
            value(text, &[Cell::Value(-2.0), Cell::Value(8.0)]),
            Cell::NotApplicable
        );
        assert_eq!(
            value(text, &[Cell::Missing, Cell::Value(8.0)]),
            Cell::Missing
        );
    }
}
