//! `/atelier/brouillons/{draft}/fichiers/{delivery}`: what was recognised of a file, what was found
//! in it, and what mends it; for a dataset that is published, what the file would change.

use super::bring::how;
use super::indicator::typed_number;
use super::parts::{Step, choose, on, option, page_of, send, steps, told, troubles};
use super::work::{Over, Work, brought};
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, Compose, Form, Posted};
use crate::pages::{changes, dataset as sheet};
use crate::parts;
use crate::workbench::Looked;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, web};
use beffroi_catalog::Dataset;
use beffroi_intake::{ColumnCorrection, ColumnSummary, Correction, Preview};
use beffroi_model::{ColumnType, FindingKind, Grain, Severity};
use beffroi_store::Kind;
use beffroi_store::workshop::Delivery;
use beffroi_text::{Lang, decision, number, size, t, t_args};
use beffroi_workshop::DatasetForm;
use beffroi_workshop::propose::propose;
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long a page waits for a file to be read before it says how far that has come.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Cells of a column for which a mend is offered.
const MENDS_BY_COLUMN: usize = 4;
/// Mends offered.
const MOST_MENDS: usize = 30;

/// A file of a draft.
fn delivery<'w>(allowed: &Allowed<Compose>, work: &'w Work) -> Result<&'w Delivery, Failure> {
    let part = allowed.part("delivery");
    let found = work
        .deliveries
        .iter()
        .find(|it| it.id.0.to_string() == part);
    found.ok_or_else(|| allowed.not_found(part))
}

/// Looks at a file.
async fn look(allowed: &Allowed<Compose>, work: &Work, one: &Delivery) -> Result<Looked, Failure> {
    let (bench, drafted, file) = (allowed.workbench()?, work.drafted(), brought(one));
    let looked = web::block(move || bench.look(&drafted, &file, PATIENCE)).await;
    looked.map_err(|error| Failure::internal(&allowed.visit, &error))
}

/// The page.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let work = Work::open(&allowed).await?;
    let one = delivery(&allowed, &work)?;
    let lang = allowed.lang();
    let (content, is_under_way) = match look(&allowed, &work, one).await? {
        Looked::UnderWay(progress) => (under_way(lang, &progress), true),
        Looked::Refused(reason) => (refused(&allowed, &work, one, &reason), false),
        Looked::Ready(preview) => {
            let over = match &one.dataset {
                Some(_) => Some(work.overlaid(&allowed).await?),
                None => None,
            };
            let content = match over.as_ref().filter(|it| !it.bounds.is_empty()) {
                // What was found may tell what is not theirs to know.
                Some(over) => troubles(&allowed, over),
                None => ready(&allowed, &work, one, &preview, over.as_ref()),
            };
            (content, false)
        }
    };
    let visit = &allowed.visit;
    let title = t_args(
        lang,
        "ws-check-title",
        &[("name", one.name.as_str().into())],
    );
    let body = html! {
        div.page-tete { div {
            p.surtitre { (work.draft.title) }
            h1 { (title) }
        } }
        (steps(&allowed.visit, &work, Step::Check))
        (told(visit))
        (content)
    };
    let page = page_of(visit, &work, title).body(body);
    let mut response = send(&allowed, page, StatusCode::OK);
    if is_under_way {
        let again = header::HeaderName::from_static("refresh");
        response
            .headers_mut()
            .insert(again, header::HeaderValue::from_static("1"));
    }
    Ok(response)
}

fn under_way(lang: Lang, progress: &beffroi_model::Progress) -> Markup {
    html! {
        section.bloc role="status" {
            h2 { (t(lang, "ws-reading")) }
            p { (beffroi_text::progress(lang, progress)) }
            @if let Some(part) = (progress.bytes * 100).checked_div(progress.of) {
                progress max="100" value=(part) aria-label=(t(lang, "ws-reading")) {}
            }
            p.petit { (t(lang, "ws-reading-what")) }
        }
    }
}

fn refused(allowed: &Allowed<Compose>, work: &Work, one: &Delivery, reason: &str) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    html! {
        div.avis.retard role="alert" {
            (parts::plain_badge("retard", &t(lang, "ws-refused")))
            p lang=[visit.english().then_some("fr")] { (reason) }
        }
        form.pile method="post" action=(visit.link(&here(work, one))) {
            (forms::token(&allowed.visitor().csrf()))
            (settings(lang, &correction_of(one)))
            div.actions {
                button.bouton type="submit" name="faire" value="relire" { (t(lang, "ws-check-again")) }
                (remove(lang))
            }
        }
        (another(allowed, work))
    }
}

fn here(work: &Work, one: &Delivery) -> String {
    work.path(&format!("/fichiers/{}", one.id.0))
}

fn remove(lang: Lang) -> Markup {
    html! { button.bouton.discret type="submit" name="faire" value="retirer" { (t(lang, "ws-check-remove")) } }
}

fn another(allowed: &Allowed<Compose>, work: &Work) -> Markup {
    let number = work.draft.id.0.to_string();
    let to = allowed
        .visit
        .link_with("/atelier/deposer", &[("brouillon", &number)]);
    html! { p.actions.section { a.bouton.discret href=(to) { (t(allowed.lang(), "ws-check-another")) } } }
}

fn correction_of(one: &Delivery) -> Correction {
    serde_json::from_str(&one.correction).unwrap_or_default()
}

fn ready(
    allowed: &Allowed<Compose>,
    work: &Work,
    one: &Delivery,
    preview: &Preview,
    over: Option<&Over>,
) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let correction = correction_of(one);
    let seen_rows = work.is_own || work.may_edit;
    let dataset = one
        .dataset
        .as_ref()
        .and_then(|id| over?.catalog()?.datasets.get(id));
    let errors = preview
        .findings
        .groups()
        .filter(|(_, group)| {
            group
                .first()
                .is_some_and(|it| it.severity == Severity::Error)
        })
        .count();
    html! {
        p.chapo {
            (t_args(lang, "ws-check-lead", &[
                ("count", preview.rows_read.into()),
                ("columns", preview.columns.len().into()),
                ("size", size(lang, one.bytes).into()),
            ]))
            " "
            @if errors > 0 { b { (parts::counted(lang, "ws-check-errors", errors)) } }
            @else { (t(lang, "ws-check-fine")) }
        }
        p.petit { (how(lang, &one.how)) }
        @if let Some(over) = over { (troubles(allowed, over)) }
        form.pile #verif method="post" action=(visit.link(&here(work, one))) {
            (forms::token(&allowed.visitor().csrf()))
            div.grille {
                section.bloc aria-labelledby="h-reconnu" {
                    div.bloc-tete { h2 #h-reconnu { (t(lang, "ws-recognised")) } p { code { (one.name) } } }
                    ul.decisions { @for told in &preview.decisions { li { (decision(lang, told)) } } }
                    details { summary { (t(lang, "ws-settings")) } (settings(lang, &correction)) }
                }
                (found(allowed, preview, dataset.is_none()))
                @if let (Some(dataset), Some(over)) = (dataset, over) { (changed(allowed, dataset, over)) }
                (columns(allowed, &one.name, preview, &correction, dataset.is_none(), seen_rows))

            }
            @if work.may_edit {
                div.barre role="region" aria-label=(t(lang, "ws-actions")) { div.boite {
                    p { (t(lang, "ws-check-nothing-published")) }
                    div.actions {
                        (remove(lang))
                        button.bouton.second type="submit" name="faire" value="relire" { (t(lang, "ws-check-again")) }
                        button.bouton type="submit" name="faire" value="continuer" {
                            @if dataset.is_some() { (t(lang, "ws-check-go-on")) } @else { (t(lang, "ws-check-describe")) }
                        }
                    }
                } }
            }
        }
        @if work.may_edit { (another(allowed, work)) }
    }
}

/// What a file would change of what is shown now.
fn changed(allowed: &Allowed<Compose>, dataset: &Dataset, over: &Over) -> Markup {
    let visit = &allowed.visit;
    let version = over.overlaid.changes.get(&dataset.id);
    let changes = version.and_then(|it| it.changes.as_ref());
    html! {
        @if !over.bounds.is_empty() {
        } @else if let Some(changes) = changes {
            (changes::section(visit, dataset, changes))
        } @else {
            section.bloc aria-labelledby="h-changements" {
                h2 #h-changements { (t(visit.lang, "ws-first-version")) }
                p { (t(visit.lang, "ws-first-version-what")) }
            }
        }
    }
}

/// How the file is read, to be set otherwise.
fn settings(lang: Lang, correction: &Correction) -> Markup {
    let reading = &correction.reading;
    let line = reading
        .header_line
        .map(|it| it.to_string())
        .unwrap_or_default();
    let decimal = match reading.decimal_mark {
        Some(',') => "virgule",
        Some(_) => "point",
        None => "",
    };
    let dates = match reading.month_first {
        Some(true) => "mois-jour",
        Some(false) => "jour-mois",
        None => "",
    };
    let found = || option("", t(lang, "ws-set-found"));
    let text = |name, label: &str, value: &str, help: &str| {
        Field {
            name,
            label: &t(lang, label),
            value,
            help: &t(lang, help),
            autocomplete: "off",
            optional: true,
            ..Field::default()
        }
        .markup()
    };
    html! {
        div.duo {
            (text("entete", "ws-set-header", &line, "ws-set-header-what"))
            (text("feuille", "ws-set-sheet", reading.sheet.as_deref().unwrap_or_default(), "ws-set-sheet-what"))
            (choose("encodage", &t(lang, "ws-set-encoding"), "", &[
                found(), option("utf-8", "UTF-8"), option("windows-1252", "Windows-1252 (Excel)"),
                option("iso-8859-15", "ISO-8859-15"), option("ibm850", "CP850 (DOS)"), option("macintosh", "Mac Roman"),
                option("utf-16le", "UTF-16"),
            ], reading.encoding.as_deref().unwrap_or_default()))
            (choose("separateur", &t(lang, "ws-set-delimiter"), "", &[
                found(), option(";", t(lang, "ws-set-semicolon")), option(",", t(lang, "ws-set-comma")),
                option("\\t", t(lang, "ws-set-tab")), option("|", "|"),
            ], &match reading.delimiter.as_deref() { Some("\t") => "\\t".to_owned(), other => other.unwrap_or_default().to_owned() }))
            (choose("decimale", &t(lang, "ws-set-decimal"), "", &[
                found(), option("virgule", t(lang, "ws-set-decimal-comma")), option("point", t(lang, "ws-set-decimal-point")),
            ], decimal))
            (choose("dates", &t(lang, "ws-set-dates"), "", &[
                found(), option("jour-mois", t(lang, "ws-set-day-month")), option("mois-jour", t(lang, "ws-set-month-day")),
            ], dates))
        }
    }
}

/// A cell that does not fit, for which a mend is offered.
struct Mend {
    column: String,
    name: String,
    value: String,
}

/// Cells that could be marks: of a missing value, of secrecy.
fn mends(preview: &Preview) -> Vec<Mend> {
    use FindingKind as K;
    let mut found: Vec<Mend> = Vec::new();
    for (_, group) in preview.findings.groups() {
        for one in group {
            let is_cell = matches!(
                one.kind,
                K::NotANumber
                    | K::NotAnInteger
                    | K::NotADate
                    | K::NotABoolean
                    | K::NotAllowed
                    | K::UnknownMember
            );
            let (Some(name), Some(value), true) = (&one.column, &one.value, is_cell) else {
                continue;
            };
            let column = preview
                .columns
                .iter()
                .find(|it| it.name == *name || it.id.as_str() == name);
            let Some(column) = column else { continue };
            let of_column = found.iter().filter(|it| it.column == column.id.as_str());
            let is_known = found
                .iter()
                .any(|it| it.column == column.id.as_str() && it.value == *value);
            if is_known || of_column.count() >= MENDS_BY_COLUMN || value.len() > 60 {
                continue;
            }
            found.push(Mend {
                column: column.id.to_string(),
                name: name.clone(),
                value: value.clone(),
            });
        }
    }
    found.truncate(MOST_MENDS);
    found
}

/// Columns of texts of which most are numbers: some words among them have made them texts.
fn numbers(preview: &Preview) -> impl Iterator<Item = &ColumnSummary> {
    const ENOUGH: usize = 3;
    let columns = preview.columns.iter().enumerate();
    columns.filter_map(|(place, column)| {
        let texts = preview
            .rows
            .iter()
            .filter_map(|row| row.get(place)?.as_deref());
        let texts: Vec<&str> = texts.collect();
        let figures = texts.iter().filter(|it| typed_number(it).is_some()).count();
        let is_mostly =
            column.kind == ColumnType::Text && figures >= ENOUGH && 3 * figures >= 2 * texts.len();
        is_mostly.then_some(column)
    })
}

/// What was found, with the mends offered.
fn found(allowed: &Allowed<Compose>, preview: &Preview, is_new: bool) -> Markup {
    let lang = allowed.lang();
    let mends = mends(preview);
    html! {
        section.bloc aria-labelledby="h-constats" {
            div.bloc-tete { h2 #h-constats { (t(lang, "dataset-findings")) } }
            @if preview.findings.is_empty() { p { (t(lang, "dataset-no-finding")) } }
            @else { (sheet::finding_list(lang, &preview.findings)) }
            @for column in numbers(preview).filter(|_| is_new) {
                fieldset.constat-mend {
                    legend { (t_args(lang, "ws-mend-numbers", &[("column", column.name.as_str().into())])) }
                    (forms::tick(&format!("nombres-{}", column.id), "1", true, &html! { (t(lang, "ws-mend-numbers-do")) }))
                }
            }
            @for (place, proposal) in preview.proposals.iter().enumerate() {
                fieldset.constat-mend {
                    legend { (beffroi_text::finding(lang, &proposal.finding, 1)) }
                    @for (column, corrected) in &proposal.correction.columns {
                        @if let Some(heading) = &corrected.header {
                            input type="hidden" name={ "p-" (place) "-colonne" } value=(column);
                            input type="hidden" name={ "p-" (place) "-entete" } value=(heading);
                            (forms::tick(&format!("p-{place}"), "oui", true, &html! {
                                (t_args(lang, "ws-mend-header", &[("header", heading.as_str().into()), ("column", column.as_str().into())]))
                            }))
                        }
                    }
                }
            }
            @for (place, mend) in mends.iter().enumerate() {
                @let name = format!("m-{place}");
                fieldset.constat-mend {
                    legend { code { (mend.name) } " : " q { (mend.value) } " " (t(lang, "ws-mend-what")) }
                    input type="hidden" name={ (name) "-colonne" } value=(mend.column);
                    input type="hidden" name={ (name) "-valeur" } value=(mend.value);
                    @for (value, words) in [("", "ws-mend-leave"), ("absent", "ws-mend-missing"), ("secret", "ws-mend-secret"), ("sans-objet", "ws-mend-not-applicable")] {
                        label.choix {
                            input type="radio" name=(name) value=(value) checked[value == "absent"];
                            span { (t(lang, words)) }
                        }
                    }
                }
            }
        }
    }
}

/// The columns, as they are understood, with the first rows.
fn columns(
    allowed: &Allowed<Compose>,
    name: &str,
    preview: &Preview,
    correction: &Correction,
    is_new: bool,
    with_rows: bool,
) -> Markup {
    let lang = allowed.lang();
    // Of a file that nobody described yet, what seems to name persons is not shown either.
    let proposed = is_new.then(|| propose(name, preview, allowed.catalog()));
    let proposed: Vec<bool> = proposed.map_or_else(Vec::new, |it| {
        it.columns.iter().map(|column| column.personal).collect()
    });
    let is_personal = |place: usize| {
        let column = preview.columns.get(place);
        column.is_some_and(|it| it.personal) || proposed.get(place).is_some_and(|it| *it)
    };
    let table = html! {
        table.ample {
            caption { (t(lang, "ws-columns-caption")) }
            thead { tr {
                th scope="col" { (t(lang, "column-name")) }
                th scope="col" { (t(lang, "column-type")) }
                th.n scope="col" { (t(lang, "column-values")) }
                th.n scope="col" { (t(lang, "column-missing")) }
                th scope="col" { (t(lang, "ws-columns-marks")) }
            } }
            tbody {
                @for (place, column) in preview.columns.iter().enumerate() {
                    @let id = column.id.as_str();
                    @let corrected = correction.columns.get(id);
                    tr {
                        th scope="row" { (column.name) }
                        td {
                            @if is_personal(place) { (t(lang, "column-personal")) }
                            @else if is_new {
                                select name={ "type-" (id) } aria-label={ (t(lang, "column-type")) " : " (column.name) } {
                                    @for (word, kind) in KINDS {
                                        @let chosen = word_of(column.kind) == word;
                                        option value=(word) selected[chosen] { (t(lang, sheet::type_name(kind))) }
                                    }
                                }
                            } @else { (t(lang, sheet::type_name(column.kind))) }
                        }
                        td.n { (count(lang, column.values)) }
                        td.n { (count(lang, column.missing)) }
                        td {
                            input type="text" name={ "absent-" (id) } autocomplete="off"
                                aria-label={ (t(lang, "ws-columns-marks")) " : " (column.name) }
                                value=(corrected.map(|it| it.missing.join(", ")).unwrap_or_default());
                        }
                    }
                }
            }
        }
    };
    let rows = html! {
        table.apercu {
            caption { (t(lang, "dataset-preview-caption")) }
            thead { tr { @for column in &preview.columns { th scope="col" { (column.name) } } } }
            tbody {
                @for row in &preview.rows {
                    tr {
                        @for (place, cell) in row.iter().enumerate() {
                            td { (cell.as_deref().filter(|_| !is_personal(place)).unwrap_or("—")) }
                        }
                    }
                }
            }
        }
    };
    html! {
        section.bloc aria-labelledby="h-colonnes" {
            h2 #h-colonnes { (t(lang, "ws-columns")) }
            (parts::scrolling(&t(lang, "ws-columns-caption"), &table))
        }
        @if with_rows && !preview.rows.is_empty() {
            section.bloc aria-labelledby="h-apercu" {
                h2 #h-apercu { (t(lang, "dataset-preview")) }
                (parts::scrolling(&t(lang, "dataset-preview-caption"), &rows))
            }
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn count(lang: Lang, count: u64) -> String {
    number(lang, count as f64, 0)
}

/// Kinds of columns, by the words of declarations.
pub(super) const KINDS: [(&str, ColumnType); 11] = [
    ("text", ColumnType::Text),
    ("code", ColumnType::Code),
    ("integer", ColumnType::Integer),
    ("decimal", ColumnType::Decimal { scale: 2 }),
    ("boolean", ColumnType::Boolean),
    ("day", ColumnType::Date { grain: Grain::Day }),
    (
        "month",
        ColumnType::Date {
            grain: Grain::Month,
        },
    ),
    (
        "quarter",
        ColumnType::Date {
            grain: Grain::Quarter,
        },
    ),
    ("year", ColumnType::Date { grain: Grain::Year }),
    (
        "school_year",
        ColumnType::Date {
            grain: Grain::SchoolYear,
        },
    ),
    ("datetime", ColumnType::DateTime),
];

/// The word of a kind.
pub(super) fn word_of(kind: ColumnType) -> &'static str {
    let same = |other: &ColumnType| match (kind, other) {
        (ColumnType::Decimal { .. }, ColumnType::Decimal { .. }) => true,
        (kind, other) => kind == *other,
    };
    let found = KINDS.iter().find(|(_, other)| same(other));
    found.map_or("text", |(word, _)| word)
}

/// The corrections that a form asks for, over those there are.
fn corrected(form: &Form, before: &Correction, preview: Option<&Preview>) -> Correction {
    let mut correction = before.clone();
    let reading = &mut correction.reading;
    let word = |name: &str| Some(form.get(name).to_owned()).filter(|it| !it.is_empty());
    reading.header_line = word("entete")
        .and_then(|it| it.parse().ok())
        .filter(|it| *it > 0);
    reading.sheet = word("feuille");
    reading.encoding = word("encodage");
    reading.delimiter = word("separateur").map(|it| it.replace("\\t", "\t"));
    reading.decimal_mark = match form.get("decimale") {
        "virgule" => Some(','),
        "point" => Some('.'),
        _ => None,
    };
    reading.month_first = match form.get("dates") {
        "jour-mois" => Some(false),
        "mois-jour" => Some(true),
        _ => None,
    };
    let Some(preview) = preview else {
        return correction;
    };
    let mut columns: BTreeMap<String, ColumnCorrection> = correction.columns.clone();
    for column in &preview.columns {
        let id = column.id.as_str();
        let one = columns.entry(id.to_owned()).or_default();
        let asked = form.get(&format!("type-{id}"));
        let kind = KINDS.iter().find(|(word, _)| *word == asked);
        if let Some((word, kind)) = kind
            && *word != word_of(column.kind)
        {
            one.kind = Some(*kind);
        }
        if form.get(&format!("nombres-{id}")) == "1" {
            one.kind = Some(ColumnType::Decimal { scale: 2 });
        }
        let marks = form.get(&format!("absent-{id}")).split(',').map(str::trim);
        one.missing = marks
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect();
    }
    for place in 0..MOST_MENDS {
        let field = |end: &str| form.get(&format!("m-{place}-{end}")).to_owned();
        let (column, value) = (field("colonne"), field("valeur"));
        let known = preview.columns.iter().any(|it| it.id.as_str() == column);
        if !known || value.is_empty() {
            continue;
        }
        let one = columns.entry(column).or_default();
        let marks = match form.get(&format!("m-{place}")) {
            "absent" => &mut one.missing,
            "secret" => &mut one.secret,
            "sans-objet" => &mut one.not_applicable,
            _ => continue,
        };
        if !marks.contains(&value) {
            marks.push(value);
        }
    }
    for place in 0..MOST_MENDS {
        let field = |end: &str| form.get(&format!("p-{place}-{end}")).to_owned();
        let (column, heading) = (field("colonne"), field("entete"));
        let known = preview.columns.iter().any(|it| it.id.as_str() == column);
        if known && !heading.is_empty() && form.get(&format!("p-{place}")) == "oui" {
            columns.entry(column).or_default().header = Some(heading);
        }
    }
    columns.retain(|_, it| *it != ColumnCorrection::default());
    correction.columns = columns;
    correction
}

/// Mends, removes, or goes on with a file.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let work = Work::open_to_edit(&allowed).await?;
    let one = delivery(&allowed, &work)?;
    let visit = &allowed.visit;
    if form.get("faire") == "retirer" {
        let id = one.id;
        let gone = allowed
            .ask_store(move |store| store.remove_delivery(id))
            .await?;
        if let (Some(gone), Ok(folder)) = (gone, allowed.workbench()?.folder(work.draft.id.0)) {
            let removed = web::block(move || std::fs::remove_file(folder.join(gone.stored))).await;
            if let Ok(Err(error)) = removed {
                tracing::warn!(%error, "a file that was taken out of a draft stays");
            }
        }
        return Ok(on(visit, &work.path(""), "fichier-retire"));
    }
    let preview = match look(&allowed, &work, one).await? {
        Looked::Ready(preview) => Some(preview),
        Looked::UnderWay(_) | Looked::Refused(_) => None,
    };
    let before = correction_of(one);
    let after = corrected(&form, &before, preview.as_deref());
    let is_changed = after != before;
    if is_changed {
        let text = match after.is_empty() {
            true => String::new(),
            false => serde_json::to_string(&after).unwrap_or_default(),
        };
        let id = one.id;
        let saved = allowed.ask_store(move |store| store.set_correction(id, &text));
        saved.await?;
    }
    // What is read as numbers from now on may have cells to be asked about.
    let asks = after.columns.iter().any(|(id, it)| {
        it.kind.is_some() && before.columns.get(id).and_then(|it| it.kind) != it.kind
    });
    let goes_on = form.get("faire") == "continuer" && preview.is_some() && !asks;
    if !goes_on {
        return Ok(on(visit, &here(&work, one), "relu"));
    }
    if let Some(dataset) = &one.dataset {
        let path = match work.file(&format!("datasets/{dataset}.toml")) {
            Some(_) => work.path(&format!("/jeux/{dataset}")),
            None => work.path(""),
        };
        return Ok(on(visit, &path, ""));
    }
    // Corrections may have changed what the file looks like.
    let work = Work::open_to_edit(&allowed).await?;
    let one = delivery(&allowed, &work)?;
    let preview = match look(&allowed, &work, one).await? {
        Looked::Ready(preview) => preview,
        Looked::UnderWay(_) | Looked::Refused(_) => return Ok(on(visit, &here(&work, one), "")),
    };
    let id = describe(&allowed, &work, one, &preview).await?;
    Ok(on(visit, &work.path(&format!("/jeux/{id}")), "propose"))
}

/// Drafts the declaration of a dataset, from what a file shows.
async fn describe(
    allowed: &Allowed<Compose>,
    work: &Work,
    one: &Delivery,
    preview: &Arc<Preview>,
) -> Result<String, Failure> {
    let correction = correction_of(one);
    let proposed = propose(&one.name, preview, allowed.catalog());
    let taken = |id: &str| {
        let path = format!("datasets/{id}.toml");
        allowed.is_taken(&format!("datasets/{id}")) || work.file(&path).is_some()
    };
    let wanted = if proposed.title.is_empty() {
        &one.name
    } else {
        &proposed.title
    };
    let id = beffroi_workshop::id_from_title(wanted, taken)
        .or_else(|| beffroi_workshop::id_from_title("jeu", taken))
        .unwrap_or_else(|| format!("jeu_{}", one.id.0));
    let department = match &work.draft.department {
        Some(department) => department.clone(),
        None => match allowed.departments().into_iter().next() {
            Some(department) => department,
            None => return Err(allowed.not_found("direction")),
        },
    };
    let steward = &allowed.visitor().person.name;
    let ids: Vec<_> = proposed.columns.iter().map(|it| it.id.clone()).collect();
    let proposed = proposed.to_text(&department, steward);
    let broken = |error: beffroi_workshop::EditError| Failure::internal(&allowed.visit, &error);
    let mut form = DatasetForm::read(&proposed).map_err(broken)?;
    form.visibility = "internal".to_owned();
    // What was corrected of a column as it was guessed is declared of it as it is named.
    for (guessed, named) in preview.columns.iter().zip(&ids) {
        let corrected = correction.columns.get(guessed.id.as_str());
        let column = form.columns.iter_mut().find(|it| it.id == named.as_str());
        if let (Some(corrected), Some(column)) = (corrected, column) {
            column.missing.clone_from(&corrected.missing);
            column.secret.clone_from(&corrected.secret);
            column.not_applicable.clone_from(&corrected.not_applicable);
        }
    }
    let text = form.write(&proposed).map_err(broken)?;
    let path = format!("datasets/{id}.toml");
    work.keep(allowed, &path, Some(text), None).await?;
    // What is declared from now on need not be corrected.
    let kept = Correction {
        reading: correction.reading,
        columns: BTreeMap::new(),
    };
    let kept = match kept.is_empty() {
        true => String::new(),
        false => serde_json::to_string(&kept).unwrap_or_default(),
    };
    let (delivery, dataset) = (one.id, id.clone());
    allowed
        .ask_store(move |store| {
            let dataset = beffroi_model::DatasetId::new(&dataset).ok();
            store.set_delivery_dataset(delivery, dataset.as_ref())?;
            store.set_correction(delivery, &kept)
        })
        .await?;
    allowed
        .record(
            Kind::Change,
            "draft.dataset",
            &path,
            &format!("draft:{}", work.draft.id.0),
        )
        .await?;
    Ok(id)
}
