//! Two at one text, in the workshop or on disk; and nothing typed is ever lost.

use crate::hands::*;
use beffroi_tests::{
    PASSWORD, Town, Visitor, first_administrator, form_of, join, main_text, token,
};
use std::fs;

/// Both have the same board before them; their forms, as they were opened.
fn two_at_one_board(scene: &Scene) -> (Visitor, Visitor, String) {
    let (one, other) = (scene.hand(AGATHE), scene.hand(BRUNO));
    let draft = scene.taken_up(&one);
    assert_eq!(other.get(&draft).status, 404, "not shared yet");
    led(&one.submit(&draft, "regler", &[("partage", "1")]));
    assert!(read(&other, "/atelier").contains("Mobilités"));
    (one, other, format!("{draft}/tableaux/mobilites"))
}

fn by_hand(hand: &Visitor, board: &str) -> String {
    let page = board.replace("/tableaux/mobilites", &format!("/textes/{BOARD}"));
    hand.form(&page, "").get("texte").to_owned()
}

#[test]
fn two_who_change_different_figures_of_one_board_both_have_their_way() {
    let scene = Scene::new();
    let (one, other, board) = two_at_one_board(&scene);
    let first = one.form(&format!("{board}?figure=0-0"), "figure");
    let second = other.form(&format!("{board}?figure=0-3"), "figure");
    let to = led(&one.send_form(first.with("titre", "Les vélos cette année"), "figure"));
    assert!(to.contains("fait=garde"), "{to}");
    let to = led(&other.send_form(second.with("note", "Comptées au départ."), "figure"));
    assert!(to.contains("fait=fusionne"), "{to}");
    assert!(read(&other, &to).contains("avec ce que quelqu’un d’autre a changé"));
    let text = by_hand(&one, &board);
    for kept in ["Les vélos cette année", "Comptées au départ."] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
}

#[test]
fn of_two_who_change_the_same_title_the_second_sees_the_first_and_keeps_what_they_typed() {
    let scene = Scene::new();
    let (one, other, board) = two_at_one_board(&scene);
    let (first, second) = (one.form(&board, "garder"), other.form(&board, "garder"));
    let first = first.with("titre", "Se déplacer").with("ordre", "7");
    led(&one.send_form(first, "garder"));
    let mine = [
        ("titre", "Bouger"),
        (
            "resume",
            "Une ligne.\nUne autre, « entre guillemets » & <b>.",
        ),
    ];
    let second = mine
        .iter()
        .fold(second, |form, (name, value)| form.with(name, value));
    let told = other.send_form(second, "garder");
    assert_eq!(told.status, 409);
    let words = main_text(&told.text());
    assert!(
        words.contains(AGATHE) && words.contains("Se déplacer"),
        "{words}"
    );
    let form = form_of(&told, &board, "garder");
    for (name, value) in mine {
        assert_eq!(form.get(name), value);
    }
    // Nothing was kept yet; sent again, what was typed is.
    assert!(by_hand(&one, &board).contains("title = \"Se déplacer\""));
    led(&other.send_form(form, "garder"));
    let text = by_hand(&one, &board);
    assert!(
        text.contains("title = \"Bouger\"") && text.contains("Une autre"),
        "{text}"
    );
    assert!(!text.contains("Se déplacer"), "{text}");
}

/// The board of mobilities, changed on disk by somebody with an editor.
fn changed_on_disk(scene: &Scene, from: &str, to: &str) {
    let text = scene.text(BOARD);
    assert!(text.contains(from), "{text}");
    let text = format!(
        "# Relu avec le cabinet le 3 juin.\n{}",
        text.replace(from, to)
    );
    fs::write(scene.town.content(BOARD), text).expect("a declaration");
}

#[test]
fn a_board_that_also_changes_on_disk_is_looked_over_again_with_both_changes_and_its_comments() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let draft = scene.taken_up(&agent);
    let board = format!("{draft}/tableaux/mobilites");
    led(&agent.submit(&board, "garder", &[("titre", "Se déplacer")]));
    led(&agent.submit(&draft, "relecture", &[]));
    changed_on_disk(
        &scene,
        "grain = \"month\"",
        "grain = \"month\" # mois par mois",
    );
    let disk = scene.text(BOARD);
    fs::write(
        scene.town.content(BOARD),
        disk.replace("Le vélo dans la ville.", "Le vélo et le reste."),
    )
    .expect("a declaration");
    let disk = scene.text(BOARD);
    // What nobody has looked over is not published: both changes go back to the maker as one.
    let to = led(&scene.hand(DIDIER).submit(&draft, "publier", &[]));
    assert!(to.ends_with("fait=reuni"), "{to}");
    assert_eq!(scene.text(BOARD), disk);
    scene.published(&agent, &draft);
    let text = scene.text(BOARD);
    for kept in [
        "# Relu avec le cabinet le 3 juin.",
        "# mois par mois",
        "title = \"Se déplacer\"",
        "Le vélo et le reste.",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    let reader = scene.hand(ELISE);
    wait(&reader, "/tableaux/mobilites", |answer| {
        let text = answer.text();
        text.contains("Se déplacer") && text.contains("Le vélo et le reste.")
    });
}

#[test]
fn a_title_that_also_changes_on_disk_goes_back_to_its_maker_with_the_file_named() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let draft = scene.taken_up(&agent);
    let board = format!("{draft}/tableaux/mobilites");
    led(&agent.submit(&board, "garder", &[("titre", "Se déplacer")]));
    led(&agent.submit(&draft, "relecture", &[]));
    changed_on_disk(&scene, "title = \"Mobilités\"", "title = \"Bouger\"");
    let disk = scene.text(BOARD);
    let told = scene.hand(DIDIER).submit(&draft, "publier", &[]);
    assert_eq!(told.status, 409);
    let words = main_text(&told.text());
    assert!(words.contains(BOARD), "{words}");
    assert_eq!(scene.text(BOARD), disk);
    // It is open again, with what was drafted.
    let form = agent.form(&board, "garder");
    assert_eq!(form.get("titre"), "Se déplacer");
}

#[test]
fn a_form_sent_after_the_session_ended_holds_what_was_typed() {
    let town = Town::small().with("workshop");
    let server = town.serve_with(&["--no-demo"]);
    let admin = first_administrator(&server);
    let member = [("role", "agent"), ("direction", "mobilites")];
    let email = "agathe.vial@hautebrune.example";
    let agent = join(&server, &admin, AGATHE, email, &member);
    let fields = [("faire", "reprendre"), ("chemin", BOARD)];
    let board = bare(&led(&agent.post("/atelier", "/atelier", &fields)));
    let typed = "Trois lignes\nde texte, « avec » <des> & des signes.";
    let form = agent.form(&board, "garder").with("resume", typed);

    led(&agent.post("/compte", "/compte/sessions", &[("autres", "1")]));
    let left = agent.post("/deconnexion", "/deconnexion", &[]);
    assert_eq!(left.status, 200);
    let told = agent.send_form(form, "garder");
    assert_eq!(told.status, 401);
    let held = form_of(&told, &board, "garder");
    assert_eq!(held.get("resume"), typed);

    // Signed in again, it has another token: it is asked once more, and taken.
    let again = server.stranger();
    led(&again.sign_in(email, PASSWORD));
    let told = again.send_form(held, "garder");
    assert_eq!(told.status, 403);
    assert!(token(&told.text()).is_some(), "{}", told.text());
    let held = form_of(&told, &board, "garder");
    assert_eq!(held.get("resume"), typed);
    let to = led(&again.send_form(held, "garder"));
    assert!(to.contains("fait=garde"), "{to}");
    assert_eq!(again.form(&board, "garder").get("resume"), typed);
}
