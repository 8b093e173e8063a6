//! Units of measures, from those declared for columns and indicators: tonnes are not added to
//! euros, nor to kilograms, and what comes out is in the unit that the indicator announces.
//!
//! Nothing is said where nothing is known. Numbers written in a measure have no unit: beside an
//! amount they take its own (`montant > 1000`), multiplied with one they may convert it
//! (`1000 * tonnes`) or not (`2 * tonnes`), and what follows tells which.

use super::{Checker, Part};
use crate::diagnostic::code;
use crate::expr::{Aggregate, BinaryOp, Expr, Function};
use beffroi_model::{Quantity, Unit, UnitKind};
use std::ops::Range;

/// What is known of what a part measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Measures {
    /// Nothing, or it is no amount.
    Unknown,
    /// It is a number written in the measure.
    Literal(f64),
    /// So much of something.
    Amount(Amount),
}

/// So much of something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Amount {
    quantity: Quantity,
    /// What numbers written in the measure have multiplied it by.
    multiplier: f64,
    /// Whether things are counted in it without saying what: they may be inhabitants, or days.
    counted: bool,
}

/// Why two amounts do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Apart {
    /// They are of different things.
    Things,
    /// They are of the same thing, one by tonnes and the other by kilograms.
    Sizes,
}

const COUNTED: Amount = Amount {
    quantity: Quantity::PURE,
    multiplier: 1.0,
    counted: true,
};

impl Measures {
    /// What the cells of a column measure: of a column in `%`, 12 is 12 %.
    pub(super) fn of_column(unit: Option<Unit>) -> Self {
        unit.map_or(Self::Unknown, |unit| Self::Amount(Amount::of(unit)))
    }

    /// What the figures of an indicator measure: of one in `%`, 0.12 is 12 %.
    pub(crate) fn of_indicator(unit: Option<Unit>) -> Self {
        unit.map_or(Self::Unknown, |unit| Self::Amount(Amount::announced(unit)))
    }
}

impl Amount {
    fn of(unit: Unit) -> Self {
        Self {
            quantity: unit.quantity(),
            multiplier: 1.0,
            counted: matches!(unit.symbol(), "nombre" | "places"),
        }
    }

    fn announced(unit: Unit) -> Self {
        let mut amount = Self::of(unit);
        if unit.kind() == UnitKind::Share {
            amount.quantity = Quantity::PURE;
        }
        amount
    }

    fn is_like(self, other: Self) -> bool {
        let [a, b] = match self.counted || other.counted {
            true => [self, other].map(|it| it.quantity.regardless_of_counts()),
            false => [self, other].map(|it| it.quantity),
        };
        a.is_like(b)
    }

    /// The sizes it may have: multiplied by 1000, tonnes are as many tonnes, or kilograms.
    fn sizes(self) -> [f64; 2] {
        let size = self.quantity.size();
        [size, size / self.multiplier]
    }

    /// What both are, when they are of one thing and of one size.
    fn with(self, other: Self) -> Result<Self, Apart> {
        if !self.is_like(other) {
            return Err(Apart::Things);
        }
        let has_time = self.quantity.has_time() || other.quantity.has_time();
        if !self.quantity.has_time_of(other.quantity) {
            return Ok(self);
        }
        // Months and years have no exact length.
        let tolerance = if has_time { 0.02 } else { 1e-9 };
        let is_near = |a: f64, b: f64| (a / b - 1.0).abs() <= tolerance;
        let both = Self {
            counted: self.counted || other.counted,
            ..self
        };
        if is_near(self.quantity.size(), other.quantity.size())
            && is_near(self.multiplier, other.multiplier)
        {
            return Ok(both);
        }
        let mut shared = self.sizes().into_iter();
        let shared = shared.find(|size| other.sizes().iter().any(|other| is_near(*size, *other)));
        let size = shared.ok_or(Apart::Sizes)?;
        Ok(Self {
            quantity: both.quantity.sized(size),
            multiplier: 1.0,
            ..both
        })
    }

    /// It in French, with its article: `des t`.
    fn french(self) -> String {
        match self.quantity.to_string().as_str() {
            "nombre" => "de simples nombres".to_owned(),
            symbol if symbol.starts_with("par ") || symbol.starts_with("pour ") => {
                format!("des nombres {symbol}")
            }
            symbol => format!("des {symbol}"),
        }
    }
}

impl Checker<'_, '_> {
    /// What a part measures, from what its children do.
    pub(super) fn measures(&mut self, expr: &Expr, parts: &[Part]) -> Measures {
        let first = parts
            .first()
            .map_or(Measures::Unknown, |part| part.measures);
        match expr {
            Expr::Number(number) => Measures::Literal(*number),
            Expr::Column(column) => {
                let dataset = self.at.dataset;
                Measures::of_column(dataset.and_then(|dataset| dataset.unit(column.as_str())))
            }
            Expr::Indicator(id) => (self.at.indicator)(id),
            Expr::Aggregate { function, .. } => match (function, first) {
                (Aggregate::Count | Aggregate::CountDistinct, _) | (_, Measures::Literal(_)) => {
                    Measures::Amount(COUNTED)
                }
                _ => first,
            },
            Expr::Negate(_) => match first {
                Measures::Literal(number) => Measures::Literal(-number),
                other => other,
            },
            Expr::Binary { op, .. } => match parts {
                [left, right] => self.binary_measures(expr, *op, left, right),
                _ => Measures::Unknown,
            },
            Expr::Between { .. } => {
                if let Some((of, ends)) = parts.split_first() {
                    for end in ends {
                        self.alike(of, end);
                    }
                }
                Measures::Unknown
            }
            Expr::Case { when, .. } => {
                let results: Vec<&Part> = parts
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| index % 2 == 1 || *index == 2 * when.len())
                    .map(|(_, part)| part)
                    .collect();
                self.all_alike(&results)
            }
            Expr::Call { function, .. } => match function {
                Function::NullIf => {
                    if let [a, b] = parts {
                        self.alike(a, b);
                    }
                    first
                }
                Function::Coalesce | Function::Greatest | Function::Least => {
                    self.all_alike(&parts.iter().collect::<Vec<_>>())
                }
                Function::Abs | Function::Round(_) | Function::Floor | Function::Ceil => first,
                Function::Length => Measures::Amount(COUNTED),
                _ => Measures::Unknown,
            },
            _ => Measures::Unknown,
        }
    }

    fn binary_measures(
        &mut self,
        expr: &Expr,
        op: BinaryOp,
        left: &Part,
        right: &Part,
    ) -> Measures {
        let is_time = |part: &Part| part.kind.is_some_and(|kind| kind.is_time());
        if op == BinaryOp::Subtract && is_time(left) && is_time(right) {
            return Measures::of_column(Unit::from_symbol("jours"));
        }
        match op {
            BinaryOp::Multiply | BinaryOp::Divide => scaled(op, left.measures, right.measures),
            BinaryOp::Add | BinaryOp::Subtract => self.added(expr, op, left, right),
            _ if op.is_comparison() => {
                self.added(expr, op, left, right);
                Measures::Unknown
            }
            _ => Measures::Unknown,
        }
    }

    /// What a sum, a difference or a comparison is of; what cannot be is told at its operator.
    fn added(&mut self, expr: &Expr, op: BinaryOp, left: &Part, right: &Part) -> Measures {
        let (a, b) = match (left.measures, right.measures) {
            (Measures::Amount(a), Measures::Amount(b)) => (a, b),
            (Measures::Literal(a), Measures::Literal(b)) => {
                return Measures::Literal(if op == BinaryOp::Add { a + b } else { a - b });
            }
            (Measures::Literal(_), amount) | (amount, Measures::Literal(_)) => return amount,
            _ => return Measures::Unknown,
        };
        let apart = match a.with(b) {
            Ok(both) => return Measures::Amount(both),
            Err(apart) => apart,
        };
        let what = match expr.to_string() {
            text if text.chars().count() <= 60 => format!("`{text}`"),
            _ => format!("`{}`", op.as_str()),
        };
        let (of_left, of_right) = (a.french(), b.french());
        let message = match op {
            BinaryOp::Add => format!("{what} ajoute {of_right} à {of_left}"),
            BinaryOp::Subtract => format!("{what} soustrait {of_right} à {of_left}"),
            _ => format!("{what} compare {of_left} à {of_right}"),
        };
        let span = self.at.operator(&left.span, &right.span);
        self.tell_apart(apart, &span, &message, a, b);
        Measures::Unknown
    }

    /// Tells two parts that cannot be compared or chosen from, at the second.
    fn alike(&mut self, first: &Part, second: &Part) -> Measures {
        match (first.measures, second.measures) {
            (Measures::Amount(a), Measures::Amount(b)) => match a.with(b) {
                Ok(both) => Measures::Amount(both),
                Err(apart) => {
                    let message = format!("{} ici, et {} avant", b.french(), a.french());
                    self.tell_apart(apart, &second.span, &message, a, b);
                    Measures::Unknown
                }
            },
            (Measures::Literal(a), Measures::Literal(b)) if a == b => Measures::Literal(a),
            // Ones and zeros: they count.
            (Measures::Literal(_), Measures::Literal(_)) => Measures::Amount(COUNTED),
            (Measures::Literal(_), amount) | (amount, Measures::Literal(_)) => amount,
            _ => Measures::Unknown,
        }
    }

    fn all_alike(&mut self, parts: &[&Part]) -> Measures {
        let Some((first, others)) = parts.split_first() else {
            return Measures::Unknown;
        };
        let mut known = Part {
            kind: first.kind,
            measures: first.measures,
            span: first.span.clone(),
        };
        for part in others {
            known.measures = self.alike(&known, part);
        }
        known.measures
    }

    fn tell_apart(&mut self, apart: Apart, span: &Range<usize>, what: &str, a: Amount, b: Amount) {
        match apart {
            Apart::Things => self.error(
                span,
                code::UNITS_MIXED,
                what,
                "Cela ne se mesure pas dans la même unité. Celle d'une colonne se déclare par \
                 `unit`, dans son jeu de données."
                    .to_owned(),
            ),
            Apart::Sizes => {
                let (large, small) = if a.quantity.size() >= b.quantity.size() {
                    (a, b)
                } else {
                    (b, a)
                };
                let ratio = written(large.quantity.size() / small.quantity.size());
                let hint = format!(
                    "1 {large} vaut {ratio} {small} : multipliez par {ratio} ce qui est en {large}.",
                    large = large.quantity,
                    small = small.quantity,
                );
                self.error(span, code::UNIT_SIZE, what, hint);
            }
        }
    }

    /// Compares what an expression gives with what is announced in a unit, and says what it then
    /// measures.
    pub(super) fn announced(
        &mut self,
        whole: &Part,
        as_announced: Measures,
        unit: Unit,
    ) -> Measures {
        let (Measures::Amount(given), Measures::Amount(announced)) = (whole.measures, as_announced)
        else {
            return as_announced;
        };
        // Of what is wrong already, the unit may be too.
        if !self.sound {
            return as_announced;
        }
        // A stock over a flow is a pure number, and a time: a debt of so many years of savings.
        if given.quantity.is_pure() && announced.quantity.is_time() {
            return as_announced;
        }
        let apart = match given.with(announced) {
            Ok(_) => {
                return Measures::Amount(Amount {
                    quantity: given.quantity.sized(announced.quantity.size()),
                    multiplier: 1.0,
                    counted: given.counted,
                });
            }
            Err(apart) => apart,
        };
        let given_in = given.french();
        let message = match unit.kind() {
            UnitKind::Share if apart == Apart::Sizes => {
                format!("la mesure donne {given_in}, et `{unit}` veut une fraction")
            }
            _ => format!("la mesure donne {given_in}, et son unité est `{unit}`"),
        };
        match apart {
            Apart::Things => {
                let hint = if unit.kind() == UnitKind::Share {
                    format!(
                        "`{unit}` veut un rapport de deux choses de même unité : `sum(vacants) / \
                         sum(logements)`."
                    )
                } else {
                    "Corrigez cette unité, ou `unit` des colonnes dans leur jeu de données."
                        .to_owned()
                };
                self.error(&whole.span, code::UNIT_ANNOUNCED, message, hint);
            }
            Apart::Sizes => {
                let ratio = given.quantity.size() / announced.quantity.size();
                let to_do = match ratio >= 1.0 {
                    true => format!("Multipliez-la par {}", written(ratio)),
                    false => format!("Divisez-la par {}", written(ratio.recip())),
                };
                let hint = match given.multiplier == 1.0 {
                    true => format!("{to_do}."),
                    false => format!("{to_do} : les nombres qu'elle contient ne le font pas."),
                };
                self.error(&whole.span, code::UNIT_SIZE, message, hint);
            }
        }
        as_announced
    }
}

/// A product or a quotient.
fn scaled(op: BinaryOp, left: Measures, right: Measures) -> Measures {
    let times = op == BinaryOp::Multiply;
    match (left, right) {
        (Measures::Unknown, _) | (_, Measures::Unknown) => Measures::Unknown,
        (Measures::Literal(a), Measures::Literal(b)) => {
            Measures::Literal(if times { a * b } else { a / b })
        }
        (Measures::Amount(amount), Measures::Literal(by)) => multiplied(Amount {
            multiplier: match times {
                true => amount.multiplier * by,
                false => amount.multiplier / by,
            },
            ..amount
        }),
        (Measures::Literal(by), Measures::Amount(amount)) => multiplied(match times {
            true => Amount {
                multiplier: amount.multiplier * by,
                ..amount
            },
            false => Amount {
                quantity: Quantity::PURE / amount.quantity,
                multiplier: by / amount.multiplier,
                ..amount
            },
        }),
        (Measures::Amount(a), Measures::Amount(b)) => multiplied(Amount {
            quantity: if times {
                a.quantity * b.quantity
            } else {
                a.quantity / b.quantity
            },
            multiplier: if times {
                a.multiplier * b.multiplier
            } else {
                a.multiplier / b.multiplier
            },
            counted: a.counted || b.counted,
        }),
    }
}

/// Nothing is known of what is multiplied by nothing or beyond all bounds.
fn multiplied(amount: Amount) -> Measures {
    let size = amount.quantity.size() / amount.multiplier;
    if size.is_finite() && size != 0.0 {
        Measures::Amount(amount)
    } else {
        Measures::Unknown
    }
}

/// A ratio as one writes it in a measure.
fn written(ratio: f64) -> String {
    let text = format!("{ratio:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
