//! Time-weighted means on odd days, and codes that change.
#![allow(clippy::expect_used)]

use beffroi_model::{Cell, Period};
use beffroi_statistics::feed::{Reading, bounds, instant, time_weighted_mean};
use beffroi_statistics::territory::{CodeChange, Fate, Territory};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

fn reading(at: &str, cell: Cell) -> Reading {
    let at: DateTime<Utc> = at.parse().expect(at);
    Reading { at, cell }
}

fn hours(count: i64) -> TimeDelta {
    TimeDelta::hours(count)
}

#[test]
fn a_day_in_paris_lasts_23_24_or_25_hours() {
    for (date, length) in [("2025-03-30", 23), ("2025-03-31", 24), ("2025-10-26", 25)] {
        let (start, end) = bounds(date.parse::<Period>().expect(date));
        assert_eq!(end - start, hours(length), "{date}");
    }
}

#[test]
fn each_value_holds_until_the_next_or_until_it_is_stale() {
    let period: Period = "2025-10-26".parse().expect("a day");
    // The day begins at 22:00 UTC and lasts 25 hours.
    let readings = [
        reading("2025-10-25T21:00:00Z", Cell::Value(100.0)), // 1 h of it in the day
        reading("2025-10-25T23:00:00Z", Cell::Value(10.0)),  // 2 h, then stale
        reading("2025-10-26T05:00:00Z", Cell::Value(40.0)),  // 1 h
        reading("2025-10-26T06:00:00Z", Cell::NotApplicable), // 2 h closed
        reading("2025-10-26T12:00:00Z", Cell::Missing),
    ];
    let mean = time_weighted_mean(&readings, period, hours(2));
    assert_eq!(mean.known, hours(4));
    assert_eq!(mean.of, hours(23));
    assert_eq!(mean.cell, Cell::Value((100.0 + 2.0 * 10.0 + 40.0) / 4.0));
    let mut hidden = readings;
    hidden[2].cell = Cell::Secret;
    assert_eq!(
        time_weighted_mean(&hidden, period, hours(2)).cell,
        Cell::Secret
    );
    assert_eq!(
        time_weighted_mean(&[], period, hours(2)).cell,
        Cell::Missing
    );
}

#[test]
fn the_hour_that_comes_twice_is_told_by_the_reading_before() {
    let local = day("2025-10-26").and_hms_opt(2, 30, 0).expect("a time");
    let first = instant(local, None).expect("an instant");
    assert_eq!(first.to_rfc3339(), "2025-10-26T00:30:00+00:00");
    let later = instant(local, Some(first + TimeDelta::minutes(20))).expect("an instant");
    assert_eq!(later - first, hours(1));
    let left_out = day("2025-03-30").and_hms_opt(2, 30, 0).expect("a time");
    assert_eq!(instant(left_out, None), None);
}

proptest! {
    /// Minute by minute: what the last reading said, while it is fresh.
    #[test]
    fn the_mean_is_that_of_every_minute(
        readings in prop::collection::vec((0i64..1500, 0i32..50), 0..20),
        stale in 1i64..200,
    ) {
        let period: Period = "2025-03-30".parse().expect("a day");
        let (start, end) = bounds(period);
        let mut readings: Vec<Reading> = readings
            .into_iter()
            .map(|(minute, value)| Reading {
                at: start + TimeDelta::minutes(minute - 60),
                cell: Cell::Value(f64::from(value)),
            })
            .collect();
        readings.sort_by_key(|reading| reading.at);
        let (mut sum, mut count) = (0.0, 0);
        let mut now = start;
        while now < end {
            let last = readings.iter().rfind(|reading| reading.at <= now);
            if let Some(last) = last.filter(|last| now - last.at < TimeDelta::minutes(stale)) {
                sum += last.cell.value().unwrap_or(0.0);
                count += 1;
            }
            now += TimeDelta::minutes(1);
        }
        let mean = time_weighted_mean(&readings, period, TimeDelta::minutes(stale));
        prop_assert_eq!(mean.known, TimeDelta::minutes(count));
        match mean.cell {
            Cell::Value(value) => prop_assert!((value - sum / count as f64).abs() < 1e-9),
            cell => prop_assert_eq!((cell, count), (Cell::Missing, 0)),
        }
    }
}

fn territory(changes: &[(&str, &str, &str)]) -> Territory {
    Territory::new(changes.iter().map(|(on, from, to)| CodeChange {
        on: day(on),
        from: (*from).to_owned(),
        to: (*to).to_owned(),
    }))
}

/// Cherves-Richemont and Saint-Sulpice-de-Cognac make Val-de-Cognac, whose code is that of the
/// first; Bazeilles takes La Moncelle in, then leaves it again.
fn towns() -> Territory {
    territory(&[
        ("2022-01-01", "16097", "16097"),
        ("2022-01-01", "16355", "16097"),
        ("2017-01-01", "08053", "08053"),
        ("2017-01-01", "08294", "08053"),
        ("2024-01-01", "08053", "08053"),
        ("2024-01-01", "08053", "08294"),
        ("2020-01-01", "49066", "49345"),
    ])
}

#[test]
fn codes_are_followed_from_day_to_day() {
    let towns = towns();
    let one = |code: &str| Fate::One(code.to_owned());
    let (old, now) = (day("2014-01-01"), day("2025-01-01"));
    assert_eq!(towns.fate("16355", old, now), one("16097"));
    assert_eq!(towns.fate("49066", old, now), one("49345"));
    assert_eq!(towns.fate("2A004", old, now), one("2A004"));
    assert_eq!(towns.fate("16355", day("2022-01-01"), now), one("16355"));
    assert_eq!(
        towns.fate("08294", old, now),
        Fate::Split(vec!["08053".to_owned(), "08294".to_owned()])
    );
    assert_eq!(towns.fate("16097", now, old), one("16097"));
}

#[test]
fn what_merged_is_added_up_and_what_split_is_not_comparable() {
    let figures = [
        ("16097", Cell::Value(2300.0)),
        ("16355", Cell::Value(1200.0)),
        ("08053", Cell::Value(2000.0)),
        ("49066", Cell::Secret),
    ];
    let carried = towns().carry(figures, day("2021-01-01"), day("2025-01-01"));
    assert_eq!(carried["16097"].cell, Cell::Value(3500.0));
    assert_eq!(carried["16097"].made_of, ["16097", "16355"]);
    for piece in ["08053", "08294"] {
        assert_eq!(
            (carried[piece].cell, carried[piece].split),
            (Cell::NotApplicable, true)
        );
    }
    assert_eq!(carried["49066"].cell, Cell::Secret);
    let secret = [("16097", Cell::Value(1.0)), ("16355", Cell::Secret)];
    let carried = towns().carry(secret, day("2021-01-01"), day("2025-01-01"));
    assert_eq!(carried["16097"].cell, Cell::Secret);
}

#[test]
fn a_table_of_passage_is_read_as_changes_of_one_day() {
    let passage = territory(&[
        ("2025-01-01", "51136", "51201"),
        ("2025-01-01", "51136", "51136"),
        ("2025-01-01", "51201", "51201"),
        ("2025-01-01", "49066", "49345"),
        ("2025-01-01", "49345", "49345"),
    ]);
    let (old, now) = (day("2014-01-01"), day("2025-01-01"));
    assert_eq!(
        passage.fate("49066", old, now),
        Fate::One("49345".to_owned())
    );
    assert!(matches!(passage.fate("51136", old, now), Fate::Split(codes) if codes.len() == 2));
    let carried = passage.carry(
        [("51136", Cell::Value(5.0)), ("51201", Cell::Value(7.0))],
        old,
        now,
    );
    assert!(
        carried["51201"].split,
        "a part of a split was merged into it"
    );
    assert_eq!(carried["51201"].cell, Cell::NotApplicable);
}
