//! Schemas read and files checked by them: each folder of `corpus` holds a schema, a file and what
//! is expected to be told; `UPDATE=1` writes that anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_intake::{Input, Reject, Sink};
use beffroi_model::{Batch, Reading, Severity};
use beffroi_table_schema::{Published, SchemaError, named, names, read};
use std::{convert::Infallible, fmt::Write, fs, path::Path};

struct Nowhere;

impl Sink for Nowhere {
    type Error = Infallible;

    fn rows(&mut self, _: Batch) -> Result<(), Infallible> {
        Ok(())
    }

    fn reject(&mut self, _: Reject) -> Result<(), Infallible> {
        Ok(())
    }
}

/// What is told of a file, a line for each finding.
fn told(published: &Published, file: &[u8], least: Severity) -> String {
    let input = Input::held("essai.csv", file);
    let outcome =
        beffroi_intake::read(input, &published.reading, &published.schema, &mut Nowhere).unwrap();
    let mut out = String::new();
    for (_, group) in outcome.findings.groups() {
        for it in group.iter().filter(|it| it.severity >= least) {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let row = it.row.map(|row| format!(" row {row}")).unwrap_or_default();
            writeln!(
                out,
                "{:?}{row} {} {} [{}] → {}",
                it.severity,
                it.kind.as_str(),
                text(&it.column),
                text(&it.value),
                text(&it.expected)
            )
            .unwrap();
        }
    }
    out
}

#[test]
fn the_corpus_is_told_as_expected() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut cases = 0;
    for case in fs::read_dir(corpus).unwrap().flatten() {
        let path = |name| case.path().join(name);
        let schema = match fs::read_to_string(path("schema.txt")) {
            Ok(name) => named(name.trim()).unwrap(),
            Err(_) => read(&fs::read(path("schema.json")).unwrap()).unwrap(),
        };
        let found = told(
            &schema,
            &fs::read(path("file.csv")).unwrap(),
            Severity::Note,
        );
        if std::env::var_os("UPDATE").is_some() {
            fs::write(path("expected.txt"), &found).unwrap();
        }
        let expected = fs::read_to_string(path("expected.txt")).unwrap_or_default();
        assert_eq!(found, expected, "{}", case.path().display());
        cases += 1;
    }
    assert!(cases >= 7, "{cases} cases");
}

#[test]
fn every_schema_inside_is_read_whole() {
    for name in names() {
        let schema = named(name).expect(name);
        assert!(!schema.title.is_empty(), "{name}");
        assert!(!schema.version.is_empty(), "{name}");
        assert_eq!(schema.about.len(), schema.schema.columns.len());
        let left: Vec<_> = schema.schema.remarks.iter().map(|it| &it.value).collect();
        let mended = if name == "bal" { 2 } else { 0 };
        assert_eq!(left.len(), mended, "{name}: {left:?}");
    }
    assert!(named("scdl/unknown").is_none());
}

#[test]
fn what_is_no_table_schema_is_refused_with_its_place() {
    let error = |json: &str| read(json.as_bytes()).unwrap_err();
    assert_eq!(
        error("{\n \"fields\": [,]}"),
        SchemaError::NotJson {
            line: 2,
            column: 13
        }
    );
    assert_eq!(error("[]"), SchemaError::NotTableSchema);
    assert_eq!(error("{\"properties\": {}}"), SchemaError::NotTableSchema);
    let twice = r#"{"fields": [{"name": "a"}, {"name": "a"}]}"#;
    assert_eq!(error(twice), SchemaError::SameName("a".to_owned()));
    assert!(matches!(
        error(&format!("{}1{}", "[".repeat(1000), "]".repeat(1000))),
        SchemaError::NotJson { .. }
    ));
}

#[test]
fn a_data_package_says_how_its_file_is_written() {
    let package = br#"{"resources": [{"encoding": "windows-1252", "dialect": {"delimiter": "|"},
        "schema": {"fields": [{"name": "a", "type": "string"}]}}]}"#;
    let reading = Reading {
        encoding: Some("windows-1252".to_owned()),
        delimiter: Some("|".to_owned()),
        ..Reading::default()
    };
    assert_eq!(read(package).unwrap().reading, reading);
}
