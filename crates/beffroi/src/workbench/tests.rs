#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::{
    backup,
    cli::Folders,
    jobs::{self, Jobs},
};
use arc_swap::ArcSwap;
use beffroi_catalog::load;
use beffroi_model::{Cell, Grain, IndicatorId, Period, PeriodRange, Query, Span, Version};
use beffroi_store::Store;
use beffroi_web::{Metrics, Snapshot};
use chrono::NaiveDate;
use proptest::prelude::*;

const STARTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/starter");
const DATASET: &str = "datasets/arbres.toml";
const INDICATOR: &str = "indicators/arbres_plantes.toml";
const BOARD: &str = "boards/arbres.toml";
const TREES: &str = "title = 'Arbres plantés'
description = 'Les arbres plantés par la ville.'
row = 'un mois'
steward = 'À compléter'
department = 'accueil'
frequency = 'monthly'
visibility = 'internal'
source = { inbox = 'arbres*.csv' }
load = 'by_period'
time = 'mois'

[columns.mois]
type = 'month'
title = 'Mois'

[columns.plantes]
type = 'integer'
title = 'Plantés'
";
const PLANTED: &str = "title = 'Arbres plantés'
description = 'Combien d’arbres ont été plantés.'
method = 'Somme des arbres plantés.'
department = 'accueil'
owner = 'À compléter'
dataset = 'arbres'
measure = 'sum(plantes)'
unit = 'nombre'
decimals = 0
";
const PAGE: &str = "title = 'Arbres'
summary = 'Combien d’arbres.'
department = 'accueil'
order = 2

[[sections]]
title = 'L’essentiel'

[[sections.tiles]]
indicator = 'arbres_plantes'
figure = 'kpi'
width = 6
";
const FILE: &str = "Mois;Plantés\n01/2026;12\n02/2026;30\n";

/// A town that is served, and a bench beside it.
struct World {
    folder: tempfile::TempDir,
    bench: Bench,
    jobs: Jobs,
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to),
            false => fs::write(&to, fs::read(entry.path()).unwrap()).unwrap(),
        }
    }
}

impl World {
    fn new() -> Self {
        Self::with("")
    }

    /// One whose dataset of requests declares something more.
    fn with(declared: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(Path::new(STARTER), folder.path());
        let requests = folder.path().join("dashboards/datasets/demandes.toml");
        let text = fs::read_to_string(&requests).unwrap();
        fs::write(&requests, format!("{text}\n{declared}")).unwrap();
        let [content, data, state] = ["dashboards", "data", "var"].map(|it| folder.path().join(it));
        let warehouse = Warehouse::open(&state).unwrap();
        let audit = Store::open(&state).unwrap().audit();
        let catalog = load(&content).catalog.unwrap();
        let metrics = Metrics::new();
        let declared = jobs::fingerprint(&content);
        let mut jobs = Jobs::new(
            &content,
            &data,
            warehouse.clone(),
            catalog,
            declared,
            metrics,
            audit,
        );
        jobs.import();
        let town: Town = Arc::new(ArcSwap::from_pointee(jobs.snapshot()));
        let bench = Bench::new(&content, &data, warehouse, town, jobs.engines());
        Self {
            folder,
            bench,
            jobs,
        }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Brings a file with a draft.
    fn bring(&self, draft: i64, dataset: &str, name: &str, text: &str) -> Brought {
        let folder = self.bench.folder(draft).unwrap();
        let stored = format!("{}-{name}", fs::read_dir(&folder).unwrap().count());
        fs::write(folder.join(&stored), text).unwrap();
        Brought {
            dataset: DatasetId::new(dataset).ok(),
            name: name.to_owned(),
            stored,
            correction: String::new(),
        }
    }

    /// A draft of a new dataset with its indicator, its board and its first file.
    fn trees(&self) -> Drafted {
        Drafted {
            id: 1,
            files: files(&[
                (DATASET, Some(TREES)),
                (INDICATOR, Some(PLANTED)),
                (BOARD, Some(PAGE)),
            ]),
            deliveries: vec![self.bring(1, "arbres", "arbres.csv", FILE)],
        }
    }

    fn text(&self, path: &str) -> Option<String> {
        text_of(&self.path("dashboards").join(path)).unwrap()
    }

    /// The declarations and the inbox, with what they hold.
    fn published(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        for folder in ["dashboards", "var/inbox", "var/corrections"] {
            let all = jobs::fingerprint(&self.path(folder)).into_iter();
            found.extend(all.map(|(path, ..)| (path.clone(), fs::read(path).unwrap())));
        }
        found
    }

    /// Has the town look at what has changed.
    fn look(&mut self) {
        for tick in [0, 4, 8] {
            self.jobs.turn(tick);
        }
        self.bench.town.store(Arc::new(self.jobs.snapshot()));
    }

    fn current(&self, dataset: &str) -> Option<Version> {
        let dataset = DatasetId::new(dataset).unwrap();
        self.bench.warehouse.current(&dataset).unwrap()
    }
}

fn files(files: &[(&str, Option<&str>)]) -> Files {
    let files = files.iter();
    files
        .map(|(path, text)| ((*path).to_owned(), text.map(str::to_owned)))
        .collect()
}

/// The figures of an indicator, month by month from January of a year on.
fn months(snapshot: &Snapshot, indicator: &str, year: i32, count: u32) -> Vec<Option<f64>> {
    let month = |month| {
        let day = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
        Period::containing(Grain::Month, day)
    };
    let range = PeriodRange::new(month(1), month(count));
    let query = Query::new(IndicatorId::new(indicator).unwrap(), Span::Periods(range));
    let answer = snapshot.engine.answer(&[query], None).pop().unwrap();
    let figure = |month| {
        let mut rows = answer.as_ref().unwrap().rows.iter();
        match rows.find(|row| row.period == month)?.cell {
            Cell::Value(value) => Some(value),
            _ => None,
        }
    };
    (1..=count).map(|number| figure(month(number))).collect()
}

/// Every file below a folder, with what it holds.
fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = jobs::fingerprint(folder).into_iter();
    files
        .map(|(path, ..)| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn a_new_dataset_gives_figures_before_anybody_else_sees_it() {
    let world = World::new();
    let draft = world.trees();
    let before = [
        tree(&world.path("dashboards")),
        tree(&world.path("var/warehouse")),
    ];
    let overlaid = world.bench.overlay(&draft);
    assert_eq!(*overlaid.problems, []);
    assert_eq!(overlaid.unread, BTreeMap::new());
    let snapshot = overlaid.snapshot.unwrap();
    assert_eq!(
        months(&snapshot, "arbres_plantes", 2026, 3),
        [Some(12.0), Some(30.0), None]
    );
    assert!(snapshot.catalog.boards.contains_key("arbres"));
    let changed: Vec<&str> = overlaid.changes.keys().map(DatasetId::as_str).collect();
    assert_eq!(changed, ["arbres"]);
    let town = world.bench.town.load_full();
    assert!(snapshot.serial != town.serial && !town.versions.contains_key("arbres"));
    // What the draft does not touch is what it is in the town.
    let [with, without] = [&snapshot, &town].map(|it| months(it, "demandes_recues", 2025, 2));
    assert_eq!(with, without);
    assert!(with[1].is_some());
    let after = [
        tree(&world.path("dashboards")),
        tree(&world.path("var/warehouse")),
    ];
    assert_eq!(after, before);

    // Asked again it is the same, and is made of the same version when something else is drafted.
    let again = world.bench.overlay(&draft).snapshot.unwrap();
    assert_eq!(again.serial, snapshot.serial);
    let mut renamed = draft.clone();
    renamed.files.insert(
        BOARD.to_owned(),
        Some(PAGE.replace("'Arbres'", "'Nos arbres'")),
    );
    let third = world.bench.overlay(&renamed).snapshot.unwrap();
    assert!(third.serial > snapshot.serial);
    assert_eq!(
        third.versions.get("arbres"),
        snapshot.versions.get("arbres")
    );
}

#[test]
fn the_writer_of_the_town_is_neither_waited_for_nor_kept_waiting() {
    let world = World::new();
    let _writer = world.bench.warehouse.writer().unwrap();
    let overlaid = world.bench.overlay(&world.trees());
    assert_eq!(overlaid.unread, BTreeMap::new());
    assert!(overlaid.changes.contains_key("arbres"));
}

#[test]
fn a_dataset_that_no_file_feeds_yet_has_no_version_and_no_error() {
    let world = World::new();
    for source in ["{ inbox = 'arbres*.csv' }", "'nulle_part/arbres_*.csv'"] {
        let mut draft = world.trees();
        draft.deliveries.clear();
        let text = TREES.replace("{ inbox = 'arbres*.csv' }", source);
        draft.files.insert(DATASET.to_owned(), Some(text));
        let overlaid = world.bench.overlay(&draft);
        assert_eq!(overlaid.unread, BTreeMap::new(), "{source}");
        assert!(!overlaid.snapshot.unwrap().versions.contains_key("arbres"));
    }
}

#[test]
fn march_brought_with_a_draft_stands_beside_january_and_february() {
    let mut world = World::new();
    let draft = world.trees();
    world.bench.publish(&draft, &Files::new()).unwrap();
    world.look();
    assert_eq!(world.current("arbres").unwrap().number, 1);
    let march = Drafted {
        id: 2,
        files: Files::new(),
        deliveries: vec![world.bring(2, "arbres", "mars.csv", "Mois;Plantés\n03/2026;5\n")],
    };
    let overlaid = world.bench.overlay(&march);
    let snapshot = overlaid.snapshot.unwrap();
    let figures = [Some(12.0), Some(30.0), Some(5.0)];
    assert_eq!(months(&snapshot, "arbres_plantes", 2026, 3), figures);
    let changes = overlaid.changes.get("arbres").unwrap();
    assert!(changes.changes.is_some());
    let town = world.bench.town.load_full();
    assert_eq!(
        months(&town, "arbres_plantes", 2026, 3),
        [Some(12.0), Some(30.0), None]
    );

    world.bench.publish(&march, &Files::new()).unwrap();
    world.look();
    let town = world.bench.town.load_full();
    assert_eq!(months(&town, "arbres_plantes", 2026, 3), figures);
    // What the town has by now is what the draft has brought.
    let after = world.bench.overlay(&march);
    assert_eq!(
        months(&after.snapshot.unwrap(), "arbres_plantes", 2026, 3),
        figures
    );
}

#[test]
fn a_declaration_that_reads_otherwise_is_read_from_the_files_there_are() {
    let world = World::new();
    let path = "datasets/demandes.toml";
    let text = world.text(path).unwrap();
    let text = text.replace(
        "[columns.a_temps]\n",
        "[columns.a_temps]\nmissing = ['0']\n",
    );
    let draft = Drafted {
        id: 1,
        files: files(&[(path, Some(&text))]),
        deliveries: Vec::new(),
    };
    let overlaid = world.bench.overlay(&draft);
    assert_eq!(*overlaid.problems, []);
    assert_eq!(overlaid.unread, BTreeMap::new());
    let snapshot = overlaid.snapshot.unwrap();
    let (mine, theirs) = (
        snapshot.versions["demandes"].number,
        world.current("demandes"),
    );
    assert_eq!(mine, theirs.unwrap().number + 1);
    // Taken back, nothing of it stays.
    let back = Drafted {
        files: Files::new(),
        ..draft
    };
    assert_eq!(world.bench.overlay(&back).changes, BTreeMap::new());
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_the_rest_stands() {
    let world = World::new();
    let mut draft = world.trees();
    draft.deliveries = vec![world.bring(1, "arbres", "arbres.csv", "Rien;Du tout\n1;2\n")];
    let overlaid = world.bench.overlay(&draft);
    let told: Vec<&str> = overlaid.unread.keys().map(DatasetId::as_str).collect();
    assert_eq!(told, ["arbres"]);
    let snapshot = overlaid.snapshot.unwrap();
    assert!(!snapshot.versions.contains_key("arbres"));
    assert!(snapshot.versions.contains_key("demandes"));
    // Corrected, it is read.
    let correction = r#"{"columns":{"mois":{"header":"Rien"},"plantes":{"header":"Du tout"}}}"#;
    let mut file = world.bring(1, "arbres", "arbres.csv", "Rien;Du tout\n01/2026;2\n");
    file.correction = correction.to_owned();
    draft.deliveries = vec![file];
    let overlaid = world.bench.overlay(&draft);
    assert_eq!(overlaid.unread, BTreeMap::new());
    assert_eq!(
        months(&overlaid.snapshot.unwrap(), "arbres_plantes", 2026, 1),
        [Some(2.0)]
    );
}

#[test]
fn declarations_that_do_not_hold_are_told() {
    let world = World::new();
    let mut draft = world.trees();
    draft.files.remove(INDICATOR);
    let overlaid = world.bench.overlay(&draft);
    assert!(overlaid.snapshot.is_none() && !overlaid.problems.is_empty());
    let refused = world.bench.publish(&draft, &Files::new());
    assert!(matches!(refused, Err(Unpublished::Wrong(found)) if found == overlaid.problems));
    assert_eq!(world.text(DATASET), None);
}

#[test]
fn a_file_is_looked_at_by_itself_or_by_its_dataset() {
    let world = World::new();
    let draft = world.trees();
    let patience = Duration::from_secs(60);
    let known = &draft.deliveries[0];
    let unknown = Brought {
        dataset: None,
        ..known.clone()
    };
    let columns = |file: &Brought| match world.bench.look(&draft, file, patience) {
        Looked::Ready(seen) => {
            assert_eq!(seen.rows_read, 2);
            seen.columns
                .iter()
                .map(|it| it.id.to_string())
                .collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(columns(known), ["mois", "plantes"]);
    assert_eq!(columns(&unknown).len(), 2);
    for (stored, name) in [
        ("absent", "a.csv"),
        ("../0-arbres.csv", "a.csv"),
        ("state", "a"),
    ] {
        let file = Brought {
            stored: stored.to_owned(),
            name: name.to_owned(),
            ..known.clone()
        };
        let looked = world.bench.look(&draft, &file, patience);
        assert!(matches!(looked, Looked::Refused(_)), "{stored}");
    }
    let none = world
        .bench
        .look(&draft, &world.bring(1, "arbres", "vide.csv", ""), patience);
    assert!(matches!(none, Looked::Refused(_)), "{none:?}");
    assert!(world.bench.warehouse.state().join("workshop/1").is_dir());
}

const SECRET: &str = "[secrecy]
rule = 'persons_11'
units = 'recues'
grains = ['month']

[[secrecy.tables]]
by = ['sujet']
";

#[test]
fn what_a_draft_shows_of_a_dataset_under_secrecy_is_written_beside_what_the_town_showed() {
    let world = World::with(SECRET);
    let path = "indicators/demandes_recues.toml";
    let text = world.text(path).unwrap();
    let text = text.replace("sum(recues)", "sum(recues) + 0 * sum(a_temps)");
    let draft = Drafted {
        id: 1,
        files: files(&[(path, Some(&text))]),
        deliveries: Vec::new(),
    };
    let shown = || tree(&world.path("var/shown"));
    assert_eq!(shown(), []);
    for draft in [
        &draft,
        &Drafted {
            files: Files::new(),
            id: 2,
            ..draft.clone()
        },
    ] {
        let overlaid = world.bench.overlay(draft);
        assert_eq!(*overlaid.problems, []);
        assert!(months(&overlaid.snapshot.unwrap(), "demandes_recues", 2025, 1)[0].is_some());
        // Whoever asks the draft first decides nothing for the town.
        assert_eq!(shown(), [], "{}", draft.id);
        let own = format!("var/workshop/{}/state/shown/demandes.json", draft.id);
        assert!(world.path(&own).is_file());
    }
    let town = world.bench.town.load_full();
    assert!(months(&town, "demandes_recues", 2025, 1)[0].is_some());
    let before = shown();
    assert_ne!(before, []);
    let other = Drafted { id: 3, ..draft };
    let snapshot = world.bench.overlay(&other).snapshot.unwrap();
    assert!(months(&snapshot, "demandes_recues", 2025, 1)[0].is_some());
    assert_eq!(shown(), before);
}

#[test]
fn a_draft_does_not_lift_what_protects() {
    let world = World::with(SECRET);
    let path = "datasets/demandes.toml";
    let text = world.text(path).unwrap().replace(SECRET, "");
    let draft = Drafted {
        id: 1,
        files: files(&[(path, Some(&text))]),
        deliveries: Vec::new(),
    };
    let overlaid = world.bench.overlay(&draft);
    assert_eq!(*overlaid.problems, []);
    assert!(!overlaid.snapshot.unwrap().versions.contains_key("demandes"));
    assert!(overlaid.unread.contains_key("demandes"));
}

#[test]
fn a_backup_has_what_was_brought_and_not_what_is_made_of_it() {
    let world = World::new();
    let draft = world.trees();
    world.bench.overlay(&draft);
    let folders = Folders {
        content: world.path("dashboards"),
        data: world.path("data"),
        state: world.path("var"),
    };
    let file = world.path("ville.zip");
    backup::run(&folders, Some(&file), None).unwrap();
    let asked = backup::Asked {
        file,
        into: Some(world.path("ailleurs")),
        replace: false,
    };
    backup::restore(&folders, &asked).unwrap();
    let back = world.path("ailleurs/var/workshop");
    let names: Vec<PathBuf> = tree(&back).into_iter().map(|(path, _)| path).collect();
    let stored = &draft.deliveries[0].stored;
    assert_eq!(names, [back.join("1").join(stored)]);
    assert_eq!(fs::read_to_string(&names[0]).unwrap(), FILE);
}

#[test]
fn published_twice_is_published_once() {
    let mut world = World::new();
    let draft = world.trees();
    world.bench.publish(&draft, &Files::new()).unwrap();
    assert_eq!(world.text(DATASET).as_deref(), Some(TREES));
    assert_eq!(world.text(BOARD).as_deref(), Some(PAGE));
    let inbox = world.path("var/inbox/arbres/arbres.csv");
    assert_eq!(fs::read_to_string(&inbox).unwrap(), FILE);
    let after = world.published();
    world.bench.publish(&draft, &Files::new()).unwrap();
    assert_eq!(world.published(), after);
    world.look();
    assert!(!inbox.exists());
    // It was taken: it is not put there a second time.
    world.bench.publish(&draft, &Files::new()).unwrap();
    assert!(!inbox.exists());
    assert_eq!(world.current("arbres").unwrap().number, 1);
}

#[test]
fn what_moved_on_disk_is_told_and_nothing_is_written() {
    let world = World::new();
    let path = "boards/accueil.toml";
    let base = world.text(path).unwrap();
    let mut draft = world.trees();
    draft.files.insert(
        path.to_owned(),
        Some(base.replace("order = 1", "order = 3")),
    );
    let bases = files(&[(path, Some(&base))]);
    let theirs = base.replace("order = 1", "order = 7");
    fs::write(world.path("dashboards").join(path), &theirs).unwrap();
    let before = world.published();
    match world.bench.publish(&draft, &bases) {
        Err(Unpublished::Moved(moved)) => assert_eq!(moved, [(path.to_owned(), Some(theirs))]),
        other => panic!("{other:?}"),
    }
    // A file that is there where the draft began from none.
    fs::write(world.path("dashboards").join(path), &base).unwrap();
    fs::write(world.path("dashboards").join(INDICATOR), "# autre").unwrap();
    match world.bench.publish(&draft, &bases) {
        Err(Unpublished::Moved(moved)) => {
            assert_eq!(moved, [(INDICATOR.to_owned(), Some("# autre".to_owned()))]);
        }
        other => panic!("{other:?}"),
    }
    fs::remove_file(world.path("dashboards").join(INDICATOR)).unwrap();
    fs::write(
        world.path("dashboards").join(path),
        base.replace("order = 1", "order = 7"),
    )
    .unwrap();
    assert_eq!(world.published(), before);
}

#[test]
fn a_path_outside_is_refused_and_nothing_is_written() {
    let world = World::new();
    let before = world.published();
    for path in [
        "access.toml",
        "town.toml",
        "../x.toml",
        "boards/../access.toml",
        "maps/x.toml",
    ] {
        let mut draft = world.trees();
        draft.files.insert(path.to_owned(), Some(String::new()));
        let refused = world.bench.publish(&draft, &Files::new());
        assert!(matches!(refused, Err(Unpublished::Failed(_))), "{path}");
        assert!(world.bench.overlay(&draft).snapshot.is_none(), "{path}");
        assert!(world.bench.declared(path).is_err(), "{path}");
        assert_eq!(world.published(), before);
    }
    for (name, stored) in [
        ("../x.csv", "0-arbres.csv"),
        (".x", "0-arbres.csv"),
        ("x.csv", "../1/0-arbres.csv"),
    ] {
        let mut draft = world.trees();
        (draft.deliveries[0].name, draft.deliveries[0].stored) =
            (name.to_owned(), stored.to_owned());
        let refused = world.bench.publish(&draft, &Files::new());
        assert!(matches!(refused, Err(Unpublished::Failed(_))), "{name}");
        assert_eq!(world.published(), before);
    }
}

#[test]
fn removals_come_last_and_a_dataset_in_a_subfolder_stays_there() {
    let world = World::new();
    let draft = world.trees();
    world.bench.publish(&draft, &Files::new()).unwrap();
    let sub = "datasets/nature/arbres.toml";
    let bases = files(&[
        (DATASET, Some(TREES)),
        (BOARD, Some(PAGE)),
        (INDICATOR, Some(PLANTED)),
    ]);
    let moved = Drafted {
        id: 2,
        files: files(&[(DATASET, None), (sub, Some(TREES))]),
        deliveries: Vec::new(),
    };
    world.bench.publish(&moved, &bases).unwrap();
    assert_eq!(
        (world.text(DATASET), world.text(sub)),
        (None, Some(TREES.to_owned()))
    );
    let all = Drafted {
        id: 3,
        files: files(&[(sub, None), (INDICATOR, None), (BOARD, None)]),
        deliveries: Vec::new(),
    };
    let bases = files(&[
        (sub, Some(TREES)),
        (BOARD, Some(PAGE)),
        (INDICATOR, Some(PLANTED)),
    ]);
    let order = publish::in_order(&all.files).unwrap();
    let order: Vec<&str> = order.into_iter().map(|(path, _)| path).collect();
    assert_eq!(order, [BOARD, INDICATOR, sub]);
    world.bench.publish(&all, &bases).unwrap();
    assert_eq!((world.text(sub), world.text(BOARD)), (None, None));
    assert!(load(&world.path("dashboards")).catalog.is_some());
}

#[cfg(unix)]
#[test]
fn folders_of_drafts_are_private_and_declarations_as_readable_as_they_were() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let set =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let folder = world.bench.folder(7).unwrap();
    assert_eq!(
        (mode(&folder), mode(folder.parent().unwrap())),
        (0o700, 0o700)
    );
    set(&folder, 0o755);
    assert_eq!(mode(&world.bench.folder(7).unwrap()), 0o700);
    let content = world.path("dashboards");
    let path = "boards/accueil.toml";
    set(&content.join("town.toml"), 0o644);
    set(&content.join(path), 0o664);
    let base = world.text(path).unwrap();
    let mut draft = world.trees();
    draft
        .files
        .insert(path.to_owned(), Some(format!("{base}\n# Revu.\n")));
    world
        .bench
        .publish(&draft, &files(&[(path, Some(&base))]))
        .unwrap();
    assert_eq!(
        (mode(&content.join(path)), mode(&content.join(DATASET))),
        (0o664, 0o644)
    );
    world.bench.forget(1);
    assert!(!world.path("var/workshop/1").exists());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever of it was done before it was interrupted, the same is there in the end.
    #[test]
    fn an_interrupted_publication_is_completed_by_doing_it_again(
        done in 0_usize..=5,
        is_put in any::<bool>(),
    ) {
        let path = "boards/accueil.toml";
        let publish = |done: usize| {
            let world = World::new();
            let base = world.text(path).unwrap();
            let mut draft = world.trees();
            draft.deliveries[0].correction = r#"{"columns":{"plantes":{"missing":["?"]}}}"#.to_owned();
            draft.files.insert("indicators/demandes_a_temps.toml".to_owned(), None);
            draft.files.insert(path.to_owned(), Some(
                "title = 'Accueil'\nsummary = 'A'\ndepartment = 'accueil'\norder = 1\n[[sections]]\ntitle = 'S'\n\
                 [[sections.tiles]]\nindicator = 'demandes_recues'\nfigure = 'kpi'\nwidth = 6\n".to_owned()
            ));
            let town = world.path("dashboards/town.toml");
            let text = fs::read_to_string(&town).unwrap();
            fs::write(&town, text.replace(", \"demandes_a_temps\"", "")).unwrap();
            let removed = world.text("indicators/demandes_a_temps.toml");
            let bases = files(&[(path, Some(&base)), ("indicators/demandes_a_temps.toml", removed.as_deref())]);
            for (path, text) in publish::in_order(&draft.files).unwrap().into_iter().take(done) {
                let place = world.path("dashboards").join(path);
                match text {
                    Some(text) => fs::write(place, text).unwrap(),
                    None => fs::remove_file(place).unwrap(),
                }
            }
            if is_put && done == draft.files.len() {
                let inbox = world.path("var/inbox/arbres");
                fs::create_dir_all(&inbox).unwrap();
                fs::write(inbox.join("arbres.csv"), FILE).unwrap();
                fs::write(inbox.join(".arbres.csv"), "half").unwrap();
            }
            let outcome = world.bench.publish(&draft, &bases);
            assert!(outcome.is_ok(), "{outcome:?}");
            let root = world.folder.path().to_owned();
            let all = world.published().into_iter();
            all.map(|(path, bytes)| (path.strip_prefix(&root).unwrap().to_owned(), bytes)).collect::<Vec<_>>()
        };
        prop_assert_eq!(publish(done), publish(0));
    }
}
