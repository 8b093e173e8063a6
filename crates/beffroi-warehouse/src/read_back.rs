//! Rows read back from a part, as batches: to be written again, or looked into.

use crate::{Values, Vector, Warehouse, WarehouseError, parquet::PartReader, state_column};
use beffroi_model::{
    Batch, CellState, Column, ColumnData, ColumnId, ColumnSpec, ColumnType, Schema, TextColumn,
    Version,
};
use std::path::Path;

/// Some columns of a part with, for each, whether its states are read too.
type Wanted = Vec<(ColumnId, Option<ColumnType>, bool)>;

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
            let part = PartReader::open(&path)?;
            let there = columns.iter().filter(|id| part.has(id.as_str()));
            let wanted = there.map(|id| (id.clone(), None, false)).collect();
            for batch in read(part, wanted) {
                each(&batch?);
            }
        }
        Ok(())
    }
}

/// The rows of a part, in batches. Columns that it lacks are left out.
pub(crate) fn batches(
    path: &Path,
    schema: &Schema,
) -> Result<impl Iterator<Item = Result<Batch, WarehouseError>> + use<>, WarehouseError> {
    let part = PartReader::open(path)?;
    let wanted = |spec: &ColumnSpec| {
        let states = part.has(&state_column(spec.id.as_str()));
        (spec.id.clone(), Some(spec.kind), states)
    };
    let kept = schema.columns.iter().filter(|spec| !spec.personal);
    let there = kept.filter(|spec| part.has(spec.id.as_str()));
    let wanted = there.map(wanted).collect();
    Ok(read(part, wanted))
}

fn read(part: PartReader, wanted: Wanted) -> impl Iterator<Item = Result<Batch, WarehouseError>> {
    let mut names = Vec::new();
    for (id, _, states) in &wanted {
        names.push(id.to_string());
        names.extend(states.then(|| state_column(id.as_str())));
    }
    (0..part.groups()).flat_map(move |group| {
        let rows: Box<dyn Iterator<Item = _>> = match part.read(group, &names) {
            Ok(rows) => Box::new(rows),
            Err(error) => Box::new(std::iter::once(Err(error))),
        };
        let wanted = wanted.clone();
        rows.map(move |rows| {
            let mut vectors = rows?.columns.into_iter().flatten();
            let mut columns = Vec::with_capacity(wanted.len());
            for (id, kind, has_states) in &wanted {
                let Some(cells) = vectors.next() else { break };
                columns.push(Column {
                    id: id.clone(),
                    data: data(cells, *kind),
                    states: match has_states {
                        true => vectors.next().map(states),
                        false => None,
                    },
                });
            }
            Ok(Batch { columns })
        })
    })
}

/// Cells as they are handed on. Without a type, decimals without digits after the point are taken
/// for whole numbers.
fn data(vector: Vector, kind: Option<ColumnType>) -> ColumnData {
    fn cells<T>(
        values: impl IntoIterator<Item = T>,
        present: &Option<Vec<bool>>,
    ) -> Vec<Option<T>> {
        match present {
            Some(present) => {
                let cell = |(value, there): (T, &bool)| there.then_some(value);
                values.into_iter().zip(present).map(cell).collect()
            }
            None => values.into_iter().map(Some).collect(),
        }
    }
    let there = &vector.present;
    match vector.values {
        Values::Whole { scale, values } => match kind {
            Some(ColumnType::Integer) => ColumnData::Integer(cells(values, there)),
            None if scale == 0 => ColumnData::Integer(cells(values, there)),
            _ => ColumnData::Decimal {
                scale,
                values: cells(values.into_iter().map(i128::from), there),
            },
        },
        Values::Long { scale, values } => ColumnData::Decimal {
            scale,
            values: cells(values, there),
        },
        Values::Boolean(values) => ColumnData::Boolean(cells(values, there)),
        Values::Date(values) => ColumnData::Date(cells(values, there)),
        Values::DateTime(values) => ColumnData::DateTime(cells(values, there)),
        Values::Text { places, dictionary } => {
            let mut texts = TextColumn::default();
            for place in cells(places, there) {
                texts.push(place.and_then(|place| dictionary.get(place as usize)));
            }
            ColumnData::Text(texts)
        }
    }
}

fn states(vector: Vector) -> Vec<CellState> {
    let Values::Whole { values, .. } = vector.values else {
        return Vec::new();
    };
    let state = |(row, code): (usize, i64)| {
        let there = vector
            .present
            .as_ref()
            .is_none_or(|there| there.get(row) == Some(&true));
        let code = u8::try_from(code).ok().filter(|_| there);
        code.map_or(CellState::Missing, CellState::from_code)
    };
    values.into_iter().enumerate().map(state).collect()
}

/// The rows of a batch that are kept.
pub(crate) fn only(batch: Batch, keep: &[bool]) -> Batch {
    fn picked<T>(values: Vec<T>, keep: &[bool]) -> Vec<T> {
        let rows = values.into_iter().zip(keep);
        rows.filter(|(_, keep)| **keep)
            .map(|(value, _)| value)
            .collect()
    }
    let column = |column: Column| Column {
        id: column.id,
        states: column.states.map(|states| picked(states, keep)),
        data: match column.data {
            ColumnData::Integer(values) => ColumnData::Integer(picked(values, keep)),
            ColumnData::Decimal { scale, values } => ColumnData::Decimal {
                scale,
                values: picked(values, keep),
            },
            ColumnData::Boolean(values) => ColumnData::Boolean(picked(values, keep)),
            ColumnData::Date(values) => ColumnData::Date(picked(values, keep)),
            ColumnData::DateTime(values) => ColumnData::DateTime(picked(values, keep)),
            ColumnData::Text(texts) => {
                let rows = texts.iter().zip(keep);
                let kept = rows.filter(|(_, keep)| **keep).map(|(text, _)| text);
                ColumnData::Text(kept.collect())
            }
        },
    };
    Batch {
        columns: batch.columns.into_iter().map(column).collect(),
    }
}
