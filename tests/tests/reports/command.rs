//! `beffroi report`.

use crate::hands::*;
use beffroi_tests::Town;
use std::fs;

fn town() -> Town {
    let town = Town::of_fixture("reports");
    town.run(&["import"]).assert_code(0);
    town
}

#[test]
fn each_form_is_written_under_a_name_made_of_the_report_and_its_year() {
    let town = town();
    for (form, name, start) in [
        ("pdf", "bilan-2025-projet.pdf", &b"%PDF-"[..]),
        ("xlsx", "bilan-2025-projet.xlsx", b"PK"),
        ("zip", "bilan-2025-projet.zip", b"PK"),
        ("html", "bilan-2025-projet/index.html", b"<!DOCTYPE html>"),
    ] {
        let out = town.run(&["report", "--to", form]).assert_code(0);
        assert!(out.stdout.contains(name), "{}", out.stdout);
        assert!(
            out.stderr.contains("C’est un projet : 2 points à régler"),
            "{}",
            out.stderr
        );
        let bytes = fs::read(town.path(name)).expect("it is written");
        assert!(
            bytes
                .to_ascii_lowercase()
                .starts_with(&start.to_ascii_lowercase()),
            "{name}"
        );
    }
    let english = town.run(&[
        "report", "bilan", "--to", "zip", "--lang", "en", "-o", "en.zip",
    ]);
    drop(english.assert_code(0));
    assert_ne!(
        fs::read(town.path("en.zip")).ok(),
        fs::read(town.path("bilan-2025-projet.zip")).ok()
    );
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let town = town();
    let out = town.run(&["report", "bilans"]).assert_code(2);
    assert!(
        out.stderr
            .contains("Aucun rapport « bilans ». Les rapports sont : bilan."),
        "{}",
        out.stderr
    );
    // A year of which nothing is known is a draft that says so.
    let out = town
        .run(&["report", "--year", "2031", "-o", "vide.pdf"])
        .assert_code(0);
    assert!(
        out.stderr.contains("annee : Rien n’est connu en 2031"),
        "{}",
        out.stderr
    );
    fs::remove_file(town.content(DECLARED)).expect("removed");
    // Nobody is given what is not there.
    town.edit("access.toml", "reports = [\"bilan\"]", "boards = [\"*\"]");
    let out = town.run(&["report"]);
    assert_ne!(out.code, Some(0));
    assert!(
        out.stderr.contains("Aucun rapport n’est déclaré"),
        "{}",
        out.stderr
    );
}

#[test]
fn a_folder_that_holds_something_is_left_as_it_is() {
    let town = town();
    fs::create_dir(town.path("pages")).expect("a folder");
    drop(
        town.run(&["report", "--to", "html", "-o", "pages"])
            .assert_code(0),
    );
    assert!(
        town.path("pages/index.html").exists(),
        "an empty folder is filled"
    );
    fs::write(town.path("pages/index.html"), "mien").expect("written");
    let out = town
        .run(&["report", "--to", "html", "-o", "pages"])
        .assert_code(2);
    assert!(
        out.stderr.contains("« pages » existe et n’est pas vide"),
        "{}",
        out.stderr
    );
    assert_eq!(
        fs::read_to_string(town.path("pages/index.html"))
            .ok()
            .as_deref(),
        Some("mien")
    );
}

#[test]
fn the_same_report_gives_the_same_bytes_again_and_again() {
    let scene = Scene::new();
    let forms = ["pdf", "xlsx", "zip", "html"];
    let made = |place: &str| -> Vec<(String, Vec<u8>)> {
        let mut made = Vec::new();
        for form in forms {
            let name = format!("{place}.{form}");
            drop(
                scene
                    .town
                    .run(&["report", "--to", form, "-o", &name])
                    .assert_code(0),
            );
            if form == "html" {
                made.extend(files_under(&scene.town, &name));
            } else {
                made.push((
                    form.to_owned(),
                    fs::read(scene.town.path(&name)).expect("a file"),
                ));
            }
        }
        let name = format!("{place}-noir.pdf");
        drop(
            scene
                .town
                .run(&["report", "--black", "-o", &name])
                .assert_code(0),
        );
        made.push((
            "noir".to_owned(),
            fs::read(scene.town.path(&name)).expect("a file"),
        ));
        made
    };
    for state in ["projet", "arrete"] {
        if state == "arrete" {
            scene.freeze();
        }
        let (one, other) = (made(&format!("{state}-un")), made(&format!("{state}-deux")));
        assert!(one.len() > 8);
        for ((name, one), (_, other)) in one.iter().zip(&other) {
            assert!(one == other, "{state} {name}");
        }
        // Served or written, they are the same.
        let served = |name: &str| file(&scene.hand(ELISE), YEAR, name);
        for (form, name) in [
            ("pdf", "rapport.pdf"),
            ("noir", "rapport-noir.pdf"),
            ("xlsx", "classeur.xlsx"),
            ("zip", "donnees.zip"),
        ] {
            let written = &one.iter().find(|(known, _)| known == form).expect("it").1;
            assert!(
                *written == served(name),
                "{state} {name} is served otherwise"
            );
        }
        let pages = unpacked(&served("pages.zip"));
        for (name, bytes) in one.iter().filter(|(name, _)| name.starts_with("html/")) {
            assert!(
                pages[name.trim_start_matches("html/")] == *bytes,
                "{state} {name}"
            );
        }
    }
}

/// Files of a folder that was written, by their paths in it.
fn files_under(town: &Town, folder: &str) -> Vec<(String, Vec<u8>)> {
    let top = town.path(folder);
    let (mut found, mut folders) = (Vec::new(), vec![top.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&top).expect("under it").to_string_lossy();
            found.push((format!("html/{name}"), fs::read(&path).expect("a file")));
        }
    }
    found.sort();
    found
}
