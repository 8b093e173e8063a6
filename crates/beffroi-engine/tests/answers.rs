//! What the engine answers on small towns.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod table;
#[path = "town/mod.rs"]
mod town_by_hand;

use beffroi_model::{Cell, CellState, Engine, QueryError};
use town_by_hand::{Visit, dimension, filter, query, row, town};

fn small() -> Vec<Visit> {
    vec![
        row("2024-11", "nord", "a", 1000, 10),
        row("2024-12", "nord", "b", 250, 5),
        row("2025-01", "nord", "a", 333, 4),
        row("2025-01", "sud", "b", 667, 8),
        row("2025-02", "sud", "a", 10, 1),
    ]
}

#[test]
fn a_ratio_is_a_ratio_of_sums_not_a_mean_of_ratios() {
    let town = town(&small(), &[]);
    assert_eq!(town.cell("ratio", "2024"), Cell::Value(12.5 / 15.0));
    // The mean of the two ratios would be 0.75.
    assert_eq!(town.cell("part", "2025"), Cell::Value(100.0 * (5.0 / 13.0)));
}

#[test]
fn stocks_take_the_last_reading_levels_the_mean_flows_the_sum() {
    let town = town(&small(), &[]);
    assert_eq!(town.cell("stock", "2024"), Cell::Value(5.0));
    assert_eq!(town.cell("niveau", "2024"), Cell::Value(7.5));
    assert_eq!(town.cell("nombre", "2024"), Cell::Value(2.0));
    assert_eq!(town.cell("genres", "2024"), Cell::Value(2.0));
}

#[test]
fn a_mean_over_time_is_that_of_the_readings_that_are_known() {
    let mut rows = vec![
        row("2025-01", "nord", "a", 0, 10),
        row("2025-02", "nord", "a", 0, 0),
        row("2025-03", "nord", "a", 0, 20),
    ];
    rows[1].visitors = Err(CellState::Missing);
    assert_eq!(town(&rows, &[]).cell("niveau", "2025"), Cell::Value(15.0));
}

#[test]
fn of_a_stock_the_total_is_the_sum_of_its_parts() {
    let rows = [
        row("2025-01", "nord", "a", 0, 10),
        row("2025-01", "sud", "a", 0, 100),
        row("2025-02", "nord", "a", 0, 11),
    ];
    let town = town(&rows, &[]);
    let total = town.cell("stock", "2025");
    let by = town
        .ask(&query("stock", "2025").by(dimension("lieu")))
        .unwrap();
    let parts: Vec<(String, Cell)> = by
        .rows
        .iter()
        .map(|row| (row.keys[0].clone(), row.cell))
        .collect();
    assert_eq!(total, Cell::Value(11.0));
    assert_eq!(parts, [("nord".to_owned(), Cell::Value(11.0))]);
    assert_eq!(town.cell("genres_dernier", "2025"), Cell::Value(1.0));
}

#[test]
fn products_keep_their_digits_and_large_sums_their_size() {
    let rows = [row("2025-01", "nord", "a", 5, 9_000_000_000_000_000_000); 2];
    let town = town(&rows, &[]);
    assert_eq!(town.cell("produit", "2025"), Cell::Value(0.005));
    assert_eq!(town.cell("nombre_grand", "2025"), Cell::Value(18e18));
}

#[test]
fn a_case_that_does_not_hold_is_no_missing_input() {
    let mut rows = small();
    rows[3].amount = Err(CellState::Missing);
    let answer = town(&rows, &[]).ask(&query("cas", "2025")).unwrap();
    let coverage = answer.rows[0].coverage;
    assert_eq!((coverage.cells, coverage.cells_expected), (2, 3));
}

#[test]
fn masked_and_missing_inputs_are_counted_and_never_zero() {
    let mut rows = small();
    rows[0].amount = Err(CellState::Secret);
    rows[1].amount = Err(CellState::Missing);
    rows[4].amount = Err(CellState::NotApplicable);
    let town = town(&rows, &[]);
    assert_eq!(town.cell("somme", "2024-11"), Cell::Secret);
    assert_eq!(town.cell("somme", "2024-12"), Cell::Missing);
    assert_eq!(town.cell("somme", "2025-02"), Cell::NotApplicable);
    assert_eq!(town.cell("somme", "2024"), Cell::Secret);
    let year = town.ask(&query("somme", "2025")).unwrap();
    assert_eq!(year.rows[0].cell, Cell::Value(10.0));
    assert_eq!(
        (
            year.rows[0].coverage.cells,
            year.rows[0].coverage.cells_expected
        ),
        (2, 2)
    );
    rows[2].amount = Err(CellState::Missing);
    let town = town_by_hand::town(&rows, &[]);
    assert_eq!(town.cell("somme", "2025"), Cell::Value(6.67));
    assert_eq!(town.cell("stricte", "2025"), Cell::Missing);
    let year = town.ask(&query("somme", "2025")).unwrap();
    assert_eq!(
        (
            year.rows[0].coverage.cells,
            year.rows[0].coverage.cells_expected
        ),
        (1, 2)
    );
}

#[test]
fn a_period_without_rows_is_missing_but_its_count_is_not_known_either() {
    let town = town(&small(), &[]);
    assert_eq!(town.cell("somme", "2023"), Cell::Missing);
    assert_eq!(town.cell("nombre", "2023"), Cell::Missing);
    // The source covers January 2025: no row of a kind there is a true zero.
    let mut only = query("nombre", "2025-02");
    only.filters.push(filter("genre", &["b"]));
    assert_eq!(town.ask(&only).unwrap().rows[0].cell, Cell::Value(0.0));
}

#[test]
fn a_year_knows_how_many_of_its_months_it_rests_on() {
    let town = town(&small(), &[]);
    let year = town.ask(&query("somme", "2025")).unwrap();
    assert_eq!(
        (
            year.rows[0].coverage.periods,
            year.rows[0].coverage.periods_expected
        ),
        (2, 12)
    );
}

#[test]
fn members_come_in_their_declared_order_and_every_period_is_there() {
    let town = town(&small(), &[]);
    let answer = town
        .ask(&query("somme", "2024-12..2025-01").by(dimension("lieu")))
        .unwrap();
    let got: Vec<(String, String, Cell)> = answer
        .rows
        .iter()
        .map(|row| (row.keys[0].clone(), row.period.to_string(), row.cell))
        .collect();
    let want = [
        ("sud", "2024-12", Cell::Missing),
        ("sud", "2025-01", Cell::Value(6.67)),
        ("nord", "2024-12", Cell::Value(2.5)),
        ("nord", "2025-01", Cell::Value(3.33)),
    ];
    assert_eq!(got.len(), want.len());
    for ((key, period, cell), (k, p, c)) in got.iter().zip(want) {
        assert_eq!((key.as_str(), period.as_str(), *cell), (k, p, c));
    }
}

#[test]
fn a_member_that_the_measure_is_not_about_is_not_in_the_answer() {
    let town = town(&small(), &[]);
    let keys = |indicator: &str| {
        let answer = town
            .ask(&query(indicator, "2024").by(dimension("genre")))
            .unwrap();
        answer
            .keys()
            .iter()
            .map(|keys| keys[0].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(keys("genre_a"), ["a"]);
    assert_eq!(keys("nombre_a"), ["a", "b"]);
}

#[test]
fn a_derived_indicator_uses_the_yearly_population_in_a_month() {
    let town = town(
        &small(),
        &[(2024, "nord", 100), (2025, "nord", 50), (2025, "sud", 50)],
    );
    assert_eq!(town.cell("par_habitant", "2024"), Cell::Value(0.125));
    assert_eq!(town.cell("par_habitant", "2025-01"), Cell::Value(0.1));
    let by = town
        .ask(&query("par_habitant", "2025").by(dimension("lieu")))
        .unwrap();
    let cells: Vec<Cell> = by.rows.iter().map(|row| row.cell).collect();
    assert_eq!(cells, [Cell::Value(6.77 / 50.0), Cell::Value(3.33 / 50.0)]);
    assert_eq!(by.provenance.len(), 2);
    // No population in 2023: nothing to divide by, and no zero.
    assert_eq!(town.cell("par_habitant", "2023"), Cell::Missing);
}

#[test]
fn each_year_is_computed_by_the_formula_that_holds() {
    let town = town(&small(), &[]);
    let answer = town
        .ask(&query("selon_la_methode", "2024..2025").by(dimension("lieu")))
        .unwrap();
    let got: Vec<(&str, String, Cell)> = answer
        .rows
        .iter()
        .map(|row| (row.keys[0].as_str(), row.period.to_string(), row.cell))
        .collect();
    let want = [
        // Nothing of the first formula in the south, nor of the second in February.
        ("sud", "2024", Cell::Missing),
        ("sud", "2025", Cell::Value(0.1)),
        ("nord", "2024", Cell::Value(12.5)),
        ("nord", "2025", Cell::Value(3.33)),
    ];
    assert_eq!(got.len(), want.len());
    for ((key, period, cell), (k, p, c)) in got.iter().zip(want) {
        assert_eq!((*key, period.as_str(), *cell), (k, p, c));
    }
}

#[test]
fn a_part_that_may_be_absent_is_one_input_that_is_not_there() {
    let town = town(&small(), &[(2024, "nord", 100)]);
    let answer = town.ask(&query("avec_ou_sans", "2024..2025")).unwrap();
    let cells: Vec<Cell> = answer.rows.iter().map(|row| row.cell).collect();
    assert_eq!(cells, [Cell::Value(102.0), Cell::Value(3.0)]);
    let told = answer.rows.iter().map(|row| row.coverage);
    let told: Vec<(u64, u64)> = told.map(|it| (it.cells, it.cells_expected)).collect();
    assert_eq!(told, [(3, 3), (3, 4)]);
    assert_eq!(answer.rows[1].coverage.periods, 2, "months of 2025");
}

#[test]
fn what_cannot_be_answered_is_said() {
    let town = town(&small(), &[]);
    let unknown = town.ask(&query("par_habitant", "2025").by(dimension("genre")));
    assert!(matches!(unknown, Err(QueryError::UnknownDimension { .. })));
    let fine = town.ask(&query("somme", "2025-01-03"));
    assert!(matches!(fine, Err(QueryError::TooFine { .. })));
}

#[test]
fn nothing_is_ready_before_it_is_prepared_and_everything_that_rollups_hold_is_after() {
    let town = town(&small(), &[]);
    let asked = [query("somme", "2025"), query("genres", "2025")];
    assert!(town.engine.ready(&asked)[0].is_none());
    town.engine.prepare();
    let ready = town.engine.ready(&asked);
    assert!(matches!(ready[0], Some(Ok(_))));
    assert!(matches!(ready[1], Some(Ok(_))));
}

#[test]
fn what_is_read_from_the_rows_is_ready_once_it_was_asked() {
    let town = town(&small(), &[]);
    let asked = [query("mediane", "2025")];
    town.engine.prepare();
    assert!(town.engine.ready(&asked)[0].is_none());
    let answer = town.ask(&asked[0]).unwrap();
    assert_eq!(answer.rows[0].cell, Cell::Value(3.33));
    assert_eq!(town.engine.ready(&asked), [Some(Ok(answer))]);
}

#[test]
fn what_is_refused_is_refused_at_once() {
    let town = town(&small(), &[]);
    let ready = town
        .engine
        .ready(&[query("somme", "2025-01-03"), query("inconnu", "2025")]);
    assert!(matches!(ready[0], Some(Err(QueryError::TooFine { .. }))));
    assert!(matches!(
        ready[1],
        Some(Err(QueryError::UnknownIndicator(_)))
    ));
}
