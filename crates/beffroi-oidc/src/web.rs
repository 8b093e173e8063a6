//! Calls to the provider: few, short, to nobody else, never led elsewhere.

use crate::OidcError;
use beffroi_network::{Pinned, is_public};
use reqwest::{
    Client, Method, Response,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
    redirect::Policy,
};
use rustls::ClientConfig;
use std::{
    error::Error as _,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::time::timeout;
use url::{Host, Url};

/// A call in all: name, connection, answer.
const LONGEST: Duration = Duration::from_secs(5);
/// Bytes of an answer.
const LARGEST: usize = 1 << 20;
const USER_AGENT: &str = concat!("Beffroi/", env!("CARGO_PKG_VERSION"));

/// What is asked.
pub(crate) struct Call {
    pub url: Url,
    pub accept: &'static str,
    /// A form, sent with POST; without, it is GET.
    pub form: Option<String>,
    /// The header `Authorization`.
    pub authorization: Option<String>,
}

/// What comes back.
pub(crate) struct Answer {
    pub status: u16,
    /// In lower case, without parameters.
    pub content_type: String,
    pub body: Vec<u8>,
}

/// A client of one provider.
pub(crate) struct Web {
    tls: ClientConfig,
    allow_private: bool,
}

impl Web {
    pub(crate) fn new(tls: ClientConfig, allow_private: bool) -> Self {
        Self { tls, allow_private }
    }

    /// Gets a document; anything but 200 is an error.
    pub(crate) async fn get(&self, url: &Url) -> Result<Answer, OidcError> {
        let answer = self
            .call(Call {
                url: url.clone(),
                accept: "application/json",
                form: None,
                authorization: None,
            })
            .await?;
        answer.expect_ok(url)
    }

    pub(crate) async fn call(&self, call: Call) -> Result<Answer, OidcError> {
        let host = host(&call.url);
        timeout(LONGEST, self.call_without_end(call))
            .await
            .unwrap_or_else(|_| {
                let reason = format!("no whole answer in {} s", LONGEST.as_secs());
                Err(OidcError::Unreachable { host, reason })
            })
    }

    async fn call_without_end(&self, call: Call) -> Result<Answer, OidcError> {
        let host = host(&call.url);
        let addresses = self.addresses(&call.url).await?;
        let failed = |error: reqwest::Error| OidcError::Unreachable {
            host: host.clone(),
            reason: reason(&error),
        };
        let client = Client::builder()
            .use_preconfigured_tls(self.tls.clone())
            .dns_resolver(Arc::new(Pinned::to(addresses)))
            .redirect(Policy::none())
            .no_proxy()
            .http1_only()
            .user_agent(USER_AGENT)
            .build()
            .map_err(failed)?;
        let method = call.form.as_ref().map_or(Method::GET, |_| Method::POST);
        let mut request = client
            .request(method, call.url.clone())
            .header(ACCEPT, call.accept);
        if let Some(authorization) = call.authorization {
            let mut value =
                HeaderValue::try_from(authorization).map_err(|_| OidcError::Unreachable {
                    host: host.clone(),
                    reason: "what it gave cannot be sent back".to_owned(),
                })?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(form) = call.form {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form);
        }
        let answer = request.send().await.map_err(failed)?;
        read(answer, &host).await
    }

    /// The addresses of a host that may be talked to.
    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, OidcError> {
        let unreachable = |reason: &str| OidcError::Unreachable {
            host: host(url),
            reason: reason.to_owned(),
        };
        if !is_secure(url) {
            return Err(unreachable("its address is not secure"));
        }
        let port = url.port_or_known_default().unwrap_or(443);
        let found: Vec<SocketAddr> = match url.host() {
            Some(Host::Ipv4(address)) => vec![SocketAddr::new(IpAddr::V4(address), port)],
            Some(Host::Ipv6(address)) => vec![SocketAddr::new(IpAddr::V6(address), port)],
            Some(Host::Domain(name)) => tokio::net::lookup_host((name, port))
                .await
                .map_err(|_| unreachable("no address for its name"))?
                .collect(),
            None => Vec::new(),
        };
        let plain = url.scheme() != "https";
        let reachable: Vec<SocketAddr> = found
            .into_iter()
            .filter(|address| self.allows(address.ip(), plain))
            .collect();
        if reachable.is_empty() {
            return Err(unreachable("its address is private"));
        }
        Ok(reachable)
    }

    /// What is not encrypted stays on this machine.
    fn allows(&self, address: IpAddr, plain: bool) -> bool {
        let address = address.to_canonical();
        if plain && !address.is_loopback() {
            return false;
        }
        let special = address.is_multicast() || address.is_unspecified();
        is_public(address) || (self.allow_private && !special)
    }
}

impl Answer {
    pub(crate) fn expect_ok(self, url: &Url) -> Result<Self, OidcError> {
        match self.status {
            200 => Ok(self),
            status => Err(OidcError::Status {
                host: host(url),
                status,
            }),
        }
    }
}

/// Whether an address is encrypted, or is of this machine; without a name or password in it.
pub(crate) fn is_secure(url: &Url) -> bool {
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    let scheme = url.scheme();
    let encrypted = scheme == "https" || (scheme == "http" && local);
    encrypted && url.username().is_empty() && url.password().is_none()
}

pub(crate) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// Reads an answer, within its limit.
async fn read(mut answer: Response, host: &str) -> Result<Answer, OidcError> {
    let unreachable = |reason: String| OidcError::Unreachable {
        host: host.to_owned(),
        reason,
    };
    let mut body = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| unreachable(reason(&error)))?
    {
        if body.len() + chunk.len() > LARGEST {
            return Err(unreachable(format!(
                "its answer has more than {LARGEST} bytes"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    let content_type = answer
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    Ok(Answer {
        status: answer.status().as_u16(),
        content_type: content_type.trim().to_ascii_lowercase(),
        body,
    })
}

/// The innermost cause: without the address, which may hold a code.
fn reason(error: &reqwest::Error) -> String {
    let mut cause = match error.source() {
        Some(cause) => cause,
        None => return "no reason is known".to_owned(),
    };
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_secure_or_of_this_machine() {
        let secure = |text: &str| is_secure(&Url::parse(text).unwrap());
        for good in [
            "https://auth.ville.fr/realms/ville",
            "http://127.0.0.1:8080/",
            "http://[::1]/",
            "http://localhost/",
        ] {
            assert!(secure(good), "{good}");
        }
        for bad in [
            "http://auth.ville.fr/",
            "http://127.0.0.1.ville.fr/",
            "http://10.0.0.1/",
            "https://mairie:secret@auth.ville.fr/",
            "ftp://localhost/",
            "file:///etc/passwd",
        ] {
            assert!(!secure(bad), "{bad}");
        }
    }

    #[test]
    fn private_addresses_are_reached_only_when_allowed_and_never_in_clear() {
        let tls = beffroi_network::trust(None).unwrap();
        let allows = |allow_private: bool, address: &str, plain: bool| {
            Web::new(tls.clone(), allow_private).allows(address.parse().unwrap(), plain)
        };
        assert!(allows(false, "1.1.1.1", false));
        assert!(!allows(false, "10.0.0.1", false));
        assert!(!allows(false, "::ffff:10.0.0.1", false));
        assert!(!allows(false, "127.0.0.1", true));
        assert!(allows(true, "10.0.0.1", false));
        assert!(!allows(true, "10.0.0.1", true));
        assert!(!allows(true, "1.1.1.1", true));
        assert!(allows(true, "127.0.0.1", true));
        assert!(!allows(true, "0.0.0.0", false));
        assert!(!allows(true, "224.0.0.1", false));
    }
}
