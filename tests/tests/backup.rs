//! A town is saved while it lives, and comes back whole: here, elsewhere, and never half.

use beffroi_store::{Event, Kind, Store};
use beffroi_tests::{Town, figure};
use chrono::Utc;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The sum of all trips of 2024, as pages would tell it.
fn sum(town: &Town) -> Option<f64> {
    figure(&town.query(&["trajets", "--period", "2024"]), "2024")
}

fn deliver(town: &Town, trips: u32) {
    let text = format!("Mois;Station;Quartier;Trajets\n01/2024;Parc;Centre;{trips}\n");
    fs::write(town.data("trajets_20250602.csv"), text).expect("a delivery");
}

/// A town whose trips are known, imported.
fn town(trips: u32) -> Town {
    let town = Town::small();
    deliver(&town, trips);
    town.run(&["import"]).assert_code(0);
    town
}

/// The backups of the state.
fn backups(town: &Town) -> Vec<PathBuf> {
    let entries = fs::read_dir(town.state("backups")).expect("a folder of backups");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

/// All of a state but its locks and backups, by path.
fn essence(town: &Town) -> Vec<(PathBuf, Vec<u8>)> {
    let state = town.state("");
    let files = town.state_files().into_iter();
    files
        .map(|(path, bytes)| (path.strip_prefix(&state).expect("within").to_owned(), bytes))
        .filter(|(path, _)| path.extension().is_none_or(|it| it != "lock"))
        .filter(|(path, _)| !path.starts_with("backups"))
        .collect()
}

#[test]
fn what_was_saved_comes_back_to_the_byte() {
    let town = town(1);
    fs::create_dir_all(town.state("inbox")).expect("the inbox");
    fs::write(town.state("inbox/en_attente.csv"), "a;b\n1;2\n").expect("a file that waits");
    let before = essence(&town);
    let declared = fs::read(town.content("town.toml")).expect("a declaration");
    let output = town.run(&["backup"]).assert_code(0);
    assert!(
        output.stdout.contains("faite et relue"),
        "{}",
        output.stdout
    );
    let saved = backups(&town);
    assert_eq!(saved.len(), 1, "nothing is left beside it: {saved:?}");

    // Life goes on, badly.
    deliver(&town, 5);
    town.run(&["import", "trajets"]).assert_code(0);
    town.edit("town.toml", "name", "nom");
    assert_ne!(essence(&town), before);

    // Without being asked twice, nothing is replaced.
    let refused = town.run(&["restore", text(&saved[0])]).assert_code(1);
    assert!(refused.stderr.contains("--replace"), "{}", refused.stderr);
    let done = town
        .run(&["restore", text(&saved[0]), "--replace"])
        .assert_code(0);
    assert!(done.stdout.contains(".avant-"), "{}", done.stdout);
    assert_eq!(essence(&town), before);
    assert_eq!(
        fs::read(town.content("town.toml")).expect("a declaration"),
        declared
    );
    assert_eq!(sum(&town), Some(1.0));
    assert_eq!(
        backups(&town).len(),
        1,
        "backups stay where the next ones go"
    );
    let aside = fs::read_dir(town.path(""))
        .expect("the folder")
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().contains(".avant-"));
    assert_eq!(
        aside.count(),
        2,
        "the former state and declarations are there"
    );
}

#[test]
fn a_town_comes_back_elsewhere_and_serves() {
    let town = town(7);
    town.run(&["backup", "ville.zip"]).assert_code(0);
    town.run(&["restore", "ville.zip", "--into", "ailleurs"])
        .assert_code(0);
    let elsewhere = town.path("ailleurs");
    let args = ["query", "trajets", "--period", "2024", "--format", "csv"];
    let folders = [
        "--content",
        "dashboards",
        "--state",
        "var",
        "--data",
        "nulle-part",
    ];
    let answer = town
        .run_in(&elsewhere, &[&args[..], &folders[..]].concat())
        .assert_code(0);
    assert!(answer.stdout.contains(",7"), "{}", answer.stdout);
    let again = town
        .run(&["restore", "ville.zip", "--into", "ailleurs"])
        .assert_code(1);
    assert!(again.stderr.contains("n’est pas vide"), "{}", again.stderr);
}

#[test]
fn a_backup_made_while_it_serves_and_imports_is_whole() {
    let town = town(1);
    let server = town.serve();
    for trips in 2..8 {
        deliver(&town, trips);
        let import = town.begin(&["import"]);
        let file = format!("pendant-{trips}.zip");
        town.run(&["backup", &file]).assert_code(0);
        import.wait().assert_code(0);
        let into = format!("essai-{trips}");
        town.run(&["restore", &file, "--into", &into])
            .assert_code(0);
        let answer = town
            .run_in(
                &town.path(&into),
                &[
                    "query",
                    "trajets",
                    "--period",
                    "2024",
                    "--format",
                    "csv",
                    "--content",
                    "dashboards",
                    "--state",
                    "var",
                ],
            )
            .assert_code(0);
        let found = [trips - 1, trips]
            .iter()
            .any(|trips| answer.stdout.contains(&format!(",{trips}")));
        assert!(found, "{trips}: {}", answer.stdout);
    }
    // Nobody takes a state away from under who serves it.
    let refused = town
        .run(&["restore", "pendant-2.zip", "--replace"])
        .assert_code(3);
    assert!(refused.stderr.contains("sert encore"), "{}", refused.stderr);
    assert_eq!(server.get("/").status, 200);
    assert_eq!(server.stop("TERM"), Some(0));
    town.run(&["restore", "pendant-2.zip", "--replace"])
        .assert_code(0);
}

fn note(store: &Store, detail: &str) {
    let event = Event {
        at: Utc::now(),
        person: None,
        name: "essai".to_owned(),
        from: None,
        kind: Kind::System,
        action: "test".to_owned(),
        object: "test".to_owned(),
        detail: detail.to_owned(),
    };
    store.audit().record(event).expect("recorded");
}

#[test]
fn what_is_known_of_people_and_the_trail_come_back_sound() {
    let town = town(1);
    let store = Store::open(&town.state("")).expect("a store");
    note(&store, "before");
    // It is open, and written to meanwhile.
    town.run(&["backup", "ville.zip"]).assert_code(0);
    note(&store, "after");
    let checked = |folder: &str| {
        let state = town.path(folder);
        let args = [
            "doctor",
            "--listen",
            "127.0.0.1:0",
            "--content",
            "dashboards",
            "--state",
        ];
        let all = [&args[..], &[text(&state)]].concat();
        town.run_in(&town.path(""), &all)
    };
    let well = checked("var").assert_code(0);
    assert!(
        well.stdout.contains("2 entrée(s), chaîne intacte"),
        "{}",
        well.stdout
    );
    assert!(well.stdout.contains("entière, schéma"), "{}", well.stdout);
    drop(store);

    town.run(&["restore", "ville.zip", "--into", "ailleurs"])
        .assert_code(0);
    let back = checked("ailleurs/var").assert_code(0);
    // What was there, and that it was brought back.
    assert!(
        back.stdout.contains("2 entrée(s), chaîne intacte"),
        "{}",
        back.stdout
    );
    // A database that is not whole is told.
    fs::write(town.path("ailleurs/var/beffroi.sqlite"), "spoilt").expect("spoilt");
    let spoilt = checked("ailleurs/var").assert_code(1);
    assert!(
        spoilt.stdout.contains("Base des personnes"),
        "{}",
        spoilt.stdout
    );
}

#[test]
fn only_so_many_are_kept_and_none_is_overwritten() {
    let town = town(1);
    fs::create_dir_all(town.state("backups")).expect("a folder");
    for day in 1..5 {
        let name = format!("backups/beffroi-2026-01-0{day}-020000.zip");
        fs::write(town.state(&name), "old").expect("an old backup");
    }
    fs::write(town.state("backups/avant-travaux.zip"), "kept").expect("one of somebody");
    town.run(&["backup", "--keep", "2"]).assert_code(0);
    let names: Vec<String> = backups(&town)
        .iter()
        .map(|path| text(path).rsplit('/').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(names[0], "avant-travaux.zip");
    assert_eq!(names[1], "beffroi-2026-01-04-020000.zip");
    town.run(&["backup", "une.zip"]).assert_code(0);
    let refused = town.run(&["backup", "une.zip"]).assert_code(1);
    assert!(refused.stderr.contains("existe déjà"), "{}", refused.stderr);
}

#[test]
fn secrets_that_lie_elsewhere_or_hide_are_not_in_it() {
    let town = town(1);
    fs::write(town.content(".env"), "CLE=tres-secret").expect("a hidden file");
    fs::write(town.path("cle.pem"), "tres-secret").expect("a key");
    #[cfg(unix)]
    std::os::unix::fs::symlink(town.path("cle.pem"), town.content("cle.toml")).expect("a link");
    let output = town.run(&["backup", "ville.zip"]).assert_code(0);
    assert!(output.stderr.contains("cle.toml"), "{}", output.stderr);
    town.run(&["restore", "ville.zip", "--into", "ailleurs"])
        .assert_code(0);
    let found = Command::new("grep")
        .args(["-r", "tres-secret", text(&town.path("ailleurs"))])
        .output()
        .expect("grep");
    assert!(found.stdout.is_empty());
}

#[test]
fn a_spoilt_backup_changes_nothing() {
    let town = town(1);
    town.run(&["backup", "ville.zip"]).assert_code(0);
    let whole = fs::read(town.path("ville.zip")).expect("the backup");
    let before = essence(&town);
    let listed = |town: &Town| {
        let mut names: Vec<String> = fs::read_dir(town.path(""))
            .expect("the folder")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    fs::write(town.path("abimee.zip"), b"x").expect("a file");
    let names = listed(&town);
    // Somewhere in the middle, cut short, and not an archive at all.
    let mut flipped = whole.clone();
    let parquet = whole
        .windows(4)
        .position(|it| it == b"PAR1")
        .expect("a part");
    flipped[parquet + 6] ^= 0xff;
    for spoilt in [flipped, whole[..whole.len() - 40].to_vec(), b"non".to_vec()] {
        fs::write(town.path("abimee.zip"), spoilt).expect("a spoilt backup");
        let refused = town
            .run(&["restore", "abimee.zip", "--replace"])
            .assert_code(1);
        assert!(
            refused.stderr.contains("Rien n’a été touché"),
            "{}",
            refused.stderr
        );
        assert_eq!(essence(&town), before);
        assert_eq!(listed(&town), names, "nothing is left behind");
    }
    let gone = town.run(&["restore", "absente.zip"]).assert_code(3);
    assert!(gone.stderr.contains("n’existe pas"), "{}", gone.stderr);
}

#[test]
fn a_version_that_lost_a_part_is_told_and_the_rest_is_saved() {
    let town = town(1);
    let folder = town.state("warehouse/trajets");
    let part = fs::read_dir(folder)
        .expect("the dataset")
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|it| it == "parquet"));
    fs::remove_file(part.expect("a part")).expect("it can be removed");
    let told = town.run(&["backup", "ville.zip"]).assert_code(1);
    assert!(
        told.stderr.contains("trajets : la version 1"),
        "{}",
        told.stderr
    );
    town.run(&["restore", "ville.zip", "--into", "ailleurs"])
        .assert_code(0);
}

#[test]
fn where_there_is_no_town_there_is_nothing_to_save() {
    let town = Town::small();
    let refused = town.run(&["backup"]).assert_code(1);
    assert!(
        refused.stderr.contains("rien à sauvegarder"),
        "{}",
        refused.stderr
    );
    assert!(!town.state("").exists(), "and nothing is made");
}
