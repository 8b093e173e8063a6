//! `/compte`: who one is here, what one reaches, one's sessions, password and codes, and one's own
//! trail.

use super::invitation::{new_password, password_trouble};
use super::reached;
use super::trail::{entries, instant};
use crate::door::lead;
use crate::entrance::Reason;
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, OwnAccount, Posted, now};
use crate::layout::{Nav, Page, roles_in_words};
use crate::parts;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_store::audit::Search;
use beffroi_store::{Kind, SessionId, SessionInfo, SignIn};
use beffroi_text::{t, t_args};
use maud::{Markup, html};
use std::net::{IpAddr, Ipv4Addr};

/// How many lines of one's trail are shown.
const LINES: usize = 200;

/// What is said above the page.
#[derive(Default)]
struct Said {
    done: String,
    wrong: String,
    /// What is wrong with the new password.
    password: String,
    /// What is wrong with the code.
    code: String,
    /// A secret that was just begun: its text and address.
    begun: Option<(String, String)>,
    /// Codes on paper, shown once.
    papers: Vec<String>,
}

/// The page.
pub(crate) async fn show(allowed: Allowed<OwnAccount>) -> Result<HttpResponse, Failure> {
    let said = match allowed.visit.param("fait") {
        Some("sessions") => t(allowed.lang(), "account-sessions-ended"),
        Some("mot-de-passe") => t(allowed.lang(), "account-password-changed"),
        Some("code") => t(allowed.lang(), "account-code-removed"),
        _ => "".into(),
    };
    let said = Said {
        done: said.into_owned(),
        ..Said::default()
    };
    page(&allowed, &said, StatusCode::OK).await
}

async fn page(
    allowed: &Allowed<OwnAccount>,
    said: &Said,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let visitor = allowed.visitor();
    let person = &visitor.person;
    let id = person.id;
    let sessions = allowed
        .ask_store(move |store| store.sessions_of(id, now()))
        .await?;
    let title = t(lang, "nav-account");
    let local = allowed.catalog().access.sign_in.local;
    let own_sign_in = local && person.has_password && !visitor.demo;
    let body = html! {
        div.page-tete {
            div {
                p.surtitre { (title) }
                h1 { (person.name) }
                p.chapo { (roles_in_words(lang, person.membership.roles.iter().copied())) }
            }
        }
        (forms::done(&said.done))
        (forms::refused(&said.wrong))
        div.grille {
            section.bloc."c-6" aria-labelledby="h-qui" {
                h2 #h-qui { (t(lang, "account-who")) }
                dl.dl {
                    @if !person.is_demo {
                        dt { (t(lang, "field-email")) } dd { (person.email) }
                    }
                    (reached::member(allowed, &person.membership))
                }
                p.petit { a href=(visit.link("/compte/journal")) { (t(lang, "account-trail")) } }
            }
            section.bloc."c-6" aria-labelledby="h-voit" {
                h2 #h-voit { (t(lang, "account-reach")) }
                (reached::summary(allowed, allowed.catalog(), allowed.reach()))
            }
            (open_sessions(allowed, &sessions))
            @if own_sign_in {
                section.bloc."c-6".pile aria-labelledby="h-mdp" {
                    h2 #h-mdp { (t(lang, "account-password")) }
                    form.pile method="post" action=(visit.link("/compte/mot-de-passe")) {
                        (forms::token(&visitor.csrf()))
                        input type="hidden" name="courriel" value=(person.email) autocomplete="username";
                        (Field {
                            name: "ancien", label: &t(lang, "field-old-password"), kind: "password",
                            autocomplete: "current-password", ..Field::default()
                        }.markup())
                        (new_password(lang, &said.password))
                        div.actions { button.bouton.second type="submit" { (t(lang, "account-password-do")) } }
                    }
                }
                (codes(allowed, said))
            }
        }
    };
    let mut response = allowed.own_page(Page::new(title.into_owned(), Nav::None).body(body));
    *response.status_mut() = status;
    Ok(response)
}

fn open_sessions(allowed: &Allowed<OwnAccount>, sessions: &[SessionInfo]) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let visitor = allowed.visitor();
    let csrf = visitor.csrf();
    let content = html! {
        table {
            caption.hors-ecran { (t(lang, "account-sessions-list")) }
            thead {
                tr {
                    th scope="col" { (t(lang, "session-browser")) }
                    th scope="col" { (t(lang, "session-from")) }
                    th scope="col" { (t(lang, "session-since")) }
                    th scope="col" { (t(lang, "session-seen")) }
                    th scope="col" { span.hors-ecran { (t(lang, "session-end")) } }
                }
            }
            tbody {
                @for session in sessions {
                    tr {
                        th scope="row" {
                            @if session.agent.is_empty() { (t(lang, "session-unknown")) }
                            @else { (browser(&session.agent)) }
                            ", " (t(lang, &format!("means-{}", session.means.as_str())))
                            @if visitor.session == Some(session.id) { " " strong { "(" (t(lang, "session-this")) ")" } }
                        }
                        td { (session.from.map(|it| it.to_string()).unwrap_or_default()) }
                        td { (instant(visit, session.created)) }
                        td { (instant(visit, session.last_seen)) }
                        td {
                            (forms::button(
                                &visit.link("/compte/sessions"), &csrf,
                                &[("session", &session.id.to_string())], "discret",
                                &t(lang, "session-end"),
                            ))
                        }
                    }
                }
            }
        }
    };
    html! {
        section.bloc.pile aria-labelledby="h-sessions" {
            h2 #h-sessions { (t(lang, "account-sessions")) }
            @if sessions.is_empty() { p { (t(lang, "account-no-session")) } }
            @else {
                (parts::scrolling(&t(lang, "account-sessions-list"), &content))
                @if sessions.len() > 1 {
                    (forms::button(
                        &visit.link("/compte/sessions"), &csrf, &[("autres", "1")], "second",
                        &t(lang, "session-end-others"),
                    ))
                }
            }
        }
    }
}

/// `Firefox, Windows`, as far as the browser's name tells.
pub(super) fn browser(agent: &str) -> String {
    let find = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    // Each names those it resembles: the most particular first.
    let program = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

/// Codes of an authenticator: to begin, to confirm, to end.
fn codes(allowed: &Allowed<OwnAccount>, said: &Said) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let visitor = allowed.visitor();
    let csrf = visitor.csrf();
    let action = visit.link("/compte/code");
    let with_password = |what: &str, label: &str, class: &str| {
        html! {
            form.pile method="post" action=(action) {
                (forms::token(&csrf))
                input type="hidden" name="faire" value=(what);
                (Field {
                    name: "actuel", label: &t(lang, "field-password"), kind: "password",
                    autocomplete: "current-password", ..Field::default()
                }.markup())
                div.actions { button class=(class) type="submit" { (t(lang, label)) } }
            }
        }
    };
    html! {
        section.bloc."c-6".pile #code aria-labelledby="h-code" {
            h2 #h-code { (t(lang, "account-code")) }
            @if !said.papers.is_empty() {
                div.avis.atteint role="status" {
                    p { (parts::plain_badge("atteint", &t(lang, "account-code-on"))) }
                    p { (t(lang, "account-code-papers")) }
                    ul.codes { @for code in &said.papers { li { code { (code) } } } }
                }
            } @else if let Some((secret, uri)) = &said.begun {
                p { (t(lang, "account-code-scan")) }
                (qr(uri, &t(lang, "account-code-qr")))
                p { (t(lang, "account-code-type")) " " code { (secret) } }
                form.pile method="post" action=(action) {
                    (forms::token(&csrf))
                    input type="hidden" name="faire" value="confirmer";
                    (Field {
                        name: "code", label: &t(lang, "field-code"), mode: "numeric",
                        autocomplete: "one-time-code", error: &said.code, ..Field::default()
                    }.markup())
                    div.actions { button.bouton.second type="submit" { (t(lang, "account-code-confirm")) } }
                }
            } @else if visitor.person.has_totp {
                p { (parts::plain_badge("atteint", &t(lang, "account-code-is-on"))) }
                (with_password("enlever", "account-code-off", "bouton discret"))
            } @else {
                p { (t(lang, "account-code-what")) }
                (with_password("commencer", "account-code-begin", "bouton second"))
            }
        }
    }
}

/// A drawing that a telephone reads; nothing when it cannot be drawn, for the text is beside it.
fn qr(text: &str, name: &str) -> Markup {
    let Ok(code) = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium) else {
        return Markup::default();
    };
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in 0..size {
            if code.get_module(x, y) {
                path.push_str(&format!("M{} {}h1v1h-1z", x + 4, y + 4));
            }
        }
    }
    let side = size + 8;
    html! {
        svg.qr role="img" aria-label=(name) viewBox=(format!("0 0 {side} {side}")) {
            rect.qr-fond width=(side) height=(side) {}
            path.qr-trait d=(path) {}
        }
    }
}

/// Ends one session, or all the others.
pub(crate) async fn end(
    Posted { allowed, form }: Posted<OwnAccount>,
) -> Result<HttpResponse, Failure> {
    let visitor = allowed.visitor().clone();
    let id = visitor.person.id;
    let others = !form.get("autres").is_empty();
    let session = form.get("session").parse::<i64>().ok().map(SessionId);
    let keep = visitor.token().unwrap_or_default().to_owned();
    allowed
        .ask_store(move |store| match session {
            _ if others => store.revoke_others(id, &keep),
            Some(session) => store.revoke(id, session).map(|_| ()),
            None => Ok(()),
        })
        .await?;
    let object = format!("person:{id}");
    allowed
        .record(Kind::Change, "session.ended", &object, "")
        .await?;
    Ok(lead(
        &allowed.visit.link_with("/compte", &[("fait", "sessions")]),
        &[],
    ))
}

/// Changes the password; it ends the other sessions.
pub(crate) async fn password(
    Posted { allowed, form }: Posted<OwnAccount>,
) -> Result<HttpResponse, Failure> {
    let person = allowed.visitor().person.clone();
    let new = form.raw("mot_de_passe").to_owned();
    // First whether it is them: to estimate a password costs more than to compare one.
    if let Some(wrong) = proven(&allowed, form.raw("ancien")).await? {
        let said = Said {
            wrong,
            ..Said::default()
        };
        return page(&allowed, &said, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let about = vec![
        person.email.clone(),
        person.name.clone(),
        allowed.catalog().town.name.clone(),
    ];
    let trouble = password_trouble(&allowed.visit, &new, form.raw("encore"), about).await?;
    if !trouble.is_empty() {
        let said = Said {
            password: trouble,
            ..Said::default()
        };
        return page(&allowed, &said, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let keep = allowed.visitor().token().map(str::to_owned);
    let id = person.id;
    allowed
        .ask_store(move |store| store.set_password(id, &new, keep.as_deref(), now()))
        .await?;
    let object = format!("person:{id}");
    allowed
        .record(Kind::Change, "password.changed", &object, "")
        .await?;
    Ok(lead(
        &allowed
            .visit
            .link_with("/compte", &[("fait", "mot-de-passe")]),
        &[],
    ))
}

/// Whether the password is that of whoever has the session: somebody else may sit there. What is
/// wrong, in words, if anything is.
async fn proven(allowed: &Allowed<OwnAccount>, password: &str) -> Result<Option<String>, Failure> {
    if password.is_empty() {
        return Ok(Some(t(allowed.lang(), "account-old-wrong").into_owned()));
    }
    let visitor = allowed.visitor();
    let (email, password) = (visitor.person.email.clone(), password.to_owned());
    let from = visitor.from.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let lang = allowed.lang();
    let signed = allowed
        .ask_store(move |store| store.sign_in(&email, &password, from, now()))
        .await?;
    Ok(match signed {
        SignIn::Accepted(_) | SignIn::CodeNeeded(_) => None,
        SignIn::Refused => {
            allowed
                .record(Kind::Refusal, "password", "/compte", "")
                .await?;
            Some(t(lang, "account-old-wrong").into_owned())
        }
        SignIn::Throttled { seconds } => {
            let minutes = seconds.div_ceil(60).max(1);
            Some(t_args(lang, "sign-in-wait", &[("count", minutes.into())]).into_owned())
        }
    })
}

/// Begins, confirms or ends codes.
pub(crate) async fn code(
    Posted { allowed, form }: Posted<OwnAccount>,
) -> Result<HttpResponse, Failure> {
    let lang = allowed.lang();
    let person = allowed.visitor().person.clone();
    let id = person.id;
    let issuer = format!("Beffroi, {}", allowed.catalog().town.name);
    // Codes stand beside a password; where somebody else vouches for the person, they do not.
    if !person.has_password || person.is_demo {
        return Ok(lead(&allowed.visit.link("/compte"), &[]));
    }
    let mut said = Said::default();
    let mut status = StatusCode::OK;
    match form.get("faire") {
        "commencer" if !person.has_totp => {
            // Whoever sits down at an open session does not lock its owner out.
            if let Some(wrong) = proven(&allowed, form.raw("actuel")).await? {
                said.wrong = wrong;
                return page(&allowed, &said, StatusCode::UNPROCESSABLE_ENTITY).await;
            }
            let begun = allowed
                .ask_store(move |store| store.totp_begin(id, &issuer))
                .await?;
            said.begun = begun.map(|begun| (begun.secret, begun.uri));
        }
        "confirmer" if !person.has_totp => {
            let code = form.get("code").to_owned();
            let papers = allowed
                .ask_store(move |store| store.totp_confirm(id, &code, now()))
                .await?;
            match papers {
                Some(papers) => {
                    let object = format!("person:{id}");
                    allowed.record(Kind::Change, "code.on", &object, "").await?;
                    said.papers = papers;
                }
                None => {
                    // A new secret: the former was perhaps not read right.
                    let begun = allowed
                        .ask_store(move |store| store.totp_begin(id, &issuer))
                        .await?;
                    said.begun = begun.map(|begun| (begun.secret, begun.uri));
                    said.code = t(lang, "account-code-wrong").into_owned();
                    status = StatusCode::UNPROCESSABLE_ENTITY;
                }
            }
        }
        "enlever" if person.has_totp => match proven(&allowed, form.raw("actuel")).await? {
            Some(wrong) => {
                said.wrong = wrong;
                status = StatusCode::UNPROCESSABLE_ENTITY;
            }
            None => {
                allowed
                    .ask_store(move |store| store.totp_remove(id))
                    .await?;
                let object = format!("person:{id}");
                allowed
                    .record(Kind::Change, "code.off", &object, "")
                    .await?;
                return Ok(lead(
                    &allowed.visit.link_with("/compte", &[("fait", "code")]),
                    &[],
                ));
            }
        },
        _ => return Ok(lead(&allowed.visit.link("/compte"), &[])),
    }
    page(&allowed, &said, status).await
}

/// One's own trail.
pub(crate) async fn trail(allowed: Allowed<OwnAccount>) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let search = Search {
        person: Some(allowed.visitor().person.id),
        limit: LINES,
        ..Search::default()
    };
    let mut found = allowed
        .ask_store(move |store| {
            store.audit().flush()?;
            store.audit().search(&search)
        })
        .await?;
    let person = &allowed.visitor().person;
    let names = std::iter::once((person.id, person.name.clone())).collect();
    // What was not there and what is out of reach look alike to whoever asked, here too.
    found.retain(|entry| !Reason::is_of_what_is_not_there(&entry.event.action));
    let title = t(lang, "account-trail");
    let body = html! {
        div.page-tete { div { h1 { (title) } p.chapo { (t(lang, "account-trail-lead")) } } }
        section.bloc aria-label=(title) { (entries(visit, &found, &names, false)) }
    };
    let page = Page::new(title.clone().into_owned(), Nav::None)
        .under(visit.link("/compte"), t(lang, "nav-account"))
        .body(body);
    Ok(allowed.own_page(page))
}
