//! Fetching over TLS: whoever answers must prove who it is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::{Allowed, Network};
use beffroi_sources::{Limits, Request, Validators, Web};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    sync::Arc,
    thread,
};

/// An authority in a file, and a server for `localhost` that it vouches for. Gives the port.
fn serve(authority: &Path) -> u16 {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    fs::write(authority, params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            // Who does not trust it goes away.
            if stream.read(&mut [0; 4096]).is_ok() {
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
                let _ = stream.write_all(answer.as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    port
}

/// What is fetched, or the code of the error.
fn fetch(url: &str, certificates: Option<&Path>) -> Result<String, &'static str> {
    let network = Network {
        allow: vec![Allowed::Range("127.0.0.0/8".parse().unwrap())],
        certificates: certificates.map(|path| path.display().to_string()),
    };
    let limits = Limits {
        attempts: 1,
        ..Limits::default()
    };
    let request = Request {
        url: url.parse().unwrap(),
        header: None,
        known: Validators::default(),
        name: None,
        fallback: "air".to_owned(),
    };
    let folder = tempfile::tempdir().unwrap();
    let web = Web::new(&network, limits).map_err(|error| error.code())?;
    let fetched = web.fetch(&request, &folder.path().join("part"));
    let fetched = fetched.map_err(|error| error.code())?.expect("a file");
    Ok(fs::read_to_string(fetched.path).unwrap())
}

#[test]
fn only_an_authority_that_is_trusted_vouches_for_a_host_and_for_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, other) = (
        folder.path().join("ours.pem"),
        folder.path().join("other.pem"),
    );
    let port = serve(&ours);
    serve(&other);
    let url = format!("https://localhost:{port}/");
    assert_eq!(fetch(&url, Some(&ours)), Ok("ok".to_owned()));
    assert_eq!(fetch(&url, None), Err("not-trusted"));
    assert_eq!(fetch(&url, Some(&other)), Err("not-trusted"));
    let by_address = format!("https://127.0.0.1:{port}/");
    assert_eq!(fetch(&by_address, Some(&ours)), Err("not-trusted"));
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    assert_eq!(fetch(&url, Some(&empty)), Err("bad-certificates"));
    assert_eq!(
        fetch(&url, Some(Path::new("/nulle/part.pem"))),
        Err("bad-certificates")
    );
}
