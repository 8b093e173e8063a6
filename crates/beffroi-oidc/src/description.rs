//! What a provider says of itself (OpenID Connect Discovery 1.0).

use crate::{Check, Document, OidcError, web::is_secure};
use serde::Deserialize;
use url::Url;

/// Where the provider does what, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Description {
    /// As it writes it: tokens bear exactly this.
    pub issuer: String,
    pub authorization: Url,
    pub token: Url,
    pub userinfo: Url,
    pub keys: Url,
    pub end_session: Option<Url>,
    /// The secret goes with the form; if not, in the header.
    pub secret_in_form: bool,
    /// It knows proof keys (RFC 7636). One that does not say so may refuse their parameters.
    pub proof_keys: bool,
    /// It always says who it is when it sends a browser back (RFC 9207).
    pub names_itself: bool,
}

/// Where the description of an issuer is.
pub(crate) fn address(issuer: &Url) -> Url {
    let mut address = issuer.clone();
    let path = issuer.path().trim_end_matches('/');
    address.set_path(&format!("{path}/.well-known/openid-configuration"));
    address
}

/// Whether a text names the issuer that is declared. One without a path has its `/` or not.
pub(crate) fn names(text: &str, issuer: &Url) -> bool {
    let declared = issuer.as_str();
    text == declared || (issuer.path() == "/" && text == declared.trim_end_matches('/'))
}

/// Reads a description, which must be that of the issuer.
pub(crate) fn read(json: &[u8], issuer: &Url) -> Result<Description, OidcError> {
    let unreadable = |reason| OidcError::Unreadable {
        document: Document::Discovery,
        reason,
    };
    let lies = |check| OidcError::Lies {
        document: Document::Discovery,
        check,
    };
    let written: Written = serde_json::from_slice(json)
        .map_err(|_| unreadable("it lacks something, or says it twice"))?;
    if !names(&written.issuer, issuer) {
        return Err(lies(Check::Issuer));
    }
    let address = |text: &str| {
        let url = Url::parse(text).map_err(|_| unreadable("an address is none"))?;
        is_secure(&url).then_some(url).ok_or(lies(Check::Address))
    };
    let ways = written.token_endpoint_auth_methods_supported.as_deref();
    let has_way = |name: &str| ways.is_some_and(|ways| ways.iter().any(|way| way == name));
    let secret_in_form = has_way("client_secret_post");
    if ways.is_some() && !secret_in_form && !has_way("client_secret_basic") {
        return Err(unreadable("it takes no secret of a client"));
    }
    let challenges = &written.code_challenge_methods_supported;
    Ok(Description {
        authorization: address(&written.authorization_endpoint)?,
        token: address(&written.token_endpoint)?,
        userinfo: address(&written.userinfo_endpoint)?,
        keys: address(&written.jwks_uri)?,
        end_session: match &written.end_session_endpoint {
            Some(text) => Some(address(text)?),
            None => None,
        },
        secret_in_form,
        proof_keys: challenges.iter().any(|method| method == "S256"),
        names_itself: written.authorization_response_iss_parameter_supported,
        issuer: written.issuer,
    })
}

/// A description as it is written.
#[derive(Deserialize)]
struct Written {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_description_lies_below_its_issuer() {
        for (issuer, at) in [
            (
                "https://a.fr",
                "https://a.fr/.well-known/openid-configuration",
            ),
            (
                "https://a.fr/api/v2",
                "https://a.fr/api/v2/.well-known/openid-configuration",
            ),
            (
                "https://a.fr/api/v2/",
                "https://a.fr/api/v2/.well-known/openid-configuration",
            ),
        ] {
            assert_eq!(address(&url(issuer)).as_str(), at);
        }
    }

    #[test]
    fn an_issuer_is_named_exactly() {
        assert!(names("https://a.fr", &url("https://a.fr")));
        assert!(names("https://a.fr/", &url("https://a.fr")));
        assert!(names("https://a.fr/r", &url("https://a.fr/r")));
        assert!(!names("https://a.fr/r/", &url("https://a.fr/r")));
        assert!(!names("https://a.fr.b.fr", &url("https://a.fr")));
        assert!(!names("http://a.fr", &url("https://a.fr")));
    }
}
