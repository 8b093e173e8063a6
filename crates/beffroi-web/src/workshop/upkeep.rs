//! `/atelier/suivi`: what keeps data coming: for each dataset of one's departments when it is due,
//! whether it is late or was refused, and what rests on it; and figures asked of other departments.

use super::bring;
use super::parts::{Area, choose, on, option, page, send, told};
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::freshness::{self, frequency};
use crate::guard::{Allowed, Compose, Posted};
use crate::parts;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_catalog::Dataset;
use beffroi_catalog::lineage::{boards_with, indicators_on};
use beffroi_model::{DatasetId, DepartmentId};
use beffroi_store::workshop::{Author, DataRequest, NewRequest};
use beffroi_store::{Kind, RequestId};
use beffroi_text::{date_long, t, t_args};
use chrono::{Days, NaiveDate};
use maud::{Markup, html};

/// When a dataset is due: the last day that it covers, and the day by which the next is promised.
struct Due {
    last: Option<NaiveDate>,
    due: Option<NaiveDate>,
    is_late: bool,
    refused: Vec<String>,
}

fn due(allowed: &Allowed<Compose>, dataset: &Dataset) -> Due {
    let town = allowed.town();
    let version = town.versions.get(&dataset.id);
    let last = version.and_then(|it| it.sources.iter().map(|one| one.extracted_on).max());
    let days = dataset
        .frequency
        .days()
        .and_then(|it| u64::try_from(it).ok());
    let due = last
        .zip(days)
        .and_then(|(last, days)| last.checked_add_days(Days::new(days)));
    let late = dataset
        .frequency
        .late_after_days()
        .and_then(|it| u64::try_from(it).ok());
    let limit = last
        .zip(late)
        .and_then(|(last, days)| last.checked_add_days(Days::new(days)));
    let starts = format!("{} : ", dataset.id);
    let refused = town
        .import_problems
        .iter()
        .filter_map(|it| it.strip_prefix(&starts))
        .map(str::to_owned)
        .collect();
    Due {
        last,
        due,
        is_late: last.is_none() && days.is_some() || limit.is_some_and(|it| it < town.today()),
        refused,
    }
}

/// The datasets of this person's departments that are late.
pub(super) fn late(allowed: &Allowed<Compose>) -> Vec<DatasetId> {
    bring::fed(allowed)
        .filter(|it| due(allowed, it).is_late)
        .map(|it| it.id.clone())
        .collect()
}

/// The page.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let notes = told(&allowed.visit);
    whole(&allowed, &notes, StatusCode::OK).await
}

async fn whole(
    allowed: &Allowed<Compose>,
    notes: &Markup,
    status: StatusCode,
) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let own: Vec<DepartmentId> = allowed.departments().into_iter().collect();
    let asked = allowed.departments();
    let requests = allowed
        .ask_store(move |store| store.requests(&asked))
        .await?;
    let body = html! {
        div.page-tete { div { h1 { (t(lang, "ws-upkeep")) } p.chapo { (t(lang, "ws-upkeep-lead")) } } }
        (notes)
        @for department in &own { (of_department(allowed, department)) }
        (asked_of(allowed, &own, &requests))
    };
    let title = t(lang, "ws-upkeep");
    Ok(send(allowed, page(visit, title).body(body), status))
}

fn of_department(allowed: &Allowed<Compose>, department: &DepartmentId) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let mut datasets: Vec<(&Dataset, Due)> = bring::fed(allowed)
        .filter(|it| it.department == *department)
        .map(|it| (it, due(allowed, it)))
        .collect();
    datasets.sort_by_key(|(it, due)| (!due.is_late, due.due, it.id.clone()));
    let declared = allowed.catalog().town.departments.get(department);
    let name = declared.map_or_else(
        || department.to_string(),
        |it| it.title.get(visit.english()).0.to_owned(),
    );
    let heading = format!("h-{department}");
    let caption = t_args(lang, "ws-upkeep-caption", &[("name", name.as_str().into())]);
    let content = html! {
        table.ample {
            caption { (caption) }
            thead { tr {
                th scope="col" { (t(lang, "what-dataset")) }
                th scope="col" { (t(lang, "dataset-frequency")) }
                th scope="col" { (t(lang, "ws-upkeep-last")) }
                th scope="col" { (t(lang, "ws-upkeep-due")) }
                th scope="col" { (t(lang, "ws-upkeep-rests")) }
                th scope="col" { (t(lang, "ws-upkeep-next")) }
            } }
            tbody {
                @for (dataset, due) in &datasets {
                    tr {
                        th scope="row" {
                            a href=(visit.link(&format!("/catalogue/{}", dataset.id))) { (parts::declared(visit, &dataset.title)) }
                            @for reason in &due.refused { p.petit lang=[visit.english().then_some("fr")] { (parts::plain_badge("retard", &t(lang, "ws-upkeep-refused"))) " " (reason) } }
                        }
                        td { (t(lang, frequency(dataset.frequency))) }
                        td { @if let Some(day) = due.last { (date_long(lang, day)) } @else { "—" } }
                        td {
                            @if due.is_late { (parts::plain_badge("retard", &t(lang, "ws-upkeep-late"))) " " }
                            @if let Some(day) = due.due { (date_long(lang, day)) } @else { (freshness::badge(lang, freshness::freshness(allowed.town(), dataset))) }
                        }
                        td { (rests(allowed, dataset)) }
                        td { (bring::link(allowed, &dataset.id, &t(lang, "ws-upkeep-bring"))) }
                    }
                }
            }
        }
    };
    html! {
        @if !datasets.is_empty() {
            section.bloc aria-labelledby=(heading) {
                h2 id=(heading) { (name) }
                (parts::scrolling(&caption, &content))
            }
        }
    }
}

/// What rests on a dataset.
fn rests(allowed: &Allowed<Compose>, dataset: &Dataset) -> Markup {
    let visit = &allowed.visit;
    let catalog = allowed.catalog();
    let indicators: Vec<_> = indicators_on(catalog, &dataset.id).collect();
    let mut boards: Vec<_> = indicators
        .iter()
        .flat_map(|it| boards_with(catalog, &it.id))
        .map(|it| &it.id)
        .collect();
    boards.sort();
    boards.dedup();
    html! {
        (parts::counted(visit.lang, "ws-rests-indicators", indicators.len())) ", "
        (parts::counted(visit.lang, "ws-rests-boards", boards.len()))
    }
}

fn department_name(allowed: &Allowed<Compose>, id: &DepartmentId) -> String {
    let known = allowed.catalog().town.departments.get(id);
    known.map_or_else(
        || id.to_string(),
        |it| it.title.get(allowed.visit.english()).0.to_owned(),
    )
}

/// Figures asked of departments.
fn asked_of(allowed: &Allowed<Compose>, own: &[DepartmentId], requests: &[DataRequest]) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let here = visit.link("/atelier/suivi");
    let csrf = allowed.visitor().csrf();
    let all: Vec<_> = allowed
        .catalog()
        .town
        .departments
        .keys()
        .map(|id| option(id, department_name(allowed, id)))
        .collect();
    let from: Vec<_> = own
        .iter()
        .map(|id| option(id, department_name(allowed, id)))
        .collect();
    html! {
        section.bloc aria-labelledby="h-demandes" {
            h2 #h-demandes { (t(lang, "ws-requests")) }
            @if requests.is_empty() { p { (t(lang, "ws-requests-none")) } }
            @for one in requests {
                @let is_late = one.answered_at.is_none() && one.due < allowed.town().today();
                article.commentaire {
                    p.petit {
                        strong { (department_name(allowed, &one.from_department)) } " → " strong { (department_name(allowed, &one.to_department)) }
                        ", " (one.name) ", " (t_args(lang, "ws-request-due", &[("day", date_long(lang, one.due).into())])) " "
                        @if one.answered_at.is_some() { (parts::plain_badge("atteint", &t(lang, "ws-request-answered"))) }
                        @else if is_late { (parts::plain_badge("retard", &t(lang, "ws-upkeep-late"))) }
                        @else { (parts::plain_badge("voie", &t(lang, "ws-request-open"))) }
                    }
                    p { (one.words) }
                    @if let Some(by) = &one.answered_by { p { (by) " : " (one.answer) } }
                    @if one.answered_at.is_none() && own.contains(&one.to_department) {
                        form.pile method="post" action=(here) {
                            (forms::token(&csrf))
                            input type="hidden" name="demande" value=(one.id.0);
                            (Field { name: "reponse", label: &t(lang, "ws-request-answer"), autocomplete: "off", help: &t(lang, "ws-request-answer-what"), ..Field::default() }.markup())
                            div.actions { button.bouton.second type="submit" name="faire" value="repondre" { (t(lang, "ws-request-answer-do")) } }
                        }
                    }
                }
            }
            @if !from.is_empty() {
                details {
                    summary { (t(lang, "ws-request-make")) }
                    form.pile method="post" action=(here) {
                        (forms::token(&csrf))
                        div.duo {
                            (choose("de", &t(lang, "ws-request-from"), "", &from, ""))
                            (choose("vers", &t(lang, "ws-request-to"), "", &all, ""))
                        }
                        (Area { name: "demande-mots", label: &t(lang, "ws-request-words"), help: "", value: "", rows: 3, error: "" }.markup())
                        (Field { name: "pour", label: &t(lang, "ws-request-day"), kind: "date", autocomplete: "off", ..Field::default() }.markup())
                        div.actions { button.bouton type="submit" name="faire" value="demander" { (t(lang, "ws-request-do")) } }
                    }
                }
            }
        }
    }
}

/// Asks something of a department, or answers it.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<Compose>,
) -> Result<HttpResponse, Failure> {
    let lang = allowed.lang();
    let own = allowed.departments();
    let again = async |words: &str| {
        let notes = forms::refused(&t(lang, words));
        whole(&allowed, &notes, StatusCode::UNPROCESSABLE_ENTITY).await
    };
    let person = allowed.visitor().person.clone();
    match form.get("faire") {
        "demander" => {
            let known = |name: &str| {
                let id = DepartmentId::new(form.get(name)).ok()?;
                let all = &allowed.catalog().town.departments;
                all.contains_key(&id).then_some(id)
            };
            let words = form.get("demande-mots").replace("\r\n", "\n");
            let day = form.get("pour").parse::<NaiveDate>().ok();
            let (Some(from), Some(to), Some(day)) = (known("de"), known("vers"), day) else {
                return again("ws-wrong-request").await;
            };
            if words.is_empty() || words.chars().count() > 4_000 {
                return again("ws-wrong-request").await;
            }
            if !own.contains(&from) {
                return Err(allowed.not_found(from.as_str()));
            }
            let detail = format!("{from} → {to}");
            allowed
                .ask_store(move |store| {
                    store.add_request(
                        &NewRequest {
                            from_department: &from,
                            to_department: &to,
                            dataset: None,
                            words: &words,
                            due: day,
                        },
                        Author::from(&person),
                        crate::guard::now(),
                    )
                })
                .await?;
            allowed
                .record(Kind::Change, "request.made", "requests", &detail)
                .await?;
            Ok(on(&allowed.visit, "/atelier/suivi", "demande"))
        }
        "repondre" => {
            let answer: String = form.get("reponse").chars().take(4_000).collect();
            let number = form.get("demande").parse::<i64>().map(RequestId);
            let id = number.map_err(|_| allowed.not_found("demande"))?;
            if answer.is_empty() {
                return again("ws-wrong-answer").await;
            }
            let answered = allowed
                .ask_store(move |store| {
                    let known = store.request(id)?;
                    // Only whoever was asked answers.
                    if !known.is_some_and(|it| own.contains(&it.to_department)) {
                        return Ok(false);
                    }
                    store.answer_request(id, &answer, Author::from(&person), crate::guard::now())
                })
                .await?;
            match answered {
                true => Ok(on(&allowed.visit, "/atelier/suivi", "repondu")),
                false => Err(allowed.not_found("demande")),
            }
        }
        _ => Err(allowed.not_found("suivi")),
    }
}
