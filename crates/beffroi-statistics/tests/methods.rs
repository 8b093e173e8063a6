//! Methods against the worked numbers of the texts they come from.
#![allow(clippy::expect_used)]

use beffroi_model::{Cell, Direction, Period, Target};
use beffroi_statistics::Observation;
use beffroi_statistics::anomaly::{level_break, modified_z, outliers, pettitt};
use beffroi_statistics::outlook::{Trend, needed};
use beffroi_statistics::peers::peers;
use beffroi_statistics::robust::{median, median_deviation, quantile, theil_sen};
use proptest::prelude::*;

fn years(first: i32, values: &[f64]) -> Vec<Observation> {
    (first..)
        .zip(values)
        .map(|(year, value)| Observation::new(Period::year(year), Cell::Value(*value)))
        .collect()
}

fn months(first: &str, values: impl IntoIterator<Item = f64>) -> Vec<Observation> {
    let first: Period = first.parse().expect(first);
    (0..)
        .zip(values)
        .map(|(place, value)| Observation::new(first.step(place), Cell::Value(value)))
        .collect()
}

/// The simulated data of Page (1955) in table 1 of Pettitt (1979): the level changes after the
/// 17th value, K = 232, p = 0.014.
const PAGE: [f64; 40] = [
    -1.05, 0.96, 1.22, 0.58, -0.98, -0.03, -1.54, -0.71, -0.35, 0.66, 0.44, 0.91, -0.02, -1.42,
    1.26, -1.02, -0.81, 1.66, 1.05, 0.97, 2.14, 1.22, -0.24, 1.60, 0.72, -0.12, 0.44, 0.03, 0.66,
    0.56, 1.37, 1.66, 0.10, 0.80, 1.29, 0.49, -0.07, 1.18, 3.29, 1.84,
];

/// The yearly flow of the Nile at Aswan, 1871 to 1970, in 10⁸ m³ (Cobb, 1978): its level fell
/// after 1898, when the first dam was begun.
const NILE: [f64; 100] = [
    1120., 1160., 963., 1210., 1160., 1160., 813., 1230., 1370., 1140., 995., 935., 1110., 994.,
    1020., 960., 1180., 799., 958., 1140., 1100., 1210., 1150., 1250., 1260., 1220., 1030., 1100.,
    774., 840., 874., 694., 940., 833., 701., 916., 692., 1020., 1050., 969., 831., 726., 456.,
    824., 702., 1120., 1100., 832., 764., 821., 768., 845., 864., 862., 698., 845., 744., 796.,
    1040., 759., 781., 865., 845., 944., 984., 897., 822., 1010., 771., 676., 649., 846., 812.,
    742., 801., 1040., 860., 874., 848., 890., 744., 749., 838., 1050., 918., 986., 797., 923.,
    975., 815., 1020., 906., 901., 1170., 912., 746., 919., 718., 714., 740.,
];

#[test]
fn pettitt_finds_the_change_of_pettitts_own_table() {
    let test = pettitt(&PAGE).expect("forty values");
    assert_eq!((test.last_before + 1, test.statistic), (17, 232.0));
    assert!((test.chance - 0.014_56).abs() < 0.000_01, "{test:?}");
}

#[test]
fn the_nile_changed_after_1898() {
    let found = level_break(&years(1871, &NILE)).expect("a break");
    assert_eq!(found.at, Period::year(1899));
    assert_eq!(found.points, 100);
    assert!(found.before > 1_050.0 && found.after < 900.0, "{found:?}");
}

#[test]
fn a_slope_is_no_break_and_few_points_say_nothing() {
    let slope: Vec<f64> = (0..30).map(|x| f64::from(x) + f64::from(x % 3)).collect();
    assert!(pettitt(&slope).expect("values").chance < 0.001);
    assert_eq!(level_break(&years(1990, &slope)), None);
    let step = [1.0, 2.0, 1.0, 2.0, 1.0, 9.0, 8.0, 9.0, 8.0, 9.0];
    assert_eq!(level_break(&years(2010, &step)), None);
}

#[test]
fn a_break_in_months_is_found_through_the_seasons() {
    let level = |place: usize| if place < 30 { 100.0 } else { 140.0 };
    let season = [0.0, 5., 20., 40., 60., 70., 65., 50., 45., 25., 10., 2.];
    let wobble = |place: usize| (place * 7 % 5) as f64;
    let values = (0..60).map(|place| level(place) + season[place % 12] + wobble(place));
    let found = level_break(&months("2020-01", values)).expect("a break");
    assert_eq!(found.at.to_string(), "2022-07");
    assert!(
        (found.after - found.before - 40.0).abs() < 15.0,
        "{found:?}"
    );
}

/// A usual example of the method: median 2.45, MAD 0.15, and scores of 25.9 and 26.3 for the two
/// that stand out (computed by hand: 0.6745 × 5.75 / 0.15).
#[test]
fn modified_z_scores_are_those_worked_out_by_hand() {
    let values = [2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3];
    let middle = median(&values).expect("values");
    let spread = median_deviation(&values).expect("values");
    assert!((middle - 2.45).abs() < 1e-12 && (spread - 0.15).abs() < 1e-12);
    assert!((modified_z(8.2, middle, spread) - 25.855_8).abs() < 1e-3);
    let beyond = values
        .iter()
        .filter(|value| modified_z(**value, middle, spread).abs() >= 3.5);
    assert_eq!(beyond.count(), 2);
}

#[test]
fn an_outlier_is_told_once_and_a_season_never() {
    let season = [10.0, 12., 20., 40., 60., 90., 95., 80., 50., 30., 15., 8.];
    let wobble = |place: usize| (place * place * 5 % 11) as f64;
    let mut values: Vec<f64> = (0..48)
        .map(|place| season[place % 12] + wobble(place))
        .collect();
    assert_eq!(outliers(&months("2021-01", values.clone())), []);
    values[29] = 300.0;
    let found = outliers(&months("2021-01", values.clone()));
    let [one] = found.as_slice() else {
        unreachable!("{found:?}")
    };
    assert_eq!(
        (one.period.to_string(), one.value),
        ("2023-06".to_owned(), 300.0)
    );
    assert!((one.usual - 91.0).abs() < 6.0 && one.among == 36, "{one:?}");
    // A value that is not shown is no outlier, whatever it is.
    let mut hidden = months("2021-01", values);
    hidden[29].cell = Cell::Secret;
    assert_eq!(outliers(&hidden), []);
    assert_eq!(outliers(&hidden[..19]), [], "seven differences");
}

/// Helsel & Hirsch, *Statistical Methods in Water Resources*, 10.1: the points 1 to 7, of which
/// the sixth is 16 instead of 6: the median slope stays 1.
#[test]
fn theil_sen_is_not_moved_by_one_point() {
    let points = [1.0, 2.0, 3.0, 4.0, 5.0, 16.0, 7.0];
    let points: Vec<(f64, f64)> = (1u32..).map(f64::from).zip(points).collect();
    let line = theil_sen(&points).expect("a line");
    assert_eq!((line.slope, line.level), (1.0, 0.0));
}

/// Type 7 of Hyndman & Fan, as `quantile(c(1, 2, 3, 4))` in R.
#[test]
fn quartiles_are_those_of_spreadsheets() {
    let values = [4.0, 1.0, 3.0, 2.0];
    assert_eq!(quantile(&values, 0.25), Some(1.75));
    assert_eq!(quantile(&values, 0.75), Some(3.25));
    assert_eq!(median(&values), Some(2.5));
    assert_eq!(median(&[]), None);
}

fn goal(year: i32, value: f64) -> Target {
    Target {
        year,
        value,
        tolerance: 5.0,
        origin: String::new(),
        voted_on: None,
    }
}

/// The Cazères of the OFGL: a debt worth 14.66 years of savings in 2023. Back to 8 years by 2027
/// takes 1.665 years less each year.
#[test]
fn what_is_needed_is_said_each_year() {
    let needed_for = needed(14.66, 2023, &goal(2027, 8.0), Direction::Down).expect("not reached");
    assert_eq!(needed_for.years, 4);
    assert!((needed_for.per_year + 1.665).abs() < 1e-9);
    let percent = needed_for.percent_per_year.expect("both are positive");
    assert!((14.66 * (1.0 + percent / 100.0).powi(4) - 8.0).abs() < 1e-9);
    assert_eq!(needed(7.0, 2023, &goal(2027, 8.0), Direction::Down), None);
    assert_eq!(needed(14.66, 2027, &goal(2027, 8.0), Direction::Down), None);
    assert_eq!(needed(14.66, 2023, &goal(2027, 8.0), Direction::None), None);
    let from_nothing = needed(0.0, 2023, &goal(2027, 8.0), Direction::Up).expect("not reached");
    assert_eq!(from_nothing.percent_per_year, None);
}

#[test]
fn a_trend_needs_four_whole_years_since_the_last_break() {
    let mut series = years(2018, &[50.0, 10.0, 12.0, 14.0, 16.0]);
    let first_of_2019 = Period::year(2019).start();
    let trend = Trend::of(&series, &[first_of_2019]).expect("four years");
    assert_eq!((trend.per_year(), trend.points, trend.last), (2.0, 4, 2022));
    assert_eq!(trend.project(2024, None), Some(20.0));
    assert_eq!(
        trend.project(2026, None),
        None,
        "no further than it looks back"
    );
    assert_eq!(
        trend.project(2024, Some(18.0)),
        None,
        "no share past the whole"
    );
    assert_eq!(trend.reaches(19.0, Direction::Up, 10), Some(2024));
    assert_eq!(trend.reaches(19.0, Direction::Down, 10), Some(2023));
    series[4].coverage.periods_expected = 12;
    assert_eq!(Trend::of(&series, &[first_of_2019]), None);
    let falling = Trend::of(&years(2018, &[9.0, 6.0, 4.0, 1.0]), &[]).expect("four years");
    assert_eq!(falling.project(2023, None), None, "nothing below zero");
}

#[test]
fn peers_have_a_median_and_quartiles_among_those_known() {
    let town = |cell| Observation::new(Period::year(2024), cell);
    let towns: Vec<Observation> = [10.0, 20.0, 30.0, 40.0, 50.0]
        .into_iter()
        .map(Cell::Value)
        .chain([Cell::Secret, Cell::Missing])
        .map(town)
        .collect();
    let found = peers(&towns, Some(1), Direction::Down).expect("five towns");
    assert_eq!((found.lower, found.median, found.upper), (20.0, 30.0, 40.0));
    assert_eq!((found.place, found.among), (Some(2), 5));
    assert_eq!(
        peers(&towns, Some(5), Direction::Down).and_then(|found| found.place),
        None
    );
    assert_eq!(peers(&towns[..3], Some(1), Direction::Down), None);
}

proptest! {
    /// Pettitt's U by its definition: over all pairs, the sign of the difference.
    #[test]
    fn pettitt_is_that_of_all_pairs(values in prop::collection::vec(-9i32..9, 2..25)) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        let u = |t: usize| -> f64 {
            let (before, after) = values.split_at(t + 1);
            let sign = |a: f64, b: f64| if a == b { 0.0 } else { (a - b).signum() };
            before.iter().flat_map(|a| after.iter().map(move |b| sign(*a, *b))).sum()
        };
        let most = (0..values.len()).map(|t| u(t).abs()).fold(0.0, f64::max);
        let test = pettitt(&values).expect("values");
        prop_assert_eq!(test.statistic, most);
        prop_assert_eq!(u(test.last_before).abs(), most);
    }

    #[test]
    fn a_median_has_as_many_on_either_side(values in prop::collection::vec(-50i32..50, 1..30)) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        let middle = median(&values).expect("values");
        let below = values.iter().filter(|value| **value < middle).count();
        let above = values.iter().filter(|value| **value > middle).count();
        prop_assert!(2 * below <= values.len() && 2 * above <= values.len());
    }
}
