//! The table of threats names tests that are there.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_test_that_the_table_of_threats_names_is_there() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a top");
    let table = fs::read_to_string(top.join("crates/beffroi-web/THREATS.md")).expect("the table");
    let mut files = Vec::new();
    sources(&top.join("crates"), &mut files);
    sources(&top.join("tests"), &mut files);
    let mut known = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).expect("a source");
        for line in text.lines() {
            if let Some((_, rest)) = line.split_once("fn ")
                && let Some((name, _)) = rest.split_once(['(', '<'])
            {
                known.insert(name.to_owned());
            }
        }
    }
    let mut named = 0;
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 4, "{row}");
        let tests = cells[3].split('`').skip(1).step_by(2);
        for test in tests {
            named += 1;
            let is_there = match test.contains('/') {
                true => top.join(test).exists(),
                false => known.contains(test),
            };
            assert!(is_there, "`{test}` is named by the table and is not there");
        }
    }
    assert!(named > 40, "{named}");
}
