//! `/indicateurs/{indicator}`: the sheet: value, series, definition, targets, members, lineage. And
//! its figures as CSV files.

use super::dataset::is_counted;
use super::reached;
use crate::export;
use crate::failure::Failure;
use crate::figure::{self, Level};
use crate::freshness;
use crate::guard::{Allowed, Export, Needs, ReadIndicator};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::summaries::{context, may_pass};
use crate::visit::Visit;
use crate::workshop;
use actix_web::HttpResponse;
use beffroi_catalog::lineage::{boards_with, datasets_of};
use beffroi_catalog::{Catalog, Indicator, Missing, OverTime};
use beffroi_figure::{
    DeclaredLine, ExampleTable, Figure, Sheet, Summary, TargetLine, sheet, sheet_queries,
};
use beffroi_model::{Direction, Grain};
use beffroi_text::{date_long, number, t, t_args};
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(allowed: Allowed<ReadIndicator>) -> Result<HttpResponse, Failure> {
    allowed.page(async || build(&allowed).await).await
}

/// The values of one figure of the sheet.
pub(crate) async fn download(allowed: Allowed<Export>) -> Result<HttpResponse, Failure> {
    let indicator = indicator(&allowed)?;
    let (sheet, _) = composed(&allowed, indicator).await?;
    let wanted = allowed.part("figure");
    let figures = [&sheet.series, &sheet.multiples, &sheet.members];
    let figure = figures
        .into_iter()
        .flatten()
        .find(|figure| figure.id == wanted);
    let figure = figure.ok_or_else(|| allowed.not_found(wanted))?;
    let name = format!("{}-{}", indicator.id, figure.id);
    Ok(export::file(&allowed.visit, &figure.table, &name))
}

fn indicator<P: Needs>(allowed: &Allowed<P>) -> Result<&Indicator, Failure> {
    let id = allowed.part("indicator");
    allowed
        .catalog()
        .indicators
        .get(id)
        .ok_or_else(|| allowed.not_found(id))
}

/// The sheet, and whether it may be kept.
async fn composed<P>(
    allowed: &Allowed<P>,
    indicator: &Indicator,
) -> Result<(Sheet, bool), Failure> {
    let ctx = context(allowed, indicator);
    let answers = allowed.ask(vec![sheet_queries(indicator, &ctx)]).await?;
    let answers = answers.into_iter().next().unwrap_or_default();
    let lasting = !answers.iter().any(may_pass);
    Ok((sheet(indicator, &ctx, &answers), lasting))
}

async fn build(allowed: &Allowed<ReadIndicator>) -> Result<Page, Failure> {
    let indicator = indicator(allowed)?;
    let visit = &allowed.visit;
    let title = indicator.title.get(visit.english()).0.to_owned();
    let (body, lasting) = body(allowed, indicator, true).await?;
    Ok(Page::new(title, Nav::Indicators)
        .under(visit.link("/indicateurs"), t(visit.lang, "nav-indicators"))
        .body(body)
        .lasting(lasting))
}

/// The content of the page of an indicator, and whether it may be kept. Figures that are not
/// published yet have no files.
pub(crate) async fn body(
    allowed: &Allowed<ReadIndicator>,
    indicator: &Indicator,
    with_files: bool,
) -> Result<(Markup, bool), Failure> {
    let (sheet, lasting) = composed(allowed, indicator).await?;
    let visit = &allowed.visit;
    let catalog = allowed.catalog();
    let said = match with_files {
        true => workshop::of_indicator(allowed, indicator).await?,
        false => Markup::default(),
    };
    let shown = |figure: &Figure| shown(visit, indicator, figure, with_files);
    let body = html! {
        div.page-tete {
            div {
                p.surtitre {
                    (t(visit.lang, "what-indicator"))
                    @if let Some(department) = catalog.town.departments.get(&indicator.department) {
                        " · " (parts::declared(visit, &department.title))
                    }
                }
                h1 { (parts::declared(visit, &indicator.title)) }
            }
        }
        (reached::note(allowed, std::iter::once(&indicator.id)))
        (head(visit, indicator, &sheet))
        div.grille.section {
            @if let Some(series) = &sheet.series { (shown(series)) }
            (definition(visit, catalog, indicator, &sheet))
            (lineage(allowed, indicator))
            @if !sheet.targets.is_empty() { (targets(visit, &sheet)) }
            @if !sheet.declared.is_empty() { (declared(visit, &sheet.declared)) }
            @if !sheet.examples.is_empty() { (examples(visit, &sheet.examples)) }
            @if let Some(multiples) = &sheet.multiples { (shown(multiples)) }
            @if let Some(members) = &sheet.members { (shown(members)) }
            (said)
            (used_by(visit, catalog, indicator))
        }
    };
    Ok((body, lasting))
}

fn shown(visit: &Visit, indicator: &Indicator, figure: &Figure, with_files: bool) -> Markup {
    let path = format!("/indicateurs/{}/figures/{}.csv", indicator.id, figure.id);
    let files = with_files.then(|| export::addresses(visit, &path, &[]));
    figure::figure(visit, figure, Level::Two, files.as_ref())
}

/// Value, sentence, status, source.
fn head(visit: &Visit, indicator: &Indicator, sheet: &Sheet) -> Markup {
    let summary = &sheet.summary;
    html! {
        div.grille {
            div."c-8" {
                div.valeur.geante {
                    (summary.value.number)
                    span.unite { (unit_shown(visit, indicator, summary)) ", " (summary.period) }
                }
                p.chapo { (parts::phrase(summary)) }
                @if let Some(so_far) = &sheet.so_far { p { (so_far) } }
                (figure::notices(&summary.notices))
            }
            div."c-4".resume {
                p { (parts::badge(summary.status, &summary.status_word)) }
                @if !summary.status_detail.is_empty() { p { (summary.status_detail) } }
                @if !summary.target.is_empty() { p.discret { (summary.target) } }
                @if let Some(source) = &summary.source {
                    (figure::sources(visit, std::slice::from_ref(source)))
                }
            }
        }
    }
}

/// The unit after the number: for counts, what is counted.
fn unit_shown(visit: &Visit, indicator: &Indicator, summary: &Summary) -> Markup {
    match (&indicator.noun, summary.number) {
        (Some((one, many)), Some(number)) if summary.value.unit.is_empty() => {
            let noun = if number.abs() < 2.0 { one } else { many };
            html! { "\u{a0}" (parts::declared(visit, noun)) }
        }
        _ => html! { (summary.value.unit) },
    }
}

fn definition(visit: &Visit, catalog: &Catalog, indicator: &Indicator, sheet: &Sheet) -> Markup {
    let lang = visit.lang;
    let dimensions: Vec<Markup> = indicator
        .dimensions
        .iter()
        .filter_map(|id| catalog.dimensions.get(id))
        .map(|dimension| parts::declared(visit, &dimension.title))
        .collect();
    html! {
        section.bloc."c-4".fiche #formule aria-labelledby="h-def" {
            h2 #h-def { (t(lang, "sheet-definition")) }
            @if !indicator.description.is_empty() {
                p.formule { (parts::declared(visit, &indicator.description)) }
            }
            dl {
                @if !sheet.formula.is_empty() { dt { (t(lang, "sheet-formula")) } dd { (sheet.formula) } }
                dt { (t(lang, "sheet-measure")) }
                dd { code { (indicator.measure.text()) } }
                @if !sheet.changes.is_empty() {
                    dt { (t(lang, "sheet-changes")) }
                    @for change in &sheet.changes {
                        dd {
                            (t_args(lang, "sheet-since", &[("since", change.since.as_str().into())])) " "
                            span lang=[change.note_lang.map(|_| "fr")] { (change.note) }
                            @if !change.formula.is_empty() { br; (change.formula) }
                        }
                    }
                }
                @if !indicator.method.is_empty() {
                    dt { (t(lang, "sheet-method")) }
                    dd { (parts::declared(visit, &indicator.method)) }
                }
                dt { (t(lang, "sheet-unit")) }
                dd { (unit(visit, indicator)) }
                dt { (t(lang, "sheet-direction")) }
                dd { (t(lang, direction(indicator.direction))) }
                dt { (t(lang, "sheet-over-time")) }
                dd { (t(lang, over_time(indicator.over_time))) }
                dt { (t(lang, "sheet-missing")) }
                dd { (t(lang, missing(indicator.missing))) }
                dt { (t(lang, "sheet-detail")) }
                dd {
                    (t(lang, grain(indicator.grain)))
                    @for dimension in &dimensions { ", " (dimension) }
                }
                dt { (t(lang, "sheet-owner")) }
                dd {
                    @if let Some(department) = catalog.town.departments.get(&indicator.department) {
                        (parts::declared(visit, &department.title)) br;
                    }
                    (indicator.owner)
                }
                @if !indicator.limits.is_empty() {
                    dt { (t(lang, "sheet-limits")) }
                    dd { (parts::declared(visit, &indicator.limits)) }
                }
            }
        }
    }
}

fn unit(visit: &Visit, indicator: &Indicator) -> Markup {
    match &indicator.noun {
        Some((one, _)) => parts::declared(visit, one),
        None if indicator.unit == beffroi_model::Unit::count() => {
            html! { (t(visit.lang, "sheet-unit-count")) }
        }
        None => html! { (indicator.unit.symbol()) },
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "sheet-direction-up",
        Direction::Down => "sheet-direction-down",
        Direction::None => "sheet-direction-none",
    }
}

fn over_time(over_time: OverTime) -> &'static str {
    match over_time {
        OverTime::Sum => "sheet-over-time-sum",
        OverTime::Last => "sheet-over-time-last",
        OverTime::Mean => "sheet-over-time-mean",
    }
}

fn missing(missing: Missing) -> &'static str {
    match missing {
        Missing::Refuse => "sheet-missing-refuse",
        Missing::Partial => "sheet-missing-partial",
        Missing::Ignore => "sheet-missing-ignore",
    }
}

fn grain(grain: Grain) -> &'static str {
    match grain {
        Grain::Day => "type-day",
        Grain::Month => "type-month",
        Grain::Quarter => "type-quarter",
        Grain::Year => "type-year",
        Grain::SchoolYear => "type-school-year",
    }
}

/// From the files to this page.
fn lineage(allowed: &Allowed<ReadIndicator>, indicator: &Indicator) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let catalog = allowed.catalog();
    html! {
        section.bloc aria-labelledby="h-lig" {
            div.bloc-tete {
                h2 #h-lig { (t(lang, "sheet-lineage")) }
                p { (t(lang, "sheet-lineage-what")) }
            }
            @for dataset in datasets_of(catalog, indicator) {
                @let version = allowed.town().versions.get(&dataset.id);
                ol.lignee {
                    li {
                        strong {
                            @if let Some(department) = catalog.town.departments.get(&dataset.department) {
                                (parts::declared(visit, &department.title))
                            }
                        }
                        (dataset.steward) ", " (t(lang, freshness::frequency(dataset.frequency)))
                    }
                    @if let Some(version) = version {
                        li {
                            strong { (parts::counted(lang, "dataset-files", version.sources.len())) }
                            @if let Some(source) = version.newest_source() {
                                code { (source.name) } br;
                                (t_args(lang, "extracted-on", &[("day", date_long(lang, source.extracted_on).into())]))
                            }
                        }
                        @if is_counted(dataset, version) {
                            li {
                                strong { (t(lang, "sheet-reading")) }
                                (t_args(lang, "rows-rejected", &[
                                    ("count", version.rows_rejected().into()),
                                    ("read", version.rows_read().into()),
                                ]))
                            }
                        }
                        li {
                            strong {
                                a href=(visit.link(&format!("/catalogue/{}", dataset.id))) {
                                    (parts::declared(visit, &dataset.title))
                                }
                            }
                            @let number = version.number.to_string();
                            @if !is_counted(dataset, version) {
                                (t_args(lang, "sheet-version-secret", &[("number", number.into())]))
                            } @else {
                                (t_args(lang, "sheet-version", &[
                                    ("number", number.into()),
                                    ("rows", rows(visit, version.rows).into()),
                                ]))
                            }
                        }
                    } @else {
                        li {
                            strong {
                                a href=(visit.link(&format!("/catalogue/{}", dataset.id))) {
                                    (parts::declared(visit, &dataset.title))
                                }
                            }
                            (t(lang, "fresh-never"))
                        }
                    }
                    li {
                        strong { (t(lang, "sheet-this")) }
                        (parts::counted(lang, "sheet-boards", boards_with(catalog, &indicator.id).count()))
                    }
                }
            }
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn rows(visit: &Visit, rows: u64) -> String {
    number(visit.lang, rows as f64, 0)
}

fn targets(visit: &Visit, sheet: &Sheet) -> Markup {
    let lang = visit.lang;
    let targets: &[TargetLine] = &sheet.targets;
    let content = html! {
        table.ample {
            caption.hors-ecran { (t(lang, "targets-caption")) }
            thead {
                tr {
                    th scope="col" { (t(lang, "targets-year")) }
                    th.n scope="col" { (t(lang, "targets-target")) }
                    th.n scope="col" { (t(lang, "targets-result")) }
                    th.n scope="col" { (t(lang, "targets-achieved")) }
                    th scope="col" { (t(lang, "targets-status")) }
                    th scope="col" { (t(lang, "targets-origin")) }
                }
            }
            tbody {
                @for target in targets {
                    tr {
                        th scope="row" { (target.year) }
                        td.n { (target.target) }
                        td.n { (target.result) }
                        td.n { (target.achieved) }
                        td { (parts::badge(target.status, &target.status_word)) }
                        td {
                            (target.origin)
                            @if let Some(day) = &target.voted_on { ", " (day) }
                        }
                    }
                }
            }
        }
    };
    html! {
        section.bloc aria-labelledby="h-obj" {
            div.bloc-tete {
                h2 #h-obj { (t(lang, "targets-title")) }
                p { (t(lang, "targets-what")) }
            }
            (parts::scrolling(&t(lang, "targets-caption"), &content))
            @for sentence in &sheet.outlook { p { (sentence) } }
        }
    }
}

/// What is computed beside what the source declares.
fn declared(visit: &Visit, lines: &[DeclaredLine]) -> Markup {
    let lang = visit.lang;
    let content = html! {
        table {
            caption.hors-ecran { (t(lang, "declared-caption")) }
            thead {
                tr {
                    th scope="col" { (t(lang, "targets-year")) }
                    th.n scope="col" { (t(lang, "declared-computed")) }
                    th.n scope="col" { (t(lang, "declared-declared")) }
                    th.n scope="col" { (t(lang, "declared-difference")) }
                }
            }
            tbody {
                @for line in lines {
                    tr {
                        th scope="row" { (line.period) }
                        td.n { (line.computed) }
                        td.n { (line.declared) }
                        td.n { (line.difference) }
                    }
                }
            }
        }
    };
    html! {
        section.bloc aria-labelledby="h-declare" {
            div.bloc-tete {
                h2 #h-declare { (t(lang, "declared-title")) }
                p { (t(lang, "declared-what")) }
            }
            (parts::scrolling(&t(lang, "declared-caption"), &content))
        }
    }
}

/// What the measure makes of a few rows or figures.
fn examples(visit: &Visit, examples: &[ExampleTable]) -> Markup {
    let lang = visit.lang;
    html! {
        section.bloc aria-labelledby="h-exemple" {
            div.bloc-tete {
                h2 #h-exemple { (t(lang, "sheet-example")) }
                p { (t(lang, "sheet-example-what")) }
            }
            @for (number, example) in (1..).zip(examples) {
                @let numbered =
                    t_args(lang, "sheet-example-number", &[("number", f64::from(number).into())]);
                @let name = if example.title.is_empty() { &*numbered } else { &example.title };
                @let content = html! {
                    table {
                        caption { (parts::in_language(name, example.title_lang)) }
                        thead { tr { @for head in &example.heads { th scope="col" { (head) } } } }
                        tbody {
                            @for row in &example.rows {
                                tr { @for cell in row { td { (cell) } } }
                            }
                        }
                    }
                };
                (parts::scrolling(name, &content))
                p { strong { (t_args(lang, "sheet-example-result", &[("result", example.result.as_str().into())])) } }
            }
        }
    }
}

fn used_by(visit: &Visit, catalog: &Catalog, indicator: &Indicator) -> Markup {
    let lang = visit.lang;
    let boards: Vec<_> = boards_with(catalog, &indicator.id).collect();
    html! {
        @if !boards.is_empty() {
            section.bloc aria-labelledby="h-usages" {
                h2 #h-usages { (parts::counted(lang, "sheet-boards", boards.len())) }
                ul.pistes {
                    @for board in boards {
                        li {
                            a href=(visit.link(&format!("/tableaux/{}", board.id))) {
                                (parts::declared(visit, &board.title))
                            }
                        }
                    }
                }
            }
        }
    }
}
