//! Data that move while a report is written: confirmations fall, edited sentences are to be decided.

use crate::hands::*;

/// Le Port takes the first place.
const PORT: (&str, &str) = ("12/2025;Quai;Port;1039", "12/2025;Quai;Port;9039");
const THEN: &str = "Gare concentre 59 % des locations";
const EDITED: &str = "La gare reste la première station.";

/// An edited sentence, everything confirmed, then other data.
fn moved() -> Scene {
    let scene = Scene::new();
    let head = scene.hand(DIDIER);
    open(&head, "2025");
    let (agathe, page) = (scene.hand(AGATHE), desk(YEAR, "mobilites"));
    let form = form_with(&agathe, &page, "phrase", ("cle", "mobilites.stations"));
    assert_eq!(form.get("phrase").replace('\u{a0}', " "), THEN);
    led(&agathe.send_form(form.with("phrase", EDITED), "phrase"));
    confirm(&agathe, YEAR, "mobilites");
    confirm(&scene.hand(CHLOE), YEAR, "habitants");
    let follow = read(&head, &format!("{YEAR}/suivi"));
    assert!(
        follow.contains("Rien : le rapport peut être arrêté."),
        "{follow}"
    );
    assert!(read(&head, &format!("{YEAR}/entier")).contains(EDITED));
    scene.deliver("trajets_20260601.csv", &[PORT]);
    wait(&head, &format!("{YEAR}/suivi"), |text| {
        text.contains("Des chiffres ont changé")
    });
    scene
}

#[test]
fn a_confirmation_falls_with_the_figures_of_its_chapter_and_no_other() {
    let scene = moved();
    let head = scene.hand(DIDIER);
    let follow = read(&head, &format!("{YEAR}/suivi"));
    assert!(
        follow.contains("Des chiffres ont changé depuis que Direction des mobilités a confirmé"),
        "{follow}"
    );
    assert!(!follow.contains("depuis que État civil"), "{follow}");
    assert!(follow.contains("1 chapitre confirmé sur 2"), "{follow}");
    assert!(read(&scene.hand(AGATHE), &desk(YEAR, "mobilites")).contains("Écrit, à confirmer"));
    assert_eq!(insist(&head, YEAR).status, 422);
    assert!(!scene.kept(2025, 1, "").exists());
    // The page was open since before: what it confirms is what it showed.
    let (agathe, page) = (scene.hand(AGATHE), desk(YEAR, "mobilites"));
    let form = form_with(&agathe, &page, "donnees", ("cle", "mobilites.stations"));
    led(&agathe.send_form(form, "donnees"));
    let stale = agathe
        .form(&page, "confirmer")
        .with("certain", "1")
        .with("chiffres", "d’avant");
    let refused = agathe.send_form(stale, "confirmer");
    assert_eq!(refused.status, 422);
    assert!(beffroi_tests::main_text(&refused.text()).contains("Les chiffres viennent de changer"));
    confirm(&agathe, YEAR, "mobilites");
    freeze(&head, YEAR);
}

#[test]
fn an_edited_sentence_is_kept_and_told_until_it_is_decided() {
    let scene = moved();
    let (head, agathe, page) = (
        scene.hand(DIDIER),
        scene.hand(AGATHE),
        desk(YEAR, "mobilites"),
    );
    let told = read(&agathe, &page);
    for words in [
        EDITED,
        THEN,
        "les données disent maintenant « Quai concentre 54 % des locations »",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(
        told.contains("Ce chapitre ne peut pas encore être confirmé"),
        "{told}"
    );
    // The page is not needed to try.
    let fields = [("faire", "confirmer"), ("certain", "1"), ("revision", "1")];
    assert_eq!(agathe.post(&page, &page, &fields).status, 422);
    assert_eq!(insist(&head, YEAR).status, 422);
    // Kept as it is, by whoever has read what the data say now.
    let form = form_with(&agathe, &page, "phrase", ("cle", "mobilites.stations"));
    assert_eq!(form.get("phrase"), EDITED);
    led(&agathe.send_form(form, "phrase"));
    confirm(&agathe, YEAR, "mobilites");
    freeze(&head, YEAR);
    assert!(read(&head, &format!("{YEAR}/entier")).contains(EDITED));
}

#[test]
fn two_who_write_at_once_lose_nothing() {
    let scene = Scene::new();
    let head = scene.hand(DIDIER);
    open(&head, "2025");
    let (agathe, page) = (scene.hand(AGATHE), desk(YEAR, "mobilites"));
    let late = head.form(&page, "ecrire");
    write(&agathe, YEAR, "mobilites", "Les mots d’Agathe.");
    let answer = head.send_form(late.with("mots", "Les mots de Didier."), "ecrire");
    assert_eq!(answer.status, 409);
    let told = beffroi_tests::main_text(&answer.text());
    for words in [
        "Agathe Vial a enregistré entre-temps",
        "Les mots d’Agathe.",
        "Les mots de Didier.",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let form = beffroi_tests::form_of(&answer, &page, "ecrire");
    led(&head.send_form(form, "ecrire"));
    assert_eq!(
        agathe.form(&page, "ecrire").get("mots"),
        "Les mots de Didier."
    );
}
