//! How long a town's tables take, and how much of them is hidden: persons of districts and
//! categories over five years of months, with all margins and the years, under a rule of 11 (or
//! another).
//!
//! `cargo run --release -p beffroi-secrecy --example town [-- UNITS [MEAN [DISTRICTS [CATEGORIES]]]] [WORDS]`
//!
//! Words: `filters`, two conditions beside the whole, with all that follows from them; `apart`,
//! tables by district and by category, not by both; `uneven`, few districts and categories have
//! most; `sparse`, most cells have next to nobody; `programs`, decided by linear programs alone,
//! however long that takes; `again`, decided once more with what was shown; `late`, decided with one
//! more month and some rows that came late for the three before, and what changed judged apart.

#![allow(clippy::print_stdout, reason = "an example prints")]

use beffroi_model::{Grain, Period};
use beffroi_secrecy::{
    Amount, Cell, Key, KeyedError, KeyedTables, Kind, Ledger, Limits, Names, Quantity, Rule, Slice,
    Status, Suppression, Tables, UnitsOverTime, protect,
};
use indexmap::IndexMap;
use std::time::Instant;

const MONTHS: i32 = 60;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let numbers: Vec<usize> = arguments
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    let number = |place: usize, otherwise| numbers.get(place).copied().unwrap_or(otherwise);
    let word = |word: &str| arguments.iter().any(|given| given == word);
    let town = Town {
        mean: number(1, 40) as f64,
        districts: number(2, 14),
        categories: number(3, 4),
        filters: word("filters"),
        apart: word("apart"),
        spread: match () {
            () if word("uneven") => Spread::Uneven,
            () if word("sparse") => Spread::Sparse,
            () => Spread::Even,
        },
    };
    let rule = Rule::units(u64::try_from(number(0, 11))?);
    let began = Instant::now();
    let tables = town.tables(false)?;
    println!(
        "{} cells, {} relations: built in {:?}",
        tables.tables().cells().len(),
        tables.tables().relations().len(),
        began.elapsed(),
    );
    let mut limits = Limits::default();
    if word("programs") {
        (limits.large, limits.work) = (usize::MAX, usize::MAX);
    }
    let found = decide(&tables, &rule, &limits);
    if word("again") {
        let names = Names::of(["persons", "amount"]);
        let mut ledger = Ledger::default();
        ledger.record(&tables, &found, &names);
        let again = decide(&ledger.mark(tables, &names, &rule), &rule, &limits);
        println!("the same: {}", again.statuses == found.statuses);
    }
    if word("late") {
        let names = Names::of(["persons", "amount"]);
        let mut ledger = Ledger::default();
        ledger.record(&town.tables(false)?, &found, &names);
        let tables = ledger.mark(town.tables(true)?, &names, &rule);
        let now = decide(&tables, &rule, &limits);
        let hidden: Vec<bool> = now.statuses.iter().map(|it| !it.is_shown()).collect();
        if let Some(changes) = ledger.changes(&tables, &names, &hidden, &rule)? {
            println!("what changed:");
            let late = decide_tables(&changes, &Ledger::rule_of_changes(&rule), &limits);
            let seen = |(place, late): &(usize, &Status)| {
                hidden.get(*place) == Some(&false) && !late.is_shown()
            };
            let more = late.statuses.iter().enumerate().filter(seen).count();
            println!("hidden for that: {more}");
        }
    }
    Ok(())
}

fn decide(tables: &KeyedTables, rule: &Rule, limits: &Limits) -> Suppression {
    decide_tables(tables.tables(), rule, limits)
}

fn decide_tables(tables: &Tables, rule: &Rule, limits: &Limits) -> Suppression {
    let began = Instant::now();
    let found = protect(tables, rule, limits);
    println!("decided in {:?}", began.elapsed());
    println!(
        "{:?}, coarse {}, exposed {}",
        found.hidden,
        found.coarse,
        found.exposed.len()
    );
    found
}

enum Spread {
    Even,
    Uneven,
    Sparse,
}

struct Town {
    mean: f64,
    districts: usize,
    categories: usize,
    filters: bool,
    apart: bool,
    spread: Spread,
}

impl Town {
    fn tables(&self, late: bool) -> Result<KeyedTables, KeyedError> {
        let mut seed = 7_u64;
        let mut next = move || {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as f64 / (1_u64 << 31) as f64
        };
        let mut cells: IndexMap<Key, (u64, f64)> = IndexMap::new();
        let first = Period::containing(Grain::Month, Period::year(2020).start());
        for step in 0..MONTHS + i32::from(late) {
            let month = first.step(step);
            let year = Period::containing(Grain::Year, month.start());
            let rows_come_late = late && (MONTHS - 3..MONTHS).contains(&step);
            for district in 0..self.districts {
                for category in 0..self.categories {
                    let count = self.count(district, category, next());
                    let more = rows_come_late && (district + category) % 3 == 0;
                    for row in 0..count as u64 + u64::from(more) {
                        let chance = match row < count as u64 {
                            true => [next(), next()],
                            false => [0.25, 0.75],
                        };
                        let amount = (chance[0] * 1000.0).floor();
                        let held = [chance[1] < 1.0 / 3.0, amount > 500.0];
                        for (slice, members) in
                            self.rows(district, category, self.filters.then_some(held))
                        {
                            for period in [month, year] {
                                let key = Key {
                                    slice: slice.clone(),
                                    members: members.clone(),
                                    period: Some(period),
                                };
                                let cell = cells.entry(key).or_default();
                                cell.0 += 1;
                                cell.1 += amount;
                            }
                        }
                    }
                }
            }
        }
        let cell = |key: &Key, (count, amount): (u64, f64)| {
            let amounts = vec![Amount::plain(count as f64), Amount::plain(amount)];
            match key.slice {
                Slice::Whole | Slice::Kept(_) => Cell::new(count, amounts),
                Slice::Left(_) | Slice::Part(_) => Cell::shadow(count, amounts),
            }
        };
        cells.sort_by(|a, _, b, _| {
            (&a.slice, &a.members, a.period).cmp(&(&b.slice, &b.members, b.period))
        });
        let cells = cells.into_iter().map(|(key, sums)| {
            let cell = cell(&key, sums);
            (key, cell)
        });
        KeyedTables::new(
            &[Quantity::flow(Kind::NonNegative); 2],
            cells,
            UnitsOverTime::AddUp,
            [],
        )
    }

    fn count(&self, district: usize, category: usize, chance: f64) -> f64 {
        match self.spread {
            Spread::Even => {
                (self.mean * 4.0 / (1.0 + (category * category) as f64) * chance).round()
            }
            Spread::Uneven => {
                // The larger ones have most; what is left is of chance.
                let share = |place: usize, of: usize| {
                    let weight = |place: usize| (place as f64 + 0.5).powf(-1.5);
                    weight(place) * of as f64 / (0..of).map(weight).sum::<f64>()
                };
                let mean =
                    self.mean * share(district, self.districts) * share(category, self.categories);
                (mean * (0.5 + chance)).round()
            }
            Spread::Sparse => (-self.mean * (1.0 - chance).ln()).floor(),
        }
    }

    /// The slices and members of the cells that a row is in.
    fn rows(
        &self,
        district: usize,
        category: usize,
        held: Option<[bool; 2]>,
    ) -> Vec<(Slice, Vec<Option<String>>)> {
        let mut slices = vec![Slice::Whole];
        if let Some(held) = held {
            let names = ["f1", "f2"].map(str::to_owned);
            let mut kept = Vec::new();
            for (name, held) in names.into_iter().zip(held) {
                slices.push(if held {
                    Slice::Kept(name.clone())
                } else {
                    Slice::Left(name.clone())
                });
                kept.extend(held.then_some(name));
            }
            slices.push(Slice::Part(kept));
        }
        let d = Some(format!("d{district:02}"));
        let c = Some(format!("c{category}"));
        let mut members = vec![
            vec![None, None],
            vec![d.clone(), None],
            vec![None, c.clone()],
        ];
        if !self.apart {
            members.push(vec![d, c]);
        }
        let of = |slice: Slice| members.iter().map(move |it| (slice.clone(), it.clone()));
        slices.into_iter().flat_map(of).collect()
    }
}
