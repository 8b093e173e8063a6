//! The trail, from pages to the command line.

use beffroi_tests::Town;
use std::fs;

#[test]
fn what_was_done_is_in_the_trail_and_the_trail_is_held_against_itself() {
    let town = Town::small();
    let none = town.run(&["audit", "verify"]).assert_code(1);
    assert!(none.stderr.contains("serve"), "{}", none.stderr);
    let server = town.serve();
    assert_eq!(server.get("/tableaux/mobilites").status, 200);
    assert_eq!(server.get("/tableaux/mobilites").status, 200);
    assert_eq!(server.get("/catalogue").status, 200);
    let exported = server.get("/indicateurs/trajets/figures/serie.csv");
    assert_eq!(exported.status, 200, "{}", exported.text());
    let forged = server
        .visitor()
        .post_as_is("/compte/sessions", &[("autres", "1")]);
    assert_eq!(forged.status, 403);
    // Reads of the last seconds are written when it stops.
    assert_eq!(server.stop("TERM"), Some(0));

    let told = |args: &[&str]| {
        let all = [&["audit", "search"], args].concat();
        town.run(&all).assert_code(0).stdout
    };
    let reads = told(&["--kind", "read"]);
    assert_eq!(
        reads.matches("/tableaux/mobilites").count(),
        1,
        "once an hour: {reads}"
    );
    assert!(reads.contains("Tout le monde"), "{reads}");
    assert!(told(&["--kind", "export"]).contains("/indicateurs/trajets/figures/serie.csv"));
    assert!(told(&["--kind", "refusal", "sessions"]).contains("form"));
    assert_eq!(told(&["--to", "2020-01-01"]), "");
    let bad = town
        .run(&["audit", "search", "--kind", "lecture"])
        .assert_code(2);
    assert!(bad.stderr.contains("refusal"), "{}", bad.stderr);

    let verified = town.run(&["audit", "verify"]).assert_code(0);
    assert!(verified.stdout.contains("intact"), "{}", verified.stdout);
    town.run(&["audit", "export", "-o", "journal.csv"])
        .assert_code(0);
    let csv = fs::read_to_string(town.path("journal.csv")).expect("a file");
    assert!(
        csv.starts_with("seq,at,person,name,from,kind,action,object,detail\n"),
        "{csv}"
    );
    assert!(csv.lines().count() > 4, "{csv}");

    fs::remove_file(town.state("audit-heads")).expect("it was there");
    let meddled = town.run(&["audit", "verify"]).assert_code(1);
    assert!(meddled.stdout.contains("audit-heads"), "{}", meddled.all());
    let adopted = town
        .run(&["audit", "adopt-heads", "--by", "DSI"])
        .assert_code(0);
    assert!(adopted.stdout.contains("intact"), "{}", adopted.all());
    assert!(told(&["--kind", "system"]).contains("DSI"));
}

#[test]
fn whoever_cannot_sign_in_any_more_gets_a_link_from_the_machine() {
    let town = Town::small();
    let server = town.serve_with(&["--no-demo"]);
    let printed = server.stdout();
    let link = printed
        .split_whitespace()
        .find_map(|word| word.split_once("/premier-acces"))
        .map(|(_, rest)| format!("/premier-acces{rest}"))
        .unwrap_or_else(|| panic!("no link in {printed}"));
    let visitor = server.stranger();
    let token = link.split('=').nth(1).unwrap_or_default();
    let fields = [
        ("jeton", token),
        ("nom", "Inès Ferrand"),
        ("courriel", "ines@ville.example"),
        ("mot_de_passe", "quatre tortues vertes sous un vieux pont"),
        ("encore", "quatre tortues vertes sous un vieux pont"),
    ];
    let made = visitor.post(&link, "/premier-acces", &fields);
    assert_eq!(made.status, 303, "{}", made.text());

    let unknown = town
        .run(&["people", "link", "nobody@ville.example"])
        .assert_code(1);
    assert!(unknown.stderr.contains("people list"), "{}", unknown.stderr);
    let list = town.run(&["people", "list"]).assert_code(0);
    assert!(
        list.stdout.contains("ines@ville.example"),
        "{}",
        list.stdout
    );
    let given = town
        .run(&["people", "link", "Ines@ville.example"])
        .assert_code(0);
    let link = given
        .stdout
        .split_once("/invitation?jeton=")
        .map(|(_, token)| token.trim().to_owned())
        .unwrap_or_else(|| panic!("no link in {}", given.stdout));
    let path = format!("/invitation?jeton={link}");
    let other = server.stranger();
    let fields = [
        ("jeton", link.as_str()),
        ("mot_de_passe", "sept lapins blancs dans une grande forêt"),
        ("encore", "sept lapins blancs dans une grande forêt"),
    ];
    let chosen = other.post(&path, "/invitation", &fields);
    assert_eq!(chosen.status, 303, "{}", chosen.text());
    assert_eq!(other.get("/administration/personnes").status, 200);
    // The session of before is ended: whoever asked for the link may not have been alone.
    assert_eq!(visitor.get("/administration/personnes").status, 303);
    let again = server.stranger().post("/connexion", "/invitation", &fields);
    assert_eq!(again.status, 410, "once");
}
