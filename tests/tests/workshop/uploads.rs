//! Files that are brought badly, and what is kept of them: nothing.

use crate::hands::*;
use beffroi_tests::{PARTS, in_parts, main_text, token};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

const SMALL: &[u8] = b"Mois;Valeur\n01/2025;1\n02/2025;2\n03/2025;3\n";

/// Nothing was kept: neither a draft nor a file.
#[track_caller]
fn nothing_is_kept(scene: &Scene) {
    let home = read(&scene.hand(AGATHE), "/atelier");
    assert!(home.contains("Aucun brouillon"), "{home}");
    assert_eq!(scene.kept(), Vec::<String>::new());
}

#[test]
fn an_empty_file_and_no_file_at_all_are_told_and_leave_nothing() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let told = agent.upload(BRING, BRING, &[("jeu", "")], "vide.csv", b"");
    assert_eq!(told.status, 422);
    let token = token(&agent.get(BRING).text()).expect("a token");
    let fields = [("jeton_formulaire", token.as_str()), ("jeu", "")];
    let none = agent.upload_as_is(BRING, &fields, None, &[]);
    assert_eq!(none.status, 422);
    for answer in [told, none] {
        let words = main_text(&answer.text());
        assert!(words.contains("Choisissez un fichier"), "{words}");
    }
    nothing_is_kept(&scene);
}

#[test]
fn a_file_that_is_cut_in_the_middle_leaves_nothing() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let token = token(&agent.get(BRING).text()).expect("a token");
    let bytes = [SMALL; 20_000].concat();
    let body = in_parts(&[("jeton_formulaire", &token)], Some(("long.csv", &bytes)));
    for sent in [body.len() / 3, body.len() - 3] {
        let mut stream = TcpStream::connect(scene.server().address()).expect("a connection");
        let head = format!(
            "POST {BRING} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: {PARTS}\r\n\
             Content-Length: {}\r\n\r\n",
            scene.server().address(),
            agent.cookie_header(),
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("a head");
        stream.write_all(&body[..sent]).expect("a part of a body");
        stream.shutdown(Shutdown::Write).expect("an end");
        let _ = stream.read_to_end(&mut Vec::new());
    }
    let start = Instant::now();
    while !scene.kept().is_empty() && start.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(50));
    }
    nothing_is_kept(&scene);
}

#[test]
fn a_file_from_a_form_that_is_not_ours_is_not_written_at_all() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let other = token(&scene.hand(AGATHE).get(BRING).text()).expect("a token");
    let own = token(&agent.get(BRING).text()).expect("a token");
    for token in ["", "faux", &other] {
        let fields = [("jeton_formulaire", token), ("jeu", "")];
        let told = agent.upload_as_is(BRING, &fields, Some(("a.csv", SMALL)), &[]);
        assert_eq!(told.status, 403, "{token}");
    }
    // The token comes first, or nothing is taken.
    let late = agent.upload_as_is(BRING, &[("jeu", "")], Some(("a.csv", SMALL)), &[]);
    assert_eq!(late.status, 403);
    let fields = [("jeton_formulaire", own.as_str())];
    let foreign = [("Origin", "https://ailleurs.example")];
    let told = agent.upload_as_is(BRING, &fields, Some(("a.csv", SMALL)), &foreign);
    assert_eq!(told.status, 403);
    nothing_is_kept(&scene);
    // Whoever only reads brings nothing.
    let reader = scene.hand(ELISE);
    let told = reader.upload_as_is(BRING, &fields, Some(("a.csv", SMALL)), &[]);
    assert_eq!(told.status, 403);
    nothing_is_kept(&scene);
}

#[test]
fn a_name_that_leads_elsewhere_is_a_name_like_any_other() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    for name in ["../../../evade.csv", "..\\..\\evade.csv", "/etc/evade.csv"] {
        let page = bring(&agent, name, SMALL);
        let told = main_text(&settled(&agent, &page).text());
        assert!(told.contains("« evade.csv »"), "{told}");
    }
    for path in scene.kept() {
        assert_eq!(path.matches('/').count(), 1, "{path}");
        assert!(!path.contains("evade"), "{path}");
    }
    assert_eq!(scene.kept().len(), 3);
    assert!(!scene.town.path("evade.csv").exists() && !scene.town.state("evade.csv").exists());
}

#[test]
fn what_is_no_table_is_told_with_what_to_do() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
    let page = bring(&agent, "photo.csv", image);
    let told = main_text(&settled(&agent, &page).text());
    assert!(told.contains("Enregistrez le fichier en CSV"), "{told}");
    // It can be taken away, and the draft goes on.
    let to = led(&agent.submit(&page, "retirer", &[]));
    assert!(to.ends_with("fait=fichier-retire"), "{to}");
    assert!(!read(&agent, DRAFT).contains("photo.csv"));
}

#[test]
fn workbooks_and_json_are_looked_at_like_any_file() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    for (name, known) in [("arceaux.xlsx", "Arceaux"), ("bornes_2025.json", "bornes")] {
        let page = bring(&agent, name, &scene.file(name));
        let told = main_text(&settled(&agent, &page).text());
        assert!(
            told.contains(known) && told.contains("Rien à signaler"),
            "{told}"
        );
        let to = led(&agent.submit(&page, "continuer", &[]));
        assert!(to.contains("/jeux/"), "{to}");
    }
}

#[test]
fn pasted_cells_are_a_file_too() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let token = token(&agent.get(BRING).text()).expect("a token");
    let cells = "Année\tBornes\r\n2023\t14\r\n2024\t21\r\n";
    let fields = [
        ("jeton_formulaire", token.as_str()),
        ("jeu", "*"),
        ("collage", cells),
    ];
    let page = led(&agent.upload_as_is(BRING, &fields, None, &[]));
    let told = main_text(&settled(&agent, &page).text());
    assert!(told.contains("2 lignes, 2 colonnes"), "{told}");
}

#[test]
fn a_draft_holds_twenty_files_and_no_more() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let _ = bring(&agent, "un.csv", SMALL);
    let token = token(&agent.get(BRING).text()).expect("a token");
    let fields = [
        ("jeton_formulaire", token.as_str()),
        ("brouillon", "1"),
        ("jeu", "*"),
    ];
    for number in 2..=20 {
        let name = format!("fichier_{number}.csv");
        led(&agent.upload_as_is(BRING, &fields, Some((&name, SMALL)), &[]));
    }
    let told = agent.upload_as_is(BRING, &fields, Some(("de_trop.csv", SMALL)), &[]);
    assert_eq!(told.status, 422);
    assert!(main_text(&told.text()).contains("20"), "{}", told.text());
    assert_eq!(scene.kept().len(), 20);
    // Nobody else brings a file into it.
    for name in [BRUNO, CHLOE] {
        let other = scene.hand(name);
        let told = other.upload(BRING, BRING, &fields[1..], "autre.csv", SMALL);
        assert_eq!(told.status, 404, "{name}");
    }
    assert_eq!(scene.kept().len(), 20);
}
