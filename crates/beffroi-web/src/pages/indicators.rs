//! `/indicateurs`: all indicators, searched and filtered by board and status.

use crate::failure::Failure;
use crate::guard::{Allowed, ReadIndicator};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::summaries::{Summaries, summaries};
use crate::visit::Visit;
use actix_web::HttpResponse;
use beffroi_catalog::lineage::{boards_with, is_live};
use beffroi_catalog::{Catalog, Indicator};
use beffroi_figure::{Summary, status_word};
use beffroi_model::{BoardId, Status, normalize};
use beffroi_text::{t, t_args};
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(allowed: Allowed<ReadIndicator>) -> Result<HttpResponse, Failure> {
    allowed.page(async || build(&allowed).await).await
}

/// What to keep of the list.
#[derive(Default)]
struct Wanted {
    /// The words looked for, each to be found.
    words: Vec<String>,
    board: Option<BoardId>,
    status: Option<Status>,
    messages: Vec<String>,
}

impl Wanted {
    fn read(visit: &Visit, catalog: &Catalog) -> Self {
        let mut wanted = Self::default();
        let refused = |name: &'static str, asked: &str| {
            t_args(
                visit.lang,
                "filter-bad-member",
                &[
                    ("asked", asked.into()),
                    ("name", t(visit.lang, name).into()),
                ],
            )
            .into_owned()
        };
        if let Some(text) = visit.param("q") {
            wanted.words = words(text);
        }
        if let Some(asked) = visit.param("tableau") {
            wanted.board = catalog.boards.get(asked).map(|board| board.id.clone());
            if wanted.board.is_none() {
                wanted.messages.push(refused("filter-board-name", asked));
            }
        }
        if let Some(asked) = visit.param("statut") {
            wanted.status = Status::ALL
                .into_iter()
                .find(|status| parts::status_class(*status) == asked);
            if wanted.status.is_none() {
                wanted.messages.push(refused("filter-status", asked));
            }
        }
        wanted
    }

    fn keeps(&self, catalog: &Catalog, indicator: &Indicator) -> bool {
        let board = self
            .board
            .as_ref()
            .is_none_or(|wanted| boards_with(catalog, &indicator.id).any(|it| it.id == *wanted));
        board && {
            let text = searchable(indicator);
            self.words.iter().all(|word| text.contains(word))
        }
    }
}

/// Text as searched: without case, accents or punctuation.
pub(crate) fn words(text: &str) -> Vec<String> {
    normalize(text)
        .split('_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn searchable(indicator: &Indicator) -> String {
    let texts = [&indicator.title, &indicator.description, &indicator.method];
    let mut all = indicator.id.to_string();
    for text in texts {
        all.push(' ');
        all.push_str(&text.fr);
        if let Some(english) = &text.en {
            all.push(' ');
            all.push_str(english);
        }
    }
    normalize(&all)
}

async fn build(allowed: &Allowed<ReadIndicator>) -> Result<Page, Failure> {
    let summaries = summaries(allowed).await?;
    let visit = &allowed.visit;
    let lang = visit.lang;
    let catalog = allowed.catalog();
    let wanted = Wanted::read(visit, catalog);
    let found: Vec<&Summary> = kept(&summaries, catalog, &wanted);
    let live: Vec<&Indicator> = catalog
        .indicators
        .values()
        .filter(|it| wanted.status.is_none() && is_live(catalog, it) && wanted.keeps(catalog, it))
        .collect();
    let title = t(lang, "indicators-title");
    let body = html! {
        div.page-tete {
            div {
                h1 { (title) }
                p.chapo { (parts::counted(lang, "indicators-lead", catalog.indicators.len())) }
            }
        }
        (form(visit, catalog, &wanted))
        (parts::messages(lang, &wanted.messages))
        section.section aria-labelledby="h-liste" {
            div.bloc-tete {
                h2 #h-liste { (parts::counted(lang, "indicators-found", found.len() + live.len())) }
                @if visit.param("q").is_some() || wanted.board.is_some() || wanted.status.is_some() {
                    p { a href=(visit.link("/indicateurs")) { (t(lang, "filter-reset")) } }
                }
            }
            @if found.is_empty() && live.is_empty() { p { (t(lang, "indicators-none")) } }
            ol.lignes { @for summary in found { (parts::line(visit, summary)) } }
        }
        @if !live.is_empty() {
            section.section aria-labelledby="h-direct" {
                h2 #h-direct { (t(lang, "indicators-live")) }
                ul.pistes {
                    @for indicator in live {
                        li {
                            a href=(visit.link(&format!("/indicateurs/{}", indicator.id))) {
                                (parts::declared(visit, &indicator.title))
                            }
                            span { (parts::declared(visit, &indicator.description)) }
                        }
                    }
                }
            }
        }
    };
    let page = Page::new(title.into_owned(), Nav::Indicators).body(body);
    Ok(page.lasting(summaries.lasting))
}

fn kept<'a>(summaries: &'a Summaries, catalog: &Catalog, wanted: &Wanted) -> Vec<&'a Summary> {
    summaries
        .all
        .iter()
        .filter(|summary| wanted.status.is_none_or(|status| summary.status == status))
        .filter(|summary| {
            let indicator = catalog.indicators.get(&summary.indicator);
            indicator.is_some_and(|indicator| wanted.keeps(catalog, indicator))
        })
        .collect()
}

fn form(visit: &Visit, catalog: &Catalog, wanted: &Wanted) -> Markup {
    let lang = visit.lang;
    let all = || (String::new(), html! { (t(lang, "filter-all")) });
    let mut boards = vec![all()];
    boards.extend(
        catalog
            .boards
            .values()
            .map(|board| (board.id.to_string(), parts::declared(visit, &board.title))),
    );
    let mut statuses = vec![all()];
    statuses.extend(Status::ALL.into_iter().map(|status| {
        (
            parts::status_class(status).to_owned(),
            html! { (status_word(lang, status)) },
        )
    }));
    let choices = html! {
        (parts::choice(
            "f-tableau", "tableau", &html! { (t(lang, "filter-board-name")) }, &boards,
            wanted.board.as_ref().map(BoardId::as_str).unwrap_or_default(),
        ))
        (parts::choice(
            "f-statut", "statut", &html! { (t(lang, "filter-status")) }, &statuses,
            wanted.status.map(parts::status_class).unwrap_or_default(),
        ))
    };
    parts::search_form(
        visit,
        "/indicateurs",
        &t(lang, "indicators-filter"),
        &t(lang, "indicators-search"),
        &choices,
    )
}
