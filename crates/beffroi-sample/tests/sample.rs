//! The committed sample town is the one that the generator makes, and its figures tell the story
//! they are meant to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn committed(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(folder)
}

fn all_files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn the_committed_files_are_those_of_the_generator() {
    let fresh = tempfile::tempdir().unwrap();
    beffroi_sample::generate(fresh.path()).unwrap();
    let (mut committed, fresh) = (
        all_files(&committed("sample-data")),
        all_files(fresh.path()),
    );
    committed.remove(Path::new("README.md"));
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(&fresh));
    for (name, bytes) in &fresh {
        assert!(bytes == &committed[name], "{} differs", name.display());
    }
    let size: usize = fresh.values().map(Vec::len).sum();
    assert!(size < 6_000_000, "the sample town weighs {size} bytes");
}

#[test]
fn every_declared_indicator_but_the_live_ones_is_recomputed() {
    let recomputed = beffroi_sample::recompute(&committed("sample-data")).unwrap();
    let mut declared: Vec<String> = fs::read_dir(committed("dashboards/indicators"))
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .filter(|id| !id.starts_with("parking_"))
        .collect();
    declared.sort();
    assert_eq!(recomputed.into_keys().collect::<Vec<_>>(), declared);
}

#[test]
fn the_figures_tell_the_story() {
    let figures = beffroi_sample::recompute(&committed("sample-data")).unwrap();
    let at = |id: &str, year: i32| figures[id][&year];
    let near = |id: &str, year: i32, expected: f64| {
        let value = at(id, year).unwrap_or_else(|| panic!("{id} has no value in {year}"));
        assert!(
            (value - expected).abs() < 0.051,
            "{id} {year}: {value}, not {expected}"
        );
    };
    near("velos_locations", 2025, 1_284_512.0);
    near("velos_locations", 2024, 1_187_164.0);
    near("population", 2025, 48_200.0);
    near("epargne_brute_taux", 2019, 9.1);
    near("epargne_brute_taux", 2025, 11.4);
    near("desendettement_ans", 2025, 6.2);
    near("equipement_hab", 2025, 444.0);
    near("personnel_part", 2025, 58.2);
    near("vacance_taux", 2025, 8.2);
    near("vacance_2ans_taux", 2025, 3.9);
    near("logement_social_taux", 2025, 21.6);
    near("logements_renoves", 2025, 412.0);
    near("accidents", 2025, 61.0);
    near("cyclables_km", 2025, 87.4);
    near("ordures_hab", 2025, 198.0);
    near("arbres_plantes", 2025, 418.0);
    near("eleves", 2025, 4312.0);
    near("eleves_par_classe", 2025, 23.1);
    near("cours_vegetalisees", 2019, 0.0);
    near("cours_vegetalisees", 2025, 9.0);
    near("energie_batiments", 2025, 21.8);
    near("emissions_hab", 2023, 4.9);
    near("solaire_production", 2025, 1864.0);
    near("demandes_delai_taux", 2025, 78.2);
    near("demandes_recues", 2025, 18_906.0);
    near("epargne_nette", 2020, -513_987.25);
    near("epargne_nette", 2025, 2_300_247.67);
    near("endettement_taux", 2025, 70.3);
    near("autofinancement_marge", 2025, 96.9);
    near("paiement_delai", 2025, 23.9);
    near("permis_delai", 2025, 63.0);
    near("velos_rotation", 2025, 3.83);
    near("cyclables_pour_1000", 2025, 1.81);
    near("stationnement_occupation", 2025, 48.9);
    near("irve_disponibles", 2025, 92.2);
    near("tri_refus_taux", 2025, 14.9);
    near("espaces_verts_surface_hab", 2025, 12.3);
    near("eclairage_hab", 2025, 48.0);
    near("air_depassements", 2019, 42.0);
    near("air_depassements", 2025, 8.0);
    near("petite_enfance_couverture", 2025, 57.7);
    near("emprunteurs_taux", 2025, 13.7);
    near("faits_pour_1000", 2025, 33.3);
    // Known until 2023, until 2024, not yet.
    assert_eq!(at("emissions_hab", 2024), None);
    assert_eq!(at("bus_ponctualite", 2025), None);
    assert_eq!(at("villes_velos_hab", 2022), None);
    // Known from 2021 on, from 2022 on.
    assert_eq!(at("logements_prix_m2", 2020), None);
    assert_eq!(at("stationnement_occupation", 2021), None);
}
