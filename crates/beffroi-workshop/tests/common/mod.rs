//! Small towns that tests declare.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use beffroi_catalog::{Catalog, Diagnostics, Loaded, load_files};
use std::path::{Path, PathBuf};

/// A town with three departments and districts.
pub const TOWN: &str = r#"
name = "Ville"
insee = "99001"
mandate = { from = 2026, to = 2032 }
[departments.habitat]
title = "Habitat"
[departments.finances]
title = "Finances"
[departments.culture]
title = "Culture"
[dimensions.quartier]
title = "Quartier"
[dimensions.quartier.members.gare]
title = "Gare"
aliases = ["La Gare"]
[dimensions.quartier.members.port]
title = "Le Port"
"#;

/// Declarations by path, with the town beside.
pub fn loaded(files: &[(&str, &str)]) -> Loaded {
    let given = files.iter().chain([&("town.toml", TOWN)]);
    load_files(
        given
            .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
            .collect(),
    )
}

/// What they declare, which must be sound.
pub fn catalog(files: &[(&str, &str)]) -> Catalog {
    sound(loaded(files))
}

/// What is declared, which must be sound.
pub fn sound(loaded: Loaded) -> Catalog {
    let told = told(&loaded.diagnostics);
    loaded.catalog.unwrap_or_else(|| panic!("{told}"))
}

/// What is wrong, as text.
pub fn told(diagnostics: &Diagnostics) -> String {
    format!("{diagnostics:?}")
}

/// A dataset by its columns.
pub fn dataset(time: &str, columns: &str) -> String {
    format!(
        "title = \"Logements\"\nrow = \"un quartier et une année\"\ndepartment = \"habitat\"\n\
         steward = \"A. B.\"\nfrequency = \"yearly\"\nsource = \"logements_*.csv\"\n\
         time = \"{time}\"\n{columns}"
    )
}

/// The declarations of the sample town.
pub fn sample() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboards");
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    files
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(root, &path, files);
        } else {
            let inner = path.strip_prefix(root).unwrap().to_owned();
            files.push((inner, std::fs::read(&path).unwrap()));
        }
    }
}
