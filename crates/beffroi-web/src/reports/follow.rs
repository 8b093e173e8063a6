//! `/rapports/{report}/{year}/suivi`: where the work on a report stands, chapter by chapter; what is
//! left to mend; to freeze it; and, once frozen, what the data say since.

use super::changes;
use super::contribute::{problem_list, state_badge, told};
use super::opened::{Opened, due, on_shelf};
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, Compose, Form, Posted};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::shelf::{Ink, Kept, Paper, Unkept};
use crate::workshop::{choose, option, when};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use beffroi_catalog::ReportChapter;
use beffroi_model::DepartmentId;
use beffroi_report::{Draft, Edition as State, Problem, freeze, take_over};
use beffroi_store::Kind;
use beffroi_store::reports::{ContributionState, NewChapter, Reminder, ReportStep, Reports};
use beffroi_store::workshop::{Author, limits};
use beffroi_text::{Lang, date_long, t, t_args};
use chrono::NaiveDate;
use maud::{Markup, html};
use std::sync::Arc;

/// The page.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let opened = Opened::of(&allowed).await?;
    let notes = told(&allowed);
    page(&allowed, &opened, &notes, &[], StatusCode::OK).await
}

async fn page(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    notes: &Markup,
    of_paper: &[Problem],
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let (id, year) = (opened.report.id.clone(), opened.year);
    let (reminders, steps) = allowed
        .ask_store(move |store| {
            let reports = store.reports();
            Ok((
                reports.reminders(id.as_str(), year)?,
                reports.steps(id.as_str(), year)?,
            ))
        })
        .await?;
    let draft = opened.draft(allowed, Lang::Fr).await?;
    let here = visit.link(&opened.path("/suivi"));
    let csrf = allowed.visitor().csrf();
    let manages = opened.may_manage(allowed);
    let name = format!(
        "{} {}",
        opened.report.title.get(visit.english()).0,
        opened.year
    );
    let body = html! {
        div.page-tete { div {
            p.surtitre { (name) }
            h1 { (t(lang, "report-follow")) }
            (summary(lang, opened, &draft))
        } }
        (notes)
        @if opened.edition.is_none() && !opened.is_final() {
            p.avis { (t(lang, "report-not-opened-what")) " "
                @if manages { a href=(visit.link(&format!("/rapports/{}", opened.report.id))) { (t(lang, "report-open-title")) } }
            }
        }
        @if !of_paper.is_empty() { (problem_list(lang, &of_paper.iter().collect::<Vec<_>>())) }
        (chapters(allowed, opened, &draft, &reminders, &here, &csrf, manages))
        @if opened.is_final() {
            (changes::section(allowed, opened, &draft, &here, &csrf, manages))
        } @else {
            (left(allowed, opened, &draft))
            @if manages && opened.edition.is_some() {
                (presented(lang, opened, &here, &csrf))
                (freezing(lang, &draft, &here, &csrf))
            }
        }
        (log(lang, &steps))
    };
    let page = Page::new(
        format!("{} · {name}", t(lang, "report-follow")),
        Nav::Reports,
    )
    .under(visit.link("/rapports"), t(lang, "nav-reports"))
    .under(visit.link(&opened.path("")), name)
    .body(body);
    let mut response = allowed.own_page(page);
    *response.status_mut() = status;
    Ok(response)
}

/// How many chapters are confirmed.
fn summary(lang: Lang, opened: &Opened, draft: &Draft) -> Markup {
    if let Some(kept) = &opened.kept
        && let State::Frozen { at, number } = kept.document.edition
    {
        let args = [
            ("date", date_long(lang, at.date()).into()),
            ("number", number.into()),
        ];
        return html! {
            p.chapo { (parts::plain_badge("atteint", &t(lang, "report-state-final"))) " " (t_args(lang, "report-frozen-on", &args)) }
        };
    }
    let asked: Vec<_> = opened
        .contributions
        .iter()
        .filter(|it| it.department.is_some())
        .collect();
    let confirmed = asked
        .iter()
        .filter(|it| opened.state(draft, &it.chapter) == ContributionState::Confirmed)
        .count();
    let args = [("count", confirmed.into()), ("of", asked.len().into())];
    html! { p.chapo { (t_args(lang, "report-confirmed-count", &args)) } }
}

fn chapters(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    draft: &Draft,
    reminders: &[Reminder],
    here: &str,
    csrf: &str,
    manages: bool,
) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let today = allowed.town().today();
    let title = t(lang, "report-chapters");
    let is_open = opened.edition.is_some() && !opened.is_final();
    html! {
        section.bloc.section {
            h2 { (title) }
            div.defile tabindex="0" role="region" aria-label=(title) {
                table {
                    caption.hors-ecran { (title) }
                    thead { tr {
                        th scope="col" { (t(lang, "report-head-chapter")) }
                        th scope="col" { (t(lang, "report-head-department")) }
                        th scope="col" { (t(lang, "report-head-due")) }
                        th scope="col" { (t(lang, "report-head-status")) }
                        th scope="col" { (t(lang, "report-head-actions")) }
                    } }
                    tbody {
                        @for chapter in &opened.report.chapters {
                            @let state = opened.state(draft, &chapter.id);
                            @let due = opened.due(chapter);
                            @let department = opened.department(chapter);
                            @let name = chapter_name(visit.english(), chapter);
                            tr {
                                th scope="row" {
                                    a href=(visit.link(&opened.path(&format!("/chapitres/{}", chapter.id)))) { (name) }
                                }
                                td { (department_name(allowed, department)) }
                                td { @if let Some(due) = due { (date_long(lang, due)) } }
                                td {
                                    @if department.is_some() && is_open { (state_badge(lang, state, due, today)) }
                                    @if let Some(last) = reminders.iter().find(|it| it.chapter == chapter.id) {
                                        p.discret { (t_args(lang, "report-reminded", &[("date", when(lang, last.by.at).into())])) }
                                    }
                                }
                                td {
                                    @if opened.may_write(allowed, chapter) {
                                        a.bouton.second.mini href=(visit.link(&opened.path(&format!("/chapitres/{}/contribuer", chapter.id)))) {
                                            (t(lang, "report-write")) span.hors-ecran { " : " (name) }
                                        }
                                    }
                                    @if manages && is_open {
                                        @if department.is_some() && state != ContributionState::Confirmed {
                                            (forms::button(here, csrf, &[("faire", "relancer"), ("chapitre", &chapter.id)], "discret mini", &t(lang, "report-remind")))
                                        }
                                        (assigning(allowed, chapter, department, due, here, csrf))
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

pub(super) fn chapter_name(english: bool, chapter: &ReportChapter) -> String {
    let subject = chapter.subject.get(english).0;
    match subject.is_empty() {
        true => chapter.title.get(english).0.to_owned(),
        false => subject.to_owned(),
    }
}

fn department_name(allowed: &Allowed<Compose>, id: Option<&DepartmentId>) -> Markup {
    let departments = &allowed.catalog().town.departments;
    html! {
        @match id.map(|id| (id, departments.get(id))) {
            Some((_, Some(department))) => (parts::declared(&allowed.visit, &department.title)),
            Some((id, None)) => (id),
            None => (t(allowed.lang(), "report-nobody")),
        }
    }
}

/// Who answers for a chapter this year, and by when.
fn assigning(
    allowed: &Allowed<Compose>,
    chapter: &ReportChapter,
    department: Option<&DepartmentId>,
    due: Option<NaiveDate>,
    here: &str,
    csrf: &str,
) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let mut options = vec![option("", t(lang, "report-nobody"))];
    let departments = allowed.catalog().town.departments.iter();
    options.extend(departments.map(|(id, it)| option(id, it.title.get(visit.english()).0)));
    let chosen = department.map_or("", |id| id.as_str());
    let day = due.map_or_else(String::new, |it| it.to_string());
    html! {
        details.deroule.en-place {
            summary.bouton.discret.mini { (t(lang, "report-assign")) span.hors-ecran { " : " (chapter_name(visit.english(), chapter)) } }
            form.pile.deroule-corps method="post" action=(here) {
                (forms::token(csrf))
                input type="hidden" name="faire" value="confier";
                input type="hidden" name="chapitre" value=(chapter.id);
                (choose(&format!("direction-{}", chapter.id), &t(lang, "report-head-department"), "", &options, chosen))
                (Field { name: &format!("pour-{}", chapter.id), label: &t(lang, "report-head-due"), kind: "date", value: &day, autocomplete: "off", optional: true, ..Field::default() }.markup())
                div.actions { button.bouton.mini type="submit" { (t(lang, "report-assign-do")) } }
            }
        }
    }
}

/// What is left to mend, chapter by chapter.
fn left(allowed: &Allowed<Compose>, opened: &Opened, draft: &Draft) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let (blocking, others): (Vec<&Problem>, Vec<&Problem>) =
        draft.problems.iter().partition(|it| it.is_blocking());
    let name = |problem: &Problem| {
        let own = problem.chapter.as_ref();
        let chapter = own.and_then(|id| opened.report.chapters.iter().find(|it| it.id == *id));
        chapter.map(|it| (it.id.clone(), chapter_name(visit.english(), it)))
    };
    let list = |problems: &[&Problem]| {
        html! {
            ul.texte {
                @for problem in problems {
                    li {
                        @if let Some((id, name)) = name(problem) {
                            a href=(visit.link(&opened.path(&format!("/chapitres/{id}")))) { (name) } " : "
                        }
                        span lang=[visit.english().then_some("fr")] { (problem.title) " " span.discret { (problem.remedy) } }
                    }
                }
            }
        }
    };
    html! {
        section.bloc.section.pile aria-labelledby="h-reste" {
            h2 #h-reste { (t(lang, "report-left")) }
            @if blocking.is_empty() { (forms::done(&t(lang, "report-left-nothing"))) } @else { (list(&blocking)) }
            @if !others.is_empty() {
                h3 { (t(lang, "report-required-title")) }
                (list(&others))
            }
        }
    }
}

fn presented(lang: Lang, opened: &Opened, here: &str, csrf: &str) -> Markup {
    let value = opened
        .edition
        .as_ref()
        .map_or("", |it| it.presented.as_str());
    html! {
        section.bloc.section aria-labelledby="h-conseil" {
            h2 #h-conseil { (t(lang, "report-presented")) }
            form.pile method="post" action=(here) {
                (forms::token(csrf))
                input type="hidden" name="faire" value="presenter";
                (Field { name: "presente", label: &t(lang, "report-presented-label"), help: &t(lang, "report-presented-help"), value, autocomplete: "off", optional: true, ..Field::default() }.markup())
                div.actions { button.bouton.second type="submit" { (t(lang, "report-presented-keep")) } }
            }
        }
    }
}

fn freezing(lang: Lang, draft: &Draft, here: &str, csrf: &str) -> Markup {
    html! {
        section.bloc.section.pile aria-labelledby="h-arreter" {
            h2 #h-arreter { (t(lang, "report-freeze-title")) }
            p { (t(lang, "report-freeze-what")) }
            (forms::button(here, csrf, &[("faire", "verifier")], "second", &t(lang, "report-paper-try")))
            @if draft.is_right() {
                (forms::sure_button(here, csrf, &[("faire", "arreter")], &t(lang, "report-freeze-sure"), &t(lang, "report-freeze")))
            } @else {
                p.avis { (t(lang, "report-freeze-not-yet")) }
            }
        }
    }
}

fn log(lang: Lang, steps: &[ReportStep]) -> Markup {
    html! {
        @if !steps.is_empty() {
            details.bloc.section.pile {
                summary { (t(lang, "report-log")) }
                ol.sans-puces {
                    @for step in steps.iter().rev() {
                        li {
                            (when(lang, step.by.at)) ", " (step.by.name) " : "
                            (t(lang, &format!("report-step-{}", step.what.as_str())))
                            @if !step.detail.is_empty() { " (" (step.detail) ")" }
                        }
                    }
                }
            }
        }
    }
}

/// What is done with a report.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let opened = Opened::of(&allowed).await?;
    if !opened.may_manage(&allowed) {
        return Err(allowed.not_found(opened.report.id.as_str()));
    }
    match form.get("faire") {
        "relancer" => remind(&allowed, &opened, &form).await,
        "confier" => assign(&allowed, &opened, &form).await,
        "presenter" if !opened.is_final() => present(&allowed, &opened, &form).await,
        "verifier" => try_paper(&allowed, &opened).await,
        "arreter" => freeze_now(&allowed, &opened, &form).await,
        "reprendre" => take(&allowed, &opened, &form).await,
        other => Err(allowed.not_found(other)),
    }
}

async fn done(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    action: &str,
    detail: &str,
    word: &str,
) -> Result<HttpResponse, Failure> {
    let object = format!("rapport:{}/{}", opened.report.id, opened.year);
    let kind = match action {
        "report.frozen" | "report.revised" => Kind::Publication,
        _ => Kind::Change,
    };
    allowed.record(kind, action, &object, detail).await?;
    allowed.forget_pages();
    let to = allowed
        .visit
        .link_with(&opened.path("/suivi"), &[("fait", word)]);
    Ok(crate::door::lead(&to, &[]))
}

fn chapter_of<'o>(
    allowed: &Allowed<Compose>,
    opened: &'o Opened,
    form: &Form,
) -> Result<&'o ReportChapter, Failure> {
    let id = form.get("chapitre");
    let found = opened.report.chapters.iter().find(|it| it.id == id);
    found.ok_or_else(|| allowed.not_found(id))
}

/// Chapters that the declaration has gained since the year was opened.
fn gained<'o>(opened: &'o Opened) -> Vec<NewChapter<'o>> {
    let chapters = opened.report.chapters.iter();
    chapters
        .filter(|it| opened.contribution(&it.id).is_none())
        .map(|chapter| NewChapter {
            id: &chapter.id,
            department: chapter.department.as_ref(),
            due: due(chapter, opened.year),
        })
        .collect()
}

async fn remind(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let chapter = chapter_of(allowed, opened, form)?.id.clone();
    opened
        .on_chapter(allowed, &chapter, Reports::remind)
        .await?;
    done(allowed, opened, "report.reminded", &chapter, "relance").await
}

async fn assign(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let chapter = chapter_of(allowed, opened, form)?.id.clone();
    let wanted = form.get(&format!("direction-{chapter}"));
    let departments = &allowed.catalog().town.departments;
    let department = departments.keys().find(|it| it.as_str() == wanted).cloned();
    let day = form.get(&format!("pour-{chapter}"));
    let due = day.parse::<NaiveDate>().ok();
    if (department.is_none() && !wanted.is_empty()) || (due.is_none() && !day.is_empty()) {
        let notes = forms::refused(&t(allowed.lang(), "report-assign-wrong"));
        return page(
            allowed,
            opened,
            &notes,
            &[],
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    }
    let gained: Vec<(String, Option<DepartmentId>, Option<NaiveDate>)> = gained(opened)
        .into_iter()
        .map(|it| (it.id.to_owned(), it.department.cloned(), it.due))
        .collect();
    opened
        .on_chapter(allowed, &chapter, move |reports, chapter, by, now| {
            let new: Vec<NewChapter> = gained
                .iter()
                .map(|(id, department, due)| NewChapter {
                    id,
                    department: department.as_ref(),
                    due: *due,
                })
                .collect();
            reports.add_missing(chapter.report, chapter.year, &new, by, now)?;
            reports.assign(chapter, department.as_ref(), due, by, now)
        })
        .await?;
    done(allowed, opened, "report.assigned", &chapter, "confie").await
}

async fn present(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let line = form.get("presente").to_owned();
    if !limits::PRESENTED.holds(&line) {
        let notes = forms::refused(&t(allowed.lang(), "report-presented-long"));
        return page(
            allowed,
            opened,
            &notes,
            &[],
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await;
    }
    let (id, year) = (opened.report.id.clone(), opened.year);
    let person = allowed.visitor().person.clone();
    allowed
        .ask_store(move |store| {
            let now = crate::guard::now();
            store
                .reports()
                .set_presented(id.as_str(), year, &line, Author::from(&person), now)
        })
        .await?;
    done(allowed, opened, "report.presented", "", "presente").await
}

/// A report on paper, or what is not right with it.
async fn on_paper(
    allowed: &Allowed<Compose>,
    kept: Kept,
) -> Result<Result<(Kept, Paper), Vec<Problem>>, Failure> {
    let shelf = allowed.shelf()?;
    let set = web::block(move || {
        let paper = shelf.set(&kept, Ink::Colour)?;
        Ok::<_, Vec<Problem>>((kept, paper))
    });
    set.await
        .map_err(|error| Failure::internal(&allowed.visit, &error))
}

/// Keeps a final report on the shelf, which is what counts.
async fn keep(
    allowed: &Allowed<Compose>,
    kept: Kept,
    paper: Paper,
) -> Result<Result<(), Unkept>, Failure> {
    let shelf = allowed.shelf()?;
    let written = web::block(move || shelf.keep(&kept, &paper)).await;
    written.map_err(|error| Failure::internal(&allowed.visit, &error))
}

/// The draft as it would be final: with the photographs that it shows.
async fn as_final(
    allowed: &Allowed<Compose>,
    document: beffroi_report::Document,
) -> Result<Kept, Failure> {
    let document = freeze(document, allowed.town().now(), 1);
    let names = beffroi_report::photographs(&document);
    let pictures = on_shelf(allowed, move |shelf| {
        let found = names.into_iter().filter_map(|name| {
            let bytes = shelf.picture(&name)?;
            Some((name, bytes))
        });
        Ok(found.collect())
    })
    .await?;
    Ok(Kept { document, pictures })
}

/// Tries the paper of a draft: what only the press can tell is told before the day.
async fn try_paper(allowed: &Allowed<Compose>, opened: &Opened) -> Result<HttpResponse, Failure> {
    let lang = allowed.lang();
    let draft = opened.draft(allowed, Lang::Fr).await?;
    let kept = as_final(allowed, draft.document).await?;
    let (notes, problems) = match on_paper(allowed, kept).await? {
        Ok((_, paper)) => {
            let args = [("pages", paper.pages.into())];
            let words = t_args(lang, "report-paper-right", &args);
            (forms::done(&words), Vec::new())
        }
        Err(problems) => (forms::refused(&t(lang, "report-freeze-paper")), problems),
    };
    page(allowed, opened, &notes, &problems, StatusCode::OK).await
}

async fn freeze_now(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let lang = allowed.lang();
    let refuse = async |id: &str, problems: &[Problem]| {
        let notes = forms::refused(&t(lang, id));
        page(
            allowed,
            opened,
            &notes,
            problems,
            StatusCode::UNPROCESSABLE_ENTITY,
        )
        .await
    };
    let Some(edition) = opened.edition.as_ref().filter(|_| !opened.is_final()) else {
        return refuse("report-freeze-again", &[]).await;
    };
    if form.get(forms::SURE).is_empty() {
        return refuse("report-freeze-unsure", &[]).await;
    }
    let draft = opened.draft(allowed, Lang::Fr).await?;
    if !draft.is_right() {
        return refuse("report-freeze-not-yet", &[]).await;
    }
    let kept = as_final(allowed, draft.document).await?;
    let (kept, paper) = match on_paper(allowed, kept).await? {
        Ok(set) => set,
        Err(problems) => return refuse("report-freeze-paper", &problems).await,
    };
    // From here on departments write nothing more. A year that was closed and not put on the shelf,
    // for the disk said no, is put there now.
    if edition.frozen_number == 0 {
        let (id, year, seen) = (opened.report.id.clone(), opened.year, opened.seen);
        let person = allowed.visitor().person.clone();
        let closed = allowed
            .ask_store(move |store| {
                let now = crate::guard::now();
                let by = Author::from(&person);
                store.reports().froze(id.as_str(), year, 1, seen, by, now)
            })
            .await?;
        if !closed {
            return refuse("report-freeze-moved", &[]).await;
        }
    }
    match keep(allowed, kept, paper).await? {
        Ok(()) => done(allowed, opened, "report.frozen", "1", "arrete").await,
        Err(Unkept::Taken) => refuse("report-freeze-again", &[]).await,
        Err(Unkept::Failed(error)) => Err(Failure::internal(&allowed.visit, &error)),
    }
}

/// Takes one change over: another edition of the same year.
async fn take(
    allowed: &Allowed<Compose>,
    opened: &Opened,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let lang = allowed.lang();
    let key = form.get("cle").to_owned();
    let Some(kept) = &opened.kept else {
        return Err(allowed.not_found(&key));
    };
    let refuse = async |id: &str, problems: &[Problem], status| {
        let notes = forms::refused(&t(lang, id));
        page(allowed, opened, &notes, problems, status).await
    };
    let draft = opened.draft(allowed, Lang::Fr).await?;
    let mut kept = Kept::clone(&Arc::clone(kept));
    if !take_over(&mut kept.document, &draft, &key, allowed.town().now()) {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return refuse("report-take-nothing", &[], status).await;
    }
    let State::Frozen { number, .. } = kept.document.edition else {
        return Err(Failure::internal(
            &allowed.visit,
            &"a draft takes nothing over",
        ));
    };
    let (kept, paper) = match on_paper(allowed, kept).await? {
        Ok(set) => set,
        Err(problems) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return refuse("report-freeze-paper", &problems, status).await;
        }
    };
    match keep(allowed, kept, paper).await? {
        Ok(()) => {}
        Err(Unkept::Taken) => return refuse("report-take-again", &[], StatusCode::CONFLICT).await,
        Err(Unkept::Failed(error)) => return Err(Failure::internal(&allowed.visit, &error)),
    }
    // A store that has not heard of earlier ones is told of them too.
    let (id, year) = (opened.report.id.clone(), opened.year);
    let known = opened.edition.as_ref().map_or(0, |it| it.frozen_number);
    let is_open = opened.edition.is_some();
    let person = allowed.visitor().person.clone();
    allowed
        .ask_store(move |store| {
            let (reports, now) = (store.reports(), crate::guard::now());
            let by = Author::from(&person);
            if !is_open {
                reports.open(id.as_str(), year, None, &[], by, now)?;
            }
            for number in known + 1..=number {
                reports.froze(id.as_str(), year, number, None, by, now)?;
            }
            Ok(())
        })
        .await?;
    done(allowed, opened, "report.revised", &key, "repris").await
}
