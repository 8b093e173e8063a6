//! `/administration/acces`: who reaches what. Perimeters and who has them; who sees a board, an
//! indicator, a dataset or a row; what somebody sees, and why.

use super::administration::room;
use super::reached::{admits, ground, in_words, perimeter};
use crate::failure::Failure;
use crate::forms;
use crate::guard::{Allowed, Permission, ReadAccess};
use crate::layout::{Nav, Page, roles_in_words};
use crate::parts;
use crate::rights;
use crate::visit::Visit;
use actix_web::HttpResponse;
use beffroi_catalog::lineage::board_indicators;
use beffroi_catalog::{Catalog, Ground, Names, Perimeter, Reach, Text};
use beffroi_model::{DimensionId, Filter, Role};
use beffroi_store::{Person, PersonId};
use beffroi_text::{t, t_args};
use maud::{Markup, html};
use std::collections::BTreeSet;

const HERE: &str = "/administration/acces";

/// What is asked about.
#[derive(Clone, Copy)]
enum Thing<'a> {
    Board(&'a str),
    Indicator(&'a str),
    Dataset(&'a str),
    /// The rows themselves of a dataset.
    Rows(&'a str),
}

impl<'a> Thing<'a> {
    /// `tableau:mobilites`.
    fn parse(text: &'a str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        match kind {
            "tableau" => Some(Self::Board(id)),
            "indicateur" => Some(Self::Indicator(id)),
            "jeu" => Some(Self::Dataset(id)),
            "lignes" => Some(Self::Rows(id)),
            _ => None,
        }
    }

    fn exists(self, catalog: &Catalog) -> bool {
        match self {
            Self::Board(id) => catalog.boards.contains_key(id),
            Self::Indicator(id) => catalog.indicators.contains_key(id),
            Self::Dataset(id) | Self::Rows(id) => catalog.datasets.contains_key(id),
        }
    }

    /// Why somebody sees it, of which rows; nothing when they do not.
    fn seen(self, catalog: &Catalog, reach: &Reach, wanted: Option<&Filter>) -> Option<Seen> {
        let whole = |grounds: &BTreeSet<Ground>| Seen {
            grounds: grounds.clone(),
            rows: Vec::new(),
        };
        match self {
            Self::Board(id) => {
                let grounds = reach.boards.get(id)?;
                let Some(wanted) = wanted else {
                    return Some(whole(grounds));
                };
                // Some figure of the board that is known by that dimension, and reaches the row.
                let board = catalog.boards.get(id)?;
                let found = board_indicators(catalog, board).any(|indicator| {
                    let reached = reach.indicators.get(&indicator.id);
                    indicator.dimensions.contains(&wanted.dimension)
                        && reached.is_some_and(|it| admits(&it.scope, Some(wanted)))
                });
                found.then(|| whole(grounds))
            }
            Self::Indicator(id) => {
                let reached = reach.indicators.get(id)?;
                admits(&reached.scope, wanted).then(|| Seen {
                    grounds: reached
                        .ways
                        .iter()
                        .filter(|way| admits(&way.scope, wanted))
                        .map(|way| way.ground.clone())
                        .collect(),
                    rows: reached.scope.0.clone(),
                })
            }
            Self::Dataset(id) => reach.datasets.get(id).map(whole),
            Self::Rows(id) => reach.raw.get(id).map(whole),
        }
    }
}

/// That something is seen.
struct Seen {
    grounds: BTreeSet<Ground>,
    rows: Vec<Filter>,
}

/// The page.
pub(crate) async fn show(allowed: Allowed<ReadAccess>) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let whole = allowed.whole();
    let people = allowed.ask_store(|store| store.people()).await?;
    let asked = visit.param("quoi").unwrap_or_default();
    let row = visit.param("ligne").unwrap_or_default();
    let title = t(lang, "access-title");
    let body = html! {
        div.page-tete { div { h1 { (title) } p.chapo { (t(lang, "access-lead")) } } }
        (room(&allowed, HERE))
        (forms::done(&super::perimeter::kept(&allowed)))
        section.bloc.section.pile aria-labelledby="h-qui" {
            h2 #h-qui { (t(lang, "access-who")) }
            form.filtres method="get" action=(HERE) aria-label=(t(lang, "access-who")) {
                (crate::layout::lang_field(visit))
                (things(visit, whole, asked))
                (rows_choice(visit, whole, row))
                div.actions { button.bouton type="submit" { (t(lang, "access-ask")) } }
            }
            @if !asked.is_empty() { (who(&allowed, &people, asked, row)) }
        }
        (roles(visit, whole, &people))
        (perimeters(&allowed, &people))
    };
    let page = Page::new(title.clone().into_owned(), Nav::Administration)
        .under(visit.link("/administration"), t(lang, "nav-administration"))
        .body(body);
    Ok(allowed.own_page(page))
}

/// Everything that may be asked about, grouped.
fn things(visit: &Visit, catalog: &Catalog, asked: &str) -> Markup {
    let lang = visit.lang;
    let english = visit.english();
    let option = |kind: &str, id: &str, title: &Text| {
        let value = format!("{kind}:{id}");
        let (words, french) = title.get(english);
        html! { option value=(value) selected[value == asked] lang=[french.then_some("fr")] { (words) } }
    };
    html! {
        div.champ {
            label for="f-quoi" { (t(lang, "access-what")) }
            select #f-quoi name="quoi" {
                optgroup label=(t(lang, "nav-boards")) {
                    @for it in catalog.boards.values() { (option("tableau", it.id.as_str(), &it.title)) }
                }
                optgroup label=(t(lang, "nav-indicators")) {
                    @for it in catalog.indicators.values() { (option("indicateur", it.id.as_str(), &it.title)) }
                }
                optgroup label=(t(lang, "access-datasets")) {
                    @for it in catalog.datasets.values() { (option("jeu", it.id.as_str(), &it.title)) }
                }
                optgroup label=(t(lang, "access-raw")) {
                    @for it in catalog.datasets.values() { (option("lignes", it.id.as_str(), &it.title)) }
                }
            }
        }
    }
}

/// Members of the dimensions that have declared ones.
fn rows_choice(visit: &Visit, catalog: &Catalog, asked: &str) -> Markup {
    let lang = visit.lang;
    html! {
        div.champ {
            label for="f-ligne" { (t(lang, "access-row")) }
            select #f-ligne name="ligne" {
                option value="" { (t(lang, "access-any-row")) }
                @for (id, dimension) in catalog.dimensions.iter().filter(|(_, it)| !it.members.is_empty()) {
                    optgroup label=(dimension.title.get(visit.english()).0) {
                        @for (key, member) in &dimension.members {
                            @let value = format!("{id}:{key}");
                            option value=(value) selected[value == asked] { (member.title.get(visit.english()).0) }
                        }
                    }
                }
            }
        }
    }
}

/// Who sees something.
fn who(allowed: &Allowed<ReadAccess>, people: &[Person], asked: &str, row: &str) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let whole = allowed.whole();
    let Some(thing) = Thing::parse(asked).filter(|thing| thing.exists(whole)) else {
        return html! { p.avis.surveiller { (t(lang, "access-unknown")) } };
    };
    let wanted = match row.split_once(':') {
        Some((dimension, key)) => {
            let known = whole.dimensions.get(dimension);
            if !known.is_some_and(|it| it.members.contains_key(key)) {
                return html! { p.avis.surveiller { (t(lang, "access-unknown-row")) } };
            }
            DimensionId::new(dimension).ok().map(|dimension| Filter {
                dimension,
                values: vec![key.to_owned()],
            })
        }
        None => None,
    };
    let seen: Vec<(&Person, Seen)> = people
        .iter()
        .filter(|person| person.is_active && !person.membership.roles.is_empty())
        .filter_map(|person| {
            let reach = whole.reach(&person.membership);
            Some((person, thing.seen(whole, &reach, wanted.as_ref())?))
        })
        .collect();
    let name = t_args(lang, "access-seen-by", &[("count", seen.len().into())]);
    let content = html! {
        table.ample {
            caption { (name) }
            thead {
                tr {
                    th scope="col" { (t(lang, "field-name")) }
                    th scope="col" { (t(lang, "person-roles")) }
                    th scope="col" { (t(lang, "access-rows")) }
                    th scope="col" { (t(lang, "access-why")) }
                }
            }
            tbody {
                @for (person, seen) in &seen {
                    tr {
                        th scope="row" { a href=(visit.link(&format!("{HERE}/personnes/{}", person.id))) { (person.name) } }
                        td { (roles_in_words(lang, person.membership.roles.iter().copied())) }
                        td { (in_words(visit, whole, &seen.rows)) }
                        td { (grounds(visit, whole, &seen.grounds)) }
                    }
                }
            }
        }
    };
    html! {
        div role="status" {
            @if seen.is_empty() { p { (t(lang, "access-seen-by-nobody")) } }
            @else { (parts::scrolling(&name, &content)) }
        }
    }
}

fn grounds(visit: &Visit, catalog: &Catalog, grounds: &BTreeSet<Ground>) -> Markup {
    html! {
        @for (place, one) in grounds.iter().enumerate() {
            @if place > 0 { br; }
            (ground(visit, catalog, one))
        }
    }
}

/// What each role may do, its perimeters, and how many have it.
fn roles(visit: &Visit, catalog: &Catalog, people: &[Person]) -> Markup {
    let lang = visit.lang;
    let kinds = [
        (Permission::ReadBoard, "right-read"),
        (Permission::ExportRejects, "right-rejects"),
        (Permission::ReadAdmin, "right-faults"),
        (Permission::ReadAccess, "right-access"),
        (Permission::ManagePeople, "right-people"),
    ];
    let content = html! {
        table.ample {
            caption.hors-ecran { (t(lang, "access-roles")) }
            thead {
                tr {
                    th scope="col" { (t(lang, "access-role")) }
                    @for (_, id) in kinds { th scope="col" { (t(lang, id)) } }
                    th scope="col" { (t(lang, "person-perimeters")) }
                    th.n scope="col" { (t(lang, "access-people")) }
                }
            }
            tbody {
                @for role in Role::ALL {
                    tr {
                        th scope="row" { (t(lang, &crate::entrance::role_word(role))) }
                        @for (permission, _) in kinds {
                            td { (t(lang, if rights::may(role, permission) { "yes" } else { "no" })) }
                        }
                        td {
                            @let own = catalog.access.roles.get(&role);
                            @for (place, id) in own.into_iter().flatten().enumerate() {
                                @if place > 0 { br; }
                                (perimeter(visit, catalog, id))
                            }
                            @if matches!(role, Role::Agent | Role::Editor) {
                                @if own.is_some_and(|it| !it.is_empty()) { br; }
                                (t(lang, "access-own-departments"))
                            }
                        }
                        td.n { (people.iter().filter(|it| it.membership.roles.contains(&role)).count()) }
                    }
                }
            }
        }
    };
    html! {
        section.bloc.section aria-labelledby="h-roles" {
            h2 #h-roles { (t(lang, "access-roles")) }
            (parts::scrolling_within(lang, &t(lang, "access-roles"), &content))
        }
    }
}

fn perimeters(allowed: &Allowed<ReadAccess>, people: &[Person]) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let whole = allowed.whole();
    let manages = allowed.may(Permission::ManageAccess);
    let content = html! {
        table.ample {
            caption.hors-ecran { (t(lang, "person-perimeters")) }
            thead {
                tr {
                    th scope="col" { (t(lang, "perimeter-name")) }
                    th scope="col" { (t(lang, "perimeter-what")) }
                    th scope="col" { (t(lang, "access-rows")) }
                    th.n scope="col" { (t(lang, "perimeter-own")) }
                }
            }
            tbody {
                @for (id, perimeter) in &whole.access.perimeters {
                    tr {
                        th scope="row" {
                            @if manages {
                                a href=(visit.link(&format!("{HERE}/perimetres/{id}"))) { (parts::declared(visit, &perimeter.title)) }
                            } @else { (parts::declared(visit, &perimeter.title)) }
                            span.s { code { (id) } }
                        }
                        td { (contents(visit, whole, perimeter)) }
                        td {
                            (in_words(visit, whole, &perimeter.rows))
                            @if perimeter.whole_town && !perimeter.rows.is_empty() { span.s { (t(lang, "perimeter-whole-town")) } }
                        }
                        td.n { (people.iter().filter(|it| it.membership.perimeters.contains(id)).count()) }
                    }
                }
            }
        }
    };
    html! {
        section.bloc.section.pile aria-labelledby="h-perimetres" {
            h2 #h-perimetres { (t(lang, "person-perimeters")) }
            @if whole.access.perimeters.is_empty() { p { (t(lang, "perimeter-none")) } }
            @else { (parts::scrolling_within(lang, &t(lang, "person-perimeters"), &content)) }
            @if manages {
                p { a.bouton.second href=(visit.link("/administration/acces/perimetres/nouveau")) { (t(lang, "perimeter-add")) } }
            }
        }
    }
}

/// What a perimeter holds, in words.
pub(super) fn contents(visit: &Visit, catalog: &Catalog, perimeter: &Perimeter) -> Markup {
    let lang = visit.lang;
    let departments = titles(&perimeter.departments, |id| {
        Some(&catalog.town.departments.get(id)?.title)
    });
    let datasets = titles(&perimeter.datasets, |id| {
        Some(&catalog.datasets.get(id)?.title)
    });
    let boards = titles(&perimeter.boards, |id| Some(&catalog.boards.get(id)?.title));
    let line = |id: &str, all: &str, found: &Option<Vec<&Text>>| {
        html! {
            @match found {
                None => span.ligne-de-liste { (t(lang, all)) },
                Some(found) if found.is_empty() => {},
                Some(found) => span.ligne-de-liste { (t(lang, id)) " " (parts::listed(visit, found)) },
            }
        }
    };
    html! {
        (line("perimeter-departments", "perimeter-all-departments", &departments))
        (line("perimeter-boards", "perimeter-all-boards", &boards))
        (line("perimeter-datasets", "perimeter-all-datasets", &datasets))
        @if perimeter.raw { span.ligne-de-liste { (t(lang, "perimeter-raw")) } }
    }
}

/// The titles of those named; nothing when all are.
fn titles<'a, T>(
    names: &Names<T>,
    title: impl Fn(&T) -> Option<&'a Text>,
) -> Option<Vec<&'a Text>> {
    match names {
        Names::All => None,
        Names::These(these) => Some(these.iter().filter_map(title).collect()),
    }
}

/// What somebody sees, and why.
pub(crate) async fn person(allowed: Allowed<ReadAccess>) -> Result<HttpResponse, Failure> {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let wanted = allowed.part("person").to_owned();
    let id = wanted.parse::<i64>().ok().map(PersonId);
    let found = match id {
        Some(id) => allowed.ask_store(move |store| store.person(id)).await?,
        None => None,
    };
    let person = found.ok_or_else(|| allowed.not_found(&wanted))?;
    let whole = allowed.whole();
    let reach = whole.reach(&person.membership);
    let title = t_args(
        lang,
        "access-person",
        &[("name", person.name.as_str().into())],
    );
    let table = |name: &str, lines: Markup| {
        let content = html! {
            table.ample {
                caption.hors-ecran { (name) }
                thead {
                    tr {
                        th scope="col" { (name) }
                        th scope="col" { (t(lang, "access-rows")) }
                        th scope="col" { (t(lang, "access-why")) }
                    }
                }
                tbody { (lines) }
            }
        };
        html! {
            section.bloc.section aria-label=(name) {
                h2 { (name) }
                (parts::scrolling_within(lang, name, &content))
            }
        }
    };
    let line = |title: &Text, rows: Markup, why: Markup| {
        html! {
            tr { th scope="row" { (parts::declared(visit, title)) } td { (rows) } td { (why) } }
        }
    };
    let boards = html! {
        @for (id, grounds_of) in &reach.boards {
            @if let Some(board) = whole.boards.get(id) {
                (line(&board.title, html! {}, grounds(visit, whole, grounds_of)))
            }
        }
    };
    let indicators = html! {
        @for (id, reached) in &reach.indicators {
            @if let Some(indicator) = whole.indicators.get(id) {
                @let why: BTreeSet<Ground> = reached.ways.iter().map(|way| way.ground.clone()).collect();
                (line(&indicator.title, in_words(visit, whole, &reached.scope.0), grounds(visit, whole, &why)))
            }
        }
    };
    let datasets = html! {
        @for (id, grounds_of) in &reach.datasets {
            @if let Some(dataset) = whole.datasets.get(id) {
                @let rows = match reach.raw.contains_key(id) {
                    true => "access-rows-too",
                    false => "access-sheet-only",
                };
                (line(&dataset.title, html! { (t(lang, rows)) }, grounds(visit, whole, grounds_of)))
            }
        }
    };
    let body = html! {
        div.page-tete {
            div {
                h1 { (title) }
                p.chapo { (roles_in_words(lang, person.membership.roles.iter().copied())) }
                @if !person.is_active { p { (parts::plain_badge("retard", &t(lang, "person-is-off"))) } }
            }
        }
        @if reach.is_empty() { p { (t(lang, "reach-nothing")) } }
        @else {
            (table(&t(lang, "nav-boards"), boards))
            (table(&t(lang, "nav-indicators"), indicators))
            (table(&t(lang, "access-datasets"), datasets))
        }
    };
    let page = Page::new(title.into_owned(), Nav::Administration)
        .under(visit.link("/administration"), t(lang, "nav-administration"))
        .under(visit.link(HERE), t(lang, "access-title"))
        .body(body);
    Ok(allowed.own_page(page))
}
