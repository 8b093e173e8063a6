//! Where bytes come from: the inbox, and servers that are asked as scheduled. Whatever happens
//! there, the last good version stays.

use beffroi_tests::{Town, figure, main_text};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

const HEAD: &str = "Mois;Station;Quartier;Trajets\n";
const SOURCE: &str = "source = \"trajets_*.csv\"\n";
/// Files are taken at the second of two looks, two seconds apart; slow machines get more.
const SOON: Duration = Duration::from_secs(15);

/// A small town whose trips come from elsewhere, and none have come yet.
fn town(source: &str, load: &str) -> Town {
    let town = Town::small();
    let declared = format!("{source}load = \"{load}\"\n");
    town.edit("datasets/trajets.toml", SOURCE, &declared);
    fs::remove_file(town.data("trajets_20250602.csv")).expect("the file");
    town
}

/// The trips of 2024; none before anything is imported.
fn sum(town: &Town) -> Option<f64> {
    let asked = ["query", "trajets", "--period", "2024", "--format", "json"];
    let output = town.run(&asked);
    let answer = serde_json::from_str(&output.stdout).ok()?;
    figure(&answer, "2024")
}

/// A text with plain spaces.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

fn put(town: &Town, name: &str, rows: &str) -> PathBuf {
    let path = town.state("inbox").join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("the inbox");
    fs::write(&path, format!("{HEAD}{rows}\n")).expect("a file in the inbox");
    path
}

#[track_caller]
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < SOON, "{what}: not after {SOON:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Names in `inbox/refused`, without their instants, and the texts beside them.
fn refused(town: &Town) -> Vec<(String, String)> {
    let entries = fs::read_dir(town.state("inbox/refused"));
    let mut names: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_none_or(|extension| extension != "txt"))
        .collect();
    names.sort();
    let told = names.into_iter().map(|path| {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(path.with_file_name(format!("{name}.txt")));
        let (_, name) = name.split_once('_').expect("an instant");
        (
            name.to_owned(),
            plain(&text.expect("a text beside the file")),
        )
    });
    told.collect()
}

#[test]
fn a_file_put_into_the_inbox_is_imported_and_a_bad_one_is_set_aside() {
    let town = town("source = { inbox = \"trajets*.csv\" }\n", "by_period");
    let server = town.serve();
    let first = put(&town, "trajets_janvier.csv", "01/2024;Parc;Centre;1");
    let second = put(&town, "trajets/fevrier.txt", "02/2024;Parc;Centre;20");
    let on_its_way = put(&town, "trajets_mars.csv.part", "03/2024;Parc;Centre;300");
    wait_until("both leave the inbox", || {
        !first.exists() && !second.exists()
    });
    wait_until("both are counted", || sum(&town) == Some(21.0));
    assert!(on_its_way.exists(), "not complete");
    // Corrected under its name: what it said before goes.
    put(&town, "trajets_janvier.csv", "01/2024;Parc;Centre;4");
    wait_until("January is corrected", || sum(&town) == Some(24.0));
    fs::rename(&on_its_way, town.state("inbox/trajets_mars.csv")).expect("a move");
    wait_until("March is complete", || sum(&town) == Some(324.0));

    put(&town, "trajets_avril.csv", "pas un mois;Parc;Centre;4000");
    put(&town, "budget.csv", "04/2024;Parc;Centre;4000");
    put(&town, "piscines/x.csv", "04/2024;Parc;Centre;4000");
    std::os::unix::fs::symlink("/etc/hostname", town.state("inbox/trajets_lien.csv"))
        .expect("a link");
    wait_until("four are refused", || refused(&town).len() == 4);
    let told = refused(&town);
    let reason = |name: &str| {
        let found = told.iter().find(|(refused, _)| refused == name);
        found.map(|(_, text)| text.as_str()).expect(name)
    };
    assert!(reason("trajets_avril.csv").contains("aucune de ses 1 ligne"));
    assert!(reason("budget.csv").contains("aucun jeu de données ne reconnaît ce nom"));
    assert!(reason("x.csv").contains("« piscines »"));
    assert!(reason("trajets_lien.csv").contains("lien"));
    assert_eq!(sum(&town), Some(324.0));
    let page = server.wait_for("/administration", SOON, |html| html.contains("budget.csv"));
    assert!(main_text(&page.text()).contains("inbox/refused"));
    // Once they are taken away nothing is said any more.
    fs::remove_dir_all(town.state("inbox/refused")).expect("a folder");
    server.wait_for("/administration", SOON, |html| !html.contains("budget.csv"));
    let waiting = town.state("delivered/trajets");
    assert_eq!(
        fs::read_dir(waiting).expect("a folder").count(),
        0,
        "nothing is kept twice"
    );
}

#[test]
fn a_file_put_into_the_inbox_replaces_those_of_the_data_folder_until_they_change() {
    let town = town(SOURCE, "replace");
    let lying = town.data("trajets_20250602.csv");
    fs::write(&lying, format!("{HEAD}01/2024;Parc;Centre;1\n")).expect("a file");
    town.run(&["import"]).assert_code(0);
    put(&town, "trajets/n.csv", "01/2024;Parc;Centre;50");
    town.run(&["import"]).assert_code(0);
    assert_eq!(sum(&town), Some(50.0));
    let again = town.run(&["import"]).assert_code(0);
    assert!(again.stdout.starts_with("0 import"), "{}", again.stdout);
    std::thread::sleep(Duration::from_millis(20));
    fs::write(&lying, format!("{HEAD}01/2024;Parc;Centre;7\n")).expect("a file");
    town.run(&["import"]).assert_code(0);
    assert_eq!(sum(&town), Some(7.0));
}

/// A server that answers everything with the same text, which a test may change.
struct Site {
    port: u16,
    answer: Arc<Mutex<String>>,
}

impl Site {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let answer = Arc::new(Mutex::new(String::new()));
        let told = Arc::clone(&answer);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let _ = stream.read(&mut [0; 4096]);
                let answer = told.lock().expect("an answer").clone();
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { port, answer }
    }

    /// Answers with these rows from now on.
    fn offer(&self, rows: &str) {
        let body = format!("{HEAD}{rows}\n");
        let length = body.len();
        self.say(&format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ));
    }

    fn say(&self, answer: &str) {
        *self.answer.lock().expect("an answer") = answer.to_owned();
    }

    fn source(&self, more: &str) -> String {
        format!(
            "source = {{ url = \"http://127.0.0.1:{}/t.csv\"{more} }}\n",
            self.port
        )
    }
}

/// Lets a town reach this machine.
fn allow(town: &Town) {
    town.edit(
        "town.toml",
        "[home]",
        "[network]\nallow = [\"127.0.0.1\"]\n\n[home]",
    );
}

#[test]
fn what_is_fetched_adds_to_what_came_before_and_failures_change_nothing() {
    let site = Site::start();
    let town = town(&site.source(""), "by_period");
    site.offer("01/2024;Parc;Centre;1");
    let output = town.run(&["import"]).assert_code(1);
    assert!(
        plain(&output.stderr).contains("« 127.0.0.1 » est une adresse privée"),
        "{}",
        output.stderr
    );
    allow(&town);
    town.run(&["import", "trajets"]).assert_code(0);
    assert_eq!(sum(&town), Some(1.0));
    site.offer("02/2024;Parc;Centre;20");
    town.run(&["import", "trajets"]).assert_code(0);
    assert_eq!(sum(&town), Some(21.0));
    site.say("HTTP/1.1 404 Gone\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let output = town.run(&["import", "trajets"]).assert_code(1);
    assert!(output.stderr.contains("404"), "{}", output.stderr);
    site.offer("pas un mois;Parc;Centre;4000");
    town.run(&["import", "trajets"]).assert_code(1);
    assert_eq!(sum(&town), Some(21.0));
    // A delivery that could not be imported does not stand in the way of the next.
    site.offer("03/2024;Parc;Centre;300");
    town.run(&["import", "trajets"]).assert_code(0);
    assert_eq!(sum(&town), Some(321.0));
    // Another reading of the columns reads what is kept of all deliveries.
    town.edit(
        "datasets/trajets.toml",
        "[columns.trajets]\n",
        "[columns.trajets]\nmissing = [\"20\"]\n",
    );
    town.run(&["import"]).assert_code(0);
    assert_eq!(sum(&town), Some(301.0));
}

#[test]
fn a_server_is_asked_when_the_program_starts_and_what_it_does_wrong_is_told() {
    let site = Site::start();
    let town = town(&site.source(""), "replace");
    allow(&town);
    site.offer("01/2024;Parc;Centre;1");
    {
        let server = town.serve();
        wait_until("it is fetched", || sum(&town) == Some(1.0));
        let page = server.wait_for("/administration", SOON, |html| {
            html.contains("Prochaine lecture")
        });
        assert!(main_text(&page.text()).contains("Trajets en vélo"));
    }
    // Not due again before tomorrow.
    site.offer("01/2024;Parc;Centre;2");
    let output = town.run(&["import"]).assert_code(0);
    assert!(output.stdout.starts_with("0 import"), "{}", output.stdout);
    // Another source is asked at once.
    site.say("HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    town.edit("datasets/trajets.toml", "/t.csv", "/u.csv");
    let server = town.serve();
    let page = server.wait_for("/administration", SOON, |html| html.contains("403"));
    assert!(main_text(&page.text()).contains("refuse l’accès"));
    assert_eq!(sum(&town), Some(1.0), "the last good version stays");
}

#[test]
fn a_live_source_on_another_machine_is_read_at_its_pace() {
    let site = Site::start();
    let town = town(&site.source(", every = 10"), "append");
    allow(&town);
    site.offer("01/2024;Parc;Centre;1");
    let _server = town.serve();
    wait_until("it is read", || sum(&town) == Some(1.0));
    assert!(!town.state("delivered/trajets").join(".part").exists());
}
