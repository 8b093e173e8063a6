//! Annual reports as people meet them, in Chromium: every page at the widths of a telephone, a tablet
//! and a desk, light and dark, under axe-core; printed; and a year by keys alone, without scripts.

#[path = "reports/hands.rs"]
#[allow(dead_code)]
mod hands;

use beffroi_tests::{Browser, Look, Theme, Town, Visitor};
use hands::*;

/// Texts of drawings that leave their figure.
const OUT_OF_FIGURES: &str =
    "[...document.querySelectorAll('main svg.trace text')].filter((it) => {
    const [own, all] = [it, it.closest('svg')].map((one) => one.getBoundingClientRect());
    return all.width > 0 && own.width > 0 && (own.right > all.right + 4 || own.left < all.left - 4);
}).map((it) => it.textContent)";

/// Sits down before the browser.
fn wear(look: &mut Look, scene: &Scene, hand: &Visitor) {
    look.page.forget();
    look.page.wear(hand, &scene.server().url("/"));
}

#[test]
fn the_pages_of_the_sample_report_are_plain() {
    let scene = Scene::of(Town::sample());
    let browser = Browser::start();
    let mut look = Look::new(&browser, scene.server(), "rapport");
    let year = "/rapports/rapport_annuel/2025";
    wear(&mut look, &scene, &scene.hand("Hélène Roussillon"));
    look.open("/rapports");
    look.at("liste", 200, "Rapports");
    look.open("/rapports/nouveau");
    look.at("nouveau", 200, "Nouveau rapport");
    look.open("/rapports/rapport_annuel");
    look.at("annees", 200, "Rapport annuel");
    look.open(year);
    look.at("couverture", 200, "Rapport annuel");
    for (name, chapter) in [
        ("flux", "finances"),
        ("figures", "mobilites"),
        ("tables", "indicateurs"),
        ("methode", "methode"),
    ] {
        look.open(&format!("{year}/chapitres/{chapter}"));
        let out = look.page.evaluate(OUT_OF_FIGURES);
        assert_eq!(out.as_array().map(Vec::len), Some(0), "{chapter}: {out}");
        look.at(name, 200, "Rapport annuel");
    }
    look.end();
}

#[test]
fn the_pages_on_which_a_year_is_written_are_plain() {
    let scene = Scene::new();
    let browser = Browser::start();
    let mut look = Look::new(&browser, scene.server(), "bilan");
    let (head, agathe) = (scene.hand(DIDIER), scene.hand(AGATHE));
    wear(&mut look, &scene, &head);
    look.open(&format!("{YEAR}/suivi"));
    look.at("suivi-ferme", 200, "Suivi");
    open(&head, "2025");
    let page = desk(YEAR, "mobilites");
    write(
        &agathe,
        YEAR,
        "mobilites",
        "Mieux : {{ trajets }}, et {{ disparu }}.\n\n- un\n- deux",
    );
    led(&head.submit(&page, "remarquer", &[("remarque", "Et les accidents ?")]));
    let form = form_with(
        &head,
        &format!("{YEAR}/suivi"),
        "relancer",
        ("chapitre", "mobilites"),
    );
    led(&head.send_form(form, "relancer"));
    look.open(&format!("{YEAR}/suivi?fait=relance"));
    look.at("suivi", 200, "Suivi");
    wear(&mut look, &scene, &agathe);
    look.open("/atelier");
    look.at("atelier", 200, "Atelier");
    look.open(&page);
    look.at("contribuer", 200, "dans l’année");
    // With everything unfolded.
    look.page
        .evaluate("document.querySelectorAll('main details').forEach((it) => { it.open = true; })");
    look.at("contribuer-ouvert", 200, "dans l’année");
    write(&agathe, YEAR, "mobilites", "Mieux : {{ trajets }}.");
    confirm(&agathe, YEAR, "mobilites");
    confirm(&scene.hand(CHLOE), YEAR, "habitants");
    wear(&mut look, &scene, &head);
    look.open(&format!("{YEAR}/suivi"));
    look.page
        .evaluate("document.querySelectorAll('main details').forEach((it) => { it.open = true; })");
    look.at("suivi-pret", 200, "Suivi");
    freeze(&head, YEAR);
    scene.deliver(
        "trajets_20260601.csv",
        &[("12/2025;Gare;Centre;1505", "12/2025;Gare;Centre;2505")],
    );
    wait(&head, &format!("{YEAR}/suivi"), |text| {
        text.contains("29 680")
    });
    look.open(&format!("{YEAR}/suivi"));
    look.at("suivi-arrete", 200, "Suivi");
    let form = form_with(
        &head,
        &format!("{YEAR}/suivi"),
        "reprendre",
        ("cle", "annee.chiffres.trajets"),
    );
    led(&head.send_form(form, "reprendre"));
    wear(&mut look, &scene, &scene.hand(ELISE));
    look.open(&format!("{YEAR}/entier"));
    look.at("entier", 200, "Bilan annuel");
    look.open(&format!("{YEAR}/chapitres/annee"));
    look.at("revise", 200, "Bilan annuel");
    look.end();
}

#[test]
fn all_of_a_report_is_printed_without_its_controls_a_chapter_on_a_new_page() {
    let scene = Scene::new();
    let browser = Browser::start();
    let mut look = Look::new(&browser, scene.server(), "papier");
    wear(&mut look, &scene, &scene.hand(ELISE));
    look.open(&format!("{YEAR}/entier"));
    let page = &mut look.page;
    page.theme(Theme::Print);
    page.size(794, 1123);
    page.screenshot("papier-entier");
    let seen = page.evaluate(
        "[...document.querySelectorAll('.seul-ecran, header nav, button, .rapport-barre')]
            .filter((it) => it.checkVisibility()).map((it) => it.outerHTML.slice(0, 80))",
    );
    assert_eq!(seen.as_array().map(Vec::len), Some(0), "{seen}");
    let words = page.text("document.querySelector('main').innerText");
    assert!(words.contains("28\u{202f}680"), "{words}");
    assert_eq!(page.overflow(), None);
    let paper = page.print();
    assert!(paper.starts_with(b"%PDF"));
    let pages = paper
        .windows(12)
        .filter(|it| it.starts_with(b"/Type /Page\n") || it.starts_with(b"/Type /Page "))
        .count();
    // The cover and each of seven chapters begin a page.
    assert!(pages >= 8, "{pages} pages");
}

#[test]
fn a_year_is_opened_written_and_frozen_by_keys_alone_without_scripts_on_a_telephone() {
    let scene = Scene::new();
    let browser = Browser::start();
    let mut look = Look::new(&browser, scene.server(), "touches");
    let (head, agathe) = (scene.hand(DIDIER), scene.hand(AGATHE));
    look.page.size(390, 800);
    wear(&mut look, &scene, &head);
    look.open("/rapports");
    look.press("main a[href='/rapports/bilan']");
    look.press("main form[action='/rapports/bilan'] button");
    look.assert_path(&format!("{YEAR}/suivi"));
    assert_eq!(look.page.overflow(), None);

    wear(&mut look, &scene, &agathe);
    look.open("/atelier");
    let page = desk(YEAR, "mobilites");
    look.press(&format!("main a[href='{page}']"));
    look.write("mots", "Une piste de plus : {{ trajets }}.");
    look.press("button[value=ecrire]");
    look.assert_path(&page);
    look.page.tab_to("[name=certain]");
    look.page.press(" ");
    look.press("button[value=confirmer]");
    look.assert_path(&page);
    assert!(read(&agathe, &page).contains("Ce chapitre est confirmé."));

    wear(&mut look, &scene, &scene.hand(CHLOE));
    look.open(&desk(YEAR, "habitants"));
    look.page.tab_to("[name=certain]");
    look.page.press(" ");
    look.press("button[value=confirmer]");

    wear(&mut look, &scene, &head);
    look.open(&format!("{YEAR}/suivi"));
    look.write("presente", "Conseil du 25 juin 2026");
    look.press("form:has([name=presente]) button");
    look.page.tab_to("[name=certain]");
    look.page.press(" ");
    look.press("form:has([name=certain]) button");
    look.assert_path(&format!("{YEAR}/suivi"));
    look.press(&format!("nav a[href='{YEAR}']"));
    look.page
        .tab_to("details:has(a[href$='classeur.xlsx']) summary");
    look.page.press("Enter");
    look.press(&format!("main a[href='{YEAR}/entier']"));
    let seen = look.page.text("document.querySelector('main').innerText");
    assert!(
        seen.contains("Une piste de plus : 28\u{202f}680")
            && seen.contains("Conseil du 25 juin 2026"),
        "{seen}"
    );
    assert_eq!(look.page.overflow(), None);
    assert_eq!(look.page.console_errors(), Vec::<String>::new());
    look.end();
}
