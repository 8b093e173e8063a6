//! What somebody reaches, in words: on one's own account, and for those who look after rights.

use crate::guard::Allowed;
use crate::parts;
use crate::visit::Visit;
use beffroi_catalog::{Catalog, Ground, Reach, Text};
use beffroi_model::{Filter, IndicatorId, Membership, PerimeterId, Scope};
use beffroi_text::{t, t_args};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// Roles, departments and perimeters, as lines of a list of terms.
pub(super) fn member<P>(allowed: &Allowed<P>, member: &Membership) -> Markup {
    let visit = &allowed.visit;
    let town = &allowed.catalog().town;
    let departments: Vec<&Text> = member
        .departments
        .iter()
        .filter_map(|id| Some(&town.departments.get(id)?.title))
        .collect();
    html! {
        dt { (t(visit.lang, "person-roles")) }
        dd { (crate::layout::roles_in_words(visit.lang, member.roles.iter().copied())) }
        @if !departments.is_empty() {
            dt { (t(visit.lang, "person-departments")) }
            dd { (parts::listed(visit, &departments)) }
        }
    }
}

/// Boards, and to which rows figures are narrowed.
pub(super) fn summary<P>(allowed: &Allowed<P>, seen: &Catalog, reach: &Reach) -> Markup {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let mut by_rows: BTreeMap<&[Filter], usize> = BTreeMap::new();
    for reached in reach.indicators.values() {
        *by_rows.entry(reached.scope.0.as_slice()).or_default() += 1;
    }
    let rows = |count: usize| [("count", count.into())];
    html! {
        @if reach.is_empty() { p { (t(lang, "reach-nothing")) } }
        @else {
            ul.atteint {
                @for (filters, count) in &by_rows {
                    li {
                        (t_args(lang, "reach-indicators", &rows(*count)))
                        ", " (in_words(visit, seen, filters))
                    }
                }
                li {
                    (t_args(lang, "reach-datasets", &rows(reach.datasets.len())))
                    @if !reach.raw.is_empty() { ", " (t_args(lang, "reach-raw", &rows(reach.raw.len()))) }
                }
            }
            @if !seen.boards.is_empty() {
                p { (t(lang, "reach-boards")) }
                ul.atteint {
                    @for board in seen.boards.values() {
                        li {
                            // Whoever looks after rights does not have those of others.
                            @if allowed.catalog().boards.contains_key(&board.id) {
                                a href=(visit.link(&format!("/tableaux/{}", board.id))) { (parts::declared(visit, &board.title)) }
                            } @else { (parts::declared(visit, &board.title)) }
                        }
                    }
                }
            }
        }
    }
}

/// The rows of a scope, in words.
pub(super) fn in_words(visit: &Visit, catalog: &Catalog, filters: &[Filter]) -> Markup {
    html! {
        @if filters.is_empty() { (t(visit.lang, "reach-whole")) }
        @else {
            @for (place, filter) in filters.iter().enumerate() {
                @if place > 0 { ", " }
                @let dimension = catalog.dimensions.get(&filter.dimension);
                @if let Some(dimension) = dimension { (parts::declared(visit, &dimension.title)) } @else { (filter.dimension) }
                " : "
                @for (place, value) in filter.values.iter().enumerate() {
                    @if place > 0 { ", " }
                    @match dimension.and_then(|it| it.members.get(value)) {
                        Some(member) => (parts::declared(visit, &member.title)),
                        None => (value),
                    }
                }
            }
        }
    }
}

/// Whether rows are among those of a scope.
pub(super) fn admits(scope: &Scope, wanted: Option<&Filter>) -> bool {
    let Some(wanted) = wanted else { return true };
    let filter = scope.0.iter().find(|it| it.dimension == wanted.dimension);
    filter.is_none_or(|filter| {
        wanted
            .values
            .iter()
            .all(|value| filter.values.contains(value))
    })
}

/// Why something is reached, in words.
pub(super) fn ground(visit: &Visit, catalog: &Catalog, ground: &Ground) -> Markup {
    let lang = visit.lang;
    match ground {
        Ground::Department(id) => html! {
            (t(lang, "ground-department")) " "
            @match catalog.town.departments.get(id) {
                Some(department) => (parts::declared(visit, &department.title)),
                None => (id),
            }
        },
        Ground::Role(role, id) => html! {
            (t_args(lang, "ground-role", &[("role", t(lang, &crate::entrance::role_word(*role)).into())]))
            " " (perimeter(visit, catalog, id))
        },
        Ground::Own(id) => html! { (t(lang, "ground-own")) " " (perimeter(visit, catalog, id)) },
        Ground::Reference => html! { (t(lang, "ground-reference")) },
    }
}

/// The name of a perimeter.
pub(super) fn perimeter(visit: &Visit, catalog: &Catalog, id: &PerimeterId) -> Markup {
    match catalog.access.perimeters.get(id) {
        Some(perimeter) => html! { "« " (parts::declared(visit, &perimeter.title)) " »" },
        None => html! { code { (id) } },
    }
}

/// Says that figures are those of some rows only, when they are.
pub(super) fn note<'a, P>(
    allowed: &Allowed<P>,
    indicators: impl Iterator<Item = &'a IndicatorId>,
) -> Markup {
    let scopes: BTreeSet<&[Filter]> = indicators
        .map(|id| allowed.scopes().of(id).0.as_slice())
        .filter(|filters| !filters.is_empty())
        .collect();
    let visit = &allowed.visit;
    html! {
        @if !scopes.is_empty() {
            p.avis.perimetre {
                (t(visit.lang, "scope-note"))
                @for (place, filters) in scopes.iter().enumerate() {
                    @if place > 0 { " ; " } @else { " " }
                    strong { (in_words(visit, allowed.catalog(), filters)) }
                }
                "."
            }
        }
    }
}
