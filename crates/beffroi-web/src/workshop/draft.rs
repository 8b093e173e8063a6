//! `/atelier/brouillons/{draft}`: a draft as a whole: what it changes, with its figures, what is
//! said of it, and the way to publication.

use super::bounds::{declares, name};
use super::bring::how;
use super::parts::{Area, Step, choose, on, option, page, send, stage, steps, told, troubles};
use super::publication::{Outcome, publish_draft};
use super::work::{Over, Work, published};
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, Compose, Form, Posted, ReadIndicator, Review};
use crate::parts;
use crate::visit::Visit;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use beffroi_catalog::{Catalog, Text};
use beffroi_figure::{summary, summary_queries};
use beffroi_store::workshop::{
    Author, Comment, DraftFile, DraftStage, FileChange, Move, Saved, Step as Stride,
};
use beffroi_store::{CommentId, Kind};
use beffroi_text::{Lang, date_long, size, t, t_args, time_of_day};
use beffroi_workshop::{DifferenceKind, differences};
use chrono::{DateTime, Local, NaiveDate, NaiveTime, TimeZone as _, Utc};
use maud::{Markup, html};

/// Differences of a file that are shown at once.
const MOST_DIFFERENCES: usize = 40;

/// The page.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let work = Work::open(&allowed).await?;
    let over = work.overlaid(&allowed).await?;
    whole(&allowed, &work, &over, told(&allowed.visit), StatusCode::OK).await
}

async fn whole(
    allowed: &Allowed<Compose>,
    work: &Work,
    over: &Over,
    notes: Markup,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let id = work.draft.id;
    let (comments, path) = allowed
        .ask_store(move |store| Ok((store.comments(Some(id))?, store.steps(id)?)))
        .await?;
    let figures = figures(allowed, work, over).await?;
    // What was changed by hand meanwhile is said before publication meets it.
    let mut moved = Vec::new();
    for file in work.files.iter().filter(|_| work.draft.stage.is_open()) {
        let now = published(allowed, &file.path).await?;
        if now != file.base && now != file.text {
            moved.push((file.path.clone(), now));
        }
    }
    let is_open = matches!(work.draft.stage, DraftStage::Draft | DraftStage::Returned);
    let title = work.draft.title.clone();
    let body = html! {
        div.page-tete { div {
            p.surtitre { (t(lang, "ws-draft")) " " (id.0) " · " (work.draft.maker_name) }
            h1 { (title) }
        } }
        (steps(visit, work, Step::Publish))
        (notes)
        div.etat-pub {
            p { (stage(lang, work.draft.stage)) }
            p.petit.discret {
                (t_args(lang, "ws-changed-at", &[("day", when(lang, work.draft.changed_at).into())]))
                @if work.draft.is_shared { " · " (t(lang, "ws-shared")) }
                @if let Some(at) = work.draft.publish_at { " · " (t_args(lang, "ws-publish-at", &[("day", when(lang, at).into())])) }
            }
        }
        (troubles(allowed, over))
        div.grille.section {
            div."c-7".pile {
                (contents(allowed, work, &moved))
                (figures)
                (discussion(allowed, work, over, &comments))
            }
            div."c-5".pile {
                (way(allowed, work, over))
                @if is_open && work.may_edit { (more(allowed, work)) (settings(allowed, work)) }
                (history(lang, &path))
            }
        }
    };
    Ok(send(allowed, page(visit, title).body(body), status))
}

/// A day and a time, here.
pub(crate) fn when(lang: Lang, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Local);
    let day = date_long(lang, local.date_naive());
    t_args(
        lang,
        "instant",
        &[
            ("day", day.into()),
            ("time", time_of_day(lang, local.naive_local()).into()),
        ],
    )
    .into_owned()
}

/// Files that are not on disk what the draft began from, with what they are there.
type Moved = [(String, Option<String>)];

/// What it holds: each drafted file with its differences, each file that was brought.
fn contents(allowed: &Allowed<Compose>, work: &Work, moved: &Moved) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    html! {
        section.bloc aria-labelledby="h-contenu" {
            h2 #h-contenu { (t(lang, "ws-contents")) }
            @if work.files.is_empty() && work.deliveries.is_empty() { p { (t(lang, "ws-contents-none")) } }
            @for one in &work.deliveries {
                article.tuile-fichier {
                    h3 {
                        @if work.draft.stage.is_open() { a href=(visit.link(&work.path(&format!("/fichiers/{}", one.id.0)))) { (one.name) } }
                        @else { (one.name) }
                    }
                    p.petit {
                        (size(lang, one.bytes)) " · " (how(lang, &one.how))
                        @if let Some(dataset) = &one.dataset { " · " (t(lang, "what-dataset")) " " code { (dataset) } }
                    }
                }
            }
            @for file in &work.files { (drafted(allowed, work, file, moved)) }
        }
    }
}

/// The page where a drafted file is changed.
fn form_of(work: &Work, path: &str) -> String {
    match name(path) {
        Some(("datasets", id)) => work.path(&format!("/jeux/{id}")),
        Some(("indicators", id)) => work.path(&format!("/indicateurs/{id}")),
        Some(("boards", id)) => work.path(&format!("/tableaux/{id}")),
        _ => work.path(&format!("/textes/{path}")),
    }
}

fn drafted(allowed: &Allowed<Compose>, work: &Work, file: &DraftFile, moved: &Moved) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let kind = match name(&file.path) {
        Some(("datasets", _)) => t(lang, "what-dataset"),
        Some(("indicators", _)) => t(lang, "what-indicator"),
        Some(("reports", _)) => t(lang, "what-report"),
        _ => t(lang, "what-board"),
    };
    let (class, state) = match (&file.base, &file.text) {
        (None, _) => ("voie", "ws-file-new"),
        (Some(_), None) => ("retard", "ws-file-removed"),
        (Some(base), Some(text)) if base == text => ("sans", "ws-file-same"),
        _ => ("surveiller", "ws-file-changed"),
    };
    html! {
        article.tuile-fichier {
            h3 {
                a href=(visit.link(&form_of(work, &file.path))) { (kind) " " code { (name(&file.path).map_or("", |it| it.1)) } }
            }
            p.petit {
                (parts::plain_badge(class, &t(lang, state))) " · "
                a href=(visit.link(&work.path(&format!("/historique/{}", file.path)))) { (t(lang, "ws-history-saves")) } " · "
                (t_args(lang, "ws-saved-by", &[("name", file.changed_by.as_str().into()), ("day", when(lang, file.changed_at).into())]))
                @if let (Some((folder @ ("boards" | "reports"), id)), true) = (name(&file.path), file.text.is_some()) {
                    @let place = if folder == "boards" { "tableaux" } else { "rapports" };
                    " · " a href=(visit.link(&work.path(&format!("/apercu/{place}/{id}")))) { (t(lang, "ws-preview-whole")) }
                }
            }
            @if let Some((_, disk)) = moved.iter().find(|(path, _)| *path == file.path) {
                div.avis.surveiller {
                    (parts::plain_badge("surveiller", &t(lang, "ws-file-moved")))
                    (changes(lang, file.base.as_deref(), disk.as_deref(), false))
                }
            }
            (changes(lang, file.base.as_deref(), file.text.as_deref(), file.base.is_some()))
            @if work.may_edit {
                (forms::button(&visit.link(&work.path("")), &allowed.visitor().csrf(), &[("faire", "sortir"), ("chemin", &file.path)], "discret mini", &t_args(lang, "ws-take-out-of", &[("name", file.path.as_str().into())])))
            }
        }
    }
}

/// The differences between two texts, in words.
pub(super) fn changes(lang: Lang, before: Option<&str>, after: Option<&str>, open: bool) -> Markup {
    let found = differences(before, after);
    let words = |kind: DifferenceKind| match kind {
        DifferenceKind::Added => "ws-change-added",
        DifferenceKind::Removed => "ws-change-removed",
        DifferenceKind::Changed => "ws-change-changed",
        DifferenceKind::Moved => "ws-change-moved",
    };
    html! {
        @if !found.is_empty() {
            details open[open && found.len() < 12] {
                summary { (parts::counted(lang, "ws-differences", found.len())) }
                ul.differences {
                    @for one in found.iter().take(MOST_DIFFERENCES) {
                        li {
                            (place(lang, &one.path)) " " (t(lang, words(one.kind)))
                            @if one.before.is_some() || one.after.is_some() {
                                " : "
                                @if let Some(before) = &one.before { del { (short(before)) } " " }
                                @if one.before.is_some() && one.after.is_some() { "→ " }
                                @if let Some(after) = &one.after { ins { (short(after)) } }
                            }
                        }
                    }
                    @if found.len() > MOST_DIFFERENCES { li { "…" } }
                }
            }
        }
    }
}

/// Where a difference is, in words: what has no word of ours is a name of theirs.
fn place(lang: Lang, path: &[String]) -> Markup {
    html! {
        @for (number, part) in path.iter().enumerate() {
            @if number > 0 { " › " }
            @let id = format!("ws-key-{}", part.replace('.', "-"));
            @let words = t(lang, &id);
            @if *words == id { em { (part) } } @else { (words) }
        }
    }
}

/// The start of a text, as far as it is worth seeing.
fn short(text: &str) -> String {
    const SEEN: usize = 240;
    match text.char_indices().nth(SEEN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The drafted indicators: their figure as it is published, and as it would be.
async fn figures(allowed: &Allowed<Compose>, work: &Work, over: &Over) -> Result<Markup, Failure> {
    let Some(with) = over.as_oneself::<_, ReadIndicator>(allowed) else {
        return Ok(Markup::default());
    };
    let visit = &allowed.visit;
    let lang = visit.lang;
    let mut touched: Vec<&str> = work
        .files
        .iter()
        .filter_map(|it| name(&it.path))
        .filter_map(|(folder, id)| (folder == "indicators").then_some(id))
        .collect();
    // A new version of a dataset moves all that rests on it.
    let brought = work.deliveries.iter().filter_map(|it| it.dataset.as_ref());
    for dataset in brought {
        let resting = beffroi_catalog::lineage::indicators_on(with.catalog(), dataset);
        for indicator in resting {
            if !touched.contains(&indicator.id.as_str()) {
                touched.push(indicator.id.as_str());
            }
        }
    }
    let mut rows = Vec::new();
    for id in touched.into_iter().take(30) {
        let after = match with.catalog().indicators.get(id) {
            Some(_) => told_by(&with, id).await?,
            None => None,
        };
        let before = match allowed.catalog().indicators.get(id) {
            Some(_) => told_by(allowed, id).await?,
            None => None,
        };
        rows.push((id.to_owned(), before, after));
    }
    let content = html! {
        table {
            caption { (t(lang, "ws-figures-caption")) }
            thead { tr {
                th scope="col" { (t(lang, "what-indicator")) }
                th scope="col" { (t(lang, "ws-figures-before")) }
                th scope="col" { (t(lang, "ws-figures-after")) }
            } }
            tbody {
                @for (id, before, after) in &rows {
                    tr {
                        th scope="row" { a href=(visit.link(&work.path(&format!("/apercu/indicateurs/{id}")))) { (after.as_ref().or(before.as_ref()).map_or(id.as_str(), |it| it.0.as_str())) } }
                        td { (before.as_ref().map_or("—", |it| it.1.as_str())) }
                        td { (after.as_ref().map_or("—", |it| it.1.as_str())) }
                    }
                }
            }
        }
    };
    Ok(html! {
        @if !rows.is_empty() {
            section.bloc aria-labelledby="h-chiffres" {
                h2 #h-chiffres { (t(lang, "ws-figures")) }
                (parts::scrolling(&t(lang, "ws-figures-caption"), &content))
            }
        }
    })
}

/// The title of an indicator and its last figure, in words.
async fn told_by<P>(allowed: &Allowed<P>, id: &str) -> Result<Option<(String, String)>, Failure> {
    let Some(indicator) = allowed.catalog().indicators.get(id) else {
        return Ok(None);
    };
    let ctx = crate::summaries::context(allowed, indicator);
    let answers = allowed.ask(vec![summary_queries(indicator, &ctx)]).await?;
    let answers = answers.into_iter().next().unwrap_or_default();
    let told = summary(indicator, &ctx, &answers);
    let value = match told.value.unit.as_str() {
        "" => format!("{}, {}", told.value.number, told.period),
        unit => format!("{} {unit}, {}", told.value.number, told.period),
    };
    Ok(Some((told.title, value)))
}

/// What was said of it.
fn discussion(
    allowed: &Allowed<Compose>,
    work: &Work,
    over: &Over,
    comments: &[Comment],
) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let here = visit.link(&work.path(""));
    let csrf = allowed.visitor().csrf();
    let mut objects = vec![option("", t(lang, "ws-comment-whole"))];
    if let Some(catalog) = over.catalog() {
        for board in super::board::drafted(work, catalog) {
            for tile in board.sections.iter().flat_map(|it| &it.tiles) {
                let first = tile
                    .indicators
                    .first()
                    .and_then(|id| catalog.indicators.get(id));
                let title = first.map_or(tile.id.as_str(), |it| it.title.get(visit.english()).0);
                objects.push(option(
                    format!("boards/{}#{}", board.id, tile.id),
                    format!("{} : {title}", board.title.get(visit.english()).0),
                ));
            }
        }
    }
    html! {
        section.bloc #commentaires aria-labelledby="h-commentaires" {
            h2 #h-commentaires { (t(lang, "ws-comments")) }
            @for one in comments {
                article.commentaire {
                    p.petit {
                        strong { (one.name) } ", " (when(lang, one.at))
                        @if !one.object.is_empty() { " · " code { (one.object) } }
                        @if one.resolved_at.is_some() { " · " (parts::plain_badge("atteint", &t(lang, "ws-comment-resolved"))) }
                    }
                    p { (one.text) }
                    @if one.resolved_at.is_none() {
                        (forms::button(&here, &csrf, &[("faire", "resoudre"), ("commentaire", &one.id.0.to_string())], "discret mini", &t(lang, "ws-comment-resolve")))
                    }
                }
            }
            form.pile method="post" action=(here) {
                (forms::token(&csrf))
                (choose("objet", &t(lang, "ws-comment-on"), "", &objects, ""))
                (Area { name: "commentaire", label: &t(lang, "ws-comment-text"), help: "", value: "", rows: 3, error: "" }.markup())
                div.actions { button.bouton.second type="submit" name="faire" value="commenter" { (t(lang, "ws-comment-add")) } }
            }
        }
    }
}

/// Whether a draft only brings files for datasets that are published: no declaration changes.
fn is_only_files(allowed: &Allowed<Compose>, work: &Work) -> bool {
    work.files.is_empty()
        && !work.deliveries.is_empty()
        && work.deliveries.iter().all(|it| {
            let known = it.dataset.as_ref();
            known.is_some_and(|id| allowed.whole_catalog().datasets.contains_key(id))
        })
}

/// Whether a draft can be published as it stands.
fn is_sound(work: &Work, over: &Over) -> bool {
    over.overlaid.problems.is_empty()
        && over.overlaid.unread.is_empty()
        && over.bounds.is_empty()
        && !(work.files.is_empty() && work.deliveries.is_empty())
        && work.deliveries.iter().all(|it| it.dataset.is_some())
}

/// The way to publication, from where it is.
fn way(allowed: &Allowed<Compose>, work: &Work, over: &Over) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let here = visit.link(&work.path(""));
    let review = visit.link(&work.path("/relecture"));
    let seen = work.draft.revision.to_string();
    let csrf = allowed.visitor().csrf();
    let sound = is_sound(work, over);
    let is_open = matches!(work.draft.stage, DraftStage::Draft | DraftStage::Returned);
    let is_files = is_only_files(allowed, work);
    html! {
        section.bloc.pile aria-labelledby="h-publier" {
            h2 #h-publier { (t(lang, "ws-step-publish")) }
            @match work.draft.stage {
                DraftStage::Draft | DraftStage::Returned => {
                    p { (t(lang, if is_files { "ws-way-files" } else { "ws-way-draft" })) }
                    @if !sound { p.avis { (t(lang, "ws-way-unsound")) } }
                    @if sound && work.may_edit && !is_files {
                        form.pile method="post" action=(here) {
                            (forms::token(&csrf))
                            (Area { name: "note", label: &t(lang, "ws-note"), help: &t(lang, "ws-note-what"), value: "", rows: 2, error: "" }.markup())
                            div.actions { button.bouton type="submit" name="faire" value="relecture" { (t(lang, "ws-ask-review")) } }
                        }
                    }
                    @if sound && work.is_own && is_files {
                        (forms::button(&here, &csrf, &[("faire", "accepter")], "", &t(lang, "ws-accept-files")))
                    } @else if sound && work.is_own && work.may_review {
                        (forms::button(&review, &csrf, &[("faire", "publier"), ("vu", &seen)], "second", &t(lang, "ws-publish-unreviewed")))
                    }
                }
                DraftStage::Review => {
                    p { (t(lang, "ws-way-review")) }
                    @if work.may_review {
                        @if !sound { p.avis { (t(lang, "ws-way-unsound")) } }
                        form.pile method="post" action=(review) {
                            (forms::token(&csrf))
                            input type="hidden" name="vu" value=(seen);
                            (Area { name: "note", label: &t(lang, "ws-note"), help: &t(lang, "ws-note-return-what"), value: "", rows: 2, error: "" }.markup())
                            (Field { name: "le", label: &t(lang, "ws-publish-day"), kind: "date", help: &t(lang, "ws-publish-day-what"), optional: true, autocomplete: "off", ..Field::default() }.markup())
                            (Field { name: "a", label: &t(lang, "ws-publish-time"), kind: "time", optional: true, autocomplete: "off", ..Field::default() }.markup())
                            div.actions {
                                @if sound { button.bouton type="submit" name="faire" value="publier" { (t(lang, "ws-approve")) } }
                                button.bouton.second type="submit" name="faire" value="rendre" { (t(lang, "ws-return")) }
                            }
                        }
                    }
                    @if work.is_own { (forms::button(&here, &csrf, &[("faire", "reprendre")], "discret", &t(lang, "ws-take-back"))) }
                }
                DraftStage::Approved => {
                    p { (t(lang, "ws-way-approved")) }
                    @if work.may_review {
                        (forms::button(&review, &csrf, &[("faire", "publier"), ("vu", &seen)], "", &t(lang, "ws-publish-now")))
                        (forms::button(&review, &csrf, &[("faire", "rendre"), ("vu", &seen)], "second", &t(lang, "ws-return")))
                    }
                }
                DraftStage::Publishing => { p { (t(lang, "ws-way-publishing")) } }
                DraftStage::Published => { p { (t(lang, "ws-way-published")) } (published_links(visit, allowed.catalog(), work)) }
                DraftStage::Abandoned => {
                    p { (t(lang, "ws-way-abandoned")) }
                    @if work.is_own { (forms::button(&here, &csrf, &[("faire", "reprendre")], "second", &t(lang, "ws-resume"))) }
                }
            }
            @if is_open && work.is_own {
                details {
                    summary { (t(lang, "ws-abandon")) }
                    (forms::sure_button(&here, &csrf, &[("faire", "abandonner")], &t(lang, "ws-abandon-sure"), &t(lang, "ws-abandon")))
                }
            }
        }
    }
}

/// The title of something published.
fn title_of<'c>(catalog: &'c Catalog, folder: &str, id: &str) -> Option<&'c Text> {
    match folder {
        "datasets" => catalog.datasets.get(id).map(|it| &it.title),
        "indicators" => catalog.indicators.get(id).map(|it| &it.title),
        "reports" => catalog.reports.get(id).map(|it| &it.title),
        _ => catalog.boards.get(id).map(|it| &it.title),
    }
}

/// Where what was published is.
fn published_links(visit: &Visit, catalog: &Catalog, work: &Work) -> Markup {
    html! {
        ul.pistes {
            @for file in &work.files {
                @if let (Some((folder, id)), Some(_)) = (name(&file.path), &file.text) {
                    @let place = match folder { "boards" => "tableaux", "indicators" => "indicateurs", "reports" => "rapports", _ => "catalogue" };
                    li {
                        @let title = title_of(catalog, folder, id).map(|it| parts::declared(visit, it));
                        a href=(visit.link(&format!("/{place}/{id}"))) {
                            @match title { Some(title) => (title), None => code { (id) } }
                        }
                        " "
                        a href=(visit.link(&format!("/atelier/historique/{}", file.path))) { (t(visit.lang, "ws-history")) }
                    }
                }
            }
            @for one in &work.deliveries {
                @if let Some(dataset) = &one.dataset { li { a href=(visit.link(&format!("/catalogue/{dataset}"))) { (one.name) } } }
            }
        }
    }
}

/// What else may come into it.
fn more(allowed: &Allowed<Compose>, work: &Work) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let number = work.draft.id.0.to_string();
    let english = visit.english();
    let own = allowed.departments();
    let catalog = allowed.catalog();
    let mut things = Vec::new();
    things.extend(
        catalog
            .reports
            .values()
            .filter(|it| own.contains(&it.department))
            .map(|it| {
                option(
                    format!("reports/{}.toml", it.id),
                    format!("{} : {}", t(lang, "what-report"), it.title.get(english).0),
                )
            }),
    );
    things.extend(
        catalog
            .boards
            .values()
            .filter(|it| own.contains(&it.department))
            .map(|it| {
                option(
                    format!("boards/{}.toml", it.id),
                    format!("{} : {}", t(lang, "what-board"), it.title.get(english).0),
                )
            }),
    );
    things.extend(
        catalog
            .indicators
            .values()
            .filter(|it| own.contains(&it.department))
            .map(|it| {
                option(
                    format!("indicators/{}.toml", it.id),
                    format!(
                        "{} : {}",
                        t(lang, "what-indicator"),
                        it.title.get(english).0
                    ),
                )
            }),
    );
    things.extend(
        catalog
            .datasets
            .values()
            .filter(|it| own.contains(&it.department))
            .map(|it| {
                option(
                    format!("datasets/{}.toml", it.id),
                    format!("{} : {}", t(lang, "what-dataset"), it.title.get(english).0),
                )
            }),
    );
    things.retain(|(path, _)| work.file(path).is_none());
    html! {
        section.bloc.pile aria-labelledby="h-plus" {
            h2 #h-plus { (t(lang, "ws-more")) }
            ul.pistes {
                li { a href=(visit.link_with("/atelier/deposer", &[("brouillon", &number)])) { (t(lang, "ws-bring")) } }
                li { a href=(visit.link(&work.path("/indicateurs/nouveau"))) { (t(lang, "ws-indicator-new")) } }
                li { a href=(visit.link(&work.path("/tableaux/nouveau"))) { (t(lang, "ws-board-make")) } }
            }
            @if !things.is_empty() {
                form.pile method="post" action=(visit.link(&work.path(""))) {
                    (forms::token(&allowed.visitor().csrf()))
                    (choose("chemin", &t(lang, "ws-take-in"), &t(lang, "ws-take-in-what"), &things, ""))
                    div.actions {
                        button.bouton.second type="submit" name="faire" value="prendre" { (t(lang, "ws-take-in-do")) }
                        button.bouton.discret type="submit" name="faire" value="depublier" { (t(lang, "ws-unpublish-do")) }
                    }
                }
            }
        }
    }
}

/// What it is called, and who works on it.
fn settings(allowed: &Allowed<Compose>, work: &Work) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    html! {
        details.bloc {
            summary { (t(lang, "ws-draft-settings")) }
            form.pile method="post" action=(visit.link(&work.path(""))) {
                (forms::token(&allowed.visitor().csrf()))
                (Field { name: "titre", label: &t(lang, "ws-title"), value: &work.draft.title, autocomplete: "off", ..Field::default() }.markup())
                (choose("direction", &t(lang, "dataset-department"), "", &super::dataset::departments(allowed), work.draft.department.as_ref().map_or("", |it| it.as_str())))
                (forms::tick("partage", "1", work.draft.is_shared, &html! { (t(lang, "ws-share-tick")) }))
                div.actions { button.bouton.second type="submit" name="faire" value="regler" { (t(lang, "ws-keep")) } }
            }
        }
    }
}

/// What happened to it.
fn history(lang: Lang, path: &[Stride]) -> Markup {
    html! {
        @if !path.is_empty() {
            section.bloc aria-labelledby="h-parcours" {
                h2 #h-parcours { (t(lang, "ws-path")) }
                ol.historique {
                    @for step in path {
                        li {
                            strong { (t(lang, &format!("ws-stage-{}", step.to.as_str()))) } ", "
                            (step.name) ", " (when(lang, step.at))
                            @match step.note.as_str() {
                                "" => {}
                                "wrong" | "conflict" | "failed" | "merged" | "reviewer" => p.petit { (t(lang, &format!("ws-back-{}", step.note))) },
                                note => p.petit { q { (note) } },
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Takes a file out of a draft: what is published stays as it is.
pub(super) async fn take_out(
    allowed: &Allowed<Compose>,
    work: &Work,
    path: &str,
) -> Result<HttpResponse, Failure> {
    let Some(file) = work.file(path) else {
        return Err(allowed.not_found(path));
    };
    let (id, path, revision) = (work.draft.id, path.to_owned(), file.revision);
    allowed
        .ask_store(move |store| store.drop_file(id, &path, revision, crate::guard::now()))
        .await?;
    Ok(on(&allowed.visit, &work.path(""), "sorti"))
}

/// The day and the time that a form names, here; nothing for now.
fn asked_day(form: &Form) -> Result<Option<DateTime<Utc>>, ()> {
    if form.get("le").is_empty() {
        return Ok(None);
    }
    let day: NaiveDate = form.get("le").parse().map_err(|_| ())?;
    let time = match form.get("a") {
        "" => NaiveTime::MIN,
        text => NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| ())?,
    };
    let local = Local.from_local_datetime(&day.and_time(time)).earliest();
    let at = local.ok_or(())?.with_timezone(&Utc);
    Ok((at > Utc::now()).then_some(at))
}

/// Does something to a draft.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    use DraftStage as S;
    let work = Work::open(&allowed).await?;
    let visit = &allowed.visit;
    let lang = visit.lang;
    let here = work.path("");
    let (action, id) = (form.get("faire").to_owned(), work.draft.id);
    let person = allowed.visitor().person.clone();
    let note: String = form.get("note").chars().take(2_000).collect();
    let refused = || allowed.not_found(allowed.part("draft"));
    let again = async |words: &str| {
        let over = work.overlaid(&allowed).await?;
        let notes = forms::refused(&t(lang, words));
        whole(
            &allowed,
            &work,
            &over,
            notes,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await
    };
    let step = async |from: &'static [S], to: S, done: &str| {
        stride(&allowed, &work, from, to, &note, None, done).await
    };
    match action.as_str() {
        "regler" if work.may_edit => {
            let title: String = form.get("titre").chars().take(200).collect();
            let wanted = form.get("direction").to_owned();
            let department = allowed
                .departments()
                .into_iter()
                .find(|it| it.as_str() == wanted);
            let shared = !form.get("partage").is_empty();
            if title.is_empty() {
                return again("ws-wrong-title").await;
            }
            let kept = department.or_else(|| work.draft.department.clone());
            allowed
                .ask_store(move |store| {
                    store.settle_draft(id, &title, kept.as_ref(), shared, crate::guard::now())
                })
                .await?;
            Ok(on(visit, &here, "garde"))
        }
        "prendre" | "depublier" if work.may_edit => {
            take_in(&allowed, &work, form.get("chemin"), action == "depublier").await
        }
        "sortir" if work.may_edit => take_out(&allowed, &work, form.get("chemin")).await,
        "commenter" => {
            let text = form.get("commentaire").replace("\r\n", "\n");
            if text.is_empty() || text.chars().count() > 4_000 {
                return again("ws-wrong-comment").await;
            }
            let object: String = form.get("objet").chars().take(200).collect();
            allowed
                .ask_store(move |store| {
                    let by = Author::from(&person);
                    store.add_comment(Some(id), &object, &text, by, crate::guard::now())
                })
                .await?;
            Ok(on(visit, &format!("{here}#commentaires"), "commente"))
        }
        "resoudre" => {
            let number = form.get("commentaire").parse().map_err(|_| refused())?;
            allowed
                .ask_store(move |store| {
                    // Of this draft, and of no other.
                    let known = store.comments(Some(id))?;
                    match known.iter().any(|it| it.id == CommentId(number)) {
                        true => {
                            let by = Author::from(&person);
                            store.resolve_comment(CommentId(number), by, crate::guard::now())
                        }
                        false => Ok(false),
                    }
                })
                .await?;
            Ok(on(visit, &format!("{here}#commentaires"), "resolu"))
        }
        "relecture" if work.may_edit => {
            let over = work.overlaid(&allowed).await?;
            if !is_sound(&work, &over) {
                return again("ws-way-unsound").await;
            }
            step(&[S::Draft, S::Returned], S::Review, "relecture").await
        }
        "reprendre" if work.is_own => {
            step(&[S::Review, S::Approved, S::Abandoned], S::Draft, "repris").await
        }
        "abandonner" if work.is_own => {
            if form.get(forms::SURE).is_empty() {
                return again("not-sure").await;
            }
            step(&[S::Draft, S::Returned], S::Abandoned, "abandonne").await
        }
        "accepter" if work.is_own && is_only_files(&allowed, &work) => {
            let over = work.overlaid(&allowed).await?;
            match is_sound(&work, &over) {
                true => publish(&allowed, &work, &over).await,
                false => again("ws-way-unsound").await,
            }
        }
        _ => Err(refused()),
    }
}

/// Approves, publishes or returns a draft.
pub(crate) async fn act_review(
    Posted { allowed, form }: Posted<Review>,
) -> Result<HttpResponse, Failure> {
    use DraftStage as S;
    let part = allowed.part("draft").to_owned();
    let refused = allowed.not_found(&part);
    let Some(allowed) = allowed.also::<Compose>() else {
        return Err(refused);
    };
    let work = Work::open(&allowed).await?;
    if !work.may_review {
        return Err(refused);
    }
    let again = async |words: &str, over: &Over| {
        let notes = forms::refused(&t(allowed.lang(), words));
        whole(
            &allowed,
            &work,
            over,
            notes,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await
    };
    let note: String = form.get("note").chars().take(2_000).collect();
    match form.get("faire") {
        _ if form.get("vu") != work.draft.revision.to_string() => {
            // What is decided of is what was seen.
            Ok(on(&allowed.visit, &work.path(""), "ailleurs"))
        }
        "rendre" => {
            stride(
                &allowed,
                &work,
                &[S::Review, S::Approved],
                S::Returned,
                &note,
                None,
                "rendu",
            )
            .await
        }
        "publier" => {
            let over = work.overlaid(&allowed).await?;
            if !is_sound(&work, &over) {
                return again("ws-way-unsound", &over).await;
            }
            let from: &'static [S] = match work.is_own {
                true => &[S::Review, S::Approved, S::Draft, S::Returned],
                false => &[S::Review, S::Approved],
            };
            if !from.contains(&work.draft.stage) {
                return Ok(on(&allowed.visit, &work.path(""), "ailleurs"));
            }
            match asked_day(&form) {
                Err(()) => again("ws-wrong-day", &over).await,
                Ok(Some(at)) => {
                    stride(
                        &allowed,
                        &work,
                        from,
                        S::Approved,
                        &note,
                        Some(at),
                        "programme",
                    )
                    .await
                }
                Ok(None) => publish(&allowed, &work, &over).await,
            }
        }
        _ => Err(refused),
    }
}

/// Takes a draft from one stage to another, as it was seen.
async fn stride(
    allowed: &Allowed<Compose>,
    work: &Work,
    from: &'static [DraftStage],
    to: DraftStage,
    note: &str,
    publish_at: Option<DateTime<Utc>>,
    done: &str,
) -> Result<HttpResponse, Failure> {
    let (id, seen, note) = (work.draft.id, work.draft.revision, note.to_owned());
    let person = allowed.visitor().person.clone();
    let moved = allowed
        .ask_store(move |store| {
            let reviews = matches!(to, DraftStage::Approved | DraftStage::Returned);
            let step = Move {
                from,
                to,
                revision: Some(seen),
                note: &note,
                publish_at,
                reviewer: reviews.then_some((person.id, person.name.as_str())),
            };
            store.set_stage(id, &step, Author::from(&person), crate::guard::now())
        })
        .await?;
    let detail = format!("{} → {}", work.draft.stage.as_str(), to.as_str());
    allowed
        .record(
            Kind::Change,
            "draft.stage",
            &format!("draft:{}", id.0),
            &detail,
        )
        .await?;
    Ok(on(
        &allowed.visit,
        &work.path(""),
        if moved { done } else { "ailleurs" },
    ))
}

/// Publishes it now.
async fn publish(
    allowed: &Allowed<Compose>,
    work: &Work,
    over: &Over,
) -> Result<HttpResponse, Failure> {
    let lang = allowed.lang();
    let (id, seen, bench) = (work.draft.id, work.draft.revision, allowed.workbench()?);
    let stage = work.draft.stage;
    let person = allowed.visitor().person.clone();
    let store = allowed.entrance()?.store().clone();
    let done = web::block(move || {
        let by = Author::from(&person);
        publish_draft(
            &store,
            &*bench,
            id,
            (&[stage], Some(seen)),
            by,
            crate::guard::now(),
        )
    });
    let outcome = match done.await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => return Err(Failure::internal(&allowed.visit, &error)),
        Err(error) => return Err(Failure::internal(&allowed.visit, &error)),
    };
    let notes = match outcome {
        Outcome::Done => {
            let mut told: Vec<&str> = work.files.iter().map(|it| it.path.as_str()).collect();
            told.extend(work.deliveries.iter().map(|it| it.name.as_str()));
            allowed
                .record(
                    Kind::Publication,
                    "draft.published",
                    &format!("draft:{}", id.0),
                    &told.join(" "),
                )
                .await?;
            return Ok(on(&allowed.visit, &work.path(""), "publie"));
        }
        Outcome::Merged => return Ok(on(&allowed.visit, &work.path(""), "reuni")),
        Outcome::Elsewhere => return Ok(on(&allowed.visit, &work.path(""), "ailleurs")),
        Outcome::Wrong(problems) => {
            let found: Vec<_> = problems.iter().collect();
            super::parts::diagnostics(&allowed.visit, &found)
        }
        Outcome::Conflict(paths) => html! {
            (forms::refused(&t_args(lang, "ws-publish-conflict", &[("paths", paths.join(", ").into())])))
        },
        Outcome::Failed(reason) => html! {
            (forms::refused(&t_args(lang, "ws-publish-failed", &[("reason", reason.into())])))
        },
    };
    let work = Work::load(allowed, id, allowed.part("draft")).await?;
    whole(allowed, &work, over, notes, StatusCode::CONFLICT).await
}

/// Takes something published into a draft, to change it, or to withdraw it.
pub(super) async fn take_in(
    allowed: &Allowed<Compose>,
    work: &Work,
    path: &str,
    withdraw: bool,
) -> Result<HttpResponse, Failure> {
    if !name(path).is_some_and(|(folder, id)| declares(allowed, folder, id)) {
        return Err(allowed.not_found(path));
    }
    let Some(text) = published(allowed, path).await? else {
        return Err(allowed.not_found(path));
    };
    let (id, kept) = (work.draft.id, path.to_owned());
    let person = allowed.visitor().person.clone();
    let saved = allowed
        .ask_store(move |store| {
            let change = FileChange {
                path: &kept,
                base: Some(&text),
                text: (!withdraw).then_some(text.as_str()),
                expected: None,
                why: "",
            };
            store.save_file(id, &change, Author::from(&person), crate::guard::now())
        })
        .await?;
    if !matches!(saved, Saved::Done { .. }) {
        return Ok(on(&allowed.visit, &work.path(""), "ailleurs"));
    }
    let to = match withdraw {
        true => work.path(""),
        false => form_of(work, path),
    };
    Ok(on(
        &allowed.visit,
        &to,
        if withdraw { "retrait" } else { "" },
    ))
}
