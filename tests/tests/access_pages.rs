//! Coming in and being kept out, as people meet it: in Chromium, without scripts, at the widths of
//! a telephone, a tablet and a desk, light and dark, and under axe-core.

use beffroi_oidc_provider::{CLIENT, Lie, SECRET, TestProvider};
use beffroi_tests::{
    ADMINISTRATOR, Browser, Look, PASSWORD, Town, code_at, first_administrator, first_link, invite,
    join, person_page, step_now,
};
use std::{fs::OpenOptions, io::Write};

const AGENT: &str = "rachid.lemoine@hautebrune.example";

#[test]
fn from_the_first_start_to_a_perimeter_at_work_by_keys_and_without_scripts() {
    let town = Town::small().with("people");
    let server = town.serve_with(&["--no-demo"]);
    let browser = Browser::start();
    let mut look = Look::new(&browser, &server, "acces");

    // The first account.
    look.open(&first_link(&server).expect("a link"));
    look.at("premier-acces", 200, "Créer le premier compte");
    look.write("nom", "Odile Marchand");
    look.write("courriel", ADMINISTRATOR);
    look.write("mot_de_passe", "court");
    look.write("encore", "court");
    look.press("main form button");
    look.at("premier-acces-refuse", 422, "Créer le premier compte");
    look.write("mot_de_passe", PASSWORD);
    look.write("encore", PASSWORD);
    look.press("main form button");
    look.assert_path("/administration/personnes");
    look.at("personnes", 200, "Personnes");

    // An invitation.
    look.press("main a.bouton");
    look.at("personne-nouvelle", 200, "Ajouter");
    look.write("nom", "Rachid Lemoine");
    look.write("courriel", AGENT);
    for choice in [
        "[name=role][value=reader]",
        "[name=perimetre][value=centre]",
    ] {
        look.page.tab_to(choice);
        look.page.press(" ");
    }
    look.press("main form button");
    look.at("invitation-donnee", 200, "Rachid Lemoine");
    let link = look
        .page
        .text("document.querySelector('.lien-unique code').textContent");
    let link = link.trim_start_matches(&server.url("")).to_owned();
    look.press("main .actions a.bouton");
    look.at("personne", 200, "Rachid Lemoine");

    // In the browser of the person invited.
    look.page.forget();
    look.open("/");
    look.assert_path("/connexion");
    look.at("connexion", 200, "Se connecter");
    look.open(&link);
    look.at("invitation", 200, "Bienvenue, Rachid Lemoine");
    look.write("mot_de_passe", PASSWORD);
    look.write("encore", PASSWORD);
    look.press("main form button");
    look.assert_path("/");
    look.at("accueil-restreint", 200, "");
    look.open("/tableaux/mobilites");
    look.at("tableau-restreint", 200, "Mobilités");
    let board = look.page.text("document.querySelector('main').innerText");
    assert!(
        board.contains("Centre"),
        "the page says whose figures these are: {board}"
    );
    look.open("/compte");
    look.at("compte", 200, "Rachid Lemoine");
    look.open("/administration/personnes");
    look.at("refus", 403, "Réservé à d’autres rôles");
    look.open("/indicateurs/arbres");
    look.at("hors-perimetre", 404, "");
    look.open("/deconnexion");
    look.at("deconnexion", 200, "Se déconnecter");
    look.press("main form button");
    look.at("deconnecte", 200, "Vous êtes déconnecté");

    // The administrator sees it.
    look.open("/connexion");
    look.write("courriel", ADMINISTRATOR);
    look.write("mot_de_passe", "Tilleul-37-gabarit-bleu");
    look.press("main form button");
    look.at("connexion-refusee", 401, "Se connecter");
    look.write("mot_de_passe", PASSWORD);
    look.press("main form button");
    look.assert_path("/");
    look.open("/administration/journal");
    look.at("journal", 200, "Journal");
    let journal = look
        .page
        .text("document.querySelector('main table').innerText");
    assert!(journal.contains("le rôle ne le permet pas"), "{journal}");
    assert!(journal.contains("hors du périmètre"), "{journal}");
    look.open("/administration/acces");
    look.at("acces", 200, "");
    look.open("/administration/acces?quoi=indicateur:trajets&ligne=quartier:centre");
    look.at("qui-voit-ceci", 200, "");
    let who = look.page.text("document.querySelector('main').innerText");
    assert!(who.contains("Rachid Lemoine"), "{who}");
    let number = person_number(&mut look);
    look.open(&format!("/administration/acces/personnes/{number}"));
    look.at("que-voit-elle", 200, "Rachid Lemoine");
    look.open("/administration/acces/perimetres/centre");
    look.at("perimetre", 200, "");
    look.open("/administration/acces/perimetres/nouveau");
    look.at("perimetre-nouveau", 200, "");
    look.end();
}

/// The number of the person invited, in the list.
fn person_number(look: &mut Look) -> String {
    look.open("/administration/personnes");
    let link = look.page.text(
        "[...document.querySelectorAll('main table a')]
            .find((link) => link.textContent.includes('Rachid')).getAttribute('href')",
    );
    link.rsplit('/').next().unwrap_or_default().to_owned()
}

#[test]
fn codes_links_that_no_longer_serve_and_guesses_that_must_wait_are_as_plain() {
    let town = Town::small().with("people");
    let server = town.serve_with(&["--no-demo"]);
    let admin = first_administrator(&server);
    let member = [("role", "head"), ("direction", "mobilites")];
    let agent = join(&server, &admin, "Rachid Lemoine", AGENT, &member);
    let browser = Browser::start();
    let mut look = Look::new(&browser, &server, "acces");

    look.open("/invitation?jeton=perdu");
    look.at("lien-perdu", 410, "Ce lien ne sert plus");

    look.page.wear(&agent, &server.url("/"));
    look.open("/compte");
    look.write("actuel", PASSWORD);
    look.press("#code button");
    look.at("code-commence", 200, "Rachid Lemoine");
    look.write("code", "000");
    look.press("#code button");
    look.at("code-faux", 422, "Rachid Lemoine");
    look.open("/compte/journal");
    look.at("mon-journal", 200, "");

    look.page.forget();
    look.open("/connexion?vers=%2Ftableaux%2Fmobilites");
    for _ in 0..6 {
        look.open("/connexion");
        look.write("courriel", AGENT);
        look.write("mot_de_passe", "faux");
        look.press("main form button");
    }
    look.at("connexion-attente", 429, "Se connecter");

    let page = person_page(&admin, "Rachid Lemoine");
    look.page.forget();
    look.page.wear(&admin, &server.url("/"));
    for what in ["suspendre", "retablir"] {
        let done = admin.post(&page, &page, &[("faire", what)]);
        assert_eq!(done.status, 303);
        look.open(&format!("{page}?fait=garde"));
        look.at(&format!("personne-{what}"), 200, "Rachid Lemoine");
    }
    look.end();
}

#[test]
fn the_code_page_and_codes_on_paper_are_as_plain() {
    let town = Town::small().with("people");
    let server = town.serve_with(&["--no-demo"]);
    let admin = first_administrator(&server);
    let browser = Browser::start();
    let mut look = Look::new(&browser, &server, "acces");
    look.page.wear(&admin, &server.url("/"));
    look.open("/compte");
    look.write("actuel", PASSWORD);
    look.press("#code button");
    let secret = look
        .page
        .text("[...document.querySelectorAll('#code code')].at(-1).textContent");
    look.write("code", &code_at(&secret, step_now()));
    look.press("#code button");
    look.at("codes-de-secours", 200, "Odile Marchand");
    look.open("/compte");
    look.at("compte-avec-code", 200, "Odile Marchand");

    look.page.forget();
    look.open("/connexion");
    look.write("courriel", ADMINISTRATOR);
    look.write("mot_de_passe", PASSWORD);
    look.press("main form button");
    look.assert_path("/connexion/code");
    look.at("code", 200, "Votre code");
    look.write("code", "000000");
    look.press("main form button");
    look.at("code-refuse", 401, "Votre code");
    look.end();
}

#[test]
fn the_door_with_a_provider_says_what_went_wrong() {
    let there = TestProvider::start().expect("a provider");
    let siret = beffroi_oidc_provider::Person::default().siret;
    let town = Town::small().with("people");
    let file = OpenOptions::new()
        .append(true)
        .open(town.content("access.toml"));
    write!(
        file.expect("access.toml"),
        "\n[sign_in.oidc]\ntitle = \"le compte de la mairie\"\nissuer = \"{}\"\n\
         client_id = \"{CLIENT}\"\nsecret = \"env:TEST_OIDC_SECRET\"\nsiret = \"{siret}\"\n\
         scopes = [\"openid\", \"email\", \"siret\"]\n",
        there.issuer()
    )
    .expect("a declaration");
    let server = town.serve_under(&[("TEST_OIDC_SECRET", SECRET)], &["--no-demo"]);
    let admin = first_administrator(&server);
    let email = beffroi_oidc_provider::Person::default().email;
    let browser = Browser::start();
    let mut look = Look::new(&browser, &server, "acces");
    look.open("/connexion");
    look.at("fournisseur", 200, "Se connecter");
    // A real browser goes there and comes back by itself.
    look.press("main a.bouton.pleine");
    look.assert_path("/connexion/retour");
    let own = |url: &String| url.starts_with(&server.url("")) || url.starts_with(&there.issuer());
    assert!(
        look.page.requests().iter().all(own),
        "{:?}",
        look.page.requests()
    );
    let said = look
        .page
        .text("document.querySelector('main [role=alert]').innerText");
    assert!(said.contains("aucun compte n’est ouvert"), "{said}");

    let _link = invite(
        &admin,
        "Claire Audouin",
        &email,
        &[("role", "reader"), ("perimetre", "ville")],
    );
    there.lie(Lie::IdTokenForged);
    look.open("/connexion/fournisseur");
    let said = look
        .page
        .text("document.querySelector('main [role=alert]').innerText");
    assert!(said.contains("n’a pas pu être vérifiée"), "{said}");
    there.lie(Lie::None);
    look.open("/connexion/fournisseur?vers=%2Ftableaux");
    look.assert_path("/tableaux");
    look.end();
}

#[test]
fn the_demonstration_shows_whose_place_can_be_taken() {
    let town = Town::sample();
    let server = town.serve();
    let browser = Browser::start();
    let mut look = Look::new(&browser, &server, "acces");
    look.open("/demonstration");
    look.at("demonstration", 200, "");
    look.page.tab_to("main .essais li:nth-child(2) button");
    look.page.press_and_load("Enter");
    look.assert_path("/");
    look.at("demonstration-karim", 200, "");
    look.open("/tableaux/mobilites");
    look.at("demonstration-karim-tableau", 200, "");
    look.open("/administration");
    look.at("demonstration-karim-refus", 403, "");
    look.end();
}
