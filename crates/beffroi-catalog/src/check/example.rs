//! Checks of worked examples: what they start from is what the measure names, and their result is
//! what the measure makes of it.

use super::{CheckedDataset, Known};
use crate::diagnostic::code;
use crate::expr::Expr;
use crate::raw::{RawExample, RawIndicator};
use crate::source::{At, list, suggest};
use crate::table::{NumberOrWord, Values};
use crate::words::Named as _;
use crate::worked::{Operand, Row, worked_figures, worked_rows};
use crate::{Dataset, Example, Given, Value, ValueType};
use beffroi_model::{Cell, CellState, ColumnId, ColumnType, IndicatorId, Unit};
use chrono::NaiveDate;
use indexmap::IndexMap;

/// The examples of an indicator whose measure is sound.
pub(super) struct Examples<'a> {
    pub known: &'a Known<'a>,
    pub raw: &'a RawIndicator<'a>,
    pub measure: &'a Expr,
    pub unit: Unit,
    /// `None` for an indicator made of others.
    pub dataset: Option<&'a CheckedDataset<'a>>,
    /// The unit of an indicator that it is made of.
    pub unit_of: &'a dyn Fn(&IndicatorId) -> Option<Unit>,
}

impl Examples<'_> {
    pub(super) fn check(&self) -> Vec<Example> {
        let examples = self.raw.examples.iter();
        examples.filter_map(|raw| self.example(raw)).collect()
    }

    fn example(&self, raw: &RawExample) -> Option<Example> {
        let given = self.given(raw)?;
        let result = raw.result.as_ref()?;
        let (cell, decimals) = match &result.value {
            NumberOrWord::Number { value, decimals } => (Cell::Value(*value), *decimals),
            NumberOrWord::Word(word) => {
                let state = CellState::named(word).unwrap_or(CellState::Missing);
                (Cell::without_value(state), 0)
            }
        };
        let found = self
            .worked(&given)?
            .combine(Cell::Value(self.unit.factor()), |a, b| a * b);
        if !agree(found, cell, decimals) {
            self.differs(found, decimals, result);
        }
        Some(Example {
            title: raw.title.clone(),
            given,
            result: cell,
            decimals,
        })
    }

    fn error(
        &self,
        span: &std::ops::Range<usize>,
        code: &'static str,
        message: &str,
        hint: Option<String>,
    ) {
        self.known
            .report
            .at(self.raw.file, span, code, message, hint);
    }

    /// What it starts from; `None` when something is wrong with it.
    fn given(&self, raw: &RawExample) -> Option<Given> {
        match (self.dataset, &raw.rows, &raw.indicators) {
            (Some(dataset), Some(rows), None) => {
                let rows = rows.iter().map(|row| self.row(dataset, row));
                let rows: Vec<_> = rows.collect();
                rows.into_iter().collect::<Option<_>>().map(Given::Rows)
            }
            (None, None, Some(figures)) => self.figures(figures).map(Given::Indicators),
            (Some(_), ..) => {
                let message = "cet exemple ne part pas de lignes";
                let hint = "L'indicateur se calcule sur un jeu de données : donnez-en quelques \
                            lignes, et elles seules, par `rows = [{ … }]`.";
                self.error(
                    &raw.span,
                    code::EXAMPLE_GIVEN,
                    message,
                    Some(hint.to_owned()),
                );
                None
            }
            (None, ..) => {
                let message = "cet exemple ne part pas d'indicateurs";
                let hint = "L'indicateur se déduit d'autres : donnez leurs valeurs, et elles \
                            seules, par `indicators = { … }`.";
                self.error(
                    &raw.span,
                    code::EXAMPLE_GIVEN,
                    message,
                    Some(hint.to_owned()),
                );
                None
            }
        }
    }

    fn row(&self, dataset: &CheckedDataset<'_>, row: &Values) -> Option<IndexMap<ColumnId, Value>> {
        let cells = row.iter().map(|(name, value)| {
            let known = dataset.column(self.known, self.raw.file, &name.value, &name.span);
            let kind = known?.kind?;
            let column = dataset.schema.column(&name.value)?;
            let Some(value) = fitting(&value.value, kind) else {
                self.misfit(name, kind, value);
                return None;
            };
            if let Value::Text(text) = &value
                && !column.members.is_empty()
                && column.members.iter().all(|member| member.key != *text)
            {
                let message = format!("`{text}` n'est pas un membre de `{}`", name.value);
                let keys = column.members.iter().map(|member| member.key.as_str());
                let hint = suggest(text, keys);
                self.error(&name.span, code::UNKNOWN_MEMBER, &message, hint);
                return None;
            }
            Some((column.id.clone(), value))
        });
        // All of them are looked at, and all that is wrong is told.
        let cells: Vec<_> = cells.collect();
        cells.into_iter().collect()
    }

    fn misfit(&self, name: &At<String>, kind: ColumnType, value: &At<Value>) {
        let (expected, hint) = match kind {
            ColumnType::Text | ColumnType::Code => {
                ("un texte".to_owned(), "Mettez-le entre guillemets.")
            }
            ColumnType::Integer | ColumnType::Decimal { scale: 0 } => {
                ("un nombre entier".to_owned(), "Sans guillemets : `12`.")
            }
            ColumnType::Decimal { scale } => {
                let digits = if scale == 1 {
                    "un chiffre"
                } else {
                    &format!("{scale} chiffres")
                };
                (
                    format!("un nombre, avec au plus {digits} après la virgule"),
                    "Sans guillemets, avec un point : `12.5`.",
                )
            }
            ColumnType::Boolean => ("`true` ou `false`".to_owned(), "Sans guillemets."),
            ColumnType::Date { .. } | ColumnType::DateTime => (
                "une date".to_owned(),
                "Le premier jour de la période, sans guillemets : `2025-03-01` ; ou l'année \
                 seule : `2025`.",
            ),
        };
        let message = format!("`{}` attend {expected}", name.value);
        self.error(
            &value.span,
            code::WRONG_TYPE,
            &message,
            Some(hint.to_owned()),
        );
    }

    fn figures(&self, figures: &Values) -> Option<IndexMap<IndicatorId, f64>> {
        let parts = self.measure.indicators();
        let figures = figures.iter().map(|(name, value)| {
            let Some(part) = parts.iter().find(|part| part.as_str() == name.value) else {
                let message = format!("`{}` n'entre pas dans la mesure", name.value);
                let hint = Some(format!("Y entrent : {}.", list(&parts)));
                self.error(&name.span, code::EXAMPLE_GIVEN, &message, hint);
                return None;
            };
            let Value::Number(number) = value.value else {
                let message = format!("`{}` attend un nombre", name.value);
                let hint = Some("Sans guillemets, avec un point : `12.5`.".to_owned());
                self.error(&value.span, code::WRONG_TYPE, &message, hint);
                return None;
            };
            Some(((*part).clone(), number))
        });
        let figures: Vec<_> = figures.collect();
        figures.into_iter().collect()
    }

    /// What the measure makes of what is given; `None` when that cannot be told.
    fn worked(&self, given: &Given) -> Option<Cell> {
        Some(match given {
            Given::Rows(rows) => {
                let dataset = self.dataset?.dataset.as_ref()?;
                let rows = rows.iter().map(|row| as_row(dataset, row));
                let rows: Vec<Row> = rows.collect();
                worked_rows(
                    self.measure,
                    dataset,
                    &rows,
                    self.raw.missing,
                    self.raw.over_time,
                )
            }
            Given::Indicators(figures) => worked_figures(self.measure, &|id| {
                let Some(figure) = figures.get(id) else {
                    return Cell::Missing;
                };
                // In its unit → as its measure, before the unit multiplies it.
                let factor = (self.unit_of)(id).map_or(1.0, Unit::factor);
                Cell::Value(figure / factor)
            }),
        })
    }

    fn differs(&self, found: Cell, decimals: u8, result: &At<NumberOrWord>) {
        let decimals = usize::from(decimals.min(9).max(self.raw.decimals));
        let (said, written) = match found {
            Cell::Value(value) => {
                let number = format!("{value:.decimals$}");
                (format!("`{number}`"), number)
            }
            Cell::NotApplicable => (
                "un résultat sans objet".to_owned(),
                format!("\"{}\"", CellState::NotApplicable.name()),
            ),
            Cell::Missing | Cell::Secret => (
                "un résultat manquant".to_owned(),
                format!("\"{}\"", CellState::Missing.name()),
            ),
        };
        self.error(
            &result.span,
            code::EXAMPLE_RESULT,
            &format!("le calcul donne {said}"),
            Some(format!(
                "Corrigez ce dont part l'exemple, ou écrivez `result = {written}`."
            )),
        );
    }
}

/// A row as the dataset holds it.
fn as_row(dataset: &Dataset, row: &IndexMap<ColumnId, Value>) -> Row {
    let mut cells = Row::new();
    for (column, value) in row {
        let kind = dataset.value_type(column.as_str());
        if let Some(cell) = kind.and_then(|kind| operand(value).as_type(kind)) {
            cells.insert(column.clone(), Ok(cell));
        }
    }
    cells
}

/// A value as cells of a column hold it; a year stands for its first day.
fn fitting(value: &Value, kind: ColumnType) -> Option<Value> {
    let value = match (kind, value) {
        (ColumnType::Date { .. } | ColumnType::DateTime, Value::Number(year)) => {
            let year = format!("{year}").parse().ok()?;
            Value::Day(NaiveDate::from_ymd_opt(year, 1, 1)?)
        }
        (_, value) => value.clone(),
    };
    let fits = operand(&value).as_type(ValueType::from(kind)).is_some();
    fits.then_some(value)
}

fn operand(value: &Value) -> Operand {
    match value {
        Value::Number(number) => Operand::written(*number),
        Value::Text(text) => Operand::Text(text.clone()),
        Value::Boolean(truth) => Operand::Boolean(*truth),
        Value::Day(day) => Operand::Day(*day),
    }
}

/// Whether a result is what was found, rounded to the digits it is written with.
fn agree(found: Cell, result: Cell, decimals: u8) -> bool {
    match (found, result) {
        (Cell::Value(found), Cell::Value(result)) => {
            let half = 0.5 * 10f64.powi(-i32::from(decimals));
            (found - result).abs() <= half * (1.0 + 1e-6) + found.abs() * 1e-12
        }
        (found, result) => found.state() == result.state(),
    }
}
