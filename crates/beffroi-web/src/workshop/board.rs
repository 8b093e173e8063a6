//! `/atelier/brouillons/{draft}/tableaux/{board}`: a board is composed: its sections, its figures,
//! their order, their width and their words, with a figure as it would be beside.

use super::bounds::{declares, name};
use super::dataset::departments;
use super::parts::{
    Area, Step, choose, conflict, made_from, made_of, on, option, origin, page_of, send, steps,
    told, troubles,
};
use super::work::{Kept, Over, Work};
use crate::failure::Failure;
use crate::figure::{self, Level};
use crate::forms::{self, Field};
use crate::guard::{Allowed, Compose, Form, Posted, ReadBoard};
use crate::parts;
use crate::visit::Visit;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_catalog::lineage::board_indicators;
use beffroi_catalog::{Board, Catalog, Dataset, Figure, Indicator, Measure};
use beffroi_figure::{Compare, Context, compose, plan};
use beffroi_model::{DepartmentId, DimensionId, is_id};
use beffroi_text::{Lang, t, t_args};
use beffroi_workshop::gallery::{self, templates};
use beffroi_workshop::propose::{board_text, first_figures};
use beffroi_workshop::{BoardForm, SectionForm, TileForm, id_from_title};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// The id of a board that has none yet.
const NEW: &str = "nouveau";
/// Figures of a board.
const MOST_TILES: usize = 60;
/// Columns that a figure may take, in the order that a button goes through.
const WIDTHS: [u8; 6] = [12, 6, 4, 8, 7, 5];

/// The board of the address: its path and text; neither for a new one.
async fn wanted(
    allowed: &Allowed<Compose>,
    work: &Work,
) -> Result<Option<(String, Option<String>)>, Failure> {
    let id = allowed.part("board");
    if id == NEW {
        return Ok(None);
    }
    let path = format!("boards/{id}.toml");
    let is_known = work.file(&path).is_some() || declares(allowed, "boards", id);
    if !is_id(id) || !is_known {
        return Err(allowed.not_found(id));
    }
    let text = work.text(allowed, &path).await?;
    Ok(Some((path, text)))
}

/// The place of a figure: its section, its number there.
type Spot = (usize, usize);

fn spot(text: &str) -> Option<Spot> {
    let (section, tile) = text.split_once('-')?;
    Some((section.parse().ok()?, tile.parse().ok()?))
}

/// The page.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let work = Work::open(&allowed).await?;
    let over = work.overlaid(&allowed).await?;
    let Some((path, text)) = wanted(&allowed, &work).await? else {
        return Ok(beginning(&allowed, &work, &over, "", StatusCode::OK));
    };
    let Ok(form) = BoardForm::read(text.as_deref().unwrap_or_default()) else {
        return Ok(on(
            &allowed.visit,
            &work.path(&format!("/textes/{path}")),
            "a-la-main",
        ));
    };
    let made = made_from(&work, &path, text.as_deref());
    let notes = html! { (told(&allowed.visit)) (troubles(&allowed, &over)) };
    let chosen = allowed.visit.param("figure").and_then(spot);
    page(
        &allowed,
        &work,
        &over,
        Shown {
            form: &form,
            chosen,
            made,
            notes,
            status: StatusCode::OK,
        },
    )
    .await
}

struct Shown<'a> {
    form: &'a BoardForm,
    chosen: Option<Spot>,
    made: Markup,
    notes: Markup,
    status: StatusCode,
}

fn line(name: &str, label: &str, value: &str, optional: bool, help: &str) -> Markup {
    Field {
        name,
        label,
        value,
        help,
        optional,
        autocomplete: "off",
        ..Field::default()
    }
    .markup()
}

/// The indicators that this person may put on a board: those they reach in full, those of the
/// draft.
fn offered<'a>(allowed: &'a Allowed<Compose>, over: &'a Over, work: &Work) -> Vec<&'a Indicator> {
    let catalog = over.catalog().unwrap_or_else(|| allowed.catalog());
    let drafted: BTreeSet<&str> = work
        .files
        .iter()
        .filter_map(|it| name(&it.path))
        .filter_map(|(folder, id)| (folder == "indicators").then_some(id))
        .collect();
    let mut offered: Vec<&Indicator> = catalog
        .indicators
        .values()
        .filter(|it| {
            drafted.contains(it.id.as_str()) || allowed.catalog().indicators.contains_key(&it.id)
        })
        .collect();
    offered.sort_by_key(|it| {
        (
            !drafted.contains(it.id.as_str()),
            it.title.fr.to_lowercase(),
        )
    });
    offered
}

fn options_of(allowed: &Allowed<Compose>, offered: &[&Indicator]) -> Vec<(String, String)> {
    let english = allowed.visit.english();
    offered
        .iter()
        .map(|it| option(&it.id, it.title.get(english).0))
        .collect()
}

async fn page(
    allowed: &Allowed<Compose>,
    work: &Work,
    over: &Over,
    shown: Shown<'_>,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let id = allowed.part("board");
    let form = shown.form;
    let here = work.path(&format!("/tableaux/{id}"));
    let title = t_args(lang, "ws-compose", &[("title", form.title.as_str().into())]).into_owned();
    let chosen = shown.chosen.filter(|(section, tile)| {
        form.sections
            .get(*section)
            .is_some_and(|it| it.tiles.len() > *tile)
    });
    let offered = offered(allowed, over, work);
    let seen = preview(allowed, over, id, form, chosen).await?;
    let csrf = allowed.visitor().csrf();
    let hidden = html! { (forms::token(&csrf)) (shown.made) };
    let action = visit.link(&here);
    let body = html! {
        div.page-tete { div {
            p.surtitre { (t(lang, "nav-workshop")) " · " (work.draft.title) }
            h1 { (title) }
        } }
        (steps(visit, work, Step::Board))
        (shown.notes)
        div.actions.section {
            a.bouton.second href=(visit.link(&work.path(&format!("/apercu/tableaux/{id}")))) { (t(lang, "ws-preview-whole")) }
            a.bouton.discret href=(visit.link(&work.path(""))) { (t(lang, "ws-to-publish")) }
            a href=(visit.link(&work.path(&format!("/textes/boards/{id}.toml")))) { (t(lang, "ws-by-hand")) }
        }
        div.grille.section {
            section.bloc."c-4" aria-labelledby="h-figures" {
                div.bloc-tete { h2 #h-figures { (t(lang, "ws-tiles")) } p { (parts::counted(lang, "boards-figures", count(form))) } }
                form.pile method="post" action=(action) data-ordre="1" {
                    (hidden)
                    @if let Some((section, tile)) = chosen { input type="hidden" name="figure" value={ (section) "-" (tile) }; }
                    @for (number, section) in form.sections.iter().enumerate() {
                        (section_list(lang, form, number, section, chosen, over.catalog(), work.may_edit))
                    }
                    @if work.may_edit {
                        fieldset.etape-form {
                            legend { (t(lang, "ws-tile-add")) }
                            (choose("indicateur", &t(lang, "what-indicator"), "", &options_of(allowed, &offered), ""))
                            (choose("dessin", &t(lang, "ws-figure"), "", &figures(lang), "kpi"))
                            @if form.sections.len() > 1 {
                                @let sections: Vec<_> = form.sections.iter().enumerate().map(|(number, it)| option(number, section_name(lang, number, it))).collect();
                                (choose("ou", &t(lang, "ws-section"), "", &sections, &form.sections.len().saturating_sub(1).to_string()))
                            }
                            div.actions { button.bouton.second type="submit" name="faire" value="ajouter" { (t(lang, "ws-tile-add")) } }
                        }
                        (line("section", &t(lang, "ws-section-title"), "", true, ""))
                        div.actions { button.bouton.discret type="submit" name="faire" value="section" { (t(lang, "ws-section-add")) } }
                    }
                }
                (outline(lang, form, chosen))
            }
            section.bloc."c-4" aria-labelledby="h-reglage" {
                @if let Some(spot) = chosen {
                    (tile_form(allowed, over, form, spot, &offered, &action, &hidden, work.may_edit))
                } @else {
                    (board_form(allowed, over, form, &action, &hidden, work.may_edit))
                }
            }
            div."c-4" { div.collant.pile #apercu data-apercu="1" { (seen) } }
        }
    };
    Ok(send(
        allowed,
        page_of(visit, work, title).body(body),
        shown.status,
    ))
}

fn count(form: &BoardForm) -> usize {
    form.sections.iter().map(|it| it.tiles.len()).sum()
}

fn section_name(lang: Lang, number: usize, section: &SectionForm) -> String {
    match section.title.as_str() {
        "" => t_args(
            lang,
            "ws-section-number",
            &[("number", (number + 1).into())],
        )
        .into_owned(),
        title => title.to_owned(),
    }
}

fn tile_name(catalog: Option<&Catalog>, tile: &TileForm) -> String {
    if !tile.title.is_empty() {
        return tile.title.clone();
    }
    let id = tile.indicators.first().map_or("", String::as_str);
    let known = catalog.and_then(|it| it.indicators.get(id));
    known.map_or_else(|| id.to_owned(), |it| it.title.fr.clone())
}

fn small(lang: Lang, value: String, sign: &str, words: &str, name: &str, off: bool) -> Markup {
    html! {
        button.bouton.discret.mini type="submit" name="faire" value=(value) disabled[off]
            title=(t_args(lang, words, &[("name", name.into())]))
            aria-label=(t_args(lang, words, &[("name", name.into())])) { (sign) }
    }
}

fn section_list(
    lang: Lang,
    form: &BoardForm,
    number: usize,
    section: &SectionForm,
    chosen: Option<Spot>,
    catalog: Option<&Catalog>,
    may_edit: bool,
) -> Markup {
    let title = section_name(lang, number, section);
    let last = form.sections.len() - 1;
    html! {
        div.section-tuiles {
            div.tuile {
                h3 { (title) }
                @if may_edit {
                    div.actions {
                        (small(lang, format!("section-monter:{number}"), "↑", "ws-move-up", &title, number == 0))
                        (small(lang, format!("section-descendre:{number}"), "↓", "ws-move-down", &title, number == last))
                        (small(lang, format!("section-retirer:{number}"), "×", "ws-remove", &title, !section.tiles.is_empty() || last == 0))
                    }
                }
            }
            ol.tuiles {
                @for (place, tile) in section.tiles.iter().enumerate() {
                    @let name = tile_name(catalog, tile);
                    @let is_first = number == 0 && place == 0;
                    @let is_last = number == last && place + 1 == section.tiles.len();
                    li.tuile.active[chosen == Some((number, place))] data-place={ (number) "-" (place) } {
                        div {
                            h4 { (name) }
                            p { (t(lang, &format!("ws-figure-{}", figure_word(tile)))) " · " (t_args(lang, "ws-columns-wide", &[("count", u64::from(tile.width.unwrap_or(12)).into())])) }
                        }
                        @if may_edit {
                            div.actions {
                                (small(lang, format!("monter:{number}-{place}"), "↑", "ws-move-up", &name, is_first))
                                (small(lang, format!("descendre:{number}-{place}"), "↓", "ws-move-down", &name, is_last))
                                (small(lang, format!("largeur:{number}-{place}"), "↔", "ws-resize", &name, false))
                                (small(lang, format!("regler:{number}-{place}"), "✎", "ws-set", &name, false))
                                (small(lang, format!("retirer:{number}-{place}"), "×", "ws-remove", &name, false))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn figure_word(tile: &TileForm) -> &str {
    let known = Figure::ALL.iter().any(|(_, word)| *word == tile.figure);
    if known { &tile.figure } else { "table" }
}

fn figures(lang: Lang) -> Vec<(String, String)> {
    let all = Figure::ALL.iter();
    all.map(|(_, word)| option(word, t(lang, &format!("ws-figure-{word}"))))
        .collect()
}

/// The page in the small: which figure stands where.
fn outline(lang: Lang, form: &BoardForm, chosen: Option<Spot>) -> Markup {
    let places = form
        .sections
        .iter()
        .enumerate()
        .flat_map(|(section, part)| {
            let tiles = part.tiles.iter().enumerate();
            tiles.map(move |(place, tile)| ((section, place), tile.width.unwrap_or(12)))
        });
    html! {
        h3.sous-h { (t(lang, "ws-outline")) }
        ol.plan aria-label=(t(lang, "ws-outline")) {
            @for (number, (place, width)) in places.enumerate() {
                li.{ "l" (width) }.ici[chosen == Some(place)] { (number + 1) }
            }
        }
    }
}

/// What the board is called, whose it is, and its filters.
fn board_form(
    allowed: &Allowed<Compose>,
    over: &Over,
    form: &BoardForm,
    action: &str,
    hidden: &Markup,
    may_edit: bool,
) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let id = allowed.part("board");
    let catalog = over.catalog().unwrap_or_else(|| allowed.catalog());
    html! {
        h2 #h-reglage { (t(lang, "ws-board-settings")) }
        form.pile method="post" action=(action) {
            (hidden)
            (line("titre", &t(lang, "ws-title"), &form.title, false, ""))
            (Area { name: "resume", label: &t(lang, "ws-summary"), help: &t(lang, "ws-summary-what"), value: &form.summary, rows: 3, error: "" }.markup())
            (choose("direction", &t(lang, "dataset-department"), "", &departments(allowed), &form.department))
            (line("ordre", &t(lang, "ws-order"), &form.order.map(|it| it.to_string()).unwrap_or_default(), true, &t(lang, "ws-order-what")))
            (filters(visit, catalog, id, form))
            details open[!form.title_en.is_empty()] {
                summary { (t(lang, "ws-english")) }
                (line("titre-en", &t(lang, "ws-title-en"), &form.title_en, true, ""))
                (Area { name: "resume-en", label: &t(lang, "ws-summary-en"), help: "", value: &form.summary_en, rows: 3, error: "" }.markup())
            }
            fieldset {
                legend { (t(lang, "ws-sections")) }
                @for (number, section) in form.sections.iter().enumerate() {
                    (line(&format!("section{number}"), &t_args(lang, "ws-section-number", &[("number", (number + 1).into())]), &section.title, true, ""))
                }
            }
            @if may_edit { div.actions { button.bouton type="submit" name="faire" value="garder" { (t(lang, "ws-keep")) } } }
        }
    }
}

/// The filters that the board may have: the axes of its figures, each with the figures that it
/// does not concern.
fn filters(visit: &Visit, catalog: &Catalog, id: &str, form: &BoardForm) -> Markup {
    let lang = visit.lang;
    let shown = indicators_of(catalog, id, form);
    let mut axes: Vec<&DimensionId> = shown.iter().flat_map(|it| &it.dimensions).collect();
    axes.sort();
    axes.dedup();
    let title = |id: &DimensionId| catalog.dimensions.get(id).map(|it| &it.title);
    html! {
        fieldset {
            legend { (t(lang, "ws-filters")) }
            p.aide { (t(lang, "ws-filters-what")) }
            @for axis in axes {
                @let ticked = form.filters.iter().any(|it| it == axis.as_str());
                @let deaf: Vec<&str> = shown.iter().filter(|it| !it.dimensions.contains(axis)).map(|it| it.title.get(visit.english()).0).collect();
                (forms::tick("filtre", axis.as_str(), ticked, &html! {
                    @if let Some(title) = title(axis).filter(|it| !it.is_empty()) { (parts::declared(visit, title)) } @else { (axis) }
                    @if !deaf.is_empty() { " " span.discret { (t_args(lang, "ws-filter-ignored", &[("count", deaf.len().into()), ("names", deaf.join(", ").into())])) } }
                }))
            }
        }
    }
}

/// The indicators of a board, as it is drafted, else as it is written in its form.
fn indicators_of<'a>(catalog: &'a Catalog, id: &str, form: &BoardForm) -> Vec<&'a Indicator> {
    if let Some(board) = catalog.boards.get(id) {
        return board_indicators(catalog, board).collect();
    }
    let mut found: Vec<&Indicator> = Vec::new();
    for id in form
        .sections
        .iter()
        .flat_map(|it| &it.tiles)
        .flat_map(|it| &it.indicators)
    {
        if let Some(one) = catalog.indicators.get(id.as_str())
            && !found.iter().any(|known| known.id == one.id)
        {
            found.push(one);
        }
    }
    found
}

const GRAINS: [&str; 5] = ["", "month", "quarter", "year", "school_year"];
const VIEWS: [&str; 10] = [
    "",
    "growth",
    "cumulative",
    "year_to_date",
    "moving_average:12",
    "share",
    "rank",
    "per_inhabitant",
    "constant_euros",
    "index",
];

#[allow(clippy::too_many_arguments)]
fn tile_form(
    allowed: &Allowed<Compose>,
    over: &Over,
    form: &BoardForm,
    (section, place): Spot,
    offered: &[&Indicator],
    action: &str,
    hidden: &Markup,
    may_edit: bool,
) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let Some(tile) = form
        .sections
        .get(section)
        .and_then(|it| it.tiles.get(place))
    else {
        return html! {};
    };
    let catalog = over.catalog().unwrap_or_else(|| allowed.catalog());
    let first = tile
        .indicators
        .first()
        .and_then(|id| catalog.indicators.get(id.as_str()));
    let mut axes = vec![option("", t(lang, "ws-by-none"))];
    if let Some(indicator) = first {
        axes.extend(indicator.dimensions.iter().map(|id| {
            let title = catalog
                .dimensions
                .get(id)
                .map(|it| it.title.get(visit.english()).0);
            option(id, title.filter(|it| !it.is_empty()).unwrap_or(id.as_str()))
        }));
    }
    let mut others = vec![option("", t(lang, "ws-column-none"))];
    others.extend(options_of(allowed, offered));
    let grains: Vec<_> = GRAINS
        .iter()
        .map(|it| {
            option(
                it,
                t(
                    lang,
                    &format!("ws-grain-{}", if it.is_empty() { "auto" } else { it }),
                ),
            )
        })
        .collect();
    let mut views: Vec<_> = VIEWS
        .iter()
        .map(|it| {
            option(
                it,
                t(
                    lang,
                    &format!(
                        "ws-view-{}",
                        if it.is_empty() {
                            "value".to_owned()
                        } else {
                            it.replace([':', '_'], "-")
                        }
                    ),
                ),
            )
        })
        .collect();
    if !tile.show.is_empty() && !VIEWS.contains(&tile.show.as_str()) {
        views.push(option(&tile.show, tile.show.as_str()));
    }
    let widths: Vec<_> = (3..=12)
        .map(|it| {
            option(
                it,
                t_args(
                    lang,
                    "ws-columns-wide",
                    &[("count", u64::from(it as u8).into())],
                ),
            )
        })
        .collect();
    let number = |value: Option<u32>| value.map(|it| it.to_string()).unwrap_or_default();
    html! {
        h2 #h-reglage { (t_args(lang, "ws-tile-set", &[("name", tile_name(over.catalog(), tile).into())])) }
        form.pile #f-tuile method="post" action=(action) {
            (hidden)
            input type="hidden" name="figure" value={ (section) "-" (place) };
            fieldset.etape-form {
                legend { (t(lang, "ws-tile-data")) }
                (choose("indicateur", &t(lang, "what-indicator"), "", &options_of(allowed, offered), tile.indicators.first().map_or("", String::as_str)))
                (choose("indicateur2", &t(lang, "ws-tile-second"), &t(lang, "ws-tile-second-what"), &others, tile.indicators.get(1).map_or("", String::as_str)))
            }
            fieldset.etape-form {
                legend { (t(lang, "ws-tile-drawing")) }
                div.duo {
                    (choose("dessin", &t(lang, "ws-figure"), "", &figures(lang), &tile.figure))
                    (choose("par", &t(lang, "ws-by"), "", &axes, &tile.by))
                    (choose("grain", &t(lang, "ws-grain"), "", &grains, &tile.grain))
                    (choose("vue", &t(lang, "ws-view"), "", &views, &tile.show))
                    (line("periodes", &t(lang, "ws-periods"), &number(tile.periods), true, ""))
                    (line("premiers", &t(lang, "ws-top"), &number(tile.top), true, &t(lang, "ws-top-what")))
                    (choose("largeur", &t(lang, "ws-width"), "", &widths, &tile.width.unwrap_or(12).to_string()))
                }
            }
            fieldset.etape-form {
                legend { (t(lang, "ws-tile-words")) }
                (Area { name: "titre", label: &t(lang, "ws-tile-title"), help: &t(lang, "ws-tile-title-what"), value: &tile.title, rows: 2, error: "" }.markup())
                (Area { name: "note", label: &t(lang, "ws-tile-note"), help: &t(lang, "ws-tile-note-what"), value: &tile.note, rows: 2, error: "" }.markup())
            }
            @if may_edit {
                div.actions {
                    button.bouton type="submit" name="faire" value="figure" { (t(lang, "ws-tile-keep")) }
                    a.bouton.discret href=(action) { (t(lang, "ws-tile-close")) }
                }
            }
        }
    }
}

/// The chosen figure as it would be, else the first ones.
async fn preview(
    allowed: &Allowed<Compose>,
    over: &Over,
    id: &str,
    form: &BoardForm,
    chosen: Option<Spot>,
) -> Result<Markup, Failure> {
    let lang = allowed.lang();
    let Some(with) = over.as_oneself::<_, ReadBoard>(allowed) else {
        return Ok(html! { p.avis { (t(lang, "ws-no-preview")) } });
    };
    let Some(board) = with.catalog().boards.get(id) else {
        return Ok(html! { p.avis { (t(lang, "ws-no-preview")) } });
    };
    let (section, place) = chosen.unwrap_or((0, 0));
    let written = form
        .sections
        .get(section)
        .and_then(|it| it.tiles.get(place));
    let drafted = board
        .sections
        .get(section)
        .and_then(|it| it.tiles.get(place));
    let (Some(tile), Some(_)) = (drafted, written) else {
        return Ok(html! { p.avis { (t(lang, "ws-no-tile")) } });
    };
    let period = with.default_period(board.grain, &tile.indicators).await?;
    let ctx = Context {
        catalog: with.catalog(),
        lang,
        today: with.town().today(),
        now: with.town().now(),
        period,
        filters: &[],
        compare: Compare::PreviousYear,
        scopes: with.scopes(),
    };
    let answers = with.ask(vec![plan(tile, &ctx)]).await?;
    let composed = compose(tile, &ctx, answers.first().map_or(&[], Vec::as_slice));
    Ok(html! {
        section.bloc aria-labelledby="h-apercu" {
            h2 #h-apercu { (t(lang, "ws-preview")) }
            div.apercu-vif { (figure::figure(&with.visit, &composed, Level::Three, None)) }
        }
    })
}

/// How a board begins: with first figures, from a ready one, as a copy of another, empty.
fn beginning(
    allowed: &Allowed<Compose>,
    work: &Work,
    over: &Over,
    wrong: &str,
    status: StatusCode,
) -> HttpResponse {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let english = visit.english();
    let datasets: Vec<&Dataset> = at_hand(allowed, work, over);
    let copies: Vec<_> = allowed
        .catalog()
        .boards
        .values()
        .filter(|it| is_whole(allowed, it.id.as_str()))
        .map(|it| option(&it.id, it.title.get(english).0))
        .collect();
    let sets: Vec<_> = datasets
        .iter()
        .map(|it| option(&it.id, it.title.get(english).0))
        .collect();
    let ready: Vec<_> = templates()
        .iter()
        .map(|it| option(&it.id, it.title.as_str()))
        .collect();
    let body = html! {
        div.page-tete { div {
            p.surtitre { (work.draft.title) }
            h1 { (t(lang, "ws-board-make")) }
            p.chapo { (t(lang, "ws-board-make-lead")) }
        } }
        (steps(visit, work, Step::Board))
        (forms::refused(wrong))
        form.pile method="post" action=(visit.link(&work.path("/tableaux/nouveau"))) {
            (forms::token(&allowed.visitor().csrf()))
            (line("titre", &t(lang, "ws-title"), &work.draft.title, false, ""))
            (choose("direction", &t(lang, "dataset-department"), "", &departments(allowed), work.draft.department.as_ref().map_or("", |it| it.as_str())))
            fieldset {
                legend { (t(lang, "ws-begin")) }
                @if !sets.is_empty() {
                    label.choix { input type="radio" name="debut" value="chiffres" checked; span { (t(lang, "ws-begin-figures")) } }
                    label.choix { input type="radio" name="debut" value="modele"; span { (t(lang, "ws-begin-template")) } }
                }
                label.choix { input type="radio" name="debut" value="copie"; span { (t(lang, "ws-begin-copy")) } }
                label.choix { input type="radio" name="debut" value="vide" checked[sets.is_empty()]; span { (t(lang, "ws-begin-empty")) } }
            }
            div.duo {
                @if !sets.is_empty() {
                    (choose("jeu", &t(lang, "what-dataset"), &t(lang, "ws-begin-dataset-what"), &sets, sets.first().map_or("", |it| it.0.as_str())))
                    (choose("modele", &t(lang, "ws-template"), "", &ready, ""))
                }
                (choose("copie", &t(lang, "ws-copy-of"), "", &copies, ""))
            }
            div.actions { button.bouton type="submit" { (t(lang, "ws-board-make")) } }
        }
    };
    let title = t(lang, "ws-board-make");
    send(allowed, page_of(visit, work, title).body(body), status)
}

/// Whether a board is reached with all its figures: its text tells of no other.
fn is_whole(allowed: &Allowed<Compose>, id: &str) -> bool {
    let reach = allowed.reach();
    allowed.catalog().boards.contains_key(id) && !reach.left_out.contains_key(id)
}

/// The datasets that a board may begin from: those of the draft first, then those of this person.
fn at_hand<'a>(allowed: &'a Allowed<Compose>, work: &Work, over: &'a Over) -> Vec<&'a Dataset> {
    let catalog = over.catalog().unwrap_or_else(|| allowed.catalog());
    let own = allowed.departments();
    let of_draft = |it: &Dataset| {
        work.deliveries
            .iter()
            .any(|one| one.dataset.as_ref() == Some(&it.id))
    };
    let mut found: Vec<&Dataset> = catalog
        .datasets
        .values()
        .filter(|it| it.time.is_some() && own.contains(&it.department))
        .filter(|it| {
            !allowed.whole_catalog().datasets.contains_key(&it.id)
                || allowed.reach().counted.contains(&it.id)
        })
        .collect();
    found.sort_by_key(|it| !of_draft(it));
    found
}

/// Files that a new board comes with: path and text.
type Files = Vec<(String, String)>;

/// Makes a board.
async fn make(
    allowed: &Allowed<Compose>,
    work: &Work,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let lang = allowed.lang();
    let over = work.overlaid(allowed).await?;
    let again = |words: &str| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(beginning(allowed, work, &over, &t(lang, words), status))
    };
    let title = form.get("titre");
    let taken = |folder: &str, id: &str| {
        allowed.is_taken(&format!("{folder}/{id}"))
            || work.file(&format!("{folder}/{id}.toml")).is_some()
    };
    let Some(id) = id_from_title(title, |id| taken("boards", id) || id == NEW) else {
        return again("ws-wrong-title");
    };
    let catalog = over.catalog().unwrap_or_else(|| allowed.catalog());
    let blank = BoardForm {
        title: title.to_owned(),
        department: form.get("direction").to_owned(),
        sections: vec![SectionForm::default()],
        ..BoardForm::default()
    };
    let sets = at_hand(allowed, work, &over);
    let dataset = sets.iter().find(|it| it.id.as_str() == form.get("jeu"));
    let made: Result<Files, &str> = match (form.get("debut"), dataset) {
        ("chiffres", Some(dataset)) => first(allowed, catalog, dataset, blank, &id, taken),
        ("modele", Some(dataset)) => {
            let template = templates().iter().find(|it| it.id == form.get("modele"));
            let department = DepartmentId::new(&blank.department).ok();
            let made = template.zip(department).and_then(|(it, department)| {
                gallery::instantiate(it, dataset, catalog, &department).ok()
            });
            match made {
                Some(made) => renamed(made, &blank, &id, allowed, taken),
                None => Err("ws-template-misfits"),
            }
        }
        ("copie", _) => {
            let from = form.get("copie");
            let is_reached = is_whole(allowed, from);
            let path = format!("boards/{from}.toml");
            match super::work::published(allowed, &path).await? {
                Some(text) if is_reached => copied(&text, &blank, &id),
                _ => Err("ws-copy-none"),
            }
        }
        _ => blank
            .write("")
            .map(|text| vec![(format!("boards/{id}.toml"), text)])
            .map_err(|_| "ws-unwritable"),
    };
    let files = match made {
        Ok(files) => files,
        Err(words) => return again(words),
    };
    for (path, text) in files {
        work.keep(allowed, &path, Some(text), None).await?;
    }
    Ok(on(
        &allowed.visit,
        &work.path(&format!("/tableaux/{id}")),
        "tableau",
    ))
}

/// A board of the first figures that a dataset gives.
fn first(
    allowed: &Allowed<Compose>,
    catalog: &Catalog,
    dataset: &Dataset,
    mut board: BoardForm,
    id: &str,
    taken: impl Fn(&str, &str) -> bool,
) -> Result<Files, &'static str> {
    let mut files = Files::new();
    let mut figures = Vec::new();
    let department = DepartmentId::new(&board.department).map_err(|_| "ws-wrong-title")?;
    let owner = &allowed.visitor().person.name;
    // Several figures may be of one indicator.
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    for mut proposed in first_figures(dataset, catalog) {
        if let Some(known) = named.get(&proposed.indicator.id) {
            proposed.indicator.id.clone_from(known);
            figures.push(proposed);
            continue;
        }
        let wanted = proposed.indicator.id.clone();
        let is_known = |id: &str| {
            let path = format!("indicators/{id}.toml");
            taken("indicators", id) || files.iter().any(|(known, _)| *known == path)
        };
        // A figure that the draft has already is used, not made twice.
        let existing = catalog.indicators.values().find(|it| {
            let is_of =
                matches!(&it.measure, Measure::Direct { dataset: of, .. } if *of == dataset.id);
            is_of && it.measure.text() == proposed.indicator.measure
        });
        match existing {
            Some(existing) => proposed.indicator.id = existing.id.to_string(),
            None => {
                let Some(new) = id_from_title(&proposed.indicator.title, is_known) else {
                    continue;
                };
                proposed.indicator.id.clone_from(&new);
                let text = proposed.indicator.to_text(&department, owner);
                files.push((format!("indicators/{new}.toml"), text));
            }
        }
        named.insert(wanted, proposed.indicator.id.clone());
        figures.push(proposed);
    }
    if figures.is_empty() {
        return Err("ws-no-figures");
    }
    let text = board_text(&board.title, &department, &figures);
    board.grain = BoardForm::read(&text).map_err(|_| "ws-unwritable")?.grain;
    board.sections = BoardForm::read(&text)
        .map_err(|_| "ws-unwritable")?
        .sections;
    let text = board.write(&text).map_err(|_| "ws-unwritable")?;
    files.push((format!("boards/{id}.toml"), text));
    Ok(files)
}

/// What a template made, under names that nobody has.
fn renamed(
    made: gallery::Made,
    blank: &BoardForm,
    id: &str,
    allowed: &Allowed<Compose>,
    taken: impl Fn(&str, &str) -> bool,
) -> Result<Files, &'static str> {
    let (mut files, mut board) = (
        Files::new(),
        BoardForm::read(&made.board.1).map_err(|_| "ws-unwritable")?,
    );
    for (wanted, text) in made.indicators {
        let is_known = |id: &str| {
            taken("indicators", id)
                || files
                    .iter()
                    .any(|(path, _)| *path == format!("indicators/{id}.toml"))
        };
        let new = id_from_title(&wanted, is_known).ok_or("ws-unwritable")?;
        let mut form = beffroi_workshop::IndicatorForm::read(&text).map_err(|_| "ws-unwritable")?;
        form.owner.clone_from(&allowed.visitor().person.name);
        let text = form.write(&text).map_err(|_| "ws-unwritable")?;
        for tile in board.sections.iter_mut().flat_map(|it| &mut it.tiles) {
            for one in &mut tile.indicators {
                if *one == wanted {
                    one.clone_from(&new);
                }
            }
        }
        for one in &mut board.home {
            if *one == wanted {
                one.clone_from(&new);
            }
        }
        files.push((format!("indicators/{new}.toml"), text));
    }
    board.title.clone_from(&blank.title);
    board.department.clone_from(&blank.department);
    let text = board.write(&made.board.1).map_err(|_| "ws-unwritable")?;
    files.push((format!("boards/{id}.toml"), text));
    Ok(files)
}

/// Another board as a start.
fn copied(text: &str, blank: &BoardForm, id: &str) -> Result<Files, &'static str> {
    let mut board = BoardForm::read(text).map_err(|_| "ws-unwritable")?;
    board.title.clone_from(&blank.title);
    board.title_en.clear();
    board.department.clone_from(&blank.department);
    let text = board.write(text).map_err(|_| "ws-unwritable")?;
    Ok(vec![(format!("boards/{id}.toml"), text)])
}

/// What a form does to a board: where the eye goes next, or why nothing was done.
fn change(form: &Form, board: &mut BoardForm) -> Result<Option<Spot>, &'static str> {
    let (action, place) = match form.get("faire").split_once(':') {
        Some((action, place)) => (action, place),
        None => (form.get("faire"), ""),
    };
    let chosen = spot(form.get("figure"));
    let whole = |name: &str| -> Result<Option<u32>, &'static str> {
        match form.get(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| "ws-wrong-number"),
        }
    };
    match (action, spot(place), place.parse::<usize>().ok()) {
        ("monter", Some((section, tile)), _) => board.move_tile_up(section, tile),
        ("descendre", Some((section, tile)), _) => board.move_tile_down(section, tile),
        ("deplacer", ..) => {
            let places = place.split_once(':');
            let places = places.and_then(|(from, to)| Some((spot(from)?, spot(to)?)));
            let Some((from, to)) = places else {
                return Err("ws-no-tile");
            };
            board.move_tile_to(from, to.0, to.1);
            return Ok(Some(to));
        }
        ("regler", spot, _) => return Ok(spot),
        ("largeur", Some((section, tile)), _) => {
            let now = board
                .tile(section, tile)
                .and_then(|it| it.width)
                .unwrap_or(12);
            let place = WIDTHS
                .iter()
                .position(|it| *it == now)
                .map_or(0, |it| it + 1);
            board.set_width(section, tile, WIDTHS.get(place % WIDTHS.len()).copied());
        }
        ("retirer", Some((section, tile)), _) => {
            board.remove_tile(section, tile);
            return Ok(None);
        }
        ("section-monter", _, Some(number)) => board.move_section_up(number),
        ("section-descendre", _, Some(number)) => board.move_section_down(number),
        ("section-retirer", _, Some(number)) => board.remove_section(number),
        ("section", ..) => board.sections.push(SectionForm {
            title: form.get("section").to_owned(),
            ..SectionForm::default()
        }),
        ("ajouter", ..) => {
            if count(board) >= MOST_TILES {
                return Err("ws-too-many-tiles");
            }
            let last = board.sections.len().saturating_sub(1);
            let section = form.get("ou").parse().unwrap_or(last).min(last);
            if board.sections.is_empty() {
                board.sections.push(SectionForm::default());
            }
            let figure = form.get("dessin").to_owned();
            let tile = TileForm {
                indicators: vec![form.get("indicateur").to_owned()],
                width: (figure != "kpi").then_some(6),
                figure,
                ..TileForm::default()
            };
            board.add_tile(section, tile);
            let place = board.sections.get(section).map_or(0, |it| it.tiles.len());
            return Ok(Some((section, place.saturating_sub(1))));
        }
        ("figure", ..) => {
            let Some((section, place)) = chosen else {
                return Err("ws-no-tile");
            };
            let (periods, top) = (whole("periodes")?, whole("premiers")?);
            let width = whole("largeur")?;
            let Some(mut tile) = board.tile(section, place).cloned() else {
                return Err("ws-no-tile");
            };
            let text = |name: &str| form.get(name).replace("\r\n", "\n");
            let rest: Vec<String> = tile.indicators.iter().skip(2).cloned().collect();
            tile.indicators = [text("indicateur"), text("indicateur2")]
                .into_iter()
                .filter(|it| !it.is_empty())
                .chain(rest)
                .collect();
            tile.figure = text("dessin");
            tile.by = text("par");
            tile.grain = text("grain");
            tile.show = text("vue");
            (tile.periods, tile.top) = (periods, top);
            let width = width.and_then(|it| u8::try_from(it).ok());
            if tile.width.is_some() || width != Some(12) {
                tile.width = width;
            }
            tile.title = text("titre");
            tile.note = text("note");
            board.replace_tile(section, place, tile);
        }
        ("garder", ..) => {
            let text = |name: &str| form.get(name).replace("\r\n", "\n");
            board.title = text("titre");
            board.title_en = text("titre-en");
            board.summary = text("resume");
            board.summary_en = text("resume-en");
            board.department = text("direction");
            board.order = whole("ordre")?;
            board.filters = form.all("filtre").map(str::to_owned).collect();
            for (number, section) in board.sections.iter_mut().enumerate() {
                section.title = text(&format!("section{number}"));
            }
        }
        _ => return Err("ws-no-tile"),
    }
    Ok(chosen)
}

/// Changes the board.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let work = Work::open_to_edit(&allowed).await?;
    let Some((path, text)) = wanted(&allowed, &work).await? else {
        return make(&allowed, &work, &form).await;
    };
    let visit = &allowed.visit;
    let lang = visit.lang;
    let from = origin(&form);
    let began = match &from {
        Some((_, Some(text))) => text.clone(),
        _ => text.unwrap_or_default(),
    };
    let Ok(mut board) = BoardForm::read(&began) else {
        return Ok(on(
            visit,
            &work.path(&format!("/textes/{path}")),
            "a-la-main",
        ));
    };
    let over = work.overlaid(&allowed).await?;
    let made = made_from(&work, &path, Some(&began));
    let next = match change(&form, &mut board) {
        Ok(next) => next,
        Err(words) => {
            let shown = Shown {
                form: &board,
                chosen: spot(form.get("figure")),
                made,
                notes: forms::refused(&t(lang, words)),
                status: StatusCode::UNPROCESSABLE_ENTITY,
            };
            return page(&allowed, &work, &over, shown).await;
        }
    };
    let again = |notes: Markup, made: Markup| Shown {
        form: &board,
        chosen: next,
        made,
        notes,
        status: StatusCode::UNPROCESSABLE_ENTITY,
    };
    let new = match board.write(&began) {
        Ok(new) => new,
        Err(error) => {
            tracing::warn!(%error, "a drafted board cannot be written");
            let notes = forms::refused(&t(lang, "ws-unwritable"));
            return page(&allowed, &work, &over, again(notes, made)).await;
        }
    };
    let to = |done: &str| {
        let here = work.path(&format!("/tableaux/{}", allowed.part("board")));
        let place = next.map(|(section, tile)| format!("{section}-{tile}"));
        let mut params = vec![("fait", done)];
        params.extend(place.as_deref().map(|it| ("figure", it)));
        crate::door::lead(&visit.link_with(&here, &params), &[])
    };
    // What is only looked at changes nothing.
    if form.get("faire").starts_with("regler:") {
        return Ok(to(""));
    }
    match work.keep(&allowed, &path, Some(new), from).await? {
        Kept::Done => Ok(to("garde")),
        Kept::Merged => Ok(to("fusionne")),
        Kept::TooLong => {
            page(
                &allowed,
                &work,
                &over,
                again(forms::refused(&t(lang, "ws-too-long")), made),
            )
            .await
        }
        Kept::Closed => {
            page(
                &allowed,
                &work,
                &over,
                again(forms::refused(&t(lang, "ws-closed")), made),
            )
            .await
        }
        Kept::Conflict {
            by,
            text: merged,
            revision,
            conflicts,
        } => {
            let made = made_of(revision, &merged);
            let both = BoardForm::read(&merged).unwrap_or_else(|_| board.clone());
            let shown = Shown {
                form: &both,
                chosen: next,
                made,
                notes: conflict(lang, &by, &conflicts),
                status: StatusCode::CONFLICT,
            };
            page(&allowed, &work, &over, shown).await
        }
    }
}

/// Boards of a catalog that show something of a draft.
pub(super) fn drafted<'a>(work: &'a Work, catalog: &'a Catalog) -> impl Iterator<Item = &'a Board> {
    let paths = work.files.iter().filter_map(|it| name(&it.path));
    paths.filter_map(|(folder, id)| match folder {
        "boards" => catalog.boards.get(id),
        _ => None,
    })
}
