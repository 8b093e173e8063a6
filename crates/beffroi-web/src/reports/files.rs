//! `/rapports/{report}/{year}/fichiers/{file}`: the same report as PDF, workbook, data and pages that
//! stand by themselves. And the photographs of its pages.

use super::opened::Opened;
use crate::failure::Failure;
use crate::guard::{Allowed, Export, ReadBoard};
use crate::shelf::{Ink, Kept};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use beffroi_report::{bundle, html as made, photographs, xlsx, zip};
use beffroi_text::t;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Why a file is not made.
enum Refused {
    /// What is not right with the report, for users.
    Wrong(String),
    /// What went wrong here, for the log.
    Failed(String),
}

/// How many files are made at once, those that wait for the press among them.
const MOST: usize = 6;

/// The right to make a file.
struct Turn;

static TURNS: AtomicUsize = AtomicUsize::new(0);

impl Turn {
    fn take() -> Option<Self> {
        let before = TURNS.fetch_add(1, Ordering::Relaxed);
        let turn = Self;
        (before < MOST).then_some(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        TURNS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A file of a report.
pub(crate) async fn file(allowed: Allowed<Export>) -> Result<HttpResponse, Failure> {
    let name = allowed.part("file").to_owned();
    let kind = match name.as_str() {
        "rapport.pdf" | "rapport-noir.pdf" => "application/pdf",
        "classeur.xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "donnees.zip" | "pages.zip" => "application/zip",
        _ => return Err(allowed.not_found(&name)),
    };
    let opened = Opened::of(&allowed).await?;
    let document = opened.document(&allowed).await?;
    let shelf = allowed.shelf()?;
    let kept = opened.kept.clone();
    let title = format!("{}-{}", document.report, document.year);
    let asked = name.clone();
    // Whoever waits for paper keeps a thread: a few at a time.
    let turn = Turn::take().ok_or_else(|| Failure::busy(&allowed.visit, allowed.around()))?;
    let made = web::block(move || -> Result<Vec<u8>, Refused> {
        let _turn = turn;
        let whole = match kept {
            Some(kept) => kept,
            None => {
                let names = photographs(&document).into_iter();
                let found = names.filter_map(|name| Some((name.clone(), shelf.picture(&name)?)));
                let pictures = found.collect();
                Arc::new(Kept { document, pictures })
            }
        };
        let paper = |ink| match shelf.set(&whole, ink) {
            Ok(paper) => Ok(paper.bytes),
            Err(problems) => {
                let told: Vec<String> = problems
                    .iter()
                    .map(|it| format!("{} {}", it.title, it.remedy))
                    .collect();
                Err(Refused::Wrong(told.join(" ")))
            }
        };
        match asked.as_str() {
            "rapport.pdf" if !super::opened::is_draft(&whole.document) => {
                shelf.paper(&whole).map_err(Refused::Failed)
            }
            "rapport.pdf" => paper(Ink::Colour),
            "rapport-noir.pdf" => paper(Ink::Black),
            "classeur.xlsx" => xlsx(&whole.document).map_err(|it| Refused::Failed(it.to_string())),
            "donnees.zip" => zip(&whole.document).map_err(|it| Refused::Failed(it.to_string())),
            _ => {
                let site = made::site(&whole.document, &whole.pictures, crate::STYLE_SHEET);
                bundle(&site).map_err(|it| Refused::Failed(it.to_string()))
            }
        }
    })
    .await;
    let made = made.map_err(|error| Failure::internal(&allowed.visit, &error))?;
    let bytes = made.map_err(|refused| match refused {
        Refused::Wrong(told) => Failure::bad(&allowed.visit, "paper", told),
        Refused::Failed(error) => Failure::internal(&allowed.visit, &error),
    })?;
    let (stem, suffix) = name.rsplit_once('.').unwrap_or((&name, ""));
    let draft = if opened.is_final() { "" } else { "-projet" };
    let stem = stem
        .strip_prefix("rapport")
        .map_or_else(|| format!("-{stem}"), str::to_owned);
    let disposition = format!("attachment; filename=\"{title}{stem}{draft}.{suffix}\"");
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .body(bytes))
}

/// A photograph that the report shows.
pub(crate) async fn photo(allowed: Allowed<ReadBoard>) -> Result<HttpResponse, Failure> {
    let name = allowed.part("photo").to_owned();
    let opened = Opened::of(&allowed).await?;
    let declared = opened.report.chapters.iter().flat_map(|it| &it.figures);
    let is_declared = declared.into_iter().any(|figure| {
        matches!(&figure.shown, beffroi_catalog::Shown::Photo(photo) if photo.file == name)
    });
    let bytes = match &opened.kept {
        Some(kept) => kept.pictures.get(&name).cloned(),
        None if is_declared => {
            let asked = name.clone();
            super::opened::on_shelf(&allowed, move |shelf| Ok(shelf.picture(&asked))).await?
        }
        None => None,
    };
    let bytes = bytes.ok_or_else(|| allowed.not_found(&name))?;
    let kind = match bytes.as_slice() {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "image/webp",
        // What is no picture is not served as one.
        _ => {
            return Err(Failure::bad(
                &allowed.visit,
                "photo",
                t(allowed.lang(), "report-photo-bad").into_owned(),
            ));
        }
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "private, max-age=3600"))
        .body(bytes))
}
