//! From a file to a published board, and the month after.

use crate::hands::*;
use beffroi_tests::{Visitor, main_text};
use std::collections::BTreeSet;

const PAGE: &str = "/tableaux/cartes_de_transport";
const API: &str = "/api/v1/indicateurs/cartes_delivrees";

/// Nobody but its maker, and whoever publishes once they are asked, finds anything of the draft.
#[track_caller]
fn seen_by_nobody_else(scene: &Scene) {
    for (name, of_draft) in [(ELISE, 403), (CHLOE, 404), (BRUNO, 404)] {
        let hand = scene.hand(name);
        for page in ["", "/jeux/cartes", "/apercu/tableaux/cartes_de_transport"] {
            let answer = hand.get(&format!("{DRAFT}{page}"));
            assert_eq!(answer.status, of_draft, "{name} {page}");
            assert!(!answer.text().contains("Cartes"), "{name} {page}");
        }
        for page in [PAGE, API, "/catalogue/cartes"] {
            assert_eq!(hand.get(page).status, 404, "{name} {page}");
        }
        for page in ["/", "/tableaux", "/indicateurs", "/catalogue"] {
            assert!(!read(&hand, page).contains("Cartes"), "{name} {page}");
        }
    }
}

/// Waits until somebody reads the cards of a period in the API.
#[track_caller]
fn told(hand: &Visitor, period: &str, cards: u32) {
    let address = format!("{API}?periode={period}");
    wait(hand, &address, |answer| {
        answer.status == 200 && figures(&answer.json()).contains(&f64::from(cards))
    });
}

fn figures(answer: &serde_json::Value) -> Vec<f64> {
    match answer {
        serde_json::Value::Number(number) => number.as_f64().into_iter().collect(),
        serde_json::Value::Array(all) => all.iter().flat_map(figures).collect(),
        serde_json::Value::Object(all) => all.values().flat_map(figures).collect(),
        _ => Vec::new(),
    }
}

/// Publishes what was drafted, and looks at what came of it.
fn published(scene: &Scene, before: &BTreeSet<String>) {
    let head = scene.hand(DIDIER);
    assert!(read(&head, "/atelier").contains("Cartes 2025 04"));
    let preview = read(
        &head,
        &format!("{DRAFT}/apercu/tableaux/cartes_de_transport"),
    );
    assert!(preview.contains("Cartes délivrées"), "{preview}");
    let to = led(&head.submit(DRAFT, "publier", &[]));
    assert!(to.ends_with("fait=publie"), "{to}");

    let reader = scene.hand(ELISE);
    told(&reader, "2024", cards(scene, APRIL, "/2024"));
    let board = wait(&reader, PAGE, |answer| answer.status == 200);
    let year = cards(scene, APRIL, "/2024").to_string();
    let (thousands, rest) = year.split_at(year.len() - 3);
    let board = main_text(&board.text());
    assert!(board.contains(&format!("{thousands} {rest}")), "{board}");

    let new: BTreeSet<String> = scene.declared().difference(before).cloned().collect();
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    assert_eq!(
        new,
        [
            "boards/cartes_de_transport.toml",
            "datasets/cartes.toml",
            "indicators/cartes_delivrees.toml",
            "indicators/recettes.toml",
        ]
    );
    assert!(scene.declared().is_superset(before));
    let checked = scene.town.run(&["check"]).assert_code(0);
    assert!(!checked.all().contains("cartes"), "{}", checked.all());
    // Of the file as it was brought, with its names of people, nothing is left.
    assert_eq!(scene.kept(), Vec::<String>::new());
    for (path, bytes) in scene.town.state_files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("Durand"), "{}", path.display());
    }
    for path in new {
        let past = read(&head, &format!("/atelier/historique/{path}"));
        assert!(past.contains("Didier Faure"), "{path}: {past}");
        assert!(past.contains("Une publication"), "{path}: {past}");
    }
    let trail = head.get("/administration/journal.csv").text();
    assert!(trail.contains("draft.published"), "{trail}");
}

#[test]
fn a_file_becomes_a_board_that_nobody_sees_before_it_is_published() {
    let scene = Scene::new();
    let before = scene.declared();
    let agent = scene.hand(AGATHE);
    for step in STEPS {
        step(&scene, &agent);
    }
    seen_by_nobody_else(&scene);
    assert_eq!(scene.hand(DIDIER).get(DRAFT).status, 404);
    led(&agent.submit(DRAFT, "relecture", &[("note", "Pour le conseil de juin.")]));
    seen_by_nobody_else(&scene);
    assert_eq!(scene.declared(), before);
    // Nothing changes any more before the answer.
    let fields = [("faire", "garder"), ("titre", "Autre")];
    let late = agent.post("/atelier", &format!("{DRAFT}/jeux/cartes"), &fields);
    assert_eq!(late.status, 404);
    let head = read(&scene.hand(DIDIER), DRAFT);
    assert!(head.contains("Pour le conseil de juin."), "{head}");
    published(&scene, &before);
}

#[test]
fn a_server_that_is_killed_after_any_step_has_all_of_the_draft_when_it_is_back() {
    let mut scene = Scene::new();
    let before = scene.declared();
    for step in STEPS {
        step(&scene, &scene.hand(AGATHE));
        scene.fall();
        let home = read(&scene.hand(AGATHE), "/atelier");
        assert!(home.contains("Cartes 2025 04"), "{home}");
    }
    led(&scene.hand(AGATHE).submit(DRAFT, "relecture", &[]));
    scene.fall();
    assert!(read(&scene.hand(AGATHE), DRAFT).contains("En relecture"));
    published(&scene, &before);
    scene.fall();
    let reader = scene.hand(ELISE);
    told(&reader, "2024", cards(&scene, APRIL, "/2024"));
    assert!(read(&scene.hand(AGATHE), DRAFT).contains("Publié"));
}

#[test]
fn the_month_after_is_one_step_with_the_decisions_of_the_last() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    for step in STEPS {
        step(&scene, &agent);
    }
    scene.published(&agent, DRAFT);
    let reader = scene.hand(ELISE);
    told(&reader, "2025-04", cards(&scene, APRIL, "04/2025"));
    let declared = scene.declared();

    let page = bring(&agent, MAY, &scene.file(MAY));
    let looked = settled(&agent, &page);
    let (form, looked) = (form_of(&looked, &page), main_text(&looked.text()));
    // The mark that was mended in April is known, and the columns are no longer asked about.
    assert!(looked.contains("Rien à signaler"), "{looked}");
    assert!(
        !form
            .fields
            .iter()
            .any(|(name, _)| name.starts_with("type-"))
    );
    // What it would change is told, and nothing has changed.
    assert!(
        looked.contains("mai 2025") || looked.contains("Mai 2025"),
        "{looked}"
    );
    let draft = page
        .split("/fichiers")
        .next()
        .unwrap_or_default()
        .to_owned();
    let whole = read(&agent, &draft);
    assert!(whole.contains("Cartes délivrées"), "{whole}");
    let april = reader.get(&format!("{API}?periode=2025-05")).text();
    let may = cards(&scene, MAY, "05/2025");
    assert!(!april.contains(&may.to_string()), "{april}");
    // It is theirs to accept, and nobody else's to see.
    assert_eq!(scene.hand(BRUNO).get(&draft).status, 404);
    let to = led(&agent.submit(&draft, "accepter", &[]));
    assert!(to.ends_with("fait=publie"), "{to}");
    told(&reader, "2025-05", may);
    told(&reader, "2025-04", cards(&scene, APRIL, "04/2025"));
    assert_eq!(scene.declared(), declared);
}

fn form_of(answer: &beffroi_tests::Response, page: &str) -> beffroi_tests::HtmlForm {
    beffroi_tests::form_of(answer, page, "continuer")
}

#[test]
fn numbers_with_a_few_words_among_them_are_asked_about_and_have_the_unit_of_their_header() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let mut file = "Mois;Abri;Recettes (€)\n".to_owned();
    for month in 1..=12 {
        for (place, shelter) in ["Gare", "Quai", "Halles"].into_iter().enumerate() {
            let cell = match (month, place) {
                (2, 1) => "à saisir".to_owned(),
                _ => format!("{},00", month * 10 + place),
            };
            file.push_str(&format!("01/{month:02}/2024;{shelter};{cell}\n"));
        }
    }
    let page = bring(&agent, "abris_2024.csv", file.as_bytes());
    let words = main_text(&settled(&agent, &page).text());
    assert!(words.contains("semble contenir des nombres"), "{words}");
    // Going on leads back: what the words mean is asked first, and kept.
    let to = led(&agent.submit(&page, "continuer", &[]));
    assert_eq!(bare(&to), page);
    let form = beffroi_tests::form_of(&settled(&agent, &page), &page, "continuer");
    let mend = form.name_of("à saisir").expect("a mend is offered");
    let mend = mend.trim_end_matches("-valeur").to_owned();
    assert_eq!(form.get(&mend), "absent");
    let described = bare(&led(&agent.send_form(form, "continuer")));
    let form = agent.form(&described, "continuer");
    assert_eq!(form.get("col-mois-type"), "month");
    let to = led(&agent.send_form(form, "continuer"));
    let words = read(&agent, &described);
    assert!(!words.contains("serait mise de côté"), "{words}");
    let fields = [
        ("titre", "Recettes des abris"),
        ("calcul", "additionner"),
        ("colonne", "recettes"),
    ];
    let made = led(&agent.submit(&to, "garder", &fields));
    let form = agent.form(&bare(&made), "garder");
    assert_eq!(form.get("unite"), "€");
    let sum: f64 = (1..=12)
        .flat_map(|month| (0..3).map(move |place| (month, place)))
        .filter(|spot| *spot != (2, 1))
        .map(|(month, place)| f64::from(month * 10 + place))
        .sum();
    let words = read(&agent, &bare(&made)).replace(['\u{202f}', '\u{a0}', ' '], "");
    assert!(words.contains(&format!("{sum:.0}€")), "{sum}: {words}");
}
