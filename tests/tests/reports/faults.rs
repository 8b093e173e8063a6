//! What is wrong with a report is told where it stands: the rest is read, nothing final is made.

use crate::hands::*;
use beffroi_tests::{Town, main_text};
use std::fs;

/// What is wrong, in which chapter, and how it is told.
const TOLD: [(&str, &str); 7] = [
    ("annee", "`disparu` ne nomme aucun indicateur"),
    ("annee", "Rien n’est connu en 2025 : Arbres plantés"),
    ("annee", "La photographie « absente.jpg » n’est pas là."),
    (
        "annee",
        "La photographie « halle.png » ne dit pas ce qu’elle montre.",
    ),
    (
        "mobilites",
        "Une figure ne mène plus à rien : « mobilites.disparue ».",
    ),
    ("habitants", "`rien` n'est pas lu"),
    ("mobilites", "`sottise` n'est pas lu"),
];

fn faulty() -> Town {
    let town = Town::of_fixture("reports");
    for (from, to) in [
        (
            "{{ population }}.\n\n## Une",
            "{{ population }}, {{ disparu }}, {{ arbres }}.\n\n## Une",
        ),
        ("alt = \"La halle, un jour de marché\"\n", ""),
        (
            "[[chapters]]\nid = \"mobilites\"",
            "[[chapters.figures]]\nid = \"absente\"\nfigure = \"photo\"\nphoto = \"absente.jpg\"\nalt = \"Rien\"\n\n[[chapters]]\nid = \"mobilites\"",
        ),
        (
            "[[chapters.figures]]\nid = \"mois\"",
            "[[chapters.figures]]\nid = \"disparue\"\ntile = \"mobilites.disparue\"\n\n[[chapters.figures]]\nid = \"mois\"",
        ),
        (
            "{{ population | phrase }}",
            "{{ population | rien }} {{ population }}",
        ),
    ] {
        town.edit(DECLARED, from, to);
    }
    fs::write(
        town.data("arbres_20260201.csv"),
        "Annee;Arbres\n2023;401\n2024;557\n",
    )
    .expect("data");
    town
}

#[test]
fn each_fault_is_told_where_it_stands_and_the_rest_is_read() {
    let scene = Scene::of(faulty());
    let (head, agathe) = (scene.hand(DIDIER), scene.hand(AGATHE));
    open(&head, "2025");
    write(
        &agathe,
        YEAR,
        "mobilites",
        "Beaucoup : {{ trajets | sottise }}, {{ trajets }}.",
    );
    let follow = read(&head, &format!("{YEAR}/suivi"));
    for (chapter, told) in TOLD {
        assert!(follow.contains(told), "{told}: {follow}");
        let own = read(&head, &desk(YEAR, chapter));
        assert!(own.contains(told), "{chapter} {told}: {own}");
    }
    // In the text itself, what cannot be filled in stands as it was written.
    let words = read(&head, &format!("{YEAR}/chapitres/mobilites"));
    assert!(
        words.contains("{{ trajets | sottise }}") && words.contains("28 680"),
        "{words}"
    );
    let reader = scene.hand(ELISE);
    for page in [
        "",
        "/entier",
        "/chapitres/annee",
        "/chapitres/mobilites",
        "/chapitres/habitants",
    ] {
        let text = read(&reader, &format!("{YEAR}{page}"));
        assert!(text.contains("Bilan annuel"), "{page}: {text}");
    }
    assert!(read(&reader, &format!("{YEAR}/entier")).contains("9 642"));
    for name in FILES {
        file(&reader, YEAR, name);
    }
    assert_eq!(insist(&head, YEAR).status, 422);
    assert!(!scene.kept(2025, 1, "").exists());
    // The same from the command line.
    let out = scene
        .town
        .run(&["report", "--year", "2025", "-o", "bilan.pdf"])
        .assert_code(0);
    for (chapter, told) in TOLD {
        let mut lines = out.stderr.lines().map(plain);
        let line = lines.find(|line| line.contains(told));
        let line = line.unwrap_or_else(|| panic!("{told}: {}", out.stderr));
        assert!(line.starts_with(&format!("{chapter} : ")), "{line}");
    }
    let pdf = fs::read(scene.town.path("bilan.pdf")).expect("a draft");
    assert!(pdf.starts_with(b"%PDF-"));
    // Nothing of a machine is told, and nothing has failed.
    assert!(
        !scene.server().stderr().contains("panicked"),
        "{}",
        scene.server().stderr()
    );
}

/// A text with single blanks.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A report that is right but on paper: freezing tells what, and keeps nothing.
#[track_caller]
fn refused_on_paper(scene: &Scene, words: &str, told: &str) {
    let (head, agathe) = (scene.hand(DIDIER), scene.hand(AGATHE));
    open(&head, "2025");
    write(&agathe, YEAR, "mobilites", words);
    confirm(&agathe, YEAR, "mobilites");
    confirm(&scene.hand(CHLOE), YEAR, "habitants");
    let refused = insist(&head, YEAR);
    let text = main_text(&refused.text());
    assert_eq!(refused.status, 422, "{text}");
    assert!(text.contains("Le PDF ne peut pas être fait"), "{text}");
    assert!(text.contains(told), "{told}: {text}");
    assert!(!scene.kept(2025, 1, "").exists());
    assert!(read(&head, YEAR).contains("Projet"));
    let out = scene
        .town
        .run(&["report", "--year", "2025", "-o", "bilan.pdf"])
        .assert_code(0);
    assert!(plain(&out.stderr).contains(told), "{told}: {}", out.stderr);
    assert!(
        fs::read(scene.town.path("bilan.pdf"))
            .expect("a draft")
            .starts_with(b"%PDF-")
    );
    assert_eq!(
        scene
            .hand(ELISE)
            .get(&format!("{YEAR}/fichiers/rapport.pdf"))
            .status,
        200
    );
}

#[test]
fn a_chapter_longer_than_it_may_be_is_told_with_its_pages() {
    let most = "id = \"mobilites\"\nmost_pages = 1\n";
    let scene = Scene::declared(&[("id = \"mobilites\"\n", most)]);
    let long = "Une phrase qui prend de la place sur le papier.\n\n".repeat(120);
    refused_on_paper(&scene, &long, "et 1 au plus sont permises.");
}

#[test]
fn a_character_that_no_font_has_is_told_with_its_code() {
    let scene = Scene::new();
    refused_on_paper(
        &scene,
        "Tout à vélo \u{1f6b2} !",
        "(U+1F6B2) n’est dans aucune police",
    );
}

#[test]
fn a_photograph_that_is_none_is_told_by_its_name() {
    let town = Town::of_fixture("reports");
    fs::write(
        town.content("pictures/halle.png"),
        "ceci n’est pas une photographie",
    )
    .expect("written");
    let scene = Scene::of(town);
    refused_on_paper(
        &scene,
        "Rien.",
        "La photographie « halle.png » ne se lit pas.",
    );
    let shown = scene.hand(ELISE).get(&format!("{YEAR}/photos/halle.png"));
    assert_eq!(shown.status, 400, "what is no picture is not served as one");
}

#[test]
fn an_address_that_leads_nowhere_is_not_found() {
    let scene = Scene::new();
    let head = scene.hand(DIDIER);
    for page in [
        "/rapports/bilans/2025",
        "/rapports/bilan/2023",
        "/rapports/bilan/1789",
        "/rapports/bilan/99999999999",
        "/rapports/bilan/hier",
        "/rapports/bilan/2025/chapitres/rien",
        "/rapports/bilan/2025/chapitres/methode/contribuer",
        "/rapports/bilan/2025/fichiers/rapport.docx",
        "/rapports/bilan/2025/fichiers/..%2Fdocument.json",
        "/rapports/bilan/2025/photos/..%2Ftown.toml",
        "/rapports/bilan/2025/photos/%2Fetc%2Fpasswd",
        "/rapports/bilan/2025/photos/absente.png",
    ] {
        let answer = head.get(page);
        assert_eq!(answer.status, 404, "{page}: {}", answer.text());
    }
    for (year, told) in [
        ("1789", 422),
        ("2030", 422),
        ("-1", 422),
        ("", 422),
        ("2026", 303),
    ] {
        let answer = head.submit(REPORT, "", &[("annee", year)]);
        assert_eq!(answer.status, told, "{year}");
    }
    // An edition that is open is not opened again.
    assert_eq!(head.submit(REPORT, "", &[("annee", "2026")]).status, 422);
}
