//! `/atelier/brouillons/{draft}/textes/{path}`: a declaration by hand, as the TOML it is.

use super::bounds::{declares, name};
use super::parts::{
    Area, conflict, diagnostics, made_from, made_of, on, origin, page_of, path_code, send, told,
    troubles,
};
use super::work::{Kept, Work};
use crate::failure::Failure;
use crate::forms;
use crate::guard::{Allowed, Compose, Posted};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_model::is_id;
use beffroi_text::t;
use maud::{Markup, html};

/// The path of the address, when it is one of a declaration that may be drafted.
fn wanted(allowed: &Allowed<Compose>, work: &Work) -> Result<String, Failure> {
    let (folder, file) = (allowed.part("folder"), allowed.part("file"));
    let path = format!("{folder}/{file}");
    let is_good = name(&path).is_some_and(|(folder, id)| {
        matches!(folder, "datasets" | "indicators" | "boards" | "reports")
            && is_id(id)
            && (work.file(&path).is_some() || declares(allowed, folder, id))
    });
    if is_good {
        Ok(path)
    } else {
        Err(allowed.not_found(file))
    }
}

/// The form.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let work = Work::open(&allowed).await?;
    let path = wanted(&allowed, &work)?;
    let text = work.text(&allowed, &path).await?;
    let over = work.overlaid(&allowed).await?;
    let gone = over.overlaid.snapshot.as_ref().and_then(|with| {
        let (folder, id) = name(&path)?;
        let report = with
            .catalog
            .reports
            .get(id)
            .filter(|_| folder == "reports")?;
        (!report.diagnostics.is_empty()).then(|| report.diagnostics.clone())
    });
    let notes = html! {
        (told(&allowed.visit))
        (troubles(&allowed, &over))
        // A report that names what is not there is published all the same, and not made final.
        @if let Some(gone) = &gone { (diagnostics(&allowed.visit, &gone.iter().collect::<Vec<_>>())) }
    };
    let made = made_from(&work, &path, text.as_deref());
    let text = text.unwrap_or_default();
    Ok(page(
        &allowed,
        &work,
        &path,
        &text,
        &made,
        &notes,
        StatusCode::OK,
    ))
}

fn page(
    allowed: &Allowed<Compose>,
    work: &Work,
    path: &str,
    text: &str,
    made: &Markup,
    notes: &Markup,
    status: StatusCode,
) -> HttpResponse {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let body = html! {
        div.page-tete { div {
            p.surtitre { (work.draft.title) }
            h1 { (path_code(path)) }
            p.chapo { (t(lang, "ws-text-lead")) }
        } }
        (notes)
        form.pile method="post" action=(visit.link(&work.path(&format!("/textes/{path}")))) {
            (forms::token(&allowed.visitor().csrf()))
            (made)
            div.texte { (Area { name: "texte", label: &t(lang, "ws-text"), help: &t(lang, "ws-text-what"), value: text, rows: 30, error: "" }.markup()) }
            @if work.may_edit {
                div.actions {
                    button.bouton type="submit" { (t(lang, "ws-keep")) }
                    @if let Some(("reports", id)) = name(path) {
                        a.bouton.second href=(visit.link(&work.path(&format!("/apercu/rapports/{id}")))) { (t(lang, "ws-preview-whole")) }
                    }
                    a.bouton.discret href=(visit.link(&work.path(""))) { (t(lang, "ws-back-to-draft")) }
                }
            }
        }
    };
    let title = path.to_owned();
    send(allowed, page_of(visit, work, title).body(body), status)
}

/// Keeps what was written.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let work = Work::open_to_edit(&allowed).await?;
    let path = wanted(&allowed, &work)?;
    let lang = allowed.lang();
    let mut text = form.raw("texte").replace("\r\n", "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let from = origin(&form);
    let again = |notes: Markup, made: Markup| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Ok(page(&allowed, &work, &path, &text, &made, &notes, status))
    };
    let made = || {
        let began = from.as_ref().and_then(|(_, text)| text.as_deref());
        made_from(&work, &path, began)
    };
    match work
        .keep(&allowed, &path, Some(text.clone()), from.clone())
        .await?
    {
        Kept::Done => Ok(on(&allowed.visit, &allowed.visit.path, "garde")),
        Kept::Merged => Ok(on(&allowed.visit, &allowed.visit.path, "fusionne")),
        Kept::TooLong => again(forms::refused(&t(lang, "ws-too-long")), made()),
        Kept::Closed => again(forms::refused(&t(lang, "ws-closed")), made()),
        Kept::Conflict {
            by,
            text: merged,
            revision,
            conflicts,
        } => {
            let made = made_of(revision, &merged);
            let (notes, status) = (conflict(lang, &by, &conflicts), StatusCode::CONFLICT);
            Ok(page(&allowed, &work, &path, &merged, &made, &notes, status))
        }
    }
}
