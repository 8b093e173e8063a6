//! Declarations: one file of a good town is replaced, or added, by what is fuzzed; its path is the
//! first line. There is a catalog or there are errors, each with its place in a file.
#![no_main]

use beffroi_catalog::load_files;
use std::path::PathBuf;

const TOWN: [(&str, &[u8]); 4] = [
    ("town.toml", include_bytes!("../../../tests/corpus/base/town.toml")),
    (
        "datasets/population.toml",
        include_bytes!("../../../tests/corpus/base/datasets/population.toml"),
    ),
    (
        "indicators/population.toml",
        include_bytes!("../../../tests/corpus/base/indicators/population.toml"),
    ),
    (
        "maps/quartiers.geojson",
        include_bytes!("../../../tests/corpus/base/maps/quartiers.geojson"),
    ),
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len());
    let (path, rest) = bytes.split_at(end);
    let Ok(path) = std::str::from_utf8(path) else {
        return;
    };
    let mut files: Vec<(PathBuf, Vec<u8>)> = TOWN
        .iter()
        .filter(|(known, _)| *known != path)
        .map(|(known, bytes)| (PathBuf::from(known), bytes.to_vec()))
        .collect();
    files.push((PathBuf::from(path), rest.get(1..).unwrap_or_default().to_vec()));
    let loaded = load_files(files.clone());
    assert_eq!(loaded.catalog.is_some(), loaded.diagnostics.is_empty());
    for diagnostic in &loaded.diagnostics {
        assert!(diagnostic.to_string().starts_with("erreur["));
        if let Some(place) = &diagnostic.place {
            assert!(files.iter().any(|(path, _)| *path == place.file));
            assert!(place.line >= 1 && place.column >= 1 && place.length >= 1);
        }
    }
});
