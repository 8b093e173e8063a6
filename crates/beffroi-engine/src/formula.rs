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
    /// Whether the aggregate of a whole follows from those of its parts.
    pub fn adds_up(&self) -> bool {
        !matches!(self.function, Aggregate::CountDistinct | Aggregate::Median)
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
            Expr::Call { function, args } => {
                let args = args
                    .iter()
                    .map(|arg| self.walk(arg))
                    .collect::<Result<_, _>>()?;
                Formula::Call(*function, args)
            }
            Expr::Text(_) | Expr::Column(_) | Expr::In { .. } | Expr::Like { .. } => {
                return Err(format!("{expr:?} cannot stand outside an aggregate"));
            }
        })
    }
}

impl Formula {
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
                    Function::Year | Function::Month => Cell::Missing,
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
    }
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
