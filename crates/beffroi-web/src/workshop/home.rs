//! `/atelier`: where one begins: drafts at hand, drafts to look over, what is due.

use super::draft::when;
use super::parts::{choose, on, option, send, stage, told};
use super::upkeep;
use super::work::begin;
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, Compose, Permission, Posted};
use crate::parts;
use crate::visit::Visit;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_store::workshop::{Draft, DraftStage, Drafts};
use beffroi_text::{date_long, t, t_args};
use maud::{Markup, html};

/// Drafts that are listed.
const MOST: usize = 100;

/// The page.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    home(&allowed, &told(&allowed.visit), StatusCode::OK).await
}

async fn home(
    allowed: &Allowed<Compose>,
    notes: &Markup,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let me = allowed.visitor().person.id;
    let drafts = allowed
        .ask_store(move |store| {
            let mut all = store.drafts(Drafts::By(me), MOST)?;
            for which in [
                Drafts::At(DraftStage::Review),
                Drafts::At(DraftStage::Approved),
                Drafts::At(DraftStage::Returned),
                Drafts::At(DraftStage::Draft),
            ] {
                let others = store.drafts(which, MOST)?.into_iter();
                all.extend(others.filter(|it| it.maker != me));
            }
            Ok(all)
        })
        .await?;
    let departments = allowed.departments();
    let answers = |it: &Draft| {
        it.department
            .as_ref()
            .is_none_or(|id| departments.contains(id))
    };
    let mine: Vec<&Draft> = drafts.iter().filter(|it| it.maker == me).collect();
    let (open, closed): (Vec<&Draft>, Vec<&Draft>) = mine
        .into_iter()
        .partition(|it| !matches!(it.stage, DraftStage::Published | DraftStage::Abandoned));
    let shared: Vec<&Draft> = drafts
        .iter()
        .filter(|it| it.maker != me && it.is_shared && answers(it) && it.department.is_some())
        .filter(|it| matches!(it.stage, DraftStage::Draft | DraftStage::Returned))
        .collect();
    let to_review: Vec<&Draft> = drafts
        .iter()
        .filter(|it| allowed.may(Permission::Review) && answers(it))
        .filter(|it| matches!(it.stage, DraftStage::Review | DraftStage::Approved))
        .collect();
    let to_write = crate::reports::to_write(allowed).await?;
    let late = upkeep::late(allowed);
    let body = html! {
        div.page-tete { div { h1 { (t(lang, "nav-workshop")) } p.chapo { (t(lang, "ws-home-lead")) } } }
        (notes)
        @if departments.is_empty() { p.avis.surveiller { (t(lang, "ws-no-department")) } }
        div.actions.section {
            a.bouton href=(visit.link("/atelier/deposer")) { (t(lang, "ws-bring")) }
            a.bouton.second href=(visit.link("/atelier/suivi")) {
                (t(lang, "ws-upkeep"))
                @if !late.is_empty() { " (" (parts::counted(lang, "ws-late-count", late.len())) ")" }
            }
        }
        (reports(allowed, &to_write))
        div.grille.section {
            div."c-8".pile {
                @if allowed.may(Permission::Review) { (list(visit, "ws-to-review", "h-relire", &to_review, "ws-to-review-none")) }
                (list(visit, "ws-mine", "h-miens", &open, "ws-mine-none"))
                @if !shared.is_empty() { (list(visit, "ws-shared-list", "h-partages", &shared, "")) }
                @if !closed.is_empty() {
                    details.bloc { summary { (t(lang, "ws-closed-list")) } (lines(visit, &closed)) }
                }
            }
            div."c-4".pile { (start(allowed)) }
        }
    };
    Ok(send(allowed, page_home(visit).body(body), status))
}

/// The chapters of reports that wait for this person's departments.
fn reports(allowed: &Allowed<Compose>, waiting: &[crate::reports::ToWrite]) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let today = allowed.town().today();
    html! {
        @if !waiting.is_empty() {
            section.bloc.section aria-labelledby="h-rapports" {
                h2 #h-rapports { (t(lang, "report-to-write")) }
                ul.sans-puces {
                    @for one in waiting {
                        @let late = one.contribution.due.is_some_and(|due| due < today);
                        li {
                            a href=(visit.link(&format!("/rapports/{}/{}/chapitres/{}/contribuer", one.report, one.year, one.contribution.chapter))) { (one.title) }
                            " "
                            @if let Some(due) = one.contribution.due {
                                (parts::plain_badge(if late { "retard" } else { "sans" }, &t_args(lang, "report-due", &[("date", date_long(lang, due).into())])))
                            }
                            @if one.reminders > 0 { " · " (parts::counted(lang, "report-to-write-reminded", one.reminders)) }
                        }
                    }
                }
            }
        }
    }
}

fn page_home(visit: &Visit) -> crate::layout::Page {
    crate::layout::Page::new(
        t(visit.lang, "nav-workshop").into_owned(),
        crate::layout::Nav::Workshop,
    )
}

fn list(visit: &Visit, title: &str, id: &str, drafts: &[&Draft], none: &str) -> Markup {
    html! {
        section.bloc aria-labelledby=(id) {
            h2 id=(id) { (t(visit.lang, title)) }
            @if drafts.is_empty() { p { (t(visit.lang, none)) } }
            (lines(visit, drafts))
        }
    }
}

fn lines(visit: &Visit, drafts: &[&Draft]) -> Markup {
    let lang = visit.lang;
    html! {
        ul.pistes {
            @for draft in drafts {
                li {
                    a href=(visit.link(&format!("/atelier/brouillons/{}", draft.id.0))) { (draft.title) }
                    " " (stage(lang, draft.stage))
                    span.petit { (draft.maker_name) ", " (t_args(lang, "ws-changed-at", &[("day", when(lang, draft.changed_at).into())])) }
                }
            }
        }
    }
}

/// Ways to begin, other than with a file.
fn start(allowed: &Allowed<Compose>) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let english = visit.english();
    let own = allowed.departments();
    let boards: Vec<_> = allowed
        .catalog()
        .boards
        .values()
        .filter(|it| own.contains(&it.department))
        .map(|it| option(format!("boards/{}.toml", it.id), it.title.get(english).0))
        .collect();
    html! {
        section.bloc.pile aria-labelledby="h-commencer" {
            h2 #h-commencer { (t(lang, "ws-start")) }
            form.pile method="post" action=(visit.link("/atelier")) {
                (forms::token(&allowed.visitor().csrf()))
                (Field { name: "titre", label: &t(lang, "ws-start-title"), autocomplete: "off", ..Field::default() }.markup())
                div.actions { button.bouton.second type="submit" name="faire" value="tableau" { (t(lang, "ws-board-make")) } }
            }
            @if !boards.is_empty() {
                form.pile method="post" action=(visit.link("/atelier")) {
                    (forms::token(&allowed.visitor().csrf()))
                    (choose("chemin", &t(lang, "ws-start-change"), "", &boards, ""))
                    div.actions { button.bouton.second type="submit" name="faire" value="reprendre" { (t(lang, "ws-start-change-do")) } }
                }
            }
        }
    }
}

/// Begins a draft.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let lang = allowed.lang();
    let title: String = form.get("titre").chars().take(200).collect();
    match form.get("faire") {
        "tableau" if !title.is_empty() => {
            let work = begin(&allowed, &title).await?;
            Ok(on(&allowed.visit, &work.path("/tableaux/nouveau"), ""))
        }
        "reprendre" => {
            let path = form.get("chemin");
            let id = super::bounds::name(path).map_or("", |(_, id)| id);
            let board = allowed.catalog().boards.get(id);
            let board = board.filter(|_| super::bounds::declares(&allowed, "boards", id));
            let board = board.ok_or_else(|| allowed.not_found(id))?;
            let title = board.title.fr.clone();
            let work = begin(&allowed, &title).await?;
            super::draft::take_in(&allowed, &work, path, false).await
        }
        _ => {
            let notes = forms::refused(&t(lang, "ws-wrong-title"));
            home(&allowed, &notes, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}
