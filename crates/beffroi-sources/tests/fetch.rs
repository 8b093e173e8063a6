//! Declared sources, fetched as a town declares them, into its state folder.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod server;

use beffroi_catalog::{Catalog, Dataset, load_files};
use beffroi_model::DatasetId;
use beffroi_sources::{Delivered, Limits, Record, SourceError, fetch, reading};
use server::{Server, say};
use std::{fs, path::Path, time::Duration};

/// A town with one dataset, `air`.
fn town(source: &str) -> Catalog {
    let town = r#"
name = "Valmont"
insee = "2A004"
mandate = { from = 2026, to = 2032 }
[departments.climat]
title = "Climat"
[network]
allow = ["127.0.0.1"]
"#;
    let dataset = format!(
        r#"
title = "Air"
row = "un jour"
department = "climat"
steward = "Claire Audouin"
frequency = "daily"
source = {source}
[columns.jour]
type = "day"
"#
    );
    let loaded = load_files(vec![
        ("town.toml".into(), town.into()),
        ("datasets/air.toml".into(), dataset.into_bytes()),
    ]);
    loaded.catalog.expect("no error")
}

fn get(state: &Path, town: &Catalog) -> Result<bool, SourceError> {
    let limits = Limits {
        attempts: 1,
        idle: Duration::from_secs(5),
        ..Limits::default()
    };
    fetch(state, &town.town.network, &air(town), limits)
}

fn air(town: &Catalog) -> Dataset {
    town.datasets["air"].clone()
}

/// Names and texts of what was delivered.
fn delivered(state: &Path) -> Vec<(String, String)> {
    let all = Delivered::new(state, &DatasetId::new("air").unwrap()).all();
    all.unwrap()
        .into_iter()
        .map(|it| (it.file.name, fs::read_to_string(it.file.path).unwrap()))
        .collect()
}

fn pair(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

#[test]
fn only_what_is_new_is_delivered_and_failures_are_counted() {
    let server = Server::start(|number, head, stream| match number {
        1 => say(
            stream,
            "HTTP/1.1 200 OK\nETag: \"1\"\nContent-Length: 1\n\na",
        ),
        2 => {
            assert!(head.contains("if-none-match: \"1\""), "{head}");
            say(stream, "HTTP/1.1 304 Not Modified");
        }
        3 => say(stream, "HTTP/1.1 500 Oops\nContent-Length: 0"),
        // The same bytes under another tag.
        4 => say(
            stream,
            "HTTP/1.1 200 OK\nETag: \"2\"\nContent-Length: 1\n\na",
        ),
        _ => say(
            stream,
            "HTTP/1.1 200 OK\nETag: \"3\"\nContent-Length: 1\n\nb",
        ),
    });
    let state = tempfile::tempdir().unwrap();
    let state = state.path();
    let town = town(&format!("{{ url = \"{}\" }}", server.url("/air.csv?cle=1")));
    let record = || Record::load(state, &air(&town));
    assert_eq!(record().tried, None);
    assert!(get(state, &town).unwrap());
    assert!(!get(state, &town).unwrap());
    let good = record();
    assert_eq!((good.failures, good.succeeded), (0, good.tried));
    assert_eq!(get(state, &town).unwrap_err().code(), "status");
    let failed = record();
    assert_eq!((failed.failures, failed.succeeded), (1, good.succeeded));
    assert!(!get(state, &town).unwrap());
    assert_eq!(record().failures, 0);
    assert_eq!(delivered(state), [pair("air.csv", "a")]);
    assert!(get(state, &town).unwrap());
    assert_eq!(
        delivered(state),
        [pair("air.csv", "a"), pair("air.csv", "b")]
    );
    assert_eq!(server.hits(), 5);
    let elsewhere = self::town("{ url = \"https://ailleurs.fr/air.csv\" }");
    assert_eq!(
        Record::load(state, &air(&elsewhere)).tried,
        None,
        "another source"
    );
}

#[test]
fn a_live_source_is_read_and_nothing_is_delivered() {
    let server = Server::saying("HTTP/1.1 200 OK\nContent-Length: 2\n\n{}");
    let town = town(&format!("{{ url = \"{}\", every = 60 }}", server.url("/")));
    let state = tempfile::tempdir().unwrap();
    let read = reading(
        state.path(),
        &town.town.network,
        &air(&town),
        Limits::default(),
    );
    assert_eq!(read.unwrap(), b"{}");
    assert_eq!(delivered(state.path()), []);
}

#[test]
fn a_header_that_the_environment_does_not_hold_is_told_by_its_name() {
    let town = town("{ url = \"http://127.0.0.1:9/\", header_env = \"NULLE_PART_DECLAREE\" }");
    let state = tempfile::tempdir().unwrap();
    let error = get(state.path(), &town).unwrap_err();
    assert_eq!(error.code(), "no-secret");
    assert_eq!(error.args(), [("source", "NULLE_PART_DECLAREE".to_owned())]);
}

/// A portal that has no exports, with that many records, of which it shows some.
fn portal(total: usize, shown: usize) -> Server {
    Server::start(move |_, head, stream| {
        let line = head.lines().next().unwrap();
        if line.contains("/exports/") {
            return say(stream, "HTTP/1.1 400 Closed\nContent-Length: 0");
        }
        assert!(
            line.contains("/api/explore/v2.1/catalog/datasets/air-2026/records?"),
            "{line}"
        );
        assert!(line.contains("where=jour+%3e+date%272026%27"), "{line}");
        let offset = line.split("offset=").nth(1).unwrap();
        let offset: usize = offset.split('&').next().unwrap().parse().unwrap();
        let records: Vec<String> = (offset..shown.min(offset + 100))
            .map(|n| format!("{{\"n\":\n{n}}}"))
            .collect();
        let body = format!(
            "{{\"total_count\": {total}, \"results\": [{}]}}",
            records.join(",")
        );
        say(
            stream,
            &format!("HTTP/1.1 200 OK\nContent-Length: {}\n\n{body}", body.len()),
        );
    })
}

fn portal_town(server: &Server) -> Catalog {
    town(&format!(
        "{{ opendatasoft = \"{}\", dataset = \"air-2026\", where = \"jour > date'2026'\" }}",
        server.url("/")
    ))
}

#[test]
fn a_portal_is_read_by_its_export() {
    let server = Server::start(|_, head, stream| {
        let line = head.lines().next().unwrap();
        let expected = "/api/explore/v2.1/catalog/datasets/air-2026/exports/csv?delimiter=%3b\
                        &with_bom=false&lang=fr&timezone=europe%2fparis&where=";
        assert!(line.contains(expected), "{line}");
        say(
            stream,
            "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\r\njour\n\r\n0\r\n\r\n",
        );
    });
    let state = tempfile::tempdir().unwrap();
    assert!(get(state.path(), &portal_town(&server)).unwrap());
    assert_eq!(delivered(state.path()), [pair("air-2026.csv", "jour\n")]);
}

#[test]
fn a_portal_without_export_is_read_page_after_page_or_not_at_all() {
    let server = portal(250, 250);
    let state = tempfile::tempdir().unwrap();
    assert!(get(state.path(), &portal_town(&server)).unwrap());
    let records: Vec<String> = (0..250).map(|n| format!("{{\"n\": {n}}}\n")).collect();
    assert_eq!(
        delivered(state.path()),
        [pair("air-2026.jsonl", &records.concat())]
    );
    assert_eq!(server.hits(), 4);

    let state = tempfile::tempdir().unwrap();
    for (total, shown, code) in [
        (10_001, 10_001, "too-many-records"),
        (250, 120, "incomplete"),
    ] {
        let server = portal(total, shown);
        let error = get(state.path(), &portal_town(&server)).unwrap_err();
        assert_eq!(error.code(), code);
        assert_eq!(delivered(state.path()), [], "never a part of it");
    }
}
