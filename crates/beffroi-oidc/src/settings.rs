//! What a town declares of its identity provider.

use crate::{OidcError, web::is_secure};
use std::{fmt, path::PathBuf};
use url::Url;

/// An identity provider, and this program as it knows it.
#[derive(Clone)]
pub struct Settings {
    /// The provider: its description is at `<issuer>/.well-known/openid-configuration`.
    pub issuer: Url,
    /// The name of this program there.
    pub client_id: String,
    /// What proves that it is this program. Never shown.
    pub secret: String,
    /// Where the browser comes back, as registered there.
    pub redirect: Url,
    /// Where the browser comes back after signing out there, as registered.
    pub after_logout: Option<Url>,
    /// What is asked of the person; `openid` is added.
    pub scopes: Vec<String>,
    /// The organisation of everybody who may sign in (14 digits).
    pub siret: Option<String>,
    /// User information must be signed (ProConnect does). If not, plain JSON is taken as well.
    pub signed_userinfo: bool,
    /// A file of certificates (PEM) trusted beside those of the system.
    pub certificates: Option<PathBuf>,
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), OidcError> {
        if !is_secure(&self.issuer) {
            return Err(OidcError::settings("the issuer is not an https address"));
        }
        if self.issuer.query().is_some() || self.issuer.fragment().is_some() {
            return Err(OidcError::settings("the issuer has a `?` or a `#`"));
        }
        if self.client_id.is_empty() || self.secret.is_empty() {
            return Err(OidcError::settings("the client or its secret is empty"));
        }
        Ok(())
    }

    /// Scopes as they are sent.
    pub(crate) fn scope(&self) -> String {
        let others = self.scopes.iter().map(String::as_str);
        let all = std::iter::once("openid").chain(others.filter(|scope| *scope != "openid"));
        all.collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("issuer", &self.issuer.as_str())
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
