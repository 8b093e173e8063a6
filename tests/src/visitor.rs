//! Somebody with a browser: keeps the cookies that the server gives, and sends forms.

use crate::form::HtmlForm;
use crate::http::{self, Response};
use crate::links::main_text;
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

    /// A form of a page that does something; the one of the page itself when nothing is named.
    #[track_caller]
    #[must_use]
    pub fn form(&self, page: &str, what: &str) -> HtmlForm {
        let answer = self.get(page);
        form_of(&answer, page, what)
    }

    /// Fills in a form of a page and sends it by the button that does something.
    #[track_caller]
    #[must_use]
    pub fn submit(&self, page: &str, what: &str, fields: &[(&str, &str)]) -> Response {
        let form = self.form(page, what);
        let filled = fields
            .iter()
            .fold(form, |form, (name, value)| form.with(name, value));
        self.send_form(filled, what)
    }

    /// Sends a form by the button that does something.
    #[must_use]
    pub fn send_form(&self, mut form: HtmlForm, what: &str) -> Response {
        if form
            .buttons
            .iter()
            .any(|(name, value)| name == "faire" && value == what)
        {
            form.fields.push(("faire".to_owned(), what.to_owned()));
        }
        let fields: Vec<(&str, &str)> = form
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post_as_is(&form.action, &fields)
    }

    /// Sends the fields of a form and a file, with the token of the page on which it stands.
    #[must_use]
    pub fn upload(
        &self,
        page: &str,
        action: &str,
        fields: &[(&str, &str)],
        name: &str,
        bytes: &[u8],
    ) -> Response {
        let token = token(&self.get(page).text()).unwrap_or_default();
        let fields = [&[("jeton_formulaire", token.as_str())], fields].concat();
        self.upload_as_is(action, &fields, Some((name, bytes)), &[])
    }

    /// Sends the fields of a form in parts, just as given, and a file after them.
    #[must_use]
    pub fn upload_as_is(
        &self,
        action: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &[u8])>,
        headers: &[(&str, &str)],
    ) -> Response {
        let form = ("Content-Type", PARTS);
        let headers = [&[form], headers].concat();
        self.send_bytes("POST", action, &headers, &in_parts(fields, file))
    }

    /// Sends a request, and keeps the cookies of the answer.
    #[must_use]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        self.send_bytes(method, path, headers, body.as_bytes())
    }

    /// The same with a body of any bytes.
    #[must_use]
    pub fn send_bytes(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Response {
        let cookies = self.cookie_header();
        let mut headers = headers.to_vec();
        if !cookies.is_empty() {
            headers.push(("Cookie", &cookies));
        }
        let response = http::request_bytes(self.server, method, path, &headers, body)
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

/// A form of an answer that does something; the one of the page itself when nothing is named.
#[track_caller]
#[must_use]
pub fn form_of(answer: &Response, page: &str, what: &str) -> HtmlForm {
    let html = answer.text();
    let (_, main) = html.split_once("<main").unwrap_or(("", &html));
    let path = page.split('?').next().unwrap_or_default();
    let mut forms = HtmlForm::all(main).into_iter();
    let found = forms.find(|form| match what {
        "" => form.action.split('?').next() == Some(path),
        what => form.does(what),
    });
    found.unwrap_or_else(|| {
        panic!(
            "{page} ({}) has no form to {what}: {}",
            answer.status,
            main_text(&html)
        )
    })
}

/// The kind of a body in parts.
pub const PARTS: &str = "multipart/form-data; boundary=----partie";

/// Fields and a file in parts, as a browser sends them.
#[must_use]
pub fn in_parts(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    let mut part = |head: &str, content: &[u8]| {
        let head = format!("------partie\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    for (name, value) in fields {
        part(&format!("name=\"{name}\""), value.as_bytes());
    }
    if let Some((name, bytes)) = file {
        let head = format!(
            "name=\"fichier\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream"
        );
        part(&head, bytes);
    }
    body.extend_from_slice(b"------partie--\r\n");
    body
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
