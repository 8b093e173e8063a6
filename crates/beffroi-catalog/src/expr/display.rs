//! The canonical text of an expression: the same tree, always written the same way.

use super::{Aggregate, COMPARISON, Expr, Function, NOT, SIGN, SUM};
use std::fmt;

/// Keywords in lower case, one space around operators, only the parentheses that are needed.
/// Reading it again gives the same tree.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => quoted(f, text),
            Self::Date(day) => write!(f, "date '{day}'"),
            Self::Column(column) => write!(f, "{column}"),
            Self::Indicator(indicator) => write!(f, "indicator('{indicator}')"),
            Self::Aggregate {
                function,
                of,
                filter,
            } => {
                write!(f, "{}(", function.as_str())?;
                if *function == Aggregate::CountDistinct {
                    f.write_str("distinct ")?;
                }
                match of {
                    Some(of) => write!(f, "{of}")?,
                    None => f.write_str("*")?,
                }
                if let Aggregate::Quantile(level) = function {
                    write!(f, ", {level}")?;
                }
                f.write_str(")")?;
                match filter {
                    Some(filter) => write!(f, " filter (where {filter})"),
                    None => Ok(()),
                }
            }
            Self::Binary { op, left, right } => {
                let own = op.precedence();
                // Comparisons do not chain; the others group from the left.
                operand(f, left, if own == COMPARISON { own + 1 } else { own })?;
                write!(f, " {} ", op.as_str())?;
                operand(f, right, own + 1)
            }
            Self::Not(of) => {
                f.write_str("not ")?;
                operand(f, of, NOT)
            }
            Self::Negate(of) => {
                f.write_str("-")?;
                // Two signs in a row would read as one of another kind.
                operand(f, of, SIGN + 1)
            }
            Self::In {
                of,
                values,
                negated,
            } => {
                operand(f, of, SUM)?;
                f.write_str(if *negated { " not in (" } else { " in (" })?;
                separated(f, values)?;
                f.write_str(")")
            }
            Self::Between { of, low, high } => {
                operand(f, of, SUM)?;
                f.write_str(" between ")?;
                operand(f, low, SUM)?;
                f.write_str(" and ")?;
                operand(f, high, SUM)
            }
            Self::IsNull { of, negated } => {
                operand(f, of, SUM)?;
                f.write_str(if *negated { " is not null" } else { " is null" })
            }
            Self::Like { of, pattern } => {
                operand(f, of, SUM)?;
                f.write_str(" like ")?;
                quoted(f, pattern)
            }
            Self::Case { when, otherwise } => {
                f.write_str("case")?;
                for (condition, result) in when {
                    write!(f, " when {condition} then {result}")?;
                }
                if let Some(otherwise) = otherwise {
                    write!(f, " else {otherwise}")?;
                }
                f.write_str(" end")
            }
            Self::Call { function, args } => {
                write!(f, "{}(", function.as_str())?;
                if let Function::DateTrunc(grain) = function {
                    write!(f, "'{}', ", grain.as_str())?;
                }
                separated(f, args)?;
                match function {
                    Function::Round(places) if *places != 0 => write!(f, ", {places})"),
                    Function::Left(count) | Function::Right(count) => write!(f, ", {count})"),
                    _ => f.write_str(")"),
                }
            }
        }
    }
}

/// An operand, between parentheses when it binds less tightly than asked.
fn operand(f: &mut fmt::Formatter<'_>, expr: &Expr, at_least: u8) -> fmt::Result {
    if precedence(expr) < at_least {
        write!(f, "({expr})")
    } else {
        write!(f, "{expr}")
    }
}

fn precedence(expr: &Expr) -> u8 {
    match expr {
        Expr::Binary { op, .. } => op.precedence(),
        Expr::Not(_) => NOT,
        Expr::In { .. } | Expr::Between { .. } | Expr::IsNull { .. } | Expr::Like { .. } => {
            COMPARISON
        }
        Expr::Negate(_) => SIGN,
        Expr::Number(number) if number.is_sign_negative() => SIGN,
        _ => SIGN + 1,
    }
}

fn separated(f: &mut fmt::Formatter<'_>, exprs: &[Expr]) -> fmt::Result {
    for (index, expr) in exprs.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{expr}")?;
    }
    Ok(())
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "'{}'", text.replace('\'', "''"))
}
