//! Every declaration of the sample town read into its form and written again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::load_files;
use beffroi_workshop::{BoardForm, DatasetForm, EditError, IndicatorForm, SourceForm};
use std::{
    fmt::Debug,
    fs,
    path::{Path, PathBuf},
};

fn town() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboards")
}

/// All files of the town, by path.
fn files() -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(inner) = waiting.pop() {
        for entry in fs::read_dir(town().join(&inner)).unwrap() {
            let path = inner.join(entry.unwrap().file_name());
            if town().join(&path).is_dir() {
                waiting.push(path);
            } else {
                let bytes = fs::read(town().join(&path)).unwrap();
                found.push((path, bytes));
            }
        }
    }
    found.sort();
    found
}

fn texts(folder: &str) -> Vec<(PathBuf, String)> {
    let files = files()
        .into_iter()
        .filter(|(path, _)| path.starts_with(folder));
    let texts: Vec<_> = files
        .map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap()))
        .collect();
    assert!(texts.len() > 10, "{folder}");
    texts
}

fn stays_as_it_is<F>(
    folder: &str,
    read: fn(&str) -> Result<F, EditError>,
    write: fn(&F, &str) -> Result<String, EditError>,
) {
    for (path, text) in texts(folder) {
        let form = read(&text).unwrap();
        assert_eq!(write(&form, &text).unwrap(), text, "{}", path.display());
    }
}

/// Writes each file anew; those that hold what no form says are kept as they are.
fn written_anew<F: PartialEq + Debug>(
    folder: &str,
    read: fn(&str) -> Result<F, EditError>,
    write: fn(&F, &str) -> Result<String, EditError>,
    is_whole: fn(&F, &str) -> bool,
) {
    let mut all = files();
    let mut count = 0;
    for (path, text) in texts(folder) {
        let form = read(&text).unwrap();
        if !is_whole(&form, &text) {
            continue;
        }
        count += 1;
        let anew = write(&form, "").unwrap();
        assert_eq!(read(&anew).unwrap(), form, "{}", path.display());
        assert_eq!(write(&form, &anew).unwrap(), anew, "{}", path.display());
        let file = all.iter_mut().find(|(known, _)| *known == path).unwrap();
        file.1 = anew.into_bytes();
    }
    assert!(count > 10, "{folder}: {count}");
    let loaded = load_files(all);
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
}

#[test]
fn what_is_not_changed_stays_as_it_is_written() {
    stays_as_it_is("datasets", DatasetForm::read, DatasetForm::write);
    stays_as_it_is("indicators", IndicatorForm::read, IndicatorForm::write);
    stays_as_it_is("boards", BoardForm::read, BoardForm::write);
}

#[test]
fn datasets_are_written_anew() {
    written_anew(
        "datasets",
        DatasetForm::read,
        DatasetForm::write,
        |form, text| form.source != SourceForm::Other && !text.contains("\nschema = "),
    );
}

#[test]
fn indicators_are_written_anew() {
    written_anew(
        "indicators",
        IndicatorForm::read,
        IndicatorForm::write,
        |_, _| true,
    );
}

#[test]
fn boards_are_written_anew() {
    written_anew("boards", BoardForm::read, BoardForm::write, |_, _| true);
}

#[test]
fn tiles_have_the_ids_that_the_catalog_gives_them() {
    let catalog = load_files(files()).catalog.unwrap();
    for (path, text) in texts("boards") {
        let form = BoardForm::read(&text).unwrap();
        let id = path.file_stem().unwrap().to_str().unwrap();
        let sections = catalog.boards[id].sections.iter();
        let ids: Vec<Vec<String>> = sections
            .map(|section| section.tiles.iter().map(|tile| tile.id.clone()).collect())
            .collect();
        assert_eq!(form.tile_ids(), ids, "{id}");
    }
}
