//! `/catalogue/{dataset}`: what a dataset holds, how it was read and what was found in it. And the
//! rows that were set aside, as a file.

use super::catalogue::visibility;
use super::{changes, quality, secrecy};
use crate::failure::Failure;
use crate::freshness::{self, frequency};
use crate::guard::{Allowed, ExportRejects, Needs, Permission, ReadCatalogue};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::visit::Visit;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use beffroi_catalog::lineage::indicators_on;
use beffroi_catalog::{ColumnInfo, Dataset, Load, Source};
use beffroi_model::{
    ColumnSpec, ColumnType, Decision, Finding, Findings, Grain, Preview, Severity, Version,
};
use beffroi_text::{Lang, date_long, decision, number, t, t_args};
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(allowed: Allowed<ReadCatalogue>) -> Result<HttpResponse, Failure> {
    allowed.page(async || build(&allowed)).await
}

/// The rows set aside from the current version.
pub(crate) async fn rejects(allowed: Allowed<ExportRejects>) -> Result<HttpResponse, Failure> {
    aside(&allowed, "rejets", |version| version.rejects.as_deref()).await
}

/// All that was found in the files of the current version.
pub(crate) async fn all_findings(allowed: Allowed<ExportRejects>) -> Result<HttpResponse, Failure> {
    aside(&allowed, "constats", |version| {
        version.all_findings.as_deref()
    })
    .await
}

/// A file beside the current version, as a download.
async fn aside(
    allowed: &Allowed<ExportRejects>,
    what: &str,
    of: impl Fn(&Version) -> Option<&str>,
) -> Result<HttpResponse, Failure> {
    let dataset = dataset(allowed)?;
    let version = allowed.town().versions.get(&dataset.id);
    let file = version.and_then(|version| of(version));
    let path = file.and_then(|file| allowed.state_file(file));
    let path = path.ok_or_else(|| allowed.not_found(dataset.id.as_str()))?;
    let read = web::block(move || std::fs::read(path)).await;
    let bytes = match read {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return Err(Failure::internal(&allowed.visit, &error)),
        Err(error) => return Err(Failure::internal(&allowed.visit, &error)),
    };
    let name = format!("attachment; filename=\"{}-{what}.csv\"", dataset.id);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(bytes))
}

fn dataset<P: Needs>(allowed: &Allowed<P>) -> Result<&Dataset, Failure> {
    let id = allowed.part("dataset");
    allowed
        .catalog()
        .datasets
        .get(id)
        .ok_or_else(|| allowed.not_found(id))
}

fn build(allowed: &Allowed<ReadCatalogue>) -> Result<Page, Failure> {
    let dataset = dataset(allowed)?;
    let visit = &allowed.visit;
    let lang = visit.lang;
    let version = allowed.town().versions.get(&dataset.id);
    let title = dataset.title.get(visit.english()).0.to_owned();
    let body = html! {
        div.page-tete {
            div {
                p.surtitre { (t(lang, "what-dataset")) " · " code { (dataset.id) } }
                h1 { (parts::declared(visit, &dataset.title)) }
                @if !dataset.description.is_empty() {
                    p.chapo { (parts::declared(visit, &dataset.description)) }
                }
            }
        }
        div.grille {
            (identity(allowed, dataset))
            (delivery(allowed, dataset, version.map(AsRef::as_ref)))
            @if let Some(secrecy) = &dataset.secrecy { (secrecy::section(allowed, &dataset.id, secrecy)) }
            (quality::section(visit, dataset, &freshness::quality(allowed.town(), dataset)))
            (columns(visit, dataset, version.map(AsRef::as_ref)))
            @if let Some(version) = version {
                @if let Some(changed) = &version.changes { (changes::section(visit, dataset, changed)) }
                @if allowed.reaches_rows(&dataset.id) {
                    @if dataset.secrecy.is_none() { (findings(allowed, dataset, version)) }
                    (decisions(visit, &version.decisions))
                    (preview(visit, dataset, &version.preview))
                } @else { (out_of_reach(visit)) }
            }
            (used_by(allowed, dataset))
        }
    };
    Ok(Page::new(title, Nav::Catalogue)
        .under(visit.link("/catalogue"), t(lang, "nav-catalogue"))
        .body(body))
}

fn identity(allowed: &Allowed<ReadCatalogue>, dataset: &Dataset) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let source = match &dataset.source {
        Source::File(path) => html! { code { (path) } },
        Source::Replay { file, every } => html! {
            code { (file) } ", " (t_args(lang, "dataset-replay", &[("count", (*every).into())]))
        },
        other => html! {
            code { (other.place()) }
            @if let Some(every) = other.every() {
                ", " (t_args(lang, "dataset-every", &[("count", every.into())]))
            }
            @if let Some(schedule) = &dataset.schedule {
                ", " (t(lang, "dataset-schedule")) " " code { (schedule) }
            }
        },
    };
    let load = match dataset.load {
        Load::Replace => t(lang, "load-replace"),
        Load::Append => t(lang, "load-append"),
        Load::ByPeriod => t(lang, "load-by-period"),
    };
    html! {
        section.bloc."c-6" aria-labelledby="h-carte" {
            h2 #h-carte { (t(lang, "dataset-card")) }
            dl.dl {
                @if !dataset.row.is_empty() {
                    dt { (t(lang, "dataset-row")) }
                    dd { (parts::declared(visit, &dataset.row)) }
                }
                dt { (t(lang, "dataset-department")) }
                dd {
                    @if let Some(department) = allowed.catalog().town.departments.get(&dataset.department) {
                        (parts::declared(visit, &department.title)) br;
                    }
                    (dataset.steward)
                }
                dt { (t(lang, "dataset-frequency")) }
                dd { (t(lang, frequency(dataset.frequency))) }
                dt { (t(lang, "catalogue-freshness")) }
                dd { (freshness::badge(lang, freshness::freshness(allowed.town(), dataset))) }
                dt { (t(lang, "catalogue-visibility")) }
                dd { (visibility(visit, dataset.visibility)) ", " (dataset.licence) }
                dt { (t(lang, "dataset-source")) }
                dd { (source) }
                dt { (t(lang, "dataset-load")) }
                dd { (load) }
                @if let Some(schema) = &dataset.follows {
                    dt { (t(lang, "dataset-schema")) }
                    dd { (schema.title) " " (schema.version) }
                }
            }
        }
    }
}

/// Whether it may be told how many rows a version has: no figure is secret, and whoever asks
/// reaches all of them.
pub(crate) fn is_counted(dataset: &Dataset, version: &Version) -> bool {
    dataset.secrecy.is_none() && version.tells_content()
}

/// The current version and the files it rests on.
fn delivery(
    allowed: &Allowed<ReadCatalogue>,
    dataset: &Dataset,
    version: Option<&Version>,
) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    html! {
        section.bloc."c-6".pile aria-labelledby="h-version" {
            @if let Some(version) = version {
                h2 #h-version { (t_args(lang, "dataset-version", &[("number", version.number.to_string().into())])) }
                p {
                    @let day = date_long(lang, version.imported_at.date_naive());
                    @if !is_counted(dataset, version) {
                        (t_args(lang, "dataset-imported-secret", &[("day", day.into())]))
                    } @else {
                        (t_args(lang, "dataset-imported", &[
                            ("day", day.into()),
                            ("count", version.rows.into()),
                        ]))
                    }
                    @if let Some(number) = version.restores {
                        " " (t_args(lang, "dataset-restores", &[("number", number.to_string().into())]))
                    }
                }
                @if version.rows_rejected() > 0 {
                    div.avis.surveiller {
                        p {
                            (parts::plain_badge("surveiller", &t_args(lang, "rows-rejected", &[
                                ("count", version.rows_rejected().into()),
                                ("read", version.rows_read().into()),
                            ])))
                        }
                        @if version.rejects.is_some() && allowed.may(Permission::ExportRejects) {
                            p {
                                a href=(visit.link(&format!("/catalogue/{}/rejets.csv", dataset.id))) download {
                                    (t(lang, "dataset-rejects"))
                                }
                            }
                        }
                    }
                }
                (files(lang, version, is_counted(dataset, version)))
            } @else {
                h2 #h-version { (t(lang, "dataset-no-version")) }
                p { (t(lang, "dataset-no-version-what")) }
            }
        }
    }
}

fn files(lang: Lang, version: &Version, counted: bool) -> Markup {
    let content = html! {
        table {
            caption { (parts::counted(lang, "dataset-files", version.sources.len())) }
            thead {
                tr {
                    th scope="col" { (t(lang, "dataset-file")) }
                    th scope="col" { (t(lang, "dataset-extracted")) }
                    @if counted {
                        th.n scope="col" { (t(lang, "dataset-rows-read")) }
                        th.n scope="col" { (t(lang, "catalogue-rejected")) }
                    }
                }
            }
            tbody {
                @for source in &version.sources {
                    tr {
                        th scope="row" { code { (source.name) } }
                        td { (date_long(lang, source.extracted_on)) }
                        @if counted {
                            td.n { (count(lang, source.rows_read)) }
                            td.n { (count(lang, source.rows_rejected)) }
                        }
                    }
                }
            }
        }
    };
    parts::scrolling(&t(lang, "dataset-files-name"), &content)
}

#[allow(clippy::cast_precision_loss)]
fn count(lang: Lang, count: u64) -> String {
    number(lang, count as f64, 0)
}

fn columns(visit: &Visit, dataset: &Dataset, version: Option<&Version>) -> Markup {
    let lang = visit.lang;
    let counted = version.is_none_or(|version| is_counted(dataset, version));
    let content = html! {
        table.ample {
            caption { (t(lang, "dataset-columns-caption")) }
            thead {
                tr {
                    th scope="col" { (t(lang, "column-name")) }
                    th scope="col" { (t(lang, "column-meaning")) }
                    th scope="col" { (t(lang, "column-type")) }
                    th scope="col" { (t(lang, "column-unit")) }
                    @if counted {
                        th.n scope="col" { (t(lang, "column-values")) }
                        th.n scope="col" { (t(lang, "column-missing")) }
                        th.n scope="col" { (t(lang, "column-not-applicable")) }
                        th.n scope="col" { (t(lang, "column-secret")) }
                        th scope="col" { (t(lang, "column-extent")) }
                    }
                }
            }
            tbody {
                @for spec in &dataset.schema.columns {
                    (column(visit, spec, dataset.columns.get(&spec.id), version, counted))
                }
                @for (id, computed) in &dataset.computed {
                    @let info = dataset.columns.get(id);
                    tr {
                        th scope="row" {
                            @if let Some(info) = info { (parts::declared(visit, &info.title)) br; }
                            code { (id) }
                        }
                        td {
                            @if let Some(info) = info { (parts::declared(visit, &info.description)) " " }
                            (t(lang, "column-computed")) " " code { (computed.text) }
                        }
                        td {}
                        td { @if let Some(unit) = info.and_then(|info| info.unit) { (unit.symbol()) } }
                        @if counted { @for _ in 0..5 { td {} } }
                    }
                }
            }
        }
    };
    html! {
        section.bloc aria-labelledby="h-colonnes" {
            h2 #h-colonnes { (parts::counted(lang, "dataset-columns", dataset.schema.columns.len())) }
            (parts::scrolling(&t(lang, "dataset-columns-caption"), &content))
        }
    }
}

fn column(
    visit: &Visit,
    spec: &ColumnSpec,
    info: Option<&ColumnInfo>,
    version: Option<&Version>,
    counted: bool,
) -> Markup {
    let lang = visit.lang;
    let counts =
        version.and_then(|version| version.columns.iter().find(|column| column.id == spec.id));
    html! {
        tr {
            th scope="row" {
                @if let Some(info) = info { (parts::declared(visit, &info.title)) br; }
                code { (spec.id) }
            }
            td {
                @if let Some(info) = info { (parts::declared(visit, &info.description)) }
                @if spec.personal { " " (t(lang, "column-personal")) }
            }
            td { (t(lang, type_name(spec.kind))) }
            td { @if let Some(unit) = info.and_then(|info| info.unit) { (unit.symbol()) } }
            @match counts {
                Some(counts) => {
                    td.n { (count(lang, counts.values)) }
                    td.n { (count(lang, counts.missing)) }
                    td.n { (count(lang, counts.not_applicable)) }
                    td.n { (count(lang, counts.secret)) }
                    td {
                        @if let (Some(min), Some(max)) = (&counts.min, &counts.max) {
                            (t_args(lang, "column-from-to", &[("from", min.into()), ("to", max.into())]))
                        }
                    }
                }
                None if counted => { @for _ in 0..5 { td {} } }
                None => {}
            }
        }
    }
}

pub(crate) fn type_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "type-text",
        ColumnType::Code => "type-code",
        ColumnType::Integer => "type-integer",
        ColumnType::Decimal { .. } => "type-decimal",
        ColumnType::Boolean => "type-boolean",
        ColumnType::Date { grain: Grain::Day } => "type-day",
        ColumnType::Date {
            grain: Grain::Month,
        } => "type-month",
        ColumnType::Date {
            grain: Grain::Quarter,
        } => "type-quarter",
        ColumnType::Date { grain: Grain::Year } => "type-year",
        ColumnType::Date {
            grain: Grain::SchoolYear,
        } => "type-school-year",
        ColumnType::DateTime => "type-datetime",
    }
}

fn findings(allowed: &Allowed<ReadCatalogue>, dataset: &Dataset, version: &Version) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let exports = allowed.may(Permission::ExportRejects);
    let all = version.all_findings.is_some() && exports;
    html! {
        section.bloc #constats aria-labelledby="h-constats" {
            div.bloc-tete {
                h2 #h-constats { (t(lang, "dataset-findings")) }
                p {
                    @if all {
                        a href=(visit.link(&format!("/catalogue/{}/constats.csv", dataset.id))) download {
                            (t(lang, "dataset-findings-file"))
                        }
                    }
                    @if version.rejects.is_some() && exports {
                        @if all { " · " }
                        a href=(visit.link(&format!("/catalogue/{}/rejets.csv", dataset.id))) download {
                            (t(lang, "dataset-rejects-file"))
                        }
                    }
                }
            }
            @if version.findings.is_empty() {
                p { (t(lang, "dataset-no-finding")) }
            } @else {
                (finding_list(lang, &version.findings))
            }
        }
    }
}

pub(crate) fn finding_list(lang: Lang, findings: &Findings) -> Markup {
    html! {
        ul.constats {
            @for (count, first) in findings.groups() {
                @if let Some(example) = first.first() {
                    @let (class, word) = match example.severity {
                        Severity::Error => ("retard", t(lang, "severity-error")),
                        Severity::Warning => ("surveiller", t(lang, "severity-warning")),
                        Severity::Note => ("sans", t(lang, "severity-note")),
                    };
                    li.constat {
                        (parts::plain_badge(class, &word))
                        div {
                            h3 { (beffroi_text::finding(lang, example, count)) }
                            p.lieu { (places(lang, count, first)) }
                            @if let Some(hint) = &example.hint {
                                p { (t_args(lang, "finding-hint", &[("hint", hint.into())])) }
                            }
                            p { (beffroi_text::mend(lang, example.kind)) }
                        }
                    }
                }
            }
        }
    }
}

/// `lignes 845, 846 et 850 de velos.csv`, the first ones.
fn places(lang: Lang, count: u64, first: &[Finding]) -> Markup {
    const MOST: usize = 10;
    let rows: Vec<String> = first
        .iter()
        .filter_map(|it| it.row)
        .take(MOST)
        .map(|row| row.to_string())
        .collect();
    html! {
        @if let Some(example) = first.first() {
            code { (example.source) }
            @if !rows.is_empty() {
                ", " (t_args(lang, "places-rows", &[
                    ("count", rows.len().into()),
                    ("rows", rows.join(", ").into()),
                ]))
                @if count > rows.len() as u64 { "…" }
            }
        }
    }
}

fn decisions(visit: &Visit, decisions: &[Decision]) -> Markup {
    let lang = visit.lang;
    let distinct = distinct(decisions);
    html! {
        @if !distinct.is_empty() {
            section.bloc aria-labelledby="h-decisions" {
                div.bloc-tete {
                    h2 #h-decisions { (t(lang, "dataset-decisions")) }
                    p { (t(lang, "dataset-decisions-what")) }
                }
                details {
                    summary { (parts::counted(lang, "dataset-decisions-show", distinct.len())) }
                    ul.decisions {
                        @for (told, files) in distinct {
                            li {
                                (decision(lang, told))
                                " " code.discret { (told.source) }
                                @if files > 1 {
                                    " " span.discret {
                                        (parts::counted(lang, "dataset-decision-files", files - 1))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The same decision on several files told once: with the first, and how many there are.
fn distinct(decisions: &[Decision]) -> Vec<(&Decision, usize)> {
    let mut distinct: Vec<(&Decision, usize)> = Vec::new();
    for decision in decisions {
        let same = |known: &&mut (&Decision, usize)| {
            known.0.subject == decision.subject
                && known.0.value == decision.value
                && known.0.column == decision.column
        };
        match distinct.iter_mut().find(same) {
            Some((_, files)) => *files += 1,
            None => distinct.push((decision, 1)),
        }
    }
    distinct
}

fn preview(visit: &Visit, dataset: &Dataset, preview: &Preview) -> Markup {
    let lang = visit.lang;
    let content = html! {
        table.apercu {
            caption { (t(lang, "dataset-preview-caption")) }
            thead { tr { @for name in &preview.header { th scope="col" { (name) } } } }
            tbody { @for row in &preview.rows { tr { @for cell in row { td { (cell) } } } } }
        }
    };
    html! {
        @if !preview.rows.is_empty() {
            section.bloc aria-labelledby="h-apercu" {
                h2 #h-apercu { (t(lang, "dataset-preview")) }
                (parts::scrolling(&format!("{} {}", t(lang, "dataset-preview"), dataset.id), &content))
            }
        }
    }
}

/// Says that there are rows, for others.
fn out_of_reach(visit: &Visit) -> Markup {
    html! {
        section.bloc aria-labelledby="h-apercu" {
            h2 #h-apercu { (t(visit.lang, "dataset-preview")) }
            p { (t(visit.lang, "dataset-rows-out-of-reach")) }
        }
    }
}

fn used_by(allowed: &Allowed<ReadCatalogue>, dataset: &Dataset) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let indicators: Vec<_> = indicators_on(allowed.catalog(), &dataset.id).collect();
    html! {
        section.bloc aria-labelledby="h-usages" {
            h2 #h-usages { (parts::counted(lang, "dataset-used", indicators.len())) }
            ul.pistes {
                @for indicator in indicators {
                    li {
                        a href=(visit.link(&format!("/indicateurs/{}", indicator.id))) {
                            (parts::declared(visit, &indicator.title))
                        }
                    }
                }
            }
        }
    }
}
