//! `/connexion`: coming in, by a password and a code, or by an identity provider; and
//! `/deconnexion`, going out.

use crate::door::{Door, Knock, lead, own};
use crate::entrance::Reason;
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, OwnAccount, Posted, now};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::visit::Visit;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use beffroi_model::Role;
use beffroi_oidc::{OidcError, Provider};
use beffroi_store::{CodeCheck, Flow, Kind, Means, Person, PersonId, SignIn, Stage};
use beffroi_text::{t, t_args};
use maud::{Markup, html};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Where to go afterwards.
const TO: &str = "vers";
const EMAIL: &str = "courriel";
const PASSWORD: &str = "mot_de_passe";
const STAY: &str = "rester";
const CODE: &str = "code";

/// The page.
pub(crate) async fn show(door: Door) -> Result<HttpResponse, Failure> {
    let to = own(door.visit.param(TO).unwrap_or("/")).to_owned();
    if door
        .visitor
        .as_ref()
        .is_some_and(|it| it.session.is_some() && !it.person.is_demo)
    {
        return Ok(lead(&to, &[]));
    }
    let page = form(&door, "", "", &to);
    door.page(page)
}

/// The form sent.
pub(crate) async fn enter(Knock { door, form: sent }: Knock) -> Result<HttpResponse, Failure> {
    let to = own(sent.get(TO)).to_owned();
    let email = sent.get(EMAIL).to_owned();
    if !door.access().sign_in.local {
        return Err(door.refuse(Reason::Role));
    }
    let (given, password) = (email.clone(), sent.raw(PASSWORD).to_owned());
    let from = door.from()?;
    let done = door
        .ask_store(move |store| store.sign_in(&given, &password, from, now()))
        .await?;
    let lang = door.visit.lang;
    match done {
        SignIn::Accepted(id) => {
            let stay = !sent.get(STAY).is_empty();
            let cookie = open(&door, id, Means::Password, stay).await?;
            Ok(lead(&to, &[cookie]))
        }
        SignIn::CodeNeeded(id) => {
            let (agent, from) = (door.agent().to_owned(), door.from()?);
            let before = door.entrance()?.session_token(door.request());
            let token = door
                .ask_store(move |store| {
                    if let Some(before) = before {
                        store.end_session(&before)?;
                    }
                    store.open_session(id, Means::Password, Stage::Code, &agent, Some(from), now())
                })
                .await?;
            let cookie = door.entrance()?.session_cookie(token, false);
            let stay = if sent.get(STAY).is_empty() { "" } else { "1" };
            let link = door
                .visit
                .link_with("/connexion/code", &[(TO, &to), (STAY, stay)]);
            Ok(lead(&link, &[cookie]))
        }
        SignIn::Refused => {
            let known = email.clone();
            let person = door
                .ask_store(move |store| store.person_by_email(&known))
                .await?;
            // Of an address that nobody has as of one that somebody has, each time.
            door.record_each(person.as_ref(), "sign-in", "/connexion", "password")
                .await?;
            answer(
                &door,
                StatusCode::UNAUTHORIZED,
                &t(lang, "sign-in-refused"),
                &email,
                &to,
            )
        }
        SignIn::Throttled { seconds } => {
            door.record(None, Kind::Refusal, "sign-in", "/connexion", "throttled")
                .await?;
            let words = wait(&door.visit, seconds);
            let answer = answer(&door, StatusCode::TOO_MANY_REQUESTS, &words, &email, &to)?;
            Ok(later(answer, seconds))
        }
    }
}

/// Tells programs how long to wait.
fn later(mut response: HttpResponse, seconds: u32) -> HttpResponse {
    let seconds = header::HeaderValue::from(seconds);
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}

fn wait(visit: &Visit, seconds: u32) -> String {
    let minutes = seconds.div_ceil(60).max(1);
    t_args(visit.lang, "sign-in-wait", &[("count", minutes.into())]).into_owned()
}

fn answer(
    door: &Door,
    status: StatusCode,
    error: &str,
    email: &str,
    to: &str,
) -> Result<HttpResponse, Failure> {
    let mut response = door.page(form(door, error, email, to))?;
    *response.status_mut() = status;
    Ok(response)
}

fn form(door: &Door, error: &str, email: &str, to: &str) -> Page {
    let visit = &door.visit;
    let lang = visit.lang;
    let access = door.access();
    let title = t(lang, "sign-in-title");
    let demo = door.entrance().is_ok_and(|it| it.is_demo(door.town()));
    let body = html! {
        div.seuil-form.pile {
            h1 { (title) }
            p.chapo { (t(lang, "sign-in-lead")) }
            (forms::refused(error))
            @if demo {
                p { a.bouton.pleine href=(visit.link("/demonstration")) { (t(lang, "sign-in-demo")) } }
            }
            @if let Some(oidc) = &access.sign_in.oidc {
                a.bouton.pleine href=(visit.link_with("/connexion/fournisseur", &[(TO, to)])) {
                    (t(lang, "sign-in-with")) " " (parts::declared(visit, &oidc.title))
                }
                @if access.sign_in.local { p.ou { (t(lang, "sign-in-or")) } }
            }
            @if access.sign_in.local {
                form.pile method="post" action=(visit.link("/connexion")) {
                    (forms::token(&door.csrf()))
                    input type="hidden" name=(TO) value=(to);
                    (Field {
                        name: EMAIL, label: &t(lang, "field-email"), kind: "email", value: email,
                        autocomplete: "username", ..Field::default()
                    }.markup())
                    (Field {
                        name: PASSWORD, label: &t(lang, "field-password"), kind: "password",
                        autocomplete: "current-password", ..Field::default()
                    }.markup())
                    (forms::tick(STAY, "1", false, &html! { (t(lang, "sign-in-stay")) }))
                    div.actions { button.bouton.second[access.sign_in.oidc.is_some()] type="submit" { (t(lang, "sign-in-do")) } }
                }
            }
            p.petit.discret {
                @if access.sign_in.contact.is_empty() { (t(lang, "sign-in-contact-none")) }
                @else {
                    (t(lang, "sign-in-contact")) " " (parts::declared(visit, &access.sign_in.contact)) "."
                }
                " " (t_args(lang, "sign-in-trail", &[("count", access.retention.reads.into())]))
            }
        }
    };
    Page::new(title.into_owned(), Nav::None).body(body)
}

/// The page that asks for a code.
pub(crate) async fn ask_code(door: Door) -> Result<HttpResponse, Failure> {
    if half_way(&door).await?.is_none() {
        return Ok(lead(&door.visit.link("/connexion"), &[]));
    }
    door.page(code_form(
        &door,
        "",
        door.visit.param(TO).unwrap_or("/"),
        door.visit.param(STAY).unwrap_or(""),
    ))
}

/// The code sent.
pub(crate) async fn check_code(Knock { door, form: sent }: Knock) -> Result<HttpResponse, Failure> {
    let to = own(sent.get(TO)).to_owned();
    let Some((person, token)) = half_way(&door).await? else {
        return Ok(lead(&door.visit.link("/connexion"), &[]));
    };
    let (id, code, from) = (person.id, sent.get(CODE).to_owned(), door.from()?);
    let checked = door
        .ask_store(move |store| store.totp_check(id, &code, from, now()))
        .await?;
    let lang = door.visit.lang;
    let mut wait_for = None;
    let (status, words) = match checked {
        CodeCheck::Right => {
            let new = door
                .ask_store(move |store| store.rotate(&token, Stage::Open, now()))
                .await?;
            let Some(new) = new else {
                return Ok(lead(&door.visit.link("/connexion"), &[]));
            };
            door.record(
                Some(&person),
                Kind::SignIn,
                "sign-in",
                "/connexion",
                "password, code",
            )
            .await?;
            let stay = !sent.get(STAY).is_empty();
            let cookie = door.entrance()?.session_cookie(new, stay);
            return Ok(lead(&to, &[cookie]));
        }
        CodeCheck::Wrong => (
            StatusCode::UNAUTHORIZED,
            t(lang, "code-refused").into_owned(),
        ),
        CodeCheck::Throttled { seconds } => {
            wait_for = Some(seconds);
            (StatusCode::TOO_MANY_REQUESTS, wait(&door.visit, seconds))
        }
    };
    door.record(
        Some(&person),
        Kind::Refusal,
        "sign-in",
        "/connexion/code",
        "code",
    )
    .await?;
    let mut response = door.page(code_form(&door, &words, &to, sent.get(STAY)))?;
    *response.status_mut() = status;
    Ok(match wait_for {
        Some(seconds) => later(response, seconds),
        None => response,
    })
}

/// Whose password was right, and who owes a code.
async fn half_way(door: &Door) -> Result<Option<(Person, String)>, Failure> {
    let Some(token) = door.entrance()?.session_token(door.request()) else {
        return Ok(None);
    };
    let asked = token.clone();
    let session = door
        .ask_store(move |store| store.session(&asked, now()))
        .await?;
    Ok(session
        .filter(|session| session.stage == Stage::Code)
        .map(|session| (session.person, token)))
}

fn code_form(door: &Door, error: &str, to: &str, stay: &str) -> Page {
    let visit = &door.visit;
    let lang = visit.lang;
    let title = t(lang, "code-title");
    let body = html! {
        div.seuil-form.pile {
            h1 { (title) }
            p.chapo { (t(lang, "code-lead")) }
            (forms::refused(error))
            form.pile method="post" action=(visit.link("/connexion/code")) {
                (forms::token(&door.csrf()))
                input type="hidden" name=(TO) value=(own(to));
                input type="hidden" name=(STAY) value=(stay);
                (Field {
                    name: CODE, label: &t(lang, "field-code"), help: &t(lang, "field-code-help"),
                    autocomplete: "one-time-code", ..Field::default()
                }.markup())
                div.actions {
                    button.bouton type="submit" { (t(lang, "sign-in-do")) }
                    a href=(visit.link("/connexion")) { (t(lang, "code-back")) }
                }
            }
        }
    };
    Page::new(title.into_owned(), Nav::None).body(body)
}

/// Opens a session; any before ends.
pub(super) async fn open(
    door: &Door,
    person: PersonId,
    means: Means,
    stay: bool,
) -> Result<actix_web::cookie::Cookie<'static>, Failure> {
    let (agent, from) = (door.agent().to_owned(), door.from()?);
    let before = door.entrance()?.session_token(door.request());
    let (token, who) = door
        .ask_store(move |store| {
            if let Some(before) = before {
                store.end_session(&before)?;
            }
            let token =
                store.open_session(person, means, Stage::Open, &agent, Some(from), now())?;
            Ok((token, store.person(person)?))
        })
        .await?;
    door.record(
        who.as_ref(),
        Kind::SignIn,
        "sign-in",
        "/connexion",
        means.as_str(),
    )
    .await?;
    Ok(door.entrance()?.session_cookie(token, stay))
}

/// Sends to the identity provider.
pub(crate) async fn to_provider(door: Door) -> Result<HttpResponse, Failure> {
    let to = own(door.visit.param(TO).unwrap_or("/")).to_owned();
    if door.access().sign_in.oidc.is_none() {
        return Err(Failure::not_found(&door.visit, door.around(), Vec::new()));
    }
    let provider = match door.provider() {
        Ok(provider) => provider,
        Err(error) => return provider_failed(&door, &error, &to).await,
    };
    let started = match provider.begin().await {
        Ok(started) => started,
        Err(error) => return provider_failed(&door, &error, &to).await,
    };
    let flow = Flow {
        nonce: started.nonce,
        verifier: started.verifier,
        return_to: to,
        browser: door.token().to_owned(),
    };
    let state = started.state;
    door.ask_store(move |store| store.keep_flow(&state, &flow, now()))
        .await?;
    let mut response = HttpResponse::SeeOther();
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::LOCATION, started.address.as_str()));
    if let Some(cookie) = door.new_cookie()? {
        response.cookie(cookie);
    }
    Ok(response.finish())
}

/// Comes back from the identity provider.
pub(crate) async fn from_provider(door: Door) -> Result<HttpResponse, Failure> {
    let visit = &door.visit;
    let lang = visit.lang;
    let param = |name: &str| visit.param(name).unwrap_or_default().to_owned();
    let (state, code, error) = (param("state"), param("code"), param("error"));
    let browser = door.token().to_owned();
    let flow = door
        .ask_store(move |store| store.take_flow(&state, &browser, now()))
        .await?;
    // Unknown, used, too old, or begun in another browser: told alike.
    let Some(flow) = flow else {
        door.record(
            None,
            Kind::Refusal,
            "sign-in",
            "/connexion/retour",
            "unknown state",
        )
        .await?;
        return answer(
            &door,
            StatusCode::BAD_REQUEST,
            &t(lang, "provider-again"),
            "",
            "/",
        );
    };
    let to = own(&flow.return_to).to_owned();
    let provider = match door.provider() {
        Ok(provider) => provider,
        Err(error) => return provider_failed(&door, &error, &to).await,
    };
    if let Err(error) = provider.check_issuer(visit.param("iss")) {
        return provider_failed(&door, &error, &to).await;
    }
    if !error.is_empty() || code.is_empty() {
        return provider_failed(&door, &OidcError::refused(&error), &to).await;
    }
    let identity = match provider
        .finish(&code, &flow.nonce, &flow.verifier, now())
        .await
    {
        Ok(identity) => identity,
        Err(error) => return provider_failed(&door, &error, &to).await,
    };
    let subject = format!("{}|{}", identity.issuer, identity.subject);
    let (email, wanted) = (identity.email.clone(), subject.clone());
    // An organisation's own provider vouches for the addresses that it gives, and is known by the
    // SIRET in what it signs; any other says of each address whether it was verified.
    let oidc = door.access().sign_in.oidc.as_ref();
    let vouches = oidc.is_some_and(|it| it.siret.is_some() && it.signed_userinfo);
    let verified = identity.email_verified.unwrap_or(vouches);
    let person = door
        .ask_store(move |store| match store.person_by_subject(&wanted)? {
            Some(person) => Ok(Some(person)),
            // The first time somebody is known by the address that they were invited under.
            None if verified => Ok(store
                .person_by_email(&email)?
                .filter(|person| person.subject.is_none())),
            None => Ok(None),
        })
        .await?;
    let Some(person) = person.filter(|it| it.is_active && !it.is_demo) else {
        door.record(
            None,
            Kind::Refusal,
            "sign-in",
            "/connexion/retour",
            "no account",
        )
        .await?;
        return answer(
            &door,
            StatusCode::FORBIDDEN,
            &t(lang, "provider-no-account"),
            "",
            &to,
        );
    };
    let id = person.id;
    if person.subject.is_none() {
        let linked = door
            .ask_store(move |store| Ok(store.link_subject(id, &subject).is_ok()))
            .await?;
        if !linked {
            return answer(
                &door,
                StatusCode::FORBIDDEN,
                &t(lang, "provider-no-account"),
                "",
                &to,
            );
        }
    }
    let cookie = open(&door, id, Means::Oidc, false).await?;
    let (token, id_token) = (cookie.value().to_owned(), identity.id_token);
    door.ask_store(move |store| {
        if let Some(session) = store.session(&token, now())? {
            store.set_id_token(session.id, &id_token)?;
        }
        Ok(())
    })
    .await?;
    Ok(lead(&to, &[cookie]))
}

/// What went wrong with the provider: in the trail and in the log under its code, to the person in
/// words that help them.
async fn provider_failed(
    door: &Door,
    error: &OidcError,
    to: &str,
) -> Result<HttpResponse, Failure> {
    let lang = door.visit.lang;
    tracing::warn!(code = error.code(), %error, "the identity provider did not vouch for anybody");
    door.record(
        None,
        Kind::Refusal,
        "sign-in",
        "/connexion/retour",
        error.code(),
    )
    .await?;
    let (status, words) = match error {
        OidcError::Settings { .. } | OidcError::Unreachable { .. } | OidcError::Status { .. } => {
            (StatusCode::BAD_GATEWAY, "provider-down")
        }
        OidcError::Unreadable { .. } | OidcError::Lies { .. } => {
            (StatusCode::BAD_GATEWAY, "provider-lies")
        }
        OidcError::Refuses { .. } => (StatusCode::FORBIDDEN, "provider-refuses"),
        OidcError::WrongTown => (StatusCode::FORBIDDEN, "provider-elsewhere"),
        OidcError::NoEmail => (StatusCode::FORBIDDEN, "provider-no-email"),
    };
    answer(door, status, &t(lang, words), "", to)
}

/// Asks whether to go out.
pub(crate) async fn ask_out(allowed: Allowed<OwnAccount>) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let title = t(lang, "sign-out-title");
    let visitor = allowed.visitor();
    let body = html! {
        div.seuil-form.pile {
            h1 { (title) }
            p.chapo { (t_args(lang, "sign-out-who", &[("name", visitor.person.name.as_str().into())])) }
            @if visitor.session.is_some() {
                (forms::button(&visit.link("/deconnexion"), &visitor.csrf(), &[], "", &t(lang, "nav-sign-out")))
            } @else if visitor.demo {
                p { (t(lang, "sign-out-demo")) }
                p { a.bouton href=(visit.link("/demonstration")) { (t(lang, "demo-change")) } }
            } @else {
                p { (t(lang, "sign-out-proxy")) }
            }
        }
    };
    Ok(allowed.own_page(Page::new(title.into_owned(), Nav::None).body(body)))
}

/// Goes out.
pub(crate) async fn leave(
    Posted { allowed, .. }: Posted<OwnAccount>,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let visitor = allowed.visitor().clone();
    if let Some(token) = visitor.token() {
        let token = token.to_owned();
        allowed
            .ask_store(move |store| store.end_session(&token))
            .await?;
        allowed
            .record(Kind::SignIn, "sign-out", "/connexion", "")
            .await?;
    }
    let provider = allowed.entrance()?.provider(
        &allowed.catalog().town,
        &allowed.catalog().access,
        allowed.request(),
    );
    let farther = match (&visitor.id_token, provider) {
        (Some(id_token), Ok(provider)) => provider.logout_address(id_token, &visitor.csrf()).await,
        _ => None,
    };
    let lang = visit.lang;
    let title = t(lang, "signed-out-title");
    let body: Markup = html! {
        div.seuil-form.pile {
            h1 { (title) }
            p.chapo { (t(lang, "signed-out-lead")) }
            @if let Some(address) = farther {
                p { a.bouton href=(address) { (t(lang, "signed-out-provider")) } }
            }
            p { a href=(visit.link("/connexion")) { (t(lang, "signed-out-again")) } }
        }
    };
    let mut around = allowed.around();
    around.who = None;
    let page = Page::new(title.into_owned(), Nav::None).body(body);
    let mut response = crate::layout::fresh(visit, &around, page);
    // Nothing of what was seen stays in a browser that others use.
    response.headers_mut().insert(
        header::HeaderName::from_static("clear-site-data"),
        header::HeaderValue::from_static("\"cache\""),
    );
    // A cookie without value is well formed.
    let _ = response.add_cookie(&allowed.entrance()?.no_session_cookie());
    Ok(response)
}

impl Door {
    /// From where; this machine when the connection does not tell.
    pub(super) fn from(&self) -> Result<IpAddr, Failure> {
        let from = self.entrance()?.from(self.request());
        Ok(from.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)))
    }

    /// Refuses, and has it noted.
    pub(super) fn refuse(&self, reason: Reason) -> Failure {
        let from = self.entrance().ok().and_then(|it| it.from(self.request()));
        crate::trail::Noted::stranger(from, reason.as_str()).leave(self.request());
        Failure::forbidden(&self.visit, self.around(), reason)
    }

    /// The identity provider that the town declares.
    fn provider(&self) -> Result<Arc<Provider>, OidcError> {
        let entrance = self.entrance().map_err(|error| error.to_string());
        entrance
            .and_then(|it| it.provider(self.town(), self.access(), self.request()))
            .map_err(|reason| OidcError::Settings { reason })
    }
}

/// The words of roles, for a list of people.
pub(super) fn roles(visit: &Visit, roles: impl IntoIterator<Item = Role>) -> String {
    crate::layout::roles_in_words(visit.lang, roles)
}
