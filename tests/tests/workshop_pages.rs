//! The workshop as people meet it, in Chromium: every page of it at the widths of a telephone, a
//! tablet and a desk, light and dark, under axe-core; by keys alone and without scripts; and what
//! scripts make quicker.

#[path = "workshop/hands.rs"]
#[allow(dead_code)]
mod hands;

use beffroi_tests::{Browser, Look, Page};
use hands::*;
use std::time::{Duration, Instant};

#[test]
fn every_page_from_a_file_to_a_published_board_is_plain() {
    let scene = Scene::new();
    let browser = Browser::start();
    let mut look = Look::new(&browser, scene.server(), "atelier");
    let agent = scene.hand(AGATHE);
    look.page.wear(&agent, &scene.server().url("/"));
    look.open("/atelier");
    look.at("vide", 200, "Atelier");
    look.open(BRING);
    look.at("deposer", 200, "Déposer");

    let [bring, mark, mend, describe, define, indicator, board] = STEPS;
    bring(&scene, &agent);
    look.open(&format!("{DRAFT}/fichiers/1"));
    look.at("fichier", 200, "Vérifier");
    mark(&scene, &agent);
    look.open(&format!("{DRAFT}/fichiers/1?fait=relu"));
    look.at("fichier-a-regler", 200, "Vérifier");
    mend(&scene, &agent);
    describe(&scene, &agent);
    look.open(&format!("{DRAFT}/jeux/cartes?fait=propose"));
    look.at("jeu", 200, "Décrire");
    define(&scene, &agent);
    look.open(&format!("{DRAFT}/indicateurs/nouveau?jeu=cartes"));
    look.at("indicateur-nouveau", 200, "Nouvel indicateur");
    indicator(&scene, &agent);
    look.open(&format!("{DRAFT}/indicateurs/cartes_delivrees?fait=garde"));
    look.at("indicateur", 200, "Cartes délivrées");
    look.open(&format!("{DRAFT}/tableaux/nouveau"));
    look.at("tableau-nouveau", 200, "Créer un tableau");
    board(&scene, &agent);
    for (name, page, heading) in [
        ("tableau", "/tableaux/cartes_de_transport", "Composer"),
        (
            "figure",
            "/tableaux/cartes_de_transport?figure=0-1",
            "Composer",
        ),
        (
            "texte",
            "/textes/indicators/cartes_delivrees.toml",
            "indicators/cartes_delivrees.toml",
        ),
        (
            "apercu-tableau",
            "/apercu/tableaux/cartes_de_transport",
            "Cartes",
        ),
        (
            "apercu-telephone",
            "/apercu/tableaux/cartes_de_transport?comme=reader&largeur=telephone",
            "Cartes",
        ),
        (
            "apercu-indicateur",
            "/apercu/indicateurs/cartes_delivrees",
            "Cartes",
        ),
        (
            "sauvegardes",
            "/historique/indicators/cartes_delivrees.toml",
            "Historique",
        ),
        ("brouillon", "", "Cartes"),
    ] {
        look.open(&format!("{DRAFT}{page}"));
        look.at(name, 200, heading);
    }
    look.end();
}

#[test]
fn the_pages_around_a_review_and_after_it_are_plain() {
    let scene = Scene::new();
    let browser = Browser::start();
    let mut look = Look::new(&browser, scene.server(), "relecture");
    let (agent, head) = (scene.hand(AGATHE), scene.hand(DIDIER));
    let draft = scene.taken_up(&agent);
    let board = format!("{draft}/tableaux/mobilites");
    led(&agent.submit(&board, "garder", &[("titre", "Se déplacer")]));
    led(&agent.submit(&draft, "regler", &[("partage", "1")]));

    // Somebody else changed the same title while this form was open.
    look.page.wear(&agent, &scene.server().url("/"));
    look.open(&board);
    look.page.tab_to("[name=titre]");
    look.page.evaluate("document.activeElement.select()");
    look.page.write("Rouler");
    led(&scene
        .hand(BRUNO)
        .submit(&board, "garder", &[("titre", "Bouger")]));
    look.press("button[value=garder]");
    look.at("conflit", 409, "Composer");
    look.press("button[value=garder]");
    look.open(&draft);
    look.write("commentaire", "La source est à dire.");
    look.press("button[value=commenter]");
    look.at("commentaire", 200, "Mobilités");
    look.press("button[value=relecture]");
    look.at("demandee", 200, "Mobilités");

    look.page.forget();
    look.page.wear(&head, &scene.server().url("/"));
    look.open("/atelier");
    look.at("a-relire", 200, "Atelier");
    look.open(&draft);
    look.at("relire", 200, "Mobilités");
    look.press("button[value=publier]");
    look.at("publie", 200, "Mobilités");
    wait(&head, "/tableaux/mobilites", |answer| {
        answer.text().contains("Rouler")
    });
    let past = format!("/atelier/historique/{BOARD}");
    look.open(&past);
    look.at("historique", 200, "Historique");
    look.press("main li a[href*='de=']");
    look.at("comparer", 200, "Historique");
    look.open("/atelier/commentaires/trajets");
    look.at("dire", 200, "");
    let words = [
        ("de", "mobilites"),
        ("vers", "etat_civil"),
        ("demande-mots", "Les naissances."),
        ("pour", "2025-07-01"),
    ];
    led(&agent.submit("/atelier/suivi", "demander", &words));
    look.open("/atelier/suivi");
    look.at("suivi", 200, "");

    // What could not be read, and a form whose session is no more.
    look.page.forget();
    look.page.wear(&agent, &scene.server().url("/"));
    let page = bring(&agent, "photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let _ = settled(&agent, &page);
    look.open(&page);
    look.at("illisible", 200, "Vérifier");
    look.open(&format!(
        "{}/tableaux/nouveau",
        page.split("/fichiers").next().unwrap_or_default()
    ));
    look.page
        .evaluate("document.querySelector('main [name=jeton_formulaire]').value = 'x'");
    look.press("main form .actions button");
    look.at("confirmer", 403, "");
    look.end();
}

#[test]
fn cells_become_a_reviewed_board_by_keys_alone_without_scripts_on_a_telephone() {
    let scene = Scene::new();
    let browser = Browser::start();
    let mut look = Look::new(&browser, scene.server(), "clavier");
    let agent = scene.hand(AGATHE);
    look.page.wear(&agent, &scene.server().url("/"));
    look.page.size(390, 800);
    look.open("/atelier");
    look.press("main a.bouton[href='/atelier/deposer']");
    look.page.tab_to("details:has([name=collage]) summary");
    look.page.press("Enter");
    look.page.tab_to("[name=collage]");
    look.page
        .write("Année\tBornes\n2022\t9\n2023\t14\n2024\t21\n");
    look.press("main form.depot button[type=submit]");
    look.assert_path(&format!("{DRAFT}/fichiers/1"));
    look.press("button[value=continuer]");
    let path = look.page.text("location.pathname");
    assert!(path.starts_with(&format!("{DRAFT}/jeux/")), "{path}");
    look.write("description", "Bornes de recharge en service.");
    look.press("button[value=continuer]");
    look.assert_path(&format!("{DRAFT}/indicateurs/nouveau"));
    for (field, value) in [("calcul", "additionner"), ("colonne", "bornes")] {
        look.page.tab_to(&format!("[name={field}]"));
        for _ in 0..12 {
            if look.page.text("document.activeElement.value") == value {
                break;
            }
            look.page.press("ArrowDown");
        }
        assert_eq!(look.page.text("document.activeElement.value"), value);
    }
    look.write("titre", "Bornes de recharge");
    look.write("methode", "Somme des bornes.");
    look.press("button[value=garder]");
    look.assert_path(&format!("{DRAFT}/indicateurs/bornes_de_recharge"));
    let seen = look
        .page
        .text("document.getElementById('apercu').innerText");
    assert!(seen.contains("21"), "{seen}");
    look.press("main nav a[href$='/tableaux/nouveau']");
    look.page.tab_to("[name=titre]");
    look.press("main form .actions button");
    let board = look.page.text("location.pathname");
    assert!(board.starts_with(&format!("{DRAFT}/tableaux/")), "{board}");
    // A figure goes down and up again.
    look.press("button[value='descendre:0-0']");
    look.assert_path(&board);
    look.press("button[value='monter:0-1']");
    assert_eq!(look.page.overflow(), None);
    look.press(&format!("main a[href='{DRAFT}']"));
    look.write("note", "Pour le conseil.");
    look.press("button[value=relecture]");
    look.assert_path(DRAFT);
    assert!(read(&agent, DRAFT).contains("En relecture"));
    assert_eq!(look.page.console_errors(), Vec::<String>::new());
    look.end();
}

/// Waits until something holds in the page.
#[track_caller]
fn until(page: &mut Page, holds: &str) {
    let start = Instant::now();
    while page.evaluate(holds) != true {
        assert!(start.elapsed() < Duration::from_secs(15), "never: {holds}");
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[test]
fn with_scripts_forms_are_taken_and_figures_dragged_without_leaving_the_page() {
    let scene = Scene::new();
    let browser = Browser::start();
    let agent = scene.hand(AGATHE);
    let draft = scene.taken_up(&agent);
    let mut page = Page::new(&browser);
    page.wear(&agent, &scene.server().url("/"));
    page.size(1440, 900);
    page.open(&scene.server().url(&format!("{draft}/tableaux/mobilites")));
    page.evaluate("window.here = true");

    page.evaluate("document.querySelector('[name=titre]').select()");
    page.evaluate("document.querySelector('[name=titre]').focus()");
    page.write("Se déplacer");
    page.evaluate("document.querySelector('button[value=garder]').click()");
    until(&mut page, "location.search.includes('fait=garde')");
    until(
        &mut page,
        "document.querySelector('h1').textContent.includes('Se déplacer')",
    );
    assert_eq!(page.evaluate("window.here"), true);
    // What was done is where the focus is, for whoever hears the page.
    let told = page.text("document.activeElement.textContent");
    assert!(told.contains("Enregistré"), "{told}");

    let order = "[...document.querySelectorAll('[data-place] h4 + p')].map((it) => it.textContent).join('|')";
    let before = page.text(order);
    page.evaluate("document.querySelector(\"button[value='descendre:0-2']\").click()");
    until(&mut page, &format!("{order} !== {before:?}"));
    let moved = page.text(order);
    page.evaluate(
        "(() => {
            const [first, last] = ['0-0', '0-3'].map((it) => document.querySelector(`[data-place='${it}']`));
            const data = new DataTransfer();
            const send = (on, kind) => on.dispatchEvent(
                new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
            send(first, 'dragstart'); send(last, 'dragover'); send(last, 'drop');
        })()",
    );
    until(&mut page, &format!("{order} !== {moved:?}"));
    assert_eq!(page.evaluate("window.here"), true);
    let dragged: Vec<String> = page.text(order).split('|').map(str::to_owned).collect();
    let moved: Vec<&str> = moved.split('|').collect();
    assert_eq!(dragged, [moved[1], moved[2], moved[3], moved[0]]);
    let text = agent
        .form(&format!("{draft}/textes/{BOARD}"), "")
        .get("texte")
        .to_owned();
    assert!(text.contains("title = \"Se déplacer\""), "{text}");
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    assert!(at("id = \"stations\"") < at("figure = \"line\""), "{text}");

    // One step back is the page that was there.
    page.evaluate("history.back()");
    until(
        &mut page,
        "document.readyState === 'complete' && !window.here",
    );
    assert_eq!(page.console_errors(), Vec::<String>::new());
}

#[test]
fn with_scripts_a_file_is_sent_with_its_progress_and_a_refused_form_keeps_what_was_typed() {
    let scene = Scene::new();
    let browser = Browser::start();
    let agent = scene.hand(AGATHE);
    let mut page = Page::new(&browser);
    page.wear(&agent, &scene.server().url("/"));
    page.size(820, 900);
    page.open(&scene.server().url(BRING));
    page.evaluate("window.here = true");
    let bar = "document.querySelector('progress#depot-avance')";
    assert_eq!(page.evaluate(&format!("{bar}.hidden")), true);
    page.evaluate(
        "(() => {
            window.shown = false;
            const bar = document.querySelector('progress#depot-avance');
            new MutationObserver(() => { window.shown ||= !bar.hidden; })
                .observe(bar, { attributes: true });
            const files = new DataTransfer();
            const rows = Array.from({ length: 40000 }, (_, row) => `${2000 + row % 24};${row}`);
            files.items.add(new File([`Année;Valeur\\n${rows.join('\\n')}\\n`], 'valeurs.csv'));
            document.querySelector('input[type=file]').files = files.files;
            document.querySelector('form[data-depot] button[type=submit]').click();
        })()",
    );
    until(&mut page, "location.pathname.includes('/fichiers/')");
    assert_eq!(page.evaluate("window.here && window.shown"), true);
    let _ = settled(&agent, &format!("{DRAFT}/fichiers/1"));
    page.open(&scene.server().url(&format!("{DRAFT}/fichiers/1")));
    let told = page.text("document.querySelector('main').innerText");
    assert!(told.contains("valeurs.csv"), "{told}");

    // Without a file the same page says so, and the focus is there.
    page.open(&scene.server().url(BRING));
    page.evaluate("window.here = true");
    page.evaluate("document.querySelector('form[data-depot] button[type=submit]').click()");
    until(
        &mut page,
        "document.querySelector('main [role=alert]') !== null",
    );
    assert_eq!(page.evaluate("window.here"), true);
    let told = page.text("document.activeElement.textContent");
    assert!(told.contains("Choisissez un fichier"), "{told}");
}
