//! `/rapports`: the reports of the town, and their years.

use super::opened::{due, manages, may_read, newest_year, on_shelf, report};
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, Compose, Needs, Permission, Posted, ReadBoard};
use crate::layout::{Nav, Page};
use crate::parts;
use actix_web::HttpResponse;
use beffroi_catalog::Report;
use beffroi_model::ReportId;
use beffroi_store::Kind;
use beffroi_store::reports::NewChapter;
use beffroi_store::workshop::Author;
use beffroi_text::t;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// The years of a report, the newest first, and whether each is final.
type Years = BTreeMap<i32, bool>;

async fn years_of<P: Needs>(
    allowed: &Allowed<P>,
    ids: Vec<ReportId>,
) -> Result<BTreeMap<ReportId, Years>, Failure> {
    let newest = newest_year(allowed);
    let opened = allowed
        .ask_store(move |store| store.reports().all_editions())
        .await?;
    let kept = on_shelf(allowed, move |shelf| {
        let mut all = Vec::new();
        for id in ids {
            let mut kept = Vec::new();
            for year in shelf.years(&id)? {
                kept.extend(shelf.newest(&id, year)?.map(|it| (year, it)));
            }
            all.push((id, kept));
        }
        Ok(all)
    })
    .await?;
    let all = kept.into_iter().map(|(id, kept)| {
        let mut years = Years::from([(newest, false)]);
        let own = opened.iter().filter(|it| it.report == id.as_str());
        years.extend(own.map(|it| (it.year, false)));
        for (year, kept) in kept {
            match may_read(allowed, &kept) {
                true => years.insert(year, true),
                // A final report that is not theirs to read is not a draft of theirs either.
                false => years.remove(&year),
            };
        }
        (id, years)
    });
    Ok(all.collect())
}

/// All reports.
pub(crate) async fn show(allowed: Allowed<ReadBoard>) -> Result<HttpResponse, Failure> {
    allowed.page(async || build(&allowed).await).await
}

async fn build(allowed: &Allowed<ReadBoard>) -> Result<Page, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let ids = allowed.catalog().reports.keys().cloned().collect();
    let years = years_of(allowed, ids).await?;
    let reports = allowed.catalog().reports.values();
    let body = html! {
        div.page-tete { div {
            h1 { (t(lang, "nav-reports")) }
            p.chapo { (t(lang, "report-list-lead")) }
        } }
        @if allowed.may(Permission::Compose) {
            div.actions.section { a.bouton href=(visit.link("/rapports/nouveau")) { (t(lang, "report-new")) } }
        }
        @if allowed.catalog().reports.is_empty() { p.avis { (t(lang, "report-none")) } }
        @for report in reports {
            @let heading = format!("h-{}", report.id);
            section.bloc.section aria-labelledby=(heading) {
                h2 id=(heading) { (parts::declared(visit, &report.title)) }
                @if !report.summary.is_empty() { p { (parts::declared(visit, &report.summary)) } }
                ul.sans-puces {
                    @for (year, is_final) in years.get(&report.id).into_iter().flatten().rev() {
                        li {
                            a href=(visit.link(&format!("/rapports/{}/{year}", report.id))) {
                                (report.title.get(visit.english()).0) " " (year)
                            }
                            " " (state(allowed, *is_final))
                        }
                    }
                }
                @if manages(allowed, report) {
                    p { a href=(visit.link(&format!("/rapports/{}", report.id))) { (t(lang, "report-years")) } }
                }
            }
        }
    };
    Ok(Page::new(t(lang, "nav-reports").into_owned(), Nav::Reports).body(body))
}

fn state<P: Needs>(allowed: &Allowed<P>, is_final: bool) -> Markup {
    let lang = allowed.lang();
    match is_final {
        true => parts::plain_badge("atteint", &t(lang, "report-state-final")),
        false => parts::plain_badge("surveiller", &t(lang, "report-state-draft")),
    }
}

/// The years of a report, and the next one to open.
pub(crate) async fn years(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    years_page(&allowed, &Markup::default(), false).await
}

async fn years_page(
    allowed: &Allowed<Compose>,
    notes: &Markup,
    refused: bool,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let report = report(allowed)?;
    let years = years_of(allowed, vec![report.id.clone()]).await?;
    let opened = opened_years(allowed, report).await?;
    let next = next_year(allowed, &opened);
    let here = visit.link(&format!("/rapports/{}", report.id));
    let title = report.title.get(visit.english()).0.to_owned();
    let body = html! {
        div.page-tete { div {
            h1 { (parts::declared(visit, &report.title)) }
            p.chapo { (t(lang, "report-years-lead")) }
        } }
        (notes)
        section.bloc.section aria-labelledby="h-annees" {
            h2 #h-annees { (t(lang, "report-years")) }
            ul.sans-puces {
                @for (year, is_final) in years.values().flatten().rev() {
                    li {
                        a href=(visit.link(&format!("/rapports/{}/{year}", report.id))) { (title) " " (year) }
                        " " (state(allowed, *is_final)) " "
                        @if opened.contains(year) {
                            a href=(visit.link(&format!("/rapports/{}/{year}/suivi", report.id))) { (t(lang, "report-follow")) span.hors-ecran { " " (year) } }
                        } @else {
                            span.discret { (t(lang, "report-not-opened")) }
                        }
                    }
                }
            }
        }
        @if manages(allowed, report) {
            section.bloc.section aria-labelledby="h-ouvrir" {
                h2 #h-ouvrir { (t(lang, "report-open-title")) }
                p { (t(lang, "report-open-what")) }
                form.pile method="post" action=(here) {
                    (forms::token(&allowed.visitor().csrf()))
                    (Field { name: "annee", label: &t(lang, "report-year"), value: &next.to_string(), mode: "numeric", autocomplete: "off", ..Field::default() }.markup())
                    div.actions { button.bouton type="submit" { (t(lang, "report-open")) } }
                }
            }
        }
    };
    let page = Page::new(title, Nav::Reports)
        .under(visit.link("/rapports"), t(lang, "nav-reports"))
        .body(body);
    let mut response = allowed.own_page(page);
    if refused {
        *response.status_mut() = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

async fn opened_years<P: Needs>(
    allowed: &Allowed<P>,
    report: &Report,
) -> Result<BTreeSet<i32>, Failure> {
    let id = report.id.clone();
    let editions = allowed
        .ask_store(move |store| store.reports().editions(id.as_str()))
        .await?;
    Ok(editions.into_iter().map(|it| it.year).collect())
}

/// The year that is proposed: the one after the last opened, or the last that is over.
fn next_year<P: Needs>(allowed: &Allowed<P>, opened: &BTreeSet<i32>) -> i32 {
    let newest = newest_year(allowed);
    opened.last().map_or(newest, |last| last + 1)
}

/// Opens a year: its structure is that of the declaration, who answers for what is that of the year
/// before; the words are asked anew.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let report = report(&allowed)?.clone();
    if !manages(&allowed, &report) {
        return Err(allowed.not_found(report.id.as_str()));
    }
    let lang = allowed.lang();
    let year = form.get("annee").parse::<i32>().ok();
    let Some(year) = year.filter(|year| (1900..=newest_year(&allowed) + 1).contains(year)) else {
        let notes = forms::refused(&t(lang, "report-open-wrong"));
        return years_page(&allowed, &notes, true).await;
    };
    let opened = opened_years(&allowed, &report).await?;
    if opened.contains(&year) {
        let notes = forms::refused(&t(lang, "report-open-again"));
        return years_page(&allowed, &notes, true).await;
    }
    let from = opened.range(..year).next_back().copied();
    let person = allowed.visitor().person.clone();
    let declared = report.clone();
    allowed
        .ask_store(move |store| {
            let reports = store.reports();
            let id = declared.id.as_str();
            let before = match from {
                Some(from) => reports.contributions(id, from)?,
                None => Vec::new(),
            };
            let chapters = declared.chapters.iter().map(|chapter| {
                let of_before = before.iter().find(|it| it.chapter == chapter.id);
                let department = match of_before {
                    Some(it) => it.department.as_ref(),
                    None => chapter.department.as_ref(),
                };
                NewChapter {
                    id: &chapter.id,
                    department,
                    due: due(chapter, year),
                }
            });
            let chapters: Vec<NewChapter> = chapters.collect();
            let by = Author::from(&person);
            reports.open(id, year, from, &chapters, by, crate::guard::now())
        })
        .await?;
    let object = format!("rapport:{}/{year}", report.id);
    allowed
        .record(Kind::Change, "report.opened", &object, "")
        .await?;
    allowed.forget_pages();
    let to = format!("/rapports/{}/{year}/suivi", report.id);
    Ok(crate::door::lead(
        &allowed.visit.link_with(&to, &[("fait", "ouvert")]),
        &[],
    ))
}
