//! Somebody with a browser: keeps the cookies that the server gives, and sends forms.

use crate::http::{self, Response};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

/// A browser without a window.
pub struct Visitor {
    server: SocketAddr,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Visitor {
    /// One who comes for the first time.
    #[must_use]
    pub fn new(server: SocketAddr) -> Self {
        Self {
            server,
            cookies: Mutex::default(),
        }
    }

    /// One who holds cookies already.
    #[must_use]
    pub fn holding(server: SocketAddr, cookies: &[(&str, &str)]) -> Self {
        let pairs = cookies.iter();
        let cookies = pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self {
            server,
            cookies: Mutex::new(cookies.collect()),
        }
    }

    /// Gets a path; redirections are not followed.
    #[must_use]
    pub fn get(&self, path: &str) -> Response {
        self.send("GET", path, &[], "")
    }

    /// Sends a form with the token of the page on which it stands.
    #[must_use]
    pub fn post(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Response {
        let token = token(&self.get(page).text()).unwrap_or_default();
        let mut fields = fields.to_vec();
        fields.push(("jeton_formulaire", &token));
        self.post_as_is(action, &fields)
    }

    /// Sends a form just as given.
    #[must_use]
    pub fn post_as_is(&self, action: &str, fields: &[(&str, &str)]) -> Response {
        self.post_under(action, fields, &[])
    }

    /// The same with more headers.
    #[must_use]
    pub fn post_under(
        &self,
        action: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Response {
        let form = ("Content-Type", "application/x-www-form-urlencoded");
        let headers = [&[form], headers].concat();
        self.send("POST", action, &headers, &encoded(fields))
    }

    /// Sends a request, and keeps the cookies of the answer.
    #[must_use]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let cookies = self.cookie_header();
        let mut headers = headers.to_vec();
        if !cookies.is_empty() {
            headers.push(("Cookie", &cookies));
        }
        let response = http::request(self.server, method, path, &headers, body)
            .unwrap_or_else(|error| panic!("{path} does not answer: {error}"));
        let mut jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, cookie) in response
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
        {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                match value.is_empty() {
                    true => jar.remove(name),
                    false => jar.insert(name.to_owned(), value.to_owned()),
                };
            }
        }
        response
    }

    /// Takes the place of a person of the demonstration.
    #[track_caller]
    pub fn enter(&self, name: &str) -> &Self {
        let page = self.get("/demonstration").text();
        let after = page
            .split_once(&format!("<h2>{name}</h2>"))
            .unwrap_or_else(|| panic!("{name} is not of the demonstration: {page}"))
            .1;
        let place = attribute(after, "name=\"personne\" value=\"");
        // Whoever is there already has no button.
        let own = after.split_once("</li>").map_or(after, |(own, _)| own);
        if let Some(place) = place.filter(|_| own.contains("<form")) {
            let sent = self.post("/demonstration", "/demonstration", &[("personne", &place)]);
            assert_eq!(sent.status, 303, "{}", sent.text());
        }
        self
    }

    /// Signs in by a password; the answer to the form.
    #[must_use]
    pub fn sign_in(&self, email: &str, password: &str) -> Response {
        let fields = [
            ("courriel", email),
            ("mot_de_passe", password),
            ("vers", "/"),
        ];
        self.post("/connexion", "/connexion", &fields)
    }

    /// Its cookies, as a header.
    #[must_use]
    pub fn cookie_header(&self) -> String {
        let jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<String> = jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Its cookies, by name.
    #[must_use]
    pub fn cookies(&self) -> BTreeMap<String, String> {
        let jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        jar.clone()
    }

    /// Holds a cookie that the server did not give: somebody planted it.
    pub fn plant(&self, name: &str, value: &str) {
        let mut jar = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        jar.insert(name.to_owned(), value.to_owned());
    }

    /// Whether a path is answered with 200; otherwise this browser is led to sign in.
    #[track_caller]
    #[must_use]
    pub fn is_in(&self, path: &str) -> bool {
        let answer = self.get(path);
        let to = answer.header("location").unwrap_or_default();
        match answer.status {
            200 => true,
            303 if to.starts_with("/connexion") => false,
            status => panic!("{path}: {status} {to}: {}", answer.text()),
        }
    }

    /// Takes the cookies of another browser: they were stolen.
    pub fn steal(&self, from: &Self) {
        let stolen = from.cookies();
        *self.cookies.lock().unwrap_or_else(PoisonError::into_inner) = stolen;
    }
}

/// The token of the forms of a page.
#[must_use]
pub fn token(page: &str) -> Option<String> {
    attribute(page, "name=\"jeton_formulaire\" value=\"")
}

fn attribute(page: &str, start: &str) -> Option<String> {
    let (_, after) = page.split_once(start)?;
    after.split_once('"').map(|(value, _)| value.to_owned())
}

/// Fields as a browser sends them.
fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                byte => format!("%{byte:02X}"),
            })
            .collect::<String>()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    pairs.join("&")
}
