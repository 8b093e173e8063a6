//! Files delivered again, late, twice or spoilt: a file is known by its name, and what it said
//! before goes when it says something else.

use beffroi_tests::{Town, figure};
use std::fs;

const HEAD: &str = "Mois;Station;Quartier;Trajets\n";

/// A small town whose trips are read with a load mode, without the file that comes with it.
fn town(load: &str) -> Town {
    let town = Town::small();
    let source = "source = \"trajets_*.csv\"\n";
    let loaded = format!("{source}load = \"{load}\"\n");
    town.edit("datasets/trajets.toml", source, &loaded);
    fs::remove_file(town.data("trajets_20250602.csv")).expect("the file");
    town
}

fn deliver(town: &Town, day: &str, rows: &[&str]) {
    let text = format!("{HEAD}{}\n", rows.join("\n"));
    fs::write(town.data(&format!("trajets_{day}.csv")), text).expect("a delivery");
}

fn sum(town: &Town) -> Option<f64> {
    figure(&town.query(&["trajets", "--period", "2024"]), "2024")
}

#[test]
fn a_corrected_file_takes_its_former_rows_away() {
    for load in ["append", "by_period"] {
        let town = town(load);
        deliver(&town, "20250101", &["01/2024;Parc;Centre;1"]);
        deliver(&town, "20250201", &["02/2024;Parc;Centre;20"]);
        town.run(&["import"]).assert_code(0);
        deliver(&town, "20250101", &["01/2024;Parc;Centre;3"]);
        town.run(&["import"]).assert_code(0);
        assert_eq!(sum(&town), Some(23.0), "{load}");
        // The former content of a file that was corrected is not missed.
        town.edit(
            "datasets/trajets.toml",
            "[columns.trajets]\n",
            "[columns.trajets]\nmissing = [\"20\"]\n",
        );
        town.run(&["import"]).assert_code(0);
        assert_eq!(sum(&town), Some(3.0), "{load}");
    }
}

#[test]
fn the_same_file_under_two_names_counts_once() {
    let town = town("append");
    deliver(&town, "20250101", &["01/2024;Parc;Centre;1"]);
    deliver(&town, "20250102", &["01/2024;Parc;Centre;1"]);
    let output = town.run(&["import"]).assert_code(0);
    assert!(output.all().contains("copie exacte"), "{}", output.all());
    assert_eq!(sum(&town), Some(1.0));
    let output = town.run(&["import"]).assert_code(0);
    assert!(output.stdout.starts_with("0 import"), "{}", output.stdout);
}

#[test]
fn a_late_older_file_does_not_supersede_a_newer_one() {
    let town = town("by_period");
    deliver(&town, "20250301", &["02/2024;Parc;Centre;20"]);
    town.run(&["import"]).assert_code(0);
    deliver(
        &town,
        "20250201",
        &["01/2024;Parc;Centre;1", "02/2024;Parc;Centre;99"],
    );
    town.run(&["import"]).assert_code(0);
    assert_eq!(sum(&town), Some(21.0));
}

#[test]
fn a_delivery_of_which_nothing_fits_leaves_the_version_before_it() {
    let town = town("replace");
    deliver(&town, "20250301", &["02/2024;Parc;Centre;20"]);
    town.run(&["import"]).assert_code(0);
    deliver(&town, "20250301", &["pas un mois;Parc;Centre;30"]);
    let output = town.run(&["import"]).assert_code(1).all();
    assert!(output.contains("ne convient"), "{output}");
    assert_eq!(sum(&town), Some(20.0));
}

#[test]
fn rows_set_aside_before_stay_with_those_of_the_next_file() {
    let town = town("append");
    deliver(
        &town,
        "20250101",
        &["01/2024;Parc;Centre;1", "13/2024;Parc;Centre;777"],
    );
    town.run(&["import"]).assert_code(0);
    deliver(
        &town,
        "20250201",
        &["02/2024;Parc;Centre;2", "14/2024;Parc;Centre;888"],
    );
    town.run(&["import"]).assert_code(0);
    let last = fs::read_to_string(town.state("rejects/trajets/v000002.csv")).expect("rejects");
    assert!(last.contains("777") && last.contains("888"), "{last}");
}

#[test]
fn a_dataset_that_cannot_be_read_does_not_stop_the_town() {
    let town = town("replace");
    deliver(&town, "20250301", &["02/2024;Parc;Centre;20"]);
    town.run(&["import"]).assert_code(0);
    let manifest = town.state("warehouse/population/v000001.json");
    fs::write(manifest, "{").expect("the manifest");
    assert_eq!(sum(&town), Some(20.0));
    let server = town.serve();
    assert_eq!(server.get("/indicateurs/trajets").status, 200);
    assert!(
        server
            .get("/administration")
            .text()
            .contains("population : «")
    );
}
