//! `beffroi report`.

use super::Shelves;
use crate::{
    cli::Folders,
    failure::{Failure, print, progress},
    kept, town,
};
use beffroi_catalog::{Catalog, Report};
use beffroi_figure::{Compare, Context};
use beffroi_model::{DatasetId, Engine, Period, ReportId, Scopes};
use beffroi_quality::{Moment, quality};
use beffroi_report::{Document, Draft, Edition, Problem, Reading, Said, compose, queries};
use beffroi_text::Lang;
use beffroi_warehouse::Warehouse;
use beffroi_web::{Ink, Kept, Shelf};
use chrono::{Datelike, Local, Utc};
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

/// What was asked on the command line.
#[derive(Debug)]
pub struct Asked {
    /// The report; the only one by default.
    pub report: Option<String>,
    /// The year; the last whole one by default.
    pub year: Option<i32>,
    /// In what form.
    pub to: Output,
    /// In black and greys.
    pub black: bool,
    /// The file, or the folder of pages.
    pub output: Option<PathBuf>,
    /// In English.
    pub english: bool,
}

/// In what form a report is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Un PDF accessible
    Pdf,
    /// Un dossier de pages, à poser sur n’importe quel site
    Html,
    /// Un classeur, une feuille par table
    Xlsx,
    /// Les données en CSV, dans un ZIP
    Zip,
}

/// `beffroi report`.
pub fn run(folders: &Folders, asked: &Asked) -> Result<(), Failure> {
    let catalog = Arc::new(town::catalog(&folders.content)?);
    let report = wanted(&catalog, asked.report.as_deref())?;
    let year = asked.year.unwrap_or(town::today(&catalog).year() - 1);
    let shelves = Shelves::new(&folders.content, &folders.state);
    let failed = |message: String| Failure::machine(message);
    let kept = match shelves.newest(&report.id, year).map_err(failed)? {
        Some(kept) => {
            progress(format!(
                "{} {year} : tel qu’il a été arrêté",
                report.title.fr
            ));
            Arc::unwrap_or_clone(kept)
        }
        None => {
            let draft = draft(folders, &catalog, report, year, &shelves, asked.english)?;
            tell(&draft.problems);
            let pictures = shelves.pictures(&draft.document);
            Kept {
                document: draft.document,
                pictures,
            }
        }
    };
    write(&shelves, &kept, asked)
}

fn wanted<'a>(catalog: &'a Catalog, name: Option<&str>) -> Result<&'a Report, Failure> {
    let known: Vec<&str> = catalog.reports.keys().map(ReportId::as_str).collect();
    let found = match name {
        Some(name) => catalog.reports.get(name),
        None if known.len() == 1 => catalog.reports.values().next(),
        None => None,
    };
    found.ok_or_else(|| match (known.is_empty(), name) {
        (true, _) => Failure::given(
            "Aucun rapport n’est déclaré : mettez-en un dans « reports/ », ou commencez-le dans l’atelier.",
        ),
        (false, Some(name)) => Failure::usage(format!(
            "Aucun rapport « {name} ». Les rapports sont : {}.",
            known.join(", ")
        )),
        (false, None) => Failure::usage(format!("Nommez un rapport : {}.", known.join(", "))),
    })
}

/// The report as it stands, seen by whoever reaches the whole town.
fn draft(
    folders: &Folders,
    catalog: &Arc<Catalog>,
    report: &Report,
    year: i32,
    shelves: &Shelves,
    english: bool,
) -> Result<Draft, Failure> {
    let warehouse = Warehouse::open(&folders.state)?;
    progress(format!("{} {year} : lecture des données", report.title.fr));
    let engine = town::engine(&warehouse, catalog);
    let (versions, _) = town::versions(&warehouse, catalog);
    let said = match kept::exists(&folders.state) {
        true => {
            let store = kept::open(&folders.state)?;
            beffroi_web::said(&store.reports(), &report.id, year)
                .map_err(|error| kept::failure(&error))?
        }
        false => Said::default(),
    };
    let former = shelves.newest(&report.id, year - 1);
    let former = former.map_err(Failure::machine)?;
    let scopes = Scopes::default();
    let today = town::today(catalog);
    let moment = Moment {
        today,
        now: Utc::now(),
        last_reading: None,
    };
    let mark = |id: &DatasetId| {
        let dataset = catalog.datasets.get(id)?;
        let version = versions.get(id)?;
        Some(quality(dataset, Some(version.as_ref()), moment).total())
    };
    let has_picture = |name: &str| shelves.has_picture(name);
    let reading = Reading {
        report,
        year,
        context: Context {
            catalog,
            lang: if english { Lang::En } else { Lang::Fr },
            today,
            now: Local::now().naive_local(),
            period: Period::year(year),
            filters: &[],
            compare: Compare::default(),
            scopes: &scopes,
        },
        town: catalog,
        said: &said,
        quality: &mark,
        has_picture: &has_picture,
        former: former.as_ref().map(|kept| &kept.document),
    };
    let queries = queries(&reading);
    progress(format!("{} questions posées aux données", queries.len()));
    let answers = engine.answer(&queries, None);
    Ok(compose(&reading, &answers))
}

fn tell(problems: &[Problem]) {
    for problem in problems {
        let place = problem.chapter.as_deref().unwrap_or("rapport");
        progress(format!("{place} : {} {}", problem.title, problem.remedy));
    }
    let blocking = problems.iter().filter(|it| it.is_blocking()).count();
    if blocking > 0 {
        progress(format!(
            "C’est un projet : {blocking} points à régler avant de l’arrêter."
        ));
    }
}

fn write(shelves: &Shelves, kept: &Kept, asked: &Asked) -> Result<(), Failure> {
    let document = &kept.document;
    let wrong = |error: String| Failure::machine(error);
    let bytes = match asked.to {
        Output::Html => return pages(kept, asked),
        Output::Xlsx => beffroi_report::xlsx(document).map_err(|it| wrong(it.to_string()))?,
        Output::Zip => beffroi_report::zip(document).map_err(|it| wrong(it.to_string()))?,
        Output::Pdf => paper(shelves, kept, asked.black)?,
    };
    let ending = match asked.to {
        Output::Pdf => "pdf",
        Output::Xlsx => "xlsx",
        Output::Zip | Output::Html => "zip",
    };
    let path = match &asked.output {
        Some(path) => path.clone(),
        None => PathBuf::from(format!("{}.{ending}", file_name(document))),
    };
    fs::write(&path, &bytes).map_err(|error| refused(&path, &error))?;
    print(format!(
        "{} ({} Ko)",
        path.display(),
        bytes.len().div_ceil(1024)
    ))
}

/// `rapport_annuel-2025`, and `-projet` while it is one.
fn file_name(document: &Document) -> String {
    let state = match document.edition {
        Edition::Draft { .. } => "-projet",
        Edition::Frozen { .. } => "",
    };
    format!("{}-{}{state}", document.report, document.year)
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    Failure::given(format!(
        "{} ne peut pas être écrit : {error}",
        path.display()
    ))
}

fn paper(shelves: &Shelves, kept: &Kept, black: bool) -> Result<Vec<u8>, Failure> {
    let is_final = matches!(kept.document.edition, Edition::Frozen { .. });
    if is_final && !black {
        return shelves.paper(kept).map_err(Failure::machine);
    }
    progress("Composition");
    let ink = if black { Ink::Black } else { Ink::Colour };
    match super::paper::set(kept, ink) {
        Ok(paper) => {
            tell(&paper.problems);
            progress(format!("{} pages", paper.pages));
            Ok(paper.bytes)
        }
        Err(problems) => {
            tell(&problems);
            Err(Failure::given("Le PDF n’a pas été fait.".to_owned()))
        }
    }
}

/// Pages that stand by themselves, in a folder that is not there yet or is empty.
fn pages(kept: &Kept, asked: &Asked) -> Result<(), Failure> {
    let folder = asked.output.clone();
    let folder = folder.unwrap_or_else(|| PathBuf::from(file_name(&kept.document)));
    let is_free = match fs::read_dir(&folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    if !is_free {
        return Err(Failure::usage(format!(
            "« {} » existe et n’est pas vide : donnez un autre dossier par -o.",
            folder.display()
        )));
    }
    let files =
        beffroi_report::html::site(&kept.document, &kept.pictures, beffroi_web::STYLE_SHEET);
    let count = files.len();
    for (name, bytes) in files {
        let path = folder.join(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = written.and_then(|()| fs::write(&path, bytes));
        written.map_err(|error| refused(&path, &error))?;
    }
    print(format!(
        "{} ({count} fichiers)",
        folder.join("index.html").display()
    ))
}
