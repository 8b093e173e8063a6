//! `/premier-acces` and `/invitation`: links that work once, by which somebody chooses a password.

use super::sign_in;
use crate::door::{Door, Knock, lead};
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Form, now};
use crate::layout::{Nav, Page};
use crate::visit::Visit;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_model::{Membership, Role};
use beffroi_store::{
    Kind, Means, NewPerson, Person, PersonError, PersonId, Purpose, RedeemError,
    password::Weakness, password::weakness,
};
use beffroi_text::{Lang, t, t_args};
use maud::{Markup, html};
use std::borrow::Cow;

const TOKEN: &str = "jeton";
const EMAIL: &str = "courriel";
const NAME: &str = "nom";
const PASSWORD: &str = "mot_de_passe";
const AGAIN: &str = "encore";

/// What is wrong with what was written, by field.
#[derive(Default)]
struct Wrong {
    email: String,
    name: String,
    password: String,
}

/// The page of a link.
pub(crate) async fn show(door: Door) -> Result<HttpResponse, Failure> {
    let token = door.visit.param(TOKEN).unwrap_or_default().to_owned();
    match found(&door, &token).await? {
        Some((purpose, person)) => {
            let page = page(
                &door,
                &token,
                purpose,
                person.as_ref(),
                &Form::default(),
                &Wrong::default(),
            );
            door.page(page)
        }
        None => gone(&door).await,
    }
}

/// The form sent.
pub(crate) async fn redeem(Knock { door, form }: Knock) -> Result<HttpResponse, Failure> {
    let token = form.get(TOKEN).to_owned();
    let Some((purpose, person)) = found(&door, &token).await? else {
        return gone(&door).await;
    };
    let lang = door.visit.lang;
    let (email, name) = match &person {
        Some(person) => (person.email.clone(), person.name.clone()),
        None => (form.get(EMAIL).to_owned(), form.get(NAME).to_owned()),
    };
    let password = form.raw(PASSWORD).to_owned();
    let mut wrong = Wrong {
        password: password_trouble(
            &door.visit,
            &password,
            form.raw(AGAIN),
            vec![email.clone(), name.clone(), door.town().name.clone()],
        )
        .await?,
        ..Wrong::default()
    };
    if !wrong.password.is_empty() {
        return again(&door, &token, purpose, person.as_ref(), &form, &wrong);
    }
    let id = match &person {
        Some(_) => {
            door.ask_store(move |store| store.redeem(&token, &password, now()))
                .await?
        }
        None => {
            let new = NewPerson {
                email,
                name,
                membership: Membership {
                    roles: [Role::Administrator].into(),
                    ..Membership::default()
                },
            };
            let given = token.clone();
            let made = door
                .ask_store(move |store| Ok(store.redeem_first(&given, &new, &password, now())))
                .await?;
            match made {
                Ok(id) => Some(id),
                Err(RedeemError::Gone) => None,
                Err(RedeemError::Person(error)) => {
                    let words = person_trouble(lang, &error).into_owned();
                    match error {
                        PersonError::EmailTaken | PersonError::EmailInvalid => wrong.email = words,
                        PersonError::NameEmpty | PersonError::NameTooLong => wrong.name = words,
                        other => return Err(Failure::internal(&door.visit, &other)),
                    }
                    return again(&door, &token, purpose, None, &form, &wrong);
                }
            }
        }
    };
    match id {
        Some(id) => enter(&door, id, purpose).await,
        None => gone(&door).await,
    }
}

async fn enter(door: &Door, id: PersonId, purpose: Purpose) -> Result<HttpResponse, Failure> {
    let person = door.ask_store(move |store| store.person(id)).await?;
    let action = match purpose {
        Purpose::FirstAdministrator => "administrator.created",
        Purpose::Invitation => "invitation.accepted",
        Purpose::Reset => "password.reset",
    };
    door.record(
        person.as_ref(),
        Kind::Change,
        action,
        &format!("person:{id}"),
        "",
    )
    .await?;
    // Whoever is asked for codes is asked for one here too: a link is not a second proof.
    if person.is_some_and(|person| person.has_totp) {
        return Ok(lead(&door.visit.link("/connexion"), &[]));
    }
    let cookie = sign_in::open(door, id, Means::Invitation, false).await?;
    let to = match purpose {
        Purpose::FirstAdministrator => "/administration/personnes",
        _ => "/",
    };
    Ok(lead(&door.visit.link(to), &[cookie]))
}

/// What a link is for, while it holds. Where nobody signs in by a password, only the first
/// administrator chooses one.
async fn found(door: &Door, token: &str) -> Result<Option<(Purpose, Option<Person>)>, Failure> {
    let token = token.to_owned();
    let found = door
        .ask_store(move |store| store.invitation(&token, now()))
        .await?;
    let local = door.access().sign_in.local;
    Ok(found.filter(|(purpose, _)| local || *purpose == Purpose::FirstAdministrator))
}

/// The link is unknown, used or too old: told alike.
async fn gone(door: &Door) -> Result<HttpResponse, Failure> {
    door.record(None, Kind::Refusal, "link", "/invitation", "")
        .await?;
    let visit = &door.visit;
    let lang = visit.lang;
    let title = t(lang, "link-gone-title");
    let body = html! {
        div.seuil-form.pile {
            h1 { (title) }
            p.chapo { (t(lang, "link-gone-what")) }
            p { (t(lang, "link-gone-do")) }
            p { a.bouton.discret href=(visit.link("/connexion")) { (t(lang, "sign-in-title")) } }
        }
    };
    let mut response = door.page(Page::new(title.into_owned(), Nav::None).body(body))?;
    *response.status_mut() = StatusCode::GONE;
    Ok(response)
}

fn again(
    door: &Door,
    token: &str,
    purpose: Purpose,
    person: Option<&Person>,
    form: &Form,
    wrong: &Wrong,
) -> Result<HttpResponse, Failure> {
    let mut response = door.page(page(door, token, purpose, person, form, wrong))?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn page(
    door: &Door,
    token: &str,
    purpose: Purpose,
    person: Option<&Person>,
    form: &Form,
    wrong: &Wrong,
) -> Page {
    let visit = &door.visit;
    let lang = visit.lang;
    let (title, chapo, path) = match purpose {
        Purpose::FirstAdministrator => ("first-title", "first-lead", "/premier-acces"),
        Purpose::Invitation => ("invited-title", "invited-lead", "/invitation"),
        Purpose::Reset => ("reset-title", "reset-lead", "/invitation"),
    };
    let name = person.map_or("", |person| person.name.as_str());
    let title = t_args(lang, title, &[("name", name.into())]);
    let body = html! {
        div.seuil-form.pile {
            h1 { (title) }
            p.chapo { (t(lang, chapo)) }
            form.pile method="post" action=(visit.link(path)) {
                (forms::token(&door.csrf()))
                input type="hidden" name=(TOKEN) value=(token);
                @match person {
                    // A browser keeps the password under this name.
                    Some(person) => input type="hidden" name=(EMAIL) value=(person.email) autocomplete="username";,
                    None => {
                        (Field {
                            name: NAME, label: &t(lang, "field-name"), value: form.get(NAME),
                            autocomplete: "name", error: &wrong.name, ..Field::default()
                        }.markup())
                        (Field {
                            name: EMAIL, label: &t(lang, "field-email"), kind: "email",
                            value: form.get(EMAIL), autocomplete: "username", error: &wrong.email,
                            ..Field::default()
                        }.markup())
                    }
                }
                (new_password(lang, &wrong.password))
                div.actions { button.bouton type="submit" { (t(lang, "password-keep")) } }
            }
        }
    };
    Page::new(title.into_owned(), Nav::None).body(body)
}

/// A new password, twice.
pub(super) fn new_password(lang: Lang, error: &str) -> Markup {
    html! {
        (Field {
            name: PASSWORD, label: &t(lang, "field-new-password"), kind: "password",
            autocomplete: "new-password", help: &t(lang, "password-rule"), error,
            ..Field::default()
        }.markup())
        (Field {
            name: AGAIN, label: &t(lang, "field-again"), kind: "password",
            autocomplete: "new-password", ..Field::default()
        }.markup())
    }
}

/// Why a new password will not do, in words; nothing when it will. To estimate it takes a while: it
/// is done where that holds up nobody.
pub(super) async fn password_trouble(
    visit: &Visit,
    password: &str,
    again: &str,
    about: Vec<String>,
) -> Result<String, Failure> {
    if password != again {
        return Ok(t(visit.lang, "password-differs").into_owned());
    }
    let password = password.to_owned();
    let found = actix_web::web::block(move || {
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        weakness(&password, &about)
    });
    let found = found
        .await
        .map_err(|error| Failure::internal(visit, &error))?;
    let id = match found {
        Some(Weakness::TooShort) => "password-short",
        Some(Weakness::TooLong) => "password-long",
        Some(Weakness::AboutPerson) => "password-about",
        Some(Weakness::Common) => "password-common",
        Some(Weakness::Guessable) => "password-guessable",
        None => return Ok(String::new()),
    };
    Ok(t(visit.lang, id).into_owned())
}

/// Why an account cannot be made or changed so, in words.
pub(super) fn person_trouble(lang: Lang, error: &PersonError) -> Cow<'static, str> {
    t(
        lang,
        match error {
            PersonError::EmailTaken => "person-email-taken",
            PersonError::EmailInvalid => "person-email-invalid",
            PersonError::NameEmpty => "person-name-empty",
            PersonError::NameTooLong => "person-name-long",
            PersonError::LastAdministrator => "person-last-administrator",
            PersonError::SubjectTaken => "person-subject-taken",
            PersonError::Unknown => "person-unknown",
            PersonError::Store(_) => "error-internal-what",
        },
    )
}
