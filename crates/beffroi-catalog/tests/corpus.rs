//! Small towns with faults, as folders under `corpus/`: each case is laid over the town without a
//! fault of `corpus/base` (unless it holds a file `ALONE`), and its files say which errors are
//! expected, in comments: `# Error: line:first column-column after the last code`. Files that
//! cannot hold comments have theirs in `expected.txt`. What is shown to people is in
//! `corpus.txt`, for reviewing. `UPDATE=1` writes all of it anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::{Catalog, Diagnostic, Loaded, Place, ValueType, load, load_files};
use beffroi_model::{Period, View};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

type Files = BTreeMap<PathBuf, Vec<u8>>;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn cases() -> Vec<String> {
    let names = fs::read_dir(corpus()).expect("the corpus is there");
    let mut names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The files of a folder and of those inside, by path from it.
fn files(folder: &Path) -> Files {
    let mut found = Files::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(inner) = waiting.pop() {
        for entry in fs::read_dir(folder.join(&inner)).unwrap() {
            let path = inner.join(entry.unwrap().file_name());
            if folder.join(&path).is_dir() {
                waiting.push(path);
            } else {
                let bytes = fs::read(folder.join(&path)).unwrap();
                found.insert(path, bytes);
            }
        }
    }
    found
}

fn town(case: &str) -> Files {
    let own = files(&corpus().join(case));
    let mut all = if own.contains_key(Path::new("ALONE")) {
        Files::new()
    } else {
        files(&corpus().join("base"))
    };
    all.extend(own);
    all
}

fn loaded(case: &str) -> Loaded {
    load_files(town(case).into_iter().collect())
}

/// What is wrong with the declarations of a case, and what its reports name that is not there.
fn told(case: &str) -> Vec<Diagnostic> {
    let loaded = loaded(case);
    let mut all = loaded.diagnostics;
    if let Some(catalog) = loaded.catalog {
        let reports = catalog.reports.into_values();
        all.extend(reports.flat_map(|report| report.diagnostics));
    }
    all
}

/// `4:17-23 unknown-column`.
fn short(diagnostic: &Diagnostic, place: &Place) -> String {
    let end = place.column + place.length;
    format!("{}:{}-{end} {}", place.line, place.column, diagnostic.code)
}

const MARK: &str = "# Error: ";

fn expected(case: &str) -> BTreeSet<String> {
    let mut expected = BTreeSet::new();
    for (path, bytes) in files(&corpus().join(case)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if path == Path::new("expected.txt") {
            expected.extend(text.lines().map(str::to_owned));
        } else {
            let marks = text.lines().filter_map(|line| line.strip_prefix(MARK));
            expected.extend(marks.map(|mark| format!("{} {mark}", path.display())));
        }
    }
    expected
}

fn found(diagnostics: &[Diagnostic]) -> BTreeSet<String> {
    let line = |diagnostic: &Diagnostic| match &diagnostic.place {
        Some(place) => format!("{} {}", place.file_name(), short(diagnostic, place)),
        None => format!("- {}", diagnostic.code),
    };
    diagnostics.iter().map(line).collect()
}

/// Writes what was found where it is expected.
fn update(case: &str, diagnostics: &[Diagnostic]) {
    let folder = corpus().join(case);
    let mut elsewhere: Vec<String> = found(diagnostics).into_iter().collect();
    for (path, bytes) in files(&folder) {
        let (Ok(text), true) = (
            String::from_utf8(bytes),
            path.extension().is_some_and(|kind| kind == "toml"),
        ) else {
            continue;
        };
        let kept: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with(MARK))
            .collect();
        let mut out = format!("{}\n", kept.join("\n"));
        let start = format!("{} ", path.display());
        for line in elsewhere.extract_if(.., |line| line.starts_with(&start)) {
            out.push_str(&format!("{MARK}{}\n", &line[start.len()..]));
        }
        fs::write(folder.join(&path), out).unwrap();
    }
    let path = folder.join("expected.txt");
    if elsewhere.is_empty() {
        let _ = fs::remove_file(path);
    } else {
        fs::write(path, format!("{}\n", elsewhere.join("\n"))).unwrap();
    }
}

fn updating() -> bool {
    std::env::var_os("UPDATE").is_some()
}

#[test]
fn each_case_gives_the_errors_it_announces() {
    let mut shown = String::new();
    for case in cases() {
        let diagnostics = told(&case);
        if updating() {
            update(&case, &diagnostics);
        }
        assert_eq!(found(&diagnostics), expected(&case), "case {case}");
        shown.push_str(&format!("=== {case}\n\n"));
        for diagnostic in &diagnostics {
            shown.push_str(&format!("{diagnostic}\n"));
        }
    }
    let path = corpus().with_extension("txt");
    if updating() {
        fs::write(&path, &shown).unwrap();
    }
    assert!(
        fs::read_to_string(path).unwrap() == shown,
        "corpus.txt differs: run with UPDATE=1"
    );
}

#[test]
fn a_catalog_comes_with_no_error_and_no_error_without_a_catalog() {
    for case in cases() {
        let loaded = loaded(&case);
        assert_eq!(
            loaded.catalog.is_some(),
            loaded.diagnostics.is_empty(),
            "case {case}"
        );
    }
}

#[test]
fn a_report_that_names_what_is_not_there_is_read_all_the_same() {
    let catalog = loaded("reports-gone").catalog.unwrap();
    let report = &catalog.reports["annuel"];
    let chapters: Vec<&str> = report.chapters.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(chapters, ["velos", "argent", "fin"]);
    assert!(report.chapters.iter().all(|it| !it.figures.is_empty()));
    let whole = loaded("base").catalog.unwrap();
    assert_eq!(whole.reports["annuel"].diagnostics, []);
}

#[test]
fn every_code_is_in_the_corpus() {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for case in cases() {
        seen.extend(told(&case).iter().map(|diagnostic| diagnostic.code));
    }
    for diagnostics in [
        too_large(),
        too_many(),
        too_many_errors(),
        missing(),
        unreadable(),
    ] {
        seen.extend(diagnostics.iter().map(|diagnostic| diagnostic.code));
    }
    let all: BTreeSet<&str> = Diagnostic::CODES.iter().copied().collect();
    assert_eq!(seen, all);
}

#[test]
fn a_folder_gives_what_its_files_give() {
    let from_folder = load(&corpus().join("base"));
    assert_eq!(from_folder.diagnostics, []);
    assert_eq!(from_folder.catalog, loaded("base").catalog);
    assert_eq!(missing()[0].place, None);
}

#[test]
fn limits_are_told_and_do_not_hide_the_rest() {
    assert_eq!(codes(&too_large()), ["file-too-large"]);
    assert_eq!(codes(&too_many()), ["too-many-files"]);
    let errors = too_many_errors();
    assert_eq!(errors.len(), 101);
    assert_eq!(
        errors[100].message,
        "il y a encore 400 erreurs dans ce fichier"
    );
    assert!(codes(&unreadable()).contains(&"unreadable-file"));
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<&'static str> {
    diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect()
}

fn too_large() -> Vec<Diagnostic> {
    let mut files = town("base");
    files.insert("datasets/adresses.toml".into(), vec![b'#'; (1 << 20) + 1]);
    load_files(files.into_iter().collect()).diagnostics
}

fn too_many() -> Vec<Diagnostic> {
    let file = |number| (PathBuf::from(format!("boards/b{number}.toml")), Vec::new());
    load_files((0..2_001).map(file).collect()).diagnostics
}

fn too_many_errors() -> Vec<Diagnostic> {
    let mut files = town("base");
    let wrong: String = (0..500)
        .map(|number| format!("inconnue_{number} = 1\n"))
        .collect();
    files
        .entry("indicators/eleves.toml".into())
        .or_default()
        .splice(0..0, wrong.into_bytes());
    load_files(files.into_iter().collect()).diagnostics
}

fn missing() -> Vec<Diagnostic> {
    load(&corpus().join("no-such-folder")).diagnostics
}

/// A file that is there and cannot be opened: a link to nothing.
fn unreadable() -> Vec<Diagnostic> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unreadable/datasets");
    fs::create_dir_all(&folder).unwrap();
    let link = folder.join("lien.toml");
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    load(folder.parent().unwrap()).diagnostics
}

#[test]
fn the_town_without_a_fault_is_read_whole() {
    let catalog = loaded("base").catalog.expect("no error");
    assert_eq!(catalog.town.insee, "2A004");
    assert_eq!(catalog.town.mandate, (2026, 2032));
    let boards: Vec<_> = catalog.boards.keys().map(ToString::to_string).collect();
    assert_eq!(boards, ["mobilites", "ecoles"], "by declared order");
    let quartier = &catalog.dimensions["quartier"];
    assert_eq!(
        quartier.members.keys().collect::<Vec<_>>(),
        ["gare", "port"]
    );
    assert_eq!(quartier.all.get(true), ("Whole town", false));
    assert_eq!(catalog.dimensions["station"].title.fr, "station");
    assert_eq!(catalog.maps["quartier"].shapes.len(), 2);
    assert_eq!(catalog.maps["quartier"].lines.len(), 1);

    let trajets = &catalog.datasets["trajets"];
    let column = |id: &str| trajets.schema.column(id).expect("a column");
    assert!(column("mois").required, "the time column always is");
    assert_eq!(column("mois").headers, ["mois", "Mois de relevé"]);
    assert_eq!(
        column("depart").members[0].spellings,
        ["gare", "Gare", "Quartier Gare", "Q05"]
    );
    assert_eq!(
        column("compte").dimension.as_ref().map(|id| id.as_str()),
        Some("compte")
    );
    assert_eq!(
        column("abonne").dimension,
        None,
        "personal data are no dimension"
    );
    assert_eq!(trajets.reading.delimiter.as_deref(), Some("\t"));

    let board = &catalog.boards["mobilites"];
    let tiles: Vec<_> = board.sections[0]
        .tiles
        .iter()
        .map(|tile| (tile.id.as_str(), tile.width))
        .collect();
    assert_eq!(
        tiles,
        [
            ("cle", 3),
            ("t2", 7),
            ("t3", 6),
            ("t4", 6),
            ("t5", 6),
            ("t6", 6),
            ("t7", 3)
        ]
    );
    assert_eq!(board.sections[0].tiles[5].show, View::MovingAverage(12));
    let population = catalog.town.population.as_ref().expect("declared");
    let counted_by = population.indicator.as_ref().map(|id| id.as_str());
    assert_eq!(
        counted_by,
        Some("population"),
        "the one that adds the column up"
    );
}

#[test]
fn what_changes_over_the_years_is_read_in_order() {
    let catalog = loaded("base").catalog.expect("no error");
    let takings = &catalog.indicators["recettes"];
    let at = |period: &str| {
        let period: Period = period.parse().expect(period);
        takings.measure_at(period).text().to_owned()
    };
    let later = "sum(recette) filter (where clos)";
    assert_eq!(at("2022"), "sum(recette)");
    assert_eq!(at("2022-12"), "sum(recette)");
    assert_eq!(at("2023"), later);
    assert_eq!(at("2023-01"), later);
    assert_eq!(
        takings.declared.as_ref().map(|id| id.as_str()),
        Some("recettes_declarees")
    );

    let rentals = &catalog.indicators["locations"];
    let days: Vec<String> = rentals
        .changes()
        .iter()
        .map(|(day, _)| day.to_string())
        .collect();
    assert_eq!(days, ["2020-01-01", "2024-03-15"]);
    let for_2028: Vec<f64> = rentals
        .targets
        .iter()
        .filter(|target| target.year == 2028)
        .map(|target| target.value)
        .collect();
    assert_eq!(for_2028, [1.6e6], "that of towns of this size");
    assert!(rentals.thresholds[0].is_crossed(899_999.0));
    assert!(!rentals.thresholds[0].is_crossed(900_000.0));
    assert!(rentals.thresholds[1].is_crossed(3_000_001.0));
}

#[test]
fn computed_columns_stand_beside_those_of_files() {
    let catalog = loaded("base").catalog.expect("no error");
    let trajets = &catalog.datasets["trajets"];
    assert_eq!(
        trajets.schema.column("saison"),
        None,
        "files have no such column"
    );
    let computed: Vec<_> = trajets.computed.keys().map(ToString::to_string).collect();
    assert_eq!(computed, ["saison", "mois_de_l_annee"]);
    assert_eq!(trajets.value_type("saison"), Some(ValueType::Text));
    assert_eq!(
        trajets.value_type("mois_de_l_annee"),
        Some(ValueType::Exact { scale: 0 })
    );
    assert_eq!(
        trajets.value_type("recette"),
        Some(ValueType::Exact { scale: 3 })
    );
    assert_eq!(trajets.columns["saison"].title.get(true), ("Season", false));
    let dimensions = &catalog.indicators["locations_ete"].dimensions;
    let column = trajets.dimension_column(&dimensions[0]).expect("a column");
    assert_eq!(
        trajets.computed[column].expr.to_string(),
        "month(mois)",
        "the column of its dimension"
    );
    assert_eq!(catalog.dimensions["saison"].title.fr, "Saison");

    let file = "datasets/trajets.toml";
    let changed = changed(file, "between 4 and 9", "between 5 and 9");
    let changed = changed.catalog.expect("no error");
    let sum = |catalog: &Catalog, id: &str| catalog.indicators[id].checksum.clone();
    assert_eq!(changed.datasets["trajets"].checksum, trajets.checksum);
    assert_eq!(sum(&changed, "locations"), sum(&catalog, "locations"));
    assert_ne!(
        sum(&changed, "locations_ete"),
        sum(&catalog, "locations_ete")
    );
}

#[test]
fn derived_indicators_take_dimensions_and_grain_from_their_parts() {
    let catalog = loaded("base").catalog.expect("no error");
    let grain = |id: &str| catalog.indicators[id].grain.as_str();
    assert_eq!(grain("locations"), "month");
    assert_eq!(grain("population"), "year");
    assert_eq!(
        grain("locations_hab"),
        "month",
        "a stock holds for the months of its year"
    );
    assert_eq!(grain("places_libres"), "day");
    assert_eq!(grain("eleves"), "school_year");
    assert_eq!(
        catalog.indicators["eleves"].main_grain.as_str(),
        "school_year"
    );
    let dimensions = |id: &str| {
        let dimensions = &catalog.indicators[id].dimensions;
        dimensions
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(dimensions("locations_hab"), ["quartier"]);
    assert_eq!(dimensions("occupation"), ["parking"]);
}

/// The base town with a text of one file replaced.
fn changed(file: &str, from: &str, to: &str) -> Loaded {
    let mut files = town("base");
    let bytes = files.get_mut(Path::new(file)).expect(file);
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    *bytes = text.replace(from, to).into_bytes();
    load_files(files.into_iter().collect())
}

#[test]
fn checksums_follow_what_decides_and_nothing_else() {
    let base = loaded("base").catalog.expect("no error");
    let sums = |file, from, to| {
        let catalog = changed(file, from, to).catalog.expect("no error");
        let dataset = catalog.datasets["trajets"].checksum != base.datasets["trajets"].checksum;
        let own = catalog.indicators["locations"].checksum != base.indicators["locations"].checksum;
        let derived = catalog.indicators["locations_hab"].checksum
            != base.indicators["locations_hab"].checksum;
        (dataset, own, derived)
    };
    let dataset = "datasets/trajets.toml";
    let indicator = "indicators/locations.toml";
    assert_eq!(
        sums(dataset, "Trajets commencés", "Trajets finis"),
        (false, false, false)
    );
    assert_eq!(
        sums(dataset, "trajets_*.csv", "trajets.csv"),
        (true, false, false)
    );
    assert_eq!(
        sums(dataset, "Mois de relevé", "Mois relevé"),
        (true, false, false)
    );
    assert_eq!(
        sums("town.toml", "\"Q05\"", "\"Q06\""),
        (true, false, false)
    );
    assert_eq!(
        sums(indicator, "On additionne", "On ajoute"),
        (false, false, false)
    );
    assert_eq!(
        sums(indicator, "sum(trajets)", "SUM( trajets )"),
        (false, false, false)
    );
    assert_eq!(
        sums(indicator, "sum(trajets)", "1 * sum(trajets)"),
        (false, true, true)
    );
    assert_eq!(
        sums(indicator, "\"partial\"", "\"refuse\""),
        (false, true, true)
    );
    assert_eq!(sums(indicator, "1400000", "1400001"), (false, false, false));
    assert_eq!(
        sums(indicator, "Deux stations", "Deux d'entre elles"),
        (false, false, false)
    );
    // Written once: another value here would make every town import and compute everything anew.
    assert_eq!(base.datasets["population"].checksum, "065bb8fa6093370a");
    assert_eq!(
        base.indicators["locations_hab"].checksum,
        "2970bc516fb50670"
    );
}

#[test]
fn the_town_without_a_fault_uses_every_key() {
    let texts: Vec<String> = town("base")
        .into_iter()
        .filter(|(path, _)| path.extension().is_some_and(|kind| kind == "toml"))
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
        .collect();
    let reference = beffroi_catalog::reference();
    let of_keys = reference.split("## Langage des mesures").next();
    let keys = of_keys
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let mut count = 0;
    for key in keys {
        count += 1;
        let used = texts.iter().any(|text| {
            text.lines().any(|line| {
                line.split([' ', '=', '{', '[', ']', '.', ','])
                    .any(|word| word == key)
            })
        });
        assert!(used, "`{key}` is in no file of the base town");
    }
    assert!(count > 80, "{count} keys in the reference");
}
