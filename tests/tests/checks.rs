//! What files are held to beyond types, as a town declares it: a published schema, keys, references
//! between datasets, rules, an area. What is wrong is told on the terminal, on the dataset's page
//! and in the file of findings, and no row is lost for it.

use beffroi_tests::{Town, main_text};
use std::fs;

const AREA: &str = "[area]\nwest = 2.9\neast = 3.0\nsouth = 47.0\nnorth = 47.1\n\n[home]";

/// The small town with its associations and what it gives them.
fn town() -> Town {
    let town = Town::small().with("checks");
    town.edit("town.toml", "[home]", AREA);
    town
}

/// The file of findings of a dataset's first version: `row column value what | how to mend`.
fn found(town: &Town, dataset: &str) -> Vec<String> {
    let path = town.state(&format!("findings/{dataset}/v000001.csv"));
    let text = fs::read_to_string(path).expect("a file of findings");
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    assert_eq!(
        lines.next(),
        Some("Fichier;Ligne;Colonne;Valeur;Gravité;Constat;Comment corriger")
    );
    let told = lines.filter(|line| !line.contains(";Pour information;"));
    told.map(|line| line.replace(['\u{a0}', '\u{202f}'], " "))
        .collect()
}

/// Whether one line has all of some texts.
#[track_caller]
fn has(lines: &[String], texts: &[&str]) {
    let found = lines
        .iter()
        .any(|line| texts.iter().all(|text| line.contains(text)));
    assert!(found, "{texts:?} is in no line of {lines:#?}");
}

#[test]
fn every_check_finds_its_row_and_keeps_it() {
    let town = town();
    town.run(&["check"]).assert_code(0);
    let output = town.run(&["import"]).assert_code(0).all();
    let lines = found(&town, "subventions");
    let name = "subventions_20250115.csv";
    for texts in [
        // Of the schema.
        &[
            name,
            ";4;nature;aide en numéraires;",
            "pas dans la liste permise",
        ][..],
        &[";6;idBeneficiaire;", "SIRET", "clé"],
        &[
            ";7;idBeneficiaire, rnaBeneficiaire;",
            "aucune des colonnes",
            "idBeneficiaire, rnaBeneficiaire",
        ],
        // Declared beside it.
        &[
            ";4;referenceDecision;2024-002;",
            "déjà ligne 3",
            "corrigez la clé",
        ],
        &[";5;referenceDecision;2024-3;", "modèle"],
        &[";5;montant;20.00;", "trop petite", "minimum : 50"],
        &[
            ";3;verse, montant;900.00 > 800.00;",
            "ne respecte pas verse ≤ montant",
        ],
        &[
            ";5;idBeneficiaire;5226310",
            "associations.siret",
            "Ajoutez la ligne citée",
        ],
        &[
            ";6;dateConvention;2062-04-01;",
            "postérieure à la livraison",
            "Vérifiez l’année",
        ],
    ] {
        has(&lines, texts);
    }
    // The wrong SIRET is no association either; the rna column may be absent.
    assert_eq!(lines.len(), 10, "{lines:#?}");
    let lines = found(&town, "associations");
    has(&lines, &[";4;N° SIRET;", "déjà ligne 3"]);
    has(
        &lines,
        &[";4;Lieu;2.96, 47.06;", "hors de Hautebrune", "inversées"],
    );

    let output = output.replace(['\u{a0}', '\u{202f}'], " ");
    for told in [
        "À vérifier : Une ligne ne respecte pas verse ≤ montant (900.00 > 800.00) (ligne 3)",
        "hors de Hautebrune",
        "findings/subventions/v000001.csv",
    ] {
        assert!(output.contains(told), "{told:?} is not in {output}");
    }
    assert!(
        output.contains("subventions : version 1, 6 ligne(s) ("),
        "{output}"
    );

    let server = town.serve();
    let page = server.get("/catalogue/subventions").text();
    let text = main_text(&page);
    for told in [
        "Subventions 2.1.1",
        "verse ≤ montant",
        "associations.siret",
        "2024-002",
        "Vérifiez l’année",
    ] {
        assert!(text.contains(told), "{told:?} is not in {text}");
    }
    let file = server.get("/catalogue/subventions/constats.csv");
    assert!(file.text().contains("aide en numéraires"));
}

#[test]
fn a_reference_waits_for_the_dataset_that_it_refers_to() {
    let town = town();
    let late = town.data("associations_20250110.csv");
    let aside = town.path("associations.csv");
    fs::rename(&late, &aside).expect("the file can be moved");
    let output = town.run(&["import", "subventions"]).assert_code(0).all();
    let notes = fs::read_to_string(town.state("findings/subventions/v000001.csv"));
    let notes = notes.expect("a file of findings");
    assert!(notes.contains("n’a pas été comparée"), "{notes}");
    assert!(!notes.contains("ne renvoie à aucune ligne"), "{notes}");
    assert!(output.contains("subventions : version 1"), "{output}");
    let again = town.run(&["import", "subventions"]).assert_code(0).all();
    assert!(again.contains("0 importé(s), 1 inchangé(s)"), "{again}");

    // Its own file has not changed: it is read again because it can now be compared.
    fs::rename(&aside, &late).expect("the file can be moved");
    let output = town.run(&["import"]).assert_code(0).all();
    assert!(output.contains("subventions : version 2"), "{output}");
    assert!(output.contains("cherchée"), "{output}");
    let again = town.run(&["import", "subventions"]).assert_code(0).all();
    assert!(again.contains("0 importé(s), 1 inchangé(s)"), "{again}");
}

#[test]
fn a_preview_is_held_to_the_same() {
    let town = town();
    let file = town.data("subventions_20250115.csv");
    let file = file.to_str().expect("a path");
    let preview = ["preview", file, "--dataset", "subventions"];
    let before = town.run(&preview).assert_code(0).all();
    assert!(before.contains("n’a pas été comparée"), "{before}");
    assert!(
        !town.state("beffroi.json").exists(),
        "a preview keeps nothing"
    );
    town.run(&["import"]).assert_code(0);
    let after = town.run(&preview).assert_code(0).all();
    assert!(
        after.contains("associations.siret") && after.contains("verse ≤ montant"),
        "{after}"
    );
    assert!(!after.contains("n’a pas été comparée"), "{after}");
}

#[test]
fn a_key_over_many_rows_is_told_row_by_row_in_the_file_and_counted_on_the_page() {
    let town = town();
    let mut text = String::from("N° SIRET;Nom;Lieu\n");
    for _ in 0..3_000 {
        text.push_str("21860194600013;Mairie;47.05, 2.95\n");
    }
    fs::write(town.data("associations_20250110.csv"), text).expect("the file");
    let output = town.run(&["import", "associations"]).assert_code(0).all();
    let output = output.replace('\u{202f}', " ");
    assert!(output.contains("2 999 lignes ont la même clé"), "{output}");
    let lines = found(&town, "associations");
    assert_eq!(lines.len(), 2_999);
    let manifest = fs::read(town.state("warehouse/associations/v000001.json"));
    let manifest = manifest.expect("a manifest").len();
    assert!(
        manifest < 20_000,
        "{manifest} bytes: only the first findings are kept"
    );
}
