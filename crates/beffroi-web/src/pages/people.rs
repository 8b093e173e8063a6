//! `/administration/personnes`: who has an account; to add, change, invite, set aside and remove.

use super::administration::room;
use super::invitation::person_trouble;
use super::reached;
use super::trail::instant;
use crate::door::lead;
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, Form, ManagePeople, Posted, now};
use crate::layout::{Nav, Page, roles_in_words};
use crate::parts;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_model::{DepartmentId, Membership, PerimeterId, Role};
use beffroi_store::{Kind, NewPerson, Person, PersonError, PersonId, Purpose};
use beffroi_text::{t, t_args};
use maud::{Markup, html};

const LIST: &str = "/administration/personnes";

/// The list.
pub(crate) async fn list(allowed: Allowed<ManagePeople>) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let people = allowed.ask_store(|store| store.people()).await?;
    let title = t(lang, "people-title");
    let content = html! {
        table.ample {
            caption.hors-ecran { (title) }
            thead {
                tr {
                    th scope="col" { (t(lang, "field-name")) }
                    th scope="col" { (t(lang, "person-roles")) }
                    th scope="col" { (t(lang, "person-departments")) }
                    th scope="col" { (t(lang, "person-state")) }
                    th scope="col" { (t(lang, "person-last")) }
                }
            }
            tbody { @for person in &people { (row(&allowed, person)) } }
        }
    };
    let body = html! {
        div.page-tete {
            div { h1 { (title) } p.chapo { (t(lang, "people-lead")) } }
        }
        (room(&allowed, LIST))
        (forms::done(&done(&allowed)))
        p.actions { a.bouton href=(visit.link("/administration/personnes/nouvelle")) { (t(lang, "people-add")) } }
        section.bloc.section aria-label=(title) { (parts::scrolling_within(lang, &title, &content)) }
    };
    Ok(allowed.own_page(page(&allowed, title.into_owned(), false).body(body)))
}

fn done(allowed: &Allowed<ManagePeople>) -> String {
    match allowed.visit.param("fait") {
        Some("garde") => t(allowed.lang(), "person-kept").into_owned(),
        Some("retire") => t(allowed.lang(), "person-removed").into_owned(),
        Some("sessions") => t(allowed.lang(), "account-sessions-ended").into_owned(),
        Some("code") => t(allowed.lang(), "account-code-removed").into_owned(),
        Some("sans-lien") => t(allowed.lang(), "person-without-link").into_owned(),
        Some("delie") => t(allowed.lang(), "person-unlinked").into_owned(),
        _ => String::new(),
    }
}

fn page(allowed: &Allowed<ManagePeople>, title: String, inner: bool) -> Page {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let page = Page::new(title, Nav::Administration)
        .under(visit.link("/administration"), t(lang, "nav-administration"));
    match inner {
        true => page.under(visit.link(LIST), t(lang, "people-title")),
        false => page,
    }
}

fn row(allowed: &Allowed<ManagePeople>, person: &Person) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let town = &allowed.whole().town;
    let departments: Vec<_> = person
        .membership
        .departments
        .iter()
        .filter_map(|id| Some(&town.departments.get(id)?.title))
        .collect();
    html! {
        tr {
            th scope="row" {
                a href=(visit.link(&format!("{LIST}/{}", person.id))) { (person.name) }
                span.s { (person.email) }
            }
            td { (roles_in_words(lang, person.membership.roles.iter().copied())) }
            td { (parts::listed(visit, &departments)) }
            td { (state(allowed, person)) }
            td {
                @match person.last_sign_in {
                    Some(at) => (instant(visit, at)),
                    None => (t(lang, "person-never")),
                }
            }
        }
    }
}

fn state(allowed: &Allowed<ManagePeople>, person: &Person) -> Markup {
    let lang = allowed.lang();
    let (class, id) = match person {
        Person { is_demo: true, .. } => ("sans", "person-is-demo"),
        Person {
            is_active: false, ..
        } => ("retard", "person-is-off"),
        Person {
            has_password: false,
            subject: None,
            ..
        } => ("surveiller", "person-is-invited"),
        _ => ("atteint", "person-is-on"),
    };
    parts::plain_badge(class, &t(lang, id))
}

/// The form for somebody new.
pub(crate) async fn new(allowed: Allowed<ManagePeople>) -> Result<HttpResponse, Failure> {
    let empty = NewPerson {
        email: String::new(),
        name: String::new(),
        membership: Membership::default(),
    };
    Ok(new_page(&allowed, &empty, None, StatusCode::OK))
}

fn new_page(
    allowed: &Allowed<ManagePeople>,
    person: &NewPerson,
    error: Option<&PersonError>,
    status: StatusCode,
) -> HttpResponse {
    let lang = allowed.lang();
    let title = t(lang, "people-add");
    let body = html! {
        div.page-tete { div { h1 { (title) } p.chapo { (t(lang, "people-add-lead")) } } }
        form.pile method="post" action=(allowed.visit.link(LIST)) {
            (forms::token(&allowed.visitor().csrf()))
            (fields(allowed, person, error))
            div.actions { button.bouton type="submit" { (t(lang, "people-add-do")) } }
        }
    };
    let page = page(allowed, title.clone().into_owned(), true).body(body);
    let mut response = allowed.own_page(page);
    *response.status_mut() = status;
    response
}

/// Name, address, roles, departments, perimeters.
fn fields(
    allowed: &Allowed<ManagePeople>,
    person: &NewPerson,
    error: Option<&PersonError>,
) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let words = error
        .map(|error| person_trouble(lang, error))
        .unwrap_or_default();
    let (mut name_error, mut email_error, mut role_error) = ("", "", "");
    match error {
        Some(PersonError::NameEmpty | PersonError::NameTooLong) => name_error = &words,
        Some(PersonError::EmailTaken | PersonError::EmailInvalid) => email_error = &words,
        Some(_) => role_error = &words,
        None => {}
    }
    let whole = allowed.whole();
    let member = &person.membership;
    html! {
        (Field { name: "nom", label: &t(lang, "field-name"), value: &person.name, autocomplete: "off", error: name_error, ..Field::default() }.markup())
        (Field { name: "courriel", label: &t(lang, "field-email"), kind: "email", value: &person.email, autocomplete: "off", error: email_error, ..Field::default() }.markup())
        div.grille {
            fieldset."c-4" {
                legend { (t(lang, "person-roles")) }
                (forms::refused(role_error))
                @for role in Role::ALL {
                    (forms::tick("role", role.as_str(), member.roles.contains(&role), &html! {
                        (t(lang, &crate::entrance::role_word(role)))
                        span.aide { (t(lang, &format!("role-{}-what", role.as_str()))) }
                    }))
                }
            }
            fieldset."c-4" {
                legend { (t(lang, "person-departments")) }
                p.aide { (t(lang, "person-departments-what")) }
                @for (id, department) in &whole.town.departments {
                    (forms::tick("direction", id.as_str(), member.departments.contains(id), &parts::declared(visit, &department.title)))
                }
            }
            fieldset."c-4" {
                legend { (t(lang, "person-perimeters")) }
                p.aide { (t(lang, "person-perimeters-what")) }
                @for (id, perimeter) in &whole.access.perimeters {
                    (forms::tick("perimetre", id.as_str(), member.perimeters.contains(id), &parts::declared(visit, &perimeter.title)))
                }
                // A perimeter that is declared no more gives nothing; it can still be taken away.
                @for id in member.perimeters.iter().filter(|id| !whole.access.perimeters.contains_key(*id)) {
                    (forms::tick("perimetre", id.as_str(), true, &html! { code { (id) } " " (t(lang, "perimeter-gone")) }))
                }
            }
        }
    }
}

/// What was written of somebody. Names that the town does not declare are left out.
fn written(allowed: &Allowed<ManagePeople>, form: &Form, before: Option<&Person>) -> NewPerson {
    let whole = allowed.whole();
    let had = |id: &PerimeterId| before.is_some_and(|it| it.membership.perimeters.contains(id));
    NewPerson {
        email: form.get("courriel").to_owned(),
        name: form.get("nom").to_owned(),
        membership: Membership {
            roles: form.all("role").filter_map(Role::from_word).collect(),
            departments: form
                .all("direction")
                .filter_map(|id| DepartmentId::new(id).ok())
                .filter(|id| whole.town.departments.contains_key(id))
                .collect(),
            perimeters: form
                .all("perimetre")
                .filter_map(|id| PerimeterId::new(id).ok())
                .filter(|id| whole.access.perimeters.contains_key(id) || had(id))
                .collect(),
        },
    }
}

/// Adds somebody, and gives the link that is to be sent to them.
pub(crate) async fn add(
    Posted { allowed, form }: Posted<ManagePeople>,
) -> Result<HttpResponse, Failure> {
    let person = written(&allowed, &form, None);
    let new = person.clone();
    let added = allowed
        .ask_store(move |store| Ok(store.add_person(&new, now())))
        .await?;
    match added {
        Ok(id) => {
            let detail = told(&person.name, &person.email, &person.membership);
            allowed
                .record(
                    Kind::Change,
                    "person.added",
                    &format!("person:{id}"),
                    &detail,
                )
                .await?;
            invited(&allowed, id, Purpose::Invitation).await
        }
        Err(PersonError::Store(error)) => Err(Failure::internal(&allowed.visit, &error)),
        Err(error) => Ok(new_page(
            &allowed,
            &person,
            Some(&error),
            StatusCode::UNPROCESSABLE_ENTITY,
        )),
    }
}

/// Name, address, roles, departments and perimeters, for the trail.
fn told(name: &str, email: &str, member: &Membership) -> String {
    let roles = member.roles.iter().map(|it| it.as_str());
    let departments = member.departments.iter().map(|it| it.as_str());
    let perimeters = member.perimeters.iter().map(|it| it.as_str());
    let all: Vec<&str> = roles.chain(departments).chain(perimeters).collect();
    format!("{name} <{email}> ({})", all.join(" "))
}

/// A link that works once, shown once.
async fn invited(
    allowed: &Allowed<ManagePeople>,
    id: PersonId,
    purpose: Purpose,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    // Where nobody signs in by a password, there is none to choose.
    if !allowed.whole().access.sign_in.local {
        let here = format!("{LIST}/{id}");
        return Ok(lead(&visit.link_with(&here, &[("fait", "sans-lien")]), &[]));
    }
    let (token, person) = allowed
        .ask_store(move |store| Ok((store.invite(id, purpose, now())?, store.person(id)?)))
        .await?;
    let Some(person) = person else {
        return Err(allowed.not_found(&id.to_string()));
    };
    allowed
        .record(Kind::Change, "person.invited", &format!("person:{id}"), "")
        .await?;
    let address = allowed.entrance()?.address(allowed.request());
    let link = format!("{address}/invitation?jeton={token}");
    let days = purpose.lasts().num_days();
    let title = t_args(
        lang,
        "invite-title",
        &[("name", person.name.as_str().into())],
    );
    let body = html! {
        div.page-tete { div { h1 { (title) } p.chapo { (t(lang, "invite-lead")) } } }
        section.bloc.pile aria-labelledby="h-lien" {
            h2 #h-lien { (t(lang, "invite-link")) }
            p.lien-unique { code { (link) } }
            p { (t_args(lang, "invite-lasts", &[("count", days.into())])) }
            p.actions {
                a.bouton.discret href=(visit.link(&format!("{LIST}/{id}"))) { (t(lang, "invite-person")) }
                a href=(visit.link(LIST)) { (t(lang, "people-title")) }
            }
        }
    };
    Ok(allowed.own_page(page(allowed, title.into_owned(), true).body(body)))
}

async fn person(allowed: &Allowed<ManagePeople>) -> Result<Person, Failure> {
    let wanted = allowed.part("person").to_owned();
    let id = wanted.parse::<i64>().ok().map(PersonId);
    let found = match id {
        Some(id) => allowed.ask_store(move |store| store.person(id)).await?,
        None => None,
    };
    // People of a demonstration are those of its declarations.
    found.ok_or_else(|| allowed.not_found(&wanted))
}

/// One person.
pub(crate) async fn show(allowed: Allowed<ManagePeople>) -> Result<HttpResponse, Failure> {
    let person = person(&allowed).await?;
    let done = done(&allowed);
    one(&allowed, &person, None, None, &done, StatusCode::OK).await
}

async fn one(
    allowed: &Allowed<ManagePeople>,
    person: &Person,
    written: Option<&NewPerson>,
    error: Option<&PersonError>,
    done: &str,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let id = person.id;
    let sessions = allowed
        .ask_store(move |store| store.sessions_of(id, now()))
        .await?;
    let as_is = NewPerson {
        email: person.email.clone(),
        name: person.name.clone(),
        membership: person.membership.clone(),
    };
    let reach = allowed.whole().reach(&person.membership);
    let seen = allowed.whole().within(&reach);
    let csrf = allowed.visitor().csrf();
    let action = visit.link(&format!("{LIST}/{id}"));
    let act = |what: &str, class: &str, words: &str| {
        forms::button(&action, &csrf, &[("faire", what)], class, words)
    };
    let body = html! {
        div.page-tete {
            div {
                p.surtitre { (t(lang, "people-title")) }
                h1 { (person.name) }
                p { (state(allowed, person)) }
            }
        }
        @if visit.param("fait") == Some("non") { (forms::refused(&t(lang, "not-sure"))) }
        (forms::done(done))
        @if person.is_demo { p.avis { (t(lang, "person-demo-what")) } }
        @else {
            form.pile method="post" action=(action) {
                (forms::token(&csrf))
                input type="hidden" name="faire" value="garder";
                (fields(allowed, written.unwrap_or(&as_is), error))
                div.actions { button.bouton type="submit" { (t(lang, "person-keep")) } }
            }
        }
        div.grille.section {
            section.bloc."c-6" aria-labelledby="h-voit" {
                h2 #h-voit { (t(lang, "person-reach")) }
                (reached::summary(allowed, &seen, &reach))
                @if allowed.may(crate::guard::Permission::ReadAccess) {
                    p.petit { a href=(visit.link(&format!("/administration/acces/personnes/{id}"))) { (t(lang, "person-reach-why")) } }
                }
            }
            section.bloc."c-6".pile aria-labelledby="h-compte" {
                h2 #h-compte { (t(lang, "person-account")) }
                dl.dl {
                    dt { (t(lang, "person-since")) } dd { (instant(visit, person.created)) }
                    dt { (t(lang, "person-code")) } dd { (t(lang, if person.has_totp { "yes" } else { "no" })) }
                    dt { (t(lang, "account-sessions")) } dd { (sessions.len()) }
                }
                @if !person.is_demo {
                    div.actions {
                        @if person.is_active {
                            (act("inviter", "second", &t(lang, if person.has_password { "person-reset" } else { "person-invite" })))
                        }
                        @if !sessions.is_empty() { (act("deconnecter", "discret", &t(lang, "person-end-sessions"))) }
                        @if person.subject.is_some() { (act("delier", "discret", &t(lang, "person-unlink"))) }
                        @if person.has_totp { (act("code", "discret", &t(lang, "person-code-off"))) }
                        @if person.is_active { (act("suspendre", "discret", &t(lang, "person-off"))) }
                        @else { (act("retablir", "second", &t(lang, "person-on"))) }
                    }
                    @if !person.is_active {
                        p { (t(lang, "person-remove-what")) }
                        (forms::sure_button(
                            &action, &csrf, &[("faire", "retirer")],
                            &t(lang, "person-remove-sure"), &t(lang, "person-remove"),
                        ))
                    }
                }
            }
        }
    };
    let mut response = allowed.own_page(page(allowed, person.name.clone(), true).body(body));
    *response.status_mut() = status;
    Ok(response)
}

/// Changes one person.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<ManagePeople>,
) -> Result<HttpResponse, Failure> {
    let person = person(&allowed).await?;
    if person.is_demo {
        return Ok(lead(&allowed.visit.link(LIST), &[]));
    }
    let id = person.id;
    let object = format!("person:{id}");
    let here = format!("{LIST}/{id}");
    let back = |done: &str| lead(&allowed.visit.link_with(&here, &[("fait", done)]), &[]);
    match form.get("faire") {
        "garder" => {
            let new = written(&allowed, &form, Some(&person));
            let given = new.clone();
            let kept = allowed
                .ask_store(move |store| Ok(store.update_person(id, &given, now())))
                .await?;
            if let Err(error) = kept {
                return failed(&allowed, &person, Some(&new), error).await;
            }
            let before = told(&person.name, &person.email, &person.membership);
            let after = told(&new.name, &new.email, &new.membership);
            let detail = format!("{before} → {after}");
            allowed
                .record(Kind::Change, "person.changed", &object, &detail)
                .await?;
            Ok(back("garde"))
        }
        "inviter" => {
            let purpose = match person.has_password {
                true => Purpose::Reset,
                false => Purpose::Invitation,
            };
            invited(&allowed, id, purpose).await
        }
        "deconnecter" => {
            allowed
                .ask_store(move |store| store.revoke_others(id, ""))
                .await?;
            allowed
                .record(Kind::Change, "session.ended", &object, "")
                .await?;
            Ok(back("sessions"))
        }
        "code" => {
            allowed
                .ask_store(move |store| store.totp_remove(id))
                .await?;
            allowed
                .record(Kind::Change, "code.off", &object, "")
                .await?;
            Ok(back("code"))
        }
        "delier" if person.subject.is_some() => {
            allowed
                .ask_store(move |store| store.unlink_subject(id))
                .await?;
            allowed
                .record(Kind::Change, "person.unlinked", &object, "")
                .await?;
            Ok(back("delie"))
        }
        asked @ ("suspendre" | "retablir") => {
            let active = asked == "retablir";
            let set = allowed
                .ask_store(move |store| Ok(store.set_active(id, active, now())))
                .await?;
            if let Err(error) = set {
                return failed(&allowed, &person, None, error).await;
            }
            let action = if active { "person.on" } else { "person.off" };
            allowed.record(Kind::Change, action, &object, "").await?;
            Ok(back("garde"))
        }
        "retirer" if form.get(forms::SURE).is_empty() => Ok(back("non")),
        "retirer" if !person.is_active => {
            let removed = allowed
                .ask_store(move |store| Ok(store.remove_person(id)))
                .await?;
            if let Err(error) = removed {
                return failed(&allowed, &person, None, error).await;
            }
            allowed
                .record(Kind::Change, "person.removed", &object, &person.name)
                .await?;
            Ok(lead(
                &allowed.visit.link_with(LIST, &[("fait", "retire")]),
                &[],
            ))
        }
        _ => Ok(lead(&allowed.visit.link(&here), &[])),
    }
}

async fn failed(
    allowed: &Allowed<ManagePeople>,
    person: &Person,
    written: Option<&NewPerson>,
    error: PersonError,
) -> Result<HttpResponse, Failure> {
    if let PersonError::Store(error) = error {
        return Err(Failure::internal(&allowed.visit, &error));
    }
    one(
        allowed,
        person,
        written,
        Some(&error),
        "",
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await
}
