//! Statistical secrecy through the whole program: what is hidden is hidden everywhere, and what was
//! shown is remembered.

use beffroi_tests::{Town, figure, main_text};
use std::fs;

/// Small departments of a town hall: `petit` has 3 people, `moyen` 20, the others more.
const STAFF: [(&str, u32); 4] = [("petit", 3), ("moyen", 20), ("grand", 90), ("autre", 60)];

fn town() -> Town {
    let town = Town::small();
    fs::write(
        town.content("datasets/agents.toml"),
        r#"title = "Agents"
row = "un service et une année"
department = "mobilites"
steward = "Claire Audouin"
frequency = "yearly"
source = "agents_*.csv"
load = "replace"
time = "annee"

[columns.annee]
type = "year"

[columns.service]
type = "text"

[columns.agents]
type = "integer"

[columns.jours]
type = "integer"
unit = "jours"

[secrecy]
rule = "persons_5"
units = "agents"
"#,
    )
    .expect("a dataset");
    for (id, measure) in [("agents", "sum(agents)"), ("jours", "sum(jours)")] {
        let unit = if id == "jours" { "jours" } else { "nombre" };
        let text = format!(
            "title = \"{id}\"\ndescription = \"x\"\ndepartment = \"mobilites\"\nowner = \"Claire Audouin\"\ndataset = \"agents\"\nmeasure = \"{measure}\"\nunit = \"{unit}\"\ndimensions = [\"service\"]\n"
        );
        fs::write(town.content(&format!("indicators/{id}.toml")), text).expect("an indicator");
    }
    let text = "title = \"Jours par agent\"\ndescription = \"x\"\ndepartment = \"mobilites\"\nowner = \"Claire Audouin\"\nmeasure = \"indicator('jours') / indicator('agents')\"\nunit = \"jours\"\ndecimals = 1\n";
    fs::write(town.content("indicators/jours_par_agent.toml"), text).expect("an indicator");
    town
}

fn deliver(town: &Town, name: &str, years: &[i32]) {
    let mut text = "Annee;Service;Agents;Jours\n".to_owned();
    for year in years {
        for (service, agents) in STAFF {
            text.push_str(&format!("{year};{service};{agents};{}\n", agents * 7));
        }
    }
    fs::write(town.data(&format!("agents_{name}.csv")), text).expect("a delivery");
}

/// The figures of a year by service: none where it is secret.
fn by_service(town: &Town, indicator: &str, year: i32) -> Vec<(String, Option<f64>)> {
    let year = year.to_string();
    let answer = town.query(&[indicator, "--period", &year, "--by", "service"]);
    let rows = answer["rows"].as_array().expect("rows").clone();
    let figure = |row: &serde_json::Value| {
        let name = row["keys"][0].as_str().unwrap_or_default().to_owned();
        (name, row["cell"]["value"].as_f64())
    };
    rows.iter().map(figure).collect()
}

#[test]
fn a_small_service_is_hidden_with_another_that_would_tell_it() {
    let town = town();
    deliver(&town, "20250101", &[2023, 2024]);
    town.run(&["import", "agents"]).assert_code(0);
    for indicator in ["agents", "jours", "jours_par_agent"] {
        let hidden: Vec<String> = by_service(&town, indicator, 2024)
            .into_iter()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| name)
            .collect();
        assert_eq!(hidden, ["moyen", "petit"], "{indicator}");
    }
    let total = town.query(&["agents", "--period", "2024"]);
    assert_eq!(figure(&total, "2024"), Some(173.0));
    // Two services together would tell the third.
    for (pair, expected) in [
        (["petit", "moyen"], None),
        (["petit", "grand"], None),
        (["grand", "autre"], Some(150.0)),
    ] {
        let [one, other] = pair.map(|service| format!("service={service}"));
        let asked = [
            "agents", "--period", "2024", "--where", &one, "--where", &other,
        ];
        assert_eq!(figure(&town.query(&asked), "2024"), expected, "{pair:?}");
    }
}

#[test]
fn what_was_shown_stays_known_after_the_next_delivery() {
    let town = town();
    deliver(&town, "20250101", &[2024]);
    town.run(&["import", "agents"]).assert_code(0);
    let before = by_service(&town, "agents", 2024);
    let shown = || fs::read_to_string(town.state("shown/agents.json")).expect("what was shown");
    let first = shown();
    deliver(&town, "20260101", &[2024, 2025]);
    fs::remove_file(town.data("agents_20250101.csv")).expect("the former delivery");
    town.run(&["import", "agents"]).assert_code(0);
    assert_eq!(by_service(&town, "agents", 2024), before);
    assert_ne!(shown(), first);
    // What was shown cannot be read: nothing is shown any more.
    fs::write(town.state("shown/agents.json"), "{").expect("a damaged file");
    let hidden = by_service(&town, "agents", 2025);
    assert!(
        hidden.iter().all(|(_, value)| value.is_none()),
        "{hidden:?}"
    );
}

#[test]
fn no_page_tells_how_many_rows_there_are_or_what_is_in_them() {
    let town = town();
    deliver(&town, "20250101", &[2023, 2024]);
    // A row that cannot be read: it is set aside.
    let path = town.data("agents_20250101.csv");
    let text = fs::read_to_string(&path).expect("the delivery");
    fs::write(&path, text + "bientot;petit;3;21\n").expect("a delivery");
    town.run(&["import", "agents"]).assert_code(0);
    let server = town.serve();
    let page = server.get("/catalogue/agents");
    assert_eq!(page.status, 200);
    let words = main_text(&page.text());
    assert!(words.contains("Secret statistique"), "{words}");
    // 8 rows, 173 people a year; neither the rows nor their sums.
    for told in [
        "lignes gardées",
        "lignes lues",
        "346",
        "21",
        "1211",
        "Premières lignes",
    ] {
        assert!(!words.contains(told), "{told}: {words}");
    }
    for file in ["rejets.csv", "constats.csv"] {
        assert_eq!(server.get(&format!("/catalogue/agents/{file}")).status, 404);
    }
    // Once something was asked, what is hidden is decided.
    let figures = server.get("/api/v1/indicateurs/agents").json();
    let told = figures.to_string();
    assert!(!told.contains("rows_read"), "{told}");
    let sheet = server.get("/api/v1/catalogue/agents").json();
    assert!(sheet["version"]["rows"].is_null(), "{sheet}");
    assert_eq!(sheet["secrecy"]["rule"]["min_units"], 5);
    assert_eq!(sheet["secrecy"]["protection"]["closed"], false);
    let sheet = server.get("/indicateurs/agents");
    assert!(!main_text(&sheet.text()).contains("écartée"));
}
