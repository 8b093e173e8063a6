//! `/aide`: signs, statuses, and how to bring a first file.

use crate::failure::Failure;
use crate::guard::{Allowed, Permission, ReadHome};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::visit::Visit;
use actix_web::HttpResponse;
use beffroi_figure::status_word;
use beffroi_model::{CellState, Status};
use beffroi_text::{absence, t};
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(allowed: Allowed<ReadHome>) -> Result<HttpResponse, Failure> {
    allowed.page(async || Ok(build(&allowed))).await
}

/// What a first dataset's declaration looks like.
const DATASET: &str = r#"title = "Fréquentation de la piscine"
department = "sports"
steward = "Votre nom"
licence = "Licence Ouverte 2.0"
frequency = "monthly"
source = "sports/piscine_*.csv"
load = "by_period"
time = "mois"

[columns.mois]
type = "month"

[columns.entrees]
type = "integer"
unit = "nombre""#;

/// What the declaration of an indicator on it looks like.
const INDICATOR: &str = r#"title = "Entrées à la piscine"
department = "sports"
owner = "Votre nom"
dataset = "piscine"
measure = "sum(entrees)"
unit = "nombre"
noun = ["entrée", "entrées"]
direction = "up""#;

fn build(allowed: &Allowed<ReadHome>) -> Page {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let title = t(lang, "nav-help");
    let body = html! {
        div.page-tete {
            div {
                h1 { (t(lang, "help-title")) }
                p.chapo { (t(lang, "help-lead")) }
            }
        }
        div.grille {
            (signs(visit))
            (statuses(visit))
            (colours(visit))
            (access(allowed))
            (reading(visit))
            (first_file(allowed))
        }
    };
    Page::new(title.into_owned(), Nav::Help).body(body)
}

/// Why somebody sees this and not that.
fn access(allowed: &Allowed<ReadHome>) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    html! {
        section.bloc."c-6" #acces aria-labelledby="h-acces" {
            h2 #h-acces { (t(lang, "help-access")) }
            ul.texte {
                li { (t(lang, "help-access-reach")) }
                li { (t(lang, "help-access-rows")) }
                li { (t(lang, "help-access-trail")) }
            }
            p { a href=(visit.link("/compte")) { (t(lang, "help-access-own")) } }
        }
    }
}

fn signs(visit: &Visit) -> Markup {
    let lang = visit.lang;
    html! {
        section.bloc."c-6" #signes aria-labelledby="h-signes" {
            h2 #h-signes { (t(lang, "help-signs")) }
            dl.dl {
                dt { span { "0" } }
                dd { (t(lang, "help-zero")) }
                dt { span."v-nd" { (absence(lang, CellState::Missing)) } }
                dd { (t(lang, "help-missing")) }
                dt { span."v-so" { (absence(lang, CellState::NotApplicable)) } }
                dd { (t(lang, "help-not-applicable")) }
                dt { span."v-s" { (absence(lang, CellState::Secret)) } }
                dd { (t(lang, "help-secret")) }
                dt { "(p)" }
                dd { (t(lang, "help-provisional")) }
            }
        }
    }
}

fn statuses(visit: &Visit) -> Markup {
    let lang = visit.lang;
    let meanings = [
        (Status::Reached, t(lang, "help-reached")),
        (Status::OnTrack, t(lang, "help-on-track")),
        (Status::Watch, t(lang, "help-watch")),
        (Status::Late, t(lang, "help-late")),
        (Status::NoTarget, t(lang, "help-no-target")),
    ];
    html! {
        section.bloc."c-6" #etats aria-labelledby="h-etats" {
            h2 #h-etats { (t(lang, "help-statuses")) }
            dl.dl {
                @for (status, meaning) in meanings {
                    dt { (parts::badge(status, &status_word(lang, status))) }
                    dd { (meaning) }
                }
            }
        }
    }
}

fn colours(visit: &Visit) -> Markup {
    let lang = visit.lang;
    html! {
        section.bloc."c-6" aria-labelledby="h-couleurs" {
            h2 #h-couleurs { (t(lang, "help-colours")) }
            dl.dl {
                dt { (line("ln donnee")) }
                dd { (t(lang, "help-measured")) }
                dt { (line("objectif-ligne")) }
                dd { (t(lang, "help-voted")) }
                dt { (line("ln fantome")) }
                dd { (t(lang, "help-compared")) }
            }
        }
    }
}

fn line(class: &str) -> Markup {
    html! { svg.mini.ech viewBox="0 0 60 20" aria-hidden="true" { path class=(class) d="M2 10H58" {} } }
}

fn reading(visit: &Visit) -> Markup {
    let lang = visit.lang;
    html! {
        section.bloc."c-6" aria-labelledby="h-lire" {
            h2 #h-lire { (t(lang, "help-reading")) }
            ul.texte {
                li { (t(lang, "help-reading-data")) }
                li { (t(lang, "help-reading-source")) }
                li { (t(lang, "help-reading-export")) }
                li { (t(lang, "help-reading-print")) }
                li { (t(lang, "help-reading-link")) }
                li { (t(lang, "help-reports")) }
            }
        }
    }
}

fn first_file(allowed: &Allowed<ReadHome>) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    html! {
        section.bloc #premier-fichier aria-labelledby="h-fichier" {
            h2 #h-fichier { (t(lang, "help-first")) }
            @if allowed.may(Permission::Compose) {
                p.texte { (t(lang, "help-workshop")) " " a href=(visit.link("/atelier")) { (t(lang, "help-workshop-link")) } "." }
            }
            ol.texte {
                li { (t(lang, "help-first-file")) }
                li {
                    (t(lang, "help-first-dataset")) " " code { "dashboards/datasets/piscine.toml" }
                    pre.extrait tabindex="0" lang="fr" { (DATASET) }
                }
                li {
                    (t(lang, "help-first-indicator")) " " code { "dashboards/indicators/entrees_piscine.toml" }
                    pre.extrait tabindex="0" lang="fr" { (INDICATOR) }
                }
                li {
                    (t(lang, "help-first-check")) " "
                    @if allowed.may(Permission::ReadAdmin) {
                        a href=(visit.link("/administration")) { (t(lang, "nav-administration")) } ", "
                    }
                    a href=(visit.link("/catalogue")) { (t(lang, "nav-catalogue")) } "."
                }
            }
        }
    }
}
