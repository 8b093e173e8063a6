//! A year of a report: opened, written, reminded, looked over, frozen, and the year after.

use crate::hands::*;

const WORDS_2024: &str = "Une **station** de plus, et {{ trajets }}.";
const WORDS_2025: &str = "Deux lignes de plus : {{ trajets }}, soit {{ trajets | evolution }}.";

/// What the files of the town say by themselves: rentals of a year.
fn rentals(gare: u32, quai: u32) -> String {
    let sum: u32 = (1..=12)
        .map(|month| gare + 17 * month + quai + 11 * month)
        .sum();
    let (thousands, rest) = (sum / 1000, sum % 1000);
    format!("{thousands} {rest:03}")
}

#[test]
fn a_year_goes_from_its_opening_to_the_council_and_the_next_begins_in_one_step() {
    let scene = Scene::new();
    let head = scene.hand(DIDIER);
    let (agathe, chloe) = (scene.hand(AGATHE), scene.hand(CHLOE));

    // 2024, that of last year.
    let before = format!("{REPORT}/2024");
    open(&head, "2024");
    // A chapter of nobody is given to somebody this year, and stays theirs the next.
    let form = form_with(
        &head,
        &format!("{before}/suivi"),
        "confier",
        ("chapitre", "annee"),
    );
    let form = form
        .with("direction-annee", "mobilites")
        .with("pour-annee", "2025-03-31");
    led(&head.send_form(form, "confier"));
    write(&agathe, &before, "mobilites", WORDS_2024);
    confirm(&agathe, &before, "mobilites");
    confirm(&head, &before, "annee");
    confirm(&chloe, &before, "habitants");
    freeze(&head, &before);
    let of_2024 = read(&head, &format!("{before}/chapitres/mobilites"));
    assert!(of_2024.contains(&rentals(1219, 809)), "{of_2024}");
    assert!(of_2024.contains("Une station de plus"), "{of_2024}");

    // 2025 is proposed, and takes one step.
    let form = head.form(REPORT, "");
    assert_eq!(form.get("annee"), "2025");
    led(&head.send_form(form, ""));
    let follow = read(&head, &format!("{YEAR}/suivi"));
    assert!(follow.contains("Aucun chapitre confirmé sur 3"), "{follow}");
    let own = form_with(
        &head,
        &format!("{YEAR}/suivi"),
        "confier",
        ("chapitre", "annee"),
    );
    assert_eq!(own.get("direction-annee"), "mobilites");
    // Back to nobody: the year on one page belongs to all.
    led(&head.send_form(own.with("direction-annee", ""), "confier"));
    let page = desk(YEAR, "mobilites");
    assert_eq!(agathe.form(&page, "ecrire").get("mots"), "");
    let told = read(&agathe, &page);
    assert!(told.contains("Ce que disait l’année d’avant"), "{told}");
    assert!(told.contains("Une **station** de plus"), "{told}");

    // A reminder is seen where its department works.
    assert!(!read(&agathe, "/atelier").contains("relanc"));
    let form = form_with(
        &head,
        &format!("{YEAR}/suivi"),
        "relancer",
        ("chapitre", "mobilites"),
    );
    led(&head.send_form(form, "relancer"));
    let home = read(&agathe, "/atelier");
    assert!(home.contains("Bilan annuel 2025 · Mobilités"), "{home}");
    assert!(home.contains("relanc"), "{home}");
    assert!(read(&head, &format!("{YEAR}/suivi")).contains("relancé le"));
    assert!(!read(&chloe, "/atelier").contains("relanc"));

    // Each writes its own chapter, and nobody another's.
    write(&agathe, YEAR, "mobilites", WORDS_2025);
    write(
        &chloe,
        YEAR,
        "habitants",
        "La ville compte {{ population }}.",
    );
    let bruno = scene.hand(BRUNO);
    for (hand, chapter) in [
        (&bruno, "mobilites"),
        (&chloe, "mobilites"),
        (&agathe, "habitants"),
    ] {
        let page = desk(YEAR, chapter);
        assert!(!read(hand, &page).contains("Les mots de la direction"));
        for what in [
            "ecrire",
            "confirmer",
            "rouvrir",
            "phrase",
            "donnees",
            "regler",
        ] {
            let fields = [
                ("faire", what),
                ("revision", "1"),
                ("mots", "Intrus"),
                ("certain", "1"),
            ];
            assert_eq!(
                hand.post(&page, &page, &fields).status,
                404,
                "{what} {chapter}"
            );
        }
    }
    let words = read(&agathe, &page);
    assert!(
        words.contains(&format!("Deux lignes de plus : {}", rentals(1301, 907))),
        "{words}"
    );

    // What the head asks is seen, and settled.
    led(&head.submit(&page, "remarquer", &[("remarque", "Et les accidents ?")]));
    assert!(read(&agathe, &page).contains("Et les accidents ?"));
    let (form, settled) = (agathe.form(&page, "regler"), "réglé");
    assert!(!read(&agathe, &page).contains(settled));
    led(&agathe.send_form(form, "regler"));
    assert!(read(&agathe, &page).contains(settled));

    // Not without everybody, not without a tick.
    assert_eq!(insist(&head, YEAR).status, 422);
    confirm(&agathe, YEAR, "mobilites");
    confirm(&chloe, YEAR, "habitants");
    assert!(!read(&agathe, "/atelier").contains("Bilan annuel 2025"));
    let line = "Présenté au conseil municipal du 25 juin 2026, délibération 2026-058";
    led(&head.submit(&format!("{YEAR}/suivi"), "presenter", &[("presente", line)]));
    assert_eq!(
        head.submit(&format!("{YEAR}/suivi"), "arreter", &[]).status,
        422
    );
    assert_eq!(
        agathe
            .post(
                &page,
                &format!("{YEAR}/suivi"),
                &[("faire", "arreter"), ("certain", "1")]
            )
            .status,
        404
    );
    freeze(&head, YEAR);

    // It is there in every form, for whoever reads.
    let reader = scene.hand(ELISE);
    let cover = read(&reader, YEAR);
    assert!(cover.contains(line) && cover.contains("Arrêté"), "{cover}");
    let whole = read(&reader, &format!("{YEAR}/entier"));
    assert!(
        whole.contains(&format!("Deux lignes de plus : {}", rentals(1301, 907))),
        "{whole}"
    );
    assert!(!whole.contains("{{"), "{whole}");
    for name in FILES {
        let bytes = file(&reader, YEAR, name);
        let start: &[u8] = if name.ends_with(".pdf") {
            b"%PDF-"
        } else {
            b"PK"
        };
        assert!(bytes.starts_with(start), "{name}");
    }
    assert_eq!(
        file(&reader, YEAR, "rapport.pdf"),
        std::fs::read(scene.kept(2025, 1, "rapport.pdf")).expect("kept")
    );
    let photo = reader.get(&format!("{YEAR}/photos/halle.png"));
    assert_eq!(photo.header("content-type"), Some("image/png"));
    // The year before tells what was counted otherwise.
    let list = read(&reader, "/rapports");
    assert!(
        list.contains("Bilan annuel 2025 Arrêté") && list.contains("Bilan annuel 2024 Arrêté"),
        "{list}"
    );
    // What is final takes no word any more.
    let fields = [
        ("faire", "ecrire"),
        ("revision", "3"),
        ("mots", "Trop tard"),
    ];
    assert_eq!(agathe.post(&page, &page, &fields).status, 404);
    assert_eq!(insist(&head, YEAR).status, 422);
    let trail = head.get("/administration/journal.csv").text();
    for action in [
        "report.opened",
        "report.reminded",
        "report.confirmed",
        "report.frozen",
    ] {
        assert!(trail.contains(action), "{action}: {trail}");
    }
}
