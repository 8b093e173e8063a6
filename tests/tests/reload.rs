//! Declarations and data edited while the server runs: pages follow; what is broken is told to
//! those who can mend it, and takes nothing down.

use beffroi_tests::{Town, figure, main_text};
use std::{fs, time::Duration};

/// Two seconds are promised; slow machines get more.
const SOON: Duration = Duration::from_secs(8);

#[test]
fn an_edited_declaration_shows_without_a_restart() {
    let town = Town::small();
    let server = town.serve();
    assert!(
        server
            .get("/indicateurs/trajets")
            .text()
            .contains("Locations de vélos")
    );
    town.edit(
        "indicators/trajets.toml",
        "Locations de vélos",
        "Vélos loués",
    );
    server.wait_for("/indicateurs/trajets", SOON, |html| {
        html.contains("Vélos loués")
    });
    let board = server.get("/tableaux/mobilites").text();
    assert!(
        !board.contains("Locations de vélos<"),
        "every page follows at once"
    );
}

#[test]
fn a_broken_declaration_leaves_the_last_good_one_serving_until_it_is_mended() {
    let town = Town::small();
    let server = town.serve();
    town.edit("indicators/trajets.toml", "sum(trajets)", "sum(trajts)");
    let told = server.wait_for("/administration", SOON, |html| html.contains("trajts"));
    let told = main_text(&told.text());
    assert!(
        told.contains("indicators/trajets.toml") && told.contains('8'),
        "{told}"
    );
    for path in ["/", "/tableaux/mobilites", "/indicateurs/trajets"] {
        let page = server.get(path);
        assert_eq!(page.status, 200, "{path}");
        assert!(
            !main_text(&page.text()).contains("trajts"),
            "{path}: only who can mend it"
        );
    }
    town.edit("indicators/trajets.toml", "sum(trajts)", "sum(trajets) * 2");
    server.wait_for("/administration", SOON, |html| !html.contains("trajts"));
    let api = "/api/v1/indicateurs/trajets?periode=2024";
    server.wait_for(api, SOON, |json| json.contains("4080"));
}

#[test]
fn a_board_appears_and_goes_with_its_file() {
    let town = Town::small();
    let server = town.serve();
    let text = fs::read_to_string(town.content("boards/mobilites.toml")).expect("a board");
    let text = text.replace("title = \"Mobilités\"", "title = \"Deux-roues\"");
    fs::write(town.content("boards/deux_roues.toml"), text).expect("a board");
    let list = server.wait_for("/tableaux", SOON, |html| html.contains("Deux-roues"));
    assert!(list.text().contains("/tableaux/deux_roues"));
    assert_eq!(server.get("/tableaux/deux_roues").status, 200);
    fs::remove_file(town.content("boards/deux_roues.toml")).expect("the board can be removed");
    server.wait_for("/tableaux", SOON, |html| !html.contains("Deux-roues"));
    assert_eq!(server.get("/tableaux/deux_roues").status, 404);
}

#[test]
fn a_version_that_another_process_wrote_is_served() {
    let town = Town::small();
    let server = town.serve();
    let path = "/api/v1/indicateurs/trajets?periode=2024";
    assert!(
        server.get(path).text().contains("2040"),
        "{}",
        server.get(path).text()
    );
    let file = town.data("trajets_20250602.csv");
    let mut text = fs::read_to_string(&file).expect("trips");
    text.push_str("12/2024;Parc;Centre;1000\r\n");
    fs::write(file, text).expect("trips");
    town.run(&["import"]).assert_code(0);
    server.wait_for(path, SOON, |json| json.contains("3040"));
    assert_eq!(
        figure(&town.query(&["trajets", "--period", "2024"]), "2024"),
        Some(3040.0)
    );
}
