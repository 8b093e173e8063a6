//! Whose certificates are trusted.

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Why nobody can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The file of certificates cannot be read, or holds none.
    #[error("no certificate can be read from `{}`", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
    },
    /// The library of TLS refuses its own settings.
    #[error("no secure connection can be made: {reason}")]
    Tls {
        /// Why.
        reason: String,
    },
}

/// A client of TLS that trusts the authorities of the system, and those of a file (PEM) beside.
///
/// # Errors
/// The file cannot be read, or holds no certificate.
pub fn trust(certificates: Option<&Path>) -> Result<ClientConfig, TrustError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = certificates {
        add(&mut roots, path).ok_or_else(|| TrustError::Certificates {
            path: path.to_owned(),
        })?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TrustError::Tls {
            reason: error.to_string(),
        })?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Adds the certificates of a file: one at least.
fn add(roots: &mut RootCertStore, path: &Path) -> Option<()> {
    let certificates = CertificateDer::pem_file_iter(path).ok()?;
    let certificates: Vec<_> = certificates.collect::<Result<_, _>>().ok()?;
    let (added, _) = roots.add_parsable_certificates(certificates);
    (added > 0).then_some(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_without_certificates_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mairie.pem");
        let refused = || trust(Some(&path)).unwrap_err();
        let expected = TrustError::Certificates { path: path.clone() };
        assert_eq!(refused(), expected);
        fs::write(&path, "rien").unwrap();
        assert_eq!(refused(), expected);
        let made = rcgen::generate_simple_self_signed(vec!["mairie.fr".to_owned()]).unwrap();
        fs::write(&path, made.cert.pem()).unwrap();
        trust(Some(&path)).unwrap();
    }
}
