//! How long the sample town takes to start and to answer, what it weighs, what it holds in
//! memory, and what it costs that people sign in. Builds nothing: it runs the program beside itself.
//!
//! ```text
//! cargo build --release && cargo bench -p beffroi-tests --bench serve
//! ```

use beffroi_tests::{Server, Town, get, token};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// Requests of each kind.
const TIMES: usize = 200;
/// The same of somebody who signed in: the program bounds what one person may ask at a stretch.
const TIMES_SIGNED_IN: usize = 100;
/// Pages that are looked at.
const PAGES: [(&str, &str); 3] = [
    ("home", "/"),
    ("board", "/tableaux/mobilites"),
    ("indicator", "/indicateurs/velos_locations"),
];
/// The headers of somebody who is not signed in.
const NOBODY: &str = "";

fn main() {
    let town = Town::sample();
    let (server, first) = start(&town);
    drop(server);
    let (server, second) = start(&town);
    let address = server.address();
    println!("| measure | figure |");
    println!("|---|---|");
    println!(
        "| first start, files imported, to the first page | {} |",
        ms(first)
    );
    println!("| second start to the first page | {} |", ms(second));
    let mut demonstration = Vec::new();
    for (name, path) in PAGES {
        let warm = warm(address, path, NOBODY, TIMES);
        println!(
            "| {name}, warm: time to first byte, median and worst of {TIMES} | {} |",
            spread(&warm)
        );
        demonstration.push(median(&warm));
    }
    let asked = filters();
    let before = processor(&server);
    let fresh: Vec<Duration> = asked
        .iter()
        .map(|path| first_byte(address, path, NOBODY).0)
        .collect();
    let count = fresh.len();
    println!(
        "| board, a filter never asked before: median and worst of {count} | {} |",
        spread(&sorted(fresh))
    );
    let spent = processor(&server).saturating_sub(before);
    println!(
        "| the same: processor time for each | {} |",
        ms(spent / u32::try_from(count).unwrap_or(1).max(1))
    );
    for (name, path) in [("home", "/"), ("board", "/tableaux/mobilites")] {
        let page = get(address, path).expect("a page");
        let (_, packed) = first_byte(address, path, NOBODY);
        let scripts = page.text().matches("<script").count();
        println!(
            "| {name}: weight, compressed, scripts | {} kB, {} kB, {scripts} |",
            page.body.len().div_ceil(1000),
            packed.div_ceil(1000)
        );
    }
    std::thread::sleep(Duration::from_secs(3));
    println!(
        "| memory at rest after all this | {} MB |",
        resident(&server) / 1000
    );
    drop(server);
    signed_in(&town, &demonstration);
}

/// The same pages for somebody who signed in, beside those of the demonstration.
fn signed_in(town: &Town, demonstration: &[Duration]) {
    let server = town.serve_with(&["--no-demo"]);
    let cookie = format!("Cookie: {}\r\n", administrator(&server));
    for ((name, path), demonstration) in PAGES.into_iter().zip(demonstration) {
        let warm = warm(server.address(), path, &cookie, TIMES_SIGNED_IN);
        println!(
            "| {name}, warm, signed in: median and worst of {TIMES_SIGNED_IN}, ratio of medians to the \
             demonstration | {}, {:.2} |",
            spread(&warm),
            median(&warm).as_secs_f64() / demonstration.as_secs_f64()
        );
    }
}

/// Signs in as the first administrator, who is made a reader of the whole town too.
fn administrator(server: &Server) -> String {
    const PASSWORD: &str = "Tilleul-37-gabarit-mauve";
    let printed = server.stdout();
    let (_, link) = printed.split_once("/premier-acces?jeton=").expect("a link");
    let jeton = link.lines().next().unwrap_or_default();
    let visitor = server.visitor();
    let who = [
        ("nom", "Odile Marchand"),
        ("courriel", "odile@clairval.example"),
    ];
    let secret = [
        ("jeton", jeton),
        ("mot_de_passe", PASSWORD),
        ("encore", PASSWORD),
    ];
    let page = format!("/premier-acces?jeton={jeton}");
    let made = visitor.post(&page, "/premier-acces", &[&who[..], &secret[..]].concat());
    assert_eq!(made.status, 303, "{}", made.text());
    let list = visitor.get("/administration/personnes").text();
    let (before, _) = list.split_once("\">Odile Marchand</a>").expect("herself");
    let (_, own) = before.rsplit_once('"').expect("her page");
    let member = [
        ("faire", "garder"),
        ("role", "administrator"),
        ("role", "steward"),
        ("perimetre", "ville"),
    ];
    let changed = visitor.post(own, own, &[&who[..], &member[..]].concat());
    assert_eq!(changed.status, 303, "{}", changed.text());
    assert!(token(&visitor.get("/compte").text()).is_some(), "signed in");
    visitor.cookie_header()
}

/// Times to the first byte of a page that was asked before, sorted.
fn warm(server: SocketAddr, path: &str, headers: &str, times: usize) -> Vec<Duration> {
    first_byte(server, path, headers);
    sorted(
        (0..times)
            .map(|_| first_byte(server, path, headers).0)
            .collect(),
    )
}

/// Starts the program and gets its first page.
fn start(town: &Town) -> (Server, Duration) {
    let start = Instant::now();
    let server = town.serve();
    let page = get(server.address(), "/").expect("the first page");
    assert_eq!(page.status, 200);
    (server, start.elapsed())
}

/// Addresses of the mobility board, each with another set of filters.
fn filters() -> Vec<String> {
    let districts = [
        "vieux_bourg",
        "la_halle",
        "les_tanneries",
        "saint_aubin",
        "gare",
        "les_coteaux",
        "pre_aux_moines",
        "la_garenne",
        "bellevue",
        "moulin_neuf",
        "le_port",
        "les_aulnes",
    ];
    (2020..=2025)
        .flat_map(|year| {
            districts.iter().map(move |district| {
                format!("/tableaux/mobilites?periode={year}&quartier={district}")
            })
        })
        .collect()
}

/// Time from the request sent to the first byte of the answer, and the bytes of the compressed
/// body.
fn first_byte(server: SocketAddr, path: &str, headers: &str) -> (Duration, usize) {
    let mut stream = TcpStream::connect(server).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a time limit");
    let start = Instant::now();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {server}\r\nAccept-Encoding: gzip\r\nAccept-Language: fr\r\n{headers}Connection: close\r\n\r\n"
    )
    .expect("a request");
    let mut first = [0];
    stream.read_exact(&mut first).expect("an answer");
    let time = start.elapsed();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("the whole answer");
    assert!(rest.starts_with(b"TTP/1.1 200"), "{path}");
    let head = rest
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap_or(0);
    (time, rest.len() - head - 4)
}

/// The processor time that the program has spent, where the system tells it, in hundredths of a
/// second.
fn processor(server: &Server) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.id())).unwrap_or_default();
    // Behind the name, which may hold anything, the 12th and 13th fields.
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .filter_map(|it| it.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}

/// Resident memory in kB, where the system tells.
fn resident(server: &Server) -> u64 {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap_or_default();
    status
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmRSS:")?
                .trim()
                .strip_suffix(" kB")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0)
}

fn sorted(mut times: Vec<Duration>) -> Vec<Duration> {
    times.sort_unstable();
    times
}

fn median(sorted: &[Duration]) -> Duration {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// The median and the worst of sorted times.
fn spread(sorted: &[Duration]) -> String {
    let worst = sorted.last().copied().unwrap_or_default();
    format!("{}, {}", ms(median(sorted)), ms(worst))
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
