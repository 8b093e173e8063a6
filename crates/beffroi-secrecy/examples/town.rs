//! How long a town's tables take, and how much of them is hidden: persons of 14 districts and 4
//! categories over 48 months, with all margins, under a rule of 11 (or another: `-- 5`).
//!
//! `cargo run --release -p beffroi-secrecy --example town [-- UNITS [MEAN [DISTRICTS [CATEGORIES]]]]`

#![allow(clippy::print_stdout, reason = "an example prints")]

use beffroi_model::{Grain, Period};
use beffroi_secrecy::{
    Amount, Cell, Key, KeyedTables, Kind, Limits, Quantity, Rule, Slice, UnitsOverTime, protect,
};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok())
        .collect();
    let units = arguments.first().copied().unwrap_or(11);
    let mean = arguments.get(1).copied().unwrap_or(40);
    let size = |place: usize, otherwise| {
        let given = arguments
            .get(place)
            .and_then(|size| usize::try_from(*size).ok());
        given.unwrap_or(otherwise)
    };
    let began = Instant::now();
    let tables = town(size(2, 14), size(3, 4), 48, mean)?;
    let built = Instant::now();
    let found = protect(tables.tables(), &Rule::units(units), &Limits::default());
    println!(
        "{} cells, {} relations: built in {:?}, decided in {:?}",
        tables.tables().cells().len(),
        tables.tables().relations().len(),
        built - began,
        built.elapsed(),
    );
    println!(
        "{:?}, coarse {}, exposed {}",
        found.hidden,
        found.coarse,
        found.exposed.len()
    );
    Ok(())
}

fn town(
    districts: usize,
    categories: usize,
    months: i32,
    mean: u64,
) -> Result<KeyedTables, beffroi_secrecy::KeyedError> {
    let mut seed = 7_u64;
    let mut next = move || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        seed >> 33
    };
    let mut cells: indexmap::IndexMap<Key, (u64, f64)> = indexmap::IndexMap::new();
    let first = Period::containing(Grain::Month, Period::year(2021).start());
    for month in (0..months).map(|step| first.step(step)) {
        let year = Period::containing(Grain::Year, month.start());
        for district in 0..districts {
            for category in 0..categories {
                let size = mean * 4 / (1 + category as u64 * category as u64);
                let count = next() % (size + 1);
                let amount = (0..count).map(|_| (100 + next() % 900) as f64).sum::<f64>();
                for period in [month, year] {
                    for d in [Some(format!("d{district}")), None] {
                        for c in [Some(format!("c{category}")), None] {
                            let key = Key {
                                slice: Slice::Whole,
                                members: vec![d.clone(), c],
                                period: Some(period),
                            };
                            let cell = cells.entry(key).or_default();
                            cell.0 += count;
                            cell.1 += amount;
                        }
                    }
                }
            }
        }
    }
    let quantities = [Quantity::flow(Kind::NonNegative); 2];
    let cell = |(count, amount): (u64, f64)| {
        Cell::new(
            count,
            vec![Amount::plain(count as f64), Amount::plain(amount)],
        )
    };
    KeyedTables::new(
        &quantities,
        cells.into_iter().map(|(key, sums)| (key, cell(sums))),
        UnitsOverTime::AddUp,
        [],
    )
}
