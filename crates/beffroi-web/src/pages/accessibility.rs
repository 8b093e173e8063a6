//! `/accessibilite`: the declaration of accessibility, which claims nothing that was not audited.
//! It is for anybody, before they come in too.

use crate::door::Door;
use crate::failure::Failure;
use crate::layout::{Nav, Page};
use actix_web::HttpResponse;
use beffroi_text::{t, t_args};
use maud::html;

/// The page.
pub(crate) async fn show(door: Door) -> Result<HttpResponse, Failure> {
    let page = build(&door);
    door.page(page)
}

fn build(door: &Door) -> Page {
    let visit = &door.visit;
    let lang = visit.lang;
    let title = t(lang, "accessibility-title");
    let body = html! {
        div.page-tete {
            div {
                h1 { (title) }
                p.chapo {
                    (t_args(lang, "accessibility-lead", &[
                        ("town", door.town().name.as_str().into()),
                    ]))
                }
            }
        }
        section.bloc.section.prose aria-labelledby="h-etat" {
            h2 #h-etat { (t(lang, "accessibility-state")) }
            p { (t(lang, "accessibility-not-audited")) }
        }
        section.bloc.section.prose aria-labelledby="h-fait" {
            h2 #h-fait { (t(lang, "accessibility-done")) }
            ul.texte {
                li { (t(lang, "accessibility-done-script")) }
                li { (t(lang, "accessibility-done-figures")) }
                li { (t(lang, "accessibility-done-colour")) }
                li { (t(lang, "accessibility-done-keyboard")) }
                li { (t(lang, "accessibility-done-display")) }
            }
        }
        section.bloc.section.prose aria-labelledby="h-limites" {
            h2 #h-limites { (t(lang, "accessibility-limits")) }
            ul.texte {
                li { (t(lang, "accessibility-limit-audit")) }
                li { (t(lang, "accessibility-limit-csv")) }
                li { (t(lang, "accessibility-limit-english")) }
            }
        }
        section.bloc.section.prose aria-labelledby="h-contact" {
            h2 #h-contact { (t(lang, "accessibility-contact")) }
            p { (t(lang, "accessibility-contact-what")) }
            p { (t(lang, "accessibility-appeal")) }
        }
    };
    Page::new(title.into_owned(), Nav::None).body(body)
}
