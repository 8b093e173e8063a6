//! A budget document read end to end: its ratios by plain sums over the rows, and the copy
//! without what names persons.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use beffroi_intake::{Input, recognise, stripped};
use beffroi_model::Reading;
use std::{fs, path::Path};

fn document(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    fs::read(folder.join(name)).unwrap()
}

/// The sum of a column over the rows of a budget that hold certain words.
fn sum(rows: &[Vec<(String, String)>], column: &str, wanted: &[(&str, &str)]) -> f64 {
    let cell = |row: &Vec<(String, String)>, name: &str| {
        row.iter()
            .find(|(other, _)| other == name)
            .map_or(String::new(), |(_, value)| value.clone())
    };
    rows.iter()
        .filter(|row| {
            wanted
                .iter()
                .all(|(name, start)| cell(row, name).starts_with(start))
        })
        .map(|row| cell(row, column).parse::<f64>().unwrap_or(0.0))
        .sum()
}

#[test]
fn the_ratios_come_out_of_the_rows() {
    let bytes = document("totem_m57_nature.xml");
    let read = recognise(Input::held("ca.xml", &bytes), &Reading::default()).unwrap();
    let rows: Vec<Vec<(String, String)>> = read
        .rows()
        .map(|(_, cells)| read.header.iter().cloned().zip(cells).collect())
        .collect();
    let main = ("BGT_BUDGET", "BUDGET PRINCIPAL");
    let real = ("BGT_OPBUDG", "réel");
    let operating = ("BGT_SECTION", "fonctionnement");
    let spent = sum(
        &rows,
        "BGT_MTREAL",
        &[main, real, operating, ("BGT_CODRD", "dépense")],
    );
    let received = sum(
        &rows,
        "BGT_MTREAL",
        &[main, real, operating, ("BGT_CODRD", "recette")],
    );
    assert_eq!((spent, received), (800_000.5, 1_000_000.5));
    let staff = sum(&rows, "BGT_MTREAL", &[main, ("BGT_NATURE", "64")]);
    assert_eq!(staff / spent, 600_000.0 / 800_000.5);
    let works = sum(
        &rows,
        "BGT_MTREAL",
        &[main, ("BGT_SECTION", "investissement")],
    );
    assert_eq!(works, 120_000.0);
}

#[test]
fn a_stripped_copy_names_nobody_and_reads_the_same() {
    for name in [
        "totem_m57_nature.xml",
        "totem_m14_function.xml",
        "totem_informations.xml",
    ] {
        let bytes = document(name);
        let mut copy = Vec::new();
        assert!(stripped(Input::held(name, &bytes), &mut copy).unwrap());
        assert!(copy.len() < bytes.len());
        let (text, _, _) = match copy.first() {
            Some(0xff) => encoding_rs::UTF_16LE.decode(&copy),
            _ => encoding_rs::ISO_8859_15.decode(&copy),
        };
        for person in ["DUPONT", "MARTIN", "DURAND", "Durand", "PERSONNEL"] {
            assert!(!text.contains(person), "{name}: {person}");
        }
        assert!(text.contains("LigneBudget"));
        let rows = |bytes: &[u8]| {
            let read = recognise(Input::held(name, bytes), &Reading::default()).unwrap();
            let rows: Vec<_> = read.rows().collect();
            (read.header.clone(), rows)
        };
        assert_eq!(rows(&bytes), rows(&copy), "{name}");
        // Once more, there is nothing left to take out.
        let mut again = Vec::new();
        assert!(!stripped(Input::held(name, &copy), &mut again).unwrap());
        assert_eq!(copy, again);
    }
}

#[test]
fn what_is_no_budget_is_copied_as_it_is() {
    for bytes in [
        b"a;b\n1;2\n".as_slice(),
        b"",
        b"<html><body>x</body></html>",
        b"PK\x03\x04",
        b"\xff\xfe\x00",
        b"<a><!-- kept --><b/></a>",
    ] {
        let mut copy = Vec::new();
        assert!(!stripped(Input::held("f", bytes), &mut copy).unwrap());
        assert_eq!(copy, bytes);
    }
}
