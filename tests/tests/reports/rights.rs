//! Who reads what of a report, as a draft and for good.

use crate::hands::*;
use crate::outputs::{numbers_of_files, texts};
use std::collections::BTreeSet;

/// All pages of 2025 that somebody finds from its cover.
fn pages(chapters: &[&str]) -> Vec<String> {
    let mut pages = vec![YEAR.to_owned(), format!("{YEAR}/entier")];
    pages.extend(chapters.iter().map(|id| format!("{YEAR}/chapitres/{id}")));
    pages
}

#[test]
fn whoever_reads_one_district_finds_no_number_of_the_town_in_a_draft() {
    let scene = Scene::new();
    let town = numbers_of_files(&file(&scene.hand(ELISE), YEAR, "donnees.zip"));
    for known in ["28680", "9642", "613"] {
        assert!(town.contains(known), "{known}: {town:?}");
    }
    let reader = scene.hand(PAUL);
    let told = texts(&reader, YEAR);
    assert_eq!(told.len(), 6);
    for (name, text) in told {
        let found = crate::outputs::numbers(&text);
        let found: BTreeSet<_> = found.intersection(&town).collect();
        assert!(found.is_empty(), "{name} tells {found:?}");
    }
    for page in pages(&["annee", "mobilites", "habitants", "personnel", "tous"]) {
        let found = crate::outputs::numbers(&read(&reader, &page));
        let found: BTreeSet<_> = found.intersection(&town).collect();
        assert!(found.is_empty(), "{page} tells {found:?}");
    }
    let why = read(&reader, &format!("{YEAR}/chapitres/mobilites"));
    assert!(
        why.contains("Un chiffre n’est pas dans votre périmètre."),
        "{why}"
    );
}

#[test]
fn a_final_report_is_there_for_whoever_reaches_all_of_it_or_is_given_it() {
    let scene = Scene::new();
    scene.freeze();
    let chapters = [
        "annee",
        "mobilites",
        "habitants",
        "personnel",
        "tous",
        "methode",
        "donnees",
    ];
    for name in [ELISE, LUCIE, DIDIER, AGATHE] {
        let hand = scene.hand(name);
        for page in pages(&chapters) {
            assert_eq!(hand.get(&page).status, 200, "{name} {page}");
        }
        for form in FILES {
            file(&hand, YEAR, form);
        }
        assert!(
            read(&hand, &format!("{YEAR}/entier")).contains("28 680"),
            "{name}"
        );
    }
    let paul = scene.hand(PAUL);
    for page in pages(&chapters) {
        assert_eq!(paul.get(&page).status, 404, "{page}");
    }
    for form in FILES {
        assert_eq!(
            paul.get(&format!("{YEAR}/fichiers/{form}")).status,
            404,
            "{form}"
        );
    }
    assert_eq!(paul.get(&format!("{YEAR}/photos/halle.png")).status, 404);
    assert!(
        !read(&paul, "/rapports").contains("2025"),
        "{}",
        read(&paul, "/rapports")
    );
    // Nobody who only reads works on it.
    for page in ["/suivi", "/chapitres/mobilites/contribuer"] {
        assert_eq!(scene.hand(ELISE).get(&format!("{YEAR}{page}")).status, 403);
    }
}

#[test]
fn a_public_report_rests_on_public_data_or_is_not_frozen() {
    let public = (
        "kind = \"activity\"",
        "kind = \"activity\"\nvisibility = \"public\"",
    );
    let scene = Scene::declared(&[public]);
    let head = scene.hand(DIDIER);
    open(&head, "2025");
    confirm(&scene.hand(AGATHE), YEAR, "mobilites");
    confirm(&scene.hand(CHLOE), YEAR, "habitants");
    let told = read(&head, &format!("{YEAR}/suivi"));
    for what in ["Arbres plantés", "Jours d’absence"] {
        let line =
            format!("« {what} » repose sur un jeu de données interne, et ce rapport est public.");
        assert!(told.contains(&line), "{line}: {told}");
    }
    assert_eq!(insist(&head, YEAR).status, 422);
    // Without them it is frozen, and is everybody's.
    let absences = scene.town.content("indicators/absences.toml");
    drop(std::fs::read_to_string(&absences).expect("it is there"));
    scene.town.edit(
        DECLARED,
        "\"trajets\", \"population\", \"arbres\"",
        "\"trajets\", \"population\"",
    );
    scene.town.edit(
        DECLARED,
        "{{ absences }} dans l’année.",
        "Les absences sont internes.",
    );
    scene.town.edit(
        DECLARED,
        "indicator = \"absences\"\nfigure = \"bar\"\nby = \"service\"",
        "indicator = \"trajets\"\nfigure = \"bar\"\nby = \"quartier\"",
    );
    wait(&head, &format!("{YEAR}/suivi"), |text| {
        text.contains("Rien : le rapport peut être arrêté.")
    });
    freeze(&head, YEAR);
    for name in [PAUL, LUCIE, ELISE, BRUNO] {
        let whole = read(&scene.hand(name), &format!("{YEAR}/entier"));
        assert!(whole.contains("28 680"), "{name}: {whole}");
        assert!(!whole.contains("613"), "{name}: {whole}");
    }
}

#[test]
fn words_are_their_departments_until_it_stands_by_them() {
    let scene = Scene::new();
    open(&scene.hand(DIDIER), "2025");
    let agathe = scene.hand(AGATHE);
    let page = format!("{YEAR}/chapitres/mobilites");
    // A page that was kept from before must not be given again.
    assert!(!read(&scene.hand(ELISE), &page).contains("salamandre"));
    write(
        &agathe,
        YEAR,
        "mobilites",
        "Une salamandre traverse : {{ trajets }}.",
    );
    assert!(read(&scene.hand(DIDIER), &page).contains("salamandre"));
    for name in [ELISE, LUCIE, PAUL] {
        let hand = scene.hand(name);
        for page in [&page, YEAR, &format!("{YEAR}/entier")] {
            assert!(!read(&hand, page).contains("salamandre"), "{name} {page}");
        }
        for (form, text) in texts(&hand, YEAR) {
            assert!(!text.contains("salamandre"), "{name} {form}");
        }
    }
    confirm(&agathe, YEAR, "mobilites");
    assert!(read(&scene.hand(ELISE), &page).contains("salamandre"));
    // Changed again, they are not confirmed any more.
    write(
        &agathe,
        YEAR,
        "mobilites",
        "Une salamandre traverse encore.",
    );
    assert!(!read(&scene.hand(ELISE), &page).contains("salamandre"));
}

#[test]
fn what_is_sent_needs_the_right_person_and_the_token_of_a_form() {
    let scene = Scene::new();
    let head = scene.hand(DIDIER);
    open(&head, "2025");
    let suivi = format!("{YEAR}/suivi");
    let desk = desk(YEAR, "mobilites");
    let sends: [(&str, &[(&str, &str)]); 8] = [
        (REPORT, &[("annee", "2023")]),
        (&suivi, &[("faire", "relancer"), ("chapitre", "mobilites")]),
        (
            &suivi,
            &[
                ("faire", "confier"),
                ("chapitre", "mobilites"),
                ("direction-mobilites", ""),
            ],
        ),
        (&suivi, &[("faire", "presenter"), ("presente", "Jamais")]),
        (&suivi, &[("faire", "arreter"), ("certain", "1")]),
        (&suivi, &[("faire", "reprendre"), ("cle", "annee.trajets")]),
        (
            &desk,
            &[("faire", "ecrire"), ("revision", "0"), ("mots", "Jamais")],
        ),
        (&desk, &[("faire", "remarquer"), ("remarque", "Jamais")]),
    ];
    let reader = scene.hand(ELISE);
    let before = read(&head, &suivi);
    for (address, fields) in sends {
        // A reader has a token of their own session, and no role for it.
        assert_eq!(
            reader.post("/rapports", address, fields).status,
            403,
            "{address}"
        );
        assert_eq!(head.post_as_is(address, fields).status, 403, "{address}");
    }
    for (address, fields) in &sends[..6] {
        // An agent has the role, and does not manage.
        let agent = scene.hand(BRUNO);
        assert_eq!(
            agent.post(&desk, address, fields).status,
            404,
            "{address} {fields:?}"
        );
    }
    assert_eq!(read(&head, &suivi), before);
    assert_eq!(scene.hand(AGATHE).form(&desk, "ecrire").get("mots"), "");
}
