//! Measures and computed columns: what may be added up, compared, averaged, and in which unit it
//! comes out.

mod types;
mod units;

pub(crate) use units::Measures;

use self::types::Wanted;
use super::{CheckedDataset, Known};
use crate::diagnostic::code;
use crate::expr::{Aggregate, BinaryOp, Expr, ExprError, Function, Parsed, ValueType};
use crate::source::{At, SourceFile, inside_string};
use beffroi_model::{Grain, IndicatorId, Unit, UnitKind};
use std::ops::Range;

/// Where a measure is written, and what it may name.
pub(super) struct Measured<'a> {
    pub known: &'a Known<'a>,
    pub file: &'a SourceFile,
    pub measure: &'a At<String>,
    /// `None` for a measure made of other indicators.
    pub dataset: Option<&'a CheckedDataset<'a>>,
    /// What other indicators measure.
    pub indicator: &'a dyn Fn(&IndicatorId) -> Measures,
}

/// What checking a measure found.
pub(super) struct Checked {
    /// Whether nothing is wrong with it.
    pub sound: bool,
    /// The indicators it names, with their places in the file.
    pub indicators: Vec<At<IndicatorId>>,
    /// What its figures measure.
    pub measures: Measures,
}

impl Measured<'_> {
    /// Tells an error about some bytes of the measure.
    pub(super) fn error(
        &self,
        part: &Range<usize>,
        code: &'static str,
        message: impl AsRef<str>,
        hint: impl Into<Option<String>>,
    ) {
        self.known
            .report
            .at(self.file, &self.place(part), code, message, hint);
    }

    fn place(&self, part: &Range<usize>) -> Range<usize> {
        inside_string(
            &self.file.text,
            &self.measure.span,
            &self.measure.value,
            part,
        )
    }

    /// The operator between two parts.
    fn operator(&self, left: &Range<usize>, right: &Range<usize>) -> Range<usize> {
        let between = left.end..right.start;
        let Some(text) = self.measure.value.get(between.clone()) else {
            return left.start..right.end;
        };
        let start = text.find(|c: char| !c.is_whitespace() && c != ')');
        let end = text.rfind(|c: char| !c.is_whitespace() && c != '(');
        match (start, end) {
            (Some(start), Some(end)) if start <= end => {
                between.start + start..between.start + end + 1
            }
            _ => left.start..right.end,
        }
    }

    /// Tells what cannot be read.
    pub(super) fn syntax(&self, errors: Vec<ExprError>) {
        for error in errors {
            self.error(&error.span, code::MEASURE_SYNTAX, error.message, error.hint);
        }
    }

    /// Under statistical secrecy, tells figures that are those of a single row.
    pub(super) fn no_single_value(&self, expr: &Expr) {
        for part in expr.aggregates() {
            let Expr::Aggregate { function, .. } = part else {
                continue;
            };
            if function.is_one_value() {
                self.known.report.at(
                    self.file,
                    &self.measure.span,
                    code::SECRECY_SINGLE_VALUE,
                    format!(
                        "sous secret statistique, `{part}` livrerait la valeur d'une seule unité"
                    ),
                    "Préférez une somme, une moyenne ou une médiane.".to_owned(),
                );
            }
        }
    }

    fn checker<'a>(&'a self, parsed: &'a Parsed) -> Checker<'a, 'a> {
        Checker {
            at: self,
            spans: parsed.spans.iter(),
            sound: true,
            indicators: Vec::new(),
        }
    }

    /// Checks the types of an expression worked out on each row, and its unit; what it gives, when
    /// nothing is wrong.
    pub(super) fn check_row(&self, parsed: &Parsed, unit: Option<Unit>) -> Option<ValueType> {
        let mut checker = self.checker(parsed);
        let whole = checker.visit(&parsed.expr, Inside::Row);
        if let Some(unit) = unit {
            checker.announced(&whole, Measures::of_column(Some(unit)), unit);
        }
        whole.kind.filter(|_| checker.sound)
    }

    /// Checks the types of a measure, and that it counts something in a way that makes sense for
    /// its unit.
    pub(super) fn check(&self, parsed: &Parsed, unit: Option<Unit>) -> Checked {
        let mut checker = self.checker(parsed);
        let whole = checker.visit(&parsed.expr, Inside::Nothing);
        checker.expect(&whole, Wanted::Number, "une mesure donne");
        let counts = !parsed.expr.aggregates().is_empty() || !checker.indicators.is_empty();
        if checker.sound && !counts {
            checker.error(
                &whole.span,
                code::NOTHING_COUNTED,
                "cette mesure ne compte rien",
                "Il y faut un agrégat : `sum(colonne)`, `count(*)`.".to_owned(),
            );
        }
        if let Some(unit) = unit.filter(|unit| unit.kind() == UnitKind::Share)
            && multiplied_by(&parsed.expr, unit.factor())
        {
            checker.error(
                &whole.span,
                code::PERCENT_TWICE,
                format!(
                    "avec l'unité `{unit}`, la mesure est déjà multipliée par {}",
                    unit.factor()
                ),
                "Ôtez cette multiplication : la mesure est une fraction, 0,082 s'affiche 8,2 %."
                    .to_owned(),
            );
        }
        let measures = match unit {
            Some(unit) => checker.announced(&whole, Measures::of_indicator(Some(unit)), unit),
            None => whole.measures,
        };
        if checker.sound {
            checker.no_text_above(&parsed.expr, &whole.span);
        }
        Checked {
            sound: checker.sound,
            indicators: checker.indicators,
            measures,
        }
    }
}

/// Whether arithmetic outside of aggregates multiplies by that number.
fn multiplied_by(expr: &Expr, factor: f64) -> bool {
    match expr {
        Expr::Binary { op, left, right } if op.is_arithmetic() => {
            let is_factor = |side: &Expr| matches!(side, Expr::Number(n) if *n == factor);
            (*op == BinaryOp::Multiply && (is_factor(left) || is_factor(right)))
                || multiplied_by(left, factor)
                || multiplied_by(right, factor)
        }
        Expr::Negate(of) => multiplied_by(of, factor),
        _ => false,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Above aggregates.
    Nothing,
    Aggregate,
    /// On one row, of which nothing is made.
    Row,
}

/// A part of the measure with what is known of it.
struct Part {
    /// `None` when something is wrong with it already: nothing more is said.
    kind: Option<ValueType>,
    measures: Measures,
    span: Range<usize>,
}

struct Checker<'a, 'b> {
    at: &'a Measured<'a>,
    /// Places of parts, children before their parent, as parts are visited.
    spans: std::slice::Iter<'b, Range<usize>>,
    sound: bool,
    indicators: Vec<At<IndicatorId>>,
}

impl Checker<'_, '_> {
    fn error(
        &mut self,
        part: &Range<usize>,
        code: &'static str,
        message: impl AsRef<str>,
        hint: impl Into<Option<String>>,
    ) {
        self.sound = false;
        self.at.error(part, code, message, hint);
    }

    fn visit(&mut self, expr: &Expr, inside: Inside) -> Part {
        let below = if matches!(expr, Expr::Aggregate { .. }) {
            Inside::Aggregate
        } else {
            inside
        };
        let parts: Vec<Part> = expr
            .children()
            .into_iter()
            .map(|child| self.visit(child, below))
            .collect();
        let span = self.spans.next().cloned().unwrap_or(0..0);
        let kind = self.kind(expr, &parts, &span, inside);
        let measures = self.measures(expr, &parts);
        Part {
            kind,
            measures,
            span,
        }
    }

    /// The type of a part from those of its children.
    fn kind(
        &mut self,
        expr: &Expr,
        parts: &[Part],
        span: &Range<usize>,
        inside: Inside,
    ) -> Option<ValueType> {
        match expr {
            Expr::Number(_) | Expr::Text(_) | Expr::Date(_) | Expr::IsNull { .. } => {}
            Expr::Column(column) => return self.column(column.as_str(), span, inside),
            Expr::Indicator(id) => self.indicator(id, span, inside)?,
            Expr::Aggregate {
                function,
                of,
                filter,
            } => {
                let (of_part, filter_part) = match (of, filter) {
                    (None, _) => (None, parts.first()),
                    (Some(_), _) => (parts.first(), parts.get(1)),
                };
                if let Some(filter) = filter_part {
                    self.expect(filter, Wanted::Condition, "un filtre attend");
                }
                self.aggregate(*function, of.as_deref().zip(of_part), span, inside)?;
            }
            Expr::Binary { op, left, right } => {
                let [a, b] = parts else { return None };
                self.binary(*op, (left, a), (right, b));
            }
            Expr::Not(_) => self.expect_all(parts, Wanted::Condition, "`not` attend"),
            Expr::Negate(_) => self.expect_all(parts, Wanted::Number, "un calcul attend"),
            Expr::In { of, values, .. } => {
                if let Some((first, literals)) = parts.split_first() {
                    for (literal, value) in literals.iter().zip(values) {
                        self.comparable(first, literal);
                        self.member(of, value, literal);
                    }
                }
            }
            Expr::Between { .. } => {
                if let [of, low, high] = parts {
                    self.comparable(of, low);
                    self.comparable(of, high);
                }
            }
            Expr::Like { .. } => self.expect_all(parts, Wanted::Text, "`like` attend"),
            Expr::Case { when, .. } => {
                for pair in parts.chunks(2).take(when.len()) {
                    self.expect_all(&pair[..1], Wanted::Condition, "`when` attend");
                }
                let results = parts
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| index % 2 == 1 || *index == 2 * when.len());
                return self.all_same(results.map(|(_, part)| part));
            }
            Expr::Call { function, .. } => match function {
                Function::NullIf => {
                    if let [a, b] = parts {
                        self.comparable(a, b);
                    }
                }
                Function::Coalesce => return self.all_same(parts.iter()),
                Function::Greatest | Function::Least => {
                    let kind = self.all_same(parts.iter())?;
                    if let (ValueType::Boolean, Some(first)) = (kind, parts.first()) {
                        self.expect(
                            first,
                            Wanted::Number,
                            &format!("`{}` attend", function.as_str()),
                        );
                    }
                    return Some(kind);
                }
                _ => self.call(*function, parts),
            },
        }
        let kinds: Vec<Option<ValueType>> = parts.iter().map(|part| part.kind).collect();
        expr.type_over(&kinds)
    }

    fn binary(&mut self, op: BinaryOp, (left, a): (&Expr, &Part), (right, b): (&Expr, &Part)) {
        let is_time = |part: &Part| part.kind.is_none_or(ValueType::is_time);
        if op == BinaryOp::Subtract && is_time(a) && is_time(b) {
            for part in [a, b] {
                self.as_fine_as(part, Grain::Day, "une différence de dates est en jours");
            }
        } else if op.is_arithmetic() {
            self.expect(a, Wanted::Number, "un calcul attend");
            self.expect(b, Wanted::Number, "un calcul attend");
        } else if op == BinaryOp::Concat {
            self.expect(a, Wanted::Text, "`||` attend");
            self.expect(b, Wanted::Text, "`||` attend");
        } else if op.is_comparison() {
            self.comparable(a, b);
            self.member(left, right, b);
            self.member(right, left, a);
        } else {
            self.expect(a, Wanted::Condition, "`and` et `or` attendent");
            self.expect(b, Wanted::Condition, "`and` et `or` attendent");
        }
    }

    fn column(&mut self, name: &str, span: &Range<usize>, inside: Inside) -> Option<ValueType> {
        let Some(dataset) = self.at.dataset else {
            // Inside of an aggregate, the aggregate is told.
            if inside == Inside::Nothing {
                self.mixed(span);
            }
            return None;
        };
        let place = self.at.place(span);
        let Some(column) = dataset.given(self.at.known, self.at.file, name, &place) else {
            self.sound = false;
            return None;
        };
        if inside == Inside::Nothing {
            let sum = if column.kind.is_none_or(ValueType::is_number) {
                "sum"
            } else {
                "count"
            };
            self.error(
                span,
                code::COLUMN_OUTSIDE_AGGREGATE,
                format!("`{name}` a une valeur par ligne : dites comment les réunir"),
                format!("Écrivez `{sum}({name})`, ou un autre agrégat."),
            );
            return None;
        }
        column.kind
    }

    fn indicator(&mut self, id: &IndicatorId, span: &Range<usize>, inside: Inside) -> Option<()> {
        if self.at.dataset.is_some() || inside != Inside::Nothing {
            self.mixed(span);
            return None;
        }
        self.indicators
            .push(At::new(id.clone(), self.at.place(span)));
        Some(())
    }

    fn mixed(&mut self, span: &Range<usize>) {
        self.error(
            span,
            code::INDICATOR_AND_COLUMNS,
            "une mesure porte sur des colonnes ou sur des indicateurs, pas sur les deux",
            "Faites un indicateur du calcul sur les colonnes, puis combinez-les par \
             `indicator('…')` dans un indicateur sans `dataset`."
                .to_owned(),
        );
    }

    fn aggregate(
        &mut self,
        function: Aggregate,
        of: Option<(&Expr, &Part)>,
        span: &Range<usize>,
        inside: Inside,
    ) -> Option<()> {
        if inside == Inside::Row {
            self.error(
                span,
                code::NESTED_AGGREGATE,
                format!("`{}` réunit des lignes", function.as_str()),
                "Une colonne calculée a une valeur par ligne : elle ne part que des autres \
                 colonnes de sa ligne."
                    .to_owned(),
            );
            return None;
        }
        if inside == Inside::Aggregate {
            self.error(
                span,
                code::NESTED_AGGREGATE,
                format!("`{}` est déjà dans un agrégat", function.as_str()),
                "Un agrégat réunit des lignes : il ne peut pas en contenir un autre.".to_owned(),
            );
            return None;
        }
        if self.at.dataset.is_none() {
            self.mixed(span);
            return None;
        }
        let Some((of, part)) = of else {
            return Some(());
        };
        match function {
            Aggregate::Count | Aggregate::CountDistinct => return Some(()),
            Aggregate::Min | Aggregate::Max => {
                self.expect(part, Wanted::Number, "un minimum ou un maximum attend");
            }
            Aggregate::Quantile(_) | Aggregate::First | Aggregate::Last => {
                let who = format!("`{}` attend", function.as_str());
                self.expect(part, Wanted::Number, &who);
            }
            Aggregate::Sum | Aggregate::Avg | Aggregate::Median => self.summed(function, of, part),
        }
        // What is told here is not told again of what is made of it.
        part.kind.filter(|kind| kind.is_number()).map(drop)
    }

    /// What is added up or averaged must be amounts: neither texts nor rates.
    fn summed(&mut self, function: Aggregate, of: &Expr, part: &Part) {
        let name = function.as_str();
        if part.kind == Some(ValueType::Text) {
            self.error(
                &part.span,
                code::TEXT_SUMMED,
                format!("`{name}` veut des nombres, et `{of}` est du texte"),
                "Déclarez la colonne `integer` ou `decimal` si elle contient des nombres ; pour \
                 compter des valeurs différentes : `count(distinct …)`."
                    .to_owned(),
            );
            return;
        }
        if part.kind == Some(ValueType::Boolean) {
            self.error(
                &part.span,
                code::MEASURE_TYPE,
                format!("`{name}` veut des nombres, et `{of}` est un vrai ou faux"),
                format!("Comptez les lignes où c'est vrai : `count(*) filter (where {of})`."),
            );
            return;
        }
        self.expect(part, Wanted::Number, &format!("`{name}` attend"));
        let why = "La moyenne de taux donne le même poids à un petit et à un grand : ce n'est pas \
                   le taux de l'ensemble";
        match of {
            Expr::Binary {
                op: BinaryOp::Divide,
                left,
                right,
            } if function == Aggregate::Avg && !right.columns().is_empty() => {
                self.error(
                    &part.span,
                    code::RATE_AVERAGED,
                    format!("`{of}` est un taux, ligne par ligne : il ne se moyenne pas"),
                    format!("{why}. Écrivez `sum({left}) / sum({right})`."),
                );
            }
            Expr::Column(column) => {
                let dataset = self.at.dataset;
                let Some(unit) = dataset.and_then(|dataset| dataset.unit(column.as_str())) else {
                    return;
                };
                if function == Aggregate::Avg && is_rate(unit) {
                    self.error(
                        &part.span,
                        code::RATE_AVERAGED,
                        format!("`{column}` est un taux ({unit}) : il ne se moyenne pas"),
                        format!(
                            "{why}. Écrivez `sum(numérateur) / sum(dénominateur)`, avec les \
                             colonnes dont il provient."
                        ),
                    );
                } else if function == Aggregate::Sum && (is_rate(unit) || is_level(unit)) {
                    self.error(
                        &part.span,
                        code::RATE_SUMMED,
                        format!("`{column}` ({unit}) ne s'additionne pas"),
                        "Additionnez des quantités ; pour un taux, écrivez `sum(numérateur) / \
                         sum(dénominateur)`."
                            .to_owned(),
                    );
                }
            }
            _ => {}
        }
    }
}

/// Units of ratios: `%`, `€/hab`, `pour 1000 hab`…
fn is_rate(unit: Unit) -> bool {
    let symbol = unit.symbol();
    unit.kind() == UnitKind::Share
        || symbol.starts_with("par ")
        || symbol.starts_with("pour ")
        || (symbol.contains('/') && !is_level(unit))
}

/// Units of levels that are averaged but never added up.
fn is_level(unit: Unit) -> bool {
    matches!(unit.symbol(), "°C" | "dB" | "µg/m³")
}
