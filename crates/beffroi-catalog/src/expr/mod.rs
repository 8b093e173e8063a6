//! The measure language: a small SQL expression read into a typed tree.
//!
//! `sum(vacants) / sum(logements)`, `count(distinct usager)`,
//! `sum(montant) filter (where section = 'investissement')`,
//! `indicator('depenses') / indicator('population')`.
//!
//! The reader is our own: a SQL library would tell only the first error, as a text and with half
//! of its place, and takes longer to build than these few hundred lines.
//!
//! # What expressions mean
//!
//! Whoever works one out follows this, the [`Aggregate`]s and the [`Function`]s; what each part
//! gives is its [`ValueType`].
//!
//! **On a row** a cell without a value (missing, secret, not applicable) has none in expressions
//! either, and makes none of what is worked out from it, with these exceptions, as in SQL:
//! - `and`, `or`, `not` know three truths: `false and …` is false and `true or …` is true,
//!   whatever stands beside;
//! - `x in (…)` is like `x = a or x = b …`, `x between a and b` like `x >= a and x <= b`;
//! - `is null` and `is not null` always have a value;
//! - `case` takes the first branch whose condition is true, one without a value being passed
//!   over; without `else` it then has no value; only what is taken counts;
//! - `coalesce`, and the second argument of `nullif`.
//!
//! A filter keeps rows where it is true, not those where it has no value.
//!
//! **Numbers.** Whole numbers and decimals are exact, to 28 digits in all and 9 after the point:
//! their sums, differences, products and rounding too. A product with more than 9 digits after the
//! point, a division, and what they enter are in floating point. A division by zero, or a number
//! beyond what its type holds (28 digits exact, finite floating point), is no value; a cell that
//! long is missing. Sums of rows have room for ten billion of the largest. Exact numbers are
//! compared exactly, with a float as floats.
//!
//! **Texts** are compared by their characters (code points), as they are: case, accents, spaces
//! and the way of composing an accent count; `'É' > 'z'`. The empty text is a value. `like` knows
//! `%` at the start or the end of its pattern, for any text, even none.
//!
//! **Dates.** A month, a quarter, a year or a school year is its first day. An instant beside a
//! date (compared with it, subtracted) counts as its day: `instant <= date '2025-01-31'` holds all
//! that day. `a - b` gives days: whole ones, or, between two instants, seconds ÷ 86 400, on the
//! clock of the wall (a day of 23 hours counts as one). Truth: false comes before true.
//!
//! **Above aggregates** there are only numbers and conditions on them, in floating point. A missing
//! or secret operand makes the whole missing or secret (the stronger absence wins), in `and`, `or`
//! and `case` too: whether a condition holds is not known then, nor what follows from it. `case`
//! without a branch that holds, `nullif` of equals, and a division by zero are not applicable.

mod display;
mod function;
mod lexer;
mod parser;
mod types;

pub use function::{Aggregate, Function, Level};
pub use parser::{ExprError, parse_expr};
pub(crate) use parser::{Parsed, parse_spanned};
pub use types::ValueType;

use beffroi_model::{ColumnId, IndicatorId};
use chrono::NaiveDate;

/// An expression. Aggregates stand at the bottom of the arithmetic: `sum(a) / sum(b)`; inside an
/// aggregate stand columns and arithmetic on one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A number as written.
    Number(f64),
    /// A text.
    Text(String),
    /// A day: `date '2025-01-01'`.
    Date(NaiveDate),
    /// A column of the row.
    Column(ColumnId),
    /// Another indicator, at the same period, members and filters.
    Indicator(IndicatorId),
    /// An aggregate of rows.
    Aggregate {
        /// Which.
        function: Aggregate,
        /// Of what; `None` for `count(*)`.
        of: Option<Box<Expr>>,
        /// Only of rows where this holds.
        filter: Option<Box<Expr>>,
    },
    /// Two operands.
    Binary {
        /// Which.
        op: BinaryOp,
        /// Left.
        left: Box<Expr>,
        /// Right.
        right: Box<Expr>,
    },
    /// `not x`.
    Not(Box<Expr>),
    /// `-x`.
    Negate(Box<Expr>),
    /// `x in ('a', 'b')`; `negated` for `not in`.
    In {
        /// What.
        of: Box<Expr>,
        /// Literals.
        values: Vec<Expr>,
        /// Whether it is `not in`.
        negated: bool,
    },
    /// `x between a and b`, ends included.
    Between {
        /// What.
        of: Box<Expr>,
        /// Lower end.
        low: Box<Expr>,
        /// Upper end.
        high: Box<Expr>,
    },
    /// `x is null`, or `is not null` when `negated`.
    IsNull {
        /// What.
        of: Box<Expr>,
        /// Whether it is `is not null`.
        negated: bool,
    },
    /// `x like 'pattern%'`: `%` any text, only at the start or the end.
    Like {
        /// What.
        of: Box<Expr>,
        /// The pattern.
        pattern: String,
    },
    /// `case when a then b … else c end`.
    Case {
        /// Conditions with their results.
        when: Vec<(Expr, Expr)>,
        /// Otherwise.
        otherwise: Option<Box<Expr>>,
    },
    /// A function of its arguments.
    Call {
        /// Which.
        function: Function,
        /// Arguments.
        args: Vec<Expr>,
    },
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `||`: two texts, one after the other.
    Concat,
    /// `=`
    Equal,
    /// `<>` or `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `and`
    And,
    /// `or`
    Or,
}

impl Expr {
    /// The operands, in the order in which they are written.
    #[must_use]
    pub fn children(&self) -> Vec<&Self> {
        match self {
            Self::Number(_)
            | Self::Text(_)
            | Self::Date(_)
            | Self::Column(_)
            | Self::Indicator(_) => Vec::new(),
            Self::Aggregate { of, filter, .. } => of.iter().chain(filter).map(|x| &**x).collect(),
            Self::Binary { left, right, .. } => vec![left, right],
            Self::Not(of) | Self::Negate(of) => vec![of],
            Self::IsNull { of, .. } | Self::Like { of, .. } => vec![of],
            Self::In { of, values, .. } => std::iter::once(&**of).chain(values).collect(),
            Self::Between { of, low, high } => vec![of, low, high],
            Self::Case { when, otherwise } => when
                .iter()
                .flat_map(|(condition, result)| [condition, result])
                .chain(otherwise.as_deref())
                .collect(),
            Self::Call { args, .. } => args.iter().collect(),
        }
    }

    /// The columns it reads, each once, in the order in which they are written.
    #[must_use]
    pub fn columns(&self) -> Vec<&ColumnId> {
        self.distinct(&|expr| match expr {
            Self::Column(column) => Some(column),
            _ => None,
        })
    }

    /// The indicators it names, each once, in the order in which they are written.
    #[must_use]
    pub fn indicators(&self) -> Vec<&IndicatorId> {
        self.distinct(&|expr| match expr {
            Self::Indicator(indicator) => Some(indicator),
            _ => None,
        })
    }

    /// Its aggregates, each once, in the order in which they are written.
    #[must_use]
    pub fn aggregates(&self) -> Vec<&Self> {
        self.distinct(&|expr| matches!(expr, Self::Aggregate { .. }).then_some(expr))
    }

    fn distinct<'a, T: PartialEq>(
        &'a self,
        pick: &impl Fn(&'a Self) -> Option<&'a T>,
    ) -> Vec<&'a T> {
        let mut found = Vec::new();
        let mut waiting = vec![self];
        while let Some(expr) = waiting.pop() {
            if let Some(item) = pick(expr)
                && !found.contains(&item)
            {
                found.push(item);
            }
            waiting.extend(expr.children().into_iter().rev());
        }
        found
    }
}

impl BinaryOp {
    /// How it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Concat => "||",
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::And => "and",
            Self::Or => "or",
        }
    }

    /// Whether it compares two values.
    #[must_use]
    pub fn is_comparison(self) -> bool {
        self.precedence() == COMPARISON
    }

    /// Whether it makes a number of two numbers (or of two dates).
    #[must_use]
    pub fn is_arithmetic(self) -> bool {
        matches!(
            self,
            Self::Add | Self::Subtract | Self::Multiply | Self::Divide
        )
    }

    /// How tightly it binds.
    fn precedence(self) -> u8 {
        match self {
            Self::Or => OR,
            Self::And => AND,
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual => COMPARISON,
            Self::Add | Self::Subtract | Self::Concat => SUM,
            Self::Multiply | Self::Divide => PRODUCT,
        }
    }
}

// How tightly operators bind, loosest first.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARISON: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;
const SIGN: u8 = 7;
