//! `beffroi doctor` tells each fault by its name, with what to do, and changes nothing.

use beffroi_tests::Town;
use serde_json::Value;
use std::{fs, net::TcpListener, path::PathBuf};

/// What it finds of one thing: verdicts, and all it says.
fn looked_at(town: &Town, check: &str, more: &[&str]) -> (Vec<String>, String) {
    let args = [
        &["doctor", "--format", "json", "--listen", "127.0.0.1:0"],
        more,
    ]
    .concat();
    let output = town.run(&args);
    let told: Value = serde_json::from_str(&output.stdout).expect("JSON");
    let worst = told["verdict"].as_str().expect("a verdict");
    assert_eq!(output.code, Some(i32::from(worst == "broken")), "{told:#}");
    let lines: Vec<&Value> = told["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter(|line| line["check"] == check)
        .collect();
    for line in &lines {
        let has_todo = line["todo"].as_str().is_some_and(|todo| !todo.is_empty());
        assert_eq!(has_todo, line["verdict"] != "fine", "{line}");
    }
    let verdicts = lines
        .iter()
        .map(|line| line["verdict"].as_str().expect("a verdict").to_owned())
        .collect();
    let words = lines.iter().map(|line| line.to_string()).collect();
    (verdicts, words)
}

#[track_caller]
fn assert_found(town: &Town, check: &str, more: &[&str], verdict: &str, word: &str) {
    let (verdicts, words) = looked_at(town, check, more);
    assert!(verdicts.iter().any(|it| it == verdict), "{check}: {words}");
    assert!(words.contains(word), "{check}: {words}");
}

fn imported() -> Town {
    let town = Town::small();
    town.run(&["import"]).assert_code(0);
    town
}

fn first(town: &Town, folder: &str, end: &str) -> PathBuf {
    let entries = fs::read_dir(town.state(folder))
        .expect("a folder")
        .flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let found = paths
        .into_iter()
        .find(|path| path.to_string_lossy().ends_with(end));
    found.expect("such a file")
}

#[test]
fn of_a_town_that_is_well_nothing_is_broken_and_nothing_is_changed() {
    let town = imported();
    town.run(&["backup"]).assert_code(0);
    let before = town.state_files();
    let output = town
        .run(&["doctor", "--deep", "--listen", "127.0.0.1:0"])
        .assert_code(0);
    assert!(output.stdout.contains("0 à réparer"), "{}", output.stdout);
    assert!(
        output.stdout.contains("sommes de contrôle vérifiées"),
        "{}",
        output.stdout
    );
    for (check, word) in [
        ("declarations", "jeux de données"),
        ("state", "on peut y écrire"),
        ("rights", "que par son compte"),
        ("versions", "lisibles"),
        ("backup", "la dernière est du"),
        ("served", "Personne"),
        ("port", "libre"),
        ("clock", "Horloge"),
        ("space", "libres"),
    ] {
        let (_, words) = looked_at(&town, check, &[]);
        assert!(words.contains(word), "{check}: {words}");
    }
    let after: Vec<_> = town
        .state_files()
        .into_iter()
        .filter(|(path, _)| path.extension().is_none_or(|it| it != "lock"))
        .collect();
    let before: Vec<_> = before
        .into_iter()
        .filter(|(path, _)| path.extension().is_none_or(|it| it != "lock"))
        .collect();
    assert_eq!(before, after);
}

#[test]
fn each_fault_of_the_shelf_has_its_line() {
    let town = imported();
    assert_found(&town, "backup", &[], "watch", "aucune");

    let original = first(&town, "warehouse/trajets/originals", "");
    let bytes = fs::read(&original).expect("a copy");
    fs::write(&original, "autre chose").expect("spoilt");
    assert_found(&town, "versions", &["--deep"], "broken", "a changé");
    let (verdicts, _) = looked_at(&town, "versions", &[]);
    assert_eq!(verdicts, ["fine"], "only --deep reads them");
    fs::write(&original, bytes).expect("mended");

    let part = first(&town, "warehouse/trajets", ".parquet");
    let bytes = fs::read(&part).expect("a part");
    fs::write(&part, &bytes[..bytes.len() / 2]).expect("cut short");
    assert_found(&town, "versions", &[], "broken", "Version 1 de trajets");
    fs::remove_file(&part).expect("removed");
    assert_found(&town, "versions", &[], "broken", "n’existe pas");
    fs::write(&part, bytes).expect("mended");

    let manifest = first(&town, "warehouse/trajets", ".json");
    fs::write(manifest, "{").expect("spoilt");
    assert_found(&town, "versions", &[], "broken", "abîmé");
}

#[test]
fn each_fault_around_has_its_line() {
    let town = imported();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = town.run(&["doctor", "--listen", &address]).assert_code(0);
    assert!(
        output.stdout.contains("pris par un autre programme"),
        "{}",
        output.stdout
    );

    let server = town.serve();
    assert_found(&town, "served", &[], "fine", "sert cette ville");
    drop(server);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(town.state(""), open).expect("rights");
        assert_found(&town, "rights", &[], "watch", "chmod 700");
    }

    fs::create_dir_all(town.state("backups")).expect("a folder");
    fs::write(town.state("backups/beffroi-2026-01-01-020000.zip"), "x").expect("an old one");
    assert_found(&town, "backup", &[], "watch", "01/01/2026");
    assert_found(
        &town,
        "backup_content",
        &["--deep"],
        "broken",
        "ne vaut rien",
    );

    town.edit("town.toml", "name", "nom");
    assert_found(&town, "declarations", &[], "broken", "beffroi check");
}

#[test]
fn certificates_are_told_by_how_long_they_last() {
    let town = imported();
    let written = |ends: (i32, u8)| {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut params =
            rcgen::CertificateParams::new(vec!["localhost".to_owned()]).expect("names");
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(ends.0, ends.1, 1);
        let certificate = params.self_signed(&key).expect("a certificate");
        fs::write(town.path("c.pem"), certificate.pem()).expect("written");
        fs::write(town.path("k.pem"), key.serialize_pem()).expect("written");
    };
    let tls = ["--tls-cert", "c.pem", "--tls-key", "k.pem"];
    written((2021, 1));
    assert_found(&town, "certificate", &tls, "broken", "fini depuis");
    written((2090, 1));
    assert_found(&town, "certificate", &tls, "fine", "bon jusqu");
    fs::write(town.path("k.pem"), "non").expect("spoilt");
    assert_found(&town, "certificate", &tls, "broken", "clé privée");
}

#[test]
fn where_there_is_no_town_yet_it_says_so_and_makes_nothing() {
    let town = Town::small();
    assert_found(&town, "state", &[], "watch", "n’existe pas encore");
    assert!(!town.state("").exists());
}
