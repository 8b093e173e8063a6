//! `/atelier/brouillons/{draft}/jeux/{dataset}`: a dataset described once: what a row is, what its
//! columns mean, who answers for it.

use super::bounds::declares;
use super::file::KINDS;
use super::parts::{
    Area, Step, choose, conflict, made_from, made_of, on, option, origin, page_of, send, steps,
    told, troubles,
};
use super::work::{Kept, Work};
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, Compose, Form, Posted};
use crate::pages::dataset as sheet;
use crate::parts;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_catalog::Catalog;
use beffroi_model::{Unit, is_id};
use beffroi_text::{Lang, t, t_args};
use beffroi_workshop::{DatasetForm, SourceForm};
use maud::{Markup, html};

/// The drafted dataset of the address: its path, and its text when there is one.
async fn wanted(
    allowed: &Allowed<Compose>,
    work: &Work,
) -> Result<(String, Option<String>), Failure> {
    let id = allowed.part("dataset");
    let path = format!("datasets/{id}.toml");
    let is_known = work.file(&path).is_some() || declares(allowed, "datasets", id);
    if !is_id(id) || !is_known {
        return Err(allowed.not_found(id));
    }
    let text = work.text(allowed, &path).await?;
    Ok((path, text))
}

/// The form.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let work = Work::open(&allowed).await?;
    let (path, text) = wanted(&allowed, &work).await?;
    let form = DatasetForm::read(text.as_deref().unwrap_or_default());
    let over = work.overlaid(&allowed).await?;
    let id = allowed.part("dataset");
    let version = over.shown().and_then(|it| it.versions.get(id));
    let aside = version.map_or(0, |it| it.rows_rejected());
    let file = work
        .deliveries
        .iter()
        .find(|it| it.dataset.as_ref().is_some_and(|it| it.as_str() == id));
    let notes = html! {
        (told(&allowed.visit))
        (troubles(&allowed, &over))
        @if let Some(file) = file.filter(|_| aside > 0) {
            div.avis.surveiller role="status" {
                (parts::plain_badge("surveiller", &t_args(allowed.lang(), "ws-aside", &[("count", aside.into())])))
                p { a href=(allowed.visit.link(&work.path(&format!("/fichiers/{}", file.id.0)))) { (t(allowed.lang(), "ws-aside-see")) } }
            }
        }
    };
    match form {
        Ok(form) => {
            let made = made_from(&work, &path, text.as_deref());
            Ok(page(&allowed, &work, &form, &made, &notes, StatusCode::OK))
        }
        // It is written in a way that the form does not know: there is the text.
        Err(_) => Ok(on(
            &allowed.visit,
            &work.path(&format!("/textes/{path}")),
            "a-la-main",
        )),
    }
}

fn page(
    allowed: &Allowed<Compose>,
    work: &Work,
    form: &DatasetForm,
    made: &Markup,
    notes: &Markup,
    status: StatusCode,
) -> HttpResponse {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let id = allowed.part("dataset");
    let title = t(lang, "ws-describe-title");
    let here = work.path(&format!("/jeux/{id}"));
    let body = html! {
        div.page-tete { div {
            p.surtitre { (work.draft.title) " · " code { (id) } }
            h1 { (title) }
            p.chapo { (t(lang, "ws-describe-lead")) }
        } }
        (steps(visit, work, Step::Describe))
        (notes)
        form.pile method="post" action=(visit.link(&here)) {
            (forms::token(&allowed.visitor().csrf()))
            (made)
            (identity(allowed, form))
            (columns(allowed, form))
            @if work.may_edit {
                div.barre role="region" aria-label=(t(lang, "ws-actions")) { div.boite {
                    p { a href=(visit.link(&work.path(&format!("/textes/datasets/{id}.toml")))) { (t(lang, "ws-by-hand")) } }
                    div.actions {
                        button.bouton.second type="submit" name="faire" value="garder" { (t(lang, "ws-keep")) }
                        button.bouton type="submit" name="faire" value="continuer" { (t(lang, "ws-to-figures")) }
                    }
                } }
            }
        }
    };
    send(allowed, page_of(visit, work, title).body(body), status)
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

/// The departments for which this person declares, as options.
pub(super) fn departments(allowed: &Allowed<Compose>) -> Vec<(String, String)> {
    let english = allowed.visit.english();
    let own = allowed.departments();
    let all = allowed.catalog().town.departments.iter();
    all.filter(|(id, _)| own.contains(*id))
        .map(|(id, it)| option(id, it.title.get(english).0))
        .collect()
}

const FREQUENCIES: [&str; 7] = [
    "monthly",
    "quarterly",
    "yearly",
    "weekly",
    "daily",
    "irregular",
    "live",
];

fn identity(allowed: &Allowed<Compose>, form: &DatasetForm) -> Markup {
    let lang = allowed.lang();
    let words = |word: &str, prefix: &str| option(word, t(lang, &format!("{prefix}-{word}")));
    let frequencies: Vec<_> = FREQUENCIES
        .iter()
        .map(|it| words(it, "frequency"))
        .collect();
    let visibilities = [
        option("internal", t(lang, "ws-visibility-internal")),
        option("public", t(lang, "ws-visibility-public")),
    ];
    let loads = [
        option("replace", t(lang, "load-replace")),
        option("by_period", t(lang, "load-by-period")),
        option("append", t(lang, "load-append")),
    ];
    let load = if form.load.is_empty() {
        "replace"
    } else {
        &form.load
    };
    let mut times = vec![option("", t(lang, "ws-time-none"))];
    let dated = |kind: &str| {
        matches!(
            kind,
            "day" | "month" | "quarter" | "year" | "school_year" | "datetime"
        )
    };
    let dates = form
        .columns
        .iter()
        .filter(|it| dated(&it.kind) || it.id == form.time);
    times.extend(dates.map(|it| option(&it.id, name_of(it))));
    html! {
        section.bloc aria-labelledby="h-carte" {
            h2 #h-carte { (t(lang, "dataset-card")) }
            (line("titre", &t(lang, "ws-title"), &form.title, false, ""))
            (line("ligne", &t(lang, "dataset-row"), &form.row, false, &t(lang, "ws-row-what")))
            (Area { name: "description", label: &t(lang, "ws-description"), help: &t(lang, "ws-description-what"), value: &form.description, rows: 3, error: "" }.markup())
            div.duo {
                (choose("direction", &t(lang, "dataset-department"), "", &departments(allowed), &form.department))
                (line("responsable", &t(lang, "ws-steward"), &form.steward, false, ""))
                (choose("frequence", &t(lang, "dataset-frequency"), &t(lang, "ws-frequency-what"), &frequencies, &form.frequency))
                (choose("temps", &t(lang, "ws-time"), &t(lang, "ws-time-what"), &times, &form.time))
                (choose("chargement", &t(lang, "dataset-load"), "", &loads, load))
                (choose("visibilite", &t(lang, "catalogue-visibility"), "", &visibilities, &form.visibility))
                (line("licence", &t(lang, "ws-licence"), &form.licence, true, &t(lang, "ws-licence-what")))
                @match &form.source {
                    SourceForm::Inbox(pattern) => (line("fichiers", &t(lang, "ws-source"), pattern, false, &t(lang, "ws-source-what"))),
                    SourceForm::File(pattern) => div.champ { p { (t(lang, "dataset-source")) " : " code { (pattern) } } },
                    SourceForm::Other => div.champ { p { (t(lang, "ws-source-other")) } },
                }
            }
            details open[!form.title_en.is_empty()] {
                summary { (t(lang, "ws-english")) }
                (line("titre-en", &t(lang, "ws-title-en"), &form.title_en, true, ""))
                (line("ligne-en", &t(lang, "ws-row-en"), &form.row_en, true, ""))
                (Area { name: "description-en", label: &t(lang, "ws-description-en"), help: "", value: &form.description_en, rows: 3, error: "" }.markup())
            }
        }
    }
}

fn name_of(column: &beffroi_workshop::ColumnForm) -> &str {
    let header = column.headers.first().map(String::as_str);
    match (column.title.as_str(), header) {
        ("", Some(header)) => header,
        ("", None) => &column.id,
        (title, _) => title,
    }
}

/// Units, none first.
pub(super) fn units(lang: Lang) -> Vec<(String, String)> {
    let mut units = vec![option("", t(lang, "ws-unit-none"))];
    units.extend(Unit::ALL.iter().map(|(symbol, _)| option(symbol, *symbol)));
    units
}

fn columns(allowed: &Allowed<Compose>, form: &DatasetForm) -> Markup {
    let lang = allowed.lang();
    let units = units(lang);
    let axes = std::iter::once(option("", t(lang, "ws-axis-own")));
    let shared = allowed
        .catalog()
        .dimensions
        .iter()
        .map(|(id, it)| option(id, it.title.get(allowed.visit.english()).0));
    let axes: Vec<(String, String)> = axes.chain(shared).collect();
    html! {
        section.bloc aria-labelledby="h-colonnes" {
            h2 #h-colonnes { (parts::counted(lang, "dataset-columns", form.columns.len())) }
            p { (t(lang, "ws-columns-lead")) }
            @for column in &form.columns {
                @let id = &column.id;
                fieldset.etape-form {
                    legend { (name_of(column)) " " code.discret { (id) } }
                    div.duo {
                        (line(&format!("col-{id}-titre"), &t(lang, "ws-column-title"), &column.title, true, ""))
                        (line(&format!("col-{id}-sens"), &t(lang, "column-meaning"), &column.description, true, ""))
                        (choose(&format!("col-{id}-type"), &t(lang, "column-type"), "", &kinds(lang), &column.kind))
                        (choose(&format!("col-{id}-unite"), &t(lang, "column-unit"), "", &units, &column.unit))
                        @if matches!(column.kind.as_str(), "text" | "code") {
                            (choose(&format!("col-{id}-axe"), &t(lang, "ws-axis"), "", &axes, &column.dimension))
                        }
                        (line(&format!("col-{id}-absent"), &t(lang, "ws-columns-marks"), &column.missing.join(", "), true, ""))
                    }
                    (forms::tick(&format!("col-{id}-personnelle"), "1", column.personal, &html! { (t(lang, "ws-column-personal")) }))
                    (forms::tick(&format!("col-{id}-obligatoire"), "1", column.required, &html! { (t(lang, "ws-column-required")) }))
                    (forms::tick(&format!("col-{id}-retirer"), "1", false, &html! { (t(lang, "ws-column-remove")) }))
                }
            }
        }
    }
}

fn kinds(lang: Lang) -> Vec<(String, String)> {
    let kinds = KINDS.iter();
    kinds
        .map(|(word, kind)| option(word, t(lang, sheet::type_name(*kind))))
        .collect()
}

/// What a form says, over what there is.
fn written(form: &Form, before: &DatasetForm) -> DatasetForm {
    let text = |name: &str| form.get(name).replace("\r\n", "\n");
    let marks = |name: &str| {
        let value = text(name);
        let marks = value.split(',').map(str::trim).filter(|it| !it.is_empty());
        marks.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut after = before.clone();
    after.title = text("titre");
    after.title_en = text("titre-en");
    after.row = text("ligne");
    after.row_en = text("ligne-en");
    after.description = text("description");
    after.description_en = text("description-en");
    after.department = text("direction");
    after.steward = text("responsable");
    after.frequency = text("frequence");
    after.time = text("temps");
    after.visibility = text("visibilite");
    after.licence = text("licence");
    let load = text("chargement");
    if !(before.load.is_empty() && load == "replace") {
        after.load = load;
    }
    if let SourceForm::Inbox(pattern) = &mut after.source {
        *pattern = text("fichiers");
    }
    after.columns.retain_mut(|column| {
        let field = |end: &str| format!("col-{}-{end}", column.id);
        let [title, meaning, kind, unit] =
            ["titre", "sens", "type", "unite"].map(|end| text(&field(end)));
        let axis = text(&field("axe"));
        let (missing, is_personal, is_required, goes) = (
            marks(&field("absent")),
            !form.get(&field("personnelle")).is_empty(),
            !form.get(&field("obligatoire")).is_empty(),
            !form.get(&field("retirer")).is_empty(),
        );
        // A column of which the form says nothing is not the form's.
        if !form.has(&field("titre")) {
            return true;
        }
        column.title = title;
        column.description = meaning;
        if column.kind != kind && kind != "decimal" {
            column.scale = None;
        }
        column.kind = kind;
        column.unit = unit;
        if form.has(&field("axe")) {
            column.dimension = axis;
        }
        column.missing = missing;
        column.personal = is_personal;
        column.required = is_required;
        !goes
    });
    let columns = &after.columns;
    if !columns.iter().any(|it| it.id == after.time) {
        after.time.clear();
    }
    after.key.retain(|id| columns.iter().any(|it| it.id == *id));
    after
}

/// Keeps what was written.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let work = Work::open_to_edit(&allowed).await?;
    let (path, text) = wanted(&allowed, &work).await?;
    let visit = &allowed.visit;
    let from = origin(&form);
    // The form speaks of the text that it was made from.
    let began = from.as_ref().and_then(|(_, text)| text.clone());
    let began = began.or(text).unwrap_or_default();
    let Ok(before) = DatasetForm::read(&began) else {
        return Ok(on(
            visit,
            &work.path(&format!("/textes/{path}")),
            "a-la-main",
        ));
    };
    let after = written(&form, &before);
    let again = |notes: Markup, made: Markup| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(page(&allowed, &work, &after, &made, &notes, status))
    };
    let lang = allowed.lang();
    let made = made_from(&work, &path, Some(&began));
    let new = match after.write(&began) {
        Ok(new) => new,
        Err(error) => {
            tracing::warn!(%error, "a drafted dataset cannot be written");
            return again(forms::refused(&t(lang, "ws-unwritable")), made);
        }
    };
    let goes_on = form.get("faire") == "continuer";
    match work.keep(&allowed, &path, Some(new), from).await? {
        Kept::Done | Kept::Merged if goes_on => {
            let work = Work::open(&allowed).await?;
            let over = work.overlaid(&allowed).await?;
            let id = allowed.part("dataset");
            if after.time.is_empty() {
                return Ok(on(visit, &work.path(&format!("/jeux/{id}")), "sans-temps"));
            }
            match over
                .catalog()
                .is_some_and(|it: &Catalog| it.datasets.contains_key(id))
            {
                true => {
                    let to = visit.link_with(&work.path("/indicateurs/nouveau"), &[("jeu", id)]);
                    Ok(crate::door::lead(&to, &[]))
                }
                false => Ok(on(visit, &work.path(&format!("/jeux/{id}")), "a-completer")),
            }
        }
        Kept::Done => Ok(on(visit, visit.path.as_str(), "garde")),
        Kept::Merged => Ok(on(visit, visit.path.as_str(), "fusionne")),
        Kept::TooLong => again(forms::refused(&t(lang, "ws-too-long")), made),
        Kept::Closed => again(forms::refused(&t(lang, "ws-closed")), made),
        Kept::Conflict {
            by,
            text: merged,
            revision,
            conflicts,
        } => {
            let made = made_of(revision, &merged);
            let (notes, status) = (conflict(lang, &by, &conflicts), StatusCode::CONFLICT);
            let both = DatasetForm::read(&merged).unwrap_or(after);
            Ok(page(&allowed, &work, &both, &made, &notes, status))
        }
    }
}
