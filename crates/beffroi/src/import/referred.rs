//! What rows of a dataset refer to in others: looked up in their current versions.

use beffroi_catalog::{Catalog, Dataset};
use beffroi_intake::{KeySet, Referred};
use beffroi_model::{ColumnId, DatasetId, ForeignKey, Version};
use beffroi_warehouse::Warehouse;
use std::collections::HashSet;

/// What the foreign keys of a dataset refer to. What cannot be had is left out: each import tells
/// that it was not checked.
pub fn referred(warehouse: &Warehouse, dataset: &Dataset) -> Vec<Referred> {
    let keys = foreign_keys(dataset);
    keys.filter_map(|(other, key)| {
        let version = held(warehouse, other, &key.to)?;
        Some(Referred {
            dataset: other.clone(),
            columns: key.to.clone(),
            keys: keys_of(warehouse, &version, &key.to)?,
        })
    })
    .collect()
}

/// The datasets that one refers to and that have no version with the columns referred to.
pub fn unknown<'d>(warehouse: &Warehouse, dataset: &'d Dataset) -> Vec<&'d DatasetId> {
    let keys = foreign_keys(dataset);
    keys.filter(|(other, key)| held(warehouse, other, &key.to).is_none())
        .map(|(other, _)| other)
        .collect()
}

/// The newest versions of the datasets that one refers to: 0 for those that have none.
pub fn referred_versions(warehouse: &Warehouse, dataset: &Dataset) -> Vec<(DatasetId, u32)> {
    let keys = foreign_keys(dataset);
    keys.map(|(other, _)| (other.clone(), warehouse.newest(other).unwrap_or_default()))
        .collect()
}

/// All datasets, in the order of the catalog, but for those that others refer to: they come before
/// them.
pub fn in_order(catalog: &Catalog) -> Vec<&Dataset> {
    fn visit<'c>(
        catalog: &'c Catalog,
        dataset: &'c Dataset,
        seen: &mut HashSet<&'c DatasetId>,
        order: &mut Vec<&'c Dataset>,
    ) {
        if seen.insert(&dataset.id) {
            for (other, _) in foreign_keys(dataset) {
                if let Some(other) = catalog.datasets.get(other) {
                    visit(catalog, other, seen, order);
                }
            }
            order.push(dataset);
        }
    }
    let (mut seen, mut order) = (HashSet::new(), Vec::new());
    for dataset in catalog.datasets.values() {
        visit(catalog, dataset, &mut seen, &mut order);
    }
    order
}

/// The foreign keys that name another dataset.
fn foreign_keys(dataset: &Dataset) -> impl Iterator<Item = (&DatasetId, &ForeignKey)> {
    let keys = dataset.schema.foreign_keys.iter();
    keys.filter_map(|key| Some((key.dataset.as_ref()?, key)))
}

/// The current version of a dataset, if it has these columns.
fn held(warehouse: &Warehouse, dataset: &DatasetId, columns: &[ColumnId]) -> Option<Version> {
    // One that cannot be read is told of when it is imported or served.
    let version = warehouse.current(dataset).ok().flatten()?;
    let has = |id: &ColumnId| version.columns.iter().any(|column| column.id == *id);
    columns.iter().all(has).then_some(version)
}

fn keys_of(warehouse: &Warehouse, version: &Version, columns: &[ColumnId]) -> Option<KeySet> {
    if version.rows > KeySet::REMEMBERED as u64 {
        return Some(KeySet::overflowing());
    }
    let mut keys = KeySet::default();
    match warehouse.rows(version, columns, |batch| keys.add(batch, columns)) {
        Ok(()) => Some(keys),
        Err(error) => {
            let dataset = &version.dataset;
            tracing::warn!(%dataset, %error, "rows referred to cannot be read");
            None
        }
    }
}
