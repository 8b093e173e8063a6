//! `/administration/journal`: what was done, by whom; searched, and as a file.

use super::administration::room;
use crate::failure::Failure;
use crate::forms::Field;
use crate::guard::{Allowed, ReadTrail};
use crate::layout::{Nav, Page};
use crate::parts;
use crate::visit::Visit;
use actix_web::HttpResponse;
use actix_web::http::header;
use beffroi_store::audit::{Recorded, Search};
use beffroi_store::{Event, Kind, PersonId};
use beffroi_text::{date_long, disarmed, t, t_args, time_of_day};
use chrono::{DateTime, Local, NaiveDate, Utc};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Lines of a page.
const LINES: usize = 100;
/// Lines of a file.
const FILE_LINES: usize = 200_000;

/// What is searched, as written.
struct Asked {
    words: String,
    kind: String,
    person: String,
    from: String,
    to: String,
    before: Option<i64>,
}

impl Asked {
    fn of(visit: &Visit) -> Self {
        let param = |name: &str| visit.param(name).unwrap_or_default().to_owned();
        Self {
            words: param("q"),
            kind: param("sorte"),
            person: param("personne"),
            from: param("du"),
            to: param("au"),
            before: visit.param("avant").and_then(|it| it.parse().ok()),
        }
    }

    fn search(&self, limit: usize) -> Search {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        Search {
            kinds: Kind::ALL
                .into_iter()
                .filter(|it| it.as_str() == self.kind)
                .collect(),
            person: self.person.parse().ok().map(PersonId),
            words: self.words.clone(),
            before: self.before,
            limit,
            ..Search::default()
        }
        .days(day(&self.from), day(&self.to))
    }

    fn params(&self) -> [(&str, &str); 5] {
        [
            ("q", &self.words),
            ("sorte", &self.kind),
            ("personne", &self.person),
            ("du", &self.from),
            ("au", &self.to),
        ]
    }
}

/// The page.
pub(crate) async fn show(allowed: Allowed<ReadTrail>) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let asked = Asked::of(visit);
    let search = asked.search(LINES + 1);
    let mut found = allowed
        .ask_store(move |store| {
            store.audit().flush()?;
            store.audit().search(&search)
        })
        .await?;
    let more = found.len() > LINES;
    found.truncate(LINES);
    let people = allowed.ask_store(|store| store.people()).await?;
    let names: Names = people.iter().map(|it| (it.id, it.name.clone())).collect();
    let people: Vec<(String, Markup)> =
        std::iter::once((String::new(), html! { (t(lang, "trail-anybody")) }))
            .chain(
                people
                    .into_iter()
                    .map(|it| (it.id.to_string(), html! { (it.name) })),
            )
            .collect();
    let kinds: Vec<(String, Markup)> =
        std::iter::once((String::new(), html! { (t(lang, "trail-any-kind")) }))
            .chain(
                Kind::ALL
                    .into_iter()
                    .map(|kind| (kind.as_str().to_owned(), html! { (kind_word(visit, kind)) })),
            )
            .collect();
    let title = t(lang, "trail-title");
    let file = visit.link_with("/administration/journal.csv", &filled(&asked.params()));
    let body = html! {
        div.page-tete { div { h1 { (title) } p.chapo { (t(lang, "trail-lead")) } } }
        (room(&allowed, "/administration/journal"))
        form.filtres method="get" action="/administration/journal" aria-label=(t(lang, "trail-filter")) {
            (crate::layout::lang_field(visit))
            (Field { name: "q", label: &t(lang, "trail-words"), kind: "search", value: &asked.words, optional: true, ..Field::default() }.markup())
            (parts::choice("f-sorte", "sorte", &html! { (t(lang, "trail-kind")) }, &kinds, &asked.kind))
            (parts::choice("f-personne", "personne", &html! { (t(lang, "trail-person")) }, &people, &asked.person))
            (Field { name: "du", label: &t(lang, "trail-from"), kind: "date", value: &asked.from, optional: true, ..Field::default() }.markup())
            (Field { name: "au", label: &t(lang, "trail-to"), kind: "date", value: &asked.to, optional: true, ..Field::default() }.markup())
            div.actions { button.bouton type="submit" { (t(lang, "search")) } }
        }
        section.bloc.section aria-label=(title) {
            (entries(visit, &found, &names, true))
            p.actions {
                @if let (true, Some(last)) = (more, found.last()) {
                    @let before = last.seq.to_string();
                    @let mut params = filled(&asked.params());
                    @let () = params.push(("avant", &before));
                    a.bouton.discret href=(visit.link_with("/administration/journal", &params)) { (t(lang, "trail-older")) }
                }
                a href=(file) download { (t(lang, "trail-file")) }
            }
        }
    };
    let page = Page::new(title.clone().into_owned(), Nav::Administration)
        .under(visit.link("/administration"), t(lang, "nav-administration"))
        .body(body);
    Ok(allowed.own_page(page))
}

fn filled<'a>(params: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    params
        .iter()
        .copied()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// The same as a file.
pub(crate) async fn download(allowed: Allowed<ReadTrail>) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let asked = Asked::of(visit);
    let search = asked.search(FILE_LINES);
    allowed
        .record(Kind::Export, "export", &visit.path, "")
        .await?;
    let found = allowed
        .ask_store(move |store| {
            store.audit().flush()?;
            store.audit().export(&search).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let text = csv(visit, &found).map_err(|error| Failure::internal(visit, &error))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"journal.csv\"",
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(text))
}

/// Fit for a spreadsheet: semicolons, and no cell that it would take for a formula.
fn csv(visit: &Visit, found: &[Recorded]) -> Result<Vec<u8>, csv::Error> {
    let heads = [
        "trail-number",
        "trail-when",
        "trail-person",
        "trail-address",
        "trail-kind",
        "trail-action",
        "trail-object",
        "trail-detail",
    ];
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(heads.map(|id| t(visit.lang, id).into_owned()))?;
    for entry in found {
        let event = &entry.event;
        let cells = [
            entry.seq.to_string(),
            event.at.to_rfc3339(),
            event.name.clone(),
            event.from.map(|it| it.to_string()).unwrap_or_default(),
            kind_word(visit, event.kind),
            event.action.clone(),
            event.object.clone(),
            event.detail.clone(),
        ];
        writer.write_record(cells.map(|cell: String| disarmed(&cell).into_owned()))?;
    }
    writer.flush()?;
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// The names of people, for lines that are about them.
pub(super) type Names = BTreeMap<PersonId, String>;

/// Lines of the trail, newest first. What was done comes before by whom: it is seen on a telephone.
pub(super) fn entries(
    visit: &Visit,
    found: &[Recorded],
    names: &Names,
    with_person: bool,
) -> Markup {
    let lang = visit.lang;
    let content = html! {
        table.ample {
            caption.hors-ecran { (t(lang, "trail-title")) }
            thead {
                tr {
                    th scope="col" { (t(lang, "trail-when")) }
                    th scope="col" { (t(lang, "trail-object")) }
                    @if with_person { th scope="col" { (t(lang, "trail-person")) } }
                    th scope="col" { (t(lang, "trail-address")) }
                }
            }
            tbody {
                @for entry in found {
                    @let event = &entry.event;
                    tr {
                        th scope="row" { (instant(visit, event.at)) }
                        td {
                            (kind_word(visit, event.kind))
                            @if !says_its_kind(event) { " : " (action_word(visit, event)) }
                            @if !event.object.is_empty() { span.s { (object(visit, names, &event.object)) } }
                            @if !event.detail.is_empty() { span.s { (detail_word(visit, &event.detail)) } }
                        }
                        @if with_person {
                            td { @if event.name.is_empty() { (t(lang, "trail-nobody")) } @else { (event.name) } }
                        }
                        td { (event.from.map(|it| it.to_string()).unwrap_or_default()) }
                    }
                }
            }
        }
    };
    html! {
        @if found.is_empty() { p { (t(lang, "trail-none")) } }
        @else { (parts::scrolling_within(lang, &t(lang, "trail-title"), &content)) }
    }
}

fn kind_word(visit: &Visit, kind: Kind) -> String {
    t(visit.lang, &format!("kind-{}", kind.as_str())).into_owned()
}

/// Whether an action says nothing that its kind does not.
fn says_its_kind(event: &Event) -> bool {
    matches!(
        (event.kind, event.action.as_str()),
        (Kind::Read, "read") | (Kind::Export, "export") | (Kind::SignIn, "sign-in")
    )
}

/// The words of an action; the action itself when there are none.
fn action_word(visit: &Visit, event: &Event) -> String {
    let action = match (event.kind, event.action.as_str()) {
        (Kind::Refusal, "sign-in") => "sign-in-refused",
        (_, action) => action,
    };
    word(visit, "action", action)
}

/// The words of a detail that is a word of the program; the detail itself otherwise.
fn detail_word(visit: &Visit, detail: &str) -> String {
    word(visit, "detail", detail)
}

fn word(visit: &Visit, kind: &str, text: &str) -> String {
    let is_word = |c: char| c.is_ascii_lowercase() || matches!(c, '-' | '.' | ' ' | ',');
    if text.is_empty() || !text.chars().all(is_word) {
        return text.to_owned();
    }
    let slug = text.replace(", ", "-").replace(['.', ' '], "-");
    let id = format!("{kind}-{slug}");
    let words = t(visit.lang, &id).into_owned();
    if words == id { text.to_owned() } else { words }
}

/// What something was done to: somebody by their name, anything else as it is written.
fn object(visit: &Visit, names: &Names, object: &str) -> Markup {
    let person = object.strip_prefix("person:");
    let id = person.and_then(|id| id.parse().ok()).map(PersonId);
    match id.and_then(|id| names.get(&id)) {
        Some(name) => html! { (t(visit.lang, "trail-to-person")) " " (name) },
        None => html! { code { (object) } },
    }
}

/// An instant in local time.
pub(super) fn instant(visit: &Visit, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Local).naive_local();
    t_args(
        visit.lang,
        "instant",
        &[
            ("day", date_long(visit.lang, local.date()).into()),
            ("time", time_of_day(visit.lang, local).into()),
        ],
    )
    .into_owned()
}
