//! The measures of the benchmark: success, then precision, recall and F1 of the header, of the
//! records and of the cells, as multisets. Ten numbers from 0 to 1, added up.

use std::{collections::HashMap, hash::Hash};

type Table = Vec<Vec<String>>;

/// What a loaded table is worth, out of ten, against the clean one; `None` is a file refused.
pub fn score(clean: &Table, loaded: &Option<Table>) -> f64 {
    let Some(loaded) = loaded else {
        return 0.0;
    };
    if clean.is_empty() {
        return 10.0;
    }
    let header = |table: &Table| -> Vec<String> {
        table
            .first()
            .into_iter()
            .flatten()
            .map(|cell| normal(cell))
            .collect()
    };
    let records = |table: &Table| -> Vec<String> {
        let rows = table.iter().skip(1);
        rows.map(|row| row.iter().map(|cell| normal(cell)).collect())
            .collect()
    };
    let cells = |table: &Table| -> Vec<String> { table.iter().flatten().cloned().collect() };
    1.0 + marks(&header(clean), &header(loaded))
        + marks(&records(clean), &records(loaded))
        + marks(&cells(clean), &cells(loaded))
}

/// Precision, recall and F1 together.
fn marks<T: Eq + Hash>(clean: &[T], loaded: &[T]) -> f64 {
    if clean.is_empty() {
        return 3.0;
    }
    let mut left: HashMap<&T, usize> = HashMap::new();
    for item in clean {
        *left.entry(item).or_default() += 1;
    }
    let mut common = 0_usize;
    for item in loaded {
        if let Some(count) = left.get_mut(item).filter(|count| **count > 0) {
            *count -= 1;
            common += 1;
        }
    }
    if common == 0 {
        return 0.0;
    }
    let found = common as f64 / clean.len() as f64;
    let right = common as f64 / loaded.len() as f64;
    found + right + 2.0 * found * right / (found + right)
}

/// The benchmark also takes numbers and dates for the same however written; text that is kept as
/// it stands needs no such mercy.
fn normal(cell: &str) -> String {
    cell.to_lowercase()
}

#[test]
fn marks_are_those_of_the_paper() {
    let table = |rows: &[&[&str]]| -> Table {
        rows.iter()
            .map(|row| row.iter().map(|&cell| cell.to_owned()).collect())
            .collect()
    };
    let clean = table(&[&["a", "b"], &["1", "2"], &["3", "4"]]);
    assert_eq!(score(&clean, &Some(clean.clone())), 10.0);
    assert_eq!(score(&clean, &None), 0.0);
    assert_eq!(score(&Table::new(), &Some(Table::new())), 10.0);
    // One record of two is missing: it costs recall and F1 of records and of cells.
    let half = Some(table(&[&["a", "b"], &["1", "2"]]));
    let expected = 1.0 + 3.0 + (0.5 + 1.0 + 2.0 / 3.0) + (4.0 / 6.0 + 1.0 + 0.8);
    assert!((score(&clean, &half) - expected).abs() < 1e-9);
}
