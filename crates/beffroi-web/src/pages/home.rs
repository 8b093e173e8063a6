//! `/`: the mandate at a glance.

use super::reached;
use crate::failure::Failure;
use crate::guard::{Allowed, Permission, ReadHome};
use crate::layout::{Nav, Page};
use crate::live::{Live, live};
use crate::parts;
use crate::summaries::{Summaries, summaries};
use crate::visit::Visit;
use actix_web::HttpResponse;
use beffroi_catalog::Catalog;
use beffroi_figure::{Summary, status_word, watch};
use beffroi_model::Status;
use beffroi_text::{date_long, t, t_args};
use maud::{Markup, html};

/// How many things to watch are listed.
const MOST_WATCHED: usize = 8;

/// The page.
pub(crate) async fn show(allowed: Allowed<ReadHome>) -> Result<HttpResponse, Failure> {
    allowed.page(async || build(&allowed).await).await
}

async fn build(allowed: &Allowed<ReadHome>) -> Result<Page, Failure> {
    if allowed.reach().is_empty() {
        return Ok(empty(allowed));
    }
    let summaries = summaries(allowed).await?;
    let live = live(allowed).await?;
    let visit = &allowed.visit;
    let lang = visit.lang;
    let catalog = allowed.catalog();
    let (from, to) = catalog.town.mandate;
    let title = t(lang, "nav-home");
    let body = html! {
        div.page-tete {
            div {
                p.surtitre {
                    (t_args(lang, "home-over", &[
                        ("from", from.to_string().into()),
                        ("to", to.to_string().into()),
                        ("day", date_long(lang, allowed.town().today()).into()),
                    ]))
                }
                h1 { (t(lang, "home-title")) }
                p.chapo {
                    @if allowed.scopes().is_everything() { (lead(visit, &summaries)) }
                    @else { (t(lang, "home-scope")) }
                }
            }
        }
        (reached::note(allowed, catalog.indicators.keys()))
        @if allowed.scopes().is_everything() { (balance(visit, &summaries)) }
        (highlights(visit, catalog, &summaries))
        div.grille.section {
            (watched(visit, &summaries, live.is_some()))
            @if let Some(live) = &live { (live.tile(visit)) }
        }
        (policies(visit, catalog, &summaries))
    };
    let lasting = summaries.lasting && live.as_ref().is_none_or(|live: &Live| live.lasting);
    Ok(Page::new(title.into_owned(), Nav::Home)
        .body(body)
        .lasting(lasting))
}

/// The first page of whoever reaches nothing yet, with what to do about it.
fn empty(allowed: &Allowed<ReadHome>) -> Page {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let manages = allowed.may(Permission::ManagePeople);
    let words = if manages {
        "reach-nothing-yet"
    } else {
        "reach-nothing"
    };
    let body = html! {
        div.page-tete {
            div {
                h1 { (allowed.catalog().town.name) }
                p.chapo { (t(lang, words)) }
            }
        }
        p.actions {
            @if manages {
                a.bouton href=(visit.link("/administration/personnes")) { (t(lang, "people-title")) }
                a.bouton.second href=(visit.link("/administration/acces")) { (t(lang, "access-title")) }
            } @else {
                a.bouton.second href=(visit.link("/compte")) { (t(lang, "nav-account")) }
            }
        }
    };
    Page::new(t(lang, "nav-home").into_owned(), Nav::Home).body(body)
}

fn count(summaries: &Summaries, wanted: &[Status]) -> usize {
    summaries
        .all
        .iter()
        .filter(|summary| wanted.contains(&summary.status))
        .count()
}

fn lead(visit: &Visit, summaries: &Summaries) -> String {
    let lang = visit.lang;
    let good = count(summaries, &[Status::Reached, Status::OnTrack]);
    let bad = count(summaries, &[Status::Watch, Status::Late]);
    let with_target = good + bad;
    if with_target == 0 {
        return t(lang, "home-no-target").into_owned();
    }
    let mut sentences = vec![t_args(
        lang,
        "home-good",
        &[("all", with_target.into()), ("count", good.into())],
    )];
    if bad > 0 {
        sentences.push(t_args(lang, "home-bad", &[("count", bad.into())]));
    }
    sentences.join(" ")
}

/// How many indicators stand at each status, each leading to their list.
fn balance(visit: &Visit, summaries: &Summaries) -> Markup {
    let lang = visit.lang;
    let all = summaries.all.len().max(1);
    html! {
        section aria-label=(t(lang, "home-balance")) {
            ul.bilan {
                @for status in Status::ALL {
                    @let class = parts::status_class(status);
                    @let number = count(summaries, &[status]);
                    @let share = (12 * number).div_ceil(all).clamp(1, 12);
                    li.(class).(format!("part-{share}")) {
                        a href=(visit.link_with("/indicateurs", &[("statut", class)])) {
                            strong { (number) }
                            span { (parts::glyph(class)) (t_args(lang, balance_word(status), &[("count", number.into())])) }
                        }
                    }
                }
            }
        }
    }
}

fn balance_word(status: Status) -> &'static str {
    match status {
        Status::Reached => "balance-reached",
        Status::OnTrack => "balance-on-track",
        Status::Watch => "balance-watch",
        Status::Late => "balance-late",
        Status::NoTarget => "balance-no-target",
    }
}

fn highlights(visit: &Visit, catalog: &Catalog, summaries: &Summaries) -> Markup {
    let lang = visit.lang;
    let chosen: Vec<&Summary> = catalog
        .town
        .home
        .highlights
        .iter()
        .filter_map(|id| summaries.of(id.as_str()))
        .collect();
    html! {
        @if !chosen.is_empty() {
            section.section aria-labelledby="h-ved" {
                h2 #h-ved .hors-ecran { (t(lang, "home-highlights")) }
                div.cadre { ul.vedettes { @for summary in chosen { (highlight(visit, summary)) } } }
            }
        }
    }
}

/// Six children, always: they line up from one highlight to the next.
fn highlight(visit: &Visit, summary: &Summary) -> Markup {
    html! {
        li.vedette {
            h3 {
                a href=(visit.link(&format!("/indicateurs/{}", summary.indicator))) {
                    (parts::in_language(&summary.title, summary.title_lang))
                }
            }
            div.valeur { (parts::value(&summary.value)) }
            p.phrase { (parts::phrase(summary)) }
            div { (parts::drawing(&summary.curve)) }
            p { (parts::badge(summary.status, &summary.status_word)) }
            p.fraicheur { @if let Some(source) = &summary.source { (source.text) } }
        }
    }
}

fn watched(visit: &Visit, summaries: &Summaries, beside_live: bool) -> Markup {
    let lang = visit.lang;
    let lines = watch(&summaries.all);
    html! {
        section.bloc.(if beside_live { "c-8" } else { "c-9" }) #a-surveiller aria-labelledby="h-sur" {
            div.bloc-tete {
                h2 #h-sur { (t(lang, "home-watch-title")) }
                p { (t(lang, "home-watch-order")) }
            }
            @if lines.is_empty() {
                p { (t(lang, "home-watch-none")) }
            } @else {
                ul.alertes {
                    @for line in lines.iter().take(MOST_WATCHED) {
                        li {
                            (parts::badge(line.status, &status_word(lang, line.status)))
                            div {
                                h3 {
                                    a href=(visit.link(&format!("/indicateurs/{}", line.indicator))) {
                                        (line.title)
                                    }
                                }
                                @if !line.text.is_empty() { p { (line.text) } }
                            }
                        }
                    }
                }
                @if lines.len() > MOST_WATCHED {
                    p.petit {
                        a href=(visit.link("/indicateurs")) {
                            (parts::counted(lang, "home-watch-more", lines.len() - MOST_WATCHED))
                        }
                    }
                }
            }
        }
    }
}

/// The lines of each board.
fn policies(visit: &Visit, catalog: &Catalog, summaries: &Summaries) -> Markup {
    let lang = visit.lang;
    html! {
        div.section {
            div.bloc-tete { h2 { (t(lang, "home-policies")) } (legend(visit)) }
            @for board in catalog.boards.values().filter(|board| !board.home.is_empty()) {
                @let heading = format!("d-{}", board.id);
                section.domaine aria-labelledby=(heading) {
                    div.domaine-tete {
                        h2 id=(heading) { (parts::declared(visit, &board.title)) }
                        p { (parts::declared(visit, &board.summary)) }
                        p {
                            a href=(visit.link(&format!("/tableaux/{}", board.id))) {
                                (t(lang, "home-open-board"))
                                span.hors-ecran { " " (parts::declared(visit, &board.title)) }
                            }
                        }
                    }
                    ol.lignes {
                        @for summary in board.home.iter().filter_map(|id| summaries.of(id.as_str())) {
                            (parts::line(visit, summary))
                        }
                    }
                }
            }
        }
    }
}

fn legend(visit: &Visit) -> Markup {
    let lang = visit.lang;
    html! {
        p.legende {
            span {
                svg.mini viewBox="0 0 26 12" aria-hidden="true" {
                    path.ln.donnee.fin d="M1 9L12 5 21 6" {}
                    circle.pt cx="21" cy="6" r="3.5" {}
                }
                " " (t(lang, "home-legend-trend"))
            }
            span {
                svg.mini viewBox="0 0 26 12" aria-hidden="true" {
                    rect.piste y="2" width="26" height="8" {}
                    rect.br y="2" width="15" height="8" {}
                    path."cible-l" d="M21 0V12" {}
                }
                " " (t(lang, "home-legend-target"))
            }
        }
    }
}
