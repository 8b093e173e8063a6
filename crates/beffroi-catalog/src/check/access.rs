//! Checks of `access.toml`: every name in it is of something that exists.

use super::Known;
use crate::diagnostic::code;
use crate::raw::{RawAccess, RawBoard, RawDemoPerson, RawPerimeter, RawReport};
use crate::source::{At, list, suggest};
use crate::{Access, DemoPerson, Dimension, Names, Perimeter};
use beffroi_model::{BoardId, DimensionId, Filter, Membership, PerimeterId, ReportId, Role};
use indexmap::IndexMap;
use std::collections::BTreeSet;

pub(super) fn check(
    raw: &RawAccess<'_>,
    known: &Known<'_>,
    boards: &[RawBoard<'_>],
    reports: &[RawReport<'_>],
    dimensions: &IndexMap<DimensionId, Dimension>,
) -> Access {
    let run = Run {
        raw,
        known,
        boards: boards.iter().map(|raw| (raw.id.clone(), ())).collect(),
        reports: reports.iter().map(|raw| (raw.id.clone(), ())).collect(),
        dimensions,
    };
    if let (Some(span), false) = (&raw.demo_span, known.town.sample) {
        run.error(
            span,
            code::DEMO_OUTSIDE_SAMPLE,
            "seule une ville d'exemple a des personnes d'essai".to_owned(),
            "Ôtez `[[demo]]` : les vraies personnes s'ajoutent dans l'administration.".to_owned(),
        );
    }
    Access {
        perimeters: raw
            .perimeters
            .iter()
            .map(|(id, raw)| (id.clone(), run.perimeter(raw)))
            .collect(),
        roles: raw
            .roles
            .iter()
            .map(|(role, names)| (*role, run.perimeters(names)))
            .collect(),
        sign_in: raw.sign_in.clone(),
        retention: raw.retention,
        demo: raw.demo.iter().map(|raw| run.demo_person(raw)).collect(),
    }
}

struct Run<'a> {
    raw: &'a RawAccess<'a>,
    known: &'a Known<'a>,
    boards: IndexMap<BoardId, ()>,
    reports: IndexMap<ReportId, ()>,
    dimensions: &'a IndexMap<DimensionId, Dimension>,
}

impl Run<'_> {
    fn error(
        &self,
        span: &std::ops::Range<usize>,
        code: &'static str,
        message: String,
        hint: String,
    ) {
        self.known
            .report
            .at(self.raw.file, span, code, message, hint);
    }

    fn perimeter(&self, raw: &RawPerimeter) -> Perimeter {
        let file = self.raw.file;
        let named = [&raw.departments, &raw.datasets, &raw.boards, &raw.reports];
        if named.iter().all(|names| names.is_empty()) {
            self.error(
                &raw.span,
                code::EMPTY_PERIMETER,
                "ce périmètre n'atteint rien".to_owned(),
                "Dites quoi : `departments`, `datasets` ou `boards` ; `[\"*\"]` pour tout."
                    .to_owned(),
            );
        }
        Perimeter {
            title: raw.title.clone(),
            departments: names(&raw.departments, |at| self.known.department(file, Some(at))),
            datasets: names(&raw.datasets, |at| {
                let what = "jeu de données inconnu";
                let datasets = &self.known.datasets;
                self.known
                    .resolve(file, at, datasets, code::UNKNOWN_DATASET, what)
            }),
            boards: names(&raw.boards, |at| {
                let boards = &self.boards;
                self.known
                    .resolve(file, at, boards, code::UNKNOWN_BOARD, "tableau inconnu")
            }),
            reports: names(&raw.reports, |at| {
                let reports = &self.reports;
                self.known
                    .resolve(file, at, reports, code::UNKNOWN_REPORT, "rapport inconnu")
            }),
            rows: self.rows(raw),
            whole_town: raw.whole_town,
            raw: raw.raw,
        }
    }

    /// What a perimeter narrows to. A dimension or a member that does not exist is an error.
    fn rows(&self, raw: &RawPerimeter) -> Vec<Filter> {
        let mut rows: Vec<Filter> = raw
            .rows
            .iter()
            .filter_map(|(name, members)| {
                let unknown = "dimension inconnue";
                let code = code::UNKNOWN_DIMENSION;
                let dimension =
                    self.known
                        .resolve(self.raw.file, name, self.dimensions, code, unknown)?;
                if members.is_empty() {
                    self.error(
                        &name.span,
                        code::EMPTY_PERIMETER,
                        format!("`{}` ne nomme aucune ligne", name.value),
                        "Nommez au moins un membre, ou ôtez la dimension.".to_owned(),
                    );
                }
                let declared = self.dimensions.get(&dimension)?;
                let mut values: Vec<String> = members
                    .iter()
                    .inspect(|at| self.member(declared, &dimension, at))
                    .map(|at| at.value.clone())
                    .collect();
                values.sort();
                Some(Filter { dimension, values })
            })
            .collect();
        rows.sort_by(|a, b| a.dimension.cmp(&b.dimension));
        rows
    }

    fn member(&self, dimension: &Dimension, id: &DimensionId, at: &At<String>) {
        if dimension.members.is_empty() || dimension.members.contains_key(&at.value) {
            return;
        }
        let keys = dimension.members.keys().map(String::as_str);
        let all: Vec<&str> = keys.clone().collect();
        let hint =
            suggest(&at.value, keys).unwrap_or_else(|| format!("Possibles : {}.", list(&all)));
        let message = format!("`{}` n'est pas un membre de `{id}`", at.value);
        self.error(&at.span, code::UNKNOWN_MEMBER, message, hint);
    }

    fn perimeters(&self, names: &[At<String>]) -> BTreeSet<PerimeterId> {
        let file = self.raw.file;
        let known = &self.raw.perimeters;
        let what = "périmètre inconnu";
        names
            .iter()
            .filter_map(|at| {
                self.known
                    .resolve(file, at, known, code::UNKNOWN_PERIMETER, what)
            })
            .collect()
    }

    fn demo_person(&self, raw: &RawDemoPerson) -> DemoPerson {
        let role = |at: &At<String>| {
            let role = Role::from_word(&at.value);
            if role.is_none() {
                let words = Role::ALL.map(Role::as_str);
                let hint = suggest(&at.value, words).unwrap_or_default();
                let message = format!("rôle inconnu : `{}`", at.value);
                let hint = match hint.is_empty() {
                    true => format!("Possibles : {}.", list(&words)),
                    false => hint,
                };
                self.error(&at.span, code::UNKNOWN_WORD, message, hint);
            }
            role
        };
        DemoPerson {
            name: raw.name.clone(),
            membership: Membership {
                roles: raw.roles.iter().filter_map(role).collect(),
                departments: raw
                    .departments
                    .iter()
                    .filter_map(|at| self.known.department(self.raw.file, Some(at)))
                    .collect(),
                perimeters: self.perimeters(&raw.perimeters),
            },
        }
    }
}

/// All of them, or those named.
fn names<T: Ord>(written: &[At<String>], resolve: impl Fn(&At<String>) -> Option<T>) -> Names<T> {
    if written.iter().any(|at| at.value == "*") {
        return Names::All;
    }
    Names::These(written.iter().filter_map(resolve).collect())
}
