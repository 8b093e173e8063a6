//! `/administration/acces/perimetres/{perimeter}`: to make, change and remove a perimeter. It is
//! written into `access.toml`, where its comments stay, once the whole of the declarations holds
//! with it.

use crate::door::lead;
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, Form, ManageAccess, Posted};
use crate::layout::{Nav, Page};
use crate::parts;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use beffroi_catalog::edit::{remove_perimeter, set_perimeter};
use beffroi_catalog::{ACCESS, Diagnostic, Names, Perimeter, Text, load_with};
use beffroi_model::{
    BoardId, DatasetId, DepartmentId, DimensionId, Filter, PerimeterId, ReportId, Role, normalize,
};
use beffroi_store::Kind;
use beffroi_text::{t, t_args};
use maud::{Markup, html};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

const HERE: &str = "/administration/acces/perimetres";
const NEW: &str = "nouveau";
/// The id of a perimeter, in characters.
const LONGEST_ID: usize = 40;

/// A perimeter as it is written in a form.
struct Written {
    perimeter: Perimeter,
    roles: BTreeSet<Role>,
}

/// The form of a perimeter, or of a new one.
pub(crate) async fn show(allowed: Allowed<ManageAccess>) -> Result<HttpResponse, Failure> {
    let id = wanted(&allowed)?;
    let whole = allowed.whole();
    let written = match &id {
        None => Written {
            perimeter: Perimeter {
                title: Text::default(),
                departments: Names::These(BTreeSet::new()),
                datasets: Names::These(BTreeSet::new()),
                boards: Names::These(BTreeSet::new()),
                reports: Names::These(BTreeSet::new()),
                rows: Vec::new(),
                whole_town: false,
                raw: false,
            },
            roles: BTreeSet::new(),
        },
        Some(id) => Written {
            perimeter: whole
                .access
                .perimeters
                .get(id)
                .cloned()
                .ok_or_else(|| allowed.not_found(id.as_str()))?,
            roles: Role::ALL
                .into_iter()
                .filter(|role| {
                    whole
                        .access
                        .roles
                        .get(role)
                        .is_some_and(|it| it.contains(id))
                })
                .collect(),
        },
    };
    let stamp = match read(&allowed).await? {
        Some(text) => stamp(&text),
        None => String::new(),
    };
    Ok(page(
        &allowed,
        id.as_ref(),
        &written,
        &stamp,
        &Markup::default(),
        StatusCode::OK,
    ))
}

/// The perimeter of the address; nothing for a new one.
fn wanted(allowed: &Allowed<ManageAccess>) -> Result<Option<PerimeterId>, Failure> {
    let part = allowed.part("perimeter");
    if part == NEW {
        return Ok(None);
    }
    match PerimeterId::new(part) {
        Ok(id) if allowed.whole().access.perimeters.contains_key(&id) => Ok(Some(id)),
        _ => Err(allowed.not_found(part)),
    }
}

/// `access.toml` as it is; empty when there is none.
async fn read(allowed: &Allowed<ManageAccess>) -> Result<Option<String>, Failure> {
    let path = allowed.content().join(ACCESS);
    let read = actix_web::web::block(move || std::fs::read_to_string(path)).await;
    match read {
        Ok(Ok(text)) => Ok(Some(text)),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => Ok(Some(String::new())),
        Ok(Err(error)) => Err(Failure::internal(&allowed.visit, &error)),
        Err(error) => Err(Failure::internal(&allowed.visit, &error)),
    }
}

/// What tells one text from another: a form that was made from one is not kept over the other.
fn stamp(text: &str) -> String {
    format!("{:016x}", crate::assets::fingerprint(text.as_bytes()))
}

fn page(
    allowed: &Allowed<ManageAccess>,
    id: Option<&PerimeterId>,
    written: &Written,
    stamp: &str,
    wrong: &Markup,
    status: StatusCode,
) -> HttpResponse {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let whole = allowed.whole();
    let perimeter = &written.perimeter;
    let csrf = allowed.visitor().csrf();
    let title = match id {
        Some(_) => t(lang, "perimeter-change"),
        None => t(lang, "perimeter-add"),
    };
    let action = visit.link(&format!("{HERE}/{}", id.map_or(NEW, PerimeterId::as_str)));
    let body = html! {
        div.page-tete { div { h1 { (title) } p.chapo { (t(lang, "perimeter-lead")) } } }
        (wrong)
        form.pile method="post" action=(action) {
            (forms::token(&csrf))
            input type="hidden" name="etat" value=(stamp);
            (Field { name: "titre", label: &t(lang, "perimeter-title"), value: &perimeter.title.fr, autocomplete: "off", ..Field::default() }.markup())
            (Field { name: "titre-en", label: &t(lang, "perimeter-title-en"), value: perimeter.title.en.as_deref().unwrap_or_default(), autocomplete: "off", optional: true, ..Field::default() }.markup())
            div.grille {
                (ticks(allowed, "departement", "perimeter-all-departments", "person-departments", &perimeter.departments,
                    whole.town.departments.iter().map(|(id, it)| (id.clone(), &it.title))))
                (ticks(allowed, "tableau", "perimeter-all-boards", "nav-boards", &perimeter.boards,
                    whole.boards.iter().map(|(id, it)| (id.clone(), &it.title))))
                @if !whole.reports.is_empty() {
                    (ticks(allowed, "rapport", "perimeter-all-reports", "nav-reports", &perimeter.reports,
                        whole.reports.iter().map(|(id, it)| (id.clone(), &it.title))))
                }
                (ticks(allowed, "jeu", "perimeter-all-datasets", "access-datasets", &perimeter.datasets,
                    whole.datasets.iter().map(|(id, it)| (id.clone(), &it.title))))
            }
            fieldset {
                legend { (t(lang, "perimeter-rows")) }
                p.aide { (t(lang, "perimeter-rows-what")) }
                @for filter in unseen(allowed, &perimeter.rows) {
                    p { (t(lang, "perimeter-rows-kept")) " " (super::reached::in_words(visit, whole, &[filter])) }
                }
                @for (dimension, declared) in whole.dimensions.iter().filter(|(_, it)| !it.members.is_empty()) {
                    @let chosen = perimeter.rows.iter().find(|it| it.dimension == *dimension);
                    details open[chosen.is_some()] {
                        summary { (parts::declared(visit, &declared.title)) }
                        @for (key, member) in &declared.members {
                            @let name = format!("ligne-{dimension}");
                            @let ticked = chosen.is_some_and(|it| it.values.contains(key));
                            (forms::tick(&name, key, ticked, &parts::declared(visit, &member.title)))
                        }
                    }
                }
                @if id.and_then(|id| whole.access.perimeters.get(id)).is_some_and(|it| !it.rows.is_empty()) {
                    (forms::tick("toutes-lignes", "1", false, &html! { (t(lang, "perimeter-opens-tick")) }))
                }
                (forms::tick("ville-entiere", "1", perimeter.whole_town, &html! { (t(lang, "perimeter-whole-town-tick")) }))
            }
            fieldset {
                legend { (t(lang, "access-raw")) }
                (forms::tick("lignes", "1", perimeter.raw, &html! { (t(lang, "perimeter-raw-tick")) }))
            }
            fieldset {
                legend { (t(lang, "perimeter-roles")) }
                @for role in Role::ALL {
                    (forms::tick("role", role.as_str(), written.roles.contains(&role), &html! { (t(lang, &crate::entrance::role_word(role))) }))
                }
            }
            div.actions { button.bouton type="submit" name="faire" value="garder" { (t(lang, "person-keep")) } }
        }
        @if id.is_some() {
            section.bloc.section.pile aria-labelledby="h-retirer" {
                h2 #h-retirer { (t(lang, "perimeter-remove")) }
                p { (t(lang, "perimeter-remove-what")) }
                (forms::sure_button(
                    &action, &csrf, &[("faire", "retirer"), ("etat", stamp)],
                    &t(lang, "perimeter-remove-sure"), &t(lang, "perimeter-remove"),
                ))
            }
        }
    };
    let page = Page::new(title.into_owned(), Nav::Administration)
        .under(visit.link("/administration"), t(lang, "nav-administration"))
        .under(visit.link("/administration/acces"), t(lang, "access-title"))
        .body(body);
    let mut response = allowed.own_page(page);
    *response.status_mut() = status;
    response
}

/// All of a kind, or some of them.
fn ticks<'a, T: Ord + std::fmt::Display>(
    allowed: &Allowed<ManageAccess>,
    name: &str,
    all: &str,
    legend: &str,
    chosen: &Names<T>,
    known: impl Iterator<Item = (T, &'a Text)>,
) -> Markup {
    let visit = &allowed.visit;
    let is_all = matches!(chosen, Names::All);
    html! {
        fieldset."c-4" {
            legend { (t(visit.lang, legend)) }
            (forms::tick(name, "*", is_all, &html! { strong { (t(visit.lang, all)) } }))
            details open[matches!(chosen, Names::These(these) if !these.is_empty())] {
                summary { (t(visit.lang, "perimeter-some")) }
                @for (id, title) in known {
                    (forms::tick(name, &id.to_string(), !is_all && chosen.contains(&id), &parts::declared(visit, title)))
                }
            }
        }
    }
}

fn chosen<T: Ord>(form: &Form, name: &str, id: impl Fn(&str) -> Option<T>) -> Names<T> {
    if form.all(name).any(|it| it == "*") {
        return Names::All;
    }
    Names::These(form.all(name).filter_map(id).collect())
}

/// Whether the form has a box for a member.
fn is_offered(allowed: &Allowed<ManageAccess>, dimension: &DimensionId, key: &str) -> bool {
    let declared = allowed.whole().dimensions.get(dimension);
    declared.is_some_and(|it| it.members.contains_key(key))
}

/// Rows that the form has no box for, members that no list declares: they stay as they are.
fn unseen(allowed: &Allowed<ManageAccess>, rows: &[Filter]) -> Vec<Filter> {
    let kept = rows.iter().map(|filter| Filter {
        dimension: filter.dimension.clone(),
        values: filter
            .values
            .iter()
            .filter(|key| !is_offered(allowed, &filter.dimension, key))
            .cloned()
            .collect(),
    });
    kept.filter(|filter| !filter.values.is_empty()).collect()
}

fn written(allowed: &Allowed<ManageAccess>, form: &Form, before: Option<&Perimeter>) -> Written {
    let unseen = unseen(allowed, before.map_or(&[], |it| it.rows.as_slice()));
    let rows = allowed.whole().dimensions.keys().filter_map(|id| {
        let name = format!("ligne-{id}");
        let ticked = form.all(&name).filter(|key| is_offered(allowed, id, key));
        let kept = unseen.iter().filter(|filter| filter.dimension == *id);
        let values: BTreeSet<String> = ticked
            .map(str::to_owned)
            .chain(kept.flat_map(|filter| filter.values.iter().cloned()))
            .collect();
        (!values.is_empty()).then(|| Filter {
            dimension: id.clone(),
            values: values.into_iter().collect(),
        })
    });
    let mut rows: Vec<Filter> = rows.collect();
    rows.sort_by(|a, b| a.dimension.cmp(&b.dimension));
    Written {
        perimeter: Perimeter {
            title: Text {
                fr: form.get("titre").to_owned(),
                en: Some(form.get("titre-en").to_owned()).filter(|it| !it.is_empty()),
            },
            departments: chosen(form, "departement", |id| DepartmentId::new(id).ok()),
            datasets: chosen(form, "jeu", |id| DatasetId::new(id).ok()),
            boards: chosen(form, "tableau", |id| BoardId::new(id).ok()),
            reports: chosen(form, "rapport", |id| ReportId::new(id).ok()),
            rows,
            whole_town: !form.get("ville-entiere").is_empty(),
            raw: !form.get("lignes").is_empty(),
        },
        roles: form.all("role").filter_map(Role::from_word).collect(),
    }
}

/// Keeps or removes a perimeter.
pub(crate) async fn act(
    Posted { allowed, form }: Posted<ManageAccess>,
) -> Result<HttpResponse, Failure> {
    let lang = allowed.lang();
    let id = wanted(&allowed)?;
    let former = id
        .as_ref()
        .and_then(|id| allowed.whole().access.perimeters.get(id));
    let written = written(&allowed, &form, former);
    let before = read(&allowed).await?.unwrap_or_default();
    let again = |wrong: Markup, stamp: &str| {
        Ok(page(
            &allowed,
            id.as_ref(),
            &written,
            stamp,
            &wrong,
            StatusCode::UNPROCESSABLE_ENTITY,
        ))
    };
    let now = stamp(&before);
    if form.get("etat") != now {
        return again(forms::refused(&t(lang, "perimeter-moved")), &now);
    }
    let removes = form.get("faire") == "retirer";
    if removes && form.get(forms::SURE).is_empty() {
        return again(forms::refused(&t(lang, "not-sure")), &now);
    }
    let (target, edited) = match (&id, removes) {
        (Some(id), true) => (id.clone(), remove_perimeter(&before, id)),
        (None, true) => return Ok(lead(&allowed.visit.link("/administration/acces"), &[])),
        (id, false) => {
            if written.perimeter.title.fr.is_empty() {
                return again(forms::refused(&t(lang, "person-name-empty")), &now);
            }
            // What was narrowed is not opened to the whole town by leaving boxes empty.
            let had_rows = former.is_some_and(|it| !it.rows.is_empty());
            if had_rows && written.perimeter.rows.is_empty() && form.get("toutes-lignes").is_empty()
            {
                return again(forms::refused(&t(lang, "perimeter-opens")), &now);
            }
            let target = match id {
                Some(id) => id.clone(),
                None => match free_id(&allowed, &written.perimeter.title.fr) {
                    Some(id) => id,
                    None => return again(forms::refused(&t(lang, "perimeter-title-odd")), &now),
                },
            };
            let edited = set_perimeter(&before, &target, &written.perimeter, &written.roles);
            (target, edited)
        }
    };
    let after = match edited {
        Ok(after) => after,
        Err(error) => {
            tracing::warn!(%error, "access.toml cannot be changed");
            return again(forms::refused(&t(lang, "perimeter-by-hand")), &now);
        }
    };
    let folder = allowed.content().to_owned();
    let (text, expected) = (after, before);
    let kept = actix_web::web::block(move || keep(&folder, &text, &expected)).await;
    match kept {
        Ok(Ok(())) => {}
        Ok(Err(Unkept::Wrong(found))) => return again(told(&allowed, &found), &now),
        Ok(Err(Unkept::Moved)) => return again(forms::refused(&t(lang, "perimeter-moved")), &now),
        Ok(Err(Unkept::Io(error))) => return Err(Failure::internal(&allowed.visit, &error)),
        Err(error) => return Err(Failure::internal(&allowed.visit, &error)),
    }
    let detail = match (former, removes) {
        (Some(former), true) => format!("{} → ∅", described(former)),
        (Some(former), false) => {
            format!("{} → {}", described(former), described(&written.perimeter))
        }
        (None, _) => described(&written.perimeter),
    };
    allowed
        .record(
            Kind::Change,
            "access.changed",
            &format!("perimeter:{target}"),
            &detail,
        )
        .await?;
    Ok(lead(
        &allowed
            .visit
            .link_with("/administration/acces", &[("fait", "garde")]),
        &[],
    ))
}

/// A perimeter in a line, for the trail.
fn described(perimeter: &Perimeter) -> String {
    fn named<T: std::fmt::Display>(kind: &str, names: &Names<T>) -> Option<String> {
        let listed = match names {
            Names::All => "*".to_owned(),
            Names::These(these) if these.is_empty() => return None,
            Names::These(these) => {
                let ids: Vec<String> = these.iter().map(ToString::to_string).collect();
                ids.join(",")
            }
        };
        Some(format!("{kind}={listed}"))
    }
    let rows = perimeter.rows.iter();
    let rows = rows.map(|it| format!("{}={}", it.dimension, it.values.join(",")));
    let flags = [
        perimeter.whole_town.then(|| "whole_town".to_owned()),
        perimeter.raw.then(|| "raw".to_owned()),
    ];
    let all: Vec<String> = [
        named("departments", &perimeter.departments),
        named("datasets", &perimeter.datasets),
        named("boards", &perimeter.boards),
        named("reports", &perimeter.reports),
    ]
    .into_iter()
    .flatten()
    .chain(rows)
    .chain(flags.into_iter().flatten())
    .collect();
    format!("{} ({})", perimeter.title.fr, all.join(" "))
}

/// Why a text was not kept.
enum Unkept {
    /// The declarations do not hold with it.
    Wrong(Vec<Diagnostic>),
    /// Somebody changed the file meanwhile.
    Moved,
    Io(std::io::Error),
}

impl From<std::io::Error> for Unkept {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// One change at a time: each is held against what the one before left.
static KEEPING: Mutex<()> = Mutex::new(());

/// Writes the text when all declarations hold with it, whole or not at all.
fn keep(folder: &Path, text: &str, before: &str) -> Result<(), Unkept> {
    let loaded = load_with(folder, ACCESS, text.as_bytes().to_vec());
    if loaded.catalog.is_none() {
        return Err(Unkept::Wrong(loaded.diagnostics));
    }
    let _alone = KEEPING.lock().unwrap_or_else(PoisonError::into_inner);
    let path = folder.join(ACCESS);
    let is = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error.into()),
    };
    if is != before {
        return Err(Unkept::Moved);
    }
    // The file itself, where a link stands for it; as readable as it was, and no more.
    let target = std::fs::canonicalize(&path).unwrap_or(path);
    let beside = target.parent().unwrap_or(folder);
    // A name that the watch over declarations does not take for one.
    let mut file = tempfile::Builder::new()
        .prefix(".access-")
        .tempfile_in(beside)?;
    file.write_all(text.as_bytes())?;
    if let Ok(before) = std::fs::metadata(&target) {
        file.as_file().set_permissions(before.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    std::fs::File::open(beside)?.sync_all()?;
    Ok(())
}

/// What does not hold, with its place.
fn told(allowed: &Allowed<ManageAccess>, found: &[Diagnostic]) -> Markup {
    let visit = &allowed.visit;
    html! {
        div.avis.retard role="alert" {
            (parts::plain_badge("retard", &t(visit.lang, "perimeter-wrong")))
            ul {
                @for one in found.iter().take(10) {
                    li lang=[visit.english().then_some("fr")] {
                        @if let Some(place) = &one.place { code { (place.file_name()) ":" (place.line) } " " }
                        (one.message)
                        @if let Some(hint) = &one.hint { ". " (hint) }
                    }
                }
            }
        }
    }
}

/// An id made from a title, that no other perimeter has.
fn free_id(allowed: &Allowed<ManageAccess>, title: &str) -> Option<PerimeterId> {
    let word: String = normalize(title)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .take(LONGEST_ID)
        .collect();
    let parts: Vec<&str> = word.split('_').filter(|part| !part.is_empty()).collect();
    let stem = parts.join("_");
    let stem = stem.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let known = &allowed.whole().access.perimeters;
    (1..1_000).find_map(|number| {
        let id = match number {
            1 => stem.to_owned(),
            number => format!("{stem}_{number}"),
        };
        let id = PerimeterId::new(&id).ok()?;
        (!known.contains_key(&id)).then_some(id)
    })
}

/// What the page of rights says after a change.
pub(super) fn kept<P>(allowed: &Allowed<P>) -> String {
    match allowed.visit.param("fait") {
        Some("garde") => t_args(allowed.lang(), "perimeter-kept", &[]).into_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn of_two_changes_made_from_the_same_text_one_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let town = "name = 'Hautebrune'\ninsee = '99001'\nmandate = { from = 2020, to = 2026 }\n\
                    [departments.mairie]\ntitle = 'Mairie'\n";
        std::fs::write(folder.path().join("town.toml"), town).unwrap();
        let path = folder.path().join(ACCESS);
        std::fs::write(&path, "").unwrap();
        for round in 0..10 {
            let before = std::fs::read_to_string(&path).unwrap();
            let text = |number| {
                format!("[perimeters.p{round}_{number}]\ntitle = \"P\"\ndepartments = [\"*\"]\n")
            };
            let kept: Vec<usize> = std::thread::scope(|scope| {
                let tries: Vec<_> = (0..4)
                    .map(|number| {
                        let (folder, before) = (folder.path(), &before);
                        scope.spawn(move || keep(folder, &text(number), before).is_ok())
                    })
                    .collect();
                let done = tries.into_iter().map(|it| it.join().unwrap()).enumerate();
                done.filter_map(|(number, kept)| kept.then_some(number))
                    .collect()
            });
            assert_eq!(kept.len(), 1, "changes {kept:?} were all told to be kept");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text(kept[0]));
        }
    }
}
