//! The town put together: declarations and versions into a snapshot.

use crate::{
    cli::Folders,
    failure::{Failure, print, progress, warehouse_message},
};
use beffroi_catalog::{Catalog, Diagnostics, load};
use beffroi_engine::RollupEngine;
use beffroi_model::{DatasetId, Version};
use beffroi_warehouse::{Warehouse, WarehouseError};
use chrono::{Local, NaiveDate};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// Versions by dataset.
pub type Versions = BTreeMap<DatasetId, Arc<Version>>;

/// Reads the declarations; errors are a failure that tells each of them.
pub fn catalog(content: &Path) -> Result<Catalog, Failure> {
    let loaded = load(content);
    match loaded.catalog {
        Some(catalog) => Ok(catalog),
        None => Err(Failure::given(told(content, &loaded.diagnostics))),
    }
}

fn told(content: &Path, diagnostics: &Diagnostics) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&format!("{diagnostic}\n"));
    }
    let count = diagnostics.len();
    let plural = if count > 1 { "s" } else { "" };
    text.push_str(&format!(
        "{count} erreur{plural} dans « {} ».",
        content.display()
    ));
    if !content.is_dir() {
        text.push_str("\nPour commencer une ville : beffroi new ma-ville");
    }
    text
}

/// The day at which a town is seen.
pub fn today(catalog: &Catalog) -> NaiveDate {
    let as_of = catalog.town.as_of;
    as_of.unwrap_or_else(|| Local::now().date_naive())
}

/// `beffroi check`.
pub fn check(folders: &Folders) -> Result<(), Failure> {
    let catalog = catalog(&folders.content)?;
    // A report that names what is not there is read all the same, and not made final.
    let gone = catalog.reports.values().flat_map(|it| &it.diagnostics);
    for diagnostic in gone.clone() {
        progress(diagnostic);
    }
    let reports = match (catalog.reports.len(), gone.count()) {
        (0, _) => String::new(),
        (count, 0) => format!(", {count} rapports"),
        (count, 1) => format!(", {count} rapports (1 point à y régler avant de les arrêter)"),
        (count, gone) => {
            format!(", {count} rapports ({gone} points à y régler avant de les arrêter)")
        }
    };
    print(format!(
        "« {} » est en ordre : {} jeux de données, {} indicateurs, {} tableaux{reports}.",
        folders.content.display(),
        catalog.datasets.len(),
        catalog.indicators.len(),
        catalog.boards.len()
    ))
}

/// The current version of each dataset of a catalog, and the datasets of which none can be read.
pub fn versions(
    warehouse: &Warehouse,
    catalog: &Catalog,
) -> (Versions, Vec<(DatasetId, WarehouseError)>) {
    let mut versions = Versions::new();
    let mut errors = Vec::new();
    for id in catalog.datasets.keys() {
        match warehouse.current(id) {
            Ok(Some(version)) => {
                versions.insert(id.clone(), Arc::new(version));
            }
            Ok(None) => {}
            Err(error) => errors.push((id.clone(), error)),
        }
    }
    (versions, errors)
}

/// An engine over the current state of a state folder. A dataset that cannot be read is told, and
/// stands as one that was never imported.
pub fn engine(warehouse: &Warehouse, catalog: &Arc<Catalog>) -> RollupEngine {
    let (versions, errors) = versions(warehouse, catalog);
    for (dataset, error) in &errors {
        progress(format!("{dataset} : {}", warehouse_message(error)));
    }
    RollupEngine::new(
        warehouse.clone(),
        Arc::clone(catalog),
        Arc::new(versions),
        None,
    )
}

/// Versions as readers may know them.
pub fn told_to_readers(catalog: &Catalog, versions: &Versions) -> Versions {
    let told = versions.iter().map(|(id, version)| {
        let dataset = catalog.datasets.get(id);
        let is_secret = dataset.is_some_and(|dataset| dataset.secrecy.is_some());
        let version = match is_secret {
            true => Arc::new(version.without_content()),
            false => Arc::clone(version),
        };
        (id.clone(), version)
    });
    told.collect()
}
