//! `/rapports/nouveau`: a report begun from what law and custom know of it, or from one that is
//! there, as a draft of the workshop.

use crate::failure::Failure;
use crate::forms;
use crate::guard::{Allowed, Compose, Posted};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::workshop::{begin_with, choose, option};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_model::DepartmentId;
use beffroi_report::{Template, instantiate, requirements, templates};
use beffroi_text::{Lang, t, t_args};
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    Ok(page(&allowed, &Markup::default(), StatusCode::OK))
}

fn page(allowed: &Allowed<Compose>, notes: &Markup, status: StatusCode) -> HttpResponse {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let here = visit.link("/rapports/nouveau");
    let csrf = allowed.visitor().csrf();
    let departments = departments(allowed);
    let options: Vec<(String, String)> = departments
        .iter()
        .filter_map(|id| {
            let declared = allowed.catalog().town.departments.get(id)?;
            Some(option(id, declared.title.get(visit.english()).0))
        })
        .collect();
    let body = html! {
        div.page-tete { div {
            h1 { (t(lang, "report-new")) }
            p.chapo { (t(lang, "report-new-lead")) }
        } }
        (notes)
        @if options.is_empty() { p.avis.surveiller { (t(lang, "ws-no-department")) } }
        @for template in templates() {
            (one(allowed, template, &options, &here, &csrf))
        }
    };
    let page = Page::new(t(lang, "report-new").into_owned(), Nav::Reports)
        .under(visit.link("/rapports"), t(lang, "nav-reports"))
        .body(body);
    let mut response = allowed.own_page(page);
    *response.status_mut() = status;
    response
}

fn departments(allowed: &Allowed<Compose>) -> Vec<DepartmentId> {
    allowed.departments().into_iter().collect()
}

/// A template: what it is, what it has to hold, what of it the town has.
fn one(
    allowed: &Allowed<Compose>,
    template: &Template,
    options: &[(String, String)],
    here: &str,
    csrf: &str,
) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let heading = format!("h-{}", template.id);
    let first = departments(allowed).into_iter().next();
    let made = first.map(|department| instantiate(template, allowed.catalog(), &department));
    html! {
        section.bloc.section.pile aria-labelledby=(heading) {
            h2 id=(heading) lang=[(lang == Lang::En).then_some("fr")] { (template.title) }
            p lang=[(lang == Lang::En).then_some("fr")] { (template.summary) }
            details {
                summary { (t(lang, "report-has-to-hold")) span.hors-ecran { " : " (template.title) } }
                ul.texte lang=[(lang == Lang::En).then_some("fr")] {
                    @for one in requirements(template.kind) {
                        li { (one.text(lang)) @if !one.law.is_empty() { " " span.discret { "(" (one.law) ")" } } }
                    }
                }
            }
            @if let Some(made) = &made {
                p { (parts::counted(lang, "report-found", made.found.len())) }
                @if !made.lacking.is_empty() {
                    details {
                        summary { (parts::counted(lang, "report-lacking", made.lacking.len())) span.hors-ecran { " : " (template.title) } }
                        ul.texte lang=[(lang == Lang::En).then_some("fr")] { @for words in &made.lacking { li { (words) } } }
                    }
                }
            }
            @if !options.is_empty() {
                form.pile method="post" action=(here) {
                    (forms::token(csrf))
                    input type="hidden" name="modele" value=(template.id);
                    (choose(&format!("direction-{}", template.id), &t(lang, "report-new-department"), "", options, &options[0].0))
                    div.actions { button.bouton.second type="submit" { (t_args(lang, "report-new-do", &[("title", template.title.as_str().into())])) } }
                }
            }
        }
    }
}

/// Begins a draft that holds the report.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let wanted = form.get("modele").to_owned();
    let template = templates().iter().find(|it| it.id == wanted);
    let template = template.ok_or_else(|| allowed.not_found(&wanted))?;
    let chosen = form.get(&format!("direction-{wanted}"));
    let department = departments(&allowed)
        .into_iter()
        .find(|it| it.as_str() == chosen);
    let Some(department) = department else {
        let notes = forms::refused(&t(allowed.lang(), "report-new-wrong"));
        return Ok(page(&allowed, &notes, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let mut id = template.id.clone();
    let mut number = 2;
    while allowed.is_taken(&format!("reports/{id}")) {
        id = format!("{}_{number}", template.id);
        number += 1;
    }
    let text = instantiate(template, allowed.catalog(), &department).toml;
    let path = format!("reports/{id}.toml");
    let to = begin_with(&allowed, &template.title, &path, text).await?;
    Ok(crate::door::lead(&allowed.visit.link(&to), &[]))
}
