//! Whoever waits for a file is told how far its reading has come: forward only, to the end, and
//! not too often.
#![allow(clippy::unwrap_used)]

use beffroi_intake::{
    Context, Forgets, Input, Outcome, Reject, Sink, Watch, read, read_once, recognise,
};
use beffroi_model::{Batch, ColumnId, ColumnSpec, ColumnType, Pass, Progress, Reading, Schema};
use std::{convert::Infallible, fmt::Write, fs, path::PathBuf, sync::Mutex};
use tempfile::TempDir;

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

impl Forgets for Nowhere {
    fn forget(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Rows of a number, a name and a count; every hundredth has no number.
fn rows(count: usize) -> String {
    let mut text = "numero;nom;compte\n".to_owned();
    for row in 0..count {
        let number = match row % 100 {
            7 => "beaucoup".to_owned(),
            _ => row.to_string(),
        };
        writeln!(
            text,
            "{number};une ligne parmi d'autres, écrite en long;{row}"
        )
        .unwrap();
    }
    text
}

fn records(count: usize) -> String {
    let records: Vec<String> = (0..count)
        .map(|row| format!("{{\"numero\":{row},\"nom\":\"un objet\",\"compte\":{row}}}"))
        .collect();
    format!("[{}]", records.join(",\n"))
}

fn latin1(text: &str) -> Vec<u8> {
    let bytes = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap());
    bytes.collect()
}

fn schema() -> Schema {
    let column = |name| ColumnSpec::new(ColumnId::new(name).unwrap(), ColumnType::Integer);
    Schema::of(vec![column("numero"), column("compte")])
}

/// A file with all that is told while it is read by a schema.
fn told(name: &str, bytes: &[u8]) -> (Vec<Progress>, Outcome) {
    let (_folder, path) = written(name, bytes);
    let seen = Mutex::new(Vec::new());
    let watch = Watch::new(|progress| seen.lock().unwrap().push(progress));
    let input = Input::on_disk(name, &path).watched(&watch);
    let outcome = read(input, &Reading::default(), &schema(), &mut Nowhere).unwrap();
    drop(watch);
    (seen.into_inner().unwrap(), outcome)
}

fn written(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn assert_sound(name: &str, size: usize, seen: &[Progress]) {
    let passes = [Pass::Opening, Pass::Survey, Pass::Reading];
    assert_passes(&passes, name, size, seen);
}

fn assert_passes(passes: &[Pass], name: &str, size: usize, seen: &[Progress]) {
    let mut order: Vec<Pass> = seen.iter().map(|progress| progress.pass).collect();
    order.dedup();
    assert_eq!(order, passes, "{name}");
    for &pass in passes {
        let of_pass: Vec<&Progress> = seen.iter().filter(|it| it.pass == pass).collect();
        assert!(of_pass.len() <= 1002, "{name} {pass:?}: {}", of_pass.len());
        let (first, last) = (of_pass[0], of_pass[of_pass.len() - 1]);
        assert_eq!((first.bytes, first.rows, first.findings), (0, 0, 0));
        assert_eq!(last.bytes, size as u64, "{name} {pass:?}");
        for pair in of_pass.windows(2) {
            assert!(pair[0].bytes <= pair[1].bytes, "{name}: {pair:?}");
            assert!(pair[0].rows <= pair[1].rows, "{name}: {pair:?}");
            assert!(pair[0].findings <= pair[1].findings, "{name}: {pair:?}");
        }
        assert!(of_pass.iter().all(|it| it.of == size as u64), "{name}");
    }
}

#[test]
fn it_goes_forward_to_the_end_whatever_the_way() {
    // More than a mebibyte, for the express way.
    let express = rows(24_000).into_bytes();
    assert!(express.len() > 1 << 20);
    let mut irregular = rows(24_000);
    irregular.push_str("une note; de trop; en bas; de la table\n");
    let files = [
        ("express.csv", express),
        ("irregular.csv", irregular.into_bytes()),
        ("ordinary.csv", latin1(&rows(8000))),
        ("records.json", records(8000).into_bytes()),
        ("small.csv", rows(3).into_bytes()),
    ];
    for (name, bytes) in files {
        let (seen, outcome) = told(name, &bytes);
        assert_sound(name, bytes.len(), &seen);
        let last = seen.last().unwrap();
        assert_eq!(last.rows, outcome.rows_read, "{name}");
        assert_eq!(last.findings, outcome.findings.total(), "{name}");
        if bytes.len() > 1 << 16 {
            let under_way = seen
                .iter()
                .filter(|it| it.pass == Pass::Reading && 0 < it.bytes && it.bytes < it.of);
            // Cells that are no numbers, in a hundredth of the rows.
            assert!(last.findings > 0, "{name}");
            assert!(under_way.count() >= 1, "{name} is told on the way");
        }
    }
}

#[test]
fn a_file_gone_through_once_is_told_too() {
    // Words where there are numbers may be the header of another table.
    let text = rows(24_000).replace("beaucoup", "7x");
    for (name, bytes) in [
        ("express.csv", text.into_bytes()),
        ("records.json", records(60_000).into_bytes()),
    ] {
        let (_folder, path) = written(name, &bytes);
        let seen = Mutex::new(Vec::new());
        let watch = Watch::new(|progress| seen.lock().unwrap().push(progress));
        let input = Input::on_disk(name, &path).watched(&watch);
        let (reading, context) = (Reading::default(), Context::default());
        let outcome = read_once(input, &reading, &schema(), &context, &mut Nowhere).unwrap();
        drop(watch);
        let seen = seen.into_inner().unwrap();
        assert_passes(&[Pass::Opening, Pass::Reading], name, bytes.len(), &seen);
        let last = seen.last().unwrap();
        assert_eq!(last.rows, outcome.rows_read, "{name}");
        assert_eq!(last.findings, outcome.findings.total(), "{name}");
    }
}

#[test]
fn a_file_that_nobody_declared_is_told_too() {
    let bytes = rows(3000);
    let (_folder, path) = written("f.csv", bytes.as_bytes());
    let seen = Mutex::new(Vec::new());
    let watch = Watch::new(|progress| seen.lock().unwrap().push(progress));
    let input = Input::on_disk("f.csv", &path).watched(&watch);
    let table = recognise(input, &Reading::default()).unwrap();
    let outcome = table.read_text(&mut Nowhere).unwrap();
    drop(table);
    drop(watch);
    let seen = seen.into_inner().unwrap();
    assert_sound("f.csv", bytes.len(), &seen);
    assert_eq!(seen.last().unwrap().rows, outcome.rows_read);
}

#[test]
fn a_file_that_is_refused_is_not_told_to_its_end() {
    let (_folder, path) = written("f.csv", rows(3000).as_bytes());
    let seen = Mutex::new(Vec::new());
    let watch = Watch::new(|progress| seen.lock().unwrap().push(progress));
    let input = Input::on_disk("f.csv", &path).watched(&watch);
    let mut schema = schema();
    schema.columns[0].required = true;
    schema.columns[0].id = ColumnId::new("absente").unwrap();
    read(input, &Reading::default(), &schema, &mut Nowhere).unwrap_err();
    drop(watch);
    let last = *seen.into_inner().unwrap().last().unwrap();
    assert_eq!((last.pass, last.bytes, last.rows), (Pass::Reading, 0, 0));
}
