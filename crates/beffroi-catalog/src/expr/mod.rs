//! The measure language: a small SQL expression read into a typed tree.
//!
//! `sum(vacants) / sum(logements)`, `count(distinct usager)`,
//! `sum(montant) filter (where section = 'investissement')`,
//! `indicator('depenses') / indicator('population')`.
//!
//! The reader is our own: a SQL library would tell only the first error, as a text and with half
//! of its place, and takes longer to build than these few hundred lines.

mod display;
mod lexer;
mod parser;

pub use parser::{ExprError, parse_expr};
pub(crate) use parser::{Parsed, parse_spanned};

use beffroi_model::{ColumnId, IndicatorId};

/// An expression. Aggregates stand at the bottom of the arithmetic: `sum(a) / sum(b)`; inside an
/// aggregate stand columns and arithmetic on one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A number as written.
    Number(f64),
    /// A text.
    Text(String),
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

/// Aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// Sum.
    Sum,
    /// Number of rows (`count(*)`) or of values.
    Count,
    /// Number of different values.
    CountDistinct,
    /// Smallest.
    Min,
    /// Largest.
    Max,
    /// Mean of rows.
    Avg,
    /// Middle value.
    Median,
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

/// Functions on one row or on aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// `nullif(a, b)`: no value when equal.
    NullIf,
    /// `coalesce(a, b, …)`: the first that has a value.
    Coalesce,
    /// `year(date)`.
    Year,
    /// `month(date)`.
    Month,
    /// `abs(x)`.
    Abs,
}

impl Expr {
    /// The operands, in the order in which they are written.
    #[must_use]
    pub fn children(&self) -> Vec<&Self> {
        match self {
            Self::Number(_) | Self::Text(_) | Self::Column(_) | Self::Indicator(_) => Vec::new(),
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

impl Aggregate {
    /// All of them with their names; `count(distinct x)` is named `count` as well.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Sum, "sum"),
        (Self::Count, "count"),
        (Self::CountDistinct, "count"),
        (Self::Min, "min"),
        (Self::Max, "max"),
        (Self::Avg, "avg"),
        (Self::Median, "median"),
    ];

    /// Its name in measures.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == self)
            .map_or("", |(_, name)| name)
    }
}

impl Function {
    /// All of them with their names.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::NullIf, "nullif"),
        (Self::Coalesce, "coalesce"),
        (Self::Year, "year"),
        (Self::Month, "month"),
        (Self::Abs, "abs"),
    ];

    /// Its name in measures.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == self)
            .map_or("", |(_, name)| name)
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

    /// Whether it makes a number of two numbers.
    #[must_use]
    pub fn is_arithmetic(self) -> bool {
        self.precedence() > COMPARISON
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
            Self::Add | Self::Subtract => SUM,
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
