//! The certificate of the site: read from two PEM files, and read again when they change.

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file has no certificate in it.
    #[error("{0}: no certificate")]
    NoCertificate(PathBuf),
    /// The file has no private key in it, or one behind a password.
    #[error("{0}: no private key")]
    NoKey(PathBuf),
    /// The key is not that of the certificate.
    #[error("the key is not that of the certificate")]
    Mismatch,
    /// The certificate or the key is of a kind that cannot be used.
    #[error("unusable certificate: {0}")]
    Unusable(#[source] rustls::Error),
}

/// A certificate with its key. Clones share it.
#[derive(Debug, Clone)]
pub struct Tls(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    certificate: PathBuf,
    key: PathBuf,
    served: ArcSwap<CertifiedKey>,
    seen: Mutex<Stamp>,
}

/// Sizes and times of both files.
type Stamp = [Option<(u64, SystemTime)>; 2];

impl Tls {
    /// Reads both files.
    ///
    /// # Errors
    /// See [`TlsError`].
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        // Before they are read: what changes meanwhile is read again.
        let seen = stamp(certificate, key);
        let served = certified(certificate, key)?;
        Ok(Self(Arc::new(Inner {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            served: ArcSwap::from_pointee(served),
            seen: Mutex::new(seen),
        })))
    }

    /// Reads the files again when they have changed. `None` when they have not. While they cannot
    /// be used, the former certificate stays.
    pub fn refresh(&self) -> Option<Result<(), TlsError>> {
        let now = stamp(&self.0.certificate, &self.0.key);
        let mut seen = self.0.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == now {
            return None;
        }
        *seen = now;
        let read = certified(&self.0.certificate, &self.0.key);
        Some(read.map(|read| self.0.served.store(Arc::new(read))))
    }

    /// When the certificate that is served ends.
    #[must_use]
    pub fn ends(&self) -> Option<DateTime<Utc>> {
        ends(self.0.served.load().cert.first()?)
    }

    /// For the server: TLS 1.3 and 1.2.
    pub(crate) fn config(&self) -> Result<ServerConfig, rustls::Error> {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?;
        let resolver = Arc::new(Resolver(Arc::clone(&self.0)));
        Ok(config.with_no_client_auth().with_cert_resolver(resolver))
    }
}

#[derive(Debug)]
struct Resolver(Arc<Inner>);

impl ResolvesServerCert for Resolver {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.served.load_full())
    }
}

fn certified(certificate: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let chain = CertificateDer::pem_slice_iter(&read(certificate)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| TlsError::NoCertificate(certificate.to_owned()))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(certificate.to_owned()));
    }
    let key =
        PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_| TlsError::NoKey(key.to_owned()))?;
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => TlsError::Mismatch,
        error => TlsError::Unusable(error),
    })
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|source| TlsError::Io {
        path: path.to_owned(),
        source,
    })
}

fn stamp(certificate: &Path, key: &Path) -> Stamp {
    [certificate, key].map(|path| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.len(), metadata.modified().ok()?))
    })
}

/// When a certificate ends.
fn ends(certificate: &CertificateDer<'_>) -> Option<DateTime<Utc>> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};

    /// A certificate that ends at the beginning of a year, and its key, in PEM.
    fn made(year: i32) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let certificate = params.self_signed(&key).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    #[test]
    fn a_certificate_is_read_again_when_it_changes_and_stays_when_it_cannot_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
        let put = |made: &(String, String)| {
            fs::write(&certificate, &made.0).unwrap();
            fs::write(&key, &made.1).unwrap();
        };
        let (first, second) = (made(2040), made(2041));
        put(&first);
        let tls = Tls::open(&certificate, &key).unwrap();
        let year = |tls: &Tls| tls.ends().unwrap().format("%Y").to_string();
        assert_eq!(year(&tls), "2040");
        assert!(tls.refresh().is_none(), "nothing has changed");
        fs::write(&certificate, &second.0).unwrap();
        fs::write(&key, "nothing\n").unwrap();
        assert!(matches!(tls.refresh(), Some(Err(TlsError::NoKey(_)))));
        assert_eq!(year(&tls), "2040");
        put(&second);
        assert!(matches!(tls.refresh(), Some(Ok(()))));
        assert_eq!(year(&tls), "2041");
    }

    #[test]
    fn each_fault_of_the_files_has_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let (one, other) = (made(2040), made(2040));
        let certificate = file("c.pem", &one.0);
        let key = file("k.pem", &one.1);
        let foreign = file("f.pem", &other.1);
        let empty = file("e.pem", "");
        let gone = folder.path().join("gone.pem");
        let fault = |certificate: &Path, key: &Path| Tls::open(certificate, key).unwrap_err();
        assert!(matches!(fault(&gone, &key), TlsError::Io { .. }));
        assert!(matches!(fault(&empty, &key), TlsError::NoCertificate(_)));
        assert!(matches!(fault(&certificate, &empty), TlsError::NoKey(_)));
        assert!(matches!(
            fault(&certificate, &certificate),
            TlsError::NoKey(_)
        ));
        assert!(matches!(fault(&certificate, &foreign), TlsError::Mismatch));
    }
}
