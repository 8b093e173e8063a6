//! `/atelier/deposer`: a file is brought: chosen, dropped, pasted, or named by its address. It goes
//! into a draft, and nowhere else.

use super::parts::{Area, choose, first_steps, option, page, send};
use super::work::{Work, begin};
use crate::entrance::Reason;
use crate::failure::Failure;
use crate::forms::{self, Field};
use crate::guard::{Allowed, Compose, TOKEN};
use actix_multipart::{Field as Part, Multipart};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use beffroi_catalog::Dataset;
use beffroi_model::DatasetId;
use beffroi_store::workshop::NewDelivery;
use beffroi_store::{DraftId, Kind};
use beffroi_text::{Lang, size, t, t_args};
use futures_util::TryStreamExt as _;
use maud::{Markup, html};
use std::io::Write as _;
use tempfile::NamedTempFile;

/// Bytes of a file that is brought.
pub(super) const LARGEST_FILE: u64 = 512 << 20;
/// Bytes of a field beside it, pasted cells among them.
const LARGEST_FIELD: usize = 4 << 20;
/// Bytes gathered before they are written.
const CHUNK: usize = 1 << 20;
/// Files of a draft.
const MOST_FILES: usize = 20;
/// The folder of files that are on their way, beside those of drafts.
const INCOMING: i64 = 0;

/// What was sent, beside the file.
#[derive(Default)]
struct Sent {
    dataset: String,
    draft: String,
    pasted: String,
    address: String,
    file: Option<Came>,
}

/// A file that came.
struct Came {
    name: String,
    file: NamedTempFile,
    bytes: u64,
    how: String,
}

/// The form.
pub(crate) async fn show(allowed: Allowed<Compose>) -> Result<HttpResponse, Failure> {
    let sent = Sent {
        dataset: allowed.visit.param("jeu").unwrap_or_default().to_owned(),
        draft: allowed
            .visit
            .param("brouillon")
            .unwrap_or_default()
            .to_owned(),
        ..Sent::default()
    };
    Ok(form(&allowed, &sent, "", StatusCode::OK))
}

/// The datasets that this person brings files for.
pub(super) fn fed(allowed: &Allowed<Compose>) -> impl Iterator<Item = &Dataset> {
    let departments = allowed.departments();
    let datasets = allowed.catalog().datasets.values();
    datasets.filter(move |it| it.source.every().is_none() && departments.contains(&it.department))
}

fn form(allowed: &Allowed<Compose>, sent: &Sent, wrong: &str, status: StatusCode) -> HttpResponse {
    let visit = &allowed.visit;
    let lang = visit.lang;
    let mut options = vec![
        option("", t(lang, "ws-bring-auto")),
        option("*", t(lang, "ws-bring-new")),
    ];
    options.extend(fed(allowed).map(|it| option(&it.id, it.title.get(visit.english()).0)));
    let body = html! {
        div.page-tete { div { h1 { (t(lang, "ws-bring")) } p.chapo { (t(lang, "ws-bring-lead")) } } }
        (first_steps(lang))
        (forms::refused(wrong))
        @if allowed.departments().is_empty() {
            p.avis.surveiller { (t(lang, "ws-no-department")) }
        }
        form.pile.depot method="post" enctype="multipart/form-data" action=(visit.link("/atelier/deposer")) data-depot="1" {
            (forms::token(&allowed.visitor().csrf()))
            input type="hidden" name="brouillon" value=(sent.draft);
            (choose("jeu", &t(lang, "ws-bring-for"), &t(lang, "ws-bring-for-what"), &options, &sent.dataset))
            fieldset {
                legend { (t(lang, "ws-bring-file")) }
                div.champ {
                    label for="c-fichier" { (t(lang, "ws-bring-choose")) }
                    span.aide id="c-fichier-aide" {
                        (t_args(lang, "ws-bring-limits", &[("size", size(lang, LARGEST_FILE).into())]))
                    }
                    input #c-fichier type="file" name="fichier" aria-describedby="c-fichier-aide";
                }
                progress.depot-avance #depot-avance max="100" value="0" hidden aria-label=(t(lang, "ws-bring-progress")) {}
            }
            details open[!sent.pasted.is_empty()] {
                summary { (t(lang, "ws-bring-paste")) }
                (Area { name: "collage", label: &t(lang, "ws-bring-pasted"), help: &t(lang, "ws-bring-paste-what"), value: &sent.pasted, rows: 8, error: "" }.markup())
            }
            details open[!sent.address.is_empty()] {
                summary { (t(lang, "ws-bring-address")) }
                (Field { name: "adresse", label: &t(lang, "ws-bring-address-field"), kind: "url", value: &sent.address, autocomplete: "off", help: &t(lang, "ws-bring-address-what"), optional: true, ..Field::default() }.markup())
            }
            div.actions { button.bouton type="submit" { (t(lang, "ws-bring-do")) } }
        }
    };
    send(allowed, page(visit, t(lang, "ws-bring")).body(body), status)
}

/// Takes what was brought.
pub(crate) async fn take(
    allowed: Allowed<Compose>,
    parts: Multipart,
) -> Result<HttpResponse, Failure> {
    let refuse = |reason: Reason| {
        allowed.refused(reason);
        Failure::forbidden(&allowed.visit, allowed.around(), reason)
    };
    let origin = allowed.entrance()?.check_origin(allowed.request());
    origin.map_err(refuse)?;
    let lang = allowed.lang();
    let mut sent = Sent::default();
    match receive(&allowed, parts, &mut sent).await {
        Ok(()) => {}
        Err(Wrong::Token) => return Err(refuse(Reason::Form)),
        Err(Wrong::Failed(failure)) => return Err(failure),
        Err(Wrong::Words(words)) => {
            return Ok(form(
                &allowed,
                &sent,
                &words,
                StatusCode::UNPROCESSABLE_ENTITY,
            ));
        }
    }
    if sent.file.is_none() {
        match other_than_a_file(&allowed, &sent).await? {
            Ok(came) => sent.file = Some(came),
            Err(words) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(form(&allowed, &sent, &words, status));
            }
        }
    }
    let Some(mut came) = sent.file.take() else {
        let words = t(lang, "ws-bring-nothing");
        return Ok(form(
            &allowed,
            &sent,
            &words,
            StatusCode::UNPROCESSABLE_ENTITY,
        ));
    };
    let dataset = dataset(&allowed, &sent.dataset, &came.name).await?;
    let work = match sent.draft.parse::<i64>() {
        Ok(number) => {
            let work = Work::load(&allowed, DraftId(number), &sent.draft).await?;
            if !work.may_edit {
                return Err(allowed.not_found(&sent.draft));
            }
            if work.deliveries.len() >= MOST_FILES {
                let words = t_args(lang, "ws-bring-too-many", &[("count", MOST_FILES.into())]);
                return Ok(form(
                    &allowed,
                    &sent,
                    &words,
                    StatusCode::UNPROCESSABLE_ENTITY,
                ));
            }
            work
        }
        Err(_) => {
            let known = dataset
                .as_ref()
                .and_then(|id| allowed.catalog().datasets.get(id));
            let title = match known {
                Some(known) => known.title.fr.clone(),
                None => readable(&came.name),
            };
            begin(&allowed, &title).await?
        }
    };
    // Two files of one name would be one in the inbox.
    let wanted = came.name.clone();
    let taken = |name: &str| work.deliveries.iter().any(|it| it.name == name);
    for number in 2..=MOST_FILES + 1 {
        if !taken(&came.name) {
            break;
        }
        came.name = match wanted.rsplit_once('.') {
            Some((stem, end)) => format!("{stem}-{number}.{end}"),
            None => format!("{wanted}-{number}"),
        };
    }
    let delivery = put(&allowed, &work, came, dataset).await?;
    let path = work.path(&format!("/fichiers/{delivery}"));
    Ok(super::parts::on(&allowed.visit, &path, ""))
}

/// Why what was sent is not taken.
enum Wrong {
    Token,
    Words(String),
    Failed(Failure),
}

async fn receive(
    allowed: &Allowed<Compose>,
    mut parts: Multipart,
    sent: &mut Sent,
) -> Result<(), Wrong> {
    let lang = allowed.lang();
    let cut = |_| Wrong::Words(t(lang, "ws-bring-cut").into_owned());
    let mut is_ours = false;
    while let Some(mut part) = parts.try_next().await.map_err(cut)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name != "fichier" {
            let value = field(&mut part, lang).await?;
            match name.as_str() {
                TOKEN => is_ours = allowed.visitor().csrf_matches(value.trim()),
                "jeu" => sent.dataset = value.trim().to_owned(),
                "brouillon" => sent.draft = value.trim().to_owned(),
                "collage" => sent.pasted = value,
                "adresse" => sent.address = value.trim().to_owned(),
                _ => {}
            }
            continue;
        }
        // The token comes first: of a form that is not ours, nothing is written.
        if !is_ours {
            return Err(Wrong::Token);
        }
        let disposition = part.content_disposition().and_then(|it| it.get_filename());
        let file_name = plain(disposition.unwrap_or_default());
        let came = file(allowed, &mut part, file_name).await?;
        if came.bytes > 0 {
            sent.file = Some(came);
        }
    }
    match is_ours {
        true => Ok(()),
        false => Err(Wrong::Token),
    }
}

async fn field(part: &mut Part, lang: Lang) -> Result<String, Wrong> {
    let mut bytes = Vec::new();
    let cut = |_| Wrong::Words(t(lang, "ws-bring-cut").into_owned());
    while let Some(chunk) = part.try_next().await.map_err(cut)? {
        if bytes.len() + chunk.len() > LARGEST_FIELD {
            let most = size(lang, LARGEST_FIELD as u64);
            let words = t_args(lang, "ws-bring-paste-large", &[("size", most.into())]);
            return Err(Wrong::Words(words.into_owned()));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Receives a file. One that is cut in the middle leaves nothing.
async fn file(allowed: &Allowed<Compose>, part: &mut Part, name: String) -> Result<Came, Wrong> {
    let lang = allowed.lang();
    let failed =
        |error: &dyn std::fmt::Display| Wrong::Failed(Failure::internal(&allowed.visit, error));
    let folder = allowed.workbench().map_err(Wrong::Failed)?.folder(INCOMING);
    let folder = folder.map_err(|error| failed(&error))?;
    let mut file = NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
    let (mut bytes, mut waiting) = (0, Vec::new());
    loop {
        let chunk = part.try_next().await;
        let chunk = chunk.map_err(|_| Wrong::Words(t(lang, "ws-bring-cut").into_owned()))?;
        let is_last = chunk.is_none();
        if let Some(chunk) = chunk {
            bytes += chunk.len() as u64;
            waiting.extend_from_slice(&chunk);
        }
        if bytes > LARGEST_FILE {
            let most = size(lang, LARGEST_FILE);
            let words = t_args(lang, "ws-bring-large", &[("size", most.into())]);
            return Err(Wrong::Words(words.into_owned()));
        }
        if waiting.len() >= CHUNK || is_last {
            let chunk = std::mem::take(&mut waiting);
            let written = web::block(move || {
                file.write_all(&chunk)?;
                if is_last {
                    file.as_file().sync_all()?;
                }
                Ok::<_, std::io::Error>(file)
            });
            file = match written.await {
                Ok(Ok(file)) => file,
                Ok(Err(error)) => return Err(failed(&error)),
                Err(error) => return Err(failed(&error)),
            };
        }
        if is_last {
            return Ok(Came {
                name,
                file,
                bytes,
                how: "upload".to_owned(),
            });
        }
    }
}

/// Pasted cells, or what an address gives, as a file.
async fn other_than_a_file(
    allowed: &Allowed<Compose>,
    sent: &Sent,
) -> Result<Result<Came, String>, Failure> {
    let lang = allowed.lang();
    let bench = allowed.workbench()?;
    let failed = |error: &dyn std::fmt::Display| Failure::internal(&allowed.visit, error);
    let folder = bench.folder(INCOMING).map_err(|error| failed(&error))?;
    if !sent.pasted.trim().is_empty() {
        let pasted = sent.pasted.replace("\r\n", "\n");
        let written = web::block(move || {
            let mut file = NamedTempFile::new_in(folder)?;
            file.write_all(pasted.as_bytes())?;
            file.as_file().sync_all()?;
            Ok::<_, std::io::Error>((file, pasted.len() as u64))
        });
        let (file, bytes) = match written.await {
            Ok(Ok(written)) => written,
            Ok(Err(error)) => return Err(failed(&error)),
            Err(error) => return Err(failed(&error)),
        };
        let name = t(lang, "ws-bring-pasted-name").into_owned();
        return Ok(Ok(Came {
            name,
            file,
            bytes,
            how: "paste".to_owned(),
        }));
    }
    if sent.address.is_empty() {
        return Ok(Err(t(lang, "ws-bring-nothing").into_owned()));
    }
    let address = sent.address.clone();
    let fetched = web::block(move || {
        let file = NamedTempFile::new_in(folder).map_err(|error| error.to_string())?;
        let name = bench.fetch(&address, file.path(), LARGEST_FILE)?;
        let bytes = file.path().metadata().map_or(0, |it| it.len());
        Ok::<_, String>((file, name, bytes))
    });
    match fetched.await {
        Ok(Ok((file, name, bytes))) => Ok(Ok(Came {
            name: plain(&name),
            file,
            bytes,
            how: format!("url:{}", sent.address),
        })),
        Ok(Err(words)) => Ok(Err(words)),
        Err(error) => Err(failed(&error)),
    }
}

/// The dataset that a file is for: the one chosen, else the one that its name tells, among those
/// that this person feeds.
async fn dataset(
    allowed: &Allowed<Compose>,
    chosen: &str,
    name: &str,
) -> Result<Option<DatasetId>, Failure> {
    if chosen == "*" {
        return Ok(None);
    }
    if !chosen.is_empty() {
        let found = fed(allowed).find(|it| it.id.as_str() == chosen);
        let found = found.map(|it| it.id.clone());
        return match found {
            Some(id) => Ok(Some(id)),
            None => Err(allowed.not_found(chosen)),
        };
    }
    let claiming = allowed.workbench()?.claiming(name);
    let mut claiming = fed(allowed).filter(|it| claiming.contains(&it.id));
    let first = claiming.next().map(|it| it.id.clone());
    Ok(first.filter(|_| claiming.next().is_none()))
}

/// Puts a file into a draft: it lies there before it is written that it does.
async fn put(
    allowed: &Allowed<Compose>,
    work: &Work,
    came: Came,
    dataset: Option<DatasetId>,
) -> Result<i64, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::internal(&allowed.visit, error);
    let bench = allowed.workbench()?;
    let folder = bench
        .folder(work.draft.id.0)
        .map_err(|error| failed(&error))?;
    let stored = beffroi_store::token().map_err(|error| failed(&error))?;
    let stored = stored.replace(['-', '_'], "0");
    let (path, file) = (folder.join(&stored), came.file);
    let placed = web::block(move || {
        file.persist_noclobber(&path).map_err(|error| error.error)?;
        std::fs::File::open(folder)?.sync_all()
    });
    match placed.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(failed(&error)),
        Err(error) => return Err(failed(&error)),
    }
    let id = work.draft.id;
    let detail = came.name.clone();
    let delivery = allowed
        .ask_store(move |store| {
            store.add_delivery(
                &NewDelivery {
                    draft: id,
                    dataset: dataset.as_ref(),
                    name: &came.name,
                    stored: &stored,
                    bytes: came.bytes,
                    how: &came.how,
                },
                crate::guard::now(),
            )
        })
        .await?;
    allowed
        .record(
            Kind::Change,
            "draft.file",
            &format!("draft:{}", id.0),
            &detail,
        )
        .await?;
    Ok(delivery.0)
}

/// A file name without what no file is named by: the last part of a path, no odd characters.
fn plain(name: &str) -> String {
    const LONGEST: usize = 150;
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_odd = |c: char| c.is_control() || ":*?\"<>|\u{fffd}".contains(c);
    let name: String = last
        .chars()
        .map(|c| if is_odd(c) { '_' } else { c })
        .collect();
    let name = name.trim().trim_start_matches(['.', '~']);
    // The end tells what it is: of a long name the middle goes.
    let count = name.chars().count();
    match (count, name.is_empty()) {
        (_, true) => "fichier".to_owned(),
        (count, _) if count > LONGEST => name.chars().skip(count - LONGEST).collect(),
        _ => name.to_owned(),
    }
}

/// A file name as a title: `tarif_solidaire_2025.csv` → `Tarif solidaire 2025`.
pub(super) fn readable(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let words = stem.replace(['_', '-', '.'], " ");
    let words: Vec<&str> = words.split_whitespace().collect();
    let words = words.join(" ");
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => name.to_owned(),
    }
}

/// A link to bring a file for a dataset.
pub(super) fn link(allowed: &Allowed<Compose>, dataset: &DatasetId, words: &str) -> Markup {
    let to = allowed
        .visit
        .link_with("/atelier/deposer", &[("jeu", dataset.as_str())]);
    html! { a href=(to) { (words) } }
}

/// How a file came, in words.
pub(super) fn how(lang: Lang, how: &str) -> String {
    match how.split_once(':') {
        Some(("url", address)) => {
            t_args(lang, "ws-came-from", &[("address", address.into())]).into_owned()
        }
        _ if how == "paste" => t(lang, "ws-came-pasted").into_owned(),
        _ => t(lang, "ws-came-sent").into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_lead_nowhere() {
        for (given, name) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\a\\vélos 2025.xlsx", "vélos 2025.xlsx"),
            (".htaccess", "htaccess"),
            ("", "fichier"),
            ("a\nb.csv", "a_b.csv"),
        ] {
            assert_eq!(plain(given), name);
        }
        assert!(plain(&format!("{}.csv", "é".repeat(400))).ends_with(".csv"));
        assert_eq!(readable("tarif_solidaire_2025.csv"), "Tarif solidaire 2025");
    }
}
