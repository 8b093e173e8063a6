//! What goes wrong with a request, told to a person as a page and to a program as JSON. Inner
//! causes go to the log, never to the reader.

use crate::entrance::Reason;
use crate::guard::Permission;
use crate::layout::{self, Around, Nav, Page, roles_in_words};
use crate::rights;
use crate::visit::Visit;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, body::BoxBody};
use beffroi_catalog::{Catalog, Text, Town};
use beffroi_model::nearest;
use beffroi_text::{Lang, t, t_args};
use maud::{Markup, html};
use serde_json::json;
use std::borrow::Cow;
use std::fmt;

/// Seconds after which to try again when too many queries wait.
const RETRY_AFTER: u32 = 2;

/// A request that fails.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    visit: Visit,
    around: Box<Around>,
}

#[derive(Debug)]
enum Kind {
    /// Nobody has signed in yet.
    SignIn,
    Forbidden(Reason),
    /// A long form whose session has ended: what was typed, and the token by which to send it again
    /// once somebody has signed in.
    SendAgain(Vec<(String, String)>, Option<String>),
    /// No role of theirs has that permission.
    NotAllowed(Permission),
    /// Asked for by another method than these.
    Method(&'static str),
    /// Too many requests.
    TooMany,
    /// What was sent is not a form, or too large a one.
    BadForm,
    NotFound(Vec<Lead>),
    /// A parameter that the API cannot take: code and words.
    Bad(&'static str, String),
    Busy,
    Internal,
}

/// Something that exists, near what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lead {
    link: String,
    title: String,
    what: Cow<'static, str>,
}

impl Lead {
    /// What in the catalog is named nearly like `name`, by id or title: the best of each kind.
    pub fn near(catalog: &Catalog, visit: &Visit, name: &str) -> Vec<Self> {
        let lang = visit.lang;
        let pick = |things: Vec<(&str, &Text)>, folder: &str, what: Cow<'static, str>| {
            let names = things
                .iter()
                .flat_map(|(id, title)| [*id, title.fr.as_str()]);
            let found = nearest(name, names)?;
            let (id, title) = things
                .iter()
                .find(|(id, title)| *id == found || title.fr == found)?;
            Some(Self {
                link: visit.link(&format!("/{folder}/{id}")),
                title: title.get(visit.english()).0.to_owned(),
                what,
            })
        };
        let boards = catalog
            .boards
            .values()
            .map(|it| (it.id.as_str(), &it.title))
            .collect();
        let indicators = catalog
            .indicators
            .values()
            .map(|it| (it.id.as_str(), &it.title))
            .collect();
        let datasets = catalog
            .datasets
            .values()
            .map(|it| (it.id.as_str(), &it.title))
            .collect();
        [
            pick(boards, "tableaux", t(lang, "what-board")),
            pick(indicators, "indicateurs", t(lang, "what-indicator")),
            pick(datasets, "catalogue", t(lang, "what-dataset")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Failure {
    fn new(kind: Kind, visit: &Visit, around: Around) -> Self {
        Self {
            kind,
            visit: visit.clone(),
            around: Box::new(around),
        }
    }

    /// Nobody has signed in: pages lead to where one does.
    pub fn sign_in(visit: &Visit, town: &Town) -> Self {
        let around = Around {
            town: Some(Box::new(town.clone())),
            who: None,
        };
        Self::new(Kind::SignIn, visit, around)
    }

    /// The reader is not admitted.
    pub fn forbidden(visit: &Visit, around: Around, reason: Reason) -> Self {
        Self::new(Kind::Forbidden(reason), visit, around)
    }

    /// Whether nobody has signed in.
    pub fn is_sign_in(&self) -> bool {
        matches!(self.kind, Kind::SignIn)
    }

    /// The same, with what was typed, to be sent again.
    pub fn sent_again(self, typed: Vec<(String, String)>, token: Option<String>) -> Self {
        Self {
            kind: Kind::SendAgain(typed, token),
            ..self
        }
    }

    /// No role of the reader has a permission.
    pub fn not_allowed(visit: &Visit, around: Around, permission: Permission) -> Self {
        Self::new(Kind::NotAllowed(permission), visit, around)
    }

    /// There is such an address, but for these methods.
    pub fn method(visit: &Visit, right: &'static str) -> Self {
        Self::new(Kind::Method(right), visit, Around::default())
    }

    /// More requests than anybody makes.
    pub fn too_many(visit: &Visit, around: Around) -> Self {
        Self::new(Kind::TooMany, visit, around)
    }

    /// What was sent cannot be read as a form.
    pub fn bad_form(visit: &Visit, around: Around) -> Self {
        Self::new(Kind::BadForm, visit, around)
    }

    /// There is no such thing.
    pub fn not_found(visit: &Visit, around: Around, leads: Vec<Lead>) -> Self {
        Self::new(Kind::NotFound(leads), visit, around)
    }

    /// A parameter of the API that cannot be taken, under a stable code.
    pub fn bad(visit: &Visit, code: &'static str, message: String) -> Self {
        Self::new(Kind::Bad(code, message), visit, Around::default())
    }

    /// Too many queries wait.
    pub fn busy(visit: &Visit, around: Around) -> Self {
        Self::new(Kind::Busy, visit, around)
    }

    /// Our fault; `cause` is for the log.
    pub fn internal(visit: &Visit, cause: &dyn fmt::Display) -> Self {
        tracing::error!(path = visit.path, %cause, "request failed");
        Self::new(Kind::Internal, visit, Around::default())
    }

    /// The stable code and the words: title, what happened, what to do.
    fn words(&self, lang: Lang) -> (&'static str, [Cow<'static, str>; 3]) {
        let words = |name: &str| {
            ["title", "what", "do"].map(|part| t(lang, &format!("error-{name}-{part}")))
        };
        match &self.kind {
            Kind::SignIn => ("sign-in", words("sign-in")),
            Kind::SendAgain(_, None) => ("sign-in", words("send-again")),
            Kind::SendAgain(..) => ("form", words("confirm")),
            Kind::Forbidden(Reason::Form) => ("form", words("form")),
            Kind::Forbidden(Reason::Origin) => ("form", words("form")),
            Kind::Forbidden(Reason::Demo) => ("demo", words("demo")),
            Kind::Forbidden(Reason::Closed) => ("closed", words("closed")),
            Kind::Forbidden(_) => ("forbidden", words("forbidden")),
            Kind::NotAllowed(permission) => {
                let roles = roles_in_words(lang, rights::roles_with(*permission));
                let to_do = t_args(lang, "error-role-do", &[("roles", roles.into())]);
                (
                    "role",
                    [
                        t(lang, "error-role-title"),
                        t(lang, "error-role-what"),
                        to_do,
                    ],
                )
            }
            Kind::Method(_) => ("method", words("method")),
            Kind::TooMany => ("too-many", words("too-many")),
            Kind::BadForm => ("bad-form", words("bad-form")),
            Kind::NotFound(_) => (
                "not-found",
                [
                    t(lang, "error-not-found-title"),
                    t(lang, "error-not-found-what"),
                    t(lang, "error-not-found-do"),
                ],
            ),
            Kind::Bad(code, message) => (
                code,
                [
                    t(lang, "error-bad-title"),
                    Cow::Owned(message.clone()),
                    t(lang, "error-bad-do"),
                ],
            ),
            Kind::Busy => (
                "busy",
                [
                    t(lang, "error-busy-title"),
                    t(lang, "error-busy-what"),
                    t(lang, "error-busy-do"),
                ],
            ),
            Kind::Internal => (
                "internal",
                [
                    t(lang, "error-internal-title"),
                    t(lang, "error-internal-what"),
                    t(lang, "error-internal-do"),
                ],
            ),
        }
    }

    fn body(&self, title: &str, what: &str, to_do: &str) -> Markup {
        let visit = &self.visit;
        let lang = visit.lang;
        let status = self.status_code().as_u16();
        let open = self.around.who.is_some();
        let leads = match &self.kind {
            Kind::NotFound(leads) => leads.as_slice(),
            _ => &[],
        };
        html! {
            div.grille {
                div."c-7" {
                    p.surtitre { (t(lang, "error-over")) " " (status) }
                    h1 { (title) }
                    p.chapo { (what) }
                    @if let Kind::SendAgain(typed, token) = &self.kind { (self.typed(typed, token.as_deref())) }
                    p.actions.section {
                        @if matches!(self.kind, Kind::Busy | Kind::Internal) {
                            a.bouton href=(self.retry_link()) { (t(lang, "error-retry")) }
                        }
                        a.bouton.discret href=(visit.link("/")) { (t(lang, "error-home")) }
                    }
                    @if !leads.is_empty() {
                        section.section aria-labelledby="h-pi" {
                            h2 #h-pi { (t(lang, "error-leads")) }
                            ul.pistes {
                                @for lead in leads {
                                    li { a href=(lead.link) { (lead.title) } span { (lead.what) } }
                                }
                            }
                        }
                    }
                    @if open {
                        form.rech.section role="search" method="get" action="/indicateurs" {
                            (layout::lang_field(visit))
                            div.champ {
                                label for="rq" { (t(lang, "error-search")) }
                                input #rq type="search" name="q";
                            }
                            button.bouton.second type="submit" { (t(lang, "search")) }
                        }
                    }
                }
                aside."c-5".bloc aria-labelledby="h-ai" {
                    h2 #h-ai { (t(lang, "error-if-it-lasts")) }
                    dl.dl {
                        dt { (t(lang, "error-what-to-do")) }
                        dd { (to_do) }
                        dt { (t(lang, "error-your-data")) }
                        dd { (t(lang, "error-nothing-lost")) }
                        dt { (t(lang, "error-address")) }
                        dd { code { (visit.path) } }
                    }
                }
            }
        }
    }

    /// What was typed, to be sent again; first to sign in, in another window, where nobody has.
    fn typed(&self, typed: &[(String, String)], token: Option<&str>) -> Markup {
        let lang = self.visit.lang;
        html! {
            @if token.is_none() {
                p { a.bouton href=(self.visit.link("/connexion")) target="_blank" rel="noopener" { (t(lang, "send-again-sign-in")) } }
            }
            form.section method="post" action=(self.retry_link()) {
                @if let Some(token) = token { (crate::forms::token(token)) }
                @for (name, value) in typed { textarea name=(name) hidden { "\n" (value) } }
                div.actions { button.bouton.second type="submit" { (t(lang, "send-again-do")) } }
            }
        }
    }

    fn retry_link(&self) -> String {
        let query = self.visit.normal_query();
        if query.is_empty() {
            self.visit.path.clone()
        } else {
            format!("{}?{query}", self.visit.path)
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words(Lang::En).0)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self.kind {
            Kind::SignIn | Kind::SendAgain(_, None) => StatusCode::UNAUTHORIZED,
            Kind::SendAgain(..) => StatusCode::FORBIDDEN,
            Kind::Forbidden(_) | Kind::NotAllowed(_) => StatusCode::FORBIDDEN,
            Kind::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Kind::BadForm => StatusCode::BAD_REQUEST,
            Kind::NotFound(_) => StatusCode::NOT_FOUND,
            Kind::Bad(..) => StatusCode::BAD_REQUEST,
            Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        if matches!(self.kind, Kind::SignIn) && !self.visit.is_api() {
            return HttpResponse::SeeOther()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .insert_header((header::LOCATION, sign_in_address(&self.visit)))
                .finish();
        }
        let (code, [title, what, to_do]) = self.words(self.visit.lang);
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if matches!(self.kind, Kind::Busy | Kind::TooMany) {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
        }
        if let Kind::Method(right) = self.kind {
            response.insert_header((header::ALLOW, right));
        }
        if self.visit.is_api() {
            return response
                .json(json!({ "error": { "code": code, "message": what, "hint": to_do } }));
        }
        let page =
            Page::new(title.clone().into_owned(), Nav::None).body(self.body(&title, &what, &to_do));
        response
            .content_type("text/html; charset=utf-8")
            .body(layout::render(&self.visit, &self.around, page).into_string())
    }
}

/// Where one signs in, to come back here afterwards.
fn sign_in_address(visit: &Visit) -> String {
    let query = visit.normal_query();
    let wanted = match query.is_empty() {
        true => visit.path.clone(),
        false => format!("{}?{query}", visit.path),
    };
    match wanted.as_str() {
        "/" => visit.link("/connexion"),
        _ if !visit.reads => visit.link("/connexion"),
        wanted => visit.link_with("/connexion", &[("vers", wanted)]),
    }
}
