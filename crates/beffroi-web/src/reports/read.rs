//! `/rapports/{report}/{year}`: cover and contents, a page for each chapter, and all of it on one
//! page to be printed.

use super::opened::{Opened, is_draft};
use crate::failure::Failure;
use crate::guard::{Allowed, Permission, ReadBoard};
use crate::layout::{Nav, Page};
use crate::parts;
use actix_web::HttpResponse;
use beffroi_report::html::{self as made, Links};
use beffroi_report::{Chapter, Document};
use beffroi_text::{t, t_args};
use maud::{Markup, html};

/// Cover and contents.
pub(crate) async fn cover(allowed: Allowed<ReadBoard>) -> Result<HttpResponse, Failure> {
    allowed
        .page(async || {
            let opened = Opened::of(&allowed).await?;
            let document = opened.document(&allowed).await?;
            let body = html! {
                (bar(&allowed, &opened, &document, None))
                div.feuilles lang=[lang_of(&allowed, &document)] {
                    (made::cover(&document))
                    (with_links(&allowed, &opened, |links| made::contents(&document, links)))
                }
            };
            Ok(page(&allowed, &opened, &document, None).body(body))
        })
        .await
}

/// A chapter, or an annex.
pub(crate) async fn chapter(allowed: Allowed<ReadBoard>) -> Result<HttpResponse, Failure> {
    allowed
        .page(async || {
            let opened = Opened::of(&allowed).await?;
            let document = opened.document(&allowed).await?;
            let id = allowed.part("chapter");
            let place = document.chapters.iter().position(|it| it.id == id);
            let place = place.ok_or_else(|| allowed.not_found(id))?;
            let chapter = &document.chapters[place];
            let body = html! {
                (bar(&allowed, &opened, &document, Some(chapter)))
                div.feuilles lang=[lang_of(&allowed, &document)] {
                    (with_links(&allowed, &opened, |links| made::chapter(&document, chapter, links)))
                }
                (around(&allowed, &opened, &document, place))
            };
            Ok(page(&allowed, &opened, &document, Some(chapter)).body(body))
        })
        .await
}

/// All of it, to be printed.
pub(crate) async fn whole(allowed: Allowed<ReadBoard>) -> Result<HttpResponse, Failure> {
    allowed
        .page(async || {
            let opened = Opened::of(&allowed).await?;
            let document = opened.document(&allowed).await?;
            let picture = |file: &str| opened.path(&format!("/photos/{}", encoded(file)));
            let body = html! {
                (bar(&allowed, &opened, &document, None))
                div lang=[lang_of(&allowed, &document)] { (made::whole(&document, &picture)) }
            };
            Ok(page(&allowed, &opened, &document, None).body(body))
        })
        .await
}

/// The language of a document, where it is not that of the page.
fn lang_of<'d>(allowed: &Allowed<ReadBoard>, document: &'d Document) -> Option<&'d str> {
    (document.lang != allowed.lang().code()).then_some(document.lang.as_str())
}

/// A file's name as a part of an address.
pub(super) fn encoded(name: &str) -> String {
    form_urlencoded::byte_serialize(name.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

fn with_links(
    allowed: &Allowed<ReadBoard>,
    opened: &Opened,
    make: impl FnOnce(Links<'_>) -> Markup,
) -> Markup {
    let visit = &allowed.visit;
    let chapter = |id: &str| visit.link(&opened.path(&format!("/chapitres/{id}")));
    let place =
        |id: &str, place: &str| visit.link(&opened.path(&format!("/chapitres/{id}#{place}")));
    let picture = |file: &str| opened.path(&format!("/photos/{}", encoded(file)));
    make(Links {
        chapter: &chapter,
        place: &place,
        picture: &picture,
    })
}

fn page(
    allowed: &Allowed<ReadBoard>,
    opened: &Opened,
    document: &Document,
    chapter: Option<&Chapter>,
) -> Page {
    let visit = &allowed.visit;
    let name = format!("{} {}", document.title, document.year);
    let title = match chapter {
        Some(chapter) => format!("{} · {name}", chapter.title),
        None if allowed.visit.path.ends_with("/entier") => {
            format!("{name}, {}", t(visit.lang, "report-whole-title"))
        }
        None => name.clone(),
    };
    let page =
        Page::new(title, Nav::Reports).under(visit.link("/rapports"), t(visit.lang, "nav-reports"));
    match chapter {
        Some(_) => page.under(visit.link(&opened.path("")), name),
        None => page,
    }
    // A draft moves with what departments say; `forget_pages` is called whenever they do.
    .lasting(true)
}

/// What can be done with the report, above it.
fn bar(
    allowed: &Allowed<ReadBoard>,
    opened: &Opened,
    document: &Document,
    chapter: Option<&Chapter>,
) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let declared = chapter.and_then(|it| opened.report.chapters.iter().find(|own| own.id == it.id));
    let writes = declared.filter(|it| opened.may_write(allowed, it));
    let state = match is_draft(document) {
        true => parts::plain_badge("surveiller", &t(lang, "report-state-draft")),
        false => parts::plain_badge("atteint", &t(lang, "report-state-final")),
    };
    let file = |name: &str| visit.link(&opened.path(&format!("/fichiers/{name}")));
    html! {
        div.rapport-barre.seul-ecran {
            div {
                @if let Some(chapter) = chapter {
                    p.surtitre { (document.title) " " (document.year) }
                    // The chapter has its own heading, under this one.
                    h1.hors-ecran { (document.title) " " (document.year) " : " (chapter.title) }
                }
                p { (state) }
            }
            div.actions {
                @if let Some(chapter) = writes {
                    a.bouton href=(visit.link(&opened.path(&format!("/chapitres/{}/contribuer", chapter.id)))) { (t(lang, "report-write")) }
                }
                @if allowed.may(Permission::Compose) {
                    a.bouton.second href=(visit.link(&opened.path("/suivi"))) { (t(lang, "report-follow")) }
                }
                @if allowed.may(Permission::Export) {
                    a.bouton.second href=(file("rapport.pdf")) download { (t(lang, "report-pdf")) }
                    details.deroule {
                        summary.bouton.discret { (t(lang, "report-take")) }
                        ul.deroule-corps {
                            li { a href=(file("rapport-noir.pdf")) download { (t(lang, "report-pdf-black")) } }
                            li { a href=(file("classeur.xlsx")) download { (t(lang, "report-xlsx")) } }
                            li { a href=(file("donnees.zip")) download { (t(lang, "report-zip")) } }
                            li { a href=(file("pages.zip")) download { (t(lang, "report-pages")) } }
                            li { a href=(visit.link(&opened.path("/entier"))) { (t(lang, "report-whole")) } }
                        }
                    }
                }
            }
        }
    }
}

/// The chapters before and after.
fn around(
    allowed: &Allowed<ReadBoard>,
    opened: &Opened,
    document: &Document,
    place: usize,
) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let link = |chapter: &Chapter| visit.link(&opened.path(&format!("/chapitres/{}", chapter.id)));
    let before = place
        .checked_sub(1)
        .and_then(|it| document.chapters.get(it));
    let after = document.chapters.get(place + 1);
    let words = |id: &str, chapter: &Chapter| {
        t_args(lang, id, &[("title", chapter.title.as_str().into())]).into_owned()
    };
    html! {
        nav.seul-ecran.actions.section aria-label=(t(lang, "report-around")) {
            @if let Some(it) = before { a.bouton.second href=(link(it)) { (words("report-before", it)) } }
            a.bouton.discret href=(visit.link(&opened.path(""))) { (t(lang, "report-contents")) }
            @if let Some(it) = after { a.bouton.second href=(link(it)) { (words("report-after", it)) } }
        }
    }
}
