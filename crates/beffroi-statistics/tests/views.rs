//! Views against obvious loops, and cases by hand.
#![allow(clippy::expect_used)]

use beffroi_model::{Cell, Coverage, Direction, Period, Unit};
use beffroi_statistics::Observation;
use beffroi_statistics::view::{
    Change, constant_euros, cumulative, growth, index, moving_average, per_inhabitant, rank, share,
    shares,
};
use beffroi_statistics::year_to_date::year_to_date;
use proptest::prelude::*;

fn period(text: &str) -> Period {
    text.parse().expect(text)
}

/// `12 · / s 3p`: a value, missing, not applicable, secret, a value of a part of its period.
fn series(first: &str, cells: &str) -> Vec<Observation> {
    cells
        .split_whitespace()
        .zip(0..)
        .map(|(text, place)| {
            let partial = text.strip_suffix('p');
            let cell = match text {
                "·" => Cell::Missing,
                "/" => Cell::NotApplicable,
                "s" => Cell::Secret,
                _ => Cell::Value(partial.unwrap_or(text).parse().expect("a number")),
            };
            let mut one = Observation::new(period(first).step(place), cell);
            if partial.is_some() {
                one.coverage.periods = 1;
                one.coverage.periods_expected = 2;
            }
            one
        })
        .collect()
}

/// The cells of a series in the same notation, to two decimals.
fn shown(series: &[Observation]) -> String {
    let cells = series.iter().map(|one| match one.cell {
        Cell::Missing => "·".to_owned(),
        Cell::NotApplicable => "/".to_owned(),
        Cell::Secret => "s".to_owned(),
        Cell::Value(value) => format!("{}", (value * 100.0).round() / 100.0),
    });
    cells.collect::<Vec<_>>().join(" ")
}

#[test]
fn growth_compares_whole_periods_only() {
    let years = series("2018", "100 108.2 · 50 s 40 0 30 20p");
    assert_eq!(
        shown(&growth(&years, Change::Percent, &[])),
        "· 8.2 · · s s -100 / ·"
    );
    let months = series("2024-01", "1 2 3 4 5 6 7 8 9 10 11 12 3 3");
    let grown = growth(&months, Change::Percent, &[]);
    assert_eq!(shown(&grown[11..]), "· 200 50");
}

#[test]
fn between_shares_a_change_is_in_points() {
    let percent = Unit::from_symbol("%").expect("a unit");
    assert_eq!(Change::of(percent), Change::Points);
    assert_eq!(Change::of(Unit::count()), Change::Percent);
    let rates = series("2023", "11.4 12.2");
    assert_eq!(shown(&growth(&rates, Change::of(percent), &[])), "· 0.8");
}

#[test]
fn nothing_is_compared_across_a_break() {
    let years = series("2018", "100 110 50 55");
    let first_of_2020 = period("2020").start();
    assert_eq!(
        shown(&growth(&years, Change::Percent, &[first_of_2020])),
        "· 10 / 10"
    );
    // A year in the middle of which counting changed compares with neither neighbour.
    let in_june = period("2020-06").start();
    assert_eq!(
        shown(&growth(&years, Change::Percent, &[in_june])),
        "· 10 / /"
    );
}

#[test]
fn a_running_total_restarts_each_year_and_does_not_step_over_a_hole() {
    let months = series("2023-11", "5 6 1 2 · 4 5");
    assert_eq!(shown(&cumulative(&months)), "· · 1 3 · · ·");
    let with_nothing = series("2024-01", "/ 2 / 3 s 1");
    assert_eq!(shown(&cumulative(&with_nothing)), "/ 2 2 5 s s");
    let partial = cumulative(&series("2024-01", "1 2p"));
    assert!(!partial[1].coverage.is_complete());
}

#[test]
fn a_moving_average_needs_its_whole_window() {
    let months = series("2024-01", "3 6 9 · 1 2 3 s 1 1 1 4p");
    assert_eq!(
        shown(&moving_average(&months, 3)),
        "· · 6 · · · 2 s s s 1 ·"
    );
}

#[test]
fn a_share_of_a_secret_total_is_secret() {
    let parts = series("2020", "25 25 s 25 -5 0 3p");
    let wholes = series("2020", "100 s 100 0 100 80 10");
    assert_eq!(shown(&share(&parts, &wholes)), "25 s s / / 0 ·");
    let both_in_part = (series("2020", "3p"), series("2020", "12p"));
    assert_eq!(shown(&share(&both_in_part.0, &both_in_part.1)), "25");
}

#[test]
fn shares_beside_a_secret_one_are_secret() {
    let members = [
        series("2020", "25 25"),
        series("2020", "40 s"),
        series("2020", "35 ·"),
    ];
    let shown: Vec<String> = shares(&members, &series("2020", "100 100"))
        .iter()
        .map(|member| shown(member))
        .collect();
    assert_eq!(shown, ["25 s", "40 s", "35 ·"]);
}

#[test]
fn places_are_shared_and_say_nothing_of_secret_values() {
    let towns = |cells: &str| -> Vec<Observation> {
        let mut all = series("2020", cells);
        all.iter_mut().for_each(|one| one.period = period("2024"));
        all
    };
    let places = |cells: &str, direction| {
        let ranking = rank(&towns(cells), direction);
        let mut all = towns(cells);
        for (one, place) in all.iter_mut().zip(&ranking.places) {
            one.cell = *place;
        }
        (shown(&all), ranking.among)
    };
    assert_eq!(
        places("10 30 30 20", Direction::Up),
        ("4 1 1 3".to_owned(), 4)
    );
    assert_eq!(
        places("10 30 30 20", Direction::Down),
        ("1 3 3 2".to_owned(), 4)
    );
    // Whatever stands behind `s`, the places of the others are 1, 2, 3.
    assert_eq!(
        places("10 30 s 20 · /", Direction::Up),
        ("3 1 s 2 · /".to_owned(), 3)
    );
    assert_eq!(places("10 30p 20", Direction::Up), ("2 · 1".to_owned(), 2));
    assert_eq!(
        places("10p 30p 20p", Direction::Up),
        ("3 1 2".to_owned(), 3)
    );
}

#[test]
fn per_inhabitant_says_which_population() {
    let debt = series("2021", "1000 1200 s 1500");
    let population = series("2021", "100 · 120");
    let scaled = per_inhabitant(&debt, &population);
    assert_eq!(shown(&scaled.series), "10 12 s 12.5");
    assert_eq!(scaled.by, Some(period("2023")));
    assert_eq!(shown(&per_inhabitant(&debt, &[]).series), "· · s ·");
}

/// The annual index of consumer prices in France (base 2015, all households): 104.73 in 2019,
/// 105.25 in 2020, 106.97 in 2021: 100 € of 2019 are 102.14 € of 2021.
#[test]
fn constant_euros_are_those_of_the_base_year() {
    let prices = series("2019", "104.73 105.25 106.97");
    let spent = series("2018", "100 100 100 100 s");
    assert_eq!(
        shown(&constant_euros(&spent, &prices, period("2021"))),
        "· 102.14 101.63 100 s"
    );
    let months = series("2019-12", "100 100");
    assert_eq!(
        shown(&constant_euros(&months, &prices, period("2021"))),
        "102.14 101.63"
    );
}

#[test]
fn an_index_on_a_secret_base_is_secret() {
    assert_eq!(
        shown(&index(&series("2020", "50 60 · 25"), period("2020"))),
        "100 120 · 50"
    );
    assert_eq!(
        shown(&index(&series("2020", "s 60 70"), period("2020"))),
        "s s s"
    );
    assert_eq!(
        shown(&index(&series("2020", "0 60"), period("2020"))),
        "/ /"
    );
}

#[test]
fn the_year_so_far_stands_beside_the_same_months() {
    let months = series("2025-01", "1 2 3 4 5 6 7 8 9 10 11 12 2 3 4 5p · ·");
    let so_far = year_to_date(&months, period("2026"), &[]).expect("three months");
    assert_eq!(
        (so_far.count, so_far.of, so_far.last),
        (3, 12, period("2026-03"))
    );
    assert_eq!(
        (so_far.now, so_far.before),
        (Cell::Value(9.0), Cell::Value(6.0))
    );
    let holed = series("2025-01", "1 2 3 4 5 6 7 8 9 10 11 12 2 · 4");
    let so_far = year_to_date(&holed, period("2026"), &[]).expect("three months");
    assert_eq!(
        (so_far.now, so_far.before),
        (Cell::Missing, Cell::Value(6.0))
    );
    assert_eq!(year_to_date(&months, period("2027"), &[]), None);
    let changed = year_to_date(&months, period("2026"), &[period("2026-01").start()]);
    assert_eq!(changed.expect("three months").before, Cell::NotApplicable);
}

fn any_cell() -> impl Strategy<Value = (Cell, bool)> {
    let cell = prop_oneof![
        6 => (-50i32..200).prop_map(|value| Cell::Value(f64::from(value))),
        1 => Just(Cell::Missing),
        1 => Just(Cell::NotApplicable),
        1 => Just(Cell::Secret),
    ];
    (cell, prop::bool::weighted(0.1))
}

fn any_months() -> impl Strategy<Value = Vec<Observation>> {
    prop::collection::vec(any_cell(), 0..40).prop_map(|cells| {
        cells
            .into_iter()
            .zip(0..)
            .map(|((cell, partial), place)| Observation {
                period: period("2022-05").step(place),
                cell,
                coverage: Coverage {
                    periods: 1,
                    periods_expected: 1 + u32::from(partial),
                    ..Coverage::default()
                },
            })
            .collect()
    })
}

fn strongest(cells: &[Cell]) -> Option<Cell> {
    [Cell::Secret, Cell::Missing, Cell::NotApplicable]
        .into_iter()
        .find(|absent| cells.contains(absent))
}

proptest! {
    #[test]
    fn a_moving_average_is_that_of_a_plain_loop(months in any_months(), count in 2u32..14) {
        let shown = moving_average(&months, count);
        let size = count as usize;
        for (place, one) in shown.iter().enumerate() {
            let from = (place + 1).saturating_sub(size);
            let mut window: Vec<Cell> = months[from..=place].iter().map(Observation::whole).collect();
            if window.len() < size {
                window.push(Cell::Missing);
            }
            let expected = strongest(&window).unwrap_or_else(|| {
                let sum: f64 = window.iter().filter_map(|cell| cell.value()).sum();
                Cell::Value(sum / f64::from(count))
            });
            match (one.cell, expected) {
                (Cell::Value(a), Cell::Value(b)) => prop_assert!((a - b).abs() < 1e-9),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn a_running_total_is_that_of_a_plain_loop(months in any_months()) {
        let shown = cumulative(&months);
        for (place, one) in shown.iter().enumerate() {
            let same_year = |other: &&Observation| other.period.start_year() == one.period.start_year();
            let so_far: Vec<Cell> = months[..=place].iter().filter(same_year).map(|m| m.cell).collect();
            let begun = one.period.start_year() > 2022;
            let values: Vec<f64> = so_far.iter().filter_map(|cell| cell.value()).collect();
            let expected = if so_far.contains(&Cell::Secret) {
                Cell::Secret
            } else if so_far.contains(&Cell::Missing) || !begun {
                Cell::Missing
            } else if values.is_empty() {
                Cell::NotApplicable
            } else {
                Cell::Value(values.iter().sum())
            };
            prop_assert_eq!(one.cell, expected);
        }
    }

    #[test]
    fn growth_is_that_of_a_plain_loop(months in any_months()) {
        let shown = growth(&months, Change::Points, &[]);
        for (place, one) in shown.iter().enumerate() {
            let before = place.checked_sub(12).map_or(Cell::Missing, |before| months[before].whole());
            let now = months[place].whole();
            let expected = strongest(&[now, before]).unwrap_or_else(|| {
                Cell::Value(now.value().unwrap_or(0.0) - before.value().unwrap_or(0.0))
            });
            prop_assert_eq!(one.cell, expected);
        }
    }

    /// Nothing that is shown of others depends on what a secret cell would hold: a member whose
    /// value becomes secret leaves the order of the others as it was.
    #[test]
    fn hiding_a_member_does_not_reorder_the_others(
        values in prop::collection::vec(0i32..9, 2..12),
        hidden in 0usize..12,
    ) {
        let members: Vec<Observation> = values
            .iter()
            .map(|value| Observation::new(period("2024"), Cell::Value(f64::from(*value))))
            .collect();
        let mut masked = members.clone();
        let hidden = hidden % masked.len();
        masked[hidden].cell = Cell::Secret;
        let without: Vec<Observation> = members
            .iter()
            .enumerate()
            .filter(|(place, _)| *place != hidden)
            .map(|(_, one)| *one)
            .collect();
        let mut places = rank(&masked, Direction::Up).places;
        prop_assert_eq!(places.remove(hidden), Cell::Secret);
        prop_assert_eq!(places, rank(&without, Direction::Up).places);
    }

    #[test]
    fn places_are_those_of_a_plain_count(values in prop::collection::vec(0i32..9, 1..12)) {
        let members: Vec<Observation> = values
            .iter()
            .map(|value| Observation::new(period("2024"), Cell::Value(f64::from(*value))))
            .collect();
        let ranking = rank(&members, Direction::Down);
        for (place, own) in ranking.places.iter().zip(&values) {
            let lower = values.iter().filter(|other| *other < own).count();
            prop_assert_eq!(*place, Cell::Value(lower as f64 + 1.0));
        }
    }
}
