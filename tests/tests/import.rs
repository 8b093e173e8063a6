//! Imports of the small town: what is new is read once, what does not fit is set aside and
//! counted, what fails takes nothing down.

use beffroi_tests::{Town, figure, internal_links, main_text};
use serde_json::Value;
use std::{fs, path::PathBuf, time::Duration};

const TRIPS: &str = "trajets_20250602.csv";

/// The only provenance of an answer.
fn provenance(town: &Town) -> Value {
    town.query(&["trajets", "--period", "2024"])["provenance"][0].clone()
}

/// The Parquet files of the state.
fn parts(town: &Town) -> Vec<PathBuf> {
    let files = town.state_files().into_iter().map(|(path, _)| path);
    files
        .filter(|path| path.extension().is_some_and(|kind| kind == "parquet"))
        .collect()
}

#[test]
fn what_has_not_changed_is_not_imported_again() {
    let town = Town::small();
    drop(town.serve());
    let (first, files) = (provenance(&town), parts(&town));
    assert_eq!(first["version"], 1);
    assert!(!files.is_empty());
    let server = town.serve();
    assert!(
        server.ready_after < Duration::from_secs(10),
        "{:?}",
        server.ready_after
    );
    town.run(&["import"]).assert_code(0);
    assert_eq!(provenance(&town), first);
    assert_eq!(parts(&town), files);
}

#[test]
fn a_changed_file_makes_a_new_version() {
    let town = Town::small();
    town.run(&["import"]).assert_code(0);
    let mut text = fs::read_to_string(town.data(TRIPS)).expect("trips");
    text.push_str("12/2024;Parc;Centre;1000\r\n");
    fs::write(town.data(TRIPS), text).expect("trips");
    town.run(&["import"]).assert_code(0);
    let answer = town.query(&["trajets", "--period", "2024"]);
    assert_eq!(figure(&answer, "2024"), Some(3040.0));
    assert_eq!(answer["provenance"][0]["version"], 2);
    assert_eq!(answer["provenance"][0]["extracted_on"], "2025-06-02");
    let page = town.serve().get("/catalogue/trajets");
    assert_eq!(page.status, 200);
}

#[test]
fn a_changed_declaration_reads_the_same_file_anew() {
    let town = Town::small();
    town.run(&["import"]).assert_code(0);
    town.edit(
        "datasets/trajets.toml",
        "[columns.trajets]\n",
        "[columns.trajets]\nmissing = [\"110\"]\n",
    );
    town.run(&["import"]).assert_code(0);
    let answer = town.query(&["trajets", "--period", "2024"]);
    assert_eq!(figure(&answer, "2024"), Some(720.0), "{answer}");
    let row = &answer["rows"][0];
    assert_eq!(row["coverage"]["cells"], 12, "{row}");
    assert_eq!(row["coverage"]["cells_expected"], 24, "{row}");
}

#[test]
fn rows_that_do_not_fit_are_set_aside_whole_and_counted() {
    let town = Town::small();
    let server = town.serve();
    let provenance = provenance(&town);
    assert_eq!(provenance["rows_read"], 60);
    assert_eq!(provenance["rows_rejected"], 2);

    let rejects: String = town
        .state_files()
        .into_iter()
        .filter(|(path, _)| path.starts_with(town.state("rejects")))
        .map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    for cell in ["13/2024", "999", "Nulle-Part", "888"] {
        assert!(
            rejects.contains(cell),
            "{cell} is in no reject file: {rejects}"
        );
    }

    let page = server.get("/catalogue/trajets").text();
    let text = main_text(&page);
    for found in ["13/2024", "Nulle-Part"] {
        assert!(text.contains(found), "{found} is not on the page: {text}");
    }
    let offered = internal_links(&page)
        .into_iter()
        .filter(|link| link.starts_with("/catalogue/trajets/"))
        .any(|link| server.get(&link).text().contains("888"));
    assert!(offered, "the reject file can be downloaded");
}

#[test]
fn a_file_that_is_gone_leaves_the_last_version_in_place() {
    let town = Town::small();
    town.run(&["import"]).assert_code(0);
    fs::remove_file(town.data(TRIPS)).expect("the file can be removed");
    let output = town.run(&["import"]).assert_code(1).all();
    assert!(output.contains("trajets_*.csv"), "{output}");
    let answer = town.query(&["trajets", "--period", "2024"]);
    assert_eq!(figure(&answer, "2024"), Some(2040.0));
    let server = town.serve();
    assert_eq!(server.get("/tableaux/mobilites").status, 200);
    assert!(main_text(&server.get("/administration").text()).contains("trajets"));
}

#[test]
fn a_file_that_cannot_be_read_takes_nothing_else_down() {
    let town = Town::small();
    for content in [
        &b""[..],
        b"\0\0\0\0\0",
        b"PK\x03\x04 not a workbook",
        b"Mois;Station\n",
    ] {
        fs::write(town.data(TRIPS), content).expect("the file");
        let output = town.run(&["import"]).assert_code(1).all();
        assert!(output.contains(TRIPS), "{output}");
        assert_eq!(
            figure(&town.query(&["population", "--period", "2024"]), "2024"),
            Some(1020.0)
        );
    }
    let server = town.serve();
    for path in [
        "/",
        "/tableaux/mobilites",
        "/indicateurs/trajets",
        "/catalogue/trajets",
    ] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    assert!(main_text(&server.get("/administration").text()).contains(TRIPS));
}

#[test]
fn a_personal_value_is_nowhere_in_the_state_nor_in_what_is_said() {
    let town = Town::small();
    town.edit(
        "datasets/trajets.toml",
        "[columns.trajets]\n",
        "[columns.agent]\ntype = \"text\"\npersonal = true\n\n[columns.trajets]\n",
    );
    let text = fs::read_to_string(town.data(TRIPS)).expect("trips");
    let text: String = text
        .lines()
        .map(|line| match line.strip_prefix("Mois;") {
            Some(header) => format!("Agent;Mois;{header}\r\n"),
            None => format!("Zéphyrine Quatrebarbes;{line}\r\n"),
        })
        .collect();
    fs::write(town.data(TRIPS), text).expect("trips");
    let output = town.run(&["import"]).all();
    assert_eq!(provenance(&town)["rows_rejected"], 2);
    assert!(!output.contains("Quatrebarbes"), "{output}");
    for (path, bytes) in town.state_files() {
        let found = bytes.windows(12).any(|window| window == b"Quatrebarbes");
        assert!(!found, "a name is in {}", path.display());
    }
    let server = town.serve();
    assert!(
        !server
            .get("/catalogue/trajets")
            .text()
            .contains("Quatrebarbes")
    );
    assert!(!server.stderr().contains("Quatrebarbes"));
}
