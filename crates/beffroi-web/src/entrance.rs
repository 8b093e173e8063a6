//! Who somebody is: by their session, by a proxy that is trusted, or, in a demonstration, by the
//! place they took. It gives no rights: see [`crate::rights`] and the town's perimeters.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use arc_swap::ArcSwap;
use beffroi_catalog::{Access, DemoPerson, Oidc, Town};
use beffroi_model::Role;
use beffroi_oidc::{Provider, Settings};
use beffroi_store::{NewPerson, Person, SessionId, Stage, Store, StoreError, csrf, csrf_matches};
use chrono::Utc;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// How the site is reached.
#[derive(Debug, Clone, Default)]
pub struct Doorway {
    /// Whether a visitor of the sample town may take the place of its people, from this machine.
    pub demo: bool,
    /// The address under which people know the site; without it, it is this machine's.
    pub address: Option<Url>,
    /// Proxies that are believed when they tell where a request comes from.
    pub proxies: Vec<IpAddr>,
    /// Whether browsers reach the site over TLS.
    pub secure: bool,
}

/// Why somebody is not let in. The page tells an honest visitor what to do, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Nobody has signed in.
    SignIn,
    /// The site is asked for under a name that is not its own: a foreign site may point its name
    /// at this machine to have a browser read for it.
    Host,
    /// A demonstration is for whoever sits at the machine.
    Machine,
    /// No role of theirs may do this.
    Role,
    /// It is outside of what they reach.
    Perimeter,
    /// There is no such thing.
    Unknown,
    /// The form does not come from a page of this session.
    Form,
    /// The form comes from another site.
    Origin,
    /// In a demonstration, what outlives it is not changed.
    Demo,
    /// No store of people: nobody can be known.
    Closed,
}

impl Reason {
    /// The word of the trail and of messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Host => "host",
            Self::Machine => "machine",
            Self::Role => "role",
            Self::Perimeter => "perimeter",
            Self::Unknown => "unknown",
            Self::Form => "form",
            Self::Origin => "origin",
            Self::Demo => "demo",
            Self::Closed => "closed",
        }
    }

    /// Whether the word is of a refusal that looks to whoever asked as if nothing were there.
    pub(crate) fn is_of_what_is_not_there(word: &str) -> bool {
        [Self::Perimeter, Self::Unknown]
            .iter()
            .any(|it| it.as_str() == word)
    }
}

/// Somebody who is known.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who.
    pub person: Person,
    /// Their session; none behind a proxy that vouches for them, or in a demonstration.
    pub session: Option<SessionId>,
    /// What the identity provider wants to see when they sign out.
    pub id_token: Option<String>,
    /// Whether this is a demonstration.
    pub demo: bool,
    /// From where.
    pub from: Option<IpAddr>,
    /// What the tokens of their forms are made from.
    key: String,
}

impl Visitor {
    /// The token of their forms.
    #[must_use]
    pub fn csrf(&self) -> String {
        csrf(&self.key)
    }

    /// Whether a form carries that token.
    #[must_use]
    pub fn csrf_matches(&self, given: &str) -> bool {
        csrf_matches(&self.key, given)
    }

    /// The token of their session.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.session.map(|_| self.key.as_str())
    }

    /// What a bound on requests counts them by.
    pub(crate) fn bound(&self) -> Option<String> {
        (!self.demo).then(|| format!("person {}", self.person.id))
    }
}

/// Where people come in.
pub struct Entrance {
    store: Store,
    doorway: Doorway,
    /// The people of the demonstration, as last declared.
    demo: ArcSwap<Vec<(DemoPerson, Person)>>,
    /// The identity provider as last declared, and where it sends people back to.
    provider: Mutex<Option<(Oidc, String, Arc<Provider>)>>,
    /// What form tokens of those without a session are made from; new in each run.
    secret: String,
}

impl Entrance {
    /// Over the store of people. Where there is no demonstration, the people of former ones are
    /// forgotten.
    ///
    /// # Errors
    /// When the store fails.
    pub fn new(store: Store, doorway: Doorway) -> Result<Self, StoreError> {
        if !doorway.demo {
            store.forget_demo_people()?;
        }
        Ok(Self {
            secret: beffroi_store::token()?,
            store,
            doorway,
            demo: ArcSwap::default(),
            provider: Mutex::new(None),
        })
    }

    /// What is known of people.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Whether browsers reach the site over TLS.
    pub fn is_secure(&self) -> bool {
        self.doorway.secure
    }

    /// Whether this is a demonstration: of the sample town only.
    pub fn is_demo(&self, town: &Town) -> bool {
        self.doorway.demo && town.sample
    }

    /// The address under which people know the site, without a slash at its end.
    pub fn address(&self, request: &HttpRequest) -> String {
        match &self.doorway.address {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => {
                let scheme = if self.doorway.secure { "https" } else { "http" };
                format!("{scheme}://{}", host(request).unwrap_or("localhost"))
            }
        }
    }

    /// Who sends a request: nobody known, or somebody.
    ///
    /// # Errors
    /// When whoever it is must not be answered.
    pub fn identify(
        &self,
        request: &HttpRequest,
        town: &Town,
        access: &Access,
    ) -> Result<Option<Visitor>, Reason> {
        self.check_host(request)?;
        let demo = self.is_demo(town);
        // What comes through a proxy comes from elsewhere.
        let forwarded = ["x-forwarded-for", "forwarded"]
            .iter()
            .any(|name| request.headers().contains_key(*name));
        if demo && (forwarded || !peer(request).is_some_and(|peer| peer.is_loopback())) {
            return Err(Reason::Machine);
        }
        let session = self.by_session(request, demo);
        let proxied = self.by_proxy(request, access);
        match (session, proxied) {
            // On a shared desk the proxy knows who sits there now.
            (Some(session), Some(proxied)) if session.person.id != proxied.person.id => {
                return Ok(Some(proxied));
            }
            (Some(session), _) => return Ok(Some(session)),
            (None, Some(proxied)) => return Ok(Some(proxied)),
            (None, None) => {}
        }
        if demo {
            return Ok(self.first_of_demo(request, access));
        }
        Ok(None)
    }

    /// A foreign site must not have a browser read this one under a name of its own.
    pub(crate) fn check_host(&self, request: &HttpRequest) -> Result<(), Reason> {
        let Some(host) = host(request) else {
            // Requests without a name come from programs, not from browsers.
            return Ok(());
        };
        let own = self.doorway.address.as_ref().is_some_and(|url| {
            let name = url.host_str().unwrap_or_default();
            let with_port = match url.port() {
                Some(port) => format!("{name}:{port}"),
                None => name.to_owned(),
            };
            host.eq_ignore_ascii_case(&with_port)
        });
        if own || is_this_machine(host) {
            Ok(())
        } else {
            Err(Reason::Host)
        }
    }

    /// Whether a form comes from a page of this site, as far as the browser tells.
    pub(crate) fn check_origin(&self, request: &HttpRequest) -> Result<(), Reason> {
        let header = |name: &str| request.headers().get(name).map(|it| it.to_str().ok());
        match header("sec-fetch-site") {
            None | Some(Some("same-origin" | "none")) => {}
            Some(_) => return Err(Reason::Origin),
        }
        let Some(origin) = header("origin") else {
            return Ok(());
        };
        let origin = origin.ok_or(Reason::Origin)?;
        // Behind a proxy the scheme that browsers see is that of the declared address.
        let own = match &self.doorway.address {
            Some(_) => vec![
                self.address(request),
                local(request, "http"),
                local(request, "https"),
            ],
            None => vec![local(request, "http"), local(request, "https")],
        };
        if own.iter().any(|own| own.eq_ignore_ascii_case(origin)) {
            Ok(())
        } else {
            Err(Reason::Origin)
        }
    }

    fn by_session(&self, request: &HttpRequest, demo: bool) -> Option<Visitor> {
        let token = self.session_token(request)?;
        let session = match self.store.session(&token, Utc::now()) {
            Ok(session) => session?,
            Err(error) => {
                tracing::error!(%error, "a session could not be read");
                return None;
            }
        };
        // Nobody is a person of the demonstration outside of it.
        if session.stage != Stage::Open || (session.person.is_demo && !demo) {
            return None;
        }
        Some(Visitor {
            person: session.person,
            session: Some(session.id),
            id_token: session.id_token,
            demo,
            from: self.from(request),
            key: token,
        })
    }

    /// Somebody for whom a proxy vouches; from any other address its header is a forgery.
    fn by_proxy(&self, request: &HttpRequest, access: &Access) -> Option<Visitor> {
        let proxy = access.sign_in.proxy.as_ref()?;
        if !comes_from(request, &proxy.addresses) {
            return None;
        }
        // Twice the header: one of them is not the proxy's.
        let mut values = request.headers().get_all(proxy.header.as_str());
        let email = values.next()?.to_str().ok()?;
        if values.next().is_some() {
            return None;
        }
        let person = match self.store.person_by_email(email) {
            Ok(person) => person?,
            Err(error) => {
                tracing::error!(%error, "a person could not be read");
                return None;
            }
        };
        (person.is_active && !person.is_demo).then(|| Visitor {
            key: format!("{} {}", self.secret, person.id),
            person,
            session: None,
            id_token: None,
            demo: false,
            from: self.from(request),
        })
    }

    /// Whether a request carries the header of a proxy and comes from elsewhere, or carries it
    /// twice.
    pub(crate) fn is_forged(&self, request: &HttpRequest, access: &Access) -> bool {
        access.sign_in.proxy.as_ref().is_some_and(|proxy| {
            let known = comes_from(request, &proxy.addresses);
            let told = request.headers().get_all(proxy.header.as_str()).count();
            told > usize::from(known)
        })
    }

    /// A visit without a session: the first of the people of the demonstration.
    fn first_of_demo(&self, request: &HttpRequest, access: &Access) -> Option<Visitor> {
        let person = self.demo_people(access).first()?.1.clone();
        Some(Visitor {
            key: format!("{} {}", self.secret, person.id),
            person,
            session: None,
            id_token: None,
            demo: true,
            from: self.from(request),
        })
    }

    /// The people of the demonstration, in the order declared.
    pub(crate) fn demo_people(&self, access: &Access) -> Arc<Vec<(DemoPerson, Person)>> {
        let known = self.demo.load_full();
        let same = known.len() == access.demo.len()
            && known.iter().zip(&access.demo).all(|((a, _), b)| a == b);
        if same {
            return known;
        }
        let people: Vec<NewPerson> = access
            .demo
            .iter()
            .enumerate()
            .map(|(place, person)| NewPerson {
                email: format!("demonstration-{}@exemple.invalid", place + 1),
                name: person.name.clone(),
                membership: person.membership.clone(),
            })
            .collect();
        let written = self
            .store
            .set_demo_people(&people, Utc::now())
            .and_then(|ids| {
                let people = ids.into_iter().map(|id| self.store.person(id));
                Ok(people.collect::<Result<Vec<_>, _>>()?)
            });
        match written {
            Ok(people) => {
                let people = people.into_iter().flatten();
                let people: Vec<_> = access.demo.iter().cloned().zip(people).collect();
                let people = Arc::new(people);
                self.demo.store(Arc::clone(&people));
                people
            }
            Err(error) => {
                tracing::error!(%error, "the people of the demonstration could not be written");
                known
            }
        }
    }

    /// The identity provider that the town declares.
    ///
    /// # Errors
    /// Why there is none to ask, for the log.
    pub(crate) fn provider(
        &self,
        town: &Town,
        access: &Access,
        request: &HttpRequest,
    ) -> Result<Arc<Provider>, String> {
        let declared = access.sign_in.oidc.as_ref().ok_or("none is declared")?;
        let address = self.address(request);
        let mut kept = self.provider.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((before, from, provider)) = kept.as_ref()
            && before == declared
            && *from == address
        {
            return Ok(Arc::clone(provider));
        }
        let url =
            |path: &str| Url::parse(&format!("{address}{path}")).map_err(|error| error.to_string());
        let issuer = Url::parse(&declared.issuer).map_err(|error| error.to_string())?;
        // An address of the town's own network is one that its declarations name.
        let allow_private = town.network.names(&issuer);
        let settings = Settings {
            issuer,
            client_id: declared.client_id.clone(),
            secret: declared.secret.read().map_err(|error| error.to_string())?,
            redirect: url("/connexion/retour")?,
            after_logout: Some(url("/connexion")?),
            scopes: declared.scopes.clone(),
            siret: declared.siret.clone(),
            signed_userinfo: declared.signed_userinfo,
            certificates: town.network.certificates.clone().map(PathBuf::from),
        };
        let provider = Provider::new(settings, allow_private).map_err(|error| error.to_string())?;
        let provider = Arc::new(provider);
        *kept = Some((declared.clone(), address, Arc::clone(&provider)));
        Ok(provider)
    }

    /// The other end, as a trusted proxy tells it, else as it is.
    pub fn from(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = peer(request)?;
        let is_proxy = |address: &IpAddr| {
            self.doorway
                .proxies
                .iter()
                .any(|it| it.to_canonical() == *address)
        };
        if !is_proxy(&peer) {
            return Some(peer);
        }
        let told = request.headers().get_all("x-forwarded-for");
        let told: Vec<IpAddr> = told
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|one| one.trim().parse::<IpAddr>().ok())
            .map(|address| address.to_canonical())
            .collect();
        // The nearest address that is not one of the proxies: what stands before it may be made up.
        let nearest = told.into_iter().rev().find(|address| !is_proxy(address));
        Some(nearest.unwrap_or(peer))
    }

    pub(crate) fn session_token(&self, request: &HttpRequest) -> Option<String> {
        request
            .cookie(self.cookie_name("beffroi"))
            .map(|cookie| cookie.value().to_owned())
    }

    /// What a browser holds before anybody has signed in.
    pub(crate) fn door_token(&self, request: &HttpRequest) -> Option<String> {
        request
            .cookie(self.cookie_name("beffroi_porte"))
            .map(|cookie| cookie.value().to_owned())
    }

    fn cookie_name(&self, name: &'static str) -> &'static str {
        match (self.doorway.secure, name) {
            (false, name) => name,
            (true, "beffroi") => "__Host-beffroi",
            (true, _) => "__Host-beffroi_porte",
        }
    }

    fn cookie(&self, name: &'static str, value: String) -> Cookie<'static> {
        Cookie::build(self.cookie_name(name), value)
            .path("/")
            .http_only(true)
            .secure(self.doorway.secure)
            // A sign-in elsewhere comes back by a link.
            .same_site(SameSite::Lax)
            .finish()
    }

    /// The cookie of a session: until the browser closes, or to stay as long as the session may
    /// last.
    pub(crate) fn session_cookie(&self, token: String, stay: bool) -> Cookie<'static> {
        let mut cookie = self.cookie("beffroi", token);
        if stay {
            cookie.set_max_age(actix_web::cookie::time::Duration::hours(12));
        }
        cookie
    }

    pub(crate) fn door_cookie(&self, token: String) -> Cookie<'static> {
        self.cookie("beffroi_porte", token)
    }

    pub(crate) fn no_session_cookie(&self) -> Cookie<'static> {
        let mut cookie = self.cookie("beffroi", String::new());
        cookie.make_removal();
        cookie
    }
}

/// Whether the other end of the connection is one of these machines.
fn comes_from(request: &HttpRequest, machines: &[IpAddr]) -> bool {
    peer(request).is_some_and(|peer| machines.iter().any(|it| it.to_canonical() == peer))
}

/// The other end of the connection.
fn peer(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|peer| peer.ip().to_canonical())
}

fn host(request: &HttpRequest) -> Option<&str> {
    // HTTP/2 has it in the address, and nowhere else.
    let written = request.headers().get(header::HOST);
    match written {
        Some(host) => Some(host.to_str().unwrap_or("?")),
        None => request.uri().authority().map(|it| it.as_str()),
    }
}

fn local(request: &HttpRequest, scheme: &str) -> String {
    format!("{scheme}://{}", host(request).unwrap_or_default())
}

/// Whether a `Host` names this machine: `localhost:8080`, `127.0.0.1`, `[::1]:8080`.
fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The message of a role.
pub(crate) fn role_word(role: Role) -> String {
    format!("role-{}", role.as_str())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use std::net::SocketAddr;

    fn entrance(doorway: Doorway) -> (tempfile::TempDir, Entrance) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let entrance = Entrance::new(store, doorway).unwrap();
        (folder, entrance)
    }

    fn request(peer: &str, headers: &[(&'static str, &str)]) -> HttpRequest {
        let mut request =
            TestRequest::default().peer_addr(SocketAddr::new(peer.parse().unwrap(), 40_000));
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        request.to_http_request()
    }

    #[test]
    fn the_site_answers_to_its_own_names_only() {
        let (_folder, entrance) = entrance(Doorway {
            address: Some(Url::parse("https://tableaux.ville.example/").unwrap()),
            ..Doorway::default()
        });
        let answers = |host: &str| {
            entrance
                .check_host(&request("127.0.0.1", &[("host", host)]))
                .is_ok()
        };
        for host in [
            "localhost:8080",
            "127.0.0.1",
            "[::1]:8080",
            "Tableaux.Ville.example",
        ] {
            assert!(answers(host), "{host}");
        }
        for host in [
            "elsewhere.example",
            "localhost.elsewhere.example",
            "tableaux.ville.example:81",
            "é",
        ] {
            assert!(!answers(host), "{host}");
        }
    }

    #[test]
    fn forms_of_other_sites_are_refused() {
        let (_folder, entrance) = entrance(Doorway::default());
        let taken = |headers: &[(&'static str, &str)]| {
            let mut all = vec![("host", "localhost:8080")];
            all.extend(headers);
            entrance.check_origin(&request("127.0.0.1", &all)).is_ok()
        };
        assert!(taken(&[]));
        assert!(taken(&[
            ("origin", "http://localhost:8080"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!taken(&[("origin", "http://localhost:9090")]));
        assert!(!taken(&[("origin", "null")]));
        assert!(!taken(&[("sec-fetch-site", "cross-site")]));
        assert!(!taken(&[("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn only_a_trusted_proxy_tells_where_a_request_comes_from() {
        let (_folder, entrance) = entrance(Doorway {
            proxies: vec!["10.0.0.2".parse().unwrap(), "10.0.0.3".parse().unwrap()],
            ..Doorway::default()
        });
        let from = |peer: &str, told: &str| {
            entrance
                .from(&request(peer, &[("x-forwarded-for", told)]))
                .unwrap()
                .to_string()
        };
        assert_eq!(from("10.0.0.2", "192.0.2.7"), "192.0.2.7");
        assert_eq!(
            from("10.0.0.2", "1.1.1.1, 192.0.2.7, 10.0.0.3"),
            "192.0.2.7"
        );
        assert_eq!(from("192.0.2.9", "1.1.1.1"), "192.0.2.9");
        assert_eq!(from("10.0.0.2", "nonsense"), "10.0.0.2");
    }
}
