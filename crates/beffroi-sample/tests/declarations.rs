//! The sample town's declarations are right, and its files fit them but for the rows that are
//! meant not to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::{Catalog, Dataset, Figure, Source};
use beffroi_intake::{Input, Outcome, Reject, Sink, read};
use beffroi_model::{Batch, Cell, FindingKind, Severity};
use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    fs,
    path::{Path, PathBuf},
};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name)
}

fn catalog() -> Catalog {
    let loaded = beffroi_catalog::load(&folder("dashboards"));
    let told: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    loaded.catalog.unwrap()
}

/// The files that a pattern with one `*` names.
fn files(pattern: &str) -> Vec<PathBuf> {
    let (parent, name) = pattern.rsplit_once('/').unwrap();
    let (start, end) = name.split_once('*').unwrap();
    let mut found: Vec<PathBuf> = fs::read_dir(folder("sample-data").join(parent))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with(start) && name.ends_with(end)
        })
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no file for {pattern}");
    found
}

#[derive(Default)]
struct Kept {
    rows: usize,
    rejects: Vec<(String, FindingKind)>,
}

impl Sink for Kept {
    type Error = Infallible;
    fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
        self.rows += batch.len();
        Ok(())
    }
    fn reject(&mut self, reject: Reject) -> Result<(), Infallible> {
        self.rejects.push((reject.cells.join(";"), reject.kind));
        Ok(())
    }
}

fn take(dataset: &Dataset, name: &str, bytes: &[u8], kept: &mut Kept) -> Option<Outcome> {
    read(
        Input::held(name, bytes),
        &dataset.reading,
        &dataset.schema,
        kept,
    )
    .ok()
}

#[test]
fn only_the_rows_meant_not_to_fit_are_set_aside() {
    let mut rejected = BTreeMap::new();
    for (id, dataset) in &catalog().datasets {
        let Source::File(pattern) = &dataset.source else {
            continue;
        };
        for path in files(pattern) {
            let mut kept = Kept::default();
            let bytes = fs::read(&path).unwrap();
            let outcome = take(dataset, path.to_str().unwrap(), &bytes, &mut kept)
                .unwrap_or_else(|| panic!("{} cannot be read", path.display()));
            assert!(kept.rows > 0, "{} is empty", path.display());
            for (_, group) in outcome.findings.groups() {
                let first = group.first().unwrap();
                let fits = first.severity != Severity::Error;
                // A national schema has columns that nobody must deliver.
                let missing = first.kind == FindingKind::ColumnMissing;
                assert!(!missing || first.severity == Severity::Note, "{first:?}");
                assert!(fits || !kept.rejects.is_empty(), "{first:?}");
            }
            for (_, kind) in kept.rejects {
                *rejected.entry((id.as_str().to_owned(), kind)).or_insert(0) += 1;
            }
        }
    }
    use FindingKind::{NotADate, NotANumber, UnknownMember};
    let expected = [
        ("accidents", NotADate, 1),
        ("accidents", UnknownMember, 1),
        ("arbres", NotADate, 1),
        ("autorisations_urbanisme", NotANumber, 1),
        ("budget", NotANumber, 1),
        ("demandes", UnknownMember, 1),
        ("logements", UnknownMember, 1),
        ("renovations", NotADate, 1),
        ("renovations", NotANumber, 1),
        ("renovations", UnknownMember, 1),
        ("titres_identite", NotADate, 1),
        ("titres_identite", NotANumber, 1),
        ("velos_trajets", NotADate, 1),
        ("velos_trajets", NotANumber, 1),
        ("velos_trajets", UnknownMember, 2),
    ];
    let expected: BTreeMap<_, _> = expected
        .map(|(id, kind, count)| ((id.to_owned(), kind), count))
        .into();
    assert_eq!(rejected, expected);
}

#[test]
fn only_the_faults_meant_to_be_found_are_found() {
    let mut found = Vec::new();
    for (id, dataset) in &catalog().datasets {
        let Source::File(pattern) = &dataset.source else {
            continue;
        };
        for path in files(pattern) {
            let bytes = fs::read(&path).unwrap();
            let name = path.to_str().unwrap();
            let outcome = take(dataset, name, &bytes, &mut Kept::default()).unwrap();
            for (count, group) in outcome.findings.groups() {
                let first = group.first().unwrap();
                if first.severity == Severity::Warning {
                    found.push((id.to_string(), first.kind, count));
                }
            }
        }
    }
    use FindingKind::{ComparisonFails, DuplicateKey, OutsideArea, SumFails};
    let expected = [
        ("arbres", OutsideArea),
        ("deliberations", SumFails),
        ("deliberations", DuplicateKey),
        ("deliberations", ComparisonFails),
    ];
    assert_eq!(found, expected.map(|(id, kind)| (id.to_owned(), kind, 1)));
}

#[test]
fn the_parking_feed_fails_as_feeds_do() {
    let catalog = catalog();
    let dataset = catalog
        .datasets
        .values()
        .find(|d| d.id.as_str() == "parkings")
        .unwrap();
    let Source::Replay { file, .. } = &dataset.source else {
        panic!("not a feed")
    };
    let document: serde_json::Value =
        serde_json::from_slice(&fs::read(folder("sample-data").join(file)).unwrap()).unwrap();
    let readings = document["readings"].as_array().unwrap();
    assert_eq!(readings.len(), 144);
    let (mut errors, mut unreadable, mut silent, mut rejects) = (0, 0, 0, 0);
    for reading in readings {
        if reading.get("error").is_some() {
            errors += 1;
            continue;
        }
        let body = reading["body"]
            .to_string()
            .replace("{horodatage}", "2026-06-10T14:32:00");
        let mut kept = Kept::default();
        match take(dataset, "parkings.json", body.as_bytes(), &mut kept) {
            Some(_) => rejects += kept.rejects.len(),
            None => unreadable += 1,
        }
        let results = reading["body"]["results"].as_array();
        silent += results.map_or(0, |all| {
            all.iter().filter(|r| r["grp_disponible"].is_null()).count()
        });
    }
    assert_eq!((errors, unreadable, rejects), (1, 1, 1));
    // From 9:40 to 17:00 every ten minutes, but for the document that is not one.
    assert_eq!(silent, 43);
}

#[test]
fn every_kind_of_figure_and_every_indicator_is_on_a_board() {
    let catalog = catalog();
    let tiles: Vec<_> = catalog
        .boards
        .values()
        .flat_map(|board| &board.sections)
        .flat_map(|section| &section.tiles)
        .collect();
    let kinds: BTreeSet<&str> = tiles
        .iter()
        .filter_map(|tile| Figure::ALL.iter().find(|(kind, _)| *kind == tile.figure))
        .map(|(_, name)| *name)
        .collect();
    assert_eq!(kinds.len(), Figure::ALL.len(), "{kinds:?}");
    let shown: BTreeSet<&str> = tiles
        .iter()
        .flat_map(|tile| &tile.indicators)
        .map(|id| id.as_str())
        .collect();
    // Parts of others, or shown on the first page only.
    let apart = [
        "batiments_chauffage",
        "batiments_electricite",
        "batiments_surface",
        "climat_rigueur",
        "dette_encours",
        "parking_capacite",
        "population_totale",
    ];
    let absent: Vec<&str> = catalog
        .indicators
        .keys()
        .map(|id| id.as_str())
        .filter(|id| !shown.contains(id))
        .collect();
    assert_eq!(absent, apart);
}

#[test]
fn every_row_of_tiles_is_full_and_every_title_has_its_english() {
    let catalog = catalog();
    for board in catalog.boards.values() {
        assert!(board.title.en.is_some() && board.summary.en.is_some());
        for section in &board.sections {
            assert!(section.title.en.is_some());
            let mut row = 0;
            for tile in &section.tiles {
                row += u32::from(tile.width);
                assert!(row <= 12, "{}: tile {} does not fit", board.id, tile.id);
                row %= 12;
            }
            assert_eq!(row, 0, "{}: {}", board.id, section.title.fr);
        }
    }
    for indicator in catalog.indicators.values() {
        assert!(indicator.title.en.is_some(), "{}", indicator.id);
    }
    for dataset in catalog.datasets.values() {
        assert!(dataset.title.en.is_some(), "{}", dataset.id);
    }
}

/// The indicators that every town is asked for, by domain, in the order of the usual list.
const USUAL: [&str; 42] = [
    // Finance.
    "epargne_brute",
    "epargne_brute_taux",
    "epargne_nette",
    "desendettement_ans",
    "endettement_taux",
    "dette_hab",
    "depenses_fonctionnement_hab",
    "equipement_hab",
    "personnel_part",
    "autofinancement_marge",
    "investissement_execution",
    "paiement_delai",
    "espaces_verts_investissement",
    // Housing and planning.
    "vacance_taux",
    "vacance_2ans_taux",
    "logement_social_taux",
    "permis_delai",
    "logements_prix_m2",
    // Mobility.
    "velos_locations",
    "velos_rotation",
    "cyclables_pour_1000",
    "velos_passages_jour",
    "stationnement_occupation",
    "irve_disponibles",
    // Environment and energy.
    "dechets_hab",
    "ordures_hab",
    "recyclage_taux",
    "tri_refus_taux",
    "espaces_verts_surface_hab",
    "eclairage_hab",
    "energie_m2",
    "air_depassements",
    // Schools, early childhood, culture.
    "eleves_par_classe",
    "cantine_frequentation",
    "cantine_bio_taux",
    "petite_enfance_couverture",
    "emprunteurs_taux",
    // Safety, staff, residents, council.
    "faits_pour_1000",
    "absences_taux",
    "etat_civil_delai",
    "demandes_delai_taux",
    "seances_participation",
];

/// That each example follows from its measure is checked whenever declarations are read.
#[test]
fn the_usual_indicators_are_declared_with_a_method_limits_and_a_worked_example() {
    let catalog = catalog();
    for id in USUAL {
        let indicator = &catalog.indicators[id];
        assert!(!indicator.method.is_empty(), "{id} has no method");
        assert!(!indicator.limits.is_empty(), "{id} has no limits");
        assert!(!indicator.examples.is_empty(), "{id} has no example");
    }
}

#[test]
fn without_savings_years_to_repay_the_debt_mean_nothing() {
    let catalog = catalog();
    let examples = catalog.indicators["desendettement_ans"].examples.iter();
    let results: Vec<Cell> = examples.map(|example| example.result).collect();
    let expected = [
        Cell::Value(6.91),
        Cell::Value(14.66),
        Cell::NotApplicable,
        Cell::NotApplicable,
    ];
    assert_eq!(results, expected);
}
