//! `/tableaux/{board}`: filters, key figures, figures. And each figure as a CSV file.

use super::reached;
use crate::choices::Choices;
use crate::export;
use crate::failure::Failure;
use crate::figure::{self, Level};
use crate::guard::{Allowed, Export, Needs, ReadBoard};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::summaries::may_pass;
use crate::visit::Visit;
use crate::workshop;
use actix_web::HttpResponse;
use beffroi_catalog::{Board, Section, Tile};
use beffroi_figure::{Context, Drawing, Figure, compose, plan};
use beffroi_model::Period;
use beffroi_text::t;
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(allowed: Allowed<ReadBoard>) -> Result<HttpResponse, Failure> {
    allowed.page(async || build(&allowed).await).await
}

/// The values of one figure, under the same choices as its page: CSV, or CSV for Excel with
/// `format=excel`.
pub(crate) async fn download(allowed: Allowed<Export>) -> Result<HttpResponse, Failure> {
    let board = board(&allowed)?;
    let wanted = allowed.part("tile");
    let tile = tiles(board).find(|tile| tile.id == wanted);
    let tile = tile.ok_or_else(|| allowed.not_found(wanted))?;
    let choices = Choices::read(&allowed, board).await?;
    let ctx = context(&allowed, &choices);
    let answers = allowed.ask(vec![plan(tile, &ctx)]).await?;
    let figure = compose(tile, &ctx, answers.first().map_or(&[], Vec::as_slice));
    let name = format!("{}-{}-{}", board.id, tile.id, file_name(choices.period));
    Ok(export::file(&allowed.visit, &figure.table, &name))
}

/// A period fit for a file name: `2024/2025` → `2024-2025`.
fn file_name(period: Period) -> String {
    period.to_string().replace('/', "-")
}

fn board<P: Needs>(allowed: &Allowed<P>) -> Result<&Board, Failure> {
    let id = allowed.part("board");
    allowed
        .catalog()
        .boards
        .get(id)
        .ok_or_else(|| allowed.not_found(id))
}

fn tiles(board: &Board) -> impl Iterator<Item = &Tile> {
    board.sections.iter().flat_map(|section| &section.tiles)
}

fn context<'a, P>(allowed: &'a Allowed<P>, choices: &'a Choices) -> Context<'a> {
    Context {
        catalog: allowed.catalog(),
        lang: allowed.lang(),
        today: allowed.town().today(),
        now: allowed.town().now(),
        period: choices.period,
        filters: &choices.filters,
        compare: choices.compare,
        scopes: allowed.scopes(),
    }
}

async fn build(allowed: &Allowed<ReadBoard>) -> Result<Page, Failure> {
    let board = board(allowed)?;
    let visit = &allowed.visit;
    let title = board.title.get(visit.english()).0.to_owned();
    let path = format!("/tableaux/{}", board.id);
    let (body, lasting) = body(allowed, board, &path, true).await?;
    Ok(Page::new(title, Nav::Boards)
        .under(visit.link("/tableaux"), t(visit.lang, "nav-boards"))
        .body(body)
        .lasting(lasting))
}

/// The content of the page of a board, which lies at `path`, and whether it may be kept. Figures
/// that are not published yet have no files.
pub(crate) async fn body(
    allowed: &Allowed<ReadBoard>,
    board: &Board,
    path: &str,
    with_files: bool,
) -> Result<(Markup, bool), Failure> {
    let choices = Choices::read(allowed, board).await?;
    let ctx = context(allowed, &choices);
    let plans = tiles(board).map(|tile| plan(tile, &ctx)).collect();
    let answers = allowed.ask(plans).await?;
    let lasting = choices.lasting && !answers.iter().flatten().any(may_pass);
    let shown: Vec<_> = tiles(board)
        .map(|tile| tile.indicators.as_slice())
        .collect();
    let said = workshop::of_figures(allowed, &shown, choices.period).await?;
    let figures = tiles(board)
        .zip(&answers)
        .map(|(tile, answers)| compose(tile, &ctx, answers));
    let mut figures = figures.zip(said);

    let visit = &allowed.visit;
    let lang = visit.lang;
    let catalog = allowed.catalog();
    let exports = with_files.then_some(Exports {
        visit,
        path,
        choices: &choices,
    });
    let body = html! {
        div.page-tete {
            div {
                @if let Some(department) = catalog.town.departments.get(&board.department) {
                    p.surtitre { (parts::declared(visit, &department.title)) }
                }
                h1 { (parts::declared(visit, &board.title)) }
                @if !board.summary.is_empty() { p.chapo { (parts::declared(visit, &board.summary)) } }
            }
        }
        (reached::note(allowed, tiles(board).flat_map(|tile| &tile.indicators)))
        @if let Some(count) = allowed.reach().left_out.get(&board.id) {
            p.avis { (parts::counted(lang, "board-out-of-reach", *count)) }
        }
        (choices.form(visit, catalog, path))
        p.filtres-bilan {
            span { (t(lang, "filter-shown")) " " (choices.in_words(visit, catalog)) "." }
            @if !choices.is_default() { a href=(visit.link(path)) { (t(lang, "filter-reset")) } }
        }
        (parts::messages(lang, &choices.messages))
        @for (number, part) in board.sections.iter().enumerate() {
            @let composed: Vec<(Figure, Markup)> = figures.by_ref().take(part.tiles.len()).collect();
            (section(visit, number, part, &composed, exports.as_ref()))
        }
    };
    Ok((body, lasting))
}

/// A section: key figures that follow each other stand in one row.
fn section(
    visit: &Visit,
    number: usize,
    section: &Section,
    figures: &[(Figure, Markup)],
    exports: Option<&Exports>,
) -> Markup {
    let heading = format!("s-{}", number + 1);
    let runs = figures.chunk_by(|(a, _), (b, _)| is_key(a) == is_key(b));
    let all_key = figures.iter().all(|(it, _)| is_key(it));
    html! {
        section.section aria-labelledby=(heading) {
            h2.(if all_key || section.title.is_empty() { "hors-ecran" } else { "section-titre" }) id=(heading) {
                @if !section.title.is_empty() { (parts::declared(visit, &section.title)) }
                @else if all_key { (t(visit.lang, "board-key-figures")) }
                @else { (t(visit.lang, "board-figures")) " " (number + 1) }
            }
            @for run in runs {
                @if run.first().is_some_and(|(it, _)| is_key(it)) {
                    (key_row(visit, run))
                } @else {
                    div.grille.suite {
                        @for (figure, said) in run {
                            (figure::commented(visit, figure, Level::Three, exports.map(|it| it.of(figure)).as_ref(), said))
                        }
                    }
                }
            }
        }
    }
}

fn is_key(figure: &Figure) -> bool {
    matches!(figure.drawing, Drawing::Kpi(_))
}

fn key_row(visit: &Visit, figures: &[(Figure, Markup)]) -> Markup {
    html! {
        div.cadre.fin.suite {
            ul.cles {
                @for (figure, _) in figures {
                    @if let Drawing::Kpi(summaries) = &figure.drawing {
                        @for summary in summaries { (figure::key_figure(visit, summary)) }
                    }
                }
            }
        }
    }
}

/// Addresses of the files of a board's figures.
struct Exports<'a> {
    visit: &'a Visit,
    path: &'a str,
    choices: &'a Choices,
}

impl Exports<'_> {
    fn of(&self, figure: &Figure) -> [String; 2] {
        let path = format!("{}/figures/{}.csv", self.path, figure.id);
        let chosen = self.choices.params();
        let params: Vec<(&str, &str)> = chosen
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        export::addresses(self.visit, &path, &params)
    }
}
