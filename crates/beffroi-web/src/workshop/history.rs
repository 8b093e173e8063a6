//! `/atelier/historique/{folder}/{file}`, and the same under a draft: every publication of a
//! declaration, or every save of it in a draft, with who, when and what it changed; any two
//! compared; any one taken up again.

use super::bounds::name;
use super::draft::{changes, when};
use super::parts::{choose, on, option, page, page_of, path_code, send};
use super::work::{Kept, Work, begin, published};
use crate::failure::Failure;
use crate::forms;
use crate::guard::{Allowed, Compose, Posted};
use crate::parts;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_store::RevisionId;
use beffroi_store::workshop::{Author, FileChange, RevisionInfo, RevisionKind};
use beffroi_text::{t, t_args};
use beffroi_workshop::{BoardForm, DatasetForm, IndicatorForm};
use maud::html;

/// Revisions that are listed.
const MOST: usize = 100;

/// A declaration with its revisions, the newest first.
struct History {
    path: String,
    /// The draft whose saves these are; none for publications.
    work: Option<Work>,
    listed: Vec<RevisionInfo>,
    /// What it is now.
    now: Option<String>,
}

impl History {
    /// Where it is shown.
    fn here(&self) -> String {
        match &self.work {
            Some(work) => work.path(&format!("/historique/{}", self.path)),
            None => format!("/atelier/historique/{}", self.path),
        }
    }

    /// The text of one of the revisions.
    async fn text(
        &self,
        allowed: &Allowed<Compose>,
        id: RevisionId,
    ) -> Result<Option<String>, Failure> {
        if !self.listed.iter().any(|it| it.id == id) {
            return Err(allowed.not_found(&id.0.to_string()));
        }
        let found = allowed.ask_store(move |store| store.revision(id)).await?;
        Ok(found.and_then(|it| it.text))
    }
}

/// The path of the address.
fn path(allowed: &Allowed<Compose>) -> String {
    format!("{}/{}", allowed.part("folder"), allowed.part("file"))
}

/// The publications of the declaration of the address, if this person declares for its department;
/// of one that was withdrawn, its last text tells which that was.
async fn of_published(allowed: &Allowed<Compose>) -> Result<History, Failure> {
    let path = path(allowed);
    let own = allowed.departments();
    let asked = path.clone();
    let listed = allowed
        .ask_store(move |store| store.revisions(&asked, MOST))
        .await?;
    let catalog = allowed.whole_catalog();
    let department = match name(&path) {
        Some(("datasets", id)) => catalog.datasets.get(id).map(|it| it.department.to_string()),
        Some(("indicators", id)) => catalog
            .indicators
            .get(id)
            .map(|it| it.department.to_string()),
        Some(("boards", id)) => catalog.boards.get(id).map(|it| it.department.to_string()),
        Some(("reports", id)) => catalog.reports.get(id).map(|it| it.department.to_string()),
        _ => None,
    };
    let department = match (department, listed.iter().find(|it| !it.is_removal)) {
        (Some(department), _) => Some(department),
        (None, Some(last)) => {
            let id = last.id;
            let found = allowed.ask_store(move |store| store.revision(id)).await?;
            let text = found.and_then(|it| it.text).unwrap_or_default();
            match name(&path) {
                Some(("datasets", _)) => DatasetForm::read(&text).map(|it| it.department).ok(),
                Some(("indicators", _)) => IndicatorForm::read(&text).map(|it| it.department).ok(),
                _ => BoardForm::read(&text).map(|it| it.department).ok(),
            }
        }
        (None, None) => None,
    };
    if !department.is_some_and(|it| own.iter().any(|own| own.as_str() == it)) {
        return Err(allowed.not_found(allowed.part("file")));
    }
    let now = published(allowed, &path).await?;
    Ok(History {
        path,
        work: None,
        listed,
        now,
    })
}

/// The saves of the file of the address in the draft of the address.
async fn of_draft(allowed: &Allowed<Compose>) -> Result<History, Failure> {
    let work = Work::open(allowed).await?;
    let path = path(allowed);
    let (id, asked) = (work.draft.id, path.clone());
    let mut listed = allowed
        .ask_store(move |store| store.draft_revisions(id, &asked))
        .await?;
    if listed.is_empty() {
        return Err(allowed.not_found(allowed.part("file")));
    }
    listed.truncate(MOST);
    let now = work.file(&path).and_then(|it| it.text.clone());
    Ok(History {
        path,
        work: Some(work),
        listed,
        now,
    })
}

/// The publications of a declaration.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let history = of_published(&allowed).await?;
    whole(&allowed, &history).await
}

/// The saves of a declaration in a draft.
pub(crate) async fn show_saves(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let history = of_draft(&allowed).await?;
    whole(&allowed, &history).await
}

async fn whole(allowed: &Allowed<Compose>, history: &History) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let listed = &history.listed;
    // What is on disk and was never published from here was written by hand.
    let by_hand = match (&history.work, listed.first()) {
        (None, Some(last)) => history.text(allowed, last.id).await? != history.now,
        _ => false,
    };
    let number = |name: &str| {
        let number = visit.param(name).and_then(|it| it.parse().ok());
        number.map(RevisionId)
    };
    let (from, to) = (number("de"), number("a"));
    let before = match from {
        Some(id) => history.text(allowed, id).await?,
        None => None,
    };
    let after = match to {
        Some(id) => history.text(allowed, id).await?,
        None => history.now.clone(),
    };
    let mut options = vec![option("", t(lang, "ws-history-now"))];
    options.extend(
        listed
            .iter()
            .map(|it| option(it.id.0, format!("{}, {}", when(lang, it.at), it.name))),
    );
    let here = history.here();
    let restores = history.work.as_ref().is_none_or(|it| it.may_edit);
    let lead = match &history.work {
        Some(_) => "ws-history-saves-lead",
        None => "ws-history-lead",
    };
    let body = html! {
        div.page-tete { div { h1 { (t(lang, "ws-history")) " " (path_code(&history.path)) } p.chapo { (t(lang, lead)) } } }
        div.grille.section {
            section.bloc."c-5" aria-labelledby="h-publications" {
                h2 #h-publications { (t(lang, if history.work.is_some() { "ws-history-saves" } else { "ws-history-list" })) }
                @if by_hand { p.avis { (t(lang, "ws-history-by-hand")) } }
                @if listed.is_empty() { p { (t(lang, "ws-history-none")) } }
                ol.historique {
                    @for one in listed {
                        li {
                            strong { (when(lang, one.at)) } ", " (one.name)
                            @if one.kind == RevisionKind::Restored { " · " (t(lang, "ws-history-restored")) }
                            @if one.is_removal { " · " (t(lang, "ws-file-withdrawn")) }
                            p.petit {
                                a.bouton.discret.mini href=(visit.link_with(&here, &[("de", &one.id.0.to_string())])) {
                                    (t(lang, "ws-history-compare-now"))
                                    span.hors-ecran { " : " (when(lang, one.at)) " " (one.id.0) }
                                }
                            }
                            @if restores && !one.is_removal {
                                (forms::button(&visit.link(&here), &allowed.visitor().csrf(), &[("version", &one.id.0.to_string())], "discret mini", &t_args(lang, "ws-history-restore", &[("day", when(lang, one.at).into())])))
                            }
                        }
                    }
                }
            }
            section.bloc."c-7" aria-labelledby="h-comparer" {
                h2 #h-comparer { (t(lang, "ws-history-compare")) }
                form.filtres method="get" action=(here) aria-label=(t(lang, "ws-history-compare")) {
                    (crate::layout::lang_field(visit))
                    (choose("de", &t(lang, "ws-history-from"), "", &options, &from.map(|it| it.0.to_string()).unwrap_or_default()))
                    (choose("a", &t(lang, "ws-history-to"), "", &options, &to.map(|it| it.0.to_string()).unwrap_or_default()))
                    div.actions { button.bouton type="submit" { (t(lang, "ws-history-compare")) } }
                }
                @if from.is_some() {
                    @let shown = changes(lang, before.as_deref(), after.as_deref(), true);
                    @if shown.0.is_empty() { p { (t(lang, "ws-history-same")) } } @else { (shown) }
                } @else { p { (parts::counted(lang, "ws-history-count", listed.len())) } }
            }
        }
    };
    let title = format!("{} {}", t(lang, "ws-history"), history.path);
    let page = match &history.work {
        Some(work) => page_of(visit, work, title),
        None => page(visit, title),
    };
    Ok(send(allowed, page.body(body), StatusCode::OK))
}

/// Takes up a former publication in a new draft: it is decided on as any other.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let history = of_published(&allowed).await?;
    let text = asked(&allowed, &history, form.get("version")).await?;
    let title = t_args(
        allowed.lang(),
        "ws-history-draft",
        &[("path", history.path.as_str().into())],
    );
    let work = begin(&allowed, &title).await?;
    let (draft, path, now) = (work.draft.id, history.path, history.now);
    let person = allowed.visitor().person.clone();
    allowed
        .ask_store(move |store| {
            let change = FileChange {
                path: &path,
                base: now.as_deref(),
                text: Some(&text),
                expected: None,
                why: "restored",
            };
            store.save_file(draft, &change, Author::from(&person), crate::guard::now())
        })
        .await?;
    Ok(on(&allowed.visit, &work.path(""), "restaure"))
}

/// Takes up a former save of a draft in it.
pub(crate) async fn act_saves(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let history = of_draft(&allowed).await?;
    let text = asked(&allowed, &history, form.get("version")).await?;
    let here = history.here();
    let Some(work) = history.work.filter(|it| it.may_edit) else {
        return Err(allowed.not_found(allowed.part("draft")));
    };
    let revision = work.file(&history.path).map_or(0, |it| it.revision);
    let from = Some((revision, history.now));
    let done = match work.keep(&allowed, &history.path, Some(text), from).await? {
        Kept::Done | Kept::Merged => "garde",
        Kept::Conflict { .. } | Kept::TooLong | Kept::Closed => "ailleurs",
    };
    Ok(on(&allowed.visit, &here, done))
}

/// The text of the revision that a form names.
async fn asked(
    allowed: &Allowed<Compose>,
    history: &History,
    version: &str,
) -> Result<String, Failure> {
    let number = version.parse::<i64>().map(RevisionId);
    let id = number.map_err(|_| allowed.not_found(version))?;
    let text = history.text(allowed, id).await?;
    text.ok_or_else(|| allowed.not_found(version))
}
