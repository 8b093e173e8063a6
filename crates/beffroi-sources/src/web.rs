//! Files of the web: fetched when they have changed, into a file, within limits.

use crate::{SourceError, guard::Guard, name, sink::Sink};
use beffroi_catalog::Network;
use beffroi_network::{Pinned, TrustError};
use chrono::{DateTime, Utc};
use reqwest::{
    Client, Response, StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use rustls::ClientConfig;
use serde::{Deserialize, Serialize};
use std::{
    error::Error as _,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use url::Url;

/// How much and how long.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of a file, decoded.
    pub bytes: u64,
    /// A fetch in all, attempts and waits included.
    pub total: Duration,
    /// Between two pieces of an answer, and for a connection.
    pub idle: Duration,
    /// Attempts.
    pub attempts: u32,
    /// The wait after a first failure; it doubles.
    pub pause: Duration,
    /// The longest wait that a server may ask for.
    pub longest_pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 4 << 30,
            total: Duration::from_secs(30 * 60),
            idle: Duration::from_secs(30),
            attempts: 4,
            pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(60),
        }
    }
}

/// Redirections followed.
const REDIRECTS: usize = 5;
const USER_AGENT: &str = concat!("Beffroi/", env!("CARGO_PKG_VERSION"));

/// What a server gave with a file, so that it may say the next time that nothing has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What to ask for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The address.
    pub url: Url,
    /// A header, sent to the host of the address only. Never shown.
    pub header: Option<(HeaderName, HeaderValue)>,
    /// What the server said of the file that is there.
    pub known: Validators,
    /// The name of the file, where it is known before.
    pub name: Option<String>,
    /// Its name when nothing else gives one.
    pub fallback: String,
}

/// A file that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its name, fit for a file.
    pub name: String,
    /// Where its bytes are.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// What the server says that it is: a hint.
    pub content_type: Option<String>,
    /// What to ask with the next time.
    pub validators: Validators,
}

/// A client of the web that reaches only what it may.
pub struct Web {
    guard: Guard,
    tls: ClientConfig,
    limits: Limits,
}

impl Web {
    /// A client for a town.
    ///
    /// # Errors
    /// The certificates that it declares cannot be read.
    pub fn new(network: &Network, limits: Limits) -> Result<Self, SourceError> {
        Ok(Self {
            guard: Guard::new(network),
            tls: trust(network)?,
            limits,
        })
    }

    /// Fetches a file into `path`, unless the server says that it has not changed.
    ///
    /// # Errors
    /// It cannot be had: nothing is left at `path`.
    pub fn fetch(&self, request: &Request, path: &Path) -> Result<Option<Fetched>, SourceError> {
        let fetched = run(self.fetch_patiently(request, path))?;
        if !matches!(fetched, Ok(Some(_))) {
            let _ = std::fs::remove_file(path);
        }
        fetched
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Tries until it works, within the limits.
    async fn fetch_patiently(
        &self,
        request: &Request,
        path: &Path,
    ) -> Result<Option<Fetched>, SourceError> {
        let end = Instant::now() + self.limits.total;
        let mut pause = self.limits.pause;
        let mut attempt = 1;
        loop {
            let mut asked = None;
            let tried = timeout_at(end, self.fetch_once(request, path, &mut asked)).await;
            let error = match tried {
                Ok(Ok(fetched)) => return Ok(fetched),
                Ok(Err(error)) => error,
                Err(_) => return Err(self.too_long(request)),
            };
            let wait = asked.unwrap_or(pause);
            let gives_up = attempt >= self.limits.attempts
                || wait > self.limits.longest_pause
                || Instant::now() + wait >= end;
            if !error.may_pass() || gives_up {
                return Err(error);
            }
            tracing::info!(host = host(&request.url), attempt, %error, "fetched again soon");
            sleep(wait).await;
            attempt += 1;
            pause *= 2;
        }
    }

    fn too_long(&self, request: &Request) -> SourceError {
        SourceError::TooLong {
            host: host(&request.url),
            seconds: self.limits.total.as_secs(),
        }
    }

    /// One attempt, redirections followed. A server that asks for a pause says so in `asked`.
    async fn fetch_once(
        &self,
        request: &Request,
        path: &Path,
        asked: &mut Option<Duration>,
    ) -> Result<Option<Fetched>, SourceError> {
        let mut url = request.url.clone();
        for _ in 0..=REDIRECTS {
            let answer = self.ask(&url, request).await?;
            let status = answer.status();
            let host = host(&url);
            if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
                url = next(&url, answer.headers())?;
                continue;
            }
            return match status {
                StatusCode::NOT_MODIFIED => Ok(None),
                StatusCode::OK => self.keep(answer, &url, request, path).await.map(Some),
                _ => {
                    *asked = retry_after(answer.headers());
                    let status = status.as_u16();
                    Err(SourceError::Status { host, status })
                }
            };
        }
        Err(SourceError::BadRedirect {
            host: host(&request.url),
            reason: "too many redirections",
        })
    }

    /// Asks one server.
    async fn ask(&self, url: &Url, request: &Request) -> Result<Response, SourceError> {
        let name = host(url);
        let port = url.port_or_known_default().unwrap_or(443);
        let resolving = timeout(self.limits.idle, self.guard.resolve(&name, port));
        let addresses = resolving.await.map_err(|_| SourceError::NoAnswer {
            host: name.clone(),
            reason: "its name is not resolved in time".to_owned(),
        })??;
        let client = Client::builder()
            .use_preconfigured_tls(self.tls.clone())
            .dns_resolver(Arc::new(Pinned::to(addresses)))
            .redirect(Policy::none())
            .no_proxy()
            .http1_only()
            .connect_timeout(self.limits.idle)
            .read_timeout(self.limits.idle)
            .user_agent(USER_AGENT)
            .build()
            .map_err(|error| no_answer(&name, &error))?;
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let known = [
            (header::IF_NONE_MATCH, &request.known.etag),
            (header::IF_MODIFIED_SINCE, &request.known.last_modified),
        ];
        for (header, value) in known {
            let value = value.as_deref().and_then(|value| value.parse().ok());
            headers.extend(value.map(|value: HeaderValue| (header, value)));
        }
        if url.origin() == request.url.origin() {
            headers.extend(request.header.clone());
        }
        let sent = client.get(url.clone()).headers(headers).send();
        sent.await.map_err(|error| no_answer(&name, &error))
    }

    /// Writes an answer into a file.
    async fn keep(
        &self,
        mut answer: Response,
        url: &Url,
        request: &Request,
        path: &Path,
    ) -> Result<Fetched, SourceError> {
        let host = host(url);
        let headers = answer.headers().clone();
        let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::to_owned);
        let content_type = text(header::CONTENT_TYPE);
        let disposition = headers
            .get(header::CONTENT_DISPOSITION)
            .map(|value| String::from_utf8_lossy(value.as_bytes()));
        let name = request.name.clone().unwrap_or_else(|| {
            name::of(
                disposition.as_deref(),
                url,
                content_type.as_deref(),
                &request.fallback,
            )
        });
        let too_large = || SourceError::TooLarge {
            name: name.clone(),
            limit: self.limits.bytes,
        };
        let incomplete = |reason: String| SourceError::Incomplete {
            host: host.clone(),
            reason,
        };
        if answer
            .content_length()
            .is_some_and(|length| length > self.limits.bytes)
        {
            return Err(too_large());
        }
        let coding = text(header::CONTENT_ENCODING).unwrap_or_default();
        let gzip = match coding.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => false,
            "gzip" | "x-gzip" => true,
            _ => {
                return Err(incomplete(
                    "it comes in an encoding that was not asked for".to_owned(),
                ));
            }
        };
        let io_error = |cause| SourceError::Io {
            path: path.to_owned(),
            cause,
        };
        let told = |error: io::Error| match error.kind() {
            io::ErrorKind::FileTooLarge => too_large(),
            // What the decoder cannot read.
            io::ErrorKind::InvalidInput
            | io::ErrorKind::InvalidData
            | io::ErrorKind::UnexpectedEof => incomplete(error.to_string()),
            _ => io_error(error),
        };
        let mut sink = Sink::create(path, self.limits.bytes, gzip).map_err(io_error)?;
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) => sink.write(&chunk).map_err(told)?,
                Ok(None) => break,
                Err(error) => return Err(incomplete(reason(&error))),
            }
        }
        let (bytes, sha256) = sink.finish().map_err(told)?;
        if bytes == 0 {
            return Err(SourceError::Empty { host });
        }
        Ok(Fetched {
            name,
            path: path.to_owned(),
            bytes,
            sha256,
            content_type,
            validators: Validators {
                etag: text(header::ETAG),
                last_modified: text(header::LAST_MODIFIED),
            },
        })
    }
}

/// Runs the network's work of one fetch on this thread.
pub(crate) fn run<F: Future>(work: F) -> Result<F::Output, SourceError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| SourceError::Io {
            path: PathBuf::from("network"),
            cause,
        })?;
    let output = runtime.block_on(work);
    // A name that is still being resolved is not waited for.
    runtime.shutdown_background();
    Ok(output)
}

/// Certificates of the system, and those of the town.
pub(crate) fn trust(network: &Network) -> Result<ClientConfig, SourceError> {
    let certificates = network.certificates.as_deref().map(Path::new);
    beffroi_network::trust(certificates).map_err(|error| match error {
        TrustError::Certificates { path } => SourceError::BadCertificates {
            path: path.display().to_string(),
        },
        TrustError::Tls { reason } => SourceError::NotTrusted {
            host: String::new(),
            reason,
        },
    })
}

/// Where a redirection leads, if it may be followed.
fn next(from: &Url, headers: &HeaderMap) -> Result<Url, SourceError> {
    let bad = |reason| SourceError::BadRedirect {
        host: host(from),
        reason,
    };
    let location = headers
        .get(header::LOCATION)
        .and_then(|location| location.to_str().ok())
        .ok_or_else(|| bad("it does not say where to"))?;
    let url = from.join(location).map_err(|_| bad("to no address"))?;
    match (from.scheme(), url.scheme()) {
        ("http", "http" | "https") | ("https", "https") => {}
        ("https", "http") => return Err(bad("from a secure address to one that is not")),
        _ => return Err(bad("to something else than the web")),
    }
    if !url.has_host() || !url.username().is_empty() || url.password().is_some() {
        return Err(bad("to an address that holds a password"));
    }
    Ok(url)
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// How long a server asks to wait: seconds, or until a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    (at.with_timezone(&Utc) - Utc::now()).to_std().ok()
}

/// Why there is no answer: for the log, without the address, which may hold a key.
fn no_answer(host: &str, error: &reqwest::Error) -> SourceError {
    let (host, reason) = (host.to_owned(), reason(error));
    if is_of_tls(error) {
        SourceError::NotTrusted { host, reason }
    } else {
        SourceError::NoAnswer { host, reason }
    }
}

/// The innermost cause.
fn reason(error: &reqwest::Error) -> String {
    let mut cause = match error.source() {
        Some(cause) => cause,
        None if error.is_timeout() => return "nothing comes any more".to_owned(),
        None => return "no reason is known".to_owned(),
    };
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn is_of_tls(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<rustls::Error>() {
            return true;
        }
        // An input or output error hides what it carries from `source`.
        let carried = inner
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        cause = match carried {
            Some(carried) => Some(carried),
            None => inner.source(),
        };
    }
    false
}
