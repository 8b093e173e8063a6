//! Rows read back from a part, as batches to be written again.

use crate::state_column;
use beffroi_model::{Batch, CellState, Column, ColumnData, ColumnSpec, ColumnType, Schema};
use polars::prelude as pl;
use polars::prelude::PolarsResult;

/// Rows in a batch.
const BATCH: usize = 16_384;

/// The rows of a frame, in batches. Columns that it lacks are left out.
pub(crate) fn batches<'f>(
    schema: &'f Schema,
    frame: &'f pl::DataFrame,
) -> impl Iterator<Item = PolarsResult<Batch>> + 'f {
    (0..frame.height()).step_by(BATCH).map(|start| {
        let offset = i64::try_from(start).unwrap_or(i64::MAX);
        batch(schema, &frame.slice(offset, BATCH))
    })
}

fn batch(schema: &Schema, frame: &pl::DataFrame) -> PolarsResult<Batch> {
    let kept = schema
        .columns
        .iter()
        .filter(|spec| !spec.personal && frame.get_column_index(spec.id.as_str()).is_some());
    let columns = kept.map(|spec| {
        Ok(Column {
            id: spec.id.clone(),
            data: data(spec, frame)?,
            states: states(spec, frame)?,
        })
    });
    Ok(Batch {
        columns: columns.collect::<PolarsResult<_>>()?,
    })
}

fn data(spec: &ColumnSpec, frame: &pl::DataFrame) -> PolarsResult<ColumnData> {
    let column = frame.column(spec.id.as_str())?;
    Ok(match spec.kind {
        ColumnType::Text | ColumnType::Code => ColumnData::Text(column.str()?.iter().collect()),
        ColumnType::Integer => ColumnData::Integer(column.i64()?.iter().collect()),
        ColumnType::Decimal { scale } => ColumnData::Decimal {
            scale,
            values: column.decimal()?.physical().iter().collect(),
        },
        ColumnType::Boolean => ColumnData::Boolean(column.bool()?.iter().collect()),
        ColumnType::Date { .. } => ColumnData::Date(column.date()?.physical().iter().collect()),
        ColumnType::DateTime => {
            ColumnData::DateTime(column.datetime()?.physical().iter().collect())
        }
    })
}

fn states(spec: &ColumnSpec, frame: &pl::DataFrame) -> PolarsResult<Option<Vec<CellState>>> {
    let name = state_column(spec.id.as_str());
    if frame.get_column_index(&name).is_none() {
        return Ok(None);
    }
    let codes = frame.column(&name)?.i32()?.iter();
    let state = |code: Option<i32>| {
        let code = code.and_then(|code| u8::try_from(code).ok());
        code.map_or(CellState::Missing, CellState::from_code)
    };
    Ok(Some(codes.map(state).collect()))
}
