//! Fetching from servers that behave, and from those that do not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod server;

use beffroi_catalog::{Allowed, Network};
use beffroi_sources::{Fetched, Limits, Request, SourceError, Validators, Web};
use flate2::{Compression, write::GzEncoder};
use server::{Server, say};
use std::{
    fs,
    io::Write,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Limits that a test can wait for.
fn limits() -> Limits {
    Limits {
        bytes: 1 << 20,
        total: Duration::from_secs(20),
        idle: Duration::from_secs(5),
        attempts: 3,
        pause: Duration::from_millis(10),
        longest_pause: Duration::from_secs(2),
    }
}

/// This machine's first address, and no other.
fn here() -> Network {
    Network {
        allow: vec![Allowed::Range("127.0.0.1/32".parse().unwrap())],
        certificates: None,
    }
}

fn request(url: &str) -> Request {
    Request {
        url: url.parse().unwrap(),
        header: None,
        known: Validators::default(),
        name: None,
        fallback: "air".to_owned(),
    }
}

struct Fetch {
    folder: TempDir,
    answer: Result<Option<Fetched>, SourceError>,
}

impl Fetch {
    fn with(network: &Network, limits: Limits, request: &Request) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let web = Web::new(network, limits).unwrap();
        let answer = web.fetch(request, &folder.path().join("part"));
        Self { folder, answer }
    }

    fn of(url: &str) -> Self {
        Self::with(&here(), limits(), &request(url))
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("part")
    }

    fn file(&self) -> (&Fetched, Vec<u8>) {
        let fetched = self.answer.as_ref().unwrap().as_ref().unwrap();
        (fetched, fs::read(&fetched.path).unwrap())
    }

    /// The code of the error; nothing may be left of the file.
    fn code(&self) -> &'static str {
        assert!(!self.path().exists(), "a part is left");
        self.answer.as_ref().unwrap_err().code()
    }
}

#[test]
fn a_file_comes_with_its_name_and_checksum_and_then_has_not_changed() {
    let server = Server::start(|_, head, stream| {
        assert!(head.contains("user-agent: beffroi/"), "{head}");
        let known = head.contains("if-none-match: \"abc\"")
            && head.contains("if-modified-since: tue, 02 jun 2026 06:00:00 gmt");
        if known {
            say(stream, "HTTP/1.1 304 Not Modified");
        } else {
            say(
                stream,
                "HTTP/1.1 200 OK\nContent-Type: text/csv\nContent-Length: 9\nETag: \"abc\"\n\
                 Last-Modified: Tue, 02 Jun 2026 06:00:00 GMT\n\
                 Content-Disposition: attachment; filename=\"../air_20260602.csv\"\n\na;b\n1;2\n\n",
            );
        }
    });
    let first = Fetch::of(&server.url("/export?format=csv"));
    let (file, bytes) = first.file();
    assert_eq!(bytes, b"a;b\n1;2\n\n");
    assert_eq!(file.name, "air_20260602.csv");
    assert_eq!(file.bytes, 9);
    assert_eq!(file.sha256, beffroi_sources::sha256_hex(&bytes));
    assert_eq!(file.content_type.as_deref(), Some("text/csv"));
    let mut again = request(&server.url("/export?format=csv"));
    again.known = file.validators.clone();
    let second = Fetch::with(&here(), limits(), &again);
    assert_eq!(second.answer.as_ref().unwrap(), &None);
    assert!(!second.path().exists());
}

#[test]
fn a_server_that_fails_is_asked_again_and_one_that_refuses_is_not() {
    let failing = |last: &'static str| {
        Server::start(move |number, _, stream| match number {
            1 => say(
                stream,
                "HTTP/1.1 503 Busy\nRetry-After: 1\nContent-Length: 0",
            ),
            2 => say(stream, "HTTP/1.1 500 Oops\nContent-Length: 0"),
            _ => say(stream, last),
        })
    };
    let server = failing("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
    let start = Instant::now();
    assert_eq!(Fetch::of(&server.url("/")).file().1, b"ok");
    assert_eq!(server.hits(), 3);
    assert!(
        start.elapsed() >= Duration::from_secs(1),
        "it asked for a second"
    );

    let server = failing("HTTP/1.1 502 Oops\nContent-Length: 0");
    assert_eq!(Fetch::of(&server.url("/")).code(), "status");
    assert_eq!(server.hits(), 3);

    for (answer, code) in [
        ("HTTP/1.1 404 Gone\nContent-Length: 0", "gone"),
        ("HTTP/1.1 403 No\nContent-Length: 0", "refused"),
        ("HTTP/1.1 400 What\nContent-Length: 0", "status"),
        ("HTTP/1.1 204 Nothing", "status"),
        ("HTTP/1.1 200 OK\nContent-Length: 0", "empty"),
        // An hour is longer than a fetch waits.
        (
            "HTTP/1.1 503 Busy\nRetry-After: 3600\nContent-Length: 0",
            "status",
        ),
    ] {
        let server = Server::saying(answer);
        assert_eq!(Fetch::of(&server.url("/")).code(), code, "{answer}");
        assert_eq!(server.hits(), 1, "{answer}");
    }
}

#[test]
fn an_answer_that_breaks_off_is_not_taken_for_the_whole() {
    for answer in [
        "HTTP/1.1 200 OK\nContent-Length: 100\n\nhalf of it",
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhalf ",
        "HTTP/1.1 200 OK\nContent-Encoding: br\nContent-Length: 3\n\nabc",
        "HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 3\n\nabc",
    ] {
        let server = Server::saying(answer);
        assert_eq!(Fetch::of(&server.url("/")).code(), "incomplete", "{answer}");
        assert_eq!(server.hits(), 3);
    }
    let server = Server::saying("SSH-2.0-OpenSSH_9.2\n\n");
    assert_eq!(Fetch::of(&server.url("/")).code(), "no-answer");
}

#[test]
fn a_body_without_end_stops_at_the_limit() {
    let endless = Server::start(|_, _, stream| {
        say(stream, "HTTP/1.1 200 OK\n\n");
        while stream.write_all(&[b'x'; 8192]).is_ok() {}
    });
    assert_eq!(Fetch::of(&endless.url("/")).code(), "too-large");
    let announced = Server::saying("HTTP/1.1 200 OK\nContent-Length: 99999999999\n\nx");
    assert_eq!(Fetch::of(&announced.url("/")).code(), "too-large");
    assert_eq!((endless.hits(), announced.hits()), (1, 1));
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_comes_packed_is_unpacked_within_the_limit() {
    let sending = |bytes: Vec<u8>| {
        Server::start(move |_, head, stream| {
            assert!(head.contains("accept-encoding: gzip"), "{head}");
            let head = "HTTP/1.1 200 OK\nContent-Encoding: gzip";
            say(stream, &format!("{head}\nContent-Length: {}", bytes.len()));
            let _ = stream.write_all(&bytes);
        })
    };
    let text = "a;b\n".repeat(1000);
    let server = sending(packed(text.as_bytes()));
    assert_eq!(Fetch::of(&server.url("/x.csv")).file().1, text.as_bytes());

    let bomb = sending(packed(&vec![0; 64 << 20]));
    assert_eq!(Fetch::of(&bomb.url("/")).code(), "too-large");

    let mut half = packed(text.as_bytes());
    half.truncate(half.len() - 12);
    assert_eq!(Fetch::of(&sending(half).url("/")).code(), "incomplete");
}

#[test]
fn a_slow_server_does_not_hold_the_program() {
    let drops = Server::start(|_, _, stream| {
        say(stream, "HTTP/1.1 200 OK\nContent-Length: 100000\n\n");
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let total = Limits {
        total: Duration::from_secs(1),
        ..limits()
    };
    let fetch = Fetch::with(&here(), total, &request(&drops.url("/")));
    assert_eq!(fetch.code(), "too-long");

    let silent = Server::start(|_, _, _| thread::sleep(Duration::from_secs(30)));
    let idle = Limits {
        idle: Duration::from_millis(200),
        attempts: 2,
        ..limits()
    };
    let fetch = Fetch::with(&here(), idle, &request(&silent.url("/")));
    assert_eq!(fetch.code(), "no-answer");
    assert_eq!(silent.hits(), 2);
}

#[test]
fn a_redirection_is_followed_as_far_as_it_may() {
    let leading = |to: String| {
        Server::start(move |_, head, stream| {
            if head.starts_with("get /arrivée") || head.starts_with("get /arriv%c3%a9e") {
                say(stream, "HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
            } else {
                say(
                    stream,
                    &format!("HTTP/1.1 302 Found\nLocation: {to}\nContent-Length: 0"),
                );
            }
        })
    };
    let server = leading("/arriv%C3%A9e".to_owned());
    assert_eq!(Fetch::of(&server.url("/depart")).file().0.name, "arrivée");
    for (to, code) in [
        (
            "http://169.254.169.254/latest/meta-data/",
            "private-address",
        ),
        ("http://127.0.0.2/", "private-address"),
        ("http://[::1]/", "private-address"),
        ("http://[::ffff:10.0.0.1]/", "private-address"),
        ("http://2130706434/", "private-address"),
        ("file:///etc/passwd", "bad-redirect"),
        ("ftp://127.0.0.1/", "bad-redirect"),
        ("http://moi:secret@127.0.0.1/", "bad-redirect"),
        ("/encore", "bad-redirect"),
        ("http://", "bad-redirect"),
    ] {
        let server = leading(to.to_owned());
        assert_eq!(Fetch::of(&server.url("/depart")).code(), code, "{to}");
        assert!(server.hits() <= 6, "{to}");
    }
}

#[test]
fn a_header_goes_to_the_declared_host_only_and_into_no_error() {
    let elsewhere = Server::start(|_, head, stream| {
        let told = if head.contains("x-cle") { "told" } else { "ok" };
        let length = told.len();
        say(
            stream,
            &format!("HTTP/1.1 200 OK\nContent-Length: {length}\n\n{told}"),
        );
    });
    let to = elsewhere.url("/");
    let server = Server::start(move |_, head, stream| {
        assert!(head.contains("x-cle: s3cret"), "{head}");
        say(
            stream,
            &format!("HTTP/1.1 307 There\nLocation: {to}\nContent-Length: 0"),
        );
    });
    let mut asked = request(&server.url("/?cle=s3cret"));
    let mut value: reqwest::header::HeaderValue = "s3cret".parse().unwrap();
    value.set_sensitive(true);
    asked.header = Some((reqwest::header::HeaderName::from_static("x-cle"), value));
    assert_eq!(Fetch::with(&here(), limits(), &asked).file().1, b"ok");
    let refused = Fetch::with(&Network::default(), limits(), &asked);
    let error = refused.answer.unwrap_err();
    assert!(!format!("{error} {error:?} {:?}", error.args()).contains("s3cret"));
}

#[test]
fn nothing_private_is_reached_unless_the_town_allows_it() {
    let server = Server::saying("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
    let port = server.port;
    for host in [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "127.1",
        "0x7f000001",
        "017700000001",
        "[::ffff:127.0.0.1]",
        "[::1]",
    ] {
        let fetch = Fetch::with(
            &Network::default(),
            limits(),
            &request(&format!("http://{host}:{port}/")),
        );
        assert_eq!(fetch.code(), "private-address", "{host}");
    }
    assert_eq!(server.hits(), 0);
    let by_name = Network {
        allow: vec![Allowed::Host("localhost".to_owned())],
        certificates: None,
    };
    let fetch = Fetch::with(
        &by_name,
        limits(),
        &request(&format!("http://localhost:{port}/")),
    );
    assert_eq!(fetch.file().1, b"ok");
}
