//! What is kept of datasets: versions and their parts, originals, and how sources fare.

use super::Line;
use crate::{cli::Folders, failure::warehouse_message};
use beffroi_catalog::{Catalog, load};
use beffroi_model::{DatasetId, OriginalForm, Version};
use beffroi_sources::{Record, sha256_of};
use beffroi_warehouse::{PartReader, Warehouse};
use std::{fs, path::Path};

/// The most lines about one kind of trouble.
const SHOWN: usize = 20;

pub fn lines(folders: &Folders, is_deep: bool) -> Vec<Line> {
    if !folders.state.join("beffroi.json").is_file() {
        return Vec::new();
    }
    let warehouse = match Warehouse::open(&folders.state) {
        Ok(warehouse) => warehouse,
        Err(error) => {
            return vec![Line::broken(
                "versions",
                format!("Versions : {}", warehouse_message(&error)),
                "Si rien d’autre n’y fait, « beffroi restore » remet la dernière sauvegarde.",
            )];
        }
    };
    let catalog = load(&folders.content).catalog;
    let mut look = Look {
        warehouse,
        is_deep,
        lines: Vec::new(),
        versions: 0,
        parts: 0,
        originals: 0,
    };
    let folder = folders.state.join("warehouse");
    for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Ok(dataset) = DatasetId::new(&name) {
            look.dataset(&dataset);
        }
    }
    let mut lines = look.told();
    if let Some(catalog) = &catalog {
        lines.extend(never_imported(&folders.state, catalog));
        lines.extend(sources(&folders.state, catalog));
    }
    lines.extend(refused(&folders.state));
    lines
}

struct Look {
    warehouse: Warehouse,
    is_deep: bool,
    lines: Vec<Line>,
    versions: u64,
    parts: u64,
    originals: u64,
}

impl Look {
    fn dataset(&mut self, dataset: &DatasetId) {
        let numbers = self.warehouse.numbers(dataset).unwrap_or_default();
        for (age, number) in numbers.iter().rev().enumerate() {
            self.versions += 1;
            let fault = match self.warehouse.version(dataset, *number) {
                Ok(version) => self.parts(&version).or_else(|| self.originals(&version)),
                Err(error) => Some(warehouse_message(&error)),
            };
            // One that another process has just swept is no fault.
            let is_there = self.warehouse.numbers(dataset);
            let is_there = is_there.is_ok_and(|numbers| numbers.contains(number));
            let Some(fault) = fault.filter(|_| is_there) else {
                continue;
            };
            let found = format!("Version {number} de {dataset} : {fault}");
            self.lines.push(match age {
                0 => Line::broken(
                    "versions",
                    found,
                    format!(
                        "Redéposez le fichier puis « beffroi import {dataset} », ou « beffroi versions \
                         {dataset} --restore {} », ou « beffroi restore » d’une sauvegarde.",
                        number.saturating_sub(1).max(1)
                    ),
                ),
                _ => Line::watch(
                    "versions",
                    found,
                    "La version en place n’en dépend pas ; celle-ci ne pourra plus être remise.",
                ),
            });
        }
    }

    /// What is wrong with the parts of a version.
    fn parts(&mut self, version: &Version) -> Option<String> {
        let paths = self.warehouse.part_paths(version);
        for (part, path) in version.parts.iter().zip(paths) {
            self.parts += 1;
            let reader = match PartReader::open(&path) {
                Ok(reader) => reader,
                Err(error) => {
                    return Some(format!("« {} » : {}", part.file, warehouse_message(&error)));
                }
            };
            let rows: usize = (0..reader.groups()).map(|group| reader.rows(group)).sum();
            if rows as u64 != part.rows {
                return Some(format!(
                    "« {} » a {rows} lignes au lieu de {}.",
                    part.file, part.rows
                ));
            }
        }
        None
    }

    /// What is wrong with the copies of the files of a version.
    fn originals(&mut self, version: &Version) -> Option<String> {
        for source in &version.sources {
            let original = source.original.as_ref()?;
            let Some(path) = self.warehouse.original(&version.dataset, source) else {
                return Some(format!("la copie de « {} » n’est plus là.", source.name));
            };
            self.originals += 1;
            if !self.is_deep || original.form != OriginalForm::Whole {
                continue;
            }
            let read = fs::File::open(&path).and_then(|mut file| sha256_of(&mut file));
            match read {
                Ok((sha256, _)) if sha256 == source.sha256 => {}
                Ok(_) => return Some(format!("la copie de « {} » a changé.", source.name)),
                Err(error) => return Some(format!("la copie de « {} » : {error}.", source.name)),
            }
        }
        None
    }

    fn told(self) -> Vec<Line> {
        if !self.lines.is_empty() {
            let more = self.lines.len().saturating_sub(SHOWN);
            let mut lines = self.lines;
            lines.sort_by_key(|line| std::cmp::Reverse(line.verdict));
            lines.truncate(SHOWN);
            if more > 0 {
                lines.push(Line::watch(
                    "versions",
                    format!("… et {more} autres versions abîmées."),
                    "Réparez d’abord celles-ci.",
                ));
            }
            return lines;
        }
        let how = match self.is_deep {
            true => "sommes de contrôle vérifiées",
            false => "présents ; --deep vérifie leurs sommes de contrôle",
        };
        vec![Line::fine(
            "versions",
            format!(
                "Versions : {} lisibles, {} fichiers Parquet entiers, {} originaux ({how}).",
                self.versions, self.parts, self.originals
            ),
        )]
    }
}

/// Datasets that are declared and were never imported.
fn never_imported(state: &Path, catalog: &Catalog) -> Option<Line> {
    let warehouse = Warehouse::open(state).ok()?;
    let without: Vec<&str> = catalog
        .datasets
        .keys()
        .filter(|id| warehouse.newest(id).is_ok_and(|number| number == 0))
        .map(DatasetId::as_str)
        .collect();
    (!without.is_empty()).then(|| {
        Line::watch(
            "datasets",
            format!("Jamais importés : {}.", without.join(", ")),
            "« beffroi import » dit pourquoi.",
        )
    })
}

/// Sources on other machines whose last reading failed.
fn sources(state: &Path, catalog: &Catalog) -> Vec<Line> {
    let fetched = catalog
        .datasets
        .values()
        .filter(|it| it.source.is_fetched());
    let mut count = 0;
    let mut lines: Vec<Line> = fetched
        .filter_map(|dataset| {
            count += 1;
            let record = Record::load(state, dataset);
            (record.failures > 0).then(|| {
                let last = record.succeeded.map_or_else(
                    || "jamais lue".to_owned(),
                    |at| format!("lue pour la dernière fois le {}", at.format("%d/%m/%Y")),
                );
                Line::watch(
                    "sources",
                    format!(
                        "Source de {} : {} échec(s) de suite, {last}.",
                        dataset.id, record.failures
                    ),
                    format!("« beffroi import {} » dit pourquoi.", dataset.id),
                )
            })
        })
        .collect();
    if lines.is_empty() && count > 0 {
        lines.push(Line::fine(
            "sources",
            format!("Sources d’autres machines : {count}, aucune en échec."),
        ));
    }
    lines
}

/// Files that were refused and still lie there.
fn refused(state: &Path) -> Option<Line> {
    let entries = fs::read_dir(state.join("inbox/refused")).ok()?.flatten();
    let count = entries
        .filter(|entry| entry.path().extension().is_some_and(|it| it == "txt"))
        .count();
    (count > 0).then(|| {
        Line::watch(
            "inbox",
            format!("Dépôt : {count} fichier(s) refusé(s) y attendent."),
            format!(
                "Le texte à côté de chacun dit pourquoi : « {} ».",
                state.join("inbox/refused").display()
            ),
        )
    })
}
