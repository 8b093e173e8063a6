//! `/tableaux`: the boards.

use crate::failure::Failure;
use crate::guard::{Allowed, ReadBoard};
use crate::layout::{Nav, Page};
use crate::parts;
use actix_web::HttpResponse;
use beffroi_text::t;
use maud::html;

/// The list.
pub(crate) async fn show(allowed: Allowed<ReadBoard>) -> Result<HttpResponse, Failure> {
    allowed.page(async || Ok(build(&allowed))).await
}

fn build(allowed: &Allowed<ReadBoard>) -> Page {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let catalog = allowed.catalog();
    let title = t(lang, "boards-title");
    let body = html! {
        div.page-tete {
            div {
                h1 { (title) }
                p.chapo { (parts::counted(lang, "boards-lead", catalog.boards.len())) }
            }
        }
        ul.pistes.section {
            @for board in catalog.boards.values() {
                @let figures = board.sections.iter().map(|section| section.tiles.len()).sum();
                li {
                    h2 {
                        a href=(visit.link(&format!("/tableaux/{}", board.id))) {
                            (parts::declared(visit, &board.title))
                        }
                    }
                    p.piste-texte { (parts::declared(visit, &board.summary)) }
                    span {
                        @if let Some(department) = catalog.town.departments.get(&board.department) {
                            (parts::declared(visit, &department.title)) " · "
                        }
                        (parts::counted(lang, "boards-figures", figures))
                    }
                }
            }
        }
    };
    Page::new(title.into_owned(), Nav::Boards).body(body)
}
