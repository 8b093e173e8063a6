//! `/demonstration`: whose place a visitor of the sample town takes.

use super::sign_in;
use crate::door::{Door, Knock, lead};
use crate::entrance::Reason;
use crate::failure::Failure;
use crate::forms;
use crate::layout::{Nav, Page};
use crate::parts;
use actix_web::HttpResponse;
use beffroi_catalog::{DemoPerson, Text};
use beffroi_store::Means;
use beffroi_text::{t, t_args};
use maud::{Markup, html};

const PERSON: &str = "personne";

/// The page.
pub(crate) async fn show(door: Door) -> Result<HttpResponse, Failure> {
    if !door.entrance()?.is_demo(door.town()) {
        return Err(Failure::not_found(&door.visit, door.around(), Vec::new()));
    }
    let visit = &door.visit;
    let lang = visit.lang;
    let people = door.entrance()?.demo_people(door.access());
    let title = t(lang, "demo-title");
    let body = html! {
        div.page-tete {
            div {
                p.surtitre { (t(lang, "demo-banner")) }
                h1 { (title) }
                p.chapo { (t(lang, "demo-lead")) }
            }
        }
        ul.essais {
            @for (place, (person, account)) in people.iter().enumerate() {
                li.bloc {
                    h2 { (person.name) }
                    (what(&door, person))
                    @if door.visitor.as_ref().is_some_and(|it| it.person.id == account.id) {
                        p { (parts::plain_badge("atteint", &t(lang, "demo-here"))) }
                    } @else {
                        (forms::button(
                            &visit.link("/demonstration"), &door.csrf(),
                            &[(PERSON, &place.to_string())], "second",
                            &t_args(lang, "demo-enter", &[("name", person.name.as_str().into())]),
                        ))
                    }
                }
            }
        }
        p.petit.discret.section { (t(lang, "demo-real")) " " code { "beffroi serve --no-demo" } }
    };
    door.page(Page::new(title.into_owned(), Nav::None).body(body))
}

fn what(door: &Door, person: &DemoPerson) -> Markup {
    let visit = &door.visit;
    let lang = visit.lang;
    let member = &person.membership;
    let departments: Vec<&Text> = member
        .departments
        .iter()
        .filter_map(|id| Some(&door.town().departments.get(id)?.title))
        .collect();
    let perimeters: Vec<&Text> = member
        .perimeters
        .iter()
        .filter_map(|id| Some(&door.access().perimeters.get(id)?.title))
        .collect();
    html! {
        dl.dl {
            dt { (t(lang, "person-roles")) }
            dd { (sign_in::roles(visit, member.roles.iter().copied())) }
            @if !departments.is_empty() {
                dt { (t(lang, "person-departments")) }
                dd { (parts::listed(visit, &departments)) }
            }
            @if !perimeters.is_empty() {
                dt { (t(lang, "person-perimeters")) }
                dd { (parts::listed(visit, &perimeters)) }
            }
        }
    }
}

/// Takes somebody's place.
pub(crate) async fn enter(Knock { door, form }: Knock) -> Result<HttpResponse, Failure> {
    if !door.entrance()?.is_demo(door.town()) {
        return Err(door.refuse(Reason::Machine));
    }
    let people = door.entrance()?.demo_people(door.access());
    let place = form.get(PERSON).parse::<usize>().ok();
    let Some((_, account)) = place.and_then(|place| people.get(place)) else {
        return Ok(lead(&door.visit.link("/demonstration"), &[]));
    };
    let cookie = sign_in::open(&door, account.id, Means::Demo, false).await?;
    Ok(lead(&door.visit.link("/"), &[cookie]))
}
