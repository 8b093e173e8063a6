//! A final report does not move: what the data say since is listed, and taken over one by one.

use crate::hands::*;
use beffroi_tests::{HtmlForm, Visitor, main_text};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// A thousand rentals more in December.
const MORE: (&str, &str) = ("12/2025;Gare;Centre;1505", "12/2025;Gare;Centre;2505");

/// Every page and file of 2025, as it is sent.
fn sent(scene: &Scene) -> BTreeMap<String, Vec<u8>> {
    let reader = scene.hand(ELISE);
    let mut sent = BTreeMap::new();
    let document = scene.document(2025, 1);
    let chapters = document.chapters.iter();
    let mut pages: Vec<String> = chapters
        .map(|it| format!("{YEAR}/chapitres/{}", it.id))
        .collect();
    pages.extend([
        YEAR.to_owned(),
        format!("{YEAR}/entier"),
        "/rapports".to_owned(),
    ]);
    for page in pages {
        let main = main_part(&reader, &page).into_bytes();
        sent.insert(page, main);
    }
    for name in FILES {
        sent.insert(name.to_owned(), file(&reader, YEAR, name));
    }
    sent
}

/// Waits until the town's figures are those of a delivery.
fn seen(scene: &Scene, sum: &str) {
    wait(
        &scene.hand(ELISE),
        "/indicateurs/trajets?periode=2025",
        |text| text.contains(sum),
    );
}

/// What is offered to be taken over, by key.
fn offered(head: &Visitor) -> BTreeSet<String> {
    let html = head.get(&format!("{YEAR}/suivi")).text();
    let forms = HtmlForm::all(&html).into_iter();
    let forms = forms.filter(|form| form.does("reprendre"));
    forms.map(|form| form.get("cle").to_owned()).collect()
}

#[test]
fn a_frozen_report_stays_to_the_byte_whatever_is_delivered() {
    let scene = Scene::new();
    scene.freeze();
    let before = sent(&scene);
    scene.deliver("trajets_20260601.csv", &[MORE]);
    seen(&scene, "29 680");
    let after = sent(&scene);
    for (name, bytes) in &before {
        assert!(after[name] == *bytes, "{name} has moved");
    }
    // A draft of the same year would say it.
    let other = Scene::new();
    assert!(read(&other.hand(ELISE), &format!("{YEAR}/entier")).contains("28 680"));
    other.deliver("trajets_20260601.csv", &[MORE]);
    seen(&other, "29 680");
    let moved = read(&other.hand(ELISE), &format!("{YEAR}/entier"));
    assert!(
        moved.contains("29 680") && !moved.contains("28 680"),
        "{moved}"
    );
}

#[test]
fn exactly_what_changed_is_listed_and_one_change_is_taken_over_marked_as_revised() {
    let scene = Scene::new();
    scene.freeze();
    let head = scene.hand(DIDIER);
    assert!(read(&head, &format!("{YEAR}/suivi")).contains("Rien n’a changé"));
    let first = scene.document(2025, 1);
    let folder = |number| {
        let files = ["document.json", "rapport.pdf", "photos/halle.png"];
        files.map(|name| fs::read(scene.kept(2025, number, name)).expect("a file kept"))
    };
    let kept = folder(1);
    scene.deliver("trajets_20260601.csv", &[MORE]);
    seen(&scene, "29 680");

    // What rests on rentals, and nothing else.
    let rests: BTreeSet<String> = first
        .evidence
        .iter()
        .filter(|it| it.sources.iter().any(|source| source.dataset == "trajets"))
        .map(|it| it.key.clone())
        .collect();
    assert!(
        rests.len() > 6 && rests.len() < first.evidence.len(),
        "{rests:?}"
    );
    assert_eq!(offered(&head), rests);
    let told = read(&head, &format!("{YEAR}/suivi"));
    for words in ["28 680", "29 680", "Trajets en vélo : version 1, puis 2"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    for other in [
        "Population : version",
        "Arbres plantés : version",
        "La formule a changé",
    ] {
        assert!(!told.contains(other), "{other}: {told}");
    }

    // Whoever may not freeze may not revise.
    let agent = scene.hand(AGATHE);
    let page = format!("{YEAR}/suivi");
    let key = "annee.chiffres.trajets";
    let fields = [("faire", "reprendre"), ("cle", key)];
    assert_eq!(
        agent.post(&desk(YEAR, "mobilites"), &page, &fields).status,
        404
    );
    let to = led(&head.send_form(
        form_with(&head, &page, "reprendre", ("cle", key)),
        "reprendre",
    ));
    assert!(to.ends_with("fait=repris"), "{to}");

    let second = scene.document(2025, 2);
    assert!(folder(1) == kept, "the first edition has moved");
    let reader = scene.hand(ELISE);
    let whole = read(&reader, &format!("{YEAR}/entier"));
    assert!(whole.contains("Édition 2, arrêtée le"), "{whole}");
    // The number and its sentence, and no other place where it stands.
    assert_eq!(whole.matches("29 680").count(), 2, "{whole}");
    assert!(whole.contains("28 680 dans l’année"), "{whole}");
    // In all forms it is marked, there and at its source, and nowhere else.
    assert_eq!(
        whole.matches("(r)").count() - first_signs(&scene),
        2,
        "{whole}"
    );
    for (form, text) in crate::outputs::texts(&reader, YEAR) {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let is_page = form == "entier" || form.starts_with("pages") || form.ends_with(".pdf");
        assert!(!is_page || text.contains("29680(r)"), "{form}");
        assert!(text.contains("29680"), "{form}");
    }
    let mut others = second.clone();
    others.edition = first.edition.clone();
    for evidence in &mut others.evidence {
        if evidence.key == key {
            assert!(
                evidence.reading.contains("29\u{202f}680"),
                "{}",
                evidence.reading
            );
            assert_eq!(evidence.sources[0].version, 2);
            *evidence = first
                .evidence
                .iter()
                .find(|it| it.key == key)
                .expect("it")
                .clone();
        }
    }
    assert_eq!(others.evidence, first.evidence);
    for (own, before) in others.chapters[1..].iter().zip(&first.chapters[1..]) {
        match own.id.as_str() {
            // Its source is told beside the one on which the rest still stands.
            "methode" => assert_ne!(own, before),
            _ => assert_eq!(own, before),
        }
    }
    assert_ne!(others.chapters[0], first.chapters[0]);
    let mut left = rests.clone();
    left.remove(key);
    assert_eq!(offered(&head), left);
    // Taken once, it is not there to be taken again; what did not change is not either.
    for key in [key, "annee.chiffres.population"] {
        let fields = [("faire", "reprendre"), ("cle", key)];
        let again = head.post(&page, &page, &fields);
        assert_eq!(again.status, 422, "{key}");
        assert!(main_text(&again.text()).contains("Il n’y a plus rien à reprendre ici."));
        assert!(!scene.kept(2025, 3, "").exists(), "{key}");
    }
}

/// The signs that are explained in a report without changes.
fn first_signs(scene: &Scene) -> usize {
    let document = scene.document(2025, 1);
    let words = beffroi_report::reading_order(&document).join(" ");
    words.matches("(r)").count()
}

#[test]
fn two_who_freeze_or_take_over_at_once_make_one_edition() {
    let scene = Scene::new();
    let head = scene.hand(DIDIER);
    open(&head, "2025");
    confirm(&scene.hand(AGATHE), YEAR, "mobilites");
    confirm(&scene.hand(CHLOE), YEAR, "habitants");
    let page = format!("{YEAR}/suivi");
    let at_once = |what: &str, fields: &[(&str, &str)]| {
        let forms = [0, 1].map(|_| {
            let hand = scene.hand(DIDIER);
            let form = hand.form(&page, what);
            let form = fields
                .iter()
                .fold(form, |form, (name, value)| form.with(name, value));
            (hand, form)
        });
        let mut statuses = std::thread::scope(|scope| {
            let sent =
                forms.map(|(hand, form)| scope.spawn(move || hand.send_form(form, what).status));
            sent.map(|it| it.join().expect("an answer"))
        });
        statuses.sort_unstable();
        statuses
    };
    assert_eq!(at_once("arreter", &[("certain", "1")]), [303, 422]);
    assert!(!scene.kept(2025, 2, "").exists());
    scene.deliver("trajets_20260601.csv", &[MORE]);
    seen(&scene, "29 680");
    assert_eq!(at_once("reprendre", &[]), [303, 409]);
    assert!(scene.kept(2025, 2, "").exists() && !scene.kept(2025, 3, "").exists());
    // What lies there is whole, and nothing else lies beside it.
    let beside = fs::read_dir(scene.town.state("reports/bilan/2025")).expect("a year");
    assert_eq!(beside.count(), 2);
}

#[test]
fn the_year_after_tells_what_is_counted_otherwise_than_in_the_frozen_one() {
    let scene = Scene::new();
    let head = scene.hand(DIDIER);
    let before = format!("{REPORT}/2024");
    open(&head, "2024");
    confirm(&scene.hand(AGATHE), &before, "mobilites");
    confirm(&scene.hand(CHLOE), &before, "habitants");
    freeze(&head, &before);
    let page = format!("{YEAR}/chapitres/methode");
    let same = read(&head, &page);
    assert!(
        same.contains("Les mêmes indicateurs, comptés de la même façon."),
        "{same}"
    );
    scene
        .town
        .edit("indicators/arbres.toml", "sum(arbres)", "2 * sum(arbres)");
    let told = wait(&head, &page, |text| text.contains("Comptés autrement"));
    assert!(told.contains("Arbres plantés"), "{told}");
    let changes = read(&head, &format!("{before}/suivi"));
    assert!(changes.contains("La formule a changé."), "{changes}");
}
