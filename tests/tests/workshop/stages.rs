//! A draft on its way: published on a day, withdrawn, left and taken up again, and what came before
//! brought back. And figures that one department asks of another.

use crate::hands::*;
use beffroi_tests::main_text;

const PAGE: &str = "/tableaux/mobilites";

#[test]
fn a_draft_approved_for_a_day_to_come_waits_and_one_for_a_day_gone_by_is_published() {
    let scene = Scene::new();
    let (agent, head) = (scene.hand(AGATHE), scene.hand(DIDIER));
    let draft = scene.taken_up(&agent);
    let board = format!("{draft}{PAGE}");
    led(&agent.submit(&board, "garder", &[("titre", "Se déplacer")]));
    led(&agent.submit(&draft, "relecture", &[]));
    let wrong = head.submit(&draft, "publier", &[("le", "demain")]);
    assert_eq!(wrong.status, 422);
    let fields = [("le", "2099-01-01"), ("a", "08:30")];
    let to = led(&head.submit(&draft, "publier", &fields));
    assert!(to.ends_with("fait=programme"), "{to}");
    let told = read(&agent, &draft);
    assert!(told.contains("Approuvé") && told.contains("2099"), "{told}");
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert!(scene.text(BOARD).contains("title = \"Mobilités\""));
    // It does not change any more, and its maker may take it back before that day.
    let late = agent.post(
        "/atelier",
        &board,
        &[("faire", "garder"), ("titre", "Autre")],
    );
    assert_eq!(late.status, 404);
    led(&agent.post(&draft, &draft, &[("faire", "reprendre")]));
    led(&agent.submit(&draft, "relecture", &[]));
    let to = led(&head.submit(&draft, "publier", &[("le", "2020-01-01")]));
    assert!(to.ends_with("fait=publie"), "{to}");
    wait(&scene.hand(ELISE), PAGE, |answer| {
        answer.text().contains("Se déplacer")
    });
}

#[test]
fn a_draft_approved_for_a_time_is_published_when_it_comes_even_after_a_fall() {
    let mut scene = Scene::new();
    let (agent, head) = (scene.hand(AGATHE), scene.hand(DIDIER));
    let draft = scene.taken_up(&agent);
    led(&agent.submit(
        &format!("{draft}{PAGE}"),
        "garder",
        &[("titre", "Se déplacer")],
    ));
    led(&agent.submit(&draft, "relecture", &[]));
    // Minutes are the finest that a form asks for: the next one but what is left of this.
    let at = chrono::Local::now() + chrono::TimeDelta::seconds(61);
    let (day, time) = (
        at.format("%Y-%m-%d").to_string(),
        at.format("%H:%M").to_string(),
    );
    let to = led(&head.submit(&draft, "publier", &[("le", &day), ("a", &time)]));
    assert!(to.ends_with("fait=programme"), "{to}");
    scene.fall();
    let reader = scene.hand(ELISE);
    let start = std::time::Instant::now();
    while !reader.get(PAGE).text().contains("Se déplacer") {
        assert!(start.elapsed().as_secs() < 100, "it is never published");
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    assert!(chrono::Local::now().format("%H:%M").to_string() >= time);
    assert!(read(&scene.hand(AGATHE), &draft).contains("Publié"));
}

#[test]
fn a_board_that_is_withdrawn_is_gone_from_disk_and_pages_and_can_be_brought_back() {
    let scene = Scene::new();
    let (agent, head) = (scene.hand(AGATHE), scene.hand(DIDIER));
    // Published once from here, so that its past is known.
    let draft = scene.taken_up(&agent);
    led(&agent.submit(
        &format!("{draft}{PAGE}"),
        "garder",
        &[("titre", "Se déplacer")],
    ));
    scene.published(&agent, &draft);
    wait(&agent, PAGE, |answer| answer.text().contains("Se déplacer"));
    let text = scene.text(BOARD);

    let fields = [("faire", "tableau"), ("titre", "Retrait")];
    let to = led(&agent.post("/atelier", "/atelier", &fields));
    let draft = to.trim_end_matches("/tableaux/nouveau").to_owned();
    let to = led(&agent.submit(&draft, "depublier", &[("chemin", BOARD)]));
    assert!(to.ends_with("fait=retrait"), "{to}");
    assert_eq!(agent.get(PAGE).status, 200, "not before it is published");
    scene.published(&agent, &draft);
    let reader = scene.hand(ELISE);
    wait(&reader, PAGE, |answer| answer.status == 404);
    assert!(!scene.declared().contains(BOARD));
    let _ = scene.town.run(&["check"]).assert_code(0);

    let past = format!("/atelier/historique/{BOARD}");
    let told = read(&head, &past);
    assert!(told.contains("Didier Faure"), "{told}");
    let to = led(&head.send_form(head.form(&past, ""), ""));
    assert!(to.ends_with("fait=restaure"), "{to}");
    let to = led(&head.submit(&bare(&to), "publier", &[]));
    assert!(to.ends_with("fait=publie"), "{to}");
    assert_eq!(scene.text(BOARD), text);
    wait(&reader, PAGE, |answer| {
        answer.text().contains("Se déplacer")
    });
}

#[test]
fn an_earlier_version_comes_back_by_a_draft_like_any_other() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let mut texts = Vec::new();
    for title in ["Se déplacer", "Bouger"] {
        let draft = scene.taken_up(&agent);
        led(&agent.submit(&format!("{draft}{PAGE}"), "garder", &[("titre", title)]));
        scene.published(&agent, &draft);
        texts.push(scene.text(BOARD));
        wait(&agent, PAGE, |answer| answer.text().contains(title));
    }
    let past = format!("/atelier/historique/{BOARD}");
    let answer = agent.get(&past);
    let forms = beffroi_tests::HtmlForm::all(&answer.text());
    let mut versions = forms.iter().filter(|form| !form.get("version").is_empty());
    let (last, first) = (versions.next().expect("two"), versions.next().expect("two"));
    assert!(versions.next().is_none());
    // What changed between the two is told.
    let (from, to) = (first.get("version"), last.get("version"));
    let compared = read(&agent, &format!("{past}?de={from}&a={to}"));
    assert!(compared.contains("Se déplacer → Bouger"), "{compared}");
    let to = led(&agent.send_form(first.clone(), ""));
    let draft = bare(&to);
    assert_eq!(
        scene.text(BOARD),
        texts[1],
        "nothing changes before it is published"
    );
    scene.published(&agent, &draft);
    assert_eq!(scene.text(BOARD), texts[0]);
    // A version of another declaration, or none, is not one.
    for version in ["0", "999999", "x"] {
        let told = agent.post(&past, &past, &[("version", version)]);
        assert_eq!(told.status, 404, "{version}");
    }
    assert_eq!(scene.hand(ELISE).get(&past).status, 403);
    assert_eq!(scene.hand(CHLOE).get(&past).status, 404);
}

#[test]
fn a_save_of_a_draft_comes_back_in_it() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let draft = scene.taken_up(&agent);
    let board = format!("{draft}{PAGE}");
    for title in ["Se déplacer", "Bouger"] {
        led(&agent.submit(&board, "garder", &[("titre", title)]));
    }
    let saves = format!("{draft}/historique/{BOARD}");
    let answer = agent.get(&saves);
    let forms = beffroi_tests::HtmlForm::all(&answer.text());
    let saved: Vec<_> = forms
        .iter()
        .filter(|form| !form.get("version").is_empty())
        .collect();
    assert_eq!(saved.len(), 3, "{}", main_text(&answer.text()));
    led(&agent.send_form(saved[1].clone(), ""));
    assert_eq!(agent.form(&board, "garder").get("titre"), "Se déplacer");
    assert_eq!(scene.hand(BRUNO).get(&saves).status, 404);
}

#[test]
fn a_draft_is_left_only_when_it_is_meant_and_taken_up_again_as_it_was() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let draft = scene.taken_up(&agent);
    let board = format!("{draft}{PAGE}");
    led(&agent.submit(&board, "garder", &[("titre", "Se déplacer")]));
    let told = agent.submit(&draft, "abandonner", &[]);
    assert_eq!(told.status, 422);
    assert!(read(&agent, &draft).contains("Se déplacer"));
    led(&agent.submit(&draft, "abandonner", &[("certain", "1")]));
    assert!(read(&agent, &draft).contains("Abandonné"));
    let late = agent.post(
        "/atelier",
        &board,
        &[("faire", "garder"), ("titre", "Autre")],
    );
    assert_eq!(late.status, 404);
    led(&agent.submit(&draft, "reprendre", &[]));
    assert_eq!(agent.form(&board, "garder").get("titre"), "Se déplacer");
}

#[test]
fn a_draft_that_is_returned_says_why_and_goes_on() {
    let scene = Scene::new();
    let (agent, head) = (scene.hand(AGATHE), scene.hand(DIDIER));
    let draft = scene.taken_up(&agent);
    let board = format!("{draft}{PAGE}");
    led(&agent.submit(&board, "garder", &[("titre", "Se déplacer")]));
    led(&agent.submit(&draft, "relecture", &[]));
    let fields = [("commentaire", "La source du premier chiffre ?")];
    led(&head.submit(&draft, "commenter", &fields));
    led(&head.submit(&draft, "rendre", &[("note", "Précisez la source.")]));
    let told = read(&agent, &draft);
    for said in ["Précisez la source.", "La source du premier chiffre ?"] {
        assert!(told.contains(said), "{said}: {told}");
    }
    led(&agent.submit(&draft, "resoudre", &[]));
    assert!(read(&agent, &draft).contains("réglé"));
    // An agent approves nothing, not even their own.
    led(&agent.submit(&draft, "relecture", &[]));
    let review = format!("{draft}/relecture");
    for name in [AGATHE, BRUNO, CHLOE, ELISE] {
        let told = scene
            .hand(name)
            .post("/atelier", &review, &[("faire", "publier")]);
        assert_eq!(told.status, 403, "{name}");
    }
    assert!(scene.text(BOARD).contains("title = \"Mobilités\""));
}

#[test]
fn what_is_approved_is_what_was_seen() {
    let scene = Scene::new();
    let (agent, head) = (scene.hand(AGATHE), scene.hand(DIDIER));
    let draft = scene.taken_up(&agent);
    let board = format!("{draft}{PAGE}");
    led(&agent.submit(&board, "garder", &[("titre", "Se déplacer")]));
    led(&agent.submit(&draft, "relecture", &[]));
    let seen = head.form(&draft, "publier");
    // Taken back and changed while it is read.
    led(&agent.submit(&draft, "reprendre", &[]));
    led(&agent.submit(&board, "garder", &[("titre", "Autre chose")]));
    led(&agent.submit(&draft, "relecture", &[]));
    let to = led(&head.send_form(seen, "publier"));
    assert!(to.ends_with("fait=ailleurs"), "{to}");
    assert!(scene.text(BOARD).contains("title = \"Mobilités\""));
    assert!(read(&head, &draft).contains("En relecture"));
    let to = led(&head.submit(&draft, "publier", &[]));
    assert!(to.ends_with("fait=publie"), "{to}");
    // Approved twice, it is published once.
    let again = head.post(
        "/atelier",
        &format!("{draft}/relecture"),
        &[("faire", "publier")],
    );
    assert!(led(&again).ends_with("fait=ailleurs"));
}

#[test]
fn figures_asked_of_a_department_are_answered_by_it_alone() {
    let scene = Scene::new();
    let (agent, asked) = (scene.hand(AGATHE), scene.hand(CHLOE));
    let page = "/atelier/suivi";
    let fields = [
        ("de", "mobilites"),
        ("vers", "etat_civil"),
        ("demande-mots", "Les naissances de 2024, par quartier."),
        ("pour", "2025-07-01"),
    ];
    led(&agent.submit(page, "demander", &fields));
    for name in [AGATHE, BRUNO, CHLOE, DIDIER] {
        assert!(
            read(&scene.hand(name), page).contains("Les naissances de 2024"),
            "{name}"
        );
    }
    // Nobody asks in the name of others, nor answers for them.
    let told = asked.submit(page, "demander", &fields);
    assert_eq!(told.status, 404);
    let answer = [
        ("faire", "repondre"),
        ("demande", "1"),
        ("reponse", "Voici."),
    ];
    for name in [AGATHE, BRUNO] {
        assert_eq!(
            scene.hand(name).post(page, page, &answer).status,
            404,
            "{name}"
        );
    }
    let words = [("reponse", "Déposées ce matin.")];
    led(&asked.submit(page, "repondre", &words));
    let told = read(&agent, page);
    assert!(told.contains("Chloé Denis : Déposées ce matin."), "{told}");
    assert_eq!(asked.post(page, page, &answer).status, 404, "once only");
    assert!(!read(&agent, page).contains("Voici."));
}
