//! How well polluted tables are read without being told anything, measured as the Pollock
//! benchmark does (Vitagliano et al., "Pollock: A Data Loading Benchmark", VLDB 2023): one clean
//! table, thousands of files of which each breaks the standard in one way, ten marks for each.
//!
//! `cargo test -p beffroi-intake --test pollock -- --nocapture` prints the score by pollution. Of
//! the pollutions of one row, every eleventh row stands for its neighbours; `POLLOCK_ALL=1` takes
//! them all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod pollute;
mod score;

use beffroi_intake::{Input, IntakeError, Reject, Sink, recognise};
use beffroi_model::{Batch, Column, ColumnData, Reading};
use std::{collections::BTreeMap, convert::Infallible};

/// What the best published reader reaches when it is told every parameter.
const SIMPLE_TO_BEAT: f64 = 9.961;
const WEIGHTED_TO_BEAT: f64 = 9.599;

#[test]
fn polluted_files_are_read_nearly_as_well_as_clean_ones() {
    let step = if std::env::var_os("POLLOCK_ALL").is_some() {
        1
    } else {
        11
    };
    let files = pollute::files(step);
    let mut families: BTreeMap<&str, (f64, f64, f64, String)> = BTreeMap::new();
    let (mut simple, mut count, mut weighted, mut weights) = (0.0, 0.0, 0.0, 0.0);
    for file in &files {
        let score = score::score(&file.clean, &load(&file.name, &file.bytes));
        simple += score * file.stands_for;
        count += file.stands_for;
        weighted += score * file.stands_for * file.weight;
        weights += file.stands_for * file.weight;
        let family =
            families
                .entry(file.pollution)
                .or_insert((0.0, 0.0, f64::INFINITY, String::new()));
        family.0 += file.stands_for;
        family.1 += score * file.stands_for;
        if score < family.2 {
            (family.2, family.3) = (score, file.name.clone());
        }
    }
    for (pollution, (count, sum, worst, name)) in &families {
        let mean = sum / count;
        println!("{pollution:<28} {count:>4.0} files {mean:7.3}   worst {worst:6.3} {name}");
    }
    let simple = simple / count;
    let weighted = weighted / weights;
    println!("simple {simple:.4}, weighted {weighted:.4}");
    assert!(simple > SIMPLE_TO_BEAT, "simple {simple}");
    assert!(weighted > WEIGHTED_TO_BEAT, "weighted {weighted}");
}

/// The table that comes of a file, its header first: what `beffroi convert` writes. `None` when
/// the file is refused.
fn load(name: &str, bytes: &[u8]) -> Option<Vec<Vec<String>>> {
    let table = match recognise(Input::held(name, bytes), &Reading::default()) {
        Ok(table) => table,
        Err(IntakeError::Empty) => return Some(Vec::new()),
        Err(_) => return None,
    };
    let mut rows = Rows(vec![table.titles().map(str::to_owned).collect()]);
    table.read_text(&mut rows).ok()?;
    Some(rows.0)
}

/// Rows of text.
struct Rows(Vec<Vec<String>>);

impl Sink for Rows {
    type Error = Infallible;

    fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
        for row in 0..batch.len() {
            let cell = |column: &Column| match &column.data {
                ColumnData::Text(text) => text.get(row).unwrap_or_default().to_owned(),
                _ => unreachable!("every column is text"),
            };
            self.0.push(batch.columns.iter().map(cell).collect());
        }
        Ok(())
    }

    fn reject(&mut self, _: Reject) -> Result<(), Infallible> {
        unreachable!("every row fits")
    }
}
