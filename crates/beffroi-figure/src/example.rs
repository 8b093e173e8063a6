//! Worked examples of an indicator, as tables: what one starts from, and the result.

use crate::compose::absence_word;
use crate::context::Context;
use crate::figure::ExampleTable;
use crate::sentence::counted;
use crate::writer::Writer;
use beffroi_catalog::{Dataset, Example, Given, Indicator, Measure, Text, Value};
use beffroi_model::{Cell, ColumnId, ColumnType, Grain, Period, Unit, UnitKind};
use beffroi_text::{Lang, PeriodStyle, number, period, t, with_unit};
use indexmap::IndexMap;

type Row = IndexMap<ColumnId, Value>;

/// The examples in the order in which they are declared.
pub(crate) fn examples(indicator: &Indicator, ctx: &Context) -> Vec<ExampleTable> {
    let reader = Reader { indicator, ctx };
    let examples = indicator.examples.iter();
    examples.map(|example| reader.table(example)).collect()
}

struct Reader<'a> {
    indicator: &'a Indicator,
    ctx: &'a Context<'a>,
}

impl Reader<'_> {
    fn table(&self, example: &Example) -> ExampleTable {
        let (title, fallback) = example.title.get(self.ctx.english());
        let (heads, rows) = match &example.given {
            Given::Rows(rows) => self.rows(rows),
            Given::Indicators(figures) => {
                let parts = figures.iter().map(|(id, figure)| {
                    let part = self.ctx.catalog.indicators.get(id);
                    let head = part.map_or(id.as_str(), |part| self.text(&part.title));
                    let unit = part.map_or_else(Unit::count, |part| part.unit);
                    let value = with_unit(self.ctx.lang, *figure, unit, decimals(*figure));
                    (head.to_owned(), value.to_string())
                });
                let (heads, row) = parts.unzip();
                (heads, vec![row])
            }
        };
        ExampleTable {
            title: title.to_owned(),
            title_lang: fallback.then_some(Lang::Fr),
            heads,
            rows,
            result: self.result(example),
        }
    }

    fn rows(&self, rows: &[Row]) -> (Vec<String>, Vec<Vec<String>>) {
        let mut columns: Vec<&ColumnId> = Vec::new();
        for column in rows.iter().flat_map(IndexMap::keys) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        let dataset = match &self.indicator.measure {
            Measure::Direct { dataset, .. } => self.ctx.catalog.datasets.get(dataset),
            Measure::Derived { .. } => None,
        };
        let head = |id: &&ColumnId| {
            let info = dataset.and_then(|dataset| dataset.columns.get(*id));
            info.map_or_else(|| id.to_string(), |info| self.text(&info.title).to_owned())
        };
        let cells = |row: &Row| {
            let cell = |id: &&ColumnId| match row.get(*id) {
                Some(value) => self.value(value, id, dataset),
                None => absence_word(self.ctx.lang, Cell::Missing.state()),
            };
            columns.iter().map(cell).collect()
        };
        (
            columns.iter().map(head).collect(),
            rows.iter().map(cells).collect(),
        )
    }

    fn value(&self, value: &Value, id: &ColumnId, dataset: Option<&Dataset>) -> String {
        let lang = self.ctx.lang;
        let column = dataset.and_then(|dataset| dataset.schema.column(id.as_str()));
        match value {
            Value::Number(value) => match column.and_then(|column| column.unit) {
                Some(unit) => with_unit(lang, *value, unit, decimals(*value)).to_string(),
                None => number(lang, *value, decimals(*value)),
            },
            Value::Text(text) => {
                let dimension = column.and_then(|column| column.dimension.as_ref());
                let member = dimension
                    .and_then(|id| self.ctx.catalog.dimensions.get(id))
                    .and_then(|dimension| dimension.members.get(text));
                member.map_or_else(
                    || text.clone(),
                    |member| self.text(&member.title).to_owned(),
                )
            }
            Value::Boolean(true) => t(lang, "yes").into_owned(),
            Value::Boolean(false) => t(lang, "no").into_owned(),
            Value::Day(day) => {
                let grain = column
                    .map(|column| column.kind)
                    .and_then(ColumnType::grain)
                    .unwrap_or(Grain::Day);
                period(lang, Period::containing(grain, *day), PeriodStyle::Long)
            }
        }
    }

    fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.get(self.ctx.english()).0
    }

    fn result(&self, example: &Example) -> String {
        let lang = self.ctx.lang;
        match example.result {
            Cell::Value(value) => {
                let writer = Writer::new(lang, self.indicator.unit, example.decimals, 0.0);
                match self.indicator.unit.kind() {
                    UnitKind::Money => writer.full(value),
                    _ => counted(&writer, self.indicator, value),
                }
            }
            absent => absence_word(lang, absent.state()),
        }
    }
}

/// Digits after the point with which a number was written.
fn decimals(value: f64) -> u8 {
    let text = value.to_string();
    let digits = text.split_once('.').map_or(0, |(_, digits)| digits.len());
    u8::try_from(digits).unwrap_or(u8::MAX).min(6)
}
