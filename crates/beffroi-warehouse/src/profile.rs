//! What is counted in the columns of a version, and its first rows.

use crate::{WarehouseError, parquet::scan, state_column};
use beffroi_model::{
    CATEGORIES, CellState, ColumnSpec, ColumnType, Preview, Schema, VersionColumn,
};
use polars::prelude as pl;
use std::{collections::BTreeMap, path::PathBuf};

/// Rows shown in a preview.
const PREVIEW: u32 = 20;
/// Rows in which a column of free text shows itself.
const SAMPLE: u32 = 20_000;

/// Counts columns and takes the first rows.
pub(crate) fn profile(
    paths: &[PathBuf],
    schema: &Schema,
) -> Result<(Vec<VersionColumn>, Preview), WarehouseError> {
    let kept: Vec<&ColumnSpec> = schema
        .columns
        .iter()
        .filter(|column| !column.personal)
        .collect();
    let frame = scan(paths)?;
    let names = frame.clone().collect_schema()?;
    let mut counts = vec![pl::len().alias("rows")];
    for column in &kept {
        let name = column.id.as_str();
        counts.push(pl::col(name).count().alias(format!("{name}/values")));
        if !column.kind.is_text() {
            counts.push(
                pl::col(name)
                    .min()
                    .cast(pl::DataType::String)
                    .alias(format!("{name}/min")),
            );
            counts.push(
                pl::col(name)
                    .max()
                    .cast(pl::DataType::String)
                    .alias(format!("{name}/max")),
            );
        }
        if column.kind.is_number() {
            // As decimals: a total of whole numbers may be too large for one.
            let exact = match column.kind {
                ColumnType::Integer => pl::col(name).cast(pl::DataType::Decimal(38, 0)),
                _ => pl::col(name),
            };
            let sum = exact.sum().cast(pl::DataType::String);
            counts.push(sum.alias(format!("{name}/sum")));
        }
        if names.contains(&state_column(name)) {
            for (what, state) in [
                ("na", CellState::NotApplicable),
                ("secret", CellState::Secret),
            ] {
                let hits = pl::col(state_column(name)).eq(pl::lit(i32::from(state.code())));
                counts.push(hits.sum().alias(format!("{name}/{what}")));
            }
        }
    }
    // The streaming engine: the version may be larger than memory.
    let counted = frame
        .clone()
        .select(counts)
        .collect_with_engine(pl::Engine::Streaming)?
        .unwrap_single();
    let number = |name: String| -> u64 {
        counted
            .column(&name)
            .ok()
            .and_then(|column| column.get(0).ok()?.try_extract::<u64>().ok())
            .unwrap_or(0)
    };
    let text = |name: String| -> Option<String> {
        match counted.column(&name).ok()?.get(0).ok()? {
            pl::AnyValue::String(text) => Some(text.to_owned()),
            pl::AnyValue::StringOwned(text) => Some(text.to_string()),
            _ => None,
        }
    };
    let rows = number("rows".to_owned());
    let mut categories = categories(&frame, &kept)?;
    let columns = kept
        .iter()
        .map(|column| {
            let name = column.id.as_str();
            let values = number(format!("{name}/values"));
            let not_applicable = number(format!("{name}/na"));
            let secret = number(format!("{name}/secret"));
            VersionColumn {
                id: column.id.clone(),
                values,
                missing: rows.saturating_sub(values + not_applicable + secret),
                not_applicable,
                secret,
                min: text(format!("{name}/min")),
                max: text(format!("{name}/max")),
                sum: text(format!("{name}/sum")).filter(|_| values > 0),
                categories: categories.remove(name).unwrap_or_default(),
            }
        })
        .collect();
    Ok((columns, preview(frame.limit(PREVIEW).collect()?, &kept)))
}

/// The values of each text column that names categories, with the rows of each. Columns of free
/// text show themselves in the first rows, and are not counted through.
fn categories(
    frame: &pl::LazyFrame,
    columns: &[&ColumnSpec],
) -> Result<BTreeMap<String, Vec<(String, u64)>>, WarehouseError> {
    let texts = columns.iter().filter(|column| column.kind.is_text());
    let names: Vec<&str> = texts.map(|column| column.id.as_str()).collect();
    let mut found = BTreeMap::new();
    if names.is_empty() {
        return Ok(found);
    }
    let distinct: Vec<pl::Expr> = names.iter().map(|name| pl::col(*name).n_unique()).collect();
    let distinct = frame.clone().limit(SAMPLE).select(distinct).collect()?;
    for name in names {
        // One more for the cells without value.
        let few = distinct.column(name)?.get(0)?.try_extract::<usize>()? <= CATEGORIES + 1;
        if !few {
            continue;
        }
        let order = pl::SortMultipleOptions::default().with_order_descending_multi([true, false]);
        let counted = frame
            .clone()
            .filter(pl::col(name).is_not_null())
            .group_by([pl::col(name)])
            .agg([pl::len().alias("/rows")])
            .sort_by_exprs([pl::col("/rows"), pl::col(name)], order)
            .collect()?;
        if counted.height() > CATEGORIES {
            continue;
        }
        let rows = counted.column("/rows")?;
        let values = counted.column(name)?.str()?;
        let values = values.iter().enumerate().filter_map(|(place, value)| {
            let rows = rows.get(place).ok()?.try_extract::<u64>().ok()?;
            Some((value?.to_owned(), rows))
        });
        found.insert(name.to_owned(), values.collect());
    }
    Ok(found)
}

fn preview(frame: pl::DataFrame, columns: &[&ColumnSpec]) -> Preview {
    let state = |name: &str, row: usize| -> CellState {
        frame
            .column(&state_column(name))
            .ok()
            .and_then(|column| column.get(row).ok()?.try_extract::<u8>().ok())
            .map_or(CellState::Missing, CellState::from_code)
    };
    let cell = |name: &str, row: usize| -> String {
        let value = frame
            .column(name)
            .and_then(|column| column.get(row).map(|v| v.into_static()));
        match value {
            Ok(pl::AnyValue::Null) | Err(_) => match state(name, row) {
                CellState::Secret => "s".to_owned(),
                CellState::NotApplicable => "so".to_owned(),
                CellState::Missing | CellState::Value => "nd".to_owned(),
            },
            Ok(pl::AnyValue::StringOwned(text)) => text.to_string(),
            Ok(pl::AnyValue::String(text)) => text.to_owned(),
            Ok(value) => value.to_string(),
        }
    };
    Preview {
        header: columns.iter().map(|column| column.id.to_string()).collect(),
        rows: (0..frame.height())
            .map(|row| {
                columns
                    .iter()
                    .map(|column| cell(column.id.as_str(), row))
                    .collect()
            })
            .collect(),
    }
}
