//! `/administration`: what keeps declarations, files and live sources from being used, told to
//! those who can mend it.

use super::trail::instant;
use crate::failure::Failure;
use crate::guard::{Allowed, Permission, ReadAdmin};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::town::FileUnderWay;
use crate::visit::Visit;
use actix_web::HttpResponse;
use beffroi_catalog::{Diagnostic, Place};
use beffroi_text::{progress, t};
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(allowed: Allowed<ReadAdmin>) -> Result<HttpResponse, Failure> {
    allowed.page(async || Ok(build(&allowed))).await
}

fn build(allowed: &Allowed<ReadAdmin>) -> Page {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let town = allowed.town();
    let title = t(lang, "nav-administration");
    let body = html! {
        div.page-tete {
            div {
                h1 { (title) }
                p.chapo { (t(lang, "admin-lead")) }
            }
        }
        (room(allowed, "/administration"))
        @if let Some(file) = town.under_way.load().as_deref() { (under_way(allowed, file)) }
        (problems(visit, &town.problems))
        (import_problems(visit, &town.import_problems))
        (feeds(allowed))
    };
    let mut page = Page::new(title.into_owned(), Nav::Administration).body(body);
    // It tells of the file being read, which moves.
    page.lasting = false;
    page
}

fn under_way(allowed: &Allowed<ReadAdmin>, file: &FileUnderWay) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let Some(dataset) = allowed.catalog().datasets.get(&file.dataset) else {
        return Markup::default();
    };
    html! {
        section.bloc.section aria-labelledby="h-en-cours" {
            div.bloc-tete {
                h2 #h-en-cours { (t(lang, "admin-under-way")) }
                p { (t(lang, "admin-under-way-reload")) }
            }
            p {
                (parts::declared(visit, &dataset.title)) ", "
                code { (file.file) }
                // How many rows it has would tell figures that are hidden.
                @if allowed.counts_rows(&dataset.id) {
                    ", " (progress(lang, &file.progress))
                }
            }
        }
    }
}

fn problems(visit: &Visit, problems: &[Diagnostic]) -> Markup {
    let lang = visit.lang;
    html! {
        section.bloc.section aria-labelledby="h-declarations" {
            h2 #h-declarations { (t(lang, "admin-declarations")) }
            @if problems.is_empty() {
                p { (parts::plain_badge("atteint", &t(lang, "admin-declarations-fine"))) }
            } @else {
                div.avis.retard {
                    (parts::plain_badge("retard", &parts::counted(lang, "admin-declarations-errors", problems.len())))
                    " " (t(lang, "admin-declarations-kept"))
                }
                ul.constats {
                    @for problem in problems { (diagnostic(visit, problem)) }
                }
            }
        }
    }
}

fn diagnostic(visit: &Visit, problem: &Diagnostic) -> Markup {
    html! {
        li.constat {
            (parts::plain_badge("retard", &t(visit.lang, "admin-to-mend")))
            div lang=[visit.english().then_some("fr")] {
                h3 { (problem.message) }
                @if let Some(place) = &problem.place {
                    p.lieu { code { (place.file_name()) ":" (place.line) ":" (place.column) } }
                    pre.extrait tabindex="0" { (excerpt(place)) }
                }
                @if let Some(hint) = &problem.hint { p { (hint) } }
            }
        }
    }
}

/// The line with carets under what is meant.
fn excerpt(place: &Place) -> String {
    let before = " ".repeat(place.column.saturating_sub(1));
    let room = place
        .text
        .chars()
        .count()
        .saturating_sub(place.column.saturating_sub(1))
        .max(1);
    format!(
        "{}\n{before}{}",
        place.text,
        "^".repeat(place.length.clamp(1, room))
    )
}

fn import_problems(visit: &Visit, problems: &[String]) -> Markup {
    let lang = visit.lang;
    html! {
        section.bloc.section aria-labelledby="h-imports" {
            h2 #h-imports { (t(lang, "admin-imports")) }
            @if problems.is_empty() {
                p { (parts::plain_badge("atteint", &t(lang, "admin-imports-fine"))) }
            } @else {
                ul.constats {
                    @for problem in problems {
                        li.constat {
                            (parts::plain_badge("retard", &t(lang, "admin-to-mend")))
                            p lang=[visit.english().then_some("fr")] { (problem) }
                        }
                    }
                }
            }
        }
    }
}

fn feeds(allowed: &Allowed<ReadAdmin>) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let feeds = &allowed.town().feeds;
    let content = html! {
        table {
            caption.hors-ecran { (t(lang, "admin-feeds-table")) }
            thead {
                tr {
                    th scope="col" { (t(lang, "catalogue-dataset")) }
                    th scope="col" { (t(lang, "admin-feed-success")) }
                    th scope="col" { (t(lang, "admin-feed-error")) }
                    th scope="col" { (t(lang, "admin-feed-next")) }
                }
            }
            tbody {
                @for (id, feed) in feeds.iter() {
                    tr {
                        th scope="row" {
                            a href=(visit.link(&format!("/catalogue/{id}"))) {
                                @match allowed.catalog().datasets.get(id) {
                                    Some(dataset) => (parts::declared(visit, &dataset.title)),
                                    None => (id),
                                }
                            }
                        }
                        td { (feed.last_success.map_or_else(|| t(lang, "fresh-never").into_owned(), |at| instant(visit, at))) }
                        td {
                            @if let Some((at, error)) = &feed.last_error {
                                (instant(visit, *at)) br;
                                span lang=[visit.english().then_some("fr")] { (error) }
                            }
                        }
                        td { @if let Some(at) = feed.next { (instant(visit, at)) } }
                    }
                }
            }
        }
    };
    html! {
        section.bloc.section aria-labelledby="h-flux" {
            h2 #h-flux { (t(lang, "admin-feeds")) }
            @if feeds.is_empty() { p { (t(lang, "admin-feeds-none")) } }
            @else { (parts::scrolling(&t(lang, "admin-feeds-table"), &content)) }
        }
    }
}

/// The rooms of the administration that somebody may enter.
pub(super) fn room<P>(allowed: &Allowed<P>, here: &str) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let rooms = [
        (Permission::ReadAdmin, "/administration", "admin-faults"),
        (
            Permission::ManagePeople,
            "/administration/personnes",
            "people-title",
        ),
        (
            Permission::ReadAccess,
            "/administration/acces",
            "access-title",
        ),
        (
            Permission::ReadTrail,
            "/administration/journal",
            "trail-title",
        ),
    ];
    html! {
        nav.salles aria-label=(t(lang, "admin-rooms")) {
            ul {
                @for (permission, path, name) in rooms {
                    @if allowed.may(permission) {
                        li {
                            a href=(visit.link(path)) aria-current=[(path == here).then_some("page")] { (t(lang, name)) }
                        }
                    }
                }
            }
        }
    }
}
