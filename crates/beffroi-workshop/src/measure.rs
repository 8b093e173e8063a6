//! An indicator without writing an expression: a few ways of counting and conditions on rows, said
//! in the measure language and recognised in it.

use crate::words::{tells_rate, tells_stock};
use beffroi_catalog::{Aggregate, BinaryOp, Dataset, Expr, OverTime, Text, ValueType, parse_expr};
use beffroi_model::{ColumnId, DimensionId, Grain, IndicatorId, Quantity, Unit, UnitKind};
use chrono::NaiveDate;

/// A measure that a form can say.
#[derive(Debug, Clone, PartialEq)]
pub struct Simple {
    /// What is worked out.
    pub calc: Calc,
    /// Only of rows where all of these hold; nothing for [`Calc::PerInhabitant`], whose rows are
    /// chosen by the indicator that it divides.
    pub filters: Vec<Condition>,
}

/// What is worked out of rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Calc {
    /// How many rows.
    Count,
    /// A column added up.
    Sum {
        /// The column.
        column: ColumnId,
    },
    /// The mean of a column over rows.
    Mean {
        /// The column.
        column: ColumnId,
    },
    /// How many different values a column has.
    Distinct {
        /// The column.
        column: ColumnId,
    },
    /// The sum of a column divided by that of another.
    Ratio {
        /// What is divided.
        above: ColumnId,
        /// By what.
        below: ColumnId,
    },
    /// The part of the rows that meet a condition, or of what a column adds up to on them.
    Share {
        /// The column added up; `None` for rows.
        of: Option<ColumnId>,
        /// What the part meets.
        condition: Condition,
    },
    /// Another indicator for each so many inhabitants. See [`per_inhabitant`].
    PerInhabitant {
        /// The indicator divided.
        of: IndicatorId,
        /// The indicator that gives the population.
        population: IndicatorId,
        /// How many inhabitants at a time (1 000 also makes kilograms of tonnes); at least 1.
        per: u32,
    },
    /// The smallest value of a column.
    Min {
        /// The column.
        column: ColumnId,
    },
    /// The largest value of a column.
    Max {
        /// The column.
        column: ColumnId,
    },
    /// The value in the middle of a column.
    Median {
        /// The column.
        column: ColumnId,
    },
}

/// A condition on the cell of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The column of the cell.
    pub column: ColumnId,
    /// What is asked of it.
    pub test: Test,
}

/// What is asked of a cell. A cell without a value meets none of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It is this.
    Is(Literal),
    /// It is another than this.
    IsNot(Literal),
    /// It is this or more.
    AtLeast(Literal),
    /// It is this or less.
    AtMost(Literal),
    /// It is one of these; none of them chosen yet is no condition.
    In(Vec<Literal>),
    /// It is true, or it is false.
    Holds(bool),
}

/// What a cell is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A number; one that is not finite gives a text that the language refuses.
    Number(f64),
    /// A text, a code or the key of a member.
    Text(String),
    /// A day, or the first one of a longer period.
    Day(NaiveDate),
}

impl Simple {
    /// A calculation of all rows.
    #[must_use]
    pub fn of(calc: Calc) -> Self {
        Self {
            calc,
            filters: Vec::new(),
        }
    }

    /// The measure in the measure language.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.to_expr().to_string()
    }

    /// The tree that the text is read as.
    #[must_use]
    pub fn to_expr(&self) -> Expr {
        let one = |function, column: &ColumnId| aggregate(function, Some(column), &self.filters);
        match &self.calc {
            Calc::Count => aggregate(Aggregate::Count, None, &self.filters),
            Calc::Sum { column } => one(Aggregate::Sum, column),
            Calc::Mean { column } => one(Aggregate::Avg, column),
            Calc::Distinct { column } => one(Aggregate::CountDistinct, column),
            Calc::Min { column } => one(Aggregate::Min, column),
            Calc::Max { column } => one(Aggregate::Max, column),
            Calc::Median { column } => one(Aggregate::Median, column),
            Calc::Ratio { above, below } => {
                divided(one(Aggregate::Sum, above), one(Aggregate::Sum, below))
            }
            Calc::Share { of, condition } => {
                let function = counting(of.as_ref());
                let part = self.filters.iter().chain([condition]);
                divided(
                    aggregate(function, of.as_ref(), part),
                    aggregate(function, of.as_ref(), &self.filters),
                )
            }
            Calc::PerInhabitant {
                of,
                population,
                per,
            } => {
                let of = Expr::Indicator(of.clone());
                let above = match per {
                    0 | 1 => of,
                    per => binary(BinaryOp::Multiply, Expr::Number(f64::from(*per)), of),
                };
                divided(above, Expr::Indicator(population.clone()))
            }
        }
    }

    /// The measure that an expression is, if the form can say it: its [`to_expr`](Self::to_expr)
    /// is then the same but for the order of conditions.
    #[must_use]
    pub fn from_expr(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Aggregate { .. } => {
                let (function, column, filters) = read_aggregate(expr)?;
                Some(Self {
                    calc: single(function, column)?,
                    filters,
                })
            }
            Expr::Binary {
                op: BinaryOp::Divide,
                left,
                right,
            } => per_inhabitant_of(left, right).or_else(|| quotient(left, right)),
            _ => None,
        }
    }

    /// The columns it reads, each once.
    #[must_use]
    pub fn columns(&self) -> Vec<ColumnId> {
        self.to_expr().columns().into_iter().cloned().collect()
    }
}

impl Condition {
    /// It as a condition of the language; `None` when nothing is asked.
    fn to_expr(&self) -> Option<Expr> {
        let column = Expr::Column(self.column.clone());
        let compared = |op, literal: &Literal| binary(op, column.clone(), literal.to_expr());
        Some(match &self.test {
            Test::Is(literal) => compared(BinaryOp::Equal, literal),
            Test::IsNot(literal) => compared(BinaryOp::NotEqual, literal),
            Test::AtLeast(literal) => compared(BinaryOp::GreaterOrEqual, literal),
            Test::AtMost(literal) => compared(BinaryOp::LessOrEqual, literal),
            Test::In(literals) if literals.is_empty() => return None,
            Test::In(literals) => Expr::In {
                of: Box::new(column),
                values: literals.iter().map(Literal::to_listed).collect(),
                negated: false,
            },
            Test::Holds(true) => column,
            Test::Holds(false) => Expr::Not(Box::new(column)),
        })
    }

    fn from_expr(expr: &Expr) -> Option<Self> {
        let of = |expr: &Expr, test| match expr {
            Expr::Column(column) => Some(Self {
                column: column.clone(),
                test,
            }),
            _ => None,
        };
        match expr {
            Expr::Column(_) => of(expr, Test::Holds(true)),
            Expr::Not(inner) => of(inner, Test::Holds(false)),
            Expr::In {
                of: inner,
                values,
                negated: false,
            } => {
                let literals: Option<Vec<Literal>> =
                    values.iter().map(Literal::from_expr).collect();
                of(inner, Test::In(literals?))
            }
            Expr::Binary { op, left, right } => {
                let literal = Literal::from_expr(right)?;
                let test = match op {
                    BinaryOp::Equal => Test::Is(literal),
                    BinaryOp::NotEqual => Test::IsNot(literal),
                    BinaryOp::GreaterOrEqual => Test::AtLeast(literal),
                    BinaryOp::LessOrEqual => Test::AtMost(literal),
                    _ => return None,
                };
                of(left, test)
            }
            _ => None,
        }
    }
}

impl Literal {
    fn to_expr(&self) -> Expr {
        match self {
            // The language has no negative numbers, but a sign before one.
            Self::Number(number) if number.is_finite() && number.is_sign_negative() => {
                Expr::Negate(Box::new(Expr::Number(-number)))
            }
            Self::Number(number) if number.is_finite() => Expr::Number(*number),
            Self::Number(_) => Expr::Number(f64::NAN),
            Self::Text(text) => Expr::Text(text.clone()),
            Self::Day(day) => Expr::Date(*day),
        }
    }

    /// It in a list, where a sign is part of its number.
    fn to_listed(&self) -> Expr {
        match self {
            Self::Number(number) if number.is_finite() => Expr::Number(*number),
            _ => self.to_expr(),
        }
    }

    fn from_expr(expr: &Expr) -> Option<Self> {
        Some(match expr {
            Expr::Number(number) => Self::Number(*number),
            Expr::Negate(of) => match &**of {
                Expr::Number(number) => Self::Number(-number),
                _ => return None,
            },
            Expr::Text(text) => Self::Text(text.clone()),
            Expr::Date(day) => Self::Day(*day),
            _ => return None,
        })
    }
}

fn counting(of: Option<&ColumnId>) -> Aggregate {
    match of {
        Some(_) => Aggregate::Sum,
        None => Aggregate::Count,
    }
}

fn aggregate<'a>(
    function: Aggregate,
    of: Option<&ColumnId>,
    filters: impl IntoIterator<Item = &'a Condition>,
) -> Expr {
    let conditions = filters.into_iter().filter_map(Condition::to_expr);
    Expr::Aggregate {
        function,
        of: of.map(|column| Box::new(Expr::Column(column.clone()))),
        filter: conditions
            .reduce(|all, next| binary(BinaryOp::And, all, next))
            .map(Box::new),
    }
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    Expr::Binary {
        op,
        left: Box::new(left),
        right: Box::new(right),
    }
}

fn divided(above: Expr, below: Expr) -> Expr {
    binary(BinaryOp::Divide, above, below)
}

/// An aggregate of a column, or of rows, with its conditions.
fn read_aggregate(expr: &Expr) -> Option<(Aggregate, Option<ColumnId>, Vec<Condition>)> {
    let Expr::Aggregate {
        function,
        of,
        filter,
    } = expr
    else {
        return None;
    };
    let column = match of.as_deref() {
        None => None,
        Some(Expr::Column(column)) => Some(column.clone()),
        Some(_) => return None,
    };
    let mut conditions = Vec::new();
    if let Some(filter) = filter {
        read_conditions(filter, &mut conditions)?;
    }
    Some((*function, column, conditions))
}

fn read_conditions(expr: &Expr, found: &mut Vec<Condition>) -> Option<()> {
    if let Expr::Binary {
        op: BinaryOp::And,
        left,
        right,
    } = expr
    {
        read_conditions(left, found)?;
        return read_conditions(right, found);
    }
    found.push(Condition::from_expr(expr)?);
    Some(())
}

fn single(function: Aggregate, column: Option<ColumnId>) -> Option<Calc> {
    Some(match (function, column) {
        (Aggregate::Count, None) => Calc::Count,
        (Aggregate::Sum, Some(column)) => Calc::Sum { column },
        (Aggregate::Avg, Some(column)) => Calc::Mean { column },
        (Aggregate::CountDistinct, Some(column)) => Calc::Distinct { column },
        (Aggregate::Min, Some(column)) => Calc::Min { column },
        (Aggregate::Max, Some(column)) => Calc::Max { column },
        (Aggregate::Median, Some(column)) => Calc::Median { column },
        _ => return None,
    })
}

fn per_inhabitant_of(above: &Expr, below: &Expr) -> Option<Simple> {
    let (Expr::Indicator(population), above) = (below, above) else {
        return None;
    };
    let (per, of) = match above {
        Expr::Indicator(of) => (1, of),
        Expr::Binary {
            op: BinaryOp::Multiply,
            left,
            right,
        } => match (&**left, &**right) {
            (Expr::Number(number), Expr::Indicator(of))
            | (Expr::Indicator(of), Expr::Number(number)) => (whole(*number)?, of),
            _ => return None,
        },
        _ => return None,
    };
    Some(Simple::of(Calc::PerInhabitant {
        of: of.clone(),
        population: population.clone(),
        per,
    }))
}

fn whole(number: f64) -> Option<u32> {
    let fits = number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&number);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be whole and in range"
    )]
    fits.then_some(number as u32)
}

/// A ratio of two sums of the same rows, or the share of those that meet one condition more.
fn quotient(above: &Expr, below: &Expr) -> Option<Simple> {
    let (function, of, mut part) = read_aggregate(above)?;
    let (other, by, filters) = read_aggregate(below)?;
    if function != other {
        return None;
    }
    if part == filters {
        let (Aggregate::Sum, Some(above), Some(below)) = (function, of, by) else {
            return None;
        };
        return Some(Simple {
            calc: Calc::Ratio { above, below },
            filters,
        });
    }
    if of != by || function != counting(of.as_ref()) || part.len() != filters.len() + 1 {
        return None;
    }
    let place = (0..part.len()).rev().find(|place| {
        let others = part.iter().enumerate().filter(|(at, _)| at != place);
        others.map(|(_, condition)| condition).eq(&filters)
    })?;
    let condition = part.swap_remove(place);
    Some(Simple {
        calc: Calc::Share { of, condition },
        filters,
    })
}

/// The two measures by which a column is shown per inhabitant: its sum, declared as the indicator
/// `base`, and that indicator divided by the population, without a dataset.
#[must_use]
pub fn per_inhabitant(
    column: ColumnId,
    filters: Vec<Condition>,
    base: IndicatorId,
    population: IndicatorId,
    per: u32,
) -> (Simple, Simple) {
    let sum = Simple {
        calc: Calc::Sum { column },
        filters,
    };
    let divided = Calc::PerInhabitant {
        of: base,
        population,
        per: per.max(1),
    };
    (sum, Simple::of(divided))
}

/// How many inhabitants at a time an amount of a unit may be shown for, and in which unit it then
/// is: euros by one, tonnes by a thousand as `kg/hab`.
#[must_use]
pub fn per_inhabitant_units(unit: Unit) -> Vec<(u32, Unit)> {
    let inhabitants = Unit::from_symbol("hab").map_or(Quantity::PURE, Unit::quantity);
    let each = unit.quantity() / inhabitants;
    [1, 1000]
        .into_iter()
        .filter_map(|per| {
            let wanted = each.sized(each.size() / f64::from(per));
            Some((per, listed(wanted)?))
        })
        .filter(|(_, unit)| unit.symbol().ends_with("hab"))
        .collect()
}

/// What a form may offer of a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    /// Columns that add up; two of them also make a ratio.
    pub summed: Vec<Choice>,
    /// Columns that have a mean.
    pub averaged: Vec<Choice>,
    /// Columns that have a smallest, a largest and a middle value; under statistical secrecy only
    /// the middle one may be asked for.
    pub measured: Vec<Choice>,
    /// Columns whose different values may be counted.
    pub told_apart: Vec<Choice>,
    /// Columns by which rows may be chosen.
    pub filtered: Vec<Choice>,
}

/// A column that a form offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The column.
    pub column: ColumnId,
    /// Its name.
    pub title: Text,
    /// What its cells hold.
    pub kind: ValueType,
    /// Its unit.
    pub unit: Option<Unit>,
    /// The dimension whose members it names.
    pub dimension: Option<DimensionId>,
}

/// The columns of a dataset by what can be made of them. Personal columns, and those whose id is a
/// word of the language, are none of them.
#[must_use]
pub fn choices(dataset: &Dataset) -> Choices {
    let known = dataset.columns.iter().filter_map(|(column, about)| {
        let spec = dataset.schema.column(column.as_str());
        let computed = dataset.computed.get(column.as_str());
        if spec.is_some_and(|spec| spec.personal) || !is_sayable(column) {
            return None;
        }
        let dimension = spec.and_then(|spec| spec.dimension.clone());
        let dimension = dimension.or_else(|| computed?.dimension.clone());
        Some(Choice {
            column: column.clone(),
            title: about.title.clone(),
            kind: dataset.value_type(column.as_str())?,
            unit: about.unit,
            dimension,
        })
    });
    let known: Vec<Choice> = known.collect();
    let those = |fits: &dyn Fn(&Choice) -> bool| -> Vec<Choice> {
        known
            .iter()
            .filter(|choice| fits(choice))
            .cloned()
            .collect()
    };
    let is_number = |choice: &Choice| choice.kind.is_number() && !is_place(&choice.column);
    let is = |choice: &Choice, kind: fn(Unit) -> bool| choice.unit.is_some_and(kind);
    Choices {
        summed: those(&|it| is_number(it) && !is(it, is_rate) && !is(it, is_level)),
        averaged: those(&|it| is_number(it) && !is(it, is_rate)),
        measured: those(&|it| is_number(it) && !is(it, is_share)),
        told_apart: those(&|it| it.kind != ValueType::Boolean),
        filtered: known.clone(),
    }
}

/// Whether the language reads a column's id as that column.
pub(crate) fn is_sayable(column: &ColumnId) -> bool {
    parse_expr(column.as_str()).is_ok_and(|read| read == Expr::Column(column.clone()))
}

/// Whether a number is a place on the map.
fn is_place(column: &ColumnId) -> bool {
    matches!(
        column.as_str(),
        "longitude"
            | "latitude"
            | "lon"
            | "lat"
            | "lng"
            | "long"
            | "x"
            | "y"
            | "coord_x"
            | "coord_y"
    )
}

/// Units of ratios, which the language neither adds up nor averages.
pub(crate) fn is_rate(unit: Unit) -> bool {
    let symbol = unit.symbol();
    is_share(unit)
        || symbol.starts_with("par ")
        || symbol.starts_with("pour ")
        || (symbol.contains('/') && !is_level(unit))
}

/// Units of levels, which have a mean and no sum.
pub(crate) fn is_level(unit: Unit) -> bool {
    matches!(unit.symbol(), "°C" | "dB" | "µg/m³")
}

fn is_share(unit: Unit) -> bool {
    unit.kind() == UnitKind::Share
}

/// Whether a column is a stock, by its name: what is there at a moment, and does not add up over
/// time.
pub(crate) fn is_stock(dataset: &Dataset, column: &ColumnId) -> bool {
    let about = dataset.columns.get(column.as_str());
    let unit = about.and_then(|about| about.unit);
    let title = about.map_or("", |about| about.title.fr.as_str());
    unit.is_some_and(|unit| matches!(unit.symbol(), "hab" | "places"))
        || tells_stock(column.as_str())
        || tells_stock(title)
}

/// The unit that the result has, if it can be told: the first of [`units_of`].
#[must_use]
pub fn unit_of(simple: &Simple, dataset: &Dataset) -> Option<Unit> {
    units_of(simple, dataset).into_iter().next()
}

/// The units that the result may be declared in, the likeliest first; none where a column does
/// not say its own, or none of the list is that of a ratio.
#[must_use]
pub fn units_of(simple: &Simple, dataset: &Dataset) -> Vec<Unit> {
    let unit = |column: &ColumnId| dataset.columns.get(column.as_str())?.unit;
    match &simple.calc {
        Calc::Count | Calc::Distinct { .. } => vec![Unit::count()],
        Calc::Sum { column }
        | Calc::Mean { column }
        | Calc::Min { column }
        | Calc::Max { column }
        | Calc::Median { column } => unit(column)
            .filter(|unit| !is_share(*unit))
            .into_iter()
            .collect(),
        Calc::Share { .. } => shares().collect(),
        Calc::Ratio { above, below } => match (unit(above), unit(below)) {
            (Some(above), Some(below)) => ratio_units(above, below),
            _ => Vec::new(),
        },
        Calc::PerInhabitant { .. } => Vec::new(),
    }
}

fn shares() -> impl Iterator<Item = Unit> {
    ["%", "‰"].into_iter().filter_map(Unit::from_symbol)
}

fn is_counted(unit: Unit) -> bool {
    matches!(unit.symbol(), "nombre" | "places")
}

fn ratio_units(above: Unit, below: Unit) -> Vec<Unit> {
    let quotient = above.quantity() / below.quantity();
    if above == below {
        let counts = is_counted(above).then(Unit::count);
        return shares().chain(counts).collect();
    }
    if quotient.is_pure() && (quotient.size() - 1.0).abs() > 1e-9 {
        return Vec::new();
    }
    let counted =
        (is_counted(above) || is_counted(below)) && quotient.regardless_of_counts().is_pure();
    listed(quotient)
        .into_iter()
        .chain(counted.then(Unit::count))
        .collect()
}

/// The unit of the list that measures exactly this.
fn listed(quantity: Quantity) -> Option<Unit> {
    let known = Unit::ALL.iter();
    let mut known = known.filter_map(|(symbol, _)| Unit::from_symbol(symbol));
    known.find(|unit| {
        let other = unit.quantity();
        other.is_like(quantity)
            && (other.size() / quantity.size() - 1.0).abs() < 1e-9
            && !is_share(*unit)
    })
}

/// How the result adds up over time, as far as names and units tell: what is read from a live
/// source, what counts rows of a table of states, and stocks are worth their last reading; a level
/// its mean; anything else is worked out anew from all rows of the longer period.
#[must_use]
pub fn over_time_of(simple: &Simple, dataset: &Dataset) -> OverTime {
    let is_live = dataset.source.every().is_some();
    let is_state = is_live || dataset.grain() != Some(Grain::Day);
    let last_if = |stock: bool| match stock {
        true => OverTime::Last,
        false => OverTime::Sum,
    };
    match &simple.calc {
        Calc::Count | Calc::Distinct { .. } | Calc::Share { of: None, .. } => last_if(is_state),
        Calc::Sum { column }
        | Calc::Share {
            of: Some(column), ..
        }
        | Calc::Ratio { below: column, .. } => last_if(is_live || is_stock(dataset, column)),
        Calc::Mean { column } => {
            let unit = dataset.columns.get(column.as_str());
            match unit.and_then(|about| about.unit) {
                Some(unit) if is_level(unit) => OverTime::Mean,
                _ => OverTime::Sum,
            }
        }
        Calc::Min { .. } | Calc::Max { .. } | Calc::Median { .. } | Calc::PerInhabitant { .. } => {
            OverTime::Sum
        }
    }
}

/// How many digits after the point are worth showing, in a unit.
#[must_use]
pub fn decimals_of(simple: &Simple, unit: Unit) -> u8 {
    let is_small = is_share(unit)
        || is_level(unit)
        || matches!(
            unit.symbol(),
            "par hab" | "pour 1000 hab" | "t CO₂e/hab" | "m²/hab"
        );
    match &simple.calc {
        _ if unit.symbol() == "km/1000 hab" => 2,
        _ if is_small => 1,
        Calc::Ratio { .. } | Calc::Mean { .. } if is_counted(unit) => 1,
        _ => 0,
    }
}

/// Whether a column is a rate by its name or its unit: no mean of it is that of the whole.
pub(crate) fn is_rate_column(dataset: &Dataset, column: &ColumnId) -> bool {
    let about = dataset.columns.get(column.as_str());
    let unit = about.and_then(|about| about.unit);
    let title = about.map_or("", |about| about.title.fr.as_str());
    unit.is_some_and(is_rate) || tells_rate(column.as_str()) || tells_rate(title)
}
