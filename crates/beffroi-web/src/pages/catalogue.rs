//! `/catalogue`: the datasets of the town, by department.

use super::indicators::words;
use super::quality;
use crate::failure::Failure;
use crate::freshness;
use crate::guard::{Allowed, ReadCatalogue};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::visit::Visit;
use actix_web::HttpResponse;
use beffroi_catalog::lineage::indicators_on;
use beffroi_catalog::{Dataset, Visibility};
use beffroi_model::{DepartmentId, normalize};
use beffroi_text::{date_long, number, t, t_args};
use maud::{Markup, html};

/// The page.
pub(crate) async fn show(allowed: Allowed<ReadCatalogue>) -> Result<HttpResponse, Failure> {
    allowed.page(async || Ok(build(&allowed))).await
}

struct Wanted {
    words: Vec<String>,
    department: Option<DepartmentId>,
    late: bool,
    messages: Vec<String>,
}

impl Wanted {
    fn read(allowed: &Allowed<ReadCatalogue>) -> Self {
        let visit = &allowed.visit;
        let mut messages = Vec::new();
        let departments = &allowed.catalog().town.departments;
        let department = visit.param("direction").and_then(|asked| {
            let found = departments.get_key_value(asked).map(|(id, _)| id.clone());
            if found.is_none() {
                let name = t(visit.lang, "catalogue-department");
                messages.push(
                    t_args(
                        visit.lang,
                        "filter-bad-member",
                        &[("asked", asked.into()), ("name", name.into())],
                    )
                    .into_owned(),
                );
            }
            found
        });
        Self {
            words: visit.param("q").map(words).unwrap_or_default(),
            department,
            late: visit.param("fraicheur") == Some("retard"),
            messages,
        }
    }

    fn keeps(&self, allowed: &Allowed<ReadCatalogue>, dataset: &Dataset) -> bool {
        let columns = dataset
            .columns
            .values()
            .map(|column| column.title.fr.as_str());
        let text = [
            dataset.id.as_str(),
            dataset.title.fr.as_str(),
            dataset.title.en.as_deref().unwrap_or_default(),
            dataset.description.fr.as_str(),
        ];
        let text = normalize(
            &text
                .into_iter()
                .chain(columns)
                .collect::<Vec<_>>()
                .join(" "),
        );
        self.department
            .as_ref()
            .is_none_or(|wanted| *wanted == dataset.department)
            && (!self.late || freshness::freshness(allowed.town(), dataset).is_late())
            && self.words.iter().all(|word| text.contains(word))
    }
}

fn build(allowed: &Allowed<ReadCatalogue>) -> Page {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let catalog = allowed.catalog();
    let wanted = Wanted::read(allowed);
    let found: Vec<&Dataset> = catalog
        .datasets
        .values()
        .filter(|dataset| wanted.keeps(allowed, dataset))
        .collect();
    let title = t(lang, "catalogue-title");
    let body = html! {
        div.page-tete {
            div {
                p.surtitre { (t(lang, "catalogue-over")) }
                h1 { (title) }
                p.chapo { (lead(allowed)) }
            }
        }
        (form(allowed, &wanted))
        (parts::messages(lang, &wanted.messages))
        section.section aria-labelledby="h-jeux" {
            div.bloc-tete {
                h2 #h-jeux { (parts::counted(lang, "catalogue-found", found.len())) }
                @if found.len() < catalog.datasets.len() {
                    p { a href=(visit.link("/catalogue")) { (t(lang, "filter-reset")) } }
                }
            }
            @if !found.is_empty() { (table(allowed, &found)) }
            p.fraicheur."notes-cat" { (t(lang, "catalogue-notes")) }
        }
    };
    Page::new(title.into_owned(), Nav::Catalogue).body(body)
}

fn lead(allowed: &Allowed<ReadCatalogue>) -> String {
    let lang = allowed.lang();
    let datasets = &allowed.catalog().datasets;
    let late = datasets
        .values()
        .filter(|dataset| freshness::freshness(allowed.town(), dataset).is_late())
        .count();
    let open = datasets
        .values()
        .filter(|dataset| dataset.visibility == Visibility::Public)
        .count();
    [
        t_args(lang, "catalogue-lead", &[("count", datasets.len().into())]),
        t_args(lang, "catalogue-late", &[("count", late.into())]),
        t_args(lang, "catalogue-open", &[("count", open.into())]),
    ]
    .join(" ")
}

fn form(allowed: &Allowed<ReadCatalogue>, wanted: &Wanted) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let all = || (String::new(), html! { (t(lang, "catalogue-all")) });
    let mut departments = vec![all()];
    departments.extend(
        allowed
            .catalog()
            .town
            .departments
            .iter()
            .map(|(id, department)| (id.to_string(), parts::declared(visit, &department.title))),
    );
    let late = [
        all(),
        (
            "retard".to_owned(),
            html! { (t(lang, "catalogue-only-late")) },
        ),
    ];
    let choices = html! {
        (parts::choice(
            "f-direction", "direction", &html! { (t(lang, "catalogue-department")) }, &departments,
            wanted.department.as_ref().map(DepartmentId::as_str).unwrap_or_default(),
        ))
        (parts::choice(
            "f-fraicheur", "fraicheur", &html! { (t(lang, "catalogue-freshness")) }, &late,
            if wanted.late { "retard" } else { "" },
        ))
    };
    parts::search_form(
        visit,
        "/catalogue",
        &t(lang, "catalogue-filter"),
        &t(lang, "search"),
        &choices,
    )
}

fn table(allowed: &Allowed<ReadCatalogue>, found: &[&Dataset]) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let town = &allowed.catalog().town;
    let content = html! {
        table."cat-table" {
            caption.hors-ecran { (t(lang, "catalogue-caption")) }
            thead {
                tr {
                    th scope="col" { (t(lang, "catalogue-dataset")) }
                    th scope="col" { (t(lang, "catalogue-delivered")) }
                    th scope="col" { (t(lang, "catalogue-freshness")) }
                    th scope="col" { (t(lang, "catalogue-quality")) }
                    th.n scope="col" { (t(lang, "catalogue-rows")) }
                    th scope="col" { (t(lang, "catalogue-visibility")) }
                    th.n scope="col" { (t(lang, "catalogue-used")) }
                }
            }
            @for (id, department) in &town.departments {
                @let own: Vec<&&Dataset> =
                    found.iter().filter(|dataset| dataset.department == *id).collect();
                @if !own.is_empty() {
                    tbody {
                        tr.groupe {
                            th scope="rowgroup" colspan="7" {
                                (parts::declared(visit, &department.title))
                                span { (parts::counted(lang, "catalogue-count", own.len())) }
                            }
                        }
                        @for dataset in own { (row(allowed, dataset)) }
                    }
                }
            }
        }
    };
    parts::scrolling(&t(lang, "catalogue-caption"), &content)
}

fn row(allowed: &Allowed<ReadCatalogue>, dataset: &Dataset) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let version = allowed.town().versions.get(&dataset.id);
    let unknown = || beffroi_text::absence(lang, beffroi_model::CellState::Missing).to_owned();
    #[allow(clippy::cast_precision_loss)]
    let count = |count: Option<u64>| count.map_or_else(unknown, |it| number(lang, it as f64, 0));
    html! {
        tr {
            th scope="row" {
                a href=(visit.link(&format!("/catalogue/{}", dataset.id))) {
                    (parts::declared(visit, &dataset.title))
                }
            }
            td {
                (version.and_then(|it| freshness::extracted(it)).map_or_else(unknown, |day| date_long(lang, day)))
                span.s { (t(lang, freshness::frequency(dataset.frequency))) }
            }
            td { (freshness::badge(lang, freshness::freshness(allowed.town(), dataset))) }
            td { (quality::compact(lang, &freshness::quality(allowed.town(), dataset))) }
            td.n {
                @if dataset.secrecy.is_some() {
                    (beffroi_text::absence(lang, beffroi_model::CellState::Secret))
                } @else if version.is_some_and(|it| !it.tells_content()) {
                    (t(lang, "catalogue-rows-out-of-reach"))
                } @else {
                    (count(version.map(|it| it.rows)))
                }
            }
            td { (visibility(visit, dataset.visibility)) }
            td.n { (indicators_on(allowed.catalog(), &dataset.id).count()) }
        }
    }
}

/// Who may read it, with the sign used in lists.
pub(crate) fn visibility(visit: &Visit, visibility: Visibility) -> Markup {
    let (sign, id) = match visibility {
        Visibility::Public => ("○", "visibility-public"),
        Visibility::Internal => ("◐", "visibility-internal"),
    };
    html! { span aria-hidden="true" { (sign) " " } (t(visit.lang, id)) }
}
