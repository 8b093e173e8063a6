//! The program among the machine's other services: what supervisors ask, gather and tell it.

use beffroi_tests::{Server, Town, get};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

const SOON: Duration = Duration::from_secs(30);

/// Waits until something holds.
#[track_caller]
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < SOON, "never: {what}");
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn told_to_stop_it_ends_well_whatever_it_does() {
    for signal in ["TERM", "INT"] {
        let town = Town::small();
        let server = town.serve();
        let address = server.address();
        assert_eq!(server.get("/").status, 200);
        assert_eq!(server.stop(signal), Some(0), "{signal}");
        assert!(TcpStream::connect(address).is_err());
        assert_eq!(town.serve().get("/").status, 200, "the state is whole");
    }
}

#[test]
fn told_to_stop_in_its_first_import_it_ends_well_and_the_next_start_does_it_again() {
    let town = Town::small();
    let mut text = String::from("Mois;Station;Quartier;Trajets\n");
    for row in 0..400_000 {
        text.push_str(&format!("01/2024;S{row};Centre;1\n"));
    }
    fs::write(town.data("trajets_20250602.csv"), text).expect("a delivery");
    let started = town.begin(&["serve", "--listen", "127.0.0.1:0"]);
    wait_until("the import begins", || town.state("beffroi.json").is_file());
    started.signal("TERM");
    started.wait().assert_code(0);
    let server = town.serve();
    assert_eq!(server.get("/catalogue/trajets").status, 200);
}

#[test]
fn health_is_told_in_a_word() {
    let town = Town::small();
    let server = town.serve();
    let well = server.get("/sante");
    assert_eq!((well.status, well.text().as_str()), (200, "ok\n"));
    fs::rename(town.state(""), town.path("elsewhere")).expect("the state can be moved");
    server.wait_for("/sante", SOON, |text| text == "etat\n");
    assert_eq!(server.get("/sante").status, 503);
    fs::rename(town.path("elsewhere"), town.state("")).expect("and back");
    server.wait_for("/sante", SOON, |text| text == "ok\n");
}

/// Where measures are, as the program told.
fn measures_of(server: &Server) -> SocketAddr {
    wait_until("the address of measures", || {
        server.stderr().contains("/metrics")
    });
    let told = server.stderr();
    let (_, rest) = told.split_once("Mesures : http://").expect("an address");
    let (address, _) = rest.split_once('/').expect("a path");
    address.parse().expect("an address")
}

#[test]
fn measures_are_on_an_address_of_their_own_and_tell_of_nobody() {
    let town = Town::small();
    let server = town.serve_with(&["--metrics", "0"]);
    let measures = measures_of(&server);
    assert!(measures.ip().is_loopback());
    for path in [
        "/catalogue/trajets?q=dupont",
        "/catalogue/trajets?q=dupont",
        "/durand",
    ] {
        let _ = server.get(path);
    }
    let answer = get(measures, "/metrics").expect("measures");
    let text = answer.text();
    for line in [
        "beffroi_requests_total{route=\"/catalogue/{dataset}\",status=\"2xx\"} 2",
        "beffroi_requests_total{route=\"other\",status=\"4xx\"} 1",
        "beffroi_request_duration_seconds_count{route=\"/catalogue/{dataset}\"} 2",
        "beffroi_page_cache_hits_total 1",
        "beffroi_page_cache_misses_total 1",
        "beffroi_queries_waiting 0",
        "beffroi_queries_busy 0",
        "beffroi_imports_failed_total 0",
        "beffroi_import_duration_seconds_count 1",
        "beffroi_dataset_version{dataset=\"trajets\"} 1",
        "beffroi_dataset_age_seconds{dataset=\"trajets\"} ",
        "beffroi_snapshot_serial ",
        "process_resident_memory_bytes ",
        "process_open_fds ",
        "beffroi_uptime_seconds ",
    ] {
        assert!(text.contains(line), "{line}\nis not in\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
    for word in ["dupont", "durand", "127.0.0.1"] {
        assert!(!text.contains(word), "{word}");
    }
    assert_eq!(get(measures, "/sante").expect("health").status, 200);
    assert_eq!(server.get("/metrics").status, 404);
}

#[test]
fn each_request_has_a_line_that_can_be_found_by_its_number_and_says_nothing_of_who_asked() {
    let town = Town::small();
    let environment = [("BEFFROI_LOG", "info"), ("BEFFROI_LOG_FORMAT", "json")];
    let server = town.serve_under(&environment, &[]);
    let answer = server.get("/catalogue/trajets?q=dupont");
    let id = answer.header("x-request-id").expect("a number").to_owned();
    let missing = server.get("/durand");
    assert_ne!(missing.header("x-request-id"), Some(id.as_str()));
    wait_until("both lines", || {
        server.stderr().matches("\"route\"").count() >= 2
    });
    let journal = server.stderr();
    let lines: Vec<serde_json::Value> = journal
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect();
    let line = lines.iter().find(|line| line["id"] == id.as_str());
    let line = line.expect("the line of the request");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["route"], "/catalogue/{dataset}");
    assert_eq!(line["status"], 200);
    assert!(line["ms"].is_f64());
    for word in ["dupont", "durand"] {
        assert!(!journal.contains(word), "{word} in\n{journal}");
    }
    let told = lines.iter().filter(|line| line["message"] == "request");
    assert!(told.clone().count() >= 2);
    for line in told {
        assert!(!line.to_string().contains("127.0.0.1"), "{line}");
    }
}

#[test]
fn a_journal_that_nobody_asked_to_be_talkative_is_silent_on_requests() {
    let town = Town::small();
    let server = town.serve();
    let _ = server.get("/");
    assert!(!server.stderr().contains("request"), "{}", server.stderr());
}

/// A certificate for this machine and its key, written as PEM; the certificate.
fn certify(town: &Town) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let pem = made.cert.pem();
    fs::write(town.path("key.pem"), made.signing_key.serialize_pem()).expect("the key");
    fs::write(town.path("cert.pem"), &pem).expect("the certificate");
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM")
}

/// What the server answers to whoever trusts this certificate only.
fn get_trusting(server: SocketAddr, trusted: &CertificateDer<'static>) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let mut stream = StreamOwned::new(connection, TcpStream::connect(server)?);
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut text = Vec::new();
    stream.read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn behind_a_certificate_nothing_is_in_clear_and_a_new_one_is_served_without_a_restart() {
    let town = Town::small();
    let first = certify(&town);
    let server = town.serve_with(&["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    let address = server.address();
    let page = get_trusting(address, &first).expect("a page");
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    assert!(
        page.contains("strict-transport-security: max-age=63072000"),
        "{page}"
    );
    assert!(get(address, "/").is_err(), "nothing is answered in clear");

    let second = certify(&town);
    wait_until("the new certificate", || {
        get_trusting(address, &second).is_ok()
    });
    assert!(get_trusting(address, &first).is_err());

    // One that cannot be used changes nothing.
    fs::write(town.path("cert.pem"), "spoilt").expect("the certificate");
    wait_until("the refusal", || {
        server.stderr().contains("the former stays")
    });
    assert!(get_trusting(address, &second).is_ok());
    assert_eq!(server.stop("TERM"), Some(0));
}

#[test]
fn in_clear_no_browser_is_told_to_want_a_certificate() {
    let server = Town::small().serve();
    assert_eq!(server.get("/").header("strict-transport-security"), None);
}

#[test]
fn certificates_that_cannot_be_used_are_refused_in_words() {
    let town = Town::small();
    certify(&town);
    let refused = |args: &[&str], code: i32| {
        let all = [&["serve", "--listen", "127.0.0.1:0"], args].concat();
        town.run(&all).assert_code(code).stderr
    };
    let alone = refused(&["--tls-cert", "cert.pem"], 2);
    assert!(alone.contains("--tls-key"), "{alone}");
    let gone = refused(&["--tls-cert", "gone.pem", "--tls-key", "key.pem"], 1);
    assert!(gone.contains("n’existe pas"), "{gone}");
    let swapped = refused(&["--tls-cert", "key.pem", "--tls-key", "cert.pem"], 1);
    assert!(swapped.contains("aucun certificat"), "{swapped}");
    let public = town
        .run(&["serve", "--listen", "0.0.0.0:0"])
        .assert_code(2)
        .stderr;
    assert!(public.contains("refusé"), "{public}");
}
