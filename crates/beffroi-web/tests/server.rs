//! The listening socket: a real request over a real connection.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod town;

use beffroi_web::{Config, Health, Metrics, ServeError, serve, watch};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

fn config(listen: &str) -> Config {
    Config {
        listen: listen.parse().unwrap(),
        content: PathBuf::from("dashboards"),
        state: PathBuf::from("var"),
        query_threads: 1,
        queue: 4,
        time_limit: Duration::from_secs(5),
        tls: None,
        metrics: Metrics::new(),
        health: Health::new(&std::env::temp_dir(), Vec::new()),
        workbench: None,
        shelf: None,
    }
}

fn town() -> beffroi_web::Town {
    town::town(Arc::new(town::MadeUp::default()))
}

fn exchange(address: SocketAddr, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    response
}

#[actix_web::test]
async fn a_taken_port_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let refused = serve(config(&address.to_string()), town(), town::entrance());
    assert!(
        matches!(refused, Err(ServeError::Bind(cause)) if cause.kind() == ErrorKind::AddrInUse)
    );
}

#[actix_web::test]
async fn what_is_under_way_is_answered_before_the_server_ends() {
    let engine = town::MadeUp {
        delay: Duration::from_millis(500),
        ..town::MadeUp::default()
    };
    let metrics = Metrics::new();
    let config = Config {
        metrics: metrics.clone(),
        ..config("127.0.0.1:0")
    };
    let seen = town::town(Arc::new(engine));
    let health = Health::new(&std::env::temp_dir(), Vec::new());
    let listen = "127.0.0.1:0".parse().unwrap();
    let (watch, watched) = watch(listen, Arc::clone(&seen), metrics, health).unwrap();
    actix_web::rt::spawn(watch);
    let (server, address) = serve(config, seen, town::entrance()).unwrap();
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);
    let asked = std::thread::spawn(move || {
        exchange(
            address,
            "GET /api/v1/indicateurs/locations HTTP/1.1\r\nhost: localhost\r\n\r\n",
        )
    });
    // Its query is being worked on once it is counted so.
    let is_busy = move || {
        let request = "GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        let text = String::from_utf8(exchange(watched, request)).unwrap();
        text.contains("beffroi_queries_busy 1")
    };
    actix_web::rt::task::spawn_blocking(move || while !is_busy() {})
        .await
        .unwrap();
    handle.stop(true).await;
    running.await.unwrap().unwrap();
    let answer = String::from_utf8(asked.join().unwrap()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(TcpStream::connect(address).is_err());
}

#[actix_web::test]
async fn pages_are_sent_compressed_and_head_sends_no_body() {
    let (server, address) = serve(config("127.0.0.1:0"), town(), town::entrance()).unwrap();
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);
    let (head, plain, gzip) = actix_web::rt::task::spawn_blocking(move || {
        let get = |method: &str, more: &str| {
            exchange(
                address,
                &format!(
                    "{method} / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n"
                ),
            )
        };
        (
            get("HEAD", ""),
            get("GET", ""),
            get("GET", "accept-encoding: gzip\r\n"),
        )
    })
    .await
    .unwrap();
    handle.stop(false).await;
    running.await.unwrap().unwrap();
    let parts = |response: &[u8]| {
        let text = String::from_utf8_lossy(response).into_owned();
        let (headers, body) = text.split_once("\r\n\r\n").expect("headers");
        (headers.to_ascii_lowercase(), body.len())
    };
    let (headers, body) = parts(&head);
    assert!(
        headers.starts_with("http/1.1 200") && body == 0,
        "{headers}"
    );
    let (headers, body) = parts(&plain);
    assert!(
        headers.starts_with("http/1.1 200") && body > 1000,
        "{headers}"
    );
    assert!(parts(&gzip).0.contains("content-encoding: gzip"));
    assert!(gzip.len() < plain.len() / 2);
}
