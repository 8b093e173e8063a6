//! From a file to a description that loads, and from every dataset to figures that do.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use beffroi_catalog::{Catalog, Figure, Frequency, Load, load_files};
use beffroi_intake::{Correction, Input, Preview, preview};
use beffroi_model::{DepartmentId, View};
use beffroi_workshop::propose::{ProposedDataset, board_text, first_figures, propose};
use proptest::prelude::*;
use std::path::PathBuf;

fn looked_through(name: &str, text: &str) -> Preview {
    let input = Input::held(name, text.as_bytes());
    preview(input, None, &Correction::default(), 200).unwrap()
}

fn proposed(name: &str, text: &str, catalog: &Catalog) -> ProposedDataset {
    propose(name, &looked_through(name, text), catalog)
}

/// The proposal, which must load in the sample town.
fn described(name: &str, text: &str) -> ProposedDataset {
    let catalog = common::sound(load_files(common::sample()));
    let proposed = proposed(name, text, &catalog);
    let department = DepartmentId::new("habitat").unwrap();
    let declared = proposed.to_text(&department, "A. B.");
    let mut files = common::sample();
    let path = format!("datasets/{}.toml", proposed.id);
    files.push((PathBuf::from(path), declared.clone().into_bytes()));
    let loaded = load_files(files);
    assert!(
        loaded.catalog.is_some(),
        "{declared}\n{:?}",
        loaded.diagnostics
    );
    proposed
}

const CANTINE: &str = "Mois;Quartier;Type de repas;Nombre de repas;Coût (k€);Taux d'absence (%)\n\
    2026-01;Gare;Standard;1200;3,5;4,2\n\
    2026-01;Bellevue;Standard;900;2,5;3,1\n\
    2026-01;Gare;Végétarien;120;0,5;2,2\n\
    2026-01;Bellevue;Végétarien;90;0,4;1,1\n\
    2026-01;Les Aulnes;Standard;70;0,3;1,0\n\
    2026-01;Les Aulnes;Végétarien;60;0,3;1,0\n";

#[test]
fn a_file_is_described_by_its_name_its_headers_and_its_values() {
    let told = described("restauration_2026-01.csv", CANTINE);
    assert_eq!(told.title, "Restauration");
    assert_eq!(told.id, "restauration");
    assert_eq!(told.source_pattern, "restauration_*.csv");
    assert_eq!(told.row, "un quartier, un type et un mois");
    assert_eq!(told.time.as_ref().unwrap().as_str(), "mois");
    assert_eq!(told.frequency, Frequency::Monthly);
    assert_eq!(told.load, Load::ByPeriod);
    assert_eq!(told.schema, None);
    let columns: Vec<_> = told
        .columns
        .iter()
        .map(|column| {
            let unit = column.unit.map_or("", |unit| unit.symbol());
            let shared = column.shared.as_ref().map_or("", |shared| shared.as_str());
            (
                column.id.as_str(),
                column.title.as_str(),
                unit,
                column.dimension,
                shared,
            )
        })
        .collect();
    let expected = [
        ("mois", "Mois", "", false, ""),
        ("quartier", "Quartier", "", true, "quartier"),
        ("type_de_repas", "Type de repas", "", true, ""),
        ("nombre_de_repas", "Nombre de repas", "nombre", false, ""),
        ("cout_k", "Coût", "€", false, ""),
        ("taux_d_absence", "Taux d'absence", "%", false, ""),
    ];
    assert_eq!(columns, expected);
}

#[test]
fn a_history_replaces_what_was_there() {
    let years = "Année;Montant\n2023;10\n2024;12\n2025;13\n";
    let told = described("depenses.csv", years);
    assert_eq!(
        (told.load, told.frequency),
        (Load::Replace, Frequency::Yearly)
    );
    assert_eq!(told.source_pattern, "depenses.csv");
    assert_eq!(told.row, "une année");
}

#[test]
fn personal_columns_are_found_by_header_and_by_shape() {
    let text = "Date;Nom;Prénom;Contact;Adresse;Quartier;Compte;Objet\n\
        01/02/2026;Durand;Anne;a.durand@poste.fr;3 rue du Port;Gare;FR1420041010050500013M02606;Dossier\n\
        02/02/2026;Petit;Luc;06 12 34 56 78;4 rue du Port;Gare;FR1420041010050500013M02606;Dossier\n\
        03/02/2026;Morel;Zoé;z.morel@poste.fr;5 rue du Port;Bellevue;FR1420041010050500013M02606;Autre\n";
    let told = described("aides 2026.csv", text);
    let personal: Vec<&str> = told
        .columns
        .iter()
        .filter(|column| column.personal)
        .map(|column| column.header.as_str())
        .collect();
    assert_eq!(personal, ["Nom", "Prénom", "Contact", "Adresse", "Compte"]);
    assert_eq!(told.time.unwrap().as_str(), "date");
}

#[test]
fn a_column_that_holds_other_districts_is_not_taken_for_ours() {
    let text = "Année;Quartier;Valeur\n2025;Nord;1\n2025;Sud;2\n2024;Nord;3\n2024;Sud;4\n";
    let told = described("autre.csv", text);
    let column = &told.columns[1];
    assert_eq!((column.id.as_str(), &column.shared), ("quartier_2", &None));
}

#[test]
fn a_column_named_by_a_word_of_the_language_gets_another_id() {
    let told = described("mots.csv", "Année;in;end;case\n2025;1;2;3\n");
    let ids: Vec<&str> = told
        .columns
        .iter()
        .map(|column| column.id.as_str())
        .collect();
    assert_eq!(ids, ["annee", "in_2", "end_2", "case_2"]);
}

#[test]
fn an_id_that_a_dataset_has_is_not_given_twice() {
    let told = described("logements_2025.csv", "Année;Valeur\n2025;1\n");
    assert_eq!(told.id, "logements_2");
}

#[test]
fn a_national_schema_is_recognised_by_its_required_columns() {
    let header = "nomAttribuant;idAttribuant;dateConvention;referenceDecision;nomBeneficiaire;\
        idBeneficiaire;rnaBeneficiaire;objet;montant;nature;conditionsVersement;datesPeriodeVersement;\
        idRAE;notificationUE;pourcentageSubvention";
    let row = "Ville;21990001600016;2026-01-15;2026-01;Club;12345678200010;W123456789;Saison;1500;\
        aide en numéraire;unique;2026-02-01/2026-03-01;;non;1";
    let told = described("subventions_2026.csv", &format!("{header}\n{row}\n{row}\n"));
    assert_eq!(told.schema.as_deref(), Some("scdl/subventions"));
    assert!(told.columns.iter().all(|column| column.published));
    let short = described("aides.csv", "nomAttribuant;montant\nVille;1500\n");
    assert_eq!(short.schema, None);
}

#[test]
fn first_figures_of_every_dataset_of_the_sample_town_load() {
    let catalog = common::sound(load_files(common::sample()));
    for dataset in catalog.datasets.values() {
        let figures = first_figures(dataset, &catalog);
        assert!(figures.len() >= 2, "{}", dataset.id);
        assert_eq!(figures, first_figures(dataset, &catalog));
        let mut files = common::sample();
        let mut put = |path: String, text: String| {
            files.retain(|(known, _)| known != &PathBuf::from(&path));
            files.push((PathBuf::from(path), text.into_bytes()));
        };
        for figure in &figures {
            let text = figure.indicator.to_text(&dataset.department, "A. B.");
            put(format!("indicators/{}.toml", figure.indicator.id), text);
        }
        let board = board_text(&dataset.title.fr, &dataset.department, &figures);
        put("boards/premiers.toml".to_owned(), board);
        let loaded = load_files(files);
        assert!(
            loaded.catalog.is_some(),
            "{}: {:?}",
            dataset.id,
            loaded.diagnostics
        );
    }
}

#[test]
fn first_figures_say_what_one_would_look_at_first() {
    let catalog = common::sound(load_files(common::sample()));
    let measures = |id: &str| -> Vec<String> {
        let figures = first_figures(&catalog.datasets[id], &catalog);
        let figures = figures.into_iter().map(|figure| {
            let by = figure
                .tile
                .by
                .map_or(String::new(), |by| format!(" by {by}"));
            let show = match figure.tile.show {
                View::Value => String::new(),
                show => format!(" as {show}"),
            };
            format!("{}{by}{show}", figure.indicator.measure)
        });
        figures.collect()
    };
    let velos = [
        "sum(trajets)",
        "sum(trajets) by quartier",
        "sum(trajets) as per_inhabitant",
    ];
    assert_eq!(measures("velos_trajets"), velos);
    let bio = "sum(achats_bio) / sum(achats)";
    assert_eq!(
        measures("cantine_achats"),
        ["sum(achats)", "sum(achats) by famille", bio]
    );
    let vacance = "sum(vacants) / sum(logements)";
    assert_eq!(measures("logements")[2], vacance);
    let depenses = "sum(realise) filter (where sens = 'depense')";
    assert_eq!(measures("budget")[0], depenses);
    assert_eq!(measures("air_ecoles")[0], "avg(no2)");
    assert_eq!(
        measures("paiements")[2],
        "sum(delai_cumule) / sum(factures)"
    );
    let arbres = measures("arbres");
    assert_eq!(arbres[..2], ["count(*)", "count(*) by quartier"]);
    let permis = measures("autorisations_urbanisme");
    assert_eq!(permis[2], "median(delai_instruction)");
    let figures = first_figures(&catalog.datasets["velos_trajets"], &catalog);
    assert_eq!(figures[0].tile.figure, Figure::Line);
}

/// Headers as people write them, and some that nobody should.
fn header() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec![
            "Année", "Mois", "Date", "Quartier", "quartier", "Nom", "Montant (€)", "Montant",
            "end", "in", "Taux (%)", "Adresse", "Code", "N°", "2024", "id", "true", "Type",
        ])
        .prop_map(str::to_owned),
        1 => "[a-zA-Zéè_ ()%€'\\\\-]{1,14}",
        1 => "\\PC{1,10}",
    ]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "2024",
            "2025-01",
            "03/02/2025",
            "Gare",
            "Le Port",
            "12",
            "1,5",
            "oui",
            "non",
            "",
            "06 12 34 56 78",
            "a@b.fr",
            "nd",
        ])
        .prop_map(str::to_owned),
        "[a-z0-9]{0,4}",
    ]
}

fn quoted(cells: &[String]) -> String {
    let cells = cells
        .iter()
        .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
    cells.collect::<Vec<_>>().join(";")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_a_file_holds_its_description_loads(
        name in "[a-zA-Z0-9 _().*é-]{1,20}",
        headers in prop::collection::vec(header(), 1..6),
        rows in prop::collection::vec(prop::collection::vec(value(), 6), 1..8),
    ) {
        let name = format!("{name}.csv");
        let width = headers.len();
        let lines = rows.iter().map(|row| quoted(&row[..width]));
        let lines: Vec<String> = std::iter::once(quoted(&headers)).chain(lines).collect();
        let text = lines.join("\n");
        let input = Input::held(&name, text.as_bytes());
        // What is refused needs no description.
        if let Ok(preview) = preview(input, None, &Correction::default(), 50) {
            let catalog = common::catalog(&[]);
            let proposed = propose(&name, &preview, &catalog);
            let declared = proposed.to_text(&DepartmentId::new("habitat").unwrap(), "A. B.");
            let path = format!("datasets/{}.toml", proposed.id);
            let loaded = common::loaded(&[(&path, &declared)]);
            prop_assert!(
                loaded.catalog.is_some(),
                "{}\n{:?}", declared, loaded.diagnostics
            );
            let catalog = loaded.catalog.unwrap();
            let dataset = &catalog.datasets[proposed.id.as_str()];
            let figures = first_figures(dataset, &catalog);
            let named: Vec<(String, String)> = figures
                .iter()
                .map(|figure| {
                    let path = format!("indicators/{}.toml", figure.indicator.id);
                    (path, figure.indicator.to_text(&dataset.department, "A. B."))
                })
                .collect();
            let mut files = vec![(path.as_str(), declared.as_str())];
            files.extend(named.iter().map(|(path, text)| (path.as_str(), text.as_str())));
            files.dedup_by_key(|(path, _)| *path);
            let board = board_text("Premiers", &dataset.department, &figures);
            if !figures.is_empty() {
                files.push(("boards/premiers.toml", &board));
            }
            let unique: std::collections::BTreeMap<&str, &str> = files.into_iter().collect();
            let files: Vec<(&str, &str)> = unique.into_iter().collect();
            let loaded = common::loaded(&files);
            prop_assert!(loaded.catalog.is_some(), "{:?}\n{:?}", files, loaded.diagnostics);
        }
    }
}
