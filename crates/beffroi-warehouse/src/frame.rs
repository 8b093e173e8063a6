//! Rows read back from a part, as batches: to be written again, or looked into.

use crate::{Warehouse, WarehouseError, scan, state_column};
use beffroi_model::{
    Batch, CellState, Column, ColumnData, ColumnId, ColumnSpec, ColumnType, Grain, Schema, Version,
};
use polars::prelude as pl;
use polars::prelude::PolarsResult;
use std::slice;

/// Rows in a batch.
const BATCH: usize = 16_384;

impl Warehouse {
    /// Hands on what the rows of a version hold in some of its columns, part by part, in batches.
    /// Columns that a part lacks are left out of its batches.
    pub fn rows(
        &self,
        version: &Version,
        columns: &[ColumnId],
        mut each: impl FnMut(&Batch),
    ) -> Result<(), WarehouseError> {
        for path in self.part_paths(version) {
            let mut part = scan(slice::from_ref(&path))?;
            let held = part.collect_schema()?;
            let there = columns.iter().filter(|id| held.contains(id.as_str()));
            let wanted: Vec<pl::Expr> = there.map(|id| pl::col(id.as_str())).collect();
            let frame = part.select(wanted).collect()?;
            for start in (0..frame.height()).step_by(BATCH) {
                let rows = frame.slice(i64::try_from(start).unwrap_or(i64::MAX), BATCH);
                let held = columns.iter().filter_map(|id| {
                    let column = rows.column(id.as_str()).ok()?;
                    let kind = kind(column.dtype())?;
                    Some(cells(column, kind).map(|data| Column {
                        id: id.clone(),
                        data,
                        states: None,
                    }))
                });
                let columns = held.collect::<PolarsResult<_>>()?;
                each(&Batch { columns });
            }
        }
        Ok(())
    }
}

/// The type of a stored column; dates are told by their first day, whatever their grain.
fn kind(stored: &pl::DataType) -> Option<ColumnType> {
    match stored {
        pl::DataType::String => Some(ColumnType::Text),
        pl::DataType::Int64 => Some(ColumnType::Integer),
        pl::DataType::Decimal(_, scale) => Some(ColumnType::Decimal {
            scale: u8::try_from(*scale).ok()?,
        }),
        pl::DataType::Boolean => Some(ColumnType::Boolean),
        pl::DataType::Date => Some(ColumnType::Date { grain: Grain::Day }),
        pl::DataType::Datetime(..) => Some(ColumnType::DateTime),
        _ => None,
    }
}

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
            data: cells(frame.column(spec.id.as_str())?, spec.kind)?,
            states: states(spec, frame)?,
        })
    });
    Ok(Batch {
        columns: columns.collect::<PolarsResult<_>>()?,
    })
}

fn cells(column: &pl::Column, kind: ColumnType) -> PolarsResult<ColumnData> {
    Ok(match kind {
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
