//! A provider over TLS must prove who it is: to an authority of the system, or of the town.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_oidc::{OidcError, Provider, Settings};
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
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};
use url::Url;

/// An authority in a file, and a provider at `localhost` that it vouches for. Gives the port.
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
                let body = description(port);
                let length = body.len();
                let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length:";
                let _ = stream.write_all(format!("{head} {length}\r\n\r\n{body}").as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    port
}

/// A description that is a key set too.
fn description(port: u16) -> String {
    let at = format!("https://localhost:{port}/realms/ville");
    format!(
        r#"{{"issuer": "{at}", "authorization_endpoint": "{at}/auth", "token_endpoint": "{at}/token",
            "userinfo_endpoint": "{at}/userinfo", "jwks_uri": "{at}/certs", "keys": []}}"#
    )
}

async fn begin(issuer: &str, certificates: Option<PathBuf>) -> Result<Url, OidcError> {
    let settings = Settings {
        issuer: Url::parse(issuer).unwrap(),
        client_id: "beffroi".to_owned(),
        secret: "secret".to_owned(),
        redirect: Url::parse("https://beffroi.clairval.example/retour").unwrap(),
        after_logout: None,
        scopes: Vec::new(),
        siret: None,
        signed_userinfo: false,
        certificates,
    };
    let started = Provider::new(settings, true)?.begin().await?;
    Ok(started.address)
}

#[tokio::test]
async fn only_an_authority_that_is_trusted_vouches_for_a_provider_and_for_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, other) = (
        folder.path().join("ours.pem"),
        folder.path().join("other.pem"),
    );
    let port = serve(&ours);
    serve(&other);
    let issuer = format!("https://localhost:{port}/realms/ville");
    let address = begin(&issuer, Some(ours.clone())).await.unwrap();
    assert!(address.as_str().starts_with(&format!("{issuer}/auth?")));
    let by_address = format!("https://127.0.0.1:{port}/realms/ville");
    for (issuer, certificates) in [
        (&issuer, None),
        (&issuer, Some(other)),
        (&by_address, Some(ours)),
    ] {
        let error = begin(issuer, certificates).await.unwrap_err();
        assert_eq!(error.code(), "unreachable");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
}
