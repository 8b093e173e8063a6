//! Batches as Polars frames: the columns of a part and their types.

use crate::state_column;
use beffroi_model::{Batch, CellState, Column, ColumnData, ColumnSpec, ColumnType, Schema};
use polars::prelude as pl;
use polars::prelude::{IntoColumn, IntoSeries, NewChunkedArray, PolarsResult};

/// Digits that a decimal column can hold in all.
const PRECISION: usize = 38;

/// Whether a column has a state column beside it: masks stand in numbers, and wherever marks are
/// declared.
fn has_states(column: &ColumnSpec) -> bool {
    column.kind.is_number()
        || !(column.secret_marks.is_empty() && column.not_applicable_marks.is_empty())
}

/// The Parquet columns of a schema. Personal columns have none.
pub(crate) fn parquet_schema(schema: &Schema) -> pl::Schema {
    let mut out = pl::Schema::default();
    for column in schema.columns.iter().filter(|column| !column.personal) {
        let dtype = match column.kind {
            ColumnType::Text | ColumnType::Code => pl::DataType::String,
            ColumnType::Integer => pl::DataType::Int64,
            ColumnType::Decimal { scale } => pl::DataType::Decimal(PRECISION, scale.into()),
            ColumnType::Boolean => pl::DataType::Boolean,
            ColumnType::Date { .. } => pl::DataType::Date,
            ColumnType::DateTime => pl::DataType::Datetime(pl::TimeUnit::Microseconds, None),
        };
        out.with_column(column.id.as_str().into(), dtype);
        if has_states(column) {
            out.with_column(state_column(column.id.as_str()).into(), pl::DataType::Int32);
        }
    }
    out
}

/// A batch as a frame of exactly the columns of [`parquet_schema`].
pub(crate) fn frame(schema: &Schema, batch: &Batch) -> PolarsResult<pl::DataFrame> {
    let height = batch.len();
    let mut columns = Vec::with_capacity(schema.columns.len() * 2);
    for spec in schema.columns.iter().filter(|column| !column.personal) {
        let name = spec.id.as_str();
        match batch.column(name) {
            Some(column) => {
                columns.push(series(name, &column.data)?.into_column());
                if has_states(spec) {
                    columns.push(states(name, column).into_column());
                }
            }
            None => {
                let empty = parquet_schema(&Schema::of(vec![spec.clone()]));
                for (name, dtype) in empty.iter() {
                    let fill = pl::Series::full_null(name.clone(), height, dtype);
                    columns.push(fill.into_column());
                }
            }
        }
    }
    pl::DataFrame::new(height, columns)
}

fn series(name: &str, data: &ColumnData) -> PolarsResult<pl::Series> {
    let name: pl::PlSmallStr = name.into();
    Ok(match data {
        ColumnData::Text(text) => {
            pl::StringChunked::from_iter_options(name, text.iter()).into_series()
        }
        ColumnData::Integer(values) => {
            pl::Int64Chunked::from_slice_options(name, values).into_series()
        }
        ColumnData::Decimal { scale, values } => {
            pl::Int128Chunked::from_slice_options(name, values)
                .into_decimal(PRECISION, usize::from(*scale))?
                .into_series()
        }
        ColumnData::Boolean(values) => {
            pl::BooleanChunked::from_slice_options(name, values).into_series()
        }
        ColumnData::Date(values) => pl::Int32Chunked::from_slice_options(name, values)
            .into_date()
            .into_series(),
        ColumnData::DateTime(values) => pl::Int64Chunked::from_slice_options(name, values)
            .into_datetime(pl::TimeUnit::Microseconds, None)
            .into_series(),
    })
}

fn states(name: &str, column: &Column) -> pl::Series {
    let name: pl::PlSmallStr = state_column(name).into();
    match &column.states {
        Some(states) => {
            let codes: Vec<i32> = states.iter().map(|state| state.code().into()).collect();
            pl::Int32Chunked::from_slice(name, &codes).into_series()
        }
        None => {
            let (value, missing) = (
                i32::from(CellState::Value.code()),
                i32::from(CellState::Missing.code()),
            );
            let code = |present: bool| if present { value } else { missing };
            let codes: Vec<i32> = match &column.data {
                ColumnData::Text(text) => text.iter().map(|cell| code(cell.is_some())).collect(),
                ColumnData::Integer(values) => present(values, code),
                ColumnData::Decimal { values, .. } => present(values, code),
                ColumnData::Boolean(values) => present(values, code),
                ColumnData::Date(values) => present(values, code),
                ColumnData::DateTime(values) => present(values, code),
            };
            pl::Int32Chunked::from_slice(name, &codes).into_series()
        }
    }
}

fn present<T>(values: &[Option<T>], code: impl Fn(bool) -> i32) -> Vec<i32> {
    values.iter().map(|value| code(value.is_some())).collect()
}
