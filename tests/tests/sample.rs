//! The sample town's figures, against the same figures computed another way: plain loops over the
//! raw files, which share nothing with the program but the files themselves.

use beffroi_catalog::{Catalog, Indicator, Measure, Source};
use beffroi_model::Grain;
use beffroi_sample::recompute;
use beffroi_tests::{Town, figure};
use std::collections::BTreeMap;

/// Relative difference at most: what the order of additions may change.
const EXACT: f64 = 1e-9;

fn catalog(town: &Town) -> Catalog {
    let loaded = beffroi_catalog::load(&town.content(""));
    loaded
        .catalog
        .unwrap_or_else(|| panic!("the sample town has errors: {:?}", loaded.diagnostics))
}

/// The notation of a year, or of a school year by the year it starts in.
fn period(grain: Grain, year: i32) -> String {
    if grain == Grain::SchoolYear {
        format!("{year}/{}", year + 1)
    } else {
        year.to_string()
    }
}

fn differ(found: Option<f64>, expected: Option<f64>) -> bool {
    match (found, expected) {
        (Some(found), Some(expected)) => {
            (found - expected).abs() > EXACT * expected.abs().max(1e-300)
        }
        (found, expected) => found.is_some() != expected.is_some(),
    }
}

/// Whether an indicator has no yearly figure: its source tells the present only.
fn is_live(catalog: &Catalog, indicator: &Indicator) -> bool {
    let Measure::Direct { dataset, .. } = &indicator.measure else {
        return false;
    };
    catalog
        .datasets
        .get(dataset)
        .is_some_and(|dataset| matches!(dataset.source, Source::Replay { .. }))
}

#[test]
fn every_indicator_is_what_plain_loops_over_the_files_give() {
    let town = Town::sample();
    town.run(&["import"]).assert_code(0);
    let catalog = catalog(&town);
    let expected = recompute(&town.data("")).expect("the files of the sample town");
    let mut differences = Vec::new();
    for (id, indicator) in &catalog.indicators {
        if is_live(&catalog, indicator) {
            continue;
        }
        let Some(years) = expected.get(id.as_str()) else {
            differences.push(format!("{id} is not recomputed"));
            continue;
        };
        let of = |year| period(indicator.main_grain, year);
        let answer = town.query(&[
            id.as_str(),
            "--period",
            &format!("{}..{}", of(2019), of(2025)),
        ]);
        for (year, expected) in years
            .iter()
            .filter(|(year, _)| (2019..=2025).contains(*year))
        {
            let found = figure(&answer, &of(*year));
            if differ(found, *expected) {
                differences.push(format!(
                    "{id} {}: {found:?}, by hand {expected:?}",
                    of(*year)
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let values: usize = expected.values().map(BTreeMap::len).sum();
    assert!(values > 150, "only {values} figures were compared");
}

#[test]
fn parts_of_a_count_add_up_to_its_whole() {
    let town = Town::sample();
    town.run(&["import"]).assert_code(0);
    let whole = figure(
        &town.query(&["velos_locations", "--period", "2024"]),
        "2024",
    );
    for dimension in ["station", "quartier", "type_velo"] {
        let parts = town.query(&["velos_locations", "--by", dimension, "--period", "2024"]);
        let rows = parts["rows"].as_array().expect("rows");
        let sum: f64 = rows
            .iter()
            .filter_map(|row| row["cell"]["value"].as_f64())
            .sum();
        assert!(
            !differ(Some(sum), whole),
            "by {dimension}: {sum}, in all {whole:?}"
        );
    }
}
