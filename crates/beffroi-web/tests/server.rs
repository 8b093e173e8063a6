//! The listening socket: a real request over a real connection.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod town;

use beffroi_web::{Config, ServeError, serve};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

fn config(listen: &str) -> Config {
    Config {
        listen: listen.parse().unwrap(),
        state: PathBuf::from("var"),
        query_threads: 1,
        queue: 4,
        time_limit: Duration::from_secs(5),
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
async fn addresses_of_other_machines_and_taken_ports_are_refused() {
    for public in ["0.0.0.0:0", "[::]:0", "192.168.1.10:8080"] {
        assert!(
            matches!(
                serve(config(public), town()),
                Err(ServeError::NotLoopback(_))
            ),
            "{public}"
        );
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let refused = serve(config(&address.to_string()), town());
    assert!(
        matches!(refused, Err(ServeError::Bind(cause)) if cause.kind() == ErrorKind::AddrInUse)
    );
}

#[actix_web::test]
async fn pages_are_sent_compressed_and_head_sends_no_body() {
    let (server, address) = serve(config("127.0.0.1:0"), town()).unwrap();
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
