//! The command line: what is printed, and the exit code: 0 done, 1 what was given is at fault,
//! 2 the command was written wrongly, 3 the machine stands in the way.

use beffroi_tests::{Town, figure};
use std::{fs, net::TcpListener};

#[test]
fn help_names_every_command() {
    let town = Town::small();
    let output = town.run_in(&town.path("."), &["--help"]).assert_code(0);
    for command in [
        "serve", "check", "import", "convert", "validate", "quality", "query", "ratios",
        "versions", "backup", "restore", "doctor", "new",
    ] {
        assert!(
            output.stdout.contains(command),
            "{command}: {}",
            output.stdout
        );
        town.run_in(&town.path("."), &[command, "--help"])
            .assert_code(0);
    }
    let version = town.run_in(&town.path("."), &["--version"]).assert_code(0);
    assert!(version.stdout.starts_with("beffroi "), "{}", version.stdout);
}

#[test]
fn a_command_written_wrongly_is_told_apart_from_a_faulty_town() {
    let town = Town::small();
    for args in [
        &["chek"][..],
        &["check", "--colour"],
        &["query"],
        &["serve", "--listen", "x"],
    ] {
        let output = town.run(args).assert_code(2);
        assert!(!output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn a_good_folder_of_declarations_checks() {
    Town::small().run(&["check"]).assert_code(0);
    Town::sample().run(&["check"]).assert_code(0);
}

#[test]
fn every_error_of_every_declaration_is_shown_with_its_line_and_a_caret() {
    let town = Town::small();
    town.edit("indicators/trajets.toml", "sum(trajets)", "sum(trajts)");
    town.edit(
        "boards/mobilites.toml",
        "figure = \"line\"",
        "figure = \"lin\"",
    );
    town.edit("datasets/arbres.toml", "type = \"year\"", "typ = \"year\"");
    let output = town.run(&["check"]).assert_code(1).all();
    for (place, line, word) in [
        (
            "indicators/trajets.toml:8:",
            "measure = \"sum(trajts)\"",
            "trajets",
        ),
        ("boards/mobilites.toml:23:", "figure = \"lin\"", "line"),
        ("datasets/arbres.toml:13:", "typ = \"year\"", "type"),
    ] {
        let at = output
            .find(place)
            .unwrap_or_else(|| panic!("no {place} in:\n{output}"));
        let excerpt: Vec<&str> = output[at..].lines().take(6).collect();
        assert!(
            excerpt.iter().any(|text| text.contains(line)),
            "{excerpt:?}"
        );
        assert!(excerpt.iter().any(|text| text.contains('^')), "{excerpt:?}");
        assert!(
            output[at..].contains(word),
            "the nearest word, {word}, is offered:\n{output}"
        );
    }
    assert!(output.contains("erreur"), "{output}");
}

#[test]
fn a_folder_of_declarations_that_is_not_there_is_said() {
    let town = Town::small();
    fs::remove_dir_all(town.content("")).expect("the folder can be removed");
    for command in ["check", "import"] {
        let output = town.run(&[command]).assert_code(1).all();
        assert!(output.contains("dashboards"), "{output}");
    }
}

#[test]
fn a_query_gives_the_same_figures_in_every_format() {
    let town = Town::small();
    town.run(&["import"]).assert_code(0);
    let answer = town.query(&["trajets", "--period", "2023..2024"]);
    assert_eq!(figure(&answer, "2023"), Some(1800.0));
    assert_eq!(figure(&answer, "2024"), Some(2040.0));
    assert_eq!(answer["unit"], "nombre");

    let csv = [
        "query",
        "trajets",
        "--period",
        "2023..2024",
        "--format",
        "csv",
    ];
    let csv = town.run(&csv).assert_code(0).stdout;
    assert!(csv.contains("1800") && csv.contains("2040"), "{csv}");
    let table = [
        "query",
        "trajets",
        "--period",
        "2023..2024",
        "--format",
        "table",
    ];
    let table = town.run(&table).assert_code(0).stdout;
    // Thousands are grouped for people.
    let digits: String = table
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{202f}')
        .collect();
    assert!(
        digits.contains("1800") && digits.contains("2040"),
        "{table}"
    );
}

#[test]
fn a_query_details_by_a_dimension_and_by_month() {
    let town = Town::small();
    town.run(&["import"]).assert_code(0);
    let answer = town.query(&["trajets", "--by", "quartier", "--period", "2024"]);
    let rows = answer["rows"].as_array().expect("rows");
    let of = |key: &str| {
        rows.iter()
            .find(|row| row["keys"][0] == key)
            .expect("a district")
    };
    assert_eq!(of("centre")["cell"]["value"], 1320.0);
    assert_eq!(of("port")["cell"]["value"], 720.0);
    let months = town.query(&["trajets", "--period", "2024-11..2025-02"]);
    let values: Vec<Option<f64>> = ["2024-11", "2024-12", "2025-01", "2025-02"]
        .map(|month| figure(&months, month))
        .into();
    assert_eq!(values, [Some(170.0), Some(170.0), Some(190.0), Some(190.0)]);
}

#[test]
fn a_query_that_makes_no_sense_is_explained() {
    let town = Town::small();
    town.run(&["import"]).assert_code(0);
    for (args, word) in [
        (&["query", "trajet", "--period", "2024"][..], "trajet"),
        (
            &["query", "trajets", "--by", "ecole", "--period", "2024"],
            "ecole",
        ),
        (&["query", "arbres", "--period", "2024-03"], "arbres"),
        (&["query", "trajets", "--period", "2024-99"], "2024-99"),
    ] {
        let output = town.run(args);
        assert!(matches!(output.code, Some(1 | 2)), "{args:?}: {output:?}");
        assert!(output.stderr.contains(word), "{args:?}: {}", output.stderr);
        assert!(output.stdout.is_empty(), "{args:?}: {}", output.stdout);
    }
}

#[test]
fn a_file_of_any_shape_is_converted() {
    let town = Town::small();
    // windows-1252, a title, decimal commas, a code with a leading zero.
    let source = b"Budget d\xe9pens\xe9\n\nFonction;Libell\xe9;Montant\n020;Mairie;1 234,50\n511;Parcs \x80;7,25\n";
    fs::write(town.path("budget.csv"), source).expect("a file");
    let convert = |to: &str, more: &[&str]| {
        let args = ["convert", "budget.csv", "--to", to, "-o", "out"];
        town.run_in(&town.path("."), &[&args, more].concat())
            .assert_code(0);
        fs::read(town.path("out")).expect("the converted file")
    };
    let text = String::from_utf8(convert("csv", &[])).expect("UTF-8");
    assert!(
        text.contains("020,Mairie,\"1 234,50\""),
        "cells as they are: {text}"
    );
    let csv = String::from_utf8(convert("csv", &["--typed"])).expect("UTF-8");
    let mut lines = csv.trim_start_matches('\u{feff}').lines();
    assert_eq!(lines.next(), Some("Fonction,Libellé,Montant"));
    assert_eq!(lines.next(), Some("020,Mairie,1234.50"));
    assert_eq!(lines.next(), Some("511,Parcs €,7.25"));
    let json: serde_json::Value =
        serde_json::from_slice(&convert("json", &["--typed"])).expect("JSON");
    assert_eq!(json[0]["Fonction"], "020");
    assert_eq!(json[1]["Libellé"], "Parcs €");
    let parquet = convert("parquet", &["--typed"]);
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));

    let missing = ["convert", "absent.csv", "--to", "csv", "-o", "x.csv"];
    let output = town.run_in(&town.path("."), &missing).assert_code(1);
    assert!(output.stderr.contains("absent.csv"), "{}", output.stderr);
    assert!(
        !town.path("x.csv").exists(),
        "nothing is left of what failed"
    );
}

#[test]
fn a_file_is_held_to_a_national_schema() {
    let town = Town::small();
    let file = town.path("subventions.csv");
    let header = "nomAttribuant;idAttribuant;Date de la convention;nomBeneficiaire;rnaBeneficiaire;\
                  idBeneficiaire;objet;montant;nature;conditionsVersement;datesPeriodeVersement;\
                  notificationUE;pourcentageSubvention";
    let row = |amount: &str| {
        format!(
            "Clairval;21860194600013;2024-03-14;Chorale;W123456789;;Concert;{amount};\
             aide en numéraire;unique;2024-04-01;non;1"
        )
    };
    let file_name = file.to_string_lossy().into_owned();
    let validate = |rows: &str, schema: &str| {
        fs::write(&file, format!("{header}\n{rows}\n")).unwrap();
        town.run(&["validate", &file_name, "--schema", schema])
    };
    let good = validate(&row("1500.50"), "scdl/subventions").assert_code(0);
    assert!(
        good.stdout.contains("Date de la convention"),
        "{}",
        good.stdout
    );
    let bad = validate(&row("beaucoup"), "scdl/subventions").assert_code(1);
    assert!(bad.stdout.contains("beaucoup"), "{}", bad.stdout);
    assert!(bad.stderr.contains("1 défaut"), "{}", bad.stderr);
    let unknown = validate(&row("1"), "scdl/subvention").assert_code(2);
    assert!(
        unknown.stderr.contains("scdl/subventions"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn a_new_folder_holds_a_town_that_checks_and_imports() {
    let town = Town::small();
    let folder = town.path("ma-ville");
    let name = folder.to_str().expect("a plain path");
    town.run_in(&town.path("."), &["new", name]).assert_code(0);
    let folders = ["--content", "dashboards", "--data", "data"];
    for command in ["check", "import"] {
        town.run_in(&folder, &[&[command], &folders[..]].concat())
            .assert_code(0);
    }

    fs::write(folder.join("mine.txt"), "mine").expect("a file");
    let again = town.run_in(&town.path("."), &["new", name]).assert_code(1);
    assert!(again.stderr.contains("ma-ville"), "{}", again.stderr);
    assert_eq!(
        fs::read_to_string(folder.join("mine.txt")).expect("it is still there"),
        "mine"
    );
}

#[test]
fn a_port_in_use_is_said() {
    let town = Town::small();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    let output = town
        .run(&["serve", "--listen", &address.to_string()])
        .assert_code(3);
    assert!(
        output.stderr.contains(&address.port().to_string()),
        "{}",
        output.stderr
    );
}

#[test]
fn addresses_that_others_reach_are_refused() {
    let output = Town::small().run(&["serve", "--listen", "0.0.0.0:0"]);
    assert!(matches!(output.code, Some(1 | 2)), "{output:?}");
    assert!(output.stderr.contains("0.0.0.0"), "{}", output.stderr);
}

#[test]
fn a_state_folder_of_someone_else_is_left_alone() {
    let town = Town::small();
    fs::create_dir(town.state("")).expect("a folder");
    fs::write(town.state("thesis.odt"), "ten years of work").expect("a file");
    for command in [&["import"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let output = town.run(command).assert_code(3);
        assert!(output.stderr.contains("var"), "{}", output.stderr);
    }
    let files: Vec<_> = fs::read_dir(town.state(""))
        .expect("the folder")
        .flatten()
        .collect();
    assert_eq!(files.len(), 1, "nothing was added");
    assert_eq!(
        fs::read(town.state("thesis.odt")).expect("it is there"),
        b"ten years of work"
    );
}

#[test]
fn the_quality_of_datasets_is_told_with_the_figures_behind_it() {
    let town = Town::small();
    let before = town.run(&["quality"]).assert_code(0).stdout;
    let line = |output: &str| {
        let mut lines = output.lines();
        let line = lines.find(|line| line.starts_with("trajets"));
        line.expect("a line for each dataset").to_owned()
    };
    assert!(line(&before).contains(" 0 "), "{before}");
    town.run(&["import"]).assert_code(0);
    let after = town.run(&["quality"]).assert_code(0).stdout;
    // Delivered eight days before, with two rows set aside.
    assert!(line(&after).contains(" 100 "), "{after}");
    let one = town.run(&["quality", "trajets"]).assert_code(0).stdout;
    let one = one.replace('\u{a0}', " ");
    for told in [
        "Dernière livraison le 2 juin 2025",
        "lignes gardées sur",
        "n’est pas une date attendue (« 13/2024 »)",
        "datasets/trajets.toml",
        "Le total est la moyenne des notes",
    ] {
        assert!(one.contains(told), "{told}: {one}");
    }
    town.run(&["quality", "trajet"]).assert_code(2);
}

#[test]
fn the_ratios_of_the_law_come_out_of_the_accounts() {
    let town = Town::small();
    let accounts = town.path("comptes");
    fs::create_dir(&accounts).expect("a folder");
    // 800 000.50 € spent to run the town (600 000 on staff), 1 000 000.50 € received, 400 000 €
    // of debt beside 90 000 € of others' that it guarantees, 1 000 inhabitants.
    let document = include_bytes!("../../crates/beffroi-intake/tests/corpus/totem_m57_nature.xml");
    fs::write(accounts.join("ca_2024.xml"), document).expect("a document");
    let output = town
        .run_in(&town.path("."), &["ratios", "comptes", "--format", "csv"])
        .assert_code(0);
    for line in [
        "exercice,ratio,calcule,declare",
        "2024,population,1000.00,",
        "2024,drf,800000.50,",
        "2024,rrf,1000000.50,",
        "2024,epargne_brute,200000.00,",
        "2024,taux_epargne_brute,20.00,20",
        "2024,drf_hab,800.00,",
        "2024,equipement_sans_204_hab,120.00,",
        "2024,dette_hab,400.00,",
        "2024,personnel_drf,75.00,",
        "2024,capacite_desendettement,2.00,",
    ] {
        assert!(
            output.stdout.lines().any(|other| other == line),
            "{line} in {}",
            output.stdout
        );
    }
    let table = town
        .run_in(&town.path("."), &["ratios", "comptes"])
        .assert_code(0);
    assert!(table.stdout.contains("(20)"), "{}", table.stdout);

    let empty = town.run_in(&town.path("."), &["ratios", "dashboards"]);
    assert!(empty.assert_code(1).stderr.contains("TOTEM"));
}
