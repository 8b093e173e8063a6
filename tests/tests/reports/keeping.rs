//! Final reports are saved with the town, and are there whole or not at all.

use crate::hands::*;
use beffroi_tests::Town;
use std::fs;
use std::time::Duration;

#[test]
fn a_backup_holds_final_reports_and_brings_them_back() {
    let scene = Scene::new();
    scene.freeze();
    drop(scene.town.run(&["doctor"]).assert_code(0));
    drop(scene.town.run(&["backup", "ville.zip"]).assert_code(0));
    drop(
        scene
            .town
            .run(&["restore", "ville.zip", "--into", "ailleurs"])
            .assert_code(0),
    );
    let files = ["document.json", "rapport.pdf", "photos/halle.png"];
    for name in files {
        let kept = fs::read(scene.kept(2025, 1, name)).expect("it is kept");
        let back = scene
            .town
            .path(&format!("ailleurs/var/reports/bilan/2025/1/{name}"));
        assert!(fs::read(&back).ok() == Some(kept), "{}", back.display());
    }
    // And in the place of what was lost.
    let before = scene.town.state_files();
    let town = scene.ended();
    fs::remove_dir_all(town.state("reports")).expect("lost");
    drop(
        town.run(&["restore", "ville.zip", "--replace"])
            .assert_code(0),
    );
    let of_reports = |files: &[(std::path::PathBuf, Vec<u8>)]| -> Vec<_> {
        let folder = town.state("reports");
        files
            .iter()
            .filter(|(path, _)| path.starts_with(&folder))
            .cloned()
            .collect()
    };
    let back = of_reports(&town.state_files());
    assert_eq!(back.len(), 3);
    assert!(back == of_reports(&before));
    let scene = Scene::of(town);
    assert!(read(&scene.hand(ELISE), YEAR).contains("Arrêté"));
}

#[test]
fn a_server_that_is_killed_while_it_freezes_leaves_a_whole_report_or_none() {
    let mut scene = Scene::new();
    let head = scene.hand(DIDIER);
    open(&head, "2025");
    confirm(&scene.hand(AGATHE), YEAR, "mobilites");
    confirm(&scene.hand(CHLOE), YEAR, "habitants");
    let mut ended = Vec::new();
    for wait in [0, 60, 200, 500, 900, 1400, 2200] {
        let head = scene.hand(DIDIER);
        let page = format!("{YEAR}/suivi");
        let form = head.form(&page, "arreter").with("certain", "1");
        let address = scene.server().address();
        let cookies = head.cookies();
        let sent = std::thread::spawn(move || {
            let pairs: Vec<(&str, &str)> = cookies
                .iter()
                .map(|(a, b)| (a.as_str(), b.as_str()))
                .collect();
            let visitor = beffroi_tests::Visitor::holding(address, &pairs);
            // The server goes away under it: no answer is one.
            let _ = std::panic::catch_unwind(|| visitor.send_form(form, "arreter"));
        });
        std::thread::sleep(Duration::from_millis(wait));
        scene.fall();
        sent.join().expect("it has ended");
        let is_there = scene.kept(2025, 1, "").exists();
        ended.push(is_there);
        if is_there {
            whole(&scene);
            break;
        }
        // A folder under way is no report.
        assert!(read(&scene.hand(ELISE), YEAR).contains("Projet"));
    }
    if ended.last() == Some(&false) {
        freeze(&scene.hand(DIDIER), YEAR);
    }
    whole(&scene);
    drop(scene.town.run(&["doctor"]).assert_code(0));
}

/// A final report that is read in every form, and is final for whoever works on it.
#[track_caller]
fn whole(scene: &Scene) {
    let document = scene.document(2025, 1);
    assert_eq!(document.year, 2025);
    let reader = scene.hand(ELISE);
    assert!(read(&reader, YEAR).contains("Arrêté"));
    for name in FILES {
        file(&reader, YEAR, name);
    }
    let head = scene.hand(DIDIER);
    let follow = read(&head, &format!("{YEAR}/suivi"));
    assert!(follow.contains("Rien n’a changé depuis"), "{follow}");
    assert_eq!(insist(&head, YEAR).status, 422);
    // Nobody writes into it any more, whatever the store has heard.
    let agathe = scene.hand(AGATHE);
    let fields = [
        ("faire", "ecrire"),
        ("revision", "1"),
        ("mots", "Trop tard"),
    ];
    assert_eq!(
        agathe
            .post("/atelier", &desk(YEAR, "mobilites"), &fields)
            .status,
        404
    );
}

#[test]
fn a_final_report_that_was_spoilt_is_told_and_the_rest_of_the_town_goes_on() {
    let town = Town::of_fixture("reports");
    let mut scene = Scene::of(town);
    scene.freeze();
    fs::write(scene.kept(2025, 1, "document.json"), "{").expect("spoilt");
    scene.fall();
    let reader = scene.hand(ELISE);
    let answer = reader.get(YEAR);
    assert_eq!(answer.status, 500);
    assert!(
        !answer.text().contains("document.json"),
        "{}",
        answer.text()
    );
    assert_eq!(reader.get("/").status, 200);
    assert_eq!(reader.get(&format!("{REPORT}/2024")).status, 404);
    let out = scene.town.run(&["report", "--year", "2025", "-o", "x.pdf"]);
    assert_ne!(out.code, Some(0));
    assert!(out.stderr.contains("document.json"), "{}", out.stderr);
}
